//! Mistakes that real purchase pages make, one switch each, for measuring what the suite catches. The site knows none of them: it
//! passes what it reads, computes and is asked through the few seams in here, and each defect bends one thing there.
//!
//! What a defect is called, which clause it breaks and what a failure about it says is data of the catalogue, in the files below.

mod checking;
mod choices;
mod console;
mod controls;
mod delivery;
mod entry;
mod login;
mod orders;
mod paying;
mod prices;
mod requests;

use std::borrow::Cow;

use anyhow::{anyhow, bail};
use axum::extract::Request;
use rusqlite::Connection;

use self::requests::{Counter, Happening};
use super::{
    configuration::{Configuration, Problem},
    price::{self, Price},
    site::Site,
    skins::Skin,
    store::Account,
};

/// A mistake that the site can be told to make.
pub struct Defect {
    /// What it is switched on by.
    pub name: &'static str,
    /// The rules of `features/CONTRACT.md` that it breaks, the one that it is about first.
    pub clauses: &'static [&'static str],
    /// What a buyer meets.
    pub does: &'static str,
    /// What a failure that is about it says, as a regular expression.
    pub says: &'static str,
    bends: &'static [Bend],
}

/// What is bent.
enum Bend {
    /// A file of the site (template, style, script, wording) has this written for that.
    Written(&'static str, &'static str, &'static str),
    /// A request that looks like this (see [`requests`]) is taken for that one.
    Asked(&'static str, &'static str),
    /// Something else happens to the data as well when the n-th request of this kind comes.
    Happens(Happening),
    /// The database does more, or less, than it is told: triggers.
    Stored(&'static str),
    /// A configuration costs this.
    Costs(fn(&Configuration, &Account, Price) -> Price),
    /// Of a configuration this is wrong.
    Refuses(fn(&Configuration, &mut Vec<Problem>)),
}

/// All of them, by where a buyer meets them.
pub fn catalogue() -> impl Iterator<Item = &'static Defect> {
    let all = [
        entry::DEFECTS,
        login::DEFECTS,
        choices::DEFECTS,
        prices::DEFECTS,
        checking::DEFECTS,
        paying::DEFECTS,
        delivery::DEFECTS,
        console::DEFECTS,
        orders::DEFECTS,
        controls::DEFECTS,
    ];
    all.into_iter().flatten()
}

/// The defect of that name.
///
/// # Errors
/// There is none; names those that are most like it.
pub fn named(name: &str) -> anyhow::Result<&'static Defect> {
    catalogue().find(|defect| defect.name == name).ok_or_else(|| {
        let likeness = |other: &str| similar::TextDiff::from_chars(name, other).ratio();
        let mut near: Vec<&str> = catalogue().map(|defect| defect.name).collect();
        near.sort_by(|one, other| likeness(other).total_cmp(&likeness(one)));
        anyhow!(
            "no defect is called {name:?}\n  near     {}\n  mend     `dcdb-e2e defects --help` lists all {}",
            near[..3].join(", "),
            near.len()
        )
    })
}

/// The seams: all that a defect can bend passes one of these. Without a defect they do nothing.
#[derive(Default)]
pub(super) struct Seams {
    bends: &'static [Bend],
    counter: Counter,
}

impl Seams {
    /// Of the site with that defect.
    ///
    /// # Errors
    /// There is no such defect.
    pub fn with(defect: Option<&str>) -> anyhow::Result<Self> {
        let bends = defect.map(named).transpose()?.map_or(&[][..], |defect| defect.bends);
        Ok(Self { bends, counter: Counter::default() })
    }

    /// The text of one of the site's files, by its path below this folder's parent.
    ///
    /// # Errors
    /// What was to be written otherwise does not stand in it.
    pub fn written<'a>(&self, file: &str, text: &'a str) -> anyhow::Result<Cow<'a, str>> {
        let mut text = Cow::Borrowed(text);
        for bend in self.bends {
            if let Bend::Written(of, this, that) = bend
                && *of == file
            {
                if !text.contains(this) {
                    bail!("the defect writes {that:?} for {this:?}, which does not stand in {file}");
                }
                text = Cow::Owned(text.replace(this, that));
            }
        }
        Ok(text)
    }

    /// The site can make the mistake in that skin and language.
    ///
    /// # Errors
    /// It is one of another.
    pub fn concern(&self, skin: Skin, language: &str) -> anyhow::Result<()> {
        let (markup, wording) = (skin.file(""), format!("wording/{language}."));
        let written = self.bends.iter().filter_map(|bend| match bend {
            Bend::Written(file, ..) => Some(*file),
            _ => None,
        });
        match written.into_iter().find(|file| !file.starts_with(&markup) && !file.starts_with(&wording)) {
            Some(other) => bail!("this defect is one of {other}\n  mend     serve that skin, in that language"),
            None => Ok(()),
        }
    }

    /// What the database is told beside its tables.
    pub fn stored(&self, connection: &Connection) -> rusqlite::Result<()> {
        self.bends.iter().try_for_each(|bend| match bend {
            Bend::Stored(triggers) => connection.execute_batch(triggers),
            _ => Ok(()),
        })
    }

    /// A request, as the site takes it.
    pub async fn asked(&self, site: &Site, request: Request) -> Request {
        let touched = self.bends.iter().any(|bend| matches!(bend, Bend::Asked(..) | Bend::Happens(_)));
        if touched { requests::bent(self.bends, &self.counter, site, request).await } else { request }
    }

    /// What a configuration costs an account.
    pub fn price(&self, configuration: &Configuration, account: &Account) -> Option<Price> {
        let price = price::price(configuration, account.price_percent)?;
        Some(self.bends.iter().fold(price, |price, bend| match bend {
            Bend::Costs(costs) => costs(configuration, account, price),
            _ => price,
        }))
    }

    /// What is wrong with a configuration, for this account now.
    pub fn check(&self, configuration: &Configuration, account: &Account) -> Vec<Problem> {
        let mut problems = configuration.check(account);
        for bend in self.bends {
            if let Bend::Refuses(refuses) = bend {
                refuses(configuration, &mut problems);
            }
        }
        problems
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::standin::ServeArgs;

    #[test]
    fn each_has_a_name_of_its_own_and_bends_what_is_there() {
        let mut names = BTreeSet::new();
        // What names no columns does nothing once a table has one more.
        let unnamed = regex::Regex::new(r"(?i)insert\s+into\s+\w+\s+(select|values)").unwrap();
        for defect in catalogue() {
            assert!(names.insert(defect.name), "{} is there twice", defect.name);
            assert!(!defect.bends.is_empty() && !defect.clauses.is_empty(), "{}", defect.name);
            regex::Regex::new(defect.says).expect(defect.name);
            let args = ServeArgs { defect: Some(defect.name.to_owned()), ..ServeArgs::default() };
            for bend in defect.bends {
                if let Bend::Stored(sql) | Bend::Happens(Happening { sql, .. }) = bend {
                    assert!(!unnamed.is_match(sql), "{}: {sql}", defect.name);
                }
            }
            if let Err(error) = Site::open(&args) {
                panic!("{}: {error:#}", defect.name);
            }
        }
    }

    #[test]
    fn one_of_another_skin_is_refused() {
        let seams = Seams::with(Some("menu-leads-home")).unwrap();
        let refused = seams.concern(Skin::Tea, "en").unwrap_err().to_string();
        assert!(refused.contains("classic/home.html"), "{refused}");
    }
}
