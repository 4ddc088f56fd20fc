//! Where an instance is chosen.

use super::{Browsing, ChoiceField};
use crate::{
    browser::Condition,
    domain::{Class, Failure, Field, InClass as _, Money, Purchase},
    target::{self, Likeness, Locator, OpensIn, Page, Text},
};

/// The purchase page, open in the browser.
pub struct PurchasePage<'a> {
    browsing: &'a Browsing,
    elements: &'a target::PurchasePage,
}

impl<'a> PurchasePage<'a> {
    /// The purchase page in this browser.
    #[must_use]
    pub fn of(browsing: &'a Browsing) -> Self {
        Self { browsing, elements: &browsing.target.profile.pages.purchase }
    }

    /// One of its fields.
    ///
    /// # Errors
    /// Class test: the profile does not know the field.
    pub fn field(&self, field: Field) -> anyhow::Result<ChoiceField<'a>> {
        ChoiceField::find(self.browsing, Page::Purchase, &self.elements.choices, field.key())
    }

    /// Everything that is chosen now, in whatever fields the page shows.
    ///
    /// # Errors
    /// Class infrastructure: the browser is gone.
    pub async fn read_choices(&self) -> anyhow::Result<Purchase> {
        let known = self.browsing.target.profile.catalogue.in_order().into_iter().map(|(field, _)| field);
        let known: Vec<Field> = known.filter(|field| self.elements.choices.contains_key(field.key())).collect();
        let fields = known.iter().map(|field| self.field(*field)).collect::<anyhow::Result<Vec<_>>>()?;
        let mut purchase = Purchase::default();
        for (field, key) in known.into_iter().zip(ChoiceField::read_each(&fields).await?) {
            if let Some(key) = key {
                purchase.set(field, key);
            }
        }
        Ok(purchase)
    }

    /// What money hangs on is known of this purchase, as far as the page has a field for it: how many instances it is for, and whether it
    /// is paid by the hour.
    ///
    /// # Errors
    /// Class test: the field is there, and shows what the profile has no word for.
    pub async fn should_be_understood(&self, purchase: &Purchase) -> anyhow::Result<()> {
        let catalogue = &self.browsing.target.profile.catalogue;
        let asked = catalogue
            .in_order()
            .into_iter()
            .map(|(field, _)| field)
            .filter(|field| *field == Field::QUANTITY || catalogue.is_by_the_hour_for_some(*field));
        for field in asked.filter(|field| purchase.get(*field).is_none()) {
            if let Some(choice) = self.elements.choices.get(field.key())
                && let Some(shown) = self.browsing.at(Page::Purchase, &choice.control).now().await?
            {
                let (key, text) = (field.key(), if shown.value.is_empty() { shown.text } else { shown.value });
                return Err(Failure::test(format!(
                    "purchase page: it must be known what is chosen as {field}, since money hangs on it\n  saw      {text:?}, which is none of the words of the profile\n  mend     words: {key}: in the profile, or how the page shows them (pages: purchase: choices: {key}: shows, option)"
                ))
                .into());
            }
        }
        Ok(())
    }

    /// The total fee, once the page shows an amount and no longer computes.
    ///
    /// # Errors
    /// Class product: no amount appears in time.
    pub async fn total_fee(&self) -> anyhow::Result<Money> {
        let profile = &self.browsing.target.profile;
        let amount = Condition::Settled(profile.formats.any_money(), profile.deadlines.price_settles);
        let spot = self
            .browsing
            .at(Page::Purchase, &self.elements.total_fee)
            .called("the total fee")
            .within(profile.deadlines.price);
        profile.formats.read_money(&spot.read_when(amount).await?.text).in_class(Class::Product)
    }

    /// The total fee becomes this amount.
    ///
    /// # Errors
    /// Class product: it does not in time.
    pub async fn total_fee_should_be(&self, amount: Money) -> anyhow::Result<()> {
        let profile = &self.browsing.target.profile;
        let spot = self
            .browsing
            .at(Page::Purchase, &self.elements.total_fee)
            .called("the total fee")
            .within(profile.deadlines.price);
        spot.should(Condition::Settled(profile.formats.write_money(amount), profile.deadlines.price_settles)).await
    }

    /// Nothing can be bought as it stands: no amount is shown, and "Purchase Now" cannot be pressed.
    ///
    /// # Errors
    /// Class product: it can.
    pub async fn should_not_go_on(&self) -> anyhow::Result<()> {
        // Every page is so for a moment after each choice: what counts is how it stays.
        let settles = self.browsing.target.profile.deadlines.price_settles;
        let any = Condition::Settled(Text::Like(Likeness::Contains(String::new())), settles);
        self.browsing.at(Page::Purchase, &self.elements.total_fee).called("the total fee").should(any).await?;
        self.browsing.at(Page::Purchase, &self.elements.purchase_now).should(Condition::Disabled).await?;
        let fee = self.browsing.at(Page::Purchase, &self.elements.total_fee).called("the total fee").text().await?;
        match self.browsing.target.profile.formats.read_money(&fee) {
            Err(_) => Ok(()),
            Ok(amount) => Err(Failure::product(format!(
                "purchase page: the total fee should show no amount while the purchase cannot go on\n  saw      {amount}"
            ))
            .into()),
        }
    }

    /// The undiscounted fee is struck through beside the total; `None`: there is none.
    ///
    /// # Errors
    /// Class product: there is another, or none.
    pub async fn original_fee_should_be(&self, amount: Option<Money>) -> anyhow::Result<()> {
        let spot = self.browsing.at(Page::Purchase, &self.elements.original_fee).called("the undiscounted fee");
        spot.should(match amount {
            Some(amount) => Condition::Shows(self.browsing.target.profile.formats.write_money(amount)),
            None => Condition::Absent,
        })
        .await
    }

    /// Asks again for a price that could not be had.
    ///
    /// # Errors
    /// Class product: that is not offered.
    pub async fn retry(&self) -> anyhow::Result<()> {
        self.browsing.at(Page::Purchase, &self.elements.retry).click().await
    }

    /// Presses "Purchase Now" and does not wait for what comes of it.
    ///
    /// # Errors
    /// Class product: the button is disabled.
    pub async fn press_purchase_now(&self) -> anyhow::Result<()> {
        self.browsing.at(Page::Purchase, &self.elements.purchase_now).click().await
    }

    /// The note that regions cannot communicate is shown.
    ///
    /// # Errors
    /// Class product: it is not.
    pub async fn should_note_regions(&self) -> anyhow::Result<()> {
        self.browsing.at(Page::Purchase, &self.elements.region_note).should(Condition::Visible).await
    }

    /// The link to a document of the note, by its key.
    #[must_use]
    pub fn document(&self, key: &str) -> Option<&'a Locator> {
        self.elements.documents.get(key)
    }

    /// Presses "Purchase Now": leads to the check page.
    ///
    /// # Errors
    /// Class product: the button is disabled, or the check page does not come.
    pub async fn purchase_now(&self) -> anyhow::Result<()> {
        self.browsing.follow(Page::Purchase, &self.elements.purchase_now, OpensIn::SameTab, Page::Check).await
    }
}
