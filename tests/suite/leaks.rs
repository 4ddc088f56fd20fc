//! Nothing is left of a run, however it ends.

use std::{
    fs,
    os::unix::process::CommandExt as _,
    path::Path,
    process::{Child, Stdio},
    thread,
    time::{Duration, Instant},
};

use nix::{
    sys::signal::{Signal, kill, killpg},
    unistd::Pid,
};

use crate::run::{QUICK, Run};

/// A scenario that waits for longer than any test: its page never comes.
const ENDLESS: &str = "Feature: Endless\n  Scenario: A page that never comes\n    Given a visitor on the home page\n    Then the product page of the distributed database opens\n";
const WITHIN: Duration = Duration::from_secs(20);

fn endless() -> Run {
    let base = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/targets/standin.yaml");
    Run::of(&[]).profile(&format!("extends: {base}\nname: endless\ndeadlines: {{ arrival: 10m }}\n")).feature(ENDLESS)
}

/// A process, told from a later one of the same number by when it started.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Process {
    pid: u32,
    parent: u32,
    started: String,
    command: String,
}

/// All processes of the machine.
fn processes() -> Vec<Process> {
    let of = |entry: fs::DirEntry| {
        let pid = entry.file_name().to_str()?.parse().ok()?;
        let stat = fs::read_to_string(entry.path().join("stat")).ok()?;
        // The name in brackets may hold spaces; what follows it does not.
        let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
        let command = fs::read_to_string(entry.path().join("cmdline")).ok()?.replace('\0', " ");
        // A zombie has ended; whoever started it has yet to look.
        (fields[0] != "Z").then(|| Process {
            pid,
            parent: fields[1].parse().unwrap_or(0),
            started: fields[19].to_owned(),
            command,
        })
    };
    fs::read_dir("/proc").expect("/proc").filter_map(|entry| of(entry.ok()?)).collect()
}

/// A process and all below it.
fn tree_of(root: u32) -> Vec<Process> {
    let all = processes();
    let mut found: Vec<Process> = all.iter().filter(|process| process.pid == root).cloned().collect();
    let mut next = 0;
    while let Some(parent) = found.get(next).map(|process| process.pid) {
        found.extend(all.iter().filter(|process| process.parent == parent).cloned());
        next += 1;
    }
    found
}

/// Looks again and again, a tenth of a second apart, until it holds.
fn becomes(what: &str, holds: impl Fn() -> bool, told: impl Fn() -> String) {
    let since = Instant::now();
    while !holds() {
        assert!(since.elapsed() < WITHIN, "{what} within {WITHIN:?}: {}", told());
        thread::park_timeout(Duration::from_millis(100));
    }
}

/// None of these is left, nor anything that names the run's folders, nor a temporary file. What was there may have
/// changed its parent by now.
fn nothing_left(run: &Run, seen: &[Process]) {
    let folder = run.folder.path().display().to_string();
    let was_seen =
        |process: &Process| seen.iter().any(|one| (one.pid, &one.started) == (process.pid, &process.started));
    let left = || {
        processes()
            .into_iter()
            .filter(|process| was_seen(process) || process.command.contains(&folder))
            .collect::<Vec<_>>()
    };
    becomes("no process is left", || left().is_empty(), || format!("{:#?}", left()));
    let files = || {
        fs::read_dir(run.path("tmp"))
            .expect("the folder")
            .filter_map(Result::ok)
            .map(|entry| entry.path())
            .collect::<Vec<_>>()
    };
    becomes("no temporary file is left", || files().is_empty(), || format!("{:?}", files()));
}

/// Starts a run and waits until its browser draws a page; with every process of it.
fn in_the_middle(run: &Run) -> (Child, Vec<Process>) {
    let mut command = run.command();
    let child = command.process_group(0).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the suite");
    let tree = || tree_of(child.id());
    becomes(
        "a browser draws a page",
        || tree().iter().any(|process| process.command.contains("--type=renderer")),
        || format!("{:#?}", tree()),
    );
    let seen = tree();
    (child, seen)
}

fn pid(child: &Child) -> Pid {
    Pid::from_raw(i32::try_from(child.id()).expect("a process id"))
}

#[test]
fn after_success_and_failure() {
    if !Path::new("/proc/self/stat").exists() {
        eprintln!("not looked at: this machine has no /proc");
        return;
    }
    let good = Run::of(&[]).feature(QUICK);
    good.end().expect(0, &[]);
    nothing_left(&good, &[]);
    let bad = Run::of(&[]).feature("Feature: Own\n  Scenario: Too much\n    Given the buyer is on the purchase page\n    Then the total fee is ¥99,999,999,999,999,999,999.00\n");
    bad.end().expect(4, &["the step panicked"]);
    nothing_left(&bad, &[]);
}

#[test]
fn after_control_c() {
    let run = endless();
    let (mut child, seen) = in_the_middle(&run);
    killpg(pid(&child), Signal::SIGINT).expect("a signal");
    // Once for the present step, once more for at once.
    let since = Instant::now();
    while child.try_wait().expect("a status").is_none() {
        assert!(since.elapsed() < WITHIN, "it does not end");
        thread::park_timeout(Duration::from_millis(300));
        let _gone_by_now = killpg(pid(&child), Signal::SIGINT);
    }
    assert_eq!(child.wait().expect("a status").code(), Some(3));
    nothing_left(&run, &seen);
}

#[test]
fn after_kill() {
    let run = endless();
    let (mut child, seen) = in_the_middle(&run);
    kill(pid(&child), Signal::SIGTERM).expect("a signal");
    let ended = child.wait().expect("a status");
    assert_eq!(ended.code(), Some(3));
    nothing_left(&run, &seen);
}

#[test]
fn after_a_kill_that_cannot_be_caught() {
    let run = endless();
    let (mut child, seen) = in_the_middle(&run);
    child.kill().expect("a signal");
    child.wait().expect("a status");
    nothing_left(&run, &seen);
}

#[test]
fn after_a_run_and_its_supervisors_were_killed_nothing_outlives_the_next_start() {
    let run = endless();
    let (mut child, seen) = in_the_middle(&run);
    let supervisors: Vec<Pid> = seen
        .iter()
        .filter(|process| process.command.contains("dcdb-e2e supervise "))
        .map(|process| Pid::from_raw(i32::try_from(process.pid).expect("a process id")))
        .collect();
    assert_eq!(supervisors.len(), 2, "of the stand-in and of the driver: {seen:#?}");
    // Stopped, they do not hear that their run has gone.
    supervisors.iter().for_each(|pid| kill(*pid, Signal::SIGSTOP).expect("a signal"));
    child.kill().expect("a signal");
    child.wait().expect("a status");
    supervisors.iter().for_each(|pid| kill(*pid, Signal::SIGKILL).expect("a signal"));
    let left = || still_running(&seen);
    assert!(left().len() > 3, "a driver, browsers and a stand-in are left: {:#?}", left());
    run.again(&["--name", "^none of them$"]).expect(4, &[]);
    assert!(left().len() > 3, "they are no affair of what starts nothing");
    let next = Run::of(&[]).feature(QUICK).variable("TMPDIR", &run.path("tmp").display().to_string());
    next.end().expect(0, &["note: ended what a killed run had left in ", "1 passed, 0 failed, 0 skipped"]);
    nothing_left(&run, &seen);
}

/// Those of these processes that still run.
fn still_running(seen: &[Process]) -> Vec<Process> {
    let is_one = |process: &Process| seen.iter().any(|one| (one.pid, &one.started) == (process.pid, &process.started));
    processes().into_iter().filter(is_one).collect()
}
