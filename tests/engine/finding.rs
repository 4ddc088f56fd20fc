//! Finding elements as a user does, whatever the markup.

use std::collections::BTreeMap;

use dcdb_purchase_e2e::{
    browser::{Condition, Inquiry},
    target::Text,
};

use crate::bench::{Bench, at, manners, with_page};

async fn shows(bench: &Bench, locator: &str, text: &str) {
    bench
        .visit
        .at("test page", &at(locator))
        .should(Condition::Shows(Text::from(text)))
        .await
        .unwrap_or_else(|error| panic!("{locator}: {error:#}"));
}

#[test]
fn what_stands_beside_a_caption_is_found_in_any_markup() {
    let html = "<main><dl><dt>Region</dt><dd>Guangzhou</dd><dt>Zone</dt><dd>Zone 3</dd></dl>\
        <table><tr><th scope=row>Network</th><td>VPC</td></tr><tr><td>Disk</td><td>500 GB</td></tr></table>\
        <div class=row><div class=label><label>Quantity：</label></div><div class=control><span>3</span></div></div>\
        <div class=row><div class=label><label>Kind</label></div><div class=control>VPC</div></div>\
        <div class=row><div class=label><label>VPC</label></div><div class=control>own-vpc</div></div>\
        <p>Total fee: <strong>¥1,015.20</strong></p><div><span>Balance</span> <b>¥5.00</b></div></main>";
    with_page(html, manners(), async |bench| {
        for (caption, value) in [
            ("Region", "Guangzhou"),
            ("Zone", "Zone 3"),
            ("Network", "VPC"),
            ("Disk", "500 GB"),
            ("Quantity", "3"),
            ("Kind", "VPC"),
            ("VPC", "own-vpc"),
            ("Total fee", "¥1,015.20"),
            ("Balance", "¥5.00"),
        ] {
            shows(bench, &format!("{{ beside: {caption} }}"), value).await;
        }
    });
}

#[test]
fn a_value_that_shares_its_element_with_its_caption_is_read_without_it() {
    let html = "<main><ul><li><b>Total fee:</b> ¥1,015.20</li><li><b>Zone</b>: Zone 3</li></ul><p><b>Fee:</b> ¥5.00 <b>Term:</b> 1 year</p><p>Owner <i>?</i> me</p>\
        <p><b>ID:</b> ins-1<br><b>State:</b> Running</p><p><b>Price:</b> ¥<b>5.00</b> a month</p><p><b>Sum</b> <del>¥9.00</del> ¥5.00</p>\
        <div><b>Due</b> <span><del>¥9.00</del> ¥5.00</span></div><p><b>Rest</b> ¥5.00 <del>¥9.00</del></p><div style=display:flex><b>Flat:</b> ¥7.00</div></main>";
    with_page(html, manners(), async |bench| {
        for (caption, value) in [
            ("Total fee", "¥1,015.20"),
            ("Zone", "Zone 3"),
            ("Fee", "¥5.00"),
            ("Term", "1 year"),
            ("Owner", "me"),
            ("ID", "ins-1"),
            ("State", "Running"),
            ("Price", "¥5.00 a month"),
            ("Sum", "¥5.00"),
            ("Due", "¥5.00"),
            ("Rest", "¥5.00"),
            ("Flat", "¥7.00"),
        ] {
            shows(bench, &format!("{{ beside: {caption} }}"), value).await;
        }
        let asked = [Inquiry::Now(at("{ beside: Fee }")), Inquiry::Now(at("{ beside: Fee, containing: Term }"))];
        let found = bench.visit.read_each("test page", &asked).await.expect("read");
        assert_eq!(found[0].reading.as_ref().map(|reading| reading.value.as_str()), Some("¥5.00"));
        assert!(found[1].reading.is_none(), "what stands after the value is no part of it");
        let cells = BTreeMap::from([("fee".to_owned(), at("{ beside: Fee }"))]);
        let rows = bench.visit.at("test page", &at("{ css: main }")).rows(&cells).await.expect("rows");
        assert_eq!(rows[0]["fee"].as_deref(), Some("¥5.00"));
    });
}

#[test]
fn controls_without_tied_labels_are_found_beside_their_captions() {
    let html = "<main><div class=item><div><label>Shards</label></div><div><span><input value=2><button>+</button></span></div></div><div class=item><div><label>Disk</label></div><div><span><input value=100><button>+</button></span></div></div></main>";
    with_page(html, manners(), async |bench| {
        bench.visit.at("test page", &at("{ role: textbox, beside: Disk }")).fill("500").await.expect("typed");
        bench
            .visit
            .at("test page", &at("{ role: textbox, beside: Disk }"))
            .should(Condition::Value(Text::from("500")))
            .await
            .expect("kept");
        bench
            .visit
            .at("test page", &at("{ role: textbox, beside: Shards }"))
            .should(Condition::Value(Text::from("2")))
            .await
            .expect("untouched");
    });
}

#[test]
fn a_label_is_what_it_says_without_its_colon_and_the_mark_of_what_must_be_filled_in() {
    let html = "<style>.colon::after{content:' :'}.must::before{content:'* '}</style><main><label class=colon for=a>E-mail</label><input id=a>\
        <label class=must for=b>Zone：</label><select id=b><option>Zone 3</select><label>Disk: <input></label></main>";
    with_page(html, manners(), async |bench| {
        for label in ["E-mail", "Zone", "Disk", "Disk:"] {
            let field = bench.visit.at("test page", &at(&format!("{{ label: '{label}' }}")));
            field.should(Condition::Visible).await.unwrap_or_else(|error| panic!("{label}: {error:#}"));
        }
    });
}

#[test]
fn a_select_of_a_component_library_holds_what_it_shows_beside_the_field_that_takes_its_keys() {
    let html = "<main><label for=a>Region</label><div><div class=select><div class=content>Shanghai<input id=a role=combobox readonly></div><span aria-hidden=true>v</span></div></div>\
        <label for=b>Zone</label><div><div><div><input id=b role=combobox></div><div><span>Zone 3</span></div></div></div>\
        <div><label for=c>Term</label><input id=c role=combobox></div><label>Size <input id=d role=combobox></label></main>";
    with_page(html, manners(), async |bench| {
        for (label, value) in [("Region", "Shanghai"), ("Zone", "Zone 3"), ("Term", ""), ("Size", "")] {
            let field = bench.visit.at("test page", &at(&format!("{{ role: combobox, name: '{label}' }}")));
            let holds = field.should(Condition::Value(Text::from(value))).await;
            holds.unwrap_or_else(|error| panic!("{label}: {error:#}"));
        }
    });
}

#[test]
fn an_empty_field_does_not_hold_its_caption_nor_what_holds_the_place_of_a_choice() {
    let html = "<main><div><p>Instance name</p><input list=names aria-label=Native><datalist id=names><option>one</datalist></div>\
        <div class=row><span>Region</span><div><input role=combobox data-testid=bare></div></div>\
        <div class=row><span>Zone</span><div><div>Zone 3</div><div><input role=combobox data-testid=chosen></div></div></div>\
        <div class=x-select><span class=x-search><input role=combobox aria-label=Term></span><span class=x-select-placeholder>Please select</span></div>\
        <div class=x-select><span class=x-search><input role=combobox aria-label=Set></span><span class=x-select-item>utf8</span></div>\
        <div class=x-select><span><input role=combobox aria-label=Size aria-placeholder=Any></span><span>Any</span></div>\
        <div class=y-select><input role=combobox aria-label=Mode><div class='y-select__selected-item y-select__placeholder is-transparent'>Choose</div></div>\
        <div class=y-select><input role=combobox aria-label=Kind><div class='y-select__selected-item y-select__placeholder'>strong</div></div></main>";
    with_page(html, manners(), async |bench| {
        for (locator, value) in [
            ("{ label: Native }", ""),
            ("{ test-id: bare }", ""),
            ("{ test-id: chosen }", "Zone 3"),
            ("{ label: Term }", ""),
            ("{ label: Set }", "utf8"),
            ("{ label: Size }", ""),
            ("{ label: Mode }", ""),
            ("{ label: Kind }", "strong"),
        ] {
            let holds = bench.visit.at("test page", &at(locator)).should(Condition::Value(Text::from(value))).await;
            holds.unwrap_or_else(|error| panic!("{locator}: {error:#}"));
        }
    });
}

#[test]
fn a_text_is_chosen_where_what_shows_it_and_no_more_is() {
    let html = "<main><div class=tabs><div class='t-tab t-is-active'><div><span>North</span></div></div><div class=t-tab><div><span>South</span></div></div></div>\
        <div class=is-active><p>West</p><p>East</p></div><div role=tab aria-selected=true><b>Zone 3</b></div></main>";
    with_page(html, manners(), async |bench| {
        for (text, is_chosen) in [("North", true), ("South", false), ("West", false), ("East", false), ("Zone 3", true)]
        {
            let asked = [Inquiry::Now(at(&format!("{{ text: {text} }}")))];
            let found = bench.visit.read_each("test page", &asked).await.expect("read");
            assert_eq!(found[0].reading.as_ref().map(|reading| reading.checked), Some(is_chosen), "{text}");
        }
    });
}

#[test]
fn a_caption_stands_beside_its_own_control_also_while_that_is_empty() {
    let html = "<main><div class=item><div><label>E-mail</label></div><div><input></div></div><div class=item><div><label>Password</label></div><div><input type=password></div></div></main>";
    with_page(html, manners(), async |bench| {
        bench.visit.at("test page", &at("{ role: textbox, beside: E-mail }")).fill("a@b.example").await.expect("typed");
        bench
            .visit
            .at("test page", &at("{ role: textbox, beside: Password }"))
            .should(Condition::Value(Text::from("")))
            .await
            .expect("untouched");
    });
}

#[test]
fn cells_are_found_by_the_heading_of_their_column_even_in_a_table_of_its_own() {
    let html = "<div id=one><table><thead><tr><th>ID<th>Status</thead></table><table><tbody><tr><td>a-1<td>Running<tr><td>a-2<td>Creating</tbody></table></div>";
    with_page(html, manners(), async |bench| {
        shows(bench, "{ column: Status, within: { role: row, containing: a-2 } }", "Creating").await;
        let cells = BTreeMap::from([
            ("id".to_owned(), at("{ column: ID }")),
            ("status".to_owned(), at("{ column: Status }")),
            ("zone".to_owned(), at("{ column: Zone }")),
        ]);
        let rows =
            bench.visit.at("test page", &at("{ role: row, within: { css: tbody } }")).rows(&cells).await.expect("rows");
        let read: Vec<_> =
            rows.iter().map(|row| (row["id"].as_deref(), row["status"].as_deref(), row["zone"].as_deref())).collect();
        assert_eq!(read, [(Some("a-1"), Some("Running"), None), (Some("a-2"), Some("Creating"), None)]);
    });
}

#[test]
fn radio_buttons_that_their_labels_hide_are_chosen_through_the_label() {
    let html = "<style>input{position:absolute;opacity:0;width:0;height:0}</style><fieldset><legend>Region</legend><label><input type=radio name=r>Guangzhou</label><label><input type=radio name=r>Shanghai</label></fieldset>";
    with_page(html, manners(), async |bench| {
        let shanghai = at("{ role: radio, name: Shanghai, within: { role: group, name: Region } }");
        bench.visit.at("test page", &shanghai).click().await.unwrap_or_else(|error| panic!("{error:#}"));
        bench.visit.at("test page", &shanghai).should(Condition::Checked).await.expect("chosen");
        let asked = [Inquiry::Chosen(at("{ role: radio }"))];
        let chosen = bench.visit.read_each("test page", &asked).await.expect("read").remove(0).names;
        assert_eq!(chosen, ["Shanghai"]);
    });
}

#[test]
fn an_open_modal_dialog_hides_what_is_behind_it() {
    let html = "<main><button>OK</button></main><dialog aria-label=Sure><button>OK</button></dialog><script>document.querySelector('dialog').showModal()</script>";
    with_page(html, manners(), async |bench| {
        bench
            .visit
            .at("test page", &at("{ role: button, name: OK }"))
            .should(Condition::Enabled)
            .await
            .expect("the one in the dialog");
        bench
            .visit
            .at("test page", &at("{ role: dialog, name: Sure }"))
            .should(Condition::Visible)
            .await
            .expect("open");
    });
}

#[test]
fn shadow_trees_are_looked_into() {
    let html = "<x-pay></x-pay><p id=log>-</p><script>customElements.define('x-pay',class extends HTMLElement{connectedCallback(){this.attachShadow({mode:'open'}).innerHTML='<button>Pay</button>';this.shadowRoot.querySelector('button').onclick=()=>log.textContent='paid'}})</script>";
    with_page(html, manners(), async |bench| {
        bench
            .visit
            .at("test page", &at("{ role: button, name: Pay }"))
            .click()
            .await
            .unwrap_or_else(|error| panic!("{error:#}"));
        shows(bench, "{ css: '#log' }", "paid").await;
    });
}

#[test]
fn a_page_that_makes_its_own_of_what_scripts_rely_on_is_seen_as_it_is() {
    let html = "<main><button onclick=\"fee.textContent='¥2.00'\">Reckon</button><p id=fee>¥1.00</p></main><script>\
        window.Promise = window.MutationObserver = window.setTimeout = () => { throw new Error('ours') };\
        for (const of of [Array, Set, Map, String]) for (const name of ['map', 'filter', 'find', 'some', 'has', 'get', 'trim', 'replace']) if (of.prototype[name]) of.prototype[name] = () => '¥9.00';\
        document.querySelectorAll = document.createTreeWalker = () => [];</script>";
    with_page(html, manners(), async |bench| {
        // The driver presses by a script of its own, which keeps what it needs in documents that begin once it has turned to
        // the tab.
        bench.visit.reload().await.expect("reloaded");
        bench.visit.at("test page", &at("{ role: button, name: Reckon }")).click().await.expect("a click");
        shows(bench, "{ css: '#fee' }", "¥2.00").await;
        shows(bench, "{ text: ¥2.00 }", "¥2.00").await;
    });
}

#[test]
fn half_a_character_hides_nothing() {
    let html = "<main><h1></h1><p id=long></p></main><script>document.querySelector('h1').textContent='Half \\ud83d';long.textContent='x'.repeat(58)+'\u{1f4be}'.repeat(9)</script>";
    with_page(html, manners(), async |bench| {
        shows(bench, "{ role: heading }", "Half \u{fffd}").await;
        let long = bench.visit.at("test page", &at("{ css: '#long' }")).within(std::time::Duration::from_millis(200));
        let error = long.should(Condition::Disabled).await.expect_err("disabled").to_string();
        assert!(error.contains("enabled: paragraph \"xxxx"), "{error}");
    });
}

#[test]
fn a_locator_that_is_none_is_named_among_several() {
    with_page("<main><h1>Here</h1></main>", manners(), async |bench| {
        // A profile with one is refused as it is loaded.
        let broken = dcdb_purchase_e2e::target::Locator { css: Some("p[".into()), ..Default::default() };
        let asked = [Inquiry::Now(at("{ role: heading }")), Inquiry::Now(broken)];
        let error = bench.visit.read_each("test page", &asked).await.expect_err("read").to_string();
        assert!(error.starts_with("test page: CSS") || error.contains("p["), "{error}");
        assert!(error.contains("could not be asked"), "{error}");
    });
}

#[test]
fn signs_and_breaks_that_style_sheets_add_are_read_as_they_are_drawn() {
    let html = "<style>.due::before{content:'-'}.loss::before{content:'\u{2212}';display:inline-block}.about::before{content:'~'}.flex{display:flex}.flex::before{content:'-'}\
        .list::before{content:'-';margin-right:8px}.hung::before{content:'-';position:absolute}.spaced::before{content:'- '}.must::before{content:'*'}\
        .point::after{content:'.'}.more::after{content:'+'}dt::after{content:'\\A';white-space:pre}.yuan::before{content:'\\A5'}</style><main>\
        <div><span>Balance</span> <b class=due>¥5.00</b></div><div><span>Loss</span> <b class=loss>¥5.00</b></div><div><span>Time</span> <b class=about>5 minutes</b></div>\
        <div><span>Change</span> <b class=flex>5</b></div><div><span>Disk</span> <b class=list>500 GB</b></div><div><span>Size</span> <b class=hung>500 GB</b></div>\
        <div><span>Memory</span> <b class=spaced>8 GB</b></div><div><span>Shards</span> <b class=must>2</b></div><div><span>Fee</span> <b><i class=point>¥1</i><i>20</i></b></div>\
        <div><span>Year</span> <b class=more>Of 2026</b></div><dl><dt>Region<dd>Guangzhou</dl><div><span>Total</span> <b class=yuan>5</b></div></main>";
    with_page(html, manners(), async |bench| {
        for (caption, text) in [
            ("Balance", "-¥5.00"),
            ("Loss", "\u{2212}¥5.00"),
            ("Time", "~5 minutes"),
            ("Change", "-5"),
            ("Disk", "500 GB"),
            ("Size", "500 GB"),
            ("Memory", "8 GB"),
            ("Shards", "2"),
            ("Fee", "¥1.20"),
            ("Year", "Of 2026"),
            ("Region", "Guangzhou"),
            ("Total", "¥5"),
        ] {
            shows(bench, &format!("{{ beside: {caption} }}"), text).await;
        }
    });
}

#[test]
fn what_holds_a_hidden_field_holds_what_is_seen_of_it() {
    let html = "<main><div id=hidden><input type=hidden value='Zone 3'><div>Zone 6</div></div><div id=unseen><select style=display:none><option>Zone 3</select><div>Zone 6</div></div>\
        <div id=unspoken><select aria-hidden=true style='opacity:0;position:absolute'><option>Zone 3</select><div>Zone 6</div></div><div id=shown>About <input value='Zone 6'></div></main>";
    with_page(html, manners(), async |bench| {
        for part in ["hidden", "unseen", "unspoken", "shown"] {
            let spot = at(&format!("{{ css: '#{part}' }}"));
            let holds = bench.visit.at("test page", &spot).should(Condition::Value(Text::from("Zone 6"))).await;
            holds.unwrap_or_else(|error| panic!("{part}: {error:#}"));
        }
    });
}
