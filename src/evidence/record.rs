//! The record of a run. `results.json` is this, serialised.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::domain::Class;

/// A whole run.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RunRecord {
    /// The run itself.
    pub run: RunInfo,
    /// Name of the target's profile.
    pub target: String,
    /// Browser and version, or why there was none.
    pub browser: String,
    /// One entry for each scenario, and with `--repeat-each` for each round of it.
    pub scenarios: Vec<ScenarioRecord>,
}

/// What was run.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct RunInfo {
    /// When it began, RFC 3339.
    pub started: String,
    /// How long it took, ms.
    pub duration_ms: u64,
    /// Seed of the order.
    pub seed: u64,
    /// How many workers.
    pub workers: usize,
    /// Language of the pages.
    pub language: String,
    /// How it ended: the suite's exit status.
    pub exit_status: u8,
    /// The run was stopped before all was done.
    pub interrupted: bool,
}

/// How a scenario ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// All steps held.
    Passed,
    /// A step did not, at the last attempt.
    Failed,
    /// Passed, but not at the first attempt.
    Flaky,
    /// Not run: the run was stopped before.
    Skipped,
    /// The target lacks what it needs.
    NotApplicable,
}

/// A scenario (of one round), with its last attempt's steps.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ScenarioRecord {
    /// Its title, unique within its feature.
    pub name: String,
    /// Its feature's title.
    pub feature: String,
    /// The file it is in, from the project's root.
    pub file: PathBuf,
    /// The line its title is on.
    pub line: usize,
    /// Its tags, those of its feature and rule among them, without `@`.
    pub tags: Vec<String>,
    /// How it ended.
    pub status: Status,
    /// Whose fault a failure is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class: Option<Class>,
    /// Why it failed, was skipped or does not apply.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// How often it was tried.
    pub attempts: u32,
    /// Which round of `--repeat-each` it was, from 1.
    pub round: u32,
    /// Which worker ran it, from 1.
    pub worker: usize,
    /// How long the last attempt took, ms.
    pub duration_ms: u64,
    /// Its steps.
    pub steps: Vec<StepRecord>,
    /// Files that were kept of it, from the output folder.
    pub evidence: Vec<PathBuf>,
    /// What earlier attempts failed with.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub earlier_failures: Vec<String>,
}

/// How a step went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It held.
    Passed,
    /// It did not.
    Failed,
    /// One before it did not.
    Skipped,
}

/// A step.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct StepRecord {
    /// `Given`, `When`, `Then`, as written.
    pub keyword: String,
    /// Its text.
    pub text: String,
    /// How it went.
    pub outcome: Outcome,
    /// How long it took, ms.
    pub duration_ms: u64,
}

/// The exit status that a run's scenarios amount to: where several hold, 6 (guard), 1 (product), 4 (test), 3
/// (infrastructure), 5 (flaky, where that fails the run), in this order.
#[must_use]
pub fn exit_status(scenarios: &[ScenarioRecord], fail_on_flaky: bool) -> u8 {
    let failed = |class: Class| {
        scenarios.iter().any(|scenario| scenario.status == Status::Failed && scenario.class == Some(class))
    };
    let order = [(Class::Guard, 6), (Class::Product, 1), (Class::Test, 4), (Class::Infrastructure, 3)];
    match order.iter().find(|(class, _)| failed(*class)) {
        Some((_, status)) => *status,
        None if fail_on_flaky && scenarios.iter().any(|scenario| scenario.status == Status::Flaky) => 5,
        None => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ended(status: Status, class: Option<Class>) -> ScenarioRecord {
        ScenarioRecord {
            name: "a".into(),
            feature: "b".into(),
            file: "c".into(),
            line: 1,
            tags: vec![],
            status,
            class,
            reason: None,
            attempts: 1,
            round: 1,
            worker: 1,
            duration_ms: 1,
            steps: vec![],
            evidence: vec![],
            earlier_failures: vec![],
        }
    }

    #[test]
    fn the_gravest_failure_decides_the_exit_status() {
        let passed = ended(Status::Passed, None);
        let failed = |class| ended(Status::Failed, Some(class));
        assert_eq!(
            exit_status(&[passed.clone(), ended(Status::NotApplicable, None), ended(Status::Skipped, None)], true),
            0
        );
        assert_eq!(exit_status(&[passed.clone(), failed(Class::Infrastructure)], false), 3);
        assert_eq!(exit_status(&[failed(Class::Infrastructure), failed(Class::Test)], false), 4);
        assert_eq!(exit_status(&[failed(Class::Test), failed(Class::Product)], false), 1);
        assert_eq!(exit_status(&[failed(Class::Product), failed(Class::Guard)], false), 6);
        assert_eq!(exit_status(&[passed.clone(), ended(Status::Flaky, None)], false), 0);
        assert_eq!(exit_status(&[passed, ended(Status::Flaky, None)], true), 5);
    }
}
