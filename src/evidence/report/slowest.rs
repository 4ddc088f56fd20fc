//! Which steps take the time.

use std::collections::BTreeMap;

use serde::Serialize;

use super::problems::Link;
use crate::evidence::{Outcome, RunRecord, ScenarioRecord, history::median};

/// How many are shown.
const SHOWN: usize = 25;

/// A step, by its text, over all scenarios that have it.
#[derive(Debug, Serialize)]
pub struct Slow {
    text: String,
    times: usize,
    median_ms: u64,
    slowest_ms: u64,
    /// All of them together, ms.
    all_ms: u64,
    /// The same, % of the one that takes most.
    share: u64,
    /// Where it was slowest.
    at: Link,
}

/// The steps that take most of the run's time together.
pub fn of(record: &RunRecord) -> Vec<Slow> {
    let mut steps: BTreeMap<String, Vec<(u64, &ScenarioRecord)>> = BTreeMap::new();
    for scenario in &record.scenarios {
        for step in scenario.steps.iter().filter(|step| step.outcome != Outcome::Skipped) {
            steps.entry(format!("{} {}", step.keyword, step.text)).or_default().push((step.duration_ms, scenario));
        }
    }
    let mut slow: Vec<Slow> = steps
        .into_iter()
        .filter_map(|(text, took)| {
            let (slowest_ms, at) = took.iter().max_by_key(|(ms, _)| ms)?;
            let all: Vec<u64> = took.iter().map(|(ms, _)| *ms).collect();
            Some(Slow {
                text,
                times: all.len(),
                slowest_ms: *slowest_ms,
                all_ms: all.iter().sum(),
                share: 0,
                at: Link::to(at),
                median_ms: median(all)?,
            })
        })
        .collect();
    slow.sort_by_key(|step| std::cmp::Reverse(step.all_ms));
    slow.truncate(SHOWN);
    let most = slow.first().map_or(1, |step| step.all_ms.max(1));
    for step in &mut slow {
        step.share = step.all_ms * 100 / most;
    }
    slow
}
