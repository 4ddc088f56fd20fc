//! `guide.html`: the vendor's purchase guide as the pages are today, made anew from a run in which its scenarios passed. It opens
//! from disk, asks no network and needs no scripts.

mod shot;
mod words;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use minijinja::{AutoEscape, Environment, Value, context};
use serde::{Deserialize, Serialize};

pub use words::Guide;

use self::shot::Shot;
use super::{RunRecord, ScenarioRecord, Status, write_whole};

/// What came of a guide at the end of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Made {
    /// It was made anew, with this run's language in it: the file.
    Anew(PathBuf),
    /// It stays as it was, for this reason.
    Kept(String),
    /// The run was not to make it: it selected none of its scenarios.
    NotAsked,
}

/// One language of a guide, as the output folder remembers it until a later run replaces it.
#[derive(Serialize, Deserialize)]
struct Edition {
    target: String,
    browser: String,
    /// RFC 3339.
    started: String,
    commit: Option<String>,
    /// Its pictures show boxes for characters that no font had.
    #[serde(default)]
    boxes: bool,
    /// By the first id of a step.
    pictures: BTreeMap<String, Shot>,
}

impl Guide {
    /// Makes the guide from the pictures of a run: its language's half anew, the other as it was. Writes below `out`, where the
    /// pictures are.
    ///
    /// # Errors
    /// When a picture cannot be read or the guide not be written.
    pub fn make(&self, record: &RunRecord, out: &Path) -> anyhow::Result<Made> {
        let language = &record.run.language;
        let of = |title: &str| -> Vec<&ScenarioRecord> {
            record
                .scenarios
                .iter()
                .filter(|one| one.name == title && one.tags.iter().any(|tag| tag == "guide"))
                .collect()
        };
        if self.sections.iter().all(|section| of(&section.scenario).is_empty()) {
            return Ok(Made::NotAsked);
        }
        if !self.title.contains_key(language) {
            return Ok(Made::Kept(format!("guide.yaml has no words in {language}")));
        }
        let mut pictures = BTreeMap::new();
        for section in &self.sections {
            let ran = of(&section.scenario);
            let held = |one: &&ScenarioRecord| matches!(one.status, Status::Passed | Status::Flaky);
            let Some(scenario) = ran.first().filter(|_| ran.iter().all(held)) else {
                let ended = ran.iter().find(|one| !held(one)).map_or("not selected", |one| one.status.name());
                return Ok(Made::Kept(format!("{:?} ended as {}", section.scenario, ended.replace('-', " "))));
            };
            for step in &section.steps {
                let at = scenario.steps.iter().position(|taken| taken.text == step.after);
                let taken = at.map_or(&[][..], |at| &scenario.steps[at..]);
                let Some(file) = taken.first().and_then(|taken| taken.picture.as_ref()) else {
                    return Ok(Made::Kept(format!("no picture was taken after {:?}", step.after)));
                };
                pictures.insert(step.id().to_owned(), Shot::of(taken, &out.join(file))?);
            }
        }
        let edition = Edition {
            target: record.target.clone(),
            browser: record.browser.clone(),
            started: record.run.started.clone(),
            commit: record.run.commit.clone(),
            boxes: record.run.lacks_font,
            pictures,
        };
        let folder = out.join("guide");
        let write = |path: PathBuf, text: &str| {
            write_whole(&path, text.as_bytes())?;
            anyhow::Ok(path)
        };
        write(folder.join(format!("{language}.json")), &serde_json::to_string(&edition)?)?;
        write(out.join("guide.html"), &self.render(&folder)?).map(Made::Anew)
    }

    /// All languages of which the folder has an edition.
    fn render(&self, folder: &Path) -> anyhow::Result<String> {
        let mut editions = Vec::new();
        for language in self.title.keys() {
            let Ok(text) = fs::read_to_string(folder.join(format!("{language}.json"))) else { continue };
            // One that an earlier release wrote in another way is made anew by the next run in its language.
            let Ok(edition) = serde_json::from_str::<Edition>(&text) else { continue };
            editions.push(self.edition(language, &edition));
        }
        let mut environment = Environment::new();
        environment.set_auto_escape_callback(|_| AutoEscape::Html);
        environment.add_template("guide", include_str!("guide.html")).context("the guide's template")?;
        let page = context! { generator => super::GENERATOR, editions => editions, style => include_str!("guide.css") };
        Ok(environment.get_template("guide")?.render(page)?)
    }

    fn edition(&self, language: &str, edition: &Edition) -> Value {
        let say = |words: &BTreeMap<String, String>| words.get(language).cloned().unwrap_or_default();
        let sections: Vec<Value> = self
            .sections
            .iter()
            .map(|section| {
                let steps: Vec<Value> = section
                    .steps
                    .iter()
                    .map(|step| {
                        context! {
                            ids => &step.ids,
                            says => say(&step.says),
                            shot => edition.pictures.get(step.id()).map(Shot::value),
                        }
                    })
                    .collect();
                let note = section.note.as_ref().map(|note| context! { ids => &note.ids, says => say(&note.says) });
                context! { heading => say(&section.heading), note => note, steps => steps }
            })
            .collect();
        let day = edition.started.split('T').next().unwrap_or_default();
        let Edition { target, browser, commit, boxes, .. } = edition;
        context! { language, title => say(&self.title), day, target, browser, commit, boxes, sections }
    }
}
