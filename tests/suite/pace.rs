//! No target is asked for more a minute than its profile says, over all workers.

use std::{
    fs::{self, File},
    thread,
    time::{Duration, Instant},
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};

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

fn buys(name: &str) -> String {
    format!(
        "  @pays\n  Scenario: {name}\n    Given the buyer came to the purchase page by entry 1\n    When the buyer buys the documented example\n    Then the payment is successful, for the fee that was shown\n"
    )
}

#[test]
#[ignore = "its minute is a real one: .ci/nightly runs it"]
fn whoever_is_too_early_waits_and_loses_no_time_of_its_own_by_that() {
    let feature = format!("Feature: Pace\n{}{}", buys("One"), buys("Two"));
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
fn whoever_waits_for_a_turn_buys_nothing_once_the_run_is_to_end() {
    let profile = format!("extends: {STANDIN}\nname: slow\npace: {{ purchases: 1 }}\n");
    let run = Run::of(&["--concurrency", "2"]).feature(&format!("Feature: Pace\n{}{}", buys("One"), buys("Two")));
    let run = run.profile(&profile);
    let said = File::create(run.path("said")).expect("a file");
    let mut command = run.command();
    let mut going = command.stdout(said.try_clone().expect("a file")).stderr(said).spawn().expect("the suite");
    let begun = Instant::now();
    let told = || fs::read_to_string(run.path("said")).expect("said");
    while !(told().contains("waits: 1 for a turn") && told().contains('✓')) {
        assert!(begun.elapsed() < Duration::from_secs(50), "nobody waits:\n{}", told());
        thread::park_timeout(Duration::from_millis(50));
    }
    kill(Pid::from_raw(going.id().cast_signed()), Signal::SIGINT).expect("a signal");
    going.wait().expect("an end");
    let results = run.results();
    let scenarios = results["scenarios"].as_array().expect("scenarios");
    let buying: Vec<&str> = scenarios.iter().filter_map(|one| one["steps"][1]["outcome"].as_str()).collect();
    assert!(buying.contains(&"passed") && buying.contains(&"skipped"), "{buying:?}\n{}", told());
    assert!(told().contains("1 passed, 0 failed, 1 skipped"), "{}", told());
}

#[test]
fn a_pace_of_nothing_is_refused() {
    let run = Run::of(&[]).profile(&format!("extends: {STANDIN}\nname: still\npace: {{ purchases: 0 }}\n"));
    run.end().expect(2, &["pace", "purchases", "a whole number from 1 on"]);
}
