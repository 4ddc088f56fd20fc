//! Dialogs of the browser's own, which a page opens and which keep everything else from it until they are answered.

use std::fmt;

/// What kind of dialog it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DialogKind {
    /// `alert()`: it says something.
    Alert,
    /// `confirm()`: yes or no.
    Confirm,
    /// `prompt()`: a text.
    Prompt,
    /// Whether the page is really to be left.
    Leaving,
    /// The driver tells of it, and does not say.
    Unknown,
}

impl DialogKind {
    /// By the word that both protocols have for it.
    pub(super) fn called(word: &str) -> Self {
        match word {
            "alert" => Self::Alert,
            "confirm" => Self::Confirm,
            "prompt" => Self::Prompt,
            "beforeunload" => Self::Leaving,
            _ => Self::Unknown,
        }
    }
}

impl fmt::Display for DialogKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Alert => "an alert",
            Self::Confirm => "a question (confirm)",
            Self::Prompt => "a prompt",
            Self::Leaving => "a question whether to leave",
            Self::Unknown => "a dialog of the browser",
        })
    }
}

/// A dialog that lies over a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Dialog {
    pub(super) kind: DialogKind,
    pub(super) text: String,
}

impl fmt::Display for Dialog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {:?}", self.kind, self.text)
    }
}
