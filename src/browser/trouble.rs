//! Why calls to the driver fail: each failure with its class.

use std::time::Duration;

use fantoccini::error::{CmdError, ErrorStatus};

use super::dialog::{Dialog, DialogKind};
use crate::domain::Failure;

/// What a call may take beyond the time that the page was given.
pub(super) const GRACE: Duration = Duration::from_secs(15);

/// Why a call to the driver brought nothing.
#[derive(Debug)]
pub(super) enum Trouble {
    /// The driver refused it.
    Command(CmdError),
    /// What lies over the page keeps everything else from it.
    Alert(Dialog),
    /// The second channel is gone, or refused it.
    Channel(anyhow::Error),
    Silent {
        doing: &'static str,
        within: Duration,
    },
}

impl From<CmdError> for Trouble {
    fn from(error: CmdError) -> Self {
        match error {
            CmdError::Standard(error) if error.error == ErrorStatus::UnexpectedAlertOpen => {
                let text = error.data.as_ref().and_then(|data| data["text"].as_str());
                let text = text.unwrap_or("without a text").to_owned();
                Self::Alert(Dialog { kind: DialogKind::Unknown, text })
            }
            error => Self::Command(error),
        }
    }
}

impl From<Trouble> for anyhow::Error {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Alert(Dialog { kind, text }) => {
                let mend = "dialogs: in the profile says how it is answered, or the step that presses does";
                let text = cut(text);
                Failure::product(format!("the page put {kind} in the way: {text:?}\n  mend     {mend}")).into()
            }
            Trouble::Channel(error) => Failure::infrastructure(format!("the browser failed: {error:#}")).into(),
            // The driver's own scripts run in the page's world.
            Trouble::Command(CmdError::Standard(error))
                if error.error == ErrorStatus::JavascriptError || error.message.contains("Runtime.callFunctionOn") =>
            {
                unreadable(first_line(&error.message)).into()
            }
            Trouble::Command(error) => {
                Failure::infrastructure(format!("the browser failed: {}", first_line(&error.to_string()))).into()
            }
            Trouble::Silent { doing, within } => {
                Failure::infrastructure(format!("the browser did not answer within {} while {doing}", seconds(within)))
                    .into()
            }
        }
    }
}

/// The page has replaced what the browser's driver relies on in it.
pub(super) fn unreadable(why: impl std::fmt::Display) -> Failure {
    Failure::product(format!(
        "the page has changed what scripts rely on (such as JSON, Promise, or toJSON of a prototype), and the browser's driver cannot use it: {why}"
    ))
}

/// The pages that Chromium and Firefox show in place of one that did not come.
pub(super) fn is_error_page(address: &str) -> bool {
    ["chrome-error:", "about:neterror", "about:certerror"].iter().any(|sign| address.starts_with(sign))
}

/// The browser is, or is about to be, where this target's runs may not be.
pub(super) fn astray(doing: impl std::fmt::Display, address: &str) -> Failure {
    let address = cut(address.to_owned());
    Failure::guard(format!(
        "{doing}\n  refused  the browser would act at {address}, whose host the profile does not list; nothing more was done\n  mend     hosts: in the profile, if runs may go there"
    ))
}

/// A navigation that another one overtook is no failure: where it ended is for [`Visit::arrive`] to say.
pub(super) fn moved(result: Result<(), Trouble>) -> anyhow::Result<()> {
    match result {
        Err(Trouble::Command(CmdError::Standard(error)))
            if error.error == ErrorStatus::Timeout || swept_away(&error.error, &error.message) =>
        {
            Ok(())
        }
        result => Ok(result?),
    }
}

/// Whether an error means only that the page was being replaced by another.
pub(super) fn swept_away(status: &ErrorStatus, message: &str) -> bool {
    match status {
        ErrorStatus::JavascriptError | ErrorStatus::UnknownError => [
            "document unloaded",
            "navigation",
            "context",
            "frame",
            "loading status",
            "Inspected target",
            "actor",
            "unload",
        ]
        .iter()
        .any(|sign| message.contains(sign)),
        // chromedriver says `script timeout` at once when the document of a running script goes; a true one is told from it by the
        // time that it took. `timeout` it says where one document follows another for ever.
        ErrorStatus::ScriptTimeout
        | ErrorStatus::Timeout
        | ErrorStatus::StaleElementReference
        | ErrorStatus::NoSuchFrame => true,
        _ => false,
    }
}

/// Whether an error means only that the page asks if it is really to be left. chromedriver says yes to that itself a moment later,
/// and until then refuses whatever is asked, with this, since it knows no such dialog (148 to 156 at least).
pub(super) fn asks_to_stay(message: &str) -> bool {
    message.contains("dialog type beforeunload")
}

/// A duration as messages write it: seconds with one decimal.
pub(super) fn seconds(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}

pub(super) fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

/// How much is said of a text of a page, of whatever length it is.
const MOST_SAID: usize = 2_000;

/// A text of a page as messages and records keep it.
pub(super) fn cut(mut text: String) -> String {
    if let Some((at, _)) = text.char_indices().nth(MOST_SAID) {
        text.truncate(at);
        text.push_str(&format!("… (cut after {MOST_SAID} characters)"));
    }
    text
}
