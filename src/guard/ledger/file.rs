//! The file of a ledger: made whole, opened only where it is one, and known again while it is held.

use std::{
    fs::{self, File},
    io::ErrorKind,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail, ensure};
use rusqlite::{Connection, OpenFlags, TransactionBehavior};

/// The layout of the file. A file of a later one is refused rather than misread.
const LAYOUT: u32 = 2;
/// How a file of the suite is known among databases: `dcdb`.
const APPLICATION: u32 = 0x6463_6462;

/// Which file it is, whatever is called so later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Identity {
    device: u64,
    inode: u64,
}

impl Identity {
    fn of(path: &Path) -> std::io::Result<Self> {
        let metadata = fs::metadata(path)?;
        Ok(Self { device: metadata.dev(), inode: metadata.ino() })
    }

    /// The file of this name is still this one: who goes on writing into one that was taken away is counted by nobody.
    pub(super) fn check(self, path: &Path) -> std::io::Result<()> {
        if Self::of(path)? == self { Ok(()) } else { Err(std::io::Error::other("another file has taken its place")) }
    }
}

/// Opens the ledger at this path; makes it where nothing is.
pub(super) fn open(path: &Path) -> anyhow::Result<(Connection, Identity)> {
    match fs::metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => make(path)?,
        Err(error) => return Err(error.into()),
        Ok(found) if found.is_dir() => {
            bail!("it is a folder; name a file in it, such as {}/ledger.sqlite", path.display())
        }
        Ok(found) if !found.is_file() => bail!("it is no file on a disk"),
        Ok(found) if found.len() == 0 => {
            bail!(
                "the file is empty, so what earlier runs wrote down is lost; put it back, or remove the file where no run has paid for a day"
            )
        }
        Ok(_) => {}
    }
    let identity = Identity::of(path)?;
    // Without SQLITE_OPEN_URI and SQLITE_OPEN_CREATE: a name is a path here, and of a file that is there.
    let mut connection =
        Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(super::BUSY)?;
    check(&connection)?;
    bring_up_to_date(&mut connection)?;
    settings(&connection)?;
    Ok((connection, identity))
}

/// A ledger in memory.
pub(super) fn in_memory() -> anyhow::Result<Connection> {
    let connection = Connection::open_in_memory()?;
    connection.execute_batch(include_str!("layout.sql"))?;
    settings(&connection)?;
    Ok(connection)
}

fn settings(connection: &Connection) -> rusqlite::Result<()> {
    // What is confirmed is on disk.
    connection.execute_batch("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;")
}

/// Makes a new ledger under a name of its own and gives it its place once it is whole: another run that looks meanwhile finds
/// nothing or a ledger, never an empty file.
fn make(path: &Path) -> anyhow::Result<()> {
    let folder = folder_of(path);
    fs::create_dir_all(folder)?;
    let mut random = [0u8; 8];
    getrandom::fill(&mut random).map_err(|error| anyhow::anyhow!("the system gives no random bytes: {error}"))?;
    let mut name = path.file_name().context("it names no file")?.to_owned();
    name.push(format!(".new-{:016x}", u64::from_le_bytes(random)));
    let new: PathBuf = folder.join(name);
    let made = || -> anyhow::Result<()> {
        let connection = Connection::open_with_flags(
            &new,
            OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
        )?;
        connection.execute_batch(include_str!("layout.sql"))?;
        connection.close().map_err(|(_, error)| error)?;
        match fs::hard_link(&new, path) {
            // Another run was faster; its ledger is as good.
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            // Not every disk knows links.
            Err(_) => fs::rename(&new, path)?,
        }
        Ok(File::open(folder)?.sync_all()?)
    };
    let outcome = made();
    // Gone already where it was renamed.
    let _removed = fs::remove_file(&new);
    outcome
}

/// The folder that a file is in.
pub(super) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// It is a ledger of this suite, and whole.
fn check(connection: &Connection) -> anyhow::Result<()> {
    let pragma = |name: &str| connection.query_row(&format!("PRAGMA {name}"), [], |row| row.get::<_, u32>(0));
    let (application, layout) = (pragma("application_id")?, pragma("user_version")?);
    let tables: u32 = connection.query_row(
        "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name IN ('purchases', 'instances')",
        [],
        |row| row.get(0),
    )?;
    // Those of layout 1 say nothing of who made them.
    let known = application == APPLICATION || (application == 0 && layout == 1);
    ensure!(known && layout > 0 && tables == 2, "it is a database of something else, and no ledger");
    ensure!(layout <= LAYOUT, "it was written by a later version of this suite");
    let whole: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    ensure!(whole == "ok", "it is damaged: {whole}");
    Ok(())
}

fn bring_up_to_date(connection: &mut Connection) -> anyhow::Result<()> {
    let layout = |connection: &Connection| connection.query_row("PRAGMA user_version", [], |row| row.get::<_, u32>(0));
    if layout(connection)? == LAYOUT {
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
