//! Dialogs of the browser's own, which a page opens and which keep everything else from it until they are answered.
//!
//! They are answered by whoever expects one at the next press, or as the profile says. What a press asks back that pays,
//! terminates or returns is never agreed to for the profile's word alone.

use std::{fmt, time::Instant};

use super::{
    Visit,
    trouble::{GRACE, Trouble, seconds},
};
use crate::{
    domain::Failure,
    target::{Reply, Text},
};

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

/// The last press on the page that is open.
#[derive(Debug)]
pub(super) struct Pressed {
    pub(super) page: String,
    /// It was on what pays, terminates or returns.
    pub(super) irrevocable: bool,
    /// It was permitted: whoever made it had set aside what it may cost.
    pub(super) permitted: bool,
}

impl Visit {
    /// The next press opens a dialog that says this, and gets this answer; it fails where none comes in the time that an element
    /// has, and where it says another thing.
    pub fn answer_next(&self, text: Text, reply: Reply) {
        self.expected.replace(Some((text, reply)));
    }

    /// Waits for the dialog that the press just made was to open, if it was, and answers it.
    pub(super) async fn answer_expected(&self, page: &str, pressed: impl fmt::Display) -> anyhow::Result<()> {
        let Some((text, reply)) = self.expected.take() else { return Ok(()) };
        let (within, started) = (self.scaled(self.manners.element), Instant::now());
        let came = self.channel.dialog(&self.user_context, within).await;
        let saw = match came {
            Some((_, dialog)) if text.admits(&squeezed(&dialog.text)) => return self.reply(&dialog, &reply).await,
            Some((_, dialog)) => format!("{dialog}; it was not answered"),
            None => "no dialog".to_owned(),
        };
        let waited = seconds(started.elapsed());
        Err(Failure::product(format!(
            "{page}: {pressed} should be asked back {text}\n  saw      {saw}\n  waited   {waited}"
        ))
        .into())
    }

    /// Answers what lies over the tab as the profile says; `false` where nothing does, or the profile says nothing of it.
    ///
    /// # Errors
    /// Class guard: it would be agreed to, and may be what pays, terminates or returns.
    pub(super) async fn answer_by_profile(&self) -> anyhow::Result<bool> {
        let Some((tab, dialog)) = self.channel.dialog_now(&self.user_context) else { return Ok(false) };
        if tab != *self.tab.borrow() {
            return Ok(false);
        }
        let text = squeezed(&dialog.text);
        let rule = {
            let pressed = self.pressed.borrow();
            let here = pressed.as_ref().map(|pressed| pressed.page.as_str());
            let fits = |page: &str| Some(page) == here;
            self.manners
                .dialogs
                .iter()
                .find(|rule| rule.text.admits(&text) && rule.page.is_none_or(|page| fits(page.title())))
        };
        let Some(rule) = rule else { return Ok(false) };
        if rule.reply.accepts() && dialog.kind != DialogKind::Alert {
            self.may_agree(&dialog)?;
        }
        self.reply(&dialog, &rule.reply).await?;
        Ok(true)
    }

    /// What asks back is agreed to only where it is known which press it asks about, and that one was permitted or can be taken
    /// back.
    fn may_agree(&self, dialog: &Dialog) -> anyhow::Result<()> {
        let why = match self.pressed.borrow().as_ref() {
            Some(pressed) if pressed.permitted || !pressed.irrevocable => return Ok(()),
            Some(_) => "it asks about a press on what pays, terminates or returns, for which there was no permit",
            None => "no step has pressed anything here that it could be about",
        };
        Err(Failure::guard(format!(
            "{dialog}\n  refused  dialogs: in the profile says to accept it, but {why}; it was not answered\n  mend     have the step that presses answer it, or dismiss it in the profile"
        ))
        .into())
    }

    async fn reply(&self, dialog: &Dialog, reply: &Reply) -> anyhow::Result<()> {
        let (doing, about) = ("answering a dialog", dialog.to_string());
        if let (DialogKind::Prompt, Some(text)) = (dialog.kind, reply.text()) {
            self.call(doing, about.as_str(), GRACE, self.client.send_alert_text(text)).await?;
        }
        if reply.accepts() {
            self.call(doing, about, GRACE, self.client.accept_alert()).await?;
        } else {
            self.call(doing, about, GRACE, self.client.dismiss_alert()).await?;
        }
        self.channel.dialog_closed(&self.user_context, dialog).await;
        Ok(())
    }

    /// What a driver does not say of a dialog, the browser does.
    pub(super) async fn named(&self, trouble: Trouble) -> Trouble {
        match trouble {
            Trouble::Alert(dialog) if dialog.kind == DialogKind::Unknown => {
                Trouble::Alert(self.channel.dialog_soon(&self.user_context).await.unwrap_or(dialog))
            }
            trouble => trouble,
        }
    }
}

fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
