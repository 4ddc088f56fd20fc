//! What is filled into the requests of levers.

use std::{collections::BTreeMap, sync::LazyLock};

use regex::{Captures, Regex};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;

use super::{Lever, Request};

/// What is filled in, by its name.
pub type Fillings = BTreeMap<String, Value>;

/// A request with everything filled in.
#[derive(Clone)]
pub struct Asked {
    /// Its method.
    pub method: &'static str,
    /// Its address.
    pub url: String,
    /// Its headers.
    pub headers: Vec<(String, SecretString)>,
    /// Its body.
    pub body: Option<Value>,
}

/// A filling in a text.
static FILLING: LazyLock<Regex> = LazyLock::new(|| {
    #[expect(clippy::unwrap_used, reason = "a constant, and tests fill in")]
    Regex::new(r"\{([a-z][a-z0-9-]*(?:\.[a-z0-9-]+)*)\}").unwrap()
});

/// The names of the fillings in a text.
pub(super) fn named_in(text: &str) -> impl Iterator<Item = &str> {
    FILLING.captures_iter(text).filter_map(|found| found.get(1)).map(|name| name.as_str())
}

impl Lever {
    /// A request of this lever with these filled in, as the lever spells them.
    ///
    /// # Errors
    /// Names what cannot be filled in.
    pub fn fill(&self, request: &Request, fillings: &Fillings) -> Result<Asked, String> {
        let value = |name: &str| -> Result<Value, String> {
            let given = fillings.get(name).ok_or_else(|| format!("nothing is known for {{{name}}}"))?;
            let Some(spellings) = self.values.get(name) else { return Ok(given.clone()) };
            let plain = plain(given);
            spellings.get(&plain).cloned().ok_or_else(|| format!("it has no spelling of {plain} (values: {name}:)"))
        };
        let headers = request
            .headers
            .iter()
            .map(|(name, text)| Ok((name.clone(), in_text(text.expose_secret(), &value, ToOwned::to_owned)?.into())));
        Ok(Asked {
            method: request.method.name(),
            url: in_text(&request.url, &value, encoded)?,
            headers: headers.collect::<Result<_, String>>()?,
            body: request.body.as_ref().map(|body| in_body(body, &value)).transpose()?,
        })
    }

    /// Whether its pull fills this in.
    #[must_use]
    pub fn fills_in(&self, name: &str) -> bool {
        self.pull.texts().iter().any(|text| named_in(text).any(|filled| filled == name))
    }
}

impl Request {
    /// All texts that something may be filled into, the address first.
    pub(super) fn texts(&self) -> Vec<&str> {
        let mut texts = vec![self.url.as_str()];
        texts.extend(self.headers.values().map(|text| text.expose_secret()));
        self.body.iter().for_each(|body| texts_of(body, &mut texts));
        texts
    }
}

fn texts_of<'a>(body: &'a Value, texts: &mut Vec<&'a str>) {
    match body {
        Value::String(text) => texts.push(text),
        Value::Array(items) => items.iter().for_each(|item| texts_of(item, texts)),
        Value::Object(object) => object.values().for_each(|inner| texts_of(inner, texts)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn in_text(
    text: &str,
    value: &dyn Fn(&str) -> Result<Value, String>,
    write: impl Fn(&str) -> String,
) -> Result<String, String> {
    let mut unknown = None;
    let filled = FILLING.replace_all(text, |found: &Captures<'_>| match value(&found[1]) {
        Ok(value) => write(&plain(&value)),
        Err(why) => {
            unknown.get_or_insert(why);
            String::new()
        }
    });
    unknown.map_or_else(|| Ok(filled.into_owned()), Err)
}

fn in_body(body: &Value, value: &dyn Fn(&str) -> Result<Value, String>) -> Result<Value, String> {
    Ok(match body {
        Value::String(text) => match FILLING.captures(text) {
            Some(found) if found[0].len() == text.len() => value(&found[1])?,
            _ => Value::String(in_text(text, value, ToOwned::to_owned)?),
        },
        Value::Array(items) => items.iter().map(|item| in_body(item, value)).collect::<Result<_, _>>()?,
        Value::Object(object) => {
            let filled = object.iter().map(|(key, inner)| Ok((key.clone(), in_body(inner, value)?)));
            Value::Object(filled.collect::<Result<_, String>>()?)
        }
        other => other.clone(),
    })
}

/// A value as a text says it.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// A value as a part of an address, whatever it is.
fn encoded(text: &str) -> String {
    let one = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    text.bytes().map(one).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_place_is_filled_in_as_it_is_written_there() {
        let lever: Lever = serde_json::from_value(json!({
            "pull": {
                "url": "http://ops.example/a/{account.name}?zone={zone}",
                "headers": { "x-who": "{account.name}" },
                "body": { "percent": "{percent}", "note": "at {percent} %", "zones": ["{zone}"], "plain": "{ {Zone} {\"x\"" },
            },
            "values": { "zone": { "guangzhou-3": 100_003 } },
        }))
        .expect("a lever");
        let fillings: Fillings =
            [("account.name", json!("../Ana & {zone}")), ("zone", json!("guangzhou-3")), ("percent", json!(110))]
                .map(|(name, value)| (name.to_owned(), value))
                .into();
        let asked = lever.fill(&lever.pull, &fillings).expect("filled in");
        assert_eq!(asked.url, "http://ops.example/a/..%2FAna%20%26%20%7Bzone%7D?zone=100003");
        assert_eq!(asked.headers[0].1.expose_secret(), "../Ana & {zone}");
        assert_eq!(
            asked.body,
            Some(json!({ "percent": 110, "note": "at 110 %", "zones": [100_003], "plain": "{ {Zone} {\"x\"" }))
        );
        let other = Fillings::from([("zone".to_owned(), json!("guangzhou-6"))]);
        let refused = lever.fill(&lever.pull, &other).err().expect("two are missing");
        assert_eq!(refused, "nothing is known for {account.name}");
    }
}
