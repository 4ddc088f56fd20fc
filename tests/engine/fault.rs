//! Whose fault it is that a page did not come as it should: its own, or that of its site and the way there.

use axum::{
    Router,
    http::StatusCode,
    response::{Html, Redirect},
    routing::get,
};
use dcdb_purchase_e2e::{
    browser::Manners,
    domain::{Class, class_of},
};
use url::Url;

use crate::bench::{Bench, at, manners, serve, with_page_over_each_channel};

const SORRY: Html<&str> = Html("<!doctype html><link rel=icon href=data:,><p>Sorry</p>");

/// Opens an address and waits for a page there; gives the class and the text of what came of it.
async fn failure(bench: &Bench, address: &str) -> (Class, String) {
    bench.visit.go(&bench.address).await.expect("a page before");
    let url = Url::parse(address).expect("an address");
    let mut place = bench.place("/", at("{ role: heading, name: Never }"));
    (place.path, place.url) = (format!("^{}$", url.path()), url.clone());
    let came = match bench.visit.go(&url).await {
        Ok(()) => bench.visit.arrive(&place).await,
        Err(error) => Err(error),
    };
    let error = came.expect_err(address);
    (class_of(&error), format!("{error:#}"))
}

/// A site whose certificate is for another host, and signed by itself.
async fn serve_with_a_bad_certificate() -> Url {
    let made = rcgen::generate_simple_self_signed(vec!["elsewhere.example".to_owned()]).expect("a certificate");
    let key = made.signing_key.serialize_der().try_into().expect("a key");
    let provider = tokio_rustls::rustls::crypto::aws_lc_rs::default_provider();
    let config = tokio_rustls::rustls::ServerConfig::builder_with_provider(provider.into());
    let config = config.with_safe_default_protocol_versions().expect("versions").with_no_client_auth();
    let config = config.with_single_cert(vec![made.cert.der().clone()], key).expect("a certificate");
    let acceptor = tokio_rustls::TlsAcceptor::from(std::sync::Arc::new(config));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            // The browser breaks it off.
            tokio::spawn(acceptor.accept(stream));
        }
    });
    Url::parse(&format!("https://{address}/")).expect("an address")
}

#[test]
fn so_is_one_that_a_press_leads_to() {
    let swift = Manners { arrival: std::time::Duration::from_secs(1), ..manners() };
    let html = "<h1>Start</h1><script>document.write('<a href=\"' + location.hash.slice(1) + '\">On</a>')</script>";
    with_page_over_each_channel(html, swift, async |bench| {
        let certified = serve_with_a_bad_certificate().await.to_string();
        let circle = serve(Router::new().route("/", get(|| async { Redirect::to("/") }))).await.to_string();
        let gone = std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address");
        for (address, class, said) in [
            ("/sorry".to_owned(), Class::Product, "answers 200: only this page fails"),
            (certified, Class::Infrastructure, "the certificate of 127.0.0.1 is no good: "),
            (circle, Class::Product, "redirects in a circle"),
            (format!("http://{gone}/"), Class::Infrastructure, "CONNECTION_REFUSED"),
        ] {
            let mut here = bench.address.clone();
            here.set_path("/");
            here.set_query(Some(&format!("{}", address.len())));
            here.set_fragment(Some(&address));
            bench.visit.go(&here).await.expect("the page");
            bench.visit.at("test page", &at("{ role: link, name: On }")).click().await.expect("a click");
            let second = bench.place("/second", at("{ role: heading, name: Second }"));
            let error = bench.visit.arrive(&second).await.expect_err("it came");
            assert_eq!(class_of(&error), class, "{address}: {error:#}");
            assert!(format!("{error:#}").contains(said), "{address}: {error:#}");
        }
    });
}

#[test]
fn a_page_that_fails_is_the_product_s_and_a_site_that_does_is_nobody_s_on_it() {
    let swift = Manners { arrival: std::time::Duration::from_secs(1), ..manners() };
    with_page_over_each_channel("<h1>Start</h1>", swift, async |bench| {
        // Its start page is of the bench's own server; the others are sites of their own.
        let own = |path: &str| bench.address.join(path).expect("an address").to_string();
        let down = serve(Router::new().fallback(|| async { (StatusCode::SERVICE_UNAVAILABLE, SORRY) })).await;
        let empty = serve(Router::new().fallback(|| async { StatusCode::BAD_GATEWAY })).await;
        let circle = serve(Router::new().route("/", get(|| async { Redirect::to("/") }))).await;
        let certified = serve_with_a_bad_certificate().await;
        let gone = std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address");
        // Some browsers show a page of their own for an error status without one.
        for (address, class, said) in [
            (own("sorry"), Class::Product, vec!["answered 503, at http://", "answers 200: only this page fails"]),
            (own("broken"), Class::Product, vec![" 500", "answers 200: only this page fails"]),
            (own("refused"), Class::Product, vec![" 409"]),
            (
                down.join("x").expect("an address").to_string(),
                Class::Infrastructure,
                vec!["answered 503, at", "answers 503 too"],
            ),
            (down.to_string(), Class::Infrastructure, vec!["answered 503, at", "answers 503 too"]),
            (empty.to_string(), Class::Infrastructure, vec![" 502", "answers 502 too"]),
            (
                certified.to_string(),
                Class::Infrastructure,
                vec!["the certificate of 127.0.0.1 is no good: ", "ERR_CERT_", "mend     give 127.0.0.1"],
            ),
            (circle.to_string(), Class::Product, vec!["redirects in a circle"]),
            (
                format!("http://{gone}/"),
                Class::Infrastructure,
                vec!["the site cannot be reached: ", "CONNECTION_REFUSED"],
            ),
        ] {
            let (seen, text) = failure(bench, &address).await;
            assert_eq!(seen, class, "{address}: {text}");
            for words in said {
                assert!(text.contains(words), "{address}: {text}");
            }
        }
    });
}
