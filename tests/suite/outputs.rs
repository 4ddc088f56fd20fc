//! What a run leaves to read.

use crate::run::Run;

const MIXED: &str = "@area\nFeature: Mixed\n  @good\n  Scenario: Good\n    Given a visitor on the home page\n  @bad\n  Scenario: Bad\n    Given a visitor on the home page\n    Then the product page of the distributed database opens\n    And the DCDB console opens\n  @needs-a-moon\n  Scenario: Moon\n    Given a visitor on the home page\n";

fn mixed() -> Run {
    let base = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/targets/standin.yaml");
    let profile =
        format!("extends: {base}\nname: mixed\ndeadlines: {{ arrival: 4s }}\nlacks: {{ a-moon: it is a site }}\n");
    Run::of(&["--seed", "7"]).profile(&profile).feature(MIXED)
}

#[test]
fn results_name_every_scenario_with_its_steps_and_evidence() {
    let run = mixed();
    run.end().expect(
        1,
        &[
            "- Mixed › Moon  not applicable: mixed lacks a-moon: it is a site",
            "repeat   cargo test --test purchase --",
            "--name '^Bad$'",
        ],
    );
    let results = run.results();
    assert_eq!(
        (results["target"].as_str(), results["run"]["seed"].as_u64(), results["run"]["exit_status"].as_u64()),
        (Some("mixed"), Some(7), Some(1))
    );
    assert!(results["browser"].as_str().is_some_and(|browser| browser.contains("chrom")), "{}", results["browser"]);
    let scenario = |name: &str| {
        results["scenarios"]
            .as_array()
            .expect("scenarios")
            .iter()
            .find(|one| one["name"] == name)
            .unwrap_or_else(|| panic!("no {name}"))
            .clone()
    };
    let (good, bad, moon) = (scenario("Good"), scenario("Bad"), scenario("Moon"));
    assert_eq!(
        (good["status"].as_str(), good["attempts"].as_u64(), good["tags"].to_string().as_str()),
        (Some("passed"), Some(1), "[\"area\",\"good\"]")
    );
    assert_eq!((bad["status"].as_str(), bad["class"].as_str()), (Some("failed"), Some("product")));
    assert_eq!(moon["status"], "not-applicable");
    let outcomes: Vec<&str> =
        bad["steps"].as_array().expect("steps").iter().filter_map(|step| step["outcome"].as_str()).collect();
    assert_eq!(outcomes, ["passed", "failed", "skipped"]);
    assert!(bad["steps"][1]["duration_ms"].as_u64().is_some_and(|ms| ms >= 1000));
    for file in bad["evidence"].as_array().expect("evidence") {
        let path = run.out().join(file.as_str().expect("a path"));
        assert!(path.metadata().is_ok_and(|file| file.len() > 0), "{} is missing", path.display());
    }
    let kept = bad["evidence"].as_array().expect("evidence").iter().filter_map(|file| file.as_str());
    let names: Vec<&str> = kept.filter_map(|file| file.rsplit('/').next()).collect();
    // The page did not change in the step that failed, so its state is kept once; its picture and the whole page are kept because it failed.
    assert_eq!(names, ["01.yaml", "02.webp", "02.html"]);
    assert_eq!(bad["steps"][1]["state"], bad["steps"][0]["state"]);
}

#[test]
fn results_are_as_their_schema_says() {
    let schema: serde_json::Value =
        serde_json::from_str(include_str!("../../src/evidence/results.schema.json")).expect("a schema");
    let valid = jsonschema::options().should_validate_formats(true).build(&schema).expect("a schema");
    let run = mixed();
    run.end();
    let mut results = run.results();
    let faults =
        |results: &serde_json::Value| valid.iter_errors(results).map(|fault| fault.to_string()).collect::<Vec<_>>();
    assert_eq!(faults(&results), [""; 0]);
    results["scenarios"][0]["new"] = true.into();
    assert_eq!(faults(&results).len(), 1, "the schema lets anything through");
}

#[test]
fn junit_has_one_case_a_scenario() {
    let run = mixed();
    run.end();
    let xml = std::fs::read_to_string(run.out().join("junit.xml")).expect("junit.xml");
    assert!(xml.contains("<testsuites name=\"dcdb-purchase-e2e\" tests=\"3\" skipped=\"1\" failures=\"1\""), "{xml}");
    assert_eq!(xml.matches("<skipped").count(), 1, "{xml}");
    assert_eq!(xml.matches("<testcase ").count(), 3, "{xml}");
    assert!(xml.contains("type=\"product\""), "{xml}");
}

#[test]
fn rounds_are_entries_of_their_own_and_a_seed_repeats_their_order() {
    let order = || {
        let run =
            Run::of(&["--repeat-each", "3", "--seed", "11", "--concurrency", "1", "--tags", "not @bad"]).feature(MIXED);
        let ended = run.end();
        ended.expect(0, &["6 passed, 0 failed, 0 skipped"]);
        let rounds: Vec<u64> = run.results()["scenarios"]
            .as_array()
            .expect("scenarios")
            .iter()
            .filter_map(|one| one["round"].as_u64())
            .collect();
        assert_eq!(rounds, [1, 2, 3, 1, 2, 3]);
        ended
            .text
            .lines()
            .filter(|line| line.starts_with('✓'))
            .map(|line| line.split("  ").next().unwrap_or_default().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(order(), order());
}

/// A feature of other keywords than the usual ones, below its first line.
const ELSEWHERE: &str = "# language: zh-CN
@area
功能: 一
  Rule: 二
    场景大纲: 三 <n>
      那么 全部实例均为运行中
      例子:
        | n |
        | 1 |
";

/// Without a browser to be had, every scenario fails at once.
#[test]
fn cucumber_messages_have_language_keywords_and_lines_as_the_feature_has_them() {
    let run = Run::of(&[]).feature(ELSEWHERE).variable("WEBDRIVER_URL", "http://127.0.0.1:9");
    run.end().expect(3, &["0 passed, 1 failed"]);
    let text = std::fs::read_to_string(run.out().join("messages.ndjson")).expect("messages");
    let messages: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let the = |kind: &str| messages.iter().find_map(|one| one.get(kind)).expect("told");
    let (feature, pickle) = (&the("gherkinDocument")["feature"], the("pickle"));
    let rule = &feature["children"][0]["rule"];
    let said = [feature, rule, &rule["children"][0]["scenario"]]
        .map(|node| (node["keyword"].as_str().expect("a keyword"), node["location"]["line"].as_u64().expect("a line")));
    assert_eq!(said, [("功能", 3), ("Rule", 4), ("场景大纲", 9)]);
    assert_eq!([&feature["language"], &pickle["language"]], ["zh-CN", "zh-CN"]);
}
