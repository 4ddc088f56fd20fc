//! Logging in, sessions, and where a login leads (CONTRACT 2, 3.2).

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
    assert_eq!(buyer.get("buy", "/dcdb/price").await.status, 401);
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
