//! The suite killed outright at each step of a purchase on another's target: `reconcile` then knows of all that was bought, once,
//! and `sweep` returns it.

use std::{
    process::Stdio,
    sync::mpsc,
    time::{Duration, Instant},
};

use dcdb_purchase_e2e::guard::Stage;
use nix::{
    sys::signal::{self, Signal},
    unistd::Pid,
};

use crate::{
    bridge::{Bridge, Point, Then, point},
    money::{BUYS, Shop, buying},
    run::{Ended, Run},
};

/// Along the way from the home page to the return, each of them a moment at which a machine may go down.
const POINTS: [Point; 14] = [
    point("GET / ", "cloud.", 1, true),
    point("POST /login", "cloud.", 2, false),
    point("GET /product/dcdb", "cloud.", 1, true),
    point("POST /dcdb ", "buy.", 2, false),
    point("GET /dcdb/check", "buy.", 2, true),
    point("POST /dcdb/confirm", "buy.", 1, false),
    point("POST /dcdb/confirm", "buy.", 1, true),
    point("GET /dcdb/result/", "buy.", 1, false),
    point("GET /dcdb/result/", "buy.", 1, true),
    point("GET / ", "console.", 1, true),
    point("POST /dcdb/initialise", "console.", 1, true),
    point("GET /expense/deal", "console.", 2, true),
    point("POST /dcdb/return", "console.", 1, false),
    point("POST /dcdb/return", "console.", 1, true),
];

/// Kills this run at the point.
fn kill(bridge: &Bridge, point: Point, run: &Run) {
    let suite = run.command().stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the suite");
    let victim = Pid::from_raw(i32::try_from(suite.id()).expect("a process"));
    bridge.at(point, move || {
        signal::kill(victim, Signal::SIGKILL).expect("killed");
        Then::Close
    });
    let ended = Ended::of(suite.wait_with_output().expect("ended"));
    assert!(bridge.acted(), "{point:?}: the run never came to it\n{}", ended.text);
}

/// Caps that no test comes to.
fn plenty() -> String {
    buying("").replace("¥2,500.00\", instances: 2", "¥30,000.00\", instances: 30")
}

#[test]
fn whatever_a_killed_run_bought_is_found_once_and_returned() {
    let shop = Shop::open();
    let bridge = Bridge::to(shop.elsewhere.port);
    let profile = shop.elsewhere.profile(&shop.account, &plenty());
    let through = bridge.over(&profile, shop.elsewhere.port);
    for point in POINTS {
        kill(&bridge, point, &shop.known(Run::of(&BUYS).profile(&through)));
    }
    let mut orders = shop.order_numbers();
    orders.sort_unstable();
    // Of the first six points none lets a confirmation arrive, of the others each.
    assert_eq!(orders.len(), POINTS.len() - 6);
    let stages = shop.stages();
    for stage in [Stage::Clicked, Stage::Order, Stage::Instance] {
        assert!(stages.contains(&stage), "no run was killed in the stage {stage:?}: {stages:?}");
    }
    // Of the click that did not arrive it cannot be told yet.
    let run = shop.known(Run::of(&[]).profile(&profile));
    shop.tool("reconcile", &run).expect(7, &[" 1 left unexplained", "its click was not answered"]);
    // Completed twice, to the same end.
    let run = shop.known(Run::of(&[]).profile(&(profile + "deadlines: { late-charge: 0ms }\n")));
    for _ in 0..2 {
        shop.tool("reconcile", &run).expect(0, &[" 0 left unexplained"]);
        let rows = shop.ledger();
        let mut known: Vec<String> = rows.iter().filter_map(|row| row.order.clone()).map(|order| order.0).collect();
        known.sort_unstable();
        assert_eq!(known, orders, "lost, or counted twice: {rows:#?}");
        assert!(rows.iter().all(|row| row.order.is_some() != (row.stage == Stage::Void)), "{rows:#?}");
    }
    shop.tool("sweep", &run).expect(0, &["nothing of this suite is left on elsewhere"]);
    assert_eq!((shop.truth().0, shop.truth().1), (orders.len(), 0));
    assert!(shop.stages().iter().all(|stage| matches!(stage, Stage::Returned | Stage::Void)), "{:?}", shop.stages());
}

/// The confirmation, whose request is held back on the way.
const CONFIRM: Point = point("POST /dcdb/confirm", "buy.", 1, false);

/// Waits until the site has this many orders.
fn until_ordered(shop: &Shop, orders: usize) {
    let begun = Instant::now();
    while shop.truth().0 != orders {
        assert!(begun.elapsed() < Duration::from_secs(20), "{} orders came", shop.truth().0);
        std::thread::park_timeout(Duration::from_millis(20));
    }
}

#[test]
fn a_charge_that_comes_long_after_its_run_was_killed_is_counted_from_the_click_on() {
    let shop = Shop::open();
    let bridge = Bridge::to(shop.elsewhere.port);
    let once = |amount: &str| buying("").replace("¥2,500.00\", instances: 2", amount);
    let profile = shop.elsewhere.profile(&shop.account, &once("¥2,500.00\", instances: 1"));
    let run = shop.known(Run::of(&BUYS).profile(&bridge.over(&profile, shop.elsewhere.port)));
    let mut suite = run.command().stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the suite");
    let victim = Pid::from_raw(i32::try_from(suite.id()).expect("a process"));
    let (release, held) = mpsc::channel::<()>();
    bridge.at(CONFIRM, move || {
        signal::kill(victim, Signal::SIGKILL).expect("killed");
        // Until the test lets go of it.
        let _released = held.recv();
        Then::Pass
    });
    suite.wait().expect("ended");
    let tools = shop.known(Run::of(&BUYS).profile(&profile));
    shop.tool("reconcile", &tools).expect(7, &["unexplained dcdb-e2e-", "may come until", "1 left unexplained"]);
    assert_eq!(shop.stages(), [Stage::Clicked]);
    let close =
        |name: &str, because: &str| shop.tool_with("reconcile", &tools, &["--close", name, "--because", because]);
    let name = shop.ledger().remove(0).spend.name;
    close(&name[..name.len() - 1], "I looked").expect(2, &["no open row of a purchase named", "did you mean", &name]);
    close(&name, " ").expect(2, &["--because should say how it is known"]);
    assert_eq!(shop.stages(), [Stage::Clicked]);
    tools.end().expect(6, &["would pass what 24 hours may cost", "spent    ¥1,015.20 and 1 instance"]);
    drop(release);
    until_ordered(&shop, 1);
    shop.tool("reconcile", &tools).expect(0, &["bought      dcdb-e2e-", "0 left unexplained"]);
    assert_eq!(shop.stages(), [Stage::Instance]);
    close(&name, "returned by hand").expect(0, &["closed      ", &name, "returned by hand"]);
    assert_eq!(shop.stages(), [Stage::Returned]);
    shop.tool("reconcile", &tools).expect(0, &["0 rows completed, 0 left unexplained"]);
    // Names are what is gone by: what is there is returned all the same.
    shop.tool("sweep", &tools).expect(0, &["returned    instance ", "nothing of this suite is left"]);
    assert_eq!((shop.truth().0, shop.truth().1), (1, 0));
}

#[test]
fn a_click_that_nothing_answered_is_told_at_the_end_of_its_run_until_no_charge_can_come_any_more() {
    let shop = Shop::open();
    let bridge = Bridge::to(shop.elsewhere.port);
    let profile = shop.elsewhere.profile(&shop.account, &plenty());
    let through = bridge.over(&profile, shop.elsewhere.port);
    let late = |late: &str| format!("{through}deadlines: {{ payment: 3s, load: 2s, late-charge: {late} }}\n");
    let (release, held) = mpsc::channel::<()>();
    bridge.at(CONFIRM, move || {
        let _released = held.recv();
        Then::Pass
    });
    let run = shop.known(Run::of(&BUYS).profile(&late("10m")));
    run.end()
        .expect(7, &["class    product", "left over on elsewhere", "its click was not answered", "0 passed, 1 failed"]);
    let left = run.results()["run"]["leftovers"].to_string();
    assert!(left.contains("may come until") && left.contains("¥1,015.20"), "{left}");
    drop(release);
    until_ordered(&shop, 1);
    shop.tool("sweep", &run).expect(0, &["nothing of this suite is left"]);
    // One that is lost for good: held back for longer than the run lasts.
    let (lost, held) = mpsc::channel::<()>();
    bridge.at(CONFIRM, move || {
        let _released = held.recv();
        Then::Close
    });
    let run = shop.known(Run::of(&BUYS).profile(&late("1s")));
    run.end().expect(1, &["class    product", "0 passed, 1 failed"]);
    drop(lost);
    assert_eq!(shop.stages(), [Stage::Returned, Stage::Void]);
}

#[test]
fn what_a_run_is_buying_is_left_alone_by_tools_beside_it() {
    let shop = Shop::open();
    let bridge = Bridge::to(shop.elsewhere.port);
    let profile = shop.elsewhere.profile(&shop.account, &(plenty() + "deadlines: { late-charge: 0ms }\n"));
    let run = shop.known(Run::of(&BUYS).profile(&bridge.over(&profile, shop.elsewhere.port)));
    let (here, came) = mpsc::channel();
    let (release, held) = mpsc::channel::<()>();
    bridge.at(CONFIRM, move || {
        here.send(()).expect("somebody waits");
        let _released = held.recv();
        Then::Pass
    });
    let suite = run.command().stdout(Stdio::piped()).spawn().expect("the suite");
    came.recv_timeout(Duration::from_secs(60)).expect("the confirmation");
    let tools = shop.known(Run::of(&[]).profile(&profile));
    let alone = "left alone  what run ";
    shop.tool("reconcile", &tools).expect(0, &[alone, "0 rows completed, 0 left unexplained"]);
    assert_eq!(shop.stages(), [Stage::Clicked]);
    drop(release);
    until_ordered(&shop, 1);
    shop.tool("sweep", &tools).expect(0, &[alone, "nothing of this suite is left"]);
    let ended = crate::run::Ended::of(suite.wait_with_output().expect("the suite"));
    ended.expect(0, &["1 passed, 0 failed"]);
    assert_eq!(shop.stages(), [Stage::Returned]);
}
