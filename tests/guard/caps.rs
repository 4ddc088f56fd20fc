//! Caps hold whatever buyers do, together or one after the other.

use std::{path::Path, sync::Barrier, thread};

use dcdb_purchase_e2e::{
    domain::{Bill, Class, InstanceId, Money, OrderNumber, class_of},
    guard::{Caps, Ledger, RunId, Spend, Stage},
    target::Cap,
};
use jiff::{Timestamp, ToSpan as _};
use proptest::prelude::*;

/// Fen and instances.
const fn cap(fen: i64, instances: u32) -> Cap {
    Cap { amount: Money::fen(fen), instances }
}

/// What a purchase is called.
pub const NAME: &str = "dcdb-e2e-t2k9f1-x7qp1ab-0001";

pub fn spend(fen: i64, instances: u32) -> Spend {
    Spend {
        scenario: "a scenario".into(),
        account: "Ana".into(),
        name: NAME.into(),
        what: "a cluster".into(),
        region: None,
        amount: Money::fen(fen),
        frozen: None,
        instances,
        balance: None,
    }
}

/// What one of several buyers does next.
#[derive(Debug, Clone)]
enum Act {
    /// Asks to pay so many fen for so many instances.
    Reserve(i64, u32),
    /// Clicks, as far as it was allowed to.
    Click,
    /// Sees the order.
    Order,
    /// Is killed: it forgets what it held, and starts anew with the ledger as it is on disk.
    Crash,
    /// Was told by the pages that nothing was charged.
    Void,
    /// An hour or more goes by.
    Wait(i64),
}

fn acts() -> impl Strategy<Value = Vec<(usize, Act)>> {
    let act = prop_oneof![
        4 => (1..700_i64, 1..4_u32).prop_map(|(fen, instances)| Act::Reserve(fen, instances)),
        3 => Just(Act::Click),
        2 => Just(Act::Order),
        1 => Just(Act::Crash),
        1 => Just(Act::Void),
        1 => (1..30_i64).prop_map(Act::Wait),
    ];
    prop::collection::vec((0..4_usize, act), 1..200)
}

/// A click that was made: when, by which run, how many fen and instances.
type Charge = (Timestamp, RunId, i64, u32);

/// A buyer: a process of its own, with the ledger open.
struct Buyer {
    ledger: Ledger,
    run: RunId,
    /// What it may click for.
    permit: Option<(i64, Timestamp, i64, u32)>,
    clicked: Option<i64>,
}

impl Buyer {
    fn start(file: &Path, run: &RunId) -> Self {
        Self { ledger: Ledger::open(file).expect("the ledger"), run: run.clone(), permit: None, clicked: None }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_interleaving_of_buyers_crashes_and_retries_passes_a_cap(acts in acts()) {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("ledger.sqlite");
        let caps = Caps { per_order: cap(500, 3), per_run: cap(1_200, 6), per_day: cap(1_500, 8) };
        let mut now: Timestamp = "2026-03-01T08:00:00Z".parse().expect("a time");
        // Two workers of one run, and two runs beside it.
        let shared = RunId::new(now).expect("random bytes");
        let runs = [shared.clone(), shared, RunId::new(now).expect("random bytes"), RunId::new(now).expect("random bytes")];
        let mut buyers: Vec<Buyer> = runs.iter().map(|run| Buyer::start(&file, run)).collect();
        // The site charges each click.
        let mut charged: Vec<Charge> = Vec::new();
        let mut orders = 0;
        for (who, act) in acts {
            let buyer = &mut buyers[who];
            match act {
                Act::Reserve(fen, instances) => match buyer.ledger.reserve(&buyer.run, &spend(fen, instances), &caps, now) {
                    Ok(entry) => buyer.permit = Some((entry, now, fen, instances)),
                    Err(error) => prop_assert_eq!(class_of(&error), Class::Guard),
                },
                Act::Click => if let Some((entry, since, fen, instances)) = buyer.permit.take() {
                    let noted = buyer.ledger.clicked(entry, now);
                    prop_assert_eq!(noted.is_ok(), since == now, "money set aside hours ago was clicked for, or fresh money was not");
                    prop_assert!(buyer.ledger.clicked(entry, now).is_err(), "one permit was clicked for twice");
                    if noted.is_ok() {
                        buyer.clicked = Some(entry);
                        charged.push((now, buyer.run.clone(), fen, instances));
                    }
                },
                Act::Order => if let Some(entry) = buyer.clicked.take() {
                    orders += 1;
                    buyer.ledger.ordered(entry, &OrderNumber(format!("{orders:014}"))).expect("noted");
                },
                Act::Crash => *buyer = Buyer::start(&file, &buyer.run.clone()),
                // Only what was never clicked is known not to be charged here.
                Act::Void => if let Some((entry, ..)) = buyer.permit.take() {
                    buyer.ledger.void(entry, "never clicked").expect("noted");
                },
                Act::Wait(hours) => now = now.checked_add(hours.hours()).expect("a time"),
            }
            let sum = |of: &dyn Fn(&Charge) -> bool| {
                charged.iter().filter(|one| of(one)).fold((0, 0), |(fen, count), one| (fen + one.2, count + one.3))
            };
            for one in &charged {
                prop_assert!(one.2 <= 500 && one.3 <= 3, "an order passed its cap");
                let of_run = sum(&|other| other.1 == one.1);
                prop_assert!(of_run.0 <= 1_200 && of_run.1 <= 6, "a run passed its cap: {of_run:?}");
            }
            let day_ago = now.checked_sub(24.hours()).expect("a time");
            let day = sum(&|other| other.0 > day_ago);
            prop_assert!(day.0 <= 1_500 && day.1 <= 8, "a day passed its cap: {day:?}");
        }
        let rows = buyers[0].ledger.entries().expect("the rows");
        let noted: i64 = rows.iter().filter(|row| row.stage != Stage::Void).map(|row| row.spend.amount.as_fen()).sum();
        let paid: i64 = charged.iter().map(|one| one.2).sum();
        prop_assert!(noted >= paid, "¥ {paid} were charged and {noted} are in the ledger");
    }
}

#[test]
fn many_buyers_at_once_come_to_no_more_than_the_cap() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("ledger.sqlite");
    let caps = Caps { per_order: cap(100, 1), per_run: cap(1_000, 100), per_day: cap(1_500, 100) };
    let runs = [(); 2].map(|()| RunId::new(Timestamp::now()).expect("random bytes"));
    let start = Barrier::new(8);
    let allowed: usize = thread::scope(|scope| {
        let buyers: Vec<_> = (0..8)
            .map(|number| {
                let (file, start, run, caps) = (&file, &start, &runs[number % 2], &caps);
                scope.spawn(move || {
                    let ledger = Ledger::open(file).expect("the ledger");
                    start.wait();
                    (0..6).filter(|_| ledger.reserve(run, &spend(100, 1), caps, Timestamp::now()).is_ok()).count()
                })
            })
            .collect();
        buyers.into_iter().map(|buyer| buyer.join().expect("no panic")).sum()
    });
    assert_eq!(allowed, 15, "of 48 wishes for ¥1.00, ¥15.00 a day and ¥10.00 a run");
    let rows = Ledger::open(&file).expect("the ledger").entries().expect("its rows");
    for run in &runs {
        let of_run = rows.iter().filter(|row| row.run == run.as_str()).count();
        assert!(of_run <= 10, "{of_run} of one run");
    }
}

#[test]
fn a_day_is_any_24_hours_and_what_is_void_is_not_counted() {
    let ledger = Ledger::in_memory().expect("a ledger");
    let caps = Caps { per_order: cap(100, 1), per_run: cap(10_000, 100), per_day: cap(100, 1) };
    let run = RunId::new(Timestamp::now()).expect("random bytes");
    let at = |hour: i64| {
        "2026-03-01T00:00:00Z".parse::<Timestamp>().expect("a time").checked_add(hour.hours()).expect("a time")
    };
    let first = ledger.reserve(&run, &spend(100, 1), &caps, at(20)).expect("the first");
    let refused =
        ledger.reserve(&run, &spend(1, 1), &caps, at(43)).expect_err("midnight has passed, 24 hours have not");
    let text = format!("{refused:#}");
    for said in [
        "refused to pay: ¥0.01 for 1 instance would pass what 24 hours may cost",
        "cap      ¥1.00 and 1 instance",
        "spent    ¥1.00 and 1 instance",
        "buying: per-day:",
    ] {
        assert!(text.contains(said), "{said:?} is not in {text}");
    }
    let second = ledger.reserve(&run, &spend(100, 1), &caps, at(44)).expect("a day later");
    ledger.void(second, "nothing was charged").expect("noted");
    ledger.reserve(&run, &spend(100, 1), &caps, at(44)).expect("what is void counts no more");
    ledger.clicked(first, at(20)).expect("noted");
    ledger.ordered(first, &OrderNumber("20260301000001".into())).expect("noted");
    ledger.void(first, "a mistake").expect("ignored");
    assert_eq!(ledger.entries().expect("rows")[0].stage, Stage::Order, "what has an order became void");
}

#[test]
fn shards_that_share_a_ledger_are_one_run_to_its_cap_and_other_runs_are_not() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("ledger.sqlite");
    let caps = Caps { per_order: cap(1_000, 9), per_run: cap(600, 9), per_day: cap(100_000, 99) };
    let shard = |whole: &str| {
        let (ledger, run) = (Ledger::open(&path).expect("a ledger"), RunId::new(Timestamp::now()).expect("a name"));
        ledger.is_shard(&run, whole, caps.per_run).expect("noted");
        (ledger, run)
    };
    let pay = |(ledger, run): &(Ledger, RunId), fen: i64| ledger.reserve(run, &spend(fen, 1), &caps, Timestamp::now());
    let (one, two, of_another) = (shard("build 7"), shard("build 7"), shard("build 8"));
    pay(&one, 400).expect("the first");
    let refused = pay(&two, 201).expect_err("beyond the cap of a run");
    assert_eq!(class_of(&refused), Class::Guard);
    let refused = format!("{refused:#}");
    assert!(refused.contains("would pass what a run, all its shards together, may cost"), "{refused}");
    pay(&two, 200).expect("just within");
    pay(&of_another, 600).expect("another run");
    // A run that is no shard of any counts for itself.
    let alone = (Ledger::open(&path).expect("a ledger"), RunId::new(Timestamp::now()).expect("a name"));
    pay(&alone, 600).expect("a run of its own");
}

#[test]
fn what_is_paid_by_the_hour_counts_for_as_long_as_it_is_there() {
    let folder = tempfile::tempdir().expect("a folder");
    let ledger = Ledger::open(&folder.path().join("ledger.sqlite")).expect("a ledger");
    let caps = Caps { per_order: cap(6_000, 9), per_run: cap(6_000, 9), per_day: cap(6_000, 9) };
    let bill = Bill::Hourly { price: Money::fen(213), frozen: Money::fen(426) };
    let hourly = Spend { amount: bill.at_most(), frozen: bill.frozen(), ..spend(0, 1) };
    let begun: Timestamp = Timestamp::now();
    let run = |at: Timestamp| RunId::new(at).expect("a run");
    let row = ledger.reserve(&run(begun), &hourly, &caps, begun).expect("set aside");
    ledger.clicked(row, begun).expect("clicked");
    assert_eq!(ledger.entries().expect("rows")[0].spend, hourly);
    // It costs on the third day what it cost on the first.
    let later = begun + 72.hours();
    let more = ledger.reserve(&run(later), &spend(500, 1), &caps, later).expect_err("it is still there");
    assert_eq!(class_of(&more), Class::Guard, "{more:#}");
    ledger.reserve(&run(later), &spend(400, 1), &caps, later).expect("below the cap");
    ledger.ordered(row, &OrderNumber("1".into())).expect("noted");
    let id = InstanceId("tdsqlshard-00000001".into());
    ledger.delivered(row, std::slice::from_ref(&id)).expect("noted");
    ledger.returned("Ana", &id, NAME).expect("noted");
    // And nothing any more a day after it was returned.
    let after = Timestamp::now() + 25.hours();
    ledger.reserve(&run(after), &spend(5_600, 1), &caps, after).expect("all of it but what the other day's row counts");
}

#[test]
fn a_ledger_from_before_anything_was_paid_by_the_hour_is_read_and_written_on() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("ledger.sqlite");
    let caps = Caps { per_order: cap(6_000, 9), per_run: cap(6_000, 9), per_day: cap(6_000, 9) };
    let now = Timestamp::now();
    let older = Ledger::open(&file).expect("a ledger");
    older.reserve(&RunId::new(now).expect("a run"), &spend(100, 1), &caps, now).expect("set aside");
    drop(older);
    rusqlite::Connection::open(&file).expect("the file").execute_batch("DROP TABLE hourly").expect("dropped");
    let ledger = Ledger::open(&file).expect("the same ledger");
    let hourly = Spend { amount: Money::fen(5_538), frozen: Some(Money::fen(426)), ..spend(0, 1) };
    ledger.reserve(&RunId::new(now).expect("a run"), &hourly, &caps, now).expect("set aside");
    let rows = ledger.entries().expect("rows");
    assert_eq!(rows.iter().map(|row| row.spend.frozen).collect::<Vec<_>>(), [None, Some(Money::fen(426))]);
}
