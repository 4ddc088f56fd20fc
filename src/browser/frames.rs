//! Frames within a page: each is a document of its own, perhaps of another site and in another process, and is asked by itself.
//!
//! The driver goes into them, over either channel: it alone knows of the document behind an element. It is back at the page when
//! the answer is there, and pointer and keys are used on the page, as people use them; but for browsers whose pointer does not get
//! into a frame from there: the driver stays in it until the next look, and its pointer is moved there.

use std::time::{Duration, Instant};

use anyhow::Context as _;
use fantoccini::{
    elements::{Element, ElementRef},
    error::CmdError,
};

use super::{
    looking::{Look, Looking},
    question::{Answered, Frame, Handed, Point, Question, Terms, Through},
    trouble::{GRACE, Trouble, swept_away},
};
use crate::target::Locator;

/// What a call is called that asks a document in a frame, or a frame's own.
const DOING: &str = "looking into a frame";

impl Looking {
    /// Asks the document in the innermost of these frames once; the page itself where there are none.
    ///
    /// # Errors
    /// As [`Self::look`].
    pub(super) async fn look_in<Q: Question>(
        &self,
        frames: &[Locator],
        question: &Q,
        terms: &Terms,
        about: &str,
        slice: Duration,
    ) -> anyhow::Result<Look<Q::Answer>> {
        if frames.is_empty() {
            return Box::pin(self.look(question, terms, about, slice)).await;
        }
        let until = Instant::now() + slice;
        let left = || until.saturating_duration_since(Instant::now());
        self.step_out().await?;
        let tabs = &self.tabs;
        if tabs.channel.reaches_pages() {
            let here = tabs.here();
            let standing = tabs.channel.stands(&tabs.user_context, &here, slice);
            if !tabs.calls.timed("waiting for a page", about, slice + GRACE, standing).await? {
                return Ok(None);
            }
        }
        let look = self.look_through(frames, question, terms, about, &left).await?;
        if !self.stays.take() {
            self.step_out().await?;
        }
        Ok(look)
    }

    async fn look_through<Q: Question>(
        &self,
        frames: &[Locator],
        question: &Q,
        terms: &Terms,
        about: &str,
        left: &impl Fn() -> Duration,
    ) -> anyhow::Result<Look<Q::Answer>> {
        let inside = Terms { overlays: Vec::new(), ..terms.clone() };
        let nothing = question.where_no_frame_is();
        if let Some(stuck_at) = self.way_in(frames, nothing, terms, about, left).await? {
            return Ok(stuck_at);
        }
        let mut look = self.look_by_driver(DOING, question, &inside, about, left()).await?;
        if let Some(Answered { met: Ok(answer), .. }) = &mut look
            && let Some((point, press)) = question.point(answer)
        {
            let within = point.clone();
            let way_out = self.way_out(frames, within.clone(), press, &inside, about, left).await?;
            let Some(Answered { met: Ok(there), .. }) = way_out else { return Ok(stuck(way_out)) };
            *point = there;
            if !self.tabs.channel.points_into_frames() {
                if let Some(stuck_at) = self.way_in(frames, None, terms, about, left).await? {
                    return Ok(stuck_at);
                }
                *point = within;
                self.stays.set(true);
            }
        }
        Ok(look)
    }

    /// Goes into these frames, the outermost first; something where that comes to nothing. `nothing`: the answer where one is not
    /// there.
    async fn way_in<T>(
        &self,
        frames: &[Locator],
        mut nothing: Option<T>,
        terms: &Terms,
        about: &str,
        left: &impl Fn() -> Duration,
    ) -> anyhow::Result<Option<Look<T>>> {
        let inside = Terms { overlays: Vec::new(), ..terms.clone() };
        for (depth, frame) in frames.iter().enumerate() {
            let terms = if depth == 0 { terms } else { &inside };
            let question = Frame { locator: frame.clone(), may_lack: nothing.is_some() };
            let found = self.look_by_driver(DOING, &question, terms, about, left()).await?;
            let Some(Answered { at, met: Ok(found) }) = found else { return Ok(Some(stuck(found))) };
            let Some(found) = found else {
                let nothing = nothing.take().context("the page script handed back no frame")?;
                return Ok(Some(Some(Answered { at, met: Ok(nothing) })));
            };
            if !self.step_into(found).await? {
                return Ok(Some(None));
            }
        }
        Ok(None)
    }

    /// Where on the page a point in the innermost frame is, if a pointer gets there through all that is round it.
    async fn way_out(
        &self,
        frames: &[Locator],
        mut point: Point,
        press: bool,
        terms: &Terms,
        about: &str,
        left: &impl Fn() -> Duration,
    ) -> anyhow::Result<Look<Point>> {
        for frame in frames.iter().rev() {
            self.tabs.call("leaving a frame", about, GRACE, self.tabs.client.enter_parent_frame()).await?;
            let question = Through { locator: frame.clone(), point, press };
            let through = self.look_by_driver(DOING, &question, terms, about, left()).await?;
            let Some(Answered { met: Ok(there), .. }) = through else { return Ok(through) };
            point = there;
        }
        Ok(Some(Answered { at: None, met: Ok(point) }))
    }

    /// Goes into the frame that was found; `false` where it has gone again.
    async fn step_into(&self, found: Handed) -> anyhow::Result<bool> {
        let id = found.id().context("the page script handed back no frame")?;
        let frame = Element::from_element_id(self.tabs.client.clone(), ElementRef::from(id));
        self.stepping_in();
        match self.tabs.call("going into a frame", "", GRACE, frame.enter_frame()).await {
            Ok(()) => Ok(true),
            Err(Trouble::Command(CmdError::Standard(error))) if swept_away(&error.error, &error.message) => Ok(false),
            Err(trouble) => Err(trouble.into()),
        }
    }
}

/// What a document round a frame answered that brings nobody further, as the answer of what is in the frame.
fn stuck<T, U>(look: Look<T>) -> Look<U> {
    look.and_then(|Answered { at, met }| met.err().map(|unmet| Answered { at, met: Err(unmet) }))
}
