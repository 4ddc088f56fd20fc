//! How addresses of pages write what was chosen, for a buyer who edits one by hand.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};
use serde_untagged::UntaggedEnumVisitor;
use url::{Url, form_urlencoded};

use super::{Catalogue, profile::Objection};

/// The pages whose addresses write what was chosen.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Addresses {
    /// The check page's, by the keys of the choices.
    #[serde(default)]
    pub check: BTreeMap<String, Parameter>,
}

/// How an address writes a field: in this parameter of its query, or of the query in its fragment.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema)]
#[schemars(untagged)]
pub enum Parameter {
    /// Its values are written as the keys of the field's words are, such as `12` for 12 months.
    Named(String),
    /// Its values are written in the target's own way.
    Spelled(Spelled),
}

/// A parameter with values of its own.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Spelled {
    /// Its name.
    pub parameter: String,
    /// How values are written, by the keys of the field's words; one that is not here as its key.
    pub values: BTreeMap<String, String>,
}

impl<'de> Deserialize<'de> for Parameter {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        UntaggedEnumVisitor::new()
            .expecting("the name of a parameter, or parameter and values")
            .string(|name| Ok(Self::Named(name.to_owned())))
            .map(|spelled| spelled.deserialize().map(Self::Spelled))
            .deserialize(deserializer)
    }
}

impl Parameter {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Named(name) | Self::Spelled(Spelled { parameter: name, .. }) => name,
        }
    }

    /// How it writes the value of this key.
    fn spelling<'a>(&'a self, key: &'a str) -> &'a str {
        match self {
            Self::Named(_) => key,
            Self::Spelled(spelled) => spelled.values.get(key).map_or(key, String::as_str),
        }
    }

    /// The address with another value in this parameter, and all else as it was; `None` where it has no such parameter.
    #[must_use]
    pub fn edited(&self, address: &Url, key: &str) -> Option<Url> {
        let value = self.spelling(key);
        let mut edited = address.clone();
        if let Some(query) = address.query().and_then(|query| with(query, self.name(), value)) {
            edited.set_query(Some(&query));
            return Some(edited);
        }
        let (path, query) = address.fragment()?.split_once('?')?;
        edited.set_fragment(Some(&format!("{path}?{}", with(query, self.name(), value)?)));
        Some(edited)
    }
}

/// The query with this value wherever it has the parameter; `None` where it has not.
fn with(query: &str, name: &str, value: &str) -> Option<String> {
    let is_it = |pair: &str| form_urlencoded::parse(pair.as_bytes()).next().is_some_and(|(known, _)| known == name);
    query.split('&').any(is_it).then(|| {
        let written = form_urlencoded::Serializer::new(String::new()).append_pair(name, value).finish();
        let pairs = query.split('&').map(|pair| if is_it(pair) { written.as_str() } else { pair });
        pairs.collect::<Vec<_>>().join("&")
    })
}

impl Addresses {
    pub(super) fn check(&self, catalogue: &Catalogue) -> Result<(), Objection> {
        match self.check.keys().find(|key| !catalogue.fields.contains_key(*key)) {
            Some(unknown) => Err((
                vec!["address", "check"],
                format!("no field is called {unknown}"),
                format!("there are {}", catalogue.fields.keys().map(String::as_str).collect::<Vec<_>>().join(", ")),
            )),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_edited_in_one_parameter_and_stays_what_it_was_in_all_else() {
        let parameter = |yaml: &str| -> Parameter { serde_yaml::from_str(yaml).expect(yaml) };
        let disk = parameter("disk");
        let zone = parameter("{ parameter: z o, values: { beijing-3: 'bj 3' } }");
        for (parameter, key, before, after) in [
            (
                &disk,
                "15",
                "https://x.example/check?a=%20b+c&disk=500&t=1",
                Some("https://x.example/check?a=%20b+c&disk=15&t=1"),
            ),
            (&disk, "15", "https://x.example/#/check?disk=500&t=1", Some("https://x.example/#/check?disk=15&t=1")),
            (&zone, "beijing-3", "https://x.example/check?z%20o=1", Some("https://x.example/check?z+o=bj+3")),
            (&zone, "atlantis-1", "https://x.example/check?z+o=1", Some("https://x.example/check?z+o=atlantis-1")),
            (&disk, "15", "https://x.example/check?disks=500", None),
            (&disk, "15", "https://x.example/check", None),
        ] {
            let edited = parameter.edited(&before.parse().expect(before), key);
            assert_eq!(edited.as_ref().map(Url::as_str), after, "{before}");
        }
    }
}
