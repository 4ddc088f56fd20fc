//! Pages that break what scripts rely on, never rest, or are far too much: used where a person could use them, told as the product's
//! where not, each within its time; and the next scenario finds its browser alive.

use std::{
    rc::Rc,
    time::{Duration, Instant},
};

use axum::{Router, extract::Path, response::Html, routing::get};
use dcdb_purchase_e2e::{
    browser::{Condition, Manners},
    domain::{Class, class_of},
    target::Text,
};

use crate::{
    bench::{CHANNELS, Channel, at, impatient, manners, serve},
    survival::{goes_on, with_session},
};

/// What a page does to its own world.
const BROKEN_WORLDS: &[(&str, &str)] = &[
    ("JSON", "window.JSON = { stringify: () => 'no', parse: () => ({}) }"),
    ("Array.prototype.toJSON", "Array.prototype.toJSON = function () { return 'no' }"),
    ("Object.prototype.toJSON", "Object.prototype.toJSON = function () { return 'no' }"),
    ("String.prototype.toJSON", "String.prototype.toJSON = function () { return 'no' }"),
    ("Promise", "window.Promise = function () {}"),
    ("timers", "window.setTimeout = window.setInterval = window.requestAnimationFrame = () => 0"),
    ("clocks", "performance.now = Date.now = () => 0"),
    ("no observers", "delete window.MutationObserver"),
    ("no colours", "window.getComputedStyle = undefined"),
    ("observers", "window.MutationObserver = class { observe() {} disconnect() {} }"),
    (
        "collections",
        "window.Map = window.Set = class { has() { return true } get() { return 0 } set() {} add() {} }; Array.prototype.map = Array.prototype.filter = () => []",
    ),
    ("the size of its window", "Object.defineProperty(window, 'innerWidth', { value: 0 })"),
    ("texts", "String.prototype.trim = String.prototype.replace = () => 'no'"),
];

#[test]
fn a_page_that_breaks_its_own_world_is_used_or_told_as_the_product_s() {
    for channel in CHANNELS {
        with_session(channel, async |session, _, _| {
            let page = |Path(which): Path<usize>| async move {
                let (_, breaks) = BROKEN_WORLDS[which];
                Html(format!(
                    "<!doctype html><link rel=icon href=data:,><main><h1>Shop</h1><button onclick=\"log.textContent='bought'\">Buy</button><label>Zone <select><option>Zone 1<option>Zone 2</select></label><p id=log>-</p></main><script>{breaks}</script>"
                ))
            };
            let address = serve(Router::new().route("/{which}", get(page))).await;
            for (which, (name, _)) in BROKEN_WORLDS.iter().enumerate() {
                let visit = session.visit(Rc::new(manners())).await.expect("a context");
                visit.go(&address.join(&which.to_string()).expect("an address")).await.expect(name);
                let spot = |locator: &str| visit.at("test page", &at(locator));
                let used = async {
                    spot("{ role: button, name: Buy }").click().await?;
                    spot("{ css: '#log' }").should(Condition::Shows(Text::from("bought"))).await?;
                    spot("{ label: Zone }").choose_native(&Text::from("Zone 2")).await?;
                    spot("{ label: Zone }").should(Condition::Value(Text::from("Zone 2"))).await
                };
                // A person could; a driver's own scripts, which run in that world, cannot always, and say why.
                if let Err(error) = used.await {
                    assert_eq!(class_of(&error), Class::Product, "{channel:?}: {name}: {error:#}");
                }
                visit.close().await.expect("closed");
            }
        });
    }
}

/// What never rests or is too much, and over which channels that is tried. Messages of more than 16 MiB, and answers, are more than
/// a WebSocket takes unless told to.
const RESTLESS: &[(&str, &str, &[Channel])] = &[
    ("reloads for ever", "<h1>Shop</h1><script>location.reload()</script>", &CHANNELS),
    (
        "sends itself on for ever",
        "<h1>Shop</h1><script>location = location.pathname + '?' + Math.random()</script>",
        &CHANNELS,
    ),
    ("says 20 MB at once", "<h1>Shop</h1><script>console.error('x'.repeat(2e7))</script>", &CHANNELS),
    (
        "says 100 MB in pieces",
        "<h1>Shop</h1><script>for (let i = 0; i < 100; i++) console.error('x'.repeat(1e6))</script>",
        &[Channel::Bidi],
    ),
    (
        "is named by 20 MB",
        "<h1 aria-label=Shop>Shop</h1><button></button><script>document.querySelector('button').ariaLabel = 'x'.repeat(2e7)</script>",
        &CHANNELS,
    ),
];

#[test]
fn a_page_that_never_rests_or_is_too_much_is_the_product_s_and_the_browser_lives_on() {
    for channel in CHANNELS {
        with_session(channel, async |session, here, _| {
            let page = |Path(which): Path<usize>| async move {
                Html(format!("<!doctype html><link rel=icon href=data:,><main>{}</main>", RESTLESS[which].1))
            };
            let address = serve(Router::new().route("/{which}", get(page))).await;
            let two = Duration::from_secs(2);
            let swift = Manners { element: two, arrival: two, load: two, ..manners() };
            for (which, (name, ..)) in RESTLESS.iter().enumerate().filter(|(_, (.., over))| over.contains(&channel)) {
                let begun = Instant::now();
                let visit = session.visit(Rc::new(swift.clone())).await.expect("a context");
                let used = async {
                    visit.go(&address.join(&which.to_string()).expect("an address")).await?;
                    visit.at("test page", &at("{ role: button, name: Buy }")).should(Condition::Visible).await
                };
                let error = used.await.expect_err(name);
                let text = format!("{error:#}");
                assert_eq!(class_of(&error), Class::Product, "{channel:?}: {name}: {text}");
                assert!(begun.elapsed() < Duration::from_secs(30), "{channel:?}: {name}: {:?}", begun.elapsed());
                assert!(text.len() < 5_000, "{channel:?}: {name}: a message of {} bytes", text.len());
                if let Some(sight) = visit.witness().await.expect("no alert") {
                    assert!(sight.tree.len() < 1_100_000, "{channel:?}: {name}: {} bytes are kept", sight.tree.len());
                    let is_cut = sight.tree.len() < 1_000_000 || sight.tree.ends_with("characters in all)");
                    assert!(is_cut, "{channel:?}: {name}: cut without a word");
                }
                let said = visit.said();
                let longest = said.iter().map(|said| said.text.len()).max().unwrap_or_default();
                assert!(longest < 5_000, "{channel:?}: {name}: {longest} bytes of one line of the console are kept");
                assert!(said.len() <= 101, "{channel:?}: {name}: {} lines of the console are kept", said.len());
                visit.close().await.expect(name);
                let next = session.visit(Rc::new(manners())).await.expect(name);
                next.go(here).await.expect(name);
                next.at("test page", &at("{ role: heading, name: Here }"))
                    .should(Condition::Visible)
                    .await
                    .expect(name);
                next.close().await.expect(name);
            }
        });
    }
}

/// What neither answers nor goes, once its link was pressed.
const UNANSWERING: &[(&str, &str)] = &[
    ("is left for a page that never comes", "<a href=/never>On</a>"),
    (
        "has replaced its timers",
        "<a href='#'>On</a><script>window.setTimeout = window.requestAnimationFrame = () => 0</script>",
    ),
];

async fn shop(link: &'static str) -> url::Url {
    let page = move || async move { Html(format!("<!doctype html><link rel=icon href=data:,><h1>Shop</h1>{link}")) };
    let never = || async { std::future::pending::<Html<String>>().await };
    serve(Router::new().route("/", get(page)).route("/never", get(never))).await
}

#[test]
fn a_page_that_no_answer_comes_from_is_the_product_s_in_its_time_and_the_browser_lives_on() {
    for channel in CHANNELS {
        with_session(channel, async |session, here, _| {
            for (name, link) in UNANSWERING {
                let address = shop(link).await;
                let visit = session.visit(Rc::new(impatient())).await.expect("a context");
                visit.go(&address).await.expect(name);
                visit.at("test page", &at("{ role: link }")).click().await.expect(name);
                let begun = Instant::now();
                let gone = at("{ role: heading, name: Gone }");
                let error = visit.at("test page", &gone).should(Condition::Visible).await.expect_err(name);
                assert_eq!(class_of(&error), Class::Product, "{channel:?}: {name}: {error:#}");
                // A tenth of what a driver would give it.
                assert!(begun.elapsed() < Duration::from_secs(12), "{channel:?}: {name}: {:?}", begun.elapsed());
                visit.close().await.expect(name);
                goes_on(session, here).await;
            }
        });
    }
}

fn a_page_that_is_taken_up_by_a_press(channel: Channel) {
    with_session(channel, async |session, _, _| {
        let address = shop("<a href=/ onclick='for (;;);'>On</a>").await;
        let visit = session.visit(Rc::new(manners())).await.expect("a context");
        visit.go(&address).await.expect("the page");
        let error = visit.at("test page", &at("{ role: link }")).click().await.expect_err("it takes the press");
        assert_eq!(class_of(&error), Class::Product, "{channel:?}: {error:#}");
        assert!(format!("{error:#}").contains("took neither pointer nor keys"), "{error:#}");
    });
}

#[test]
fn a_page_that_is_taken_up_by_a_press_is_the_product_s() {
    a_page_that_is_taken_up_by_a_press(Channel::Own);
}

#[test]
fn so_it_is_where_it_takes_up_the_driver() {
    a_page_that_is_taken_up_by_a_press(Channel::Bidi);
}
