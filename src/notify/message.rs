//! What is told: a title, the scenarios that there is something to tell of, and where to look.

use url::Url;

use super::{
    harmless::Escape,
    news::{Item, News},
};
use crate::spoken::counted;

/// A message, harmless for its channel.
#[derive(Debug, Clone)]
pub struct Message {
    /// Its first line.
    pub title: String,
    /// All of it.
    pub whole: String,
    /// Where to look.
    pub link: String,
    /// Whether the run failed.
    pub red: bool,
    /// The run's exit status.
    pub exit_status: u8,
}

/// Longer names and reasons are cut; the report has them whole.
const LONGEST: usize = 160;

/// The message, of at most so many bytes: what does not fit is counted.
pub fn of(news: &News, link: Option<&Url>, escape: Escape, limit: usize) -> Message {
    let title = title(news, escape);
    let link = link.map(|link| escape.link(link.as_str())).unwrap_or_default();
    let mut lines: Vec<String> =
        news.leftovers.iter().map(|left| format!("left over: {}", escape.text(left, LONGEST))).collect();
    for (what, items) in [("new", &news.new), ("still", &news.still), ("no longer red", &news.no_longer)] {
        lines.extend(items.iter().map(|item| line(what, item, escape)));
    }
    let more = |count: usize| format!("… and {count} more");
    let room = limit.saturating_sub(title.len() + link.len() + 2);
    let mut kept = lines.len();
    let size = |kept: usize| {
        let told = lines[..kept].iter().map(|line| line.len() + 1).sum::<usize>();
        told + if kept < lines.len() { more(lines.len() - kept).len() + 1 } else { 0 }
    };
    while kept > 0 && size(kept) > room {
        kept -= 1;
    }
    let rest = lines.len() - kept;
    lines.truncate(kept);
    if rest > 0 {
        lines.push(more(rest));
    }
    let all = std::iter::once(title.clone()).chain(lines).chain(Some(link.clone()).filter(|link| !link.is_empty()));
    let whole = all.collect::<Vec<_>>().join("\n");
    Message { title, whole, link, red: news.is_red(), exit_status: news.exit_status }
}

fn title(news: &News, escape: Escape) -> String {
    let (target, verdict) = (escape.text(&news.target, LONGEST), &news.verdict);
    match (news.silent, news.is_red()) {
        (true, _) => format!("✗ {verdict}: it ended before it wrote any, or a shard of it is missing"),
        (_, true) if news.red_before > 0 => {
            format!("✗ {target}: {verdict} (exit {}; {} red runs in a row)", news.exit_status, news.red_before + 1)
        }
        (_, true) => format!("✗ {target}: {verdict} (exit {})", news.exit_status),
        (_, false) if news.red_before > 0 => {
            format!("✓ {target} is green again, after {}: {verdict}", counted(news.red_before, "red run"))
        }
        (_, false) => format!("✓ {target}: {verdict}"),
    }
}

fn line(what: &str, item: &Item, escape: Escape) -> String {
    let runs = if item.runs > 1 { format!(" ({} runs)", item.runs) } else { String::new() };
    let why = item.why.as_ref().map(|why| format!(": {}", escape.text(why, LONGEST))).unwrap_or_default();
    let (feature, name) = (escape.text(&item.feature, LONGEST), escape.text(&item.name, LONGEST));
    format!("{what}{runs}: {feature} › {name}{why}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_counted() {
        let item = |index: usize| Item {
            feature: "购买".into(),
            name: format!("scenario {index}"),
            why: Some("product: it is not there".into()),
            runs: 1,
        };
        let news =
            News { exit_status: 1, verdict: "All failed".into(), new: (0..50).map(item).collect(), ..News::default() };
        let link: Url = "https://ci.example.com/?a=1&b=2".parse().unwrap();
        let whole = of(&news, Some(&link), Escape::Slack, usize::MAX).whole;
        assert_eq!(whole.lines().count(), 52);
        for limit in [400, 1_000, 2_000] {
            let message = of(&news, Some(&link), Escape::Slack, limit).whole;
            assert!(message.len() <= limit, "{} of {limit}", message.len());
            assert!(message.ends_with("more\nhttps://ci.example.com/?a=1&amp;b=2"), "{message}");
        }
    }
}
