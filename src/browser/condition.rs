//! What may be expected of an element.

use std::time::Duration;

use serde::{Serialize, Serializer};

use crate::target::Text;

/// What may be expected of an element.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "is", content = "of", rename_all = "lowercase")]
pub enum Condition {
    /// One is there and can be seen.
    Visible,
    /// At least one can be seen, and has been for so long: what is said may be said in several places.
    Said(#[serde(serialize_with = "milliseconds")] Duration),
    /// None can be seen.
    Absent,
    /// It can be used.
    Enabled,
    /// It cannot be used now.
    Disabled,
    /// None can be seen, or the one that is cannot be used: to a person it is not on offer either way.
    Unoffered,
    /// It is chosen, ticked or pressed.
    Checked,
    /// It is not.
    Unchecked,
    /// It is a box to tick or a radio, or the label of one; the reading is that one's.
    Box,
    /// That one is ticked.
    Ticked,
    /// Its value (of a control) is this.
    Value(Text),
    /// It shows this.
    Shows(Text),
    /// It shows this, and has not changed for this long.
    Settled(Text, #[serde(serialize_with = "milliseconds")] Duration),
    /// So many of them can be seen.
    Count(usize),
}

fn milliseconds<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u128(duration.as_millis())
}

impl Condition {
    /// It holds where there is nothing at all.
    pub(super) const fn is_met_by_nothing(&self) -> bool {
        matches!(self, Self::Absent | Self::Unoffered | Self::Count(0))
    }

    /// It in words, after `should`.
    pub(super) fn words(&self) -> String {
        match self {
            Self::Visible | Self::Said(Duration::ZERO) => "be there".into(),
            Self::Said(since) => format!("be there for {} s", since.as_secs_f64()),
            Self::Absent => "not be there".into(),
            Self::Enabled => "be enabled".into(),
            Self::Disabled => "be disabled".into(),
            Self::Unoffered => "not be on offer".into(),
            Self::Checked => "be chosen".into(),
            Self::Unchecked => "not be chosen".into(),
            Self::Box => "be a box to tick, or a radio".into(),
            Self::Ticked => "be ticked".into(),
            Self::Value(text) => format!("hold {text}"),
            Self::Shows(text) | Self::Settled(text, _) => format!("show {text}"),
            Self::Count(count) => format!("be there {count} times"),
        }
    }
}
