//! The second channel to the browser: WebDriver BiDi, for what classic WebDriver has no command for (user contexts) and
//! for what it would have to poll (new tabs, console errors).
//!
//! <https://www.w3.org/TR/webdriver-bidi/>

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    rc::Rc,
    time::{Duration, Instant},
};

use anyhow::{Context as _, anyhow, bail};
use futures_util::{SinkExt as _, StreamExt as _, stream::SplitSink};
use serde_json::{Value, json};
use tokio::{net::TcpStream, sync::Notify, sync::oneshot, task::JoinHandle};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, tungstenite::Message};

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Longest wait for the answer to a BiDi command; they are all quick.
const ANSWER_WITHIN: Duration = Duration::from_secs(20);

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
    /// `error`, `warn`, `info`, `debug`, or `request` for one that failed.
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
struct Document {
    address: String,
    /// When the browser told of it, ms since 1970 by its clock.
    told: f64,
    /// Names in lower case.
    headers: Vec<(String, String)>,
}

/// What the browser has told so far.
#[derive(Debug, Default)]
struct Heard {
    tabs: RefCell<Vec<Tab>>,
    complaints: RefCell<Vec<Complaint>>,
    said: RefCell<Vec<Said>>,
    /// Where documents were asked for or came from, by browsing context, frames among them.
    went: RefCell<Vec<(String, String)>>,
    /// The answer that brought the document of each tab, where headers are listened to.
    documents: RefCell<HashMap<String, Document>>,
    /// What else was asked to be told of.
    asked: RefCell<Vec<&'static str>>,
    waiting: RefCell<HashMap<u64, oneshot::Sender<Result<Value, String>>>>,
    closed: Cell<bool>,
    news: Notify,
}

/// The BiDi socket of one session. Lives on the session's thread.
pub struct Bidi {
    sink: tokio::sync::Mutex<SplitSink<Socket, Message>>,
    heard: Rc<Heard>,
    next_id: Cell<u64>,
    reader: JoinHandle<()>,
}

impl Bidi {
    /// Opens the socket and asks to be told of new tabs, console errors and failed requests.
    ///
    /// # Errors
    /// When the socket cannot be opened or the browser does not know these events.
    pub async fn connect(url: &str) -> anyhow::Result<Self> {
        let (socket, _) = tokio::time::timeout(ANSWER_WITHIN, tokio_tungstenite::connect_async(url))
            .await
            .with_context(|| format!("opening the BiDi socket {url} took longer than {ANSWER_WITHIN:?}"))?
            .with_context(|| format!("opening the BiDi socket {url}"))?;
        if let MaybeTlsStream::Plain(stream) = socket.get_ref() {
            stream.set_nodelay(true).context("setting up the BiDi socket")?;
        }
        let (sink, mut stream) = socket.split();
        let heard = Rc::new(Heard::default());
        let ears = Rc::clone(&heard);
        let reader = tokio::task::spawn_local(async move {
            while let Some(Ok(message)) = stream.next().await {
                if let Message::Text(text) = message
                    && let Ok(value) = serde_json::from_str::<Value>(&text)
                {
                    ears.take(&value);
                }
            }
            ears.closed.set(true);
            ears.waiting.borrow_mut().clear();
            ears.news.notify_waiters();
        });
        let bidi = Self { sink: tokio::sync::Mutex::new(sink), heard, next_id: Cell::new(1), reader };
        let events = ["browsingContext.contextCreated", "log.entryAdded", "network.fetchError"];
        bidi.command("session.subscribe", json!({ "events": events })).await?;
        Ok(bidi)
    }

    /// Sends a command and waits for its answer.
    ///
    /// # Errors
    /// When the browser refuses it, does not answer in time, or the socket is gone.
    pub async fn command(&self, method: &str, params: Value) -> anyhow::Result<Value> {
        let id = self.next_id.replace(self.next_id.get() + 1);
        let (sender, receiver) = oneshot::channel();
        if self.heard.closed.get() {
            bail!("the BiDi socket to the browser is closed");
        }
        self.heard.waiting.borrow_mut().insert(id, sender);
        let message = json!({ "id": id, "method": method, "params": params }).to_string();
        let answered = tokio::time::timeout(ANSWER_WITHIN, async {
            self.sink
                .lock()
                .await
                .send(Message::text(message))
                .await
                .context("the BiDi socket to the browser broke")?;
            receiver
                .await
                .context("the BiDi socket to the browser closed before it answered")?
                .map_err(|error| anyhow!(error))
        })
        .await;
        self.heard.waiting.borrow_mut().remove(&id);
        answered
            .with_context(|| format!("the browser did not answer within {ANSWER_WITHIN:?}"))
            .and_then(|result| result)
            .with_context(|| format!("BiDi {method}"))
    }

    /// Waits for a tab of this user context that `opener` opened, and that is not among `known`; `None` where none came in
    /// time.
    pub async fn opened_tab(
        &self,
        user_context: &str,
        opener: &str,
        known: &[String],
        within: Duration,
    ) -> Option<Tab> {
        let look = || {
            let tabs = self.heard.tabs.borrow();
            tabs.iter()
                .find(|tab| {
                    tab.user_context == user_context
                        && tab.opener.as_deref() == Some(opener)
                        && !known.contains(&tab.context)
                })
                .cloned()
        };
        tokio::time::timeout(within, async {
            loop {
                let news = self.heard.news.notified();
                if let Some(tab) = look() {
                    return Some(tab);
                }
                if self.heard.closed.get() {
                    return None;
                }
                news.await;
            }
        })
        .await
        .ok()
        .flatten()
    }

    /// The browser, or something on the way to it, closed the socket: nothing more will be heard.
    pub fn is_closed(&self) -> bool {
        self.heard.closed.get()
    }

    /// All tabs of this user context so far.
    pub fn tabs(&self, user_context: &str) -> Vec<Tab> {
        self.heard.tabs.borrow().iter().filter(|tab| tab.user_context == user_context).cloned().collect()
    }

    /// Asks to be told of these events as well, once for the session.
    pub async fn listen_to(&self, events: &[&'static str]) -> anyhow::Result<()> {
        let asked = self.heard.asked.borrow().clone();
        let more: Vec<&'static str> = events.iter().copied().filter(|event| !asked.contains(event)).collect();
        if more.is_empty() {
            return Ok(());
        }
        self.heard.asked.borrow_mut().extend(&more);
        self.command("session.subscribe", json!({ "events": more })).await.map(drop)
    }

    /// The headers of the answer that brought the document of this address to this tab, which began at `born` (ms since 1970 by
    /// the browser's clock); waits for the browser to tell of the answer. An earlier document's are none of them.
    pub async fn headers_of(
        &self,
        tab: &str,
        address: &str,
        born: f64,
        within: Duration,
    ) -> Option<Vec<(String, String)>> {
        let whole = |address: &str| address.split('#').next().unwrap_or_default().to_owned();
        let look = || {
            let documents = self.heard.documents.borrow();
            let document = documents.get(tab)?;
            let same = whole(&document.address) == whole(address) && document.told >= born;
            same.then(|| document.headers.clone())
        };
        tokio::time::timeout(within, async {
            loop {
                let news = self.heard.news.notified();
                match look() {
                    Some(found) => return Some(found),
                    None if self.heard.closed.get() => return None,
                    None => news.await,
                }
            }
        })
        .await
        .ok()
        .flatten()
    }

    /// Takes where the tabs of this user context went since this was last asked: where a navigation was to lead, and where it
    /// came to after redirects. Frames within pages are none of it.
    pub fn went(&self, user_context: &str) -> Vec<String> {
        let tabs = self.heard.tabs.borrow();
        let of = |context: &str| tabs.iter().find(|tab| tab.context == context);
        let (told, others): (Vec<_>, Vec<_>) = self.heard.went.take().into_iter().partition(|(context, _)| {
            // What belongs to no tab is a frame's, and of no further use.
            of(context).is_none_or(|tab| tab.user_context == user_context)
        });
        self.heard.went.replace(others);
        told.into_iter().filter(|(context, _)| of(context).is_some()).map(|(_, address)| address).collect()
    }

    /// What the tabs of this user context have written to their consoles so far, and which of their requests failed.
    pub fn said(&self, user_context: &str) -> Vec<Said> {
        let tabs: Vec<String> = self.tabs(user_context).into_iter().map(|tab| tab.context).collect();
        self.heard.said.borrow().iter().filter(|said| tabs.contains(&said.context)).cloned().collect()
    }

    /// Takes what the tabs of this user context complained of, and forgets the tabs.
    pub fn forget(&self, user_context: &str) -> Vec<Complaint> {
        let tabs: Vec<String> = self.tabs(user_context).into_iter().map(|tab| tab.context).collect();
        self.heard.tabs.borrow_mut().retain(|tab| tab.user_context != user_context);
        self.heard.went.borrow_mut().retain(|(context, _)| !tabs.contains(context));
        self.heard.documents.borrow_mut().retain(|context, _| !tabs.contains(context));
        self.heard.said.borrow_mut().retain(|said| !tabs.contains(&said.context));
        let (mine, others) = self
            .heard
            .complaints
            .take()
            .into_iter()
            .partition(|complaint: &Complaint| tabs.contains(&complaint.context));
        self.heard.complaints.replace(others);
        mine
    }
}

impl Drop for Bidi {
    fn drop(&mut self) {
        self.reader.abort();
    }
}

impl Heard {
    fn take(&self, message: &Value) {
        if let Some(id) = message["id"].as_u64() {
            if let Some(waiting) = self.waiting.borrow_mut().remove(&id) {
                let answer = match message["type"].as_str() {
                    Some("success") => Ok(message["result"].clone()),
                    _ => Err(format!(
                        "{}: {}",
                        message["error"].as_str().unwrap_or("error"),
                        message["message"].as_str().unwrap_or("without a message")
                    )),
                };
                // Nobody waits any more where the deadline has passed.
                let _unheard = waiting.send(answer);
            }
            return;
        }
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let params = &message["params"];
        self.note(message["method"].as_str().unwrap_or_default(), params);
        match message["method"].as_str() {
            Some("browsingContext.contextCreated") if params["parent"].is_null() => {
                let tab = Tab {
                    context: text(&params["context"]),
                    user_context: text(&params["userContext"]),
                    opener: params["originalOpener"].as_str().map(str::to_owned),
                };
                self.tabs.borrow_mut().push(tab);
                self.news.notify_waiters();
            }
            Some("browsingContext.navigationStarted" | "browsingContext.domContentLoaded") => {
                self.went.borrow_mut().push((text(&params["context"]), text(&params["url"])));
            }
            // A navigation's number is what tells a document from what it loads.
            Some("network.responseStarted") if !params["navigation"].is_null() => {
                let headers = params["response"]["headers"].as_array().into_iter().flatten();
                let headers =
                    headers.map(|header| (text(&header["name"]).to_lowercase(), text(&header["value"]["value"])));
                let document = Document {
                    address: text(&params["response"]["url"]),
                    told: params["timestamp"].as_f64().unwrap_or_default(),
                    headers: headers.collect(),
                };
                self.documents.borrow_mut().insert(text(&params["context"]), document);
                self.news.notify_waiters();
            }
            Some("log.entryAdded") if params["level"] == "error" => {
                let frames = &params["stackTrace"]["callFrames"];
                self.complaints.borrow_mut().push(Complaint {
                    context: text(&params["source"]["context"]),
                    text: text(&params["text"]),
                    url: text(&frames[0]["url"]),
                });
            }
            // What a navigation broke off, in Chromium's and in Firefox's words, is no complaint.
            Some("network.fetchError")
                if !["net::ERR_ABORTED", "NS_BINDING_ABORTED"]
                    .iter()
                    .any(|aborted| params["errorText"] == *aborted) =>
            {
                self.complaints.borrow_mut().push(Complaint {
                    context: text(&params["context"]),
                    text: format!("request failed: {}", params["errorText"].as_str().unwrap_or("unknown")),
                    url: text(&params["request"]["url"]),
                });
            }
            _ => {}
        }
    }

    /// Keeps what belongs into the record of a run, whether or not it is a complaint.
    fn note(&self, event: &str, params: &Value) {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let mut said = self.said.borrow_mut();
        if said.len() >= MOST_SAID {
            return;
        }
        let (context, kind, words, url) = match event {
            "log.entryAdded" => {
                let frames = &params["stackTrace"]["callFrames"];
                (&params["source"]["context"], text(&params["level"]), text(&params["text"]), &frames[0]["url"])
            }
            "network.fetchError" => {
                (&params["context"], "request".to_owned(), text(&params["errorText"]), &params["request"]["url"])
            }
            _ => return,
        };
        said.push(Said { context: text(context), kind, text: words, url: text(url), at: Instant::now() });
    }
}
