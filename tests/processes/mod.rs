//! Which processes there are, read from `/proc` and so not by the means that are under test.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// Ample on a loaded machine; met only by a failure.
const LIMIT: Duration = Duration::from_secs(20);

/// One process for good: a number alone is given again later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Process {
    pub pid: u32,
    started: String,
    pub command: String,
}

impl Process {
    /// Whether it runs: one that has ended and only waits for its parent to take note does not.
    pub fn runs(&self) -> bool {
        stat(self.pid).is_some_and(|stat| stat.started == self.started && !matches!(stat.state, 'Z' | 'X'))
    }
}

struct Stat {
    state: char,
    parent: u32,
    started: String,
}

fn stat(pid: u32) -> Option<Stat> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    Some(Stat { state: fields[0].chars().next()?, parent: fields[1].parse().ok()?, started: fields[19].to_owned() })
}

/// Everything below `ancestor`, itself left out.
pub fn below(ancestor: u32) -> Vec<Process> {
    let pids = std::fs::read_dir("/proc").expect("listing processes").flatten();
    let pids = pids.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let all: BTreeMap<u32, Stat> = pids.filter_map(|pid| Some((pid, stat(pid)?))).collect();
    let leads_up = |pid: &u32| {
        std::iter::successors(Some(*pid), |pid| all.get(pid).map(|stat| stat.parent)).skip(1).any(|pid| pid == ancestor)
    };
    let found = all.iter().filter(|(pid, _)| leads_up(pid));
    let command = |pid: &u32| std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    found
        .map(|(pid, stat)| Process {
            pid: *pid,
            started: stat.started.clone(),
            command: String::from_utf8_lossy(&command(pid)).replace('\0', " "),
        })
        .collect()
}

/// Waits until `condition` holds, and panics naming it when that takes too long.
#[track_caller]
pub fn eventually(what: &str, mut condition: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !condition() {
        assert!(begun.elapsed() < LIMIT, "{what}: not so within {LIMIT:?}");
        // Nothing tells of a change in `/proc` or of a directory's end, so it is looked at again.
        std::thread::park_timeout(Duration::from_millis(2));
    }
}

/// Waits until none of `processes` runs any more.
#[track_caller]
pub fn gone(processes: &[Process]) {
    eventually(&format!("all of these have ended: {processes:#?}"), || !processes.iter().any(Process::runs));
}
