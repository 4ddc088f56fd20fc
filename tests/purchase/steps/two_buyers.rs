//! Two buyers: what one bought is none of the other's to see, and what one is about to buy none of the other's to buy.

use std::time::Duration;

use anyhow::Context as _;
use cucumber::{given, then, when};
use dcdb_purchase_e2e::{
    domain::{Failure, OrderNumber},
    journeys,
    pages::{Browsing, CheckPage, ConsolePage, OrdersPage, ResultPage},
    target::{Account, Page},
};

use crate::world::{OthersCheckPage, StepResult, World};

/// A result that is somebody else's to see shows itself about as soon as any page that is made by scripts.
const SHOWN_WITHIN: Duration = Duration::from_secs(2);

#[given("there is another buyer")]
async fn given_another(world: &mut World) -> StepResult {
    let [one, other] = world.levers.two_accounts(&world.grip).await?;
    world.account = Some(one);
    world.other = Some(other);
    Ok(())
}

/// In a browser of the other buyer's own, while the buyer's waits.
async fn beside<T>(
    world: &World,
    act: impl AsyncFnOnce(&Browsing, &Account) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    let other = world.other.as_ref().ok_or_else(|| Failure::test("there is no other buyer in this scenario"))?;
    let browsing = world.browsing.beside().await?;
    let done = act(&browsing, other).await;
    // What these pages complain of is for the scenarios that look at them.
    let _complaints = browsing.end().await?;
    world.browsing.visit.resume().await?;
    done
}

#[given("the other buyer is on the check page of the documented example")]
async fn given_other_on_check_page(world: &mut World) -> StepResult {
    let choices = world.signed(&world.target.profile.documented_example()?);
    let checked = beside(world, async |browsing, other| {
        journeys::log_in_at_purchase_page(browsing, other).await?;
        journeys::choose(browsing, &choices).await?;
        let (purchase, fee) = journeys::to_check_page(browsing, &choices).await?;
        let balance = CheckPage::of(browsing).balance().await?;
        Ok(OthersCheckPage { address: browsing.visit.url().await?, purchase, fee, balance })
    });
    world.others = Some(checked.await?);
    Ok(())
}

#[when("the buyer opens the address of the other buyer's check page")]
async fn when_opens_others_address(world: &mut World) -> StepResult {
    let others = world.others()?;
    super::purchase::on_purchase_page(world).await?;
    Ok(world.browsing.visit.go(&others.address).await?)
}

/// It is not confirmed: whoever would be charged for it, the guard knows of one buyer.
#[then("the page refuses it, or offers what it shows at its own price")]
async fn then_refuses_or_offers(world: &mut World) -> StepResult {
    let others = world.others()?;
    Ok(journeys::check_shows_one_of_or_refuses(&world.browsing, &[(&others.purchase, others.fee)]).await?)
}

#[then("the other buyer has paid nothing, and could still confirm the purchase")]
async fn then_other_could_confirm(world: &mut World) -> StepResult {
    let others = world.others()?;
    let looked = beside(world, async |browsing, other| {
        journeys::log_in_at_purchase_page(browsing, other).await?;
        browsing.visit.go(&others.address).await?;
        browsing.arrive(Page::Check).await?;
        CheckPage::of(browsing).balance_should_be(others.balance).await?;
        journeys::check_shows(browsing, &others.purchase, others.fee).await?;
        CheckPage::of(browsing).should_be_confirmable().await
    });
    Ok(looked.await.context("after another buyer had opened the address of this check page (3.4.9)")?)
}

/// I5, from the other's side: console, order list, and the address of the result page.
#[then("nothing of it is on the pages of the other buyer")]
async fn then_nothing_is_shown(world: &mut World) -> StepResult {
    Ok(beside(world, async |browsing, other| look(world, browsing, other).await).await?)
}

async fn look(world: &World, browsing: &Browsing, other: &Account) -> anyhow::Result<()> {
    let shown = |page: Page, what: String| {
        let title = page.title();
        Err(Failure::product(format!(
            "{title}: no page of {} should show what another account has bought (I5)\n  saw      {what}",
            other.name
        ))
        .into())
    };
    let order = world.order()?;
    let bought: Vec<&str> = world.instances.iter().map(|instance| instance.id.0.as_str()).collect();
    if bought.is_empty() {
        return Err(Failure::test("no instance is known yet\n  mend     let the buyer turn to it first").into());
    }
    // Nor to somebody who has not logged in at all.
    if let Some(path) = result_is_shown(world, browsing, &order).await {
        let text = format!(
            "result page: without a login it should show nothing of order {order} (3.2.4, I5)\n  saw      it, at {path}"
        );
        return Err(Failure::product(text).into());
    }
    journeys::log_in_at_console(browsing, other).await?;
    let console = ConsolePage::of(browsing);
    for region in world.target.profile.regions() {
        for row in console.all_as_listed(region).await? {
            if bought.contains(&row.id.0.as_str()) {
                return shown(Page::Console, format!("instance {} under {region}", row.id));
            }
        }
    }
    if world.target.profile.lack("orders").is_none() {
        browsing.open(Page::Orders).await?;
        for row in OrdersPage::of(browsing).settled(false).await? {
            if row.number == order || bought.iter().any(|id| row.instances.contains(id)) {
                return shown(Page::Orders, format!("order {} with {}", row.number, row.instances));
            }
        }
    }
    match result_is_shown(world, browsing, &order).await {
        Some(path) => shown(Page::Result, format!("order {order} at {path}")),
        None => Ok(()),
    }
}

/// Where the result page of the order shows it in this browser, if it does.
async fn result_is_shown<'a>(world: &'a World, browsing: &Browsing, order: &OrderNumber) -> Option<&'a str> {
    let address = world.result_address.as_ref()?;
    // A page that is refused is as it should be.
    let _may_be_refused = browsing.visit.go(address).await;
    ResultPage::of(browsing).shows(order, SHOWN_WITHIN).await.then(|| address.path())
}
