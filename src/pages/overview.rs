//! The console's overview.

use super::{Browsing, Menu};
use crate::target::{self, Page};

/// The console overview, open in the browser.
pub struct OverviewPage<'a> {
    browsing: &'a Browsing,
    elements: &'a target::OverviewPage,
}

impl<'a> OverviewPage<'a> {
    /// The overview in this browser.
    #[must_use]
    pub fn of(browsing: &'a Browsing) -> Self {
        Self { browsing, elements: &browsing.target.profile.pages.overview }
    }

    /// The menu "Cloud Products" > "Basic Products" > "Database" > "Distributed Database".
    #[must_use]
    pub fn products_menu(&self) -> Menu<'a> {
        Menu {
            page: Page::Overview,
            opens_by: self.elements.menus_open_by,
            levels: vec![&self.elements.cloud_products, &self.elements.basic_products, &self.elements.database],
            link: &self.elements.distributed_database,
        }
    }

    /// The state of the open menu.
    ///
    /// # Errors
    /// Class product: the menu is not there.
    pub async fn menu_state(&self) -> anyhow::Result<String> {
        self.browsing.visit.tree(Page::Overview.title(), &self.elements.menu).await
    }
}
