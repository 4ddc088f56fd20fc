//! Why something failed, taken apart: the sentence, what is known beside it, and what else was said.

use serde::Serialize;

use crate::domain::Class;

/// Why something failed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// The first line: page, element, expectation.
    pub sentence: String,
    /// What is known beside it: a label for people, and the text.
    pub facts: Vec<(&'static str, String)>,
    /// Further lines, such as those of a page state that differs.
    pub more: Vec<String>,
}

/// The labels of failure texts, and what they are called in the report.
const LABELS: &[(&str, &str)] = &[
    ("saw", "Seen instead"),
    ("but", "But"),
    ("at", "Where"),
    ("located", "Looked for"),
    ("near", "Came near"),
    ("waited", "Waited"),
    ("expected", "Expected"),
    ("baseline", "Baseline"),
    ("accept", "To accept it"),
    ("mend", "To mend it"),
    ("repair", "Proposed repair"),
    ("because", "Why so"),
    ("paid", "Paid by then"),
    ("then", "And then"),
];

impl Reason {
    /// Of a failure's text.
    pub fn of(text: &str) -> Self {
        let mut lines = text.lines();
        let mut reason =
            Self { sentence: lines.next().unwrap_or("no reason given").trim().to_owned(), ..Self::default() };
        for line in lines {
            let known = line.strip_prefix("  ").filter(|rest| !rest.starts_with(' ')).and_then(|rest| {
                let (label, text) = rest.split_once(' ')?;
                let (_, words) = LABELS.iter().find(|(known, _)| *known == label.trim_end_matches(':'))?;
                Some((*words, text.trim().to_owned()))
            });
            match known {
                Some(fact) => reason.facts.push(fact),
                None => reason.more.push(line.to_owned()),
            }
        }
        // What all of them are indented by tells nothing.
        let indent = |line: &String| line.len() - line.trim_start().len();
        let margin = reason.more.iter().filter(|line| !line.trim().is_empty()).map(indent).min().unwrap_or(0);
        for line in &mut reason.more {
            *line = line.get(margin..).unwrap_or_default().to_owned();
        }
        reason
    }
}

/// Whose fault it is, in a word and in a sentence.
pub fn whose(class: Option<Class>) -> (&'static str, &'static str) {
    match class {
        Some(Class::Product) => ("the pages", "The pages did not do what was expected of them."),
        Some(Class::Infrastructure) => {
            ("browser or network", "Browser, network or target failed; nothing was learned about the pages.")
        }
        Some(Class::Test) => ("the suite", "The suite itself is wrong: a step, a baseline or a bug in it."),
        Some(Class::Guard) => ("the money guard", "The money guard refused, before anything was paid."),
        None => ("unknown", "It is not known whose fault this is."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_taken_apart() {
        let reason = Reason::of(
            "home page: link \"A\" should take a click\n  saw      nothing\n  near     link \"B\"\n    - gone\n    + new",
        );
        assert_eq!(reason.sentence, "home page: link \"A\" should take a click");
        assert_eq!(reason.facts, [("Seen instead", "nothing".to_owned()), ("Came near", "link \"B\"".to_owned())]);
        assert_eq!(reason.more, ["- gone", "+ new"]);
    }
}
