//! Forms and queries, read leniently: what cannot be read is a plain 400 page, never a rejection in another voice.

use std::{collections::HashMap, sync::Arc};

use axum::{
    extract::{FromRequest, FromRequestParts, Request},
    http::{StatusCode, header, request::Parts},
    response::Response,
};

use crate::standin::{site::Site, visitor::Visitor};

/// The fields of a posted form. Of a field that came twice the last one counts.
pub struct Form(pub HashMap<String, String>);

impl FromRequest<Arc<Site>> for Form {
    type Rejection = Response;

    async fn from_request(request: Request, site: &Arc<Site>) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let visitor = Visitor::from_request_parts(&mut parts, site).await?;
        let form = parts.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).is_some_and(is_form);
        if !form {
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

/// `None` where the bytes are no form: bad percent-encoding, no UTF-8, or a NUL, which no field of a browser holds.
fn fields(bytes: &[u8]) -> Option<HashMap<String, String>> {
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut rest = bytes.iter();
    while let Some(&byte) = rest.next() {
        decoded.push(match byte {
            b'%' => (digit(rest.next()?)? << 4) | digit(rest.next()?)?,
            _ => byte,
        });
    }
    let sound = std::str::from_utf8(&decoded).is_ok_and(|text| !text.contains('\0'));
    sound.then(|| url::form_urlencoded::parse(bytes).into_owned().collect())
}

fn digit(byte: &u8) -> Option<u8> {
    u8::try_from(char::from(*byte).to_digit(16)?).ok()
}

/// Whether a content type is that of a form, whatever its letters' case and its parameters.
fn is_form(kind: &str) -> bool {
    kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded"))
}
