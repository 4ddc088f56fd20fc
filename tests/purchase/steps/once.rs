//! Confirming: refused, left unpaid, or done exactly once, whatever an impatient or unlucky buyer does.

use cucumber::{gherkin::Step, given, then, when};
use dcdb_purchase_e2e::{
    domain::{Failure, Purchase},
    journeys::{self, Again},
    pages::{CheckPage, Press, ResultPage},
    target::{Lacking, Page, Wish},
};

use super::check::to_check_page;
use crate::{
    params::{self, Money},
    world::{StepResult, World},
};

#[given("the buyer is on the check page of the documented example")]
async fn given_on_check_page(world: &mut World) -> StepResult {
    super::purchase::on_purchase_page(world).await?;
    to_check_page(world, &world.target.profile.documented_example()?).await
}

#[given("the buyer has an unpaid order, for want of money")]
async fn given_unpaid_order(world: &mut World) -> StepResult {
    world.account_with(Wish { short_of_money: true, ..Wish::default() }).await?;
    given_on_check_page(world).await?;
    when_tries_to_confirm(world).await?;
    then_unpaid(world, "Insufficient balance".into()).await
}

#[given("the buyer has an unpaid order, and money for it again since a return")]
async fn given_unpaid_order_and_money(world: &mut World) -> StepResult {
    let fee = world.target.profile.documented_total().ok_or_else(|| {
        Lacking("the profile has prices of its own, and no example of the documented one (examples:)".into())
    })?;
    world.account_with(Wish { balance: Some(fee), ..Wish::default() }).await?;
    given_on_check_page(world).await?;
    when_confirms_once_more(world).await?;
    let bought = world.purchase.clone();
    world.browsing.open(Page::Purchase).await?;
    to_check_page(world, &world.target.profile.documented_example()?).await?;
    when_tries_to_confirm(world).await?;
    then_unpaid(world, "Insufficient balance".into()).await?;
    // What was bought first goes by a name of its own, where purchases are given any.
    let unpaid = std::mem::replace(&mut world.purchase, bought);
    let returned = super::returning::return_first(world, world.fee()?).await;
    world.purchase = unpaid;
    returned
}

/// The result page came: one order, at the fee that was shown.
async fn paid(world: &mut World) -> StepResult {
    world.browsing.arrive_within(Page::Result, world.target.profile.deadlines.payment).await?;
    let order = ResultPage::of(&world.browsing).order_number().await?;
    match &world.order {
        Some(known) if *known == order => return Ok(()),
        Some(known) => {
            return Err(Failure::product(format!(
                "result page: the order should be {known}, which this confirmation led to before (I3)\n  saw      {order}"
            ))
            .into());
        }
        None => {}
    }
    Ok(world.ordered(order).await?)
}

#[when("the buyer tries to confirm the purchase")]
async fn when_tries_to_confirm(world: &mut World) -> StepResult {
    let permit = world.permit().await?;
    Ok(world.pay(permit, Press::Once).await?)
}

#[when("the buyer confirms the purchase at the price that is shown now")]
async fn when_confirms_new_price(world: &mut World) -> StepResult {
    world.fee = Some(CheckPage::of(&world.browsing).total_fee().await?);
    let permit = world.permit().await?;
    world.pay(permit, Press::Once).await?;
    paid(world).await
}

#[then(expr = "there is an unpaid order, and the check page says {string}")]
async fn then_unpaid(world: &mut World, sentence: String) -> StepResult {
    world.should_be_refused(&sentence).await?;
    world.answered(&sentence)?;
    world.books.unpaid(world.fee()?, world.purchase.quantity());
    Ok(())
}

#[then(expr = "nothing is ordered, and the check page says {string}")]
async fn then_refused(world: &mut World, sentence: String) -> StepResult {
    world.should_be_refused(&sentence).await?;
    Ok(world.answered(&sentence)?)
}

#[then(expr = "the total fee to be confirmed is {money}")]
async fn then_fee_to_confirm(world: &mut World, amount: Money) -> StepResult {
    Ok(CheckPage::of(&world.browsing).total_fee_should_be(amount.0).await?)
}

#[then("the purchase cannot be confirmed")]
async fn then_cannot_be_confirmed(world: &mut World) -> StepResult {
    Ok(CheckPage::of(&world.browsing).should_not_be_confirmable().await?)
}

#[when(r#"the buyer presses "Confirm Purchase" twice"#)]
async fn when_presses_twice(world: &mut World) -> StepResult {
    let permit = world.permit().await?;
    world.pay(permit, Press::Twice).await?;
    paid(world).await
}

#[when(r#"the buyer presses "Confirm Purchase" and Enter at once"#)]
async fn when_presses_and_enters(world: &mut World) -> StepResult {
    let permit = world.permit().await?;
    world.pay(permit, Press::AndEnter).await?;
    paid(world).await
}

#[when("the buyer reloads the page")]
async fn when_reloads(world: &mut World) -> StepResult {
    world.made.forget();
    Ok(world.browsing.visit.reload().await?)
}

async fn when_confirms_once_more(world: &mut World) -> StepResult {
    let permit = world.permit().await?;
    world.pay(permit, Press::Once).await?;
    paid(world).await
}

/// What was confirmed may show its result by itself; or the check page again, as a browser keeps pages, which leads to the same.
#[when("the buyer confirms the purchase once more, where that is still offered")]
async fn when_confirms_once_more_if_offered(world: &mut World) -> StepResult {
    match journeys::offered_again(&world.browsing).await? {
        Again::Confirm => when_confirms_once_more(world).await,
        Again::Result => Ok(()),
        Again::Purchase => {
            let result = world.result_address.clone().ok_or_else(|| {
                Failure::product("check page: confirmed before, it should lead to its result or be offered again (3.4.9)\n  saw      the purchase page")
            })?;
            Ok(world.browsing.visit.go(&result).await?)
        }
    }
}

#[when("the buyer goes back in the browser")]
async fn when_goes_back(world: &mut World) -> StepResult {
    world.made.forget();
    Ok(world.browsing.visit.back().await?)
}

#[when("the buyer goes back to the purchase page")]
async fn when_back_to_purchase_page(world: &mut World) -> StepResult {
    world.made.forget();
    Ok(CheckPage::of(&world.browsing).back().await?)
}

#[when("the buyer opens the check page's address in a second tab")]
async fn when_second_tab(world: &mut World) -> StepResult {
    let address = world.browsing.visit.url().await?;
    world.left_tab = Some(world.browsing.visit.open_tab().await?);
    world.browsing.visit.go(&address).await?;
    world.check_address = Some(address);
    Ok(world.browsing.arrive(Page::Check).await?)
}

#[when("the buyer turns back to the first tab")]
async fn when_first_tab(world: &mut World) -> StepResult {
    world.made.forget();
    let tab = world.left_tab.clone().ok_or_else(|| Failure::test("no second tab was opened"))?;
    Ok(world.browsing.visit.turn_to(&tab).await?)
}

#[when("the buyer confirms the purchase and the reply is lost")]
async fn when_reply_is_lost(world: &mut World) -> StepResult {
    world.check_address = Some(world.browsing.visit.url().await?);
    let permit = world.permit().await?;
    world.pay(permit, Press::Once).await?;
    Ok(world.browsing.visit.should_intercept(world.target.profile.deadlines.payment).await?)
}

#[when("the buyer opens the check page's address again")]
async fn when_check_again(world: &mut World) -> StepResult {
    world.browsing.visit.let_requests_go().await?;
    let address = world.check_address.clone().ok_or_else(|| Failure::test("no check page is known yet"))?;
    Ok(world.browsing.visit.go(&address).await?)
}

#[then("the same order is shown as paid")]
async fn then_same_order(world: &mut World) -> StepResult {
    paid(world).await
}

/// What the first tab shows stays what it is about.
#[when("the buyer meanwhile goes to the check page of another purchase in a second tab")]
async fn when_another_purchase(world: &mut World, step: &Step) -> StepResult {
    let other = world.signed(&params::choices(step, &world.target.profile.catalogue)?);
    let browsing = &world.browsing;
    let to_check_page = async || {
        browsing.open(Page::Purchase).await?;
        journeys::choose(browsing, &other).await?;
        let (purchase, fee) = journeys::to_check_page(browsing, &other).await?;
        journeys::check_shows(browsing, &purchase, fee).await
    };
    Ok(browsing.aside(to_check_page).await?)
}

#[when(expr = "the buyer edits {string} to {string} in the check page's address")]
async fn when_edits_address(world: &mut World, field: String, value: String) -> StepResult {
    let profile = &world.target.profile;
    let field = profile.catalogue.field(&field)?;
    let parameter = profile.address.check.get(field.key()).ok_or_else(|| {
        Lacking(format!(
            "the profile {} does not say how the check page's address writes the {field} (address: check: {}:)",
            profile.name,
            field.key()
        ))
    })?;
    let address = world.browsing.visit.url().await?;
    let edited = parameter.edited(&address, &profile.catalogue.key_of(field, &value)?).ok_or_else(|| {
        Failure::test(format!(
            "the check page's address has no {:?}, which should write the {field} (address: check: {}: in the profile)\n  at       {address}",
            parameter.name(),
            field.key()
        ))
    })?;
    let mut purchase = world.purchase.clone();
    purchase.set(field, profile.catalogue.key_of(field, &value)?);
    world.edited = Some(purchase);
    Ok(world.browsing.visit.go(&edited).await?)
}

/// What is shown may be taken back to what was chosen, priced anew or refused; never one purchase at the other's price (I7).
#[then(expr = "what can be confirmed there costs its own price, {money} as it was edited")]
async fn then_own_price(world: &mut World, edited_fee: Money) -> StepResult {
    let edited = world.edited.as_ref().ok_or_else(|| Failure::test("no address was edited yet"))?;
    let may_be = [(&world.purchase, world.fee()?), (edited, edited_fee.0)];
    Ok(journeys::check_shows_one_of_or_refuses(&world.browsing, &may_be).await?)
}

#[when("the buyer buys the same once more")]
async fn when_buys_again(world: &mut World) -> StepResult {
    world.browsing.open(Page::Purchase).await?;
    let same: Purchase = world.target.profile.documented_example()?;
    to_check_page(world, &same).await?;
    world.order = None;
    let permit = world.permit().await?;
    world.pay(permit, Press::Once).await?;
    paid(world).await
}

#[then("the check page repeats every choice of the purchase page")]
async fn then_repeats(world: &mut World) -> StepResult {
    Ok(journeys::check_shows(&world.browsing, &world.purchase, world.fee()?).await?)
}
