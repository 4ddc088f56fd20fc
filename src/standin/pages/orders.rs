//! Order management.

use std::sync::Arc;

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};
use minijinja::{Value, context};

use super::form::Form;
use crate::standin::{
    clock,
    price::yuan,
    site::Site,
    store::{OrderState, Session, State as InstanceState},
    visitor::Visitor,
};

/// The orders of the account.
pub(super) async fn show(State(site): State<Arc<Site>>, visitor: Visitor) -> Response {
    let Some(session) = &visitor.session else { return visitor.to_login() };
    let account = &session.account;
    let (orders, instances, said) =
        match (site.store.orders(account), site.store.instances(account, site.lifetimes), site.store.said(session)) {
            (Ok(orders), Ok(instances), Ok(said)) => (orders, instances, said),
            (Err(error), _, _) | (_, Err(error), _) | (_, _, Err(error)) => return site.broken(&visitor, &error),
        };
    let rows: Vec<Value> = orders
        .iter()
        .map(|order| {
            let mine: Vec<_> = instances.iter().filter(|instance| order.instances.contains(&instance.id)).collect();
            let on_its_way = order.state == OrderState::Successful && mine.iter().any(|instance| instance.state == InstanceState::Creating);
            let state = if on_its_way { OrderState::Processing } else { order.state };
            context! {
                number => order.number.clone(),
                amount => yuan(order.amount),
                frozen => if order.frozen > 0 { yuan(order.frozen) } else { String::new() },
                created => clock::moment(order.created),
                status => site.wording.say(state.key()),
                unpaid => order.state == OrderState::Unpaid,
                instances => mine.iter().map(|instance| context! { id => instance.id.clone(), region => instance.region.clone() }).collect::<Vec<_>>(),
            }
        })
        .collect();
    site.page(StatusCode::OK, "orders.html", &visitor, context! { rows, said })
}

/// Pays an unpaid order.
pub(super) async fn pay(State(site): State<Arc<Site>>, visitor: Visitor, Form(form): Form) -> Response {
    let Some(session) = &visitor.session else { return to_list(&visitor) };
    if !visitor.vouches(&form) {
        return site.refuse(&visitor, StatusCode::FORBIDDEN);
    }
    let number = form.get("order").map(String::as_str).unwrap_or_default();
    match site.store.pay(&session.account, number, false) {
        Ok(None) => site.refuse(&visitor, StatusCode::NOT_FOUND),
        Ok(Some(Ok(refused))) => back(&site, &visitor, session, refused.map(|key| site.wording.say(key))),
        Ok(Some(Err(state))) => back(&site, &visitor, session, Some(true_state(&site, state))),
        Err(error) => site.broken(&visitor, &error),
    }
}

/// Cancels an unpaid order.
pub(super) async fn cancel(State(site): State<Arc<Site>>, visitor: Visitor, Form(form): Form) -> Response {
    let Some(session) = &visitor.session else { return to_list(&visitor) };
    if !visitor.vouches(&form) {
        return site.refuse(&visitor, StatusCode::FORBIDDEN);
    }
    let number = form.get("order").map(String::as_str).unwrap_or_default();
    match site.store.cancel(&session.account, number) {
        Ok(None) => site.refuse(&visitor, StatusCode::NOT_FOUND),
        Ok(Some(Ok(()))) => back(&site, &visitor, session, None),
        Ok(Some(Err(state))) => back(&site, &visitor, session, Some(true_state(&site, state))),
        Err(error) => site.broken(&visitor, &error),
    }
}

/// To the login and, after it, to the list: the form that was sent is not sent again.
fn to_list(visitor: &Visitor) -> Response {
    visitor.to_login_from(&format!("{}/expense/deal", visitor.sites.console))
}

fn true_state(site: &Site, state: OrderState) -> String {
    site.wording.fill("order_is", &[site.wording.say(state.key())])
}

fn back(site: &Site, visitor: &Visitor, session: &Session, said: Option<String>) -> Response {
    match said.map_or(Ok(()), |said| site.store.say(session, &said)) {
        Ok(()) => Redirect::to("/expense/deal").into_response(),
        Err(error) => site.broken(visitor, &error),
    }
}
