//! The return of what was bought, and that it is seen to be returned.

use std::time::Instant;

use super::{
    bought::{Bought, Listed},
    dialogs::OPENS,
    way::{NOW, Way},
};
use crate::{
    browser::{Surveyed, Thing},
    domain::{InstanceId, Status},
    guard::Guard,
    repair::{
        book::{Known, Surety},
        evidence::{self, Candidate, called},
    },
    say,
    target::{Locator, Page},
};

/// The return of an instance as its entry offered it, and the entry then.
struct Offered<'a> {
    /// The way to it.
    by: &'a Locator,
    /// What it is called there.
    pressed: Option<String>,
    status: Option<String>,
    /// All that the entry showed.
    before: &'a [String],
}

impl Offered<'_> {
    /// Whether it still is, if only greyed out.
    fn is_offered_in(&self, seen: &Surveyed) -> bool {
        let is_it = |thing: &Thing| self.pressed.as_deref().is_some_and(|pressed| pressed == called(thing));
        seen.things.iter().any(|thing| evidence::is_pressable(thing) && is_it(thing))
    }

    /// Whether the entry is in another status, or, where that cannot be read, shows what it did not.
    fn is_other(&self, status: Option<&str>, seen: &Surveyed) -> bool {
        match status {
            Some(status) => !status.is_empty() && self.status.as_deref() != Some(status),
            None => {
                let is_fresh = |thing: &Thing| thing.own && !self.before.contains(&thing.text);
                self.status.is_none() && seen.things.iter().any(is_fresh)
            }
        }
    }
}

impl Way<'_> {
    /// Returns the instance by the dialog for that, where all of it is sure.
    pub(super) async fn give_back(
        &mut self,
        by: &Locator,
        listed: &Listed,
        instance: &InstanceId,
        bought: &Bought,
        guard: &Guard,
    ) -> anyhow::Result<()> {
        let given = self.profile().pages.console.return_dialog.clone();
        // Behind an open dialog nothing is to be read.
        let status = self.status(listed).await?;
        let pressed = self.finds(by).await?;
        let pressed = pressed.and_then(|id| self.thing(id)).map(|thing| called(thing).to_owned());
        let pressed = pressed.filter(|pressed| !pressed.is_empty());
        let Some((seen, dialog)) = self.dialog("return-dialog", &given.dialog, by).await? else { return Ok(()) };
        let boxes = evidence::consents(&seen);
        let consent = self.in_dialog("return-dialog/consent", &given.consent, &seen, boxes).await?;
        let ok = evidence::goes_ahead(&seen, "return-dialog.ok");
        let ok = self.in_dialog("return-dialog/ok", &given.ok, &seen, ok).await?;
        let (Some(consent), Some(ok)) = (consent, ok) else { return Ok(()) };
        if !["return-dialog/consent", "return-dialog/ok"].iter().all(|key| self.is_sure_of(key)) {
            self.stuck(format!("{} was not returned: what its dialog asks for is not known for sure", bought.name));
            return Ok(());
        }
        let before: Vec<String> = listed.seen.things.iter().map(|thing| thing.text.clone()).collect();
        self.browsing.at(self.page, &consent).within(NOW).click().await?;
        self.browsing.at(self.page, &ok).within(NOW).click().await?;
        let until = Instant::now() + self.profile().deadlines.element.max(OPENS);
        let is_closed = loop {
            self.survey().await?;
            let is_closed = self.finds(&dialog).await?.is_none();
            if is_closed || Instant::now() > until {
                break is_closed;
            }
        };
        let said = self.seen.said.clone();
        let was = Offered { by, pressed, status: status.clone(), before: &before };
        let returned = if is_closed { self.seen_returned(bought, listed, &was).await? } else { None };
        let Some(seen) = returned else {
            let now = if is_closed { "its entry does not show it" } else { "the dialog stays open" };
            self.stuck(format!(
                "it is not told whether {} was returned: {now}; its status was {status:?}, and the page said {said:?}",
                bought.name
            ));
            return Ok(());
        };
        guard.returned(&self.account.name, instance, &bought.name)?;
        say!("returned {instance}");
        let is_fresh = |thing: &&Thing| thing.own && !thing.text.is_empty() && !before.contains(&thing.text);
        let fresh: Vec<Thing> = seen.things.iter().filter(is_fresh).cloned().collect();
        if let ([only], false) = (&fresh[..], self.is_sure_of("cells/status")) {
            let changed = vec![Candidate::of(only).and(6, "it changed when that was returned")];
            let listed = Listed { at: listed.at.clone(), own: listed.own.clone(), seen };
            self.cell("status", &listed, changed).await?;
        }
        let Some(text) = self.status(listed).await?.filter(|now| Some(now) != status.as_ref()) else { return Ok(()) };
        let keys = format!("words/status/{}", Status::Isolated.key());
        if self.profile().word("status", Status::Isolated.key()).is_ok_and(|word| word == text) {
            self.note(&keys, Known::Works);
            return Ok(());
        }
        // It may be a status on the way to the last one.
        let why = "so its status reads since it was returned";
        self.propose(&keys, text.as_str().into(), Surety::Unsure, vec![why.into()])
    }

    /// What the entry shows once it is seen to be returned: twice the same, in a console that was opened anew each time. `None` where
    /// that is not to be seen in time.
    async fn seen_returned(
        &mut self,
        bought: &Bought,
        listed: &Listed,
        was: &Offered<'_>,
    ) -> anyhow::Result<Option<Surveyed>> {
        let until = Instant::now() + self.profile().deadlines.element.max(OPENS) * 3;
        let mut last: Option<Vec<String>> = None;
        for look in 1.. {
            let looked = self.look_returned(bought, listed, was).await?;
            let shown = looked.as_ref().map(|(shown, _)| shown.clone());
            if let Some((shown, seen)) = looked
                && last.as_ref() == Some(&shown)
            {
                return Ok(Some(seen));
            }
            last = shown;
            if look > 2 && Instant::now() > until {
                break;
            }
        }
        Ok(None)
    }

    /// Opens the console anew; what the entry shows of its status, or of all where it shows none, and the entry, where it is there, is
    /// other than it was, and offers the return no more, not even greyed out.
    async fn look_returned(
        &mut self,
        bought: &Bought,
        listed: &Listed,
        was: &Offered<'_>,
    ) -> anyhow::Result<Option<(Vec<String>, Surveyed)>> {
        self.console_of(bought).await?;
        self.head(Page::Console);
        let until = Instant::now() + NOW;
        loop {
            if let Some(id) = self.finds(&listed.at).await? {
                let seen = self.browsing.visit.survey_part(self.page.title(), id).await?;
                let is_offered = self.finds(was.by).await?.is_some() || was.is_offered_in(&seen);
                let status = self.status(listed).await?;
                let is_it = seen.things.iter().any(|thing| thing.own && thing.text == bought.name);
                if is_it && !is_offered && was.is_other(status.as_deref(), &seen) {
                    let all = seen.things.iter().filter(|thing| thing.own).map(|thing| thing.text.clone());
                    let shown = status.map_or_else(|| all.collect(), |status| vec![status]);
                    return Ok(Some((shown, seen)));
                }
            }
            if Instant::now() > until {
                return Ok(None);
            }
            self.survey().await?;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_returned_once_its_status_is_another_and_nothing_offers_to_return_it_not_even_greyed_out() {
        let by = Locator::default();
        let before = vec!["Running".to_owned()];
        let mut was =
            Offered { by: &by, pressed: Some("Return".into()), status: Some("Running".into()), before: &before };
        let thing = |role: Option<&str>, text: &str| Thing {
            role: role.map(str::to_owned),
            name: text.into(),
            text: text.into(),
            own: true,
            disabled: true,
            ..Thing::default()
        };
        let seen = |things: Vec<Thing>| Surveyed { things, ..Surveyed::default() };
        assert!(was.is_offered_in(&seen(vec![thing(Some("button"), "Return")])));
        assert!(!was.is_offered_in(&seen(vec![thing(None, "Return"), thing(Some("button"), "Renew")])));
        let gone = Surveyed::default();
        assert!(was.is_other(Some("Isolated"), &gone) && !was.is_other(Some("Running"), &gone));
        assert!(!was.is_other(None, &seen(vec![thing(None, "Isolated")])), "its status could be read before");
        was.status = None;
        assert!(was.is_other(None, &seen(vec![thing(None, "Isolated")])));
        assert!(!was.is_other(None, &seen(vec![thing(None, "Running")])) && !was.is_other(None, &gone));
    }
}
