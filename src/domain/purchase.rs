//! One purchase: everything that a buyer chooses, as it must come back on every later page.

use std::fmt;

use super::{Field, Region};

/// What was chosen, by field, in the order in which it was noted. Values are the keys that profiles have words for (`guangzhou`,
/// `guangzhou-3`, `one-replica`, `2`), or the text itself where the field is free.
#[derive(Debug, Clone, Default)]
pub struct Purchase {
    chosen: Vec<(Field, String)>,
}

impl Purchase {
    /// Notes a choice by its key. One that was made before is replaced where it stands.
    pub fn set(&mut self, field: Field, key: impl Into<String>) {
        match self.chosen.iter_mut().find(|(known, _)| *known == field) {
            Some((_, known)) => *known = key.into(),
            None => self.chosen.push((field, key.into())),
        }
    }

    /// Nothing is known of it any more.
    pub fn forget(&mut self) {
        self.chosen.clear();
    }

    /// The key of what was chosen in a field.
    #[must_use]
    pub fn get(&self, field: Field) -> Option<&str> {
        self.chosen.iter().find(|(known, _)| *known == field).map(|(_, key)| key.as_str())
    }

    /// All choices.
    pub fn choices(&self) -> impl Iterator<Item = (Field, &str)> {
        self.chosen.iter().map(|(field, key)| (*field, key.as_str()))
    }

    /// How many instances are bought at once: one, unless said.
    #[must_use]
    pub fn quantity(&self) -> usize {
        self.get(Field::QUANTITY).and_then(|count| count.parse().ok()).unwrap_or(1)
    }

    /// For how many months; one, unless said.
    #[must_use]
    pub fn months(&self) -> i32 {
        self.get(Field::PERIOD).and_then(|months| months.parse().ok()).unwrap_or(1)
    }

    /// The region, where it was chosen.
    #[must_use]
    pub fn region(&self) -> Option<Region> {
        self.get(Field::REGION).map(Region::of)
    }
}

impl FromIterator<(Field, String)> for Purchase {
    fn from_iter<I: IntoIterator<Item = (Field, String)>>(choices: I) -> Self {
        let mut purchase = Self::default();
        choices.into_iter().for_each(|(field, key)| purchase.set(field, key));
        purchase
    }
}

impl fmt::Display for Purchase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts: Vec<String> = self.choices().map(|(field, key)| format!("{field}: {key}")).collect();
        f.write_str(&parts.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_chosen_comes_back_in_its_order_and_the_last_word_counts() {
        let nothing = Purchase::default();
        assert_eq!((nothing.quantity(), nothing.months(), nothing.region()), (1, 1, None));
        assert_eq!((nothing.get(Field::DISK), nothing.to_string()), (None, String::new()));
        let chosen =
            [(Field::REGION, "beijing"), (Field::QUANTITY, "3"), (Field::PERIOD, "12"), (Field::REGION, "chengdu")];
        let mut purchase: Purchase = chosen.into_iter().map(|(field, key)| (field, key.to_owned())).collect();
        purchase.set(Field::DISK, "500");
        assert_eq!((purchase.quantity(), purchase.months()), (3, 12));
        assert_eq!((purchase.region(), purchase.get(Field::DISK)), (Some(Region::of("chengdu")), Some("500")));
        let all: Vec<_> = purchase.choices().collect();
        let expected =
            [(Field::REGION, "chengdu"), (Field::QUANTITY, "3"), (Field::PERIOD, "12"), (Field::DISK, "500")];
        assert_eq!(all, expected);
        assert_eq!(purchase.to_string(), "region: chengdu, quantity: 3, period: 12, disk: 500");
    }
}
