//! What is said of a run while it goes on and at its end.

use std::{fs, path::PathBuf};

use anyhow::Context as _;
use dcdb_purchase_e2e::{
    browser::Timings,
    evidence::{
        Coverage, Id, ScenarioRecord, Status, Traced, exit_status, failure_block, scenario_line, summary, traceability,
        write_junit,
    },
    target::Profile,
};

use crate::{args::Args, run::Ran, snapshots};

/// Says how a scenario ended, at once.
pub fn tell_of(args: &Args, record: &ScenarioRecord) {
    if record.status == Status::Failed {
        println!("{}", failure_block(record, &args.out, &repeat_command(args, record)));
    } else if !args.quiet && args.format.as_deref() != Some("terse") {
        println!("{}", scenario_line(record));
    }
}

/// The command that runs just this scenario again.
fn repeat_command(args: &Args, record: &ScenarioRecord) -> String {
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
}

/// Says how the run ended, writes `results.json` and `junit.xml`, and gives the exit status. `full`: all scenarios were
/// to run.
///
/// # Errors
/// When the output folder cannot be written.
pub fn finish(args: &Args, profile: &Profile, ran: Ran, full: bool, contract: &Contract<'_>) -> anyhow::Result<u8> {
    let Ran { mut record, states, broke_off, timings } = ran;
    record.scenarios.sort_by(|a, b| (&a.file, a.line, a.round).cmp(&(&b.file, b.line, b.round)));
    let mut status = exit_status(&record.scenarios, args.fail_on_flaky);
    let tags: Vec<Vec<String>> = contract.all.iter().map(|scenario| scenario.tags.clone()).collect();
    println!("\n{}", Coverage::count(contract.ids, &tags, &record.scenarios));
    let failed: Vec<&ScenarioRecord> =
        record.scenarios.iter().filter(|scenario| scenario.status == Status::Failed).collect();
    if failed.len() > 1 || (!failed.is_empty() && record.scenarios.len() > 5) {
        println!("What failed:");
        failed
            .iter()
            .for_each(|scenario| println!("{}", failure_block(scenario, &args.out, &repeat_command(args, scenario))));
    }
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
    record.run.exit_status = status;
    fs::create_dir_all(&args.out).with_context(|| format!("making the output folder {}", args.out.display()))?;
    let results = args.out.join("results.json");
    fs::write(&results, serde_json::to_string_pretty(&record)?)
        .with_context(|| format!("writing {}", results.display()))?;
    write_junit(&record, &args.out.join("junit.xml"))?;
    if !contract.clauses.is_empty() {
        let table = args.out.join("traceability.md");
        fs::write(&table, traceability(contract.clauses, contract.all, &record.scenarios))
            .with_context(|| format!("writing {}", table.display()))?;
    }
    if args.timings {
        print!("{}", told(&timings, record.scenarios.len()));
    }
    print!("{}", summary(&record));
    Ok(status)
}
