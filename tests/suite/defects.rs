//! `dcdb-e2e defects`: what the suite catches of sites that make one mistake at a time.

use std::{fs, path::Path, process::Command};

use serde_json::Value;
use tempfile::TempDir;

use crate::{
    nimbus::{Nimbus, SECRET, Variant},
    run::{Ended, Run, suite},
};

/// Ten, of ten kinds; all of them every night.
const TEN: [&str; 10] = [
    "document-link-is-dead",
    "login-drops-choices",
    "takes-nine-shards",
    "price-rounds-each",
    "loses-vpc",
    "charges-what-it-refused",
    "double-click-orders-twice",
    "delivers-in-other-region",
    "true-state-is-not-said",
    "confirm-is-covered",
];

struct Measured {
    ended: Ended,
    out: TempDir,
}

/// Measures, with these arguments and variables.
fn measure(arguments: &[&str], variables: &[(&str, &str)]) -> Measured {
    let out = tempfile::Builder::new().prefix("dcdb-defects-").tempdir().expect("a folder");
    let mut command = Command::new(env!("CARGO_BIN_EXE_dcdb-e2e"));
    command.arg("defects").args(arguments).arg("--suite").arg(suite()).arg("--out").arg(out.path());
    command.env("XDG_STATE_HOME", out.path().join("state")).envs(variables.iter().copied());
    let ended = Ended::of(command.output().expect("the program"));
    Measured { ended, out }
}

fn json(out: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(out.join("defects.json")).expect("defects.json")).expect("JSON")
}

#[test]
fn ten_defects_of_ten_kinds_are_caught_each_by_a_check_that_is_about_it() {
    let named: Vec<&str> = TEN.iter().flat_map(|name| ["--defect", name]).collect();
    let Measured { ended, out } = measure(&named, &[]);
    eprintln!("{}", ended.text);
    ended.expect(0, &["10 by a check, 0 only by a page state, 0 false alarms", "caught   loses-vpc", "defects.html"]);
    assert_eq!(ended.text.lines().last(), Some("caught 10 of 10"));
    let report = json(out.path());
    let first = &report["defects"][0];
    assert_eq!(first["name"], TEN[0]);
    assert_eq!(first["clauses"][0], "3.3.20");
    assert_eq!(first["caught"]["by"], "step");
    let html = fs::read_to_string(out.path().join("defects.html")).expect("defects.html");
    assert!(html.contains("Caught 10 of 10") && html.contains("Where it is blind"), "{html}");
}

#[test]
fn a_name_that_no_defect_has_is_refused_with_those_that_are_like_it() {
    measure(&["--defect", "takes-nine-shard"], &[]).ended.expect(2, &["takes-nine-shards"]);
    Run::of(&["--defect", "takes-nine-shard"]).end().expect(2, &["takes-nine-shards"]);
    let elsewhere = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/other_site/profile.yaml");
    let elsewhere = Run::of(&["--defect", "lends", "--target", elsewhere]).variable("NIMBUS_PORT", "9");
    elsewhere.variable("NIMBUS_PASSWORD", SECRET).end().expect(2, &["levers: defect:"]);
}

/// What is measured on the other site, by these of its defects.
fn measured_elsewhere(named: &[&str], profile: &Path) -> (Measured, usize) {
    let nimbus = Nimbus::open(Variant::default());
    let arguments = [&["--target", profile.to_str().expect("UTF-8")], named].concat();
    let measured = measure(&arguments, &[("NIMBUS_PORT", &nimbus.port.to_string()), ("NIMBUS_PASSWORD", SECRET)]);
    eprintln!("{}", measured.ended.text);
    (measured, nimbus.flaws())
}

fn flawed() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/other_site/flawed.yaml")
}

#[test]
fn on_another_site_defects_are_switched_on_by_its_lever_and_off_again_and_one_that_is_missed_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let profile = folder.path().join("own.yaml");
    let missed = "clauses: [3.1.3], does: a menu stays open, says: the moon should be full";
    let yaml = format!(
        "extends: {}\nname: nimbus-own\ndeadlines: {{ element: 3s, run: 5m }}\ndefects:\n  menus-stay-open: {{ {missed} }}\n",
        flawed().display()
    );
    fs::write(&profile, yaml).expect("written");
    let named = ["--near", "--defect", "forgets-who-was-typed", "--defect", "menus-stay-open"];
    let (Measured { ended, out }, flaws) = measured_elsewhere(&named, &profile);
    ended.expect(
        1,
        &["caught   forgets-who-was-typed", "MISSED   menus-stay-open", "but Logging in › The menu of products"],
    );
    assert_eq!(ended.text.lines().last(), Some("caught 1 of 2"));
    assert_eq!(flaws, 0, "a flaw is still switched on");
    assert!(json(out.path())["defects"][1]["missed"]["seen"][0].is_string());
}

#[test]
#[ignore = "whole, nightly"]
fn every_defect_of_the_other_site_is_caught() {
    let (Measured { ended, .. }, flaws) = measured_elsewhere(&[], &flawed());
    assert_eq!((ended.status, flaws), (Some(0), 0), "{}", ended.text);
}
