//! Logging in, what is refused there, and what an ended session leads to.

use std::time::Duration;

use cucumber::{then, when};
use dcdb_purchase_e2e::{
    browser::Condition,
    domain::{Class, Failure, Findings, class_of},
    pages::{ConsolePage, HomePage, LoginPage, Press, PurchasePage},
    target::Page,
};

use crate::{
    params,
    world::{StepResult, World},
};

/// The answer to a press comes about in this time.
const GOES_ON: Duration = Duration::from_secs(1);

const WRONG: &str = "not the password";

#[when("the visitor logs in with a wrong password")]
async fn when_wrong_password(world: &mut World) -> StepResult {
    let account = world.account().await?;
    world.failed_login = true;
    Ok(LoginPage::of(&world.browsing).try_login(&account.email, WRONG).await?)
}

#[when("the visitor logs in as nobody that the site knows")]
async fn when_unknown_email(world: &mut World) -> StepResult {
    Ok(LoginPage::of(&world.browsing).try_login("nobody@buyers.example", WRONG).await?)
}

#[when(expr = "the visitor logs in with a wrong password {int} times in a row")]
async fn when_wrong_passwords(world: &mut World, times: u32) -> StepResult {
    let account = world.account().await?;
    world.failed_login = true;
    world.login_address = Some(world.browsing.visit.url().await?);
    for time in 1..=times {
        if time > 1 {
            with_nothing_said(world).await?;
        }
        LoginPage::of(&world.browsing).try_login(&account.email, WRONG).await?;
        let said = if time < times {
            "Incorrect e-mail or password"
        } else {
            "Too many failed attempts. Try again in a minute."
        };
        world.browsing.should_say(Page::Login, said).await?;
    }
    // Nobody can log in with it for a while.
    account.give_up();
    world.failed_login = false;
    Ok(())
}

#[when("the visitor logs in with the right password")]
async fn when_right_password(world: &mut World) -> StepResult {
    let account = world.account().await?;
    with_nothing_said(world).await?;
    Ok(LoginPage::of(&world.browsing).log_in(&account).await?)
}

/// Opens the login page anew after an attempt that failed: what it says next is said of the next one.
async fn with_nothing_said(world: &World) -> StepResult {
    if let Some(address) = &world.login_address {
        world.browsing.visit.go(address).await?;
        world.browsing.arrive(Page::Login).await?;
    }
    Ok(())
}

#[then("the e-mail address that was typed is still there")]
async fn then_email_kept(world: &mut World) -> StepResult {
    let account = world.account().await?;
    Ok(LoginPage::of(&world.browsing).should_keep_email(&account.email).await?)
}

#[then("the home page greets the buyer by name")]
async fn then_greets(world: &mut World) -> StepResult {
    let account = world.account().await?;
    world.browsing.arrive(Page::Home).await?;
    HomePage::of(&world.browsing).should_greet(&account).await?;
    world.failed_login = false;
    Ok(())
}

fn page_of(name: &str) -> anyhow::Result<Page> {
    let all = [
        Page::Home,
        Page::Login,
        Page::Product,
        Page::Purchase,
        Page::Check,
        Page::Result,
        Page::Overview,
        Page::Console,
        Page::Orders,
    ];
    all.into_iter().find(|page| page.title() == name).ok_or_else(|| {
        let names: Vec<_> = all.iter().map(|page| page.title()).collect();
        Failure::test(format!("no page is called {name:?}; there are: {}", names.join(", "))).into()
    })
}

#[when(regex = r"^the buyer opens the (purchase page|console overview|DCDB console|order list) by its address$")]
async fn when_opens_by_address(world: &mut World, name: String) -> StepResult {
    let place = world.browsing.place(page_of(&name)?, &[])?;
    Ok(world.browsing.visit.go(&place.url).await?)
}

#[then(
    regex = r"^the buyer is on the (home page|purchase page|check page|result page|console overview|DCDB console|order list)$"
)]
async fn then_is_on(world: &mut World, name: String) -> StepResult {
    Ok(world.browsing.arrive(page_of(&name)?).await?)
}

#[then(
    regex = r"^the (login page|purchase page|check page|result page|DCDB console) opens, and what keeps people from using it is noted$"
)]
async fn then_opens_and_barriers_are_noted(world: &mut World, name: String) -> StepResult {
    let page = page_of(&name)?;
    // The result page has the order's number in its address, and was arrived at when the purchase was confirmed.
    if page != Page::Result {
        world.browsing.arrive(page).await?;
    }
    Ok(world.browsing.note_barriers(&name).await?)
}

#[then(regex = r#"^the (login page|purchase page|check page|order list|DCDB console) says "([^"]*)"$"#)]
async fn then_says(world: &mut World, name: String, sentence: String) -> StepResult {
    let page = page_of(&name)?;
    world.browsing.should_say(page, &sentence).await?;
    // What these two say comes of the last click that was to pay, where there was one.
    if [Page::Check, Page::Orders].contains(&page) {
        world.answered(&sentence)?;
    }
    Ok(())
}

/// What was said of the confirmation before may stand until the answer comes (CONTRACT 3.4.9: the same message again).
#[then(expr = "the check page goes on saying {string}")]
async fn then_goes_on_saying(world: &mut World, sentence: String) -> StepResult {
    world.browsing.should_go_on_saying(Page::Check, &sentence, GOES_ON).await?;
    Ok(world.answered(&sentence)?)
}

#[then(regex = r#"^the (purchase page|check page) does not say "([^"]*)"$"#)]
async fn then_does_not_say(world: &mut World, name: String, sentence: String) -> StepResult {
    Ok(world.browsing.should_not_say(page_of(&name)?, &sentence).await?)
}

#[when(r#"the buyer presses "Purchase Now" and is asked to log in"#)]
async fn when_purchase_now_asks(world: &mut World) -> StepResult {
    let page = PurchasePage::of(&world.browsing);
    world.purchase = page.read_choices().await?;
    page.press_purchase_now().await?;
    Ok(world.browsing.arrive(Page::Login).await?)
}

#[when(r#"the buyer presses "Confirm Purchase" and is asked to log in"#)]
async fn when_confirm_asks(world: &mut World) -> StepResult {
    let permit = world.permit().await?;
    world.pay(permit, Press::Once).await?;
    world.browsing.arrive(Page::Login).await?;
    Ok(world.answered("the login page came instead")?)
}

#[when(expr = "the buyer chooses {word} {string} and is asked to log in")]
async fn when_choosing_asks(world: &mut World, field: String, value: String) -> StepResult {
    let field = world.target.profile.catalogue.field(&field)?;
    PurchasePage::of(&world.browsing).field(field)?.enter(&value).await?;
    Ok(world.browsing.arrive(Page::Login).await?)
}

#[when("the buyer asks to initialise with everything chosen and is asked to log in")]
async fn when_initialising_asks(world: &mut World) -> StepResult {
    let parameters = world.target.profile.catalogue.parameters(&[])?;
    let asked = async {
        let console = ConsolePage::of(&world.browsing);
        console.choose_parameters(&parameters).await?;
        console.press_initialise().await
    };
    let asked = asked.await;
    // A page that renews itself by and by asks for the login before.
    match (&asked, world.browsing.arrive(Page::Login).await) {
        (Err(error), Ok(())) if class_of(error) == Class::Product => Ok(()),
        (Err(_), _) => Ok(asked?),
        (Ok(()), arrived) => Ok(arrived?),
    }
}

#[then("the purchase page still has chosen")]
async fn then_still_has_chosen(world: &mut World, step: &cucumber::gherkin::Step) -> StepResult {
    world.browsing.arrive(Page::Purchase).await?;
    let page = PurchasePage::of(&world.browsing);
    let mut findings = Findings::default();
    let named = params::choices(step, &world.target.profile.catalogue)?;
    // What no line names stays as well.
    let others = world.purchase.choices().filter(|(field, _)| named.get(*field).is_none());
    for (field, key) in named.choices().chain(others) {
        findings.note(page.field(field)?.should_be(key).await)?;
    }
    Ok(findings.verdict()?)
}

#[then("the menu of products is closed again once the pointer leaves it")]
async fn then_menu_closes(world: &mut World) -> StepResult {
    let name = world.account().await?.name;
    let home = &world.target.profile.pages.home;
    let link = &home.distributed_database;
    world.browsing.at(Page::Home, link).should(Condition::Visible).await?;
    world.browsing.at(Page::Home, &home.account.with("account", &name)).hover().await?;
    Ok(world.browsing.at(Page::Home, link).should(Condition::Absent).await?)
}
