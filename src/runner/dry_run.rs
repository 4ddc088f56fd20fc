//! What a run would do, without doing it: its scenarios, what guards their money, what they cost as far as the features say;
//! and step definitions that are superfluous.

use std::sync::LazyLock;

use regex::Regex;

use super::{
    glue::{Glue, keyword},
    plan::Case,
    scenario,
};
use crate::{
    domain::Money,
    evidence::{Definition, duplicates, unused},
    say,
    spoken::{counted, entry},
    target::{Cap, Profile, Reach},
};

/// Says what would run of `cases`, so many times each, where, and what cannot; and which step definitions `all` the features have
/// no use for.
pub fn say(
    profile: &Profile,
    reach: &Reach,
    (cases, times): (&[Case], u32),
    all: &[Case],
    glue: &Glue,
) -> anyhow::Result<()> {
    say!("target {}: {}", profile.name, if profile.is_remote() { "remote" } else { "the built-in stand-in" });
    let mut would_run = 0;
    let mut fees: Vec<Option<Money>> = Vec::new();
    for case in cases {
        if let Some(why) = scenario::not_applicable(case, profile) {
            say!("- {}", entry(&format!("{} › {}  not applicable: {why}", case.feature, case.name)));
            continue;
        }
        would_run += times;
        if !case.has("pays") {
            say!("  {}", entry(&format!("{} › {}", case.feature, case.name)));
            continue;
        }
        let fee = fee_of(case)?;
        let said = fee.map_or_else(|| "a fee that is unknown".to_owned(), |fee| fee.to_string());
        say!("  {}", entry(&format!("{} › {}  (pays {said})", case.feature, case.name)));
        fees.extend((0..times).map(|_| fee));
    }
    say!("{} would run", counted(would_run, "scenario"));
    say!("{} is {}", profile.name, entry(&reach.to_string()));
    say!("{}", cost(&fees));
    if !fees.is_empty() {
        say!("paid at: {}", guards(profile));
    }
    superfluous(&glue.definitions, all);
    Ok(())
}

/// What is asked before a click that pays.
fn guards(profile: &Profile) -> String {
    let Some(buying) = profile.buying.as_ref().filter(|_| profile.is_remote()) else {
        return "play money of the run's own stand-in".to_owned();
    };
    let proof = match &profile.marker {
        Some(marker) => format!("only on pages with {marker}"),
        None if buying.production => "real money, --spend-up-to".to_owned(),
        None => "refused: no marker".to_owned(),
    };
    let cap = |cap: Cap| format!("{} and {}", cap.amount, cap.instances);
    format!(
        "{proof}; at most {} an order, {} a run, {} in 24 hours",
        cap(buying.per_order),
        cap(buying.per_run),
        cap(buying.per_day)
    )
}

/// Balances and refunds are amounts too. What is struck through is not paid.
#[expect(clippy::expect_used, reason = "it is written here, and every dry run uses it")]
static FEE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^the (?:total )?fee .*?(¥[0-9][0-9,]*\.[0-9]{2})$").expect("a regular expression"));

/// The most that a feature says its scenario pays at once; `None` where it names no fee.
fn fee_of(case: &Case) -> anyhow::Result<Option<Money>> {
    let amounts = case.steps.iter().filter_map(|step| FEE.captures(&step.value));
    let amounts = amounts.map(|found| found[1].parse()).collect::<anyhow::Result<Vec<Money>>>()?;
    Ok(amounts.into_iter().max())
}

/// What all of it comes to.
fn cost(fees: &[Option<Money>]) -> String {
    let known: i64 = fees.iter().flatten().map(|fee| fee.as_fen()).sum();
    match fees.iter().filter(|fee| fee.is_none()).count() {
        _ if fees.is_empty() => "none would pay".to_owned(),
        0 => format!("{} would pay, at most {} in all", fees.len(), Money::fen(known)),
        unknown if unknown == fees.len() => {
            format!("{unknown} would pay, what they cost is unknown: no feature names it")
        }
        unknown => format!(
            "{} would pay: {} as far as features name a fee, and what is unknown of {unknown}",
            fees.len(),
            Money::fen(known)
        ),
    }
}

fn superfluous(definitions: &[Definition], all: &[Case]) {
    let steps = all.iter().flat_map(|case| &case.steps);
    let sentences: Vec<(&str, &str)> = steps.map(|step| (keyword(step.ty), step.value.as_str())).collect();
    let (idle, twins) = (unused(definitions, &sentences), duplicates(definitions, &sentences));
    for definition in &idle {
        say!("unused step: {definition}");
    }
    for (one, other) in &twins {
        say!("duplicate step: {one}\n           and: {other}");
    }
    say!("{} steps defined, {} unused, {} duplicate", definitions.len(), idle.len(), twins.len());
}
