//! What a document can be asked, each question with the type of its answer.
//!
//! The page script has a function for each of these names (`script/main.js`), which takes what the question holds.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, de::DeserializeOwned, de::Error as _};
use serde_json::Value;

use super::{calls::KEEPING_EVIDENCE, condition::Condition};
use crate::target::{Locator, Text};

/// A question to a document.
pub(super) trait Question: Serialize {
    /// Its name in the page script.
    const NAME: &'static str;
    /// What a call that asks it is called in the record of a run.
    const DOING: &'static str;
    /// Something is done because of the answer: it counts only once all has been heard that the browser had to tell before.
    const HEARD_OUT: bool = false;
    /// What is answered where it is met.
    type Answer: DeserializeOwned;

    /// What is answered where a frame that it is asked in is not there, if that is as wanted.
    fn where_no_frame_is(&self) -> Option<Self::Answer> {
        None
    }

    /// The point of the answer that a pointer is to go to, and whether it is to press there.
    fn point<'a>(&self, _answer: &'a mut Self::Answer) -> Option<(&'a mut Point, bool)> {
        None
    }
}

macro_rules! questions {
    ($($(#[$doc:meta])* $name:literal, $doing:expr, $question:ident { $($field:ident: $type:ty),* } -> $answer:ty { $($more:tt)* })*) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, Serialize)]
            pub(super) struct $question { $(pub(super) $field: $type),* }

            impl Question for $question {
                const NAME: &'static str = $name;
                const DOING: &'static str = $doing;
                type Answer = $answer;
                $($more)*
            }
        )*

        /// Every question by its name, with the names of what it holds.
        #[cfg(test)]
        const ALL: &[(&str, &[&str])] = &[$(($name, &[$(stringify!($field)),*])),*];
    };
}

questions! {
    /// Whether an element is as it should be; of a count of rows, their cells as well.
    "look", "waiting for an element",
    Look { locator: Locator, condition: Condition, cells: Option<Cells> } -> Looked {
        fn where_no_frame_is(&self) -> Option<Looked> {
            let rows = self.cells.is_some().then(Vec::new);
            self.condition.is_met_by_nothing().then_some(Looked { reading: None, rows })
        }
    }

    /// Several things at one moment.
    "each", "reading the page",
    Each { parts: Vec<Part> } -> Vec<Answered<Found>> {
        fn where_no_frame_is(&self) -> Option<Vec<Answered<Found>>> {
            let nothing = |part: &Part| matches!(part, Part::Look(look) if look.condition.is_met_by_nothing());
            let found = || Answered { at: None, met: Ok(Found { reading: None, names: Vec::new() }) };
            self.parts.iter().all(nothing).then(|| self.parts.iter().map(|_| found()).collect())
        }
    }

    /// Whether the document is of this page, and shows its sign.
    "arrive", "waiting for a page",
    Arrive { origin: String, path: String, with_hash: bool, ready: Locator } -> () {
        const HEARD_OUT: bool = true;
    }

    /// Where a pointer meets the element, once it can be used. `grave`, `barred`: whether a press there would be one on these is told.
    "aim", "aiming at an element",
    Aim { locator: Locator, press: bool, typing: Option<Typing>, grave: Vec<Locator>, barred: Vec<Locator> } -> Aimed {
        const HEARD_OUT: bool = true;

        fn point<'a>(&self, answer: &'a mut Aimed) -> Option<(&'a mut Point, bool)> {
            Some((&mut answer.point, self.press))
        }
    }

    /// Which key leads to an element by the keyboard, or uses it once it has the focus. `option`: of a native select; `began`: no key
    /// has been pressed for it yet; `pointed`: it was a pointer that left the focus where it is.
    "reach", "going to an element by keyboard",
    Reach { locator: Locator, typing: Option<Typing>, option: Option<Text>, began: bool, pointed: bool } -> Reached {
        const HEARD_OUT: bool = true;
    }

    /// Where a pointer meets what dismisses an overlay, unless a press there would be one on something `barred`.
    "dismiss", "aiming at an element",
    Dismiss { locator: Locator, barred: Vec<Locator> } -> Dismissed {
        const HEARD_OUT: bool = true;
    }

    /// What the field that was aimed at holds, in words, where it is not what was typed.
    "typed", "reading what was typed",
    Typed {} -> Option<String> {}

    /// Whether the last press has met what it was meant for; it has, unless that is answered.
    "landed", "reading the page",
    Landed {} -> () {}

    /// A frame of the document; none where it `may_lack` and nobody sees one.
    "frame", "looking into a frame",
    Frame { locator: Locator, may_lack: bool } -> Option<Handed> {}

    /// Where in this document a point in the document of a frame is, once a pointer gets to the frame there.
    "through", "looking into a frame",
    Through { locator: Locator, point: Point, press: bool } -> Point {}

    /// Whether a native select offers an option, and can be used.
    "offer", "reading the page",
    Offer { locator: Locator, option: Text } -> () {}

    /// The same, and chooses it.
    "choose", "choosing an option",
    Choose { locator: Locator, option: Text } -> () {}

    /// The options of a native select: how each is written, and whether it can be chosen.
    "options", "reading the page",
    Options { locator: Locator } -> Vec<(String, bool)> {}

    /// All rows that can be seen.
    "rows", "reading the page",
    Rows { locator: Locator, cells: Cells } -> Vec<Row> {}

    /// Whether the page has this meta element, and none against it.
    "meta", "reading the page",
    Meta { name: String, content: String } -> () {}

    /// Whether a person sees an element.
    "shown", "reading the page",
    Shown { locator: Locator } -> () {}

    /// How the document came.
    "born", "reading the page",
    Born {} -> Birth {}

    /// A part of the page as an accessible tree in text.
    "tree", "reading the page",
    Tree { locator: Locator } -> String {}

    /// All that a person may read or use, once the page rests: has stayed the same for `rest` ms, or has been looked at for `most`. `part`:
    /// of the thing of that number.
    "survey", "looking over the page",
    Survey { rest: u64, most: u64, part: Option<usize> } -> Surveyed {
        const HEARD_OUT: bool = true;
    }

    /// The ways to say which of the things it is, the shortest first. `changes`: not by what it shows just now. `inside`: from there.
    "ways", "looking over the page",
    Ways { of: usize, changes: bool, inside: Option<Locator> } -> Vec<Locator> {}

    /// The entry of a list that a thing is in.
    "entry", "looking over the page",
    Entry { of: usize } -> Option<Listed> {}

    /// Which thing each of these finds.
    "whose", "looking over the page",
    Whose { locators: Vec<Locator> } -> Vec<Option<usize>> {}

    /// The part of the page that these things are in.
    "holder", "looking over the page",
    Holder { things: Vec<usize> } -> Option<Locator> {}

    /// What the page is now; nothing where it is none. `since`: its requests after that, ms since 1970 by the browser's clock.
    "witness", KEEPING_EVIDENCE,
    Witness { since: f64 } -> Option<Witnessed> {}

    /// Covers what nobody may read in a picture.
    "veil", KEEPING_EVIDENCE,
    Veil {} -> () {}

    /// Takes that away again.
    "unveil", KEEPING_EVIDENCE,
    Unveil {} -> () {}

    /// All of the page, as markup.
    "keep", KEEPING_EVIDENCE,
    Keep {} -> Option<Kept> {}
}

/// On which terms a question is asked.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct Terms {
    /// What is to be dismissed before it is answered.
    pub(super) overlays: Vec<Overlay>,
    /// So long it waits for a page that still loads.
    pub(super) load_ms: u64,
    /// It is not asked again: what is not as wanted is to be told in full.
    pub(super) last: bool,
}

/// How an overlay is known, and what dismisses it.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Overlay {
    pub(super) shown: Locator,
    pub(super) dismiss: Locator,
}

/// An element that was looked for in vain on a page that is there: none was found, or several.
#[derive(Debug, Clone)]
pub struct Sought {
    /// The page, as messages call it.
    pub page: String,
    /// By what it was looked for.
    pub locator: Locator,
    /// So many were found.
    pub found: usize,
}

/// What a document answered.
#[derive(Debug)]
pub(super) struct Answered<T> {
    /// Its address.
    pub(super) at: Option<String>,
    /// The answer; or why there is none.
    pub(super) met: Result<T, Unmet>,
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Answered<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut value = Value::deserialize(deserializer)?;
        let at = value["at"].as_str().map(str::to_owned);
        let met = if value["state"] == "ok" {
            serde_json::from_value(value["answer"].take()).map(Ok)
        } else {
            serde_json::from_value(value).map(Err)
        };
        Ok(Self { at, met: met.map_err(D::Error::custom)? })
    }
}

/// Why a question was not met.
#[derive(Debug, Deserialize)]
#[serde(tag = "state")]
pub(super) enum Unmet {
    /// Not within the time that it was given.
    #[serde(rename = "not yet")]
    NotYet(Seen),
    /// The last press would have met another thing, and was kept from the page.
    #[serde(rename = "missed")]
    Missed(Seen),
    /// What the last press began on moved away before it ended, or something came over it: what, in words.
    #[serde(rename = "slipped")]
    Slipped(Seen),
    /// This overlay lies over the page.
    #[serde(rename = "overlay")]
    Overlay {
        /// Its number.
        overlay: usize,
    },
    /// It cannot be asked.
    #[serde(rename = "broken")]
    Broken(Seen),
    /// There was no answer, and the document is still there; no script says this.
    #[serde(skip)]
    Silent(Seen),
}

impl Unmet {
    /// What was seen instead, in words.
    pub(super) fn words(&self) -> &str {
        match self {
            Self::Overlay { .. } => "overlay",
            Self::NotYet(seen) | Self::Missed(seen) | Self::Slipped(seen) | Self::Broken(seen) | Self::Silent(seen) => {
                &seen.seen
            }
        }
    }

    /// The same for a message, where it is no overlay.
    pub(super) fn into_seen(self) -> Option<Seen> {
        match self {
            Self::Overlay { .. } => None,
            Self::NotYet(seen) | Self::Missed(seen) | Self::Slipped(seen) | Self::Broken(seen) | Self::Silent(seen) => {
                Some(seen)
            }
        }
    }
}

/// What was seen in place of what was asked for.
#[derive(Debug, Deserialize)]
pub(super) struct Seen {
    pub(super) seen: String,
    #[serde(default)]
    pub(super) near: Vec<String>,
    /// What the page said to a person then, where nothing could be pressed.
    #[serde(default)]
    pub(super) said: Vec<String>,
    #[serde(default)]
    pub(super) at: Option<String>,
    /// The document, where the time is up.
    #[serde(default)]
    pub(super) document: Option<Box<Came>>,
    /// How many there were of what one was wanted of, where the time is up and the page is there.
    #[serde(default)]
    pub(super) found: Option<usize>,
}

impl Seen {
    /// Nothing more than this.
    pub(super) const fn only(seen: String, at: Option<String>) -> Self {
        Self { seen, near: Vec::new(), said: Vec::new(), at, document: None, found: None }
    }
}

/// How a document came.
#[derive(Debug, Deserialize)]
pub(super) struct Came {
    pub(super) address: String,
    /// 0 where there was no answer.
    pub(super) status: u16,
}

/// What is asked of elements as they are now.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "do", content = "locator", rename_all = "lowercase")]
pub enum Inquiry {
    /// The reading of the one.
    Now(Locator),
    /// The names of those among them that are chosen.
    Chosen(Locator),
}

/// What is asked among several things.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub(super) enum Part {
    /// Something as it is.
    Inquiry(Inquiry),
    /// Whether an element is as it should be.
    Look(PartLook),
}

impl Part {
    /// What it is asked of.
    pub(super) const fn locator(&self) -> &Locator {
        match self {
            Self::Inquiry(Inquiry::Now(locator) | Inquiry::Chosen(locator)) => locator,
            Self::Look(look) => &look.locator,
        }
    }
}

/// [`Look`] as one of several things.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "do", rename = "look")]
pub(super) struct PartLook {
    pub(super) locator: Locator,
    pub(super) condition: Condition,
}

/// What was found of an [`Inquiry`].
#[derive(Debug, Deserialize)]
pub struct Found {
    /// The reading; `None` where there is not exactly one that can be seen, or it was not asked for.
    pub reading: Option<Reading>,
    /// The names, in document order.
    #[serde(default)]
    pub names: Vec<String>,
}

/// Locators of the cells of rows, by the names that the profile gives them.
pub(super) type Cells = BTreeMap<String, Locator>;

/// One row of a list, by the names that the profile gives its cells. A cell that is missing or ambiguous is `None`.
pub type Row = BTreeMap<String, Option<String>>;

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

/// A page as a whole, for whoever has to find out what is what on it.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Surveyed {
    /// What a person may read or use, in document order.
    pub things: Vec<Thing>,
    /// The document's title.
    pub title: String,
    /// Alerts, and what is wrong with fields.
    pub said: Vec<String>,
    /// How many frames are to be seen, of whose documents nothing is told here.
    pub frames: usize,
    /// There is more than is told.
    pub cut: bool,
}

/// An entry of a list.
#[derive(Debug, Clone, Deserialize)]
pub struct Listed {
    /// Its number.
    pub id: usize,
    /// How all entries of the list are told, the likeliest way first.
    pub ways: Vec<Locator>,
}

/// Something on a page that a person may read or use.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Thing {
    /// Its number in its document.
    pub id: usize,
    /// Its role, if it has one.
    pub role: Option<String>,
    /// Accessible name.
    pub name: String,
    /// What it shows, cut where it is long.
    pub text: String,
    /// The value of a control, but for secrets; else what it shows.
    pub value: String,
    /// The tag.
    pub tag: String,
    /// The type of an input or a button.
    pub kind: String,
    /// An input that takes no typing: it shows what is chosen, or opens what it is chosen from.
    pub readonly: bool,
    /// Its label, or the caption that it or a part round it stands beside; empty where there is none.
    pub caption: String,
    /// It is what stands beside the caption itself.
    pub beside: bool,
    /// Where it leads, as a link or in one.
    pub to: Option<String>,
    /// That opens in a new tab.
    pub blank: bool,
    /// Cannot be used now.
    pub disabled: bool,
    /// Chosen, ticked, selected or pressed.
    pub checked: bool,
    /// Struck out.
    pub struck: bool,
    /// It takes a press, or opens something, without being told to be a control.
    pub opener: bool,
    /// Such a thing next to others like it, as tabs are.
    pub among: bool,
    /// Of a heading.
    pub level: Option<u8>,
    /// What can be chosen in it, of a select or a group.
    pub offers: Vec<Offered>,
    /// The row that it is in.
    pub row: Option<usize>,
    /// The dialog that it is in.
    pub dialog: Option<usize>,
    /// The part that stays in its place over the page and that it is, or is in.
    pub over: Option<usize>,
    /// It is at the head of the page, where ways to other pages are.
    pub top: bool,
    /// Some of its text is its own, and not that of a part of it.
    pub own: bool,
    /// How many controls are in it.
    pub holds: usize,
}

/// One of several that can be chosen.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Offered {
    /// Its number in its document.
    pub id: usize,
    /// How it is written.
    pub text: String,
    /// Its role.
    pub role: Option<String>,
    /// It cannot be chosen now.
    pub disabled: bool,
    /// It is chosen.
    pub chosen: bool,
}

/// An element that is as it should be.
#[derive(Debug, Deserialize)]
pub(super) struct Looked {
    /// `None` of none and of several.
    pub(super) reading: Option<Reading>,
    #[serde(default)]
    pub(super) rows: Option<Vec<Row>>,
}

/// A point in the window, px, and the page that is there.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Point {
    pub(super) x: f64,
    pub(super) y: f64,
    /// The address of the page.
    at: String,
    /// How far it is scrolled, px.
    left: f64,
    top: f64,
    /// How many pixels of a picture are one of the window.
    density: f64,
}

/// The box of an element, from a point in it, px.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Around {
    left: f64,
    top: f64,
    width: f64,
    height: f64,
}

/// What was pressed: where it is in a picture of its whole page, px.
#[derive(Debug, Clone, PartialEq)]
pub struct Press {
    /// The address of the page.
    pub at: String,
    /// From the left edge of the page.
    pub left: f64,
    /// From its upper edge.
    pub top: f64,
    /// How wide it is.
    pub width: f64,
    /// How high it is.
    pub height: f64,
}

impl Press {
    /// Of a press at this point of an element of this box.
    pub(super) fn new(point: &Point, around: &Around) -> Self {
        Self {
            at: point.at.clone(),
            left: (point.left + point.x + around.left) * point.density,
            top: (point.top + point.y + around.top) * point.density,
            width: around.width * point.density,
            height: around.height * point.density,
        }
    }
}

/// What is to be typed into a field.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Typing {
    pub(super) text: String,
    /// How the field may show it, where not as it was typed.
    pub(super) shown: Option<Text>,
    /// The key that leaves the field, by its name in key events.
    pub(super) leave: Option<&'static str>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Aimed {
    pub(super) point: Point,
    pub(super) around: Around,
    /// The element pays, terminates or returns: it is one of those that were asked about.
    pub(super) grave: bool,
    /// It is one of what is barred: which, and what it is, in words.
    pub(super) barred: Option<(usize, String)>,
    /// What is to be typed there, where that is not the text itself.
    pub(super) keys: Option<String>,
}

/// How far somebody with a keyboard is on the way to an element. Keys have their names in key events.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Reached {
    /// This key leads on.
    Press(String),
    /// It has the focus, and these keys use it.
    There(Vec<String>),
    /// The page keeps it from them, in words.
    Wrong(String),
}

/// What dismisses an overlay.
#[derive(Debug, Deserialize)]
pub(super) enum Dismissed {
    /// A press here does.
    #[serde(rename = "point")]
    At(Point),
    /// It is one of what may not be pressed here.
    #[serde(rename = "barred")]
    Barred {
        which: usize,
        /// What it is, in words.
        seen: String,
    },
}

/// What the driver calls an element that was handed back: its name, under a key that tells elements from other things.
#[derive(Debug, Deserialize)]
pub(super) struct Handed(BTreeMap<String, String>);

impl Handed {
    pub(super) fn id(self) -> Option<String> {
        self.0.into_values().next()
    }
}

/// How a document came, as far as it knows itself.
#[derive(Debug, Deserialize)]
pub(super) struct Birth {
    /// Its address then.
    pub(super) address: String,
    /// When it began, ms since 1970 by the browser's clock.
    pub(super) born: f64,
}

/// What a page was at some moment.
#[derive(Debug, Deserialize)]
pub(super) struct Witnessed {
    pub(super) tree: String,
    pub(super) requests: Vec<Request>,
    /// The moment, ms since 1970 by the browser's clock.
    pub(super) now: f64,
}

/// All of a page as it was at some moment. It is the page's own: nobody may open it as it stands.
#[derive(Debug, Deserialize)]
pub struct Kept {
    /// Its markup, in pieces.
    pub pieces: Vec<String>,
    /// Nothing was left out for its size or its time.
    pub whole: bool,
    /// It is laid out as pages without a document type are.
    pub quirks: bool,
}

/// A request that a page made, as the page itself knows of it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Request {
    /// Its address.
    pub url: String,
    /// What asked for it: `navigation`, `link`, `script`, `fetch` and others.
    pub kind: String,
    /// The answer's status; `None` where the page may not know it.
    pub status: Option<u16>,
    /// When it began, ms since 1970 by the browser's clock.
    pub at: f64,
    /// How long it took, ms.
    pub ms: u64,
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, time::Duration};

    use regex::Regex;
    use serde_json::json;

    use super::{ALL, Answered, Condition, Text};
    use crate::browser::script::page_script;

    fn found(pattern: &str, text: &str) -> BTreeSet<String> {
        let pattern = Regex::new(pattern).expect("a pattern");
        pattern.captures_iter(text).map(|found| found[1].to_owned()).collect()
    }

    #[test]
    fn the_page_script_takes_each_question_with_all_that_it_holds_and_no_other() {
        let tables = found(r"(?ms)^const (?:AWAITED|ASKED_ONCE|ASKED_ASIDE) = \{\n(.*?)^\};", page_script());
        let takes: BTreeSet<_> = tables.iter().flat_map(|table| found(r"(?m)^  (\w+: \(.*?\)) =>", table)).collect();
        // What is taken beside what the question holds comes after it.
        let takes =
            takes.iter().map(|takes| Regex::new(r"(\}|\(_?), \w+\)$").expect("a pattern").replace(takes, "$1)"));
        let takes: BTreeSet<_> = takes.map(|takes| takes.replace("(_)", "()")).collect();
        let asked = ALL.iter().map(|(name, held)| match held {
            [] => format!("{name}: ()"),
            held => format!("{name}: ({{ {} }})", held.join(", ")),
        });
        // The one that is only for whoever asks a driver directly.
        let asked: BTreeSet<_> = asked.chain(["outline: ()".to_owned()]).collect();
        assert_eq!(takes, asked);
    }

    #[test]
    fn whatever_state_the_page_script_answers_is_understood() {
        let states = found(r"state: '([a-z ]+)'", page_script());
        assert!(states.len() >= 6, "{states:?}");
        // Of a document without the script, which the driver's own part of it says.
        for state in states.iter().filter(|state| *state != "unknown") {
            let answer = json!({ "state": state, "answer": null, "seen": "it", "overlay": 0, "at": "http://test/" });
            serde_json::from_value::<Answered<()>>(answer).unwrap_or_else(|error| panic!("{state}: {error}"));
        }
    }

    #[test]
    fn the_page_script_knows_each_condition() {
        let text = || Text::from("text");
        let all = [
            Condition::Visible,
            Condition::Absent,
            Condition::Enabled,
            Condition::Disabled,
            Condition::Said(Duration::from_secs(1)),
            Condition::Unoffered,
            Condition::Checked,
            Condition::Unchecked,
            Condition::Box,
            Condition::Ticked,
            Condition::Value(text()),
            Condition::Shows(text()),
            Condition::Settled(text(), Duration::from_secs(1)),
            Condition::Count(1),
        ];
        let known = found(r"(?:case|condition\.is ===) '([a-z]+)'", page_script());
        for condition in all {
            // One that is not named here is not in the list either.
            match condition {
                Condition::Visible
                | Condition::Said(_)
                | Condition::Absent
                | Condition::Enabled
                | Condition::Disabled
                | Condition::Unoffered
                | Condition::Checked
                | Condition::Unchecked
                | Condition::Box
                | Condition::Ticked
                | Condition::Value(_)
                | Condition::Shows(_)
                | Condition::Settled(..)
                | Condition::Count(_) => {}
            }
            let wire = serde_json::to_value(&condition).expect("JSON");
            assert!(wire["is"].as_str().is_some_and(|is| known.contains(is)), "{wire}: known are {known:?}");
        }
        let settled = Condition::Settled(text(), Duration::from_secs(1));
        assert_eq!(serde_json::to_value(settled).expect("JSON"), json!({ "is": "settled", "of": ["text", 1000] }));
    }
}
