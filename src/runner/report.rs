//! What is said of a run at its end, and what it leaves to read.

use std::{
    collections::BTreeMap,
    fs::{self, OpenOptions},
    io::Write as _,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail};

use super::{args::Args, run::Ran, snapshots::Baselines, surroundings::Surroundings};
use crate::{
    browser::Timings,
    evidence::{
        self, Counts, Coverage, History, Id, OutputFolder, REPAIR, RunRecord, ScenarioRecord, Status, Traced,
        exit_status, failure_block, github,
        guide::{Guide, Made},
        history::{Key, Past, PastRun, median},
        standing::{self, Kind, Known, Standing},
        summary, traceability, write_junit, write_messages, write_whole,
    },
    repair, say,
    spoken::{self, entry},
    target::{Profile, Reach},
    warn,
};

/// So many are told of at a terminal.
const MOST_TOLD: usize = 20;
/// So many files of proposals lie beside one another, where people edited those before.
const MOST_REPAIRS: usize = 9;
/// Of profiles that extend one another; one that extends itself would have no end.
const LONGEST_CHAIN: usize = 20;

/// Where the time went: a line for each kind of call to the browser.
fn told(timings: &Timings, scenarios: usize) -> String {
    let each = |whole: f64| whole / scenarios.max(1) as f64;
    let mut kinds: Vec<_> = timings.iter().collect();
    kinds.sort_by_key(|(_, (_, spent))| std::cmp::Reverse(*spent));
    let lines = kinds.into_iter().map(|(kind, (count, spent))| {
        let (calls, ms) = (each(f64::from(*count)), spent.as_secs_f64() * 1000.0);
        format!(
            "  {kind:<24} {calls:>6.1} a scenario  {:>7.1} ms each  {:>8.0} ms a scenario\n",
            ms / f64::from(*count),
            each(ms)
        )
    });
    format!("Where the time went, by kind of call to the browser:\n{}", lines.collect::<String>())
}

/// What the features are held against.
pub struct Contract<'a> {
    /// The sentences of the documented flow.
    pub ids: &'a [Id],
    /// The clauses of its pages.
    pub clauses: &'a [Id],
    /// All scenarios of the features.
    pub all: &'a [Traced],
    /// What share of it the target is held to.
    pub reach: Reach,
    /// No scenario of the selection, whatever shard it is in, is applicable to the target.
    pub idle: bool,
    /// The words of the guide that is made of them.
    pub guide: Option<Guide>,
}

/// How long the scenarios took in earlier runs of the target, ms. A history that cannot be read is told of at the end.
pub fn durations(args: &Args, profile: &Profile) -> BTreeMap<Key, u64> {
    let path = args.history();
    let past = path.exists().then(|| History::open(&path).and_then(|history| history.of(&profile.name)));
    let past = past.and_then(Result::ok).unwrap_or_default();
    past.into_iter()
        .filter_map(|(key, runs)| Some((key, median(runs.iter().map(|run| run.duration_ms).collect())?)))
        .collect()
}

/// How long the scenarios took in earlier whole runs of the target, ms: the same for all shards of a run. What cannot be read
/// tells nothing; the report says so at the end.
pub fn durations_of_whole_runs(args: &Args, profile: &Profile) -> BTreeMap<Key, u64> {
    let path = args.history();
    let known = path.exists().then(|| History::open(&path).and_then(|history| history.durations(&profile.name)));
    known.and_then(Result::ok).unwrap_or_default()
}

/// Says how the run ended, writes what it leaves to read, and gives the exit status. `full`: all scenarios were to run. What
/// cannot be written is told of, and changes no verdict but a good one: that asks for results to be had.
pub fn finish(
    args: &Args,
    out: &mut OutputFolder,
    surroundings: &Surroundings,
    baselines: &Baselines,
    ran: Ran,
    full: bool,
    contract: &Contract<'_>,
) -> u8 {
    let Ran { mut record, states, broke_off, timings, leftovers } = ran;
    record.scenarios.sort_by(|a, b| (&a.file, a.line, a.round).cmp(&(&b.file, b.line, b.round)));
    let mut status = exit_status(&record.scenarios, args.fail_on_flaky);
    cover(&mut record, contract);
    tell_failures(&args.out, surroundings, &record, surroundings.github);
    if full && tell_unreferenced(baselines, &states, &record) {
        status = if status == 0 { 4 } else { status };
    }
    let counts = Counts::of(&record.scenarios);
    let idle = contract.idle || args.shard.is_none();
    if status == 0 && counts.all > 0 && counts.not_applicable == counts.all && idle {
        say!("nothing was tested: no scenario that was selected is applicable to {}", record.target);
        status = 4;
    }
    // What an interruption cut off was not tested.
    status = match status {
        0 if record.run.interrupted => 3,
        0 if broke_off => 4,
        status => status,
    };
    record.run.leftovers = leftovers.iter().map(ToString::to_string).collect();
    if !leftovers.is_empty() {
        // What was refused is told first, what costs money next.
        status = if status == 6 { 6 } else { 7 };
    }
    tell_leftovers(&record);
    record.run.exit_status = status;
    close(&args.out, &args.history(), out, surroundings, &mut record, contract);
    if args.timings {
        spoken::out(format_args!("{}", told(&timings, record.scenarios.len())));
    }
    spoken::out(format_args!("{}", summary(&record)));
    record.run.exit_status
}

/// Writes what the run proposes to change in the profile, as one that extends it, and says where. The verdict does not hang on it.
/// What a person edited or wrote stays, and so does what that or this run goes by: it is written beside.
pub(super) fn keep_repairs(record: &RunRecord, profile: &Path, out: &Path) {
    let repairs: Vec<_> = record.scenarios.iter().flat_map(|one| &one.steps).flat_map(|step| &step.repairs).collect();
    let (files, extends) = (repair_files(out), profile.canonicalize().unwrap_or_else(|_| profile.to_owned()));
    let is_there = |file: &Path| fs::symlink_metadata(file).is_ok();
    let is_as_written = |file: &Path| fs::read_to_string(file).is_ok_and(|text| repair::is_as_written(&text));
    let is_one_of = |file: &Path, all: &[PathBuf]| file.canonicalize().is_ok_and(|file| all.contains(&file));
    let is_edited = |file: &&PathBuf| is_there(file.as_path()) && !is_as_written(file.as_path());
    let (edited, free): (Vec<&PathBuf>, Vec<&PathBuf>) = files.iter().partition(is_edited);
    let went_by = chain(profile);
    for file in edited.iter().filter(|file| !is_one_of(file.as_path(), &went_by)) {
        say!("{} is not as a run wrote it, and stays", file.display());
    }
    let needed: Vec<PathBuf> = edited.iter().flat_map(|file| chain(file.as_path())).chain(went_by).collect();
    let free: Vec<&PathBuf> = free.into_iter().filter(|file| !is_one_of(file.as_path(), &needed)).collect();
    let goes_to = free.first().filter(|_| !repairs.is_empty());
    let outdated = free.iter().filter(|file| Some(*file) != goes_to);
    outdated.for_each(|file| drop(fs::remove_file(file)));
    let Some(file) = goes_to else {
        if !repairs.is_empty() {
            warn!("note: what is proposed for the profile is not kept: move away what stays in {}", out.display());
        }
        return;
    };
    match write_whole(file, repair::written(&repairs, &extends).as_bytes()) {
        Ok(()) => say!("repairs of the profile are proposed, none of them tried out: --target {} does", file.display()),
        Err(error) => warn!("note: what is proposed for the profile is not kept: {error:#}"),
    }
}

/// A profile and the files that it extends, as far as they say so plainly.
fn chain(profile: &Path) -> Vec<PathBuf> {
    std::iter::successors(profile.canonicalize().ok(), |file| extended(file)).take(LONGEST_CHAIN).collect()
}

fn extended(profile: &Path) -> Option<PathBuf> {
    let all: serde_yaml::Value = serde_yaml::from_str(&fs::read_to_string(profile).ok()?).ok()?;
    profile.parent()?.join(all.get("extends")?.as_str()?).canonicalize().ok()
}

/// Where proposals go, the first name first.
fn repair_files(out: &Path) -> Vec<PathBuf> {
    let further = (2..=MOST_REPAIRS).map(|number| out.join(REPAIR.replace(".yaml", &format!("-{number}.yaml"))));
    std::iter::once(out.join(REPAIR)).chain(further).collect()
}

/// Counts what covers sentences and clauses, and says so.
pub(super) fn cover(record: &mut RunRecord, contract: &Contract<'_>) {
    let tags: Vec<Vec<String>> = contract.all.iter().map(|scenario| scenario.tags.clone()).collect();
    let coverage = Coverage::count(contract.ids, &tags, &record.scenarios);
    // One scenario says for itself what it came to.
    if record.scenarios.len() > 1 {
        say!("\n{coverage}");
    }
    record.coverage = coverage.rows;
    record.clauses = Coverage::count(contract.clauses, &tags, &record.scenarios).rows;
    record.reach = contract.reach.clone();
}

/// Says which page states no scenario of a full run compares with any more, and gives whether there are any. Only a run that saw
/// everything can tell.
pub(super) fn tell_unreferenced(baselines: &Baselines, compared: &[String], record: &RunRecord) -> bool {
    if !record.scenarios.iter().all(|scenario| scenario.status == Status::Passed) {
        return false;
    }
    let left: Vec<PathBuf> = baselines.unreferenced(compared);
    if !left.is_empty() {
        say!("page states that no scenario compares with any more; remove them:");
        left.iter().for_each(|file| say!("  {}", file.display()));
    }
    !left.is_empty()
}

/// Says what was bought and could not be returned.
pub(super) fn tell_leftovers(record: &RunRecord) {
    if !record.run.leftovers.is_empty() {
        say!("left over on {}, to be returned by `dcdb-e2e sweep` or by hand:", record.target);
        record.run.leftovers.iter().for_each(|left| say!("  {}", entry(left)));
    }
}

/// Writes what the run leaves to read, with the exit status that is in it, and says where it is.
pub(super) fn close(
    path: &Path,
    history: &Path,
    out: &mut OutputFolder,
    surroundings: &Surroundings,
    record: &mut RunRecord,
    contract: &Contract<'_>,
) {
    match write(path, history, out, surroundings, record, contract) {
        Ok(report) => say!("report {}", report.display()),
        Err(error) => {
            warn!("error: what the run came to could not all be written: {error:#}");
            record.run.exit_status = unwritten(record.run.exit_status);
        }
    }
}

/// The exit status of a run whose results could not be written: the machine's fault, where nothing else is amiss.
const fn unwritten(status: u8) -> u8 {
    if status == 0 { 3 } else { status }
}

/// Says again what failed, where it has scrolled away since, and tells the build server.
pub(super) fn tell_failures(out: &Path, surroundings: &Surroundings, record: &RunRecord, annotate: bool) {
    let failed: Vec<&ScenarioRecord> =
        record.scenarios.iter().filter(|scenario| scenario.status == Status::Failed).collect();
    if !failed.is_empty() && record.scenarios.len() > 1 {
        say!("What failed:");
        for scenario in failed {
            let block = failure_block(scenario, out, &scenario.repeat);
            spoken::out(format_args!("{}\n", surroundings.paint(&block)));
        }
    }
    if annotate {
        record.scenarios.iter().filter_map(github::annotation).for_each(|line| spoken::out(format_args!("{line}\n")));
    }
}

/// Makes the guide anew where its scenarios passed; the verdict does not hang on it.
fn tell_guide(guide: &Guide, record: &RunRecord, out: &Path) {
    match guide.make(record, out) {
        Ok(Made::Anew(file)) => say!("guide {}", file.display()),
        Ok(Made::Kept(why)) => say!("the guide was not made anew: {}", entry(&why)),
        Ok(Made::NotAsked) => {}
        Err(error) => warn!("note: the guide was not made anew: {}", entry(&format!("{error:#}"))),
    }
}

/// Writes what the run leaves to read: all that can be written, whatever else cannot. Gives the report's path.
///
/// # Errors
/// When something could not be; the results, which come last, say so too where they could.
fn write(
    path: &Path,
    history: &Path,
    out: &mut OutputFolder,
    surroundings: &Surroundings,
    record: &mut RunRecord,
    contract: &Contract<'_>,
) -> anyhow::Result<PathBuf> {
    let (known, runs) = remembered(history, record);
    tell_standing(record, &known);
    if let Some(summary) = &surroundings.job_summary {
        let written = OpenOptions::new()
            .create(true)
            .append(true)
            .open(summary)
            .and_then(|mut file| file.write_all(github::job_summary(record).as_bytes()));
        if let Err(error) = written {
            warn!("note: the job's summary {} cannot be written: {error}", summary.display());
        }
    }
    if !out.keep()? {
        warn!("note: {} was removed while the run went on, and the evidence in it", path.display());
    }
    if let Some(guide) = &contract.guide {
        tell_guide(guide, record, path);
    }
    let report = path.join("report.html");
    let overview = path.join("overview.html");
    let mut written = vec![
        evidence::overview::render(&record.target, &runs, &known.here)
            .and_then(|html| write_whole(&overview, html.as_bytes())),
        evidence::report::render(record, &known, path).and_then(|html| write_whole(&report, html.as_bytes())),
        write_junit(record, &path.join("junit.xml")),
        write_messages(record, path, &path.join("messages.ndjson")),
    ];
    if !contract.clauses.is_empty() {
        let table = traceability(contract.clauses, contract.all, &record.scenarios);
        written.push(write_whole(&path.join("traceability.md"), table.as_bytes()));
    }
    if written.iter().any(Result::is_err) {
        record.run.exit_status = unwritten(record.run.exit_status);
    }
    let results = serde_json::to_string_pretty(record).context("the results as JSON");
    written.push(results.and_then(|json| write_whole(&path.join("results.json"), json.as_bytes())));
    let amiss: Vec<String> = written.into_iter().filter_map(|one| Some(format!("{:#}", one.err()?))).collect();
    if amiss.is_empty() { Ok(report) } else { bail!(amiss.join("\n  and      ")) }
}

/// Says how what failed, was flaky or fails no longer stands against earlier runs, where any is known.
fn tell_standing(record: &RunRecord, known: &Known) {
    let earlier = |past: &Past| past.started != record.run.started;
    if !known.here.values().flatten().any(earlier) {
        return;
    }
    let standings = standing::of(record, known);
    let mut told: Vec<&Standing> = standings.iter().filter(|one| one.kind != Kind::Flaky).collect();
    told.sort_by_key(|one| one.kind);
    if !told.is_empty() {
        say!("Against earlier runs of {}:", record.target);
    }
    for Standing { key: (feature, name), kind, says, .. } in told.iter().take(MOST_TOLD) {
        say!("  {:<16}{feature} › {name}\n                  {says}", kind.words());
    }
    if told.len() > MOST_TOLD {
        say!("  and {} more, in the report", told.len() - MOST_TOLD);
    }
}

/// Adds the run to those that are remembered, and gives what is. The verdict does not hang on it.
fn remembered(path: &Path, record: &RunRecord) -> (Known, Vec<PastRun>) {
    let known = History::open(path).and_then(|mut history| {
        if let Err(error) = history.append(record) {
            warn!("note: this run is not remembered in {}: {error:#}", path.display());
        }
        let known = Known { here: history.of(&record.target)?, elsewhere: history.elsewhere(&record.target)? };
        Ok((known, history.runs(&record.target)?))
    });
    known.unwrap_or_else(|error| {
        warn!("note: this run is not remembered, nor is anything known of earlier ones: {error:#}");
        Default::default()
    })
}
