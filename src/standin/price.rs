//! What a purchase costs (CONTRACT 3.3.17, 3.3.18, T7), and how the site prints money.

use super::{catalogue, configuration::Configuration};

/// A price.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Price {
    /// Without the discount for a year or more, fen.
    pub original: i64,
    /// To be paid, fen; of what is paid by the hour, for an hour.
    pub fee: i64,
}

impl Price {
    /// What is frozen of the balance of what is paid by the hour: two hours of it (CONTRACT T8), fen.
    pub const fn frozen(self) -> i64 {
        self.fee * 2
    }
}

/// The price of a valid configuration, of a list that stands at so many percent of the published one.
#[must_use]
pub fn price(configuration: &Configuration, percent: i64) -> Option<Price> {
    let region = catalogue::region(&configuration.region)?;
    let hourly = configuration.is_hourly();
    let (memory, disk, months) = match hourly {
        true => (region.memory_hour, region.disk_hour, 1),
        false => (region.memory_price, region.disk_price, configuration.months),
    };
    let node =
        i128::from(configuration.memory) * i128::from(memory) + i128::from(configuration.disk) * i128::from(disk);
    let nodes = i128::from(configuration.replicas + 1) * i128::from(configuration.shards);
    // In 1/100,000 fen: the list is in 1/1000 fen, the percentage adds two more digits.
    let list = node * nodes * i128::from(months) * i128::from(configuration.quantity) * i128::from(percent);
    let discounted = if months >= 12 { list * 83 } else { list * 100 };
    Some(Price { original: half_up(list, 100_000)?, fee: half_up(discounted, 10_000_000)? })
}

fn half_up(amount: i128, unit: i128) -> Option<i64> {
    i64::try_from((amount + unit / 2) / unit).ok()
}

/// An amount in fen as pages print it: `¥1,015.20`.
#[must_use]
pub fn yuan(fen: i64) -> String {
    let sign = if fen < 0 { "-" } else { "" };
    let whole = (fen.unsigned_abs() / 100).to_string();
    let bytes: Vec<char> = whole.chars().collect();
    let grouped: Vec<String> = bytes.rchunks(3).rev().map(|group| group.iter().collect()).collect();
    format!("{sign}¥{}.{:02}", grouped.join(","), fen.unsigned_abs() % 100)
}
