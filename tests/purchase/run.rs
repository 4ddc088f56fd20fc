//! One run: the stand-in, the browsers, the workers, and what they tell; stopped by a signal in good order.

use std::{
    collections::{BTreeMap, VecDeque},
    io::IsTerminal as _,
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU32},
        mpsc,
    },
    thread,
    time::{Duration, Instant},
};

use anyhow::{anyhow, bail};
use dcdb_purchase_e2e::{
    browser::{
        Timings,
        launch::{self, BrowserKind, LaunchSettings},
    },
    cleanup::{Cleaner, Leftover, Outcome, Whose},
    domain::{Class, Failure, class_of},
    evidence::{Redaction, RunInfo, RunRecord, ScenarioRecord, Status},
    guard::{self, Entry, Guard, Journal, Means},
    levers::Hand,
    say,
    spoken::{self, entry},
    standin,
    target::{Profile, Target},
    tether::{self, Tethered},
};

use tokio::{sync::RwLock, task::LocalSet};

use crate::{
    album::Album,
    args::{Args, Browser, Pictures},
    ending::Ending,
    plan::Case,
    progress::{Progress, aside},
    readiness, scenario,
    worker::{self, News, Run, Worker},
};

/// How long workers get to end their present steps once the run is to stop.
const STOP_WITHIN: Duration = Duration::from_secs(10);
/// How long they get to say where they were, once they are to end at once.
const GIVE_UP_WITHIN: Duration = Duration::from_secs(5);
/// How long what was bought is looked after once the run is to end at once: a browser, a login and a few returns.
const LOOK_AFTER_WITHIN: Duration = Duration::from_secs(30);

fn launch_settings(args: &Args, profile: &Profile) -> anyhow::Result<LaunchSettings> {
    let mut settings =
        LaunchSettings::from_variables(Path::new(env!("CARGO_BIN_EXE_dcdb-e2e")), |name| std::env::var_os(name))?
            .on_behalf_of(profile.webdriver.as_deref(), &profile.language)?;
    settings.kind = match args.browser {
        Browser::Chromium => BrowserKind::Chromium,
        Browser::Firefox => BrowserKind::Firefox,
    };
    settings.headed = args.headed;
    Ok(settings)
}

/// Starts the run's own stand-in; gives its port.
async fn start_standin(args: &Args, profile: &Profile, launch: &LaunchSettings) -> anyhow::Result<(Tethered, u16)> {
    let standin = profile.standin.as_ref().ok_or_else(|| anyhow!("the profile has no stand-in"))?;
    let mut flags = ["--skin", standin.skin.name(), "--lang", &profile.language].map(str::to_owned).to_vec();
    let given = [
        ("--delays", args.delays.clone()),
        ("--latency", args.latency.map(|ms| ms.to_string())),
        ("--jitter", args.jitter.map(|ms| ms.to_string())),
        ("--error-rate", args.error_rate.clone()),
        ("--defect", args.defect.clone()),
        ("--seed", args.seed.map(|seed| seed.to_string())),
    ];
    for (flag, value) in given {
        flags.extend(value.into_iter().flat_map(|value| [flag.to_owned(), value]));
    }
    standin::start(&launch.supervisor, &launch.temporary, flags).await
}

/// Whoever decides whether clicks may pay, where any scenario of the run sets out to.
fn guard_of(args: &Args, profile: &Profile, cases: &[Case]) -> anyhow::Result<Guard> {
    if args.spend_up_to.is_some() && !profile.may_buy() {
        bail!(
            "--spend-up-to: the profile {} does not say that anything may be bought\n  mend     say so (buying:), or leave the flag out",
            profile.name
        );
    }
    let means =
        Means { spend_up_to: args.spend_up_to, state_folder: guard::state_folder(|name| std::env::var_os(name)) };
    let pays = |case: &Case| case.has("pays") && scenario::not_applicable(case, profile).is_none();
    if cases.iter().any(pays) { Guard::open(profile, &means) } else { Guard::closed() }
}

/// Where the levers of the run are written down: on another's target, where it is to pull any or an earlier run may have left one
/// pulled.
fn journal_of(profile: &Profile, cases: &[Case], guard: &Guard) -> anyhow::Result<Option<Journal>> {
    if !profile.is_remote() {
        return Ok(None);
    }
    let means = Means { spend_up_to: None, state_folder: guard::state_folder(|name| std::env::var_os(name)) };
    let pulls = |case: &Case| case.tags.iter().any(|tag| tag.starts_with("lever-"));
    match cases.iter().any(|case| pulls(case) && scenario::not_applicable(case, profile).is_none()) {
        true => Journal::open(profile, &means, guard.run()).map(Some),
        false => Journal::found(profile, &means, guard.run()),
    }
}

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
    say!("looking after {} purchase{} of this run", open.len(), if open.len() == 1 { "" } else { "s" });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let cleaned = LocalSet::new().block_on(&runtime, async {
        let worker = Worker::start(run).await?;
        let (session, target) = (&worker.session, Arc::clone(&run.target));
        let cleaner = Cleaner { session, target, ledger: run.guard.ledger() };
        let cleaned = cleaner.clean(Whose::Of(run.guard.run()), false).await;
        worker.end().await;
        cleaned
    });
    let secrets = Redaction::of_proofs(&run.target.world.proofs());
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

/// Undoes what scenarios that were cut off have left pulled; gives a line for each that could not be.
fn undo_levers(run: &Arc<Run>) -> Vec<String> {
    let undone = unless_hastened(run, LOOK_AFTER_WITHIN, |run| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        Ok(runtime.block_on(run.levers.undo_all()))
    });
    let next = "\n  mend     the next run undoes it, or `dcdb-e2e reconcile`";
    match undone {
        Ok(still) => still.into_iter().map(|still| still + next).collect(),
        Err(error) => vec![format!("levers may still be pulled: {error:#}{next}")],
    }
}

/// What is left over of what the run bought: whatever happens while it is looked after, and however little time there is.
fn looked_after(run: &Arc<Run>) -> Vec<Leftover> {
    let why = match unless_hastened(run, LOOK_AFTER_WITHIN, |run| Ok(clean_up(run))) {
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

/// What this comes to on a thread of its own; given up so long after the run is to end at once.
///
/// # Errors
/// Its own. Class test: it panicked. Class infrastructure: it was given up.
fn unless_hastened<T: Send + 'static>(
    run: &Arc<Run>,
    grace: Duration,
    work: impl FnOnce(&Run) -> anyhow::Result<T> + Send + 'static,
) -> anyhow::Result<T> {
    let (tell, news) = mpsc::channel();
    let its = Arc::clone(run);
    thread::Builder::new().spawn(move || tell.send(work(&its)))?;
    loop {
        match news.recv_timeout(Duration::from_millis(100)) {
            Ok(came) => return came,
            Err(mpsc::RecvTimeoutError::Disconnected) => return Err(Failure::test("the suite itself panicked").into()),
            Err(mpsc::RecvTimeoutError::Timeout) => {}
        }
        if run.ending.at_once_since().is_some_and(|since| since.elapsed() > grace) {
            return Err(Failure::infrastructure("the run was stopped").into());
        }
    }
}

/// Adds to the record of each scenario that was cut off what the ledger says that it paid, and what became of that.
fn tell_what_was_paid(run: &Run, scenarios: &mut [ScenarioRecord]) {
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

/// What came of a run.
pub struct Ran {
    /// The record of it.
    pub record: RunRecord,
    /// The page states that were compared, by name.
    pub states: Vec<String>,
    /// A worker broke off: not all scenarios were looked after.
    pub broke_off: bool,
    /// Where the time went, by kind of call to the browser.
    pub timings: Timings,
    /// What the run bought on another's target and could not return.
    pub leftovers: Vec<Leftover>,
}

/// Runs these scenarios on the target.
///
/// # Errors
/// Class infrastructure: no stand-in or no browser can be had.
pub fn execute(
    args: &Args,
    profile: Profile,
    cases: Vec<Case>,
    seed: u64,
    progress: &mut Progress<'_>,
) -> anyhow::Result<Ran> {
    let started = Instant::now();
    let began = jiff::Timestamp::now();
    scenario::hush_steps();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    if args.pause_on_failure && !std::io::stdin().is_terminal() {
        bail!(
            "--pause-on-failure waits for Enter, and there is no terminal\n  mend     leave it out, or run at a terminal"
        );
    }
    let ending = Ending::listen(&runtime)?;
    let guard = guard_of(args, &profile, &cases)?;
    let journal = journal_of(&profile, &cases, &guard)?;
    let launch = launch_settings(args, &profile)?;
    for left in tether::clear_left(&launch.temporary) {
        aside(&format!("note: ended what a killed run had left in {}", left.display()));
    }
    let standin = match profile.is_remote() {
        true => None,
        false => Some(runtime.block_on(ending.unless_due(start_standin(args, &profile, &launch)))?),
    };
    // Once, before the workers start theirs: it may have to be installed.
    let found = match &launch.remote {
        Some(_) => None,
        None => Some(
            runtime
                .block_on(ending.unless_due(launch::ensure(&launch)))
                .map_err(|error| Failure::infrastructure(format!("{error:#}")))?,
        ),
    };
    let cores = thread::available_parallelism().map_or(1, usize::from).min(4);
    // A person can look at one browser at a time; and on a screen a window that another one lies over loses the pointer, and with
    // it the menus that are open under it.
    let at_once = if args.headed { 1 } else { cores };
    let wanted = if args.pause_on_failure { 1 } else { args.concurrency.map_or(at_once, usize::from) };
    let workers = wanted.min(cases.len());
    let port = standin.as_ref().map_or(0, |(_, port)| *port);
    let (run_within, longest) = {
        let scaled = |duration: Duration| duration.mul_f64(args.time_scale);
        (scaled(profile.deadlines.run), scaled(profile.deadlines.longest()))
    };
    let (name, language, opinion) = (profile.name.clone(), profile.language.clone(), profile.opinion().to_owned());
    let total = cases.len();
    say!(
        "{total} scenario{} on {name} with {workers} worker{}, seed {seed}",
        if total == 1 { "" } else { "s" },
        if workers == 1 { "" } else { "s" }
    );
    progress.begin(cases.iter().map(|case| (case.feature.clone(), case.name.clone())).collect(), workers);
    let target = Arc::new(Target::new(profile, port, args.time_scale));
    let shared = Arc::new(Run {
        levers: Arc::new(Hand::new(&target, journal)?),
        alone: RwLock::default(),
        queue: Mutex::new(VecDeque::from(cases.clone())),
        album: (args.pictures != Pictures::None).then(|| Arc::new(Album::beside(&args.history(), &target.profile))),
        target,
        guard: Arc::new(guard),
        launch,
        found,
        out: args.out.clone(),
        pictures: args.pictures,
        started,
        retry: args.retry,
        ending,
        failed_starts: AtomicU32::new(0),
        timings: Mutex::default(),
        keeps_nothing: AtomicBool::new(false),
        pause_on_failure: args.pause_on_failure,
    });
    let (tell, news) = mpsc::channel();
    // What is told of accounts beside scenarios passes no scenario's own redaction.
    let secrets = shared.secrets();
    let mut why_skipped = String::from("the run was stopped before");
    let looked = cases.clone();
    if let Err(error) = unless_hastened(&shared, Duration::ZERO, move |run| readiness::check(run, &looked)) {
        let (class, text) = (class_of(&error), secrets.text(&format!("{error:#}")));
        if class != Class::Infrastructure {
            return Err(Failure { class, text }.into());
        }
        why_skipped = text;
        aside(&why_skipped);
        shared.ending.stop();
    }
    let threads: Vec<_> = (1..=workers)
        .map(|number| {
            let (run, tell) = (Arc::clone(&shared), tell.clone());
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
    let all_ended = loop {
        match news.recv_timeout(Duration::from_millis(200)) {
            Ok(News::Browser(name)) => browser = name,
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
        let ending = &shared.ending;
        ending.ask_where_alone();
        if spoken::reader_is_gone() && scenarios.len() < total {
            ending.ask("nobody reads any more what is said");
        }
        if started.elapsed() > run_within
            && ending.ask(&format!("the run's {} are up (deadlines: run: in the profile)", words(run_within)))
        {
            // Whatever is waited for then still gets its own time, to say what it waited for.
            stop_within = longest + STOP_WITHIN;
        }
        if ending.since().is_some_and(|since| since.elapsed() > stop_within) {
            ending.hasten(&format!("a step did not end within {} of the stop and was given up", words(stop_within)));
        }
        if let Some(since) = ending.at_once_since() {
            let waiting = shared.queue.lock().map_or(0, |queue| queue.len());
            // Their browsers need not have ended.
            if scenarios.len() + waiting == total || since.elapsed() > GIVE_UP_WITHIN {
                break false;
            }
        }
    };
    progress.clear();
    let interrupted = shared.ending.is_due();
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
        ..worker::record_of(case, *worker)
    }));
    if broke_off && !interrupted {
        why_skipped = String::from("no worker was left to run it");
    }
    scenarios.extend(worker::never_begun(&shared, &why_skipped));
    let mut leftovers = looked_after(&shared);
    undo_levers(&shared).iter().for_each(|still| aside(&secrets.text(still)));
    for left in &mut leftovers {
        (left.what, left.why) = (secrets.text(&left.what), secrets.text(&left.why));
    }
    if let Some((standin, _)) = standin
        && let Err(error) = runtime.block_on(standin.end())
    {
        aside(&format!("note: ending the stand-in: {error:#}"));
    }
    tell_what_was_paid(&shared, &mut scenarios);
    let duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    let timings = shared.timings.lock().map(|mut timings| std::mem::take(&mut *timings)).unwrap_or_default();
    let run = RunInfo {
        started: began.to_string(),
        duration_ms,
        seed,
        workers,
        language,
        opinion,
        exit_status: 0,
        interrupted,
        leftovers: Vec::new(),
        commit: None,
    };
    let record = RunRecord {
        run,
        target: name,
        browser,
        features: Vec::new(),
        coverage: Vec::new(),
        clauses: Vec::new(),
        scenarios,
    };
    Ok(Ran { record, states, broke_off, timings, leftovers })
}

/// A duration as people say it: `90 s`, `20 min`.
fn words(duration: Duration) -> String {
    match duration.as_secs() {
        seconds if seconds >= 120 => format!("{} min", seconds / 60),
        _ => format!("{:.1} s", duration.as_secs_f64()),
    }
}
