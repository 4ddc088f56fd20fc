//! What is left of a supervisor that was killed together with the run it worked for: found by its scratch directory, and ended.
//!
//! Nothing is touched without proof. The directory is this user's own and has a file that its supervisor locks for as long as
//! it lives, and that names the run; a process is taken for one of its family by a variable that only a supervisor sets.

use std::{
    fs::{self, File, OpenOptions},
    io::{Read as _, Write as _},
    os::unix::{ffi::OsStrExt as _, fs::MetadataExt as _, fs::OpenOptionsExt as _},
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
    thread,
    time::{Duration, Instant},
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::{Pid, geteuid, getppid},
};

/// The variable by which a tethered program, and all that it starts, names its scratch directory.
pub(super) const MARK: &str = "DCDB_E2E_TETHER";
/// How the names of scratch directories begin.
const PREFIX: &str = "dcdb-e2e-";
/// The file that a supervisor locks in its scratch directory.
const HELD: &str = ".held";
/// After `SIGKILL` only the kernel can hold a process back.
const KILL_LIMIT: Duration = Duration::from_secs(5);

/// The path of a scratch directory that no other program of this or another run has. Short: a socket's whole path may have
/// 107 bytes.
pub fn new_scratch(temporary: &Path) -> PathBuf {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    temporary.join(format!("{PREFIX}{}-{number}-{:x}", std::process::id(), now.subsec_nanos()))
}

/// Ends what killed runs of this user left below `temporary`, and removes it; gives the directories. What a run or a supervisor
/// that is alive may own stays, and so does what cannot be told.
pub fn clear_left(temporary: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(temporary).into_iter().flatten().flatten();
    let named = entries.filter(|entry| entry.file_name().as_bytes().starts_with(PREFIX.as_bytes()));
    named.map(|entry| entry.path()).filter(|scratch| is_abandoned(scratch)).filter(|scratch| clear(scratch)).collect()
}

/// Ends all that is left of the program with this scratch directory, and removes it; gives whether it is gone.
pub(super) fn clear(scratch: &Path) -> bool {
    let since = Instant::now();
    loop {
        let family = family_of(scratch);
        if family.is_empty() || since.elapsed() > KILL_LIMIT {
            break;
        }
        for pid in family {
            // It may have ended since it was listed; that is what was wanted.
            let _ = kill(pid, Signal::SIGKILL);
        }
        // Nothing tells of the end of what is nobody's child.
        thread::park_timeout(Duration::from_millis(10));
    }
    fs::remove_dir_all(scratch).is_ok() || !scratch.exists()
}

/// Holds a scratch directory for this supervisor, for as long as the file is open.
pub(super) fn hold(scratch: &Path) -> std::io::Result<File> {
    let mut held = OpenOptions::new().write(true).create_new(true).open(scratch.join(HELD))?;
    held.lock()?;
    write!(held, "{}", Run::here(getppid()).map(|run| run.0).unwrap_or_default())?;
    Ok(held)
}

/// Whether nobody who is alive owns a scratch directory.
fn is_abandoned(scratch: &Path) -> bool {
    let own = fs::symlink_metadata(scratch).is_ok_and(|there| there.is_dir() && there.uid() == geteuid().as_raw());
    let open = || OpenOptions::new().read(true).custom_flags(nix::libc::O_NOFOLLOW).open(scratch.join(HELD)).ok();
    let Some(mut held) = own.then(open).flatten() else { return false };
    let mut run = String::new();
    if held.try_lock().is_err() || held.read_to_string(&mut run).is_err() {
        return false;
    }
    let Some((number, _)) = run.split_once(' ') else { return false };
    let Ok(pid) = number.parse().map(Pid::from_raw) else { return false };
    match Run::here(pid) {
        // Another process by now, in the same account of processes: elsewhere numbers mean something else.
        Some(now) => now.0 != run && now.space() == Run(run).space(),
        None => Run::here(Pid::this()).is_some_and(|mine| mine.space() == Run(run).space()),
    }
}

/// A process for good: its number, when it started, and where such numbers hold.
struct Run(String);

impl Run {
    fn here(pid: Pid) -> Option<Self> {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        let started = stat.rsplit_once(')')?.1.split_whitespace().nth(19)?.to_owned();
        let space = fs::read_link("/proc/self/ns/pid").ok()?;
        Some(Self(format!("{pid} {started} {}", space.display())))
    }

    fn space(&self) -> Option<String> {
        self.0.split(' ').nth(2).map(str::to_owned)
    }
}

/// The processes of this user that name this scratch directory as theirs. What may not be looked into is below one that may.
fn family_of(scratch: &Path) -> Vec<Pid> {
    let pids = fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = pids.filter_map(|entry| entry.file_name().to_str()?.parse().ok().map(Pid::from_raw));
    let names_it = |pid: &Pid| {
        let variables = fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
        variables.split(|byte| *byte == 0).any(|variable| {
            let value = variable.strip_prefix(MARK.as_bytes()).and_then(|rest| rest.strip_prefix(b"="));
            // The same directory may be called by several paths; its name is its own.
            let named = value.map(|value| Path::new(std::ffi::OsStr::from_bytes(value)));
            named.is_some_and(|named| named.file_name() == scratch.file_name())
        })
    };
    pids.filter(|pid| *pid != Pid::this()).filter(names_it).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_scratch_directories_are_never_the_same() {
        let [one, two] = [(); 2].map(|()| new_scratch(Path::new("/tmp")));
        assert_ne!(one, two);
    }
}
