//! Pages held against the API: who agrees passes, who does not is told on with both sides.

use std::{
    io::{Read as _, Write as _},
    net::TcpListener,
};

use dcdb_purchase_e2e::guard::Stage;

use crate::{
    money::{BUYS, Shop, buying},
    run::Run,
};

/// Lines of a profile with the API at this port and a key for the account, which variables carry.
fn with_api(port: u16, more: &str) -> String {
    format!(
        "    api-key: {{ secret-id: \"${{BUYER_SECRET_ID:-}}\", secret-key: \"${{BUYER_SECRET_KEY:-}}\" }}\napi:\n  dcdb: http://dcdb.tencentcloudapi.localhost:{port}\n  billing: http://billing.tencentcloudapi.localhost:{port}\n  regions: {{ guangzhou: ap-guangzhou, shanghai: ap-shanghai, shanghai-finance: ap-shanghai-fsi, beijing: ap-beijing, chengdu: ap-chengdu, chongqing: ap-chongqing, hong-kong: ap-hongkong }}\n{}{more}",
        buying("")
    )
}

/// Has the account's key; with an empty secret it has none.
fn holding(shop: &Shop, run: Run, secret_key: &str) -> Run {
    let id = shop.account["secret_id"].as_str().filter(|_| !secret_key.is_empty()).unwrap_or_default();
    shop.known(run).variable("BUYER_SECRET_ID", id).variable("BUYER_SECRET_KEY", secret_key)
}

/// A run that buys once, asks the API at this port, and has this key.
fn run(shop: &Shop, port: u16, secret_key: &str) -> Run {
    holding(shop, Run::of(&BUYS).profile(&shop.elsewhere.profile(&shop.account, &with_api(port, ""))), secret_key)
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
        &["class    product", "pages and API should agree on the price (I1)", "page     ¥1,015.20", "API      ¥0.01"],
    );
    assert_eq!(shop.order_numbers(), Vec::<String>::new(), "it was paid all the same");
}

#[test]
fn a_price_that_a_scenario_names_is_held_against_the_api_where_nothing_is_bought() {
    let shop = Shop::open();
    let profile = shop.elsewhere.profile(&shop.account, &with_api(cheap_api(), ""));
    let run = holding(&shop, Run::of(&["--name", "One change after the other"]).profile(&profile), "any key");
    run.end().expect(
        1,
        &["pages and API should agree on the price (I1)", "page     ¥1,015.20", "API      ¥0.01", "1 failed"],
    );
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

/// Pages on which nothing can be returned.
const NO_RETURN: &str =
    "pages:\n  console:\n    return-dialog: { ok: { css: '#nowhere' } }\ndeadlines: { element: 2s }\n";

#[test]
fn what_pages_cannot_return_the_api_explains_and_returns() {
    let shop = Shop::open();
    let profile = shop.elsewhere.profile(&shop.account, &with_api(shop.elsewhere.port, NO_RETURN));
    // The scenario tries in the pages, in vain; the end of the run by the API.
    let key = shop.account["secret_key"].as_str().expect("a key");
    let run = holding(&shop, Run::of(&BUYS).profile(&profile), key);
    run.end().expect(0, &["looking after 1 purchase of this run", "1 passed, 0 failed"]);
    assert_eq!((shop.truth(), shop.stages()), ((1, 0, 10_000_000), vec![Stage::Returned]));

    // Without a key it is left, and a later sweep has one; that the pages are gone altogether does not matter to it.
    let keyless = holding(&shop, Run::of(&BUYS).profile(&profile), "");
    keyless.end().expect(7, &["left over on elsewhere"]);
    let gone =
        profile.replace(&format!("cloud.tencent.localhost:{}", shop.elsewhere.port), "cloud.tencent.localhost:9");
    run.file("profile.yaml", &gone);
    shop.tool("reconcile", &run)
        .expect(0, &["bought      dcdb-e2e-", "says the API", "1 rows completed, 0 left unexplained"]);
    assert_eq!((shop.truth().1, shop.stages()[1]), (1, Stage::Instance), "reconcile returned something");
    shop.tool("sweep", &run)
        .expect(0, &["returned    instance ", "by the API", "nothing of this suite is left on elsewhere"]);
    assert_eq!((shop.truth().1, shop.stages()), (0, vec![Stage::Returned; 2]));
}

#[test]
fn what_the_api_cannot_tell_is_looked_up_in_the_pages() {
    let shop = Shop::open();
    let key = "not this account's key";
    let profile = |more: &str| shop.elsewhere.profile(&shop.account, &with_api(shop.elsewhere.port, more));
    let keyless = holding(&shop, Run::of(&BUYS).profile(&profile(NO_RETURN)), "");
    keyless.end().expect(7, &["left over on elsewhere"]);
    let run = holding(&shop, Run::of(&[]).profile(&profile("")), key);
    shop.tool("reconcile", &run).expect(
        0,
        &["not known", "AuthFailure.SignatureFailure", "bought      dcdb-e2e-", "1 rows completed, 0 left unexplained"],
    );
    let swept = shop.tool("sweep", &run);
    swept.expect(0, &["AuthFailure.SignatureFailure", "returned    instance ", "nothing of this suite is left"]);
    assert!(!swept.text.contains(key), "{}", swept.text);
    assert_eq!((shop.truth().1, shop.stages()), (0, vec![Stage::Returned]));
}
