//! What the purchase page offers, refuses and says of a choice.

use cucumber::{then, when};
use dcdb_purchase_e2e::{
    browser::Condition,
    domain::{Field, Money as Amount},
    pages::PurchasePage,
    target::{Lacking, Page},
};

use crate::{
    params::Money,
    world::{StepResult, World},
};

#[when(expr = "the buyer enters {string} as {string}")]
async fn when_enters(world: &mut World, text: String, field: String) -> StepResult {
    world.made.forget();
    let field = world.target.profile.catalogue.field(&field)?;
    Ok(PurchasePage::of(&world.browsing).field(field)?.enter(&text).await?)
}

#[when(expr = "the buyer enters {string} as {string} and presses Enter")]
async fn when_enters_and_commits(world: &mut World, text: String, field: String) -> StepResult {
    world.made.forget();
    let field = world.target.profile.catalogue.field(&field)?;
    Ok(PurchasePage::of(&world.browsing).field(field)?.enter_and_commit(&text).await?)
}

#[then(expr = "the {string} still holds {string}")]
async fn then_still_holds(world: &mut World, field: String, text: String) -> StepResult {
    let field = world.target.profile.catalogue.field(&field)?;
    Ok(PurchasePage::of(&world.browsing).field(field)?.should_hold(&text).await?)
}

#[then("the purchase cannot go on")]
async fn then_cannot_go_on(world: &mut World) -> StepResult {
    Ok(PurchasePage::of(&world.browsing).should_not_go_on().await?)
}

#[then("the purchase can go on")]
async fn then_can_go_on(world: &mut World) -> StepResult {
    PurchasePage::of(&world.browsing).total_fee().await?;
    let go = &world.target.profile.pages.purchase.purchase_now;
    Ok(world.browsing.at(Page::Purchase, go).should(Condition::Enabled).await?)
}

#[then(expr = "{string} cannot be chosen as {string}")]
async fn then_cannot_be_chosen(world: &mut World, value: String, field: String) -> StepResult {
    let field = world.target.profile.catalogue.field(&field)?;
    let key = world.target.profile.catalogue.key_of(field, &value)?;
    Ok(PurchasePage::of(&world.browsing).field(field)?.should_not_be_offered(&key).await?)
}

/// Such as a zone of another region than the chosen one: whatever of them the profile knows.
#[then(expr = "nothing that belongs to another choice is offered as {string}")]
async fn then_offers_none_of_another(world: &mut World, field: String) -> StepResult {
    let catalogue = &world.target.profile.catalogue;
    let field = catalogue.field(&field)?;
    let page = PurchasePage::of(&world.browsing);
    let chosen = page.read_choices().await?;
    let others: Vec<&str> = catalogue.all_elsewhere(field, &chosen).collect();
    if others.is_empty() {
        return Err(Lacking(format!(
            "the profile knows nothing of another choice that could be offered as {field} (catalogue: fields: {}: values:, with of:)",
            field.key()
        ))
        .into());
    }
    Ok(page.field(field)?.should_offer_none_of(&others).await?)
}

#[then(expr = "the shard specification is written with {string}")]
async fn then_names_qps(world: &mut World, text: String) -> StepResult {
    Ok(PurchasePage::of(&world.browsing).field(Field::SHARD_SPECIFICATION)?.should_be_written_with(&text).await?)
}

#[then(expr = "the undiscounted fee {money} is struck through")]
async fn then_struck_through(world: &mut World, amount: Money) -> StepResult {
    Ok(PurchasePage::of(&world.browsing).original_fee_should_be(Some(amount.0)).await?)
}

#[then("no undiscounted fee is shown")]
async fn then_not_struck_through(world: &mut World) -> StepResult {
    let none: Option<Amount> = None;
    Ok(PurchasePage::of(&world.browsing).original_fee_should_be(none).await?)
}

#[when("the buyer asks for the price again")]
async fn when_retries(world: &mut World) -> StepResult {
    Ok(PurchasePage::of(&world.browsing).retry().await?)
}
