//! The second opinion on a scenario's purchases: what the API says of them, held against what the pages showed.

use dcdb_purchase_e2e::{
    cloud_api::{Client, Instance},
    domain::{Content, Failure, Field, InstanceId, Money, OrderNumber, Purchase, Status},
    guard::Receipt,
    pages::{ConsolePage, InstanceRow},
    target::Page,
};

use serde_json::json;

use crate::world::World;

/// The API, asked as the scenario's account; none where the target has none or the account no key.
fn client(world: &World) -> anyhow::Result<Option<Client>> {
    world.account.as_ref().map_or(Ok(None), |account| world.target.api(account))
}

/// Both sides say the same.
fn agree(what: &str, page: &str, api: &str) -> anyhow::Result<()> {
    if page == api {
        return Ok(());
    }
    Err(Failure::product(format!("pages and API should agree on {what}\n  page     {page}\n  API      {api}")).into())
}

/// What the pages ask for a purchase is what the API asks for (I1).
///
/// # Errors
/// Class product: it is not; class infrastructure: the API does not say.
pub async fn on_price(world: &World, purchase: &Purchase, shown: Money) -> anyhow::Result<()> {
    // The scenario itself has seen to it that the page shows a price of before.
    if world.prices_moved {
        return Ok(());
    }
    // It is asked for what is paid at once.
    if world.target.profile.catalogue.is_by_the_hour(purchase) {
        return Ok(());
    }
    // What the target has no field for, its API cannot be asked about.
    let profile = &world.target.profile;
    if Client::PRICED_BY.iter().any(|field| profile.lack(field.key()).is_some()) {
        return Ok(());
    }
    let Some(api) = client(world)? else { return Ok(()) };
    let asked = api.price(purchase).await?;
    let both = json!({ "page": shown.to_string(), "API": asked.to_string(), "of": purchase.to_string() });
    world.browsing.attachments.add("the price, by page and API", Content::Json(both));
    agree("the price (I1)", &shown.to_string(), &asked.to_string())
}

/// What is left of the account's money.
///
/// # Errors
/// As [`on_price`].
pub async fn on_balance(world: &World, balance: Money) -> anyhow::Result<()> {
    let Some(api) = client(world)? else { return Ok(()) };
    agree("the balance", &balance.to_string(), &api.balance().await?.to_string())
}

/// An order is the one that the pages listed, and what was delivered of it is as it was chosen (I2).
///
/// # Errors
/// As [`on_price`].
pub async fn on_order(
    world: &World,
    number: &OrderNumber,
    purchase: &Purchase,
    receipt: Option<Receipt>,
) -> anyhow::Result<()> {
    let (Some(api), Some(region)) = (client(world)?, purchase.region()) else { return Ok(()) };
    // What the pages have listed as delivered by now.
    let noted = world.guard.entries(receipt.as_slice())?;
    let mut listed: Vec<&InstanceId> = noted.iter().flat_map(|row| &row.delivered).map(|(id, _)| id).collect();
    listed.sort();
    // An instance may pass into its next state between two looks: the page's is between the API's.
    let before = api.instances(region).await?;
    world.browsing.open(Page::Console).await?;
    let rows = ConsolePage::of(&world.browsing).all_of_region(region).await?;
    let after = api.instances(region).await?;
    let orders = api.orders(region, &[number]).await?;
    agree(&format!("how often there is an order {number} (I3)"), "1", &orders.len().to_string())?;
    for order in orders {
        let count = purchase.quantity().to_string();
        agree(&format!("how many instances order {number} is for"), &count, &order.count.to_string())?;
        // None while they are on their way, which the console has waited for where the scenario did.
        let mut delivered: Vec<&InstanceId> = order.instances.iter().collect();
        delivered.sort();
        if !(delivered.is_empty() && are_on_their_way(world, &rows, &listed)?) {
            agree(&format!("the instances of order {number} (I4)"), &in_words(&listed), &in_words(&delivered))?;
        }
        if !order.instances.is_empty() {
            let delivered = order.instances.len().to_string();
            agree(&format!("how many instances order {number} has come to (I4)"), &count, &delivered)?;
        }
        for id in &order.instances {
            let known = |all: &[Instance]| all.iter().find(|one| one.id == *id).cloned();
            let row = rows.iter().find(|row| row.id == *id);
            let told = |there: bool| if there { "lists it" } else { "does not" };
            let (on_page, in_api) = (told(row.is_some()), told(known(&after).is_some()));
            let (Some(row), Some(after)) = (row, known(&after)) else {
                return Err(Failure::product(format!(
                    "pages and API should both list instance {id} of order {number} (I4)\n  page     {on_page}\n  API      {in_api}"
                ))
                .into());
            };
            let before = known(&before).unwrap_or_else(|| after.clone());
            let by_the_hour = world.target.profile.catalogue.is_by_the_hour(purchase);
            as_chosen(&api, purchase, by_the_hour, &after)?;
            as_shown(world, row, &before, &after)?;
        }
    }
    Ok(())
}

/// Whether none of these instances has come out of its making yet, as the console lists it.
fn are_on_their_way(world: &World, rows: &[InstanceRow], ids: &[&InstanceId]) -> anyhow::Result<bool> {
    let being_made = world.target.profile.word("status", Status::Creating.key())?;
    Ok(rows.iter().filter(|row| ids.contains(&&row.id)).all(|row| row.status == being_made))
}

fn in_words(ids: &[&InstanceId]) -> String {
    match ids {
        [] => "none".into(),
        ids => ids.iter().map(|id| id.0.as_str()).collect::<Vec<_>>().join(", "),
    }
}

/// Every field of an instance is what was chosen.
fn as_chosen(api: &Client, purchase: &Purchase, by_the_hour: bool, one: &Instance) -> anyhow::Result<()> {
    let region = purchase.region().map(|region| api.region(region)).transpose()?.unwrap_or_default();
    let number = |field: Field| purchase.get(field).and_then(|text| text.parse::<u64>().ok()).unwrap_or_default();
    let shards = number(Field::SHARDS);
    // What is paid by the hour ends when it is returned.
    let ends = one.created.checked_add(jiff::Span::new().try_months(purchase.months())?)?;
    let network = |on_vpc: bool| if on_vpc { "VPC" } else { "basic network" }.to_owned();
    let renewal = |on: bool| if on { "on" } else { "off" }.to_owned();
    let on_vpc = purchase.get(Field::NETWORK) == Some("vpc") || purchase.get(Field::VPC).is_some();
    for (what, page, said) in [
        ("region", region.to_owned(), one.region.clone()),
        ("zone", api.zone(purchase)?, one.zone.clone()),
        ("shard quantity", shards.to_string(), one.shards.to_string()),
        ("nodes a shard", api.nodes(purchase)?.to_string(), one.nodes.to_string()),
        ("memory of all shards, GB", (shards * number(Field::SHARD_SPECIFICATION)).to_string(), one.memory.to_string()),
        ("disk of all shards, GB", (shards * number(Field::DISK)).to_string(), one.storage.to_string()),
        ("network", network(on_vpc), network(!one.vpc.is_empty() && !one.subnet.is_empty())),
        ("end of the period", if by_the_hour { one.ends } else { ends }.to_string(), one.ends.to_string()),
        ("auto-renewal", renewal(purchase.get(Field::AUTO_RENEWAL) == Some("on")), renewal(one.renews)),
    ] {
        agree(&format!("the {what} of {} (I2)", one.id), &page, &said)?;
    }
    Ok(())
}

/// Name and status are what the console shows.
fn as_shown(world: &World, row: &InstanceRow, before: &Instance, after: &Instance) -> anyhow::Result<()> {
    agree(&format!("the name of {}", row.id), &row.name, &after.name)?;
    let word = |one: &Instance| match one.status {
        Ok(status) => world.target.profile.word("status", status.key()),
        Err(code) => Ok(format!("status {code}")),
    };
    if word(before)? == row.status {
        return Ok(());
    }
    agree(&format!("the status of {}", row.id), &row.status, &word(after)?)
}
