//! `doctor --propose` at pages made of the component libraries that consoles are built of, and the right profile of each, held by
//! the documented flow. Nightly: the libraries come from npm.

use std::path::PathBuf;

use crate::{
    bundle::{bundled, packages},
    nimbus::{Nimbus, Pages, SECRET, Variant},
    propose::{Site, scored},
    run::Run,
};

fn own(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// A cloud whose pages are made of a library; `None` where npm is missing or reaches nothing.
fn cloud(source: &str) -> Option<Nimbus> {
    let (script, style) = bundled(&packages()?, source);
    let pages = Pages { script: script.leak(), style: style.leak() };
    Some(Nimbus::open(Variant { pages: Some(pages), ..Variant::default() }))
}

/// What its profiles leave to variables.
fn variables(cloud: &Nimbus) -> [(String, String); 2] {
    [("NIMBUS_PORT".into(), cloud.port.to_string()), ("NIMBUS_PASSWORD".into(), SECRET.into())]
}

fn is_found_out(source: &str, language: &str, profile: &str) {
    let Some(cloud) = cloud(source) else { return };
    let empty = format!(
        "extends: {}\nname: found-out\nlanguage: {language}\nsites:\n  portal: http://www.nimbus.localhost:${{NIMBUS_PORT}}\n  buy: http://shop.nimbus.localhost:${{NIMBUS_PORT}}\n  console: http://desk.nimbus.localhost:${{NIMBUS_PORT}}\nhosts: ['*.nimbus.localhost']\naccounts:\n  - {{ name: Ana N., email: ana@nimbus.example, password: '${{NIMBUS_PASSWORD}}', balance: '¥80,000.00' }}\n",
        own("tests/targets/base.yaml").display()
    );
    let score = scored(&Site {
        empty: &empty,
        right: own(profile),
        variables: variables(&cloud).into_iter().collect(),
        buys: false,
    });
    eprintln!("{source}: {score}");
    score.expect();
    assert_eq!(cloud.taken(), 0);
}

/// From the home page all the way to a running instance, by the right profile.
fn is_bought_at(source: &str, profile: &str) {
    let Some(cloud) = cloud(source) else { return };
    let target = own(profile).display().to_string();
    let mut run = Run::of(&["--target", &target, "--name", "^From the home page all the way to a running instance$"]);
    let state = run.path("state").display().to_string();
    run.variables.extend(variables(&cloud).into_iter().chain([("XDG_STATE_HOME".to_owned(), state)]));
    run.end().expect(0, &["1 passed, 0 failed"]);
    assert_eq!(cloud.taken(), 1);
}

#[test]
#[ignore = "nightly: fetches half a gigabyte of packages"]
fn pages_made_of_ant_design_are_found_out() {
    is_found_out("antd_site.jsx", "en", "tests/libraries/antd.yaml");
}

#[test]
#[ignore = "nightly: fetches half a gigabyte of packages"]
fn pages_made_of_tdesign_are_found_out_in_chinese() {
    is_found_out("tdesign_site.jsx", "zh-CN", "tests/libraries/tdesign.yaml");
}

#[test]
#[ignore = "nightly: fetches half a gigabyte of packages"]
fn an_instance_is_bought_on_pages_made_of_ant_design() {
    is_bought_at("antd_site.jsx", "tests/libraries/antd.yaml");
}

#[test]
#[ignore = "nightly: fetches half a gigabyte of packages"]
fn an_instance_is_bought_on_pages_made_of_tdesign() {
    is_bought_at("tdesign_site.jsx", "tests/libraries/tdesign.yaml");
}
