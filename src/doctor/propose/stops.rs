//! The walk from page to page, as far as it may: nothing is pressed that may pay, confirm, end or return something.

use std::collections::BTreeMap;

use url::Url;

use super::{
    dialogs::nothing,
    way::{Led, NOW, Way, asks_for_password, first_line, told_path},
};
use crate::{
    browser::Thing,
    domain::{Class, Field, Purchase, class_of},
    journeys,
    pages::{LoginPage, PurchasePage},
    repair::{
        book::{Known, Surety, text_value, value_of},
        evidence::{self, called, holds_word, is_pressable, is_role, leads_to},
        field::{controls, money},
        trade,
    },
    say,
    spoken::counted,
    target::{Locator, OpensIn, Page, Site, Text},
};

const BOUGHT: &str = "needs a purchase";
/// A page on which at least so many things are chosen is one to configure something.
const MANY: usize = 4;
/// So many links are tried out where any may lead to the order list.
const TRIES: usize = 4;
/// What is typed as a name, so that the check page shows one.
const NAME: &str = "doctor";

fn opens(led: Led) -> OpensIn {
    if led == Led::ToNewTab { OpensIn::NewTab } else { OpensIn::SameTab }
}

async fn is_purchase(way: &Way<'_>) -> anyhow::Result<bool> {
    Ok(!asks_for_password(way) && controls(&way.seen).len() >= MANY)
}

impl Way<'_> {
    /// All of it.
    pub(super) async fn walk(&mut self) {
        let entered = self.enter().await;
        if !self.goes_on("logging in", entered).unwrap_or(false) {
            return;
        }
        let product = self.reach_product().await;
        let is_there = self.goes_on("the way to the product page", product).unwrap_or(false);
        let purchase = self.reach_purchase(is_there).await;
        if self.goes_on("the purchase page", purchase).unwrap_or(false) {
            let documents = self.document().await;
            self.goes_on("the documents", documents);
            let check = self.check().await;
            self.goes_on("the check page", check);
        }
        self.doubt = None;
        let console = self.console().await;
        self.goes_on("the console", console);
        self.doubt = None;
        let orders = self.orders().await;
        self.goes_on("the order list", orders);
    }

    /// What went wrong on one page keeps nobody from the next. Where that left the hosts of the target, nothing was done there, nor will
    /// be.
    pub(super) fn goes_on<T>(&mut self, doing: &str, done: anyhow::Result<T>) -> Option<T> {
        self.led_off = done.as_ref().is_err_and(|error| class_of(error) == Class::Guard);
        done.map_err(|error| self.stuck(format!("{doing}: {error:#}"))).ok()
    }

    /// Opens a page by its address as the profile says it; whether something came that is no error.
    pub(super) async fn open(&mut self, page: Page) -> anyhow::Result<bool> {
        self.hands_off = false;
        self.head(page);
        let place = self.browsing.place(page, &[])?;
        self.browsing.go(&place).await?;
        self.survey().await?;
        let is_found = self.is_found().await?;
        self.arrived = None;
        if is_found {
            self.arrived().await?;
        }
        Ok(is_found)
    }

    /// Whether what is shown is more than that there is no such page; keeps why not.
    async fn is_found(&mut self) -> anyhow::Result<bool> {
        self.amiss = match self.browsing.visit.should_be_found(self.page.title()).await {
            Err(error) if class_of(&error) == Class::Product => Some(first_line(&error)),
            found => found.map(|()| evidence::says_not_found(&self.seen).map(|said| format!("it says {said:?}")))?,
        };
        Ok(self.amiss.is_none())
    }

    /// The page is not at its path, nor come to in any other way.
    fn not_found(&mut self, what: &str) {
        let key = self.page.key();
        let amiss = self.amiss.take().map_or_else(String::new, |why| format!(" ({why})"));
        self.stuck(format!("{what}{amiss}: say its path in the profile (pages: {key}: path)"));
    }

    /// Whether the page shows its sign at its address.
    async fn is_at(&self, page: Page) -> anyhow::Result<bool> {
        let place = self.browsing.place(page, &[])?;
        let url = self.url().await?;
        Ok(place.is_at(&url) && self.finds(&place.ready).await?.is_some())
    }

    async fn enter(&mut self) -> anyhow::Result<bool> {
        if self.profile().lacks.contains_key(Page::Home.key()) {
            say!("{}", Page::Login.title());
            return Ok(self.open(Page::Login).await? && self.log_in().await?);
        }
        say!("{}", Page::Home.title());
        if self.open(Page::Home).await? {
            self.place().await?;
            self.sign().await?;
        } else {
            self.not_found("the home page is not at its path");
        }
        let home = self.profile().pages.home.clone();
        let candidates = evidence::to_login(&self.seen);
        let place = self.browsing.place(Page::Login, &[])?;
        let is_login = async |way: &Self| Ok(asks_for_password(way) || place.is_at(&way.url().await?));
        let led = self.leading("log-in", &home.log_in, candidates, "a page that asks for a password", is_login).await?;
        say!("{}", Page::Login.title());
        if led.is_none() {
            self.open(Page::Login).await?;
        }
        let logged_in = self.log_in().await?;
        if logged_in {
            self.open(Page::Home).await?;
            self.greeting().await?;
        }
        Ok(logged_in)
    }

    /// By a login that was made by hand, or on the login page, which is open.
    pub(super) async fn log_in(&mut self) -> anyhow::Result<bool> {
        Ok(journeys::take_over_session(&self.browsing, self.account).await? || self.login().await?)
    }

    async fn login(&mut self) -> anyhow::Result<bool> {
        self.head(Page::Login);
        self.arrived().await?;
        if !asks_for_password(self) {
            let is_at_path = self.browsing.place(Page::Login, &[])?.is_at(&self.url().await?);
            self.stuck(match is_at_path {
                true => "the login page is at its path, and asks for no password: what leads to that, on this page or the next, is said in the profile (on-the-way:); or a person logs in (dcdb-e2e login, then accounts: session:)",
                false => "no page that asks for a password was found: say its path in the profile (pages: login: path)",
            });
            return Ok(false);
        }
        self.place().await?;
        self.sign().await?;
        let login = self.profile().pages.login.clone();
        let seen = self.seen.clone();
        self.element("password", &login.password, evidence::password(&seen), true).await?;
        self.element("email", &login.email, evidence::email(&seen), true).await?;
        self.element("log-in", &login.log_in, evidence::logs_in(&seen), false).await?;
        self.unseen("message", "needs a login that fails");
        LoginPage::of(&self.browsing).log_in(self.account).await?;
        for _ in 0..10 {
            self.survey().await?;
            if !asks_for_password(self) {
                return Ok(true);
            }
            if !self.seen.said.is_empty() {
                break;
            }
        }
        let said = self.seen.said.join("; ");
        let said = if said.is_empty() { String::new() } else { format!(": the page says {said:?}") };
        self.stuck(format!("the login did not lead on{said}; check the account's e-mail and password"));
        Ok(false)
    }

    /// Where the account's name stands.
    async fn greeting(&mut self) -> anyhow::Result<()> {
        let (given, name) = (self.profile().pages.home.account.clone(), self.account.name.clone());
        if self.finds(&given.with("account", &name)).await?.is_some() {
            self.works("account");
            return Ok(());
        }
        let of = |text: Text| Locator { text: Some(text), ..Locator::default() };
        let contains = Text::Like(crate::target::Likeness::Contains("{account}".into()));
        let button =
            |role: &str| Locator { role: Some(role.into()), name: Some(contains.clone()), ..Locator::default() };
        for way in [of(Text::from("{account}")), button("button"), button("link"), of(contains.clone())] {
            if self.finds(&way.with("account", &name)).await?.is_some() {
                let keys = self.keys("account");
                return self.propose(&keys, value_of(&way), Surety::Sure, vec!["it shows the account's name".into()]);
            }
        }
        self.missing("account", "nowhere on the page is the account's name as the profile writes it");
        Ok(())
    }

    /// Whether the product page is open then.
    async fn reach_product(&mut self) -> anyhow::Result<bool> {
        if self.profile().lacks.contains_key(Page::Product.key()) || self.profile().lacks.contains_key(Page::Home.key())
        {
            return Ok(false);
        }
        self.open(Page::Home).await?;
        let home = self.profile().pages.home.clone();
        let levels = [
            ("products", home.products),
            ("database", home.database),
            ("distributed-database", home.distributed_database),
        ];
        let from = self.url().await?;
        let is_product = async |way: &Self| Ok(way.url().await? != from && way.sells().await?);
        if self.menu(home.menus_open_by, &levels, is_product, (Page::Product, "the product's page")).await? {
            self.head(Page::Product);
            return Ok(true);
        }
        let is_there = self.open(Page::Product).await? && (self.sells().await? || self.is_at(Page::Product).await?);
        if !is_there {
            self.not_found("the product page was not found: no menu leads there, and it is not at its path");
        }
        Ok(is_there)
    }

    /// Whether the page has what leads to where one buys.
    async fn sells(&self) -> anyhow::Result<bool> {
        let buy = self.profile().site(Site::Buy, self.browsing.target.port)?;
        let is_of_buy =
            |thing: &Thing| leads_to(thing, |to| to.origin() == buy.origin() && to.path().starts_with(buy.path()));
        let has_own_site = Site::ALL
            .iter()
            .filter_map(|site| self.profile().site(*site, self.browsing.target.port).ok())
            .filter(|site| site.origin() == buy.origin())
            .count()
            == 1;
        let sells = |thing: &Thing| {
            is_pressable(thing)
                && !thing.top
                && (trade::known("product.purchase-now", called(thing)).is_some() || (has_own_site && is_of_buy(thing)))
        };
        let given = self.finds(&self.profile().pages.product.purchase_now).await?.is_some();
        Ok(!asks_for_password(self) && (given || self.seen.things.iter().any(sells)))
    }

    /// From the product page, where that is open, or by its own address.
    async fn reach_purchase(&mut self, from_product: bool) -> anyhow::Result<bool> {
        if from_product {
            say!("{}", Page::Product.title());
            self.head(Page::Product);
            self.place().await?;
            self.sign().await?;
            let product = self.profile().pages.product.clone();
            let buy = self.profile().site(Site::Buy, self.browsing.target.port)?;
            let candidates = evidence::sells(&self.seen, &buy);
            let led = self
                .leading("purchase-now", &product.purchase_now, candidates, "the purchase page", is_purchase)
                .await?;
            if let Some((_, led)) = led {
                if opens(led) != product.purchase_opens_in {
                    let how = if led == Led::ToNewTab { "new-tab" } else { "same-tab" };
                    let keys = self.keys("purchase-opens-in");
                    self.propose(&keys, how.into(), Surety::Sure, vec!["so it opened".into()])?;
                }
                say!("{}", Page::Purchase.title());
                self.doubt_unless_told(Page::Purchase, self.doubt.is_some());
                self.purchase().await?;
                return Ok(true);
            }
        }
        self.doubt = None;
        say!("{}", Page::Purchase.title());
        let is_found = self.open(Page::Purchase).await?;
        if is_found && is_purchase(self).await? {
            self.purchase().await?;
            return Ok(true);
        }
        if is_found && self.browsing.place(Page::Purchase, &[])?.is_at(&self.url().await?) && !asks_for_password(self) {
            let seen = format!(
                "{} to choose something in, {}",
                counted(controls(&self.seen).len(), "control"),
                counted(self.seen.frames, "frame")
            );
            let is_covered = self.seen.things.iter().any(|thing| thing.dialog.is_some());
            let over = if is_covered { "; a dialog lies over it" } else { "" };
            self.stuck(format!(
                "the page at the path of the purchase page is not known as one: it has {seen}{over}; at least {MANY} controls are looked for, outside of frames"
            ));
            return Ok(false);
        }
        self.not_found("the purchase page was not found");
        Ok(false)
    }

    /// A page of the documentation.
    async fn document(&mut self) -> anyhow::Result<()> {
        let documents = self.profile().pages.purchase.documents.clone();
        let mut found = None;
        for (key, locator) in &documents {
            let Some(id) = self.finds(locator).await? else { continue };
            let to = self.thing(id).and_then(|thing| thing.to.clone());
            let numbers = trade::listed(&format!("documents.numbers.{key}"));
            if let Some((to, number)) = to.and_then(|to| {
                numbers.iter().find(|number| to.contains(number.as_str())).map(|number| (to.clone(), number))
            }) {
                found = Some((to, number));
                break;
            }
        }
        let Some((to, number)) = found else { return Ok(()) };
        let left = self.browsing.visit.open_tab().await?;
        let from = self.page;
        self.head(Page::Document);
        let done = async {
            let url = Url::parse(&to)?;
            self.browsing.visit.go(&url).await?;
            self.survey().await?;
            if !self.is_found().await? {
                return Ok(());
            }
            self.sign().await?;
            let path = told_path(&url).replace(number.as_str(), "{document}");
            let known = self.profile().pages.document.path.clone();
            match path == known {
                true => self.works("path"),
                false => {
                    let keys = self.keys("path");
                    self.propose(&keys, path.into(), Surety::Sure, vec![format!("the document {number} is there")])?;
                }
            }
            anyhow::Ok(())
        };
        let done = done.await;
        self.browsing.visit.turn_to(&left).await?;
        self.head(from);
        self.survey().await?;
        done
    }

    async fn check(&mut self) -> anyhow::Result<()> {
        self.head(Page::Purchase);
        let purchase = self.profile().pages.purchase.clone();
        if let Some(name) = purchase.choices.get(Field::NAME.key())
            && self.finds(&name.control).await?.is_some()
        {
            let _named = self.browsing.at(self.page, &name.control).within(NOW).fill(NAME).await;
        }
        self.survey().await?;
        let chosen = PurchasePage::of(&self.browsing).read_choices().await.unwrap_or_default();
        let fee = PurchasePage::of(&self.browsing).total_fee().await.ok();
        let mut captions: BTreeMap<String, String> = BTreeMap::new();
        for (key, choice) in &purchase.choices {
            if let Some(id) = self.finds(&choice.control).await?
                && let Some(thing) = self.thing(id)
            {
                let caption = if thing.caption.is_empty() { &thing.name } else { &thing.caption };
                captions.insert(key.clone(), caption.clone());
            }
        }
        let fee_id = self.finds(&purchase.total_fee).await?;
        let fee_caption = fee_id.and_then(|id| self.thing(id)).map(|thing| thing.caption.clone()).unwrap_or_default();
        let from = self.url().await?;
        let texts: Vec<String> = self.seen.things.iter().map(|thing| thing.text.clone()).collect();
        let candidates = evidence::goes_on(&self.seen);
        let is_check = async |way: &Self| {
            let amounts = way.seen.things.iter().any(|thing| money(&thing.text).is_some());
            Ok(way.url().await? != from && !asks_for_password(way) && amounts && controls(&way.seen).len() < MANY)
        };
        self.hands_off = true;
        let led = self
            .leading(
                "purchase-now",
                &purchase.purchase_now,
                candidates,
                "the page where the order is checked",
                is_check,
            )
            .await?;
        if led.is_none() {
            // As it was when it refused: it has been opened anew since then.
            let refused = std::mem::take(&mut self.refused);
            let refused = if refused.things.is_empty() { self.seen.clone() } else { refused };
            let is_fresh = |thing: &&Thing| thing.own && !thing.text.is_empty() && !texts.contains(&thing.text);
            let fresh = refused.things.iter().filter(is_fresh).map(|thing| thing.text.clone());
            let mut said: Vec<String> = Vec::new();
            for text in refused.said.iter().cloned().chain(fresh) {
                if !said.contains(&text) && said.len() < 3 {
                    said.push(text);
                }
            }
            let empty = controls(&refused)
                .into_iter()
                .filter(|control| control.thing.value.is_empty() && !control.thing.caption.is_empty());
            let empty: Vec<String> = empty.map(|control| control.thing.caption).take(3).collect();
            let says = if said.is_empty() {
                String::new()
            } else {
                format!(
                    "; the page says {}",
                    said.iter().map(|text| format!("{text:?}")).collect::<Vec<_>>().join(", ")
                )
            };
            let first =
                if empty.is_empty() { String::new() } else { format!("; nothing is chosen in {}", empty.join(", ")) };
            self.stuck(format!("the purchase page does not go on to the check page{says}{first}: what must be chosen first, or why it refuses, has to be settled before the pages behind it can be looked at"));
            if self.finds(&purchase.purchase_now).await?.is_some() {
                let keys = self.keys("purchase-now");
                self.note(&keys, Known::Unseen("it is there, and its press does not lead on".into()));
            }
            return Ok(());
        }
        say!("{}", Page::Check.title());
        self.head(Page::Check);
        self.place().await?;
        self.sign().await?;
        self.facts(&chosen, &captions).await?;
        self.sums(fee.map(crate::domain::Money::as_fen), &fee_caption).await?;
        let check = self.profile().pages.check.clone();
        self.element("confirm", &check.confirm, evidence::confirms(&self.seen), false).await?;
        self.element("back", &check.back, evidence::goes_back(&self.seen, &from), false).await?;
        if self.finds(&check.message).await?.is_some() {
            self.works("message");
        }
        self.unseen("message", "needs a purchase that is refused");
        for page in [Page::Payment, Page::Result] {
            self.head(page);
            self.unseen("ready", BOUGHT);
        }
        Ok(())
    }

    /// Where the check page shows what was chosen.
    async fn facts(&mut self, chosen: &Purchase, captions: &BTreeMap<String, String>) -> anyhow::Result<()> {
        let given = self.profile().pages.check.facts.clone();
        let fields: Vec<Field> = self.profile().catalogue.in_order().into_iter().map(|(field, _)| field).collect();
        for field in fields {
            let key = field.key();
            let Some(value) = chosen.get(field).map(str::to_owned) else {
                self.unseen(&format!("facts/{key}/at"), "it was not seen what is chosen");
                continue;
            };
            if field == Field::NAME && value.is_empty() {
                self.unseen(&format!("facts/{key}/at"), "no name was given");
                continue;
            }
            let word = self.profile().words.get(key).and_then(|words| words.word(&value)).unwrap_or(value);
            let caption = captions.get(key).map(String::as_str);
            let candidates = evidence::fact(&self.seen, key, caption, Some(&word));
            let fallback = Locator {
                beside: Some(Text::from(captions.get(key).map_or(key, String::as_str))),
                ..Locator::default()
            };
            let fact = given.get(key);
            let at = fact.map_or(&fallback, |fact| &fact.at);
            let found = self.element(&format!("facts/{key}/at"), at, candidates, true).await?;
            let Some(id) = (match &found {
                Some(found) => self.finds(found).await?,
                None => None,
            }) else {
                continue;
            };
            let Some(text) = self.thing(id).map(|thing| thing.text.clone()) else { continue };
            let shows = fact.map_or_else(|| Text::from("{value}"), |fact| fact.shows.clone());
            if !shows.with("value", &word).admits(&text) && holds_word(&text, &word) && !word.is_empty() {
                let shows = Text::Is(text.replacen(&word, "{value}", 1));
                let keys = self.keys(&format!("facts/{key}/shows"));
                let at = self.keys(&format!("facts/{key}/at"));
                let surety = match self.book.entries.get(&at) {
                    Some(Known::Proposed { surety, .. }) => *surety,
                    _ => Surety::Sure,
                };
                self.propose(&keys, text_value(&shows), surety, vec![format!("it shows {text:?} of {word:?}")])?;
            }
        }
        Ok(())
    }

    /// The fee and the balance on the check page.
    async fn sums(&mut self, fee: Option<i64>, fee_caption: &str) -> anyhow::Result<()> {
        let check = self.profile().pages.check.clone();
        let [fees, balances, frozen] = evidence::sums(&self.seen, fee, fee_caption);
        self.element("total-fee", &check.total_fee, fees, true).await?;
        self.element("balance", &check.balance, balances, true).await?;
        if let Some(given) = check.frozen.or_else(|| (!frozen.is_empty()).then(nothing)) {
            self.element("frozen", &given, frozen, true).await?;
        }
        Ok(())
    }

    async fn console(&mut self) -> anyhow::Result<()> {
        say!("{}", Page::Overview.title());
        if self.open(Page::Overview).await? {
            self.place().await?;
            self.sign().await?;
        } else {
            self.not_found("the overview is not at its path");
        }
        let overview = self.profile().pages.overview.clone();
        let levels = [
            ("cloud-products", overview.cloud_products),
            ("basic-products", overview.basic_products),
            ("database", overview.database),
            ("distributed-database", overview.distributed_database),
        ];
        let from = self.url().await?;
        let purchase = self.browsing.place(Page::Purchase, &[])?.url;
        let leads_to_purchase =
            |thing: &Thing| leads_to(thing, |to| to.origin() == purchase.origin() && to.path() == purchase.path());
        let has_new = async |way: &Self| {
            let given = way.finds(&way.profile().pages.console.new).await?.is_some();
            let offers = way.seen.things.iter().any(|thing| {
                leads_to_purchase(thing)
                    || (is_pressable(thing) && !thing.top && trade::known("console.new", called(thing)).is_some())
            });
            anyhow::Ok(!asks_for_password(way) && controls(&way.seen).len() < MANY && (given || offers))
        };
        let is_console = async |way: &Self| Ok(way.url().await? != from && has_new(way).await?);
        say!("{}", Page::Console.title());
        if !self.menu(overview.menus_open_by, &levels, is_console, (Page::Console, "the list of instances")).await? {
            let is_found = self.open(Page::Console).await?;
            let is_known = is_found && self.is_at(Page::Console).await?;
            let is_there = is_known || (is_found && has_new(self).await?);
            if !is_there {
                self.not_found("the list of instances was not found: no menu leads there, and it is not at its path");
                return Ok(());
            }
            self.doubt_unless_told(Page::Console, !is_known);
        }
        self.head(Page::Console);
        self.place().await?;
        self.sign().await?;
        let cells = self.profile().pages.console.cells.clone();
        self.columns("instances", &cells)?;
        let region = self.regions().await?;
        self.emptiness(region).await?;
        self.unseen("row", BOUGHT);
        let console = self.profile().pages.console.clone();
        let candidates = evidence::creates(&self.seen, &purchase);
        self.hands_off = true;
        let (tab, url) = (self.browsing.visit.tab(), self.url().await?);
        let led = self.leading("new", &console.new, candidates, "the purchase page", is_purchase).await?;
        if let Some((_, led)) = led {
            if opens(led) != console.new_opens_in {
                let how = if led == Led::ToNewTab { "new-tab" } else { "same-tab" };
                let keys = self.keys("new-opens-in");
                self.propose(&keys, how.into(), Surety::Sure, vec!["so it opened".into()])?;
            }
            self.back_to(&tab, &url).await?;
        }
        Ok(())
    }

    /// The tabs of regions: several that are called as the regions of the purchase page, whatever their role.
    async fn regions(&mut self) -> anyhow::Result<Vec<Locator>> {
        let given = self.profile().pages.console.region.clone();
        let Some(words) = self.profile().words.get(Field::REGION.key()).cloned() else { return Ok(Vec::new()) };
        let words: Vec<String> = words.keys().filter_map(|key| words.word(key)).collect();
        let all = |region: &Locator| words.iter().map(|word| region.with("region", word)).collect::<Vec<_>>();
        for tab in all(&given) {
            if self.finds(&tab).await?.is_some() {
                self.works("region");
                return Ok(all(&given));
            }
        }
        let mut found: Vec<(Thing, Text)> = Vec::new();
        for thing in self
            .seen
            .things
            .iter()
            .filter(|thing| is_role(thing, &["tab", "button", "link", "radio", "option"]) || thing.opener)
        {
            let text = called(thing).to_owned();
            if let Some(pattern) =
                words.iter().filter(|word| !word.is_empty()).find_map(|word| Self::counted(word, &text))
            {
                found.push((thing.clone(), pattern));
            }
        }
        let Some((first, pattern)) =
            found.iter().find(|(_, pattern)| found.iter().filter(|(_, other)| other == pattern).count() > 1).cloned()
        else {
            let named =
                |word: &String| self.near(&Locator { text: Some(Text::from(word.as_str())), ..Locator::default() });
            let near = words.iter().map(named).find(|near| !near.is_empty()).unwrap_or_default();
            self.missing("region", format!("no two things here are called as regions of the purchase page{near}"));
            return Ok(Vec::new());
        };
        let ways = match &first.role {
            Some(role) => Locator { role: Some(role.clone()), name: Some(pattern), ..Locator::default() },
            None => Locator { text: Some(pattern), ..Locator::default() },
        };
        let keys = self.keys("region");
        let count = found.len();
        self.propose(
            &keys,
            value_of(&ways),
            Surety::Sure,
            vec![format!("{count} of them are called as regions of the purchase page, such as {:?}", called(&first))],
        )?;
        Ok(all(&ways))
    }

    /// What a region without instances says; looked for in the next ones, where that which is shown has some.
    async fn emptiness(&mut self, tabs: Vec<Locator>) -> anyhow::Result<()> {
        let given = self.profile().pages.console.empty.clone();
        let shows_it = |way: &Self, found: Option<usize>| {
            found.is_some()
                || way.seen.things.iter().any(|thing| {
                    thing.own && !is_pressable(thing) && trade::known("console.empty", &thing.text).is_some()
                })
        };
        for tab in tabs.iter().rev().take(3) {
            let found = self.finds(&given).await?;
            if shows_it(self, found) {
                break;
            }
            if self.browsing.at(self.page, tab).within(NOW).click().await.is_ok() {
                self.survey().await?;
            }
        }
        let has_rows = self
            .browsing
            .at(self.page, &self.profile().pages.console.row)
            .rows(&BTreeMap::new())
            .await
            .map(|rows| rows.len())
            .unwrap_or(0)
            > 0;
        let candidates = evidence::emptiness(&self.seen, has_rows);
        if candidates.is_empty() && self.finds(&given).await?.is_none() {
            self.unseen("empty", "the region that is shown is not said to be empty");
            return Ok(());
        }
        self.element("empty", &given, candidates, false).await.map(|_| ())
    }

    async fn orders(&mut self) -> anyhow::Result<()> {
        if self.profile().lacks.contains_key(Page::Orders.key()) {
            return Ok(());
        }
        say!("{}", Page::Orders.title());
        let console = self.url().await?;
        let links = evidence::to_orders(&self.seen, &console);
        let lists = |way: &Self| way.seen.things.iter().filter(|thing| is_role(thing, &["columnheader"])).count() > 2;
        let is_found = self.open(Page::Orders).await?;
        let is_known = is_found && self.is_at(Page::Orders).await?;
        let mut is_there = is_known || (is_found && lists(self));
        let mut is_guess = !is_known;
        for link in links.iter().take(TRIES) {
            if is_there {
                break;
            }
            let Some(to) = link.thing.to.as_deref().and_then(|to| Url::parse(to).ok()) else { continue };
            is_there = self.try_out(&to).await && lists(self);
            is_guess = link.points == 0;
        }
        if !is_there {
            self.not_found("the order list was not found");
            return Ok(());
        }
        self.doubt_unless_told(Page::Orders, is_guess);
        self.place().await?;
        self.sign().await?;
        let given = self.profile().pages.orders.cells.clone();
        self.columns("orders", &given)?;
        self.unseen("row", BOUGHT);
        Ok(())
    }

    /// The cells of a table's rows, by the headings of its columns, which are there without a row too.
    fn columns(&mut self, what: &str, given: &BTreeMap<String, Locator>) -> anyhow::Result<()> {
        let heads = self.seen.things.iter().filter(|thing| is_role(thing, &["columnheader"]));
        let heads: Vec<Thing> = heads.cloned().collect();
        for (cell, locator) in given {
            let key = format!("cells/{cell}");
            let Some(column) = locator.column.as_ref().filter(|_| !heads.is_empty()) else {
                self.unseen(&key, BOUGHT);
                continue;
            };
            if heads.iter().any(|head| column.admits(&head.name)) {
                self.works(&key);
                continue;
            }
            let candidates = evidence::column(&self.seen, what, cell);
            let Some(best) = candidates.first() else {
                self.missing(&key, "no column is called like it");
                continue;
            };
            let rival = candidates.get(1).map_or(0, |other| other.points);
            let is_plain = best.points >= trade::Known::Whole.points() && best.points > rival;
            let way = Locator { column: Some(Text::from(best.thing.name.as_str())), ..Locator::default() };
            let (keys, why) = (self.keys(&key), best.why.clone());
            self.propose(&keys, value_of(&way), if is_plain { Surety::Sure } else { Surety::Unsure }, why)?;
        }
        Ok(())
    }
}
