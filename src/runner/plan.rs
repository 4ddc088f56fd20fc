//! Which scenarios there are.

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use cucumber::{feature::Ext as _, gherkin};

use super::{
    place::{Lines, Parts, line_of_tag, rows_below},
    terms::Terms,
    written::{self, Fault, refusal},
};
use crate::{
    evidence::{FeatureRecord, RuleRecord, Traced},
    target::{Missing, Profile, Wish, read_text},
};

/// A scenario, ready to run: an outline's row is one.
#[derive(Debug, Clone)]
pub struct Case {
    /// Title of its feature.
    pub feature: String,
    /// Title of the rule it is under, if any.
    pub rule: Option<String>,
    /// The keyword before its title.
    pub(super) keyword: String,
    /// Its title.
    pub name: String,
    /// Where it is written, from the project's root.
    pub file: PathBuf,
    /// The line of its title, or of its row of an outline.
    pub line: usize,
    /// All lines at which it is meant.
    pub(super) lines: Lines,
    /// Another feature has a scenario of this title.
    pub has_namesake: bool,
    /// Its tags and those of its feature and rule, without `@`.
    pub tags: Vec<String>,
    /// The line of each.
    pub(super) lines_of_tags: Vec<usize>,
    /// Its steps, those of the backgrounds first.
    pub steps: Vec<gherkin::Step>,
    /// The lines of the rows of each step's table.
    pub(super) rows: Vec<Vec<usize>>,
    /// What becomes of it on the target, by what that one sells.
    pub(super) terms: Terms,
    /// Which round of `--repeat-each`, from 1.
    pub round: u32,
}

impl Case {
    /// As the traceability table names it.
    pub fn traced(&self) -> Traced {
        Traced {
            title: self.whole_title(),
            file: self.file.display().to_string(),
            line: self.line,
            tags: self.tags.clone(),
        }
    }

    /// Its title below its feature's.
    pub fn whole_title(&self) -> String {
        format!("{} › {}", self.feature, self.name)
    }

    /// What tells it apart from all others: its title, below its feature's where another feature has the same.
    pub fn unique_title(&self) -> String {
        if self.has_namesake { self.whole_title() } else { self.name.clone() }
    }

    /// Where a line of its file is, as whoever mends it opens it; with the row of examples that fills it in, where it is an outline's.
    pub(super) fn place(&self, line: usize) -> String {
        let row = if line < self.line && self.lines.has_own(line) {
            format!(" (with the examples in line {})", self.line)
        } else {
            String::new()
        };
        format!("{}:{line}{row}", self.file.display())
    }

    /// The line of a row of a step's table.
    pub(super) fn line_of_row(&self, step: usize, row: usize) -> usize {
        let line = self.rows.get(step).and_then(|rows| rows.get(row)).copied();
        line.or_else(|| self.steps.get(step).map(|step| step.position.line)).unwrap_or(self.line)
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

    /// Whether it says something of logging in: it is to see a login made, and no kept one taken over.
    pub fn is_of_login(&self) -> bool {
        let said = ["log in", "logs in", "login", "登录"];
        self.steps.iter().any(|step| said.iter().any(|said| step.value.contains(said)))
    }

    /// Its purchases are given names by which they are known again: on any target but the run's own stand-in.
    pub fn signs(&self, profile: &Profile) -> bool {
        profile.is_remote() && self.has("pays")
    }

    /// What the target has not of what it asks for, by its tags and its sentences, the owner's own reasons first. Nothing: it is
    /// applicable.
    pub fn missing(&self, profile: &Profile) -> Vec<Missing> {
        let mut missing = profile.missing(&self.tags);
        missing.extend(self.terms.missing.iter().cloned());
        missing
    }

    /// Whether it pulls levers on this target: those that its tags name, or the one that makes the account it wishes for.
    pub fn pulls(&self, profile: &Profile) -> bool {
        let is_made = || self.may_lease() && profile.makes_account(&Wish::of(&self.tags));
        self.tags.iter().any(|tag| tag.starts_with("lever-")) || is_made()
    }

    /// Whether it carries a tag.
    pub fn has(&self, tag: &str) -> bool {
        self.tags.iter().any(|own| own == tag)
    }
}

/// What a folder of features holds.
pub struct Features {
    /// Their scenarios, but those of files that something is amiss with.
    pub cases: Vec<Case>,
    /// As they are written.
    pub records: Vec<FeatureRecord>,
    /// What is amiss.
    pub faults: Vec<Fault>,
}

impl Features {
    /// All of them.
    ///
    /// # Errors
    /// Class test: names all that is amiss.
    pub fn whole(self) -> anyhow::Result<(Vec<Case>, Vec<FeatureRecord>)> {
        if self.faults.is_empty() { Ok((self.cases, self.records)) } else { Err(refusal(&self.faults).into()) }
    }
}

/// Reads all features below a folder. Amiss is a file that cannot be read, and a title that stands twice in features of one name.
///
/// # Errors
/// When there is no such folder.
pub fn read(root: &Path, folder: &Path) -> anyhow::Result<Features> {
    let mut files = Vec::new();
    collect(folder, &mut files)?;
    files.sort();
    let (mut cases, mut features, mut faults) = (Vec::new(), Vec::new(), Vec::new());
    for file in files {
        let shown = file.strip_prefix(root).unwrap_or(&file).to_owned();
        let text = read_text(&file).map_err(|error| {
            vec![Fault { file: shown.clone(), line: None, what: format!("the feature cannot be read: {error}") }]
        });
        let (text, feature) = match text.and_then(|text| written::parse(&shown, &text).map(|feature| (text, feature))) {
            Ok(read) => read,
            Err(amiss) => {
                faults.extend(amiss);
                continue;
            }
        };
        let parts = Parts::of(&feature, &text);
        let feature = row_by_row(feature, &text)
            .expand_examples()
            .with_context(|| format!("{}: an outline cannot be read", shown.display()))?;
        let background = feature.background.iter().flat_map(|background| background.steps.clone()).collect::<Vec<_>>();
        features.push(as_written(&feature, &shown, &text));
        let mut add = |scenario: &gherkin::Scenario, rule: Option<&gherkin::Rule>| {
            let mut steps = background.clone();
            steps.extend(
                rule.and_then(|rule| rule.background.as_ref())
                    .into_iter()
                    .flat_map(|background| background.steps.clone()),
            );
            steps.extend(scenario.steps.clone());
            let rows_of =
                |table: &gherkin::Table| rows_below(&text, table.position.line - 1).take(table.rows.len()).collect();
            let rows = steps.iter().map(|step| step.table.as_ref().map(rows_of).unwrap_or_default()).collect();
            let above = |line: usize, tags: &[String]| -> Vec<(String, usize)> {
                tags.iter().map(|tag| (tag.trim_start_matches('@').to_owned(), line_of_tag(&text, line, tag))).collect()
            };
            let mut tags = above(feature.position.line, &feature.tags);
            tags.extend(rule.into_iter().flat_map(|rule| above(rule.position.line, &rule.tags)));
            tags.extend(above(scenario.position.line, &scenario.tags));
            let (tags, lines_of_tags) = tags.into_iter().unzip();
            cases.push(Case {
                feature: feature.name.clone(),
                rule: rule.map(|rule| rule.name.clone()),
                keyword: scenario.keyword.clone(),
                name: scenario.name.clone(),
                file: shown.clone(),
                line: scenario.position.line,
                lines: parts.lines_of(scenario.position.line, rule.map(|rule| rule.position.line)),
                has_namesake: false,
                tags,
                lines_of_tags,
                steps,
                rows,
                terms: Terms::default(),
                round: 1,
            });
        };
        feature.scenarios.iter().for_each(|scenario| add(scenario, None));
        feature.rules.iter().for_each(|rule| rule.scenarios.iter().for_each(|scenario| add(scenario, Some(rule))));
    }
    let mut titles: HashMap<(&str, &str), &Case> = HashMap::new();
    for case in &cases {
        if let Some(twin) = titles.insert((&case.feature, &case.name), case) {
            let at = if twin.file == case.file { format!("line {}", twin.line) } else { twin.place(twin.line) };
            let what = format!(
                "the title {:?} is taken by the scenario in {at}\n  mend     give each scenario, and each row of an outline (by a <column> in its title), a title of its own",
                case.name
            );
            faults.push(Fault { file: case.file.clone(), line: Some(case.line), what });
        }
    }
    cases.retain(|case| !faults.iter().any(|fault| fault.file == case.file));
    let mut bearers: HashMap<String, usize> = HashMap::new();
    cases.iter().for_each(|case| *bearers.entry(case.name.clone()).or_default() += 1);
    cases.iter_mut().for_each(|case| case.has_namesake = bearers.get(&case.name).is_some_and(|bearers| *bearers > 1));
    Ok(Features { cases, records: features, faults })
}

/// An outline for each row of examples: Cucumber copies all rows of one with each of them.
fn row_by_row(mut feature: gherkin::Feature, text: &str) -> gherkin::Feature {
    let apart = |scenarios: &mut Vec<gherkin::Scenario>| {
        let outlines = std::mem::take(scenarios).into_iter().flat_map(|mut outline| {
            let mut rows = Vec::new();
            for mut examples in std::mem::take(&mut outline.examples) {
                let table = examples.table.take();
                let Some((header, values)) = table.as_ref().and_then(|table| table.rows.split_first()) else {
                    rows.push(examples);
                    continue;
                };
                // There may be a description before it.
                for (value, line) in values.iter().zip(rows_below(text, examples.position.line).skip(1)) {
                    let mut row = examples.clone();
                    // Cucumber takes the row to be the second line below.
                    row.position.line = line.saturating_sub(2);
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

fn as_written(feature: &gherkin::Feature, file: &Path, text: &str) -> FeatureRecord {
    let plain = |text: &Option<String>| {
        text.iter().flat_map(|text| text.trim().lines()).map(str::trim).collect::<Vec<_>>().join("\n")
    };
    let rule = |rule: &gherkin::Rule| RuleRecord {
        name: rule.name.clone(),
        keyword: rule.keyword.clone(),
        line: rule.position.line,
        narrative: plain(&rule.description),
    };
    FeatureRecord {
        name: feature.name.clone(),
        file: file.to_owned(),
        language: written::language(text).map_or("en", |(_, language)| language).to_owned(),
        keyword: feature.keyword.clone(),
        line: feature.position.line,
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
