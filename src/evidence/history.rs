//! What earlier runs came to: one small database file, added to by each run.

use std::{collections::BTreeMap, path::Path, time::Duration};

use anyhow::{Context as _, ensure};
use rusqlite::{Connection, OptionalExtension as _, params};

use super::{RunRecord, ScenarioRecord, standing::Elsewhere};

/// How many runs back the report looks.
pub const SHOWN: usize = 30;
/// So many runs are kept of a target; older ones say little of today's pages.
const KEPT: u32 = 1_000;
/// The layout of the file. A file of a later one is refused rather than misread.
const LAYOUT: u32 = 1;

/// Other runs write for moments only; who holds the file for longer costs a run its memory, and not its time.
const BUSY: Duration = Duration::from_secs(5);

/// The runs that a file remembers.
pub struct History {
    file: Connection,
    /// Leaves out the runs that were shards of another, in a condition on `runs`.
    whole: &'static str,
}

/// A scenario in one of the runs.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Past {
    /// When the run began.
    pub started: String,
    /// The suite's commit, where it was known.
    pub commit: Option<String>,
    /// How it ended, as [`super::Status::name`]; the gravest of its rounds.
    pub status: String,
    /// It passed only when tried again, or its rounds did not agree.
    pub flaky: bool,
    /// How long it took, ms: the longest of its rounds.
    pub duration_ms: u64,
    /// How long each of its steps took, ms.
    pub steps_ms: Vec<u64>,
}

/// One of the runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastRun {
    /// When it began.
    pub started: String,
    /// The suite's commit, where it was known.
    pub commit: Option<String>,
    /// Browser and version.
    pub browser: String,
    /// How long it took, ms.
    pub duration_ms: u64,
    /// How it ended.
    pub exit_status: u8,
    /// How many scenarios passed at once.
    pub passed: u32,
    /// How many passed when tried again.
    pub flaky: u32,
    /// How many failed.
    pub failed: u32,
}

/// Names a scenario: feature and title.
pub type Key = (String, String);

impl History {
    /// Opens the file, and makes it where there is none.
    ///
    /// # Errors
    /// When it cannot be, or is no history.
    pub fn open(path: &Path) -> anyhow::Result<Self> {
        let open = || -> anyhow::Result<Self> {
            if let Some(folder) = path.parent() {
                std::fs::create_dir_all(folder)?;
            }
            let file = Connection::open(path)?;
            file.busy_timeout(BUSY)?;
            let layout: u32 = file.query_row("PRAGMA user_version", [], |row| row.get(0))?;
            ensure!(layout <= LAYOUT, "it was written by a later version of this suite");
            file.pragma_update(None, "foreign_keys", true)?;
            let holds = |what: &str| file.query_row(what, [], |row| row.get::<_, bool>(0));
            let empty = holds("SELECT count(*) = 0 FROM sqlite_schema")?;
            ensure!(
                empty || holds("SELECT count(*) = 2 FROM sqlite_schema WHERE name IN ('runs', 'results')")?,
                "it is a database of somebody else\n  mend     name another file (--history)"
            );
            // What is there already may be read where it cannot be written.
            if empty || layout < LAYOUT {
                file.execute_batch(include_str!("history.sql"))?;
            }
            let tells_shards = || holds("SELECT count(*) = 1 FROM sqlite_schema WHERE name = 'shards'");
            if !tells_shards()? {
                // Where it cannot be written, no shard has been.
                let _read_only = file.execute_batch(include_str!("history_shards.sql"));
            }
            let whole = if tells_shards()? { "id NOT IN (SELECT run FROM shards)" } else { "TRUE" };
            Ok(Self { file, whole })
        };
        open().with_context(|| format!("the history {}", path.display()))
    }

    /// Adds a run. One that was merged takes the place of its shards, and of itself where it was merged before.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn append(&mut self, record: &RunRecord) -> anyhow::Result<()> {
        let all = self.file.transaction()?;
        for shard in &record.run.shards {
            all.execute(
                "DELETE FROM runs WHERE target = ?1 AND started = ?2 AND seed = ?3",
                params![record.target, shard.started, shard.seed.to_string()],
            )?;
        }
        all.execute(
            "INSERT INTO runs (started, target, language, browser, commit_id, seed, duration_ms, exit_status) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            params![
                record.run.started,
                record.target,
                record.run.language,
                record.browser,
                record.run.commit,
                record.run.seed.to_string(),
                signed(record.run.duration_ms),
                record.run.exit_status
            ],
        )?;
        let run = all.last_insert_rowid();
        if let Some(shard) = &record.run.shard {
            all.execute("INSERT INTO shards (run, shard) VALUES (?, ?)", params![run, signed(shard.index as u64)])?;
        }
        for scenario in &record.scenarios {
            let steps: Vec<u64> = scenario.steps.iter().map(|step| step.duration_ms).collect();
            all.execute(
                "INSERT INTO results (run, feature, name, round, status, class, duration_ms, steps_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                params![
                    run,
                    scenario.feature,
                    scenario.name,
                    scenario.round,
                    scenario.status.name(),
                    scenario.class.map(|class| class.to_string()),
                    signed(scenario.duration_ms),
                    serde_json::to_string(&steps)?
                ],
            )?;
        }
        all.execute(
            "DELETE FROM runs WHERE target = ?1 AND id <= (SELECT id FROM runs WHERE target = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)",
            params![record.target, KEPT],
        )?;
        Ok(all.commit()?)
    }

    /// What failed in the last run, or in the last that was no shard; `None` where there was none.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn last_failures(&self, whole: bool) -> anyhow::Result<Option<Vec<Key>>> {
        let meant = if whole { self.whole } else { "TRUE" };
        let last = format!("SELECT id FROM runs WHERE {meant} ORDER BY id DESC LIMIT 1");
        let last: Option<i64> = self.file.query_row(&last, [], |row| row.get(0)).optional()?;
        let Some(last) = last else { return Ok(None) };
        let mut failed = self
            .file
            .prepare("SELECT DISTINCT feature, name FROM results WHERE run = ? AND status = 'failed' ORDER BY id")?;
        let keys = failed.query_map([last], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(Some(keys.collect::<Result<_, _>>()?))
    }

    /// How long the scenarios of a target took in its last whole runs, ms: the middle of those in which they ran. Shards find the
    /// same here while others of their run go on.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn durations(&self, target: &str) -> anyhow::Result<BTreeMap<Key, u64>> {
        let asked = format!(
            "SELECT feature, name, duration_ms FROM results WHERE status IN ('passed', 'flaky', 'failed') AND run IN
             (SELECT id FROM runs WHERE target = ?1 AND {} ORDER BY id DESC LIMIT {SHOWN})",
            self.whole
        );
        let mut asked = self.file.prepare(&asked)?;
        let mut rows = asked.query([target])?;
        let mut found: BTreeMap<Key, Vec<u64>> = BTreeMap::new();
        while let Some(row) = rows.next()? {
            let took = u64::try_from(row.get::<_, i64>(2)?).unwrap_or_default();
            found.entry((row.get(0)?, row.get(1)?)).or_default().push(took);
        }
        Ok(found.into_iter().filter_map(|(key, took)| Some((key, median(took)?))).collect())
    }

    /// The whole runs of a target, the latest first: when each began, and its exit status.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn ends(&self, target: &str) -> anyhow::Result<Vec<(String, u8)>> {
        let asked =
            format!("SELECT started, exit_status FROM runs WHERE target = ?1 AND {} ORDER BY id DESC", self.whole);
        let mut asked = self.file.prepare(&asked)?;
        let ends = asked.query_map([target], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(ends.collect::<Result<_, _>>()?)
    }

    /// The last whole runs of a target, the latest last.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn runs(&self, target: &str) -> anyhow::Result<Vec<PastRun>> {
        let asked = format!(
            "SELECT started, commit_id, browser, duration_ms, exit_status,
             (SELECT count(*) FROM results WHERE run = runs.id AND status = 'passed'),
             (SELECT count(*) FROM results WHERE run = runs.id AND status = 'flaky'),
             (SELECT count(*) FROM results WHERE run = runs.id AND status = 'failed')
             FROM runs WHERE target = ?1 AND {} ORDER BY id DESC LIMIT {SHOWN}",
            self.whole
        );
        let mut asked = self.file.prepare(&asked)?;
        let runs = asked.query_map([target], |row| {
            Ok(PastRun {
                started: row.get(0)?,
                commit: row.get(1)?,
                browser: row.get(2)?,
                duration_ms: u64::try_from(row.get::<_, i64>(3)?).unwrap_or_default(),
                exit_status: row.get(4)?,
                passed: row.get(5)?,
                flaky: row.get(6)?,
                failed: row.get(7)?,
            })
        })?;
        let mut runs = runs.collect::<Result<Vec<_>, _>>()?;
        runs.reverse();
        Ok(runs)
    }

    /// How each scenario last ended on every other target that was run lately.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn elsewhere(&self, target: &str) -> anyhow::Result<BTreeMap<Key, Vec<Elsewhere>>> {
        let mut asked = self.file.prepare(
            "SELECT feature, name, target, started, status FROM results JOIN runs ON runs.id = run
             WHERE status IN ('passed', 'failed', 'flaky') AND run IN
             (SELECT id FROM runs WHERE target != ?1 ORDER BY id DESC LIMIT 100)
             ORDER BY run DESC, results.id",
        )?;
        let mut rows = asked.query([target])?;
        let mut found: BTreeMap<Key, Vec<Elsewhere>> = BTreeMap::new();
        while let Some(row) = rows.next()? {
            let one = Elsewhere { target: row.get(2)?, started: row.get(3)?, status: row.get(4)? };
            let all = found.entry((row.get(0)?, row.get(1)?)).or_default();
            match all.iter_mut().find(|known| known.target == one.target) {
                None => all.push(one),
                // Another round of the same run.
                Some(known) if known.started == one.started && one.status == "failed" => known.status = one.status,
                Some(_) => {}
            }
        }
        Ok(found)
    }

    /// Each scenario in the last runs of a target, the latest last.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn of(&self, target: &str) -> anyhow::Result<BTreeMap<Key, Vec<Past>>> {
        // A run of part of the features tells nothing of the others: more runs than are shown must be looked through.
        let mut rows = self.file.prepare(
            "SELECT feature, name, runs.id, started, commit_id, status, results.duration_ms, steps_ms FROM results JOIN runs ON runs.id = run WHERE target = ? AND status IN ('passed', 'failed', 'flaky') ORDER BY runs.id DESC, results.id",
        )?;
        let mut found: BTreeMap<Key, Vec<(i64, Past)>> = BTreeMap::new();
        let mut rows = rows.query([target])?;
        while let Some(row) = rows.next()? {
            let run: i64 = row.get(2)?;
            let status: String = row.get(5)?;
            let past = Past {
                started: row.get(3)?,
                commit: row.get(4)?,
                flaky: status == "flaky",
                status,
                duration_ms: u64::try_from(row.get::<_, i64>(6)?).unwrap_or_default(),
                steps_ms: serde_json::from_str(&row.get::<_, String>(7)?).unwrap_or_default(),
            };
            let runs = found.entry((row.get(0)?, row.get(1)?)).or_default();
            let room = runs.len() < SHOWN;
            match runs.last_mut() {
                Some((last, one)) if *last == run => one.join(past),
                _ if room => runs.push((run, past)),
                _ => {}
            }
        }
        let latest_last = |runs: Vec<(i64, Past)>| runs.into_iter().rev().map(|(_, past)| past).collect();
        Ok(found.into_iter().map(|(key, runs)| (key, latest_last(runs))).collect())
    }
}

impl Past {
    /// Takes another round of the same run into account.
    fn join(&mut self, other: Self) {
        self.flaky |= other.flaky || self.status != other.status;
        if other.status == "failed" || (other.status == "flaky" && self.status == "passed") {
            self.status = other.status;
        }
        if other.duration_ms > self.duration_ms {
            self.duration_ms = other.duration_ms;
            self.steps_ms = other.steps_ms;
        }
    }
}

/// SQLite's integers are signed; no run lasts as long as that matters.
fn signed(ms: u64) -> i64 {
    i64::try_from(ms).unwrap_or(i64::MAX)
}

/// Whether runs may be remembered in this file, as far as its place tells. What is wrong with the file itself costs no run.
///
/// # Errors
/// When it is a folder, or its folder cannot be made.
pub fn usable(path: &Path) -> anyhow::Result<()> {
    let checked = || -> anyhow::Result<()> {
        ensure!(!path.is_dir(), "it is a folder");
        path.parent().map_or(Ok(()), std::fs::create_dir_all).context("making its folder")
    };
    checked().with_context(|| {
        format!(
            "the history {} (--history) cannot be used\n  mend     name a file in a folder that can be written",
            path.display()
        )
    })
}

/// The middle of some durations; `None` of none.
#[must_use]
pub fn median(mut values: Vec<u64>) -> Option<u64> {
    values.sort_unstable();
    values.get(values.len() / 2).copied()
}

/// The key of a scenario.
#[must_use]
pub fn key(scenario: &ScenarioRecord) -> Key {
    (scenario.feature.clone(), scenario.name.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn past(status: &str, duration_ms: u64) -> Past {
        Past {
            started: String::new(),
            commit: None,
            status: status.into(),
            flaky: status == "flaky",
            duration_ms,
            steps_ms: vec![duration_ms],
        }
    }

    #[test]
    fn rounds_that_do_not_agree_are_flaky_and_the_gravest_counts() {
        let mut run = past("passed", 5);
        run.join(past("passed", 9));
        assert_eq!((run.status.as_str(), run.flaky, run.duration_ms), ("passed", false, 9));
        run.join(past("failed", 7));
        assert_eq!((run.status.as_str(), run.flaky, run.steps_ms.as_slice()), ("failed", true, [9].as_slice()));
        run.join(past("flaky", 7));
        assert_eq!(run.status, "failed");
    }

    #[test]
    fn a_file_of_a_later_layout_is_refused() {
        let folder = std::env::temp_dir().join(format!("dcdb-history-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let path = folder.join("history.sqlite");
        Connection::open(&path).and_then(|file| file.execute_batch("PRAGMA user_version = 99")).expect("written");
        let error = History::open(&path).err().map(|error| format!("{error:#}")).unwrap_or_default();
        assert!(error.contains("later version"), "{error}");
        std::fs::remove_dir_all(folder).expect("removed");
    }
}
