//! Looking after what runs bought on targets that are not their own: `dcdb-e2e reconcile` completes the ledger from what the
//! target shows, `dcdb-e2e sweep` returns what earlier runs left, and each run ends with both for itself.

mod command;
mod give_back;
mod reconcile;

use std::{fmt, sync::Arc};

pub use command::{CleanupArgs, reconcile, sweep};
pub use give_back::give_back;

use crate::{
    browser::Session,
    domain::{Failure, InstanceId, Money},
    guard::{Entry, Ledger, RunId, Stage, signed_by},
    journeys,
    pages::Browsing,
    target::Target,
};

/// Something that runs bought and that is still there, or of which it cannot be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leftover {
    /// The account, by its name.
    pub account: String,
    /// What it is: an instance and its name, or a row of the ledger.
    pub what: String,
    /// Why it is still there.
    pub why: String,
}

impl fmt::Display for Leftover {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}: {}", self.what, self.account, self.why)
    }
}

/// What looking after purchases came to.
#[derive(Debug, Default)]
pub struct Outcome {
    /// A line for each row that was completed and each instance that was returned.
    pub done: Vec<String>,
    /// What could be neither explained nor returned.
    pub left: Vec<Leftover>,
}

impl Outcome {
    fn add(&mut self, other: Self) {
        self.done.extend(other.done);
        self.left.extend(other.left);
    }
}

/// Whose purchases are looked after.
#[derive(Debug, Clone, Copy)]
pub enum Whose<'a> {
    /// Those of one run.
    Of(&'a RunId),
    /// Those of every run of this suite.
    Everyones,
}

impl Whose<'_> {
    fn signed(self, name: &str) -> bool {
        match (signed_by(name), self) {
            (Some(run), Self::Of(mine)) => run == *mine,
            (Some(_), Self::Everyones) => true,
            (None, _) => false,
        }
    }

    fn made(self, entry: &Entry) -> bool {
        match self {
            Self::Of(run) => entry.run == run.as_str(),
            Self::Everyones => true,
        }
    }
}

/// A browser on the target to look after things with.
pub struct Cleaner<'a> {
    /// A browser.
    pub session: &'a Session,
    /// The target.
    pub target: Arc<Target>,
    /// Its ledger, where there is one.
    pub ledger: Option<&'a Ledger>,
}

impl Cleaner<'_> {
    /// Completes the ledger, then returns what is signed. Looks at the accounts that the ledger names, or at all of the
    /// profile's.
    ///
    /// # Errors
    /// Class guard: the ledger cannot be read.
    pub async fn clean(&self, whose: Whose<'_>, every_account: bool) -> anyhow::Result<Outcome> {
        let open = self.open_entries(whose)?;
        let names = self.accounts(&open, every_account);
        self.each(&open, &names, async |browsing, name, mine| {
            let mut outcome = self.reconciled(browsing, mine).await?;
            outcome.add(give_back::give_back(browsing, name, self.ledger, whose).await?);
            Ok(outcome)
        })
        .await
    }

    /// Completes the ledger and returns nothing.
    ///
    /// # Errors
    /// As [`Self::clean`].
    pub async fn complete(&self) -> anyhow::Result<Outcome> {
        let open = self.open_entries(Whose::Everyones)?;
        let names = self.accounts(&open, false);
        self.each(&open, &names, async |browsing, _name, mine| self.reconciled(browsing, mine).await).await
    }

    async fn reconciled(&self, browsing: &Browsing, mine: &[&Entry]) -> anyhow::Result<Outcome> {
        match self.ledger {
            Some(ledger) if !mine.is_empty() => reconcile::complete(browsing, ledger, mine).await,
            _ => Ok(Outcome::default()),
        }
    }

    /// Does it in a browser of each account, logged in; an account that cannot be looked at is one of what is left.
    async fn each(
        &self,
        open: &[Entry],
        names: &[String],
        act: impl AsyncFn(&Browsing, &str, &[&Entry]) -> anyhow::Result<Outcome>,
    ) -> anyhow::Result<Outcome> {
        let mut all = Outcome::default();
        for name in names {
            let mine: Vec<&Entry> = open.iter().filter(|entry| entry.spend.account == *name).collect();
            let looked = async {
                let browsing = self.log_in(name).await?;
                let outcome = act(&browsing, name, &mine).await;
                browsing.end().await?;
                outcome
            };
            match looked.await {
                Ok(outcome) => all.add(outcome),
                Err(error) => {
                    let rows = mine.iter().map(|entry| worth(entry)).collect::<Vec<_>>().join("; ");
                    let what = if rows.is_empty() { "whatever was bought".to_owned() } else { rows };
                    let why = format!("its pages could not be looked at: {error:#}");
                    all.left.push(Leftover { account: name.clone(), what, why });
                }
            }
        }
        Ok(all)
    }

    fn open_entries(&self, whose: Whose<'_>) -> anyhow::Result<Vec<Entry>> {
        let mut open = self.ledger.map_or_else(|| Ok(Vec::new()), Ledger::open_entries)?;
        open.retain(|entry| whose.made(entry));
        Ok(open)
    }

    fn accounts(&self, open: &[Entry], every: bool) -> Vec<String> {
        let mut names: Vec<String> = open.iter().map(|entry| entry.spend.account.clone()).collect();
        if every {
            names.extend(self.target.world.names());
        }
        names.sort_unstable();
        names.dedup();
        names
    }

    async fn log_in(&self, name: &str) -> anyhow::Result<Browsing> {
        let account = self.target.world.account_named(name).await?;
        let browsing = Browsing::begin(self.session, Arc::clone(&self.target)).await?;
        journeys::log_in_at_console(&browsing, &account).await?;
        Ok(browsing)
    }
}

/// What a purchase on another's target is worth in words.
fn worth(entry: &Entry) -> String {
    let amount: Money = entry.spend.amount;
    format!("{} ({amount}, {})", entry.spend.name, entry.spend.scenario)
}

/// An instance in words.
fn instance(id: &InstanceId, name: &str) -> String {
    if id.0 == name { format!("instance {id}") } else { format!("instance {id} ({name})") }
}

/// A row that cannot be looked for: it has no name of its own.
fn nameless(entry: &Entry) -> Failure {
    Failure::guard(format!("row {} of the ledger names no instance: it cannot be looked for", entry.id))
}

/// Whether a row still waits to be explained.
const fn unexplained(stage: Stage) -> bool {
    matches!(stage, Stage::Intent | Stage::Clicked | Stage::Order)
}
