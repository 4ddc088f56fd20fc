//! Whatever comes in: a plain 4xx answer, never a panic, never half an order.

use std::time::Duration;

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::site::TestSite;

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
        ("nonsense", "expected"),
    ] {
        let response = reqwest::Client::new().post(&url).body(body).send().await.expect("an answer");
        assert_eq!(response.status().as_u16(), 400, "{body}");
        let text = response.text().await.expect("a text");
        assert!(text.contains(named), "{body}: {text}");
    }
}
