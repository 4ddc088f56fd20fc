//! `dcdb-e2e defects`: what the suite is worth. Runs it against a site that makes one mistake at a time, and tells which are caught,
//! by which scenario and how; which are not; and where nothing would be.

mod blind;
mod hunt;
mod report;
mod sought;
mod suite;

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    num::NonZeroUsize,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
    thread,
    time::Instant,
};

use anyhow::ensure;
use clap::Args;

use self::{
    blind::Blind,
    hunt::{Hunted, Hunter, Outcome},
    report::Report,
    sought::Sought,
};
use crate::{
    say,
    spoken::{counted, entry},
    standin, target,
};

/// What `dcdb-e2e defects` takes.
#[derive(Debug, Clone, Args)]
#[command(after_long_help = listed())]
pub struct DefectsArgs {
    /// Only this defect; may be given several times
    #[arg(long, value_name = "NAME")]
    pub defect: Vec<String>,
    /// Profile of another's target that has the lever `defect`, and says which there are (defects:); page states are off there
    #[arg(long, value_name = "FILE")]
    pub target: Option<PathBuf>,
    /// Where the results go
    #[arg(long, value_name = "DIR", default_value = "target/e2e/defects")]
    pub out: PathBuf,
    /// Only scenarios that hold the rules that a defect breaks
    #[arg(long, hide = true)]
    pub near: bool,
    /// The suite, where it is built already; otherwise cargo is asked for it
    #[arg(long, value_name = "FILE", hide = true)]
    pub suite: Option<PathBuf>,
}

/// All defects of the stand-in, for the help.
fn listed() -> String {
    let mut text = String::from("Defects of the stand-in:\n");
    for defect in standin::defects::catalogue() {
        text += &format!("  {:<40} {:<8} {}\n", defect.name, defect.clauses[0], defect.does);
    }
    text
}

/// Runs the suite against each defect, and prints and writes what came of it; gives the exit status: 0 all are caught and no alarm
/// was false, 1 otherwise.
///
/// # Errors
/// Usage: no such defect, or a profile that knows none. The suite cannot be built, or results cannot be written.
pub fn measure(args: &DefectsArgs) -> anyhow::Result<u8> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let profile = args.target.as_ref().map(|path| target::load(path, &|name| std::env::var(name).ok())).transpose()?;
    let sought = sought::select(profile.as_ref(), &args.defect)?;
    let suite = args.suite.clone().map_or_else(|| suite::built(root), Ok)?;
    ensure!(suite.is_file(), "the suite is not there: {}", suite.display());
    // The whole site has the defect: on one that is not started for each run, only one at a time can be looked for. Else a few more
    // than there are cores: most of the time is spent waiting for what does not come.
    let cores = thread::available_parallelism().map_or(1, NonZeroUsize::get).min(4);
    let at_once = if args.target.is_some() { 1 } else { (cores + cores.div_ceil(2)).min(sought.len()) };
    let hunter = Hunter { root, suite: &suite, target: args.target.as_deref(), out: &args.out, near: args.near };
    let started = Instant::now();
    say!("{}, {at_once} at once", counted(sought.len(), "defect"));
    say!("{}", report::HEAD);
    let hunted = all(&hunter, sought, at_once)?;
    let false_alarms = hunter.false_alarms(&hunted)?;
    for alarm in &false_alarms {
        say!("false alarm: {}", entry(alarm));
    }
    let blind = Blind::of(root, &hunted, args.defect.is_empty())?;
    let report = Report { target: hunter.name(), seconds: started.elapsed().as_secs(), hunted, false_alarms, blind };
    report.write(&args.out)?;
    say!("{}", report.summary(&args.out));
    Ok(u8::from(!report.is_good()))
}

/// All of them, so many at once; in the order of the catalogue.
fn all(hunter: &Hunter<'_>, sought: Vec<Sought>, at_once: usize) -> anyhow::Result<Vec<Hunted>> {
    let queue: Mutex<VecDeque<(usize, Sought)>> = Mutex::new(sought.into_iter().enumerate().collect());
    let ended: Mutex<BTreeMap<usize, Hunted>> = Mutex::default();
    let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
    thread::scope(|scope| {
        let work = || -> anyhow::Result<()> {
            while let Some((index, sought)) = next() {
                let hunted = hunter.hunt(sought)?;
                say!("{}", report::row(&hunted));
                ended.lock().unwrap_or_else(PoisonError::into_inner).insert(index, hunted);
            }
            Ok(())
        };
        let workers: Vec<_> = (0..at_once).map(|_| scope.spawn(work)).collect();
        workers.into_iter().try_for_each(|worker| match worker.join() {
            Ok(worked) => worked,
            Err(panic) => std::panic::resume_unwind(panic),
        })
    })?;
    Ok(ended.into_inner().unwrap_or_else(PoisonError::into_inner).into_values().collect())
}

/// The scenarios that caught something, by feature and title.
fn catchers(hunted: &[Hunted]) -> BTreeSet<(&str, &str)> {
    let caught = hunted.iter().filter_map(|one| match &one.outcome {
        Outcome::Caught(catch) => Some((catch.feature.as_str(), catch.scenario.as_str())),
        Outcome::Missed { .. } | Outcome::Untried { .. } => None,
    });
    caught.collect()
}
