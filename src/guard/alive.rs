//! Which runs are still going on: each holds a lock beside the ledger or journal that it keeps, which the kernel takes from it however it ends.

use std::{
    fs::{self, File, TryLockError},
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
};

use super::{RunId, file::folder_of};

/// What the names of the lock files have between the ledger's name and the run's.
const SIGN: &str = ".run-";

/// The sign that a run is going on: gone with this value, or with the process.
#[derive(Debug)]
pub struct Alive {
    _held: File,
    path: PathBuf,
}

impl Alive {
    /// Of a run that holds the ledger at this path.
    pub(super) fn begin(ledger: &Path, run: &RunId) -> std::io::Result<Self> {
        let path = path_of(&file_itself(ledger)?, run.as_str());
        loop {
            let held = File::create(&path)?;
            held.lock()?;
            // Whoever looked between making and locking may have taken it for a dead run's.
            if fs::metadata(&path).is_ok_and(|now| held.metadata().is_ok_and(|mine| mine.ino() == now.ino())) {
                return Ok(Self { _held: held, path });
            }
        }
    }
}

impl Drop for Alive {
    fn drop(&mut self) {
        // A file without a lock is cleared by whoever looks next.
        let _removed = fs::remove_file(&self.path);
    }
}

/// The runs that are going on with the ledger at this path. What dead ones left is cleared.
pub(super) fn runs(ledger: &Path) -> std::io::Result<Vec<String>> {
    let ledger = &file_itself(ledger)?;
    let Some(name) = ledger.file_name().and_then(|name| name.to_str()) else { return Ok(Vec::new()) };
    let sign = format!("{name}{SIGN}");
    let mut alive = Vec::new();
    for entry in fs::read_dir(folder_of(ledger))?.flatten() {
        let Some(run) = entry.file_name().to_str().and_then(|file| file.strip_prefix(&sign)).map(str::to_owned) else {
            continue;
        };
        let Ok(file) = File::open(entry.path()) else { continue };
        match file.try_lock() {
            Ok(()) => {
                let _removed = fs::remove_file(entry.path());
            }
            Err(TryLockError::WouldBlock) => alive.push(run),
            // A disk without locks cannot tell; taking a run for a living one only puts things off.
            Err(TryLockError::Error(_)) => alive.push(run),
        }
    }
    Ok(alive)
}

/// The ledger by the one path that all share who name it, by links or not.
fn file_itself(ledger: &Path) -> std::io::Result<PathBuf> {
    fs::canonicalize(ledger)
}

fn path_of(ledger: &Path, run: &str) -> PathBuf {
    let mut name = ledger.file_name().unwrap_or_default().to_owned();
    name.push(format!("{SIGN}{run}"));
    folder_of(ledger).join(name)
}
