//! What programs that a run starts may know of its environment: what they need to work, and no secret.
//!
//! A run knows passwords, keys and tokens by variables. What it starts does not need them, lives on when it is killed, and
//! shows its environment to every process of its user, and to every page that finds a way into the browser.

use std::ffi::{OsStr, OsString};

/// Where programs, files, fonts, certificates and libraries are; whose session and which screen it is; words and times.
const NEEDED: [&str; 30] = [
    "PATH",
    "HOME",
    "USER",
    "LOGNAME",
    "SHELL",
    "TERM",
    "TMPDIR",
    "TZ",
    "LANG",
    "LANGUAGE",
    "DISPLAY",
    "XAUTHORITY",
    "WAYLAND_DISPLAY",
    "XDG_RUNTIME_DIR",
    "XDG_SESSION_TYPE",
    "XDG_CURRENT_DESKTOP",
    "XDG_CONFIG_DIRS",
    "XDG_DATA_DIRS",
    // Browsers with a window ask there; it names a socket.
    "DBUS_SESSION_BUS_ADDRESS",
    "FONTCONFIG_FILE",
    "FONTCONFIG_PATH",
    "FONTCONFIG_SYSROOT",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "LD_LIBRARY_PATH",
    "DYLD_LIBRARY_PATH",
    "DYLD_FALLBACK_LIBRARY_PATH",
    "RUST_BACKTRACE",
    // Where a build that measures its coverage writes it.
    "LLVM_PROFILE_FILE",
    "NO_PROXY",
];

/// Where the way out leads over a proxy. They may name who one is there: see [`without_user`].
const PROXIES: [&str; 4] = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "FTP_PROXY"];

/// What a program that this process starts is to have of its environment.
pub fn inherited() -> impl Iterator<Item = (OsString, OsString)> {
    of(std::env::vars_os())
}

fn of(variables: impl Iterator<Item = (OsString, OsString)>) -> impl Iterator<Item = (OsString, OsString)> {
    variables.filter_map(|(name, value)| {
        let known = name.to_str()?;
        if NEEDED.contains(&known) || known.starts_with("LC_") || known == "no_proxy" {
            return Some((name, value));
        }
        let proxy = PROXIES.contains(&known.to_ascii_uppercase().as_str());
        proxy.then(|| (name, without_user(&value)))
    })
}

/// The address of a proxy without user and password. Browsers take none from there anyway.
fn without_user(address: &OsStr) -> OsString {
    let address = address.to_string_lossy();
    let (scheme, rest) = address.split_once("://").map_or(("", &*address), |(scheme, rest)| (scheme, rest));
    let host = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
    if scheme.is_empty() { host.into() } else { format!("{scheme}://{host}").into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(variables: &[(&str, &str)]) -> Vec<(String, String)> {
        let text = |text: OsString| text.into_string().expect("text");
        of(variables.iter().map(|(name, value)| (name.into(), value.into())))
            .map(|(name, value)| (text(name), text(value)))
            .collect()
    }

    #[test]
    fn what_programs_need_is_kept_and_everything_else_is_not() {
        for name in ["PATH", "HOME", "LC_ALL", "DISPLAY", "no_proxy"] {
            assert_eq!(kept(&[(name, "x")]).len(), 1, "{name}");
        }
        for name in ["BUYER_PASSWORD", "TENCENTCLOUD_SECRET_KEY", "GITHUB_TOKEN", "CARGO_REGISTRY_TOKEN", "PATHS", ""] {
            assert_eq!(kept(&[(name, "x")]), [], "{name}");
        }
    }

    #[test]
    fn a_proxy_is_kept_without_who_one_is_there() {
        for (given, left) in [
            ("http://ana:p@ss@proxy.example:3128/", "http://proxy.example:3128/"),
            ("ana:pass@proxy.example:3128", "proxy.example:3128"),
            ("proxy.example:3128", "proxy.example:3128"),
        ] {
            assert_eq!(kept(&[("https_proxy", given)]), [("https_proxy".to_owned(), left.to_owned())]);
        }
    }
}
