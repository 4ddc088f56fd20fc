//! Requests that the browser holds or fails because it was asked to: of one user context at a time, and only those that are
//! meant. All others that are paused meanwhile are let go on as they come.
//!
//! The answer to a paused request is given where it is heard of, so that none waits for whoever asked for all this.

use std::{
    cell::{Cell, RefCell},
    collections::HashSet,
    time::Duration,
};

use serde_json::Value;
use tokio::sync::Notify;

use super::{Protocol, heard::News, socket::Command};
use crate::target::RequestRule;

/// What becomes of requests that are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// They are not sent before they are let go.
    Held,
    /// They are not sent, and the page is told that there was no connection.
    Fails,
    /// They are sent and answered, and the page is told that the connection broke before the answer came.
    LosesReply,
}

impl Fate {
    pub(super) const fn stage(self) -> Stage {
        match self {
            Self::Held | Self::Fails => Stage::Request,
            Self::LosesReply => Stage::Reply,
        }
    }
}

/// When a request is paused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// Before it is sent.
    Request,
    /// Once the answer begins to come.
    Reply,
}

/// A request that the browser has paused.
#[derive(Debug)]
pub(super) struct Paused {
    /// What the browser calls the pause.
    pub(super) name: String,
    /// What it calls the request, where it tells of requests.
    pub(super) request: String,
    /// `None` where that is not known, as of a worker's.
    pub(super) user_context: Option<String>,
    pub(super) method: String,
    pub(super) url: String,
    /// As the protocol writes them.
    pub(super) headers: Value,
    /// `None` where it has failed of its own.
    pub(super) stage: Option<Stage>,
    /// The DevTools session that told of it.
    pub(super) session: Option<String>,
}

/// How a paused request goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Onward {
    AsItIs,
    /// Without what it is known by: the session has ended that this is of.
    Unknown,
    Failed,
}

/// The headers by which a server knows whose a request is. Firefox keeps what it has put into one that is held.
const KNOWN_BY: [&str; 2] = ["cookie", "authorization"];

/// Whether a server may know by this header whose a request is.
pub(super) fn is_known_by(header: &str) -> bool {
    KNOWN_BY.iter().any(|name| header.eq_ignore_ascii_case(name))
}

/// What is kept back just now.
#[derive(Debug)]
struct Now {
    user_context: String,
    meant: RequestRule,
    fate: Fate,
    held: Vec<(Paused, Onward)>,
    met: usize,
    /// Others, as method and address without query.
    others: Vec<String>,
    /// What the browser answered when it was asked to pause requests.
    begun: Vec<Value>,
}

/// So many other requests are named.
const MOST_NAMED: usize = 8;

#[derive(Debug, Default)]
pub(super) struct Interception {
    now: RefCell<Option<Now>>,
    /// Requests that were failed here, until the browser has told of their end.
    failed: RefCell<HashSet<String>>,
    /// What pages say may be of a request that was failed here.
    excuses: Cell<bool>,
    news: Notify,
}

impl Interception {
    pub(super) fn begin(&self, user_context: &str, meant: &RequestRule, fate: Fate) {
        self.now.replace(Some(Now {
            user_context: user_context.to_owned(),
            meant: meant.clone(),
            fate,
            held: Vec::new(),
            met: 0,
            others: Vec::new(),
            begun: Vec::new(),
        }));
    }

    pub(super) fn has_begun(&self, answer: Value) {
        if let Some(now) = self.now.borrow_mut().as_mut() {
            now.begun.push(answer);
        }
    }

    /// Nothing more is kept back; gives what is to be said to the browser of what is held, and what it answered at the beginning.
    pub(super) fn end(
        &self,
        user_context: &str,
        protocol: &dyn Protocol,
        held: Option<Onward>,
    ) -> Option<(Vec<Command>, Vec<Value>)> {
        let now = self.now.borrow_mut().take_if(|now| now.user_context == user_context)?;
        let commands = now.held.iter().map(|(paused, onward)| {
            let onward = held.unwrap_or(*onward);
            self.note(paused, onward);
            protocol.resume(paused, onward)
        });
        Some((commands.collect(), now.begun))
    }

    /// What pages complain of from now on is their own again.
    pub(super) fn excuse_no_more(&self) {
        self.excuses.set(false);
    }

    /// Nobody is left whom the browser has yet to tell of a request that was failed here.
    pub(super) fn forget_failed(&self) {
        self.failed.take();
    }

    /// The session of this user context has ended: what is held goes on as nobody's.
    pub(super) fn session_ended(&self, user_context: &str) {
        if let Some(now) = self.now.borrow_mut().as_mut().filter(|now| now.user_context == user_context) {
            now.held.iter_mut().for_each(|(_, onward)| *onward = Onward::Unknown);
        }
    }

    /// What is to be said to the browser where an event tells of a paused request.
    pub(super) fn answer(&self, protocol: &dyn Protocol, event: &Value) -> Option<Command> {
        let paused = protocol.paused(event)?;
        let mut now = self.now.borrow_mut();
        let own = now.as_mut().filter(|now| paused.user_context.as_ref().is_none_or(|of| *of == now.user_context));
        let Some(now) = own else { return Some(protocol.resume(&paused, Onward::AsItIs)) };
        if paused.stage != Some(now.fate.stage()) || !now.meant.means(&paused.method, &paused.url) {
            now.others.push(format!("{} {}", paused.method, paused.url.split(['?', '#']).next().unwrap_or_default()));
            let surplus = now.others.len().saturating_sub(MOST_NAMED);
            now.others.drain(..surplus);
            return Some(protocol.resume(&paused, Onward::AsItIs));
        }
        now.met += 1;
        self.news.notify_waiters();
        if now.fate == Fate::Held {
            now.held.push((paused, Onward::AsItIs));
            return None;
        }
        self.note(&paused, Onward::Failed);
        Some(protocol.resume(&paused, Onward::Failed))
    }

    fn note(&self, paused: &Paused, onward: Onward) {
        if onward == Onward::Failed {
            self.failed.borrow_mut().insert(paused.request.clone());
            self.excuses.set(true);
        }
    }

    /// The same news, without blame for the page where it is of a request that was failed here, or may be.
    pub(super) fn excuse(&self, news: News) -> News {
        match news {
            News::Failed { context, why, url, request, .. } if self.failed.borrow_mut().remove(&request) => {
                let text = format!("failed by this suite, as the scenario has it ({why})");
                News::Said { context, kind: "request".to_owned(), text, url }
            }
            News::Said { context, kind, text, url } if kind == "error" && self.excuses.get() => {
                let text = format!("(while this suite failed a request) {text}");
                News::Said { context, kind: "warn".to_owned(), text, url }
            }
            news => news,
        }
    }

    /// Waits for a request of this user context that is meant; `false` where there was none in time, or none of its requests is kept
    /// back.
    pub(super) async fn met(&self, user_context: &str, within: Duration) -> bool {
        let met = async {
            loop {
                let news = self.news.notified();
                let now = self.now.borrow().as_ref().filter(|now| now.user_context == user_context).map(|now| now.met);
                match now {
                    Some(0) => news.await,
                    met => return met.is_some(),
                }
            }
        };
        tokio::time::timeout(within, met).await.unwrap_or(false)
    }

    /// Which requests are meant and which were made instead, where none was that is meant; `None` where one was, or none is kept
    /// back.
    pub(super) fn unmet(&self, user_context: &str) -> Option<(RequestRule, Vec<String>)> {
        let now = self.now.borrow();
        let now = now.as_ref().filter(|now| now.user_context == user_context && now.met == 0)?;
        Some((now.meant.clone(), now.others.clone()))
    }
}
