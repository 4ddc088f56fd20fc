//! Who buys, and what changes around the buyer: prices, stock, time, the session.

use cucumber::{given, when};
use dcdb_purchase_e2e::{
    browser::Fate,
    domain::{Failure, Field, OrderStatus},
    target::{LeverName, RequestRule, Wish},
};
use serde_json::json;

use crate::{
    params::{Money, Zone},
    world::{StepResult, World},
};

async fn wish(world: &mut World, wish: Wish) -> StepResult {
    world.account_with(wish).await?;
    Ok(())
}

#[given("a buyer whose identity is not verified")]
async fn given_unverified(world: &mut World) -> StepResult {
    wish(world, Wish { verified: false, ..Wish::default() }).await
}

#[given("a buyer who may not pay")]
async fn given_without_finance_right(world: &mut World) -> StepResult {
    wish(world, Wish { finance_right: false, ..Wish::default() }).await
}

#[given("a buyer who is approved for finance zones")]
async fn given_approved(world: &mut World) -> StepResult {
    wish(world, Wish { finance_zones: Some(true), ..Wish::default() }).await
}

#[given("a buyer who is not approved for finance zones")]
async fn given_unapproved(world: &mut World) -> StepResult {
    wish(world, Wish { finance_zones: Some(false), ..Wish::default() }).await
}

#[given("a buyer who is short of money")]
async fn given_short_of_money(world: &mut World) -> StepResult {
    wish(world, Wish { short_of_money: true, ..Wish::default() }).await
}

#[given(expr = "a buyer with {money} on the balance")]
async fn given_balance(world: &mut World, amount: Money) -> StepResult {
    wish(world, Wish { balance: Some(amount.0), ..Wish::default() }).await
}

#[when(expr = "the price list rises to {int} percent")]
async fn when_prices_rise(world: &mut World, percent: u32) -> StepResult {
    world.prices_moved = true;
    Ok(world.pull(LeverName::Prices, &[("percent", json!(percent))]).await?)
}

#[when(expr = "{zone} sells out")]
async fn when_sells_out(world: &mut World, zone: Zone) -> StepResult {
    world.made.forget();
    let zone = world.target.profile.catalogue.key_of(Field::ZONE, &zone.0)?;
    Ok(world.pull(LeverName::SoldOut, &[("zone", json!(zone))]).await?)
}

/// What the profile says of a request.
fn request(world: &World, key: &str) -> anyhow::Result<RequestRule> {
    world.target.profile.requests.get(key).cloned().ok_or_else(|| {
        Failure::test(format!("the scenario breaks the {key} request\n  mend     tag it @request-{key}")).into()
    })
}

#[given("the price service fails")]
#[when("the price service fails")]
async fn given_prices_fail(world: &mut World) -> StepResult {
    Ok(world.browsing.visit.intercept(&request(world, "price")?, Fate::Fails).await?)
}

#[given("the price service is slow")]
#[when("the price service is slow")]
async fn given_prices_slow(world: &mut World) -> StepResult {
    Ok(world.browsing.visit.intercept(&request(world, "price")?, Fate::Held).await?)
}

#[when("the price service works again")]
async fn when_prices_work(world: &mut World) -> StepResult {
    Ok(world.browsing.visit.let_requests_go().await?)
}

#[when("the session ends")]
async fn when_session_ends(world: &mut World) -> StepResult {
    Ok(world.browsing.visit.end_session().await?)
}

#[when(expr = "{int} {word} pass(es)")]
async fn when_time_passes(world: &mut World, count: i64, unit: String) -> StepResult {
    let seconds = match unit.trim_end_matches('s') {
        "minute" => 60,
        "day" => 24 * 60 * 60,
        _ => return Err(Failure::test(format!("time passes in minutes or days, not in {unit}")).into()),
    };
    Ok(world.pull(LeverName::Time, &[("seconds", json!(count * seconds))]).await?)
}

#[when("unpaid orders expire")]
async fn when_orders_expire(world: &mut World) -> StepResult {
    world.over_elsewhere = Some(OrderStatus::Expired);
    Ok(world.pull(LeverName::OrdersExpire, &[]).await?)
}

#[when("the instances of the buyer go on")]
async fn when_instances_go_on(world: &mut World) -> StepResult {
    Ok(world.levers.undo(&world.grip, |lever| lever == LeverName::Hold).await?)
}

#[when("the reply to the next confirmation is to be lost")]
async fn when_reply_is_to_be_lost(world: &mut World) -> StepResult {
    Ok(world.browsing.visit.intercept(&request(world, "confirmation")?, Fate::LosesReply).await?)
}
