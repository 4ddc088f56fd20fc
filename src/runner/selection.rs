//! Which of the scenarios are to run, and in which order.

use std::path::Path;

use anyhow::{anyhow, bail};
use cucumber::{gherkin::tagexpr::TagOperation, tag::Ext as _};
use regex::Regex;

use super::{args::Args, plan::Case};
use crate::{domain::Failure, evidence::History, target::Profile};

/// What was selected, and whether an empty selection is right.
pub struct Selection {
    /// The scenarios, once each.
    pub cases: Vec<Case>,
    /// Those of all shards.
    pub of_all_shards: Vec<Case>,
    /// Said where nothing was selected and that is no failure.
    pub empty_because: Option<String>,
}

/// Selects by tags, name, filters, last failures and shard.
///
/// # Errors
/// Usage: an expression cannot be read. Class test: tags or a name match nothing.
pub fn select(all: &[Case], args: &Args, last_failed: Option<&[(String, String)]>) -> anyhow::Result<Selection> {
    let mut cases: Vec<Case> = all.to_vec();
    if let Some(expression) = &args.tags {
        if nested(expression) > DEEPEST {
            bail!(
                "--tags: the expression has more than {DEEPEST} words and brackets\n  mend: tag what you mean, and ask for that tag"
            );
        }
        let tags: TagOperation = expression.parse().map_err(|_| {
            anyhow!("--tags {expression:?} is no tag expression\n  mend: write it as \"@E1.1 and not @pays\"")
        })?;
        cases.retain(|case| tags.eval(&case.tags));
    }
    if let Some(pattern) = &args.name {
        let pattern =
            Regex::new(pattern).map_err(|error| anyhow!("--name {pattern:?} is no regular expression: {error}"))?;
        cases.retain(|case| pattern.is_match(&case.name));
    }
    if cases.is_empty() {
        let asked = [
            args.tags.as_ref().map(|tags| format!("--tags {tags:?}")),
            args.name.as_ref().map(|name| format!("--name {name:?}")),
        ];
        let asked: Vec<String> = asked.into_iter().flatten().collect();
        if asked.is_empty() {
            return Err(Failure::test("there is no scenario at all in features/").into());
        }
        return Err(Failure::test(format!(
            "no scenario matches {}\n  mend     --list shows all titles; tags stand above the scenarios in features/",
            asked.join(" ")
        ))
        .into());
    }
    let mut empty_because = None;
    if let Some(failed) = last_failed {
        cases.retain(|case| failed.iter().any(|(feature, name)| *feature == case.feature && *name == case.name));
        empty_because = cases.is_empty().then(|| "nothing failed in the last run".to_owned());
    }
    if args.ignored {
        cases.clear();
        empty_because = Some("no scenario is ignored".to_owned());
    }
    if !args.filters.is_empty() || !args.skip.is_empty() {
        let hit = |case: &Case, filter: &String| {
            if args.exact { case.name == *filter } else { case.name.contains(filter.as_str()) }
        };
        cases.retain(|case| {
            (args.filters.is_empty() || args.filters.iter().any(|filter| hit(case, filter)))
                && !args.skip.iter().any(|filter| hit(case, filter))
        });
        if cases.is_empty() && empty_because.is_none() {
            empty_because = Some(format!("no scenario's title contains {}", args.filters.join(" or ")));
        }
    }
    let of_all_shards = cases.clone();
    if let Some((index, count)) = args.shard {
        cases = cases
            .into_iter()
            .enumerate()
            .filter(|(position, _)| position % count == index - 1)
            .map(|(_, case)| case)
            .collect();
        if cases.is_empty() && empty_because.is_none() {
            empty_because = Some(format!("shard {index}/{count} is empty: there are fewer scenarios than shards"));
        }
    }
    Ok(Selection { cases, of_all_shards, empty_because })
}

/// Longer tag expressions are nobody's; each word and bracket takes its part of the stack.
const DEEPEST: usize = 200;

/// How deep a tag expression may go at most: by its brackets and its words between tags.
fn nested(expression: &str) -> usize {
    let words = ["not", "and", "or"].iter().map(|word| expression.matches(word).count()).sum::<usize>();
    words + expression.matches('(').count()
}

/// Each scenario so many times, in an order that the seed decides; those that lock an account out last, unless the rules that
/// they hold come first.
pub fn rounds(cases: &[Case], repeat: u32, seed: u64, first: &[String]) -> Vec<Case> {
    let mut all: Vec<Case> =
        (1..=repeat).flat_map(|round| cases.iter().cloned().map(move |case| Case { round, ..case })).collect();
    // Fisher-Yates over SplitMix64: a few lines that keep a printed seed valid whatever a library changes.
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    };
    for index in (1..all.len()).rev() {
        let other = usize::try_from(next() % (index as u64 + 1)).unwrap_or(0);
        all.swap(index, other);
    }
    // An account that is locked out is no other scenario's any more: better when no other waits.
    all.sort_by_key(|case| case.has("may-lock-account"));
    if !first.is_empty() {
        let rank = |case: &Case| first.iter().position(|rule| case.has(rule)).unwrap_or(first.len());
        all.sort_by_key(|case| (case.has("page-states"), rank(case)));
    }
    all
}

/// Every wording that a scenario which is applicable quotes is one that the profile knows.
///
/// # Errors
/// Usage: names each that it does not, and where it is quoted.
pub fn check_wordings(cases: &[Case], profile: &Profile) -> anyhow::Result<()> {
    let quoting = Regex::new(r#" (?:says|does not say) "([^"]*)"$"#)?;
    let mut unknown: Vec<String> = Vec::new();
    for case in cases.iter().filter(|case| case.missing(profile).is_empty()) {
        for step in &case.steps {
            let Some(quoted) = quoting.captures(&step.value) else { continue };
            if let Err(error) = profile.wording(&quoted[1]) {
                let place = format!("{}:{}", case.file.display(), step.position.line);
                let said = format!("{place}: {error}");
                if !unknown.contains(&said) {
                    unknown.push(said);
                }
            }
        }
    }
    if unknown.is_empty() { Ok(()) } else { bail!(unknown.join("\n")) }
}

/// What failed in the last run that the history knows of, by feature and title.
///
/// # Errors
/// Usage: it knows of none, or cannot be read.
pub fn last_failures(history: &Path) -> anyhow::Result<Vec<(String, String)>> {
    let mend = "mend: run without --last-failed once, with the same --out or --history";
    let failed = match history.exists() {
        true => History::open(history).and_then(|history| history.last_failures()),
        false => Ok(None),
    };
    match failed {
        Ok(Some(failed)) => Ok(failed),
        Ok(None) => {
            bail!("--last-failed needs the results of a run, but {} knows of none\n  {mend}", history.display())
        }
        Err(error) => bail!("--last-failed cannot tell what failed: {error:#}\n  {mend}"),
    }
}
