//! A driver or grid elsewhere: what it is told, what it tells of itself, and sessions there.
//!
//! A grid is told from a plain driver by its status, which lists nodes and their slots; it is waited for where a driver is
//! expected to answer at once. <https://www.selenium.dev/documentation/grid/>

use std::{
    fmt,
    pin::pin,
    str::FromStr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context as _, anyhow, bail, ensure};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use percent_encoding::percent_decode_str;
use reqwest::{
    Client, Method, RequestBuilder, StatusCode,
    header::{CONTENT_TYPE, HeaderValue},
};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Map, Value, json};
use tokio::time::timeout;
use url::Url;

use crate::target::RemoteEnd;

/// A grid refuses bodies whose type does not say how they are written.
pub(super) const JSON: &str = "application/json; charset=utf-8";

/// The capability that a grid calls a session by on its own pages.
pub(crate) const NAME: &str = "se:name";

/// How long a connection may take to be made.
const CONNECT_WITHIN: Duration = Duration::from_secs(15);
/// How long the status may take.
const STATUS_WITHIN: Duration = Duration::from_secs(15);
/// Longest wait for a new browser, once there is a place for it; a cold start on a busy machine takes seconds.
pub(crate) const START_WITHIN: Duration = Duration::from_secs(60);
/// How often a grid that is on its way back is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How often a grid may fail to start a browser for one that is wanted: a node that has just died is still given sessions, and
/// another may be well.
const FAILED_STARTS: u32 = 3;

/// Where a driver or grid is, and what is asked of it.
#[derive(Clone)]
pub struct Remote {
    /// Its address, with a slash at the end, and without a user.
    url: Url,
    /// User and password.
    credentials: Option<(String, SecretString)>,
    /// What sessions are asked for beside what the suite needs.
    capabilities: Map<String, Value>,
    /// How long a session is waited for while all slots are taken.
    queue: Duration,
    /// It has shown that it is a grid.
    is_grid: Arc<AtomicBool>,
}

impl fmt::Debug for Remote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Remote").field("url", &self.url.as_str()).finish_non_exhaustive()
    }
}

/// Without an account, or with one in the address: `https://user:password@grid.example.com`.
impl FromStr for Remote {
    type Err = anyhow::Error;

    fn from_str(address: &str) -> anyhow::Result<Self> {
        let mut url = Url::parse(address)?;
        ensure!(
            matches!(url.scheme(), "http" | "https") && url.has_host(),
            "it must begin with http:// or https:// and name a host"
        );
        let plain = |text: &str| percent_decode_str(text).decode_utf8().map(|text| text.into_owned());
        let user = plain(url.username()).context("its user is no text")?;
        let password = plain(url.password().unwrap_or_default()).context("its password is no text")?;
        ensure!(!user.contains(':'), "its user has a colon (RFC 7617)");
        let credentials = (!user.is_empty() || !password.is_empty()).then(|| (user, password.into()));
        // An address that has a host can have no user.
        let (_, _) = (url.set_username(""), url.set_password(None));
        if !url.path().ends_with('/') {
            url.set_path(&format!("{}/", url.path()));
        }
        let queue = Duration::from_secs(5 * 60);
        Ok(Self { url, credentials, capabilities: Map::new(), queue, is_grid: Arc::default() })
    }
}

impl Remote {
    /// The one that a profile says.
    ///
    /// # Errors
    /// Its address is malformed.
    pub fn of(end: RemoteEnd) -> anyhow::Result<Self> {
        let there: Self = end.url.parse()?;
        Ok(Self {
            credentials: end.user.zip(end.password).or(there.credentials),
            capabilities: end.capabilities,
            queue: end.queue,
            ..there
        })
    }

    /// This one, asked for what a profile wants of the one that it says. The profile's user and password go nowhere else.
    #[must_use]
    pub fn asked_as(self, end: &RemoteEnd) -> Self {
        Self { capabilities: end.capabilities.clone(), queue: end.queue, ..self }
    }

    /// Its address, which has no user in it.
    #[must_use]
    pub const fn url(&self) -> &Url {
        &self.url
    }

    /// How long a session is waited for while all slots are taken.
    #[must_use]
    pub const fn queue(&self) -> Duration {
        self.queue
    }

    /// Whether it has shown that it is a grid.
    #[must_use]
    pub fn is_grid(&self) -> bool {
        self.is_grid.load(Ordering::Relaxed)
    }

    /// What a session is asked for: what the suite needs, and what the profile wants beside it.
    ///
    /// # Errors
    /// The profile wants what the suite cannot work with.
    pub(super) fn capabilities(&self, needed: Map<String, Value>) -> anyhow::Result<Map<String, Value>> {
        let mut all = Value::Object(needed);
        lay_beside(&mut all, &Value::Object(self.capabilities.clone()), &mut vec!["webdriver", "capabilities"])?;
        Ok(all.as_object().cloned().unwrap_or_default())
    }

    /// Where a socket is that was granted with a session, and what proves there who one is. A grid's own (`/session/…/se/…`) is
    /// where the grid was reached: the address that a node gives is how the node knows the grid, and often nobody else does.
    pub(crate) fn socket(&self, granted: &str) -> (String, Option<HeaderValue>) {
        let Ok(mut url) = Url::parse(granted) else { return (granted.to_owned(), None) };
        let is_grids = url.path().split_once("/session/").is_some_and(|(_, rest)| rest.contains("/se/"));
        if is_grids {
            let from = url.path().rfind("/session/").unwrap_or_default();
            // Grids answer below /wd/hub as well, but not for sockets.
            let below = self.url.path().trim_end_matches('/').trim_end_matches("/wd/hub");
            let path = format!("{below}{}", &url.path()[from..]);
            let mut own = self.url.clone();
            own.set_path(&path);
            // Both are schemes of the web.
            let _ = own.set_scheme(if own.scheme() == "https" { "wss" } else { "ws" });
            url = own;
        }
        let same = url.host_str() == self.url.host_str();
        (url.into(), self.authorization().filter(|_| same))
    }

    fn authorization(&self) -> Option<HeaderValue> {
        let (user, password) = self.credentials.as_ref()?;
        let proof = STANDARD.encode(format!("{user}:{}", password.expose_secret()));
        let mut header = HeaderValue::from_str(&format!("Basic {proof}")).ok()?;
        header.set_sensitive(true);
        Some(header)
    }

    /// What ends a session there, for whoever is to do that.
    pub(super) fn to_end(&self, session: &str) -> Value {
        let (user, password) =
            self.credentials.as_ref().map(|(user, password)| (user, password.expose_secret())).unzip();
        json!({ "url": self.url.as_str(), "user": user, "password": password, "session": session })
    }

    /// The same, taken over.
    pub(super) fn to_be_ended(told: &Value) -> anyhow::Result<(Self, String)> {
        let text = |key: &str| told[key].as_str().map(str::to_owned);
        let there: Self = text("url").context("no address was told")?.parse()?;
        let credentials = text("user").zip(text("password").map(SecretString::from));
        Ok((Self { credentials, ..there }, text("session").context("no session was told")?))
    }
}

/// Lays what is wanted beside what is needed: mappings key by key, lists one after the other.
fn lay_beside<'a>(needed: &mut Value, wanted: &'a Value, keys: &mut Vec<&'a str>) -> anyhow::Result<()> {
    match (needed, wanted) {
        (Value::Object(needed), Value::Object(wanted)) => {
            for (key, value) in wanted {
                keys.push(key);
                match needed.get_mut(key) {
                    Some(Value::String(name)) if keys.len() == 3 && key == "browserName" && is_alike(name, value) => {
                        needed.insert(key.clone(), value.clone());
                    }
                    Some(known) => lay_beside(known, value, keys)?,
                    None => {
                        needed.insert(key.clone(), value.clone());
                    }
                }
                keys.pop();
            }
            Ok(())
        }
        (Value::Array(needed), Value::Array(wanted)) => {
            needed.extend(wanted.iter().cloned());
            Ok(())
        }
        (needed, wanted) if needed == wanted => Ok(()),
        (needed, wanted) => {
            let mend = match keys.last() {
                Some(&"browserName") => "say --browser firefox for Firefox, and leave browserName: out",
                _ => "leave it out",
            };
            bail!("{}: {wanted}, but the suite needs {needed}\n  mend     {mend}", keys.join(": "))
        }
    }
}

/// Chromium is Chrome to some grids.
fn is_alike(name: &str, wanted: &Value) -> bool {
    name == "chrome" && wanted == "chromium"
}

/// A session that a driver or grid has opened.
#[derive(Debug)]
pub struct Opened {
    /// Its name.
    pub id: String,
    /// What it is like.
    pub granted: Map<String, Value>,
}

/// Why there is no session.
enum NoSession {
    /// Nothing answered, or something that is no driver.
    Away(anyhow::Error),
    /// The place in the queue was given up by the grid.
    GivenUp(anyhow::Error),
    /// It could not be started where there was a place.
    NotStarted(anyhow::Error),
    /// It was refused for good.
    Refused(anyhow::Error),
}

/// A line to a driver or grid. Belongs to the runtime that it was opened on.
#[derive(Debug, Clone)]
pub struct Line {
    end: Remote,
    http: Client,
}

impl Line {
    /// Opens one; nothing is asked yet.
    ///
    /// # Errors
    /// This machine knows no certificates.
    pub fn to(end: &Remote) -> anyhow::Result<Self> {
        // As its sockets, which know no proxies.
        let http = Client::builder().no_proxy().connect_timeout(CONNECT_WITHIN).build()?;
        Ok(Self { end: end.clone(), http })
    }

    /// What it is a line to.
    #[must_use]
    pub const fn end(&self) -> &Remote {
        &self.end
    }

    pub(super) fn ask(&self, method: Method, url: Url) -> RequestBuilder {
        let asked = self.http.request(method, url);
        match &self.end.credentials {
            Some((user, password)) => asked.basic_auth(user, Some(password.expose_secret())),
            None => asked,
        }
    }

    fn at(&self, path: &str) -> anyhow::Result<Url> {
        Ok(self.end.url.join(path)?)
    }

    /// Its status; `None` where it says none that is JSON.
    ///
    /// # Errors
    /// Nothing answers there, or it wants another user or password.
    pub async fn status(&self) -> anyhow::Result<Option<Value>> {
        let answer = self.ask(Method::GET, self.at("status")?).timeout(STATUS_WITHIN).send().await;
        let answer = answer.map_err(reqwest::Error::without_url)?;
        refused(answer.status())?;
        let Ok(mut status) = answer.json::<Value>().await else { return Ok(None) };
        let status = status["value"].take();
        if status["nodes"].is_array() {
            self.end.is_grid.store(true, Ordering::Relaxed);
        }
        Ok(Some(status))
    }

    /// How many sessions of this kind a grid has places for, taken ones among them: whoever has them now may be gone soon, and
    /// the queue is fair. `None` for a plain driver.
    ///
    /// # Errors
    /// As [`Self::status`].
    pub async fn slots(&self, wanted: &Map<String, Value>) -> anyhow::Result<Option<usize>> {
        Ok(self.status().await?.as_ref().and_then(|status| slots_in(status, wanted)))
    }

    /// Opens a session. Where a grid has no place for it, one is waited for, as long as the profile says; and so is a grid that was
    /// there before and is on its way back.
    ///
    /// # Errors
    /// Nothing answers there, no place was free in time, or it is refused.
    pub async fn new_session(&self, wanted: &Map<String, Value>) -> anyhow::Result<Opened> {
        let until = Instant::now() + self.end.queue;
        if !self.end.is_grid() {
            // A driver need not have a status; whether it is there shows next.
            let _no_status = self.status().await;
        }
        let mut failed = 0;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            match self.while_it_has_a_place(wanted, left).await {
                Ok(opened) => return Ok(opened),
                Err(NoSession::Refused(error)) => return Err(error),
                Err(NoSession::Away(error)) if !self.end.is_grid() => return Err(error),
                Err(NoSession::GivenUp(error) | NoSession::Away(error)) if left.is_zero() => {
                    let waited = self.end.queue.as_secs_f64();
                    let offers = self.offers().await;
                    return Err(error.context(format!(
                        "no session within {waited:.0} s (webdriver: queue: in the profile){offers}"
                    )));
                }
                Err(NoSession::NotStarted(error)) => {
                    failed += 1;
                    if failed == FAILED_STARTS || !self.end.is_grid() || left.is_zero() {
                        return Err(error);
                    }
                    self.is_back(until).await;
                }
                Err(NoSession::GivenUp(_) | NoSession::Away(_)) => self.is_back(until).await,
            }
        }
    }

    /// Asks for a session, and gives up once it has stood in the queue for so long; where it has a place, that it starts is waited for.
    async fn while_it_has_a_place(&self, wanted: &Map<String, Value>, queue: Duration) -> Result<Opened, NoSession> {
        let mut asked = pin!(self.try_new_session(wanted, queue + START_WITHIN));
        if let Ok(came) = timeout(queue, &mut asked).await {
            return came;
        }
        // A grid takes requests out of its queue and puts them back while it looks for a place.
        let still_stands = async {
            let mut looks = tokio::time::interval(LOOK_EVERY);
            loop {
                looks.tick().await;
                if self.is_queued(wanted).await {
                    return;
                }
            }
        };
        tokio::select! {
            came = &mut asked => came,
            () = still_stands => Err(NoSession::GivenUp(anyhow!("all of its places are taken"))),
        }
    }

    /// Whether what is asked for still stands in the queue of a grid, by the name that it has there.
    async fn is_queued(&self, wanted: &Map<String, Value>) -> bool {
        let asked = async {
            let url = self.at("se/grid/newsessionqueue/queue").ok()?;
            let answer = self.ask(Method::GET, url).timeout(STATUS_WITHIN).send().await.ok()?;
            answer.json::<Value>().await.ok()
        };
        let Some(queue) = asked.await else { return false };
        let requests = queue["value"].as_array().into_iter().flatten();
        let mut kinds = requests.flat_map(|request| request["capabilities"].as_array()).flatten();
        kinds.any(|kind| wanted.get(NAME).is_some_and(|name| kind[NAME] == *name))
    }

    async fn try_new_session(&self, wanted: &Map<String, Value>, within: Duration) -> Result<Opened, NoSession> {
        let url = self.at("session").map_err(NoSession::Refused)?;
        let body = json!({ "capabilities": { "alwaysMatch": wanted, "firstMatch": [{}] } });
        let asked = self.ask(Method::POST, url).header(CONTENT_TYPE, JSON).body(body.to_string()).timeout(within);
        let answer = asked.send().await.map_err(|error| match error.is_timeout() && !error.is_connect() {
            true => NoSession::GivenUp(anyhow!("it did not answer within {:.0} s", within.as_secs_f64())),
            false => NoSession::Away(told(&error)),
        })?;
        let status = answer.status();
        refused(status).map_err(NoSession::Refused)?;
        let text = answer.text().await.map_err(|error| NoSession::Away(told(&error)))?;
        let Ok(answer) = serde_json::from_str::<Value>(&text) else {
            let first = text.lines().next().unwrap_or_default();
            return Err(NoSession::Away(anyhow!("what answers is no WebDriver: {status}, {first:?}")));
        };
        let value = &answer["value"];
        if let (Some(id), Some(granted)) = (value["sessionId"].as_str(), value["capabilities"].as_object()) {
            return Ok(Opened { id: id.to_owned(), granted: granted.clone() });
        }
        let message = value["message"].as_str().unwrap_or("without a message").lines().next().unwrap_or_default();
        let error = anyhow!("{}: {message}", value["error"].as_str().unwrap_or("no session"));
        Err(match value["error"].as_str() {
            Some("session not created") if message.to_lowercase().contains("timed out") => NoSession::GivenUp(error),
            Some("session not created" | "unknown error" | "timeout") => NoSession::NotStarted(error),
            _ => NoSession::Refused(error),
        })
    }

    /// Waits until the grid answers for itself.
    async fn is_back(&self, until: Instant) {
        let mut looks = tokio::time::interval(LOOK_EVERY);
        // The first one is at once.
        looks.tick().await;
        loop {
            looks.tick().await;
            let there = self.status().await.is_ok_and(|status| status.is_some_and(|status| status["nodes"].is_array()));
            if there || Instant::now() >= until {
                return;
            }
        }
    }

    /// What a grid has places for, in words.
    async fn offers(&self) -> String {
        let Ok(Some(status)) = self.status().await else { return String::new() };
        let slots =
            status["nodes"].as_array().into_iter().flatten().flat_map(|node| node["slots"].as_array()).flatten();
        let mut offers: Vec<String> = slots.map(|slot| spoken(&slot["stereotype"])).collect();
        offers.sort_unstable();
        offers.dedup();
        match offers.is_empty() {
            true => "; the grid has no node".to_owned(),
            false => format!("; the grid has places for {}", offers.join(", ")),
        }
    }

    /// Ends a session. A hub that has begun anew knows none of those that its nodes still have: such a one is ended at its node,
    /// where that can be reached, and would hold its slot until the node's own time limit otherwise.
    ///
    /// # Errors
    /// It cannot be said to have ended.
    pub(super) async fn end_session(&self, session: &str, within: Duration) -> anyhow::Result<()> {
        let url = self.at(&format!("session/{session}"))?;
        let answer = self.ask(Method::DELETE, url).timeout(within).send().await.map_err(|error| told(&error))?.status();
        if answer.is_success() {
            return Ok(());
        }
        let status = self.status().await?.unwrap_or_default();
        let has_it = |node: &&Value| {
            let mut slots = node["slots"].as_array().into_iter().flatten();
            slots.any(|slot| slot["session"]["sessionId"] == session)
        };
        let nodes = status["nodes"].as_array();
        match nodes.and_then(|nodes| nodes.iter().find(has_it)) {
            // Who one is at the hub is not for its nodes to know.
            Some(node) => {
                let uri = Url::parse(node["uri"].as_str().unwrap_or_default()).context("its node has no address")?;
                let asked = self.http.delete(uri.join(&format!("session/{session}"))?).timeout(within);
                let answer = asked.send().await.map_err(|error| told(&error))?.status();
                ensure!(answer.is_success() || answer == StatusCode::NOT_FOUND, "its node answered {answer}");
            }
            None => {
                ensure!(nodes.is_none_or(|nodes| !nodes.is_empty()), "the grid has no nodes yet");
                // What nobody knows has ended.
                ensure!(answer == StatusCode::NOT_FOUND, "it answered {answer}");
            }
        }
        Ok(())
    }
}

/// Whoever is there wants another user or password.
fn refused(status: StatusCode) -> anyhow::Result<()> {
    if matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) {
        bail!(
            "it refuses who asks ({status})\n  mend     give user and password: webdriver: {{ url: …, user: …, password: ${{GRID_PASSWORD}} }} in the profile, or in WEBDRIVER_URL"
        );
    }
    Ok(())
}

/// Why nothing came, with its cause, and without the address, which is told anyway.
pub(super) fn told(error: &reqwest::Error) -> anyhow::Error {
    let mut causes =
        std::iter::successors(std::error::Error::source(error), |cause| cause.source()).collect::<Vec<_>>();
    causes.dedup_by_key(|cause| cause.to_string());
    match causes.last() {
        Some(cause) => anyhow!("it cannot be reached: {cause}"),
        None => anyhow!("it cannot be reached"),
    }
}

/// The places of a grid's nodes that sessions of this kind can have; `None` where this is the status of no grid.
fn slots_in(status: &Value, wanted: &Map<String, Value>) -> Option<usize> {
    let nodes = status["nodes"].as_array()?.iter().filter(|node| node["availability"] != "DOWN");
    Some(
        nodes
            .map(|node| {
                let slots = node["slots"].as_array().into_iter().flatten();
                let fit = slots.filter(|slot| fits(&slot["stereotype"], wanted)).count();
                let most = node["maxSessions"].as_u64().and_then(|most| usize::try_from(most).ok());
                fit.min(most.unwrap_or(usize::MAX))
            })
            .sum(),
    )
}

/// Whether a grid would give a session of this kind to a slot, as far as its stereotype tells.
fn fits(stereotype: &Value, wanted: &Map<String, Value>) -> bool {
    let of = |value: &Value| value.as_str().unwrap_or_default().to_ascii_lowercase();
    let asked = |key: &str| wanted.get(key).map(of).filter(|text| !text.is_empty());
    let name = asked("browserName").is_none_or(|name| of(&stereotype["browserName"]) == name);
    let version = asked("browserVersion").filter(|version| version != "stable").is_none_or(|version| {
        let has = of(&stereotype["browserVersion"]);
        has == version || has.strip_prefix(&version).is_some_and(|rest| rest.starts_with('.'))
    });
    // Windows 11 is a Windows, and so on.
    let platform = asked("platformName").filter(|platform| platform != "any").is_none_or(|platform| {
        let has = of(&stereotype["platformName"]);
        has.starts_with(&platform) || platform.starts_with(&has)
    });
    name && version && platform
}

fn spoken(stereotype: &Value) -> String {
    let word = |key: &str| stereotype[key].as_str().filter(|word| !word.is_empty());
    let words = [word("browserName"), word("browserVersion"), word("platformName")];
    words.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(value: Value) -> Map<String, Value> {
        value.as_object().expect("an object").clone()
    }

    #[test]
    fn what_the_profile_wants_is_asked_for_beside_what_the_suite_needs_and_never_against_it() {
        let needed = || {
            object(
                json!({ "browserName": "chrome", "webSocketUrl": true, "x": { "args": ["a"], "prefs": { "p": 1 } } }),
            )
        };
        let remote =
            |wanted: Value| Remote { capabilities: object(wanted), ..Remote::from_str("http://grid").expect("one") };
        let wanted = json!({ "browserVersion": "156", "se:video": true, "browserName": "chromium", "x": { "args": ["b"], "prefs": { "q": 2 } } });
        let all = remote(wanted).capabilities(needed()).expect("no contradiction");
        let expected = json!({ "browserName": "chromium", "webSocketUrl": true, "browserVersion": "156", "se:video": true,
            "x": { "args": ["a", "b"], "prefs": { "p": 1, "q": 2 } } });
        assert_eq!(Value::Object(all), expected);
        for (wanted, named) in [
            (json!({ "webSocketUrl": false }), "webdriver: capabilities: webSocketUrl: false"),
            (json!({ "browserName": "firefox" }), "--browser firefox"),
            (json!({ "x": { "prefs": { "p": 2 } } }), "webdriver: capabilities: x: prefs: p: 2, but the suite needs 1"),
            (json!({ "x": 1 }), "webdriver: capabilities: x: 1"),
        ] {
            let refusal = format!("{:#}", remote(wanted).capabilities(needed()).expect_err("a contradiction"));
            assert!(refusal.contains(named), "{refusal}");
        }
    }

    #[test]
    fn a_grid_s_sockets_are_where_the_grid_was_reached_and_get_what_proves_who_one_is() {
        for (address, granted, socket, proves) in [
            ("http://a:b@grid:4444", "ws://10.0.0.7:4444/session/1/se/bidi", "ws://grid:4444/session/1/se/bidi", true),
            (
                "https://grid.example.com",
                "ws://hub:4444/session/1/se/cdp",
                "wss://grid.example.com/session/1/se/cdp",
                false,
            ),
            ("http://a:b@grid/wd/hub", "ws://hub:4444/wd/session/1/se/cdp", "ws://grid/session/1/se/cdp", true),
            (
                "https://a:b@x.example/grid/",
                "ws://hub:4444/session/1/se/cdp",
                "wss://x.example/grid/session/1/se/cdp",
                true,
            ),
            ("http://a:b@one:4444", "ws://other:9222/session/1", "ws://other:9222/session/1", false),
        ] {
            let (url, proof) = Remote::from_str(address).expect(address).socket(granted);
            assert_eq!((url.as_str(), proof.is_some()), (socket, proves), "{address}");
        }
    }

    #[test]
    fn a_user_and_password_of_an_address_are_taken_as_they_are_meant() {
        let remote = Remote::from_str("http://an%40a:p%2Fs:%C3%A9%25@grid:4444/wd/hub").expect("an address");
        let (user, password) = remote.credentials.clone().expect("an account");
        assert_eq!((user.as_str(), password.expose_secret()), ("an@a", "p/s:é%"));
        assert_eq!(remote.url().as_str(), "http://grid:4444/wd/hub/");
        assert!(!format!("{remote:?}").contains("p/s"), "{remote:?}");
    }

    #[test]
    fn a_grid_s_places_are_counted_over_its_nodes_that_are_up() {
        let slot = |browser: &str, platform: &str| json!({ "stereotype": { "browserName": browser, "platformName": platform } });
        let status = json!({ "nodes": [
            { "availability": "UP", "maxSessions": 2, "slots": [slot("chrome", "linux"), slot("chrome", "linux"), slot("chrome", "linux"), slot("firefox", "linux")] },
            { "availability": "UP", "maxSessions": 5, "slots": [slot("chrome", "windows 11"), slot("firefox", "linux")] },
            { "availability": "DOWN", "maxSessions": 9, "slots": [slot("chrome", "linux")] },
        ] });
        for (wanted, count) in [
            (json!({ "browserName": "chrome" }), 3),
            (json!({ "browserName": "firefox" }), 2),
            (json!({ "browserName": "chrome", "platformName": "Windows" }), 1),
            (json!({ "browserName": "chrome", "browserVersion": "99" }), 0),
        ] {
            assert_eq!(slots_in(&status, &object(wanted.clone())), Some(count), "{wanted}");
        }
        assert_eq!(slots_in(&json!({ "ready": true, "message": "" }), &Map::new()), None);
    }
}
