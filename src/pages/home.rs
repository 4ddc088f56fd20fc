//! The portal's home page.

use super::{Browsing, Menu};
use crate::{
    browser::Condition,
    target::{self, Account, OpensIn, Page},
};

/// The home page, open in the browser.
pub struct HomePage<'a> {
    browsing: &'a Browsing,
    elements: &'a target::HomePage,
}

impl<'a> HomePage<'a> {
    /// The home page in this browser.
    #[must_use]
    pub fn of(browsing: &'a Browsing) -> Self {
        Self { browsing, elements: &browsing.target.profile.pages.home }
    }

    /// The menu "Products" > "Database" > "Distributed Database".
    #[must_use]
    pub fn products_menu(&self) -> Menu<'a> {
        Menu {
            page: Page::Home,
            opens_by: self.elements.menus_open_by,
            levels: vec![&self.elements.products, &self.elements.database],
            link: &self.elements.distributed_database,
        }
    }

    /// Goes to the login page.
    ///
    /// # Errors
    /// Class product: the link or the login page is not there.
    pub async fn go_to_login(&self) -> anyhow::Result<()> {
        self.browsing.follow(Page::Home, &self.elements.log_in, OpensIn::SameTab, Page::Login).await
    }

    /// The header names the account that is logged in.
    ///
    /// # Errors
    /// Class product: it does not.
    pub async fn should_greet(&self, account: &Account) -> anyhow::Result<()> {
        self.browsing
            .at(Page::Home, &self.elements.account.with("account", &account.name))
            .should(Condition::Visible)
            .await
    }

    /// The state of the open menu.
    ///
    /// # Errors
    /// Class product: the menu is not there.
    pub async fn menu_state(&self) -> anyhow::Result<String> {
        self.browsing.visit.tree(Page::Home.title(), &self.elements.menu).await
    }
}
