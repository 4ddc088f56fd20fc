//! Whether an account is what its profile says, before anything is made to depend on it.

use crate::{
    domain::{Class, Failure, Money, class_of},
    pages::{Browsing, LoginPage},
    target::Account,
};

use super::{log_in_at_purchase_page, to_new_check_page};

/// The account logs in, and the check page shows at least the balance that is stated: all that pages tell of an account
/// without a purchase. Buys nothing.
///
/// # Errors
/// Class infrastructure: the environment is not ready; names the account, what was expected and what was seen. Class guard where
/// the browser would leave the target.
pub async fn should_be_ready(browsing: &Browsing, account: &Account, least: Money) -> anyhow::Result<()> {
    let target = &browsing.target.profile.name;
    if let Err(error) = log_in_at_purchase_page(browsing, account).await {
        let said = LoginPage::of(browsing).message().await;
        let said = said.map(|said| format!("  saw      {said:?}\n")).unwrap_or_default();
        return Err(not_ready(
            &error,
            &format!("the account {} of {target} should be able to log in\n{said}", account.name),
        ));
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
