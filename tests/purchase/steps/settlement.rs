//! How an order is settled beside its price: what a voucher covers, and what is frozen of what is paid by the hour.

use cucumber::{given, then, when};
use dcdb_purchase_e2e::{
    domain::{Failure, Money as Amount},
    journeys,
    pages::{CheckPage, ResultPage},
    target::Wish,
};

use crate::{
    params::Money,
    world::{StepResult, World},
};

#[given(expr = "a buyer with a voucher of {money}")]
async fn given_voucher(world: &mut World, amount: Money) -> StepResult {
    world.account_with(Wish { voucher: Some(amount.0), ..Wish::default() }).await?;
    Ok(())
}

#[when("the buyer confirms the purchase, taking the voucher")]
async fn when_confirms_with_voucher(world: &mut World) -> StepResult {
    world.voucher = Some(true);
    super::check::confirm(world).await
}

#[when("the buyer confirms the purchase, leaving the voucher")]
async fn when_confirms_without_voucher(world: &mut World) -> StepResult {
    world.voucher = Some(false);
    super::check::confirm(world).await
}

/// Before anything is confirmed.
#[then(expr = "{money} of the balance is to be frozen")]
async fn then_to_be_frozen(world: &mut World, amount: Money) -> StepResult {
    let frozen = CheckPage::of(&world.browsing).bill(&world.purchase).await?.frozen();
    should_be("check page: what is to be frozen", amount.0, frozen.unwrap_or_default())
}

#[then(expr = "the payment is successful: {money} by the voucher and {money} from the balance")]
async fn then_by_voucher(world: &mut World, covered: Money, charged: Money) -> StepResult {
    let bill = world.bill()?;
    should_be("payment page: what the voucher covers", covered.0, bill.covered())?;
    Ok(ResultPage::of(&world.browsing).amount_should_be(charged.0).await?)
}

#[then(expr = "nothing is paid yet, and {money} of the balance is frozen")]
async fn then_frozen(world: &mut World, frozen: Money) -> StepResult {
    world.order()?;
    let page = ResultPage::of(&world.browsing);
    page.amount_should_be(Amount::default()).await?;
    Ok(page.frozen_should_be(frozen.0).await?)
}

#[then(expr = "the balance is less by {money}")]
async fn then_balance_less(world: &mut World, amount: Money) -> StepResult {
    let before = world.balance.ok_or_else(|| Failure::test("no balance is known from before the purchase"))?;
    journeys::to_new_check_page(&world.browsing).await?;
    Ok(CheckPage::of(&world.browsing).balance_should_be(before.minus(amount.0)?).await?)
}

/// Nothing that was frozen is kept, and no hour has passed.
#[when(expr = "the buyer returns the instance, and {money} of the balance is free again")]
async fn when_returned(world: &mut World, amount: Money) -> StepResult {
    super::returning::give_back(world, 0, amount.0).await
}

fn should_be(what: &str, expected: Amount, seen: Amount) -> StepResult {
    if seen == expected {
        return Ok(());
    }
    Err(Failure::product(format!("{what} should be {expected}\n  saw      {seen}")).into())
}
