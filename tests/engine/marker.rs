//! What tells a test target from the real one, in the four ways in which a page can carry it.

use dcdb_purchase_e2e::{browser::Condition, target::Marker};

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
        for page in ["twice", "thrice"] {
            bench.visit.go(&bench.address.join(page).expect("an address")).await.expect("a page");
            let arrived = bench.place(&format!("/{page}"), crate::bench::at("{ role: heading, name: Marked }"));
            bench.visit.arrive(&arrived).await.expect("a page");
            assert_eq!(seen(bench, there).await.is_ok(), page == "thrice", "{page}");
        }
        // The second page comes without it: what the first one carried is no proof for it.
        bench.visit.go(&bench.address.join("second").expect("an address")).await.expect("the second page");
        let arrived = bench.place("/second", crate::bench::at("{ role: heading, name: Second }"));
        bench.visit.arrive(&arrived).await.expect("the second page");
        assert!(seen(bench, there).await.is_err(), "an old answer was proof");
    });
}

/// Where the page says it, and what comes of that.
#[test]
fn what_is_contradicted_hidden_or_in_a_drawing_does_not_count() {
    let page = "<p id=end>End</p><div id=here></div><script>eval(new URLSearchParams(location.search).get('made') ?? '')</script>";
    let meta = "{ meta: env, is: staging }";
    let shown = "{ shown: { css: .mark } }";
    let cases: &[(&str, &str, bool)] = &[
        (meta, "document.head.innerHTML += '<meta name=env content=staging>'", true),
        (meta, "document.head.innerHTML += '<meta name=env content=staging><meta name=ENV content=staging>'", true),
        (meta, "document.head.innerHTML += '<meta name=env content=staging><meta name=env content=production>'", false),
        (meta, "document.head.innerHTML += '<meta name=env content=staging><meta name=ENV content=production>'", false),
        (
            meta,
            "document.head.innerHTML += '<meta name=env content=staging>'; here.innerHTML = '<meta name=env content=production>'",
            false,
        ),
        (meta, "here.innerHTML = '<meta name=env content=staging>'", false),
        (meta, "here.innerHTML = '<svg><foreignObject><meta name=env content=staging></foreignObject></svg>'", false),
        (
            meta,
            "const m = document.createElementNS('http://www.w3.org/2000/svg', 'meta'); m.setAttribute('name', 'env'); m.setAttribute('content', 'staging'); document.head.append(m)",
            false,
        ),
        (
            meta,
            "document.head.innerHTML += '<template><meta name=env content=staging></template><noscript><meta name=env content=staging></noscript>'",
            false,
        ),
        (meta, "here.attachShadow({ mode: 'open' }).innerHTML = '<meta name=env content=staging>'", false),
        (shown, "here.innerHTML = '<b class=mark>STAGING</b>'", true),
        (
            shown,
            "here.innerHTML = '<b class=mark style=\"pointer-events:none;opacity:.6;position:fixed;right:9px;top:9px;transform:rotate(30deg)\">STAGING</b>'",
            true,
        ),
        (shown, "here.innerHTML = '<div style=height:4000px></div><b class=mark>STAGING</b>'", true),
        (
            shown,
            "here.innerHTML = '<div style=\"height:50px;overflow:auto\"><div style=height:400px></div><b class=mark>STAGING</b></div>'",
            true,
        ),
        (
            shown,
            "here.innerHTML = '<b class=mark>STAGING</b><div style=\"position:fixed;inset:0;background:rgba(0,0,0,.5)\"></div>'",
            true,
        ),
        (
            shown,
            "here.attachShadow({ mode: 'open' }).innerHTML = '<slot></slot>'; here.innerHTML = '<b class=mark>STAGING</b>'",
            true,
        ),
        (shown, "here.innerHTML = '<img class=mark width=40 height=40 alt=STAGING src=data:,>'", true),
        (shown, "here.innerHTML = '<div style=opacity:0><b class=mark>STAGING</b></div>'", false),
        (shown, "here.innerHTML = '<div style=opacity:.2><b class=mark style=opacity:.2>STAGING</b></div>'", false),
        (shown, "here.innerHTML = '<b class=mark style=\"position:absolute;left:-9999px\">STAGING</b>'", false),
        (shown, "here.innerHTML = '<b class=mark style=\"position:fixed;top:200vh\">STAGING</b>'", false),
        (
            shown,
            "here.innerHTML = '<b class=mark style=\"display:block;text-indent:-9999px;overflow:hidden\">STAGING</b>'",
            false,
        ),
        (shown, "here.innerHTML = '<b class=mark style=font-size:0;display:block;height:20px>STAGING</b>'", false),
        (
            shown,
            "here.innerHTML = '<b class=mark style=\"position:absolute;width:1px;height:1px;overflow:hidden;clip:rect(0,0,0,0)\">STAGING</b>'",
            false,
        ),
        (shown, "here.innerHTML = '<b class=mark style=\"clip-path:inset(50%);display:block\">STAGING</b>'", false),
        (shown, "here.innerHTML = '<div style=\"height:0;overflow:hidden\"><b class=mark>STAGING</b></div>'", false),
        (
            shown,
            "here.innerHTML = '<div style=\"height:50px;overflow:hidden\"><div style=height:400px></div><b class=mark>STAGING</b></div>'",
            false,
        ),
        (
            shown,
            "here.innerHTML = '<b class=mark style=\"display:inline-block;transform:scale(0)\">STAGING</b>'",
            false,
        ),
        (shown, "here.innerHTML = '<b class=mark style=color:transparent>STAGING</b>'", false),
        (shown, "here.innerHTML = '<b class=mark style=visibility:hidden>STAGING</b>'", false),
        (
            shown,
            "here.innerHTML = '<main style=background:#fff><b class=mark style=position:relative;z-index:-1>STAGING</b></main>'",
            false,
        ),
        (
            shown,
            "here.innerHTML = '<b class=mark>STAGING</b><div style=\"position:fixed;inset:0;background:#fff\"></div>'",
            false,
        ),
        (shown, "here.innerHTML = '<svg width=200 height=40><text class=mark y=20>STAGING</text></svg>'", false),
        (shown, "here.innerHTML = '<canvas width=200 height=40><b class=mark>STAGING</b></canvas>'", false),
    ];
    let swift = dcdb_purchase_e2e::browser::Manners { element: std::time::Duration::from_millis(50), ..manners() };
    with_page(page, swift, async |bench| {
        for (yaml, made, counts) in cases {
            let mut address = bench.address.clone();
            address.query_pairs_mut().append_pair("made", made);
            bench.visit.go(&address).await.expect("the page");
            let end = crate::bench::at("{ css: '#end' }");
            let end = bench.visit.at("test page", &end).within(std::time::Duration::from_secs(5));
            end.should(Condition::Visible).await.expect("the page");
            assert_eq!(seen(bench, yaml).await.is_ok(), *counts, "{yaml}: {made}");
        }
    });
}

#[test]
fn a_cookie_that_another_of_its_name_contradicts_does_not_count() {
    let page = "<p>Here</p><script>document.cookie = 'env=staging; path=/'; document.cookie = 'env=production; path=/second'</script>";
    with_page_over_each_channel(page, manners(), async |bench| {
        bench.visit.arrive(&bench.place("/", crate::bench::at("{ text: Here }"))).await.expect("the page");
        assert_eq!(seen(bench, "{ cookie: env, is: staging }").await, Ok(()));
        bench.visit.go(&bench.address.join("second").expect("an address")).await.expect("the second page");
        bench.visit.arrive(&bench.place("/second", crate::bench::at("{ role: heading }"))).await.expect("the page");
        for value in ["staging", "production"] {
            assert!(seen(bench, &format!("{{ cookie: env, is: {value} }}")).await.is_err(), "{value}");
        }
    });
}
