//! The hosts that the browsers of a run may be on.

use schemars::JsonSchema;
use serde::Deserialize;
use url::Url;

/// The hosts that the browsers of a run may be on: names such as `buy.example.com`, and `*.example.com` for all below one.
/// Ports are not told apart.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Hosts(Vec<String>);

impl Hosts {
    /// Those of this list.
    #[must_use]
    pub fn of(names: &[&str]) -> Self {
        Self(names.iter().map(|name| (*name).to_owned()).collect())
    }

    /// Whether a browser may be at this address. One that names no host of the web (`about:blank`, the browser's own error
    /// page) leads nowhere.
    #[must_use]
    pub fn admit(&self, address: &Url) -> bool {
        if !["http", "https"].contains(&address.scheme()) {
            return true;
        }
        // Addresses have their hosts in lower case and Chinese ones in punycode already.
        let host = address.host_str().unwrap_or_default();
        self.0.iter().any(|name| match name.strip_prefix('*') {
            Some(suffix) => host.len() > suffix.len() && host.ends_with(suffix),
            None => host == name,
        })
    }

    /// The first entry that is not the name of a host as addresses write it.
    pub(super) fn malformed(&self) -> Option<&str> {
        let well_formed = |name: &str| {
            let name = name.strip_prefix("*.").unwrap_or(name);
            Url::parse(&format!("http://{name}/")).is_ok_and(|url| url.host_str() == Some(name))
        };
        self.0.iter().map(String::as_str).find(|name| !well_formed(name))
    }
}
