//! What is chosen, by its keys. What there is to choose, and what features call it, is the profile's (`catalogue:`).

use std::{
    collections::BTreeSet,
    fmt,
    sync::{Mutex, PoisonError},
};

/// The one copy of a key, which lives as long as the process: profiles name a few dozen.
fn interned(key: &str) -> &'static str {
    static KEYS: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
    let mut keys = KEYS.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = keys.get(key) {
        return known;
    }
    let own: &'static str = Box::leak(key.to_owned().into_boxed_str());
    keys.insert(own);
    own
}

/// A field of the purchase page, by its key in profiles. Which fields there are is the profile's; those that are named here mean
/// something to the suite itself, on whatever page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Field(&'static str);

impl Field {
    /// Where; what the console lists instances under.
    pub const REGION: Self = Self("region");
    /// Which zone of the region.
    pub const ZONE: Self = Self("zone");
    /// The kind of network.
    pub const NETWORK: Self = Self("network");
    /// Which VPC of the region.
    pub const VPC: Self = Self("vpc");
    /// Edition, which says how many replicas.
    pub const VERSION: Self = Self("version");
    /// Memory of each shard, GB.
    pub const SHARD_SPECIFICATION: Self = Self("shard-specification");
    /// How many shards.
    pub const SHARDS: Self = Self("shards");
    /// Disk of each shard, GB.
    pub const DISK: Self = Self("disk");
    /// How many instances.
    pub const QUANTITY: Self = Self("quantity");
    /// For how long, months.
    pub const PERIOD: Self = Self("period");
    /// What instances are called.
    pub const NAME: Self = Self("name");
    /// On or off.
    pub const AUTO_RENEWAL: Self = Self("auto-renewal");

    /// The field of this key.
    #[must_use]
    pub fn of(key: &str) -> Self {
        Self(interned(key))
    }

    /// Its key in profiles.
    #[must_use]
    pub const fn key(self) -> &'static str {
        self.0
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.replace('-', " "))
    }
}

/// A region, by its key in profiles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Region(&'static str);

impl Region {
    /// The region of this key.
    #[must_use]
    pub fn of(key: &str) -> Self {
        Self(interned(key))
    }

    /// Its key in profiles.
    #[must_use]
    pub const fn key(self) -> &'static str {
        self.0
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_the_same_field_wherever_it_is_named() {
        assert_eq!(Field::of("shard-specification"), Field::SHARD_SPECIFICATION);
        assert_eq!(
            (Field::of("billing-mode").key(), Field::of("billing-mode").to_string()),
            ("billing-mode", "billing mode".into())
        );
        assert_ne!(Field::of("billing-mode"), Field::of("kernel"));
        assert_eq!(
            (Region::of("guangzhou").key(), Region::of("guangzhou").to_string()),
            ("guangzhou", "guangzhou".into())
        );
        assert_ne!(Region::of("guangzhou"), Region::of("beijing"));
    }
}
