//! How often a minute a target lets itself be logged in to and paid at.

use std::{
    num::NonZeroU32,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, de};
use serde_untagged::UntaggedEnumVisitor;
use tokio::{sync::Notify, time::Instant};

use crate::spoken::counted;

/// The minute, and a second: what a site counts came a little later than it was sent.
const MINUTE: Duration = Duration::from_secs(61);

/// At most so many of each in any minute, over all workers of a run; a shard has its share of it. Whoever comes too early waits, and
/// that costs no step and no scenario any of its time. What is not said has no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Pace {
    /// So many logins with a password, whether they succeed or not.
    #[serde(default, deserialize_with = "most")]
    pub logins: Option<NonZeroU32>,
    /// So many presses of what pays.
    #[serde(default, deserialize_with = "most")]
    pub purchases: Option<NonZeroU32>,
}

fn most<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<NonZeroU32>, D::Error> {
    let expected = "a whole number from 1 on, such as 30";
    UntaggedEnumVisitor::new()
        .expecting(expected)
        .u64(|number| {
            let most = u32::try_from(number).ok().and_then(NonZeroU32::new);
            most.map(Some).ok_or_else(|| de::Error::invalid_value(de::Unexpected::Unsigned(number), &expected))
        })
        .unit(|| Ok(None))
        .deserialize(deserializer)
}

/// What is paced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paced {
    /// Logging in with a password.
    Login,
    /// Pressing what pays.
    Purchase,
}

/// Who may go now: the pace of one run, shared by its workers.
#[derive(Debug)]
pub struct Turns {
    logins: Option<Arc<Limit>>,
    purchases: Option<Arc<Limit>>,
}

impl Turns {
    /// Those of one of so many shards.
    #[must_use]
    pub fn shared_by(pace: Pace, shards: usize) -> Self {
        let limit = |most: Option<NonZeroU32>| most.map(|most| Arc::new(Limit::shared_by(most, shards)));
        Self { logins: limit(pace.logins), purchases: limit(pace.purchases) }
    }

    /// Waits until one more of these keeps the pace. It counts until a minute after what this gives is dropped.
    pub async fn take(&self, paced: Paced) -> Turn {
        let limit = match paced {
            Paced::Login => &self.logins,
            Paced::Purchase => &self.purchases,
        };
        match limit {
            Some(limit) => Turn(Some((Arc::clone(limit), limit.take().await))),
            None => Turn(None),
        }
    }

    /// How many wait at this moment, and for what, such as `2 for a turn (pace: 6 logins in 61 s)`; nothing where nobody does.
    #[must_use]
    pub fn waiting(&self) -> Option<String> {
        let told = [(&self.logins, "login"), (&self.purchases, "purchase")].map(|(limit, what)| {
            let limit = limit.as_ref()?;
            let waiting = limit.state().waiting;
            let (most, within) = (counted(limit.most, what), limit.within.as_secs());
            (waiting > 0).then(|| format!("{waiting} for a turn (pace: {most} in {within} s)"))
        });
        let told: Vec<String> = told.into_iter().flatten().collect();
        (!told.is_empty()).then(|| told.join(", "))
    }
}

/// Leave to go once. Held for as long as what it was taken for goes on.
#[derive(Debug)]
#[must_use = "what is done without it is not counted"]
pub struct Turn(Option<(Arc<Limit>, usize)>);

impl Drop for Turn {
    fn drop(&mut self) {
        if let Some((limit, place)) = &self.0 {
            limit.state().places[*place] = Place::FreeFrom(Instant::now() + limit.within);
            limit.changed.notify_waiters();
        }
    }
}

#[derive(Debug)]
struct Limit {
    most: usize,
    within: Duration,
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Debug)]
struct State {
    /// As many as may go within the time.
    places: Vec<Place>,
    waiting: usize,
}

#[derive(Debug, Clone, Copy)]
enum Place {
    Taken,
    FreeFrom(Instant),
}

impl Limit {
    /// A share of less than one a minute is one in some minutes.
    fn shared_by(most: NonZeroU32, shards: usize) -> Self {
        let (most, shards) = (most.get() as usize, shards.max(1));
        let (most, within) = match most / shards {
            0 => (1, MINUTE.mul_f64(shards as f64 / most as f64)),
            share => (share, MINUTE),
        };
        let state = State { places: vec![Place::FreeFrom(Instant::now()); most], waiting: 0 };
        Self { most, within, state: Mutex::new(state), changed: Notify::new() }
    }

    /// A holder that panicked left nothing half done.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn take(&self) -> usize {
        let _waiting = Waiting::begin(self);
        loop {
            // Whatever changes after this look wakes.
            let changed = self.changed.notified();
            let free_from = {
                let mut state = self.state();
                let free = |(index, place): (usize, &Place)| match place {
                    Place::FreeFrom(when) => Some((*when, index)),
                    Place::Taken => None,
                };
                match state.places.iter().enumerate().filter_map(free).min() {
                    Some((when, index)) if when <= Instant::now() => {
                        state.places[index] = Place::Taken;
                        return index;
                    }
                    first => first.map(|(when, _)| when),
                }
            };
            match free_from {
                Some(when) => {
                    tokio::select! { () = tokio::time::sleep_until(when) => {}, () = changed => {} }
                }
                None => changed.await,
            }
        }
    }
}

struct Waiting<'a>(&'a Limit);

impl<'a> Waiting<'a> {
    fn begin(limit: &'a Limit) -> Self {
        limit.state().waiting += 1;
        Self(limit)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.state().waiting -= 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// For tests, a minute is this long.
    const SHORT: Duration = Duration::from_millis(200);

    fn most(count: u32) -> NonZeroU32 {
        NonZeroU32::new(count).expect("more than none")
    }

    fn purchases(limit: Limit) -> Arc<Turns> {
        Arc::new(Turns { logins: None, purchases: Some(Arc::new(limit)) })
    }

    /// When each of so many that come at once went, and when it had ended, in order.
    async fn gone(turns: &Arc<Turns>, count: usize, lasting: Duration) -> Vec<(Instant, Instant)> {
        let going: Vec<_> = (0..count)
            .map(|_| {
                let turns = Arc::clone(turns);
                tokio::spawn(async move {
                    let turn = turns.take(Paced::Purchase).await;
                    let went = Instant::now();
                    tokio::time::sleep(lasting).await;
                    let ended = Instant::now();
                    drop(turn);
                    (went, ended)
                })
            })
            .collect();
        let mut gone = Vec::new();
        for one in going {
            gone.push(one.await.expect("gone"));
        }
        gone.sort_unstable();
        gone
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn whoever_would_be_one_too_many_goes_a_minute_after_an_earlier_one_ended() {
        let limit = Limit { within: SHORT, ..Limit::shared_by(most(3), 1) };
        let all = gone(&purchases(limit), 8, Duration::from_millis(20)).await;
        let mut ends: Vec<Instant> = Vec::new();
        for (went, ended) in all {
            let still_counting = ends.iter().filter(|end| **end + SHORT > went).count();
            assert!(still_counting < 3, "{still_counting} went within the minute before");
            ends.push(ended);
        }
    }

    #[test]
    fn shards_share_the_pace() {
        let share = |count, shards| {
            let limit = Limit::shared_by(most(count), shards);
            (limit.most, limit.within.as_secs())
        };
        assert_eq!(share(6, 1), (6, 61));
        assert_eq!(share(6, 2), (3, 61));
        assert_eq!(share(7, 3), (2, 61));
        assert_eq!(share(6, 12), (1, 122), "one every other minute");
    }

    #[tokio::test]
    async fn what_is_not_said_has_no_limit_and_who_waits_is_told() {
        let turns = purchases(Limit::shared_by(most(1), 1));
        for _ in 0..50 {
            drop(turns.take(Paced::Login).await);
        }
        assert_eq!(turns.waiting(), None);
        let _first = turns.take(Paced::Purchase).await;
        let other = Arc::clone(&turns);
        let waits = tokio::spawn(async move { drop(other.take(Paced::Purchase).await) });
        tokio::task::yield_now().await;
        assert_eq!(turns.waiting().as_deref(), Some("1 for a turn (pace: 1 purchase in 61 s)"));
        // Whoever is given up while it waits takes nobody's place.
        waits.abort();
        assert!(waits.await.is_err());
        assert_eq!(turns.waiting(), None);
    }
}
