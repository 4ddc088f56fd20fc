//! The purchase page, the price it asks for, and "Purchase Now".

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
    time::Duration,
};

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};
use minijinja::{Value, context, value::Serde};
use serde_json::json;

use super::form::{Form, Query};
use super::logged_out;
use crate::standin::{
    catalogue,
    configuration::{Configuration, Problem, is_sold_out},
    networks::vpcs,
    price::yuan,
    site::Site,
    store::Account,
    visitor::Visitor,
};

/// The purchase page; a query sets its choices, which is how "Back" keeps them.
pub(super) async fn show(State(site): State<Arc<Site>>, visitor: Visitor, Query(query): Query) -> Response {
    let Some(session) = &visitor.session else { return visitor.to_login() };
    page(&site, &visitor, &session.account, &Configuration::typed(&query, &session.account), &[])
}

fn page(
    site: &Site,
    visitor: &Visitor,
    account: &Account,
    fields: &BTreeMap<&'static str, String>,
    problems: &[Problem],
) -> Response {
    site.page(StatusCode::OK, "purchase.html", visitor, values(site, account, fields, problems))
}

/// What a purchase page shows.
pub(super) fn values(
    site: &Site,
    account: &Account,
    fields: &BTreeMap<&'static str, String>,
    problems: &[Problem],
) -> Value {
    let region = catalogue::region(&fields["region"]).unwrap_or(&catalogue::REGIONS[0]);
    let places = places(site, account);
    context! {
        areas => areas(site, account),
        places => places.to_string().replace('<', "\\u003c"),
        zones => Serde(&places[region.code]["zones"]),
        vpcs => Serde(&places[region.code]["vpcs"]),
        specifications => catalogue::SPECIFICATIONS.iter().map(|one| context! { memory => one.memory, label => site.wording.fill("specification_option", &[one.memory.to_string(), one.qps.into()]) }).collect::<Vec<_>>(),
        periods => catalogue::PERIODS.iter().map(|months| context! { months, label => months_label(site, *months) }).collect::<Vec<_>>(),
        chosen => Serde(fields),
        problems => problems.iter().map(|problem| (problem.field, site.wording.fill(problem.message, &problem.values))).collect::<BTreeMap<_, _>>(),
    }
}

/// `1 month`, `12 months`.
pub(super) fn months_label(site: &Site, months: i64) -> String {
    site.wording.fill(if months == 1 { "month" } else { "months" }, &[months.to_string()])
}

fn areas(site: &Site, account: &Account) -> Vec<Value> {
    let regions = |area: &str| -> Vec<Value> {
        let of_area = catalogue::REGIONS.iter().filter(|region| region.area == area);
        of_area.map(|region| context! { code => region.code, name => site.wording.say(&format!("region_{}", region.code)), closed => region.finance && !account.finance_zones }).collect()
    };
    catalogue::AREAS
        .iter()
        .map(|area| context! { name => site.wording.say(&format!("area_{area}")), regions => regions(area) })
        .collect()
}

/// Zones and VPCs of every region, for the page's script.
fn places(site: &Site, account: &Account) -> serde_json::Value {
    let mut places = serde_json::Map::new();
    for region in catalogue::REGIONS {
        let zones: Vec<_> = region
            .zones
            .iter()
            .map(|zone| {
                let (name, sold_out) = (site.wording.say(&format!("zone_{}", zone.code)), is_sold_out(zone, account));
                let label = if sold_out { format!("{name} ({})", site.wording.say("sold_out")) } else { name };
                json!({ "value": zone.code, "label": label, "disabled": sold_out })
            })
            .collect();
        let vpcs: Vec<_> = vpcs(region, account)
            .iter()
            .map(|vpc| {
                let subnets: Vec<_> = vpc
                    .subnets
                    .iter()
                    .map(|subnet| {
                        let room = if subnet.free == 0 { site.wording.say("no_free_ip") } else { site.wording.fill("free_ips", &[subnet.free.to_string()]) };
                        json!({ "value": subnet.id, "label": format!("{} ({room})", subnet.name), "disabled": subnet.free == 0 })
                    })
                    .collect();
                json!({ "value": vpc.id, "label": vpc.name, "disabled": false, "subnets": subnets })
            })
            .collect();
        places.insert(region.code.into(), json!({ "zones": zones, "vpcs": vpcs }));
    }
    places.into()
}

/// The price of what is chosen, with what the page says of each field. JSON; asked after each change. A service that
/// fails says so in its answer, as the pages' own calls do: a status of its own would be a console error of the page.
pub(super) async fn price(State(site): State<Arc<Site>>, visitor: Visitor, Query(query): Query) -> Response {
    let Some(session) = &visitor.session else { return logged_out() };
    tokio::time::sleep(site.price_delay).await;
    match session.account.price_service.as_str() {
        "failing" => return Json(json!({ "failed": true })).into_response(),
        "slow" => tokio::time::sleep(Duration::from_secs(3)).await,
        _ => {}
    }
    // The price of now, not of when it was asked for; and none for a session that has ended meanwhile.
    let account = match site.store.session(&session.token) {
        Ok(Some(session)) => session.account,
        Ok(None) => return logged_out(),
        Err(error) => return site.broken(&visitor, &error),
    };
    let account = &account;
    let (configuration, problems) = match Configuration::read(&query, account) {
        Ok(configuration) => {
            let problems = site.seams.check(&configuration, account);
            (Some(configuration), problems)
        }
        Err(problems) => (None, problems),
    };
    let said: HashMap<_, _> =
        problems.iter().map(|problem| (problem.field, site.wording.fill(problem.message, &problem.values))).collect();
    let hint = configuration.as_ref().is_some_and(|configuration| {
        (2..=8).contains(&configuration.shards) && ![2, 4, 8].contains(&configuration.shards)
    });
    let priced = configuration
        .filter(|_| problems.is_empty())
        .and_then(|configuration| site.seams.price(&configuration, account));
    Json(json!({
        "problems": said,
        "hint": if hint { site.wording.say("shards_hint") } else { String::new() },
        "fee": priced.map(|price| yuan(price.fee)),
        "fen": priced.map(|price| price.fee),
        "original": priced.filter(|price| price.original != price.fee).map(|price| yuan(price.original)),
    }))
    .into_response()
}

/// "Purchase Now": a new intention, and on to its check page.
pub(super) async fn purchase_now(State(site): State<Arc<Site>>, visitor: Visitor, Form(form): Form) -> Response {
    let Some(session) = &visitor.session else {
        let choices =
            url::form_urlencoded::Serializer::new(String::new()).extend_pairs(Configuration::of_form(&form)).finish();
        return visitor.to_login_from(&format!("{}/dcdb?{choices}", visitor.sites.buy));
    };
    if !visitor.vouches(&form) {
        return site.refuse(&visitor, StatusCode::FORBIDDEN);
    }
    let account = &session.account;
    let read = Configuration::read(&form, account).and_then(|configuration| {
        let problems = site.seams.check(&configuration, account);
        if problems.is_empty() { Ok(configuration) } else { Err(problems) }
    });
    match read {
        Ok(configuration) => {
            let content = configuration.query();
            let Some(price) = site.seams.price(&configuration, account) else {
                return site.refuse(&visitor, StatusCode::BAD_REQUEST);
            };
            // What the buyer saw goes along, so that the check page can say that it is no longer the price. A client
            // that runs no script has seen none: the check page is the first to show it one.
            let shown = match form.get("fee").map(String::as_str) {
                None | Some("") => price.fee,
                Some(fee) => match fee.parse() {
                    Ok(fee) => fee,
                    Err(_) => return site.refuse(&visitor, StatusCode::BAD_REQUEST),
                },
            };
            // Without a price nothing can be bought; the page says so, as it asks again.
            if account.price_service == "failing" {
                return page(&site, &visitor, account, &configuration.fields(), &[]);
            }
            match site.store.intend(account, &content, shown) {
                Ok(token) => Redirect::to(&format!("/dcdb/check?intention={token}&{content}")).into_response(),
                Err(error) => site.broken(&visitor, &error),
            }
        }
        Err(problems) => page(&site, &visitor, account, &Configuration::typed(&form, account), &problems),
    }
}
