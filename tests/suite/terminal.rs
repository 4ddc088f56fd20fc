//! What a person at a terminal sees while a run goes on.

use std::{fs::File, io::Read as _, process::Stdio};

use nix::{
    pty::openpty,
    sys::signal::{Signal, kill},
    unistd::Pid,
};

use crate::run::{QUICK, Run};

/// Goes back to the start of the line, and wipes it.
const WIPED: &str = "\r\x1b[2K";

/// Runs it at a terminal of its own; `once` gets what is there after each piece of output, until it says that it has seen
/// enough, and then the run is interrupted. Gives status and all that came to the terminal.
fn at_a_terminal(run: &Run, once: impl Fn(&str) -> bool) -> (Option<i32>, String) {
    let terminal = openpty(None, None).expect("a terminal");
    let end = || Stdio::from(terminal.slave.try_clone().expect("another end"));
    let mut command = run.command();
    command.stdout(end()).stderr(end()).env("TERM", "xterm").env_remove("NO_COLOR");
    let mut child = command.envs(run.variables.iter().cloned()).spawn().expect("the suite");
    // What it writes ends once nobody can write any more.
    drop((command, terminal.slave));
    let mut output = File::from(terminal.master);
    let (mut seen, mut piece, mut interrupted) = (Vec::new(), [0; 4096], false);
    while let Ok(count @ 1..) = output.read(&mut piece) {
        seen.extend_from_slice(&piece[..count]);
        if !interrupted && once(&String::from_utf8_lossy(&seen)) {
            kill(Pid::from_raw(i32::try_from(child.id()).expect("a process id")), Signal::SIGINT).expect("a signal");
            interrupted = true;
        }
    }
    let status = child.wait().expect("a status").code();
    (status, String::from_utf8_lossy(&seen).into_owned())
}

#[test]
fn the_last_line_says_how_far_a_run_is_and_goes_when_it_has_ended() {
    let (status, seen) = at_a_terminal(&Run::of(&[]).feature(QUICK), |_| false);
    assert_eq!(status, Some(0), "{seen}");
    assert!(seen.contains(&format!("{WIPED}\x1b[?7l0/1  time left not known yet  · ")), "{seen:?}");
    assert!(seen.contains(&format!("{WIPED}\x1b[32m✓\x1b[0m Quick › A visitor comes")), "{seen:?}");
    let last = seen.rsplit("\x1b[?7h").next().unwrap_or_default();
    assert!(last.starts_with(WIPED), "the last progress line is left: {seen:?}");
    let plain = Run::of(&[]).feature(QUICK).variable("NO_COLOR", "1");
    let (_, seen) = at_a_terminal(&plain, |_| false);
    assert!(seen.contains(&format!("{WIPED}✓ Quick › A visitor comes")), "{seen:?}");
}

#[test]
fn what_is_said_beside_the_last_line_takes_its_place() {
    let run = Run::of(&["--latency", "1500"]).feature(QUICK);
    let (status, seen) = at_a_terminal(&run, |seen| seen.contains("0/1"));
    assert_eq!(status, Some(3), "{seen}");
    let said = "interrupted: stopping after the present steps; once more to stop at once";
    assert!(seen.contains(&format!("{WIPED}{said}")), "{seen:?}");
}
