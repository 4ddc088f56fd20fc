//! Order management.

use std::time::{Duration, Instant};

use jiff::civil::Date;

use super::{Browsing, Press, parts::holds};
use crate::{
    browser::{Condition, Spot},
    domain::{Class, Failure, InClass as _, Money, OrderNumber, OrderStatus},
    guard::Permit,
    target::{self, Locator, Page, Text},
};

/// A list that is made by scripts comes in about this time after its page, if it comes at all.
const LISTED_WITHIN: Duration = Duration::from_millis(500);

/// The order list, open in the browser.
pub struct OrdersPage<'a> {
    browsing: &'a Browsing,
    elements: &'a target::OrdersPage,
}

/// An order, as written in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderRow {
    /// Its number.
    pub number: OrderNumber,
    /// What it came to.
    pub amount: Money,
    /// What is frozen for it, where the list says so.
    pub frozen: Option<Money>,
    /// Its status as written.
    pub status: String,
    /// The ids of its instances, as written.
    pub instances: String,
    /// The day on which it was made, where the list says one that can be read.
    pub created: Option<Date>,
}

impl<'a> OrdersPage<'a> {
    /// The order list in this browser.
    #[must_use]
    pub fn of(browsing: &'a Browsing) -> Self {
        Self { browsing, elements: &browsing.target.profile.pages.orders }
    }

    /// An order comes to a status.
    ///
    /// # Errors
    /// Class product: it is not listed, or has another status.
    pub async fn status_should_be(&self, order: &OrderNumber, status: OrderStatus) -> anyhow::Result<()> {
        self.status_should_become(order, status, self.browsing.target.profile.deadlines.element).await
    }

    /// The same, within so long.
    ///
    /// # Errors
    /// Class product: it is not listed, or does not come to it in time.
    pub async fn status_should_become(
        &self,
        order: &OrderNumber,
        status: OrderStatus,
        within: Duration,
    ) -> anyhow::Result<()> {
        let word = self.browsing.target.profile.word("order-status", status.key())?;
        let cell = self
            .elements
            .cells
            .get("status")
            .ok_or_else(|| Failure::test("the profile names no cell status of the order list"))?;
        self.browsing
            .at(Page::Orders, &cell.inside(&self.row(order)))
            .called(format!("the status of order {order}"))
            .within(within)
            .should(Condition::Shows(Text::Is(word)))
            .await
    }

    /// Presses "Pay" for an unpaid order.
    ///
    /// # Errors
    /// Class product: it is not of the permitted amount any more, or not offered.
    pub async fn pay(&self, order: &OrderNumber, permit: Permit) -> anyhow::Result<()> {
        if let Some(cell) = self.elements.cells.get("amount") {
            let amount = self.browsing.target.profile.formats.write_money(permit.amount());
            let spot = self.browsing.at(Page::Orders, &cell.inside(&self.row(order)));
            spot.called(format!("the amount of order {order}")).should(Condition::Shows(amount)).await?;
        }
        Press::Once.pay(&self.browsing.at(Page::Orders, &self.elements.pay.inside(&self.row(order))), permit).await
    }

    /// Presses "Cancel" for an unpaid order.
    ///
    /// # Errors
    /// Class product: it is not offered.
    pub async fn cancel(&self, order: &OrderNumber) -> anyhow::Result<()> {
        self.browsing.at(Page::Orders, &self.elements.cancel.inside(&self.row(order))).click().await
    }

    /// "Pay" and "Cancel" are not offered for an order.
    ///
    /// # Errors
    /// Class product: one is.
    pub async fn should_be_over(&self, order: &OrderNumber) -> anyhow::Result<()> {
        let row = self.row(order);
        // A row that is gone offers nothing either.
        let listed = self.browsing.at(Page::Orders, &row).called(format!("order {order}"));
        let not_offered =
            |operation: &Locator| (self.browsing.at(Page::Orders, &operation.inside(&row)), Condition::Unoffered);
        let [pay, cancel] = [&self.elements.pay, &self.elements.cancel].map(not_offered);
        Spot::each_should(&[(listed, Condition::Visible), pay, cancel]).await
    }

    /// An order is listed.
    ///
    /// # Errors
    /// Class product: it is not.
    pub async fn should_list(&self, order: &OrderNumber) -> anyhow::Result<()> {
        self.browsing
            .at(Page::Orders, &self.row(order))
            .called(format!("order {order}"))
            .should(Condition::Visible)
            .await
    }

    fn row(&self, order: &OrderNumber) -> Locator {
        self.elements.order.with("order", &order.0)
    }

    /// All orders that are listed, once there are any: a list that is made by scripts comes after its page. Where there need be none,
    /// that there is none is believed where the page says so (`empty:`); else the list may come for as long as any element.
    ///
    /// # Errors
    /// As [`Self::orders`].
    pub async fn settled(&self, some: bool) -> anyhow::Result<Vec<OrderRow>> {
        let (within, begun) = (self.browsing.target.profile.deadlines.element, Instant::now());
        loop {
            let orders = self.orders().await?;
            let late = self.browsing.left_of(within, begun).is_zero();
            if !orders.is_empty() || late {
                return Ok(orders);
            }
            match &self.elements.empty {
                Some(empty) if !some => {
                    let said = self.browsing.at(Page::Orders, empty).within(LISTED_WITHIN);
                    if holds(said.should(Condition::Visible).await)? {
                        return self.orders().await;
                    }
                }
                _ => {
                    let one = self.browsing.at(Page::Orders, &self.elements.row).within(LISTED_WITHIN);
                    let _looked_at_next = one.should(Condition::Count(1)).await;
                }
            }
        }
    }

    /// All orders that are listed, the newest first.
    ///
    /// # Errors
    /// Class product: a cell is missing or ill-written.
    pub async fn orders(&self) -> anyhow::Result<Vec<OrderRow>> {
        let rows =
            self.browsing.at(Page::Orders, &self.elements.row).called("orders").rows(&self.elements.cells).await?;
        rows.into_iter()
            .map(|row| {
                let cell = |name: &str| {
                    row.get(name).cloned().flatten().ok_or_else(|| {
                        Failure::product(format!("order list: an order has no {name}\n  saw      {row:?}"))
                    })
                };
                // Of what is paid at once there may be nothing, or a dash.
                let maybe = |name: &str| row.get(name).cloned().flatten();
                let formats = &self.browsing.target.profile.formats;
                Ok(OrderRow {
                    frozen: maybe("frozen").and_then(|text| formats.read_money(&text).ok()),
                    created: maybe("created").and_then(|text| formats.read_day(&text)),
                    number: OrderNumber(cell("number")?),
                    amount: formats.read_money(&cell("amount")?).in_class(Class::Product)?,
                    status: cell("status")?,
                    instances: cell("instances")?,
                })
            })
            .collect()
    }
}
