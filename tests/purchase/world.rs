//! What one scenario knows: its browser, its account, what it chose and what came of it.

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::Arc,
};

use dcdb_purchase_e2e::{
    browser::TabHandle,
    domain::{Bill, Failure, Field, InstanceId, Money, OrderNumber, OrderStatus, Purchase},
    guard::{Guard, Permit, Receipt, Spend},
    journeys,
    levers::{Grip, Hand},
    pages::{Browsing, CheckPage, InstanceRow, OrderRow, PaymentPage, Press, ResultPage},
    runner::{Actor, Album, Baselines, Case, Ended, Run},
    target::{Account, LeverName, Paced, Page, Target, Turn, Wish},
};
use futures_util::future::LocalBoxFuture;
use serde_json::Value;
use url::Url;

// What steps return, beside what they are given.
pub use dcdb_purchase_e2e::runner::StepResult;

use crate::{
    books::{self, Books},
    history::History,
    second_opinion,
};

/// What the other buyer is about to buy, and has.
#[derive(Debug, Clone)]
pub struct OthersCheckPage {
    /// The address of that page.
    pub address: Url,
    /// What it is for.
    pub purchase: Purchase,
    /// What it costs.
    pub fee: Money,
    /// What that buyer has.
    pub balance: Money,
}

/// The world of a scenario.
#[derive(cucumber::World)]
#[world(init = Self::never)]
pub struct World {
    /// The title of the scenario.
    pub scenario: String,
    /// The target of the run.
    pub target: Arc<Target>,
    /// The guard of the run.
    pub guard: Arc<Guard>,
    /// Its purchases are given names by which they are known again: on any target but the run's own stand-in.
    pub signs: bool,
    /// The scenario's own browser.
    pub browsing: Browsing,
    /// Whoever pulls levers in the run.
    pub levers: Arc<Hand>,
    /// What this scenario pulls them by.
    pub grip: Grip,
    /// What its tags wish of its account.
    wish: Wish,
    /// Who buys, once somebody does.
    pub account: Option<Account>,
    /// Another buyer, where the scenario has two.
    pub other: Option<Account>,
    /// What that one is about to buy.
    pub others: Option<OthersCheckPage>,
    /// What the account had before anything was bought, where it was not made for the scenario.
    pub history: Option<History>,
    /// The names that purchases were given, where they are given any.
    pub names: Vec<String>,
    /// The choices that were made on the purchase page, as far as none of a field before them has been made since, which may reset
    /// them.
    pub made: Purchase,
    /// What was chosen, as the purchase page showed it when it was left.
    pub purchase: Purchase,
    /// The same, as it was edited in the check page's address.
    pub edited: Option<Purchase>,
    /// The fee that the purchase page showed then.
    pub fee: Option<Money>,
    /// What the last confirmation takes of the account.
    pub bill: Option<Bill>,
    /// Where what pays was pressed last.
    pub pressed_at: Page,
    /// A voucher is taken, where that is said; else it is left, since one that is used is gone.
    pub voucher: Option<bool>,
    /// The balance that the check page showed before paying.
    pub balance: Option<Money>,
    /// The order, once paid.
    pub order: Option<OrderNumber>,
    /// The address of its result page.
    pub result_address: Option<Url>,
    /// What was delivered.
    pub instances: Vec<InstanceRow>,
    /// The page states that were compared, by name.
    pub states: Vec<String>,
    /// The reviewed page states of the target.
    pub baselines: Baselines,
    /// How pages looked when they were as reviewed, where pictures are taken at all.
    pub album: Option<Arc<Album>>,
    /// The picture of the page when it was as reviewed, where it no longer is.
    pub reviewed: Option<PathBuf>,
    /// What its purchases must have come to.
    pub books: Books,
    /// The tab that was left for a second one.
    pub left_tab: Option<TabHandle>,
    /// The address of its check page, where it is needed again.
    pub check_address: Option<Url>,
    /// The address of the login page, where it is opened anew.
    pub login_address: Option<Url>,
    /// The scenario has moved the price list, so that a page may show a price of before.
    pub prices_moved: bool,
    /// What its order has come to by other means than the order list that is open.
    pub over_elsewhere: Option<OrderStatus>,
    /// The order list showed by itself that its order was over, before anything was pressed there.
    pub over_before: bool,
    /// Its last login failed, and can be made good.
    pub failed_login: bool,
    /// A click that pays may have been made: this scenario is never repeated unasked.
    pub may_have_paid: bool,
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("World")
            .field("purchase", &self.purchase)
            .field("fee", &self.fee)
            .field("order", &self.order)
            .finish_non_exhaustive()
    }
}

impl Actor for World {
    fn begin(case: &Case, run: &Run, browsing: Browsing) -> Self {
        Self {
            scenario: case.name.clone(),
            target: Arc::clone(&run.target),
            guard: Arc::clone(&run.guard),
            signs: case.signs(&run.target.profile),
            browsing,
            levers: Arc::clone(&run.levers),
            grip: run.levers.grip(&case.name),
            wish: Wish::of(&case.tags),
            account: None,
            other: None,
            others: None,
            history: None,
            names: Vec::new(),
            made: Purchase::default(),
            purchase: Purchase::default(),
            edited: None,
            fee: None,
            bill: None,
            voucher: None,
            pressed_at: Page::Check,
            balance: None,
            order: None,
            result_address: None,
            instances: Vec::new(),
            states: Vec::new(),
            baselines: run.baselines.clone(),
            album: run.album.clone(),
            reviewed: None,
            books: Books::default(),
            left_tab: None,
            check_address: None,
            login_address: None,
            prices_moved: false,
            over_elsewhere: None,
            over_before: false,
            failed_login: false,
            may_have_paid: false,
        }
    }

    fn browsing(&self) -> &Browsing {
        &self.browsing
    }

    fn account(&self) -> Option<&Account> {
        self.account.as_ref()
    }

    fn grip(&self) -> &Grip {
        &self.grip
    }

    fn orders_before(&self) -> &[OrderNumber] {
        self.history.as_ref().map_or(&[], History::orders)
    }

    fn may_have_paid(&self) -> bool {
        self.may_have_paid
    }

    fn has_failed_login(&self) -> bool {
        self.failed_login
    }

    fn receipts(&self) -> &[Receipt] {
        self.books.receipts()
    }

    fn balance_books(&self) -> Option<LocalBoxFuture<'_, anyhow::Result<()>>> {
        self.books.are_open().then(|| -> LocalBoxFuture<'_, _> { Box::pin(books::balance(self)) })
    }

    fn reviewed(&self) -> Option<&Path> {
        self.reviewed.as_deref()
    }

    fn end(self: Box<Self>) -> Ended {
        Ended { browsing: self.browsing, states: self.states }
    }
}

impl World {
    #[expect(clippy::unused_async, reason = "the derived trait asks for an async constructor")]
    async fn never() -> Result<Self, Failure> {
        Err(Failure::test("a World is begun by the runner, with a browser"))
    }

    /// The scenario's account: the same one all along.
    pub async fn account(&mut self) -> anyhow::Result<Account> {
        self.account_with(self.wish).await
    }

    /// The scenario's account, as wished where none was needed before.
    pub async fn account_with(&mut self, wish: Wish) -> anyhow::Result<Account> {
        match &self.account {
            Some(account) => Ok(account.clone()),
            None => {
                let account = self.levers.account(&wish, &self.grip).await?;
                self.browsing.visit.account_is(&account.name, account.codes.clone());
                self.account = Some(account.clone());
                Ok(account)
            }
        }
    }

    /// Pulls a lever for the scenario's account, with this filled in.
    pub async fn pull(&mut self, lever: LeverName, given: &[(&str, Value)]) -> anyhow::Result<()> {
        let account = self.account().await?;
        self.levers.pull(lever, given, &account, &self.grip).await
    }

    /// Looks at what the account has from before, once: it is not to be taken for what the scenario buys.
    pub async fn look_back(&mut self) -> anyhow::Result<()> {
        let is_new = self.account.as_ref().is_none_or(Account::is_new);
        if self.signs && !is_new && self.history.is_none() {
            self.history = Some(History::look(self).await?);
        }
        Ok(())
    }

    /// What every confirmation begins with, however it is made: what the check page shows is held against what was chosen and
    /// what the API says, the guard is asked, and the books are opened.
    pub async fn permit(&mut self) -> anyhow::Result<Permit> {
        self.look_back().await?;
        // What is read of the page afterwards is what is paid for.
        let turn = self.browsing.turn(Paced::Purchase).await;
        let page = CheckPage::of(&self.browsing);
        let (balance, bill) = (page.balance().await?, page.bill(&self.purchase).await?);
        second_opinion::on_price(self, &self.purchase, bill.price()).await?;
        let permit = self.permit_for(bill, Some(balance), turn).await?;
        self.balance = Some(balance);
        self.books.open(balance);
        Ok(permit)
    }

    /// The same for an order that was left unpaid; its books are open already.
    pub async fn permit_to_pay(&mut self, order: &OrderRow) -> anyhow::Result<Permit> {
        let turn = self.browsing.turn(Paced::Purchase).await;
        self.permit_for(Bill::prepaid(order.amount), None, turn).await
    }

    /// Pays for what the check page shows, and keeps what that takes of the account.
    pub async fn pay(&mut self, permit: Permit, press: Press) -> anyhow::Result<()> {
        let pressed = journeys::pay(&self.browsing, permit, press, self.voucher).await?;
        (self.bill, self.pressed_at) = (Some(pressed.bill), pressed.at);
        Ok(())
    }

    /// What was pressed last to pay is refused in these words of a feature: on the check page, or on the payment page that it led to.
    pub async fn should_be_refused(&self, quoted: &str) -> anyhow::Result<()> {
        match PaymentPage::of(&self.browsing).filter(|_| self.pressed_at == Page::Payment) {
            Some(payment) => payment.should_refuse(quoted).await,
            None => self.browsing.should_say(Page::Check, quoted).await,
        }
    }

    async fn permit_for(&mut self, bill: Bill, balance: Option<Money>, turn: Turn) -> anyhow::Result<Permit> {
        let account = self.account().await?.name;
        let spend = Spend {
            scenario: self.scenario.clone(),
            account,
            name: self.purchase.get(Field::NAME).unwrap_or_default().to_owned(),
            what: self.purchase.to_string(),
            region: self.purchase.get(Field::REGION).map(str::to_owned),
            amount: bill.at_most(),
            frozen: bill.frozen(),
            instances: u32::try_from(self.purchase.quantity())?,
            balance,
        };
        let chosen = self.fee()?;
        let permit = self.guard.permit(&self.browsing.visit, &self.target.profile, chosen, bill, &spend, turn).await?;
        self.books.set_aside(permit.receipt());
        self.bill = Some(bill);
        self.may_have_paid = true;
        Ok(permit)
    }

    /// The purchase came to this order, whose result page is open: one of its own, at the fee that was shown.
    pub async fn ordered(&mut self, order: OrderNumber) -> anyhow::Result<()> {
        if let Some(receipt) = self.books.last_receipt() {
            let receipt = self.guard.ordered(receipt, &order)?;
            // Whatever the page says was paid counts, before any step judges it.
            if let Some(amount) = ResultPage::of(&self.browsing).amount_shown().await? {
                self.guard.charged(receipt, amount)?;
            }
            self.books.paid(order.clone(), self.bill()?, &self.purchase, receipt);
        }
        self.order = Some(order);
        self.result_address = Some(self.browsing.visit.url().await?);
        Ok(())
    }

    /// The page answered the last confirmation with a refusal or an unpaid order, in these words.
    pub fn answered(&self, words: &str) -> anyhow::Result<()> {
        self.books.last_receipt().map_or(Ok(()), |receipt| self.guard.answered(receipt, words))
    }

    /// The purchase was delivered as these instances.
    pub fn delivered(&mut self, instances: Vec<InstanceRow>) -> anyhow::Result<()> {
        if let Some(receipt) = self.order.as_ref().and_then(|order| self.books.receipt_of(order)) {
            let ids: Vec<_> = instances.iter().map(|instance| instance.id.clone()).collect();
            self.guard.delivered(receipt, &ids)?;
        }
        self.instances = instances;
        Ok(())
    }

    /// An instance of those that are known was returned.
    pub fn returned(&self, instance: &InstanceId) -> anyhow::Result<()> {
        let named = self.instances.iter().find(|known| known.id == *instance).map_or("", |known| known.name.as_str());
        let account = self.account.as_ref().map_or("", |account| account.name.as_str());
        self.guard.returned(account, instance, named)
    }

    /// These choices were made.
    pub fn has_made(&mut self, choices: &Purchase) {
        let order: Vec<Field> = self.target.profile.catalogue.in_order().into_iter().map(|(field, _)| field).collect();
        let at = |field: Field| order.iter().position(|known| *known == field);
        let first = choices.choices().filter_map(|(field, _)| at(field)).min();
        let stay =
            self.made.choices().filter(|(field, _)| at(*field) < first).map(|(field, key)| (field, key.to_owned()));
        let both =
            stay.collect::<Vec<_>>().into_iter().chain(choices.choices().map(|(field, key)| (field, key.to_owned())));
        self.made = both.collect();
    }

    /// What these choices are called where instances must be known again by their names.
    pub fn signed(&mut self, choices: &Purchase) -> Purchase {
        let mut signed = choices.clone();
        if self.signs {
            let signature = self.guard.name_for_a_purchase();
            self.names.push(signature.clone());
            let own = choices.get(Field::NAME).filter(|name| !name.is_empty());
            signed.set(Field::NAME, own.map_or_else(|| signature.clone(), |own| format!("{signature} {own}")));
        }
        signed
    }

    /// What the other buyer is about to buy, for steps that come after that was begun.
    pub fn others(&self) -> anyhow::Result<OthersCheckPage> {
        let none = || Failure::test("no check page of another buyer is known yet\n  mend     let them go to it first");
        Ok(self.others.clone().ok_or_else(none)?)
    }

    /// The fee that was shown, for steps that come after it was.
    pub fn fee(&self) -> anyhow::Result<Money> {
        self.fee.ok_or_else(|| {
            Failure::test("no fee is known yet\n  mend     let a step before this one leave the purchase page").into()
        })
    }

    /// What the last confirmation takes of the account, for steps that come after it.
    pub fn bill(&self) -> anyhow::Result<Bill> {
        self.bill.ok_or_else(|| {
            Failure::test("nothing was confirmed yet\n  mend     let a step before this one confirm the purchase")
                .into()
        })
    }

    /// The order that was paid, for steps that come after it was.
    pub fn order(&self) -> anyhow::Result<OrderNumber> {
        self.order.clone().ok_or_else(|| {
            Failure::test("no order is known yet\n  mend     let a step before this one confirm the purchase").into()
        })
    }
}
