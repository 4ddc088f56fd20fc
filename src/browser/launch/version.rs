//! The version a driver or browser gives itself.

use std::fmt;
use std::path::Path;
use std::time::Duration;

use crate::tether::{Program, Tethered};

/// A version such as `156.0.8078.79`. Drivers and browsers of Chromium work together when their majors are equal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// The first number.
    pub major: u32,
    text: String,
}

impl Version {
    /// The first word of `line` that is numbers with dots between them, as in `140.5.0esr` too.
    fn in_line(line: &str) -> Option<Self> {
        line.split_whitespace().find_map(|word| {
            let word = word.trim_end_matches("esr");
            let (major, _) = word.split_once('.')?;
            let is_version = word.split('.').all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()));
            Some(Self { major: major.parse().ok().filter(|_| is_version)?, text: word.to_owned() })
        })
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Runs `program --version`.
///
/// # Errors
/// In one line, why there is no version: it cannot be run, says something else, or says nothing before `limit`.
pub(super) async fn ask(supervisor: &Path, program: &Path, limit: Duration) -> Result<Version, String> {
    let one_line = |error: anyhow::Error| format!("{error:#}").lines().map(str::trim).collect::<Vec<_>>().join("; ");
    // On a tether, because what answers may be a script, and its child would outlive a script that is ended.
    let asked = Tethered::start(supervisor, &Program::new(program).arg("--version")).await;
    let mut asked = asked.map_err(one_line)?;
    asked.announced("its version", limit, Version::in_line).await.map_err(one_line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_found_in_what_programs_say() {
        let lines = [
            ("ChromeDriver 156.0.8078.79 (a21ce95c24ce3964416f-refs/branch-heads/8078@{#1704})", Some(156)),
            ("Chromium 156.0.8078.79 built on Debian GNU/Linux 12 (bookworm)", Some(156)),
            ("Google Chrome 128.0.6613.84 ", Some(128)),
            ("Mozilla Firefox 140.5.0esr", Some(140)),
            ("geckodriver 0.37.0 (a b c)", Some(0)),
            ("/usr/bin/chromium: 9: [: 25276502016: unexpected operator", None),
            ("Command '/usr/bin/chromium-browser' requires the chromium snap to be installed.", None),
            ("1..2 .5 6.", None),
        ];
        for (line, major) in lines {
            assert_eq!(Version::in_line(line).map(|version| version.major), major, "{line}");
        }
    }
}
