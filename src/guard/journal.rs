//! The journal of levers on another's target, beside its ledger: each is on disk before it is pulled, and stays open until it
//! was undone, also when its run was killed.

use std::{
    io::ErrorKind,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use anyhow::Context as _;
use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::{Means, RunId, alive, alive::Alive, file, ledger_path};
use crate::{
    domain::{Class, Failure, InClass as _},
    target::{Fillings, LeverName, Profile},
};

/// The file of a journal; `dcle` among databases.
const KIND: file::Kind = file::Kind {
    name: "journal",
    application: 0x6463_6c65,
    layout: 1,
    superfluous: "no lever is still pulled",
    tables: &["levers"],
    made_by: include_str!("journal.sql"),
};

/// The levers that runs pull on one target. Holds no secret: what is filled in is written down without any.
#[derive(Debug)]
pub struct Journal {
    connection: Mutex<Connection>,
    path: PathBuf,
    identity: file::Identity,
    run: RunId,
    /// Others see by it that the run is going on.
    _alive: Alive,
}

/// A lever that was pulled, or was about to be, and not undone.
#[derive(Debug, Clone)]
pub struct Pulled {
    /// Its row.
    pub row: i64,
    /// What was pulled, by its key; a later version of the suite may know others.
    pub lever: String,
    /// For which scenario.
    pub scenario: String,
    /// What was filled in; what its answer gave among it, once that came.
    pub fillings: Fillings,
}

impl Journal {
    /// That of a target, for this run. Makes it where there is none.
    ///
    /// # Errors
    /// Class infrastructure: it cannot be kept.
    pub fn open(profile: &Profile, means: &Means, run: &RunId) -> anyhow::Result<Self> {
        let path = path_of(profile, means)?;
        Self::at(&path, run).map_err(|error| {
            Failure::infrastructure(format!(
                "the journal {} cannot be kept, and what is not written down is not pulled\n  saw      {error:#}\n  mend     put right what is there, or take levers: out of the profile",
                path.display()
            ))
            .into()
        })
    }

    /// The same, where there is one already.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn found(profile: &Profile, means: &Means, run: &RunId) -> anyhow::Result<Option<Self>> {
        // Where none can be, none was.
        let Ok(path) = path_of(profile, means) else { return Ok(None) };
        match std::fs::symlink_metadata(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            _ => Self::open(profile, means, run).map(Some),
        }
    }

    fn at(path: &Path, run: &RunId) -> anyhow::Result<Self> {
        let (connection, identity) = file::open(path, &KIND)?;
        let alive = Alive::begin(path, run)?;
        Ok(Self {
            connection: Mutex::new(connection),
            path: path.to_owned(),
            identity,
            run: run.clone(),
            _alive: alive,
        })
    }

    /// Where it is kept.
    #[must_use]
    pub fn place(&self) -> &Path {
        &self.path
    }

    /// A lever is about to be pulled.
    ///
    /// # Errors
    /// Class infrastructure: it cannot be written down; nothing may be pulled then.
    pub fn pulling(&self, lever: LeverName, scenario: &str, fillings: &Fillings) -> anyhow::Result<i64> {
        self.hold("writing down what is pulled", |connection| {
            let sql = "INSERT INTO levers (run, lever, scenario, fillings, pulled_ms) VALUES (?1, ?2, ?3, ?4, ?5)";
            let fillings = serde_json::to_string(fillings)?;
            let now = Timestamp::now().as_millisecond();
            connection.execute(sql, params![self.run.as_str(), lever.key(), scenario, fillings, now])?;
            Ok(connection.last_insert_rowid())
        })
    }

    /// It was answered: this is filled in when it is undone.
    ///
    /// # Errors
    /// Class infrastructure: it cannot be written down.
    pub fn answered(&self, row: i64, fillings: &Fillings) -> anyhow::Result<()> {
        self.hold("writing down an answer", |connection| {
            let fillings = serde_json::to_string(fillings)?;
            connection.execute("UPDATE levers SET fillings = ?2 WHERE id = ?1", params![row, fillings])?;
            Ok(())
        })
    }

    /// It was undone, or nothing has to be.
    ///
    /// # Errors
    /// Class infrastructure: it cannot be written down.
    pub fn undone(&self, row: i64) -> anyhow::Result<()> {
        self.hold("writing down what was undone", |connection| {
            let now = Timestamp::now().as_millisecond();
            connection.execute("UPDATE levers SET undone_ms = ?2 WHERE id = ?1", params![row, now])?;
            Ok(())
        })
    }

    /// What runs that are no more have left pulled, the last first. It is this run's to undo from now on, and no other's.
    ///
    /// # Errors
    /// Class infrastructure: it cannot be read.
    pub fn take_over(&self) -> anyhow::Result<Vec<Pulled>> {
        self.hold("looking for what was left pulled", |connection| {
            let mut open = connection.prepare(
                "SELECT id, run, lever, scenario, fillings FROM levers WHERE undone_ms IS NULL AND run <> ?1 ORDER BY id DESC",
            )?;
            let rows = open.query_map([self.run.as_str()], |row| {
                let fillings: String = row.get(4)?;
                let pulled = (row.get(0)?, row.get(2)?, row.get(3)?);
                Ok((row.get::<_, String>(1)?, pulled, fillings))
            })?;
            let rows = rows.collect::<rusqlite::Result<Vec<_>>>()?;
            // Asked after the rows were read: a run shows that it is there before it writes any.
            let alive = alive::runs(&self.path).context("looking for runs that are going on")?;
            let mut mine = Vec::new();
            for (run, (row, lever, scenario), fillings) in rows {
                let take = "UPDATE levers SET run = ?3 WHERE id = ?1 AND run = ?2 AND undone_ms IS NULL";
                if !alive.contains(&run) && connection.execute(take, params![row, run, self.run.as_str()])? == 1 {
                    mine.push(Pulled { row, lever, scenario, fillings: serde_json::from_str(&fillings)? });
                }
            }
            Ok(mine)
        })
    }

    fn hold<T>(&self, doing: &str, act: impl FnOnce(&Connection) -> anyhow::Result<T>) -> anyhow::Result<T> {
        // A holder that panicked left a transaction that was rolled back, so the lock is good all the same.
        let connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        let done = || {
            let result = act(&connection)?;
            // What is in a file that nobody will find counts for nothing.
            self.identity.check(&self.path)?;
            Ok(result)
        };
        let done: anyhow::Result<T> = done();
        done.with_context(|| format!("the journal {}: {doing}", self.path.display())).in_class(Class::Infrastructure)
    }
}

/// Beside the ledger.
fn path_of(profile: &Profile, means: &Means) -> Result<PathBuf, Failure> {
    let ledger = ledger_path(profile, means).map_err(|refused| {
        Failure::infrastructure(format!(
            "no lever is pulled on {}: it could not be written down beside the ledger\n{}",
            profile.name, refused.text
        ))
    })?;
    let mut name = ledger.file_stem().unwrap_or_default().to_owned();
    name.push(".levers.sqlite");
    Ok(ledger.with_file_name(name))
}
