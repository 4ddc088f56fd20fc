//! The door through which everything of a page goes to a terminal or a build log.
//!
//! Pages, drivers and sites say what they like: an escape sequence paints over lines that were printed before, a mark of
//! direction turns an amount round, and a build server takes lines such as `::error::` for orders. What is not plain text is
//! written out as it would be in a Rust string; line ends stay, as most of them are our own.

use std::{fmt, sync::LazyLock};

use regex::{Captures, Regex};

/// Whatever does something rather than be seen: controls, marks of direction, separators, what has no width, and what XML
/// cannot hold. Variation selectors stay: they only choose between pictures of a character.
static UNSEEN: LazyLock<Regex> = LazyLock::new(|| {
    let pattern =
        r"[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}--[\n\u{FE00}-\u{FE0F}]]";
    Regex::new(pattern).expect("a pattern")
});

/// How build servers are ordered about: GitHub Actions (`::` at the start of a line, blanks or not; `##[` anywhere), Azure
/// Pipelines (`##vso[`), TeamCity (`##teamcity[`), GitLab (`section_start:`) and Travis (`travis_fold:`).
static ORDERS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?m)^\s*::|##\w*\[|section_(?:start|end):|travis_(?:fold|time):").expect("a pattern")
});

/// The text, harmless wherever it is printed. Lines stay lines.
#[must_use]
pub fn printable(text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    let seen = UNSEEN.replace_all(&text, |found: &Captures<'_>| found[0].escape_debug().to_string());
    ORDERS.replace_all(&seen, |found: &Captures<'_>| broken(&found[0])).into_owned()
}

/// The same as one entry of a list: its further lines are indented, so that none passes for an entry of its own.
#[must_use]
pub fn entry(text: &str) -> String {
    printable(text.trim_end()).replace('\n', "\n    ")
}

/// An order that nobody obeys: its last sign is written out.
fn broken(order: &str) -> String {
    let (kept, last) = order.split_at(order.len() - 1);
    format!("{kept}{}", last.chars().map(char::escape_unicode).map(|c| c.to_string()).collect::<String>())
}

/// So many of them: `1 scenario`, `2 scenarios`.
#[must_use]
pub fn counted<N: fmt::Display + PartialEq + From<u8>>(count: N, noun: &str) -> String {
    let plural = if count == N::from(1) { "" } else { "s" };
    format!("{count} {noun}{plural}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_act_on_a_terminal_is_written_out() {
        for (text, printed) in [
            ("a\u{1b}[2J\u{1b}]0;t\u{7}b", r"a\u{1b}[2J\u{1b}]0;t\u{7}b"),
            ("9.00\rfree", r"9.00\rfree"),
            ("a\u{8}\u{7f}\u{9b}31m\u{85}b\0", r"a\u{8}\u{7f}\u{9b}31m\u{85}b\0"),
            ("a\u{202e}b\u{2066}c\u{2069}\u{200f}\u{61c}", r"a\u{202e}b\u{2066}c\u{2069}\u{200f}\u{61c}"),
            ("a\u{2028}b\u{2029}c\td", r"a\u{2028}b\u{2029}c\td"),
            ("a\u{200b}\u{feff}\u{2060}\u{e0041}\u{ad}b", r"a\u{200b}\u{feff}\u{2060}\u{e0041}\u{ad}b"),
            ("\u{fffe}\u{ffff}", r"\u{fffe}\u{ffff}"),
            ("one\r\ntwo\nthree", "one\ntwo\nthree"),
            ("¥1,015.20 ✓ 购买 ❤️ é › … \u{a0}", "¥1,015.20 ✓ 购买 ❤️ é › … \u{a0}"),
        ] {
            assert_eq!(printable(text), printed);
        }
    }

    #[test]
    fn what_would_order_a_build_server_about_is_broken() {
        for order in [
            "::error::x",
            "a\n  ::add-mask::1",
            "\u{3000}::stop-commands::x",
            "a ##[command]x",
            "a##vso[task.setvariable]x",
            "##teamcity[testFailed]",
            "section_start:1:x",
            "travis_fold:start:x",
            "a\r\n::set-output name=x::y",
        ] {
            let printed = printable(order);
            assert!(!ORDERS.is_match(&printed), "{printed}");
            assert!(printed.contains(r"\u{3a}") || printed.contains(r"\u{5b}"), "{printed}");
        }
        assert_eq!(printable("Rust::path and a: b"), "Rust::path and a: b");
    }

    #[test]
    fn a_second_line_is_no_second_entry() {
        assert_eq!(entry("left\n0 failed\r::x\n"), "left\n    0 failed\\r::x");
    }
}
