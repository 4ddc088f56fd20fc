//! What several pages show.

mod choice;
mod menu;
mod press;

pub use choice::ChoiceField;
pub use menu::Menu;
pub use press::Press;
