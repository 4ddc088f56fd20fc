//! Forms and queries, read leniently: what cannot be read is a plain 400 page, never a rejection in another voice.

use std::{collections::HashMap, sync::Arc};

use axum::{
    extract::{FromRequest, FromRequestParts, Request},
    http::{StatusCode, header, request::Parts},
    response::Response,
};

use crate::standin::site::{Site, Visitor};

/// The fields of a posted form. Of a field that came twice the last one counts.
pub struct Form(pub HashMap<String, String>);

impl FromRequest<Arc<Site>> for Form {
    type Rejection = Response;

    async fn from_request(request: Request, site: &Arc<Site>) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let visitor = Visitor::from_request_parts(&mut parts, site).await?;
        let is_form = parts
            .headers
            .get(header::CONTENT_TYPE)
            .and_then(|kind| kind.to_str().ok())
            .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
        if !is_form {
            return Err(site.refuse(&visitor, StatusCode::BAD_REQUEST));
        }
        let bytes = match axum::body::Bytes::from_request(Request::from_parts(parts, body), site).await {
            Ok(bytes) => bytes,
            Err(_) => return Err(site.refuse(&visitor, StatusCode::PAYLOAD_TOO_LARGE)),
        };
        fields(&bytes).map(Self).ok_or_else(|| site.refuse(&visitor, StatusCode::BAD_REQUEST))
    }
}

/// The fields of a query.
pub struct Query(pub HashMap<String, String>);

impl FromRequestParts<Arc<Site>> for Query {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, site: &Arc<Site>) -> Result<Self, Response> {
        let visitor = Visitor::from_request_parts(parts, site).await?;
        fields(parts.uri.query().unwrap_or_default().as_bytes())
            .map(Self)
            .ok_or_else(|| site.refuse(&visitor, StatusCode::BAD_REQUEST))
    }
}

/// `None` where the bytes are no form: bad percent-encoding, no UTF-8, or control characters.
fn fields(bytes: &[u8]) -> Option<HashMap<String, String>> {
    let text = std::str::from_utf8(bytes).ok()?;
    let mut rest = text;
    while let Some(at) = rest.find('%') {
        let digits = rest.get(at + 1..at + 3)?;
        if !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return None;
        }
        rest = &rest[at + 3..];
    }
    let fields: HashMap<String, String> = url::form_urlencoded::parse(bytes).into_owned().collect();
    let sound = |text: &String| !text.contains(['\u{0}', '\u{fffd}']);
    fields.iter().all(|(key, value)| sound(key) && sound(value)).then_some(fields)
}
