//! A driver that runs: somebody else's, or one of this run's own.

use anyhow::Context;
use serde_json::{Map, Value};
use url::Url;

use super::capabilities::capabilities;
use super::find::Found;
use super::{BrowserKind, LaunchSettings, Remote};
use crate::tether::{Program, Tethered, new_scratch};

/// A WebDriver to open sessions at.
#[derive(Debug)]
pub enum Driver {
    /// Somebody else's: what it starts, and ends, is its own affair.
    Remote {
        /// Where it is, and what is asked of it.
        remote: Remote,
        /// The browser to ask it for.
        kind: BrowserKind,
    },
    /// This run's own: dropping it ends it with all its browsers.
    Local(Box<LocalDriver>),
}

/// A driver of this machine, on a tether.
#[derive(Debug)]
pub struct LocalDriver {
    /// Where it listens, on loopback only.
    pub url: Url,
    /// The driver and the browser it starts.
    pub found: Found,
    /// Holds the driver and its browsers.
    pub tethered: Tethered,
}

impl Driver {
    /// Where to open sessions.
    pub fn url(&self) -> &Url {
        match self {
            Self::Remote { remote, .. } => remote.url(),
            Self::Local(driver) => &driver.url,
        }
    }

    /// What to ask a new session for, as `alwaysMatch`; with the same `settings` as the launch.
    pub fn capabilities(&self, settings: &LaunchSettings) -> Map<String, Value> {
        match self {
            Self::Remote { remote, kind } => {
                let needed = capabilities(*kind, settings, None);
                // That nothing stands against it was seen when the settings were made.
                remote.capabilities(needed.clone()).unwrap_or(needed)
            }
            Self::Local(driver) => capabilities(settings.kind, settings, Some(driver)),
        }
    }

    /// What the driver last said, for a failure text; nothing is known of a remote one.
    pub fn last_output(&self) -> Option<String> {
        match self {
            Self::Remote { .. } => None,
            Self::Local(driver) => Some(driver.tethered.last_output()),
        }
    }

    /// Whether a driver of this run is gone: no session can be opened or used any more.
    pub fn has_ended(&self) -> bool {
        matches!(self, Self::Local(driver) if driver.tethered.has_ended())
    }

    /// Ends a driver of this run, its browsers and their profiles, and waits until they are gone. A remote one stays.
    ///
    /// # Errors
    /// When something of it is still there after a time that is ample.
    pub async fn end(self) -> anyhow::Result<()> {
        match self {
            Self::Remote { .. } => Ok(()),
            Self::Local(driver) => driver.tethered.end().await,
        }
    }
}

/// How many free ports a driver may find taken after all.
const PORTS: u32 = 5;

/// Starts the driver that was found.
///
/// # Errors
/// When it does not say in time where it listens; the text holds its last output.
pub(super) async fn start(found: Found, settings: &LaunchSettings) -> anyhow::Result<LocalDriver> {
    let scratch = new_scratch(&settings.temporary);
    // chromedriver makes the profiles of its browsers in the temporary directory, and leaves them there when ended. The
    // browser's other files would go to the home of whoever runs this, and its log beside its binary.
    let mut program = Program::new(&found.driver.path).arg("--port=0").scratch(&scratch);
    if settings.kind == BrowserKind::Firefox {
        // Each browser's BiDi socket gets a port of its own, and what it keeps at home goes with the rest.
        program = program.arg("--websocket-port=0").env("HOME", &scratch);
    }
    for variable in ["TMPDIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"] {
        program = program.env(variable, &scratch);
    }
    let program = program.env("CHROME_LOG_FILE", scratch.join("browser.log"));
    let starting = || format!("starting {} {}", found.driver.path.display(), found.driver.version);
    let mut tries = 0;
    let (tethered, port) = loop {
        tries += 1;
        let mut tethered = Tethered::start(&settings.supervisor, &program).await.with_context(starting)?;
        match tethered.announced("its port", settings.limits.start, port_in).await {
            Ok(port) => break (tethered, port),
            // chromedriver takes a port that is free on one loopback address and then finds it taken on the other.
            Err(_) if tries < PORTS && tethered.last_output().to_ascii_lowercase().contains("in use") => {
                tethered.end().await.with_context(starting)?;
            }
            Err(error) => return Err(error).with_context(starting),
        }
    };
    let url = Url::parse(&format!("http://127.0.0.1:{port}")).context("the driver's address")?;
    Ok(LocalDriver { url, found, tethered })
}

/// The port in `ChromeDriver was started successfully on port 35057.` or geckodriver's `Listening on 127.0.0.1:35057`.
fn port_in(line: &str) -> Option<u16> {
    let (_, port) =
        line.split_once("started successfully on port ").or_else(|| line.split_once("Listening on 127.0.0.1:"))?;
    port.trim_end_matches('.').parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_line_that_says_started_names_the_port() {
        assert_eq!(port_in("ChromeDriver was started successfully on port 35057."), Some(35057));
        assert_eq!(port_in("ChromeDriver was started successfully on port 35057"), Some(35057));
        assert_eq!(port_in("1785000000000\tgeckodriver\tINFO\tListening on 127.0.0.1:35057"), Some(35057));
        assert_eq!(port_in("Starting ChromeDriver 156.0.8078.79 (a21c) on port 0"), None);
    }
}
