//! Instances: they pass through their states by the account's clock alone.

use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::{Account, Store};

/// How long deliveries and initialisations take, ms.
#[derive(Debug, Clone, Copy)]
pub struct Lifetimes {
    /// From payment to Uninitialized; on today's pages to Running.
    pub delivery: i64,
    /// From Initialize to Running.
    pub initialisation: i64,
}

/// The state of an instance (CONTRACT 3.6.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Being delivered.
    Creating,
    /// Delivered.
    Uninitialized,
    /// Taking its first parameters.
    Initializing,
    /// Ready.
    Running,
    /// Returned.
    Isolated,
}

impl State {
    /// The key of its wording.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Creating => "status_creating",
            Self::Uninitialized => "status_uninitialized",
            Self::Initializing => "status_initializing",
            Self::Running => "status_running",
            Self::Isolated => "status_isolated",
        }
    }

    /// Whether it goes on by itself.
    #[must_use]
    pub const fn passes(self) -> bool {
        matches!(self, Self::Creating | Self::Initializing)
    }
}

/// An instance.
#[derive(Debug, Clone)]
pub struct Instance {
    /// Its id.
    pub id: String,
    /// Its name; may hold markup.
    pub name: String,
    /// Code of its region.
    pub region: String,
    /// Code of its zone.
    pub zone: String,
    /// `basic` or `vpc`.
    pub network: String,
    /// Id of its VPC.
    pub vpc: String,
    /// Id of its subnet.
    pub subnet: String,
    /// Replicas.
    pub replicas: i64,
    /// Memory a shard, GB.
    pub memory: i64,
    /// Shards.
    pub shards: i64,
    /// Disk a shard, GB.
    pub disk: i64,
    /// ms since 1970.
    pub created: i64,
    /// ms since 1970.
    pub expires: i64,
    /// Its share of the order, fen.
    pub share: i64,
    /// Renews itself.
    pub renew: bool,
    /// What an hour of it costs, fen, where it is paid by the hour.
    pub hourly: i64,
    /// What is frozen for it until it is returned, fen.
    pub frozen: i64,
    /// Its state now.
    pub state: State,
}

const COLUMNS: &str = "id, name, region, zone, network, vpc, subnet, replicas, memory, shards, disk, created, expires, share, initialised, isolated is not null, delivered, running, renew, ready, hourly, frozen";

fn instance(row: &Row<'_>, account: &Account, lifetimes: Lifetimes) -> rusqlite::Result<Instance> {
    let (created, initialised, isolated): (i64, Option<i64>, bool) = (row.get(11)?, row.get(14)?, row.get(15)?);
    let (delivered, running, ready): (bool, bool, bool) = (row.get(16)?, row.get(17)?, row.get(19)?);
    // Today's pages have asked for its first parameters before it was bought (CONTRACT T10).
    let as_delivered = if ready { State::Running } else { State::Uninitialized };
    let state = match initialised {
        _ if isolated => State::Isolated,
        Some(_) if running => State::Running,
        Some(_) if account.hold == "Initializing" => State::Initializing,
        Some(at) if account.now < at + lifetimes.initialisation => State::Initializing,
        Some(_) => State::Running,
        None if delivered => as_delivered,
        None if account.hold == "Creating" || account.now < created + lifetimes.delivery => State::Creating,
        None => as_delivered,
    };
    Ok(Instance {
        id: row.get(0)?,
        name: row.get(1)?,
        region: row.get(2)?,
        zone: row.get(3)?,
        network: row.get(4)?,
        vpc: row.get(5)?,
        subnet: row.get(6)?,
        replicas: row.get(7)?,
        memory: row.get(8)?,
        shards: row.get(9)?,
        disk: row.get(10)?,
        created,
        expires: row.get(12)?,
        share: row.get(13)?,
        renew: row.get(18)?,
        hourly: row.get(20)?,
        frozen: row.get(21)?,
        state,
    })
}

fn one(connection: &Connection, account: &Account, id: &str, lifetimes: Lifetimes) -> rusqlite::Result<Instance> {
    connection.query_row(
        &format!("select {COLUMNS} from instances where account = ?1 and id = ?2"),
        params![account.id, id],
        |row| instance(row, account, lifetimes),
    )
}

impl Store {
    /// All instances of an account, the newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub fn instances(&self, account: &Account, lifetimes: Lifetimes) -> rusqlite::Result<Vec<Instance>> {
        let connection = self.lock();
        let mut query = connection.prepare_cached(&format!(
            "select {COLUMNS} from instances where account = ?1 order by created desc, position"
        ))?;
        query.query_map([account.id], |row| instance(row, account, lifetimes))?.collect()
    }

    /// One instance, if it is this account's.
    ///
    /// # Errors
    /// When the database fails.
    pub fn instance(&self, account: &Account, id: &str, lifetimes: Lifetimes) -> rusqlite::Result<Option<Instance>> {
        one(&self.lock(), account, id, lifetimes).optional()
    }

    /// Holds an account's instances in a passing state, `Creating` or `Initializing`, from now on. What has passed it
    /// stays as it is.
    ///
    /// # Errors
    /// When the database fails.
    pub fn hold(&self, account: &Account, state: &str, lifetimes: Lifetimes) -> rusqlite::Result<()> {
        let mut connection = self.lock();
        let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        if account.hold != "Creating" {
            transaction.execute(
                "update instances set delivered = 1 where account = ?1 and created + ?2 <= ?3",
                params![account.id, lifetimes.delivery, account.now],
            )?;
        }
        if account.hold != "Initializing" {
            transaction.execute(
                "update instances set running = 1 where account = ?1 and initialised + ?2 <= ?3",
                params![account.id, lifetimes.initialisation, account.now],
            )?;
        }
        transaction.execute("update accounts set hold = ?2 where id = ?1", params![account.id, state])?;
        transaction.commit()
    }

    /// Begins to initialise an instance; gives the state it is in where that is not Uninitialized.
    ///
    /// # Errors
    /// When the database fails; nothing has happened then.
    pub fn initialise(
        &self,
        account: &Account,
        id: &str,
        lifetimes: Lifetimes,
        (character_set, table_names, sync_mode): (&str, &str, &str),
    ) -> rusqlite::Result<Result<(), State>> {
        let mut connection = self.lock();
        let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        let state = one(&transaction, account, id, lifetimes)?.state;
        if state != State::Uninitialized {
            return Ok(Err(state));
        }
        transaction.execute(
            "update instances set initialised = ?3, character_set = ?4, table_names = ?5, sync_mode = ?6 where account = ?1 and id = ?2",
            params![account.id, id, account.now, character_set, table_names, sync_mode],
        )?;
        transaction.commit()?;
        Ok(Ok(()))
    }

    /// What returning an instance would bring back now, fen (CONTRACT 3.6.8).
    ///
    /// # Errors
    /// When the database fails.
    pub fn refund(&self, account: &Account, instance: &Instance) -> rusqlite::Result<i64> {
        let full_before: bool =
            self.lock()
                .query_row("select refunded_in_full from accounts where id = ?1", [account.id], |row| row.get(0))?;
        Ok(refund(account, instance, full_before))
    }

    /// Returns an instance; gives what came back, or the state it is in where that is none to return it from.
    ///
    /// # Errors
    /// When the database fails; nothing has happened then.
    pub fn give_back(&self, account: &Account, id: &str, lifetimes: Lifetimes) -> rusqlite::Result<Result<i64, State>> {
        let mut connection = self.lock();
        let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        let instance = &one(&transaction, account, id, lifetimes)?;
        if !matches!(instance.state, State::Uninitialized | State::Running) {
            return Ok(Err(instance.state));
        }
        let full_before: bool =
            transaction
                .query_row("select refunded_in_full from accounts where id = ?1", [account.id], |row| row.get(0))?;
        let amount = refund(account, instance, full_before);
        let in_full = instance.hourly == 0 && !full_before && account.now - instance.created <= FULL_REFUND;
        transaction.execute(
            "update instances set isolated = ?3 where account = ?1 and id = ?2",
            params![account.id, instance.id, account.now],
        )?;
        transaction.execute(
            "update accounts set balance = balance + ?2, refunded_in_full = max(refunded_in_full, ?3), frozen = frozen - ?4 where id = ?1",
            params![account.id, amount, in_full, instance.frozen],
        )?;
        transaction.commit()?;
        Ok(Ok(amount))
    }
}

const DAY: i64 = 24 * 60 * 60 * 1000;
/// Within this time of the purchase the first return brings back everything.
const FULL_REFUND: i64 = 5 * DAY;

const HOUR: i64 = 60 * 60 * 1000;

fn refund(account: &Account, instance: &Instance, full_before: bool) -> i64 {
    if instance.hourly > 0 {
        // What was frozen is free again, and each whole hour is charged.
        return instance.frozen - instance.hourly * ((account.now - instance.created) / HOUR);
    }
    if !full_before && account.now - instance.created <= FULL_REFUND {
        return instance.share;
    }
    let whole = ((instance.expires - instance.created) / DAY).max(1);
    let left = ((instance.expires - account.now) / DAY).clamp(0, whole);
    i64::try_from(i128::from(instance.share) * i128::from(left) / i128::from(whole)).unwrap_or_default()
}
