//! Page states and evidence: the accessible tree of what a person has before them.

use dcdb_purchase_e2e::browser::Condition;

use crate::bench::{Bench, at, manners, with_page};

async fn tree(bench: &Bench, part: &str) -> String {
    bench.visit.tree("test page", &at(part)).await.unwrap_or_else(|error| panic!("{part}: {error:#}"))
}
async fn evidence(bench: &Bench) -> String {
    bench.visit.witness().await.expect("no alert").expect("a page").tree
}
async fn click(bench: &Bench, name: &str) {
    let button = at(&format!("{{ role: button, name: {name} }}"));
    bench.visit.at("test page", &button).click().await.unwrap_or_else(|error| panic!("{error:#}"));
}

/// Each part of a page, and its lines.
const PARTS: &[(&str, &str)] = &[
    ("<cloud-fee>¥8.40</cloud-fee>", r#"- text: "Fee: ¥8.40 a month""#),
    (
        "<cloud-offer><h3>Two shards</h3><button>Take it</button></cloud-offer>",
        "- group \"Offer\"\n  - heading \"Two shards\" [level=3]\n  - button \"Take it\"",
    ),
    (
        "<span>before <dialog open aria-label=Note><p>Read this</p></dialog> after</span>",
        "- text: \"before\"\n- dialog \"Note\": \"Read this\"\n- text: \"after\"",
    ),
    ("<span><details><summary>Terms</summary>small print</details></span>", r#"- group [collapsed]: "Terms""#),
    (
        "<span><details open><summary>Terms</summary><p>small print</p></details></span>",
        "- group [expanded]\n  - text: \"Terms\"\n  - text: \"small print\"",
    ),
    (
        "<ul role=listbox aria-label=Zones><li role=option aria-selected=true>Zone 1<li role=option>Zone 2</ul>",
        "- listbox \"Zones\"\n  - option \"Zone 1\" [selected]\n  - option \"Zone 2\"",
    ),
    (
        "<select multiple aria-label=Tags><option selected>new<option>old</select>",
        "- listbox \"Tags\"\n  - option \"new\" [selected]\n  - option \"old\"",
    ),
    (
        "<button aria-pressed=mixed>All</button><span role=checkbox tabindex=0 aria-checked=mixed>Rows</span>",
        "- button \"All\" [pressed=mixed]\n- checkbox \"Rows\" [checked=mixed]",
    ),
    (
        "<div role=heading aria-level=4>Fourth</div><h2 aria-level=none>Second</h2>",
        "- heading \"Fourth\" [level=4]\n- heading \"Second\" [level=2]",
    ),
    (
        "<style>.new::after{content:'✦' / ' (new)'}.star::before{content:'★' / ''}</style><p class=new>Finance</p><span class=star>Kept</span>",
        "- text: \"Finance (new)\"\n- text: \"Kept\"",
    ),
    ("<input autocomplete=one-time-code aria-label=Code value=4711>", r#"- textbox "Code": "••••""#),
    ("<iframe title='Pay by card' src=/second?token=1></iframe>", r#"- iframe "Pay by card""#),
    (
        "<p aria-hidden=true>decoration</p><section inert><p>later</p></section><p>now</p><p><i aria-hidden=true>x</i>close</p>",
        "- text: \"now\"\n- text: \"close\"",
    ),
    ("<div style=visibility:hidden>away <b style=visibility:visible>but this</b></div>", "- text: \"but this\""),
    (
        "<div style=content-visibility:auto;contain-intrinsic-size:900px;margin-top:5000px><p>Far below</p></div>",
        "- text: \"Far below\"",
    ),
];
const COMPONENTS: &str = "<script>for (const [name, html] of [['cloud-fee', 'Fee: <slot></slot> <span>a month</span>'], ['cloud-offer', '<div role=group aria-label=Offer><slot></slot></div>']])
    customElements.define(name, class extends HTMLElement { constructor() { super(); this.attachShadow({ mode: 'open' }).innerHTML = html; } })</script>";

#[test]
fn a_tree_has_what_is_drawn_and_nothing_else() {
    let parts: String =
        PARTS.iter().enumerate().map(|(number, (html, _))| format!("<div id=p{number}>{html}</div>")).collect();
    with_page(format!("{parts}{COMPONENTS}").leak(), manners(), async |bench| {
        let mut wrong = Vec::new();
        for (number, (html, expected)) in PARTS.iter().enumerate() {
            let seen = tree(bench, &format!("{{ css: '#p{number}' }}")).await;
            if seen != *expected {
                wrong.push(format!("{html}\nexpected\n{expected}\nseen\n{seen}\n"));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    });
}

#[test]
fn evidence_says_where_links_and_frames_lead_and_page_states_do_not() {
    let html = "<main><a href='/second?ticket=1#end'>Next</a><a href='#here'>Here</a><a href=https://elsewhere.example/docs>Docs</a><iframe title=Card src=/second></iframe></main>";
    with_page(html, manners(), async |bench| {
        let state = "- main\n  - link \"Next\"\n  - link \"Here\"\n  - link \"Docs\"\n  - iframe \"Card\"";
        assert_eq!(tree(bench, "{ role: main }").await, state);
        let led = "- main\n  - link \"Next\" [to=/second]\n  - link \"Here\"\n  - link \"Docs\" [to=https://elsewhere.example/docs]\n  - iframe \"Card\" [to=/second]";
        assert_eq!(evidence(bench).await, led);
    });
}

#[test]
fn with_a_modal_dialog_open_the_tree_is_of_the_one_on_top() {
    // The first in the document is opened last; the third is in a shadow tree.
    let html = "<main><button onclick=two.showModal()>Open</button></main>\
        <dialog id=one aria-label=One><button onclick=\"document.querySelector('cloud-ask').ask()\">Ask</button></dialog>\
        <dialog id=two aria-label=Two><button onclick=one.showModal()>More</button></dialog><cloud-ask></cloud-ask>\
        <div id=cover style='display:none;position:fixed;inset:0;background:#fff' role=alertdialog aria-modal=true aria-label=Cover>Session over</div>\
        <script>customElements.define('cloud-ask', class extends HTMLElement {
            constructor() { super(); this.attachShadow({ mode: 'open' }).innerHTML = '<dialog aria-label=Three><button>Yes</button></dialog>'; const dialog = this.ask.dialog = this.shadowRoot.firstChild;
                dialog.firstChild.onclick = () => { for (const open of [dialog, one, two]) open.close(); cover.style.display = 'block'; }; }
            ask() { this.shadowRoot.firstChild.showModal(); } })</script>";
    with_page(html, manners(), async |bench| {
        assert_eq!(evidence(bench).await, "- main\n  - button \"Open\"");
        for (press, expected) in [
            ("Open", "- dialog \"Two\"\n  - button \"More\""),
            ("More", "- dialog \"One\"\n  - button \"Ask\""),
            ("Ask", "- dialog \"Three\"\n  - button \"Yes\""),
            ("Yes", "- alertdialog \"Cover\": \"Session over\""),
        ] {
            click(bench, press).await;
            assert_eq!(evidence(bench).await, expected, "after {press}");
            assert_eq!(tree(bench, "{ css: body }").await, expected, "after {press}");
        }
    });
}

#[test]
fn a_page_that_shows_nothing_is_told_of() {
    with_page("", manners(), async |bench| assert_eq!(evidence(bench).await, "- document \"Test\""));
}

#[test]
fn a_popup_that_a_modal_part_opens_beside_itself_is_told_with_it() {
    let html = "<main><p>behind</p></main><div role=dialog aria-modal=true aria-label=Renew style='position:fixed;inset:0'>\
        <input role=combobox aria-label=Period aria-controls=periods aria-expanded=true value='1 month'></div>\
        <ul id=periods role=listbox style='position:fixed;top:50px'><li role=option>1 month<li role=option>2 months</ul>\
        <p role=alert style='position:fixed;top:0'>Saved</p>";
    with_page(html, manners(), async |bench| {
        bench
            .visit
            .at("test page", &at("{ role: dialog }"))
            .should(Condition::Visible)
            .await
            .unwrap_or_else(|error| panic!("{error:#}"));
        let expected = "- dialog \"Renew\"\n  - combobox \"Period\" [expanded]: \"1 month\"\n- listbox\n  - option \"1 month\"\n  - option \"2 months\"\n- alert: \"Saved\"";
        assert_eq!(evidence(bench).await, expected);
    });
}
