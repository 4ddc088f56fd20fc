//! Whether the target's accounts are ready, before the first scenario depends on one.

use std::sync::Arc;

use tokio::{runtime, task::LocalSet};

use super::{plan::Case, run::Run, scenario, worker::Worker};
use crate::{
    browser::Session,
    domain::{Class, InClass as _},
    journeys,
    pages::Browsing,
    say,
    target::{Account, Stated},
};

/// Looks at every listed account that these scenarios may lease, one after the other. Accounts made on demand need no look.
///
/// # Errors
/// Class infrastructure: the first account that is not what the profile says; no scenario should begin then.
pub fn check(run: &Run, cases: &[Case]) -> anyhow::Result<()> {
    undo_left(run)?;
    let profile = &run.target.profile;
    if !cases.iter().any(|case| case.may_lease() && scenario::not_applicable(case, profile).is_none()) {
        return Ok(());
    }
    let listed = run.target.world.listed()?;
    if listed.is_empty() {
        return Ok(());
    }
    let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
    LocalSet::new().block_on(&runtime, async {
        // The workers will tell that there is no browser, each for its scenario.
        let Ok(worker) = Worker::start(run).await else { return Ok(()) };
        let checked = each(&worker.session, run, listed).await;
        worker.end().await;
        checked
    })
}

/// Undoes what killed runs left pulled: what scenarios see would not be the target as it is.
///
/// # Errors
/// Class infrastructure: it cannot be undone. Class guard: the target does not prove to be a test target.
fn undo_left(run: &Run) -> anyhow::Result<()> {
    let count = run.levers.take_over()?;
    if count == 0 {
        return Ok(());
    }
    say!("undoing {count} lever{} that a killed run left pulled", if count == 1 { "" } else { "s" });
    let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
    LocalSet::new().block_on(&runtime, async {
        let worker = Worker::start(run).await.in_class(Class::Infrastructure)?;
        let undone = run.levers.undo_left(&worker.session).await;
        worker.end().await;
        undone
    })
}

async fn each(session: &Session, run: &Run, listed: Vec<(Account, Stated)>) -> anyhow::Result<()> {
    for (account, stated) in listed {
        let browsing = Browsing::begin(session, Arc::clone(&run.target)).await?;
        let ready = journeys::should_be_ready(&browsing, &account, &stated).await;
        browsing.end().await?;
        ready?;
    }
    Ok(())
}
