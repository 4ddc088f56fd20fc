//! Looking after what runs bought on targets that are not their own: `dcdb-e2e reconcile` completes the ledger from what the
//! target shows, `dcdb-e2e sweep` returns what earlier runs left, and each run ends with both for itself.

mod by_api;
mod cancel;
mod command;
mod give_back;
mod reconcile;
mod verdict;

use std::{fmt, sync::Arc};

pub use cancel::{Unpaid, cancel_unpaid};
pub use command::{CleanupArgs, ReconcileArgs, reconcile, sweep};
pub use give_back::give_back;
pub use reconcile::complete;

use crate::{
    browser::Session,
    cloud_api::Client,
    domain::{InstanceId, Money},
    guard::{Entry, Ledger, RunId, signed_by},
    journeys,
    pages::Browsing,
    target::{Account, Target},
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
    /// What could not be asked, where another way was taken instead.
    pub notes: Vec<String>,
    /// What could be neither explained nor returned.
    pub left: Vec<Leftover>,
}

impl Outcome {
    fn add(&mut self, other: Self) {
        self.done.extend(other.done);
        self.notes.extend(other.notes);
        self.left.extend(other.left);
    }
}

/// Whose purchases are looked after.
#[derive(Clone, Copy)]
pub enum Whose<'a> {
    /// Those of one run.
    Of(&'a RunId),
    /// Those of every run of this suite but the ones that this finds to be going on, each time it is asked.
    EveryonesBut(&'a dyn Fn() -> Vec<String>),
}

impl Whose<'_> {
    fn signed(self, name: &str) -> bool {
        signed_by(name).is_some_and(|run| self.has(run.as_str()))
    }

    fn has(self, run: &str) -> bool {
        match self {
            Self::Of(mine) => run == mine.as_str(),
            Self::EveryonesBut(alive) => !alive().iter().any(|other| other == run),
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
        self.each(&open, &names, Some(whose)).await
    }

    /// Completes the ledger and returns nothing.
    ///
    /// # Errors
    /// As [`Self::clean`].
    pub async fn complete(&self, whose: Whose<'_>) -> anyhow::Result<Outcome> {
        let open = self.open_entries(whose)?;
        let names = self.accounts(&open, false);
        self.each(&open, &names, None).await
    }

    /// Looks after each account; one that cannot be looked at is one of what is left.
    async fn each(&self, open: &[Entry], names: &[String], giving_back: Option<Whose<'_>>) -> anyhow::Result<Outcome> {
        let mut all = Outcome::default();
        for name in names {
            let mine: Vec<&Entry> = open.iter().filter(|entry| entry.spend.account == *name).collect();
            match self.account(name, &mine, giving_back).await {
                Ok(outcome) => all.add(outcome),
                Err(error) => all.left.push(unseen(name, &mine, &error)),
            }
        }
        Ok(all)
    }

    fn open_entries(&self, whose: Whose<'_>) -> anyhow::Result<Vec<Entry>> {
        let mut open = self.ledger.map_or_else(|| Ok(Vec::new()), Ledger::open_entries)?;
        open.retain(|entry| whose.has(&entry.run));
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

    /// Completes the rows of an account and gives back what it has; by the API where the account has a key, and what that does
    /// not settle in the pages.
    async fn account(&self, name: &str, mine: &[&Entry], giving_back: Option<Whose<'_>>) -> anyhow::Result<Outcome> {
        let account = self.target.world.account_named(name).await?;
        let Some(api) = self.target.api(&account)? else { return self.by_pages(&account, mine, giving_back).await };
        let mut outcome = Outcome::default();
        let everywhere = self.target.profile.regions().iter().all(|region| api.region(*region).is_ok());
        let open = match self.by_api(&api, name, mine, giving_back, &mut outcome).await {
            Ok(open) if open.is_empty() && outcome.left.is_empty() && (everywhere || giving_back.is_none()) => {
                return Ok(outcome);
            }
            Ok(open) => open,
            Err(error) => {
                outcome.notes.push(format!("not known   from the API what {name} has: {error:#}"));
                mine.to_vec()
            }
        };
        match self.by_pages(&account, &open, giving_back).await {
            // What the API did not return was tried again there, or is told of again.
            Ok(pages) => {
                outcome.left.clear();
                outcome.add(pages);
            }
            Err(error) => outcome.left.push(unseen(name, &open, &error)),
        }
        Ok(outcome)
    }

    /// Gives the rows that it cannot explain.
    async fn by_api<'e>(
        &self,
        api: &Client,
        name: &str,
        mine: &[&'e Entry],
        giving_back: Option<Whose<'_>>,
        outcome: &mut Outcome,
    ) -> anyhow::Result<Vec<&'e Entry>> {
        let held = by_api::instances(api).await?;
        let balance = if mine.is_empty() { None } else { api.balance().await.ok() };
        let complete = |ledger| by_api::complete(&held, balance, ledger, mine, outcome);
        let open = self.ledger.map_or(Ok(Vec::new()), complete)?;
        if let Some(whose) = giving_back {
            let signed = held.iter().filter(|(_, one)| whose.signed(&one.name));
            by_api::give_back(api, &self.target.profile.deadlines, name, self.ledger, signed, outcome).await?;
        }
        Ok(open)
    }

    async fn by_pages(
        &self,
        account: &Account,
        mine: &[&Entry],
        giving_back: Option<Whose<'_>>,
    ) -> anyhow::Result<Outcome> {
        let browsing = Browsing::begin(self.session, Arc::clone(&self.target)).await?;
        let looked = async {
            journeys::log_in_at_console(&browsing, account).await?;
            let mut outcome = match self.ledger {
                Some(ledger) if !mine.is_empty() => reconcile::complete(&browsing, ledger, mine).await?,
                _ => Outcome::default(),
            };
            if let Some(whose) = giving_back {
                outcome.add(give_back(&browsing, &account.name, self.ledger, whose).await?);
            }
            Ok(outcome)
        }
        .await;
        browsing.end().await?;
        looked
    }
}

/// An account that could not be looked at, with what is open of it.
fn unseen(name: &str, open: &[&Entry], error: &anyhow::Error) -> Leftover {
    let rows = open.iter().map(|entry| worth(entry)).collect::<Vec<_>>().join("; ");
    Leftover {
        account: name.to_owned(),
        what: if rows.is_empty() { "whatever was bought".to_owned() } else { rows },
        why: format!("what it has could not be looked at: {error:#}"),
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

/// Writes down that these instances were delivered for a row, and which of them have been returned since; gives their ids in
/// words.
fn delivered(ledger: &Ledger, entry: &Entry, instances: &[(&InstanceId, bool)]) -> anyhow::Result<String> {
    let ids: Vec<InstanceId> = instances.iter().map(|(id, _)| (*id).clone()).collect();
    ledger.delivered(entry.id, &ids)?;
    for (id, _) in instances.iter().filter(|(_, isolated)| *isolated) {
        ledger.returned(&entry.spend.account, id, &entry.spend.name)?;
    }
    Ok(ids.iter().map(|id| id.0.as_str()).collect::<Vec<_>>().join(", "))
}

/// An instance that is still there, and why.
fn kept(account: &str, id: &InstanceId, name: &str, error: &anyhow::Error) -> Leftover {
    Leftover {
        account: account.to_owned(),
        what: instance(id, name),
        why: format!("it could not be returned: {error:#}"),
    }
}

/// A row that cannot be looked for: it has no name of its own.
fn nameless(entry: &Entry) -> String {
    format!("row {} of the ledger names no instance: it cannot be looked for", entry.id)
}

/// Writes down that an instance was returned. It was, whatever the ledger says to that.
fn written(ledger: Option<&Ledger>, account: &str, id: &InstanceId, name: &str, outcome: &mut Outcome) {
    if let Some(Err(error)) = ledger.map(|ledger| ledger.returned(account, id, name)) {
        outcome.notes.push(format!("not written {}, returned: {error:#}", instance(id, name)));
    }
}
