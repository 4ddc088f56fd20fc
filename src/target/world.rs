//! Who buys: each scenario has an account for itself, made on demand by the run's own stand-in or leased from those that the
//! profile lists.

use std::{fmt, path::Path, sync::Arc, time::Duration};

use anyhow::{Context as _, anyhow, ensure};
use serde_json::{Value, json};

use super::{
    Accounts, Proof,
    accounts::Listed,
    lease::{Lease, Pool},
};
use crate::{
    cloud_api::Keys,
    domain::{Class, Failure, InClass as _, Money},
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
}

/// What an account that is short of money has when it is made on demand: a fen less than the documented example costs
/// (CONTRACT 3.3.19), so that a limit that is off by one is seen.
const SHORT_OF_MONEY: Money = Money::fen(101_519);

impl Default for Wish {
    fn default() -> Self {
        Self { balance: None, short_of_money: false, verified: true, finance_right: true, finance_zones: None }
    }
}

impl fmt::Display for Wish {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let wished = [
            self.balance.map(|balance| format!("with just {balance} on its balance")),
            self.short_of_money.then(|| "that is short of money (short-of-money: true)".to_owned()),
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
    /// The stand-in's own number for it, for [`World`].
    pub id: Option<String>,
    /// Held until the scenario ends.
    lease: Option<Arc<Lease>>,
}

impl Account {
    /// It cannot be used for a while: no other scenario of the run gets it.
    pub fn give_up(&self) {
        self.lease.iter().for_each(|lease| lease.give_up());
    }

    /// Whether it was made for this scenario, and has nothing from before.
    #[must_use]
    pub const fn is_new(&self) -> bool {
        self.id.is_some()
    }
}

/// Gives accounts to scenarios, and changes an account's world where the target is the run's own stand-in. Shared by
/// all workers of a run.
#[derive(Debug, Clone)]
pub struct World {
    source: Source,
}

#[derive(Debug, Clone)]
enum Source {
    BackDoor { address: String, client: reqwest::Client },
    Pool(Arc<Pool>),
}

impl World {
    /// The world of a target; `port` is that of the run's own stand-in.
    #[must_use]
    pub fn new(accounts: &Accounts, port: u16) -> Self {
        let source = match accounts {
            Accounts::OnDemand(_) => Source::BackDoor {
                address: format!("http://127.0.0.1:{port}/backdoor"),
                // A kept connection belongs to the runtime of the worker that opened it, and workers end.
                // It speaks to this machine alone, which may know no certificates.
                client: reqwest::Client::builder()
                    .pool_max_idle_per_host(0)
                    .tls_certs_only([])
                    .build()
                    .unwrap_or_default(),
            },
            Accounts::Listed(listed) => Source::Pool(Pool::of(listed)),
        };
        Self { source }
    }

    /// Chooses the accounts that a run will lease, and keeps other runs from them until it ends: for each wish so many, as far
    /// as there are. `folder` is where runs remember things, `target` what tells one target's accounts from another's.
    ///
    /// # Errors
    /// Class infrastructure: other runs use them all, for too long.
    pub async fn choose(&self, wishes: &[(Wish, usize)], folder: Option<&Path>, target: &str) -> anyhow::Result<()> {
        match &self.source {
            Source::BackDoor { .. } => Ok(()),
            Source::Pool(pool) => pool.choose(wishes, folder, target).await,
        }
    }

    /// The listed accounts that were chosen, each with what the profile states of it, for a look at them before any scenario has
    /// one; none where accounts are made on demand.
    ///
    /// # Errors
    /// Class infrastructure: a file of cookies has gone or run out since the profile was read.
    pub fn chosen(&self) -> anyhow::Result<Vec<(Account, Stated)>> {
        let Source::Pool(pool) = &self.source else { return Ok(Vec::new()) };
        let stated = |listed: &Listed| -> anyhow::Result<Stated> {
            let (balance, short_of_money) = (listed.balance.parse()?, listed.short_of_money);
            Ok(Stated { balance, short_of_money, finance_zones: listed.finance_zones })
        };
        pool.chosen().iter().map(|listed| Ok((account_of(listed, None)?, stated(listed)?))).collect()
    }

    /// An account as wished, for one scenario alone: a new one, or a listed one once it is free.
    ///
    /// # Errors
    /// [`Lacking`] where the profile lists none such; class infrastructure where the stand-in does not answer.
    pub async fn account(&self, wish: &Wish) -> anyhow::Result<Account> {
        match &self.source {
            Source::BackDoor { address, client } => {
                let mut body = json!({
                    "verified": wish.verified, "finance_right": wish.finance_right, "finance_zones": wish.finance_zones == Some(true),
                });
                if let Some(balance) = wish.balance.or(wish.short_of_money.then_some(SHORT_OF_MONEY)) {
                    body["balance_fen"] = json!(balance.as_fen());
                }
                let made = post(client, &format!("{address}/accounts"), &body)
                    .await
                    .context("asking the stand-in for an account")
                    .in_class(Class::Infrastructure)?;
                let word = |key: &str| {
                    made[key]
                        .as_str()
                        .map(str::to_owned)
                        .ok_or_else(|| anyhow!("the stand-in's new account has no {key}"))
                };
                let id = made["id"].as_str().map_or_else(|| made["id"].to_string(), str::to_owned);
                Ok(Account {
                    name: word("name")?,
                    email: word("email")?,
                    proof: Proof::Password(word("password")?.into()),
                    keys: Some(Keys::new(word("secret_id")?, word("secret_key")?)),
                    id: Some(id),
                    lease: None,
                })
            }
            Source::Pool(pool) => {
                if !pool.listed().iter().any(|account| account.grants(wish)) {
                    return Err(Lacking(format!("the profile lists no account {wish}")).into());
                }
                let fits = |account: &Listed, given_up: bool| account.grants(wish) && !given_up;
                one_of(pool, &wish.to_string(), fits).await
            }
        }
    }

    /// Two accounts that may buy, for one scenario: new ones, or listed ones once two are free at once.
    ///
    /// # Errors
    /// As [`Self::account`].
    pub async fn two_accounts(&self) -> anyhow::Result<[Account; 2]> {
        let wish = Wish::default();
        let Source::Pool(pool) = &self.source else {
            return Ok([self.account(&wish).await?, self.account(&wish).await?]);
        };
        let fits = |account: &Listed, given_up: bool| account.grants(&wish) && !given_up;
        if pool.listed().iter().filter(|account| account.grants(&wish)).count() < 2 {
            return Err(Lacking("the profile lists no second account that may buy".into()).into());
        }
        let mut two = pool.lease("that may buy, beside another,", 2, fits).await?.into_iter();
        let mut next = || {
            let (listed, lease) = two.next().context("two accounts were leased")?;
            account_of(&listed, Some(lease))
        };
        Ok([next()?, next()?])
    }

    /// How the accounts that the profile lists prove who they are: what may be printed nowhere.
    #[must_use]
    pub fn proofs(&self) -> Vec<Proof> {
        match &self.source {
            Source::BackDoor { .. } => Vec::new(),
            Source::Pool(pool) => {
                let proofs = pool.listed().iter().filter_map(|account| account.proof().ok());
                let keys = pool.listed().iter().filter_map(|account| account.keys().ok().flatten());
                proofs.chain(keys.map(Proof::Keys)).collect()
            }
        }
    }

    /// The names of the accounts that the profile lists.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        match &self.source {
            Source::BackDoor { .. } => Vec::new(),
            Source::Pool(pool) => pool.listed().iter().map(|account| account.name.clone()).collect(),
        }
    }

    /// The listed account of this name, once it is free.
    ///
    /// # Errors
    /// Class infrastructure: none is listed under it, or another scenario holds it too long.
    pub async fn account_named(&self, name: &str) -> anyhow::Result<Account> {
        match &self.source {
            Source::Pool(pool) if pool.listed().iter().any(|account| account.name == name) => {
                // What it has is looked after, whatever scenarios think of it.
                one_of(pool, name, |account, _| account.name == name).await
            }
            _ => Err(Failure::infrastructure(format!(
                "the profile lists no account {name:?}, which a run has bought with\n  mend     list it again, to look after what it has"
            ))
            .into()),
        }
    }

    /// Changes what a scenario needs of the world, for one account only (CONTRACT 4). Only the run's own stand-in can.
    ///
    /// # Errors
    /// [`Lacking`] on any other target; class infrastructure where the stand-in refuses.
    pub async fn change(&self, account: &Account, change: Value) -> anyhow::Result<()> {
        match (&self.source, &account.id) {
            (Source::BackDoor { address, client }, Some(id)) => {
                post(client, &format!("{address}/accounts/{id}/world"), &change)
                    .await
                    .with_context(|| format!("changing the stand-in's world: {change}"))
                    .in_class(Class::Infrastructure)?;
                Ok(())
            }
            _ => Err(Lacking(
                "the scenario changes the world (prices, stock, clock), which only the stand-in allows".into(),
            )
            .into()),
        }
    }
}

async fn post(client: &reqwest::Client, url: &str, body: &Value) -> anyhow::Result<Value> {
    let response = client.post(url).timeout(Duration::from_secs(20)).json(body).send().await?;
    let status = response.status();
    let text = response.text().await?;
    ensure!(status.is_success(), "{url} answered {status}: {text}");
    Ok(if text.is_empty() { Value::Null } else { serde_json::from_str(&text)? })
}

async fn one_of(pool: &Arc<Pool>, which: &str, fits: impl Fn(&Listed, bool) -> bool) -> anyhow::Result<Account> {
    let (listed, lease) = pool.lease(which, 1, fits).await?.pop().context("an account was leased")?;
    account_of(&listed, Some(lease))
}

fn account_of(listed: &Listed, lease: Option<Arc<Lease>>) -> anyhow::Result<Account> {
    let proof = listed.proof().map_err(Failure::infrastructure)?;
    Ok(Account {
        name: listed.name.clone(),
        email: listed.email.clone(),
        proof,
        keys: listed.keys().map_err(Failure::infrastructure)?,
        id: None,
        lease,
    })
}
