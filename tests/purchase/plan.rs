//! Which scenarios there are, whether all their steps are known, and which of them are to run.

use std::{
    collections::{HashMap, HashSet},
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, anyhow, bail};
use cucumber::{
    World as _,
    feature::Ext as _,
    gherkin::{self, GherkinEnv, tagexpr::TagOperation},
    tag::Ext as _,
};
use dcdb_purchase_e2e::{
    domain::Failure,
    evidence::{FeatureRecord, History, RuleRecord, Traced},
    target::{Profile, read_text},
};
use regex::Regex;

use crate::{args::Args, world::World};

/// A scenario, ready to run: an outline's row is one.
#[derive(Debug, Clone)]
pub struct Case {
    /// Title of its feature.
    pub feature: String,
    /// Title of the rule it is under, if any.
    pub rule: Option<String>,
    /// Its title.
    pub name: String,
    /// Where it is written, from the project's root.
    pub file: PathBuf,
    /// The line of its title.
    pub line: usize,
    /// Its tags and those of its feature and rule, without `@`.
    pub tags: Vec<String>,
    /// Its steps, those of the backgrounds first.
    pub steps: Vec<gherkin::Step>,
    /// Which round of `--repeat-each`, from 1.
    pub round: u32,
}

impl Case {
    /// As the traceability table names it.
    pub fn traced(&self) -> Traced {
        Traced {
            title: format!("{} › {}", self.feature, self.name),
            file: self.file.display().to_string(),
            line: self.line,
            tags: self.tags.clone(),
        }
    }

    /// Names the scenario in files: letters and digits of feature and title.
    pub fn slug(&self) -> String {
        let plain = |text: &str| {
            let mut slug = String::new();
            for c in text.to_lowercase().chars() {
                match c {
                    c if c.is_alphanumeric() => slug.push(c),
                    _ if !slug.ends_with('-') && !slug.is_empty() => slug.push('-'),
                    _ => {}
                }
            }
            slug.trim_end_matches('-').chars().take(70).collect::<String>()
        };
        let round = if self.round > 1 { format!("-round-{}", self.round) } else { String::new() };
        format!("{}/{}-{}{round}", plain(&self.feature), plain(&self.name), self.line)
    }

    /// Whether it may lease an account: all do but those of a visitor who never logs in.
    pub fn may_lease(&self) -> bool {
        self.steps.iter().any(|step| ["buyer", "logs in", "买家"].iter().any(|who| step.value.contains(who)))
    }

    /// Whether it carries a tag.
    pub fn has(&self, tag: &str) -> bool {
        self.tags.iter().any(|own| own == tag)
    }
}

/// Reads all features below a folder.
///
/// # Errors
/// Class test: a feature cannot be read, or two scenarios of one have the same title.
pub fn read(root: &Path, folder: &Path) -> anyhow::Result<(Vec<Case>, Vec<FeatureRecord>)> {
    let mut files = Vec::new();
    collect(folder, &mut files)?;
    files.sort();
    let (mut cases, mut features) = (Vec::new(), Vec::new());
    for file in files {
        let shown = file.strip_prefix(root).unwrap_or(&file).to_owned();
        let unread =
            |error: anyhow::Error| Failure::test(format!("{}: the feature cannot be read: {error:#}", shown.display()));
        let text = read_text(&file).map_err(|error| unread(error.into()))?;
        let feature = gherkin::Feature::parse(text, GherkinEnv::default()).map_err(|error| unread(error.into()))?;
        let feature = row_by_row(feature)
            .expand_examples()
            .map_err(|error| Failure::test(format!("{}: an outline cannot be read: {error}", shown.display())))?;
        let background = feature.background.iter().flat_map(|background| background.steps.clone()).collect::<Vec<_>>();
        features.push(as_written(&feature, &shown));
        let mut add = |scenario: &gherkin::Scenario, rule: Option<&gherkin::Rule>| {
            let mut steps = background.clone();
            steps.extend(
                rule.and_then(|rule| rule.background.as_ref())
                    .into_iter()
                    .flat_map(|background| background.steps.clone()),
            );
            steps.extend(scenario.steps.clone());
            let tags = feature.tags.iter().chain(rule.into_iter().flat_map(|rule| &rule.tags)).chain(&scenario.tags);
            cases.push(Case {
                feature: feature.name.clone(),
                rule: rule.map(|rule| rule.name.clone()),
                name: scenario.name.clone(),
                file: shown.clone(),
                line: scenario.position.line,
                tags: tags.map(|tag| tag.trim_start_matches('@').to_owned()).collect(),
                steps,
                round: 1,
            });
        };
        feature.scenarios.iter().for_each(|scenario| add(scenario, None));
        feature.rules.iter().for_each(|rule| rule.scenarios.iter().for_each(|scenario| add(scenario, Some(rule))));
    }
    let mut titles: HashMap<(&str, &str), &Case> = HashMap::new();
    for case in &cases {
        if let Some(twin) = titles.insert((&case.feature, &case.name), case) {
            let text = format!(
                "{}:{}: the title {:?} is taken by the scenario in line {}\n  mend     give each scenario, and each row of an outline (by a <column> in its title), a title of its own",
                case.file.display(),
                case.line,
                case.name,
                twin.line
            );
            return Err(Failure::test(text).into());
        }
    }
    Ok((cases, features))
}

/// An outline for each row of examples: Cucumber copies all rows of one with each of them.
fn row_by_row(mut feature: gherkin::Feature) -> gherkin::Feature {
    let apart = |scenarios: &mut Vec<gherkin::Scenario>| {
        let outlines = std::mem::take(scenarios).into_iter().flat_map(|mut outline| {
            let mut rows = Vec::new();
            for mut examples in std::mem::take(&mut outline.examples) {
                let table = examples.table.take();
                let Some((header, values)) = table.as_ref().and_then(|table| table.rows.split_first()) else {
                    rows.push(examples);
                    continue;
                };
                for (index, value) in values.iter().enumerate() {
                    let mut row = examples.clone();
                    row.position.line += index;
                    row.table = Some(gherkin::Table::builder().rows(vec![header.clone(), value.clone()]).build());
                    rows.push(row);
                }
            }
            if rows.is_empty() {
                return vec![outline];
            }
            rows.into_iter().map(|row| gherkin::Scenario { examples: vec![row], ..outline.clone() }).collect()
        });
        *scenarios = outlines.collect();
    };
    apart(&mut feature.scenarios);
    feature.rules.iter_mut().for_each(|rule| apart(&mut rule.scenarios));
    feature
}

fn as_written(feature: &gherkin::Feature, file: &Path) -> FeatureRecord {
    let plain = |text: &Option<String>| {
        text.iter().flat_map(|text| text.trim().lines()).map(str::trim).collect::<Vec<_>>().join("\n")
    };
    let rule = |rule: &gherkin::Rule| RuleRecord { name: rule.name.clone(), narrative: plain(&rule.description) };
    FeatureRecord {
        name: feature.name.clone(),
        file: file.to_owned(),
        narrative: plain(&feature.description),
        rules: feature.rules.iter().map(rule).collect(),
    }
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("reading the features in {}", folder.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "feature") {
            files.push(path);
        }
    }
    Ok(())
}

/// Every step of every scenario is bound to exactly one function.
///
/// # Errors
/// Class test: names each step that is not, with a function to start from.
pub fn check_steps(cases: &[Case]) -> anyhow::Result<()> {
    let known = World::collection();
    let mut faults: Vec<String> = Vec::new();
    let mut looked_for = HashSet::new();
    for case in cases {
        for step in &case.steps {
            if !looked_for.insert((step.ty, &step.value, &case.file, step.position.line)) {
                continue;
            }
            let place = format!("{}:{}", case.file.display(), step.position.line);
            let fault = match known.find(step) {
                Ok(Some(_)) => continue,
                Ok(None) => format!(
                    "{place}: no step is written as\n    {}{}\n  mend: correct the wording, or define it in tests/purchase/steps/:\n{}",
                    step.keyword,
                    step.value,
                    skeleton(step)
                ),
                Err(ambiguous) => format!(
                    "{place}: more than one step is written as\n    {}{}\n{}",
                    step.keyword,
                    step.value,
                    ambiguous
                        .possible_matches
                        .iter()
                        .map(|(pattern, place)| format!(
                            "  {pattern}{}\n",
                            place.map(|place| format!(" in {place}")).unwrap_or_default()
                        ))
                        .collect::<String>()
                ),
            };
            if !faults.contains(&fault) {
                faults.push(fault);
            }
        }
    }
    if faults.is_empty() {
        Ok(())
    } else {
        Err(Failure::test(format!(
            "{} step{} cannot be run:\n{}",
            faults.len(),
            if faults.len() == 1 { "" } else { "s" },
            faults.join("\n")
        ))
        .into())
    }
}

/// Every wording that a scenario which is applicable quotes is one that the profile knows.
///
/// # Errors
/// Usage: names each that it does not, and where it is quoted.
pub fn check_wordings(cases: &[Case], profile: &Profile) -> anyhow::Result<()> {
    let quoting = Regex::new(r#" (?:says|does not say) "([^"]*)"$"#)?;
    let mut unknown: Vec<String> = Vec::new();
    for case in cases.iter().filter(|case| profile.missing(&case.tags).is_empty()) {
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

fn skeleton(step: &gherkin::Step) -> String {
    let kind = format!("{:?}", step.ty).to_lowercase();
    let mut name = format!("{kind}_");
    for c in step.value.to_lowercase().chars() {
        match c {
            c if c.is_ascii_alphanumeric() => name.push(c),
            _ if !name.ends_with('_') => name.push('_'),
            _ => {}
        }
    }
    format!(
        "    #[{kind}(expr = {:?})]\n    async fn {}(world: &mut World) -> StepResult {{ … }}\n",
        step.value,
        name.trim_end_matches('_')
    )
}

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

/// Each scenario so many times, in an order that the seed decides.
pub fn rounds(cases: &[Case], repeat: u32, seed: u64) -> Vec<Case> {
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
    all
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
