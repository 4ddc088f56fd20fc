//! A run that is ended from outside ends in good order, whoever ends it; and what is cut off is told of as what it is.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _},
    process::{Command, Stdio},
    thread,
    time::Duration,
};

use nix::{
    fcntl::{FcntlArg, OFlag, fcntl},
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use serde_json::Value;

use crate::{
    money::{Shop, buying},
    processes,
    run::{Ended, QUICK, Run},
};

/// Takes some seconds, in many small steps.
fn long() -> Run {
    let step = "    Given a visitor on the home page\n".repeat(5);
    Run::of(&["--repeat-each", "8", "--concurrency", "1", "--latency", "50", "--pictures", "none"])
        .feature(&format!("Feature: Long\n  Scenario: A visitor comes again and again\n{step}"))
}

/// The command of a run, below a shell that does this with it first. What this test ignores itself the run does not.
fn below_a_shell(run: &Run, script: &str) -> Command {
    let command = run.command();
    let mut shell = Command::new("env");
    shell.args(["--default-signal=HUP", "sh", "-c", script, "sh"]).arg(command.get_program()).args(command.get_args());
    shell.current_dir(env!("CARGO_MANIFEST_DIR")).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    shell
}

fn send(process: u32, signal: Signal) {
    kill(Pid::from_raw(i32::try_from(process).expect("a process id")), signal).expect("a signal");
}

/// A step that never ends has begun: what the one before it left is there, and the next follows within the same moment.
fn hangs_after(run: &Run, file: &str) {
    let last = run.out().join("evidence").join(file);
    processes::eventually("the step before it has ended", || last.exists());
    thread::park_timeout(Duration::from_secs(1));
}

fn is_under_way(run: &Run) {
    processes::eventually("evidence is kept", || {
        fs::read_dir(run.out().join("evidence")).is_ok_and(|entries| entries.count() > 1)
    });
}

/// The statuses of its scenarios, once its results are there.
fn ended(run: &Run) -> (Value, usize, usize) {
    processes::eventually("there are results", || run.out().join("results.json").exists());
    let results = run.results();
    let scenarios = results["scenarios"].as_array().expect("scenarios");
    let count = |status: &str| scenarios.iter().filter(|scenario| scenario["status"] == status).count();
    let counts = (count("passed"), count("skipped"));
    (results, counts.0, counts.1)
}

/// It was stopped after a step: results say where.
fn in_good_order(run: &Run) {
    let (results, passed, skipped) = ended(run);
    assert_eq!((passed + skipped, &results["run"]["exit_status"]), (8, &3.into()), "{results}");
    assert_eq!(results["run"]["interrupted"], true);
    assert!(skipped > 0 && ["report.html", "junit.xml"].iter().all(|file| run.out().join(file).exists()));
    let cut_off = results["scenarios"].as_array().expect("scenarios").iter();
    for one in cut_off.filter(|one| one["status"] == "skipped" && one["attempts"] != 0) {
        let reason = one["reason"].as_str().expect("a reason");
        assert!(reason.starts_with("the run was stopped: interrupted before step "), "{reason}");
        assert!(reason.ends_with(" of 5, Given a visitor on the home page"), "{reason}");
    }
}

#[test]
fn by_whoever_started_it_or_a_terminal_that_is_gone() {
    let (killed, hung_up) = (long(), long());
    let mut parent = below_a_shell(&killed, "\"$@\" & wait").spawn().expect("a shell");
    let mut child = below_a_shell(&hung_up, "exec \"$@\"").spawn().expect("the suite");
    is_under_way(&killed);
    parent.kill().expect("a signal");
    parent.wait().expect("ended");
    is_under_way(&hung_up);
    send(child.id(), Signal::SIGHUP);
    in_good_order(&killed);
    assert_eq!(child.wait().expect("ended").code(), Some(3));
    in_good_order(&hung_up);
}

#[test]
fn a_run_that_was_detached_on_purpose_goes_on_without_its_shell() {
    let run = long();
    let mut parent = below_a_shell(&run, "trap '' HUP; \"$@\" & wait").spawn().expect("a shell");
    is_under_way(&run);
    parent.kill().expect("a signal");
    parent.wait().expect("ended");
    let (results, passed, skipped) = ended(&run);
    assert_eq!((passed, skipped, &results["run"]["exit_status"]), (8, 0, &0.into()), "{results}");
}

#[test]
fn a_reader_who_is_there_and_reads_no_more_does_not_hold_it_up() {
    let run = long();
    // Full before the run has said a word.
    let (_unread, full) = nix::unistd::pipe().expect("a pipe");
    fcntl(&full, FcntlArg::F_SETFL(OFlag::O_NONBLOCK)).expect("set");
    while nix::unistd::write(&full, &[b'x'; 512]).is_ok() {}
    fcntl(&full, FcntlArg::F_SETFL(OFlag::empty())).expect("set");
    let mut child = run.command().stdout(Stdio::from(full)).stderr(Stdio::null()).spawn().expect("the suite");
    let id = child.id();
    processes::eventually("it has begun", || processes::below(id).iter().any(|one| one.command.contains("serve")));
    // Its first words are said once the stand-in listens.
    thread::park_timeout(Duration::from_secs(3));
    send(id, Signal::SIGTERM);
    assert_eq!(child.wait().expect("ended").code(), Some(3));
    let (_, passed, skipped) = ended(&run);
    assert_eq!(passed + skipped, 8);
}

#[test]
fn by_the_end_of_whoever_reads_what_it_says() {
    let run = long();
    let mut child = run.command().stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the suite");
    let mut first = String::new();
    BufReader::new(child.stdout.take().expect("a pipe")).read_line(&mut first).expect("a line");
    let mut said = String::new();
    child.stderr.take().expect("a pipe").read_to_string(&mut said).expect("what it said");
    assert_eq!(child.wait().expect("ended").code(), Some(3), "{said}");
    assert!(said.contains("nobody reads any more what is said: stopping"), "{said}");
    assert!(!said.contains("panicked"), "{said}");
    in_good_order(&run);
    // What needs no reader is no reason to end either: the tools finish what they are at.
    let doctor = "set -o pipefail; \"$@\" 2>&1 | true";
    let mut command = Command::new("bash");
    command.args(["-c", doctor, "bash", env!("CARGO_BIN_EXE_dcdb-e2e"), "doctor"]);
    let status = command.env("PATH", std::env::var_os("PATH").unwrap_or_default()).status().expect("bash");
    assert_ne!(status.code(), Some(101), "doctor panicked for want of a reader");
}

/// A scenario that waits for longer than any test: its page never comes.
const ENDLESS: &str = "Feature: Endless\n  @E9.1\n  Scenario: A page that never comes\n    Given a visitor on the home page\n    Then the product page of the distributed database opens\n    And the DCDB console opens\n";

#[test]
fn at_once_and_then_the_step_that_was_given_up_is_in_the_results() {
    let base = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/targets/standin.yaml");
    let profile = format!("extends: {base}\nname: endless\ndeadlines: {{ arrival: 10m }}\n");
    // By this seed the first round comes first.
    let run = Run::of(&["--repeat-each", "2", "--concurrency", "1", "--seed", "1"]).profile(&profile).feature(ENDLESS);
    run.file("features/CONTRACT.md", "# Contract\n\n## 1. Flow\n| id | says |\n|---|---|\n| E9.1 | a way in |\n");
    let child = run.command().stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the suite");
    hangs_after(&run, "endless/a-page-that-never-comes-3/1/01.yaml");
    for _ in 0..2 {
        send(child.id(), Signal::SIGTERM);
        thread::park_timeout(Duration::from_millis(600));
    }
    let ended = Ended::of(child.wait_with_output().expect("ended"));
    ended.expect(
        3,
        &[
            "asked to end: stopping after the present steps; once more to stop at once",
            "giving up the present steps",
            "- Endless › A page that never comes  skipped: the run was stopped: given up in step 2 of 3, Then the product page",
            "E9.1   1 scenario  2 skipped",
            "0 passed, 0 failed, 2 skipped",
        ],
    );
    let results = run.results();
    let one = &results["scenarios"][0];
    let outcomes: Vec<&str> =
        one["steps"].as_array().expect("steps").iter().filter_map(|step| step["outcome"].as_str()).collect();
    assert_eq!((outcomes.as_slice(), &one["attempts"]), (["passed", "skipped", "skipped"].as_slice(), &1.into()));
    assert!(one["duration_ms"].as_u64().is_some_and(|ms| ms > 0), "{one}");
    assert_eq!(one["evidence"].as_array().map(Vec::len), Some(1), "{one}");
    let junit = fs::read_to_string(run.out().join("junit.xml")).expect("junit.xml");
    assert!(junit.contains("given up in step 2 of 3"), "{junit}");
}

const BUYS: &str = "Feature: Own\n  @pays\n  Scenario: Bought, and then cut off\n    Given the buyer came to the purchase page by entry 1\n    When the buyer chooses\n      | shard specification | 2 GB |\n    And the buyer presses \"Purchase Now\"\n    And the buyer confirms the purchase\n    Then the product page of the distributed database opens\n";

/// A run that has just bought something, and is then asked twice to end.
fn cut_off_after_buying(shop: &mut Shop, site_ends: bool) -> (Run, Ended) {
    let profile =
        shop.elsewhere.profile(&shop.account, &(buying("") + "deadlines: { arrival: 10m, load: 2s, element: 2s }\n"));
    let run = shop.known(Run::of(&[]).profile(&profile).feature(BUYS));
    let child = run.command().stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the suite");
    hangs_after(&run, "own/bought-and-then-cut-off-3/1/04.yaml");
    if site_ends {
        shop.elsewhere.end();
    }
    for _ in 0..2 {
        send(child.id(), Signal::SIGINT);
        thread::park_timeout(Duration::from_millis(400));
    }
    let ended = Ended::of(child.wait_with_output().expect("ended"));
    (run, ended)
}

fn reason(run: &Run) -> String {
    run.results()["scenarios"][0]["reason"].as_str().expect("a reason").to_owned()
}

#[test]
fn at_once_and_what_was_bought_is_returned_all_the_same_or_listed() {
    let mut shop = Shop::open();
    let (run, ended) = cut_off_after_buying(&mut shop, false);
    ended.expect(3, &["looking after 1 purchase of this run", "0 passed, 0 failed, 1 skipped"]);
    assert_eq!((shop.truth().0, shop.truth().1), (1, 0), "{}", ended.text);
    let (first, paid) = reason(&run).split_once('\n').map(|(a, b)| (a.to_owned(), b.to_owned())).expect("two lines");
    assert!(first.starts_with("the run was stopped: given up in step 5 of 5, Then the product page"), "{first}");
    assert!(paid.starts_with("  paid     dcdb-e2e-") && paid.ends_with("(returned)"), "{paid}");
    let (run, ended) = cut_off_after_buying(&mut shop, true);
    ended.expect(7, &["left over on elsewhere", "what it has could not be looked at", "0 passed, 0 failed, 1 skipped"]);
    assert!(reason(&run).contains("\n  paid     dcdb-e2e-"), "{}", reason(&run));
    assert_eq!(run.results()["run"]["leftovers"].as_array().map(Vec::len), Some(1));
}

#[test]
fn a_panic_outside_all_steps_costs_one_scenario_and_the_worker_goes_on() {
    let base = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/targets/standin.yaml");
    // A time that no clock can hold, once it is scaled.
    let profile = format!("extends: {base}\nname: endless\ndeadlines: {{ scenario: 5000000000000000m }}\n");
    let run = Run::of(&["--repeat-each", "2", "--concurrency", "1", "--time-scale", "100"]);
    let run = run.profile(&profile).feature(QUICK);
    run.end()
        .expect(4, &["the suite itself panicked: ", "at       ", "class    test", "0 passed, 2 failed, 0 skipped"]);
    let results = run.results();
    assert_eq!(results["scenarios"][1]["steps"][0]["outcome"], "skipped", "{results}");
}
