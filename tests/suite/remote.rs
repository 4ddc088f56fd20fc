//! A target that the run did not start itself: nothing is bought there unless the profile says so, and for now not even
//! then.

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
};

use serde_json::{Value, json};

use crate::run::Run;

/// A stand-in that nobody's run started.
struct Elsewhere {
    child: Child,
    port: u16,
}

impl Drop for Elsewhere {
    fn drop(&mut self) {
        // It may have ended by itself; either way it is gone after this.
        let _ended = self.child.kill();
        let _reaped = self.child.wait();
    }
}

impl Elsewhere {
    fn start() -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_dcdb-e2e"))
            .args(["serve", "--port", "0", "--delays", "0"])
            .stdout(Stdio::piped())
            .spawn()
            .expect("a stand-in");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("its output")).read_line(&mut line).expect("a line");
        let port = line
            .trim()
            .rsplit(':')
            .next()
            .and_then(|port| port.parse().ok())
            .unwrap_or_else(|| panic!("no port in {line:?}"));
        Self { child, port }
    }

    fn call(&self, path: &str, body: Option<Value>) -> Value {
        let url = format!("http://127.0.0.1:{}/backdoor/{path}", self.port);
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        runtime.block_on(async {
            let client = reqwest::Client::new();
            let request = body.map_or_else(|| client.get(&url), |body| client.post(&url).json(&body));
            request.send().await.expect("an answer").json().await.expect("JSON")
        })
    }

    fn profile(&self, account: &Value, more: &str) -> String {
        let base = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/targets/base.yaml");
        let at = |name: &str| format!("http://{name}cloud.tencent.localhost:{}", self.port);
        format!(
            "extends: {base}\nname: elsewhere\nsites:\n  portal: {}\n  buy: {}\n  console: {}\nhosts: [\"*.tencent.localhost\"]\naccounts:\n  - name: {}\n    email: {}\n    password: ${{BUYER_PASSWORD}}\n    balance: ¥100,000.00\n{more}",
            at(""),
            at("buy."),
            at("console."),
            account["name"].as_str().expect("a name"),
            account["email"].as_str().expect("an e-mail"),
        )
    }
}

#[test]
fn without_buying_runs_go_up_to_the_check_page_and_pay_nothing() {
    let elsewhere = Elsewhere::start();
    let account = elsewhere.call("accounts", Some(json!({})));
    let run = Run::of(&["--tags", "@P2", "--name", "documented example"])
        .profile(&elsewhere.profile(&account, ""))
        .variable("BUYER_PASSWORD", account["password"].as_str().expect("a password"));
    run.end().expect(
        0,
        &[
            "✓ Choosing, checking and paying › The documented example, up to the check page",
            "not applicable: it depends on what only the stand-in is known to do",
            "1 passed, 0 failed, 1 skipped",
        ],
    );
    let paying =
        Run::of(&["--tags", "@smoke"]).profile(&elsewhere.profile(&account, "")).variable("BUYER_PASSWORD", "unused");
    paying.end().expect(
        0,
        &[
            "not applicable: the profile elsewhere does not say that anything may be bought (buying:)",
            "0 passed, 0 failed, 2 skipped",
        ],
    );
    assert_eq!(
        elsewhere.call(&format!("accounts/{}", account["id"].as_str().expect("an id")), None)["orders"],
        json!([])
    );
}

#[test]
fn a_login_made_by_hand_is_taken_over_from_its_cookies() {
    let elsewhere = Elsewhere::start();
    let account = elsewhere.call("accounts", Some(json!({})));
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let cookie = runtime.block_on(async {
        let host = "cloud.tencent.localhost";
        let client = reqwest::Client::builder()
            .resolve(host, std::net::SocketAddr::from(([127, 0, 0, 1], elsewhere.port)))
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .expect("a client");
        let form = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("email", account["email"].as_str().expect("an e-mail"))
            .append_pair("password", account["password"].as_str().expect("a password"))
            .finish();
        let request = client.post(format!("http://{host}:{}/login", elsewhere.port)).body(form);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let answer = request.send().await.expect("an answer");
        let header = answer.headers()["set-cookie"].to_str().expect("text").to_owned();
        header
            .split(';')
            .next()
            .and_then(|pair| pair.split_once('='))
            .map(|(_, value)| value.to_owned())
            .expect("a cookie")
    });
    let state = json!({ "cookies": [{ "name": "dcdb_session", "value": cookie, "domain": ".cloud.tencent.localhost", "path": "/",
        "expires": -1, "httpOnly": true, "secure": false, "sameSite": "Lax" }], "origins": [] });
    let run = Run::of(&["--tags", "(@E1.1 or @E2.1 or @P1) and not @pays and not @page-states", "--concurrency", "1"]);
    run.file("ana.json", &state.to_string());
    let session = format!("session: {}", run.path("ana.json").display());
    let profile = elsewhere.profile(&account, "").replace("password: ${BUYER_PASSWORD}", &session);
    let ended = run.profile(&profile).end();
    ended.expect(
        0,
        &[
            "✓ Entry 1: from the home page › The product page leads to the purchase page",
            "✓ Entry 2: from the DCDB console › \"New\" leads to the purchase page",
            "✓ Choosing, checking and paying › Two replicas, up to the check page",
            "has a saved session instead of a password to log in with",
            " 0 failed,",
        ],
    );
    assert!(!ended.text.contains(&cookie), "the cookie was printed");
}

#[test]
fn with_buying_the_guard_refuses_before_the_click_that_pays() {
    let elsewhere = Elsewhere::start();
    let account = elsewhere.call("accounts", Some(json!({})));
    let buying = "buying: { per-order: \"¥2,000.00\", per-run: \"¥2,000.00\", per-day: \"¥2,000.00\", instances: 1 }\n";
    let run = Run::of(&["--tags", "@smoke and @E1.1", "--retry", "2"])
        .profile(&elsewhere.profile(&account, buying))
        .variable("BUYER_PASSWORD", account["password"].as_str().expect("a password"));
    run.end().expect(
        6,
        &[
            "class    guard",
            "refused to confirm the purchase: elsewhere is not the stand-in that this run started",
            "0 passed, 1 failed, 0 skipped",
        ],
    );
    assert_eq!(run.results()["scenarios"][0]["attempts"], 1, "a refusal was repeated");
    let truth = elsewhere.call(&format!("accounts/{}", account["id"].as_str().expect("an id")), None);
    assert_eq!((&truth["orders"], truth["balance_fen"].as_i64()), (&json!([]), Some(10_000_000)));
}

#[test]
fn a_site_that_refuses_connections_is_infrastructure() {
    let elsewhere = Elsewhere::start();
    let account = json!({ "name": "nobody", "email": "nobody@buyers.example" });
    let profile = elsewhere.profile(&account, "");
    drop(elsewhere);
    let run = Run::of(&["--name", "as a visitor sees it"]).profile(&profile).variable("BUYER_PASSWORD", "unused");
    run.end()
        .expect(3, &["class    infrastructure", "home page: the page should open at", "the site cannot be reached"]);
}
