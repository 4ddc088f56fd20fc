//! Frames within a page: each is a document of its own, perhaps of another site and in another process, and is asked by itself.
//!
//! The driver goes into them, over either channel: it alone knows of the document behind an element. It is back at the page when
//! the answer is there, and pointer and keys are used on the page, as people use them.

use std::time::{Duration, Instant};

use anyhow::Context as _;
use fantoccini::{
    elements::{Element, ElementRef},
    error::CmdError,
    wd::WindowHandle,
};
use serde_json::{Value, json};

use super::{
    Visit,
    ask::{Answer, Look, Point},
    trouble::{GRACE, Trouble, swept_away},
};
use crate::target::Locator;

impl Visit {
    /// Asks the document in the innermost of these frames once; the page itself where there are none.
    pub(super) async fn look_in(
        &self,
        frames: &[Locator],
        request: &Value,
        about: &str,
        slice: Duration,
    ) -> anyhow::Result<Look> {
        if frames.is_empty() {
            return Box::pin(self.look(request, about, slice)).await;
        }
        let until = Instant::now() + slice;
        let left = || until.saturating_duration_since(Instant::now());
        self.step_out().await?;
        let tab = self.tab.borrow().clone();
        if self.channel.reaches_pages() {
            let standing = self.channel.stands(&self.user_context, &tab, slice);
            if !self.timed("waiting for a page", about, slice + GRACE, standing).await? {
                return Ok(Look::SweptAway);
            }
        }
        for (depth, frame) in frames.iter().enumerate() {
            let mut asked = json!({ "do": "frame", "locator": frame });
            for key in ["load_ms", "last"] {
                asked[key] = request[key].clone();
            }
            if depth == 0 {
                asked["overlays"] = request["overlays"].clone();
            }
            let answer = match self.ask_here(asked, about, left()).await? {
                Look::Answered(answer) if answer.state == "ok" => answer,
                other => return self.back_with(other).await,
            };
            if !self.step_into(&answer).await? {
                return self.back_with(Look::SweptAway).await;
            }
        }
        let mut asked = request.clone();
        asked["overlays"] = json!([]);
        let mut look = self.ask_here(asked, about, left()).await?;
        if let Look::Answered(answer) = &mut look
            && let Some(point) = answer.point
        {
            match self.through(frames, point, request, about, &left).await? {
                Ok(point) => answer.point = Some(point),
                Err(other) => look = other,
            }
        }
        self.back_with(look).await
    }

    /// The same, where a dialog lies over the page: once that is answered as the profile says.
    pub(super) async fn look_once(
        &self,
        frames: &[Locator],
        request: &Value,
        about: &str,
        slice: Duration,
    ) -> anyhow::Result<Look> {
        let look = || Box::pin(self.look_in(frames, request, about, slice));
        match look().await {
            Err(_) if self.answer_by_profile().await? => look().await,
            look => look,
        }
    }

    /// Where on the page a point in the innermost frame is, if a pointer gets there through all that is round it.
    async fn through(
        &self,
        frames: &[Locator],
        mut point: Point,
        request: &Value,
        about: &str,
        left: &impl Fn() -> Duration,
    ) -> anyhow::Result<Result<Point, Look>> {
        for frame in frames.iter().rev() {
            self.call("leaving a frame", about, GRACE, self.client.enter_parent_frame()).await?;
            let at = json!({ "x": point.x, "y": point.y });
            let mut asked = json!({ "do": "through", "locator": frame, "point": at, "press": request["press"] });
            for key in ["load_ms", "last"] {
                asked[key] = request[key].clone();
            }
            match self.ask_here(asked, about, left()).await? {
                Look::Answered(answer) if answer.state == "ok" => {
                    point = answer.point.context("the page script found no way into a frame")?;
                }
                other => return Ok(Err(other)),
            }
        }
        Ok(Ok(point))
    }

    /// Goes into the frame that was found; `false` where it has gone again.
    async fn step_into(&self, found: &Answer) -> anyhow::Result<bool> {
        let id = found.element_id().context("the page script handed back no frame")?;
        let frame = Element::from_element_id(self.client.clone(), ElementRef::from(id));
        self.in_frame.set(true);
        match self.call("going into a frame", "", GRACE, frame.enter_frame()).await {
            Ok(()) => Ok(true),
            Err(Trouble::Command(CmdError::Standard(error))) if swept_away(&error.error, &error.message) => Ok(false),
            Err(trouble) => Err(trouble.into()),
        }
    }

    /// Asks the document that the driver is in.
    async fn ask_here(&self, mut request: Value, about: &str, slice: Duration) -> anyhow::Result<Look> {
        request["ms"] = json!(slice.as_millis());
        request["by_driver"] = json!(true);
        self.has_script.set(false);
        let answered = self.ask_driver("looking into a frame", about, &request, slice).await?;
        self.has_script.set(false);
        self.read(answered, true)
    }

    async fn back_with(&self, look: Look) -> anyhow::Result<Look> {
        self.step_out().await?;
        Ok(look)
    }

    /// The driver is with the page itself again, if it was in a frame of it.
    pub(super) async fn step_out(&self) -> Result<(), Trouble> {
        if self.in_frame.replace(false) {
            self.has_script.set(false);
            // Nothing shorter leads there from a frame that has gone.
            let page =
                WindowHandle::try_from(self.tab.borrow().clone()).map_err(|error| Trouble::Channel(error.into()))?;
            self.call("leaving a frame", "", GRACE, self.client.switch_to_window(page)).await?;
        }
        Ok(())
    }
}
