//! The wall round fantoccini: finding and starting a browser, looking at pages, acting on them.
//!
//! No other room names fantoccini or waits for a page. What is looked for, and what should hold, comes from the pages.

mod bidi;
pub mod launch;
mod session;
mod spot;
mod visit;

pub use bidi::Complaint;
pub use session::Session;
pub use spot::{Condition, Spot};
pub use visit::{Manners, Place, Reading, Row, Timings, Visit, page_script};
