//! A press lands on what was meant, wherever on it there is room.

use std::time::{Duration, Instant};

use dcdb_purchase_e2e::{browser::Condition, target::Text};

use crate::bench::{Bench, at, impatient, manners, text_of, with_page, with_page_over_each_channel};

async fn log_is(bench: &Bench, expected: &str) {
    let log = at("{ css: '#log' }");
    let shown = bench.visit.at("test page", &log).should(Condition::Shows(Text::from(expected))).await;
    shown.unwrap_or_else(|error| panic!("{error:#}"));
}
async fn click(bench: &Bench, locator: &str) {
    bench.visit.at("test page", &at(locator)).click().await.unwrap_or_else(|error| panic!("{error:#}"));
}

const LABELS: &str = "<style>.h{position:absolute;opacity:0;width:0;height:0}b{display:inline-block;width:14px;height:14px;border:1px solid}label{display:inline-block;margin:4px}</style><p id=log>-</p>\
    <label><input class=h type=checkbox aria-label=linked><b></b> I accept the <a href=/second>terms of service and the privacy statement of this cloud</a></label>\
    <label><input class=h type=checkbox aria-label=two><b></b><span>我已阅读并同意<a href=/second target=_blank>《服务协议》</a>和<a href=/second target=_blank>《服务等级协议》</a></span></label>\
    <label><input class=h type=radio aria-label=card>Standard <button type=button onclick=\"log.textContent='help'\">Show what is in it and what it costs you</button></label>\
    <div role=checkbox aria-label=drawn tabindex=0 aria-checked=false onclick=\"this.setAttribute('aria-checked','true')\">Agree to <a href=/second>all of the terms of this very long service agreement</a></div>\
    <label id=words><input type=checkbox aria-label=words> Yes to <a href=/second>the terms of service and the privacy statement of this cloud</a></label>";

#[test]
fn a_box_or_card_is_chosen_beside_the_links_and_buttons_in_its_label() {
    with_page_over_each_channel(LABELS, impatient(), async |bench| {
        for (role, name) in [("checkbox", "linked"), ("checkbox", "two"), ("radio", "card"), ("checkbox", "drawn")] {
            let control = format!("{{ role: {role}, name: {name} }}");
            click(bench, &control).await;
            let chosen = bench.visit.at("test page", &at(&control)).should(Condition::Checked).await;
            chosen.unwrap_or_else(|error| panic!("{error:#}"));
        }
        click(bench, "{ css: '#words' }").await;
        bench
            .visit
            .at("test page", &at("{ role: checkbox, name: words }"))
            .should(Condition::Checked)
            .await
            .expect("on");
        log_is(bench, "-").await;
    });
}

const PLACES: &str = "<style>body{margin:0}#log{position:fixed;top:0;right:0;z-index:3;pointer-events:none}.bar{position:fixed;left:0;right:0;height:55vh;background:#ccc;z-index:2;display:none}.gap{height:2000px}</style><p id=log>-</p><div class=bar></div>\
    <button data-say=inner><label id=label style=pointer-events:none>Place order</label></button><div role=button data-say=deep><div style=pointer-events:none><span><i>Renew order</i></span></div></div>\
    <div id=dot style='width:1px;height:1px' data-say=dot></div><a href='#' style=display:contents data-say=contents><div style='padding:9px'>Card</div></a>\
    <style>@keyframes pulse{50%{transform:scale(1.6)}}</style><p><button data-say=pulse style='animation:pulse .3s linear infinite'>Buy now</button></p>\
    <div class=gap></div><button id=far data-say=far>Far</button><div class=gap></div>\
    <script>onclick=(e)=>{const s=e.target.closest('[data-say]');if(s)log.textContent=s.dataset.say}</script>";

#[test]
fn there_is_a_place_to_press_wherever_a_person_finds_one() {
    with_page(PLACES, impatient(), async |bench| {
        for (locator, said) in [
            ("{ text: Place order }", "inner"),
            ("{ text: Renew order }", "deep"),
            ("{ css: '#dot' }", "dot"),
            ("{ role: link, name: Card }", "contents"),
            ("{ role: button, name: Buy now }", "pulse"),
            ("{ css: '#far' }", "far"),
        ] {
            click(bench, locator).await;
            log_is(bench, said).await;
        }
    });
    for side in ["top", "bottom"] {
        let html = PLACES.replace("z-index:2;display:none", &format!("z-index:2;{side}:0"));
        with_page(Box::leak(html.into_boxed_str()), impatient(), async |bench| {
            click(bench, "{ css: '#far' }").await;
            log_is(bench, "far").await;
        });
    }
}

#[test]
fn what_is_in_a_disabled_button_is_disabled() {
    let html = "<p id=log>-</p><button disabled><span>Buy</span></button><fieldset disabled><button><b>Pay</b></button></fieldset><button id=b disabled onclick=\"log.textContent='pressed'\"><span>Late</span></button><script>setTimeout(()=>b.disabled=false,400)</script><div aria-disabled=true><h2>Heading</h2></div>";
    with_page(html, impatient(), async |bench| {
        for text in ["Buy", "Pay"] {
            let spot = at(&format!("{{ text: {text} }}"));
            bench.visit.at("test page", &spot).should(Condition::Disabled).await.expect(text);
            let clicked = bench.visit.at("test page", &spot).within(Duration::from_millis(200)).click().await;
            assert!(text_of(bench, clicked).contains("there, but disabled"));
        }
        bench.visit.at("test page", &at("{ role: heading }")).should(Condition::Enabled).await.expect("a heading");
        click(bench, "{ text: Late }").await;
        log_is(bench, "pressed").await;
    });
}

/// A message goes once its field is left, and all below it moves up: a press that has begun there ends elsewhere.
const MOVED: &str = "<label>Name <input id=n></label><p id=err style='height:80px;margin:0'>Name is needed</p><button id=b style='height:24px'>Submit</button><p id=log>-</p><script>n.onblur=()=>{err.remove()};b.onclick=()=>log.textContent='submitted'</script>";

#[test]
fn a_press_that_becomes_no_click_is_made_again_unless_it_may_pay() {
    with_page_over_each_channel(MOVED, impatient(), async |bench| {
        bench.visit.at("test page", &at("{ label: Name }")).enter("my-db", None).await.expect("typed");
        click(bench, "{ role: button, name: Submit }").await;
        log_is(bench, "submitted").await;
        bench.visit.go(&bench.address).await.expect("the page");
        bench.visit.at("test page", &at("{ label: Name }")).enter("my-db", None).await.expect("typed");
        let submit = at("{ role: button, name: Submit }");
        bench.visit.at("test page", &submit).click_once(None, || Ok(())).await.expect("a press");
        let log = at("{ css: '#log' }");
        let said = text_of(bench, bench.visit.at("test page", &log).should(Condition::Visible).await);
        assert!(said.contains("became no click: button \"Submit\" moved away under the pointer"), "{said}");
        log_is(bench, "-").await;
    });
}

/// Something lies over the link as soon as the pointer comes near, for a moment.
const VEILED: &str = "<p id=log></p><a href=/second target=_blank style='position:absolute;top:90px'>New tab</a><button style='position:absolute;top:160px' onclick=\"sessionStorage.pressed='yes'\">Keep</button><script>log.textContent=sessionStorage.pressed||'-';let times=0;addEventListener('pointermove',()=>{if(times++)return;const v=document.createElement('div');v.style='position:fixed;inset:0';document.body.append(v);setTimeout(()=>v.remove(),300)},true)</script>";

#[test]
fn a_press_that_missed_is_made_again_before_a_tab_is_awaited_or_a_page_left() {
    with_page_over_each_channel(VEILED, manners(), async |bench| {
        click(bench, "{ role: button, name: Keep }").await;
        bench.visit.reload().await.expect("reloaded");
        log_is(bench, "yes").await;
        click(bench, "{ role: link, name: New tab }").await;
        bench.visit.follow_new_tab("test page", "link \"New tab\"").await.unwrap_or_else(|error| panic!("{error:#}"));
        bench.visit.arrive(&bench.place("/second", at("{ role: heading, name: Second }"))).await.expect("the tab");
    });
}

#[test]
fn a_page_that_lacks_nothing_but_a_picture_is_used() {
    let html = "<p id=log>-</p><button onclick=\"log.textContent='bought'\">Buy</button><img src=/never>";
    with_page_over_each_channel(html, manners(), async |bench| {
        let begun = Instant::now();
        click(bench, "{ role: button, name: Buy }").await;
        log_is(bench, "bought").await;
        assert!(begun.elapsed() < Duration::from_secs(4), "it took {:?}", begun.elapsed());
    });
}

#[test]
fn a_button_that_lets_pointers_through_is_not_pressed_until_it_takes_them() {
    let html = "<p id=log>-</p><script>onclick=(e)=>log.textContent=e.target.closest('a,button,div,p').dataset.say||'nothing'</script>\
        <p><a class=btn href='#' data-say=link style=pointer-events:none>Pay</a></p><div><button data-say=button style=pointer-events:none>Buy</button></div><button style=pointer-events:none><b>Deep</b></button>\
        <button data-say=text><span style=pointer-events:none>Renew</span></button><a href='#' data-say=round><button style=pointer-events:none>Lead</button></a>\
        <div data-say=entry><span style=pointer-events:none>Entry</span></div><div><button id=late data-say=late style=pointer-events:none>Late</button></div><script>setTimeout(()=>late.style='',400)</script>";
    with_page(html, impatient(), async |bench| {
        for locator in ["{ text: Pay }", "{ role: button, name: Buy }", "{ text: Deep }"] {
            let spot = || bench.visit.at("test page", &at(locator)).within(Duration::from_millis(200));
            let said = text_of(bench, spot().click().await);
            assert!(said.contains("there, but it lets pointers through: "), "{said}");
            let said = text_of(bench, spot().should(Condition::Enabled).await);
            assert!(said.contains("it lets pointers through: "), "{said}");
        }
        log_is(bench, "-").await;
        for (locator, said) in [
            ("{ role: button, name: Late }", "late"),
            ("{ text: Renew }", "text"),
            ("{ role: button, name: Lead }", "round"),
            ("{ text: Entry }", "entry"),
        ] {
            click(bench, locator).await;
            log_is(bench, said).await;
        }
    });
}

/// Cards, rows and wrappers that hold controls.
const HOLDING: &str = "<p id=log>-</p><style>.over{position:relative;padding:9px}.over a::after{content:'';position:absolute;inset:0}.full button{width:50%;height:40px}.full{display:flex;width:400px}</style>\
    <script>const say=(what,event)=>{event.stopPropagation();log.textContent=what}</script>\
    <ul><li class=plan onclick=\"say('plan',event)\">Standard <button style='display:block;width:100%;height:60px' onclick=\"say('removed',event)\">Remove</button></ul>\
    <div class=over><h3>Finance</h3><a href='#' onclick=\"say('details',event)\">Details</a></div><div class=full onclick=\"say('full',event)\"><button onclick=\"say('a',event)\">A</button><button onclick=\"say('b',event)\">B</button></div>\
    <div class=field>Name <input style='width:90%' onclick=\"say('field',event)\"></div><span class=wrapped style='padding:20px'><button onclick=\"say('wrapped',event)\">Buy</button></span>\
    <table><tr class=row onclick=\"say('row',event)\"><td><a href='#' onclick=\"say('instance',event)\">ins-1</a><td>Running<td><button onclick=\"say('terminated',event)\">Terminate</button></table>";

#[test]
fn a_press_on_what_holds_controls_is_none_on_them_unless_it_wraps_one() {
    with_page(HOLDING, impatient(), async |bench| {
        for (locator, said) in [
            ("{ css: .plan, containing: Standard }", "plan"),
            ("{ css: .over }", "details"),
            ("{ css: .field }", "field"),
            ("{ css: .wrapped }", "wrapped"),
            ("{ role: row, containing: ins-1 }", "row"),
        ] {
            click(bench, locator).await;
            log_is(bench, said).await;
        }
        let full = at("{ css: .full }");
        let said = text_of(bench, bench.visit.at("test page", &full).within(Duration::from_millis(200)).click().await);
        assert!(said.contains("covered by button"), "{said}");
        log_is(bench, "row").await;
    });
}

/// What the press leaves a field for is drawn anew as soon as the field is left, or as it is pressed itself.
const REPLACED: &str = "<label>Name <input id=n></label><p id=h><button onclick=\"log.textContent+=' sent'\">Submit</button></p><p id=k><button>Draw</button></p><p id=log>-</p>\
    <script>n.onblur=()=>h.innerHTML=h.innerHTML;k.onmousedown=()=>{k.innerHTML=k.innerHTML;log.textContent+=' drawn'}</script>";

#[test]
fn a_press_on_what_is_replaced_as_a_field_is_left_is_made_again_unless_it_may_pay() {
    with_page_over_each_channel(REPLACED, impatient(), async |bench| {
        let enter =
            async || bench.visit.at("test page", &at("{ label: Name }")).enter("my-db", None).await.expect("typed");
        enter().await;
        click(bench, "{ role: button, name: Submit }").await;
        log_is(bench, "- sent").await;
        enter().await;
        click(bench, "{ role: button, name: Draw }").await;
        log_is(bench, "- sent drawn").await;
        enter().await;
        let submit = at("{ role: button, name: Submit }");
        bench.visit.at("test page", &submit).click_once(None, || Ok(())).await.expect("a press");
        let log = at("{ css: '#log' }");
        let said = text_of(bench, bench.visit.at("test page", &log).should(Condition::Visible).await);
        assert!(said.contains("became no click: button \"Submit\" was replaced under the pointer"), "{said}");
        log_is(bench, "- sent drawn").await;
    });
}
