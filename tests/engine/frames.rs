//! Frames within pages: of the same site and of another, one in another.

use std::rc::Rc;

use axum::{Router, response::Html, routing::get};
use dcdb_purchase_e2e::{
    browser::{Condition, Inquiry, Manners, Session, Spot, Visit, launch},
    domain::{Class, class_of},
    target::{Hosts, Locator},
};
use tokio::task::LocalSet;
use url::Url;

use crate::bench::{at, firefox, impatient, manners, serve, text_of, with_page, with_page_over_each_channel};

/// What is in each frame: a form, and a button far down.
const FORM: &str = "<!doctype html><title>Form</title><body><main><label>Card <input></label>
    <label>Bank <select><option>First<option>Second</select></label><p id=log>-</p><div style=height:900px></div>
    <button onclick=\"log.textContent = 'paid by ' + document.querySelector('input').value\">Pay</button></main>";

/// Frames as pages have them: with borders, far down, one in another.
const PAGE: &str =
    "<!doctype html><title>Page</title><link rel=icon href=data:,><body><h1>Order</h1><div style=height:1500px></div>
    <style>iframe { border: 7px solid; padding: 11px; width: 400px; height: 200px; margin-left: 50px }</style>
    <iframe class=own title='Own form' src=/form></iframe><iframe class=foreign title='Form of the bank'></iframe>
    <iframe class=outer title=Outer src=/outer></iframe>
    <script>document.querySelector('.foreign').src = `http://localhost:${location.port}/form`</script>";
const OUTER: &str = "<!doctype html><title>Outer</title><body><div style=height:300px></div><iframe class=inner style='border:3px solid'></iframe>
    <script>document.querySelector('iframe').src = `http://localhost:${location.port}/form`</script>";

const FRAMES: [&str; 3] =
    ["frame: { css: .own }", "frame: { css: .foreign }", "frame: { css: .inner, frame: { css: .outer } }"];

/// A page with frames, opened.
async fn opened(visit: &Visit) {
    let router = Router::new()
        .route("/page", get(|| async { Html(PAGE) }))
        .route("/outer", get(|| async { Html(OUTER) }))
        .route("/form", get(|| async { Html(FORM) }));
    let address: Url = serve(router).await;
    visit.go(&address.join("page").expect("an address")).await.expect("the page");
}

fn of_both_sites() -> Manners {
    Manners { hosts: Hosts::of(&["127.0.0.1", "localhost"]), ..manners() }
}

fn inside(what: &str, frame: &str) -> Locator {
    at(&format!("{{ {what}, {frame} }}"))
}

async fn use_each(visit: &Visit) {
    opened(visit).await;
    for frame in FRAMES {
        let spot = |what: &str| visit.at("test page", &inside(what, frame));
        spot("label: Card").fill("4111").await.expect(frame);
        spot("label: Card").should(Condition::Value("4111".into())).await.expect(frame);
        spot("label: Bank").choose_native(&"Second".into()).await.expect(frame);
        spot("role: button, name: Pay").click().await.expect(frame);
        spot("css: '#log'").should(Condition::Shows("paid by 4111".into())).await.expect(frame);
        let heading = visit.at("test page", &at("{ role: heading, name: Order }"));
        heading.should(Condition::Visible).await.expect("the page itself");
        let both = [(heading, Condition::Visible), (spot("label: Bank"), Condition::Value("Second".into()))];
        Spot::each_should(&both).await.expect(frame);
        let now = spot("css: '#log'").now().await.expect("asked").expect("there");
        assert_eq!(now.text, "paid by 4111", "{frame}");
        let tree = visit.tree("test page", &inside("role: main", frame)).await.expect(frame);
        assert!(tree.contains("- combobox \"Bank\": \"Second\"") && !tree.contains("Order"), "{frame}: {tree}");
    }
}

#[test]
fn what_is_in_a_frame_is_filled_chosen_pressed_and_read_wherever_its_document_comes_from() {
    with_page_over_each_channel("<h1>Before</h1>", of_both_sites(), async |bench| use_each(&bench.visit).await);
}

#[test]
fn so_it_is_in_firefox_where_there_is_one() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    LocalSet::new().block_on(&runtime, async {
        let Some(settings) = firefox().await else { return };
        let driver = launch::launch(&settings).await.expect("a driver");
        let session = Session::start(driver.url(), driver.capabilities(&settings)).await.expect("a browser");
        let visit = session.visit(Rc::new(of_both_sites())).await.expect("a context");
        use_each(&visit).await;
        visit.close().await.expect("closed");
        session.close().await.expect("closed");
        driver.end().await.expect("ended");
    });
}

#[test]
fn a_frame_of_a_host_that_is_not_listed_is_not_acted_in() {
    with_page_over_each_channel("<h1>Before</h1>", manners(), async |bench| {
        opened(&bench.visit).await;
        let error = bench.visit.at("test page", &inside("label: Card", FRAMES[1])).fill("4111").await;
        let error = error.expect_err("not listed");
        assert_eq!(class_of(&error), Class::Guard, "{error:#}");
        let own = bench.visit.at("test page", &inside("label: Card", FRAMES[0]));
        own.fill("4111").await.expect("its own is");
    });
}

#[test]
fn a_failure_says_which_frames_were_not_looked_into() {
    with_page("<h1>Before</h1>", impatient(), async |bench| {
        opened(&bench.visit).await;
        let missing = bench.visit.at("test page", &at("{ label: Card }")).should(Condition::Visible).await;
        let text = text_of(bench, missing);
        assert!(text.contains("a frame (Form of the bank) was not looked into"), "{text}");
        let missing = inside("label: Card", "frame: { css: .none }");
        let text = text_of(bench, bench.visit.at("test page", &missing).should(Condition::Visible).await);
        assert!(text.contains("saw      of its frame: nothing like it is on the page"), "{text}");
        assert!(text.contains("located  by control labelled \"Card\" in the frame CSS .none"), "{text}");
        // Whoever reads it as it is waits for its frame as well.
        let text = text_of(bench, bench.visit.read_each("test page", &[Inquiry::Now(missing)]).await);
        assert!(
            text.starts_with("test page: control labelled \"Card\" in the frame CSS .none should be read\n"),
            "{text}"
        );
        assert!(text.contains("located  by control labelled \"Card\" in the frame CSS .none"), "{text}");
    });
}

#[test]
fn what_lies_over_a_frame_keeps_its_button_from_being_pressed_and_one_that_slides_over_it_at_the_press_does_not_take_it()
 {
    let html = "<style>iframe { width: 300px; height: 120px } #cover { position: absolute; inset: 0; background: #eee }</style>
        <iframe srcdoc=\"<button onclick='this.textContent=`Paid`'>Pay</button>\"></iframe><p id=cover hidden>Ad</p><p id=log>-</p>
        <script>cover.onclick = () => { cover.remove(); log.textContent = 'lost' };
        const slide = () => { if (window.sliding) { cover.hidden = false; setTimeout(() => cover.remove(), 300) } };
        document.querySelector('iframe').onpointerenter = slide;
        function lie() { cover.hidden = false } function late() { window.sliding = true }</script>
        <button style='position:relative;z-index:1;margin-top:20px' onclick=lie()>Cover</button><button onclick=late()>Slide</button>";
    with_page_over_each_channel(html, impatient(), async |bench| {
        let pay = || bench.visit.at("test page", &at("{ role: button, name: Pay, frame: { css: iframe } }"));
        let paid = || bench.visit.at("test page", &at("{ role: button, name: Paid, frame: { css: iframe } }"));
        bench.visit.at("test page", &at("{ role: button, name: Slide }")).click().await.expect("a click");
        pay().click().await.expect("a press, if not at once");
        paid().should(Condition::Visible).await.expect("paid");
        bench
            .visit
            .at("test page", &at("{ css: '#log' }"))
            .should(Condition::Shows("-".into()))
            .await
            .expect("no other press");
    });
    with_page(html, impatient(), async |bench| {
        bench.visit.at("test page", &at("{ role: button, name: Cover }")).click().await.expect("a click");
        let pay = bench.visit.at("test page", &at("{ role: button, name: Pay, frame: { css: iframe } }"));
        let text = text_of(bench, pay.click().await);
        assert!(
            text.contains("covered by p \"Ad\": a frame (about:srcdoc)")
                || text.contains("covered by paragraph \"Ad\": a frame (about:srcdoc)"),
            "{text}"
        );
    });
}

#[test]
fn what_is_in_a_frame_that_is_gone_is_gone() {
    let html = "<iframe class=here srcdoc='<p>Order</p>'></iframe><iframe class=hidden srcdoc='<p>Order</p>' style=display:none></iframe>";
    with_page(html, impatient(), async |bench| {
        let spot =
            |frame: &str| bench.visit.at("test page", &inside("text: Order", &format!("frame: {{ css: .{frame} }}")));
        for frame in ["none", "hidden"] {
            for condition in [Condition::Absent, Condition::Unoffered, Condition::Count(0)] {
                let gone = spot(frame).should(condition).await;
                gone.unwrap_or_else(|error| panic!("{frame}: {error:#}"));
            }
            Spot::each_should(&[(spot(frame), Condition::Absent)]).await.unwrap_or_else(|error| panic!("{error:#}"));
        }
        spot("none").should(Condition::Visible).await.expect_err("it is gone");
        let there = text_of(bench, spot("here").should(Condition::Absent).await);
        assert!(there.contains("still there: paragraph"), "{there}");
    });
}
