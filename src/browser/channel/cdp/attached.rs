//! A tab that is attached to: what its events tell.

use std::collections::HashMap;

use serde_json::Value;

use super::{
    super::{
        heard::{Document, News, Tab},
        text,
    },
    console,
};
use crate::browser::dialog::{Dialog, DialogKind};

/// The page script's own world in each document.
pub(super) const WORLD: &str = "dcdb-e2e";

/// What a page is made of, in the protocol's words for what was asked for.
const PARTS: [&str; 5] = ["Script", "Stylesheet", "Image", "Font", "Media"];

/// A tab that is listened to. Frames within it are told from it by their names: the tab's own is its main frame's.
pub(super) struct Attached {
    pub(super) tab: String,
    pub(super) user_context: String,
    /// The frames that scripts run in, by the numbers of their execution contexts.
    frames: HashMap<i64, String>,
    /// Requests on their way: frame and address, by number.
    requests: HashMap<String, (String, String)>,
    /// The execution context of the page script in the tab's own document.
    script: Option<i64>,
    /// The number of the request for the document that is to come next, once the browser has begun with it.
    next: Option<String>,
    /// What its clock showed at the zero of its timestamps, s since 1970; it may be another machine's.
    clock: Option<f64>,
}

impl Attached {
    pub(super) fn to(tab: &Tab) -> Self {
        let (tab, user_context) = (tab.context.clone(), tab.user_context.clone());
        Self {
            tab,
            user_context,
            frames: HashMap::new(),
            requests: HashMap::new(),
            script: None,
            next: None,
            clock: None,
        }
    }

    /// What an event of this tab tells.
    pub(super) fn understand(&mut self, method: &str, params: &Value) -> Option<News> {
        match method {
            "Runtime.executionContextCreated" => {
                let context = &params["context"];
                let (id, frame) = (context["id"].as_i64()?, text(&context["auxData"]["frameId"]));
                let is_script = context["name"] == WORLD && frame == self.tab;
                self.frames.insert(id, frame);
                if !is_script {
                    return None;
                }
                self.script = Some(id);
                Some(self.scripted(Some(text(&context["uniqueId"]))))
            }
            "Runtime.executionContextDestroyed" => {
                let id = params["executionContextId"].as_i64()?;
                self.frames.remove(&id);
                self.script.take_if(|script| *script == id).map(|_| self.scripted(None))
            }
            "Runtime.executionContextsCleared" => {
                self.frames.clear();
                self.script.take().map(|_| self.scripted(None))
            }
            "Page.javascriptDialogOpening" if params["type"] == "beforeunload" => Some(News::Doubted(self.tab.clone())),
            "Page.javascriptDialogOpening" => {
                let kind = DialogKind::called(params["type"].as_str().unwrap_or_default());
                Some(self.alerted(Some(Dialog { kind, text: text(&params["message"]) })))
            }
            "Inspector.targetCrashed" => Some(News::Crashed(self.tab.clone())),
            "Page.javascriptDialogClosed" => Some(self.alerted(None)),
            "Runtime.consoleAPICalled" => {
                let kind = match params["type"].as_str()? {
                    "error" | "assert" => "error",
                    "warning" => "warn",
                    "debug" | "trace" => "debug",
                    _ => "info",
                };
                self.said(params, kind, console::text(params["args"].as_array()?))
            }
            "Runtime.exceptionThrown" => {
                let details = &params["exceptionDetails"];
                let thrown = details.get("exception").map_or_else(|| text(&details["text"]), console::word);
                self.said(details, "error", thrown)
            }
            "Network.requestWillBeSent" => {
                if let (Some(wall), Some(since)) = (params["wallTime"].as_f64(), params["timestamp"].as_f64()) {
                    self.clock = Some(wall - since);
                }
                let (context, address) = (text(&params["frameId"]), text(&params["request"]["url"]));
                self.requests.insert(text(&params["requestId"]), (context.clone(), address.clone()));
                // What a document's request was sent on to. The browser tells only of the first and the last address otherwise.
                let is_sent_on = params["type"] == "Document" && !params["redirectResponse"].is_null();
                is_sent_on.then_some(News::Leaving { context, address })
            }
            "Network.loadingFinished" => {
                self.requests.remove(params["requestId"].as_str()?);
                None
            }
            // Broken off, or answered without a page. A page that still loads tells of its own end only.
            "Network.loadingFailed"
                if params["errorText"] == "net::ERR_ABORTED" && self.is_next(&params["requestId"]) =>
            {
                self.requests.remove(&self.next.take()?);
                Some(News::Stays(self.tab.clone()))
            }
            "Network.loadingFailed" => {
                let request = text(&params["requestId"]);
                let (context, url) = self.requests.remove(&request)?;
                let document = params["type"] == "Document";
                Some(News::Failed { context, why: text(&params["errorText"]), url, document, request })
            }
            "Network.responseReceived" if params["type"] == "Document" => {
                let response = &params["response"];
                let headers = response["headers"].as_object()?.iter();
                let document = Document {
                    address: text(&response["url"]),
                    told: (self.clock? + params["timestamp"].as_f64()?) * 1000.0,
                    status: response["status"].as_u64().and_then(|status| u16::try_from(status).ok()),
                    headers: headers.map(|(name, value)| (name.to_lowercase(), text(value))).collect(),
                };
                Some(News::Answered { context: text(&params["frameId"]), document })
            }
            "Network.responseReceived" => {
                let response = &params["response"];
                let status = response["status"].as_u64()?;
                // A page may ask for something and be refused, and that be its business. A server that failed is nobody's, nor
                // is a part of the page that is not there.
                let is_part = PARTS.contains(&params["type"].as_str()?);
                let has_failed = status >= 500 || (status >= 400 && is_part);
                let why = format!("{status} {}", response["statusText"].as_str().unwrap_or_default());
                has_failed.then(|| News::Failed {
                    context: text(&params["frameId"]),
                    why: why.trim_end().to_owned(),
                    url: text(&response["url"]),
                    document: false,
                    request: text(&params["requestId"]),
                })
            }
            // The page's process asks for a navigation before it answers anything else; the browser tells of one that begins.
            "Page.frameRequestedNavigation" if params["disposition"] == "currentTab" => Some(self.leaving(params)),
            "Page.frameStartedNavigating" if !is_within_document(params) => Some(self.leaving(params)),
            "Page.frameStoppedLoading" => Some(News::Stays(text(&params["frameId"]))),
            "Page.frameNavigated" => {
                Some(News::Came { context: text(&params["frame"]["id"]), address: text(&params["frame"]["url"]) })
            }
            _ => None,
        }
    }

    fn leaving(&mut self, params: &Value) -> News {
        let context = text(&params["frameId"]);
        if context == self.tab {
            self.next = params["loaderId"].as_str().map(str::to_owned);
        }
        News::Leaving { context, address: text(&params["url"]) }
    }

    fn is_next(&self, request: &Value) -> bool {
        request.is_string() && request.as_str() == self.next.as_deref()
    }

    fn scripted(&self, document: Option<String>) -> News {
        News::Scripted { context: self.tab.clone(), document }
    }

    fn alerted(&self, dialog: Option<Dialog>) -> News {
        News::Alerted { context: self.tab.clone(), dialog }
    }

    fn said(&self, by: &Value, kind: &str, words: String) -> Option<News> {
        let context = self.frames.get(&by["executionContextId"].as_i64()?)?.clone();
        let url = text(&by["stackTrace"]["callFrames"][0]["url"]);
        Some(News::Said { context, kind: kind.to_owned(), text: words, url })
    }
}

fn is_within_document(params: &Value) -> bool {
    ["sameDocument", "historySameDocument"].contains(&params["navigationType"].as_str().unwrap_or_default())
}
