//! Logging in and out.

use std::sync::Arc;

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse as _, Redirect, Response},
};
use minijinja::context;
use url::Url;

use super::form::{Form, Query};
use crate::standin::{
    site::Site,
    visitor::{Visitor, set_cookie},
};

/// The login page; who is logged in already is led on.
pub(super) async fn show(State(site): State<Arc<Site>>, visitor: Visitor, Query(query): Query) -> Response {
    let back = query.get("s_url").cloned().unwrap_or_default();
    if visitor.session.is_some() {
        return Redirect::to(&own_address(&back, &visitor)).into_response();
    }
    site.page(StatusCode::OK, "login.html", &visitor, context! { back, email => "", message => "" })
}

/// A login; back to where one was, if that is on this site.
pub(super) async fn log_in(
    State(site): State<Arc<Site>>,
    visitor: Visitor,
    headers: HeaderMap,
    Form(form): Form,
) -> Response {
    // There is no session yet whose token the form could carry: where a browser says which page posts, it is one of ours.
    if headers.get(header::ORIGIN).is_some_and(|origin| !visitor.sites.own(origin)) {
        return site.refuse(&visitor, StatusCode::FORBIDDEN);
    }
    let field = |key: &str| form.get(key).cloned().unwrap_or_default();
    match site.store.log_in(&field("email"), &field("password")) {
        Ok(Ok(session)) => {
            let mut response = Redirect::to(&own_address(&field("s_url"), &visitor)).into_response();
            response.headers_mut().insert(header::SET_COOKIE, set_cookie(&site.names, Some(&session.token)));
            response
        }
        Ok(Err(key)) => site.page(
            StatusCode::OK,
            "login.html",
            &visitor,
            context! { back => field("s_url"), email => field("email"), message => site.wording.say(key) },
        ),
        Err(error) => site.broken(&visitor, &error),
    }
}

/// Logs out.
pub(super) async fn log_out(State(site): State<Arc<Site>>, visitor: Visitor, Form(form): Form) -> Response {
    let Some(session) = visitor.session.as_ref().filter(|_| visitor.vouches(&form)) else {
        return site.refuse(&visitor, StatusCode::FORBIDDEN);
    };
    match site.store.log_out(&session.token) {
        Ok(()) => {
            let mut response = Redirect::to(&visitor.sites.portal).into_response();
            response.headers_mut().insert(header::SET_COOKIE, set_cookie(&site.names, None));
            response
        }
        Err(error) => site.broken(&visitor, &error),
    }
}

/// The address to go back to: only one of this site's own hosts and port, read as a browser would read it; else home.
fn own_address(wanted: &str, visitor: &Visitor) -> String {
    let sites = [&visitor.sites.portal, &visitor.sites.buy, &visitor.sites.console];
    let own =
        |url: &Url| sites.iter().filter_map(|site| Url::parse(site).ok()).any(|site| site.origin() == url.origin());
    match Url::parse(wanted) {
        Ok(url) if own(&url) && url.username().is_empty() && url.password().is_none() => url.to_string(),
        _ => format!("{}/", visitor.sites.portal),
    }
}
