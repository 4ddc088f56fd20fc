//! What a page says of how an order is settled, beside its price.

use super::if_so;
use crate::{
    browser::{Condition, Spot},
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
    /// Takes the voucher where that is wished, else leaves it, and reads what will be taken of the account: what is frozen must be what
    /// was permitted, and what is covered and what is left to be paid the price (I1).
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
        self.take(voucher, take).await?;
        if take == Some(true) {
            let profile = &self.browsing.target.profile;
            let some = Condition::Settled(formats.any_money(), profile.deadlines.price_settles);
            let shown = self.covered(voucher).within(profile.deadlines.price).read_when(some).await?;
            let bill = bill.with_covered(formats.read_money(&shown.text).in_class(Class::Product)?)?;
            self.left_should_be(voucher, bill).await?;
            return Ok(bill);
        }
        if let Err(wrong) = self.left_should_be(voucher, bill).await {
            // It may have come after the rest of the page.
            if take.is_some() || !self.is_taken(voucher).await? {
                return Err(wrong);
            }
            self.take(voucher, take).await?;
            self.left_should_be(voucher, bill).await?;
        }
        Ok(bill)
    }

    /// One that nobody wishes is left, be it taken beforehand: it is spent once, and gone.
    async fn take(&self, voucher: &Voucher, take: Option<bool>) -> anyhow::Result<()> {
        let tick = self.browsing.at(self.page, &voucher.take).called("the box that takes a voucher");
        let is_taken = match take {
            Some(_) => tick.read_when(Condition::Box).await?.checked,
            None => self.is_taken(voucher).await?,
        };
        let wish = take == Some(true);
        if is_taken != wish {
            tick.click().await?;
            tick.should(if wish { Condition::Ticked } else { Condition::Unchecked }).await?;
        }
        Ok(())
    }

    async fn is_taken(&self, voucher: &Voucher) -> anyhow::Result<bool> {
        let settles = self.browsing.target.profile.deadlines.price_settles;
        // Where an account has no voucher there is no box, and one may come a moment after the page.
        let tick = self.browsing.at(self.page, &voucher.take).within(settles).read_when(Condition::Box).await;
        Ok(if_so(tick)?.is_some_and(|tick| tick.checked))
    }

    fn covered(&self, voucher: &Voucher) -> Spot<'_> {
        self.browsing.at(self.page, &voucher.covered).called("what the voucher covers")
    }

    /// What is left to be paid is what this bill charges. A page may show it with a voucher alone; then none covers anything.
    async fn left_should_be(&self, voucher: &Voucher, bill: Bill) -> anyhow::Result<()> {
        let profile = &self.browsing.target.profile;
        let payable = self.browsing.at(self.page, &voucher.payable).called("what is left to be paid");
        if bill.covered() == Money::default() && payable.now().await?.is_none() {
            let shown = self.covered(voucher).now().await?;
            let covered = shown.and_then(|shown| profile.formats.read_money(&shown.text).ok()).unwrap_or_default();
            return match covered == Money::default() {
                true => Ok(()),
                false => Err(Failure::product(format!(
                    "{}: a voucher that was not taken should cover nothing\n  saw      {covered}",
                    self.page.title()
                ))
                .into()),
            };
        }
        let charged = profile.formats.write_money(bill.charged()?);
        let settled = Condition::Settled(charged, profile.deadlines.price_settles);
        payable.within(profile.deadlines.price).should(settled).await
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
