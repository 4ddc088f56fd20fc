//! Part of the features by where it is written: `features/login.feature`, `features/login.feature:12`, a folder.

use std::ops::Range;

use cucumber::gherkin;

use super::plan::Case;
use crate::{domain::Failure, evidence::Passage};

/// Where part of the features is written.
#[derive(Debug)]
pub struct Place {
    /// As it was asked for.
    word: String,
    passage: Passage,
}

impl Place {
    /// Of a word on the command line; `None` where it is none. A bare word stays what it is to any Rust test.
    ///
    /// # Errors
    /// Class test: it names a feature file, and then no line of it.
    pub fn of(word: &str) -> anyhow::Result<Option<Self>> {
        let passage = Passage::of(word);
        let is_folder = passage.lines.is_empty() && word.contains('/') && passage.path.is_dir();
        if !passage.is_feature() && word.contains(".feature:") {
            let text = format!(
                "{word} is no place in a feature\n  mend     write a file, or a line of it: features/login.feature:12"
            );
            return Err(Failure::test(text).into());
        }
        Ok((passage.is_feature() || is_folder).then(|| Self { word: word.to_owned(), passage }))
    }

    /// Which of these scenarios are written there, by their index.
    ///
    /// # Errors
    /// Class test: none is; with what there is instead.
    pub fn select(&self, all: &[Case]) -> anyhow::Result<Vec<usize>> {
        let Passage { path, lines } = &self.passage;
        let inside: Vec<usize> = (0..all.len()).filter(|index| self.passage.holds(&all[*index].file)).collect();
        if inside.is_empty() {
            let mut files: Vec<String> = all.iter().map(|case| case.file.display().to_string()).collect();
            files.dedup();
            return Err(Failure::test(format!(
                "no scenario is in {}\n  mend     name a feature file that has one: {}",
                self.word,
                files.join(", ")
            ))
            .into());
        }
        if lines.is_empty() {
            return Ok(inside);
        }
        let mut selected = Vec::new();
        for line in lines {
            let at: Vec<usize> = inside.iter().copied().filter(|index| all[*index].lines.has(*line)).collect();
            // A row of an outline is one of several scenarios that are written together.
            let own: Vec<usize> = at.iter().copied().filter(|index| all[*index].line == *line).collect();
            if at.is_empty() {
                let known = inside.iter().map(|index| all[*index].line.to_string()).collect::<Vec<_>>().join(", ");
                return Err(Failure::test(format!(
                    "no scenario is at line {line} of {}\n  mend     scenarios begin at the lines {known}",
                    path.display()
                ))
                .into());
            }
            selected.extend(if own.is_empty() { at } else { own });
        }
        Ok(selected)
    }
}

/// The lines at which a scenario is meant: its own, and the head of its rule and feature.
#[derive(Debug, Clone, Default)]
pub struct Lines(Vec<Range<usize>>);

impl Lines {
    fn has(&self, line: usize) -> bool {
        self.0.iter().any(|lines| lines.contains(&line))
    }
}

/// The lines of the rows of tables below a line; between them may be comments and empty lines.
pub fn rows_below(text: &str, above: usize) -> impl Iterator<Item = usize> {
    let is_row = |(_, line): &(usize, &str)| line.trim_start().starts_with('|');
    text.lines().enumerate().skip(above).filter(is_row).map(|(index, _)| index + 1)
}

/// The parts that a feature file is written in, each from its tags to the next one's.
pub struct Parts {
    starts: Vec<usize>,
    end: usize,
}

impl Parts {
    /// Of a feature with its outlines as they are written.
    pub fn of(feature: &gherkin::Feature, text: &str) -> Self {
        let lines: Vec<&str> = text.lines().collect();
        let rules = feature.rules.iter();
        let titles = rules.flat_map(|rule| {
            std::iter::once(rule.position.line).chain(rule.scenarios.iter().map(|scenario| scenario.position.line))
        });
        let titles = titles.chain(feature.scenarios.iter().map(|scenario| scenario.position.line));
        let is_above = |line: &&&str| line.trim_start().starts_with(['@', '#']);
        let mut starts: Vec<usize> =
            titles.map(|title| title - lines.iter().take(title - 1).rev().take_while(is_above).count()).collect();
        // The head of the feature is whatever stands before.
        starts.push(1);
        starts.sort_unstable();
        Self { starts, end: lines.len() + 1 }
    }

    /// The lines at which a scenario is meant that stands at `line`, below a rule whose title does.
    pub fn lines_of(&self, line: usize, rule: Option<usize>) -> Lines {
        Lines([Some(line), rule, Some(1)].into_iter().flatten().map(|line| self.part(line)).collect())
    }

    fn part(&self, line: usize) -> Range<usize> {
        let next = self.starts.partition_point(|start| *start <= line);
        let start = next.checked_sub(1).and_then(|part| self.starts.get(part)).copied().unwrap_or(1);
        start..self.starts.get(next).copied().unwrap_or(self.end)
    }
}
