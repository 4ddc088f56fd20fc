//! What a scenario's purchases must have come to, whatever it was about: the invariants of CONTRACT 7, held against what
//! the pages show once its last step has passed, and what the API says then.

use dcdb_purchase_e2e::{
    domain::{Bill, Failure, InstanceId, Money, OrderNumber, OrderStatus, Purchase},
    guard::Receipt,
    journeys,
    pages::{CheckPage, ConsolePage, OrderRow, OrdersPage},
    target::{Account, Formats, Page},
};

use crate::{
    history::{self, History},
    second_opinion,
    world::World,
};

/// What confirmations have come to so far.
#[derive(Debug, Default)]
pub struct Books {
    /// The balance before the first confirmation.
    opening: Option<Money>,
    entries: Vec<Entry>,
    refunds: Vec<Money>,
    /// What the guard set aside for them, the last one last.
    receipts: Vec<Receipt>,
}

#[derive(Debug)]
struct Entry {
    number: Option<OrderNumber>,
    bill: Bill,
    instances: usize,
    /// What was chosen, where it was paid at once.
    purchase: Option<Purchase>,
    paid: bool,
    /// What was set aside for it.
    receipt: Option<Receipt>,
}

impl Books {
    /// A confirmation is about to be made, at this balance.
    pub fn open(&mut self, balance: Money) {
        self.opening.get_or_insert(balance);
    }

    /// The guard has set money aside.
    pub fn set_aside(&mut self, receipt: Receipt) {
        self.receipts.push(receipt);
    }

    /// What was set aside, the last one last.
    pub fn receipts(&self) -> &[Receipt] {
        &self.receipts
    }

    /// What was set aside for the last confirmation.
    pub fn last_receipt(&self) -> Option<Receipt> {
        self.receipts.last().copied()
    }

    /// An order was paid, for what was chosen, or part of the balance frozen for it.
    pub fn paid(&mut self, number: OrderNumber, bill: Bill, purchase: &Purchase, receipt: Receipt) {
        let instances = purchase.quantity();
        let purchase = Some(purchase.clone());
        let receipt = Some(receipt);
        self.entries.push(Entry { number: Some(number), bill, instances, purchase, paid: true, receipt });
    }

    /// An order was made and is not paid.
    pub fn unpaid(&mut self, fee: Money, instances: usize) {
        let bill = Bill::prepaid(fee);
        self.entries.push(Entry { number: None, bill, instances, purchase: None, paid: false, receipt: None });
    }

    /// The order that was unpaid has been paid.
    pub fn settled(&mut self, number: &OrderNumber, receipt: Receipt) {
        if let Some(entry) = self.entries.iter_mut().find(|entry| !entry.paid) {
            entry.paid = true;
            entry.number = Some(number.clone());
            entry.receipt = Some(receipt);
        }
    }

    /// What was set aside for what came to this order.
    pub fn receipt_of(&self, order: &OrderNumber) -> Option<Receipt> {
        self.entries.iter().find(|entry| entry.number.as_ref() == Some(order)).and_then(|entry| entry.receipt)
    }

    /// So much came back, or is no longer frozen.
    pub fn refunded(&mut self, amount: Money) {
        self.refunds.push(amount);
    }

    /// Whether there is anything to hold against the pages.
    pub fn are_open(&self) -> bool {
        self.opening.is_some()
    }

    /// What must be left; `None` where nothing was confirmed.
    fn balance(&self) -> Result<Option<Money>, Failure> {
        let Some(opening) = self.opening else { return Ok(None) };
        let mut paid = self.entries.iter().filter(|entry| entry.paid);
        let left = paid.try_fold(opening, |left, entry| left.minus(entry.bill.taken()?))?;
        self.refunds.iter().try_fold(left, |left, refund| left.plus(*refund)).map(Some)
    }
}

/// Orders, amounts, instances and balance are what the scenario's purchases may have come to, and nothing beside: one
/// confirmation, one order, one charge (I3), at one price (I1), with an instance for whatever was charged (I4), and nothing
/// left of what was refused (I6).
///
/// # Errors
/// Class product: they are not.
pub async fn balance(world: &World) -> anyhow::Result<()> {
    let Some(balance) = world.books.balance()? else { return Ok(()) };
    if world.target.profile.lack("orders").is_none() {
        orders(world).await?;
    }
    instances(world).await?;
    journeys::to_new_check_page(&world.browsing).await?;
    let page = CheckPage::of(&world.browsing);
    if let Err(unlike) = page.balance_should_be(balance).await {
        let Ok(seen) = page.balance().await else { return Err(unlike) };
        if let Some(others) = moved_by_others(world, seen).await {
            return Err(somebody_else(world, &others).into());
        }
        // What was really charged counts, whatever was shown.
        if let Some(receipt) = world.books.last_receipt()
            && let Ok(excess) = balance.minus(seen)
            && excess > Money::default()
        {
            world.guard.charged_beyond(receipt, excess)?;
        }
        return Err(unlike);
    }
    second_opinion::on_balance(world, balance).await?;
    for entry in &world.books.entries {
        if let (Some(number), Some(purchase)) = (&entry.number, &entry.purchase) {
            second_opinion::on_order(world, number, purchase, entry.receipt).await?;
        }
    }
    // What led to no order has been shown not to be charged either, unless nobody knows what became of the click.
    let why = "balance and order list show that nothing was charged for it";
    world.books.receipts.iter().try_for_each(|receipt| world.guard.agreed(*receipt, why))
}

/// What tells that a balance which is unlike the books says nothing about the pages, on an account that others can use as well:
/// somebody has bought with it meanwhile, or it has more than before the first confirmation and nothing was returned.
async fn moved_by_others(world: &World, seen: Money) -> Option<String> {
    world.history.as_ref()?;
    let Books { opening, refunds, entries, .. } = &world.books;
    // By just what was bought, once or several times over, is what the pages did.
    let by_a_price = |opening: Money| {
        let fee = |entry: &Entry| entry.bill.price().as_fen();
        let off = seen.as_fen().saturating_sub(opening.as_fen());
        entries.iter().any(|entry| fee(entry) != 0 && off % fee(entry) == 0)
    };
    if refunds.is_empty() && opening.is_some_and(|opening| seen > opening && !by_a_price(opening)) {
        return Some(format!("a balance of {seen}, more than before, which no order explains"));
    }
    // Where the console cannot be read, that the balance is unlike the books stays what is known.
    history::used_by_others(world).await.ok().flatten()
}

/// The account was used by somebody else while the scenario had it.
fn somebody_else(world: &World, told_by: &str) -> Failure {
    let account = world.account.as_ref().map_or("", |account| account.name.as_str());
    Failure::infrastructure(format!(
        "somebody else used the account {account} while this scenario had it, so nothing can be said of its orders and its balance\n  saw      {told_by}\n  mend     list accounts that only this suite uses, and let its runs share one state folder"
    ))
}

/// What is unlike the books is not what somebody else has done meanwhile. Where the console cannot be read, it stays what is known.
///
/// # Errors
/// Class infrastructure: it may be.
async fn told_apart(world: &World) -> Result<(), Failure> {
    let others = history::used_by_others(world).await.ok().flatten();
    others.map_or(Ok(()), |others| Err(somebody_else(world, &others)))
}

/// Nothing has come to the console that was not paid for, as far as its regions count (I4, I6).
async fn instances(world: &World) -> anyhow::Result<()> {
    let Some(before) = had_before(world) else { return Ok(()) };
    world.browsing.open(Page::Console).await?;
    if let Some(region) = world.purchase.region()
        && !ConsolePage::of(&world.browsing).has_tab(region).await?
    {
        return Ok(());
    }
    let now = history::counted_like_before(world).await?;
    let paid: usize = world.books.entries.iter().filter(|entry| entry.paid).map(|entry| entry.instances).sum();
    if now <= before + paid {
        return Ok(());
    }
    told_apart(world).await?;
    Err(Failure::product(format!(
        "DCDB console: there should be no more instances than were paid for, {} in all regions (I4, I6)\n  saw      {now}",
        before + paid
    ))
    .into())
}

/// How many instances the account had before the scenario bought any, where that is known.
fn had_before(world: &World) -> Option<usize> {
    let is_new = world.account.as_ref().is_some_and(Account::is_new);
    world.history.as_ref().map(History::count_of_all).or_else(|| is_new.then_some(0))
}

/// What the order list must say of them.
async fn orders(world: &World) -> anyhow::Result<()> {
    world.browsing.open(Page::Orders).await?;
    let page = OrdersPage::of(&world.browsing);
    for number in world.books.entries.iter().filter_map(|entry| entry.number.as_ref()) {
        page.should_list(number).await?;
    }
    // The list may be on its way as long as it is empty.
    let some = !world.books.entries.is_empty() || world.history.as_ref().is_some_and(History::has_orders);
    let mut orders = page.settled(some).await?;
    let id = Formats::anywhere(&world.target.profile.formats.instance_id)?;
    // Whose instances are on their way may name them only once they are there.
    let processing = world.target.profile.word("order-status", OrderStatus::Processing.key())?;
    // Nor may the payment be known there yet (3.6.15).
    let of_nothing_paid: Vec<String> = [OrderStatus::Unpaid, OrderStatus::Cancelled, OrderStatus::Expired]
        .iter()
        .filter_map(|status| world.target.profile.word("order-status", status.key()).ok())
        .collect();
    let on_their_way = |entry: &&Entry| {
        let order = orders.iter().find(|order| entry.paid && Some(&order.number) == entry.number.as_ref());
        order.is_some_and(|order| {
            of_nothing_paid.contains(&order.status)
                || order.status == processing && id.find_iter(&order.instances).count() < entry.instances
        })
    };
    let awaited: Vec<&OrderNumber> =
        world.books.entries.iter().filter(on_their_way).filter_map(|entry| entry.number.as_ref()).collect();
    for number in &awaited {
        let within = world.target.profile.deadlines.delivery;
        page.status_should_become(number, OrderStatus::Successful, within).await?;
    }
    if !awaited.is_empty() {
        orders = page.orders().await?;
    }
    // An account that the scenario was not made for may have orders from before.
    let known = |order: &&OrderRow| world.history.as_ref().is_some_and(|history| history.has(&order.number));
    let new: Vec<&OrderRow> = orders.iter().filter(|order| !known(order)).collect();
    if had_before(world).is_some() && new.len() != world.books.entries.len() {
        told_apart(world).await?;
        let seen: Vec<String> =
            new.iter().map(|order| format!("{} {} {}", order.number, order.amount, order.status)).collect();
        return Err(Failure::product(format!(
            "order list: there should be {} orders in all{} (I3, I6)\n  saw      {}: {}",
            world.books.entries.len(),
            if world.history.is_some() { " that are new" } else { "" },
            new.len(),
            seen.join("; ")
        ))
        .into());
    }
    for entry in world.books.entries.iter().filter(|entry| entry.paid) {
        let listed: Vec<&OrderRow> =
            orders.iter().filter(|order| Some(&order.number) == entry.number.as_ref()).collect();
        let number = entry.number.as_ref().map_or_else(String::new, ToString::to_string);
        let [order] = listed.as_slice() else {
            return Err(Failure::product(format!(
                "order list: order {number} should be listed once (I3)\n  saw      {} times",
                listed.len()
            ))
            .into());
        };
        if let Some(receipt) = entry.receipt {
            world.guard.charged(receipt, order.amount)?;
        }
        let (amount, what) = match entry.bill {
            Bill::Prepaid { price, .. } => (price, "the fee that was shown"),
            Bill::Hourly { .. } => (Money::default(), "what was charged at once"),
        };
        if order.amount != amount {
            return Err(Failure::product(format!(
                "order list: the amount of order {number} should be {what}, {amount} (I1)\n  saw      {}",
                order.amount
            ))
            .into());
        }
        let says_frozen = world.target.profile.pages.orders.cells.contains_key("frozen");
        if let Some(frozen) = entry.bill.frozen().filter(|_| says_frozen)
            && order.frozen != Some(frozen)
        {
            let seen = order.frozen.map_or_else(|| "no amount".to_owned(), |seen| seen.to_string());
            return Err(Failure::product(format!(
                "order list: what is frozen for order {number} should be what was shown, {frozen} (I1)\n  saw      {seen}"
            ))
            .into());
        }
        let delivered: Vec<InstanceId> =
            id.find_iter(&order.instances).map(|found| InstanceId(found.as_str().to_owned())).collect();
        if delivered.len() != entry.instances {
            return Err(Failure::product(format!(
                "order list: order {number} should have come to {} instances (I4)\n  saw      {:?}",
                entry.instances, order.instances
            ))
            .into());
        }
        // Whatever steps have looked at, it is known what is to be returned.
        if let Some(receipt) = entry.receipt {
            world.guard.delivered(receipt, &delivered)?;
        }
    }
    Ok(())
}
