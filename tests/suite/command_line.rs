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
            "(pays)",
            "scenarios would run",
        ],
    );
    assert!(!run.out().exists(), "a dry run left results");
}

#[test]
fn last_failed_repeats_what_failed_and_no_more() {
    let failing = "Feature: Two\n  Scenario: Good\n    Given a visitor on the home page\n  Scenario: Bad\n    Given a visitor on the home page\n    Then the product page of the distributed database opens\n";
    let run = Run::of(&["--last-failed"]).feature(failing);
    run.file("out/results.json", &std::fs::read_to_string(first_results(failing)).expect("results"));
    let again = run.end();
    again.expect(1, &["0 passed, 1 failed, 0 skipped"]);
    let all_good = Run::of(&["--last-failed"]).feature(QUICK);
    all_good.file("out/results.json", &std::fs::read_to_string(first_results(QUICK)).expect("results"));
    all_good.end().expect(0, &["nothing failed in the last run", "0 passed, 0 failed, 0 skipped"]);
}

/// Runs once and gives the path of the results, kept until the process ends.
fn first_results(feature: &str) -> std::path::PathBuf {
    let base = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/targets/standin.yaml");
    let run =
        Run::of(&[]).profile(&format!("extends: {base}\nname: quick\ndeadlines: {{ arrival: 1s }}\n")).feature(feature);
    run.end();
    let kept = run.folder.keep();
    kept.join("out/results.json")
}
