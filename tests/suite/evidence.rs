//! What is kept of a run, and who is told of it.

use std::{fs, os::unix::fs::PermissionsExt as _, process::Command};

use crate::run::{QUICK, Run};

const FAILING: &str = "Feature: Own\n  Why it is there.\n\n  Rule: One rule\n    Scenario: Bad, at 50%\n      Given a visitor on the home page\n      Then the product page of the distributed database opens\n";

fn failing(arguments: &[&str]) -> Run {
    let base = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/targets/standin.yaml");
    let profile = format!("extends: {base}\nname: own\ndeadlines: {{ arrival: 4s }}\n");
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
    let file = run.results()["scenarios"][0]["steps"][1]["page"].as_str().expect("a whole page").to_owned();
    assert!(
        report.contains(&format!("\"page\":\"{}\"", file.replace("-", "%2D").replace(".html", "%2Ehtml"))),
        "{file}"
    );
    let page = fs::read_to_string(run.out().join(&file)).expect("the whole page");
    assert!(page.contains("Content-Security-Policy") && page.contains("<h1"), "{page}");
    let drawing = "xmlns='http://www.w3.org/2000/svg'";
    assert!(!page.contains("<script") && !page.replace(drawing, "").contains("http://"), "{page}");
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
        &["the home page for a visitor should be as reviewed", "accept   the same run with --update-states="],
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

#[test]
fn a_run_says_what_is_new_how_long_the_rest_fails_and_what_passed_elsewhere() {
    let run = failing(&[]);
    let first = run.end();
    first.expect(1, &[]);
    assert!(!first.text.contains("Against earlier runs"), "nothing is known yet:\n{}", first.text);
    let here = fs::read_to_string(run.path("profile.yaml")).expect("a profile");
    run.file("profile.yaml", &here.replace("name: own", "name: there"));
    run.end().expect(1, &[]);
    run.file("profile.yaml", &here);
    run.end().expect(
        1,
        &[
            "Against earlier runs of own:\n  still           Own › Bad, at 50%\n                  failing for 2 runs, since ",
            "; failed too on there, ",
        ],
    );
    let report = fs::read_to_string(run.out().join("report.html")).expect("a report");
    assert!(report.contains("Against earlier runs: 1 failed as before"), "not in the report");
    let overview = fs::read_to_string(run.out().join("overview.html")).expect("an overview");
    assert!(overview.contains("2 of 2 runs were red, the last one too"), "{overview}");
}

#[test]
fn what_a_step_has_to_show_is_kept_with_it_and_in_the_report() {
    let base = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/targets/standin.yaml");
    // The head of the list is no instance.
    let row = "pages: { console: { row: { role: row, within: { css: table } } } }\ndeadlines: { element: 1s }\n";
    let feature = "Feature: Own\n  Scenario: Shows\n    Given the buyer is on the purchase page\n    Then the total fee is ¥496.80\n  @pays\n  Scenario: Fails\n    Given the buyer bought the documented example\n    When the buyer goes to the console and follows \"Cloud Products\" > \"Basic Products\" > \"Database\" > \"Distributed Database\"\n    Then the console shows what was bought, as it was chosen, ready to be taken into use\n";
    let run = Run::of(&[]).profile(&format!("extends: {base}\nname: own\n{row}")).feature(feature);
    run.end().expect(1, &["DCDB console: instances should "]);
    let results = run.results();
    let shown = |scenario: usize, step: usize| {
        let attached = &results["scenarios"][scenario]["steps"][step]["attachments"][0];
        let file =
            run.out().join(attached["file"].as_str().unwrap_or_else(|| panic!("nothing is attached: {results:#}")));
        (attached["name"].clone(), attached["media_type"].clone(), fs::read_to_string(file).expect("kept"))
    };
    let (name, kind, text) = shown(0, 1);
    assert_eq!((name, kind), ("what the price is of".into(), "text/plain".into()));
    assert!(text.contains("region: guangzhou"), "{text}");
    let (name, kind, text) = shown(1, 2);
    assert_eq!((name, kind), ("instances that are listed".into(), "application/json".into()));
    let rows: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert!(rows[1]["id"].as_str().is_some_and(|id| id.starts_with("tdsqlshard-")), "{rows}");
    let report = fs::read_to_string(run.out().join("report.html")).expect("a report");
    assert!(report.contains("[\"what the price is of\",\"region: guangzhou"), "not in the report");
    let shown = Command::new(env!("CARGO_BIN_EXE_dcdb-e2e")).arg("show").arg(run.out()).output().expect("dcdb-e2e");
    let told = String::from_utf8_lossy(&shown.stdout).into_owned();
    assert!(told.contains("\nAttached  instances that are listed: ") && told.contains("tdsqlshard-"), "{told}");
}

#[test]
fn pictures_for_the_guide_in_chinese_without_a_chinese_font_are_told_of() {
    let feature =
        "# language: en\nFeature: Own\n  @guide\n  Scenario: A visitor comes\n    Given a visitor on the home page\n";
    let run = Run::of(&["--lang", "zh-CN"]).feature(feature).variable("DCDB_E2E_INSTALL", "never");
    // The machine that this runs on may have one.
    run.file("bin/fc-list", "#!/bin/sh\n");
    let list = run.path("bin/fc-list");
    fs::set_permissions(&list, fs::Permissions::from_mode(0o755)).expect("permitted");
    let path = std::env::var("PATH").unwrap_or_default();
    let path = format!("{}:{path}", list.parent().expect("a folder").display());
    let run = run.variable("PATH", &path);
    run.end().expect(
        0,
        &[
            "note: the guide's pictures may show boxes in place of Chinese: no font of this machine has Chinese characters, and none was installed: DCDB_E2E_INSTALL=never forbids it",
            "mend     apt-get install fonts-noto-cjk",
        ],
    );
    assert_eq!(run.results()["run"]["lacks_font"], true);
}
