//! How many journeys a minute one machine, a grid and shards come to: the figures of `docs/scale.md`, from one command.

use std::fs;

use serde_json::Value;

use crate::{
    grid::{Grid, Places},
    run::Run,
};

/// The documented flow, from the home page to the running instance; no pictures, as of any scenario that passes.
const JOURNEY: [&str; 4] = ["--name", "^From the home page all the way to a running instance$", "--pictures", "none"];
/// So many each time: enough that the last ones, when not all workers have one, count for little.
const JOURNEYS: u64 = 40;

/// What the machine's processors have done since it began, s; and have waited for work.
fn processors() -> (f64, f64) {
    // Hundredths of a second (proc(5)): user, nice, system, idle, iowait, irq, softirq, steal.
    let stat = fs::read_to_string("/proc/stat").expect("this needs Linux");
    let times: Vec<f64> = stat
        .lines()
        .next()
        .expect("a first line")
        .split_whitespace()
        .skip(1)
        .map(|time| time.parse::<f64>().expect("a number") / 100.0)
        .collect();
    let idle = times[3] + times[4];
    (times[..8].iter().sum::<f64>() - idle, idle)
}

fn number(value: &Value) -> u64 {
    value.as_u64().unwrap_or_else(|| panic!("{value} is no number"))
}

/// When the first scenario of a run began and its last one ended, ms from the begin of the run.
fn span(results: &Value) -> (u64, u64) {
    let scenarios = results["scenarios"].as_array().expect("scenarios").iter();
    let ran = scenarios.filter(|scenario| scenario["status"] == "passed");
    let times = ran.map(|one| (number(&one["started_ms"]), number(&one["started_ms"]) + number(&one["duration_ms"])));
    times.fold((u64::MAX, 0), |(first, last), (began, ended)| (first.min(began), last.max(ended)))
}

/// Makes the journeys and tells a line of the table.
fn journeys(what: &str, run: &Run) {
    let before = processors();
    run.end().expect(0, &[" 0 failed"]);
    let after = processors();
    let (busy, idle) = (after.0 - before.0, after.1 - before.1);
    let results = run.results();
    let (began, ended) = span(&results);
    let whole = number(&results["run"]["duration_ms"]);
    let (count, workers) = (JOURNEYS as f64, number(&results["run"]["workers"]));
    println!(
        "| {what} | {workers} | {:.0} | {:.2} | {:.2} | {:.0} % | {:.1} |",
        count * 60_000.0 / (ended - began) as f64,
        (ended - began) as f64 * workers as f64 / count / 1000.0,
        busy / count,
        100.0 * busy / (busy + idle),
        (whole - (ended - began)) as f64 / 1000.0,
    );
}

#[test]
#[ignore = "wants a machine that does nothing else: .ci/nightly runs it"]
fn journeys_a_minute() {
    let repeat = JOURNEYS.to_string();
    let flags = [&JOURNEY[..], &["--repeat-each", &repeat]].concat();
    let with = |workers: &'static str| [&flags[..], &["--concurrency", workers]].concat();
    println!("| where | workers | journeys a minute | s each | CPU s each | busy | begin and end, s |");
    println!("|---|---|---|---|---|---|---|");
    for workers in ["1", "2", "4", "8"] {
        journeys("this machine", &Run::of(&with(workers)));
    }
    let node = Places { chromium: 2, firefox: 0 };
    for (what, nodes) in [("Grid here, one node", &[node][..]), ("Grid here, two nodes", &[node, node])] {
        let Some(grid) = Grid::start(nodes, false) else { return };
        journeys(what, &grid.run(&flags, ""));
    }
}

#[test]
#[ignore = "wants a machine that does nothing else: .ci/nightly runs it"]
fn every_scenario_whole_and_in_shards() {
    let whole = Run::of(&[]);
    let history = whole.path("history.sqlite").display().to_string();
    let seconds = |run: &Run| {
        run.end().expect(0, &[" 0 failed"]);
        let results = run.results();
        let ran = results["scenarios"].as_array().expect("scenarios").iter();
        let ran = ran.filter(|scenario| scenario["status"] == "passed").count();
        (ran, number(&results["run"]["duration_ms"]) as f64 / 1000.0)
    };
    println!("| part | scenarios | s |");
    println!("|---|---|---|");
    let whole = whole.with(&["--history", &history]);
    let (ran, took) = seconds(&whole);
    println!("| whole | {ran} | {took:.1} |");
    for shards in [2, 3] {
        for shard in 1..=shards {
            // Of what the whole run took, each knows how to share.
            let known = whole.path(&format!("history-{shard}-{shards}.sqlite")).display().to_string();
            fs::copy(&history, &known).expect("the history");
            let (ran, took) = seconds(&Run::of(&["--shard", &format!("{shard}/{shards}"), "--history", &known]));
            println!("| {shard} of {shards} | {ran} | {took:.1} |");
        }
    }
}
