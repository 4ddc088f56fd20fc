//! Requests as defects look at them: a text of three lines, method, site, path and query first (`POST buy/dcdb/confirm`), then the
//! form, then the page that it was sent from.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use axum::{
    body::{Body, to_bytes},
    extract::Request,
    http::{Uri, header},
};
use regex::Regex;

use super::Bend;
use crate::{
    standin::{
        site::Site,
        visitor::{cookie, host},
    },
    warn,
};

/// Something that happens to the data before a request is answered.
pub(super) struct Happening {
    /// What the request looks like, as a regular expression. Requests that it finds the same text in are of one kind.
    pub when: &'static str,
    /// At the n-th of its kind, from 1; 0 is each.
    pub nth: u32,
    /// SQL. `{account}` is whose session it is, `{1}` what the expression's first group found: digits, letters and dashes.
    pub sql: &'static str,
}

/// How often each kind of request has come.
#[derive(Default)]
pub(super) struct Counter(Mutex<HashMap<String, u32>>);

impl Counter {
    fn count(&self, kind: &str) -> u32 {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let times = seen.entry(kind.to_owned()).or_default();
        *times += 1;
        *times
    }
}

/// The largest form that the site takes, many times over.
const LARGEST: usize = 1 << 20;

/// The request as it is taken, with what happens beside.
pub(super) async fn bent(bends: &[Bend], counter: &Counter, site: &Site, request: Request) -> Request {
    let (mut parts, body) = request.into_parts();
    let (name, _) = host(&parts.headers).unwrap_or_default();
    let place = match name.strip_suffix(&site.names.domain) {
        Some("") => "portal",
        Some(place) => place.trim_end_matches('.'),
        // The back door and the API are no pages.
        None => return Request::from_parts(parts, body),
    };
    let body = to_bytes(body, LARGEST).await.unwrap_or_default();
    let from = parts.headers.get(header::REFERER).and_then(|from| from.to_str().ok()).unwrap_or_default();
    let start = format!("{} {place}", parts.method);
    let mut text = format!("{start}{}\n{}\n{from}", parts.uri, String::from_utf8_lossy(&body));
    for bend in bends {
        match bend {
            Bend::Asked(this, that) => {
                if let Ok(this) = Regex::new(this) {
                    text = this.replace_all(&text, *that).into_owned();
                }
            }
            Bend::Happens(happening) => {
                let session = cookie(&parts.headers).and_then(|cookie| site.store.session(&cookie).ok().flatten());
                let account = session.map_or(0, |session| session.account.id);
                happen(happening, counter, site, account, &text);
            }
            _ => {}
        }
    }
    let mut lines = text.split('\n');
    let taken = lines.next().and_then(|line| line.strip_prefix(&start)?.parse::<Uri>().ok());
    if let Some(uri) = taken {
        parts.uri = uri;
    }
    let body = lines.next().unwrap_or_default().to_owned();
    Request::from_parts(parts, Body::from(body))
}

fn happen(happening: &Happening, counter: &Counter, site: &Site, account: i64, text: &str) {
    let Some(found) = Regex::new(happening.when).ok().and_then(|when| when.captures(text)) else { return };
    let time = counter.count(&format!("{account} {}", &found[0]));
    if happening.nth != 0 && happening.nth != time {
        return;
    }
    let group = found.get(1).map_or("", |group| group.as_str());
    if !group.chars().all(|char| char.is_ascii_alphanumeric() || char == '-') {
        return;
    }
    let sql = happening.sql.replace("{account}", &account.to_string()).replace("{1}", group);
    if let Err(error) = site.store.meddle(&sql) {
        warn!("the defect's own SQL: {error}");
    }
}
