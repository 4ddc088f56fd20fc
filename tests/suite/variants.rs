//! The stand-in's other variants: the same features, unchanged.

use crate::run::Run;

#[test]
fn in_chinese_every_page_state_and_both_entries_hold() {
    let run = Run::of(&["--lang", "zh-CN", "--tags", "@page-states or @smoke"]);
    run.end().expect(0, &["standin-zh on", " passed, 0 failed, 0 skipped"]);
}
