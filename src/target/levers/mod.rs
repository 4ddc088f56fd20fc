//! Levers: what only the target's owner can make happen (a price list changed, a zone sold out, time passed), each an HTTP
//! request that the profile says. Knows how they are written and filled in; who pulls them is [`crate::levers`].

mod check;
mod filling;

use std::{collections::BTreeMap, fmt};

use schemars::JsonSchema;
use secrecy::SecretString;
use serde::Deserialize;

pub use filling::{Asked, Fillings};

/// What only the target's owner can make happen. Fillings stand in braces, in address, headers and body. All of them know
/// `{account.name}`, `{account.email}`, `{account.…}` (what `levers: account: reads:` takes out of its answer, or a listed
/// account says under `fillings:`), `{unique}` (letters and digits that no other pull has) and, for the run's own stand-in,
/// `{port}`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Levers {
    /// An account is made to order. Fills in `{balance}` (in fen), `{balance.written}` (¥1,015.20), `{balance.yuan}` (1015.20),
    /// `{verified}`, `{finance-right}`, `{finance-zones}` (true or false), `{voucher}` (fen) and `{password}` (a new one); reads `name`, `email`,
    /// `password` (unless it was filled in), where there is an API `secret-id` and `secret-key`, and whatever else other
    /// levers fill in as `{account.…}`.
    pub account: Option<Lever>,
    /// The price list changes. Fills in `{percent}` (of what prices were, a whole number).
    pub prices: Option<Lever>,
    /// A zone sells out. Fills in `{zone}` (guangzhou-3).
    pub sold_out: Option<Lever>,
    /// Time passes. Fills in `{seconds}`.
    pub time: Option<Lever>,
    /// Unpaid orders expire.
    pub orders_expire: Option<Lever>,
    /// Instances stay in a state, once they come to it, until this is undone. Fills in `{status}` (creating, initializing).
    pub hold: Option<Lever>,
    /// The pages get a defect, in tests of the suite's strength. Fills in `{defect}` (its name).
    pub defect: Option<Lever>,
}

/// The name of a lever.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LeverName {
    /// An account is made to order.
    Account,
    /// The price list changes.
    Prices,
    /// A zone sells out.
    SoldOut,
    /// Time passes.
    Time,
    /// Unpaid orders expire.
    OrdersExpire,
    /// Instances stay in a state.
    Hold,
    /// The pages get a defect.
    Defect,
}

impl LeverName {
    /// All there are.
    pub const ALL: [Self; 7] =
        [Self::Account, Self::Prices, Self::SoldOut, Self::Time, Self::OrdersExpire, Self::Hold, Self::Defect];

    /// As tags and profiles write it.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Prices => "prices",
            Self::SoldOut => "sold-out",
            Self::Time => "time",
            Self::OrdersExpire => "orders-expire",
            Self::Hold => "hold",
            Self::Defect => "defect",
        }
    }

    /// The lever of this key.
    #[must_use]
    pub fn of(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|name| name.key() == key)
    }

    /// What it fills in beside account, port and `{unique}`.
    const fn fillings(self) -> &'static [&'static str] {
        match self {
            Self::Account => &[
                "balance",
                "balance.written",
                "balance.yuan",
                "verified",
                "finance-right",
                "finance-zones",
                "voucher",
                "password",
            ],
            Self::Prices => &["percent"],
            Self::SoldOut => &["zone"],
            Self::Time => &["seconds"],
            Self::OrdersExpire => &[],
            Self::Hold => &["status"],
            Self::Defect => &["defect"],
        }
    }
}

impl fmt::Display for LeverName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key())
    }
}

/// How a lever is pulled and undone.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Lever {
    /// Whom it concerns. One of scope `target` is pulled while no other scenario of the run is going on.
    #[serde(default)]
    pub scope: Scope,
    /// The request that makes it happen.
    pub pull: Request,
    /// The request that undoes it, made when the scenario ends, whatever became of it; fills in what `pull` did.
    pub undo: Option<Request>,
    /// Instead of `undo:`, why nothing has to be undone. Neither is asked of the lever `account`, nor of any whose accounts are
    /// made for one scenario each.
    pub stays: Option<String>,
    /// How it spells what is filled in, by filling: `{ zone: { guangzhou-3: ap-guangzhou-3 } }`. A filling that is not said is
    /// filled in as it is; of one that is, all values are said that scenarios come to.
    #[serde(default)]
    pub values: BTreeMap<String, BTreeMap<String, serde_json::Value>>,
    /// What is taken out of its answer, as JSON pointers: `{ id: /data/id }`. Of the lever `account` it is filled in as
    /// `{account.id}` everywhere, of any other as `{id}` when it is undone.
    #[serde(default)]
    pub reads: BTreeMap<String, String>,
}

/// Whom a lever concerns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// The account of the scenario, and nobody else.
    #[default]
    Account,
    /// Everybody on the target.
    Target,
}

/// An HTTP request of a lever. It follows no redirect; anything but 2xx is a failure.
#[derive(Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Request {
    /// POST, unless said.
    #[serde(default)]
    pub method: Method,
    /// Its address, on one of the `lever-hosts:`. What is filled in is encoded.
    pub url: String,
    /// Its headers; secrets from variables: `{ authorization: "Bearer ${OPS_TOKEN}" }`.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, String>")]
    pub headers: BTreeMap<String, SecretString>,
    /// Its body: sent as JSON, or as it is where it is a text. A text in it that is one filling and nothing else becomes what is
    /// filled in, a number or true or false where that is one.
    pub body: Option<serde_json::Value>,
}

/// A method of HTTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// Asks for something.
    Get,
    /// Makes something.
    #[default]
    Post,
    /// Puts something in its place.
    Put,
    /// Changes something.
    Patch,
    /// Takes something away.
    Delete,
}

impl Method {
    /// As requests write it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

// Headers and body may hold secrets.
impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request").field("method", &self.method).finish_non_exhaustive()
    }
}

impl Levers {
    /// The lever of this name, where the target has it.
    #[must_use]
    pub const fn get(&self, name: LeverName) -> Option<&Lever> {
        match name {
            LeverName::Account => self.account.as_ref(),
            LeverName::Prices => self.prices.as_ref(),
            LeverName::SoldOut => self.sold_out.as_ref(),
            LeverName::Time => self.time.as_ref(),
            LeverName::OrdersExpire => self.orders_expire.as_ref(),
            LeverName::Hold => self.hold.as_ref(),
            LeverName::Defect => self.defect.as_ref(),
        }
    }

    /// Those that the target has.
    pub fn all(&self) -> impl Iterator<Item = (LeverName, &Lever)> {
        LeverName::ALL.into_iter().filter_map(|name| Some((name, self.get(name)?)))
    }

    /// Whether a scenario with these tags (without `@`) pulls any that concerns everybody on the target.
    #[must_use]
    pub fn concern_everybody(&self, tags: &[String]) -> bool {
        let named = tags.iter().filter_map(|tag| LeverName::of(tag.strip_prefix("lever-")?));
        named.filter_map(|name| self.get(name)).any(|lever| lever.scope == Scope::Target)
    }
}

impl Lever {
    /// Its requests, each with the key that it stands under.
    pub(super) fn requests(&self) -> impl Iterator<Item = (&'static str, &Request)> {
        [("pull", Some(&self.pull)), ("undo", self.undo.as_ref())]
            .into_iter()
            .filter_map(|(key, request)| Some((key, request?)))
    }
}
