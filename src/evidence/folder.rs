//! The output folder of a run: looked at before anything is started, held by one run at a time, and cleared of what an
//! earlier run left to be taken for this one's. What does not carry this suite's mark is somebody's own and stays.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{Read as _, Write as _},
    os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail};

/// In the head of every HTML file of the suite.
pub const GENERATOR: &str = "<meta name=\"generator\" content=\"dcdb-purchase-e2e\">";
/// What a run leaves beside its evidence, and what is in the first [`HEAD`] bytes of nobody else's file of that name.
const MADE: [(&str, &str); 8] = [
    (RESULTS, "{\n  \"run\": {\n    \"started\":"),
    ("junit.xml", "<testsuites name=\"dcdb-purchase-e2e\""),
    ("report.html", GENERATOR),
    ("overview.html", GENERATOR),
    ("messages.ndjson", "\"implementation\":{\"name\":\"dcdb-purchase-e2e\""),
    ("traceability.md", "# Clauses of features/CONTRACT.md"),
    (GUIDE, GENERATOR),
    (STEPS, GENERATOR),
];
const RESULTS: &str = "results.json";
/// Stays where the guide's scenarios did not run.
const GUIDE: &str = "guide.html";
/// The profile that a run proposes which failed for want of elements. The next run may go by it, and people edit it: the end of a
/// run alone removes it or writes it anew, where it is as a run wrote it.
pub const REPAIR: &str = "repair.yaml";
/// The catalogue of steps, which no run writes.
const STEPS: &str = "steps.html";
const HEAD: u64 = 4096;
/// The mark of a folder that the suite made, and may remove.
const MARK: &str = ".dcdb-purchase-e2e";
/// Who writes into the folder. The kernel lets go of it when that process ends, however it does.
const LOCK: &str = ".dcdb-purchase-e2e.lock";
/// The beginning of the names of files that are being written.
const UNFINISHED: &str = ".dcdb-purchase-e2e-unfinished-";
/// A run of all scenarios leaves about as much.
const ROOM: u64 = 16 * 1024 * 1024;

/// An output folder that is this run's until the value is dropped.
#[derive(Debug)]
pub struct OutputFolder {
    path: PathBuf,
    lock: File,
}

impl OutputFolder {
    /// Makes the folder where it is not there, tries whether it can be written, and holds it. Removes nothing.
    ///
    /// # Errors
    /// When it cannot be used: it cannot be made or written, has no room, has files of somebody else where this suite's go, or
    /// another run holds it.
    pub fn claim(path: &Path) -> anyhow::Result<Self> {
        Self::try_claim(path).with_context(|| format!("the output folder {} (--out) cannot be used", path.display()))
    }

    fn try_claim(path: &Path) -> anyhow::Result<Self> {
        if fs::metadata(path).is_ok_and(|found| !found.is_dir()) {
            bail!("it is no folder\n  mend     name another");
        }
        fs::create_dir_all(path).context("making it\n  mend     name a folder that can be made and written")?;
        let strangers = strangers(path);
        if !strangers.is_empty() {
            let list: String =
                strangers.iter().map(|stranger| format!("\n  is there {}", stranger.display())).collect();
            bail!(
                "results of the suite go where something is that the suite did not write, and it removes nobody's files{list}\n  mend     name another folder, or move this away"
            );
        }
        room_in(path)?;
        let lock = hold(path)?;
        // What can be locked was perhaps there before; a new file is what a run needs.
        write_whole(&path.join(LOCK).with_extension("tried"), b"")
            .and_then(|()| Ok(fs::remove_file(path.join(LOCK).with_extension("tried"))?))
            .context("trying to write to it\n  mend     name a folder that can be written")?;
        Ok(Self { path: path.to_owned(), lock })
    }

    /// Removes what an earlier run left to be taken for this one's: evidence, results, reports, and what it was killed over.
    /// What runs remember stays, and so does the guide.
    ///
    /// # Errors
    /// When something cannot be removed, or the folder for the evidence not be made.
    pub fn clear(&self) -> anyhow::Result<()> {
        let evidence = self.path.join("evidence");
        let gone = |path: &Path, removed: std::io::Result<()>| match removed {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(error).with_context(|| format!("removing what an earlier run left: {}", path.display()))
            }
            _ => Ok(()),
        };
        gone(&evidence, fs::remove_dir_all(&evidence))?;
        for (name, _) in MADE.iter().filter(|(name, _)| ![GUIDE, STEPS].contains(name)) {
            let file = self.path.join(name);
            gone(&file, fs::remove_file(&file))?;
        }
        for entry in fs::read_dir(&self.path).into_iter().flatten().flatten() {
            if entry.file_name().to_string_lossy().starts_with(UNFINISHED) {
                gone(&entry.path(), fs::remove_file(entry.path()))?;
            }
        }
        self.mark_evidence()
    }

    fn mark_evidence(&self) -> anyhow::Result<()> {
        let evidence = self.path.join("evidence");
        fs::create_dir_all(&evidence).with_context(|| format!("making {}", evidence.display()))?;
        write_whole(&evidence.join(MARK), b"Written by dcdb-purchase-e2e, and removed when its next run begins.\n")
    }

    /// Takes the folder again where it was removed while the run went on; `false` then: what was kept until now is gone.
    ///
    /// # Errors
    /// When it cannot be made again, or is another run's by now.
    pub fn keep(&mut self) -> anyhow::Result<bool> {
        let same =
            |at: fs::Metadata| self.lock.metadata().is_ok_and(|mine| (mine.dev(), mine.ino()) == (at.dev(), at.ino()));
        if fs::metadata(self.path.join(LOCK)).is_ok_and(same) {
            return Ok(self.path.join("evidence").join(MARK).exists());
        }
        *self = Self::claim(&self.path)?;
        self.mark_evidence()?;
        Ok(false)
    }
}

/// Writes a file whole or not at all: elsewhere in its folder first, and in its place once it is on the disk. The folder is made
/// where it is not there.
///
/// # Errors
/// When it cannot be written; the file is then what it was before.
pub fn write_whole(file: &Path, content: &[u8]) -> anyhow::Result<()> {
    let write = || -> anyhow::Result<()> {
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        fs::create_dir_all(folder)?;
        // As open as any other file of this user: build servers collect it under another name.
        let mut written = tempfile::Builder::new()
            .prefix(UNFINISHED)
            .permissions(fs::Permissions::from_mode(0o666))
            .tempfile_in(folder)?;
        written.write_all(content)?;
        written.as_file().sync_all()?;
        written.persist(file)?;
        Ok(())
    };
    write().with_context(|| format!("writing {}", file.display()))
}

/// What stands where the suite would write and does not carry its mark.
fn strangers(folder: &Path) -> Vec<PathBuf> {
    // A release before there were marks wrote its files together, and the guide from what it kept beside it.
    let editions = || fs::read_dir(folder.join("guide")).into_iter().flatten().flatten();
    let by_an_earlier_release = |name: &str| match name {
        GUIDE => editions().map(|edition| edition.path()).any(|edition| carries(&edition, "{\"target\":\"")),
        _ => carries(&folder.join(RESULTS), MADE[0].1),
    };
    let is_own = |name: &str, mark: &str| match fs::symlink_metadata(folder.join(name)) {
        Err(_) => true,
        Ok(there) if !there.is_file() => false,
        Ok(there) => there.len() == 0 || carries(&folder.join(name), mark) || by_an_earlier_release(name),
    };
    let mut found: Vec<PathBuf> =
        MADE.iter().filter(|(name, mark)| !is_own(name, mark)).map(|(name, _)| folder.join(name)).collect();
    let evidence = folder.join("evidence");
    let is_evidence = |name: &str| {
        let stem = name.strip_suffix(".yaml").or_else(|| name.strip_suffix(".webp"));
        let stem = stem.map(|stem| stem.strip_suffix("-reviewed").unwrap_or(stem));
        stem.is_some_and(|stem| stem.len() >= 2 && stem.bytes().all(|byte| byte.is_ascii_digit()))
    };
    if !evidence.join(MARK).is_file() {
        found.extend(other_than(&evidence, &is_evidence));
    }
    found.extend(other_than(&folder.join("guide"), &|name| name.ends_with(".json") || name.starts_with(UNFINISHED)));
    found
}

/// Whether this is in the first bytes of a file.
fn carries(file: &Path, mark: &str) -> bool {
    let mut head = Vec::new();
    let read = File::open(file).and_then(|file| file.take(HEAD).read_to_end(&mut head));
    read.is_ok() && String::from_utf8_lossy(&head).contains(mark)
}

/// The first thing in or below a folder that is no file of such a name; the folder itself where it is none.
fn other_than(folder: &Path, meant: &impl Fn(&str) -> bool) -> Option<PathBuf> {
    match fs::symlink_metadata(folder) {
        Err(_) => return None,
        Ok(there) if !there.is_dir() => return Some(folder.to_owned()),
        Ok(_) => {}
    }
    let Ok(entries) = fs::read_dir(folder) else { return Some(folder.to_owned()) };
    entries.flatten().find_map(|entry| match entry.file_type() {
        Ok(kind) if kind.is_dir() => other_than(&entry.path(), meant),
        Ok(kind) if kind.is_file() && meant(&entry.file_name().to_string_lossy()) => None,
        _ => Some(entry.path()),
    })
}

/// Whether the disk has room for a run.
fn room_in(folder: &Path) -> anyhow::Result<()> {
    let disk = nix::sys::statvfs::statvfs(folder).context("asking how much room it has")?;
    #[expect(clippy::useless_conversion, reason = "their types differ from system to system")]
    let (blocks, size) = (u64::from(disk.blocks_available()), u64::from(disk.fragment_size()));
    let free = blocks.saturating_mul(size);
    // What is no disk at all says that it has none.
    if disk.blocks() > 0 && free < ROOM {
        let mib = |bytes: u64| bytes as f64 / 1024.0 / 1024.0;
        bail!(
            "its disk has {:.1} MiB left, and a run asks for {:.0}\n  mend     make room, or name a folder elsewhere",
            mib(free),
            mib(ROOM)
        );
    }
    Ok(())
}

/// Holds the folder for this process, and says so in it.
fn hold(folder: &Path) -> anyhow::Result<File> {
    let writable = "\n  mend     name a folder that can be written";
    let mut lock = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .custom_flags(nix::libc::O_NOFOLLOW)
        .open(folder.join(LOCK))
        .with_context(|| format!("writing to it{writable}"))?;
    match lock.try_lock() {
        // Some file systems of other machines lock nothing: then nobody can be told from anybody.
        Ok(()) | Err(TryLockError::Error(_)) => {}
        Err(TryLockError::WouldBlock) => {
            let mut holder = String::new();
            let _as_far_as_it_says = lock.read_to_string(&mut holder);
            let holder = Some(holder.trim()).filter(|holder| !holder.is_empty()).unwrap_or("another process");
            bail!("another run writes into it: {holder}\n  mend     wait for it, or give this run a folder of its own");
        }
    }
    lock.set_len(0)
        .and_then(|()| writeln!(lock, "process {}, since {}", std::process::id(), jiff::Timestamp::now()))
        .with_context(|| format!("writing to it{writable}"))?;
    Ok(lock)
}
