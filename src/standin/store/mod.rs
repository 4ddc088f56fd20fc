//! The site's database: accounts, sessions, intentions, orders, instances. Everything that belongs together changes in
//! one transaction; a lock serialises them, so a confirmation is charged once however often it comes.

mod accounts;
mod charge;
mod confirming;
mod instances;
mod orders;

use std::{
    path::Path,
    sync::{Arc, Mutex, MutexGuard},
};

use rusqlite::Connection;

use super::defects::Seams;

pub use accounts::{Account, NewAccount, Session};
pub use confirming::{Confirmed, Intention};
pub use instances::{Instance, Lifetimes, State};
pub use orders::{Order, OrderState, covered};

/// The database. In memory unless it is a file.
pub struct Store {
    connection: Mutex<Connection>,
    /// What the site is wrong about, if anything.
    seams: Arc<Seams>,
}

impl Store {
    /// Opens the database, making its tables where it is new.
    ///
    /// # Errors
    /// When the file cannot be opened or is no such database.
    pub(super) fn open(file: Option<&Path>, seams: &Arc<Seams>) -> rusqlite::Result<Self> {
        let connection = match file {
            Some(file) => Connection::open(file)?,
            None => Connection::open_in_memory()?,
        };
        connection
            .execute_batch("pragma journal_mode = wal; pragma synchronous = normal; pragma foreign_keys = on;")?;
        connection.execute_batch(include_str!("schema.sql"))?;
        seams.stored(&connection)?;
        Ok(Self { connection: Mutex::new(connection), seams: Arc::clone(seams) })
    }

    /// Changes something behind the site's back, for a defect.
    pub(super) fn meddle(&self, sql: &str) -> rusqlite::Result<()> {
        self.lock().execute_batch(sql)
    }

    /// The connection. A holder that panicked left a transaction that was rolled back, so the lock is good all the same.
    fn lock(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// Now by the machine's clock, ms since 1970.
fn machine_now() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

/// Random text of hex digits: 16 bytes.
pub(super) fn token() -> String {
    let mut bytes = [0u8; 16];
    if let Err(error) = getrandom::fill(&mut bytes) {
        // Without randomness there are no sessions; going on would make them guessable.
        panic!("the system gives no random bytes: {error}");
    }
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
