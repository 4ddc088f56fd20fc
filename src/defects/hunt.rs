//! Looking for one defect: a run of the suite that begins with the scenarios that hold its rules, and ends with the first failure that
//! is about it.

use std::{
    collections::BTreeMap,
    fs,
    io::ErrorKind,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    time::Instant,
};

use anyhow::{Context as _, ensure};
use regex::Regex;
use serde::{Deserialize, Serialize};

use super::{catchers, sought::Sought};
use crate::spoken::counted;

/// Whoever looks for defects.
pub(super) struct Hunter<'a> {
    /// The project's root.
    pub root: &'a Path,
    /// The suite.
    pub suite: &'a Path,
    /// The profile of another's target.
    pub target: Option<&'a Path>,
    /// Only scenarios that hold a defect's rules are run.
    pub near: bool,
    /// Where runs leave what they write.
    pub out: &'a Path,
}

/// What came of one defect.
#[derive(Debug, Serialize)]
pub(super) struct Hunted {
    /// The defect.
    #[serde(flatten)]
    pub sought: Sought,
    /// How long it took, s.
    pub seconds: f64,
    /// Whether it was caught.
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// Whether a defect was caught.
#[derive(Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Outcome {
    /// By this failure.
    Caught(Catch),
    /// By none.
    Missed {
        /// Failures that are not about it, and whatever kept the run from its end.
        seen: Vec<String>,
    },
    /// Nobody looked: no scenario that holds its rules came to a verdict on the pages.
    Untried {
        /// What kept them from it.
        why: Vec<String>,
    },
}

/// The failure that caught a defect.
#[derive(Debug, Serialize)]
pub(super) struct Catch {
    /// Feature of the scenario.
    pub feature: String,
    /// Its title.
    pub scenario: String,
    /// What caught it.
    pub by: By,
    /// The step that failed; empty where the pages complained after the last.
    pub step: String,
    /// What was said.
    pub said: String,
}

/// What caught a defect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum By {
    /// A check of one of its steps.
    Step,
    /// The invariants, which are held after the last step.
    Invariant,
    /// A complaint of a page while the scenario ran.
    Complaint,
    /// Only a page state.
    PageState,
}

impl By {
    /// As people say it.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Step => "step",
            Self::Invariant => "invariant",
            Self::Complaint => "complaint",
            Self::PageState => "page state",
        }
    }
}

/// What is read of `results.json`.
#[derive(Deserialize)]
struct Results {
    target: String,
    scenarios: Vec<Scenario>,
}

#[derive(Deserialize)]
struct Scenario {
    feature: String,
    name: String,
    status: String,
    class: Option<String>,
    reason: Option<String>,
    tags: Vec<String>,
    steps: Vec<Step>,
}

#[derive(Deserialize)]
struct Step {
    keyword: String,
    text: String,
    outcome: String,
}

impl Hunter<'_> {
    /// Looks for a defect.
    ///
    /// # Errors
    /// The suite cannot be started.
    pub fn hunt(&self, sought: Sought) -> anyhow::Result<Hunted> {
        let started = Instant::now();
        let out = self.out.join("runs").join(&sought.name);
        let mut command = self.command(&out);
        command.args([
            "--defect",
            &sought.name,
            "--first",
            &sought.tags().join(",").replace('@', ""),
            "--until",
            &sought.says,
        ]);
        let mut tags = Vec::new();
        if self.target.is_some() {
            // What a page is to look like there is nobody's promise.
            tags.push("not @page-states".to_owned());
        }
        if self.near {
            tags.push(format!("({})", sought.tags().join(" or ")));
        }
        if !tags.is_empty() {
            command.args(["--tags", &tags.join(" and ")]);
        }
        forget(&out)?;
        let Output { status, stdout, stderr } = command.output().context("starting the suite")?;
        let outcome = match results(&out) {
            Ok(results) => outcome(&results, &Regex::new(&sought.says)?, &sought.tags()),
            Err(error) => {
                let said = String::from_utf8_lossy(&stdout).into_owned() + &String::from_utf8_lossy(&stderr);
                let last = said.lines().rev().take(5).collect::<Vec<_>>();
                let last = last.into_iter().rev().collect::<Vec<_>>().join("; ");
                Outcome::Untried { why: vec![format!("the run ended with {status} and {error:#}: {last}")] }
            }
        };
        Ok(Hunted { sought, seconds: started.elapsed().as_secs_f64(), outcome })
    }

    /// Runs the scenarios that caught something without any defect; gives a line for each that does not pass.
    ///
    /// # Errors
    /// The suite cannot be started, or leaves no results.
    pub fn false_alarms(&self, hunted: &[Hunted]) -> anyhow::Result<Vec<String>> {
        let caught = catchers(hunted);
        if caught.is_empty() {
            return Ok(Vec::new());
        }
        let titles: Vec<String> = caught.iter().map(|(_, title)| regex::escape(title)).collect();
        let out = self.out.join("runs").join("without");
        let mut command = self.command(&out);
        command.args(["--name", &format!("^({})$", titles.join("|"))]);
        forget(&out)?;
        let ended = command.output().context("starting the suite")?;
        let results =
            results(&out).with_context(|| format!("the run without any defect ended with {}", ended.status))?;
        let ran = |feature: &str, title: &str| {
            results.scenarios.iter().find(|one| one.feature == feature && one.name == title)
        };
        let alarms = caught.iter().filter_map(|(feature, title)| {
            let (how, why) = match ran(feature, title) {
                Some(one) if one.status == "passed" => return None,
                Some(one) => (one.status.as_str(), one.reason.clone().unwrap_or_default()),
                None => ("not run", String::new()),
            };
            Some(format!("{feature} › {title} is {how} without any defect: {why}"))
        });
        Ok(alarms.collect())
    }

    /// The target, by its profile's file; the stand-in otherwise.
    pub fn name(&self) -> String {
        self.target.map_or_else(|| "standin".to_owned(), |path| path.display().to_string())
    }

    /// A run of the suite that leaves what it writes there, and tells nobody else of what fails on purpose.
    fn command(&self, out: &Path) -> Command {
        let mut command = Command::new(self.suite);
        command.current_dir(self.root).arg("--out").arg(absolute(out)).args([
            "--quiet",
            "--pictures",
            "none",
            "--seed",
            "1",
        ]);
        match self.target {
            Some(target) => command.arg("--target").arg(absolute(target)),
            None => command.args(["--concurrency", "1"]),
        };
        command.env("INSTA_UPDATE", "no").env_remove("GITHUB_ACTIONS").env_remove("GITHUB_STEP_SUMMARY");
        command.stdin(Stdio::null());
        command
    }
}

/// The suite is run from the project's root.
fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// What an earlier run left there is none of this one's, which may not even begin.
fn forget(out: &Path) -> anyhow::Result<()> {
    match fs::remove_file(out.join("results.json")) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(error).context("removing the results of an earlier run")
        }
        _ => Ok(()),
    }
}

fn results(out: &Path) -> anyhow::Result<Results> {
    let text = fs::read_to_string(out.join("results.json")).context("left no results.json")?;
    let results: Results = serde_json::from_str(&text).context("left a results.json of another shape")?;
    ensure!(!results.target.is_empty(), "left a results.json without a target");
    Ok(results)
}

/// What a run came to. `tags`: of scenarios that hold the defect's rules.
fn outcome(results: &Results, says: &Regex, tags: &[String]) -> Outcome {
    let failed: Vec<&Scenario> = results.scenarios.iter().filter(|one| one.status == "failed").collect();
    let about = |one: &&&Scenario| one.blames_pages() && says.is_match(one.reason.as_deref().unwrap_or_default());
    // The run ends with the first; what failed beside it while it ended is of other workers.
    let mut about: Vec<&&Scenario> = failed.iter().filter(about).collect();
    about.sort_by_key(|one| one.tags.iter().any(|tag| tag == "page-states"));
    if let Some(one) = about.first() {
        return Outcome::Caught(Catch {
            feature: one.feature.clone(),
            scenario: one.name.clone(),
            by: by(one),
            step: failed_step(one).map_or_else(String::new, |step| step.text.clone()),
            said: one.reason.clone().unwrap_or_default(),
        });
    }
    let holds = |one: &&Scenario| one.tags.iter().any(|tag| tags.iter().any(|its| its.trim_start_matches('@') == tag));
    let near: Vec<&Scenario> = results.scenarios.iter().filter(holds).collect();
    if !near.iter().any(|one| one.came_to_a_verdict()) {
        return Outcome::Untried { why: not_run(&near, "no scenario holds what it breaks") };
    }
    let mut seen: Vec<String> = failed.iter().map(|one| unlike(one)).collect();
    let skipped: Vec<&Scenario> = results.scenarios.iter().filter(|one| one.status == "skipped").collect();
    if !skipped.is_empty() {
        seen.extend(not_run(&skipped, ""));
    }
    Outcome::Missed { seen }
}

impl Scenario {
    fn blames_pages(&self) -> bool {
        self.status == "failed" && self.class.as_deref() == Some("product")
    }

    /// The pages were as they should be, or not.
    fn came_to_a_verdict(&self) -> bool {
        self.blames_pages() || matches!(self.status.as_str(), "passed" | "flaky")
    }
}

/// Why these have no verdict, and how many of them for each reason; `nobody` where there are none at all.
fn not_run(scenarios: &[&Scenario], nobody: &str) -> Vec<String> {
    let mut reasons: BTreeMap<(&str, String), usize> = BTreeMap::new();
    for one in scenarios {
        let reason = one.reason.as_deref().unwrap_or_default();
        let first: Vec<&str> = reason.lines().map(str::trim).take(2).collect();
        *reasons.entry((one.status.as_str(), first.join("; "))).or_default() += 1;
    }
    match reasons.is_empty() {
        true => vec![nobody.to_owned()],
        false => reasons
            .into_iter()
            .map(|((status, reason), count)| format!("{} {status}: {reason}", counted(count, "scenario")))
            .collect(),
    }
}

fn failed_step(one: &Scenario) -> Option<&Step> {
    one.steps.iter().find(|step| step.outcome == "failed")
}

fn by(one: &Scenario) -> By {
    match failed_step(one) {
        None => By::Complaint,
        Some(step) if step.keyword == "*" => By::Invariant,
        Some(step) if step.text.contains(" looks as reviewed") => By::PageState,
        Some(_) => By::Step,
    }
}

fn unlike(one: &Scenario) -> String {
    let class = one.class.as_deref().unwrap_or_default();
    let reason = one.reason.as_deref().unwrap_or_default();
    let first: Vec<&str> = reason.lines().map(str::trim).take(2).collect();
    format!("{} › {} failed ({class}): {}", one.feature, one.name, first.join("; "))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn scenario(name: &str, class: &str, reason: &str, failed: Option<(&str, &str)>) -> serde_json::Value {
        let steps: Vec<_> = failed
            .map(|(keyword, text)| json!({ "keyword": keyword, "text": text, "outcome": "failed" }))
            .into_iter()
            .collect();
        let tags: &[&str] = if name == "state" { &["page-states", "held"] } else { &["held"] };
        json!({ "feature": "F", "name": name, "status": "failed", "class": class, "reason": reason, "tags": tags, "steps": steps })
    }

    fn of(scenarios: &[serde_json::Value]) -> Outcome {
        let results = serde_json::from_value(json!({ "target": "t", "scenarios": scenarios })).unwrap();
        outcome(&results, &Regex::new("the total fee should").unwrap(), &["@held".to_owned()])
    }

    #[test]
    fn only_a_failure_of_the_pages_that_is_about_it_catches_a_defect() {
        let Outcome::Missed { seen } = of(&[
            scenario("crash", "test", "the total fee should be read: panicked", Some(("Then", "a"))),
            scenario("late", "infrastructure", "the total fee should: no browser", Some(("Then", "a"))),
            scenario("other", "product", "home page: menu should open", Some(("Then", "a"))),
        ]) else {
            panic!("caught by accident")
        };
        assert_eq!(seen.len(), 3);
        assert!(seen[2].contains("F › other failed (product): home page: menu should open"), "{seen:?}");
    }

    #[test]
    fn what_caught_it_is_told_and_page_states_only_where_nothing_else_did() {
        let says = "the total fee should show ¥1.00";
        let state = scenario("state", "product", says, Some(("Then", "the check page looks as reviewed")));
        for (failed, by) in [
            (Some(("Then", "the total fee is ¥1.00")), By::Step),
            (Some(("*", "orders, instances and balance are …")), By::Invariant),
            (None, By::Complaint),
        ] {
            let Outcome::Caught(catch) = of(&[state.clone(), scenario("one", "product", says, failed)]) else {
                panic!("missed")
            };
            assert_eq!((catch.scenario.as_str(), catch.by), ("one", by));
        }
        let Outcome::Caught(catch) = of(&[state]) else { panic!("missed") };
        assert_eq!(catch.by, By::PageState);
    }

    #[test]
    fn a_defect_that_nobody_could_look_for_is_untried_and_says_why() {
        let skipped = |reason: &str| json!({ "feature": "F", "name": "one", "status": "skipped", "reason": reason, "tags": ["held"], "steps": [] });
        let elsewhere = json!({ "feature": "F", "name": "far", "status": "passed", "tags": ["other"], "steps": [] });
        let no_browser = scenario("late", "infrastructure", "no browser can be had", None);
        let none = "no account was ready";
        let Outcome::Untried { why } = of(&[skipped(none), skipped(none), no_browser, elsewhere.clone()]) else {
            panic!("somebody looked")
        };
        assert_eq!(why, ["1 scenario failed: no browser can be had", "2 scenarios skipped: no account was ready"]);
        let Outcome::Untried { why } = of(&[elsewhere]) else { panic!("somebody looked") };
        assert_eq!(why, ["no scenario holds what it breaks"]);
        let passed = json!({ "feature": "F", "name": "two", "status": "passed", "tags": ["held"], "steps": [] });
        let Outcome::Missed { seen } = of(&[skipped(none), passed]) else { panic!("nobody looked") };
        assert_eq!(seen, ["1 scenario skipped: no account was ready"]);
    }
}
