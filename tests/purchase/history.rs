//! What an account had before a scenario bought anything: whatever counts is held against it, since only an account that was made
//! for the scenario begins with nothing.

use std::collections::BTreeMap;

use dcdb_purchase_e2e::{
    domain::{Field, OrderNumber, OrderStatus, Region, Status, named_after},
    pages::{ConsolePage, InstanceRow, OrdersPage},
    target::{Formats, Page, regex_escape},
};
use regex::{Captures, Regex};

use crate::world::World;

/// What an account had before.
#[derive(Debug, Clone, Default)]
pub struct History {
    /// How many instances the tabs of its regions counted, by the regions' keys.
    counted: BTreeMap<&'static str, usize>,
    orders: Vec<OrderNumber>,
}

impl History {
    /// Looks in a tab of its own, so that the page that is open stays as it is.
    ///
    /// # Errors
    /// Class product: console or order list cannot be read.
    pub async fn look(world: &World) -> anyhow::Result<Self> {
        world.browsing.aside(async || Self::read(world).await).await
    }

    async fn read(world: &World) -> anyhow::Result<Self> {
        world.browsing.open(Page::Console).await?;
        let mut history = Self { counted: counted(world).await?, orders: Vec::new() };
        if world.target.profile.lack("orders").is_none() {
            world.browsing.open(Page::Orders).await?;
            // Whoever has instances has ordered them: their list is still on its way as long as it is empty.
            let has_bought = history.counted.values().any(|count| *count > 0);
            let orders = OrdersPage::of(&world.browsing).settled(has_bought).await?;
            history.orders = orders.into_iter().map(|order| order.number).collect();
        }
        Ok(history)
    }

    /// How many instances it had in a region.
    pub fn count(&self, region: Region) -> usize {
        self.counted.get(region.key()).copied().unwrap_or_default()
    }

    /// How many instances it had in all regions.
    pub fn count_of_all(&self) -> usize {
        self.counted.values().sum()
    }

    /// The orders that it had.
    pub fn orders(&self) -> &[OrderNumber] {
        &self.orders
    }

    /// Whether it had any orders.
    pub fn has_orders(&self) -> bool {
        !self.orders.is_empty()
    }

    /// Whether an order is from before.
    pub fn has(&self, order: &OrderNumber) -> bool {
        self.orders.contains(order)
    }
}

/// How many instances the tabs of all regions count in the console, which is open, by the regions' keys.
///
/// # Errors
/// Class product: the console cannot be read.
pub async fn counted(world: &World) -> anyhow::Result<BTreeMap<&'static str, usize>> {
    let console = ConsolePage::of(&world.browsing);
    console.all_counts_settle(world.purchase.region()).await?;
    let mut counted = BTreeMap::new();
    for region in world.target.profile.regions() {
        if let Some(count) = console.count_of(region).await? {
            counted.insert(region.key(), count);
        }
    }
    Ok(counted)
}

/// How many instances the tabs of all regions count in the console, which is open; of a region that did not count before, only
/// those that the scenario has bought.
///
/// # Errors
/// Class product: the console cannot be read.
pub async fn counted_like_before(world: &World) -> anyhow::Result<usize> {
    let counted = counted(world).await?;
    let Some(history) = &world.history else { return Ok(counted.values().sum()) };
    let console = ConsolePage::of(&world.browsing);
    let mut all = 0;
    for region in world.target.profile.regions() {
        all += match counted.get(region.key()) {
            None => 0,
            Some(count) if history.counted.contains_key(region.key()) => *count,
            Some(_) => {
                let here = console.all_of_region(region).await?;
                here.iter().filter(|instance| is_signed(world, instance)).count()
            }
        };
    }
    Ok(all)
}

/// The page state without what the account had before: the largest parts that hold instances or orders but none of the
/// scenario's own, and what regions counted.
///
/// # Errors
/// A format of the profile is no regular expression.
pub fn without_history(world: &World, tree: &str) -> anyhow::Result<String> {
    let Some(history) = &world.history else { return Ok(tree.to_owned()) };
    let formats = &world.target.profile.formats;
    let (instance, order) = (Formats::anywhere(&formats.instance_id)?, Formats::anywhere(&formats.order_number)?);
    let mut own: Vec<&str> = world.names.iter().map(String::as_str).collect();
    own.extend(world.instances.iter().map(|instance| instance.id.0.as_str()));
    own.extend(world.order.iter().map(|order| order.0.as_str()));
    let is_own = |part: &str| own.iter().any(|own| part.contains(own));
    let is_others = |part: &str| !is_own(part) && (instance.is_match(part) || order.is_match(part));
    let mut rest = if is_own(tree) { pruned(tree, &is_own, &is_others)? } else { tree.to_owned() };
    for (key, before) in &history.counted {
        let word = regex_escape(&world.target.profile.word("region", key)?);
        let count = Regex::new(&format!(r"(\b{word} ?[(（])(\d+)([)）])"))?;
        let reduced = count.replace_all(&rest, |found: &Captures<'_>| {
            let now: usize = found[2].parse().unwrap_or_default();
            format!("{}{}{}", &found[1], now.saturating_sub(*before), &found[3])
        });
        rest = reduced.into_owned();
    }
    Ok(rest)
}

/// A tree, an item a line, without the largest parts that are others'. A text beside that counts them and the own ones counts the
/// own ones.
fn pruned(tree: &str, is_own: &impl Fn(&str) -> bool, is_others: &impl Fn(&str) -> bool) -> anyhow::Result<String> {
    let depth = |line: &str| line.len() - line.trim_start().len();
    let lines: Vec<&str> = tree.lines().collect();
    let below = |at: usize| lines[at + 1..].iter().take_while(|line| depth(line) > depth(lines[at])).count();
    let part = |at: usize| lines[at..=at + below(at)].join("\n");
    let (mut kept, mut removed, mut at) = (Vec::new(), Vec::new(), 0);
    while at < lines.len() {
        if is_others(&part(at)) {
            removed.push(depth(lines[at]));
            at += below(at) + 1;
        } else {
            kept.push(at);
            at += 1;
        }
    }
    // Parts of one list lie equally deep.
    let own = kept.iter().filter(|at| removed.contains(&depth(lines[**at])) && is_own(&part(**at))).count();
    let total = Regex::new(&format!(r"\b{}\b", removed.len() + own))?;
    let written = |at: &usize| match lines[*at] {
        line if line.trim_start().starts_with("- text:") && !removed.is_empty() => {
            total.replace(line, own.to_string().as_str()).into_owned()
        }
        line => line.to_owned(),
    };
    Ok(kept.iter().map(written).collect::<Vec<_>>().join("\n"))
}

/// Whether an instance is one of those that the scenario has bought: by its name where purchases have names of their own.
pub fn is_own(world: &World, instance: &InstanceRow) -> bool {
    let name = world.purchase.get(Field::NAME).unwrap_or_default();
    let known = world.instances.iter().any(|known| known.id == instance.id);
    known || world.signs && !name.is_empty() && named_after(&instance.name, name)
}

/// Whether the account has returned an instance before, so that the next return is not its first (CONTRACT 3.6.13): one is
/// isolated, an order is refunded, or the ledger knows of one. Looks in a tab of its own.
///
/// # Errors
/// Class product: console or order list cannot be read.
pub async fn has_returned(world: &World) -> anyhow::Result<bool> {
    let Some(account) = world.account.as_ref().filter(|account| !account.is_new()) else { return Ok(false) };
    if let Some(ledger) = world.guard.ledger()
        && ledger
            .entries()?
            .iter()
            .any(|entry| entry.spend.account == account.name && entry.delivered.iter().any(|(_, returned)| *returned))
    {
        return Ok(true);
    }
    world.browsing.aside(async || shows_returns(world).await).await
}

async fn shows_returns(world: &World) -> anyhow::Result<bool> {
    let profile = &world.target.profile;
    if profile.lack("orders").is_none() {
        world.browsing.open(Page::Orders).await?;
        let refunded = profile.word("order-status", OrderStatus::Refunded.key())?;
        if OrdersPage::of(&world.browsing).settled(true).await?.iter().any(|order| order.status == refunded) {
            return Ok(true);
        }
    }
    world.browsing.open(Page::Console).await?;
    let (console, isolated) = (ConsolePage::of(&world.browsing), profile.word("status", Status::Isolated.key())?);
    for region in world.target.profile.regions() {
        if console.all_of_region(region).await?.iter().any(|instance| instance.status == isolated) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What tells that somebody else uses the account while the scenario does: instances that are new and were not bought here;
/// `None` where nothing does.
///
/// # Errors
/// Class product: the console cannot be read.
pub async fn used_by_others(world: &World) -> anyhow::Result<Option<String>> {
    let Some(history) = &world.history else { return Ok(None) };
    world.browsing.open(Page::Console).await?;
    let console = ConsolePage::of(&world.browsing);
    for region in world.target.profile.regions().into_iter().filter(|region| history.counted.contains_key(region.key()))
    {
        let now = console.all_of_region(region).await?;
        let others: Vec<&InstanceRow> = now.iter().filter(|instance| !is_signed(world, instance)).collect();
        if others.len() > history.count(region) {
            let (seen, before) = (others.len(), history.count(region));
            return Ok(Some(format!(
                "{region} has {seen} instances that this scenario did not buy, and had {before} before"
            )));
        }
    }
    Ok(None)
}

/// Whether the suite made the instance's name in this scenario.
fn is_signed(world: &World, instance: &InstanceRow) -> bool {
    world.names.iter().any(|name| named_after(&instance.name, name))
}
