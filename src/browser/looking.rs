//! Asking the document in a tab one question.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    time::{Duration, Instant},
};

use fantoccini::{
    error::{CmdError, ErrorStatus},
    wd::{TimeoutConfiguration, WindowHandle},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::{
    calls::KEEPING_EVIDENCE,
    manners::Manners,
    question::{Answered, Question, Seen, Terms, Unmet},
    script::{OF_A_DRIVER, OF_A_DRIVER_AGAIN},
    tabs::Tabs,
    trouble::{GRACE, Trouble, asks_to_stay, first_line, seconds, swept_away, unreadable},
};
use crate::domain::Failure;

/// What a driver gives a script beyond what it may wait: none that answers at all takes so long. Over the driver there is no other
/// way out of a page whose scripts never rest, or that is being left for one that does not come, since it takes up the driver.
const BEYOND: Duration = Duration::from_secs(2);

/// What a document answered; `None` where a navigation took it away while it was being asked, or is about to, or there was none
/// in time.
pub(super) type Look<T> = Option<Answered<T>>;

/// A question as the page script takes it.
#[derive(Serialize)]
struct Asked<'a, Q> {
    #[serde(rename = "do")]
    name: &'static str,
    of: &'a Q,
    #[serde(flatten)]
    terms: &'a Terms,
    /// How long it may wait to be met.
    ms: u128,
    /// It is the driver who asks.
    by_driver: bool,
}

/// Asks documents.
pub(super) struct Looking {
    pub(super) tabs: Rc<Tabs>,
    manners: Rc<Manners>,
    /// How long the driver gives scripts, once it was told.
    limit: Cell<Option<Duration>>,
    /// The tab whose document has the page script, as far as is known.
    scripted: RefCell<Option<String>>,
    /// The driver is in a frame of the page.
    in_frame: Cell<bool>,
    /// It stays there for what a pointer is to do.
    pub(super) stays: Cell<bool>,
}

impl Looking {
    pub(super) fn new(manners: Rc<Manners>, tabs: Rc<Tabs>) -> Self {
        Self {
            tabs,
            manners,
            limit: Cell::default(),
            scripted: RefCell::default(),
            in_frame: Cell::default(),
            stays: Cell::default(),
        }
    }

    /// Asks the page itself once. `about`: what for, in words.
    ///
    /// # Errors
    /// Class product: it does not answer, although its browser does; an alert lies over it. Class infrastructure: the browser is
    /// gone.
    pub(super) async fn look<Q: Question>(
        &self,
        question: &Q,
        terms: &Terms,
        about: &str,
        slice: Duration,
    ) -> anyhow::Result<Look<Q::Answer>> {
        self.step_out().await?;
        let tabs = &self.tabs;
        if !tabs.channel.reaches_pages() {
            return self.look_by_driver(Q::DOING, question, terms, about, slice).await;
        }
        let here = tabs.here();
        let asked = asked(question, terms, slice, false)?;
        let asking = tabs.channel.ask(&tabs.user_context, &here, &asked, slice);
        match tabs.calls.timed(Q::DOING, about, slice + GRACE, asking).await {
            // A browser that still answers itself is held up by its page.
            Err(Trouble::Silent { within, .. }) if Q::DOING != KEEPING_EVIDENCE && tabs.channel.nods(&here).await => {
                let text = format!(
                    "{about}\n  but      the page did not answer within {}, although its browser does: its scripts never rest",
                    seconds(within)
                );
                Err(Failure::product(text).into())
            }
            answered => self
                .read(answered?)
                .map_err(|error| anyhow::Error::new(error).context("reading the page script's answer")),
        }
    }

    /// Asks the document that the driver is in, be it a frame's, by the driver's command to run a script.
    pub(super) async fn look_by_driver<Q: Question>(
        &self,
        doing: &'static str,
        question: &Q,
        terms: &Terms,
        about: &str,
        slice: Duration,
    ) -> anyhow::Result<Look<Q::Answer>> {
        let limit = self.limit_to(slice).await?;
        let here = Some(self.tabs.here()).filter(|_| !self.in_frame.get());
        // Whatever comes of it, what was known of the document is used up; an answer proves the script to be there.
        let known = self.scripted.take();
        let script = if known.is_some() && known == here { OF_A_DRIVER_AGAIN } else { OF_A_DRIVER };
        let asked = asked(question, terms, slice, true)?;
        let asking = self.tabs.client.execute_async(script, vec![asked]);
        let started = Instant::now();
        let answered = match self.tabs.call(doing, about, slice + GRACE, asking).await {
            // geckodriver's answer where the document of a running script goes.
            Ok(Value::Null) => None,
            Ok(value) if value["state"] == "unknown" => None,
            Ok(value) => {
                self.scripted.replace(here);
                Some(value)
            }
            // Said at once where the document goes.
            Err(Trouble::Command(CmdError::Standard(error)))
                if error.error == ErrorStatus::ScriptTimeout && started.elapsed() >= limit =>
            {
                let why = "its scripts never rest, or it is being left for a page that does not come";
                let seen = format!("no answer of the page within {}: {why}", seconds(limit));
                return Ok(Some(Answered { at: None, met: Err(Unmet::Silent(Seen::only(seen, None))) }));
            }
            Err(Trouble::Command(CmdError::Standard(error))) if swept_away(&error.error, &error.message) => None,
            Err(Trouble::Command(CmdError::Standard(error))) if asks_to_stay(&error.message) => None,
            Err(trouble) => return Err(trouble.into()),
        };
        match self.read(answered).map_err(unreadable)? {
            // Here the script is in the page's own world: what it relies on may be missing. A locator that is none is not of that.
            Some(Answered { met: Err(Unmet::Broken(seen)), .. }) if !seen.seen.starts_with("SyntaxError") => {
                Err(unreadable(first_line(&seen.seen)).into())
            }
            look => Ok(look),
        }
    }

    /// Tells the driver how long scripts may take that wait so long; it is told again only where that is much longer or shorter.
    async fn limit_to(&self, slice: Duration) -> Result<Duration, Trouble> {
        let seconds = slice.as_secs() + u64::from(slice.subsec_nanos() > 0);
        let wanted = Duration::from_secs(seconds.next_power_of_two()) + self.manners.scaled(BEYOND);
        if self.limit.get() != Some(wanted) {
            let limits = TimeoutConfiguration::new(Some(wanted), None, None);
            self.tabs.call("limiting scripts", "", GRACE, self.tabs.client.update_timeouts(limits)).await?;
            self.limit.set(Some(wanted));
        }
        Ok(wanted)
    }

    /// Understands what a document answered.
    fn read<T: DeserializeOwned>(&self, answered: Option<Value>) -> serde_json::Result<Look<T>> {
        let Some(value) = answered else {
            self.tabs.calls.came("the page is being replaced by another");
            return Ok(None);
        };
        let answered: Answered<T> = serde_json::from_value(value)?;
        if let Err(unmet) = &answered.met {
            self.tabs.calls.came(unmet.words());
        }
        Ok(Some(answered))
    }

    /// What is done next may lead to another document.
    pub(super) fn another_may_come(&self) {
        self.scripted.take();
    }

    /// The driver goes into a frame.
    pub(super) fn stepping_in(&self) {
        self.in_frame.set(true);
    }

    /// The driver is with the page itself again, if it was in a frame of it.
    pub(super) async fn step_out(&self) -> Result<(), Trouble> {
        if self.in_frame.get() {
            // Nothing shorter leads there from a frame that has gone.
            let page = WindowHandle::try_from(self.tabs.here()).map_err(|error| Trouble::Channel(error.into()))?;
            self.tabs.call("leaving a frame", "", GRACE, self.tabs.client.switch_to_window(page)).await?;
            self.in_frame.set(false);
        }
        Ok(())
    }
}

fn asked<Q: Question>(question: &Q, terms: &Terms, slice: Duration, by_driver: bool) -> serde_json::Result<Value> {
    serde_json::to_value(Asked { name: Q::NAME, of: question, terms, ms: slice.as_millis(), by_driver })
}
