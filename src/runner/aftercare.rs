//! What becomes of what a run has bought, once its scenarios are over.

use std::{sync::Arc, time::Duration};

use tokio::task::LocalSet;

use super::{run::Run, worker::Worker};
use crate::{
    cleanup::{self, Cleaner, Leftover, Outcome, Unpaid, Whose},
    domain::Money,
    evidence::{ScenarioRecord, Status},
    guard::Entry,
    journeys,
    pages::Browsing,
    say,
    spoken::{counted, entry},
    target::LeverName,
};

/// How long what was bought is looked after once the run is to end at once: a browser, a login and a few returns.
const LOOK_AFTER_WITHIN: Duration = Duration::from_secs(30);

/// Completes the ledger of what this run bought on another's target and returns what is still there; gives what could not be, and
/// what is not known yet.
fn clean_up(run: &Run) -> Vec<Leftover> {
    if !run.target.profile.is_remote() || run.guard.ledger().is_none() {
        return Vec::new();
    }
    let looked =
        run.guard.open_entries().and_then(|open| if open.is_empty() { Ok(Vec::new()) } else { look_after(run, &open) });
    let unknown = |why: String| Leftover { account: "every account".into(), what: "what this run bought".into(), why };
    let mut left = looked.unwrap_or_else(|error| vec![unknown(format!("it could not be looked after: {error:#}"))]);
    left.extend(
        run.guard.broken().map(|broke| {
            unknown(format!("the ledger broke while the run went on, and does not hold all of it: {broke}"))
        }),
    );
    left
}

/// Looks after these purchases, in a browser of its own.
fn look_after(run: &Run, open: &[Entry]) -> anyhow::Result<Vec<Leftover>> {
    say!("looking after {} of this run", counted(open.len(), "purchase"));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let cleaned = LocalSet::new().block_on(&runtime, async {
        let worker = Worker::start("looking after what was bought", run).await?;
        let (session, target) = (&worker.session, Arc::clone(&run.target));
        let cleaner = Cleaner { session, target, ledger: run.guard.ledger() };
        let cleaned = cleaner.clean(Whose::Of(run.guard.run()), false).await;
        worker.end().await;
        cleaned
    });
    let secrets = run.redaction(None);
    match cleaned {
        Ok(Outcome { done, notes, left }) => {
            notes.iter().chain(&done).for_each(|line| say!("{}", entry(&secrets.text(line))));
            Ok(left)
        }
        Err(error) => {
            let why = format!("it could not be looked after: {error:#}");
            let left = |entry: &Entry| Leftover {
                account: entry.spend.account.clone(),
                what: entry.to_string(),
                why: why.clone(),
            };
            Ok(open.iter().map(left).collect())
        }
    }
}

/// What is left over of what the run bought: whatever happens while it is looked after, and however little time there is.
pub fn looked_after(run: &Arc<Run>) -> Vec<Leftover> {
    let its = Arc::clone(run);
    let why = match run.ending.unless_hastened(LOOK_AFTER_WITHIN, move || Ok(clean_up(&its))) {
        Ok(left) => return left,
        Err(error) => format!("it could not be looked after: {error:#}"),
    };
    let unknown = |why: String| {
        vec![Leftover { account: run.target.profile.name.clone(), what: "whatever this run has bought".into(), why }]
    };
    match run.guard.open_entries() {
        Ok(open) => open
            .iter()
            .map(|entry| Leftover { account: entry.spend.account.clone(), what: entry.to_string(), why: why.clone() })
            .collect(),
        Err(error) => unknown(format!("{why}; and the ledger cannot be read: {error:#}")),
    }
}

/// Cancels the unpaid orders that scenarios could not cancel; gives those that are still there.
pub fn cancelled(run: &Arc<Run>) -> Vec<Leftover> {
    let unpaid = run.unpaid.lock().map(|mut unpaid| std::mem::take(&mut *unpaid)).unwrap_or_default();
    if unpaid.is_empty() {
        return Vec::new();
    }
    let still = |one: &Unpaid, error: &anyhow::Error| Leftover {
        account: one.account.clone(),
        what: format!(
            "an unpaid order ({})",
            one.amounts.iter().map(Money::to_string).collect::<Vec<_>>().join(" or ")
        ),
        why: format!("the order list could not be looked at: {error:#}"),
    };
    let (its, orders) = (Arc::clone(run), unpaid.clone());
    let looked = run.ending.unless_hastened(LOOK_AFTER_WITHIN, move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        LocalSet::new().block_on(&runtime, async {
            let worker = Worker::start("looking after what was bought", &its).await?;
            let mut left = Vec::new();
            for of_scenario in orders {
                let one = async {
                    let account = its.target.world.account_named(&of_scenario.account).await?;
                    let browsing = Browsing::begin(&worker.session, Arc::clone(&its.target)).await?;
                    let done = async {
                        journeys::log_in_at_console(&browsing, &account).await?;
                        cleanup::cancel_unpaid(&browsing, &of_scenario).await
                    };
                    let done = done.await;
                    browsing.end().await?;
                    done
                };
                match one.await {
                    Ok(still_there) => left.extend(still_there),
                    Err(error) => left.push(still(&of_scenario, &error)),
                }
            }
            worker.end().await;
            Ok(left)
        })
    });
    looked.unwrap_or_else(|error| unpaid.iter().map(|one| still(one, &error)).collect())
}

/// Undoes what scenarios that were cut off have left pulled, of the levers that are meant; gives a line for each that could not be.
pub fn undo_levers(run: &Arc<Run>, meant: impl Fn(LeverName) -> bool + Send + 'static) -> Vec<String> {
    if !run.levers.has_pulled(&meant) {
        return Vec::new();
    }
    let its = Arc::clone(run);
    let undone = run.ending.unless_hastened(LOOK_AFTER_WITHIN, move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        Ok(runtime.block_on(its.levers.undo_all(meant)))
    });
    let next = "\n  mend     the next run on this target undoes it, or `dcdb-e2e reconcile`";
    match undone {
        Ok(still) => still.into_iter().map(|still| still + next).collect(),
        Err(error) => vec![format!("levers may still be pulled: {error:#}{next}")],
    }
}

/// Adds to the record of each scenario that was cut off what the ledger says that it paid, and what became of that.
pub fn tell_what_was_paid(run: &Run, scenarios: &mut [ScenarioRecord]) {
    let Some(ledger) = run.guard.ledger() else { return };
    let cut_off = |one: &&mut ScenarioRecord| one.status == Status::Skipped && one.attempts > 0;
    let mut cut_off = scenarios.iter_mut().filter(cut_off).peekable();
    if cut_off.peek().is_none() {
        return;
    }
    // A ledger that cannot be read has been told of.
    let rows = ledger.entries().unwrap_or_default();
    for scenario in cut_off {
        let its = |row: &&Entry| row.run == run.guard.run().as_str() && row.spend.scenario == scenario.name;
        let paid: String = rows.iter().filter(its).map(|row| format!("\n  paid     {row}")).collect();
        scenario.reason.get_or_insert_default().push_str(&paid);
    }
}
