//! Cancelling the orders that scenarios left unpaid.

use super::{Leftover, Outcome};
use crate::{
    domain::{Money, OrderStatus},
    pages::{Browsing, OrderRow, OrdersPage},
    target::Page,
};

/// Cancels unpaid orders of these amounts, of the account that is logged in: the newest of each, as many as there are amounts.
///
/// # Errors
/// The order list cannot be looked at.
pub async fn cancel_unpaid(browsing: &Browsing, account: &str, mut amounts: Vec<Money>) -> anyhow::Result<Outcome> {
    let mut outcome = Outcome::default();
    let unpaid = browsing.target.profile.word("order-status", OrderStatus::Unpaid.key())?;
    browsing.open(Page::Orders).await?;
    let page = OrdersPage::of(browsing);
    for OrderRow { number, amount, status, .. } in page.orders().await? {
        let Some(known) = amounts.iter().position(|known| *known == amount).filter(|_| status == unpaid) else {
            continue;
        };
        amounts.swap_remove(known);
        let cancelled = async {
            page.cancel(&number).await?;
            page.status_should_be(&number, OrderStatus::Cancelled).await
        };
        match cancelled.await {
            Ok(()) => outcome.done.push(format!("cancelled   order {number} of {account}, {amount}")),
            Err(error) => outcome.left.push(Leftover {
                account: account.to_owned(),
                what: format!("the unpaid order {number}, {amount}"),
                why: format!("it could not be cancelled: {error:#}"),
            }),
        }
    }
    Ok(outcome)
}
