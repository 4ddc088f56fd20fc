//! Who asks, on which host, in which session.

use std::{collections::HashMap, sync::Arc};

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, HeaderValue, header, request::Parts},
    response::{IntoResponse, Redirect, Response},
};

use super::{site::Site, store::Session};

/// The names of the site's hosts.
#[derive(Debug, Clone)]
pub(super) struct Names {
    /// The portal's, and the parent domain of the two others: its cookie is theirs.
    pub domain: String,
    /// The parent of the API's.
    pub api: String,
    /// The parent of the cashier's: another site.
    pub pay: String,
}

impl Names {
    /// Below this one: `localhost` unless told, which every browser takes for its own machine.
    pub fn below(parent: &str) -> Self {
        Self {
            domain: format!("cloud.tencent.{parent}"),
            api: format!("tencentcloudapi.{parent}"),
            pay: format!("tenpay.{parent}"),
        }
    }
}

const COOKIE: &str = "dcdb_session";

/// The addresses of the site's hosts, on the port that was asked.
#[derive(Debug, Clone, serde::Serialize)]
pub(super) struct Sites {
    /// The portal.
    pub portal: String,
    /// The purchase flow.
    pub buy: String,
    /// The console.
    pub console: String,
    /// Where today's orders are paid.
    pub pay: String,
}

impl Sites {
    /// Whether an `Origin` header names one of them.
    pub fn own(&self, origin: &HeaderValue) -> bool {
        [&self.portal, &self.buy, &self.console].into_iter().any(|site| origin.as_bytes() == site.as_bytes())
    }
}

/// Who asks, and where from.
#[derive(Debug, Clone)]
pub(super) struct Visitor {
    /// The session, where there is one that lives.
    pub session: Option<Session>,
    /// The addresses of the hosts.
    pub sites: Sites,
    /// The whole address that was asked for.
    pub address: String,
}

impl Visitor {
    /// To the login page, and back here after it.
    pub fn to_login(&self) -> Response {
        self.to_login_from(&self.address)
    }

    /// To the login page, and on to an address of this site after it: the page of a form that came too late.
    pub fn to_login_from(&self, address: &str) -> Response {
        let back: String = url::form_urlencoded::byte_serialize(address.as_bytes()).collect();
        Redirect::to(&format!("{}/login?s_url={back}", self.sites.portal)).into_response()
    }

    /// Whether a form carries this session's token.
    pub fn vouches(&self, form: &HashMap<String, String>) -> bool {
        self.session.as_ref().is_some_and(|session| form.get("csrf") == Some(&session.csrf))
    }
}

impl FromRequestParts<Arc<Site>> for Visitor {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, site: &Arc<Site>) -> Result<Self, Response> {
        let (_, port) = host(&parts.headers).unwrap_or_default();
        let at = |name: &str| format!("http://{name}{}{port}", site.names.domain);
        let sites = Sites {
            portal: at(""),
            buy: at("buy."),
            console: at("console."),
            pay: format!("http://pay.{}{port}", site.names.pay),
        };
        let host_name = host(&parts.headers).map(|(name, _)| name).unwrap_or_default();
        let address =
            format!("http://{host_name}{port}{}", parts.uri.path_and_query().map_or("/", |path| path.as_str()));
        let mut visitor = Self { session: None, sites, address };
        if let Some(cookie) = cookie(&parts.headers) {
            visitor.session = site.store.session(&cookie).map_err(|error| site.broken(&visitor, &error))?;
        }
        Ok(visitor)
    }
}

/// Name and `:port` of the Host header.
pub(super) fn host(headers: &HeaderMap) -> Option<(String, String)> {
    let host = headers.get(header::HOST)?.to_str().ok()?.to_ascii_lowercase();
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) && !port.is_empty() => {
            Some((name.to_owned(), format!(":{port}")))
        }
        _ => Some((host, String::new())),
    }
}

/// The cookie of the session.
pub(super) fn cookie(headers: &HeaderMap) -> Option<String> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    all.flat_map(|value| value.split(';'))
        .find_map(|pair| Some(pair.trim().strip_prefix(COOKIE)?.strip_prefix('=')?.to_owned()))
}

/// The header that sets the session's cookie, or ends it.
pub(super) fn set_cookie(names: &Names, token: Option<&str>) -> HeaderValue {
    let domain = &names.domain;
    let text = match token {
        Some(token) => format!("{COOKIE}={token}; Domain={domain}; Path=/; HttpOnly; SameSite=Lax"),
        None => format!("{COOKIE}=; Domain={domain}; Path=/; HttpOnly; SameSite=Lax; Max-Age=0"),
    };
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static(""))
}
