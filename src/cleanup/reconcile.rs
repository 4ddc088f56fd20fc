//! Completing the rows of the ledger from what the target shows.
//!
//! A purchase is known by the name of its instances, which no other purchase of any run has: what is delivered under it was
//! bought, and where nothing is, once no order is under way any more, nothing was charged.

use super::{Leftover, Outcome, delivered, nameless, regions, unexplained, worth};
use crate::{
    domain::{OrderStatus, Status},
    guard::{Entry, Ledger},
    pages::{Browsing, ConsolePage, InstanceRow, OrderRow, OrdersPage},
    target::{Formats, Page},
};

/// Completes these rows, which are all of the account that is logged in.
pub(super) async fn complete(browsing: &Browsing, ledger: &Ledger, rows: &[&Entry]) -> anyhow::Result<Outcome> {
    let profile = &browsing.target.profile;
    let mut outcome = Outcome::default();
    // What may still be on its way is waited for first: an order that is under way has no instances to be known by.
    let orders = match profile.lacks.contains_key("orders") {
        true => Vec::new(),
        false => settled_orders(browsing, rows).await?,
    };
    browsing.open(Page::Console).await?;
    let instances = all_instances(browsing).await?;
    let isolated = profile.word("status", Status::Isolated.key())?;
    for entry in rows {
        if entry.spend.name.is_empty() {
            return Err(nameless(entry).into());
        }
        let bought: Vec<&InstanceRow> =
            instances.iter().filter(|instance| is_of(&instance.name, &entry.spend.name)).collect();
        if !bought.is_empty() {
            let bought_ids: Vec<_> =
                bought.iter().map(|instance| (&instance.id, instance.status == isolated)).collect();
            let ids = delivered(ledger, entry, &bought_ids)?;
            let order = orders.iter().find(|order| names_one_of(browsing, order, &bought));
            if let Some(order) = order {
                ledger.ordered(entry.id, &order.number)?;
            }
            let number = order.map_or_else(String::new, |order| format!("order {}, ", order.number));
            outcome.done.push(format!("bought      {}: {number}{ids}", worth(entry)));
        } else if entry.order.is_none() && unexplained(entry.stage) {
            ledger.void(entry.id, "no instance of the account carries its name")?;
            outcome.done.push(format!("not bought  {}: no instance carries its name", worth(entry)));
        } else {
            outcome.left.push(Leftover {
                account: entry.spend.account.clone(),
                what: worth(entry),
                why: match &entry.order {
                    Some(order) => format!("order {order} was made, and no instance carries its name"),
                    None => "its instances are not listed any more".into(),
                },
            });
        }
    }
    Ok(outcome)
}

/// A name that was given to a purchase, or one of several made from it: `-1`, `-2`, … (CONTRACT 3.3.10).
pub(super) fn is_of(name: &str, given: &str) -> bool {
    name.strip_prefix(given).is_some_and(|rest| {
        rest.is_empty()
            || rest.strip_prefix('-').is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
    })
}

fn names_one_of(browsing: &Browsing, order: &OrderRow, instances: &[&InstanceRow]) -> bool {
    let Ok(shape) = Formats::anywhere(&browsing.target.profile.formats.instance_id) else { return false };
    shape.find_iter(&order.instances).any(|found| instances.iter().any(|instance| instance.id.0 == found.as_str()))
}

/// The orders, once none that may be one of these rows' is under way any more.
async fn settled_orders(browsing: &Browsing, rows: &[&Entry]) -> anyhow::Result<Vec<OrderRow>> {
    browsing.open(Page::Orders).await?;
    let page = OrdersPage::of(browsing);
    let profile = &browsing.target.profile;
    let processing = profile.word("order-status", OrderStatus::Processing.key())?;
    let under_way =
        |order: &&OrderRow| order.status == processing && rows.iter().any(|entry| entry.spend.amount == order.amount);
    let orders = page.orders().await?;
    for order in orders.iter().filter(under_way) {
        page.status_should_become(&order.number, OrderStatus::Successful, profile.deadlines.delivery).await?;
    }
    if orders.iter().any(|order| under_way(&order)) { page.orders().await } else { Ok(orders) }
}

/// The instances of all regions.
pub(super) async fn all_instances(browsing: &Browsing) -> anyhow::Result<Vec<InstanceRow>> {
    let console = ConsolePage::of(browsing);
    let mut all = Vec::new();
    for region in regions(&browsing.target.profile) {
        all.extend(console.all_of_region(region).await?);
    }
    Ok(all)
}
