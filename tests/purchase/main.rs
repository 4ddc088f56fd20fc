//! The main job: every scenario of `features/`, in a real browser, against the stand-in or a target of its own profile.
//!
//! Cucumber brings Gherkin, step definitions and parameters. Scheduling is ours: a worker is a thread with a browser of
//! its own, so that a scenario's deadline, attempt and class of failure are known, and no scenario stalls another.

mod args;
mod params;
mod plan;
mod scenario;
mod snapshots;
mod steps;
mod worker;
mod world;

use std::{
    collections::VecDeque,
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, anyhow};
use args::{Args, Browser};
use clap::Parser as _;
use dcdb_purchase_e2e::{
    browser::launch::{self, BrowserKind, LaunchSettings},
    domain::{Class, Failure},
    evidence::{
        Coverage, RunInfo, RunRecord, ScenarioRecord, Status, exit_status, failure_block, ids_of_contract,
        scenario_line, summary, write_junit,
    },
    target::{self, Profile, Target},
    tether::{Program, Tethered},
};
use plan::Case;
use worker::{News, Run};

/// How long workers get to end their present steps once the run is to stop.
const STOP_WITHIN: Duration = Duration::from_secs(10);

fn main() -> ExitCode {
    let args = Args::parse();
    match run(&args) {
        Ok(status) => ExitCode::from(status),
        Err(error) => {
            eprintln!("error: {error:#}");
            // What is no verdict on scenarios is usage: a flag or profile that cannot be.
            let status =
                match error.chain().find_map(|cause| cause.downcast_ref::<Failure>()).map(|failure| failure.class) {
                    None => 2,
                    Some(Class::Guard) => 6,
                    Some(Class::Product) => 1,
                    Some(Class::Test) => 4,
                    Some(Class::Infrastructure) => 3,
                };
            ExitCode::from(status)
        }
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn run(args: &Args) -> anyhow::Result<u8> {
    let profile = load_profile(args)?;
    let features = args.features.clone().unwrap_or_else(|| root().join("features"));
    let all = plan::read(root(), &features)?;
    plan::check_steps(&all)?;
    let contract = features.join("CONTRACT.md");
    let ids = match fs::read_to_string(&contract) {
        Ok(text) => ids_of_contract(&text)?,
        Err(_) if args.features.is_some() => Vec::new(),
        Err(error) => return Err(Failure::test(format!("{} cannot be read: {error}", contract.display())).into()),
    };
    let tags: Vec<Vec<String>> = all.iter().map(|case| case.tags.clone()).collect();
    let uncovered = Coverage::count(&ids, &tags, &[]);
    if !uncovered.missing().is_empty() {
        let text = format!(
            "no scenario covers {}\n  mend     write one in features/ and tag it, such as @{}",
            uncovered.missing().join(", "),
            uncovered.missing()[0]
        );
        return Err(Failure::test(text).into());
    }
    let last_failed = args.last_failed.then(|| plan::last_failures(&args.out)).transpose()?;
    let selection = plan::select(&all, args, last_failed.as_deref())?;
    if args.list {
        selection.cases.iter().for_each(|case| println!("{}: test", case.name));
        return Ok(0);
    }
    let seed =
        args.seed.unwrap_or_else(|| u64::from(std::time::UNIX_EPOCH.elapsed().unwrap_or_default().subsec_nanos()));
    let cases = plan::rounds(&selection.cases, args.repeat_each, seed);
    if cases.is_empty() {
        println!("nothing to run: {}", selection.empty_because.as_deref().unwrap_or("no scenario was selected"));
        println!("0 passed, 0 failed, 0 skipped");
        return Ok(0);
    }
    if args.dry_run {
        return dry_run(&profile, &selection.cases);
    }
    let full = args.features.is_none() && selection.cases.len() == all.len();
    execute(args, profile, cases, seed, |record, states| {
        finish(args, record, states, full, |ran| Coverage::count(&ids, &tags, ran))
    })
}

fn load_profile(args: &Args) -> anyhow::Result<Profile> {
    let path = match &args.target {
        Some(path) => path.clone(),
        None => {
            let skin = if args.skin.as_deref() == Some("tea") { "-tea" } else { "" };
            let language = if args.lang.as_deref() == Some("zh-CN") { "-zh" } else { "" };
            root().join(format!("tests/targets/standin{skin}{language}.yaml"))
        }
    };
    Ok(target::load(&path, &|name| std::env::var(name).ok())?)
}

/// Says what would run, where, and what cannot; starts nothing.
fn dry_run(profile: &Profile, cases: &[Case]) -> anyhow::Result<u8> {
    let target = Target::new(profile.clone(), 0, 1.0);
    println!("target {}: {}", profile.name, if profile.is_remote() { "remote" } else { "the built-in stand-in" });
    for case in cases {
        match scenario::not_applicable(case, &target) {
            Some(why) => println!("- {} › {}  not applicable: {why}", case.feature, case.name),
            None => println!("  {} › {}{}", case.feature, case.name, if case.has("pays") { "  (pays)" } else { "" }),
        }
    }
    println!(
        "{} scenarios would run",
        cases.iter().filter(|case| scenario::not_applicable(case, &target).is_none()).count()
    );
    Ok(0)
}

fn launch_settings(args: &Args, profile: &Profile) -> anyhow::Result<LaunchSettings> {
    let mut settings =
        LaunchSettings::from_variables(Path::new(env!("CARGO_BIN_EXE_dcdb-e2e")), |name| std::env::var_os(name))?;
    if settings.remote.is_none()
        && let Some(url) = &profile.webdriver
    {
        settings.remote = Some(url.parse().with_context(|| format!("webdriver: {url}"))?);
    }
    settings.kind = match args.browser {
        Browser::Chromium => BrowserKind::Chromium,
        Browser::Firefox => BrowserKind::Firefox,
    };
    settings.headed = args.headed;
    settings.language.clone_from(&profile.language);
    Ok(settings)
}

/// Starts the run's own stand-in; gives its port.
async fn start_standin(args: &Args, profile: &Profile) -> anyhow::Result<(Tethered, u16)> {
    let supervisor = Path::new(env!("CARGO_BIN_EXE_dcdb-e2e"));
    let standin = profile.standin.as_ref().ok_or_else(|| anyhow!("the profile has no stand-in"))?;
    let mut program =
        Program::new(supervisor).args(["serve", "--port", "0", "--skin", &standin.skin, "--lang", &profile.language]);
    let given = [
        ("--delays", args.delays.clone()),
        ("--latency", args.latency.map(|ms| ms.to_string())),
        ("--jitter", args.jitter.map(|ms| ms.to_string())),
        ("--error-rate", args.error_rate.clone()),
        ("--defect", args.defect.clone()),
        ("--seed", args.seed.map(|seed| seed.to_string())),
    ];
    for (flag, value) in given {
        if let Some(value) = value {
            program = program.arg(flag).arg(value);
        }
    }
    let mut tethered = Tethered::start(supervisor, &program).await?;
    let port = tethered.announced("its address", Duration::from_secs(20), |line| {
        line.strip_prefix("listening on ")?.rsplit(':').next()?.parse().ok()
    });
    match port.await {
        Ok(port) => Ok((tethered, port)),
        // A stand-in that refuses its flags has said why itself.
        Err(error) => Err(error.context("starting the stand-in")),
    }
}

type Finish<'a> = &'a dyn Fn(RunRecord, &[String]) -> anyhow::Result<u8>;

fn execute(
    args: &Args,
    profile: Profile,
    cases: Vec<Case>,
    seed: u64,
    finish: impl Fn(RunRecord, &[String]) -> anyhow::Result<u8>,
) -> anyhow::Result<u8> {
    let started = Instant::now();
    let began = jiff::Timestamp::now();
    let finish: Finish<'_> = &finish;
    scenario::hush_steps();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let launch = launch_settings(args, &profile)?;
    let standin = if profile.is_remote() { None } else { Some(runtime.block_on(start_standin(args, &profile))?) };
    // Once, before the workers start theirs: it may have to be installed.
    let found = match &launch.remote {
        Some(_) => None,
        None => Some(
            runtime.block_on(launch::ensure(&launch)).map_err(|error| Failure::infrastructure(format!("{error:#}")))?,
        ),
    };
    let cores = thread::available_parallelism().map_or(1, usize::from).min(4);
    let workers = args.concurrency.map_or(cores, usize::from).min(cases.len());
    let port = standin.as_ref().map_or(0, |(_, port)| *port);
    let (name, language) = (profile.name.clone(), profile.language.clone());
    let total = cases.len();
    println!(
        "{total} scenario{} on {name} with {workers} worker{}, seed {seed}",
        if total == 1 { "" } else { "s" },
        if workers == 1 { "" } else { "s" }
    );
    let shared = Arc::new(Run {
        queue: Mutex::new(VecDeque::from(cases)),
        target: Arc::new(Target::new(profile, port, args.time_scale)),
        launch,
        found,
        out: args.out.clone(),
        retry: args.retry,
        stop: AtomicBool::new(false),
    });
    let evidence = args.out.join("evidence");
    if evidence.exists() {
        fs::remove_dir_all(&evidence)
            .with_context(|| format!("removing the evidence of the last run in {}", evidence.display()))?;
    }
    let (tell, news) = mpsc::channel();
    stop_on_signals(&runtime, &shared)?;
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
    let mut stopping: Option<Instant> = None;
    loop {
        match news.recv_timeout(Duration::from_millis(200)) {
            Ok(News::Browser(name)) => browser = name,
            Ok(News::Ended(record, compared)) => {
                states.extend(compared);
                tell_of(args, &record);
                scenarios.push(*record);
            }
            Err(mpsc::RecvTimeoutError::Disconnected) => break,
            Err(mpsc::RecvTimeoutError::Timeout) => {}
        }
        if shared.stop.load(Ordering::Relaxed) && stopping.get_or_insert_with(Instant::now).elapsed() > STOP_WITHIN {
            eprintln!("a step did not end within {STOP_WITHIN:?} of the interruption and was given up");
            break;
        }
    }
    let interrupted = shared.stop.load(Ordering::Relaxed);
    scenarios.extend(worker::never_begun(&shared));
    let mut panicked = false;
    if stopping.is_none_or(|since| since.elapsed() <= STOP_WITHIN) {
        for thread in threads {
            match thread.join() {
                Ok(Ok(())) => {}
                Ok(Err(error)) => return Err(error.context("a worker")),
                Err(_) => panicked = true,
            }
        }
    }
    if let Some((standin, _)) = standin {
        runtime.block_on(standin.end()).context("ending the stand-in")?;
    }
    let duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    let run = RunInfo { started: began.to_string(), duration_ms, seed, workers, language, exit_status: 0, interrupted };
    let status = finish(RunRecord { run, target: name, browser, scenarios }, &states)?;
    // What the interruption cut off was not tested.
    Ok(match status {
        0 if interrupted => 3,
        _ if panicked => 4,
        status => status,
    })
}

/// The first Ctrl-C (or `kill`) stops the run after the present steps, the second at once.
fn stop_on_signals(runtime: &tokio::runtime::Runtime, run: &Arc<Run>) -> anyhow::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let _entered = runtime.enter();
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let run = Arc::clone(run);
    runtime.spawn(async move {
        loop {
            let (name, _) = tokio::select! { got = interrupt.recv() => ("interrupted", got), got = terminate.recv() => ("asked to end", got) };
            if run.stop.swap(true, Ordering::Relaxed) {
                std::process::exit(3);
            }
            eprintln!("{name}: stopping after the present steps; once more to stop at once");
        }
    });
    Ok(())
}

fn tell_of(args: &Args, record: &ScenarioRecord) {
    if record.status == Status::Failed {
        println!("{}", failure_block(record, &args.out, &repeat_command(args, record)));
    } else if !args.quiet && args.format.as_deref() != Some("terse") {
        println!("{}", scenario_line(record));
    }
}

/// The command that runs just this scenario again.
fn repeat_command(args: &Args, record: &ScenarioRecord) -> String {
    let title: String = regex::escape(&record.name).replace('\'', r"'\''");
    let target = args.target.as_ref().map(|target| format!(" --target {}", target.display())).unwrap_or_default();
    let of = |flag: &str, value: &Option<String>| {
        value.as_ref().map(|value| format!(" --{flag} {value}")).unwrap_or_default()
    };
    format!(
        "cargo test --test purchase --{target}{}{}{} --name '^{title}$'",
        of("skin", &args.skin),
        of("lang", &args.lang),
        of("defect", &args.defect)
    )
}

fn finish(
    args: &Args,
    mut record: RunRecord,
    states: &[String],
    full: bool,
    coverage: impl Fn(&[ScenarioRecord]) -> Coverage,
) -> anyhow::Result<u8> {
    record.scenarios.sort_by(|a, b| (&a.file, a.line, a.round).cmp(&(&b.file, b.line, b.round)));
    let mut status = exit_status(&record.scenarios, args.fail_on_flaky);
    println!("\n{}", coverage(&record.scenarios));
    let failed: Vec<&ScenarioRecord> =
        record.scenarios.iter().filter(|scenario| scenario.status == Status::Failed).collect();
    if failed.len() > 1 || (!failed.is_empty() && record.scenarios.len() > 5) {
        println!("What failed:");
        failed
            .iter()
            .for_each(|scenario| println!("{}", failure_block(scenario, &args.out, &repeat_command(args, scenario))));
    }
    // Only a full run that saw everything can tell that a baseline is used by nothing.
    if full && record.scenarios.iter().all(|scenario| scenario.status == Status::Passed) {
        let profile = load_profile(args)?;
        let left: Vec<PathBuf> = snapshots::unreferenced(&profile, states);
        if !left.is_empty() {
            println!("page states that no scenario compares with any more; remove them:");
            left.iter().for_each(|file| println!("  {}", file.display()));
            status = if status == 0 { 4 } else { status };
        }
    }
    record.run.exit_status = if status == 0 && record.run.interrupted { 3 } else { status };
    fs::create_dir_all(&args.out).with_context(|| format!("making the output folder {}", args.out.display()))?;
    let results = args.out.join("results.json");
    fs::write(&results, serde_json::to_string_pretty(&record)?)
        .with_context(|| format!("writing {}", results.display()))?;
    write_junit(&record, &args.out.join("junit.xml"))?;
    print!("{}", summary(&record));
    Ok(status)
}
