//! What processes use, from `/proc`.

use std::{collections::HashMap, fs};

/// CPU seconds of these processes and all below them, those that have ended among them.
pub fn cpu_seconds(roots: &[u32]) -> f64 {
    let mut parents: HashMap<u32, Vec<u32>> = HashMap::new();
    let mut ticks: HashMap<u32, f64> = HashMap::new();
    for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
        let Ok(stat) = fs::read_to_string(entry.path().join("stat")) else { continue };
        let Some((_, rest)) = stat.rsplit_once(')') else { continue };
        let fields: Vec<f64> = rest.split_whitespace().skip(1).map(|field| field.parse().unwrap_or(0.0)).collect();
        // utime, stime, and those of children that were waited for.
        ticks.insert(pid, fields[10..14].iter().sum());
        parents.entry(fields[0] as u32).or_default().push(pid);
    }
    let mut waiting = roots.to_vec();
    let mut sum = 0.0;
    while let Some(pid) = waiting.pop() {
        sum += ticks.get(&pid).copied().unwrap_or(0.0);
        waiting.extend(parents.get(&pid).into_iter().flatten());
    }
    sum / 100.0
}

/// Resident memory of a process, MiB.
pub fn resident_mib(pid: u32) -> f64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    line.split_whitespace().next().and_then(|kib| kib.parse::<f64>().ok()).unwrap_or(0.0) / 1024.0
}

/// CPU seconds of this process alone.
pub fn own_cpu_seconds() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<f64> = stat
        .rsplit_once(')')
        .map(|(_, rest)| rest.split_whitespace().skip(1).map(|field| field.parse().unwrap_or(0.0)).collect())
        .unwrap_or_default();
    fields.get(10..12).map_or(0.0, |own| own.iter().sum()) / 100.0
}
