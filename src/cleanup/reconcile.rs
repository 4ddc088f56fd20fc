//! Completing the rows of the ledger from what the target shows: looking at it, and writing down what that comes to.

use anyhow::Context as _;
use jiff::Timestamp;
use regex::Regex;

use super::{
    Leftover, Outcome, delivered, nameless,
    verdict::{Listed, Seen, Verdict, excess, in_question},
    worth,
};
use crate::{
    domain::{Class, InClass as _, InstanceId, Money, OrderStatus, Status},
    guard::{Entry, Ledger, Stage},
    journeys,
    pages::{Browsing, ConsolePage, InstanceRow, OrderRow, OrdersPage},
    target::{Formats, Page},
};

/// Completes these rows, which are all of the account that is logged in.
///
/// # Errors
/// Class guard: the ledger cannot be written. Others: the target cannot be looked at.
pub async fn complete(browsing: &Browsing, ledger: &Ledger, rows: &[&Entry]) -> anyhow::Result<Outcome> {
    let mut outcome = Outcome::default();
    let Some(account) = rows.first().map(|row| row.spend.account.as_str()) else { return Ok(outcome) };
    let seen = Seen::look(browsing, rows).await?;
    let late = browsing.target.profile.deadlines.late_charge;
    let isolated = browsing.target.profile.word("status", Status::Isolated.key())?;
    let of_account = || -> anyhow::Result<Vec<Entry>> {
        let mut all = ledger.entries()?;
        all.retain(|entry| entry.spend.account == account);
        Ok(all)
    };
    let mut bought = None;
    for row in rows {
        let left = |why: String| Leftover { account: account.to_owned(), what: worth(row), why };
        if row.spend.name.is_empty() {
            outcome.left.push(left(nameless(row)));
            continue;
        }
        match seen.verdict(row, &of_account()?, late) {
            Verdict::Bought(instances, orders, charged) => {
                let state = |id: &InstanceId| seen.instances.iter().any(|one| one.id == *id && one.status == isolated);
                let held: Vec<_> = instances.iter().map(|id| (id, state(id))).collect();
                let ids = delivered(ledger, row, &held)?;
                if let Some(order) = orders.first() {
                    ledger.ordered(row.id, order)?;
                }
                ledger.charged(row.id, charged.unwrap_or_default(), u32::try_from(instances.len())?)?;
                let numbers = orders.iter().map(|order| format!("order {order}, ")).collect::<String>();
                outcome.done.push(format!("bought      {}: {numbers}{ids}", worth(row)));
                bought = Some(row.id);
            }
            Verdict::NotBought(why) => {
                ledger.void(row.id, why)?;
                outcome.done.push(format!("not bought  {}: {why}", worth(row)));
            }
            Verdict::Open(why) => outcome.left.push(left(why)),
        }
    }
    // What left the balance beyond all of this was charged for it as well.
    let known = of_account()?;
    if let (Some(last), Some(excess)) = (bought, excess(rows, &known, seen.balance)) {
        ledger.charged_beyond(last, excess)?;
        outcome.done.push(format!("charged     {excess} more than was shown, by the balance of {account}"));
    }
    if seen.balance.is_some() {
        let bought = |row: &&&Entry| known.iter().any(|now| now.id == row.id && now.stage == Stage::Instance);
        rows.iter().filter(bought).try_for_each(|row| ledger.settled(row.id))?;
    }
    Ok(outcome)
}

impl Seen {
    async fn look(browsing: &Browsing, rows: &[&Entry]) -> anyhow::Result<Self> {
        let at = Timestamp::now();
        let profile = &browsing.target.profile;
        // What may still be on its way is waited for first: an order that is under way has no instances to be known by.
        let orders = match profile.lacks.contains_key("orders") {
            true => None,
            false => Some(settled_orders(browsing, rows).await?),
        };
        browsing.open(Page::Console).await?;
        let instances = all_instances(browsing).await?;
        // Only what is not known yet is worth a look at the balance; one that cannot be had proves nothing.
        let balance = match rows.iter().any(|row| in_question(row)) {
            true => journeys::to_new_check_page(browsing).await.ok(),
            false => None,
        };
        Ok(Self { at, orders, instances, balance })
    }
}

/// The orders, once none that may be one of these rows' is under way any more.
async fn settled_orders(browsing: &Browsing, rows: &[&Entry]) -> anyhow::Result<Vec<Listed>> {
    browsing.open(Page::Orders).await?;
    let page = OrdersPage::of(browsing);
    let profile = &browsing.target.profile;
    let processing = profile.word("order-status", OrderStatus::Processing.key())?;
    // A status that the profile has no word for may be one that charges.
    let free = [OrderStatus::Unpaid, OrderStatus::Cancelled, OrderStatus::Expired, OrderStatus::Refunded];
    let free: Vec<String> = free.iter().filter_map(|status| profile.word("order-status", status.key()).ok()).collect();
    // What is paid by the hour is listed at nothing, or at what is frozen.
    let may_be = |entry: &Entry, order: &OrderRow| match entry.spend.frozen {
        None => entry.spend.amount == order.amount,
        Some(frozen) => {
            order.amount == Money::default() || [order.amount, order.frozen.unwrap_or_default()].contains(&frozen)
        }
    };
    let under_way = |order: &&OrderRow| order.status == processing && rows.iter().any(|entry| may_be(entry, order));
    // Nothing is taken for not bought since its list was on its way.
    let mut orders = page.settled(true).await?;
    if orders.iter().any(|order| under_way(&order)) {
        for order in orders.iter().filter(under_way) {
            page.status_should_become(&order.number, OrderStatus::Successful, profile.deadlines.delivery).await?;
        }
        orders = page.orders().await?;
    }
    let shape: Regex = Formats::anywhere(&profile.formats.instance_id)
        .context("reading the ids of an order's instances")
        .in_class(Class::Test)?;
    Ok(orders
        .into_iter()
        .map(|order| Listed {
            charges: !free.contains(&order.status),
            instances: shape.find_iter(&order.instances).map(|id| InstanceId(id.as_str().to_owned())).collect(),
            number: order.number,
            amount: order.amount,
            status: order.status,
        })
        .collect())
}

/// The instances of all regions.
async fn all_instances(browsing: &Browsing) -> anyhow::Result<Vec<InstanceRow>> {
    let console = ConsolePage::of(browsing);
    let mut all = Vec::new();
    for region in browsing.target.profile.regions() {
        all.extend(console.all_of_region(region).await?);
    }
    Ok(all)
}
