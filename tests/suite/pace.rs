//! No target is asked for more a minute than its profile says, over all workers.

use crate::run::Run;

const STANDIN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/targets/standin.yaml");

/// When the step of this position began and ended in each scenario, ms from the scenario's begin and from the run's.
fn steps(results: &serde_json::Value, position: usize) -> Vec<(u64, u64)> {
    let number = |value: &serde_json::Value| value.as_u64().expect("a number");
    let scenarios = results["scenarios"].as_array().expect("scenarios").iter();
    let mut all: Vec<(u64, u64)> = scenarios
        .map(|scenario| {
            let step = &scenario["steps"][position];
            let began = number(&scenario["started_ms"]) + number(&step["started_ms"]);
            (began, began + number(&step["duration_ms"]))
        })
        .collect();
    all.sort_unstable();
    all
}

#[test]
fn whoever_is_too_early_waits_and_loses_no_time_of_its_own_by_that() {
    let scenario = |name: &str| {
        format!(
            "  @pays\n  Scenario: {name}\n    Given the buyer came to the purchase page by entry 1\n    When the buyer buys the documented example\n    Then the payment is successful, for the fee that was shown\n"
        )
    };
    let feature = format!("Feature: Pace\n{}{}", scenario("One"), scenario("Two"));
    // Both times would be up long before the turn comes.
    let profile = format!(
        "extends: {STANDIN}\nname: slow\npace: {{ logins: 40, purchases: 1 }}\ndeadlines: {{ step: 40s, scenario: 50s }}\n"
    );
    let run = Run::of(&["--concurrency", "2"]).feature(&feature).profile(&profile);
    run.end().expect(0, &["2 passed", "note: a scenario waits: 1 for a turn (pace: 1 purchase in 61 s)"]);
    let bought = steps(&run.results(), 1);
    assert!(bought[1].1 - bought[0].1 > 55_000, "two bought within a minute: {bought:?}");
    let logged_in = steps(&run.results(), 0);
    assert!(logged_in[1].1 < bought[1].1 - 30_000, "logging in waits for no purchase: {logged_in:?} {bought:?}");
}

#[test]
fn a_pace_of_nothing_is_refused() {
    let run = Run::of(&[]).profile(&format!("extends: {STANDIN}\nname: still\npace: {{ purchases: 0 }}\n"));
    run.end().expect(2, &["pace", "purchases", "nonzero"]);
}
