//! The run's side: starting a program on a tether, hearing what it announces, and letting it go.

use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, anyhow, bail};
use tokio::process::{ChildStdin, Command};
use tokio::sync::watch;
use tokio::time::timeout;

use super::environment::inherited;
use super::left::clear;
use super::output::{Output, Stream, drain};
use super::program::Program;

/// The supervisor's own limits (a grace, then `SIGKILL`) and some air for a loaded machine.
const END_LIMIT: Duration = Duration::from_secs(20);
/// What was written before the end is read by then, unless somebody who outlived the supervisor holds the pipe.
const DRAIN_LIMIT: Duration = Duration::from_secs(1);

/// A program that ends, with everything it started, no later than this value or the process that holds it.
///
/// Dropping it ends the program without waiting for it; [`Tethered::end`] waits. What the program writes is read for
/// all its life by a task on the runtime that started it.
#[derive(Debug)]
pub struct Tethered {
    name: String,
    supervisor: u32,
    scratch: Option<PathBuf>,
    held: ChildStdin,
    output: watch::Receiver<Output>,
    heard: usize,
}

impl Tethered {
    /// Starts `program` below `supervisor`, which is the path of the `dcdb-e2e` binary. That the program itself could
    /// not be started shows as its early end.
    ///
    /// # Errors
    /// When the supervisor cannot be started.
    pub async fn start(supervisor: &Path, program: &Program) -> anyhow::Result<Self> {
        let mut command = Command::new(supervisor);
        command.arg("supervise");
        if let Some(directory) = &program.scratch {
            command.arg("--scratch").arg(directory);
        }
        command.arg("--").arg(&program.path).args(&program.args);
        command.env_clear().envs(inherited()).envs(program.envs.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command
            .spawn()
            .with_context(|| format!("starting {} to supervise {}", supervisor.display(), program.path.display()))?;

        let id = child.id().context("the supervisor ended at once")?;
        let held = child.stdin.take().context("the supervisor has no standard input")?;
        let stdout = child.stdout.take().context("the supervisor has no standard output")?;
        let stderr = child.stderr.take().context("the supervisor has no standard error")?;
        let (to, output) = watch::channel(Output::default());
        let mut read = tokio::spawn({
            let to = to.clone();
            async move { tokio::join!(drain(stdout, Stream::Stdout, to.clone()), drain(stderr, Stream::Stderr, to)) }
        });
        let scratch = program.scratch.clone();
        tokio::spawn(async move {
            let how = match child.wait().await {
                Ok(status) => {
                    // Killed itself, it has ended nobody.
                    if let Some(scratch) = scratch.filter(|_| status.signal().is_some()) {
                        let _ = tokio::task::spawn_blocking(move || clear(&scratch)).await;
                    }
                    status.to_string()
                }
                Err(error) => format!("unknown status: {error}"),
            };
            let _ = timeout(DRAIN_LIMIT, &mut read).await;
            to.send_modify(|output| output.set_ended(how));
        });

        let name = program.path.file_name().unwrap_or(program.path.as_os_str()).to_string_lossy().into_owned();
        Ok(Self { name, supervisor: id, scratch: program.scratch.clone(), held, output, heard: 0 })
    }

    /// Waits for the first line of standard output, not looked at by an earlier call, that `matches` takes.
    ///
    /// # Errors
    /// When the program ends or `deadline` passes first; the text names `what` was awaited and holds the last output.
    pub async fn announced<T>(
        &mut self,
        what: &str,
        deadline: Duration,
        matches: impl Fn(&str) -> Option<T>,
    ) -> anyhow::Result<T> {
        let searched = timeout(deadline, async {
            loop {
                let output = self.output.borrow_and_update();
                // Before the lines are looked at: none comes after the end.
                let ended = output.ended().map(str::to_owned);
                let (found, next) = output.find_from(self.heard, &matches);
                drop(output);
                self.heard = next;
                match (found, ended) {
                    (Some(found), _) => return Ok(found),
                    (None, Some(how)) => return Err(how),
                    (None, None) => {}
                }
                if self.output.changed().await.is_err() {
                    return Err("the runtime that read its output is gone".to_owned());
                }
            }
        });
        let why = match searched.await {
            Ok(Ok(found)) => return Ok(found),
            Ok(Err(how)) => format!("{} ended ({how}) before it announced {what}", self.name),
            Err(_) => format!("{} did not announce {what} within {deadline:?}", self.name),
        };
        Err(anyhow!("{why}\n{}", self.quoted_output()))
    }

    /// The last lines of both streams, oldest first; empty for a program that said nothing.
    pub fn last_output(&self) -> String {
        self.output.borrow().tail()
    }

    /// Whether the program and everything below it are gone.
    pub fn has_ended(&self) -> bool {
        self.output.borrow().ended().is_some()
    }

    /// The process id of the supervisor: everything that was started is below it.
    pub fn supervisor_pid(&self) -> u32 {
        self.supervisor
    }

    /// The directory that goes with the program, if it was given one.
    pub fn scratch(&self) -> Option<&Path> {
        self.scratch.as_deref()
    }

    /// Ends the program and all it started, and waits until they and the scratch directory are gone.
    ///
    /// # Errors
    /// When something of it is still there after a time that is ample for `SIGKILL`.
    pub async fn end(mut self) -> anyhow::Result<()> {
        drop(self.held);
        let gone = timeout(END_LIMIT, self.output.wait_for(|output| output.ended().is_some())).await.is_ok();
        let output = self.output.borrow().tail();
        if !gone {
            bail!(
                "{} was told to end but is still there after {END_LIMIT:?} (supervisor {})\n{output}",
                self.name,
                self.supervisor
            );
        }
        if let Some(scratch) = self.scratch.filter(|scratch| scratch.exists()) {
            bail!("{} ended but its scratch directory {} is still there\n{output}", self.name, scratch.display());
        }
        Ok(())
    }

    fn quoted_output(&self) -> String {
        match self.last_output() {
            output if output.is_empty() => "it wrote nothing".to_owned(),
            output => format!("its last output:\n{output}"),
        }
    }
}
