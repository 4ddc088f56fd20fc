//! How dialogs of the browser's own are answered.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Page, Text};

/// A dialog of the browser's own that is answered wherever it comes, and how.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct DialogRule {
    /// Where the press was that opened it; anywhere, unless said.
    pub page: Option<Page>,
    /// What it says.
    pub text: Text,
    /// The answer.
    #[serde(deserialize_with = "serde_yaml::with::singleton_map::deserialize")]
    pub reply: Reply,
}

/// An answer to a dialog.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Reply {
    /// OK. What pays, terminates or returns is not agreed to by a profile, but after the press that was permitted.
    Accept,
    /// Cancel; for an alert, that it was read.
    Dismiss,
    /// This text, and OK, as to a prompt.
    Text(String),
}

impl Reply {
    /// Whether it is OK.
    #[must_use]
    pub const fn accepts(&self) -> bool {
        matches!(self, Self::Accept | Self::Text(_))
    }

    /// What is typed into a prompt before that.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }
}
