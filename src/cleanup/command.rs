//! `dcdb-e2e reconcile` and `dcdb-e2e sweep`.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context as _, ensure};
use clap::Args;
use jiff::Timestamp;
use tokio::task::LocalSet;

use super::{Cleaner, Outcome, Whose};
use crate::{
    browser::{
        Session,
        launch::{self, BrowserKind, LaunchSettings},
    },
    evidence::Redaction,
    guard::{self, Journal, Ledger, Means, RunId},
    levers::Hand,
    nearest::did_you_mean,
    say,
    spoken::{counted, entry},
    target::{self, Profile, Target},
    warn,
};

/// What `dcdb-e2e reconcile` and `dcdb-e2e sweep` take.
#[derive(Debug, Clone, Args)]
pub struct CleanupArgs {
    /// Profile of the target
    #[arg(long, value_name = "FILE")]
    pub target: PathBuf,
}

/// What `dcdb-e2e reconcile` takes.
#[derive(Debug, Clone, Args)]
pub struct ReconcileArgs {
    #[command(flatten)]
    target: CleanupArgs,
    /// Close the rows of this purchase, by the name that is printed of it: you know that nothing of it is left, and the target cannot
    /// show it any more. What it cost counts on
    #[arg(long, value_name = "NAME", requires = "because")]
    close: Option<String>,
    /// How you know; is written into the ledger
    #[arg(long, value_name = "TEXT", requires = "close")]
    because: Option<String>,
}

/// What is done where the ledger cannot be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum WithoutLedger {
    Refuse,
    /// What is signed can be returned all the same.
    ByNames,
}

/// Completes the target's ledger from what its API tells, where accounts have keys, and its pages show; gives the exit status: 0
/// every row is explained, 3 there is no browser or a lever is still pulled, 7 some are not.
///
/// # Errors
/// A profile that cannot be read; a ledger that cannot.
pub fn reconcile(args: &ReconcileArgs, supervisor: &Path) -> anyhow::Result<u8> {
    if let (Some(name), Some(because)) = (&args.close, &args.because) {
        return close(&args.target, name, because);
    }
    with_cleaner(&args.target, supervisor, WithoutLedger::Refuse, async |cleaner, alive| {
        if cleaner.ledger.is_none() {
            say!("no run has set out to buy anything on {} yet", cleaner.target.profile.name);
            return Ok(0);
        }
        tell_of_runs_alive(alive);
        let Outcome { done, notes, left } = cleaner.complete(Whose::EveryonesBut(alive)).await?;
        let secrets = Redaction::of_proofs(&cleaner.target.world.proofs());
        notes.iter().chain(&done).for_each(|line| say!("{}", entry(&secrets.text(line))));
        left.iter().for_each(|left| say!("unexplained {}", entry(&secrets.text(&left.to_string()))));
        say!("{} rows completed, {} left unexplained", done.len(), left.len());
        Ok(if left.is_empty() { 0 } else { 7 })
    })
}

/// Closes the open rows of a purchase, by a person's word.
fn close(args: &CleanupArgs, name: &str, because: &str) -> anyhow::Result<u8> {
    let (profile, means) = looked_after(args)?;
    ensure!(!because.trim().is_empty(), "--because should say how it is known that nothing of {name} is left");
    let ledger = guard::ledger_of(&profile, &means)?
        .with_context(|| format!("no run has set out to buy anything on {} yet", profile.name))?;
    let alive = guard::runs_alive(&profile, &means);
    let mut open = ledger.open_entries()?;
    open.retain(|row| !alive.contains(&row.run) && !row.spend.name.is_empty());
    let its: Vec<_> = open.iter().filter(|row| row.spend.name == name).collect();
    let names = open.iter().map(|row| row.spend.name.as_str());
    ensure!(
        !its.is_empty(),
        "{} has no open row of a purchase named {name}, of a run that is over{}",
        profile.name,
        did_you_mean(name, names)
    );
    for row in its {
        ledger.close(row.id, because)?;
        say!("closed      {}", entry(&format!("{row}: {because}")));
    }
    Ok(0)
}

/// Returns what earlier runs left on the target: only instances whose names carry this suite's signature. Gives the exit
/// status: 0 nothing is left, 3 there is no browser or a lever is still pulled, 7 something is.
///
/// # Errors
/// As [`reconcile`].
pub fn sweep(args: &CleanupArgs, supervisor: &Path) -> anyhow::Result<u8> {
    with_cleaner(args, supervisor, WithoutLedger::ByNames, async |cleaner, alive| {
        tell_of_runs_alive(alive);
        let Outcome { done, notes, left } = cleaner.clean(Whose::EveryonesBut(alive), true).await?;
        let secrets = Redaction::of_proofs(&cleaner.target.world.proofs());
        notes.iter().chain(&done).for_each(|line| say!("{}", entry(&secrets.text(line))));
        left.iter().for_each(|left| say!("left over: {}", entry(&secrets.text(&left.to_string()))));
        match left.len() {
            0 => say!("nothing of this suite is left on {}", cleaner.target.profile.name),
            count => say!("{count} left over"),
        }
        Ok(if left.is_empty() { 0 } else { 7 })
    })
}

/// The runs that are still going on: what they buy is theirs to look after.
fn tell_of_runs_alive(alive: &dyn Fn() -> Vec<String>) {
    alive().iter().for_each(|run| say!("left alone  what run {run} buys: it is still going on"));
}

/// The profile, which is of another's target, and where its ledger may be.
fn looked_after(args: &CleanupArgs) -> anyhow::Result<(Profile, Means)> {
    let profile = target::load(&args.target, &|name| std::env::var(name).ok())?;
    profile.warnings.iter().for_each(|warning| warn!("warning: {warning}"));
    ensure!(
        profile.is_remote(),
        "{} is the stand-in that each run starts for itself: it ends with the run, and nothing is left of it\n  mend: name the profile of another target",
        profile.name
    );
    let means = Means { spend_up_to: None, state_folder: guard::state_folder(|name| std::env::var_os(name)) };
    Ok((profile, means))
}

fn with_cleaner(
    args: &CleanupArgs,
    supervisor: &Path,
    without: WithoutLedger,
    act: impl AsyncFnOnce(&Cleaner<'_>, &dyn Fn() -> Vec<String>) -> anyhow::Result<u8>,
) -> anyhow::Result<u8> {
    let (profile, means) = looked_after(args)?;
    let ledger = match guard::ledger_of(&profile, &means) {
        Err(error) if without == WithoutLedger::ByNames => {
            let mend = "what is returned now is written down nowhere: put the ledger right, and reconcile";
            warn!("note: going by the names of instances alone, since {error:#}\n  mend     {mend}");
            None
        }
        ledger => ledger?,
    };
    // The tool is a run of its own to the journal of levers.
    let journal = match Journal::found(&profile, &means, &RunId::new(Timestamp::now())?) {
        Err(error) if without == WithoutLedger::ByNames => {
            warn!("note: what killed runs left pulled is not undone now, since {error:#}");
            None
        }
        journal => journal?,
    };
    let settings = LaunchSettings::from_variables(supervisor, |name| std::env::var_os(name))?
        .on_behalf_of(profile.webdriver.as_ref(), &profile.language)?
        .with_browser(BrowserKind::Chromium)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let of = profile.clone();
    let alive = move || guard::runs_alive(&of, &means);
    LocalSet::new().block_on(
        &runtime,
        with_browser(profile, ledger, &settings, async |cleaner| {
            // What was bought is looked after all the same.
            let undone = undo_levers(cleaner, journal).await.inspect_err(|error| {
                let secrets = Redaction::of_proofs(&cleaner.target.world.proofs());
                warn!("error: {}", secrets.text(&format!("{error:#}")));
            });
            let status = act(cleaner, &alive).await?;
            Ok(if status == 0 && undone.is_err() { 3 } else { status })
        }),
    )
}

/// Undoes what killed runs left pulled.
///
/// # Errors
/// Class guard: the target does not prove to be a test target. Class infrastructure: it cannot be undone.
async fn undo_levers(cleaner: &Cleaner<'_>, journal: Option<Journal>) -> anyhow::Result<()> {
    let hand = Hand::new(&cleaner.target, journal)?;
    let count = hand.take_over()?;
    if count > 0 {
        hand.undo_left(cleaner.session).await?;
        say!("undone      {} that a killed run left pulled", counted(count, "lever"));
    }
    Ok(())
}

async fn with_browser(
    profile: Profile,
    ledger: Option<Ledger>,
    settings: &LaunchSettings,
    act: impl AsyncFnOnce(&Cleaner<'_>) -> anyhow::Result<u8>,
) -> anyhow::Result<u8> {
    let target = Arc::new(Target::new(profile, 0, 1.0));
    let started = async {
        let driver = launch::launch(settings).await?;
        let session = Session::open(&driver, settings, "dcdb-e2e clean-up").await?;
        anyhow::Ok((driver, session))
    };
    let (driver, session) = match started.await {
        Ok(started) => started,
        Err(error) => {
            warn!("error: no browser: {error:#}");
            return Ok(3);
        }
    };
    let cleaner = Cleaner { session: &session, target, ledger: ledger.as_ref() };
    let done = act(&cleaner).await;
    session.close().await?;
    driver.end().await?;
    done
}
