//! A WebDriver to test with: one that is there, found on this machine, or installed, and started on a tether.
//!
//! What is kept out: sessions and pages. Whoever launched a driver opens sessions at [`Driver::url`] with
//! [`Driver::capabilities`]. Nothing in here reads the environment: see [`LaunchSettings::from_variables`]. Every error
//! is a matter of infrastructure, never of the product under test.

mod capabilities;
mod driver;
mod find;
mod fonts;
mod gateway;
mod host;
mod install;
mod leash;
mod missing;
mod remote;
mod settings;
mod version;

pub use driver::{Driver, LocalDriver};
pub use find::{Found, Installed};
pub use fonts::{chinese as chinese_font, ensure_chinese as ensure_chinese_font};
pub(super) use gateway::Gateway;
pub use host::Host;
pub(super) use leash::Leash;
pub use leash::release;
pub use remote::{Line, Opened, Remote};
pub(super) use remote::{NAME, START_WITHIN};
pub use settings::{BrowserKind, InstallPolicy, LaunchSettings, Limits};
pub use version::Version;

/// Gives a driver to test with, in this order: the remote one of the settings, a driver and browser of one version from
/// the `PATH`, the same after an installation. A remote one is taken at its word; the first session shows whether it
/// is there.
///
/// # Errors
/// When there is none and none may or can be installed, or it does not start; the text says how to mend it.
pub async fn launch(settings: &LaunchSettings) -> anyhow::Result<Driver> {
    match &settings.remote {
        Some(remote) => Ok(Driver::Remote { remote: remote.clone(), kind: settings.kind }),
        None => start(ensure(settings).await?, settings).await,
    }
}

/// Starts a driver that was found: workers of a run look for one only once.
///
/// # Errors
/// When it does not start; the text holds its last output.
pub async fn start(found: Found, settings: &LaunchSettings) -> anyhow::Result<Driver> {
    Ok(Driver::Local(Box::new(driver::start(found, settings).await?)))
}

/// Finds a driver and a browser of one version on this machine without starting or installing anything.
///
/// # Errors
/// When there are none; the text says what was looked at, why it would not do, and how to mend it.
pub async fn find(settings: &LaunchSettings) -> anyhow::Result<Found> {
    find::find(settings).await.map_err(|missing| missing.explain(settings, "nothing is installed by this command"))
}

/// Finds a driver and a browser of one version on this machine, after an installation where that is needed and may be.
///
/// # Errors
/// When there are none and none may or can be installed; the text says how to mend it.
pub async fn ensure(settings: &LaunchSettings) -> anyhow::Result<Found> {
    if settings.headed && !settings.display {
        anyhow::bail!(
            "there is no screen to show a browser on\n  wanted    a browser with a window (--headed)\n  saw       neither DISPLAY nor WAYLAND_DISPLAY is set\n  mend      run it on a screen that is kept in memory: xvfb-run -a cargo test --test purchase -- --headed …\n            (Debian: apt-get install xvfb), or leave out --headed"
        );
    }
    match find::find(settings).await {
        Ok(found) => Ok(found),
        Err(missing) => install::install(settings, missing).await,
    }
}
