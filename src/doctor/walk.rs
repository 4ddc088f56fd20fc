//! A walk through the target's pages that looks for every element of the profile and buys nothing.

use std::{collections::BTreeMap, time::Duration};

use super::{Finding, Verdict};
use crate::{
    browser::Condition,
    domain::Field,
    evidence::Redaction,
    journeys,
    pages::{Browsing, ChoiceField, LoginPage, PurchasePage},
    say,
    target::{Account, Choice, How, Locator, OpensBy, Page},
};

/// An element is looked for so long once its page is there.
const LOOK: Duration = Duration::from_secs(3);
const BOUGHT: &str = "needs a purchase";

/// Walks from page to page, printing what it finds as it goes.
pub(super) async fn walk(browsing: &Browsing, account: Result<&Account, &anyhow::Error>) -> Vec<Finding> {
    let mut proofs = browsing.target.world.proofs();
    proofs.extend(account.ok().map(|account| account.proof.clone()));
    let secrets = Redaction::of_proofs(&proofs);
    let mut walk = Walk { browsing, secrets, found: Vec::new(), page: Page::Home };
    walk.as_visitor().await;
    match account {
        Ok(account) if walk.logged_in(account).await => {
            walk.product().await;
            walk.purchase().await;
            walk.check().await;
            walk.console().await;
        }
        Ok(_) => walk.unseen("all other pages", "the login did not lead on"),
        Err(why) => walk.unseen("all other pages", &format!("there is nobody to log in: {why:#}")),
    }
    walk.found
}

struct Walk<'a> {
    browsing: &'a Browsing,
    /// What must not be printed, whatever the pages show.
    secrets: Redaction,
    found: Vec<Finding>,
    page: Page,
}

impl Walk<'_> {
    fn note(&mut self, what: &str, verdict: Verdict) {
        let finding = Finding { what: what.to_owned(), verdict };
        say!("{}", self.secrets.text(&finding.to_string()));
        self.found.push(finding);
    }

    fn unseen(&mut self, what: &str, why: &str) {
        self.note(what, Verdict::Unseen(why.into()));
    }

    fn verdict<T>(result: anyhow::Result<T>, good: impl ToString) -> Verdict {
        match result {
            Ok(_) => Verdict::Good(good.to_string()),
            Err(error) => Verdict::Bad(format!("{error:#}")),
        }
    }

    fn head(&mut self, page: Page) {
        self.page = page;
        say!("{}", page.title());
    }

    /// Opens a page by its address; whether it shows its sign.
    async fn open(&mut self, page: Page) -> bool {
        self.head(page);
        if let Some(why) = self.browsing.target.profile.lacks.get(page.key()) {
            self.unseen("all of it", why);
            return false;
        }
        let opened = self.browsing.open(page).await;
        self.arrived(opened)
    }

    fn arrived(&mut self, result: anyhow::Result<()>) -> bool {
        let good = result.is_ok();
        let sign = self.browsing.target.profile.pages.card(self.page).map(|card| card.ready.to_string());
        self.note("ready", Self::verdict(result, sign.unwrap_or_default()));
        good
    }

    async fn look(&mut self, key: &str, locator: &Locator) {
        let seen = self.browsing.at(self.page, locator).within(LOOK).should(Condition::Visible).await;
        self.note(key, Self::verdict(seen, locator));
    }

    /// A menu: each level opens the next.
    async fn menu(&mut self, by: OpensBy, levels: &[(&str, &Locator)]) {
        for (at, (key, level)) in levels.iter().enumerate() {
            self.look(key, level).await;
            if at + 1 < levels.len() {
                let spot = self.browsing.at(self.page, level).within(LOOK);
                let opened = match by {
                    OpensBy::Hover => spot.hover().await,
                    OpensBy::Click => spot.click().await,
                };
                if opened.is_err() {
                    return;
                }
            }
        }
    }

    async fn as_visitor(&mut self) {
        let pages = &self.browsing.target.profile.pages;
        if self.open(Page::Home).await {
            let home = &pages.home;
            self.look("log-in", &home.log_in).await;
            let levels = [
                ("products", &home.products),
                ("database", &home.database),
                ("distributed-database", &home.distributed_database),
            ];
            self.menu(home.menus_open_by, &levels).await;
        }
        if self.open(Page::Login).await {
            for (key, locator) in
                [("email", &pages.login.email), ("password", &pages.login.password), ("log-in", &pages.login.log_in)]
            {
                self.look(key, locator).await;
            }
            self.unseen("message", "needs a login that fails");
        }
    }

    async fn logged_in(&mut self, account: &Account) -> bool {
        let pages = &self.browsing.target.profile.pages;
        match journeys::take_over_session(self.browsing, account).await {
            Ok(true) => {}
            Ok(false) => {
                if LoginPage::of(self.browsing).log_in(account).await.is_err() {
                    return false;
                }
                // Where a login leads that was asked for by its address is the site's own affair.
                let left = self.browsing.at(Page::Login, &pages.login.ready).should(Condition::Absent).await;
                self.note("the login leads on", Self::verdict(left, "as an account of the profile"));
            }
            Err(error) => self.note("session", Verdict::Bad(format!("{error:#}"))),
        }
        if self.open(Page::Home).await {
            self.look("account", &pages.home.account.with("account", &account.name)).await;
        }
        matches!(self.found.last(), Some(Finding { verdict: Verdict::Good(_), .. }))
    }

    async fn product(&mut self) {
        if self.open(Page::Product).await {
            self.look("purchase-now", &self.browsing.target.profile.pages.product.purchase_now).await;
        }
    }

    /// A field: what it is, and one of its options.
    async fn choice(&mut self, choices: &BTreeMap<String, Choice>, key: &str) {
        let Some(choice) = choices.get(key) else { return };
        self.look(&format!("choices.{key}.control"), &choice.control).await;
        let Some(words) = self.browsing.target.profile.words.get(key) else { return };
        let field = ChoiceField::find(self.browsing, self.page, choices, key);
        let chosen = match field {
            Ok(field) => field.read().await.ok().flatten(),
            Err(_) => None,
        };
        // What is chosen is surely among the options, whatever else is offered just now.
        let Some(word) = chosen.and_then(|chosen| words.word(&chosen)) else {
            return self.no_such_word(key, &choice.control).await;
        };
        let Some(option) = choice.option.as_ref().map(|option| option.with("option", &word)) else { return };
        let name = format!("choices.{key}.option");
        match choice.how {
            How::Options => self.look(&name, &option.inside(&choice.control)).await,
            How::Menu => {
                let control = self.browsing.at(self.page, &choice.control).within(LOOK);
                if control.click().await.is_ok() {
                    self.look(&name, &option).await;
                    // The list is left as it was found: closed, and nothing chosen.
                    let _closed = control.click_and_escape().await;
                }
            }
            How::Select | How::Field | How::Checkbox => {}
        }
    }

    /// The field shows something that the profile has no word for.
    async fn no_such_word(&mut self, key: &str, control: &Locator) {
        let Ok(Some(shown)) = self.browsing.at(self.page, control).now().await else { return };
        let text = format!(
            "{key} shows {:?}, which is none of the profile's words for it (or how: or shows: is another)",
            shown.value
        );
        self.note(&format!("words.{key}"), Verdict::Bad(text));
    }

    async fn purchase(&mut self) {
        let elements = &self.browsing.target.profile.pages.purchase;
        if !self.open(Page::Purchase).await {
            return;
        }
        let catalogue = &self.browsing.target.profile.catalogue;
        let (shown, hidden): (Vec<_>, Vec<_>) =
            catalogue.in_order().into_iter().partition(|(_, item)| item.shown_with.is_empty());
        for (field, _) in shown.iter().filter(|(field, _)| elements.choices.contains_key(field.key())) {
            self.choice(&elements.choices, field.key()).await;
        }
        for (key, locator) in [
            ("total-fee", &elements.total_fee),
            ("region-note", &elements.region_note),
            ("purchase-now", &elements.purchase_now),
        ] {
            self.look(key, locator).await;
        }
        for (key, locator) in &elements.documents {
            self.look(&format!("documents.{key}"), locator).await;
        }
        for (field, item) in hidden.into_iter().filter(|(field, _)| elements.choices.contains_key(field.key())) {
            match self.show(&item.shown_with).await {
                Ok(()) => self.choice(&elements.choices, field.key()).await,
                Err(_) => {
                    let with: Vec<String> = item.shown_with.iter().map(|(with, key)| format!("{with} {key}")).collect();
                    let why = format!("{} cannot be chosen as the page opens", with.join(", "));
                    self.unseen(&format!("choices.{}", field.key()), &why);
                }
            }
        }
    }

    /// Chooses what a field is shown with.
    async fn show(&self, with: &std::collections::BTreeMap<String, String>) -> anyhow::Result<()> {
        for (field, key) in with {
            PurchasePage::of(self.browsing).field(Field::of(field))?.choose(key).await?;
        }
        Ok(())
    }

    async fn check(&mut self) {
        let elements = &self.browsing.target.profile.pages.check;
        let fee = PurchasePage::of(self.browsing).total_fee().await;
        let read = fee.as_ref().map_or_else(ToString::to_string, ToString::to_string);
        self.note("formats.money", Self::verdict(fee, format!("the total fee reads {read}")));
        let pressed = PurchasePage::of(self.browsing).purchase_now().await;
        self.head(Page::Check);
        if !self.arrived(pressed) {
            return;
        }
        for (key, fact) in &elements.facts {
            // How a target shows that no name was given is its own affair.
            match key == Field::NAME.key() {
                true => self.unseen("facts.name", "no name was given"),
                false => self.look(&format!("facts.{key}"), &fact.at).await,
            }
        }
        let rest = [
            ("total-fee", &elements.total_fee),
            ("balance", &elements.balance),
            ("confirm", &elements.confirm),
            ("back", &elements.back),
        ];
        for (key, locator) in rest {
            self.look(key, locator).await;
        }
        self.unseen("message", "needs a purchase that is refused");
        for page in [Page::Payment, Page::Result] {
            if self.browsing.target.profile.pages.card(page).is_some() {
                self.head(page);
                self.unseen("all of it", BOUGHT);
            }
        }
    }

    async fn console(&mut self) {
        let pages = &self.browsing.target.profile.pages;
        if self.open(Page::Overview).await {
            let overview = &pages.overview;
            let levels = [
                ("cloud-products", &overview.cloud_products),
                ("basic-products", &overview.basic_products),
                ("database", &overview.database),
                ("distributed-database", &overview.distributed_database),
            ];
            self.menu(overview.menus_open_by, &levels).await;
        }
        if self.open(Page::Console).await {
            let console = &pages.console;
            self.look("new", &console.new).await;
            if let Some((_, word)) = self.browsing.target.profile.words.get("region").and_then(|words| words.first()) {
                self.look("region", &console.region.with("region", &word)).await;
            }
            let empty = self.browsing.at(self.page, &console.empty).within(LOOK).should(Condition::Visible).await;
            match empty {
                Ok(()) => self.note("empty", Verdict::Good(console.empty.to_string())),
                Err(_) => self.unseen("empty", "the region that is shown is not said to be empty"),
            }
            self.unseen("row, cells, dialogs", BOUGHT);
        }
        if self.open(Page::Orders).await {
            self.unseen("row, cells, pay, cancel", BOUGHT);
        }
    }
}
