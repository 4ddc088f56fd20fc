//! Where one logs in.

use secrecy::ExposeSecret as _;

use super::Browsing;
use crate::{
    browser::Condition,
    guard,
    target::{self, Account, Lacking, Paced, Page, Proof, Text},
};

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

    /// Enters these and logs in, once the target has proved to be what it is taken for. Does not wait for where that leads.
    ///
    /// # Errors
    /// Class product: a field or the button is not there. Class guard: the target did not prove itself; nothing was typed.
    pub async fn try_login(&self, email: &str, password: &str) -> anyhow::Result<()> {
        let _turn = self.browsing.turn(Paced::Login).await;
        guard::handshake(&self.browsing.visit, &self.browsing.target.profile, "typing a password").await?;
        self.browsing.at(Page::Login, &self.elements.email).enter(email, None).await?;
        self.browsing.at(Page::Login, &self.elements.password).enter(password, None).await?;
        self.browsing.at(Page::Login, &self.elements.log_in).click().await
    }

    /// The e-mail address that was typed is still there.
    ///
    /// # Errors
    /// Class product: it is not.
    pub async fn should_keep_email(&self, email: &str) -> anyhow::Result<()> {
        let field = self.browsing.at(Page::Login, &self.elements.email);
        field.should(Condition::Value(Text::Is(email.to_owned()))).await
    }

    /// What the page says of a login that failed, as far as it says anything now.
    pub async fn message(&self) -> Option<String> {
        // Only to tell more of a failure that is known already.
        let said = self.browsing.at(Page::Login, &self.elements.message).now().await.ok().flatten();
        said.map(|said| said.text).filter(|text| !text.is_empty())
    }

    /// Enters e-mail and password and logs in. Does not wait for where that leads.
    ///
    /// # Errors
    /// Class product: a field or the button is not there. [`Lacking`] for an account that has no password.
    pub async fn log_in(&self, account: &Account) -> anyhow::Result<()> {
        match &account.proof {
            Proof::Password(password) => {
                self.browsing.visit.account_is(&account.name, account.codes.clone());
                self.try_login(&account.email, password.expose_secret()).await
            }
            Proof::Session(_) | Proof::Keys(_) | Proof::Token(_) => {
                Err(Lacking(format!("{} has a saved session instead of a password to log in with", account.name))
                    .into())
            }
        }
    }
}
