//! An element of a page: a recipe that is followed afresh each time something is done with it.

use std::{collections::BTreeMap, time::Duration};

use serde_json::{Value, json};

use super::{
    Visit,
    act::{Stroke, TAB, Typing},
    ask::{Answer, Expectation, Reading, Row},
    inquiry::Inquiry,
};
use crate::target::{Locator, Text};

const ENTER: char = '\u{e007}';
const ESCAPE: char = '\u{e00c}';

/// What may be expected of an element.
#[derive(Debug, Clone)]
pub enum Condition {
    /// One is there and can be seen.
    Visible,
    /// None can be seen.
    Absent,
    /// It can be used.
    Enabled,
    /// It cannot be used now.
    Disabled,
    /// It is chosen, ticked or pressed.
    Checked,
    /// It is not.
    Unchecked,
    /// Its value (of a control) is this.
    Value(Text),
    /// It shows this.
    Shows(Text),
    /// It shows this, and has not changed for this long.
    Settled(Text, Duration),
    /// So many of them can be seen.
    Count(usize),
}

impl Condition {
    fn words(&self) -> String {
        match self {
            Self::Visible => "be there".into(),
            Self::Absent => "not be there".into(),
            Self::Enabled => "be enabled".into(),
            Self::Disabled => "be disabled".into(),
            Self::Checked => "be chosen".into(),
            Self::Unchecked => "not be chosen".into(),
            Self::Value(text) => format!("hold {text}"),
            Self::Shows(text) | Self::Settled(text, _) => format!("show {text}"),
            Self::Count(count) => format!("be there {count} times"),
        }
    }

    fn wire(&self) -> Value {
        match self {
            Self::Visible => json!({ "is": "visible" }),
            Self::Absent => json!({ "is": "absent" }),
            Self::Enabled => json!({ "is": "enabled" }),
            Self::Disabled => json!({ "is": "disabled" }),
            Self::Checked => json!({ "is": "checked" }),
            Self::Unchecked => json!({ "is": "unchecked" }),
            Self::Value(text) => json!({ "is": "value", "text": text }),
            Self::Shows(text) => json!({ "is": "text", "text": text }),
            Self::Settled(text, settle) => json!({ "is": "text", "text": text, "settle_ms": settle.as_millis() }),
            Self::Count(count) => json!({ "is": "count", "count": count }),
        }
    }
}

/// What comes with a click, in one go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum More {
    /// Another click, as an impatient person does.
    Click,
    /// Enter, as somebody does who does not trust the click.
    Enter,
}

/// An element of a page. Exactly one must match, except where a count or rows are asked for.
#[must_use = "an element that nothing is done with checks nothing"]
pub struct Spot<'a> {
    pub(super) visit: &'a Visit,
    pub(super) page: &'a str,
    locator: Locator,
    called: Option<String>,
    shown: Option<Text>,
    within: Duration,
}

impl<'a> Spot<'a> {
    pub(super) fn new(visit: &'a Visit, page: &'a str, locator: Locator) -> Self {
        Self { visit, page, locator, called: None, shown: None, within: visit.manners().element }
    }

    /// Gives it a name of the shop's for messages, where the locator alone would not tell a QA person what it is.
    pub fn called(mut self, name: impl Into<String>) -> Self {
        self.called = Some(name.into());
        self
    }

    /// Gives it more (or less) time than elements usually get.
    pub fn within(mut self, within: Duration) -> Self {
        self.within = within;
        self
    }

    fn subject(&self) -> String {
        self.called.clone().unwrap_or_else(|| self.locator.to_string())
    }

    /// Waits until the condition holds.
    ///
    /// # Errors
    /// Class product: it did not in time; says what was seen.
    pub async fn should(&self, condition: Condition) -> anyhow::Result<()> {
        self.look(&condition).await?;
        Ok(())
    }

    /// Waits until the condition holds, and reads the element at that very moment.
    ///
    /// # Errors
    /// As [`Self::should`]; and for [`Condition::Absent`] and [`Condition::Count`], which read nothing.
    pub async fn read_when(&self, condition: Condition) -> anyhow::Result<Reading> {
        self.look(&condition)
            .await?
            .reading
            .ok_or_else(|| anyhow::anyhow!("nothing is read of what should {}", condition.words()))
    }

    /// Its text, once it is there.
    ///
    /// # Errors
    /// Class product: it is not there in time.
    pub async fn text(&self) -> anyhow::Result<String> {
        Ok(self.read_when(Condition::Visible).await?.text)
    }

    pub(super) async fn look(&self, condition: &Condition) -> anyhow::Result<Answer> {
        let expectation =
            Expectation { page: self.page, subject: self.subject(), should: condition.words(), locator: &self.locator };
        self.visit.ask(self.wanted(condition), self.within, &expectation).await
    }

    pub(super) fn frames(&self) -> Vec<Locator> {
        self.locator.frames()
    }

    pub(super) fn wanted(&self, condition: &Condition) -> Value {
        json!({ "do": "look", "locator": self.locator, "condition": condition.wire() })
    }

    /// Clicks it, once it can take a click.
    ///
    /// # Errors
    /// Class product: it is not there, not enabled, moving or covered.
    pub async fn click(&self) -> anyhow::Result<()> {
        self.visit.press(self.page, &self.locator, Vec::new()).await
    }

    /// Rests the pointer on it.
    ///
    /// # Errors
    /// Class product: it is not there, moving or covered.
    pub async fn hover(&self) -> anyhow::Result<()> {
        self.visit.hover(self.page, &self.locator).await
    }

    /// What is typed may be shown so, where not as it is typed.
    pub fn shown_as(mut self, shown: Text) -> Self {
        self.shown = Some(shown);
        self
    }

    /// Replaces what is in the field, and leaves it (Tab), as a person does.
    ///
    /// # Errors
    /// Class product: it takes no text, or does not hold it; says what it holds.
    pub async fn fill(&self, text: &str) -> anyhow::Result<()> {
        self.enter(text, Some(TAB)).await
    }

    /// Replaces what is in the field, and presses Enter in it.
    ///
    /// # Errors
    /// As [`Self::fill`]; Enter is not pressed then.
    pub async fn fill_and_enter(&self, text: &str) -> anyhow::Result<()> {
        self.enter(text, Some(ENTER)).await
    }

    /// Replaces what is in the field, and stays in it or leaves it by that key: Tab or Enter.
    ///
    /// # Errors
    /// As [`Self::fill`]; it is not left then.
    pub async fn enter(&self, text: &str, then: Option<char>) -> anyhow::Result<()> {
        let typing = Typing { text: text.to_owned(), shown: self.shown.clone(), leave: then };
        self.visit.replace(self.page, &self.locator, typing).await
    }

    /// Clicks it, and again or with Enter at once where that is asked for; `ready` is called once it can take a click, right before
    /// the click is made. Where `ready` fails, nothing is clicked.
    ///
    /// # Errors
    /// Class product: it takes no click; `ready` was not called then. Those of `ready`.
    pub async fn click_once(
        &self,
        more: Option<More>,
        ready: impl FnOnce() -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        let strokes = match more {
            None => Vec::new(),
            Some(More::Click) => vec![Stroke::Again],
            Some(More::Enter) => vec![Stroke::Key(ENTER)],
        };
        self.visit.press_once(self.page, &self.locator, strokes, ready).await
    }

    /// The options of a native select: how each is written, and whether it can be chosen.
    ///
    /// # Errors
    /// Class product: there is no such select.
    pub async fn native_options(&self) -> anyhow::Result<Vec<(String, bool)>> {
        let expectation = Expectation {
            page: self.page,
            subject: self.subject(),
            should: "be a select".into(),
            locator: &self.locator,
        };
        let answer =
            self.visit.ask(json!({ "do": "options", "locator": self.locator }), self.within, &expectation).await?;
        Ok(answer.options.unwrap_or_default())
    }

    /// Clicks it and presses Escape.
    ///
    /// # Errors
    /// Class product: it takes no click.
    pub async fn click_and_escape(&self) -> anyhow::Result<()> {
        self.visit.press(self.page, &self.locator, vec![Stroke::Key(ESCAPE)]).await
    }

    /// Chooses the option of a native select.
    ///
    /// # Errors
    /// Class product: the option is not offered or disabled; says what is offered.
    pub async fn choose_native(&self, option: &Text) -> anyhow::Result<()> {
        self.visit.choose_native(self.page, &self.locator, option).await
    }

    /// Reads it as it is now, without waiting; `None` where there is not exactly one that can be seen.
    ///
    /// # Errors
    /// Class infrastructure: the browser is gone.
    pub async fn now(&self) -> anyhow::Result<Option<Reading>> {
        let read = self.visit.read_each(self.page, &[Inquiry::Now(self.locator.clone())]).await?;
        Ok(read.into_iter().next().and_then(|found| found.reading))
    }

    /// Waits until so many of them can be seen, and reads these as rows, by the names of their cells.
    ///
    /// # Errors
    /// Class product: there are fewer or more; says how many.
    pub async fn rows_when(&self, count: usize, cells: &BTreeMap<String, Locator>) -> anyhow::Result<Vec<Row>> {
        let condition = Condition::Count(count);
        let expectation =
            Expectation { page: self.page, subject: self.subject(), should: condition.words(), locator: &self.locator };
        let mut wanted = self.wanted(&condition);
        wanted["cells"] = json!(cells);
        Ok(self.visit.ask(wanted, self.within, &expectation).await?.rows.unwrap_or_default())
    }

    /// Reads all rows that can be seen now, by the names of their cells.
    ///
    /// # Errors
    /// Class infrastructure: the browser is gone.
    pub async fn rows(&self, cells: &BTreeMap<String, Locator>) -> anyhow::Result<Vec<Row>> {
        let expectation =
            Expectation { page: self.page, subject: self.subject(), should: "be read".into(), locator: &self.locator };
        let answer = self
            .visit
            .ask(json!({ "do": "rows", "locator": self.locator, "cells": cells }), self.within, &expectation)
            .await?;
        Ok(answer.rows.unwrap_or_default())
    }
}
