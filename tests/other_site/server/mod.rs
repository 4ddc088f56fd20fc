//! Nimbus: a cloud that the suite was not written for. It keeps the contract, with markup, words, paths and hosts of its own, and
//! shares nothing with the stand-in. Its pages are drawn in the browser, from what it answers there; all that counts is in here.

mod answers;
mod levers;
mod people;
mod shelf;

use std::sync::{Arc, Mutex, MutexGuard};

use axum::{
    Router,
    extract::{Request, State},
    http::{StatusCode, header},
    response::{Html, IntoResponse as _, Redirect, Response},
    routing::get,
};

use people::{Newcomer, Town};

/// What one Nimbus has otherwise than another.
#[derive(Debug, Clone, Copy, Default)]
pub struct Variant {
    /// Clusters are given no name.
    pub nameless: bool,
    /// There is no list of bills.
    pub no_bills: bool,
    /// It is paid on a page of its own.
    pub pays_apart: bool,
    /// That page asks for more than was said.
    pub dearer: bool,
    /// That page is left out: what leads to it pays.
    pub unasked: bool,
    /// Clusters need no setting up.
    pub live_at_once: bool,
    /// Its pages are drawn by others than its own.
    pub pages: Option<Pages>,
}

/// What draws all pages, in one script and one style: into the element `page`, from what is told in the element `told`.
#[derive(Debug, Clone, Copy)]
pub struct Pages {
    pub script: &'static str,
    pub style: &'static str,
}

/// A Nimbus, served for as long as this lives.
pub struct Nimbus {
    serving: tokio::runtime::Runtime,
    pub port: u16,
    site: Arc<Site>,
}

pub struct Site {
    town: Mutex<Town>,
    variant: Variant,
}

/// Everybody's, but for those who are made to order.
pub const SECRET: &str = "open sesame";

impl Site {
    fn town(&self) -> MutexGuard<'_, Town> {
        self.town.lock().expect("nobody panicked")
    }
}

impl Nimbus {
    pub fn open(variant: Variant) -> Self {
        let serving =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
        let listener = serving.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).expect("a port");
        let port = listener.local_addr().expect("its address").port();
        let site = Arc::new(Site { town: Mutex::new(peopled()), variant });
        let router = router(Arc::clone(&site));
        serving.spawn(async move { axum::serve(listener, router).await });
        Self { serving, port, site }
    }

    /// Pulls one of its levers.
    pub fn pull(&self, lever: &str, body: &serde_json::Value) {
        let url = format!("http://127.0.0.1:{}/-keeper/{lever}", self.port);
        let answer = self.serving.block_on(reqwest::Client::new().post(&url).json(body).send()).expect("an answer");
        assert!(answer.status().is_success(), "{lever} {body}: {}", answer.status());
    }

    /// How many flaws are switched on.
    pub fn flaws(&self) -> usize {
        self.site.town().flaws.len()
    }

    /// How often money was taken.
    pub fn taken(&self) -> usize {
        self.site.town().taken
    }
}

/// Those whom the profile lists. All of them have been here before.
fn peopled() -> Town {
    let mut town = Town::default();
    let plain = |name, mail| Newcomer {
        name,
        mail,
        secret: SECRET,
        purse: 9_000_000,
        proven: true,
        may_pay: true,
        approved: false,
    };
    let all = [
        plain("Ana N.", "ana@nimbus.example"),
        plain("Bo N.", "bo@nimbus.example"),
        plain("Cai N.", "cai@nimbus.example"),
        plain("Dai N.", "dai@nimbus.example"),
        plain("Eve N.", "eve@nimbus.example"),
        plain("Fu N.", "fu@nimbus.example"),
        Newcomer { purse: 1_000, ..plain("Gil N.", "gil@nimbus.example") },
        Newcomer { proven: false, ..plain("Hu N.", "hu@nimbus.example") },
        Newcomer { may_pay: false, ..plain("Ida N.", "ida@nimbus.example") },
        Newcomer { approved: true, ..plain("Jin N.", "jin@nimbus.example") },
    ];
    for one in &all {
        let person = town.settle(one);
        town.remember(person);
    }
    town
}

fn router(site: Arc<Site>) -> Router {
    let script = |text: &'static str| get(async move || ([(header::CONTENT_TYPE, "text/javascript")], text));
    Router::new()
        .route("/-/ui.js", script(include_str!("../pages/ui.js")))
        .route("/-/portal.js", script(include_str!("../pages/portal.js")))
        .route("/-/shop.js", script(include_str!("../pages/shop.js")))
        .route("/-/desk.js", script(include_str!("../pages/desk.js")))
        .route("/-/site.css", get(async || ([(header::CONTENT_TYPE, "text/css")], include_str!("../pages/site.css"))))
        .route(
            "/-/pages.js",
            get(async |State(site): State<Arc<Site>>| drawn(&site, "text/javascript", |pages| pages.script)),
        )
        .route("/-/pages.css", get(async |State(site): State<Arc<Site>>| drawn(&site, "text/css", |pages| pages.style)))
        .merge(answers::router())
        .merge(levers::router())
        .fallback(page)
        .with_state(site)
}

/// What others draw its pages with.
fn drawn(site: &Site, kind: &'static str, part: fn(Pages) -> &'static str) -> Response {
    match site.variant.pages {
        // Its address is another for each test, by the port.
        Some(pages) => {
            ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "max-age=3600")], part(pages)).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// The pages: host, path (`*` for what varies), whether one must have entered.
const PAGES: &[(&str, &str, bool)] = &[
    ("www", "/", false),
    ("www", "/enter", false),
    ("www", "/catalog/sharded", false),
    ("www", "/help", false),
    ("shop", "/configure", true),
    ("shop", "/review", true),
    ("shop", "/pay/*", true),
    ("shop", "/thanks/*", true),
    ("desk", "/", true),
    ("desk", "/sharded", true),
    ("desk", "/bills", true),
];

/// The name and port that a request was sent to.
fn host_of(request: &Request) -> String {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    host.unwrap_or_default().to_owned()
}

async fn page(State(site): State<Arc<Site>>, request: Request) -> Response {
    let host = host_of(&request);
    let Some((name, domain)) = host.split_once('.') else { return StatusCode::NOT_FOUND.into_response() };
    let path = request.uri().path();
    let fits = |pattern: &str| match pattern.strip_suffix('*') {
        Some(start) => path.strip_prefix(start).is_some_and(|rest| !rest.is_empty() && !rest.contains('/')),
        None => path == pattern,
    };
    let found = PAGES.iter().find(|(site, pattern, _)| *site == name && fits(pattern));
    let Some((_, pattern, private)) = found else { return StatusCode::NOT_FOUND.into_response() };
    let town = site.town();
    let person = answers::session_of(request.headers()).and_then(|session| town.of_session(session));
    if *private && person.is_none() {
        let back = format!("http://{host}{}", request.uri());
        let back: String = url::form_urlencoded::byte_serialize(back.as_bytes()).collect();
        return Redirect::to(&format!("http://www.{domain}/enter?back={back}")).into_response();
    }
    let Variant { nameless, no_bills, pays_apart, dearer, unasked, .. } = site.variant;
    let told = serde_json::json!({
        "page": format!("{name}{pattern}"), "domain": domain, "nameless": nameless, "noBills": no_bills, "paysApart": pays_apart, "dearer": dearer, "unasked": unasked,
        "name": person.map(|key| &town.people[key].name), "flaws": person.map_or(&town.flaws, |key| &town.people[key].flaws),
    });
    // Nothing in here may end the script that it stands in.
    let told = told.to_string().replace('<', "\\u003c");
    let shell = match (site.variant.pages, name) {
        (Some(_), _) => include_str!("../../libraries/shell.html").to_owned(),
        (None, "www") => include_str!("../pages/shell.html").replace("{{part}}", "portal"),
        (None, other) => include_str!("../pages/shell.html").replace("{{part}}", other),
    };
    ([(header::CACHE_CONTROL, "no-store")], Html(shell.replace("{{told}}", &told))).into_response()
}
