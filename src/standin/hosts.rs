//! Virtual hosts, and the manners of every answer: delays, errors, limits, headers.

use std::{net::SocketAddr, panic::AssertUnwindSafe, sync::Arc};

use axum::{
    Router,
    body::Body,
    extract::{ConnectInfo, DefaultBodyLimit, FromRequestParts as _, Request, State},
    http::{HeaderValue, StatusCode, header, request::Parts},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use futures_util::FutureExt as _;
use tower::ServiceExt as _;

use super::{
    api, backdoor, pages,
    site::Site,
    skins::ASSETS,
    visitor::{Visitor, host},
};

/// The whole site. Needs the peer's address ([`ConnectInfo`]) for its back door.
pub fn router(site: Arc<Site>) -> Router {
    let (portal, buy, console, pay, back) = (
        pages::portal(Arc::clone(&site)),
        pages::buy(Arc::clone(&site)),
        pages::console(Arc::clone(&site)),
        pages::pay(Arc::clone(&site)),
        backdoor::router(Arc::clone(&site)),
    );
    let (dcdb, billing) = (api::router(Arc::clone(&site), "dcdb"), api::router(Arc::clone(&site), "billing"));
    let names = site.names.clone();
    let dispatch = move |request: Request| {
        let names = names.clone();
        let (portal, buy, console, back) = (portal.clone(), buy.clone(), console.clone(), back.clone());
        let pay = pay.clone();
        let (dcdb, billing) = (dcdb.clone(), billing.clone());
        async move {
            let name = host(request.headers()).map(|(name, _)| name).unwrap_or_default();
            let loopback =
                request.extensions().get::<ConnectInfo<SocketAddr>>().is_some_and(|peer| peer.0.ip().is_loopback());
            let chosen = match name.strip_suffix(&names.domain) {
                Some("") => portal,
                Some("buy.") => buy,
                Some("console.") => console,
                _ if name.strip_suffix(&names.pay) == Some("pay.") => pay,
                _ if name.strip_suffix(&names.api) == Some("dcdb.") => dcdb,
                _ if name.strip_suffix(&names.api) == Some("billing.") => billing,
                _ if matches!(name.as_str(), "127.0.0.1" | "localhost" | "[::1]") && loopback => back,
                _ => {
                    return (StatusCode::MISDIRECTED_REQUEST, "no site is served under this host name\n")
                        .into_response();
                }
            };
            chosen.oneshot(request).await.unwrap_or_else(|never| match never {})
        }
    };
    Router::new().fallback(dispatch).layer(middleware::from_fn_with_state(site, manners))
}

/// What all answers have in common: assets without delay, delays and errors as asked for, limits, headers.
async fn manners(State(site): State<Arc<Site>>, request: Request, next: Next) -> Response {
    if let Some(asset) = request.uri().path().strip_prefix(ASSETS) {
        return asset_of(&site, asset);
    }
    if request.uri().path() == "/favicon.ico" {
        return (
            [(header::CONTENT_TYPE, "image/svg+xml"), (header::CACHE_CONTROL, "max-age=31536000")],
            include_str!("skins/favicon.svg"),
        )
            .into_response();
    }
    let (parts, body) = site.seams.asked(&site, request).await.into_parts();
    let asked = parts.clone();
    let mut response = if parts.uri.path().starts_with("/backdoor") || hindered(&site).await.is_none() {
        answered(&site, asked, next.run(Request::from_parts(parts, body))).await
    } else {
        error_page(&site, asked, StatusCode::SERVICE_UNAVAILABLE).await
    };
    let headers = response.headers_mut();
    headers.insert("x-content-type-options", HeaderValue::from_static("nosniff"));
    // The cashier says itself whose frame it may be in.
    if !headers.contains_key(header::CONTENT_SECURITY_POLICY) {
        headers.insert("x-frame-options", HeaderValue::from_static("DENY"));
    }
    headers.insert("referrer-policy", HeaderValue::from_static("same-origin"));
    response
}

/// Waits as long as answers are to wait; something where this one is to fail.
async fn hindered(site: &Site) -> Option<()> {
    let jitter = if site.jitter.is_zero() { site.jitter } else { site.jitter.mul_f64(site.chance()) };
    let wait = site.latency + jitter;
    if !wait.is_zero() {
        tokio::time::sleep(wait).await;
    }
    (site.error_rate > 0.0 && site.chance() < site.error_rate).then_some(())
}

/// The answer; a page that says so where a handler panicked.
async fn answered(site: &Arc<Site>, asked: Parts, answer: impl Future<Output = Response>) -> Response {
    match AssertUnwindSafe(answer).catch_unwind().await {
        Ok(response) => response,
        // The panic hook has said on standard error what and where; the buyer gets a page all the same.
        Err(_) => error_page(site, asked, StatusCode::INTERNAL_SERVER_ERROR).await,
    }
}

async fn error_page(site: &Arc<Site>, mut asked: Parts, status: StatusCode) -> Response {
    match Visitor::from_request_parts(&mut asked, site).await {
        Ok(visitor) => site.refuse(&visitor, status),
        Err(refusal) => refusal,
    }
}

fn asset_of(site: &Site, path: &str) -> Response {
    let Some((kind, text)) = site.asset(path) else {
        return (StatusCode::NOT_FOUND, "no such asset\n").into_response();
    };
    Response::builder()
        .header(header::CONTENT_TYPE, kind)
        .header(header::CACHE_CONTROL, "public, max-age=31536000, immutable")
        .body(Body::from(text))
        .unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
}

/// Bodies are forms of a few fields.
pub(super) fn limits() -> DefaultBodyLimit {
    DefaultBodyLimit::max(64 * 1024)
}

#[cfg(test)]
mod tests {
    use axum::routing::get;

    use super::*;
    use crate::standin::ServeArgs;

    async fn broken() -> Response {
        panic!("on purpose: a handler that is broken")
    }

    #[tokio::test]
    async fn a_handler_that_panics_is_a_page_that_says_so() {
        let site = Site::open(&ServeArgs::default()).unwrap();
        let host = site.names.domain.clone();
        let router = Router::new().route("/", get(broken)).layer(middleware::from_fn_with_state(site, manners));
        let request = Request::builder().uri("/").header(header::HOST, host).body(Body::empty()).unwrap();
        let response = router.oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        let text = axum::body::to_bytes(response.into_body(), 100_000).await.unwrap();
        let text = String::from_utf8_lossy(&text);
        assert!(text.contains("<!doctype html>") && text.contains("Something went wrong on our side."), "{text}");
    }
}
