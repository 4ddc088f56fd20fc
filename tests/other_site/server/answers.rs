//! What Nimbus answers its own pages.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{FromRequestParts, Path, Query, State},
    http::{HeaderMap, StatusCode, header, request::Parts},
    response::{IntoResponse as _, Response},
    routing::{get, post},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Site,
    people::{Outcome, Paid, State as Stage},
    shelf::{self, Order, PLACES, written},
};

pub fn router() -> Router<Arc<Site>> {
    Router::new()
        .route("/-/enter", post(enter))
        .route("/-/shelf", get(shelf_of))
        .route("/-/quote", get(quote))
        .route("/-/basket", get(basket).post(put))
        .route("/-/place", post(place))
        .route("/-/thanks/{number}", get(thanks))
        .route("/-/clusters", get(clusters))
        .route("/-/clusters/{id}/set-up", post(set_up))
        .route("/-/clusters/{id}/part-with", post(part_with))
        .route("/-/bills", get(bills))
        .route("/-/bills/{number}/pay", post(pay))
        .route("/-/bills/{number}/call-off", post(call_off))
}

/// The cookie of whoever has entered.
pub fn session_of(headers: &HeaderMap) -> Option<&str> {
    let cookies = headers.get(header::COOKIE)?.to_str().ok()?;
    cookies.split(';').find_map(|cookie| cookie.trim().strip_prefix("nimbus="))
}

/// Whoever has entered, by their key.
struct Entered(usize);

impl FromRequestParts<Arc<Site>> for Entered {
    type Rejection = StatusCode;
    async fn from_request_parts(parts: &mut Parts, site: &Arc<Site>) -> Result<Self, StatusCode> {
        let session = session_of(&parts.headers).ok_or(StatusCode::UNAUTHORIZED)?;
        site.town().of_session(session).map(Self).ok_or(StatusCode::UNAUTHORIZED)
    }
}

type Fields = Query<Vec<(String, String)>>;

fn done(result: Result<(), &'static str>) -> Json<Value> {
    Json(result.map_or_else(|said| json!({ "said": said }), |()| json!({})))
}

#[derive(Deserialize)]
struct Entering {
    mail: String,
    secret: String,
}

async fn enter(State(site): State<Arc<Site>>, headers: HeaderMap, Json(entering): Json<Entering>) -> Response {
    match site.town().enter(&entering.mail, &entering.secret) {
        Ok(session) => {
            let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
            let domain = host.split_once('.').map_or("", |(_, domain)| domain).split(':').next().unwrap_or_default();
            let cookie = format!("nimbus={session}; Domain={domain}; Path=/; HttpOnly; SameSite=Lax");
            ([(header::SET_COOKIE, cookie)], Json(json!({}))).into_response()
        }
        Err(said) => Json(json!({ "said": said })).into_response(),
    }
}

async fn shelf_of(State(site): State<Arc<Site>>, Entered(key): Entered) -> Json<Value> {
    Json(shelf::offered(&site.town().people[key]))
}

async fn quote(State(site): State<Arc<Site>>, Entered(key): Entered, Query(fields): Fields) -> Json<Value> {
    let town = site.town();
    let who = &town.people[key];
    Json(match Order::read(&fields, who) {
        Ok(order) => {
            let [whole, sum] = order.sums(who);
            json!({ "fen": sum, "sum": written(sum), "whole": (whole != sum || who.flawed("strikes-everything")).then(|| written(whole)) })
        }
        Err(wrong) => json!({ "wrong": wrong }),
    })
}

async fn put(State(site): State<Arc<Site>>, Entered(key): Entered, Query(mut fields): Fields) -> Json<Value> {
    let mut town = site.town();
    let seen = fields.iter().position(|(name, _)| name == "fen").map(|at| fields.remove(at).1);
    let order = Order::read(&fields, &town.people[key]);
    Json(match (order, seen.and_then(|seen| seen.parse().ok())) {
        (Ok(order), Some(seen)) => {
            let query = order.query();
            json!({ "to": format!("/review?basket={}&{query}", town.put(key, order, seen)) })
        }
        (order, _) => json!({ "wrong": order.err() }),
    })
}

fn token_of(fields: &[(String, String)]) -> String {
    fields.iter().find(|(name, _)| name == "basket").map(|(_, token)| token.clone()).unwrap_or_default()
}

fn told(outcome: Outcome, purse: i64, blind: bool) -> Json<Value> {
    Json(match outcome {
        Outcome::Paid(number) => json!({ "to": format!("/thanks/{number}") }),
        Outcome::Refused(said) => json!({ "said": said, "purse": written(purse) }),
        Outcome::Waits { sum, whole, said, mut order } => {
            order.renew &= !blind;
            let whole = (whole != sum).then(|| written(whole));
            json!({ "lines": order.lines(), "fen": sum, "sum": written(sum), "whole": whole, "purse": written(purse), "said": said, "open": true })
        }
    })
}

async fn basket(State(site): State<Arc<Site>>, Entered(key): Entered, Query(fields): Fields) -> Json<Value> {
    let mut town = site.town();
    let outcome = town.look(key, &token_of(&fields), &fields);
    told(outcome, town.people[key].purse, town.people[key].flawed("forgets-renewal"))
}

async fn place(State(site): State<Arc<Site>>, Entered(key): Entered, Query(mut fields): Fields) -> Json<Value> {
    let mut town = site.town();
    let seen = fields.iter().position(|(name, _)| name == "fen").map(|at| fields.remove(at).1);
    let seen = seen.and_then(|seen| seen.parse().ok()).unwrap_or_default();
    let outcome = town.place(key, &token_of(&fields), &fields, seen, site.variant);
    told(outcome, town.people[key].purse, town.people[key].flawed("forgets-renewal"))
}

async fn thanks(State(site): State<Arc<Site>>, Entered(key): Entered, Path(number): Path<String>) -> Response {
    let town = site.town();
    match town.people[key].bill(&number).filter(|bill| bill.paid == Paid::Yes) {
        Some(bill) => Json(json!({ "number": number, "sum": written(bill.sum) })).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn clusters(State(site): State<Arc<Site>>, Entered(key): Entered) -> Json<Value> {
    let mut town = site.town();
    let who = &mut town.people[key];
    who.catch_up();
    let everywhere = who.flawed("lists-clusters-everywhere");
    let all = who.clusters.iter().rev().map(|cluster| {
        let (order, state) = (&cluster.order, cluster.state);
        let lines = order.lines();
        let center = lines.iter().find(|(caption, _)| *caption == "Data center").map(|(_, center)| center);
        json!({
            "id": cluster.id, "alias": cluster.alias, "state": state.name(), "place": order.place, "center": center, "shape": order.shape(),
            "net": order.reached(), "trio": order.edition == "trio", "until": cluster.expires.strftime("%F").to_string(),
            "passing": matches!(state, Stage::Brewing | Stage::Warming), "blank": state == Stage::Blank,
            "partable": matches!(state, Stage::Blank | Stage::Live),
        })
    });
    let all: Vec<Value> = all.collect();
    let places = PLACES.iter().map(|place| {
        let here = all.iter().filter(|one| everywhere || one["place"] == place.key).cloned().collect::<Vec<_>>();
        json!({ "key": place.key, "name": place.name, "clusters": here })
    });
    Json(json!({ "places": places.collect::<Vec<_>>(), "latest": all.first().map(|one| &one["place"]) }))
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct SetUp {
    letters: String,
    names: String,
    copies: String,
}

async fn set_up(
    State(site): State<Arc<Site>>,
    Entered(key): Entered,
    Path(id): Path<String>,
    Json(chosen): Json<SetUp>,
) -> Json<Value> {
    done(site.town().people[key].set_up(&id, &chosen.letters, &chosen.names, &chosen.copies))
}

#[derive(Deserialize)]
struct Parting {
    agreed: bool,
}

async fn part_with(
    State(site): State<Arc<Site>>,
    Entered(key): Entered,
    Path(id): Path<String>,
    Json(parting): Json<Parting>,
) -> Json<Value> {
    done(site.town().people[key].part_with(&id, parting.agreed))
}

async fn bills(State(site): State<Arc<Site>>, Entered(key): Entered) -> Json<Value> {
    let mut town = site.town();
    let who = &mut town.people[key];
    who.catch_up();
    let bills = who.bills.iter().rev().map(|bill| {
        let made = jiff::Timestamp::from_millisecond(bill.made).map(|made| made.strftime("%F %R").to_string());
        json!({
            "number": bill.number, "clusters": bill.clusters, "sum": written(bill.sum), "made": made.unwrap_or_default(),
            "state": who.stands(bill), "open": bill.paid == Paid::Open,
        })
    });
    Json(json!({ "bills": bills.collect::<Vec<_>>() }))
}

async fn pay(State(site): State<Arc<Site>>, Entered(key): Entered, Path(number): Path<String>) -> Json<Value> {
    let variant = site.variant;
    done(site.town().pay(key, &number, variant))
}

async fn call_off(State(site): State<Arc<Site>>, Entered(key): Entered, Path(number): Path<String>) -> Json<Value> {
    done(site.town().call_off(key, &number))
}
