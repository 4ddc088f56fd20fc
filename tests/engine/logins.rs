//! A login that was made elsewhere is taken over with what its pages had stored, and given on.

use std::{rc::Rc, time::Duration};

use dcdb_purchase_e2e::{
    browser::{Condition, Manners},
    domain::{Class, class_of},
    target::{Hosts, Proof, SavedLogin, Text},
};
use secrecy::ExposeSecret as _;
use url::Url;

use crate::bench::{Bench, at, manners, serve, with_browser_over_each_channel};

/// Shows by what it knows whoever looks at it, before it does anything else.
const PAGE: &str = "<!doctype html><link rel=icon href=data:,><p id=who></p><script>
    who.textContent = `${localStorage.getItem('me') || 'nobody'} ${document.cookie || 'no cookie'}`</script>
    <button onclick=\"localStorage.removeItem('me'); location.reload()\">Log out</button>";

fn saved(own: &Url, other: &Url) -> SavedLogin {
    let origin = |url: &Url| url.origin().ascii_serialization();
    let state = serde_json::json!({
        "cookies": [
            { "name": "ticket", "value": "by-this", "domain": own.host_str(), "path": "/", "expires": -1, "httpOnly": false, "secure": false, "sameSite": "Lax" },
            { "name": "tracked", "value": "by-others", "domain": ".ads.example", "path": "/", "expires": -1, "httpOnly": false, "secure": false, "sameSite": "Lax" },
        ],
        "origins": [
            { "origin": origin(own), "localStorage": [{ "name": "me", "value": "t-0" }] },
            { "origin": origin(other), "localStorage": [{ "name": "me", "value": "t-1" }] },
            { "origin": "https://ads.example", "localStorage": [{ "name": "me", "value": "t-2" }] },
        ],
    });
    serde_json::from_value(state).expect("a storage state")
}

#[test]
fn a_storage_state_is_there_before_the_first_page_and_goes_as_pages_have_it_and_is_given_on() {
    with_browser_over_each_channel(async |session, _| {
        let page = || axum::routing::any(async || axum::response::Html(PAGE));
        let own = serve(axum::Router::new().route("/", page())).await;
        let mut other = own.clone();
        other.set_host(Some("other.localhost")).expect("a host");
        let manners = Manners { hosts: Hosts::of(&["127.0.0.1", "other.localhost"]), ..manners() };
        let visit = session.visit(Rc::new(manners.clone())).await.expect("a context");
        let bench = Bench { visit, address: own.clone() };
        let shows = async |bench: &Bench, said: &str| {
            let who = bench.visit.at("page", &at("{ css: '#who' }")).should(Condition::Shows(Text::from(said))).await;
            who.unwrap_or_else(|error| panic!("{error:#}"));
        };
        bench.visit.take_over(&saved(&own, &other)).await.expect("taken over");
        bench.visit.go(&own).await.expect("a page");
        shows(&bench, "t-0 ticket=by-this").await;
        let left = bench.visit.open_tab().await.expect("a tab");
        bench.visit.go(&other).await.expect("a page");
        shows(&bench, "t-1 no cookie").await;

        // It is given on as it is, and taken over by another context.
        bench.visit.turn_to(&left).await.expect("the first tab");
        let held = bench.visit.login().await.expect("a login");
        let cookies: Vec<_> = held.cookies.iter().map(|one| (one.name.as_str(), one.value.expose_secret())).collect();
        assert_eq!(cookies, [("ticket", "by-this")], "nothing of others is taken over");
        let again: SavedLogin = serde_json::from_str(&held.to_json()).expect("a storage state");
        let next = Bench { visit: session.visit(Rc::new(manners)).await.expect("a context"), address: own.clone() };
        next.visit.take_over(&again).await.expect("taken over");
        next.visit.go(&own).await.expect("a page");
        shows(&next, "t-0 ticket=by-this").await;
        next.visit.close().await.expect("closed");

        // What pages take out of it stays out, and nothing of it comes back once the session has ended, whatever it is called.
        bench.visit.resume().await.expect("the first buyer");
        bench.visit.at("page", &at("{ role: button }")).click().await.expect("a click");
        shows(&bench, "nobody ticket=by-this").await;
        bench.visit.end_session().await.expect("ended");
        for _ in 0..2 {
            bench.visit.go(&other).await.expect("a page");
            shows(&bench, "nobody no cookie").await;
        }
        bench.visit.close().await.expect("closed");
    });
}

/// What a site keeps for whoever comes back is none of the login's, as far as that can be told.
#[test]
fn an_ended_session_takes_the_proofs_of_a_login_and_leaves_what_was_chosen() {
    let cases = [
        // By a cookie that no script reads.
        (true, r#"{"draft":"{\"disk\":\"500\"}"}"#, r#"{"draft":"{\"disk\":\"500\"}"}"#),
        // By a name, a value, a JSON Web Token, and a part of what else is kept.
        (false, r#"{"access_token":"t","draft":"500"}"#, r#"{"draft":"500"}"#),
        (false, r#"{"k":"0a1b2c3d4e5f60718293a4b5","draft":"500"}"#, r#"{"draft":"500"}"#),
        (false, r#"{"k":"eyJhIjoxfQ.eyJiIjoyfQ.c2ln","draft":"500"}"#, r#"{"draft":"500"}"#),
        (false, r#"{"draft":"\"500\"","k":"\"0a1b2c3d4e5f60718293a4b5\""}"#, r#"{"draft":"\"500\""}"#),
        (
            false,
            r#"{"app":"{\"user\":{\"token\":\"t\",\"name\":\"me\"},\"disk\":\"500\"}"}"#,
            r#"{"app":"{\"user\":{\"name\":\"me\"},\"disk\":\"500\"}"}"#,
        ),
        (
            false,
            r#"{"app":"{\"user\":\"{\\\"accessToken\\\":\\\"t\\\",\\\"name\\\":\\\"me\\\"}\",\"disk\":\"500\"}"}"#,
            r#"{"app":"{\"user\":\"{\\\"name\\\":\\\"me\\\"}\",\"disk\":\"500\"}"}"#,
        ),
        // By nothing that looks like it: any of it may be.
        (false, r#"{"me":"1","draft":"500"}"#, "{}"),
    ];
    with_browser_over_each_channel(async |session, _| {
        for (by_cookie, stored, left) in cases {
            let cookie = if by_cookie { "sid=1; HttpOnly" } else { "seen=1" };
            let page = format!(
                "<h1></h1><script>if (!location.search) for (const [name, value] of Object.entries({stored})) localStorage[name] = sessionStorage[name] = value;
                document.querySelector('h1').textContent = [localStorage, sessionStorage].map((storage) =>
                    JSON.stringify(Object.fromEntries(Object.entries(storage).sort().filter(([name]) => !name.startsWith('dcdb-e2e'))))).join(' ')</script>"
            );
            let sets = [("set-cookie", cookie)];
            let route = axum::routing::get(async move || (sets, axum::response::Html(page.clone())));
            let address = serve(axum::Router::new().route("/", route)).await;
            let bench = Bench { visit: session.visit(Rc::new(manners())).await.expect("a context"), address };
            bench.visit.go(&bench.address).await.expect("a page");
            let shows = async |said: &str| {
                let both = Text::from(format!("{said} {said}").as_str());
                let held = bench.visit.at("page", &at("{ css: h1 }")).should(Condition::Shows(both)).await;
                held.unwrap_or_else(|error| panic!("{stored}: {error:#}"));
            };
            // In any order.
            let in_order = |text: &str| serde_json::from_str::<serde_json::Value>(text).expect("JSON").to_string();
            shows(&in_order(stored)).await;
            bench.visit.end_session().await.expect("ended");
            bench.visit.go(&bench.address.join("?again").expect("an address")).await.expect("a page");
            shows(&in_order(left)).await;
            bench.visit.close().await.expect("closed");
        }
    });
}

#[test]
fn a_storage_state_of_other_sites_only_is_refused_before_anything_is_opened() {
    with_browser_over_each_channel(async |session, _| {
        let hosts = Hosts::of(&["shop.example"]);
        let manners = Manners { hosts, element: Duration::from_secs(1), ..manners() };
        let visit = session.visit(Rc::new(manners)).await.expect("a context");
        let other = Url::parse("http://other.localhost/").expect("an address");
        let error = visit.take_over(&saved(&other, &other)).await.expect_err("nothing of it is for it");
        assert_eq!(class_of(&error), Class::Infrastructure);
        assert!(format!("{error:#}").contains("dcdb-e2e login --target"), "{error:#}");
        visit.close().await.expect("closed");
    });
}

/// Stored as it is, in JSON, in a cookie that no script reads; short ones that stand for settings are no secrets.
#[test]
fn whatever_a_storage_state_holds_is_taken_out_of_what_is_kept() {
    let state = serde_json::json!({
        "cookies": [
            { "name": "sid", "value": "s3cr3t", "domain": "a.example", "httpOnly": true },
            { "name": "lang", "value": "zh-CN", "domain": "a.example" },
        ],
        "origins": [{ "origin": "https://a.example", "localStorage": [
            { "name": "auth", "value": "{\"user\":{\"token\":\"canary-in-the-json\"},\"lang\":\"zh-CN\"}" },
            { "name": "plain", "value": "canary-as-it-is" },
        ] }],
    });
    let saved: SavedLogin = serde_json::from_value(state).expect("a storage state");
    let redaction = dcdb_purchase_e2e::evidence::Redaction::of_proofs(&[Proof::Session(saved)]);
    let shown = redaction.text("s3cr3t canary-in-the-json canary-as-it-is zh-CN");
    assert!(!shown.contains("canary") && !shown.contains("s3cr3t") && shown.contains("zh-CN"), "{shown}");
}
