//! Which sentences of the documented flow the features cover.

use std::{collections::BTreeMap, fmt};

use anyhow::{Context as _, ensure};
use serde::{Deserialize, Serialize};

use super::{ScenarioRecord, Status};

/// An id of the documented flow, such as `E1.1`, with what the document says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Id {
    /// The id; scenarios carry it as a tag.
    pub id: String,
    /// What the document says.
    pub says: String,
}

/// The ids of the contract's first table.
///
/// # Errors
/// When the contract has no such table.
pub fn ids_of_contract(contract: &str) -> anyhow::Result<Vec<Id>> {
    let flow = contract
        .split("\n## ")
        .find(|section| section.starts_with("1."))
        .context("the contract has no section 1, the documented flow")?;
    let ids: Vec<Id> = flow
        .lines()
        .filter_map(|line| {
            let mut cells = line.trim().strip_prefix('|')?.split('|').map(str::trim);
            let id = cells.next()?.to_owned();
            let says = cells.next()?.to_owned();
            is_part_of_the_document(&id).then_some(Id { id, says })
        })
        .collect();
    ensure!(!ids.is_empty(), "section 1 of the contract names no ids");
    Ok(ids)
}

/// Whether a tag is written as a part of the documented flow is: `E1.2`, `N1`, `P3`.
#[must_use]
pub fn is_part_of_the_document(tag: &str) -> bool {
    let numbers = tag.strip_prefix(['E', 'N', 'P']).unwrap_or_default();
    !numbers.is_empty() && numbers.chars().all(|c| c.is_ascii_digit() || c == '.')
}

/// How many scenarios cover each id, and how those that ran ended.
#[derive(Debug)]
pub struct Coverage {
    /// A row an id.
    pub rows: Vec<Covered>,
}

/// An id of the documented flow, and what covers it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Covered {
    /// The id; scenarios carry it as a tag.
    pub id: String,
    /// What the document says.
    pub says: String,
    /// How many scenarios of all features carry it.
    pub scenarios: usize,
    /// How those that were selected ended.
    pub ended: BTreeMap<Status, usize>,
    /// Why those that were not applicable are not; each reason once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<String>,
}

impl Covered {
    /// Every scenario of it that was selected is not applicable to the target: it was not reached, or its owner says that it
    /// differs.
    #[must_use]
    pub fn is_left_out(&self) -> bool {
        !self.ended.is_empty() && self.ended.keys().all(|status| *status == Status::NotApplicable)
    }
}

impl Coverage {
    /// Counts `tags_of_all` (all scenarios of all features, whatever was selected) and what ran of them.
    #[must_use]
    pub fn count(ids: &[Id], tags_of_all: &[Vec<String>], ran: &[ScenarioRecord]) -> Self {
        let rows = ids.iter().map(|id| {
            let (mut ended, mut left_out) = (BTreeMap::new(), Vec::new());
            for scenario in ran.iter().filter(|scenario| scenario.tags.contains(&id.id)) {
                *ended.entry(scenario.status).or_insert(0) += 1;
                let why = scenario.headline().to_owned();
                if scenario.status == Status::NotApplicable && !left_out.contains(&why) {
                    left_out.push(why);
                }
            }
            let scenarios = tags_of_all.iter().filter(|tags| tags.contains(&id.id)).count();
            Covered { id: id.id.clone(), says: id.says.clone(), scenarios, ended, left_out }
        });
        Self { rows: rows.collect() }
    }

    /// The ids that no scenario carries.
    #[must_use]
    pub fn missing(&self) -> Vec<&str> {
        self.rows.iter().filter(|row| row.scenarios == 0).map(|row| row.id.as_str()).collect()
    }
}

impl fmt::Display for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Coverage of the documented flow")?;
        for row in &self.rows {
            let how = |status: &Status| status.name().replace('-', " ");
            let ended = row
                .ended
                .iter()
                .map(|(status, count)| format!("{count} {}", how(status)))
                .collect::<Vec<_>>()
                .join(", ");
            let ended = if row.ended.is_empty() { "not selected".to_owned() } else { ended };
            let says: String = row.says.chars().take(60).collect();
            writeln!(
                f,
                "  {:<5} {:>2} scenario{} {:<24} {says}{}",
                row.id,
                row.scenarios,
                if row.scenarios == 1 { " " } else { "s" },
                ended,
                if says.len() < row.says.len() { "…" } else { "" }
            )?;
        }
        Ok(())
    }
}
