//! What can be said on the command line: the suite's own flags, and those that `cargo test` users expect of any test
//! target.

use std::{collections::BTreeMap, path::PathBuf};

use clap::{Parser, ValueEnum};
use regex::Regex;
use serde::Serialize;

use crate::{domain::Money, target::Window};

/// The DCDB purchase suite: walks the documented pages in a real browser.
// As data, it is what must be the same of all shards: see `Args::asked`.
#[derive(Debug, Clone, Parser, Serialize)]
#[command(name = "purchase", bin_name = "cargo test --test purchase --")]
pub struct Args {
    /// Profile of the target; without it, the stand-in that the run starts itself
    #[arg(long, value_name = "FILE")]
    #[serde(skip)]
    pub target: Option<PathBuf>,
    /// Only scenarios whose tags satisfy this expression, such as "@E1.1 and not @pays"
    #[arg(long, value_name = "EXPR")]
    pub tags: Option<String>,
    /// Only scenarios whose title matches this regular expression; one with › is held against "feature › title"
    #[arg(long, value_name = "RE")]
    pub name: Option<String>,
    /// How many browsers work at once [default: one per core, at most four; one where they are shown]
    #[arg(long, alias = "test-threads", value_name = "N", value_parser = clap::value_parser!(u16).range(1..=64))]
    #[serde(skip)]
    pub concurrency: Option<u16>,
    /// How often a scenario that failed for want of a browser or network may be tried again; never one that may have paid
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub retry: u32,
    /// Begin no other scenario once so many have failed
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub max_failures: Option<u32>,
    /// The same as --max-failures 1
    #[arg(long, conflicts_with = "max_failures")]
    pub fail_fast: bool,
    /// Run each scenario so many times
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub repeat_each: u32,
    /// Only the I-th of N parts that take about as long, by what the history knows; `dcdb-e2e merge` joins them
    #[arg(long, value_name = "I/N", value_parser = shard)]
    #[serde(skip)]
    pub shard: Option<(usize, usize)>,
    /// Seed of the order in which scenarios run [default: a new one each run, printed]
    #[arg(long, value_name = "N")]
    #[serde(skip)]
    pub seed: Option<u64>,
    /// Only what failed in the last run
    #[arg(long)]
    pub last_failed: bool,
    /// Say what would run, and run nothing
    #[arg(long)]
    #[serde(skip)]
    pub dry_run: bool,
    /// Say which steps features may be made of, write that as a page into --out, and run nothing
    #[arg(long)]
    pub steps: bool,
    /// Show the browser
    #[arg(long)]
    #[serde(skip)]
    pub headed: bool,
    /// The size of the browser's window, px, such as 1024x768 [default: the profile's, 1280x900]
    #[arg(long, value_name = "WxH")]
    pub viewport: Option<Window>,
    /// Accept page states that differ, or have no baseline yet, of all scenarios that run or of one name; each difference is
    /// shown first
    #[arg(long, value_name = "NAME", num_args = 0..=1, require_equals = true)]
    pub update_states: Option<Option<String>>,
    /// Which browser
    #[arg(long, value_enum, default_value_t = Browser::Chromium)]
    pub browser: Browser,
    /// Where results and evidence go
    #[arg(long, value_name = "DIR", default_value = "target/e2e")]
    #[serde(skip)]
    pub out: PathBuf,
    /// Which steps are pictured: all, those that fail, or none; all those of a scenario that is tried again, unless none
    #[arg(long, value_enum, default_value_t = Pictures::Failures)]
    pub pictures: Pictures,
    /// Where runs are remembered, for the report and --last-failed [default: history.sqlite in --out]
    #[arg(long, value_name = "FILE")]
    #[serde(skip)]
    pub history: Option<PathBuf>,
    /// At most so much may be spent on a remote target, such as 500.00; a production target asks for it
    #[arg(long, value_name = "AMOUNT", value_parser = amount)]
    #[serde(skip)]
    pub spend_up_to: Option<Money>,
    /// Fail the run (exit 5) where a scenario passed only at a later attempt
    #[arg(long)]
    pub fail_on_flaky: bool,
    /// Factor on all deadlines, for slow machines
    #[arg(long, value_name = "F", default_value_t = 1.0, value_parser = time_scale)]
    #[serde(skip)]
    pub time_scale: f64,

    /// Say at the end where the time went, by kind of call to the browser
    #[arg(long)]
    #[serde(skip)]
    pub timings: bool,
    /// Wait for Enter before the browser of a scenario that failed is closed; for one shown browser at a terminal
    #[arg(long, requires = "headed")]
    #[serde(skip)]
    pub pause_on_failure: bool,

    /// Another folder of features, for tests of the suite itself; its ids are those of its own CONTRACT.md, if it has one
    #[arg(long, value_name = "DIR", hide = true)]
    #[serde(skip)]
    pub features: Option<PathBuf>,

    /// The scenarios that hold these rules come first, the first rule's first, and page states last
    #[arg(long, value_name = "RULE,...", value_delimiter = ',', hide = true)]
    #[serde(skip)]
    pub first: Vec<String>,
    /// The run ends once pages are blamed by a failure that says this
    #[arg(long, value_name = "RE", hide = true)]
    #[serde(skip)]
    pub until: Option<Regex>,

    /// Skin of the built-in stand-in
    #[arg(long, value_parser = ["classic", "tea"], conflicts_with = "target")]
    pub skin: Option<String>,
    /// Generation of the built-in stand-in's pages: documented, or today's, which are drawn in the skin tea
    #[arg(long, value_parser = ["documented", "today"], conflicts_with_all = ["target", "skin"])]
    pub generation: Option<String>,
    /// Language of the built-in stand-in
    #[arg(long, value_parser = ["en", "zh-CN"], conflicts_with = "target")]
    pub lang: Option<String>,
    /// Factor on the stand-in's own delays; 0 is none
    #[arg(long, value_name = "F", conflicts_with = "target")]
    pub delays: Option<String>,
    /// Delay of each answer of the stand-in, ms
    #[arg(long, value_name = "MS", conflicts_with = "target")]
    pub latency: Option<u64>,
    /// Random further delay of each answer of the stand-in, up to this, ms
    #[arg(long, value_name = "MS", conflicts_with = "target")]
    pub jitter: Option<u64>,
    /// Share of the stand-in's answers that are an error, 0 to 1
    #[arg(long, value_name = "P", conflicts_with = "target")]
    pub error_rate: Option<String>,
    /// A mistake that the site is to make, by name: of the built-in stand-in, or of a target with the lever `defect`
    #[arg(long, value_name = "NAME")]
    pub defect: Option<String>,

    /// Only what is written there: a feature file, with lines (features/login.feature:12) or without, or a folder; or, as with
    /// any Rust test, scenarios whose title contains one of these, and none of them is no failure
    #[arg(value_name = "FILE[:LINE] or FILTER")]
    pub filters: Vec<String>,
    /// Filters are whole titles
    #[arg(long, help_heading = "Flags of the Rust test runner")]
    pub exact: bool,
    /// Leave out scenarios whose title contains this
    #[arg(long, value_name = "FILTER", help_heading = "Flags of the Rust test runner")]
    pub skip: Vec<String>,
    /// List the scenarios and run nothing
    #[arg(long, help_heading = "Flags of the Rust test runner")]
    #[serde(skip)]
    pub list: bool,
    /// Say only what failed, and the summary
    #[arg(long, short, help_heading = "Flags of the Rust test runner")]
    #[serde(skip)]
    pub quiet: bool,
    /// Run only ignored tests; no scenario is
    #[arg(long, help_heading = "Flags of the Rust test runner")]
    pub ignored: bool,
    /// Taken without effect: nothing is captured
    #[arg(
        long,
        alias = "no-capture",
        alias = "show-output",
        alias = "include-ignored",
        help_heading = "Flags of the Rust test runner"
    )]
    #[serde(skip)]
    pub nocapture: bool,
    /// auto, always or never; auto is colours at a terminal, unless NO_COLOR is set
    #[arg(long, value_parser = ["auto", "always", "never"], help_heading = "Flags of the Rust test runner")]
    #[serde(skip)]
    pub color: Option<String>,
    /// Only `pretty` and `terse`; terse is --quiet
    #[arg(long, value_parser = ["pretty", "terse"], help_heading = "Flags of the Rust test runner")]
    #[serde(skip)]
    pub format: Option<String>,
}

/// A browser that the suite can drive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Browser {
    /// Chromium or Chrome.
    Chromium,
    /// Firefox.
    Firefox,
}

/// Which steps are pictured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pictures {
    /// Every one.
    All,
    /// Those that fail, and all of a scenario that is tried again or that the guide is made of.
    Failures,
    /// None.
    None,
}

impl Args {
    /// What was asked for, by flag, beside what may differ from machine to machine; what was left out is not in it.
    pub(super) fn asked(&self) -> BTreeMap<String, serde_json::Value> {
        let serde_json::Value::Object(all) = serde_json::to_value(self).unwrap_or_default() else {
            return BTreeMap::new();
        };
        let said = |value: &serde_json::Value| !(value.is_null() || *value == false || *value == serde_json::json!([]));
        all.into_iter().filter(|(_, value)| said(value)).map(|(name, value)| (name.replace('_', "-"), value)).collect()
    }

    /// Where runs are remembered.
    pub fn history(&self) -> PathBuf {
        self.history.clone().unwrap_or_else(|| self.out.join("history.sqlite"))
    }

    /// How many failures end the run, if any number does.
    pub fn most_failures(&self) -> Option<u32> {
        if self.fail_fast { Some(1) } else { self.max_failures }
    }

    /// Only what failed and the summary is to be said.
    pub fn terse(&self) -> bool {
        self.quiet || self.format.as_deref() == Some("terse")
    }
}

fn shard(text: &str) -> Result<(usize, usize), String> {
    let parts = text.split_once('/').and_then(|(index, count)| Some((index.parse().ok()?, count.parse().ok()?)));
    match parts {
        Some((index, count)) if index >= 1 && index <= count => Ok((index, count)),
        _ => Err("write it as 1/3: the first of three parts".into()),
    }
}

fn amount(text: &str) -> Result<Money, String> {
    Money::parse_figures(text.strip_prefix('¥').unwrap_or(text))
        .map_err(|error| format!("{error:#}; write it as 500.00"))
}

fn time_scale(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(factor) if factor.is_finite() && (0.1..=100.0).contains(&factor) => Ok(factor),
        _ => Err("a factor from 0.1 to 100".into()),
    }
}
