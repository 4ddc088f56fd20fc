//! The rows of the ledger, stage by stage.

use dcdb_purchase_e2e::{
    domain::{InstanceId, Money, OrderNumber},
    guard::{Caps, Ledger, RunId, Spend, Stage, runs_alive_at},
    target::Cap,
};
use jiff::Timestamp;

use crate::caps::{NAME, spend};

#[test]
fn a_purchase_goes_from_intent_to_returned_and_is_there_after_each_crash() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("deep/in/ledger.sqlite");
    let reopened = || Ledger::open(&file).expect("the ledger");
    let stage = || reopened().entries().expect("its rows")[0].stage;
    let run = RunId::new(Timestamp::now()).expect("random bytes");
    let row = reopened().reserve(&run, &spend(100, 2), &Caps::NONE, Timestamp::now()).expect("set aside");
    assert_eq!(stage(), Stage::Intent);
    reopened().clicked(row, Timestamp::now()).expect("noted");
    assert_eq!(stage(), Stage::Clicked);
    let order = OrderNumber("20260301000001".into());
    reopened().ordered(row, &order).expect("noted");
    assert_eq!(stage(), Stage::Order);
    let [one, two] = ["tdsqlshard-aaaaaaaa", "tdsqlshard-bbbbbbbb"].map(|id| InstanceId(id.into()));
    reopened().delivered(row, &[one.clone(), two.clone()]).expect("noted");
    reopened().delivered(row, &[one.clone(), two.clone()]).expect("noted again");
    assert_eq!(stage(), Stage::Instance);
    reopened().returned("Ana", &one, NAME).expect("noted");
    assert_eq!(stage(), Stage::Instance, "one of two");
    reopened().returned("Ana", &two, NAME).expect("noted");
    assert_eq!(stage(), Stage::Returned);
    assert!(reopened().open_entries().expect("its rows").is_empty());
    reopened().delivered(row, &[one]).expect("known already");
    assert_eq!(stage(), Stage::Returned, "what was returned came back");
}

#[test]
fn a_click_that_led_on_to_a_payment_page_has_paid_nothing_and_another_may_pay() {
    let ledger = Ledger::in_memory().expect("a ledger");
    let run = RunId::new(Timestamp::now()).expect("random bytes");
    let row = ledger.reserve(&run, &spend(100, 1), &Caps::NONE, Timestamp::now()).expect("set aside");
    let stage = || ledger.entries().expect("its rows").remove(0);
    ledger.clicked(row, Timestamp::now()).expect("noted");
    ledger.led_on(row).expect("noted");
    assert_eq!((stage().stage, stage().clicked), (Stage::Intent, None));
    ledger.clicked(row, Timestamp::now()).expect("it waits for a click again");
    ledger.ordered(row, &OrderNumber("20260301000001".into())).expect("noted");
    ledger.led_on(row).expect("nothing to note");
    assert_eq!(stage().stage, Stage::Order, "what was paid is not taken back");
}

#[test]
fn what_is_returned_belongs_to_the_purchase_whose_name_it_has_though_nobody_saw_it_delivered() {
    let ledger = Ledger::in_memory().expect("a ledger");
    let run = RunId::new(Timestamp::now()).expect("random bytes");
    let of = |account: &str, name: &str| {
        let spend = Spend { account: account.into(), name: name.into(), ..spend(100, 1) };
        let row = ledger.reserve(&run, &spend, &Caps::NONE, Timestamp::now()).expect("set aside");
        ledger.clicked(row, Timestamp::now()).expect("noted");
        row
    };
    let (own, others, next) = (of("Ana", NAME), of("Bo", NAME), of("Ana", &NAME.replace("0001", "0002")));
    ledger.ordered(own, &OrderNumber("20260301000001".into())).expect("noted");
    let instance = InstanceId("tdsqlshard-aaaaaaaa".into());
    ledger.returned("Ana", &instance, "somebody else's").expect("nothing to it");
    assert_eq!(ledger.open_entries().expect("rows").len(), 3);
    ledger.returned("Ana", &instance, NAME).expect("noted");
    ledger.returned("Ana", &instance, NAME).expect("noted already");
    let open: Vec<i64> = ledger.open_entries().expect("rows").iter().map(|entry| entry.id).collect();
    assert_eq!(open, [others, next]);
    assert_eq!(ledger.entries().expect("rows")[0].delivered, [(instance, true)]);
}

#[test]
fn a_purchase_of_several_that_nobody_saw_delivered_is_over_once_all_of_them_are_returned() {
    let ledger = Ledger::in_memory().expect("a ledger");
    let run = RunId::new(Timestamp::now()).expect("random bytes");
    let row = ledger.reserve(&run, &spend(100, 2), &Caps::NONE, Timestamp::now()).expect("set aside");
    ledger.clicked(row, Timestamp::now()).expect("noted");
    ledger.ordered(row, &OrderNumber("20260301000001".into())).expect("noted");
    let gone = |id: &str, number: u32| {
        ledger.returned("Ana", &InstanceId(id.into()), &format!("{NAME}-{number}")).expect("noted");
        ledger.open_entries().expect("rows").len()
    };
    assert_eq!(gone("tdsqlshard-aaaaaaaa", 1), 1, "the other is still there");
    assert_eq!(gone("tdsqlshard-bbbbbbbb", 2), 0);
}

#[test]
fn a_row_that_a_person_closes_is_open_no_more_and_what_it_cost_counts_on() {
    let ledger = Ledger::in_memory().expect("a ledger");
    let caps = Caps { per_day: Cap { amount: Money::fen(100), instances: 9 }, ..Caps::NONE };
    let run = RunId::new(Timestamp::now()).expect("random bytes");
    let row = ledger.reserve(&run, &spend(100, 1), &caps, Timestamp::now()).expect("set aside");
    ledger.clicked(row, Timestamp::now()).expect("noted");
    ledger.delivered(row, &[InstanceId("tdsqlshard-aaaaaaaa".into())]).expect("noted");
    ledger.close(row, "returned by hand on Friday").expect("closed");
    assert!(ledger.open_entries().expect("rows").is_empty());
    ledger.reserve(&run, &spend(1, 1), &caps, Timestamp::now()).expect_err("100 of 100 were spent");
}

#[test]
fn one_purchase_confirmed_twice_is_one_order_in_the_ledger() {
    let ledger = Ledger::in_memory().expect("a ledger");
    let run = RunId::new(Timestamp::now()).expect("random bytes");
    let order = OrderNumber("20260301000001".into());
    let rows = [(); 2].map(|()| {
        let row = ledger.reserve(&run, &spend(100, 1), &Caps::NONE, Timestamp::now()).expect("set aside");
        ledger.clicked(row, Timestamp::now()).expect("noted");
        (row, ledger.ordered(row, &order).expect("noted"))
    });
    assert_eq!(rows.map(|(_, stands_in)| stands_in), [rows[0].0; 2]);
    let stages: Vec<Stage> = ledger.entries().expect("its rows").iter().map(|entry| entry.stage).collect();
    assert_eq!(stages, [Stage::Order, Stage::Void]);
    let instance = InstanceId("tdsqlshard-aaaaaaaa".into());
    ledger.delivered(rows[0].0, std::slice::from_ref(&instance)).expect("noted");
    let taken = ledger.delivered(rows[1].0, &[instance]).expect_err("another row's");
    assert!(format!("{taken:#}").contains("is row 1's already"), "{taken:#}");
}

#[test]
fn an_order_number_that_was_seen_before_is_another_purchase_where_account_or_name_differ() {
    let ledger = Ledger::in_memory().expect("a ledger");
    let caps = Caps { per_day: Cap { amount: Money::fen(10_000), instances: 2 }, ..Caps::NONE };
    let order = OrderNumber("20260301000001".into());
    let instance = InstanceId("tdsqlshard-aaaaaaaa".into());
    let buy = |account: &str, name: &str| {
        // A run of its own each: the target was set up anew between them, and begins to count where it began before.
        let run = RunId::new(Timestamp::now()).expect("random bytes");
        let spend = Spend { account: account.into(), name: name.into(), ..spend(100, 1) };
        let row = ledger.reserve(&run, &spend, &caps, Timestamp::now())?;
        ledger.clicked(row, Timestamp::now())?;
        ledger.ordered(row, &order)?;
        ledger.delivered(row, std::slice::from_ref(&instance))
    };
    buy("Ana", NAME).expect("bought");
    buy("Bo", NAME).expect("bought by another account");
    let stages = || ledger.entries().expect("rows").iter().map(|entry| entry.stage).collect::<Vec<_>>();
    assert_eq!(stages(), [Stage::Instance; 2]);
    let over = buy("Ana", &NAME.replace("0001", "0002")).expect_err("two of two were bought");
    assert!(format!("{over:#}").contains("would pass what 24 hours may cost"), "{over:#}");
    // Each is returned for itself.
    ledger.returned("Ana", &instance, NAME).expect("noted");
    assert_eq!(stages(), [Stage::Returned, Stage::Instance]);
}

#[test]
fn what_was_charged_counts_where_it_is_more_and_amounts_of_any_size_are_counted() {
    let ledger = Ledger::in_memory().expect("a ledger");
    let run = RunId::new(Timestamp::now()).expect("random bytes");
    let caps = Caps { per_run: Cap { amount: Money::fen(1_000), instances: 99 }, ..Caps::NONE };
    let row = ledger.reserve(&run, &spend(100, 1), &caps, Timestamp::now()).expect("set aside");
    ledger.charged(row, Money::fen(99), 1).expect("noted");
    assert_eq!(ledger.entries().expect("rows")[0].spend.amount, Money::fen(100));
    ledger.charged(row, Money::fen(900), 3).expect("noted");
    let known = ledger.entries().expect("rows")[0].spend.clone();
    assert_eq!((known.amount, known.instances), (Money::fen(900), 3));
    ledger.reserve(&run, &spend(101, 1), &caps, Timestamp::now()).expect_err("900 of 1,000 are gone");
    for beyond in [1, i64::MAX, i64::MAX] {
        ledger.charged_beyond(row, Money::fen(beyond)).expect("noted");
    }
    let text = format!("{:#}", ledger.reserve(&run, &spend(1, 1), &caps, Timestamp::now()).expect_err("all is gone"));
    assert!(text.contains("spent    ¥92,233,720,368,547,758.07"), "{text}");
}

#[test]
fn what_a_rule_of_the_file_refuses_breaks_no_ledger() {
    let ledger = Ledger::in_memory().expect("a ledger");
    let run = RunId::new(Timestamp::now()).expect("random bytes");
    for odd in [spend(-1, 1), spend(1, 0)] {
        ledger.reserve(&run, &odd, &Caps::NONE, Timestamp::now()).expect_err("no such purchase");
        assert_eq!(ledger.broken(), None);
    }
    ledger.reserve(&run, &spend(1, 1), &Caps::NONE, Timestamp::now()).expect("it takes what is right");
}

#[test]
fn a_click_that_nothing_answered_outlives_that_balance_and_orders_agree() {
    let ledger = Ledger::in_memory().expect("a ledger");
    let run = RunId::new(Timestamp::now()).expect("random bytes");
    let row = |name: &str, clicked: bool| {
        let spend = Spend { name: name.into(), ..spend(100, 1) };
        let row = ledger.reserve(&run, &spend, &Caps::NONE, Timestamp::now()).expect("set aside");
        if clicked {
            ledger.clicked(row, Timestamp::now()).expect("noted");
        }
        row
    };
    let [never, silent, refused] =
        [("one", false), ("two", true), ("three", true)].map(|(name, clicked)| row(name, clicked));
    let [lost, again] = [(); 2].map(|()| row("four", true));
    ledger.answered(refused, "Sold out in this zone").expect("noted");
    ledger.ordered(again, &OrderNumber("20260301000001".into())).expect("noted");
    for row in [never, silent, refused, lost, again] {
        ledger.agreed(row, "they agree").expect("noted");
    }
    let stages: Vec<Stage> = ledger.entries().expect("its rows").iter().map(|entry| entry.stage).collect();
    assert_eq!(stages, [Stage::Void, Stage::Clicked, Stage::Void, Stage::Void, Stage::Order]);
}

/// The layout of the first version, with a purchase in it.
const LAYOUT_1: &str = "
CREATE TABLE purchases (id INTEGER PRIMARY KEY, run TEXT NOT NULL, scenario TEXT NOT NULL, account TEXT NOT NULL, name TEXT NOT NULL,
  what TEXT NOT NULL, region TEXT, at_ms INTEGER NOT NULL, fen INTEGER NOT NULL CHECK (fen >= 0),
  instances INTEGER NOT NULL CHECK (instances > 0), stage TEXT NOT NULL, order_no TEXT UNIQUE, note TEXT) STRICT;
CREATE TABLE instances (id TEXT PRIMARY KEY, purchase INTEGER NOT NULL REFERENCES purchases (id), returned INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE INDEX purchases_by_time ON purchases (at_ms);
INSERT INTO purchases VALUES (7, 'tbdsaw-1e0ibkb', 'buys', 'Ana', 'dcdb-e2e-tbdsaw-1e0ibkb-0001', 'a cluster', NULL, 1790000000000, 100, 1, 'instance', '1', NULL);
INSERT INTO instances VALUES ('tdsqlshard-aaaaaaaa', 7, 0);
PRAGMA user_version = 1;";

#[test]
fn a_ledger_of_the_first_version_is_taken_over_with_what_is_in_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("ledger.sqlite");
    rusqlite::Connection::open(&file).and_then(|old| old.execute_batch(LAYOUT_1)).expect("an old ledger");
    for _ in 0..2 {
        let rows = Ledger::open(&file).expect("the ledger").entries().expect("its rows");
        let [row] = rows.as_slice() else { panic!("{rows:?}") };
        assert_eq!((row.id, row.stage, row.delivered.len()), (7, Stage::Instance, 1));
        assert_eq!((row.spend.amount, row.clicked.is_some()), (Money::fen(100), true));
    }
    let instance = InstanceId("tdsqlshard-aaaaaaaa".into());
    let ledger = Ledger::open(&file).expect("the ledger");
    ledger.returned("Ana", &instance, "dcdb-e2e-tbdsaw-1e0ibkb-0001").expect("noted");
    assert!(ledger.open_entries().expect("rows").is_empty());
}

#[test]
fn many_runs_at_once_make_one_ledger_and_know_each_other_alive() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("new/ledger.sqlite");
    let start = std::sync::Barrier::new(8);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let run = RunId::new(Timestamp::now()).expect("random bytes");
                start.wait();
                let ledger = Ledger::open(&file).expect("the ledger");
                let alive = ledger.alive(&run).expect("noted");
                assert!(runs_alive_at(&file).expect("read").contains(&run.as_str().to_owned()));
                drop(alive);
                assert!(!runs_alive_at(&file).expect("read").contains(&run.as_str().to_owned()));
                ledger.reserve(&run, &spend(1, 1), &Caps::NONE, Timestamp::now()).expect("set aside");
            });
        }
    });
    assert_eq!(Ledger::open(&file).expect("the ledger").entries().expect("rows").len(), 8);
    let left: Vec<_> = std::fs::read_dir(file.parent().expect("a folder")).expect("read").flatten().collect();
    assert_eq!(left.len(), 1, "{left:?}");
}

#[test]
fn a_run_is_known_to_be_alive_by_whatever_path_its_ledger_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let (file, link) = (folder.path().join("ledger.sqlite"), folder.path().join("elsewhere/link.sqlite"));
    let ledger = Ledger::open(&file).expect("the ledger");
    std::fs::create_dir(link.parent().expect("a folder")).expect("made");
    std::os::unix::fs::symlink(&file, &link).expect("a link");
    let linked = Ledger::open(&link).expect("the same ledger");
    for (mine, others) in [(&ledger, &link), (&linked, &file)] {
        let run = RunId::new(Timestamp::now()).expect("random bytes");
        let _alive = mine.alive(&run).expect("noted");
        assert_eq!(runs_alive_at(others).expect("read"), [run.as_str()]);
    }
}

#[test]
fn what_is_no_ledger_is_refused_by_name_and_left_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("ledger.sqlite");
    std::fs::write(
        &file,
        "no database at all, but more than a hundred bytes of text, so that it could be one: aaaaaaaaaaaaaaaaaaaaaaaaa",
    )
    .expect("written");
    let error = Ledger::open(&file).expect_err("no ledger");
    let text = format!("{error:#}");
    assert!(text.contains(&file.display().to_string()) && text.contains("without it nothing is bought"), "{text}");
    assert!(std::fs::read_to_string(&file).expect("text").starts_with("no database"));
}
