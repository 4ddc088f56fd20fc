//! The console: finding what was bought, and initialising it.

use cucumber::{gherkin::Step, given, then, when};
use dcdb_purchase_e2e::{
    domain::{Failure, Findings},
    journeys,
    pages::{ConsolePage, OverviewPage},
    target::{Account, Lacking, LeverName, Page},
};
use serde_json::json;

use crate::{
    history,
    params::{self, Region, Status},
    world::{StepResult, World},
};

#[given("the buyer is on the console overview")]
async fn given_on_overview(world: &mut World) -> StepResult {
    let account = world.account().await?;
    journeys::log_in_at_console(&world.browsing, &account).await?;
    Ok(world.browsing.open(Page::Overview).await?)
}

#[when(
    expr = r#"the buyer goes to the console and follows "Cloud Products" > "Basic Products" > "Database" > "Distributed Database""#
)]
#[when(r#"买家进入管理中心，并依次打开"云产品">"基础产品">"数据库">"分布式数据库""#)]
async fn when_goes_to_console(world: &mut World) -> StepResult {
    Ok(journeys::to_console_from_result(&world.browsing).await?)
}

#[when(expr = r#"the buyer rests the pointer on "Cloud Products", "Basic Products" and "Database""#)]
async fn when_opens_cloud_products(world: &mut World) -> StepResult {
    Ok(OverviewPage::of(&world.browsing).products_menu().open(&world.browsing).await?)
}

#[when("the buyer asks to initialise the instance")]
async fn when_asks_to_initialise(world: &mut World) -> StepResult {
    let instance = world.instances.first().ok_or_else(|| Failure::test("no instance is known yet"))?;
    Ok(ConsolePage::of(&world.browsing).open_initialise(&instance.id).await?)
}

#[when("the buyer initialises every instance with")]
async fn when_initialises(world: &mut World, step: &Step) -> StepResult {
    let parameters = world.target.profile.catalogue.parameters(&params::pairs(step)?)?;
    for instance in &world.instances {
        journeys::initialise(&world.browsing, &instance.id, &parameters).await?;
    }
    Ok(())
}

/// CONTRACT 3.6.7; what most buyers take.
#[when("the buyer takes every instance into use")]
#[when("买家启用全部实例")]
async fn when_takes_into_use(world: &mut World) -> StepResult {
    for instance in &world.instances {
        journeys::take_into_use(&world.browsing, &instance.id).await?;
    }
    Ok(())
}

#[given(expr = "instances of the buyer stay {status} when they come to it")]
async fn given_instances_stay(world: &mut World, status: Status) -> StepResult {
    Ok(world.pull(LeverName::Hold, &[("status", json!(status.0.key()))]).await?)
}

#[when(expr = "the buyer brings the instance to {status}")]
async fn when_brings_instance_to(world: &mut World, status: Status) -> StepResult {
    let profile = &world.target.profile;
    journeys::to_console_from_result(&world.browsing).await?;
    let console = ConsolePage::of(&world.browsing);
    let rows = journeys::own_instances(&world.browsing, &world.purchase).await?;
    let id = &rows[0].id;
    if status.0 == dcdb_purchase_e2e::domain::Status::Initializing {
        console
            .status_should_become(id, dcdb_purchase_e2e::domain::Status::Uninitialized, profile.deadlines.delivery)
            .await?;
        console.open_initialise(id).await?;
        console.initialise(&profile.catalogue.parameters(&[])?).await?;
    }
    Ok(console.status_should_become(id, status.0, profile.deadlines.element).await?)
}

#[then("the console shows what was bought, as it was chosen, ready to be taken into use")]
#[then("控制台列出所购实例，配置与所选一致，可以启用")]
async fn then_shows_what_was_bought(world: &mut World) -> StepResult {
    let found = journeys::find_instances(&world.browsing, &world.purchase).await?;
    world.delivered(found)?;
    Ok(())
}

#[then(expr = "every instance is {status}")]
#[then(expr = "全部实例均为{status}")]
async fn then_every_instance_is(world: &mut World, status: Status) -> StepResult {
    let console = ConsolePage::of(&world.browsing);
    if world.instances.is_empty() {
        return Err(Failure::test("no instance is known yet").into());
    }
    let mut findings = Findings::default();
    for instance in &world.instances {
        let within = world.target.profile.deadlines.element;
        findings.note(console.status_should_become(&instance.id, status.0, within).await)?;
    }
    Ok(findings.verdict()?)
}

/// The one that is shown, of an account that was made for the scenario; of any other the first that its tab says has none.
#[then("a region without instances says that it has none")]
async fn then_console_is_empty(world: &mut World) -> StepResult {
    let console = ConsolePage::of(&world.browsing);
    let is_new = world.account.as_ref().is_none_or(Account::is_new);
    if !is_new {
        let mut without = None;
        for region in world.target.profile.regions() {
            if console.is_there_without_instances(region).await? {
                without = Some(region);
                break;
            }
        }
        let none = || Lacking("the account has instances in every region".into());
        console.show_region(without.ok_or_else(none)?).await?;
    }
    Ok(console.should_be_empty().await?)
}

#[then(expr = "the region {region} has none of them")]
async fn then_region_has_none(world: &mut World, region: Region) -> StepResult {
    let console = ConsolePage::of(&world.browsing);
    let (region, name) = (world.target.profile.catalogue.region(&region.0)?, region.0);
    if world.history.is_none() {
        console.show_region(region).await?;
        return Ok(console.should_be_empty().await?);
    }
    let listed = console.all_as_listed(region).await?;
    let own: Vec<_> = listed.iter().filter(|instance| history::is_own(world, instance)).map(|own| &own.id.0).collect();
    if !own.is_empty() {
        return Err(Failure::product(format!(
            "DCDB console: nothing that was bought elsewhere should be listed under {name}\n  saw      {own:?}"
        ))
        .into());
    }
    Ok(())
}
