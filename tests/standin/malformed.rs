//! Whatever comes in: a plain 4xx answer, never a panic, never half an order.

use std::time::Duration;

use proptest::{prelude::*, test_runner::TestRunner};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::site::{TestSite, confirmation};

/// Sends raw bytes and gives the status line.
async fn raw(site: &TestSite, request: &[u8]) -> String {
    let mut stream = TcpStream::connect(site.address()).await.expect("a connection");
    stream.write_all(request).await.expect("sent");
    let mut answer = Vec::new();
    let mut chunk = [0u8; 1024];
    while !answer.windows(2).any(|pair| pair == b"\r\n") {
        match tokio::time::timeout(Duration::from_secs(10), stream.read(&mut chunk)).await.expect("an answer in time") {
            Ok(read) if read > 0 => answer.extend_from_slice(&chunk[..read]),
            _ => break,
        }
    }
    String::from_utf8_lossy(&answer).lines().next().unwrap_or_default().to_owned()
}

fn get(host: &str, path: &str, more: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n{more}Connection: close\r\n\r\n").into_bytes()
}

#[tokio::test]
async fn requests_that_no_browser_makes_are_refused_plainly() {
    let site = TestSite::start().await;
    let portal = "cloud.tencent.localhost";
    let requests: Vec<(&str, Vec<u8>)> = vec![
        ("unknown host", get("evil.example", "/", "")),
        ("host that only begins like ours", get("cloud.tencent.localhost.evil.example", "/", "")),
        ("host with another prefix", get("evil.cloud.tencent.localhost", "/", "")),
        ("back door by name of a site", get(portal, "/backdoor/health", "")),
        ("unknown path", get(portal, "/nothing/here", "")),
        ("unknown document", get(portal, "/document/product/1/2", "")),
        ("bad percent-encoding", get(portal, "/login?s_url=%zz", "")),
        ("percent-encoding cut off", get(portal, "/login?s_url=%e", "")),
        ("no UTF-8 in the query", get(portal, "/login?s_url=%ff%fe", "")),
        ("NUL in the query", get(portal, "/login?s_url=%00", "")),
        ("wrong method", b"DELETE / HTTP/1.1\r\nHost: cloud.tencent.localhost\r\nConnection: close\r\n\r\n".to_vec()),
        ("no such request", b"NONSENSE\r\n\r\n".to_vec()),
        ("huge header", get(portal, "/", &format!("X-Long: {}\r\n", "a".repeat(1_000_000)))),
    ];
    for (what, request) in requests {
        let status = raw(&site, &request).await;
        assert!(status.starts_with("HTTP/1.1 4"), "{what}: {status:?}");
    }
    for (what, cookie) in [
        ("empty", ""),
        ("odd", "dcdb_session=;;=; =;"),
        ("quoted", "dcdb_session=\"'; drop table sessions; --"),
        ("long", &"x".repeat(4000)),
    ] {
        let status = raw(&site, &get(portal, "/", &format!("Cookie: {cookie}\r\n"))).await;
        assert!(status.starts_with("HTTP/1.1 200"), "{what} cookie: {status:?}");
    }
}

#[tokio::test]
async fn bodies_that_are_no_form_are_refused_plainly() {
    let site = TestSite::start().await;
    let buyer = site.buyer().await;
    let post = async |path: &str, kind: &str, body: Vec<u8>| {
        let request = buyer.client.post(site.url("buy", path)).header("content-type", kind).body(body);
        request.send().await.expect("an answer").status().as_u16()
    };
    for path in ["/dcdb", "/dcdb/confirm"] {
        assert_eq!(post(path, "application/json", b"{}".to_vec()).await, 400);
        assert_eq!(post(path, "application/x-www-form-urlencoded", b"csrf=%zz".to_vec()).await, 400);
        assert_eq!(post(path, "application/x-www-form-urlencoded", vec![0xff, 0xfe]).await, 400);
        assert_eq!(post(path, "application/x-www-form-urlencoded", vec![b'a'; 100_000]).await, 413);
        assert_eq!(post(path, "application/x-www-form-urlencoded", Vec::new()).await, 403);
    }
    let truth = buyer.truth().await;
    assert_eq!((truth["orders"].as_array().map(Vec::len), truth["balance_fen"].as_i64()), (Some(0), Some(10_000_000)));
}

#[tokio::test]
async fn the_back_door_names_what_it_takes() {
    let site = TestSite::start().await;
    let buyer = site.buyer().await;
    let url = format!("http://{}/backdoor/accounts/{}/world", site.address(), buyer.id());
    for (body, named) in [
        ("{\"weather\":1}", "price_percent"),
        ("{\"price_service\":\"sunny\"}", "failing"),
        ("{\"hold_status\":\"Running\"}", "Creating"),
        ("{\"sold_out\":[\"x\"]}", "ap-guangzhou-3"),
        ("{\"advance_clock_s\":-1}", "clocks do not go back"),
        ("{\"price_percent\":0}", "from 1 to 1000"),
        ("nonsense", "expected"),
        ("", "EOF"),
        ("[]", "expected"),
    ] {
        let response = reqwest::Client::new().post(&url).body(body).send().await.expect("an answer");
        assert_eq!(response.status().as_u16(), 400, "{body}");
        let text = response.text().await.expect("a text");
        assert!(text.contains(named), "{body}: {text}");
    }
    let accounts = format!("http://{}/backdoor/accounts", site.address());
    for (body, named) in [
        ("{\"balance_fen\":-1}", "balance_fen is from 0"),
        ("{\"balance_fen\":9223372036854775807}", "balance_fen is from 0"),
        ("{\"balance\":1}", "balance_fen"),
        ("{\"verified\":\"yes\"}", "boolean"),
    ] {
        let response = reqwest::Client::new().post(&accounts).body(body).send().await.expect("an answer");
        assert_eq!(response.status().as_u16(), 400, "{body}");
        let text = response.text().await.expect("a text");
        assert!(text.contains(named), "{body}: {text}");
    }
    for (path, status) in [("/999999", 404), ("/x", 400), ("/1/weather", 404)] {
        let response = reqwest::get(format!("{accounts}{path}")).await.expect("an answer");
        assert_eq!(response.status().as_u16(), status, "{path}");
    }
}

#[tokio::test]
async fn methods_that_an_address_does_not_take_are_refused() {
    let site = TestSite::start().await;
    let buyer = site.buyer().await;
    for (name, method, path, status) in [
        ("portal", "PUT", "/", 405),
        ("portal", "GET", "/logout", 405),
        ("buy", "DELETE", "/dcdb", 405),
        ("buy", "GET", "/dcdb/confirm", 405),
        ("buy", "PATCH", "/dcdb/check", 405),
        ("buy", "POST", "/dcdb/price", 405),
        ("console", "GET", "/dcdb/initialise", 405),
        ("console", "PUT", "/dcdb/return", 405),
        ("console", "GET", "/expense/deal/pay", 405),
        ("console", "OPTIONS", "/", 405),
        ("buy", "HEAD", "/dcdb", 200),
        ("buy", "GET", "/dcdb/", 404),
        ("buy", "GET", "/dcdb/result/", 404),
        ("buy", "GET", "/dcdb/result/%2e%2e%2f", 404),
        ("buy", "GET", "/dcdb/result/%00", 404),
        ("buy", "GET", "/backdoor/accounts/1", 404),
        ("console", "GET", "/dcdb?region=%00", 400),
        ("console", "GET", "/dcdb?region=%ff", 400),
    ] {
        let method = reqwest::Method::from_bytes(method.as_bytes()).expect("a method");
        let response = buyer.client.request(method.clone(), site.url(name, path)).send().await.expect("an answer");
        assert_eq!(response.status().as_u16(), status, "{method} {path}");
    }
}

#[tokio::test]
async fn a_form_is_a_form_whatever_the_case_of_its_type() {
    let site = TestSite::start().await;
    let buyer = site.buyer().await;
    let csrf = buyer.get("buy", "/dcdb").await.field("csrf");
    for (kind, status) in [
        ("Application/X-WWW-Form-URLencoded; charset=UTF-8", 200),
        ("application/x-www-form-urlencoded-not", 400),
        ("multipart/form-data; boundary=x", 400),
        ("", 400),
    ] {
        let request = buyer.client.post(site.url("buy", "/dcdb")).header("content-type", kind);
        let response = request.body(format!("csrf={csrf}&disk=20")).send().await.expect("an answer");
        assert_eq!(response.status().as_u16(), status, "{kind:?}");
    }
    assert_eq!(buyer.truth().await["orders"], serde_json::json!([]));
}

#[tokio::test]
async fn confirmations_with_a_field_that_is_missing_or_wrong_buy_nothing() {
    let site = TestSite::start().await;
    let buyer = site.buyer().await;
    let check = buyer.purchase_now(&[("disk", "500")]).await;
    let whole = confirmation(&check);
    for field in ["fee", "intention", "disk", "csrf"] {
        for wrong in [None, Some(""), Some("-1"), Some("99999999999999999999"), Some("1e9"), Some("0x10"), Some("NaN")]
        {
            let mut form = whole.clone();
            match wrong {
                Some(wrong) => form.insert(field.into(), wrong.into()),
                None => form.remove(field),
            };
            let form: Vec<(&str, &str)> = form.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
            let page = buyer.post("buy", "/dcdb/confirm", &form).await;
            // A number that is no price of ours is a price that has changed; the rest is no confirmation at all.
            let changed = page.status == 200 && page.refusal() == "The price has changed. Confirm again.";
            assert!(changed || [400, 403].contains(&page.status), "{field} {wrong:?}: {} {}", page.status, page.url);
        }
    }
    let truth = buyer.truth().await;
    assert_eq!((&truth["orders"], &truth["balance_fen"]), (&serde_json::json!([]), &serde_json::json!(10_000_000)));
    assert!(buyer.confirm(&check).await.url.contains("/dcdb/result/"), "the true form is not taken any more");
}

#[test]
fn nothing_that_can_be_typed_breaks_a_page() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let site = runtime.block_on(TestSite::start());
    let buyer = runtime.block_on(site.buyer());
    let csrf = runtime.block_on(buyer.get("buy", "/dcdb")).field("csrf");
    let names = [
        "region", "zone", "network", "vpc", "subnet", "replicas", "memory", "shards", "disk", "quantity", "months",
        "name",
    ];
    let odd = prop_oneof![
        any::<String>(),
        any::<i64>().prop_map(|number| number.to_string()),
        "[0-9]{1,30}",
        "[<>&\"'{}%;/\\\\]{1,20}",
        prop::sample::select(vec![
            "vpc",
            "basic",
            "ap-beijing",
            "ap-shanghai-fsi",
            "finance",
            "２",
            "٣",
            "-0",
            "+2",
            "2.0",
            " 2 "
        ])
        .prop_map(str::to_owned),
    ];
    let any_form = prop::collection::vec((prop::sample::select(names.to_vec()), odd), 1..6);
    let checked = TestRunner::new(ProptestConfig::with_cases(60)).run(&any_form, |form| {
        let mut form: Vec<(&str, &str)> = form.iter().map(|(key, value)| (*key, value.as_str())).collect();
        let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&form).finish();
        for path in ["/dcdb", "/dcdb/price", "/dcdb/check"] {
            let page = runtime.block_on(buyer.get("buy", &format!("{path}?{query}")));
            prop_assert!([200, 400].contains(&page.status), "{path}?{query}: {}", page.status);
            prop_assert!(!page.text.contains('⟦'), "{path}?{query}: a text is missing");
        }
        form.push(("csrf", &csrf));
        let page = runtime.block_on(buyer.post("buy", "/dcdb", &form));
        prop_assert!([200, 400].contains(&page.status), "{query}: {}", page.status);
        Ok(())
    });
    if let Err(error) = checked {
        panic!("{error}");
    }
    assert_eq!(runtime.block_on(buyer.truth())["orders"], serde_json::json!([]));
}
