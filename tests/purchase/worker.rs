//! Workers: a thread, a browser and a share of the scenarios each. A thread of its own means that nothing one scenario
//! does can stall another's.

use std::{
    collections::VecDeque,
    path::PathBuf,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU32, Ordering},
        mpsc::Sender,
    },
    time::{Duration, Instant},
};

use dcdb_purchase_e2e::{
    browser::{
        Session, Timings,
        launch::{self, Driver, Found, LaunchSettings},
    },
    domain::{Class, class_of},
    evidence::{ScenarioRecord, Status},
    guard::Guard,
    target::Target,
};
use tokio::{runtime, task::LocalSet};

use crate::{album::Album, args::Pictures, plan::Case, progress::aside, scenario, world::Raised};

/// What all workers of a run share.
pub struct Run {
    /// The scenarios that wait.
    pub queue: Mutex<VecDeque<Case>>,
    /// The target.
    pub target: Arc<Target>,
    /// Who decides whether a click may pay.
    pub guard: Arc<Guard>,
    /// How browsers are had.
    pub launch: LaunchSettings,
    /// The driver and browser of this machine; `None` where they are elsewhere.
    pub found: Option<Found>,
    /// Where evidence goes.
    pub out: PathBuf,
    /// Which steps are pictured.
    pub pictures: Pictures,
    /// How pages looked when they were as reviewed, where pictures are taken at all.
    pub album: Option<Arc<Album>>,
    /// When the run began.
    pub started: Instant,
    /// How often what may be repeated is repeated.
    pub retry: u32,
    /// Set when the run is to stop after the present steps.
    pub stop: AtomicBool,
    /// How many browsers in a row could not be had.
    pub failed_starts: AtomicU32,
    /// Where the time went, of all scenarios.
    pub timings: Mutex<Timings>,
    /// Evidence could not be written, and it was said.
    pub keeps_nothing: AtomicBool,
    /// Waits for Enter before the browser of a scenario that failed is closed.
    pub pause_on_failure: bool,
}

impl Run {
    /// How long it has been going on, ms.
    fn elapsed_ms(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// Evidence could not be written: said once, as the next will not be either. How scenarios went matters more.
    pub fn cannot_keep(&self, error: &anyhow::Error) {
        if !self.keeps_nothing.swap(true, Ordering::Relaxed) {
            aside(&format!("note: evidence is missing from here on: {error:#}"));
        }
    }
}

/// After so many browsers in a row that could not be had there will be none for the next scenario either.
const FAILED_STARTS: u32 = 3;

/// What workers tell.
pub enum News {
    /// A browser has been started: its name and version.
    Browser(String),
    /// A worker has begun a scenario.
    Began(usize, String),
    /// A scenario has ended; with the page states that it compared.
    Ended(Box<ScenarioRecord>, Vec<String>),
}

/// A worker's whole life. Ends when no scenario waits any more or the run is to stop.
pub fn work(number: usize, run: &Run, tell: &Sender<News>) -> anyhow::Result<()> {
    let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
    LocalSet::new().block_on(&runtime, async {
        let mut browser: Option<Worker> = None;
        while let Some(case) = next(run) {
            let _told = tell.send(News::Began(number, case.name.clone()));
            let (record, states) = one(case, number, run, &mut browser, tell).await;
            if tell.send(News::Ended(Box::new(record), states)).is_err() {
                break;
            }
        }
        if let Some(browser) = browser {
            browser.end().await;
        }
        Ok(())
    })
}

fn next(run: &Run) -> Option<Case> {
    if run.stop.load(Ordering::Relaxed) {
        return None;
    }
    run.queue.lock().ok()?.pop_front()
}

/// A worker's driver and its session.
pub struct Worker {
    driver: Driver,
    /// Its browser.
    pub session: Session,
}

impl Worker {
    /// Starts a driver and a browser.
    pub async fn start(run: &Run) -> anyhow::Result<Self> {
        let driver = match &run.found {
            Some(found) => launch::start(found.clone(), &run.launch).await?,
            None => launch::launch(&run.launch).await?,
        };
        let session = Session::start(driver.url(), driver.capabilities(&run.launch)).await;
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
fn record_of(case: &Case, worker: usize) -> ScenarioRecord {
    ScenarioRecord {
        name: case.name.clone(),
        feature: case.feature.clone(),
        rule: case.rule.clone(),
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
        repeat: String::new(),
    }
}

/// The scenarios that still waited when the run was stopped, for this reason.
pub fn never_begun(run: &Run, why: &str) -> Vec<ScenarioRecord> {
    let left = run.queue.lock().map(|mut queue| std::mem::take(&mut *queue)).unwrap_or_default();
    let reason = || Some(why.to_owned());
    left.iter().map(|case| ScenarioRecord { status: Status::Skipped, reason: reason(), ..record_of(case, 0) }).collect()
}

async fn one(
    case: Case,
    worker: usize,
    run: &Run,
    browser: &mut Option<Worker>,
    tell: &Sender<News>,
) -> (ScenarioRecord, Vec<String>) {
    let mut record = record_of(&case, worker);
    if let Some(why) = scenario::not_applicable(&case, &run.target.profile) {
        record.status = Status::NotApplicable;
        record.reason = Some(why);
        return (record, Vec::new());
    }
    loop {
        record.attempts += 1;
        record.started_ms = run.elapsed_ms();
        let started = match browser.take() {
            Some(worker) => Ok(worker),
            None => Worker::start(run).await,
        };
        let mine = match started {
            Ok(mine) => {
                run.failed_starts.store(0, Ordering::Relaxed);
                mine
            }
            Err(error) => {
                if run.failed_starts.fetch_add(1, Ordering::Relaxed) + 1 == FAILED_STARTS
                    && !run.stop.swap(true, Ordering::Relaxed)
                {
                    aside(&format!("{FAILED_STARTS} browsers in a row could not be had: the run is given up"));
                }
                let class = error
                    .chain()
                    .find_map(|cause| cause.downcast_ref::<dcdb_purchase_e2e::domain::Failure>())
                    .map_or(Class::Infrastructure, |_| class_of(&error));
                record.status = Status::Failed;
                record.class = Some(class);
                record.reason = Some(format!("{error:#}"));
                if record.attempts <= run.retry && !run.stop.load(Ordering::Relaxed) {
                    record.try_again();
                    continue;
                }
                return (record, Vec::new());
            }
        };
        // Nobody may listen any more; the record says it too.
        let _told = tell.send(News::Browser(mine.session.browser.clone()));
        // Starting a browser is no part of it.
        record.started_ms = run.elapsed_ms();
        let attempt = scenario::run(&case, record.attempts, &mine.session, run).await;
        record.steps = attempt.steps;
        record.duration_ms = attempt.duration_ms;
        record.console = attempt.console;
        record.evidence = attempt.evidence;
        match attempt.raised {
            None if attempt.interrupted => {
                *browser = Some(mine);
                record.status = Status::Skipped;
                record.reason = Some("the run was stopped".into());
                return (record, attempt.states);
            }
            None => {
                *browser = Some(mine);
                record.status = if record.attempts > 1 { Status::Flaky } else { Status::Passed };
                record.class = None;
                record.reason = None;
                return (record, attempt.states);
            }
            Some(Raised::NotApplicable(why)) => {
                *browser = Some(mine);
                record.status = Status::NotApplicable;
                record.reason = Some(why);
                return (record, attempt.states);
            }
            Some(Raised::Failed(class, text)) => {
                record.status = Status::Failed;
                record.class = Some(class);
                record.reason = Some(text);
                if class == Class::Infrastructure {
                    // Its browser may be what failed: the next scenario gets a new one.
                    let _ended = tokio::time::timeout(Duration::from_secs(15), mine.end()).await;
                } else {
                    *browser = Some(mine);
                }
                let repeat = class == Class::Infrastructure
                    && !attempt.may_have_paid
                    && record.attempts <= run.retry
                    && !run.stop.load(Ordering::Relaxed);
                if !repeat {
                    return (record, attempt.states);
                }
                record.try_again();
            }
        }
    }
}
