//! Running one scenario once.

use std::{
    any::Any,
    cell::{Cell, RefCell},
    panic::AssertUnwindSafe,
    path::PathBuf,
    sync::{Arc, Mutex},
    time::Instant,
};

use cucumber::World as _;
use dcdb_purchase_e2e::{
    browser::{Complaint, Session, Timings},
    cleanup::{self, Whose},
    domain::{Class, class_of},
    evidence::{ConsoleRecord, Outcome, Redaction, ScenarioRecord, StepRecord},
    pages::Browsing,
    say,
    target::{LeverName, Profile},
    warn,
};
use futures_util::FutureExt as _;
use regex::Regex;

use crate::{
    books,
    evidence::{self, Keeper},
    limits::Limits,
    plan::Case,
    worker::Run,
    world::{Raised, StepError, World},
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

/// What a panic outside all steps makes of a scenario.
pub fn panicked(panic: &(dyn Any + Send)) -> String {
    let at = PANICKED_AT.with(RefCell::take).map(|at| format!("\n  at       {at}")).unwrap_or_default();
    let mend = "it is a bug of the suite: tell those who keep it, with these lines";
    format!("the suite itself panicked: {}{at}\n  mend     {mend}", text_of(panic))
}

thread_local! {
    /// A step is running on this thread: its panic is its failure, told by the runner and nobody else.
    static IN_STEP: Cell<bool> = const { Cell::new(false) };
    /// Where this thread last panicked.
    static PANICKED_AT: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Keeps the panics of steps off the terminal; where they arose is kept for the runner.
pub fn hush_steps() {
    std::panic::set_hook(Box::new(move |info| {
        PANICKED_AT.with(|at| at.replace(info.location().map(ToString::to_string)));
        if !IN_STEP.with(Cell::get) {
            // It may quote a page.
            warn!("{info}");
        }
    }));
}

/// Why a scenario cannot apply to a target, before anything is started for it.
pub fn not_applicable(case: &Case, profile: &Profile) -> Option<String> {
    profile.missing(&case.tags).first().map(ToString::to_string)
}

/// Runs a scenario in a browser context of its own.
pub async fn run(case: &Case, number: u32, session: &Session, run: &Run, attempt: &mut Attempt) {
    let target = &run.target;
    let started = Instant::now();
    let begun = async {
        if case.tags.iter().any(|tag| tag.starts_with("lever-")) {
            run.levers.prove(session).await?;
        }
        Browsing::begin(session, Arc::clone(target)).await
    };
    match begun.await {
        Ok(browsing) => {
            let mut world = World::begin(case, run, browsing);
            let mut keeper = Keeper::begin(run, case, number);
            take_steps(case, &mut world, run, &mut keeper, attempt).await;
            if attempt.raised.is_none() && !attempt.interrupted && world.books.are_open() {
                balance_books(&world, &mut keeper, attempt).await;
            }
            let undone = world.levers.undo(&world.grip, |lever| lever != LeverName::Account).await;
            if world.signs && world.may_have_paid {
                // Whatever time the scenario had is over; each wait still has its own.
                let until = Instant::now() + run.target.profile.deadlines.run;
                world.browsing.visit.stop_at(until, "the run's time");
                if attempt.raised.is_some() || attempt.interrupted {
                    look_up(&world).await;
                }
                give_back(&world, &mut keeper, attempt).await;
            }
            let undone = undone.and(world.levers.undo(&world.grip, |_| true).await);
            if let Err(error) = undone {
                attempt.raised.get_or_insert_with(|| Raised::of(&error));
            }
            let redaction = evidence::redaction(&world);
            if let Some(Raised::Failed(_, text)) = &mut attempt.raised {
                *text = redaction.text(text);
                if run.pause_on_failure {
                    pause(case, attempt).await;
                }
            }
            attempt.console = keeper.console(&world);
            merge(&run.timings, world.browsing.visit.timings());
            attempt.may_have_paid = world.may_have_paid;
            attempt.states = std::mem::take(&mut world.states);
            let expected = world.expected_complaint.take();
            match world.browsing.end().await {
                Ok(complaints) => {
                    if attempt.raised.is_none() {
                        attempt.raised = judged(&complaints, &target.profile, expected.as_deref(), &redaction);
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

/// What the pages' complaints make of a scenario that passed: none may be left that is neither tolerated nor expected, and
/// the one that was expected must have come.
fn judged(
    complaints: &[Complaint],
    profile: &Profile,
    expected: Option<&str>,
    redaction: &Redaction,
) -> Option<Raised> {
    let patterns = profile.tolerated_complaints.iter();
    let tolerated: Vec<Regex> = patterns.filter_map(|pattern| Regex::new(pattern).ok()).collect();
    let is_expected = |complaint: &&Complaint| expected.is_some_and(|begins| complaint.text.starts_with(begins));
    let is_tolerated = |complaint: &&Complaint| {
        tolerated.iter().any(|pattern| pattern.is_match(&complaint.text) || pattern.is_match(&complaint.url))
    };
    if let Some(begins) = expected.filter(|_| !complaints.iter().any(|complaint| is_expected(&complaint))) {
        let text = format!("no page complained of {begins:?}, although the scenario was to break it");
        return Some(Raised::Failed(Class::Test, text));
    }
    let complaint = complaints.iter().find(|complaint| !is_expected(complaint) && !is_tolerated(complaint))?;
    let text = format!(
        "a page complained while the scenario ran: {}\n  at       {}\n  mend     tolerated-complaints: in the profile, where this is known and harmless",
        redaction.text(&complaint.text),
        redaction.text(&complaint.url)
    );
    Some(Raised::Failed(Class::Product, text))
}

/// The invariants, as a step of its own after the last one.
async fn balance_books(world: &World, keeper: &mut Keeper<'_>, attempt: &mut Attempt) {
    let started = Instant::now();
    let balanced = books::balance(world).await;
    let mut record = StepRecord {
        keyword: "*".to_owned(),
        text: "orders, instances and balance are what the purchases of this scenario may have come to".to_owned(),
        outcome: if balanced.is_ok() { Outcome::Passed } else { Outcome::Failed },
        started_ms: attempt.steps.last().map_or(0, |last| last.started_ms + last.duration_ms),
        duration_ms: millis(started),
        ..StepRecord::default()
    };
    // An alert would have been told of after the last step.
    let _alert = keeper.witness(world, &mut record, attempt.steps.len() + 1).await;
    attempt.steps.push(record);
    attempt.raised = balanced.err().map(|error| Raised::of(&error));
}

/// What a scenario that did not come to its end was charged is looked up before anything is returned, since a return moves the
/// balance again. What cannot be looked up now is looked at once more at the end of the run.
async fn look_up(world: &World) {
    let (Some(ledger), Ok(rows)) = (world.guard.ledger(), world.guard.entries(world.books.receipts())) else { return };
    let open: Vec<_> = rows.iter().filter(|row| !row.is_over()).collect();
    let _looked_at_again_later = cleanup::complete(&world.browsing, ledger, &open).await;
}

/// What the scenario bought on another's target is returned, whatever became of the scenario. What cannot be is left to the
/// end of the run, which tells of it.
async fn give_back(world: &World, keeper: &mut Keeper<'_>, attempt: &mut Attempt) {
    let Some(account) = &world.account else { return };
    let started = Instant::now();
    let (ledger, run) = (world.guard.ledger(), Whose::Of(world.guard.run()));
    let Ok(outcome) = cleanup::give_back(&world.browsing, &account.name, ledger, run).await else { return };
    if outcome.left.is_empty() {
        let mut record = StepRecord {
            keyword: "*".to_owned(),
            text: "what this scenario bought is returned".to_owned(),
            outcome: Outcome::Passed,
            started_ms: attempt.steps.last().map_or(0, |last| last.started_ms + last.duration_ms),
            duration_ms: millis(started),
            ..StepRecord::default()
        };
        let _alert = keeper.witness(world, &mut record, attempt.steps.len() + 1).await;
        attempt.steps.push(record);
    }
}

async fn take_steps(case: &Case, world: &mut World, run: &Run, keeper: &mut Keeper<'_>, attempt: &mut Attempt) {
    let begun = Instant::now();
    // All of them from the start: whoever is given up says no more.
    attempt.steps = case.steps.iter().map(evidence::record_of).collect();
    let known = World::collection();
    let limits = Limits::begin(&world.target);
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
        world.browsing.visit.stop_at(started + limit.soft, limit.whose.clone());
        let raised = match known.find(step) {
            Ok(Some((function, _, _, context))) => {
                let going = AssertUnwindSafe(Hushed(function(world, context))).catch_unwind();
                match tokio::time::timeout(limit.hard, going).await {
                    Ok(gone) => gone.err().map(|panic| StepError::take().unwrap_or_else(|| bug(&*panic))),
                    Err(_) => Some(limit.overrun()),
                }
            }
            // The plan has checked all steps; this can only be a bug of the plan.
            Ok(None) | Err(_) => {
                Some(Raised::Failed(Class::Test, format!("no single step is written as {:?}", step.value)))
            }
        };
        record.duration_ms = millis(started);
        record.outcome = match &raised {
            None => Outcome::Passed,
            Some(Raised::NotApplicable(_)) => Outcome::Skipped,
            Some(Raised::Failed(..)) => Outcome::Failed,
        };
        // Whoever is given up later cannot hide secrets any more.
        attempt.raised = raised.map(|raised| match raised {
            Raised::Failed(class, text) => Raised::Failed(class, evidence::redaction(world).text(&text)),
            other => other,
        });
        attempt.may_have_paid = world.may_have_paid;
        attempt.at = None;
        let alert = keeper.witness(world, record, index + 1).await;
        if attempt.raised.is_none() && alert.is_some() {
            record.outcome = Outcome::Failed;
            attempt.raised = alert;
        }
    }
}

/// Marks the thread as being in a step whenever the step is polled.
struct Hushed<F>(F);

impl<F: Future + Unpin> Future for Hushed<F> {
    type Output = F::Output;
    fn poll(mut self: std::pin::Pin<&mut Self>, context: &mut std::task::Context<'_>) -> std::task::Poll<F::Output> {
        struct Unmark;
        impl Drop for Unmark {
            fn drop(&mut self) {
                IN_STEP.with(|in_step| in_step.set(false));
            }
        }
        IN_STEP.with(|in_step| in_step.set(true));
        let _unmark = Unmark;
        std::pin::Pin::new(&mut self.0).poll(context)
    }
}

/// A step that panicked of its own is a bug of the suite.
fn bug(panic: &(dyn Any + Send)) -> Raised {
    let at = PANICKED_AT.with(RefCell::take).map(|at| format!("\n  at       {at}")).unwrap_or_default();
    Raised::Failed(Class::Test, format!("the step panicked: {}{at}", text_of(panic)))
}

fn text_of(panic: &(dyn Any + Send)) -> String {
    panic
        .downcast_ref::<String>()
        .cloned()
        .or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()))
        .unwrap_or_else(|| "without a text".into())
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
