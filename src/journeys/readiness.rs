//! Whether an account is what its profile says, before anything is made to depend on it.

use crate::{
    domain::{Class, Failure, Field, Region, class_of},
    pages::{Browsing, LoginPage, PurchasePage},
    target::{Account, Stated},
};

use super::{log_in_at_purchase_page, to_new_check_page};

/// The account logs in, is offered the finance zones where it is stated to be approved for them, and sees at least the stated
/// balance on the check page: all that pages tell of an account without a purchase. Buys nothing.
///
/// # Errors
/// Class infrastructure: the environment is not ready; names the account, what was expected and what was seen. Class guard where
/// the browser would leave the target.
pub async fn should_be_ready(browsing: &Browsing, account: &Account, stated: &Stated) -> anyhow::Result<()> {
    let (target, least) = (&browsing.target.profile.name, stated.balance);
    if let Err(error) = log_in_at_purchase_page(browsing, account).await {
        let said = LoginPage::of(browsing).message().await;
        let said = said.map(|said| format!("  saw      {said:?}\n")).unwrap_or_default();
        return Err(not_ready(
            &error,
            &format!("the account {} of {target} should be able to log in\n{said}", account.name),
        ));
    }
    let finance = Region::ShanghaiFinance.key();
    if stated.finance_zones && browsing.target.profile.word("region", finance).is_ok() {
        let chosen = match PurchasePage::of(browsing).field(Field::Region) {
            Ok(region) => region.choose(finance).await,
            Err(error) => Err(error),
        };
        chosen.map_err(|error| {
            let expected = format!("the account {} of {target} should be approved for finance zones\n", account.name);
            not_ready(&error, &expected)
        })?;
    }
    let has = to_new_check_page(browsing).await.map_err(|error| {
        not_ready(&error, &format!("the account {} of {target} should come to see its balance\n", account.name))
    })?;
    if has < least {
        return Err(Failure::infrastructure(format!(
            "environment not ready: the account {} of {target} should have at least {least}\n  saw      {has} on the check page\n  mend     top it up, or state what it has (accounts: balance: in the profile)",
            account.name
        ))
        .into());
    }
    Ok(())
}

/// Whatever a page did wrong, nothing is learned about what scenarios are for.
fn not_ready(error: &anyhow::Error, expected: &str) -> anyhow::Error {
    let class = if class_of(error) == Class::Guard { Class::Guard } else { Class::Infrastructure };
    let text = format!(
        "environment not ready: {expected}  since    {error:#}\n  mend     the account's e-mail, password or session in the profile, or the target"
    );
    Failure { class, text }.into()
}
