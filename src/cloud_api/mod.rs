//! The second opinion: what the vendor's API says of prices, orders, instances and balance (CONTRACT 8), in the words of
//! [`domain`](crate::domain). Asks and compares nothing itself; keeps keys out of every message.

mod answers;
mod client;
mod keys;
mod refusal;
mod signature;

pub use answers::{Instance, Order};
pub use client::{Client, Endpoints};
pub use keys::Keys;
pub use signature::{Signed, sign};
