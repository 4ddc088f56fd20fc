//! Exit statuses: whose fault it is.

use tempfile::TempDir;

use crate::run::{QUICK, Run};

#[test]
fn zero_where_all_holds() {
    Run::of(&[]).feature(QUICK).end().expect(0, &["✓ Quick › A visitor comes", "1 passed, 0 failed, 0 skipped"]);
}

#[test]
fn two_for_flags_that_cannot_be() {
    for (arguments, said) in [
        (vec!["--nonsense"], "unexpected argument '--nonsense'"),
        (vec!["--shard", "4/3"], "write it as 1/3"),
        (vec!["--shard", "first"], "write it as 1/3"),
        (vec!["--tags", "@a and and"], "no tag expression"),
        (vec!["--name", "("], "no regular expression"),
        (vec!["--time-scale", "0"], "a factor from 0.1 to 100"),
        (vec!["--concurrency", "0"], "0 is not in 1..=64"),
        (vec!["--target", "nowhere.yaml"], "nowhere.yaml: the profile cannot be read"),
        (vec!["--target", "tests/targets/standin.yaml", "--lang", "en"], "cannot be used with"),
        (vec!["--last-failed"], "--last-failed needs the results of a run"),
    ] {
        Run::of(&arguments).end().expect(2, &[said]);
    }
}

#[test]
fn one_for_a_page_that_differs_from_what_was_expected() {
    let base = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/targets/standin.yaml");
    let profile = format!(
        "extends: {base}\nname: other\npages:\n  home:\n    log-in: {{ role: link, name: Sign in }}\ndeadlines: {{ element: 300ms }}\n"
    );
    let feature = "Feature: Login\n  Scenario: A visitor goes to log in\n    Given a visitor on the home page\n    When the visitor goes to log in\n";
    let run = Run::of(&[]).profile(&profile).feature(feature);
    run.end().expect(
        1,
        &[
            "class    product",
            "home page: link \"Sign in\" should take a click",
            "saw      nothing like it is on the page",
            "near     link \"Log in\"",
            // However long beyond its 300 ms a loaded machine takes to say so.
            "waited   0.",
            "0 passed, 1 failed, 0 skipped",
        ],
    );
}

#[test]
fn one_for_a_page_state_that_differs_with_the_differing_lines() {
    let base = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/targets/standin.yaml");
    // The product page's own state, held against the baseline of the home page.
    let profile = format!(
        "extends: {base}\nname: other\npage-states: standin\npages:\n  home:\n    path: /product/dcdb\n    ready: {{ role: heading }}\n"
    );
    let feature = "Feature: States\n  Scenario: The home page\n    Given a visitor on the home page\n    Then the home page looks as reviewed for a visitor\n";
    Run::of(&[]).profile(&profile).feature(feature).end().expect(
        1,
        &[
            "should be as reviewed (- reviewed, + seen)",
            "-   - heading \"A cloud for your data\" [level=1]",
            "+   - heading \"Distributed Cloud Database\" [level=1]",
            "cargo insta review",
        ],
    );
}

#[test]
fn four_for_what_is_wrong_with_the_suite_before_any_browser_starts() {
    let undefined =
        "Feature: Own\n  Scenario: One\n    Given a visitor on the home page\n    When the visitor dances\n";
    let nowhere = |run: Run| run.variable("DCDB_E2E_INSTALL", "never").variable("PATH", "/nowhere");
    nowhere(Run::of(&[])).feature(undefined).end().expect(
        4,
        &[
            "own.feature:4: no step is written as",
            "When the visitor dances",
            "async fn when_the_visitor_dances(world: &mut World) -> StepResult",
        ],
    );
    nowhere(Run::of(&["--tags", "@nothing"])).end().expect(4, &["no scenario matches --tags \"@nothing\""]);
    nowhere(Run::of(&["--name", "^nothing$"])).end().expect(4, &["no scenario matches --name \"^nothing$\""]);
    let twins = "Feature: Own\n  Scenario: One\n    Given a visitor on the home page\n  Scenario: One\n    Given a visitor on the home page\n";
    nowhere(Run::of(&[])).feature(twins).end().expect(4, &["the title \"One\" is taken by the scenario in line 2"]);
    nowhere(Run::of(&[])).feature("Feature Own\n").end().expect(4, &["own.feature:1: a feature begins with Feature:"]);
    let run = nowhere(Run::of(&[])).feature(QUICK);
    run.file("features/CONTRACT.md", "# Contract\n\n## 1. Flow\n| id | says |\n|---|---|\n| E9.1 | a way in |\n");
    run.end().expect(4, &["no scenario covers E9.1", "tag it, such as @E9.1"]);
}

#[test]
fn four_for_a_page_state_without_a_baseline() {
    let feature = "Feature: States\n  Scenario: The home page\n    Given a visitor on the home page\n    Then the home page looks as reviewed on a Monday\n";
    Run::of(&[])
        .feature(feature)
        .end()
        .expect(4, &["the home page on a Monday has not been reviewed yet: there is no baseline", "class    test"]);
}

#[test]
fn four_in_ci_while_page_states_wait_to_be_reviewed() {
    let base = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/targets/standin.yaml");
    // Beside the baselines of a target that has none.
    let folder =
        TempDir::with_prefix_in("waiting-", concat!(env!("CARGO_MANIFEST_DIR"), "/tests/snapshots")).expect("a folder");
    let name = folder.path().file_name().expect("a name").to_string_lossy().into_owned();
    let run = Run::of(&[]).feature(QUICK).profile(&format!("extends: {base}\nname: waiting\npage-states: {name}\n"));
    std::fs::write(folder.path().join("home-page.snap.new"), "").expect("written");
    let run = run.variable("CI", "true");
    run.end()
        .expect(4, &["page states wait to be reviewed, and this is CI", "home-page.snap.new", "cargo insta review"]);
    run.variable("CI", "").end().expect(0, &[]);
}

#[test]
fn four_for_a_step_that_panics_of_its_own() {
    let feature = "Feature: Own\n  Scenario: Too much\n    Given the buyer is on the purchase page\n    Then the total fee is ¥99,999,999,999,999,999,999.00\n";
    Run::of(&[]).feature(feature).end().expect(4, &["the step panicked", "class    test"]);
}

#[test]
fn three_where_no_browser_can_be_had() {
    let dead = Run::of(&[]).feature(QUICK).variable("WEBDRIVER_URL", "http://127.0.0.1:9");
    dead.end().expect(3, &["class    infrastructure", "starting a browser at http://127.0.0.1:9"]);
    let many = Run::of(&["--repeat-each", "20", "--concurrency", "1"]).feature(QUICK);
    many.variable("WEBDRIVER_URL", "http://127.0.0.1:9")
        .end()
        .expect(3, &["3 browsers in a row could not be had: the run is given up", "0 passed, 3 failed, 17 skipped"]);
    let none = Run::of(&[]).feature(QUICK).variable("DCDB_E2E_INSTALL", "never").variable("PATH", "/nowhere");
    none.end().expect(3, &["chromedriver"]);
}

/// A target with a profile that leaves out one wording, and one that has nothing of what is asked for.
#[test]
fn two_for_a_wording_that_is_quoted_and_unknown_and_four_where_nothing_that_was_selected_could_run() {
    let base = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/targets/standin.yaml");
    let feature = |tag: &str| {
        format!(
            "Feature: Words\n  {tag}\n  Scenario: A visitor is told\n    Given a visitor on the home page\n    Then the login page says \"Nobody says so\"\n"
        )
    };
    let profile = format!("extends: {base}\nname: other\nlacks: {{ a-moon: it is a site }}\n");
    let quoting = Run::of(&[]).profile(&profile).feature(&feature("@quotes"));
    quoting.end().expect(
        2,
        &[
            "own.feature:5: the profile other does not say how \"Nobody says so\" is worded",
            "words: message: nobody-says-so:",
        ],
    );
    let idle = Run::of(&[]).profile(&profile).feature(&feature("@needs-a-moon"));
    idle.end()
        .expect(4, &["not applicable: other lacks a-moon", "nothing was tested", "0 passed, 0 failed, 1 skipped"]);
}
