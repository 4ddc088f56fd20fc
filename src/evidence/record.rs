//! The record of a run. `results.json` is this, serialised; `results.schema.json` beside this file describes it.

use std::{collections::BTreeMap, path::PathBuf};

use serde::{Deserialize, Serialize};

use super::{
    Covered,
    step::{ConsoleRecord, StepRecord},
};
use crate::{domain::Class, target::Reach};

/// A whole run.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RunRecord {
    /// The run itself.
    pub run: RunInfo,
    /// Name of the target's profile.
    pub target: String,
    /// Browser and version, or why there was none.
    pub browser: String,
    /// The features that the scenarios are of, as they are written.
    #[serde(default)]
    pub features: Vec<FeatureRecord>,
    /// The sentences of the documented flow, and what ran of the scenarios that cover each.
    #[serde(default)]
    pub coverage: Vec<Covered>,
    /// The clauses of the contract of the pages, likewise.
    #[serde(default)]
    pub clauses: Vec<Covered>,
    /// What share of the contract the target is held to, whatever was selected.
    #[serde(default)]
    pub reach: Reach,
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
    /// What purchases were held against: `pages only`, or `pages and API`.
    #[serde(default)]
    pub opinion: String,
    /// How it ended: the suite's exit status.
    pub exit_status: u8,
    /// The run was stopped before all was done.
    pub interrupted: bool,
    /// What the run bought on another's target and could not return; in words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub leftovers: Vec<String>,
    /// The commit of the suite, where it is known; with `+` where files differ from it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// No font of the machine had the characters of the pages: pictures show boxes for them.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub lacks_font: bool,
    /// What it bought, where it was to buy anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spent: Option<Spent>,
    /// Which part of a whole it was, where it was one (`--shard`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shard: Option<Shard>,
    /// The shards that it was merged from, where it was.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shards: Vec<ShardRun>,
}

/// What a run bought, in fen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spent {
    /// For so much, what may still be charged among it.
    pub fen: i64,
    /// So many instances.
    pub instances: u32,
    /// What it could have spent at most; none: play money.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cap_fen: Option<i64>,
    /// What the profile lets a run spend.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile_fen: Option<i64>,
}

/// Which part of a whole a run was: what shards must agree on to be merged.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shard {
    /// Which one, from 1.
    pub index: usize,
    /// What each of all of them is to run, in their order: digests of features and titles.
    pub split: Vec<String>,
    /// What was asked for, beside what may differ from machine to machine: flags and their values.
    pub asked: BTreeMap<String, serde_json::Value>,
    /// Which of its own builds a build server ran it in, where one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub build: Option<String>,
    /// The folder of the target's baselines, from the project's root.
    #[serde(default)]
    pub baselines: PathBuf,
    /// The page states that were compared with them, by name.
    #[serde(default)]
    pub compared: Vec<String>,
}

/// A shard of a run that was merged.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ShardRun {
    /// Which one, from 1.
    pub index: usize,
    /// When it began, RFC 3339.
    pub started: String,
    /// How long it took, ms.
    pub duration_ms: u64,
    /// Seed of its order.
    pub seed: u64,
    /// How many workers.
    pub workers: usize,
    /// Browser and version.
    pub browser: String,
    /// How many scenarios it had, rounds counted.
    pub scenarios: usize,
    /// How it ended.
    pub exit_status: u8,
}

/// A feature as it is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeatureRecord {
    /// Its title.
    pub name: String,
    /// The file it is in, from the project's root.
    pub file: PathBuf,
    /// The language that its keywords are in, such as `en`.
    #[serde(default)]
    pub language: String,
    /// The keyword before its title.
    #[serde(default)]
    pub keyword: String,
    /// The line its title is on.
    #[serde(default)]
    pub line: usize,
    /// What it says below its title; empty where nothing.
    pub narrative: String,
    /// Its rules, in order.
    pub rules: Vec<RuleRecord>,
}

/// A rule as it is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleRecord {
    /// Its title.
    pub name: String,
    /// The keyword before its title.
    #[serde(default)]
    pub keyword: String,
    /// The line its title is on.
    #[serde(default)]
    pub line: usize,
    /// What it says below its title; empty where nothing.
    pub narrative: String,
}

/// How a scenario ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// All steps held.
    Passed,
    /// A step did not, at the last attempt.
    Failed,
    /// Passed, but not at the first attempt.
    Flaky,
    /// Not run, or not to its end: the run was stopped before.
    Skipped,
    /// The target lacks what it needs.
    NotApplicable,
}

impl Status {
    /// As `results.json` and the history write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Flaky => "flaky",
            Self::Skipped => "skipped",
            Self::NotApplicable => "not-applicable",
        }
    }
}

/// A scenario (of one round), with its last attempt's steps.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ScenarioRecord {
    /// Its title, unique within its feature.
    pub name: String,
    /// Its feature's title.
    pub feature: String,
    /// The title of the rule it is under, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// The keyword before its title, such as `Scenario Outline`.
    #[serde(default)]
    pub keyword: String,
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
    /// Which worker ran it, from 1; 0: none did.
    pub worker: usize,
    /// When the last attempt began, ms since the run did.
    #[serde(default)]
    pub started_ms: u64,
    /// How long the last attempt took, ms.
    pub duration_ms: u64,
    /// Its steps.
    pub steps: Vec<StepRecord>,
    /// What its pages wrote to their consoles, and which of their requests failed.
    #[serde(default)]
    pub console: Vec<ConsoleRecord>,
    /// Files that were kept of it, from the output folder.
    pub evidence: Vec<PathBuf>,
    /// The attempts before the last one; all of them failed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub earlier_attempts: Vec<AttemptRecord>,
    /// The command that runs just this scenario again.
    #[serde(default)]
    pub repeat: String,
}

/// An attempt that was followed by another.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AttemptRecord {
    /// Whose fault its failure was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class: Option<Class>,
    /// Why it failed.
    pub reason: String,
    /// When it began, ms since the run did.
    pub started_ms: u64,
    /// How long it took, ms.
    pub duration_ms: u64,
    /// Its steps.
    pub steps: Vec<StepRecord>,
    /// What its pages wrote to their consoles, and which of their requests failed.
    pub console: Vec<ConsoleRecord>,
    /// Files that were kept of it, from the output folder.
    pub evidence: Vec<PathBuf>,
}

impl ScenarioRecord {
    /// Puts the present attempt among the earlier ones: another follows.
    pub fn try_again(&mut self) {
        self.earlier_attempts.push(AttemptRecord {
            class: self.class,
            reason: self.reason.clone().unwrap_or_default(),
            started_ms: self.started_ms,
            duration_ms: self.duration_ms,
            steps: std::mem::take(&mut self.steps),
            console: std::mem::take(&mut self.console),
            evidence: std::mem::take(&mut self.evidence),
        });
    }

    /// The step that failed, if one did.
    #[must_use]
    pub fn failed_step(&self) -> Option<&StepRecord> {
        self.steps.iter().find(|step| step.outcome == super::Outcome::Failed)
    }

    /// The first line of why it failed, was skipped or does not apply.
    #[must_use]
    pub fn headline(&self) -> &str {
        self.reason.as_deref().and_then(|reason| reason.lines().next()).unwrap_or("no reason given").trim()
    }
}

/// The one of these exit statuses that people must know first: 6, 7, 1, 4, 3, 5, in this order; 0 of none.
#[must_use]
pub fn gravest(statuses: impl IntoIterator<Item = u8>) -> u8 {
    const ORDER: [u8; 7] = [6, 7, 1, 4, 3, 5, 0];
    let rank = |status: &u8| ORDER.iter().position(|one| one == status);
    statuses.into_iter().min_by_key(|status| rank(status).unwrap_or_default()).unwrap_or_default()
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
            rule: None,
            keyword: "Scenario".into(),
            file: "c".into(),
            line: 1,
            tags: vec![],
            status,
            class,
            reason: None,
            attempts: 1,
            round: 1,
            worker: 1,
            started_ms: 0,
            duration_ms: 1,
            steps: vec![],
            console: vec![],
            evidence: vec![],
            earlier_attempts: vec![],
            repeat: String::new(),
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
