//! Where the suite is blind, or sees with one eye only.

use std::path::Path;

use serde::Serialize;

use super::hunt::{Hunted, Outcome};
use crate::{evidence::Id, runner};

/// What no defect has tried, and what hangs on one scenario.
#[derive(Debug, Default, Serialize)]
pub(super) struct Blind {
    /// Rules that no defect breaks.
    pub untried: Vec<Rule>,
    /// Defects of which a single scenario holds what they break, by name.
    pub single: Vec<String>,
}

/// A rule, as reports name it.
#[derive(Debug, Serialize)]
pub(super) struct Rule {
    /// Its number.
    pub id: String,
    /// What it says.
    pub says: String,
}

impl Blind {
    /// Of the contract below the project's root. Where only some defects were looked for, nothing is said of the others' rules.
    ///
    /// # Errors
    /// Class test: features or contract cannot be read.
    pub fn of(root: &Path, hunted: &[Hunted], whole: bool) -> anyhow::Result<Self> {
        let (rules, tags) = runner::contract(root)?;
        let tried = |rule: &&Id| hunted.iter().any(|one| one.sought.clauses.contains(&rule.id));
        let untried = rules.iter().filter(|rule| whole && !tried(rule));
        let single = hunted.iter().filter(|one| {
            let holds = |tags: &&Vec<String>| one.sought.clauses.iter().any(|clause| tags.contains(clause));
            matches!(one.outcome, Outcome::Caught(_)) && tags.iter().filter(holds).count() == 1
        });
        Ok(Self {
            untried: untried.map(|rule| Rule { id: rule.id.clone(), says: rule.says.clone() }).collect(),
            single: single.map(|one| one.sought.name.clone()).collect(),
        })
    }
}
