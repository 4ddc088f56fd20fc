//! A feature file as it is written: read as Gherkin, and what is amiss with it told by its line and in words.
//!
//! The parser names signs where it gave up, often lines behind the slip, and takes some slips for a description. So the line is
//! found by what can be read up to it, and what is meant by how it looks.

use std::{
    collections::HashSet,
    fmt,
    path::{Path, PathBuf},
    sync::LazyLock,
};

use cucumber::gherkin::{self, GherkinEnv, is_language_supported};
use regex::Regex;

use crate::{
    domain::Failure,
    nearest::{did_you_mean, likeness},
    spoken::counted,
};

/// What is amiss with a feature file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// From the project's root.
    pub file: PathBuf,
    /// Where, from 1; `None` where it is all of it.
    pub line: Option<usize>,
    /// In words, with how it is mended.
    pub what: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.file.display())?;
        self.line.map_or(Ok(()), |line| write!(f, "{line}:"))?;
        write!(f, " {}", self.what)
    }
}

/// What is amiss with features, all of it, as a failure of the test.
pub fn refusal(faults: &[Fault]) -> Failure {
    Failure::test(faults.iter().map(Fault::to_string).collect::<Vec<_>>().join("\n"))
}

/// The words that parts of a feature begin with, in English.
const HEADS: [&str; 9] = [
    "Feature",
    "Background",
    "Rule",
    "Scenario",
    "Scenario Outline",
    "Scenario Template",
    "Example",
    "Examples",
    "Scenarios",
];

/// The same in Chinese; a rule has no other word there.
const CHINESE_HEADS: [&str; 8] = ["功能", "背景", "Rule", "场景", "场景大纲", "剧本", "剧本大纲", "例子"];

/// Those of a feature's language; none where it is one that is not known here.
fn heads(text: &str) -> &'static [&'static str] {
    match language(text) {
        None => &HEADS,
        Some((_, language)) if language.starts_with("en") => &HEADS,
        Some((_, language)) if language.starts_with("zh") => &CHINESE_HEADS,
        Some(_) => &[],
    }
}

/// The words that steps begin with.
const STEPS: [&str; 12] = ["Given", "When", "Then", "And", "But", "假如", "假设", "假定", "当", "那么", "而且", "但是"];

/// What is filled in of an outline's row.
#[expect(clippy::expect_used, reason = "it is written here, and every run uses it")]
static FILLED_IN: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"<([^>\s](?:[^>\s]?|[^>\t\n\r]*[^>\s]))>").expect("a regular expression"));

/// Reads a feature. `file`: as it is shown.
///
/// # Errors
/// All that is amiss with it, in the order of its lines.
pub fn parse(file: &Path, text: &str) -> Result<gherkin::Feature, Vec<Fault>> {
    let fault = |(line, what): (usize, String)| Fault { file: file.to_owned(), line: Some(line), what };
    let mut slips = slips(text);
    let read = gherkin::Feature::parse(text, GherkinEnv::default());
    match &read {
        Ok(feature) => slips.extend(slips_of(feature)),
        // What shows in a line is why it cannot be read.
        Err(_) if slips.is_empty() => slips.push(unreadable(text)),
        Err(_) => {}
    }
    slips.sort();
    slips.dedup();
    match read {
        Ok(feature) if slips.is_empty() => Ok(feature),
        _ => Err(slips.into_iter().map(fault).collect()),
    }
}

/// What a line says is its own, and not of a text between quotation marks.
fn lines(text: &str) -> Vec<(usize, &str)> {
    let mut quoted: Option<&str> = None;
    let own = text.lines().enumerate().filter_map(|(index, line)| {
        let line = line.trim();
        let mark = ["\"\"\"", "```"].into_iter().find(|mark| line.starts_with(mark));
        match (quoted, mark) {
            (None, Some(mark)) => quoted = Some(mark).filter(|mark| line.matches(mark).count() == 1),
            (Some(open), _) if line.ends_with(open) => quoted = None,
            (None, None) => return Some((index + 1, line)),
            (Some(_), _) => {}
        }
        None
    });
    own.collect()
}

/// The cells of a table's row.
fn cells(row: &str) -> usize {
    row.replace("\\\\", "").replace("\\|", "").matches('|').count().saturating_sub(1)
}

/// Slips that show in a line, also where the parser takes it for something else.
fn slips(text: &str) -> Vec<(usize, String)> {
    let heads = heads(text);
    let mut slips = Vec::new();
    let mut first: Option<(usize, usize)> = None;
    for (line, said) in lines(text) {
        if said.starts_with('|') {
            let (of, wanted) = *first.get_or_insert((line, cells(said)));
            if !said.ends_with('|') {
                slips.push((line, "the row of the table is not closed\n  mend     end it with |".to_owned()));
            } else if cells(said) != wanted {
                slips.push((
                    line,
                    format!(
                        "the row has {}, and the first of its table, in line {of}, has {wanted}\n  mend     write one cell below each; a | in a text is written \\|",
                        counted(cells(said), "cell")
                    ),
                ));
            }
            continue;
        }
        if !said.is_empty() && !said.starts_with('#') {
            first = None;
        }
        let Some((head, _)) = said.split_once([':', '：']) else { continue };
        // The full-width colon is another sign.
        let is_head = heads.contains(&head);
        let is_of_other_language = HEADS.contains(&head) || CHINESE_HEADS.contains(&head) || head == "规则";
        let what = if is_head && said[head.len()..].starts_with('：') {
            format!("{head}： has the colon of Chinese texts\n  mend     {head}:")
        } else if is_head || heads.is_empty() {
            continue;
        } else if is_of_other_language {
            let known = heads.join(":, ");
            format!(
                "{head}: begins no part of a feature in its language\n  mend     write one of {known}:, or say in the first line which language it is in, such as # language: zh-CN"
            )
        } else if let Some(meant) = misspelt(head, heads) {
            format!("{head}: begins no part of a feature; did you mean {meant}:?\n  mend     {meant}:")
        } else {
            continue;
        };
        slips.push((line, what));
    }
    slips
}

/// The part of a feature that was meant by a word before a colon. A description may speak of rules and scenarios.
fn misspelt(head: &str, heads: &[&'static str]) -> Option<&'static str> {
    let near = heads.iter().copied().find(|known| likeness(head, known) >= 0.8)?;
    (head.strip_suffix('s') != Some(near)).then_some(near)
}

/// Slips of a feature that can be read: what would run nothing, or stay as it is written.
fn slips_of(feature: &gherkin::Feature) -> Vec<(usize, String)> {
    let scenarios = feature.scenarios.iter().chain(feature.rules.iter().flat_map(|rule| &rule.scenarios));
    scenarios.flat_map(slips_of_scenario).collect()
}

fn slips_of_scenario(scenario: &gherkin::Scenario) -> Vec<(usize, String)> {
    let line = scenario.position.line;
    if scenario.steps.is_empty() {
        let what = "the scenario has no step: it would pass without having looked at anything";
        let mend = "write its steps: Given …, When …, Then …";
        return vec![(line, format!("{what}\n  mend     {mend}"))];
    }
    let mut filled_in: Vec<(usize, String)> = Vec::new();
    let mut seen = HashSet::new();
    let mut look = |line: usize, text: &str| {
        for found in FILLED_IN.captures_iter(text) {
            let name = found[1].to_owned();
            if seen.insert((line, name.clone())) {
                filled_in.push((line, name));
            }
        }
    };
    look(line, &scenario.name);
    for step in &scenario.steps {
        look(step.position.line, &step.value);
        step.docstring.iter().for_each(|text| look(step.position.line, text));
        step.table.iter().flat_map(|table| table.rows.iter().flatten()).for_each(|cell| look(step.position.line, cell));
    }
    let tables: Vec<(usize, &gherkin::Table)> = scenario
        .examples
        .iter()
        .filter_map(|examples| {
            Some((examples.position.line, examples.table.as_ref().filter(|table| table.rows.len() > 1)?))
        })
        .collect();
    let is_outline = ["Outline", "Template", "大纲"].iter().any(|word| scenario.keyword.contains(word));
    if tables.is_empty() {
        if !is_outline && scenario.examples.is_empty() {
            return Vec::new();
        }
        let what = "the scenario is an outline, and no row of examples says what is filled in";
        let mend = "write Examples: below it, a row of columns and one for each time that it is to run";
        return vec![(line, format!("{what}\n  mend     {mend}"))];
    }
    let mut slips = Vec::new();
    for (below, table) in tables {
        let columns: &[String] = table.rows.first().map(Vec::as_slice).unwrap_or_default();
        for (line, name) in filled_in.iter().filter(|(_, name)| !columns.contains(name)) {
            let meant = did_you_mean(name, columns.iter().map(String::as_str));
            slips.push((
                *line,
                format!(
                    "<{name}> is no column of the examples in line {below}{meant}\n  mend     write one of {}, or add the column",
                    columns.iter().map(|column| format!("<{column}>")).collect::<Vec<_>>().join(", ")
                ),
            ));
        }
    }
    slips
}

/// The language that a feature says its keywords are in, and the line that says it; `None` where it says nothing.
pub fn language(text: &str) -> Option<(usize, &str)> {
    let is_above = |(_, line): &(usize, &str)| line.trim().is_empty() || line.trim_start().starts_with('#');
    text.lines().enumerate().take_while(is_above).find_map(|(index, line)| {
        let (_, language) = line.trim().strip_prefix('#')?.trim().strip_prefix("language")?.split_once(':')?;
        Some((index + 1, language.trim()))
    })
}

/// Where a text stops being a feature, and what was expected there.
fn unreadable(text: &str) -> (usize, String) {
    let lines: Vec<&str> = text.lines().collect();
    let reads = |until: &usize| {
        *until > 0 && gherkin::Feature::parse(lines[..*until].join("\n"), GherkinEnv::default()).is_ok()
    };
    let good = (0..=lines.len()).rev().find(reads).unwrap_or(0);
    let is_said = |(_, line): &(usize, &&str)| !line.trim().is_empty();
    let mut behind = lines.iter().enumerate().skip(good).filter(is_said).map(|(index, line)| (index + 1, line.trim()));
    let language = language(text);
    if good == 0
        && let Some((line, language)) = language.filter(|(_, language)| !is_language_supported(language))
    {
        let what = format!("{language:?} is no language that features can be written in");
        return (line, format!("{what}\n  mend     # language: zh-CN, or none for English"));
    }
    let head = match language {
        Some((_, language)) if language.starts_with("zh") => "功能:",
        _ => "Feature:",
    };
    if good == 0 {
        let line = behind.find(|(_, said)| !said.starts_with(['#', '@'])).map_or(1, |(line, _)| line);
        let seen = lines.get(line - 1).map(|line| line.trim()).filter(|line| !line.is_empty());
        let seen = seen.map_or_else(|| "nothing stands there".to_owned(), |line| format!("there stands {line:?}"));
        let mend = format!("begin with {head} and a title; in Chinese behind a line # language: zh-CN");
        return (line, format!("a feature begins with {head}, and {seen}\n  mend     {mend}"));
    }
    let (line, said) = behind.next().unwrap_or((lines.len().max(1), ""));
    let word = said.split_whitespace().next().unwrap_or_default();
    let what = if said.starts_with("\"\"\"") || said.starts_with("```") {
        "the text that begins here does not end\n  mend     end it with a line of the same three signs".to_owned()
    } else if said.starts_with('@') {
        "what stands below these tags can carry none\n  mend     write them above a feature, rule, scenario or Examples:".to_owned()
    } else if let Some(head) =
        heads(text).iter().find(|head| said.strip_prefix(**head).is_some_and(|rest| rest.starts_with(':')))
    {
        format!(
            "{head}: cannot stand here\n  mend     a file has one feature; a background stands once, before the scenarios; examples stand below the steps of an outline"
        )
    } else if heads(text).contains(&word) {
        format!("behind {word} a colon is missing\n  mend     {word}: and the title")
    } else if STEPS.contains(&said) {
        format!("{said} has nothing behind it\n  mend     write the step, or remove it")
    } else {
        let meant = did_you_mean(word, STEPS);
        format!(
            "a step, a table or the next scenario is expected, and there stands {said:?}{meant}\n  mend     begin steps with Given, When, Then, And or But; a remark with #"
        )
    };
    (line, what)
}
