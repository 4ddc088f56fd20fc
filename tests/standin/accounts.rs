//! Logging in, sessions, and where a login leads (CONTRACT 2, 3.2).

use futures_util::future::join_all;
use reqwest::redirect::Policy;
use serde_json::json;

use crate::site::TestSite;

#[tokio::test]
async fn every_buy_and_console_page_asks_for_the_login_and_comes_back() {
    let site = TestSite::start().await;
    let buyer = site.buyer().await;
    let (email, password) = buyer.login();
    for (name, path) in [
        ("buy", "/dcdb"),
        ("buy", "/dcdb/check?disk=20"),
        ("console", "/"),
        ("console", "/dcdb?region=ap-beijing"),
        ("console", "/expense/deal"),
    ] {
        let client = site.client();
        let login = site.get_with(&client, name, path).await;
        assert!(login.url.contains("/login?s_url="), "{path} went to {}", login.url);
        let back = login.field("s_url");
        let page = site
            .post_with(&client, "portal", "/login", &[("email", email), ("password", password), ("s_url", &back)])
            .await;
        assert_eq!(page.url, site.url(name, path));
    }
}

#[tokio::test]
async fn a_login_never_leads_off_the_site() {
    let site = TestSite::start().await;
    let buyer = site.buyer().await;
    let (email, password) = buyer.login();
    let own = site.url("buy", "/dcdb");
    let port = site.address().port();
    let elsewhere = [
        "//evil.example/".to_owned(),
        r"\\evil.example".into(),
        r"https:\\evil.example".into(),
        "https:evil.example".into(),
        "https://evil.example/".into(),
        "javascript:alert(1)".into(),
        "data:text/html,x".into(),
        format!("http://cloud.tencent.localhost.evil.example:{port}/"),
        format!("http://cloud.tencent.localhost:{port}@evil.example/"),
        format!("http://user:pass@cloud.tencent.localhost:{port}/"),
        format!("http://evilcloud.tencent.localhost:{port}/"),
        format!("https://cloud.tencent.localhost:{port}/"),
        "http://cloud.tencent.localhost:1/".into(),
        format!("http://cloud.tencent.localhost:{port}\\@evil.example/"),
        "%2f%2fevil.example".into(),
        "/\\evil.example".into(),
        "\thttps://evil.example".into(),
    ];
    let landing = async |wanted: &str| {
        let client = site.client_with(Policy::none());
        let form = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs([("email", email), ("password", password), ("s_url", wanted)])
            .finish();
        let response = client
            .post(site.url("portal", "/login"))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form)
            .send()
            .await
            .expect("an answer");
        response.headers()["location"].to_str().expect("an address").to_owned()
    };
    assert_eq!(landing(&own).await, own);
    for wanted in elsewhere {
        let location = landing(&wanted).await;
        // A browser reads a backslash as a slash, so this one leads to a page of our own that is not there.
        let read = url::Url::parse(&location).expect("an address");
        assert_eq!(
            (read.host_str(), read.port()),
            (Some("cloud.tencent.localhost"), Some(port)),
            "{wanted} led to {location}"
        );
    }
}

#[tokio::test]
async fn a_wrong_password_is_refused_and_the_fifth_locks_for_a_minute() {
    let site = TestSite::start().await;
    let buyer = site.buyer().await;
    let (email, password) = buyer.login();
    let client = site.client();
    for attempt in 1..=5 {
        let page = site.post_with(&client, "portal", "/login", &[("email", email), ("password", "wrong")]).await;
        let expected = if attempt < 5 {
            "Incorrect e-mail or password"
        } else {
            "Too many failed attempts. Try again in a minute."
        };
        assert_eq!(page.refusal(), expected, "attempt {attempt}");
        assert!(page.text.contains(email), "the e-mail is not kept");
    }
    let right = [("email", email), ("password", password)];
    assert_eq!(
        site.post_with(&client, "portal", "/login", &right).await.refusal(),
        "Too many failed attempts. Try again in a minute."
    );
    buyer.world(json!({ "advance_clock_s": 61 })).await;
    assert_eq!(site.post_with(&client, "portal", "/login", &right).await.url, site.url("portal", "/"));
    assert_eq!(
        site.post_with(&client, "portal", "/login", &[("email", "nobody@buyers.example"), ("password", "x")])
            .await
            .refusal(),
        "Incorrect e-mail or password"
    );
}

#[tokio::test]
async fn sessions_end_unused_after_half_an_hour_or_when_told() {
    let site = TestSite::start().await;
    let buyer = site.buyer().await;
    buyer.world(json!({ "advance_clock_s": 29 * 60 })).await;
    assert_eq!(buyer.get("buy", "/dcdb").await.url, site.url("buy", "/dcdb"));
    buyer.world(json!({ "advance_clock_s": 31 * 60 })).await;
    assert!(buyer.get("buy", "/dcdb").await.url.contains("/login?"));
    buyer.log_in(&buyer.client).await;
    let check = buyer.purchase_now(&[]).await;
    buyer.world(json!({ "end_sessions": true })).await;
    assert!(
        buyer.confirm(&check).await.url.contains("/login?"),
        "a confirmation without a session did not ask for the login"
    );
    assert_eq!(buyer.price(&[]).await, json!({ "login": true }));
    assert_eq!(buyer.truth().await["orders"], json!([]));
}

#[tokio::test]
async fn forms_without_the_session_s_token_do_nothing() {
    let site = TestSite::start().await;
    let buyer = site.buyer().await;
    let check = buyer.purchase_now(&[]).await;
    let instance_form = [("instance", "tdsqlshard-00000000"), ("csrf", "wrong")];
    for (name, path, form) in [
        ("buy", "/dcdb", vec![("disk", "500")]),
        ("buy", "/dcdb/confirm", vec![("csrf", "wrong"), ("intention", check.url.as_str())]),
        ("console", "/dcdb/initialise", instance_form.to_vec()),
        ("console", "/dcdb/return", instance_form.to_vec()),
        ("console", "/expense/deal/pay", vec![("order", "1")]),
        ("portal", "/logout", vec![]),
    ] {
        assert_eq!(buyer.post(name, path, &form).await.status, 403, "{path}");
    }
    assert_eq!(buyer.truth().await["orders"], json!([]));
}

#[tokio::test]
async fn failed_logins_that_come_at_once_are_counted_one_by_one() {
    let site = TestSite::start().await;
    let buyer = site.buyer().await;
    let (email, password) = buyer.login();
    let client = site.client();
    let wrong = [("email", email), ("password", "wrong")];
    let pages = join_all((0..20).map(|_| site.post_with(&client, "portal", "/login", &wrong))).await;
    let wrong_ones = pages.iter().filter(|page| page.refusal() == "Incorrect e-mail or password").count();
    assert_eq!(wrong_ones, 4, "a lock lets more than four guesses through");
    let locked = "Too many failed attempts. Try again in a minute.";
    let right = [("email", email), ("password", password)];
    buyer.world(json!({ "advance_clock_s": 58 })).await;
    assert_eq!(site.post_with(&client, "portal", "/login", &right).await.refusal(), locked);
    buyer.world(json!({ "advance_clock_s": 3 })).await;
    assert_eq!(site.post_with(&client, "portal", "/login", &right).await.refusal(), "");
}

#[tokio::test]
async fn a_login_that_succeeds_begins_the_count_anew() {
    let site = TestSite::start().await;
    let buyer = site.buyer().await;
    let (email, password) = buyer.login();
    let client = site.client();
    for _ in 0..2 {
        for _ in 0..4 {
            let page = site.post_with(&client, "portal", "/login", &[("email", email), ("password", "x")]).await;
            assert_eq!(page.refusal(), "Incorrect e-mail or password");
        }
        // Typed with a capital and a space, as people do.
        let typed = format!(" {}", email.to_uppercase());
        let page = site.post_with(&client, "portal", "/login", &[("email", &typed), ("password", password)]).await;
        assert_eq!(page.refusal(), "");
    }
}

#[tokio::test]
async fn logging_out_ends_this_session_and_no_other() {
    let site = TestSite::start().await;
    let buyer = site.buyer().await;
    let other_browser = site.client();
    buyer.log_in(&other_browser).await;
    let csrf = buyer.get("buy", "/dcdb").await.field("csrf");
    let home = buyer.post("portal", "/logout", &[("csrf", &csrf)]).await;
    assert!(home.text.contains(">Log in<") && !home.text.contains("class=\"account\""));
    assert!(buyer.get("console", "/").await.url.contains("/login?"));
    assert_eq!(site.get_with(&other_browser, "console", "/").await.url, site.url("console", "/"));
}

#[tokio::test]
async fn scripts_are_told_of_an_ended_session_also_while_they_wait() {
    let args = dcdb_purchase_e2e::standin::ServeArgs { delays: 10.0, ..Default::default() };
    let site = TestSite::start_with(args).await;
    let buyer = site.buyer().await;
    let (price, ()) = tokio::join!(buyer.get("buy", "/dcdb/price"), buyer.world(json!({ "end_sessions": true })));
    let login = r#"{"login":true}"#;
    assert_eq!((price.status, price.text.as_str()), (200, login));
    for (name, path) in
        [("buy", "/dcdb/price"), ("console", "/dcdb/rows?region=ap-beijing"), ("console", "/dcdb/return?instance=x")]
    {
        assert_eq!(buyer.get(name, path).await.text, login, "{path}");
    }
    for path in ["/dcdb/initialise", "/dcdb/return"] {
        assert_eq!(buyer.post("console", path, &[("instance", "x")]).await.text, login, "{path}");
    }
}

#[tokio::test]
async fn forms_that_come_without_a_session_lead_back_to_their_pages() {
    let site = TestSite::start().await;
    let buyer = site.buyer().await;
    buyer.world(json!({ "end_sessions": true })).await;
    for (name, path, form, back) in [
        (
            "buy",
            "/dcdb",
            vec![("csrf", "x"), ("region", "ap-beijing"), ("disk", "200")],
            "/dcdb?disk=200&region=ap-beijing",
        ),
        ("console", "/expense/deal/pay", vec![("csrf", "x"), ("order", "1")], "/expense/deal"),
        ("console", "/expense/deal/cancel", vec![("csrf", "x"), ("order", "1")], "/expense/deal"),
    ] {
        let login = buyer.post(name, path, &form).await;
        assert_eq!(login.field("s_url"), site.url(name, back));
    }
}

#[tokio::test]
async fn a_session_is_nothing_that_can_be_guessed_or_made_up() {
    let site = TestSite::start().await;
    let long = "a".repeat(5000);
    for cookie in ["", "x", "00000000000000000000000000000000", "' or 1=1 --", "%00", "\u{fc}", &long] {
        let client = site.client();
        let request = client.get(site.url("buy", "/dcdb")).header("cookie", format!("dcdb_session={cookie}"));
        let response = request.send().await.expect("an answer");
        assert!(response.url().path() == "/login", "{cookie:?} went to {}", response.url());
    }
}

#[tokio::test]
async fn a_login_that_another_site_s_page_sends_is_refused() {
    let site = TestSite::start().await;
    let buyer = site.buyer().await;
    let (email, password) = buyer.login();
    for (origin, status) in [("http://elsewhere.example", 403), ("null", 403), (site.url("portal", "").as_str(), 303)] {
        let client = site.client_with(reqwest::redirect::Policy::none());
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs([("email", email), ("password", password)])
            .finish();
        let request = client.post(site.url("portal", "/login")).header("origin", origin).body(body);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        assert_eq!(request.send().await.expect("an answer").status().as_u16(), status, "{origin}");
    }
    let on = buyer.get("portal", &format!("/login?s_url={}", site.url("buy", "/dcdb"))).await;
    assert_eq!(on.url, site.url("buy", "/dcdb"), "who is logged in is asked to log in");
}
