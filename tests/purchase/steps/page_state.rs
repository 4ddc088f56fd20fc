//! Page states against their reviewed baselines.

use cucumber::then;
use dcdb_purchase_e2e::{
    browser::Extent,
    evidence::Masks,
    pages::{ConsolePage, HomePage, OverviewPage},
    runner::Baselines,
    target::Page,
};

use crate::world::{StepResult, World};

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

#[then(regex = r"^the ([a-zA-Z ]+) looks as reviewed( .+)?$")]
async fn then_looks_as_reviewed(world: &mut World, what: String, moment: String) -> StepResult {
    let name = Baselines::name_of(&what, moment.trim());
    let tree = state_of(world, &what).await?;
    let own = world.account.as_ref().map(|account| [account.name.as_str(), account.email.as_str()]).unwrap_or_default();
    let masks = Masks::new(&world.target.profile.formats, &own)?;
    let baseline = world.baselines.reviewed(&name);
    let checked = world.baselines.check(&name, &tree, &masks, baseline.as_deref());
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
