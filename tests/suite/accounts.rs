//! Accounts that others use too: one run at a time, only those that are needed, and nothing taken for the pages' fault that
//! somebody else did.

use std::{
    io::{BufRead as _, BufReader},
    net::SocketAddr,
    process::Stdio,
    thread,
    time::{Duration, Instant},
};

use dcdb_purchase_e2e::target::{Site, Wish, World, load};
use serde_json::json;

use crate::{
    standin_site::{Buyer, TestSite},
    used::Used,
};

const PLENTY: &str = "balance: \"¥50,000.00\"";
const NEW: [&str; 2] = ["--name", "^\"New\" leads to the purchase page$"];

#[test]
fn a_run_waits_for_an_account_that_another_run_uses() {
    let used = Used::with([(json!({}), PLENTY)], "classic");
    let run = used.run(&NEW, "");
    // Another run, as far as this one can see.
    let known = |name: &str| run.variables.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
    let profile = load(&run.path("profile.yaml"), &known).expect("a profile");
    let other = World::new(&profile);
    let folder = used.state_folder().join("dcdb-purchase-e2e");
    let portal = profile.site(Site::Portal, 0).expect("an address").to_string();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(other.choose(&[(Wish::default(), 1)], Some(&folder), &portal)).expect("chosen");
    let mut child = run.command().stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("the suite");
    let said = BufReader::new(child.stderr.take().expect("what it says")).lines().map_while(Result::ok);
    let mut said = said.skip_while(|line| !line.contains("waiting for accounts that other runs use"));
    assert!(said.next().is_some(), "it did not wait");
    assert!(child.try_wait().expect("asked").is_none(), "it ended");
    drop(other);
    assert!(child.wait().expect("ended").success());
}

#[test]
fn only_accounts_that_the_run_will_lease_are_looked_at() {
    let accounts = [(json!({}), PLENTY), (json!({ "verified": false }), "balance: \"¥1.00\", verified: false")];
    let used = Used::with(accounts, "classic");
    // Nobody could log in with this one.
    used.run(&NEW, "").variable("PASSWORD_1", "wrong").end().expect(0, &["1 passed, 0 failed"]);
    let unverified = used.run(&["--name", "^The identity is not verified$"], "deadlines: { arrival: 5s }\n");
    unverified
        .variable("PASSWORD_1", "wrong")
        .end()
        .expect(3, &["environment not ready", "should be able to log in", "0 passed, 0 failed, 1 skipped"]);
}

#[test]
fn an_account_that_is_not_as_short_of_money_as_stated_is_told_before_anything_is_bought() {
    let used = Used::with([(json!({}), "balance: \"¥0.00\", short-of-money: true")], "classic");
    let run = used.run(&["--name", "^The balance is below the fee$"], "may: [unpaid-order]\n");
    let mend = "which the documented example costs";
    run.end().expect(3, &["environment not ready", "should be short of money", mend, "0 passed, 0 failed, 1 skipped"]);
}

#[test]
fn what_somebody_else_buys_meanwhile_is_no_defect_of_the_pages() {
    let used = Used::with([(json!({}), PLENTY)], "classic");
    let orders = |used: &Used| used.truth(0)["orders"].as_array().map_or(0, Vec::len);
    let before = orders(&used);
    let run = used.run(&["--exact", "From the console all the way to a running instance"], "");
    let ended = thread::scope(|scope| {
        let suite = scope.spawn(|| run.end());
        let begun = Instant::now();
        while orders(&used) == before {
            assert!(begun.elapsed() < Duration::from_secs(60) && !suite.is_finished(), "nothing was bought");
            thread::park_timeout(Duration::from_millis(10));
        }
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        runtime.block_on(async {
            let site = TestSite::at(SocketAddr::from(([127, 0, 0, 1], used.elsewhere.port)));
            let somebody = Buyer { site: &site, client: site.client(), account: used.accounts[0].0.clone() };
            somebody.log_in(&somebody.client).await;
            somebody.buy(&[("disk", "20")]).await;
        });
        suite.join().expect("ended")
    });
    ended.expect(
        3,
        &["class    infrastructure", "somebody else used the account", "instances that this scenario did not buy"],
    );
}
