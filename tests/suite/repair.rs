//! A run that fails for want of an element says what the profile may have to say instead, changes nothing of its verdict, and says
//! nothing where nothing is known.

use serde_json::Value;

use crate::run::Run;

/// The stand-in as a profile knows it that was written for earlier pages: other labels, a css that finds several, a page elsewhere.
const OUTDATED: &str = "\
name: outdated
deadlines: { element: 1s, arrival: 2s }
pages:
  home:
    products: { role: button, name: Catalogue of everything }
  console:
    ready: { role: heading, name: Databases that grow }
    terminate: { role: button, name: Get rid of it }
    initialise-dialog: { cancel: { role: button, name: Away, within: { role: dialog } } }
  purchase:
    choices: { auto-renewal: { control: { label: Keeps going } } }
    region-note: { text: Regions are far apart. }
    documents:
      product-price: { role: link, name: What it costs }
      instance-version: { role: link }
  check:
    confirm: { role: button, name: Pay up }
  orders:
    path: /nowhere
";

const FAILING: &str = "\
Feature: Outdated
  Scenario: menu
    Given the buyer is logged in on the home page
    When the buyer follows \"Products\" > \"Database\" > \"Distributed Database\"
  Scenario: sign
    Given the buyer is logged in at the DCDB console
  Scenario: field
    Given the buyer is on the purchase page
    When the buyer chooses
      | auto-renewal | on |
  Scenario: note
    Given the buyer is on the purchase page
    Then the page notes that products in different regions cannot communicate
  Scenario: link
    Given the buyer is on the purchase page
    Then the page links to the product-price document \"237/2034\"
  Scenario: several
    Given the buyer is on the purchase page
    Then the page links to the instance-version document \"237/6918\"
  @pays
  Scenario: confirm
    Given the buyer is on the check page of the documented example
    When the buyer confirms the purchase
  @pays
  Scenario: entry
    Given the buyer bought the documented example
    When the buyer turns to the instance in the console
    And the buyer asks to return it without consent
  @pays
  Scenario: dialog
    Given the buyer bought the documented example
    When the buyer turns to the instance in the console
    And the buyer asks to initialise the instance
    And the buyer cancels the dialog
  @needs-orders
  Scenario: elsewhere
    Given the buyer is on the purchase page
    When the buyer opens the order list
";

/// What was proposed in a scenario.
fn repairs(results: &Value, name: &str) -> Vec<Value> {
    let scenarios = results["scenarios"].as_array().expect("scenarios");
    let scenario = scenarios.iter().find(|one| one["name"] == name).unwrap_or_else(|| panic!("no {name}"));
    assert_eq!((&scenario["status"], &scenario["class"]), (&"failed".into(), &"product".into()), "{scenario:#}");
    let steps = scenario["steps"].as_array().expect("steps");
    steps.iter().filter_map(|step| step["repairs"].as_array()).flatten().cloned().collect()
}

#[test]
fn a_run_that_fails_for_want_of_an_element_proposes_what_it_must_be_now_and_stays_red() {
    let base = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/targets/standin.yaml");
    let profile = format!("extends: {base}\n{OUTDATED}");
    let run = Run::of(&["--concurrency", "2", "--pictures", "none"]).profile(&profile).feature(FAILING);
    let ended = run.end();
    ended.expect(1, &["repair.yaml does"]);
    let results = run.results();
    for (name, keys, now, sure) in [
        ("menu", "pages/home/products", "{ role: button, name: Products }", true),
        ("sign", "pages/console/ready", "{ role: heading, name: DCDB Console }", true),
        ("field", "pages/purchase/choices/auto-renewal/control", "{ label: Auto-renewal }", true),
        ("link", "pages/purchase/documents/product-price", "{ role: link, name: Product Price }", true),
        ("several", "pages/purchase/documents/instance-version", "{ role: link, name: Instance Version }", true),
        ("confirm", "pages/check/confirm", "{ role: button, name: Confirm Purchase }", true),
    ] {
        let found = repairs(&results, name);
        assert_eq!(found.len(), 1, "{name}: {found:#?}");
        assert_eq!((&found[0]["keys"], &found[0]["now"], &found[0]["sure"]), (&keys.into(), &now.into(), &sure.into()));
        ended.expect(1, &[&format!("repair   {}: {now}", keys.replace('/', ": "))]);
    }
    let note = repairs(&results, "note");
    assert!(note.iter().all(|note| note["sure"] == false), "{note:#?}");
    assert_eq!(repairs(&results, "elsewhere"), Vec::<Value>::new());
    let report = std::fs::read_to_string(run.out().join("report.html")).expect("the report");
    assert!(report.contains("Proposed repair") && report.contains("and not tried out"));
    // What is proposed is a profile, and the next run goes by it, and further.
    let proposed = run.out().join("repair.yaml");
    let again = Run::of(&["--concurrency", "2", "--pictures", "none"])
        .with(&["--target", &proposed.display().to_string()])
        .with(&["--name", "menu|field|link|several|entry|dialog"])
        .feature(FAILING);
    let ended = again.end();
    ended.expect(1, &["4 passed, 2 failed"]);
    for (name, keys, now) in [
        ("entry", "pages/console/terminate", "{ role: button, name: Terminate/Return }"),
        ("dialog", "pages/console/initialise-dialog/cancel", "{ role: button, name: Cancel }"),
    ] {
        let found = repairs(&again.results(), name);
        assert_eq!(found.len(), 1, "{name}: {found:#?}\n{}", ended.text);
        assert_eq!((&found[0]["keys"], &found[0]["now"], &found[0]["sure"]), (&keys.into(), &now.into(), &true.into()));
    }
}

#[test]
fn proposals_that_a_person_edited_or_wrote_stay_and_those_of_a_run_go_with_the_next() {
    let base = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/targets/standin.yaml");
    let outdated = "pages: { home: { products: { role: button, name: Catalogue of everything } } }\n";
    let profile = format!("extends: {base}\nname: outdated\ndeadlines: {{ element: 1s, arrival: 2s }}\n{outdated}");
    let feature = "Feature: Outdated\n  Scenario: menu\n    Given the buyer is logged in on the home page\n    When the buyer follows \"Products\" > \"Database\" > \"Distributed Database\"\n";
    let run = Run::of(&["--pictures", "none"]).profile(&profile).feature(feature);
    run.end().expect(1, &["repair.yaml does"]);
    let (first, second) = (run.out().join("repair.yaml"), run.out().join("repair-2.yaml"));
    let edited = std::fs::read_to_string(&first).expect("proposals") + "# mine\n";
    std::fs::write(&first, &edited).expect("written");
    run.end().expect(1, &["repair.yaml is not as a run wrote it, and stays", "repair-2.yaml does"]);
    assert!(second.exists());
    // A green run by another profile.
    run.file("profile.yaml", &format!("extends: {base}\nname: right\n"));
    run.end().expect(0, &["repair.yaml is not as a run wrote it, and stays"]);
    assert_eq!(std::fs::read_to_string(&first).expect("what was edited"), edited);
    assert!(!second.exists(), "what nobody edited is outdated");
    // What somebody wrote alone is nobody's else, whatever lies beside it.
    let own = format!("extends: {base}\n");
    std::fs::write(&first, &own).expect("written");
    run.end().expect(0, &["1 passed"]);
    assert_eq!(std::fs::read_to_string(&first).expect("what was written"), own);
}

#[test]
fn nothing_is_proposed_for_what_should_not_be_there_and_is_nor_for_what_no_page_shows() {
    let base = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/targets/standin.yaml");
    let profile = format!("extends: {base}\nname: right\ndeadlines: {{ element: 1s, arrival: 2s }}\n");
    let run = Run::of(&["--concurrency", "2", "--pictures", "none"]).profile(&profile).feature(
        "Feature: Right\n  @pays\n  Scenario: confirmable\n    Given the buyer is on the check page of the documented example\n    Then the purchase cannot be confirmed\n  Scenario: silent\n    Given the buyer is on the check page of the documented example\n    Then the check page says \"Sold out in this zone\"\n",
    );
    let ended = run.end();
    ended.expect(1, &["2 failed"]);
    let results = run.results();
    for name in ["confirmable", "silent"] {
        assert_eq!(repairs(&results, name), Vec::<Value>::new(), "{name}");
    }
    assert!(!ended.text.contains("repair ") && !run.out().join("repair.yaml").exists(), "{}", ended.text);
}
