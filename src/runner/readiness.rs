//! Whether the target's accounts are ready, before the first scenario depends on one.

use std::sync::Arc;

use tokio::{runtime, task::LocalSet};

use super::{plan::Case, run::Run, scenario, worker::Worker};
use crate::{
    browser::Session,
    journeys,
    pages::Browsing,
    target::{Account, Stated},
};

/// Looks at every listed account that these scenarios may lease, one after the other. Accounts made on demand need no look.
///
/// # Errors
/// Class infrastructure: the first account that is not what the profile says; no scenario should begin then.
pub fn check(run: &Run, cases: &[Case]) -> anyhow::Result<()> {
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

async fn each(session: &Session, run: &Run, listed: Vec<(Account, Stated)>) -> anyhow::Result<()> {
    for (account, stated) in listed {
        let browsing = Browsing::begin(session, Arc::clone(&run.target)).await?;
        let ready = journeys::should_be_ready(&browsing, &account, &stated).await;
        browsing.end().await?;
        ready?;
    }
    Ok(())
}
