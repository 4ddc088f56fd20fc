//! What is typed is in the field that was meant, or the test fails and says what the field holds.

use std::time::Duration;

use dcdb_purchase_e2e::{
    browser::Condition,
    domain::{Class, class_of},
    target::Text,
};

use crate::bench::{Bench, at, impatient, text_of, with_page, with_page_over_each_channel};

async fn holds(bench: &Bench, locator: &str, text: &str) {
    let field = at(locator);
    let held = bench.visit.at("test page", &field).should(Condition::Value(Text::from(text))).await;
    held.unwrap_or_else(|error| panic!("{error:#}"));
}

const FIELDS: &str = "<label>Other <input value=kept></label><label>Late <input id=late value=old readonly></label><label>Keys <input value=old onkeydown=\"if(event.ctrlKey)event.preventDefault()\"></label>\
    <label>Swapped <input onfocus=\"const n=this.cloneNode();n.onfocus=null;this.replaceWith(n);n.focus()\"></label><label>Date <input type=date></label>\
    <label>Notes <textarea>old</textarea></label><div contenteditable role=textbox aria-label=Free>old</div><label>Number <input type=number value=3></label>\
    <label>Phone <input oninput=\"this.value=this.value.replace(/[^0-9]/g,'').replace(/(...)(?=.)/g,'$1 ')\"></label>\
    <script>setTimeout(()=>late.readOnly=false,300)</script>";

#[test]
fn a_field_holds_what_was_typed_once_that_has_succeeded() {
    with_page_over_each_channel(FIELDS, impatient(), async |bench| {
        for (label, text) in [
            ("Late", "new"),
            ("Keys", "new"),
            ("Swapped", "new"),
            ("Notes", "new"),
            ("Free", "new"),
            ("Number", "42"),
            ("Number", ""),
            ("Date", "2027-01-31"),
        ] {
            let field = format!("{{ label: {label} }}");
            let filled = bench.visit.at("test page", &at(&field)).fill(text).await;
            filled.unwrap_or_else(|error| panic!("{label}: {error:#}"));
            holds(bench, &field, text).await;
        }
        let phone = at("{ label: Phone }");
        bench.visit.at("test page", &phone).fill("1380000").await.expect_err("it is shown otherwise");
        let shown = Text::from("138 000 0");
        bench.visit.at("test page", &phone).shown_as(shown).fill("1380000").await.expect("as the profile says");
        holds(bench, "{ label: Other }", "kept").await;
    });
}

const REFUSING: &str = "<style>p{margin:0}</style><label>Other <input id=other value=kept></label><label>Expires <input readonly value=old onmousedown=event.preventDefault()></label><label>Off <input disabled value=old></label>\
    <label>Number <input type=number value=3></label><label>Short <input maxlength=3></label><label>Own <input oninput=\"this.value='mine'\"></label><label>Slider <input type=range></label>\
    <label>Box <input type=checkbox onchange=\"log.textContent='toggled'\"></label><label>Zone <select><option>One<option>new</select></label><div role=textbox aria-label=Div>old</div>\
    <label>Stolen <input onfocus=other.focus()></label><form onsubmit=\"log.textContent='sent';return false\"><label>Sent <input maxlength=2></label></form>\
    <label>Secret <input type=password maxlength=3></label><p id=log>-</p>";

#[test]
fn a_field_that_does_not_take_the_text_is_a_defect_and_nothing_else_takes_it() {
    with_page(REFUSING, impatient(), async |bench| {
        for (label, text, said) in [
            ("Expires", "new", "read-only"),
            ("Off", "new", "disabled"),
            ("Number", "abc", "holds \"\", not \"abc\""),
            ("Short", "abcdef", "holds \"abc\", not \"abcdef\""),
            ("Own", "new", "holds \"mine\", not \"new\""),
            ("Slider", "50", "takes no text"),
            ("Box", "new", "takes no text"),
            ("Zone", "new", "takes no text"),
            ("Div", "new", "takes no text"),
            ("Stolen", "new", "textbox \"Other\", which took the focus"),
            ("Secret", "s3cret", "does not hold what was typed"),
        ] {
            let filled = bench.visit.at("test page", &at(&format!("{{ label: {label} }}"))).fill(text).await;
            assert_eq!(filled.as_ref().map_err(class_of).expect_err(label), Class::Product, "{label}");
            let error = text_of(bench, filled);
            assert!(error.contains(said) && !error.contains("s3c"), "{error}");
        }
        let sent = bench.visit.at("test page", &at("{ label: Sent }")).fill_and_enter("abc").await;
        assert!(text_of(bench, sent).contains("holds \"ab\", not \"abc\""));
        holds(bench, "{ label: Other }", "kept").await;
        holds(bench, "{ css: '#log' }", "-").await;
    });
}

/// The price is computed as somebody types, and nothing else is looked at.
const FORM: &str = "<form oninput=\"log.textContent+=' input '+this.z.value\" onchange=\"log.textContent+=' change'\"><select name=z aria-label=Zone><option>One<option>Two</select></form><p id=log></p>";

#[test]
fn a_page_is_told_of_a_choice_as_of_a_persons() {
    with_page_over_each_channel(FORM, impatient(), async |bench| {
        for _ in 0..2 {
            bench
                .visit
                .at("test page", &at("{ label: Zone }"))
                .choose_native(&Text::from("Two"))
                .await
                .expect("chosen");
        }
        holds(bench, "{ css: '#log' }", "input Two change").await;
    });
}

#[test]
fn enter_is_pressed_in_a_field_that_holds_the_text() {
    let html = "<form action=/second><label>Find <input name=q></label></form>";
    with_page(html, impatient(), async |bench| {
        bench.visit.at("test page", &at("{ label: Find }")).fill_and_enter("ins-1").await.expect("sent");
        bench.visit.arrive(&bench.place("/second", at("{ role: heading, name: Second }"))).await.expect("led there");
    });
}

#[test]
fn a_native_select_offers_what_its_list_shows() {
    let html = "<style>.x{display:none}</style><label>Zone <select><option hidden selected>Choose<option>Zone 3<option hidden>Zone 4<option class=x>Zone 5\
        <option disabled>Zone 7<option>Zone 8<optgroup hidden label=Old><option>Zone 6</optgroup></select></label>";
    with_page(html, impatient(), async |bench| {
        let select = || bench.visit.at("test page", &at("{ label: Zone }")).within(Duration::from_millis(200));
        let offer = select().native_options().await.expect("options");
        assert_eq!(offer, [("Zone 3".into(), true), ("Zone 7".into(), false), ("Zone 8".into(), true)]);
        for option in ["Choose", "Zone 4", "Zone 5", "Zone 6"] {
            let said = text_of(bench, select().choose_native(&Text::from(option)).await);
            assert!(said.contains("it offers \"Zone 3\", \"Zone 7\" [disabled], \"Zone 8\""), "{said}");
        }
        bench.visit.put_mouse_away();
        select().choose_native(&Text::from("Zone 4")).await.expect_err("it is hidden");
        bench
            .visit
            .at("test page", &at("{ label: Zone }"))
            .choose_native(&Text::from("Zone 8"))
            .await
            .expect("offered");
        holds(bench, "{ label: Zone }", "Zone 8").await;
    });
}
