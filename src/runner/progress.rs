//! What is said while a run goes on: each scenario as it ends, and at a terminal a last line that tells how far it is.

use std::{
    collections::BTreeMap,
    io::IsTerminal as _,
    time::{Duration, Instant},
};

use super::{args::Args, surroundings::Surroundings};
use crate::{
    evidence::{
        Counts, ScenarioRecord, Status, failure_block,
        history::{Key, key},
        scenario_line,
    },
    spoken::{self, printable},
    warn,
};

/// Goes back to the start of the line, and wipes it.
const WIPED: &str = "\r\x1b[2K";

/// Waiting for less is starting.
const WORTH_A_WORD: Duration = Duration::from_secs(3);

/// How far a run is.
pub struct Progress<'a> {
    args: &'a Args,
    surroundings: &'a Surroundings,
    /// How long scenarios took in earlier runs, ms.
    known: BTreeMap<Key, u64>,
    waiting: Vec<Key>,
    workers: usize,
    counts: Counts,
    spent_ms: u64,
    /// What each worker is at.
    now: BTreeMap<usize, (String, Instant)>,
    /// What workers wait for that are at nothing.
    waits: BTreeMap<usize, (String, Instant)>,
    /// How many scenarios wait for their turn, and why.
    held_up: Option<String>,
}

/// Says something that belongs to no scenario. At a terminal it takes the place of the last line, which is drawn again below.
pub fn aside(text: &str) {
    if std::io::stderr().is_terminal() {
        spoken::err(format_args!("{WIPED}"));
    }
    warn!("{text}");
}

impl<'a> Progress<'a> {
    /// Of a run that is about to begin; `known`: how long its scenarios took in earlier ones, ms.
    pub fn new(args: &'a Args, surroundings: &'a Surroundings, known: BTreeMap<Key, u64>) -> Self {
        Self {
            args,
            surroundings,
            known,
            waiting: Vec::new(),
            workers: 1,
            counts: Counts::default(),
            spent_ms: 0,
            now: BTreeMap::new(),
            waits: BTreeMap::new(),
            held_up: None,
        }
    }

    /// The run begins with these scenarios.
    pub fn begin(&mut self, scenarios: Vec<Key>, workers: usize) {
        self.waiting = scenarios;
        self.workers = workers.max(1);
    }

    /// A worker waits for this; for nothing any more.
    pub fn waits(&mut self, worker: usize, what: Option<&str>) {
        match what {
            Some(what) => drop(self.waits.insert(worker, (what.to_owned(), Instant::now()))),
            None => drop(self.waits.remove(&worker)),
        }
        self.draw();
    }

    /// So many scenarios wait for their turn.
    pub fn held_up(&mut self, by: Option<String>) {
        self.held_up = by;
    }

    /// A worker has begun a scenario.
    pub fn began(&mut self, worker: usize, name: String) {
        self.now.insert(worker, (printable(&name), Instant::now()));
        self.draw();
    }

    /// A scenario has ended: says how, at once.
    pub fn ended(&mut self, record: &ScenarioRecord) {
        self.clear();
        if record.status == Status::Failed {
            let block = failure_block(record, &self.args.out, &record.repeat);
            spoken::out(format_args!("{}\n", self.surroundings.paint(&block)));
        } else if !self.args.terse() {
            spoken::out(format_args!("{}\n", self.surroundings.paint(&scenario_line(record))));
        }
        self.now.remove(&record.worker);
        if let Some(at) = self.waiting.iter().position(|waiting| *waiting == key(record)) {
            self.waiting.swap_remove(at);
        }
        let counted = Counts::of([record]);
        self.counts = Counts {
            all: self.counts.all + 1,
            passed: self.counts.passed + counted.passed,
            failed: self.counts.failed + counted.failed,
            flaky: self.counts.flaky + counted.flaky,
            not_applicable: self.counts.not_applicable + counted.not_applicable,
            skipped: self.counts.skipped + counted.skipped,
        };
        self.spent_ms += record.duration_ms;
        self.draw();
    }

    /// Some time has passed.
    pub fn tick(&self) {
        self.draw();
    }

    /// Nothing more is drawn: other output may follow.
    pub fn clear(&self) {
        if self.surroundings.live {
            spoken::out(format_args!("{WIPED}"));
        }
    }

    fn draw(&self) {
        if self.surroundings.live {
            // Without wrapping, what does not fit is cut off by the terminal itself, which knows its width.
            spoken::out(format_args!("{WIPED}\x1b[?7l{}\x1b[?7h", self.line()));
        }
    }

    fn line(&self) -> String {
        let Counts { all, passed, failed, flaky, not_applicable, skipped } = self.counts;
        let mut line = format!("{all}/{} ", all + self.waiting.len());
        let left_out = not_applicable + skipped;
        for (mark, count) in [("✓", passed), ("✗", failed), ("~", flaky), ("-", left_out)] {
            if count > 0 {
                line.push_str(&format!(" {} ", self.surroundings.paint(&format!("{mark} {count}"))));
            }
        }
        line.push_str(&format!(" {}", self.left()));
        for (name, since) in self.now.values() {
            // Whatever takes long is worth a number.
            let seconds = since.elapsed().as_secs();
            let so_far = if seconds >= 5 { format!(" ({seconds} s)") } else { String::new() };
            line.push_str(&format!("  · {name}{so_far}"));
        }
        for (worker, (what, since)) in self.waits.iter().filter(|(_, (_, since))| since.elapsed() >= WORTH_A_WORD) {
            line.push_str(&format!("  · worker {worker} waits for {what}, {} s", since.elapsed().as_secs()));
        }
        if let Some(held_up) = &self.held_up {
            line.push_str(&format!("  · {held_up}"));
        }
        line
    }

    /// How long the rest takes, by how long it took before, or by what this run took so far.
    fn left(&self) -> String {
        let mean = self.spent_ms.checked_div(self.counts.all as u64);
        let mut left_ms = 0;
        for key in &self.waiting {
            match self.known.get(key).copied().or(mean) {
                Some(ms) => left_ms += ms,
                None => return "time left not known yet".into(),
            }
        }
        let left = Duration::from_millis(left_ms / self.workers as u64);
        match left.as_secs() {
            0 => "a moment left".into(),
            seconds if seconds >= 120 => format!("about {} min left", seconds / 60),
            seconds => format!("about {seconds} s left"),
        }
    }
}
