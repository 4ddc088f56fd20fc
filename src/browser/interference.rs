//! What a scenario does to a page from within the buyer's own browser: requests that are held, fail or lose their replies, and a
//! session that ends.

use std::time::Duration;

use anyhow::Context as _;

use super::{channel::Fate, visit::Visit};
use crate::{
    domain::{Class, Failure, InClass as _},
    target::{Lacking, RequestRule},
};

impl Visit {
    /// Has this become of the requests that are meant, of any tab or frame of this buyer, until they are let go. What was kept back
    /// before is let go.
    ///
    /// # Errors
    /// [`Lacking`] where the browser cannot; class infrastructure: it is gone.
    pub async fn intercept(&self, meant: &RequestRule, fate: Fate) -> anyhow::Result<()> {
        match self.tabs.channel.intercept(&self.tabs.user_context, meant, fate).await {
            Err(error) if !error.is::<Lacking>() => {
                Err(error.context(format!("having the browser intercept requests ({meant})")))
                    .in_class(Class::Infrastructure)
            }
            begun => begun,
        }
    }

    /// Lets all requests go their way again, those that are held too.
    ///
    /// # Errors
    /// Class test: none was made that was meant; class infrastructure: the browser is gone.
    pub async fn let_requests_go(&self) -> anyhow::Result<()> {
        let unmet = self.unmet_interception();
        let freed = self.tabs.channel.let_requests_go(&self.tabs.user_context).await;
        freed.context("letting requests go").in_class(Class::Infrastructure)?;
        unmet.map_or(Ok(()), |unmet| Err(unmet.into()))
    }

    /// Waits until a request was made that is meant.
    ///
    /// # Errors
    /// Class test: none was in time, or none is kept back of this buyer.
    pub async fn should_intercept(&self, within: Duration) -> anyhow::Result<()> {
        if self.tabs.channel.met_request(&self.tabs.user_context, self.manners().scaled(within)).await {
            return Ok(());
        }
        let nothing = || {
            Failure::test(
                "a request should be intercepted, but nothing is intercepted of this buyer\n  mend     have a step before it that holds requests, fails them or loses their replies",
            )
        };
        Err(self.unmet_interception().unwrap_or_else(nothing).into())
    }

    /// That requests are intercepted, and none was made so far that is meant: what the scenario was to break it has not broken.
    #[must_use]
    pub fn unmet_interception(&self) -> Option<Failure> {
        let (meant, others) = self.tabs.channel.unmet(&self.tabs.user_context)?;
        let others = if others.is_empty() { "none".to_owned() } else { others.join("\n           ") };
        Some(Failure::test(format!(
            "no request was made that the profile means (requests:), so that nothing was broken by holding it\n  meant    {meant}\n  made     {others}\n  mend     say in the profile which request is meant"
        )))
    }

    /// Ends the buyer's session as a browser can: it has no cookie any more, and nothing stored by which a site would know the buyer.
    /// What else pages have stored, such as what was chosen, stays, unless neither cookies nor entries look like a login's: then
    /// all of it goes. What a page that is open keeps in its memory it keeps until it goes.
    ///
    /// # Errors
    /// Class infrastructure: the browser cannot, or is gone.
    pub async fn end_session(&self) -> anyhow::Result<()> {
        self.tabs
            .channel
            .end_session(&self.tabs.user_context)
            .await
            .context("ending the session")
            .in_class(Class::Infrastructure)
    }
}
