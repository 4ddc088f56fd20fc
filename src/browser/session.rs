//! One long-lived WebDriver session: a worker's browser. Scenarios live in user contexts of it, one each.

use std::{rc::Rc, time::Duration};

use anyhow::{Context as _, anyhow};
use fantoccini::{Client, ClientBuilder, wd::TimeoutConfiguration};
use serde_json::{Map, Value};
use url::Url;

use super::{channel::Channel, launch::without_user, manners::Manners, visit::Visit};
use crate::domain::{Class, InClass as _};

/// Longest wait for a new browser; a cold start on a busy machine takes seconds.
const START_WITHIN: Duration = Duration::from_secs(60);
/// The driver's own limits: longer than any of ours, so that ours always speak first.
const DRIVER_LIMIT: Duration = Duration::from_secs(120);

/// A browser that a worker drives.
pub struct Session {
    client: Client,
    channel: Rc<Channel>,
    /// Browser name and version, as the driver says it.
    pub browser: String,
}

impl Session {
    /// Starts a browser at the driver.
    ///
    /// # Errors
    /// Class infrastructure: the driver cannot be reached, refuses, or offers no second channel to its browser.
    pub async fn start(driver: &Url, capabilities: Map<String, Value>) -> anyhow::Result<Self> {
        Self::try_start(driver, capabilities)
            .await
            .with_context(|| format!("starting a browser at {}", without_user(driver.as_str())))
            .in_class(Class::Infrastructure)
    }

    async fn try_start(driver: &Url, capabilities: Map<String, Value>) -> anyhow::Result<Self> {
        // fantoccini joins its paths to this address, so it must not end in a slash of its own making.
        let mut builder = ClientBuilder::rustls()?;
        builder.capabilities(capabilities);
        let client = tokio::time::timeout(START_WITHIN, builder.connect(driver.as_str()))
            .await
            .map_err(|_| anyhow!("no browser within {START_WITHIN:?}"))??;
        match Self::adopt(client.clone()).await {
            Ok(session) => Ok(session),
            Err(error) => {
                // The session exists at the driver: it must not stay behind.
                let _gone = tokio::time::timeout(Duration::from_secs(10), client.close()).await;
                Err(error)
            }
        }
    }

    async fn adopt(client: Client) -> anyhow::Result<Self> {
        let granted = client.capabilities().cloned().unwrap_or_default();
        let word = |key: &str| granted.get(key).and_then(Value::as_str).unwrap_or("unknown");
        let browser = format!("{} {}", word("browserName"), word("browserVersion"));
        client
            .update_timeouts(TimeoutConfiguration::new(Some(DRIVER_LIMIT), Some(DRIVER_LIMIT), Some(Duration::ZERO)))
            .await?;
        let channel = Rc::new(Channel::open(&browser, &granted).await?);
        Ok(Self { client, channel, browser })
    }

    /// Opens a user context of its own, with one empty tab: no cookie, storage or cache of any other.
    ///
    /// # Errors
    /// Class infrastructure: the browser is gone or refuses.
    pub async fn visit(&self, manners: Rc<Manners>) -> anyhow::Result<Visit> {
        Visit::fresh(self.client.clone(), Rc::clone(&self.channel), manners).await
    }

    /// Ends the browser.
    ///
    /// # Errors
    /// When the driver does not confirm it in time; ending the driver ends the browser too.
    pub async fn close(self) -> anyhow::Result<()> {
        tokio::time::timeout(Duration::from_secs(10), self.client.close()).await.context("closing the browser")??;
        Ok(())
    }
}
