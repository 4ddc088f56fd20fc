//! A message on its way: once more where a receiver is busy or down, and nowhere else than where it was to go.

use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::{Timestamp, fmt::rfc2822};
use reqwest::{Client, Response, StatusCode, header::RETRY_AFTER, redirect};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use sha2::Sha256;
use url::Url;

use super::{channel::Channel, message::Message};
use crate::client;

/// For one answer.
const ANSWERED_WITHIN: Duration = Duration::from_secs(20);
/// For all of it: who is busy for longer is not told.
const TOLD_WITHIN: Duration = Duration::from_secs(180);
/// The first pause before it is tried again, where the receiver names none; each further one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
/// No receiver is waited for longer at once, whatever it says.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
const TRIES: u32 = 6;

/// Why a try came to nothing.
enum Refused {
    /// For now; try again, after this where it was said.
    Busy(String, Option<Duration>),
    /// For good.
    Not(anyhow::Error),
}

/// Tells a channel.
///
/// # Errors
/// The receiver refuses, sends elsewhere, or is busy or silent for too long. Says nothing of its address but the host.
pub async fn deliver(channel: &Channel, message: &Message) -> anyhow::Result<()> {
    let body = channel.body(message)?;
    let http = prepared(&channel.address)?;
    let (began, mut pause, mut tried) = (Instant::now(), FIRST_PAUSE, 0);
    loop {
        let (why, named) = match once(&http, channel, &body).await {
            Ok(()) => return Ok(()),
            Err(Refused::Not(error)) => return Err(error),
            Err(Refused::Busy(why, named)) => (why, named),
        };
        tried += 1;
        let wait = named.unwrap_or(pause).min(LONGEST_PAUSE);
        if tried == TRIES || began.elapsed() + wait > TOLD_WITHIN {
            let (why, spent) = (channel.hide(&why), began.elapsed().as_secs_f64());
            bail!("it could not be told\n  saw      {why}\n  tried    {tried} times in {spent:.1} s");
        }
        tokio::time::sleep(wait).await;
        pause *= 2;
    }
}

fn prepared(address: &Url) -> anyhow::Result<Client> {
    let mut builder = client::to([address]).redirect(redirect::Policy::none()).timeout(ANSWERED_WITHIN);
    if address.scheme() == "http" {
        // On this machine only: no proxy is asked.
        builder = builder.no_proxy();
    }
    builder.build().context("preparing to tell")
}

async fn once(http: &Client, channel: &Channel, body: &Value) -> Result<(), Refused> {
    let mut address = channel.address.clone();
    if let Some(secret) = &channel.dingtalk {
        sign(&mut address, secret, Timestamp::now().as_millisecond()).map_err(Refused::Not)?;
    }
    let mut request = http.post(address).json(body);
    for (name, value) in &channel.headers {
        request = request.header(name, value.expose_secret());
    }
    let answer = request.send().await.map_err(|error| {
        let again = !error.is_builder();
        let why = format!("{:#}", anyhow::Error::from(error.without_url()));
        if again {
            Refused::Busy(why, None)
        } else {
            Refused::Not(anyhow::anyhow!("it cannot be asked: {}", channel.hide(&why)))
        }
    })?;
    let status = answer.status();
    if status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error() {
        return Err(Refused::Busy(format!("status {status}"), named_pause(&answer)));
    }
    let refused =
        |saw: String| Refused::Not(anyhow::anyhow!("it did not take the message\n  saw      {}", channel.hide(&saw)));
    if status.is_redirection() {
        return Err(refused(format!("status {status}: it sends elsewhere, which is not followed")));
    }
    if !status.is_success() {
        return Err(refused(format!("status {status}")));
    }
    if channel.accepted.is_empty() {
        return Ok(());
    }
    // Some answer 200 whatever came of it.
    let answer: Value = answer.json().await.map_err(|_| refused("an answer that is no JSON".into()))?;
    for (field, value) in &channel.accepted {
        let said = answer.get(field).unwrap_or(&Value::Null);
        if said != value {
            let words = ["errmsg", "msg", "message", "error"].iter().find_map(|name| answer.get(name)?.as_str());
            let words: String = words.unwrap_or_default().chars().take(200).collect();
            return Err(refused(format!("{field} {said}, not {value} {words}")));
        }
    }
    Ok(())
}

/// How long the receiver asks to be left alone: seconds, or a time of day.
fn named_pause(answer: &Response) -> Option<Duration> {
    let said = answer.headers().get(RETRY_AFTER)?.to_str().ok()?.trim().to_owned();
    if let Ok(seconds) = said.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let at = rfc2822::DateTimeParser::new().parse_timestamp(&said).ok()?;
    Some(Duration::try_from(at.duration_since(Timestamp::now())).unwrap_or_default())
}

/// Adds time and signature to the query. <https://open.dingtalk.com/document/robots/customize-robot-security-settings>
fn sign(address: &mut Url, secret: &SecretString, now: i64) -> anyhow::Result<()> {
    let secret = secret.expose_secret();
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).context("the secret of the signature")?;
    mac.update(format!("{now}\n{secret}").as_bytes());
    let signature = STANDARD.encode(mac.finalize().into_bytes());
    address.query_pairs_mut().append_pair("timestamp", &now.to_string()).append_pair("sign", &signature);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Held against `openssl dgst -sha256 -hmac`.
    #[test]
    fn the_signature_is_of_time_and_secret() {
        let mut address: Url = "https://oapi.dingtalk.com/robot/send?access_token=t".parse().unwrap();
        sign(&mut address, &SecretString::from("SEC1"), 1_700_000_000_000).unwrap();
        let pairs: Vec<(String, String)> = address.query_pairs().into_owned().collect();
        assert_eq!(pairs[1], ("timestamp".into(), "1700000000000".into()));
        assert_eq!(pairs[2], ("sign".into(), "ukR4+WoOOBTGaOauYqugxVrMSFyr92q4hPxJxuOkiio=".into()));
        assert!(!address.as_str().contains('+'), "a plus sign in a query is a blank: {address}");
    }
}
