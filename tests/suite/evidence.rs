//! What is kept of a run, and who is told of it.

use std::fs;

use crate::run::{QUICK, Run};

const FAILING: &str = "Feature: Own\n  Why it is there.\n\n  Rule: One rule\n    Scenario: Bad, at 50%\n      Given a visitor on the home page\n      Then the product page of the distributed database opens\n";

fn failing(arguments: &[&str]) -> Run {
    let base = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/targets/standin.yaml");
    let profile = format!("extends: {base}\nname: own\ndeadlines: {{ arrival: 1s }}\n");
    Run::of(arguments).profile(&profile).feature(FAILING)
}

/// The pictures that a run left, by name, in order.
fn pictures(run: &Run) -> Vec<String> {
    let mut found = Vec::new();
    run.each_file(|file| {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        found.extend(Some(name).filter(|name| name.ends_with(".webp")));
    });
    found.sort();
    found
}

#[test]
fn a_failure_is_in_the_report_with_its_picture_and_its_words() {
    let run = failing(&[]);
    let ended = run.end();
    ended.expect(1, &["class    product", "report "]);
    let report = fs::read_to_string(run.out().join("report.html")).expect("a report");
    for said in [
        "Bad, at 50%",
        "Why it is there.",
        "One rule",
        "data:image/webp;base64,UklGR",
        "product page: the page should open at",
    ] {
        assert!(report.contains(said), "{said:?} is not in the report");
    }
    assert_eq!(pictures(&run), ["02.webp"]);
    assert!(!ended.text.contains("::error"), "{}", ended.text);
    assert!(!ended.text.contains('\x1b'), "colours without a terminal: {}", ended.text);
}

#[test]
fn a_page_that_is_no_longer_as_reviewed_is_shown_beside_itself_when_it_was() {
    let feature = "Feature: Own\n  Scenario: A visitor comes\n    Given a visitor on the home page\n    Then the home page looks as reviewed for a visitor\n";
    // In Chinese the page is not what was reviewed of the English one.
    let chinese = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/targets/standin-zh.yaml");
    let run = Run::of(&[]).feature(feature);
    run.file("chinese.yaml", &format!("extends: {chinese}\nname: chinese\npage-states: standin\n"));
    let target = run.path("chinese.yaml").display().to_string();
    let before = run.again(&["--target", &target]);
    before.expect(
        1,
        &[
            "the page state home-page__for-a-visitor should be as reviewed",
            "accept   the same run with --update-states=",
        ],
    );
    assert_eq!(pictures(&run), ["02.webp"], "nobody has seen it as reviewed yet");
    run.end().expect(0, &[]);
    run.again(&["--target", &target]).expect(1, &[]);
    assert_eq!(pictures(&run)[..2], ["02-reviewed.webp", "02.webp"]);
    let step = &run.results()["scenarios"][0]["steps"][1];
    let read = |kind: &str| fs::read(run.out().join(step[kind].as_str().expect(kind))).expect(kind);
    assert_ne!(read("reviewed"), read("picture"));
    // A page that is as reviewed is pictured once, not in every run.
    run.end().expect(0, &[]);
    assert_eq!(pictures(&run).len(), 1, "{:?}", pictures(&run));
}

#[test]
fn pictures_are_taken_of_all_steps_or_of_none_where_asked() {
    let all = Run::of(&["--pictures", "all"]).feature(QUICK);
    all.end().expect(0, &[]);
    assert_eq!(pictures(&all), ["01.webp"]);
    let none = failing(&["--pictures", "none"]);
    none.end().expect(1, &[]);
    assert_eq!(pictures(&none), [""; 0]);
}

#[test]
fn github_is_told_where_each_failure_is_and_gets_a_summary() {
    let run = failing(&["--color", "always"]).variable("GITHUB_ACTIONS", "true");
    let summary = run.path("summary.md");
    fs::write(&summary, "already there\n").expect("written");
    let run = run.variable("GITHUB_STEP_SUMMARY", &summary.display().to_string());
    let ended = run.end();
    let feature = run.path("features/own.feature").display().to_string();
    let annotation = format!(
        "\n::error file={feature},line=5,title=product%3A Bad%2C at 50%25::product page: the page should open at "
    );
    ended.expect(1, &[&annotation, "%0A  saw      ", "\x1b[31m✗\x1b[0m"]);
    let summary = fs::read_to_string(summary).expect("a summary");
    assert!(summary.starts_with("already there\n### ❌ All 1 scenario that ran failed"), "{summary}");
    assert!(summary.contains("| failed | Own › **Bad, at 50%**<br>"), "{summary}");
}

#[test]
fn the_report_remembers_earlier_runs() {
    let run = Run::of(&[]).feature(QUICK);
    run.end().expect(0, &[]);
    run.again(&[]).expect(0, &[]);
    let report = fs::read_to_string(run.out().join("report.html")).expect("a report");
    let runs = report.split("\"runs\":[").nth(1).and_then(|rest| rest.split("],\"scenarios\"").next()).expect("runs");
    assert_eq!(runs.matches('[').count(), 2, "{runs}");
}
