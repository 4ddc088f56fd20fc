//! Whose fault it is that a page did not come: its own, or that of the site and the way there.

use std::{rc::Rc, time::Duration};

use url::Url;

use super::{
    manners::Manners,
    tabs::Tabs,
    trouble::{Trouble, cut},
};
use crate::domain::Failure;

/// Longest wait for the start page of a site, where a page of it has failed.
const START_WITHIN: Duration = Duration::from_secs(10);

/// What browsers say of a certificate, and what that means. Others are told in the browser's word alone.
const CERTIFICATES: [(&str, &str); 10] = [
    ("CERT_DATE_INVALID", "it has expired, or is not valid yet"),
    ("EXPIRED_CERTIFICATE", "it has expired"),
    ("CERT_AUTHORITY_INVALID", "it is signed by nobody whom the browser trusts"),
    ("UNKNOWN_ISSUER", "it is signed by nobody whom the browser trusts"),
    ("SELF_SIGNED", "it is signed by itself"),
    ("CERT_COMMON_NAME_INVALID", "it is for another host"),
    ("BAD_CERT_DOMAIN", "it is for another host"),
    ("CERT_REVOKED", "it has been revoked"),
    ("REVOKED_CERTIFICATE", "it has been revoked"),
    ("CERT_WEAK", "it is signed too weakly"),
];

/// Signs of any other trouble with a certificate.
const ANY_CERTIFICATE: [&str; 5] = ["ERR_CERT", "SEC_ERROR", "MOZILLA_PKIX", "nssBadCert", "about:certerror"];

/// What browsers say where an error status came without anything to show.
const NO_PAGE: &str = "ERR_HTTP_RESPONSE_CODE_FAILURE";

const IN_A_CIRCLE: [&str; 3] = ["ERR_TOO_MANY_REDIRECTS", "REDIRECT_LOOP", "redirectLoop"];

/// Finds out whose fault it is.
pub(super) struct Blame {
    manners: Rc<Manners>,
    tabs: Rc<Tabs>,
}

impl Blame {
    pub(super) fn new(manners: Rc<Manners>, tabs: Rc<Tabs>) -> Self {
        Self { manners, tabs }
    }

    /// What the browser's own error page stands for, which has this address. `doing`: what for.
    pub(super) async fn error_page(&self, doing: &str, at: &str) -> Failure {
        match self.tabs.channel.unanswered(&self.tabs.here()) {
            Some((address, why)) => self.no_page(Some(doing), &address, &why).await,
            // Some say it in the address of that page.
            None => self.no_page(Some(doing), at, "the browser shows its own error page").await,
        }
    }

    /// A page's request came to nothing, for this reason in the browser's words. `doing`: what for.
    pub(super) async fn no_page(&self, doing: Option<&str>, address: &str, why: &str) -> Failure {
        let (why, asked) = (cut(why.to_owned()), address);
        let address = &cut(address.to_owned());
        let told = |what: String| doing.map_or_else(|| what.clone(), |doing| format!("{doing}\n  saw      {what}"));
        if why.contains(NO_PAGE) {
            return match self.tabs.channel.status_of(&self.tabs.here(), asked) {
                Some(status) if status < 500 => {
                    Failure::product(told(format!("an answer {status} without a page, at {address}")))
                }
                status => {
                    let status = status.map_or_else(|| "an error status".to_owned(), |status| status.to_string());
                    let what = format!("an answer {status} without a page, at {address}");
                    self.of_page_or_site(told(what), asked).await
                }
            };
        }
        if IN_A_CIRCLE.iter().any(|sign| why.contains(sign)) {
            return Failure::product(told(format!("redirects in a circle: {why}, at {address}")));
        }
        let known = CERTIFICATES.iter().find(|(sign, _)| why.contains(sign)).map(|(_, words)| *words);
        let any = ANY_CERTIFICATE.iter().any(|sign| why.contains(sign)).then_some("the browser refuses it");
        if let Some(words) = known.or(any) {
            let host = Url::parse(asked).ok().and_then(|url| url.host_str().map(str::to_owned));
            let host = host.as_deref().unwrap_or(address);
            return Failure::infrastructure(told(format!(
                "the certificate of {host} is no good: {words} ({why}), at {address}\n  mend     give {host} a certificate that browsers trust, or make its authority known to this machine's browser; nothing was sent there"
            )));
        }
        Failure::infrastructure(told(format!("the site cannot be reached: {why}, at {address}")))
    }

    /// The failure of a page at this address that did not come as it should: the page's own fault where the start page of its
    /// site is well, and otherwise the site's.
    pub(super) async fn of_page_or_site(&self, text: String, address: &str) -> Failure {
        let Ok(address) = Url::parse(address) else { return Failure::product(text) };
        let same_site = |start: &&Url| start.origin() == address.origin();
        let root = || address.join("/").unwrap_or_else(|_| address.clone());
        let start = self.manners.starts.iter().find(same_site).cloned().unwrap_or_else(root);
        let within = self.manners.scaled(self.manners.arrival).min(START_WITHIN);
        let channel = &self.tabs.channel;
        let asking = async { channel.ask_for_status(start.as_str(), within).await.map_err(Trouble::Channel) };
        let doing = "asking for the site's start page";
        match self.tabs.calls.timed(doing, start.as_str(), within + START_WITHIN, asking).await {
            Ok(Ok(status)) if status < 500 => Failure::product(format!(
                "{text}\n  site     its start page {start} answers {status}: only this page fails"
            )),
            Ok(Ok(status)) => {
                Failure::infrastructure(format!("{text}\n  site     its start page {start} answers {status} too"))
            }
            Ok(Err(why)) => {
                let why = cut(why);
                Failure::infrastructure(format!(
                    "{text}\n  site     its start page {start} cannot be reached either: {why}"
                ))
            }
            // Nothing was learned of the site.
            Err(_) => Failure::product(text),
        }
    }
}
