//! What a target sells: the fields of a purchase, their values, and what follows from what.

use std::{collections::BTreeMap, fmt};

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};
use serde_untagged::UntaggedEnumVisitor;

use super::profile::Objection;
use crate::{
    domain::{Failure, Field, Purchase, Region},
    nearest::did_you_mean,
};

/// What is sold, in the words of features and by the keys of this profile. How pages write it is said under `words:`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Catalogue {
    /// The fields of the purchase page, by their keys, in the order of the page.
    #[schemars(with = "BTreeMap<String, Item>")]
    pub fields: IndexMap<String, Item>,
    /// What an instance gets when it is initialised, in the order of the dialog.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, Item>")]
    pub initialisation: IndexMap<String, Item>,
    /// What features call the documented example (CONTRACT 3.3.19). Fields that the target lacks are left out.
    #[schemars(with = "BTreeMap<String, AsWritten>")]
    pub documented_example: Choices,
}

/// A field in which something is chosen.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Item {
    /// Its name in features; its key with spaces, unless said.
    pub called: Option<String>,
    /// How a choice is written.
    pub kind: Kind,
    /// The unit behind a number, such as GB; in the plural, such as months, where it has one.
    pub unit: Option<String>,
    /// The smallest number.
    pub from: Option<i64>,
    /// The largest number.
    pub to: Option<Largest>,
    /// Only numbers so far apart.
    pub step: Option<i64>,
    /// Only these numbers.
    #[serde(default)]
    pub among: Vec<i64>,
    /// The numbers that are recommended, where not all are.
    #[serde(default)]
    pub recommended: Vec<i64>,
    /// What there is to choose from, in the order of the page, by its keys. Any text where nothing is said.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, Value>")]
    pub values: IndexMap<String, Value>,
    /// What is chosen as the page opens; in the dialog to initialise, what is taken where a feature does not say. Of a field that
    /// follows another, the first value that can be had there.
    #[serde(default, deserialize_with = "written")]
    #[schemars(with = "Option<AsWritten>")]
    pub opens_with: Option<String>,
    /// The field before it that resets it: it is chosen anew when that one is.
    pub follows: Option<String>,
    /// It is there only while this is chosen: field and value.
    #[serde(default)]
    pub shown_with: BTreeMap<String, String>,
    /// The price may depend on it.
    #[serde(default = "yes")]
    pub priced: bool,
    /// It stands before this field on the page; after those of the profile that this one extends, unless said.
    pub before: Option<String>,
}

/// How a choice is written in features.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// As the name of one of several values.
    OneOf,
    /// As a number, with its unit where it has one.
    Number,
    /// As any text.
    Text,
    /// As on or off.
    OnOff,
}

/// A value of a field.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Value {
    /// Its name in features; its key, unless said.
    pub called: Option<String>,
    /// It is there only where one of these is chosen in the field that this one follows; everywhere, unless said.
    #[serde(default)]
    pub of: Vec<String>,
    /// Why it is shown and cannot be chosen.
    pub unavailable: Option<Unavailable>,
    /// Of a version: how many nodes each shard has, as the API counts them.
    pub nodes: Option<i64>,
    /// What is bought with it is paid by the hour: its price is that of an hour, nothing is charged at once, and a part of the balance
    /// is frozen.
    #[serde(default)]
    pub by_the_hour: bool,
}

/// Why something cannot be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Unavailable {
    /// None is left.
    SoldOut,
    /// No address is free in it.
    Full,
    /// Only accounts that are approved may.
    NeedsApproval,
    /// Nobody may.
    NotOffered,
}

impl fmt::Display for Unavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SoldOut => "it is sold out",
            Self::Full => "it is full",
            Self::NeedsApproval => "it needs approval",
            Self::NotOffered => "nobody is offered it",
        })
    }
}

/// The largest number of a field.
#[derive(Debug, Clone, JsonSchema)]
#[schemars(untagged)]
pub enum Largest {
    /// Always this one.
    Always(i64),
    /// By the value of another field: `{ shard-specification: { "2": 500, "4": 1000 } }`.
    By(BTreeMap<String, BTreeMap<String, i64>>),
}

impl<'de> Deserialize<'de> for Largest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        UntaggedEnumVisitor::new()
            .expecting("a number, or numbers by the values of another field")
            .i64(|number| Ok(Self::Always(number)))
            .map(|by| by.deserialize().map(Self::By))
            .deserialize(deserializer)
    }
}

/// A value as people write it in YAML: `guangzhou`, `500`, `on`.
#[derive(Debug, JsonSchema)]
#[schemars(untagged)]
pub(super) enum AsWritten {
    /// A name or key.
    Text(String),
    /// A number.
    Number(i64),
    /// `true` for on, `false` for off.
    Switch(bool),
}

impl<'de> Deserialize<'de> for AsWritten {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        UntaggedEnumVisitor::new()
            .expecting("a name, a number, true or false")
            .string(|text| Ok(Self::Text(text.to_owned())))
            .i64(|number| Ok(Self::Number(number)))
            .bool(|on| Ok(Self::Switch(on)))
            .deserialize(deserializer)
    }
}

impl AsWritten {
    fn text(self) -> String {
        match self {
            Self::Text(text) => text,
            Self::Number(number) => number.to_string(),
            Self::Switch(on) => if on { "on" } else { "off" }.to_owned(),
        }
    }
}

fn written<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(Option::<AsWritten>::deserialize(deserializer)?.map(AsWritten::text))
}

const fn yes() -> bool {
    true
}

/// Choices as a profile writes them: by names in features or by keys.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(from = "IndexMap<String, AsWritten>")]
pub struct Choices(Vec<(String, String)>);

impl From<IndexMap<String, AsWritten>> for Choices {
    fn from(written: IndexMap<String, AsWritten>) -> Self {
        Self(written.into_iter().map(|(field, value)| (field, value.text())).collect())
    }
}

impl Item {
    fn name(&self, key: &str) -> String {
        self.called.clone().unwrap_or_else(|| key.replace('-', " "))
    }

    /// What it takes, as features write it.
    fn takes(&self) -> String {
        let unit = self.unit.as_ref().map(|unit| format!(" {unit}")).unwrap_or_default();
        match self.kind {
            Kind::Text => "any text".to_owned(),
            Kind::OneOf if self.values.is_empty() => "any text".to_owned(),
            Kind::OneOf => self.values.keys().map(|key| self.value_name(key)).collect::<Vec<_>>().join(", "),
            Kind::Number if !self.among.is_empty() => {
                let among: Vec<String> = self.among.iter().map(ToString::to_string).collect();
                format!("{}{unit}", among.join(", "))
            }
            Kind::Number => format!("a number{unit}"),
            Kind::OnOff => "on, off".to_owned(),
        }
    }

    /// What features call a value.
    fn value_name<'a>(&'a self, key: &'a str) -> &'a str {
        self.values.get(key).and_then(|value| value.called.as_deref()).unwrap_or(key)
    }

    /// The key of a value, `name` being that of the field.
    fn key_of(&self, name: &str, text: &str) -> Result<String, String> {
        match self.kind {
            Kind::Text => Ok(text.to_owned()),
            Kind::OneOf if self.values.is_empty() => Ok(text.to_owned()),
            Kind::OneOf => {
                let is_it = |(key, _): &(&String, &Value)| *key == text || self.value_name(key) == text;
                self.values.iter().find(is_it).map(|(key, _)| key.clone()).ok_or_else(|| {
                    let known: Vec<&str> = self.values.keys().map(|key| self.value_name(key)).collect();
                    let meant = did_you_mean(text, known.iter().copied());
                    format!("{text} is no {name} here; there are {}{meant}", known.join(", "))
                })
            }
            Kind::Number => {
                let unit = self.unit.as_deref().unwrap_or_default();
                let bare = text.strip_suffix(unit).or_else(|| text.strip_suffix(unit.trim_end_matches('s')));
                let digits = bare.unwrap_or(text).trim_end();
                digits.parse::<i64>().map(|number| number.to_string()).map_err(|_| {
                    let of = if unit.is_empty() { String::new() } else { format!(" of {unit}") };
                    format!("{text:?} is no value for {name}: write it as a number{of}")
                })
            }
            Kind::OnOff => match text {
                "on" | "off" => Ok(text.to_owned()),
                _ => Err(format!("{text:?} is no value for {name}: write on or off")),
            },
        }
    }

    fn largest(&self, others: &Purchase) -> Option<i64> {
        match self.to.as_ref()? {
            Largest::Always(largest) => Some(*largest),
            Largest::By(fields) => {
                fields.iter().filter_map(|(field, by)| by.get(others.get(Field::of(field))?)).copied().min()
            }
        }
    }

    /// Refuses what is no key of a value, `name` being that of the field. Names are for features, and for what reads as they do.
    fn refuse_no_key(&self, name: &str, text: &str) -> Result<(), String> {
        match self.key_of(name, text)? {
            key if key == text => Ok(()),
            key => Err(format!("{text} is no key of {name}, but the name of {key}; write {key}")),
        }
    }
}

impl Catalogue {
    /// The fields, in the order of the page.
    #[must_use]
    pub fn in_order(&self) -> Vec<(Field, &Item)> {
        let mut order: Vec<(Field, &Item)> = Vec::new();
        for (key, item) in &self.fields {
            let before = item.before.as_deref();
            let at = order.iter().position(|(field, _)| Some(field.key()) == before).unwrap_or(order.len());
            order.insert(at, (Field::of(key), item));
        }
        order
    }

    /// The field that features call so, or that has this key.
    ///
    /// # Errors
    /// Class test: there is none; says which there are.
    pub fn field(&self, words: &str) -> Result<Field, Failure> {
        let is_it = |(key, item): &(&String, &Item)| *key == words || item.name(key) == words;
        self.fields.iter().find(is_it).map(|(key, _)| Field::of(key)).ok_or_else(|| {
            let known: Vec<String> = self.in_order().iter().map(|(field, item)| item.name(field.key())).collect();
            let meant = did_you_mean(words, known.iter().map(String::as_str));
            let known = known.join(", ");
            Failure::test(format!("{words} is no field of the purchase page here; there are {known}{meant}"))
        })
    }

    /// The fields, and what they take as features write it.
    pub fn told(&self) -> impl Iterator<Item = (String, String)> {
        self.in_order().into_iter().map(|(field, item)| (item.name(field.key()), item.takes()))
    }

    /// What features call a field.
    #[must_use]
    pub fn name_of(&self, field: Field) -> String {
        self.fields.get(field.key()).map_or_else(|| field.to_string(), |item| item.name(field.key()))
    }

    /// What features call a value of a field.
    #[must_use]
    pub fn written(&self, field: Field, key: &str) -> String {
        let Some(item) = self.fields.get(field.key()) else { return key.to_owned() };
        match (item.kind, &item.unit) {
            (Kind::Number, Some(unit)) => {
                format!("{key} {}", if key == "1" { unit.trim_end_matches('s') } else { unit })
            }
            _ => item.value_name(key).to_owned(),
        }
    }

    /// The key of a value as features write it: `Guangzhou`, `Guangzhou Zone 3`, `2 GB`, `12 months`, `on`.
    ///
    /// # Errors
    /// Class test: the field cannot take such a value; says which there are.
    pub fn key_of(&self, field: Field, text: &str) -> Result<String, Failure> {
        let item = self.fields.get(field.key()).ok_or_else(|| Failure::test(format!("there is no field {field} here")));
        item?.key_of(&self.name_of(field), text).map_err(Failure::test)
    }

    /// The region that features call so.
    ///
    /// # Errors
    /// As [`Self::key_of`].
    pub fn region(&self, words: &str) -> Result<Region, Failure> {
        self.key_of(Field::REGION, words).map(|key| Region::of(&key))
    }

    /// Choices as features write them, as keys and in their order.
    ///
    /// # Errors
    /// Class test: a field or value that is not sold here.
    pub fn read<'a>(&self, choices: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Purchase, Failure> {
        let read = choices.into_iter().map(|(field, value)| {
            let field = self.field(field)?;
            Ok((field, self.key_of(field, value)?))
        });
        read.collect()
    }

    /// Why a number cannot be had where all else is as here; `None` where it can, or the field takes none.
    #[must_use]
    pub fn out_of_range(&self, field: Field, key: &str, others: &Purchase) -> Option<String> {
        let item = self.fields.get(field.key()).filter(|item| item.kind == Kind::Number)?;
        let (from, to, step) = (item.from, item.largest(others), item.step.unwrap_or(1).max(1));
        let fits = key.parse::<i64>().is_ok_and(|number| {
            let above = number.checked_sub(from.unwrap_or(0));
            from.is_none_or(|from| number >= from)
                && to.is_none_or(|to| number <= to)
                && above.is_some_and(|above| above % step == 0)
                && (item.among.is_empty() || item.among.contains(&number))
        });
        (!fits).then(|| {
            let bound = |bound: Option<i64>| bound.map_or_else(|| "any".to_owned(), |bound| bound.to_string());
            let unit = item.unit.as_ref().map(|unit| format!(" {unit}")).unwrap_or_default();
            let steps = if step > 1 { format!(" in steps of {step}{unit}") } else { String::new() };
            let had = match item.among.as_slice() {
                [] => format!("{} to {}{unit}{steps}", bound(from), bound(to)),
                among => {
                    format!("one of {}{unit}", among.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "))
                }
            };
            format!("{} is {had} here, not {key}", self.name_of(field))
        })
    }

    /// The reason why a value is shown and cannot be chosen.
    #[must_use]
    pub fn unavailable(&self, field: Field, key: &str) -> Option<Unavailable> {
        self.fields.get(field.key())?.values.get(key)?.unavailable
    }

    /// Why a value cannot be bought where all else is as here; `None` where it can.
    #[must_use]
    pub fn objection(&self, field: Field, key: &str, others: &Purchase) -> Option<String> {
        self.out_of_range(field, key, others)
            .or_else(|| self.unavailable(field, key).map(|why| why.to_string()))
            .or_else(|| self.elsewhere(field, key, others).map(str::to_owned))
    }

    /// Why a value is not shown where all else is as here, such as a zone of another region; `None` where it is.
    #[must_use]
    pub fn elsewhere(&self, field: Field, key: &str, others: &Purchase) -> Option<&'static str> {
        let item = self.fields.get(field.key())?;
        (!belongs(item, item.values.get(key)?, others)).then_some("it is of another choice")
    }

    /// The values of a field that belong to another choice than was made, such as the zones of all other regions.
    pub fn all_elsewhere(&self, field: Field, others: &Purchase) -> impl Iterator<Item = &str> {
        let values = self.fields.get(field.key()).into_iter().flat_map(|item| item.values.keys());
        values.map(String::as_str).filter(move |key| self.elsewhere(field, key, others).is_some())
    }

    /// Whether a purchase is paid by the hour.
    #[must_use]
    pub fn is_by_the_hour(&self, purchase: &Purchase) -> bool {
        let value = |(field, key): (Field, &str)| self.fields.get(field.key())?.values.get(key);
        purchase.choices().filter_map(value).any(|value| value.by_the_hour)
    }

    /// Whether a value of a field is paid by the hour.
    #[must_use]
    pub fn is_by_the_hour_for_some(&self, field: Field) -> bool {
        self.fields.get(field.key()).is_some_and(|item| item.values.values().any(|value| value.by_the_hour))
    }

    /// Whether a number is recommended; where none is said to be, all are.
    #[must_use]
    pub fn recommends(&self, field: Field, key: &str) -> bool {
        let recommended = self.fields.get(field.key()).map_or(&[][..], |item| &item.recommended);
        recommended.is_empty() || recommended.iter().any(|number| number.to_string() == key)
    }

    /// The values of a field that are shown where all else is as here and cannot be chosen, for this reason.
    pub fn refused(&self, field: Field, why: Unavailable, others: &Purchase) -> impl Iterator<Item = &str> {
        let item = self.fields.get(field.key());
        let values = item.into_iter().flat_map(|item| item.values.iter().map(move |value| (item, value)));
        let refused =
            values.filter(move |(item, (_, value))| value.unavailable == Some(why) && belongs(item, value, others));
        refused.map(|(_, (key, _))| key.as_str()).collect::<Vec<_>>().into_iter()
    }

    /// What is chosen as the page opens.
    #[must_use]
    pub fn opening(&self) -> Purchase {
        self.after(&Purchase::default(), &Purchase::default())
    }

    /// What is chosen once these choices were made after those: what follows another field is chosen anew with it, and all else
    /// stays.
    #[must_use]
    pub fn after(&self, before: &Purchase, choices: &Purchase) -> Purchase {
        let mut after = Purchase::default();
        for (field, item) in self.in_order() {
            if !item.shown_with.iter().all(|(with, key)| after.get(Field::of(with)) == Some(key)) {
                continue;
            }
            let leader = item.follows.as_deref().map(Field::of);
            let kept =
                before.get(field).filter(|_| leader.is_none_or(|leader| after.get(leader) == before.get(leader)));
            let first =
                item.values.iter().find(|(_, value)| value.unavailable.is_none() && belongs(item, value, &after));
            let first = first.map(|(key, _)| key.as_str()).filter(|_| leader.is_some());
            let chosen = choices.get(field).or(kept).or(first).or(item.opens_with.as_deref());
            if let Some(key) = chosen {
                after.set(field, key);
            }
        }
        after
    }

    /// Whether two purchases have one price, by the fields that a price may depend on.
    pub(super) fn cost_the_same(&self, one: &Purchase, other: &Purchase) -> bool {
        let mut priced = self.fields.iter().filter(|(_, item)| item.priced).map(|(key, _)| Field::of(key));
        priced.all(|field| one.get(field) == other.get(field))
    }

    /// What an instance is initialised with: as most buyers do, beside what a feature says.
    ///
    /// # Errors
    /// Class test: the dialog has no such field or value.
    pub fn parameters(&self, given: &[(String, String)]) -> Result<Vec<(String, String)>, Failure> {
        let given = given.iter().map(|(name, value)| self.parameter(name, value)).collect::<Result<Vec<_>, _>>()?;
        let taken = self.initialisation.iter().filter_map(|(key, item)| {
            let said = given.iter().find(|(field, _)| field == key).map(|(_, value)| value);
            Some((key.clone(), said.or(item.opens_with.as_ref())?.clone()))
        });
        Ok(taken.collect())
    }

    /// A field and a value of the dialog to initialise, by their keys.
    ///
    /// # Errors
    /// As [`Self::parameters`].
    pub fn parameter(&self, name: &str, value: &str) -> Result<(String, String), Failure> {
        let is_it = |(key, item): &(&String, &Item)| *key == name || item.name(key) == name;
        let Some((key, item)) = self.initialisation.iter().find(is_it) else {
            let known: Vec<String> = self.initialisation.iter().map(|(key, item)| item.name(key)).collect();
            return Err(Failure::test(format!(
                "nothing called {name:?} is chosen when an instance is initialised; there are {}{}",
                known.join(", "),
                did_you_mean(name, known.iter().map(String::as_str))
            )));
        };
        item.key_of(&item.name(key), value).map(|value| (key.clone(), value)).map_err(Failure::test)
    }

    /// Everything that one part says of another is there, and stands where it must.
    pub(super) fn check(&self) -> Result<(), Objection> {
        let refuse = |what: String, mend: &str| Err((vec!["catalogue", "fields"], what, mend.to_owned()));
        let order = self.in_order();
        let place = |key: &str| order.iter().position(|(field, _)| field.key() == key);
        for (at, (field, item)) in order.iter().enumerate() {
            let known = |key: &str| self.fields.get(key);
            let others = item.follows.iter().chain(&item.before).chain(item.shown_with.keys());
            let limits = match &item.to {
                Some(Largest::By(fields)) => Some(fields),
                _ => None,
            };
            let limits = limits.into_iter().flatten();
            if let Some(unknown) = others.chain(limits.clone().map(|(other, _)| other)).find(|key| known(key).is_none())
            {
                let there = self.fields.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
                return refuse(
                    format!("{field} names the field {unknown}, which is none"),
                    &format!("there are {there}"),
                );
            }
            if let Some(leader) = item.follows.iter().chain(item.shown_with.keys()).find(|key| place(key) >= Some(at)) {
                let what = format!("{field} stands before {leader}, which would reset it once it is chosen");
                return refuse(what, "put it behind (before:), so that it is chosen later");
            }
            let leader = item.follows.as_deref().and_then(known);
            for (key, value) in &item.values {
                let stray = value.of.iter().find(|of| leader.is_none_or(|leader| !leader.values.contains_key(*of)));
                if let Some(of) = stray {
                    let what = format!(
                        "{key} of {field} is said to be of {of}, which is no value of the field that it follows"
                    );
                    return refuse(what, "write a key of that field's values, and say which it follows: follows:");
                }
            }
            let limits = limits.flat_map(|(other, by)| by.keys().map(move |key| ("to:", other, key)));
            let shown = item.shown_with.iter().map(|(other, key)| ("shown-with:", other, key));
            for (clause, other, key) in shown.chain(limits) {
                if let Some(Err(what)) = known(other).map(|item| item.refuse_no_key(&item.name(other), key)) {
                    let what = format!("{field} goes by what cannot be chosen ({clause}): {what}");
                    return refuse(what, &format!("correct {clause}"));
                }
            }
        }
        for (part, items) in [("fields", &self.fields), ("initialisation", &self.initialisation)] {
            for (key, item) in items {
                let opens_with = item.opens_with.as_ref().map(|value| item.refuse_no_key(&item.name(key), value));
                if let Some(Err(what)) = opens_with {
                    let what = format!("{key} opens with what it cannot: {what}");
                    return Err((vec!["catalogue", part], what, "correct opens-with:".into()));
                }
            }
        }
        let opening = self.opening();
        if let Some(what) = opening.choices().find_map(|(field, key)| self.out_of_range(field, key, &opening)) {
            return refuse(
                format!("the page opens with what it would refuse: {what}"),
                "correct opens-with:, from:, to: or step:",
            );
        }
        self.documented().map(|_| ()).map_err(|failure| {
            (vec!["catalogue", "documented-example"], failure.text, "write names as features do, or keys".into())
        })
    }

    /// The documented example.
    ///
    /// # Errors
    /// Class test: something of it is not sold here. The profile has been checked for that.
    pub(super) fn documented(&self) -> Result<Purchase, Failure> {
        self.choices(&self.documented_example)
    }

    /// Choices of a profile.
    ///
    /// # Errors
    /// Class test: something of it is not sold here.
    pub(super) fn choices(&self, choices: &Choices) -> Result<Purchase, Failure> {
        self.read(choices.0.iter().map(|(field, value)| (field.as_str(), value.as_str())))
    }
}

/// Whether a value is there where all else is as here.
fn belongs(item: &Item, value: &Value, others: &Purchase) -> bool {
    let leader = item.follows.as_deref().and_then(|leader| others.get(Field::of(leader)));
    value.of.is_empty() || leader.is_some_and(|leader| value.of.iter().any(|of| of == leader))
}
