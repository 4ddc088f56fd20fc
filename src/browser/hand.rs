//! Pointer and keys: what a person does with an element, never what a script could; and what they were last used for.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    time::Duration,
};

use fantoccini::{
    actions::{Actions, InputSource as _, KeyAction, KeyActions, MOUSE_BUTTON_LEFT, MouseActions, PointerAction},
    error::{CmdError, ErrorStatus},
};

use super::{
    question::{Point, Press, Typing},
    tabs::Tabs,
    trouble::{GRACE, Trouble, first_line, seconds, swept_away},
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
/// The keys by which a field is left, and that which takes back.
pub(super) const TAB: char = '\u{e004}';
pub(super) const ENTER: char = '\u{e007}';
pub(super) const ESCAPE: char = '\u{e00c}';
/// The keys that go through what is one stop of Tab.
const DOWN: char = '\u{e015}';
const UP: char = '\u{e013}';
/// The key value for no key at all ("Unidentified"): it is never held.
const NO_KEY: char = '\u{e000}';

/// What a hand does with an element.
#[derive(Debug, Clone)]
pub(super) enum Gesture {
    /// Rests on it.
    Hover(Locator),
    /// Presses it, with what is typed after it.
    Press(Locator, Vec<Stroke>),
    /// The same where it is never to be done twice: it may pay.
    PressOnce(Locator, Vec<Stroke>),
    /// Replaces what is in a field.
    Type(Locator, Entry),
}

impl Gesture {
    pub(super) const fn locator(&self) -> &Locator {
        match self {
            Self::Hover(locator) | Self::Press(locator, _) | Self::PressOnce(locator, _) | Self::Type(locator, _) => {
                locator
            }
        }
    }
}

/// What is typed into a field.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) text: String,
    /// How the field may show it, where not as it was typed.
    pub(super) shown: Option<Text>,
    /// The key that leaves the field.
    pub(super) leave: Option<char>,
}

impl Entry {
    /// What the page script must know of it.
    pub(super) fn told(&self) -> Typing {
        let leave = self.leave.map(|key| if key == TAB { "Tab" } else { "Enter" });
        Typing { text: self.text.clone(), shown: self.shown.clone(), leave }
    }

    /// `keys`: what is to be typed for it, where that is not the text itself.
    pub(super) fn strokes(&self, select: Stroke, keys: Option<String>) -> Vec<Stroke> {
        let text = if self.text.is_empty() { Stroke::Key(DELETE) } else { Stroke::Text(self.text.clone()) };
        [select, keys.map_or(text, Stroke::Text)].into_iter().chain(self.leave.map(Stroke::Key)).collect()
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

impl Stroke {
    /// A key by its name in key events.
    pub(super) fn of_key(name: &str) -> Self {
        match name {
            "Tab" => Self::Key(TAB),
            "Enter" => Self::Key(ENTER),
            "ArrowDown" => Self::Key(DOWN),
            "ArrowUp" => Self::Key(UP),
            character => Self::Text(character.to_owned()),
        }
    }
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

/// The keys of a stroke; none where it is one of the pointer.
fn keys_of(stroke: &Stroke) -> Vec<KeyAction> {
    let struck = |value| [KeyAction::Down { value }, KeyAction::Up { value }];
    match stroke {
        Stroke::SelectAll => {
            let control = if cfg!(target_os = "macos") { META } else { CONTROL };
            [KeyAction::Down { value: control }]
                .into_iter()
                .chain(struck('a'))
                .chain([KeyAction::Up { value: control }])
                .collect()
        }
        Stroke::SelectLine => struck(END)
            .into_iter()
            .chain([KeyAction::Down { value: SHIFT }])
            .chain(struck(HOME))
            .chain([KeyAction::Up { value: SHIFT }])
            .collect(),
        Stroke::Text(text) => text.chars().flat_map(struck).collect(),
        Stroke::Key(value) => struck(*value).to_vec(),
        Stroke::Again => Vec::new(),
    }
}

/// Pointer and keys of a visit.
pub(super) struct Hand {
    tabs: Rc<Tabs>,
    /// Made again when the page moved under the pointer before it arrived; such a press never reached the page.
    last: RefCell<Option<Gesture>>,
    /// What the pointer has rested on since the last press, the levels of a menu among it.
    hovered: RefCell<Vec<Locator>>,
    /// The frames of the last press, until it is known to have met what it was meant for.
    unsure: RefCell<Vec<Locator>>,
    /// There are only keys.
    without_mouse: Cell<bool>,
    /// What the pointer has pressed, until somebody takes it.
    pressed: RefCell<Vec<Press>>,
    /// The pointer pressed last, and no key since.
    pointed: Cell<bool>,
}

impl Hand {
    pub(super) fn new(tabs: Rc<Tabs>) -> Self {
        Self {
            tabs,
            last: RefCell::default(),
            hovered: RefCell::default(),
            unsure: RefCell::default(),
            without_mouse: Cell::default(),
            pressed: RefCell::default(),
            pointed: Cell::default(),
        }
    }

    /// There are only keys from now on.
    pub(super) fn put_mouse_away(&self) {
        self.without_mouse.set(true);
    }

    /// There are only keys.
    pub(super) fn is_without_mouse(&self) -> bool {
        self.without_mouse.get()
    }

    /// What has the focus got it from the pointer, such as from what is done on the way.
    pub(super) fn has_pointed(&self) -> bool {
        self.pointed.get()
    }

    /// This was done, and is to be done again where it missed.
    pub(super) fn did(&self, gesture: Gesture) {
        match &gesture {
            Gesture::Hover(locator) => self.hovered.borrow_mut().push(locator.clone()),
            _ => self.hovered.borrow_mut().clear(),
        }
        self.last.replace(Some(gesture));
    }

    /// The same was done once more.
    pub(super) fn did_again(&self, gesture: Gesture) {
        self.last.replace(Some(gesture));
    }

    /// What was last done, if that may have to be done again.
    pub(super) fn last(&self) -> Option<Gesture> {
        self.last.borrow().clone()
    }

    /// It is not to be done again.
    pub(super) fn let_be(&self) {
        self.last.take();
    }

    /// What the pointer has rested on since the last press.
    pub(super) fn hovered(&self) -> Vec<Locator> {
        self.hovered.borrow().clone()
    }

    /// The pointer is on another page now, or in a field: nothing that it did is to be done again.
    pub(super) fn moved_on(&self) {
        self.last.take();
        self.hovered.take();
    }

    /// A press in these frames comes.
    pub(super) fn presses_in(&self, frames: Vec<Locator>) {
        self.unsure.replace(frames);
    }

    /// In which frames the last press was, where it is not known yet to have met what it was meant for; whoever takes it finds out.
    pub(super) fn take_unsure(&self) -> Vec<Locator> {
        self.unsure.take()
    }

    /// The pointer has pressed this.
    pub(super) fn has_pressed(&self, press: Press) {
        self.pressed.borrow_mut().push(press);
    }

    /// What the pointer has pressed since it was asked last.
    pub(super) fn take_pressed(&self) -> Vec<Press> {
        self.pressed.take()
    }

    /// Rests the pointer there.
    pub(super) async fn rest(&self, about: &str, point: &Point) -> anyhow::Result<()> {
        let moves =
            MouseActions::new("mouse".into()).then(PointerAction::MoveTo { duration: None, x: point.x, y: point.y });
        let moving = self.tabs.call("moving the pointer", about, GRACE, self.tabs.client.perform_actions(moves)).await;
        self.taken(about, moving).await
    }

    /// Presses there, and types.
    pub(super) async fn strike(&self, about: &str, point: &Point, then: &[Stroke]) -> anyhow::Result<()> {
        let press =
            || [PointerAction::Down { button: MOUSE_BUTTON_LEFT }, PointerAction::Up { button: MOUSE_BUTTON_LEFT }];
        let mut pointer = vec![PointerAction::MoveTo { duration: None, x: point.x, y: point.y }];
        pointer.extend(press());
        for _ in then.iter().filter(|stroke| matches!(stroke, Stroke::Again)) {
            pointer.extend(press());
        }
        let keys = then.iter().flat_map(keys_of).collect();
        let actions = one_after_another(pointer, keys);
        self.pointed.set(then.is_empty());
        self.strike_by(about, actions).await
    }

    /// Types, wherever the focus is.
    pub(super) async fn type_keys(&self, about: &str, strokes: &[Stroke]) -> anyhow::Result<()> {
        let keys = strokes.iter().flat_map(keys_of).fold(KeyActions::new("keys".into()), KeyActions::then);
        self.pointed.set(false);
        self.strike_by(about, keys.into()).await
    }

    async fn strike_by(&self, about: &str, actions: Actions) -> anyhow::Result<()> {
        let striking = self.tabs.client.perform_actions(actions);
        match self.tabs.call("using pointer and keys", about, GRACE, striking).await {
            // The press itself may end the document, and the driver's command with it.
            Err(Trouble::Command(CmdError::Standard(error))) if swept_away(&error.error, &error.message) => Ok(()),
            // It may open a dialog, which keeps what is left of it from the page. The next look meets that one too.
            Err(Trouble::Alert(_)) => Ok(()),
            result => self.taken(about, result).await,
        }
    }

    /// A page that takes neither pointer nor keys, although its browser answers, is at fault itself. So is one that tells the driver
    /// another size of its window than it has.
    async fn taken(&self, about: &str, result: Result<(), Trouble>) -> anyhow::Result<()> {
        match result {
            Err(Trouble::Silent { within, .. }) if self.tabs.channel.nods(&self.tabs.here()).await => {
                let within = seconds(within);
                let text = format!(
                    "{about}\n  but      the page took neither pointer nor keys within {within}, although its browser answers: its scripts never rest"
                );
                Err(Failure::product(text).into())
            }
            Err(Trouble::Command(CmdError::Standard(error))) if error.error == ErrorStatus::MoveTargetOutOfBounds => {
                let why = first_line(&error.message);
                let text = format!(
                    "{about}\n  but      the page has changed what the browser's driver relies on (such as innerWidth), and the pointer cannot be moved there: {why}"
                );
                Err(Failure::product(text).into())
            }
            result => Ok(result?),
        }
    }
}
