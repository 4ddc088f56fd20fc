//! The stand-in's other variants: the same features, unchanged.

use crate::run::Run;

#[test]
fn in_chinese_every_page_state_and_both_entries_hold() {
    let run = Run::of(&["--lang", "zh-CN", "--tags", "@page-states or @smoke"]);
    run.end().expect(0, &["standin-zh on", " passed, 0 failed, 0 skipped"]);
}

#[test]
fn in_the_vendor_s_component_style_every_page_state_and_both_entries_hold() {
    let run = Run::of(&["--skin", "tea", "--tags", "@page-states or @smoke"]);
    run.end().expect(0, &["standin-tea on", " passed, 0 failed, 0 skipped"]);
}

#[test]
fn in_the_vendor_s_component_style_in_chinese_both_entries_hold_and_page_states_are_told_not_to_apply() {
    let run = Run::of(&["--skin", "tea", "--lang", "zh-CN", "--tags", "@page-states or @smoke"]);
    run.end().expect(0, &["standin-tea-zh on", "standin-tea-zh lacks page-states: ", "\n2 passed, 0 failed, "]);
    let results = run.results();
    let scenarios = results["scenarios"].as_array().expect("scenarios");
    let told = scenarios.iter().filter(|scenario| scenario["status"] == "not-applicable").count();
    assert!(told > 0 && told == scenarios.len() - 2, "{told} of {} do not apply", scenarios.len());
}
