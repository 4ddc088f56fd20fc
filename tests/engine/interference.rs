//! What a scenario does to pages from within the buyer's own browser: requests held, failed, or answered for nothing, and a
//! session that ends. Over each channel, in whatever browser of this machine has it.

use std::{
    rc::Rc,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Json, Router,
    extract::Request,
    http::StatusCode,
    response::{Html, IntoResponse as _, Redirect, Response},
    routing::post,
};
use dcdb_purchase_e2e::{
    browser::{Complaint, Condition, Fate, Manners, Session, Visit},
    domain::{Class, class_of},
    target::{Hosts, Lacking, RequestRule},
};
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Map, Value, json};
use tokio::task::LocalSet;
use tokio_tungstenite::tungstenite::Message;
use url::Url;

use crate::bench::{Channel, at, manners, serve, with_browser_over_each_channel};

/// Asks for a price, by itself and when told to; confirms by a form and by script; shows what came of it.
const PAGE: &str = r#"<!doctype html><link rel=icon href=data:,><title>Shop</title>
<h1>Shop</h1><p role=status>-</p><p id=out>-</p>
<button id=ask>Ask</button><button id=other>Other</button><button id=send>Send</button><button id=state>State</button><button id=work>Work</button>
<form action=/confirm method=post><button>Confirm</button></form>
<a href=/ target=_blank rel=noopener>New</a>
<script>
const say = (where, text) => { document.querySelector(where).textContent = text; };
const ask = (path, where, how) => { say(where, 'asking'); fetch(path, { headers: { authorization: localStorage.token || '' }, ...how }).then((answer) => answer.text()).then((text) => say(where, text), () => { console.error('no answer'); say(where, 'failed'); }); };
document.querySelector('#ask').onclick = () => ask('/price?of=it', '[role=status]');
document.querySelector('#other').onclick = () => ask('/other?price=no', '#out');
document.querySelector('#send').onclick = () => ask('/confirm', '#out', { method: 'POST' });
document.querySelector('#work').onclick = () => {
  const work = `fetch('${location.origin}/price?of=it').then((answer) => answer.text()).then(postMessage, () => postMessage('failed'))`;
  new Worker(URL.createObjectURL(new Blob([work]))).onmessage = ({ data }) => say('#out', data);
};
document.querySelector('#state').onclick = () => say('#out', [localStorage.token, sessionStorage.token, document.cookie].map((text) => text || 'none').join(' '));
onmessage = document.querySelector('#ask').onclick;
ask('/price?of=it', '[role=status]');
</script>"#;

/// What the server was asked: method, path, and what it knows the buyer by.
type Asked = Arc<Mutex<Vec<(String, String, String)>>>;

fn shop(asked: &Asked) -> Router {
    let asked = Arc::clone(asked);
    Router::new().fallback(move |request: Request| {
        let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let (method, path) = (request.method().to_string(), request.uri().path().to_owned());
        let known_by = format!("{} {}", header("authorization"), header("cookie")).trim().to_owned();
        asked.lock().expect("the list").push((method.clone(), path.clone(), known_by));
        let answer: Response = match (method.as_str(), path.as_str()) {
            ("GET", "/") => Html(PAGE).into_response(),
            ("GET", "/frame") => Html("<h1>Frames</h1><button onclick=\"frames[0].postMessage('ask', '*')\">Tell</button><iframe title=Shop width=800 height=400></iframe><script>document.querySelector('iframe').src = location.href.replace('127.0.0.1', 'localhost').replace('/frame', '/')</script>").into_response(),
            ("GET", "/login") => (
                [("set-cookie", "token=c; HttpOnly; Max-Age=600")],
                Html("<script>localStorage.token = 'l'; sessionStorage.token = 's'; document.cookie = 'seen=1'; indexedDB.open('shop'); document.write(`<p>At ${location.hostname}`)</script><h1>In</h1>"),
            ).into_response(),
            ("GET", "/price" | "/other") => format!("answered {}", path.trim_start_matches('/')).into_response(),
            ("POST", "/confirm") => Redirect::to("/done").into_response(),
            ("GET", "/done") => Html("<h1>Done</h1>").into_response(),
            _ => StatusCode::NOT_FOUND.into_response(),
        };
        async { answer }
    })
}

struct Shop {
    session: Rc<Session>,
    visit: Visit,
    address: Url,
    asked: Asked,
}

impl Shop {
    fn times(&self, path: &str) -> usize {
        self.asked.lock().expect("the list").iter().filter(|(_, asked, _)| asked == path).count()
    }

    fn last_known_by(&self, path: &str) -> String {
        let asked = self.asked.lock().expect("the list");
        asked.iter().rfind(|(_, asked, _)| asked == path).map(|(.., known_by)| known_by.clone()).expect("a request")
    }

    async fn open(&self, path: &str, heading: &str) {
        self.visit.go(&self.address.join(path).expect("an address")).await.expect("a page");
        self.shows(&format!("{{ role: heading, name: {heading} }}"), heading).await;
    }

    async fn press(&self, name: &str) {
        let button = at(&format!("{{ role: button, name: {name} }}"));
        self.visit.at("shop", &button).click().await.expect("a click");
    }

    async fn shows(&self, locator: &str, text: &str) {
        let spot = at(locator);
        let shown = self.visit.at("shop", &spot).should(Condition::Shows(text.into())).await;
        shown.unwrap_or_else(|error| panic!("{error:#}"));
    }

    async fn price(&self, text: &str) {
        self.shows("{ role: status }", text).await;
    }

    async fn output(&self, text: &str) {
        self.shows("{ css: '#out' }", text).await;
    }

    async fn intercept(&self, fate: Fate) {
        let rule = if fate == Fate::LosesReply {
            "{ method: POST, url: { contains: /confirm } }"
        } else {
            "{ url: { contains: '/price?' } }"
        };
        self.visit.intercept(&meant(rule), fate).await.expect("an interception");
    }
}

fn meant(yaml: &str) -> RequestRule {
    serde_yaml::from_str(yaml).expect(yaml)
}

/// With each browser that can intercept requests, and where one cannot, that it says so before anything is done; gives what the
/// pages complained of.
fn in_shops(try_it: impl AsyncFn(&Shop)) -> Vec<Vec<Complaint>> {
    in_all_shops(async |shop, intercepts| {
        if intercepts {
            return try_it(shop).await;
        }
        let error = shop.visit.intercept(&meant("{ url: /price }"), Fate::Held).await.expect_err("it can");
        assert!(error.is::<Lacking>(), "{error:#}");
    })
}

/// With each browser, over each channel to it, and whether it can intercept requests.
fn in_all_shops(try_it: impl AsyncFn(&Shop, bool)) -> Vec<Vec<Complaint>> {
    let mut all = Vec::new();
    with_browser_over_each_channel(async |session, channel| {
        let asked = Asked::default();
        let address = serve(shop(&asked)).await;
        let hosts = Hosts::of(&["127.0.0.1", "localhost", "third.localhost"]);
        let visit = session.visit(Rc::new(Manners { hosts, ..manners() })).await.expect("a context");
        let shop = Shop { session: Rc::clone(session), visit, address, asked };
        try_it(&shop, channel == Channel::Own || session.browser.starts_with("firefox")).await;
        all.push(shop.visit.close().await.expect("closed"));
    });
    all
}

#[test]
fn a_request_that_is_meant_is_held_until_it_is_let_go_and_no_other() {
    let complaints = in_shops(async |shop| {
        shop.intercept(Fate::Held).await;
        shop.open("", "Shop").await;
        shop.price("asking").await;
        shop.press("Other").await;
        shop.output("answered other").await;
        shop.visit.should_intercept(Duration::from_secs(5)).await.expect("the price is asked for");
        // Another buyer of the same browser is served.
        let left = shop.visit.open_tab().await.expect("a tab");
        let neighbour = shop.session.visit(Rc::new(manners())).await.expect("a context");
        neighbour.go(&shop.address).await.expect("a page");
        let answered = Condition::Shows("answered price".into());
        neighbour.at("shop", &at("{ role: status }")).should(answered).await.expect("their price");
        neighbour.close().await.expect("closed");
        shop.visit.turn_to(&left).await.expect("the first tab");
        assert_eq!(shop.times("/price"), 1, "the neighbour's alone");
        // So is what a tab asks that was opened meanwhile.
        shop.visit.at("shop", &at("{ role: link, name: New }")).click().await.expect("a click");
        shop.visit.follow_new_tab("shop", "the link").await.expect("a tab");
        shop.price("asking").await;
        shop.visit.let_requests_go().await.expect("let go");
        shop.price("answered price").await;
        shop.press("Ask").await;
        shop.price("answered price").await;
        assert_eq!(shop.times("/price"), 4);
    });
    assert!(complaints.iter().all(Vec::is_empty), "{complaints:?}");
}

#[test]
fn a_request_that_is_meant_fails_until_it_may_be_made_again_and_is_no_complaint_of_the_page() {
    let complaints = in_shops(async |shop| {
        shop.intercept(Fate::Fails).await;
        shop.open("", "Shop").await;
        shop.price("failed").await;
        // So does what a page has a worker of its ask for.
        shop.press("Work").await;
        shop.output("failed").await;
        assert_eq!(shop.times("/price"), 0);
        shop.visit.let_requests_go().await.expect("let go");
        shop.press("Ask").await;
        shop.price("answered price").await;
        let said = shop.visit.said();
        assert!(said.iter().any(|said| said.text.contains("failed by this suite")), "{said:?}");
    });
    assert!(complaints.iter().all(Vec::is_empty), "{complaints:?}");
}

#[test]
fn the_reply_to_a_form_or_a_script_is_lost_behind_what_it_has_done() {
    let complaints = in_shops(async |shop| {
        shop.open("", "Shop").await;
        shop.intercept(Fate::LosesReply).await;
        shop.press("Send").await;
        shop.output("failed").await;
        assert_eq!((shop.times("/confirm"), shop.times("/done")), (1, 0));
        shop.intercept(Fate::LosesReply).await;
        shop.press("Confirm").await;
        shop.visit.should_intercept(Duration::from_secs(5)).await.expect("the form is sent");
        shop.visit.let_requests_go().await.expect("let go");
        shop.open("", "Shop").await;
        assert_eq!((shop.times("/confirm"), shop.times("/done")), (2, 0));
        shop.press("Confirm").await;
        shop.shows("{ role: heading }", "Done").await;
    });
    assert!(complaints.iter().all(Vec::is_empty), "{complaints:?}");
}

#[test]
fn what_is_held_as_a_scenario_ends_is_never_sent_and_the_next_one_has_a_clean_browser() {
    in_shops(async |shop| {
        let held = shop.session.visit(Rc::new(manners())).await.expect("a context");
        held.intercept(&meant("{ url: { contains: /price } }"), Fate::Held).await.expect("an interception");
        held.go(&shop.address).await.expect("a page");
        held.should_intercept(Duration::from_secs(5)).await.expect("the price is asked for");
        held.close().await.expect("closed");
        assert_eq!(shop.times("/price"), 0);
        let next = shop.session.visit(Rc::new(manners())).await.expect("a context");
        next.go(&shop.address).await.expect("a page");
        let answered = Condition::Shows("answered price".into());
        next.at("shop", &at("{ role: status }")).should(answered).await.expect("its price");
        next.close().await.expect("closed");
        assert_eq!(shop.times("/price"), 1);
    });
}

#[test]
fn requests_of_a_frame_of_another_site_are_held_too() {
    in_shops(async |shop| {
        shop.intercept(Fate::Held).await;
        shop.open("frame", "Frames").await;
        let status = "{ role: status, frame: { css: iframe } }";
        shop.shows(status, "asking").await;
        shop.visit.should_intercept(Duration::from_secs(5)).await.expect("the price is asked for");
        shop.visit.let_requests_go().await.expect("let go");
        shop.shows(status, "answered price").await;
        // What was there before it began as well.
        shop.intercept(Fate::Fails).await;
        shop.press("Tell").await;
        shop.shows(status, "failed").await;
    });
}

#[test]
fn where_nothing_was_asked_for_that_is_meant_that_is_said_with_what_was() {
    in_shops(async |shop| {
        shop.visit.intercept(&meant("{ method: POST, url: /price }"), Fate::Fails).await.expect("an interception");
        shop.open("", "Shop").await;
        shop.price("answered price").await;
        let error = shop.visit.let_requests_go().await.expect_err("it was met");
        assert_eq!(class_of(&error), Class::Test);
        let text = format!("{error:#}");
        assert!(text.contains("POST \"/price\"") && text.contains(&format!("GET {}price", shop.address)), "{text}");
        // It is said once; and nothing is intercepted any more.
        shop.visit.let_requests_go().await.expect("let go");
    });
}

#[test]
fn where_nothing_is_intercepted_of_a_buyer_nothing_is_taken_for_it() {
    in_shops(async |shop| {
        shop.open("", "Shop").await;
        let nothing = async || {
            let error = shop.visit.should_intercept(Duration::from_secs(5)).await.expect_err("nothing was to be");
            assert_eq!(class_of(&error), Class::Test);
            let text = format!("{error:#}");
            assert!(text.contains("nothing is intercepted") && text.contains("mend     have a step before"), "{text}");
        };
        nothing().await;
        // What another buyer's is met by is none of it.
        let neighbour = shop.session.visit(Rc::new(manners())).await.expect("a context");
        neighbour.intercept(&meant("{ url: { contains: /price } }"), Fate::Held).await.expect("an interception");
        neighbour.go(&shop.address).await.expect("a page");
        neighbour.should_intercept(Duration::from_secs(5)).await.expect("the price is asked for");
        nothing().await;
        neighbour.close().await.expect("closed");
        shop.visit.resume().await.expect("turned back");
        // Nor is what was let go.
        shop.intercept(Fate::Held).await;
        shop.open("", "Shop").await;
        shop.visit.should_intercept(Duration::from_secs(5)).await.expect("the price is asked for");
        shop.visit.let_requests_go().await.expect("let go");
        nothing().await;
    });
}

/// A driver and a browser that do whatever they are asked, but for ending an interception. With each tab that is opened, one request
/// is made, and a page complains.
async fn that_keeps_an_interception() -> Url {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let channel = format!("ws://{}/", listener.local_addr().expect("an address"));
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.expect("the channel");
        let mut socket = tokio_tungstenite::accept_async(stream).await.expect("the channel");
        while let Some(Ok(Message::Text(asked))) = socket.next().await {
            let asked: Value = serde_json::from_str(&asked).expect("JSON");
            let event = |method: &str, params: Value| json!({ "type": "event", "method": method, "params": params });
            let told = match asked["method"].as_str() {
                Some("browsingContext.create") => vec![
                    event("browsingContext.contextCreated", json!({ "context": "tab", "userContext": "buyer" })),
                    event(
                        "network.beforeRequestSent",
                        json!({ "isBlocked": true, "context": "tab",
                        "request": { "request": "1", "method": "GET", "url": "http://127.0.0.1/price" } }),
                    ),
                    event("log.entryAdded", json!({ "level": "error", "text": "oh", "source": { "context": "tab" } })),
                ],
                _ => Vec::new(),
            };
            let mut answer = json!({ "id": asked["id"] });
            if asked["method"] == "network.removeIntercept" {
                answer["error"] = "no such intercept".into();
            } else {
                answer["result"] = json!({ "userContext": "buyer", "context": "tab", "intercept": "it" });
            }
            for message in told.into_iter().chain([answer]) {
                socket.send(Message::text(message.to_string())).await.expect("heard");
            }
        }
    });
    let granted = json!({ "browserName": "firefox", "webSocketUrl": channel });
    let new = json!({ "value": { "sessionId": "one", "capabilities": granted } });
    let any = async || Json(json!({ "value": null }));
    serve(Router::new().route("/session", post(async || Json(new))).fallback(any)).await
}

#[test]
fn a_browser_that_refuses_to_end_an_interception_excuses_nothing_more_for_it() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    LocalSet::new().block_on(&runtime, async {
        let session = Session::start(&that_keeps_an_interception().await, Map::new()).await.expect("a session");
        let visit = session.visit(Rc::new(manners())).await.expect("a context");
        visit.intercept(&meant("{ url: { contains: /price } }"), Fate::Fails).await.expect("an interception");
        visit.open_tab().await.expect("a tab");
        visit.let_requests_go().await.expect("let go as far as the browser does");
        visit.open_tab().await.expect("a tab");
        let complaints = visit.close().await.expect("closed");
        let said: Vec<_> = complaints.iter().map(|complaint| complaint.text.as_str()).collect();
        // While it was intercepted, what the page said was excused.
        assert_eq!(said, ["oh", "oh"]);
    });
}

#[test]
fn an_ended_session_has_no_cookie_and_nothing_stored_and_what_was_held_goes_on_without() {
    in_all_shops(async |shop, intercepts| {
        // The other sites are logged in at by the same tab, and not open when the session ends.
        let at_host = |host| {
            let mut site = shop.address.clone();
            site.set_host(Some(host)).expect("a host");
            site
        };
        let (other, third) = (at_host("localhost"), at_host("third.localhost"));
        for site in [&other, &third, &shop.address] {
            shop.visit.go(&site.join("login").expect("an address")).await.expect("a page");
            // The page before is called the same.
            let at_site = format!("At {}", site.host_str().expect("a host"));
            shop.shows(&format!("{{ text: {at_site} }}"), &at_site).await;
        }
        shop.open("", "Shop").await;
        shop.price("answered price").await;
        assert_eq!(shop.last_known_by("/price"), "l token=c; seen=1");
        shop.press("State").await;
        shop.output("l s seen=1").await;
        if intercepts {
            shop.intercept(Fate::Held).await;
            shop.press("Ask").await;
            shop.visit.should_intercept(Duration::from_secs(5)).await.expect("the price is asked for");
        }
        shop.visit.end_session().await.expect("ended");
        shop.press("State").await;
        shop.output("none none none").await;
        if intercepts {
            shop.visit.let_requests_go().await.expect("let go");
            shop.price("answered price").await;
            assert_eq!((shop.times("/price"), shop.last_known_by("/price").as_str()), (2, ""));
        }
        shop.visit.go(&other).await.expect("a page");
        shop.price("answered price").await;
        shop.press("State").await;
        shop.output("none none none").await;
        assert_eq!(shop.last_known_by("/price"), "");
        // Nor is anything stored of a third one, which is opened again in a tab of its own.
        let left = shop.visit.open_tab().await.expect("a tab");
        shop.visit.go(&third).await.expect("a page");
        shop.price("answered price").await;
        shop.press("State").await;
        shop.output("none none none").await;
        assert_eq!(shop.last_known_by("/price"), "");
        shop.visit.turn_to(&left).await.expect("the first tab");
        // Whoever logs in again is, also in what is opened then; and when that has ended as well.
        shop.visit.end_session().await.expect("ended once more");
        shop.open("login", "In").await;
        shop.open("", "Shop").await;
        shop.press("State").await;
        shop.output("l s seen=1").await;
        shop.visit.at("shop", &at("{ role: link, name: New }")).click().await.expect("a click");
        shop.visit.follow_new_tab("shop", "the link").await.expect("a tab");
        shop.press("State").await;
        shop.output("l none seen=1").await;
        shop.price("answered price").await;
        assert_eq!(shop.last_known_by("/price"), "l token=c; seen=1");
    });
}
