//! A browser and a page to try things on.

use std::{path::Path, rc::Rc, time::Duration};

use axum::{
    Router,
    http::{HeaderMap, StatusCode},
    response::{AppendHeaders, Html, Redirect},
    routing::{any, get},
};
use dcdb_purchase_e2e::{
    browser::{
        Complaint, Manners, Place, Session, Visit,
        launch::{self, BrowserKind, Driver, LaunchSettings},
    },
    target::{Hosts, Locator},
};
use tokio::task::LocalSet;
use url::Url;

/// How long things may take here, unless a test says otherwise.
pub const SHORT: Duration = Duration::from_secs(1);

/// How long what takes its time does so.
const LATE: Duration = Duration::from_millis(300);

/// A browser that shows a page.
pub struct Bench {
    /// What a scenario would see.
    pub visit: Visit,
    /// Where the pages are.
    pub address: Url,
}

impl Bench {
    /// The page at a path, known by a sign.
    pub fn place(&self, path: &str, ready: Locator) -> Place {
        Place {
            page: "test page",
            url: self.address.join(path).expect("an address"),
            path: format!("^{path}$"),
            with_hash: false,
            ready,
        }
    }
}

/// Patient enough for a loaded machine where something does come.
pub fn manners() -> Manners {
    Manners {
        hosts: Hosts::of(&["127.0.0.1"]),
        follows_tabs: true,
        listens_to_headers: false,
        overlays: Vec::new(),
        errands: Vec::new(),
        irrevocable: Vec::new(),
        dialogs: Vec::new(),
        starts: Vec::new(),
        element: Duration::from_secs(5),
        arrival: Duration::from_secs(5),
        load: Duration::from_secs(5),
        time_scale: 1.0,
    }
}

/// Manners that give up soon, for elements that never come.
pub fn impatient() -> Manners {
    Manners { element: SHORT, ..manners() }
}

/// A locator, written as in a profile.
pub fn at(yaml: &str) -> Locator {
    serde_yaml::from_str(yaml).unwrap_or_else(|error| panic!("{yaml}: {error}"))
}

fn page_of(body: &str) -> Html<String> {
    Html(format!(
        "<!doctype html><title>Test</title><meta name=environment content=staging><link rel=icon href=data:,><body>{body}"
    ))
}

/// The same header in two lines.
const fn in_each(one: &'static str, other: &'static str) -> AppendHeaders<[(&'static str, &'static str); 2]> {
    AppendHeaders([("x-environment", one), ("x-environment", other)])
}

/// On to another host of the same server, whatever was sent being sent there as well.
async fn sent_on(headers: HeaderMap, to: &str, path: &str) -> Redirect {
    let port = headers["host"].to_str().ok().and_then(|host| host.rsplit(':').next()).expect("a port");
    Redirect::temporary(&format!("http://{to}:{port}{path}"))
}

async fn after<T>(time: Duration, answer: T) -> T {
    tokio::time::sleep(time).await;
    answer
}

/// The second channel to a browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel {
    /// What the suite uses of its own Chromium: the browser's DevTools socket.
    Own,
    /// What it uses of every other browser: WebDriver BiDi.
    Bidi,
}

pub const CHANNELS: [Channel; 2] = [Channel::Own, Channel::Bidi];

/// A browser at a driver of this machine, with that channel.
pub async fn session(way: &Url, driver: &Driver, settings: &LaunchSettings, channel: Channel) -> Session {
    let mut capabilities = driver.capabilities(settings);
    if channel == Channel::Bidi {
        capabilities.insert("webSocketUrl".into(), true.into());
    }
    Session::start(way, capabilities).await.expect("a browser")
}

/// A browser over each channel, Firefox among them where this machine has one.
pub fn with_browser_over_each_channel(mut try_it: impl AsyncFnMut(&Rc<Session>, Channel)) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let ways = CHANNELS.map(|channel| (channel, settings())).into_iter();
    let in_firefox = runtime.block_on(firefox()).map(|settings| (Channel::Bidi, settings));
    for (channel, settings) in ways.chain(in_firefox) {
        println!("over {channel:?} in {:?}", settings.kind);
        LocalSet::new().block_on(&runtime, async {
            let driver = launch::launch(&settings).await.expect("a driver");
            let session = Rc::new(session(driver.url(), &driver, &settings, channel).await);
            try_it(&session, channel).await;
            Rc::into_inner(session).expect("nobody else's").close().await.expect("closed");
            driver.end().await.expect("ended");
        });
    }
}

fn settings() -> LaunchSettings {
    LaunchSettings::from_variables(Path::new(env!("CARGO_BIN_EXE_dcdb-e2e")), |name| std::env::var_os(name))
        .expect("settings")
}

/// How to start a Firefox of this machine; `None`, and says so, where it has none that can be driven.
pub async fn firefox() -> Option<LaunchSettings> {
    let settings = LaunchSettings { kind: BrowserKind::Firefox, remote: None, ..settings() };
    match launch::find(&settings).await {
        Ok(_) => Some(settings),
        Err(why) => {
            eprintln!("not run in Firefox: {why:#}");
            None
        }
    }
}

/// The same over each channel; gives what the page complained of over each.
pub fn with_page_over_each_channel(
    html: &'static str,
    manners: Manners,
    try_it: impl AsyncFn(&Bench),
) -> [Vec<Complaint>; 2] {
    CHANNELS.map(|channel| {
        println!("over {channel:?}");
        with_page_over(channel, html, manners.clone(), &try_it)
    })
}

/// Opens the page in a browser and does something with it; gives what the page complained of. `/second` is another
/// page, `/late` one that takes its time; `/nothing` answers without a page, `/never` not at all; `/refused` answers 409,
/// `/broken` 500, `/sorry` 503 with a page. `/twice` and `/thrice` have a marker in two headers. `/around` sends on to `/second`, by a name of the same server that is not listed. The first one is marked as a test target's in all ways that there are.
pub fn with_page(html: &'static str, manners: Manners, try_it: impl AsyncFnOnce(&Bench)) -> Vec<Complaint> {
    with_page_over(Channel::Own, html, manners, try_it)
}

/// Serves this, until the runtime ends.
pub async fn serve(router: Router) -> Url {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = Url::parse(&format!("http://{}/", listener.local_addr().expect("an address"))).expect("an address");
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

/// The same over this channel.
pub fn with_page_over(
    channel: Channel,
    html: &'static str,
    manners: Manners,
    try_it: impl AsyncFnOnce(&Bench),
) -> Vec<Complaint> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    LocalSet::new().block_on(&runtime, async {
        let marked = [("x-environment", "staging"), ("set-cookie", "environment=staging")];
        let first = get(move || async move { (marked, page_of(html)) });
        let router = Router::new()
            .route("/", first)
            .route("/second", any(|| async { page_of("<main><h1>Second</h1></main>") }))
            .route("/twice", get(|| async { (in_each("staging", "production"), page_of("<h1>Marked</h1>")) }))
            .route("/thrice", get(|| async { (in_each("staging", "staging, staging"), page_of("<h1>Marked</h1>")) }))
            .route("/around", any(|host| sent_on(host, "other.localhost", "/back")))
            .route("/back", any(|host| sent_on(host, "127.0.0.1", "/second")))
            .route("/late", any(|| async { after(LATE, page_of("<main><h1>Late</h1></main>")).await }))
            .route("/nothing", any(|| async { after(LATE, StatusCode::NO_CONTENT).await }))
            .route("/never", any(|| async { std::future::pending::<StatusCode>().await }))
            .route("/sorry", get(|| async { (StatusCode::SERVICE_UNAVAILABLE, page_of("<h1>Sorry</h1>")) }))
            .route("/refused", get(|| async { StatusCode::CONFLICT }))
            .route("/broken", get(|| async { StatusCode::INTERNAL_SERVER_ERROR }));
        let address = serve(router).await;
        let settings = settings();
        let driver = launch::launch(&settings).await.expect("a driver");
        let session = session(driver.url(), &driver, &settings, channel).await;
        let visit = session.visit(Rc::new(manners)).await.expect("a context");
        visit.go(&address).await.expect("the page");
        let bench = Bench { visit, address };
        try_it(&bench).await;
        let complaints = bench.visit.close().await.expect("closed");
        session.close().await.expect("closed");
        driver.end().await.expect("ended");
        complaints
    })
}

/// The text of a failure, its waiting time left out and the page's address shortened.
#[track_caller]
pub fn text_of(bench: &Bench, result: anyhow::Result<impl Sized>) -> String {
    let Err(error) = result else { panic!("it did not fail") };
    let text = format!("{error:#}").replace(bench.address.as_str(), "http://test/");
    text.lines().map(|line| if line.starts_with("  waited") { "  waited" } else { line }).collect::<Vec<_>>().join("\n")
}
