//! What a target's owner has consented to leaves nothing behind that can be helped.

use std::net::SocketAddr;

use serde_json::{Value, json};

use crate::{
    elsewhere::Elsewhere,
    money::{Shop, buying},
    run::Run,
    standin_site::{Buyer, TestSite},
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

/// An account that is short of money.
struct Short {
    elsewhere: Elsewhere,
    account: Value,
    state: tempfile::TempDir,
}

impl Short {
    fn of_money() -> Self {
        let elsewhere = Elsewhere::start();
        let account = elsewhere.call("accounts", Some(json!({ "balance_fen": 101_519 })));
        Self { elsewhere, account, state: tempfile::tempdir().expect("a folder") }
    }

    /// Runs a scenario that leaves an order unpaid, which it may.
    fn run(&self, name: &str) {
        let profile = self.elsewhere.profile(&self.account, &(buying("") + "may: [unpaid-order]\n"));
        let profile = profile.replace("¥50,000.00\n", "¥1,000.00\n    short-of-money: true\n");
        self.known(Run::of(&["--name", name]).profile(&profile)).end().expect(0, &["1 passed, 0 failed"]);
    }

    fn known(&self, run: Run) -> Run {
        run.variable("BUYER_PASSWORD", self.account["password"].as_str().expect("a password"))
            .variable("XDG_STATE_HOME", &self.state.path().display().to_string())
    }

    /// What the site says of its orders, the newest first.
    fn orders(&self) -> Vec<String> {
        let id = self.account["id"].as_str().expect("an id");
        let truth = self.elsewhere.call(&format!("accounts/{id}"), None);
        let orders = truth["orders"].as_array().expect("orders").iter();
        orders.map(|order| order["status"].as_str().expect("a status").to_owned()).collect()
    }
}

#[test]
fn an_order_that_is_left_unpaid_is_cancelled_when_its_scenario_ends() {
    let short = Short::of_money();
    short.run("^The balance is below the fee$");
    assert_eq!(short.orders(), ["cancelled"]);
}

/// Nobody said of it that it may leave an order unpaid.
const FALLS: &str = "Feature: Own
  @pays
  Scenario: Expects to pay
    Given the buyer is on the check page of the documented example
    When the buyer confirms the purchase
";

#[test]
fn so_is_one_that_a_scenario_made_which_was_to_pay_and_could_not() {
    let short = Short::of_money();
    let profile = short.elsewhere.profile(&short.account, &(buying("") + "deadlines: { payment: 2s, element: 2s }\n"));
    let profile = profile.replace("¥50,000.00", "¥1,000.00");
    let run = short.known(Run::of(&[]).profile(&profile).feature(FALLS));
    // Of the click itself it is not said that it cannot have paid: that is for the ledger.
    run.end().expect(
        7,
        &[
            "class    product",
            "/dcdb/result/{order} and show",
            "page     says \"Insufficient balance",
            "its click was not answered",
            "0 passed, 1 failed",
        ],
    );
    assert_eq!(short.orders(), ["cancelled"]);
}

/// Of the very same amount, and no other order is left unpaid that it could be taken for.
#[test]
fn an_unpaid_order_that_was_there_before_is_somebody_s_own_and_stays() {
    let short = Short::of_money();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let site = TestSite::at(SocketAddr::from(([127, 0, 0, 1], short.elsewhere.port)));
        let buyer = Buyer { site: &site, client: site.client(), account: short.account.clone() };
        buyer.log_in(&buyer.client).await;
        buyer.confirm(&buyer.purchase_now(&[("disk", "500")]).await).await;
    });
    assert_eq!(short.orders(), ["unpaid"]);
    short.run("^Cancelled$");
    assert_eq!(short.orders(), ["cancelled", "unpaid"]);
}
