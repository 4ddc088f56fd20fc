//! Where one logs in.

use secrecy::ExposeSecret as _;

use super::Browsing;
use crate::target::{self, Account, Page};

/// The login page, open in the browser.
pub struct LoginPage<'a> {
    browsing: &'a Browsing,
    elements: &'a target::LoginPage,
}

impl<'a> LoginPage<'a> {
    /// The login page in this browser.
    #[must_use]
    pub fn of(browsing: &'a Browsing) -> Self {
        Self { browsing, elements: &browsing.target.profile.pages.login }
    }

    /// Enters e-mail and password and logs in. Does not wait for where that leads.
    ///
    /// # Errors
    /// Class product: a field or the button is not there.
    pub async fn log_in(&self, account: &Account) -> anyhow::Result<()> {
        self.browsing.at(Page::Login, &self.elements.email).enter(&account.email, None).await?;
        self.browsing.at(Page::Login, &self.elements.password).enter(account.password.expose_secret(), None).await?;
        self.browsing.at(Page::Login, &self.elements.log_in).click().await
    }
}
