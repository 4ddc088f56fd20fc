//! Which worker did what when.

use std::collections::BTreeMap;

use serde::Serialize;

use super::id;
use crate::evidence::{RunRecord, history::median};

/// A bar says which scenario it is in so many px.
const LEGIBLE: u64 = 70;
/// Nobody scrolls through more, px.
const WIDEST: u64 = 40_000;

/// The whole run.
#[derive(Debug, Serialize)]
pub struct Timeline {
    /// Moments to mark: ms, and where, in % of the run.
    ticks: Vec<(u64, f64)>,
    lanes: Vec<Lane>,
    /// How wide it has to be for its bars to be read, px.
    width: u64,
}

/// A worker.
#[derive(Debug, Serialize)]
pub struct Lane {
    worker: usize,
    /// How much of the run it was at work, %.
    busy: u64,
    bars: Vec<Bar>,
}

/// An attempt at a scenario.
#[derive(Debug, Serialize)]
pub struct Bar {
    id: String,
    name: String,
    status: &'static str,
    ms: u64,
    /// Where it begins and how long it is, in % of the run.
    left: f64,
    width: f64,
}

/// The timeline of a run.
pub fn of(record: &RunRecord) -> Timeline {
    let whole = record.run.duration_ms.max(1) as f64;
    let share = |ms: u64| (ms as f64 / whole * 10_000.0).round() / 100.0;
    let mut lanes: BTreeMap<usize, Vec<Bar>> = BTreeMap::new();
    for scenario in record.scenarios.iter().filter(|scenario| scenario.worker > 0 && scenario.attempts > 0) {
        let lane = lanes.entry(scenario.worker).or_default();
        let attempts = scenario.earlier_attempts.iter().map(|one| (one.started_ms, one.duration_ms, "failed"));
        for (started, ms, status) in
            attempts.chain([(scenario.started_ms, scenario.duration_ms, scenario.status.name())])
        {
            lane.push(Bar {
                id: id(scenario),
                name: scenario.name.clone(),
                status,
                ms,
                left: share(started),
                width: share(ms),
            });
        }
    }
    let lanes = lanes.into_iter().map(|(worker, mut bars)| {
        bars.sort_by(|a, b| a.left.total_cmp(&b.left));
        let busy = bars.iter().map(|bar| bar.width).sum::<f64>().min(100.0).round() as u64;
        Lane { worker, busy, bars }
    });
    // The roundest distance that gives at most eight marks.
    let apart = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600]
        .into_iter()
        .map(|seconds| seconds * 1000)
        .find(|ms| record.run.duration_ms / ms <= 8)
        .unwrap_or(7_200_000);
    let ticks = (0..).map(|index| index * apart).take_while(|ms| *ms <= record.run.duration_ms);
    // So wide that what usually takes longest has room for words; what is wider is scrolled.
    let usual = median(record.scenarios.iter().filter(|one| one.attempts > 0).map(|one| one.duration_ms).collect());
    let width = usual.map_or(0, |usual| record.run.duration_ms * LEGIBLE / usual.max(1)).clamp(720, WIDEST);
    Timeline { width, ticks: ticks.map(|ms| (ms, share(ms))).collect(), lanes: lanes.collect() }
}
