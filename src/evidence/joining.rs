//! Shards of a run joined into one record: whether they are shards of one run, all of them, and once each.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt, fs,
    path::{Component, Path, PathBuf},
};

use anyhow::Context as _;
use jiff::Timestamp;

use super::{RunInfo, RunRecord, ScenarioRecord, Shard, ShardRun, Spent, StepRecord, gravest};

/// What a shard left to read.
#[derive(Debug)]
pub struct Left {
    /// The folder it is in.
    pub folder: PathBuf,
    /// Its results.
    pub record: RunRecord,
    /// Which part it was.
    pub shard: Shard,
}

/// Why folders do not make one run.
#[derive(Debug, Default)]
pub struct Amiss {
    /// Shards of which nothing is there, in words.
    pub missing: Vec<String>,
    /// What is there and does not belong together, in words.
    pub foreign: Vec<String>,
}

impl fmt::Display for Amiss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "these are not the shards of one run, whole")?;
        self.foreign.iter().chain(&self.missing).try_for_each(|what| write!(f, "\n  {}", what.replace('\n', "\n    ")))
    }
}

impl Amiss {
    fn is_nothing(&self) -> bool {
        self.missing.is_empty() && self.foreign.is_empty()
    }
}

/// Reads what shards left in these folders: all shards of one run, in their order.
///
/// # Errors
/// A shard is missing, there twice, not whole, or of another run: each is named.
pub fn read(folders: &[PathBuf]) -> Result<Vec<Left>, Amiss> {
    let (mut amiss, mut found, mut empty) = (Amiss::default(), Vec::new(), Vec::new());
    for folder in folders {
        match read_one(folder) {
            Ok(Some(left)) => found.push(left),
            Ok(None) => empty.push(folder),
            Err(error) => amiss.foreign.push(format!("{}: {error:#}", folder.display())),
        }
    }
    // Of several that differ, those are meant that are most.
    let alike = |left: &Left| found.iter().filter(|other| differences(left, other).is_empty()).count();
    let most = found.iter().rev().max_by_key(|left| alike(left));
    let count = most.map_or(0, |left| left.shard.split.len());
    let mut by_index: BTreeMap<usize, &Left> = BTreeMap::new();
    for left in &found {
        let Some(meant) = most else { break };
        let place = format!("{} (shard {}/{})", left.folder.display(), left.shard.index, left.shard.split.len());
        let differences = differences(meant, left);
        if !differences.is_empty() {
            let list = differences.iter().map(|one| format!("\n{one}")).collect::<String>();
            amiss.foreign.push(format!("{place} is of another run than {}{list}", meant.folder.display()));
        } else if let Some(twin) = by_index.get(&left.shard.index) {
            amiss.foreign.push(format!("{place} is there twice: in {} too", twin.folder.display()));
        } else {
            by_index.insert(left.shard.index, left);
            amiss.foreign.extend(not_whole(left).map(|why| format!("{place} {why}")));
        }
    }
    let absent: Vec<String> =
        (1..=count).filter(|index| !by_index.contains_key(index)).map(|index| format!("{index}/{count}")).collect();
    let silent = empty.iter().map(|folder| format!("{} holds no results of a shard", folder.display()));
    match absent.as_slice() {
        [] if count > 0 => amiss.foreign.extend(silent),
        absent => {
            amiss.missing.push(match absent {
                [] => "every shard is missing".to_owned(),
                [one] => format!("shard {one} is missing"),
                all => format!("shards {} are missing", all.join(", ")),
            });
            amiss.missing.extend(silent);
        }
    }
    if amiss.is_nothing() {
        found.sort_by_key(|left| left.shard.index);
        Ok(found)
    } else {
        Err(amiss)
    }
}

/// What a folder holds; `None`: no results.
fn read_one(folder: &Path) -> anyhow::Result<Option<Left>> {
    let file = folder.join("results.json");
    let text = match fs::read_to_string(&file) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error).context("its results.json cannot be read"),
    };
    let record: RunRecord = serde_json::from_str(&text).context("its results.json is not one of this suite")?;
    let shard = record.run.shard.clone().context("it is a whole run, and no shard (--shard I/N)")?;
    anyhow::ensure!(
        (1..=shard.split.len()).contains(&shard.index),
        "it calls itself shard {} of {}, which cannot be",
        shard.index,
        shard.split.len()
    );
    let out_of_it = |file: &&PathBuf| {
        !(file.starts_with("evidence") && file.components().all(|part| matches!(part, Component::Normal(_))))
    };
    if let Some(file) = files(&record).find(out_of_it) {
        anyhow::bail!("it names a file as evidence that is not below its evidence/: {}", file.display());
    }
    record.run.started.parse::<Timestamp>().context("it does not say when it began")?;
    Ok(Some(Left { folder: folder.to_owned(), shard, record }))
}

/// All files that a record names.
pub fn files(record: &RunRecord) -> impl Iterator<Item = &PathBuf> {
    record.scenarios.iter().flat_map(|scenario| {
        let earlier = scenario.earlier_attempts.iter().flat_map(|one| one.evidence.iter().chain(of_steps(&one.steps)));
        scenario.evidence.iter().chain(of_steps(&scenario.steps)).chain(earlier)
    })
}

fn of_steps(steps: &[StepRecord]) -> impl Iterator<Item = &PathBuf> {
    steps.iter().flat_map(StepRecord::files)
}

/// In what two shards differ that are of one run, if they do.
fn differences(one: &Left, other: &Left) -> Vec<String> {
    let mut found = Vec::new();
    let mut compare = |what: &str, ours: String, theirs: String| {
        if ours != theirs {
            found.push(format!("{what}: {theirs} there, {ours} here"));
        }
    };
    let (a, b) = (&one.record, &other.record);
    let known = |what: &Option<String>| what.clone().unwrap_or_else(|| "not known".into());
    compare("target", a.target.clone(), b.target.clone());
    compare("language", a.run.language.clone(), b.run.language.clone());
    compare("commit", known(&a.run.commit), known(&b.run.commit));
    compare("build", known(&one.shard.build), known(&other.shard.build));
    compare("opinion", a.run.opinion.clone(), b.run.opinion.clone());
    let flags: BTreeSet<&String> = one.shard.asked.keys().chain(other.shard.asked.keys()).collect();
    for flag in flags {
        let said = |shard: &Shard| match shard.asked.get(flag) {
            Some(value) => value.to_string(),
            None => "not said".into(),
        };
        compare(&format!("--{flag}"), said(&one.shard), said(&other.shard));
    }
    compare("shards", one.shard.split.len().to_string(), other.shard.split.len().to_string());
    if !found.is_empty() {
        return found;
    }
    if a.features != b.features {
        found.push("features: written differently there".into());
    }
    if a.reach != b.reach {
        found.push("profile: the target is held to other rules there".into());
    }
    if one.shard.split != other.shard.split {
        found.push(
            "split: other scenarios went to each shard, as its history was another when it began\nmend: give all shards the same history (--history), taken before the first began, or none; and run them again".into(),
        );
    }
    found
}

/// What is missing within a shard.
fn not_whole(left: &Left) -> Option<String> {
    let keys = left.record.scenarios.iter().map(|one| (one.feature.as_str(), one.name.as_str()));
    if digest(keys) != left.shard.split[left.shard.index - 1] {
        return Some("does not hold the scenarios that it was to run".into());
    }
    let asked = left.shard.asked.get("repeat-each").and_then(serde_json::Value::as_u64).unwrap_or(1);
    let mut rounds: BTreeMap<(&str, &str), BTreeSet<u32>> = BTreeMap::new();
    for one in &left.record.scenarios {
        let new = rounds.entry((one.feature.as_str(), one.name.as_str())).or_default().insert(one.round);
        if !new {
            return Some(format!("holds {:?} twice", one.name));
        }
    }
    let lacking = rounds.iter().find(|(_, rounds)| rounds.len() as u64 != asked)?;
    Some(format!("holds {} of {asked} rounds of {:?}", lacking.1.len(), lacking.0.1))
}

/// The shards as one run. Their exit statuses make its own, the gravest first.
///
/// # Errors
/// When a shard does not say when it began.
pub fn join(shards: Vec<Left>) -> anyhow::Result<RunRecord> {
    let began = |left: &Left| -> anyhow::Result<i64> {
        Ok(left.record.run.started.parse::<Timestamp>().context("when a shard began")?.as_millisecond())
    };
    let begins = shards.iter().map(began).collect::<anyhow::Result<Vec<i64>>>()?;
    let first = begins.iter().copied().min().unwrap_or_default();
    let since = |at: i64| u64::try_from(at - first).unwrap_or_default();
    let mut started = String::new();
    let mut scenarios: Vec<ScenarioRecord> = Vec::new();
    let (mut browsers, mut run): (Vec<String>, RunInfo) = (Vec::new(), RunInfo::default());
    let mut joined: Option<RunRecord> = None;
    for (mut left, at) in shards.into_iter().zip(begins) {
        let info = left.record.run;
        if at == first {
            started.clone_from(&info.started);
        }
        let members = left.record.scenarios.len();
        for mut scenario in left.record.scenarios.drain(..) {
            scenario.started_ms += since(at);
            scenario.earlier_attempts.iter_mut().for_each(|attempt| attempt.started_ms += since(at));
            scenario.worker += if scenario.worker > 0 { run.workers } else { 0 };
            scenarios.push(scenario);
        }
        if info.workers > 0 && !browsers.contains(&left.record.browser) {
            browsers.push(left.record.browser.clone());
        }
        run.shards.push(ShardRun {
            index: left.shard.index,
            started: info.started,
            duration_ms: info.duration_ms,
            seed: info.seed,
            workers: info.workers,
            browser: left.record.browser.clone(),
            scenarios: members,
            exit_status: info.exit_status,
        });
        run.duration_ms = run.duration_ms.max(since(at) + info.duration_ms);
        run.workers += info.workers;
        run.interrupted |= info.interrupted;
        run.lacks_font |= info.lacks_font;
        run.leftovers.extend(info.leftovers);
        run.spent = together(run.spent, info.spent);
        (run.language, run.opinion, run.commit) = (info.language, info.opinion, info.commit);
        left.record.run = RunInfo::default();
        joined.get_or_insert(left.record);
    }
    let mut joined = joined.context("there is no shard")?;
    run.started = started;
    run.seed = run.shards.first().map_or(0, |shard| shard.seed);
    run.exit_status = gravest(run.shards.iter().map(|shard| shard.exit_status));
    scenarios.sort_by(|a, b| (&a.file, a.line, a.round).cmp(&(&b.file, b.line, b.round)));
    if !browsers.is_empty() {
        joined.browser = browsers.join(" and ");
    }
    (joined.run, joined.scenarios) = (run, scenarios);
    Ok(joined)
}

/// What shards bought together, and could have.
fn together(one: Option<Spent>, other: Option<Spent>) -> Option<Spent> {
    let (Some(a), Some(b)) = (one, other) else { return one.or(other) };
    Some(Spent {
        fen: a.fen.saturating_add(b.fen),
        instances: a.instances.saturating_add(b.instances),
        cap_fen: a.cap_fen.zip(b.cap_fen).map(|(a, b)| a.saturating_add(b)),
        // It is of a run, and they were one.
        profile_fen: a.profile_fen.max(b.profile_fen),
    })
}

/// Names some scenarios, whatever their order and however often each is among them.
#[must_use]
pub fn digest<'a>(scenarios: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut titles: Vec<(&str, &str)> = scenarios.into_iter().collect();
    titles.sort_unstable();
    titles.dedup();
    let apart: String = titles.iter().map(|(feature, name)| format!("{feature}\0{name}\0")).collect();
    crate::digest::digest(&apart)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_names_the_scenarios_and_nothing_else() {
        assert_eq!(digest([("f", "a"), ("f", "b")]), digest([("f", "b"), ("f", "a"), ("f", "a")]));
        assert_ne!(digest([("f", "ab")]), digest([("fa", "b")]));
        assert_ne!(digest([("f", "a")]), digest([]));
    }
}
