//! `dcdb-e2e reconcile` and `dcdb-e2e sweep`.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::ensure;
use clap::Args;
use tokio::task::LocalSet;

use super::{Cleaner, Outcome, Whose};
use crate::{
    browser::{
        Session,
        launch::{self, LaunchSettings},
    },
    evidence::{Redaction, entry, printable},
    guard::{self, Ledger, Means},
    target::{self, Profile, Target},
};

/// What `dcdb-e2e reconcile` and `dcdb-e2e sweep` take.
#[derive(Debug, Clone, Args)]
pub struct CleanupArgs {
    /// Profile of the target
    #[arg(long, value_name = "FILE")]
    pub target: PathBuf,
}

/// Completes the target's ledger from what its API tells, where accounts have keys, and its pages show; gives the exit status: 0
/// every row is explained, 3 there is no browser, 7 some are not.
///
/// # Errors
/// A profile that cannot be read; a ledger that cannot.
pub fn reconcile(args: &CleanupArgs, supervisor: &Path) -> anyhow::Result<u8> {
    with_cleaner(args, supervisor, async |cleaner| {
        if cleaner.ledger.is_none() {
            println!("no run has set out to buy anything on {} yet", cleaner.target.profile.name);
            return Ok(0);
        }
        let Outcome { done, notes, left } = cleaner.complete().await?;
        let secrets = Redaction::of_proofs(&cleaner.target.world.proofs());
        notes.iter().chain(&done).for_each(|line| println!("{}", entry(&secrets.text(line))));
        left.iter().for_each(|left| println!("unexplained {}", entry(&secrets.text(&left.to_string()))));
        println!("{} rows completed, {} left unexplained", done.len(), left.len());
        Ok(if left.is_empty() { 0 } else { 7 })
    })
}

/// Returns what earlier runs left on the target: only instances whose names carry this suite's signature. Gives the exit
/// status: 0 nothing is left, 3 there is no browser, 7 something is.
///
/// # Errors
/// As [`reconcile`].
pub fn sweep(args: &CleanupArgs, supervisor: &Path) -> anyhow::Result<u8> {
    with_cleaner(args, supervisor, async |cleaner| {
        let Outcome { done, notes, left } = cleaner.clean(Whose::Everyones, true).await?;
        let secrets = Redaction::of_proofs(&cleaner.target.world.proofs());
        notes.iter().chain(&done).for_each(|line| println!("{}", entry(&secrets.text(line))));
        left.iter().for_each(|left| println!("left over: {}", entry(&secrets.text(&left.to_string()))));
        match left.len() {
            0 => println!("nothing of this suite is left on {}", cleaner.target.profile.name),
            count => println!("{count} left over"),
        }
        Ok(if left.is_empty() { 0 } else { 7 })
    })
}

fn with_cleaner(
    args: &CleanupArgs,
    supervisor: &Path,
    act: impl AsyncFnOnce(&Cleaner<'_>) -> anyhow::Result<u8>,
) -> anyhow::Result<u8> {
    let profile = target::load(&args.target, &|name| std::env::var(name).ok())?;
    profile.warnings.iter().for_each(|warning| eprintln!("warning: {}", printable(warning)));
    ensure!(
        profile.is_remote(),
        "{} is the stand-in that each run starts for itself: it ends with the run, and nothing is left of it\n  mend: name the profile of another target",
        profile.name
    );
    let means = Means { spend_up_to: None, state_folder: guard::state_folder(|name| std::env::var_os(name)) };
    let ledger = guard::ledger_of(&profile, &means)?;
    let settings = LaunchSettings::from_variables(supervisor, |name| std::env::var_os(name))?
        .on_behalf_of(profile.webdriver.as_deref(), &profile.language)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    LocalSet::new().block_on(&runtime, with_browser(profile, ledger, &settings, act))
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
        let session = Session::start(driver.url(), driver.capabilities(settings)).await?;
        anyhow::Ok((driver, session))
    };
    let (driver, session) = match started.await {
        Ok(started) => started,
        Err(error) => {
            eprintln!("error: no browser: {}", printable(&format!("{error:#}")));
            return Ok(3);
        }
    };
    let cleaner = Cleaner { session: &session, target, ledger: ledger.as_ref() };
    let done = act(&cleaner).await;
    session.close().await?;
    driver.end().await?;
    done
}
