//! What breaks under the engine is told as what it is, in the right class, and soon.

use std::{
    path::Path,
    rc::Rc,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use axum::http::StatusCode;
use dcdb_purchase_e2e::{
    browser::{
        Condition, Manners, Session,
        launch::{self, LaunchSettings},
    },
    domain::{Class, class_of},
};
use serde_json::{Value, json};
use tokio::{
    io::AsyncWriteExt as _,
    net::{TcpListener, TcpStream},
    task::{JoinHandle, LocalSet},
};
use url::Url;

use crate::bench::{CHANNELS, Channel, at, impatient, manners, serve, session, with_page};

const JSON: &str = "application/json; charset=utf-8";
const ON: &str = "<main><h1>Here</h1><a href=/second target=_blank rel=noopener>New</a><button onclick='alert(1)'>Ask</button></main>";

#[test]
fn a_tab_that_crashed_is_infrastructure_and_told_soon() {
    with_page(ON, impatient(), async |bench| {
        let heading = at("{ role: heading }");
        bench
            .visit
            .at("test page", &heading)
            .within(Duration::from_secs(5))
            .should(Condition::Visible)
            .await
            .expect("it");
        let since = Instant::now();
        // The page may be asked once more before its process is gone.
        let gone = match bench.visit.go(&Url::parse("chrome://crash").expect("an address")).await {
            Ok(()) => {
                let heading = bench.visit.at("test page", &heading).within(Duration::from_secs(10));
                heading.should(Condition::Absent).await
            }
            Err(error) => Err(error),
        };
        let error = gone.expect_err("a crashed tab still answers");
        assert_eq!(class_of(&error), Class::Infrastructure, "{error:#}");
        assert!(format!("{error:#}").contains("crashed"), "{error:#}");
        assert!(since.elapsed() < Duration::from_secs(10), "told after {:?}", since.elapsed());
    });
}

#[test]
fn an_alert_of_a_tab_that_was_left_is_told_as_what_it_is() {
    let html = "<main><h1>Here</h1><a href=/second target=_blank rel=opener>New</a></main><script>document.querySelector('a').onclick=()=>setTimeout(()=>alert('prices are stale'),600)</script>";
    with_page(html, manners(), async |bench| {
        bench.visit.at("test page", &at("{ role: link, name: New }")).click().await.expect("a click");
        bench.visit.follow_new_tab("test page", "link").await.expect("a new tab");
        let never = bench.visit.at("test page", &at("{ css: '#never' }"));
        let error = never.should(Condition::Visible).await.expect_err("it is there");
        assert_eq!(class_of(&error), Class::Product, "{error:#}");
        assert!(format!("{error:#}").contains("an alert in the way: \"prices are stale\""), "{error:#}");
    });
}

#[test]
fn a_tab_that_closes_itself_is_told_as_what_it_is() {
    let html = "<main><h1>Here</h1><a href=/ target=_blank rel=opener>New</a></main><script>if(opener)setTimeout(close,500)</script>";
    with_page(html, manners(), async |bench| {
        bench.visit.at("test page", &at("{ role: link, name: New }")).click().await.expect("a click");
        bench.visit.follow_new_tab("test page", "link").await.expect("a new tab");
        let never = bench.visit.at("test page", &at("{ css: '#never' }"));
        let error = never.should(Condition::Visible).await.expect_err("it is there");
        assert_eq!(class_of(&error), Class::Infrastructure, "{error:#}");
        assert!(format!("{error:#}").contains("the tab was closed"), "{error:#}");
    });
}

#[test]
fn a_site_that_never_answers_is_infrastructure_in_the_time_that_pages_have() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let mut address = Url::parse("http://127.0.0.1/").expect("an address");
    address.set_port(Some(listener.local_addr().expect("an address").port())).expect("a port");
    let two = Duration::from_secs(2);
    with_page(ON, dcdb_purchase_e2e::browser::Manners { arrival: two, ..manners() }, async |bench| {
        bench.visit.at("test page", &at("{ role: heading }")).should(Condition::Visible).await.expect("a page before");
        let begun = Instant::now();
        let error = bench.visit.go(&address).await.expect_err("it answered");
        assert_eq!(class_of(&error), Class::Infrastructure, "{error:#}");
        assert_eq!(format!("{error:#}"), format!("the site cannot be reached: no answer within 2.0 s, at {address}"));
        assert!((two..two * 2).contains(&begun.elapsed()), "after {:?}", begun.elapsed());
    });
}

#[test]
fn a_page_that_never_finishes_loading_is_used_as_it_is_once_its_time_is_up() {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).expect("a port");
    let address = listener.local_addr().expect("its address");
    runtime.spawn(async move {
        let mut open = Vec::new();
        while let Ok((mut stream, _)) = listener.accept().await {
            let begun = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 100000\r\n\r\n<!doctype html><link rel=icon href=data:,><h1>Half a page</h1><button onclick=\"this.textContent='Clicked'\">Use it</button>";
            let _sent = stream.write_all(begun.as_bytes()).await;
            open.push(stream);
        }
    });
    let patient = crate::bench::manners();
    with_page(ON, dcdb_purchase_e2e::browser::Manners { load: Duration::from_millis(500), ..patient }, async |bench| {
        bench.visit.go(&Url::parse(&format!("http://{address}/")).expect("an address")).await.expect("a page begun");
        bench.visit.at("test page", &at("{ role: button, name: Use it }")).click().await.expect("a click");
        let clicked = bench.visit.at("test page", &at("{ role: button, name: Clicked }"));
        clicked.should(Condition::Visible).await.expect("the click was taken");
    });
}

/// Whether anything at all can be done in a new context of a session.
pub async fn goes_on(session: &Session, address: &Url) {
    let visit = session.visit(Rc::new(manners())).await.expect("another context");
    visit.go(address).await.expect("the page");
    visit.at("test page", &at("{ role: heading, name: Here }")).should(Condition::Visible).await.expect("the heading");
    visit.close().await.expect("closed");
}

/// A browser of its own, whose channel can be cut and whose driver can be late, and the page.
pub fn with_session(channel: Channel, try_it: impl AsyncFnOnce(&Session, &Url, &Relay)) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    LocalSet::new().block_on(&runtime, async {
        let page = axum::routing::get(|| async {
            axum::response::Html(format!("<!doctype html><link rel=icon href=data:,><body>{ON}"))
        });
        let framed =
            axum::routing::get(|| async { axum::response::Html("<h1>Around</h1><iframe src=/ title=Here></iframe>") });
        let pages = axum::Router::new().route("/", page.clone()).route("/second", page).route("/framed", framed);
        let address = serve(pages).await;
        let settings =
            LaunchSettings::from_variables(Path::new(env!("CARGO_BIN_EXE_dcdb-e2e")), |name| std::env::var_os(name))
                .expect("settings");
        let driver = launch::launch(&settings).await.expect("a driver");
        let relay = Relay::default();
        let session = session(&way_to(driver.url(), &relay).await, &driver, &settings, channel).await;
        try_it(&session, &address, &relay).await;
        // Without its socket it cannot confirm the end; the driver's end is the browser's end too.
        let _closed = session.close().await;
        driver.end().await.expect("ended");
    });
}

/// What the driver will refuse: commands whose paths end so, with this error, so many times.
#[derive(Default)]
struct Refusing {
    command: &'static str,
    error: &'static str,
    times: usize,
}

/// Carries connections on, until it is cut.
#[derive(Clone, Default)]
pub struct Relay {
    carrying: Arc<Mutex<Vec<JoinHandle<()>>>>,
    refusing: Arc<Mutex<Refusing>>,
}

impl Relay {
    /// A port from which everything is carried to another of this machine.
    async fn port_to(&self, to: u16) -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let carried = self.clone();
        let carrying = tokio::spawn(async move {
            while let Ok((mut near, _)) = listener.accept().await {
                let carrying = tokio::spawn(async move {
                    if let Ok(mut far) = TcpStream::connect(("127.0.0.1", to)).await {
                        let _ended = tokio::io::copy_bidirectional(&mut near, &mut far).await;
                    }
                });
                carried.carrying.lock().expect("the relay").push(carrying);
            }
        });
        self.carrying.lock().expect("the relay").push(carrying);
        port
    }

    fn cut(&self) {
        self.carrying.lock().expect("the relay").drain(..).for_each(|carrying| carrying.abort());
    }

    /// Commands whose paths end so are refused so many times, with this error.
    fn refuse(&self, command: &'static str, error: &'static str, times: usize) {
        *self.refusing.lock().expect("the relay") = Refusing { command, error, times };
    }

    /// The answer to a command that is refused.
    fn refusal(&self, path: &str) -> Option<Value> {
        let mut refusing = self.refusing.lock().expect("the relay");
        refusing.times = refusing.times.checked_sub(usize::from(path.ends_with(refusing.command)))?;
        let error = refusing.error;
        path.ends_with(refusing.command)
            .then(|| json!({ "value": { "error": error, "message": error, "stacktrace": "" } }))
    }

    /// All has been refused that was to be.
    fn has_refused(&self) -> bool {
        self.refusing.lock().expect("the relay").times == 0
    }
}

/// A way to the driver on which the channels of new sessions lead over the relay.
async fn way_to(driver: &Url, relay: &Relay) -> Url {
    let (driver, relay) = (driver.clone(), relay.clone());
    let forward = move |request: axum::extract::Request| {
        let (driver, relay) = (driver.clone(), relay.clone());
        async move {
            let (head, body) = request.into_parts();
            let to = driver.join(head.uri.path()).expect("an address");
            let body = axum::body::to_bytes(body, usize::MAX).await.expect("a body");
            if let Some(refusal) = relay.refusal(head.uri.path()) {
                return (StatusCode::INTERNAL_SERVER_ERROR, [("content-type", JSON)], refusal.to_string());
            }
            let is_new_session = head.method == "POST" && head.uri.path().trim_end_matches('/') == "/session";
            let asking = reqwest::Client::new().request(head.method, to).header("content-type", JSON).body(body);
            let answer = asking.send().await.expect("the driver's answer");
            let status = answer.status();
            let mut answer: Value = answer.json().await.expect("the driver's answer");
            if is_new_session {
                for channel in ["webSocketUrl", "goog:chromeOptions/debuggerAddress"] {
                    let channel = answer.pointer_mut(&format!("/value/capabilities/{channel}"));
                    let Some(Value::String(address)) = channel else { continue };
                    let port = address.rsplit(':').next().and_then(|rest| rest.split('/').next()).expect("a port");
                    let over = relay.port_to(port.parse().expect("a port")).await;
                    *address = address.replace(port, &over.to_string()).replace("localhost", "127.0.0.1");
                }
            }
            (status, [("content-type", JSON)], answer.to_string())
        }
    };
    serve(axum::Router::new().fallback(forward)).await
}

#[test]
fn a_socket_that_is_cut_is_infrastructure_not_a_tab_that_did_not_open() {
    for channel in CHANNELS {
        with_session(channel, async |session, address, relay| {
            let visit = session.visit(Rc::new(impatient())).await.expect("a context");
            visit.go(address).await.expect("the page");
            relay.cut();
            let link = at("{ role: link, name: New }");
            let error = match visit.at("test page", &link).click().await {
                Ok(()) => visit.follow_new_tab("test page", "link \"New\"").await.expect_err("a tab was heard of"),
                Err(error) => error,
            };
            assert_eq!(class_of(&error), Class::Infrastructure, "{channel:?}: {error:#}");
            let error = visit.close().await.expect_err("closed without a socket: complaints may be missing");
            assert_eq!(class_of(&error), Class::Infrastructure, "{channel:?}: {error:#}");
        });
    }
}

#[test]
fn an_alert_that_one_scenario_leaves_behind_does_not_meet_the_next() {
    for channel in CHANNELS {
        with_session(channel, async |session, address, _| {
            let visit = session.visit(Rc::new(impatient())).await.expect("a context");
            visit.go(address).await.expect("the page");
            let ask = at("{ role: button, name: Ask }");
            let clicked = visit.at("test page", &ask).click().await;
            let error = match clicked {
                Ok(()) => {
                    visit.at("test page", &ask).should(Condition::Visible).await.expect_err("an alert in the way")
                }
                Err(error) => error,
            };
            assert_eq!(class_of(&error), Class::Product, "{channel:?}: {error:#}");
            visit.close().await.expect("closed");
            goes_on(session, address).await;
        });
    }
}

#[test]
fn a_dialog_of_which_the_driver_hears_late_is_answered_once_it_knows_of_it() {
    for channel in CHANNELS {
        with_session(channel, async |session, address, relay| {
            let dialogs = serde_yaml::from_str("[{ text: '1', reply: accept }]").expect("rules");
            let visit = session.visit(Rc::new(Manners { dialogs, ..manners() })).await.expect("a context");
            visit.go(address).await.expect("the page");
            relay.refuse("/alert/accept", "no such alert", 3);
            let ask = at("{ role: button, name: Ask }");
            visit.at("test page", &ask).click().await.expect("a click");
            visit.at("test page", &ask).should(Condition::Enabled).await.expect("answered as the profile says");
            assert!(relay.has_refused(), "{channel:?}: the driver was never late");
            visit.close().await.expect("closed");
        });
    }
}

#[test]
fn a_driver_that_did_not_leave_a_frame_is_told_to_leave_it_before_the_page_is_asked() {
    for channel in CHANNELS {
        with_session(channel, async |session, address, relay| {
            let visit = session.visit(Rc::new(impatient())).await.expect("a context");
            visit.go(&address.join("framed").expect("an address")).await.expect("the page");
            let here = at("{ role: heading, name: Here, frame: { css: iframe } }");
            visit.at("test page", &here).should(Condition::Visible).await.expect("in the frame");
            relay.refuse("/window", "unknown error", 1);
            visit.at("test page", &here).should(Condition::Visible).await.expect_err("left");
            assert!(relay.has_refused(), "{channel:?}: the driver left the frame otherwise");
            let around = at("{ role: heading, name: Around }");
            visit
                .at("test page", &around)
                .should(Condition::Visible)
                .await
                .unwrap_or_else(|error| panic!("{channel:?}: {error:#}"));
            visit.close().await.expect("closed");
        });
    }
}
