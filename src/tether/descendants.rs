//! Everything a supervisor has below it: who it is, and sending it a signal.

use std::collections::BTreeSet;

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

/// Who has been asked to end: everybody is asked once, as a second `SIGTERM` makes some programs drop their tidying up.
#[derive(Debug, Default)]
pub(super) struct Asked(BTreeSet<Pid>);

impl Asked {
    /// Asks those below this process who were not asked yet.
    pub(super) fn ask_all(&mut self, group: Pid) {
        signal_those(group, Signal::SIGTERM, |pid| self.0.insert(pid));
    }
}

/// Ends every process below this one.
pub(super) fn kill_all(group: Pid) {
    signal_those(group, Signal::SIGKILL, |_| true);
}

/// Sends `signal` to every chosen process below this one, those that left their group or session among them.
///
/// This process must be a child subreaper: only then does a process whose parent died stay below it. Without
/// `/proc` and subreapers nothing is known beyond the program's process group.
fn signal_those(group: Pid, signal: Signal, mut chosen: impl FnMut(Pid) -> bool) {
    #[cfg(target_os = "linux")]
    if let Ok(processes) = processes() {
        for pid in below(nix::unistd::getpid(), &processes) {
            if chosen(pid) {
                // It may have ended since it was listed; that is what was wanted.
                let _ = nix::sys::signal::kill(pid, signal);
            }
        }
        return;
    }
    if chosen(group) {
        // No such group: everybody in it has ended.
        let _ = killpg(group, signal);
    }
}

/// Every process and its parent.
#[cfg(target_os = "linux")]
fn processes() -> std::io::Result<Vec<(Pid, Pid)>> {
    let entries = std::fs::read_dir("/proc")?;
    let pids = entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    // One that ends meanwhile has no `stat` any more, and no children either: they are ours by then.
    let with_parent = pids.filter_map(|pid: i32| {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        Some((Pid::from_raw(pid), parent_in(&stat)?))
    });
    Ok(with_parent.collect())
}

/// The parent in a line of `/proc/PID/stat`: `PID (NAME) STATE PARENT ...`, where the name may hold anything.
#[cfg(target_os = "linux")]
fn parent_in(stat: &str) -> Option<Pid> {
    let (_, after_name) = stat.rsplit_once(')')?;
    after_name.split_whitespace().nth(1)?.parse().ok().map(Pid::from_raw)
}

/// Those of `processes` whose chain of parents leads to `ancestor`, parents before their children.
#[cfg(target_os = "linux")]
fn below(ancestor: Pid, processes: &[(Pid, Pid)]) -> Vec<Pid> {
    let mut found = vec![ancestor];
    let mut next = 0;
    while let Some(&parent) = found.get(next) {
        next += 1;
        found.extend(processes.iter().filter(|(_, its)| *its == parent).map(|(pid, _)| *pid));
    }
    found.split_off(1)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_name_may_hold_brackets_and_spaces() {
        assert_eq!(parent_in("42 (a) R 7) S 17 42 42 0"), Some(Pid::from_raw(17)));
        assert_eq!(parent_in("42 (cut off"), None);
    }

    #[test]
    fn only_what_leads_to_the_ancestor_is_below_it() {
        let parents = [(2, 1), (3, 2), (4, 3), (5, 1), (6, 5), (7, 3)];
        let processes = parents.map(|(pid, parent)| (Pid::from_raw(pid), Pid::from_raw(parent)));
        let below = below(Pid::from_raw(2), &processes);
        assert_eq!(below, [3, 4, 7].map(Pid::from_raw));
    }
}
