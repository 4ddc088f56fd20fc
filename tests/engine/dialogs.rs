//! Dialogs of the browser's own: what they are called, and who answers them.

use std::time::{Duration, Instant};

use dcdb_purchase_e2e::{
    browser::{Condition, Manners},
    domain::{Class, class_of},
    target::{DialogRule, Reply},
};

use crate::bench::{Bench, at, impatient, manners, text_of, with_page, with_page_over_each_channel};

/// Buttons that ask back, each saying what came of it.
const ASKING: &str = "<p id=log>-</p><script>const say = (what) => { log.textContent = String(what) }</script>
    <button onclick=\"alert('Prices have changed'); say('told')\">Tell</button>
    <button onclick=\"say(confirm('Discard the draft?') ? 'discarded' : 'kept')\">Discard</button>
    <button onclick=\"say(prompt('Name of the copy?'))\">Copy</button>
    <label>Months <input onchange=\"say(confirm('Discard the draft?') ? 'discarded' : 'kept')\"></label>
    <label>Zone <select onchange=\"say(confirm('Discard the draft?') ? 'discarded' : 'kept')\"><option>One<option>Two</select></label>
    <button class=grave onclick=\"say(confirm('Return db-1?') ? 'returned' : 'kept')\"><i>Return</i></button>
    <p class=notice>News <b class=close onclick=\"say(confirm('Return all?') ? 'returned' : 'kept')\">x</b></p>";

fn rules(yaml: &str) -> Vec<DialogRule> {
    serde_yaml::from_str(yaml).expect("rules")
}

fn asking(dialogs: &str) -> Manners {
    let irrevocable = vec![("pages: console: terminate".to_owned(), at("{ role: button, name: Return }"))];
    Manners { dialogs: rules(dialogs), irrevocable, ..manners() }
}

async fn press(bench: &Bench, locator: &str) -> anyhow::Result<()> {
    bench.visit.at("test page", &at(locator)).click().await
}

async fn says(bench: &Bench, what: &str) -> anyhow::Result<()> {
    bench.visit.at("test page", &at("{ css: '#log' }")).should(Condition::Shows(what.into())).await
}

#[test]
fn dialogs_are_answered_as_the_profile_says_or_as_the_step_does_that_expects_one() {
    let by_profile =
        "[{ text: Prices have changed, reply: dismiss }, { text: { starts: Name of }, reply: { text: copy-1 } },
        { page: purchase, text: Discard the draft?, reply: accept }, { text: Discard the draft?, reply: dismiss }]";
    with_page_over_each_channel(ASKING, asking(by_profile), async |bench| {
        for (name, comes) in [("Tell", "told"), ("Copy", "copy-1"), ("Discard", "kept")] {
            press(bench, &format!("{{ role: button, name: {name} }}")).await.expect(name);
            says(bench, comes).await.expect(comes);
        }
        for (name, text, reply, comes) in [
            ("Return", "Return db-1?", Reply::Accept, "returned"),
            ("Return", "Return db-1?", Reply::Dismiss, "kept"),
            ("Discard", "Discard the draft?", Reply::Accept, "discarded"),
            ("Copy", "Name of the copy?", Reply::Text("copy-2".into()), "copy-2"),
        ] {
            bench.visit.answer_next(text.into(), reply);
            press(bench, &format!("{{ role: button, name: {name} }}")).await.expect(name);
            says(bench, comes).await.expect(comes);
        }
    });
}

#[test]
fn what_typing_or_choosing_is_asked_back_is_answered_once_and_neither_is_done_again() {
    let rules = "[{ text: Discard the draft?, reply: dismiss }]";
    with_page_over_each_channel(ASKING, asking(rules), async |bench| {
        let months = bench.visit.at("test page", &at("{ label: Months }"));
        months.fill("3").await.expect("typed");
        says(bench, "kept").await.expect("by the profile");
        bench.visit.answer_next("Discard the draft?".into(), Reply::Accept);
        bench.visit.at("test page", &at("{ label: Months }")).fill("6").await.expect("typed");
        says(bench, "discarded").await.expect("by the step");
        let zone = bench.visit.at("test page", &at("{ label: Zone }"));
        zone.choose_native(&"Two".into()).await.expect("chosen");
        says(bench, "kept").await.expect("by the profile");
    });
}

#[test]
fn a_press_that_should_be_asked_back_and_is_not_or_otherwise_is_told() {
    with_page_over_each_channel(ASKING, impatient(), async |bench| {
        bench.visit.answer_next("Pay now?".into(), Reply::Accept);
        let failed = press(bench, "{ css: '#log' }").await;
        let expected = "test page: CSS #log should be asked back \"Pay now?\"\n  saw      no dialog\n  waited";
        assert_eq!(text_of(bench, failed), expected);
        bench.visit.answer_next("Pay now?".into(), Reply::Accept);
        let failed = text_of(bench, press(bench, "{ role: button, name: Discard }").await);
        assert!(
            failed.contains("saw      a question (confirm): \"Discard the draft?\"; it was not answered"),
            "{failed}"
        );
    });
}

#[test]
fn dialogs_are_called_what_they_are() {
    for (name, called) in [
        ("Tell", "an alert in the way: \"Prices have changed\""),
        ("Discard", "a question (confirm) in the way: \"Discard the draft?\""),
        ("Copy", "a prompt in the way: \"Name of the copy?\""),
    ] {
        with_page_over_each_channel(ASKING, impatient(), async |bench| {
            press(bench, &format!("{{ role: button, name: {name} }}")).await.expect(name);
            let error = says(bench, "nothing").await.expect_err("it lies over the page");
            assert_eq!(class_of(&error), Class::Product, "{error:#}");
            let text = format!("{error:#}");
            assert!(text.contains(called) && text.contains("mend     dialogs: in the profile"), "{text}");
        });
    }
}

#[test]
fn what_pays_terminates_or_returns_is_agreed_to_by_the_profile_only_after_the_press_that_was_permitted() {
    let all = "[{ text: { contains: Return }, reply: accept }]";
    let overlays = vec![(at("{ css: .notice }"), at("{ css: .close }"))];
    for (what, overlays, pressed, refused) in [
        ("by its name", vec![], "{ role: button, name: Return }", "a press on what pays, terminates or returns"),
        ("by a part of it", vec![], "{ css: '.grave i' }", "a press on what pays, terminates or returns"),
        ("for an overlay", overlays, "", "no step has pressed anything here"),
    ] {
        with_page_over_each_channel(ASKING, Manners { overlays, ..asking(all) }, async |bench| {
            if !pressed.is_empty() {
                press(bench, pressed).await.expect(what);
            }
            let error = says(bench, "returned").await.expect_err(what);
            assert_eq!(class_of(&error), Class::Guard, "{what}: {error:#}");
            let text = format!("{error:#}");
            assert!(text.contains(refused) && text.contains("mend     have the step that presses"), "{what}: {text}");
        });
    }
    with_page_over_each_channel(ASKING, asking(all), async |bench| {
        let button = at("{ role: button, name: Return }");
        bench.visit.at("test page", &button).click_once(None, || Ok(())).await.expect("a press that was permitted");
        says(bench, "returned").await.expect("agreed to");
    });
}

#[test]
fn a_page_that_puts_up_one_dialog_after_the_other_without_end_is_to_blame_for_it_in_time() {
    let html = "<button onclick=\"for (;;) alert('Prices have changed')\">Tell</button>";
    let dialogs = rules("[{ text: Prices have changed, reply: accept }]");
    with_page(html, Manners { dialogs, ..impatient() }, async |bench| {
        press(bench, "{ role: button, name: Tell }").await.expect("a press");
        let begun = Instant::now();
        let never = bench.visit.at("test page", &at("{ css: '#never' }"));
        let waited = tokio::time::timeout(Duration::from_secs(40), never.should(Condition::Visible)).await;
        let error =
            waited.unwrap_or_else(|_| panic!("waited on after {:?}", begun.elapsed())).expect_err("it is there");
        assert_eq!(class_of(&error), Class::Product, "{error:#}");
        let text = format!("{error:#}");
        assert!(text.contains("an alert in the way: \"Prices have changed\"") && text.contains("mend"), "{text}");
    });
}
