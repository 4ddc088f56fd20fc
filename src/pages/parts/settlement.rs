//! What a page says of how an order is settled, beside its price.

use crate::{
    browser::Condition,
    domain::{Bill, Class, Failure, InClass as _, Money},
    pages::Browsing,
    target::{Locator, Page, Voucher},
};

/// What is frozen and what a voucher covers, on the page where the order is about to be paid.
pub(in crate::pages) struct Settlement<'a> {
    pub browsing: &'a Browsing,
    pub page: Page,
    pub frozen: Option<&'a Locator>,
    pub voucher: Option<&'a Voucher>,
}

impl Settlement<'_> {
    /// Takes the voucher or leaves it, where that is wished, and reads what will be taken of the account: what is frozen must be what
    /// was permitted, and what is charged and covered the price (I1).
    ///
    /// # Errors
    /// Class product: it is not. Class test: a voucher is wished where the profile knows none.
    pub async fn settle(&self, bill: Bill, take: Option<bool>) -> anyhow::Result<Bill> {
        let formats = &self.browsing.target.profile.formats;
        if let (Some(at), Some(frozen)) = (self.frozen, bill.frozen()) {
            let spot = self.browsing.at(self.page, at).called("what is to be frozen");
            spot.should(Condition::Shows(formats.write_money(frozen))).await?;
        }
        let Some(voucher) = self.voucher else {
            return match take {
                None => Ok(bill),
                Some(_) => Err(self.unknown("voucher").into()),
            };
        };
        if let Some(take) = take {
            self.take(voucher, take).await?;
        }
        let covered = match self.browsing.at(self.page, &voucher.covered).now().await? {
            Some(shown) => formats.read_money(&shown.text).in_class(Class::Product)?,
            None => Money::default(),
        };
        let bill = bill.with_covered(covered)?;
        if covered > Money::default() {
            let payable = self.browsing.at(self.page, &voucher.payable).called("what is left to be paid");
            payable.should(Condition::Shows(formats.write_money(bill.charged()?))).await?;
        }
        Ok(bill)
    }

    async fn take(&self, voucher: &Voucher, take: bool) -> anyhow::Result<()> {
        let profile = &self.browsing.target.profile;
        let tick = self.browsing.at(self.page, &voucher.take).called("the box that takes a voucher");
        if tick.read_when(Condition::Box).await?.checked != take {
            tick.click().await?;
        }
        tick.should(if take { Condition::Ticked } else { Condition::Unchecked }).await?;
        if take {
            let covered = self.browsing.at(self.page, &voucher.covered).called("what the voucher covers");
            let some = Condition::Settled(profile.formats.any_money(), profile.deadlines.price_settles);
            covered.should(some).await?;
        }
        Ok(())
    }

    /// What is to be frozen.
    ///
    /// # Errors
    /// Class product: it is no amount. Class test: the profile does not say where it is.
    pub async fn frozen(&self) -> anyhow::Result<Money> {
        let formats = &self.browsing.target.profile.formats;
        let at = self.frozen.ok_or_else(|| self.unknown("frozen"))?;
        let spot = self.browsing.at(self.page, at).called("what is to be frozen");
        formats.read_money(&spot.read_when(Condition::Shows(formats.any_money())).await?.text).in_class(Class::Product)
    }

    fn unknown(&self, key: &str) -> Failure {
        let (page, title) = (self.page.key(), self.page.title());
        Failure::test(format!(
            "the profile {} does not say where the {title} shows it\n  mend     pages: {page}: {key}:",
            self.browsing.target.profile.name
        ))
    }
}
