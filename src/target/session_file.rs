//! A login that was made by hand and saved: cookies and local storage from a file, for targets whose login asks for a captcha or a
//! QR code.
//!
//! The file is what Playwright's `storageState` writes, or the list of cookies alone:
//! `{"cookies": [{"name": …, "value": …, "domain": …, "path": "/", "expires": -1, "httpOnly": true, "secure": true,
//! "sameSite": "Lax"}], "origins": [{"origin": "https://…", "localStorage": [{"name": …, "value": …}]}]}`. What else it holds
//! (databases) is not taken over.

use std::{fs, path::Path};

use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use super::Hosts;

/// A cookie of a saved login.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Cookie {
    /// Its name.
    pub name: String,
    /// Its value: as good as a password.
    pub value: SecretString,
    /// The domain it is for; one that starts with a dot is for the hosts below it too.
    pub domain: String,
    /// The path it is for.
    #[serde(default = "root")]
    pub path: String,
    /// When it expires, seconds since 1970; none or -1 is with the browser.
    pub expires: Option<f64>,
    /// No script reads it.
    #[serde(default)]
    pub http_only: bool,
    /// Only over TLS.
    #[serde(default)]
    pub secure: bool,
    /// `Strict`, `Lax` or `None`.
    pub same_site: Option<String>,
}

fn root() -> String {
    "/".into()
}

/// What sites know somebody by who has logged in.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct SavedLogin {
    /// Its cookies.
    pub cookies: Vec<Cookie>,
    /// What pages have stored.
    #[serde(default)]
    pub origins: Vec<Stored>,
}

/// What the pages of an origin have stored in local storage.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Stored {
    /// Such as `https://console.example.com`.
    pub origin: String,
    /// One by one.
    pub local_storage: Vec<StoredItem>,
}

/// Something that a page has stored.
#[derive(Debug, Clone, Deserialize)]
pub struct StoredItem {
    /// Its key.
    pub name: String,
    /// Its value: as good as a password, perhaps.
    pub value: SecretString,
}

/// Short values are settings, such as a language, and everywhere on the pages: from so many characters on all are secrets.
const TELLING: usize = 12;
/// From so many on those are that mix letters with figures or signs, or whose name says so.
const TELLING_MIXED: usize = 6;
/// What names of tokens hold.
const NAMES: [&str; 9] = ["skey", "token", "sess", "ticket", "auth", "secret", "passw", "csrf", "jwt"];

/// Whether a value of this name may be printed nowhere.
fn is_telling(name: &str, value: &str) -> bool {
    let name = name.to_lowercase();
    let has_letters = value.contains(char::is_alphabetic);
    let is_mixed = has_letters && value.contains(|c: char| !c.is_alphabetic() && !c.is_whitespace());
    // A language and its land are told by two letters each, such as en-US; a version is no secret either.
    let is_setting =
        value.split(['-', '_']).all(|part| part.chars().count() <= 4 && part.chars().all(char::is_alphabetic));
    let by_name = NAMES.iter().any(|known| name.contains(known));
    value.len() >= TELLING || (value.len() >= TELLING_MIXED && (by_name || (is_mixed && !is_setting)))
}

impl SavedLogin {
    /// Whether a file reads as one.
    #[must_use]
    pub fn is_in(file: &Path) -> bool {
        fs::read_to_string(file).is_ok_and(|text| serde_json::from_str::<Saved>(&text).is_ok())
    }

    /// What of it is for these hosts: a cookie that is sent to one, and what one has stored.
    #[must_use]
    pub fn of_hosts(&self, hosts: &Hosts) -> Self {
        let is_home = |origin: &str| Url::parse(origin).is_ok_and(|url| url.has_host() && hosts.admit(&url));
        Self {
            cookies: self.cookies.iter().filter(|cookie| hosts.receive_cookies_of(&cookie.domain)).cloned().collect(),
            origins: self.origins.iter().filter(|stored| is_home(&stored.origin)).cloned().collect(),
        }
    }

    /// It with what another page of the same browser told later.
    #[must_use]
    pub fn and(mut self, later: Self) -> Self {
        self.origins.retain(|stored| later.origins.iter().all(|other| other.origin != stored.origin));
        self.origins.extend(later.origins);
        Self { cookies: later.cookies, ..self }
    }

    /// Whether it holds nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.cookies.is_empty() && self.origins.iter().all(|stored| stored.local_storage.is_empty())
    }

    /// What of it may be printed nowhere: of what is stored as JSON, each text in it.
    #[must_use]
    pub fn secrets(&self) -> Vec<SecretString> {
        let is_secret = |name: &str, value: &SecretString| is_telling(name, value.expose_secret());
        let cookies = self.cookies.iter().filter(|cookie| cookie.http_only || is_secret(&cookie.name, &cookie.value));
        let stored = self.origins.iter().flat_map(|stored| &stored.local_storage);
        let mut parts = Vec::new();
        for item in stored.clone() {
            if let Ok(value) = serde_json::from_str(item.value.expose_secret()) {
                texts_in(&item.name, &value, &mut parts);
            }
        }
        let parts = parts.into_iter().filter(|(name, text)| is_telling(name, text));
        let parts = parts.map(|(_, text)| SecretString::from(text));
        let stored = stored.filter(|item| is_secret(&item.name, &item.value)).map(|item| &item.value);
        cookies.map(|cookie| &cookie.value).chain(stored).cloned().chain(parts).collect()
    }

    pub(super) fn is_same(&self, other: &Self) -> bool {
        let same = |one: &[SecretString], other: &[SecretString]| {
            one.len() == other.len()
                && one.iter().zip(other).all(|(one, other)| one.expose_secret() == other.expose_secret())
        };
        same(&self.values(), &other.values())
    }

    fn values(&self) -> Vec<SecretString> {
        let stored = self.origins.iter().flat_map(|stored| &stored.local_storage).map(|item| &item.value);
        self.cookies.iter().map(|cookie| &cookie.value).chain(stored).cloned().collect()
    }

    /// It as Playwright's `storageState` writes it: secrets in plain text.
    #[must_use]
    pub fn to_json(&self) -> String {
        let cookies = self.cookies.iter().map(|cookie| {
            let mut written = json!({
                "name": cookie.name, "value": cookie.value.expose_secret(), "domain": cookie.domain, "path": cookie.path,
                "expires": cookie.expires.unwrap_or(-1.0), "httpOnly": cookie.http_only, "secure": cookie.secure,
            });
            if let Some(same_site) = &cookie.same_site {
                written["sameSite"] = same_site.as_str().into();
            }
            written
        });
        let item = |item: &StoredItem| json!({ "name": item.name, "value": item.value.expose_secret() });
        let origins = self.origins.iter().map(|stored| {
            let items: Vec<Value> = stored.local_storage.iter().map(item).collect();
            json!({ "origin": stored.origin, "localStorage": items })
        });
        let written = json!({ "cookies": cookies.collect::<Vec<_>>(), "origins": origins.collect::<Vec<_>>() });
        format!("{written:#}\n")
    }
}

/// Each text in it, with the name that it has there.
fn texts_in(name: &str, value: &Value, texts: &mut Vec<(String, String)>) {
    match value {
        Value::String(text) => texts.push((name.to_owned(), text.clone())),
        Value::Array(values) => values.iter().for_each(|value| texts_in(name, value, texts)),
        Value::Object(values) => values.iter().for_each(|(name, value)| texts_in(name, value, texts)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Saved {
    State(SavedLogin),
    Cookies(Vec<Cookie>),
}

/// A saved login, without the cookies that have expired.
///
/// # Errors
/// In words, without any value of a cookie: the file cannot be read, is none, or all in it has expired.
pub fn read(file: &Path) -> Result<SavedLogin, String> {
    let shown = file.display();
    let text = fs::read_to_string(file).map_err(|error| format!("the session file {shown} cannot be read: {error}"))?;
    // What serde says of a mismatch may quote a value; that it does not fit is all that is said.
    let saved: Saved = serde_json::from_str(&text)
        .map_err(|_| format!("the session file {shown} holds no list of cookies (name, value, domain)"))?;
    let mut saved = match saved {
        Saved::State(saved) => saved,
        Saved::Cookies(cookies) => SavedLogin { cookies, origins: Vec::new() },
    };
    let now = jiff::Timestamp::now().as_second() as f64;
    saved.cookies.retain(|cookie| cookie.expires.is_none_or(|at| at < 0.0 || at > now));
    if saved.is_empty() {
        return Err(format!("all cookies of the session file {shown} have expired, or it has none"));
    }
    Ok(saved)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_value_is_a_secret_where_it_mixes_letters_with_figures_or_its_name_says_so() {
        for (name, value, is_secret) in [
            ("skey", "@8fK2x", true),
            ("p_token", "abcdefgh", true),
            ("nr", "a1b2c3", true),
            ("id", "abcdefghijkl", true),
            ("lang", "zh-CN", false),
            ("locale", "zh-Hans", false),
            ("theme", "darkblue", false),
            ("visits", "1234567", false),
            ("skey", "on", false),
        ] {
            assert_eq!(is_telling(name, value), is_secret, "{name}={value}");
        }
    }

    #[test]
    fn what_is_stored_as_json_is_a_secret_by_its_own_names() {
        let text = r#"{"cookies": [], "origins": [{"origin": "https://x.example", "localStorage": [{"name": "user", "value": "{\"ticket\":\"abcdefg\",\"theme\":\"darkblue\"}"}]}]}"#;
        let saved: SavedLogin = serde_json::from_str(text).expect("a saved login");
        let secrets: Vec<String> = saved.secrets().iter().map(|secret| secret.expose_secret().to_owned()).collect();
        assert!(secrets.contains(&"abcdefg".to_owned()) && !secrets.contains(&"darkblue".to_owned()), "{secrets:?}");
    }
}
