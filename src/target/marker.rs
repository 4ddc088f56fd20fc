//! What tells a test target from the real one.

use std::fmt;

use schemars::JsonSchema;
use serde::Deserialize;

use super::Locator;

/// What every page of a test target carries and no page of the real one does.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "Written")]
pub enum Marker {
    /// A header of the page's answer, and its value.
    Header(String, String),
    /// `<meta name=… content=…>`.
    Meta(String, String),
    /// A cookie of the page, and its value.
    Cookie(String, String),
    /// Something that can be seen on it.
    Shown(Box<Locator>),
}

/// A marker as profiles write it: `{ header: x-environment, is: staging }`, `{ meta: environment, is: staging }`,
/// `{ cookie: environment, is: staging }` or `{ shown: <locator> }`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Written {
    /// The name of a header of each page's answer.
    header: Option<String>,
    /// The name of a meta element.
    meta: Option<String>,
    /// The name of a cookie.
    cookie: Option<String>,
    /// The value of header, meta element or cookie.
    is: Option<String>,
    /// What can be seen on each page.
    shown: Option<Locator>,
}

impl TryFrom<Written> for Marker {
    type Error = String;
    fn try_from(w: Written) -> Result<Self, String> {
        match (w.header, w.meta, w.cookie, w.shown, w.is) {
            (Some(name), None, None, None, Some(value)) => Ok(Self::Header(name.to_lowercase(), value)),
            (None, Some(name), None, None, Some(value)) => Ok(Self::Meta(name, value)),
            (None, None, Some(name), None, Some(value)) => Ok(Self::Cookie(name, value)),
            (None, None, None, Some(locator), None) => Ok(Self::Shown(Box::new(locator))),
            _ => {
                Err("a marker is one of header, meta and cookie, with is: and its value, or shown: and a locator"
                    .into())
            }
        }
    }
}

impl fmt::Display for Marker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Header(name, value) => write!(f, "the header {name}: {value}"),
            Self::Meta(name, value) => write!(f, "the meta element {name:?} with {value:?}"),
            Self::Cookie(name, value) => write!(f, "the cookie {name}={value}"),
            Self::Shown(locator) => write!(f, "{locator}"),
        }
    }
}
