//! In how controls can be used at all, and in what pages complain of.

use super::{Bend::Written, Defect};

pub(super) const DEFECTS: &[Defect] = &[
    Defect {
        name: "confirm-is-covered",
        clauses: &["P2", "3.4.1"],
        does: "a banner lies over \"Confirm Purchase\"",
        says: r"check page: .*Confirm Purchase.*should",
        bends: &[Written(
            "classic/check.html",
            r#"<h1>{{ t.check_title }}</h1>"#,
            r#"<h1>{{ t.check_title }}</h1><div style="position:fixed;inset:60px 0 0;z-index:9"></div>"#,
        )],
    },
    Defect {
        name: "purchase-now-is-hidden",
        clauses: &["3.3.13", "P1"],
        does: "\"Purchase Now\" is not to be seen on the purchase page",
        says: r"purchase page: .*Purchase Now.*should",
        bends: &[Written(
            "classic/purchase.html",
            r#"<button id="go" class="button" disabled>"#,
            r#"<button id="go" class="button" disabled style="visibility:hidden">"#,
        )],
    },
    Defect {
        name: "confirm-needs-a-second-click",
        clauses: &["P2", "3.4.1"],
        does: "the first click on \"Confirm Purchase\" does nothing",
        says: r"result page: .*should",
        bends: &[Written(
            "classic/check.html",
            r#"<button class="button">"#,
            r#"<button class="button" onclick="if (!this.dataset.armed) { this.dataset.armed = 1; event.preventDefault(); }">"#,
        )],
    },
    Defect {
        name: "zone-has-no-label",
        clauses: &["3.3.2"],
        does: "the zone has no label that belongs to it",
        says: r"(?s)purchase page: .*[Zz]one",
        bends: &[Written(
            "classic/purchase.html",
            r#"<label for="zone">{{ t.zone }}</label>"#,
            "<span>{{ t.zone }}</span>",
        )],
    },
    Defect {
        name: "dialog-fields-have-no-labels",
        clauses: &["3.6.7"],
        does: "the character set has no label that belongs to it",
        says: r"(?s)DCDB console: .*[Cc]haracter set",
        bends: &[Written(
            "classic/console.html",
            r#"<label for="character_set">{{ t.character_set }}</label>"#,
            "<span>{{ t.character_set }}</span>",
        )],
    },
    Defect {
        name: "keyboard-is-trapped",
        clauses: &["3.3.16"],
        does: "the shard quantity cannot be left by keyboard",
        says: r"(?s)purchase page: .*(from 2 to 8|whole number|shard quantity|shards are)",
        bends: &[Written(
            "classic/site.js",
            "form.addEventListener('keydown', (event) => {",
            "form.addEventListener('keydown', (event) => {\n    if (event.key === 'Tab' && event.target.name === 'shards') { event.preventDefault(); return; }",
        )],
    },
    Defect {
        name: "script-fails-on-load",
        clauses: &["3.3.14", "P1"],
        does: "a script of the purchase page fails when it is loaded",
        says: r"(?s)a page complained.*'begin'",
        bends: &[Written(
            "classic/purchase.html",
            r#"<script type="application/json" id="places">"#,
            r#"<script>window.metrics.begin("purchase");</script><script type="application/json" id="places">"#,
        )],
    },
    Defect {
        name: "script-fails-in-console",
        clauses: &["3.6.4", "E2.1"],
        does: "a script of the console fails when it is loaded",
        says: r"(?s)a page complained.*'begin'",
        bends: &[Written(
            "classic/site.js",
            "if (list) consolePage(list);",
            "if (list) { consolePage(list); window.metrics.begin('console'); }",
        )],
    },
    Defect {
        name: "picture-is-missing",
        clauses: &["E1.1", "3.1.1"],
        does: "a picture of the home page is not there",
        says: r"(?s)a page complained.*hero\.png",
        bends: &[Written(
            "classic/home.html",
            "<h1>{{ t.home_title }}</h1>",
            r#"<h1>{{ t.home_title }}</h1><img src="/hero.png" alt="">"#,
        )],
    },
    Defect {
        name: "fields-lose-focus",
        clauses: &["3.3.16", "3.3.6"],
        does: "the shard quantity takes no typing",
        says: r"(?s)purchase page: .*Shard quantity.*should take text",
        bends: &[Written(
            "classic/purchase.html",
            r#"<input id="shards" name="shards""#,
            r#"<input id="shards" readonly name="shards""#,
        )],
    },
    Defect {
        name: "focus-is-not-shown",
        clauses: &["3.7.1"],
        does: "nothing shows which control has the focus",
        says: r"and nothing show(s|ed) it",
        bends: &[
            Written(
                "classic/site.css",
                ":focus-visible { outline: 2px solid #66a8ff; outline-offset: 1px; }\n",
                ":focus-visible { outline: 0; }\n",
            ),
            Written(
                "classic/site.css",
                ".option:has(:focus-visible) { outline: 2px solid #66a8ff; outline-offset: 1px; }",
                "",
            ),
        ],
    },
    Defect {
        name: "purchase-now-is-no-stop",
        clauses: &["3.7.1"],
        does: "\"Purchase Now\" is not reached by Tab",
        says: r"Purchase Now.*be reached and used by keyboard",
        bends: &[Written(
            "classic/purchase.html",
            r#"<button id="go" class="button" disabled>"#,
            r#"<button id="go" class="button" disabled tabindex="-1">"#,
        )],
    },
    Defect {
        name: "zone-traps-keyboard",
        clauses: &["3.7.1"],
        does: "the zone cannot be left by keyboard",
        says: r"(?s)be reached and used by keyboard.*the focus stays on",
        bends: &[Written(
            "classic/purchase.html",
            r#"<select id="zone" name="zone">"#,
            r#"<select id="zone" name="zone" onkeydown="if (event.key === 'Tab') event.preventDefault()">"#,
        )],
    },
    Defect {
        name: "confirm-needs-a-mouse",
        clauses: &["3.7.1", "P2"],
        does: "\"Confirm Purchase\" takes a click of the mouse alone",
        says: r"result page: .*should",
        bends: &[Written(
            "classic/check.html",
            r#"<button class="button">"#,
            r#"<button class="button" onclick="if (event.detail === 0) event.preventDefault()">"#,
        )],
    },
    Defect {
        name: "amounts-are-pale",
        clauses: &["3.7.1"],
        does: "amounts can hardly be told from what is behind them",
        says: r"accessibility: color-contrast: (purchase|check|result) page",
        bends: &[Written("classic/site.css", "--orange: #b84700;", "--orange: #ffb27a;")],
    },
    Defect {
        name: "help-has-no-name",
        clauses: &["3.7.1"],
        does: "a button of the check page is a picture without a name",
        says: r"accessibility: button-name: check page",
        bends: &[Written(
            "classic/check.html",
            "<h1>{{ t.check_title }}</h1>",
            r#"<h1>{{ t.check_title }}</h1><button type="button"><svg width="16" height="16"></svg></button>"#,
        )],
    },
    Defect {
        name: "language-is-not-said",
        clauses: &["3.7.1"],
        does: "pages do not say which language they are in",
        says: r"accessibility: html-has-lang",
        bends: &[Written("classic/layout.html", r#"<html lang="{{ t.language }}">"#, "<html>")],
    },
];
