//! The sentences that steps are defined for, held against those that features are written in.

use std::fmt;

use regex::Regex;

/// A definition of a step.
#[derive(Debug, Clone)]
pub struct Definition {
    /// `Given`, `When` or `Then`.
    pub keyword: &'static str,
    /// What its sentences look like.
    pub pattern: Regex,
    /// The file it is in, from the project's root.
    pub file: String,
    /// Its line there.
    pub line: u32,
}

impl Definition {
    fn admits(&self, (keyword, sentence): &(&str, &str)) -> bool {
        self.keyword == *keyword && self.pattern.is_match(sentence)
    }
}

impl fmt::Display for Definition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{} {} {}", self.file, self.line, self.keyword, self.pattern.as_str())
    }
}

/// The definitions that no sentence (keyword and text) is written by.
#[must_use]
pub fn unused<'a>(definitions: &'a [Definition], sentences: &[(&str, &str)]) -> Vec<&'a Definition> {
    definitions.iter().filter(|definition| !sentences.iter().any(|sentence| definition.admits(sentence))).collect()
}

/// The pairs of definitions that are the same: written with the same pattern, or both admitting some sentence.
#[must_use]
pub fn duplicates<'a>(
    definitions: &'a [Definition],
    sentences: &[(&str, &str)],
) -> Vec<(&'a Definition, &'a Definition)> {
    let same = |one: &Definition, other: &Definition| {
        one.keyword == other.keyword
            && (one.pattern.as_str() == other.pattern.as_str()
                || sentences.iter().any(|sentence| one.admits(sentence) && other.admits(sentence)))
    };
    let pairs = definitions.iter().enumerate().flat_map(|(at, one)| {
        definitions[at + 1..].iter().filter(move |other| same(one, other)).map(move |other| (one, other))
    });
    pairs.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn defined(keyword: &'static str, pattern: &str, line: u32) -> Definition {
        Definition { keyword, pattern: Regex::new(pattern).expect("a pattern"), file: "steps.rs".into(), line }
    }

    #[test]
    fn what_no_sentence_is_written_by_is_unused() {
        let all = [
            defined("When", "^the buyer waits$", 1),
            defined("When", "^the buyer buys (.+)$", 2),
            defined("Then", "^the buyer buys (.+)$", 3),
        ];
        let sentences = [("When", "the buyer buys bread"), ("Given", "the buyer waits")];
        let lines: Vec<String> = unused(&all, &sentences).iter().map(ToString::to_string).collect();
        assert_eq!(lines, ["steps.rs:1 When ^the buyer waits$", "steps.rs:3 Then ^the buyer buys (.+)$"]);
    }

    #[test]
    fn the_same_pattern_twice_is_told_even_where_no_sentence_uses_it() {
        let all = [
            defined("When", "^the buyer waits$", 1),
            defined("Then", "^the buyer waits$", 2),
            defined("When", "^the buyer waits$", 3),
        ];
        let pairs: Vec<_> = duplicates(&all, &[]).iter().map(|(one, other)| (one.line, other.line)).collect();
        assert_eq!(pairs, [(1, 3)]);
    }

    #[test]
    fn two_patterns_are_duplicates_for_a_sentence_that_both_admit() {
        let all = [defined("When", "^the buyer buys (.+)$", 1), defined("When", "^the (.+) buys bread$", 2)];
        assert!(duplicates(&all, &[("When", "the buyer buys milk"), ("Then", "the buyer buys bread")]).is_empty());
        assert_eq!(duplicates(&all, &[("When", "the buyer buys bread")]).len(), 1);
    }
}
