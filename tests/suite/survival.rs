//! What dies under a run: the scenario it belonged to says so, and the worker goes on with a new browser.

use std::process::{Child, Command, Stdio};

use crate::{
    processes::{self, Process},
    run::Run,
};

const FEATURE: &str = "Feature: Own\n  Scenario: A purchase is looked at\n    Given the buyer is on the purchase page\n    When the buyer presses \"Purchase Now\"\n    Then the check page repeats every choice and the total fee\n";

fn is_driver(process: &Process) -> bool {
    process.command.contains("chromedriver") && !process.command.contains("supervise")
}

/// The browser itself, told from its helpers, which all have a type.
fn is_browser(process: &Process) -> bool {
    process.command.contains("--user-data-dir=")
        && !process.command.contains("--type=")
        && !is_driver(process)
        && !process.command.contains("supervise")
}

/// Runs the scenario six times with one worker, and kills what is meant as soon as the first page is drawn.
fn killed(meant: impl Fn(&Process) -> bool, more: &[&str]) -> (Run, Option<i32>) {
    let arguments = [&["--repeat-each", "6", "--concurrency", "1"], more].concat();
    let run = Run::of(&arguments).feature(FEATURE);
    let mut command: Command = run.command();
    let mut child: Child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the suite");
    let (mut all, mut victims) = (Vec::new(), Vec::new());
    processes::eventually("a browser draws a page", || {
        all = processes::below(child.id());
        victims = all.iter().filter(|process| meant(process)).map(|process| process.pid).collect();
        !victims.is_empty() && all.iter().any(|process| process.command.contains("--type=renderer"))
    });
    for victim in victims {
        let killed = Command::new("kill").args(["-9", &victim.to_string()]).status().expect("kill");
        assert!(killed.success(), "{victim} could not be killed");
    }
    let status = child.wait().expect("a status").code();
    processes::gone(&all);
    (run, status)
}

/// How often each status is in the results, and the classes of what failed.
fn statuses(run: &Run) -> (usize, usize, usize, Vec<String>) {
    let results = run.results();
    let scenarios = results["scenarios"].as_array().expect("scenarios");
    let count = |status: &str| scenarios.iter().filter(|scenario| scenario["status"] == status).count();
    let classes = scenarios.iter().filter_map(|scenario| scenario["class"].as_str().map(str::to_owned)).collect();
    (count("passed"), count("flaky"), count("failed"), classes)
}

#[test]
fn a_driver_that_is_killed_costs_one_scenario() {
    let (run, status) = killed(is_driver, &[]);
    assert_eq!((status, statuses(&run)), (Some(3), (5, 0, 1, vec!["infrastructure".to_owned()])), "{}", run.results());
}

#[test]
fn a_browser_that_is_killed_costs_one_scenario() {
    let (run, status) = killed(is_browser, &[]);
    assert_eq!((status, statuses(&run)), (Some(3), (5, 0, 1, vec!["infrastructure".to_owned()])), "{}", run.results());
}

#[test]
fn a_scenario_whose_browser_died_is_tried_again_on_a_new_one_where_that_is_wanted() {
    let (run, status) = killed(is_browser, &["--retry", "1"]);
    assert_eq!((status, statuses(&run)), (Some(0), (5, 1, 0, Vec::new())), "{}", run.results());
}

#[test]
fn a_step_s_time_is_up_only_between_two_looks_and_a_run_s_between_two_steps() {
    let base = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/targets/standin.yaml");
    let profile = |deadlines: &str| format!("extends: {base}\nname: short\ndeadlines: {{ {deadlines} }}\n");
    let step = Run::of(&[]).profile(&profile("step: 20ms")).feature(FEATURE).end();
    step.expect(3, &["class    infrastructure", "but      the step's 0.0 s were up before it could be looked at"]);
    let scenario = Run::of(&[]).profile(&profile("scenario: 100ms")).feature(FEATURE).end();
    scenario.expect(3, &["class    infrastructure", "but      the scenario's 0.1 s were up"]);
    let run = Run::of(&["--repeat-each", "40", "--concurrency", "1"]).profile(&profile("run: 1s")).feature(FEATURE);
    run.end().expect(3, &["the run's 1.0 s are up", "0 failed", "skipped"]);
}

#[test]
fn timings_say_where_the_time_went() {
    Run::of(&["--timings"])
        .feature(FEATURE)
        .end()
        .expect(0, &["Where the time went", "waiting for a page", "aiming at an element", "using pointer and keys"]);
}
