//! What is said to people, on standard output and standard error. Nothing fails for want of a reader: who has gone on to
//! something else (`| head`), or lost the terminal, costs no purchase its looking after and no run its results.

use std::{
    fmt,
    io::{ErrorKind, Write as _},
    sync::atomic::{AtomicBool, Ordering},
};

static READER_GONE: AtomicBool = AtomicBool::new(false);

/// Says a line on standard output.
#[macro_export]
macro_rules! say {
    ($($text:tt)*) => { $crate::spoken::out(::core::format_args!("{}\n", ::core::format_args!($($text)*))) };
}

/// Says a line on standard error.
#[macro_export]
macro_rules! warn {
    ($($text:tt)*) => { $crate::spoken::err(::core::format_args!("{}\n", ::core::format_args!($($text)*))) };
}

/// Puts this on standard output as it is, at once.
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
