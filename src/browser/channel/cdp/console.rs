//! What a page writes to its console, in words.

use serde_json::Value;

/// What a console shows of its arguments; the first may have places for others in it (Console Standard, 2.2 "Formatter").
pub(super) fn text(arguments: &[Value]) -> String {
    let mut rest = arguments.iter().map(word);
    let first = rest.next().unwrap_or_default();
    let mut shown = String::new();
    let mut parts = first.split('%');
    shown.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let kind = part.chars().next().filter(|kind| "sdifoOc".contains(*kind));
        match kind.and_then(|kind| Some((kind, rest.next()?))) {
            // A style sheet for what follows.
            Some(('c', _)) => shown.push_str(&part[1..]),
            Some((_, argument)) => shown.extend([argument.as_str(), &part[1..]]),
            None => shown.extend(["%", part]),
        }
    }
    rest.fold(shown, |shown, argument| format!("{shown} {argument}"))
}

/// A value of a script in words; of an error without the way it took.
pub(super) fn word(value: &Value) -> String {
    match (&value["value"], value["unserializableValue"].as_str(), value["description"].as_str()) {
        (Value::String(text), ..) => text.clone(),
        (_, Some(text), _) => text.to_owned(),
        (.., Some(text)) => text.split("\n    at ").next().unwrap_or_default().to_owned(),
        (Value::Null, ..) if value["type"] == "undefined" => "undefined".to_owned(),
        (value, ..) => value.to_string(),
    }
}
