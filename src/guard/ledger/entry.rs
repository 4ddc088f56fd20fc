//! A row of the ledger.

use std::{fmt, str::FromStr};

use anyhow::Context as _;
use jiff::Timestamp;

use crate::domain::{InstanceId, Money, OrderNumber};

/// How far a purchase has come, as far as is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Money is set aside; nothing was clicked yet.
    Intent,
    /// The click that pays may have been made.
    Clicked,
    /// There is an order.
    Order,
    /// Its instances are known.
    Instance,
    /// They have all been returned.
    Returned,
    /// Nothing was charged.
    Void,
}

impl Stage {
    const ALL: [Self; 6] = [Self::Intent, Self::Clicked, Self::Order, Self::Instance, Self::Returned, Self::Void];

    /// As the file and messages call it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Intent => "intent",
            Self::Clicked => "clicked",
            Self::Order => "order",
            Self::Instance => "instance",
            Self::Returned => "returned",
            Self::Void => "void",
        }
    }
}

impl FromStr for Stage {
    type Err = anyhow::Error;
    fn from_str(text: &str) -> anyhow::Result<Self> {
        let found = Self::ALL.into_iter().find(|stage| stage.name() == text);
        found.with_context(|| format!("the ledger knows no stage {text:?}"))
    }
}

/// What is about to be paid for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spend {
    /// The title of the scenario.
    pub scenario: String,
    /// The account, by its name.
    pub account: String,
    /// The name that its instances are given: how they are known again.
    pub name: String,
    /// What was chosen, in words.
    pub what: String,
    /// The region, by its key.
    pub region: Option<String>,
    /// What counts against caps: the fee that was shown, or what [`crate::domain::Bill::at_most`] says of what is paid by the hour; in
    /// a row of the ledger what was charged, once that is known to be more.
    pub amount: Money,
    /// What is frozen, of what is paid by the hour; nothing of what is paid at once.
    pub frozen: Option<Money>,
    /// How many instances.
    pub instances: u32,
    /// What the account had before, where that is known.
    pub balance: Option<Money>,
}

/// A row of the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its number.
    pub id: i64,
    /// The run that made it.
    pub run: String,
    /// What was to be paid for.
    pub spend: Spend,
    /// How far it has come.
    pub stage: Stage,
    /// When the click that pays was about to be made.
    pub clicked: Option<Timestamp>,
    /// What the page said to that, where it was a refusal or an unpaid order.
    pub answer: Option<String>,
    /// What was charged for it is known: the balance was held against it.
    pub settled: bool,
    /// When the last of its instances was seen to be returned.
    pub returned: Option<Timestamp>,
    /// The order, once known.
    pub order: Option<OrderNumber>,
    /// Its instances, once known, and whether each has been returned.
    pub delivered: Vec<(InstanceId, bool)>,
}

impl Entry {
    /// It is known what came of it, and nothing of it is left.
    #[must_use]
    pub const fn is_over(&self) -> bool {
        matches!(self.stage, Stage::Returned | Stage::Void)
    }

    /// Whether another row is of the same purchase, confirmed again: names are given once, so account and name say so. An order
    /// number alone says nothing, since some targets give it out anew.
    #[must_use]
    pub fn is_of_purchase_of(&self, other: &Self) -> bool {
        self.spend.account == other.spend.account && self.spend.name == other.spend.name
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} for {} ({})", self.spend.name, self.spend.amount, self.spend.account, self.stage.name())
    }
}
