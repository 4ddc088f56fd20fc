//! What is not seen is not there, and what is there is there: by role, by label and by text.

use std::{collections::BTreeMap, time::Duration};

use dcdb_purchase_e2e::browser::{Condition, Inquiry};

use crate::bench::{at, impatient, text_of, with_page};

/// A part of a page, and what is there of it and what is not.
const PARTS: &[(&str, &[&str], &[&str])] = &[
    (
        "<details><summary>Conditions</summary>No refund <p>after a week</p></details><b>¥3.00</b>",
        &["{ text: Conditions }"],
        &[
            "{ text: No refund }",
            "{ text: after a week }",
            "{ text: 'Conditions No refund after a week' }",
            "{ beside: No refund }",
        ],
    ),
    (
        "<section inert><h2>Frozen</h2><p>Total ¥1.00</p><label>Note <input></label></section>",
        &[],
        &["{ text: Total ¥1.00 }", "{ role: heading, name: Frozen }", "{ label: Note }", "{ beside: Note }"],
    ),
    (
        "<div aria-hidden=true><p>Spoken by nobody</p></div><p>Fee <b aria-hidden=true>!</b></p>",
        &["{ text: Fee }"],
        &["{ text: Spoken by nobody }", "{ text: Fee ! }"],
    ),
    (
        "<div style=content-visibility:auto;contain-intrinsic-size:900px;margin-top:3000px><p role=alert>Card refused</p><button>Again</button></div>",
        &["{ role: alert }", "{ text: Card refused }", "{ role: button, name: Again }"],
        &[],
    ),
    (
        "<div style=content-visibility:hidden>Never drawn <p>at all</p></div>",
        &[],
        &["{ text: at all }", "{ text: Never drawn at all }"],
    ),
    (
        "<cloud-row><b>ins-7</b><button>Renew</button></cloud-row>",
        &["{ text: ins-7 }", "{ role: button, name: Renew }", "{ text: 'Instance ins-7 Renew' }"],
        &["{ text: not handed on }"],
    ),
    (
        "<div style=display:contents><button style=display:contents>Flat</button><p style=display:contents>Words</p></div>",
        &["{ role: button, name: Flat }", "{ text: Words }"],
        &[],
    ),
    (
        "<div style=visibility:hidden>Off<p style=visibility:visible>On</p></div>",
        &["{ text: 'On' }"],
        &["{ text: 'Off' }", "{ text: 'Off On' }"],
    ),
    ("<label for=hid hidden>Voucher</label><input id=hid>", &["{ css: '#hid' }"], &["{ label: Voucher }"]),
    (
        "<button>Con&shy;firm&#8203;ation</button><p>vpc-&#8288;1a&#8203;2b</p>",
        &["{ role: button, name: Confirmation }", "{ text: vpc-1a2b }"],
        &[],
    ),
    ("<button><i>&#xe61a;</i> Settings</button>", &["{ role: button, name: Settings }", "{ text: Settings }"], &[]),
    (
        "<p style=display:flex><span>¥</span> <span>15</span><sup>.20</sup></p><p><span style=display:inline-block>USD</span> <b style=display:inline-block>3</b></p><p style=display:flex;gap:2em><span>In</span><span>Out</span></p>",
        &["{ text: ¥15.20 }", "{ text: USD 3 }", "{ text: In Out }"],
        &["{ text: ¥ 15 .20 }", "{ text: InOut }"],
    ),
    (
        "<style>.gb::after{content:' GB'}.yuan::before{content:'¥'}.must::before{content:'*'}.must::after{content:'：'}</style><p class=gb>500</p><p class=yuan>8.40</p><p class=must>Owner</p>",
        &["{ text: 500 GB }", "{ text: ¥8.40 }", "{ text: Owner }"],
        &["{ text: '500' }"],
    ),
    (
        "<label for=two>Given</label><input id=two><label for=two>or family name</label><input type=reset><select placeholder=Pick><option>One</select>",
        &["{ label: Given }", "{ label: or family name }", "{ label: Given or family name }", "{ text: Reset }"],
        &["{ role: combobox, name: Pick }"],
    ),
    ("<p>Card <input autocomplete=cc-number value=4111></p>", &["{ text: Card }"], &["{ text: '4111' }"]),
    (
        "<div style=height:0;overflow:hidden><p role=alert>Cut off</p></div><p role=alert style=opacity:0>Seen through</p><div style=opacity:0;pointer-events:none><p>Closed</p><button>Shut</button></div>\
        <div style='width:0;overflow:hidden;position:relative'><p>Drawer <i style=position:absolute;left:0>in it</i></p></div>",
        &[],
        &[
            "{ role: alert }",
            "{ text: Cut off }",
            "{ text: Closed }",
            "{ role: button }",
            "{ text: Drawer }",
            "{ text: in it }",
        ],
    ),
    (
        "<div role=dialog aria-label=Sure style=position:relative><div style='position:fixed;right:0;bottom:0;pointer-events:none'>Sure?</div></div><ul style=height:0><li style=float:left>Floating</ul>\
        <div style=height:0;overflow:hidden><p style='position:fixed;right:0;bottom:40px'>Fixed</p></div>",
        &["{ role: dialog, name: Sure }", "{ role: list }", "{ text: Fixed }"],
        &[],
    ),
    (
        "<label>Box <input type=checkbox style=opacity:0></label><div style=opacity:0><button>Near</button></div>",
        &["{ role: checkbox, name: Box }", "{ role: button, name: Near }"],
        &[],
    ),
    (
        "<ul><li class='plan not-selected'>Basic<li class='plan is-selected'>Standard<li class='plan--un-active'>Finance</ul>",
        &["{ text: Basic }"],
        &[],
    ),
];

#[test]
fn what_is_not_seen_is_not_there_and_what_is_there_is() {
    let parts: String =
        PARTS.iter().enumerate().map(|(number, (html, ..))| format!("<div id=p{number}>{html}</div>")).collect();
    let component = "<script>customElements.define('cloud-row', class extends HTMLElement { constructor() { super(); this.attachShadow({ mode: 'open' }).innerHTML = '<p>Instance <slot></slot></p>'; } })</script>";
    with_page(format!("{parts}{component}").leak(), impatient(), async |bench| {
        let mut wrong = Vec::new();
        for (number, (html, there, not_there)) in PARTS.iter().enumerate() {
            for (locators, expected) in [(there, true), (not_there, false)] {
                for locator in *locators {
                    let within = format!("{{ within: {{ css: '#p{number}' }}, {}", &locator[2..]);
                    let condition = if expected { Condition::Visible } else { Condition::Absent };
                    if let Err(error) = bench.visit.at("test page", &at(&within)).should(condition).await {
                        wrong.push(format!("{html}\n  {locator} {expected}: {error:#}"));
                    }
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        let asked = [Inquiry::Chosen(at("{ css: li }"))];
        assert_eq!(bench.visit.read_each("test page", &asked).await.expect("read").remove(0).names, ["Standard"]);
    });
}

#[test]
fn what_is_out_of_reach_is_not_called_usable_nor_missing() {
    let html = "<main inert><button>Buy</button></main><div aria-hidden=true><button>Sell</button></div>";
    with_page(html, impatient(), async |bench| {
        let css = at("{ css: main button }");
        assert!(bench.visit.at("test page", &css).should(Condition::Enabled).await.is_err(), "it is inert");
        for (name, why) in [("Buy", "inert"), ("Sell", "aria-hidden")] {
            let role = at(&format!("{{ role: button, name: {name} }}"));
            let text = text_of(bench, bench.visit.at("test page", &role).click().await);
            assert!(text.contains(&format!("saw      there, but {why}: button \"{name}\"")), "{text}");
        }
    });
}

#[test]
fn what_stands_in_a_disabled_button_is_disabled() {
    let html = "<button disabled><b>Buy now</b></button><fieldset disabled><button><b>Pay</b></button><p>Or later</p></fieldset>";
    with_page(html, impatient(), async |bench| {
        for (text, condition) in
            [("Buy now", Condition::Disabled), ("Pay", Condition::Disabled), ("Or later", Condition::Enabled)]
        {
            let spot = at(&format!("{{ text: {text} }}"));
            bench.visit.at("test page", &spot).should(condition).await.unwrap_or_else(|error| panic!("{error:#}"));
        }
    });
}

#[test]
fn a_state_is_that_of_the_control_that_a_text_stands_for() {
    let html = "<div><label for=r>Auto-renewal</label> <input id=r type=checkbox checked></div><div><label for=s>Backup</label> <input id=s type=checkbox disabled></div>\
        <label><input type=radio checked><b>Standard</b> <small>best</small> <a href='#'>terms</a></label>\
        <ul><li class=t-is-disabled><span>Zone 4</span></li><li class=x-item--disabled><b>Zone 5</b></li><li class=not-disabled><b>Zone 6</b></li><li class=animation-disabled><b>Zone 7</b></li></ul>\
        <div class=pane-disabled><span>Zone 8</span> <button>Go</button></div><cloud-button off><b>Pay</b></cloud-button><cloud-button><b>Buy</b></cloud-button>\
        <script>customElements.define('cloud-button', class extends HTMLElement { constructor() { super(); this.attachShadow({ mode: 'open' }).innerHTML = `<button ${this.hasAttribute('off') ? 'disabled' : ''}><slot></slot></button>`; } })</script>";
    with_page(html, impatient(), async |bench| {
        let texts = [
            ("Auto-renewal", true, false),
            ("Backup", false, true),
            ("Standard", true, false),
            ("terms", false, false),
            ("Zone 4", false, true),
            ("Zone 5", false, true),
            ("Zone 6", false, false),
            ("Zone 7", false, false),
            ("Zone 8", false, false),
            ("Pay", false, true),
            ("Buy", false, false),
        ];
        let asked = texts.map(|(text, ..)| Inquiry::Now(at(&format!("{{ text: {text} }}"))));
        let found = bench.visit.read_each("test page", &asked).await.expect("read");
        let read: Vec<_> = texts
            .iter()
            .zip(found)
            .map(|((text, ..), found)| (*text, found.reading.map(|reading| (reading.checked, reading.disabled))))
            .collect();
        let expected: Vec<_> =
            texts.iter().map(|(text, checked, disabled)| (*text, Some((*checked, *disabled)))).collect();
        assert_eq!(read, expected);
    });
}

/// A list, behind a dialog of the browser's own, behind two, behind one of a library, and behind two of a library.
const BEHIND: &str = "<div id=app><table><tbody><tr><td>Order 1<td>¥5.00</table><p aria-hidden=true>decoration</p></div>\
    <dialog id=a aria-label=First>News</dialog><dialog id=b aria-label=Second>Error</dialog><div id=outer><div id=c role=dialog aria-label=First hidden>News</div></div><div id=d role=dialog aria-label=Second hidden>Error</div>\
    <script>onhashchange=()=>({'#one':()=>a.showModal(),'#two':()=>b.showModal(),'#library':()=>{a.close();b.close();app.inert=true;c.hidden=false},\
    '#libraries':()=>{outer.ariaHidden='true';d.hidden=false},'#none':()=>{outer.remove();d.remove();app.inert=false}}[location.hash]?.());onhashchange()</script>";

#[test]
fn what_is_drawn_behind_an_open_dialog_is_neither_gone_nor_an_empty_list() {
    with_page(BEHIND, impatient(), async |bench| {
        let spot = |yaml: &str| bench.visit.at("test page", &at(yaml)).within(Duration::from_millis(200));
        let rows = "{ role: row, within: { css: tbody } }";
        for (state, over, first) in [
            ("one", "First", "still there: dialog"),
            ("two", "Second", "behind an open dialog: dialog"),
            ("library", "First", "still there: dialog"),
            ("libraries", "Second", "behind an open dialog: dialog"),
        ] {
            bench.visit.go(&bench.address.join(&format!("#{state}")).expect("an address")).await.expect("the page");
            let over = at(&format!("{{ role: dialog, name: {over} }}"));
            bench.visit.at("test page", &over).should(Condition::Visible).await.expect(state);
            let said = |result: anyhow::Result<()>| text_of(bench, result);
            let read = said(spot(rows).rows(&BTreeMap::new()).await.map(drop));
            assert!(read.contains("behind an open dialog: 1 of them"), "{state}: {read}");
            let none = said(spot(rows).should(Condition::Count(0)).await);
            assert!(none.contains("behind an open dialog: 1 of them"), "{state}: {none}");
            let gone = said(spot("{ text: ¥5.00 }").should(Condition::Absent).await);
            assert!(gone.contains("behind an open dialog: cell"), "{state}: {gone}");
            let closed = said(spot("{ role: dialog, name: First }").should(Condition::Absent).await);
            assert!(closed.contains(first), "{state}: {closed}");
            for (absent, condition) in [
                ("{ role: button }", Condition::Absent),
                ("{ text: decoration }", Condition::Absent),
                ("{ text: ¥5.00 }", Condition::Unoffered),
            ] {
                spot(absent).should(condition).await.unwrap_or_else(|error| panic!("{state}: {error:#}"));
            }
        }
        bench.visit.go(&bench.address.join("#none").expect("an address")).await.expect("the page");
        bench.visit.at("test page", &at("{ role: dialog }")).should(Condition::Absent).await.expect("closed");
        assert_eq!(spot(rows).rows(&BTreeMap::new()).await.expect("rows").len(), 1);
    });
}
