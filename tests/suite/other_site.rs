//! A site that the suite was not written for, reached by writing a profile and nothing else.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use axum::{Router, response::Html, routing};

use crate::run::Run;

/// The site of `tests/other_site`, served for as long as this lives.
struct Nimbus {
    _serving: tokio::runtime::Runtime,
    address: String,
    /// How often it was paid.
    paid: Arc<AtomicUsize>,
}

impl Nimbus {
    fn open() -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).expect("a port");
        let address = format!("http://{}", listener.local_addr().expect("its address"));
        let paid = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&paid);
        let pay = routing::post(move || async move { counter.fetch_add(1, Ordering::Relaxed).to_string() });
        let page = || routing::get(|| async { Html(include_str!("../other_site/app.html")) });
        let site = Router::new().route("/paid", pay);
        let site = ["/", "/newer/", "/dearer/"].into_iter().fold(site, |site, path| site.route(path, page()));
        runtime.spawn(async move { axum::serve(listener, site).await });
        Self { _serving: runtime, address, paid }
    }

    /// A run there, by one of the profiles of `tests/other_site`.
    fn run(&self, profile: &str, arguments: &[&str]) -> Run {
        let profile = format!("{}/tests/other_site/{profile}", env!("CARGO_MANIFEST_DIR"));
        self.known(Run::of(&[&["--target", &profile], arguments].concat()))
    }

    /// With what its profiles leave to variables, and a folder for its ledger.
    fn known(&self, run: Run) -> Run {
        let state = run.path("state").display().to_string();
        run.variable("XDG_STATE_HOME", &state)
            .variable("NIMBUS_URL", &self.address)
            .variable("NIMBUS_PASSWORD", "open sesame")
    }

    fn paid(&self) -> usize {
        self.paid.load(Ordering::Relaxed)
    }
}

#[test]
fn everything_but_buying_holds_on_a_site_that_a_profile_describes() {
    let nimbus = Nimbus::open();
    let held = "(@E1.2 or @N1 or @N2 or @3.1.1 or @3.4.1 or @smoke) and not @page-states";
    nimbus.run("profile.yaml", &["--tags", held]).end().expect(
        0,
        &[
            "✓ Entry 1: from the home page › The product page leads to the purchase page",
            "✓ Entry 2: from the DCDB console › \"New\" leads to the purchase page",
            "✓ Choosing, checking and paying › A VPC in another region, up to the check page",
            "✓ Choosing, checking and paying › Several instances at once, up to the check page",
            "✓ The note on the purchase page › The note links to the Product Price document",
            "not applicable: the profile nimbus does not say that anything may be bought",
            "0 failed",
        ],
    );
    assert_eq!(nimbus.paid(), 0);
}

/// The scenarios of a run that passed, by their titles.
fn passed(run: &Run) -> Vec<String> {
    let results = run.results();
    let scenarios = results["scenarios"].as_array().expect("scenarios").iter();
    let passed = scenarios.filter(|scenario| scenario["status"] == "passed");
    passed.map(|scenario| scenario["name"].as_str().expect("a title").to_owned()).collect()
}

const PAYING: &str = "(@smoke or @E1.2 or @E2.1 or @3.6.7 or @P1) and @pays and not (@3.2.4 or @3.2.5 or @3.4.10 or @needs-initialisation and not @P1 and not @guide)";

#[test]
fn what_is_paid_by_placing_the_order_is_delivered_and_set_up_there() {
    let nimbus = Nimbus::open();
    let run = nimbus.run("paying.yaml", &["--tags", PAYING]);
    run.end().expect(
        0,
        &[
            "✓ Entry 1: from the home page › From the home page all the way to a running instance",
            "✓ Entry 2: from the DCDB console › From the console all the way to a running instance",
            "✓ Choosing, checking and paying › Several instances at once, from entry 2 to a running instance",
            "✓ Initialising and returning an instance › With gb18030",
            "✓ 购买文档所述的流程 › 从首页进入，直到实例运行",
            "not applicable: nimbus-paying lacks orders: it has no order list",
        ],
    );
    assert_eq!(nimbus.paid(), passed(&run).len());
}

#[test]
fn what_is_paid_on_a_page_of_its_own_and_runs_at_once_is_bought_there() {
    let nimbus = Nimbus::open();
    let run = nimbus.run("newer.yaml", &["--tags", PAYING]);
    run.end().expect(
        0,
        &[
            "✓ Entry 1: from the home page › From the home page all the way to a running instance",
            "✓ Entry 2: from the DCDB console › From the console all the way to a running instance",
            "✓ Choosing, checking and paying › Several instances at once, from entry 2 to a running instance",
            "- Initialising and returning an instance › With gb18030  not applicable: nimbus-newer delivers instances running, nothing is initialised (delivered-as:)",
            "✓ 购买文档所述的流程 › 从首页进入，直到实例运行",
        ],
    );
    assert_eq!(nimbus.paid(), passed(&run).len());
}

#[test]
fn a_payment_page_that_asks_for_more_than_the_check_page_said_is_not_paid() {
    let nimbus = Nimbus::open();
    let newer = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/other_site/newer.yaml");
    let at = format!("{}/dearer", nimbus.address);
    let profile = format!(
        "extends: {newer}\nname: nimbus-dearer\nsites: {{ portal: \"{at}\", buy: \"{at}\", console: \"{at}\" }}\ndeadlines: {{ element: 2s }}\n"
    );
    let run = nimbus.known(Run::of(&["--tags", "@smoke and @E1.1"]).profile(&profile));
    run.end().expect(
        1,
        &["class    product", "payment page: the amount to be paid should show", "1,015.20", "saw      ", "1,016.20"],
    );
    assert_eq!(nimbus.paid(), 0);
}

/// A run whose accounts are not what the profile says: nothing begins, and nothing is red.
fn not_ready(accounts: &str, said: &[&str]) {
    let nimbus = Nimbus::open();
    let profile = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/other_site/profile.yaml");
    let profile = format!("extends: {profile}\nname: nimbus-poor\ndeadlines: {{ arrival: 3s }}\naccounts:\n{accounts}");
    let run = nimbus.known(Run::of(&["--tags", "@E1.1 or @E2.1"]).profile(&profile));
    let ended = run.end();
    ended.expect(3, &[&["environment not ready: "], said, &["0 passed, 0 failed, "]].concat());
    assert_eq!(ended.text.matches("environment not ready").count(), 1, "{}", ended.text);
    assert!(!ended.text.contains("open sesame") && !ended.text.contains("closed sesame"), "{}", ended.text);
    let results = run.results();
    for scenario in results["scenarios"].as_array().expect("scenarios") {
        assert_eq!(scenario["status"], "skipped", "{scenario}");
        let reason = scenario["reason"].as_str().expect("a reason");
        assert!(reason.contains("environment not ready") && said.iter().all(|said| reason.contains(said)), "{reason}");
    }
}

#[test]
fn an_account_that_cannot_log_in_is_told_before_any_scenario_begins() {
    not_ready(
        "  - { name: Ana N., email: ana@nimbus.example, password: closed sesame, balance: \"¥9,000.00\" }\n",
        &["the account Ana N. of nimbus-poor should be able to log in", "saw      \"No such person\""],
    );
}

#[test]
fn an_account_with_less_than_its_profile_states_is_told_before_any_scenario_begins() {
    not_ready(
        "  - { name: Ana N., email: ana@nimbus.example, password: open sesame, balance: \"¥9,000.00\" }\n  - { name: Bo N., email: bo@nimbus.example, password: open sesame, balance: \"¥9,000.01\" }\n",
        &["the account Bo N. of nimbus-poor should have at least ¥9,000.01", "saw      ¥9,000.00 on the check page"],
    );
}

#[test]
fn the_doctor_finds_every_element_there() {
    let nimbus = Nimbus::open();
    let profile = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/other_site/profile.yaml");
    let doctor = std::process::Command::new(env!("CARGO_BIN_EXE_dcdb-e2e"))
        .args(["doctor", "--target", profile])
        .envs([("NIMBUS_URL", nimbus.address.as_str()), ("NIMBUS_PASSWORD", "open sesame")])
        .output()
        .expect("the doctor");
    let said = String::from_utf8_lossy(&doctor.stdout);
    assert!(doctor.status.success() && said.contains(" 0 missing or ambiguous"), "{said}");
    assert!(said.contains("it has no order list"), "{said}");
}
