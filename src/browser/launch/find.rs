//! Finding a driver and a browser that fit each other.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::missing::Missing;
use super::version::{Version, ask};
use super::{BrowserKind, LaunchSettings};

/// A program of this machine and the version it gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installed {
    /// Where it is.
    pub path: PathBuf,
    /// What it said when asked.
    pub version: Version,
}

/// A driver and a browser of the same major version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The WebDriver.
    pub driver: Installed,
    /// What it is to start.
    pub browser: Installed,
    /// Whether the browser is a headless shell, which knows no windows and needs no flag to be headless.
    pub headless_shell: bool,
    /// What came earlier in the order but would not do, one reason each.
    pub passed_over: Vec<String>,
}

impl Found {
    /// What would make the same runs quicker, where that is known: in words, with how to mend it and what was passed over.
    ///
    /// Measured with Chromium 156 on two cores: 173 scenarios took 181 s with the full browser, 106 s with its headless shell.
    #[must_use]
    pub fn could_be_quicker(&self, settings: &LaunchSettings) -> Option<String> {
        if self.headless_shell || settings.headed || settings.kind != BrowserKind::Chromium {
            return None;
        }
        let browser = self.browser.path.display();
        let passed_over: String = self.passed_over.iter().map(|reason| format!("; {reason}")).collect();
        Some(format!(
            "{browser} is a full browser: a headless shell of version {} runs the same in two thirds of the time (Debian: sudo apt-get install chromium-headless-shell; elsewhere chrome-headless-shell of https://googlechromelabs.github.io/chrome-for-testing){passed_over}",
            self.driver.version.major
        ))
    }
}

const CHROMEDRIVERS: [&str; 1] = ["chromedriver"];
const GECKODRIVERS: [&str; 1] = ["geckodriver"];
const FIREFOXES: [&str; 2] = ["firefox-esr", "firefox"];
/// First, as they need half the CPU of the full browser for the same pages.
const HEADLESS_SHELLS: [&str; 3] = ["chromium-headless-shell", "headless_shell", "chrome-headless-shell"];
const BROWSERS: [&str; 5] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];
/// Where browsers live that never are on a `PATH`.
#[cfg(target_os = "macos")]
const APPLICATIONS: &[&str] = &[
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
];
#[cfg(not(target_os = "macos"))]
const APPLICATIONS: &[&str] = &[];

/// The names that are looked for, drivers first.
pub(super) fn wanted(settings: &LaunchSettings) -> (Vec<&'static str>, Vec<&'static str>) {
    if settings.kind == BrowserKind::Firefox {
        return (GECKODRIVERS.to_vec(), FIREFOXES.to_vec());
    }
    let shells = HEADLESS_SHELLS.iter().filter(|_| !settings.headed);
    (CHROMEDRIVERS.to_vec(), shells.chain(&BROWSERS).copied().collect())
}

/// Finds the first browser, in the order of [`wanted`], for which there is a driver of its major version; geckodriver
/// goes with any Firefox.
pub(super) async fn find(settings: &LaunchSettings) -> Result<Found, Missing> {
    let chromium = settings.kind == BrowserKind::Chromium;
    let fits = |driver: &&Installed, browser: &Installed| !chromium || driver.version.major == browser.version.major;
    let (driver_names, browser_names) = wanted(settings);
    let drivers = on_path(settings, &driver_names);
    let mut browsers = on_path(settings, &browser_names);
    if chromium {
        browsers.extend(APPLICATIONS.iter().map(PathBuf::from).filter(|path| is_program(path)));
    }

    let mut refused = Vec::new();
    let asked = futures_util::future::join_all(drivers.iter().map(|path| version_of(path, settings))).await;
    let drivers: Vec<Installed> = asked.into_iter().filter_map(|answer| or_note(answer, &mut refused)).collect();
    // One after the other, as a browser takes a while to say its version and mostly the first will do.
    for path in &browsers {
        let Some(browser) = or_note(version_of(path, settings).await, &mut refused) else { continue };
        match drivers.iter().find(|driver| fits(driver, &browser)) {
            Some(driver) => {
                let browser = Installed { path: behind_wrapper(&browser.path), ..browser };
                let headless_shell = HEADLESS_SHELLS.iter().any(|name| path.ends_with(name));
                return Ok(Found { driver: driver.clone(), browser, headless_shell, passed_over: refused });
            }
            None => refused.push(unmatched(&browser, &drivers, driver_names[0])),
        }
    }
    let lone_driver = drivers.iter().filter(|_| browsers.is_empty());
    refused.extend(
        lone_driver.map(|driver| format!("{} {} has no browser to start", driver.path.display(), driver.version)),
    );
    Err(Missing::Programs { refused })
}

fn unmatched(browser: &Installed, drivers: &[Installed], driver: &str) -> String {
    let browser_is = format!("{} is version {}", browser.path.display(), browser.version);
    if drivers.is_empty() {
        return format!("{browser_is}, but there is no {driver} for it");
    }
    let drivers: Vec<_> = drivers.iter().map(|it| format!("{} is {}", it.path.display(), it.version)).collect();
    format!("{browser_is}, but {}: both must be {}", drivers.join(" and "), browser.version.major)
}

async fn version_of(path: &Path, settings: &LaunchSettings) -> Result<Installed, String> {
    match ask(&settings.supervisor, path, settings.limits.version).await {
        Ok(version) => Ok(Installed { path: path.to_owned(), version }),
        Err(reason) => Err(format!("{} gave no version: {reason}", path.display())),
    }
}

/// The program, or its reason among the `refused`.
fn or_note(answer: Result<Installed, String>, refused: &mut Vec<String>) -> Option<Installed> {
    answer.map_err(|reason| refused.push(reason)).ok()
}

/// Every program of these names, by name and then by directory. Relative directories are left out: what is found must
/// not depend on where the run was started.
fn on_path(settings: &LaunchSettings, names: &[&str]) -> Vec<PathBuf> {
    let directories: Vec<_> =
        std::env::split_paths(&settings.path).filter(|directory| directory.is_absolute()).collect();
    let mut found: Vec<PathBuf> = Vec::new();
    let mut real = Vec::new();
    for path in names.iter().flat_map(|name| directories.iter().map(move |directory| directory.join(name))) {
        // `/bin` mostly is `/usr/bin`; asking twice would only make messages longer.
        if is_program(&path)
            && let Ok(canonical) = path.canonicalize()
            && !real.contains(&canonical)
        {
            real.push(canonical);
            found.push(path);
        }
    }
    found
}

/// The program of this name that a shell would run.
pub(super) fn which(settings: &LaunchSettings, name: &str) -> Option<PathBuf> {
    on_path(settings, &[name]).into_iter().next()
}

/// The program that a wrapper script starts as its child, as Debian's for the headless shell does: chromedriver, when a
/// session is closed, ends the process it started, and behind such a wrapper the browser itself would live on. A
/// wrapper that replaces itself (`exec`) is kept: it may set up something.
fn behind_wrapper(path: &Path) -> PathBuf {
    let starts = |script: String| {
        let last = script.lines().rfind(|line| !line.trim().is_empty())?.trim();
        let target = PathBuf::from(last.strip_suffix("\"$@\"")?.trim());
        (script.starts_with("#!") && target.is_absolute() && is_program(&target)).then_some(target)
    };
    // A browser's own binary is no text, and so is no wrapper.
    let small = path.metadata().is_ok_and(|file| file.len() < 64 * 1024);
    small.then(|| std::fs::read_to_string(path).ok()).flatten().and_then(starts).unwrap_or_else(|| path.to_owned())
}

fn is_program(path: &Path) -> bool {
    path.metadata().is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0)
}
