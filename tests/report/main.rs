//! The report, in the real browser, opened from disk: what it says, how it is used, and what it lets no page do to it; and
//! the guide beside it.

mod guide;
mod made;
mod messages;
mod reading;
mod screen;
#[path = "../tools/mod.rs"]
mod tools;

use std::process::Command;

use dcdb_purchase_e2e::{
    browser::Condition,
    target::{Likeness, Locator, Text},
};
use made::{MARKUP, Made};
use serde_json::json;

fn at(yaml: &str) -> Locator {
    serde_yaml::from_str(yaml).unwrap_or_else(|error| panic!("{yaml}: {error}"))
}

#[test]
fn the_first_screen_says_what_failed_and_leads_to_it() {
    let made = Made::with(12);
    reading::open(&made.report(), async |visit| {
        let spot = |yaml: &str| visit.at("report", &at(yaml));
        spot("{ role: heading, name: 2 of 11 scenarios failed }").should(Condition::Visible).await?;
        for words in ["8 passed", "2 failed", "1 flaky", "1 not applicable"] {
            spot(&format!("{{ role: button, name: {words} }}")).should(Condition::Visible).await?;
        }
        spot("{ text: The pages did not do what was expected of them. }").should(Condition::Visible).await?;
        spot("{ role: button, name: Enlarge the picture of the failure }").should(Condition::Visible).await?;
        // Whoever is on call learns first whether it is new.
        spot("{ text: 'Against earlier runs: 2 failed in the first run that is known of them, 1 was flaky lately. All runs' }")
            .should(Condition::Visible)
            .await?;
        spot("{ text: failed; no earlier run of it is known, within: { css: '.problem li:first-child' } }")
            .should(Condition::Visible)
            .await?;
        spot("{ role: link, name: Scenario 3 }").click().await?;
        // What is known beside the sentence is named, and the command that repeats it is there.
        spot("{ text: Run just this scenario again }").should(Condition::Visible).await?;
        spot("{ css: '#a-3 .command code' }")
            .should(Condition::Shows(Text::Is("cargo test --test purchase -- --name '^Scenario 3$'".into())))
            .await?;
        spot("{ css: '#a-3 .diff .added' }")
            .should(Condition::Shows(Text::Is("- text: \"gone wrong\"".into())))
            .await?;
        spot("{ css: '#a-3 .past' }").should(Condition::Visible).await?;
        for picture in ["As reviewed", "As seen in this run"] {
            spot(&format!("{{ role: button, name: 'Enlarge: {picture}' }}")).should(Condition::Visible).await?;
        }
        spot("{ css: '#a-3 a[href=\"evidence/a%20page%2Ehtml\"]' }")
            .should(Condition::Shows(Text::Is("The whole page as it was".into())))
            .await?;
        spot("{ css: '#a-3 .attached pre' }").should(Condition::Visible).await?;
        // What was asked of the browser is folded away until it is wanted.
        spot("{ text: 'Asked of the browser: 1 call' }").click().await?;
        spot("{ css: '#a-3 .calls li' }")
            .should(Condition::Shows(Text::Is(
                "250 ms purchase page: button \"Purchase Now\" should take a click but: nothing there aiming at an element".into(),
            )))
            .await
    });
}

#[test]
fn status_tag_and_text_filter_together_and_are_undone() {
    let made = Made::with(500);
    reading::open(&made.report(), async |visit| {
        let spot = |yaml: &str| visit.at("report", &at(yaml));
        let shown =
            async |words: &str| spot("{ css: '#shown' }").should(Condition::Shows(Text::Is(words.to_owned()))).await;
        shown("500 scenarios").await?;
        spot("{ css: '[data-filter=failed]' }").click().await?;
        shown("124 of 500 scenarios").await?;
        spot("{ css: '#tag' }").choose_native(&Text::Is("@P2 (248)".into())).await?;
        shown("62 of 500 scenarios").await?;
        spot("{ label: Search }").enter("scenario 11", None).await?;
        shown("3 of 500 scenarios").await?;
        spot("{ label: Search }").enter("nobody wrote this", None).await?;
        spot("{ text: { contains: No scenario is like that. } }").should(Condition::Visible).await?;
        spot("{ role: button, name: Show all, within: { css: .filters } }").click().await?;
        shown("500 scenarios").await
    });
}

#[test]
fn sentences_of_the_document_and_clauses_of_the_contract_lead_to_what_holds_them() {
    let made = Made::with(12);
    reading::open(&made.report(), async |visit| {
        let spot = |yaml: &str| visit.at("report", &at(yaml));
        for (id, says, shown) in [
            ("P1", "choose and click", "8 of 12 scenarios"),
            ("3.3.14", "As opened: what is chosen at first", "8 of 12 scenarios"),
        ] {
            spot("{ role: tab, name: Coverage }").click().await?;
            spot(&format!("{{ text: '{says}' }}")).should(Condition::Visible).await?;
            spot(&format!("{{ role: button, name: 3 scenarios of {id} }}")).click().await?;
            spot("{ css: '#shown' }").should(Condition::Shows(Text::Is(shown.into()))).await?;
            spot("{ role: button, name: Show all, within: { css: .filters } }").click().await?;
        }
        spot("{ role: tab, name: Coverage }").click().await?;
        // What was not reached, why, and what would reach it.
        for said in [
            "made is held to 2 of 3 rules and sentences of the contract, by 41 of 44 scenarios; one more line of its profile would add:",
            "levers: time: 2 scenarios",
            "made differs in 3.2.3: accounts are locked by hand",
        ] {
            spot(&format!("{{ text: '{said}' }}")).should(Condition::Visible).await?;
        }
        Ok(())
    });
}

#[test]
fn what_pages_said_is_text_in_the_report_and_nothing_else() {
    let made = Made::with(4).named(MARKUP);
    let complaints = reading::open(&made.report(), async |visit| {
        let spot = |yaml: &str| visit.at("report", &at(yaml));
        spot("{ css: '#a-3 summary' }").click().await?;
        spot("{ css: '#a-3 .calls > summary' }").click().await?;
        for place in [
            "#a-3 > summary .title",
            "#a-3 .sentence",
            "#a-3 .console-text",
            "#a-3 .diff .added",
            "#a-3 .came",
            "#a-3 .attached h4",
            "#a-3 .attached pre",
            ".problem h3",
        ] {
            let place = place.replace(".console-text", ":not(.calls) > .log .badge + span");
            spot(&format!("{{ css: '{place}' }}"))
                .should(Condition::Shows(Text::Like(Likeness::Contains(MARKUP.to_owned()))))
                .await?;
        }
        // Had any of it become an element, the browser would have complained of the picture that is not there.
        spot("{ css: 'img[src=x]' }").should(Condition::Absent).await
    });
    assert!(complaints.is_empty(), "{complaints:?}");
}

#[tokio::test]
async fn every_way_through_it_is_open_to_the_keyboard() {
    let made = Made::with(12);
    let screen = screen::Screen::open(&made.report(), 1280, "light").await;
    let focused = "return document.activeElement.closest('.scenario, [role=tab], #search')?.id || document.activeElement.localName";
    screen.press("f").await;
    assert_eq!(screen.ask(focused).await, "a-3", "the first that failed");
    screen.press("\u{e007}").await;
    assert_eq!(screen.ask("return document.querySelector('#a-3').open").await, true);
    screen.press("j").await;
    // The even ones are under no rule and come first.
    assert_eq!(screen.ask(focused).await, "a-5");
    screen.press("k").await;
    assert_eq!(screen.ask(focused).await, "a-3");
    screen.press("/").await;
    assert_eq!(screen.ask(focused).await, "search");
    screen.press("7").await;
    assert_eq!(screen.ask("return document.querySelectorAll('.scenario:not([hidden])').length").await, 1);
    screen.press("\u{e00c}").await;
    assert_eq!(screen.ask("return document.querySelectorAll('.scenario:not([hidden])').length").await, 12);
    screen.ask("document.querySelector('#tab-scenarios').focus()").await;
    screen.press("\u{e014}").await;
    assert_eq!(screen.ask(focused).await, "tab-coverage");
    assert_eq!(screen.ask("return document.querySelector('#coverage').hidden").await, false);
    screen.press("?").await;
    assert_eq!(screen.ask("return document.querySelector('#keys').open").await, true);
    screen.close().await;
}

#[tokio::test]
async fn it_fits_a_phone_and_follows_the_scheme() {
    let made = Made::with(500);
    let paper = "return getComputedStyle(document.body).backgroundColor";
    let mut papers = Vec::new();
    for (width, scheme) in [(360, "light"), (360, "dark"), (1280, "light"), (1280, "dark")] {
        let screen = screen::Screen::open(&made.report(), width, scheme).await;
        for tab in ["scenarios", "coverage", "slowest", "workers"] {
            screen.ask(&format!("document.querySelector('#tab-{tab}').click()")).await;
            screen.ask("document.querySelector('#a-3').open = true; document.querySelector('#a-5').open = true").await;
            let wide = screen.ask("return document.documentElement.scrollWidth - innerWidth").await;
            assert!(wide.as_i64().is_some_and(|wide| wide <= 0), "{tab} at {width}: {wide} too wide");
        }
        // What else there is to look at is in sight from the start, and the bars can be read.
        let tabs = screen
            .ask("scrollTo(0, 0); return document.querySelector('[role=tablist]').getBoundingClientRect().bottom")
            .await;
        assert!(width < 720 || tabs.as_f64().is_some_and(|bottom| bottom < 800.0), "tabs at {tabs} of {width}");
        let legible = "return [...document.querySelectorAll('.lane a.passed')].filter((bar) => bar.getBoundingClientRect().width < 60).length";
        screen.ask("document.querySelector('#tab-workers').click()").await;
        assert_eq!(screen.ask(legible).await, 0, "bars that cannot be read");
        papers.push(screen.ask(paper).await);
        let poor = screen.ask(screen::POOR_CONTRAST).await;
        assert_eq!(poor, json!([]), "hard to read in {scheme} at {width}");
        screen.close().await;
    }
    assert_eq!((&papers[0], &papers[1]), (&papers[2], &papers[3]));
    assert_ne!(papers[0], papers[1], "dark is light");
}

#[tokio::test]
async fn what_is_not_looked_at_is_not_built() {
    let made = Made::with(500);
    let screen = screen::Screen::open(&made.report(), 1280, "light").await;
    assert_eq!(screen.ask("return document.querySelectorAll('.step-row').length").await, 0);
    let elements = screen.ask("return document.querySelectorAll('*').length").await;
    assert!(elements.as_u64().is_some_and(|count| count < 15_000), "{elements}");
    screen.ask("document.querySelector('#a-3').open = true").await;
    assert_eq!(screen.ask("return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(document.querySelectorAll('.step-row').length))))").await, 3);
    // Nothing but the file itself was asked for.
    let asked = "return performance.getEntriesByType('resource').map((entry) => entry.name).filter((name) => !name.startsWith('data:'))";
    assert_eq!(screen.ask(asked).await, json!([]));
    screen.close().await;
}

#[test]
fn build_servers_see_a_passed_retry_as_flaky_and_whose_fault_each_failure_is() {
    let junit = Made::with(12).junit();
    assert!(junit.contains("tests=\"12\" skipped=\"1\" failures=\"2\""), "{junit}");
    assert_eq!(junit.matches("<flakyFailure").count(), 1, "{junit}");
    assert!(junit.contains("message=\"the browser failed: gone\" type=\"infrastructure\""), "{junit}");
    assert_eq!(junit.matches("type=\"product\"").count(), 2, "{junit}");
    assert!(junit.contains("<property name=\"seed\" value=\"7\"/>"), "{junit}");
}

#[test]
fn junit_is_what_build_servers_read() {
    let schema = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/report/junit.xsd");
    let judged = |junit: &str| {
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), junit).expect("written");
        Command::new("xmllint").args(["--noout", "--nonet", "--schema", schema]).arg(file.path()).output()
    };
    // In every way there is of ending, and with markup in whatever can hold some.
    for made in [Made::with(12), Made::with(4).named(MARKUP), Made::with(0)] {
        let junit = made.junit();
        let Ok(verdict) = judged(&junit) else {
            assert!(std::env::var_os("CI").is_none(), "xmllint is missing: apt-get install libxml2-utils");
            eprintln!("not looked at: there is no xmllint (apt-get install libxml2-utils)");
            return;
        };
        assert!(verdict.status.success(), "{}\n{junit}", String::from_utf8_lossy(&verdict.stderr));
        // The schema can tell.
        for (from, to) in [
            ("tests=", "checks="),
            ("type=\"product\"", "type=\"bad luck\""),
            ("<testcase ", "<case "),
            ("</testcase>", "<x/></testcase>"),
        ] {
            if junit.contains(from) {
                let broken = judged(&junit.replacen(from, to, 1)).expect("xmllint");
                assert!(!broken.status.success(), "{to:?} in place of {from:?} was accepted");
            }
        }
    }
}

#[tokio::test]
async fn the_overview_puts_runs_and_scenarios_side_by_side_on_a_phone_too() {
    let made = Made::with(40);
    let overview = made.report().join("overview.html").expect("an address");
    for (width, scheme) in [(390, "light"), (1280, "dark")] {
        let screen = screen::Screen::open(&overview, width, scheme).await;
        assert_eq!(
            screen.ask("return document.querySelector('h1').textContent").await,
            "3 of 3 runs were red, the last one too"
        );
        assert_eq!(screen.ask("return document.querySelectorAll('.runs li').length").await, 3);
        // Nine failed and five were flaky; what only ever passed is folded away.
        assert_eq!(screen.ask("return document.querySelectorAll('section .row').length").await, 14);
        let first = screen.ask("return document.querySelector('section .row').innerText").await;
        assert!(first.as_str().is_some_and(|text| text.contains("failing for 3 runs, since 23 Nov 2026")), "{first}");
        let wide = screen.ask("return document.documentElement.scrollWidth - innerWidth").await;
        assert!(wide.as_i64().is_some_and(|wide| wide <= 0), "{wide} too wide at {width}");
        assert_eq!(screen.ask(screen::POOR_CONTRAST).await, json!([]), "hard to read in {scheme} at {width}");
        screen.close().await;
    }
}
