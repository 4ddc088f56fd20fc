//! What pages, drivers and sites say is printed as text: it paints over nothing, turns nothing round, and orders no build
//! server about.

use std::{fs, process::Command};

use axum::{Router, response::Html};

use crate::run::{Ended, Run};

/// What no terminal or log may get from a page.
const RAW: &str = "\u{1b}[2J\u{7f}\u{9b}31m\u{8}\u{202e}evil\u{2066}\u{200f}\u{61c}\u{200b}\u{fffe}##[command]x##vso[task.complete]##teamcity[buildStop]section_start:1:a";

/// The same in a page, in names, texts, title, attributes, console and errors; and with line ends where pages can have them.
fn page() -> String {
    let raw = RAW.replace('\u{8}', "&#8;").replace('\u{7f}', "&#127;");
    let script = "const raw = document.title + '\\n::error::from the page\\r\\n  ::stop-commands::x\\n9 passed, 0 failed, 0 skipped\\r'; console.error(raw); document.querySelector('textarea').value = raw; document.querySelector('a').setAttribute('aria-label', raw); const error = new Error(raw); setTimeout(() => { throw error; });";
    format!(
        "<!doctype html><meta charset=utf-8><title>{raw}</title><link rel=icon href=data:,><main><h1>{raw}</h1><a href=/x>{raw}</a><button>{raw}</button><textarea aria-label=\"{raw}\"></textarea></main><script>{script}</script>"
    )
}

const FEATURE: &str = "Feature: Raw
  Scenario: Home
    Given a visitor on the home page
    Then the product page of the distributed database opens
  Scenario: Purchase page
    Given a visitor on the home page
    When the buyer opens the purchase page by its address
    Then the buyer is on the check page
";

#[track_caller]
fn printed_as_text(what: &str, text: &str) {
    let acts = |c: char| (c.is_control() && c != '\n') || "\u{202e}\u{2066}\u{200f}\u{61c}\u{200b}\u{fffe}".contains(c);
    let raw = text.lines().find(|line| line.contains(acts));
    assert_eq!(raw, None, "{what} has it raw:\n{text}");
    for order in ["##[", "##vso[", "##teamcity[", "section_start:"] {
        assert!(!text.contains(order), "{what} holds the order {order}:\n{text}");
    }
    let ours = |line: &&str| line.starts_with("::error file=") || line.starts_with("::warning file=");
    let order = text.lines().filter(|line| !ours(line)).find(|line| line.trim_start().starts_with("::"));
    assert_eq!(order, None, "{what} orders the build server about:\n{text}");
    assert!(!text.lines().any(|line| line == "9 passed, 0 failed, 0 skipped"), "{what} has a page's summary:\n{text}");
}

#[test]
fn nothing_of_a_page_reaches_a_terminal_or_a_build_log_raw() {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).expect("a port");
    let site = format!("http://{}", listener.local_addr().expect("its address"));
    runtime.spawn(async move { axum::serve(listener, Router::new().fallback(async || Html(page()))).await });
    let run = Run::of(&["--concurrency", "2"]).feature(FEATURE);
    let base = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/targets/base.yaml");
    let profile = format!(
        "extends: {base}\nname: raw\nsites: {{ portal: \"{site}\", buy: \"{site}/buy\", console: \"{site}/console\" }}\nhosts: [127.0.0.1]\naccounts: []\ndeadlines: {{ arrival: 1s, element: 1s, load: 1s }}\npages:\n  home: {{ ready: {{ css: h1 }} }}\n  purchase: {{ ready: {{ css: h1 }} }}\n"
    );
    let summary = run.path("summary.md");
    let run = run
        .profile(&profile)
        .variable("GITHUB_ACTIONS", "true")
        .variable("GITHUB_STEP_SUMMARY", &summary.display().to_string());
    let ended = run.end();
    ended.expect(1, &["::error file=", "evil"]);
    printed_as_text("the suite", &ended.text);
    printed_as_text("the job's summary", &fs::read_to_string(&summary).expect("a summary"));
    let mut doctor = Command::new(env!("CARGO_BIN_EXE_dcdb-e2e"));
    doctor.args(["doctor", "--target"]).arg(run.path("profile.yaml"));
    let doctor = Ended::of(doctor.output().expect("the doctor"));
    doctor.expect(1, &["evil"]);
    printed_as_text("the doctor", &doctor.text);
    let junit = fs::read_to_string(run.out().join("junit.xml")).expect("junit.xml");
    assert!(junit.contains("evil") && !junit.contains(|c: char| (c.is_control() && c != '\n') || c == '\u{fffe}'));
}
