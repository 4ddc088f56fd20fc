//! The pages, one file each; every site is a router of its own.

mod check;
mod console;
mod form;
mod home;
mod login;
mod orders;
mod purchase;
mod today;

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::State,
    http::{Method, StatusCode},
    response::{IntoResponse as _, Response},
    routing::{get, post},
};

use serde_json::json;

use super::{Generation, hosts::limits, site::Site, visitor::Visitor};

fn finish(router: Router<Arc<Site>>, site: Arc<Site>) -> Router {
    router.fallback(nothing_here).method_not_allowed_fallback(not_like_that).layer(limits()).with_state(site)
}

/// What a script gets that asks without a session: it is to load its page again, which asks for the login. An answer
/// like any other, since a status of its own would be a console error of the page.
fn logged_out() -> Response {
    Json(json!({ "login": true })).into_response()
}

async fn nothing_here(State(site): State<Arc<Site>>, visitor: Visitor) -> Response {
    site.refuse(&visitor, StatusCode::NOT_FOUND)
}

async fn not_like_that(State(site): State<Arc<Site>>, visitor: Visitor, _method: Method) -> Response {
    site.refuse(&visitor, StatusCode::METHOD_NOT_ALLOWED)
}

/// Home, login, product, documentation.
pub(super) fn portal(site: Arc<Site>) -> Router {
    let router = Router::new()
        .route("/", get(home::home))
        .route("/product/dcdb", get(home::product))
        .route("/product/{product}", get(home::other_product))
        .route("/document/product/{product}/{document}", get(home::document))
        .route("/login", get(login::show).post(login::log_in))
        .route("/logout", post(login::log_out));
    finish(router, site)
}

/// Purchase, check, result. Today's are in the console.
pub(super) fn buy(site: Arc<Site>) -> Router {
    if site.generation.is_today() {
        return finish(Router::new(), site);
    }
    let router = Router::new()
        .route("/dcdb", get(purchase::show).post(purchase::purchase_now))
        .route("/dcdb/price", get(purchase::price))
        .route("/dcdb/check", get(check::show))
        .route("/dcdb/confirm", post(check::confirm))
        .route("/dcdb/result/{order}", get(check::result));
    finish(router, site)
}

/// The cashier, who knows no session: whoever has the address may pay the order from its own account's balance.
pub(super) fn pay(site: Arc<Site>) -> Router {
    if !site.generation.is_today() {
        return finish(Router::new(), site);
    }
    let router = Router::new()
        .route("/cashier/{token}", get(today::cashier).post(today::pay))
        .route("/cashier/{token}/due", get(today::due));
    finish(router, site)
}

/// Overview, instances, orders; today also where they are bought.
pub(super) fn console(site: Arc<Site>) -> Router {
    let pages = match site.generation {
        Generation::Documented => {
            Router::new().route("/dcdb", get(console::list)).route("/dcdb/initialise", post(console::initialise))
        }
        Generation::Today => Router::new()
            .route("/tdsqld/instance-tdmysql", get(console::list))
            .route("/tdsqld/tdmysql-buy", get(today::show).post(today::buy_now))
            .route("/tdsqld/tdmysql-buy/submit", post(today::submit))
            .route("/dcdb/price", get(purchase::price))
            .route("/tdsqld/pay/{order}", get(today::payment))
            .route("/tdsqld/result/{order}", get(check::result)),
    };
    let router = pages
        .route("/", get(console::overview))
        .route("/dcdb/rows", get(console::rows))
        .route("/dcdb/return", get(console::refund).post(console::give_back))
        .route("/expense/deal", get(orders::show))
        .route("/expense/deal/pay", post(orders::pay))
        .route("/expense/deal/cancel", post(orders::cancel));
    finish(router, site)
}
