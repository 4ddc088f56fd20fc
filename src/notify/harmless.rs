//! Texts of pages as harmless ones: nobody is called, nothing is a link, a picture or a command by what a page says.

use serde::Deserialize;

use crate::spoken::printable;

/// What a channel would take for more than text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Escape {
    /// Nothing but names after an `@`, and what is in angle brackets.
    #[default]
    Text,
    /// Slack's own markup. <https://docs.slack.dev/messaging/formatting-message-text>
    Slack,
    /// Markdown.
    Markdown,
    /// Nothing at all: for a terminal.
    #[serde(skip)]
    Plain,
}

/// No name begins with it, and nobody sees it.
const APART: char = '\u{200b}';

impl Escape {
    /// The text in one line, as this channel may have it. No more than so many characters of it.
    #[must_use]
    pub fn text(self, text: &str, most: usize) -> String {
        let line = printable(text.trim()).split_whitespace().collect::<Vec<_>>().join(" ");
        let cut = line.chars().count() > most;
        let mut harmless: String = line.chars().take(most).map(|c| self.sign(c)).collect();
        if cut {
            harmless.push('…');
        }
        harmless
    }

    /// An address of our own: whole, and as the channel writes one.
    #[must_use]
    pub fn link(self, address: &str) -> String {
        match self {
            Self::Slack => address.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;"),
            _ => address.to_owned(),
        }
    }

    fn sign(self, c: char) -> String {
        match (self, c) {
            (Self::Plain, c) => c.to_string(),
            // Who is meant by a name is found by the sign before it; full-width ones are taken for it by some.
            (_, '@' | '＠') => format!("{c}{APART}"),
            (Self::Slack, '&') => "&amp;".into(),
            (Self::Slack, '<') => "&lt;".into(),
            (Self::Slack, '>') => "&gt;".into(),
            (Self::Text, '<') => format!("<{APART}"),
            (Self::Markdown, '<') => format!("\\<{APART}"),
            (Self::Markdown, c) if c.is_ascii_punctuation() => format!("\\{c}"),
            (_, c) => c.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_called_by_what_a_page_says() {
        const SAID: &str = "@all <!channel> <@U123> <@all> @here\n<http://evil|home> [home](http://evil) *x* a&b ＠all";
        for (escape, harmless) in [
            (
                Escape::Text,
                "@\u{200b}all <\u{200b}!channel> <\u{200b}@\u{200b}U123> <\u{200b}@\u{200b}all> @\u{200b}here <\u{200b}http://evil|home> [home](http://evil) *x* a&b ＠\u{200b}all",
            ),
            (
                Escape::Slack,
                "@\u{200b}all &lt;!channel&gt; &lt;@\u{200b}U123&gt; &lt;@\u{200b}all&gt; @\u{200b}here &lt;http://evil|home&gt; [home](http://evil) *x* a&amp;b ＠\u{200b}all",
            ),
            (
                Escape::Markdown,
                "@\u{200b}all \\<\u{200b}\\!channel\\> \\<\u{200b}@\u{200b}U123\\> \\<\u{200b}@\u{200b}all\\> @\u{200b}here \\<\u{200b}http\\:\\/\\/evil\\|home\\> \\[home\\]\\(http\\:\\/\\/evil\\) \\*x\\* a\\&b ＠\u{200b}all",
            ),
        ] {
            assert_eq!(escape.text(SAID, 1_000), harmless);
            for call in ["@all", "<!channel", "<@U", "@here"] {
                assert!(!escape.text(SAID, 1_000).contains(call), "{escape:?} lets {call} through");
            }
        }
    }

    #[test]
    fn what_is_long_or_acts_on_a_reader_is_cut_and_written_out() {
        assert_eq!(Escape::Text.text("a\u{202e}b\u{200b}@x\n  c", 99), "a\\u{202e}b\\u{200b}@\u{200b}x c");
        assert_eq!(Escape::Slack.text("<<<<", 2), "&lt;&lt;…");
    }
}
