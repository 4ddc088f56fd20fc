//! Tethered programs end with whoever holds them, whatever the programs do and however the holder ends.
#![cfg(target_os = "linux")]

mod processes;

use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use dcdb_purchase_e2e::tether::{Program, Tethered, clear_left};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use processes::{Process, below, eventually, gone};

const SUPERVISOR: &str = env!("CARGO_BIN_EXE_dcdb-e2e");
/// Ample on a loaded machine; met only by a failure.
const LIMIT: Duration = Duration::from_secs(20);

/// A child, one in its own session, one abandoned by its parent, and one abandoned in its own session.
const BROOD: &str = "sleep 1000 & setsid sleep 1000 & (sleep 1000 &) ; (setsid sleep 1000 &) ; echo hatched; wait";

fn shell(script: &str) -> Program {
    Program::new("/bin/sh").args(["-c", script])
}

async fn start(program: &Program) -> Tethered {
    Tethered::start(Path::new(SUPERVISOR), program).await.expect("the supervisor starts")
}

async fn line(tethered: &mut Tethered, expected: &str) {
    tethered.announced(expected, LIMIT, |line| (line == expected).then_some(())).await.expect("it is announced");
}

/// Starts the brood and returns what runs then: the shell and four sleepers.
async fn brood(program: Program) -> (Tethered, Vec<Process>) {
    let mut tethered = start(&program).await;
    line(&mut tethered, "hatched").await;
    let family = whole_brood(tethered.supervisor_pid());
    (tethered, family)
}

fn whole_brood(supervisor: u32) -> Vec<Process> {
    let mut family = Vec::new();
    eventually("four sleepers below one shell", || {
        family = below(supervisor);
        family.len() == 5 && family.iter().filter(|process| process.command.starts_with("sleep")).count() == 4
    });
    family
}

fn scratch_in(directory: &tempfile::TempDir) -> PathBuf {
    directory.path().join("scratch")
}

#[tokio::test]
async fn at_the_end_nothing_is_left_when_end_returns() {
    let (tethered, family) = brood(shell(BROOD)).await;
    assert!(!tethered.has_ended());
    tethered.end().await.expect("it ends");
    assert!(!family.iter().any(Process::runs), "left: {family:#?}");
}

#[tokio::test]
async fn a_dropped_tether_ends_everything_and_removes_the_scratch_directory() {
    let outside = tempfile::tempdir().expect("a directory");
    let scratch = scratch_in(&outside);
    let (tethered, family) = brood(shell(BROOD).scratch(&scratch)).await;
    assert!(scratch.is_dir());
    drop(tethered);
    gone(&family);
    eventually("the scratch directory is removed", || !scratch.exists());
}

#[tokio::test]
async fn programs_that_will_not_listen_are_ended_too() {
    let deaf = "trap '' TERM HUP INT; (setsid sh -c \"trap '' TERM; echo deaf; while :; do sleep 1000; done\" &)
        while :; do sleep 1000; done";
    let mut tethered = start(&shell(deaf)).await;
    line(&mut tethered, "deaf").await;
    let family = below(tethered.supervisor_pid());
    assert!(family.len() >= 2, "{family:#?}");
    tethered.end().await.expect("it ends");
    assert!(!family.iter().any(Process::runs), "left: {family:#?}");
}

#[tokio::test]
async fn a_program_may_end_in_its_own_way() {
    let outside = tempfile::tempdir().expect("a directory");
    let note = outside.path().join("note");
    let polite = format!("trap 'echo done > {}; exit 0' TERM; echo ready; sleep 1000 & wait", note.display());
    let mut tethered = start(&shell(&polite)).await;
    line(&mut tethered, "ready").await;
    tethered.end().await.expect("it ends");
    assert_eq!(std::fs::read_to_string(note).expect("the note it left"), "done\n");
}

#[tokio::test]
async fn what_ends_at_once_is_not_waited_for() {
    let mut tethered = start(&shell("echo ready; exec sleep 1000")).await;
    line(&mut tethered, "ready").await;
    let begun = Instant::now();
    tethered.end().await.expect("it ends");
    // The grace is 500 ms.
    assert!(begun.elapsed() < Duration::from_millis(450), "took {:?}", begun.elapsed());
}

#[tokio::test]
async fn an_early_end_is_told_with_status_and_last_words_and_takes_what_was_started_along() {
    let mut tethered = start(&shell("(setsid sleep 1000 &); echo one; echo two >&2; exit 7")).await;
    let error = tethered.announced("its port", LIMIT, |_| None::<()>).await.expect_err("it ends early");
    let text = format!("{error:#}");
    assert!(text.starts_with("sh ended (exit status: 7) before it announced its port\n"), "{text}");
    assert!(text.contains("\none") && text.contains("\ntwo"), "{text}");
    assert!(tethered.has_ended());
    assert!(below(tethered.supervisor_pid()).is_empty());
    tethered.end().await.expect("nothing is left to end");
}

#[tokio::test]
async fn a_program_that_announces_nothing_meets_the_deadline() {
    let mut tethered = start(&shell("echo busy; sleep 1000")).await;
    line(&mut tethered, "busy").await;
    let limit = Duration::from_millis(20);
    let error = tethered.announced("its port", limit, |_| None::<()>).await.expect_err("it says no more");
    assert_eq!(format!("{error:#}"), "sh did not announce its port within 20ms\nits last output:\nbusy");
    tethered.end().await.expect("it ends");
}

#[tokio::test]
async fn a_program_that_is_not_there_is_named() {
    let mut tethered = start(&Program::new("/nowhere/driver")).await;
    let error = tethered.announced("its port", LIMIT, |_| None::<()>).await.expect_err("there is no program");
    let text = format!("{error:#}");
    assert!(text.contains("starting /nowhere/driver: No such file or directory"), "{text}");
}

#[tokio::test]
async fn a_scratch_directory_that_is_there_already_is_refused_and_kept() {
    let outside = tempfile::tempdir().expect("a directory");
    std::fs::write(outside.path().join("mine"), "kept").expect("writing");
    let mut tethered = start(&shell("echo ready").scratch(outside.path())).await;
    let error = tethered.announced("ready", LIMIT, |_| None::<()>).await.expect_err("it is refused");
    assert!(format!("{error:#}").contains("making the scratch directory"), "{error:#}");
    assert!(outside.path().join("mine").exists());
}

#[tokio::test]
async fn a_program_that_writes_a_lot_never_stands_still() {
    let flood = "head -c 4000000 /dev/zero | tr '\\0' x; yes flood | head -n 400000 >&2; echo; echo over";
    let mut tethered = start(&shell(flood)).await;
    line(&mut tethered, "over").await;
    assert!(tethered.last_output().len() < 512 * 1024);
    tethered.end().await.expect("it ends");
}

#[test]
fn the_supervisor_exits_with_the_status_of_the_program() {
    let run = |script: &str| {
        let mut child = Command::new(SUPERVISOR);
        child.args(["supervise", "--", "sh", "-c", script]).stdin(Stdio::piped());
        let mut child = child.spawn().expect("the supervisor starts");
        let held = child.stdin.take();
        let status = child.wait().expect("it ends");
        drop(held);
        status.code()
    };
    assert_eq!(run("exit 0"), Some(0));
    assert_eq!(run("exit 23"), Some(23));
    assert_eq!(run("kill -9 $$"), Some(137));
}

#[tokio::test]
async fn a_signal_to_the_supervisor_ends_everything() {
    for signal in [Signal::SIGTERM, Signal::SIGINT, Signal::SIGHUP] {
        let (tethered, family) = brood(shell(BROOD)).await;
        send(tethered.supervisor_pid(), signal);
        gone(&family);
    }
}

#[test]
fn a_holder_that_is_ended_from_outside_takes_everything_along() {
    // What a shell starts in the background ignores SIGINT, and so does whatever that starts.
    for signal in [Signal::SIGKILL, Signal::SIGTERM, Signal::SIGINT].into_iter().filter(|signal| !is_ignored(*signal)) {
        let outside = tempfile::tempdir().expect("a directory");
        let (mut holder, _, family) = holder("waits", &scratch_in(&outside));
        send(holder.id(), signal);
        assert_eq!(holder.wait().expect("the holder ends").signal(), Some(signal as i32));
        gone(&family);
        eventually("the scratch directory is removed", || !scratch_in(&outside).exists());
    }
}

#[test]
fn a_holder_that_panics_or_aborts_takes_everything_along() {
    for way in ["panics", "aborts"] {
        let outside = tempfile::tempdir().expect("a directory");
        let (mut holder, _, family) = holder(way, &scratch_in(&outside));
        drop(holder.stdin.take());
        assert!(!holder.wait().expect("the holder ends").success());
        gone(&family);
        eventually("the scratch directory is removed", || !scratch_in(&outside).exists());
    }
}

#[tokio::test]
async fn what_a_killed_supervisor_had_is_ended_by_its_run() {
    let outside = tempfile::tempdir().expect("a directory");
    let (tethered, family) = brood(shell(BROOD).scratch(&scratch_in(&outside))).await;
    send(tethered.supervisor_pid(), Signal::SIGKILL);
    tethered.end().await.expect("nothing of it is left");
    gone(&family);
    assert!(!scratch_in(&outside).exists());
}

#[tokio::test]
async fn what_a_killed_run_and_its_killed_supervisor_left_is_ended_at_the_next_start_and_nothing_else_is() {
    let outside = tempfile::tempdir().expect("a directory");
    let alive = outside.path().join("dcdb-e2e-alive");
    let (tethered, living) = brood(shell(BROOD).scratch(&alive)).await;
    let unmarked = outside.path().join("dcdb-e2e-mine");
    std::fs::create_dir(&unmarked).expect("a directory");
    let left = outside.path().join("dcdb-e2e-left");
    let (mut holder, supervisor, family) = holder("waits", &left);
    // Stopped, it does not hear that its run has gone.
    send(supervisor, Signal::SIGSTOP);
    assert_eq!(clear_left(outside.path()), [""; 0].map(PathBuf::from), "its run and its supervisor were alive");
    holder.kill().expect("a signal");
    holder.wait().expect("it ends");
    assert_eq!(clear_left(outside.path()), [""; 0].map(PathBuf::from), "its supervisor was alive");
    send(supervisor, Signal::SIGKILL);
    eventually("the supervisor has gone", || clear_left(outside.path()) == [left.clone()]);
    gone(&family);
    assert!(!left.exists() && alive.exists() && unmarked.exists());
    assert!(living.iter().all(Process::runs), "{living:#?}");
    tethered.end().await.expect("it ends");
}

/// Whether this process ignores a signal, as far as the system tells (Linux, `proc(5)`).
fn is_ignored(signal: Signal) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or_default();
    ignored >> (signal as i32 - 1) & 1 == 1
}

fn send(pid: u32, signal: Signal) {
    kill(Pid::from_raw(pid.try_into().expect("a process id")), signal).expect("it is there to be signalled");
}

/// This test program once more, as a process that holds a brood and then ends in its `way`.
fn holder(way: &str, scratch: &Path) -> (std::process::Child, u32, Vec<Process>) {
    let mut command = Command::new(std::env::current_exe().expect("the path of this test"));
    command.args(["--exact", "holds_a_brood_for_another_test", "--ignored", "--nocapture"]);
    command.env("TETHER_HOLDER", way).env("TETHER_SCRATCH", scratch);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().expect("the holder starts");
    let stdout = BufReader::new(child.stdout.take().expect("its standard output"));
    let said = stdout.lines().map_while(Result::ok);
    let supervisor = said.filter_map(|line| line.split_once("supervisor ")?.1.parse().ok()).next();
    let supervisor = supervisor.expect("the holder names its supervisor");
    (child, supervisor, whole_brood(supervisor))
}

#[test]
#[ignore = "a helper process of the tests above"]
fn holds_a_brood_for_another_test() {
    let Some(way) = std::env::var_os("TETHER_HOLDER") else { return };
    let scratch = std::env::var_os("TETHER_SCRATCH").expect("a scratch directory");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let (tethered, _) = brood(shell(BROOD).scratch(Path::new(&scratch))).await;
        println!("supervisor {}", tethered.supervisor_pid());
        // Until the test lets go of standard input, or sends a signal.
        let _ = std::io::read_to_string(std::io::stdin());
        if way == OsStr::new("panics") {
            panic!("as asked");
        }
        if way == OsStr::new("aborts") {
            std::process::abort();
        }
    });
}
