//! Pointer and keys: what a person does with an element, never what a script could.

use std::time::{Duration, Instant};

use anyhow::{Context as _, anyhow};
use fantoccini::{
    actions::{Actions, InputSource as _, KeyAction, KeyActions, MOUSE_BUTTON_LEFT, MouseActions, PointerAction},
    error::CmdError,
};
use serde_json::{Value, json};

use super::{
    Visit,
    ask::{Answer, Expectation, Look, Point, unmet},
    dialogs::Pressed,
    trouble::{GRACE, Trouble, swept_away},
};
use crate::{
    domain::Failure,
    target::{Locator, Text},
};

const CONTROL: char = '\u{e009}';
const META: char = '\u{e03d}';
const SHIFT: char = '\u{e008}';
const HOME: char = '\u{e011}';
const END: char = '\u{e010}';
const DELETE: char = '\u{e017}';
pub(super) const TAB: char = '\u{e004}';
/// The key value for no key at all ("Unidentified"): it is never held.
const NO_KEY: char = '\u{e000}';

/// What the pointer was last sent to do.
#[derive(Debug, Clone)]
pub(super) enum Gesture {
    /// To rest on an element.
    Hover(Locator),
    /// To press an element, with what is typed after it.
    Press(Locator, Vec<Stroke>),
    /// The same where it is never to be done twice: it may pay.
    PressOnce(Locator, Vec<Stroke>),
    /// To replace what is in a field.
    Type(Locator, Typing),
}

/// What is typed into a field.
#[derive(Debug, Clone)]
pub(super) struct Typing {
    pub(super) text: String,
    /// How the field may show it, where not as it was typed.
    pub(super) shown: Option<Text>,
    /// The key that leaves the field.
    pub(super) leave: Option<char>,
}

impl Typing {
    fn wire(&self) -> Value {
        let leave = self.leave.map(|key| if key == TAB { "Tab" } else { "Enter" });
        json!({ "text": self.text, "shown": self.shown, "leave": leave })
    }

    /// `keys`: what is to be typed for it, where that is not the text itself.
    fn strokes(&self, select: Stroke, keys: Option<String>) -> Vec<Stroke> {
        let text = if self.text.is_empty() { Stroke::Key(DELETE) } else { Stroke::Text(self.text.clone()) };
        [select, keys.map_or(text, Stroke::Text)].into_iter().chain(self.leave.map(Stroke::Key)).collect()
    }
}

impl Gesture {
    const fn locator(&self) -> &Locator {
        match self {
            Self::Hover(locator) | Self::Press(locator, _) | Self::PressOnce(locator, _) | Self::Type(locator, _) => {
                locator
            }
        }
    }
}

/// What is typed after a press.
#[derive(Debug, Clone)]
pub(super) enum Stroke {
    /// Everything in the field is marked, so that what follows replaces it.
    SelectAll,
    /// The same by the keys that pages leave alone: from the end of its line to the beginning.
    SelectLine,
    /// These characters.
    Text(String),
    /// This key.
    Key(char),
    /// Another press of the pointer, at the same place.
    Again,
}

/// The pointer's actions, then those of the keys, all sent to the page before it is waited for.
///
/// chromedriver waits until the page has taken the last event of a tick before it sends the next one: for a pointer that
/// moves, until the next frame. Which event is the last, it finds by the order of the sources, and letting go a key that is not
/// held is one for it. It is none for the page (W3C WebDriver, "dispatch a keyUp action": nothing is done where the key is not
/// pressed), so a source that does this in every tick but the last leaves one wait in all, for the last event. A page takes its
/// events in order, so by then it has taken them all.
fn one_after_another(pointer: Vec<PointerAction>, keys: Vec<KeyAction>) -> Actions {
    let ticks = pointer.len() + keys.len();
    let until_pressed = (0..pointer.len()).map(|_| KeyAction::Pause { duration: Duration::ZERO });
    let typed = until_pressed.chain(keys).fold(KeyActions::new("keys".into()), KeyActions::then);
    let pressed = pointer.into_iter().fold(MouseActions::new("mouse".into()), MouseActions::then);
    let ahead =
        (1..ticks).fold(KeyActions::new("ahead".into()), |ahead, _| ahead.then(KeyAction::Up { value: NO_KEY }));
    Actions::from(pressed).and(typed).and(ahead)
}

impl Visit {
    /// Dismisses what lies over the page; nothing is pressed that cannot be taken back.
    pub(super) async fn dismiss(&self, index: usize) -> anyhow::Result<()> {
        let Some((_, dismiss)) = self.manners.overlays.get(index) else { return Ok(()) };
        let about = format!("{dismiss}, to dismiss what lies over the page");
        // Of what is in a frame, the page has the frame.
        let on_the_page = |locator: &Locator| locator.frames().into_iter().next().unwrap_or_else(|| locator.clone());
        let barred: Vec<_> = self.manners.irrevocable.iter().map(|(_, locator)| on_the_page(locator)).collect();
        let request =
            json!({ "do": "aim", "locator": dismiss, "press": true, "barred": barred, "ms": 500, "load_ms": 0 });
        let look = self.look(&request, &about, Duration::from_millis(500)).await?;
        self.stay_home(&look, &about).await?;
        let Look::Answered(answer) = look else { return Ok(()) };
        if let Some(barred) = answer.barred {
            let (keys, locator) = self.manners.irrevocable.get(barred).context("the page script named no locator")?;
            return Err(Failure::guard(format!(
                "{about}\n  refused  it is {}, which pays, terminates or returns: {locator} ({keys}); nothing was pressed\n  mend     overlays: dismiss: in the profile: say what closes the overlay and nothing else",
                answer.seen.unwrap_or_default()
            ))
            .into());
        }
        // Gone again, or still sliding in: the next look finds out.
        let Some(point) = answer.point else { return Ok(()) };
        // Where this press misses, the overlay is looked at again; what was done before is not to be done again for it.
        self.last_gesture.take();
        self.pressed.take();
        self.strike(&about, point, &[]).await
    }

    /// Makes the last gesture again, which missed what it was meant for: `slipped` where the page has met its beginning.
    pub(super) async fn gesture_again(
        &self,
        expectation: &Expectation<'_>,
        slipped: Option<&str>,
    ) -> anyhow::Result<()> {
        let gesture = self.last_gesture.borrow().clone();
        let Some(gesture) = gesture else { return Ok(()) };
        if let (Gesture::PressOnce(locator, _), Some(what)) = (&gesture, slipped) {
            self.last_gesture.take();
            return Err(Failure::product(format!(
                "{expectation}\n  but      a press on {locator} became no click: {what} moved away under the pointer\n  left     as it is: what may have paid is not pressed again"
            ))
            .into());
        }
        let permitted = self.pressed.borrow().as_ref().is_some_and(|pressed| pressed.permitted);
        let ready = || self.permit(permitted);
        Box::pin(self.aim_and_act(&gesture, expectation.page, Stroke::SelectAll, ready)).await
    }

    /// Whether the last press has met what it was meant for is known before its page is left; where it has not, it is made again.
    pub(super) async fn landed(&self, page: &str) -> anyhow::Result<()> {
        let gesture = self.last_gesture.borrow().clone();
        let Some(gesture) = gesture.filter(|_| self.channel.leaving(&self.tab.borrow()).is_none()) else {
            return Ok(());
        };
        let locator = gesture.locator();
        let expectation =
            Expectation { page, subject: locator.to_string(), should: "take what was done to it".into(), locator };
        let about = expectation.to_string();
        let (started, within) = (Instant::now(), self.scaled(self.manners.element));
        loop {
            self.unsure.take();
            let look = self.look_once(&locator.frames(), &json!({ "do": "landed" }), &about, within).await?;
            let Look::Answered(answer) = look else { return Ok(()) };
            let slipped = match answer.state.as_str() {
                "missed" => None,
                "slipped" => answer.seen.as_deref(),
                _ => return Ok(()),
            };
            if started.elapsed() >= within {
                return Err(Failure::product(unmet(&expectation, Some(&answer), None, started.elapsed())).into());
            }
            self.gesture_again(&expectation, slipped).await?;
        }
    }

    /// Rests the pointer on one after the other of what it rested on since the last press: a menu of several levels has
    /// closed behind a pointer that had to leave it.
    pub(super) async fn hover_again(&self, expectation: &Expectation<'_>) -> anyhow::Result<()> {
        let hovered = self.hovered.borrow().clone();
        for locator in hovered {
            let hover = Gesture::Hover(locator);
            Box::pin(self.aim_and_act(&hover, expectation.page, Stroke::SelectAll, || Ok(()))).await?;
        }
        Ok(())
    }

    /// Presses an element and keys, in one call each for aiming and acting.
    pub(super) async fn press(&self, page: &str, locator: &Locator, then: Vec<Stroke>) -> anyhow::Result<()> {
        self.act(Gesture::Press(locator.clone(), then), page, || Ok(())).await
    }

    /// The same, where a press must be told of first: `ready` is called once the element can take it, right before it is made. Where
    /// it fails, nothing is pressed.
    pub(super) async fn press_once(
        &self,
        page: &str,
        locator: &Locator,
        then: Vec<Stroke>,
        ready: impl FnOnce() -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        let ready = || ready().and_then(|()| self.permit(true));
        self.act(Gesture::PressOnce(locator.clone(), then), page, ready).await
    }

    /// Replaces what is in a field. It is left only once it holds the text, and that it did is known at the end.
    pub(super) async fn replace(&self, page: &str, locator: &Locator, typing: Typing) -> anyhow::Result<()> {
        let expectation =
            Expectation { page, subject: locator.to_string(), should: "hold what is typed into it".into(), locator };
        let about = expectation.to_string();
        let gesture = Gesture::Type(locator.clone(), typing);
        let started = Instant::now();
        let within = self.scaled(self.manners.element);
        let mut select = Stroke::SelectAll;
        loop {
            self.aim_and_act(&gesture, page, select.clone(), || Ok(())).await?;
            self.hovered.borrow_mut().clear();
            self.last_gesture.take();
            self.answer_expected(page, locator).await?;
            let look = self.look_once(&locator.frames(), &json!({ "do": "typed" }), &about, within).await?;
            self.stay_home(&look, &expectation).await?;
            let Look::Answered(answer) = look else { return Ok(()) };
            let again = match answer.state.as_str() {
                // Only of a frame is it not known yet: that has gone with the field.
                "ok" | "not yet" => return Ok(()),
                // Some pages have uses of their own for the keys that mark everything.
                "unlike" => matches!(select, Stroke::SelectAll),
                _ => started.elapsed() < within,
            };
            if answer.state == "unlike" {
                select = Stroke::SelectLine;
            }
            if !again {
                return Err(Failure::product(unmet(&expectation, Some(&answer), None, started.elapsed())).into());
            }
        }
    }

    /// What the press that comes next is asked back may be agreed to.
    fn permit(&self, permitted: bool) -> anyhow::Result<()> {
        if let Some(pressed) = self.pressed.borrow_mut().as_mut() {
            pressed.permitted = permitted;
        }
        Ok(())
    }

    /// Rests the pointer on an element.
    pub(super) async fn hover(&self, page: &str, locator: &Locator) -> anyhow::Result<()> {
        self.act(Gesture::Hover(locator.clone()), page, || Ok(())).await
    }

    async fn act(
        &self,
        gesture: Gesture,
        page: &str,
        ready: impl FnOnce() -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        self.aim_and_act(&gesture, page, Stroke::SelectAll, ready).await?;
        match &gesture {
            Gesture::Hover(locator) => self.hovered.borrow_mut().push(locator.clone()),
            _ => self.hovered.borrow_mut().clear(),
        }
        let asked_back = (!matches!(gesture, Gesture::Hover(_))).then(|| gesture.locator().clone());
        self.last_gesture.replace(Some(gesture));
        match asked_back {
            Some(pressed) => self.answer_expected(page, pressed).await,
            None => Ok(()),
        }
    }

    async fn aim_and_act(
        &self,
        gesture: &Gesture,
        page: &str,
        select: Stroke,
        ready: impl FnOnce() -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        let should = match gesture {
            Gesture::Hover(_) => "be under the pointer",
            Gesture::Press(..) | Gesture::PressOnce(..) => "take a click",
            Gesture::Type(..) => "take text",
        };
        let aimed = self.aim(page, gesture, should).await?;
        let point = aimed.point.ok_or_else(|| anyhow!("the page script aimed at nothing"))?;
        let about = format!("{page}: {}", gesture.locator());
        let then = match gesture {
            Gesture::Hover(_) => return self.rest(&about, point).await,
            Gesture::Press(_, then) | Gesture::PressOnce(_, then) => then.clone(),
            Gesture::Type(_, typing) => typing.strokes(select, aimed.keys),
        };
        // What came of typing is asked right after it.
        let unsure = if matches!(gesture, Gesture::Type(..)) { Vec::new() } else { gesture.locator().frames() };
        self.unsure.replace(unsure);
        let irrevocable = aimed.grave;
        self.pressed.replace(Some(Pressed { page: page.to_owned(), irrevocable, permitted: false }));
        ready()?;
        let tabs = self.channel.tabs(&self.user_context);
        self.tabs_before.replace(tabs);
        self.opened.take();
        if then.is_empty() {
            // It may lead to another document.
            self.has_script.set(false);
        }
        self.strike(&about, point, &then).await
    }

    /// Where the element is, and whether a press there would be one on what cannot be taken back, as far as that matters.
    async fn aim(&self, page: &str, gesture: &Gesture, should: &str) -> anyhow::Result<Answer> {
        let locator = gesture.locator();
        let expectation = Expectation { page, subject: locator.to_string(), should: should.into(), locator };
        let press = !matches!(gesture, Gesture::Hover(_));
        let mut asked = json!({ "do": "aim", "locator": locator, "press": press });
        if let Gesture::Type(_, typing) = gesture {
            asked["typing"] = typing.wire();
        }
        // Who asks costs a look for each.
        if press && self.manners.dialogs.iter().any(|rule| rule.reply.accepts()) {
            asked["grave"] = self.manners.irrevocable.iter().map(|(_, locator)| json!(locator)).collect();
        }
        self.ask(asked, self.manners.element, &expectation).await
    }

    async fn rest(&self, about: &str, point: Point) -> anyhow::Result<()> {
        let moves =
            MouseActions::new("mouse".into()).then(PointerAction::MoveTo { duration: None, x: point.x, y: point.y });
        Ok(self.call("moving the pointer", about, GRACE, self.client.perform_actions(moves)).await?)
    }

    async fn strike(&self, about: &str, point: Point, then: &[Stroke]) -> anyhow::Result<()> {
        let press =
            || [PointerAction::Down { button: MOUSE_BUTTON_LEFT }, PointerAction::Up { button: MOUSE_BUTTON_LEFT }];
        let mut pointer = vec![PointerAction::MoveTo { duration: None, x: point.x, y: point.y }];
        pointer.extend(press());
        let mut keys = Vec::new();
        for stroke in then {
            match stroke {
                Stroke::SelectAll => {
                    let control = if cfg!(target_os = "macos") { META } else { CONTROL };
                    keys.extend([
                        KeyAction::Down { value: control },
                        KeyAction::Down { value: 'a' },
                        KeyAction::Up { value: 'a' },
                        KeyAction::Up { value: control },
                    ]);
                }
                Stroke::SelectLine => keys.extend([
                    KeyAction::Down { value: END },
                    KeyAction::Up { value: END },
                    KeyAction::Down { value: SHIFT },
                    KeyAction::Down { value: HOME },
                    KeyAction::Up { value: HOME },
                    KeyAction::Up { value: SHIFT },
                ]),
                Stroke::Text(text) => {
                    keys.extend(text.chars().flat_map(|value| [KeyAction::Down { value }, KeyAction::Up { value }]));
                }
                Stroke::Key(value) => {
                    keys.extend([KeyAction::Down { value: *value }, KeyAction::Up { value: *value }]);
                }
                Stroke::Again => pointer.extend(press()),
            }
        }
        let actions = one_after_another(pointer, keys);
        match self.call("using pointer and keys", about, GRACE, self.client.perform_actions(actions)).await {
            // The press itself may end the document, and the driver's command with it.
            Err(Trouble::Command(CmdError::Standard(error))) if swept_away(&error.error, &error.message) => Ok(()),
            // It may open a dialog, which keeps what is left of it from the page. The next look meets that one too.
            Err(Trouble::Alert(_)) => Ok(()),
            result => Ok(result?),
        }
    }

    /// Chooses an option of a native select.
    pub(super) async fn choose_native(&self, page: &str, locator: &Locator, option: &Text) -> anyhow::Result<()> {
        let expectation =
            Expectation { page, subject: locator.to_string(), should: format!("offer the option {option}"), locator };
        let mut asked = json!({ "do": "option", "locator": locator, "option": option });
        let started = Instant::now();
        self.ask(asked.clone(), self.manners.element, &expectation).await?;
        // Made once: the page may be left for it, or ask back.
        asked["do"] = json!("choose");
        let look = match Box::pin(self.look_in(&locator.frames(), &asked, &expectation.to_string(), GRACE)).await {
            Err(_) if self.answer_by_profile().await? => return Ok(()),
            look => look?,
        };
        self.stay_home(&look, &expectation).await?;
        match look {
            Look::Answered(answer) if answer.state != "ok" => {
                Err(Failure::product(unmet(&expectation, Some(&answer), None, started.elapsed())).into())
            }
            _ => Ok(()),
        }
    }
}
