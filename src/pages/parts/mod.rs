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

/// Whether what was expected of a page holds; anything else that went wrong is no answer.
pub(in crate::pages) fn holds(expected: anyhow::Result<()>) -> anyhow::Result<bool> {
    match expected {
        Ok(()) => Ok(true),
        Err(error) if class_of(&error) == Class::Product => Ok(false),
        Err(error) => Err(error),
    }
}
