//! The whole of it, from flags and features to an exit status.

use std::{
    collections::BTreeMap,
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::bail;

use anyhow::ensure;

use super::{
    args::Args,
    dry_run,
    glue::Glue,
    keys,
    plan::{self, Case, Features},
    progress::Progress,
    report, run, scenario, selection, shards,
    snapshots::Baselines,
    steps,
    surroundings::{self, Surroundings},
    terms,
};
use crate::{
    domain::{Class, Failure},
    evidence::{
        Coverage, Id, OutputFolder, Shard, Traced, clauses_of_contract, guide::Guide, history, ids_of_contract, joining,
    },
    say,
    standin::defects,
    target::{self, LeverName, Missing, Profile, Reach},
    warn,
};

/// The project whose features are run, as its test target knows it.
#[derive(Debug, Clone, Copy)]
pub struct Project<'a> {
    /// Its root.
    pub root: &'a Path,
    /// The program that serves the stand-in, and below which children are started.
    pub program: &'a Path,
    /// What the environment says.
    pub variable: fn(&str) -> Option<OsString>,
}

/// Runs the features as the command line asks for, and gives the exit status.
#[must_use]
pub fn main(args: &Args, project: &Project<'_>, glue: Glue) -> ExitCode {
    match suite(args, project, glue) {
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

fn suite(args: &Args, project: &Project<'_>, glue: Glue) -> anyhow::Result<u8> {
    if !args.list && (project.variable)("NEXTEST").is_some() {
        bail!(
            "nextest runs each scenario in a process of its own, but accounts, what may be spent, results and report are those of one run\n  mend     cargo test --test purchase; and to leave it out of nextest: default-filter = \"not binary(purchase)\" in .config/nextest.toml"
        );
    }
    // What says what would run writes nothing.
    let out = match args.list || args.dry_run || args.steps {
        true => None,
        false => {
            args.history.as_deref().map(history::usable).transpose()?;
            Some(OutputFolder::claim(&args.out)?)
        }
    };
    let profile = load_profile(args, project)?;
    if let Some(defect) = &args.defect {
        check_defect(defect, &profile)?;
    }
    let features = args.features.clone().unwrap_or_else(|| project.root.join("features"));
    let Features { cases: mut all, records: as_written, faults } = plan::read(project.root, &features)?;
    all.iter_mut().for_each(|case| terms::apply(case, &profile));
    if args.steps {
        faults.iter().for_each(|fault| warn!("note: left out: {fault}"));
        steps::say(&glue, &all, &profile, &args.out);
        return Ok(0);
    }
    let (ids, clauses) = contract_of(&features, args.features.is_some())?;
    let tags: Vec<Vec<String>> = all.iter().map(|case| case.tags.clone()).collect();
    // What covers them, and what the guide tells, may stand where nothing can be read.
    for wanted in [&ids, &clauses].into_iter().filter(|_| faults.is_empty()) {
        let uncovered = Coverage::count(wanted, &tags, &[]);
        if let Some(first) = uncovered.missing().first() {
            let text = format!(
                "no scenario covers {}\n  mend     write one in features/ and tag it, such as @{first}",
                uncovered.missing().join(", ")
            );
            return Err(Failure::test(text).into());
        }
    }
    let guide = if faults.is_empty() { guide_of(&features, &ids, &all)? } else { None };
    let whole = args.shard.is_some();
    let last_failed = args.last_failed.then(|| selection::last_failures(&args.history(), whole)).transpose()?;
    let selected = selection::select(&all, &faults, args, last_failed.as_deref(), |cases, count| {
        let durations = report::durations_of_whole_runs(args, &profile);
        shards::deal(cases, count, &durations, |case| scenario::not_applicable(case, &profile).is_some())
    })?;
    glue.check(&selected.of_all_shards, &all)?;
    if args.list {
        selected.cases.iter().for_each(|case| say!("{}: test", case.unique_title()));
        return Ok(0);
    }
    let seed =
        args.seed.unwrap_or_else(|| u64::from(std::time::UNIX_EPOCH.elapsed().unwrap_or_default().subsec_nanos()));
    let cases = selection::rounds(&selected.cases, args.repeat_each, seed, &args.first);
    if cases.is_empty() {
        say!("nothing to run: {}", selected.empty_because.as_deref().unwrap_or("no scenario was selected"));
    }
    // A shard leaves results also where it has nothing to do: whoever merges must tell it from one that is missing.
    if cases.is_empty() && (args.shard.is_none() || out.is_none()) {
        say!("0 passed, 0 failed, 0 skipped");
        return Ok(0);
    }
    let rules = rules_of(&ids, &clauses);
    selection::check_tags_of(&selected.cases, &rules, &profile)?;
    terms::check(&selected.cases, &profile)?;
    selection::check_wordings(&selected.cases, &profile)?;
    let said_at = |keys: &[&str]| {
        let variable = |name: &str| (project.variable)(name)?.into_string().ok();
        target::line_of(&profile_of(args, project), &variable, keys).unwrap_or_else(|_| profile.name.clone())
    };
    keys::check(&profile, &all, &rules, &project.root.join("tests/snapshots"), &said_at)?;
    let reach = reach_of(&profile, &rules, &all);
    let Some(mut out) = out else {
        return dry_run::say(&profile, &reach, (&selected.cases, args.repeat_each), &all, &glue).map(|()| 0);
    };
    let baselines = Baselines::of(project.root, &profile);
    let pending = baselines.pending();
    let is_ci = (project.variable)("CI").is_some_and(|ci| !ci.is_empty() && ci != "false");
    if is_ci && args.update_states.is_some() {
        bail!(
            "--update-states accepts what a person has looked at, and this is CI\n  mend     run it where the pages can be looked at, and commit tests/snapshots/"
        );
    }
    let files: String = pending.iter().map(|file| format!("\n  waits    {}", file.display())).collect();
    if !pending.is_empty() && !is_ci {
        warn!(
            "note: page states wait to be reviewed, of which CI would have none: --update-states accepts what this run sees, cargo insta review what was seen{files}"
        );
    }
    if is_ci && !pending.is_empty() {
        let mend = "cargo insta review or --update-states, where they were seen; or remove them";
        return Err(Failure::test(format!(
            "page states wait to be reviewed, and this is CI{files}\n  mend     {mend}"
        ))
        .into());
    }
    // Now it begins, and nothing of an earlier run is to be taken for its own. A slip on the command line has cost no results.
    out.clear()?;
    let full = args.features.is_none() && faults.is_empty() && selected.cases.len() == all.len();
    let idle = !selected.of_all_shards.iter().any(|case| scenario::not_applicable(case, &profile).is_none());
    let traced: Vec<Traced> = all.iter().map(Case::traced).collect();
    let books = report::Contract { ids: &ids, clauses: &clauses, all: &traced, reach, idle, guide };
    let surroundings = Surroundings::look(args, project);
    let mut progress = Progress::new(args, &surroundings, report::durations(args, &profile));
    let total = cases.len();
    let part = args.shard.map(|(index, _)| Shard {
        index,
        split: selected.split,
        asked: asked(args),
        build: surroundings::build(project.variable),
        baselines: baselines.shown().to_owned(),
        compared: Vec::new(),
    });
    let mut ran = match total {
        0 => run::Ran::nothing(&profile, seed),
        _ => run::execute(args, project, glue, profile, cases, seed, &mut progress)
            .inspect_err(|_| say!("0 passed, 0 failed, {total} skipped"))?,
    };
    if let Some(Some(name)) = &args.update_states
        && !ran.states.contains(name)
    {
        warn!("note: no scenario that ran compared the page state {name}: nothing was accepted");
    }
    ran.record.run.shard = part.map(|part| Shard { compared: ran.states.clone(), ..part });
    ran.record.run.commit = surroundings::commit(project.root);
    ran.record.features = as_written;
    report::keep_repairs(&ran.record, &profile_of(args, project), &args.out);
    Ok(report::finish(args, &mut out, &surroundings, &baselines, ran, full, &books))
}

/// What was asked for, which all shards share: flags, and the profile as it is written.
fn asked(args: &Args) -> BTreeMap<String, serde_json::Value> {
    let mut asked = args.asked();
    let profile = args.target.as_ref().and_then(|file| fs::read_to_string(file).ok());
    asked.extend(profile.map(|text| ("profile".to_owned(), joining::digest([("profile", text.as_str())]).into())));
    asked
}

/// The sentences of the documented flow, and the rules of its pages, which a folder of other features need not have.
pub(super) fn contract_of(features: &Path, may_lack: bool) -> anyhow::Result<(Vec<Id>, Vec<Id>)> {
    let contract = features.join("CONTRACT.md");
    match fs::read_to_string(&contract) {
        Ok(text) => Ok((ids_of_contract(&text)?, clauses_of_contract(&text))),
        Err(_) if may_lack => Ok((Vec::new(), Vec::new())),
        Err(error) => Err(Failure::test(format!("{} cannot be read: {error}", contract.display())).into()),
    }
}

/// The tags of all that the contract says.
fn rules_of<'a>(ids: &'a [Id], clauses: &'a [Id]) -> Vec<&'a str> {
    ids.iter().chain(clauses).map(|rule| rule.id.as_str()).collect()
}

fn reach_of(profile: &Profile, rules: &[&str], all: &[Case]) -> Reach {
    let asked: Vec<(&[String], Vec<Missing>)> =
        all.iter().map(|case| (case.tags.as_slice(), case.missing(profile))).collect();
    Reach::of(profile, rules, &asked)
}

/// What share of the contract below a project's root a target is held to, whatever is run.
///
/// # Errors
/// Class test: features or contract cannot be read.
pub fn reach(root: &Path, profile: &Profile) -> anyhow::Result<Reach> {
    let features = root.join("features");
    let (mut all, _) = plan::read(root, &features)?.whole()?;
    all.iter_mut().for_each(|case| terms::apply(case, profile));
    let (ids, clauses) = contract_of(&features, false)?;
    Ok(reach_of(profile, &rules_of(&ids, &clauses), &all))
}

/// The sentences of the documented flow and the rules of its pages, below a project's root, and the tags of each scenario.
///
/// # Errors
/// Class test: features or contract cannot be read.
pub fn contract(root: &Path) -> anyhow::Result<(Vec<Id>, Vec<Vec<String>>)> {
    let features = root.join("features");
    let (all, _) = plan::read(root, &features)?.whole()?;
    let (mut rules, clauses) = contract_of(&features, false)?;
    rules.extend(clauses);
    Ok((rules, all.into_iter().map(|case| case.tags).collect()))
}

/// The words of the guide, which a folder of other features need not have.
pub(super) fn guide_of(features: &Path, flow: &[Id], all: &[Case]) -> anyhow::Result<Option<Guide>> {
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

/// The target can be told to make that mistake.
fn check_defect(defect: &str, profile: &Profile) -> anyhow::Result<()> {
    if !profile.is_remote() {
        return defects::named(defect).map(drop);
    }
    ensure!(
        profile.levers.get(LeverName::Defect).is_some(),
        "--defect: the profile {} does not say how {defect:?} is switched on\n  mend     levers: defect:, if the target's owner can",
        profile.name
    );
    Ok(())
}

/// The profile of the target.
fn profile_of(args: &Args, project: &Project<'_>) -> PathBuf {
    if let Some(path) = &args.target {
        return path.clone();
    }
    let skin = match (args.generation.as_deref(), args.skin.as_deref()) {
        (Some("today"), _) => "-today",
        (_, Some("tea")) => "-tea",
        _ => "",
    };
    let language = if args.lang.as_deref() == Some("zh-CN") { "-zh" } else { "" };
    project.root.join(format!("tests/targets/standin{skin}{language}.yaml"))
}

fn load_profile(args: &Args, project: &Project<'_>) -> anyhow::Result<Profile> {
    let path = profile_of(args, project);
    let profile = target::load(&path, &|name| (project.variable)(name)?.into_string().ok())?;
    profile.warnings.iter().for_each(|warning| warn!("warning: {warning}"));
    Ok(profile)
}
