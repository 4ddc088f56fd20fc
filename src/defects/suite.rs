//! The suite as a program.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context as _, ensure};
use serde_json::Value;

/// Has cargo build the suite, and gives where it is.
///
/// # Errors
/// Cargo is not there, or the suite does not build; it has said why itself.
pub(super) fn built(root: &Path) -> anyhow::Result<PathBuf> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let built = Command::new(cargo)
        .args(["test", "--no-run", "--test", "purchase", "--message-format=json"])
        .current_dir(root)
        .stderr(Stdio::inherit())
        .output()
        .context("asking cargo for the suite")?;
    ensure!(built.status.success(), "the suite does not build");
    let lines = String::from_utf8_lossy(&built.stdout);
    let messages = lines.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let suite = messages
        .filter(|message| message["target"]["name"] == "purchase")
        .find_map(|message| message["executable"].as_str().map(PathBuf::from));
    suite.context("cargo names no program for the suite")
}
