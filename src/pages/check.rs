//! Where the order is checked before it is paid.

use std::time::{Duration, Instant};

use super::{
    Browsing, PaymentPage, Press,
    parts::{Settlement, holds},
};
use crate::{
    browser::{Condition, Spot},
    domain::{Bill, Class, Failure, InClass as _, Money, Purchase, class_of},
    guard::Permit,
    target::{self, Locator, Page},
};

/// The payment page is looked for so long before it is asked whether the purchase was refused.
const LOOKED_FOR: Duration = Duration::from_millis(500);

/// What a page says of what it does not offer comes about as soon as any page that is made by scripts.
const SAID_WITHIN: Duration = Duration::from_secs(1);

/// Where "Confirm Purchase" led to, on a target that has a payment page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Led {
    /// To the payment page, which asks for the payment.
    ToPayment,
    /// To the result page at once, as nothing was to be paid.
    ToResult,
    /// Nowhere: the check page refuses.
    Refused,
}

/// The check page, open in the browser.
pub struct CheckPage<'a> {
    browsing: &'a Browsing,
    elements: &'a target::CheckPage,
}

impl<'a> CheckPage<'a> {
    /// The check page in this browser.
    #[must_use]
    pub fn of(browsing: &'a Browsing) -> Self {
        Self { browsing, elements: &browsing.target.profile.pages.check }
    }

    /// Every choice is repeated (I2).
    ///
    /// # Errors
    /// Class product: one is missing or another.
    pub async fn should_repeat(&self, purchase: &Purchase) -> anyhow::Result<()> {
        let profile = &self.browsing.target.profile;
        let mut repeated = Vec::new();
        for (field, key) in purchase.choices() {
            let Some(fact) = self.elements.facts.get(field.key()) else { continue };
            // How a target shows that no name was given is its own affair.
            if key.is_empty() {
                continue;
            }
            let word =
                if profile.words.contains_key(field.key()) { profile.word(field.key(), key)? } else { key.to_owned() };
            let spot = self.browsing.at(Page::Check, &fact.at).called(format!(
                "the {} ({})",
                profile.catalogue.name_of(field),
                fact.at
            ));
            repeated.push((spot, Condition::Shows(fact.shows.with("value", &word))));
        }
        Spot::each_should(&repeated).await
    }

    /// The total fee.
    ///
    /// # Errors
    /// Class product: it is no amount.
    pub async fn total_fee(&self) -> anyhow::Result<Money> {
        self.amount(&self.elements.total_fee, "the total fee").await
    }

    /// The total fee is this one (I1).
    ///
    /// # Errors
    /// Class product: it is another.
    pub async fn total_fee_should_be(&self, amount: Money) -> anyhow::Result<()> {
        let spot = self.browsing.at(Page::Check, &self.elements.total_fee).called("the total fee");
        spot.should(Condition::Shows(self.browsing.target.profile.formats.write_money(amount))).await
    }

    /// What the account has.
    ///
    /// # Errors
    /// Class product: it is no amount.
    pub async fn balance(&self) -> anyhow::Result<Money> {
        self.amount(&self.elements.balance, "the balance").await
    }

    /// What the account has, as the page writes it.
    ///
    /// # Errors
    /// Class product: it is no amount.
    pub async fn balance_as_written(&self) -> anyhow::Result<String> {
        let any = Condition::Shows(self.browsing.target.profile.formats.any_money());
        let spot = self.browsing.at(Page::Check, &self.elements.balance).called("the balance");
        Ok(spot.read_when(any).await?.text)
    }

    /// What the account has is this (I1).
    ///
    /// # Errors
    /// Class product: it is another.
    pub async fn balance_should_be(&self, amount: Money) -> anyhow::Result<()> {
        let spot = self.browsing.at(Page::Check, &self.elements.balance).called("the balance");
        spot.should(Condition::Shows(self.browsing.target.profile.formats.write_money(amount))).await
    }

    async fn amount(&self, locator: &Locator, called: &str) -> anyhow::Result<Money> {
        let formats = &self.browsing.target.profile.formats;
        let reading = self
            .browsing
            .at(Page::Check, locator)
            .called(called)
            .read_when(Condition::Shows(formats.any_money()))
            .await?;
        formats.read_money(&reading.text).in_class(Class::Product)
    }

    fn settlement(&self) -> Settlement<'_> {
        let (frozen, voucher) = (self.elements.frozen.as_ref(), self.elements.voucher.as_ref());
        Settlement { browsing: self.browsing, page: Page::Check, frozen, voucher }
    }

    /// What confirming this purchase would take of the account, at the fee that is shown.
    ///
    /// # Errors
    /// Class product: an amount is none. Class test: it is paid by the hour, and the profile does not say where the page shows what
    /// is frozen.
    pub async fn bill(&self, purchase: &Purchase) -> anyhow::Result<Bill> {
        let price = self.total_fee().await?;
        match self.browsing.target.profile.catalogue.is_by_the_hour(purchase) {
            true => Ok(Bill::Hourly { price, frozen: self.settlement().frozen().await? }),
            false => Ok(Bill::prepaid(price)),
        }
    }

    /// Takes a voucher here or leaves it, where that is wished, and gives what will be taken of the account.
    ///
    /// # Errors
    /// Class product: the page tells another story than was permitted (I1).
    pub async fn settle(&self, bill: Bill, voucher: Option<bool>) -> anyhow::Result<Bill> {
        self.settlement().settle(bill, voucher).await
    }

    /// "Confirm Purchase" can be pressed.
    ///
    /// # Errors
    /// Class product: it cannot.
    pub async fn should_be_confirmable(&self) -> anyhow::Result<()> {
        self.browsing.at(Page::Check, &self.elements.confirm).should(Condition::Enabled).await
    }

    /// Presses "Confirm Purchase" where that pays, so it takes the guard's permit; what follows is the caller's to wait for.
    ///
    /// # Errors
    /// Class product: the fee is not the permitted one any more, or the button cannot be pressed; nothing is paid then.
    pub async fn confirm(&self, permit: Permit, press: Press) -> anyhow::Result<()> {
        self.total_fee_should_be(permit.amount()).await?;
        press.pay(&self.browsing.at(Page::Check, &self.elements.confirm), permit).await
    }

    /// Presses "Confirm Purchase" where it only leads on to the payment page. Until that asks for the payment, the ledger says that it
    /// may have paid: that it does not is no more than what the profile says.
    ///
    /// # Errors
    /// Class product: the button cannot be pressed; or neither the payment page nor a refusal comes, nor the result page where
    /// nothing is to be paid.
    pub async fn go_to_payment(&self, _to: &PaymentPage<'_>, permit: &Permit, press: Press) -> anyhow::Result<Led> {
        let before = self.said().await?;
        self.browsing.at(Page::Check, &self.elements.confirm).click_once(press.more(), || permit.ordering()).await?;
        let (begun, mut last) = (Instant::now(), None);
        let ready = self.elements.card().ready;
        let result = self.browsing.place(Page::Result, &[])?;
        loop {
            let none = match self.browsing.arrive_within(Page::Payment, LOOKED_FOR).await {
                Ok(()) => {
                    permit.led_on()?;
                    return Ok(Led::ToPayment);
                }
                // That it is not there yet is all that may be waited for.
                Err(error) if class_of(&error) != Class::Product => return Err(error),
                Err(none) => none,
            };
            if result.is_at(&self.browsing.visit.url().await?) {
                return match permit.amount() == Money::default() {
                    true => Ok(Led::ToResult),
                    false => Err(Failure::product(format!(
                        "check page: {} should lead to the payment page, which asks for {} (pages: payment:)\n  saw      the result page: it was paid without being asked for",
                        self.elements.confirm,
                        permit.amount()
                    ))
                    .into()),
                };
            }
            let late = self.browsing.left_of(self.browsing.target.profile.deadlines.arrival, begun).is_zero();
            // What the page says that comes is no refusal, nor what goes again at once.
            let is_here = self.browsing.at(Page::Check, ready).now().await?.is_some();
            let said = self.said().await?.filter(|_| is_here);
            let stands = said.is_some() && said == last;
            // What was said before is no answer yet, unless nothing else comes.
            if stands && (late || said != before) {
                return Ok(Led::Refused);
            }
            if late && said.is_none() {
                return Err(none);
            }
            last = said;
        }
    }

    /// What the page says now of what it refuses, where it says anything.
    ///
    /// # Errors
    /// Class infrastructure: the browser is gone.
    pub async fn said(&self) -> anyhow::Result<Option<String>> {
        Ok(self.browsing.at(Page::Check, &self.elements.message).now().await?.map(|said| said.text))
    }

    /// "Confirm Purchase" is not offered.
    ///
    /// # Errors
    /// Class product: it is.
    pub async fn should_not_be_confirmable(&self) -> anyhow::Result<()> {
        self.browsing.at(Page::Check, &self.elements.confirm).should(Condition::Unoffered).await
    }

    /// Whether the page says something, and offers nothing to confirm; what it says is waited for a moment.
    ///
    /// # Errors
    /// Class infrastructure: the browser is gone.
    pub async fn refuses(&self) -> anyhow::Result<bool> {
        let says = self.browsing.at(Page::Check, &self.elements.message).within(SAID_WITHIN);
        Ok(holds(says.should(Condition::Said(Duration::ZERO)).await)? && holds(self.should_not_be_confirmable().await)?)
    }

    /// Goes back to the purchase page.
    ///
    /// # Errors
    /// Class product: the purchase page does not come.
    pub async fn back(&self) -> anyhow::Result<()> {
        self.browsing.follow(Page::Check, &self.elements.back, target::OpensIn::SameTab, Page::Purchase).await
    }
}
