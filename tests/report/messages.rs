//! Cucumber Messages: held against their schema, and read by the tools that read them.

use std::fs;

use dcdb_purchase_e2e::evidence::write_messages;
use serde_json::{Value, json};

use crate::{
    made::{MARKUP, Made},
    tools,
};

const PACKAGES: [&str; 3] = ["@cucumber/html-formatter@24.2.0", "@cucumber/messages@34.2.1", "@cucumber/query@16.2.0"];

fn messages(made: &Made) -> Vec<Value> {
    let file = made.folder.path().join("messages.ndjson");
    write_messages(&made.record, made.folder.path(), &file).expect("written");
    let text = fs::read_to_string(file).expect("read");
    text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

#[test]
fn a_run_is_told_in_the_order_of_the_protocol() {
    let messages = messages(&Made::with(12));
    let kinds: Vec<&str> =
        messages.iter().filter_map(|one| one.as_object()?.keys().next().map(String::as_str)).collect();
    let first =
        |kind: &str| kinds.iter().position(|one| *one == kind).unwrap_or_else(|| panic!("no {kind} in {kinds:?}"));
    let order = ["meta", "gherkinDocument", "pickle", "testRunStarted", "hook", "testCase", "testCaseStarted"];
    assert!(order.map(first).is_sorted(), "{kinds:?}");
    assert_eq!(kinds.last(), Some(&"testRunFinished"));
    // Twelve scenarios, one of which was tried twice.
    let count = |kind: &str| kinds.iter().filter(|one| **one == kind).count();
    assert_eq!([count("pickle"), count("testCase"), count("testCaseStarted")], [12, 12, 13]);
    let retried = messages.iter().filter(|one| one["testCaseFinished"]["willBeRetried"] == true).count();
    assert_eq!(retried, 1);
    let failed = |class: &str| {
        let result = messages.iter().map(|one| &one["testStepFinished"]["testStepResult"]);
        result.into_iter().find(|result| result["status"] == "FAILED" && result["exception"]["type"] == class)
    };
    for (class, said) in [("product", "saw      \"¥2.00\""), ("infrastructure", "the browser failed: gone")] {
        let result = failed(class).unwrap_or_else(|| panic!("nothing of class {class}"));
        assert!(result["message"].as_str().is_some_and(|why| why.contains(said)), "{result}");
    }
    let why = messages.iter().any(|one| {
        let result = &one["testStepFinished"]["testStepResult"];
        result["status"] == "SKIPPED" && result["message"] == "the target lacks a moon"
    });
    assert!(why, "nobody is told why one is not applicable");
}

#[test]
fn tools_for_cucumber_messages_read_a_run() {
    let Some(tools) = tools::npm("messages.mjs", &PACKAGES) else { return };
    let schema =
        fs::read_to_string(tools.join("node_modules/@cucumber/messages/messages.schema.json")).expect("a schema");
    let schema = jsonschema::validator_for(&serde_json::from_str(&schema).expect("JSON")).expect("a schema");
    for (made, counts) in [
        (Made::with(12), json!({ "PASSED": 9, "FAILED": 2, "SKIPPED": 1 })),
        (Made::with(4).named(MARKUP), json!({ "PASSED": 3, "FAILED": 1 })),
        (Made::with(0), json!({})),
    ] {
        for message in messages(&made) {
            let faults: Vec<String> = schema.iter_errors(&message).map(|fault| fault.to_string()).collect();
            assert!(faults.is_empty(), "{faults:?}\n{message:#}");
        }
        assert!(!schema.is_valid(&json!({ "pickle": { "id": "1" } })), "the schema lets anything through");
        let (file, page) = (made.folder.path().join("messages.ndjson"), made.folder.path().join("page.html"));
        let ended = tools::node(&tools, "messages.mjs", &[&file, &page]);
        assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
        let read: Value = serde_json::from_slice(&ended.stdout).expect("JSON");
        let mut read_counts = read["counts"].clone();
        if let Some(counts) = read_counts.as_object_mut() {
            counts.retain(|_, count| *count != 0);
        }
        assert_eq!(read_counts, counts, "{read}");
        assert_eq!((&read["lost"], &read["pickles"]), (&json!(0), &json!(made.record.scenarios.len())), "{read}");
        let failed = made.record.scenarios.iter().filter(|one| one.failed_step().is_some()).count();
        assert!(read["attachments"].as_u64() >= Some(2 * failed as u64), "{read}");
        assert!(fs::metadata(page).is_ok_and(|page| page.len() > 100_000), "no page was made");
    }
}
