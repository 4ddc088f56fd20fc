//! What scenarios did, as data for the script. Lines that many page states have in common are in it once.

use std::{
    collections::{BTreeMap, HashMap},
    fs,
    path::{Path, PathBuf},
};

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;

use super::{
    id,
    reason::{Reason, whose},
};
use crate::{
    domain::Class,
    evidence::{
        AttachmentRecord, ConsoleRecord, Outcome, RunRecord, StepRecord,
        history::{Key, Past, key},
        picture,
    },
};

/// All details of a run.
#[derive(Debug, Default, Serialize)]
pub struct Details {
    /// Lines of page states, addresses and what calls were for, once each.
    lines: Vec<String>,
    /// Page states, as numbers of lines.
    states: Vec<Vec<usize>>,
    /// Pictures, as `data:` addresses.
    pictures: Vec<String>,
    /// Runs of the history: when, and at which commit.
    runs: Vec<(String, Option<String>)>,
    scenarios: BTreeMap<String, Scenario>,
}

#[derive(Debug, Serialize)]
struct Scenario {
    attempts: Vec<Attempt>,
    worker: usize,
    place: String,
    repeat: String,
    past: Vec<PastRun>,
}

/// An attempt; the last one of a scenario is the one that counts.
#[derive(Debug, Serialize)]
struct Attempt {
    reason: Option<Reason>,
    class: String,
    whose: &'static str,
    words: &'static str,
    ms: u64,
    steps: Vec<Step>,
    console: Vec<ConsoleRecord>,
}

#[derive(Debug, Serialize)]
struct Step {
    keyword: String,
    text: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    table: Vec<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    doc: Option<String>,
    outcome: Outcome,
    at: u64,
    ms: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    picture: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reviewed: Option<usize>,
    /// The file with the whole page, from the report's folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    page: Option<String>,
    /// What it is, the text, or the picture.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    attached: Vec<(String, Option<String>, Option<usize>)>,
    /// Address, what asked, status, ms.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    requests: Vec<(usize, String, Option<u16>, u64)>,
    /// What was done, what for, what came of it, ms.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    calls: Vec<(usize, usize, Option<usize>, u64)>,
}

/// A run of the history: its number, how it ended there, whether it was flaky, and times.
#[derive(Debug, Serialize)]
struct PastRun(usize, String, bool, u64, Vec<u64>);

/// The details of a run.
pub fn of(record: &RunRecord, history: &BTreeMap<Key, Vec<Past>>, out: &Path) -> Details {
    let mut gathering = Gathering {
        out,
        details: Details::default(),
        lines: HashMap::new(),
        states: HashMap::new(),
        pictures: HashMap::new(),
    };
    let mut runs: HashMap<String, usize> = HashMap::new();
    for scenario in &record.scenarios {
        let earlier = scenario.earlier_attempts.iter().map(|attempt| {
            (Some(&attempt.reason), attempt.class, attempt.duration_ms, &attempt.steps, &attempt.console)
        });
        let last = (scenario.reason.as_ref(), scenario.class, scenario.duration_ms, &scenario.steps, &scenario.console);
        let attempts = earlier
            .chain([last])
            .map(|(reason, class, ms, steps, console)| gathering.attempt(reason, class, ms, steps, console))
            .collect();
        let past = history.get(&key(scenario)).into_iter().flatten().map(|past| {
            let details = &mut gathering.details;
            let run = *runs.entry(past.started.clone()).or_insert_with(|| {
                details.runs.push((past.started.clone(), past.commit.clone()));
                details.runs.len() - 1
            });
            PastRun(run, past.status.clone(), past.flaky, past.duration_ms, past.steps_ms.clone())
        });
        let past = past.collect();
        let shown = Scenario {
            attempts,
            worker: scenario.worker,
            place: format!("{}:{}", scenario.file.display(), scenario.line),
            repeat: scenario.repeat.clone(),
            past,
        };
        gathering.details.scenarios.insert(id(scenario), shown);
    }
    gathering.details
}

struct Gathering<'a> {
    out: &'a Path,
    details: Details,
    lines: HashMap<String, usize>,
    states: HashMap<PathBuf, Option<usize>>,
    pictures: HashMap<String, usize>,
}

impl Gathering<'_> {
    fn attempt(
        &mut self,
        reason: Option<&String>,
        class: Option<Class>,
        ms: u64,
        steps: &[StepRecord],
        console: &[ConsoleRecord],
    ) -> Attempt {
        let (whose, words) = whose(class);
        Attempt {
            reason: reason.map(|reason| Reason::of(reason)),
            class: class.map(|class| class.to_string()).unwrap_or_default(),
            whose,
            words,
            ms,
            steps: steps.iter().map(|step| self.step(step)).collect(),
            console: console.to_vec(),
        }
    }

    fn step(&mut self, step: &StepRecord) -> Step {
        Step {
            keyword: step.keyword.clone(),
            text: step.text.clone(),
            table: step.table.clone(),
            doc: step.doc.clone(),
            outcome: step.outcome,
            at: step.started_ms,
            ms: step.duration_ms,
            address: step.address.as_ref().map(|address| self.line(address)),
            state: step.state.as_ref().and_then(|file| self.state(file)),
            picture: step.picture.as_ref().and_then(|file| self.picture(file)),
            reviewed: step.reviewed.as_ref().and_then(|file| self.picture(file)),
            attached: step.attachments.iter().filter_map(|one| self.attached(one)).collect(),
            page: step.page.as_ref().map(|file| address(file)),
            requests: step
                .requests
                .iter()
                .map(|request| (self.line(&request.url), request.kind.clone(), request.status, request.duration_ms))
                .collect(),
            calls: step
                .calls
                .iter()
                .map(|call| {
                    let came = call.came.as_ref().map(|came| self.line(came));
                    (self.line(&call.doing), self.line(&call.about), came, call.duration_ms)
                })
                .collect(),
        }
    }

    fn attached(&mut self, one: &AttachmentRecord) -> Option<(String, Option<String>, Option<usize>)> {
        match one.media_type.as_str() {
            "image/webp" => Some((one.name.clone(), None, Some(self.picture(&one.file)?))),
            _ => Some((one.name.clone(), Some(fs::read_to_string(self.out.join(&one.file)).ok()?), None)),
        }
    }

    fn line(&mut self, line: &str) -> usize {
        if let Some(number) = self.lines.get(line) {
            return *number;
        }
        let number = self.details.lines.len();
        self.details.lines.push(line.to_owned());
        self.lines.insert(line.to_owned(), number);
        number
    }

    /// A file that is gone is left out: the report is still worth having.
    fn state(&mut self, file: &Path) -> Option<usize> {
        if let Some(known) = self.states.get(file) {
            return *known;
        }
        let state = fs::read_to_string(self.out.join(file)).ok().map(|text| {
            let lines = text.lines().map(|line| self.line(line)).collect();
            self.details.states.push(lines);
            self.details.states.len() - 1
        });
        self.states.insert(file.to_owned(), state);
        state
    }

    fn picture(&mut self, file: &Path) -> Option<usize> {
        let address = picture::data_url(&self.out.join(file)).ok()?;
        // Where nothing changed, the picture is the same.
        let details = &mut self.details;
        Some(*self.pictures.entry(address).or_insert_with_key(|address| {
            details.pictures.push(address.clone());
            details.pictures.len() - 1
        }))
    }
}

/// The way to a file from the report beside its folder, as links write it.
fn address(file: &Path) -> String {
    let encoded = file.iter().map(|part| utf8_percent_encode(&part.to_string_lossy(), NON_ALPHANUMERIC).to_string());
    encoded.collect::<Vec<_>>().join("/")
}
