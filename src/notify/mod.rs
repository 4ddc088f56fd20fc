//! Tells people of a run where they are: what is new, still, or no longer red, and where to look.
//!
//! Whether there is anything to tell, the history says: one red night may be weather, two are not. How and where it is told, a
//! channel says (YAML, see `docs/channels/`). Nothing of a page reaches anybody but as harmless text.

mod channel;
mod delivery;
mod harmless;
mod message;
mod news;

use std::{
    collections::BTreeMap,
    io::ErrorKind,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail};
use clap::Args;
use url::Url;

pub use harmless::Escape;

use crate::{
    evidence::{
        History, RunRecord,
        history::{Key, Past},
    },
    say,
    spoken::entry,
    warn,
};
use channel::Channel;
use news::News;

/// What can be said to `notify`.
#[derive(Debug, Args)]
pub struct NotifyArgs {
    /// The output folder of a run, or of shards that were merged
    #[arg(value_name = "DIR")]
    pub run: PathBuf,
    /// Who is told, and how: a channel such as docs/channels/slack.yaml; may be said several times. Without one, nobody is told
    /// and all is said here
    #[arg(long, value_name = "FILE")]
    pub channel: Vec<PathBuf>,
    /// Where the report can be read
    #[arg(long, value_name = "URL", value_parser = link)]
    pub link: Option<Url>,
    /// What is remembered of earlier runs [default: history.sqlite in DIR]
    #[arg(long, value_name = "FILE")]
    pub history: Option<PathBuf>,
}

/// Tells the channels of a run, where there is something to tell; gives the exit status: 0, or 3 where one could not be told.
///
/// # Errors
/// Usage (2): there is no such run, or a channel is not as it must be.
pub fn notify(args: &NotifyArgs, variable: &dyn Fn(&str) -> Option<String>) -> anyhow::Result<u8> {
    let channels = args.channel.iter().map(|file| Channel::read(file, variable)).collect::<anyhow::Result<Vec<_>>>()?;
    let news = news_of(args)?;
    if channels.is_empty() {
        say!("{}", message::of(&news, args.link.as_ref(), Escape::Plain, usize::MAX).whole);
        say!("nobody is told: no --channel was named");
        return Ok(0);
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut status = 0;
    for channel in &channels {
        if let Err(why) = channel.when.asks_for(&news) {
            say!("{channel}: nothing to tell: {why}");
            continue;
        }
        let message = message::of(&news, args.link.as_ref(), channel.escape, channel.limit);
        match runtime.block_on(delivery::deliver(channel, &message)) {
            Ok(()) => say!("{channel}: told: {}", entry(&message.title)),
            Err(error) => {
                warn!("error: {channel}: {error:#}");
                status = 3;
            }
        }
    }
    Ok(status)
}

fn news_of(args: &NotifyArgs) -> anyhow::Result<News> {
    let results = args.run.join("results.json");
    let record: RunRecord = match std::fs::read_to_string(&results) {
        Ok(text) => {
            serde_json::from_str(&text).with_context(|| format!("{} is not of this suite", results.display()))?
        }
        // Where a run ended before it could write any, people must know all the same.
        Err(error) if error.kind() == ErrorKind::NotFound && args.run.is_dir() => return Ok(News::none_to_be_had()),
        Err(error) => bail!("the results of a run should be in {}: {error}", results.display()),
    };
    let path = args.history.clone().unwrap_or_else(|| args.run.join("history.sqlite"));
    match known(&path, &record.target) {
        Ok((ends, past)) => Ok(News::of(&record, &ends, &past)),
        Err(error) => {
            warn!("note: nothing is known of earlier runs, so this one counts as the first: {error:#}");
            Ok(News::of(&record, &[], &BTreeMap::new()))
        }
    }
}

/// How the runs of a target ended, the latest first; and its scenarios in them.
type Known = (Vec<(String, u8)>, BTreeMap<Key, Vec<Past>>);

fn known(path: &Path, target: &str) -> anyhow::Result<Known> {
    anyhow::ensure!(path.exists(), "there is no history {}", path.display());
    let history = History::open(path)?;
    Ok((history.ends(target)?, history.of(target)?))
}

fn link(text: &str) -> Result<Url, String> {
    let url: Url = text.parse().map_err(|error| format!("{error}; write it as https://ci.example.com/runs/1"))?;
    let plain = url.username().is_empty() && url.password().is_none();
    match url.scheme() {
        "http" | "https" if plain => Ok(url),
        "http" | "https" => Err("it names a user or a password, which everybody could read then".into()),
        scheme => Err(format!("{scheme}: is no address of a page")),
    }
}
