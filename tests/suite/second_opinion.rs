//! Pages held against the API: who agrees passes, who does not is told on with both sides.

use std::{
    io::{Read as _, Write as _},
    net::TcpListener,
};

use crate::{
    money::{BUYS, Shop, buying},
    run::Run,
};

/// A run that buys once, asks the API at this port, and has this key.
fn run(shop: &Shop, port: u16, secret_key: &str) -> Run {
    let id = shop.account["secret_id"].as_str().expect("an id");
    let more = format!(
        "    api-key: {{ secret-id: \"${{BUYER_SECRET_ID:-}}\", secret-key: \"${{BUYER_SECRET_KEY:-}}\" }}\napi:\n  dcdb: http://dcdb.tencentcloudapi.localhost:{port}\n  billing: http://billing.tencentcloudapi.localhost:{port}\n  regions: {{ guangzhou: ap-guangzhou }}\n{}",
        buying("")
    );
    let run = shop.known(Run::of(&BUYS).profile(&shop.elsewhere.profile(&shop.account, &more)));
    let id = if secret_key.is_empty() { "" } else { id };
    run.variable("BUYER_SECRET_ID", id).variable("BUYER_SECRET_KEY", secret_key)
}

/// An API that asks one fen for everything.
fn cheap_api() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("its address").port();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let _asked = stream.read(&mut [0; 8192]);
            let body = r#"{"Response":{"Price":1,"OriginalPrice":1,"RequestId":"1"}}"#;
            let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
            let _told = stream.write_all((head + body).as_bytes());
        }
    });
    port
}

#[test]
fn a_run_says_whether_the_api_was_asked() {
    let shop = Shop::open();
    let key = shop.account["secret_key"].as_str().expect("a key").to_owned();
    for (key, opinion) in [(key.as_str(), "pages and API"), ("", "pages only")] {
        let run = run(&shop, shop.elsewhere.port, key);
        run.end().expect(0, &["1 passed"]);
        assert_eq!(run.results()["run"]["opinion"], opinion);
        let report = std::fs::read_to_string(run.out().join("report.html")).expect("a report");
        assert!(report.contains(opinion));
        assert!(key.is_empty() || !report.contains(key), "the report holds the key");
    }
}

#[test]
fn a_price_that_the_api_does_not_ask_for_is_not_paid() {
    let shop = Shop::open();
    let ended = run(&shop, cheap_api(), "any key").end();
    ended.expect(
        1,
        &[
            "class    product",
            "pages and API should agree on the price before confirming (I1)",
            "page     ¥1,015.20",
            "API      ¥0.01",
        ],
    );
    assert_eq!(shop.order_numbers(), Vec::<String>::new(), "it was paid all the same");
}

#[test]
fn a_wrong_key_is_told_with_its_mend() {
    let shop = Shop::open();
    let ended = run(&shop, shop.elsewhere.port, "not this account's key").end();
    ended.expect(
        3,
        &["DescribeDCDBPrice should be answered", "AuthFailure.SignatureFailure", "correct the account's API key"],
    );
    assert!(!ended.text.contains("not this account's key"), "{}", ended.text);
}
