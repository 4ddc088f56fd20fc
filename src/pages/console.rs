//! The DCDB console: the instances of a region, and what can be done with them.

use std::time::{Duration, Instant};

use jiff::civil::Date;
use serde_json::json;

use super::{Browsing, ChoiceField, parts::holds};
use crate::{
    browser::{Condition, Reading, Spot},
    domain::{Content, Failure, Field, InstanceId, Region, Status},
    target::{self, Formats, Likeness, Locator, Page, Text},
};

/// Tabs that are made by scripts, and lists that follow them, come in about this time, if they come at all.
const TABS_COME: Duration = Duration::from_millis(500);

/// A menu of operations is looked into for so long before it is opened anew.
const MENU_STANDS: Duration = Duration::from_millis(500);

/// The DCDB console, open in the browser.
pub struct ConsolePage<'a> {
    browsing: &'a Browsing,
    elements: &'a target::ConsolePage,
}

/// A row of the instance list, as written there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstanceRow {
    /// The instance.
    pub id: InstanceId,
    /// Its name.
    pub name: String,
    /// Its status as written.
    pub status: String,
}

/// What can be done with an instance (CONTRACT 3.6.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// "Initialize".
    Initialize,
    /// "Terminate/Return".
    Return,
}

impl<'a> ConsolePage<'a> {
    /// The DCDB console in this browser.
    #[must_use]
    pub fn of(browsing: &'a Browsing) -> Self {
        Self { browsing, elements: &browsing.target.profile.pages.console }
    }

    /// Follows "New" to the purchase page.
    ///
    /// # Errors
    /// Class product: the link, its new tab or the purchase page does not come.
    pub async fn new_instance(&self) -> anyhow::Result<()> {
        self.browsing.follow(Page::Console, &self.elements.new, self.elements.new_opens_in, Page::Purchase).await
    }

    /// Turns to the instances of a region.
    ///
    /// # Errors
    /// Class product: the region has no tab.
    pub async fn show_region(&self, region: Region) -> anyhow::Result<()> {
        let tab = self.tab(region)?;
        tab.click().await?;
        tab.should(Condition::Checked).await
    }

    /// The region shown has no instance, and the page says so.
    ///
    /// # Errors
    /// Class product: it has, or the page does not say so.
    pub async fn should_be_empty(&self) -> anyhow::Result<()> {
        self.browsing.at(Page::Console, &self.elements.empty).should(Condition::Visible).await?;
        self.browsing.at(Page::Console, &self.elements.row).called("instances").should(Condition::Count(0)).await
    }

    /// All instances of the region shown, once there are so many.
    ///
    /// # Errors
    /// Class product: there are fewer or more, or one has no well-formed id.
    pub async fn instances(&self, count: usize) -> anyhow::Result<Vec<InstanceRow>> {
        self.instances_at(&self.elements.row, "instances".into(), count).await
    }

    /// The instances of the region shown that were given this name, or one made from it; others may be there as well.
    ///
    /// # Errors
    /// As [`Self::instances`].
    pub async fn instances_named(&self, name: &str, count: usize) -> anyhow::Result<Vec<InstanceRow>> {
        let row = Locator { containing: Some(name.to_owned()), ..self.elements.row.clone() };
        self.instances_at(&row, format!("instances named {name}"), count).await
    }

    async fn instances_at(&self, row: &Locator, called: String, count: usize) -> anyhow::Result<Vec<InstanceRow>> {
        let rows = self.browsing.at(Page::Console, row).called(called);
        let shape = Formats::whole(&self.browsing.target.profile.formats.instance_id)?;
        let found = rows.rows_when(count, &self.elements.cells).await;
        if found.is_err() {
            self.show_what_is_listed().await;
        }
        found?
            .into_iter()
            .map(|row| {
                let cell = |name: &str| {
                    row.get(name).cloned().flatten().ok_or_else(|| {
                        Failure::product(format!(
                            "DCDB console: the list of instances has no {name}\n  saw      {row:?}"
                        ))
                    })
                };
                let (id, name, status) = (cell("id")?, cell("name")?, cell("status")?);
                if !shape.is_match(&id) {
                    return Err(Failure::product(format!(
                        "DCDB console: an instance should have an id like {}\n  saw      {id:?}",
                        shape.as_str()
                    ))
                    .into());
                }
                Ok(InstanceRow { id: InstanceId(id), name, status })
            })
            .collect()
    }

    /// Attaches all that is listed, for whoever asks why what was meant is not.
    async fn show_what_is_listed(&self) {
        let rows = self.browsing.at(Page::Console, &self.elements.row).within(Duration::from_millis(300));
        if let Ok(rows) = rows.rows(&self.elements.cells).await {
            self.browsing.attachments.add("instances that are listed", Content::Json(json!(rows)));
        }
    }

    /// All instances of a region, however many; none where the console has no tab for it, or one that counts none.
    ///
    /// # Errors
    /// Class product: its list does not come, or is not as long as its tab says.
    pub async fn all_of_region(&self, region: Region) -> anyhow::Result<Vec<InstanceRow>> {
        let Some(shown) = self.tab_as_it_settles(region).await? else { return Ok(Vec::new()) };
        match counted(&shown.text) {
            Some(0) => Ok(Vec::new()),
            count => {
                // What is listed before the region's own list comes is another's.
                let others = if shown.checked { Vec::new() } else { self.ids_now().await? };
                self.show_region(region).await?;
                self.listed(count, &others).await
            }
        }
    }

    /// The same, looked at also where the tab counts none: what is listed is held against it.
    ///
    /// # Errors
    /// As [`Self::all_of_region`].
    pub async fn all_as_listed(&self, region: Region) -> anyhow::Result<Vec<InstanceRow>> {
        let all = self.all_of_region(region).await?;
        if all.is_empty() && self.tab(region)?.now().await?.is_some() {
            self.show_region(region).await?;
            self.should_be_empty().await?;
        }
        Ok(all)
    }

    /// The tab of a region, if the console has one: tabs may come after the page, and count up from nothing.
    async fn tab_as_it_settles(&self, region: Region) -> anyhow::Result<Option<Reading>> {
        let tab = self.tab(region)?;
        let shown = tab.now().await?;
        match shown.as_ref().map(|shown| counted(&shown.text)) {
            Some(Some(0)) => self.counts_settle(region).await?,
            Some(_) => return Ok(shown),
            // Two of them are none that can be believed.
            None if !self.has_tab(region).await? => {
                tab.should(Condition::Absent).await?;
                return Ok(None);
            }
            None => self.counts_settle(region).await?,
        }
        tab.now().await
    }

    /// The ids that are listed now, as they are written.
    async fn ids_now(&self) -> anyhow::Result<Vec<Option<String>>> {
        let rows = self.browsing.at(Page::Console, &self.elements.row).rows(&self.elements.cells).await?;
        Ok(rows.into_iter().map(|mut row| row.remove("id").flatten()).collect())
    }

    /// The instances of the region that was turned to, once they are listed: so many, where its tab says so, and not those of the
    /// `others` that stood there before.
    async fn listed(&self, count: Option<usize>, others: &[Option<String>]) -> anyhow::Result<Vec<InstanceRow>> {
        let (begun, within) = (Instant::now(), self.browsing.target.profile.deadlines.element);
        loop {
            let count = match count {
                Some(count) => count,
                None => self.uncounted().await?,
            };
            let all = self.instances(count).await?;
            let is_old = |row: &InstanceRow| others.iter().any(|other| other.as_ref() == Some(&row.id.0));
            match all.iter().find(|row| is_old(row)) {
                None => return Ok(all),
                Some(old) if self.browsing.left_of(within, begun).is_zero() => {
                    let text = format!(
                        "DCDB console: the instances of the region should be listed, and none of another\n  saw      {} still, which was listed under the region before",
                        old.id
                    );
                    return Err(Failure::product(text).into());
                }
                Some(old) => {
                    let gone = self.browsing.at(Page::Console, &self.row(&old.id)).within(TABS_COME);
                    let _looked_at_next = holds(gone.should(Condition::Absent).await)?;
                }
            }
        }
    }

    /// Whether the console has a tab for a region, and no instance there.
    ///
    /// # Errors
    /// As [`Self::all_of_region`].
    pub async fn is_there_without_instances(&self, region: Region) -> anyhow::Result<bool> {
        let is_there = self.tab(region)?.now().await?.is_some();
        Ok(is_there && self.all_of_region(region).await?.is_empty())
    }

    /// The tab of a region.
    fn tab(&self, region: Region) -> anyhow::Result<Spot<'a>> {
        let profile = &self.browsing.target.profile;
        let word = profile.word("region", region.key())?;
        let tab = self.browsing.at(Page::Console, &self.elements.region.with("region", &word));
        Ok(tab.called(format!("the tab of {}", profile.catalogue.written(Field::REGION, region.key()))))
    }

    /// Whether the console has a tab for a region: it may have none, or none that tells one region from another.
    ///
    /// # Errors
    /// Class infrastructure: the browser is gone.
    pub async fn has_tab(&self, region: Region) -> anyhow::Result<bool> {
        holds(self.tab(region)?.within(TABS_COME).should(Condition::Visible).await)
    }

    /// The tab counts what it will: a list that is made by scripts has come.
    ///
    /// # Errors
    /// Class product: the region has no tab, or it goes on changing.
    pub async fn counts_settle(&self, region: Region) -> anyhow::Result<()> {
        let (tab, settled) = self.settled_tab(region)?;
        tab.should(settled).await
    }

    /// The tabs of all regions that have one do, each in its own time. `region`: one that must have one.
    ///
    /// # Errors
    /// Class product: the region has no tab, or one goes on changing.
    pub async fn all_counts_settle(&self, region: Option<Region>) -> anyhow::Result<()> {
        if let Some(region) = region {
            self.tab(region)?.should(Condition::Visible).await?;
        }
        let mut settled = Vec::new();
        for region in self.browsing.target.profile.regions() {
            let tab = self.settled_tab(region)?;
            if tab.0.now().await?.is_some() {
                settled.push(tab);
            }
        }
        Spot::each_should(&settled).await
    }

    fn settled_tab(&self, region: Region) -> anyhow::Result<(Spot<'a>, Condition)> {
        let profile = &self.browsing.target.profile;
        let any = Text::Like(Likeness::Contains(profile.word("region", region.key())?));
        Ok((self.tab(region)?, Condition::Settled(any, profile.deadlines.price_settles)))
    }

    /// How many instances the tab of a region counts now; `None` where there is no such tab, or it does not count.
    ///
    /// # Errors
    /// Class infrastructure: the browser is gone.
    pub async fn count_of(&self, region: Region) -> anyhow::Result<Option<usize>> {
        Ok(self.tab(region)?.now().await?.and_then(|tab| counted(&tab.text)))
    }

    /// How many instances the region shown has, where its tab does not say so: once there are any, or the page says that there
    /// are none.
    async fn uncounted(&self) -> anyhow::Result<usize> {
        let (begun, within) = (Instant::now(), self.browsing.target.profile.deadlines.element);
        loop {
            let rows = self.browsing.at(Page::Console, &self.elements.row).rows(&self.elements.cells).await?;
            let empty = self.browsing.at(Page::Console, &self.elements.empty).within(Duration::from_millis(250));
            match empty.should(Condition::Visible).await {
                Ok(()) => return Ok(0),
                Err(_) if !rows.is_empty() => return Ok(rows.len()),
                Err(error) if self.browsing.left_of(within, begun).is_zero() => return Err(error),
                Err(_) => {}
            }
        }
    }

    fn row(&self, id: &InstanceId) -> Locator {
        self.elements.instance.with("instance", &id.0)
    }

    /// An instance comes to a status.
    ///
    /// # Errors
    /// Class product: it does not in time.
    pub async fn status_should_become(&self, id: &InstanceId, status: Status, within: Duration) -> anyhow::Result<()> {
        let word = self.browsing.target.profile.word("status", status.key())?;
        self.cell(id, "status")?.within(within).should(Condition::Shows(Text::Is(word))).await
    }

    /// Cells of an instance's row show these.
    ///
    /// # Errors
    /// Class product: one does not in time.
    pub async fn cells_should_show(
        &self,
        id: &InstanceId,
        cells: impl IntoIterator<Item = (&'static str, Text)>,
    ) -> anyhow::Result<()> {
        let shown = cells.into_iter().map(|(cell, text)| Ok((self.cell(id, cell)?, Condition::Shows(text))));
        Spot::each_should(&shown.collect::<anyhow::Result<Vec<_>>>()?).await
    }

    fn cell(&self, id: &InstanceId, cell: &str) -> anyhow::Result<Spot<'_>> {
        let locator = self.elements.cells.get(cell);
        let locator =
            locator.ok_or_else(|| Failure::test(format!("the profile names no cell {cell} of the console's list")))?;
        Ok(self.browsing.at(Page::Console, &locator.inside(&self.row(id))).called(format!("the {cell} of {id}")))
    }

    /// How many instances the tab of a region counts.
    ///
    /// # Errors
    /// Class product: the region has no tab, or its tab no such count in time.
    pub async fn region_should_count(&self, region: Region, count: usize) -> anyhow::Result<()> {
        let shows = Text::Like(Likeness::Matches(format!(r"[(（]{count}[)）]$")));
        self.tab(region)?.should(Condition::Shows(shows)).await
    }

    /// Whether an operation is offered for an instance.
    ///
    /// # Errors
    /// Class product: it is where it should not be, or is not where it should.
    pub async fn operation_should_be(
        &self,
        id: &InstanceId,
        operation: Operation,
        offered: bool,
    ) -> anyhow::Result<()> {
        let locator = match operation {
            Operation::Initialize => &self.elements.initialize,
            Operation::Return => &self.elements.terminate,
        };
        if offered {
            self.operation(id, locator, self.browsing.target.profile.deadlines.element).await.map(drop)?;
            return self.close_menu(id).await;
        }
        let Some(more) = &self.elements.more else {
            let spot = self.browsing.at(Page::Console, &locator.inside(&self.row(id)));
            // A row that is gone offers nothing either.
            let row = self.row(id);
            let listed = self.browsing.at(Page::Console, &row).called(format!("instance {id}"));
            let spot = spot.called(format!("{locator} of {id}"));
            return Spot::each_should(&[(listed, Condition::Visible), (spot, Condition::Unoffered)]).await;
        };
        let more = || self.browsing.at(Page::Console, &more.inside(&self.row(id))).within(MENU_STANDS);
        // What cannot be opened offers nothing.
        if !holds(more().should(Condition::Enabled).await)? {
            return Ok(());
        }
        more().click().await?;
        // What it offers may come a moment after the press.
        let spot = self.browsing.at(Page::Console, locator).within(MENU_STANDS);
        let is_offered = holds(spot.should(Condition::Enabled).await)?;
        self.close_menu(id).await?;
        if is_offered {
            let text = format!(
                "{}: {locator} of {id} should not be on offer\n  saw      it in the menu of operations",
                Page::Console.title()
            );
            return Err(Failure::product(text).into());
        }
        Ok(())
    }

    /// An operation of an instance once it is offered: in its row; or in the menu that is opened there, which is open then.
    async fn operation(&self, id: &InstanceId, locator: &Locator, within: Duration) -> anyhow::Result<Spot<'_>> {
        let called = |spot: Spot<'a>| spot.called(format!("{locator} of {id}"));
        let Some(more) = &self.elements.more else {
            let spot = called(self.browsing.at(Page::Console, &locator.inside(&self.row(id)))).within(within);
            return spot.should(Condition::Enabled).await.map(|()| spot);
        };
        let begun = Instant::now();
        loop {
            // It may come with what it offers.
            let more = self.browsing.at(Page::Console, &more.inside(&self.row(id)));
            let more = more.within(self.browsing.left_of(within, begun).max(MENU_STANDS));
            more.should(Condition::Enabled).await?;
            more.click().await?;
            // It may stay as it was when it was opened, whatever becomes of the instance.
            let spot = called(self.browsing.at(Page::Console, locator)).within(MENU_STANDS);
            match spot.should(Condition::Enabled).await {
                Ok(()) => return Ok(spot),
                Err(unlike) if self.browsing.left_of(within, begun).is_zero() => return Err(unlike),
                Err(_) => self.close_menu(id).await?,
            }
        }
    }

    async fn open_operation(&self, id: &InstanceId, locator: &Locator) -> anyhow::Result<()> {
        if self.elements.more.is_none() {
            return self.browsing.at(Page::Console, &locator.inside(&self.row(id))).click().await;
        }
        let within = self.browsing.target.profile.deadlines.element;
        self.operation(id, locator, within).await?.click().await
    }

    async fn close_menu(&self, id: &InstanceId) -> anyhow::Result<()> {
        match &self.elements.more {
            Some(more) => self.browsing.at(Page::Console, &more.inside(&self.row(id))).click_and_escape().await,
            None => Ok(()),
        }
    }

    /// An instance comes to a state in which it can be returned.
    ///
    /// # Errors
    /// Class product: it does not in time.
    pub async fn should_become_returnable(&self, id: &InstanceId, within: Duration) -> anyhow::Result<()> {
        self.operation(id, &self.elements.terminate, within).await.map(drop)?;
        self.close_menu(id).await
    }

    /// Opens the dialog to return an instance.
    ///
    /// # Errors
    /// Class product: the operation is not offered, or the dialog does not open.
    pub async fn open_return(&self, id: &InstanceId) -> anyhow::Result<()> {
        self.open_operation(id, &self.elements.terminate).await?;
        self.browsing.at(Page::Console, &self.elements.return_dialog.dialog).should(Condition::Visible).await
    }

    /// Returns the instance of the open dialog, with or without consent. Does not wait for what comes of it.
    ///
    /// # Errors
    /// Class product: consent or button is not there.
    pub async fn press_return(&self, consent: bool) -> anyhow::Result<()> {
        let dialog = &self.elements.return_dialog;
        if consent {
            self.browsing.at(Page::Console, &dialog.consent).click().await?;
        }
        self.browsing.at(Page::Console, &dialog.ok).click().await
    }

    /// A field of the open dialog to initialise: `character-set`, `table-names` or `sync-mode`.
    ///
    /// # Errors
    /// Class test: the profile does not know the field.
    pub fn initialise_field(&self, field: &'a str) -> anyhow::Result<ChoiceField<'a>> {
        ChoiceField::find(self.browsing, Page::Console, &self.elements.initialise_dialog.choices, field)
    }

    /// Presses "OK" in the open dialog to initialise, whatever was chosen. Does not wait for what comes of it.
    ///
    /// # Errors
    /// Class product: the button is not there.
    pub async fn press_initialise(&self) -> anyhow::Result<()> {
        self.browsing.at(Page::Console, &self.elements.initialise_dialog.ok).click().await
    }

    /// Presses "Cancel" in the open dialog to initialise; it closes.
    ///
    /// # Errors
    /// Class product: it does not.
    pub async fn cancel_initialise(&self) -> anyhow::Result<()> {
        self.browsing.at(Page::Console, &self.elements.initialise_dialog.cancel).click().await?;
        self.browsing.at(Page::Console, &self.elements.initialise_dialog.dialog).should(Condition::Absent).await
    }

    /// The day on which an instance expires, as its row says now; `None` where the profile does not say where that is written, or
    /// what is written there is no day of its format.
    ///
    /// # Errors
    /// Class infrastructure: the browser is gone.
    pub async fn expires(&self, id: &InstanceId) -> anyhow::Result<Option<Date>> {
        if !self.elements.cells.contains_key("expires") {
            return Ok(None);
        }
        let written = self.cell(id, "expires")?.now().await?;
        Ok(written.and_then(|written| self.browsing.target.profile.formats.read_day(&written.text)))
    }

    /// Opens the dialog to initialise an instance.
    ///
    /// # Errors
    /// Class product: the operation is not offered, or the dialog does not open.
    pub async fn open_initialise(&self, id: &InstanceId) -> anyhow::Result<()> {
        self.open_operation(id, &self.elements.initialize).await?;
        self.browsing.at(Page::Console, &self.elements.initialise_dialog.dialog).should(Condition::Visible).await
    }

    /// Makes these choices in the open dialog, parameters by their keys.
    ///
    /// # Errors
    /// Class product: a choice is not offered.
    pub async fn choose_parameters(&self, parameters: &[(String, String)]) -> anyhow::Result<()> {
        for (field, key) in parameters {
            self.initialise_field(field)?.choose(key).await?;
        }
        Ok(())
    }

    /// Fills in the open dialog, with these parameters by their keys, and starts the initialisation.
    ///
    /// # Errors
    /// Class product: a choice is not offered, or the dialog does not close.
    pub async fn initialise(&self, parameters: &[(String, String)]) -> anyhow::Result<()> {
        self.choose_parameters(parameters).await?;
        let dialog = &self.elements.initialise_dialog;
        self.browsing.at(Page::Console, &dialog.ok).click().await?;
        self.browsing.at(Page::Console, &dialog.dialog).should(Condition::Absent).await
    }

    /// The state of the open dialog.
    ///
    /// # Errors
    /// Class product: it is not open.
    pub async fn initialise_dialog_state(&self) -> anyhow::Result<String> {
        self.browsing.visit.tree(Page::Console.title(), &self.elements.initialise_dialog.dialog).await
    }
}

/// The count behind the name of a region: `Guangzhou (2)`.
fn counted(text: &str) -> Option<usize> {
    text.trim_end().strip_suffix([')', '）'])?.rsplit(['(', '（']).next()?.parse().ok()
}
