//! What speaks for a thing on a page to be an element of the profile: words of the trade, its place, where it leads. One function
//! an element; whoever may try things out adds what came of it.

use url::Url;

use super::{book::Surety, field::money, trade};
use crate::{
    browser::{Surveyed, Thing},
    target::Page,
};

/// Evidence that makes one thing stand out, and by how much it must be ahead of the next.
pub(crate) const STANDS_OUT: i32 = 5;
pub(crate) const AHEAD: i32 = 2;

/// Something that may be what is looked for.
#[derive(Debug, Clone)]
pub(crate) struct Candidate {
    pub(crate) thing: Thing,
    pub(crate) points: i32,
    pub(crate) why: Vec<String>,
}

impl Candidate {
    pub(crate) fn of(thing: &Thing) -> Self {
        Self { thing: thing.clone(), points: 0, why: Vec::new() }
    }

    pub(crate) fn and(mut self, points: i32, why: impl Into<String>) -> Self {
        self.points += points;
        self.why.push(why.into());
        self
    }
}

/// Something speaks for a thing, by so many points; by `alone` where nothing else has yet.
pub(crate) fn speaks_for(candidates: &mut Vec<Candidate>, thing: &Thing, why: &str, points: i32, alone: i32) {
    match candidates.iter_mut().find(|candidate| candidate.thing.id == thing.id) {
        Some(candidate) => *candidate = candidate.clone().and(points, why),
        None => candidates.push(Candidate::of(thing).and(alone, why)),
    }
}

/// Whether one of them, the first, stands out.
pub(crate) fn surety(candidates: &[Candidate]) -> Surety {
    let points = |at: usize| candidates.get(at).map_or(i32::MIN / 2, |candidate| candidate.points);
    match points(0) >= STANDS_OUT && points(0) - points(1) >= AHEAD {
        true => Surety::Sure,
        false => Surety::Unsure,
    }
}

pub(crate) fn by_points(candidates: &mut [Candidate]) {
    candidates.sort_by_key(|candidate| -candidate.points);
}

/// What a person calls a thing.
pub(crate) fn called(thing: &Thing) -> &str {
    [&thing.name, &thing.text, &thing.value].into_iter().find(|text| !text.is_empty()).map_or("", String::as_str)
}

pub(crate) fn is_role(thing: &Thing, roles: &[&str]) -> bool {
    thing.role.as_deref().is_some_and(|role| roles.contains(&role))
}

/// A link or a button.
pub(crate) fn is_pressable(thing: &Thing) -> bool {
    is_role(thing, &["link", "button"]) || (thing.opener && thing.holds == 0 && !is_role(thing, &["textbox"]))
}

pub(crate) fn leads_to(thing: &Thing, is: impl Fn(&Url) -> bool) -> bool {
    thing.to.as_deref().and_then(|to| Url::parse(to).ok()).is_some_and(|to| is(&to))
}

/// What the trade calls so among these, the best known first.
pub(crate) fn called_so<'t>(
    what: &str,
    things: impl IntoIterator<Item = &'t Thing>,
    by: impl Fn(&Thing) -> String,
) -> Vec<Candidate> {
    let mut candidates: Vec<Candidate> = things
        .into_iter()
        .filter_map(|thing| {
            let text = by(thing);
            let known = trade::known(what, &text)?;
            let how = if known == trade::Known::Whole {
                "is the trade's word for it"
            } else {
                "holds the trade's word for it"
            };
            Some(Candidate::of(thing).and(known.points(), format!("{text:?} {how}")))
        })
        .collect();
    by_points(&mut candidates);
    candidates
}

fn pressed_so(what: &str, seen: &Surveyed, is: impl Fn(&Thing) -> bool) -> Vec<Candidate> {
    let takes = seen.things.iter().filter(|thing| is_pressable(thing) && is(thing));
    called_so(what, takes, |thing| called(thing).to_owned())
}

/// What says that there is no such page, in place of one.
pub(crate) fn says_not_found(seen: &Surveyed) -> Option<&str> {
    let headings = seen.things.iter().filter(|thing| thing.level.is_some() && thing.dialog.is_none()).map(called);
    [seen.title.as_str()].into_iter().chain(headings).find(|text| trade::known("not-found", text).is_some())
}

/// Whether a page says itself that it is this one: by its heading or title, or, a list, by the names of two of its columns.
pub(crate) fn says_itself(seen: &Surveyed, page: Page) -> bool {
    let (words, list) = match page {
        Page::Console => ("console.itself", Some("instances.")),
        Page::Orders => ("console.orders", Some("orders.")),
        _ => ("home.distributed-database", None),
    };
    let headings = seen.things.iter().filter(|thing| thing.level.is_some() && !thing.top && thing.dialog.is_none());
    let mut told = [seen.title.as_str()].into_iter().chain(headings.map(called));
    let heads = seen.things.iter().filter(|thing| is_role(thing, &["columnheader"]));
    let columns = list.map_or(0, |list| heads.filter(|head| trade::is_one_of(list, &head.name)).count());
    told.any(|text| trade::known(words, text).is_some()) || columns >= 2
}

/// What shows which page it is: its heading, or that it asks for a password. `account`: whose name it is no sign to show.
pub(crate) fn sign(seen: &Surveyed, account: Option<&str>) -> Vec<Candidate> {
    let headings = seen.things.iter().filter(|thing| thing.level.is_some() && !thing.top && thing.dialog.is_none());
    let mut candidates = Vec::new();
    if let Some(first) = headings.clone().min_by_key(|thing| thing.level) {
        let alone = headings.clone().filter(|other| other.level == first.level).count() == 1;
        let text = called(first);
        let is_greeting = trade::known("greeting", text) == Some(trade::Known::Within);
        let is_passing = is_greeting
            || text.contains(|c: char| c.is_ascii_digit())
            || account.is_some_and(|account| !account.is_empty() && text.contains(account));
        let (points, why) = match (alone, is_passing) {
            (_, true) => (3, "the page's heading, which may be another for others, or the next time"),
            (true, false) => (5, "the page's heading"),
            (false, false) => (3, "the first of the page's headings"),
        };
        candidates.push(Candidate::of(first).and(points, why));
    }
    if let Some(secret) = seen.things.iter().find(|thing| thing.kind == "password") {
        candidates.push(Candidate::of(secret).and(3, "asks for the password"));
    }
    candidates
}

/// The way from the home page to the login page.
pub(crate) fn to_login(seen: &Surveyed) -> Vec<Candidate> {
    let mut candidates = pressed_so("home.log-in", seen, |_| true);
    for candidate in candidates.iter_mut().filter(|candidate| candidate.thing.top) {
        *candidate = candidate.clone().and(1, "at the head of the page");
    }
    for thing in seen.things.iter().filter(|thing| is_pressable(thing) && thing.top && thing.to.is_some()) {
        speaks_for(&mut candidates, thing, "at the head of the page", 0, 0);
    }
    candidates
}

pub(crate) fn password(seen: &Surveyed) -> Vec<Candidate> {
    let fields: Vec<&Thing> = seen.things.iter().filter(|thing| thing.kind == "password").collect();
    let alone = fields.len() == 1;
    let why = if alone { "the only field for a password" } else { "a field for a password" };
    fields.into_iter().map(|thing| Candidate::of(thing).and(if alone { 6 } else { 3 }, why)).collect()
}

/// Where the password is asked for, among the things of the page.
fn asked_for(seen: &Surveyed) -> usize {
    seen.things.iter().position(|thing| thing.kind == "password").unwrap_or_default()
}

/// The field for the e-mail address on the login page.
pub(crate) fn email(seen: &Surveyed) -> Vec<Candidate> {
    let (things, at) = (&seen.things, asked_for(seen));
    let is_text = |thing: &&Thing| thing.tag == "input" && ["text", "email", "tel", ""].contains(&thing.kind.as_str());
    let fields: Vec<&Thing> = things.iter().filter(is_text).filter(|thing| !thing.top).collect();
    let before = things[..at].iter().filter(is_text).rfind(|thing| !thing.top).map(|thing| thing.id);
    let candidates = fields.iter().map(|thing| {
        let mut candidate = Candidate::of(thing);
        if Some(thing.id) == before {
            candidate = candidate.and(4, "the field before the password");
        }
        if thing.kind == "email" {
            candidate = candidate.and(2, "it takes an e-mail address");
        }
        let known = [&thing.caption, &thing.name].into_iter().find_map(|text| trade::known("login.email", text));
        if let Some(known) = known {
            candidate = candidate.and(known.points(), format!("{:?} is the trade's word for it", thing.caption));
        }
        if fields.len() == 1 { candidate.and(3, "the only other field there") } else { candidate }
    });
    candidates.collect()
}

/// The button of the login page.
pub(crate) fn logs_in(seen: &Surveyed) -> Vec<Candidate> {
    let at = asked_for(seen);
    let mut candidates = pressed_so("login.log-in", seen, |thing| !thing.top);
    let is_button = |thing: &&Thing| !thing.top && is_role(thing, &["button"]) && !trade::is_grave(called(thing));
    let all: Vec<&Thing> = seen.things.iter().filter(is_button).collect();
    let after = seen.things[at..].iter().find(is_button).map(|thing| thing.id);
    for thing in &all {
        speaks_for(&mut candidates, thing, "a button", 0, 0);
        if Some(thing.id) == after {
            speaks_for(&mut candidates, thing, "the first button after the password", 2, 2);
        }
        let sends = |other: &&&Thing| other.kind == "submit";
        if thing.kind == "submit" && all.iter().filter(sends).count() == 1 {
            speaks_for(&mut candidates, thing, "the only button there that sends a form", 2, 2);
        }
        if all.len() == 1 {
            speaks_for(&mut candidates, thing, "the only button there", 3, 3);
        }
    }
    candidates
}

/// A level of a menu among these things, which came with the level before. `at`: which level, from 0.
pub(crate) fn menu_level(page: Page, key: &str, at: usize, is_last: bool, things: &[Thing]) -> Vec<Candidate> {
    let takes = |thing: &&Thing| {
        thing.dialog.is_none()
            && thing.level.is_none()
            && !called(thing).is_empty()
            && !trade::is_grave(called(thing))
            && trade::known("language", called(thing)) != Some(trade::Known::Whole)
            && match is_last {
                true => is_role(thing, &["link", "menuitem"]) || thing.to.is_some(),
                false => is_role(thing, &["button", "menuitem", "link", "tab"]) || thing.opener,
            }
    };
    let word = format!("{}.{key}", page.key());
    let mut candidates = called_so(&word, things.iter().filter(takes), |thing| called(thing).to_owned());
    candidates.iter_mut().filter(|candidate| candidate.thing.top || at > 0).for_each(|candidate| candidate.points += 1);
    for thing in things.iter().filter(takes).filter(|thing| (at > 0 || thing.top) && thing.to.is_some() == is_last) {
        if !candidates.iter().any(|candidate| candidate.thing.id == thing.id) {
            candidates.push(Candidate::of(thing).and(0, "no other word for it is known here"));
        }
    }
    by_points(&mut candidates);
    candidates
}

/// The way from the product page to the purchase page; `buy`: the site where one buys.
pub(crate) fn sells(seen: &Surveyed, buy: &Url) -> Vec<Candidate> {
    let mut candidates = pressed_so("product.purchase-now", seen, |thing| !thing.top);
    for thing in seen.things.iter().filter(|thing| !thing.top && is_role(thing, &["link"])) {
        if leads_to(thing, |to| to.origin() == buy.origin()) {
            speaks_for(&mut candidates, thing, "it leads to the site where one buys", 1, 1);
        }
    }
    candidates
}

/// The way from the purchase page to the check page, for whoever presses it: of what may go on to an order, nothing but the
/// likeliest is meant.
pub(crate) fn goes_on(seen: &Surveyed) -> Vec<Candidate> {
    let mut candidates = may_go_on(seen);
    candidates.truncate(1);
    candidates
}

/// All that may be the way from the purchase page to the check page, the likeliest first; only where it is plain.
pub(crate) fn may_go_on(seen: &Surveyed) -> Vec<Candidate> {
    let mut candidates = pressed_so("purchase.purchase-now", seen, |thing| !thing.top && thing.row.is_none());
    candidates.retain(|one| one.points >= trade::Known::Whole.points());
    candidates
}

/// What confirms the order on the check page.
pub(crate) fn confirms(seen: &Surveyed) -> Vec<Candidate> {
    let mut candidates = pressed_so("check.confirm", seen, |thing| !thing.top && thing.to.is_none());
    let mut buttons = seen.things.iter().filter(|thing| !thing.top && is_role(thing, &["button"]));
    if let (Some(only), None) = (buttons.next(), buttons.next()) {
        speaks_for(&mut candidates, only, "the only button of the page", 2, 3);
    }
    candidates
}

/// The way back from the check page to the purchase page, which was at this address.
pub(crate) fn goes_back(seen: &Surveyed, from: &Url) -> Vec<Candidate> {
    let mut candidates = pressed_so("check.back", seen, |thing| !thing.top);
    let leads_back = |thing: &&Thing| {
        is_pressable(thing)
            && !thing.top
            && leads_to(thing, |to| to.path() == from.path() && to.origin() == from.origin())
    };
    for thing in seen.things.iter().filter(leads_back) {
        speaks_for(&mut candidates, thing, "it leads back to the purchase page", 4, 5);
    }
    candidates
}

/// The fee, the balance and what will be frozen of it, on the page where that is checked or paid. `fee`: what the purchase page asked
/// for, and under which caption.
pub(crate) fn sums(seen: &Surveyed, fee: Option<i64>, fee_caption: &str) -> [Vec<Candidate>; 3] {
    let amounts = seen.things.iter().filter(|thing| (thing.beside || thing.own) && !thing.struck && !thing.top);
    let amounts: Vec<(Thing, i64)> = amounts.filter_map(|thing| Some((thing.clone(), money(&thing.text)?.1))).collect();
    let captioned: Vec<&(Thing, i64)> = amounts.iter().filter(|(thing, _)| !thing.caption.is_empty()).collect();
    let (mut fees, mut balances, mut all_frozen) = (Vec::new(), Vec::new(), Vec::new());
    let others = captioned.iter().filter(|(_, fen)| fee.is_some_and(|fee| *fen != fee)).count();
    for (thing, fen) in captioned.iter().map(|it| (&it.0, it.1)) {
        let known = |what: &str| trade::known(what, &thing.caption);
        let (mut sum, mut balance) = (Candidate::of(thing), Candidate::of(thing));
        if let Some(known) = known("check.frozen") {
            let why = format!("{:?} is the trade's word for it", thing.caption);
            all_frozen.push(Candidate::of(thing).and(known.points() + i32::from(thing.beside), why));
        }
        if let Some(known) = known("check.total-fee") {
            sum = sum.and(known.points(), format!("{:?} is the trade's word for it", thing.caption));
        }
        if let Some(known) = known("check.balance") {
            balance = balance.and(known.points(), format!("{:?} is the trade's word for it", thing.caption));
        }
        if !fee_caption.is_empty() && thing.caption == fee_caption {
            sum = sum.and(2, "it is called as on the purchase page");
        }
        if Some(fen) == fee {
            sum = sum.and(4, "it is the fee of the purchase page");
        } else if fee.is_some() {
            balance = balance.and(1, "an amount that is not the fee");
            if others == 1 {
                balance = balance.and(2, "the only one");
            }
        }
        if thing.beside {
            sum.points += 1;
            balance.points += 1;
        }
        fees.push(sum);
        balances.push(balance);
    }
    // What reads the same under the same caption is one thing.
    [fees, balances, all_frozen].map(|mut candidates| {
        by_points(&mut candidates);
        let mut seen: Vec<(String, String)> = Vec::new();
        candidates.retain(|one| {
            let key = (one.thing.caption.clone(), one.thing.text.clone());
            let is_new = !seen.contains(&key);
            seen.push(key);
            is_new
        });
        candidates
    })
}

/// Where a page repeats the choice of a field; `caption`: what the purchase page calls the field, `word`: what was chosen.
pub(crate) fn fact(seen: &Surveyed, field: &str, caption: Option<&str>, word: Option<&str>) -> Vec<Candidate> {
    let facts = seen.things.iter().filter(|thing| thing.beside && !thing.top && !is_pressable(thing));
    let facts: Vec<&Thing> = facts.collect();
    let mut candidates = called_so(&format!("field.{field}"), facts.iter().copied(), |thing| thing.caption.clone());
    for thing in facts {
        let is_called = caption.is_some_and(|caption| *caption == thing.caption && !caption.is_empty());
        if is_called {
            speaks_for(&mut candidates, thing, "it is called as on the purchase page", 4, 4);
        }
        let is_known = candidates.iter().any(|candidate| candidate.thing.id == thing.id);
        if is_known && word.is_some_and(|word| holds_word(&thing.text, word)) {
            speaks_for(&mut candidates, thing, "it shows what was chosen", 3, 3);
        }
    }
    candidates
}

/// Whether a text holds a word, not as a part of a number.
pub(crate) fn holds_word(text: &str, word: &str) -> bool {
    let Some(at) = text.find(word) else { return false };
    let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
    let is_number = word.chars().all(|c| c.is_ascii_digit());
    !word.is_empty()
        && !(is_number && (digit(text[..at].chars().last()) || digit(text[at + word.len()..].chars().next())))
}

/// The total fee among the amounts of the purchase page.
pub(crate) fn total_fee(amounts: &[Thing]) -> Vec<Candidate> {
    let of = |thing: &Thing| {
        let candidate = Candidate::of(thing);
        match trade::known("purchase.total-fee", &thing.caption) {
            Some(known) => candidate.and(known.points(), format!("{:?} is the trade's word for it", thing.caption)),
            None => candidate,
        }
    };
    amounts.iter().filter(|thing| !thing.struck).map(of).collect()
}

/// The undiscounted fee: what is struck out.
pub(crate) fn struck(seen: &Surveyed) -> Vec<Candidate> {
    one_of_each(
        amounts(seen)
            .iter()
            .filter(|thing| thing.struck)
            .map(|thing| Candidate::of(thing).and(5, "it is struck out"))
            .collect(),
    )
}

/// What of a page is an amount.
pub(crate) fn amounts(seen: &Surveyed) -> Vec<Thing> {
    let is_amount = |thing: &&Thing| thing.row.is_none() && (thing.own || thing.beside) && money(&thing.text).is_some();
    seen.things.iter().filter(is_amount).cloned().collect()
}

/// The note that regions cannot communicate; `region`: what the page calls them, in lower case.
pub(crate) fn region_note(seen: &Surveyed, region: &[String]) -> Vec<Candidate> {
    let mut candidates: Vec<Candidate> = Vec::new();
    for thing in seen.things.iter().filter(|thing| thing.own && thing.holds == 0 && !is_pressable(thing) && !thing.top)
    {
        let length = thing.text.chars().count();
        let is_sentence = length >= 25 || (length >= 10 && !thing.text.is_ascii());
        if !is_sentence || thing.level.is_some() {
            continue;
        }
        let lower = thing.text.to_lowercase();
        let mut candidate = Candidate::of(thing);
        if trade::known("purchase.region-note", &thing.text).is_some() {
            candidate = candidate.and(4, "it says that they are not connected");
        }
        if region.iter().any(|word| lower.contains(word.as_str()))
            || trade::known("field.region", &thing.text).is_some()
        {
            candidate = candidate.and(2, "it speaks of regions");
        }
        if candidate.points >= 2 {
            candidates.push(candidate);
        }
    }
    candidates
}

/// The link to a document, by its key in the profile.
pub(crate) fn document(seen: &Surveyed, key: &str) -> Vec<Candidate> {
    let links: Vec<&Thing> = seen.things.iter().filter(|thing| thing.to.is_some() && !thing.top).collect();
    let mut candidates =
        called_so(&format!("documents.{key}"), links.iter().copied(), |thing| called(thing).to_owned());
    for thing in links {
        let to = thing.to.as_deref().unwrap_or_default();
        if trade::listed(&format!("documents.numbers.{key}")).iter().any(|number| to.contains(number.as_str())) {
            speaks_for(&mut candidates, thing, "it leads to the document of that number", 4, 5);
        }
    }
    candidates
}

/// The way from the console to the purchase page, which is at this address. Among what belongs to instances, only what is plain is
/// meant, or leads there by its address.
pub(crate) fn creates(seen: &Surveyed, purchase: &Url) -> Vec<Candidate> {
    let leads_there =
        |thing: &Thing| leads_to(thing, |to| to.origin() == purchase.origin() && to.path() == purchase.path());
    let is_meant = |thing: &Thing| !thing.top && thing.row.is_none();
    let mut candidates = pressed_so("console.new", seen, is_meant);
    for thing in seen.things.iter().filter(|thing| is_pressable(thing) && is_meant(thing) && leads_there(thing)) {
        speaks_for(&mut candidates, thing, "its address is the purchase page's", 2, 2);
    }
    candidates.retain(|one| one.points >= trade::Known::Whole.points() || leads_there(&one.thing));
    if candidates.iter().filter(|one| !leads_there(&one.thing)).count() > 1 {
        candidates.retain(|one| leads_there(&one.thing));
    }
    candidates
}

/// What a region without instances says; `has_rows`: some are listed.
pub(crate) fn emptiness(seen: &Surveyed, has_rows: bool) -> Vec<Candidate> {
    let says = seen.things.iter().filter(|thing| {
        thing.own && !is_pressable(thing) && !thing.top && thing.level.is_none() && thing.dialog.is_none()
    });
    let mut candidates = called_so("console.empty", says, |thing| thing.text.clone());
    for candidate in candidates.iter_mut().filter(|_| !has_rows) {
        *candidate = candidate.clone().and(3, "no instance is listed");
    }
    candidates
}

/// The links of the console, which is at this address, that may lead to the order list, one to each address: those that are called so
/// first, then any that a person could follow without ending anything.
pub(crate) fn to_orders(seen: &Surveyed, console: &Url) -> Vec<Candidate> {
    let is_elsewhere =
        |thing: &&Thing| leads_to(thing, |to| to.origin() == console.origin() && to.path() != console.path());
    let is_harmless =
        |thing: &&Thing| thing.row.is_none() && !called(thing).is_empty() && !trade::is_grave(called(thing));
    let all: Vec<&Thing> = seen.things.iter().filter(is_elsewhere).filter(is_harmless).collect();
    let mut links = called_so("console.orders", all.iter().copied(), |thing| called(thing).to_owned());
    links.extend(all.into_iter().filter(|thing| !leads_to_end(thing)).map(Candidate::of));
    let mut known: Vec<String> = Vec::new();
    links.retain(|link| {
        let to = link.thing.to.as_deref().unwrap_or_default();
        let to = to.split('#').next().filter(|_| !to.contains("#/")).unwrap_or(to).to_owned();
        let is_new = !known.contains(&to);
        known.push(to);
        is_new
    });
    links
}

/// Whether the address that a link leads to says that something ends there, or is paid, whatever the link is called.
pub(crate) fn leads_to_end(thing: &Thing) -> bool {
    leads_to(thing, |to| {
        let told = [to.path(), to.query().unwrap_or_default(), to.fragment().unwrap_or_default()].join(" ");
        trade::is_grave(&told.replace(|c: char| !c.is_alphanumeric(), " "))
    })
}

/// The heading of a column; `what`: `instances` or `orders`.
pub(crate) fn column(seen: &Surveyed, what: &str, cell: &str) -> Vec<Candidate> {
    let heads = seen.things.iter().filter(|thing| is_role(thing, &["columnheader"]));
    called_so(&format!("{what}.{cell}"), heads, |thing| thing.name.clone())
}

/// The number of the order on the result page, which is at this address; `is_one`: it is written as order numbers are.
pub(crate) fn order_number(seen: &Surveyed, address: &str, is_one: impl Fn(&str) -> bool) -> Vec<Candidate> {
    let is_id = |text: &str| {
        (6..=40).contains(&text.len())
            && !text.contains(char::is_whitespace)
            && money(text).is_none()
            && text.contains(|c: char| c.is_ascii_digit() || c == '-')
    };
    let things = seen.things.iter().filter(|thing| !thing.top && (thing.own || thing.beside) && is_id(&thing.text));
    let of = |thing: &Thing| {
        let mut candidate = Candidate::of(thing);
        if let Some(known) = trade::known("result.order-number", &thing.caption) {
            candidate = candidate.and(known.points(), format!("{:?} is the trade's word for it", thing.caption));
        }
        if address.split(['/', '?', '#', '&', '=']).any(|part| part == thing.text) {
            candidate = candidate.and(5, "it is part of the page's address");
        }
        if is_one(&thing.text) {
            candidate = candidate.and(3, "it is written as order numbers are");
        }
        candidate
    };
    // What stands in something and reads the same is the same.
    one_of_each(things.map(of).collect())
}

/// What was paid, on the result page; `fee`: what that was, where it is known.
pub(crate) fn paid(seen: &Surveyed, fee: Option<i64>) -> Vec<Candidate> {
    let of = |thing: &Thing| {
        let mut candidate = Candidate::of(thing);
        if let Some(known) = trade::known("result.amount", &thing.caption) {
            candidate = candidate.and(known.points(), format!("{:?} is the trade's word for it", thing.caption));
        }
        if fee.is_some() && money(&thing.text).map(|(_, fen)| fen) == fee {
            candidate = candidate.and(4, "it is the fee that was paid");
        }
        candidate.points += i32::from(thing.beside);
        candidate
    };
    one_of_each(amounts(seen).iter().filter(|thing| !thing.struck).map(of).collect())
}

/// The way from the result page to the console, which is at this address.
pub(crate) fn to_console(seen: &Surveyed, console: &Url) -> Vec<Candidate> {
    let mut candidates = pressed_so("result.go-to-console", seen, |thing| !thing.top);
    for thing in seen.things.iter().filter(|thing| is_pressable(thing) && !thing.top) {
        if leads_to(thing, |to| to.origin() == console.origin()) {
            speaks_for(&mut candidates, thing, "it leads to the site of the console", 3, 3);
        }
    }
    candidates
}

/// What can be done with an instance, or in a dialog about one: what the trade calls so, and is no other thing.
pub(crate) fn operation(seen: &Surveyed, what: &str) -> Vec<Candidate> {
    pressed_so(what, seen, |thing| !thing.disabled)
}

/// What may be the button of a dialog that does what the dialog is for.
pub(crate) fn goes_ahead(seen: &Surveyed, what: &str) -> Vec<Candidate> {
    let closes = operation(seen, "dialog.cancel");
    let goes_on = |thing: &Thing| !closes.iter().any(|other| other.thing.id == thing.id);
    let mut candidates = operation(seen, what);
    candidates.retain(|one| goes_on(&one.thing));
    let mut others = seen.things.iter().filter(|thing| is_role(thing, &["button"]) && goes_on(thing));
    if let (Some(only), None) = (others.next(), others.next()) {
        speaks_for(&mut candidates, only, "the only button of the dialog that does not close it", 2, 2);
    }
    by_points(&mut candidates);
    candidates
}

/// The consent that a dialog asks for.
pub(crate) fn consents(seen: &Surveyed) -> Vec<Candidate> {
    let boxes: Vec<&Thing> = seen.things.iter().filter(|thing| is_role(thing, &["checkbox"])).collect();
    let (points, why) = if boxes.len() == 1 { (6, "the only box to tick of the dialog") } else { (3, "a box to tick") };
    boxes.into_iter().map(|thing| Candidate::of(thing).and(points, why)).collect()
}

/// Of what reads the same under the same caption, one.
fn one_of_each(mut candidates: Vec<Candidate>) -> Vec<Candidate> {
    candidates.sort_by_key(|candidate| (-candidate.points, !candidate.thing.beside));
    let mut known: Vec<String> = Vec::new();
    candidates.retain(|one| {
        let is_new = !known.contains(&one.thing.text);
        known.push(one.thing.text.clone());
        is_new
    });
    candidates
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changes_account_or_language_is_no_menu() {
        let button = |(id, name): (usize, &str)| Thing {
            id,
            role: Some("button".into()),
            name: name.into(),
            top: true,
            ..Thing::default()
        };
        let things: Vec<Thing> =
            ["EN", "中文", "Switch account", "退订", "Goods"].into_iter().enumerate().map(button).collect();
        let ids: Vec<usize> =
            menu_level(Page::Home, "products", 0, false, &things).iter().map(|one| one.thing.id).collect();
        assert_eq!(ids, [4]);
    }

    #[test]
    fn of_two_amounts_that_are_struck_out_none_is_the_undiscounted_fee_for_sure() {
        let struck =
            |id: usize, text: &str| Thing { id, text: text.into(), own: true, struck: true, ..Thing::default() };
        let of = |things: Vec<Thing>| surety(&super::struck(&Surveyed { things, ..Surveyed::default() }));
        assert_eq!(of(vec![struck(1, "¥12.00"), struck(2, "¥10.00")]), Surety::Unsure);
        assert_eq!(of(vec![struck(1, "¥12.00"), struck(2, "¥12.00")]), Surety::Sure);
    }

    #[test]
    fn a_heading_is_no_sure_sign_that_greets_names_the_account_or_counts() {
        for (text, surety_of_it) in [
            ("DCDB Console", Surety::Sure),
            ("Welcome", Surety::Sure),
            ("Welcome back, friend", Surety::Unsure),
            ("你好，小明", Surety::Unsure),
            ("The desk of Ana R.", Surety::Unsure),
            ("3 instances", Surety::Unsure),
        ] {
            let heading = Thing { level: Some(1), name: text.into(), ..Thing::default() };
            let seen = Surveyed { things: vec![heading], ..Surveyed::default() };
            assert_eq!(surety(&sign(&seen, Some("Ana R."))), surety_of_it, "{text}");
        }
    }

    #[test]
    fn no_link_is_tried_out_that_is_in_a_row_has_no_name_or_may_end_something() {
        let link = |id: usize, name: &str, to: &str, row: Option<usize>| Thing {
            id,
            role: Some("link".into()),
            name: name.into(),
            to: Some(format!("https://console.example{to}")),
            row,
            ..Thing::default()
        };
        let things = vec![
            link(1, "Bye", "/logout", None),
            link(2, "Log out", "/session", None),
            link(3, "Let go", "/entry?id=1", Some(9)),
            link(4, "", "/icon", None),
            link(5, "News", "/news", None),
            link(6, "More news", "/news#again", None),
            link(7, "Close it", "/account?action=close-account", None),
            link(8, "Start", "/dcdb", None),
            link(9, "Orders", "/pay/orders", None),
        ];
        let seen = Surveyed { things, ..Surveyed::default() };
        let console = "https://console.example/dcdb".parse().expect("an address");
        let ids: Vec<usize> = to_orders(&seen, &console).iter().map(|one| one.thing.id).collect();
        assert_eq!(ids, [9, 5]);
    }

    #[test]
    fn of_two_that_read_the_same_none_stands_out_and_one_alone_is_pressed() {
        let button = |id: usize| Thing { id, role: Some("button".into()), name: "Buy Now".into(), ..Thing::default() };
        let seen = Surveyed { things: vec![button(1), button(2)], ..Surveyed::default() };
        let ids = |candidates: &[Candidate]| candidates.iter().map(|one| one.thing.id).collect::<Vec<_>>();
        let all = may_go_on(&seen);
        assert_eq!((ids(&all), surety(&all)), (vec![1, 2], Surety::Unsure));
        assert_eq!(ids(&goes_on(&seen)), [1]);
    }
}
