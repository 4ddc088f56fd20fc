//! One long-lived WebDriver session: a worker's browser. Scenarios live in user contexts of it, one each.

use std::{rc::Rc, time::Duration};

use anyhow::{Context as _, anyhow};
use fantoccini::{Client, ClientBuilder, wd::TimeoutConfiguration};
use serde_json::{Map, Value, json};
use url::Url;

use super::{
    channel::{Channel, Door},
    launch::{Driver, Gateway, LaunchSettings, Leash, Line, NAME, Opened, Remote, START_WITHIN},
    manners::Manners,
    time::Time,
    visit::Visit,
};
use crate::domain::{Class, InClass as _};

/// The driver's own limits: longer than any of ours, so that ours always speak first.
const DRIVER_LIMIT: Duration = Duration::from_secs(120);

/// A browser that a worker drives.
pub struct Session {
    client: Client,
    channel: Rc<Channel>,
    /// What ends a session elsewhere.
    leash: Option<Leash>,
    /// Browser name and version, as the driver says it.
    pub browser: String,
}

impl Session {
    /// Starts a browser at the driver, with the same `settings` as its launch. `name`: what a grid calls the session.
    ///
    /// # Errors
    /// Class infrastructure: the driver cannot be reached, refuses, or offers no second channel to its browser.
    pub async fn open(driver: &Driver, settings: &LaunchSettings, name: &str) -> anyhow::Result<Self> {
        let mut wanted = driver.capabilities(settings);
        match driver {
            Driver::Local(local) => Self::start(&local.url, wanted).await,
            Driver::Remote { remote, .. } => {
                wanted.entry(NAME).or_insert_with(|| json!(name));
                told(remote.url(), Self::try_open(remote, settings, wanted).await)
            }
        }
    }

    /// Starts a browser at a driver of this machine.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub async fn start(driver: &Url, capabilities: Map<String, Value>) -> anyhow::Result<Self> {
        told(driver, Self::try_start(driver, capabilities).await)
    }

    async fn try_start(driver: &Url, capabilities: Map<String, Value>) -> anyhow::Result<Self> {
        // fantoccini joins its paths to this address, so it must not end in a slash of its own making.
        let mut builder = ClientBuilder::rustls()?;
        builder.capabilities(capabilities);
        let client = tokio::time::timeout(START_WITHIN, builder.connect(driver.as_str()))
            .await
            .map_err(|_| anyhow!("no browser within {START_WITHIN:?}"))??;
        let granted = client.capabilities().cloned().unwrap_or_default();
        match Self::adopt(client.clone(), &granted, |url| Door { url: url.to_owned(), proof: None }).await {
            Ok(session) => Ok(session),
            Err(error) => {
                // The session exists at the driver: it must not stay behind.
                let _gone = tokio::time::timeout(Duration::from_secs(10), client.close()).await;
                Err(error)
            }
        }
    }

    async fn try_open(remote: &Remote, settings: &LaunchSettings, wanted: Map<String, Value>) -> anyhow::Result<Self> {
        let line = Line::to(remote)?;
        let mut leash = Leash::make(&settings.supervisor)?;
        let Opened { id, mut granted } = line.new_session(&wanted).await?;
        leash.hold(remote, &id).await?;
        // The browser's own socket is on another machine.
        if let Some(options) = granted.get_mut("goog:chromeOptions").and_then(Value::as_object_mut) {
            options.remove("debuggerAddress");
        }
        let client = Client::with_existing_session(remote.url().as_str(), &id, Gateway(line)).await?;
        // Its end is the leash's.
        client.persist().await?;
        let door = |url: &str| {
            let (url, proof) = remote.socket(url);
            Door { url, proof }
        };
        match Self::adopt(client, &granted, door).await {
            Ok(session) => Ok(Self { leash: Some(leash), ..session }),
            Err(error) => {
                // Whatever keeps it from ending, that the session could not be used is what people are to know.
                let _ended = leash.end().await;
                Err(error)
            }
        }
    }

    async fn adopt(client: Client, granted: &Map<String, Value>, door: impl Fn(&str) -> Door) -> anyhow::Result<Self> {
        let word = |key: &str| granted.get(key).and_then(Value::as_str).unwrap_or("unknown");
        let browser = format!("{} {}", word("browserName"), word("browserVersion"));
        client
            .update_timeouts(TimeoutConfiguration::new(Some(DRIVER_LIMIT), Some(DRIVER_LIMIT), Some(Duration::ZERO)))
            .await?;
        let channel = Rc::new(Channel::open(&browser, granted, door).await?);
        Ok(Self { client, channel, leash: None, browser })
    }

    /// Opens a user context of its own, with one empty tab: no cookie, storage or cache of any other.
    ///
    /// # Errors
    /// Class infrastructure: the browser is gone or refuses.
    pub async fn visit(&self, manners: Rc<Manners>) -> anyhow::Result<Visit> {
        Visit::fresh(self.client.clone(), Rc::clone(&self.channel), manners, Time::default()).await
    }

    /// Ends the browser.
    ///
    /// # Errors
    /// When the driver does not confirm it in time; ending the driver ends the browser too.
    pub async fn close(self) -> anyhow::Result<()> {
        match self.leash {
            None => {
                tokio::time::timeout(Duration::from_secs(10), self.client.close())
                    .await
                    .context("closing the browser")??;
                Ok(())
            }
            // One whose node or grid has died may never be confirmed to have ended, and nobody needs to wait for that.
            Some(_) if self.channel.is_closed() => Ok(()),
            Some(leash) => {
                drop((self.channel, self.client));
                leash.end().await.context("ending the browser elsewhere")
            }
        }
    }
}

/// Where it was to be.
fn told(driver: &Url, session: anyhow::Result<Session>) -> anyhow::Result<Session> {
    session.with_context(|| format!("starting a browser at {driver}")).in_class(Class::Infrastructure)
}
