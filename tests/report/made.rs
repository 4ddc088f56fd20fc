//! Made-up runs: as many scenarios as wanted, ending in every way there is.

use std::{collections::BTreeMap, fs, path::PathBuf};

use dcdb_purchase_e2e::{
    domain::Class,
    evidence::{
        AttachmentRecord, AttemptRecord, CallRecord, ConsoleRecord, Covered, FeatureRecord, History, Outcome,
        RuleRecord, RunInfo, RunRecord, ScenarioRecord, Status, StepRecord, overview, report, standing::Known,
        write_junit,
    },
    target::Reach,
};
use tempfile::TempDir;
use url::Url;

/// What a page must not be able to slip in.
pub const MARKUP: &str = "</script></style><img src=x onerror=\"document.title='hit'\">{{ 7 * 7 }}<!-- & 'quoted'";

/// The smallest picture there is.
const PICTURE: &[u8] = &[
    137, 80, 78, 71, 13, 10, 26, 10, 0, 0, 0, 13, 73, 72, 68, 82, 0, 0, 0, 1, 0, 0, 0, 1, 8, 6, 0, 0, 0, 31, 21, 196,
    137, 0, 0, 0, 13, 73, 68, 65, 84, 120, 156, 99, 248, 15, 4, 0, 9, 251, 3, 253, 227, 85, 242, 156, 0, 0, 0, 0, 73,
    69, 78, 68, 174, 66, 96, 130,
];

/// A run that never was.
pub struct Made {
    /// Where evidence paths start from.
    pub folder: TempDir,
    /// As the run would have left it.
    pub record: RunRecord,
}

impl Made {
    /// Of so many scenarios: every fourth failed, every eighth from the sixth on is flaky, the last is not applicable, the
    /// others passed. Four carry `@P1` and `@3.3.14`, the next four `@P2`, and so on.
    pub fn with(count: usize) -> Self {
        let folder = tempfile::Builder::new().prefix("dcdb-report-").tempdir().expect("a folder");
        for (name, text) in
            [("before.yaml", "- main\n  - text: \"all well\"\n"), ("after.yaml", "- main\n  - text: \"gone wrong\"\n")]
        {
            fs::write(folder.path().join(name), text).expect("written");
        }
        fs::write(folder.path().join("picture.png"), PICTURE).expect("written");
        let mut scenarios: Vec<ScenarioRecord> = (0..count).map(scenario).collect();
        if let Some(last) = scenarios.last_mut() {
            (last.status, last.attempts, last.worker) = (Status::NotApplicable, 0, 0);
            last.steps.clear();
            last.class = None;
            last.earlier_attempts.clear();
            last.reason = Some("the target lacks a moon".into());
        }
        let record = RunRecord {
            run: RunInfo {
                started: "2026-11-23T08:00:00Z".into(),
                duration_ms: 1_000 * count as u64,
                seed: 7,
                workers: 2,
                language: "en".into(),
                opinion: "pages and API".into(),
                exit_status: 1,
                interrupted: false,
                leftovers: Vec::new(),
                commit: Some("0123456789".into()),
                ..RunInfo::default()
            },
            target: "made".into(),
            browser: "none 1.0".into(),
            features: vec![FeatureRecord {
                name: "A feature".into(),
                file: "features/a.feature".into(),
                language: "en".into(),
                keyword: "Feature".into(),
                line: 1,
                narrative: "Why it is there,\nin two lines.".into(),
                rules: vec![RuleRecord {
                    name: "A rule".into(),
                    keyword: "Rule".into(),
                    line: 4,
                    narrative: "What it says.".into(),
                }],
            }],
            coverage: vec![covered("P1", "choose and click")],
            clauses: vec![covered("3.3.14", "As opened: what is chosen at first"), differing()],
            reach: Reach {
                scenarios: 41,
                of_scenarios: 44,
                rules: 2,
                of_rules: 3,
                differs: BTreeMap::from([("3.2.3".into(), "accounts are locked by hand".into())]),
                lines: BTreeMap::from([("levers: time:".into(), 2)]),
            },
            scenarios,
        };
        Self { folder, record }
    }

    /// The scenario that failed first, and all that was seen in it, called this.
    pub fn named(mut self, name: &str) -> Self {
        fs::write(self.folder.path().join("after.yaml"), format!("- text: {name}\n")).expect("written");
        let failed = &mut self.record.scenarios[3];
        failed.name = name.into();
        failed.status = Status::Failed;
        failed.class = Some(Class::Product);
        failed.reason = Some(format!("{name}\n  saw      {name}\n  {name}"));
        failed.earlier_attempts.clear();
        failed.steps = steps(Outcome::Failed);
        failed.steps[1].text = name.into();
        failed.steps[1].address = Some(name.into());
        failed.steps[1].attachments[0].name = name.into();
        failed.steps[1].calls[0].came = Some(name.into());
        failed.console = vec![ConsoleRecord { kind: "error".into(), text: name.into(), url: name.into(), at_ms: 12 }];
        failed.tags.push(name.into());
        self.record.features[0].narrative = name.into();
        self.record.target = name.into();
        self
    }

    /// The same for build servers.
    pub fn junit(&self) -> String {
        let file = self.folder.path().join("junit.xml");
        write_junit(&self.record, &file).expect("written");
        fs::read_to_string(file).expect("read")
    }

    /// Writes the report and the history of three runs; gives the report's address.
    pub fn report(&self) -> Url {
        let mut history = History::open(&self.folder.path().join("history.sqlite")).expect("a history");
        for _ in 0..3 {
            history.append(&self.record).expect("remembered");
        }
        let known = Known {
            here: history.of(&self.record.target).expect("a past"),
            elsewhere: history.elsewhere(&self.record.target).expect("others"),
        };
        let runs = history.runs(&self.record.target).expect("runs");
        let html = overview::render(&self.record.target, &runs, &known.here).expect("an overview");
        fs::write(self.folder.path().join("overview.html"), html).expect("written");
        let html = report::render(&self.record, &known, self.folder.path()).expect("a report");
        let file: PathBuf = self.folder.path().join("report.html");
        fs::write(&file, html).expect("written");
        Url::from_file_path(file).expect("an address")
    }
}

fn covered(id: &str, says: &str) -> Covered {
    let ended = BTreeMap::from([(Status::Passed, 2), (Status::Failed, 1)]);
    Covered { id: id.into(), says: says.into(), scenarios: 3, ended, left_out: Vec::new() }
}

/// A rule that the target's owner has ruled out.
fn differing() -> Covered {
    Covered {
        id: "3.2.3".into(),
        says: "Five failures in a row lock the account".into(),
        scenarios: 1,
        ended: BTreeMap::from([(Status::NotApplicable, 1)]),
        left_out: vec!["made differs in 3.2.3: accounts are locked by hand".into()],
    }
}

fn scenario(index: usize) -> ScenarioRecord {
    let (status, class) = match index % 4 {
        3 => (Status::Failed, Some(Class::Product)),
        1 if index % 8 == 5 => (Status::Flaky, None),
        _ => (Status::Passed, None),
    };
    let reason = "purchase page: the total fee should show ¥1.00\n  saw      \"¥2.00\"\n  waited   5.0 s".to_owned();
    let earlier = AttemptRecord {
        class: Some(Class::Infrastructure),
        reason: "the browser failed: gone".into(),
        started_ms: 0,
        duration_ms: 100,
        steps: steps(Outcome::Failed),
        console: Vec::new(),
        evidence: Vec::new(),
    };
    ScenarioRecord {
        name: format!("Scenario {index}"),
        feature: "A feature".into(),
        rule: (index % 2 == 1).then(|| "A rule".into()),
        keyword: "Scenario".into(),
        file: "features/a.feature".into(),
        line: index.max(1) + usize::from(index == 0) * 9_999,
        tags: ["area"]
            .iter()
            .chain(if index % 8 < 4 { &["P1", "3.3.14"][..] } else { &["P2"] })
            .map(|tag| (*tag).into())
            .collect(),
        status,
        class,
        reason: (status == Status::Failed).then(|| reason.clone()),
        attempts: if status == Status::Flaky { 2 } else { 1 },
        round: 1,
        worker: 1 + index % 2,
        started_ms: 1_000 * index as u64,
        duration_ms: 900,
        steps: steps(if status == Status::Failed { Outcome::Failed } else { Outcome::Passed }),
        console: Vec::new(),
        evidence: vec!["picture.png".into()],
        earlier_attempts: if status == Status::Flaky { vec![earlier] } else { Vec::new() },
        repeat: format!("cargo test --test purchase -- --name '^Scenario {index}$'"),
    }
}

fn steps(second: Outcome) -> Vec<StepRecord> {
    let step = |keyword: &str, text: &str, outcome, started_ms| StepRecord {
        keyword: keyword.into(),
        text: text.into(),
        table: vec![vec!["region".into(), "a-region-with-a-name-that-is-quite-long-and-has-no-blank".into()]],
        outcome,
        started_ms,
        duration_ms: 300,
        address: Some(
            "http://buy.cloud.tencent.localhost:40019/dcdb/check?region=ap-guangzhou&zone=ap-guangzhou-3".into(),
        ),
        state: Some("before.yaml".into()),
        ..StepRecord::default()
    };
    let failed = second == Outcome::Failed;
    let mut steps = vec![
        step("Given", "the buyer is on the \"purchase\" page", Outcome::Passed, 0),
        step("When", "the buyer waits", second, 300),
        step("Then", "all is well", if failed { Outcome::Skipped } else { Outcome::Passed }, 600),
    ];
    if failed {
        steps[1].state = Some("after.yaml".into());
        steps[1].picture = Some("picture.png".into());
        steps[1].reviewed = Some("picture.png".into());
        steps[1].page = Some("evidence/a page.html".into());
        steps[1].attachments =
            vec![AttachmentRecord { name: "rows".into(), media_type: "text/plain".into(), file: "after.yaml".into() }];
        steps[1].calls = vec![CallRecord {
            doing: "aiming at an element".into(),
            about: "purchase page: button \"Purchase Now\" should take a click".into(),
            came: Some("nothing there".into()),
            at_ms: 310,
            duration_ms: 250,
        }];
        steps[2].state = None;
    }
    steps
}
