//! Two buyers: what one bought is none of the other's to see.

use std::time::Duration;

use cucumber::{given, then};
use dcdb_purchase_e2e::{
    domain::{Failure, OrderNumber},
    journeys,
    pages::{Browsing, ConsolePage, OrdersPage, ResultPage},
    target::{Account, Page},
};

use crate::world::{StepResult, World};

/// A result that is somebody else's to see shows itself about as soon as any page that is made by scripts.
const SHOWN_WITHIN: Duration = Duration::from_secs(2);

#[given("there is another buyer")]
async fn given_another(world: &mut World) -> StepResult {
    let [one, other] = world.levers.two_accounts(&world.grip).await?;
    world.account = Some(one);
    world.other = Some(other);
    Ok(())
}

/// I5, from the other's side: console, order list, and the address of the result page.
#[then("nothing of it is on the pages of the other buyer")]
async fn then_nothing_is_shown(world: &mut World) -> StepResult {
    let other = world.other.clone().ok_or_else(|| Failure::test("there is no other buyer in this scenario"))?;
    let browsing = world.browsing.beside().await?;
    let looked = look(world, &browsing, &other).await;
    // What these pages complain of is for the scenarios that look at them.
    let _complaints = browsing.end().await?;
    world.browsing.visit.resume().await?;
    Ok(looked?)
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
