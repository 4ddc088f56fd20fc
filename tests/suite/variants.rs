//! The stand-in's other variants: the same features, unchanged.

use std::path::Path;

use dcdb_purchase_e2e::browser::launch::{self, BrowserKind, LaunchSettings};

use crate::{run::Run, trees::empty_trees};

/// The rest of them in Chinese and in the component style at once, below; each by itself every night.
#[test]
fn in_chinese_page_states_and_guide_hold() {
    let run = Run::of(&["--lang", "zh-CN", "--tags", "@page-states or @guide"]);
    run.end().expect(0, &["standin-zh on", " passed, 0 failed, 0 skipped", "guide.html"]);
    assert_eq!(empty_trees(&run.out().join("evidence")), [""; 0]);
}

/// Whether this machine has a Firefox that can be driven; says so where it has none.
pub fn has_firefox() -> bool {
    let supervisor = Path::new(env!("CARGO_BIN_EXE_dcdb-e2e"));
    let settings = LaunchSettings::from_variables(supervisor, |name| std::env::var_os(name)).expect("settings");
    let settings = LaunchSettings { kind: BrowserKind::Firefox, ..settings };
    let found = tokio::runtime::Runtime::new().expect("a runtime").block_on(launch::find(&settings));
    if let Err(why) = &found {
        eprintln!("not run: {why:#}");
    }
    found.is_ok()
}

#[test]
fn in_firefox_a_journey_holds_where_there_is_one() {
    if has_firefox() {
        let journey = "From the console all the way to a running instance";
        Run::of(&["--browser", "firefox", "--exact", journey]).end().expect(0, &["1 passed, 0 failed", "on firefox"]);
    }
}

#[test]
fn in_the_vendor_s_component_style_page_states_hold() {
    let run = Run::of(&["--skin", "tea", "--tags", "@page-states"]);
    run.end().expect(0, &["standin-tea on", " passed, 0 failed, 0 skipped"]);
}

#[test]
#[ignore = "whole, nightly"]
fn in_each_variant_every_scenario_holds() {
    for (arguments, said) in [
        (&["--skin", "tea"][..], "standin-tea on"),
        (&["--lang", "zh-CN"], "standin-zh on"),
        (&["--skin", "tea", "--lang", "zh-CN"], "standin-tea-zh on"),
    ] {
        Run::of(arguments).end().expect(0, &[said, " passed, 0 failed, "]);
    }
}

#[test]
fn in_the_vendor_s_component_style_in_chinese_every_sixth_scenario_holds_and_page_states_are_told_not_to_apply() {
    let run = Run::of(&["--skin", "tea", "--lang", "zh-CN", "--shard", "5/6"]);
    run.end().expect(0, &["standin-tea-zh on", "standin-tea-zh lacks page-states: ", " passed, 0 failed, "]);
    let results = run.results();
    for scenario in results["scenarios"].as_array().expect("scenarios") {
        let tags = scenario["tags"].as_array().expect("tags");
        let left_out = tags.iter().any(|tag| tag == "page-states" || tag == "contract-today");
        assert_eq!(scenario["status"], if left_out { "not-applicable" } else { "passed" }, "{}", scenario["name"]);
    }
}
