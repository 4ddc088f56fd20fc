//! Installing a driver and a browser where that is known to work: Debian and its descendants, as root.

use crate::warn;
use std::fs::{File, OpenOptions, TryLockError};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, anyhow, bail};
use tokio::process::Command;
use tokio::time::{Instant, interval, timeout_at};

use super::find::{Found, find, which};
use super::missing::Missing;
use super::{BrowserKind, InstallPolicy, LaunchSettings};
use crate::tether::inherited;

/// How often to look whether another process's installation is over; it takes a minute or so.
const LOOK_AGAIN: Duration = Duration::from_millis(100);
/// Lines of apt's output in an error.
const SHOWN_LINES: usize = 30;

/// Installs what is `missing` and finds it.
///
/// # Errors
/// When that is forbidden, not known how, or fails.
pub(super) async fn install(settings: &LaunchSettings, missing: Missing) -> anyhow::Result<Found> {
    let apt = match may_install(settings) {
        Ok(apt) => apt,
        Err(why_not) => return Err(missing.explain(settings, &why_not)),
    };
    let deadline = Instant::now() + settings.limits.install;
    let record = Record::locked(settings, deadline).await?;
    // Another process may have installed it while this one waited.
    let missing = match find(settings).await {
        Ok(found) => return Ok(found),
        Err(missing) => missing,
    };

    record.clear()?;
    let sets = package_sets(settings);
    warn!(
        "installing {} with apt-get, because {} (DCDB_E2E_INSTALL=never forbids it)",
        sets[0].join(" and "),
        missing.in_short()
    );
    let sets: Vec<&[&str]> = sets.iter().map(|set| set.as_slice()).collect();
    let outcome = install_first_known(&apt, &sets, &record, settings, deadline).await;
    outcome.map_err(|error| missing.explain(settings, &format!("{error:#}\n{}", indented(&record.tail()))))?;
    find(settings).await.map_err(|missing| missing.explain(settings, &installed_in_vain(settings)))
}

/// Installs the first of these sets of packages that this release knows, and says so before. `because`: why, in short.
///
/// # Errors
/// When that is forbidden, not known how, or fails.
pub(super) async fn install_packages(settings: &LaunchSettings, sets: &[&[&str]], because: &str) -> anyhow::Result<()> {
    let apt = may_use_apt(settings).map_err(|why_not| anyhow!(why_not))?;
    let deadline = Instant::now() + settings.limits.install;
    let record = Record::locked(settings, deadline).await?;
    record.clear()?;
    let first = sets.first().map(|set| set.join(" and ")).unwrap_or_default();
    warn!("installing {first} with apt-get, because {because} (DCDB_E2E_INSTALL=never forbids it)");
    install_first_known(&apt, sets, &record, settings, deadline).await
}

/// The path of `apt-get`, or why a browser is not to be installed by it.
fn may_install(settings: &LaunchSettings) -> Result<PathBuf, String> {
    if settings.kind == BrowserKind::Firefox {
        return Err("it is known how only for Chromium: no distribution packages geckodriver".to_owned());
    }
    may_use_apt(settings)
}

/// The path of `apt-get`, or why it is not to be used.
fn may_use_apt(settings: &LaunchSettings) -> Result<PathBuf, String> {
    if settings.install == InstallPolicy::Never {
        return Err("DCDB_E2E_INSTALL=never forbids it".to_owned());
    }
    if !settings.host.is_debian_like() {
        return Err("it is known how only on Debian and its descendants".to_owned());
    }
    let apt = which(settings, "apt-get").ok_or("there is no apt-get on the PATH")?;
    if !settings.host.root {
        return Err("only root may, and this process is not root".to_owned());
    }
    Ok(apt)
}

/// What to install, best first; a later set is for releases that do not know the earlier one.
fn package_sets(settings: &LaunchSettings) -> Vec<[&'static str; 2]> {
    let full = ["chromium-driver", "chromium"];
    if settings.headed { vec![full] } else { vec![["chromium-driver", "chromium-headless-shell"], full] }
}

fn installed_in_vain(settings: &LaunchSettings) -> String {
    let mut why = "apt-get said it did, but what it installed does not work".to_owned();
    if settings.host.has_chromium_as_snap() {
        why.push_str(" (on Ubuntu the packages only point to a snap, which does not run everywhere)");
    }
    why
}

async fn install_first_known(
    apt: &Path,
    sets: &[&[&str]],
    record: &Record,
    settings: &LaunchSettings,
    deadline: Instant,
) -> anyhow::Result<()> {
    let wait_for_lock = ["-o", "DPkg::Lock::Timeout=300"];
    let apt_get = async |args: &[&str]| {
        let mut command = Command::new(apt);
        command.args(wait_for_lock).args(args).env_clear().envs(inherited()).env("DEBIAN_FRONTEND", "noninteractive");
        // Its words are read below.
        command.env("LC_ALL", "C.UTF-8");
        // Not on a tether and out of Ctrl-C's reach: dpkg that is ended half way leaves a machine to be repaired.
        command.process_group(0).stdin(Stdio::null()).stdout(record.writer()?).stderr(record.writer()?);
        let mut running = command.spawn().with_context(|| format!("starting {}", apt.display()))?;
        match timeout_at(deadline, running.wait()).await {
            Ok(status) => Ok(status?),
            Err(_) => bail!("apt-get still runs after {:?}; it goes on by itself", settings.limits.install),
        }
    };
    // Lists that cannot be refreshed may still do; if not, both outputs are in the record.
    apt_get(&["update"]).await?;
    for (at, set) in sets.iter().enumerate() {
        let status = apt_get(&[&["install", "-y", "--no-install-recommends"][..], *set].concat()).await?;
        if status.success() {
            return Ok(());
        }
        if at + 1 == sets.len() || !record.tail().contains("Unable to locate package") {
            bail!("apt-get failed ({status})");
        }
    }
    Err(anyhow!("there was nothing to install"))
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("            {line}")).collect::<Vec<_>>().join("\n")
}

/// The file that holds apt's output, and the lock that lets one process install at a time. apt itself holds it as well,
/// as its output goes there: the next process waits also for an apt whose run was killed.
struct Record {
    path: PathBuf,
    file: File,
}

impl Record {
    async fn locked(settings: &LaunchSettings, deadline: Instant) -> anyhow::Result<Self> {
        let path = settings.temporary.join("dcdb-e2e-install.log");
        // The directory may be everybody's: a link that somebody laid there is not followed.
        let no_link = nix::fcntl::OFlag::O_NOFOLLOW.bits();
        let mut options = OpenOptions::new();
        options.read(true).append(true).create(true).mode(0o600).custom_flags(no_link);
        let file = options.open(&path).with_context(|| format!("opening {} for apt-get's output", path.display()))?;
        let mut look = interval(LOOK_AGAIN);
        loop {
            look.tick().await;
            match file.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) if Instant::now() < deadline => {}
                Err(TryLockError::WouldBlock) => bail!(
                    "another process has been installing a browser for {:?}; its output is in {}",
                    settings.limits.install,
                    path.display()
                ),
                Err(TryLockError::Error(error)) => {
                    return Err(error).with_context(|| format!("locking {}", path.display()));
                }
            }
        }
        Ok(Self { path, file })
    }

    /// Forgets what an earlier installation wrote.
    fn clear(&self) -> anyhow::Result<()> {
        self.file.set_len(0).with_context(|| format!("emptying {}", self.path.display()))
    }

    fn writer(&self) -> anyhow::Result<Stdio> {
        let file = self.file.try_clone().with_context(|| format!("writing to {}", self.path.display()))?;
        Ok(Stdio::from(file))
    }

    /// The last lines of the output.
    fn tail(&self) -> String {
        let output = std::fs::read(&self.path).unwrap_or_default();
        let output = String::from_utf8_lossy(&output);
        let lines: Vec<_> = output.lines().collect();
        lines[lines.len().saturating_sub(SHOWN_LINES)..].join("\n")
    }
}
