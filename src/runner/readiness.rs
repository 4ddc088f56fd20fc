//! Whether the target's accounts are ready, before the first scenario depends on one.

use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::Duration,
};

use tokio::{runtime, task::LocalSet};

use super::{plan::Case, progress::aside, run::Run, scenario, worker::Worker};
use crate::{
    domain::{Class, Failure, InClass as _},
    journeys,
    pages::Browsing,
    say,
    spoken::counted,
    target::{ANOTHER, Account, Site, Stated, Wish},
};

/// After so long it is said that the run waits for others.
const SAY_AFTER: Duration = Duration::from_secs(2);

/// Chooses the listed accounts that these scenarios will lease, as many of each kind as the workers can use at once, and looks at
/// each, side by side. Accounts made on demand need no look. `folder`: where runs see which accounts others use.
///
/// # Errors
/// Class infrastructure: an account is not what the profile says, or other runs use all that are wished for; no scenario should
/// begin then.
pub fn check(run: &Run, cases: &[Case], workers: usize, folder: Option<&Path>) -> anyhow::Result<()> {
    undo_left(run)?;
    let wishes = wishes(run, cases, workers);
    if wishes.is_empty() {
        return Ok(());
    }
    let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let portal = run.target.profile.site(Site::Portal, run.target.port)?;
        let choosing = run.target.world.choose(&wishes, folder, portal.as_str());
        tokio::pin!(choosing);
        if let Ok(chosen) = tokio::time::timeout(SAY_AFTER, &mut choosing).await {
            return chosen;
        }
        aside("waiting for accounts that other runs use");
        run.ending.unless_due(choosing).await
    })?;
    look_at_all(run, run.target.world.chosen()?, workers)
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
    say!("undoing {} that a killed run left pulled", counted(count, "lever"));
    let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
    LocalSet::new().block_on(&runtime, async {
        let worker = Worker::start("looking at accounts", run).await.in_class(Class::Infrastructure)?;
        let undone = run.levers.undo_left(&worker.session).await;
        worker.end().await;
        undone
    })
}

/// What the accounts of these scenarios must be like, and how many of each can be used at once.
fn wishes(run: &Run, cases: &[Case], workers: usize) -> Vec<(Wish, usize)> {
    let mut wishes: Vec<(Wish, usize)> = Vec::new();
    let leases = |case: &&Case| case.may_lease() && scenario::not_applicable(case, &run.target.profile).is_none();
    for case in cases.iter().filter(leases) {
        let (wish, count) = (Wish::of(&case.tags), if case.has(ANOTHER) { 2 } else { 1 });
        match wishes.iter_mut().find(|(known, _)| *known == wish) {
            Some((_, known)) => *known += count,
            None => wishes.push((wish, count)),
        }
    }
    // A scenario with two buyers is one worker's.
    let most = workers + usize::from(cases.iter().any(|case| case.has(ANOTHER)));
    wishes.iter_mut().for_each(|(_, count)| *count = (*count).min(most));
    wishes
}

/// Looks at these accounts, each worker at the next that nobody has looked at.
fn look_at_all(run: &Run, accounts: Vec<(Account, Stated)>, workers: usize) -> anyhow::Result<()> {
    let browsers = workers.min(accounts.len());
    let waiting = Mutex::new(accounts);
    let next = || waiting.lock().unwrap_or_else(PoisonError::into_inner).pop();
    let looks = thread::scope(|scope| {
        let lookers: Vec<_> = (0..browsers).map(|_| scope.spawn(|| look(run, &next))).collect();
        lookers.into_iter().map(|looker| looker.join()).collect::<Vec<_>>()
    });
    looks
        .into_iter()
        .try_for_each(|look| look.unwrap_or_else(|_| Err(Failure::test("the suite itself panicked").into())))
}

fn look(run: &Run, next: &impl Fn() -> Option<(Account, Stated)>) -> anyhow::Result<()> {
    let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
    LocalSet::new().block_on(&runtime, async {
        // The workers will tell that there is no browser, each for its scenario.
        let Ok(worker) = Worker::start("looking at accounts", run).await else { return Ok(()) };
        let looked = async {
            while let Some((account, stated)) = next().filter(|_| !run.ending.is_due()) {
                let browsing = Browsing::begin(&worker.session, Arc::clone(&run.target)).await?;
                let ready = journeys::should_be_ready(&browsing, &account, &stated).await;
                browsing.end().await?;
                ready?;
            }
            Ok(())
        };
        let looked = looked.await;
        worker.end().await;
        looked
    })
}
