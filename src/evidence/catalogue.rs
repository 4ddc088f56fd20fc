//! The catalogue of steps, to read at a terminal and as a page.

use std::fmt;

use minijinja::{AutoEscape, Environment, Value, context, value::Serde};
use serde::Serialize;

use super::GENERATOR;

/// Every sentence that features may be made of.
#[derive(Debug, Serialize)]
pub struct Catalogue {
    /// The target whose fields and wordings are told.
    pub target: String,
    /// The sentences, by the file that defines them.
    pub shelves: Vec<Shelf>,
    /// What is filled in in them.
    pub fills: Vec<Fill>,
    /// The fields of the purchase page, and what they take.
    pub fields: Vec<Fill>,
    /// What sentences may quote of pages.
    pub quoted: Vec<String>,
}

/// The sentences that a file defines.
#[derive(Debug, Serialize)]
pub struct Shelf {
    /// The file, from the project's root.
    pub file: String,
    /// Its sentences, in its order.
    pub sentences: Vec<Sentence>,
}

/// A sentence.
#[derive(Debug, Serialize)]
pub struct Sentence {
    /// `Given`, `When` or `Then`.
    pub keyword: &'static str,
    /// With places to fill in, in braces.
    pub text: String,
    /// Where its file defines it.
    pub line: u32,
    /// How many steps of the features are written so.
    pub used: usize,
    /// One of them: where it is, what it says, and the rows of its table.
    pub example: Option<(String, String, Vec<String>)>,
}

/// What is filled in somewhere.
#[derive(Debug, Serialize)]
pub struct Fill {
    /// Its name.
    pub name: String,
    /// What it is.
    pub says: String,
    /// What it may be, where that is a list.
    pub values: Vec<String>,
}

impl Catalogue {
    /// The catalogue as a page.
    ///
    /// # Errors
    /// None that its content could cause.
    pub fn page(&self) -> anyhow::Result<String> {
        let mut environment = Environment::new();
        environment.set_auto_escape_callback(|_| AutoEscape::Html);
        environment.add_template("steps", include_str!("catalogue.html"))?;
        let style = include_str!("guide/guide.css");
        let page =
            context! { catalogue => Value::from(Serde(self)), generator => GENERATOR, style, total => self.total() };
        Ok(environment.get_template("steps")?.render(page)?)
    }

    fn total(&self) -> usize {
        self.shelves.iter().map(|shelf| shelf.sentences.len()).sum()
    }
}

impl fmt::Display for Catalogue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} steps; what stands in braces is filled in", self.total())?;
        for shelf in &self.shelves {
            writeln!(f, "\n{}", shelf.file)?;
            for Sentence { keyword, text, used, example, .. } in &shelf.sentences {
                writeln!(f, "  {keyword:<5} {text}")?;
                match example {
                    Some((place, _, table)) => {
                        let below = if table.is_empty() { "" } else { ", with a table below it" };
                        writeln!(f, "          {used} × in the features{below}, such as in {place}")?;
                    }
                    None => writeln!(f, "          not in any feature")?,
                }
            }
        }
        writeln!(f, "\nWhat is filled in")?;
        for Fill { name, says, values } in &self.fills {
            let values = if values.is_empty() { String::new() } else { format!(": {}", values.join(", ")) };
            writeln!(f, "  {{{name}}} {says}{values}")?;
        }
        writeln!(f, "\nFields of the purchase page of {}, and what they take", self.target)?;
        for Fill { name, says, .. } in &self.fields {
            writeln!(f, "  {name}: {says}")?;
        }
        if !self.quoted.is_empty() {
            writeln!(f, "\nWhat may be quoted of the pages of {}, in any case and punctuation", self.target)?;
            for quoted in &self.quoted {
                writeln!(f, "  {}", quoted.replace('-', " "))?;
            }
        }
        Ok(())
    }
}
