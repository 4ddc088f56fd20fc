//! The JSON Schema of profiles, for editors: completion, and what each key means, while one is written.

use serde_json::{Map, Value, json};

use super::Profile;

/// The schema of a profile file. Files extend others, so no key is required in one; any wording may be given in both
/// languages; `extends` is the file's own key.
#[must_use]
pub fn schema() -> Value {
    let mut schema = schemars::schema_for!(Profile).to_value();
    loosen(&mut schema);
    schema["title"] = json!("A target of the DCDB purchase suite");
    schema["properties"]["extends"] =
        json!({ "type": "string", "description": "The profile that this one builds on, from this file's folder." });
    schema["$defs"]["InBothLanguages"] = json!({
        "type": "object",
        "description": "A wording in each language; the one of `language` is taken.",
        "properties": { "en": { "type": "string" }, "zh-CN": { "type": "string" } },
        "required": ["en", "zh-CN"],
        "additionalProperties": false,
    });
    schema
}

/// Makes every key optional and lets every free text be written in both languages.
fn loosen(node: &mut Value) {
    match node {
        Value::Object(object) => {
            object.remove("required");
            object.values_mut().for_each(loosen);
            if is_free_text(object) {
                let description = object.remove("description");
                let own = Value::Object(std::mem::take(object));
                object.insert("anyOf".into(), json!([own, { "$ref": "#/$defs/InBothLanguages" }]));
                object.extend(description.map(|text| ("description".to_owned(), text)));
            }
        }
        Value::Array(nodes) => nodes.iter_mut().for_each(loosen),
        _ => {}
    }
}

fn is_free_text(object: &Map<String, Value>) -> bool {
    let kind = object.get("type");
    let text = kind == Some(&json!("string")) || kind == Some(&json!(["string", "null"]));
    text && !object.contains_key("enum") && !object.contains_key("const")
}
