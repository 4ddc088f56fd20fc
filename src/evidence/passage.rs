//! Where something of the features is written, as people say it: `features/login.feature`, or lines of it behind colons.

use std::path::{Path, PathBuf};

/// A file or folder, and lines of the file.
#[derive(Debug)]
pub struct Passage {
    /// The file, or the folder.
    pub path: PathBuf,
    /// Which lines (from 1), the last one first; none: all of it.
    pub lines: Vec<usize>,
}

impl Passage {
    /// As it is said; whether there is such a thing is another matter.
    #[must_use]
    pub fn of(word: &str) -> Self {
        let (mut path, mut lines) = (word, Vec::new());
        while let Some((before, line)) =
            path.rsplit_once(':').and_then(|(before, line)| Some((before, line.parse().ok()?)))
        {
            lines.push(line);
            path = before;
        }
        Self { path: PathBuf::from(path), lines }
    }

    /// Whether it is a feature file that is meant, by its name.
    #[must_use]
    pub fn is_feature(&self) -> bool {
        self.path.extension().is_some_and(|extension| extension == "feature")
    }

    /// Whether this file is the one, or in the folder: by the end of its path, or as they are on this machine.
    #[must_use]
    pub fn holds(&self, file: &Path) -> bool {
        let asked = self.path.strip_prefix(".").unwrap_or(&self.path);
        let same = |one: &Path, other: &Path| match (one.canonicalize(), other.canonicalize()) {
            (Ok(one), Ok(other)) => one.starts_with(other),
            _ => false,
        };
        file.ends_with(asked) || same(file, asked)
    }
}
