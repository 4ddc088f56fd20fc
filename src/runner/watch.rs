//! Watching over a run's workers: what they tell, how far the run is, and when it is to end.

use std::{
    collections::BTreeMap,
    sync::{Arc, mpsc},
    thread,
    time::Duration,
};

use super::{
    plan::Case,
    progress::{Progress, aside},
    run::Run,
    worker::{self, News},
};
use crate::{
    evidence::{ScenarioRecord, Status},
    spoken,
};

/// How long workers get to end their present steps once the run is to stop.
const STOP_WITHIN: Duration = Duration::from_secs(10);
/// How long they get to say where they were, once they are to end at once.
const GIVE_UP_WITHIN: Duration = Duration::from_secs(5);

/// What the workers have told.
pub struct Watched {
    /// Name and version of the browser.
    pub browser: String,
    /// The scenarios that were begun.
    pub scenarios: Vec<ScenarioRecord>,
    /// The page states that they compared, by name.
    pub states: Vec<String>,
    /// The run was to end before its last scenario.
    pub interrupted: bool,
    /// A worker broke off: not all scenarios were looked after.
    pub broke_off: bool,
}

/// Lets so many workers run the scenarios that wait, `total` of them, until all are done or the run is to end.
///
/// # Errors
/// When the system gives no threads.
pub fn over(run: &Arc<Run>, workers: usize, total: usize, progress: &mut Progress<'_>) -> anyhow::Result<Watched> {
    let (run_within, longest) = {
        let (deadlines, scale) = (&run.target.profile.deadlines, run.target.time_scale);
        (deadlines.run.mul_f64(scale), deadlines.longest().mul_f64(scale))
    };
    let (tell, news) = mpsc::channel();
    let threads: Vec<_> = (1..=workers)
        .map(|number| {
            let (run, tell) = (Arc::clone(run), tell.clone());
            thread::Builder::new().name(format!("worker {number}")).spawn(move || worker::work(number, &run, &tell))
        })
        .collect::<Result<_, _>>()?;
    drop(tell);
    let mut browser = String::from("no browser");
    let mut scenarios: Vec<ScenarioRecord> = Vec::new();
    let mut states: Vec<String> = Vec::new();
    // What each worker is at.
    let mut begun: BTreeMap<usize, Case> = BTreeMap::new();
    let mut stop_within = STOP_WITHIN;
    let mut told_of_pace = false;
    let all_ended = loop {
        match news.recv_timeout(Duration::from_millis(200)) {
            Ok(News::Browser(name)) => browser = name,
            Ok(News::Waits(worker, what)) => progress.waits(worker, what),
            Ok(News::Began(worker, case)) => {
                progress.began(worker, case.name.clone());
                begun.insert(worker, *case);
            }
            Ok(News::Ended(record, compared)) => {
                states.extend(compared);
                progress.ended(&record);
                begun.remove(&record.worker);
                scenarios.push(*record);
            }
            Err(mpsc::RecvTimeoutError::Disconnected) => break true,
            Err(mpsc::RecvTimeoutError::Timeout) => progress.tick(),
        }
        let held_up = run.target.turns.waiting();
        if let Some(held_up) = held_up.as_ref().filter(|_| !told_of_pace) {
            aside(&format!("note: a scenario waits: {held_up}; it is told once"));
            told_of_pace = true;
        }
        progress.held_up(held_up);
        let ending = &run.ending;
        ending.ask_where_alone();
        if spoken::reader_is_gone() && scenarios.len() < total {
            ending.ask("nobody reads any more what is said");
        }
        if run.started.elapsed() > run_within
            && ending.ask(&format!("the run's {} are up (deadlines: run: in the profile)", words(run_within)))
        {
            // Whatever is waited for then still gets its own time, to say what it waited for.
            stop_within = longest + STOP_WITHIN;
        }
        if ending.since().is_some_and(|since| since.elapsed() > stop_within) {
            ending.hasten(&format!("a step did not end within {} of the stop and was given up", words(stop_within)));
        }
        if let Some(since) = ending.at_once_since() {
            let waiting = run.queue.lock().map_or(0, |queue| queue.len());
            // Their browsers need not have ended.
            if scenarios.len() + waiting == total || since.elapsed() > GIVE_UP_WITHIN {
                break false;
            }
        }
    };
    progress.clear();
    let interrupted = run.ending.is_due();
    let mut broke_off = false;
    if all_ended {
        for thread in threads {
            match thread.join() {
                Ok(Ok(())) => {}
                Ok(Err(error)) => {
                    aside(&format!("error: a worker could not begin: {error:#}"));
                    broke_off = true;
                }
                Err(_) => broke_off = true,
            }
        }
    }
    // Whoever has not answered by now will not.
    scenarios.extend(begun.iter().map(|(worker, case)| ScenarioRecord {
        status: Status::Skipped,
        reason: Some(
            "the run was stopped: given up at a moment that is not known, as its worker did not answer".into(),
        ),
        attempts: 1,
        ..worker::record_of(case, run, *worker)
    }));
    Ok(Watched { browser, scenarios, states, interrupted, broke_off })
}

/// A duration as people say it: `90 s`, `20 min`.
fn words(duration: Duration) -> String {
    match duration.as_secs() {
        seconds if seconds >= 120 => format!("{} min", seconds / 60),
        _ => format!("{:.1} s", duration.as_secs_f64()),
    }
}
