//! The main job: every scenario of `features/`, in a real browser, against the stand-in or a target of its own profile.
//!
//! Cucumber brings Gherkin, step definitions and parameters. Scheduling is ours: a worker is a thread with a browser of
//! its own, so that a scenario's deadline, attempt and class of failure are known, and no scenario stalls another.

#![warn(clippy::print_stdout, clippy::print_stderr)]

mod album;
mod args;
mod books;
mod dry_run;
mod ending;
mod evidence;
mod limits;
mod params;
mod plan;
mod progress;
mod readiness;
mod report;
mod run;
mod scenario;
mod second_opinion;
mod snapshots;
mod steps;
mod surroundings;
mod worker;
mod world;

use std::{env, fs, path::Path, process::ExitCode};

use args::Args;
use clap::Parser as _;
use dcdb_purchase_e2e::{
    domain::{Class, Failure},
    evidence::{Coverage, Id, OutputFolder, Traced, clauses_of_contract, guide::Guide, history, ids_of_contract},
    say,
    target::{self, Profile, Reach},
    warn,
};
use progress::Progress;
use surroundings::Surroundings;

fn main() -> ExitCode {
    let args = Args::parse();
    match suite(&args) {
        Ok(status) => ExitCode::from(status),
        Err(error) => {
            warn!("error: {error:#}");
            // What is no verdict on scenarios is usage: a flag or profile that cannot be.
            let status =
                match error.chain().find_map(|cause| cause.downcast_ref::<Failure>()).map(|failure| failure.class) {
                    None => 2,
                    Some(Class::Guard) => 6,
                    Some(Class::Product) => 1,
                    Some(Class::Test) => 4,
                    Some(Class::Infrastructure) => 3,
                };
            ExitCode::from(status)
        }
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn suite(args: &Args) -> anyhow::Result<u8> {
    // What says what would run writes nothing.
    let out = match args.list || args.dry_run {
        true => None,
        false => {
            args.history.as_deref().map(history::usable).transpose()?;
            let out = OutputFolder::claim(&args.out)?;
            // Before anything can end this run: nothing of an earlier one is to be taken for its own.
            out.clear()?;
            Some(out)
        }
    };
    let profile = load_profile(args)?;
    let features = args.features.clone().unwrap_or_else(|| root().join("features"));
    let (all, as_written) = plan::read(root(), &features)?;
    plan::check_steps(&all)?;
    let contract = features.join("CONTRACT.md");
    let (ids, clauses) = match fs::read_to_string(&contract) {
        Ok(text) => (ids_of_contract(&text)?, clauses_of_contract(&text)),
        Err(_) if args.features.is_some() => (Vec::new(), Vec::new()),
        Err(error) => return Err(Failure::test(format!("{} cannot be read: {error}", contract.display())).into()),
    };
    let tags: Vec<Vec<String>> = all.iter().map(|case| case.tags.clone()).collect();
    for wanted in [&ids, &clauses] {
        let uncovered = Coverage::count(wanted, &tags, &[]);
        if let Some(first) = uncovered.missing().first() {
            let text = format!(
                "no scenario covers {}\n  mend     write one in features/ and tag it, such as @{first}",
                uncovered.missing().join(", ")
            );
            return Err(Failure::test(text).into());
        }
    }
    let guide = guide_of(&features, &ids, &all)?;
    let last_failed = args.last_failed.then(|| plan::last_failures(&args.history())).transpose()?;
    let selection = plan::select(&all, args, last_failed.as_deref())?;
    if args.list {
        selection.cases.iter().for_each(|case| say!("{}: test", case.name));
        return Ok(0);
    }
    let seed =
        args.seed.unwrap_or_else(|| u64::from(std::time::UNIX_EPOCH.elapsed().unwrap_or_default().subsec_nanos()));
    let cases = plan::rounds(&selection.cases, args.repeat_each, seed);
    if cases.is_empty() {
        say!("nothing to run: {}", selection.empty_because.as_deref().unwrap_or("no scenario was selected"));
        say!("0 passed, 0 failed, 0 skipped");
        return Ok(0);
    }
    plan::check_wordings(&selection.cases, &profile)?;
    let rules: Vec<&str> = ids.iter().chain(&clauses).map(|rule| rule.id.as_str()).collect();
    let tags: Vec<&[String]> = all.iter().map(|case| case.tags.as_slice()).collect();
    let reach = Reach::of(&profile, &rules, &tags);
    let Some(mut out) = out else { return dry_run::say(&profile, &reach, &selection.cases, &all).map(|()| 0) };
    let pending = snapshots::pending(&profile);
    if env::var_os("CI").is_some_and(|ci| !ci.is_empty() && ci != "false") && !pending.is_empty() {
        let files: String = pending.iter().map(|file| format!("\n  waits    {}", file.display())).collect();
        let mend = "cargo insta review, where they were seen";
        return Err(Failure::test(format!(
            "page states wait to be reviewed, and this is CI{files}\n  mend     {mend}"
        ))
        .into());
    }
    let full = args.features.is_none() && selection.cases.len() == all.len();
    let idle = !selection.of_all_shards.iter().any(|case| scenario::not_applicable(case, &profile).is_none());
    let traced: Vec<Traced> = all.iter().map(plan::Case::traced).collect();
    let books = report::Contract { ids: &ids, clauses: &clauses, all: &traced, reach, idle, guide };
    let surroundings = Surroundings::look(args);
    let mut progress = Progress::new(args, &surroundings, report::durations(args, &profile));
    let selected = cases.len();
    let mut ran = run::execute(args, profile.clone(), cases, seed, &mut progress)
        .inspect_err(|_| say!("0 passed, 0 failed, {selected} skipped"))?;
    ran.record.run.commit = surroundings::commit(root());
    ran.record.features = as_written;
    Ok(report::finish(args, &mut out, &surroundings, &profile, ran, full, &books))
}

/// The words of the guide, which a folder of other features need not have.
fn guide_of(features: &Path, flow: &[Id], all: &[plan::Case]) -> anyhow::Result<Option<Guide>> {
    let file = features.join("guide.yaml");
    if !file.exists() {
        return Ok(None);
    }
    let text = fs::read_to_string(&file)
        .map_err(|error| Failure::test(format!("{} cannot be read: {error}", file.display())))?;
    let steps_of = |title: &str| {
        let case = all.iter().find(|case| case.name == title && case.has("guide"))?;
        Some(case.steps.iter().map(|step| step.value.clone()).collect())
    };
    Guide::read(&text, flow, steps_of).map(Some)
}

fn load_profile(args: &Args) -> anyhow::Result<Profile> {
    let path = match &args.target {
        Some(path) => path.clone(),
        None => {
            let skin = if args.skin.as_deref() == Some("tea") { "-tea" } else { "" };
            let language = if args.lang.as_deref() == Some("zh-CN") { "-zh" } else { "" };
            root().join(format!("tests/targets/standin{skin}{language}.yaml"))
        }
    };
    let profile = target::load(&path, &|name| std::env::var(name).ok())?;
    profile.warnings.iter().for_each(|warning| warn!("warning: {warning}"));
    Ok(profile)
}
