//! What tells a test target from the real one, in the four ways in which a page can carry it.

use dcdb_purchase_e2e::target::Marker;

use crate::bench::{Bench, impatient, manners, with_page, with_page_over_each_channel};

const PAGE: &str =
    "<main><h1>Staging</h1><button onclick=\"history.pushState(null, '', '/elsewhere')\">Move</button></main>";

fn marker(yaml: &str) -> Marker {
    serde_yaml::from_str(yaml).unwrap_or_else(|error| panic!("{yaml}: {error}"))
}

async fn seen(bench: &Bench, yaml: &str) -> Result<(), String> {
    bench.visit.should_carry(&marker(yaml)).await.map_err(|error| format!("{error:#}"))
}

#[test]
fn a_page_that_carries_it_is_known_and_another_is_not() {
    with_page(PAGE, impatient(), async |bench| {
        for (kind, there, another, none) in [
            (
                "shown",
                "{ shown: { role: heading, name: Staging } }",
                "{ shown: { role: heading, name: Production } }",
                "{ shown: { css: '#none' } }",
            ),
            (
                "meta",
                "{ meta: environment, is: staging }",
                "{ meta: environment, is: production }",
                "{ meta: env, is: x }",
            ),
            (
                "cookie",
                "{ cookie: environment, is: staging }",
                "{ cookie: environment, is: other }",
                "{ cookie: env, is: x }",
            ),
        ] {
            assert_eq!(seen(bench, there).await, Ok(()), "{kind}");
            assert!(seen(bench, another).await.is_err(), "{kind}: another value was taken for it");
            assert!(seen(bench, none).await.is_err(), "{kind}: nothing was taken for it");
        }
        let said = seen(bench, "{ cookie: environment, is: other }").await.expect_err("another");
        assert!(!said.contains("staging"), "a cookie's value was printed: {said}");
    });
}

#[test]
fn a_header_is_that_of_the_document_in_the_tab() {
    let listening = dcdb_purchase_e2e::browser::Manners { listens_to_headers: true, ..manners() };
    with_page_over_each_channel(PAGE, listening, async |bench| {
        assert_eq!(seen(bench, "{ header: X-Environment, is: staging }").await, Ok(()));
        let another = seen(bench, "{ header: x-environment, is: production }").await.expect_err("another value");
        assert!(another.starts_with("x-environment: staging, in the answer for http://127.0.0.1:"), "{another}");
        let none = seen(bench, "{ header: x-env, is: staging }").await.expect_err("no such header");
        assert!(none.starts_with("no header x-env in the answer for"), "{none}");
        // A page that makes itself another address is the same document.
        let there = "{ header: x-environment, is: staging }";
        bench.visit.at("test page", &crate::bench::at("{ role: button, name: Move }")).click().await.expect("moved");
        assert_eq!(seen(bench, there).await, Ok(()), "after a change of address within the page");
        // The second page comes without it: what the first one carried is no proof for it.
        bench.visit.go(&bench.address.join("second").expect("an address")).await.expect("the second page");
        let arrived = bench.place("/second", crate::bench::at("{ role: heading, name: Second }"));
        bench.visit.arrive(&arrived).await.expect("the second page");
        assert!(seen(bench, there).await.is_err(), "an old answer was proof");
    });
}
