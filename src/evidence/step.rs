//! The record of a step, and of what the page was and did in it.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// How a step went.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It held.
    Passed,
    /// It did not.
    Failed,
    /// It was not taken, as one before it did not hold or the run was stopped; or not to its end.
    #[default]
    Skipped,
}

/// A step.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct StepRecord {
    /// `Given`, `When`, `Then`, as written.
    pub keyword: String,
    /// Its text.
    pub text: String,
    /// The line it is on; none of what no feature has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// Its table, a row a line; the first is its head where it has one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub table: Vec<Vec<String>>,
    /// Its text block.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doc: Option<String>,
    /// How it went.
    pub outcome: Outcome,
    /// When it began, ms since the attempt did.
    #[serde(default)]
    pub started_ms: u64,
    /// How long it took, ms.
    pub duration_ms: u64,
    /// The address of the page after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// The file with the page's state after it, from the output folder. The state before it is that of the step before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<PathBuf>,
    /// The file with a picture of the page after it, from the output folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<PathBuf>,
    /// The file with a picture of the page as it was when it was as reviewed, where this step found that it no longer is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reviewed: Option<PathBuf>,
    /// The file with the whole page as it was after it, from the output folder, where it failed: markup that does nothing and asks no
    /// server for anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<PathBuf>,
    /// What the pointer pressed in it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pressed: Vec<PressRecord>,
    /// What the profile may have to say instead, where it failed for want of elements.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub repairs: Vec<RepairRecord>,
    /// What it had to show.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<AttachmentRecord>,
    /// What the page asked servers for in it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requests: Vec<RequestRecord>,
    /// What was asked of the browser in it, call by call.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub calls: Vec<CallRecord>,
}

impl StepRecord {
    /// The files that were kept of it, from the output folder.
    pub fn files(&self) -> impl Iterator<Item = &PathBuf> {
        let of_page = [&self.state, &self.picture, &self.reviewed, &self.page].into_iter().flatten();
        of_page.chain(self.attachments.iter().map(|attachment| &attachment.file))
    }
}

/// Where something that was pressed is in a picture of its whole page, px.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PressRecord {
    /// The address of the page.
    pub address: String,
    /// From the left edge of the page.
    pub left: f64,
    /// From its upper edge.
    pub top: f64,
    /// How wide it is.
    pub width: f64,
    /// How high it is.
    pub height: f64,
}

/// What an element of the profile may have to be that was not found, or not alone. It was not tried out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepairRecord {
    /// The element, by its keys in the profile: `pages/check/confirm`.
    pub keys: String,
    /// Where the profile says that it is, in words.
    pub was: String,
    /// So many were there.
    pub found: usize,
    /// The locator that finds it now, as profiles write it.
    pub now: String,
    /// It stands out from all else.
    pub sure: bool,
    /// What speaks for it.
    pub why: Vec<String>,
}

/// Something that a step had to show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttachmentRecord {
    /// What it is, in words.
    pub name: String,
    /// `text/plain`, `application/json` or `image/webp`.
    pub media_type: String,
    /// The file that it is in, from the output folder.
    pub file: PathBuf,
}

/// A call to the driver.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CallRecord {
    /// Its kind, such as `aiming at an element`.
    pub doing: String,
    /// What for: what is expected of which element, or an address.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub about: String,
    /// What came of it, where that is not what was wanted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub came: Option<String>,
    /// When it was made, ms since the attempt began.
    pub at_ms: u64,
    /// How long it took, ms.
    pub duration_ms: u64,
}

/// A request that a page made.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RequestRecord {
    /// Its address.
    pub url: String,
    /// What asked for it: `navigation`, `link`, `script`, `fetch` and others.
    pub kind: String,
    /// The status of the answer; none where the page may not know it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// How long it took, ms.
    pub duration_ms: u64,
}

/// Something that a page wrote to its console, or a request of it that failed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ConsoleRecord {
    /// `error`, `warn`, `info`, `debug`, or `request` for one that failed.
    pub kind: String,
    /// What it said.
    pub text: String,
    /// Where it came from, as far as known.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub url: String,
    /// When it was heard, ms since the attempt began.
    pub at_ms: u64,
}
