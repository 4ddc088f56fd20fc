//! A buyer's browser on the target: what all pages are reached through.

use std::{
    rc::Rc,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::Context as _;

use crate::{
    browser::{Complaint, Condition, Manners, Place, Session, Spot, Visit},
    domain::{Attachments, Class, Failure, class_of},
    target::{Accessibility, Errand, Locator, Marker, Moment, OpensIn, Paced, Page, Site, Target, Turn, regex_escape},
};

/// A buyer's browser on the target: what all pages are reached through.
pub struct Browsing {
    /// The browser's side of it.
    pub visit: Visit,
    /// The target's side of it.
    pub target: Arc<Target>,
    /// Logins that the run has kept are used and others kept, as far as the profile says that accounts log in once.
    pub keeps_logins: bool,
    /// What the step that is being taken has to show.
    pub attachments: Rc<Attachments>,
}

impl Browsing {
    /// A fresh browser for one scenario: no cookies, nothing cached.
    ///
    /// # Errors
    /// Class infrastructure: the browser is gone.
    pub async fn begin(session: &Session, target: Arc<Target>) -> anyhow::Result<Self> {
        let visit = session.visit(Rc::new(manners(&target))).await?;
        Ok(Self { visit, target, keeps_logins: true, attachments: Rc::default() })
    }

    /// Another buyer's browser, fresh as well; this one waits until [`Visit::resume`].
    ///
    /// # Errors
    /// Class infrastructure: the browser is gone.
    pub async fn beside(&self) -> anyhow::Result<Self> {
        let visit = self.visit.beside().await?;
        let (target, attachments) = (Arc::clone(&self.target), Rc::clone(&self.attachments));
        Ok(Self { visit, target, keeps_logins: self.keeps_logins, attachments })
    }

    /// Goes by another profile of the same target from now on: what is done on the way is bound to the elements as that knows them.
    pub fn goes_by(&mut self, target: Arc<Target>) {
        self.visit.errands_are(errands(&target));
        self.target = target;
    }

    /// Leave to do this now, as often as the target may be asked (`pace:`). Waiting for it costs the step no time.
    pub async fn turn(&self, paced: Paced) -> Turn {
        self.visit.time().outside(self.target.turns.take(paced)).await
    }

    /// What is left of so long for a loop that began then; the run's `--time-scale` holds for it as for a single wait.
    #[must_use]
    pub fn left_of(&self, within: Duration, begun: Instant) -> Duration {
        within.saturating_sub(begun.elapsed().div_f64(self.target.time_scale))
    }

    /// Ends it; gives what its pages complained of.
    ///
    /// # Errors
    /// Class infrastructure: the browser is gone.
    pub async fn end(self) -> anyhow::Result<Vec<Complaint>> {
        self.visit.close().await
    }

    /// Where a page is, `{…}` in its path filled in.
    ///
    /// # Errors
    /// Class test: the target has no such page.
    pub fn place(&self, page: Page, fill: &[(&str, &str)]) -> anyhow::Result<Place> {
        let card = self.target.profile.pages.card(page).ok_or_else(|| {
            Failure::test(format!("the profile {} knows no {}", self.target.profile.name, page.title()))
        })?;
        let base = self.target.profile.site(card.site, self.target.port)?;
        let path =
            fill.iter().fold(card.path.to_owned(), |path, (key, value)| path.replace(&format!("{{{key}}}"), value));
        let whole = format!("{}/{}", base.path().trim_end_matches('/'), path.trim_start_matches('/'));
        let url = base.join(&whole).with_context(|| format!("the path of the {}", page.title()))?;
        // A page without a slash at its end is the same page with one.
        let pattern = format!("^{}/?$", any_of_braces(&whole).trim_end_matches('/'));
        Ok(Place { page: page.title(), url, path: pattern, with_hash: path.contains('#'), ready: card.ready.clone() })
    }

    /// Opens a page by its address and waits for it.
    ///
    /// # Errors
    /// Class product: it did not come; class infrastructure: it cannot be reached.
    pub async fn open(&self, page: Page) -> anyhow::Result<()> {
        let place = self.place(page, &[])?;
        self.go(&place).await?;
        self.visit.arrive(&place).await
    }

    /// Opens a page by its address. Does not wait for it.
    ///
    /// # Errors
    /// Class infrastructure: it cannot be reached.
    pub async fn go(&self, place: &Place) -> anyhow::Result<()> {
        let meant = || format!("{}: the page should open at {}", place.page, place.address());
        match self.visit.go(&place.url).await {
            Err(error) if class_of(&error) == Class::Infrastructure => Err(error.context(meant())),
            opened => opened,
        }
    }

    /// Waits until a page is there.
    ///
    /// # Errors
    /// Class product: it did not come.
    pub async fn arrive(&self, page: Page) -> anyhow::Result<()> {
        self.visit.arrive(&self.place(page, &[])?).await
    }

    /// Waits until a page is there, for longer (or less long) than pages usually take.
    ///
    /// # Errors
    /// Class product: it did not come.
    pub async fn arrive_within(&self, page: Page, within: Duration) -> anyhow::Result<()> {
        self.visit.arrive_within(&self.place(page, &[])?, within).await
    }

    /// Follows a link to another page, into a new tab where it opens one.
    ///
    /// # Errors
    /// Class product: the link, the tab or the page did not come.
    pub async fn follow(&self, from: Page, link: &Locator, opens: OpensIn, to: Page) -> anyhow::Result<()> {
        self.at(from, link).click().await?;
        if opens == OpensIn::NewTab {
            self.visit.follow_new_tab(from.title(), &link.to_string()).await?;
        }
        self.arrive(to).await
    }

    /// Does this in a tab of its own, and turns to the one that was left again, whatever comes of it.
    ///
    /// # Errors
    /// Its own; class infrastructure: the browser is gone.
    pub async fn aside<T>(&self, act: impl AsyncFnOnce() -> anyhow::Result<T>) -> anyhow::Result<T> {
        let left = self.visit.open_tab().await?;
        let done = act().await;
        let turned = self.visit.turn_to(&left).await;
        let done = done?;
        turned.map(|()| done)
    }

    /// An element of a page.
    pub fn at(&self, page: Page, locator: &Locator) -> Spot<'_> {
        self.visit.at(page.title(), locator)
    }

    /// The page, or a dialog on it, says this; a sentence of a feature.
    ///
    /// # Errors
    /// Class product: it does not, in time.
    pub async fn should_say(&self, page: Page, quoted: &str) -> anyhow::Result<()> {
        self.should_go_on_saying(page, quoted, Duration::ZERO).await
    }

    /// The same, and goes on saying it for so long.
    ///
    /// # Errors
    /// Class product: it does not, in time.
    pub async fn should_go_on_saying(&self, page: Page, quoted: &str, since: Duration) -> anyhow::Result<()> {
        self.at(page, &self.said(quoted)?).should(Condition::Said(since)).await
    }

    /// The page does not say this (any more).
    ///
    /// # Errors
    /// Class product: it still does.
    pub async fn should_not_say(&self, page: Page, quoted: &str) -> anyhow::Result<()> {
        self.at(page, &self.said(quoted)?).should(Condition::Absent).await
    }

    fn said(&self, quoted: &str) -> anyhow::Result<Locator> {
        Ok(Locator { text: Some(self.target.profile.wording(quoted)?), ..Locator::default() })
    }

    /// Notes what keeps people with a screen reader or a keyboard from using what is open, a page or a dialog on it: as a complaint
    /// where the profile requires that nothing does.
    ///
    /// # Errors
    /// Class infrastructure: it cannot be looked at so.
    pub async fn note_barriers(&self, what: &str) -> anyhow::Result<()> {
        self.visit.note_barriers(what, self.target.profile.accessibility == Accessibility::Required).await
    }

    /// The state of a page, as an accessible tree in text.
    ///
    /// # Errors
    /// Class product: the page's part is not there.
    pub async fn state(&self, page: Page) -> anyhow::Result<String> {
        let card = self
            .target
            .profile
            .pages
            .card(page)
            .ok_or_else(|| Failure::test(format!("the target has no {}", page.title())))?;
        self.visit.tree(page.title(), card.state).await
    }
}

/// How the target's pages want to be treated.
fn manners(target: &Target) -> Manners {
    let deadlines = &target.profile.deadlines;
    Manners {
        hosts: target.profile.hosts.clone(),
        starts: Site::ALL.iter().filter_map(|site| target.profile.site(*site, target.port).ok()).collect(),
        follows_tabs: target.profile.is_remote(),
        listens_to_headers: matches!(target.profile.marker, Some(Marker::Header(..))),
        overlays: target
            .profile
            .overlays
            .iter()
            .map(|overlay| (overlay.shown.clone(), overlay.dismiss.clone()))
            .collect(),
        irrevocable: target
            .profile
            .pages
            .irrevocable()
            .into_iter()
            .map(|(keys, pressed)| (keys.to_owned(), pressed))
            .collect(),
        errands: errands(target),
        person: Arc::clone(&target.person),
        dialogs: target.profile.dialogs.clone(),
        element: deadlines.element,
        arrival: deadlines.arrival,
        load: deadlines.load,
        time_scale: target.time_scale,
    }
}

/// What must be done on the way, each with when.
fn errands(target: &Target) -> Vec<(Moment, Errand)> {
    let pages = &target.profile.pages;
    let errands = target.profile.on_the_way.iter();
    errands.filter_map(|errand| Some((errand.moment(pages).ok()?, errand.clone()))).collect()
}

/// A path as a regular expression; `{…}` stands for one or more characters that are no slash.
fn any_of_braces(path: &str) -> String {
    let mut pattern = String::new();
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('{') {
        pattern.push_str(&regex_escape(before));
        pattern.push_str("[^/#?]+");
        rest = after.split_once('}').map_or("", |(_, after)| after);
    }
    pattern.push_str(&regex_escape(rest));
    pattern
}
