//! What became of a purchase, by what the target shows: judged without looking at anything else.
//!
//! A purchase is known by the name of its instances, which no other purchase of any run has: what is delivered under it was
//! bought. That nothing was bought needs more than that nothing is there: a charge may come long after the click.

use std::time::Duration;

use jiff::Timestamp;

use crate::{
    domain::{InstanceId, Money, OrderNumber, named_after},
    guard::{Entry, Stage},
    pages::InstanceRow,
};

/// What an account shows of its purchases.
pub(super) struct Seen {
    /// When it was begun to look.
    pub(super) at: Timestamp,
    /// Its orders; `None` where the target has no list of them.
    pub(super) orders: Option<Vec<Listed>>,
    /// Its instances in all regions.
    pub(super) instances: Vec<InstanceRow>,
    /// What it has; `None` where it was not looked at or could not be.
    pub(super) balance: Option<Money>,
}

/// An order, as far as it tells of purchases.
pub(super) struct Listed {
    pub(super) number: OrderNumber,
    pub(super) amount: Money,
    /// As the page writes it.
    pub(super) status: String,
    /// It takes money from the account, by its status.
    pub(super) charges: bool,
    pub(super) instances: Vec<InstanceId>,
}

/// What became of a purchase.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// These instances were delivered for it, for these orders.
    Bought(Vec<InstanceId>, Vec<OrderNumber>, Option<Money>),
    /// Nothing was charged, for this reason.
    NotBought(&'static str),
    /// It cannot be told yet, for this reason.
    Open(String),
}

impl Seen {
    /// What became of this row, among all of its account.
    pub(super) fn verdict(&self, entry: &Entry, all: &[Entry], late: Duration) -> Verdict {
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
pub(super) fn in_question(row: &Entry) -> bool {
    !row.settled && !matches!(row.stage, Stage::Intent | Stage::Void)
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
        let at = |fen, all: &[Entry]| seen(20, Some(Vec::new()), Vec::new(), Some(fen)).verdict(&row, all, LATE);
        assert!(matches!(at(9_000, &all), Verdict::NotBought(_)));
        open_for(at(8_999, &all), "less than its ¥100.00 of before");
        // What came to nothing took nothing, and of what is paid by the hour it is not known what it took.
        let [_, later] = all;
        let void = Entry { stage: Stage::Void, ..later.clone() };
        open_for(at(9_000, &[row.clone(), void]), "less than its ¥100.00 of before");
        let hourly = Entry { spend: Spend { frozen: Some(Money::fen(426)), ..later.spend.clone() }, ..later };
        open_for(at(9_000, &[row.clone(), hourly]), "less than its ¥100.00 of before");
    }

    #[test]
    fn instances_and_orders_of_a_purchase_are_each_counted_for_one_row() {
        let [first, second] = [clicked(1), clicked(2)];
        let named = format!("{NAME}-1");
        let seen = seen(
            0,
            Some(vec![
                order("7", 1_000, &["tdsqlshard-aaaaaaaa"]),
                order("8", 5_000, &["tdsqlshard-bbbbbbbb"]),
                order("9", 1_000, &["tdsqlshard-dddddddd"]),
            ]),
            vec![
                instance("tdsqlshard-aaaaaaaa", NAME),
                instance("tdsqlshard-bbbbbbbb", &named),
                instance("tdsqlshard-cccccccc", &format!("{NAME}0")),
            ],
            None,
        );
        let ids = ["tdsqlshard-aaaaaaaa", "tdsqlshard-bbbbbbbb"].map(|id| InstanceId(id.into()));
        let orders = ["7", "8"].map(|number| OrderNumber(number.into()));
        // What another purchase had is none of this one's, though a target that was set up anew gives numbers and IDs out again.
        let other = Entry {
            id: 3,
            spend: Spend { name: "dcdb-e2e-t2k9f1-x7qp1ab-0002".into(), ..first.spend.clone() },
            order: Some(orders[0].clone()),
            delivered: vec![(ids[0].clone(), true)],
            ..first.clone()
        };
        let all = [first.clone(), second.clone(), other];
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
        let earlier = Entry { id: 0, ..returned.clone() };
        let anew = |orders, all: &[Entry]| seen(20, Some(orders), Vec::new(), Some(10_000)).verdict(&row, all, LATE);
        let naming = || vec![order("7", 1_000, &[]), order("8", 500, &["tdsqlshard-aaaaaaaa"])];
        open_for(anew(naming(), &[earlier.clone(), row.clone()]), "it may be this one's");
        // It is a later row's, or the earlier one's where orders name no instances at all.
        for (orders, other) in [(naming(), returned), (vec![order("7", 1_000, &[])], earlier)] {
            let verdict = anew(orders, &[row.clone(), other]);
            assert!(matches!(verdict, Verdict::NotBought(_)), "{verdict:?}");
        }
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
    fn of_what_was_bought_and_is_not_to_be_seen_any_more_a_person_can_say_what_became() {
        let known = Entry { order: Some(OrderNumber("7".into())), ..clicked(1) };
        for (stage, order, why) in [
            (Stage::Instance, None, "its instances are not listed any more"),
            (Stage::Order, known.order.clone(), "order 7 was made, and no instance carries its name"),
            (Stage::Order, None, "nothing is listed that carries its name"),
        ] {
            let row = Entry { stage, order, ..clicked(1) };
            let verdict = seen(20, Some(Vec::new()), Vec::new(), None).verdict(&row, std::slice::from_ref(&row), LATE);
            let Verdict::Open(said) = &verdict else { panic!("{verdict:?}") };
            assert!(said.contains(why) && said.contains(&format!("--close {NAME} --because")), "{said}");
        }
    }

    #[test]
    fn what_left_the_balance_beyond_all_that_was_bought_is_told() {
        let row = clicked(1);
        let bought = Entry { stage: Stage::Instance, ..row.clone() };
        for (fen, excess) in [(9_000, None), (9_500, None), (8_000, Some(Money::fen(1_000)))] {
            let seen = seen(0, None, Vec::new(), Some(fen));
            assert_eq!(super::excess(&[&row], std::slice::from_ref(&bought), seen.balance), excess, "{fen}");
        }
        // Of the balance before, others count that were bought since, and came to something.
        let [before, since] = [0, 2].map(|id| Entry { id, ..bought.clone() });
        let void = Entry { id: 3, stage: Stage::Void, ..row.clone() };
        let all = [before, bought, since, void];
        assert_eq!(super::excess(&[&row], &all, Some(Money::fen(7_900))), Some(Money::fen(100)));
        // Of rows that are settled, or of which nothing was ever charged, nothing is asked.
        let settled = Entry { settled: true, ..row.clone() };
        let unclicked = [Stage::Intent, Stage::Void].map(|stage| Entry { stage, ..row.clone() });
        for row in [&settled, &unclicked[0], &unclicked[1]] {
            assert_eq!(super::excess(&[row], &all, Some(Money::fen(7_900))), None, "{row:?}");
        }
    }
}
