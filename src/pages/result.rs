//! "Payment successful".

use std::time::Duration;

use super::Browsing;
use crate::{
    browser::Condition,
    domain::{Failure, Money, OrderNumber},
    target::{self, Formats, Likeness, OpensIn, Page, Text},
};

/// The result page, open in the browser.
pub struct ResultPage<'a> {
    browsing: &'a Browsing,
    elements: &'a target::ResultPage,
}

impl<'a> ResultPage<'a> {
    /// The result page in this browser.
    #[must_use]
    pub fn of(browsing: &'a Browsing) -> Self {
        Self { browsing, elements: &browsing.target.profile.pages.result }
    }

    /// The number of the order that was paid.
    ///
    /// # Errors
    /// Class product: it has not the shape of an order number.
    pub async fn order_number(&self) -> anyhow::Result<OrderNumber> {
        let pattern = Formats::whole(&self.browsing.target.profile.formats.order_number)?;
        let shape = Text::Like(Likeness::Matches(pattern.as_str().to_owned()));
        Ok(OrderNumber(
            self.browsing
                .at(Page::Result, &self.elements.order_number)
                .called("the order number")
                .read_when(Condition::Shows(shape))
                .await?
                .text,
        ))
    }

    /// Whether it shows this order, or comes to in a moment.
    pub async fn shows(&self, order: &OrderNumber, within: Duration) -> bool {
        let spot = self.browsing.at(Page::Result, &self.elements.order_number).within(within);
        spot.should(Condition::Shows(Text::Is(order.0.clone()))).await.is_ok()
    }

    /// What was paid is this (I1).
    ///
    /// # Errors
    /// Class product: it is another amount.
    pub async fn amount_should_be(&self, amount: Money) -> anyhow::Result<()> {
        let spot = self.browsing.at(Page::Result, &self.elements.amount).called("the amount paid");
        spot.should(Condition::Shows(self.browsing.target.profile.formats.write_money(amount))).await
    }

    /// What was frozen is this.
    ///
    /// # Errors
    /// Class product: it is another amount. Class test: the profile does not say where it is.
    pub async fn frozen_should_be(&self, amount: Money) -> anyhow::Result<()> {
        let frozen = self.elements.frozen.as_ref().ok_or_else(|| {
            let profile = &self.browsing.target.profile.name;
            Failure::test(format!(
                "the profile {profile} does not say where the result page shows what was frozen\n  mend     pages: result: frozen:"
            ))
        })?;
        let spot = self.browsing.at(Page::Result, frozen).called("what was frozen");
        spot.should(Condition::Shows(self.browsing.target.profile.formats.write_money(amount))).await
    }

    /// What it says was paid, as it is now; `None` where it says nothing that is an amount.
    ///
    /// # Errors
    /// Class infrastructure: the browser is gone.
    pub async fn amount_shown(&self) -> anyhow::Result<Option<Money>> {
        let reading = self.browsing.at(Page::Result, &self.elements.amount).now().await?;
        Ok(reading.and_then(|reading| self.browsing.target.profile.formats.read_money(&reading.text).ok()))
    }

    /// Follows "Go to Console".
    ///
    /// # Errors
    /// Class product: the console overview does not come.
    pub async fn go_to_console(&self) -> anyhow::Result<()> {
        self.browsing.follow(Page::Result, &self.elements.go_to_console, OpensIn::SameTab, Page::Overview).await
    }
}
