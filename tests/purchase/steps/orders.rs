//! Order management.

use cucumber::{then, when};
use dcdb_purchase_e2e::{
    domain::{Failure, Findings, OrderStatus},
    journeys,
    pages::OrdersPage,
    target::Page,
};

use crate::world::{StepResult, World};

#[when("the buyer opens the order list")]
async fn when_opens_orders(world: &mut World) -> StepResult {
    Ok(world.browsing.open(Page::Orders).await?)
}

#[then("the one order is listed as successful, for the fee that was shown")]
async fn then_order_is_listed(world: &mut World) -> StepResult {
    let number = world.order()?;
    let page = OrdersPage::of(&world.browsing);
    page.status_should_be(&number, OrderStatus::Successful).await?;
    let orders = page.orders().await?;
    let mine: Vec<_> = orders.iter().filter(|order| order.number == number).collect();
    let [order] = mine.as_slice() else {
        return Err(Failure::product(format!(
            "order list: order {number} should be listed once\n  saw      {} times",
            mine.len()
        ))
        .into());
    };
    let mut findings = Findings::default();
    if order.amount != world.fee()? {
        findings.note(Err(Failure::product(format!(
            "order list: the amount of order {number} should be {}\n  saw      {}",
            world.fee()?,
            order.amount
        ))
        .into()))?;
    }
    // The clocks of site and run, and the days of their time zones, may begin a day apart.
    let today = journeys::vendors_day();
    let days = [today.yesterday(), Ok(today), today.tomorrow()];
    if let Some(created) = order.created.filter(|created| !days.iter().flatten().any(|day| day == created)) {
        findings.note(Err(Failure::product(format!(
            "order list: order {number} should have been created today, {today} (3.6.9)\n  saw      {created}"
        ))
        .into()))?;
    }
    let missing: Vec<_> = world
        .instances
        .iter()
        .filter(|instance| !order.instances.contains(&instance.id.0))
        .map(|instance| &instance.id.0)
        .collect();
    if !missing.is_empty() {
        findings.note(Err(Failure::product(format!(
            "order list: order {number} should name the instances {missing:?}\n  saw      {:?}",
            order.instances
        ))
        .into()))?;
    }
    Ok(findings.verdict()?)
}
