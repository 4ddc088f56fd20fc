//! A site that the suite was not written for, reached by writing a profile and nothing else.

use crate::{
    nimbus::{Nimbus, SECRET, Variant},
    run::Run,
};

/// A run there, by one of the profiles of `tests/other_site`.
fn run(nimbus: &Nimbus, profile: &str, arguments: &[&str]) -> Run {
    known(nimbus, Run::of(&[&["--target", &path(profile)], arguments].concat()))
}

/// A run there, by one of its profiles and what is said here beside.
fn run_with(nimbus: &Nimbus, profile: &str, more: &str, arguments: &[&str]) -> Run {
    let profile = format!("extends: {}\n{more}", path(profile));
    known(nimbus, Run::of(arguments).profile(&profile))
}

fn path(profile: &str) -> String {
    format!("{}/tests/other_site/{profile}", env!("CARGO_MANIFEST_DIR"))
}

/// With what the profiles leave to variables, and a folder for the ledger.
fn known(nimbus: &Nimbus, run: Run) -> Run {
    let state = run.path("state").display().to_string();
    run.variable("XDG_STATE_HOME", &state)
        .variable("NIMBUS_PORT", &nimbus.port.to_string())
        .variable("NIMBUS_PASSWORD", SECRET)
}

/// The scenarios of a run that ended so, by their titles.
fn that(run: &Run, status: &str) -> Vec<String> {
    let results = run.results();
    let scenarios = results["scenarios"].as_array().expect("scenarios").iter();
    let these = scenarios.filter(|scenario| scenario["status"] == status);
    these.map(|scenario| scenario["name"].as_str().expect("a title").to_owned()).collect()
}

#[test]
fn nothing_is_bought_there_by_a_profile_that_does_not_say_that_anything_may_be() {
    let nimbus = Nimbus::open(Variant::default());
    run(&nimbus, "profile.yaml", &["--tags", "(@E1.2 or @smoke) and not @page-states"]).end().expect(
        0,
        &[
            "✓ Entry 1: from the home page › The product page leads to the purchase page",
            "not applicable: the profile nimbus does not say that anything may be bought",
            "0 failed",
        ],
    );
    assert_eq!(nimbus.taken(), 0);
}

/// Leaves out what takes it for granted that an account has bought nothing before, or how the stand-in writes addresses.
const NOT_YET: [&str; 4] = [
    "--tags",
    "not (@3.6.4 or @3.6.11 or @address-check)",
    "--skip",
    "An instance is in the console under its own region only",
];

#[test]
fn the_contract_is_held_against_a_site_that_a_profile_describes() {
    let nimbus = Nimbus::open(Variant::default());
    let run = run(&nimbus, "paying.yaml", &NOT_YET);
    let ended = run.end();
    let passed = that(&run, "passed").len();
    assert!(ended.status == Some(0) && passed >= 110, "{passed} passed\n{}", ended.text);
}

#[test]
fn what_is_paid_on_a_page_of_its_own_and_runs_at_once_is_bought_there() {
    let nimbus = Nimbus::open(Variant { pays_apart: true, live_at_once: true, ..Variant::default() });
    let run = run(&nimbus, "newer.yaml", &["--tags", "@smoke or @zh or @3.6.7"]);
    run.end().expect(
        0,
        &[
            "✓ Entry 1: from the home page › From the home page all the way to a running instance",
            "✓ Entry 2: from the DCDB console › From the console all the way to a running instance",
            "- Initialising and returning an instance › With gb18030  not applicable: nimbus-newer delivers instances running, nothing is initialised (delivered-as:)",
            "✓ 购买文档所述的流程 › 从首页进入，直到实例运行",
        ],
    );
    assert_eq!(nimbus.taken(), 4, "{:?}", that(&run, "passed"));
}

#[test]
fn a_payment_page_that_asks_for_more_than_the_check_page_said_is_not_paid() {
    let nimbus = Nimbus::open(Variant { pays_apart: true, dearer: true, live_at_once: true, ..Variant::default() });
    run_with(&nimbus, "newer.yaml", "deadlines: { element: 2s }\n", &["--tags", "@smoke and @E1.1"]).end().expect(
        1,
        &["class    product", "payment page: the amount to be paid should show", "1,015.20", "saw      ", "1,016.20"],
    );
    assert_eq!(nimbus.taken(), 0);
}

#[test]
fn without_a_name_to_know_it_by_nothing_is_bought_and_without_a_list_of_orders_none_is_looked_at() {
    let nimbus = Nimbus::open(Variant { nameless: true, no_bills: true, ..Variant::default() });
    let lacks = "lacks: { name: clusters are called by their ids here, orders: bills come by post }\n";
    let run = run_with(&nimbus, "paying.yaml", lacks, &["--tags", "@smoke or @3.4.1 or @3.3.22 or @needs-orders"]);
    run.end().expect(
        0,
        &[
            "could not carry the suite's name, by which it is known again: it lacks name: clusters are called by their ids here",
            "lacks orders: bills come by post",
            "✓ Choosing, checking and paying › The documented example, up to the check page",
        ],
    );
    assert_eq!(nimbus.taken(), 0);
}

/// A run whose accounts are not what the profile says: nothing begins, and nothing is red.
fn not_ready(account: &str, said: &[&str]) {
    let nimbus = Nimbus::open(Variant::default());
    let more = format!("name: nimbus-poor\ndeadlines: {{ arrival: 3s }}\naccounts: [{account}]\n");
    let run = run_with(&nimbus, "profile.yaml", &more, &["--tags", "@E1.1 or @E2.1"]);
    let ended = run.end();
    ended.expect(3, &[&["environment not ready: "], said, &["0 passed, 0 failed, "]].concat());
    assert_eq!(ended.text.matches("environment not ready").count(), 1, "{}", ended.text);
    assert!(!ended.text.contains(SECRET) && !ended.text.contains("closed sesame"), "{}", ended.text);
    let results = run.results();
    let scenarios = results["scenarios"].as_array().expect("scenarios").iter();
    for scenario in scenarios.filter(|scenario| scenario["status"] != "not-applicable") {
        assert_eq!(scenario["status"], "skipped", "{scenario}");
        let reason = scenario["reason"].as_str().expect("a reason");
        assert!(reason.contains("environment not ready") && said.iter().all(|said| reason.contains(said)), "{reason}");
    }
}

#[test]
fn an_account_that_cannot_log_in_is_told_before_any_scenario_begins() {
    not_ready(
        "{ name: Ana N., email: ana@nimbus.example, password: closed sesame, balance: \"¥90,000.00\" }",
        &[
            "the account Ana N. of nimbus-poor should be able to log in",
            "saw      \"No such person, or another secret\"",
        ],
    );
}

#[test]
fn an_account_with_less_than_its_profile_states_is_told_before_any_scenario_begins() {
    not_ready(
        "{ name: Bo N., email: bo@nimbus.example, password: open sesame, balance: \"¥90,000.01\" }",
        &["the account Bo N. of nimbus-poor should have at least ¥90,000.01", "saw      ¥90,000.00 on the check page"],
    );
}

#[test]
fn the_doctor_finds_every_element_there() {
    let nimbus = Nimbus::open(Variant::default());
    let doctor = std::process::Command::new(env!("CARGO_BIN_EXE_dcdb-e2e"))
        .args(["doctor", "--target", &path("profile.yaml")])
        .envs([("NIMBUS_PORT", nimbus.port.to_string().as_str()), ("NIMBUS_PASSWORD", SECRET)])
        .output()
        .expect("the doctor");
    let said = String::from_utf8_lossy(&doctor.stdout);
    assert!(doctor.status.success() && said.contains(" 0 missing or ambiguous"), "{said}");
}
