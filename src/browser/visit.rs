//! What one scenario sees of the browser: its user context, and the tab it is looking at.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    fmt,
    rc::Rc,
    time::{Duration, Instant},
};

use anyhow::{Context as _, anyhow};
use fantoccini::{
    Client,
    actions::{Actions, InputSource as _, KeyAction, KeyActions, MOUSE_BUTTON_LEFT, MouseActions, PointerAction},
    elements::{Element, ElementRef},
    error::{CmdError, ErrorStatus},
    wd::WindowHandle,
};
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use super::{
    Spot,
    bidi::{Bidi, Complaint},
};
use crate::{
    domain::{Class, Failure, InClass as _},
    target::Locator,
};

/// The script that looks at pages. It stays in the document it was sent to, out of the page's sight; a navigation forgets
/// it.
const SCRIPT: &str = concat!(
    "const [asked, done] = arguments;\nconst answered = (() => {\n",
    include_str!("script/aria.js"),
    include_str!("script/locate.js"),
    include_str!("script/wait.js"),
    include_str!("script/tree.js"),
    include_str!("script/main.js"),
    "return answered;\n})();\nObject.defineProperty(window, Symbol.for('dcdb-e2e.answered'), { value: answered, configurable: true });\nanswered(asked).then(done);\n",
);

/// The same, where the document has it already.
const SCRIPT_AGAIN: &str = "const [asked, done] = arguments;\nconst answered = window[Symbol.for('dcdb-e2e.answered')];\nif (answered) answered(asked).then(done); else done({ state: 'unknown' });\n";

/// The script that looks at pages, for whoever asks a driver directly: the body of an asynchronous script whose one
/// argument is a request such as `{"do": "outline", "ms": 0}`.
#[must_use]
pub const fn page_script() -> &'static str {
    SCRIPT
}

/// How long one look may last before it is asked again: an answer must come now and then, or the page hangs.
const LOOK: Duration = Duration::from_secs(4);
/// What a call may take beyond the time that the page was given.
const GRACE: Duration = Duration::from_secs(15);
/// How long the next look waits after a navigation swept the last one away.
const AFTER_NAVIGATION: Duration = Duration::from_millis(2);

/// Calls to the driver by kind: how many, and how long all of them took.
pub type Timings = BTreeMap<String, (u32, Duration)>;

/// How pages of a target want to be treated, whatever is done on them.
#[derive(Debug, Clone)]
pub struct Manners {
    /// What may lie over a page and is to be dismissed: how it is known, and what dismisses it.
    pub overlays: Vec<(Locator, Locator)>,
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
    client: Client,
    bidi: Rc<Bidi>,
    user_context: String,
    tab: RefCell<String>,
    manners: Rc<Manners>,
    /// Given again when the page moved before it arrived; such a press never reached the page.
    last_press: RefCell<Option<Press>>,
    /// The tabs that were there before the last press: what it opens is none of them.
    tabs_before: RefCell<Vec<String>>,
    /// The document in the tab has the script, as far as is known.
    has_script: Cell<bool>,
    timings: RefCell<Timings>,
}

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

#[derive(Debug, Clone)]
struct Press {
    locator: Locator,
    then: Vec<Stroke>,
}

/// What is typed after a press.
#[derive(Debug, Clone)]
pub(super) enum Stroke {
    /// Everything in the field is marked, so that what follows replaces it.
    SelectAll,
    /// These characters.
    Text(String),
    /// This key.
    Key(char),
}

/// What a page's script answers.
#[derive(Debug, Deserialize)]
pub(super) struct Answer {
    state: String,
    #[serde(default)]
    seen: Option<String>,
    #[serde(default)]
    near: Vec<String>,
    #[serde(default)]
    at: Option<String>,
    #[serde(default)]
    overlay: Option<usize>,
    #[serde(default)]
    point: Option<Point>,
    #[serde(default)]
    element: Option<Value>,
    #[serde(default)]
    pub(super) reading: Option<Reading>,
    #[serde(default)]
    pub(super) rows: Option<Vec<Row>>,
    #[serde(default)]
    pub(super) names: Option<Vec<String>>,
    #[serde(default)]
    pub(super) tree: Option<String>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
struct Point {
    x: f64,
    y: f64,
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
    pub(super) async fn open(
        client: Client,
        bidi: Rc<Bidi>,
        user_context: String,
        tab: String,
        manners: Rc<Manners>,
    ) -> anyhow::Result<Self> {
        let visit = Self {
            client,
            bidi,
            user_context,
            tab: RefCell::new(tab.clone()),
            manners,
            last_press: RefCell::new(None),
            tabs_before: RefCell::new(Vec::new()),
            has_script: Cell::new(false),
            timings: RefCell::default(),
        };
        visit.look_at(tab).await?;
        Ok(visit)
    }

    async fn look_at(&self, tab: String) -> anyhow::Result<()> {
        let handle = WindowHandle::try_from(tab.clone())?;
        self.call("turning to the tab", GRACE, self.client.switch_to_window(handle))
            .await
            .map_err(anyhow::Error::from)?;
        self.tab.replace(tab);
        self.has_script.set(false);
        Ok(())
    }

    /// An element of a page.
    pub fn at<'a>(&'a self, page: &'a str, locator: &Locator) -> Spot<'a> {
        Spot::new(self, page, locator.clone())
    }

    /// How this target's pages want to be treated.
    #[must_use]
    pub fn manners(&self) -> &Manners {
        &self.manners
    }

    /// Opens a page by its address, as from a bookmark. Does not wait for it: [`Self::arrive`] does.
    ///
    /// # Errors
    /// Class infrastructure: the address cannot be reached.
    pub async fn go(&self, url: &Url) -> anyhow::Result<()> {
        match self
            .call("opening the page", self.scaled(self.manners.arrival) + GRACE, self.client.goto(url.as_str()))
            .await
        {
            Err(Trouble::Command(CmdError::Standard(error))) if error.message.contains("net::ERR_") => {
                Err(Failure::infrastructure(format!("{url} cannot be reached: {}", first_line(&error.message))).into())
            }
            result => moved(result),
        }
    }

    /// Reloads the page, as with the browser's own button.
    ///
    /// # Errors
    /// Class infrastructure: the browser is gone.
    pub async fn reload(&self) -> anyhow::Result<()> {
        moved(self.call("reloading the page", GRACE, self.client.refresh()).await)
    }

    /// Goes back, as with the browser's own button.
    ///
    /// # Errors
    /// Class infrastructure: the browser is gone.
    pub async fn back(&self) -> anyhow::Result<()> {
        moved(self.call("going back", GRACE, self.client.back()).await)
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
        let expectation = Expectation {
            page: place.page,
            subject: "the page".into(),
            should: format!("open at {} and show {}", place.url, place.ready),
            locator: &place.ready,
        };
        let asked = json!({ "origin": place.url.origin().ascii_serialization(), "path": place.path, "with_hash": place.with_hash, "ready": place.ready });
        self.ask(json!({ "do": "arrive", "place": asked }), within, &expectation).await?;
        Ok(())
    }

    /// Turns to the tab that the present one has just opened.
    ///
    /// # Errors
    /// Class product: none was opened in time.
    pub async fn follow_new_tab(&self, page: &str, what: &str) -> anyhow::Result<()> {
        let within = self.scaled(self.manners.element);
        let here = self.tab.borrow().clone();
        let known = self.tabs_before.borrow().clone();
        let opened = self.bidi.opened_tab(&self.user_context, &here, &known, within).await;
        let Some(tab) = opened else {
            let address = self.url().await.map_or_else(|_| "unknown".into(), |url| url.to_string());
            return Err(Failure::product(format!(
                "{page}: {what} should open a new tab\n  saw      no new tab\n  at       {address}\n  waited   {}",
                seconds(within)
            ))
            .into());
        };
        self.look_at(tab.context).await.context("turning to the new tab").in_class(Class::Infrastructure)
    }

    /// The address that the tab shows.
    ///
    /// # Errors
    /// Class infrastructure: the browser is gone.
    pub async fn url(&self) -> anyhow::Result<Url> {
        Ok(self.call("asking for the address", GRACE, self.client.current_url()).await?)
    }

    /// A picture of what the tab shows, PNG.
    ///
    /// # Errors
    /// Class infrastructure: the browser is gone.
    pub async fn picture(&self) -> anyhow::Result<Vec<u8>> {
        Ok(self.call("taking a picture", GRACE, self.client.screenshot()).await?)
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
        let complaints = self.bidi.forget(&self.user_context);
        self.bidi
            .command("browser.removeUserContext", json!({ "userContext": self.user_context }))
            .await
            .in_class(Class::Infrastructure)?;
        Ok(complaints)
    }

    /// How often each kind of call was made to the driver so far, and how long it took in all.
    #[must_use]
    pub fn timings(&self) -> Timings {
        self.timings.borrow().clone()
    }

    fn scaled(&self, within: Duration) -> Duration {
        within.mul_f64(self.manners.time_scale)
    }

    /// Asks the page until it answers as wanted. The one loop that waits.
    pub(super) async fn ask(
        &self,
        mut request: Value,
        within: Duration,
        expectation: &Expectation<'_>,
    ) -> anyhow::Result<Answer> {
        let within = self.scaled(within);
        let started = Instant::now();
        request["overlays"] = self
            .manners
            .overlays
            .iter()
            .map(|(shown, dismiss)| json!({ "shown": shown, "dismiss": dismiss }))
            .collect();
        request["load_ms"] = json!(self.manners.load.as_millis());
        let mut last: Option<Answer> = None;
        loop {
            let left = within.saturating_sub(started.elapsed());
            let slice = left.min(LOOK);
            request["ms"] = json!(slice.as_millis());
            request["last"] = json!(left <= LOOK);
            let time_up = left <= LOOK;
            match self.look(&request, slice).await? {
                Look::Answered(answer) => match answer.state.as_str() {
                    "ok" => return Ok(*answer),
                    "overlay" => self.dismiss(answer.overlay.unwrap_or_default()).await?,
                    "missed" => self.press_again(expectation).await?,
                    "broken" => {
                        return Err(Failure::test(format!(
                            "{expectation}\n  but the page could not be asked: {}",
                            answer.seen.unwrap_or_default()
                        ))
                        .into());
                    }
                    _ if answer.at.as_deref().is_some_and(is_error_page) => {
                        let text = format!(
                            "{expectation}\n  saw      the browser's own error page: the site cannot be reached, or dropped the connection"
                        );
                        return Err(Failure::infrastructure(text).into());
                    }
                    _ => last = Some(*answer),
                },
                Look::SweptAway if !left.is_zero() => {
                    // Only now is a new document being made; a look before it is there would be swept away as well.
                    tokio::time::sleep(AFTER_NAVIGATION.min(left)).await;
                    continue;
                }
                Look::SweptAway => {}
            }
            if time_up && started.elapsed() >= within {
                return Err(unmet(expectation, last.as_ref(), started.elapsed()).into());
            }
        }
    }

    async fn look(&self, request: &Value, slice: Duration) -> anyhow::Result<Look> {
        // Whatever comes of it, what was known of the document is used up; an answer proves the script to be there.
        let script = if self.has_script.replace(false) { SCRIPT_AGAIN } else { SCRIPT };
        let asking = self.client.execute_async(script, vec![request.clone()]);
        match self.call("looking at the page", slice + GRACE, asking).await {
            Ok(value) => {
                let answer: Answer = serde_json::from_value(value).context("reading the page script's answer")?;
                if answer.state == "unknown" {
                    return Ok(Look::SweptAway);
                }
                self.has_script.set(true);
                Ok(Look::Answered(Box::new(answer)))
            }
            Err(Trouble::Command(CmdError::Standard(error))) if swept_away(&error.error, &error.message) => {
                Ok(Look::SweptAway)
            }
            Err(trouble) => Err(trouble.into()),
        }
    }

    async fn dismiss(&self, index: usize) -> anyhow::Result<()> {
        let Some((_, dismiss)) = self.manners.overlays.get(index) else { return Ok(()) };
        let point = match self
            .look(
                &json!({ "do": "aim", "locator": dismiss, "press": false, "ms": 500, "load_ms": 0 }),
                Duration::from_millis(500),
            )
            .await?
        {
            Look::Answered(answer) => answer.point,
            Look::SweptAway => None,
        };
        // Gone again, or still sliding in: the next look finds out.
        let Some(point) = point else { return Ok(()) };
        self.strike(point, &[]).await
    }

    async fn press_again(&self, expectation: &Expectation<'_>) -> anyhow::Result<()> {
        let press = self.last_press.borrow().clone();
        let Some(press) = press else { return Ok(()) };
        Box::pin(self.aim_and_strike(&press, expectation.page)).await
    }

    /// Presses an element and types, in one call each for aiming and acting.
    pub(super) async fn press(&self, page: &str, locator: &Locator, then: Vec<Stroke>) -> anyhow::Result<()> {
        let press = Press { locator: locator.clone(), then };
        self.aim_and_strike(&press, page).await?;
        self.last_press.replace(Some(press));
        Ok(())
    }

    async fn aim_and_strike(&self, press: &Press, page: &str) -> anyhow::Result<()> {
        let should = if press.then.is_empty() { "take a click" } else { "take text" };
        let point = self.aim(page, &press.locator, should, true).await?;
        let tabs = self.bidi.tabs(&self.user_context).into_iter().map(|tab| tab.context).collect();
        self.tabs_before.replace(tabs);
        if press.then.is_empty() {
            // It may lead to another document.
            self.has_script.set(false);
        }
        self.strike(point, &press.then).await
    }

    async fn aim(&self, page: &str, locator: &Locator, should: &str, press: bool) -> anyhow::Result<Point> {
        let expectation = Expectation { page, subject: locator.to_string(), should: should.into(), locator };
        let answer = self
            .ask(json!({ "do": "aim", "locator": locator, "press": press }), self.manners.element, &expectation)
            .await?;
        answer.point.ok_or_else(|| anyhow!("the page script aimed at nothing"))
    }

    /// Rests the pointer on an element.
    pub(super) async fn hover(&self, page: &str, locator: &Locator) -> anyhow::Result<()> {
        let point = self.aim(page, locator, "be under the pointer", false).await?;
        let moves =
            MouseActions::new("mouse".into()).then(PointerAction::MoveTo { duration: None, x: point.x, y: point.y });
        Ok(self.call("moving the pointer", GRACE, self.client.perform_actions(moves)).await?)
    }

    async fn strike(&self, point: Point, then: &[Stroke]) -> anyhow::Result<()> {
        let mut mouse = MouseActions::new("mouse".into())
            .then(PointerAction::MoveTo { duration: None, x: point.x, y: point.y })
            .then(PointerAction::Down { button: MOUSE_BUTTON_LEFT })
            .then(PointerAction::Up { button: MOUSE_BUTTON_LEFT });
        let mut keys = KeyActions::new("keys".into());
        let pause = || KeyAction::Pause { duration: Duration::ZERO };
        for _ in 0..3 {
            keys = keys.then(pause());
        }
        for stroke in then {
            match stroke {
                Stroke::SelectAll => {
                    let control = if cfg!(target_os = "macos") { META } else { CONTROL };
                    keys = keys
                        .then(KeyAction::Down { value: control })
                        .then(KeyAction::Down { value: 'a' })
                        .then(KeyAction::Up { value: 'a' })
                        .then(KeyAction::Up { value: control });
                }
                Stroke::Text(text) => {
                    for value in text.chars() {
                        keys = keys.then(KeyAction::Down { value }).then(KeyAction::Up { value });
                    }
                }
                Stroke::Key(value) => {
                    keys = keys.then(KeyAction::Down { value: *value }).then(KeyAction::Up { value: *value })
                }
            }
        }
        let actions = if then.is_empty() {
            Actions::from(mouse)
        } else {
            mouse = mouse.then(PointerAction::Pause { duration: Duration::ZERO });
            Actions::from(mouse).and(keys)
        };
        match self.call("using pointer and keys", GRACE, self.client.perform_actions(actions)).await {
            // The press itself may end the document, and the driver's command with it.
            Err(Trouble::Command(CmdError::Standard(error))) if swept_away(&error.error, &error.message) => Ok(()),
            result => Ok(result?),
        }
    }

    /// Chooses an option of a native select.
    pub(super) async fn choose_native(
        &self,
        page: &str,
        locator: &Locator,
        option: &crate::target::Text,
    ) -> anyhow::Result<()> {
        let expectation =
            Expectation { page, subject: locator.to_string(), should: format!("offer the option {option}"), locator };
        let answer = self
            .ask(json!({ "do": "option", "locator": locator, "option": option }), self.manners.element, &expectation)
            .await?;
        let id = answer
            .element
            .as_ref()
            .and_then(|element| element.as_object())
            .and_then(|element| element.values().next())
            .and_then(Value::as_str);
        let id = id.ok_or_else(|| anyhow!("the page script handed back no option"))?.to_owned();
        let option = Element::from_element_id(self.client.clone(), ElementRef::from(id));
        Ok(self.call("choosing an option", GRACE, option.click()).await?)
    }

    async fn call<T>(
        &self,
        doing: &str,
        within: Duration,
        command: impl Future<Output = Result<T, CmdError>>,
    ) -> Result<T, Trouble> {
        let started = Instant::now();
        let outcome = tokio::time::timeout(within, command).await;
        let mut timings = self.timings.borrow_mut();
        let (count, spent) = timings.entry(doing.to_owned()).or_default();
        *count += 1;
        *spent += started.elapsed();
        match outcome {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(error)) => Err(Trouble::Command(error)),
            Err(_) => Err(Trouble::Silent { doing: doing.to_owned(), within }),
        }
    }
}

const CONTROL: char = '\u{e009}';
const META: char = '\u{e03d}';

enum Look {
    Answered(Box<Answer>),
    /// A navigation took the document away while it was being looked at.
    SweptAway,
}

/// Why a call to the driver brought nothing.
#[derive(Debug)]
enum Trouble {
    Command(CmdError),
    Silent { doing: String, within: Duration },
}

impl From<Trouble> for anyhow::Error {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Command(CmdError::Standard(error)) if error.error == ErrorStatus::UnexpectedAlertOpen => {
                let text =
                    error.data.as_ref().and_then(|data| data["text"].as_str()).unwrap_or("without a text").to_owned();
                Failure::product(format!("the page put an alert in the way: {text:?}")).into()
            }
            Trouble::Command(error) => {
                Failure::infrastructure(format!("the browser failed: {}", first_line(&error.to_string()))).into()
            }
            Trouble::Silent { doing, within } => {
                Failure::infrastructure(format!("the browser did not answer within {} while {doing}", seconds(within)))
                    .into()
            }
        }
    }
}

/// The pages that Chromium and Firefox show in place of one that did not come.
fn is_error_page(address: &str) -> bool {
    address.starts_with("chrome-error:") || address.starts_with("about:neterror")
}

/// A navigation that another one overtook is no failure: where it ended is for [`Visit::arrive`] to say.
fn moved(result: Result<(), Trouble>) -> anyhow::Result<()> {
    match result {
        Err(Trouble::Command(CmdError::Standard(error)))
            if error.error == ErrorStatus::Timeout || swept_away(&error.error, &error.message) =>
        {
            Ok(())
        }
        result => Ok(result?),
    }
}

/// Whether an error means only that the page was being replaced by another.
fn swept_away(status: &ErrorStatus, message: &str) -> bool {
    match status {
        ErrorStatus::JavascriptError | ErrorStatus::UnknownError => [
            "document unloaded",
            "navigation",
            "context",
            "frame",
            "loading status",
            "Inspected target",
            "actor",
            "unload",
        ]
        .iter()
        .any(|sign| message.contains(sign)),
        // chromedriver says `script timeout` at once when the document of a running script goes; a true one would come
        // only after DRIVER_LIMIT, long after our own.
        ErrorStatus::ScriptTimeout | ErrorStatus::StaleElementReference | ErrorStatus::NoSuchFrame => true,
        _ => false,
    }
}

fn unmet(expectation: &Expectation<'_>, last: Option<&Answer>, waited: Duration) -> Failure {
    let mut text = expectation.to_string();
    let seen = last.and_then(|answer| answer.seen.as_deref()).unwrap_or("the page kept being replaced");
    text.push_str(&format!("\n  saw      {seen}"));
    if let Some(at) = last.and_then(|answer| answer.at.as_deref()) {
        text.push_str(&format!("\n  at       {at}"));
    }
    text.push_str(&format!("\n  located  by {}", expectation.locator));
    if let Some(answer) = last
        && !answer.near.is_empty()
    {
        text.push_str(&format!("\n  near     {}", answer.near.join(", ")));
    }
    text.push_str(&format!("\n  waited   {}", seconds(waited)));
    Failure::product(text)
}

/// A duration as messages write it: seconds with one decimal.
pub(super) fn seconds(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}
