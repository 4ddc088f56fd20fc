//! Calls to the browser, by its driver or over the second channel: each with a deadline, each kept for the record of the run.

use std::{
    cell::RefCell,
    collections::BTreeMap,
    time::{Duration, Instant},
};

use super::trouble::{Trouble, first_line};

/// Calls to the browser by kind: how many, and how long all of them took.
pub type Timings = BTreeMap<String, (u32, Duration)>;

/// The kind of call that only the record of a run is made for.
pub const KEEPING_EVIDENCE: &str = "keeping evidence";

/// A call to the browser.
#[derive(Debug, Clone)]
pub struct Call {
    /// Its kind, such as `aiming at an element`.
    pub doing: &'static str,
    /// What for: what is expected of which element, or an address. What is typed is no part of it.
    pub about: String,
    /// What came of it, where that is not what was wanted. May hold what pages show.
    pub came: Option<String>,
    /// When it was made.
    pub at: Instant,
    /// How long it took.
    pub took: Duration,
}

/// All calls of a visit.
#[derive(Debug, Default)]
pub(super) struct Calls(RefCell<Vec<Call>>);

impl Calls {
    /// Makes a call with a deadline, and keeps it.
    pub(super) async fn timed<T, E: Into<Trouble>>(
        &self,
        doing: &'static str,
        about: impl Into<String>,
        within: Duration,
        command: impl Future<Output = Result<T, E>>,
    ) -> Result<T, Trouble> {
        let started = Instant::now();
        let outcome = match tokio::time::timeout(within, command).await {
            Ok(outcome) => outcome.map_err(Into::into),
            Err(_) => Err(Trouble::Silent { doing, within }),
        };
        let came = outcome.as_ref().err().map(|trouble| match trouble {
            Trouble::Command(error) => first_line(&error.to_string()).to_owned(),
            Trouble::Alert(dialog) => format!("{} lies over the page", dialog.kind),
            Trouble::Channel(error) => format!("{error:#}"),
            Trouble::Silent { .. } => "no answer in time".to_owned(),
        });
        self.keep(doing, about, started, came);
        outcome
    }

    /// A call was made that began then.
    pub(super) fn keep(&self, doing: &'static str, about: impl Into<String>, at: Instant, came: Option<String>) {
        let call = Call { doing, about: about.into(), came, at, took: at.elapsed() };
        self.0.borrow_mut().push(call);
    }

    /// What the last call came to, now that its answer has been read.
    pub(super) fn came(&self, what: &str) {
        if let Some(call) = self.0.borrow_mut().last_mut() {
            call.came = Some(what.to_owned());
        }
    }

    /// The calls from the one of this number on.
    pub(super) fn from(&self, from: usize) -> Vec<Call> {
        self.0.borrow().get(from..).unwrap_or_default().to_vec()
    }

    /// How often each kind of call was made, and how long it took in all.
    pub(super) fn timings(&self) -> Timings {
        let mut timings = Timings::new();
        for call in self.0.borrow().iter() {
            let (count, spent) = timings.entry(call.doing.to_owned()).or_default();
            *count += 1;
            *spent += call.took;
        }
        timings
    }
}
