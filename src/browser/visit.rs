//! What one scenario sees of the browser: its user context, and the tab it is looking at.

use std::{
    cell::{Cell, RefCell},
    future::poll_fn,
    pin::Pin,
    rc::Rc,
    task::Poll,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use fantoccini::{Client, error::CmdError, wd::WindowHandle};
use serde_json::json;
use tokio::task::JoinHandle;
use url::Url;

use super::{
    Spot,
    act::Gesture,
    ask::Expectation,
    calls::{Call, KEEPING_EVIDENCE},
    channel::{Channel, Complaint, Interests},
    dialogs::Pressed,
    trouble::{GRACE, Trouble, astray, first_line, moved, seconds},
};
use crate::{
    domain::{Class, Failure, InClass as _},
    target::{Cookie, DialogRule, Hosts, Locator, Reply, Text},
};

/// How pages of a target want to be treated, whatever is done on them.
#[derive(Debug, Clone)]
pub struct Manners {
    /// What may lie over a page and is to be dismissed: how it is known, and what dismisses it.
    pub overlays: Vec<(Locator, Locator)>,
    /// What pays, terminates or returns, by its place in the profile: nothing that dismisses an overlay may be one of these.
    pub irrevocable: Vec<(String, Locator)>,
    /// How dialogs of the browser's own are answered.
    pub dialogs: Vec<DialogRule>,
    /// Where the browser may be.
    pub hosts: Hosts,
    /// The start pages of its sites: whether one answers tells a page that fails from a site that does.
    pub starts: Vec<Url>,
    /// Every tab is followed wherever it goes, also one that nobody looks at; else only what is looked at is held against the
    /// hosts. Over WebDriver BiDi that costs a fifth of a journey, so not where no other host can be meant.
    pub follows_tabs: bool,
    /// The headers of pages are listened to. Over WebDriver BiDi that costs a fifth of a journey, unless tabs are followed anyway.
    pub listens_to_headers: bool,
    /// How long an element may take to be as expected, unless the expectation says otherwise.
    pub element: Duration,
    /// How long a page may take to show itself.
    pub arrival: Duration,
    /// After this long a page that still loads is used as it is.
    pub load: Duration,
    /// Factor on all deadlines, for slow machines.
    pub time_scale: f64,
}

/// A scenario's own window on the site.
pub struct Visit {
    pub(super) client: Client,
    pub(super) channel: Rc<Channel>,
    pub(super) user_context: String,
    pub(super) tab: RefCell<String>,
    pub(super) manners: Rc<Manners>,
    /// The driver's turning to the tab, while it is on its way.
    pub(super) turning: RefCell<Option<JoinHandle<Result<(), CmdError>>>>,
    /// Made again when the page moved under the pointer before it arrived; such a press never reached the page.
    pub(super) last_gesture: RefCell<Option<Gesture>>,
    /// What the pointer has rested on since the last press, the levels of a menu among it.
    pub(super) hovered: RefCell<Vec<Locator>>,
    /// The tabs that were there before the last press: what it opens is none of them.
    pub(super) tabs_before: RefCell<Vec<String>>,
    /// When a page was opened by its address, until it is arrived at or left.
    pub(super) opened: Cell<Option<Instant>>,
    /// The document in the tab has the script, as far as is known.
    pub(super) has_script: Cell<bool>,
    /// The driver is in a frame of the page.
    pub(super) in_frame: Cell<bool>,
    /// The frames of the last press, until it is known to have met what it was meant for.
    pub(super) unsure: RefCell<Vec<Locator>>,
    pub(super) calls: RefCell<Vec<Call>>,
    /// When the page was last witnessed, by the browser's clock.
    pub(super) witnessed: Cell<f64>,
    /// The last press on the page, for what it may be asked back.
    pub(super) pressed: RefCell<Option<Pressed>>,
    /// What the next press will be asked back, and the answer.
    pub(super) expected: RefCell<Option<(Text, Reply)>>,
    /// When nothing new is to be begun any more, and whose time is up then.
    pub(super) until: RefCell<Option<(Instant, String)>>,
}

/// How much of a page is in a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// What a person sees of it.
    Viewport,
    /// All of it, as if the window were as tall as the page.
    Document,
}

/// A tab that was left and can be turned to again.
#[derive(Debug, Clone)]
pub struct TabHandle(String);

/// A page to arrive at, as the profile knows it.
#[derive(Debug, Clone)]
pub struct Place {
    /// The page in words, such as `purchase page`.
    pub page: &'static str,
    /// Where to go to open it; the address without query or hash is where one must be once arrived.
    pub url: Url,
    /// Regular expression over path (and hash, where `with_hash`) that holds once arrived.
    pub path: String,
    /// Whether the hash tells pages apart (client-side routing).
    pub with_hash: bool,
    /// What shows that it is this page.
    pub ready: Locator,
}

impl Manners {
    /// What the browser must tell for them, beside what it always does.
    pub(super) const fn interests(&self) -> Interests {
        Interests { moves: self.follows_tabs, headers: self.listens_to_headers }
    }
}

impl Visit {
    /// Opens a user context of its own, with one empty tab.
    pub(super) async fn fresh(client: Client, channel: Rc<Channel>, manners: Rc<Manners>) -> anyhow::Result<Self> {
        let open = async {
            channel.listen_to(manners.interests()).await?;
            let user_context = channel.open_context().await?;
            let tab = channel.open_tab(&user_context).await?;
            Self::open(client, Rc::clone(&channel), user_context, tab, manners)
        };
        open.await.context("opening a fresh browser context").in_class(Class::Infrastructure)
    }

    /// Another buyer's window in the same browser: no cookie, storage or cache of this one's. This one is turned to again by
    /// [`Self::resume`], once the other is closed.
    ///
    /// # Errors
    /// Class infrastructure: the browser is gone or refuses.
    pub async fn beside(&self) -> anyhow::Result<Self> {
        let other = Self::fresh(self.client.clone(), Rc::clone(&self.channel), Rc::clone(&self.manners)).await?;
        other.until.replace(self.until.borrow().clone());
        Ok(other)
    }

    /// Turns to this window again, after another's.
    ///
    /// # Errors
    /// Class infrastructure: the browser is gone.
    pub async fn resume(&self) -> anyhow::Result<()> {
        let tab = TabHandle(self.tab.borrow().clone());
        self.turn_to(&tab).await
    }

    pub(super) fn open(
        client: Client,
        channel: Rc<Channel>,
        user_context: String,
        tab: String,
        manners: Rc<Manners>,
    ) -> anyhow::Result<Self> {
        let visit = Self {
            client,
            channel,
            user_context,
            tab: RefCell::new(tab.clone()),
            manners,
            turning: RefCell::default(),
            last_gesture: RefCell::new(None),
            hovered: RefCell::default(),
            tabs_before: RefCell::new(Vec::new()),
            opened: Cell::default(),
            has_script: Cell::new(false),
            in_frame: Cell::default(),
            unsure: RefCell::default(),
            calls: RefCell::default(),
            witnessed: Cell::default(),
            pressed: RefCell::default(),
            expected: RefCell::default(),
            until: RefCell::default(),
        };
        visit.look_at(tab)?;
        Ok(visit)
    }

    /// Turns to a tab. The driver needs a while for that, and gets it while the page loads: what is next asked of it waits.
    fn look_at(&self, tab: String) -> anyhow::Result<()> {
        let handle = WindowHandle::try_from(tab.clone())?;
        let client = self.client.clone();
        let turning = tokio::task::spawn_local(async move { client.switch_to_window(handle).await });
        self.turning.replace(Some(turning));
        self.tab.replace(tab);
        self.has_script.set(false);
        self.in_frame.set(false);
        Ok(())
    }

    /// Waits until the driver has turned to the tab. Where it could not, it is told to turn again: nothing is ever done in the
    /// tab that was left.
    pub(super) async fn turned(&self) -> Result<(), Trouble> {
        let turned = poll_fn(|context| match self.turning.borrow_mut().as_mut() {
            Some(turning) => Pin::new(turning).poll(context),
            None => Poll::Ready(Ok(Ok(()))),
        });
        let turned = turned.await.map_err(|error| Trouble::Channel(error.into()));
        match turned.and_then(|turned| turned.map_err(Trouble::from)) {
            Ok(()) => {
                self.turning.take();
                Ok(())
            }
            Err(trouble) => {
                let tab = self.tab.borrow().clone();
                self.look_at(tab).map_err(Trouble::Channel)?;
                Err(trouble)
            }
        }
    }

    /// An element of a page.
    pub fn at<'a>(&'a self, page: &'a str, locator: &Locator) -> Spot<'a> {
        Spot::new(self, page, locator.clone())
    }

    /// From then on nothing new is begun: whatever is asked of the page fails, naming whose time is up, such as
    /// `the step's 90.0 s`. What is being waited for then still gets its own time, and says what it waited for.
    pub fn stop_at(&self, when: Instant, whose: impl Into<String>) {
        self.until.replace(Some((when, whose.into())));
    }

    /// How this target's pages want to be treated.
    #[must_use]
    pub fn manners(&self) -> &Manners {
        &self.manners
    }

    /// Opens a page by its address, as from a bookmark. Does not wait for more than its beginning: [`Self::arrive`] does, and
    /// counts the time that this took as its own.
    ///
    /// # Errors
    /// Class infrastructure: the address cannot be reached, or nothing answers there in the time that a page has to show itself.
    /// Class guard: it is on none of the target's hosts; nothing was
    /// asked of it.
    pub async fn go(&self, url: &Url) -> anyhow::Result<()> {
        if !self.manners.hosts.admit(url) {
            return Err(astray("opening a page by its address", url.as_str()).into());
        }
        self.rested_elsewhere();
        self.opened.set(Some(Instant::now()));
        let (doing, within) = ("opening the page", self.scaled(self.manners.arrival));
        if self.channel.reaches_pages() {
            let tab = self.tab.borrow().clone();
            let opening = self.channel.go(&self.user_context, &tab, url.as_str(), within);
            return match self.timed(doing, url.as_str(), within, opening).await {
                Ok(Some(why)) if why != "net::ERR_ABORTED" => Err(self.no_page(None, url.as_str(), &why).await.into()),
                Ok(_) => Ok(()),
                Err(Trouble::Silent { within, .. }) => {
                    let why = format!("no answer within {}", seconds(within));
                    Err(self.no_page(None, url.as_str(), &why).await.into())
                }
                Err(trouble) => Err(trouble.into()),
            };
        }
        let within = within + GRACE;
        match self.call(doing, url.as_str(), within, self.client.goto(url.as_str())).await {
            Err(Trouble::Command(CmdError::Standard(error)))
                if ["net::ERR_", "about:neterror", "about:certerror"]
                    .iter()
                    .any(|sign| error.message.contains(sign)) =>
            {
                Err(self.no_page(None, url.as_str(), first_line(&error.message)).await.into())
            }
            result => moved(result),
        }
    }

    /// Reloads the page, as with the browser's own button.
    ///
    /// # Errors
    /// Class infrastructure: the browser is gone.
    pub async fn reload(&self) -> anyhow::Result<()> {
        self.landed("reloading the page").await?;
        moved(self.call("reloading the page", "", GRACE, self.client.refresh()).await)
    }

    /// Goes back, as with the browser's own button.
    ///
    /// # Errors
    /// Class infrastructure: the browser is gone.
    pub async fn back(&self) -> anyhow::Result<()> {
        self.landed("going back").await?;
        moved(self.call("going back", "", GRACE, self.client.back()).await)
    }

    /// Waits until the page is there.
    ///
    /// # Errors
    /// Class product: it did not come in time; says where the browser was instead.
    pub async fn arrive(&self, place: &Place) -> anyhow::Result<()> {
        self.arrive_within(place, self.manners.arrival).await
    }

    /// Waits until the page is there, for so long.
    ///
    /// # Errors
    /// Class product: it did not come in time; says where the browser was instead.
    pub async fn arrive_within(&self, place: &Place, within: Duration) -> anyhow::Result<()> {
        // A sign in a frame is waited for once its frame is there.
        let frames = place.ready.frames();
        let sign = frames.first().unwrap_or(&place.ready);
        let expectation = Expectation {
            page: place.page,
            subject: "the page".into(),
            should: format!("open at {} and show {}", place.url, place.ready),
            locator: sign,
        };
        let asked = json!({ "origin": place.url.origin().ascii_serialization(), "path": place.path, "with_hash": place.with_hash, "ready": sign });
        let since = self.opened.take().unwrap_or_else(Instant::now);
        Box::pin(self.ask_since(since, json!({ "do": "arrive", "place": asked }), within, &expectation)).await?;
        if !frames.is_empty() {
            let expectation = Expectation { locator: &place.ready, ..expectation };
            let asked = json!({ "do": "look", "locator": place.ready, "condition": { "is": "visible" } });
            Box::pin(self.ask_since(since, asked, within, &expectation)).await?;
        }
        // What the pointer rested on was another page's.
        self.rested_elsewhere();
        Ok(())
    }

    /// Turns to the tab that the present one has just opened.
    ///
    /// # Errors
    /// Class product: none was opened in time.
    pub async fn follow_new_tab(&self, page: &str, what: &str) -> anyhow::Result<()> {
        self.landed(page).await?;
        let within = self.scaled(self.manners.element);
        let here = self.tab.borrow().clone();
        let known = self.tabs_before.borrow().clone();
        let started = Instant::now();
        let opened = self.channel.opened_tab(&self.user_context, &here, &known, within).await;
        let came = opened.is_none().then(|| "no new tab".to_owned());
        self.made("waiting for a new tab", format!("{page}: {what} should open one"), started, came);
        let Some(tab) = opened else {
            if self.channel.is_closed() {
                let text = format!("{page}: {what} may have opened a new tab, but the socket to the browser is closed");
                return Err(Failure::infrastructure(text).into());
            }
            let address = self.url().await.map_or_else(|_| "unknown".into(), |url| url.to_string());
            return Err(Failure::product(format!(
                "{page}: {what} should open a new tab\n  saw      no new tab\n  at       {address}\n  waited   {}",
                seconds(within)
            ))
            .into());
        };
        self.look_at(tab).in_class(Class::Infrastructure)
    }

    /// Gives this buyer's browser cookies, as a login made by hand left them.
    ///
    /// # Errors
    /// Class infrastructure: the browser refuses one.
    pub async fn set_cookies(&self, cookies: &[Cookie]) -> anyhow::Result<()> {
        for cookie in cookies {
            let tab = self.tab.borrow().clone();
            self.channel
                .set_cookie(&self.user_context, &tab, cookie)
                .await
                .with_context(|| format!("setting the cookie {} for {}", cookie.name, cookie.domain))
                .in_class(Class::Infrastructure)?;
        }
        Ok(())
    }

    /// Opens a further tab of the same buyer, and turns to it; gives the one that was left, for [`Self::turn_to`].
    ///
    /// # Errors
    /// Class infrastructure: the browser is gone.
    pub async fn open_tab(&self) -> anyhow::Result<TabHandle> {
        let left = TabHandle(self.tab.borrow().clone());
        let tab = self.channel.open_tab(&self.user_context).await.in_class(Class::Infrastructure)?;
        self.look_at(tab).in_class(Class::Infrastructure)?;
        Ok(left)
    }

    /// Turns to a tab that was left.
    ///
    /// # Errors
    /// Class infrastructure: the browser is gone, or the tab.
    pub async fn turn_to(&self, tab: &TabHandle) -> anyhow::Result<()> {
        self.rested_elsewhere();
        self.look_at(tab.0.clone()).in_class(Class::Infrastructure)
    }

    /// The address that the tab shows.
    ///
    /// # Errors
    /// Class infrastructure: the browser is gone.
    pub async fn url(&self) -> anyhow::Result<Url> {
        Ok(self.call("asking for the address", "", GRACE, self.client.current_url()).await?)
    }

    /// A picture of the page, WebP: a twentieth of a PNG's size, and taken in half its time.
    ///
    /// # Errors
    /// Class infrastructure: the browser is gone, or an alert lies over the page.
    pub async fn picture(&self, extent: Extent) -> anyhow::Result<Vec<u8>> {
        let tab = self.tab.borrow().clone();
        let started = Instant::now();
        let taken = self.channel.picture(&tab, extent).await;
        self.made(KEEPING_EVIDENCE, "a picture", started, taken.as_ref().err().map(|error| format!("{error:#}")));
        let data = taken.in_class(Class::Infrastructure)?;
        STANDARD.decode(data).context("the browser's picture is not in base64").in_class(Class::Infrastructure)
    }

    /// The part of the page as an accessible tree in text.
    ///
    /// # Errors
    /// Class product: the part is not there.
    pub async fn tree(&self, page: &str, part: &Locator) -> anyhow::Result<String> {
        let expectation = Expectation { page, subject: part.to_string(), should: "be there".into(), locator: part };
        let answer = self.ask(json!({ "do": "tree", "locator": part }), self.manners.element, &expectation).await?;
        Ok(answer.tree.unwrap_or_default())
    }

    /// Ends the scenario's context with all its tabs, cookies and storage; gives what its pages complained of.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn close(self) -> anyhow::Result<Vec<Complaint>> {
        let complaints = self.channel.forget(&self.user_context);
        self.channel.close_context(&self.user_context).await.in_class(Class::Infrastructure)?;
        Ok(complaints)
    }

    /// The pointer is on another page now: nothing that it did on the last one is to be done again.
    fn rested_elsewhere(&self) {
        self.last_gesture.take();
        self.hovered.take();
        self.pressed.take();
        self.opened.take();
    }

    pub(super) fn scaled(&self, within: Duration) -> Duration {
        within.mul_f64(self.manners.time_scale)
    }
}
