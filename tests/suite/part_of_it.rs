//! Running part of the features: by place, by title where two have the same, and until something fails.

use crate::run::{QUICK, Run};

/// Two features with a title in common; lines matter.
const DAYS: &str = "@days
Feature: Days
  Each has its own.

  Scenario: A visitor comes
    Given a visitor on the home page

  # Said of the next.
  @rows
  Scenario Outline: On day <day>
    Given a visitor on the home page

    Examples:
      | day |
      # The first.
      | 1   |

      | 2   |

  Rule: At night
    Scenario: A visitor sleeps
      Given a visitor on the home page
";
const NIGHTS: &str = "Feature: Nights\n  Scenario: A visitor comes\n    Given a visitor on the home page\n";

fn two(arguments: &[&str]) -> Run {
    let run = Run::of(arguments);
    run.file("features/days.feature", DAYS);
    run.file("features/nights.feature", NIGHTS);
    let folder = run.path("features").display().to_string();
    run.with(&["--features", &folder])
}

fn titles(text: &str) -> Vec<&str> {
    text.lines().filter_map(|line| line.strip_suffix(": test")).collect()
}

#[test]
fn a_word_that_names_a_feature_in_a_way_that_is_none_is_refused() {
    for word in ["days.feature:5-12", "days.feature:", "days.feature:abc", "days.feature:5:3x"] {
        two(&["--dry-run", word]).end().expect(4, &[word, "is no place in a feature", "features/login.feature:12"]);
    }
}

#[test]
fn a_file_and_a_line_are_what_is_written_there() {
    let all = ["Days › A visitor comes", "On day 1", "On day 2", "A visitor sleeps"];
    for (places, expected) in [
        (vec!["days.feature"], all.to_vec()),
        (vec!["./days.feature:1"], all.to_vec()),
        (vec!["days.feature:3"], all.to_vec()),
        (vec!["days.feature:5"], all[..1].to_vec()),
        (vec!["days.feature:6"], all[..1].to_vec()),
        (vec!["days.feature:8"], all[1..3].to_vec()),
        (vec!["days.feature:10"], all[1..3].to_vec()),
        (vec!["days.feature:16"], all[1..2].to_vec()),
        (vec!["days.feature:18"], all[2..3].to_vec()),
        (vec!["days.feature:20"], all[3..].to_vec()),
        (vec!["days.feature:5:22"], vec![all[0], all[3]]),
        (vec!["nights.feature:2", "features/days.feature:21"], vec![all[3], "Nights › A visitor comes"]),
        // A bare word is one to any Rust test.
        (vec!["nights.feature", "On day"], vec![all[1], all[2], "Nights › A visitor comes"]),
        (vec!["days.feature", "--tags", "@rows", "--name", "2$"], all[2..3].to_vec()),
    ] {
        let run = two(&[&["--list"], places.as_slice()].concat());
        let listed = run.end();
        listed.expect(0, &[]);
        assert_eq!(titles(&listed.text), expected, "{places:?}\n{}", listed.text);
    }
    let whole = two(&["--list"]);
    let folder = whole.path("features").display().to_string();
    let (inside, outside) = (whole.again(&[&folder]), whole.again(&["src/"]));
    assert_eq!(titles(&inside.text).len(), 5, "{}", inside.text);
    outside.expect(4, &["no scenario is in src/", "name a feature file that has one: "]);
}

#[test]
fn a_place_that_matches_nothing_is_no_empty_success() {
    for (arguments, said) in [
        (vec!["logn.feature"], "no scenario is in logn.feature"),
        (vec!["days.feature:23"], "no scenario is at line 23 of days.feature"),
        (vec!["days.feature:5", "days.feature:900"], "scenarios begin at the lines 5, 16, 18, 21"),
        (vec!["days.feature:0"], "no scenario is at line 0"),
        (vec!["nights.feature", "--tags", "@rows"], "no scenario matches nights.feature --tags \"@rows\""),
    ] {
        two(&arguments).end().expect(4, &[said]);
    }
    two(&["days"]).end().expect(0, &["nothing to run: no scenario's title contains days"]);
}

#[test]
fn a_word_that_is_plainly_a_path_is_one_or_is_told_what_comes_near() {
    for (word, said) in [
        ("features/days", "no scenario is in features/days; did you mean "),
        ("features/nigths.feature", "/features/nights.feature?"),
        ("nigts.feature", "/features/nights.feature?"),
        ("features/nope/", "no scenario is in features/nope/\n  mend     name a feature file that has one: "),
    ] {
        two(&["--dry-run", word]).end().expect(4, &[said, "days.feature, "]);
    }
    // The project's own folder, by its bare name; a title may have a slash in it.
    Run::of(&["--list", "features"]).end().expect(0, &["A zone that is sold out: test"]);
    let slashed =
        Run::of(&["--list"]).feature("Feature: Own\n  Scenario: Of/on\n    Given a visitor on the home page\n");
    slashed.again(&["f/on"]).expect(0, &["Of/on: test"]);
}

#[test]
fn the_name_of_a_page_state_behind_a_blank_is_told_where_it_belongs() {
    for name in ["check-page", "home-page__for-a-vistor"] {
        let said = format!("--update-states {name}: behind a blank stands a title or a place");
        let ended = Run::of(&["--dry-run", "--update-states", name]).end();
        ended.expect(4, &[&said, &format!("mend     --update-states={}", name.replace("vistor", "visitor"))]);
    }
    Run::of(&["--dry-run", "--update-states", "features/page_states.feature"]).end().expect(0, &["would run"]);
}

#[test]
fn titles_that_stand_twice_are_told_apart() {
    for arguments in [["--exact", "Nights › A visitor comes"], ["--name", "^Nights › A visitor comes$"]] {
        let listed = two(&[&["--list"], arguments.as_slice()].concat()).end();
        assert_eq!(titles(&listed.text), ["Nights › A visitor comes"], "{}", listed.text);
    }
    // Whatever has no namesake is called by its title.
    let both = two(&["--list", "--exact", "A visitor comes"]).end();
    assert_eq!(titles(&both.text).len(), 2, "{}", both.text);
}

#[test]
fn nextest_is_refused_with_the_reason_and_sees_each_scenario_once() {
    let nextest = |arguments: &[&str]| two(arguments).variable("NEXTEST", "1").end();
    let listed = nextest(&["--list", "--format", "terse"]);
    let mut seen = titles(&listed.text);
    seen.sort_unstable();
    seen.dedup();
    assert_eq!((listed.status, seen.len()), (Some(0), 5), "{}", listed.text);
    nextest(&["--nocapture", "--exact", "On day 1"])
        .expect(2, &["nextest runs each scenario in a process of its own", "cargo test --test purchase"]);
    assert!(include_str!("../../.config/nextest.toml").contains("not binary(purchase)"));
}

/// Without a browser to be had, every scenario fails at once.
#[test]
fn no_other_scenario_is_begun_once_so_many_have_failed() {
    for (flag, failed, skipped) in [("--fail-fast", 1, 19), ("--max-failures 2", 2, 18)] {
        let flags: Vec<&str> = flag.split(' ').collect();
        let arguments = [&["--repeat-each", "20", "--concurrency", "1"], flags.as_slice()].concat();
        let run = Run::of(&arguments).feature(QUICK).variable("WEBDRIVER_URL", "http://127.0.0.1:9");
        let s = if failed == 1 { "" } else { "s" };
        run.end().expect(
            3,
            &[
                &format!("{failed} scenario{s} failed ({flag}): no other scenario is begun"),
                &format!("0 passed, {failed} failed, {skipped} skipped"),
            ],
        );
        let results = run.results();
        let reasons: Vec<&str> = results["scenarios"]
            .as_array()
            .expect("scenarios")
            .iter()
            .filter_map(|one| one["reason"].as_str())
            .collect();
        assert_eq!(reasons.iter().filter(|reason| reason.contains(flag)).count(), skipped);
    }
    Run::of(&["--max-failures", "0"]).end().expect(2, &["0 is not in 1.."]);
}

#[test]
fn the_repeat_command_repeats_and_leaves_the_evidence_that_it_is_printed_in() {
    let failing = "Feature: Own\n  Scenario: It's bad (sometimes)\n    Given a visitor on the home page\n    Then the DCDB console opens\n";
    let base = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/targets/standin-zh.yaml");
    let run = Run::of(&["--seed", "9", "--time-scale", "0.9"])
        .profile(&format!("extends: {base}\nname: own\ndeadlines: {{ arrival: 4s }}\n"))
        .feature(failing);
    let first = run.end();
    first.expect(1, &["  repeat   cargo test --test purchase -- --target "]);
    let kept = std::fs::read(run.out().join("results.json")).expect("results");
    let command = run.results()["scenarios"][0]["repeat"].as_str().expect("a command").to_owned();
    let (_, arguments) = command.split_once(" -- ").expect("flags");
    // As a shell takes it.
    let shell = format!("exec {} {arguments}", crate::run::suite().display());
    let mut again = std::process::Command::new("sh");
    again.args(["-c", &shell]).current_dir(env!("CARGO_MANIFEST_DIR")).env("TMPDIR", run.path("tmp"));
    let again = crate::run::Ended::of(again.output().expect("the suite"));
    again.expect(1, &["1 scenario on own with 1 worker, seed 9", "It's bad (sometimes)", "0 passed, 1 failed"]);
    assert_eq!(std::fs::read(run.out().join("results.json")).expect("results"), kept);
    assert!(run.path("out-again/results.json").exists());
}
