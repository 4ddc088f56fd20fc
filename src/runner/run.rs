//! One run: the stand-in, the browsers, the workers, and what came of them.

use std::{
    collections::VecDeque,
    io::IsTerminal as _,
    path::PathBuf,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use anyhow::{anyhow, bail};
use regex::Regex;
use tokio::sync::{Notify, RwLock};

use super::{
    aftercare,
    album::Album,
    args::{Args, Browser, Pictures},
    ending::Ending,
    glue::Glue,
    panics,
    plan::Case,
    progress::{Progress, aside},
    readiness,
    repeat::Repeat,
    scenario,
    snapshots::Baselines,
    suite::Project,
    surroundings,
    watch::{self, Watched},
    worker,
};
use crate::{
    browser::{
        Timings,
        launch::{self, BrowserKind, Found, LaunchSettings, Line, Remote},
    },
    cleanup::{Leftover, Unpaid},
    domain::{Class, Failure, Money, class_of},
    evidence::{Redaction, RunInfo, RunRecord, ScenarioRecord, Spent},
    guard::{self, Guard, Journal, Means},
    levers::Hand,
    say,
    spoken::counted,
    standin,
    target::{Account, LeverName, Profile, Proof, Reach, Target},
    tether::{self, Tethered},
    warn,
};

/// As many browsers at once as `--concurrency` takes.
const MOST_WORKERS: usize = 64;

/// What all parts of a run share.
pub struct Run {
    /// The scenarios that wait.
    pub(super) queue: Mutex<VecDeque<Case>>,
    /// The steps that scenarios are made of, and their world.
    pub(super) glue: Glue,
    /// The target.
    pub target: Arc<Target>,
    /// Who decides whether a click may pay.
    pub guard: Arc<Guard>,
    /// Who pulls levers.
    pub levers: Arc<Hand>,
    /// Held by each scenario; alone by one that changes something for everybody on the target.
    pub(super) alone: RwLock<()>,
    /// Unpaid orders that scenarios could not cancel: whose, and of which amounts.
    pub(super) unpaid: Mutex<Vec<Unpaid>>,
    /// How browsers are had.
    pub(super) launch: LaunchSettings,
    /// The driver and browser of this machine; `None` where they are elsewhere.
    pub(super) found: Option<Found>,
    /// Where evidence goes.
    pub(super) out: PathBuf,
    /// Which steps are pictured.
    pub(super) pictures: Pictures,
    /// The reviewed page states of the target.
    pub baselines: Baselines,
    /// How pages looked when they were as reviewed, where pictures are taken at all.
    pub album: Option<Arc<Album>>,
    /// When the run began.
    pub(super) started: Instant,
    /// How many scenarios have failed.
    pub(super) failures: AtomicU32,
    /// With so many, no other is begun.
    pub(super) most_failures: u32,
    /// That was asked for by `--fail-fast`.
    pub(super) fails_fast: bool,
    /// The command that runs a scenario again.
    pub(super) repeat: Repeat,
    /// How often what may be repeated is repeated.
    pub(super) retry: u32,
    /// Whether the run is to end before its last scenario.
    pub(super) ending: Arc<Ending>,
    /// How many browsers in a row could not be had.
    pub(super) failed_starts: AtomicU32,
    /// Where the time went, of all scenarios.
    pub(super) timings: Mutex<Timings>,
    /// No scenario waits any more: nor need any worker wait for a browser.
    pub(super) emptied: Notify,
    /// Evidence could not be written, and it was said.
    pub(super) keeps_nothing: AtomicBool,
    /// What a failure says that the run is looking for, and ends with.
    pub(super) until: Option<Regex>,
    /// Waits for Enter before the browser of a scenario that failed is closed.
    pub(super) pause_on_failure: bool,
}

impl Run {
    /// How long it has been going on, ms.
    pub(super) fn elapsed_ms(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// What nobody may read: the secrets of all accounts that the profile lists, and of the one that a scenario has.
    pub(super) fn redaction(&self, account: Option<&Account>) -> Redaction {
        let mut proofs = self.target.world.proofs();
        proofs.extend(account.map(|account| account.proof.clone()));
        proofs.extend(account.and_then(|account| account.keys.clone()).map(Proof::Keys));
        Redaction::of_proofs(&proofs)
    }

    /// Whether this is the failure that the run is looking for.
    pub(super) fn is_sought(&self, record: &ScenarioRecord) -> bool {
        let says = |until: &Regex| record.reason.as_ref().is_some_and(|reason| until.is_match(reason));
        record.class == Some(Class::Product) && self.until.as_ref().is_some_and(says)
    }

    /// Why no other scenario is begun after too many have failed.
    pub(super) fn too_many_failures(&self) -> String {
        let most = self.most_failures;
        let flag = if self.fails_fast { "--fail-fast".to_owned() } else { format!("--max-failures {most}") };
        format!("{} failed ({flag})", counted(most, "scenario"))
    }

    /// Evidence could not be written: said once, as the next will not be either. How scenarios went matters more.
    pub(super) fn cannot_keep(&self, error: &anyhow::Error) {
        if !self.keeps_nothing.swap(true, Ordering::Relaxed) {
            aside(&format!("note: evidence is missing from here on: {error:#}"));
        }
    }
}

fn launch_settings(args: &Args, project: &Project<'_>, profile: &Profile) -> anyhow::Result<LaunchSettings> {
    let mut settings = LaunchSettings::from_variables(project.program, project.variable)?
        .on_behalf_of(profile.webdriver.as_ref(), &profile.language)?;
    settings.headed = args.headed;
    let window = args.viewport.unwrap_or(profile.window);
    settings.window = (window.width, window.height);
    settings.with_browser(match args.browser {
        Browser::Chromium => BrowserKind::Chromium,
        Browser::Firefox => BrowserKind::Firefox,
    })
}

/// How many workers a grid has places for; `None` where it is none, has no place at all yet (one that grows with what is asked of
/// it), or does not answer, which the first session tells of.
async fn places_of(remote: &Remote, launch: &LaunchSettings) -> Option<usize> {
    let wanted = launch::launch(launch).await.ok()?.capabilities(launch);
    let slots = Line::to(remote).ok()?.slots(&wanted).await.ok()??;
    (slots > 0).then_some(slots.min(MOST_WORKERS))
}

/// Starts the run's own stand-in; gives its port.
async fn start_standin(
    args: &Args,
    seed: u64,
    profile: &Profile,
    launch: &LaunchSettings,
) -> anyhow::Result<(Tethered, u16)> {
    let standin = profile.standin.as_ref().ok_or_else(|| anyhow!("the profile has no stand-in"))?;
    let generation = standin.generation.name();
    let mut flags = ["--skin", standin.skin.name(), "--generation", generation, "--lang", &profile.language]
        .map(str::to_owned)
        .to_vec();
    let given = [
        ("--delays", args.delays.clone()),
        ("--latency", args.latency.map(|ms| ms.to_string())),
        ("--jitter", args.jitter.map(|ms| ms.to_string())),
        ("--error-rate", args.error_rate.clone()),
        ("--defect", args.defect.clone()),
        ("--seed", Some(seed.to_string())),
    ];
    for (flag, value) in given {
        flags.extend(value.into_iter().flat_map(|value| [flag.to_owned(), value]));
    }
    standin::start(&launch.supervisor, &launch.temporary, flags).await
}

/// Whoever decides whether clicks may pay, where any scenario of the run sets out to.
fn guard_of(args: &Args, project: &Project<'_>, profile: &Profile, cases: &[Case]) -> anyhow::Result<Guard> {
    if args.spend_up_to.is_some() && !profile.may_buy() {
        bail!(
            "--spend-up-to: the profile {} does not say that anything may be bought\n  mend     say so (buying:), or leave the flag out",
            profile.name
        );
    }
    let means = Means { spend_up_to: args.spend_up_to, state_folder: guard::state_folder(project.variable) };
    let pays = |case: &Case| case.has("pays") && scenario::not_applicable(case, profile).is_none();
    if !cases.iter().any(pays) {
        return Guard::closed();
    }
    let guard = Guard::open(profile, &means)?;
    // Who started all of them says what is one run; without a build server, each shard is one to the ledger.
    if let (Some((_, shards)), Some(build)) = (args.shard, surroundings::build(project.variable)) {
        let asked = serde_json::to_string(&args.asked())?;
        guard.is_shard_of(&format!("{build}, {shards} shards, {asked}"))?;
    }
    Ok(guard)
}

/// Where the levers of the run are written down: on another's target, where it is to pull any or an earlier run may have left one
/// pulled.
fn journal_of(
    args: &Args,
    project: &Project<'_>,
    profile: &Profile,
    cases: &[Case],
    guard: &Guard,
) -> anyhow::Result<Option<Journal>> {
    if !profile.is_remote() {
        return Ok(None);
    }
    let means = Means { spend_up_to: None, state_folder: guard::state_folder(project.variable) };
    let any = cases.iter().any(|case| case.pulls(profile) && scenario::not_applicable(case, profile).is_none());
    match any || args.defect.is_some() {
        true => Journal::open(profile, &means, guard.run()).map(Some),
        false => Journal::found(profile, &means, guard.run()),
    }
}

/// What the run bought, for its record.
fn spent(run: &Run) -> Option<Spent> {
    let told = run.guard.spent().unwrap_or_else(|error| {
        aside(&format!("note: what was bought cannot be added up: {error:#}"));
        None
    })?;
    Some(Spent {
        fen: told.amount.as_fen(),
        instances: told.instances,
        cap_fen: told.cap.map(Money::as_fen),
        profile_fen: told.allowed.map(Money::as_fen),
    })
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

impl Ran {
    /// Of a shard that has nothing to do.
    pub(super) fn nothing(profile: &Profile, seed: u64) -> Self {
        let run = RunInfo {
            started: jiff::Timestamp::now().to_string(),
            seed,
            language: profile.language.clone(),
            opinion: profile.opinion().to_owned(),
            ..RunInfo::default()
        };
        Self {
            record: RunRecord {
                run,
                target: profile.name.clone(),
                browser: "none, as there was nothing to run".into(),
                features: Vec::new(),
                coverage: Vec::new(),
                clauses: Vec::new(),
                reach: Reach::default(),
                scenarios: Vec::new(),
            },
            states: Vec::new(),
            broke_off: false,
            timings: Timings::default(),
            leftovers: Vec::new(),
        }
    }
}

/// Runs these scenarios on the target.
///
/// # Errors
/// Class infrastructure: no stand-in or no browser can be had.
pub fn execute(
    args: &Args,
    project: &Project<'_>,
    glue: Glue,
    profile: Profile,
    cases: Vec<Case>,
    seed: u64,
    progress: &mut Progress<'_>,
) -> anyhow::Result<Ran> {
    let started = Instant::now();
    let began = jiff::Timestamp::now();
    panics::hush_steps();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    if args.pause_on_failure && !std::io::stdin().is_terminal() {
        bail!(
            "--pause-on-failure waits for Enter, and there is no terminal\n  mend     leave it out, or run at a terminal"
        );
    }
    let ending = Ending::listen(&runtime)?;
    let guard = guard_of(args, project, &profile, &cases)?;
    let journal = journal_of(args, project, &profile, &cases, &guard)?;
    let launch = launch_settings(args, project, &profile)?;
    for left in tether::clear_left(&launch.temporary) {
        aside(&format!("note: ended what a killed run had left in {}", left.display()));
    }
    let standin = match profile.is_remote() {
        true => None,
        false => Some(runtime.block_on(ending.unless_due(start_standin(args, seed, &profile, &launch)))?),
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
    if let Some(quicker) = found.as_ref().and_then(|found| found.could_be_quicker(&launch)) {
        aside(&format!("note: {quicker}"));
    }
    // Of browsers elsewhere it is not known.
    let pictures_words = args.pictures != Pictures::None && cases.iter().any(|case| case.has("guide"));
    let lacks_font = found.is_some() && pictures_words && profile.language.starts_with("zh") && {
        let font = runtime.block_on(ending.unless_due(launch::ensure_chinese_font(&launch)));
        if let Err(error) = &font {
            warn!("note: the guide's pictures may show boxes in place of Chinese: {error:#}");
        }
        font.is_err()
    };
    // One more than there are cores, since each waits for pages now and then: on two, the suite takes 0.85 of the time with 3. Where
    // there is little to do, another browser costs more than it saves.
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let here = (cores + usize::from(cases.len() > 20 * cores)).min(4);
    let places = launch.remote.as_ref().and_then(|remote| runtime.block_on(places_of(remote, &launch)));
    // A person can look at one browser at a time; and on a screen a window that another one lies over loses the pointer, and with
    // it the menus that are open under it.
    let at_once = if args.headed { 1 } else { places.unwrap_or(here) };
    let wanted = if args.pause_on_failure { 1 } else { args.concurrency.map_or(at_once, usize::from) };
    let workers = wanted.min(cases.len());
    let port = standin.as_ref().map_or(0, |(_, port)| *port);
    let (name, language, opinion) = (profile.name.clone(), profile.language.clone(), profile.opinion().to_owned());
    let total = cases.len();
    say!("{} on {name} with {}, seed {seed}", counted(total, "scenario"), counted(workers, "worker"));
    if let (Some(places), Some(remote)) = (places, &launch.remote) {
        say!("the grid at {} has {} for this browser", remote.url(), counted(places, "slot"));
    }
    progress.begin(cases.iter().map(|case| (case.feature.clone(), case.name.clone())).collect(), workers);
    let baselines = Baselines::of(project.root, &profile).accepting(args.update_states.clone());
    let shards = args.shard.map_or(1, |(_, count)| count);
    let target = Target::new(profile, port, args.time_scale).shared_by(shards).telling(aside);
    let target = Arc::new(if args.headed { target.with_person(aside) } else { target });
    let run = Arc::new(Run {
        levers: Arc::new(Hand::new(&target, journal)?),
        alone: RwLock::default(),
        unpaid: Mutex::default(),
        queue: Mutex::new(VecDeque::from(cases.clone())),
        glue,
        album: (args.pictures != Pictures::None).then(|| Arc::new(Album::beside(&args.history(), &baselines))),
        baselines,
        target,
        guard: Arc::new(guard),
        launch,
        found,
        out: args.out.clone(),
        pictures: args.pictures,
        started,
        failures: AtomicU32::new(0),
        most_failures: args.most_failures().unwrap_or(u32::MAX),
        fails_fast: args.fail_fast,
        repeat: Repeat::of(args, seed),
        retry: args.retry,
        ending,
        failed_starts: AtomicU32::new(0),
        timings: Mutex::default(),
        emptied: Notify::new(),
        keeps_nothing: AtomicBool::new(false),
        until: args.until.clone(),
        pause_on_failure: args.pause_on_failure,
    });
    // What is told of accounts beside scenarios passes no scenario's own redaction.
    let secrets = run.redaction(None);
    let mut why_skipped = String::from("the run was stopped before");
    let (its, folder) = (Arc::clone(&run), guard::state_folder(project.variable));
    // The own stand-in has been told when it was started.
    let defect = args.defect.clone().filter(|_| its.target.profile.is_remote());
    let ready = move || {
        readiness::check(&its, &cases, workers, folder.as_deref())?;
        defect.map_or(Ok(()), |defect| readiness::pull_defect(&its, &defect))
    };
    if let Err(error) = run.ending.unless_hastened(Duration::ZERO, ready) {
        let (class, text) = (class_of(&error), secrets.text(&format!("{error:#}")));
        if class != Class::Infrastructure {
            return Err(Failure { class, ..Failure::test(text) }.into());
        }
        why_skipped = text;
        aside(&why_skipped);
        run.ending.stop();
    }
    let Watched { browser, mut scenarios, states, interrupted, broke_off } =
        watch::over(&run, workers, total, progress)?;
    if run.failures.load(Ordering::Relaxed) >= run.most_failures {
        why_skipped = run.too_many_failures();
    }
    if broke_off && !interrupted {
        why_skipped = String::from("no worker was left to run it");
    }
    scenarios.extend(worker::never_begun(&run, &why_skipped));
    // Instances that are held could not be returned; an account that is gone could return nothing.
    let _tried_again = aftercare::undo_levers(&run, |lever| lever != LeverName::Account);
    let mut leftovers = aftercare::looked_after(&run);
    leftovers.extend(aftercare::cancelled(&run));
    aftercare::undo_levers(&run, |_| true).iter().for_each(|still| aside(&secrets.text(still)));
    for left in &mut leftovers {
        (left.what, left.why) = (secrets.text(&left.what), secrets.text(&left.why));
    }
    if let Some((standin, _)) = standin
        && let Err(error) = runtime.block_on(standin.end())
    {
        aside(&format!("note: ending the stand-in: {error:#}"));
    }
    aftercare::tell_what_was_paid(&run, &mut scenarios);
    let duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    let timings = run.timings.lock().map(|mut timings| std::mem::take(&mut *timings)).unwrap_or_default();
    let info = RunInfo {
        started: began.to_string(),
        duration_ms,
        seed,
        workers,
        language,
        opinion,
        interrupted,
        spent: spent(&run),
        lacks_font,
        ..RunInfo::default()
    };
    let record = RunRecord {
        run: info,
        target: name,
        browser,
        features: Vec::new(),
        coverage: Vec::new(),
        clauses: Vec::new(),
        reach: Reach::default(),
        scenarios,
    };
    Ok(Ran { record, states, broke_off, timings, leftovers })
}
