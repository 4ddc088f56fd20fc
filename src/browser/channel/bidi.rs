//! The channel as WebDriver BiDi: every browser's, also behind a grid.
//!
//! <https://www.w3.org/TR/webdriver-bidi/>

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use secrecy::ExposeSecret as _;
use serde_json::{Map, Value, json};

use super::{
    Extent, Interests, Protocol, STATUS, function_of,
    heard::{Document, News, Tab},
    interception::{Onward, Paused, Stage, is_known_by},
    socket::Command,
    text,
};
use crate::{
    browser::dialog::{Dialog, DialogKind},
    target::Cookie,
};

#[derive(Default)]
pub(super) struct Bidi {
    interests: Cell<Interests>,
    /// Its driver speaks BiDi also while another command of it waits, as Chromium's does not.
    is_firefox: bool,
    /// The user context of each tab and frame.
    contexts: RefCell<HashMap<String, String>>,
    /// What is run in all documents of each user context.
    everywhere: RefCell<HashMap<String, Vec<String>>>,
}

impl Bidi {
    pub(super) fn of(granted: &Map<String, Value>) -> Self {
        Self { is_firefox: granted.get("browserName").is_some_and(|name| name == "firefox"), ..Self::default() }
    }

    /// All tabs and frames of a user context.
    fn contexts_of(&self, user_context: &str) -> Vec<String> {
        let contexts = self.contexts.borrow();
        contexts.iter().filter(|(_, of)| *of == user_context).map(|(context, _)| context.clone()).collect()
    }
}

fn command(method: &'static str, params: Value) -> Command {
    Command { method, params, session: None }
}

/// Runs a function in all documents of a tab that are to come.
fn run_to_come(tab: &str, function: &str) -> Command {
    command("script.addPreloadScript", json!({ "functionDeclaration": function, "contexts": [tab] }))
}

/// Runs it in the document of a tab or a frame.
fn run_now(context: &str, function: &str) -> Command {
    let asked = json!({ "functionDeclaration": function, "target": { "context": context }, "awaitPromise": false });
    command("script.callFunction", asked)
}

/// The value of a cookie, which is in Base64 where it is no text.
fn value_of(told: &Value) -> String {
    let value = text(&told["value"]);
    match told["type"] == "base64" {
        true => STANDARD.decode(&value).ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default(),
        false => value,
    }
}

impl Protocol for Bidi {
    fn listen(&self) -> Command {
        let events = [
            "browsingContext.contextCreated",
            "browsingContext.userPromptOpened",
            "browsingContext.userPromptClosed",
            "log.entryAdded",
            "network.fetchError",
        ];
        command("session.subscribe", json!({ "events": events }))
    }

    fn moderate(&self) -> Option<Command> {
        let function = function_of(include_str!("../script/console.js"));
        Some(command("script.addPreloadScript", json!({ "functionDeclaration": function })))
    }

    /// A subscription is for the whole session: it is made once.
    fn listen_to(&self, interests: Interests) -> Option<Command> {
        let known = self.interests.get();
        let mut events = Vec::new();
        if interests.moves && !known.moves {
            events.extend(["browsingContext.navigationStarted", "browsingContext.domContentLoaded"]);
        }
        // Nothing less tells where a document's request was sent on to; there is no asking for documents' requests alone.
        let answers = |interests: Interests| interests.moves || interests.headers;
        events.extend((answers(interests) && !answers(known)).then_some("network.responseStarted"));
        self.interests
            .set(Interests { moves: interests.moves || known.moves, headers: interests.headers || known.headers });
        (!events.is_empty()).then(|| command("session.subscribe", json!({ "events": events })))
    }

    fn open_context(&self) -> Command {
        command("browser.createUserContext", json!({}))
    }

    fn open_tab(&self, user_context: &str) -> Command {
        let mut asked = json!({ "type": "tab", "userContext": user_context });
        // Firefox may wait for ever until a tab comes to the front while another one does; turning to it brings it there.
        if self.is_firefox {
            asked["background"] = true.into();
        }
        command("browsingContext.create", asked)
    }

    fn close_context(&self, user_context: &str) -> Command {
        self.contexts.borrow_mut().retain(|_, of| of != user_context);
        self.everywhere.borrow_mut().remove(user_context);
        command("browser.removeUserContext", json!({ "userContext": user_context }))
    }

    fn set_cookie(&self, user_context: &str, cookie: &Cookie) -> Command {
        let mut asked = json!({
            "name": cookie.name, "value": { "type": "string", "value": cookie.value.expose_secret() },
            "domain": cookie.domain, "path": cookie.path, "httpOnly": cookie.http_only, "secure": cookie.secure,
        });
        if let Some(at) = cookie.expires.filter(|at| *at >= 0.0) {
            asked["expiry"] = json!(at as i64);
        }
        if let Some(same_site) = &cookie.same_site {
            asked["sameSite"] = json!(same_site.to_lowercase());
        }
        // Told a tab, Firefox keeps it for the site of the empty page that is in it, where no other page sees it.
        let partition = json!({ "type": "storageKey", "userContext": user_context });
        command("storage.setCookie", json!({ "cookie": asked, "partition": partition }))
    }

    fn get_cookies(&self, user_context: &str) -> Command {
        let partition = json!({ "type": "storageKey", "userContext": user_context });
        command("storage.getCookies", json!({ "partition": partition }))
    }

    fn cookies_in(&self, answer: &Value) -> Vec<Cookie> {
        let cookies = answer["cookies"].as_array().into_iter().flatten();
        let cookie = |told: &Value| Cookie {
            name: text(&told["name"]),
            value: value_of(&told["value"]).into(),
            domain: text(&told["domain"]),
            path: text(&told["path"]),
            expires: told["expiry"].as_f64(),
            http_only: told["httpOnly"] == true,
            secure: told["secure"] == true,
            same_site: match told["sameSite"].as_str() {
                Some("strict") => Some("Strict".into()),
                Some("lax") => Some("Lax".into()),
                Some("none") => Some("None".into()),
                _ => None,
            },
        };
        cookies.map(cookie).collect()
    }

    fn picture(&self, tab: &str, extent: Extent) -> Command {
        let origin = match extent {
            Extent::Viewport => "viewport",
            Extent::Document => "document",
        };
        let format = json!({ "type": "image/webp", "quality": 0.8 });
        command("browsingContext.captureScreenshot", json!({ "context": tab, "origin": origin, "format": format }))
    }

    fn go(&self, tab: &str, address: &str) -> Option<Command> {
        Some(command("browsingContext.navigate", json!({ "context": tab, "url": address, "wait": "interactive" })))
    }

    fn status(&self, tab: &str) -> Option<Command> {
        let asked = json!({ "expression": STATUS, "target": { "context": tab }, "awaitPromise": false });
        Some(command("script.evaluate", asked))
    }

    fn nod(&self, tab: &str) -> Command {
        command("browsingContext.getTree", json!({ "root": tab, "maxDepth": 0 }))
    }

    fn understand(&self, event: &Value) -> (Option<News>, Vec<Command>) {
        let params = &event["params"];
        if event["method"] == "browsingContext.contextCreated" {
            self.contexts.borrow_mut().insert(text(&params["context"]), text(&params["userContext"]));
        }
        let news = match event["method"].as_str() {
            Some("browsingContext.contextCreated") if params["parent"].is_null() => Some(News::Opened(Tab {
                context: text(&params["context"]),
                user_context: text(&params["userContext"]),
                opener: params["originalOpener"].as_str().map(str::to_owned),
            })),
            Some("browsingContext.navigationStarted") => {
                Some(News::Leaving { context: text(&params["context"]), address: text(&params["url"]) })
            }
            Some("browsingContext.domContentLoaded") => {
                Some(News::Came { context: text(&params["context"]), address: text(&params["url"]) })
            }
            Some("browsingContext.userPromptOpened") => {
                let kind = DialogKind::called(params["type"].as_str().unwrap_or_default());
                let dialog = Some(Dialog { kind, text: text(&params["message"]) });
                Some(News::Alerted { context: text(&params["context"]), dialog })
            }
            Some("browsingContext.userPromptClosed") => {
                Some(News::Alerted { context: text(&params["context"]), dialog: None })
            }
            // A navigation's number is what tells a document from what it loads.
            Some("network.responseStarted") if !params["navigation"].is_null() => {
                let headers = params["response"]["headers"].as_array().into_iter().flatten();
                let headers =
                    headers.map(|header| (text(&header["name"]).to_lowercase(), text(&header["value"]["value"])));
                let document = Document {
                    address: text(&params["response"]["url"]),
                    told: params["timestamp"].as_f64().unwrap_or_default(),
                    status: params["response"]["status"].as_u64().and_then(|status| u16::try_from(status).ok()),
                    headers: headers.collect(),
                };
                Some(News::Answered { context: text(&params["context"]), document })
            }
            Some("log.entryAdded") => Some(News::Said {
                context: text(&params["source"]["context"]),
                kind: text(&params["level"]),
                text: text(&params["text"]),
                // Where this session moderates what is said, the first call is its own.
                url: params["stackTrace"]["callFrames"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .map(|call| text(&call["url"]))
                    .find(|url| !url.is_empty())
                    .unwrap_or_default(),
            }),
            Some("network.fetchError") => Some(News::Failed {
                context: text(&params["context"]),
                why: params["errorText"].as_str().unwrap_or("unknown").to_owned(),
                url: text(&params["request"]["url"]),
                document: !params["navigation"].is_null(),
                request: text(&params["request"]["request"]),
            }),
            _ => None,
        };
        // One that a page opened does not wait for what is to be run in it.
        let by_page = match &news {
            Some(News::Opened(tab)) if tab.opener.is_some() => self.run_in(tab),
            _ => Vec::new(),
        };
        (news, by_page)
    }

    /// Firefox gives what a pointer does to the process of the document that the driver is in, and to no other.
    fn points_into_frames(&self) -> bool {
        !self.is_firefox
    }

    /// For the whole session, since no subscription follows the tabs that a page will open; the answers tell whose each is.
    ///
    /// A page's own requests are paused among all others. A question to a page that is just coming then waits for the page, the page
    /// for its request, and that for an answer which Chromium's driver would pass on only after the question.
    fn pause(&self, _user_context: &str, stage: Stage) -> Result<Vec<Command>, &'static str> {
        if !self.is_firefox {
            return Err(
                "only Firefox, and a Chromium of this machine or of a Selenium Grid, hold requests: other drivers take no answer while they wait for a page",
            );
        }
        let (event, phase) = match stage {
            Stage::Request => ("network.beforeRequestSent", "beforeRequestSent"),
            Stage::Reply => ("network.responseStarted", "responseStarted"),
        };
        Ok(vec![
            command("session.subscribe", json!({ "events": [event] })),
            command("network.addIntercept", json!({ "phases": [phase] })),
        ])
    }

    fn pause_no_more(&self, _user_context: &str, begun: &[Value]) -> Vec<Command> {
        let named = |key: &str| begun.iter().find_map(|answer| answer[key].as_str());
        let intercept = named("intercept").map(|name| command("network.removeIntercept", json!({ "intercept": name })));
        // One that has no name of its own could be ended only together with what is always listened to.
        let subscription =
            named("subscription").map(|name| command("session.unsubscribe", json!({ "subscriptions": [name] })));
        intercept.into_iter().chain(subscription).collect()
    }

    fn paused(&self, event: &Value) -> Option<Paused> {
        let params = &event["params"];
        let stage = match event["method"].as_str()? {
            "network.beforeRequestSent" => Stage::Request,
            "network.responseStarted" => Stage::Reply,
            _ => return None,
        };
        if params["isBlocked"] != true {
            return None;
        }
        let request = &params["request"];
        Some(Paused {
            name: text(&request["request"]),
            request: text(&request["request"]),
            user_context: params["context"].as_str().and_then(|context| self.contexts.borrow().get(context).cloned()),
            method: text(&request["method"]),
            url: text(&request["url"]),
            headers: request["headers"].clone(),
            stage: Some(stage),
            session: None,
        })
    }

    fn resume(&self, paused: &Paused, how: Onward) -> Command {
        let mut params = json!({ "request": paused.name });
        let method = match (how, paused.stage) {
            (Onward::Failed, _) => "network.failRequest",
            (_, Some(Stage::Reply)) => "network.continueResponse",
            (Onward::AsItIs, _) => "network.continueRequest",
            (Onward::Unknown, _) => {
                let headers = paused.headers.as_array().into_iter().flatten();
                params["headers"] = headers.filter(|header| !is_known_by(&text(&header["name"]))).cloned().collect();
                "network.continueRequest"
            }
        };
        command(method, params)
    }

    fn clear_cookies(&self, user_context: &str) -> Command {
        let partition = json!({ "type": "storageKey", "userContext": user_context });
        command("storage.deleteCookies", json!({ "partition": partition }))
    }

    fn run_everywhere(&self, user_context: &str, script: &str) -> Vec<Command> {
        let function = function_of(script);
        self.everywhere.borrow_mut().entry(user_context.to_owned()).or_default().push(function.to_owned());
        let contexts = self.contexts_of(user_context);
        let to_come = contexts.iter().map(|context| run_to_come(context, function));
        to_come.chain(contexts.iter().map(|context| run_now(context, function))).collect()
    }

    fn run_in(&self, tab: &Tab) -> Vec<Command> {
        let everywhere = self.everywhere.borrow();
        let commands = |function: &String| [run_to_come(&tab.context, function), run_now(&tab.context, function)];
        everywhere.get(&tab.user_context).into_iter().flatten().flat_map(commands).collect()
    }
}
