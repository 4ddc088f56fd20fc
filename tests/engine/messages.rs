//! What failures say, to the letter.

use std::time::{Duration, Instant};

use dcdb_purchase_e2e::{
    browser::{Condition, Manners},
    domain::{Class, class_of},
    target::Text,
};

use crate::bench::{Bench, SHORT, at, impatient, text_of, with_page};

async fn says(bench: &Bench, locator: &str, condition: Condition, text: &str) {
    let locator = at(locator);
    let failed = bench.visit.at("test page", &locator).should(condition).await;
    assert_eq!(failed.as_ref().err().map(class_of), Some(Class::Product));
    assert_eq!(text_of(bench, failed), text);
}

async fn click_says(bench: &Bench, locator: &str, text: &str) {
    let locator = at(locator);
    assert_eq!(text_of(bench, bench.visit.at("test page", &locator).click().await), text);
}

#[test]
fn what_is_not_there_is_told_with_what_comes_near() {
    let html = "<main><button>Purchase later</button><a href=/second>Purchase Now!</a><p>Nothing else</p></main>";
    with_page(html, impatient(), async |bench| {
        let expected = "test page: button \"Purchase Now\" should be there\n  saw      nothing like it is on the page\n  at       http://test/\n  located  by button \"Purchase Now\"\n  near     button \"Purchase later\", link \"Purchase Now!\"\n  waited";
        says(bench, "{ role: button, name: Purchase Now }", Condition::Visible, expected).await;
    });
}

#[test]
fn what_is_there_twice_is_told_with_both() {
    with_page("<main><button>Go</button><button disabled>Go</button></main>", impatient(), async |bench| {
        let expected = "test page: button \"Go\" should take a click\n  saw      2 of them, where there should be one: button \"Go\"; button \"Go\" [disabled]\n  at       http://test/\n  located  by button \"Go\"\n  near     button \"Go\", button \"Go\" [disabled]\n  waited";
        click_says(bench, "{ role: button, name: Go }", expected).await;
    });
}

#[test]
fn what_cannot_be_used_is_told_with_why() {
    let html = "<style>#cover{position:fixed;inset:0 0 auto 0;height:80px;background:#eee;z-index:1}#slide{position:absolute;top:200px;animation:slide 1s linear infinite}@keyframes slide{from{left:0}to{left:600px}}</style>\
        <div id=cover role=banner aria-label=Cover></div><button style='position:absolute;top:20px'>Under</button><button id=slide>Slides</button><button disabled style='margin-top:300px'>Off</button>\
        <button style='visibility:hidden'>Hidden</button>";
    with_page(html, impatient(), async |bench| {
        click_says(bench, "{ role: button, name: Under }", "test page: button \"Under\" should take a click\n  saw      covered by banner \"Cover\": button \"Under\"\n  at       http://test/\n  located  by button \"Under\"\n  near     button \"Under\", button \"Slides\", button \"Hidden\" [not visible], button \"Off\" [disabled]\n  waited").await;
        click_says(bench, "{ role: button, name: Off }", "test page: button \"Off\" should take a click\n  saw      there, but disabled: button \"Off\" [disabled]\n  at       http://test/\n  located  by button \"Off\"\n  near     button \"Off\" [disabled], button \"Under\", button \"Slides\", button \"Hidden\" [not visible]\n  waited").await;
        let moving = at("{ role: button, name: Slides }");
        let said = text_of(bench, bench.visit.at("test page", &moving).click().await);
        assert!(said.contains("saw      moving: button \"Slides\""), "{said}");
        let hidden = at("{ role: button, name: Hidden }");
        let said = text_of(bench, bench.visit.at("test page", &hidden).click().await);
        assert!(said.contains("saw      nothing like it is on the page"), "{said}");
    });
}

#[test]
fn what_the_page_says_of_it_is_quoted_where_a_button_cannot_be_pressed() {
    let html = "<div role=alert>No VPC in this region</div><div role=alert hidden>Not this</div>\
        <input aria-label=Disk aria-invalid=true aria-describedby=why><p id=why>Enter 10 to 500 GB.</p><button disabled>Buy</button>";
    with_page(html, impatient(), async |bench| {
        click_says(bench, "{ role: button, name: Buy }", "test page: button \"Buy\" should take a click\n  saw      there, but disabled: button \"Buy\" [disabled]\n  page     says \"No VPC in this region\"\n  page     says \"Enter 10 to 500 GB.\"\n  at       http://test/\n  located  by button \"Buy\"\n  near     button \"Buy\" [disabled]\n  waited").await;
    });
}

#[test]
fn what_is_not_on_offer_is_absent_or_disabled() {
    let html = "<button disabled>Pay</button><button>Cancel</button>";
    with_page(html, impatient(), async |bench| {
        for name in ["Pay", "Refund"] {
            let locator = at(&format!("{{ role: button, name: {name} }}"));
            bench.visit.at("test page", &locator).should(Condition::Unoffered).await.expect(name);
        }
        let expected = "test page: button \"Cancel\" should not be on offer\n  saw      on offer: button \"Cancel\"\n  at       http://test/\n  located  by button \"Cancel\"";
        let failed =
            bench.visit.at("test page", &at("{ role: button, name: Cancel }")).should(Condition::Unoffered).await;
        assert!(text_of(bench, failed).starts_with(expected));
    });
}

#[test]
fn another_text_is_told_as_seen() {
    let html = "<main><dl><dt>Total fee</dt><dd>¥1,440.00</dd></dl><label>Disk <input value=10></label></main>";
    with_page(html, impatient(), async |bench| {
        let fee = at("{ beside: Total fee }");
        let failed = bench
            .visit
            .at("check page", &fee)
            .called("the total fee")
            .should(Condition::Shows(Text::from("¥1,200.00")))
            .await;
        let expected = "check page: the total fee should show \"¥1,200.00\"\n  saw      \"¥1,440.00\"\n  at       http://test/\n  located  by value beside \"Total fee\"\n  near     term \"Total fee\"\n  waited";
        assert_eq!(text_of(bench, failed), expected);
        says(bench, "{ label: Disk }", Condition::Value(Text::from("500")), "test page: control labelled \"Disk\" should hold \"500\"\n  saw      \"10\"\n  at       http://test/\n  located  by control labelled \"Disk\"\n  near     textbox \"Disk\"\n  waited").await;
        says(bench, "{ beside: Total fee }", Condition::Absent, "test page: value beside \"Total fee\" should not be there\n  saw      still there: definition \"¥1,440.00\"\n  at       http://test/\n  located  by value beside \"Total fee\"\n  waited").await;
    });
}

#[test]
fn the_wrong_page_and_a_tab_that_does_not_open_are_told_with_where_one_is() {
    with_page("<main><h1>First</h1><a href=/second>Go on</a></main>", impatient(), async |bench| {
        let second = bench.place("/second", at("{ role: heading, name: Second }"));
        let expected = "test page: the page should open at http://test/second and show heading \"Second\"\n  saw      at http://test/\n  at       http://test/\n  located  by heading \"Second\"\n  near     heading \"First\"\n  waited";
        assert_eq!(text_of(bench, bench.visit.arrive_within(&second, SHORT).await), expected);
        let link = at("{ role: link, name: Go on }");
        bench.visit.at("test page", &link).click().await.expect("a click");
        let failed = bench.visit.follow_new_tab("test page", "link \"Go on\"").await;
        assert_eq!(
            text_of(bench, failed),
            "test page: link \"Go on\" should open a new tab\n  saw      no new tab\n  at       http://test/second\n  waited"
        );
        bench.visit.arrive(&second).await.expect("the second page");
    });
}

#[test]
fn an_alert_in_the_way_is_told_with_its_text() {
    let _complaints =
        with_page("<main><button onclick='alert(\"Are you sure?\")'>Ask</button></main>", impatient(), async |bench| {
            let ask = at("{ role: button, name: Ask }");
            let clicked = bench.visit.at("test page", &ask).click().await;
            let failed = match clicked {
                Ok(()) => bench.visit.at("test page", &ask).should(Condition::Visible).await,
                Err(error) => Err(error),
            };
            assert_eq!(failed.as_ref().err().map(class_of), Some(Class::Product));
            assert!(text_of(bench, failed).contains("the page put an alert in the way: \"Are you sure?\""));
        });
}

#[test]
fn a_page_that_does_not_answer_after_a_press_is_told_with_its_address() {
    let html = "<main><h1>Here</h1><a href=/never>On</a></main>";
    with_page(html, Manners { arrival: SHORT, ..impatient() }, async |bench| {
        bench.visit.at("test page", &at("{ role: link }")).click().await.expect("a click");
        let begun = Instant::now();
        let second = bench.place("/second", at("{ role: heading, name: Second }"));
        let error = bench.visit.arrive(&second).await.expect_err("it came");
        assert_eq!(class_of(&error), Class::Product, "{error:#}");
        assert_eq!(
            text_of(bench, Err::<(), _>(error)),
            "test page: the page should open at http://test/second and show heading \"Second\"\n  saw      no page\n  left     for http://test/never, from where no page has come\n  located  by heading \"Second\"\n  waited\n  site     its start page http://test/ answers 200: only this page fails"
        );
        let heading = bench.visit.at("test page", &at("{ role: heading }"));
        assert!(text_of(bench, heading.text().await).contains("from where no page has come"));
        assert!(begun.elapsed() < Duration::from_secs(6), "after {:?}", begun.elapsed());
    });
}
