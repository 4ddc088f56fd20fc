//! Part of the features by where it is written: `features/login.feature`, `features/login.feature:12`, a folder.

use std::{
    ops::Range,
    path::{Path, PathBuf},
};

use cucumber::gherkin;

use super::plan::Case;
use crate::{domain::Failure, evidence::Passage, nearest::nearest};

/// Where part of the features is written.
#[derive(Debug)]
pub struct Place {
    /// As it was asked for.
    word: String,
    passage: Passage,
}

impl Place {
    /// Of a word on the command line; `None` where it is none. A bare word stays what it is to any Rust test, unless it is the
    /// name of a folder that scenarios are in.
    ///
    /// # Errors
    /// Class test: it names a feature file, and then no line of it.
    pub fn of(word: &str, all: &[Case]) -> anyhow::Result<Option<Self>> {
        let passage = Passage::of(word);
        let is_meant = || word.contains('/') || all.iter().any(|case| passage.holds(&case.file));
        let is_folder = passage.lines.is_empty() && passage.path.is_dir() && is_meant();
        if !passage.is_feature() && word.contains(".feature:") {
            let text = format!(
                "{word} is no place in a feature\n  mend     write a file, or a line of it: features/login.feature:12"
            );
            return Err(Failure::test(text).into());
        }
        Ok((passage.is_feature() || is_folder).then(|| Self { word: word.to_owned(), passage }))
    }

    /// Whether a file is the one, or in the folder.
    pub fn is_of(&self, file: &Path) -> bool {
        self.passage.holds(file)
    }

    /// Which of these scenarios are written there, by their index.
    ///
    /// # Errors
    /// Class test: none is; with what there is instead.
    pub fn select(&self, all: &[Case]) -> anyhow::Result<Vec<usize>> {
        let Passage { path, lines } = &self.passage;
        let inside: Vec<usize> = (0..all.len()).filter(|index| self.passage.holds(&all[*index].file)).collect();
        if inside.is_empty() {
            return Err(nothing_in(&self.word, all).into());
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

/// Says that no scenario is written where a word says; with the files that have one, the nearest first.
pub fn nothing_in(word: &str, all: &[Case]) -> Failure {
    let mut files: Vec<&Path> = all.iter().map(|case| case.file.as_path()).collect();
    files.dedup();
    // As much of a path as was said, without what is said of all.
    let asked = Passage::of(word).path.with_extension("");
    let said = |file: &Path| {
        let parts: Vec<_> = file.components().collect();
        let from = parts.len().saturating_sub(asked.components().count());
        parts[from..].iter().collect::<PathBuf>().with_extension("").display().to_string()
    };
    let known: Vec<String> = files.iter().map(|file| said(file)).collect();
    let near = nearest(&asked.display().to_string(), known.iter().map(String::as_str));
    let meant = files.iter().find(|file| near.is_some_and(|near| said(file) == near));
    let meant = meant.map(|file| format!("; did you mean {}?", file.display())).unwrap_or_default();
    let files: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
    let mend = format!("name a feature file that has one: {}", files.join(", "));
    Failure::test(format!("no scenario is in {word}{meant}\n  mend     {mend}"))
}

/// The lines at which a scenario is meant: its own, and the head of its rule and feature.
#[derive(Debug, Clone, Default)]
pub struct Lines(Vec<Range<usize>>);

impl Lines {
    /// Whether the line is between its own tags and the next scenario's.
    pub fn has_own(&self, line: usize) -> bool {
        self.0.first().is_some_and(|own| own.contains(&line))
    }

    fn has(&self, line: usize) -> bool {
        self.0.iter().any(|lines| lines.contains(&line))
    }
}

/// The lines of the rows of tables below a line; between them may be comments and empty lines.
pub fn rows_below(text: &str, above: usize) -> impl Iterator<Item = usize> {
    let is_row = |(_, line): &(usize, &str)| line.trim_start().starts_with('|');
    text.lines().enumerate().skip(above).filter(is_row).map(|(index, _)| index + 1)
}

/// The line of a tag that stands above a line.
pub fn line_of_tag(text: &str, below: usize, tag: &str) -> usize {
    let carries =
        |line: &&str| line.trim_start().starts_with('@') && line.split(['@', ' ', '\t']).any(|word| word == tag);
    let above: Vec<&str> = text.lines().take(below).collect();
    above.iter().rposition(carries).map_or(below, |index| index + 1)
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
