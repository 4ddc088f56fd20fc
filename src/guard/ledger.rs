//! The ledger of a target: what runs set out to buy there, and what came of it. Each row goes
//! intent → clicked → order → instance → returned, or ends as void where nothing was charged; each stage is on disk before
//! the act that it announces.

use std::{
    fmt,
    path::{Path, PathBuf},
    str::FromStr,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use anyhow::{Context as _, bail, ensure};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row, Transaction, TransactionBehavior, params};

use super::{Caps, RunId};
use crate::domain::{Class, Failure, InClass as _, InstanceId, Money, OrderNumber};

/// The layout of the file. A file of a later one is refused rather than misread.
const LAYOUT: u32 = 1;
/// Other runs hold the file for moments only.
const BUSY: Duration = Duration::from_secs(20);

/// How long after money was set aside the click may follow.
const SET_ASIDE_FOR: Duration = Duration::from_secs(10 * 60);

/// How far a purchase has come, as far as is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Money is set aside; nothing was clicked yet.
    Intent,
    /// The click that pays may have been made.
    Clicked,
    /// There is an order.
    Order,
    /// Its instances are known.
    Instance,
    /// They have all been returned.
    Returned,
    /// Nothing was charged.
    Void,
}

impl Stage {
    const ALL: [Self; 6] = [Self::Intent, Self::Clicked, Self::Order, Self::Instance, Self::Returned, Self::Void];

    /// As the file and messages call it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Intent => "intent",
            Self::Clicked => "clicked",
            Self::Order => "order",
            Self::Instance => "instance",
            Self::Returned => "returned",
            Self::Void => "void",
        }
    }
}

impl FromStr for Stage {
    type Err = anyhow::Error;
    fn from_str(text: &str) -> anyhow::Result<Self> {
        let found = Self::ALL.into_iter().find(|stage| stage.name() == text);
        found.with_context(|| format!("the ledger knows no stage {text:?}"))
    }
}

/// What is about to be paid for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spend {
    /// The title of the scenario.
    pub scenario: String,
    /// The account, by its name.
    pub account: String,
    /// The name that its instances are given: how they are known again.
    pub name: String,
    /// What was chosen, in words.
    pub what: String,
    /// The region, by its key.
    pub region: Option<String>,
    /// The fee.
    pub amount: Money,
    /// How many instances.
    pub instances: u32,
}

/// A row of the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its number.
    pub id: i64,
    /// The run that made it.
    pub run: String,
    /// What was to be paid for.
    pub spend: Spend,
    /// How far it has come.
    pub stage: Stage,
    /// The order, once known.
    pub order: Option<OrderNumber>,
    /// Its instances, once known, and whether each has been returned.
    pub delivered: Vec<(InstanceId, bool)>,
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} for {} ({})", self.spend.name, self.spend.amount, self.spend.account, self.stage.name())
    }
}

/// The ledger of one target. Many runs may hold the same file; the database lets one of them write at a time.
#[derive(Debug)]
pub struct Ledger {
    connection: Mutex<Connection>,
    path: Option<PathBuf>,
}

impl Ledger {
    /// Opens the file, and makes it where there is none. What it confirms is on disk.
    ///
    /// # Errors
    /// Class guard: it cannot be opened or written, or is no ledger. Without one nothing is bought.
    pub fn open(path: &Path) -> anyhow::Result<Self> {
        let open = || -> anyhow::Result<Self> {
            if let Some(folder) = path.parent() {
                std::fs::create_dir_all(folder)?;
            }
            Self::ready(Connection::open(path)?, Some(path.to_owned()))
        };
        open()
            .with_context(|| format!("the ledger {} cannot be kept, and without it nothing is bought", path.display()))
            .in_class(Class::Guard)
    }

    /// One that ends with this process: for the stand-in that a run itself starts, where nothing is ever left over.
    ///
    /// # Errors
    /// Class guard: there is no memory for it.
    pub fn in_memory() -> anyhow::Result<Self> {
        let open = || Self::ready(Connection::open_in_memory()?, None);
        open().context("a ledger in memory").in_class(Class::Guard)
    }

    fn ready(connection: Connection, path: Option<PathBuf>) -> anyhow::Result<Self> {
        connection.busy_timeout(BUSY)?;
        let layout: u32 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
        ensure!(layout <= LAYOUT, "it was written by a later version of this suite");
        connection.execute_batch("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;")?;
        connection.execute_batch(include_str!("ledger.sql"))?;
        Ok(Self { connection: Mutex::new(connection), path })
    }

    /// Where it is kept; `in memory` where it is not.
    #[must_use]
    pub fn place(&self) -> String {
        self.path.as_ref().map_or_else(|| "in memory".to_owned(), |path| path.display().to_string())
    }

    /// The connection. A holder that panicked left a transaction that was rolled back, so the lock is good all the same.
    fn lock(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write<T>(&self, doing: &str, act: impl FnOnce(&Transaction<'_>) -> anyhow::Result<T>) -> anyhow::Result<T> {
        let mut connection = self.lock();
        let done = || -> anyhow::Result<T> {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let result = act(&transaction)?;
            transaction.commit()?;
            Ok(result)
        };
        done().with_context(|| format!("the ledger {}: {doing}", self.place())).in_class(Class::Guard)
    }

    /// Sets the amount aside where no cap is passed by it: counted are this order, all of this run, and all of the 24 hours
    /// before `at`, whoever set them aside and whatever has come of them, except what is void. Gives the new row's number.
    ///
    /// # Errors
    /// Class guard: a cap would be passed, and nothing was set aside; or the ledger cannot be written.
    pub fn reserve(&self, run: &RunId, spend: &Spend, caps: &Caps, at: Timestamp) -> anyhow::Result<i64> {
        self.write("setting money aside", |rows| {
            let day_ago = at.as_millisecond() - 24 * 60 * 60 * 1000;
            let sum = |condition: &str, value: &dyn rusqlite::ToSql| -> anyhow::Result<(Money, u32)> {
                let counted = format!(
                    "SELECT COALESCE(SUM(fen), 0), COALESCE(SUM(instances), 0) FROM purchases WHERE stage <> 'void' AND {condition}"
                );
                Ok(rows.query_row(&counted, [value], |row| Ok((Money::fen(row.get(0)?), row.get(1)?)))?)
            };
            let before = [(Money::default(), 0), sum("run = ?1", &run.as_str())?, sum("at_ms > ?1", &day_ago)?];
            for (cap, (spent, instances)) in caps.each().into_iter().zip(before) {
                if let Some(over) = cap.passed(spent, instances, spend) {
                    bail!(Failure::guard(format!("{over}\n  ledger   {}", self.place())));
                }
            }
            rows.execute(
                "INSERT INTO purchases (run, scenario, account, name, what, region, at_ms, fen, instances, stage)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 'intent')",
                params![
                    run.as_str(),
                    spend.scenario,
                    spend.account,
                    spend.name,
                    spend.what,
                    spend.region,
                    at.as_millisecond(),
                    spend.amount.as_fen(),
                    spend.instances
                ],
            )?;
            Ok(rows.last_insert_rowid())
        })
    }

    /// The click that pays is about to be made.
    ///
    /// # Errors
    /// Class guard: the row was clicked for already, the money was set aside too long before `at` for the day's cap to have
    /// counted it rightly, or the ledger cannot be written; it must not be clicked then.
    pub fn clicked(&self, entry: i64, at: Timestamp) -> anyhow::Result<()> {
        self.write("noting the click", |rows| {
            let lasts = i64::try_from(SET_ASIDE_FOR.as_millis())?;
            let changed = rows.execute(
                "UPDATE purchases SET stage = 'clicked' WHERE id = ?1 AND stage = 'intent' AND at_ms >= ?2",
                [entry, at.as_millisecond() - lasts],
            )?;
            ensure!(
                changed == 1,
                "its row {entry} does not wait for a click, or has waited longer than {SET_ASIDE_FOR:?}"
            );
            Ok(())
        })
    }

    /// The purchase came to this order. Where another row came to it before, both were one purchase, confirmed twice: this one
    /// is void.
    ///
    /// # Errors
    /// Class guard: the ledger cannot be written.
    pub fn ordered(&self, entry: i64, order: &OrderNumber) -> anyhow::Result<()> {
        self.write("noting the order", |rows| {
            let known: i64 = rows.query_row(
                "SELECT COUNT(*) FROM purchases WHERE order_no = ?1 AND id <> ?2",
                params![order.0, entry],
                |row| row.get(0),
            )?;
            if known > 0 {
                rows.execute(
                    "UPDATE purchases SET stage = 'void', note = ?2 WHERE id = ?1",
                    params![entry, format!("confirmed again: order {order}")],
                )?;
            } else {
                rows.execute(
                    "UPDATE purchases SET order_no = ?2, stage = CASE WHEN stage IN ('instance', 'returned') THEN stage ELSE 'order' END WHERE id = ?1",
                    params![entry, order.0],
                )?;
            }
            Ok(())
        })
    }

    /// The purchase was delivered as these instances.
    ///
    /// # Errors
    /// Class guard: the ledger cannot be written, or one is another purchase's.
    pub fn delivered(&self, entry: i64, instances: &[InstanceId]) -> anyhow::Result<()> {
        self.write("noting the instances", |rows| {
            for instance in instances {
                rows.execute(
                    "INSERT INTO instances (id, purchase) VALUES (?1, ?2) ON CONFLICT (id) DO NOTHING",
                    params![instance.0, entry],
                )?;
                let owner: i64 =
                    rows.query_row("SELECT purchase FROM instances WHERE id = ?1", [&instance.0], |row| row.get(0))?;
                ensure!(owner == entry, "the instance {instance} is row {owner}'s already");
            }
            rows.execute("UPDATE purchases SET stage = 'instance' WHERE id = ?1 AND stage <> 'returned'", [entry])?;
            Ok(())
        })
    }

    /// The row of an order; `None` where no row came to it.
    ///
    /// # Errors
    /// Class guard: the ledger cannot be read.
    pub fn row_of(&self, order: &OrderNumber) -> anyhow::Result<Option<i64>> {
        let connection = self.lock();
        connection
            .query_row("SELECT id FROM purchases WHERE order_no = ?1", [&order.0], |row| row.get(0))
            .optional()
            .with_context(|| format!("reading the ledger {}", self.place()))
            .in_class(Class::Guard)
    }

    /// An instance has been returned, and is seen to be. One that the ledger does not know is nothing to it.
    ///
    /// # Errors
    /// Class guard: the ledger cannot be written.
    pub fn returned(&self, instance: &InstanceId) -> anyhow::Result<()> {
        self.write("noting a return", |rows| {
            rows.execute("UPDATE instances SET returned = 1 WHERE id = ?1", [&instance.0])?;
            rows.execute(
                "UPDATE purchases SET stage = 'returned' WHERE stage = 'instance'
                 AND id = (SELECT purchase FROM instances WHERE id = ?1)
                 AND NOT EXISTS (SELECT 1 FROM instances WHERE purchase = purchases.id AND returned = 0)",
                [&instance.0],
            )?;
            Ok(())
        })
    }

    /// Nothing was charged for this, as is known from the target; it counts no more. What has an order is left as it is.
    ///
    /// # Errors
    /// Class guard: the ledger cannot be written.
    pub fn void(&self, entry: i64, why: &str) -> anyhow::Result<()> {
        self.write("giving back what was set aside", |rows| {
            rows.execute(
                "UPDATE purchases SET stage = 'void', note = ?2 WHERE id = ?1 AND stage IN ('intent', 'clicked')",
                params![entry, why],
            )?;
            Ok(())
        })
    }

    /// All rows, oldest first.
    ///
    /// # Errors
    /// Class guard: the ledger cannot be read.
    pub fn entries(&self) -> anyhow::Result<Vec<Entry>> {
        let connection = self.lock();
        let read = || -> anyhow::Result<Vec<Entry>> {
            let mut rows = connection.prepare("SELECT * FROM purchases ORDER BY id")?;
            let mut of = connection.prepare("SELECT id, returned FROM instances WHERE purchase = ?1 ORDER BY rowid")?;
            let found: Vec<(Entry, String)> = rows.query_map([], entry)?.collect::<Result<_, _>>()?;
            found
                .into_iter()
                .map(|(mut entry, stage)| {
                    entry.stage = stage.parse()?;
                    let instances = of.query_map([entry.id], |row| Ok((InstanceId(row.get(0)?), row.get(1)?)))?;
                    entry.delivered = instances.collect::<Result<_, _>>()?;
                    Ok(entry)
                })
                .collect()
        };
        read().with_context(|| format!("reading the ledger {}", self.place())).in_class(Class::Guard)
    }

    /// The rows of which it is not known what came of them, or whose instances are still there.
    ///
    /// # Errors
    /// Class guard: the ledger cannot be read.
    pub fn open_entries(&self) -> anyhow::Result<Vec<Entry>> {
        let mut entries = self.entries()?;
        entries.retain(|entry| !matches!(entry.stage, Stage::Returned | Stage::Void));
        Ok(entries)
    }
}

fn entry(row: &Row<'_>) -> rusqlite::Result<(Entry, String)> {
    let spend = Spend {
        scenario: row.get("scenario")?,
        account: row.get("account")?,
        name: row.get("name")?,
        what: row.get("what")?,
        region: row.get("region")?,
        amount: Money::fen(row.get("fen")?),
        instances: row.get("instances")?,
    };
    let entry = Entry {
        id: row.get("id")?,
        run: row.get("run")?,
        spend,
        stage: Stage::Intent,
        order: row.get::<_, Option<String>>("order_no")?.map(OrderNumber),
        delivered: Vec::new(),
    };
    Ok((entry, row.get("stage")?))
}
