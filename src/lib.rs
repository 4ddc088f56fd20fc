//! The end-to-end suite for the pages where people buy a DCDB instance.

pub mod browser;
pub mod standin;
pub mod tether;
