//! Steps as people write them: a definition's pattern read back into a sentence with places to fill in, and the sentences that
//! come nearest to one that nobody defined.

use std::fmt;

use regex::Regex;
use regex_syntax::ast::{Ast, parse};

use super::glue::Parameter;
use crate::nearest::likeness;

/// The sentence of a step, with places to fill in.
#[derive(Debug, Clone)]
pub struct Phrase {
    parts: Vec<Part>,
}

#[derive(Debug, Clone)]
enum Part {
    Text(String),
    Hole(Hole),
}

/// A place to fill in.
#[derive(Debug, Clone)]
struct Hole {
    name: String,
    /// What it takes looks like this.
    pattern: String,
    /// What it takes, where that is a list.
    values: Vec<String>,
}

impl Part {
    fn hole(&self) -> Option<&Hole> {
        match self {
            Self::Text(_) => None,
            Self::Hole(hole) => Some(hole),
        }
    }
}

impl Phrase {
    /// What a pattern's sentences look like, where `parameters` are the types that its test target defines.
    pub fn of(pattern: &str, parameters: &[Parameter]) -> Self {
        let mut reading = Reading { pattern, parameters, parts: Vec::new() };
        match parse::Parser::new().parse(pattern) {
            Ok(ast) => reading.read(&ast),
            // It has been compiled before: this cannot be.
            Err(_) => reading.text(pattern),
        }
        Self { parts: reading.parts }
    }

    /// The places to fill in that take one of a list: their names and what they take.
    pub fn lists(&self) -> impl Iterator<Item = (&str, &[String])> {
        let holes = self.parts.iter().filter_map(Part::hole).filter(|hole| !hole.values.is_empty());
        holes.map(|hole| (hole.name.as_str(), hole.values.as_slice()))
    }

    /// How far a sentence is from this, 0 (the same) upwards, and in which words: there and here.
    fn distance(&self, sentence: &str) -> (f64, Vec<(String, String)>) {
        let holes: Vec<&Hole> = self.parts.iter().filter_map(Part::hole).collect();
        let mut marks = (FIRST_MARK..).filter_map(char::from_u32);
        let marked: String = self
            .parts
            .iter()
            .map(|part| match part {
                Part::Text(text) => text.clone(),
                Part::Hole(_) => marks.next().map(String::from).unwrap_or_default(),
            })
            .collect();
        let phrase: Vec<Word<'_>> = words(&marked).into_iter().map(|word| Word::of(word, &holes)).collect();
        align(&phrase, &words(sentence))
    }
}

impl fmt::Display for Phrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.parts.iter().try_for_each(|part| match part {
            Part::Text(text) => f.write_str(text),
            Part::Hole(hole) => write!(f, "{{{}}}", hole.name),
        })
    }
}

/// Signs that editors make of quotation marks.
const OTHER_QUOTES: [char; 12] = ['“', '”', '„', '‟', '‘', '’', '«', '»', '「', '」', '『', '』'];

impl Phrase {
    /// What differs in a sentence that has the words of this, and is another by its blanks or quotation marks; `None` where it has
    /// not.
    fn signs(&self, sentence: &str) -> Option<Vec<String>> {
        let quotes: String = OTHER_QUOTES.iter().collect();
        let parts = self.parts.iter().enumerate().map(|(index, part)| match part {
            Part::Text(text) => text.split(' ').map(regex::escape).collect::<Vec<_>>().join(r"\s+"),
            Part::Hole(hole) if hole.name == "string" => {
                format!("(?<quoted{index}>[\"{quotes}]?[^\"{quotes}]+?[\"{quotes}]?)")
            }
            Part::Hole(hole) => format!("(?:{})", hole.pattern),
        });
        let pattern = Regex::new(&format!(r"^{}(?<end>\.?)$", parts.collect::<String>())).ok()?;
        let found = pattern.captures(sentence)?;
        let quoted = pattern.capture_names().flatten().filter(|name| name.starts_with("quoted"));
        let mut differing = Vec::new();
        for text in quoted.filter_map(|name| Some(found.name(name)?.as_str())) {
            let inner = text.trim_matches(|c| c == '"' || OTHER_QUOTES.contains(&c));
            let [opened, closed] = [text.starts_with(['"', '\'']), text.ends_with(['"', '\''])];
            if text.contains(OTHER_QUOTES) || !opened && !closed {
                differing.push(format!("{text} instead of \"{inner}\""));
            } else if !closed || !opened {
                let missing = if opened { "closed" } else { "opened" };
                differing.push(format!("the quotation mark of {text} is not {missing}"));
            }
        }
        let plain = sentence.split_whitespace().collect::<Vec<_>>().join(" ");
        if plain != sentence {
            differing.push("more than one blank, or another than the usual one, between two words".to_owned());
        }
        if !found["end"].is_empty() {
            differing.push(". is too much".to_owned());
        }
        (!differing.is_empty()).then_some(differing)
    }
}

/// The phrases that a sentence would be one of if it were not for its blanks and quotation marks, with what differs.
pub fn but_for_signs(sentence: &str, phrases: &[(&str, Phrase)]) -> Vec<String> {
    let near = phrases.iter().filter_map(|(keyword, phrase)| {
        let differing = phrase.signs(sentence)?;
        Some(format!("{keyword} {phrase}  (here {})", differing.join(", ")))
    });
    near.take(3).collect()
}

struct Reading<'a> {
    pattern: &'a str,
    parameters: &'a [Parameter],
    parts: Vec<Part>,
}

impl Reading<'_> {
    fn text(&mut self, text: &str) {
        match self.parts.last_mut() {
            Some(Part::Text(before)) => before.push_str(text),
            _ => self.parts.push(Part::Text(text.to_owned())),
        }
    }

    fn read(&mut self, ast: &Ast) {
        match ast {
            Ast::Concat(concat) => concat.asts.iter().for_each(|ast| self.read(ast)),
            Ast::Assertion(_) | Ast::Empty(_) | Ast::Flags(_) => {}
            Ast::Literal(literal) => self.text(&literal.c.to_string()),
            Ast::Group(group) => self.group(&group.ast, group.capture_index().is_some()),
            // What may be left out stands in brackets, as in Cucumber's own expressions.
            Ast::Repetition(optional) => match &*optional.ast {
                Ast::Group(group) if literal(&group.ast).is_some() => {
                    let text = literal(&group.ast).unwrap_or_default();
                    self.text(&format!("({text})"));
                }
                ast => self.hole(ast),
            },
            ast => self.hole(ast),
        }
    }

    fn group(&mut self, ast: &Ast, captures: bool) {
        match (alternatives(ast), captures) {
            (Some(values), false) => self.text(&values.join("/")),
            _ => self.hole(ast),
        }
    }

    fn hole(&mut self, ast: &Ast) {
        let source = self.pattern.get(ast.span().start.offset..ast.span().end.offset).unwrap_or_default();
        let values = alternatives(ast).unwrap_or_default();
        let own = self.parameters.iter().find(|parameter| parameter.pattern == source);
        let name = match own {
            Some(parameter) => parameter.name.to_owned(),
            None if !values.is_empty() => values.join("|"),
            None if source.contains("[^\"") && source.contains("[^'") => "string".to_owned(),
            None if source.contains(r"\d+") => "int".to_owned(),
            None if source == r"[^\s]+" => "word".to_owned(),
            None => "…".to_owned(),
        };
        self.parts.push(Part::Hole(Hole { name, pattern: source.to_owned(), values }));
    }
}

/// The text that a pattern is, where it is no more than one.
fn literal(ast: &Ast) -> Option<String> {
    match ast {
        Ast::Literal(literal) => Some(literal.c.to_string()),
        Ast::Concat(concat) => concat.asts.iter().map(literal).collect(),
        _ => None,
    }
}

/// The texts that a pattern chooses from, where it is no more than such a choice.
fn alternatives(ast: &Ast) -> Option<Vec<String>> {
    match ast {
        Ast::Alternation(alternation) => alternation.asts.iter().map(literal).collect(),
        _ => None,
    }
}

/// Stands for the first place to fill in, the next for the second: signs that no sentence has.
const FIRST_MARK: u32 = 0xe000;

/// A word of a phrase.
struct Word<'a> {
    /// With marks for places to fill in.
    marked: String,
    holes: Vec<(char, &'a Hole)>,
    /// What it takes, where there is something to fill in.
    pattern: Option<Regex>,
}

impl<'a> Word<'a> {
    fn of(marked: String, holes: &[&'a Hole]) -> Self {
        let own = marked.chars().filter_map(|c| {
            let index = u32::from(c).checked_sub(FIRST_MARK)?;
            Some((c, *holes.get(usize::try_from(index).ok()?)?))
        });
        let holes: Vec<(char, &Hole)> = own.collect();
        let pattern = holes.iter().fold(regex::escape(&marked), |pattern, (mark, hole)| {
            pattern.replace(*mark, &format!("(?:{})", hole.pattern))
        });
        let pattern = Some(pattern).filter(|_| !holes.is_empty());
        Self { pattern: pattern.and_then(|pattern| Regex::new(&format!("^(?:{pattern})$")).ok()), holes, marked }
    }

    fn shown(&self) -> String {
        self.holes
            .iter()
            .fold(self.marked.clone(), |shown, (mark, hole)| shown.replace(*mark, &format!("{{{}}}", hole.name)))
    }

    fn admits(&self, here: &str) -> bool {
        self.pattern.as_ref().map_or(self.marked == here, |pattern| pattern.is_match(here))
    }

    /// How far another word is from this, 0 to 1.
    fn differs(&self, here: &str) -> f64 {
        match &self.pattern {
            None if self.marked == here => 0.0,
            None => 1.0 - NEARLY * likeness(&self.marked, here),
            // What takes anything says nothing of what was meant.
            Some(pattern) if pattern.is_match(here) => {
                if pattern.is_match("☃") {
                    0.3
                } else {
                    0.0
                }
            }
            Some(_) => {
                let values = self
                    .holes
                    .iter()
                    .flat_map(|(mark, hole)| hole.values.iter().map(|value| self.marked.replace(*mark, value)));
                1.0 - NEARLY * values.map(|value| likeness(&value, here)).fold(0.0, f64::max)
            }
        }
    }

    /// How many words it may be filled in with.
    fn most(&self) -> usize {
        if self.holes.is_empty() { 1 } else { 4 }
    }
}

/// A word that is nearly the same is still another.
const NEARLY: f64 = 0.8;

/// The words of a sentence; what is quoted is one.
fn words(sentence: &str) -> Vec<String> {
    let (mut words, mut word, mut quoted) = (Vec::new(), String::new(), false);
    for c in sentence.chars() {
        match c {
            ' ' if !quoted => words.push(std::mem::take(&mut word)),
            c => {
                quoted ^= c == '"';
                word.push(c);
            }
        }
    }
    words.push(word);
    words.retain(|word| !word.is_empty());
    words
}

/// How far words are from those of a phrase, and which differ, there and here.
fn align(phrase: &[Word<'_>], words: &[String]) -> (f64, Vec<(String, String)>) {
    // The cheapest way from the first words of both to these, and over how many words it came.
    let mut best = vec![vec![(0.0, (0, 0)); words.len() + 1]; phrase.len() + 1];
    for there in 0..=phrase.len() {
        for here in 0..=words.len() {
            let mut ways: Vec<(f64, (usize, usize))> = Vec::new();
            if let Some(word) = there.checked_sub(1).map(|before| &phrase[before]) {
                ways.push((best[there - 1][here].0 + 1.0, (1, 0)));
                ways.extend((1..=word.most().min(here)).map(|some| {
                    (best[there - 1][here - some].0 + word.differs(&words[here - some..here].join(" ")), (1, some))
                }));
            }
            if here > 0 {
                ways.push((best[there][here - 1].0 + 1.0, (0, 1)));
            }
            best[there][here] = ways.into_iter().min_by(|one, other| one.0.total_cmp(&other.0)).unwrap_or_default();
        }
    }
    let (mut there, mut here, mut differing) = (phrase.len(), words.len(), Vec::new());
    while (there, here) != (0, 0) {
        let (_, (of_phrase, of_words)) = best[there][here];
        let written = words[here - of_words..here].join(" ");
        match phrase[there - of_phrase..there].first() {
            Some(word) if of_words > 0 && word.admits(&written) => {}
            word => differing.push((word.map(Word::shown).unwrap_or_default(), written)),
        }
        (there, here) = (there - of_phrase, here - of_words);
    }
    differing.reverse();
    let weight = |word: &Word<'_>| if word.pattern.is_some() { 0.5 } else { 1.0 };
    let (cost, _) = best[phrase.len()][words.len()];
    (cost / phrase.iter().map(weight).sum::<f64>().max(1.0), differing)
}

/// Farther away is another sentence.
const FAR: f64 = 0.4;

/// The phrases that are nearest to a sentence that none of them admits, the nearest first, with what differs.
pub fn nearest<'a>(sentence: &str, phrases: impl IntoIterator<Item = (&'a str, Phrase)>) -> Vec<String> {
    let mut near: Vec<(f64, String)> = Vec::new();
    for (keyword, phrase) in phrases {
        let (far, differing) = phrase.distance(sentence);
        if far > FAR {
            continue;
        }
        let words: Vec<String> = differing
            .iter()
            .map(|(there, here)| match (there.as_str(), here.as_str()) {
                (there, "") => format!("without {there}"),
                ("", here) => format!("{here} is too much"),
                (there, here) => format!("{here} instead of {there}"),
            })
            .collect();
        // Nothing differs but what is filled in, or when the sentence is said.
        let words = if words.is_empty() { String::new() } else { format!("  (here {})", words.join(", ")) };
        near.push((far, format!("{keyword} {phrase}{words}")));
    }
    near.sort_by(|(one, _), (other, _)| one.total_cmp(other));
    let nearest = near.first().map_or(0.0, |(far, _)| *far);
    near.retain(|(far, _)| far - nearest < 0.15);
    near.truncate(3);
    near.into_iter().map(|(_, said)| said).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARAMETERS: [Parameter; 1] =
        [Parameter { name: "money", pattern: r"¥[0-9][0-9,]*\.[0-9]{2}", says: "An amount" }];
    const STRING: &str = r#"(?:"(?P<__0_0>[^"\\]*(?:\\.[^"\\]*)*)"|'(?P<__0_1>[^'\\]*(?:\\.[^'\\]*)*)')"#;

    fn shown(pattern: &str) -> String {
        Phrase::of(pattern, &PARAMETERS).to_string()
    }

    #[test]
    fn a_pattern_reads_as_a_sentence() {
        assert_eq!(shown(r"^the total fee is (¥[0-9][0-9,]*\.[0-9]{2})$"), "the total fee is {money}");
        assert_eq!(shown(&format!("^the buyer enters {STRING}$")), "the buyer enters {string}");
        assert_eq!(shown(r"^((?:-?\d+)|(?:\d+)) ([^\s]+) pass(?:es)?, (?:one|two)$"), "{int} {word} pass(es), one/two");
        assert_eq!(shown(r"^the (first|second) (.+)$"), "the {first|second} {…}");
        assert_eq!(shown("^控制台列出$"), "控制台列出");
    }

    #[test]
    fn the_nearest_sentence_is_named_with_the_word_that_differs() {
        let near = |sentence: &str| {
            let patterns = [
                "^the buyer waits$".to_owned(),
                format!("^the buyer enters {STRING} as {}$", STRING.replace("__0", "__1")),
                "^全部实例均为(运行中|已隔离)$".to_owned(),
            ];
            nearest(sentence, patterns.iter().map(|pattern| ("When", Phrase::of(pattern, &PARAMETERS))))
        };
        assert_eq!(
            near("the buyer types \"a b\" as \"Name\""),
            ["When the buyer enters {string} as {string}  (here types instead of enters)"]
        );
        assert_eq!(near("the buyer waits long"), ["When the buyer waits  (here long is too much)"]);
        assert_eq!(near("buyer waits"), ["When the buyer waits  (here without the)"]);
        assert!(near("全部实例都为运行中")[0].starts_with("When 全部实例均为{运行中|已隔离}"));
        assert!(near("the moon is made of cheese").is_empty());
    }
}
