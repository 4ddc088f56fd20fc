//! What the owner of Nimbus can make happen, at `/-keeper/…`. People are called by their key or their mail.
//!
//! | call | body | answer |
//! |---|---|---|
//! | `POST people` | `purse` (fen), `proven`, `mayPay`, `approved` | `person`: `key`, `name`, `mail`, `secret` |
//! | `POST people/WHO/tariff` | `percent` | |
//! | `POST people/WHO/shelves` | `emptied`: data centers | |
//! | `POST people/WHO/clock` | `forward`: seconds | |
//! | `POST people/WHO/lapse` | | open bills lapse |
//! | `POST people/WHO/keep` | `at`: `brewing`, `warming` or `nothing` | |
//! | `POST people/WHO/flaws`, `POST flaws` | `on`: flaws, see [`FLAWS`] | |

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{Path, State},
    http::StatusCode,
    routing::post,
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Site,
    people::{Newcomer, Paid, Person, State as Stage},
    shelf::PLACES,
};

/// The mistakes that Nimbus can make.
pub const FLAWS: &[&str] = &[
    "asks-nobody-who-they-are",
    "clamps-numbers",
    "crowds-segments",
    "delivers-less",
    "discount-in-first-year-only",
    "drops-choices-at-the-door",
    "enter-does-nothing",
    "forgets-renewal",
    "forgets-who-was-typed",
    "takes-last-center",
    "lends",
    "lists-clusters-everywhere",
    "lists-without-looking",
    "menus-stay-open",
    "never-closes",
    "orders-again",
    "pays-what-is-over",
    "keeps-old-price",
    "resets-storage",
    "rounds-each",
    "says-nothing-of-prices",
    "sells-what-is-gone",
    "sets-up-without-letters",
    "strikes-everything",
    "swaps-documents",
    "takes-consent-for-granted",
    "takes-more",
    "takes-the-desk-for-home",
    "trusts-addresses",
];

type Answer = Result<Json<Value>, (StatusCode, String)>;

pub fn router() -> Router<Arc<Site>> {
    Router::new()
        .route("/-keeper/people", post(settle))
        .route("/-keeper/people/{who}/{what}", post(change))
        .route("/-keeper/flaws", post(flaws))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "camelCase")]
struct Wanted {
    purse: i64,
    proven: bool,
    may_pay: bool,
    approved: bool,
}

impl Default for Wanted {
    fn default() -> Self {
        Self { purse: 9_000_000, proven: true, may_pay: true, approved: false }
    }
}

async fn settle(
    State(site): State<Arc<Site>>,
    Json(Wanted { purse, proven, may_pay, approved }): Json<Wanted>,
) -> Json<Value> {
    let mut town = site.town();
    let number = town.people.len();
    let (name, mail, secret) =
        (format!("Guest {number}"), format!("guest-{number}@nimbus.example"), format!("sesame-{number}"));
    let key = town.settle(&Newcomer { name: &name, mail: &mail, secret: &secret, purse, proven, may_pay, approved });
    Json(json!({ "person": { "key": key.to_string(), "name": name, "mail": mail, "secret": secret } }))
}

fn refused(said: impl ToString) -> (StatusCode, String) {
    (StatusCode::UNPROCESSABLE_ENTITY, said.to_string())
}

#[derive(Deserialize)]
struct Tariff {
    percent: i64,
}
#[derive(Deserialize)]
struct Shelves {
    emptied: Vec<String>,
}
#[derive(Deserialize)]
struct Clock {
    forward: i64,
}
#[derive(Deserialize)]
struct Keep {
    at: String,
}
#[derive(Deserialize)]
struct Flaws {
    on: Vec<String>,
}

fn read<T: serde::de::DeserializeOwned>(body: Value) -> Result<T, (StatusCode, String)> {
    serde_json::from_value(body).map_err(refused)
}

async fn change(
    State(site): State<Arc<Site>>,
    Path((who, what)): Path<(String, String)>,
    body: Option<Json<Value>>,
) -> Answer {
    let mut town = site.town();
    let key = who.parse().ok().filter(|key| *key < town.people.len()).or_else(|| town.by_mail(&who));
    let Some(key) = key else { return Err(refused(format!("nobody is called {who:?}"))) };
    make(&mut town.people[key], &what, body.map_or(json!({}), |Json(body)| body))?;
    Ok(Json(json!({})))
}

fn make(person: &mut Person, what: &str, body: Value) -> Result<(), (StatusCode, String)> {
    person.catch_up();
    match what {
        "tariff" => person.tariff = read::<Tariff>(body)?.percent,
        "shelves" => {
            let Shelves { emptied } = read(body)?;
            let known = |key: &String| PLACES.iter().flat_map(|place| place.centers).any(|center| center.key == *key);
            if let Some(unknown) = emptied.iter().find(|key| !known(key)) {
                return Err(refused(format!("no data center is called {unknown:?}")));
            }
            person.emptied = emptied;
        }
        "clock" => person.ahead += read::<Clock>(body)?.forward * 1000,
        "lapse" => {
            person.bills.iter_mut().filter(|bill| bill.paid == Paid::Open).for_each(|bill| bill.paid = Paid::Lapsed)
        }
        "keep" => {
            person.kept_at = match read::<Keep>(body)?.at.as_str() {
                "brewing" => Some(Stage::Brewing),
                "warming" => Some(Stage::Warming),
                "nothing" => None,
                other => {
                    return Err(refused(format!("clusters are kept at brewing, warming or nothing, not at {other:?}")));
                }
            }
        }
        "flaws" => person.flaws = known(&read::<Flaws>(body)?.on)?,
        other => return Err(refused(format!("nothing is called {other:?}"))),
    }
    Ok(())
}

fn known(on: &[String]) -> Result<std::collections::BTreeSet<&'static str>, (StatusCode, String)> {
    let flaw = |name: &String| {
        FLAWS.iter().find(|flaw| *flaw == name).copied().ok_or_else(|| refused(format!("no flaw is called {name:?}")))
    };
    on.iter().map(flaw).collect()
}

async fn flaws(State(site): State<Arc<Site>>, Json(Flaws { on }): Json<Flaws>) -> Answer {
    let on = known(&on)?;
    let mut town = site.town();
    town.people.iter_mut().for_each(|person| person.flaws.clone_from(&on));
    town.flaws = on;
    Ok(Json(json!({})))
}
