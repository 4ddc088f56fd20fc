//! Whether the page that is open carries what tells a test target from the real one.

use std::time::Duration;

use anyhow::{anyhow, ensure};

use super::{
    expectation::Expectation,
    question::{Birth, Born, Meta, Shown},
    tabs::Tabs,
    trouble::{GRACE, cut},
    waiting::Waiting,
};
use crate::target::{Locator, Marker};

/// How long the browser may take to tell of an answer whose page is there already.
const TOLD_WITHIN: Duration = Duration::from_secs(5);

/// The page that is open carries this marker.
///
/// # Errors
/// Says what it carries instead.
pub(super) async fn should_carry(waiting: &Waiting, tabs: &Tabs, marker: &Marker) -> anyhow::Result<()> {
    match marker {
        Marker::Shown(locator) => {
            let expectation = Expectation {
                page: "this page",
                subject: locator.to_string(),
                should: "be seen by a person".into(),
                locator,
            };
            waiting.ask(Shown { locator: (**locator).clone() }, &expectation).await
        }
        Marker::Meta(name, value) => {
            let locator = Locator { css: Some("meta".into()), ..Locator::default() };
            let expectation = Expectation {
                page: "this page",
                subject: format!("the meta element {name:?}"),
                should: format!("have the content {value:?}, in the head of the page and nowhere another"),
                locator: &locator,
            };
            waiting.ask(Meta { name: name.clone(), content: value.clone() }, &expectation).await
        }
        Marker::Cookie(name, value) => {
            let asking = tabs.client.get_all_cookies();
            let cookies = tabs.call("asking for cookies", name.as_str(), GRACE, asking).await?;
            let mut values =
                cookies.iter().filter(|cookie| cookie.name() == name).map(|cookie| cookie.value()).peekable();
            ensure!(values.peek().is_some(), "no cookie {name}");
            // Its value may be a secret where the marker was mistaken for another cookie.
            ensure!(values.all(|seen| seen == value), "the cookie {name} with another value");
            Ok(())
        }
        Marker::Header(name, value) => {
            let locator = Locator { css: Some("html".into()), ..Locator::default() };
            let expectation = Expectation {
                page: "this page",
                subject: "its document".into(),
                should: "be told of".into(),
                locator: &locator,
            };
            let Birth { address: here, born } = waiting.ask(Born {}, &expectation).await?;
            // The browser tells whole milliseconds.
            let headers = tabs.channel.headers_of(&tabs.here(), &here, born.floor(), TOLD_WITHIN).await;
            let headers = headers.ok_or_else(|| anyhow!("the browser did not tell of the answer for {here}"))?;
            // Several of one name come one by one, in lines, or with commas between them.
            let seen: Vec<_> =
                headers.into_iter().filter(|(header, _)| header == name).map(|(_, value)| value).collect();
            let says_it = |line: &str| line == value || line.split(',').all(|one| one.trim() == value);
            ensure!(!seen.is_empty(), "no header {name} in the answer for {here}");
            let told = || cut(seen.join(", "));
            ensure!(
                seen.iter().flat_map(|seen| seen.lines()).all(says_it),
                "{name}: {}, in the answer for {here}",
                told()
            );
            Ok(())
        }
    }
}
