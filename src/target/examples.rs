//! What purchases cost on a target, where that is not what the features say.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    Profile,
    catalogue::{AsWritten, Choices},
    profile::Objection,
};
use crate::domain::{Failure, Money, Purchase};

/// A purchase and what it costs, as the target's owner knows it.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Example {
    /// What is chosen, by names in features or by keys; all else is as the page opens, or follows from this.
    #[schemars(with = "BTreeMap<String, AsWritten>")]
    pub choices: Choices,
    /// At so many percent of the price list.
    #[serde(default = "all_of_it")]
    pub percent: u32,
    /// The total fee.
    #[serde(default, deserialize_with = "money")]
    #[schemars(with = "Option<String>")]
    pub total: Option<Money>,
    /// The undiscounted fee.
    #[serde(default, deserialize_with = "money")]
    #[schemars(with = "Option<String>")]
    pub undiscounted: Option<Money>,
    /// What the first return of one of its instances brings back.
    #[serde(default, deserialize_with = "money")]
    #[schemars(with = "Option<String>")]
    pub returned: Option<Money>,
}

/// What the documented example costs by the contract (CONTRACT 3.3.19).
const BY_CONTRACT: Money = Money::fen(101_520);

const fn all_of_it() -> u32 {
    100
}

fn money<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Money>, D::Error> {
    let read = |text: String| text.parse().map_err(|error| serde::de::Error::custom(format!("{error:#}")));
    Option::<String>::deserialize(deserializer)?.map(read).transpose()
}

/// Whose prices a target has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Prices {
    /// Those of the contract, which features name.
    #[default]
    Contract,
    /// Its own: only the amounts of its examples are known.
    Own,
}

/// An amount that features name of a purchase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Amount {
    /// The total fee.
    Total,
    /// The undiscounted fee.
    Undiscounted,
    /// What the first return brings back.
    Returned,
}

impl Profile {
    /// What the profile says itself that a purchase costs, at so many percent of the price list.
    #[must_use]
    pub fn example(&self, purchase: &Purchase, percent: u32, amount: Amount) -> Option<Money> {
        let opening = self.catalogue.opening();
        self.examples.iter().filter(|example| example.percent == percent).find_map(|example| {
            let choices = self.catalogue.choices(&example.choices).ok()?;
            let is_it = self.catalogue.cost_the_same(&self.catalogue.after(&opening, &choices), purchase);
            is_it.then_some(match amount {
                Amount::Total => example.total,
                Amount::Undiscounted => example.undiscounted,
                Amount::Returned => example.returned,
            })?
        })
    }

    /// Whether only the amounts of its examples are known.
    #[must_use]
    pub fn prices_are_own(&self) -> bool {
        self.prices == Prices::Own
    }

    /// What features call the documented example, as far as the target has fields for it.
    ///
    /// # Errors
    /// Class test: something of it is not sold here; never after the profile was checked.
    pub fn documented_example(&self) -> Result<Purchase, Failure> {
        let choices = self.catalogue.documented()?;
        let had = choices.choices().filter(|(field, _)| self.lack(field.key()).is_none());
        Ok(had.map(|(field, key)| (field, key.to_owned())).collect())
    }

    /// What the documented example costs: by an example of the profile, or else by the contract; `None` where the contract's prices
    /// are not meant.
    #[must_use]
    pub fn documented_total(&self) -> Option<Money> {
        let purchase = self.catalogue.after(&self.catalogue.opening(), &self.documented_example().ok()?);
        let own = self.example(&purchase, all_of_it(), Amount::Total);
        own.or_else(|| (!self.prices_are_own()).then_some(BY_CONTRACT))
    }

    pub(super) fn check_examples(&self) -> Result<(), Objection> {
        for example in &self.examples {
            let refuse =
                |what: String| (vec!["examples"], what, "write what is sold here, and what it costs".to_owned());
            self.catalogue.choices(&example.choices).map_err(|failure| refuse(failure.text))?;
            if (example.total, example.undiscounted, example.returned) == (None, None, None) {
                return Err(refuse("an example says no amount".into()));
            }
        }
        Ok(())
    }
}
