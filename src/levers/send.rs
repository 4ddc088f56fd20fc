//! Making the request of a lever: to no other host, over no redirect, within a deadline; and reading its answer.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use anyhow::Context as _;
use reqwest::{
    Method,
    header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, LOCATION},
    redirect::Policy,
};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use url::Url;

use crate::{
    client,
    domain::{Class, Failure, InClass as _},
    evidence::Redaction,
    target::{Asked, Fillings, LeverName, Target},
};

/// A longer answer is read no further.
const LONGEST: usize = 1 << 20;
/// So much of it is told.
const TOLD: usize = 300;

/// Makes the requests of levers.
pub(super) struct Sender {
    target: Arc<Target>,
    client: reqwest::Client,
    within: Duration,
    secrets: Redaction,
}

/// Why a request came to nothing.
pub(super) struct Unanswered {
    pub(super) why: Failure,
    /// It may have been done all the same.
    pub(super) may_be_done: bool,
}

/// What was answered.
struct Answer {
    status: reqwest::StatusCode,
    leads_to: Option<String>,
    text: String,
}

impl Sender {
    pub(super) fn new(target: &Arc<Target>) -> anyhow::Result<Self> {
        let requests = target.profile.levers.all().flat_map(|(_, lever)| [Some(&lever.pull), lever.undo.as_ref()]);
        let port = target.port.to_string();
        let urls: Vec<Url> =
            requests.flatten().filter_map(|request| Url::parse(&request.url.replace("{port}", &port)).ok()).collect();
        // A kept connection belongs to the runtime of the worker that opened it, and workers end.
        let builder = client::to(&urls).pool_max_idle_per_host(0).redirect(Policy::none());
        Ok(Self {
            client: builder.build().context("preparing to pull levers").in_class(Class::Infrastructure)?,
            within: target.profile.deadlines.lever.mul_f64(target.time_scale),
            secrets: Redaction::of_proofs(&target.world.proofs()),
            target: Arc::clone(target),
        })
    }

    /// Makes this request and reads these out of its answer.
    ///
    /// # Errors
    /// Class infrastructure: it goes to a host that is not listed for levers, was not answered in time, was answered with anything
    /// but 2xx, or without what is to be read.
    pub(super) async fn send(
        &self,
        lever: LeverName,
        asked: &Asked,
        reads: &BTreeMap<String, String>,
        password: Option<&str>,
    ) -> Result<Fillings, Unanswered> {
        let told = self.clean(&told(asked), password);
        let failed = |may_be_done: bool, saw: &str, mend: &str| Unanswered {
            why: Failure::infrastructure(format!(
                "the lever {lever} should be answered with success\n  asked    {told}\n  saw      {}\n  mend     {mend}",
                self.clean(saw, password)
            )),
            may_be_done,
        };
        let look = format!("levers: {lever}: in the profile, or what answers there");
        let url = Url::parse(&asked.url).map_err(|error| failed(false, &format!("no address: {error}"), &look))?;
        if let Err((what, mend)) = self.target.profile.admit_lever_to(&url) {
            return Err(failed(false, &format!("nothing was asked: {what}"), &mend));
        }
        let headers = headers(asked).map_err(|name| {
            failed(false, &format!("nothing was asked: what is filled into {name} can be no header's"), &look)
        })?;
        let answer = match tokio::time::timeout(self.within, self.ask(url, asked, headers)).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(error)) => return Err(failed(true, &format!("no answer: {:#}", anyhow::Error::new(error)), &look)),
            Err(_) => {
                let saw = format!("no answer within {:.1} s", self.within.as_secs_f64());
                return Err(failed(true, &saw, "deadlines: lever: in the profile, or what answers there"));
            }
        };
        let status = answer.status;
        if let Some(to) = &answer.leads_to {
            return Err(failed(true, &format!("{status}, to {to}, where no lever goes"), &look));
        }
        if !status.is_success() {
            return Err(failed(status.is_server_error(), &format!("{status}: {}", cut(&answer.text)), &look));
        }
        if reads.is_empty() {
            return Ok(Fillings::new());
        }
        // The answer itself is not told: it may hold a password.
        let json: Value = serde_json::from_str(&answer.text)
            .map_err(|error| failed(true, &format!("{status}, but no JSON: {error}"), &look))?;
        let mut read = Fillings::new();
        for (name, pointer) in reads {
            match json.pointer(pointer) {
                Some(value) if !value.is_null() && !value.is_object() && !value.is_array() => {
                    read.insert(name.clone(), value.clone());
                }
                _ => {
                    let mut there = Vec::new();
                    pointers(&json, "", &mut there);
                    let saw =
                        format!("nothing at {pointer}, where its {name} should be; there are {}", there.join(", "));
                    return Err(failed(true, &saw, &format!("levers: {lever}: reads: {name}: in the profile")));
                }
            }
        }
        Ok(read)
    }

    async fn ask(&self, url: Url, asked: &Asked, headers: HeaderMap) -> reqwest::Result<Answer> {
        let method = Method::from_bytes(asked.method.as_bytes()).unwrap_or(Method::POST);
        let mut request = self.client.request(method, url);
        request = match &asked.body {
            None => request,
            Some(Value::String(text)) => request.body(text.clone()),
            Some(body) => request.header(CONTENT_TYPE, "application/json; charset=utf-8").body(body.to_string()),
        };
        let mut response = request.headers(headers).send().await?;
        let status = response.status();
        let leads_to = response.headers().get(LOCATION).filter(|_| status.is_redirection());
        let leads_to = leads_to.map(|to| String::from_utf8_lossy(to.as_bytes()).into_owned());
        let mut text = Vec::new();
        while let Some(chunk) = response.chunk().await? {
            text.extend_from_slice(&chunk);
            if text.len() > LONGEST {
                break;
            }
        }
        Ok(Answer { status, leads_to, text: String::from_utf8_lossy(&text).into_owned() })
    }

    /// A text without secrets: those that were known, and the password of an account that is just being made, which an answer may
    /// repeat.
    fn clean(&self, text: &str, password: Option<&str>) -> String {
        let text = self.secrets.text(text);
        password.map_or_else(|| text.clone(), |password| Redaction::of(&[password]).text(&text))
    }
}

/// What is asked, in words.
fn told(asked: &Asked) -> String {
    let body = asked.body.as_ref().map(|body| match body {
        Value::String(text) => format!(" with {}", cut(text)),
        body => format!(" with {}", cut(&body.to_string())),
    });
    format!("{} {}{}", asked.method, asked.url, body.unwrap_or_default())
}

/// The headers of a request; the name of the first that cannot be one.
fn headers(asked: &Asked) -> Result<HeaderMap, &str> {
    let one = |(name, value): &(String, SecretString)| {
        let mut value = HeaderValue::from_bytes(value.expose_secret().as_bytes()).ok()?;
        value.set_sensitive(true);
        Some((HeaderName::from_bytes(name.as_bytes()).ok()?, value))
    };
    asked.headers.iter().map(|header| one(header).ok_or(header.0.as_str())).collect()
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(TOLD) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Where something can be read in an answer.
fn pointers(json: &Value, at: &str, there: &mut Vec<String>) {
    if there.len() >= 20 {
        return;
    }
    match json {
        Value::Object(object) => {
            for (key, inner) in object {
                pointers(inner, &format!("{at}/{}", key.replace('~', "~0").replace('/', "~1")), there);
            }
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, item)| pointers(item, &format!("{at}/{index}"), there));
        }
        _ => there.push(if at.is_empty() { "a value alone".into() } else { at.to_owned() }),
    }
}
