//! `report.html`: a run as one file that opens from disk and asks no network.
//!
//! The first screen and the features are in the document; what a scenario did is data beside it, shown when asked for.
//! Whatever comes from pages is escaped twice over: by the template or as JSON, and by the script, which only sets texts.

mod details;
mod features;
mod problems;
mod reason;
mod slowest;
mod timeline;

use std::path::Path;

use anyhow::Context as _;
use minijinja::{AutoEscape, Environment, Value, context, value::Serde};

use super::{
    Counts, RunRecord, ScenarioRecord,
    standing::{self, Known, day},
};

/// The run as one HTML file. `known`: earlier runs and this one; `out`: the folder that evidence paths start from.
///
/// # Errors
/// When the template is at fault, or there is no randomness to be had.
pub fn render(record: &RunRecord, known: &Known, out: &Path) -> anyhow::Result<String> {
    let history = &known.here;
    let standings = standing::of(record, known);
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.add_filter("time", |ms: u64| time(ms));
    environment.add_template("report", include_str!("report.html")).context("the report's template")?;
    let counts = Counts::of(&record.scenarios);
    let page = context! {
        generator => super::GENERATOR,
        run => Serde(&record.run),
        target => &record.target,
        browser => &record.browser,
        began => day(&record.run.started),
        ended => ended(record.run.exit_status),
        guide => out.join("guide.html").exists(),
        counts => Serde(counts),
        verdict => verdict(record, &counts),
        overview => out.join("overview.html").exists(),
        standing => standing::sentence(&standings).filter(|_| !history.is_empty()),
        problems => Serde(problems::of(record, &standings)),
        coverage => Serde(record.coverage.iter().map(features::covered).collect::<Vec<_>>()),
        reach => Serde(&record.reach),
        lines => Serde(record.reach.by_gain()),
        clauses => Serde(record.clauses.iter().map(features::covered).collect::<Vec<_>>()),
        features => Serde(features::of(record, history)),
        tags => Serde(features::tags(record)),
        slowest => Serde(slowest::of(record)),
        timeline => Serde(timeline::of(record)),
        style => include_str!("report.css"),
        script => include_str!("report.js"),
        nonce => nonce()?,
        data => in_script(&serde_json::to_string(&details::of(record, history, out))?),
    };
    Ok(environment.get_template("report")?.render(page)?)
}

/// JSON that cannot end the script element it is in, nor start a comment or another element.
fn in_script(json: &str) -> String {
    json.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026")
}

/// Lets this document's script run and no other.
fn nonce() -> anyhow::Result<String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|error| anyhow::anyhow!("no randomness to be had: {error}"))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Names a scenario within the document; stays the same from run to run, so that links to it hold.
fn id(scenario: &ScenarioRecord) -> String {
    let stem = scenario.file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let stem: String = stem.chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect();
    let round = if scenario.round > 1 { format!("-round-{}", scenario.round) } else { String::new() };
    format!("{stem}-{}{round}", scenario.line)
}

/// A duration as people say it.
pub(super) fn time(ms: u64) -> String {
    match ms {
        0..1_000 => format!("{ms} ms"),
        1_000..120_000 => format!("{:.1} s", ms as f64 / 1000.0),
        _ => format!("{} min {} s", ms / 60_000, ms % 60_000 / 1000),
    }
}

fn verdict(record: &RunRecord, counts: &Counts) -> Value {
    let kind = match record.run.exit_status {
        0 if counts.flaky > 0 => "flaky",
        0 => "passed",
        _ => "failed",
    };
    let stopped = if record.run.interrupted { ", and the run was stopped before its end" } else { "" };
    let left = match record.run.leftovers.len() {
        0 => String::new(),
        1 => ", and something that was bought is left over".to_owned(),
        count => format!(", and {count} things that were bought are left over"),
    };
    context! { kind => kind, sentence => format!("{}{stopped}{left}", counts.sentence()) }
}

/// An exit status in words.
pub(super) const fn ended(status: u8) -> &'static str {
    match status {
        0 => "0: nothing to be done",
        1 => "1: the pages are not as expected",
        2 => "2: a flag or the profile is wrong",
        3 => "3: browser, network or target",
        4 => "4: the suite itself is wrong, or nothing was tested",
        5 => "5: flaky scenarios",
        6 => "6: the money guard refused",
        7 => "7: something was left behind",
        _ => "unknown",
    }
}
