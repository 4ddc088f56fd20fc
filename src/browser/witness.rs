//! What a page is just now, for the record of a run. Nothing here waits but for the page that a navigation leads to, and nothing
//! here fails a scenario but an alert that lies over the page.

use std::{
    cell::Cell,
    rc::Rc,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::{
    calls::KEEPING_EVIDENCE,
    channel::Extent,
    looking::Looking,
    manners::Manners,
    question::{self, Answered, Kept, Question, Request, Survey, Surveyed, Terms, Unveil, Veil, Ways, Whose},
    replies::Replies,
    tabs::Tabs,
};
use crate::{
    domain::{Class, InClass as _, class_of},
    target::Locator,
};

/// What a page was at some moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Sight {
    /// Its address.
    pub address: String,
    /// All of it as an accessible tree in text.
    pub tree: String,
    /// What it asked servers for since it was looked at last.
    pub requests: Vec<Request>,
}

/// The page as it is at this moment, for whoever has to find out what is what on it: nothing is waited for, dismissed or pressed.
/// `None` where it is just being replaced or cannot be asked.
pub struct Glance<'a>(pub(super) &'a Witness);

impl Glance<'_> {
    /// Its address, and all that a person may read or use.
    pub async fn survey(&self) -> Option<(String, Surveyed)> {
        self.ask(&Survey { rest: 0, most: 0, part: None }).await
    }

    /// The ways to say which thing of the survey it is, the shortest first.
    pub async fn ways(&self, thing: usize, changes: bool) -> Option<Vec<Locator>> {
        Some(self.ask(&Ways { of: thing, changes, inside: None }).await?.1)
    }

    /// Which thing of the survey each of these finds, where it finds exactly one.
    pub async fn whose(&self, locators: &[Locator]) -> Option<Vec<Option<usize>>> {
        Some(self.ask(&Whose { locators: locators.to_vec() }).await?.1)
    }

    async fn ask<Q: Question>(&self, question: &Q) -> Option<(String, Q::Answer)> {
        match self.0.looking.look(question, &Terms::default(), "", GLANCE).await {
            Ok(Some(Answered { at, met })) => at.zip(met.ok()),
            _ => None,
        }
    }
}

/// A page that has just answered answers within that.
const GLANCE: Duration = Duration::from_millis(300);

/// Keeps evidence of pages.
pub(super) struct Witness {
    manners: Rc<Manners>,
    tabs: Rc<Tabs>,
    looking: Rc<Looking>,
    replies: Rc<Replies>,
    /// When the page was last witnessed, by the browser's clock.
    witnessed: Cell<f64>,
}

impl Witness {
    pub(super) fn new(manners: Rc<Manners>, tabs: Rc<Tabs>, looking: Rc<Looking>, replies: Rc<Replies>) -> Self {
        Self { manners, tabs, looking, replies, witnessed: Cell::default() }
    }

    /// The page as it is now; `None` where it is just being replaced or cannot be asked.
    pub(super) async fn sight(&self) -> anyhow::Result<Option<Sight>> {
        let question = question::Witness { since: self.witnessed.get() };
        let until = Instant::now() + self.manners.scaled(self.manners.load);
        // Once more, since a page that was just replaced has its successor now, and one whose dialog was answered goes on.
        for _ in 0..2 {
            let left = until.saturating_duration_since(Instant::now());
            match self.looking.look(&question, &Terms::default(), "", left).await {
                Ok(Some(Answered { at, met })) => {
                    let Some((address, seen)) = at.zip(met.ok().flatten()) else { return Ok(None) };
                    self.witnessed.set(seen.now);
                    return Ok(Some(Sight { address, tree: seen.tree, requests: seen.requests }));
                }
                Ok(None) => {}
                Err(_) if self.replies.answer_by_profile().await? => {}
                Err(error) if class_of(&error) == Class::Product => return Err(error),
                // Whatever it is, the next step meets it too, and says it better.
                Err(_) => return Ok(None),
            }
        }
        Ok(None)
    }

    /// All of the page as markup; `None` where it is just being replaced or cannot be asked.
    pub(super) async fn whole(&self) -> Option<Kept> {
        let within = self.manners.scaled(self.manners.load);
        match self.looking.look(&question::Keep {}, &Terms::default(), "", within).await {
            Ok(Some(Answered { met, .. })) => met.ok().flatten(),
            _ => None,
        }
    }

    /// A picture of the page.
    pub(super) async fn picture(&self, extent: Extent) -> anyhow::Result<Vec<u8>> {
        let (tab, started) = (self.tabs.here(), Instant::now());
        let taken = self.tabs.channel.picture(&tab, extent).await;
        let came = taken.as_ref().err().map(|error| format!("{error:#}"));
        self.tabs.calls.keep(KEEPING_EVIDENCE, "a picture", started, came);
        let data = taken.in_class(Class::Infrastructure)?;
        STANDARD.decode(data).context("the browser's picture is not in base64").in_class(Class::Infrastructure)
    }

    /// The same with passwords, codes and card numbers blacked out; `None` where they cannot be.
    pub(super) async fn veiled_picture(&self, extent: Extent) -> Option<Vec<u8>> {
        let terms = Terms::default();
        let veil = self.looking.look(&Veil {}, &terms, "", self.manners.scaled(self.manners.load)).await;
        let picture = match veil {
            Ok(Some(Answered { met: Ok(()), .. })) => self.picture(extent).await.ok(),
            _ => None,
        };
        // Whatever was answered: only a page that has gone has taken its veil along.
        let _lifted = self.looking.look(&Unveil {}, &terms, "", Duration::ZERO).await;
        picture
    }
}
