//! Levers on another's target: pulled as its profile says and nowhere else, undone whatever becomes of the scenario or the run,
//! and their secrets told nowhere.

use std::{
    fs,
    process::Stdio,
    sync::{Arc, Mutex, mpsc},
    time::Duration,
};

use axum::{
    Router,
    extract::{Request, State},
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
};
use nix::{
    sys::signal::{self, Signal},
    unistd::Pid,
};
use serde_json::{Value, json};

use crate::{
    money::{Shop, buying},
    run::{QUICK, Run},
};

const TOKEN: &str = "canary-token-5c1e";
const MARKED: &str = "marker: { meta: environment, is: stand-in }\n";

/// What the owner of the target has beside its pages: makes happen what it is asked for, by the back door.
struct Owner {
    shop: Shop,
    port: u16,
    asked: Arc<Asked>,
    _runtime: tokio::runtime::Runtime,
}

struct Asked {
    back_door: String,
    /// Path, what proves who asks, and body of each request.
    requests: Mutex<Vec<(String, String, Value)>>,
    /// Told of each request once what it asks for has happened.
    happened: Mutex<Option<mpsc::Sender<()>>>,
}

async fn answer(State(asked): State<Arc<Asked>>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    let proof = request.headers().get(header::AUTHORIZATION);
    let proof = proof.map(|proof| proof.to_str().expect("a text").to_owned()).unwrap_or_default();
    let body = axum::body::to_bytes(request.into_body(), 1 << 16).await.expect("a body");
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    asked.requests.lock().expect("no panic").push((path.clone(), proof.clone(), body.clone()));
    match path.as_str() {
        "/moved" => return (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, "/ops/accounts")]).into_response(),
        "/broken" => return (StatusCode::INTERNAL_SERVER_ERROR, format!("no {proof} is known here")).into_response(),
        "/silent" => std::future::pending().await,
        "/odd" => return axum::Json(json!({ "password": TOKEN, "data": { "ticket": 7 } })).into_response(),
        "/undone" => return StatusCode::NO_CONTENT.into_response(),
        _ => {}
    }
    let url = format!("{}{}", asked.back_door, path.strip_prefix("/ops").expect("a path"));
    let done = reqwest::Client::new().post(url).json(&body).send().await.expect("an answer");
    let (status, text) = (done.status(), done.text().await.expect("a text"));
    if let Some(tell) = &*asked.happened.lock().expect("no panic") {
        let _nobody_waits = tell.send(());
    }
    (StatusCode::from_u16(status.as_u16()).expect("a status"), text).into_response()
}

impl Owner {
    fn of(shop: Shop) -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).expect("a port");
        let port = listener.local_addr().expect("its address").port();
        let asked = Arc::new(Asked {
            back_door: format!("http://127.0.0.1:{}/backdoor", shop.elsewhere.port),
            requests: Mutex::default(),
            happened: Mutex::default(),
        });
        let router = Router::new().fallback(answer).with_state(Arc::clone(&asked));
        runtime.spawn(async move { axum::serve(listener, router).await });
        Self { shop, port, asked, _runtime: runtime }
    }

    /// A run of this feature; its profile lists an account by its number, and says this beside its levers.
    fn run(&self, arguments: &[&str], feature: &str, levers: &str, more: &str) -> Run {
        let number = format!("    fillings: {{ id: {} }}\n    balance:", self.shop.account["id"]);
        let profile = self.shop.elsewhere.profile(&self.shop.account, more).replace("    balance:", &number);
        let levers = format!("lever-hosts: [127.0.0.1]\nlevers:\n{}", levers.replace("OPS", &self.at("")));
        let run = self.shop.known(Run::of(arguments).profile(&(profile + &levers)).variable("TOKEN", TOKEN));
        if feature.is_empty() { run } else { run.feature(feature) }
    }

    fn at(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// The bodies of what was asked since the last time.
    fn asked(&self) -> Vec<Value> {
        let requests = std::mem::take(&mut *self.asked.requests.lock().expect("no panic"));
        assert!(requests.iter().all(|(_, proof, _)| proof == &format!("Bearer {TOKEN}")), "{requests:?}");
        requests.into_iter().map(|(_, _, body)| body).collect()
    }
}

/// The price list, for one account, by the owner's leave.
fn prices(scope: &str) -> String {
    let request = |percent: &str| {
        format!(
            "{{ url: \"OPS/ops/accounts/{{account.id}}/world\", headers: {{ authorization: \"Bearer ${{TOKEN}}\" }}, body: {{ price_percent: {percent} }} }}"
        )
    };
    format!(
        "  prices:\n    scope: {scope}\n    pull: {}\n    undo: {}\n    values: {{ percent: {{ \"110\": 110, \"90\": 110 }} }}\n",
        request("\"{percent}\""),
        request("100")
    )
}

const RISES: &str = "    When the price list rises to 110 percent\n    And the buyer presses \"Purchase Now\"\n    Then the check page says \"The price has changed. Confirm again.\"\n";
const BEFORE: &str = "    Given the buyer is on the purchase page\n    When the buyer chooses\n      | disk per shard | 500 GB |\n    Then the total fee is ¥1,015.20\n";

#[test]
fn a_lever_is_undone_whatever_becomes_of_its_scenario_and_its_secret_is_told_nowhere() {
    let owner = Owner::of(Shop::open());
    let feature = format!(
        "Feature: Levers\n  @lever-prices\n  Scenario: Passes\n{BEFORE}{RISES}\n  @lever-prices\n  Scenario: Fails\n{BEFORE}    When the price list rises to 90 percent\n    And the buyer asks to initialise the instance\n"
    );
    let run = owner.run(&["--concurrency", "1"], &feature, &prices("account"), MARKED);
    run.end().expect(4, &["1 passed, 1 failed", "no instance is known yet"]);
    let (pulled, undone) = (json!({ "price_percent": 110 }), json!({ "price_percent": 100 }));
    // What is 90 in the feature is 110 here.
    assert_eq!(owner.asked(), [&pulled, &undone, &pulled, &undone].map(Clone::clone));
    run.each_file(|file| {
        let content = fs::read(file).expect("a file");
        assert!(!content.windows(TOKEN.len()).any(|window| window == TOKEN.as_bytes()), "{}", file.display());
    });
    let journal = owner.shop.state_folder().join("dcdb-purchase-e2e/elsewhere.levers.sqlite");
    let journal = fs::read(journal).expect("the journal");
    assert!(!journal.windows(TOKEN.len()).any(|window| window == TOKEN.as_bytes()), "it is in the journal");
}

#[test]
fn a_lever_that_is_not_answered_as_it_should_is_the_infrastructure_s_fault() {
    let owner = Owner::of(Shop::open());
    let lever = |path: &str, more: &str| {
        let to = |path: &str| format!("{{ url: \"OPS{path}\", headers: {{ authorization: \"Bearer ${{TOKEN}}\" }} }}");
        format!("    pull: {}\n    undo: {}\n{more}", to(path), to("/undone"))
    };
    let levers = format!(
        "  prices:\n{}  sold-out:\n{}  time:\n{}  orders-expire:\n{}",
        lever("/moved", ""),
        lever("/broken", ""),
        lever("/silent", ""),
        lever("/odd", "    reads: { ticket: /ticket }\n"),
    );
    let scenario = |name: &str, step: &str| {
        format!("  @lever-{name}\n  Scenario: {name}\n    Given a visitor on the home page\n    When {step}\n")
    };
    let feature = format!(
        "Feature: Levers\n{}{}{}{}",
        scenario("prices", "the price list rises to 110 percent"),
        scenario("sold-out", "Guangzhou Zone 3 sells out"),
        scenario("time", "2 minutes pass"),
        scenario("orders-expire", "unpaid orders expire"),
    );
    let run = owner.run(&["--concurrency", "1"], &feature, &levers, &format!("{MARKED}deadlines: {{ lever: 1s }}\n"));
    let ended = run.end();
    ended.expect(
        3,
        &[
            "0 passed, 4 failed",
            "the lever prices should be answered with success",
            &format!("asked    POST {}", owner.at("/moved")),
            "saw      307 Temporary Redirect, to /ops/accounts, where no lever goes",
            "saw      500 Internal Server Error: no Bearer ‹secret› is known here",
            "saw      no answer within 1.0 s",
            "saw      nothing at /ticket, where its ticket should be; there are /data/ticket, /password",
        ],
    );
    assert!(!ended.text.contains(TOKEN), "{}", ended.text);
    let count = run.results()["scenarios"]
        .as_array()
        .expect("scenarios")
        .iter()
        .filter(|one| one["class"] == "infrastructure")
        .count();
    assert_eq!(count, 4);
    // Whatever they did may have been done all the same.
    assert_eq!(owner.asked().len(), 4 + 4, "each pulled once and undone");
}

#[test]
fn nothing_is_pulled_where_the_marker_is_not_seen_nor_by_a_look_before_the_run() {
    let owner = Owner::of(Shop::open());
    // Nobody logs in: before that the marker is asked for too.
    let feature = "Feature: Levers\n  @lever-prices\n  Scenario: Rises\n    Given a visitor on the home page\n    When the price list rises to 110 percent\n";
    let other = "marker: { meta: environment, is: staging }\n";
    let run = owner.run(&[], feature, &prices("account"), other);
    run.end().expect(6, &["before pulling a lever, elsewhere should prove to be a test target"]);
    run.again(&["--dry-run"]).expect(0, &["1 scenario would run"]);
    assert_eq!(owner.asked(), [] as [Value; 0]);
    let elsewhere = prices("account").replace("OPS/ops", "http://ops.example/ops");
    owner.run(&[], feature, &elsewhere, MARKED).end().expect(2, &["lever-hosts does not list ops.example"]);
}

#[test]
fn what_a_killed_run_left_pulled_is_undone_by_whoever_comes_next() {
    let owner = Owner::of(Shop::open());
    let feature = format!("Feature: Levers\n  @lever-prices\n  Scenario: Rises\n{BEFORE}{RISES}");
    let next = owner.run(&[], QUICK, &prices("account"), MARKED);
    let visit = || next.end().expect(0, &["undoing 1 lever that a killed run left pulled", "1 passed"]);
    let tool = || owner.shop.tool("reconcile", &next).expect(0, &["undone      1 lever that a killed run left pulled"]);
    for undo in [&visit as &dyn Fn(), &tool] {
        let (tell, happened) = mpsc::channel();
        *owner.asked.happened.lock().expect("no panic") = Some(tell);
        let run = owner.run(&["--concurrency", "1"], &feature, &prices("account"), MARKED);
        let mut suite = run.command().stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the suite");
        happened.recv_timeout(Duration::from_secs(60)).expect("the lever");
        signal::kill(Pid::from_raw(i32::try_from(suite.id()).expect("a process")), Signal::SIGKILL).expect("killed");
        suite.wait().expect("ended");
        assert_eq!(owner.asked(), [json!({ "price_percent": 110 })]);
        *owner.asked.happened.lock().expect("no panic") = None;
        undo();
        assert_eq!(owner.asked(), [json!({ "price_percent": 100 })]);
    }
    next.end().expect(0, &["1 passed"]);
    assert_eq!(owner.asked(), [] as [Value; 0], "undone twice");
}

#[test]
fn what_concerns_everybody_is_pulled_while_no_other_scenario_is_going_on() {
    let owner = Owner::of(Shop::open());
    let others: String =
        (1..=4).map(|n| format!("  Scenario: Visitor {n}\n    Given a visitor on the home page\n")).collect();
    let alone = format!("  @lever-prices\n  Scenario: Alone\n{BEFORE}{RISES}");
    let feature = format!("Feature: Levers\n{others}{alone}{}", others.replace("Visitor", "Later visitor"));
    let run = owner.run(&["--concurrency", "3"], &feature, &prices("target"), MARKED);
    run.end().expect(0, &["9 passed, 0 failed"]);
    let results = run.results();
    let spans = results["scenarios"].as_array().expect("scenarios").iter().map(|one| {
        let at = |key: &str| one[key].as_u64().expect("ms");
        (one["name"].as_str().expect("a name"), at("started_ms"), at("started_ms") + at("duration_ms"))
    });
    let (alone, others): (Vec<_>, Vec<_>) = spans.partition(|(name, ..)| *name == "Alone");
    let [(_, from, to)] = alone.as_slice() else { panic!("{alone:?}") };
    assert!(others.iter().all(|(_, began, ended)| ended <= from || began >= to), "{alone:?} {others:?}");
}

#[test]
fn an_account_is_made_to_order_where_only_others_are_listed() {
    let owner = Owner::of(Shop::open());
    let account = "  account:\n    pull: { url: \"OPS/ops/accounts\", headers: { authorization: \"Bearer ${TOKEN}\" }, body: { balance_fen: \"{balance}\" } }\n    reads: { id: /id, name: /name, email: /email, password: /password }\n";
    let run = owner.run(&["--name", "^A balance of just the fee is enough$"], "", account, &buying(""));
    run.end().expect(0, &["1 passed, 0 failed"]);
    assert_eq!(owner.asked(), [json!({ "balance_fen": 101_520 })]);
    assert_eq!(owner.shop.truth(), (0, 0, 10_000_000), "the listed account bought");
}
