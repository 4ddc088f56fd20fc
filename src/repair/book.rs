//! What is found out on the way: of each element of the profile, whether the given locator works, or what it must be instead.

use std::{fmt::Write as _, path::Path};

use indexmap::IndexMap;
use serde_yaml::{Mapping, Value};

use crate::target::{Likeness, Locator, Text};

/// How sure a proposal is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Surety {
    /// One thing stands out, and it worked.
    Sure,
    /// It may be another.
    Unsure,
}

/// What is known of an element of the profile.
#[derive(Debug, Clone)]
pub(crate) enum Known {
    /// The profile's own way to it works.
    Works,
    /// It must be this, for these reasons.
    Proposed { value: Value, surety: Surety, why: Vec<String> },
    /// Nothing is like it.
    Missing(String),
    /// It could not be looked for.
    Unseen(String),
}

/// All that is known, by the keys of the profile, in the order of the walk.
#[derive(Debug, Default)]
pub(crate) struct Book {
    pub(crate) entries: IndexMap<String, Known>,
    /// Where the walk got stuck, in words.
    pub(crate) stuck: Vec<String>,
}

impl Book {
    pub(crate) fn note(&mut self, keys: &str, known: Known) {
        self.entries.insert(keys.to_owned(), known);
    }

    /// What is proposed, as a profile says it.
    pub(crate) fn overlay(&self) -> Value {
        let mut all = Mapping::new();
        for (keys, known) in &self.entries {
            if let Known::Proposed { value, .. } = known {
                put(&mut all, keys, value.clone());
            }
        }
        Value::Mapping(all)
    }

    /// The same as a profile that extends the given one, as a walk goes by it.
    ///
    /// # Errors
    /// What is proposed is no YAML.
    pub(crate) fn as_profile(&self, given: &Path) -> anyhow::Result<String> {
        let mut all = self.overlay().as_mapping().cloned().unwrap_or_default();
        all.insert("extends".into(), given.display().to_string().into());
        Ok(serde_yaml::to_string(&all)?)
    }

    pub(crate) fn count(&self, is: impl Fn(&Known) -> bool) -> usize {
        self.entries.values().filter(|known| is(known)).count()
    }

    /// The profile that extends the given one by what is proposed, with what is to be said of it first; `with` says which proposals
    /// count, the others are comments.
    pub(crate) fn written(&self, head: &str, extends: &Path, with: impl Fn(&str, Surety) -> bool) -> String {
        let mut text: String = head.lines().map(|line| format!("# {line}\n")).collect();
        let _ = writeln!(text, "# What is unsure is a comment; take its mark away where it is right.");
        let _ = writeln!(text, "extends: {}", quoted(&extends.display().to_string()));
        for line in &self.stuck {
            let _ = writeln!(text, "# stuck: {}", line.replace('\n', "\n#   "));
        }
        let mut tree = Branch::default();
        for (keys, known) in &self.entries {
            let mut at = &mut tree;
            for key in keys.split('/') {
                at = at.below.entry(key.to_owned()).or_default();
            }
            at.leaf = Some(match known {
                Known::Works => continue,
                Known::Proposed { value, surety, why } => {
                    let counts = with(keys, *surety);
                    let how = match (surety, counts) {
                        (Surety::Sure, _) => "sure",
                        (Surety::Unsure, true) => "unsure, taken by who was asked",
                        (Surety::Unsure, false) => "unsure",
                    };
                    (format!("{how}: {}", why.join("; ")), Some((flow(value), counts)))
                }
                Known::Missing(why) => (format!("missing: {why}"), None),
                Known::Unseen(_) => continue,
            });
        }
        tree.write(&mut text, 0);
        text
    }
}

/// A mapping on its way to YAML.
#[derive(Default)]
struct Branch {
    /// A comment; what is said, and whether it counts.
    leaf: Option<(String, Option<(String, bool)>)>,
    below: IndexMap<String, Branch>,
}

impl Branch {
    fn says(&self) -> bool {
        matches!(self.leaf, Some((_, Some((_, true))))) || self.below.values().any(Self::says)
    }

    fn tells(&self) -> bool {
        self.leaf.is_some() || self.below.values().any(Self::tells)
    }

    fn write(&self, out: &mut String, depth: usize) {
        let indent = "  ".repeat(depth);
        for (key, branch) in self.below.iter().filter(|(_, branch)| branch.tells()) {
            if let Some((comment, said)) = &branch.leaf {
                let name = if said.is_none() { format!("{key}: ") } else { String::new() };
                let _ = writeln!(out, "{indent}# {name}{}", comment.replace('\n', " "));
                if let Some((value, counts)) = said {
                    let mark = if *counts { "" } else { "# " };
                    let _ = writeln!(out, "{indent}{mark}{}: {value}", quoted(key));
                }
            }
            if branch.below.values().any(Self::tells) {
                // A mapping of comments alone would say that there is nothing.
                let mark = if branch.below.values().any(Self::says) { "" } else { "# " };
                let _ = writeln!(out, "{indent}{mark}{}:", quoted(key));
                branch.write(out, depth + 1);
            }
        }
    }
}

fn put(all: &mut Mapping, keys: &str, value: Value) {
    match keys.split_once('/') {
        None => {
            all.insert(Value::String(keys.to_owned()), value);
        }
        Some((key, rest)) => {
            let key = Value::String(key.to_owned());
            if !matches!(all.get(&key), Some(Value::Mapping(_))) {
                all.insert(key.clone(), Value::Mapping(Mapping::new()));
            }
            if let Some(Value::Mapping(inner)) = all.get_mut(&key) {
                put(inner, rest, value);
            }
        }
    }
}

/// A locator as profiles write it.
pub(crate) fn value_of(locator: &Locator) -> Value {
    let mut all = Mapping::new();
    let mut say = |key: &str, value: Value| {
        all.insert(Value::String(key.to_owned()), value);
    };
    let word = |text: &str| Value::String(text.to_owned());
    if let Some(role) = &locator.role {
        say("role", word(role));
    }
    for (key, text) in [
        ("name", &locator.name),
        ("label", &locator.label),
        ("text", &locator.text),
        ("beside", &locator.beside),
        ("column", &locator.column),
    ] {
        if let Some(text) = text {
            say(key, text_value(text));
        }
    }
    for (key, text) in [("test-id", &locator.test_id), ("css", &locator.css), ("containing", &locator.containing)] {
        if let Some(text) = text {
            say(key, word(text));
        }
    }
    for (key, inner) in [("within", &locator.within), ("frame", &locator.frame)] {
        if let Some(inner) = inner {
            say(key, value_of(inner));
        }
    }
    Value::Mapping(all)
}

pub(crate) fn text_value(text: &Text) -> Value {
    let like = |key: &str, text: &str| Value::Mapping([(Value::from(key), Value::from(text))].into_iter().collect());
    match text {
        Text::Is(text) => Value::String(text.clone()),
        Text::Like(Likeness::Contains(text)) => like("contains", text),
        Text::Like(Likeness::Starts(text)) => like("starts", text),
        Text::Like(Likeness::Matches(text)) => like("matches", text),
        Text::Like(Likeness::Amount(text)) => Value::String(text.clone()),
    }
}

/// A value in one line.
pub(crate) fn flow(value: &Value) -> String {
    match value {
        Value::String(text) => quoted(text),
        Value::Mapping(mapping) => {
            let inner = mapping
                .iter()
                .map(|(key, value)| format!("{}: {}", quoted(key.as_str().unwrap_or_default()), flow(value)));
            format!("{{ {} }}", inner.collect::<Vec<_>>().join(", "))
        }
        Value::Sequence(items) => format!("[{}]", items.iter().map(flow).collect::<Vec<_>>().join(", ")),
        other => serde_json::to_string(other).unwrap_or_default(),
    }
}

/// A text as YAML takes it for one, bare where it can be.
fn quoted(text: &str) -> String {
    let is_bare = text.starts_with(|c: char| c.is_alphabetic() || c == '/')
        && text.chars().all(|c| c.is_alphanumeric() || " -_/.'".contains(c))
        && !text.ends_with(' ')
        && !["on", "off", "yes", "no", "y", "n", "true", "false", "null"].contains(&text.to_lowercase().as_str());
    match is_bare {
        true => text.to_owned(),
        false => serde_json::to_string(text).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sure_is_said_and_what_is_not_is_a_comment() {
        let mut book = Book::default();
        let proposed = |surety, css: &str| Known::Proposed {
            value: value_of(&Locator { css: Some(css.into()), ..Locator::default() }),
            surety,
            why: vec!["it stands out".into()],
        };
        book.note("pages/home/log-in", proposed(Surety::Sure, ".in"));
        book.note("pages/check/balance", proposed(Surety::Unsure, ".have"));
        book.note("pages/check/back", Known::Missing("nothing is like it".into()));
        let text = book.written("found", Path::new("given.yaml"), |_, surety| surety == Surety::Sure);
        let value: Value = serde_yaml::from_str(&text).expect("YAML");
        assert_eq!(value["pages"]["home"]["log-in"]["css"], ".in", "{text}");
        assert!(value["pages"].get("check").is_none(), "{text}");
        assert!(text.contains("    # unsure: it stands out\n    # balance: { css: \".have\" }"), "{text}");
    }
}
