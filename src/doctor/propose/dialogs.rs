//! The dialogs of an instance: opened, looked at, and what is in them.

use std::time::{Duration, Instant};

use super::{
    bought::Bought,
    way::{NOW, Way},
};
use crate::{
    browser::{Surveyed, Thing},
    domain::Field,
    repair::{
        book::{Surety, value_of},
        evidence::{self, Candidate, by_points, called, is_role, surety},
        field::{Control, Wanted, controls, word_of},
    },
    target::{Choice, How, Locator, Text},
};

/// A dialog opens within that.
pub(super) const OPENS: Duration = Duration::from_secs(3);

impl Way<'_> {
    /// Opens a dialog of the entry; gives what is in it, and the dialog, with a way to it.
    pub(super) async fn dialog(
        &mut self,
        part: &str,
        given: &Locator,
        by: &Locator,
    ) -> anyhow::Result<Option<(Surveyed, Locator)>> {
        let before: Vec<usize> = self.seen.things.iter().map(|thing| thing.id).collect();
        let pressed = self.thing(self.finds(by).await?.unwrap_or_default()).map(|thing| called(thing).to_owned());
        self.browsing.at(self.page, by).within(NOW).click().await?;
        let until = Instant::now() + OPENS;
        let fresh = loop {
            self.survey().await?;
            let fresh: Vec<Thing> =
                self.seen.things.iter().filter(|thing| !before.contains(&thing.id)).cloned().collect();
            if fresh.iter().any(|thing| is_role(thing, &["button"])) {
                break fresh;
            }
            if Instant::now() > until {
                self.missing(&format!("{part}/dialog"), "nothing opened when that was pressed");
                return Ok(None);
            }
        };
        let ids: Vec<usize> = fresh.iter().map(|thing| thing.id).collect();
        let whole = fresh.iter().find_map(|thing| thing.dialog);
        let key = format!("{part}/dialog");
        let (id, ways) = match whole {
            Some(id) => (Some(id), vec![Locator { role: Some("dialog".into()), ..Locator::default() }]),
            None => {
                let way = self.browsing.visit.holder(self.page.title(), &ids).await?;
                let id = match &way {
                    Some(way) => self.finds(way).await?,
                    None => None,
                };
                (id, way.into_iter().collect())
            }
        };
        let Some(id) = id else {
            self.missing(&key, "what opened when that was pressed has nothing that it is told by");
            return Ok(None);
        };
        let seen = self.browsing.visit.survey_part(self.page.title(), id).await?;
        if self.finds(given).await? == Some(id) {
            self.works(&key);
            return Ok(Some((seen, given.clone())));
        }
        let Some(way) = ways.into_iter().next() else { return Ok(None) };
        // Two dialogs of a list may differ in what they say alone, of which the id of the instance is no part.
        let says = pressed.filter(|word| seen.things.iter().any(|thing| thing.text.contains(word.as_str())));
        let way = Locator { containing: says, ..way };
        if self.finds(&way).await? != Some(id) {
            self.missing(&key, format!("{way} does not tell what opened when that was pressed"));
            return Ok(None);
        }
        let keys = self.keys(&key);
        self.propose(&keys, value_of(&way), Surety::Sure, vec!["it opened when that was pressed".into()])?;
        Ok(Some((seen, way)))
    }

    /// Something in an open dialog: the given way where it finds it, else the best of these.
    pub(super) async fn in_dialog(
        &mut self,
        key: &str,
        given: &Locator,
        seen: &Surveyed,
        candidates: Vec<Candidate>,
    ) -> anyhow::Result<Option<Locator>> {
        if let Some(found) = self.finds(given).await?
            && seen.things.iter().any(|thing| thing.id == found)
        {
            self.works(key);
            return Ok(Some(given.clone()));
        }
        // What the profile says of it is another thing, or nothing: only the dialog is looked at.
        self.element(key, &nothing(), candidates, false).await
    }

    /// The dialog to initialise: looked at, and left.
    pub(super) async fn initialise_dialog(&mut self, by: &Locator, bought: &Bought) -> anyhow::Result<()> {
        let given = self.profile().pages.console.initialise_dialog.clone();
        let Some((seen, _)) = self.dialog("initialise-dialog", &given.dialog, by).await? else { return Ok(()) };
        self.parameters(&seen, bought).await?;
        let ok = evidence::goes_ahead(&seen, "initialise-dialog.ok");
        self.in_dialog("initialise-dialog/ok", &given.ok, &seen, ok).await?;
        let cancel = evidence::operation(&seen, "dialog.cancel");
        self.in_dialog("initialise-dialog/cancel", &given.cancel, &seen, cancel).await?;
        Ok(())
    }

    /// The fields of the dialog to initialise: those that the profile finds, then the plainest first, and what is left for the last.
    async fn parameters(&mut self, seen: &Surveyed, bought: &Bought) -> anyhow::Result<()> {
        let (catalogue, given) =
            (self.profile().catalogue.clone(), self.profile().pages.console.initialise_dialog.clone());
        let all = controls(seen);
        let mut free: Vec<&Control> = all.iter().collect();
        let mut open: Vec<Wanted<'_>> = Vec::new();
        for (key, item) in &catalogue.initialisation {
            let found = match given.choices.get(key) {
                Some(choice) => self.finds(&choice.control).await?.map(|id| (id, choice.how)),
                None => None,
            };
            let is_it = |control: &&Control| found == Some((control.thing.id, control.how));
            match free.iter().position(is_it) {
                Some(at) => {
                    free.remove(at);
                    self.works(&format!("initialise-dialog/choices/{key}/control"));
                }
                None => open.push(Wanted::of(Field::of(key), item, &bought.purchase)),
            }
        }
        let like = |wanted: &Wanted<'_>, free: &[&Control], is_last: bool| {
            let fit = free.iter().filter_map(|control| {
                let (points, why) = wanted.evidence(control, &all)?;
                Some(Candidate { thing: control.thing.clone(), points, why })
            });
            let mut fit: Vec<Candidate> = fit.collect();
            if let ([only], true) = (&mut fit[..], is_last) {
                *only = only.clone().and(3, "nothing else of the dialog is left for it");
            }
            fit.retain(|one| one.points > 0);
            by_points(&mut fit);
            fit
        };
        let best = |fit: &[Candidate]| fit.first().map_or(0, |best| best.points);
        while !open.is_empty() {
            let is_last = open.len() == 1;
            open.sort_by_key(|wanted| best(&like(wanted, &free, is_last)));
            let Some(wanted) = open.pop() else { break };
            let fit = like(&wanted, &free, is_last);
            let key = wanted.field.key();
            let base = format!("initialise-dialog/choices/{key}");
            let at = fit.first().and_then(|best| free.iter().position(|control| control.thing.id == best.thing.id));
            let Some(control) = at.map(|at| free.remove(at)) else {
                self.missing(&base, "no control of the dialog is like it");
                continue;
            };
            self.parameter(&base, control, fit, given.choices.get(key)).await?;
        }
        Ok(())
    }

    /// A field of the dialog, which is this control: how it is used, where it is, how its options are told.
    async fn parameter(
        &mut self,
        base: &str,
        control: &Control,
        fit: Vec<Candidate>,
        given: Option<&Choice>,
    ) -> anyhow::Result<()> {
        let sure = surety(&fit);
        if given.is_none_or(|choice| choice.how != control.how) {
            let keys = self.keys(&format!("{base}/how"));
            self.propose(&keys, word_of(control.how).into(), sure, vec!["so it is used".into()])?;
        }
        let found = self.element(&format!("{base}/control"), &nothing(), fit, true).await?;
        let role = control.offers.first().and_then(|one| one.role.clone()).filter(|_| control.how == How::Options);
        if let (Some(_), Some(role)) = (found, role) {
            let option = Locator { role: Some(role), name: Some(Text::from("{option}")), ..Locator::default() };
            if given.and_then(|choice| choice.option.as_ref()) != Some(&option) {
                let keys = self.keys(&format!("{base}/option"));
                self.propose(&keys, value_of(&option), sure, vec!["so its options are told".into()])?;
            }
        }
        Ok(())
    }
}

/// What nothing is found by.
pub(super) fn nothing() -> Locator {
    Locator { css: Some("dcdb-e2e-nothing".into()), ..Locator::default() }
}
