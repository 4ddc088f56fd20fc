//! The console: overview, instances, initialising and returning them.

use crate::warn;
use std::{collections::HashMap, sync::Arc};

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use minijinja::{Value, context};
use serde_json::json;

use super::{
    form::{Form, Query},
    home::documents,
    logged_out,
};
use crate::standin::{
    catalogue, clock,
    networks::vpcs,
    price::yuan,
    site::Site,
    store::{Account, Instance, State as InstanceState},
    visitor::Visitor,
};

/// The overview.
pub(super) async fn overview(State(site): State<Arc<Site>>, visitor: Visitor) -> Response {
    if visitor.session.is_none() {
        return visitor.to_login();
    }
    site.page(StatusCode::OK, "overview.html", &visitor, context! { documents => documents(&site) })
}

/// The instances of a region.
pub(super) async fn list(State(site): State<Arc<Site>>, visitor: Visitor, Query(query): Query) -> Response {
    let Some(session) = &visitor.session else { return visitor.to_login() };
    match listed(&site, &visitor, &session.account, &query) {
        Ok(values) => site.page(StatusCode::OK, "console.html", &visitor, values),
        Err(refusal) => *refusal,
    }
}

/// The part of the list that renews itself, tabs and table: JSON around HTML.
pub(super) async fn rows(State(site): State<Arc<Site>>, visitor: Visitor, Query(query): Query) -> Response {
    // A script cannot follow a redirection to the login, which is on another host.
    let Some(session) = &visitor.session else { return logged_out() };
    let html = listed(&site, &visitor, &session.account, &query).map(|values| site.html("rows.html", &visitor, values));
    match html {
        Ok(Ok(rows)) => Json(json!({ "rows": rows })).into_response(),
        Ok(Err(error)) => {
            warn!("the rows of the list: {error:#}");
            site.refuse(&visitor, StatusCode::INTERNAL_SERVER_ERROR)
        }
        Err(refusal) => *refusal,
    }
}

/// What the list shows of the region that is asked for, else of the latest purchase's.
fn listed(
    site: &Site,
    visitor: &Visitor,
    account: &Account,
    query: &HashMap<String, String>,
) -> Result<Value, Box<Response>> {
    let instances =
        site.store.instances(account, site.lifetimes).map_err(|error| Box::new(site.broken(visitor, &error)))?;
    let region = match query.get("region") {
        None => instances.first().map_or(catalogue::REGIONS[0].code, |latest| latest.region.as_str()),
        Some(code) if catalogue::region(code).is_some() => code,
        Some(_) => return Err(Box::new(site.refuse(visitor, StatusCode::BAD_REQUEST))),
    };
    let count = |code: &str| instances.iter().filter(|instance| instance.region == code).count();
    let tabs: Vec<Value> = catalogue::REGIONS
        .iter()
        .map(|one| context! { code => one.code, name => site.wording.say(&format!("region_{}", one.code)), count => count(one.code), open => one.code == region })
        .collect();
    let mine: Vec<&Instance> = instances.iter().filter(|instance| instance.region == region).collect();
    Ok(context! {
        tabs,
        region,
        passing => mine.iter().any(|instance| instance.state.passes()),
        rows => mine.iter().map(|instance| row(site, account, instance)).collect::<Vec<_>>(),
        character_sets => catalogue::CHARACTER_SETS.to_vec(),
    })
}

fn row(site: &Site, account: &Account, instance: &Instance) -> Value {
    let replicas = site.wording.say(&format!("replicas_{}", instance.replicas));
    let numbers = [instance.shards.to_string(), instance.memory.to_string(), instance.disk.to_string(), replicas];
    let vpc = catalogue::region(&instance.region)
        .and_then(|region| vpcs(region, account).into_iter().find(|vpc| vpc.id == instance.vpc));
    let network = match vpc {
        Some(vpc) => {
            let subnet = vpc
                .subnets
                .iter()
                .find(|subnet| subnet.id == instance.subnet)
                .map(|subnet| subnet.name.clone())
                .unwrap_or_default();
            format!("{} / {subnet}", vpc.name)
        }
        None => site.wording.say("network_basic"),
    };
    context! {
        id => instance.id.clone(),
        name => instance.name.clone(),
        status => site.wording.say(instance.state.key()),
        mood => instance.state.key(),
        zone => site.wording.say(&format!("zone_{}", instance.zone)),
        configuration => site.wording.fill("configuration_line", &numbers),
        network,
        replicas => instance.replicas,
        expires => if instance.hourly > 0 { site.wording.say("no_expiry") } else { clock::day(instance.expires) },
        can_initialise => instance.state == InstanceState::Uninitialized,
        can_return => matches!(instance.state, InstanceState::Uninitialized | InstanceState::Running),
    }
}

/// JSON: what the open dialog is to say. A refusal is an answer like any other: a status of its own would be a console
/// error of the page.
fn said(site: &Site, key: &str, values: &[String]) -> Response {
    Json(json!({ "message": site.wording.fill(key, values) })).into_response()
}

/// Starts the initialisation of an instance.
pub(super) async fn initialise(State(site): State<Arc<Site>>, visitor: Visitor, Form(form): Form) -> Response {
    let (account, instance) = match named(&site, &visitor, &form) {
        Ok(found) => found,
        Err(refusal) => return *refusal,
    };
    let field = |key: &str| form.get(key).map(String::as_str).unwrap_or_default();
    let wrong = if !catalogue::CHARACTER_SETS.contains(&field("character_set")) {
        Some("choose_character_set")
    } else if !["0", "1"].contains(&field("table_names")) {
        Some("choose_table_names")
    } else if !["0", "1", "2"].contains(&field("sync_mode")) || (field("sync_mode") == "1" && instance.replicas < 2) {
        Some("choose_sync_mode")
    } else {
        None
    };
    if let Some(key) = wrong {
        return said(&site, key, &[]);
    }
    let parameters = (field("character_set"), field("table_names"), field("sync_mode"));
    match site.store.initialise(&account, &instance.id, site.lifetimes, parameters) {
        Ok(Ok(())) => Json(json!({ "done": true })).into_response(),
        Ok(Err(state)) => said(&site, "bad_status", &[site.wording.say(state.key())]),
        Err(error) => site.broken(&visitor, &error),
    }
}

/// What returning an instance would bring back, JSON.
pub(super) async fn refund(State(site): State<Arc<Site>>, visitor: Visitor, Query(query): Query) -> Response {
    let (account, instance) = match of_account(&site, &visitor, &query) {
        Ok(found) => found,
        Err(refusal) => return *refusal,
    };
    match site.store.refund(&account, &instance) {
        Ok(amount) => said(&site, if instance.hourly > 0 { "return_free" } else { "return_refund" }, &[yuan(amount)]),
        Err(error) => site.broken(&visitor, &error),
    }
}

/// Returns an instance.
pub(super) async fn give_back(State(site): State<Arc<Site>>, visitor: Visitor, Form(form): Form) -> Response {
    let (account, instance) = match named(&site, &visitor, &form) {
        Ok(found) => found,
        Err(refusal) => return *refusal,
    };
    if form.get("consent").map(String::as_str) != Some("on") {
        return said(&site, "consent_needed", &[]);
    }
    match site.store.give_back(&account, &instance.id, site.lifetimes) {
        Ok(Ok(_)) => Json(json!({ "done": true })).into_response(),
        Ok(Err(state)) => said(&site, "bad_status", &[site.wording.say(state.key())]),
        Err(error) => site.broken(&visitor, &error),
    }
}

/// The instance that a form of this session names.
fn named(site: &Site, visitor: &Visitor, form: &HashMap<String, String>) -> Result<(Account, Instance), Box<Response>> {
    if visitor.session.is_some() && !visitor.vouches(form) {
        return Err(Box::new(site.refuse(visitor, StatusCode::FORBIDDEN)));
    }
    of_account(site, visitor, form)
}

fn of_account(
    site: &Site,
    visitor: &Visitor,
    fields: &HashMap<String, String>,
) -> Result<(Account, Instance), Box<Response>> {
    let Some(session) = &visitor.session else {
        return Err(Box::new(logged_out()));
    };
    let id = fields.get("instance").map(String::as_str).unwrap_or_default();
    match site.store.instance(&session.account, id, site.lifetimes) {
        Ok(Some(instance)) => Ok((session.account.clone(), instance)),
        Ok(None) => Err(Box::new(site.refuse(visitor, StatusCode::NOT_FOUND))),
        Err(error) => Err(Box::new(site.broken(visitor, &error))),
    }
}
