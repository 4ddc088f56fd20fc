//! Who has put the mouse away gets to everything by keys, or is told what keeps them from it.

use dcdb_purchase_e2e::{
    browser::Condition,
    domain::{Class, class_of},
    target::Text,
};

use crate::bench::{at, impatient, text_of, with_page, with_page_over_each_channel};

const USABLE: &str = "<a href='#x'>First</a><button onclick=\"log.textContent='pressed '+event.detail\">Go</button>\
    <label><input type=radio name=r checked>One</label><label><input type=radio name=r>Two</label><label><input type=radio name=r>Three</label>\
    <label>Box <input type=checkbox></label><label>Zone <select><option>North<option disabled>Nowhere<option>South</select></label>\
    <label>Name <input value=old></label><div role=listbox id=list tabindex=0 aria-label=List aria-activedescendant=one \
    onkeydown=\"if(event.key==='ArrowDown')this.setAttribute('aria-activedescendant','two');if(event.key==='Enter')log.textContent=this.getAttribute('aria-activedescendant')\">\
    <div role=option id=one>Early</div><div role=option id=two>Late</div></div><p id=log>-</p>";

#[test]
fn without_a_mouse_everything_is_gone_to_by_tab_and_arrows_and_used_by_the_key_that_uses_it() {
    with_page_over_each_channel(USABLE, impatient(), async |bench| {
        bench.visit.put_mouse_away();
        let spot = |locator: &str| bench.visit.at("test page", &at(locator));
        let shows = |text: &str| Condition::Shows(Text::from(text));
        let ended = async {
            spot("{ role: button, name: Go }").click().await?;
            // A press of the mouse would be its first.
            spot("{ css: '#log' }").should(shows("pressed 0")).await?;
            spot("{ role: radio, name: Three }").click().await?;
            spot("{ role: radio, name: Three }").should(Condition::Checked).await?;
            spot("{ label: Box }").click().await?;
            spot("{ label: Box }").should(Condition::Checked).await?;
            spot("{ label: Zone }").choose_native(&Text::from("South")).await?;
            spot("{ label: Zone }").should(Condition::Value(Text::from("South"))).await?;
            spot("{ label: Name }").fill("new").await?;
            spot("{ label: Name }").should(Condition::Value(Text::from("new"))).await?;
            spot("{ role: option, name: Late }").click().await?;
            spot("{ css: '#log' }").should(shows("two")).await?;
            // What stands before comes again after the last.
            spot("{ role: button, name: Go }").click().await?;
            spot("{ css: '#log' }").should(shows("pressed 0")).await
        };
        ended.await.unwrap_or_else(|error| panic!("{error:#}"));
    });
}

#[test]
fn a_dialog_that_takes_the_focus_as_it_opens_need_not_show_it() {
    const OPENED: &str = "<style>[role=dialog] { outline: none }</style><a href='#x'>First</a>\
        <div role=dialog aria-label=Confirm tabindex=-1><p>All is right?</p><button onclick=\"log.textContent='pressed'\">Yes</button></div>\
        <p id=log>-</p><script>document.querySelector('[role=dialog]').focus()</script>";
    with_page(OPENED, impatient(), async |bench| {
        bench.visit.put_mouse_away();
        let pressed = bench.visit.at("test page", &at("{ role: button, name: Yes }")).click().await;
        pressed.unwrap_or_else(|error| panic!("{error:#}"));
        let log = bench.visit.at("test page", &at("{ css: '#log' }"));
        log.should(Condition::Shows(Text::from("pressed"))).await.unwrap_or_else(|error| panic!("{error:#}"));
    });
}

#[test]
fn what_cannot_be_reached_left_or_seen_with_the_focus_is_a_defect() {
    macro_rules! before_what_is_wanted {
        ($page:literal) => {
            concat!($page, "<button tabindex=-1 onclick=\"log.textContent='pressed'\">Wanted</button><p id=log>-</p>")
        };
    }
    for (page, said) in [
        (
            before_what_is_wanted!("<a href='#a'>One</a><a href='#b'>Two</a>"),
            "come round without being on it; it was on",
        ),
        (
            before_what_is_wanted!(
                "<label>Trap <input onkeydown=\"if(event.key==='Tab')event.preventDefault()\"></label>"
            ),
            "the focus stays on textbox \"Trap\": Tab does not lead on",
        ),
        (
            before_what_is_wanted!("<a href='#a' style='outline:none'>Hidden</a><a href='#b'>Two</a>"),
            "the focus was on link \"Hidden\", and nothing showed it",
        ),
        (
            before_what_is_wanted!(
                "<style>button:focus{outline:none}</style><script>onload=()=>document.querySelector('button').tabIndex=0</script>"
            ),
            "the focus is on button \"Wanted\", and nothing shows it",
        ),
    ] {
        with_page(page, impatient(), async |bench| {
            bench.visit.put_mouse_away();
            let pressed = bench.visit.at("test page", &at("{ role: button, name: Wanted }")).click().await;
            assert_eq!(pressed.as_ref().map_err(class_of).expect_err(said), Class::Product, "{said}");
            let error = text_of(bench, pressed);
            assert!(error.contains(said) && error.contains("be reached and used by keyboard"), "{error}");
            let log = bench.visit.at("test page", &at("{ css: '#log' }")).text().await.expect("the log");
            assert_eq!(log, "-", "{said}");
        });
    }
}

/// Something takes the focus once it has come to what is wanted: before the key, or a little before or after.
#[test]
fn a_key_that_is_meant_for_one_thing_is_kept_from_another_that_took_the_focus() {
    let mut went = 0;
    for delay in (0..48).step_by(6) {
        let page = format!(
            "<a href='#x'>First</a><button id=go onclick=\"log.textContent += ' went'\">Go</button>\
            <button id=pay tabindex=-1 onclick=\"log.textContent += ' paid'\">Pay</button><p id=log>-</p>\
            <script>go.addEventListener('focus', () => setTimeout(() => pay.focus(), {delay}), {{ once: true }})</script>"
        );
        with_page(page.leak(), impatient(), async |bench| {
            bench.visit.put_mouse_away();
            let pressed = bench.visit.at("test page", &at("{ role: button, name: Go }")).click().await;
            let log = bench.visit.at("test page", &at("{ css: '#log' }"));
            if pressed.is_ok() {
                log.should(Condition::Shows(Text::from("- went"))).await.unwrap_or_else(|error| panic!("{error:#}"));
                went += 1;
            } else {
                // The focus had gone before it was looked where it is.
                log.should(Condition::Shows(Text::from("-"))).await.unwrap_or_else(|error| panic!("{error:#}"));
            }
        });
    }
    assert!(went > 0, "no key was pressed at all");
}

#[test]
fn what_is_typed_without_a_mouse_is_held_by_its_field_or_the_test_fails() {
    const FIELDS: &str = "<label>Short <input maxlength=3></label><label>Stolen <input oninput=\"other.focus()\"></label><label>Other <input id=other value=kept></label>\
        <label>Swapped <input oninput=\"const n=this.cloneNode();n.oninput=null;n.value=this.value;this.replaceWith(n);n.focus()\"></label><label>Date <input type=date></label>";
    with_page_over_each_channel(FIELDS, impatient(), async |bench| {
        bench.visit.put_mouse_away();
        let spot = |label: &str| bench.visit.at("test page", &at(&format!("{{ label: {label} }}")));
        let short = text_of(bench, spot("Short").fill("abcdef").await);
        assert!(short.contains("holds \"abc\", not \"abcdef\""), "{short}");
        spot("Stolen").fill("new").await.expect_err("another takes the focus");
        for (label, text) in [("Other", "kept"), ("Swapped", "new"), ("Date", "2027-01-31")] {
            if label != "Other" {
                spot(label).fill(text).await.unwrap_or_else(|error| panic!("{label}: {error:#}"));
            }
            let held = spot(label).should(Condition::Value(Text::from(text))).await;
            held.unwrap_or_else(|error| panic!("{label}: {error:#}"));
        }
    });
}
