//! What is said of a run at its end, and what it leaves to read.

use std::{
    collections::BTreeMap,
    fs::{self, OpenOptions},
    io::Write as _,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use dcdb_purchase_e2e::{
    browser::Timings,
    evidence::{
        self, Coverage, History, Id, RunRecord, ScenarioRecord, Status, Traced, entry, exit_status, failure_block,
        github,
        guide::{Guide, Made},
        history::{Key, median},
        summary, traceability, write_junit,
    },
    target::Profile,
};

use crate::{args::Args, run::Ran, snapshots, surroundings::Surroundings};

/// The command that runs just this scenario again.
pub fn repeat_command(args: &Args, record: &ScenarioRecord) -> String {
    let title: String = regex::escape(&record.name).replace('\'', r"'\''");
    let target = args.target.as_ref().map(|target| format!(" --target {}", target.display())).unwrap_or_default();
    let of = |flag: &str, value: &Option<String>| {
        value.as_ref().map(|value| format!(" --{flag} {value}")).unwrap_or_default()
    };
    format!(
        "cargo test --test purchase --{target}{}{}{} --name '^{title}$'",
        of("skin", &args.skin),
        of("lang", &args.lang),
        of("defect", &args.defect)
    )
}

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

/// Says how the run ended, writes what it leaves to read, and gives the exit status. `full`: all scenarios were to run.
///
/// # Errors
/// When the output folder cannot be written.
pub fn finish(
    args: &Args,
    surroundings: &Surroundings,
    profile: &Profile,
    ran: Ran,
    full: bool,
    contract: &Contract<'_>,
) -> anyhow::Result<u8> {
    let Ran { mut record, states, broke_off, timings, leftovers } = ran;
    record.scenarios.sort_by(|a, b| (&a.file, a.line, a.round).cmp(&(&b.file, b.line, b.round)));
    for scenario in &mut record.scenarios {
        scenario.repeat = repeat_command(args, scenario);
    }
    let mut status = exit_status(&record.scenarios, args.fail_on_flaky);
    let tags: Vec<Vec<String>> = contract.all.iter().map(|scenario| scenario.tags.clone()).collect();
    let coverage = Coverage::count(contract.ids, &tags, &record.scenarios);
    println!("\n{coverage}");
    record.coverage = coverage.rows;
    record.clauses = Coverage::count(contract.clauses, &tags, &record.scenarios).rows;
    tell_failures(args, surroundings, &record);
    // Only a full run that saw everything can tell that a baseline is used by nothing.
    if full && record.scenarios.iter().all(|scenario| scenario.status == Status::Passed) {
        let left: Vec<PathBuf> = snapshots::unreferenced(profile, &states);
        if !left.is_empty() {
            println!("page states that no scenario compares with any more; remove them:");
            left.iter().for_each(|file| println!("  {}", file.display()));
            status = if status == 0 { 4 } else { status };
        }
    }
    // What an interruption cut off was not tested.
    status = match status {
        0 if record.run.interrupted => 3,
        0 if broke_off => 4,
        status => status,
    };
    if !leftovers.is_empty() {
        println!("left over on {}, to be returned by `dcdb-e2e sweep` or by hand:", profile.name);
        leftovers.iter().for_each(|left| println!("  {}", entry(&left.to_string())));
        // What was refused is told first, what costs money next.
        status = if status == 6 { 6 } else { 7 };
    }
    record.run.leftovers = leftovers.iter().map(ToString::to_string).collect();
    record.run.exit_status = status;
    if let Some(guide) = &contract.guide {
        tell_guide(guide, &record, &args.out);
    }
    let report = write(args, surroundings, &record)?;
    if !contract.clauses.is_empty() {
        let table = args.out.join("traceability.md");
        fs::write(&table, traceability(contract.clauses, contract.all, &record.scenarios))
            .with_context(|| format!("writing {}", table.display()))?;
    }
    if args.timings {
        print!("{}", told(&timings, record.scenarios.len()));
    }
    println!("report {}", report.display());
    print!("{}", summary(&record));
    Ok(status)
}

/// Says again what failed, where it has scrolled away since, and tells the build server.
fn tell_failures(args: &Args, surroundings: &Surroundings, record: &RunRecord) {
    let failed: Vec<&ScenarioRecord> =
        record.scenarios.iter().filter(|scenario| scenario.status == Status::Failed).collect();
    if !failed.is_empty() && record.scenarios.len() > 1 {
        println!("What failed:");
        for scenario in failed {
            println!("{}", surroundings.paint(&failure_block(scenario, &args.out, &scenario.repeat)));
        }
    }
    if surroundings.github {
        record.scenarios.iter().filter_map(github::annotation).for_each(|line| println!("{line}"));
    }
}

/// Makes the guide anew where its scenarios passed; the verdict does not hang on it.
fn tell_guide(guide: &Guide, record: &RunRecord, out: &Path) {
    match guide.make(record, out) {
        Ok(Made::Anew(file)) => println!("guide {}", file.display()),
        Ok(Made::Kept(why)) => println!("the guide was not made anew: {}", entry(&why)),
        Ok(Made::NotAsked) => {}
        Err(error) => eprintln!("note: the guide was not made anew: {}", entry(&format!("{error:#}"))),
    }
}

/// Writes `results.json`, `junit.xml`, `report.html`, the history and the job's summary; gives the report's path.
fn write(args: &Args, surroundings: &Surroundings, record: &RunRecord) -> anyhow::Result<PathBuf> {
    fs::create_dir_all(&args.out).with_context(|| format!("making the output folder {}", args.out.display()))?;
    let results = args.out.join("results.json");
    fs::write(&results, serde_json::to_string_pretty(record)?)
        .with_context(|| format!("writing {}", results.display()))?;
    write_junit(record, &args.out.join("junit.xml"))?;
    let history = History::open(&args.history()).and_then(|mut history| {
        history.append(record)?;
        history.of(&record.target)
    });
    // The verdict does not hang on it.
    let history = history.unwrap_or_else(|error| {
        eprintln!("note: this run is not remembered: {}", entry(&format!("{error:#}")));
        BTreeMap::new()
    });
    let report = args.out.join("report.html");
    fs::write(&report, evidence::report::render(record, &history, &args.out)?)
        .with_context(|| format!("writing {}", report.display()))?;
    if let Some(summary) = &surroundings.job_summary {
        let written = OpenOptions::new()
            .create(true)
            .append(true)
            .open(summary)
            .and_then(|mut file| file.write_all(github::job_summary(record).as_bytes()));
        if let Err(error) = written {
            eprintln!("note: the job's summary {} cannot be written: {error}", summary.display());
        }
    }
    Ok(report)
}
