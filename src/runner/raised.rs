//! How a step ends that does not hold.

use std::{cell::RefCell, fmt};

use crate::{
    domain::{Class, class_of, sought_of},
    target::Lacking,
};

/// What steps return: an error prints its whole chain.
pub type StepResult = Result<(), StepError>;

/// A failed step. Cucumber prints errors with `Display` and panics; the runner gets the error itself by
/// `take`.
pub struct StepError(anyhow::Error);

thread_local! {
    /// The error that this thread's step is just now panicking with. Workers have a thread each, and nothing runs on it
    /// between the panic and the runner that catches it.
    static RAISED: RefCell<Option<(Raised, Vec<usize>)>> = const { RefCell::new(None) };
}

/// How a step ended that did not hold.
#[derive(Debug, Clone)]
pub enum Raised {
    /// It failed.
    Failed(Class, String),
    /// The target lacks what it needs.
    NotApplicable(String),
}

impl StepError {
    /// Takes the error of the step that has just panicked, and the numbers of the elements that it is for want of; `None` where it
    /// panicked of its own.
    pub(super) fn take() -> Option<(Raised, Vec<usize>)> {
        RAISED.with(RefCell::take)
    }
}

impl Raised {
    /// What an error amounts to.
    pub fn of(error: &anyhow::Error) -> Self {
        match error.chain().find_map(|cause| cause.downcast_ref::<Lacking>()) {
            Some(lacking) => Self::NotApplicable(lacking.to_string()),
            None => Self::Failed(class_of(error), format!("{error:#}")),
        }
    }
}

impl<E: Into<anyhow::Error>> From<E> for StepError {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl fmt::Display for StepError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        RAISED.with(|raised| raised.replace(Some((Raised::of(&self.0), sought_of(&self.0).to_vec()))));
        write!(f, "{:#}", self.0)
    }
}
