//! Shards of a run made into one, as if it had been: its results, reports, evidence, pictures, guide and history.

use std::{
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail, ensure};
use clap::Args;

use super::{
    album::Album,
    plan::{self, Case},
    report::{self, Contract},
    snapshots::Baselines,
    suite::{contract_of, guide_of},
    surroundings::Surroundings,
};
use crate::{
    domain::Money,
    evidence::{
        OutputFolder, RunRecord, Spent, Traced, gravest, history,
        joining::{self, Left},
        summary,
    },
    say,
    spoken::{self, counted, entry},
    warn,
};

/// What can be said to `merge`.
#[derive(Debug, Args)]
pub struct MergeArgs {
    /// The output folders of all shards of one run
    #[arg(required = true, value_name = "DIR")]
    pub shards: Vec<PathBuf>,
    /// Where the results of the whole go
    #[arg(long, value_name = "DIR", default_value = "target/e2e")]
    pub out: PathBuf,
    /// Where runs are remembered [default: history.sqlite in --out]
    #[arg(long, value_name = "FILE")]
    pub history: Option<PathBuf>,
    /// Another folder of features, for tests of the suite itself
    #[arg(long, value_name = "DIR", hide = true)]
    pub features: Option<PathBuf>,
}

/// Joins shards into one run, says how it ended, and gives its exit status; 3 where a shard is missing. `root`: of the project whose
/// features they ran.
///
/// # Errors
/// Usage (2): the folders are not the shards of one run, or the output folder cannot be used.
pub fn merge(args: &MergeArgs, root: &Path, variable: fn(&str) -> Option<OsString>) -> anyhow::Result<u8> {
    args.history.as_deref().map(history::usable).transpose()?;
    args.shards.iter().try_for_each(|shard| apart(shard, &args.out))?;
    let mut out = OutputFolder::claim(&args.out)?;
    out.clear()?;
    let shards = match joining::read(&args.shards) {
        Ok(shards) => shards,
        Err(amiss) if amiss.foreign.is_empty() => {
            warn!(
                "error: {amiss}\n  mend     run it again, with the flags and the history that the others had, and merge then"
            );
            return Ok(3);
        }
        Err(amiss) => bail!("{amiss}"),
    };
    let features = args.features.clone().unwrap_or_else(|| root.join("features"));
    let (all, as_written) = plan::read(root, &features)?.whole()?;
    let first = shards.first().context("there is no shard")?;
    ensure!(
        first.record.features == as_written,
        "the shards ran other features than those in {}\n  mend     merge them in a checkout of their commit{}",
        features.display(),
        first.record.run.commit.as_ref().map(|commit| format!(", {commit}")).unwrap_or_default()
    );
    let remembered = args.history.clone().unwrap_or_else(|| args.out.join("history.sqlite"));
    let baselines = Baselines::in_folder(root, &first.shard.baselines);
    for shard in &shards {
        say!("{}", told(shard));
        take_over(shard, &args.out)
            .and_then(|()| {
                let album = Album::beside(&shard.folder.join("history.sqlite"), &baselines);
                Album::beside(&remembered, &baselines).take(&album, &shard.shard.compared)
            })
            .with_context(|| format!("copying what {} kept", shard.folder.display()))?;
    }
    let compared: Vec<String> = shards.iter().flat_map(|shard| shard.shard.compared.clone()).collect();
    let mut record = joining::join(shards)?;
    let absent = joining::files(&record).filter(|file| !args.out.join(file).exists()).count();
    if absent > 0 {
        warn!("note: {absent} files of evidence are not in the folders of the shards");
    }
    let (ids, clauses) = contract_of(&features, args.features.is_some())?;
    let traced: Vec<Traced> = all.iter().map(Case::traced).collect();
    let contract = Contract {
        ids: &ids,
        clauses: &clauses,
        all: &traced,
        reach: record.reach.clone(),
        idle: false,
        guide: guide_of(&features, &ids, &all)?,
    };
    let surroundings = Surroundings::of(variable, None, true);
    report::cover(&mut record, &contract);
    // Each shard has told the build server of its own.
    report::tell_failures(&args.out, &surroundings, &record, false);
    let ran = |case: &Case| record.scenarios.iter().any(|one| one.feature == case.feature && one.name == case.name);
    let full = args.features.is_none() && all.iter().all(ran);
    let unreferenced = full && report::tell_unreferenced(&baselines, &compared, &record);
    let overspent = record.run.spent.is_some_and(|spent| tell_spent(spent, record.run.shards.len()));
    report::tell_leftovers(&record);
    let of_the_whole = [(unreferenced, 4), (overspent, 6)].into_iter().filter(|(amiss, _)| *amiss).map(|(_, it)| it);
    record.run.exit_status = gravest(of_the_whole.chain([record.run.exit_status]));
    report::close(&args.out, &remembered, &mut out, &surroundings, &mut record, &contract);
    spoken::out(format_args!("{}", summary(&record)));
    Ok(record.run.exit_status)
}

/// A line on a shard.
fn told(Left { folder, record: RunRecord { run, scenarios, browser, .. }, shard }: &Left) -> String {
    let seconds = run.duration_ms as f64 / 1000.0;
    entry(&format!(
        "shard {}/{}  {}: {} on {browser}, {seconds:.1} s, exit {}",
        shard.index,
        shard.split.len(),
        folder.display(),
        counted(scenarios.len(), "scenario"),
        run.exit_status
    ))
}

/// Adds up what the shards bought, and gives whether that is more than the profile lets one run spend.
fn tell_spent(spent: Spent, shards: usize) -> bool {
    let Some(allowed) = spent.profile_fen else { return false };
    let (allowed, bought) = (Money::fen(allowed), Money::fen(spent.fen));
    let could = spent.cap_fen.map(Money::fen);
    say!(
        "bought by all shards: {} for {bought}; a run may spend {allowed}{}",
        counted(spent.instances, "instance"),
        could.map(|could| format!(", and theirs came to {could}")).unwrap_or_default()
    );
    let share = Money::fen(allowed.as_fen() / i64::try_from(shards).unwrap_or(1).max(1));
    if bought > allowed {
        warn!(
            "error: the shards together spent more than the profile lets a run spend\n  mend     give them one ledger, or each its share: --spend-up-to {}",
            figures(share)
        );
    } else if could.is_some_and(|could| could > allowed) {
        warn!(
            "note: shards that share no ledger could have spent more than that; give each its share: --spend-up-to {}",
            figures(share)
        );
    }
    bought > allowed
}

/// An amount as flags are given it.
fn figures(amount: Money) -> String {
    amount.to_string().trim_start_matches('¥').replace(',', "")
}

/// Clearing the folder of the whole must take nothing of a shard.
fn apart(shard: &Path, out: &Path) -> anyhow::Result<()> {
    let Ok(shard) = shard.canonicalize() else { return Ok(()) };
    let Ok(out) = out.canonicalize() else { return Ok(()) };
    ensure!(
        shard != out && !shard.starts_with(out.join("evidence")),
        "the results of the whole would go where those of a shard are: {}\n  mend     name another folder (--out)",
        shard.display()
    );
    Ok(())
}

/// Copies the evidence of a shard.
fn take_over(shard: &Left, out: &Path) -> anyhow::Result<()> {
    for file in joining::files(&shard.record) {
        let (from, to) = (shard.folder.join(file), out.join(file));
        // A link could lead out of the folder; no shard makes any. What several steps share has been copied.
        let is_file = fs::symlink_metadata(&from).is_ok_and(|there| there.is_file());
        if is_file && !to.exists() {
            to.parent().map_or(Ok(()), fs::create_dir_all)?;
            fs::copy(&from, &to).with_context(|| from.display().to_string())?;
        }
    }
    Ok(())
}
