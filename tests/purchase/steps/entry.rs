//! The two ways in.

use cucumber::{given, then, when};
use dcdb_purchase_e2e::{
    journeys,
    pages::{ConsolePage, HomePage, LoginPage, ProductPage},
    target::Page,
};

use crate::{
    params::Entry,
    world::{StepResult, World},
};

#[given("a visitor on the home page")]
async fn given_visitor_on_home_page(world: &mut World) -> StepResult {
    Ok(world.browsing.open(Page::Home).await?)
}

#[given("a buyer who uses only the keyboard")]
async fn given_only_keyboard(world: &mut World) -> StepResult {
    world.browsing.visit.put_mouse_away();
    Ok(())
}

#[given("the buyer is logged in on the home page")]
async fn given_logged_in_on_home_page(world: &mut World) -> StepResult {
    let account = world.account().await?;
    Ok(journeys::log_in_on_home_page(&world.browsing, &account).await?)
}

#[given("the buyer is logged in at the DCDB console")]
async fn given_logged_in_at_console(world: &mut World) -> StepResult {
    let account = world.account().await?;
    Ok(journeys::log_in_at_console(&world.browsing, &account).await?)
}

#[given(expr = "the buyer came to the purchase page by {entry}")]
#[given(expr = "买家经{entry}进入购买页")]
async fn given_came_by_entry(world: &mut World, entry: Entry) -> StepResult {
    world.made.forget();
    let account = world.account().await?;
    match entry {
        Entry::Home => {
            journeys::log_in_on_home_page(&world.browsing, &account).await?;
            journeys::to_purchase_page(&world.browsing).await?;
        }
        Entry::Console => {
            journeys::log_in_at_console(&world.browsing, &account).await?;
            ConsolePage::of(&world.browsing).new_instance().await?;
        }
    }
    Ok(())
}

#[when("the visitor goes to log in")]
async fn when_visitor_goes_to_log_in(world: &mut World) -> StepResult {
    Ok(HomePage::of(&world.browsing).go_to_login().await?)
}

#[when(expr = r#"the buyer rests the pointer on "Products" and then on "Database""#)]
async fn when_opens_products_menu(world: &mut World) -> StepResult {
    Ok(HomePage::of(&world.browsing).products_menu().open(&world.browsing).await?)
}

#[when(expr = r#"the buyer follows "Products" > "Database" > "Distributed Database""#)]
async fn when_follows_products_menu(world: &mut World) -> StepResult {
    Ok(HomePage::of(&world.browsing).products_menu().follow(&world.browsing).await?)
}

#[when(expr = r#"the buyer follows "Purchase Now" on the product page"#)]
async fn when_follows_purchase_now(world: &mut World) -> StepResult {
    Ok(ProductPage::of(&world.browsing).purchase_now().await?)
}

#[when(expr = r#"the buyer follows "New""#)]
async fn when_follows_new(world: &mut World) -> StepResult {
    Ok(ConsolePage::of(&world.browsing).new_instance().await?)
}

#[when("the buyer opens the DCDB console without being logged in")]
async fn when_opens_console_logged_out(world: &mut World) -> StepResult {
    let console = world.browsing.place(Page::Console, &[])?;
    Ok(world.browsing.visit.go(&console.url).await?)
}

#[when("the buyer logs in there")]
async fn when_logs_in_there(world: &mut World) -> StepResult {
    let account = world.account().await?;
    Ok(LoginPage::of(&world.browsing).log_in(&account).await?)
}

#[then("the login page opens")]
async fn then_login_page(world: &mut World) -> StepResult {
    Ok(world.browsing.arrive(Page::Login).await?)
}

#[then("the product page of the distributed database opens")]
async fn then_product_page(world: &mut World) -> StepResult {
    Ok(world.browsing.arrive(Page::Product).await?)
}

#[then("the DCDB console opens")]
async fn then_console(world: &mut World) -> StepResult {
    Ok(world.browsing.arrive(Page::Console).await?)
}

#[then("the purchase page opens in a new tab")]
async fn then_purchase_page(world: &mut World) -> StepResult {
    // Following the link turned to the new tab; had none been opened, that would have failed.
    Ok(world.browsing.arrive(Page::Purchase).await?)
}
