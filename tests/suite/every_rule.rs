//! Every rule on another's target: with accounts that were used before, and nobody's back door.

use crate::used::Used;

/// What its owner allows, which requests are meant, and how an address is written; and it shows no price that is not computed yet.
const MORE: &str = "may: [lock-account, unpaid-order, first-return]
requests:
  price: { url: { contains: /dcdb/price? } }
  confirmation: { method: POST, url: { contains: /dcdb/confirm } }
address:
  check:
    disk: disk
    shards: shards
    quantity: quantity
    period: months
    zone: { parameter: zone, values: { guangzhou-4: ap-guangzhou-4, beijing-3: ap-beijing-3 } }
deadlines: { price-settles: 0ms }
";

/// Runs what is applicable in that skin, or a part of it, and says how many scenarios passed there; none may fail.
fn passed(skin: &str, part: &[&str]) -> usize {
    let used = Used::ten(skin);
    let run = used.run(part, MORE);
    let ended = run.end();
    eprintln!("{}", ended.text);
    let results = run.results();
    let scenarios = results["scenarios"].as_array().expect("scenarios");
    let passed = scenarios.iter().filter(|scenario| scenario["status"] == "passed").count();
    ended.expect(0, &[" 0 failed,"]);
    passed
}

/// What its owner can make happen to an account, and take back.
fn levers(used: &Used) -> String {
    let world = format!("url: \"http://127.0.0.1:{}/backdoor/accounts/{{account.id}}/world\"", used.elsewhere.port);
    let makes = format!(
        "url: \"http://127.0.0.1:{}/backdoor/accounts\", body: {{ balance_fen: \"{{balance}}\" }}",
        used.elsewhere.port
    );
    format!(
        "lever-hosts: [127.0.0.1]
levers:
  account:
    pull: {{ {makes} }}
    stays: accounts made for tests are removed on Sundays
    reads: {{ id: /id, name: /name, email: /email, password: /password }}
  prices:
    pull: {{ {world}, body: {{ price_percent: \"{{percent}}\" }} }}
    undo: {{ {world}, body: {{ price_percent: 100 }} }}
  sold-out:
    pull: {{ {world}, body: {{ sold_out: [\"{{zone}}\"] }} }}
    undo: {{ {world}, body: {{ sold_out: [] }} }}
    values: {{ zone: {{ guangzhou-3: ap-guangzhou-3, guangzhou-4: ap-guangzhou-4 }} }}
  time:
    pull: {{ {world}, body: {{ advance_clock_s: \"{{seconds}}\" }} }}
    stays: clocks of accounts do not go back
  orders-expire:
    pull: {{ {world}, body: {{ expire_unpaid_orders: true }} }}
    stays: an expired order is over
  hold:
    pull: {{ {world}, body: {{ hold_status: \"{{status}}\" }} }}
    undo: {{ {world}, body: {{ release: true }} }}
    values: {{ status: {{ creating: Creating, initializing: Initializing }} }}
"
    )
}

/// Those that need one; an account's history stands in no lever's way.
#[test]
#[ignore = "nightly; on the other site with every change"]
fn rules_that_need_a_lever_hold_with_accounts_that_were_used() {
    let used = Used::ten("classic");
    let tags = ["prices", "sold-out", "time", "orders-expire", "hold", "account"].map(|name| format!("@lever-{name}"));
    let run = used.run(&["--tags", &tags.join(" or ")], &format!("{MORE}{}", levers(&used)));
    let ended = run.end();
    eprintln!("{}", ended.text);
    // Beside those of pages that these are not.
    ended.expect(0, &["15 passed, 0 failed, 4 skipped"]);
}

/// Every sixth of them; all of them in both skins every night.
#[test]
fn rules_that_need_no_lever_hold_with_accounts_that_were_used() {
    let passed = passed("classic", &["--shard", "1/6"]);
    assert!(passed >= 21, "{passed} passed");
}

#[test]
#[ignore = "whole, nightly"]
fn every_rule_that_needs_no_lever_holds_in_both_skins() {
    for skin in ["classic", "tea"] {
        let passed = passed(skin, &[]);
        assert!(passed >= 130, "{passed} passed in {skin}");
    }
}
