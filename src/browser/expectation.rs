//! What is expected of a page, in words, and how it is told that it was not so.

use std::{fmt, time::Duration};

use super::{
    question::Seen,
    trouble::{cut, seconds},
};
use crate::target::Locator;

/// What is expected of the page, in words: `page: subject should verb`.
pub(super) struct Expectation<'a> {
    pub(super) page: &'a str,
    pub(super) subject: String,
    pub(super) should: String,
    pub(super) locator: &'a Locator,
}

impl fmt::Display for Expectation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} should {}", self.page, self.subject, self.should)
    }
}

impl Expectation<'_> {
    /// The text of the failure. `leaving`: where a navigation is to lead that is on its way.
    pub(super) fn unmet(&self, last: Option<&Seen>, leaving: Option<&str>, waited: Duration) -> String {
        let mut text = self.to_string();
        let unseen = if leaving.is_some() { "no page" } else { "the page kept being replaced" };
        text.push_str(&format!("\n  saw      {}", last.map_or(unseen, |last| &last.seen)));
        for said in last.iter().flat_map(|last| &last.said) {
            text.push_str(&format!("\n  page     says {:?}", cut(said.clone())));
        }
        if let Some(at) = last.and_then(|last| last.at.as_deref()) {
            text.push_str(&format!("\n  at       {}", cut(at.to_owned())));
        }
        if let Some(document) = last.and_then(|last| last.document.as_ref()).filter(|it| it.status >= 400) {
            text.push_str(&format!("\n  answered {}, at {}", document.status, cut(document.address.clone())));
        }
        if let Some(address) = leaving {
            text.push_str(&format!("\n  left     for {}, from where no page has come", cut(address.to_owned())));
        }
        text.push_str(&format!("\n  located  by {}", self.locator));
        if let Some(last) = last
            && !last.near.is_empty()
        {
            text.push_str(&format!("\n  near     {}", last.near.join(", ")));
        }
        text.push_str(&format!("\n  waited   {}", seconds(waited)));
        text
    }
}
