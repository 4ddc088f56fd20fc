//! A site that the suite was not written for, reached by writing a profile and nothing else.

use serde_json::json;

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

#[test]
fn the_purchase_by_keyboard_alone_is_made_there_and_what_axe_finds_is_noted_and_fails_nothing() {
    let nimbus = Nimbus::open(Variant::default());
    let run = run(&nimbus, "paying.yaml", &["--tags", "@3.7.1"]);
    run.end().expect(0, &["1 passed, 0 failed"]);
    let scenario = &run.results()["scenarios"][0];
    let mut noted = scenario["console"].as_array().expect("what pages said").iter();
    assert!(noted.any(|said| said["kind"] == "accessibility"), "{scenario:#}");
}

/// Every sixth scenario of the contract; all of them every night.
#[test]
fn the_contract_is_held_against_a_site_that_a_profile_describes() {
    the_contract_is_held(&["--shard", "2/6"], 22);
}

#[test]
#[ignore = "whole, nightly"]
fn the_whole_contract_is_held_against_a_site_that_a_profile_describes() {
    the_contract_is_held(&[], 137);
}

fn the_contract_is_held(part: &[&str], least: usize) {
    let nimbus = Nimbus::open(Variant::default());
    let run = run(&nimbus, "paying.yaml", part);
    let ended = run.end();
    let passed = that(&run, "passed").len();
    assert!(ended.status == Some(0) && passed >= least, "{passed} passed\n{}", ended.text);
}

#[test]
fn what_its_owner_makes_happen_by_levers_is_held_there() {
    let levers =
        ["account", "prices", "sold-out", "time", "orders-expire", "hold"].map(|name| format!("@lever-{name}"));
    let nimbus = Nimbus::open(Variant::default());
    let run = run(&nimbus, "levers.yaml", &["--tags", &format!("({}) and not @page-states", levers.join(" or "))]);
    // Beside those of pages that these are not.
    run.end().expect(0, &[" passed, 0 failed, 4 skipped"]);
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
fn a_payment_page_that_does_not_come_leaves_nothing_that_was_paid_without_being_looked_up() {
    let nimbus = Nimbus::open(Variant { pays_apart: true, unasked: true, live_at_once: true, ..Variant::default() });
    let run = run_with(&nimbus, "newer.yaml", "deadlines: { element: 2s }\n", &["--tags", "@smoke and @E1.1"]);
    let ended = run.end();
    let said = [
        "class    product",
        "should lead to the payment page",
        "saw      the result page: it was paid without being asked for",
    ];
    ended.expect(1, &said);
    assert_eq!(nimbus.taken(), 1);
    let results = run.results();
    let steps = results["scenarios"]
        .as_array()
        .and_then(|all| all.iter().find(|one| one["status"] == "failed"))
        .expect("it failed")["steps"]
        .as_array()
        .expect("steps");
    let returned = steps.iter().any(|step| step["text"] == "what this scenario bought is returned");
    assert!(returned, "{results:#}");
    assert_eq!(results["run"]["leftovers"].as_array().map_or(0, Vec::len), 0, "{results:#}");
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

// Mistakes that pages make, each as the lever calls it (`tests/other_site/server/levers.rs`), with the rule or invariant that it breaks,
// the scenario that is red then, the step that says so, and what it says. Those of one table do not hide one another.
const OF_LOOKS: &str = r#"
keeps-old-price             | 3.3.17     | The documented example costs ¥1,015.20     | the total fee is             | saw "CNY 496.80"
discount-in-first-year-only | 3.3.26     | 36 months at a discount                    | the total fee is             | saw "CNY 17,884.80"
takes-last-center           | 3.3.15     | Shanghai                                   | the purchase page has chosen | saw "Shanghai D"
sells-what-is-gone          | 3.3.2      | A zone that is sold out                    | cannot be chosen             | enabled: div "Canton D"
forgets-who-was-typed       | 3.2.2      | A wrong password                           | still there                  | saw ""
menus-stay-open             | 3.1.3      | The menu of products                       | closed again                 | still there: link
forgets-renewal             | 3.3.11, I2 | Auto-renewal is repeated on the check page | repeats every choice         | saw "No"
"#;
const OF_NUMBERS: &str = r#"
rounds-each               | 3.3.17 | A year, three at once costs ¥11,746.43                            | the total fee is           | saw "CNY 11,746.44"
strikes-everything        | 3.3.27 | Eleven months cost eleven times as much as one                    | no undiscounted fee        | still there: deletion
resets-storage            | 3.3.30 | The other choices stay when another region is chosen              | has chosen                 | saw "100"
crowds-segments           | 3.3.32 | A subnet without a free address                                   | cannot be chosen           | enabled: div "crowded"
drops-choices-at-the-door | 3.2.5  | Before "Purchase Now", the choices stay                           | still has chosen           | "Shanghai"
takes-the-desk-for-home   | 3.2.4  | Back to the console overview                                      | is on the console overview | saw at http://www.
swaps-documents           | N2     | The note links to the Product Price document                      | links to                   | #/557/9347
clamps-numbers            | 3.3.6  | 9 as shard quantity                                               | says                       | "Between 2 and 8" should be there
takes-more                | I1     | The documented example costs ¥1,015.20 all the way to the balance | the balance is less        | saw "CNY 88,983.80"
"#;
const OF_DELIVERY: &str = r#"
enter-does-nothing        | 3.3.21 | Enter commits a number as leaving the field does | says                  | "Between 2 and 8" should be there
asks-nobody-who-they-are  | 3.4.4  | The identity is not verified                     | nothing is ordered    | at http://shop.
trusts-addresses          | 3.4.2  | disk per shard edited to 15 GB                   | says                  | "10 to 500 gigabytes, by tens" should be there
delivers-less             | P5, I2 | Two replicas, from entry 2 to a running instance | shows what was bought | / 90 gigabytes
sets-up-without-letters   | 3.6.7  | Without the character set                        | says                  | "Pick the letters" should be there
takes-consent-for-granted | 3.6.8  | Not without consent                              | says                  | "Tick that you agree" should be there
pays-what-is-over         | 3.6.10 | Paid after it was cancelled in another tab       | says                  | "This bill is called off already" should be there
"#;
const OF_ORDERS: &str = r#"
lends                     | 3.4.3     | The balance is below the fee                                   | there is an unpaid order | /thanks/NB-
lists-clusters-everywhere | 3.6.2     | An instance is in the console under its own region only        | the region Guangzhou     |
shows-everybodys-bills    | I5        | Neither the instance nor the order is on another buyer's pages | nothing of it            |
orders-again              | 3.4.9, I3 | The same check page in two tabs                                | once more                | (I3)
"#;

/// Each is caught by the scenario named for it, in the step that looks for it; nothing else of the run is judged.
fn are_caught(faults: &str) {
    let faults: Vec<[&str; 5]> = faults
        .lines()
        .skip(1)
        .map(|line| line.split('|').map(str::trim).collect::<Vec<_>>().try_into().expect("five columns"))
        .collect();
    let nimbus = Nimbus::open(Variant::default());
    nimbus.pull("flaws", &json!({ "on": faults.iter().map(|[flaw, ..]| *flaw).collect::<Vec<_>>() }));
    let titles: Vec<String> = faults.iter().map(|[_, _, scenario, ..]| regex::escape(scenario)).collect();
    let titles = format!("^({})$", titles.join("|"));
    let run = run_with(&nimbus, "paying.yaml", FEW_ACCOUNTS, &["--name", &titles]);
    let ended = run.end();
    let results = run.results();
    let scenarios = results["scenarios"].as_array().expect("scenarios");
    for [flaw, rules, scenario, step, says] in faults {
        let found = scenarios.iter().find(|found| found["name"] == scenario).expect(scenario);
        let steps = found["steps"].as_array().expect("steps");
        let failed = steps.iter().find(|step| step["outcome"] == "failed");
        let seen = failed.and_then(|step| step["text"].as_str()).unwrap_or_default();
        let reason = found["reason"].as_str().unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
        let caught = found["class"] == "product" && seen.contains(step) && reason.contains(says);
        assert!(caught, "{flaw} was not caught by {scenario}: {step}\n  saw {seen}: {reason}\n{}", ended.text);
        let held = |rule: &str| found["tags"].as_array().expect("tags").contains(&json!(rule));
        let all_held = rules.split(", ").all(|rule| rule.starts_with('I') || held(rule));
        assert!(all_held, "{scenario} does not hold {rules}: {}", found["tags"]);
    }
}

const FEW_ACCOUNTS: &str = r#"
deadlines: { element: 3s, arrival: 5s, payment: 5s }
accounts:
  - { name: Ana N., email: ana@nimbus.example, password: "${NIMBUS_PASSWORD}", balance: "¥80,000.00" }
  - { name: Bo N., email: bo@nimbus.example, password: "${NIMBUS_PASSWORD}", balance: "¥80,000.00" }
  - { name: Gil N., email: gil@nimbus.example, password: "${NIMBUS_PASSWORD}", balance: "¥0.00", short-of-money: true }
  - { name: Hu N., email: hu@nimbus.example, password: "${NIMBUS_PASSWORD}", balance: "¥80,000.00", verified: false }
"#;

#[test]
#[ignore = "nightly; those in orders with every change"]
fn faults_in_what_pages_show_are_caught() {
    are_caught(OF_LOOKS);
}

#[test]
#[ignore = "nightly; those in orders with every change"]
fn faults_in_numbers_and_choices_are_caught() {
    are_caught(OF_NUMBERS);
}

#[test]
#[ignore = "nightly; those in orders with every change"]
fn faults_in_refusals_and_delivery_are_caught() {
    are_caught(OF_DELIVERY);
}

#[test]
fn faults_in_orders_are_caught() {
    are_caught(OF_ORDERS);
}
