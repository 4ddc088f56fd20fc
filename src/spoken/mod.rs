//! What is said to people, on standard output and standard error. Nothing of a page, a driver or a file gets there raw; and nothing
//! fails for want of a reader: who has gone on to something else (`| head`), or lost the terminal, costs no purchase its looking
//! after and no run its results.

mod printable;

use std::{
    fmt,
    io::{ErrorKind, Write as _},
    os::fd::AsFd,
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

pub use printable::{counted, entry, printable};

static READER_GONE: AtomicBool = AtomicBool::new(false);
/// Nobody is waited for any more who does not read.
static IN_HASTE: AtomicBool = AtomicBool::new(false);
/// A reader who pauses (`| less`) is waited for, one who never reads again is not.
const READS_WITHIN: Duration = Duration::from_secs(300);
/// What a pipe that can be written to takes at once (POSIX, `PIPE_BUF` is at least 512; Linux has 4,096).
const AT_ONCE: usize = 512;

/// Says a line on standard output, [`printable`](crate::spoken::printable) whatever is in it.
#[macro_export]
macro_rules! say {
    ($($text:tt)*) => { $crate::spoken::line_out(::core::format_args!($($text)*)) };
}

/// Says a line on standard error, [`printable`](crate::spoken::printable) whatever is in it.
#[macro_export]
macro_rules! warn {
    ($($text:tt)*) => { $crate::spoken::line_err(::core::format_args!($($text)*)) };
}

/// Says a line on standard output: see [`say!`](crate::say).
pub fn line_out(text: fmt::Arguments<'_>) {
    out(format_args!("{}\n", printable(&text.to_string())));
}

/// Says a line on standard error: see [`warn!`](crate::warn).
pub fn line_err(text: fmt::Arguments<'_>) {
    err(format_args!("{}\n", printable(&text.to_string())));
}

/// Puts this on standard output as it is, at once: for what is printable already, and colours.
pub fn out(text: fmt::Arguments<'_>) {
    let mut out = std::io::stdout().lock();
    let said = read_along(&text.to_string(), |part| {
        if !can_take(&std::io::stdout()) {
            return Err(ErrorKind::BrokenPipe.into());
        }
        out.write_all(part).and_then(|()| out.flush())
    });
    if said.is_err_and(|error| error.kind() == ErrorKind::BrokenPipe) {
        READER_GONE.store(true, Ordering::Relaxed);
    }
}

/// Puts this on standard error as it is, at once.
pub fn err(text: fmt::Arguments<'_>) {
    let mut err = std::io::stderr().lock();
    let _nobody_to_tell = read_along(&text.to_string(), |part| {
        if can_take(&std::io::stderr()) { err.write_all(part) } else { Err(ErrorKind::BrokenPipe.into()) }
    });
}

/// Where a run is about to end, what nobody reads is not said any more.
pub fn hasten() {
    IN_HASTE.store(true, Ordering::Relaxed);
}

/// Says a text in parts that a pipe takes whole: in one, where it is as short as most.
fn read_along(text: &str, mut say: impl FnMut(&[u8]) -> std::io::Result<()>) -> std::io::Result<()> {
    text.as_bytes().chunks(AT_ONCE).try_for_each(&mut say)
}

/// Waits until this can be written to; not for ever, and for a moment only where the run is about to end.
fn can_take(stream: &impl AsFd) -> bool {
    let began = Instant::now();
    loop {
        let mut asked = [PollFd::new(stream.as_fd(), PollFlags::POLLOUT)];
        match poll(&mut asked, PollTimeout::from(100_u8)) {
            Ok(0) => {}
            // What is wrong with it, the write will say.
            Ok(_) => return true,
            Err(nix::errno::Errno::EINTR) => {}
            Err(_) => return true,
        }
        let patience = match (reader_is_gone(), IN_HASTE.load(Ordering::Relaxed)) {
            (true, _) => Duration::ZERO,
            (false, true) => Duration::from_millis(500),
            (false, false) => READS_WITHIN,
        };
        if began.elapsed() > patience {
            return false;
        }
    }
}

/// Whether the program that read standard output has ended. A terminal that is gone is another matter: whoever was left to run
/// without it goes on.
#[must_use]
pub fn reader_is_gone() -> bool {
    READER_GONE.load(Ordering::Relaxed)
}
