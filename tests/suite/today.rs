//! Today's generation of the pages, held by features of its own and by what of the contract it does not contradict.

use crate::{run::Run, variants::has_firefox};

const TODAY: [&str; 3] = ["--generation", "today", "features/today.feature"];

#[test]
fn todays_pages_are_bought_on_by_the_month_by_the_hour_and_with_a_voucher() {
    let run = Run::of(&[&TODAY[..], &["--concurrency", "2"]].concat());
    run.end().expect(0, &["standin-today on", "13 passed, 0 failed, 0 skipped"]);
}

#[test]
fn what_is_about_the_other_generation_is_not_applicable_and_says_so() {
    for (arguments, said) in [
        (
            &["features/today.feature"][..],
            "it is about the pages of today, and those of standin are documented (contract:)",
        ),
        (
            &["--generation", "today", "features/login.feature", "--tags", "@contract-documented"],
            "it is about the pages of documented, and those of standin-today are today (contract:)",
        ),
    ] {
        let run = Run::of(&[arguments, &["--dry-run"]].concat());
        let ended = run.end();
        assert!(ended.text.contains(said), "{}", ended.text);
    }
}

#[test]
#[ignore = "whole, nightly"]
fn the_whole_contract_holds_on_todays_pages_but_for_what_differs_there() {
    for language in ["en", "zh-CN"] {
        let run = Run::of(&["--generation", "today", "--lang", language]);
        run.end().expect(0, &["standin-today", " passed, 0 failed, "]);
        let results = run.results();
        let scenarios = results["scenarios"].as_array().expect("scenarios");
        let passed = scenarios.iter().filter(|scenario| scenario["status"] == "passed").count();
        assert!(passed >= 118, "{passed} passed in {language}");
    }
}

#[test]
#[ignore = "whole, nightly"]
fn todays_pages_are_bought_on_in_firefox_where_there_is_one() {
    if has_firefox() {
        let run = Run::of(&[&TODAY[..], &["--browser", "firefox"]].concat());
        run.end().expect(0, &["13 passed, 0 failed, 0 skipped", "on firefox"]);
    }
}
