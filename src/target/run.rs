//! A target as a run uses it: the profile, and what is known only once the run has begun.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::{Account, Profile, Proof, SavedLogin, Turns, World};
use crate::{cloud_api::Client, domain::Failure};

/// The target of a run. Shared by its workers.
#[derive(Debug)]
pub struct Target {
    /// What the profile says.
    pub profile: Profile,
    /// Who buys.
    pub world: World,
    /// The port of the run's own stand-in; without meaning elsewhere.
    pub port: u16,
    /// Factor on all deadlines, for slow machines.
    pub time_scale: f64,
    /// Who may log in and pay now.
    pub turns: Turns,
    /// Who does at its windows what only a person can.
    pub person: Arc<Person>,
    /// The logins of this run, by the names of their accounts, where they are kept.
    logins: Mutex<BTreeMap<String, SavedLogin>>,
    /// How people are told what belongs to no scenario.
    tell: fn(&str),
}

/// Who does at the windows of a run what only a person can, such as solving a captcha; nobody, unless there are windows.
#[derive(Debug, Default)]
pub struct Person {
    tell: Option<fn(&str)>,
    asked_for: Mutex<BTreeSet<String>>,
}

impl Person {
    /// Somebody who is told this way what to do.
    #[must_use]
    pub fn told_by(tell: fn(&str)) -> Self {
        Self { tell: Some(tell), asked_for: Mutex::default() }
    }

    /// Asks for something, once for each account.
    ///
    /// # Errors
    /// Class infrastructure: nobody is there, or has been asked for this account already.
    pub fn ask(&self, account: &str, what: &str) -> Result<(), Failure> {
        const SAVED: &str = "save a login that was made by hand (dcdb-e2e login --target F --save FILE), and name it: accounts: session: FILE";
        let Some(tell) = self.tell else {
            let text = format!(
                "{what}: only a person can do that, and nobody sees this browser\n  mend     {SAVED}; or run with --headed and do it"
            );
            return Err(Failure::infrastructure(text));
        };
        if !self.asked_for.lock().unwrap_or_else(PoisonError::into_inner).insert(account.to_owned()) {
            let text = format!(
                "{what}: only a person can do that, and one has done it for {account} in this run already\n  mend     {SAVED}; or have runs log in once (login: once)"
            );
            return Err(Failure::infrastructure(text));
        }
        tell(&format!("please: {what}, in the window of {account}; the run goes on then"));
        Ok(())
    }
}

impl Target {
    /// The target, once the port of the run's own stand-in (0 for any other target) is known.
    #[must_use]
    pub fn new(profile: Profile, port: u16, time_scale: f64) -> Self {
        let world = World::new(&profile);
        let turns = Turns::shared_by(profile.pace, 1);
        let (person, logins) = (Arc::default(), Mutex::default());
        Self { profile, world, port, time_scale, turns, person, logins, tell: |_| {} }
    }

    /// The target of a run that is one of so many shards, which go on at once.
    #[must_use]
    pub fn shared_by(self, shards: usize) -> Self {
        Self { turns: Turns::shared_by(self.profile.pace, shards), ..self }
    }

    /// With people who are told this way what belongs to no scenario.
    #[must_use]
    pub fn telling(self, tell: fn(&str)) -> Self {
        Self { tell, ..self }
    }

    /// The login of this account that the run has kept.
    #[must_use]
    pub fn kept_login(&self, account: &Account) -> Option<SavedLogin> {
        self.logins().get(&account.name).cloned()
    }

    /// Keeps this login of an account for later scenarios, where the profile says that accounts log in once. What it is known by is
    /// printed nowhere.
    pub fn keep_login(&self, account: &Account, login: &SavedLogin) {
        // One that was made for a scenario is no other's.
        if !self.profile.logs_in_once() || !self.world.names().contains(&account.name) {
            return;
        }
        let login = login.of_hosts(&self.profile.hosts);
        self.world.hide(Proof::Session(login.clone()));
        let mut logins = self.logins();
        let known = logins.remove(&account.name).unwrap_or_default();
        logins.insert(account.name.clone(), known.and(login));
    }

    /// A login that was kept holds no more: people are told.
    pub fn login_has_ended(&self, account: &Account) {
        if self.logins().remove(&account.name).is_some() {
            (self.tell)(&format!("note: the login of {} that was kept has ended, and it logs in anew", account.name));
        }
    }

    /// A holder that panicked left nothing half done.
    fn logins(&self) -> MutexGuard<'_, BTreeMap<String, SavedLogin>> {
        self.logins.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// With somebody at its windows who is told this way what to do.
    #[must_use]
    pub fn with_person(self, tell: fn(&str)) -> Self {
        Self { person: Arc::new(Person::told_by(tell)), ..self }
    }

    /// The API, asked as this account; `None` where the target has none or the account no key.
    ///
    /// # Errors
    /// Class infrastructure: this machine cannot ask it.
    pub fn api(&self, account: &Account) -> anyhow::Result<Option<Client>> {
        let (Some(api), Some(keys)) = (&self.profile.api, &account.keys) else { return Ok(None) };
        Client::new(api.endpoints(&self.profile.catalogue, self.port, self.time_scale)?, keys.clone()).map(Some)
    }
}
