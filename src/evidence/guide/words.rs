//! The words of the guide: `features/guide.yaml`.

use std::collections::BTreeMap;

use anyhow::{Context as _, ensure};
use serde::Deserialize;

use crate::{
    domain::{Class, Failure, InClass as _},
    evidence::Id,
};

/// A text in each language, by its tag: `en`, `zh-CN`.
type Words = BTreeMap<String, String>;

/// What the guide says, and which pictures it shows. Steps are numbered as the vendor's document numbers them.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Guide {
    pub(super) title: Words,
    pub(super) sections: Vec<Section>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Section {
    pub heading: Words,
    pub note: Option<Note>,
    /// The title of the scenario that takes its steps.
    pub scenario: String,
    pub steps: Vec<Step>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Note {
    pub ids: Vec<String>,
    pub says: Words,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Step {
    /// Of the sentences of the document that it is, the first of which names it.
    pub ids: Vec<String>,
    pub says: Words,
    /// The step of the scenario after which its picture is taken.
    pub after: String,
}

impl Step {
    /// Names it; [`Guide::read`] has seen to it that there is one.
    pub fn id(&self) -> &str {
        self.ids.first().map_or("", String::as_str)
    }
}

impl Guide {
    /// Reads the words and holds them against the features: every sentence of the documented flow is there once, every step in
    /// every language, and every picture's step in its scenario. `steps_of` gives the steps of a scenario tagged `@guide`, by its
    /// title.
    ///
    /// # Errors
    /// Class test: they are not.
    pub fn read(text: &str, flow: &[Id], steps_of: impl Fn(&str) -> Option<Vec<String>>) -> anyhow::Result<Self> {
        let guide: Self = serde_yaml::from_str(text).context("guide.yaml cannot be read").in_class(Class::Test)?;
        guide.check(flow, steps_of).map_err(|error| Failure::test(format!("guide.yaml: {error:#}")))?;
        Ok(guide)
    }

    fn check(&self, flow: &[Id], steps_of: impl Fn(&str) -> Option<Vec<String>>) -> anyhow::Result<()> {
        let steps = || self.sections.iter().flat_map(|section| &section.steps);
        let notes = || self.sections.iter().filter_map(|section| section.note.as_ref());
        ensure!(steps().all(|step| !step.ids.is_empty()), "a step has no id");
        let named: Vec<&String> =
            steps().flat_map(|step| &step.ids).chain(notes().flat_map(|note| &note.ids)).collect();
        for id in flow {
            let times = named.iter().filter(|named| ***named == id.id).count();
            ensure!(times == 1, "{} of the documented flow should be there once, and is {times} times", id.id);
        }
        if let Some(unknown) = named.iter().find(|named| !flow.iter().any(|id| id.id == ***named)) {
            anyhow::bail!("the documented flow has no {unknown}");
        }
        let headings = self.sections.iter().map(|section| &section.heading);
        let says = steps().map(|step| &step.says).chain(notes().map(|note| &note.says));
        for words in headings.chain(says) {
            ensure!(
                words.keys().eq(self.title.keys()),
                "what the title has in {:?} is here only in {:?}: {words:?}",
                self.title.keys().collect::<Vec<_>>(),
                words.keys().collect::<Vec<_>>()
            );
        }
        for section in &self.sections {
            let known = steps_of(&section.scenario)
                .with_context(|| format!("no scenario that is tagged @guide is called {:?}", section.scenario))?;
            for step in &section.steps {
                ensure!(known.contains(&step.after), "{:?} has no step {:?}", section.scenario, step.after);
            }
        }
        Ok(())
    }
}
