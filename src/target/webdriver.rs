//! The driver or grid that browsers are run on, where that is not one of this machine.

use std::{fmt, time::Duration};

use schemars::JsonSchema;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor, value::MapAccessDeserializer},
};
use serde_json::{Map, Value};

use super::{
    profile::{Objection, base_url},
    wording::duration,
};

/// A driver or grid: its address alone, or a mapping.
#[derive(Debug, Clone, JsonSchema)]
#[schemars(untagged)]
pub enum WebDriver {
    /// Its address.
    At(String),
    /// What else is to be known of it.
    With(Box<RemoteEnd>),
}

/// A driver or grid, such as a Selenium Grid.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RemoteEnd {
    /// Its address, such as `https://grid.example.com:4444`.
    pub url: String,
    /// Who one is there, where it asks for that (Basic authentication).
    pub user: Option<String>,
    /// The password of that user; from a variable: `${GRID_PASSWORD}`.
    #[schemars(with = "Option<String>")]
    pub password: Option<SecretString>,
    /// What a session is asked for beside what the suite needs, such as `{ browserVersion: "128", platformName: linux }`.
    #[serde(default)]
    pub capabilities: Map<String, Value>,
    /// How long a session is waited for while all slots are taken.
    #[serde(deserialize_with = "duration", default = "five_minutes")]
    #[schemars(with = "String", default)]
    pub queue: Duration,
}

/// As long as a Selenium Grid itself keeps a request in its queue, unless told.
const fn five_minutes() -> Duration {
    Duration::from_secs(5 * 60)
}

/// By hand, so that a refusal names the key of the mapping that is wrong.
impl<'de> Deserialize<'de> for WebDriver {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = WebDriver;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an address, or a mapping with url, user, password, capabilities and queue")
            }

            fn visit_str<E>(self, address: &str) -> Result<WebDriver, E> {
                Ok(WebDriver::At(address.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<WebDriver, A::Error> {
                RemoteEnd::deserialize(MapAccessDeserializer::new(map)).map(|end| WebDriver::With(Box::new(end)))
            }
        }
        deserializer.deserialize_any(Either)
    }
}

impl WebDriver {
    /// All that is said of it.
    #[must_use]
    pub fn end(&self) -> RemoteEnd {
        match self {
            Self::At(url) => RemoteEnd {
                url: url.clone(),
                user: None,
                password: None,
                capabilities: Map::new(),
                queue: five_minutes(),
            },
            Self::With(end) => RemoteEnd::clone(end),
        }
    }

    pub(super) fn check(&self) -> Result<(), Objection> {
        let end = self.end();
        base_url(&end.url, 80).map_err(|what| {
            let mend = "write it as http://127.0.0.1:4444; user and password are keys of their own: { url: …, user: …, password: … }";
            (vec!["webdriver"], what, mend.into())
        })?;
        match (&end.user, &end.password) {
            (None, None) => Ok(()),
            (Some(user), Some(_)) if user.is_empty() || user.contains(':') => Err((
                vec!["webdriver"],
                format!("{user:?} is no user of a grid: it may not be empty, nor have a colon (RFC 7617)"),
                "correct it, or leave user and password out".into(),
            )),
            (Some(_), Some(password)) if password.expose_secret().is_empty() => Err((
                vec!["webdriver"],
                "the password for the grid is empty".into(),
                "set its variable, or leave user and password out".into(),
            )),
            (Some(_), Some(_)) => Ok(()),
            _ => Err((
                vec!["webdriver"],
                "a grid is told both user and password, or neither".into(),
                "add the other: user: suite, password: ${GRID_PASSWORD}".into(),
            )),
        }
    }
}
