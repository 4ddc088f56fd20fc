//! Where a browser may be: what leads off the target's hosts stops the scenario before its next action.

use dcdb_purchase_e2e::{browser::Condition, domain::Class, domain::class_of};

use crate::bench::{Bench, at, manners, text_of, with_page_over_each_channel};

/// A page with ways off: by a link, and by a tab that nobody turns to. `other.localhost` is
/// the same server by a name that is not listed.
const WAYS_OFF: &str = "<main><h1>First</h1>
    <button onclick=\"location.hostname = 'other.localhost'\">Leave</button>
    <button onclick=\"window.open('http://other.localhost:' + location.port + '/second')\">Pop up</button>
    <button onclick=\"document.body.append(Object.assign(document.createElement('iframe'), { src: 'http://other.localhost:' + location.port + '/second' }))\">Frame</button>
    <button onclick=\"document.querySelector('h1').textContent = 'Paid'\">Pay</button></main>";

async fn press(bench: &Bench, name: &str) {
    bench.visit.at("test page", &at(&format!("{{ role: button, name: {name} }}"))).click().await.expect(name);
}

/// Whatever is asked next is refused, and the other host is named.
async fn refused(bench: &Bench, doing: &str) {
    let pressed = bench.visit.at("test page", &at("{ role: button, name: Pay }")).click().await;
    let error = pressed.expect_err(doing);
    assert_eq!(class_of(&error), Class::Guard, "{doing}: {error:#}");
    let text = format!("{error:#}");
    assert!(text.contains("the browser would act at http://other.localhost:"), "{doing}: {text}");
    assert!(text.contains("mend     hosts: in the profile"), "{doing}: {text}");
}

#[test]
fn a_link_to_another_host_ends_the_scenario() {
    with_page_over_each_channel(WAYS_OFF, manners(), async |bench| {
        press(bench, "Leave").await;
        refused(bench, "after the link").await;
    });
}

#[test]
fn a_tab_of_another_host_ends_it_though_nobody_turned_to_it() {
    with_page_over_each_channel(WAYS_OFF, manners(), async |bench| {
        press(bench, "Pop up").await;
        let first = at("{ role: heading, name: First }");
        // The browser tells of the tab over a socket of its own; whatever is asked after that is refused.
        let refused = async {
            loop {
                if let Err(error) = bench.visit.at("test page", &first).should(Condition::Visible).await {
                    return error;
                }
            }
        };
        let error = tokio::time::timeout(std::time::Duration::from_secs(10), refused).await.expect("it was let go");
        assert_eq!(class_of(&error), Class::Guard, "{error:#}");
    });
}

#[test]
fn an_address_of_another_host_is_not_even_opened() {
    with_page_over_each_channel(WAYS_OFF, manners(), async |bench| {
        let mut other = bench.address.clone();
        other.set_host(Some("other.localhost")).expect("a host");
        let text = text_of(bench, bench.visit.go(&other).await);
        assert!(text.starts_with("opening a page by its address\n  refused"), "{text}");
        assert_eq!(bench.visit.url().await.expect("an address"), bench.address);
        press(bench, "Pay").await;
    });
}

#[test]
fn a_frame_of_another_host_within_a_page_is_no_navigation() {
    with_page_over_each_channel(WAYS_OFF, manners(), async |bench| {
        press(bench, "Frame").await;
        bench.visit.at("test page", &at("{ css: iframe }")).should(Condition::Visible).await.expect("the frame");
        press(bench, "Pay").await;
        let paid = bench.visit.at("test page", &at("{ role: heading, name: Paid }"));
        paid.should(Condition::Visible).await.expect("a page goes on");
    });
}

/// Ways to a page that is sent on by another host, and comes back.
const WAYS_AROUND: &str = "<main><h1>First</h1>
    <a href=/around>Follow</a><form method=post action=/around><button>Send</button></form>
    <a href=/around target=_blank rel=opener>Open</a><a href=/around target=_blank rel=noopener>Open apart</a>
    <button onclick=\"setTimeout(() => location = '/around', 200)\">Later</button></main>";

#[test]
fn a_way_round_by_another_host_is_seen_although_it_comes_back() {
    with_page_over_each_channel(WAYS_AROUND, manners(), async |bench| {
        let second = bench.place("/second", at("{ role: heading, name: Second }"));
        let seen = |by: &str, arrived: anyhow::Result<()>| {
            let error = arrived.expect_err(by);
            assert_eq!(class_of(&error), Class::Guard, "{by}: {error:#}");
            assert!(
                format!("{error:#}").contains("the browser would act at http://other.localhost:"),
                "{by}: {error:#}"
            );
        };
        bench.visit.go(&bench.address.join("around").expect("an address")).await.expect("a page");
        seen("the first page", bench.visit.arrive(&second).await);
        for (role, name, in_new_tab) in [
            ("link", "Follow", false),
            ("button", "Send", false),
            ("button", "Later", false),
            ("link", "Open", true),
            ("link", "Open apart", true),
        ] {
            bench.visit.go(&bench.address).await.expect("the page");
            let way = at(&format!("{{ role: {role}, name: {name} }}"));
            bench.visit.at("test page", &way).click().await.expect(name);
            if in_new_tab {
                bench.visit.follow_new_tab("test page", name).await.expect(name);
            }
            seen(name, bench.visit.arrive(&second).await);
        }
    });
}
