//! One purchase: everything that a buyer chooses, as it must come back on every later page.

use std::{collections::BTreeMap, fmt};

use anyhow::{Context as _, bail};

use super::{Field, Network, Period, Region, Replicas, Zone};

/// What was chosen, by field. Values are the keys that profiles have words for (`guangzhou`, `guangzhou-3`,
/// `one-replica`, `2`), or the text itself where the field is free (name, VPC, subnet).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Purchase {
    chosen: BTreeMap<Field, String>,
}

impl Purchase {
    /// Notes a choice by its key.
    pub fn set(&mut self, field: Field, key: impl Into<String>) {
        self.chosen.insert(field, key.into());
    }

    /// Forgets a choice: another one has reset it.
    pub fn forget(&mut self, field: Field) {
        self.chosen.remove(&field);
    }

    /// The key of what was chosen in a field.
    #[must_use]
    pub fn get(&self, field: Field) -> Option<&str> {
        self.chosen.get(&field).map(String::as_str)
    }

    /// All choices, in the order of the page.
    pub fn choices(&self) -> impl Iterator<Item = (Field, &str)> {
        self.chosen.iter().map(|(field, key)| (*field, key.as_str()))
    }

    /// How many instances are bought at once: one, unless said.
    #[must_use]
    pub fn quantity(&self) -> usize {
        self.get(Field::Quantity).and_then(|count| count.parse().ok()).unwrap_or(1)
    }

    /// The region, where it was chosen.
    #[must_use]
    pub fn region(&self) -> Option<Region> {
        self.get(Field::Region).and_then(|key| key.parse().ok())
    }
}

impl fmt::Display for Purchase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts: Vec<String> = self.choices().map(|(field, key)| format!("{field}: {key}")).collect();
        f.write_str(&parts.join(", "))
    }
}

impl Field {
    /// The key of a choice as features write it: `Guangzhou`, `Guangzhou Zone 3`, `2 GB`, `12 months`, `on`.
    ///
    /// # Errors
    /// When the field cannot take such a value.
    pub fn key_of(self, text: &str) -> anyhow::Result<String> {
        let number = |unit: &str| -> anyhow::Result<String> {
            let digits = text.strip_suffix(unit).unwrap_or(text).trim();
            let _: i64 = digits.parse().with_context(|| {
                format!(
                    "{text:?} is no value for {self}: write it as a number{}",
                    if unit.is_empty() { String::new() } else { format!(" of{unit}") }
                )
            })?;
            Ok(digits.to_owned())
        };
        Ok(match self {
            Self::Region => text.parse::<Region>()?.key().to_owned(),
            Self::Zone => {
                let zone: Zone = text.parse()?;
                format!("{}-{}", zone.region.key(), zone.number)
            }
            Self::Network => text.parse::<Network>()?.key().to_owned(),
            Self::Version => text.parse::<Replicas>()?.key().to_owned(),
            Self::ShardSpecification | Self::Disk => number(" GB")?,
            Self::Shards | Self::Quantity => number("")?,
            Self::Period => text.parse::<Period>()?.months.to_string(),
            Self::AutoRenewal => match text {
                "on" | "off" => text.to_owned(),
                _ => bail!("{text:?} is no value for {self}: write on or off"),
            },
            Self::Vpc | Self::Subnet | Self::Name => text.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_are_read_as_features_write_them() {
        for (field, text, key) in [
            (Field::Region, "Hong Kong (China)", "hong-kong"),
            (Field::Zone, "Shanghai Finance Zone 1", "shanghai-finance-1"),
            (Field::Network, "VPC", "vpc"),
            (Field::Version, "two replicas", "two-replicas"),
            (Field::ShardSpecification, "2 GB", "2"),
            (Field::Disk, "500 GB", "500"),
            (Field::Period, "12 months", "12"),
            (Field::AutoRenewal, "on", "on"),
            (Field::Name, "a <b>name</b>", "a <b>name</b>"),
        ] {
            assert_eq!(field.key_of(text).unwrap(), key, "{field}: {text}");
        }
        for (field, text) in [
            (Field::Region, "Atlantis"),
            (Field::Zone, "Guangzhou 3"),
            (Field::Disk, "large"),
            (Field::AutoRenewal, "yes"),
            (Field::Period, "a year"),
        ] {
            assert!(field.key_of(text).is_err(), "{field}: {text}");
        }
    }
}
