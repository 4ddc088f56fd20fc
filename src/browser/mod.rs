//! The wall round the browser: whatever speaks to a WebDriver is in here, and nothing else is.

pub mod launch;
