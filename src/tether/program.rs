//! What is to be started on a tether.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

/// A program to run below a supervisor: the path, its arguments, and what its environment has beside what it may know
/// of the run's ([`super::inherited`]).
#[derive(Debug, Clone)]
pub struct Program {
    pub(super) path: PathBuf,
    pub(super) args: Vec<OsString>,
    pub(super) envs: Vec<(OsString, OsString)>,
    pub(super) scratch: Option<PathBuf>,
}

impl Program {
    /// A program without arguments, in what it may know of the run's environment, without a scratch directory.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), args: Vec::new(), envs: Vec::new(), scratch: None }
    }

    /// Adds one argument.
    #[must_use]
    pub fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.args.push(arg.as_ref().to_owned());
        self
    }

    /// Adds arguments, in order.
    #[must_use]
    pub fn args<A: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = A>) -> Self {
        self.args.extend(args.into_iter().map(|arg| arg.as_ref().to_owned()));
        self
    }

    /// Sets one variable for the program and all it starts.
    #[must_use]
    pub fn env(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        self.envs.push((name.as_ref().to_owned(), value.as_ref().to_owned()));
        self
    }

    /// A directory that lives as long as the program: the supervisor makes it, open to its owner only, and removes it
    /// with all that is in it. It must not be there yet, so nothing that belongs to somebody else can be removed.
    #[must_use]
    pub fn scratch(mut self, directory: &Path) -> Self {
        self.scratch = Some(directory.to_owned());
        self
    }
}
