//! The check page, the confirmation, and "Payment successful".

use std::{collections::HashMap, sync::Arc};

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};
use minijinja::{Value, context, value::Serde};

use super::{
    form::{Form, Query},
    purchase::months_label,
};
use crate::standin::{
    catalogue,
    configuration::{Configuration, Problem, vpcs},
    price::{price as price_of, yuan},
    site::{LostReply, Site, Visitor},
    store::{Account, Confirmed, Intention, OrderState},
};

/// What the address of a check page stands for.
enum Asked {
    /// An intention and its configuration, and what is wrong with it now.
    Intended(Intention, Configuration, Vec<Problem>),
    /// No intention of this account, or not for this configuration; with what is wrong with the latter.
    Other(Option<Configuration>, Vec<Problem>),
}

fn asked(site: &Site, account: &Account, fields: &HashMap<String, String>) -> rusqlite::Result<Asked> {
    let token = fields.get("intention").map(String::as_str).unwrap_or_default();
    let (configuration, problems) = match Configuration::read(fields, account) {
        Ok(configuration) => {
            let problems = configuration.check(account);
            (configuration, problems)
        }
        Err(problems) => return Ok(Asked::Other(None, problems)),
    };
    Ok(match site.store.intention(account, token)? {
        Some(intention) if intention.content == configuration.query() => {
            Asked::Intended(intention, configuration, problems)
        }
        _ => Asked::Other(Some(configuration), problems),
    })
}

/// The check page.
pub(super) async fn show(State(site): State<Arc<Site>>, visitor: Visitor, Query(query): Query) -> Response {
    let Some(session) = &visitor.session else { return visitor.to_login() };
    let account = &session.account;
    match asked(&site, account, &query) {
        Ok(Asked::Intended(intention, configuration, problems)) => {
            if let Some(number) = &intention.order {
                match site.store.order(account, number) {
                    Ok(Some(order))
                        if matches!(
                            order.state,
                            OrderState::Successful | OrderState::Refunded | OrderState::Processing
                        ) =>
                    {
                        return to_result(number);
                    }
                    Ok(_) => {}
                    Err(error) => return site.broken(&visitor, &error),
                }
            }
            let message = problems.first().map(|problem| site.wording.fill(problem.message, &problem.values));
            let message = message.or((!intention.message.is_empty()).then(|| site.wording.say(&intention.message)));
            page(&site, &visitor, account, StatusCode::OK, &configuration, Some(&intention), message)
        }
        Ok(Asked::Other(configuration, problems)) => {
            let message = match problems.first() {
                Some(problem) => site.wording.fill(problem.message, &problem.values),
                None => site.wording.say("changed_order"),
            };
            let configuration = configuration.unwrap_or_else(|| Configuration::opened(account));
            page(&site, &visitor, account, StatusCode::UNPROCESSABLE_ENTITY, &configuration, None, Some(message))
        }
        Err(error) => site.broken(&visitor, &error),
    }
}

fn to_result(number: &str) -> Response {
    Redirect::to(&format!("/dcdb/result/{number}")).into_response()
}

fn page(
    site: &Site,
    visitor: &Visitor,
    account: &Account,
    status: StatusCode,
    configuration: &Configuration,
    intention: Option<&Intention>,
    message: Option<String>,
) -> Response {
    let price = price_of(configuration, account.price_percent).filter(|_| intention.is_some());
    let changed = intention.is_some_and(|intention| price.is_some_and(|price| price.fee != intention.fee));
    let message = if changed { Some(site.wording.say("price_changed")) } else { message };
    let values = context! {
        facts => facts(site, account, configuration),
        fee => price.map_or_else(|| "--".to_owned(), |price| yuan(price.fee)),
        original => price.filter(|price| price.original != price.fee).map(|price| yuan(price.original)),
        fen => price.map(|price| price.fee),
        balance => yuan(account.balance),
        intention => intention.map(|intention| intention.token.clone()),
        confirmable => intention.is_some_and(|intention| intention.order.is_none()) ,
        content => Serde(configuration.fields()),
        query => configuration.query(),
        message => message.unwrap_or_default(),
    };
    site.page(status, "check.html", visitor, values)
}

/// Every choice of the purchase page: label and value.
fn facts(site: &Site, account: &Account, configuration: &Configuration) -> Vec<Value> {
    let say = |key: &str| site.wording.say(key);
    let mut facts = vec![
        ("region", say(&format!("region_{}", configuration.region))),
        ("zone", say(&format!("zone_{}", configuration.zone))),
        ("network", say(if configuration.network == "vpc" { "network_vpc" } else { "network_basic" })),
    ];
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
        ("version", say(&format!("version_{}", configuration.replicas.clamp(1, 2)))),
        ("specification", format!("{} GB", configuration.memory)),
        ("shards", configuration.shards.to_string()),
        ("disk", format!("{} GB", configuration.disk)),
        ("quantity", configuration.quantity.to_string()),
        ("period", months_label(site, configuration.months)),
        ("name", if configuration.name.is_empty() { "--".to_owned() } else { configuration.name.clone() }),
        ("renewal", say(if configuration.renew { "on" } else { "off" })),
    ]);
    facts.into_iter().map(|(key, value)| context! { label => say(key), value }).collect()
}

/// "Confirm Purchase".
pub(super) async fn confirm(State(site): State<Arc<Site>>, visitor: Visitor, Form(form): Form) -> Response {
    let Some(session) = &visitor.session else { return visitor.to_login() };
    if !visitor.vouches(&form) {
        return site.refuse(&visitor, StatusCode::FORBIDDEN);
    }
    tokio::time::sleep(site.confirm_delay).await;
    let account = &session.account;
    let (intention, configuration, problems) = match asked(&site, account, &form) {
        Ok(Asked::Intended(intention, configuration, problems)) => (intention, configuration, problems),
        Ok(Asked::Other(..)) => return site.refuse(&visitor, StatusCode::BAD_REQUEST),
        Err(error) => return site.broken(&visitor, &error),
    };
    let Some(price) = price_of(&configuration, account.price_percent) else {
        return site.refuse(&visitor, StatusCode::BAD_REQUEST);
    };
    let Some(shown) = form.get("fee").and_then(|fee| fee.parse::<i64>().ok()) else {
        return site.refuse(&visitor, StatusCode::BAD_REQUEST);
    };
    let refusal = problems.first().map(|problem| problem.message);
    let outcome = match site.store.confirm(account, &intention.token, &configuration, price.fee, shown, refusal) {
        Ok(Some(outcome)) => outcome,
        Ok(None) => return site.refuse(&visitor, StatusCode::BAD_REQUEST),
        Err(error) => return site.broken(&visitor, &error),
    };
    match site.store.takes_lost_reply(account.id) {
        // The commit stands, the connection ends without an answer: an unwinding task is what closes it. No bug is
        // reported, since no panic hook runs.
        Ok(true) => std::panic::resume_unwind(Box::new(LostReply)),
        Ok(false) => {}
        Err(error) => return site.broken(&visitor, &error),
    }
    match outcome {
        Confirmed::Paid(number) => to_result(&number),
        Confirmed::Unpaid(..) | Confirmed::Refused(_) => {
            Redirect::to(&format!("/dcdb/check?intention={}&{}", intention.token, intention.content)).into_response()
        }
    }
}

/// "Payment successful", of the account's own paid orders.
pub(super) async fn result(State(site): State<Arc<Site>>, visitor: Visitor, Path(number): Path<String>) -> Response {
    let Some(session) = &visitor.session else { return visitor.to_login() };
    match site.store.order(&session.account, &number) {
        Ok(Some(order))
            if matches!(order.state, OrderState::Successful | OrderState::Processing | OrderState::Refunded) =>
        {
            site.page(
                StatusCode::OK,
                "result.html",
                &visitor,
                context! { number => order.number, amount => yuan(order.amount) },
            )
        }
        Ok(_) => site.refuse(&visitor, StatusCode::NOT_FOUND),
        Err(error) => site.broken(&visitor, &error),
    }
}
