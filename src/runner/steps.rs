//! The catalogue of steps: every sentence that features may be made of, what is filled in in it, and what a target takes there.

use std::{collections::BTreeMap, path::PathBuf};

use super::{
    glue::{Glue, keyword},
    plan::Case,
};
use crate::{
    evidence::{
        OutputFolder,
        catalogue::{Catalogue, Fill, Sentence, Shelf},
        write_whole,
    },
    say,
    spoken::printable,
    target::Profile,
    warn,
};

/// What is filled in everywhere, by Cucumber's own names.
const BUILT_IN: [(&str, &str); 3] = [("string", "a text in quotes"), ("word", "one word"), ("int", "a whole number")];

/// Says the catalogue, and writes it as a page into the output folder.
pub fn say(glue: &Glue, all: &[Case], profile: &Profile, out: &std::path::Path) {
    let catalogue = catalogue(glue, all, profile);
    say!("{}", printable(&catalogue.to_string()).trim_end());
    let page = || -> anyhow::Result<PathBuf> {
        let _held = OutputFolder::claim(out)?;
        let file = out.join("steps.html");
        write_whole(&file, catalogue.page()?.as_bytes())?;
        Ok(file)
    };
    match page() {
        Ok(file) => say!("\nas a page: {}", file.display()),
        Err(error) => warn!("note: the catalogue could not be written as a page: {error:#}"),
    }
}

fn catalogue(glue: &Glue, all: &[Case], profile: &Profile) -> Catalogue {
    let steps: Vec<_> = all.iter().flat_map(|case| case.steps.iter().map(move |step| (case, step))).collect();
    let mut shelves: BTreeMap<&str, Vec<Sentence>> = BTreeMap::new();
    let mut fills: BTreeMap<String, Fill> = BTreeMap::new();
    let fill = |name: &str, says: &str, values: &[String]| Fill {
        name: name.to_owned(),
        says: says.to_owned(),
        values: values.to_vec(),
    };
    for (name, says) in BUILT_IN {
        fills.insert(name.to_owned(), fill(name, says, &[]));
    }
    for parameter in &glue.parameters {
        fills.insert(parameter.name.to_owned(), fill(parameter.name, parameter.says, &[]));
    }
    for definition in &glue.definitions {
        let phrase = glue.phrase(definition);
        for (name, values) in phrase.lists() {
            if let Some(known) = fills.get_mut(name) {
                known.values = values.to_vec();
            }
        }
        let of = |step: &cucumber::gherkin::Step| {
            keyword(step.ty) == definition.keyword && definition.pattern.is_match(&step.value)
        };
        let mut used = steps.iter().filter(|(_, step)| of(step)).peekable();
        let example = used.peek().map(|(case, step)| {
            let table = step.table.iter().flat_map(|table| &table.rows).map(|row| format!("| {} |", row.join(" | ")));
            let place = format!("{}:{}", case.file.display(), step.position.line);
            (place, step.value.clone(), table.collect())
        });
        shelves.entry(&definition.file).or_default().push(Sentence {
            keyword: definition.keyword,
            text: phrase.to_string(),
            line: definition.line,
            used: used.count(),
            example,
        });
    }
    Catalogue {
        target: profile.name.clone(),
        shelves: shelves.into_iter().map(|(file, sentences)| Shelf { file: file.to_owned(), sentences }).collect(),
        fills: fills.into_values().collect(),
        fields: profile.catalogue.told().map(|(name, takes)| fill(&name, &takes, &[])).collect(),
        quoted: profile.words.get("message").map(|words| words.keys().map(str::to_owned).collect()).unwrap_or_default(),
    }
}
