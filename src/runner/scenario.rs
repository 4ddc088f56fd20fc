//! Running one scenario once.

use std::{
    panic::AssertUnwindSafe,
    path::PathBuf,
    sync::{Arc, Mutex},
    time::Instant,
};

use futures_util::FutureExt as _;
use regex::Regex;

use super::{
    actor::{Actor, Ended},
    keeper::{self, Keeper},
    limits::Limits,
    panics::{self, Hushed},
    plan::Case,
    raised::{Raised, StepError},
    run::Run,
};
use crate::{
    browser::{Complaint, Session, Timings},
    cleanup::{self, Unpaid, Whose},
    domain::{Class, class_of},
    evidence::{ConsoleRecord, Outcome, Redaction, RepairRecord, ScenarioRecord, StepRecord},
    journeys,
    pages::Browsing,
    repair, say,
    target::{LeverName, Profile},
};

/// How one attempt goes: what is known of it at any moment, also where it is given up or panics.
#[derive(Default)]
pub struct Attempt {
    /// Why it failed or does not apply; `None`: it passed.
    pub raised: Option<Raised>,
    /// Its steps; those that were not taken are skipped.
    pub steps: Vec<StepRecord>,
    /// The step that it is at.
    at: Option<usize>,
    /// How long it took, ms.
    pub duration_ms: u64,
    /// What its pages said.
    pub console: Vec<ConsoleRecord>,
    /// A click that pays may have been made.
    pub may_have_paid: bool,
    /// The page states it compared.
    pub states: Vec<String>,
    /// It was stopped before its end.
    pub interrupted: bool,
}

impl Attempt {
    /// Files that were kept, from the output folder.
    pub fn evidence(&self) -> Vec<PathBuf> {
        let mut files: Vec<PathBuf> = Vec::new();
        for file in self.steps.iter().flat_map(StepRecord::files) {
            if !files.contains(file) {
                files.push(file.clone());
            }
        }
        files
    }

    /// Where the run was stopped, as people say it, in the scenario of this record.
    pub fn stopped(&self, record: &ScenarioRecord) -> String {
        let next = record.steps.iter().position(|step| step.outcome == Outcome::Skipped);
        let (how, at) = match (self.at, next) {
            (Some(at), _) => ("given up in", at),
            (None, Some(next)) => ("interrupted before", next),
            (None, None) if record.steps.is_empty() => return "the run was stopped before its first step".into(),
            (None, None) => {
                return "the run was stopped: given up after its last step, with what follows it undone".into();
            }
        };
        let (number, of) = (at + 1, record.steps.len());
        let step = record.steps.get(at).map(|step| format!("{} {}", step.keyword, step.text)).unwrap_or_default();
        format!("the run was stopped: {how} step {number} of {of}, {step}")
    }
}

/// Why a scenario cannot apply to a target, before anything is started for it.
pub fn not_applicable(case: &Case, profile: &Profile) -> Option<String> {
    case.missing(profile).first().map(ToString::to_string)
}

/// Runs a scenario in a browser context of its own.
pub async fn run(case: &Case, number: u32, session: &Session, run: &Run, attempt: &mut Attempt) {
    let target = &run.target;
    let started = Instant::now();
    let begun = async {
        if case.pulls(&target.profile) {
            run.levers.prove(session).await?;
        }
        Browsing::begin(session, Arc::clone(target)).await
    };
    match begun.await {
        Ok(mut browsing) => {
            browsing.keeps_logins = !case.is_of_login();
            let mut actor = run.glue.begin(case, run, browsing);
            let mut keeper = Keeper::begin(run, case, number);
            take_steps(case, &mut *actor, run, &mut keeper, attempt).await;
            if attempt.raised.is_none() && !attempt.interrupted {
                attempt.raised = unmet(&*actor);
            }
            if attempt.raised.is_none() && !attempt.interrupted {
                balance_books(&*actor, &mut keeper, attempt).await;
            }
            // Instances that are held could not be returned; an account that is gone could return nothing.
            let _tried_again = run.levers.undo(actor.grip(), |lever| lever != LeverName::Account).await;
            let mut nothing_left = true;
            if case.signs(&target.profile) && actor.may_have_paid() {
                // Whatever time the scenario had is over; each wait still has its own.
                let until = Instant::now() + target.profile.deadlines.run;
                actor.browsing().visit.stop_at(until, "the run's time");
                if attempt.raised.is_some() || attempt.interrupted {
                    look_up(&*actor, run).await;
                }
                nothing_left &= give_back(&*actor, run, &mut keeper, attempt).await;
            }
            let fell = attempt.raised.is_some() || attempt.interrupted;
            nothing_left &= cancel_unpaid(case, &*actor, run, fell).await;
            mend_login(&*actor, session, run).await;
            // What is left in an account that was made is looked after at the end of the run, if the account is there still.
            if let Err(error) = run.levers.undo(actor.grip(), |lever| nothing_left || lever != LeverName::Account).await
            {
                attempt.raised.get_or_insert_with(|| Raised::of(&error));
                if target.profile.levers.concern_everybody(&case.tags) {
                    // No other scenario would see the target as it is.
                    run.ending.stop();
                }
            }
            let redaction = run.redaction(actor.account());
            if let Some(Raised::Failed(_, text)) = &mut attempt.raised {
                *text = redaction.text(text);
                if run.pause_on_failure {
                    pause(case, attempt).await;
                }
            }
            attempt.console = keeper.console(&*actor);
            merge(&run.timings, actor.browsing().visit.timings());
            attempt.may_have_paid = actor.may_have_paid();
            let Ended { browsing, states } = actor.end();
            attempt.states = states;
            match browsing.end().await {
                Ok(complaints) => {
                    if attempt.raised.is_none() {
                        attempt.raised = judged(&complaints, &target.profile, &redaction);
                    }
                }
                Err(error) => {
                    attempt.raised.get_or_insert_with(|| Raised::Failed(class_of(&error), format!("{error:#}")));
                }
            }
        }
        Err(error) => attempt.raised = Some(Raised::of(&error)),
    }
    attempt.duration_ms = millis(started);
}

/// What the pages' complaints make of a scenario that passed: none may be left that is not tolerated.
fn judged(complaints: &[Complaint], profile: &Profile, redaction: &Redaction) -> Option<Raised> {
    let patterns = profile.tolerated_complaints.iter();
    let tolerated: Vec<Regex> = patterns.filter_map(|pattern| Regex::new(pattern).ok()).collect();
    let is_tolerated = |complaint: &&Complaint| {
        tolerated.iter().any(|pattern| pattern.is_match(&complaint.text) || pattern.is_match(&complaint.url))
    };
    let complaint = complaints.iter().find(|complaint| !is_tolerated(complaint))?;
    let text = format!(
        "a page complained while the scenario ran: {}\n  at       {}\n  mend     tolerated-complaints: in the profile, where this is known and harmless",
        redaction.text(&complaint.text),
        redaction.text(&complaint.url)
    );
    Some(Raised::Failed(Class::Product, text))
}

/// The invariants, as a step of its own after the last one.
async fn balance_books(actor: &dyn Actor, keeper: &mut Keeper<'_>, attempt: &mut Attempt) {
    let Some(balancing) = actor.balance_books() else { return };
    let started = Instant::now();
    let balanced = balancing.await;
    let mut record = StepRecord {
        keyword: "*".to_owned(),
        text: "orders, instances and balance are what the purchases of this scenario may have come to".to_owned(),
        outcome: if balanced.is_ok() { Outcome::Passed } else { Outcome::Failed },
        started_ms: attempt.steps.last().map_or(0, |last| last.started_ms + last.duration_ms),
        duration_ms: millis(started),
        ..StepRecord::default()
    };
    // An alert would have been told of after the last step.
    let _alert = keeper.witness(actor, &mut record, attempt.steps.len() + 1).await;
    attempt.steps.push(record);
    attempt.raised = balanced.err().map(|error| Raised::of(&error));
}

/// What a scenario that did not come to its end was charged is looked up before anything is returned, since a return moves the
/// balance again. What cannot be looked up now is looked at once more at the end of the run.
async fn look_up(actor: &dyn Actor, run: &Run) {
    let (Some(ledger), Ok(rows)) = (run.guard.ledger(), run.guard.entries(actor.receipts())) else { return };
    let open: Vec<_> = rows.iter().filter(|row| !row.is_over()).collect();
    let _looked_at_again_later = cleanup::complete(actor.browsing(), ledger, &open).await;
}

/// What the scenario bought on another's target is returned, whatever became of the scenario. What cannot be is left to the
/// end of the run, which tells of it; `false` where anything is.
async fn give_back(actor: &dyn Actor, run: &Run, keeper: &mut Keeper<'_>, attempt: &mut Attempt) -> bool {
    let Some(account) = actor.account() else { return true };
    let started = Instant::now();
    let (ledger, whose) = (run.guard.ledger(), Whose::Of(run.guard.run()));
    let Ok(outcome) = cleanup::give_back(actor.browsing(), &account.name, ledger, whose).await else {
        return false;
    };
    if outcome.left.is_empty() {
        let mut record = StepRecord {
            keyword: "*".to_owned(),
            text: "what this scenario bought is returned".to_owned(),
            outcome: Outcome::Passed,
            started_ms: attempt.steps.last().map_or(0, |last| last.started_ms + last.duration_ms),
            duration_ms: millis(started),
            ..StepRecord::default()
        };
        let _alert = keeper.witness(actor, &mut record, attempt.steps.len() + 1).await;
        attempt.steps.push(record);
    }
    outcome.left.is_empty()
}

/// Orders that the scenario left unpaid on another's target are cancelled: those that it may leave so, and whatever one that fell on
/// the way may have made. What cannot be is left to the end of the run; `false` where anything is.
async fn cancel_unpaid(case: &Case, actor: &dyn Actor, run: &Run, fell: bool) -> bool {
    let profile = &run.target.profile;
    let Some(account) = actor.account() else { return true };
    let Ok(rows) = run.guard.entries(actor.receipts()) else { return true };
    let amounts: Vec<_> = rows.iter().filter(|row| row.order.is_none()).map(|row| row.spend.amount).collect();
    let may_be_left = fell || case.has("may-unpaid-order");
    if !profile.is_remote() || !may_be_left || profile.lack("orders").is_some() || amounts.is_empty() {
        return true;
    }
    let left_unpaid = Unpaid { account: account.name.clone(), amounts, before: actor.orders_before().to_vec() };
    let cancelled = cleanup::cancel_unpaid(actor.browsing(), &left_unpaid).await;
    let all = cancelled.is_ok_and(|left| left.is_empty());
    if !all && let Ok(mut unpaid) = run.unpaid.lock() {
        unpaid.push(left_unpaid);
    }
    all
}

/// An account of another's target whose last login failed is logged in rightly, so that failures do not add up to a lock; one
/// that is locked is leased no more.
async fn mend_login(actor: &dyn Actor, session: &Session, run: &Run) {
    let Some(account) = actor.account().filter(|_| run.target.profile.is_remote()) else { return };
    let right = async {
        let mut browsing = Browsing::begin(session, Arc::clone(&run.target)).await?;
        browsing.keeps_logins = false;
        let logged_in = journeys::log_in_at_console(&browsing, account).await;
        browsing.end().await?;
        logged_in
    };
    if actor.has_failed_login() && right.await.is_err() {
        account.give_up();
    }
}

async fn take_steps(case: &Case, actor: &mut dyn Actor, run: &Run, keeper: &mut Keeper<'_>, attempt: &mut Attempt) {
    let begun = Instant::now();
    // All of them from the start: whoever is given up says no more.
    attempt.steps = case.steps.iter().map(keeper::record_of).collect();
    attempt.steps.iter_mut().enumerate().for_each(|(index, record)| case.terms.tell(index, record));
    let time = actor.browsing().visit.time().clone();
    let limits = Limits::begin(&run.target, time.clone());
    // Whoever only waits for a turn has not begun what the turn is for, and does not once the run is to end.
    let called_off = async || {
        run.ending.due().await;
        time.is_held_up().await;
    };
    for (index, step) in case.steps.iter().enumerate() {
        let record = &mut attempt.steps[index];
        record.started_ms = millis(begun);
        if attempt.raised.is_some() || attempt.interrupted || run.ending.is_due() {
            attempt.interrupted |= attempt.raised.is_none();
            continue;
        }
        attempt.at = Some(index);
        let started = Instant::now();
        let limit = limits.of(started);
        actor.browsing().visit.stop_at(started + limit.soft, limit.whose.clone());
        let mut sought = Vec::new();
        let raised = match run.glue.take(actor, step) {
            Some(taking) => {
                let going = AssertUnwindSafe(Hushed(taking)).catch_unwind();
                let kept = tokio::select! {
                    kept = limits.keep(&limit, going) => kept,
                    () = called_off() => {
                        attempt.interrupted = true;
                        continue;
                    }
                };
                match kept {
                    Some(gone) => gone.err().map(|panic| {
                        let (raised, missing) = StepError::take().unwrap_or_else(|| (panics::bug(&*panic), Vec::new()));
                        sought = missing;
                        raised
                    }),
                    None => Some(limit.overrun()),
                }
            }
            // All steps have been checked; this can only be a bug of that.
            None => Some(Raised::Failed(Class::Test, format!("no single step is written as {:?}", step.value))),
        };
        let raised = raised.map(|raised| of_interception(actor, raised));
        record.duration_ms = millis(started);
        record.outcome = match &raised {
            None => Outcome::Passed,
            Some(Raised::NotApplicable(_)) => Outcome::Skipped,
            Some(Raised::Failed(..)) => Outcome::Failed,
        };
        // Whoever is given up later cannot hide secrets any more.
        attempt.raised = raised.map(|raised| match raised {
            Raised::Failed(class, text) => {
                let text = case.terms.told(index, text);
                Raised::Failed(class, run.redaction(actor.account()).text(&text))
            }
            other => other,
        });
        if let Some(Raised::Failed(Class::Product, text)) = &mut attempt.raised {
            record.repairs = repairs(actor, run, &sought).await;
            text.push_str(&repair::told(&record.repairs));
        }
        attempt.may_have_paid = actor.may_have_paid();
        attempt.at = None;
        let alert = keeper.witness(actor, record, index + 1).await;
        if attempt.raised.is_none() && alert.is_some() {
            record.outcome = Outcome::Failed;
            attempt.raised = alert;
        }
    }
}

/// What these must be that a step was for want of; nothing that holds a secret.
async fn repairs(actor: &dyn Actor, run: &Run, sought: &[usize]) -> Vec<RepairRecord> {
    let sought: Vec<_> = sought.iter().filter_map(|number| actor.browsing().visit.sought(*number)).collect();
    if sought.is_empty() {
        return Vec::new();
    }
    let mut repairs = repair::of(actor.browsing(), &sought).await;
    let redaction = run.redaction(actor.account());
    repairs.retain(|repair| {
        let texts = repair.why.iter().chain([&repair.now]);
        texts.into_iter().all(|text| redaction.text(text) == *text)
    });
    repairs
}

/// That requests are still intercepted, and none was made that is meant.
fn unmet(actor: &dyn Actor) -> Option<Raised> {
    actor.browsing().visit.unmet_interception().map(|unmet| Raised::of(&unmet.into()))
}

/// A page that is not as it should be is not to blame where nothing of it was broken that was to be.
fn of_interception(actor: &dyn Actor, raised: Raised) -> Raised {
    match (raised, unmet(actor)) {
        (Raised::Failed(Class::Product, seen), Some(Raised::Failed(class, why))) => {
            Raised::Failed(class, format!("{why}\n{seen}"))
        }
        (raised, _) => raised,
    }
}

/// Lets a person look at the browser of a scenario that failed.
async fn pause(case: &Case, attempt: &Attempt) {
    if let Some(Raised::Failed(_, text)) = &attempt.raised {
        say!("{} › {} failed\n{text}", case.feature, case.name);
    }
    say!("paused: the browser is as the failure left it; Enter goes on");
    // A thread of its own reads, since reading from a terminal cannot be called off. Nobody there counts as Enter.
    let read = tokio::task::spawn_blocking(|| std::io::stdin().read_line(&mut String::new()));
    let _entered = read.await;
}

fn merge(all: &Mutex<Timings>, mine: Timings) {
    let Ok(mut all) = all.lock() else { return };
    for (kind, (count, spent)) in mine {
        let one = all.entry(kind).or_default();
        *one = (one.0 + count, one.1 + spent);
    }
}

fn millis(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}
