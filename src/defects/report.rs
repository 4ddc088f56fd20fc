//! What was measured: as a table at the terminal, as `defects.json` and as `defects.html`.

use std::path::Path;

use anyhow::Context as _;
use minijinja::{AutoEscape, Environment, context, value::Serde};
use serde::Serialize;

use super::{
    blind::Blind,
    hunt::{By, Hunted, Outcome},
};
use crate::{
    evidence::{GENERATOR, write_whole},
    spoken::{counted, entry},
};

/// All that was measured.
#[derive(Serialize)]
pub(super) struct Report {
    /// The target.
    pub target: String,
    /// How long it took, s.
    pub seconds: u64,
    /// Each defect.
    #[serde(rename = "defects")]
    pub hunted: Vec<Hunted>,
    /// Scenarios that caught something and do not pass without any defect.
    pub false_alarms: Vec<String>,
    /// Where the suite is blind.
    pub blind: Blind,
}

/// The heading of the table.
pub(super) const HEAD: &str = "verdict  defect                                 clause   seconds  by          scenario";

/// A defect's row.
pub(super) fn row(one: &Hunted) -> String {
    let (name, clause) = (&one.sought.name, one.sought.clauses.first().map_or("", String::as_str));
    let start = |verdict: &str| format!("{verdict:<8} {name:<38} {clause:<8} {:>7.1}  ", one.seconds);
    match &one.outcome {
        Outcome::Caught(catch) => {
            format!(
                "{}{:<11} {}",
                start("caught"),
                catch.by.words(),
                entry(&format!("{} › {}", catch.feature, catch.scenario))
            )
        }
        Outcome::Missed { seen } => followed(start("MISSED"), "but", seen),
        Outcome::Untried { why } => followed(start("UNTRIED"), "as", why),
    }
}

/// A row, and below it a line for each of these.
fn followed(row: String, word: &str, lines: &[String]) -> String {
    let lines = lines.iter().map(|line| format!("\n           {word} {}", entry(line)));
    lines.fold(row + "-", |text, line| text + &line)
}

impl Report {
    fn caught(&self) -> impl Iterator<Item = By> {
        self.hunted.iter().filter_map(|one| match &one.outcome {
            Outcome::Caught(catch) => Some(catch.by),
            Outcome::Missed { .. } | Outcome::Untried { .. } => None,
        })
    }

    fn untried(&self) -> usize {
        self.hunted.iter().filter(|one| matches!(one.outcome, Outcome::Untried { .. })).count()
    }

    /// All are caught, and none of those that caught them fails without.
    pub fn is_good(&self) -> bool {
        self.caught().count() == self.hunted.len() && self.false_alarms.is_empty()
    }

    /// The last lines at the terminal.
    pub fn summary(&self, out: &Path) -> String {
        let (caught, by_states) = (self.caught().count(), self.caught().filter(|by| *by == By::PageState).count());
        let mut text = String::new();
        if !self.blind.untried.is_empty() {
            let rules: Vec<&str> = self.blind.untried.iter().map(|rule| rule.id.as_str()).collect();
            text += &format!("no defect breaks {}\n", rules.join(", "));
        }
        if self.untried() > 0 {
            text += &format!(
                "{} could not be tried, and {} not caught\n",
                counted(self.untried(), "defect"),
                if self.untried() == 1 { "counts as" } else { "count as" }
            );
        }
        text += &format!("{} hang on a single scenario\n", self.blind.single.len());
        text += &format!("report {}\n", out.join("defects.html").display());
        text += &format!(
            "{} by a check, {by_states} only by a page state, {} false alarms, in {} min {} s\n",
            caught - by_states,
            self.false_alarms.len(),
            self.seconds / 60,
            self.seconds % 60
        );
        text + &format!("caught {caught} of {}", self.hunted.len())
    }

    /// Writes `defects.json` and `defects.html` there.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn write(&self, out: &Path) -> anyhow::Result<()> {
        std::fs::create_dir_all(out).with_context(|| format!("making {}", out.display()))?;
        write_whole(&out.join("defects.json"), serde_json::to_string_pretty(self)?.as_bytes())?;
        write_whole(&out.join("defects.html"), self.html()?.as_bytes())
    }

    fn html(&self) -> anyhow::Result<String> {
        let mut environment = Environment::new();
        environment.set_auto_escape_callback(|_| AutoEscape::Html);
        environment.add_template("defects", include_str!("defects.html")).context("the template of defects.html")?;
        let page = context! {
            generator => GENERATOR,
            report => Serde(self),
            caught => self.caught().count(),
            by_states => self.caught().filter(|by| *by == By::PageState).count(),
        };
        Ok(environment.get_template("defects")?.render(page)?)
    }
}
