//! Whether an account is what its profile says, before anything is made to depend on it.

use crate::{
    domain::{Class, Failure, Field, Region, class_of},
    pages::{Browsing, CheckPage, LoginPage, PurchasePage},
    target::{Account, Page, Stated, Unavailable},
};

use super::{choose, log_in_at_purchase_page, to_check_page, to_new_check_page};

/// The account logs in, is offered the finance zones where it is stated to be approved for them, and sees at least the stated
/// balance on the check page, and less than the documented example costs where it is stated to be short of money: all that pages
/// tell of an account without a purchase. Buys nothing.
///
/// # Errors
/// Class infrastructure: the environment is not ready; names the account, what was expected and what was seen. Class guard where
/// the browser would leave the target.
pub async fn should_be_ready(browsing: &Browsing, account: &Account, stated: &Stated) -> anyhow::Result<()> {
    let (target, least) = (&browsing.target.profile.name, stated.balance);
    log_in(browsing, account).await?;
    let profile = &browsing.target.profile;
    let mut closed = profile.regions().into_iter().filter(|region| {
        profile.catalogue.unavailable(Field::REGION, region.key()) == Some(Unavailable::NeedsApproval)
    });
    if let Some(finance) = closed.next().map(Region::key).filter(|_| stated.finance_zones) {
        let chosen = match PurchasePage::of(browsing).field(Field::REGION) {
            Ok(region) => region.choose(finance).await,
            Err(error) => Err(error),
        };
        chosen.map_err(|error| {
            let expected = format!("the account {} of {target} should be approved for finance zones\n", account.name);
            not_ready(&error, &expected)
        })?;
    }
    let unseen = |error: anyhow::Error| {
        not_ready(&error, &format!("the account {} of {target} should come to see its balance\n", account.name))
    };
    let has = to_new_check_page(browsing).await.map_err(unseen)?;
    if has < least {
        return Err(Failure::infrastructure(format!(
            "environment not ready: the account {} of {target} should have at least {least}\n  saw      {has} on the check page\n  mend     top it up, or state what it has (accounts: balance: in the profile)",
            account.name
        ))
        .into());
    }
    if stated.short_of_money {
        let asked = async {
            browsing.open(Page::Purchase).await?;
            let example = browsing.target.profile.documented_example()?;
            choose(browsing, &example).await?;
            to_check_page(browsing, &example).await?;
            CheckPage::of(browsing).total_fee().await
        };
        let fee = asked.await.map_err(unseen)?;
        if has >= fee {
            return Err(Failure::infrastructure(format!(
                "environment not ready: the account {} of {target} should be short of money: have less than {fee}, which the documented example costs\n  saw      {has} on the check page\n  mend     spend what it has, or take short-of-money: off it (accounts: in the profile)",
                account.name
            ))
            .into());
        }
    }
    Ok(())
}

/// Logs in, wherever that leads: where it should is for the scenarios that hold that rule.
async fn log_in(browsing: &Browsing, account: &Account) -> anyhow::Result<()> {
    let Err(error) = log_in_at_purchase_page(browsing, account).await else { return Ok(()) };
    let login = &browsing.target.profile.pages.login;
    let asks_still = browsing.at(Page::Login, &login.password).now().await.is_ok_and(|field| field.is_some());
    // Whoever is logged in is not asked again.
    if !asks_still && class_of(&error) == Class::Product && browsing.open(Page::Purchase).await.is_ok() {
        return Ok(());
    }
    let said = LoginPage::of(browsing).message().await;
    let said = said.map(|said| format!("  saw      {said:?}\n")).unwrap_or_default();
    let target = &browsing.target.profile.name;
    Err(not_ready(&error, &format!("the account {} of {target} should be able to log in\n{said}", account.name)))
}

/// Whatever a page did wrong, nothing is learned about what scenarios are for.
fn not_ready(error: &anyhow::Error, expected: &str) -> anyhow::Error {
    let class = if class_of(error) == Class::Guard { Class::Guard } else { Class::Infrastructure };
    // Where no page came, nothing is known against the account.
    let mend = match class_of(error) {
        Class::Infrastructure => {
            "the network to the target's sites, or sites: in the profile; dcdb-e2e doctor --target FILE says which of them answer"
        }
        _ => "the account's e-mail, password or session in the profile, or the target",
    };
    let since = format!("{error:#}");
    // Who refused something knows best how it is mended.
    let mend = if since.contains("\n  mend  ") { String::new() } else { format!("\n  mend     {mend}") };
    let text = format!("environment not ready: {expected}  since    {since}{mend}");
    Failure { class, ..Failure::test(text) }.into()
}
