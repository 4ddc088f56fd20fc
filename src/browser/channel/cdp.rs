//! The channel as the DevTools protocol: a Chromium that this machine's own driver started.
//!
//! Each tab is attached to before its first navigation and waits until it is listened to, so that nothing of it goes unheard.
//!
//! <https://chromedevtools.github.io/devtools-protocol/>

use std::{cell::RefCell, collections::HashMap, time::SystemTime};

use anyhow::{Context as _, anyhow};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use super::{
    Extent, Interests, Protocol, ReachesPages,
    heard::{Document, News, Tab},
    socket::{ANSWER_WITHIN, Command},
    text,
};
use crate::{browser::script::OF_A_WORLD, target::Cookie};

/// The page script's own world in each document.
const WORLD: &str = "dcdb-e2e";

/// What the browser says of a script whose document has gone, or is just going.
const GONE: [&str; 4] = [
    "uniqueContextId not found",
    "Execution context was destroyed",
    "Inspected target navigated or closed",
    "Promise was collected",
];

/// What a page is made of, in the protocol's words for what was asked for.
const PARTS: [&str; 5] = ["Script", "Stylesheet", "Image", "Font", "Media"];

#[derive(Default)]
pub(super) struct Cdp {
    /// The tabs by the sessions that are attached to them.
    attached: RefCell<HashMap<String, Attached>>,
}

/// A tab that is listened to. Frames within it are told from it by their names: the tab's own is its main frame's.
struct Attached {
    tab: String,
    /// The frames that scripts run in, by the numbers of their execution contexts.
    frames: HashMap<i64, String>,
    /// Requests on their way: frame and address, by number.
    requests: HashMap<String, (String, String)>,
    /// The execution context of the page script in the tab's own document.
    script: Option<i64>,
}

/// The browser's own socket, by the address that its driver gives.
pub(super) async fn socket_of(debugger_address: &str) -> anyhow::Result<String> {
    let asking = async {
        let client = reqwest::Client::builder().no_proxy().timeout(ANSWER_WITHIN).build()?;
        let answer = client.get(format!("http://{debugger_address}/json/version")).send().await?;
        let version: Value = answer.error_for_status()?.json().await?;
        version["webSocketDebuggerUrl"].as_str().map(str::to_owned).ok_or_else(|| anyhow!("it names no socket"))
    };
    asking.await.with_context(|| format!("asking the browser at {debugger_address} for its DevTools socket"))
}

fn command(method: &'static str, params: Value) -> Command {
    Command { method, params, session: None }
}

impl Protocol for Cdp {
    fn listen(&self) -> Command {
        let only_tabs = json!([{ "type": "page" }]);
        let how = json!({ "autoAttach": true, "waitForDebuggerOnStart": true, "flatten": true, "filter": only_tabs });
        command("Target.setAutoAttach", how)
    }

    /// All that there is to be told is told anyway: it costs nothing here.
    fn listen_to(&self, _interests: Interests) -> Option<Command> {
        None
    }

    fn open_context(&self) -> Command {
        command("Target.createBrowserContext", json!({ "disposeOnDetach": true }))
    }

    fn open_tab(&self, user_context: &str) -> Command {
        command("Target.createTarget", json!({ "url": "about:blank", "browserContextId": user_context }))
    }

    fn close_context(&self, user_context: &str) -> Command {
        command("Target.disposeBrowserContext", json!({ "browserContextId": user_context }))
    }

    fn set_cookie(&self, user_context: &str, _tab: &str, cookie: &Cookie) -> Command {
        let mut asked = json!({
            "name": cookie.name, "value": cookie.value.expose_secret(),
            "domain": cookie.domain, "path": cookie.path, "httpOnly": cookie.http_only, "secure": cookie.secure,
        });
        if let Some(at) = cookie.expires.filter(|at| *at >= 0.0) {
            asked["expires"] = json!(at);
        }
        if let Some(same_site) = &cookie.same_site {
            asked["sameSite"] = json!(same_site);
        }
        command("Storage.setCookies", json!({ "cookies": [asked], "browserContextId": user_context }))
    }

    fn picture(&self, tab: &str, extent: Extent) -> Command {
        let whole = extent == Extent::Document;
        let params = json!({ "format": "webp", "quality": 80, "captureBeyondViewport": whole });
        let session = self.session_of(tab);
        // Where the tab is gone the browser itself is asked, and refuses.
        Command { method: "Page.captureScreenshot", params, session }
    }

    fn understand(&self, event: &Value) -> (Option<News>, Vec<Command>) {
        let params = &event["params"];
        match event["method"].as_str() {
            Some("Target.attachedToTarget") => self.attach(params),
            Some("Target.detachedFromTarget") => {
                self.attached.borrow_mut().remove(&text(&params["sessionId"]));
                (None, Vec::new())
            }
            Some(method) => {
                let mut attached = self.attached.borrow_mut();
                let tab = event["sessionId"].as_str().and_then(|session| attached.get_mut(session));
                (tab.and_then(|tab| tab.understand(method, params)), Vec::new())
            }
            None => (None, Vec::new()),
        }
    }

    fn pages(&self) -> Option<&dyn ReachesPages> {
        Some(self)
    }
}

impl Cdp {
    fn session_of(&self, tab: &str) -> Option<String> {
        let attached = self.attached.borrow();
        attached.iter().find(|(_, attached)| attached.tab == tab).map(|(session, _)| session.clone())
    }

    /// A tab is there: it is listened to, and then let go on.
    fn attach(&self, params: &Value) -> (Option<News>, Vec<Command>) {
        let session = text(&params["sessionId"]);
        let info = &params["targetInfo"];
        let tab = Tab {
            context: text(&info["targetId"]),
            user_context: text(&info["browserContextId"]),
            opener: info["openerId"].as_str().map(str::to_owned),
        };
        let attached =
            Attached { tab: tab.context.clone(), frames: HashMap::new(), requests: HashMap::new(), script: None };
        self.attached.borrow_mut().insert(session.clone(), attached);
        let script = json!({ "source": OF_A_WORLD, "worldName": WORLD, "runImmediately": true });
        let commands = [
            ("Runtime.enable", json!({})),
            ("Network.enable", json!({})),
            ("Page.enable", json!({})),
            ("Inspector.enable", json!({})),
            ("Page.addScriptToEvaluateOnNewDocument", script),
            ("Runtime.runIfWaitingForDebugger", json!({})),
        ];
        let commands =
            commands.map(|(method, params)| Command { method, params, session: Some(session.clone()) }).into();
        (Some(News::Opened(tab)), commands)
    }
}

impl ReachesPages for Cdp {
    fn go(&self, tab: &str, address: &str) -> Command {
        Command { method: "Page.navigate", params: json!({ "url": address }), session: self.session_of(tab) }
    }

    fn ask(&self, tab: &str, document: &str, request: &Value) -> Command {
        let params = json!({
            "functionDeclaration": "function(asked) { return answered(asked) }", "arguments": [{ "value": request }],
            "uniqueContextId": document, "awaitPromise": true, "returnByValue": true,
        });
        Command { method: "Runtime.callFunctionOn", params, session: self.session_of(tab) }
    }

    fn answered(&self, answer: Result<Value, String>) -> anyhow::Result<Option<Value>> {
        match answer {
            Ok(answer) if answer["exceptionDetails"].is_null() => Ok(Some(answer["result"]["value"].clone())),
            Ok(answer) => Err(anyhow!("the page script: {}", word(&answer["exceptionDetails"]["exception"]))),
            Err(error) if GONE.iter().any(|sign| error.contains(sign)) => Ok(None),
            Err(error) => Err(anyhow!(error)),
        }
    }
}

impl Attached {
    fn understand(&mut self, method: &str, params: &Value) -> Option<News> {
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
            // Whether to stay is asked of a person who would leave; the driver says yes for them.
            "Page.javascriptDialogOpening" if params["type"] != "beforeunload" => {
                Some(self.alerted(Some(text(&params["message"]))))
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
                self.said(params, kind, console_text(params["args"].as_array()?))
            }
            "Runtime.exceptionThrown" => {
                let details = &params["exceptionDetails"];
                let thrown = details.get("exception").map_or_else(|| text(&details["text"]), word);
                self.said(details, "error", thrown)
            }
            "Network.requestWillBeSent" => {
                let of = (text(&params["frameId"]), text(&params["request"]["url"]));
                self.requests.insert(text(&params["requestId"]), of);
                None
            }
            "Network.loadingFinished" => {
                self.requests.remove(params["requestId"].as_str()?);
                None
            }
            "Network.loadingFailed" => {
                let (context, url) = self.requests.remove(params["requestId"].as_str()?)?;
                Some(News::Failed { context, why: text(&params["errorText"]), url })
            }
            "Network.responseReceived" if params["type"] == "Document" => {
                let response = &params["response"];
                let headers = response["headers"].as_object()?.iter();
                let document = Document {
                    address: text(&response["url"]),
                    // The protocol gives only the server's time; it is the same machine's clock.
                    told: SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).ok()?.as_secs_f64() * 1000.0,
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
                })
            }
            "Page.frameStartedNavigating" => {
                Some(News::Went { context: text(&params["frameId"]), address: text(&params["url"]) })
            }
            "Page.frameNavigated" => {
                Some(News::Went { context: text(&params["frame"]["id"]), address: text(&params["frame"]["url"]) })
            }
            _ => None,
        }
    }

    fn scripted(&self, document: Option<String>) -> News {
        News::Scripted { context: self.tab.clone(), document }
    }

    fn alerted(&self, text: Option<String>) -> News {
        News::Alerted { context: self.tab.clone(), text }
    }

    fn said(&self, by: &Value, kind: &str, words: String) -> Option<News> {
        let context = self.frames.get(&by["executionContextId"].as_i64()?)?.clone();
        let url = text(&by["stackTrace"]["callFrames"][0]["url"]);
        Some(News::Said { context, kind: kind.to_owned(), text: words, url })
    }
}

/// What a console shows of its arguments; the first may have places for others in it (Console Standard, 2.2 "Formatter").
fn console_text(arguments: &[Value]) -> String {
    let mut rest = arguments.iter().map(word);
    let first = rest.next().unwrap_or_default();
    let mut shown = String::new();
    let mut parts = first.split('%');
    shown.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let kind = part.chars().next().filter(|kind| "sdifoOc".contains(*kind));
        match kind.and_then(|kind| Some((kind, rest.next()?))) {
            // A style sheet for what follows.
            Some(('c', _)) => shown.push_str(&part[1..]),
            Some((_, argument)) => shown.extend([argument.as_str(), &part[1..]]),
            None => shown.extend(["%", part]),
        }
    }
    rest.fold(shown, |shown, argument| format!("{shown} {argument}"))
}

/// A value of a script in words; of an error without the way it took.
fn word(value: &Value) -> String {
    match (&value["value"], value["unserializableValue"].as_str(), value["description"].as_str()) {
        (Value::String(text), ..) => text.clone(),
        (_, Some(text), _) => text.to_owned(),
        (.., Some(text)) => text.split("\n    at ").next().unwrap_or_default().to_owned(),
        (Value::Null, ..) if value["type"] == "undefined" => "undefined".to_owned(),
        (value, ..) => value.to_string(),
    }
}
