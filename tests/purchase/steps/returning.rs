//! What the console offers for an instance: initialising it field by field, and returning it.

use cucumber::{then, when};
use dcdb_purchase_e2e::{
    domain::{Failure, InstanceId, Money as Amount, OrderNumber, OrderStatus, by_days_left},
    journeys,
    pages::{ConsolePage, Operation, OrderRow, OrdersPage},
    target::Page,
};

use crate::{
    history,
    params::{self, Money, Region, Status},
    world::{StepResult, World},
};

fn instance(world: &World, which: usize) -> anyhow::Result<InstanceId> {
    let found = world.instances.get(which).map(|instance| instance.id.clone());
    found.ok_or_else(|| Failure::test("no such instance is known yet").into())
}

/// More than before: an account may have had some there.
#[then(expr = "the tab of {region} counts {int} more")]
async fn then_tab_counts(world: &mut World, region: Region, more: usize) -> StepResult {
    let region = world.target.profile.catalogue.region(&region.0)?;
    let before = world.history.as_ref().map_or(0, |history| history.count(region));
    Ok(ConsolePage::of(&world.browsing).region_should_count(region, before + more).await?)
}

#[then(expr = "the instance comes to {status} by itself")]
async fn then_comes_to(world: &mut World, status: Status) -> StepResult {
    let id = instance(world, 0)?;
    let deadlines = &world.target.profile.deadlines;
    let within = deadlines.delivery.max(deadlines.initialisation);
    Ok(ConsolePage::of(&world.browsing).status_should_become(&id, status.0, within).await?)
}

/// Whatever its status is then on this target.
#[then("the instance is delivered")]
async fn then_delivered(world: &mut World) -> StepResult {
    // There is one to look at.
    instance(world, 0)?;
    for instance in &world.instances {
        journeys::be_delivered(&world.browsing, &instance.id).await?;
    }
    Ok(())
}

#[then(regex = r"^for the instance is offered: (nothing|Initialize and Return|Return)$")]
async fn then_offered(world: &mut World, offered: String) -> StepResult {
    let id = instance(world, 0)?;
    let console = ConsolePage::of(&world.browsing);
    console.operation_should_be(&id, Operation::Initialize, offered.contains("Initialize")).await?;
    Ok(console.operation_should_be(&id, Operation::Return, offered.contains("Return")).await?)
}

#[when("the buyer turns to the instance in the console")]
async fn when_turns_to_instance(world: &mut World) -> StepResult {
    world.browsing.open(Page::Console).await?;
    let found = journeys::own_instances(&world.browsing, &world.purchase).await?;
    world.delivered(found)?;
    Ok(())
}

/// Before, nothing is offered for it (CONTRACT 3.6.6), and it may take minutes.
#[when("the buyer turns to the delivered instance in the console")]
async fn when_turns_to_delivered(world: &mut World) -> StepResult {
    when_turns_to_instance(world).await?;
    then_delivered(world).await
}

#[when("the buyer asks to initialise it with")]
async fn when_asks_with(world: &mut World, step: &cucumber::gherkin::Step) -> StepResult {
    let id = instance(world, 0)?;
    let console = ConsolePage::of(&world.browsing);
    console.open_initialise(&id).await?;
    for (name, value) in params::pairs(step)? {
        let (field, key) = world.target.profile.catalogue.parameter(&name, &value)?;
        console.initialise_field(&field)?.choose(&key).await?;
    }
    Ok(console.press_initialise().await?)
}

#[then("strong sync that never falls back cannot be chosen")]
async fn then_strong_not_offered(world: &mut World) -> StepResult {
    let id = instance(world, 0)?;
    let console = ConsolePage::of(&world.browsing);
    console.open_initialise(&id).await?;
    Ok(console.initialise_field("sync-mode")?.should_not_be_offered("strong").await?)
}

#[when("the buyer chooses everything there")]
async fn when_chooses_everything(world: &mut World) -> StepResult {
    let parameters = world.target.profile.catalogue.parameters(&[])?;
    Ok(ConsolePage::of(&world.browsing).choose_parameters(&parameters).await?)
}

#[when("the buyer cancels the dialog")]
async fn when_cancels_dialog(world: &mut World) -> StepResult {
    Ok(ConsolePage::of(&world.browsing).cancel_initialise().await?)
}

#[when("the buyer asks to return it without consent")]
async fn when_returns_without_consent(world: &mut World) -> StepResult {
    let id = instance(world, 0)?;
    let console = ConsolePage::of(&world.browsing);
    console.open_return(&id).await?;
    Ok(console.press_return(false).await?)
}

/// Returns what was bought first, once it is delivered, for this much.
pub async fn return_first(world: &mut World, amount: Amount) -> StepResult {
    when_turns_to_instance(world).await?;
    let id = instance(world, 0)?;
    let within = world.target.profile.deadlines.delivery;
    ConsolePage::of(&world.browsing).should_become_returnable(&id, within).await?;
    when_returns(world, "first".into(), Money(amount)).await
}

/// So much is paid back for the first instance that an account ever returns; for any other what its days left are worth.
#[when(regex = r"^the buyer returns the (first|second) instance, for (¥[0-9][0-9,]*\.[0-9]{2})$")]
async fn when_returns(world: &mut World, which: String, amount: Money) -> StepResult {
    let which = usize::from(which == "second");
    let amount = if history::has_returned(world).await? { days_left(world, which).await? } else { amount.0 };
    give_back(world, which, amount).await
}

pub async fn give_back(world: &mut World, which: usize, amount: Amount) -> StepResult {
    let id = instance(world, which)?;
    let console = ConsolePage::of(&world.browsing);
    console.open_return(&id).await?;
    console.press_return(true).await?;
    world.books.refunded(amount);
    let within = world.target.profile.deadlines.element;
    console.status_should_become(&id, dcdb_purchase_e2e::domain::Status::Isolated, within).await?;
    Ok(world.returned(&id)?)
}

#[when("the buyer returns the second instance, for the days that are left")]
async fn when_returns_by_days(world: &mut World) -> StepResult {
    let amount = days_left(world, 1).await?;
    give_back(world, 1, amount).await
}

/// What the days that are left of an instance's period are worth.
async fn days_left(world: &World, which: usize) -> anyhow::Result<Amount> {
    let expires = ConsolePage::of(&world.browsing).expires(&instance(world, which)?).await?;
    let expires = expires.ok_or_else(|| {
        Failure::test("it must be known when an instance expires\n  mend     where the console writes it (pages: console: cells: expires) and how (formats: date), in the profile")
    })?;
    let months = world.purchase.months();
    let (fee, quantity) = (world.fee()?.as_fen(), i64::try_from(world.purchase.quantity())?);
    // What does not divide belongs to the first of them.
    let share = fee / quantity + if which == 0 { fee % quantity } else { 0 };
    Ok(by_days_left(Amount::fen(share), expires, months, journeys::vendors_day())?)
}

/// The newest order: of those that are not from before, the one that stands first.
async fn newest(world: &World) -> anyhow::Result<OrderNumber> {
    Ok(newest_row(world).await?.number)
}

async fn newest_row(world: &World) -> anyhow::Result<OrderRow> {
    let orders = OrdersPage::of(&world.browsing).settled(true).await?;
    let is_new = |order: &OrderRow| world.history.as_ref().is_none_or(|history| !history.has(&order.number));
    orders
        .into_iter()
        .find(is_new)
        .ok_or_else(|| Failure::product("order list: no order is listed that was not there before").into())
}

fn status(text: &str) -> anyhow::Result<OrderStatus> {
    text.parse()
}

#[then(regex = r"^the newest order is (Unpaid|Processing|Successful|Cancelled|Expired|Refunded)$")]
async fn then_newest_is(world: &mut World, text: String) -> StepResult {
    let page = OrdersPage::of(&world.browsing);
    let number = newest(world).await?;
    Ok(page.status_should_be(&number, status(&text)?).await?)
}

#[then("it can neither be paid nor cancelled any more")]
async fn then_over(world: &mut World) -> StepResult {
    Ok(OrdersPage::of(&world.browsing).should_be_over(&newest(world).await?).await?)
}

#[when("the buyer cancels the newest order")]
async fn when_cancels(world: &mut World) -> StepResult {
    let order = newest_row(world).await?;
    if is_known_to_be_over(world, &order).await? {
        return Ok(());
    }
    Ok(OrdersPage::of(&world.browsing).cancel(&order.number).await?)
}

/// A list that renews itself may have heard of what ended the order elsewhere before anything is pressed; then it offers nothing.
async fn is_known_to_be_over(world: &mut World, order: &OrderRow) -> anyhow::Result<bool> {
    let Some(over) = world.over_elsewhere else { return Ok(false) };
    world.over_before = world.target.profile.word("order-status", over.key())? == order.status;
    if world.over_before {
        OrdersPage::of(&world.browsing).should_be_over(&order.number).await?;
    }
    Ok(world.over_before)
}

#[then(expr = "the order list says {string}, where it was still offered")]
async fn then_says_if_offered(world: &mut World, sentence: String) -> StepResult {
    if world.over_before {
        return Ok(());
    }
    world.browsing.should_say(Page::Orders, &sentence).await?;
    Ok(world.answered(&sentence)?)
}

#[when("the buyer pays the newest order")]
async fn when_pays(world: &mut World) -> StepResult {
    let order = newest_row(world).await?;
    let (permit, number) = (world.permit_to_pay(&order).await?, order.number);
    let receipt = permit.receipt();
    OrdersPage::of(&world.browsing).pay(&number, permit).await?;
    OrdersPage::of(&world.browsing).should_be_over(&number).await?;
    let receipt = world.guard.ordered(receipt, &number)?;
    world.books.settled(&number, receipt);
    Ok(())
}

#[when("the buyer tries to pay the newest order")]
async fn when_tries_to_pay(world: &mut World) -> StepResult {
    let order = newest_row(world).await?;
    if is_known_to_be_over(world, &order).await? {
        return Ok(());
    }
    let permit = world.permit_to_pay(&order).await?;
    Ok(OrdersPage::of(&world.browsing).pay(&order.number, permit).await?)
}

#[when("meanwhile the order is cancelled in a second tab")]
async fn when_cancelled_elsewhere(world: &mut World) -> StepResult {
    world.over_elsewhere = Some(OrderStatus::Cancelled);
    let world = &*world;
    let cancelled = async || {
        world.browsing.open(Page::Orders).await?;
        let number = newest(world).await?;
        OrdersPage::of(&world.browsing).cancel(&number).await?;
        OrdersPage::of(&world.browsing).status_should_be(&number, OrderStatus::Cancelled).await
    };
    Ok(world.browsing.aside(cancelled).await?)
}
