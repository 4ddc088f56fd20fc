//! Pulling levers: what only the target's owner can make happen, by requests that the profile says. On another's target each is
//! written down before it is pulled, pulled only where the target has proved to be a test target, and undone when its scenario
//! ends, or at the latest by whoever comes next.

mod send;

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use serde_json::{Value, json};

use self::send::{Sender, Unanswered};
use crate::{
    browser::Session,
    cloud_api::Keys,
    domain::Failure,
    guard::{self, Journal, Pulled as Written},
    pages::Browsing,
    target::{Account, Fillings, Lacking, Lever, LeverName, Page, Proof, Target, Wish},
};

/// Whoever pulls the levers of a target, for one run. Shared by its workers.
pub struct Hand {
    target: Arc<Target>,
    /// Where it is written down; nowhere on the run's own stand-in, which ends with the run.
    journal: Option<Journal>,
    /// The target has proved to be a test target.
    proven: AtomicBool,
    sender: Sender,
    grips: AtomicU64,
    /// What has still to be undone, by number.
    open: Mutex<BTreeMap<u64, Pulled>>,
    /// What killed runs left pulled and the profile knows no more, in words.
    unknown: Mutex<Vec<String>>,
}

#[derive(Clone)]
struct Pulled {
    lever: LeverName,
    /// The scenario's; `None` where a killed run left it.
    grip: Option<u64>,
    fillings: Fillings,
    row: Option<i64>,
}

/// What a scenario pulls levers by: all that it pulled is undone by it.
#[derive(Debug, Clone)]
pub struct Grip {
    number: u64,
    scenario: String,
}

impl Hand {
    /// On this target; with the journal that it is written down in, where the target is another's and anything is to be pulled.
    ///
    /// # Errors
    /// Class infrastructure: this machine cannot make requests.
    pub fn new(target: &Arc<Target>, journal: Option<Journal>) -> anyhow::Result<Self> {
        Ok(Self {
            sender: Sender::new(target)?,
            target: Arc::clone(target),
            journal,
            proven: AtomicBool::new(false),
            grips: AtomicU64::new(0),
            open: Mutex::default(),
            unknown: Mutex::default(),
        })
    }

    /// The target proves to be a test target on the portal's start page, in a browser of its own: once for all that is pulled
    /// later. The run's own stand-in need not.
    ///
    /// # Errors
    /// Class guard: it does not. Whatever else keeps the page from being seen.
    pub async fn prove(&self, session: &Session) -> anyhow::Result<()> {
        if self.is_proven() {
            return Ok(());
        }
        let browsing = Browsing::begin(session, Arc::clone(&self.target)).await?;
        let seen = async {
            browsing.open(Page::Home).await?;
            guard::handshake(&browsing.visit, &self.target.profile, "pulling a lever").await
        }
        .await;
        let ended = browsing.end().await;
        seen?;
        ended?;
        // Without a marker the handshake has nothing to ask for.
        self.proven.store(self.target.profile.marker.is_some(), Ordering::Relaxed);
        Ok(())
    }

    fn is_proven(&self) -> bool {
        !self.target.profile.is_remote() || self.proven.load(Ordering::Relaxed)
    }

    /// What an attempt at this scenario is to pull levers by.
    pub fn grip(&self, scenario: &str) -> Grip {
        Grip { number: self.grips.fetch_add(1, Ordering::Relaxed), scenario: scenario.to_owned() }
    }

    /// An account as wished, for one scenario alone: a listed one once it is free, or one that the lever `account` makes.
    ///
    /// # Errors
    /// [`Lacking`] where there is none such and none can be made; else as [`Self::pull`].
    pub async fn account(&self, wish: &Wish, grip: &Grip) -> anyhow::Result<Account> {
        let world = &self.target.world;
        if world.grants(wish) || !self.lever(LeverName::Account).is_ok_and(|lever| lever.makes(wish)) {
            return world.account(wish).await;
        }
        let password = random("")?;
        let balance = wish.balance_made(&self.target.profile);
        let written = balance.to_string();
        let given = [
            ("balance", json!(balance.as_fen())),
            ("balance.yuan", json!(written.replace(['¥', ','], ""))),
            ("balance.written", json!(written)),
            ("verified", json!(wish.verified)),
            ("finance-right", json!(wish.finance_right)),
            ("finance-zones", json!(wish.finance_zones == Some(true))),
            ("voucher", json!(wish.voucher.unwrap_or_default().as_fen())),
        ];
        let read = self.pulled(LeverName::Account, &given, Some(&password), None, grip).await?;
        let word = |key: &str| read.get(key).map(plain);
        let known = |key: &str| {
            word(key)
                .ok_or_else(|| Failure::test(format!("the lever account reads no {key}, and was taken all the same")))
        };
        let keys = word("secret-id").zip(word("secret-key")).map(|(id, secret)| Keys::new(id, secret));
        let proof = Proof::Password(word("password").unwrap_or(password).into());
        let open = read.iter().filter(|(name, _)| !is_secret(name));
        let fillings = open.map(|(name, value)| (name.clone(), plain(value))).collect();
        let account = Account::made(known("name")?, known("email")?, proof, keys, fillings);
        if self.target.profile.is_remote() {
            world.remember(&account);
        }
        Ok(account)
    }

    /// Two accounts that may buy, for one scenario: listed ones, or new ones where accounts are made on demand.
    ///
    /// # Errors
    /// As [`Self::account`].
    pub async fn two_accounts(&self, grip: &Grip) -> anyhow::Result<[Account; 2]> {
        let wish = Wish::default();
        if self.target.world.grants(&wish) {
            return self.target.world.two_accounts().await;
        }
        Ok([self.account(&wish, grip).await?, self.account(&wish, grip).await?])
    }

    /// Pulls a lever for an account, with this filled in.
    ///
    /// # Errors
    /// [`Lacking`] where the target has no such lever. Class guard: it has not proved to be a test target. Class infrastructure:
    /// the lever was not answered as it should, or cannot be written down. Class test: it has no spelling of what is filled in.
    pub async fn pull(
        &self,
        name: LeverName,
        given: &[(&str, Value)],
        account: &Account,
        grip: &Grip,
    ) -> anyhow::Result<()> {
        self.pulled(name, given, None, Some(account), grip).await.map(drop)
    }

    /// Pulls a lever that is nobody's in particular, for the rest of the run.
    ///
    /// # Errors
    /// As [`Self::pull`].
    pub async fn pull_for_everybody(&self, name: LeverName, given: &[(&str, Value)]) -> anyhow::Result<()> {
        self.pulled(name, given, None, None, &self.grip("the whole run")).await.map(drop)
    }

    async fn pulled(
        &self,
        name: LeverName,
        given: &[(&str, Value)],
        password: Option<&str>,
        account: Option<&Account>,
        grip: &Grip,
    ) -> anyhow::Result<Fillings> {
        let lever = self.lever(name)?;
        if !self.is_proven() {
            let text = format!(
                "the lever {name} is not pulled: {} has not proved to be a test target in this run\n  mend     tag the scenario @lever-{name}",
                self.target.profile.name
            );
            return Err(Failure::guard(text).into());
        }
        let mut fillings: Fillings = given.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        fillings.insert("unique".into(), json!(random("e2e")?));
        if let Some(account) = account {
            fillings.insert("account.name".into(), json!(account.name));
            fillings.insert("account.email".into(), json!(account.email));
            let beside = account.fillings.iter();
            fillings.extend(beside.map(|(name, value)| (format!("account.{name}"), json!(value))));
        }
        let asked = self.filled(name, lever, &fillings, password)?;
        let row = self.journal.as_ref().map(|journal| journal.pulling(name, &grip.scenario, &fillings)).transpose()?;
        let number = self.note(Pulled { lever: name, grip: Some(grip.number), fillings: fillings.clone(), row });
        let read = match self.sender.send(name, &asked, &lever.reads, password).await {
            Ok(read) => read,
            Err(Unanswered { why, may_be_done }) => {
                if !may_be_done {
                    self.over(number)?;
                }
                return Err(why.into());
            }
        };
        // What is filled in when it is undone, and no secret.
        let prefix = if name == LeverName::Account { "account." } else { "" };
        let open = read.iter().filter(|(read, _)| !is_secret(read));
        fillings.extend(open.map(|(read, value)| (format!("{prefix}{read}"), value.clone())));
        // It can be undone with it, whatever becomes of the journal.
        if let Some(pulled) = self.still().get_mut(&number) {
            pulled.fillings = fillings.clone();
        }
        if let Some((journal, row)) = self.journal.as_ref().zip(row) {
            journal.answered(row, &fillings)?;
        }
        if lever.undo.is_none() {
            self.over(number)?;
        }
        Ok(read)
    }

    fn lever(&self, name: LeverName) -> Result<&Lever, Lacking> {
        let profile = &self.target.profile;
        let lacking = || Lacking(format!("the profile {} has no lever {name} (levers: {name}:)", profile.name));
        profile.levers.get(name).ok_or_else(lacking)
    }

    /// The request that pulls a lever.
    fn filled(
        &self,
        name: LeverName,
        lever: &Lever,
        fillings: &Fillings,
        password: Option<&str>,
    ) -> anyhow::Result<crate::target::Asked> {
        let mut all = fillings.clone();
        all.extend(password.map(|password| ("password".to_owned(), json!(password))));
        self.with_port(&mut all);
        lever.fill(&lever.pull, &all).map_err(|why| unfilled(name, &why).into())
    }

    fn with_port(&self, fillings: &mut Fillings) {
        fillings.insert("port".into(), json!(self.target.port));
    }

    /// What has still to be undone. Nothing is done while it is held that could panic half-way.
    fn still(&self) -> MutexGuard<'_, BTreeMap<u64, Pulled>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, pulled: Pulled) -> u64 {
        let mut open = self.still();
        let number = open.last_key_value().map_or(0, |(last, _)| last + 1);
        open.insert(number, pulled);
        number
    }

    fn over(&self, number: u64) -> anyhow::Result<()> {
        let row = self.still().get(&number).and_then(|pulled| pulled.row);
        if let Some((journal, row)) = self.journal.as_ref().zip(row) {
            journal.undone(row)?;
        }
        self.still().remove(&number);
        Ok(())
    }

    /// Undoes what a scenario pulled and these are meant of, the last first; what cannot be undone is left for the end of the run.
    ///
    /// # Errors
    /// Class infrastructure: the request that undoes it was not answered as it should; the first of them.
    pub async fn undo(&self, grip: &Grip, meant: impl Fn(LeverName) -> bool) -> anyhow::Result<()> {
        let of_grip = |pulled: &Pulled| pulled.grip == Some(grip.number) && meant(pulled.lever);
        let failed = self.undo_those(of_grip).await;
        failed.into_iter().next().map_or(Ok(()), |(lever, why)| {
            Err(why.context(format!("undoing the lever {lever}, which is still pulled")))
        })
    }

    /// Whether any of the levers that are meant is still pulled.
    pub fn has_pulled(&self, meant: impl Fn(LeverName) -> bool) -> bool {
        self.still().values().any(|pulled| meant(pulled.lever))
    }

    /// Undoes all that is still pulled of the levers that are meant, the last first; gives a line for each that could not be.
    pub async fn undo_all(&self, meant: impl Fn(LeverName) -> bool) -> Vec<String> {
        let failed = self.undo_those(|pulled| meant(pulled.lever)).await;
        failed.iter().map(|(lever, why)| format!("the lever {lever} is still pulled: {why:#}")).collect()
    }

    /// Undoes what killed runs left pulled and [`Self::take_over`] took over, once the target has proved to be a test target.
    ///
    /// # Errors
    /// Class guard: it does not. Class infrastructure: what is still pulled.
    pub async fn undo_left(&self, session: &Session) -> anyhow::Result<()> {
        self.prove(session).await?;
        let mut still = self.undo_all(|_| true).await;
        still.append(&mut self.unknown.lock().unwrap_or_else(PoisonError::into_inner));
        if still.is_empty() { Ok(()) } else { Err(Failure::infrastructure(still.join("\n")).into()) }
    }

    async fn undo_those(&self, meant: impl Fn(&Pulled) -> bool) -> Vec<(LeverName, anyhow::Error)> {
        let open: Vec<(u64, Pulled)> = {
            let open = self.still();
            open.iter()
                .rev()
                .filter(|(_, pulled)| meant(pulled))
                .map(|(number, pulled)| (*number, pulled.clone()))
                .collect()
        };
        let mut failed = Vec::new();
        for (number, pulled) in open {
            let undone = self.undo_one(&pulled).await.and_then(|()| self.over(number));
            failed.extend(undone.err().map(|why| (pulled.lever, why)));
        }
        failed
    }

    async fn undo_one(&self, Pulled { lever: name, fillings, row, .. }: &Pulled) -> anyhow::Result<()> {
        let name = *name;
        let lever = self.lever(name).map_err(|gone| Failure::infrastructure(gone.to_string()))?;
        let Some(undo) = &lever.undo else { return Ok(()) };
        let mut all = fillings.clone();
        self.with_port(&mut all);
        let asked = match lever.fill(undo, &all) {
            Ok(asked) => asked,
            // An account that nobody came to know is in nobody's way.
            Err(_) if name == LeverName::Account => return Ok(()),
            Err(why) => {
                let text = format!(
                    "the lever {name} cannot be undone: {why}; what its answer was to say has never come\n  mend     {}",
                    self.by_hand(*row)
                );
                return Err(Failure::infrastructure(text).into());
            }
        };
        self.sender
            .send(name, &asked, &BTreeMap::new(), None)
            .await
            .map(drop)
            .map_err(|unanswered| unanswered.why.into())
    }

    /// How a lever is undone that nothing else can undo.
    fn by_hand(&self, row: Option<i64>) -> String {
        let Some((journal, row)) = self.journal.as_ref().zip(row) else { return "undo it by hand".to_owned() };
        format!(
            "undo it by hand, and say so: sqlite3 {} 'UPDATE levers SET undone_ms = 0 WHERE id = {row}'",
            journal.place().display()
        )
    }

    /// Takes over what killed runs left pulled on this target; gives how many. [`Self::undo_left`] undoes them, and fails with those
    /// that this profile knows no more.
    ///
    /// # Errors
    /// Class infrastructure: the journal cannot be read.
    pub fn take_over(&self) -> anyhow::Result<usize> {
        let Some(journal) = &self.journal else { return Ok(0) };
        let left = journal.take_over()?;
        let count = left.len();
        // The last is undone first.
        for Written { row, lever, scenario, fillings } in left.into_iter().rev() {
            let known = LeverName::of(&lever).filter(|name| self.target.profile.levers.get(*name).is_some());
            match known {
                Some(lever) => {
                    self.note(Pulled { lever, grip: None, fillings, row: Some(row) });
                }
                None => self.unknown.lock().unwrap_or_else(PoisonError::into_inner).push(format!(
                    "the lever {lever}, pulled for {scenario:?}, is still pulled, and the profile {} knows it no more\n  mend     say it again under levers:, or {}",
                    self.target.profile.name,
                    self.by_hand(Some(row))
                )),
            }
        }
        Ok(count)
    }
}

fn unfilled(name: LeverName, why: &str) -> Failure {
    Failure::test(format!("the lever {name} cannot be filled in: {why}\n  mend     levers: {name}: in the profile"))
}

/// What an account proves itself with.
fn is_secret(name: &str) -> bool {
    ["password", "secret-id", "secret-key"].contains(&name)
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Letters and digits that nobody else has.
fn random(prefix: &str) -> anyhow::Result<String> {
    let mut random = [0u8; 12];
    getrandom::fill(&mut random).map_err(|error| anyhow::anyhow!("the system gives no random bytes: {error}"))?;
    Ok(random.iter().fold(prefix.to_owned(), |text, byte| format!("{text}{byte:02x}")))
}
