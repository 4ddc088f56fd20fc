//! What a launch needs to be told.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, bail};

use super::{Host, Remote, capabilities::capabilities};
use crate::target::WebDriver;

/// Which browser to test with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BrowserKind {
    /// Chromium, Chrome, or the headless shell of either, driven by chromedriver.
    #[default]
    Chromium,
    /// Firefox, driven by geckodriver.
    Firefox,
}

/// Whether a missing driver or browser may be installed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum InstallPolicy {
    /// Where it is known how, and this process may.
    #[default]
    WhereMissing,
    /// Not ever: the machine stays as it is.
    Never,
}

/// How long to wait for other programs.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// For the answer to `--version`; the first start of a browser after boot reads a lot from disk.
    pub version: Duration,
    /// For a driver to say on which port it listens.
    pub start: Duration,
    /// For an installation, and for another process's to be over.
    pub install: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { version: Duration::from_secs(15), start: Duration::from_secs(20), install: Duration::from_secs(15 * 60) }
    }
}

/// Everything a launch depends on; a test can therefore describe any machine.
#[derive(Debug, Clone)]
pub struct LaunchSettings {
    /// The `dcdb-e2e` binary, below which everything is started.
    pub supervisor: PathBuf,
    /// A WebDriver that is there already; nothing is found, started or installed then.
    pub remote: Option<Remote>,
    /// The browser to test with.
    pub kind: BrowserKind,
    /// Whether somebody wants to watch: with a window, and so never the headless shell.
    pub headed: bool,
    /// Whether there is a screen to show windows on.
    pub display: bool,
    /// The language the browser asks pages for and speaks itself, such as `en` or `zh-CN`.
    pub language: String,
    /// The size of its windows, px: width and height.
    pub window: (u32, u32),
    /// Whether a missing browser may be installed.
    pub install: InstallPolicy,
    /// Where programs are looked for, as in `PATH`.
    pub path: OsString,
    /// Where the scratch directories of drivers are made; a short path, as sockets are made below it.
    pub temporary: PathBuf,
    /// The machine.
    pub host: Host,
    /// How long to wait.
    pub limits: Limits,
}

impl LaunchSettings {
    /// The settings of a headless Chromium on this machine.
    pub fn new(supervisor: &Path, path: OsString, temporary: PathBuf) -> Self {
        Self {
            supervisor: supervisor.to_owned(),
            remote: None,
            kind: BrowserKind::default(),
            headed: false,
            display: true,
            language: "en".to_owned(),
            window: (1280, 900),
            install: InstallPolicy::default(),
            path,
            temporary,
            host: Host::here(),
            limits: Limits::default(),
        }
    }

    /// The same, with what the variables say: `WEBDRIVER_URL` is a driver that is there already,
    /// `DCDB_E2E_INSTALL=never` keeps the machine as it is, `PATH` and `TMPDIR` have their usual meaning. `variable` is
    /// how a main reads one, mostly `std::env::var_os`; an empty one counts as not set.
    ///
    /// # Errors
    /// When `WEBDRIVER_URL` is no HTTP address or `DCDB_E2E_INSTALL` is an unknown word.
    pub fn from_variables(supervisor: &Path, variable: impl Fn(&str) -> Option<OsString>) -> anyhow::Result<Self> {
        let variable = |name: &str| variable(name).filter(|value| !value.is_empty());
        let text = |name: &str| match variable(name).map(OsString::into_string) {
            Some(Ok(text)) => Ok(Some(text)),
            Some(Err(raw)) => bail!("the variable {name} is not valid text: {}", raw.display()),
            None => Ok(None),
        };
        let temporary = variable("TMPDIR").map_or_else(|| PathBuf::from("/tmp"), PathBuf::from);
        let mut settings = Self::new(supervisor, variable("PATH").unwrap_or_default(), temporary);
        // Elsewhere windows need no variable.
        settings.display = !cfg!(target_os = "linux")
            || ["DISPLAY", "WAYLAND_DISPLAY"].into_iter().any(|name| variable(name).is_some());
        settings.remote = text("WEBDRIVER_URL")?.map(|address| remote_end(&address)).transpose()?;
        settings.install = match text("DCDB_E2E_INSTALL")?.as_deref() {
            None | Some("auto") => InstallPolicy::WhereMissing,
            Some("never") => InstallPolicy::Never,
            Some(other) => bail!("DCDB_E2E_INSTALL is `{other}`: it may be `never`, `auto` or not set"),
        };
        Ok(settings)
    }

    /// The same for a target: its driver or grid, where none was named otherwise, what is asked of it, and the language of its pages.
    ///
    /// # Errors
    /// The address of the driver is malformed.
    pub fn on_behalf_of(mut self, webdriver: Option<&WebDriver>, language: &str) -> anyhow::Result<Self> {
        if let Some(end) = webdriver.map(WebDriver::end) {
            self.remote = Some(match self.remote.take() {
                Some(named) => named.asked_as(&end),
                None => {
                    let address = end.url.clone();
                    Remote::of(end).with_context(|| format!("webdriver: {}", without_user(&address)))?
                }
            });
        }
        language.clone_into(&mut self.language);
        Ok(self)
    }

    /// The same with this browser.
    ///
    /// # Errors
    /// What the profile asks a driver or grid for stands against what the suite needs.
    pub fn with_browser(mut self, kind: BrowserKind) -> anyhow::Result<Self> {
        self.kind = kind;
        if let Some(remote) = &self.remote {
            remote.capabilities(capabilities(kind, &self, None))?;
        }
        Ok(self)
    }
}

fn remote_end(address: &str) -> anyhow::Result<Remote> {
    let shown = without_user(address);
    address
        .parse()
        .with_context(|| format!("WEBDRIVER_URL is `{shown}`, but must be an address like http://127.0.0.1:4444"))
}

/// An address for messages: user and password, which grids may ask for, are nobody else's.
fn without_user(address: &str) -> String {
    match address.rsplit_once('@') {
        Some((before, host)) => match before.split_once("://") {
            Some((scheme, _)) => format!("{scheme}://…@{host}"),
            None => format!("…@{host}"),
        },
        None => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(variables: &[(&str, &str)]) -> anyhow::Result<LaunchSettings> {
        LaunchSettings::from_variables(Path::new("dcdb-e2e"), |name| {
            variables.iter().find(|(its, _)| *its == name).map(|(_, value)| value.into())
        })
    }

    #[test]
    fn variables_name_a_driver_and_forbid_installing() {
        let settings = with(&[("WEBDRIVER_URL", "http://grid:4444"), ("DCDB_E2E_INSTALL", "never"), ("PATH", "/bin")]);
        let settings = settings.expect("all of them are fine");
        assert_eq!(settings.remote.expect("a driver").url().as_str(), "http://grid:4444/");
        assert_eq!((settings.install, settings.path), (InstallPolicy::Never, "/bin".into()));
    }

    #[test]
    fn an_empty_variable_counts_as_not_set() {
        let settings =
            with(&[("WEBDRIVER_URL", ""), ("DCDB_E2E_INSTALL", ""), ("TMPDIR", "")]).expect("nothing is set");
        assert!(settings.remote.is_none());
        assert_eq!((settings.install, settings.temporary), (InstallPolicy::WhereMissing, "/tmp".into()));
    }

    #[test]
    fn user_and_password_of_a_grid_are_in_no_message() {
        assert_eq!(without_user("http://ana:p@ss@grid:4444/wd"), "http://…@grid:4444/wd");
        for address in ["http://ana:secret@", "ftp://ana:secret@grid", "ana:secret@grid:4444"] {
            let refusal = format!("{:#}", with(&[("WEBDRIVER_URL", address)]).expect_err("no address"));
            assert!(!refusal.contains("secret"), "{refusal}");
        }
    }

    #[test]
    fn what_cannot_be_meant_is_refused_by_name() {
        for (name, value) in [("WEBDRIVER_URL", "grid:4444"), ("WEBDRIVER_URL", "4444"), ("DCDB_E2E_INSTALL", "no")] {
            let error = with(&[(name, value)]).expect_err("it is refused");
            let text = format!("{error:#}");
            assert!(text.starts_with(name) && text.contains(value), "{text}");
        }
    }
}
