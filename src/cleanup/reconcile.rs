//! Completing the rows of the ledger from what the target shows.
//!
//! A purchase is known by the name of its instances, which no other purchase of any run has: what is delivered under it was
//! bought. That nothing was bought needs more than that nothing is there: a charge may come long after the click.

use std::time::Duration;

use anyhow::Context as _;
use jiff::Timestamp;
use regex::Regex;

use super::{Leftover, Outcome, delivered, nameless, worth};
use crate::{
    domain::{Class, InClass as _, InstanceId, Money, OrderNumber, OrderStatus, Status, named_after},
    guard::{Entry, Ledger, Stage},
    journeys,
    pages::{Browsing, ConsolePage, InstanceRow, OrderRow, OrdersPage},
    target::{Formats, Page},
};

/// What an account shows of its purchases.
struct Seen {
    /// When it was begun to look.
    at: Timestamp,
    /// Its orders; `None` where the target has no list of them.
    orders: Option<Vec<Listed>>,
    /// Its instances in all regions.
    instances: Vec<InstanceRow>,
    /// What it has; `None` where it was not looked at or could not be.
    balance: Option<Money>,
}

/// An order, as far as it tells of purchases.
struct Listed {
    number: OrderNumber,
    amount: Money,
    /// As the page writes it.
    status: String,
    /// It takes money from the account, by its status.
    charges: bool,
    instances: Vec<InstanceId>,
}

/// What became of a purchase.
#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    /// These instances were delivered for it, for these orders.
    Bought(Vec<InstanceId>, Vec<OrderNumber>, Option<Money>),
    /// Nothing was charged, for this reason.
    NotBought(&'static str),
    /// It cannot be told yet, for this reason.
    Open(String),
}

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

    fn verdict(&self, entry: &Entry, all: &[Entry], late: Duration) -> Verdict {
        let siblings: Vec<&Entry> =
            all.iter().filter(|other| other.id != entry.id && other.is_of_purchase_of(entry)).collect();
        let taken = |id: &InstanceId| siblings.iter().any(|other| other.delivered.iter().any(|(held, _)| held == id));
        let own: Vec<InstanceId> = self
            .instances
            .iter()
            .filter(|one| named_after(&one.name, &entry.spend.name) && !taken(&one.id))
            .map(|one| one.id.clone())
            .collect();
        let until = late_until(entry, late);
        let more_may_come = until.is_some_and(|until| until > self.at) && entry.stage != Stage::Instance;
        if !own.is_empty() && own.len() < entry.spend.instances as usize && more_may_come {
            return Verdict::Open(format!(
                "{} of its {} instances are listed so far: reconcile again later",
                own.len(),
                entry.spend.instances
            ));
        }
        if !own.is_empty() {
            let ordered = |order: &OrderNumber| siblings.iter().any(|other| other.order.as_ref() == Some(order));
            let orders: Vec<&Listed> = self
                .orders
                .iter()
                .flatten()
                .filter(|order| order.instances.iter().any(|id| own.contains(id)) && !ordered(&order.number))
                .collect();
            let charged = orders.iter().try_fold(Money::default(), |sum, order| sum.plus(order.amount)).ok();
            return Verdict::Bought(own, orders.into_iter().map(|order| order.number.clone()).collect(), charged);
        }
        match (entry.stage, &entry.order) {
            (Stage::Intent, _) => Verdict::NotBought("it was never clicked"),
            (Stage::Clicked, None) => self.unanswered(entry, all, late),
            (Stage::Instance, _) => Verdict::Open(format!("its instances are not listed any more{}", by_hand(entry))),
            (_, Some(order)) => {
                Verdict::Open(format!("order {order} was made, and no instance carries its name{}", by_hand(entry)))
            }
            (_, None) => Verdict::Open(format!("nothing is listed that carries its name{}", by_hand(entry))),
        }
    }

    /// What became of a click to which nothing is there that carries the purchase's name.
    fn unanswered(&self, entry: &Entry, all: &[Entry], late: Duration) -> Verdict {
        // Where orders name their instances, one that names none is nobody's of before, though its number was seen: a target that
        // was set up anew gives numbers out again.
        let named = self.orders.iter().flatten().any(|order| !order.instances.is_empty());
        let known = |order: &Listed| {
            let mut its = all.iter().filter(|other| other.order.as_ref() == Some(&order.number));
            its.any(|other| !named || other.id > entry.id)
        };
        let strange = self.orders.iter().flatten().find(|order| {
            order.charges && order.amount == entry.spend.amount && order.instances.is_empty() && !known(order)
        });
        if let Some(Listed { number, amount, status, .. }) = strange {
            return Verdict::Open(format!(
                "order {number} of {amount} ({status}) names no instance and is no other row's: it may be this one's"
            ));
        }
        if let (Some(had), Some(has)) = (entry.spend.balance, self.balance) {
            // What is paid by the hour has taken less than counts for it: it explains nothing.
            let explains = |other: &&Entry| other.stage != Stage::Void && other.spend.frozen.is_none();
            let later = all.iter().filter(|other| other.id > entry.id).filter(explains);
            let least = later.map(|other| other.spend.amount).try_fold(had, Money::minus);
            if least.is_ok_and(|least| has < least) {
                return Verdict::Open(format!(
                    "no instance carries its name, and the balance is {has}, less than its {had} of before and what was bought since explain"
                ));
            }
        }
        // What was paid back since hides what was charged since.
        let refunded =
            all.iter().any(|other| other.returned.is_some_and(|at| entry.clicked.is_none_or(|clicked| at >= clicked)));
        let balance_proves = self.balance.is_some() && entry.spend.balance.is_some() && !refunded;
        if self.orders.is_none() && !balance_proves {
            return Verdict::Open(
                "no instance carries its name, and neither an order list nor the balance can show that nothing was charged"
                    .into(),
            );
        }
        // Its order may be listed with any amount, as nothing is charged for it at once; but what is frozen leaves the balance.
        if entry.spend.frozen.is_some() && entry.answer.is_none() && !balance_proves {
            return Verdict::Open(
                "no instance carries its name; it is paid by the hour, so that only the balance could show it, and that does not: look for it in the console, and return what is there"
                    .into(),
            );
        }
        let until = late_until(entry, late);
        match until {
            _ if entry.answer.is_some() => Verdict::NotBought("the page refused it, and nothing shows a charge"),
            Some(until) if until <= self.at => {
                Verdict::NotBought("no instance carries its name, and neither orders nor balance show a charge")
            }
            Some(until) => Verdict::Open(format!(
                "its click was not answered; nothing shows a charge yet, and one may come until {} (deadlines: late-charge): reconcile again then",
                until.strftime("%F %T UTC")
            )),
            None => Verdict::Open("its click was not answered, and it is not known when it was made".into()),
        }
    }
}

/// What can be done where the target shows nothing of a purchase any more.
fn by_hand(entry: &Entry) -> String {
    format!(
        "\n  mend     where you know that nothing of it is left: dcdb-e2e reconcile --target … --close {} --because '…'",
        entry.spend.name
    )
}

/// By how much this balance is lower than all that is known of the account explains, since the first of these rows was clicked.
pub(super) fn excess(rows: &[&Entry], all: &[Entry], balance: Option<Money>) -> Option<Money> {
    let first = rows.iter().filter(|row| in_question(row)).min_by_key(|row| row.id)?;
    let mut since = all.iter().filter(|other| other.id >= first.id && other.stage != Stage::Void);
    let least = since.try_fold(first.spend.balance?, |left, other| left.minus(other.spend.amount)).ok()?;
    let excess = least.minus(balance?).ok()?;
    (excess > Money::default()).then_some(excess)
}

/// Until when a charge may still come for the click of a row.
fn late_until(entry: &Entry, late: Duration) -> Option<Timestamp> {
    entry.clicked.and_then(|clicked| clicked.checked_add(late).ok())
}

/// It is not known yet what was charged for it, whatever is known of its instances.
fn in_question(row: &Entry) -> bool {
    !row.settled && !matches!(row.stage, Stage::Intent | Stage::Void)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guard::Spend;

    const NAME: &str = "dcdb-e2e-t2k9f1-x7qp1ab-0001";
    const LATE: Duration = Duration::from_secs(600);

    /// A row of ¥10.00 that was clicked at 8:00, at a balance of ¥100.00.
    fn clicked(id: i64) -> Entry {
        Entry {
            id,
            run: "t2k9f1-x7qp1ab".into(),
            spend: Spend {
                scenario: "buys".into(),
                account: "Ana".into(),
                name: NAME.into(),
                what: "a cluster".into(),
                region: None,
                amount: Money::fen(1_000),
                frozen: None,
                instances: 1,
                balance: Some(Money::fen(10_000)),
            },
            stage: Stage::Clicked,
            clicked: Some("2026-11-26T08:00:00Z".parse().expect("a time")),
            answer: None,
            settled: false,
            returned: None,
            order: None,
            delivered: Vec::new(),
        }
    }

    fn order(number: &str, fen: i64, instances: &[&str]) -> Listed {
        let instances = instances.iter().map(|id| InstanceId((*id).into())).collect();
        let status = "Successful".to_owned();
        Listed { number: OrderNumber(number.into()), amount: Money::fen(fen), status, charges: true, instances }
    }

    fn instance(id: &str, name: &str) -> InstanceRow {
        InstanceRow { id: InstanceId(id.into()), name: name.into(), status: "Running".into() }
    }

    /// So many minutes after the click.
    fn seen(minutes: i64, orders: Option<Vec<Listed>>, instances: Vec<InstanceRow>, fen: Option<i64>) -> Seen {
        let at: Timestamp = "2026-11-26T08:00:00Z".parse().expect("a time");
        let at = at.checked_add(jiff::SignedDuration::from_mins(minutes)).expect("a time");
        Seen { at, orders, instances, balance: fen.map(Money::fen) }
    }

    fn open_for(verdict: Verdict, why: &str) {
        let Verdict::Open(said) = &verdict else { panic!("{verdict:?}") };
        assert!(said.contains(why), "{said}");
    }

    #[test]
    fn that_nothing_was_bought_is_believed_only_once_no_charge_can_come_any_more() {
        let row = clicked(1);
        let all = [row.clone()];
        let nothing = |minutes| seen(minutes, Some(Vec::new()), Vec::new(), Some(10_000)).verdict(&row, &all, LATE);
        open_for(nothing(0), "may come until 2026-11-26 08:10:00 UTC");
        open_for(nothing(9), "its click was not answered");
        assert!(matches!(nothing(10), Verdict::NotBought(_)));
        // A page that said no has been heard.
        let answered = Entry { answer: Some("Sold out in this zone".into()), ..row.clone() };
        let refused = seen(0, Some(Vec::new()), Vec::new(), Some(10_000)).verdict(&answered, &all, LATE);
        assert!(matches!(refused, Verdict::NotBought(_)), "{refused:?}");
        let intent = Entry { stage: Stage::Intent, clicked: None, ..row.clone() };
        let never = seen(0, None, Vec::new(), None).verdict(&intent, &all, LATE);
        assert!(matches!(never, Verdict::NotBought(_)), "{never:?}");
    }

    #[test]
    fn what_is_paid_by_the_hour_is_not_bought_once_the_balance_shows_that_nothing_is_frozen() {
        let spend = Spend { frozen: Some(Money::fen(426)), amount: Money::fen(5_538), ..clicked(1).spend };
        let row = Entry { spend, ..clicked(1) };
        let all = [row.clone()];
        let later = |minutes, fen| seen(minutes, Some(Vec::new()), Vec::new(), fen).verdict(&row, &all, LATE);
        open_for(later(1_440, Some(9_574)), "the balance is ¥95.74");
        open_for(later(1_440, None), "only the balance could show it");
        open_for(later(9, Some(10_000)), "its click was not answered");
        assert!(matches!(later(10, Some(10_000)), Verdict::NotBought(_)));
    }

    #[test]
    fn what_may_be_a_charge_keeps_a_row_open_however_late() {
        let row = clicked(1);
        let all = [row.clone()];
        let day_later =
            |orders: Option<Vec<Listed>>, fen| seen(1_440, orders, Vec::new(), fen).verdict(&row, &all, LATE);
        open_for(day_later(Some(vec![order("1", 1_000, &[])]), Some(10_000)), "it may be this one's");
        open_for(day_later(Some(Vec::new()), Some(9_000)), "the balance is ¥90.00");
        open_for(day_later(None, None), "neither an order list nor the balance");
        for (orders, fen) in [
            (Some(vec![order("1", 1_000, &["tdsqlshard-aaaaaaaa"])]), None),
            (Some(vec![order("1", 999, &[])]), Some(10_000)),
            (None, Some(10_000)),
        ] {
            let verdict = day_later(orders, fen);
            assert!(matches!(verdict, Verdict::NotBought(_)), "{verdict:?}");
        }
    }

    #[test]
    fn what_later_purchases_took_explains_a_lower_balance() {
        let row = clicked(1);
        let later = Entry {
            id: 2,
            stage: Stage::Returned,
            spend: Spend { name: "dcdb-e2e-t2k9f1-x7qp1ab-0002".into(), ..row.spend.clone() },
            ..row.clone()
        };
        let all = [row.clone(), later];
        let at = |fen| seen(20, Some(Vec::new()), Vec::new(), Some(fen)).verdict(&row, &all, LATE);
        assert!(matches!(at(9_000), Verdict::NotBought(_)));
        open_for(at(8_999), "less than its ¥100.00 of before");
    }

    #[test]
    fn instances_and_orders_of_a_purchase_are_each_counted_for_one_row() {
        let [first, second] = [clicked(1), clicked(2)];
        let named = format!("{NAME}-1");
        let seen = seen(
            0,
            Some(vec![order("7", 1_000, &["tdsqlshard-aaaaaaaa"]), order("8", 5_000, &["tdsqlshard-bbbbbbbb"])]),
            vec![
                instance("tdsqlshard-aaaaaaaa", NAME),
                instance("tdsqlshard-bbbbbbbb", &named),
                instance("tdsqlshard-cccccccc", &format!("{NAME}0")),
            ],
            None,
        );
        let ids = ["tdsqlshard-aaaaaaaa", "tdsqlshard-bbbbbbbb"].map(|id| InstanceId(id.into()));
        let orders = ["7", "8"].map(|number| OrderNumber(number.into()));
        let all = [first.clone(), second.clone()];
        let bought = seen.verdict(&first, &all, LATE);
        assert_eq!(bought, Verdict::Bought(ids.to_vec(), orders.to_vec(), Some(Money::fen(6_000))));
        let settled = Entry {
            stage: Stage::Instance,
            order: Some(orders[0].clone()),
            delivered: vec![(ids[0].clone(), false)],
            ..first
        };
        let bought = seen.verdict(&second, &[settled, second.clone()], LATE);
        assert_eq!(bought, Verdict::Bought(ids[1..].to_vec(), orders[1..].to_vec(), Some(Money::fen(5_000))));
    }

    #[test]
    fn what_hides_a_charge_proves_nothing() {
        let row = clicked(1);
        let returned = Entry {
            id: 2,
            stage: Stage::Returned,
            returned: row.clicked.and_then(|at| at.checked_add(jiff::SignedDuration::from_mins(5)).ok()),
            order: Some(OrderNumber("7".into())),
            spend: Spend { name: "dcdb-e2e-t2k9f1-x7qp1ab-0002".into(), ..row.spend.clone() },
            ..row.clone()
        };
        let both = [row.clone(), returned.clone()];
        // Charged ¥10.00, and ¥10.00 of the later purchase paid back.
        open_for(seen(20, None, Vec::new(), Some(9_000)).verdict(&row, &both, LATE), "neither an order list nor");
        // A number that an earlier row has seen, given out anew for an order that names no instance.
        let earlier = Entry { id: 0, ..returned };
        let orders = vec![order("7", 1_000, &[]), order("8", 500, &["tdsqlshard-aaaaaaaa"])];
        let anew = seen(20, Some(orders), Vec::new(), Some(10_000)).verdict(&row, &[earlier, row.clone()], LATE);
        open_for(anew, "it may be this one's");
        // One of two, until no more can come.
        let two = Entry { spend: Spend { instances: 2, ..row.spend.clone() }, ..row.clone() };
        let half = |minutes| {
            let listed = vec![instance("tdsqlshard-aaaaaaaa", &format!("{NAME}-1"))];
            seen(minutes, Some(Vec::new()), listed, None).verdict(&two, std::slice::from_ref(&two), LATE)
        };
        open_for(half(1), "1 of its 2 instances");
        assert!(matches!(half(10), Verdict::Bought(..)));
    }

    #[test]
    fn what_left_the_balance_beyond_all_that_was_bought_is_told() {
        let row = clicked(1);
        let bought = Entry { stage: Stage::Instance, ..row.clone() };
        for (fen, excess) in [(9_000, None), (9_500, None), (8_000, Some(Money::fen(1_000)))] {
            let seen = seen(0, None, Vec::new(), Some(fen));
            assert_eq!(super::excess(&[&row], std::slice::from_ref(&bought), seen.balance), excess, "{fen}");
        }
    }
}
