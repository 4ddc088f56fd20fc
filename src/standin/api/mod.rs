//! The vendor's API as far as it tells of purchases (CONTRACT 8): the same data as the pages, for whoever signs with an
//! account's own key. Whatever is refused is refused as the real one does it: status 200, with `Response.Error`.

mod actions;
mod parameters;
mod signature;

use crate::warn;
use std::sync::Arc;

use axum::{
    Json, Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, Method, Uri},
    response::{IntoResponse as _, Response},
};
use serde_json::{Value, json};

use super::{hosts::limits, site::Site, store::token};
use parameters::Parameters;

/// A code of the vendor's, and what is said with it.
pub(super) struct Refused {
    code: &'static str,
    message: String,
}

impl Refused {
    fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }
}

impl From<rusqlite::Error> for Refused {
    fn from(error: rusqlite::Error) -> Self {
        warn!("the database: {error}");
        Self::new("InternalError", "An internal error has occurred. Retry your request.")
    }
}

#[derive(Clone)]
struct Product {
    site: Arc<Site>,
    /// As credentials name it: `dcdb` or `billing`.
    name: &'static str,
}

/// One product's host.
pub(super) fn router(site: Arc<Site>, name: &'static str) -> Router {
    Router::new().fallback(answer).layer(limits()).with_state(Product { site, name })
}

async fn answer(State(product): State<Product>, method: Method, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let mut said = match act(&product, &method, &uri, &headers, &body) {
        Ok(said) => said,
        Err(Refused { code, message }) => json!({ "Error": { "Code": code, "Message": message } }),
    };
    said["RequestId"] = Value::from(request_id());
    Json(json!({ "Response": said })).into_response()
}

fn act(product: &Product, method: &Method, uri: &Uri, headers: &HeaderMap, body: &[u8]) -> Result<Value, Refused> {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let needed = |name: &str| {
        header(&format!("x-tc-{}", name.to_ascii_lowercase())).filter(|value| !value.is_empty()).ok_or_else(|| {
            Refused::new("MissingParameter", format!("The request is missing a required parameter `{name}`."))
        })
    };
    if method != Method::POST || uri.path() != "/" {
        return Err(Refused::new("InvalidRequest", "The request is not a POST to `/`."));
    }
    let (action, version) = (needed("Action")?, needed("Version")?);
    let account = signature::signer(&product.site.store, product.name, headers, body)?;
    let action = actions::named(product.name, action, version)?;
    let region = if action.needs_region() { needed("Region")? } else { "" };
    let parameters = Parameters::read(body)?;
    action.act(&product.site, &account, region, &parameters)
}

/// As the vendor writes one: a UUID.
fn request_id() -> String {
    let hex = token();
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}
