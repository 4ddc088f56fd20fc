//! What the stand-in's own scripts do in a browser, that of either skin: they lose no click and no focus, and a reply is
//! broken off for all to see.

use std::{net::SocketAddr, path::Path, rc::Rc, time::Duration};

use dcdb_purchase_e2e::{
    browser::{
        Condition, Manners, Session, Spot, Visit,
        launch::{self, LaunchSettings},
    },
    standin::{ServeArgs, Site, Skin, router},
    target::{Hosts, Text},
};
use serde_json::{Value, json};
use tokio::task::LocalSet;
use url::Url;

/// Somebody at a browser, and the back door to their world.
struct Buyer {
    visit: Visit,
    port: u16,
    account: Value,
}

impl Buyer {
    fn url(&self, site: &str, path: &str) -> Url {
        Url::parse(&format!("http://{site}cloud.tencent.localhost:{}{path}", self.port)).expect("an address")
    }

    async fn back_door(port: u16, path: &str, body: Value) -> Value {
        let request = reqwest::Client::new().post(format!("http://127.0.0.1:{port}/backdoor/{path}")).json(&body);
        request.send().await.expect("an answer").json().await.expect("JSON")
    }

    async fn world(&self, change: Value) {
        let id = self.account["id"].as_str().expect("a number");
        Self::back_door(self.port, &format!("accounts/{id}/world"), change).await;
    }

    async fn charges(&self) -> Value {
        let id = self.account["id"].as_str().expect("a number");
        let url = format!("http://127.0.0.1:{}/backdoor/accounts/{id}", self.port);
        let truth: Value = reqwest::get(url).await.expect("an answer").json().await.expect("JSON");
        truth["charges"]["count"].clone()
    }

    async fn open(&self, site: &str, path: &str) {
        self.visit.go(&self.url(site, path)).await.expect("the page");
    }

    fn at(&self, locator: &str) -> Spot<'_> {
        self.visit.at("page", &serde_yaml::from_str(locator).unwrap_or_else(|error| panic!("{locator}: {error}")))
    }

    async fn click(&self, locator: &str) {
        self.at(locator).click().await.unwrap_or_else(|error| panic!("{error:#}"));
    }

    async fn should(&self, locator: &str, condition: Condition) {
        self.at(locator).should(condition).await.unwrap_or_else(|error| panic!("{error:#}"));
    }

    async fn shows(&self, locator: &str, text: &str) {
        self.should(locator, Condition::Shows(Text::from(text))).await;
    }

    async fn log_in(&self, password: &str) {
        self.at("{ role: textbox, beside: E-mail }")
            .fill(self.account["email"].as_str().expect("e-mail"))
            .await
            .expect("typed");
        self.at("{ role: textbox, beside: Password }").fill(password).await.expect("typed");
        self.click("{ role: button, name: Log in }").await;
    }
}

/// Lets a buyer who is logged in try something, in either skin; the pages complain of just this.
fn with_buyer(complaints: &[&str], try_it: impl AsyncFn(&Buyer)) {
    for skin in [Skin::Classic, Skin::Tea] {
        assert_eq!(with_buyer_in(skin, &try_it), complaints, "{skin:?}");
    }
}

fn with_buyer_in(skin: Skin, try_it: impl AsyncFn(&Buyer)) -> Vec<String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    LocalSet::new().block_on(&runtime, async {
        let site = Site::open(&ServeArgs { delays: 0.0, skin, ..ServeArgs::default() }).expect("a stand-in");
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("its address").port();
        let service = router(site).into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, service).await });
        let settings =
            LaunchSettings::from_variables(Path::new(env!("CARGO_BIN_EXE_dcdb-e2e")), |name| std::env::var_os(name))
                .expect("settings");
        let driver = launch::launch(&settings).await.expect("a driver");
        let session = Session::start(driver.url(), driver.capabilities(&settings)).await.expect("a browser");
        let manners = Manners {
            hosts: Hosts::of(&["*.tencent.localhost"]),
            follows_tabs: true,
            listens_to_headers: false,
            overlays: Vec::new(),
            errands: Vec::new(),
            irrevocable: Vec::new(),
            dialogs: Vec::new(),
            starts: Vec::new(),
            element: Duration::from_secs(5),
            arrival: Duration::from_secs(5),
            load: Duration::from_secs(5),
            time_scale: 1.0,
        };
        let visit = session.visit(Rc::new(manners)).await.expect("a context");
        let account = Buyer::back_door(port, "accounts", json!({})).await;
        let buyer = Buyer { visit, port, account };
        buyer.open("", "/login").await;
        buyer.log_in(buyer.account["password"].as_str().expect("a password")).await;
        buyer.should("{ css: '.account, .tea-nav__account' }", Condition::Visible).await;
        try_it(&buyer).await;
        let complaints = buyer.visit.close().await.expect("closed");
        session.close().await.expect("closed");
        driver.end().await.expect("ended");
        complaints.into_iter().map(|complaint| complaint.text).collect()
    })
}

const NONE: [&str; 0] = [];

const GO: &str = "{ role: button, name: Purchase Now }";
const FEE: &str = "{ css: '#fee' }";

#[test]
fn leaving_a_field_that_enter_committed_asks_for_no_price_again() {
    with_buyer(&NONE, async |buyer| {
        buyer.open("buy.", "/dcdb").await;
        buyer.at("{ role: textbox, beside: Shard quantity }").fill_and_enter("4").await.expect("typed");
        buyer.shows(FEE, "¥993.60").await;
        buyer.should(GO, Condition::Enabled).await;
        buyer.world(json!({ "price_service": "slow" })).await;
        buyer.click("{ role: textbox, beside: Instance name }").await;
        let fee = buyer.at(FEE).now().await.expect("a reading").expect("a fee");
        assert_eq!(fee.text, "¥993.60", "the price is asked for again");
        buyer.world(json!({ "price_service": "ok" })).await;
        buyer.click(GO).await;
        buyer.shows("{ role: heading }", "Confirm order").await;
    });
}

#[test]
fn a_failing_price_and_refusals_are_no_complaints_of_the_page() {
    with_buyer(&NONE, async |buyer| {
        buyer.world(json!({ "price_service": "failing" })).await;
        buyer.open("buy.", "/dcdb").await;
        buyer.shows(FEE, "Price unavailable, retry").await;
        buyer.should(GO, Condition::Disabled).await;
        buyer.world(json!({ "price_service": "ok" })).await;
        buyer.click("{ role: button, name: Retry }").await;
        buyer.shows(FEE, "¥496.80").await;
        buyer.open("buy.", "/dcdb/check?intention=none&disk=15").await;
        buyer.should("{ role: alert }", Condition::Visible).await;
        buyer.world(json!({ "end_sessions": true })).await;
        buyer.open("buy.", "/dcdb").await;
        buyer.log_in("wrong").await;
        buyer.shows("{ role: alert }", "Incorrect e-mail or password").await;
    });
}

#[test]
fn a_list_that_renews_itself_leaves_alone_what_has_not_changed() {
    with_buyer(&NONE, async |buyer| {
        let buy = async |name: &str| {
            buyer.open("buy.", &format!("/dcdb?name={name}")).await;
            buyer.click(GO).await;
            buyer.click("{ role: button, name: Confirm Purchase }").await;
            buyer.shows("{ role: heading }", "Payment successful").await;
        };
        buy("first").await;
        buyer.world(json!({ "hold_status": "Creating" })).await;
        buy("second").await;
        buyer.open("console.", "/dcdb").await;
        buyer.click("{ role: button, name: Initialize }").await;
        buyer.click("{ role: button, name: OK }").await;
        buyer.shows("{ role: alert }", "Choose a character set.").await;
        buyer.click("{ role: button, name: Cancel }").await;
        buyer.should("{ css: 'button:focus', containing: Initialize }", Condition::Visible).await;
        buyer.world(json!({ "release": true })).await;
        buyer.should("{ role: button, name: Initialize }", Condition::Count(2)).await;
        buyer.should("{ css: 'button:focus', containing: Initialize }", Condition::Visible).await;
    });
}

#[test]
fn a_reply_that_is_lost_behind_the_commit_is_seen_to_be_lost_and_charged_once() {
    with_buyer(&["request failed: net::ERR_INCOMPLETE_CHUNKED_ENCODING"], async |buyer| {
        buyer.open("buy.", "/dcdb").await;
        buyer.click(GO).await;
        buyer.shows("{ role: heading }", "Confirm order").await;
        let check = buyer.visit.url().await.expect("an address");
        buyer.world(json!({ "lose_next_confirmation_reply": true })).await;
        buyer.click("{ role: button, name: Confirm Purchase }").await;
        let lost = async {
            while buyer.visit.url().await.expect("an address").path() != "/dcdb/confirm" {}
            while buyer.charges().await != 1 {}
        };
        tokio::time::timeout(Duration::from_secs(10), lost).await.expect("a reply that breaks off behind the charge");
        buyer.visit.go(&check).await.expect("the check page again");
        buyer.shows("{ role: heading }", "Payment successful").await;
        assert_eq!(buyer.charges().await, 1);
    });
}

#[test]
fn a_stepper_acts_when_the_mouse_goes_down_and_takes_what_is_typed_on_leaving() {
    let complaints = with_buyer_in(Skin::Tea, async |buyer| {
        let shards = "{ role: textbox, beside: Shard quantity }";
        let step = |which: &str| format!("{{ css: .tea-inputnum__{which}, beside: Shard quantity }}");
        buyer.open("buy.", "/dcdb").await;
        buyer.shows(FEE, "¥496.80").await;
        buyer.should(&step("minus"), Condition::Disabled).await;
        buyer.click(&step("plus")).await;
        buyer.should(shards, Condition::Value(Text::from("3"))).await;
        buyer.shows(FEE, "¥745.20").await;
        buyer.click(&step("minus")).await;
        buyer.shows(FEE, "¥496.80").await;
        buyer.at(shards).enter("4", None).await.expect("typed");
        let fee = buyer.at(FEE).now().await.expect("a reading").expect("a fee");
        assert_eq!(fee.text, "¥496.80", "what is being typed is priced");
        buyer.click("{ role: heading }").await;
        buyer.shows(FEE, "¥993.60").await;
    });
    assert_eq!(complaints, NONE);
}

#[test]
fn a_list_over_the_page_offers_what_can_be_had_and_closes_when_one_turns_away() {
    let complaints = with_buyer_in(Skin::Tea, async |buyer| {
        let zone = "{ css: .tea-dropdown__header, beside: Zone }";
        let entry = |name: &str| format!("{{ text: {name}, within: {{ css: .tea-dropdown-box }} }}");
        let entries = "{ css: .tea-dropdown-box li }";
        buyer.open("buy.", "/dcdb").await;
        buyer.click(zone).await;
        buyer.should(&entry("Guangzhou Zone 4 (sold out)"), Condition::Disabled).await;
        buyer.click("{ role: heading }").await;
        buyer.should(entries, Condition::Absent).await;
        buyer.at(zone).click_and_escape().await.expect("keys");
        buyer.should(entries, Condition::Absent).await;
        buyer.click(zone).await;
        buyer.click(&entry("Guangzhou Zone 6")).await;
        buyer.shows(zone, "Guangzhou Zone 6").await;
        buyer.click("{ role: radio, name: Shanghai }").await;
        buyer.shows(zone, "Shanghai Zone 3").await;
    });
    assert_eq!(complaints, NONE);
}

#[test]
fn a_dialog_that_asks_for_a_consent_is_not_dismissed_by_escape() {
    let complaints = with_buyer_in(Skin::Tea, async |buyer| {
        buyer.open("buy.", "/dcdb").await;
        buyer.click(GO).await;
        buyer.click("{ role: button, name: Confirm Purchase }").await;
        buyer.shows("{ role: heading }", "Payment successful").await;
        buyer.open("console.", "/dcdb").await;
        buyer.click("{ role: button, name: Initialize }").await;
        buyer.at("{ role: radio, name: Async }").click_and_escape().await.expect("keys");
        buyer.should("{ role: dialog }", Condition::Absent).await;
        buyer.should("{ css: 'button:focus', containing: Initialize }", Condition::Visible).await;
        buyer.click("{ role: button, name: Terminate/Return }").await;
        buyer.at("{ role: checkbox }").click_and_escape().await.expect("keys");
        buyer.should("{ role: dialog }", Condition::Visible).await;
        buyer.click("{ role: button, name: Close }").await;
        buyer.should("{ role: dialog }", Condition::Absent).await;
    });
    assert_eq!(complaints, NONE);
}
