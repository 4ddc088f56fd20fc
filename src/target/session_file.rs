//! A login that was made by hand and saved: cookies from a file, for targets whose login asks for a captcha or a QR code.
//!
//! The file is what Playwright's `storageState` writes, or the list of cookies alone:
//! `{"cookies": [{"name": …, "value": …, "domain": …, "path": "/", "expires": -1, "httpOnly": true, "secure": true,
//! "sameSite": "Lax"}]}`. What else it holds (local storage) is not taken over.

use std::{fs, path::Path};

use secrecy::SecretString;
use serde::Deserialize;

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

#[derive(Deserialize)]
#[serde(untagged)]
enum Saved {
    State { cookies: Vec<Cookie> },
    Cookies(Vec<Cookie>),
}

/// The cookies of a saved login.
///
/// # Errors
/// In words, without any value of a cookie: the file cannot be read, is none, or all in it has expired.
pub fn read(file: &Path) -> Result<Vec<Cookie>, String> {
    let shown = file.display();
    let text = fs::read_to_string(file).map_err(|error| format!("the session file {shown} cannot be read: {error}"))?;
    // What serde says of a mismatch may quote a value; that it does not fit is all that is said.
    let saved: Saved = serde_json::from_str(&text)
        .map_err(|_| format!("the session file {shown} holds no list of cookies (name, value, domain)"))?;
    let (Saved::State { cookies } | Saved::Cookies(cookies)) = saved;
    let now = jiff::Timestamp::now().as_second() as f64;
    let living: Vec<Cookie> =
        cookies.into_iter().filter(|cookie| cookie.expires.is_none_or(|at| at < 0.0 || at > now)).collect();
    if living.is_empty() {
        return Err(format!("all cookies of the session file {shown} have expired, or it has none"));
    }
    Ok(living)
}
