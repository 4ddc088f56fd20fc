//! The size of the browser's window.

use std::{fmt, str::FromStr};

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, de};
use serde_untagged::UntaggedEnumVisitor;

/// The size of a window, px.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(into = "String")]
#[schemars(with = "String")]
pub struct Window {
    /// How wide it is.
    pub width: u32,
    /// How high it is.
    pub height: u32,
}

impl Default for Window {
    fn default() -> Self {
        Self { width: 1280, height: 900 }
    }
}

impl FromStr for Window {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let side = |text: &str| text.parse::<u32>().ok().filter(|side| (200..=8000).contains(side));
        let sides = text.split_once('x').and_then(|(width, height)| Some((side(width)?, side(height)?)));
        let (width, height) = sides.ok_or_else(|| {
            format!("{text:?} is no size of a window: write it as 1280x900, from 200 to 8000 px each")
        })?;
        Ok(Self { width, height })
    }
}

impl<'de> Deserialize<'de> for Window {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        UntaggedEnumVisitor::new()
            .expecting("the size of a window, such as 1280x900")
            .string(|text| text.parse().map_err(de::Error::custom))
            .deserialize(deserializer)
    }
}

impl From<Window> for String {
    fn from(window: Window) -> Self {
        window.to_string()
    }
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}x{}", self.width, self.height)
    }
}
