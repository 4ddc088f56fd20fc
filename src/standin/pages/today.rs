//! Today's purchase page, the dialog in which its order is checked, and the payment page with the cashier in a frame.

use crate::warn;
use std::{collections::HashMap, sync::Arc};

use axum::{
    Json,
    extract::{Path, State, rejection::PathRejection},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Redirect, Response},
};
use minijinja::{Value, context, value::Serde};
use serde_json::json;

use super::{
    check::{confirmed, facts},
    form::{Form, Query},
    logged_out, purchase,
};
use crate::standin::{
    catalogue,
    configuration::{Configuration, Problem},
    price::yuan,
    site::Site,
    store::{Account, Confirmed, Order, OrderState, covered},
    today::{FIELDS, GROUPS, KERNELS, PROJECTS},
    visitor::Visitor,
};

/// The purchase page; a query sets its choices.
pub(super) async fn show(State(site): State<Arc<Site>>, visitor: Visitor, Query(mut query): Query) -> Response {
    let Some(session) = &visitor.session else { return visitor.to_login() };
    query.entry(FIELDS[0].into()).or_insert_with(|| "prepaid".into());
    let account = &session.account;
    let options = |of: &str, keys: &[&str]| -> Vec<Value> {
        keys.iter().map(|key| context! { value => *key, label => site.wording.say(&format!("{of}_{key}")) }).collect()
    };
    let values = context! {
        groups => options("group", GROUPS),
        kernels => options("kernel", KERNELS),
        projects => options("project", PROJECTS),
        character_sets => catalogue::CHARACTER_SETS.to_vec(),
        ..purchase::values(&site, account, &Configuration::typed(&query, account), &[])
    };
    site.page(StatusCode::OK, "today/purchase.html", &visitor, values)
}

fn problems_of(site: &Site, problems: &[Problem]) -> Response {
    let said: HashMap<_, _> =
        problems.iter().map(|problem| (problem.field, site.wording.fill(problem.message, &problem.values))).collect();
    Json(json!({ "problems": said })).into_response()
}

/// "Buy Now": a new intention, and the dialog to check it. JSON, as all that the page's script asks for.
pub(super) async fn buy_now(State(site): State<Arc<Site>>, visitor: Visitor, Form(form): Form) -> Response {
    let Some(session) = &visitor.session else { return logged_out() };
    if !visitor.vouches(&form) {
        return site.refuse(&visitor, StatusCode::FORBIDDEN);
    }
    let account = &session.account;
    let configuration = match Configuration::read(&form, account) {
        Ok(configuration) if configuration.today.is_some() => configuration,
        Ok(_) => return site.refuse(&visitor, StatusCode::BAD_REQUEST),
        Err(problems) => return problems_of(&site, &problems),
    };
    let problems = site.seams.check(&configuration, account);
    let (Some(_), Some(shown)) =
        (site.seams.price(&configuration, account), form.get("fee").and_then(|fee| fee.parse().ok()))
    else {
        return problems_of(&site, &problems);
    };
    if !problems.is_empty() {
        return problems_of(&site, &problems);
    }
    let token = match site.store.intend(account, &configuration.query(), shown) {
        Ok(token) => token,
        Err(error) => return site.broken(&visitor, &error),
    };
    dialog(&site, &visitor, account, &configuration, &token, shown, "")
}

/// The dialog, with what is said of it: of an intention at the price that the buyer saw last.
fn dialog(
    site: &Site,
    visitor: &Visitor,
    account: &Account,
    configuration: &Configuration,
    token: &str,
    shown: i64,
    message: &str,
) -> Response {
    let Some(price) = site.seams.price(configuration, account) else {
        return site.refuse(visitor, StatusCode::BAD_REQUEST);
    };
    let message = match message {
        "" if price.fee != shown => "price_changed",
        message => message,
    };
    let values = context! {
        facts => facts(site, account, configuration),
        hourly => configuration.is_hourly(),
        fee => yuan(price.fee),
        original => (price.original != price.fee).then(|| yuan(price.original)),
        frozen => configuration.is_hourly().then(|| yuan(price.frozen())),
        fen => price.fee,
        balance => yuan(account.balance),
        intention => token,
        content => Serde(configuration.fields()),
        message => if message.is_empty() { String::new() } else { site.wording.say(message) },
    };
    fragment(site, visitor, "today/check.html", "check", values)
}

/// JSON around HTML.
fn fragment(site: &Site, visitor: &Visitor, template: &str, key: &str, values: Value) -> Response {
    match site.html(template, visitor, values) {
        Ok(html) => Json(json!({ key: html })).into_response(),
        Err(error) => {
            warn!("the template {template}: {error:#}");
            site.refuse(visitor, StatusCode::INTERNAL_SERVER_ERROR)
        }
    }
}

/// "Submit order": an order, once, and where it is paid.
pub(super) async fn submit(State(site): State<Arc<Site>>, visitor: Visitor, Form(form): Form) -> Response {
    let Some(session) = &visitor.session else { return logged_out() };
    let account = &session.account;
    match confirmed(&site, &visitor, account, &form, false).await {
        Ok((intention, configuration, shown, Confirmed::Refused(key))) => {
            dialog(&site, &visitor, account, &configuration, &intention.token, shown, key)
        }
        Ok((.., Confirmed::Paid(number) | Confirmed::Unpaid(number))) => {
            Json(json!({ "location": format!("/tdsqld/pay/{number}") })).into_response()
        }
        Err(refusal) => *refusal,
    }
}

/// The payment page of an order, with the cashier in a frame; of one that is paid its result.
pub(super) async fn payment(
    State(site): State<Arc<Site>>,
    visitor: Visitor,
    number: Result<Path<String>, PathRejection>,
) -> Response {
    let Some(session) = &visitor.session else { return visitor.to_login() };
    let Ok(Path(number)) = number else { return site.refuse(&visitor, StatusCode::NOT_FOUND) };
    let found = site.store.order(&session.account, &number).and_then(|order| {
        let token = order.as_ref().map(|order| site.store.cashier(&session.account, &order.number)).transpose()?;
        Ok(order.zip(token))
    });
    let result = format!("/tdsqld/result/{number}");
    match found {
        Ok(Some((order, _))) if order.state.is_paid() => Redirect::to(&result).into_response(),
        Ok(Some((order, token))) => {
            let cashier = format!("{}/cashier/{token}", visitor.sites.pay);
            site.page(
                StatusCode::OK,
                "today/payment.html",
                &visitor,
                context! { number => order.number, cashier, result },
            )
        }
        Ok(None) => site.refuse(&visitor, StatusCode::NOT_FOUND),
        Err(error) => site.broken(&visitor, &error),
    }
}

/// What is due for an order, with the voucher or without.
fn due_of(account: &Account, order: &Order, voucher: bool) -> Value {
    let covers = if voucher { covered(account, order) } else { 0 };
    context! {
        covered => (covers > 0).then(|| yuan(covers)),
        frozen => (order.frozen > 0).then(|| yuan(order.frozen)),
        payable => yuan(order.amount - covers),
    }
}

fn at_cashier(
    site: &Site,
    visitor: &Visitor,
    token: Result<Path<String>, PathRejection>,
) -> Result<(Account, Order), Box<Response>> {
    let Ok(Path(token)) = token else { return Err(Box::new(site.refuse(visitor, StatusCode::NOT_FOUND))) };
    match site.store.at_cashier(&token) {
        Ok(Some(found)) => Ok(found),
        Ok(None) => Err(Box::new(site.refuse(visitor, StatusCode::NOT_FOUND))),
        Err(error) => Err(Box::new(site.broken(visitor, &error))),
    }
}

/// The cashier: amounts, the voucher (taken beforehand, where there is one), and the button that pays.
pub(super) async fn cashier(
    State(site): State<Arc<Site>>,
    visitor: Visitor,
    token: Result<Path<String>, PathRejection>,
) -> Response {
    let (account, order) = match at_cashier(&site, &visitor, token) {
        Ok(found) => found,
        Err(refusal) => return *refusal,
    };
    let voucher = covered(&account, &order) > 0;
    let values = context! {
        price => yuan(if order.frozen > 0 { order.frozen / 2 } else { order.amount }),
        balance => yuan(account.balance),
        voucher,
        voucher_label => site.wording.fill("voucher_take", &[yuan(account.voucher)]),
        ..due_of(&account, &order, true)
    };
    let mut page = site.page(StatusCode::OK, "today/cashier.html", &visitor, values);
    if let Ok(policy) = HeaderValue::from_str(&format!("frame-ancestors {}", visitor.sites.console)) {
        page.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    page
}

/// What is due once the voucher is taken or left.
pub(super) async fn due(
    State(site): State<Arc<Site>>,
    visitor: Visitor,
    token: Result<Path<String>, PathRejection>,
    Query(query): Query,
) -> Response {
    let taken = query.get("voucher").map(String::as_str) == Some("on");
    match at_cashier(&site, &visitor, token) {
        Ok((account, order)) => fragment(&site, &visitor, "today/due.html", "due", due_of(&account, &order, taken)),
        Err(refusal) => *refusal,
    }
}

/// Pays; an order that is paid already is paid.
pub(super) async fn pay(
    State(site): State<Arc<Site>>,
    visitor: Visitor,
    token: Result<Path<String>, PathRejection>,
    Form(form): Form,
) -> Response {
    let (account, order) = match at_cashier(&site, &visitor, token) {
        Ok(found) => found,
        Err(refusal) => return *refusal,
    };
    let voucher = form.get("voucher").map(String::as_str) == Some("on");
    let message = match site.store.pay(&account, &order.number, voucher) {
        Ok(Some(Ok(None))) => None,
        Ok(Some(Ok(Some(key)))) => Some(site.wording.say(key)),
        Ok(Some(Err(state))) if state.is_paid() => None,
        Ok(Some(Err(state))) => Some(site.wording.fill("order_is", &[site.wording.say(OrderState::key(state))])),
        Ok(None) => return site.refuse(&visitor, StatusCode::NOT_FOUND),
        Err(error) => return site.broken(&visitor, &error),
    };
    Json(message.map_or_else(|| json!({ "paid": true }), |message| json!({ "message": message }))).into_response()
}
