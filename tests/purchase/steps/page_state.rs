//! Page states against their reviewed baselines.

use cucumber::then;
use dcdb_purchase_e2e::{
    browser::Extent,
    evidence::Masks,
    pages::{CheckPage, ConsolePage, HomePage, OverviewPage},
    runner::Baselines,
    target::{Account, Lacking, Page},
};

use crate::{
    history,
    world::{StepResult, World},
};

/// The pages and dialogs that have states, by their names in features.
async fn state_of(world: &World, what: &str) -> anyhow::Result<String> {
    let browsing = &world.browsing;
    match what {
        "home page menu" => HomePage::of(browsing).menu_state().await,
        "cloud products menu" => OverviewPage::of(browsing).menu_state().await,
        "initialise dialog" => ConsolePage::of(browsing).initialise_dialog_state().await,
        "home page" => browsing.state(Page::Home).await,
        "login page" => browsing.state(Page::Login).await,
        "product page" => browsing.state(Page::Product).await,
        "purchase page" => browsing.state(Page::Purchase).await,
        "check page" => browsing.state(Page::Check).await,
        "result page" => browsing.state(Page::Result).await,
        "console overview" => browsing.state(Page::Overview).await,
        "DCDB console" => browsing.state(Page::Console).await,
        "order list" => browsing.state(Page::Orders).await,
        _ => {
            Err(dcdb_purchase_e2e::domain::Failure::test(format!("no page or dialog with a state is called {what:?}"))
                .into())
        }
    }
}

const WITHOUT_INSTANCES: &str = "without instances";

/// An account that was used before shows what it has.
async fn should_have_none(world: &World) -> anyhow::Result<()> {
    if world.account.as_ref().is_none_or(Account::is_new) {
        return Ok(());
    }
    let console = ConsolePage::of(&world.browsing);
    for region in world.target.profile.regions() {
        if console.count_of(region).await?.is_some_and(|count| count > 0) {
            return Err(Lacking(format!("the account that was leased has instances ({region})")).into());
        }
    }
    Ok(())
}

#[then(regex = r"^the ([a-zA-Z ]+) looks as reviewed( .+)?$")]
async fn then_looks_as_reviewed(world: &mut World, what: String, moment: String) -> StepResult {
    let name = Baselines::name_of(&what, moment.trim());
    if what == "DCDB console" && moment.trim() == WITHOUT_INSTANCES {
        should_have_none(world).await?;
    }
    world.browsing.note_barriers(&what).await?;
    let tree = history::without_history(world, &state_of(world, &what).await?)?;
    let own = world.account.as_ref().map(|account| [account.name.as_str(), account.email.as_str()]).unwrap_or_default();
    let mut masks = Masks::new(&world.target.profile.formats, &own)?;
    if what == "check page" {
        masks.also(&CheckPage::of(&world.browsing).balance_as_written().await?, "‹balance›")?;
    }
    // The suite's own name stands where without one the id would (CONTRACT 3.3.10).
    for name in &world.names {
        masks.also(name, "‹instance›")?;
    }
    let baseline = world.baselines.reviewed(&name);
    let checked = world.baselines.check(
        &name,
        format!("the {what} {}", moment.trim()).trim_end(),
        &tree,
        &masks,
        baseline.as_deref(),
    );
    // What was accepted just now is the baseline by now.
    let baseline = world.baselines.reviewed(&name);
    if let (Some(album), Some(baseline)) = (world.album.clone(), baseline) {
        let picture = album.picture(&name, &baseline);
        match &checked {
            Ok(()) if !picture.exists() => {
                if let Some(seen) = world.browsing.visit.veiled_picture(Extent::Viewport).await {
                    // What cannot be kept is left out: that the page is as reviewed matters more.
                    let _kept = album.keep(&name, &baseline, &seen);
                }
            }
            Ok(()) => {}
            Err(_) => world.reviewed = Some(picture).filter(|picture| picture.exists()),
        }
    }
    checked?;
    world.states.push(name);
    Ok(())
}
