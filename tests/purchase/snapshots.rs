//! Page states held against their baselines in `tests/snapshots/<profile>/`.

use std::{
    fs,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
};

use dcdb_purchase_e2e::{
    domain::Failure,
    evidence::{Masks, difference, mask},
    target::Profile,
};

use crate::world::World;

/// The name of a page state: page and moment, as features call them.
pub fn name(what: &str, moment: &str) -> String {
    let plain = |text: &str| text.to_lowercase().replace([' ', ','], "-").replace("--", "-");
    if moment.is_empty() { plain(what) } else { format!("{}__{}", plain(what), plain(moment)) }
}

/// Where the baselines of a target are. A profile may share those of another.
pub fn folder(profile: &Profile) -> PathBuf {
    let variant = profile.page_states.as_ref().unwrap_or(&profile.name);
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots").join(variant)
}

/// Where the baseline of a page state is.
fn file(profile: &Profile, name: &str) -> PathBuf {
    folder(profile).join(format!("{name}.snap"))
}

/// What was reviewed of a page state; `None` where nothing was yet.
pub fn baseline(world: &World, name: &str) -> Option<String> {
    let text = fs::read_to_string(file(&world.target.profile, name)).ok()?;
    Some(text.splitn(3, "---\n").nth(2).unwrap_or_default().to_owned())
}

/// Compares a page state with its baseline, whole. `reviewed`: what [`baseline`] gave.
///
/// # Errors
/// Class product: it differs. Class test: there is no baseline yet. Either way insta keeps what was seen beside the
/// baseline (not in CI), for `cargo insta review`.
pub fn check(world: &World, name: &str, tree: &str, reviewed: Option<&str>) -> anyhow::Result<()> {
    let account =
        world.account.as_ref().map(|account| [account.name.as_str(), account.email.as_str()]).unwrap_or_default();
    let masks = Masks::new(&world.target.profile.formats, &account)?;
    let seen = mask(tree, &masks);
    let folder = folder(&world.target.profile);
    let mut settings = insta::Settings::new();
    settings.set_snapshot_path(&folder);
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    // No await is near: the settings are this thread's only for this one comparison.
    let compared = catch_unwind(AssertUnwindSafe(|| settings.bind(|| insta::assert_snapshot!(name, seen))));
    if compared.is_ok() {
        return Ok(());
    }
    let shown = file(&world.target.profile, name);
    let shown = shown.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap_or(&shown).display();
    match reviewed {
        Some(reviewed) => {
            let difference = difference(reviewed, &seen).unwrap_or_else(|| "  (only white space differs)\n".into());
            let text = format!("the page state {name} should be as reviewed (- reviewed, + seen)\n{}  baseline {shown}\n  accept   cargo insta review", indent(&difference));
            Err(Failure::product(text).into())
        }
        None => Err(Failure::test(format!("the page state {name} has no baseline yet\n  expected {shown}\n  accept   cargo insta review, once the page has been looked at\n{}", indent(&seen))).into()),
    }
}

fn indent(text: &str) -> String {
    text.lines().map(|line| format!("    {line}\n")).collect()
}

/// Page states of a target that were seen and wait to be reviewed.
pub fn pending(profile: &Profile) -> Vec<PathBuf> {
    files(profile, |name| name.ends_with(".snap.new"))
}

/// The baselines of a target that no scenario of a full run compared with.
pub fn unreferenced(profile: &Profile, compared: &[String]) -> Vec<PathBuf> {
    files(profile, |name| {
        name.strip_suffix(".snap").is_some_and(|stem| !compared.iter().any(|compared| compared == stem))
    })
}

/// The files beside the baselines of a target whose names are like this, in order.
fn files(profile: &Profile, like: impl Fn(&str) -> bool) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder(profile)).into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> =
        entries.filter(|entry| like(&entry.file_name().to_string_lossy())).map(|entry| entry.path()).collect();
    found.sort();
    found
}
