//! Order management.

use super::Browsing;
use crate::{
    browser::Condition,
    domain::{Class, Failure, InClass as _, Money, OrderNumber, OrderStatus},
    target::{self, Page, Text},
};

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
    /// Its status as written.
    pub status: String,
    /// The ids of its instances, as written.
    pub instances: String,
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
        let word = self.browsing.target.profile.word("order-status", status.key())?;
        let cell = self
            .elements
            .cells
            .get("status")
            .ok_or_else(|| Failure::test("the profile names no cell status of the order list"))?;
        let row = self.elements.order.with("order", &order.0);
        self.browsing
            .at(Page::Orders, &cell.inside(&row))
            .called(format!("the status of order {order}"))
            .should(Condition::Shows(Text::Is(word)))
            .await
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
                Ok(OrderRow {
                    number: OrderNumber(cell("number")?),
                    amount: self
                        .browsing
                        .target
                        .profile
                        .formats
                        .read_money(&cell("amount")?)
                        .in_class(Class::Product)?,
                    status: cell("status")?,
                    instances: cell("instances")?,
                })
            })
            .collect()
    }
}
