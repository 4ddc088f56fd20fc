//! What only a purchase shows: the result page, an instance in the console, an order in the list. One is made, by what two walks have
//! found for sure, with the guard's permit and in the ledger.

use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use serde_yaml::Value;
use url::{Position, Url};

use super::way::{Way, told_path};
use crate::{
    browser::{Place, Surveyed, Thing},
    domain::{Field, InstanceId, Money, OrderNumber, Purchase},
    guard::{Guard, Receipt, Spend, Stage},
    journeys,
    pages::{CheckPage, ConsolePage, Press, ResultPage},
    repair::{
        book::{Book, Known, Surety, value_of},
        evidence::{self, Candidate, by_points, called, is_role, speaks_for, surety},
        trade,
    },
    say,
    target::{Delivered, Formats, Locator, Paced, Page, Site, Text, regex_escape},
};

/// So many parts round a name are looked at for what can be done there.
const ROUND: usize = 6;

/// What ids of instances look like on most sites.
const ID: &str = "^[a-z][a-z0-9]*(-[a-z0-9]+)+$";

/// What must be known for sure before anything is bought: how it is named, what it costs, and what confirms it.
const NEEDED: [&str; 5] = [
    "pages/purchase/choices/name/control",
    "pages/purchase/total-fee",
    "pages/check/total-fee",
    "pages/check/balance",
    "pages/check/confirm",
];

/// Why nothing is bought by what is known so far; `None` where it may be.
pub(super) fn objection(book: &Book) -> Option<String> {
    let unsure: Vec<String> =
        NEEDED.iter().filter(|keys| !is_sure(book, keys)).map(|keys| keys.replace('/', ": ")).collect();
    (!unsure.is_empty()).then(|| {
        format!(
            "nothing was bought (--buy): these are not known for sure: {}; put them right in the profile, and ask again",
            unsure.join(", ")
        )
    })
}

fn is_sure(book: &Book, keys: &str) -> bool {
    matches!(book.entries.get(keys), Some(Known::Works | Known::Proposed { surety: Surety::Sure, .. }))
}

/// A purchase that was made.
pub(super) struct Bought {
    receipt: Receipt,
    /// What its instance is called.
    pub(super) name: String,
    pub(super) purchase: Purchase,
    fee: Money,
    /// Where it was confirmed.
    confirmed_at: Url,
    /// What the account had before.
    balance: Money,
}

/// An instance in the console's list.
pub(super) struct Listed {
    /// How it is told from the others.
    pub(super) at: Locator,
    /// All that is in it.
    pub(super) seen: Surveyed,
    /// What no other instance shows.
    pub(super) own: Vec<String>,
}

impl Listed {
    /// Whether a way goes by nothing that is this instance's alone.
    fn is_general(&self, way: &Locator) -> bool {
        way.words().is_none_or(|words| !self.own.iter().any(|own| words.contains(own.as_str())))
    }
}

impl Way<'_> {
    /// All of it, from the login to the return; what it cost by the balance, where it was seen to be returned.
    ///
    /// # Errors
    /// What kept it from going on.
    pub(super) async fn buy_and_look(&mut self, guard: &Guard) -> anyhow::Result<Option<Money>> {
        ensure!(
            self.open(Page::Login).await? && self.log_in().await?,
            "the account {} could not log in for it",
            self.account.name
        );
        let bought = self.buy(guard).await?;
        self.look_at(&bought, guard).await;
        // As long as it is not returned, the balance says what was paid, and not what it cost.
        match guard.open_entries()?.is_empty() {
            true => self.cost(&bought).await.map(Some),
            false => Ok(None),
        }
    }

    /// Buys one of what the purchase page opens with, the account being logged in.
    ///
    /// # Errors
    /// Whatever keeps it from being bought; nothing was paid then, or the ledger says that it may have been.
    async fn buy(&mut self, guard: &Guard) -> anyhow::Result<Bought> {
        let name = guard.name_for_a_purchase();
        self.open(Page::Purchase).await?;
        self.hands_off = true;
        self.choose(Field::NAME, &name).await?;
        let mut made = Purchase::default();
        made.set(Field::NAME, &name);
        let (purchase, chosen_fee) = journeys::to_check_page(&self.browsing, &made).await.with_context(|| {
            format!("what is bought is found again by its name {name} alone, which the purchase page should keep")
        })?;
        // What is read of the page afterwards is what is paid for.
        let turn = self.browsing.turn(Paced::Purchase).await;
        let check = CheckPage::of(&self.browsing);
        let (balance, bill) = (check.balance().await?, check.bill(&purchase).await?);
        let (fee, most) = (bill.price(), bill.at_most());
        if balance < most {
            bail!("the account {} cannot pay: it has {balance}, and this costs up to {most}", self.account.name);
        }
        let spend = Spend {
            scenario: "doctor --propose --buy".into(),
            account: self.account.name.clone(),
            name: name.clone(),
            what: purchase.to_string(),
            region: purchase.get(Field::REGION).map(str::to_owned),
            amount: most,
            frozen: bill.frozen(),
            instances: u32::try_from(purchase.quantity())?,
            balance: Some(balance),
        };
        let confirmed_at = self.url().await?;
        let permit = guard.permit(&self.browsing.visit, self.profile(), chosen_fee, bill, &spend, turn).await?;
        let receipt = permit.receipt();
        say!("buying {name} for {fee}: {purchase}");
        if let Err(error) = journeys::pay(&self.browsing, permit, Press::Once, None).await {
            // What may have been paid is looked after.
            let is_unpaid =
                || guard.entries(&[receipt]).is_ok_and(|rows| rows.iter().all(|row| row.stage == Stage::Intent));
            if self.profile().pages.payment.is_some() && is_unpaid() {
                self.stuck(format!(
                    "an order over {fee} that nobody has paid may be left with {}: it failed between confirming and paying; cancel it in the order list if it is there",
                    self.account.name
                ));
            }
            return Err(error);
        }
        Ok(Bought { receipt, name, purchase, fee, confirmed_at, balance })
    }

    /// All that can be seen of it, and returns it; gives what could not be told.
    async fn look_at(&mut self, bought: &Bought, guard: &Guard) {
        let order = self.result(bought, guard).await;
        let order = self.goes_on("the result page", order).flatten();
        let delivered = self.instance(bought, guard).await;
        self.goes_on("the instance in the console", delivered);
        let listed = self.order(order.as_ref(), bought).await;
        self.goes_on("the order in the list", listed);
    }

    /// What it cost, once it has been returned, by the balance.
    async fn cost(&mut self, bought: &Bought) -> anyhow::Result<Money> {
        let now = journeys::to_new_check_page(&self.browsing).await?;
        Ok(bought.balance.minus(now)?)
    }

    /// The result page, which is to come.
    async fn result(&mut self, bought: &Bought, guard: &Guard) -> anyhow::Result<Option<OrderNumber>> {
        say!("{}", Page::Result.title());
        let check = self.browsing.place(Page::Check, &[])?;
        let payment =
            self.profile().pages.payment.as_ref().map(|_| self.browsing.place(Page::Payment, &[])).transpose()?;
        let by = Instant::now() + self.profile().deadlines.payment;
        self.head(Page::Result);
        loop {
            self.survey().await?;
            let url = self.url().await?;
            let shows_check = check.is_at(&url) && self.finds(&check.ready).await?.is_some();
            let is_paying = payment.as_ref().is_some_and(|payment| payment.is_at(&url));
            if !is_paying && has_left(&url, &bought.confirmed_at, &check, shows_check) {
                break;
            }
            let page = if is_paying { Page::Payment } else { Page::Check };
            ensure!(
                Instant::now() < by,
                "the {} went nowhere when it was confirmed; it says {:?}",
                page.title(),
                self.seen.said
            );
        }
        let url = self.url().await?;
        let result = self.profile().pages.result.clone();
        let shape = Formats::whole(&self.profile().formats.order_number)?;
        let at = &url[Position::BeforePath..];
        let numbers = evidence::order_number(&self.seen, at, |text| shape.is_match(text));
        let Some(at) = self.element("order-number", &result.order_number, numbers, true).await? else {
            bail!(
                "no order number is shown at {url}: if this is a page of its own on which the order is paid, the profile says so (pages: payment:)"
            );
        };
        let number = self.finds(&at).await?.and_then(|id| self.thing(id)).map(|thing| thing.text.clone());
        let number = number.context("the order number has gone again")?;
        if shape.is_match(&number) {
            self.note("formats/order-number", Known::Works);
        } else {
            let why = format!("so one is written: {number:?}");
            self.propose("formats/order-number", shape_of(&number).into(), Surety::Unsure, vec![why])?;
        }
        self.path_with(&url, &number, "{order}")?;
        self.sign().await?;
        let amounts = evidence::paid(&self.seen, Some(bought.fee.as_fen()));
        self.element("amount", &result.amount, amounts, true).await?;
        let number = OrderNumber(number);
        let receipt = guard.ordered(bought.receipt, &number)?;
        if let Some(amount) = ResultPage::of(&self.browsing).amount_shown().await? {
            guard.charged(receipt, amount)?;
        }
        let console = self.profile().site(Site::Console, self.browsing.target.port)?;
        let links = evidence::to_console(&self.seen, &console);
        let leads_there = async |way: &Self| Ok(way.url().await?.origin() == console.origin());
        self.leading("go-to-console", &result.go_to_console, links, "the console", leads_there).await?;
        // All of it once more, as whoever comes back to the page finds it.
        self.browsing.visit.go(&url).await?;
        self.survey().await?;
        self.hold_again("pages/result").await?;
        Ok(Some(number))
    }

    /// Where a page is whose path has something of the purchase in it.
    fn path_with(&mut self, url: &Url, what: &str, placeholder: &str) -> anyhow::Result<()> {
        let place = self.browsing.place(self.page, &[])?;
        if place.is_at(url) {
            self.works("path");
            return Ok(());
        }
        let Some(card) = self.profile().pages.card(self.page) else { return Ok(()) };
        let base = self.profile().site(card.site, self.browsing.target.port)?;
        let path = told_path(url).replace(what, placeholder);
        let keys = self.keys("path");
        if base.origin() != url.origin() {
            let at = &url[..Position::AfterPath];
            self.missing("path", format!("it is at {at}, which is not on the site {:?}", card.site));
            return Ok(());
        }
        let path = path.strip_prefix(base.path().trim_end_matches('/')).unwrap_or(&path).to_owned();
        self.propose(&keys, path.into(), Surety::Sure, vec!["the purchase led there".into()])
    }

    /// What was found of this part of the profile is looked for once more on the page, which has been opened anew: what is not there
    /// again is not proposed.
    async fn hold_again(&mut self, part: &str) -> anyhow::Result<()> {
        let proposed: Vec<(String, Value)> = self
            .book
            .entries
            .iter()
            .filter(|(keys, _)| keys.starts_with(part))
            .filter_map(|(keys, known)| match known {
                Known::Proposed { value, .. } if value.is_mapping() => Some((keys.clone(), value.clone())),
                _ => None,
            })
            .collect();
        for (keys, value) in proposed {
            let locator: Locator = serde_yaml::from_value(value)?;
            if !locator.is_template() && self.finds(&locator).await?.is_none() {
                self.note(&keys, Known::Missing(format!("{locator} was found, and not again on the page opened anew")));
            }
        }
        Ok(())
    }

    /// Opens the console at the region of the purchase.
    pub(super) async fn console_of(&mut self, bought: &Bought) -> anyhow::Result<()> {
        self.open(Page::Console).await?;
        self.hands_off = true;
        if let Some(region) = bought.purchase.region() {
            // Where it has no such tab, all is in one list.
            let _shown = ConsolePage::of(&self.browsing).show_region(region).await;
        }
        self.survey().await
    }

    /// The entry of what was bought in the list of instances, once `is_so` holds of it: that which the profile tells, else the smallest
    /// part round the name of which it holds. Where it never does, that of the profile, with no way of our own to it.
    async fn entry_of(
        &mut self,
        bought: &Bought,
        within: Duration,
        is_so: impl Fn(&Surveyed) -> bool,
    ) -> anyhow::Result<Option<(usize, Vec<Locator>, Surveyed)>> {
        let by = Instant::now() + within;
        let title = self.page.title();
        loop {
            self.survey().await?;
            let named = |thing: &&Thing| thing.own && thing.text == bought.name;
            let given = self.profile().pages.console.row.clone();
            let given = Locator { containing: Some(bought.name.clone()), ..given };
            let given = match self.finds(&given).await? {
                Some(id) => Some((id, self.browsing.visit.survey_part(title, id).await?)),
                None => None,
            };
            // What was taken off the page meanwhile holds nothing.
            let given = given.filter(|(_, seen)| seen.things.iter().any(|thing| named(&thing)));
            if let Some((id, seen)) = given {
                let is_over = Instant::now() > by;
                if is_so(&seen) || is_over {
                    return Ok(Some((id, Vec::new(), seen)));
                }
                continue;
            }
            let mut at = self.seen.things.iter().find(named).map(|thing| thing.id);
            for _ in 0..ROUND {
                let Some(inner) = at else { break };
                let Some(entry) = self.browsing.visit.entry(title, inner).await? else { break };
                let seen = self.browsing.visit.survey_part(title, entry.id).await?;
                if seen.things.iter().any(|thing| named(&thing)) && is_so(&seen) {
                    return Ok(Some((entry.id, entry.ways, seen)));
                }
                at = Some(entry.id).filter(|id| *id != inner);
            }
            if Instant::now() > by {
                return Ok(None);
            }
        }
    }

    /// The instance: its entry, what that shows, what can be done with it; and its return.
    async fn instance(&mut self, bought: &Bought, guard: &Guard) -> anyhow::Result<()> {
        say!("{}, with what was bought", Page::Console.title());
        self.console_of(bought).await?;
        self.head(Page::Console);
        let delivery = self.profile().deadlines.delivery.max(self.profile().deadlines.element);
        // Where it is delivered running, nothing is initialised.
        let is_initialised = self.profile().delivered_as == Delivered::Uninitialized;
        let awaited: &[&str] = match is_initialised {
            true => &["console.initialize", "console.terminate"],
            false => &["console.terminate"],
        };
        let offers = |seen: &Surveyed| awaited.iter().all(|what| !evidence::operation(seen, what).is_empty());
        let Some((id, ways, seen)) = self.entry_of(bought, delivery, offers).await? else {
            let is_named = self.seen.things.iter().any(|thing| thing.own && thing.text == bought.name);
            let why = match is_named {
                true => {
                    "nothing round it is an entry in which that can be done what must be: return it, and initialise it where it is delivered so"
                }
                false => "nothing shows it",
            };
            self.missing("row", format!("looked for {} in the console: {why}", bought.name));
            return Ok(());
        };
        let Some(row) = self.row(id, &ways, "row", "instance", "{instance}").await? else { return Ok(()) };
        let at = Locator { containing: Some(bought.name.clone()), ..row };
        let shape = regex::Regex::new(ID)?;
        let own = seen.things.iter().filter(|thing| thing.own && shape.is_match(&thing.text));
        let own = own.map(|thing| thing.text.clone()).chain([bought.name.clone()]).collect();
        let listed = Listed { at, seen, own };
        let instance = self.cells_of(&listed, bought).await?;
        if let Some(instance) = &instance {
            guard.delivered(bought.receipt, std::slice::from_ref(instance))?;
        }
        let operations = self.profile().pages.console.clone();
        let initialize = match is_initialised {
            true => self.inside("initialize", &operations.initialize, &listed, "console.initialize").await?,
            false => None,
        };
        let terminate = self.inside("terminate", &operations.terminate, &listed, "console.terminate").await?;
        if let Some(initialize) = initialize.filter(|_| self.is_sure_of("initialize")) {
            self.initialise_dialog(&initialize.inside(&listed.at), bought).await?;
            self.console_of(bought).await?;
            self.head(Page::Console);
        }
        if let (Some(terminate), Some(instance)) = (terminate.filter(|_| self.is_sure_of("terminate")), &instance) {
            self.give_back(&terminate.inside(&listed.at), &listed, instance, bought, guard).await?;
        }
        Ok(())
    }

    pub(super) fn is_sure_of(&self, key: &str) -> bool {
        is_sure(&self.book, &self.keys(key))
    }

    /// The entries of a list: the given way where it finds this one, else the likeliest.
    async fn row(
        &mut self,
        id: usize,
        ways: &[Locator],
        all: &str,
        one: &str,
        placeholder: &str,
    ) -> anyhow::Result<Option<Locator>> {
        let given = self.profile().pages.elements(self.page);
        let given = given.into_iter().find(|(key, _)| key == all).map(|(_, at)| at.clone());
        let seen = self.browsing.visit.survey_part(self.page.title(), id).await?;
        let first = seen.things.iter().find(|thing| thing.own && !thing.text.is_empty());
        let text = first.map(|thing| thing.text.clone()).context("the entry shows nothing")?;
        let with = |way: &Locator, text: &str| Locator { containing: Some(text.to_owned()), ..way.clone() };
        if let Some(given) = given
            && self.finds(&with(&given, &text)).await? == Some(id)
        {
            self.works(all);
            self.works(one);
            return Ok(Some(given));
        }
        for way in ways {
            if self.finds(&with(way, &text)).await? == Some(id) {
                let keys = self.keys(all);
                let why = vec!["it holds what was bought, and what can be done with it".to_owned()];
                self.propose(&keys, value_of(way), Surety::Sure, why.clone())?;
                let keys = self.keys(one);
                self.propose(&keys, value_of(&with(way, placeholder)), Surety::Sure, why)?;
                return Ok(Some(way.clone()));
            }
        }
        self.missing(all, "nothing tells the entry of what was bought from what is round it");
        Ok(None)
    }

    /// What the entry shows in which of its cells; gives the instance's id.
    async fn cells_of(&mut self, listed: &Listed, bought: &Bought) -> anyhow::Result<Option<InstanceId>> {
        let formats = self.profile().formats.clone();
        let (id_shape, date) = (Formats::whole(&formats.instance_id)?, Formats::whole(&formats.date)?);
        let looks_like_id = regex::Regex::new(ID)?;
        let own = listed.seen.things.iter().filter(|thing| thing.own && !thing.text.is_empty());
        let mut ids: Vec<Candidate> = Vec::new();
        for thing in own.clone().filter(|thing| thing.text != bought.name) {
            if id_shape.is_match(&thing.text) {
                ids.push(Candidate::of(thing).and(6, "it is written as ids of instances are"));
            } else if looks_like_id.is_match(&thing.text) {
                ids.push(Candidate::of(thing).and(5, "it is written as an id may be"));
            }
        }
        let names = own.filter(|thing| thing.text == bought.name);
        let names =
            names.map(|thing| Candidate::of(thing).and(6, "it shows the name that was given")).take(1).collect();
        let id = ids.first().filter(|_| ids.len() == 1).map(|id| id.thing.text.clone());
        self.cell("id", listed, ids).await?;
        self.cell("name", listed, names).await?;
        if let Some(id) = &id {
            match id_shape.is_match(id) {
                true => self.note("formats/instance-id", Known::Works),
                false => {
                    let why = format!("so one is written: {id:?}");
                    self.propose("formats/instance-id", shape_of(id).into(), Surety::Unsure, vec![why])?;
                }
            }
        }
        let word = |field: Field| {
            let key = bought.purchase.get(field)?;
            Some(self.profile().words.get(field.key()).and_then(|words| words.word(key)).unwrap_or(key.to_owned()))
        };
        let (zone, network) = (word(Field::ZONE), word(Field::VPC).or(word(Field::NETWORK)));
        let numbers: Vec<String> = [Field::SHARDS, Field::SHARD_SPECIFICATION, Field::DISK]
            .into_iter()
            .filter_map(|field| bought.purchase.get(field).map(str::to_owned))
            .collect();
        for cell in ["status", "zone", "configuration", "network", "expires"] {
            let shows = |thing: &Thing| match cell {
                "zone" => zone.as_ref().is_some_and(|zone| thing.text == *zone),
                "network" => network.as_ref().is_some_and(|network| thing.text.contains(network.as_str())),
                "configuration" => {
                    numbers.len() == 3 && numbers.iter().all(|number| evidence::holds_word(&thing.text, number))
                }
                "expires" => date.is_match(&thing.text),
                _ => false,
            };
            let mut candidates: Vec<Candidate> = Vec::new();
            for thing in listed.seen.things.iter().filter(|thing| thing.own || thing.beside) {
                if let Some(known) = trade::known(&format!("instances.{cell}"), &thing.caption).filter(|_| thing.beside)
                {
                    let why = format!("{:?} is the trade's word for it", thing.caption);
                    speaks_for(&mut candidates, thing, &why, known.points(), known.points() + 1);
                }
                if shows(thing) {
                    speaks_for(&mut candidates, thing, "it shows what was bought", 4, 4);
                }
            }
            self.cell(cell, listed, candidates).await?;
        }
        Ok(id.map(InstanceId))
    }

    /// A cell of the entry: the given way where it finds something, else the column of the best, else a way to it from the entry.
    pub(super) async fn cell(
        &mut self,
        cell: &str,
        listed: &Listed,
        mut candidates: Vec<Candidate>,
    ) -> anyhow::Result<()> {
        let key = format!("cells/{cell}");
        by_points(&mut candidates);
        let given = self.profile().pages.console.cells.get(cell).cloned();
        if let Some(given) = &given
            && let Some(found) = self.finds(&given.inside(&listed.at)).await?
        {
            // What is in the cell of a table is found by the cell as well.
            let is_it = candidates.first().is_none_or(|best| {
                best.thing.id == found || self.thing(found).is_some_and(|thing| thing.text == best.thing.text)
            });
            if is_it {
                self.works(&key);
                return Ok(());
            }
        }
        let Some(best) = candidates.first().cloned() else {
            if !self.book.entries.contains_key(&self.keys(&key)) {
                self.missing(&key, "nothing of what was bought is like it");
            }
            return Ok(());
        };
        let mut ways = self.columns_of(&best.thing, listed).await?;
        ways.extend(self.browsing.visit.ways_inside(self.page.title(), best.thing.id, &listed.at).await?);
        let Some(way) = ways.into_iter().find(|way| listed.is_general(way)) else {
            self.missing(&key, format!("{:?} may be it, but nothing tells it from others", best.thing.text));
            return Ok(());
        };
        let keys = self.keys(&key);
        self.propose(&keys, value_of(&way), surety(&candidates), best.why)
    }

    /// The columns whose cell in the entry shows just this.
    async fn columns_of(&self, thing: &Thing, listed: &Listed) -> anyhow::Result<Vec<Locator>> {
        let heads = self.seen.things.iter().filter(|thing| is_role(thing, &["columnheader"]));
        let mut ways = Vec::new();
        for head in heads {
            let way = Locator { column: Some(Text::from(head.name.as_str())), ..Locator::default() };
            if self.reads(&way.inside(&listed.at)).await?.is_some_and(|text| text == thing.text) {
                ways.push(way);
            }
        }
        Ok(ways)
    }

    /// Something that can be done in the entry; the way to it from there.
    async fn inside(
        &mut self,
        key: &str,
        given: &Locator,
        listed: &Listed,
        what: &str,
    ) -> anyhow::Result<Option<Locator>> {
        if self.finds(&given.inside(&listed.at)).await?.is_some() {
            self.works(key);
            return Ok(Some(given.clone()));
        }
        let candidates = evidence::operation(&listed.seen, what);
        let Some(best) = candidates.first().cloned() else {
            self.missing(key, "nothing that can be done with what was bought is called like it");
            return Ok(None);
        };
        let named = Locator {
            role: best.thing.role.clone(),
            name: Some(Text::from(best.thing.name.as_str())),
            ..Locator::default()
        };
        let alone = best.thing.role.is_some() && self.finds(&named.inside(&listed.at)).await? == Some(best.thing.id);
        let way = match alone {
            true => Some(named),
            false => {
                let ways = self.browsing.visit.ways_inside(self.page.title(), best.thing.id, &listed.at).await?;
                ways.into_iter().find(|way| listed.is_general(way))
            }
        };
        let Some(way) = way else {
            self.missing(key, format!("{:?} may be it, but nothing tells it from others", called(&best.thing)));
            return Ok(None);
        };
        // Only what is plainly called so is pressed.
        let alone = candidates.iter().filter(|one| one.points >= trade::Known::Whole.points()).count() == 1;
        let surety = if alone && best.points >= trade::Known::Whole.points() { Surety::Sure } else { Surety::Unsure };
        let keys = self.keys(key);
        self.propose(&keys, value_of(&way), surety, best.why)?;
        Ok(Some(way))
    }

    /// The status of the instance, as the profile finds it by now.
    pub(super) async fn status(&self, listed: &Listed) -> anyhow::Result<Option<String>> {
        match self.profile().pages.console.cells.get("status") {
            Some(cell) => self.reads(&cell.inside(&listed.at)).await,
            None => Ok(None),
        }
    }

    pub(super) async fn reads(&self, locator: &Locator) -> anyhow::Result<Option<String>> {
        Ok(self.browsing.at(self.page, locator).now().await?.map(|reading| reading.text))
    }

    /// The order in the list.
    async fn order(&mut self, order: Option<&OrderNumber>, bought: &Bought) -> anyhow::Result<()> {
        let Some(order) = order.filter(|_| !self.profile().lacks.contains_key(Page::Orders.key())) else {
            return Ok(());
        };
        say!("{}, with what was bought", Page::Orders.title());
        self.open(Page::Orders).await?;
        self.hands_off = true;
        let by = Instant::now() + self.profile().deadlines.element;
        let numbered = loop {
            self.survey().await?;
            let is_it = |thing: &&Thing| thing.own && thing.text == order.0;
            match self.seen.things.iter().find(is_it).map(|thing| thing.id) {
                Some(id) => break Some(id),
                None if Instant::now() > by => break None,
                None => {}
            }
        };
        let entry = match numbered {
            Some(id) => self.browsing.visit.entry(self.page.title(), id).await?,
            None => None,
        };
        let Some(entry) = entry else {
            self.missing("row", format!("nothing in the list shows the order {order} of {}", bought.name));
            return Ok(());
        };
        self.row(entry.id, &entry.ways, "row", "order", "{order}").await?;
        Ok(())
    }
}

/// Whether the browser has left the check page, which was confirmed at this address and may draw itself anew there; where pages differ
/// by their query or hash alone, it has as soon as that is another and its sign is gone.
fn has_left(url: &Url, confirmed_at: &Url, check: &Place, shows_check: bool) -> bool {
    url != confirmed_at && !(check.is_at(url) && shows_check)
}

/// How something like this is written: runs of letters and figures, of that length.
fn shape_of(text: &str) -> String {
    let mut shape = String::new();
    let parts: Vec<&str> = text.split('-').collect();
    for (at, part) in parts.iter().enumerate() {
        let class = match () {
            () if part.chars().all(|c| c.is_ascii_digit()) => Some("[0-9]"),
            () if part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit()) => Some("[a-z0-9]"),
            () => None,
        };
        let is_prefix = at == 0 && parts.len() > 1;
        let written = class.filter(|_| !is_prefix).map(|class| format!("{class}{{{}}}", part.len()));
        if at > 0 {
            shape.push('-');
        }
        shape.push_str(&written.unwrap_or_else(|| regex_escape(part)));
    }
    shape
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_page_is_left_by_path_hash_or_query_and_not_while_it_draws_itself_anew() {
        let url = |text: &str| text.parse::<Url>().expect(text);
        let check = |path: &str, with_hash| Place {
            page: "check page",
            url: url("https://buy.example/"),
            path: path.into(),
            with_hash,
            ready: Locator::default(),
        };
        let (by_path, by_hash) = (check("^/check/?$", false), check("^/#/check/?$", true));
        for (at, confirmed_at, place, shows_check, has) in [
            ("https://buy.example/result/1", "https://buy.example/check", &by_path, false, true),
            ("https://buy.example/check", "https://buy.example/check", &by_path, false, false),
            ("https://buy.example/#/result/1", "https://buy.example/#/check", &by_hash, false, true),
            ("https://buy.example/check?step=3", "https://buy.example/check?step=2", &by_path, false, true),
            ("https://buy.example/check?t=1", "https://buy.example/check", &by_path, true, false),
        ] {
            assert_eq!(has_left(&url(at), &url(confirmed_at), place, shows_check), has, "{at}");
        }
    }

    #[test]
    fn a_number_is_generalised_by_what_it_is_made_of() {
        assert_eq!(shape_of("20261127000123"), "[0-9]{14}");
        assert_eq!(shape_of("NB-abcdefgh"), "NB-[a-z0-9]{8}");
        assert_eq!(shape_of("sql-a1b2c3d4"), "sql-[a-z0-9]{8}");
    }
}
