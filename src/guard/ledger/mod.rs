//! The ledger of a target: what runs set out to buy there, and what came of it. Each row goes
//! intent → clicked → order → instance → returned, or ends as void where it has been shown that nothing was charged; each stage
//! is on disk before the act that it announces.

mod entry;

use std::{
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, OnceLock, PoisonError},
    time::Duration,
};

use anyhow::{Context as _, bail, ensure};
use jiff::Timestamp;
use rusqlite::{Connection, Row, Transaction, TransactionBehavior, params};

pub use entry::{Entry, Spend, Stage};

use super::{
    Caps, RunId,
    alive::{self, Alive},
    file,
};
use crate::{
    domain::{Class, Failure, InClass as _, InstanceId, Money, OrderNumber, named_after},
    target::Cap,
};

/// The file of a ledger; `dcdb` among databases.
const KIND: file::Kind = file::Kind {
    name: "ledger",
    application: 0x6463_6462,
    layout: 2,
    superfluous: "no run has paid for a day",
    tables: &["purchases", "instances"],
    made_by: include_str!("layout.sql"),
};

/// How long after money was set aside the click may follow.
const SET_ASIDE_FOR: Duration = Duration::from_secs(10 * 60);

/// The ledger of one target. Many runs may hold the same file; the database lets one of them write at a time.
#[derive(Debug)]
pub struct Ledger {
    connection: Mutex<Connection>,
    file: Option<(PathBuf, file::Identity)>,
    /// How it broke, once it has: it is not asked again, since what it says or takes then counts for nothing.
    broken: OnceLock<String>,
    /// What all shards of the run together may spend, where it is one of several.
    whole: OnceLock<Cap>,
}

impl Ledger {
    /// Opens the file, and makes it where there is none. What it confirms is on disk.
    ///
    /// # Errors
    /// Class guard: it cannot be opened or written, or is no ledger. Without one nothing is bought.
    pub fn open(path: &Path) -> anyhow::Result<Self> {
        let (connection, identity) = open(path).map_err(|error| {
            Failure::guard(format!(
                "the ledger {} cannot be kept, and without it nothing is bought\n  saw      {error:#}\n  mend     put right what is there, or name another file (buying: ledger: in the profile)",
                path.display()
            ))
        })?;
        Ok(Self {
            connection: Mutex::new(connection),
            file: Some((path.to_owned(), identity)),
            broken: OnceLock::new(),
            whole: OnceLock::new(),
        })
    }

    /// One that ends with this process: for the stand-in that a run itself starts, where nothing is ever left over.
    ///
    /// # Errors
    /// Class guard: there is no memory for it.
    pub fn in_memory() -> anyhow::Result<Self> {
        let connection = file::in_memory(&KIND).context("a ledger in memory").in_class(Class::Guard)?;
        connection.execute_batch(HOURLY).context("a ledger in memory").in_class(Class::Guard)?;
        Ok(Self { connection: Mutex::new(connection), file: None, broken: OnceLock::new(), whole: OnceLock::new() })
    }

    /// Where it is kept; `in memory` where it is not.
    #[must_use]
    pub fn place(&self) -> String {
        self.file.as_ref().map_or_else(|| "in memory".to_owned(), |(path, _)| path.display().to_string())
    }

    /// Lets other processes know that this run is going on, for as long as the value lives; `None` where it is kept in memory.
    ///
    /// # Errors
    /// Class guard: nothing can be written beside the ledger.
    pub fn alive(&self, run: &RunId) -> anyhow::Result<Option<Alive>> {
        let begin = |(path, _): &(PathBuf, _)| Alive::begin(path, run);
        let begun = self.file.as_ref().map(begin).transpose();
        begun.with_context(|| format!("beside the ledger {}", self.place())).in_class(Class::Guard)
    }

    /// The connection. A holder that panicked left a transaction that was rolled back, so the lock is good all the same.
    fn lock(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How the file broke while it was held (it was removed, replaced, damaged, is locked, the disk is full), if it has.
    #[must_use]
    pub fn broken(&self) -> Option<&str> {
        self.broken.get().map(String::as_str)
    }

    /// Does something with the file, as long as it has not broken.
    fn hold<T>(&self, doing: &str, act: impl FnOnce(&mut Connection) -> anyhow::Result<T>) -> anyhow::Result<T> {
        let mut connection = self.lock();
        let done = || {
            if let Some(broke) = self.broken() {
                bail!("it broke before: {broke}");
            }
            let result = act(&mut connection)?;
            // What is in a file that nobody will find counts for nothing.
            self.file.as_ref().map_or(Ok(()), |(path, identity)| identity.check(path))?;
            Ok(result)
        };
        let done: anyhow::Result<T> = done();
        // What a rule of the file refuses is no fault of the file.
        let refused = |error: &anyhow::Error| {
            let code = error.downcast_ref::<rusqlite::Error>().and_then(rusqlite::Error::sqlite_error_code);
            code == Some(rusqlite::ErrorCode::ConstraintViolation)
        };
        if let Err(error) = &done
            && (error.is::<rusqlite::Error>() || error.is::<std::io::Error>())
            && !refused(error)
        {
            let _known = self.broken.set(format!("{}: {error:#}", self.place()));
        }
        done.with_context(|| format!("the ledger {}: {doing}", self.place())).in_class(Class::Guard)
    }

    fn write<T>(&self, doing: &str, act: impl FnOnce(&Transaction<'_>) -> anyhow::Result<T>) -> anyhow::Result<T> {
        self.hold(doing, |connection| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let result = act(&transaction)?;
            transaction.commit()?;
            Ok(result)
        })
    }

    /// This run is a shard of a whole that is called so: what all of them set aside is held against this cap from now on.
    ///
    /// # Errors
    /// Class guard: the ledger cannot be written.
    pub fn is_shard(&self, run: &RunId, whole: &str, cap: Cap) -> anyhow::Result<()> {
        self.write("noting which run this is a shard of", |rows| {
            rows.execute_batch(include_str!("shards.sql"))?;
            rows.execute("INSERT OR REPLACE INTO shards (run, whole) VALUES (?1, ?2)", [run.as_str(), whole])?;
            Ok(())
        })?;
        self.whole.get_or_init(|| cap);
        Ok(())
    }

    /// Sets the amount aside where no cap is passed by it: counted are this order, all of this run, and all of the 24 hours
    /// before `at`, whoever set them aside and whatever has come of them, except what is void; of what is paid by the hour also what
    /// is older and was still there then. Gives the new row's number.
    ///
    /// # Errors
    /// Class guard: a cap would be passed, and nothing was set aside; or the ledger cannot be written.
    pub fn reserve(&self, run: &RunId, spend: &Spend, caps: &Caps, at: Timestamp) -> anyhow::Result<i64> {
        self.write("setting money aside", |rows| {
            let day_ago = at.as_millisecond() - 24 * 60 * 60 * 1000;
            let sum = |condition: &str, value: &dyn rusqlite::ToSql| -> anyhow::Result<(Money, u32)> {
                let counted = format!("SELECT fen, instances FROM purchases WHERE stage <> 'void' AND {condition}");
                let mut counted = rows.prepare(&counted)?;
                let mut each = counted.query([value])?;
                // Added up here: a sum that is beyond all counting is beyond every cap.
                let (mut fen, mut instances) = (0_i64, 0_u32);
                while let Some(row) = each.next()? {
                    fen = fen.saturating_add(row.get(0)?);
                    instances = instances.saturating_add(row.get(1)?);
                }
                Ok((Money::fen(fen), instances))
            };
            // What is paid by the hour goes on costing until it is returned.
            let within_a_day =
                "(at_ms > ?1 OR (id IN (SELECT purchase FROM hourly) AND COALESCE(returned_ms, ?1 + 1) > ?1))";
            let before = [(Money::default(), 0), sum("run = ?1", &run.as_str())?, sum(within_a_day, &day_ago)?];
            let mut held: Vec<_> = caps.each().into_iter().zip(before).collect();
            if let Some(cap) = self.whole.get() {
                let all = "run IN (SELECT run FROM shards WHERE whole = (SELECT whole FROM shards WHERE run = ?1))";
                held.push((Caps::whole(*cap), sum(all, &run.as_str())?));
            }
            for (cap, (spent, instances)) in held {
                if let Some(over) = cap.passed(spent, instances, spend) {
                    bail!(Failure::guard(format!("{over}\n  ledger   {}", self.place())));
                }
            }
            rows.execute(
                "INSERT INTO purchases (run, scenario, account, name, what, region, at_ms, fen, instances, balance_fen, stage)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 'intent')",
                params![
                    run.as_str(),
                    spend.scenario,
                    spend.account,
                    spend.name,
                    spend.what,
                    spend.region,
                    at.as_millisecond(),
                    spend.amount.as_fen(),
                    spend.instances,
                    spend.balance.map(Money::as_fen),
                ],
            )?;
            let entry = rows.last_insert_rowid();
            if let Some(frozen) = spend.frozen {
                let sql = "INSERT INTO hourly (purchase, frozen_fen) VALUES (?1, ?2)";
                rows.execute(sql, [entry, frozen.as_fen()])?;
            }
            Ok(entry)
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
                "UPDATE purchases SET stage = 'clicked', clicked_ms = ?3 WHERE id = ?1 AND stage = 'intent' AND at_ms >= ?2",
                [entry, at.as_millisecond() - lasts, at.as_millisecond()],
            )?;
            ensure!(
                changed == 1,
                "its row {entry} does not wait for a click, or has waited longer than {SET_ASIDE_FOR:?}"
            );
            Ok(())
        })
    }

    /// The click led on to a page that asks for the payment: nothing was paid by it, and the row waits for the one that pays.
    ///
    /// # Errors
    /// Class guard: the ledger cannot be written.
    pub fn led_on(&self, entry: i64) -> anyhow::Result<()> {
        self.write("noting that a payment is asked for", |rows| {
            rows.execute(
                "UPDATE purchases SET stage = 'intent', clicked_ms = NULL WHERE id = ?1 AND stage = 'clicked'",
                [entry],
            )?;
            Ok(())
        })
    }

    /// The page answered the click with a refusal or an unpaid order, in these words.
    ///
    /// # Errors
    /// Class guard: the ledger cannot be written.
    pub fn answered(&self, entry: i64, answer: &str) -> anyhow::Result<()> {
        self.write("noting an answer", |rows| {
            rows.execute("UPDATE purchases SET answer = ?2 WHERE id = ?1", params![entry, answer])?;
            Ok(())
        })
    }

    /// The purchase came to this order. Where another row of the same purchase, by account and name, came to it before, both were
    /// one, confirmed twice: this one is void. Gives the row that the order stands in.
    ///
    /// # Errors
    /// Class guard: the ledger cannot be written.
    pub fn ordered(&self, entry: i64, order: &OrderNumber) -> anyhow::Result<i64> {
        self.write("noting the order", |rows| {
            let mut known = rows.prepare(
                "SELECT other.id FROM purchases AS other JOIN purchases AS this ON this.id = ?2
                 WHERE other.order_no = ?1 AND other.id <> this.id AND other.stage <> 'void'
                 AND other.account = this.account AND other.name = this.name",
            )?;
            let known: Option<i64> = known.query_map(params![order.0, entry], |row| row.get(0))?.next().transpose()?;
            match known {
                Some(_) => rows.execute(
                    "UPDATE purchases SET stage = 'void', note = ?2 WHERE id = ?1 AND stage IN ('intent', 'clicked')",
                    params![entry, format!("confirmed again: order {order}")],
                )?,
                None => rows.execute(
                    "UPDATE purchases SET order_no = ?2, stage = CASE WHEN stage IN ('instance', 'returned') THEN stage ELSE 'order' END WHERE id = ?1",
                    params![entry, order.0],
                )?,
            };
            Ok(known.unwrap_or(entry))
        })
    }

    /// So much was charged for it, as the target shows, for so many instances: what is more than was set aside counts from now on.
    ///
    /// # Errors
    /// Class guard: the ledger cannot be written.
    pub fn charged(&self, entry: i64, amount: Money, instances: u32) -> anyhow::Result<()> {
        self.write("noting what was charged", |rows| {
            let note = format!("charged {amount}");
            rows.execute(
                "UPDATE purchases SET note = CASE WHEN ?2 > fen THEN ?4 || ', where ' || fen || ' fen were shown' ELSE note END,
                 fen = MAX(fen, ?2), instances = MAX(instances, ?3) WHERE id = ?1",
                params![entry, amount.as_fen(), instances, note],
            )?;
            Ok(())
        })
    }

    /// The balance has gone down by this much more than anything explains: it counts for this row from now on.
    ///
    /// # Errors
    /// Class guard: the ledger cannot be written.
    pub fn charged_beyond(&self, entry: i64, excess: Money) -> anyhow::Result<()> {
        self.write("noting what was charged", |rows| {
            let fen: i64 = rows.query_row("SELECT fen FROM purchases WHERE id = ?1", [entry], |row| row.get(0))?;
            rows.execute(
                "UPDATE purchases SET fen = ?2, note = ?3 WHERE id = ?1",
                params![
                    entry,
                    fen.saturating_add(excess.as_fen().max(0)),
                    format!("the balance went down by {excess} more than {} explains", Money::fen(fen))
                ],
            )?;
            Ok(())
        })
    }

    /// What was charged for it is known: the balance has been held against it.
    ///
    /// # Errors
    /// Class guard: the ledger cannot be written.
    pub fn settled(&self, entry: i64) -> anyhow::Result<()> {
        self.write("noting that a charge is known", |rows| {
            rows.execute("UPDATE purchases SET settled = 1 WHERE id = ?1", [entry])?;
            Ok(())
        })
    }

    /// Whether the row is still the one that was made for this purchase, and how many rows this run has.
    ///
    /// # Errors
    /// Class guard: the ledger cannot be read.
    pub(super) fn witness(&self, run: &RunId, entry: i64) -> anyhow::Result<(Option<String>, usize)> {
        self.hold("looking at its rows", |connection| {
            let mut of_run = connection.prepare("SELECT id, name FROM purchases WHERE run = ?1")?;
            let rows: Vec<(i64, String)> =
                of_run.query_map([run.as_str()], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
            let count = rows.len();
            Ok((rows.into_iter().find(|(id, _)| *id == entry).map(|(_, name)| name), count))
        })
    }

    /// The file is not the one any more that was written into: nothing in it counts from now on.
    pub(super) fn give_up(&self, how: &str) {
        let _known = self.broken.set(format!("{}: {how}", self.place()));
    }

    /// The purchase was delivered as these instances. What was taken for not bought was bought, then.
    ///
    /// # Errors
    /// Class guard: the ledger cannot be written, or one is that of another row of the same purchase.
    pub fn delivered(&self, entry: i64, instances: &[InstanceId]) -> anyhow::Result<()> {
        self.write("noting the instances", |rows| {
            for instance in instances {
                let mut owner = rows.prepare(
                    "SELECT other.id FROM instances JOIN purchases AS other ON other.id = instances.purchase
                     JOIN purchases AS this ON this.id = ?2
                     WHERE instances.id = ?1 AND other.id <> this.id AND other.account = this.account AND other.name = this.name",
                )?;
                let owner: Option<i64> =
                    owner.query_map(params![instance.0, entry], |row| row.get(0))?.next().transpose()?;
                if let Some(owner) = owner {
                    bail!("the instance {instance} is row {owner}'s already");
                }
                rows.execute(
                    "INSERT INTO instances (id, purchase) VALUES (?1, ?2) ON CONFLICT (purchase, id) DO NOTHING",
                    params![instance.0, entry],
                )?;
            }
            rows.execute("UPDATE purchases SET stage = 'instance' WHERE id = ?1 AND stage <> 'returned'", [entry])?;
            Ok(())
        })
    }

    /// An instance of an account has been returned, and is seen to be; `named`: what it is called. One that the ledger does not
    /// know is nothing to it.
    ///
    /// # Errors
    /// Class guard: the ledger cannot be written.
    pub fn returned(&self, account: &str, instance: &InstanceId, named: &str) -> anyhow::Result<()> {
        self.write("noting a return", |rows| {
            let mut holders = rows.prepare(
                "SELECT purchases.id, purchases.name FROM instances JOIN purchases ON purchases.id = instances.purchase
                 WHERE instances.id = ?1 AND purchases.account = ?2",
            )?;
            let mut holders: Vec<(i64, String)> = holders
                .query_map(params![instance.0, account], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect::<Result<_, _>>()?;
            // One that was bought under its name belongs to that row, though nobody had seen it delivered.
            let mut bought = rows.prepare(
                "SELECT id, name FROM purchases WHERE account = ?1 AND name <> '' AND stage IN ('clicked', 'order', 'instance')
                 AND NOT EXISTS (SELECT 1 FROM instances WHERE purchase = purchases.id AND instances.id = ?2) ORDER BY id",
            )?;
            let bought: Vec<(i64, String)> = bought
                .query_map(params![account, instance.0], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect::<Result<_, _>>()?;
            let known = holders.iter().any(|(_, name)| named_after(named, name));
            let owner = bought.into_iter().find(|(_, name)| !known && named_after(named, name));
            if let Some((owner, _)) = &owner {
                rows.execute("INSERT INTO instances (id, purchase) VALUES (?1, ?2)", params![instance.0, owner])?;
                // One of several does not speak for the others.
                rows.execute(
                    "UPDATE purchases SET stage = 'instance'
                     WHERE id = ?1 AND (SELECT count(*) FROM instances WHERE purchase = ?1) >= purchases.instances",
                    [owner],
                )?;
            }
            holders.extend(owner);
            // An id may be given out anew; a name is not.
            let now = Timestamp::now().as_millisecond();
            for (holder, _) in holders.iter().filter(|(_, name)| name.is_empty() || named_after(named, name)) {
                rows.execute(
                    "UPDATE instances SET returned = 1 WHERE id = ?1 AND purchase = ?2",
                    params![instance.0, holder],
                )?;
                rows.execute(
                    "UPDATE purchases SET stage = 'returned', returned_ms = ?2 WHERE stage = 'instance' AND id = ?1
                     AND NOT EXISTS (SELECT 1 FROM instances WHERE purchase = purchases.id AND returned = 0)",
                    params![holder, now],
                )?;
            }
            Ok(())
        })
    }

    /// Nothing of this is left, as a person has seen to: it is open no more, and what it cost counts on.
    ///
    /// # Errors
    /// Class guard: the ledger cannot be written.
    pub fn close(&self, entry: i64, because: &str) -> anyhow::Result<()> {
        self.write("closing a row", |rows| {
            let now = Timestamp::now().as_millisecond();
            rows.execute(
                "UPDATE purchases SET stage = 'returned', returned_ms = ?2, settled = 1, note = ?3 WHERE id = ?1",
                params![entry, now, because],
            )?;
            rows.execute("UPDATE instances SET returned = 1 WHERE purchase = ?1", [entry])?;
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

    /// Balance and order list agree with everything that is known of the row's scenario, so that nothing was charged for it where
    /// it was never clicked, where the page answered otherwise than by a result, or where another row of the same purchase has
    /// the order. A click that nothing answered may still be charged later, and its row stays.
    ///
    /// # Errors
    /// Class guard: the ledger cannot be written.
    pub fn agreed(&self, entry: i64, why: &str) -> anyhow::Result<()> {
        self.write("giving back what was set aside", |rows| {
            rows.execute(
                "UPDATE purchases SET stage = 'void', note = ?2 WHERE id = ?1 AND (stage = 'intent' OR (stage = 'clicked' AND (
                   answer IS NOT NULL OR EXISTS (SELECT 1 FROM purchases AS other WHERE other.id <> purchases.id
                     AND other.account = purchases.account AND other.name = purchases.name AND other.order_no IS NOT NULL))))",
                params![entry, why],
            )?;
            // Of what it did come to, the balance has shown what was charged.
            rows.execute(
                "UPDATE purchases SET settled = 1 WHERE id = ?1 AND stage IN ('order', 'instance', 'returned')",
                [entry],
            )?;
            Ok(())
        })
    }

    /// All rows, oldest first.
    ///
    /// # Errors
    /// Class guard: the ledger cannot be read.
    pub fn entries(&self) -> anyhow::Result<Vec<Entry>> {
        self.hold("reading its rows", |connection| {
            let mut rows = connection.prepare(
                "SELECT purchases.*, hourly.frozen_fen FROM purchases LEFT JOIN hourly ON purchase = purchases.id ORDER BY purchases.id",
            )?;
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
        })
    }

    /// The rows of which it is not known what came of them, or whose instances are still there.
    ///
    /// # Errors
    /// Class guard: the ledger cannot be read.
    pub fn open_entries(&self) -> anyhow::Result<Vec<Entry>> {
        let mut entries = self.entries()?;
        entries.retain(|entry| !entry.is_over());
        Ok(entries)
    }
}

/// What older ledgers of this layout have not yet.
const HOURLY: &str = include_str!("hourly.sql");

/// Opens the ledger at this path; makes it where nothing is.
fn open(path: &Path) -> anyhow::Result<(Connection, file::Identity)> {
    let (mut connection, identity) = file::open(path, &KIND)?;
    bring_up_to_date(&mut connection)?;
    connection.execute_batch(HOURLY)?;
    Ok((connection, identity))
}

fn bring_up_to_date(connection: &mut Connection) -> anyhow::Result<()> {
    let layout = |connection: &Connection| connection.query_row("PRAGMA user_version", [], |row| row.get::<_, u32>(0));
    if layout(connection)? == KIND.layout {
        return Ok(());
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Another run may have been faster.
    if layout(&transaction)? == 1 {
        for part in [include_str!("from_1.sql"), include_str!("layout.sql"), include_str!("from_1_rows.sql")] {
            transaction.execute_batch(part)?;
        }
    }
    Ok(transaction.commit()?)
}

/// The runs that are going on with the ledger at this path.
///
/// # Errors
/// There is no such file, or its folder cannot be read.
pub fn runs_alive_at(path: &Path) -> std::io::Result<Vec<String>> {
    alive::runs(path)
}

fn entry(row: &Row<'_>) -> rusqlite::Result<(Entry, String)> {
    let spend = Spend {
        scenario: row.get("scenario")?,
        account: row.get("account")?,
        name: row.get("name")?,
        what: row.get("what")?,
        region: row.get("region")?,
        amount: Money::fen(row.get("fen")?),
        frozen: row.get::<_, Option<i64>>("frozen_fen")?.map(Money::fen),
        instances: row.get("instances")?,
        balance: row.get::<_, Option<i64>>("balance_fen")?.map(Money::fen),
    };
    let time = |column: &str| -> rusqlite::Result<Option<Timestamp>> {
        let ms: Option<i64> = row.get(column)?;
        Ok(ms.and_then(|ms| Timestamp::from_millisecond(ms).ok()))
    };
    let entry = Entry {
        id: row.get("id")?,
        run: row.get("run")?,
        spend,
        stage: Stage::Intent,
        clicked: time("clicked_ms")?,
        answer: row.get("answer")?,
        settled: row.get("settled")?,
        returned: time("returned_ms")?,
        order: row.get::<_, Option<String>>("order_no")?.map(OrderNumber),
        delivered: Vec::new(),
    };
    Ok((entry, row.get("stage")?))
}
