//! An element of a page: a recipe that is followed afresh each time something is done with it.

use std::{collections::BTreeMap, time::Duration};

use super::{
    condition::Condition,
    errands::Errands,
    expectation::Expectation,
    hand::{ENTER, ESCAPE, Entry, Stroke, TAB},
    inquiry::{ask_each, read_each},
    question::{Inquiry, Look, Looked, Options, Part, PartLook, Reading, Row, Rows},
};
use crate::{
    domain::Findings,
    target::{Locator, Text},
};

/// What comes with a click, in one go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum More {
    /// Another click, as an impatient person does.
    Click,
    /// Enter, as somebody does who does not trust the click.
    Enter,
}

/// For what has had its time already.
const BRIEFLY: Duration = Duration::from_millis(300);

/// An element of a page. Exactly one must match, except where a count or rows are asked for.
#[must_use = "an element that nothing is done with checks nothing"]
pub struct Spot<'a> {
    errands: &'a Errands,
    page: &'a str,
    locator: Locator,
    called: Option<String>,
    shown: Option<Text>,
    within: Duration,
}

impl<'a> Spot<'a> {
    pub(super) fn new(errands: &'a Errands, page: &'a str, locator: Locator) -> Self {
        Self { errands, page, locator, called: None, shown: None, within: errands.acting.waiting.manners.element }
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

    fn expectation(&self, should: String) -> Expectation<'_> {
        let subject = self.called.clone().unwrap_or_else(|| self.locator.to_string());
        Expectation { page: self.page, subject, should, locator: &self.locator }
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

    async fn look(&self, condition: &Condition) -> anyhow::Result<Looked> {
        self.look_within(condition, self.within).await
    }

    async fn look_within(&self, condition: &Condition, within: Duration) -> anyhow::Result<Looked> {
        let look = Look { locator: self.locator.clone(), condition: condition.clone(), cells: None };
        self.errands.acting.waiting.ask_within(look, within, &self.expectation(condition.words())).await
    }

    /// Waits until each of these conditions holds, all of one page. Whatever holds already is seen in one look.
    ///
    /// # Errors
    /// Class product: one did not in time; says what was seen of each such.
    pub async fn each_should(spots: &[(Self, Condition)]) -> anyhow::Result<()> {
        let Some((first, _)) = spots.first() else { return Ok(()) };
        let part = |(spot, condition): &(Self, Condition)| {
            Part::Look(PartLook { locator: spot.locator.clone(), condition: condition.clone() })
        };
        let found = ask_each(&first.errands.acting.waiting, first.page, spots.iter().map(part).collect()).await?;
        let mut findings = Findings::default();
        // The others had as long as the first one that is waited for in vain.
        let mut had_its_time = false;
        for ((spot, condition), found) in spots.iter().zip(found) {
            if found.met.is_err() {
                let looked = match had_its_time {
                    true => spot.look_within(condition, BRIEFLY).await,
                    false => spot.look(condition).await,
                };
                had_its_time |= looked.is_err();
                findings.note(looked.map(|_| ()))?;
            }
        }
        findings.verdict()
    }

    /// Clicks it, once it can take a click.
    ///
    /// # Errors
    /// Class product: it is not there, not enabled, moving or covered.
    pub async fn click(&self) -> anyhow::Result<()> {
        self.errands.press(self.page, &self.locator, Vec::new()).await
    }

    /// Rests the pointer on it.
    ///
    /// # Errors
    /// Class product: it is not there, moving or covered.
    pub async fn hover(&self) -> anyhow::Result<()> {
        self.errands.acting.hover(self.page, &self.locator).await
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
        let entry = Entry { text: text.to_owned(), shown: self.shown.clone(), leave: then };
        self.errands.replace(self.page, &self.locator, entry).await
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
        self.errands.press_once(self.page, &self.locator, strokes, ready).await
    }

    /// The options of a native select: how each is written, and whether it can be chosen.
    ///
    /// # Errors
    /// Class product: there is no such select.
    pub async fn native_options(&self) -> anyhow::Result<Vec<(String, bool)>> {
        let options = Options { locator: self.locator.clone() };
        self.errands.acting.waiting.ask_within(options, self.within, &self.expectation("be a select".into())).await
    }

    /// Clicks it and presses Escape.
    ///
    /// # Errors
    /// Class product: it takes no click.
    pub async fn click_and_escape(&self) -> anyhow::Result<()> {
        self.errands.press(self.page, &self.locator, vec![Stroke::Key(ESCAPE)]).await
    }

    /// Chooses the option of a native select.
    ///
    /// # Errors
    /// Class product: the option is not offered or disabled; says what is offered.
    pub async fn choose_native(&self, option: &Text) -> anyhow::Result<()> {
        self.errands.acting.choose_native(self.page, &self.locator, option).await
    }

    /// Reads it as it is now, without waiting but for the frame that it is in; `None` where there is not exactly one that can be seen.
    ///
    /// # Errors
    /// Class infrastructure: the browser is gone. Class product: the frame did not come in time.
    pub async fn now(&self) -> anyhow::Result<Option<Reading>> {
        let read = read_each(&self.errands.acting.waiting, self.page, &[Inquiry::Now(self.locator.clone())]).await?;
        Ok(read.into_iter().next().and_then(|found| found.reading))
    }

    /// Waits until so many of them can be seen, and reads these as rows, by the names of their cells.
    ///
    /// # Errors
    /// Class product: there are fewer or more; says how many.
    pub async fn rows_when(&self, count: usize, cells: &BTreeMap<String, Locator>) -> anyhow::Result<Vec<Row>> {
        let condition = Condition::Count(count);
        let expectation = self.expectation(condition.words());
        let look = Look { locator: self.locator.clone(), condition, cells: Some(cells.clone()) };
        Ok(self.errands.acting.waiting.ask_within(look, self.within, &expectation).await?.rows.unwrap_or_default())
    }

    /// Reads all rows that can be seen now, by the names of their cells.
    ///
    /// # Errors
    /// Class infrastructure: the browser is gone.
    pub async fn rows(&self, cells: &BTreeMap<String, Locator>) -> anyhow::Result<Vec<Row>> {
        let rows = Rows { locator: self.locator.clone(), cells: cells.clone() };
        self.errands.acting.waiting.ask_within(rows, self.within, &self.expectation("be read".into())).await
    }
}
