//! Several questions to a page at one moment, in one call.

use anyhow::ensure;

use super::{
    expectation::Expectation,
    question::{Answered, Each, Found, Inquiry, Part, Unmet},
    waiting::Waiting,
};
use crate::domain::Failure;

/// Reads elements as they are at one moment. They are not waited for, but the frames that they are in are.
///
/// # Errors
/// Class infrastructure: the browser is gone. Class test: a locator is none. Class product: a frame did not come in time.
pub(super) async fn read_each(waiting: &Waiting, page: &str, asked: &[Inquiry]) -> anyhow::Result<Vec<Found>> {
    let parts = asked.iter().map(|asked| Part::Inquiry(asked.clone())).collect();
    let found = ask_each(waiting, page, parts).await?;
    let understood = asked.iter().zip(found).map(|(asked, found)| {
        let (Inquiry::Now(locator) | Inquiry::Chosen(locator)) = asked;
        match found.met {
            Ok(found) => Ok(found),
            Err(Unmet::Broken(seen)) => {
                let text = format!("{page}: {locator} could not be asked: {}", seen.seen);
                Err(Failure::test(text).into())
            }
            Err(_) => Ok(Found { reading: None, names: Vec::new() }),
        }
    });
    understood.collect()
}

/// Asks several things of a page at one moment, or of each of the documents that it is made of, once they are there.
pub(super) async fn ask_each(waiting: &Waiting, page: &str, parts: Vec<Part>) -> anyhow::Result<Vec<Answered<Found>>> {
    let frames: Vec<_> = parts.iter().map(|part| part.locator().frames()).collect();
    let mut answered: Vec<Option<Answered<Found>>> = parts.iter().map(|_| None).collect();
    while let Some(open) = answered.iter().position(Option::is_none) {
        let together: Vec<_> = (open..parts.len()).filter(|at| frames[*at] == frames[open]).collect();
        let locator = parts[open].locator();
        let expectation = Expectation { page, subject: locator.to_string(), should: "be read".into(), locator };
        let asked = Each { parts: together.iter().map(|at| parts[*at].clone()).collect() };
        let answers = waiting.ask(asked, &expectation).await?;
        let (of, came) = (together.len(), answers.len());
        ensure!(came == of, "the page script answered {came} of {of} questions");
        for (at, answer) in together.into_iter().zip(answers) {
            answered[at] = Some(answer);
        }
    }
    Ok(answered.into_iter().flatten().collect())
}
