//! Whether the page that is open carries what tells a test target from the real one.

use std::time::Duration;

use anyhow::{anyhow, bail, ensure};
use fantoccini::error::{CmdError, ErrorStatus};
use serde_json::json;

use super::{
    Condition, Visit,
    ask::Expectation,
    trouble::{GRACE, Trouble},
};
use crate::target::{Locator, Marker};

/// How long the browser may take to tell of an answer whose page is there already.
const TOLD_WITHIN: Duration = Duration::from_secs(5);

impl Visit {
    /// The page that is open carries this marker.
    ///
    /// # Errors
    /// Says what it carries instead.
    pub async fn should_carry(&self, marker: &Marker) -> anyhow::Result<()> {
        match marker {
            Marker::Shown(locator) => self.at("this page", locator).should(Condition::Visible).await,
            Marker::Meta(name, value) => {
                let locator = Locator { css: Some("meta".into()), ..Locator::default() };
                let expectation = Expectation {
                    page: "this page",
                    subject: format!("the meta element {name:?}"),
                    should: format!("have the content {value:?}"),
                    locator: &locator,
                };
                let asked = json!({ "do": "meta", "name": name, "content": value });
                self.ask(asked, self.manners.element, &expectation).await.map(drop)
            }
            Marker::Cookie(name, value) => {
                let asking = self.client.get_named_cookie(name);
                match self.call("asking for a cookie", name.as_str(), GRACE, asking).await {
                    Ok(cookie) if cookie.value() == value => Ok(()),
                    // Its value may be a secret where the marker was mistaken for another cookie.
                    Ok(_) => bail!("the cookie {name} with another value"),
                    Err(Trouble::Command(CmdError::Standard(error))) if error.error == ErrorStatus::NoSuchCookie => {
                        bail!("no cookie {name}")
                    }
                    Err(trouble) => Err(trouble.into()),
                }
            }
            Marker::Header(name, value) => {
                let locator = Locator { css: Some("html".into()), ..Locator::default() };
                let expectation = Expectation {
                    page: "this page",
                    subject: "its document".into(),
                    should: "be told of".into(),
                    locator: &locator,
                };
                let document = self.ask(json!({ "do": "born" }), self.manners.element, &expectation).await?;
                let here = document.seen.unwrap_or_default();
                let tab = self.tab.borrow().clone();
                // The browser tells whole milliseconds.
                let born = document.born.unwrap_or(f64::INFINITY).floor();
                let headers = self.channel.headers_of(&tab, &here, born, TOLD_WITHIN).await;
                let headers = headers.ok_or_else(|| anyhow!("the browser did not tell of the answer for {here}"))?;
                let seen = headers.into_iter().find(|(header, _)| header == name).map(|(_, value)| value);
                ensure!(
                    seen.as_deref() == Some(value),
                    "{}",
                    match seen {
                        Some(seen) => format!("{name}: {seen}, in the answer for {here}"),
                        None => format!("no header {name} in the answer for {here}"),
                    }
                );
                Ok(())
            }
        }
    }
}
