//! Orders as the console shows them.

use std::fmt;

use super::states::states;

/// The number of an order. Its shape is checked where it is read, against the profile's pattern.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
#[serde(transparent)]
pub struct OrderNumber(pub String);

impl fmt::Display for OrderNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

states! {
    /// The state of an order in order management (CONTRACT 3.6.9).
    OrderStatus, "order status":
    /// Made, not paid.
    Unpaid = "Unpaid" / "unpaid",
    /// Paid, being delivered.
    Processing = "Processing" / "processing",
    /// Delivered.
    Successful = "Successful" / "successful",
    /// Cancelled before it was paid.
    Cancelled = "Cancelled" / "cancelled",
    /// Not paid in time.
    Expired = "Expired" / "expired",
    /// Paid back.
    Refunded = "Refunded" / "refunded",
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_are_read_by_name_and_by_key_and_nothing_else_is_one() {
        for status in OrderStatus::ALL {
            assert_eq!(status.to_string().parse::<OrderStatus>().expect("by name"), *status);
            assert_eq!(status.key().parse::<OrderStatus>().expect("by key"), *status);
        }
        let error = "Paid".parse::<OrderStatus>().expect_err("no state").to_string();
        assert!(error.starts_with("\"Paid\" is no order status; there are: Unpaid, Processing"), "{error}");
        assert_eq!(OrderNumber("20260301000001".into()).to_string(), "20260301000001");
    }
}
