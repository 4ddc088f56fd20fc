//! How dialogs of the browser's own are answered: by whoever expects one at the next press, or as the profile says.
//!
//! What a press asks back that pays, terminates or returns is never agreed to for the profile's word alone.

use std::{cell::RefCell, fmt, rc::Rc, time::Instant};

use fantoccini::error::CmdError;

use super::{
    dialog::{Dialog, DialogKind},
    manners::Manners,
    tabs::Tabs,
    trouble::{GRACE, Trouble, seconds},
};
use crate::{
    domain::Failure,
    target::{Reply, Text},
};

/// A press on the page that is open.
#[derive(Debug)]
struct Pressed {
    page: String,
    /// It was on what pays, terminates or returns.
    irrevocable: bool,
    /// It was permitted: whoever made it had set aside what it may cost.
    permitted: bool,
}

/// Answers dialogs.
pub(super) struct Replies {
    manners: Rc<Manners>,
    tabs: Rc<Tabs>,
    /// The last press, for what it may be asked back.
    pressed: RefCell<Option<Pressed>>,
    /// What the next press will be asked back, and the answer.
    expected: RefCell<Option<(Text, Reply)>>,
}

impl Replies {
    pub(super) fn new(manners: Rc<Manners>, tabs: Rc<Tabs>) -> Self {
        Self { manners, tabs, pressed: RefCell::default(), expected: RefCell::default() }
    }

    /// The next press opens a dialog that says this, and gets this answer.
    pub(super) fn expect(&self, text: Text, reply: Reply) {
        self.expected.replace(Some((text, reply)));
    }

    /// A press comes, and is not permitted so far.
    pub(super) fn press_comes(&self, page: &str, irrevocable: bool) {
        self.pressed.replace(Some(Pressed { page: page.to_owned(), irrevocable, permitted: false }));
    }

    /// What the press that comes is asked back may be agreed to.
    pub(super) fn permit(&self, permitted: bool) {
        if let Some(pressed) = self.pressed.borrow_mut().as_mut() {
            pressed.permitted = permitted;
        }
    }

    /// Whether the last press was permitted.
    pub(super) fn permitted(&self) -> bool {
        self.pressed.borrow().as_ref().is_some_and(|pressed| pressed.permitted)
    }

    /// What comes now is no answer to a press.
    pub(super) fn forget_press(&self) {
        self.pressed.take();
    }

    /// Waits for the dialog that the press just made was to open, if it was, and answers it.
    ///
    /// # Errors
    /// Class product: none comes in the time that an element has, or it says another thing.
    pub(super) async fn answer_expected(&self, page: &str, pressed: impl fmt::Display) -> anyhow::Result<()> {
        let Some((text, reply)) = self.expected.take() else { return Ok(()) };
        let (within, started) = (self.manners.scaled(self.manners.element), Instant::now());
        let came = self.tabs.channel.dialog(&self.tabs.user_context, within).await;
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
        let Some((tab, dialog)) = self.tabs.channel.dialog_now(&self.tabs.user_context) else { return Ok(false) };
        if tab != self.tabs.here() {
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
        let client = &self.tabs.client;
        if let (DialogKind::Prompt, Some(text)) = (dialog.kind, reply.text()) {
            self.tell_driver(dialog, || client.send_alert_text(text)).await?;
        }
        if reply.accepts() {
            self.tell_driver(dialog, || client.accept_alert()).await?;
        } else {
            self.tell_driver(dialog, || client.dismiss_alert()).await?;
        }
        self.tabs.channel.dialog_closed(&self.tabs.user_context, dialog).await;
        Ok(())
    }

    /// The channel may hear of a dialog before the driver does. A driver that knows of none is told again while the dialog lies there.
    async fn tell_driver<T: Future<Output = Result<(), CmdError>>>(
        &self,
        dialog: &Dialog,
        command: impl Fn() -> T,
    ) -> Result<(), Trouble> {
        let tabs = &self.tabs;
        let lies_there = || tabs.channel.dialog_now(&tabs.user_context).is_some_and(|(_, there)| there == *dialog);
        let telling = async {
            loop {
                match command().await {
                    Err(error) if error.is_no_such_alert() && lies_there() => {}
                    told => return told,
                }
            }
        };
        tabs.call("answering a dialog", dialog.to_string(), GRACE, telling).await
    }
}

fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
