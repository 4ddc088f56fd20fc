//! How a run ends before its last scenario: after the present steps, or at once; and what it takes as a word to do so.
//!
//! A run ends with whoever started it. Signals ask for it (`SIGINT`, `SIGTERM`, `SIGHUP`), and so does the end of the process
//! that started it, as no signal to `cargo test` reaches a test, and the end of who reads what it says (`| head`). A run that was
//! detached on purpose goes on without its shell: `nohup` has it ignore `SIGHUP`, and `setsid` makes it lead a session.

use std::{
    fs,
    sync::{Arc, mpsc},
    thread,
    time::{Duration, Instant},
};

use nix::unistd::{Pid, getpid, getppid, getsid};
use tokio::{
    runtime::Runtime,
    signal::unix::{SignalKind, signal},
    sync::watch,
};

use super::progress::aside;
use crate::{domain::Failure, spoken};

/// Who presses Ctrl-C twice takes longer; a signal that reaches a run by two ways does not.
const TWICE: Duration = Duration::from_millis(250);

/// How soon a run is to end.
#[derive(Debug, Clone, Copy)]
enum Due {
    /// With its last scenario.
    InTime,
    /// After the present steps; asked for at this moment.
    AfterPresentSteps(Instant),
    /// Without waiting for them; asked for at this moment.
    AtOnce(Instant),
}

/// Whether a run is to end, for all its parts to look at.
#[derive(Debug)]
pub struct Ending {
    due: watch::Sender<Due>,
    /// Who started this process, where it is to end with them.
    starter: Option<Pid>,
}

impl Ending {
    /// Hears from now on what asks a run to end.
    ///
    /// # Errors
    /// When the system does not let signals be heard.
    pub fn listen(runtime: &Runtime) -> anyhow::Result<Arc<Self>> {
        let parent = getppid();
        let ending = Arc::new(Self { due: watch::Sender::new(Due::InTime), starter: Some(parent).filter(is_bound_to) });
        let _entered = runtime.enter();
        // A file that may not grow any more is an error like a full disk, and no death.
        let _heard = signal(SignalKind::from_raw(nix::libc::SIGXFSZ))?;
        let mut asking = vec![(SignalKind::interrupt(), "interrupted"), (SignalKind::terminate(), "asked to end")];
        if !ignores_hangups() {
            asking.push((SignalKind::hangup(), "the terminal is gone"));
        }
        for (kind, why) in asking {
            let (mut signals, ending) = (signal(kind)?, Arc::clone(&ending));
            runtime.spawn(async move {
                while signals.recv().await.is_some() {
                    if !ending.ask(why) && kind != SignalKind::hangup() {
                        ending.hasten("giving up the present steps; what was bought is still looked after");
                    }
                }
            });
        }
        Ok(ending)
    }

    /// The run is to end after the present steps; gives whether that is news.
    pub fn stop(&self) -> bool {
        self.due.send_if_modified(|due| {
            let news = matches!(due, Due::InTime);
            if news {
                *due = Due::AfterPresentSteps(Instant::now());
                // Whoever waits for a reader just now holds everything up.
                spoken::hasten();
            }
            news
        })
    }

    /// The same, and tells people why, where it is news.
    pub fn ask(&self, why: &str) -> bool {
        let news = self.stop();
        if news {
            aside(&format!("{why}: stopping after the present steps; once more to stop at once"));
        }
        news
    }

    /// The run, asked to end before, is to wait for nothing any more.
    pub fn hasten(&self, why: &str) {
        let news = self.due.send_if_modified(|due| {
            let news = matches!(due, Due::AfterPresentSteps(since) if since.elapsed() > TWICE);
            if news {
                *due = Due::AtOnce(Instant::now());
            }
            news
        });
        if news {
            aside(why);
        }
    }

    /// Asks for the end where whoever started the run has ended.
    pub fn ask_where_alone(&self) {
        if self.starter.is_some_and(|starter| getppid() != starter) {
            self.ask("whoever started this run has ended");
        }
    }

    /// Whether nothing new is to be begun.
    pub fn is_due(&self) -> bool {
        !matches!(*self.due.borrow(), Due::InTime)
    }

    /// Since when it is.
    pub fn since(&self) -> Option<Instant> {
        match *self.due.borrow() {
            Due::InTime => None,
            Due::AfterPresentSteps(since) | Due::AtOnce(since) => Some(since),
        }
    }

    /// Since when nothing is to be waited for any more.
    pub fn at_once_since(&self) -> Option<Instant> {
        match *self.due.borrow() {
            Due::AtOnce(since) => Some(since),
            _ => None,
        }
    }

    /// Waits until nothing new is to be begun.
    pub async fn due(&self) {
        let mut due = self.due.subscribe();
        // The sender is this value's own, and lives as long.
        let _asked = due.wait_for(|due| !matches!(due, Due::InTime)).await;
    }

    /// Waits until nothing is to be waited for any more.
    pub async fn at_once(&self) {
        let mut due = self.due.subscribe();
        // The sender is this value's own, and lives as long.
        let _hastened = due.wait_for(|due| matches!(due, Due::AtOnce(_))).await;
    }

    /// What this comes to on a thread of its own; given up so long after the run is to end at once.
    ///
    /// # Errors
    /// Its own. Class test: it panicked. Class infrastructure: it was given up.
    pub fn unless_hastened<T: Send + 'static>(
        &self,
        grace: Duration,
        work: impl FnOnce() -> anyhow::Result<T> + Send + 'static,
    ) -> anyhow::Result<T> {
        let (tell, news) = mpsc::channel();
        thread::Builder::new().spawn(move || tell.send(work()))?;
        loop {
            match news.recv_timeout(Duration::from_millis(100)) {
                Ok(came) => return came,
                Err(mpsc::RecvTimeoutError::Disconnected) => {
                    return Err(Failure::test("the suite itself panicked").into());
                }
                Err(mpsc::RecvTimeoutError::Timeout) => {}
            }
            if self.at_once_since().is_some_and(|since| since.elapsed() > grace) {
                return Err(Failure::infrastructure("the run was stopped").into());
            }
        }
    }

    /// What this comes to, unless the run is to end before.
    ///
    /// # Errors
    /// Its own, or that the run is to end.
    pub async fn unless_due<T>(&self, going: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
        let mut due = self.due.subscribe();
        tokio::select! {
            came = going => came,
            _ = due.wait_for(|due| !matches!(due, Due::InTime)) => Err(Failure::infrastructure("the run was stopped before its first scenario").into()),
        }
    }
}

/// Whether a run ends with the process that started it.
fn is_bound_to(parent: &Pid) -> bool {
    // Cargo waits for its tests whatever it was detached from itself.
    let is_cargo = fs::read_to_string(format!("/proc/{parent}/comm")).is_ok_and(|name| name.trim() == "cargo");
    let leads_its_session = getsid(None).is_ok_and(|session| session == getpid());
    is_cargo || !(leads_its_session || ignores_hangups())
}

/// Whether `SIGHUP` was to be ignored when this process began, as far as the system tells (Linux, `proc(5)`).
fn ignores_hangups() -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or_default();
    ignored >> (nix::libc::SIGHUP - 1) & 1 == 1
}
