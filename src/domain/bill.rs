//! What an order takes of its account, at the price that was shown (I1).

use super::{Failure, Money};

/// What is paid by the hour counts as if it were there for so long before it is returned: caps are of any 24 hours.
const HOURS: i64 = 24;

/// What an order takes of its account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bill {
    /// It is paid at once.
    Prepaid {
        /// The price that was shown.
        price: Money,
        /// What a voucher covers of it; the rest is charged.
        covered: Money,
    },
    /// It is paid by the hour: nothing is charged yet, and a part of the balance is frozen until it is returned.
    Hourly {
        /// The price of an hour.
        price: Money,
        /// What is frozen.
        frozen: Money,
    },
}

impl Bill {
    /// Of what is paid at once, without a voucher.
    #[must_use]
    pub const fn prepaid(price: Money) -> Self {
        Self::Prepaid { price, covered: Money::fen(0) }
    }

    /// The price that was shown: in all, or of an hour.
    #[must_use]
    pub const fn price(self) -> Money {
        match self {
            Self::Prepaid { price, .. } | Self::Hourly { price, .. } => price,
        }
    }

    /// What a voucher covers.
    #[must_use]
    pub const fn covered(self) -> Money {
        match self {
            Self::Prepaid { covered, .. } => covered,
            Self::Hourly { .. } => Money::fen(0),
        }
    }

    /// What is frozen; `None` where nothing can be.
    #[must_use]
    pub const fn frozen(self) -> Option<Money> {
        match self {
            Self::Prepaid { .. } => None,
            Self::Hourly { frozen, .. } => Some(frozen),
        }
    }

    /// What is charged at once: price = charged + covered; nothing of what is paid by the hour.
    ///
    /// # Errors
    /// Class product: beyond all counting.
    pub fn charged(self) -> Result<Money, Failure> {
        match self {
            Self::Prepaid { price, covered } => price.minus(covered),
            Self::Hourly { .. } => Ok(Money::default()),
        }
    }

    /// What the balance is less by: what is charged, and what is frozen.
    ///
    /// # Errors
    /// As [`Self::charged`].
    pub fn taken(self) -> Result<Money, Failure> {
        self.charged()?.plus(self.frozen().unwrap_or_default())
    }

    /// What counts against caps: all that may be charged. No voucher is relied on; of what is paid by the hour it is what is frozen
    /// and the price of a day, since what is frozen may be charged as well.
    #[must_use]
    pub const fn at_most(self) -> Money {
        match self {
            Self::Prepaid { price, .. } => price,
            Self::Hourly { price, frozen } => {
                Money::fen(price.as_fen().saturating_mul(HOURS).saturating_add(frozen.as_fen()))
            }
        }
    }

    /// The same with so much of it covered by a voucher, which covers nothing of what is frozen.
    ///
    /// # Errors
    /// Class product: it is more than the price, less than nothing, or of what is paid by the hour.
    pub fn with_covered(self, covered: Money) -> Result<Self, Failure> {
        match self {
            _ if covered == Money::default() => Ok(self),
            Self::Prepaid { price, .. } if covered > Money::default() && covered <= price => {
                Ok(Self::Prepaid { price, covered })
            }
            _ => Err(Failure::product(format!(
                "a voucher should cover no more than what is paid at once, {} (I1)\n  saw      {covered}",
                match self {
                    Self::Prepaid { price, .. } => price,
                    Self::Hourly { .. } => Money::default(),
                }
            ))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_price_is_what_is_charged_and_what_a_voucher_covers() {
        let bill = Bill::prepaid(Money::fen(101_520));
        assert_eq!((bill.charged().unwrap(), bill.taken().unwrap()), (Money::fen(101_520), Money::fen(101_520)));
        let bill = bill.with_covered(Money::fen(10_000)).unwrap();
        assert_eq!((bill.charged().unwrap(), bill.taken().unwrap()), (Money::fen(91_520), Money::fen(91_520)));
        assert_eq!((bill.price(), bill.covered(), bill.frozen()), (Money::fen(101_520), Money::fen(10_000), None));
        // A voucher may turn out not to be taken.
        assert_eq!(bill.at_most(), Money::fen(101_520));
        for wrong in [101_521, -1] {
            assert!(bill.with_covered(Money::fen(wrong)).is_err(), "{wrong}");
        }
        for right in [101_520, 1, 0] {
            let bill = Bill::prepaid(Money::fen(101_520)).with_covered(Money::fen(right)).unwrap();
            assert_eq!((bill.covered(), bill.charged().unwrap()), (Money::fen(right), Money::fen(101_520 - right)));
        }
    }

    #[test]
    fn of_what_is_paid_by_the_hour_nothing_is_charged_and_a_day_counts() {
        let bill = Bill::Hourly { price: Money::fen(213), frozen: Money::fen(426) };
        assert_eq!((bill.charged().unwrap(), bill.taken().unwrap()), (Money::fen(0), Money::fen(426)));
        assert_eq!(bill.at_most(), Money::fen(24 * 213 + 426));
        assert!(bill.with_covered(Money::fen(1)).is_err());
        assert_eq!(bill.with_covered(Money::fen(0)).unwrap(), bill);
        let beyond = Bill::Hourly { price: Money::fen(i64::MAX / 2), frozen: Money::fen(1) };
        assert_eq!(beyond.at_most(), Money::fen(i64::MAX));
    }
}
