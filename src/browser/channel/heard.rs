//! What the browser has told so far: its tabs, what their pages complained of, where they went.

use std::{
    cell::{Cell, RefCell},
    collections::{HashMap, HashSet},
    time::{Duration, Instant},
};

use tokio::sync::Notify;

use crate::browser::{dialog::Dialog, trouble::cut};

/// A tab that the browser told of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tab {
    /// Its browsing context, which is its window handle in classic WebDriver too.
    pub context: String,
    /// The user context it belongs to.
    pub user_context: String,
    /// The tab that opened it.
    pub opener: Option<String>,
}

/// Something a page wrote to its console as an error, an uncaught exception, or a request that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    /// The tab.
    pub context: String,
    /// What it said.
    pub text: String,
    /// Where, as far as known.
    pub url: String,
}

/// Anything that a page wrote to its console, or a request of it that failed.
#[derive(Debug, Clone)]
pub struct Said {
    /// The tab.
    pub context: String,
    /// `error`, `warn`, `info`, `debug`, `request` for one that failed, or `accessibility` for what keeps people from using the page.
    pub kind: String,
    /// What it said.
    pub text: String,
    /// Where, as far as known.
    pub url: String,
    /// When it was heard.
    pub at: Instant,
}

/// A page that never stops talking is heard so long.
const MOST_SAID: usize = 2_000;

/// The answer that brought a document.
#[derive(Debug)]
pub(super) struct Document {
    pub(super) address: String,
    /// When the browser told of it, ms since 1970 by its clock.
    pub(super) told: f64,
    pub(super) status: Option<u16>,
    /// Names in lower case.
    pub(super) headers: Vec<(String, String)>,
}

/// What a browser tells, whatever it calls it. `context` is a tab, or a frame within a page.
#[derive(Debug)]
pub(super) enum News {
    Opened(Tab),
    /// A navigation is to lead there, or is sent on to there. Until it is over, what is in the context is about to go.
    Leaving {
        context: String,
        address: String,
    },
    /// A navigation came to this address.
    Came {
        context: String,
        address: String,
    },
    /// No navigation is on its way any more: the last one was broken off, or came to a download or an answer without a page.
    Stays(String),
    /// A document's request was answered, if only by sending it on.
    Answered {
        context: String,
        document: Document,
    },
    Said {
        context: String,
        kind: String,
        text: String,
        url: String,
    },
    /// From now on the page script is in this document of the context; in none where the document has gone.
    Scripted {
        context: String,
        document: Option<String>,
    },
    /// The process that drew the tab has gone, and the page with it.
    Crashed(String),
    /// The tab has been closed.
    Closed(String),
    /// The tab's page asks whether it is really to be left.
    Doubted(String),
    /// This dialog of its page lies over the context; or none any longer.
    Alerted {
        context: String,
        dialog: Option<Dialog>,
    },
    /// A request did not come through, for this reason in the browser's words.
    Failed {
        context: String,
        why: String,
        url: String,
        /// It was for the document of the context.
        document: bool,
        /// What the browser calls it.
        request: String,
    },
}

/// All that was told and is not forgotten yet.
#[derive(Debug, Default)]
pub(super) struct Heard {
    tabs: RefCell<Vec<Tab>>,
    complaints: RefCell<Vec<Complaint>>,
    said: RefCell<Vec<Said>>,
    /// By browsing context, frames among them.
    went: RefCell<Vec<(String, String)>>,
    /// The answer that brought the document of each tab, where answers are listened to.
    documents: RefCell<HashMap<String, Document>>,
    /// The last request of each tab for a document that came to nothing: address and why.
    unanswered: RefCell<HashMap<String, (String, String)>>,
    /// The document of each tab that the page script is in; `None` for a tab that has had one and has none now.
    scripted: RefCell<HashMap<String, Option<String>>>,
    /// Where navigations that are on their way are to lead, by browsing context.
    leaving: RefCell<HashMap<String, String>>,
    /// What lies over tabs.
    alerts: RefCell<HashMap<String, Dialog>>,
    /// Tabs whose pages ask whether they are to be left.
    doubts: RefCell<HashSet<String>>,
    /// Tabs in which there is nothing any more, and why.
    gone: RefCell<HashMap<String, &'static str>>,
    closed: Cell<bool>,
    news: Notify,
}

impl Heard {
    pub(super) fn take(&self, news: News) {
        if !self.concerns(&news) {
            return;
        }
        match news {
            News::Opened(tab) => self.tabs.borrow_mut().push(tab),
            News::Leaving { context, address } => {
                if self.is_tab(&context) {
                    self.leaving.borrow_mut().insert(context.clone(), address.clone());
                }
                self.went.borrow_mut().push((context, address));
            }
            News::Came { context, address } => {
                self.leaving.borrow_mut().remove(&context);
                self.went.borrow_mut().push((context, address));
            }
            News::Stays(context) => drop(self.leaving.borrow_mut().remove(&context)),
            News::Answered { context, document } => {
                self.went.borrow_mut().push((context.clone(), document.address.clone()));
                self.documents.borrow_mut().insert(context, document);
            }
            News::Scripted { context, document } => {
                if document.is_some() {
                    self.gone.borrow_mut().remove(&context);
                }
                self.scripted.borrow_mut().insert(context, document);
            }
            News::Crashed(context) => drop(self.gone.borrow_mut().insert(context, "the tab crashed")),
            News::Doubted(context) => drop(self.doubts.borrow_mut().insert(context)),
            News::Closed(context) => {
                self.alerts.borrow_mut().remove(&context);
                self.gone.borrow_mut().insert(context, "the tab was closed");
            }
            News::Alerted { context, dialog } => {
                self.doubts.borrow_mut().remove(&context);
                let mut alerts = self.alerts.borrow_mut();
                match dialog {
                    Some(dialog) => alerts.insert(context, dialog),
                    None => alerts.remove(&context),
                };
            }
            News::Said { context, kind, text, url } => {
                let (text, url) = (cut(text), cut(url));
                if kind == "error" {
                    self.complain(Complaint { context: context.clone(), text: text.clone(), url: url.clone() });
                }
                self.note(context, kind, text, url);
            }
            News::Failed { context, why, url, document, request: _ } => {
                if document {
                    self.unanswered.borrow_mut().insert(context.clone(), (url.clone(), why.clone()));
                }
                // What a navigation broke off, in Chromium's and in Firefox's words, is no complaint.
                if !["net::ERR_ABORTED", "NS_BINDING_ABORTED"].contains(&why.as_str()) {
                    let text = format!("request failed: {why}");
                    self.complain(Complaint { context: context.clone(), text, url: cut(url.clone()) });
                }
                self.note(context, "request".to_owned(), why, cut(url));
            }
        }
        self.news.notify_waiters();
    }

    /// Whether it is of a tab that is known, and not forgotten. Frames within pages are none of it, but for where they go.
    fn concerns(&self, news: &News) -> bool {
        let of = match news {
            News::Opened(_) | News::Leaving { .. } | News::Came { .. } => return true,
            News::Answered { context, .. }
            | News::Said { context, .. }
            | News::Failed { context, .. }
            | News::Scripted { context, .. }
            | News::Alerted { context, .. }
            | News::Crashed(context)
            | News::Doubted(context)
            | News::Closed(context)
            | News::Stays(context) => context,
        };
        self.is_tab(of)
    }

    fn is_tab(&self, context: &str) -> bool {
        self.tabs.borrow().iter().any(|tab| tab.context == context)
    }

    /// What is found of a tab's page from outside. It is found again whenever it is looked for: noted once.
    pub(super) fn note_once(&self, tab: &str, text: String, url: &str, complains: bool) {
        let (context, text, url) = (tab.to_owned(), cut(text), cut(url.to_owned()));
        if self.said.borrow().iter().any(|said| said.context == context && said.text == text) {
            return;
        }
        if complains {
            self.complain(Complaint { context: context.clone(), text: text.clone(), url: url.clone() });
        }
        self.note(context, "accessibility".to_owned(), text, url);
    }

    fn complain(&self, complaint: Complaint) {
        let mut complaints = self.complaints.borrow_mut();
        if complaints.len() < MOST_SAID {
            complaints.push(complaint);
        }
    }

    /// Keeps what belongs into the record of a run, whether or not it is a complaint.
    fn note(&self, context: String, kind: String, text: String, url: String) {
        let mut said = self.said.borrow_mut();
        if said.len() < MOST_SAID {
            said.push(Said { context, kind, text, url, at: Instant::now() });
        }
    }

    pub(super) fn close(&self) {
        self.closed.set(true);
        self.news.notify_waiters();
    }

    /// Nothing more will be heard.
    pub(super) fn is_closed(&self) -> bool {
        self.closed.get()
    }

    /// What `look` finds, as soon as it finds something; `None` where it found nothing in time, or never will.
    pub(super) async fn wait<T>(&self, within: Duration, look: impl Fn(&Self) -> Option<T>) -> Option<T> {
        let found = async {
            loop {
                let news = self.news.notified();
                match look(self) {
                    Some(found) => return Some(found),
                    None if self.is_closed() => return None,
                    None => news.await,
                }
            }
        };
        tokio::time::timeout(within, found).await.ok().flatten()
    }

    /// The first tab so far that is such a one.
    pub(super) fn tab(&self, such: impl Fn(&Tab) -> bool) -> Option<Tab> {
        self.tabs.borrow().iter().find(|tab| such(tab)).cloned()
    }

    /// All tabs of this user context so far.
    pub(super) fn tabs(&self, user_context: &str) -> Vec<String> {
        let tabs = self.tabs.borrow();
        tabs.iter().filter(|tab| tab.user_context == user_context).map(|tab| tab.context.clone()).collect()
    }

    /// The headers of the answer that brought the document of this address to this tab, which began at `born`.
    pub(super) fn headers(&self, tab: &str, address: &str, born: f64) -> Option<Vec<(String, String)>> {
        let whole = |address: &str| address.split('#').next().unwrap_or_default().to_owned();
        let documents = self.documents.borrow();
        let document = documents.get(tab)?;
        let same = whole(&document.address) == whole(address) && document.told >= born;
        same.then(|| document.headers.clone())
    }

    /// The status of the answer that was the last one for a document of this tab.
    pub(super) fn status(&self, tab: &str) -> Option<u16> {
        self.documents.borrow().get(tab)?.status
    }

    /// The same, if it was from this address.
    pub(super) fn status_at(&self, tab: &str, address: &str) -> Option<u16> {
        self.documents.borrow().get(tab).filter(|document| document.address == address)?.status
    }

    /// The last request of a tab for a document that came to nothing: address and why, in the browser's words.
    pub(super) fn unanswered(&self, tab: &str) -> Option<(String, String)> {
        self.unanswered.borrow().get(tab).cloned()
    }

    /// The document of a tab that the page script is in, and that is not about to go.
    pub(super) fn scripted(&self, tab: &str) -> Option<String> {
        if self.leaving.borrow().contains_key(tab) {
            return None;
        }
        self.scripted.borrow().get(tab).cloned().flatten()
    }

    /// Where a navigation is to lead that is on its way in this tab.
    pub(super) fn leaving(&self, tab: &str) -> Option<String> {
        self.leaving.borrow().get(tab).cloned()
    }

    /// The page script has been in a document of this tab: all that happens there is heard.
    pub(super) fn is_heard(&self, tab: &str) -> bool {
        self.scripted.borrow().contains_key(tab)
    }

    /// Whether the tab's page asks if it is really to be left; says so once.
    pub(super) fn take_doubt(&self, tab: &str) -> bool {
        self.doubts.borrow_mut().remove(tab)
    }

    /// Why there is nothing in a tab any more.
    pub(super) fn gone(&self, tab: &str) -> Option<&'static str> {
        self.gone.borrow().get(tab).copied()
    }

    /// What lies over a tab of this user context, and over which.
    pub(super) fn alert(&self, user_context: &str) -> Option<(String, Dialog)> {
        let alerts = self.alerts.borrow();
        if alerts.is_empty() {
            return None;
        }
        self.tabs(user_context).into_iter().find_map(|tab| alerts.get(&tab).cloned().map(|dialog| (tab, dialog)))
    }

    /// Takes where the tabs of this user context went since this was last asked: where navigations were to lead, what they were
    /// sent on to, and where they came to. Frames within pages are none of it.
    pub(super) fn went(&self, user_context: &str) -> Vec<String> {
        let tabs = self.tabs.borrow();
        let of = |context: &str| tabs.iter().find(|tab| tab.context == context);
        let (told, others): (Vec<_>, Vec<_>) = self.went.take().into_iter().partition(|(context, _)| {
            // What belongs to no tab is a frame's, and of no further use.
            of(context).is_none_or(|tab| tab.user_context == user_context)
        });
        self.went.replace(others);
        told.into_iter().filter(|(context, _)| of(context).is_some()).map(|(_, address)| address).collect()
    }

    /// What the tabs of this user context have written to their consoles so far, and which of their requests failed.
    pub(super) fn said(&self, user_context: &str) -> Vec<Said> {
        let tabs = self.tabs(user_context);
        self.said.borrow().iter().filter(|said| tabs.contains(&said.context)).cloned().collect()
    }

    /// Takes what the tabs of this user context complained of, and forgets the tabs.
    pub(super) fn forget(&self, user_context: &str) -> Vec<Complaint> {
        let tabs = self.tabs(user_context);
        self.tabs.borrow_mut().retain(|tab| tab.user_context != user_context);
        self.went.borrow_mut().retain(|(context, _)| !tabs.contains(context));
        self.documents.borrow_mut().retain(|context, _| !tabs.contains(context));
        self.unanswered.borrow_mut().retain(|context, _| !tabs.contains(context));
        self.scripted.borrow_mut().retain(|context, _| !tabs.contains(context));
        self.leaving.borrow_mut().retain(|context, _| !tabs.contains(context));
        self.alerts.borrow_mut().retain(|context, _| !tabs.contains(context));
        self.doubts.borrow_mut().retain(|context| !tabs.contains(context));
        self.gone.borrow_mut().retain(|context, _| !tabs.contains(context));
        self.said.borrow_mut().retain(|said| !tabs.contains(&said.context));
        let (mine, others) =
            self.complaints.take().into_iter().partition(|complaint: &Complaint| tabs.contains(&complaint.context));
        self.complaints.replace(others);
        mine
    }
}
