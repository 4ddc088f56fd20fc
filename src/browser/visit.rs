//! What one scenario sees of the browser: its user context, and the tab it is looking at.
//!
//! Whatever other rooms do with a page begins here or with a [`Spot`] of it.

use std::{
    rc::Rc,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use fantoccini::{Client, error::CmdError};
use regex::Regex;
use url::Url;

use super::{
    acting::Acting,
    axe,
    calls::{Call, Timings},
    channel::{Channel, Complaint, Extent, Interests, Said},
    condition::Condition,
    errands::Errands,
    expectation::Expectation,
    fault::Blame,
    hand::Hand,
    inquiry,
    looking::Looking,
    manners::Manners,
    marker,
    question::{
        Arrive, Entry, Found, Holder, Inquiry, Kept, Listed, Look, Press, Question, Sought, Survey, Surveyed, Tree,
        Ways, Whose,
    },
    replies::Replies,
    spot::Spot,
    tabs::Tabs,
    time::Time,
    trouble::{GRACE, Trouble, astray, first_line, moved, seconds},
    waiting::Waiting,
    witness::{Glance, Sight, Witness},
};
use crate::{
    domain::{Class, Failure, InClass as _},
    target::{Codes, Errand, Locator, Marker, Moment, Reply, Text},
};

/// A page that has been the same for so long rests, ms.
const RESTS: u64 = 350;
/// One that has been looked at for so long is taken as it is, ms.
const RESTLESS: u64 = 3_000;

/// A scenario's own window on the site.
pub struct Visit {
    manners: Rc<Manners>,
    pub(super) tabs: Rc<Tabs>,
    replies: Rc<Replies>,
    hand: Rc<Hand>,
    blame: Rc<Blame>,
    waiting: Rc<Waiting>,
    errands: Rc<Errands>,
    witness: Witness,
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

impl Place {
    /// Whether this address is the page's: what the page script holds one to that it arrived at.
    #[must_use]
    pub fn is_at(&self, url: &Url) -> bool {
        let hash = url.fragment().filter(|_| self.with_hash).map_or_else(String::new, |hash| format!("#{hash}"));
        let path = format!("{}{hash}", url.path());
        url.origin() == self.url.origin() && Regex::new(&self.path).is_ok_and(|pattern| pattern.is_match(&path))
    }

    /// Its address, for people: what differs from page to page as the profile writes it, such as `{order}`.
    #[must_use]
    pub fn address(&self) -> String {
        self.url.as_str().replace("%7B", "{").replace("%7D", "}")
    }
}

impl Visit {
    /// Opens a user context of its own, with one empty tab.
    pub(super) async fn fresh(
        client: Client,
        channel: Rc<Channel>,
        manners: Rc<Manners>,
        time: Time,
    ) -> anyhow::Result<Self> {
        let open = async {
            let interests = Interests { moves: manners.follows_tabs, headers: manners.listens_to_headers };
            channel.listen_to(interests).await?;
            let user_context = channel.open_context().await?;
            let tab = channel.open_tab(&user_context).await?;
            Self::open(client, Rc::clone(&channel), user_context, tab, manners, time)
        };
        open.await.context("opening a fresh browser context").in_class(Class::Infrastructure)
    }

    /// Another buyer's window in the same browser: no cookie, storage or cache of this one's. This one is turned to again by
    /// [`Self::resume`], once the other is closed.
    ///
    /// # Errors
    /// Class infrastructure: the browser is gone or refuses.
    pub async fn beside(&self) -> anyhow::Result<Self> {
        let (client, channel) = (self.tabs.client.clone(), Rc::clone(&self.tabs.channel));
        Self::fresh(client, channel, Rc::clone(&self.manners), self.waiting.time.clone()).await
    }

    /// Turns to this window again, after another's.
    ///
    /// # Errors
    /// Class infrastructure: the browser is gone.
    pub async fn resume(&self) -> anyhow::Result<()> {
        self.turn_to(&TabHandle(self.tabs.here())).await
    }

    fn open(
        client: Client,
        channel: Rc<Channel>,
        user_context: String,
        tab: String,
        manners: Rc<Manners>,
        time: Time,
    ) -> anyhow::Result<Self> {
        let tabs = Rc::new(Tabs::open(client, channel, user_context, tab)?);
        let looking = Rc::new(Looking::new(Rc::clone(&manners), Rc::clone(&tabs)));
        let replies = Rc::new(Replies::new(Rc::clone(&manners), Rc::clone(&tabs)));
        let hand = Rc::new(Hand::new(Rc::clone(&tabs)));
        let blame = Rc::new(Blame::new(Rc::clone(&manners), Rc::clone(&tabs)));
        let waiting = Rc::new(Waiting::new(
            Rc::clone(&manners),
            Rc::clone(&tabs),
            Rc::clone(&looking),
            Rc::clone(&replies),
            Rc::clone(&hand),
            Rc::clone(&blame),
            time,
        ));
        let acting = Acting::new(
            Rc::clone(&waiting),
            Rc::clone(&tabs),
            Rc::clone(&looking),
            Rc::clone(&hand),
            Rc::clone(&replies),
        );
        let witness = Witness::new(Rc::clone(&manners), Rc::clone(&tabs), looking, Rc::clone(&replies));
        Ok(Self { manners, tabs, replies, hand, blame, waiting, errands: Errands::new(acting), witness })
    }

    /// An element of a page.
    pub fn at<'a>(&'a self, page: &'a str, locator: &Locator) -> Spot<'a> {
        Spot::new(&self.errands, page, locator.clone())
    }

    /// From then on nothing new is begun: whatever is asked of the page fails, naming whose time is up, such as
    /// `the step's 90.0 s`. What is being waited for then still gets its own time, and says what it waited for.
    pub fn stop_at(&self, when: Instant, whose: impl Into<String>) {
        self.waiting.time.stop_at(when, whose.into());
    }

    /// Its time, which is that of all windows of the scenario.
    #[must_use]
    pub fn time(&self) -> &Time {
        &self.waiting.time
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
        self.errands.forget();
        let tabs = &self.tabs;
        tabs.page_was_opened();
        let (doing, within) = ("opening the page", self.manners.scaled(self.manners.arrival));
        if tabs.channel.reaches_pages() {
            let here = tabs.here();
            let opening = tabs.channel.go(&tabs.user_context, &here, url.as_str(), within);
            return match tabs.calls.timed(doing, url.as_str(), within, opening).await {
                Ok(Some(why)) if why != "net::ERR_ABORTED" => {
                    Err(self.blame.no_page(None, url.as_str(), &why).await.into())
                }
                Ok(_) => Ok(()),
                Err(Trouble::Silent { within, .. }) => {
                    let why = format!("no answer within {}", seconds(within));
                    Err(self.blame.no_page(None, url.as_str(), &why).await.into())
                }
                Err(trouble) => Err(trouble.into()),
            };
        }
        let within = within + GRACE;
        match tabs.call(doing, url.as_str(), within, tabs.client.goto(url.as_str())).await {
            Err(Trouble::Command(CmdError::Standard(error)))
                if ["net::ERR_", "about:neterror", "about:certerror"]
                    .iter()
                    .any(|sign| error.message.contains(sign)) =>
            {
                Err(self.blame.no_page(None, url.as_str(), first_line(&error.message)).await.into())
            }
            result => moved(result),
        }
    }

    /// Reloads the page, as with the browser's own button.
    ///
    /// # Errors
    /// Class infrastructure: the browser is gone.
    pub async fn reload(&self) -> anyhow::Result<()> {
        self.errands.acting.landed("reloading the page").await?;
        moved(self.tabs.call("reloading the page", "", GRACE, self.tabs.client.refresh()).await)
    }

    /// Goes back, as with the browser's own button.
    ///
    /// # Errors
    /// Class infrastructure: the browser is gone.
    pub async fn back(&self) -> anyhow::Result<()> {
        self.errands.acting.landed("going back").await?;
        moved(self.tabs.call("going back", "", GRACE, self.tabs.client.back()).await)
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
            should: format!("open at {} and show {}", place.address(), place.ready),
            locator: sign,
        };
        let arrive = Arrive {
            origin: place.url.origin().ascii_serialization(),
            path: place.path.clone(),
            with_hash: place.with_hash,
            ready: sign.clone(),
        };
        let since = self.tabs.take_opened().unwrap_or_else(Instant::now);
        Box::pin(self.waiting.ask_since(since, arrive, within, &expectation)).await?;
        if !frames.is_empty() {
            let expectation = Expectation { locator: &place.ready, ..expectation };
            let look = Look { locator: place.ready.clone(), condition: Condition::Visible, cells: None };
            Box::pin(self.waiting.ask_since(since, look, within, &expectation)).await?;
        }
        self.has_come(place.page).await
    }

    /// A page has come, by whatever that is known: what must be done on the way there is done.
    ///
    /// # Errors
    /// Class product: it cannot be. Class infrastructure: only a person can do it, and nobody is there; the browser is gone.
    pub async fn has_come(&self, page: &str) -> anyhow::Result<()> {
        // What the pointer rested on was another page's.
        self.rested_elsewhere();
        Box::pin(self.errands.arrived(page)).await
    }

    /// What must be done on the way from now on, in place of what the manners say.
    pub fn errands_are(&self, errands: Vec<(Moment, Errand)>) {
        self.waiting.errands.replace(errands);
    }

    /// The page that is open is one that was asked for, and not one that only says that there is none: it was not answered with an
    /// error status, as far as answers are listened to.
    ///
    /// # Errors
    /// Class product: it was.
    pub async fn should_be_found(&self, page: &str) -> anyhow::Result<()> {
        let address = self.url().await?;
        match self.tabs.channel.status_of(&self.tabs.here(), address.as_str()) {
            Some(status) if status >= 400 => Err(Failure::product(format!(
                "{page}: the page should be found\n  saw      an answer {status}\n  at       {address}"
            ))
            .into()),
            _ => Ok(()),
        }
    }

    /// Turns to the tab that the present one has just opened.
    ///
    /// # Errors
    /// Class product: none was opened in time.
    pub async fn follow_new_tab(&self, page: &str, what: &str) -> anyhow::Result<()> {
        self.errands.acting.landed(page).await?;
        let within = self.manners.scaled(self.manners.element);
        let started = Instant::now();
        let opened = self.tabs.opened_by_press(within).await;
        let came = opened.is_none().then(|| "no new tab".to_owned());
        self.tabs.calls.keep("waiting for a new tab", format!("{page}: {what} should open one"), started, came);
        let Some(tab) = opened else {
            if self.tabs.channel.is_closed() {
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
        self.tabs.look_at(tab).in_class(Class::Infrastructure)
    }

    /// Opens a further tab of the same buyer, and turns to it; gives the one that was left, for [`Self::turn_to`].
    ///
    /// # Errors
    /// Class infrastructure: the browser is gone.
    pub async fn open_tab(&self) -> anyhow::Result<TabHandle> {
        let left = TabHandle(self.tabs.here());
        let tab = self.tabs.channel.open_tab(&self.tabs.user_context).await.in_class(Class::Infrastructure)?;
        self.tabs.look_at(tab).in_class(Class::Infrastructure)?;
        Ok(left)
    }

    /// Turns to a tab that was left.
    ///
    /// # Errors
    /// Class infrastructure: the browser is gone, or the tab.
    pub async fn turn_to(&self, tab: &TabHandle) -> anyhow::Result<()> {
        self.rested_elsewhere();
        self.tabs.look_at(tab.0.clone()).in_class(Class::Infrastructure)
    }

    /// The address that the tab shows.
    ///
    /// # Errors
    /// Class infrastructure: the browser is gone.
    pub async fn url(&self) -> anyhow::Result<Url> {
        Ok(self.tabs.call("asking for the address", "", GRACE, self.tabs.client.current_url()).await?)
    }

    /// A picture of the page, WebP: a twentieth of a PNG's size, and taken in half its time.
    ///
    /// # Errors
    /// Class infrastructure: the browser is gone, or an alert lies over the page.
    pub async fn picture(&self, extent: Extent) -> anyhow::Result<Vec<u8>> {
        self.witness.picture(extent).await
    }

    /// The part of the page as an accessible tree in text.
    ///
    /// # Errors
    /// Class product: the part is not there.
    pub async fn tree(&self, page: &str, part: &Locator) -> anyhow::Result<String> {
        let expectation = Expectation { page, subject: part.to_string(), should: "be there".into(), locator: part };
        self.waiting.ask(Tree { locator: part.clone() }, &expectation).await
    }

    /// Notes what keeps people with a screen reader or a keyboard from using the page that is open, among what it says;
    /// `complains`: as a complaint.
    ///
    /// # Errors
    /// Class infrastructure: the page cannot be looked at so.
    pub async fn note_barriers(&self, page: &str, complains: bool) -> anyhow::Result<()> {
        self.errands.acting.landed(page).await?;
        let address = self.url().await?;
        let looking = self.tabs.client.execute_async(axe::SCRIPT, Vec::new());
        let within = self.manners.scaled(axe::WITHIN);
        let answer = self.tabs.call("looking for barriers", page, within, looking).await?;
        let answer = serde_json::from_value(answer).context("reading what axe-core answers").in_class(Class::Test)?;
        match answer {
            axe::Answer::Found(barriers) => {
                for barrier in barriers {
                    self.tabs.channel.note(&self.tabs.here(), barrier.words(page), address.as_str(), complains);
                }
                Ok(())
            }
            axe::Answer::Error(why) => {
                Err(Failure::infrastructure(format!("{page}: axe-core could not look at it: {why}")).into())
            }
        }
    }

    /// The buyer uses only the keyboard from now on: what is pressed is gone to by Tab, and has to show that it is where one is.
    pub fn put_mouse_away(&self) {
        self.hand.put_mouse_away();
    }

    /// All that a person may read or use on the page, once it rests.
    ///
    /// # Errors
    /// Class infrastructure: the browser is gone, or no page came. Class guard: it is on none of the target's hosts.
    pub async fn survey(&self, page: &str) -> anyhow::Result<Surveyed> {
        self.of_the_page(page, Survey { rest: RESTS, most: RESTLESS, part: None }).await
    }

    /// The ways to say which thing of a survey it is, as a person would, the shortest first; each finds it alone. Of what
    /// changes, none goes by what it shows just now.
    ///
    /// # Errors
    /// As [`Self::survey`].
    pub async fn ways(&self, page: &str, thing: usize, changes: bool) -> anyhow::Result<Vec<Locator>> {
        self.of_the_page(page, Ways { of: thing, changes, inside: None }).await
    }

    /// The same of a part of it alone, by the number of that thing.
    ///
    /// # Errors
    /// As [`Self::survey`].
    pub async fn survey_part(&self, page: &str, part: usize) -> anyhow::Result<Surveyed> {
        self.of_the_page(page, Survey { rest: RESTS, most: RESTLESS, part: Some(part) }).await
    }

    /// As [`Self::ways`], from a part of the page that the profile knows; by none that goes by what is shown just now.
    ///
    /// # Errors
    /// As [`Self::survey`].
    pub async fn ways_inside(&self, page: &str, thing: usize, inside: &Locator) -> anyhow::Result<Vec<Locator>> {
        self.of_the_page(page, Ways { of: thing, changes: true, inside: Some(inside.clone()) }).await
    }

    /// The entry of a list that a thing of a survey is in, if it is in any.
    ///
    /// # Errors
    /// As [`Self::survey`].
    pub async fn entry(&self, page: &str, thing: usize) -> anyhow::Result<Option<Listed>> {
        self.of_the_page(page, Entry { of: thing }).await
    }

    /// Which thing of a survey each of these finds, where it finds exactly one.
    ///
    /// # Errors
    /// As [`Self::survey`].
    pub async fn whose(&self, page: &str, locators: &[Locator]) -> anyhow::Result<Vec<Option<usize>>> {
        self.of_the_page(page, Whose { locators: locators.to_vec() }).await
    }

    /// The part of the page that these things of a survey are in, where a person could name it.
    ///
    /// # Errors
    /// As [`Self::survey`].
    pub async fn holder(&self, page: &str, things: &[usize]) -> anyhow::Result<Option<Locator>> {
        self.of_the_page(page, Holder { things: things.to_vec() }).await
    }

    async fn of_the_page<Q: Question>(&self, page: &str, question: Q) -> anyhow::Result<Q::Answer> {
        let locator = &Locator { css: Some("body".into()), ..Locator::default() };
        let expectation = Expectation { page, subject: "the page".into(), should: "be looked over".into(), locator };
        self.waiting.ask_within(question, self.manners.arrival, &expectation).await
    }

    /// The tab that is looked at, for [`Self::turn_to`].
    #[must_use]
    pub fn tab(&self) -> TabHandle {
        TabHandle(self.tabs.here())
    }

    /// Turns to the tab that the last press has opened, if it opens one within so long.
    ///
    /// # Errors
    /// Class infrastructure: the browser is gone.
    pub async fn follow_any_new_tab(&self, page: &str, within: Duration) -> anyhow::Result<bool> {
        self.errands.acting.landed(page).await?;
        let Some(tab) = self.tabs.opened_by_press(within).await else { return Ok(false) };
        self.tabs.look_at(tab).in_class(Class::Infrastructure)?;
        Ok(true)
    }

    /// Reads elements as they are at one moment. They are not waited for, but the frames that they are in are.
    ///
    /// # Errors
    /// Class infrastructure: the browser is gone. Class test: a locator is none. Class product: a frame did not come in time.
    pub async fn read_each(&self, page: &str, asked: &[Inquiry]) -> anyhow::Result<Vec<Found>> {
        inquiry::read_each(&self.waiting, page, asked).await
    }

    /// The page that is open carries this marker.
    ///
    /// # Errors
    /// Says what it carries instead.
    pub async fn should_carry(&self, marker: &Marker) -> anyhow::Result<()> {
        marker::should_carry(&self.waiting, &self.tabs, marker).await
    }

    /// Who logs in from now on: whose one-time codes are filled in on the way, and for whom a person is asked.
    pub fn account_is(&self, name: &str, codes: Option<Codes>) {
        self.errands.account_is(name, codes);
    }

    /// The next press opens a dialog that says this, and gets this answer; it fails where none comes in the time that an element
    /// has, and where it says another thing.
    pub fn answer_next(&self, text: Text, reply: Reply) {
        self.replies.expect(text, reply);
    }

    /// What was looked for in vain, by the number that its failure names.
    #[must_use]
    pub fn sought(&self, number: usize) -> Option<Sought> {
        self.waiting.sought.borrow().get(number).cloned()
    }

    /// The page as it is at this moment.
    #[must_use]
    pub fn glance(&self) -> Glance<'_> {
        Glance(&self.witness)
    }

    /// The page as it is now; `None` where it is just being replaced or cannot be asked.
    ///
    /// # Errors
    /// Class product: an alert lies over the page. Some browsers dismiss it when they tell of it, and then nobody else will.
    pub async fn witness(&self) -> anyhow::Result<Option<Sight>> {
        self.witness.sight().await
    }

    /// A picture of the page, WebP, with passwords, codes and card numbers blacked out; `None` where they cannot
    /// be, for then nobody may keep one.
    pub async fn veiled_picture(&self, extent: Extent) -> Option<Vec<u8>> {
        self.witness.veiled_picture(extent).await
    }

    /// All of the page as it is now, as markup without passwords, codes and card numbers; `None` where it is just being replaced or
    /// cannot be asked.
    pub async fn whole_page(&self) -> Option<Kept> {
        self.witness.whole().await
    }

    /// What the pointer has pressed since this was asked last, in that order; nothing of what was used by keyboard.
    #[must_use]
    pub fn take_pressed(&self) -> Vec<Press> {
        self.hand.take_pressed()
    }

    /// What the pages of this visit wrote to their consoles so far, and which of their requests failed.
    #[must_use]
    pub fn said(&self) -> Vec<Said> {
        self.tabs.channel.said(&self.tabs.user_context)
    }

    /// The calls to the browser so far, from the one of this number on.
    #[must_use]
    pub fn calls(&self, from: usize) -> Vec<Call> {
        self.tabs.calls.from(from)
    }

    /// How often each kind of call was made to the browser so far, and how long it took in all.
    #[must_use]
    pub fn timings(&self) -> Timings {
        self.tabs.calls.timings()
    }

    /// Ends the scenario's context with all its tabs, cookies and storage; gives what its pages complained of.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn close(self) -> anyhow::Result<Vec<Complaint>> {
        let Tabs { channel, user_context, .. } = &*self.tabs;
        let complaints = channel.forget(user_context);
        channel.close_context(user_context).await.in_class(Class::Infrastructure)?;
        Ok(complaints)
    }

    /// The pointer is on another page now: nothing that it did on the last one is to be done again.
    fn rested_elsewhere(&self) {
        self.hand.moved_on();
        self.replies.forget_press();
        self.tabs.take_opened();
    }
}
