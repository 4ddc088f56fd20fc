//! A menu of several levels that ends in a link.

use crate::{
    browser::Condition,
    pages::Browsing,
    target::{Locator, OpensBy, Page},
};

/// A menu: the levels to open one after the other, and the link behind them.
#[derive(Debug)]
pub struct Menu<'a> {
    /// The page it is on.
    pub page: Page,
    /// How its levels open.
    pub opens_by: OpensBy,
    /// The levels.
    pub levels: Vec<&'a Locator>,
    /// What it leads to.
    pub link: &'a Locator,
}

impl Menu<'_> {
    /// Opens all levels; the link can be seen then.
    ///
    /// # Errors
    /// Class product: a level is not there or does not open the next.
    pub async fn open(&self, browsing: &Browsing) -> anyhow::Result<()> {
        self.open_levels(browsing).await?;
        browsing.at(self.page, self.link).should(Condition::Visible).await
    }

    /// Opens all levels and follows the link. Does not wait for where it leads.
    ///
    /// # Errors
    /// Class product: a level or the link is not there.
    pub async fn follow(&self, browsing: &Browsing) -> anyhow::Result<()> {
        self.open_levels(browsing).await?;
        browsing.at(self.page, self.link).click().await
    }

    async fn open_levels(&self, browsing: &Browsing) -> anyhow::Result<()> {
        for level in &self.levels {
            let spot = browsing.at(self.page, level);
            match self.opens_by {
                OpensBy::Hover => spot.hover().await?,
                OpensBy::Click => spot.click().await?,
            }
        }
        Ok(())
    }
}
