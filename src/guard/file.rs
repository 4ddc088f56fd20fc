//! The files that runs must remember by, ledger and journal: made whole, opened only where they are one, and known again while
//! they are held.

use std::{
    fs::{self, File},
    io::ErrorKind,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context as _, bail, ensure};
use rusqlite::{Connection, OpenFlags};

/// What a file is for.
#[derive(Debug)]
pub(super) struct Kind {
    /// As people call it.
    pub(super) name: &'static str,
    /// How it is known among databases.
    pub(super) application: u32,
    /// The layout of the file. A file of a later one is refused rather than misread.
    pub(super) layout: u32,
    /// When nothing is lost with an empty one.
    pub(super) superfluous: &'static str,
    /// What is in it, and how it is made.
    pub(super) tables: &'static [&'static str],
    pub(super) made_by: &'static str,
}

/// Other runs hold a file for moments only.
const BUSY: Duration = Duration::from_secs(20);

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

/// Opens the file of this kind at this path; makes it where nothing is. Brings nothing up to date.
pub(super) fn open(path: &Path, kind: &Kind) -> anyhow::Result<(Connection, Identity)> {
    match fs::metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => make(path, kind)?,
        Err(error) => return Err(error.into()),
        Ok(found) if found.is_dir() => {
            bail!("it is a folder; name a file in it, such as {}/{}.sqlite", path.display(), kind.name)
        }
        Ok(found) if !found.is_file() => bail!("it is no file on a disk"),
        Ok(found) if found.len() == 0 => {
            bail!(
                "the file is empty, so what earlier runs wrote down is lost; put it back, or remove the file where {}",
                kind.superfluous
            )
        }
        Ok(_) => {}
    }
    let identity = Identity::of(path)?;
    // Without SQLITE_OPEN_URI and SQLITE_OPEN_CREATE: a name is a path here, and of a file that is there.
    let connection =
        Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(BUSY)?;
    check(&connection, kind)?;
    settings(&connection)?;
    Ok((connection, identity))
}

/// One in memory.
pub(super) fn in_memory(kind: &Kind) -> anyhow::Result<Connection> {
    let connection = Connection::open_in_memory()?;
    connection.execute_batch(kind.made_by)?;
    settings(&connection)?;
    Ok(connection)
}

fn settings(connection: &Connection) -> rusqlite::Result<()> {
    // What is confirmed is on disk.
    connection.execute_batch("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;")
}

/// Makes a new file under a name of its own and gives it its place once it is whole: another run that looks meanwhile finds
/// nothing or a whole one, never an empty file.
fn make(path: &Path, kind: &Kind) -> anyhow::Result<()> {
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
        connection.execute_batch(kind.made_by)?;
        connection.close().map_err(|(_, error)| error)?;
        match fs::hard_link(&new, path) {
            // Another run was faster; its file is as good.
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

/// It is of this kind, of this suite, and whole.
fn check(connection: &Connection, kind: &Kind) -> anyhow::Result<()> {
    let pragma = |name: &str| connection.query_row(&format!("PRAGMA {name}"), [], |row| row.get::<_, u32>(0));
    let (application, layout) = (pragma("application_id")?, pragma("user_version")?);
    let has = |table: &&str| {
        let count = "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = ?1";
        connection.query_row(count, [table], |row| row.get::<_, u32>(0)).map(|count| count == 1)
    };
    let complete = kind.tables.iter().map(has).collect::<rusqlite::Result<Vec<bool>>>()?;
    // Those of layout 1 say nothing of who made them.
    let known = application == kind.application || (application == 0 && layout == 1);
    ensure!(
        known && layout > 0 && complete.iter().all(|there| *there),
        "it is a database of something else, and no {}",
        kind.name
    );
    ensure!(layout <= kind.layout, "it was written by a later version of this suite");
    let whole: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    ensure!(whole == "ok", "it is damaged: {whole}");
    Ok(())
}
