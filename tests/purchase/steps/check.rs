//! Checking and paying.

use cucumber::{gherkin::Step, given, then, when};
use dcdb_purchase_e2e::{
    domain::{Failure, Purchase},
    journeys,
    pages::{CheckPage, Press, ResultPage},
};

use crate::{
    params::{self, Money},
    world::{StepResult, World},
};

#[when("the buyer confirms the purchase")]
async fn when_confirms(world: &mut World) -> StepResult {
    confirm(world).await
}

pub async fn confirm(world: &mut World) -> StepResult {
    let permit = world.permit().await?;
    world.pay(permit, Press::Once).await?;
    let order = journeys::paid(&world.browsing).await?;
    Ok(world.ordered(order).await?)
}

/// Chooses and checks; price and choices are held together on the way (I1, I2).
pub async fn to_check_page(world: &mut World, choices: &Purchase) -> StepResult {
    let signed = world.signed(choices);
    journeys::choose(&world.browsing, &signed).await?;
    let (purchase, fee) = journeys::to_check_page(&world.browsing, &signed).await?;
    journeys::check_shows(&world.browsing, &purchase, fee).await?;
    world.purchase = purchase;
    world.made.forget();
    world.fee = Some(fee);
    Ok(world.look_back().await?)
}

/// The same, and pays.
async fn buy(world: &mut World, choices: &Purchase) -> StepResult {
    to_check_page(world, choices).await?;
    confirm(world).await
}

#[when("the buyer buys")]
async fn when_buys(world: &mut World, step: &Step) -> StepResult {
    buy(world, &params::choices(step, &world.target.profile.catalogue)?).await
}

#[when("the buyer buys the documented example")]
#[when("买家购买文档中的示例配置")]
async fn when_buys_documented_example(world: &mut World) -> StepResult {
    buy(world, &world.target.profile.documented_example()?).await
}

#[given("the buyer bought the documented example")]
async fn given_bought_documented_example(world: &mut World) -> StepResult {
    super::purchase::on_purchase_page(world).await?;
    buy(world, &world.target.profile.documented_example()?).await
}

#[then(expr = "the fee that was shown is {money}")]
async fn then_fee_shown(world: &mut World, amount: Money) -> StepResult {
    let fee = world.fee()?;
    if fee != amount.0 {
        return Err(
            Failure::product(format!("purchase page: the total fee should be {}\n  saw      {fee}", amount.0)).into()
        );
    }
    Ok(())
}

#[then("the check page repeats every choice and the total fee")]
#[then("核对页重复全部选择与总计费用")]
async fn then_check_page_repeats(world: &mut World) -> StepResult {
    Ok(journeys::check_shows(&world.browsing, &world.purchase, world.fee()?).await?)
}

#[then("the purchase could be confirmed")]
#[then("该订单可以确认购买")]
async fn then_could_be_confirmed(world: &mut World) -> StepResult {
    Ok(CheckPage::of(&world.browsing).should_be_confirmable().await?)
}

#[then("the payment is successful, for the fee that was shown")]
#[then("支付成功，金额为所示费用")]
async fn then_payment_successful(world: &mut World) -> StepResult {
    world.order()?;
    Ok(ResultPage::of(&world.browsing).amount_should_be(world.fee()?).await?)
}

#[then("the balance is less by the fee that was shown")]
async fn then_balance_less(world: &mut World) -> StepResult {
    let before = world.balance.ok_or_else(|| Failure::test("no balance is known from before the purchase"))?;
    journeys::to_new_check_page(&world.browsing).await?;
    Ok(CheckPage::of(&world.browsing).balance_should_be(before.minus(world.fee()?)?).await?)
}
