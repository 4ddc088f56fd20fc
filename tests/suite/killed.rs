//! The suite killed outright at each step of a purchase on another's target: `reconcile` then knows of all that was bought, once,
//! and `sweep` returns it.

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    process::Stdio,
    sync::{Arc, Mutex},
    thread,
};

use dcdb_purchase_e2e::guard::Stage;
use nix::{
    sys::signal::{self, Signal},
    unistd::Pid,
};

use crate::{
    money::{BUYS, Shop, buying},
    run::Run,
};

/// A request at which the suite is killed.
#[derive(Debug, Clone, Copy)]
struct Point {
    /// How the request begins.
    line: &'static str,
    /// The host that it is for begins so.
    host: &'static str,
    /// The how manieth of its kind: the account is looked at before the scenario begins.
    nth: usize,
    /// The site does what was asked, and its answer is lost with the suite; else the request is.
    arrives: bool,
}

const fn point(line: &'static str, host: &'static str, nth: usize, arrives: bool) -> Point {
    Point { line, host, nth, arrives }
}

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
    point("GET /expense/deal", "console.", 1, true),
    point("POST /dcdb/return", "console.", 1, false),
    point("POST /dcdb/return", "console.", 1, true),
];

/// What passes all traffic on and kills at one request.
struct Bridge {
    port: u16,
    /// `None` once it has killed: nothing passes any more, since browsers send again what a closed connection lost.
    armed: Arc<Mutex<Option<Armed>>>,
}

struct Armed {
    point: Point,
    seen: usize,
    victim: Pid,
}

impl Bridge {
    fn to(site: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("its address").port();
        let armed: Arc<Mutex<Option<Armed>>> = Arc::default();
        let shared = Arc::clone(&armed);
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let armed = Arc::clone(&shared);
                thread::spawn(move || pass(client, site, &armed));
            }
        });
        Self { port, armed }
    }

    /// Kills this run at the point; gives whether it came to it.
    fn kill(&self, point: Point, run: &Run) -> bool {
        let mut suite = run.command().stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the suite");
        let victim = Pid::from_raw(i32::try_from(suite.id()).expect("a process"));
        *self.armed.lock().expect("the lock") = Some(Armed { point, seen: 0, victim });
        suite.wait().expect("ended");
        self.armed.lock().expect("the lock").take().is_none()
    }
}

/// One connection: each request head in what the browser sends is looked at.
fn pass(mut client: TcpStream, site: u16, armed: &Mutex<Option<Armed>>) {
    let Ok(mut server) = TcpStream::connect(("127.0.0.1", site)) else { return };
    let (Ok(mut answers), Ok(mut back)) = (server.try_clone(), client.try_clone()) else { return };
    // Who is killed once the site answers: by then it has done what was asked, and nobody hears of it.
    let due_with_answer: Arc<Mutex<Option<Pid>>> = Arc::default();
    let due = Arc::clone(&due_with_answer);
    thread::spawn(move || {
        let mut chunk = [0u8; 65_536];
        while let Ok(count @ 1..) = answers.read(&mut chunk) {
            if let Some(victim) = due.lock().expect("the lock").take() {
                signal::kill(victim, Signal::SIGKILL).expect("killed");
                break;
            }
            if back.write_all(&chunk[..count]).is_err() {
                break;
            }
        }
        let _closed = back.shutdown(std::net::Shutdown::Both);
    });
    let mut chunk = [0u8; 65_536];
    // What was let pass is let pass with its body.
    let mut passed = false;
    while let Ok(count @ 1..) = client.read(&mut chunk) {
        let text = String::from_utf8_lossy(&chunk[..count]).to_lowercase();
        let mut armed = armed.lock().expect("the lock");
        if armed.is_none() && !passed {
            break;
        }
        let due = armed.as_mut().is_some_and(|armed| {
            let meant = text.starts_with(&armed.point.line.to_lowercase())
                && text.contains(&format!("\r\nhost: {}", armed.point.host));
            armed.seen += usize::from(meant);
            meant && armed.seen == armed.point.nth
        });
        let due = if due { armed.take() } else { None };
        drop(armed);
        match due {
            Some(armed) if armed.point.arrives => {
                passed = true;
                *due_with_answer.lock().expect("the lock") = Some(armed.victim);
            }
            Some(armed) => {
                signal::kill(armed.victim, Signal::SIGKILL).expect("killed");
                break;
            }
            None => {}
        }
        if server.write_all(&chunk[..count]).is_err() {
            break;
        }
    }
    let _closed = server.shutdown(std::net::Shutdown::Write);
}

#[test]
fn whatever_a_killed_run_bought_is_found_once_and_returned() {
    let shop = Shop::open();
    let bridge = Bridge::to(shop.elsewhere.port);
    let profile = shop
        .elsewhere
        .profile(&shop.account, &buying("").replace("¥2,500.00\", instances: 2", "¥30,000.00\", instances: 30"));
    let through = profile.replace(&format!(":{}", shop.elsewhere.port), &format!(":{}", bridge.port));
    for point in POINTS {
        let run = shop.known(Run::of(&BUYS).profile(&through));
        assert!(bridge.kill(point, &run), "{point:?}: the run never came to it");
    }
    let mut orders = shop.order_numbers();
    orders.sort_unstable();
    // Of the first six points none lets a confirmation arrive, of the others each.
    assert_eq!(orders.len(), POINTS.len() - 6);
    let stages = shop.stages();
    for stage in [Stage::Clicked, Stage::Order, Stage::Instance] {
        assert!(stages.contains(&stage), "no run was killed in the stage {stage:?}: {stages:?}");
    }
    // Completed twice, to the same end.
    let run = shop.known(Run::of(&[]).profile(&profile));
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
