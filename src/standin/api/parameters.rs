//! What a request to the API asks for: a JSON object, each of its fields typed.

use serde_json::{Map, Value};

use super::Refused;

/// The parameters of a request.
pub(super) struct Parameters(Map<String, Value>);

fn mistyped(name: &str, kind: &str) -> Refused {
    Refused::new("InvalidParameter", format!("The value type of parameter `{name}` is not valid, it must be {kind}."))
}

impl Parameters {
    pub(super) fn read(body: &[u8]) -> Result<Self, Refused> {
        match serde_json::from_slice(body) {
            Ok(Value::Object(fields)) => Ok(Self(fields)),
            _ => Err(Refused::new("InvalidRequest", "The request body is no JSON object.")),
        }
    }

    /// Nothing but these may be asked for.
    pub(super) fn only(&self, known: &[&str]) -> Result<(), Refused> {
        match self.0.keys().find(|key| !known.contains(&key.as_str())) {
            Some(unknown) => {
                Err(Refused::new("UnknownParameter", format!("The parameter `{unknown}` is not recognized.")))
            }
            None => Ok(()),
        }
    }

    fn needed<T>(name: &str, value: Option<T>) -> Result<T, Refused> {
        value.ok_or_else(|| {
            Refused::new("MissingParameter", format!("The request is missing a required parameter `{name}`."))
        })
    }

    pub(super) fn text(&self, name: &str) -> Result<Option<&str>, Refused> {
        self.0.get(name).map(|value| value.as_str().ok_or_else(|| mistyped(name, "String"))).transpose()
    }

    pub(super) fn needed_text(&self, name: &str) -> Result<&str, Refused> {
        Self::needed(name, self.text(name)?)
    }

    pub(super) fn number(&self, name: &str) -> Result<Option<i64>, Refused> {
        self.0.get(name).map(|value| value.as_i64().ok_or_else(|| mistyped(name, "Integer"))).transpose()
    }

    pub(super) fn needed_number(&self, name: &str) -> Result<i64, Refused> {
        Self::needed(name, self.number(name)?)
    }

    pub(super) fn texts(&self, name: &str) -> Result<Option<Vec<&str>>, Refused> {
        let Some(value) = self.0.get(name) else { return Ok(None) };
        let texts = value.as_array().and_then(|all| all.iter().map(Value::as_str).collect());
        texts.map(Some).ok_or_else(|| mistyped(name, "Array of String"))
    }

    pub(super) fn needed_texts(&self, name: &str) -> Result<Vec<&str>, Refused> {
        Self::needed(name, self.texts(name)?)
    }
}
