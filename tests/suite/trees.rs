//! The trees that a run keeps as evidence.

use std::{fs, path::Path};

use crate::run::Run;

/// The page states below a folder that hold nothing.
pub fn empty_trees(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder").flatten().map(|entry| entry.path()) {
        if entry.is_dir() {
            found.extend(empty_trees(&entry));
        } else if entry.extension().is_some_and(|extension| extension == "yaml")
            && fs::read_to_string(&entry).expect("text").trim().is_empty()
        {
            found.push(entry.display().to_string());
        }
    }
    found
}

#[test]
fn no_tree_that_is_kept_is_empty() {
    // Before a page was opened; on one that shows nothing, since its reply was lost; behind a modal dialog.
    let run = Run::of(&[
        "--name",
        "^(The price takes its time|The reply is lost behind the payment|Cancelled, nothing changes)$",
    ]);
    run.end().expect(0, &["3 passed"]);
    assert_eq!(empty_trees(&run.out().join("evidence")), [""; 0]);
    let results = run.results();
    let steps = results["scenarios"]
        .as_array()
        .expect("scenarios")
        .iter()
        .flat_map(|one| one["steps"].as_array().expect("steps"));
    let asks =
        steps.clone().find(|step| step["text"] == "the buyer asks to initialise the instance").expect("the step");
    let tree = fs::read_to_string(run.out().join(asks["state"].as_str().expect("a tree"))).expect("text");
    assert!(tree.starts_with("- dialog") && tree.contains("- button \"Cancel\""), "{tree}");
    assert_eq!(steps.filter(|step| step["address"] == "about:blank").count(), 0, "a page where there is none");
}
