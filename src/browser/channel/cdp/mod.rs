//! The channel as the DevTools protocol: a Chromium that this machine's own driver started.
//!
//! Each tab is attached to before its first navigation and waits until it is listened to, so that nothing of it goes unheard.
//!
//! <https://chromedevtools.github.io/devtools-protocol/>

mod attached;
mod console;

use std::{cell::RefCell, collections::HashMap};

use anyhow::{Context as _, anyhow};
use secrecy::ExposeSecret as _;
use serde::Deserialize as _;
use serde_json::{Value, json};

use attached::{Attached, WORLD};

use super::{
    Extent, Interests, Protocol, ReachesPages, STATUS, function_of,
    heard::{News, Tab},
    interception::{Onward, Paused, Stage, is_known_by},
    socket::{ANSWER_WITHIN, Command},
    text,
};
use crate::{browser::script::OF_A_WORLD, target::Cookie};

/// What the browser says of a script whose document has gone, or is just going.
const GONE: [&str; 5] = [
    "uniqueContextId not found",
    "Cannot find context with specified id",
    "Execution context was destroyed",
    "Inspected target navigated or closed",
    "Promise was collected",
];

/// Where what pages have stored is emptied.
const STORAGE_WORLD: &str = "dcdb-e2e-storage";

#[derive(Default)]
pub(super) struct Cdp {
    /// The tabs by the sessions that are attached to them.
    attached: RefCell<HashMap<String, Attached>>,
    /// The user contexts of parts of tabs, by the sessions that are attached to them while requests are paused.
    parts: RefCell<HashMap<String, String>>,
    /// Whose requests are paused, and when.
    pausing: RefCell<Option<(String, Stage)>>,
    /// What is run in all documents of each user context.
    everywhere: RefCell<HashMap<String, Vec<String>>>,
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

    fn moderate(&self) -> Option<Command> {
        None
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
        self.everywhere.borrow_mut().remove(user_context);
        command("Target.disposeBrowserContext", json!({ "browserContextId": user_context }))
    }

    fn set_cookie(&self, user_context: &str, cookie: &Cookie) -> Command {
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

    fn get_cookies(&self, user_context: &str) -> Command {
        command("Storage.getCookies", json!({ "browserContextId": user_context }))
    }

    fn cookies_in(&self, answer: &Value) -> Vec<Cookie> {
        answer["cookies"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|cookie| Cookie::deserialize(cookie).ok())
            .collect()
    }

    fn picture(&self, tab: &str, extent: Extent) -> Command {
        let whole = extent == Extent::Document;
        let params = json!({ "format": "webp", "quality": 80, "captureBeyondViewport": whole });
        let session = self.session_of(tab);
        // Where the tab is gone the browser itself is asked, and refuses.
        Command { method: "Page.captureScreenshot", params, session }
    }

    fn go(&self, tab: &str, address: &str) -> Option<Command> {
        let session = Some(self.session_of(tab)?);
        Some(Command { method: "Page.navigate", params: json!({ "url": address }), session })
    }

    fn status(&self, tab: &str) -> Option<Command> {
        let session = Some(self.session_of(tab)?);
        Some(Command { method: "Runtime.evaluate", params: json!({ "expression": STATUS }), session })
    }

    fn nod(&self, _tab: &str) -> Command {
        command("Browser.getVersion", json!({}))
    }

    fn understand(&self, event: &Value) -> (Option<News>, Vec<Command>) {
        let params = &event["params"];
        match event["method"].as_str() {
            Some("Target.attachedToTarget") => self.attach(params),
            Some("Target.detachedFromTarget") => {
                self.parts.borrow_mut().remove(&text(&params["sessionId"]));
                let left = self.attached.borrow_mut().remove(&text(&params["sessionId"]));
                (left.map(|left| News::Closed(left.tab)), Vec::new())
            }
            Some(method) => {
                let mut attached = self.attached.borrow_mut();
                let tab = event["sessionId"].as_str().and_then(|session| attached.get_mut(session));
                (tab.and_then(|tab| tab.understand(method, params)), Vec::new())
            }
            None => (None, Vec::new()),
        }
    }

    fn pause(&self, user_context: &str, stage: Stage) -> Result<Vec<Command>, &'static str> {
        self.pausing.replace(Some((user_context.to_owned(), stage)));
        Ok(self.sessions_of(user_context).iter().flat_map(|session| pausing(session, stage)).collect())
    }

    fn pause_no_more(&self, user_context: &str, _begun: &[Value]) -> Vec<Command> {
        self.pausing.take();
        let no_more = |session: String| {
            let how = json!({ "autoAttach": false, "waitForDebuggerOnStart": false, "flatten": true });
            let commands = [("Fetch.disable", json!({})), ("Target.setAutoAttach", how)];
            commands.map(|(method, params)| Command { method, params, session: Some(session.clone()) })
        };
        self.sessions_of(user_context).into_iter().flat_map(no_more).collect()
    }

    fn paused(&self, event: &Value) -> Option<Paused> {
        if event["method"] != "Fetch.requestPaused" {
            return None;
        }
        let (params, session) = (&event["params"], text(&event["sessionId"]));
        let of_tab = self.attached.borrow().get(&session).map(|tab| tab.user_context.clone());
        let stage = match (&params["responseErrorReason"], &params["responseStatusCode"]) {
            (Value::Null, Value::Null) => Some(Stage::Request),
            (Value::Null, _) => Some(Stage::Reply),
            _ => None,
        };
        Some(Paused {
            name: text(&params["requestId"]),
            request: text(&params["networkId"]),
            user_context: of_tab.or_else(|| self.parts.borrow().get(&session).cloned()),
            method: text(&params["request"]["method"]),
            url: text(&params["request"]["url"]),
            headers: params["request"]["headers"].clone(),
            stage,
            session: Some(session),
        })
    }

    fn resume(&self, paused: &Paused, how: Onward) -> Command {
        let mut params = json!({ "requestId": paused.name });
        let method = match (how, paused.stage) {
            (Onward::Failed, stage) => {
                let why = if stage == Some(Stage::Reply) { "ConnectionReset" } else { "ConnectionRefused" };
                params["errorReason"] = why.into();
                "Fetch.failRequest"
            }
            (Onward::Unknown, Some(Stage::Request)) => {
                let headers = paused.headers.as_object().into_iter().flatten();
                let others = headers.filter(|(name, _)| !is_known_by(name));
                params["headers"] = others.map(|(name, value)| json!({ "name": name, "value": value })).collect();
                "Fetch.continueRequest"
            }
            _ => "Fetch.continueRequest",
        };
        Command { method, params, session: paused.session.clone() }
    }

    fn clear_cookies(&self, user_context: &str) -> Command {
        command("Storage.clearCookies", json!({ "browserContextId": user_context }))
    }

    fn run_everywhere(&self, user_context: &str, script: &str) -> Vec<Command> {
        let source = format!("({})();", function_of(script));
        let sessions = self.sessions_of(user_context);
        let commands = sessions.iter().map(|session| running(session, STORAGE_WORLD, &source)).collect();
        self.everywhere.borrow_mut().entry(user_context.to_owned()).or_default().push(source);
        commands
    }

    fn pages(&self) -> Option<&dyn ReachesPages> {
        Some(self)
    }
}

/// Runs this in all documents of a tab, now and in those to come, in a world of its own.
fn running(session: &str, world: &str, source: &str) -> Command {
    let params = json!({ "source": source, "worldName": world, "runImmediately": true });
    Command { method: "Page.addScriptToEvaluateOnNewDocument", params, session: Some(session.to_owned()) }
}

/// Has the requests of a tab paused, and those of its parts that have sessions of their own: frames of other sites, workers.
fn pausing(session: &str, stage: Stage) -> [Command; 2] {
    let stage = match stage {
        Stage::Request => "Request",
        Stage::Reply => "Response",
    };
    // Whatever was left out by a filter would wait for somebody to let it begin.
    let attach = json!({ "autoAttach": true, "waitForDebuggerOnStart": true, "flatten": true, "filter": [{}] });
    let commands = [
        ("Fetch.enable", json!({ "patterns": [{ "urlPattern": "*", "requestStage": stage }] })),
        ("Target.setAutoAttach", attach),
    ];
    commands.map(|(method, params)| Command { method, params, session: Some(session.to_owned()) })
}

impl Cdp {
    fn session_of(&self, tab: &str) -> Option<String> {
        let attached = self.attached.borrow();
        attached.iter().find(|(_, attached)| attached.tab == tab).map(|(session, _)| session.clone())
    }

    /// The sessions of a user context's tabs.
    fn sessions_of(&self, user_context: &str) -> Vec<String> {
        let attached = self.attached.borrow();
        let own = attached.iter().filter(|(_, attached)| attached.user_context == user_context);
        own.map(|(session, _)| session.clone()).collect()
    }

    /// A tab is there: it is listened to, and then let go on. So is a part of one, as far as its requests are paused.
    fn attach(&self, params: &Value) -> (Option<News>, Vec<Command>) {
        let session = text(&params["sessionId"]);
        let info = &params["targetInfo"];
        let pausing_now = self.pausing.borrow();
        let paused = pausing_now.as_ref().filter(|(user_context, _)| info["browserContextId"] == user_context.as_str());
        let mut first: Vec<_> = paused.into_iter().flat_map(|(_, stage)| pausing(&session, *stage)).collect();
        if info["type"] != "page" {
            self.parts.borrow_mut().insert(session.clone(), text(&info["browserContextId"]));
            let (method, params) = ("Runtime.runIfWaitingForDebugger", json!({}));
            first.push(Command { method, params, session: Some(session) });
            return (None, first);
        }
        let tab = Tab {
            context: text(&info["targetId"]),
            user_context: text(&info["browserContextId"]),
            opener: info["openerId"].as_str().map(str::to_owned),
        };
        self.attached.borrow_mut().insert(session.clone(), Attached::to(&tab));
        let ask = |method| Command { method, params: json!({}), session: Some(session.clone()) };
        first.extend(["Runtime.enable", "Network.enable", "Page.enable", "Inspector.enable"].map(ask));
        first.push(running(&session, WORLD, OF_A_WORLD));
        let everywhere = self.everywhere.borrow();
        let scripts = everywhere.get(&tab.user_context).into_iter().flatten();
        first.extend(scripts.map(|source| running(&session, STORAGE_WORLD, source)));
        first.push(ask("Runtime.runIfWaitingForDebugger"));
        (Some(News::Opened(tab)), first)
    }
}

impl ReachesPages for Cdp {
    fn ask(&self, tab: &str, document: &str, request: &Value) -> Option<Command> {
        let params = json!({
            "functionDeclaration": "function(asked) { return answered(asked) }", "arguments": [{ "value": request }],
            "uniqueContextId": document, "awaitPromise": true, "returnByValue": true,
        });
        let session = Some(self.session_of(tab)?);
        Some(Command { method: "Runtime.callFunctionOn", params, session })
    }

    fn leave(&self, tab: &str) -> Option<Command> {
        let session = Some(self.session_of(tab)?);
        Some(Command { method: "Page.handleJavaScriptDialog", params: json!({ "accept": true }), session })
    }

    fn answered(&self, answer: Result<Value, String>) -> anyhow::Result<Option<Value>> {
        match answer {
            Ok(answer) if answer["exceptionDetails"].is_null() => Ok(Some(answer["result"]["value"].clone())),
            Ok(answer) => Err(anyhow!("the page script: {}", console::word(&answer["exceptionDetails"]["exception"]))),
            Err(error) if GONE.iter().any(|sign| error.contains(sign)) => Ok(None),
            Err(error) => Err(anyhow!(error)),
        }
    }
}
