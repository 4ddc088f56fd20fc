//! The words of the trade, in both languages (`trade.yaml`).

use std::{collections::BTreeMap, sync::LazyLock};

use crate::nearest::likeness;

static LISTED: LazyLock<BTreeMap<String, Vec<String>>> =
    LazyLock::new(|| serde_yaml::from_str(include_str!("trade.yaml")).expect("the words of the trade are YAML"));
/// The same, compared as texts of pages are.
static WORDS: LazyLock<BTreeMap<&str, Vec<String>>> = LazyLock::new(|| {
    LISTED.iter().map(|(key, words)| (key.as_str(), words.iter().map(|word| plain(word)).collect())).collect()
});

/// How alike a word must be to one of the trade's to be taken for a form of it.
const FORM: f64 = 0.85;

/// How well a text is known for what shops call a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Known {
    /// It holds such a word, or one in another form.
    Within,
    /// It is one.
    Whole,
}

impl Known {
    /// What it counts as evidence.
    pub(crate) const fn points(self) -> i32 {
        match self {
            Self::Within => 2,
            Self::Whole => 4,
        }
    }
}

/// Lower case, without signs round words.
fn plain(text: &str) -> String {
    let kept = text.to_lowercase().replace(|c: char| !c.is_alphanumeric() && !"-./'".contains(c), " ");
    let words = kept.split_whitespace().map(|word| word.trim_matches(['-', '.', '/', '\'']));
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Whether the trade calls a thing so; `what` is a key of the dictionary.
pub(crate) fn known(what: &str, text: &str) -> Option<Known> {
    let text = plain(text);
    let words = WORDS.get(what)?;
    if text.is_empty() {
        return None;
    }
    if words.contains(&text) {
        return Some(Known::Whole);
    }
    let spaced = format!(" {text} ");
    let is_within = |word: &String| match word.is_ascii() {
        true => spaced.contains(&format!(" {word} ")),
        false => text.contains(word.as_str()),
    };
    let is_form = |word: &String| word.len() > 4 && likeness(word, &text) >= FORM;
    words.iter().any(|word| is_within(word) || is_form(word)).then_some(Known::Within)
}

/// Whether it is the whole name of something that is listed under keys that begin so.
pub(crate) fn is_one_of(keys: &str, text: &str) -> bool {
    let text = plain(text);
    WORDS.iter().any(|(key, words)| key.starts_with(keys) && words.contains(&text))
}

/// All that is listed under a key.
pub(crate) fn listed(what: &str) -> &'static [String] {
    LISTED.get(what).map_or(&[], Vec::as_slice)
}

/// Whether a press on what is called so may pay, end or give back something.
pub(crate) fn is_grave(text: &str) -> bool {
    known("grave", text).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn things_are_known_by_what_the_trade_calls_them_in_both_languages() {
        assert_eq!(known("home.log-in", "Sign in"), Some(Known::Whole));
        assert_eq!(known("console.new", " + New "), Some(Known::Whole));
        assert_eq!(known("console.new", "新建"), Some(Known::Whole));
        assert_eq!(known("overlay.says", "This site bakes cookies. Fine"), Some(Known::Within));
        assert_eq!(known("field.zone", "Primary availability zone"), Some(Known::Within));
        assert_eq!(known("field.zone", "主可用区"), Some(Known::Within));
        assert_eq!(known("field.zone", "Zonal pricing"), None);
        assert!(
            is_grave("Confirm Purchase")
                && is_grave("退出登录")
                && !is_grave("Purchase Now")
                && !is_grave("Review order")
        );
    }
}
