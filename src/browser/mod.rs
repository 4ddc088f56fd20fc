//! The wall round fantoccini: finding and starting a browser, looking at pages, acting on them.
//!
//! No other room names fantoccini or waits for a page. What is looked for, and what should hold, comes from the pages.

mod act;
mod ask;
mod calls;
mod channel;
mod dialogs;
mod fault;
mod frames;
mod inquiry;
mod interference;
pub mod launch;
mod marker;
mod script;
mod session;
mod spot;
mod trouble;
mod visit;
mod witness;

pub use ask::{Reading, Row};
pub use calls::{Call, KEEPING_EVIDENCE, Timings};
pub use channel::{Complaint, Fate, Said};
pub use inquiry::{Found, Inquiry};
pub use script::page_script;
pub use session::Session;
pub use spot::{Condition, More, Spot};
pub use visit::{Extent, Manners, Place, TabHandle, Visit};
pub use witness::{Request, Sight};
