//! Asking a page until it answers as wanted: the one loop that waits.

use std::{
    fmt,
    time::{Duration, Instant},
};

use fantoccini::error::CmdError;
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use super::{
    Visit,
    calls::KEEPING_EVIDENCE,
    script::{OF_A_DRIVER, OF_A_DRIVER_AGAIN},
    trouble::{GRACE, Trouble, asks_to_stay, astray, cut, is_error_page, seconds, swept_away, unreadable},
    witness::Seen,
};
use crate::{domain::Failure, target::Locator};

/// How long one look may last before it is asked again: an answer must come now and then, or the page hangs.
const LOOK: Duration = Duration::from_secs(4);
/// How long the next look waits after a navigation swept the last one away.
const AFTER_NAVIGATION: Duration = Duration::from_millis(2);

/// What a page's script answers.
#[derive(Debug, Deserialize)]
pub(super) struct Answer {
    pub(super) state: String,
    #[serde(default)]
    pub(super) seen: Option<String>,
    #[serde(default)]
    pub(super) near: Vec<String>,
    #[serde(default)]
    pub(super) at: Option<String>,
    #[serde(default)]
    pub(super) overlay: Option<usize>,
    /// Which of what may not be pressed here the element is.
    #[serde(default)]
    pub(super) barred: Option<usize>,
    /// The element pays, terminates or returns: it is one of those that were asked about.
    #[serde(default)]
    pub(super) grave: bool,
    /// The address that was arrived at.
    #[serde(default)]
    pub(super) url: Option<String>,
    /// Where the element is that was aimed at.
    #[serde(default)]
    pub(super) point: Option<Point>,
    /// What is to be typed there, where that is not the text itself.
    #[serde(default)]
    pub(super) keys: Option<String>,
    /// What the driver calls the element that was handed back.
    #[serde(default)]
    pub(super) element: Option<Value>,
    #[serde(default)]
    pub(super) reading: Option<Reading>,
    #[serde(default)]
    pub(super) rows: Option<Vec<Row>>,
    #[serde(default)]
    pub(super) names: Option<Vec<String>>,
    #[serde(default)]
    pub(super) answers: Option<Vec<Answer>>,
    #[serde(default)]
    pub(super) tree: Option<String>,
    #[serde(default)]
    pub(super) options: Option<Vec<(String, bool)>>,
    #[serde(default)]
    pub(super) sight: Option<Seen>,
    /// The document that a page is, where it was not as wanted in time.
    #[serde(default)]
    pub(super) document: Option<Came>,
    /// When the document began, ms since 1970 by the browser's clock.
    #[serde(default)]
    pub(super) born: Option<f64>,
}

impl Answer {
    /// The driver's name for the element that was handed back.
    pub(super) fn element_id(&self) -> Option<String> {
        self.element.as_ref()?.as_object()?.values().next()?.as_str().map(str::to_owned)
    }
}

/// How a document came.
#[derive(Debug, Deserialize)]
pub(super) struct Came {
    pub(super) address: String,
    /// 0 where there was no answer.
    pub(super) status: u16,
}

#[derive(Debug, Clone, Copy, Deserialize)]
pub(super) struct Point {
    pub(super) x: f64,
    pub(super) y: f64,
}

/// One row of a list, by the names that the profile gives its cells. A cell that is missing or ambiguous is `None`.
pub type Row = std::collections::BTreeMap<String, Option<String>>;

/// What an element shows.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Reading {
    /// Its text as a person sees it, white space squeezed.
    pub text: String,
    /// The value of a control; else the text.
    pub value: String,
    /// Accessible name.
    pub name: String,
    /// Chosen, ticked, selected or pressed.
    pub checked: bool,
    /// Cannot be used now.
    pub disabled: bool,
}

/// What is expected of the page, in words: `page: subject should verb`.
pub(super) struct Expectation<'a> {
    pub page: &'a str,
    pub subject: String,
    pub should: String,
    pub locator: &'a Locator,
}

impl fmt::Display for Expectation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} should {}", self.page, self.subject, self.should)
    }
}

impl Visit {
    /// Asks the page until it answers as wanted.
    pub(super) async fn ask(
        &self,
        request: Value,
        within: Duration,
        expectation: &Expectation<'_>,
    ) -> anyhow::Result<Answer> {
        // Whatever is done on a page holds this: boxed, it does not fill the stack.
        Box::pin(self.ask_since(Instant::now(), request, within, expectation)).await
    }

    /// The same, where the waiting has begun already. The one loop that waits.
    pub(super) async fn ask_since(
        &self,
        started: Instant,
        mut request: Value,
        within: Duration,
        expectation: &Expectation<'_>,
    ) -> anyhow::Result<Answer> {
        let within = self.scaled(within);
        let now = Instant::now();
        if let Some((_, whose)) = self.until.borrow().as_ref().filter(|(when, _)| now >= *when) {
            let text = format!("{expectation}\n  but      {whose} were up before it could be looked at");
            return Err(Failure::infrastructure(text).into());
        }
        request["overlays"] = self
            .manners
            .overlays
            .iter()
            .map(|(shown, dismiss)| json!({ "shown": shown, "dismiss": dismiss }))
            .collect();
        request["load_ms"] = json!(self.manners.load.as_millis());
        let about = expectation.to_string();
        let frames = expectation.locator.frames();
        self.sure_of_press(&frames, expectation).await?;
        let mut last: Option<Answer> = None;
        loop {
            let left = within.saturating_sub(started.elapsed());
            let slice = left.min(LOOK);
            request["ms"] = json!(slice.as_millis());
            request["last"] = json!(left <= LOOK);
            let time_up = left <= LOOK;
            let look = match Box::pin(self.look_in(&frames, &request, &about, slice)).await {
                Err(_) if self.answer_by_profile().await? => continue,
                look => look?,
            };
            self.stay_home(&look, expectation).await?;
            match look {
                Look::Answered(answer) => match answer.state.as_str() {
                    "ok" => return Ok(*answer),
                    "overlay" => {
                        self.dismiss(answer.overlay.unwrap_or_default()).await?;
                        self.hover_again(expectation).await?;
                    }
                    "missed" if !time_up || started.elapsed() < within => {
                        last = Some(*answer);
                        self.gesture_again(expectation, None).await?;
                    }
                    "slipped" if !time_up || started.elapsed() < within => {
                        let what = answer.seen.clone();
                        last = Some(*answer);
                        self.gesture_again(expectation, what.as_deref()).await?;
                    }
                    "broken" => {
                        return Err(Failure::test(format!(
                            "{expectation}\n  but the page could not be asked: {}",
                            answer.seen.unwrap_or_default()
                        ))
                        .into());
                    }
                    _ if answer.at.as_deref().is_some_and(is_error_page) => {
                        return Err(self.error_page(&about, answer.at.as_deref().unwrap_or_default()).await.into());
                    }
                    _ => last = Some(*answer),
                },
                Look::SweptAway if !left.is_zero() => {
                    if !self.channel.reaches_pages() {
                        // Only now is a new document being made; a look before it is there would be swept away as well.
                        tokio::time::sleep(AFTER_NAVIGATION.min(left)).await;
                    }
                    continue;
                }
                Look::SweptAway => {}
            }
            if time_up && started.elapsed() >= within {
                let leaving = self.channel.leaving(&self.tab.borrow());
                let waited = started.elapsed();
                let failing = last.as_ref().and_then(|answer| answer.document.as_ref()).filter(|it| it.status >= 500);
                let text = unmet(expectation, last.as_ref(), leaving.as_deref(), waited);
                return Err(match leaving.as_ref().or(failing.map(|document| &document.address)) {
                    Some(address) => self.of_page_or_site(text, address).await,
                    None => Failure::product(text),
                }
                .into());
            }
        }
    }

    /// The page that answered, and every tab of this buyer as far as the browser has told, is on a host of the target, and came
    /// there by none of another. A page can be there before the browser has told by which way it came; before anything is done
    /// on it, all is heard.
    pub(super) async fn stay_home(&self, look: &Look, doing: impl fmt::Display) -> anyhow::Result<()> {
        let here = match look {
            Look::Answered(answer) => {
                if self.manners.follows_tabs && (answer.point.is_some() || answer.url.is_some()) {
                    let tab = self.tab.borrow().clone();
                    self.channel.catch_up(&tab).await.map_err(Trouble::Channel)?;
                }
                answer.at.clone()
            }
            Look::SweptAway => None,
        };
        let went = here.into_iter().chain(self.channel.went(&self.user_context));
        let mut off = went.filter(|at| Url::parse(at).is_ok_and(|url| !self.manners.hosts.admit(&url)));
        off.next().map_or(Ok(()), |at| Err(astray(doing, &at).into()))
    }

    /// What the browser's own error page stands for.
    async fn error_page(&self, about: &str, at: &str) -> Failure {
        let tab = self.tab.borrow().clone();
        match self.channel.unanswered(&tab) {
            Some((address, why)) => self.no_page(Some(about), &address, &why).await,
            // Some say it in the address of that page.
            None => self.no_page(Some(about), at, "the browser shows its own error page").await,
        }
    }

    /// Asks the page once. `about`: what for, in words.
    pub(super) async fn look(&self, request: &Value, about: &str, slice: Duration) -> anyhow::Result<Look> {
        let doing = match request["do"].as_str() {
            Some("arrive") => "waiting for a page",
            Some("aim") => "aiming at an element",
            Some("typed") => "reading what was typed",
            Some("choose") => "choosing an option",
            Some("look") => "waiting for an element",
            Some("witness" | "veil" | "unveil") => KEEPING_EVIDENCE,
            _ => "reading the page",
        };
        self.step_out().await?;
        let tab = self.tab.borrow().clone();
        let by_driver = !self.channel.reaches_pages();
        let answered = if by_driver {
            let mut request = request.clone();
            request["by_driver"] = json!(true);
            self.ask_driver(doing, about, &request, slice).await?
        } else {
            let asking = self.channel.ask(&self.user_context, &tab, request, slice);
            match self.timed(doing, about, slice + GRACE, asking).await {
                // A browser that still answers itself is held up by its page.
                Err(Trouble::Silent { within, doing })
                    if doing != KEEPING_EVIDENCE && self.channel.nods(&tab).await =>
                {
                    let text = format!(
                        "{about}\n  but      the page did not answer within {}, although its browser does: its scripts never rest",
                        seconds(within)
                    );
                    return Err(Failure::product(text).into());
                }
                answered => answered?,
            }
        };
        self.read(answered, by_driver)
    }

    /// Understands what a document answered; `None`: a navigation took it away.
    pub(super) fn read(&self, answered: Option<Value>, by_driver: bool) -> anyhow::Result<Look> {
        let Some(value) = answered else {
            self.came("the page is being replaced by another");
            return Ok(Look::SweptAway);
        };
        let answer: Answer = serde_json::from_value(value).map_err(|error| match by_driver {
            true => unreadable(&error).into(),
            false => anyhow::Error::new(error).context("reading the page script's answer"),
        })?;
        if answer.state != "ok" {
            self.came(answer.seen.as_deref().unwrap_or(&answer.state));
        }
        Ok(Look::Answered(Box::new(answer)))
    }

    /// A press in a frame that met another thing is made again before another document is asked what came of it.
    async fn sure_of_press(&self, frames: &[Locator], expectation: &Expectation<'_>) -> anyhow::Result<()> {
        let pressed_in = self.unsure.take();
        if pressed_in.is_empty() || pressed_in == frames {
            return Ok(());
        }
        let asked = json!({ "do": "landed" });
        match Box::pin(self.look_in(&pressed_in, &asked, &expectation.to_string(), Duration::ZERO)).await {
            Ok(Look::Answered(answer)) if answer.state == "missed" => self.gesture_again(expectation, None).await,
            Ok(Look::Answered(answer)) if answer.state == "slipped" => {
                self.gesture_again(expectation, answer.seen.as_deref()).await
            }
            // Whatever keeps it from answering, what is asked next meets too.
            _ => Ok(()),
        }
    }

    /// Asks by the driver's command to run a script; `None` where a navigation takes the document away.
    pub(super) async fn ask_driver(
        &self,
        doing: &'static str,
        about: &str,
        request: &Value,
        slice: Duration,
    ) -> anyhow::Result<Option<Value>> {
        // Whatever comes of it, what was known of the document is used up; an answer proves the script to be there.
        let script = if self.has_script.replace(false) { OF_A_DRIVER_AGAIN } else { OF_A_DRIVER };
        let asking = self.client.execute_async(script, vec![request.clone()]);
        match self.call(doing, about, slice + GRACE, asking).await {
            // geckodriver's answer where the document of a running script goes.
            Ok(Value::Null) => Ok(None),
            Ok(value) if value["state"] == "unknown" => Ok(None),
            Ok(value) => {
                self.has_script.set(true);
                Ok(Some(value))
            }
            Err(Trouble::Command(CmdError::Standard(error))) if swept_away(&error.error, &error.message) => Ok(None),
            Err(Trouble::Command(CmdError::Standard(error))) if asks_to_stay(&error.message) => Ok(None),
            Err(trouble) => Err(trouble.into()),
        }
    }
}

pub(super) enum Look {
    Answered(Box<Answer>),
    /// A navigation took the document away while it was being looked at, or is about to; or there was none in time.
    SweptAway,
}

pub(super) fn unmet(
    expectation: &Expectation<'_>,
    last: Option<&Answer>,
    leaving: Option<&str>,
    waited: Duration,
) -> String {
    let mut text = expectation.to_string();
    let unseen = if leaving.is_some() { "no page" } else { "the page kept being replaced" };
    let seen = last.and_then(|answer| answer.seen.as_deref()).unwrap_or(unseen);
    text.push_str(&format!("\n  saw      {seen}"));
    if let Some(at) = last.and_then(|answer| answer.at.as_deref()) {
        text.push_str(&format!("\n  at       {}", cut(at.to_owned())));
    }
    if let Some(document) = last.and_then(|answer| answer.document.as_ref()).filter(|it| it.status >= 400) {
        text.push_str(&format!("\n  answered {}, at {}", document.status, cut(document.address.clone())));
    }
    if let Some(address) = leaving {
        text.push_str(&format!("\n  left     for {}, from where no page has come", cut(address.to_owned())));
    }
    text.push_str(&format!("\n  located  by {}", expectation.locator));
    if let Some(answer) = last
        && !answer.near.is_empty()
    {
        text.push_str(&format!("\n  near     {}", answer.near.join(", ")));
    }
    text.push_str(&format!("\n  waited   {}", seconds(waited)));
    text
}
