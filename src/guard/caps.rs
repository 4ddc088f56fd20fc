//! What may be spent at most.

use std::fmt;

use super::Spend;
use crate::{domain::Money, spoken::counted, target::Cap};

/// The caps of a run on its target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caps {
    /// Of one order.
    pub per_order: Cap,
    /// Of one run.
    pub per_run: Cap,
    /// Of any 24 hours, over all runs that share the ledger.
    pub per_day: Cap,
}

/// A cap and what it is of.
pub(super) struct Named {
    cap: Cap,
    of: &'static str,
    key: &'static str,
}

impl Caps {
    /// Nothing is capped: play money.
    pub const NONE: Self = {
        let none = Cap { amount: Money::fen(i64::MAX), instances: u32::MAX };
        Self { per_order: none, per_run: none, per_day: none }
    };

    /// Of all shards of a run together.
    pub(super) const fn whole(cap: Cap) -> Named {
        Named { cap, of: "a run, all its shards together,", key: "per-run" }
    }

    /// Order, run, day.
    pub(super) fn each(&self) -> [Named; 3] {
        [
            Named { cap: self.per_order, of: "an order", key: "per-order" },
            Named { cap: self.per_run, of: "a run", key: "per-run" },
            Named { cap: self.per_day, of: "24 hours", key: "per-day" },
        ]
    }
}

impl Named {
    /// What would pass this cap, after so much was spent already.
    pub(super) fn passed(&self, spent: Money, instances: u32, spend: &Spend) -> Option<Passed> {
        let too_much = spent.as_fen().saturating_add(spend.amount.as_fen()) > self.cap.amount.as_fen();
        let too_many = instances.saturating_add(spend.instances) > self.cap.instances;
        (too_much || too_many).then(|| Passed {
            spend: spend.clone(),
            spent,
            instances,
            cap: self.cap,
            of: self.of,
            key: self.key,
        })
    }
}

/// A cap that a purchase would pass.
pub(super) struct Passed {
    spend: Spend,
    spent: Money,
    instances: u32,
    cap: Cap,
    of: &'static str,
    key: &'static str,
}

impl fmt::Display for Passed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = |count: u32| counted(count, "instance");
        write!(
            f,
            "refused to pay: {} for {} would pass what {} may cost\n  cap      {} and {}\n  spent    {} and {}, set aside or paid already\n  mend     buying: {}: in the profile, --spend-up-to, or fewer paying scenarios; `dcdb-e2e reconcile` gives back what was set aside and never charged",
            self.spend.amount,
            count(self.spend.instances),
            self.of,
            self.cap.amount,
            count(self.cap.instances),
            self.spent,
            count(self.instances),
            self.key,
        )
    }
}
