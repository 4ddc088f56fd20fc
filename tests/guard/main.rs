//! The ledger: what it counts, in which order things are written down, and that no interleaving of buyers, crashes and retries
//! passes a cap.

mod caps;
mod permits;
#[path = "../report/reading.rs"]
mod reading;
mod stages;
