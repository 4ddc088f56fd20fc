//! What a refusal of a profile must not quote: values that variables gave, and whatever stands where secrets stand.

use secrecy::SecretString;
use serde_yaml::Value;
use url::Url;

use crate::evidence::Redaction;

/// The part of a profile in which the same words are keys of what is on a page, such as the field for a password. A secret that stands
/// in any other, rightly or not, is one.
const OF_PAGES: &str = "pages";

/// Keys below which secrets stand.
const PLACES: [&str; 8] =
    ["password", "one-time-code", "session", "api-key", "secret-id", "secret-key", "headers", "cookies"];

/// Values that are not to be quoted, each with what is said in its place.
#[derive(Default)]
pub(super) struct Private {
    hidden: Vec<(String, String)>,
    /// What variables gave to levers, which are pulled with it while the run goes on.
    levers: Vec<SecretString>,
}

impl Private {
    /// Adds what a variable gave: the text `given`, said as the profile writes it.
    pub(super) fn add(&mut self, given: &str, written: &str) {
        // A refusal may quote just the host of an address.
        if let Some(host) = Url::parse(given).ok().and_then(|url| url.host_str().map(str::to_owned)) {
            self.hidden.push((host, format!("the host of {written}")));
        }
        self.hidden.push((given.to_owned(), written.to_owned()));
    }

    /// Adds what a variable gave to a lever.
    pub(super) fn add_of_levers(&mut self, given: &str) {
        self.levers.push(given.into());
    }

    /// What variables gave to levers.
    pub(super) fn of_levers(self) -> Vec<SecretString> {
        self.levers
    }

    /// Adds what stands in a profile's places for secrets.
    pub(super) fn add_places(&mut self, profile: &Value) {
        let parts = profile.as_mapping().into_iter().flatten().filter(|(part, _)| part.as_str() != Some(OF_PAGES));
        parts.for_each(|(part, value)| self.add_of(part, value, false));
    }

    fn add_of(&mut self, key: &Value, value: &Value, secret: bool) {
        let place = key.as_str().is_some_and(|key| PLACES.contains(&key));
        self.add_below(value, secret || place);
    }

    fn add_below(&mut self, value: &Value, secret: bool) {
        let scalar = match value {
            Value::Mapping(mapping) => {
                return mapping.iter().for_each(|(key, inner)| self.add_of(key, inner, secret));
            }
            Value::Sequence(items) => return items.iter().for_each(|item| self.add_below(item, secret)),
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            Value::Bool(truth) => truth.to_string(),
            Value::Null | Value::Tagged(_) => return,
        };
        if secret {
            self.hidden.push((scalar, "‹not shown›".to_owned()));
        }
    }

    /// The text without them.
    pub(super) fn hidden(&self, text: &str) -> String {
        let mut all: Vec<&(String, String)> = self.hidden.iter().filter(|(value, _)| !value.is_empty()).collect();
        all.sort_by_key(|(value, _)| std::cmp::Reverse(value.len()));
        let long = |value: &str| value.chars().count() >= 4;
        let hidden = all.iter().fold(text.to_owned(), |text, (value, said)| {
            let debug = format!("{value:?}");
            let inner = &debug[1..debug.len() - 1];
            if long(value) {
                text.replace(value.as_str(), said).replace(inner, said)
            } else {
                // Within a word a short value is somebody else's letters.
                whole_words(&whole_words(&text, value, said), inner, said)
            }
        });
        let long: Vec<&str> = all.iter().map(|(value, _)| value.as_str()).filter(|value| long(value)).collect();
        Redaction::of(&long).text(&hidden)
    }
}

/// The text with `other` for each `word` that white space or quotes stand round.
fn whole_words(text: &str, word: &str, other: &str) -> String {
    let apart = |c: Option<char>| c.is_none_or(|c| c.is_whitespace() || "\"'`".contains(c));
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(word) {
        let (before, after) = (&rest[..at], &rest[at + word.len()..]);
        let whole = apart(before.chars().next_back().or(out.chars().next_back())) && apart(after.chars().next());
        out.push_str(before);
        out.push_str(if whole { other } else { word });
        rest = after;
    }
    out + rest
}
