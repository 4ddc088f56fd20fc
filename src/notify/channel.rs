//! Who is told, and how: a channel as its file says. Where it is and what proves us there are variables, never in the file.

use std::{
    collections::BTreeMap,
    fmt,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail, ensure};
use minijinja::{Environment, UndefinedBehavior, context};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::Value;
use url::{Host, Url};

use super::{harmless::Escape, message::Message, news::When};
use crate::{client::is_this_machine, spoken::printable, target::read_text};

/// A channel as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Written {
    /// Where it is told: `${NAME}`, a variable and nothing else.
    address: String,
    /// What it would take for more than text.
    #[serde(default)]
    escape: Escape,
    /// Bytes of the longest message that it takes.
    #[serde(default = "longest")]
    limit: usize,
    #[serde(default)]
    when: When,
    /// Further headers; `${NAME}` in them is a variable.
    #[serde(default)]
    headers: BTreeMap<String, String>,
    /// How it is signed, where it is.
    sign: Option<Sign>,
    /// What its answer says, in JSON, where it took the message; nothing: any answer of status 2xx.
    #[serde(default)]
    accepted: BTreeMap<String, Value>,
    /// What it is sent, in JSON: `{{ message }}`, `{{ title }}`, `{{ link }}`, `{{ red }}` and `{{ exit_status }}` are filled in.
    body: Value,
}

const fn longest() -> usize {
    4_000
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Sign {
    /// As DingTalk's robots want it: time and HMAC-SHA256 in the query. `${NAME}`: the secret.
    dingtalk: String,
}

/// A channel that can be told.
pub struct Channel {
    file: PathBuf,
    pub(super) address: Url,
    pub(super) escape: Escape,
    pub(super) limit: usize,
    pub(super) when: When,
    pub(super) headers: BTreeMap<String, SecretString>,
    /// Secret of DingTalk's signature.
    pub(super) dingtalk: Option<SecretString>,
    pub(super) accepted: BTreeMap<String, Value>,
    body: Value,
}

/// By its file and host: the rest of its address is as good as a password.
impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.file.file_name().unwrap_or(self.file.as_os_str()).to_string_lossy();
        write!(f, "{name} at {}", self.address.host_str().unwrap_or_default())
    }
}

impl Channel {
    /// Reads a channel.
    ///
    /// # Errors
    /// When the file cannot be read or has other keys; when address or secrets are not variables, or those are not set; when the
    /// address is neither behind TLS nor on this machine.
    pub fn read(file: &Path, variable: &dyn Fn(&str) -> Option<String>) -> anyhow::Result<Self> {
        Self::try_read(file, variable).with_context(|| format!("the channel {}", file.display()))
    }

    fn try_read(file: &Path, variable: &dyn Fn(&str) -> Option<String>) -> anyhow::Result<Self> {
        let text =
            read_text(file).context("it cannot be read\n  mend     name a file such as docs/channels/slack.yaml")?;
        let written: Written = serde_yaml::from_str(&text)?;
        let address = secret("address", &written.address, variable)?;
        let address: Url = match address.expose_secret().trim().parse() {
            Ok(address) => address,
            // The error would quote it.
            Err(_) => bail!("address: what {} holds is no address", written.address),
        };
        let here = match address.host() {
            Some(Host::Ipv4(ip)) => ip.is_loopback(),
            Some(Host::Ipv6(ip)) => ip.is_loopback(),
            Some(Host::Domain(name)) => is_this_machine(name),
            None => false,
        };
        ensure!(
            address.scheme() == "https" || (address.scheme() == "http" && here),
            "address: {}: is neither https nor on this machine; what is told would go over the network for all to read",
            address.scheme()
        );
        let headers = written.headers.into_iter().map(|(name, text)| {
            let filled = filled(&text, variable).with_context(|| format!("headers: {name}"))?;
            anyhow::Ok((name, SecretString::from(filled)))
        });
        let dingtalk = written.sign.map(|sign| secret("sign: dingtalk", &sign.dingtalk, variable)).transpose()?;
        let channel = Self {
            file: file.to_owned(),
            address,
            escape: written.escape,
            limit: written.limit,
            when: written.when,
            headers: headers.collect::<anyhow::Result<_>>()?,
            dingtalk,
            accepted: written.accepted,
            body: written.body,
        };
        // Now, and not once there is something to tell.
        let nothing =
            Message { title: String::new(), whole: String::new(), link: String::new(), red: true, exit_status: 1 };
        channel.body(&nothing)?;
        Ok(channel)
    }

    /// What is sent.
    ///
    /// # Errors
    /// The body asks for something that there is not.
    pub fn body(&self, message: &Message) -> anyhow::Result<Value> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
        let values = context! {
            message => &message.whole, title => &message.title, link => &message.link,
            red => message.red, exit_status => message.exit_status,
        };
        let fill = |text: &str| environment.render_str(text, &values).context("body: it cannot be filled in");
        filled_in(&self.body, &fill)
    }

    /// A text without what would give the channel away.
    pub fn hide(&self, text: &str) -> String {
        let mut secrets: Vec<String> = vec![self.address.to_string()];
        secrets.extend(self.address.path_segments().into_iter().flatten().map(str::to_owned));
        secrets.extend(self.address.query_pairs().map(|(_, value)| value.into_owned()));
        secrets.extend(self.headers.values().map(|value| value.expose_secret().to_owned()));
        secrets.extend(self.dingtalk.iter().map(|value| value.expose_secret().to_owned()));
        secrets.retain(|secret| secret.len() >= 6);
        secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        secrets.iter().fold(printable(text), |text, secret| text.replace(secret, "…"))
    }
}

fn filled_in(value: &Value, fill: &impl Fn(&str) -> anyhow::Result<String>) -> anyhow::Result<Value> {
    Ok(match value {
        Value::String(text) => Value::String(fill(text)?),
        Value::Array(items) => items.iter().map(|item| filled_in(item, fill)).collect::<anyhow::Result<_>>()?,
        Value::Object(fields) => Value::Object(
            fields
                .iter()
                .map(|(name, item)| Ok((name.clone(), filled_in(item, fill)?)))
                .collect::<anyhow::Result<_>>()?,
        ),
        other => other.clone(),
    })
}

/// What a text that is one variable stands for.
fn secret(key: &str, text: &str, variable: &dyn Fn(&str) -> Option<String>) -> anyhow::Result<SecretString> {
    let name = text.trim().strip_prefix("${").and_then(|rest| rest.strip_suffix('}'));
    let Some(name) = name.filter(|name| is_name(name)) else {
        bail!(
            "{key}: it is as good as a password, and must come from a variable\n  mend     write {key}: ${{SOME_VARIABLE}}, and set that where the run takes place"
        );
    };
    set(name, variable).with_context(|| key.to_owned()).map(SecretString::from)
}

fn set(name: &str, variable: &dyn Fn(&str) -> Option<String>) -> anyhow::Result<String> {
    variable(name).filter(|value| !value.trim().is_empty()).with_context(|| format!("the variable {name} is not set"))
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// A text with its variables filled in.
fn filled(text: &str, variable: &dyn Fn(&str) -> Option<String>) -> anyhow::Result<String> {
    let mut parts = text.split("${");
    let mut whole = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once('}').context("a ${ is not closed")?;
        whole += &set(name, variable)?;
        whole += rest;
    }
    Ok(whole)
}
