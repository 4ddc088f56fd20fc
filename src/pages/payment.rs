//! Where the order is paid, on targets that have a page of its own for that.

use super::{Browsing, Press, parts::Settlement};
use crate::{
    browser::Condition,
    domain::{Bill, Money},
    guard::{self, Permit},
    target::{self, Page},
};

/// The payment page. Where there is none, "Confirm Purchase" on the check page pays.
pub struct PaymentPage<'a> {
    browsing: &'a Browsing,
    elements: &'a target::PaymentPage,
}

impl<'a> PaymentPage<'a> {
    /// The payment page in this browser; `None` on a target that has none.
    #[must_use]
    pub fn of(browsing: &'a Browsing) -> Option<Self> {
        browsing.target.profile.pages.payment.as_ref().map(|elements| Self { browsing, elements })
    }

    /// The amount to be paid is this (I1).
    ///
    /// # Errors
    /// Class product: it is another.
    pub async fn amount_should_be(&self, amount: Money) -> anyhow::Result<()> {
        let spot = self.browsing.at(Page::Payment, &self.elements.amount).called("the amount to be paid");
        spot.should(Condition::Shows(self.browsing.target.profile.formats.write_money(amount))).await
    }

    /// Takes a voucher here or leaves it, where that is wished, and gives what will be taken of the account.
    ///
    /// # Errors
    /// Class product: the page tells another story than was permitted (I1).
    pub async fn settle(&self, bill: Bill, voucher: Option<bool>) -> anyhow::Result<Bill> {
        let (frozen, of) = (self.elements.frozen.as_ref(), self.elements.voucher.as_ref());
        Settlement { browsing: self.browsing, page: Page::Payment, frozen, voucher: of }.settle(bill, voucher).await
    }

    /// What refused a payment says this; a sentence of a feature.
    ///
    /// # Errors
    /// Class product: it does not, in time.
    pub async fn should_refuse(&self, quoted: &str) -> anyhow::Result<()> {
        let Some(message) = &self.elements.message else {
            return self.browsing.should_say(Page::Payment, quoted).await;
        };
        let says = self.browsing.target.profile.wording(quoted)?;
        self.browsing.at(Page::Payment, message).called("what is said of it").should(Condition::Shows(says)).await
    }

    /// Pays; what follows is the caller's to wait for.
    ///
    /// # Errors
    /// Class product: the button cannot be pressed. Class guard: this page does not prove to be a test target's; nothing was clicked.
    pub async fn pay(&self, permit: Permit, press: Press) -> anyhow::Result<()> {
        guard::handshake(&self.browsing.visit, &self.browsing.target.profile, "paying").await?;
        press.pay(&self.browsing.at(Page::Payment, &self.elements.pay), permit).await
    }
}
