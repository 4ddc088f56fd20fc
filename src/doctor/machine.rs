//! What a run needs of the machine and the network.

use std::time::Duration;

use super::{Finding, Verdict};
use crate::{
    browser::launch::{self, LaunchSettings, Line},
    client,
    target::{Profile, Site},
};

/// How long a site may take to answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(15);

/// Driver and browser, fonts, and whether the target's sites answer.
pub(super) async fn examine(profile: &Profile, settings: &LaunchSettings) -> Vec<Finding> {
    let mut found = vec![Finding { what: "driver and browser".into(), verdict: browser(settings).await }];
    if profile.language.starts_with("zh") {
        found.push(Finding { what: "fonts".into(), verdict: fonts(settings).await });
    }
    if profile.is_remote() {
        for site in [Site::Portal, Site::Buy, Site::Console] {
            let verdict = match profile.site(site, 0) {
                Ok(url) => reach(&url).await,
                Err(error) => Verdict::Bad(format!("{error:#}")),
            };
            found.push(Finding { what: format!("{site:?}").to_lowercase(), verdict });
        }
    }
    found
}

async fn browser(settings: &LaunchSettings) -> Verdict {
    if let Some(remote) = &settings.remote {
        let shown = remote.url();
        let asked = async {
            let wanted = launch::launch(settings).await?.capabilities(settings);
            Line::to(remote)?.slots(&wanted).await
        };
        return match asked.await {
            Ok(None) => Verdict::Good(format!("WebDriver at {shown}")),
            Ok(Some(0)) => Verdict::Bad(format!(
                "the grid at {shown} has no node with a place for what is wanted\nmend: start one, or correct webdriver: capabilities: in the profile"
            )),
            Ok(Some(slots)) => Verdict::Good(format!("grid at {shown}, slots: {slots}")),
            Err(error) => Verdict::Bad(format!(
                "no WebDriver answers at {shown}: {error:#}\nmend: start it, or correct webdriver: in the profile or WEBDRIVER_URL"
            )),
        };
    }
    match launch::find(settings).await {
        Ok(found) => {
            let (driver, browser) = (&found.driver, &found.browser);
            let quicker = found.could_be_quicker(settings).map_or(String::new(), |quicker| format!("\n{quicker}"));
            Verdict::Good(format!(
                "{} {}, {} {}{quicker}",
                driver.path.display(),
                driver.version,
                browser.path.display(),
                browser.version
            ))
        }
        Err(error) => Verdict::Bad(format!("{error:#}")),
    }
}

/// Pictures of Chinese pages are of boxes without a font that has the characters; all else works.
async fn fonts(settings: &LaunchSettings) -> Verdict {
    match launch::chinese_font(settings).await {
        Ok(Some(font)) => Verdict::Good(font),
        Ok(None) => Verdict::Unseen(
            "no font has Chinese characters, so pictures show boxes\nmend: apt-get install fonts-noto-cjk".into(),
        ),
        Err(error) => Verdict::Unseen(format!("{error:#}")),
    }
}

async fn reach(url: &url::Url) -> Verdict {
    // Where it sends people to is an answer too, and may be a site that only a browser finds.
    let client = client::to([url]).timeout(ANSWER_WITHIN).redirect(reqwest::redirect::Policy::none());
    let asked = match client.build() {
        Ok(client) => client.get(url.clone()).send().await,
        Err(error) => Err(error),
    };
    match asked {
        Ok(answer) => Verdict::Good(format!("{url} answers {}", answer.status())),
        Err(error) => {
            let (what, mend) = unreached(&error);
            Verdict::Bad(format!("{url} does not answer: {what}\nmend: {mend}"))
        }
    }
}

/// At which step a site could not be reached, with the innermost cause, and who can mend that.
fn unreached(error: &reqwest::Error) -> (String, &'static str) {
    let mut causes = Vec::new();
    let mut next: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(cause) = next {
        causes.push(cause);
        next = cause.source();
    }
    let innermost = causes.last().map(ToString::to_string).unwrap_or_default();
    // What each layer calls itself, as no type of theirs tells it: the client's parts are not public.
    let any = |words: &[&str]| {
        causes
            .iter()
            .map(|cause| cause.to_string().to_lowercase())
            .any(|said| words.iter().any(|word| said.contains(word)))
    };
    let refused = causes.iter().filter_map(|cause| cause.downcast_ref::<std::io::Error>());
    let refused = refused.map(std::io::Error::kind).any(|kind| kind == std::io::ErrorKind::ConnectionRefused);
    let (what, mend) = if any(&["dns error", "failed to lookup address"]) {
        ("its name leads nowhere (DNS)", "sites: in the profile, or the name server and VPN of this machine")
    } else if any(&["certificate", "tls", "handshake", "corrupt message", "invalid peer"]) {
        (
            "no safe connection (TLS)",
            "its certificate and chain, the certificates that this machine trusts, or http for https in sites:",
        )
    } else if refused {
        (
            "the connection was refused",
            "start what should listen there, or correct host and port (sites: in the profile)",
        )
    } else if error.is_timeout() {
        ("no answer in time", "the network, proxy or firewall between this machine and it")
    } else {
        ("the request failed", "sites: in the profile, or the network to it")
    };
    (format!("{what}: {innermost}"), mend)
}
