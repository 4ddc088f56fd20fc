//! The stand-in's other variants: the same features, unchanged.

use crate::run::Run;

#[test]
fn in_chinese_every_page_state_and_both_entries_hold() {
    let run = Run::of(&["--lang", "zh-CN", "--tags", "@page-states or @smoke"]);
    run.end().expect(0, &["standin-zh on", " passed, 0 failed, 0 skipped"]);
}

#[test]
fn in_firefox_a_journey_holds_where_there_is_one() {
    let on_path = |names: &[&str]| {
        let folders: Vec<_> = std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()).collect();
        names.iter().any(|name| folders.iter().any(|folder| folder.join(name).is_file()))
    };
    if !on_path(&["geckodriver"]) || !on_path(&["firefox-esr", "firefox"]) {
        eprintln!("not run: no geckodriver and Firefox on the PATH (firefox-esr, cargo install geckodriver)");
        return;
    }
    let journey = "From the console all the way to an initialised instance";
    Run::of(&["--browser", "firefox", "--exact", journey]).end().expect(0, &["1 passed, 0 failed", "on firefox"]);
}
