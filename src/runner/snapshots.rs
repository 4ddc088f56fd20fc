//! Page states held against their baselines in `tests/snapshots/<profile>/`.

use std::{
    fs,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
};

use super::progress::aside;
use crate::{
    domain::Failure,
    evidence::{Masks, difference, mask, write_whole},
    target::Profile,
};

/// The baselines of a target.
#[derive(Debug, Clone)]
pub struct Baselines {
    /// The root of the project.
    root: PathBuf,
    /// The folder they are in.
    pub(super) folder: PathBuf,
    /// What is seen becomes what was reviewed: of this name, or of any.
    accepting: Option<Option<String>>,
}

impl Baselines {
    /// Of a target. A profile may share those of another.
    pub fn of(root: &Path, profile: &Profile) -> Self {
        let variant = profile.page_states.as_ref().unwrap_or(&profile.name);
        Self { root: root.to_owned(), folder: root.join("tests/snapshots").join(variant), accepting: None }
    }

    /// The same, where page states that differ are accepted: all, or that of one name.
    pub(super) fn accepting(self, accepting: Option<Option<String>>) -> Self {
        Self { accepting, ..self }
    }

    /// In a folder that [`Baselines::shown`] gave, below a root.
    pub(super) fn in_folder(root: &Path, shown: &Path) -> Self {
        Self { root: root.to_owned(), folder: root.join(shown), accepting: None }
    }

    /// The folder they are in, from the project's root.
    pub(super) fn shown(&self) -> &Path {
        self.folder.strip_prefix(&self.root).unwrap_or(&self.folder)
    }

    /// The name of a page state: page and moment, as features call them.
    #[must_use]
    pub fn name_of(what: &str, moment: &str) -> String {
        let plain = |text: &str| text.to_lowercase().replace([' ', ','], "-").replace("--", "-");
        if moment.is_empty() { plain(what) } else { format!("{}__{}", plain(what), plain(moment)) }
    }

    /// The name of the page state that a step compares, by its sentence.
    pub(super) fn named_in(sentence: &str) -> Option<String> {
        let (what, moment) = sentence.strip_prefix("the ")?.split_once(" looks as reviewed")?;
        Some(Self::name_of(what, moment.trim()))
    }

    /// Where the baseline of a page state is.
    fn file(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.snap"))
    }

    /// What was reviewed of a page state; `None` where nothing was yet.
    #[must_use]
    pub fn reviewed(&self, name: &str) -> Option<String> {
        let text = fs::read_to_string(self.file(name)).ok()?;
        Some(text.splitn(3, "---\n").nth(2).unwrap_or_default().to_owned())
    }

    /// Compares a page state with its baseline, whole. `called`: what it is in a sentence; `masks`: what varies in it; `reviewed`: what [`Baselines::reviewed`]
    /// gave.
    ///
    /// # Errors
    /// Class product: it differs. Class test: there is no baseline yet. Either way insta keeps what was seen beside the
    /// baseline (not in CI), for `cargo insta review`.
    pub fn check(
        &self,
        name: &str,
        called: &str,
        tree: &str,
        masks: &Masks,
        reviewed: Option<&str>,
    ) -> anyhow::Result<()> {
        let seen = mask(tree, masks);
        let changed = match reviewed {
            Some(reviewed) => difference(reviewed, &seen),
            None => Some(seen.lines().map(|line| format!("+ {line}\n")).collect()),
        };
        if let Some(changed) = changed.filter(|_| self.accepts(name)) {
            return self.accept(name, &seen, &changed);
        }
        let mut settings = insta::Settings::new();
        settings.set_snapshot_path(&self.folder);
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        // No await is near: the settings are this thread's only for this one comparison.
        let compared = catch_unwind(AssertUnwindSafe(|| settings.bind(|| insta::assert_snapshot!(name, seen))));
        if compared.is_ok() {
            // One that was seen by an earlier run waits for nothing any more.
            let _was_none = fs::remove_file(self.pending_of(name));
            return Ok(());
        }
        let shown = self.file(name);
        let shown = shown.strip_prefix(&self.root).unwrap_or(&shown).display();
        match reviewed {
            Some(reviewed) => {
                let difference =
                    difference(reviewed, &seen).unwrap_or_else(|| "  (only white space differs)\n".into());
                let text = format!("{called} should be as reviewed (- reviewed, + seen)\n{}  baseline {shown}\n  accept   the same run with --update-states={name}, or cargo insta review", indent(&difference));
                Err(Failure::product(text).into())
            }
            None => Err(Failure::test(format!("{called} has not been reviewed yet: there is no baseline\n  expected {shown}\n  accept   the same run with --update-states={name}, or cargo insta review, once the page has been looked at\n{}", indent(&seen))).into()),
        }
    }

    fn accepts(&self, name: &str) -> bool {
        self.accepting.as_ref().is_some_and(|only| only.as_ref().is_none_or(|only| only == name))
    }

    /// Makes what was seen the baseline, once it is said what that changes.
    fn accept(&self, name: &str, seen: &str, changed: &str) -> anyhow::Result<()> {
        let file = self.file(name);
        aside(&format!("page state {name}, accepted (- reviewed until now, + seen)\n{}", indent(changed)));
        // What insta keeps of a snapshot before its content.
        let head = fs::read_to_string(&file)
            .ok()
            .and_then(|text| Some(text.split_once("---\n")?.1.split_once("---\n")?.0.to_owned()));
        let head = head.unwrap_or_else(|| "source: tests/purchase/snapshots.rs\n".to_owned());
        write_whole(&file, format!("---\n{head}---\n{}\n", seen.trim_end()).as_bytes())?;
        let _was_none = fs::remove_file(self.pending_of(name));
        Ok(())
    }

    fn pending_of(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.snap.new"))
    }

    /// Page states that were seen and wait to be reviewed.
    pub(super) fn pending(&self) -> Vec<PathBuf> {
        self.files(|name| name.ends_with(".snap.new"))
    }

    /// The baselines that no scenario of a full run compared with.
    pub(super) fn unreferenced(&self, compared: &[String]) -> Vec<PathBuf> {
        self.files(|name| {
            name.strip_suffix(".snap").is_some_and(|stem| !compared.iter().any(|compared| compared == stem))
        })
    }

    /// The files beside the baselines whose names are like this, in order.
    fn files(&self, like: impl Fn(&str) -> bool) -> Vec<PathBuf> {
        let entries = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let mut found: Vec<PathBuf> =
            entries.filter(|entry| like(&entry.file_name().to_string_lossy())).map(|entry| entry.path()).collect();
        found.sort();
        found
    }
}

fn indent(text: &str) -> String {
    text.lines().map(|line| format!("    {line}\n")).collect()
}
