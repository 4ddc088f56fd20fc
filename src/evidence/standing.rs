//! How a scenario's ending stands against earlier runs: new, for how long, flaky lately, what became of it elsewhere. The first that
//! whoever is on call wants to know.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{
    RunRecord, ScenarioRecord, Status,
    history::{Key, Past, SHOWN, key},
};
use crate::spoken::counted;

/// A scenario was flaky lately where it was in one of so many runs.
const LATELY: usize = 10;

/// What is known of earlier runs: by scenario those of the target, the latest last, and the last one on each other target.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// On the target itself.
    pub here: BTreeMap<Key, Vec<Past>>,
    /// On others.
    pub elsewhere: BTreeMap<Key, Vec<Elsewhere>>,
}

/// How a scenario last ended on another target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Elsewhere {
    /// Which.
    pub target: String,
    /// When that run began, RFC 3339.
    pub started: String,
    /// How it ended, as [`Status::name`].
    pub status: String,
}

/// What an ending is, seen from the runs before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// It failed, and passed when it last ran.
    New,
    /// It failed, and nothing is known of it from before.
    First,
    /// It failed, as when it last ran.
    Still,
    /// It passed, and was flaky lately or now.
    Flaky,
    /// It passed, and failed when it last ran.
    NoLonger,
}

impl Kind {
    /// In a word or two.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::First => "not seen before",
            Self::Still => "still",
            Self::Flaky => "flaky lately",
            Self::NoLonger => "no longer",
        }
    }
}

/// How a scenario's ending stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The scenario.
    pub key: Key,
    /// What it is.
    pub kind: Kind,
    /// In how many runs in a row it failed, this one among them; or had failed before this one.
    pub runs: usize,
    /// The same in words, with since when, and what became of it elsewhere.
    pub says: String,
}

/// How the scenarios of a run stand about which there is something to tell, by feature and title. What is known may hold this run
/// itself.
#[must_use]
pub fn of(record: &RunRecord, known: &Known) -> Vec<Standing> {
    let mut told: BTreeMap<Key, &ScenarioRecord> = BTreeMap::new();
    for scenario in &record.scenarios {
        // Of several rounds, the gravest stands for the scenario.
        let graver = |other: &ScenarioRecord| gravity(scenario.status) > gravity(other.status);
        let one = told.entry(key(scenario)).or_insert(scenario);
        if graver(one) {
            *one = scenario;
        }
    }
    told.into_iter().filter_map(|(key, scenario)| one(key, scenario, &record.run.started, known)).collect()
}

const fn gravity(status: Status) -> u8 {
    match status {
        Status::Failed => 2,
        Status::Flaky => 1,
        _ => 0,
    }
}

fn one(key: Key, scenario: &ScenarioRecord, this: &str, known: &Known) -> Option<Standing> {
    let past = known.here.get(&key).map_or(&[][..], Vec::as_slice);
    // Who looks at an older run again is told what was known then.
    let before = &past[..past.iter().position(|one| one.started == this).unwrap_or(past.len())];
    let failures = before.iter().rev().take_while(|one| one.status == "failed").count();
    let failed = scenario.status == Status::Failed;
    let flaky = before.iter().rev().take(LATELY).filter(|one| one.flaky).count();
    let is_flaky = scenario.status == Status::Flaky;
    let kind = match scenario.status {
        Status::Failed if failures > 0 => Kind::Still,
        Status::Failed if before.is_empty() => Kind::First,
        Status::Failed => Kind::New,
        Status::Passed | Status::Flaky if failures > 0 => Kind::NoLonger,
        Status::Passed | Status::Flaky if flaky > 0 || is_flaky => Kind::Flaky,
        _ => return None,
    };
    let mut says = match kind {
        Kind::Still => {
            let since = before.get(before.len() - failures).map(moment).unwrap_or_default();
            // No more are remembered here than are shown.
            let at_least = if failures == before.len() && before.len() + 1 >= SHOWN { "at least " } else { "" };
            let mut says = format!("failing for {at_least}{}, since {since}", counted(failures + 1, "run"));
            if let Some(good) = before.iter().rev().find(|one| one.status != "failed") {
                says.push_str(&format!("; last passed {}", moment(good)));
            }
            says
        }
        Kind::First => "failed; no earlier run of it is known".to_owned(),
        Kind::New => format!("new: passed in its run before, {}", before.last().map(moment).unwrap_or_default()),
        Kind::NoLonger => format!("passed, after it had failed in {}", counted(failures, "run")),
        Kind::Flaky => "passed".to_owned(),
    };
    let flakes = flaky + usize::from(is_flaky);
    if flakes > 0 {
        let runs = (before.len() + 1).min(LATELY + 1);
        says.push_str(&format!("; flaky in {flakes} of its last {}", counted(runs, "run")));
    }
    if failed {
        for other in known.elsewhere.get(&key).into_iter().flatten() {
            let ended = if other.status == "failed" { "failed too" } else { "passed" };
            says.push_str(&format!("; {ended} on {}, {}", other.target, day(&other.started)));
        }
    }
    Some(Standing { key, kind, runs: failures + usize::from(failed), says })
}

/// A run, as people call it.
fn moment(past: &Past) -> String {
    let commit = past.commit.as_ref().map(|commit| format!(" (commit {commit})")).unwrap_or_default();
    format!("{}{commit}", day(&past.started))
}

/// A moment, RFC 3339, as people write it.
#[must_use]
pub fn day(started: &str) -> String {
    let shown = |at: jiff::Timestamp| at.strftime("%-d %b %Y, %H:%M UTC").to_string();
    started.parse().map_or_else(|_| started.to_owned(), shown)
}

/// How many there are of each kind, in a sentence; nothing where there is nothing to tell.
#[must_use]
pub fn sentence(standings: &[Standing]) -> Option<String> {
    let count = |kind: Kind| standings.iter().filter(|one| one.kind == kind).count();
    let parts = [
        (Kind::New, "failed and is new", "failed and are new"),
        (Kind::First, "failed in the first run that is known of it", "failed in the first run that is known of them"),
        (Kind::Still, "failed as before", "failed as before"),
        (Kind::NoLonger, "fails no longer", "fail no longer"),
        (Kind::Flaky, "was flaky lately", "were flaky lately"),
    ];
    let parts = parts.into_iter().filter_map(|(kind, one, many)| match count(kind) {
        0 => None,
        1 => Some(format!("1 {one}")),
        count => Some(format!("{count} {many}")),
    });
    let parts: Vec<String> = parts.collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn past(day: u32, status: &str) -> Past {
        Past {
            started: format!("2026-11-{day:02}T03:00:00Z"),
            commit: Some(format!("c{day}")),
            status: status.trim_end_matches('~').into(),
            flaky: status.ends_with('~'),
            duration_ms: 1,
            steps_ms: vec![],
        }
    }

    #[test]
    fn an_ending_is_told_from_those_before_it() {
        let last = |status, statuses: &[&str], elsewhere: &[&str]| {
            let mut record: RunRecord = serde_json::from_value(serde_json::json!({
                "run": { "started": "2026-11-30T03:00:00Z", "duration_ms": 1, "seed": 1, "workers": 1, "language": "en", "exit_status": 0, "interrupted": false },
                "target": "here", "browser": "b",
                "scenarios": [{ "name": "n", "feature": "f", "file": "f", "line": 1, "tags": [], "status": "passed", "attempts": 1,
                    "round": 1, "worker": 1, "duration_ms": 1, "steps": [], "evidence": [] }],
            }))
            .expect("a record");
            record.scenarios[0].status = status;
            let key: Key = ("f".into(), "n".into());
            let mut here: Vec<Past> = statuses.iter().zip(20..).map(|(status, day)| past(day, status)).collect();
            // This run is remembered by then.
            here.push(past(30, status.name()));
            let there = |status: &&str| Elsewhere {
                target: "there".into(),
                started: "2026-11-29T03:00:00Z".into(),
                status: (*status).into(),
            };
            let known = Known {
                here: BTreeMap::from([(key.clone(), here)]),
                elsewhere: BTreeMap::from([(key, elsewhere.iter().map(there).collect())]),
            };
            of(&record, &known).into_iter().next().map(|one| (one.kind, one.runs, one.says))
        };
        let told = |kind, runs, says: &str| Some((kind, runs, says.to_owned()));
        assert_eq!(last(Status::Passed, &["passed"], &[]), None);
        assert_eq!(last(Status::Failed, &[], &[]), told(Kind::First, 1, "failed; no earlier run of it is known"));
        assert_eq!(
            last(Status::Failed, &["failed", "passed"], &["passed"]),
            told(
                Kind::New,
                1,
                "new: passed in its run before, 21 Nov 2026, 03:00 UTC (commit c21); passed on there, 29 Nov 2026, 03:00 UTC"
            )
        );
        assert_eq!(
            last(Status::Failed, &["passed", "failed", "failed"], &["failed"]),
            told(
                Kind::Still,
                3,
                "failing for 3 runs, since 21 Nov 2026, 03:00 UTC (commit c21); last passed 20 Nov 2026, 03:00 UTC (commit c20); failed too on there, 29 Nov 2026, 03:00 UTC"
            )
        );
        assert_eq!(
            last(Status::Passed, &["failed", "failed"], &[]),
            told(Kind::NoLonger, 2, "passed, after it had failed in 2 runs")
        );
        assert_eq!(
            last(Status::Flaky, &["passed", "flaky~"], &[]),
            told(Kind::Flaky, 0, "passed; flaky in 2 of its last 3 runs")
        );
    }
}
