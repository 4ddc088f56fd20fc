//! The features as living documentation: what is written, and how it fared.

use std::collections::BTreeMap;

use serde::Serialize;

use super::id;
use crate::evidence::{
    Counts, Covered, RunRecord, ScenarioRecord,
    history::{Key, Past, key},
};

/// A feature, with what ran of it.
#[derive(Debug, Serialize)]
pub struct Feature {
    name: String,
    file: String,
    narrative: String,
    counts: Counts,
    rules: Vec<Rule>,
}

/// A rule, or the scenarios that are under none: then without a name.
#[derive(Debug, Serialize)]
pub struct Rule {
    name: Option<String>,
    narrative: String,
    scenarios: Vec<Row>,
}

/// A scenario, closed.
#[derive(Debug, Serialize)]
pub struct Row {
    id: String,
    name: String,
    status: &'static str,
    round: u32,
    tags: Vec<String>,
    duration_ms: u64,
    /// Said beside the title: why it failed or does not apply.
    note: Option<String>,
    /// How often it was flaky, %, of the runs that are remembered; where it ever was.
    flake_rate: Option<usize>,
}

/// The features of a run, those of which nothing was selected left out.
pub fn of(record: &RunRecord, history: &BTreeMap<Key, Vec<Past>>) -> Vec<Feature> {
    let mut features = Vec::new();
    for written in &record.features {
        let own: Vec<&ScenarioRecord> =
            record.scenarios.iter().filter(|scenario| scenario.file == written.file).collect();
        if own.is_empty() {
            continue;
        }
        let under = |rule: Option<&str>| -> Vec<Row> {
            own.iter()
                .filter(|scenario| scenario.rule.as_deref() == rule)
                .map(|scenario| row(scenario, history))
                .collect()
        };
        let mut rules = vec![Rule { name: None, narrative: String::new(), scenarios: under(None) }];
        rules.extend(written.rules.iter().map(|rule| Rule {
            name: Some(rule.name.clone()),
            narrative: rule.narrative.clone(),
            scenarios: under(Some(&rule.name)),
        }));
        rules.retain(|rule| !rule.scenarios.is_empty());
        features.push(Feature {
            name: written.name.clone(),
            file: written.file.display().to_string(),
            narrative: written.narrative.clone(),
            counts: Counts::of(own),
            rules,
        });
    }
    features
}

fn row(scenario: &ScenarioRecord, history: &BTreeMap<Key, Vec<Past>>) -> Row {
    let note = match scenario.reason {
        Some(_) => Some(scenario.headline().to_owned()),
        None => (scenario.attempts > 1).then(|| format!("passed at attempt {}", scenario.attempts)),
    };
    Row {
        id: id(scenario),
        name: scenario.name.clone(),
        status: scenario.status.name(),
        round: scenario.round,
        tags: scenario.tags.clone(),
        duration_ms: scenario.duration_ms,
        note,
        flake_rate: history.get(&key(scenario)).and_then(|runs| flake_rate(runs)),
    }
}

/// In how many of a hundred runs it was flaky; `None` where in none.
fn flake_rate(runs: &[Past]) -> Option<usize> {
    let flaky = runs.iter().filter(|run| run.flaky).count();
    (flaky > 0).then(|| (100 * flaky).div_ceil(runs.len()))
}

/// All tags of a run with how many scenarios carry each.
pub fn tags(record: &RunRecord) -> BTreeMap<&str, usize> {
    let mut tags = BTreeMap::new();
    for tag in record.scenarios.iter().flat_map(|scenario| &scenario.tags) {
        *tags.entry(tag.as_str()).or_insert(0) += 1;
    }
    tags
}

/// A sentence of the documented flow or a clause of the contract, and how what covers it fared.
#[derive(Debug, Serialize)]
pub struct Sentence {
    id: String,
    says: String,
    scenarios: usize,
    status: &'static str,
    ended: Vec<(String, usize)>,
    /// Why it was not held at all, where nothing of it was applicable.
    left_out: Vec<String>,
}

/// A row of the coverage.
pub fn covered(row: &Covered) -> Sentence {
    // The gravest first.
    let order = ["failed", "flaky", "skipped", "passed", "not-applicable"];
    let status = order.into_iter().find(|status| row.ended.keys().any(|ended| ended.name() == *status));
    Sentence {
        id: row.id.clone(),
        says: row.says.clone(),
        scenarios: row.scenarios,
        status: status.unwrap_or("not-selected"),
        ended: row.ended.iter().map(|(status, count)| (status.name().replace('-', " "), *count)).collect(),
        left_out: if row.is_left_out() { row.left_out.clone() } else { Vec::new() },
    }
}
