//! Which of the scenarios are to run, and in which order.

use std::{collections::BTreeSet, path::Path};

use anyhow::{anyhow, bail};
use cucumber::{
    gherkin::{self, tagexpr::TagOperation},
    tag::Ext as _,
};
use regex::Regex;

use super::{
    args::Args,
    place::{Place, nothing_in},
    plan::Case,
    snapshots::Baselines,
    written::{Fault, refusal},
};
use crate::{
    domain::Failure,
    evidence::{History, history::Key, is_part_of_the_document, joining},
    nearest::{did_you_mean, differ_by_number, nearest},
    target::{Profile, is_clause, misspelt},
    warn,
};

/// What was selected, and whether an empty selection is right.
pub struct Selection {
    /// The scenarios, once each.
    pub cases: Vec<Case>,
    /// Those of all shards.
    pub of_all_shards: Vec<Case>,
    /// What each of all shards is to run, where there are any: see [`joining::digest`].
    pub split: Vec<String>,
    /// Said where nothing was selected and that is no failure.
    pub empty_because: Option<String>,
}

/// Selects by place, tags, name, filters, last failures and shard. `faults`: what is amiss with features that are not among `all`;
/// who names others by place or title need not mend it first. `deal`: gives the shard of each of so many, from 0.
///
/// # Errors
/// Usage: an expression cannot be read. Class test: a place, tags or a name match nothing, or may mean a feature that cannot be read.
pub fn select(
    all: &[Case],
    faults: &[Fault],
    args: &Args,
    last_failed: Option<&[Key]>,
    deal: impl FnOnce(&[Case], usize) -> Vec<usize>,
) -> anyhow::Result<Selection> {
    let (places, words) = asked_for(args, all)?;
    let is_meant = |fault: &Fault| match places.is_empty() {
        true => words.is_empty() && args.name.is_none(),
        false => places.iter().any(|place| place.is_of(&fault.file)),
    };
    if faults.iter().any(is_meant) {
        return Err(refusal(faults).into());
    }
    let mut cases = written_at(&places, &words, args, all)?;
    if let Some(expression) = &args.tags {
        if nested(expression) > DEEPEST {
            bail!(
                "--tags: the expression has more than {DEEPEST} words and brackets\n  mend: tag what you mean, and ask for that tag"
            );
        }
        let known: BTreeSet<&str> = all.iter().flat_map(|case| case.tags.iter().map(String::as_str)).collect();
        let tags: TagOperation = expression.parse().map_err(|_| {
            let bare = words_of(expression).find(|word| !word.starts_with('@') && known.contains(word));
            let mend = bare.map_or("\"@E1.1 and not @pays\"".to_owned(), |bare| format!("@{bare}"));
            anyhow!("--tags {expression:?} is no tag expression\n  mend: write it as {mend}")
        })?;
        check_tags(expression, &known)?;
        cases.retain(|case| tags.eval(&case.tags));
    }
    if let Some(pattern) = &args.name {
        let pattern =
            Regex::new(pattern).map_err(|error| anyhow!("--name {pattern:?} is no regular expression: {error}"))?;
        let whole = pattern.as_str().contains(BELOW);
        cases.retain(|case| pattern.is_match(&case.name) || whole && pattern.is_match(&case.whole_title()));
    }
    if cases.is_empty() && !faults.is_empty() {
        return Err(refusal(faults).into());
    }
    faults.iter().for_each(|fault| warn!("note: left out: {fault}"));
    if cases.is_empty() && (words.is_empty() || args.tags.is_some() || args.name.is_some()) {
        let asked = [
            (!places.is_empty()).then(|| args.filters.join(" ")),
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
    cases.retain(|case| !args.skip.iter().any(|filter| is_hit(case, filter, args.exact)));
    if cases.is_empty() && empty_because.is_none() {
        empty_because = Some(match words.is_empty() {
            true => format!("--skip leaves nothing: {}", args.skip.join(" ")),
            false => format!("no scenario's title contains {}", words.join(" or ")),
        });
    }
    let of_all_shards = cases.clone();
    let mut split = Vec::new();
    if let Some((index, count)) = args.shard {
        let dealt = deal(&of_all_shards, count);
        let of_shard = |shard: usize| of_all_shards.iter().zip(&dealt).filter(move |(_, its)| **its == shard);
        split = (0..count)
            .map(|shard| joining::digest(of_shard(shard).map(|(case, _)| (case.feature.as_str(), case.name.as_str()))))
            .collect();
        cases = of_shard(index - 1).map(|(case, _)| case.clone()).collect();
        if cases.is_empty() && empty_because.is_none() {
            empty_because = Some(format!("shard {index}/{count} is empty: there are fewer scenarios than shards"));
        }
    }
    Ok(Selection { cases, of_all_shards, split, empty_because })
}

/// What tells a feature from a title below it.
const BELOW: char = '›';

/// The places on the command line, and the words that are none.
///
/// # Errors
/// As [`Place::of`]. Class test: a word is in no title, and plainly meant as something else.
fn asked_for<'a>(args: &'a Args, all: &[Case]) -> anyhow::Result<(Vec<Place>, Vec<&'a str>)> {
    let (mut places, mut words) = (Vec::new(), Vec::new());
    for filter in &args.filters {
        match Place::of(filter, all)? {
            Some(place) => places.push(place),
            None => words.push(filter.as_str()),
        }
    }
    let is_in_none = |word: &&&str| !all.iter().any(|case| is_hit(case, word, args.exact));
    for word in words.iter().filter(is_in_none) {
        if args.update_states == Some(None) {
            check_no_state(word, all)?;
        }
        if word.contains('/') {
            return Err(nothing_in(word, all).into());
        }
    }
    Ok((places, words))
}

/// A word behind `--update-states` is not the name of a page state whose `=` was forgotten: everything else would be accepted.
fn check_no_state(word: &str, all: &[Case]) -> anyhow::Result<()> {
    let steps = all.iter().flat_map(|case| &case.steps);
    let names: BTreeSet<String> = steps.filter_map(|step| Baselines::named_in(&step.value)).collect();
    let Some(name) = nearest(word, names.iter().map(String::as_str)) else { return Ok(()) };
    Err(Failure::test(format!(
        "--update-states {word}: behind a blank stands a title or a place, and {word} is none\n  mend     --update-states={name}"
    ))
    .into())
}

/// The scenarios at any of these places or with any of these words in their titles: all, where neither is asked for.
fn written_at(places: &[Place], words: &[&str], args: &Args, all: &[Case]) -> anyhow::Result<Vec<Case>> {
    let mut there: BTreeSet<usize> = BTreeSet::new();
    for place in places {
        there.extend(place.select(all)?);
    }
    let is_meant =
        |index: usize, case: &Case| there.contains(&index) || words.iter().any(|word| is_hit(case, word, args.exact));
    let asked = !places.is_empty() || !words.is_empty();
    let meant = all.iter().enumerate().filter(|(index, case)| !asked || is_meant(*index, case));
    Ok(meant.map(|(_, case)| case.clone()).collect())
}

/// As the Rust test runner takes a filter.
fn is_hit(case: &Case, filter: &str, exact: bool) -> bool {
    let hit = |title: &str| if exact { title == filter } else { title.contains(filter) };
    hit(&case.name) || filter.contains(BELOW) && hit(&case.whole_title())
}

/// The words of a tag expression, but those between tags.
fn words_of(expression: &str) -> impl Iterator<Item = &str> {
    let words = expression.split(|c: char| c.is_whitespace() || "()".contains(c));
    words.filter(|word| !["", "not", "and", "or"].contains(word))
}

/// A slip in a tag that is left out selects what should not run, and what that costs.
fn check_tags(expression: &str, known: &BTreeSet<&str>) -> anyhow::Result<()> {
    for tag in words_of(expression).filter_map(|word| word.strip_prefix('@')).filter(|tag| !known.contains(tag)) {
        match nearest(tag, known.iter().copied()) {
            Some(near) if !differ_by_number(near, tag) => {
                return Err(Failure::test(format!(
                    "--tags {expression:?}: no scenario carries @{tag}\n  mend     did you mean @{near}?"
                ))
                .into());
            }
            _ => warn!("note: no scenario carries @{tag}"),
        }
    }
    Ok(())
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

/// What a step quotes of what pages say.
pub fn quoted(step: &gherkin::Step) -> Option<&str> {
    let (said, quoted) = step.value.strip_suffix('"')?.rsplit_once('"')?;
    (said.ends_with(" says ") || said.ends_with(" does not say ")).then_some(quoted)
}

/// Every wording that a scenario which is applicable quotes is one that the profile knows.
///
/// # Errors
/// Usage: names each that it does not, and where it is quoted.
pub fn check_wordings(cases: &[Case], profile: &Profile) -> anyhow::Result<()> {
    let mut unknown: Vec<String> = Vec::new();
    for case in cases.iter().filter(|case| case.missing(profile).is_empty()) {
        for step in &case.steps {
            let Some(quoted) = quoted(step) else { continue };
            if let Err(error) = profile.wording(quoted) {
                let place = case.place(step.position.line);
                let said = format!("{place}: {error}");
                if !unknown.contains(&said) {
                    unknown.push(said);
                }
            }
        }
    }
    if unknown.is_empty() { Ok(()) } else { bail!(unknown.join("\n")) }
}

/// Holds the tags of these scenarios against what there is to need, and their rules against those of the contract, where there is one.
///
/// # Errors
/// Class test: names each that is none, and where.
pub fn check_tags_of(cases: &[Case], contract: &[&str], profile: &Profile) -> anyhow::Result<()> {
    let mut wrong: Vec<String> = Vec::new();
    for case in cases {
        let no_rule = |tag: &str| {
            let is_rule = is_clause(tag) || is_part_of_the_document(tag);
            (is_rule && !contract.is_empty() && !contract.contains(&tag)).then(|| {
                let meant = did_you_mean(tag, contract.iter().copied());
                format!("@{tag} is no rule of the contract{meant}\n  mend     the numbers are in features/CONTRACT.md")
            })
        };
        for (tag, line) in case.tags.iter().zip(&case.lines_of_tags) {
            let Some(what) = misspelt(tag, profile).or_else(|| no_rule(tag)) else { continue };
            let said = format!("{}:{line}: {what}", case.file.display());
            if !wrong.contains(&said) {
                wrong.push(said);
            }
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(Failure::test(wrong.join("\n")).into()) }
}

/// What failed in the last run that the history knows of, by feature and title; `whole`: in the last that was no shard.
///
/// # Errors
/// Usage: it knows of none, or cannot be read.
pub fn last_failures(history: &Path, whole: bool) -> anyhow::Result<Vec<Key>> {
    let mend = "mend: run without --last-failed once, with the same --out or --history";
    let failed = match history.exists() {
        true => History::open(history).and_then(|history| history.last_failures(whole)),
        false => Ok(None),
    };
    let a_run = if whole { "a whole run (shards that were merged are one)" } else { "a run" };
    match failed {
        Ok(Some(failed)) => Ok(failed),
        Ok(None) => {
            bail!("--last-failed needs the results of {a_run}, but {} knows of none\n  {mend}", history.display())
        }
        Err(error) => bail!("--last-failed cannot tell what failed: {error:#}\n  {mend}"),
    }
}
