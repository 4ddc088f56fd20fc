//! What is looked for: the stand-in's own defects, or those that a target's owner can switch on.

use anyhow::{Context as _, bail};
use serde::Serialize;

use crate::{
    standin::defects,
    target::{LeverName, Profile},
};

/// One defect.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Sought {
    /// What it is switched on by.
    pub name: String,
    /// The rules that it breaks, the one that it is about first.
    pub clauses: Vec<String>,
    /// What a buyer meets.
    pub does: String,
    /// What a failure that is about it says, as a regular expression.
    #[serde(skip)]
    pub says: String,
}

impl Sought {
    /// The tags of scenarios that hold its rules. Most invariants are held by whatever pays, and no tag says so.
    pub fn tags(&self) -> Vec<String> {
        let tag = |clause: &String| {
            if clause.starts_with('I') && clause != "I5" { "@pays".into() } else { format!("@{clause}") }
        };
        self.clauses.iter().map(tag).collect()
    }
}

/// All of the target's, or those of these names.
///
/// # Errors
/// Usage: there is none of a name, or none at all.
pub(super) fn select(profile: Option<&Profile>, names: &[String]) -> anyhow::Result<Vec<Sought>> {
    let Some(profile) = profile else {
        let own = |defect: &defects::Defect| Sought {
            name: defect.name.into(),
            clauses: defect.clauses.iter().map(|clause| (*clause).to_owned()).collect(),
            does: defect.does.into(),
            says: defect.says.into(),
        };
        return match names {
            [] => Ok(defects::catalogue().map(own).collect()),
            names => names.iter().map(|name| defects::named(name).map(own)).collect(),
        };
    };
    if profile.levers.get(LeverName::Defect).is_none() || profile.defects.is_empty() {
        bail!(
            "the profile {} has no defects to switch on\n  mend     say how (levers: defect:), and which there are (defects:)",
            profile.name
        );
    }
    let mut known = Vec::new();
    for (name, defect) in &profile.defects {
        // A folder is called by it.
        if name.is_empty() || !name.chars().all(|char| char.is_ascii_alphanumeric() || char == '-') {
            bail!(
                "defects: {name:?} of the profile {} is no name\n  mend     letters, digits and dashes",
                profile.name
            );
        }
        known.push(Sought {
            name: name.clone(),
            clauses: defect.clauses.clone(),
            does: defect.does.clone(),
            says: defect.says.clone(),
        });
    }
    if names.is_empty() {
        return Ok(known);
    }
    let one = |name: &String| {
        let found = known.iter().find(|sought| sought.name == *name).cloned();
        found.with_context(|| format!("the profile {} knows no defect {name:?} (defects:)", profile.name))
    };
    names.iter().map(one).collect()
}
