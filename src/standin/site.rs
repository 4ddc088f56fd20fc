//! The site as a whole: virtual hosts, delays, sessions, and how pages are made from templates.

use std::{
    collections::HashMap,
    net::SocketAddr,
    panic::AssertUnwindSafe,
    sync::{Arc, Mutex},
    time::Duration,
};

use anyhow::Context as _;
use axum::{
    Router,
    body::Body,
    extract::{ConnectInfo, DefaultBodyLimit, FromRequestParts, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    middleware::{self, Next},
    response::{Html, IntoResponse, Redirect, Response},
};
use futures_util::FutureExt as _;
use minijinja::{Environment, UndefinedBehavior, Value, context, value::Serde};
use tower::ServiceExt as _;

use super::{
    ServeArgs, backdoor, pages,
    store::{Lifetimes, Session, Store},
    wording::Wording,
};

/// The parent domain of the site's hosts: its cookie is theirs.
pub(super) const DOMAIN: &str = "cloud.tencent.localhost";
const COOKIE: &str = "dcdb_session";
/// Wherever the version of script and style goes into an address, they may be cached for good.
const ASSETS: &str = concat!("/assets/", env!("CARGO_PKG_VERSION"));

/// What all requests share.
pub struct Site {
    pub(super) store: Store,
    pub(super) wording: Wording,
    pub(super) lifetimes: Lifetimes,
    /// How long a price takes.
    pub(super) price_delay: Duration,
    /// How long a confirmation takes.
    pub(super) confirm_delay: Duration,
    templates: Environment<'static>,
    latency: Duration,
    jitter: Duration,
    error_rate: f64,
    chance: Mutex<u64>,
}

impl Site {
    /// Opens the site's database and reads its templates.
    ///
    /// # Errors
    /// When either cannot be had.
    pub fn open(args: &ServeArgs) -> anyhow::Result<Arc<Self>> {
        let store = Store::open(args.db.as_deref()).with_context(|| match &args.db {
            Some(file) => format!("opening the database {}", file.display()),
            None => "opening the database in memory".to_owned(),
        })?;
        let scaled = |ms: f64| ms * args.delays;
        let mut templates = Environment::new();
        templates.set_undefined_behavior(UndefinedBehavior::Strict);
        for (name, source) in pages::TEMPLATES {
            templates.add_template(name, source).with_context(|| format!("the template {name}"))?;
        }
        Ok(Arc::new(Self {
            store,
            wording: Wording::of(&args.lang)?,
            lifetimes: Lifetimes { delivery: scaled(300.0) as i64, initialisation: scaled(300.0) as i64 },
            price_delay: Duration::from_secs_f64(scaled(0.020)),
            confirm_delay: Duration::from_secs_f64(scaled(0.040)),
            templates,
            latency: Duration::from_millis(args.latency),
            jitter: Duration::from_millis(args.jitter),
            error_rate: args.error_rate,
            chance: Mutex::new(args.seed),
        }))
    }

    /// The next of a seeded row of numbers from 0 to 1.
    fn chance(&self) -> f64 {
        let mut state = self.chance.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (*state >> 11) as f64 / (1u64 << 53) as f64
    }

    /// A page from its template.
    pub(super) fn page(&self, status: StatusCode, template: &str, visitor: &Visitor, values: Value) -> Response {
        let session = visitor.session.as_ref();
        let all = context! {
            t => Serde(self.wording.texts()),
            sites => Serde(&visitor.sites),
            assets => ASSETS,
            account => session.map(|session| session.account.name.clone()),
            csrf => session.map(|session| session.csrf.clone()).unwrap_or_default(),
            ..values
        };
        match self.templates.get_template(template).and_then(|template| template.render(all)) {
            Ok(html) => {
                let mut response = (status, Html(html)).into_response();
                response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
                response
            }
            Err(error) => {
                eprintln!("the template {template}: {error:#}");
                (StatusCode::INTERNAL_SERVER_ERROR, self.wording.say("error_500")).into_response()
            }
        }
    }

    /// A plain page that says what went wrong.
    pub(super) fn refuse(&self, visitor: &Visitor, status: StatusCode) -> Response {
        let known = [400, 403, 404, 405, 413, 500, 503];
        let key =
            if known.contains(&status.as_u16()) { format!("error_{}", status.as_u16()) } else { "error_400".into() };
        self.page(
            status,
            "error.html",
            visitor,
            context! { message => self.wording.say(&key), status => status.as_u16() },
        )
    }

    /// What the database refused, said to nobody but the operator.
    pub(super) fn broken(&self, visitor: &Visitor, error: &rusqlite::Error) -> Response {
        eprintln!("the database: {error}");
        self.refuse(visitor, StatusCode::INTERNAL_SERVER_ERROR)
    }
}

/// The addresses of the site's hosts, on the port that was asked.
#[derive(Debug, Clone, serde::Serialize)]
pub(super) struct Sites {
    /// The portal.
    pub portal: String,
    /// The purchase flow.
    pub buy: String,
    /// The console.
    pub console: String,
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
        let back: String = url::form_urlencoded::byte_serialize(self.address.as_bytes()).collect();
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
        let at = |name: &str| format!("http://{name}{DOMAIN}{port}");
        let sites = Sites { portal: at(""), buy: at("buy."), console: at("console.") };
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
fn host(headers: &HeaderMap) -> Option<(String, String)> {
    let host = headers.get(header::HOST)?.to_str().ok()?.to_ascii_lowercase();
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) && !port.is_empty() => {
            Some((name.to_owned(), format!(":{port}")))
        }
        _ => Some((host, String::new())),
    }
}

fn cookie(headers: &HeaderMap) -> Option<String> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    all.flat_map(|value| value.split(';'))
        .find_map(|pair| Some(pair.trim().strip_prefix(COOKIE)?.strip_prefix('=')?.to_owned()))
}

/// The header that sets the session's cookie, or ends it.
pub(super) fn set_cookie(token: Option<&str>) -> HeaderValue {
    let text = match token {
        Some(token) => format!("{COOKIE}={token}; Domain={DOMAIN}; Path=/; HttpOnly; SameSite=Lax"),
        None => format!("{COOKIE}=; Domain={DOMAIN}; Path=/; HttpOnly; SameSite=Lax; Max-Age=0"),
    };
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static(""))
}

/// The whole site. Needs the peer's address ([`ConnectInfo`]) for its back door.
pub fn router(site: Arc<Site>) -> Router {
    let (portal, buy, console, back) = (
        pages::portal(Arc::clone(&site)),
        pages::buy(Arc::clone(&site)),
        pages::console(Arc::clone(&site)),
        backdoor::router(Arc::clone(&site)),
    );
    let dispatch = move |request: Request| {
        let (portal, buy, console, back) = (portal.clone(), buy.clone(), console.clone(), back.clone());
        async move {
            let name = host(request.headers()).map(|(name, _)| name).unwrap_or_default();
            let loopback =
                request.extensions().get::<ConnectInfo<SocketAddr>>().is_some_and(|peer| peer.0.ip().is_loopback());
            let chosen = match name.strip_suffix(DOMAIN) {
                Some("") => portal,
                Some("buy.") => buy,
                Some("console.") => console,
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

/// Thrown where an answer is to be lost on purpose.
pub(super) struct LostReply;

/// What all pages have in common: assets without delay, delays and errors as asked for, limits, headers.
async fn manners(State(site): State<Arc<Site>>, request: Request, next: Next) -> Response {
    if let Some(asset) = request.uri().path().strip_prefix(ASSETS) {
        return asset_of(asset);
    }
    if request.uri().path() == "/favicon.ico" {
        return (
            [(header::CONTENT_TYPE, "image/svg+xml"), (header::CACHE_CONTROL, "max-age=31536000")],
            include_str!("skins/favicon.svg"),
        )
            .into_response();
    }
    let back_door = request.uri().path().starts_with("/backdoor");
    if !back_door {
        let wait = site.latency + site.jitter.mul_f64(if site.jitter.is_zero() { 0.0 } else { site.chance() });
        if !wait.is_zero() {
            tokio::time::sleep(wait).await;
        }
        if site.error_rate > 0.0 && site.chance() < site.error_rate {
            return (StatusCode::SERVICE_UNAVAILABLE, site.wording.say("error_503")).into_response();
        }
    }
    let mut response = match AssertUnwindSafe(next.run(request)).catch_unwind().await {
        Ok(response) => response,
        // The connection ends without an answer, as when a reply is lost on its way.
        Err(panic) if panic.is::<LostReply>() => std::panic::resume_unwind(panic),
        // The panic hook has said where; the buyer gets a page all the same.
        Err(_) => (StatusCode::INTERNAL_SERVER_ERROR, site.wording.say("error_500")).into_response(),
    };
    let headers = response.headers_mut();
    headers.insert("x-content-type-options", HeaderValue::from_static("nosniff"));
    headers.insert("x-frame-options", HeaderValue::from_static("DENY"));
    headers.insert("referrer-policy", HeaderValue::from_static("same-origin"));
    response
}

fn asset_of(name: &str) -> Response {
    let (kind, text) = match name {
        "/site.css" => ("text/css; charset=utf-8", include_str!("skins/classic/site.css")),
        "/site.js" => ("text/javascript; charset=utf-8", include_str!("skins/classic/site.js")),
        _ => return (StatusCode::NOT_FOUND, "no such asset\n").into_response(),
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
