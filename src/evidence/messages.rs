//! `messages.ndjson`: a run as Cucumber Messages (<https://github.com/cucumber/messages>), which other tools make reports of. One
//! message a line, in the order of the protocol, each attempt after those that began before it.
//!
//! What is no step of a feature (what a scenario bought is returned, its books are balanced, why it is not applicable) is a hook.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::Context as _;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    AttachmentRecord, FeatureRecord, Outcome, RunRecord, ScenarioRecord, Status, StepRecord,
    history::{Key, key},
    write_whole,
};
use crate::domain::Class;

/// The release of the protocol that this was written by.
const PROTOCOL: &str = "34.2.1";
/// What a step is called that no feature has.
const OF_THE_SUITE: &str = "*";
/// All of it is held at once, and written before a run's results are told: so many bytes of files and no more.
const MOST_OF_FILES: u64 = 64 * 1024 * 1024;

/// Writes a run's messages. `out`: the folder that evidence paths start from.
///
/// # Errors
/// When the run does not say when it began, or the file cannot be written.
pub fn write_messages(record: &RunRecord, out: &Path, file: &Path) -> anyhow::Result<()> {
    let mut text = String::new();
    for message in of(record, out)? {
        text.push_str(&serde_json::to_string(&message)?);
        text.push('\n');
    }
    write_whole(file, text.as_bytes())
}

/// The messages of a run.
fn of(record: &RunRecord, out: &Path) -> anyhow::Result<Vec<Value>> {
    let began: Timestamp = record.run.started.parse().context("when the run began")?;
    let mut telling =
        Telling { began: began.as_millisecond(), out, next: 0, messages: Vec::new(), room: MOST_OF_FILES };
    let product = |name: &str| json!({ "name": name });
    telling.tell(json!({ "meta": {
        "protocolVersion": PROTOCOL,
        "implementation": { "name": env!("CARGO_PKG_NAME"), "version": env!("CARGO_PKG_VERSION") },
        "runtime": product("rust"), "os": product(std::env::consts::OS), "cpu": product(std::env::consts::ARCH),
    } }));
    let mut cases: Vec<Told<'_>> = Vec::new();
    for feature in &record.features {
        let own: Vec<&ScenarioRecord> = record.scenarios.iter().filter(|one| one.file == feature.file).collect();
        if !own.is_empty() {
            cases.extend(telling.feature(feature, &own));
        }
    }
    let run = telling.id();
    telling.tell(json!({ "testRunStarted": { "id": run, "timestamp": telling.at(0) } }));
    let hook = telling.id();
    telling.tell(json!({ "hook": { "id": hook, "name": "the suite's own", "sourceReference": {} } }));
    for case in &mut cases {
        telling.case(case, &run, &hook);
    }
    let mut attempts: Vec<(&Told<'_>, usize)> =
        cases.iter().flat_map(|case| (0..case.attempts.len()).map(move |attempt| (case, attempt))).collect();
    attempts.sort_by_key(|(case, attempt)| case.attempts[*attempt].started_ms);
    for (case, attempt) in attempts {
        telling.attempt(case, attempt);
    }
    let success = record.run.exit_status == 0;
    telling.tell(json!({ "testRunFinished": {
        "testRunStartedId": run, "success": success, "timestamp": telling.at(record.run.duration_ms),
    } }));
    Ok(telling.messages)
}

/// An attempt at a scenario.
struct Attempt<'a> {
    status: Status,
    class: Option<Class>,
    reason: Option<&'a str>,
    started_ms: u64,
    duration_ms: u64,
    steps: &'a [StepRecord],
}

impl Attempt<'_> {
    /// Why it ended as it did, where no step says so.
    fn said_by_no_step(&self) -> Option<&str> {
        self.reason.filter(|_| !self.steps.iter().any(|step| step.outcome == Outcome::Failed))
    }
}

/// A scenario of which the document has been told.
struct Told<'a> {
    scenario: &'a ScenarioRecord,
    attempts: Vec<Attempt<'a>>,
    pickle: String,
    /// The pickle's steps, those of features only.
    pickle_steps: Vec<String>,
    id: String,
    /// The test steps, in the order of those of an attempt; then the one for what no step says, where there is any.
    steps: Vec<String>,
    whole: Option<String>,
}

fn attempts(scenario: &ScenarioRecord) -> Vec<Attempt<'_>> {
    let earlier = scenario.earlier_attempts.iter().map(|one| Attempt {
        status: Status::Failed,
        class: one.class,
        reason: Some(one.reason.as_str()),
        started_ms: one.started_ms,
        duration_ms: one.duration_ms,
        steps: &one.steps,
    });
    let last = Attempt {
        status: scenario.status,
        class: scenario.class,
        reason: scenario.reason.as_deref(),
        started_ms: scenario.started_ms,
        duration_ms: scenario.duration_ms,
        steps: &scenario.steps,
    };
    earlier.chain([last]).collect()
}

/// The steps that a scenario has: those of the attempt that came furthest.
fn steps_of<'a>(attempts: &[Attempt<'a>]) -> &'a [StepRecord] {
    attempts.iter().map(|one| one.steps).max_by_key(|steps| steps.len()).unwrap_or_default()
}

struct Telling<'a> {
    /// Ms since 1970.
    began: i64,
    out: &'a Path,
    next: usize,
    messages: Vec<Value>,
    /// So many bytes of files are still taken along.
    room: u64,
}

impl<'a> Telling<'a> {
    fn tell(&mut self, message: Value) {
        self.messages.push(message);
    }

    fn id(&mut self) -> String {
        self.next += 1;
        self.next.to_string()
    }

    /// A moment of the run.
    fn at(&self, ms: u64) -> Value {
        let ms = self.began.saturating_add(i64::try_from(ms).unwrap_or(i64::MAX));
        json!({ "seconds": ms.div_euclid(1000), "nanos": ms.rem_euclid(1000) * 1_000_000 })
    }

    /// A feature's document and the pickles of its scenarios.
    fn feature<'b>(&mut self, feature: &FeatureRecord, own: &[&'b ScenarioRecord]) -> Vec<Told<'b>> {
        let uri = feature.file.display().to_string();
        let mut told = Vec::new();
        let mut written: BTreeMap<Key, Written> = BTreeMap::new();
        let mut pickles = Vec::new();
        for scenario in own {
            let attempts = attempts(scenario);
            let of_feature: Vec<&StepRecord> =
                steps_of(&attempts).iter().filter(|step| step.keyword != OF_THE_SUITE).collect();
            // Every round is a pickle of the same scenario.
            let Written { id: node, steps: nodes, tags, .. } =
                written.entry(key(scenario)).or_insert_with(|| Written::of(scenario, &of_feature, self)).clone();
            let pickle = self.id();
            let pickle_steps: Vec<String> = of_feature.iter().map(|_| self.id()).collect();
            let steps: Vec<Value> = of_feature
                .iter()
                .zip(&pickle_steps)
                .enumerate()
                .map(|(index, (step, id))| {
                    let mut it = json!({
                        "id": id, "text": step.text, "type": kind(&step.keyword).1,
                        "astNodeIds": nodes.get(index).into_iter().collect::<Vec<_>>(),
                    });
                    if !step.table.is_empty() {
                        let rows = step.table.iter().map(|row| json!({ "cells": cells(row, None) }));
                        it["argument"] = json!({ "dataTable": { "rows": rows.collect::<Vec<_>>() } });
                    } else if let Some(doc) = &step.doc {
                        it["argument"] = json!({ "docString": { "content": doc } });
                    }
                    it
                })
                .collect();
            let tags = scenario.tags.iter().zip(tags);
            let tags = tags.map(|(tag, id)| json!({ "name": format!("@{tag}"), "astNodeId": id }));
            pickles.push(json!({ "pickle": {
                "id": pickle, "uri": uri, "location": { "line": scenario.line }, "name": scenario.name,
                "language": feature.language,
                "steps": steps, "tags": tags.collect::<Vec<_>>(), "astNodeIds": [node],
            } }));
            let (steps, whole) = (Vec::new(), None);
            told.push(Told { scenario, attempts, pickle, pickle_steps, id: String::new(), steps, whole });
        }
        let under = |rule: Option<&str>| -> Vec<Value> {
            let mut seen = Vec::new();
            let mut nodes = Vec::new();
            for one in own.iter().filter(|one| one.rule.as_deref() == rule) {
                let key = key(one);
                if !seen.contains(&key) {
                    nodes.extend(written.get(&key).map(|written| json!({ "scenario": written.node })));
                    seen.push(key);
                }
            }
            nodes
        };
        let mut children = under(None);
        for rule in &feature.rules {
            let inside = under(Some(&rule.name));
            if !inside.is_empty() {
                children.push(json!({ "rule": {
                    "id": self.id(), "location": { "line": rule.line }, "tags": [], "keyword": rule.keyword, "name": rule.name,
                    "description": rule.narrative, "children": inside,
                } }));
            }
        }
        self.tell(json!({ "gherkinDocument": { "uri": uri, "comments": [], "feature": {
            "location": { "line": feature.line }, "tags": [], "language": feature.language, "keyword": feature.keyword,
            "name": feature.name, "description": feature.narrative, "children": children,
        } } }));
        self.messages.extend(pickles);
        told
    }

    /// What is to be done for a pickle.
    fn case(&mut self, case: &mut Told<'_>, run: &str, hook: &str) {
        let mut pickled = case.pickle_steps.iter();
        let mut steps = Vec::new();
        for step in steps_of(&case.attempts) {
            let id = self.id();
            steps.push(match step.keyword.as_str() {
                OF_THE_SUITE => json!({ "id": id, "hookId": hook }),
                _ => json!({ "id": id, "pickleStepId": pickled.next(), "stepDefinitionIds": [] }),
            });
            case.steps.push(id);
        }
        if case.attempts.iter().any(|attempt| attempt.said_by_no_step().is_some()) || steps.is_empty() {
            let id = self.id();
            steps.push(json!({ "id": id, "hookId": hook }));
            case.whole = Some(id);
        }
        case.id = self.id();
        self.tell(json!({ "testCase": {
            "id": case.id, "pickleId": case.pickle, "testRunStartedId": run, "testSteps": steps,
        } }));
    }

    /// How an attempt went.
    fn attempt(&mut self, case: &Told<'_>, number: usize) {
        let attempt = &case.attempts[number];
        let started = self.id();
        self.tell(json!({ "testCaseStarted": {
            "id": started, "testCaseId": case.id, "attempt": number, "workerId": case.scenario.worker.to_string(),
            "timestamp": self.at(attempt.started_ms),
        } }));
        for (index, id) in case.steps.iter().enumerate() {
            let untaken = StepRecord::default();
            let step = attempt.steps.get(index).unwrap_or(&untaken);
            let status = match step.outcome {
                Outcome::Passed => "PASSED",
                Outcome::Failed => "FAILED",
                Outcome::Skipped => "SKIPPED",
            };
            let why = attempt.reason.filter(|_| step.outcome == Outcome::Failed);
            let from = attempt.started_ms + step.started_ms;
            self.step(&started, id, from, step.duration_ms, status, why, attempt.class, &step_files(step));
        }
        if let Some(id) = &case.whole {
            let why = attempt.said_by_no_step();
            let status = match (attempt.status, why) {
                (Status::Failed, Some(_)) => "FAILED",
                (Status::Skipped | Status::NotApplicable, _) => "SKIPPED",
                _ => "PASSED",
            };
            self.step(&started, id, attempt.started_ms + attempt.duration_ms, 0, status, why, attempt.class, &[]);
        }
        self.tell(json!({ "testCaseFinished": {
            "testCaseStartedId": started, "willBeRetried": number + 1 < case.attempts.len(),
            "timestamp": self.at(attempt.started_ms + attempt.duration_ms),
        } }));
    }

    #[expect(clippy::too_many_arguments, reason = "they are what the message holds")]
    fn step(
        &mut self,
        case: &str,
        id: &str,
        from: u64,
        ms: u64,
        status: &str,
        why: Option<&str>,
        class: Option<Class>,
        files: &[AttachmentRecord],
    ) {
        self.tell(
            json!({ "testStepStarted": { "testCaseStartedId": case, "testStepId": id, "timestamp": self.at(from) } }),
        );
        for file in files {
            // What is gone is left out, and so is what there is no room for: the report has it.
            let path = self.out.join(&file.file);
            let left = fs::metadata(&path).ok().and_then(|file| self.room.checked_sub(file.len()));
            let (Some(left), Ok(bytes)) = (left, fs::read(&path)) else { continue };
            self.room = left;
            let (body, encoding) = match String::from_utf8(bytes) {
                Ok(text) => (text, "IDENTITY"),
                Err(picture) => (STANDARD.encode(picture.as_bytes()), "BASE64"),
            };
            self.tell(json!({ "attachment": {
                "body": body, "contentEncoding": encoding, "mediaType": file.media_type, "fileName": file.name,
                "testCaseStartedId": case, "testStepId": id, "timestamp": self.at(from + ms),
            } }));
        }
        let mut result = json!({
            "status": status, "duration": { "seconds": ms / 1000, "nanos": ms % 1000 * 1_000_000 },
        });
        if let Some(why) = why {
            result["message"] = json!(why);
            if status == "FAILED" {
                let class = class.map_or_else(|| "unknown".to_owned(), |class| class.to_string());
                result["exception"] = json!({ "type": class, "message": why.lines().next().unwrap_or_default() });
            }
        }
        self.tell(json!({ "testStepFinished": {
            "testCaseStartedId": case, "testStepId": id, "testStepResult": result, "timestamp": self.at(from + ms),
        } }));
    }
}

/// What a step left to look at.
fn step_files(step: &StepRecord) -> Vec<AttachmentRecord> {
    let picture = step.picture.iter().map(|file| AttachmentRecord {
        name: "the page".into(),
        media_type: format!("image/{}", file.extension().unwrap_or_default().to_string_lossy()),
        file: file.clone(),
    });
    step.attachments.iter().cloned().chain(picture).collect()
}

/// A scenario as its document has it.
#[derive(Clone)]
struct Written {
    node: Value,
    id: String,
    /// The ids of its steps, and of its tags.
    steps: Vec<String>,
    tags: Vec<String>,
}

impl Written {
    fn of(scenario: &ScenarioRecord, steps: &[&StepRecord], telling: &mut Telling<'_>) -> Self {
        let (line, id) = (scenario.line, telling.id());
        let mut step_nodes = Vec::new();
        let mut step_ids = Vec::new();
        for step in steps {
            let (id, at) = (telling.id(), step.line.unwrap_or(line));
            let mut node = json!({
                "id": id, "location": { "line": at }, "keyword": format!("{} ", step.keyword),
                "keywordType": kind(&step.keyword).0, "text": step.text,
            });
            if !step.table.is_empty() {
                let rows = step.table.iter().zip(at + 1..).map(
                    |(row, at)| json!({ "id": telling.id(), "location": { "line": at }, "cells": cells(row, Some(at)) }),
                );
                node["dataTable"] = json!({ "location": { "line": at + 1 }, "rows": rows.collect::<Vec<_>>() });
            } else if let Some(doc) = &step.doc {
                node["docString"] = json!({ "location": { "line": at + 1 }, "content": doc, "delimiter": "\"\"\"" });
            }
            step_nodes.push(node);
            step_ids.push(id);
        }
        let tag_ids: Vec<String> = scenario.tags.iter().map(|_| telling.id()).collect();
        let tags = scenario.tags.iter().zip(&tag_ids);
        let tags = tags.map(|(tag, id)| json!({ "id": id, "name": format!("@{tag}"), "location": { "line": line } }));
        let node = json!({
            "id": id, "location": { "line": line }, "tags": tags.collect::<Vec<_>>(),
            "keyword": scenario.keyword, "name": scenario.name, "description": "", "steps": step_nodes, "examples": [],
        });
        Self { node, id, steps: step_ids, tags: tag_ids }
    }
}

fn cells(row: &[String], line: Option<usize>) -> Vec<Value> {
    let cell = |value: &String| match line {
        Some(line) => json!({ "location": { "line": line }, "value": value }),
        None => json!({ "value": value }),
    };
    row.iter().map(cell).collect()
}

/// What a keyword says of a step: in a document, and in a pickle.
fn kind(keyword: &str) -> (&'static str, &'static str) {
    match keyword {
        "Given" | "假如" | "假设" | "假定" => ("Context", "Context"),
        "When" | "当" => ("Action", "Action"),
        "Then" | "那么" => ("Outcome", "Outcome"),
        "And" | "But" => ("Conjunction", "Unknown"),
        _ => ("Unknown", "Unknown"),
    }
}
