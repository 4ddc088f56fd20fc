//! The supervisor's side: `dcdb-e2e supervise`, alone in its own process.

use std::ffi::OsString;
use std::fs::{DirBuilder, File};
use std::io::Read;
use std::os::unix::fs::DirBuilderExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::Duration;

use anyhow::Context;
use clap::Args;
use nix::errno::Errno;
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;
use tokio::signal::unix::{Signal as Signals, SignalKind, signal};
use tokio::sync::oneshot;
use tokio::time::{Instant, timeout_at};

use super::descendants::{Asked, kill_all};
use super::left::{MARK, hold};
use crate::warn;

/// What a program is given to end by itself after being asked: enough for a browser to close, too little to notice.
const GRACE: Duration = Duration::from_millis(500);
/// After `SIGKILL` only the kernel can hold a process back; one that is held this long is told of and left.
const KILL_LIMIT: Duration = Duration::from_secs(10);

/// What the hidden `dcdb-e2e supervise` takes.
#[derive(Debug, Clone, Args)]
pub struct SuperviseArgs {
    /// Directory to make for the program and to remove after it; must not be there yet
    #[arg(long, value_name = "DIR")]
    scratch: Vec<PathBuf>,
    /// Program and its arguments
    #[arg(last = true, required = true, value_name = "PROGRAM")]
    program: Vec<OsString>,
}

/// Runs one program and ends it, with all it started, when standard input closes, the program ends, or a signal says
/// so; then removes its scratch directories. Exits with the program's status, 128 and the signal for one that was
/// ended by a signal.
///
/// # Errors
/// When a scratch directory cannot be made (or is there already), or the program cannot be started.
pub fn supervise(args: SuperviseArgs) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut made = Vec::new();
    let outcome = make_scratch(&args.scratch, &mut made).and_then(|()| runtime.block_on(run(&args)));
    for (directory, _) in &made {
        remove_scratch(directory);
    }
    outcome
}

async fn run(SuperviseArgs { scratch, program }: &SuperviseArgs) -> anyhow::Result<ExitCode> {
    // A terminal sends Ctrl-C to all of the run; whoever leads a session of their own hears of it by the pipe alone.
    // This can only fail for a process that leads a group already, and such a one is out of reach as well.
    let _ = nix::unistd::setsid();
    #[cfg(target_os = "linux")]
    nix::sys::prctl::set_child_subreaper(true).context("becoming the parent of abandoned processes")?;
    // Before the program starts, so that no ending goes unheard.
    let mut ears = Ears::open()?;

    let (name, args) = program.split_first().context("no program to supervise")?;
    let started = Command::new(name)
        .args(args)
        .envs(scratch.iter().map(|directory| (MARK, directory)))
        .process_group(0)
        .stdin(Stdio::null())
        .spawn()
        .with_context(|| format!("starting {}", Path::new(name).display()))?;
    let mut family = Family { program: Pid::from_raw(started.id().try_into()?), status: None };

    while family.reap() == Left::Some && family.status.is_none() {
        if ears.hear().await == Heard::TheEnd {
            break;
        }
    }
    family.end(&mut ears).await;
    Ok(ExitCode::from(family.status.unwrap_or(1)))
}

/// What may happen to a supervisor.
struct Ears {
    deaths: Signals,
    endings: Vec<Signals>,
    release: oneshot::Receiver<()>,
}

#[derive(Debug, PartialEq, Eq)]
enum Heard {
    ADeath,
    TheEnd,
}

impl Ears {
    fn open() -> anyhow::Result<Self> {
        let endings = [SignalKind::terminate(), SignalKind::interrupt(), SignalKind::hangup(), SignalKind::quit()];
        let endings = endings.into_iter().map(signal).collect::<Result<_, _>>().context("listening for signals")?;
        let deaths = signal(SignalKind::child()).context("listening for ended processes")?;
        let (released, release) = oneshot::channel();
        // A thread of its own: standard input may be anything, and a read that never returns must not hold the exit.
        std::thread::spawn(move || {
            let mut ignored = [0; 512];
            while matches!(std::io::stdin().read(&mut ignored), Ok(1..)) {}
            let _ = released.send(());
        });
        Ok(Self { deaths, endings, release })
    }

    async fn hear(&mut self) -> Heard {
        let ending = futures_util::future::select_all(self.endings.iter_mut().map(|ending| Box::pin(ending.recv())));
        tokio::select! {
            _ = self.deaths.recv() => Heard::ADeath,
            _ = ending => Heard::TheEnd,
            _ = &mut self.release => Heard::TheEnd,
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Left {
    Some,
    None,
}

/// The program and all that came of it.
struct Family {
    program: Pid,
    status: Option<u8>,
}

impl Family {
    /// Takes note of all who have ended. As a subreaper is the last parent of everybody below it, having no child
    /// left means that nobody is left at all.
    fn reap(&mut self) -> Left {
        loop {
            let (pid, status) = match waitpid(None, Some(WaitPidFlag::WNOHANG)) {
                Ok(WaitStatus::Exited(pid, code)) => (pid, code),
                Ok(WaitStatus::Signaled(pid, signal, _)) => (pid, 128 + signal as i32),
                Ok(WaitStatus::StillAlive) => return Left::Some,
                Err(Errno::ECHILD) => return Left::None,
                Ok(_) | Err(_) => continue,
            };
            if pid == self.program {
                self.status = Some(u8::try_from(status).unwrap_or(u8::MAX));
            }
        }
    }

    /// Asks everybody to end, and after a grace makes them.
    async fn end(&mut self, ears: &mut Ears) {
        // Again after each death: the dead may have had a child since the last look, and it is ours now.
        let group = self.program;
        let mut asked = Asked::default();
        if self.none_left(ears, GRACE, || asked.ask_all(group)).await {
            return;
        }
        if !self.none_left(ears, KILL_LIMIT, || kill_all(group)).await {
            warn!("dcdb-e2e supervise: a process below {group} is still there {KILL_LIMIT:?} after SIGKILL");
        }
    }

    /// Waits until nobody is left, calling `signal_them` now and after each death; false when `limit` passes first.
    async fn none_left(&mut self, ears: &mut Ears, limit: Duration, mut signal_them: impl FnMut()) -> bool {
        let deadline = Instant::now() + limit;
        while self.reap() == Left::Some {
            signal_them();
            if timeout_at(deadline, ears.deaths.recv()).await.is_err() {
                return self.reap() == Left::None;
            }
        }
        true
    }
}

fn make_scratch(directories: &[PathBuf], made: &mut Vec<(PathBuf, File)>) -> anyhow::Result<()> {
    for directory in directories {
        DirBuilder::new()
            .mode(0o700)
            .create(directory)
            .with_context(|| format!("making the scratch directory {}", directory.display()))?;
        let held = hold(directory).with_context(|| format!("holding the scratch directory {}", directory.display()))?;
        made.push((directory.clone(), held));
    }
    Ok(())
}

fn remove_scratch(directory: &Path) {
    if let Err(error) = std::fs::remove_dir_all(directory)
        && error.kind() != std::io::ErrorKind::NotFound
    {
        warn!("dcdb-e2e supervise: the scratch directory {} could not be removed: {error}", directory.display());
    }
}
