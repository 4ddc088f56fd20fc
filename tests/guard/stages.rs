//! The rows of the ledger, stage by stage.

use dcdb_purchase_e2e::{
    domain::{InstanceId, OrderNumber},
    guard::{Caps, Ledger, RunId, Stage},
};
use jiff::Timestamp;

use crate::caps::spend;

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
    assert_eq!(reopened().row_of(&order).expect("read"), Some(row));
    let [one, two] = ["tdsqlshard-aaaaaaaa", "tdsqlshard-bbbbbbbb"].map(|id| InstanceId(id.into()));
    reopened().delivered(row, &[one.clone(), two.clone()]).expect("noted");
    reopened().delivered(row, &[one.clone(), two.clone()]).expect("noted again");
    assert_eq!(stage(), Stage::Instance);
    reopened().returned(&one).expect("noted");
    assert_eq!(stage(), Stage::Instance, "one of two");
    reopened().returned(&two).expect("noted");
    assert_eq!(stage(), Stage::Returned);
    assert!(reopened().open_entries().expect("its rows").is_empty());
    reopened().delivered(row, &[one]).expect("known already");
    assert_eq!(stage(), Stage::Returned, "what was returned came back");
}

#[test]
fn one_purchase_confirmed_twice_is_one_order_in_the_ledger() {
    let ledger = Ledger::in_memory().expect("a ledger");
    let run = RunId::new(Timestamp::now()).expect("random bytes");
    let rows = [(); 2].map(|()| {
        let row = ledger.reserve(&run, &spend(100, 1), &Caps::NONE, Timestamp::now()).expect("set aside");
        ledger.clicked(row, Timestamp::now()).expect("noted");
        ledger.ordered(row, &OrderNumber("20260301000001".into())).expect("noted");
        row
    });
    let stages: Vec<Stage> = ledger.entries().expect("its rows").iter().map(|entry| entry.stage).collect();
    assert_eq!(stages, [Stage::Order, Stage::Void]);
    let instance = InstanceId("tdsqlshard-aaaaaaaa".into());
    ledger.delivered(rows[0], std::slice::from_ref(&instance)).expect("noted");
    let taken = ledger.delivered(rows[1], &[instance]).expect_err("another row's");
    assert!(format!("{taken:#}").contains("is row 1's already"), "{taken:#}");
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
