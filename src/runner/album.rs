//! How pages looked when they last were as reviewed: what a person wants to see beside what they look like now.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::Context as _;

use super::snapshots::Baselines;
use crate::{digest::digest, evidence::write_whole};

/// Pictures of page states, one for each baseline that a run on this machine has met.
pub struct Album {
    folder: PathBuf,
}

impl Album {
    /// Beside the history, with which it outlives a run.
    pub(super) fn beside(history: &Path, baselines: &Baselines) -> Self {
        let variant = baselines.folder.file_name().unwrap_or_default().to_owned();
        Self { folder: history.with_file_name("page-states").join(variant) }
    }

    /// The picture of a page state, which is there once a page was as this baseline says.
    pub fn picture(&self, state: &str, baseline: &str) -> PathBuf {
        self.folder.join(format!("{state}.{}.webp", digest(baseline.trim())))
    }

    /// Keeps the picture of a page that was as its baseline says, in place of those of earlier baselines.
    pub fn keep(&self, state: &str, baseline: &str, picture: &[u8]) -> anyhow::Result<()> {
        let file = self.picture(state, baseline);
        self.put(state, &file, picture)
    }

    /// Takes over the pictures of these states from another album, in place of its own.
    pub(super) fn take(&self, other: &Self, states: &[String]) -> anyhow::Result<()> {
        if other.folder.canonicalize().is_ok_and(|same| self.folder.canonicalize().is_ok_and(|own| own == same)) {
            return Ok(());
        }
        for entry in fs::read_dir(&other.folder).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
            let state = states.iter().find(|state| is_picture_of(state, &name.to_string_lossy()));
            if let Some(state) = state.filter(|_| is_file) {
                self.put(state, &self.folder.join(&name), &fs::read(entry.path())?)?;
            }
        }
        Ok(())
    }

    fn put(&self, state: &str, file: &Path, picture: &[u8]) -> anyhow::Result<()> {
        let write = || -> anyhow::Result<()> {
            fs::create_dir_all(&self.folder)?;
            for entry in fs::read_dir(&self.folder)?.flatten() {
                if is_picture_of(state, &entry.file_name().to_string_lossy()) {
                    // Another worker may have been first.
                    let _gone = fs::remove_file(entry.path());
                }
            }
            write_whole(file, picture)
        };
        write().with_context(|| format!("keeping the picture {}", file.display()))
    }
}

/// Whether a file is named as [`Album::picture`] names those of a state: others beside them are not the suite's.
fn is_picture_of(state: &str, name: &str) -> bool {
    let digest = name.strip_prefix(state).and_then(|rest| rest.strip_prefix('.')?.strip_suffix(".webp"));
    digest.is_some_and(|digest| digest.len() == 16 && digest.bytes().all(|byte| byte.is_ascii_hexdigit()))
}
