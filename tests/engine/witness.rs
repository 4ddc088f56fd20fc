//! What is kept of pages: their state, what they asked for and said, and pictures without secrets.

use dcdb_purchase_e2e::{
    browser::{Condition, Extent},
    evidence::{Redaction, page::inert},
};

use crate::bench::{at, manners, with_page, with_page_over_each_channel};

#[test]
fn a_page_is_kept_as_it_is_with_what_it_asked_for_since() {
    let page =
        "<main><h1>First</h1><a href=/second>Go on</a><input type=password aria-label=Password value=hushhush></main>";
    with_page(page, manners(), async |bench| {
        // Loaded: what has not been answered yet is told of the next time.
        let heading = at("{ role: heading, name: First }");
        bench.visit.at("test page", &heading).should(Condition::Visible).await.expect("there");
        let first = bench.visit.witness().await.expect("no alert").expect("a page");
        assert_eq!(first.address, bench.address.as_str());
        assert!(first.tree.contains("- heading \"First\" [level=1]"), "{}", first.tree);
        assert!(!first.tree.contains("hushhush"), "{}", first.tree);
        let asked: Vec<_> =
            first.requests.iter().map(|one| (one.url.as_str(), one.kind.as_str(), one.status)).collect();
        assert_eq!(asked, [(bench.address.as_str(), "navigation", Some(200))]);
        let again = bench.visit.witness().await.expect("no alert").expect("a page");
        assert_eq!((&again.tree, again.requests.len()), (&first.tree, 0));
        bench.visit.at("test page", &at("{ role: link, name: Go on }")).click().await.expect("a click");
        bench
            .visit
            .at("test page", &at("{ role: heading, name: Second }"))
            .should(Condition::Visible)
            .await
            .expect("there");
        let second = bench.visit.witness().await.expect("no alert").expect("a page");
        assert_eq!(second.requests.len(), 1);
        assert!(second.address.ends_with("/second"), "{}", second.address);
    });
}

#[test]
fn secrets_are_black_in_pictures_and_only_there() {
    let page = "<input id=secret type=password aria-label=Password style='width:300px'><input autocomplete=one-time-code aria-label=Code>";
    with_page_over_each_channel(page, manners(), async |bench| {
        let fill = async |name: &str, text: &str| {
            bench.visit.at("test page", &at(&format!("{{ label: {name} }}"))).fill(text).await.expect("filled")
        };
        let open = async |extent| bench.visit.picture(extent).await.expect("a picture");
        let veiled = async |extent| bench.visit.veiled_picture(extent).await.expect("a picture");
        for extent in [Extent::Viewport, Extent::Document] {
            fill("Password", "one").await;
            fill("Code", "1").await;
            let (before, covered) = (open(extent).await, veiled(extent).await);
            assert_ne!(before, covered, "nothing was covered");
            assert_eq!(before, open(extent).await, "the cover stayed");
            fill("Password", "another").await;
            fill("Code", "2345").await;
            assert_ne!(before, open(extent).await, "the pictures cannot tell");
            assert_eq!(covered, veiled(extent).await, "something shines through");
        }
    });
}

#[test]
fn a_picture_is_of_what_is_seen_or_of_the_whole_page() {
    // What is typed is covered above, and repeated where one would have to scroll to.
    let page = "<input type=password aria-label=Typed oninput='repeated.textContent = value'><p id=repeated style='margin-top: 3000px'>";
    with_page_over_each_channel(page, manners(), async |bench| {
        let mut pictures = Vec::new();
        for text in ["one", "two"] {
            bench.visit.at("test page", &at("{ label: Typed }")).fill(text).await.expect("filled");
            let seen = bench.visit.veiled_picture(Extent::Viewport).await.expect("a picture");
            pictures.push((seen, bench.visit.veiled_picture(Extent::Document).await.expect("a picture")));
        }
        assert_eq!(pictures[0].0, pictures[1].0, "more than is seen");
        assert_ne!(pictures[0].1, pictures[1].1, "less than the whole page");
    });
}

#[test]
fn an_alert_over_the_page_is_told_of() {
    let page = "<button onclick='setTimeout(() => alert(\"Sold out\"))'>Buy</button>";
    with_page(page, manners(), async |bench| {
        bench.visit.at("test page", &at("{ role: button, name: Buy }")).click().await.expect("a click");
        let mut told = None;
        // The alert comes when the browser gets to it.
        for _ in 0..50 {
            if let Err(error) = bench.visit.witness().await {
                told = Some(error.to_string());
                break;
            }
        }
        let told = told.expect("told of");
        assert!(told.starts_with("the page put an alert in the way: \"Sold out\"\n"), "{told}");
    });
}

#[test]
fn all_that_a_page_says_is_heard_and_only_errors_are_complaints() {
    let page = "<button onclick='console.log(\"hello\"); console.warn(\"careful\"); console.error(\"help\"); this.remove()'>Speak</button>";
    let over_each = with_page_over_each_channel(page, manners(), async |bench| {
        bench.visit.at("test page", &at("{ role: button, name: Speak }")).click().await.expect("a click");
        bench
            .visit
            .at("test page", &at("{ role: button, name: Speak }"))
            .should(Condition::Absent)
            .await
            .expect("gone");
        // What was said comes over a socket of its own, perhaps after the answer to the look.
        let all = async {
            while bench.visit.said().len() < 3 {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(std::time::Duration::from_secs(10), all).await.expect("three things said");
        let said: Vec<_> = bench.visit.said().into_iter().map(|said| (said.kind, said.text)).collect();
        let said: Vec<_> = said.iter().map(|(kind, text)| (kind.as_str(), text.as_str())).collect();
        assert_eq!(said, [("info", "hello"), ("warn", "careful"), ("error", "help")]);
    });
    assert_eq!(over_each.map(|complaints| complaints.len()), [1, 1]);
}

#[test]
fn the_whole_page_is_kept_with_what_only_it_knows() {
    let page = "<!doctype html><title>Shop</title><style>h1 { color: red }</style><h1>Whole</h1><label>Name <input id=name></label>\
        <input type=checkbox aria-label=Agree><input type=password aria-label=Password><p data-secret>4321</p><own-part></own-part>\
        <iframe title=Advert style='width:90px;height:40px'></iframe><script>\
        document.styleSheets[0].insertRule('h1 { margin: 7px }', 1);\
        document.querySelector('own-part').attachShadow({ mode: 'open' }).innerHTML = '<style>b { top: 3px }</style><b>In the shade</b>';\
        </script>";
    with_page_over_each_channel(page, manners(), async |bench| {
        for (name, text) in [("Name", "typed \"here\""), ("Password", "hushhush")] {
            bench.visit.at("test page", &at(&format!("{{ label: {name} }}"))).fill(text).await.expect("filled");
        }
        bench.visit.at("test page", &at("{ role: checkbox, name: Agree }")).click().await.expect("checked");
        let kept = bench.visit.whole_page().await.expect("a page");
        assert!(kept.whole && !kept.quirks);
        let markup = inert(&kept.pieces.concat(), kept.quirks, kept.whole, &Redaction::default());
        for there in [
            "<title>Shop</title>",
            "margin: 7px",
            "value=\"typed &quot;here&quot;\"",
            "checked=\"\"",
            "<own-part><template shadowrootmode=\"open\"><style>b { top: 3px; }",
            "In the shade</b></template></own-part>",
            "iframe \"Advert\", not kept",
        ] {
            assert!(markup.contains(there), "{there} is not in {markup}");
        }
        for gone in ["hushhush", "4321", "<script", "<iframe"] {
            assert!(!markup.contains(gone), "{gone} is in {markup}");
        }
    });
}

#[test]
fn of_a_page_without_end_a_part_is_kept() {
    let page = "<main></main><script>for (let at = 0; at < 40; at += 1) { const one = document.createElement('p'); one.textContent = 'long '.repeat(20000); document.querySelector('main').append(one); }</script>";
    with_page(page, manners(), async |bench| {
        let kept = bench.visit.whole_page().await.expect("a page");
        let length: usize = kept.pieces.iter().map(String::len).sum();
        assert!(!kept.whole && (1_000_000..3_100_000).contains(&length), "{length}");
    });
}
