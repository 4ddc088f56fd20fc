//! What several pages show.

mod choice;
mod menu;

pub use choice::ChoiceField;
pub use menu::Menu;
