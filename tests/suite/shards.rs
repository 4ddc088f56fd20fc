//! A run in parts: what each has to do, and the parts made one again.

use std::{collections::BTreeSet, fs, path::Path, process::Command, thread};

use assert_cmd::cargo::cargo_bin;
use dcdb_purchase_e2e::{
    domain::Class,
    evidence::{
        FeatureRecord, History, Outcome, RunInfo, RunRecord, ScenarioRecord, Shard, Spent, Status, StepRecord,
        joining::digest,
    },
    target::Reach,
};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::run::{Ended, Run};

/// Cheap scenarios of seven features, page states and all of the guide among them.
const SELECTED: &str = "@guide or (not @pays and (@E1.1 or @3.1.1 or @3.2.1 or @3.3.1 or @3.3.14))";

/// Three scenarios fail on it, and one is not applicable.
fn profile() -> String {
    let base = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/targets/standin.yaml");
    format!(
        "extends: {base}\nname: parts\npage-states: standin\ndeadlines: {{ element: 5s }}\nwords: {{ message: {{ incorrect-e-mail-or-password: Nobody says so }} }}\ndiffers: {{ \"3.2.6\": accounts are opened by hand here }}\n"
    )
}

fn part(flags: &[&str]) -> Run {
    Run::of(&[&["--tags", SELECTED], flags].concat()).profile(&profile())
}

fn merge(folders: &[&Path], out: &Path, flags: &[&str]) -> Ended {
    let mut command = Command::new(cargo_bin!("dcdb-e2e"));
    command.arg("merge").args(folders).arg("--out").arg(out).args(flags);
    for name in ["GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "GITHUB_RUN_ID", "CI_PIPELINE_ID"] {
        command.env_remove(name);
    }
    Ended::of(command.output().expect("dcdb-e2e"))
}

fn results(folder: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(folder.join("results.json")).expect("results.json")).expect("JSON")
}

/// What of a run does not hang on when, where and by which worker it was made; nor on the moment at which a page's state was kept.
fn essence(results: &Value) -> Value {
    let scenarios = results["scenarios"].as_array().expect("scenarios").iter().map(|one| {
        let steps = one["steps"].as_array().expect("steps").iter();
        let steps: Vec<Value> = steps.map(|step| json!([step["keyword"], step["text"], step["outcome"]])).collect();
        let headline = one["reason"].as_str().and_then(|reason| reason.lines().next()).map(str::to_owned);
        json!([
            one["feature"],
            one["name"],
            one["line"],
            one["tags"],
            one["status"],
            one["class"],
            one["attempts"],
            headline,
            one["repeat"].as_str().map(|repeat| repeat.split("--name").last().map(str::to_owned)),
            steps
        ])
    });
    json!({
        "scenarios": scenarios.collect::<Vec<_>>(),
        "coverage": results["coverage"], "clauses": results["clauses"], "reach": results["reach"],
        "features": results["features"], "target": results["target"], "browser": results["browser"],
        "exit": results["run"]["exit_status"], "language": results["run"]["language"],
    })
}

/// Every test case of a JUnit file with how it ended, and the counts.
fn cases(folder: &Path) -> BTreeSet<String> {
    let xml = fs::read_to_string(folder.join("junit.xml")).expect("junit.xml");
    let timed = regex::Regex::new(r#" (time|timestamp)="[^"]*""#).expect("a pattern");
    let telling = ["<testsuites", "<testsuite ", "<testcase", "<failure", "<skipped"];
    let lines = xml.lines().map(str::trim).filter(|line| telling.iter().any(|tag| line.starts_with(tag)));
    lines.map(|line| timed.replace_all(line, "").into_owned()).collect()
}

fn names(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect()
}

#[test]
fn three_shards_merged_are_as_one_run() {
    let whole = part(&["--concurrency", "2"]);
    let ended = whole.end();
    assert_eq!(ended.status, Some(1), "{}", ended.text);
    let shards: Vec<Run> =
        (1..=3).map(|index| part(&["--concurrency", "1", "--shard", &format!("{index}/3")])).collect();
    let merged = Run::of(&[]);
    for run in shards.iter().chain([&merged]) {
        fs::create_dir_all(run.out()).expect("a folder");
        fs::copy(whole.out().join("history.sqlite"), run.out().join("history.sqlite")).expect("copied");
    }
    thread::scope(|scope| {
        for run in &shards {
            scope.spawn(|| run.end());
        }
    });
    let folders: Vec<_> = shards.iter().map(Run::out).collect();
    let each: Vec<Value> = folders.iter().map(|folder| results(folder)).collect();
    let schema: Value = serde_json::from_str(include_str!("../../src/evidence/results.schema.json")).expect("a schema");
    let schema = jsonschema::options().should_validate_formats(true).build(&schema).expect("a schema");
    for shard in &each {
        let count = shard["scenarios"].as_array().expect("scenarios").len();
        assert!((2..=10).contains(&count), "a shard of {count}");
    }
    let joined = merge(&[&folders[2], &folders[0], &folders[1]], &merged.out(), &[]);
    joined.expect(1, &["shard 1/3", "What failed:", "12 passed, 3 failed, 1 skipped"]);
    assert_eq!(joined.text.trim_end().lines().last(), ended.text.lines().last(), "{}\n{}", joined.text, ended.text);

    let (one, other) = (results(&merged.out()), whole.results());
    for results in each.iter().chain([&one]) {
        let faults: Vec<String> = schema.iter_errors(results).map(|fault| fault.to_string()).collect();
        assert_eq!(faults, [""; 0]);
    }
    let (one, other) = (essence(&one), essence(&other));
    for key in one.as_object().expect("an object").keys() {
        assert_eq!(one[key], other[key], "{key}");
    }
    assert_eq!(cases(&merged.out()), cases(&whole.out()));
    let text = |run: &Run, name: &str| fs::read_to_string(run.out().join(name)).expect(name);
    assert_eq!(text(&merged, "traceability.md"), text(&whole, "traceability.md"));
    let pictures = "page-states/standin";
    assert_eq!(names(&merged.out().join(pictures)), names(&whole.out().join(pictures)));
    assert_eq!(
        text(&merged, "guide.html").matches("data:image").count(),
        text(&whole, "guide.html").matches("data:image").count()
    );
    for (shard, folder) in each.iter().zip(&folders) {
        let kept = shard["scenarios"].as_array().expect("scenarios").iter().flat_map(|one| one["evidence"].as_array());
        for file in kept.flatten().map(|file| file.as_str().expect("a path")) {
            let read = |folder: &Path| fs::read(folder.join(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
            assert!(read(folder) == read(&merged.out()), "{file} is another");
        }
    }
    // What failed is known to the next run, and the report tells of one run and not of three.
    let again = part(&["--last-failed", "--list"]);
    fs::create_dir_all(again.out()).expect("a folder");
    fs::copy(merged.out().join("history.sqlite"), again.out().join("history.sqlite")).expect("copied");
    let listed = again.end();
    listed.expect(0, &["A wrong password: test", "An e-mail address that nobody has: test"]);
    assert_eq!(listed.text.lines().count(), 3, "{}", listed.text);
    let history = History::open(&merged.out().join("history.sqlite")).expect("a history");
    assert_eq!(history.ends("parts").expect("runs").len(), 2);
}

#[test]
fn shards_split_alike_while_others_of_their_run_go_on_and_share_nothing() {
    let place = TempDir::with_prefix("dcdb-split-").expect("a folder");
    let history = place.path().join("history.sqlite");
    let flag = history.display().to_string();
    let listed = |flags: &[&str]| -> Vec<String> {
        let ended = Run::of(&[&["--list", "--tags", "@E1.1", "--history", &flag], flags].concat()).end();
        assert_eq!(ended.status, Some(0), "{}", ended.text);
        ended.text.lines().map(str::to_owned).collect()
    };
    let all = listed(&[]);
    let split =
        || -> Vec<Vec<String>> { ["1/3", "2/3", "3/3"].map(|shard| listed(&["--shard", shard])).into_iter().collect() };
    let sizes = |split: &[Vec<String>]| split.iter().map(Vec::len).collect::<Vec<_>>();
    let untold = split();
    assert_eq!(untold.iter().map(Vec::len).max(), Some(all.len().div_ceil(3)), "dealt in turn");
    // One takes as long as all others together, so a shard has nothing else.
    let mut run = made(1, 1, &["After the login the home page greets by name"]);
    run.target = "standin".into();
    run.run.shard = None;
    run.scenarios[0].feature = "Logging in".into();
    run.scenarios[0].duration_ms = 1_000;
    let quick = ["A wrong password", "An e-mail address that nobody has"].map(|name| ScenarioRecord {
        name: name.into(),
        duration_ms: 10,
        ..run.scenarios[0].clone()
    });
    run.scenarios.extend(quick);
    let mut known = History::open(&history).expect("a history");
    known.append(&run).expect("written");
    let balanced = split();
    let alone: Vec<usize> = sizes(&balanced).into_iter().filter(|size| *size == 1).collect();
    assert_eq!(alone.len(), 1, "{balanced:?}");
    // A shard that has ended already, with times of its own, moves nothing.
    let mut ended = made(1, 3, &["A wrong password"]);
    ended.target = "standin".into();
    ended.scenarios[0].feature = "Logging in".into();
    ended.scenarios[0].duration_ms = 90_000;
    known.append(&ended).expect("written");
    assert_eq!(split(), balanced);
    let mut together: Vec<String> = balanced.concat();
    together.sort();
    let mut all = all;
    all.sort();
    assert_eq!(together, all);
}

/// A shard with nothing to do says so, and leaves results that are merged as any other's.
#[test]
fn a_shard_that_has_nothing_to_do_is_no_missing_one() {
    let feature = "Feature: Own\n  Scenario: Only one\n    Given a visitor on the home page\n";
    let place = Run::of(&[]).feature(feature);
    let features = place.path("features").display().to_string();
    let of = |shard: &str| Run::of(&["--shard", shard, "--features", &features]);
    let (one, two) = (of("1/2"), of("2/2"));
    one.end().expect(0, &["1 passed, 0 failed, 0 skipped"]);
    two.end().expect(0, &["shard 2/2 is empty", "0 passed, 0 failed, 0 skipped"]);
    let merged = merge(&[&one.out(), &two.out()], &place.out(), &["--features", &features]);
    merged.expect(0, &["1 passed, 0 failed, 0 skipped"]);
    let shards = results(&place.out())["run"]["shards"].clone();
    assert_eq!((shards[0]["scenarios"].as_u64(), shards[1]["scenarios"].as_u64()), (Some(1), Some(0)));
}

/// A shard that never was: its scenarios passed.
fn made(index: usize, count: usize, scenarios: &[&str]) -> RunRecord {
    let step =
        StepRecord { keyword: "Given".into(), text: "a".into(), outcome: Outcome::Passed, ..StepRecord::default() };
    let scenario = |name: &&str| ScenarioRecord {
        name: (*name).into(),
        feature: "Own".into(),
        rule: None,
        keyword: "Scenario".into(),
        file: "features/own.feature".into(),
        line: 2,
        tags: vec![],
        status: Status::Passed,
        class: None,
        reason: None,
        attempts: 1,
        round: 1,
        worker: 1,
        started_ms: 5,
        duration_ms: 10,
        steps: vec![step.clone()],
        console: vec![],
        evidence: vec![],
        earlier_attempts: vec![],
        repeat: String::new(),
    };
    let names = |index: usize| format!("of {index}");
    let split = (1..=count).map(|index| digest([("Own", names(index).as_str())])).collect();
    RunRecord {
        run: RunInfo {
            started: format!("2026-11-26T08:00:0{index}Z"),
            duration_ms: 5_000,
            seed: index as u64,
            workers: 2,
            language: "en".into(),
            commit: Some("0123456789".into()),
            shard: Some(Shard { index, split, asked: [("repeat-each".into(), json!(1))].into(), ..Shard::default() }),
            ..RunInfo::default()
        },
        target: "made".into(),
        browser: "none 1.0".into(),
        features: vec![FeatureRecord {
            name: "Own".into(),
            file: "own.feature".into(),
            language: "en".into(),
            keyword: "Feature".into(),
            line: 1,
            narrative: String::new(),
            rules: vec![],
        }],
        coverage: vec![],
        clauses: vec![],
        reach: Reach::default(),
        scenarios: scenarios.iter().map(scenario).collect(),
    }
}

/// Folders of made-up shards, and of their features.
struct Folders(TempDir);

impl Folders {
    fn with(shards: &[(&str, RunRecord)]) -> Self {
        let place = TempDir::with_prefix("dcdb-merge-").expect("a folder");
        for (name, record) in shards {
            let mut record = record.clone();
            record.features[0].file = place.path().join("features/own.feature");
            fs::create_dir_all(place.path().join(name)).expect("a folder");
            let text = serde_json::to_string_pretty(&record).expect("JSON");
            fs::write(place.path().join(name).join("results.json"), text).expect("written");
        }
        fs::create_dir_all(place.path().join("features")).expect("a folder");
        let steps: String = (1..=3).map(|index| format!("  Scenario: of {index}\n    Given a\n")).collect();
        fs::write(place.path().join("features/own.feature"), format!("Feature: Own\n{steps}")).expect("written");
        Self(place)
    }

    fn merge(&self, names: &[&str], out: &str) -> Ended {
        let at = |name: &str| self.0.path().join(name);
        let folders: Vec<_> = names.iter().map(|name| at(name)).collect();
        let folders: Vec<&Path> = folders.iter().map(AsRef::as_ref).collect();
        merge(&folders, &at(out), &["--features", &at("features").display().to_string()])
    }
}

fn shard(index: usize) -> RunRecord {
    made(index, 3, &[&format!("of {index}")])
}

#[test]
fn what_is_no_whole_run_is_refused_and_named() {
    let changed = |index: usize, change: &dyn Fn(&mut RunRecord)| {
        let mut record = shard(index);
        change(&mut record);
        record
    };
    let asked = |record: &mut RunRecord, flag: &str, value: Value| {
        record.run.shard.as_mut().expect("a shard").asked.insert(flag.into(), value);
    };
    let folders = Folders::with(&[
        ("1", shard(1)),
        ("2", shard(2)),
        ("3", shard(3)),
        ("3-of-another-commit", changed(3, &|it| it.run.commit = Some("abcdef0123+".into()))),
        ("3-of-another-target", changed(3, &|it| it.target = "production".into())),
        ("3-with-tags", changed(3, &|it| asked(it, "tags", json!("@smoke")))),
        ("3-in-firefox", changed(3, &|it| asked(it, "browser", json!("firefox")))),
        ("3-of-yesterday", changed(3, &|it| it.run.shard.as_mut().expect("one").build = Some("GitHub 1".into()))),
        ("3-split-otherwise", changed(3, &|it| it.run.shard.as_mut().expect("one").split[0] = "other".into())),
        ("3-of-4", made(3, 4, &["of 3"])),
        ("3-whole", changed(3, &|it| it.run.shard = None)),
        ("3-without-its-scenario", changed(3, &|it| it.scenarios.clear())),
        ("3-of-two-rounds", changed(3, &|it| asked(it, "repeat-each", json!(2)))),
        ("3-with-anothers-file", changed(3, &|it| it.scenarios[0].evidence = vec!["evidence/../../secret".into()])),
        ("3-of-other-features", changed(3, &|it| it.features[0].narrative = "another".into())),
    ]);
    fs::create_dir_all(folders.0.path().join("3-ended-early")).expect("a folder");
    fs::create_dir_all(folders.0.path().join("3-torn")).expect("a folder");
    fs::write(folders.0.path().join("3-torn/results.json"), "{ \"run\": {").expect("written");
    folders.merge(&["1", "2", "3"], "out").expect(0, &["3 passed, 0 failed, 0 skipped"]);
    for (third, status, said) in [
        (vec![], 3, "shard 3/3 is missing"),
        (vec!["3-ended-early"], 3, "3-ended-early holds no results"),
        (vec!["2"], 2, "2 (shard 2/3) is there twice"),
        (vec!["3", "3-ended-early"], 2, "3-ended-early holds no results"),
        (vec!["3-of-another-commit"], 2, "commit: abcdef0123+ there, 0123456789 here"),
        (vec!["3-of-another-target"], 2, "target: production there, made here"),
        (vec!["3-with-tags"], 2, "--tags: \"@smoke\" there, not said here"),
        (vec!["3-in-firefox"], 2, "--browser: \"firefox\" there"),
        (vec!["3-of-yesterday"], 2, "build: GitHub 1 there, not known here"),
        (vec!["3-split-otherwise"], 2, "give all shards the same history"),
        (vec!["3-of-4"], 2, "shards: 4 there, 3 here"),
        (vec!["3-whole"], 2, "it is a whole run, and no shard"),
        (vec!["3-without-its-scenario"], 2, "does not hold the scenarios that it was to run"),
        (vec!["3-of-two-rounds"], 2, "--repeat-each: 2 there, 1 here"),
        (vec!["3-with-anothers-file"], 2, "not below its evidence/"),
        (vec!["3-of-other-features"], 2, "features: written differently there"),
        (vec!["3-torn"], 2, "its results.json is not one of this suite"),
    ] {
        let ended = folders.merge(&[&["1", "2"], third.as_slice()].concat(), "out");
        ended.expect(status, &[said]);
        assert!(third.iter().all(|name| ended.text.contains(name)), "{third:?} is not named: {}", ended.text);
        assert!(!folders.0.path().join("out/results.json").exists(), "results of an earlier merge are left");
    }
    folders.merge(&["1", "2", "3"], "2").expect(2, &["would go where those of a shard are"]);
    assert!(folders.0.path().join("2/results.json").exists());
}

#[test]
fn the_gravest_of_all_shards_decides_and_money_is_added_up() {
    let ended = |index: usize, exit_status: u8, spent: i64| {
        let mut record = shard(index);
        let caps = (Some(400_000), Some(600_000));
        record.run.spent = Some(Spent { fen: spent, instances: 1, cap_fen: caps.0, profile_fen: caps.1 });
        record.run.exit_status = exit_status;
        if exit_status == 7 {
            record.run.leftovers.push("buyer: an instance".into());
        }
        if exit_status == 1 {
            (record.scenarios[0].status, record.scenarios[0].class) = (Status::Failed, Some(Class::Product));
        }
        record
    };
    for (statuses, spent, status, said) in [
        ([0, 1, 3], [100; 3], 1, "bought by all shards: 3 instances for ¥3.00"),
        ([1, 7, 4], [100; 3], 7, "left over on made"),
        ([6, 7, 1], [100; 3], 6, "left over on made"),
        ([0, 5, 3], [100; 3], 3, "could have spent more than that; give each its share: --spend-up-to 2000.00"),
        ([0, 0, 0], [300_000, 200_000, 100_001], 6, "spent more than the profile lets a run spend"),
        (
            [0, 0, 0],
            [300_000, 200_000, 100_000],
            0,
            "for ¥6,000.00; a run may spend ¥6,000.00, and theirs came to ¥12,000.00",
        ),
    ] {
        let [one, two, three] = [0, 1, 2].map(|index| ended(index + 1, statuses[index], spent[index]));
        let folders = Folders::with(&[("1", one), ("2", two), ("3", three)]);
        folders.merge(&["1", "2", "3"], "out").expect(status, &[said]);
        let run = results(&folders.0.path().join("out"))["run"].clone();
        assert_eq!(
            (run["exit_status"].as_u64(), run["spent"]["fen"].as_i64()),
            (Some(status.unsigned_abs().into()), Some(spent.iter().sum()))
        );
        // From the first that began to the last that ended, on all workers.
        assert_eq!((run["duration_ms"].as_u64(), run["workers"].as_u64()), (Some(7_000), Some(6)));
    }
}
