//! Flags that users of `cargo test` expect, and selection.

use crate::run::{QUICK, Run};

const TWO: &str = "@area\nFeature: Two\n  @one\n  Scenario: The first of both\n    Given a visitor on the home page\n  @two\n  Scenario: The second of both\n    Given a visitor on the home page\n";

#[test]
fn flags_of_the_rust_test_runner_are_taken() {
    Run::of(&["--nocapture", "--test-threads", "1", "--color", "never", "-q"])
        .feature(QUICK)
        .end()
        .expect(0, &["1 passed, 0 failed, 0 skipped"]);
    Run::of(&["--list"]).feature(TWO).end().expect(0, &["The first of both: test", "The second of both: test"]);
    Run::of(&["some_test_of_another_target"]).feature(QUICK).end().expect(
        0,
        &["nothing to run: no scenario's title contains some_test_of_another_target", "0 passed, 0 failed, 0 skipped"],
    );
    Run::of(&["--ignored"]).feature(QUICK).end().expect(0, &["no scenario is ignored"]);
    Run::of(&["--list", "--exact", "The first"]).feature(TWO).end().expect(0, &[]);
    let listed = Run::of(&["--list", "--skip", "second"]).feature(TWO).end();
    listed.expect(0, &["The first of both: test"]);
    assert!(!listed.text.contains("second"), "{}", listed.text);
}

#[test]
fn a_window_without_a_screen_is_refused_before_a_browser_is_tried() {
    let run = Run::of(&["--headed"]).feature(QUICK).variable("DISPLAY", "").variable("WAYLAND_DISPLAY", "");
    // Without a PATH no browser could be found: that there is none is not what is said.
    run.variable("PATH", "").end().expect(3, &["there is no screen to show a browser on", "xvfb-run -a"]);
}

#[test]
fn tag_expressions_and_outlines_of_any_size_end_well() {
    for deep in [
        format!("{}@one", "not ".repeat(20_000)),
        format!("{}@one{}", "(".repeat(50_000), ")".repeat(50_000)),
        format!("@one{}", " or @two".repeat(10_000)),
    ] {
        let ended = Run::of(&["--list", "--tags", &deep]).feature(TWO).end();
        ended.expect(2, &["--tags: the expression has more than 200 words and brackets", "mend: tag what you mean"]);
    }
    let rows: String = (0..10_000).map(|row| format!("      | {row} |\n")).collect();
    let outline = format!(
        "\u{feff}Feature: Many\n  Scenario Outline: Row <row>\n    Given a visitor on the home page\n    Examples:\n      | row |\n{rows}"
    );
    let listed = Run::of(&["--list"]).feature(&outline).end();
    listed.expect(0, &["Row 0: test", "Row 9999: test"]);
    let wide = Run::of(&["--list"]).feature("");
    let bytes: Vec<u8> = std::iter::once(0xfeff).chain(TWO.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    std::fs::write(wide.path("features/own.feature"), bytes).expect("written");
    wide.end().expect(4, &["own.feature: the feature cannot be read: it is in UTF-16; save it as UTF-8"]);
}

#[test]
fn selection_by_tag_name_and_shard() {
    let count = |arguments: &[&str]| {
        let listed = Run::of(&[arguments, &["--list"]].concat()).feature(TWO).end();
        listed.expect(0, &[]);
        listed.text.matches(": test").count()
    };
    assert_eq!(count(&["--tags", "@area and not @one"]), 1);
    assert_eq!(count(&["--name", "^The (first|second)"]), 2);
    assert_eq!(count(&["--shard", "1/2"]) + count(&["--shard", "2/2"]), 2);
    Run::of(&["--shard", "3/3"]).feature(TWO).end().expect(0, &["shard 3/3 is empty"]);
}

#[test]
fn a_dry_run_says_what_would_run_and_starts_nothing() {
    let run = Run::of(&["--dry-run"]).variable("DCDB_E2E_INSTALL", "never").variable("PATH", "/nowhere");
    run.end().expect(
        0,
        &[
            "Entry 1: from the home page › The menu of products leads to the product page",
            "from entry 1 to a running instance  (pays a fee that is unknown)",
            "paid at: play money of the run's own stand-in",
            "all the way to the balance  (pays ¥1,015.20)",
            "scenarios would run",
            " would pay: ¥",
            " as far as features name a fee, and what is unknown of ",
        ],
    );
    assert!(!run.out().exists(), "a dry run left results");
}

#[test]
fn a_dry_run_counts_each_scenario_as_often_as_it_would_run() {
    let run = Run::of(&["--dry-run", "--repeat-each", "3", "--name", "all the way to the balance"]);
    run.end().expect(0, &["3 scenarios would run", "3 would pay, at most ¥3,045.60 in all"]);
}

#[test]
fn a_dry_run_says_what_a_target_is_held_to_and_what_one_more_line_of_its_profile_would_add() {
    let base = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/targets/base.yaml");
    let profile = format!(
        "extends: {base}\nname: theirs\nsites: {{ portal: 'http://a.example', buy: 'http://b.example', console: 'http://c.example' }}\nhosts: [a.example, b.example, c.example]\naccounts:\n  - {{ name: Ana, email: ana@example.com, password: open sesame, balance: '¥500.00' }}\nbuying: {{}}\ndiffers: {{ '3.2.2': nothing is said here }}\nlacks: {{ page-states: nobody has reviewed them }}\n"
    );
    Run::of(&["--dry-run"]).profile(&profile).end().expect(
        0,
        &[
            "theirs is held to ",
            " rules and sentences of the contract, by ",
            "differs  3.2.2: nothing is said here",
            "one line levers: hold: would add ",
            "one line may: [lock-account] would add 1 scenario\n",
            "not applicable: theirs differs in 3.2.2: nothing is said here",
        ],
    );
}

/// Counted over all features, whatever is selected of them.
#[test]
fn no_step_is_defined_that_no_feature_uses_or_that_another_repeats() {
    let run = Run::of(&["--dry-run", "--tags", "@N1"]);
    let ended = run.end();
    ended.expect(0, &["none would pay", " steps defined, 0 unused, 0 duplicate"]);
    // Features that say little use little: what they leave is told by file and line.
    let quick = Run::of(&["--dry-run"]).feature(QUICK).end();
    let unused = quick.text.lines().filter(|line| line.starts_with("unused step: tests/purchase/steps/")).count();
    let defined = quick.text.lines().find_map(|line| line.split_once(" steps defined, ")?.0.parse::<usize>().ok());
    assert_eq!(Some(unused + 1), defined, "{}", quick.text);
    assert!(quick.text.contains("steps/check.rs:") && quick.text.contains(" When ^the buyer buys$"), "{}", quick.text);
    assert!(!quick.text.contains("^a visitor on the home page$"), "{}", quick.text);
}

#[test]
fn last_failed_repeats_what_failed_and_no_more() {
    let failing = "Feature: Two\n  Scenario: Good\n    Given a visitor on the home page\n  Scenario: Bad\n    Given a visitor on the home page\n    Then the product page of the distributed database opens\n";
    let run = Run::of(&[]).profile(IMPATIENT).feature(failing);
    run.end().expect(1, &["1 passed, 1 failed, 0 skipped"]);
    let again = run.again(&["--last-failed"]);
    again.expect(1, &["0 passed, 1 failed, 0 skipped"]);
    // Where the results go does not matter: the history is what is asked.
    let history = run.path("out/history.sqlite").display().to_string();
    let elsewhere = Run::of(&["--last-failed", "--history", &history]).profile(IMPATIENT).feature(failing);
    elsewhere.end().expect(1, &["0 passed, 1 failed, 0 skipped"]);
    let all_good = Run::of(&[]).feature(QUICK);
    all_good.end().expect(0, &[]);
    all_good.again(&["--last-failed"]).expect(0, &["nothing failed in the last run", "0 passed, 0 failed, 0 skipped"]);
}

#[test]
fn a_history_that_is_none_costs_no_verdict_but_cannot_say_what_failed() {
    let run = Run::of(&[]).feature(QUICK);
    run.file("out/history.sqlite", "no database at all, and long enough to be looked at as one, if it were one");
    run.end().expect(0, &["note: this run is not remembered", "1 passed, 0 failed, 0 skipped"]);
    run.again(&["--last-failed"]).expect(2, &["--last-failed cannot tell what failed", "mend: run without"]);
}

/// A profile that gives up soon on what never comes.
const IMPATIENT: &str = concat!(
    "extends: ",
    env!("CARGO_MANIFEST_DIR"),
    "/tests/targets/standin.yaml\nname: impatient\ndeadlines: { arrival: 4s }\n"
);
