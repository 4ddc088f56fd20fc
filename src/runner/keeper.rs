//! What is kept of a scenario while it runs: the page's state after each step, pictures, what the pages said.

use std::{fs, path::PathBuf, time::Instant};

use cucumber::gherkin;

use super::{actor::Actor, args::Pictures, plan::Case, raised::Raised, run::Run};
use crate::{
    browser::{Extent, KEEPING_EVIDENCE, Kept, Press},
    domain::{Attachment, Content},
    evidence::{
        AttachmentRecord, CallRecord, ConsoleRecord, Outcome, PressRecord, Redaction, RequestRecord, StepRecord, page,
        write_whole,
    },
};

/// Nobody looks at more than so many bytes of one thing that a step shows.
const MOST_ATTACHED: usize = 4 * 1024 * 1024;

/// Keeps the evidence of one attempt.
pub struct Keeper<'a> {
    run: &'a Run,
    folder: PathBuf,
    pictures: Pictures,
    extent: Extent,
    /// The last page state, and the file it is in.
    last: Option<(String, PathBuf)>,
    began: Instant,
    /// How many calls to the browser have been told of.
    told: usize,
}

impl<'a> Keeper<'a> {
    /// Of an attempt that begins now.
    pub fn begin(run: &'a Run, case: &Case, attempt: u32) -> Self {
        // Who failed once and is tried again is looked at more closely; the guide is made of pictures.
        let pictures = match run.pictures {
            Pictures::Failures if attempt > 1 || case.has("guide") => Pictures::All,
            asked => asked,
        };
        // A reader of the guide cannot scroll its pictures.
        let extent = if case.has("guide") { Extent::Document } else { Extent::Viewport };
        let folder = PathBuf::from("evidence").join(case.slug()).join(attempt.to_string());
        Self { run, folder, pictures, extent, last: None, began: Instant::now(), told: 0 }
    }

    /// Keeps what the page is after a step. What cannot be had is left out: how the step went matters more. Gives what the
    /// step failed with after all: an alert that it left over the page.
    pub async fn witness(&mut self, actor: &dyn Actor, step: &mut StepRecord, number: usize) -> Option<Raised> {
        let (redaction, visit) = (self.run.redaction(actor.account()), &actor.browsing().visit);
        let calls = visit.calls(self.told);
        self.told += calls.len();
        step.calls = calls
            .into_iter()
            .filter(|call| call.doing != KEEPING_EVIDENCE)
            .map(|call| CallRecord {
                doing: call.doing.to_owned(),
                about: redaction.text(&call.about),
                came: call.came.map(|came| redaction.text(&came)),
                at_ms: self.after(call.at),
                duration_ms: u64::try_from(call.took.as_millis()).unwrap_or(u64::MAX),
            })
            .collect();
        let pressed = visit.take_pressed().into_iter();
        step.pressed = pressed
            .map(|Press { at, left, top, width, height }| PressRecord {
                address: redaction.text(&at),
                left,
                top,
                width,
                height,
            })
            .collect();
        step.attachments = self.attachments(actor, &redaction, number);
        let (sight, alert) = match visit.witness().await {
            Ok(sight) => (sight, None),
            Err(error) => (None, Some(Raised::of(&error))),
        };
        if let Some(sight) = sight {
            step.address = Some(redaction.text(&sight.address));
            let tree = redaction.text(&sight.tree);
            step.state = match &self.last {
                Some((last, file)) if *last == tree => Some(file.clone()),
                _ => {
                    let file = self.keep(&format!("{number:02}.yaml"), format!("{tree}\n").as_bytes());
                    self.last = file.clone().map(|file| (tree, file));
                    file
                }
            };
            step.requests = sight
                .requests
                .into_iter()
                .map(|request| RequestRecord {
                    url: redaction.text(&request.url),
                    kind: request.kind,
                    status: request.status,
                    duration_ms: request.ms,
                })
                .collect();
        }
        let wanted = match self.pictures {
            Pictures::All => true,
            Pictures::Failures => step.outcome == Outcome::Failed || alert.is_some(),
            Pictures::None => false,
        };
        if wanted && let Some(picture) = visit.veiled_picture(self.extent).await {
            step.picture = self.keep(&format!("{number:02}.webp"), &picture);
        }
        if self.pictures != Pictures::None
            && step.outcome == Outcome::Failed
            && let Some(Kept { pieces, whole, quirks }) = visit.whole_page().await
        {
            let page = page::inert(&pieces.concat(), quirks, whole, &redaction);
            step.page = self.keep(&format!("{number:02}.html"), page.as_bytes());
        }
        if wanted && let Some(reviewed) = actor.reviewed().and_then(|file| fs::read(file).ok()) {
            step.reviewed = self.keep(&format!("{number:02}-reviewed.webp"), &reviewed);
        }
        alert
    }

    /// What the pages wrote to their consoles, and which of their requests failed.
    pub fn console(&self, actor: &dyn Actor) -> Vec<ConsoleRecord> {
        let redaction = self.run.redaction(actor.account());
        let said = actor.browsing().visit.said().into_iter();
        said.map(|said| ConsoleRecord {
            kind: said.kind,
            text: redaction.text(&said.text),
            url: redaction.text(&said.url),
            at_ms: self.after(said.at),
        })
        .collect()
    }

    /// Keeps what the step had to show.
    fn attachments(&self, actor: &dyn Actor, redaction: &Redaction, number: usize) -> Vec<AttachmentRecord> {
        let shown = actor.browsing().attachments.take().into_iter().enumerate();
        let kept = shown.filter_map(|(at, Attachment { name, content })| {
            let (ending, media_type, bytes) = match content {
                Content::Text(text) => ("txt", "text/plain", redaction.text(&text).into_bytes()),
                Content::Json(value) => {
                    ("json", "application/json", redaction.text(&format!("{value:#}")).into_bytes())
                }
                Content::Picture(picture) => ("webp", "image/webp", picture),
            };
            if bytes.len() > MOST_ATTACHED {
                return None;
            }
            let file = self.keep(&format!("{number:02}-attached-{}.{ending}", at + 1), &bytes)?;
            Some(AttachmentRecord { name: redaction.text(&name), media_type: media_type.into(), file })
        });
        kept.collect()
    }

    /// In ms since the attempt began.
    fn after(&self, at: Instant) -> u64 {
        u64::try_from(at.saturating_duration_since(self.began).as_millis()).unwrap_or(u64::MAX)
    }

    fn keep(&self, name: &str, content: &[u8]) -> Option<PathBuf> {
        let file = self.folder.join(name);
        if let Err(error) = write_whole(&self.run.out.join(&file), content) {
            self.run.cannot_keep(&error);
            return None;
        }
        Some(file)
    }
}

/// The record of a step that has not been taken yet.
pub fn record_of(step: &gherkin::Step) -> StepRecord {
    StepRecord {
        keyword: step.keyword.trim().to_owned(),
        text: step.value.clone(),
        line: Some(step.position.line),
        table: step.table.as_ref().map(|table| table.rows.clone()).unwrap_or_default(),
        doc: step.docstring.clone(),
        ..StepRecord::default()
    }
}
