//! Home page, product page and documentation.

use std::sync::Arc;

use axum::{
    extract::{Path, State, rejection::PathRejection},
    http::StatusCode,
    response::Response,
};
use minijinja::{Value, context};

use crate::standin::{site::Site, visitor::Visitor};

/// What the portal offers: the last part of its page's address, and its name.
const PRODUCTS: [(&str, &str); 4] =
    [("cvm", "cloud_server"), ("cdb", "relational_database"), ("dcdb", "product_title"), ("redis", "key_value_store")];

/// The documents (N2): number and title.
const DOCUMENTS: [(&str, &str); 3] =
    [("237/6918", "document_version"), ("557/9347", "document_shards"), ("237/2034", "document_price")];

/// The documents, to be linked to.
pub(super) fn documents(site: &Site) -> Vec<Value> {
    DOCUMENTS.iter().map(|(number, title)| context! { number => *number, title => site.wording.say(title) }).collect()
}

/// The home page.
pub(super) async fn home(State(site): State<Arc<Site>>, visitor: Visitor) -> Response {
    let of = |(path, name): &(&str, &str)| context! { path => *path, name => site.wording.say(name), about => site.wording.say(&format!("about_{path}")) };
    let products: Vec<Value> = PRODUCTS.iter().map(of).collect();
    site.page(StatusCode::OK, "home.html", &visitor, context! { products, documents => documents(&site) })
}

/// The product page.
pub(super) async fn product(State(site): State<Arc<Site>>, visitor: Visitor) -> Response {
    site.page(StatusCode::OK, "product.html", &visitor, context! {})
}

/// The page of a product that this site does not sell.
pub(super) async fn other_product(
    State(site): State<Arc<Site>>,
    visitor: Visitor,
    named: Result<Path<String>, PathRejection>,
) -> Response {
    let named = named.map(|Path(path)| PRODUCTS.iter().find(|(other, _)| *other == path));
    let Ok(Some((_, name))) = named else { return site.refuse(&visitor, StatusCode::NOT_FOUND) };
    let say = |key: &str| site.wording.say(key);
    let values = context! { kind => say("products"), title => say(name), text => say("other_product_text") };
    site.page(StatusCode::OK, "document.html", &visitor, values)
}

/// A document.
pub(super) async fn document(
    State(site): State<Arc<Site>>,
    visitor: Visitor,
    named: Result<Path<(String, String)>, PathRejection>,
) -> Response {
    let Ok(Path((product, document))) = named else { return site.refuse(&visitor, StatusCode::NOT_FOUND) };
    let number = format!("{product}/{document}");
    let Some((_, title)) = DOCUMENTS.iter().find(|(one, _)| *one == number) else {
        return site.refuse(&visitor, StatusCode::NOT_FOUND);
    };
    let say = |key: &str| site.wording.say(key);
    let values = context! { kind => say("document_title"), title => say(title), text => say("document_text") };
    site.page(StatusCode::OK, "document.html", &visitor, values)
}
