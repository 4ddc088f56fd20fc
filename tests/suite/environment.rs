//! What a run starts knows none of its secrets: driver, browser, supervisors, stand-in and git.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    process::{Command, Stdio},
};

use crate::{
    processes::{below, eventually},
    run::Run,
};

/// Its page never comes; the run gives it up in time.
const WAITS: &str = "Feature: Waits\n  Scenario: A page that never comes\n    Given a visitor on the home page\n    Then the product page of the distributed database opens\n";
const CANARY: &str = "canary-5a1f07";

#[test]
fn what_a_run_starts_knows_no_secret() {
    let base = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/targets/standin.yaml");
    let profile = format!("extends: {base}\nname: waits\ndeadlines: {{ arrival: 8s }}\n");
    let run = Run::of(&["--concurrency", "1"]).profile(&profile).feature(WAITS);
    let git = Command::new("sh").args(["-c", "command -v git"]).output().expect("a shell");
    let git = String::from_utf8_lossy(&git.stdout).trim().to_owned();
    let noted = run.path("git-environment");
    run.file("bin/git", &format!("#!/bin/sh\nenv >> {}\nexec {git} \"$@\"\n", noted.display()));
    fs::set_permissions(run.path("bin/git"), fs::Permissions::from_mode(0o755)).expect("a program");
    let path = format!("{}:{}", run.path("bin").display(), std::env::var("PATH").expect("a PATH"));
    let run = ["BUYER_PASSWORD", "TENCENTCLOUD_SECRET_KEY", "GITHUB_TOKEN"]
        .iter()
        .fold(run.variable("PATH", &path), |run, name| run.variable(name, CANARY))
        .variable("https_proxy", &format!("http://ana:{CANARY}@127.0.0.1:9/"))
        .variable("no_proxy", "*");
    let mut suite = run.command().stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the suite");
    let mut seen = Vec::new();
    eventually("driver, renderer, supervisors and stand-in run", || {
        seen = below(suite.id());
        let runs = |what: &str| seen.iter().any(|process| process.command.contains(what));
        ["chromedriver --port", "--type=renderer", " supervise ", " serve --port"].into_iter().all(runs)
    });
    for process in &seen {
        // One that has ended meanwhile has no environment any more.
        let environment = fs::read(format!("/proc/{}/environ", process.pid)).unwrap_or_default();
        let environment = String::from_utf8_lossy(&environment);
        let held = environment.split('\0').find(|variable| variable.contains(CANARY));
        assert_eq!(held, None, "{}", process.command);
    }
    suite.wait().expect("it ends");
    let git = fs::read_to_string(noted).expect("git was asked for the commit");
    assert!(git.contains("PATH=") && !git.contains(CANARY), "{git}");
}
