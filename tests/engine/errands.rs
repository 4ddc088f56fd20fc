//! What must be done on the way is done where the profile says, and never by what pays.

use dcdb_purchase_e2e::{
    browser::{Condition, Manners},
    domain::{Class, class_of},
    target::{Codes, Errand, Locator, Moment, Text},
};

use crate::bench::{at, manners, with_page, with_page_over_each_channel};

const PAGE: &str = "purchase page";

/// An errand at the page, written as in a profile.
fn errand(moment: Moment, yaml: &str) -> (Moment, Errand) {
    let errand: Errand = serde_yaml::from_str(yaml).unwrap_or_else(|error| panic!("{yaml}: {error}"));
    (moment, errand)
}

fn go_on() -> Locator {
    at("{ role: button, name: Go on }")
}

/// An agreement without which nobody goes on, a project, and a second factor that is asked for then.
const STEPS: &str = "<p id=log>-</p><label><input type=checkbox id=agreed>I agree to the purchase terms</label>
    <label>Project <select id=project><option>None<option>Tests</select></label>
    <button onclick=\"if (agreed.checked) setTimeout(() => { second.hidden = false }, 200); else log.textContent = 'not agreed'\">Go on</button>
    <div id=second hidden><label>Code <input id=code></label><button onclick=\"log.textContent = project.value + ' ' + code.value; second.remove()\">Verify</button></div>";

#[test]
fn an_agreement_is_ticked_before_an_act_and_a_second_factor_given_after_it() {
    let before = errand(
        Moment::Before(go_on()),
        "{ at: purchase, before: purchase-now, do: [ { tick: { role: checkbox } }, { choose: { label: Project }, option: Tests } ] }",
    );
    let after = errand(
        Moment::After(go_on()),
        "{ at: purchase, after: purchase-now, do: [ { fill: { label: Code }, with: 'A-{code}' }, { press: { role: button, name: Verify } } ] }",
    );
    let manners = Manners { errands: vec![before, after], ..manners() };
    with_page_over_each_channel(STEPS, manners, async |bench| {
        let secret = "JBSW Y3DP EHPK 3PXP".to_owned().into();
        bench.visit.account_is("Ana", Some(Codes::of(&secret).expect("a secret")));
        bench.visit.at(PAGE, &go_on()).click().await.unwrap_or_else(|error| panic!("{error:#}"));
        let log = at("{ css: '#log' }");
        let said = serde_yaml::from_str::<Text>("{ matches: '^Tests A-[0-9]{6}$' }").expect("a text");
        let shown = bench.visit.at(PAGE, &log).should(Condition::Shows(said)).await;
        shown.unwrap_or_else(|error| panic!("{error:#}"));
    });
}

/// What is done on the way is done with the pointer, also for who has put it away.
#[test]
fn who_has_only_keys_is_not_blamed_for_where_an_errand_left_the_focus() {
    const AGREED: &str = "<style>:focus-visible { outline: 2px solid blue }</style><p id=log>-</p><label><input type=checkbox id=agreed>I agree</label>
        <a href='#terms'>Terms</a><button onclick=\"log.textContent = agreed.checked ? 'agreed' : 'not agreed'\">Go on</button>";
    let before =
        errand(Moment::Before(go_on()), "{ at: purchase, before: purchase-now, do: [ { tick: { role: checkbox } } ] }");
    with_page(AGREED, Manners { errands: vec![before], ..manners() }, async |bench| {
        bench.visit.put_mouse_away();
        bench.visit.at(PAGE, &go_on()).click().await.unwrap_or_else(|error| panic!("{error:#}"));
        let shown = bench.visit.at(PAGE, &at("{ css: '#log' }")).should(Condition::Shows(Text::from("agreed"))).await;
        shown.unwrap_or_else(|error| panic!("{error:#}"));
    });
}

#[test]
fn what_is_asked_for_only_sometimes_holds_nobody_up() {
    let html = "<p id=log>-</p><button onclick=\"log.textContent = 'wrong password'\">Go on</button>";
    let after = errand(
        Moment::After(go_on()),
        "{ at: purchase, after: purchase-now, do: [ { fill: { label: Code }, with: '1' } ] }",
    );
    let before = errand(
        Moment::Before(go_on()),
        "{ at: purchase, before: purchase-now, when: { text: New terms }, do: [ { tick: { role: checkbox } } ] }",
    );
    with_page(html, Manners { errands: vec![after, before], ..manners() }, async |bench| {
        bench.visit.at(PAGE, &go_on()).click().await.unwrap_or_else(|error| panic!("{error:#}"));
        let log = at("{ css: '#log' }");
        let shown = bench.visit.at(PAGE, &log).should(Condition::Shows(Text::from("wrong password"))).await;
        shown.unwrap_or_else(|error| panic!("{error:#}"));
    });
}

/// By whatever of it a box is found, what is no box is not pressed, and what is ticked already is left so.
#[test]
fn only_a_box_is_ticked_and_only_where_it_is_not() {
    let html = "<p id=log>-</p><button>Go on</button><label class=inside><input type=checkbox onclick='count(this)'><span>I agree</span></label>
        <input type=checkbox id=far checked onclick='count(this)'><label for=far>Terms</label>
        <span role=checkbox aria-checked=false class=drawn onclick=\"this.ariaChecked = 'true'; count(this)\">Rules</span>
        <div class=no onclick='count(this)'>Take it all</div><script>const pressed = []; function count(it) { pressed.push(it.id || it.className || it.type); log.textContent = pressed.join() }</script>";
    for (found_by, log, is_box) in [
        ("{ role: checkbox, name: I agree }", "checkbox", true),
        ("{ css: .inside }", "checkbox", true),
        ("{ css: .inside span }", "checkbox", true),
        ("{ css: .drawn }", "drawn", true),
        ("{ role: checkbox, name: Terms }", "-", true),
        ("{ css: '[for=far]' }", "-", true),
        ("{ css: .no }", "-", false),
    ] {
        let yaml = format!("{{ at: purchase, before: purchase-now, do: [ {{ tick: {found_by} }} ] }}");
        let errands = vec![errand(Moment::Before(go_on()), &yaml)];
        let manners =
            Manners { errands, element: std::time::Duration::from_secs(if is_box { 5 } else { 1 }), ..manners() };
        with_page(html, manners, async |bench| {
            let pressed = bench.visit.at(PAGE, &go_on()).click().await;
            assert_eq!(pressed.is_ok(), is_box, "{found_by}: {pressed:?}");
            let shown = bench.visit.at(PAGE, &at("{ css: '#log' }")).should(Condition::Shows(Text::from(log))).await;
            shown.unwrap_or_else(|error| panic!("{found_by}: {error:#}"));
        });
    }
}

/// Ways to pay: what the profile says that pays, found by something else; what pays by its name alone; a box in such a thing; what
/// turns into what pays under the pointer.
const PAYING: &str = "<p id=log>-</p><button>Go on</button>
    <button id=pay class=primary onclick=\"log.textContent='paid'\"><span class=word>Take it</span></button><label class=caption for=pay>Next</label>
    <button class=other onclick=\"log.textContent='paid'\">Buy now</button><div class=drawn onclick=\"log.textContent='paid'\">立即支付</div>
    <button onclick=\"log.textContent='paid'\">Pay <span class=in role=checkbox>for a year</span></button><button class=turning onclick=\"log.textContent='paid'\">Later</button><script>const turning = document.querySelector('.turning');
    turning.onpointerenter = () => { turning.textContent = 'PAY' }</script>";

#[test]
fn nothing_on_the_way_presses_what_pays_by_whatever_it_is_found() {
    for deed in [
        "press: { css: .primary }",
        "press: { css: .word }",
        "press: { css: .caption }",
        "tick: { css: .in }",
        "press: { css: .other }",
        "press: { role: button, name: Buy now }",
        "press: { css: .drawn }",
        "press: { css: .turning }",
    ] {
        let yaml = format!("{{ at: purchase, before: purchase-now, do: [ {{ {deed} }} ] }}");
        let irrevocable = vec![("pages: check: confirm".to_owned(), at("{ css: '#pay' }"))];
        let errands = vec![errand(Moment::Before(go_on()), &yaml)];
        with_page(PAYING, Manners { errands, irrevocable, ..manners() }, async |bench| {
            let error = bench.visit.at(PAGE, &go_on()).click().await.expect_err(deed);
            let text = format!("{error:#}");
            assert_eq!(class_of(&error), Class::Guard, "{deed}: {text}");
            assert!(text.contains("nothing was pressed") && text.contains("mend     on-the-way:"), "{deed}: {text}");
            assert!(text.contains("on the way at the purchase page, before purchase-now"), "{deed}: {text}");
            let tree = bench.visit.witness().await.expect("a page").expect("a page").tree;
            assert!(!tree.contains("paid"), "{deed}: {tree}");
        });
    }
}

/// Between a price that was read and the press that pays it nothing is chosen or ticked any more.
#[test]
fn nothing_is_done_on_the_way_to_a_press_that_pays() {
    let html = "<p id=log></p><button>Go on</button><button onclick=\"log.textContent += 'dearer '\">More</button>
        <button onclick=\"log.textContent += 'taken'\">Take it</button>";
    let after = errand(
        Moment::After(go_on()),
        "{ at: purchase, after: purchase-now, do: [ { press: { role: button, name: More } } ] }",
    );
    with_page(html, Manners { errands: vec![after], ..manners() }, async |bench| {
        bench.visit.at(PAGE, &go_on()).click().await.unwrap_or_else(|error| panic!("{error:#}"));
        let pay = at("{ role: button, name: Take it }");
        bench.visit.at(PAGE, &pay).click_once(None, || Ok(())).await.unwrap_or_else(|error| panic!("{error:#}"));
        let shown = bench.visit.at(PAGE, &at("{ css: '#log' }")).should(Condition::Shows(Text::from("taken"))).await;
        shown.unwrap_or_else(|error| panic!("{error:#}"));
    });
}

/// A captcha that comes after an act, and is solved after a while; as one without a window cannot.
#[test]
fn a_person_is_asked_once_for_an_account_where_there_is_a_window_and_nowhere_else() {
    let html = "<p id=log>-</p><button onclick=\"const box = document.body.appendChild(document.createElement('div')); box.className = 'captcha';
        box.textContent = 'Slide'; setTimeout(() => { box.remove(); log.textContent = 'in' }, 4000)\">Go on</button>";
    let after = || {
        errand(Moment::After(go_on()), "{ at: purchase, after: purchase-now, do: [ { person: { css: .captcha } } ] }")
    };
    let go = async |bench: &crate::bench::Bench| {
        bench.visit.at(PAGE, &go_on()).click().await?;
        bench.visit.at(PAGE, &at("{ css: '#log' }")).should(Condition::Shows(Text::from("in"))).await
    };
    static TOLD: std::sync::Mutex<Vec<String>> = std::sync::Mutex::new(Vec::new());
    let told = |text: &str| TOLD.lock().expect("told").push(text.to_owned());
    // A tenth of what the person takes: their time is not the page's.
    let element = std::time::Duration::from_millis(300);
    let person = std::sync::Arc::new(dcdb_purchase_e2e::target::Person::told_by(told));
    with_page(html, Manners { errands: vec![after()], element, person, ..manners() }, async |bench| {
        bench.visit.account_is("Ana", None);
        // Nor the step's, which would be up before.
        let now = std::time::Instant::now();
        bench.visit.stop_at(now + std::time::Duration::from_millis(3500), "the step's 3.5 s");
        go(bench).await.unwrap_or_else(|error| panic!("{error:#}"));
        let told = TOLD.lock().expect("told").join("\n");
        assert_eq!(told, "please: purchase page: CSS .captcha, in the window of Ana; the run goes on then");
        let error = go(bench).await.expect_err("asked again");
        assert!(format!("{error:#}").contains("has done it for Ana in this run already"), "{error:#}");
    });
    with_page(html, Manners { errands: vec![after()], element, ..manners() }, async |bench| {
        let error = go(bench).await.expect_err("nobody is there");
        let text = format!("{error:#}");
        assert_eq!(class_of(&error), Class::Infrastructure, "{text}");
        for said in ["CSS .captcha: only a person can do that", "accounts: session: FILE", "--headed"] {
            assert!(text.contains(said), "{text}");
        }
    });
}
