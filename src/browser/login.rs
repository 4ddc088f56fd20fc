//! A login as a browser holds it: cookies and local storage, given to a visit and taken from it.

use anyhow::Context as _;

use super::{trouble::GRACE, visit::Visit};
use crate::{
    domain::{Class, Failure, InClass as _},
    target::{SavedLogin, Stored, StoredItem},
};

/// What the pages that are shown have stored.
const STORED: &str = "return Object.entries(localStorage).filter(([key]) => !key.startsWith('dcdb-e2e: '))";

impl Visit {
    /// Gives this buyer's browser a login that was made elsewhere, as far as it is for hosts of the target. What an origin had stored
    /// is there before the first of its pages.
    ///
    /// # Errors
    /// Class infrastructure: the browser refuses it, or nothing of it is for hosts of the target.
    pub async fn take_over(&self, saved: &SavedLogin) -> anyhow::Result<()> {
        let saved = saved.of_hosts(&self.manners().hosts);
        if saved.is_empty() {
            return Err(Failure::infrastructure(
                "nothing of the saved login is for hosts of this target\n  expected cookies or local storage of what hosts: in the profile names\n  mend     save the login anew: dcdb-e2e login --target F --save FILE",
            )
            .into());
        }
        let channel = &self.tabs.channel;
        for cookie in &saved.cookies {
            channel
                .set_cookie(&self.tabs.user_context, cookie)
                .await
                .with_context(|| format!("setting the cookie {} for {}", cookie.name, cookie.domain))
                .in_class(Class::Infrastructure)?;
        }
        let stored = channel.store(&self.tabs.user_context, &saved.origins).await;
        stored.context("giving the browser what pages have stored").in_class(Class::Infrastructure)
    }

    /// The login that this buyer's browser holds: all cookies, and what the page that is shown has stored.
    ///
    /// # Errors
    /// Class infrastructure: the browser is gone.
    pub async fn login(&self) -> anyhow::Result<SavedLogin> {
        let cookies = self.tabs.channel.cookies(&self.tabs.user_context).await;
        let cookies = cookies.context("asking for cookies").in_class(Class::Infrastructure)?;
        let asking = self.tabs.client.execute(STORED, Vec::new());
        let stored = self.tabs.call("asking for what the page has stored", "", GRACE, asking).await?;
        let stored: Vec<(String, String)> = serde_json::from_value(stored).unwrap_or_default();
        let items = stored.into_iter().map(|(name, value)| StoredItem { name, value: value.into() }).collect();
        let origin = self.url().await?.origin().ascii_serialization();
        Ok(SavedLogin { cookies, origins: vec![Stored { origin, local_storage: items }] })
    }
}
