//! The two documented ways to the purchase page, and the login before each.

use url::Url;

use crate::{
    domain::{Class, class_of},
    guard,
    pages::{Browsing, HomePage, LoginPage, ProductPage},
    target::{Account, Page, Proof, SavedLogin},
};

/// Takes over a login that was made by hand; `false` where the account logs in with a password.
///
/// # Errors
/// Class infrastructure: the browser refuses it, or nothing of it is for hosts of the target. Class guard: the target did not prove
/// to be what it is taken for.
pub async fn take_over_session(browsing: &Browsing, account: &Account) -> anyhow::Result<bool> {
    match &account.proof {
        Proof::Password(_) | Proof::Keys(_) | Proof::Token(_) => Ok(false),
        Proof::Session(saved) => take_over(browsing, saved, "handing over a login made by hand").await.map(|()| true),
    }
}

async fn take_over(browsing: &Browsing, saved: &SavedLogin, doing: &str) -> anyhow::Result<()> {
    if browsing.target.profile.marker.is_some() {
        browsing.open(Page::Home).await?;
        guard::handshake(&browsing.visit, &browsing.target.profile, doing).await?;
    }
    browsing.visit.take_over(saved).await
}

/// By what an account is known before it is asked.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Known {
    /// By nothing: it types its password.
    Not,
    /// By a login that was made by hand.
    ByHand,
    /// By its login that an earlier scenario of the run has made.
    Kept,
}

async fn known(browsing: &Browsing, account: &Account) -> anyhow::Result<Known> {
    // What is done on the way at the login page is done for it, from its arrival on.
    browsing.visit.account_is(&account.name, account.codes.clone());
    if take_over_session(browsing, account).await? {
        return Ok(Known::ByHand);
    }
    match browsing.target.kept_login(account).filter(|_| browsing.keeps_logins) {
        Some(login) => take_over(browsing, &login, "handing over a login of this run").await.map(|()| Known::Kept),
        None => Ok(Known::Not),
    }
}

/// Keeps the login that was just made, where logins are kept.
async fn keep(browsing: &Browsing, account: &Account) -> anyhow::Result<()> {
    if browsing.keeps_logins && browsing.target.profile.logs_in_once() {
        browsing.target.keep_login(account, &browsing.visit.login().await?);
    }
    Ok(())
}

/// Logs in on the home page (E1.1).
///
/// # Errors
/// Class product: a page or element of the way is not there.
pub async fn log_in_on_home_page(browsing: &Browsing, account: &Account) -> anyhow::Result<()> {
    let known = known(browsing, account).await?;
    let home = HomePage::of(browsing);
    browsing.open(Page::Home).await?;
    if known != Known::Not {
        let greeted = home.should_greet(account).await;
        if known == Known::ByHand || !may_have_ended(&greeted) {
            return greeted;
        }
        browsing.target.login_has_ended(account);
    }
    home.go_to_login().await?;
    LoginPage::of(browsing).log_in(account).await?;
    browsing.arrive(Page::Home).await?;
    home.should_greet(account).await?;
    keep(browsing, account).await
}

/// Whether a page may not be as it should be for want of a login.
fn may_have_ended(seen: &anyhow::Result<()>) -> bool {
    seen.as_ref().is_err_and(|error| class_of(error) == Class::Product)
}

/// From the home page by "Products" > "Database" > "Distributed Database" to the product page (E1.1).
///
/// # Errors
/// Class product: a page or element of the way is not there.
pub async fn to_product_page(browsing: &Browsing) -> anyhow::Result<()> {
    HomePage::of(browsing).products_menu().follow(browsing).await?;
    browsing.arrive(Page::Product).await
}

/// From the home page all the way to the purchase page (E1.1, E1.2).
///
/// # Errors
/// Class product: a page or element of the way is not there.
pub async fn to_purchase_page(browsing: &Browsing) -> anyhow::Result<()> {
    to_product_page(browsing).await?;
    ProductPage::of(browsing).purchase_now().await
}

/// Goes to the DCDB console by its address; it asks for the login and comes back (E2.1, CONTRACT 2).
///
/// # Errors
/// Class product: the console does not ask, or does not come back.
pub async fn log_in_at_console(browsing: &Browsing, account: &Account) -> anyhow::Result<()> {
    log_in_at(browsing, account, Page::Console).await
}

/// The same, at the purchase page.
///
/// # Errors
/// Class product: the purchase page does not ask, or does not come back.
pub async fn log_in_at_purchase_page(browsing: &Browsing, account: &Account) -> anyhow::Result<()> {
    log_in_at(browsing, account, Page::Purchase).await
}

async fn log_in_at(browsing: &Browsing, account: &Account, page: Page) -> anyhow::Result<()> {
    let known = known(browsing, account).await?;
    let place = browsing.place(page, &[])?;
    browsing.go(&place).await?;
    if known == Known::ByHand {
        return browsing.visit.arrive(&place).await;
    }
    if known == Known::Kept {
        // Where the login is asked for at once, nobody needs to wait for the page.
        if !is_at_login(browsing).await? {
            let arrived = browsing.visit.arrive(&place).await;
            if !may_have_ended(&arrived) || !is_at_login(browsing).await? {
                return arrived;
            }
        }
        browsing.target.login_has_ended(account);
    }
    browsing.arrive(Page::Login).await?;
    LoginPage::of(browsing).log_in(account).await?;
    browsing.visit.arrive(&place).await?;
    keep(browsing, account).await
}

async fn is_at_login(browsing: &Browsing) -> anyhow::Result<bool> {
    let (login, at) = (browsing.place(Page::Login, &[])?, browsing.visit.url().await?);
    let route = |url: &Url| url.fragment().map(|hash| hash.split('?').next().unwrap_or_default().to_owned());
    Ok((login.url.origin(), login.url.path()) == (at.origin(), at.path())
        && (!login.with_hash || route(&login.url) == route(&at)))
}
