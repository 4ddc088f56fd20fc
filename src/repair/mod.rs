//! What an element must be that is not where the profile says it is: found out by rule, from what a page shows.
//!
//! `doctor --propose` tries out what it finds. A run that fails for want of an element only looks at the page as the failure left
//! it: what it proposes has not been tried out, changes nothing of how the scenario went, and is no more than a line to paste.

pub(crate) mod book;
pub(crate) mod evidence;
pub(crate) mod field;
pub(crate) mod trade;

use std::{collections::BTreeSet, path::Path};

use serde_yaml::Value;
use url::{Position, Url};

use self::{
    book::{Book, Known, Surety, value_of},
    evidence::{Candidate, by_points, called, speaks_for},
    field::{Wanted, controls},
};
use crate::{
    browser::{Glance, Sought, Surveyed, Thing},
    digest::digest,
    domain::Field,
    evidence::RepairRecord,
    nearest::likeness,
    pages::Browsing,
    target::{Formats, Locator, Page, Profile, Site, Text},
};

/// A step may be for want of several elements; so many are looked into.
const MOST: usize = 3;
/// Evidence below which nothing is worth a word.
const WORTH_A_WORD: i32 = 3;
/// How alike two wordings must be for one to be the other, changed.
const ALIKE: f64 = 0.6;
/// A page without its sign is taken for itself where so many of its other elements are there.
const KNOWN_BY: usize = 2;

/// What these must be, as far as the page at this moment shows. Nothing where that is not the page that they belong to, or it
/// has not come.
pub(crate) async fn of(browsing: &Browsing, sought: &[Sought]) -> Vec<RepairRecord> {
    let glance = browsing.visit.glance();
    let mut repairs: Vec<RepairRecord> = Vec::new();
    let Some((address, seen)) = glance.survey().await else { return repairs };
    let Ok(url) = Url::parse(&address) else { return repairs };
    for one in sought.iter().take(MOST) {
        if let Some(repair) = of_one(browsing, &glance, (&url, &seen), one).await
            && !repairs.iter().any(|other| other.keys == repair.keys)
        {
            repairs.push(repair);
        }
    }
    repairs
}

/// The elements of a page beside one of them, and which thing of the survey each is, where it finds just one.
struct Others<'a>(Vec<(&'a str, Option<usize>)>);

impl<'a> Others<'a> {
    async fn of(glance: &Glance<'_>, elements: &'a [(String, &Locator)], key: &str, given: &Locator) -> Option<Self> {
        // What is another element of the page is not this one.
        let is_other = |(other, at): &&(String, &Locator)| other != key && *at != given && !at.is_template();
        let others: Vec<_> = elements.iter().filter(is_other).collect();
        let asked: Vec<Locator> = others.iter().map(|(_, at)| (*at).clone()).collect();
        let found = glance.whose(&asked).await?;
        Some(Self(others.iter().map(|(key, _)| key.as_str()).zip(found).collect()))
    }

    /// Those that are there.
    fn there(&self) -> impl Iterator<Item = (&'a str, usize)> {
        self.0.iter().filter_map(|(key, found)| Some((*key, (*found)?)))
    }

    fn has(&self, key: &str) -> bool {
        self.there().any(|(there, _)| there == key)
    }

    /// The things that are another element already: but for what shows the page and its menu, which this one may be too.
    fn taken(&self) -> Vec<usize> {
        self.there().filter(|(key, _)| !["ready", "menu"].contains(key)).map(|(_, id)| id).collect()
    }

    fn has_message(&self) -> bool {
        self.there().any(|(key, _)| is_message(key))
    }

    /// How many of them tell which page it is: not what any page has at its head, nor what is said where something is wrong.
    fn telling(&self, seen: &Surveyed) -> usize {
        let at_head = |id: usize| seen.things.iter().any(|thing| thing.id == id && thing.top);
        let tells =
            |key: &str, id: usize| !["ready", "menu", "retry"].contains(&key) && !is_message(key) && !at_head(id);
        let ids: BTreeSet<usize> = self.there().filter(|(key, id)| tells(key, *id)).map(|(_, id)| id).collect();
        ids.len()
    }
}

fn is_message(key: &str) -> bool {
    key.rsplit('/').next() == Some("message")
}

async fn of_one(
    browsing: &Browsing,
    glance: &Glance<'_>,
    (url, seen): (&Url, &Surveyed),
    sought: &Sought,
) -> Option<RepairRecord> {
    let profile = &browsing.target.profile;
    let page = Page::ALL.into_iter().find(|page| page.title() == sought.page)?;
    let elements = profile.pages.elements(page);
    let (key, given) = elements.iter().find(|(_, given)| sought.locator.fills(given))?;
    if !sought.locator.frames().is_empty() || !browsing.place(page, &[]).ok()?.is_at(url) {
        return None;
    }
    let others = Others::of(glance, &elements, key, given).await?;
    // Its sign may be another element too, or be told by the same words. Behind an open dialog there is none.
    let is_sign = profile.pages.card(page).is_some_and(|card| card.ready == *given);
    let dialog = key.split_once('/').filter(|(dialog, _)| dialog.ends_with("-dialog"));
    let is_shown = match dialog {
        Some((dialog, _)) => others.has(&format!("{dialog}/dialog")),
        None if is_sign => others.telling(seen) >= KNOWN_BY,
        None => others.has("ready"),
    };
    if !is_shown {
        return None;
    }
    // What belongs to an entry of a list is in that entry.
    let part = sought.locator.within.as_deref().filter(|within| given.within.as_deref() != Some(*within));
    let entry = match part {
        Some(part) => Some(glance.whose(std::slice::from_ref(part)).await?.into_iter().next()??),
        None => None,
    };
    let taken = others.taken();
    let ground = Ground { browsing, page, address: &url[Position::BeforePath..], seen, entry };
    // What a template stands for this time is what it was known by.
    let words = if given.is_template() { sought.locator.words() } else { given.words() };
    let element = Element { key, given, words, taken: &taken };
    let mut candidates = ground.candidates(&element);
    by_points(&mut candidates);
    let best = candidates.first().filter(|best| best.points >= WORTH_A_WORD)?;
    let way = match (&given.column, part) {
        (Some(_), _) => Locator { column: Some(best.thing.name.as_str().into()), ..Locator::default() },
        (None, Some(part)) => {
            let (role, name) = (best.thing.role.clone(), Some(Text::from(best.thing.name.as_str())));
            let way = Locator { role, name, ..Locator::default() };
            let found = glance.whose(&[way.inside(part)]).await?.into_iter().next()?;
            Some(way).filter(|way| way.role.is_some() && found == Some(best.thing.id))?
        }
        (None, None) => glance.ways(best.thing.id, changes(page, key)).await?.into_iter().next()?,
    };
    // Profiles fill in what reads like a variable or a placeholder: it would not be the page's text any more.
    if way.is_template() {
        return None;
    }
    let way = if given.is_template() { way.opened_as(given, &sought.locator)? } else { way };
    let now = book::flow(&value_of(&way));
    if way == **given || now.contains("${") {
        return None;
    }
    // Of several that read the same, none is it for sure; nor is the heading of a page that says what is wrong its sign.
    let is_twin = |thing: &Thing| {
        thing.id != best.thing.id
            && thing.role == best.thing.role
            && called(thing) == called(&best.thing)
            && (entry.is_none() || thing.row == entry)
    };
    let has_twin = sought.found > 1 && seen.things.iter().any(is_twin);
    let is_amiss = is_sign && (!seen.said.is_empty() || others.has_message());
    let stands_out = evidence::surety(&candidates) == Surety::Sure && element.may_be_sure(page, &best.thing);
    let is_sure = stands_out && !has_twin && !is_amiss;
    let mut why = best.why.clone();
    if has_twin {
        why.push(format!("{:?} is here more than once", called(&best.thing)));
    }
    if is_amiss {
        why.push("the page says that something is wrong".into());
    }
    if let Some(other) = candidates.get(1).filter(|other| !is_sure && other.points >= WORTH_A_WORD) {
        why.push(format!("{:?} may be it too", called(&other.thing)));
    }
    Some(RepairRecord {
        keys: format!("pages/{}/{key}", page.key()),
        was: given.to_string(),
        found: sought.found,
        now,
        sure: is_sure,
        why,
    })
}

/// Whether what an element shows is another thing each time.
fn changes(page: Page, key: &str) -> bool {
    let shown = ["total-fee", "original-fee", "balance", "amount", "order-number", "account", "email", "password"];
    shown.contains(&key) || key.ends_with("/at") || key.ends_with("/control") || page == Page::Orders
}

/// An element that is gone.
struct Element<'a> {
    /// Its key below that of the page.
    key: &'a str,
    /// Where the profile says it is.
    given: &'a Locator,
    /// The words that it was known by.
    words: Option<&'a str>,
    /// What is another element of the page.
    taken: &'a [usize],
}

impl Element<'_> {
    /// Whether anything that is only looked at may be this one for sure: not what is there in some states of the page alone, since its
    /// being gone may be right; and what cannot be taken back only where the trade calls it so.
    fn may_be_sure(&self, page: Page, thing: &Thing) -> bool {
        let passing =
            ["message", "retry", "original-fee", "empty", "region-note", "frozen", "take", "covered", "payable", "row"];
        let name = self.key.rsplit('/').next().unwrap_or_default();
        let is_grave = ["confirm", "pay", "terminate", "ok", "initialize"].contains(&name) || self.key == "cancel";
        let word = match self.key.split_once('/') {
            Some((dialog, name)) if dialog.ends_with("-dialog") => format!("{dialog}.{name}"),
            _ => format!("{}.{}", page.key(), self.key),
        };
        let is_called_so = trade::known(&word, called(thing));
        !passing.contains(&name)
            && !self.given.is_template()
            && (!is_grave || is_called_so == Some(trade::Known::Whole))
    }
}

/// A page as it is.
struct Ground<'a> {
    browsing: &'a Browsing,
    page: Page,
    /// Its address, from the path on.
    address: &'a str,
    seen: &'a Surveyed,
    /// The entry of a list that the element belongs to, where it does.
    entry: Option<usize>,
}

impl Ground<'_> {
    fn profile(&self) -> &Profile {
        &self.browsing.target.profile
    }

    /// What may be the element, with what speaks for it.
    fn candidates(&self, element: &Element<'_>) -> Vec<Candidate> {
        let mut candidates = self.by_trade(element.key).unwrap_or_default();
        let at_head = self.is_of_menu(element.key);
        let is_column = element.given.column.is_some();
        let in_dialog = element.key.contains("-dialog/");
        let is_meant = |thing: &Thing| {
            (at_head || !thing.top)
                && !element.taken.contains(&thing.id)
                && (!in_dialog || thing.dialog.is_some())
                && (is_column || self.entry.is_none_or(|entry| thing.row == Some(entry)))
        };
        if !is_column {
            self.by_what_it_was(element, is_meant, &mut candidates);
        }
        candidates.retain(|one| is_meant(&one.thing));
        candidates
    }

    fn is_of_menu(&self, key: &str) -> bool {
        matches!(self.page, Page::Home | Page::Overview) || key == "ready"
    }

    /// What the evidence says that `doctor --propose` goes by; `None` of an element that the trade has no word for.
    fn by_trade(&self, key: &str) -> Option<Vec<Candidate>> {
        let (seen, profile, port) = (self.seen, self.profile(), self.browsing.target.port);
        let level = |levels: &[&str]| {
            let at = levels.iter().position(|level| *level == key)?;
            Some(evidence::menu_level(self.page, key, at, at + 1 == levels.len(), &seen.things))
        };
        let purchase = || Some(self.browsing.place(Page::Purchase, &[]).ok()?.url);
        let (part, rest) = key.split_once('/').unwrap_or((key, ""));
        match (self.page, part) {
            (_, "ready") => Some(evidence::sign(seen, None)),
            (Page::Home, "log-in") => Some(evidence::to_login(seen)),
            (Page::Home, _) => level(&["products", "database", "distributed-database"]),
            (Page::Overview, _) => level(&["cloud-products", "basic-products", "database", "distributed-database"]),
            (Page::Login, "email") => Some(evidence::email(seen)),
            (Page::Login, "password") => Some(evidence::password(seen)),
            (Page::Login, "log-in") => Some(evidence::logs_in(seen)),
            (Page::Product, "purchase-now") => Some(evidence::sells(seen, &profile.site(Site::Buy, port).ok()?)),
            (Page::Purchase, "purchase-now") => Some(evidence::may_go_on(seen)),
            (Page::Purchase, "total-fee") => Some(evidence::total_fee(&evidence::amounts(seen))),
            (Page::Purchase, "original-fee") => Some(evidence::struck(seen)),
            (Page::Purchase, "region-note") => Some(evidence::region_note(seen, &[])),
            (Page::Purchase, "documents") => Some(evidence::document(seen, rest)),
            (Page::Purchase, "choices") => self.field(rest.strip_suffix("/control")?),
            (Page::Check, "confirm") => Some(evidence::confirms(seen)),
            (Page::Check, "back") => Some(evidence::goes_back(seen, &purchase()?)),
            (Page::Check, "total-fee" | "balance" | "frozen") | (Page::Payment, "amount" | "frozen") => {
                let caption = profile.pages.purchase.total_fee.beside.as_ref().map(ToString::to_string);
                let caption = caption.unwrap_or_default();
                let [fees, balances, frozen] = evidence::sums(seen, None, caption.trim_matches('"'));
                Some(match part {
                    "balance" => balances,
                    "frozen" => frozen,
                    _ => fees,
                })
            }
            (Page::Check, "facts") => {
                let field = rest.strip_suffix("/at")?;
                let control = profile.pages.purchase.choices.get(field).map(|choice| &choice.control);
                Some(evidence::fact(seen, field, control.and_then(Locator::words), None))
            }
            (Page::Result, "order-number") => {
                let shape = Formats::whole(&profile.formats.order_number).ok()?;
                Some(evidence::order_number(seen, self.address, |text| shape.is_match(text)))
            }
            (Page::Result, "amount") => Some(evidence::paid(seen, None)),
            (Page::Result, "go-to-console") => {
                Some(evidence::to_console(seen, &profile.site(Site::Console, port).ok()?))
            }
            (Page::Console, "new") => Some(evidence::creates(seen, &purchase()?)),
            (Page::Console, "initialize" | "terminate" | "more") => {
                Some(evidence::operation(seen, &format!("console.{key}")))
            }
            (Page::Console, "initialise-dialog" | "return-dialog") => {
                let things = seen.things.iter().filter(|thing| thing.dialog.is_some()).cloned().collect();
                let dialog = Surveyed { things, ..Surveyed::default() };
                match rest {
                    "ok" => Some(evidence::goes_ahead(&dialog, &format!("{part}.ok"))),
                    "cancel" => Some(evidence::operation(&dialog, "dialog.cancel")),
                    "consent" => Some(evidence::consents(&dialog)),
                    _ => None,
                }
            }
            (Page::Console, "empty") => Some(evidence::emptiness(seen, !seen.things.iter().any(|it| it.row.is_some()))),
            (Page::Console, "cells") => Some(evidence::column(seen, "instances", rest)),
            (Page::Orders, "cells") => Some(evidence::column(seen, "orders", rest)),
            _ => None,
        }
    }

    /// Controls that may be a field of the catalogue.
    fn field(&self, field: &str) -> Option<Vec<Candidate>> {
        let catalogue = &self.profile().catalogue;
        let (field, item) = catalogue.in_order().into_iter().find(|(one, _)| one.key() == field)?;
        let opening = catalogue.opening();
        let (wanted, all) = (Wanted::of(Field::of(field.key()), item, &opening), controls(self.seen));
        let of = |control| {
            let (points, why) = wanted.evidence(control, &all)?;
            Some(Candidate { thing: control.thing.clone(), points, why })
        };
        Some(all.iter().filter_map(of).collect())
    }

    /// What the profile says of it: its words, changed; its role, where nothing else that is no other element has it.
    fn by_what_it_was(&self, element: &Element<'_>, is_meant: impl Fn(&Thing) -> bool, to: &mut Vec<Candidate>) {
        let role = element.given.role.as_deref();
        let same_role = |thing: &&Thing| role.is_some() && thing.role.as_deref() == role && is_meant(thing);
        if let Some(words) = element.words {
            for thing in self.seen.things.iter().filter(|thing| is_meant(thing)) {
                let texts = [called(thing), thing.caption.as_str()];
                let is_like = texts.into_iter().any(|text| likeness(text, words) >= ALIKE);
                if is_like && (role.is_none() || same_role(&thing)) {
                    speaks_for(to, thing, &format!("it reads like {words:?}"), 3, 3);
                }
            }
        }
        let mut those = self.seen.things.iter().filter(same_role);
        if let (Some(only), None) = (those.next(), those.next()) {
            let why = format!("no other {} here that the profile does not know", role.unwrap_or_default());
            speaks_for(to, only, &why, 2, 2);
        }
    }
}

/// What is proposed, in the lines of a failure's text.
pub(crate) fn told(repairs: &[RepairRecord]) -> String {
    let line = |repair: &RepairRecord| {
        let sure = if repair.sure { "sure" } else { "unsure" };
        let (keys, now, why) = (repair.keys.replace('/', ": "), &repair.now, repair.why.join("; "));
        format!("\n  repair   {keys}: {now}\n  because  {why}; {sure}, and not tried out")
    };
    repairs.iter().map(line).collect()
}

const HEAD: &str = "What this run proposes where it failed for want of an element, by rule: each with how sure it is, and why. Nothing of it was\ntried out: run by this profile (--target) to do so, and take over what is right.";

/// The profile that extends the given one by what is proposed.
pub(crate) fn written(repairs: &[&RepairRecord], extends: &Path) -> String {
    let mut book = Book::default();
    for repair in repairs {
        let value: Value = serde_yaml::from_str(&repair.now).unwrap_or_default();
        let mut surety = if repair.sure { Surety::Sure } else { Surety::Unsure };
        let mut why = repair.why.clone();
        match book.entries.get(&repair.keys) {
            Some(Known::Proposed { value: other, .. }) if *other == value => continue,
            Some(Known::Proposed { value: other, .. }) => {
                surety = Surety::Unsure;
                why.push(format!("elsewhere {} stood out", book::flow(other)));
            }
            _ => {}
        }
        book.note(&repair.keys, Known::Proposed { value, surety, why });
    }
    sealed(&book.written(HEAD, extends, |_, surety| surety == Surety::Sure))
}

/// The beginning of the line that tells whether anybody has edited the file since it was written.
const SEAL: &str = "# A run removes this file or writes it anew only as long as nobody has edited it: ";

fn sealed(body: &str) -> String {
    format!("{SEAL}{}\n{body}", digest(body))
}

/// Whether a file of proposals is what a run wrote, byte for byte.
pub(crate) fn is_as_written(text: &str) -> bool {
    let sealed = text.strip_prefix(SEAL).and_then(|rest| rest.split_once('\n'));
    sealed.is_some_and(|(seal, body)| seal == digest(body))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_person_edited_is_not_as_it_was_written() {
        let text = written(&[], Path::new("given.yaml"));
        assert!(is_as_written(&text), "{text}");
        assert_eq!(serde_yaml::from_str::<Value>(&text).expect("YAML")["extends"], "given.yaml");
        let (longer, other) = (text.clone() + "# mine\n", text.replace("given", "other"));
        for edited in [longer, other, text.replacen("# ", "#  ", 1), String::new()] {
            assert!(!is_as_written(&edited), "{edited}");
        }
    }
}
