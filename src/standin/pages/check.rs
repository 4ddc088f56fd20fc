//! The check page, the confirmation, and "Payment successful".

use std::{collections::HashMap, io, sync::Arc};

use axum::{
    body::{Body, Bytes},
    extract::{Path, State, rejection::PathRejection},
    http::{StatusCode, header},
    response::{IntoResponse as _, Redirect, Response},
};
use futures_util::{StreamExt as _, stream};
use minijinja::{Value, context, value::Serde};

use super::{
    form::{Form, Query},
    purchase::months_label,
};
use crate::standin::{
    catalogue,
    configuration::{Configuration, Problem},
    networks::vpcs,
    price::{Price, yuan},
    site::Site,
    store::{Account, Confirmed, Intention, Order, OrderState},
    visitor::Visitor,
};

/// An intention and its configuration, and what is wrong with it now.
struct Intended {
    intention: Intention,
    configuration: Configuration,
    problems: Vec<Problem>,
}

/// What an address or a form stands for; of what is no intention of this account, or not for these choices, what is
/// wrong with them.
fn intended(
    site: &Site,
    account: &Account,
    fields: &HashMap<String, String>,
) -> rusqlite::Result<Result<Intended, Vec<Problem>>> {
    let token = fields.get("intention").map(String::as_str).unwrap_or_default();
    let configuration = match Configuration::read(fields, account) {
        Ok(configuration) => configuration,
        Err(problems) => return Ok(Err(problems)),
    };
    let problems = site.seams.check(&configuration, account);
    let intention = site.store.intention(account, token)?;
    Ok(match intention.filter(|intention| intention.content == configuration.query()) {
        Some(intention) => Ok(Intended { intention, configuration, problems }),
        None => Err(problems),
    })
}

/// The check page.
pub(super) async fn show(State(site): State<Arc<Site>>, visitor: Visitor, Query(query): Query) -> Response {
    let Some(session) = &visitor.session else { return visitor.to_login() };
    let account = &session.account;
    let looked = intended(&site, account, &query).and_then(|intended| {
        let intended = match intended {
            Ok(intended) => intended,
            Err(problems) => return Ok(refused(&site, &visitor, account, &query, &problems)),
        };
        let order = match &intended.intention.order {
            Some(number) => site.store.order(account, number)?,
            None => None,
        };
        Ok(match order {
            Some(order) if order.state.is_paid() => to_result(&order.number),
            order => offer(&site, &visitor, account, &intended, order.as_ref()),
        })
    });
    looked.unwrap_or_else(|error| site.broken(&visitor, &error))
}

fn to_result(number: &str) -> Response {
    Redirect::to(&format!("/dcdb/result/{number}")).into_response()
}

/// What is offered for confirmation, or the order that came of it and is not paid.
fn offer(site: &Site, visitor: &Visitor, account: &Account, intended: &Intended, order: Option<&Order>) -> Response {
    let Intended { intention, configuration, problems } = intended;
    let price = match order {
        // An order has its price, whatever the list says by now.
        Some(order) => Price { fee: order.amount, original: order.amount },
        None => match site.seams.price(configuration, account) {
            Some(price) => price,
            None => return site.refuse(visitor, StatusCode::BAD_REQUEST),
        },
    };
    let message = match (order, problems.first()) {
        (Some(order), _) if order.state == OrderState::Unpaid => site.wording.say(&intention.message),
        (Some(order), _) => site.wording.fill("order_is", &[site.wording.say(order.state.key())]),
        (None, Some(problem)) => site.wording.fill(problem.message, &problem.values),
        (None, None) if price.fee != intention.fee => site.wording.say("price_changed"),
        // What was said of the last confirmation; a problem of then that is none now is not said again.
        (None, None) if ["price_changed", "unverified"].contains(&intention.message.as_str()) => {
            site.wording.say(&intention.message)
        }
        (None, None) => String::new(),
    };
    let values = context! {
        facts => facts(site, account, configuration),
        fee => yuan(price.fee),
        original => (price.original != price.fee).then(|| yuan(price.original)),
        fen => price.fee,
        balance => yuan(account.balance),
        intention => intention.token.clone(),
        // Confirming an order again changes nothing and says the same again; one that is over is past confirming.
        confirmable => order.is_none_or(|order| order.state == OrderState::Unpaid),
        ordered => order.is_some(),
        content => Serde(configuration.fields()),
        query => configuration.query(),
        message,
    };
    site.page(StatusCode::OK, "check.html", visitor, values)
}

/// An address that is no intention of this account: nothing is offered, only said and led back from.
fn refused(
    site: &Site,
    visitor: &Visitor,
    account: &Account,
    query: &HashMap<String, String>,
    problems: &[Problem],
) -> Response {
    let message = match problems.first() {
        Some(problem) => site.wording.fill(problem.message, &problem.values),
        None => site.wording.say("changed_order"),
    };
    let typed = Configuration::typed(query, account);
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&typed).finish();
    let values = context! { facts => (), confirmable => false, ordered => false, query, message };
    site.page(StatusCode::OK, "check.html", visitor, values)
}

/// Every choice of the purchase page: label and value.
pub(super) fn facts(site: &Site, account: &Account, configuration: &Configuration) -> Vec<Value> {
    let say = |key: &str| site.wording.say(key);
    let today = configuration.today.as_ref();
    let mut facts = vec![
        ("region", say(&format!("region_{}", configuration.region))),
        ("zone", say(&format!("zone_{}", configuration.zone))),
    ];
    match today {
        Some(today) => {
            facts.insert(0, ("billing", say(&format!("billing_{}", today.billing))));
            facts.push(("replica_zone", say(&format!("zone_{}", today.replica_zone))));
        }
        None => {
            let network = say(if configuration.network == "vpc" { "network_vpc" } else { "network_basic" });
            facts.push(("network", network));
        }
    }
    let vpc = catalogue::region(&configuration.region)
        .and_then(|region| vpcs(region, account).into_iter().find(|vpc| vpc.id == configuration.vpc));
    if let Some(vpc) = vpc {
        let subnet = vpc
            .subnets
            .iter()
            .find(|subnet| subnet.id == configuration.subnet)
            .map(|subnet| subnet.name.clone())
            .unwrap_or_default();
        facts.extend([("vpc", vpc.name), ("subnet", subnet)]);
    }
    facts.extend([
        ("version", say(&format!("version_{}", configuration.replicas))),
        ("specification", format!("{} GB", configuration.memory)),
        ("shards", configuration.shards.to_string()),
        ("disk", format!("{} GB", configuration.disk)),
        ("quantity", configuration.quantity.to_string()),
    ]);
    let name = if configuration.name.is_empty() { "--".to_owned() } else { configuration.name.clone() };
    if configuration.is_hourly() {
        facts.push(("name", name));
    } else {
        let renewal = say(if configuration.renew { "on" } else { "off" });
        facts.extend([("period", months_label(site, configuration.months)), ("name", name), ("renewal", renewal)]);
    }
    if let Some(today) = today {
        facts.extend([
            ("security_group", say(&format!("group_{}", today.security_group))),
            ("kernel", say(&format!("kernel_{}", today.kernel))),
            ("project", say(&format!("project_{}", today.project))),
            ("tag", if today.tag.is_empty() { "--".to_owned() } else { today.tag.clone() }),
            ("character_set", today.character_set.clone()),
            ("table_names", say(&format!("table_names_{}", today.table_names))),
            ("sync_mode", say(&format!("sync_mode_{}", today.sync_mode))),
        ]);
    }
    facts.into_iter().map(|(key, value)| context! { label => say(key), value }).collect()
}

/// What came of confirming what a form asks for, and at which price: of which intention, for which choices. `pays`: it is paid as well.
pub(super) async fn confirmed(
    site: &Site,
    visitor: &Visitor,
    account: &Account,
    form: &HashMap<String, String>,
    pays: bool,
) -> Result<(Intention, Configuration, i64, Confirmed), Box<Response>> {
    let refuse = |status| Box::new(site.refuse(visitor, status));
    if !visitor.vouches(form) {
        return Err(refuse(StatusCode::FORBIDDEN));
    }
    tokio::time::sleep(site.confirm_delay).await;
    let broken = |error| Box::new(site.broken(visitor, &error));
    let intended = intended(site, account, form).map_err(broken)?;
    let Ok(Intended { intention, configuration, .. }) = intended else { return Err(refuse(StatusCode::BAD_REQUEST)) };
    let shown = form.get("fee").and_then(|fee| fee.parse::<i64>().ok());
    let shown = shown.ok_or_else(|| refuse(StatusCode::BAD_REQUEST))?;
    let outcome = site.store.confirm(account.id, &intention.token, &configuration, shown, pays).map_err(broken)?;
    let outcome = outcome.ok_or_else(|| refuse(StatusCode::BAD_REQUEST))?;
    Ok((intention, configuration, shown, outcome))
}

/// "Confirm Purchase".
pub(super) async fn confirm(State(site): State<Arc<Site>>, visitor: Visitor, Form(form): Form) -> Response {
    let Some(session) = &visitor.session else {
        let query = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("intention", form.get("intention").map(String::as_str).unwrap_or_default())
            .extend_pairs(Configuration::of_form(&form))
            .finish();
        return visitor.to_login_from(&format!("{}/dcdb/check?{query}", visitor.sites.buy));
    };
    let account = &session.account;
    let (intention, _, _, outcome) = match confirmed(&site, &visitor, account, &form, true).await {
        Ok(confirmed) => confirmed,
        Err(refusal) => return *refusal,
    };
    let to_check = format!("/dcdb/check?intention={}&{}", intention.token, intention.content);
    let reply = match outcome {
        Confirmed::Refused(_) => return Redirect::to(&to_check).into_response(),
        Confirmed::Paid(number) => to_result(&number),
        Confirmed::Unpaid(_) => Redirect::to(&to_check).into_response(),
    };
    match site.store.takes_lost_reply(account.id) {
        Ok(true) => lost(),
        Ok(false) => reply,
        Err(error) => site.broken(&visitor, &error),
    }
}

/// A reply that breaks off behind the commit. It has begun, and so the browser does not quietly send the confirmation
/// once more, as it does where a connection that it kept ends without a word (RFC 9112, 9.3.1).
fn lost() -> Response {
    let begun = stream::once(async { Ok(Bytes::from_static(b"\n")) });
    let cut = stream::once(async {
        // What has begun is sent while nothing more is there.
        tokio::task::yield_now().await;
        Err(io::Error::other("lost on purpose"))
    });
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], Body::from_stream(begun.chain(cut))).into_response()
}

/// "Payment successful", of the account's own paid orders.
pub(super) async fn result(
    State(site): State<Arc<Site>>,
    visitor: Visitor,
    number: Result<Path<String>, PathRejection>,
) -> Response {
    let Some(session) = &visitor.session else { return visitor.to_login() };
    let Ok(Path(number)) = number else { return site.refuse(&visitor, StatusCode::NOT_FOUND) };
    match site.store.order(&session.account, &number) {
        Ok(Some(order)) if order.state.is_paid() => site.page(
            StatusCode::OK,
            "result.html",
            &visitor,
            context! {
                number => order.number,
                amount => yuan(order.amount - order.covered),
                frozen => (order.frozen > 0).then(|| yuan(order.frozen)),
            },
        ),
        Ok(_) => site.refuse(&visitor, StatusCode::NOT_FOUND),
        Err(error) => site.broken(&visitor, &error),
    }
}
