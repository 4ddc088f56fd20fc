//! The accounts of a profile: made on demand by the stand-in, or listed, each with what it proves itself with.

use std::{collections::BTreeMap, path::PathBuf};

use schemars::JsonSchema;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{
    Deserialize, Deserializer,
    de::{self, IntoDeserializer as _},
};
use serde_untagged::UntaggedEnumVisitor;

use super::{
    codes::Codes,
    profile::Objection,
    session_file::{self, SavedLogin},
};
use crate::{cloud_api::Keys, domain::Money};

/// Where accounts come from.
#[derive(Debug, Clone, JsonSchema)]
#[schemars(untagged)]
pub enum Accounts {
    /// `on-demand`: the run's own stand-in makes one for each scenario.
    OnDemand(OnDemand),
    /// A list.
    Listed(Vec<Listed>),
}

impl<'de> Deserialize<'de> for Accounts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        UntaggedEnumVisitor::new()
            .expecting("a list of accounts, or on-demand")
            .string(|word| OnDemand::deserialize(word.into_deserializer()).map(Self::OnDemand))
            .seq(|list| list.deserialize().map(Self::Listed))
            .deserialize(deserializer)
    }
}

/// The one word for accounts made by the stand-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum OnDemand {
    /// Each scenario gets its own.
    #[serde(rename = "on-demand")]
    Each,
}

/// An account that the target has.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Listed {
    /// The account's name, as the pages show it.
    pub name: String,
    /// Its e-mail address.
    pub email: String,
    /// Its password; from a variable: `${BUYER_PASSWORD}`.
    #[schemars(with = "Option<String>")]
    pub password: Option<SecretString>,
    /// Instead of a password, a login made by hand where a captcha or QR code is asked for, as `dcdb-e2e login` and Playwright's
    /// `storageState` save it: cookies and local storage, of which that is taken over which is for `hosts:`. From the folder that the
    /// run is started in.
    pub session: Option<PathBuf>,
    /// Its key for the API, where purchases are to be held against that too.
    pub api_key: Option<ApiKey>,
    /// The secret of its one-time codes (RFC 6238: Base32, as an authenticator app takes it), for `{code}` in `on-the-way:`; from a
    /// variable: `${BUYER_CODE_SECRET}`.
    #[schemars(with = "Option<String>")]
    pub one_time_code: Option<SecretString>,
    /// What it has at least, such as `¥5,000.00`.
    #[serde(deserialize_with = "amount")]
    pub balance: String,
    /// It certainly has less than the documented example costs: scenarios that need a purchase to fail for want of money take it,
    /// and no others do.
    #[serde(default)]
    pub short_of_money: bool,
    /// Whether its identity is verified.
    #[serde(default = "yes")]
    pub verified: bool,
    /// Whether it may pay.
    #[serde(default = "yes")]
    pub finance_right: bool,
    /// Whether it is approved for finance zones.
    #[serde(default)]
    pub finance_zones: bool,
    /// What levers fill in of it: `{ id: "17" }` for `{account.id}`.
    #[serde(default)]
    pub fillings: BTreeMap<String, String>,
}

fn amount<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    UntaggedEnumVisitor::new()
        .expecting("an amount in quotes, such as \"¥5,000.00\"")
        .string(|text| match text.parse::<Money>() {
            Ok(_) => Ok(text.to_owned()),
            Err(error) => Err(de::Error::custom(format!("{error:#}"))),
        })
        .deserialize(deserializer)
}

/// A key for the API. Both halves from variables that may be unset, `${BUYER_SECRET_ID:-}`: both empty is no key.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ApiKey {
    /// Its id; from a variable: `${BUYER_SECRET_ID:-}`.
    #[schemars(with = "String")]
    pub secret_id: SecretString,
    /// Its secret; from a variable: `${BUYER_SECRET_KEY:-}`.
    #[schemars(with = "String")]
    pub secret_key: SecretString,
}

impl Listed {
    pub(super) fn proof(&self) -> Result<Proof, String> {
        match (&self.password, &self.session) {
            (Some(password), None) => Ok(Proof::Password(password.clone())),
            (None, Some(file)) => session_file::read(file).map(Proof::Session),
            _ => Err(format!("{} needs either a password or a session file", self.name)),
        }
    }

    pub(super) fn codes(&self) -> Result<Option<Codes>, String> {
        let codes = self.one_time_code.as_ref().map(Codes::of).transpose();
        codes.map_err(|why| format!("the one-time-code of {}: {why}", self.name))
    }

    pub(super) fn keys(&self) -> Result<Option<Keys>, String> {
        let Some(ApiKey { secret_id, secret_key }) = &self.api_key else { return Ok(None) };
        match (secret_id.expose_secret().is_empty(), secret_key.expose_secret().is_empty()) {
            (true, true) => Ok(None),
            (false, false) => Ok(Some(Keys { id: secret_id.clone(), secret: secret_key.clone() })),
            _ => Err(format!("the API key of {} is only half given", self.name)),
        }
    }
}

/// How an account proves who it is.
#[derive(Debug, Clone)]
pub enum Proof {
    /// By typing a password.
    Password(SecretString),
    /// By a login that was made by hand.
    Session(SavedLogin),
    /// To the API, by signing with a key.
    Keys(Keys),
    /// To whoever answers levers.
    Token(SecretString),
}

impl Proof {
    /// Whether it logs in by the same secrets.
    pub(super) fn is_same_login(&self, other: &Self) -> bool {
        let same = |one: &SecretString, other: &SecretString| one.expose_secret() == other.expose_secret();
        match (self, other) {
            (Self::Password(one), Self::Password(other)) => same(one, other),
            (Self::Session(one), Self::Session(other)) => one.is_same(other),
            _ => false,
        }
    }
}

const fn yes() -> bool {
    true
}

impl Accounts {
    pub(super) fn check(&self, remote: bool) -> Result<(), Objection> {
        match self {
            Self::OnDemand(_) if remote => Err((
                vec!["accounts"],
                "only the run's own stand-in makes accounts on demand".into(),
                "list the accounts of this target: name, email, password, balance".into(),
            )),
            Self::OnDemand(_) => Ok(()),
            Self::Listed(listed) => listed.iter().try_for_each(|account| {
                account.balance.parse::<Money>().map_err(|error| {
                    let what = format!("balance of {}: {error:#}", account.name);
                    (vec!["accounts"], what, "write it as ¥5,000.00".into())
                })?;
                account
                    .keys()
                    .map(drop)
                    .map_err(|what| (vec!["accounts"], what, "set both of its variables, or neither".into()))?;
                if account.password.as_ref().is_some_and(|password| password.expose_secret().is_empty()) {
                    let what = format!("the password of {} is empty", account.name);
                    return Err((vec!["accounts"], what, "set its variable, or take the account out".into()));
                }
                let mend = "copy what an authenticator app is given to type in by hand: letters and the digits 2 to 7";
                account.codes().map(drop).map_err(|what| (vec!["accounts"], what, mend.into()))
            }),
        }
    }

    /// Each account can prove who it is: all that a run asks, and nobody who is only about to save a login.
    pub(super) fn check_proofs(&self) -> Result<(), Objection> {
        let Self::Listed(listed) = self else { return Ok(()) };
        let mend = "log in by hand and save it anew (dcdb-e2e login --target F --save FILE), or give a password";
        listed
            .iter()
            .try_for_each(|account| account.proof().map(drop).map_err(|what| (vec!["accounts"], what, mend.into())))
    }

    /// Whether any listed account makes one-time codes.
    pub(super) fn have_codes(&self) -> bool {
        matches!(self, Self::Listed(listed) if listed.iter().any(|account| account.one_time_code.is_some()))
    }

    /// Whether any listed account has a key for the API.
    pub(super) fn have_keys(&self) -> bool {
        match self {
            Self::OnDemand(_) => false,
            Self::Listed(listed) => listed.iter().any(|account| matches!(account.keys(), Ok(Some(_)))),
        }
    }
}
