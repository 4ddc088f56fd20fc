//! Sessions elsewhere end with whoever holds them. A process of its own holds a pipe of theirs, and ends the session when that
//! closes: after a Ctrl-C, a panic or `SIGKILL` too. Only who ends it as well leaves it to the grid's own time limit.

use std::{
    io::Read as _,
    path::Path,
    process::{ExitCode, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail};
use tokio::{
    io::AsyncWriteExt as _,
    process::{Child, ChildStdin, Command},
    signal::unix::{SignalKind, signal},
    time::timeout,
};

use super::remote::{Line, Remote};
use crate::tether::inherited;

/// How long a grid may take to end a session; a browser on a busy machine takes seconds.
const END_WITHIN: Duration = Duration::from_secs(60);
/// How long a grid is asked again that cannot do it: one that begins anew is back within a minute.
const ASKED_FOR: Duration = Duration::from_secs(90);

/// What ends a session no later than this value, or the process that holds it.
#[derive(Debug)]
pub struct Leash {
    held: ChildStdin,
    child: Child,
}

impl Leash {
    /// Makes one, before there is a session. `program` is the path of the `dcdb-e2e` binary.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn make(program: &Path) -> anyhow::Result<Self> {
        let mut command = Command::new(program);
        command.arg("release").env_clear().envs(inherited());
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().with_context(|| format!("starting {} to end sessions", program.display()))?;
        let held = child.stdin.take().context("it has no standard input")?;
        Ok(Self { held, child })
    }

    /// Puts a session on it.
    ///
    /// # Errors
    /// When it is gone.
    pub async fn hold(&mut self, remote: &Remote, session: &str) -> anyhow::Result<()> {
        let told = remote.to_end(session).to_string();
        self.held.write_all(told.as_bytes()).await.context("putting the session on its leash")?;
        self.held.flush().await.context("putting the session on its leash")
    }

    /// Ends the session, and waits until that is confirmed.
    ///
    /// # Errors
    /// When it is not. It may go on being asked for.
    pub async fn end(self) -> anyhow::Result<()> {
        let Self { held, mut child } = self;
        drop(held);
        let ended = timeout(END_WITHIN + ASKED_FOR, child.wait()).await.context("it did not answer")??;
        if !ended.success() {
            bail!("it did not confirm that the session has ended; its own time limit ends it then");
        }
        Ok(())
    }
}

/// The process at the other end, the hidden `dcdb-e2e release`: waits until standard input closes, and ends the session that was
/// told there.
///
/// # Errors
/// When what was told cannot be read.
pub fn release() -> anyhow::Result<ExitCode> {
    // A terminal sends Ctrl-C to all of the run, and this has to outlive it.
    let _ = nix::unistd::setsid();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let deaf = [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup(), SignalKind::quit()];
        let _unheard = deaf.into_iter().map(signal).collect::<Result<Vec<_>, _>>()?;
        let told = tokio::task::spawn_blocking(|| {
            let mut told = String::new();
            std::io::stdin().read_to_string(&mut told).map(|_| told)
        });
        let told = told.await??;
        if told.is_empty() {
            return Ok(ExitCode::SUCCESS);
        }
        let (remote, session) = Remote::to_be_ended(&serde_json::from_str(&told)?)?;
        let line = Line::to(&remote)?;
        let begun = Instant::now();
        let mut tries = tokio::time::interval(Duration::from_secs(1));
        loop {
            tries.tick().await;
            if line.end_session(&session, END_WITHIN).await.is_ok() {
                return Ok(ExitCode::SUCCESS);
            }
            if begun.elapsed() > ASKED_FOR {
                return Ok(ExitCode::FAILURE);
            }
        }
    })
}
