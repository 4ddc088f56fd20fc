//! The second channel to the browser: for what classic WebDriver has no command for (user contexts), and for what it would
//! have to poll (new tabs, console errors).
//!
//! To a Chromium of this machine it is the browser's own DevTools socket, to every other browser WebDriver BiDi. What
//! Chromium's driver speaks as BiDi is translated by a script in a hidden tab, which every event of every page has to pass: a
//! sixth of a journey's time, and a fifth of its CPU.

mod bidi;
mod cdp;
mod heard;
mod socket;

use std::{rc::Rc, time::Duration};

use anyhow::anyhow;
use serde_json::{Map, Value};

pub use heard::{Complaint, Said};
use heard::{Heard, News, Tab};
use socket::{ANSWER_WITHIN, Command, Socket};

use super::Extent;
use crate::target::Cookie;

/// What else is to be told of, beside new tabs, console errors and failed requests.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Interests {
    /// Where tabs go.
    pub(super) moves: bool,
    /// The headers that documents come with.
    pub(super) headers: bool,
}

/// How one protocol says what is asked of a browser, and what it tells.
trait Protocol {
    /// Asks to be told of new tabs, and of what their pages complain of.
    fn listen(&self) -> Command;
    /// Asks to be told of this as well, in tabs opened from now on; `None` where nothing is to be said for that.
    fn listen_to(&self, interests: Interests) -> Option<Command>;
    fn open_context(&self) -> Command;
    fn open_tab(&self, user_context: &str) -> Command;
    fn close_context(&self, user_context: &str) -> Command;
    fn set_cookie(&self, user_context: &str, tab: &str, cookie: &Cookie) -> Command;
    fn picture(&self, tab: &str, extent: Extent) -> Command;
    /// What an event tells, and what is to be said at once because of it. Nobody waits for the answers to that.
    fn understand(&self, event: &Value) -> (Option<News>, Vec<Command>);
}

/// The channel of one session. Lives on the session's thread.
pub(super) struct Channel {
    protocol: Rc<dyn Protocol>,
    socket: Socket,
    heard: Rc<Heard>,
}

impl Channel {
    /// Opens the channel that the driver granted with a session.
    ///
    /// # Errors
    /// When it granted none, the socket cannot be opened, or the browser does not know what it is asked for.
    pub(super) async fn open(browser: &str, granted: &Map<String, Value>) -> anyhow::Result<Self> {
        let options = granted.get("goog:chromeOptions");
        let (protocol, url): (Rc<dyn Protocol>, _) = match granted.get("webSocketUrl").and_then(Value::as_str) {
            Some(url) => (Rc::new(bidi::Bidi::default()), url.to_owned()),
            None => match options.and_then(|options| options["debuggerAddress"].as_str()) {
                Some(address) => (Rc::new(cdp::Cdp::default()), cdp::socket_of(address).await?),
                None => {
                    return Err(anyhow!(
                        "{browser} offers no WebDriver BiDi (no webSocketUrl among its capabilities); use a browser of 2024 or later, and a grid that passes BiDi on"
                    ));
                }
            },
        };
        let heard = Rc::new(Heard::default());
        let socket = Socket::connect(&url, Rc::clone(&protocol), Rc::clone(&heard)).await?;
        socket.command(protocol.listen()).await?;
        Ok(Self { protocol, socket, heard })
    }

    /// Asks to be told of this as well, in tabs opened from now on.
    pub(super) async fn listen_to(&self, interests: Interests) -> anyhow::Result<()> {
        match self.protocol.listen_to(interests) {
            Some(command) => self.socket.command(command).await.map(drop),
            None => Ok(()),
        }
    }

    /// Makes a user context: no cookie, storage or cache of any other.
    pub(super) async fn open_context(&self) -> anyhow::Result<String> {
        self.name_of(self.protocol.open_context(), ["userContext", "browserContextId"]).await
    }

    /// Opens an empty tab in a user context.
    pub(super) async fn open_tab(&self, user_context: &str) -> anyhow::Result<String> {
        let name = self.name_of(self.protocol.open_tab(user_context), ["context", "targetId"]).await?;
        // A tab that was told of is listened to.
        let told = self.heard.wait(ANSWER_WITHIN, |heard| heard.tab(|tab| tab.context == name)).await;
        told.map(|tab| tab.context).ok_or_else(|| anyhow!("the browser did not tell of the tab that it opened"))
    }

    /// Does what makes something, and gives its name: what the answer has under one of these keys.
    async fn name_of(&self, command: Command, keys: [&str; 2]) -> anyhow::Result<String> {
        let method = command.method;
        let made = self.socket.command(command).await?;
        let name = keys.iter().find_map(|key| made[key].as_str());
        Ok(name.ok_or_else(|| anyhow!("{method}: the browser made nothing"))?.to_owned())
    }

    /// Ends a user context with all its tabs, cookies and storage.
    pub(super) async fn close_context(&self, user_context: &str) -> anyhow::Result<()> {
        self.socket.command(self.protocol.close_context(user_context)).await.map(drop)
    }

    /// Gives the browser a cookie, in the user context that this tab is of.
    pub(super) async fn set_cookie(&self, user_context: &str, tab: &str, cookie: &Cookie) -> anyhow::Result<()> {
        self.socket.command(self.protocol.set_cookie(user_context, tab, cookie)).await.map(drop)
    }

    /// A picture of a tab, WebP in base64.
    pub(super) async fn picture(&self, tab: &str, extent: Extent) -> anyhow::Result<String> {
        Ok(text(&self.socket.command(self.protocol.picture(tab, extent)).await?["data"]))
    }

    /// Waits for a tab of this user context that `opener` opened, and that is not among `known`; `None` where none came in
    /// time.
    pub(super) async fn opened_tab(
        &self,
        user_context: &str,
        opener: &str,
        known: &[String],
        within: Duration,
    ) -> Option<String> {
        let such = |tab: &Tab| {
            tab.user_context == user_context && tab.opener.as_deref() == Some(opener) && !known.contains(&tab.context)
        };
        self.heard.wait(within, |heard| heard.tab(such)).await.map(|tab| tab.context)
    }

    /// All tabs of this user context so far.
    pub(super) fn tabs(&self, user_context: &str) -> Vec<String> {
        self.heard.tabs(user_context)
    }

    /// The headers of the answer that brought the document of this address to this tab, which began at `born` (ms since 1970 by
    /// the browser's clock); waits for the browser to tell of the answer. An earlier document's are none of them.
    pub(super) async fn headers_of(
        &self,
        tab: &str,
        address: &str,
        born: f64,
        within: Duration,
    ) -> Option<Vec<(String, String)>> {
        self.heard.wait(within, |heard| heard.headers(tab, address, born)).await
    }

    /// Takes where the tabs of this user context went since this was last asked: where a navigation was to lead, and where it
    /// came to after redirects. Frames within pages are none of it.
    pub(super) fn went(&self, user_context: &str) -> Vec<String> {
        self.heard.went(user_context)
    }

    /// What the tabs of this user context have written to their consoles so far, and which of their requests failed.
    pub(super) fn said(&self, user_context: &str) -> Vec<Said> {
        self.heard.said(user_context)
    }

    /// Takes what the tabs of this user context complained of, and forgets the tabs.
    pub(super) fn forget(&self, user_context: &str) -> Vec<Complaint> {
        self.heard.forget(user_context)
    }

    /// The browser, or something on the way to it, closed the socket: nothing more will be heard.
    pub(super) fn is_closed(&self) -> bool {
        self.heard.is_closed()
    }
}

/// A text of a message; empty where there is none.
fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
