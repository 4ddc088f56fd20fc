//! The product page of DCDB.

use super::Browsing;
use crate::target::{self, Page};

/// The product page, open in the browser.
pub struct ProductPage<'a> {
    browsing: &'a Browsing,
    elements: &'a target::ProductPage,
}

impl<'a> ProductPage<'a> {
    /// The product page in this browser.
    #[must_use]
    pub fn of(browsing: &'a Browsing) -> Self {
        Self { browsing, elements: &browsing.target.profile.pages.product }
    }

    /// Follows "Purchase Now" to the purchase page.
    ///
    /// # Errors
    /// Class product: the link, its new tab or the purchase page does not come.
    pub async fn purchase_now(&self) -> anyhow::Result<()> {
        self.browsing
            .follow(Page::Product, &self.elements.purchase_now, self.elements.purchase_opens_in, Page::Purchase)
            .await
    }
}
