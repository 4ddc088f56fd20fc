//! What is said to people, on standard output and standard error. Nothing of a page, a driver or a file gets there raw; and nothing
//! fails for want of a reader: who has gone on to something else (`| head`), or lost the terminal, costs no purchase its looking
//! after and no run its results.

mod printable;

use std::{
    fmt,
    io::{ErrorKind, Write as _},
    sync::atomic::{AtomicBool, Ordering},
};

pub use printable::{entry, printable};

static READER_GONE: AtomicBool = AtomicBool::new(false);

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
    // In one piece: what is written at a time is not mixed with what others write.
    let said = out.write_all(text.to_string().as_bytes()).and_then(|()| out.flush());
    if said.is_err_and(|error| error.kind() == ErrorKind::BrokenPipe) {
        READER_GONE.store(true, Ordering::Relaxed);
    }
}

/// Puts this on standard error as it is, at once.
pub fn err(text: fmt::Arguments<'_>) {
    let _nobody_to_tell = std::io::stderr().lock().write_all(text.to_string().as_bytes());
}

/// Whether the program that read standard output has ended. A terminal that is gone is another matter: whoever was left to run
/// without it goes on.
#[must_use]
pub fn reader_is_gone() -> bool {
    READER_GONE.load(Ordering::Relaxed)
}
