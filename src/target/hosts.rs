//! The hosts that the browsers of a run may be on.

use schemars::JsonSchema;
use serde::Deserialize;
use url::{Host, Url};

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

    /// Any host, for a browser in which a person acts: no profile can say so.
    #[must_use]
    pub fn anywhere() -> Self {
        Self::of(&["*"])
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
        self.0.iter().any(|name| match name.strip_prefix("*.") {
            None if name == "*" => true,
            Some(parent) => host.strip_suffix(parent).is_some_and(|below| below.len() > 1 && below.ends_with('.')),
            None => host == name,
        })
    }

    /// Whether any of these hosts is sent cookies of this domain, which a dot may stand before.
    #[must_use]
    pub fn receive_cookies_of(&self, domain: &str) -> bool {
        let domain = domain.trim_start_matches('.').to_ascii_lowercase();
        let is_below = |name: &str, of: &str| name.strip_suffix(of).is_some_and(|below| below.ends_with('.'));
        self.0.iter().any(|name| match name.strip_prefix("*.") {
            Some(parent) => is_below(&domain, parent) || domain == parent || is_below(parent, &domain),
            None => *name == domain || is_below(name, &domain),
        })
    }

    /// What is wrong with the first entry that is neither the name of a host nor a pattern, and what to write instead.
    pub(super) fn objection(&self) -> Option<(String, String)> {
        self.0.iter().find_map(|entry| objection(entry).map(|(what, mend)| (format!("{entry:?} {what}"), mend)))
    }
}

const EXAMPLES: &str = "buy.example.com, or *.example.com for all below one; no http://, port or path";
const BARE: &str = "the name as addresses have it; no http://, port or path";

fn objection(entry: &str) -> Option<(String, String)> {
    let parent = match entry.strip_prefix("*.") {
        Some(parent) => parent,
        None if entry.contains('*') => {
            let what = "is no pattern: `*` stands only for whole names below one, as in *.example.com";
            return Some((what.into(), instead_of(entry)));
        }
        None => return as_addresses_write_it("", entry),
    };
    if parent.contains('*') {
        return Some(("is no pattern: it has more than one `*`".into(), instead_of(entry)));
    }
    let unlike = as_addresses_write_it("*.", parent);
    if unlike.is_some() {
        return unlike;
    }
    if !matches!(Host::parse(parent), Ok(Host::Domain(_))) {
        return Some(("is no pattern: nothing is below an IP address".into(), format!("write {parent}")));
    }
    // Nobody owns a public suffix: below it is everybody. Nobody can have a name below these at all (RFC 6761).
    let set_aside = ["localhost", "test", "example", "invalid"].contains(&parent);
    (!set_aside && psl::domain_str(parent).is_none()).then(|| {
        let what = format!("admits hosts of anybody: under {parent} everybody can have a name");
        (what, format!("name the one that is meant: *.example.{parent}, or each host by its whole name"))
    })
}

/// A name that addresses write in another way would never be met.
fn as_addresses_write_it(below: &str, name: &str) -> Option<(String, String)> {
    let host_in =
        |address: &str| Url::parse(address).ok()?.host_str().map(|host| host.trim_end_matches('.').to_owned());
    let written = host_in(&format!("http://{name}/"));
    let has_empty_label = name.split('.').any(str::is_empty);
    if written.as_deref() == Some(name) && !has_empty_label {
        return None;
    }
    let meant = host_in(name).filter(|_| name.contains("://")).or(written);
    let meant = meant.map(|host| format!("{below}{}", host.trim_start_matches('.')));
    let meant = meant.filter(|entry| *entry != format!("{below}{name}") && objection(entry).is_none());
    let mend = meant.map_or_else(|| format!("write {EXAMPLES}"), |entry| format!("write {entry}: {BARE}"));
    Some(("is no name of a host".into(), mend))
}

/// What somebody may have meant who wrote a `*` where it means nothing.
fn instead_of(entry: &str) -> String {
    let rest = entry.rsplit('*').next().unwrap_or_default().trim_start_matches('.');
    let meant = format!("*.{rest}");
    if rest.is_empty() || objection(&meant).is_some() {
        return format!("name each host: {EXAMPLES}");
    }
    format!("write {meant} for all below it, and {rest} for itself")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_below_one_s_own_name_is_a_pattern() {
        for fine in [
            "cloud.tencent.com",
            "*.tencent.com",
            "*.cloud.tencent.com",
            "*.tencent.com.cn",
            "*.tencent.localhost",
            "*.localhost",
            "*.example",
            "*.xn--55qx5d.xn--fiqs8s",
            "localhost",
            "standin",
            "buy_1.example.com",
            "127.0.0.1",
            "[::1]",
        ] {
            assert_eq!(Hosts::of(&[fine]).objection(), None, "{fine}");
        }
        for (entry, what, mend) in [
            ("*", "is no pattern", "name each host: buy.example.com, or *.example.com"),
            ("**", "is no pattern", "name each host"),
            ("*.", "is no name of a host", "write buy.example.com"),
            ("*com", "is no pattern", "name each host"),
            ("*tencent.com", "is no pattern", "write *.tencent.com for all below it, and tencent.com for itself"),
            ("cloud.*", "is no pattern", "name each host"),
            ("cloud.*.com", "is no pattern", "name each host"),
            ("buy.*.tencent.com", "is no pattern", "write *.tencent.com for all below it"),
            ("**.tencent.com", "is no pattern", "write *.tencent.com for all below it"),
            ("*.*.tencent.com", "more than one", "write *.tencent.com for all below it"),
            ("*.com", "admits hosts of anybody: under com", "*.example.com"),
            ("*.cn", "admits hosts of anybody", "*.example.cn"),
            ("*.com.cn", "admits hosts of anybody", "*.example.com.cn"),
            ("*.co.uk", "admits hosts of anybody", "*.example.co.uk"),
            ("*.github.io", "admits hosts of anybody", "each host by its whole name"),
            ("*.local", "admits hosts of anybody", "*.example.local"),
            ("*.127.0.0.1", "nothing is below an IP address", "write 127.0.0.1"),
            ("*.[::1]", "nothing is below an IP address", "write [::1]"),
            ("::1", "is no name of a host", "write buy.example.com"),
            ("127.1", "is no name of a host", "write 127.0.0.1"),
            ("Buy.Example.com", "is no name of a host", "write buy.example.com:"),
            ("*.Example.com", "is no name of a host", "write *.example.com:"),
            ("buy.example.com.", "is no name of a host", "write buy.example.com:"),
            (".example.com", "is no name of a host", "write example.com:"),
            ("buy..example.com", "is no name of a host", "write buy.example.com, or"),
            ("buy.example.com:8443", "is no name of a host", "write buy.example.com:"),
            ("https://buy.example.com/dcdb", "is no name of a host", "write buy.example.com:"),
            ("https://*.tencent.com", "is no pattern", "write *.tencent.com"),
            ("buy.example.com/dcdb", "is no name of a host", "write buy.example.com:"),
            ("ana@buy.example.com", "is no name of a host", "write buy.example.com:"),
            ("购买.example.com", "is no name of a host", "write xn--ckq724m.example.com:"),
            ("＊.com", "is no name of a host", "write buy.example.com, or"),
            ("", "is no name of a host", "write buy.example.com, or"),
            (" ", "is no name of a host", "write buy.example.com, or"),
        ] {
            let (said, how) = Hosts::of(&[entry]).objection().unwrap_or_else(|| panic!("{entry:?} was taken"));
            assert!(said.contains(what) && how.contains(mend), "{entry:?}: {said}; {how}");
        }
    }

    #[test]
    fn a_pattern_admits_what_is_below_the_name_and_nothing_that_only_ends_like_it() {
        let hosts = Hosts::of(&["*.tencent.com", "example.com"]);
        let at = |host: &str| hosts.admit(&Url::parse(&format!("https://{host}:8443/x")).expect("an address"));
        for host in ["cloud.tencent.com", "a.b.tencent.com", "CLOUD.tencent.com", "example.com"] {
            assert!(at(host), "{host}");
        }
        for host in [
            "tencent.com",
            "eviltencent.com",
            ".tencent.com",
            "cloud.tencent.com.evil.com",
            "cloud.tencent.com.",
            "a.example.com",
        ] {
            assert!(!at(host), "{host}");
        }
    }
}
