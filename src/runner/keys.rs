//! Keys of a profile that are anybody's to choose, held against what features, contract and catalogue ask for by them: a slip in one
//! says nothing, and nobody would be told.

use std::{collections::BTreeSet, path::Path};

use anyhow::bail;

use super::{plan::Case, selection::quoted};
use crate::{
    domain::{OrderStatus, Status},
    nearest::{did_you_mean, differ_by_number, likeness, nearest},
    target::{Profile, message_key},
};

/// What is said by one key of the profile, and what is asked for there.
struct Shelf<'a> {
    keys: Vec<&'a str>,
    said: Vec<&'a str>,
    asked: BTreeSet<String>,
    /// Less like is another word, 0 to 1.
    alike: f64,
}

impl Shelf<'_> {
    /// What is nearly asked for, and what it should be. Another number is another thing, and what is like nothing is kept for
    /// features that are still to come.
    fn slips(&self) -> impl Iterator<Item = (&str, &str)> {
        let unasked = self.said.iter().copied().filter(|said| !self.asked.contains(*said));
        unasked.filter_map(move |said| {
            let near = nearest(said, self.asked.iter().map(String::as_str))?;
            (likeness(said, near) >= self.alike && !differ_by_number(said, near)).then_some((said, near))
        })
    }
}

/// Each word, need and rule of the profile is one that something asks for, or like none of them. `at`: where the profile says what
/// stands below these keys. `rules`: those of the contract, where there is one; `states`: the folder of reviewed page states.
///
/// # Errors
/// Usage: names each that nothing ever asks for, by its line, with what may be meant.
pub fn check(
    profile: &Profile,
    all: &[Case],
    rules: &[&str],
    states: &Path,
    at: &dyn Fn(&[&str]) -> String,
) -> anyhow::Result<()> {
    let mut wrong: Vec<String> = Vec::new();
    for shelf in shelves(profile, all) {
        for (said, near) in shelf.slips() {
            let place = at(&[shelf.keys.as_slice(), &[said]].concat());
            let keys = shelf.keys.join(": ");
            wrong.push(format!(
                "{place}: {keys}: {said}: nothing asks for it; did you mean {near}?\n  mend: correct the key, or remove it"
            ));
        }
    }
    for rule in profile.differs.keys().filter(|rule| !rules.is_empty() && !rules.contains(&rule.as_str())) {
        let meant = did_you_mean(rule, rules.iter().copied());
        let place = at(&["differs", rule]);
        wrong.push(format!(
            "{place}: differs: {rule} is no rule of the contract{meant}\n  mend: the numbers are in features/CONTRACT.md"
        ));
    }
    if let Some(named) = profile.page_states.as_ref().filter(|named| !states.join(named).is_dir()) {
        let folders: Vec<String> = std::fs::read_dir(states)
            .into_iter()
            .flatten()
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .collect();
        // Its own are reviewed in its first run.
        if let Some(near) = nearest(named, folders.iter().map(String::as_str)).filter(|_| *named != profile.name) {
            let place = at(&["page-states"]);
            wrong.push(format!(
                "{place}: no page states are reviewed of {named:?}; did you mean {near}?\n  mend: name the profile whose page states are compared"
            ));
        }
    }
    if wrong.is_empty() { Ok(()) } else { bail!(wrong.join("\n")) }
}

fn shelves<'a>(profile: &'a Profile, all: &[Case]) -> Vec<Shelf<'a>> {
    let catalogue = &profile.catalogue;
    let items = || catalogue.fields.iter().chain(&catalogue.initialisation);
    let known = [
        ("status", Status::ALL.iter().map(|status| status.key().to_owned()).collect()),
        ("order-status", OrderStatus::ALL.iter().map(|status| status.key().to_owned()).collect()),
        ("message", all.iter().flat_map(|case| &case.steps).filter_map(quoted).map(message_key).collect()),
    ];
    let values = items().map(|(field, item)| (field.as_str(), item.values.keys().cloned().collect()));
    let asked: Vec<(&str, BTreeSet<String>)> = known.into_iter().chain(values).collect();
    let groups = asked.iter().map(|(group, _)| *group).chain(["replicas"]).map(str::to_owned).collect();
    let mut shelves = vec![Shelf {
        keys: vec!["words"],
        said: profile.words.keys().map(String::as_str).collect(),
        asked: groups,
        alike: 0.0,
    }];
    for (group, asked) in asked {
        let Some((group, words)) = profile.words.get_key_value(group) else { continue };
        // Messages are sentences, which differ by one word.
        let alike = if group == "message" { 0.9 } else { 0.0 };
        shelves.push(Shelf { keys: vec!["words", group], said: words.keys().collect(), asked, alike });
    }
    let needed = all.iter().flat_map(|case| &case.tags).filter_map(|tag| tag.strip_prefix("needs-"));
    shelves.push(Shelf {
        keys: vec!["lacks"],
        said: profile.lacks.keys().map(String::as_str).collect(),
        asked: profile.needs_known().chain(needed.map(str::to_owned)).collect(),
        alike: 0.0,
    });
    shelves
}
