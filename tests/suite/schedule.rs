//! The templates of `docs/schedule/`: their own commands, run as a build server runs them.

use std::{
    fs,
    os::unix::fs::{PermissionsExt as _, symlink},
    path::Path,
    process::Command,
};

use assert_cmd::cargo::cargo_bin;
use serde_yaml::Value;
use tempfile::TempDir;

use crate::run::{Ended, suite};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

fn template(name: &str) -> Value {
    let text = fs::read_to_string(Path::new(ROOT).join("docs/schedule").join(name)).expect("a template");
    serde_yaml::from_str(&text).expect("YAML")
}

/// A checkout in which `cargo` runs what has been built.
fn checkout() -> TempDir {
    let place = TempDir::with_prefix("dcdb-schedule-").expect("a folder");
    symlink(Path::new(ROOT).join("docs"), place.path().join("docs")).expect("a link");
    let cargo = place.path().join("bin/cargo");
    fs::create_dir_all(place.path().join("bin")).expect("a folder");
    let (suite, program) = (suite().display(), cargo_bin!("dcdb-e2e").display());
    let text = format!(
        "#!/bin/sh\nwhat=$1\nwhile [ $# -gt 0 ] && [ \"$1\" != -- ]; do shift; done\nshift\nif [ \"$what\" = test ]; then exec {suite} \"$@\"; fi\nexec {program} \"$@\"\n"
    );
    fs::write(&cargo, text).expect("written");
    fs::set_permissions(&cargo, fs::Permissions::from_mode(0o755)).expect("permissions");
    place
}

/// Runs a script of a template, stopping at the first command that fails.
fn script(place: &TempDir, text: &str, variables: &[(&str, &str)]) -> Ended {
    let path = std::env::var("PATH").unwrap_or_default();
    let mut bash = Command::new("bash");
    bash.args(["-eo", "pipefail", "-c", text]).current_dir(place.path());
    bash.env("PATH", format!("{}:{path}", place.path().join("bin").display()));
    for name in ["GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "CI"] {
        bash.env_remove(name);
    }
    for name in ["E2E_TARGET", "E2E_SPEND", "SLACK_WEBHOOK_URL", "WECOM_ROBOT_URL", "DINGTALK_ROBOT_URL"] {
        bash.env(name, "");
    }
    bash.env("E2E_TAGS", "@3.2.2").env("GITHUB_RUN_ID", "7").env("CI_PIPELINE_ID", "7");
    Ended::of(bash.envs(variables.iter().copied()).output().expect("bash"))
}

/// Two scenarios for two shards and an empty one; the night before, that one is told of as well.
fn night(place: &TempDir, shard: &str, report: &str, variables: &dyn Fn(&str) -> Vec<(String, String)>) {
    for index in ["1", "2", "3"] {
        let variables = variables(index);
        let variables: Vec<(&str, &str)> =
            variables.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        script(place, shard, &variables).expect(0, &["0 failed"]);
    }
    let variables = variables("");
    let variables: Vec<(&str, &str)> = variables.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let ended = script(place, report, &variables);
    ended.expect(0, &["shard 3/3", "2 passed, 0 failed, 0 skipped", "https://ci.example.com/", "nobody is told"]);
    assert!(place.path().join("history/history.sqlite").is_file(), "the history is not kept");
    assert!(place.path().join("target/e2e/report.html").is_file());
}

#[test]
fn the_commands_of_the_github_template_make_one_run_of_its_shards() {
    let (place, template) = (checkout(), template("github.yml"));
    let run = |job: &str, name: &str| -> String {
        let steps = template["jobs"][job]["steps"].as_sequence().expect("steps");
        let step = steps.iter().find(|step| step["name"].as_str() == Some(name));
        step.and_then(|step| step["run"].as_str()).unwrap_or_else(|| panic!("{job} has no step {name:?}")).to_owned()
    };
    let gathered = "mkdir -p shards && mv target/shard-* shards/\n";
    let report = [
        gathered,
        &run("report", "Merge"),
        "\n",
        &run("report", "Tell people"),
        &run("report", "What the next run is to know"),
    ]
    .concat();
    night(&place, &run("shard", "Run"), &report, &|index| {
        [("E2E_SHARD", index), ("E2E_SHARDS", "3"), ("E2E_LINK", "https://ci.example.com/")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .to_vec()
    });
}

#[test]
fn the_commands_of_the_gitlab_template_make_one_run_of_its_shards() {
    let (place, template) = (checkout(), template("gitlab-night.yml"));
    let run = |job: &str, part: &str| -> String {
        let lines = template[job][part].as_sequence().expect("a script").iter();
        lines.map(|line| format!("{}\n", line.as_str().expect("a command"))).collect()
    };
    fs::create_dir_all(place.path().join("history")).expect("a folder");
    let shard = run("shard", "before_script") + &run("shard", "script");
    night(&place, &shard, &run("report", "script"), &|index| {
        [("CI_NODE_INDEX", index), ("CI_NODE_TOTAL", "3"), ("CI_JOB_URL", "https://ci.example.com/-/jobs/1")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .to_vec()
    });
}

#[test]
fn no_night_begins_with_everybody_elses_or_beside_another() {
    let github = template("github.yml");
    let cron = github["on"]["schedule"][0]["cron"].as_str().expect("a cron").to_owned();
    let minute: u32 = cron.split(' ').next().and_then(|minute| minute.parse().ok()).expect("a minute");
    assert!(!minute.is_multiple_of(15), "{cron}");
    assert_eq!(github["concurrency"]["cancel-in-progress"].as_bool(), Some(false));
    assert!(template("gitlab.yml")["night"]["resource_group"].as_str().is_some());
}
