//! What helps while a feature or profile is written, before any browser is started.

use crate::run::{QUICK, Run};

/// A run that could start no browser.
fn nowhere(run: Run) -> Run {
    run.variable("DCDB_E2E_INSTALL", "never").variable("PATH", "/nowhere")
}

#[test]
fn an_undefined_step_shows_the_nearest_ones_and_the_word_that_differs() {
    for (step, near) in [
        (
            "When the buyer types \"6\" as \"Nodes\"",
            "near     When the buyer enters {string} as {string}  (here types instead of enters)",
        ),
        ("Then the total fee are ¥1.00", "near     Then the total fee is {money}"),
        ("Then a visitor on the home page", "near     Given a visitor on the home page  (here it is a Then)"),
        ("Then 全部实例都为运行中", "near     Then 全部实例均为{status}"),
        (
            "When the buyer  enters \"6\" as \"Nodes\"",
            "near     When the buyer enters {string} as {string}  (here more than one blank, or another than the usual one, between two words)",
        ),
        ("When the buyer enters 6 as \"Nodes\"", "{string} as {string}  (here 6 instead of \"6\")"),
        ("When the buyer enters “6” as \"Nodes\"", "{string} as {string}  (here “6” instead of \"6\")"),
        (
            "When the buyer enters \"6\" as \"No des",
            "{string} as {string}  (here the quotation mark of \"No des is not closed)",
        ),
        ("When the buyer enters \"6 as \"Nodes\"", "(here the quotation mark of \"6 is not closed)"),
        ("When the buyer enters \"6\" as \"Nodes\".", "{string} as {string}  (here . is too much)"),
        ("Then the total fee is ¥1.00.", "the total fee is {money}  (here . is too much)"),
    ] {
        let feature = format!("Feature: Own\n  Scenario: One\n    {step}\n");
        let ended = nowhere(Run::of(&[])).feature(&feature).end();
        ended.expect(4, &["own.feature:3: no step is written as", near, "async fn "]);
        let at = |text: &str| ended.text.find(text).expect("said");
        assert!(at("near ") < at("async fn "), "{}", ended.text);
    }
}

#[test]
fn what_a_row_of_examples_makes_of_a_step_is_told_by_the_row_too() {
    let feature = "Feature: Own\n  Scenario Outline: On <day>\n    Given a visitor <does>\n\n    Examples:\n      | day | does |\n      | 1   | on the home page |\n      | 2   | dances |\n";
    let ended = nowhere(Run::of(&["--dry-run"])).feature(feature).end();
    ended
        .expect(4, &["own.feature:3 (with the examples in line 8): no step is written as\n    Given a visitor dances"]);
    assert!(!ended.text.contains("line 7)"), "{}", ended.text);
}

#[test]
fn an_undefined_step_stops_only_what_it_is_in() {
    let feature = "Feature: Own\n  @good\n  Scenario: Good\n    Given a visitor on the home page\n  @bad\n  Scenario: Bad\n    Given a visitor dances\n";
    for selection in [["--name", "^Good$"], ["--tags", "@good"], ["own.feature:3", "-q"], ["--exact", "Good"]] {
        let listed = nowhere(Run::of(&[&["--list"], selection.as_slice()].concat())).feature(feature).end();
        listed.expect(0, &["Good: test", "note: steps that were not selected cannot be run: ", "own.feature:7"]);
    }
    for selection in [["--name", "^Bad$"], ["--tags", "@bad"], ["own.feature", "-q"], ["--color", "never"]] {
        nowhere(Run::of(&selection)).feature(feature).end().expect(4, &["own.feature:7: no step is written as"]);
    }
}

#[test]
fn a_tag_of_a_feature_that_is_nearly_one_that_is_understood_is_refused_by_its_line_and_a_team_s_own_is_not() {
    let tagged = |tag: &str| {
        let feature = format!(
            "Feature: Own\n  @team-red\n  Rule: R\n    @{tag}\n    Scenario: One\n      Given a visitor on the home page\n"
        );
        nowhere(Run::of(&["--dry-run"])).feature(&feature).end()
    };
    for (tag, meant) in [
        (
            "may-lock-acount",
            "own.feature:4: @may-lock-acount says nothing that scenarios can need; did you mean @may-lock-account?",
        ),
        ("buyer-unverifed", "did you mean @buyer-unverified?"),
        ("lever-tme", "did you mean @lever-time?"),
        ("request-pice", "did you mean @request-price?"),
        ("contract-tody", "did you mean @contract-today?"),
        (
            "needs-ordres",
            "own.feature:4: @needs-ordres is nothing that a target is said to lack; did you mean @needs-orders?",
        ),
        ("needs-region-hong-kongg", "did you mean @needs-region-hong-kong?"),
        ("pay", "own.feature:4: @pay says nothing that scenarios can be; did you mean @pays?"),
        ("page-state", "did you mean @page-states?"),
    ] {
        tagged(tag).expect(4, &[meant, "mend"]);
    }
    for own in ["smoke", "nightly", "ready-to-go", "may", "days", "needs-a-moon"] {
        tagged(own).expect(0, &["1 scenario would run"]);
    }
    let rows = "Feature: Own\n  Scenario Outline: One <n>\n    Given a visitor on the home page\n    @pasy\n    Examples:\n      | n |\n      | 1 |\n";
    nowhere(Run::of(&["--dry-run"])).feature(rows).end().expect(4, &["own.feature:4: @pasy says"]);
}

#[test]
fn tags_fields_values_and_keys_that_are_nearly_right_are_told_what_they_may_mean() {
    let tagged = "Feature: Own\n  @E1.1 @pays\n  Scenario: One\n    Given a visitor on the home page\n";
    for (tags, status, said) in [
        ("E1.1 and not @pays", 2, "is no tag expression\n  mend: write it as @E1.1"),
        ("not @pasy", 4, "no scenario carries @pasy\n  mend     did you mean @pays?"),
        ("@E1.2 or @pays", 0, "note: no scenario carries @E1.2"),
    ] {
        nowhere(Run::of(&["--list", "--tags", tags])).feature(tagged).end().expect(status, &[said]);
    }
    let table = |field: &str, value: &str| {
        let feature = format!(
            "Feature: Own\n  Scenario: One\n    Given the buyer is on the purchase page\n    When the buyer chooses\n      | {field} | {value} |\n"
        );
        nowhere(Run::of(&[])).feature(&feature).end()
    };
    table("regoin", "Guangzhou").expect(2, &["regoin is no field of the purchase page here", "; did you mean region?"]);
    table("region", "Guangzhuo").expect(2, &["Guangzhuo is no region here", "; did you mean Guangzhou?"]);
    let base = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/targets/standin.yaml");
    for (own, line, meant) in [
        ("langage: en", 3, "unknown field `langage`"),
        ("pages:\n  login:\n    pasword: { label: P }", 5, "; did you mean password?"),
    ] {
        let run = nowhere(Run::of(&[])).feature(QUICK).profile(&format!("extends: {base}\nname: own\n{own}\n"));
        run.end().expect(2, &[&format!("profile.yaml:{line}: "), meant, "did you mean "]);
    }
}

#[test]
fn a_slip_in_a_table_is_told_by_its_row() {
    for (step, rows, status, said) in [
        ("When the buyer chooses", "", 4, "own.feature:4: \"the buyer chooses\" needs a table below it"),
        (
            "Given a visitor on the home page",
            "| region | Guangzhou |",
            4,
            "own.feature:5: \"a visitor on the home page\" is read without a table below it",
        ),
        ("When the buyer chooses", "| region | Guangzhou | Zone |", 4, "own.feature:5: a row of the table of"),
        (
            "When the buyer chooses",
            "| region | Guangzhou |\n\n# Which?\n| zone | Guangzhou Zone 3 |\n| region | Shanghai |",
            4,
            "own.feature:9: region stands in line 5 already",
        ),
        (
            "When the buyer chooses",
            "| region | Guangzhou |\n\n# Which?\n| zome | Guangzhou Zone 3 |",
            2,
            "own.feature:8: zome is no field of the purchase page here",
        ),
        (
            "Then the purchase page has chosen",
            "| zone | Guangzho Zone 3 |",
            2,
            "own.feature:5: Guangzho Zone 3 is no zone",
        ),
        (
            "When the buyer initialises every instance with",
            "| character set | utf8 |\n| table nmes | case-sensitive |",
            2,
            "own.feature:6: nothing called \"table nmes\" is chosen when an instance is initialised; there are character set, table names, sync mode; did you mean table names?",
        ),
    ] {
        let feature = format!("Feature: Own\n\n  Scenario: One\n    {step}\n{rows}\n");
        nowhere(Run::of(&["--dry-run"])).feature(&feature).end().expect(status, &[said]);
    }
}

/// What is amiss with a feature file, the line and a word of what is said.
const AMISS: [(&str, &str); 24] = [
    ("功能: 一\n  场景: 二\n    当 三", "1: 功能: begins no part of a feature in its language"),
    (
        "# language: zh-CN\n功能: 一\n  规则: 二\n    场景: 三\n      当 四",
        "3: 规则: begins no part of a feature in its language",
    ),
    (
        "# language: zh-CN\n功能: 一\n  Scenario: 三\n    当 四",
        "3: Scenario: begins no part of a feature in its language",
    ),
    ("Featre: Own", "1: Featre: begins no part of a feature; did you mean Feature:?"),
    ("", "1: a feature begins with Feature:, and nothing stands there"),
    ("Scenario: One\n  Given x", "1: a feature begins with Feature:, and there stands \"Scenario: One\""),
    ("# language: cn\n功能: 一", "1: \"cn\" is no language that features can be written in"),
    ("# language: zh-CN\n功能： 一\n  场景: 二\n    当 三", "2: 功能： has the colon of Chinese texts"),
    ("Feature: Own\n  Scnario: One\n    Given x", "2: Scnario: begins no part of a feature; did you mean Scenario:?"),
    (
        "Feature: Own\n  Scenario: One\n    Given x\n\n  Scenario Two\n    Given y",
        "5: behind Scenario a colon is missing",
    ),
    (
        "Feature: Own\n  Scenario: One\n    Given x\n    Wehn y\n    Then z",
        "4: a step, a table or the next scenario is expected, and there stands \"Wehn y\"; did you mean When?",
    ),
    ("Feature: Own\n  Scenario: One\n    Given x\n    Then", "4: Then has nothing behind it"),
    (
        "Feature: Own\n  Scenario: One\n    Given x\n      | a | b |\n      | a |",
        "5: the row has 1 cell, and the first of its table, in line 4, has 2",
    ),
    ("Feature: Own\n  Scenario: One\n    Given x\n      | a | b |\n      | a | b | c |", "5: the row has 3 cells, and"),
    ("Feature: Own\n  Scenario: One\n    Given x\n      | a | b", "4: the row of the table is not closed"),
    (
        "Feature: Own\n  Scenario: One\n    Given x\n      \"\"\"\n      y\n    Then z",
        "4: the text that begins here does not end",
    ),
    (
        "Feature: Own\n  Scenario: One\n    Given x\n  @tag\n    Then z",
        "4: what stands below these tags can carry none",
    ),
    ("Feature: Own\n  Scenario: One\n    Given x\n  Background:\n    Given z", "4: Background: cannot stand here"),
    ("Feature: Own\n  Scenario: One\n\n  Scenario: Two\n    Given x", "2: the scenario has no step"),
    ("Feature: Own\n  Scenario Outline: One\n    Given x", "2: the scenario is an outline, and no row of examples"),
    (
        "Feature: Own\n  Scenario Outline: One\n    Given <x>\n    Examples:\n      | x |",
        "2: the scenario is an outline, and no",
    ),
    (
        "Feature: Own\n  Scenario Outline: One <fees>\n    Given <x>\n    Examples:\n      | x | fee |\n      | 1 | 2 |",
        "2: <fees> is no column of the examples in line 4; did you mean fee?",
    ),
    (
        "Feature: Own\n  Scenario Outline: One\n    Given <y>\n    Examples:\n      | x |\n      | 1 |",
        "3: <y> is no column of the examples in line 4\n  mend     write one of <x>",
    ),
    (
        "Feature: Own\n  Scenario: One\n    Given x\n  Scenario: One\n    Given x",
        "4: the title \"One\" is taken by the scenario in line 2",
    ),
];

#[test]
fn what_is_amiss_with_features_is_told_by_line_and_in_words_all_of_it_at_once() {
    let run = nowhere(Run::of(&["--dry-run"])).feature(QUICK);
    for (index, (text, _)) in AMISS.iter().enumerate() {
        run.file(&format!("features/amiss_{index}.feature"), text);
    }
    let ended = run.end();
    let said: Vec<String> =
        AMISS.iter().enumerate().map(|(index, (_, said))| format!("features/amiss_{index}.feature:{said}")).collect();
    ended.expect(4, &said.iter().map(String::as_str).collect::<Vec<_>>());
    assert!(!ended.text.contains("unknown keyword"), "{}", ended.text);
}

#[test]
fn a_feature_that_cannot_be_read_stops_only_what_may_mean_it() {
    let run = |arguments: &[&str]| {
        let run = nowhere(Run::of(arguments)).feature(QUICK);
        run.file("features/bad.feature", "Feature: Bad\n  Scenario: Bad\n    Dances\n    Given x\n    Dances\n");
        run.file("features/twin.feature", QUICK);
        run.end()
    };
    let twin = "twin.feature:2: the title \"A visitor comes\" is taken by the scenario in ";
    for arguments in
        [&["--dry-run", "own.feature"], &["--dry-run", "A visitor"], &["--name", "comes$", "--dry-run"]] as [&[&str]; 3]
    {
        run(arguments).expect(0, &["note: left out: ", "bad.feature:5: a step, a table", twin, "1 scenario would run"]);
    }
    run(&["--steps"]).expect(0, &["note: left out: ", "the total fee is {money}"]);
    for arguments in [&["--dry-run"], &["bad.feature"], &["dances"], &["--tags", "not @x"]] as [&[&str]; 4] {
        run(arguments).expect(4, &["bad.feature:5: a step, a table", twin, "own.feature:2"]);
    }
}

#[test]
fn a_slip_in_a_key_of_a_profile_that_is_anybody_s_to_choose_is_told_by_its_line() {
    let base = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/targets/standin.yaml");
    let run = |own: &str| {
        let profile = format!("extends: {base}\nname: own\n{own}\n");
        nowhere(Run::of(&["--dry-run", "--name", "^Sold out between"])).profile(&profile).end()
    };
    for (own, line, said) in [
        ("words:\n  regions:\n    guangzhou: Canton", 4, "words: regions: nothing asks for it; did you mean region?"),
        (
            "words:\n  region:\n    guangzhuo: Canton",
            5,
            "words: region: guangzhuo: nothing asks for it; did you mean guangzhou?",
        ),
        (
            "words:\n  message:\n    incorect-e-mail-or-password: No",
            5,
            "words: message: incorect-e-mail-or-password: nothing asks for it; did you mean incorrect-e-mail-or-password?",
        ),
        (
            "words:\n  order-status: { unpayed: Open }",
            4,
            "words: order-status: unpayed: nothing asks for it; did you mean unpaid?",
        ),
        ("lacks:\n  initialization: no", 4, "lacks: initialization: nothing asks for it; did you mean initialisation?"),
        ("differs:\n  \"3.2.99\": why", 4, "differs: 3.2.99 is no rule of the contract"),
        ("page-states: standin-te", 3, "no page states are reviewed of \"standin-te\"; did you mean standin-tea?"),
    ] {
        run(own).expect(2, &[&format!("profile.yaml:{line}: {said}"), "mend: "]);
    }
    // What is like nothing that is asked for may be another team's.
    run("lacks: { a-moon: none }\nwords: { region: { tokyo: Tokyo, guangzhou-2: G }, message: { our-own: Ours } }")
        .expect(0, &["1 scenario would run"]);
}

#[test]
fn the_catalogue_of_steps_has_each_with_what_is_filled_in_as_text_and_as_a_page() {
    let run = nowhere(Run::of(&["--steps"]));
    let ended = run.end();
    ended.expect(
        0,
        &[
            "tests/purchase/steps/purchase.rs\n",
            "  Then  the total fee is {money}\n",
            "  When  the buyer chooses\n",
            "× in the features, with a table below it, such as in features/",
            "{money} an amount: ¥1,015.20",
            "{status} the status of an instance: Creating, Uninitialized",
            "  region: Guangzhou, ",
            "as a page: ",
        ],
    );
    let page = std::fs::read_to_string(run.out().join("steps.html")).expect("a page");
    for text in ["purchase.rs</h2>", "the total fee is {money}</dt>", "default-src 'none'"] {
        assert!(page.contains(text), "{text:?} is not in the page");
    }
    // A pattern that nobody can read is no sentence.
    for sign in ["[^", "(?:", "\\d"] {
        assert!(!ended.text.contains(sign), "{sign:?} was said:\n{}", ended.text);
    }
    // The next run leaves it, as no run writes it.
    nowhere(Run::of(&[])).end().expect(3, &[]);
    run.again(&["--list"]).expect(0, &[]);
    assert!(run.out().join("steps.html").exists());
}
