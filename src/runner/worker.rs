//! Workers: a thread, a browser and a share of the scenarios each. A thread of its own means that nothing one scenario
//! does can stall another's.

use std::{
    panic::AssertUnwindSafe,
    sync::{atomic::Ordering, mpsc::Sender},
    time::Duration,
};

use futures_util::FutureExt as _;
use tokio::{runtime, task::LocalSet};

use super::{
    panics,
    plan::Case,
    progress::aside,
    raised::Raised,
    run::Run,
    scenario::{self, Attempt},
};
use crate::{
    browser::{
        Session,
        launch::{self, Driver, Remote},
    },
    domain::{Class, InClass as _, class_of},
    evidence::{ScenarioRecord, Status},
};

/// After so many browsers in a row that could not be had there will be none for the next scenario either.
const FAILED_STARTS: u32 = 3;
/// After this long people are told also where no line shows who waits.
const SAID_AFTER: Duration = Duration::from_secs(10);

/// What workers tell.
pub enum News {
    /// A browser has been started: its name and version.
    Browser(String),
    /// A worker waits for this; for nothing any more.
    Waits(usize, Option<&'static str>),
    /// A worker has begun a scenario.
    Began(usize, Box<Case>),
    /// A scenario has ended; with the page states that it compared.
    Ended(Box<ScenarioRecord>, Vec<String>),
}

/// A worker's whole life. Ends when no scenario waits any more or the run is to stop. A scenario that panics outside its steps
/// costs itself and its browser.
pub fn work(number: usize, run: &Run, tell: &Sender<News>) -> anyhow::Result<()> {
    let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
    LocalSet::new().block_on(&runtime, async {
        let mut browser: Option<Worker> = None;
        loop {
            // No scenario waits for a browser elsewhere that another worker could have run meanwhile.
            let mut failed = None;
            if browser.is_none() && run.launch.remote.is_some() && any_needs_a_browser(run) {
                match while_scenarios_wait(run, had(number, run, tell)).await {
                    Some(Ok(started)) => browser = Some(started),
                    Some(Err(error)) => failed = Some(error),
                    None => break,
                }
            }
            let Some(case) = next(run) else { break };
            // Nobody may listen any more; the results say it too.
            let _told = tell.send(News::Began(number, Box::new(case.clone())));
            let (mut record, mut attempt) = (record_of(&case, run, number), Attempt::default());
            let going =
                AssertUnwindSafe(one(&case, run, failed, &mut browser, tell, &mut record, &mut attempt)).catch_unwind();
            let ended = tokio::select! {
                ended = going => ended.map_err(Some),
                () = run.ending.at_once() => Err(None),
            };
            if let Err(cut_off) = ended {
                attempt.duration_ms = run.elapsed_ms().saturating_sub(record.started_ms);
                record.cut_off(&mut attempt, cut_off.map(|panic| run.redaction(None).text(&panics::panicked(&*panic))));
            }
            if run.is_sought(&record) {
                run.ending.stop();
            }
            if record.status == Status::Failed && run.failures.fetch_add(1, Ordering::Relaxed) + 1 == run.most_failures
            {
                aside(&format!("{}: no other scenario is begun", run.too_many_failures()));
            }
            let _told = tell.send(News::Ended(Box::new(record), attempt.states));
        }
        if let Some(browser) = browser {
            browser.end().await;
        }
        Ok(())
    })
}

fn next(run: &Run) -> Option<Case> {
    if run.ending.is_due() || run.failures.load(Ordering::Relaxed) >= run.most_failures {
        return None;
    }
    let mut queue = run.queue.lock().ok()?;
    let case = queue.pop_front();
    if queue.is_empty() {
        run.emptied.notify_waiters();
    }
    case
}

/// Whether any scenario waits that needs one.
fn any_needs_a_browser(run: &Run) -> bool {
    let needs = |case: &Case| scenario::not_applicable(case, &run.target.profile).is_none();
    run.queue.lock().is_ok_and(|queue| queue.iter().any(needs))
}

/// What this comes to, unless before that no scenario waits any more, or the run is to end.
async fn while_scenarios_wait<T>(run: &Run, going: impl Future<Output = T>) -> Option<T> {
    let emptied = run.emptied.notified();
    if run.ending.is_due() || run.queue.lock().map_or(true, |queue| queue.is_empty()) {
        return None;
    }
    tokio::select! {
        came = going => Some(came),
        () = emptied => None,
        () = run.ending.due() => None,
    }
}

/// A browser for a worker. Where it has to be waited for, people are told.
async fn had(number: usize, run: &Run, tell: &Sender<News>) -> anyhow::Result<Worker> {
    let what = match run.launch.remote.as_ref().is_some_and(Remote::is_grid) {
        true => "a slot of the grid",
        false => "a browser",
    };
    let who = format!("worker {number}");
    let _waiting = Waiting::begin(number, what, tell);
    let mut started = std::pin::pin!(Worker::start(&who, run));
    match tokio::time::timeout(SAID_AFTER, &mut started).await {
        Ok(started) => started,
        Err(_) => {
            let most = run.launch.remote.as_ref().map_or(Duration::ZERO, Remote::queue).as_secs();
            aside(&format!("note: {who} has waited {} s for {what}, of at most {most} s", SAID_AFTER.as_secs()));
            started.await
        }
    }
}

/// A worker that waits, and tells so; dropping it tells that it does no longer.
struct Waiting<'a>(usize, &'a Sender<News>);

impl<'a> Waiting<'a> {
    fn begin(number: usize, what: &'static str, tell: &'a Sender<News>) -> Self {
        // Nobody may listen any more.
        let _told = tell.send(News::Waits(number, Some(what)));
        Self(number, tell)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let _told = self.1.send(News::Waits(self.0, None));
    }
}

/// What an attempt does to the record of its scenario.
trait Ends {
    /// Takes over what is known of it.
    fn adopt(&mut self, attempt: &mut Attempt);
    /// It failed.
    fn fail(&mut self, class: Class, why: String);
    /// It was stopped before its end.
    fn interrupt(&mut self, why: String);
    /// The attempt was given up wherever it was, as the suite panicked or, `None`, the run is to end at once. What it had come
    /// to by then stays.
    fn cut_off(&mut self, attempt: &mut Attempt, panicked: Option<String>);
}

impl Ends for ScenarioRecord {
    fn adopt(&mut self, attempt: &mut Attempt) {
        self.evidence = attempt.evidence();
        self.steps = std::mem::take(&mut attempt.steps);
        self.duration_ms = attempt.duration_ms;
        self.console = std::mem::take(&mut attempt.console);
    }

    fn fail(&mut self, class: Class, why: String) {
        (self.status, self.class, self.reason) = (Status::Failed, Some(class), Some(why));
    }

    fn interrupt(&mut self, why: String) {
        (self.status, self.class, self.reason) = (Status::Skipped, None, Some(why));
    }

    fn cut_off(&mut self, attempt: &mut Attempt, panicked: Option<String>) {
        // A browser that died may have had its say, and be on its way out.
        let over = attempt.steps.is_empty() && self.status == Status::Failed;
        if !over {
            self.adopt(attempt);
        }
        match (attempt.raised.take(), panicked) {
            (Some(Raised::Failed(class, why)), None) => self.fail(class, why),
            (Some(Raised::Failed(class, why)), Some(panicked)) => {
                self.fail(class, format!("{why}\n  then     {panicked}"))
            }
            (_, Some(panicked)) => self.fail(Class::Test, panicked),
            (_, None) if over => {}
            (_, None) => self.interrupt(attempt.stopped(self)),
        }
    }
}

/// A worker's driver and its session.
pub struct Worker {
    driver: Driver,
    /// Its browser.
    pub session: Session,
}

impl Worker {
    /// Starts a driver and a browser.
    pub async fn start(who: &str, run: &Run) -> anyhow::Result<Self> {
        let name = format!("dcdb-e2e {} · {} · {who}", run.guard.run(), run.target.profile.name);
        let driver = match &run.found {
            Some(found) => launch::start(found.clone(), &run.launch).await?,
            None => launch::launch(&run.launch).await?,
        };
        let session = Session::open(&driver, &run.launch, &name).await;
        match session {
            Ok(session) => Ok(Self { driver, session }),
            Err(error) => {
                let said = driver
                    .last_output()
                    .filter(|said| !said.is_empty())
                    .map(|said| format!("\n  driver said: {said}"))
                    .unwrap_or_default();
                Err(anyhow::anyhow!("{error:#}{said}"))
            }
        }
    }

    /// Ends browser and driver. Where they do not, the tether still ends them with the run.
    pub async fn end(self) {
        let closed = self.session.close().await;
        let ended = self.driver.end().await;
        for trouble in [closed, ended].into_iter().filter_map(Result::err) {
            aside(&format!("note: ending a browser: {trouble:#}"));
        }
    }
}

/// The record of a scenario of which nothing is known yet.
pub fn record_of(case: &Case, run: &Run, worker: usize) -> ScenarioRecord {
    ScenarioRecord {
        name: case.name.clone(),
        feature: case.feature.clone(),
        rule: case.rule.clone(),
        keyword: case.keyword.clone(),
        file: case.file.clone(),
        line: case.line,
        tags: case.tags.clone(),
        status: Status::Passed,
        class: None,
        reason: None,
        attempts: 0,
        round: case.round,
        worker,
        started_ms: 0,
        duration_ms: 0,
        steps: Vec::new(),
        console: Vec::new(),
        evidence: Vec::new(),
        earlier_attempts: Vec::new(),
        repeat: run.repeat.command(case),
    }
}

/// The scenarios that still waited when the run was stopped, for this reason.
pub fn never_begun(run: &Run, why: &str) -> Vec<ScenarioRecord> {
    let left = run.queue.lock().map(|mut queue| std::mem::take(&mut *queue)).unwrap_or_default();
    let reason = || Some(why.to_owned());
    left.iter()
        .map(|case| ScenarioRecord { status: Status::Skipped, reason: reason(), ..record_of(case, run, 0) })
        .collect()
}

/// Runs a scenario until it needs no other attempt. `failed`: why there is no browser for the first one.
async fn one(
    case: &Case,
    run: &Run,
    mut failed: Option<anyhow::Error>,
    browser: &mut Option<Worker>,
    tell: &Sender<News>,
    record: &mut ScenarioRecord,
    attempt: &mut Attempt,
) {
    if let Some(why) = scenario::not_applicable(case, &run.target.profile) {
        record.status = Status::NotApplicable;
        record.reason = Some(why);
        return;
    }
    let (_with_others, _alone);
    match run.target.profile.levers.concern_everybody(&case.tags) {
        true => _alone = run.alone.write().await,
        false => _with_others = run.alone.read().await,
    }
    loop {
        record.attempts += 1;
        record.started_ms = run.elapsed_ms();
        let started = match (failed.take(), browser.take()) {
            (Some(error), _) => Err(error),
            (None, Some(worker)) => Ok(worker),
            (None, None) => had(record.worker, run, tell).await,
        };
        let mine = match started.in_class(Class::Infrastructure) {
            Ok(mine) => {
                run.failed_starts.store(0, Ordering::Relaxed);
                mine
            }
            Err(error) => {
                if run.failed_starts.fetch_add(1, Ordering::Relaxed) + 1 == FAILED_STARTS && run.ending.stop() {
                    aside(&format!("{FAILED_STARTS} browsers in a row could not be had: the run is given up"));
                }
                record.fail(class_of(&error), format!("{error:#}"));
                if record.attempts <= run.retry && !run.ending.is_due() {
                    record.try_again();
                    continue;
                }
                return;
            }
        };
        // Nobody may listen any more; the record says it too.
        let _told = tell.send(News::Browser(mine.session.browser.clone()));
        // Starting a browser is no part of it.
        record.started_ms = run.elapsed_ms();
        *attempt = Attempt::default();
        scenario::run(case, record.attempts, &mine.session, run, attempt).await;
        record.adopt(attempt);
        match attempt.raised.take() {
            None if attempt.interrupted => {
                *browser = Some(mine);
                return record.interrupt(attempt.stopped(record));
            }
            None => {
                *browser = Some(mine);
                record.status = if record.attempts > 1 { Status::Flaky } else { Status::Passed };
                record.class = None;
                record.reason = None;
                return;
            }
            Some(Raised::NotApplicable(why)) => {
                *browser = Some(mine);
                record.status = Status::NotApplicable;
                record.reason = Some(why);
                return;
            }
            Some(Raised::Failed(class, text)) => {
                record.fail(class, text);
                if class == Class::Infrastructure {
                    // Its browser may be what failed: the next scenario gets a new one.
                    let _ended = tokio::time::timeout(Duration::from_secs(15), mine.end()).await;
                } else {
                    *browser = Some(mine);
                }
                let repeat = class == Class::Infrastructure
                    && !attempt.may_have_paid
                    && record.attempts <= run.retry
                    && !run.ending.is_due();
                if !repeat {
                    return;
                }
                record.try_again();
            }
        }
    }
}
