//! What several pages show.

mod choice;
mod menu;
mod press;
mod settlement;

pub use choice::ChoiceField;
pub use menu::Menu;
pub use press::Press;
pub(in crate::pages) use settlement::Settlement;
