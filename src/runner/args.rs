//! What can be said on the command line: the suite's own flags, and those that `cargo test` users expect of any test
//! target.

use std::path::PathBuf;

use clap::{Parser, ValueEnum};
use regex::Regex;

use crate::domain::Money;

/// The DCDB purchase suite: walks the documented pages in a real browser.
#[derive(Debug, Clone, Parser)]
#[command(name = "purchase", bin_name = "cargo test --test purchase --")]
pub struct Args {
    /// Profile of the target; without it, the stand-in that the run starts itself
    #[arg(long, value_name = "FILE")]
    pub target: Option<PathBuf>,
    /// Only scenarios whose tags satisfy this expression, such as "@E1.1 and not @pays"
    #[arg(long, value_name = "EXPR")]
    pub tags: Option<String>,
    /// Only scenarios whose title matches this regular expression
    #[arg(long, value_name = "RE")]
    pub name: Option<String>,
    /// How many browsers work at once [default: one per core, at most four; one where they are shown]
    #[arg(long, alias = "test-threads", value_name = "N", value_parser = clap::value_parser!(u16).range(1..=64))]
    pub concurrency: Option<u16>,
    /// How often a scenario that failed for want of a browser or network may be tried again; never one that may have paid
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub retry: u32,
    /// Run each scenario so many times
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub repeat_each: u32,
    /// Only the I-th of N equal parts
    #[arg(long, value_name = "I/N", value_parser = shard)]
    pub shard: Option<(usize, usize)>,
    /// Seed of the order in which scenarios run [default: a new one each run, printed]
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Only what failed in the last run
    #[arg(long)]
    pub last_failed: bool,
    /// Say what would run, and run nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Show the browser
    #[arg(long)]
    pub headed: bool,
    /// Which browser
    #[arg(long, value_enum, default_value_t = Browser::Chromium)]
    pub browser: Browser,
    /// Where results and evidence go
    #[arg(long, value_name = "DIR", default_value = "target/e2e")]
    pub out: PathBuf,
    /// Which steps are pictured: all, those that fail, or none; all those of a scenario that is tried again, unless none
    #[arg(long, value_enum, default_value_t = Pictures::Failures)]
    pub pictures: Pictures,
    /// Where runs are remembered, for the report and --last-failed [default: history.sqlite in --out]
    #[arg(long, value_name = "FILE")]
    pub history: Option<PathBuf>,
    /// At most so much may be spent on a remote target, such as 500.00; a production target asks for it
    #[arg(long, value_name = "AMOUNT", value_parser = amount)]
    pub spend_up_to: Option<Money>,
    /// Fail the run (exit 5) where a scenario passed only at a later attempt
    #[arg(long)]
    pub fail_on_flaky: bool,
    /// Factor on all deadlines, for slow machines
    #[arg(long, value_name = "F", default_value_t = 1.0, value_parser = time_scale)]
    pub time_scale: f64,

    /// Say at the end where the time went, by kind of call to the browser
    #[arg(long)]
    pub timings: bool,
    /// Wait for Enter before the browser of a scenario that failed is closed; for one shown browser at a terminal
    #[arg(long, requires = "headed")]
    pub pause_on_failure: bool,

    /// Another folder of features, for tests of the suite itself; its ids are those of its own CONTRACT.md, if it has one
    #[arg(long, value_name = "DIR", hide = true)]
    pub features: Option<PathBuf>,

    /// The scenarios that hold these rules come first, the first rule's first, and page states last
    #[arg(long, value_name = "RULE,...", value_delimiter = ',', hide = true)]
    pub first: Vec<String>,
    /// The run ends once pages are blamed by a failure that says this
    #[arg(long, value_name = "RE", hide = true)]
    pub until: Option<Regex>,

    /// Skin of the built-in stand-in
    #[arg(long, value_parser = ["classic", "tea"], conflicts_with = "target")]
    pub skin: Option<String>,
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

    /// Only scenarios whose title contains one of these, as with any Rust test; none of them is no failure
    #[arg(value_name = "FILTER")]
    pub filters: Vec<String>,
    /// Filters are whole titles
    #[arg(long, help_heading = "Flags of the Rust test runner")]
    pub exact: bool,
    /// Leave out scenarios whose title contains this
    #[arg(long, value_name = "FILTER", help_heading = "Flags of the Rust test runner")]
    pub skip: Vec<String>,
    /// List the scenarios and run nothing
    #[arg(long, help_heading = "Flags of the Rust test runner")]
    pub list: bool,
    /// Say only what failed, and the summary
    #[arg(long, short, help_heading = "Flags of the Rust test runner")]
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
    pub nocapture: bool,
    /// auto, always or never; auto is colours at a terminal, unless NO_COLOR is set
    #[arg(long, value_parser = ["auto", "always", "never"], help_heading = "Flags of the Rust test runner")]
    pub color: Option<String>,
    /// Only `pretty` and `terse`; terse is --quiet
    #[arg(long, value_parser = ["pretty", "terse"], help_heading = "Flags of the Rust test runner")]
    pub format: Option<String>,
}

/// A browser that the suite can drive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Browser {
    /// Chromium or Chrome.
    Chromium,
    /// Firefox.
    Firefox,
}

/// Which steps are pictured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Pictures {
    /// Every one.
    All,
    /// Those that fail, and all of a scenario that is tried again or that the guide is made of.
    Failures,
    /// None.
    None,
}

impl Args {
    /// Where runs are remembered.
    pub fn history(&self) -> PathBuf {
        self.history.clone().unwrap_or_else(|| self.out.join("history.sqlite"))
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
