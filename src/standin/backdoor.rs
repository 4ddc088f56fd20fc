//! The back door: what a test run needs of the world and no page offers (CONTRACT 4). JSON over HTTP at
//! `http://127.0.0.1:PORT/backdoor/`, for peers on this machine only; never used by page steps.
//!
//! | call | body | answer |
//! |---|---|---|
//! | `GET health` | | `200 {}` |
//! | `POST accounts` | all optional: `name`, `balance_fen` (10000000), `verified` (true), `finance_right` (true), `finance_zones` (false), `voucher_fen` (0) | `201`: `id`, `name`, `email`, `password`, `balance_fen`, `secret_id`, `secret_key` |
//! | `GET accounts/ID` | | the truth: `balance_fen`, `frozen_fen`, `voucher_fen`, `charges` (`count`, `sum_fen`), `orders`, `instances` |
//! | `POST accounts/ID/world` | one or more of `price_percent`, `sold_out` (zone codes), `price_service` (`ok`, `failing`, `slow`), `lose_next_confirmation_reply`, `end_sessions`, `expire_unpaid_orders`, `hold_status` (`Creating`, `Initializing`), `release`, `advance_clock_s`; of this account alone | `200 {}` |
//!
//! Anything else is a `400` whose `error` names what is allowed.

use std::sync::Arc;

use axum::{
    Json, Router,
    body::Bytes,
    extract::{Path, State, rejection::PathRejection},
    http::StatusCode,
    response::{IntoResponse as _, Response},
    routing::{get, post},
};
use serde::Deserialize;
use serde_json::json;

use super::{catalogue, hosts::limits, site::Site, store::NewAccount};

/// The back door as a router.
pub(super) fn router(site: Arc<Site>) -> Router {
    Router::new()
        .route("/backdoor/health", get(async || Json(json!({}))))
        .route("/backdoor/accounts", post(make))
        .route("/backdoor/accounts/{id}", get(truth))
        .route("/backdoor/accounts/{id}/world", post(change))
        .fallback(async || refuse(StatusCode::NOT_FOUND, "no such back door"))
        .method_not_allowed_fallback(async || {
            refuse(StatusCode::METHOD_NOT_ALLOWED, "this back door opens another way")
        })
        .layer(limits())
        .with_state(site)
}

/// A balance of up to this much grows by refunds without overflowing.
const MOST_FEN: i64 = 1_000_000_000_000_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Wanted {
    name: Option<String>,
    balance_fen: i64,
    verified: bool,
    finance_right: bool,
    finance_zones: bool,
    voucher_fen: i64,
}

impl Default for Wanted {
    fn default() -> Self {
        Self {
            name: None,
            balance_fen: 10_000_000,
            verified: true,
            finance_right: true,
            finance_zones: false,
            voucher_fen: 0,
        }
    }
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct World {
    price_percent: Option<i64>,
    sold_out: Option<Vec<String>>,
    price_service: Option<PriceService>,
    lose_next_confirmation_reply: Option<bool>,
    end_sessions: bool,
    expire_unpaid_orders: bool,
    hold_status: Option<Hold>,
    release: bool,
    advance_clock_s: Option<i64>,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum PriceService {
    Ok,
    Failing,
    Slow,
}

#[derive(Deserialize, Clone, Copy)]
enum Hold {
    Creating,
    Initializing,
}

fn refuse(status: StatusCode, error: impl ToString) -> Response {
    (status, Json(json!({ "error": error.to_string() }))).into_response()
}

fn no_number() -> Response {
    refuse(StatusCode::BAD_REQUEST, "an account is named by its number, as `POST accounts` gave it")
}

fn broken(error: &rusqlite::Error) -> Response {
    refuse(StatusCode::INTERNAL_SERVER_ERROR, format!("the database: {error}"))
}

/// An object of named fields; a list would be taken for one otherwise.
fn object<T: serde::de::DeserializeOwned>(body: &[u8]) -> serde_json::Result<T> {
    serde_json::from_slice::<serde_json::Map<_, _>>(body).and_then(|_| serde_json::from_slice(body))
}

async fn make(State(site): State<Arc<Site>>, body: Bytes) -> Response {
    let wanted: Wanted = match object(if body.is_empty() { b"{}" } else { &body }) {
        Ok(wanted) => wanted,
        Err(error) => return refuse(StatusCode::BAD_REQUEST, error),
    };
    if !(0..=MOST_FEN).contains(&wanted.balance_fen) {
        return refuse(StatusCode::BAD_REQUEST, format!("balance_fen is from 0 to {MOST_FEN}"));
    }
    if !(0..=MOST_FEN).contains(&wanted.voucher_fen) {
        return refuse(StatusCode::BAD_REQUEST, format!("voucher_fen is from 0 to {MOST_FEN}"));
    }
    let new = NewAccount {
        voucher: wanted.voucher_fen,
        vpc_everywhere: site.generation.is_today(),
        name: wanted.name,
        balance: wanted.balance_fen,
        verified: wanted.verified,
        finance_right: wanted.finance_right,
        finance_zones: wanted.finance_zones,
    };
    match site.store.make_account(&new) {
        Ok((account, password, secret_id, secret_key)) => {
            let made = json!({
                "id": account.id.to_string(), "name": account.name, "email": account.email, "password": password, "balance_fen": account.balance,
                "secret_id": secret_id, "secret_key": secret_key,
            });
            (StatusCode::CREATED, Json(made)).into_response()
        }
        Err(error) => broken(&error),
    }
}

async fn truth(State(site): State<Arc<Site>>, id: Result<Path<i64>, PathRejection>) -> Response {
    let Ok(Path(id)) = id else { return no_number() };
    let look = || -> rusqlite::Result<Option<serde_json::Value>> {
        let Some(account) = site.store.account(id)? else { return Ok(None) };
        let (count, sum) = site.store.charges(id)?;
        let orders: Vec<_> = site.store.orders(&account)?.iter().map(|order| json!({ "number": order.number, "amount_fen": order.amount, "status": order.state.key().trim_start_matches("order_"), "instances": order.instances })).collect();
        let instances: Vec<_> = site
            .store
            .instances(&account, site.lifetimes)?
            .iter()
            .map(|one| {
                json!({
                    "id": one.id, "name": one.name, "status": one.state.key().trim_start_matches("status_"), "region": one.region, "zone": one.zone, "network": one.network, "vpc": one.vpc,
                    "subnet": one.subnet, "replicas": one.replicas, "memory_gb": one.memory, "shards": one.shards, "disk_gb": one.disk, "share_fen": one.share, "expires": super::clock::day(one.expires),
                })
            })
            .collect();
        Ok(Some(
            json!({ "id": id.to_string(), "name": account.name, "balance_fen": account.balance, "frozen_fen": account.frozen, "voucher_fen": account.voucher, "charges": { "count": count, "sum_fen": sum }, "orders": orders, "instances": instances }),
        ))
    };
    match look() {
        Ok(Some(truth)) => Json(truth).into_response(),
        Ok(None) => refuse(StatusCode::NOT_FOUND, format!("no account has the number {id}")),
        Err(error) => broken(&error),
    }
}

async fn change(State(site): State<Arc<Site>>, id: Result<Path<i64>, PathRejection>, body: Bytes) -> Response {
    let Ok(Path(id)) = id else { return no_number() };
    let world: World = match object(&body) {
        Ok(world) => world,
        Err(error) => return refuse(StatusCode::BAD_REQUEST, error),
    };
    if world.price_percent.is_some_and(|percent| !(1..=1000).contains(&percent)) {
        return refuse(StatusCode::BAD_REQUEST, "price_percent is from 1 to 1000");
    }
    if world.advance_clock_s.is_some_and(|seconds| !(0..=3_200_000_000).contains(&seconds)) {
        return refuse(StatusCode::BAD_REQUEST, "advance_clock_s is from 0 to 3200000000: clocks do not go back");
    }
    let zones: Vec<&str> = catalogue::REGIONS.iter().flat_map(|region| region.zones).map(|zone| zone.code).collect();
    if let Some(unknown) = world.sold_out.iter().flatten().find(|code| !zones.contains(&code.as_str())) {
        return refuse(
            StatusCode::BAD_REQUEST,
            format!("no zone is called {unknown:?}; there are {}", zones.join(", ")),
        );
    }
    let apply = || -> rusqlite::Result<bool> {
        let Some(account) = site.store.account(id)? else { return Ok(false) };
        if let Some(percent) = world.price_percent {
            site.store.set_world(id, "price_percent", percent)?;
        }
        if let Some(zones) = &world.sold_out {
            site.store.set_world(id, "sold_out", zones.join(" "))?;
        }
        if let Some(service) = world.price_service {
            let word = match service {
                PriceService::Ok => "ok",
                PriceService::Failing => "failing",
                PriceService::Slow => "slow",
            };
            site.store.set_world(id, "price_service", word)?;
        }
        if let Some(lose) = world.lose_next_confirmation_reply {
            site.store.set_world(id, "lose_reply", lose)?;
        }
        if let Some(hold) = world.hold_status {
            let state = match hold {
                Hold::Creating => "Creating",
                Hold::Initializing => "Initializing",
            };
            site.store.hold(&account, state, site.lifetimes)?;
        }
        if world.release {
            site.store.set_world(id, "hold", "")?;
        }
        if let Some(seconds) = world.advance_clock_s {
            site.store.advance_clock(id, seconds * 1000)?;
        }
        if world.expire_unpaid_orders {
            site.store.expire_unpaid(id)?;
        }
        if world.end_sessions {
            site.store.end_sessions(id)?;
        }
        Ok(true)
    };
    match apply() {
        Ok(true) => Json(json!({})).into_response(),
        Ok(false) => refuse(StatusCode::NOT_FOUND, format!("no account has the number {id}")),
        Err(error) => broken(&error),
    }
}
