//! How a target writes things: the words for what can be chosen, how a choice is made, amounts and numbers.

use std::{collections::BTreeMap, time::Duration};

use anyhow::Context as _;
use jiff::civil::Date;
use regex::Regex;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, de};
use serde_untagged::UntaggedEnumVisitor;

use super::{Locator, Text, locator::regex_escape};
use crate::domain::Money;

/// The words for the values of one field.
#[derive(Debug, Clone, JsonSchema)]
#[schemars(untagged)]
pub enum Words {
    /// One way of writing for all values; `{n}` stands for the number.
    Every(String),
    /// By the value's key, such as `guangzhou`. A message may be known by less than the whole of it.
    Each(BTreeMap<String, Text>),
}

impl<'de> Deserialize<'de> for Words {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        UntaggedEnumVisitor::new()
            .expecting("a text in quotes, or a text for each value")
            .string(|every| Ok(Self::Every(every.to_owned())))
            .map(|each| each.deserialize().map(Self::Each))
            .deserialize(deserializer)
    }
}

impl Words {
    /// How the value is written, or `None` where the profile does not know the value.
    #[must_use]
    pub fn word(&self, key: &str) -> Option<String> {
        match self {
            Self::Every(template) => Some(template.replace("{n}", key)),
            Self::Each(words) => words.get(key).and_then(written).map(str::to_owned),
        }
    }

    /// How a page says what has this key, which it may be known by a part of; `None` where the profile does not know it.
    #[must_use]
    pub fn text(&self, key: &str) -> Option<Text> {
        match self {
            Self::Every(template) => Some(Text::Is(template.replace("{n}", key))),
            Self::Each(words) => words.get(key).cloned(),
        }
    }

    /// The keys that are worded one by one.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        let each = match self {
            Self::Every(_) => None,
            Self::Each(words) => Some(words.keys().map(String::as_str)),
        };
        each.into_iter().flatten()
    }

    /// The first word that is given by less than the whole of it.
    pub(super) fn partial(&self) -> Option<&str> {
        match self {
            Self::Every(_) => None,
            Self::Each(words) => words.iter().find(|(_, text)| written(text).is_none()).map(|(key, _)| key.as_str()),
        }
    }

    /// The first value and its word, for whoever wants any of them; `None` where the profile names no value.
    #[must_use]
    pub fn first(&self) -> Option<(&str, String)> {
        match self {
            Self::Every(_) => None,
            Self::Each(words) => words.iter().find_map(|(key, word)| Some((key.as_str(), written(word)?.to_owned()))),
        }
    }

    /// The key of the value that a page shows, `shown` being how the page writes a word.
    #[must_use]
    pub fn key(&self, seen: &str, shown: impl Fn(&str) -> Text) -> Option<String> {
        match self {
            Self::Each(words) => words
                .iter()
                .find(|(_, word)| written(word).is_some_and(|word| shown(word).admits(seen)))
                .map(|(key, _)| key.clone()),
            Self::Every(template) => {
                let numbers = Regex::new("[0-9]+").ok()?;
                numbers
                    .find_iter(seen)
                    .map(|number| number.as_str())
                    .find(|number| shown(&template.replace("{n}", number)).admits(seen))
                    .map(str::to_owned)
            }
        }
    }
}

/// A word that is given whole.
fn written(text: &Text) -> Option<&str> {
    match text {
        Text::Is(word) => Some(word),
        Text::Like(_) => None,
    }
}

/// The words for everything that pages write about a purchase, by the key of the field. Beside the fields of the
/// purchase page there are `replicas` (short), `status`, `order-status`, `character-set`, `table-names` and `sync-mode`.
pub type Vocabulary = BTreeMap<String, Words>;

/// How a choice is made on a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum How {
    /// A click on one of several that all can be seen: radio buttons, segments, cards, tabs.
    Options,
    /// A native select.
    Select,
    /// A click opens a list (anywhere on the page), a click in it chooses.
    Menu,
    /// Typed, and committed by leaving the field.
    Field,
    /// Ticked or not.
    Checkbox,
}

/// A field in which something is chosen.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Choice {
    /// How the choice is made.
    pub how: How,
    /// The field itself: the group, select, input or tick box; of a menu what opens it and then shows what is chosen.
    pub control: Locator,
    /// One option, `{option}` standing for its word (options and menus). Looked for inside the control (options) or on
    /// the whole page (menus) unless it says where.
    pub option: Option<Locator>,
    /// How an option of a select, or the chosen one of a menu, is written; `{option}` stands for its word.
    #[serde(default = "whole_option")]
    pub shows: Text,
    /// What the page says of the field: refusals and hints.
    pub message: Option<Locator>,
}

fn whole_option() -> Text {
    Text::Is("{option}".into())
}

/// A fact that a page shows: where, and how it is written (`{value}` stands for the word).
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Fact {
    /// Where.
    pub at: Locator,
    /// How.
    #[serde(default = "whole_value")]
    pub shows: Text,
}

fn whole_value() -> Text {
    Text::Is("{value}".into())
}

/// How amounts, numbers and dates are written.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Formats {
    /// An amount; `{amount}` stands for its figures with two decimals.
    pub money: String,
    /// An order number, as a regular expression over the whole of it.
    pub order_number: String,
    /// An instance id, as a regular expression over the whole of it.
    pub instance_id: String,
    /// A day or moment, as a regular expression over the whole of it. A day is read by its groups `year`, `month` and `day`, where it
    /// has them; else by its first three numbers, the year first.
    pub date: String,
    /// The configuration of an instance in one line: `{shards}`, `{memory}`, `{disk}`, `{replicas}`.
    pub configuration: String,
}

impl Formats {
    /// A shape of this profile wherever it occurs in a text.
    ///
    /// # Errors
    /// When it is no regular expression.
    pub fn anywhere(shape: &str) -> anyhow::Result<Regex> {
        Regex::new(shape).with_context(|| format!("the shape {shape}"))
    }

    /// Reads an amount as this target writes it.
    ///
    /// # Errors
    /// When it is written otherwise.
    pub fn read_money(&self, text: &str) -> anyhow::Result<Money> {
        let (before, after) = self.money.split_once("{amount}").unwrap_or((&self.money, ""));
        let figures = text
            .strip_prefix(before)
            .and_then(|rest| rest.strip_suffix(after))
            .with_context(|| format!("{text:?} is no amount written as {:?}", self.money))?;
        Money::parse_figures(figures).with_context(|| format!("reading {text:?}"))
    }

    /// An amount as this target writes it, with or without thousands separators.
    #[must_use]
    pub fn write_money(&self, amount: Money) -> Text {
        let figures = amount.to_string().replace('¥', "");
        Text::Like(super::Likeness::Amount(self.money.replace("{amount}", &figures)))
    }

    /// A text that is an amount and nothing else.
    #[must_use]
    pub fn any_money(&self) -> Text {
        Text::Like(super::Likeness::Matches(format!(
            "^{}$",
            regex_escape(&self.money).replace(r"\{amount\}", r"-?[0-9][0-9,]*\.[0-9]{2}")
        )))
    }

    /// The day of a text, as this target writes it. `None` where it is none, or cannot be told.
    #[must_use]
    pub fn read_day(&self, text: &str) -> Option<Date> {
        let found = Self::whole(&self.date).ok()?.captures(text)?;
        let named = |group: &str| Some(found.name(group)?.as_str());
        let in_order = Regex::new(r"^\D*(\d{4})\D+(\d{1,2})\D+(\d{1,2})(?:\D|$)").ok()?.captures(text);
        let [year, month, day] = match (named("year"), named("month"), named("day")) {
            (Some(year), Some(month), Some(day)) => [year, month, day],
            _ => in_order?.extract().1,
        };
        Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
    }

    /// The pattern of one of the formats, over the whole of a text.
    ///
    /// # Errors
    /// When it is no regular expression.
    pub fn whole(pattern: &str) -> anyhow::Result<Regex> {
        Regex::new(&format!("^(?:{pattern})$")).with_context(|| format!("{pattern:?} is no regular expression"))
    }
}

/// Durations as profiles write them: `300ms`, `5s`, `10m`.
pub(super) fn duration<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    UntaggedEnumVisitor::new()
        .expecting("a duration with its unit, such as 300ms, 5s or 10m")
        .string(|text| {
            parse_duration(text)
                .ok_or_else(|| de::Error::custom(format!("{text:?} is no duration: write it as 300ms, 5s or 10m")))
        })
        .deserialize(deserializer)
}

/// A regular expression, as it is written.
pub(super) fn pattern<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let pattern = String::deserialize(deserializer)?;
    match Regex::new(&pattern) {
        Ok(_) => Ok(pattern),
        Err(error) => Err(de::Error::custom(format!("{pattern:?} is no regular expression: {error}"))),
    }
}

/// Several of them, each refused by its own place.
pub(super) fn patterns<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    struct Pattern(#[serde(deserialize_with = "pattern")] String);
    Ok(Vec::<Pattern>::deserialize(deserializer)?.into_iter().map(|Pattern(text)| text).collect())
}

fn parse_duration(text: &str) -> Option<Duration> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let number: f64 = digits.parse().ok().filter(|number: &f64| number.is_finite() && *number >= 0.0)?;
    let unit = match &text[digits.len()..] {
        "ms" => 0.001,
        "s" => 1.0,
        "m" => 60.0,
        _ => return None,
    };
    Duration::try_from_secs_f64(number * unit).ok()
}
