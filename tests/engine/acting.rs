//! Acting on pages that move, come late and change under the hand.

use std::time::{Duration, Instant};

use dcdb_purchase_e2e::{
    browser::{Condition, Manners},
    target::{Hosts, Text},
};

use crate::bench::{
    Bench, Channel, at, impatient, manners, text_of, with_page, with_page_over, with_page_over_each_channel,
};

async fn log_is(bench: &Bench, expected: &str) {
    bench
        .visit
        .at("test page", &at("{ css: '#log' }"))
        .should(Condition::Shows(Text::from(expected)))
        .await
        .unwrap_or_else(|error| panic!("{error:#}"));
}

async fn click(bench: &Bench, locator: &str) {
    bench.visit.at("test page", &at(locator)).click().await.unwrap_or_else(|error| panic!("{error:#}"));
}

#[test]
fn an_element_that_comes_late_is_waited_for() {
    let html = "<main><p id=log>-</p></main><script>setTimeout(()=>{const b=document.createElement('button');b.textContent='Late';b.disabled=true;b.onclick=()=>log.textContent='clicked';document.querySelector('main').append(b);setTimeout(()=>b.disabled=false,300)},300)</script>";
    with_page(html, manners(), async |bench| {
        click(bench, "{ role: button, name: Late }").await;
        log_is(bench, "clicked").await;
    });
}

#[test]
fn a_list_that_renews_itself_all_the_time_can_be_acted_on() {
    let html = "<main><div id=list></div><p id=log>-</p></main><script>setInterval(()=>{list.innerHTML='<button onclick=\"log.textContent=\\'clicked\\'\">Row</button>'},120)</script>";
    with_page(html, manners(), async |bench| {
        click(bench, "{ role: button, name: Row }").await;
        log_is(bench, "clicked").await;
    });
}

#[test]
fn what_slides_under_the_pointer_at_the_last_moment_is_not_pressed() {
    // The pay button takes the place of the other one as soon as the pointer comes near, and goes away when it has been there.
    let html = "<style>button{position:absolute;top:100px;left:100px;width:160px;height:40px}</style><p id=log>-</p><button id=cancel onclick=\"log.textContent='cancelled'\">Cancel</button>\
        <script>let times=0;addEventListener('pointermove',()=>{if(times++)return;const pay=document.createElement('button');pay.id='pay';pay.textContent='Pay';pay.onclick=()=>log.textContent='PAID';document.body.append(pay);setTimeout(()=>pay.remove(),400)},true)</script>";
    with_page(html, manners(), async |bench| {
        click(bench, "{ role: button, name: Cancel }").await;
        log_is(bench, "cancelled").await;
    });
}

#[test]
fn what_slides_away_from_under_the_pointer_is_followed_by_it() {
    // The list moves as soon as the engine has aimed and begins to watch the pointer.
    let html = "<style>button{position:absolute;top:100px;left:100px;width:160px;height:40px}</style><p id=log>-</p><button id=menu onmouseenter=\"log.textContent='open'\">Menu</button>\
        <script>const add=window.addEventListener;let moved=false;window.addEventListener=function(type,...more){if(type==='pointermove'&&!moved){moved=true;menu.style.top='300px'}return add.call(this,type,...more)}</script>";
    with_page(html, manners(), async |bench| {
        bench.visit.at("test page", &at("{ role: button, name: Menu }")).hover().await.expect("a hover");
        log_is(bench, "open").await;
    });
}

#[test]
fn an_overlay_that_the_profile_names_is_dismissed_wherever_it_appears() {
    let html = "<main><button onclick=\"log.textContent='bought'\">Buy</button><p id=log>-</p></main><script>setTimeout(()=>{const d=document.createElement('div');d.style='position:fixed;inset:0;background:#fff';d.innerHTML='<p>We use cookies</p><button onclick=\"this.parentNode.remove()\">Got it</button>';document.body.append(d)},50)</script>";
    let overlays = vec![(at("{ text: We use cookies }"), at("{ role: button, name: Got it }"))];
    with_page(html, Manners { overlays, ..manners() }, async |bench| {
        bench
            .visit
            .at("test page", &at("{ text: We use cookies }"))
            .should(Condition::Absent)
            .await
            .unwrap_or_else(|error| panic!("{error:#}"));
        click(bench, "{ role: button, name: Buy }").await;
        log_is(bench, "bought").await;
    });
}

#[test]
fn a_press_that_an_overlay_took_at_any_moment_of_it_is_made_again_as_often_as_one_comes() {
    let overlay = "const over=()=>{const d=document.createElement('div');d.style='position:fixed;inset:0;background:#fff';d.innerHTML='<p>We use cookies</p><button onclick=\"this.parentNode.remove()\">Got it</button>';document.body.append(d)};";
    // Under the pointer, twice; and between the press and its end.
    for moment in
        ["let times=0;buy.onmouseenter=()=>times++<2&&over()", "buy.addEventListener('mousedown',over,{once:true})"]
    {
        let html = format!(
            "<main><button id=buy onclick=\"log.textContent+='bought'\">Buy</button><p id=log>-</p></main><script>{overlay}{moment}</script>"
        );
        let overlays = vec![(at("{ text: We use cookies }"), at("{ role: button, name: Got it }"))];
        with_page(html.leak(), Manners { overlays, ..manners() }, async |bench| {
            click(bench, "{ role: button, name: Buy }").await;
            log_is(bench, "-bought").await;
        });
    }
}

#[test]
fn a_menu_that_an_overlay_took_the_pointer_from_is_opened_again() {
    let html = "<style>.p{display:none}.l:hover>.p{display:block}</style><nav><div class=l><button>Products</button><div class=p><a href=/second>Distributed</a></div></div></nav>\
        <script>document.querySelector('.l').addEventListener('mouseenter',()=>{if(window.shown)return;window.shown=true;const d=document.createElement('div');d.style='position:fixed;inset:auto 0 0;background:#ffd';d.innerHTML='<p>We use cookies</p><button onclick=\"this.parentNode.remove()\">Got it</button>';document.body.append(d)})</script>";
    let overlays = vec![(at("{ text: We use cookies }"), at("{ role: button, name: Got it }"))];
    with_page(html, Manners { overlays, ..manners() }, async |bench| {
        bench.visit.at("test page", &at("{ role: button, name: Products }")).hover().await.expect("a hover");
        bench
            .visit
            .at("test page", &at("{ role: link, name: Distributed }"))
            .should(Condition::Visible)
            .await
            .unwrap_or_else(|error| panic!("{error:#}"));
    });
}

#[test]
fn so_is_a_menu_of_several_levels_from_its_first() {
    let html = "<style>.p{display:none}.l:hover>.p{display:block}</style><nav><div class=l><button>Products</button><div class=p><div class=l id=inner><button>Database</button><div class=p><a href=/second>Distributed</a></div></div></div></div></nav>\
        <script>document.querySelector('#inner').addEventListener('mouseenter',()=>{if(window.shown)return;window.shown=true;const d=document.createElement('div');d.style='position:fixed;inset:auto 0 0;background:#ffd';d.innerHTML='<p>We use cookies</p><button onclick=\"this.parentNode.remove()\">Got it</button>';document.body.append(d)})</script>";
    let overlays = vec![(at("{ text: We use cookies }"), at("{ role: button, name: Got it }"))];
    with_page(html, Manners { overlays, ..manners() }, async |bench| {
        for level in ["{ role: button, name: Products }", "{ role: button, name: Database }"] {
            bench.visit.at("test page", &at(level)).hover().await.expect(level);
        }
        bench
            .visit
            .at("test page", &at("{ role: link, name: Distributed }"))
            .should(Condition::Visible)
            .await
            .unwrap_or_else(|error| panic!("{error:#}"));
    });
}

/// As component libraries let their menus appear: drawn in their place and transparent, for a moment nowhere, and then growing.
#[test]
fn a_menu_that_fades_in_is_rested_on_once_it_is_there() {
    let html = "<style>#menu{position:absolute;top:60px;left:8px}.grows{animation:grow .2s}@keyframes grow{from{transform:scaleY(.1)}}</style><p><button id=top>Products</button></p>\
        <script>const frame=()=>new Promise(requestAnimationFrame);const menu=document.createElement('div');menu.id='menu';menu.innerHTML='<button>Compute</button><br><button id=inner>Database</button>';\
        top_=document.getElementById('top');const leaves=()=>{if(!document.querySelector('#top:hover,#menu:hover'))menu.remove()};document.addEventListener('pointermove',()=>setTimeout(leaves,20));\
        top_.onmouseenter=async()=>{menu.style.opacity=0;document.body.append(menu);await frame();await frame();await frame();menu.style.transform='scale(0)';await frame();await frame();menu.style.transform='';menu.style.opacity='';menu.className='grows'};\
        menu.addEventListener('mouseover',(e)=>{if(e.target.id==='inner'&&!document.querySelector('a'))menu.insertAdjacentHTML('beforeend','<a href=/second>Distributed</a>')})</script>";
    with_page(html, manners(), async |bench| {
        for level in ["{ role: button, name: Products }", "{ role: button, name: Database }"] {
            bench.visit.at("test page", &at(level)).hover().await.unwrap_or_else(|error| panic!("{error:#}"));
        }
        let link = bench.visit.at("test page", &at("{ role: link, name: Distributed }"));
        link.should(Condition::Visible).await.unwrap_or_else(|error| panic!("{error:#}"));
    });
}

#[test]
fn a_menu_that_closed_behind_a_pointer_that_missed_it_is_opened_again_from_its_first_level() {
    let html = "<style>#inner{position:absolute;left:8px;top:60px}</style><div id=all><button id=top>Products</button><div id=menu hidden><button id=inner>Database</button></div></div><p id=log>-</p>\
        <script>const add=window.addEventListener;let armed=0;window.addEventListener=function(type,...more){if(type==='pointermove'&&++armed===2)inner.style.top='300px';return add.call(this,type,...more)};\
        document.getElementById('top').onmouseenter=()=>{menu.hidden=false};inner.onmouseenter=()=>{log.textContent='open'};\
        document.addEventListener('pointermove',(e)=>{if(!e.target.closest('button'))menu.hidden=true})</script>";
    // The menu moves as soon as the engine has aimed at its second level, in the world that it shares with the page.
    with_page_over(Channel::Bidi, html, manners(), async |bench| {
        for level in ["{ role: button, name: Products }", "{ role: button, name: Database }"] {
            bench.visit.at("test page", &at(level)).hover().await.unwrap_or_else(|error| panic!("{error:#}"));
        }
        log_is(bench, "open").await;
    });
}

#[test]
fn menus_of_several_levels_open_under_the_pointer_and_close_when_it_leaves() {
    let html = "<style>.p{display:none}.l:hover>.p{display:block}</style><nav><div class=l><button>Products</button><div class=p><div class=l><button>Database</button><ul class=p><li><a href=/second>Distributed</a></ul></div></div></div></nav><p style='margin-top:300px'>Elsewhere</p>";
    with_page(html, manners(), async |bench| {
        let link = at("{ role: link, name: Distributed }");
        for level in ["{ role: button, name: Products }", "{ role: button, name: Database }"] {
            bench.visit.at("test page", &at(level)).hover().await.expect(level);
        }
        bench.visit.at("test page", &link).should(Condition::Visible).await.expect("open");
        bench.visit.at("test page", &at("{ text: Elsewhere }")).hover().await.expect("elsewhere");
        bench.visit.at("test page", &link).should(Condition::Absent).await.expect("closed");
    });
}

#[test]
fn typing_replaces_what_was_there_and_leaving_the_field_commits_it() {
    let html = "<main><label>Disk <input value=100 onchange='log.textContent=`committed ${this.value}`'></label><label>Name <input value=old></label><p id=log>-</p></main>";
    with_page(html, manners(), async |bench| {
        bench.visit.at("test page", &at("{ label: Disk }")).fill("500").await.expect("typed");
        log_is(bench, "committed 500").await;
        bench.visit.at("test page", &at("{ label: Name }")).fill("").await.expect("emptied");
        bench
            .visit
            .at("test page", &at("{ label: Name }"))
            .should(Condition::Value(Text::from("")))
            .await
            .expect("empty");
        bench.visit.at("test page", &at("{ label: Name }")).fill("<b>数据库</b> & \"x\"").await.expect("typed");
        bench
            .visit
            .at("test page", &at("{ label: Name }"))
            .should(Condition::Value(Text::from("<b>数据库</b> & \"x\"")))
            .await
            .expect("kept");
    });
}

#[test]
fn a_page_meets_the_keys_and_presses_of_a_person_and_nothing_else() {
    let html = "<main><input id=name aria-label=Name value=old><p id=log></p></main><script>for(const type of ['pointerdown','pointerup','click','keydown','keyup'])addEventListener(type,(event)=>{log.textContent+=` ${type.slice(type.startsWith('key')?3:0)}${event.key?'-'+event.key:''}`},true)</script>";
    with_page(html, manners(), async |bench| {
        bench.visit.at("test page", &at("{ label: Name }")).fill("ab").await.expect("typing");
        log_is(
            bench,
            "pointerdown pointerup click down-Control down-a up-a up-Control down-a up-a down-b up-b down-Tab up-Tab",
        )
        .await;
    });
}

#[test]
fn a_press_is_done_once_the_page_has_taken_it() {
    let html =
        "<main><button onclick=\"const end=performance.now()+300;while(performance.now()<end);\">Buy</button></main>";
    with_page(html, manners(), async |bench| {
        let started = Instant::now();
        click(bench, "{ role: button, name: Buy }").await;
        assert!(started.elapsed() >= Duration::from_millis(300), "it was not waited for");
    });
}

#[test]
fn an_entry_of_a_list_over_the_page_is_chosen_unless_it_is_disabled_by_its_class() {
    let html = "<main><div>Zone</div><div><div class=header onclick=\"list.hidden=false\">Zone 3</div></div></main><div id=list hidden style='position:fixed;top:90px'><ul><li>Zone 3<li class=is-disabled>Zone 4 (sold out)<li>Zone 6</ul></div>\
        <script>list.onclick=(event)=>{document.querySelector('.header').textContent=event.target.textContent;list.hidden=true}</script>";
    with_page(html, impatient(), async |bench| {
        click(bench, "{ beside: Zone }").await;
        click(bench, "{ text: Zone 6, within: { css: '#list' } }").await;
        let zone = bench.visit.at("test page", &at("{ beside: Zone }"));
        zone.should(Condition::Value(Text::from("Zone 6"))).await.unwrap_or_else(|error| panic!("{error:#}"));
        click(bench, "{ beside: Zone }").await;
        let sold_out =
            bench.visit.at("test page", &at("{ text: { starts: Zone 4 }, within: { css: '#list' } }")).click().await;
        assert!(text_of(bench, sold_out).contains("saw      there, but disabled: listitem \"Zone 4 (sold out)\""));
    });
}

#[test]
fn options_of_a_native_select_are_chosen_by_their_words_or_refused_with_what_is_offered() {
    let html = "<main><label>Zone <select onchange='log.textContent=this.value'><option value=3>Zone 3<option value=4 disabled>Zone 4 (sold out)<option value=6>Zone 6</select></label><p id=log>-</p></main>";
    with_page(html, impatient(), async |bench| {
        let zone = at("{ label: Zone }");
        bench.visit.at("test page", &zone).choose_native(&Text::from("Zone 6")).await.expect("chosen");
        log_is(bench, "6").await;
        let offered = "it offers \"Zone 3\", \"Zone 4 (sold out)\" [disabled], \"Zone 6\"";
        let missing = text_of(bench, bench.visit.at("test page", &zone).choose_native(&Text::from("Zone 9")).await);
        assert!(
            missing.starts_with("test page: control labelled \"Zone\" should offer the option \"Zone 9\"")
                && missing.contains(offered),
            "{missing}"
        );
        let disabled =
            text_of(bench, bench.visit.at("test page", &zone).choose_native(&Text::from("Zone 4 (sold out)")).await);
        assert!(disabled.contains("that option is disabled") && disabled.contains(offered), "{disabled}");
    });
}

#[test]
fn a_click_that_leaves_the_page_and_a_page_that_keeps_moving_on_are_followed() {
    let html = "<main><button onclick=\"location.href='/?again'\">On</button></main><script>if(location.search==='?again')setTimeout(()=>location.href='/second',150)</script>";
    with_page(html, manners(), async |bench| {
        click(bench, "{ role: button, name: On }").await;
        bench
            .visit
            .arrive(&bench.place("/second", at("{ role: heading, name: Second }")))
            .await
            .expect("the second page");
        bench.visit.back().await.expect("back");
        bench.visit.reload().await.expect("reloaded");
    });
}

/// Under a field and in a summary; and what is replaced by another answer is not said any more.
#[test]
fn what_is_said_in_two_places_is_said_and_what_goes_is_not_gone_on_saying() {
    let html =
        "<main><p>Choose a period.</p><div role=status>Choose a period.</div><p id=old>Too little money.</p></main>
        <script>setTimeout(() => { old.textContent = 'Busy.'; }, 300)</script>";
    let manners = Manners { element: Duration::from_secs(2), ..manners() };
    with_page(html, manners, async |bench| {
        let spot = |text: &str| bench.visit.at("test page", &at(&format!("{{ text: {text} }}")));
        let for_long = || Condition::Said(Duration::from_secs(1));
        spot("Choose a period.").should(Condition::Said(Duration::ZERO)).await.expect("said");
        spot("Choose a period.").should(for_long()).await.expect("said for a second");
        let twice = spot("Choose a period.").should(Condition::Visible).await.expect_err("not one thing");
        assert!(format!("{twice:#}").contains("2 of them, where there should be one"), "{twice:#}");
        for condition in [Condition::Said(Duration::ZERO), for_long()] {
            let gone = spot("Too little money.").should(condition).await.expect_err("not said any more");
            assert!(format!("{gone:#}").contains("nothing like it is on the page"), "{gone:#}");
        }
        bench.visit.reload().await.expect("loaded again");
        spot("Too little money.").should(Condition::Said(Duration::ZERO)).await.expect("said at first");
        spot("Too little money.").should(for_long()).await.expect_err("not for a second");
    });
}

#[test]
fn a_price_is_believed_once_it_stays_the_same() {
    let html = "<main><p id=fee>¥1.00</p></main><script>let n=0;const t=setInterval(()=>{fee.textContent=`¥${++n}.00`;if(n===6)clearInterval(t)},60)</script>";
    with_page(html, manners(), async |bench| {
        let any = serde_yaml::from_str("matches: '^¥'").expect("a text");
        let read = bench
            .visit
            .at("test page", &at("{ css: '#fee' }"))
            .read_when(Condition::Settled(any, Duration::from_millis(250)))
            .await
            .expect("a price");
        assert_eq!(read.text, "¥6.00");
    });
}

#[test]
fn a_second_tab_from_the_same_page_is_told_from_the_first() {
    let html = "<main><h1>First</h1><a href=/second target=_blank rel=noopener>New</a></main>";
    with_page_over_each_channel(html, manners(), async |bench| {
        let (link, second) =
            (at("{ role: link, name: New }"), bench.place("/second", at("{ role: heading, name: Second }")));
        bench.visit.at("test page", &link).click().await.expect("a click");
        bench.visit.follow_new_tab("test page", "link").await.expect("a new tab");
        bench.visit.arrive(&second).await.expect("the second page");
    });
}

#[test]
fn what_pages_complain_of_is_told_when_the_scenario_ends() {
    let html = "<main><h1>Odd</h1></main><script>console.error('prices are stale'); setTimeout(()=>{throw new Error('no cart')}); fetch('http://127.0.0.1:9/').catch(()=>{}); console.log('all is well')</script>";
    let over_each = with_page_over_each_channel(html, manners(), async |bench| {
        bench
            .visit
            .at("test page", &at("{ role: heading, name: Odd }"))
            .should(Condition::Visible)
            .await
            .expect("there");
        // The errors were pushed before this answer was.
        bench
            .visit
            .at("test page", &at("{ css: '#never' }"))
            .within(Duration::from_millis(300))
            .should(Condition::Visible)
            .await
            .expect_err("not there");
    });
    for complaints in over_each {
        let texts: Vec<&str> = complaints.iter().map(|complaint| complaint.text.as_str()).collect();
        for expected in ["prices are stale", "no cart", "request failed"] {
            assert!(texts.iter().any(|text| text.contains(expected)), "{expected} is not among {texts:?}");
        }
        assert!(!texts.iter().any(|text| text.contains("all is well")), "{texts:?}");
    }
}

#[test]
fn a_page_of_another_site_is_asked_and_heard_as_the_one_before() {
    let html = "<main><h1>First</h1><a>Go on</a><a target=_blank rel=noopener>New</a></main><script>\
        document.querySelectorAll('a').forEach((link) => link.href = `http://localhost:${location.port}/`);\
        if (location.hostname === 'localhost') { console.error('not ours'); fetch('http://127.0.0.1:9/').catch(() => { document.querySelector('h1').textContent = 'Other'; }); }</script>";
    let manners = Manners { hosts: Hosts::of(&["127.0.0.1", "localhost"]), ..manners() };
    let complaints = with_page(html, manners, async |bench| {
        let first = bench.place("/", at("{ role: heading, name: First }"));
        let mut other = bench.place("/", at("{ role: heading, name: Other }"));
        other.url.set_host(Some("localhost")).expect("a host");
        bench.visit.arrive(&first).await.expect("the first site");
        click(bench, "{ role: link, name: Go on }").await;
        bench.visit.arrive(&other).await.expect("the other site");
        bench.visit.back().await.expect("back");
        bench.visit.arrive(&first).await.expect("the first site again");
        click(bench, "{ role: link, name: New }").await;
        bench.visit.follow_new_tab("test page", "link \"New\"").await.expect("a new tab");
        bench.visit.arrive(&other).await.expect("the other site in a new tab");
        let never = bench.visit.at("test page", &at("{ css: '#never' }"));
        never.within(Duration::from_millis(300)).should(Condition::Visible).await.expect_err("not there");
    });
    let texts: Vec<&str> = complaints.iter().map(|complaint| complaint.text.as_str()).collect();
    for expected in ["not ours", "request failed"] {
        let heard = texts.iter().filter(|text| text.contains(expected)).count();
        assert_eq!(heard, 2, "{expected}, in one tab after the other: {texts:?}");
    }
}

#[test]
fn a_server_that_fails_and_a_part_that_is_missing_are_complained_of_but_no_refusal() {
    let html = "<main><h1>First</h1><img src=/nothing.png alt=''></main><script>\
        Promise.all(['/broken', '/refused'].map((at) => fetch(at))).then(() => onload = () => document.querySelector('h1').textContent = 'Done').then(() => { if (document.readyState === 'complete') onload() })</script>";
    let complaints = with_page(html, manners(), async |bench| {
        let done = bench.visit.at("test page", &at("{ role: heading, name: Done }"));
        done.should(Condition::Visible).await.expect("all answered");
    });
    let said =
        complaints.iter().map(|one| format!("{} at {}", one.text, one.url.rsplit('/').next().unwrap_or_default()));
    let mut said: Vec<String> = said.collect();
    said.sort();
    assert_eq!(
        said,
        ["request failed: 404 Not Found at nothing.png", "request failed: 500 Internal Server Error at broken"]
    );
}

#[test]
fn a_page_that_would_not_be_left_is_left_as_by_somebody_who_means_it() {
    let html = "<main><input aria-label=Name><a href=/second>Go on</a></main><script>addEventListener('beforeunload',(event)=>event.preventDefault())</script>";
    with_page_over_each_channel(html, manners(), async |bench| {
        let second = bench.place("/second", at("{ role: heading, name: Second }"));
        bench.visit.at("test page", &at("{ label: Name }")).fill("typed").await.expect("typed");
        click(bench, "{ role: link, name: Go on }").await;
        bench.visit.arrive(&second).await.expect("left by a link");
        bench.visit.go(&bench.address).await.expect("opened");
        bench.visit.at("test page", &at("{ label: Name }")).fill("typed").await.expect("typed");
        bench.visit.go(&second.url).await.expect("opened");
        bench.visit.arrive(&second).await.expect("left by its address");
    });
}

#[test]
fn a_page_that_was_reloaded_is_never_taken_for_itself_before() {
    let html = "<main><h1></h1></main><script>sessionStorage.loads=1+Number(sessionStorage.loads||0);document.querySelector('h1').textContent=`Load ${sessionStorage.loads}`</script>";
    with_page_over_each_channel(html, manners(), async |bench| {
        let heading = bench.visit.at("test page", &at("{ role: heading }"));
        heading.should(Condition::Shows(Text::from("Load 1"))).await.expect("loaded");
        for load in 2..8 {
            bench.visit.reload().await.expect("reloaded");
            let seen = heading.text().await.expect("a heading");
            assert_eq!(seen, format!("Load {load}"));
        }
    });
}

/// Ways to another page, and to none. Each is pressed on a page that keeps what is looked for until the other one comes.
const WAYS: &str = "<main><h1>Here</h1><a href=/late>link</a><form action=/late><button>get</button></form><form action=/late method=post><button>post</button></form><button onclick=\"location='/late'\">script</button><button onclick=\"setTimeout(stop,100);location='/late'\">stopped</button><a href=/nothing>no page</a><a href='#part'>part</a><a href='javascript:void 0'>script link</a><a href=/late target=_blank>tab</a></main>";

#[test]
fn what_is_looked_for_after_a_press_is_looked_for_on_the_page_that_it_leads_to() {
    with_page_over_each_channel(WAYS, manners(), async |bench| {
        let heading = bench.visit.at("test page", &at("{ role: heading }"));
        for _ in 0..3 {
            for way in ["link", "get", "post", "script"] {
                bench.visit.go(&bench.address).await.expect("the page");
                click(bench, &format!("{{ text: {way} }}")).await;
                assert_eq!(heading.text().await.expect("a heading"), "Late", "after {way}");
            }
        }
        bench.visit.back().await.expect("back");
        assert_eq!(heading.text().await.expect("a heading"), "Here");
    });
}

#[test]
fn a_press_that_leads_to_no_page_leaves_the_one_that_is_there() {
    let never_done: &str = Box::leak(format!("{WAYS}<img src=/never>").into_boxed_str());
    let impatient = Manners { load: Duration::from_millis(300), ..manners() };
    for (html, manners) in [(WAYS, manners()), (never_done, impatient)] {
        let limit = manners.element;
        with_page(html, manners, async |bench| {
            let heading = bench.visit.at("test page", &at("{ role: heading }"));
            for way in ["no page", "part", "script link", "tab", "stopped"] {
                let begun = Instant::now();
                click(bench, &format!("{{ text: {way} }}")).await;
                assert_eq!(heading.text().await.expect("a heading"), "Here", "after {way}");
                assert!(begun.elapsed() < limit, "{way} took {:?}", begun.elapsed());
            }
        });
    }
}
