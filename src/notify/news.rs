//! What is new of a run, by what the history knows of those before it.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::evidence::{
    Counts, RunRecord, Status,
    history::{Key, Past, key},
    standing::{self, Kind, Known, Standing},
};

/// A scenario that there is something to tell of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Its feature.
    pub feature: String,
    /// Its title.
    pub name: String,
    /// Whose fault it is, and the first line of why it failed; nothing of one that passed.
    pub why: Option<String>,
    /// In how many runs in a row it failed, this one among them; or had failed before this one.
    pub runs: usize,
}

/// A run, seen from those before it.
#[derive(Debug, Clone, Default)]
pub struct News {
    /// The target.
    pub target: String,
    /// How the run ended.
    pub exit_status: u8,
    /// How its scenarios ended, in a sentence.
    pub verdict: String,
    /// How many runs right before this one were red.
    pub red_before: usize,
    /// One of them was told of at once, whatever their number.
    pub urgent_before: bool,
    /// Scenarios that failed, and had not when they last ran.
    pub new: Vec<Item>,
    /// Scenarios that failed again.
    pub still: Vec<Item>,
    /// Scenarios that had failed when they last ran, and passed.
    pub no_longer: Vec<Item>,
    /// What was bought and not returned.
    pub leftovers: Vec<String>,
    /// There are no results at all.
    pub silent: bool,
}

impl News {
    /// Of a run that ended before it could write results: nothing is known of it but that.
    pub fn none_to_be_had() -> Self {
        Self { silent: true, exit_status: 3, verdict: "the run left no results".into(), ..Self::default() }
    }

    /// Of a run. `ends`: those of its target, the latest first; `past`: its scenarios in them, the latest last. This one may be
    /// among them.
    pub fn of(record: &RunRecord, ends: &[(String, u8)], past: &BTreeMap<Key, Vec<Past>>) -> Self {
        let this = &record.run.started;
        // Who looks at an older run again is told what was known then.
        let before = ends.iter().position(|(started, _)| started == this).map_or(ends, |at| &ends[at + 1..]);
        let red: Vec<u8> = before.iter().map(|(_, status)| *status).take_while(|status| *status != 0).collect();
        let mut news = Self {
            target: record.target.clone(),
            exit_status: record.run.exit_status,
            verdict: Counts::of(&record.scenarios).sentence(),
            red_before: red.len(),
            urgent_before: red.iter().any(|status| is_urgent(*status)),
            leftovers: record.run.leftovers.clone(),
            ..Self::default()
        };
        let known = Known { here: past.clone(), elsewhere: BTreeMap::new() };
        for Standing { key: of, kind, runs, .. } in standing::of(record, &known) {
            let failed = record.scenarios.iter().find(|one| one.status == Status::Failed && key(one) == of);
            let why = failed.map(|scenario| {
                let class = scenario.class.map(|class| format!("{class}: ")).unwrap_or_default();
                class + scenario.headline()
            });
            let item = Item { feature: of.0, name: of.1, why, runs };
            match kind {
                Kind::New | Kind::First => news.new.push(item),
                Kind::Still => news.still.push(item),
                Kind::NoLonger => news.no_longer.push(item),
                Kind::Flaky => {}
            }
        }
        news
    }

    /// Whether the run failed.
    pub const fn is_red(&self) -> bool {
        self.exit_status != 0
    }
}

/// What waits for no second run: something may cost money.
const fn is_urgent(exit_status: u8) -> bool {
    matches!(exit_status, 6 | 7)
}

/// When a channel is told.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct When {
    /// From so many red runs in a row on.
    pub red_in_a_row: usize,
    /// Also of each further one.
    pub still: bool,
    /// Of the first green run after them.
    pub recovery: bool,
}

impl Default for When {
    fn default() -> Self {
        Self { red_in_a_row: 2, still: true, recovery: true }
    }
}

impl When {
    /// Whether a channel is to be told of this.
    ///
    /// # Errors
    /// Why not, in words.
    pub fn asks_for(&self, news: &News) -> Result<(), String> {
        let least = self.red_in_a_row.max(1);
        if news.silent || is_urgent(news.exit_status) {
            return Ok(());
        }
        if !news.is_red() {
            return match news.red_before {
                0 => Err("the run is green, and so was the one before".into()),
                runs if runs < least && !news.urgent_before => Err(format!(
                    "the run is green, and {runs} red before it {} not told",
                    if runs == 1 { "was" } else { "were" }
                )),
                _ if !self.recovery => Err("the run is green again, which is not to be told".into()),
                _ => Ok(()),
            };
        }
        match news.red_before + 1 {
            runs if runs < least => Err(format!("{runs} red run in a row; told from {least} on")),
            runs if runs > least && !self.still => Err(format!("{runs} red runs in a row; told once, at {least}")),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ends of runs, the oldest first; `!` told.
    #[test]
    fn told_after_two_red_runs_in_a_row_and_on_recovery_and_at_once_where_money_is_at_stake() {
        let often = When::default();
        let once = When { still: false, ..often };
        let first = When { red_in_a_row: 1, recovery: false, ..often };
        for (when, ends, told) in [
            (often, vec![0, 1, 0, 0], vec![false, false, false, false]),
            (often, vec![1, 1, 3, 0, 0], vec![false, true, true, true, false]),
            (once, vec![1, 1, 3, 0, 1], vec![false, true, false, true, false]),
            (first, vec![1, 1, 0], vec![true, true, false]),
            (often, vec![7, 0, 6, 1, 0], vec![true, true, true, true, true]),
        ] {
            let heard: Vec<bool> = (0..ends.len())
                .map(|at| {
                    let red: Vec<u8> = ends[..at].iter().rev().copied().take_while(|status| *status != 0).collect();
                    let urgent_before = red.iter().any(|status| is_urgent(*status));
                    let news = News { exit_status: ends[at], red_before: red.len(), urgent_before, ..News::default() };
                    when.asks_for(&news).is_ok()
                })
                .collect();
            assert_eq!(heard, told, "{ends:?} {when:?}");
        }
    }
}
