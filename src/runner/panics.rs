//! Panics: a step that fails panics by Cucumber's custom, and that is told as its failure and nowhere else.

use std::{
    any::Any,
    cell::{Cell, RefCell},
    panic,
    pin::Pin,
    task::{Context, Poll},
};

use super::raised::Raised;
use crate::{domain::Class, warn};

thread_local! {
    /// A step is running on this thread: its panic is its failure, told by the runner and nobody else.
    static IN_STEP: Cell<bool> = const { Cell::new(false) };
    /// Where this thread last panicked.
    static PANICKED_AT: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Keeps the panics of steps off the terminal; where they arose is kept for the runner.
pub fn hush_steps() {
    panic::set_hook(Box::new(move |info| {
        PANICKED_AT.with(|at| at.replace(info.location().map(ToString::to_string)));
        if !IN_STEP.with(Cell::get) {
            // It may quote a page.
            warn!("{info}");
        }
    }));
}

/// Marks the thread as being in a step whenever the step is polled.
pub struct Hushed<F>(pub F);

impl<F: Future + Unpin> Future for Hushed<F> {
    type Output = F::Output;
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        struct Unmark;
        impl Drop for Unmark {
            fn drop(&mut self) {
                IN_STEP.with(|in_step| in_step.set(false));
            }
        }
        IN_STEP.with(|in_step| in_step.set(true));
        let _unmark = Unmark;
        Pin::new(&mut self.0).poll(context)
    }
}

/// A step that panicked of its own is a bug of the suite.
pub fn bug(panic: &(dyn Any + Send)) -> Raised {
    let at = PANICKED_AT.with(RefCell::take).map(|at| format!("\n  at       {at}")).unwrap_or_default();
    Raised::Failed(Class::Test, format!("the step panicked: {}{at}", text_of(panic)))
}

/// What a panic outside all steps makes of a scenario.
pub fn panicked(panic: &(dyn Any + Send)) -> String {
    let at = PANICKED_AT.with(RefCell::take).map(|at| format!("\n  at       {at}")).unwrap_or_default();
    let mend = "it is a bug of the suite: tell those who keep it, with these lines";
    format!("the suite itself panicked: {}{at}\n  mend     {mend}", text_of(panic))
}

fn text_of(panic: &(dyn Any + Send)) -> String {
    panic
        .downcast_ref::<String>()
        .cloned()
        .or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()))
        .unwrap_or_else(|| "without a text".into())
}
