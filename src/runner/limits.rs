//! How long steps and scenarios may take. The inner deadline always speaks first: when a step's time is up, nothing new
//! is begun in it, and what it waits for still gets its own time and says what it waited for.

use std::{
    pin::pin,
    time::{Duration, Instant},
};

use super::raised::Raised;
use crate::{browser::Time, domain::Class, target::Target};

/// What a call to the driver and its clearing up may take beyond all of a page's own deadlines.
const SLACK: Duration = Duration::from_secs(45);

/// The deadlines of a scenario that has begun.
pub struct Limits {
    began: Instant,
    step: Duration,
    scenario: Duration,
    longest: Duration,
    /// What the scenario is held up by is none of it.
    time: Time,
}

/// What one step gets.
pub struct Limit {
    /// After this nothing new is begun.
    pub soft: Duration,
    /// After this the step is given up: it waits for what has no deadline of its own.
    pub hard: Duration,
    /// Whose time it is.
    pub whose: String,
    began: Instant,
    /// How long the scenario had been held up when the step began.
    before: Duration,
}

impl Limits {
    /// Of a scenario that begins now.
    pub fn begin(target: &Target, time: Time) -> Self {
        let deadlines = &target.profile.deadlines;
        let scaled = |duration: Duration| duration.mul_f64(target.time_scale);
        Self {
            began: Instant::now(),
            step: scaled(deadlines.step),
            scenario: scaled(deadlines.scenario),
            longest: scaled(deadlines.longest()),
            time,
        }
    }

    /// Of a step that begins at this moment.
    pub fn of(&self, now: Instant) -> Limit {
        let before = self.time.held_up();
        let left = (self.scenario + before).saturating_sub(now.duration_since(self.began));
        let (soft, whose) = match left < self.step {
            true => (left, format!("the scenario's {:.1} s", self.scenario.as_secs_f64())),
            false => (self.step, format!("the step's {:.1} s", self.step.as_secs_f64())),
        };
        Limit { soft, hard: soft + self.longest + SLACK, whose, began: now, before }
    }

    /// What this comes to; `None` where the step has to be given up before.
    pub async fn keep<T>(&self, limit: &Limit, going: impl Future<Output = T>) -> Option<T> {
        let mut going = pin!(going);
        loop {
            let held_up = self.time.held_up().saturating_sub(limit.before);
            let left = (limit.hard + held_up).saturating_sub(limit.began.elapsed());
            match tokio::time::timeout(left, &mut going).await {
                Ok(came) => return Some(came),
                Err(_) if left.is_zero() => return None,
                // It may have been held up meanwhile.
                Err(_) => {}
            }
        }
    }
}

impl Limit {
    /// The failure of a step that had to be given up.
    pub fn overrun(&self) -> Raised {
        let text = format!(
            "the step did not end, nor say why, within {:.1} s; {} were up long before",
            self.hard.as_secs_f64(),
            self.whose
        );
        Raised::Failed(Class::Infrastructure, text)
    }
}
