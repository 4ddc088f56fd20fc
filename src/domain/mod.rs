//! What is bought and what it costs, as types that parse strictly.
//!
//! Knows no price list, browser, clock or environment: the suite must not be able to compute the price it checks.

mod attachments;
mod bill;
mod choice;
mod failure;
mod findings;
mod instance;
mod money;
mod order;
mod period;
mod purchase;
mod refund;
mod states;

pub use attachments::{Attachment, Attachments, Content};
pub use bill::Bill;
pub use choice::{Field, Region};
pub use failure::{Class, Failure, InClass, class_of, sought_of};
pub use findings::Findings;
pub use instance::{InstanceId, Status, named_after};
pub use money::Money;
pub use order::{OrderNumber, OrderStatus};
pub use period::may_end;
pub use purchase::Purchase;
pub use refund::by_days_left;
