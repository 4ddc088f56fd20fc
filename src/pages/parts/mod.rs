//! What several pages show.

mod choice;
mod menu;
mod press;
mod settlement;

pub use choice::ChoiceField;
pub use menu::Menu;
pub use press::Press;
pub(in crate::pages) use settlement::Settlement;

use crate::domain::{Class, class_of};

/// What came of what was expected of a page, if it is so; anything else that went wrong is no answer.
pub(in crate::pages) fn if_so<T>(expected: anyhow::Result<T>) -> anyhow::Result<Option<T>> {
    match expected {
        Ok(so) => Ok(Some(so)),
        Err(error) if class_of(&error) == Class::Product => Ok(None),
        Err(error) => Err(error),
    }
}

/// Whether what was expected of a page holds.
pub(in crate::pages) fn holds(expected: anyhow::Result<()>) -> anyhow::Result<bool> {
    Ok(if_so(expected)?.is_some())
}
