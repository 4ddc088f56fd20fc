//! What a page is just now, for the record of a run. Nothing here waits but for the page that a navigation leads to, and nothing
//! here fails a scenario but an alert that lies over the page.

use std::time::{Duration, Instant};

use serde::Deserialize;
use serde_json::json;

use super::{
    Extent, Visit,
    ask::{Answer, Look},
    channel::Said,
};
use crate::domain::{Class, class_of};

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

/// A request that a page made, as the page itself knows of it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Request {
    /// Its address.
    pub url: String,
    /// What asked for it: `navigation`, `link`, `script`, `fetch` and others.
    pub kind: String,
    /// The answer's status; `None` where the page may not know it.
    pub status: Option<u16>,
    /// When it began, ms since 1970 by the browser's clock.
    pub at: f64,
    /// How long it took, ms.
    pub ms: u64,
}

#[derive(Debug, Deserialize)]
pub(super) struct Seen {
    now: f64,
    requests: Vec<Request>,
}

impl Visit {
    /// The page as it is now; `None` where it is just being replaced or cannot be asked.
    ///
    /// # Errors
    /// Class product: an alert lies over the page. Some browsers dismiss it when they tell of it, and then nobody else will.
    pub async fn witness(&self) -> anyhow::Result<Option<Sight>> {
        let request = json!({ "do": "witness", "since": self.witnessed.get() });
        let until = Instant::now() + self.scaled(self.manners.load);
        // Once more, since a page that was just replaced has its successor now, and one whose dialog was answered goes on.
        for _ in 0..2 {
            match self.look(&request, "", until.saturating_duration_since(Instant::now())).await {
                Ok(Look::Answered(answer)) => return Ok(self.sight(*answer)),
                Ok(Look::SweptAway) => {}
                Err(_) if self.answer_by_profile().await? => {}
                Err(error) if class_of(&error) == Class::Product => return Err(error),
                // Whatever it is, the next step meets it too, and says it better.
                Err(_) => return Ok(None),
            }
        }
        Ok(None)
    }

    fn sight(&self, answer: Answer) -> Option<Sight> {
        let seen = answer.sight?;
        self.witnessed.set(seen.now);
        Some(Sight { address: answer.at?, tree: answer.tree?, requests: seen.requests })
    }

    /// A picture of the page, WebP, with passwords, codes and card numbers blacked out; `None` where they cannot
    /// be, for then nobody may keep one.
    pub async fn veiled_picture(&self, extent: Extent) -> Option<Vec<u8>> {
        let veil = self.look(&json!({ "do": "veil" }), "", self.scaled(self.manners.load)).await;
        let picture = match veil {
            Ok(Look::Answered(answer)) if answer.state == "ok" => self.picture(extent).await.ok(),
            _ => None,
        };
        // Whatever was answered: only a page that has gone has taken its veil along.
        let _lifted = self.look(&json!({ "do": "unveil" }), "", Duration::ZERO).await;
        picture
    }

    /// What the pages of this visit wrote to their consoles so far, and which of their requests failed.
    #[must_use]
    pub fn said(&self) -> Vec<Said> {
        self.channel.said(&self.user_context)
    }
}
