//! Fonts: pages are read without any, but pictures of Chinese pages show boxes where no font has the characters.

use std::process::Stdio;

use anyhow::{anyhow, bail};
use tokio::process::Command;

use super::{LaunchSettings, find::which, install::install_packages};
use crate::tether::inherited;

/// What brings one on Debian and its descendants, best first.
const PACKAGES: [&[&str]; 2] = [&["fonts-noto-cjk"], &["fonts-wqy-zenhei"]];

/// A font of this machine that has Chinese characters; `None` where there is none.
///
/// # Errors
/// When nobody is there to ask.
pub async fn chinese(settings: &LaunchSettings) -> anyhow::Result<Option<String>> {
    let list = which(settings, "fc-list").ok_or_else(|| anyhow!("there is no fc-list on the PATH to ask"))?;
    let mut asked = Command::new(list);
    asked.args([":lang=zh", "family"]).env_clear().envs(inherited()).stdin(Stdio::null()).kill_on_drop(true);
    let listed = asked.output().await?;
    if !listed.status.success() {
        bail!("fc-list ended with {}", listed.status);
    }
    Ok(String::from_utf8_lossy(&listed.stdout).lines().next().map(str::to_owned))
}

/// The same, after an installation where one is needed and may be made.
///
/// # Errors
/// When there is none and none may or can be installed; the text says how to mend it.
pub async fn ensure_chinese(settings: &LaunchSettings) -> anyhow::Result<String> {
    if let Some(font) = chinese(settings).await? {
        return Ok(font);
    }
    let mend = "\n  mend     apt-get install fonts-noto-cjk";
    let none = |why: &str| anyhow!("no font of this machine has Chinese characters, and {why}{mend}");
    match install_packages(settings, &PACKAGES, "no font has Chinese characters").await {
        Ok(()) => chinese(settings).await?.ok_or_else(|| none("what was installed brought none")),
        Err(error) => Err(none(&format!("none was installed: {error:#}"))),
    }
}
