//! What a target's owner has consented to leaves nothing behind that can be helped.

use serde_json::json;

use crate::{
    elsewhere::Elsewhere,
    money::{Shop, buying},
    run::Run,
};

#[test]
fn failed_logins_do_not_add_up_and_a_locked_account_is_leased_no_more() {
    let shop = Shop::open();
    // Five in a row would lock it.
    let run = shop.run(&["--name", "^A wrong password$", "--repeat-each", "6", "--concurrency", "1"], "");
    run.end().expect(0, &["6 passed, 0 failed"]);
    let locks = ["--name", "^Five failures in a row", "--repeat-each", "2", "--concurrency", "1"];
    let run = shop.run(&locks, "may: [lock-account]\n");
    run.end().expect(3, &["1 passed, 1 failed", "is left in this run: scenarios have locked"]);
}

#[test]
fn an_order_that_is_left_unpaid_is_cancelled_when_its_scenario_ends() {
    let elsewhere = Elsewhere::start();
    let account = elsewhere.call("accounts", Some(json!({ "balance_fen": 101_519 })));
    let more = buying("") + "may: [unpaid-order]\n";
    let profile = elsewhere.profile(&account, &more).replace("¥50,000.00\n", "¥1,000.00\n    short-of-money: true\n");
    let state = tempfile::tempdir().expect("a folder");
    let run = Run::of(&["--name", "^The balance is below the fee$"]).profile(&profile);
    let run = run
        .variable("BUYER_PASSWORD", account["password"].as_str().expect("a password"))
        .variable("XDG_STATE_HOME", &state.path().display().to_string());
    run.end().expect(0, &["1 passed, 0 failed"]);
    let truth = elsewhere.call(&format!("accounts/{}", account["id"].as_str().expect("an id")), None);
    let states: Vec<_> = truth["orders"].as_array().expect("orders").iter().map(|order| &order["status"]).collect();
    assert_eq!(states, ["cancelled"]);
}
