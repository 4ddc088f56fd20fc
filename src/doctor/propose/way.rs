//! The walk that finds things out: what it does on every page alike.

use std::{path::PathBuf, sync::Arc, time::Duration};

use anyhow::Context as _;
use serde_yaml::Value;
use url::Url;

use crate::{
    browser::{Surveyed, TabHandle, Thing},
    domain::{Class, class_of},
    evidence::Redaction,
    nearest::likeness,
    pages::Browsing,
    repair::{
        book::{self, Book, Known, Surety, value_of},
        evidence::{self, Candidate, STANDS_OUT, by_points, called, is_role, surety},
        field, trade,
    },
    say,
    target::{self, Account, Errand, Locator, OpensBy, Page, Site, Target},
};

/// What is pressed or rested on to find out is there already.
pub(super) const NOW: Duration = Duration::from_secs(3);
/// A new tab that nothing announced comes within that.
const UNANNOUNCED: Duration = Duration::from_millis(600);
/// So many are tried out where several may be it.
const TRIES: usize = 6;
/// So many ways through a menu are.
const MENU_TRIES: usize = 24;
/// A level of a menu: how it is said, and why; nothing where it is the profile's own.
#[derive(Debug, Clone)]
struct Level {
    candidate: Option<Candidate>,
    way: Locator,
}

/// Where a press led.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Led {
    Nowhere,
    Here,
    ToNewTab,
}

pub(super) struct Way<'a> {
    pub(super) browsing: Browsing,
    pub(super) account: &'a Account,
    pub(super) book: Book,
    /// The profile that was given, and where this walk's own is kept that extends it.
    pub(super) given: PathBuf,
    pub(super) trial: PathBuf,
    pub(super) variable: &'a dyn Fn(&str) -> Option<String>,
    pub(super) secrets: &'a Redaction,
    pub(super) page: Page,
    pub(super) seen: Surveyed,
    /// What there was after the last press that did not lead where it should.
    pub(super) refused: Surveyed,
    /// Why the page that was opened last is none.
    pub(super) amiss: Option<String>,
    /// The page at which what must be done on the way there has been done.
    pub(super) arrived: Option<Page>,
    /// Why all that hangs on the page that is open may be another's.
    pub(super) doubt: Option<String>,
    /// What was tried out last led off the hosts of the target; the browser may tell so once more.
    pub(super) led_off: bool,
    /// What lies over the page may ask whether something is really to be bought: it is left alone.
    pub(super) hands_off: bool,
}

pub(super) fn asks_for_password(way: &Way<'_>) -> bool {
    way.seen.things.iter().filter(|thing| thing.kind == "password").count() == 1
}

impl Way<'_> {
    pub(super) fn profile(&self) -> &target::Profile {
        &self.browsing.target.profile
    }

    pub(super) fn keys(&self, key: &str) -> String {
        format!("pages/{}/{key}", self.page.key())
    }

    pub(super) fn head(&mut self, page: Page) {
        self.page = page;
    }

    pub(super) fn works(&mut self, key: &str) {
        let keys = self.keys(key);
        self.note(&keys, Known::Works);
    }

    pub(super) fn missing(&mut self, key: &str, why: impl Into<String>) {
        let keys = self.keys(key);
        self.note(&keys, Known::Missing(why.into()));
    }

    pub(super) fn unseen(&mut self, key: &str, why: impl Into<String>) {
        let keys = self.keys(key);
        if !self.book.entries.contains_key(&keys) {
            self.note(&keys, Known::Unseen(why.into()));
        }
    }

    /// Notes it, without what nobody may read.
    pub(super) fn note(&mut self, keys: &str, known: Known) {
        let known = match known {
            Known::Missing(why) => Known::Missing(self.secrets.text(&why)),
            Known::Unseen(why) => Known::Unseen(self.secrets.text(&why)),
            known => known,
        };
        self.book.note(keys, known);
    }

    pub(super) fn stuck(&mut self, why: impl Into<String>) {
        let why = self.secrets.text(&why.into());
        say!("  ! {why}");
        self.book.stuck.push(why);
    }

    /// Proposes a value, and goes on by a profile that has it.
    pub(super) fn propose(&mut self, keys: &str, value: Value, surety: Surety, why: Vec<String>) -> anyhow::Result<()> {
        let surety = if self.doubt.is_some() { Surety::Unsure } else { surety };
        let why = why.into_iter().chain(self.doubt.clone()).map(|why| self.secrets.text(&why)).collect();
        if book::flow(&value).contains("${") {
            self.note(keys, Known::Missing("what tells it holds ${, which profiles fill in".into()));
            return Ok(());
        }
        if self.secrets.text(&book::flow(&value)) != book::flow(&value) {
            self.note(keys, Known::Missing("what tells it holds a secret".into()));
            return Ok(());
        }
        let before = self.book.entries.get(keys).cloned();
        self.note(keys, Known::Proposed { value, surety, why });
        let reloaded = self.reload();
        if reloaded.is_err() {
            match before {
                Some(before) => self.note(keys, before),
                None => drop(self.book.entries.shift_remove(keys)),
            }
        }
        reloaded
    }

    pub(super) fn reload(&mut self) -> anyhow::Result<()> {
        std::fs::write(&self.trial, self.book.as_profile(&self.given)?)
            .with_context(|| format!("keeping {}", self.trial.display()))?;
        let profile = target::load(&self.trial, self.variable).context("what is proposed is no profile")?;
        let port = self.browsing.target.port;
        self.browsing.goes_by(Arc::new(Target::new(profile, port, 1.0)));
        Ok(())
    }

    /// The page as it is once it rests, without what merely lies over it.
    pub(super) async fn survey(&mut self) -> anyhow::Result<()> {
        let led_off = std::mem::take(&mut self.led_off);
        self.seen = match self.browsing.visit.survey(self.page.title()).await {
            Err(error) if led_off && class_of(&error) == Class::Guard => {
                self.browsing.visit.survey(self.page.title()).await?
            }
            seen => seen?,
        };
        if self.seen.cut {
            let why = format!(
                "the {} holds more than is looked at: what comes after {:?} is not known",
                self.page.title(),
                self.seen.things.last().map_or("", called)
            );
            if !self.book.stuck.contains(&why) {
                self.stuck(why);
            }
        }
        if let Some((shown, dismiss)) = self.overlay().await? {
            let mut rules: Vec<Value> = Vec::new();
            for rule in &self.profile().overlays {
                rules.push(overlay_rule(&rule.shown, &rule.dismiss));
            }
            rules.push(overlay_rule(&shown, &dismiss));
            self.browsing.at(self.page, &dismiss).within(NOW).click().await?;
            let why = "it lies over the page, says what such notices say, and went when that was pressed";
            self.propose("overlays", Value::Sequence(rules), Surety::Sure, vec![why.into()])?;
            self.seen = self.browsing.visit.survey(self.page.title()).await?;
        }
        Ok(())
    }

    /// A notice that stays over the page: how it is known, and what takes it away and does no more.
    async fn overlay(&self) -> anyhow::Result<Option<(Locator, Locator)>> {
        let over = |thing: &&Thing| thing.over.is_some() && thing.dialog.is_none();
        let says = self
            .seen
            .things
            .iter()
            .filter(over)
            .find(|thing| thing.own && trade::known("overlay.says", &thing.text).is_some());
        let Some(says) = says else { return Ok(None) };
        // What speaks of money, or of what cannot be taken back, is no notice.
        let mut part = self.seen.things.iter().filter(|thing| thing.over == says.over);
        let has_amount = |text: &str| text.contains(['¥', '￥', '$', '元']) || field::money(text).is_some();
        let is_grave = |thing: &Thing| {
            [called(thing), thing.text.as_str()].into_iter().any(|text| trade::is_grave(text) || has_amount(text))
        };
        if self.hands_off || part.any(is_grave) {
            return Ok(None);
        }
        let inside =
            |thing: &&Thing| thing.over == says.over && is_role(thing, &["button", "link"]) && thing.to.is_none();
        let dismiss = |thing: &&Thing| {
            trade::known("overlay.dismiss", called(thing)) == Some(trade::Known::Whole)
                && !trade::is_grave(called(thing))
        };
        let Some(dismiss) = self.seen.things.iter().filter(inside).find(dismiss) else { return Ok(None) };
        let holder = says.over.filter(|id| self.thing(*id).is_some()).unwrap_or(says.id);
        let shown = self.ways(holder, false).await?.into_iter().next();
        let dismiss = self.ways(dismiss.id, false).await?.into_iter().next();
        Ok(shown.zip(dismiss))
    }

    pub(super) fn thing(&self, id: usize) -> Option<&Thing> {
        self.seen.things.iter().find(|thing| thing.id == id)
    }

    /// The thing that a locator finds now, alone.
    pub(super) async fn finds(&self, locator: &Locator) -> anyhow::Result<Option<usize>> {
        let found = self.browsing.visit.whose(self.page.title(), std::slice::from_ref(locator)).await?;
        Ok(found.into_iter().next().flatten())
    }

    pub(super) async fn ways(&self, thing: usize, changes: bool) -> anyhow::Result<Vec<Locator>> {
        self.browsing.visit.ways(self.page.title(), thing, changes).await
    }

    pub(super) async fn url(&self) -> anyhow::Result<Url> {
        self.browsing.visit.url().await
    }

    /// An element that is only looked at: the given locator where it finds one, else the best of these.
    pub(super) async fn element(
        &mut self,
        key: &str,
        given: &Locator,
        mut candidates: Vec<Candidate>,
        changes: bool,
    ) -> anyhow::Result<Option<Locator>> {
        if self.finds(given).await?.is_some() {
            self.works(key);
            return Ok(Some(given.clone()));
        }
        by_points(&mut candidates);
        let Some(best) = candidates.first().filter(|best| best.points > 0) else {
            let near = self.near(given);
            self.missing(key, format!("{given} is not there, and nothing like it{near}"));
            return Ok(None);
        };
        let keys = self.keys(key);
        let Some(way) = self.ways(best.thing.id, changes).await?.into_iter().next() else {
            self.missing(key, format!("{:?} may be it, but nothing tells it from others", called(&best.thing)));
            return Ok(None);
        };
        let surety = surety(&candidates);
        let mut why = best.why.clone();
        if let (Surety::Unsure, Some(other)) = (surety, candidates.get(1).filter(|other| other.points > 0)) {
            why.push(format!("{:?} may be it too", called(&other.thing)));
        }
        self.propose(&keys, value_of(&way), surety, why)?;
        Ok(Some(way))
    }

    /// Things that read like what was looked for, whatever their role.
    pub(super) fn near(&self, locator: &Locator) -> String {
        let wanted = [&locator.name, &locator.label, &locator.text, &locator.beside, &locator.column];
        let wanted = wanted.into_iter().flatten().next().map(|text| match text {
            target::Text::Is(text) => text.clone(),
            other => other.to_string(),
        });
        let Some(wanted) = wanted else { return String::new() };
        let alike = |thing: &&Thing| {
            let text = called(thing);
            likeness(text, &wanted) > 0.6
                || (!text.is_empty() && text.len() < 60 && text.to_lowercase().contains(&wanted.to_lowercase()))
        };
        let mut near: Vec<String> = self
            .seen
            .things
            .iter()
            .filter(alike)
            .map(|thing| {
                let role = match (thing.role.as_deref(), thing.tag.as_str()) {
                    (Some(role), _) => role,
                    (None, "a") => "link without an address",
                    (None, tag) => tag,
                };
                format!("{role} {:?}", called(thing))
            })
            .collect();
        near.dedup();
        near.truncate(4);
        if near.is_empty() { String::new() } else { format!(" (near: {})", near.join(", ")) }
    }

    /// Presses it and sees where that leads.
    pub(super) async fn press(&mut self, locator: &Locator, blank: bool) -> anyhow::Result<Led> {
        let before = self.url().await?;
        let ids: Vec<usize> = self.seen.things.iter().map(|thing| thing.id).collect();
        self.browsing.at(self.page, locator).within(NOW).click().await?;
        if blank {
            self.browsing.visit.follow_new_tab(self.page.title(), &locator.to_string()).await?;
            self.survey().await?;
            return Ok(Led::ToNewTab);
        }
        self.survey().await?;
        if self.url().await? != before {
            return Ok(Led::Here);
        }
        let now: Vec<usize> = self.seen.things.iter().map(|thing| thing.id).collect();
        if now == ids && self.browsing.visit.follow_any_new_tab(self.page.title(), UNANNOUNCED).await? {
            self.survey().await?;
            return Ok(Led::ToNewTab);
        }
        // A page that is drawn anew at its own address is another all the same.
        Ok(if now == ids { Led::Nowhere } else { Led::Here })
    }

    /// Back where a trial began.
    pub(super) async fn back_to(&mut self, tab: &TabHandle, url: &Url) -> anyhow::Result<()> {
        self.browsing.visit.turn_to(tab).await?;
        self.go(url).await
    }

    async fn go(&mut self, url: &Url) -> anyhow::Result<()> {
        self.browsing.visit.go(url).await?;
        self.survey().await
    }

    /// Opens an address to see what is there; whether anything is that may be looked at.
    pub(super) async fn try_out(&mut self, to: &Url) -> bool {
        let opened = self.go(to).await;
        self.came_of(opened).is_ok()
    }

    /// What came of something that was tried out: that it leads off the hosts of the target says no more than that it is another
    /// thing.
    pub(super) fn came_of<T>(&mut self, tried: anyhow::Result<T>) -> Result<T, String> {
        tried.map_err(|error| {
            self.led_off = class_of(&error) == Class::Guard;
            if self.led_off { "it leads off the hosts of the target".to_owned() } else { first_line(&error) }
        })
    }

    /// What hangs on the page that is open is in doubt where nothing but a guess led there, unless the page says itself that it is this
    /// one.
    pub(super) fn doubt_unless_told(&mut self, page: Page, is_guess: bool) {
        let is_doubtful = is_guess && !evidence::says_itself(&self.seen, page);
        self.doubt =
            is_doubtful.then(|| format!("whether this is the {} is a guess: nothing there says so", page.title()));
    }

    /// Something whose press leads to what is expected: the given locator where it does, else the best of these that does.
    /// Afterwards the browser is where it led to.
    pub(super) async fn leading(
        &mut self,
        key: &str,
        given: &Locator,
        mut candidates: Vec<Candidate>,
        what: &str,
        is_there: impl AsyncFn(&Self) -> anyhow::Result<bool>,
    ) -> anyhow::Result<Option<(Locator, Led)>> {
        let (tab, url, from) = (self.browsing.visit.tab(), self.url().await?, self.page);
        candidates.retain(|one| !trade::is_grave(called(&one.thing)) && !one.thing.disabled && self.stays(&one.thing));
        by_points(&mut candidates);
        let given_id = self.finds(given).await?;
        let mut tries: Vec<(Option<Candidate>, Locator, bool)> = Vec::new();
        if let Some(id) = given_id {
            tries.push((None, given.clone(), self.thing(id).is_some_and(|thing| thing.blank)));
        }
        for candidate in candidates.iter().filter(|one| Some(one.thing.id) != given_id).take(TRIES) {
            if let Some(way) = self.ways(candidate.thing.id, false).await?.into_iter().next() {
                tries.push((Some(candidate.clone()), way, candidate.thing.blank));
            }
        }
        let mut led_elsewhere = Vec::new();
        for (candidate, way, blank) in tries {
            let pressed = self.press(&way, blank).await;
            let led = match self.came_of(pressed) {
                Ok(led) => led,
                Err(why) => {
                    led_elsewhere.push(format!("{way} took no press, or led nowhere ({why})"));
                    // It may have been pressed all the same, and have led anywhere.
                    self.page = from;
                    self.back_to(&tab, &url).await?;
                    Led::Nowhere
                }
            };
            if led != Led::Nowhere && is_there(self).await? {
                self.page = from;
                match candidate {
                    None => self.works(key),
                    Some(candidate) => {
                        let keys = self.keys(key);
                        let ahead = candidates.iter().filter(|other| other.thing.id != candidate.thing.id);
                        let rival = ahead.map(|other| other.points).max().unwrap_or(0);
                        // What it does says more than what it is called.
                        let candidate = candidate.and(4, format!("a press leads to {what}"));
                        let surety =
                            if candidate.points >= STANDS_OUT.min(4 + rival) { Surety::Sure } else { Surety::Unsure };
                        self.propose(&keys, value_of(&way), surety, candidate.why)?;
                    }
                }
                return Ok(Some((way, led)));
            }
            led_elsewhere.push(format!("{way} led elsewhere"));
            self.refused = self.seen.clone();
            self.page = from;
            if led != Led::Nowhere {
                self.back_to(&tab, &url).await?;
            }
        }
        let near = self.near(given);
        let tried = if led_elsewhere.is_empty() { String::new() } else { format!("; {}", led_elsewhere.join(", ")) };
        self.missing(key, format!("nothing here leads to {what}{tried}{near}"));
        Ok(None)
    }

    /// Where the page is: its address, as far as the profile says another.
    pub(super) async fn place(&mut self) -> anyhow::Result<()> {
        if self.page != Page::Login && asks_for_password(self) {
            self.stuck(format!("a page that asks for a password came in place of the {}", self.page.title()));
            return Ok(());
        }
        let url = self.url().await?;
        let place = self.browsing.place(self.page, &[])?;
        let path = told_path(&url);
        if place.is_at(&url) {
            self.works("path");
            return self.arrived().await;
        }
        let Some(card) = self.profile().pages.card(self.page) else { return Ok(()) };
        let port = self.browsing.target.port;
        let of = |site: Site| {
            let base = self.profile().site(site, port).ok()?;
            let rest = path.strip_prefix(base.path().trim_end_matches('/'))?.to_owned();
            (base.origin() == url.origin()).then_some((site, rest))
        };
        let Some((site, path)) = of(card.site).or_else(|| Site::ALL.into_iter().find_map(of)) else {
            return Ok(());
        };
        let (is_same_site, why) = (site == card.site, vec!["it was come to by what leads there".to_owned()]);
        if !is_same_site {
            let keys = self.keys("site");
            self.propose(&keys, format!("{site:?}").to_lowercase().into(), Surety::Sure, why.clone())?;
        }
        let keys = self.keys("path");
        let path = if path.is_empty() { "/".to_owned() } else { path };
        self.propose(&keys, path.into(), Surety::Sure, why)?;
        self.arrived().await
    }

    /// Does what the profile says is to be done on the way once this page has come, where the page is at its path; once each time that
    /// it is come to.
    pub(super) async fn arrived(&mut self) -> anyhow::Result<()> {
        let is_due = |errand: &Errand| errand.at == self.page && errand.before.is_none() && errand.after.is_none();
        if self.arrived == Some(self.page)
            || !self.profile().on_the_way.iter().any(is_due)
            || !self.browsing.place(self.page, &[])?.is_at(&self.url().await?)
        {
            return Ok(());
        }
        self.arrived = Some(self.page);
        let done = self.browsing.visit.has_come(self.page.title()).await;
        self.goes_on("what must be done on the way", done);
        self.survey().await
    }

    /// What shows that it is this page: its heading, unless the given sign is there.
    pub(super) async fn sign(&mut self) -> anyhow::Result<()> {
        let Some(given) = self.profile().pages.card(self.page).map(|card| card.ready.clone()) else { return Ok(()) };
        self.element("ready", &given, evidence::sign(&self.seen, Some(&self.account.name)), false).await.map(|_| ())
    }

    /// A menu of several levels whose last is a link: which things open one another, and what the link leads to. Where the first
    /// thing that opens leads no further, the next is tried.
    pub(super) async fn menu(
        &mut self,
        by: OpensBy,
        levels: &[(&str, Locator)],
        is_there: impl AsyncFn(&Self) -> anyhow::Result<bool>,
        (to, what): (Page, &str),
    ) -> anyhow::Result<bool> {
        let here = self.url().await?;
        let mut by = by;
        // Ways that are open, the best last; and the one that the page shows.
        let mut ways: Vec<Vec<Level>> = vec![Vec::new()];
        let mut open: Option<Vec<Locator>> = Some(Vec::new());
        let mut before: Vec<usize> = Vec::new();
        let mut furthest = 0;
        for _ in 0..MENU_TRIES {
            let Some(way) = ways.pop() else { break };
            let locators: Vec<Locator> = way.iter().map(|level| level.way.clone()).collect();
            let is_next = open
                .as_ref()
                .is_some_and(|open| locators.split_last().map_or(locators.is_empty(), |(_, before)| before == open));
            let from = if is_next { locators.len().saturating_sub(1) } else { 0 };
            if !is_next {
                self.go(&here).await?;
            }
            open = Some(locators.clone());
            let mut has_opened = true;
            for (at, locator) in locators.iter().enumerate().skip(from) {
                before = self.seen.things.iter().map(|thing| thing.id).collect();
                let is_link = way[at].candidate.as_ref().is_some_and(|candidate| candidate.thing.to.is_some());
                let opened = self.opens(locator, &mut by, at == 0 && !is_link).await;
                has_opened = self.came_of(opened).unwrap_or(false);
                if !has_opened {
                    break;
                }
            }
            if !has_opened {
                open = None;
                continue;
            }
            let at = way.len();
            furthest = furthest.max(at);
            let (key, given) = &levels[at];
            let fresh: Vec<Thing> =
                self.seen.things.iter().filter(|thing| at == 0 || !before.contains(&thing.id)).cloned().collect();
            let candidates = evidence::menu_level(self.page, key, at, at + 1 == levels.len(), &fresh);
            if at + 1 == levels.len() {
                if self.leading_from_menu(key, given, candidates, (to, what), &is_there).await? {
                    for ((key, _), level) in levels.iter().zip(way) {
                        self.opened(key, level)?;
                    }
                    if by != self.opens_by() {
                        let keys = self.keys("menus-open-by");
                        let why = "it opens when it is pressed, not when the pointer rests on it";
                        self.propose(&keys, "click".into(), Surety::Sure, vec![why.into()])?;
                    }
                    return Ok(true);
                }
                open = None;
                continue;
            }
            let given_id = self.finds(given).await?;
            let mut next = Vec::new();
            if given_id.is_some() {
                next.push(Level { candidate: None, way: given.clone() });
            }
            for candidate in candidates.into_iter().filter(|one| Some(one.thing.id) != given_id).take(TRIES) {
                if let Some(way) = self.ways(candidate.thing.id, false).await?.into_iter().next() {
                    next.push(Level { candidate: Some(candidate), way });
                }
            }
            ways.extend(next.into_iter().rev().map(|level| way.iter().cloned().chain([level]).collect()));
        }
        for (key, given) in &levels[furthest.min(levels.len() - 1)..] {
            let near = self.near(given);
            self.missing(key, format!("no menu was found that leads by it to {what}{near}"));
        }
        Ok(false)
    }

    fn opens_by(&self) -> OpensBy {
        match self.page {
            Page::Overview => self.profile().pages.overview.menus_open_by,
            _ => self.profile().pages.home.menus_open_by,
        }
    }

    /// Whether more is to be seen once the pointer rests on it, or it is pressed.
    async fn opens(&mut self, way: &Locator, by: &mut OpensBy, may_press: bool) -> anyhow::Result<bool> {
        let (was, here) = (self.seen.things.len(), self.url().await?);
        let spot = self.browsing.at(self.page, way).within(NOW);
        let used = match by {
            OpensBy::Hover => spot.hover().await.is_ok(),
            OpensBy::Click => spot.click().await.is_ok(),
        };
        self.survey().await?;
        // What leads to another page opens nothing here.
        if !is_same_page(&self.url().await?, &here) {
            return Ok(false);
        }
        if used && self.seen.things.len() > was {
            return Ok(true);
        }
        if *by == OpensBy::Hover && may_press && self.browsing.at(self.page, way).within(NOW).click().await.is_ok() {
            self.survey().await?;
            if self.seen.things.len() > was && is_same_page(&self.url().await?, &here) {
                *by = OpensBy::Click;
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// A level of the menu that led where it should.
    fn opened(&mut self, key: &str, level: Level) -> anyhow::Result<()> {
        let Some(candidate) = level.candidate else {
            self.works(key);
            return Ok(());
        };
        let candidate = candidate.and(4, "it opens what leads there");
        let surety = if candidate.points >= STANDS_OUT { Surety::Sure } else { Surety::Unsure };
        let keys = self.keys(key);
        self.propose(&keys, value_of(&level.way), surety, candidate.why)
    }

    /// Whether a press on it stays on the hosts of the target, as far as it says where it leads.
    fn stays(&self, thing: &Thing) -> bool {
        let to = thing.to.as_deref().and_then(|to| Url::parse(to).ok());
        to.is_none_or(|to| self.profile().hosts.admit(&to))
    }

    /// The link behind a menu. Each is tried out by its address: the menu closes behind a press.
    async fn leading_from_menu(
        &mut self,
        key: &str,
        given: &Locator,
        mut candidates: Vec<Candidate>,
        (leads_to, what): (Page, &str),
        is_there: &impl AsyncFn(&Self) -> anyhow::Result<bool>,
    ) -> anyhow::Result<bool> {
        by_points(&mut candidates);
        let given_id = self.finds(given).await?;
        let mut tries: Vec<(Option<Candidate>, Locator, Option<String>)> = Vec::new();
        if let Some(id) = given_id {
            let thing = self.thing(id).filter(|thing| self.stays(thing));
            tries.extend(thing.map(|thing| (None, given.clone(), thing.to.clone())));
        }
        let here = self.url().await?;
        let others = candidates.iter().filter(|one| Some(one.thing.id) != given_id && self.stays(&one.thing));
        for candidate in others.take(TRIES) {
            if let Some(way) = self.ways(candidate.thing.id, false).await?.into_iter().next() {
                tries.push((Some(candidate.clone()), way, candidate.thing.to.clone()));
            }
        }
        for (candidate, way, to) in tries {
            match &to {
                Some(to) if Url::parse(to).is_ok_and(|to| to == here) => continue,
                Some(to) if !self.try_out(&Url::parse(to)?).await => continue,
                Some(_) => {}
                None if self.browsing.at(self.page, &way).within(NOW).click().await.is_err() => continue,
                None => {
                    let surveyed = self.survey().await;
                    if self.came_of(surveyed).is_err() {
                        continue;
                    }
                }
            }
            if !is_there(self).await? {
                continue;
            }
            self.doubt_unless_told(leads_to, candidate.as_ref().is_some_and(|candidate| candidate.points == 0));
            match candidate {
                None => self.works(key),
                Some(candidate) => {
                    let candidate = candidate.and(4, format!("it leads to {what}"));
                    let keys = self.keys(key);
                    let surety = if candidate.points >= STANDS_OUT { Surety::Sure } else { Surety::Unsure };
                    self.propose(&keys, value_of(&way), surety, candidate.why)?;
                }
            }
            return Ok(true);
        }
        self.missing(key, format!("nothing in the menu leads to {what}"));
        Ok(false)
    }
}

/// The part of an address that profiles tell pages apart by.
pub(super) fn told_path(url: &Url) -> String {
    let hash = url.fragment().filter(|hash| hash.starts_with('/')).map(|hash| format!("#{hash}"));
    format!("{}{}", url.path(), hash.unwrap_or_default())
}

/// Whether two addresses are of one page: a hash that is no path leads nowhere else.
pub(super) fn is_same_page(one: &Url, other: &Url) -> bool {
    (one.origin(), told_path(one), one.query()) == (other.origin(), told_path(other), other.query())
}

fn overlay_rule(shown: &Locator, dismiss: &Locator) -> Value {
    let pair = [(Value::from("shown"), value_of(shown)), (Value::from("dismiss"), value_of(dismiss))];
    Value::Mapping(pair.into_iter().collect())
}

/// What went wrong, and what was seen instead.
pub(super) fn first_line(error: &anyhow::Error) -> String {
    let text = format!("{error:#}");
    let mut lines = text.lines();
    let first = lines.next().unwrap_or_default().to_owned();
    let saw = lines.find_map(|line| line.trim_start().strip_prefix("saw "));
    saw.map_or(first.clone(), |saw| format!("{first}, saw {}", saw.trim_start()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_press_that_only_moves_on_the_page_leads_nowhere_else() {
        let same = |one: &str, other: &str| is_same_page(&one.parse().expect(one), &other.parse().expect(other));
        assert!(
            same("https://x.example/a", "https://x.example/a#") && same("https://x.example/a#b", "https://x.example/a")
        );
        for other in ["https://x.example/b", "https://x.example/a?b", "https://x.example/a#/b", "https://y.example/a"] {
            assert!(!same("https://x.example/a", other), "{other}");
        }
    }
}
