//! Home page, product page and documentation.

use std::sync::Arc;

use axum::{
    extract::{Path, State, rejection::PathRejection},
    http::StatusCode,
    response::Response,
};
use minijinja::context;

use crate::standin::{site::Site, visitor::Visitor};

/// The home page.
pub(super) async fn home(State(site): State<Arc<Site>>, visitor: Visitor) -> Response {
    site.page(StatusCode::OK, "home.html", &visitor, context! {})
}

/// The product page.
pub(super) async fn product(State(site): State<Arc<Site>>, visitor: Visitor) -> Response {
    site.page(StatusCode::OK, "product.html", &visitor, context! {})
}

/// The documents that the purchase page links to (N2).
pub(super) async fn document(
    State(site): State<Arc<Site>>,
    visitor: Visitor,
    named: Result<Path<(String, String)>, PathRejection>,
) -> Response {
    let Ok(Path((product, document))) = named else { return site.refuse(&visitor, StatusCode::NOT_FOUND) };
    let title = match (product.as_str(), document.as_str()) {
        ("237", "6918") => "document_version",
        ("557", "9347") => "document_shards",
        ("237", "2034") => "document_price",
        _ => return site.refuse(&visitor, StatusCode::NOT_FOUND),
    };
    site.page(StatusCode::OK, "document.html", &visitor, context! { title => site.wording.say(title) })
}
