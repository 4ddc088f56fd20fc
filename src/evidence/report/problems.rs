//! What failed, and why: scenarios that failed alike are one problem.

use serde::Serialize;

use super::{
    id,
    reason::{Reason, whose},
};
use crate::evidence::{
    RunRecord, ScenarioRecord, Status,
    history::key,
    standing::{Kind, Standing},
};

/// Scenarios that failed alike.
#[derive(Debug, Serialize)]
pub struct Problem {
    reason: Reason,
    /// Whose fault it is, in a word.
    whose: &'static str,
    /// And in a sentence.
    words: &'static str,
    class: String,
    /// The step of the first of them.
    step: Option<String>,
    scenarios: Vec<Failed>,
}

/// A scenario that failed, and how that stands against earlier runs.
#[derive(Debug, Serialize)]
pub struct Failed {
    #[serde(flatten)]
    link: Link,
    kind: Option<Kind>,
    words: &'static str,
    says: String,
}

impl Failed {
    fn of(scenario: &ScenarioRecord, standings: &[Standing]) -> Self {
        let standing = standings.iter().find(|one| one.key == key(scenario));
        Self {
            link: Link::to(scenario),
            kind: standing.map(|one| one.kind),
            words: standing.map(|one| one.kind.words()).unwrap_or_default(),
            says: standing.map(|one| one.says.clone()).unwrap_or_default(),
        }
    }
}

/// A scenario to go to.
#[derive(Debug, Serialize)]
pub struct Link {
    /// Its id in the document.
    pub id: String,
    /// Its title.
    pub name: String,
    /// Its feature's.
    pub feature: String,
}

impl Link {
    /// To a scenario.
    pub fn to(scenario: &ScenarioRecord) -> Self {
        Self { id: id(scenario), name: scenario.name.clone(), feature: scenario.feature.clone() }
    }
}

/// The problems of a run, in the order in which they first arose.
pub fn of(record: &RunRecord, standings: &[Standing]) -> Vec<Problem> {
    let mut failed: Vec<&ScenarioRecord> =
        record.scenarios.iter().filter(|scenario| scenario.status == Status::Failed).collect();
    failed.sort_by_key(|scenario| scenario.started_ms + scenario.duration_ms);
    let mut problems: Vec<(String, Problem)> = Vec::new();
    for scenario in failed {
        let alike = format!("{:?} {}", scenario.class, without_digits(scenario.headline()));
        match problems.iter_mut().find(|(one, _)| *one == alike) {
            Some((_, problem)) => problem.scenarios.push(Failed::of(scenario, standings)),
            None => {
                let (whose, words) = whose(scenario.class);
                let problem = Problem {
                    reason: Reason::of(scenario.reason.as_deref().unwrap_or_default()),
                    whose,
                    words,
                    class: scenario.class.map(|class| class.to_string()).unwrap_or_default(),
                    step: scenario.failed_step().map(|step| format!("{} {}", step.keyword, step.text)),
                    scenarios: vec![Failed::of(scenario, standings)],
                };
                problems.push((alike, problem));
            }
        }
    }
    problems.into_iter().map(|(_, problem)| problem).collect()
}

/// Order numbers, ports and amounts differ between scenarios that failed alike.
fn without_digits(text: &str) -> String {
    text.chars().filter(|c| !c.is_ascii_digit()).collect()
}
