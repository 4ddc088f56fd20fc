//! Page states: an accessible tree in text, with what must vary checked for shape and masked. Prices never are.

use anyhow::Context as _;
use regex::Regex;
use similar::{ChangeTag, TextDiff};

use crate::target::Formats;

/// What varies from run to run, and the name it is masked with.
#[derive(Debug)]
pub struct Masks {
    patterns: Vec<(Regex, String)>,
}

impl Masks {
    /// The masks for a target's order numbers, instance ids and dates, and for one scenario's account.
    ///
    /// # Errors
    /// When a format is no regular expression.
    pub fn new(formats: &Formats, account: &[&str]) -> anyhow::Result<Self> {
        let mut patterns = Vec::new();
        for literal in account.iter().filter(|literal| !literal.is_empty()) {
            patterns.push((Regex::new(&regex::escape(literal))?, "‹account›".to_owned()));
        }
        // The shape is part of the pattern: what has not the right shape stays as it is, and differs.
        for (name, pattern) in
            [("‹instance›", &formats.instance_id), ("‹order›", &formats.order_number), ("‹date›", &formats.date)]
        {
            let whole = format!(r"(?:^|\b)(?:{pattern})(?:$|\b)");
            patterns.push((
                Regex::new(&whole).with_context(|| format!("{pattern:?} is no regular expression"))?,
                name.to_owned(),
            ));
        }
        Ok(Self { patterns })
    }

    /// Masks this text too, before all others.
    ///
    /// # Errors
    /// None that a text could cause.
    pub fn also(&mut self, literal: &str, name: &str) -> anyhow::Result<()> {
        self.patterns.insert(0, (Regex::new(&regex::escape(literal))?, name.to_owned()));
        Ok(())
    }
}

/// The tree with everything masked that varies, and white space at line ends removed.
#[must_use]
pub fn mask(tree: &str, masks: &Masks) -> String {
    let masked = masks
        .patterns
        .iter()
        .fold(tree.to_owned(), |text, (pattern, name)| pattern.replace_all(&text, regex::NoExpand(name)).into_owned());
    masked.lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
}

/// The differing lines with three lines of context, `-` as reviewed, `+` as seen; `None` where both are the same.
#[must_use]
pub fn difference(reviewed: &str, seen: &str) -> Option<String> {
    if reviewed.trim() == seen.trim() {
        return None;
    }
    let diff = TextDiff::from_lines(reviewed.trim(), seen.trim());
    let mut text = String::new();
    for (index, group) in diff.grouped_ops(3).iter().enumerate() {
        if index > 0 {
            text.push_str("  ⋮\n");
        }
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let mark = match change.tag() {
                ChangeTag::Delete => '-',
                ChangeTag::Insert => '+',
                ChangeTag::Equal => ' ',
            };
            text.push_str(&format!("{mark} {}\n", change.value().trim_end_matches('\n')));
        }
    }
    Some(text)
}
