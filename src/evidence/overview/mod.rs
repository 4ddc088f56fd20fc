//! `overview.html`: the last runs of a target, one beside the other, and each scenario in them. One file that opens from disk, and
//! runs no script.

use std::collections::BTreeMap;

use anyhow::Context as _;
use minijinja::{AutoEscape, Environment, context, value::Serde};
use serde::Serialize;

use super::{
    history::{Key, Past, PastRun, median},
    report::{ended, time},
    standing::day,
};
use crate::spoken::counted;

/// How many of the slowest are shown.
const SLOWEST: usize = 15;

/// A run as a column.
#[derive(Debug, Serialize)]
struct Column {
    /// When it began, at which commit, and how it ended, in words.
    says: String,
    passed: u32,
    flaky: u32,
    failed: u32,
    /// How long it took, % of the longest.
    height: u64,
    took: String,
    is_red: bool,
}

/// A scenario as a row.
#[derive(Debug, Serialize)]
struct Row {
    feature: String,
    name: String,
    /// How it ended in each of the runs, the latest last; nothing where it did not run.
    cells: Vec<Option<Cell>>,
    /// What there is to say of it.
    note: String,
    is_red: bool,
    #[serde(skip)]
    failed: usize,
    #[serde(skip)]
    flaky: usize,
}

#[derive(Debug, Serialize)]
struct Cell {
    status: &'static str,
    says: String,
}

/// A scenario that takes long.
#[derive(Debug, Serialize)]
struct Slow {
    feature: String,
    name: String,
    usually: String,
    last: String,
    /// % of the one that takes longest.
    share: u64,
    /// It took twice as long as usually.
    slower: bool,
}

/// The runs of a target, the latest last, and its scenarios in them.
///
/// # Errors
/// When the template is at fault.
pub fn render(target: &str, runs: &[PastRun], past: &BTreeMap<Key, Vec<Past>>) -> anyhow::Result<String> {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.add_template("overview", include_str!("overview.html")).context("the overview's template")?;
    let rows = rows(runs, past);
    let (troubled, quiet): (Vec<Row>, Vec<Row>) = rows.into_iter().partition(|row| row.failed + row.flaky > 0);
    let red = runs.iter().filter(|run| run.exit_status != 0).count();
    let page = context! {
        generator => super::GENERATOR,
        target => target,
        runs => counted(runs.len(), "run"),
        sentence => match (runs.last(), red) {
            (None, _) => "No run is remembered".to_owned(),
            (Some(_), 0) => format!("{}, none of them red", counted(runs.len(), "run")),
            (Some(last), red) => format!("{red} of {} {} red, {}", counted(runs.len(), "run"), if red == 1 { "was" } else { "were" }, if last.exit_status == 0 { "the last one was not" } else { "the last one too" }),
        },
        columns => Serde(columns(runs)),
        troubled => Serde(troubled),
        quiet => Serde(quiet),
        slowest => Serde(slowest(past)),
        style => include_str!("../report/report.css"),
        own_style => include_str!("overview.css"),
    };
    Ok(environment.get_template("overview")?.render(page)?)
}

fn columns(runs: &[PastRun]) -> Vec<Column> {
    let longest = runs.iter().map(|run| run.duration_ms).max().unwrap_or_default().max(1);
    let column = |run: &PastRun| Column {
        says: format!(
            "{}{}, {}: {} passed, {} flaky, {} failed, in {}; exit status {}",
            day(&run.started),
            run.commit.as_ref().map(|commit| format!(", commit {commit}")).unwrap_or_default(),
            run.browser,
            run.passed,
            run.flaky,
            run.failed,
            time(run.duration_ms),
            ended(run.exit_status)
        ),
        passed: run.passed,
        flaky: run.flaky,
        failed: run.failed,
        height: (run.duration_ms * 100).div_ceil(longest),
        took: time(run.duration_ms),
        is_red: run.exit_status != 0,
    };
    runs.iter().map(column).collect()
}

fn rows(runs: &[PastRun], past: &BTreeMap<Key, Vec<Past>>) -> Vec<Row> {
    let mut rows: Vec<Row> = past.iter().filter_map(|(key, past)| row(key, past, runs)).collect();
    // What is red now first, then what fails often, then what is flaky.
    rows.sort_by_key(|row| (!row.is_red, std::cmp::Reverse((row.failed, row.flaky))));
    rows
}

/// A scenario; `None` where it is in none of these runs.
fn row((feature, name): &Key, past: &[Past], runs: &[PastRun]) -> Option<Row> {
    let of_run = |run: &PastRun| past.iter().find(|one| one.started == run.started);
    let cells: Vec<Option<Cell>> = runs.iter().map(|run| of_run(run).map(cell)).collect();
    let known: Vec<&Past> = runs.iter().filter_map(of_run).collect();
    let last = known.last()?;
    let count = |like: &dyn Fn(&Past) -> bool| known.iter().filter(|one| like(one)).count();
    let (failed, flaky) = (count(&|one| one.status == "failed"), count(&|one| one.flaky));
    let in_a_row = known.iter().rev().take_while(|one| one.status == "failed").count();
    let mut note = Vec::new();
    match (in_a_row, failed) {
        (0, 0) => {}
        (0, failed) => note.push(format!("failed in {failed} of {}", counted(known.len(), "run"))),
        (1, _) => note.push("failed in its last run".to_owned()),
        (in_a_row, _) => {
            let since = known.get(known.len() - in_a_row).map(|one| day(&one.started)).unwrap_or_default();
            note.push(format!("failing for {in_a_row} runs, since {since}"));
        }
    }
    if flaky > 0 {
        note.push(format!("flaky in {flaky} of {}", counted(known.len(), "run")));
    }
    Some(Row {
        feature: feature.clone(),
        name: name.clone(),
        cells,
        note: note.join("; "),
        is_red: last.status == "failed",
        failed,
        flaky,
    })
}

fn cell(past: &Past) -> Cell {
    let status = match past.status.as_str() {
        "failed" => "failed",
        _ if past.flaky => "flaky",
        _ => "passed",
    };
    let commit = past.commit.as_ref().map(|commit| format!(", commit {commit}")).unwrap_or_default();
    Cell { status, says: format!("{}{commit}: {status}, {}", day(&past.started), time(past.duration_ms)) }
}

fn slowest(past: &BTreeMap<Key, Vec<Past>>) -> Vec<Slow> {
    let mut slow: Vec<(u64, u64, &Key)> = past
        .iter()
        .filter_map(|(key, past)| {
            let usually = median(past.iter().map(|one| one.duration_ms).collect())?;
            Some((usually, past.last()?.duration_ms, key))
        })
        .collect();
    slow.sort_by_key(|(usually, ..)| std::cmp::Reverse(*usually));
    slow.truncate(SLOWEST);
    let most = slow.first().map_or(1, |(usually, ..)| (*usually).max(1));
    let slow = slow.into_iter().map(|(usually, last, (feature, name))| Slow {
        feature: feature.clone(),
        name: name.clone(),
        usually: time(usually),
        last: time(last),
        share: usually * 100 / most,
        slower: last > 2 * usually && last - usually > 1_000,
    });
    slow.collect()
}
