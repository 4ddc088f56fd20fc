//! The two documented ways to the purchase page, and the login before each.

use crate::{
    guard,
    pages::{Browsing, HomePage, LoginPage, ProductPage},
    target::{Account, Page, Proof},
};

/// Takes over a login that was made by hand; `false` where the account logs in with a password.
///
/// # Errors
/// Class infrastructure: the browser refuses it, or nothing of it is for hosts of the target. Class guard: the target did not prove to be what it is taken for.
pub async fn take_over_session(browsing: &Browsing, account: &Account) -> anyhow::Result<bool> {
    match &account.proof {
        Proof::Password(_) | Proof::Keys(_) | Proof::Token(_) => Ok(false),
        Proof::Session(saved) => {
            if browsing.target.profile.marker.is_some() {
                browsing.open(Page::Home).await?;
                guard::handshake(&browsing.visit, &browsing.target.profile, "handing over a login made by hand")
                    .await?;
            }
            browsing.visit.take_over(saved).await.map(|()| true)
        }
    }
}

/// Logs in on the home page (E1.1).
///
/// # Errors
/// Class product: a page or element of the way is not there.
pub async fn log_in_on_home_page(browsing: &Browsing, account: &Account) -> anyhow::Result<()> {
    let taken_over = take_over_session(browsing, account).await?;
    browsing.open(Page::Home).await?;
    if taken_over {
        return HomePage::of(browsing).should_greet(account).await;
    }
    HomePage::of(browsing).go_to_login().await?;
    LoginPage::of(browsing).log_in(account).await?;
    browsing.arrive(Page::Home).await?;
    HomePage::of(browsing).should_greet(account).await
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
    let taken_over = take_over_session(browsing, account).await?;
    let place = browsing.place(page, &[])?;
    browsing.go(&place).await?;
    if !taken_over {
        browsing.arrive(Page::Login).await?;
        LoginPage::of(browsing).log_in(account).await?;
    }
    browsing.visit.arrive(&place).await
}
