//! Who buys: each scenario has an account for itself, leased from those that the profile lists, or made for it by a lever.

use std::{
    collections::BTreeMap,
    fmt,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use anyhow::Context as _;
use secrecy::ExposeSecret as _;

use super::{
    Accounts, Codes, Deed, Profile, Proof,
    accounts::Listed,
    lease::{Lease, Pool},
};
use crate::{
    cloud_api::Keys,
    domain::{Failure, Money},
};

/// What a profile states of an account that pages can show without a purchase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stated {
    /// It has at least this much.
    pub balance: Money,
    /// It has less than the documented example costs.
    pub short_of_money: bool,
    /// It is approved for finance zones.
    pub finance_zones: bool,
}

/// What a scenario wants of its account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wish {
    /// Exactly this balance, which only an account made to order has. `None` is whatever it has; one made on demand has
    /// plenty.
    pub balance: Option<Money>,
    /// It certainly has less than the documented example costs.
    pub short_of_money: bool,
    /// Identity verified.
    pub verified: bool,
    /// May pay.
    pub finance_right: bool,
    /// Approved for finance zones, or certainly not; `None` is either.
    pub finance_zones: Option<bool>,
    /// A voucher of this amount, which only an account made to order has.
    pub voucher: Option<Money>,
}

/// What one made on demand has otherwise.
const PLENTY: Money = Money::fen(10_000_000);

impl Wish {
    /// What an account has that is made to order. One that is short of money has a fen less than the documented example costs, so
    /// that a limit that is off by one is seen; nothing where nobody says what that is.
    #[must_use]
    pub fn balance_made(&self, profile: &Profile) -> Money {
        let short = || profile.documented_total().map_or(0, |total| (total.as_fen() - 1).max(0));
        self.balance.unwrap_or_else(|| if self.short_of_money { Money::fen(short()) } else { PLENTY })
    }
}

impl Default for Wish {
    fn default() -> Self {
        Self {
            balance: None,
            short_of_money: false,
            verified: true,
            finance_right: true,
            finance_zones: None,
            voucher: None,
        }
    }
}

impl fmt::Display for Wish {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let wished = [
            self.balance.map(|balance| format!("with just {balance} on its balance")),
            self.short_of_money.then(|| "that is short of money (short-of-money: true)".to_owned()),
            self.voucher.map(|voucher| format!("with a voucher of {voucher}")),
            (!self.verified).then(|| "whose identity is not verified (verified: false)".to_owned()),
            (!self.finance_right).then(|| "that may not pay (finance-right: false)".to_owned()),
            self.finance_zones.map(|approved| {
                format!(
                    "that is {}approved for finance zones (finance-zones: {approved})",
                    if approved { "" } else { "not " }
                )
            }),
        ];
        let wished: Vec<String> = wished.into_iter().flatten().collect();
        if wished.is_empty() { f.write_str("that may buy") } else { f.write_str(&wished.join(", ")) }
    }
}

/// The target has no such thing; the scenario is not applicable, for this reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lacking(pub String);

impl fmt::Display for Lacking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Lacking {}

/// An account for one scenario.
#[derive(Debug, Clone)]
pub struct Account {
    /// As pages show it.
    pub name: String,
    /// To log in with.
    pub email: String,
    /// How it proves who it is; never printed.
    pub proof: Proof,
    /// Its key for the API, where it has one; never printed.
    pub keys: Option<Keys>,
    /// Its one-time codes, where its login asks for one.
    pub codes: Option<Codes>,
    /// What levers fill in of it beside.
    pub fillings: BTreeMap<String, String>,
    /// Held until the scenario ends; `None` for one that was made for it.
    lease: Option<Arc<Lease>>,
}

impl Account {
    /// One that was made for a scenario.
    #[must_use]
    pub const fn made(
        name: String,
        email: String,
        proof: Proof,
        keys: Option<Keys>,
        fillings: BTreeMap<String, String>,
    ) -> Self {
        Self { name, email, proof, keys, codes: None, fillings, lease: None }
    }

    /// It cannot be used for a while: no other scenario of the run gets it.
    pub fn give_up(&self) {
        self.lease.iter().for_each(|lease| lease.give_up());
    }

    /// Whether it was made for this scenario, and has nothing from before.
    #[must_use]
    pub const fn is_new(&self) -> bool {
        self.lease.is_none()
    }
}

/// Gives the accounts that the profile lists to scenarios, and knows those that were made for some. Shared by all workers of a
/// run.
#[derive(Debug, Clone)]
pub struct World {
    pool: Arc<Pool>,
    made: Arc<Mutex<Vec<Account>>>,
    /// What levers carry, and all that listed accounts have proved themselves by: what a file of cookies held stays secret once it
    /// has run out or was saved anew.
    secrets: Arc<Mutex<Vec<Proof>>>,
}

impl World {
    /// The world of a target.
    #[must_use]
    pub fn new(profile: &Profile) -> Self {
        let listed: &[Listed] = match &profile.accounts {
            Accounts::OnDemand(_) => &[],
            Accounts::Listed(listed) => listed,
        };
        let proofs = listed.iter().filter_map(|account| account.proof().ok());
        let keys = listed.iter().filter_map(|account| account.keys().ok().flatten()).map(Proof::Keys);
        let tokens = profile.lever_secrets.iter().cloned().map(Proof::Token);
        let codes = listed.iter().filter_map(|account| account.one_time_code.clone()).map(Proof::Token);
        let filled = profile.on_the_way.iter().flat_map(|errand| &errand.deeds).filter_map(|deed| match deed {
            // What stands beside the code is as secret.
            Deed::Fill(_, text) => Some(Proof::Token(text.expose_secret().replace("{code}", "").into())),
            _ => None,
        });
        let secrets = proofs.chain(keys).chain(tokens).chain(codes).chain(filled).collect();
        Self { pool: Pool::of(listed), made: Arc::default(), secrets: Arc::new(Mutex::new(secrets)) }
    }

    /// Chooses the accounts that a run will lease, and keeps other runs from them until it ends: for each wish so many, as far
    /// as there are. `folder` is where runs remember things, `target` what tells one target's accounts from another's.
    ///
    /// # Errors
    /// Class infrastructure: other runs use them all, for too long.
    pub async fn choose(&self, wishes: &[(Wish, usize)], folder: Option<&Path>, target: &str) -> anyhow::Result<()> {
        self.pool.choose(wishes, folder, target).await
    }

    /// The listed accounts that were chosen, each with what the profile states of it, for a look at them before any scenario has
    /// one; none where accounts are made on demand.
    ///
    /// # Errors
    /// Class infrastructure: a file of cookies has gone or run out since the profile was read.
    pub fn chosen(&self) -> anyhow::Result<Vec<(Account, Stated)>> {
        let stated = |listed: &Listed| -> anyhow::Result<Stated> {
            let (balance, short_of_money) = (listed.balance.parse()?, listed.short_of_money);
            Ok(Stated { balance, short_of_money, finance_zones: listed.finance_zones })
        };
        self.pool.chosen().iter().map(|listed| Ok((self.account_of(listed, None)?, stated(listed)?))).collect()
    }

    /// Whether any listed account certainly is as wished.
    #[must_use]
    pub fn grants(&self, wish: &Wish) -> bool {
        self.pool.listed().iter().any(|account| account.grants(wish))
    }

    /// A listed account as wished, for one scenario alone, once it is free.
    ///
    /// # Errors
    /// [`Lacking`] where the profile lists none such; class infrastructure where other scenarios hold them too long.
    pub async fn account(&self, wish: &Wish) -> anyhow::Result<Account> {
        if !self.grants(wish) {
            return Err(Lacking(format!("the profile lists no account {wish}")).into());
        }
        let fits = |account: &Listed, given_up: bool| account.grants(wish) && !given_up;
        self.one_of(&wish.to_string(), fits).await
    }

    /// Two listed accounts that may buy, for one scenario, once two are free at once.
    ///
    /// # Errors
    /// As [`Self::account`].
    pub async fn two_accounts(&self) -> anyhow::Result<[Account; 2]> {
        let wish = Wish::default();
        let fits = |account: &Listed, given_up: bool| account.grants(&wish) && !given_up;
        if self.pool.listed().iter().filter(|account| account.grants(&wish)).count() < 2 {
            return Err(Lacking("the profile lists no second account that may buy".into()).into());
        }
        let mut two = self.pool.lease("that may buy, beside another,", 2, fits).await?.into_iter();
        let mut next = || {
            let (listed, lease) = two.next().context("two accounts were leased")?;
            self.account_of(&listed, Some(lease))
        };
        Ok([next()?, next()?])
    }

    /// Keeps an account in mind that was made for a scenario of this run on another's target: what it bought may have to be
    /// looked after.
    pub fn remember(&self, account: &Account) {
        if let Ok(mut made) = self.made.lock() {
            made.push(account.clone());
        }
    }

    fn made(&self) -> Vec<Account> {
        self.made.lock().map(|made| made.clone()).unwrap_or_default()
    }

    /// What may be printed nowhere: how accounts prove who they are, and what levers carry.
    #[must_use]
    pub fn proofs(&self) -> Vec<Proof> {
        let made = self.made().into_iter().flat_map(|one| [Some(one.proof), one.keys.map(Proof::Keys)]).flatten();
        self.secrets().iter().cloned().chain(made).collect()
    }

    /// This may be printed nowhere either.
    pub(super) fn hide(&self, proof: Proof) {
        let mut secrets = self.secrets();
        if !secrets.iter().any(|known| known.is_same_login(&proof)) {
            secrets.push(proof);
        }
    }

    /// A holder that panicked left nothing half done.
    fn secrets(&self) -> MutexGuard<'_, Vec<Proof>> {
        self.secrets.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The names of the accounts that the profile lists.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        self.pool.listed().iter().map(|account| account.name.clone()).collect()
    }

    /// The account of this name: one that was made in this run, or a listed one, once it is free.
    ///
    /// # Errors
    /// Class infrastructure: none is known under it, or another scenario holds it too long.
    pub async fn account_named(&self, name: &str) -> anyhow::Result<Account> {
        if let Some(made) = self.made().into_iter().find(|account| account.name == name) {
            return Ok(made);
        }
        if self.pool.listed().iter().any(|account| account.name == name) {
            // What it has is looked after, whatever scenarios think of it.
            return self.one_of(name, |account, _| account.name == name).await;
        }
        Err(Failure::infrastructure(format!(
            "the profile lists no account {name:?}, which a run has bought with\n  mend     list it again, to look after what it has"
        ))
        .into())
    }

    async fn one_of(&self, which: &str, fits: impl Fn(&Listed, bool) -> bool) -> anyhow::Result<Account> {
        let (listed, lease) = self.pool.lease(which, 1, fits).await?.pop().context("an account was leased")?;
        self.account_of(&listed, Some(lease))
    }

    fn account_of(&self, listed: &Listed, lease: Option<Arc<Lease>>) -> anyhow::Result<Account> {
        let proof = listed.proof().map_err(Failure::infrastructure)?;
        self.hide(proof.clone());
        Ok(Account {
            name: listed.name.clone(),
            email: listed.email.clone(),
            proof,
            keys: listed.keys().map_err(Failure::infrastructure)?,
            codes: listed.codes().map_err(Failure::infrastructure)?,
            fillings: listed.fillings.clone(),
            lease,
        })
    }
}
