//! Features in an editor: what Cucumber's extension for VS Code knows of them. It reads the steps' source, and compiles nothing.

use std::path::Path;

use serde_json::{Value, json};

#[path = "../tools/mod.rs"]
mod tools;

#[test]
fn no_step_of_a_feature_is_underlined_as_undefined() {
    let Some(folder) = tools::npm("steps.mjs", &["@cucumber/language-service@1.7.0"]) else { return };
    let ended = tools::node(&folder, "steps.mjs", &[Path::new(env!("CARGO_MANIFEST_DIR")), &folder]);
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    let read: Value = serde_json::from_slice(&ended.stdout).expect("JSON");
    assert_eq!((&read["undefined"], &read["errors"]), (&json!([]), &json!([])), "{read:#}");
    assert!(read["steps"].as_u64() >= Some(400) && read["definitions"].as_u64() >= Some(100), "{read:#}");
}
