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

fn every_rule_holds(skin: &str) {
    let used = Used::ten(skin);
    let run = used.run(&[], MORE);
    let ended = run.end();
    eprintln!("{}", ended.text);
    let results = run.results();
    let scenarios = results["scenarios"].as_array().expect("scenarios");
    let passed = scenarios.iter().filter(|scenario| scenario["status"] == "passed").count();
    ended.expect(0, &[" 0 failed,"]);
    assert!(passed >= 130, "{passed} passed");
}

#[test]
fn every_rule_that_needs_no_lever_holds_with_accounts_that_were_used() {
    every_rule_holds("classic");
}

#[test]
#[ignore = "the other skin, nightly"]
fn every_rule_that_needs_no_lever_holds_in_the_other_skin_too() {
    every_rule_holds("tea");
}
