//! A site that is down is tried again and is nobody's fault; a page that fails on a site that is well is the pages'.

use axum::{Router, http::StatusCode, response::Html};

use crate::run::{QUICK, Run};

/// A site of which all pages fail, or all but its start page.
fn site(down: bool) -> (tokio::runtime::Runtime, String) {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
    let answer = move |uri: axum::http::Uri| async move {
        let well = !down && uri.path() == "/";
        let status = if well { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
        (status, Html("<!doctype html><link rel=icon href=data:,><p>Back soon</p>"))
    };
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).expect("a port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    runtime.spawn(async move { axum::serve(listener, Router::new().fallback(answer)).await });
    (runtime, address)
}

#[test]
fn a_site_that_is_down_is_tried_again_and_a_page_that_fails_is_not() {
    let base = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/targets/base.yaml");
    for (down, status, class, attempts, said) in [
        (true, 3, "class    infrastructure", 2, "answers 503 too"),
        (false, 1, "class    product", 1, "answers 200: only this page fails"),
    ] {
        let (_site, address) = site(down);
        let profile = format!(
            "extends: {base}\nname: away\nsites: {{ portal: '{address}', buy: '{address}', console: '{address}' }}\nhosts: [127.0.0.1]\naccounts: []\npages:\n  home: {{ path: /home }}\ndeadlines: {{ arrival: 1s, element: 1s }}\n"
        );
        let run = Run::of(&["--retry", "1"]).profile(&profile).feature(QUICK);
        run.end().expect(status, &[class, "answered 503, at http://", said]);
        assert_eq!(run.results()["scenarios"][0]["attempts"], attempts, "{class}");
    }
}
