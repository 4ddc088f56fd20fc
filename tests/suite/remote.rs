//! Targets that are not the run's own stand-in: what holds there without buying anything.

use serde_json::json;

use crate::{elsewhere::Elsewhere, run::Run};

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
            "not applicable: the profile elsewhere does not say that anything may be bought (buying:)",
            "1 passed, 0 failed, 1 skipped",
        ],
    );
    let paying =
        Run::of(&["--tags", "@smoke"]).profile(&elsewhere.profile(&account, "")).variable("BUYER_PASSWORD", "unused");
    // Nothing that ran is no green.
    paying.end().expect(
        4,
        &[
            "not applicable: the profile elsewhere does not say that anything may be bought (buying:)",
            "nothing was tested: no scenario that was selected is applicable to elsewhere",
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
    const SOME: &str = "^(The product page|\"New\") leads to the purchase page$|^Two replicas, up to the check page$|^After the login the home page greets by name$";
    let run = Run::of(&["--name", SOME, "--concurrency", "1"]);
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
            "3 passed, 0 failed",
        ],
    );
    assert!(!ended.text.contains(&cookie), "the cookie was printed");
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

#[test]
fn an_account_that_is_not_approved_as_its_profile_states_is_told_before_any_scenario_begins() {
    let elsewhere = Elsewhere::start();
    for (approved, status) in [(false, 3), (true, 0)] {
        let account = elsewhere.call("accounts", Some(json!({ "finance_zones": approved })));
        let profile = elsewhere.profile(&account, "").replace("    balance:", "    finance-zones: true\n    balance:");
        let run = Run::of(&["--name", "^\"New\" leads to the purchase page$"]).profile(&profile);
        let ended = run.variable("BUYER_PASSWORD", account["password"].as_str().expect("a password")).end();
        let said = if approved { "1 passed, 0 failed" } else { "should be approved for finance zones" };
        ended.expect(status, &[said]);
    }
}
