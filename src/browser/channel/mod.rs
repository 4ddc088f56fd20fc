//! The second channel to the browser: for what classic WebDriver has no command for (user contexts), and for what it would
//! have to poll (new tabs, console errors).
//!
//! To a Chromium of this machine, or of a Selenium Grid, which passes it on, it is the browser's own DevTools socket, to every
//! other browser WebDriver BiDi. What Chromium's driver speaks as BiDi is translated by a script in a hidden tab, which every
//! event of every page has to pass: a sixth of a journey's time, and a fifth of its CPU.
//!
//! Over the DevTools socket pages are opened and asked as well. The driver looks twice where its frame is before it runs a
//! script, has to be sent the whole script after each navigation, and says only when asked again that a navigation is over: a
//! tenth of a journey. What a person does, pointer and keys, stays the driver's.

mod bidi;
mod cdp;
mod heard;
mod interception;
mod socket;

use std::{
    pin::pin,
    rc::Rc,
    time::{Duration, Instant, SystemTime},
};

use anyhow::{Context as _, anyhow};
use axum::http::HeaderValue;
use regex::Regex;
use secrecy::ExposeSecret as _;
use serde_json::{Map, Value, json};
use tokio::time::timeout;

pub use heard::{Complaint, Said};
use heard::{Heard, News, Tab};
pub use interception::Fate;
use interception::{Interception, Onward, Paused, Stage};
use socket::{ANSWER_WITHIN, Command, Socket};

use super::{dialog::Dialog, trouble::Trouble};
use crate::target::{Cookie, Lacking, RequestRule, Stored, StoredItem};

/// How long a document that is just being made may take, where nothing else is waited for.
const A_MOMENT: Duration = Duration::from_millis(500);

/// How soon a browser answers that is well.
const NOD_WITHIN: Duration = Duration::from_secs(5);
/// So often it is asked for: what is far away may be slow once.
const NODS: usize = 2;

/// The status of the answer that brought a document; 0 where there was none.
const STATUS: &str = "performance.getEntriesByType('navigation')[0].responseStatus";

/// Takes out of what documents store what a site knows a buyer by, once for each ending of a session.
const FORGET: &str = include_str!("../script/forget.js");

/// What cookies and stored entries are called like by which sites know a buyer; a pattern for any case.
const OF_A_LOGIN: &str =
    "token|auth|sess|jwt|credential|passport|ticket|secret|(?:^|[^a-z])(?:sid|skey|uin|login)(?:[^a-z]|$)";

/// Has documents store what they had stored for a login made elsewhere.
const STORE: &str = include_str!("../script/store.js");

/// How much of a page is in a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// What a person sees of it.
    Viewport,
    /// All of it, as if the window were as tall as the page.
    Document,
}

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
    /// Keeps what pages say within what is passed on of it; `None` where any amount is.
    fn moderate(&self) -> Option<Command>;
    /// Asks to be told of this as well, in tabs opened from now on; `None` where nothing is to be said for that.
    fn listen_to(&self, interests: Interests) -> Option<Command>;
    fn open_context(&self) -> Command;
    fn open_tab(&self, user_context: &str) -> Command;
    fn close_context(&self, user_context: &str) -> Command;
    fn set_cookie(&self, user_context: &str, cookie: &Cookie) -> Command;
    /// Asks for the cookies of a user context.
    fn get_cookies(&self, user_context: &str) -> Command;
    /// The cookies in the answer to that.
    fn cookies_in(&self, answer: &Value) -> Vec<Cookie>;
    fn picture(&self, tab: &str, extent: Extent) -> Command;
    /// Opens an address in a tab; `None` where there is no such tab any more.
    fn go(&self, tab: &str, address: &str) -> Option<Command>;
    /// Evaluates [`STATUS`] in a tab; likewise.
    fn status(&self, tab: &str) -> Option<Command>;
    /// Asks something of no consequence, whose answer comes after all that the browser had to tell before.
    fn nod(&self, tab: &str) -> Command;
    /// What an event tells, and what is to be said at once because of it. Nobody waits for the answers to that.
    fn understand(&self, event: &Value) -> (Option<News>, Vec<Command>);
    /// Has the requests of a user context paused at this stage, in tabs that are there and in those to come.
    ///
    /// # Errors
    /// Why that cannot be.
    fn pause(&self, user_context: &str, stage: Stage) -> Result<Vec<Command>, &'static str>;
    /// Whether a pointer that is moved on the page gets into a frame of another site, as a person's does.
    fn points_into_frames(&self) -> bool {
        true
    }
    /// No longer. `begun`: what was answered to [`Self::pause`], as far as it came.
    fn pause_no_more(&self, user_context: &str, begun: &[Value]) -> Vec<Command>;
    /// The request that an event tells to be paused.
    fn paused(&self, event: &Value) -> Option<Paused>;
    /// Has it go on.
    fn resume(&self, paused: &Paused, how: Onward) -> Command;
    /// Takes the cookies of a user context away.
    fn clear_cookies(&self, user_context: &str) -> Command;
    /// Runs a script (a function without arguments) in all documents of a user context, now and in those to come, before any of
    /// their own; after those that are run so already.
    fn run_everywhere(&self, user_context: &str, script: &str) -> Vec<Command>;
    /// Has that script run in a tab that was opened since, where the browser would not wait for it with the first document.
    fn run_in(&self, _tab: &Tab) -> Vec<Command> {
        Vec::new()
    }
    /// Its own way to pages; `None` where only the driver has one.
    fn pages(&self) -> Option<&dyn ReachesPages> {
        None
    }
}

/// How a protocol reaches pages, where it tells of documents that have the page script from their beginning.
trait ReachesPages {
    /// `None` where there is no such tab any more; so below.
    fn ask(&self, tab: &str, document: &str, request: &Value) -> Option<Command>;
    /// Confirms that the page is to be left.
    fn leave(&self, tab: &str) -> Option<Command>;
    /// What the script answered; `None` where a navigation took the document away.
    fn answered(&self, answer: Result<Value, String>) -> anyhow::Result<Option<Value>>;
}

/// Where a socket is to be opened, and what proves there who one is.
pub(super) struct Door {
    pub(super) url: String,
    pub(super) proof: Option<HeaderValue>,
}

/// The channel of one session. Lives on the session's thread.
pub(super) struct Channel {
    protocol: Rc<dyn Protocol>,
    socket: Socket,
    heard: Rc<Heard>,
    interception: Rc<Interception>,
    /// Where a Chromium of this machine can be asked by itself, whatever its driver is busy with.
    debugger: Option<String>,
}

impl Channel {
    /// Opens the channel that the driver granted with a session; `door` tells the way to a socket that is granted.
    ///
    /// A grid passes on the DevTools socket of a Chromium (`se:cdp`), which is preferred to BiDi for the same reasons as here.
    ///
    /// # Errors
    /// When it granted none, the socket cannot be opened, or the browser does not know what it is asked for.
    pub(super) async fn open(
        browser: &str,
        granted: &Map<String, Value>,
        door: impl Fn(&str) -> Door,
    ) -> anyhow::Result<Self> {
        let options = granted.get("goog:chromeOptions");
        let word = |key: &str| granted.get(key).and_then(Value::as_str);
        let (protocol, socket): (Rc<dyn Protocol>, _) = match (
            word("se:cdp").filter(|_| options.is_some()),
            word("webSocketUrl"),
        ) {
            (Some(url), _) => (Rc::new(cdp::Cdp::default()), door(url)),
            (None, Some(url)) => (Rc::new(bidi::Bidi::of(granted)), door(url)),
            (None, None) => match options.and_then(|options| options["debuggerAddress"].as_str()) {
                Some(address) => (Rc::new(cdp::Cdp::default()), door(&cdp::socket_of(address).await?)),
                None => {
                    return Err(anyhow!(
                        "{browser} offers no WebDriver BiDi (no webSocketUrl among its capabilities); use a browser of 2024 or later, and a grid that passes BiDi on"
                    ));
                }
            },
        };
        let heard = Rc::new(Heard::default());
        let interception = Rc::new(Interception::default());
        let (hearing, pausing) = (Rc::clone(&heard), Rc::clone(&interception));
        let socket = Socket::connect(socket, Rc::clone(&protocol), hearing, pausing).await?;
        socket.command(protocol.listen()).await?;
        if let Some(moderate) = protocol.moderate() {
            // Whoever does not know this passes all of it on, as before.
            let _unmoderated = socket.command(moderate).await;
        }
        let debugger = options.and_then(|options| options["debuggerAddress"].as_str()).map(str::to_owned);
        Ok(Self { protocol, socket, heard, interception, debugger })
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
        let tab = told.ok_or_else(|| anyhow!("the browser did not tell of the tab that it opened"))?;
        for command in self.protocol.run_in(&tab) {
            self.socket.command(command).await?;
        }
        Ok(tab.context)
    }

    /// Does what makes something, and gives its name: what the answer has under one of these keys.
    async fn name_of(&self, command: Command, keys: [&str; 2]) -> anyhow::Result<String> {
        let method = command.method;
        let made = self.socket.command(command).await?;
        let name = keys.iter().find_map(|key| made[key].as_str());
        Ok(name.ok_or_else(|| anyhow!("{method}: the browser made nothing"))?.to_owned())
    }

    /// Ends a user context with all its tabs, cookies and storage. What is held of it is never sent.
    pub(super) async fn close_context(&self, user_context: &str) -> anyhow::Result<()> {
        let freed = self.intercept_no_more(user_context, Some(Onward::Failed)).await;
        self.interception.forget_failed();
        self.socket.command(self.protocol.close_context(user_context)).await?;
        freed
    }

    /// Gives a user context a cookie.
    pub(super) async fn set_cookie(&self, user_context: &str, cookie: &Cookie) -> anyhow::Result<()> {
        self.socket.command(self.protocol.set_cookie(user_context, cookie)).await.map(drop)
    }

    /// The cookies of a user context.
    pub(super) async fn cookies(&self, user_context: &str) -> anyhow::Result<Vec<Cookie>> {
        let answer = self.socket.command(self.protocol.get_cookies(user_context)).await?;
        Ok(self.protocol.cookies_in(&answer))
    }

    /// Has the documents of these origins in a user context store this before the first of their own scripts.
    pub(super) async fn store(&self, user_context: &str, origins: &[Stored]) -> anyhow::Result<()> {
        if origins.is_empty() {
            return Ok(());
        }
        let script = STORE.replace("ORIGINS", &for_script(origins).to_string());
        for command in self.protocol.run_everywhere(user_context, &script) {
            // A frame may have gone meanwhile, and its document with it.
            let _gone = self.socket.exchange(command, ANSWER_WITHIN).await?;
        }
        Ok(())
    }

    /// Has this become of the requests of a user context that are meant, from now on; no longer of any that were before.
    ///
    /// # Errors
    /// [`Lacking`] where this channel cannot; when the browser refuses, or is gone.
    pub(super) async fn intercept(&self, user_context: &str, meant: &RequestRule, fate: Fate) -> anyhow::Result<()> {
        self.intercept_no_more(user_context, None).await?;
        let commands = self.protocol.pause(user_context, fate.stage()).map_err(|why| Lacking(why.to_owned()))?;
        self.interception.begin(user_context, meant, fate);
        for command in commands {
            let answer = self.socket.command(command).await?;
            self.interception.has_begun(answer);
        }
        Ok(())
    }

    /// Lets all requests of a user context go their way again, those that are held too.
    pub(super) async fn let_requests_go(&self, user_context: &str) -> anyhow::Result<()> {
        self.intercept_no_more(user_context, None).await
    }

    /// The same; what is held goes this way onward.
    async fn intercept_no_more(&self, user_context: &str, held: Option<Onward>) -> anyhow::Result<()> {
        let Some((onward, begun)) = self.interception.end(user_context, &*self.protocol, held) else { return Ok(()) };
        let ending = async {
            for command in onward.into_iter().chain(self.protocol.pause_no_more(user_context, &begun)) {
                // Its page may have gone, or given it up itself.
                let _gone = self.socket.exchange(command, ANSWER_WITHIN).await?;
            }
            Ok(())
        };
        let ended = ending.await;
        self.interception.excuse_no_more();
        ended
    }

    /// Waits for a request of this user context that is meant; `false` where there was none in time, or none is kept back.
    pub(super) async fn met_request(&self, user_context: &str, within: Duration) -> bool {
        self.interception.met(user_context, within).await
    }

    /// Which requests are meant and which were made instead, where none was that is meant; `None` where one was, or none is kept
    /// back.
    pub(super) fn unmet(&self, user_context: &str) -> Option<(RequestRule, Vec<String>)> {
        self.interception.unmet(user_context)
    }

    /// Takes from a user context what its sites know it by again: cookies, and what pages have stored of it; all that they have
    /// stored, where nothing of that tells. What is held goes on as nobody's.
    pub(super) async fn end_session(&self, user_context: &str) -> anyhow::Result<()> {
        let called_like = Regex::new(&format!("(?i){OF_A_LOGIN}")).context("what logins are called like")?;
        let cookies = self.cookies(user_context).await?;
        // What guards a site against forged requests knows nobody.
        let guards = Regex::new("(?i)[cx]srf").context("what guards are called like")?;
        let by_cookies =
            cookies.iter().any(|cookie| called_like.is_match(&cookie.name) && !guards.is_match(&cookie.name));
        self.socket.command(self.protocol.clear_cookies(user_context)).await?;
        // By the clock, so that what is stored after another login is told from what was before this one's end.
        let ended = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_nanos();
        let filled = [
            ("ENDED", ended.to_string()),
            ("OF_A_LOGIN", OF_A_LOGIN.into()),
            ("KNEW_BY_COOKIES", by_cookies.to_string()),
        ];
        let script = filled.iter().fold(FORGET.to_owned(), |script, (name, value)| script.replace(name, value));
        for command in self.protocol.run_everywhere(user_context, &script) {
            // A frame may have gone meanwhile, and its document with it.
            let _gone = self.socket.exchange(command, ANSWER_WITHIN).await?;
        }
        self.interception.session_ended(user_context);
        Ok(())
    }

    /// Whether pages are opened and asked over this channel, and not by the driver's commands.
    pub(super) fn reaches_pages(&self) -> bool {
        self.protocol.pages().is_some()
    }

    /// Whether a pointer that is moved on the page gets into a frame of another site; else it is moved in the frame.
    pub(super) fn points_into_frames(&self) -> bool {
        self.protocol.points_into_frames()
    }

    /// Opens an address in a tab, and waits until the page begins to come; gives why it could not be opened, in the browser's
    /// word.
    ///
    /// # Errors
    /// As [`Self::ask`].
    pub(super) async fn go(
        &self,
        user_context: &str,
        tab: &str,
        address: &str,
        within: Duration,
    ) -> Result<Option<String>, Trouble> {
        // From a new tab nothing is heard before the page script is in its empty document.
        self.heard.wait(within, |heard| heard.is_heard(tab).then_some(())).await;
        let answer =
            self.say_to_page(user_context, tab, self.protocol.go(tab, address), within + ANSWER_WITHIN).await?;
        let answer = answer.map_err(|error| Trouble::Channel(anyhow!(error)))?;
        Ok(answer["errorText"].as_str().map(str::to_owned))
    }

    /// Waits for a document in a tab that is not about to go; `false` where there was none in time. Only where this channel
    /// reaches pages.
    ///
    /// # Errors
    /// As [`Self::ask`].
    pub(super) async fn stands(&self, user_context: &str, tab: &str, within: Duration) -> Result<bool, Trouble> {
        Ok(self.document(user_context, tab, within).await?.is_some())
    }

    /// Where a navigation is to lead that is on its way in this tab, where the browser tells of those that come to nothing too.
    pub(super) fn leaving(&self, tab: &str) -> Option<String> {
        self.heard.leaving(tab).filter(|_| self.reaches_pages())
    }

    /// Asks the page script in the document of a tab, once there is one; `None` where a navigation took the document away or
    /// is about to, or there was none in time. `within`: how long the script may take, which waiting for a document is a part of.
    ///
    /// Chromium itself keeps questions back while a navigation is on its way, and has the next document answer them. It begins
    /// with that only once the page's process has handed the navigation over; until then the document that is about to go
    /// answers still, and such an answer counts for nothing.
    ///
    /// # Errors
    /// An alert lies over a page of this user context; the tab has crashed; the channel is gone, or the browser refuses.
    pub(super) async fn ask(
        &self,
        user_context: &str,
        tab: &str,
        request: &Value,
        within: Duration,
    ) -> Result<Option<Value>, Trouble> {
        let Some(pages) = self.protocol.pages() else { return Ok(None) };
        let begun = Instant::now();
        let Some(document) = self.document(user_context, tab, within.max(A_MOMENT)).await? else { return Ok(None) };
        let mut request = request.clone();
        request["ms"] = json!(within.saturating_sub(begun.elapsed()).as_millis());
        let command = pages.ask(tab, &document, &request);
        let mut answer = pin!(self.say_to_page(user_context, tab, command, within + ANSWER_WITHIN));
        let answer = match timeout(within.saturating_sub(begun.elapsed()) + A_MOMENT, &mut answer).await {
            Ok(answer) => answer?,
            // Kept back, or not heard over the page's own work.
            Err(_) => tokio::select! {
                answer = &mut answer => answer?,
                Some(()) = self.heard.wait(ANSWER_WITHIN, |heard| {
                    (heard.scripted(tab).as_ref() != Some(&document)).then_some(())
                }) => return Ok(None),
            },
        };
        let answer = pages.answered(answer).map_err(Trouble::Channel)?;
        let still = self.heard.scripted(tab) == Some(document);
        // The browser may have told of its successor already.
        if answer.is_none() && still {
            self.heard.take(News::Scripted { context: tab.to_owned(), document: None });
        }
        Ok(answer.filter(|_| still))
    }

    /// The document of a tab that the page script is in, once there is one that stays; `None` where there was none in time.
    async fn document(&self, user_context: &str, tab: &str, within: Duration) -> Result<Option<String>, Trouble> {
        let found = self
            .heard
            .wait(within, |heard| obstacle(heard, user_context, tab).map(Err).or_else(|| heard.scripted(tab).map(Ok)));
        match self.leaving_for_good(tab, within, found).await {
            None if self.is_closed() => Err(Trouble::Channel(anyhow!("the socket to the browser is closed"))),
            found => found.transpose(),
        }
    }

    /// Sends a command to a page, which never answers once something has come between.
    async fn say_to_page(
        &self,
        user_context: &str,
        tab: &str,
        command: Option<Command>,
        within: Duration,
    ) -> Result<Result<Value, String>, Trouble> {
        let command = command.ok_or_else(|| Trouble::Channel(anyhow!("the tab was closed")))?;
        let exchange = self.socket.exchange(command, within);
        let answered = async {
            tokio::select! {
                answer = exchange => answer.map_err(Trouble::Channel),
                Some(trouble) = self.heard.wait(within, |heard| obstacle(heard, user_context, tab)) => Err(trouble),
            }
        };
        self.leaving_for_good(tab, within, answered).await
    }

    /// Waits for something of a page. Where the page meanwhile asks if it is really to be left, it is: a person who leaves a page
    /// on purpose says so. The driver would only with its next command.
    async fn leaving_for_good<T>(&self, tab: &str, within: Duration, something: impl Future<Output = T>) -> T {
        let mut something = pin!(something);
        loop {
            tokio::select! {
                it = &mut something => return it,
                Some(()) = self.heard.wait(within, |heard| heard.take_doubt(tab).then_some(())) => {
                    let yes = self.protocol.pages().and_then(|pages| pages.leave(tab));
                    if let Some(yes) = yes {
                        // Where it was said already there is nothing to be said any more.
                        let _said = self.socket.exchange(yes, ANSWER_WITHIN).await;
                    }
                }
            }
        }
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

    /// Waits for a dialog over a page of this user context; gives the tab that it lies over as well.
    pub(super) async fn dialog(&self, user_context: &str, within: Duration) -> Option<(String, Dialog)> {
        self.heard.wait(within, |heard| heard.alert(user_context)).await
    }

    /// The one that lies there already, as far as the browser has told.
    pub(super) fn dialog_now(&self, user_context: &str) -> Option<(String, Dialog)> {
        self.heard.alert(user_context)
    }

    /// The one of which the driver has told already.
    pub(super) async fn dialog_soon(&self, user_context: &str) -> Option<Dialog> {
        self.dialog(user_context, A_MOMENT).await.map(|(_, dialog)| dialog)
    }

    /// Waits until the browser has told that this one lies there no longer. One that says the same again is taken for it.
    pub(super) async fn dialog_closed(&self, user_context: &str, dialog: &Dialog) {
        let gone = |heard: &Heard| heard.alert(user_context).is_none_or(|(_, other)| other != *dialog).then_some(());
        self.heard.wait(A_MOMENT, gone).await;
    }

    /// All tabs of this user context so far.
    pub(super) fn tabs(&self, user_context: &str) -> Vec<String> {
        self.heard.tabs(user_context)
    }

    /// Waits until all has been heard that the browser had to tell when this was asked. Where pages are asked over this channel,
    /// their answers come after it anyway.
    pub(super) async fn catch_up(&self, tab: &str) -> anyhow::Result<()> {
        if self.reaches_pages() {
            return Ok(());
        }
        self.socket.command(self.protocol.nod(tab)).await.map(drop)
    }

    /// Whether the browser itself answers, soon. One that does not is given up: nothing waits for it again.
    pub(super) async fn nods(&self, tab: &str) -> bool {
        for _ in 0..NODS {
            // A refusal is an answer too.
            let over_socket = self.socket.exchange(self.protocol.nod(tab), NOD_WITHIN);
            let by_itself = async {
                let debugger = self.debugger.as_deref()?;
                timeout(NOD_WITHIN, cdp::socket_of(debugger)).await.ok()?.ok()
            };
            let (over_socket, by_itself) = tokio::join!(over_socket, by_itself);
            if over_socket.is_ok() || by_itself.is_some() {
                return true;
            }
        }
        self.heard.close();
        false
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

    /// The status of the answer that was the last one for a document in this tab, if it was from this address and answers are
    /// listened to.
    pub(super) fn status_of(&self, tab: &str, address: &str) -> Option<u16> {
        self.heard.status_at(tab, address)
    }

    /// The last request of a tab for a document that came to nothing: address and why, in the browser's words.
    pub(super) fn unanswered(&self, tab: &str) -> Option<(String, String)> {
        self.heard.unanswered(tab)
    }

    /// Asks for an address as somebody whom nobody knows would, out of sight of all that is going on; gives the status of the
    /// answer, or why there was none.
    pub(super) async fn ask_for_status(&self, address: &str, within: Duration) -> anyhow::Result<Result<u16, String>> {
        let user_context = self.open_context().await?;
        let asked = async {
            let tab = self.open_tab(&user_context).await?;
            let status = async {
                let command = self.protocol.go(&tab, address).ok_or_else(|| anyhow!("the tab was closed"))?;
                let answer = self.socket.exchange(command, within).await?;
                let refused = answer.map_or_else(Some, |answer| answer["errorText"].as_str().map(str::to_owned));
                if let Some(status) = self.heard.wait(A_MOMENT, |heard| heard.status(&tab)).await {
                    return Ok(Ok(status));
                }
                if let Some(why) = refused {
                    return Ok(Err(why));
                }
                let command = self.protocol.status(&tab).ok_or_else(|| anyhow!("the tab was closed"))?;
                let status = self.socket.command(command).await?["result"]["value"].as_u64();
                Ok(status.and_then(|status| u16::try_from(status).ok()).ok_or_else(|| "no answer".to_owned()))
            };
            timeout(within, status).await.unwrap_or_else(|_| Ok(Err(format!("no answer within {within:.1?}"))))
        };
        let asked = asked.await;
        self.heard.forget(&user_context);
        self.close_context(&user_context).await?;
        asked
    }

    /// Takes where the tabs of this user context went since this was last asked: where navigations were to lead, what they were
    /// sent on to, and where they came to. Frames within pages are none of it.
    pub(super) fn went(&self, user_context: &str) -> Vec<String> {
        self.heard.went(user_context)
    }

    /// What the tabs of this user context have written to their consoles so far, and which of their requests failed.
    pub(super) fn said(&self, user_context: &str) -> Vec<Said> {
        self.heard.said(user_context)
    }

    /// Notes of a tab what its page does not say itself: once, and as a complaint where it is one.
    pub(super) fn note(&self, tab: &str, text: String, url: &str, complains: bool) {
        self.heard.note_once(tab, text, url, complains);
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

/// What keeps a page from answering.
fn obstacle(heard: &Heard, user_context: &str, tab: &str) -> Option<Trouble> {
    let gone = || heard.gone(tab).map(|why| Trouble::Channel(anyhow!(why)));
    heard.alert(user_context).map(|(_, dialog)| Trouble::Alert(dialog)).or_else(gone)
}

/// What origins have stored, for the script that stores it again.
fn for_script(origins: &[Stored]) -> Value {
    let pair = |item: &StoredItem| Value::from(vec![item.name.as_str(), item.value.expose_secret()]);
    let items = |stored: &Stored| stored.local_storage.iter().map(pair).collect();
    let origins: Map<String, Value> = origins.iter().map(|stored| (stored.origin.clone(), items(stored))).collect();
    origins.into()
}

/// The function that a script is, without the comments before it.
fn function_of(script: &str) -> &str {
    script.find("() =>").map_or(script, |at| &script[at..]).trim_end()
}

/// A text of a message; empty where there is none.
fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
