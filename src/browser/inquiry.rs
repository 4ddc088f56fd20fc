//! Several questions to a page at one moment, in one call.

use anyhow::ensure;
use serde::Serialize;
use serde_json::{Value, json};

use super::{
    Condition, Spot, Visit,
    ask::{Answer, Expectation, Reading},
};
use crate::{domain::Failure, target::Locator};

/// What is asked of elements as they are now.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "do", content = "locator", rename_all = "lowercase")]
pub enum Inquiry {
    /// The reading of the one.
    Now(Locator),
    /// The names of those among them that are chosen.
    Chosen(Locator),
}

/// What was found of an [`Inquiry`].
#[derive(Debug)]
pub struct Found {
    /// The reading; `None` where there is not exactly one that can be seen, or it was not asked for.
    pub reading: Option<Reading>,
    /// The names, in document order.
    pub names: Vec<String>,
}

impl Visit {
    /// Reads elements as they are at one moment, without waiting.
    ///
    /// # Errors
    /// Class infrastructure: the browser is gone. Class test: a locator is none.
    pub async fn read_each(&self, page: &str, asked: &[Inquiry]) -> anyhow::Result<Vec<Found>> {
        let located = |asked: &Inquiry| match asked {
            Inquiry::Now(locator) | Inquiry::Chosen(locator) => locator.frames(),
        };
        let found = self.ask_each(page, asked.iter().map(|asked| (located(asked), json!(asked))).collect()).await?;
        let understood = asked.iter().zip(found).map(|(asked, answer)| {
            let (Inquiry::Now(locator) | Inquiry::Chosen(locator)) = asked;
            if answer.state == "broken" {
                let why = answer.seen.unwrap_or_default();
                return Err(Failure::test(format!("{page}: {locator} could not be asked: {why}")).into());
            }
            Ok(Found { reading: answer.reading, names: answer.names.unwrap_or_default() })
        });
        understood.collect()
    }

    /// Asks several things of a page at one moment, or of each of the documents that it is made of.
    async fn ask_each(&self, page: &str, parts: Vec<(Vec<Locator>, Value)>) -> anyhow::Result<Vec<Answer>> {
        let mut answered: Vec<Option<Answer>> = parts.iter().map(|_| None).collect();
        while let Some(open) = answered.iter().position(Option::is_none) {
            let frames = &parts[open].0;
            let together: Vec<_> = (open..parts.len()).filter(|at| parts[*at].0 == *frames).collect();
            let frame = frames.last().cloned().map(Box::new);
            let whole = Locator { css: Some("html".into()), frame, ..Locator::default() };
            let expectation = Expectation { page, subject: "it".into(), should: "be read".into(), locator: &whole };
            let asked = together.iter().map(|at| &parts[*at].1).collect::<Vec<_>>();
            let asked = json!({ "do": "each", "parts": asked });
            let answers = self.ask(asked, self.manners.element, &expectation).await?.answers.unwrap_or_default();
            let (of, came) = (together.len(), answers.len());
            ensure!(came == of, "the page script answered {came} of {of} questions");
            for (at, answer) in together.into_iter().zip(answers) {
                answered[at] = Some(answer);
            }
        }
        Ok(answered.into_iter().flatten().collect())
    }
}

impl Spot<'_> {
    /// Waits until each of these conditions holds, all of one page. Whatever holds already is seen in one look.
    ///
    /// # Errors
    /// Class product: one did not in time; says what was seen of the first such.
    pub async fn each_should(spots: &[(Self, Condition)]) -> anyhow::Result<()> {
        let Some((first, _)) = spots.first() else { return Ok(()) };
        let parts = spots.iter().map(|(spot, condition)| (spot.frames(), spot.wanted(condition))).collect();
        let found = first.visit.ask_each(first.page, parts).await?;
        for ((spot, condition), found) in spots.iter().zip(found) {
            if found.state != "ok" {
                spot.look(condition).await?;
            }
        }
        Ok(())
    }
}
