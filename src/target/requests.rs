//! Which request of a page is meant where a scenario holds it or has it fail.

use std::fmt;

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Likeness, Text, profile::Objection};

/// The requests that scenarios hold or have fail, in the buyer's browser.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Requests {
    /// Asks for the price of what is chosen.
    pub price: Option<RequestRule>,
    /// Confirms the purchase: what it is answered with can be lost, and the purchase is made all the same.
    pub confirmation: Option<RequestRule>,
}

/// How a request is known.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RequestRule {
    /// Its method, such as `POST`. Any, unless said; but not what browsers ask first of their own (`OPTIONS`).
    pub method: Option<String>,
    /// Its address with its query, without a fragment.
    pub url: Text,
}

impl RequestRule {
    /// Whether this request is meant. `url` may have a fragment.
    #[must_use]
    pub fn means(&self, method: &str, url: &str) -> bool {
        let is_method = self.method.as_ref().map_or(method != "OPTIONS", |meant| meant == method);
        is_method && self.url.admits(url.split('#').next().unwrap_or_default())
    }
}

impl fmt::Display for RequestRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method.as_deref().unwrap_or("any method,"), self.url)
    }
}

impl Requests {
    /// As profiles and tags call them.
    pub(super) const KEYS: [&str; 2] = ["price", "confirmation"];

    /// What the profile says of a request, by its key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&RequestRule> {
        match key {
            "price" => self.price.as_ref(),
            "confirmation" => self.confirmation.as_ref(),
            _ => None,
        }
    }

    pub(super) fn check(&self) -> Result<(), Objection> {
        for key in Self::KEYS {
            let Some(rule) = self.get(key) else { continue };
            if let Some(method) = &rule.method
                && (method.is_empty() || !method.bytes().all(|byte| byte.is_ascii_uppercase()))
            {
                return Err((
                    vec!["requests", key, "method"],
                    format!("{method:?} is no method of a request"),
                    "write it as POST".into(),
                ));
            }
            let (Text::Is(text)
            | Text::Like(
                Likeness::Contains(text) | Likeness::Starts(text) | Likeness::Matches(text) | Likeness::Amount(text),
            )) = &rule.url;
            if text.is_empty() {
                return Err((
                    vec!["requests", key, "url"],
                    "every address is like this one".into(),
                    "write what tells the request from all others, such as { contains: /price? }".into(),
                ));
            }
            if let Text::Like(Likeness::Matches(pattern)) = &rule.url {
                regex::Regex::new(pattern).map_err(|error| {
                    (
                        vec!["requests", key, "url"],
                        format!("{pattern:?} is no regular expression: {error}"),
                        "correct the pattern".into(),
                    )
                })?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_meant_by_address_and_by_method_where_one_is_said() {
        let rule = |yaml: &str| -> RequestRule { serde_yaml::from_str(yaml).expect(yaml) };
        let any = rule("{ url: { contains: /price } }");
        let post = rule("{ method: POST, url: { matches: '/confirm$' } }");
        for (rule, method, url, meant) in [
            (&any, "GET", "https://buy.example.com/price?x=1", true),
            (&any, "POST", "https://buy.example.com/price", true),
            (&any, "OPTIONS", "https://buy.example.com/price", false),
            (&any, "GET", "https://buy.example.com/buy#/price", false),
            (&post, "POST", "https://buy.example.com/confirm#top", true),
            (&post, "GET", "https://buy.example.com/confirm", false),
            (&post, "POST", "https://buy.example.com/confirm/status", false),
        ] {
            assert_eq!(rule.means(method, url), meant, "{rule}: {method} {url}");
        }
    }
}
