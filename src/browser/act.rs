//! Pointer and keys: what a person does with an element, never what a script could.

use std::time::Duration;

use anyhow::{Context as _, anyhow};
use fantoccini::{
    actions::{Actions, InputSource as _, KeyAction, KeyActions, MOUSE_BUTTON_LEFT, MouseActions, PointerAction},
    elements::{Element, ElementRef},
    error::CmdError,
};
use serde_json::json;

use super::{
    Visit,
    ask::{Expectation, Look, Point},
    dialogs::Pressed,
    trouble::{GRACE, Trouble, swept_away},
};
use crate::{
    domain::Failure,
    target::{Locator, Text},
};

const CONTROL: char = '\u{e009}';
const META: char = '\u{e03d}';
/// The key value for no key at all ("Unidentified"): it is never held.
const NO_KEY: char = '\u{e000}';

/// What the pointer was last sent to do.
#[derive(Debug, Clone)]
pub(super) enum Gesture {
    /// To rest on an element.
    Hover(Locator),
    /// To press an element, with what is typed after it.
    Press(Locator, Vec<Stroke>),
}

impl Gesture {
    const fn locator(&self) -> &Locator {
        match self {
            Self::Hover(locator) | Self::Press(locator, _) => locator,
        }
    }
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

    pub(super) async fn gesture_again(&self, expectation: &Expectation<'_>) -> anyhow::Result<()> {
        let gesture = self.last_gesture.borrow().clone();
        let Some(gesture) = gesture else { return Ok(()) };
        let permitted = self.pressed.borrow().as_ref().is_some_and(|pressed| pressed.permitted);
        Box::pin(self.aim_and_act(&gesture, expectation.page, || self.permit(permitted))).await
    }

    /// Rests the pointer on one after the other of what it rested on since the last press: a menu of several levels has
    /// closed behind a pointer that had to leave it.
    pub(super) async fn hover_again(&self, expectation: &Expectation<'_>) -> anyhow::Result<()> {
        let hovered = self.hovered.borrow().clone();
        for locator in hovered {
            Box::pin(self.aim_and_act(&Gesture::Hover(locator), expectation.page, || Ok(()))).await?;
        }
        Ok(())
    }

    /// Presses an element and types, in one call each for aiming and acting.
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
        self.act(Gesture::Press(locator.clone(), then), page, ready).await
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
        self.aim_and_act(&gesture, page, ready).await?;
        match &gesture {
            Gesture::Hover(locator) => self.hovered.borrow_mut().push(locator.clone()),
            Gesture::Press(..) => self.hovered.borrow_mut().clear(),
        }
        let asked_back = matches!(gesture, Gesture::Press(..)).then(|| gesture.locator().clone());
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
        ready: impl FnOnce() -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        let should = match gesture {
            Gesture::Hover(_) => "be under the pointer",
            Gesture::Press(_, then) if then.is_empty() => "take a click",
            Gesture::Press(..) => "take text",
        };
        let (point, irrevocable) =
            self.aim(page, gesture.locator(), should, matches!(gesture, Gesture::Press(..))).await?;
        let about = format!("{page}: {}", gesture.locator());
        let Gesture::Press(_, then) = gesture else { return self.rest(&about, point).await };
        self.unsure.replace(gesture.locator().frames());
        self.pressed.replace(Some(Pressed { page: page.to_owned(), irrevocable, permitted: false }));
        ready()?;
        let tabs = self.channel.tabs(&self.user_context);
        self.tabs_before.replace(tabs);
        self.opened.take();
        if then.is_empty() {
            // It may lead to another document.
            self.has_script.set(false);
        }
        self.strike(&about, point, then).await
    }

    /// Where the element is, and whether a press there would be one on what cannot be taken back, as far as that matters.
    async fn aim(&self, page: &str, locator: &Locator, should: &str, press: bool) -> anyhow::Result<(Point, bool)> {
        let expectation = Expectation { page, subject: locator.to_string(), should: should.into(), locator };
        let mut request = json!({ "do": "aim", "locator": locator, "press": press });
        // Who asks costs a look for each.
        if press && self.manners.dialogs.iter().any(|rule| rule.reply.accepts()) {
            request["grave"] = self.manners.irrevocable.iter().map(|(_, locator)| json!(locator)).collect();
        }
        let answer = self.ask(request, self.manners.element, &expectation).await?;
        let point = answer.point.ok_or_else(|| anyhow!("the page script aimed at nothing"))?;
        Ok((point, answer.grave))
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
        let answer = self
            .ask(json!({ "do": "option", "locator": locator, "option": option }), self.manners.element, &expectation)
            .await?;
        let id = answer.element_id().ok_or_else(|| anyhow!("the page script handed back no option"))?;
        let option = Element::from_element_id(self.client.clone(), ElementRef::from(id));
        Ok(self.call("choosing an option", expectation.to_string(), GRACE, option.click()).await?)
    }
}
