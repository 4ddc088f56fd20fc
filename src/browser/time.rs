//! A scenario's time: when nothing new is begun in it any more, and what is no part of it.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    time::{Duration, Instant},
};

use tokio::sync::Notify;

/// The time of a scenario, one for all its windows: clones are the same.
#[derive(Debug, Clone, Default)]
pub struct Time(Rc<Kept>);

#[derive(Debug, Default)]
struct Kept {
    /// When nothing new is begun any more, and whose time is up then.
    until: RefCell<Option<(Instant, String)>>,
    /// How long it was held up, and since when it is now.
    held_up: Cell<(Duration, Option<Instant>)>,
    begun: Notify,
}

impl Time {
    /// From then on nothing new is begun.
    pub(super) fn stop_at(&self, when: Instant, whose: String) {
        self.0.until.replace(Some((when, whose)));
    }

    /// Whose time is up, if any is.
    pub(super) fn is_up(&self) -> Option<String> {
        let until = self.0.until.borrow();
        until.as_ref().filter(|(when, _)| Instant::now() >= *when).map(|(_, whose)| whose.clone())
    }

    /// Waits for what is no page's fault, such as a turn or a person: that is no time of the step's, nor of the scenario's.
    pub async fn outside<T>(&self, waited_for: impl Future<Output = T>) -> T {
        let _ends = Outside::begin(&self.0);
        waited_for.await
    }

    /// How long it was held up so by now, with what goes on at this moment.
    #[must_use]
    pub fn held_up(&self) -> Duration {
        let (ended, since) = self.0.held_up.get();
        ended + since.map_or(Duration::ZERO, |since| since.elapsed())
    }

    /// Comes to an end once it is held up so.
    pub async fn is_held_up(&self) {
        loop {
            let begun = self.0.begun.notified();
            if self.0.held_up.get().1.is_some() {
                return;
            }
            begun.await;
        }
    }
}

/// Ends what holds it up, also where that is given up.
struct Outside<'a>(&'a Kept, Instant);

impl<'a> Outside<'a> {
    fn begin(kept: &'a Kept) -> Self {
        let now = Instant::now();
        kept.held_up.set((kept.held_up.get().0, Some(now)));
        kept.begun.notify_waiters();
        Self(kept, now)
    }
}

impl Drop for Outside<'_> {
    fn drop(&mut self) {
        let Self(kept, since) = self;
        let waited = since.elapsed();
        kept.held_up.set((kept.held_up.get().0 + waited, None));
        if let Some((when, _)) = &mut *kept.until.borrow_mut() {
            *when += waited;
        }
    }
}
