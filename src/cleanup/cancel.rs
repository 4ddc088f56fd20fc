//! Cancelling the orders that scenarios left unpaid.

use super::Leftover;
use crate::{
    domain::{Money, OrderNumber, OrderStatus},
    pages::{Browsing, OrderRow, OrdersPage},
    target::Page,
};

/// What a scenario may have left unpaid.
#[derive(Debug, Clone)]
pub struct Unpaid {
    /// Whose orders they are.
    pub account: String,
    /// What they come to, one each.
    pub amounts: Vec<Money>,
    /// The orders that the account had before: none of the scenario's, whatever they come to.
    pub before: Vec<OrderNumber>,
}

/// Cancels these orders of the account that is logged in: the newest of each amount, as many as there are amounts. Gives those that
/// are still there.
///
/// # Errors
/// The order list cannot be looked at.
pub async fn cancel_unpaid(browsing: &Browsing, left_unpaid: &Unpaid) -> anyhow::Result<Vec<Leftover>> {
    let Unpaid { account, before, .. } = left_unpaid;
    let (mut amounts, mut left) = (left_unpaid.amounts.clone(), Vec::new());
    let unpaid = browsing.target.profile.word("order-status", OrderStatus::Unpaid.key())?;
    browsing.open(Page::Orders).await?;
    let page = OrdersPage::of(browsing);
    // The list may be on its way as long as it is empty.
    for OrderRow { number, amount, status, .. } in page.settled(true).await? {
        if status != unpaid || before.contains(&number) {
            continue;
        }
        let Some(known) = amounts.iter().position(|known| *known == amount) else { continue };
        amounts.swap_remove(known);
        let cancelled = async {
            page.cancel(&number).await?;
            page.status_should_be(&number, OrderStatus::Cancelled).await
        };
        if let Err(error) = cancelled.await {
            left.push(Leftover {
                account: account.clone(),
                what: format!("the unpaid order {number}, {amount}"),
                why: format!("it could not be cancelled: {error:#}"),
            });
        }
    }
    Ok(left)
}
