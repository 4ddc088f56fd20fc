//! What a person does with an element, and that it has come of it what should.

use std::{
    rc::Rc,
    time::{Duration, Instant},
};

use super::{
    expectation::Expectation,
    hand::{Entry, Gesture, Hand, Stroke},
    looking::{Look, Looking},
    question::{Answered, Choose, Landed, Offer, Question, Seen, Terms, Typed, Unmet},
    replies::Replies,
    tabs::Tabs,
    trouble::GRACE,
    waiting::Waiting,
};
use crate::{
    domain::Failure,
    target::{Locator, Text},
};

/// Does things with elements.
pub(super) struct Acting {
    pub(super) waiting: Rc<Waiting>,
    tabs: Rc<Tabs>,
    looking: Rc<Looking>,
    hand: Rc<Hand>,
    replies: Rc<Replies>,
}

impl Acting {
    pub(super) fn new(
        waiting: Rc<Waiting>,
        tabs: Rc<Tabs>,
        looking: Rc<Looking>,
        hand: Rc<Hand>,
        replies: Rc<Replies>,
    ) -> Self {
        Self { waiting, tabs, looking, hand, replies }
    }

    /// Presses an element and keys, in one call each for aiming and acting.
    pub(super) async fn press(&self, page: &str, locator: &Locator, then: Vec<Stroke>) -> anyhow::Result<()> {
        self.act(Gesture::Press(locator.clone(), then), page, || Ok(())).await
    }

    /// The same, where a press must be told of first: `ready` is called once the element can take it, right before it is made. Where
    /// it fails, nothing is pressed.
    pub(super) async fn press_once(
        &self,
        page: &str,
        locator: &Locator,
        then: Vec<Stroke>,
        ready: impl FnOnce() -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        let ready = || {
            ready()?;
            self.replies.permit(true);
            Ok(())
        };
        self.act(Gesture::PressOnce(locator.clone(), then), page, ready).await
    }

    /// Rests the pointer on an element.
    pub(super) async fn hover(&self, page: &str, locator: &Locator) -> anyhow::Result<()> {
        self.act(Gesture::Hover(locator.clone()), page, || Ok(())).await
    }

    async fn act(
        &self,
        gesture: Gesture,
        page: &str,
        ready: impl FnOnce() -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        self.waiting.perform(&gesture, page, Stroke::SelectAll, ready).await?;
        self.hand.did(gesture.clone());
        match gesture {
            Gesture::Hover(_) => Ok(()),
            _ => self.replies.answer_expected(page, gesture.locator()).await,
        }
    }

    /// Replaces what is in a field. It is left only once it holds the text, and that it did is known at the end.
    pub(super) async fn replace(&self, page: &str, locator: &Locator, entry: Entry) -> anyhow::Result<()> {
        let should = "hold what is typed into it".into();
        let expectation = Expectation { page, subject: locator.to_string(), should, locator };
        let gesture = Gesture::Type(locator.clone(), entry);
        let (started, within) = (Instant::now(), self.within());
        let mut select = Stroke::SelectAll;
        loop {
            self.waiting.perform(&gesture, page, select.clone(), || Ok(())).await?;
            self.hand.moved_on();
            self.replies.answer_expected(page, locator).await?;
            let look = self.look_once(&Typed {}, &expectation, within).await?;
            self.waiting.stay_home::<Typed>(&look, &expectation).await?;
            let Some(Answered { at, met }) = look else { return Ok(()) };
            let seen = match met {
                // Only of a frame is it not known yet: that has gone with the field.
                Ok(None) | Err(Unmet::NotYet(_)) => return Ok(()),
                Ok(Some(holds)) => {
                    // Some pages have uses of their own for the keys that mark everything.
                    let is_over = !matches!(select, Stroke::SelectAll);
                    select = Stroke::SelectLine;
                    is_over.then(|| Seen::only(holds, at))
                }
                Err(unmet) => unmet.into_seen().filter(|_| started.elapsed() >= within),
            };
            if let Some(seen) = seen {
                return Err(Failure::product(expectation.unmet(Some(&seen), None, started.elapsed())).into());
            }
        }
    }

    /// Whether the last press has met what it was meant for is known before its page is left; where it has not, it is made again.
    pub(super) async fn landed(&self, page: &str) -> anyhow::Result<()> {
        let is_leaving = || self.tabs.channel.leaving(&self.tabs.here()).is_some();
        let Some(gesture) = self.hand.last().filter(|_| !is_leaving()) else { return Ok(()) };
        let locator = gesture.locator();
        let should = "take what was done to it".into();
        let expectation = Expectation { page, subject: locator.to_string(), should, locator };
        let (started, within) = (Instant::now(), self.within());
        loop {
            self.hand.take_unsure();
            let look = self.look_once(&Landed {}, &expectation, within).await?;
            let (seen, slipped) = match look.map(|answered| answered.met) {
                Some(Err(Unmet::Missed(seen))) => (seen, false),
                Some(Err(Unmet::Slipped(seen))) => (seen, true),
                _ => return Ok(()),
            };
            if started.elapsed() >= within {
                return Err(Failure::product(expectation.unmet(Some(&seen), None, started.elapsed())).into());
            }
            self.waiting.do_again(&expectation, slipped.then_some(seen.seen.as_str())).await?;
        }
    }

    /// Chooses an option of a native select.
    pub(super) async fn choose_native(&self, page: &str, locator: &Locator, option: &Text) -> anyhow::Result<()> {
        if self.hand.is_without_mouse() && self.waiting.barred.borrow().is_empty() {
            let keys = self.waiting.go_by_keys(page, locator, None, Some(option)).await?;
            return self.hand.type_keys(&format!("{page}: {locator}"), &keys).await;
        }
        let should = format!("offer the option {option}");
        let expectation = Expectation { page, subject: locator.to_string(), should, locator };
        let started = Instant::now();
        self.waiting.ask(Offer { locator: locator.clone(), option: option.clone() }, &expectation).await?;
        // Made once: the page may be left for it, or ask back.
        let choose = Choose { locator: locator.clone(), option: option.clone() };
        let (frames, about, terms) = (locator.frames(), expectation.to_string(), Terms::default());
        let look = match Box::pin(self.looking.look_in(&frames, &choose, &terms, &about, GRACE)).await {
            Err(_) if self.replies.answer_by_profile().await? => return Ok(()),
            look => look?,
        };
        self.waiting.stay_home::<Choose>(&look, &expectation).await?;
        match look {
            Some(Answered { met: Err(unmet), .. }) => {
                let seen = unmet.into_seen();
                Err(Failure::product(expectation.unmet(seen.as_ref(), None, started.elapsed())).into())
            }
            _ => Ok(()),
        }
    }

    /// Asks once, as the page is now; where a dialog lies over it, once that is answered as the profile says.
    async fn look_once<Q: Question>(
        &self,
        question: &Q,
        expectation: &Expectation<'_>,
        within: Duration,
    ) -> anyhow::Result<Look<Q::Answer>> {
        let (frames, about, terms) = (expectation.locator.frames(), expectation.to_string(), Terms::default());
        let look = || Box::pin(self.looking.look_in(&frames, question, &terms, &about, within));
        match look().await {
            Err(_) if self.replies.answer_by_profile().await? => look().await,
            look => look,
        }
    }

    /// How long an element may take.
    fn within(&self) -> Duration {
        self.waiting.manners.scaled(self.waiting.manners.element)
    }
}
