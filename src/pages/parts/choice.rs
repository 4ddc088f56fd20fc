//! A field in which something is chosen, however the target draws it.

use crate::{
    browser::{Condition, Found, Inquiry, Spot},
    domain::Failure,
    pages::Browsing,
    target::{Choice, How, Likeness, Locator, Page, Text},
};

/// One field of a page or dialog.
pub struct ChoiceField<'a> {
    browsing: &'a Browsing,
    page: Page,
    field: &'a str,
    choice: &'a Choice,
}

impl<'a> ChoiceField<'a> {
    /// The field of that key among a page's choices.
    ///
    /// # Errors
    /// Class test: the profile does not know the field.
    pub fn find(
        browsing: &'a Browsing,
        page: Page,
        choices: &'a std::collections::BTreeMap<String, Choice>,
        field: &'a str,
    ) -> anyhow::Result<Self> {
        let choice = choices.get(field).ok_or_else(|| {
            Failure::test(format!(
                "the profile {} does not say how {field} is chosen on the {}",
                browsing.target.profile.name,
                page.title()
            ))
        })?;
        Ok(Self { browsing, page, field, choice })
    }

    /// How a value is written here: its word where the profile has words for the field, else the value itself.
    fn word(&self, key: &str) -> anyhow::Result<String> {
        if self.browsing.target.profile.words.contains_key(self.field) {
            self.browsing.target.profile.word(self.field, key)
        } else {
            Ok(key.to_owned())
        }
    }

    fn option(&self, word: &str) -> anyhow::Result<Locator> {
        let option = self.choice.option.as_ref().ok_or_else(|| {
            Failure::test(format!("the profile does not say what an option of {} looks like (option:)", self.field))
        })?;
        let option = option.with("option", word);
        Ok(if self.choice.how == How::Options { option.inside(&self.choice.control) } else { option })
    }

    fn shown(&self, word: &str) -> Text {
        self.choice.shows.with("option", word)
    }

    /// Makes the choice and waits until the page shows it. What is chosen already is left alone, as a buyer would.
    ///
    /// # Errors
    /// Class product: the choice is not offered, not enabled, or does not take.
    pub async fn choose(&self, key: &str) -> anyhow::Result<()> {
        if self.read().await?.as_deref() == Some(key) {
            return self.should_be(key).await;
        }
        let word = self.word(key)?;
        let control = self.control();
        match self.choice.how {
            How::Options => self.browsing.at(self.page, &self.option(&word)?).click().await?,
            How::Select => control.choose_native(&self.shown(&word)).await?,
            How::Menu => {
                control.click().await?;
                self.browsing.at(self.page, &self.option(&word)?).click().await?;
            }
            How::Field => control.shown_as(self.shown(&word)).fill(&word).await?,
            How::Checkbox => {
                let ticked = control.read_when(Condition::Visible).await?.checked;
                if ticked != (key == "on") {
                    control.click().await?;
                }
            }
        }
        self.should_be(key).await
    }

    /// Enters a text as it is, within the rules or not, and leaves the field.
    ///
    /// # Errors
    /// Class product: the field takes no text.
    pub async fn enter(&self, text: &str) -> anyhow::Result<()> {
        self.typed_into(text).fill(text).await
    }

    /// The same, but commits it with Enter.
    ///
    /// # Errors
    /// Class product: the field takes no text.
    pub async fn enter_and_commit(&self, text: &str) -> anyhow::Result<()> {
        self.typed_into(text).fill_and_enter(text).await
    }

    fn typed_into(&self, text: &str) -> Spot<'_> {
        self.control().shown_as(self.shown(text))
    }

    /// The field holds this text, as it was typed.
    ///
    /// # Errors
    /// Class product: it holds another.
    pub async fn should_hold(&self, text: &str) -> anyhow::Result<()> {
        self.control().should(Condition::Value(Text::Is(text.to_owned()))).await
    }

    /// What is chosen is written with this in it, such as its QPS.
    ///
    /// # Errors
    /// Class product: it is not.
    pub async fn should_be_written_with(&self, text: &str) -> anyhow::Result<()> {
        self.control().should(Condition::Value(Text::Like(Likeness::Contains(text.to_owned())))).await
    }

    /// The option is shown, but cannot be chosen.
    ///
    /// # Errors
    /// Class product: it can be, or is not shown at all.
    pub async fn should_not_be_offered(&self, key: &str) -> anyhow::Result<()> {
        let word = self.word(key)?;
        let control = self.control();
        match self.choice.how {
            How::Options | How::Menu => {
                let option = self.browsing.at(self.page, &self.any_writing(&word)?);
                self.where_shown(async || option.should(Condition::Disabled).await).await
            }
            How::Select => {
                let options = control.native_options().await?;
                match options.iter().find(|(label, _)| label.starts_with(&word)) {
                    Some((_, false)) => Ok(()),
                    found => Err(Failure::product(format!(
                        "{}: {} should show {word:?}, not to be chosen\n  saw      {}",
                        self.page.title(),
                        self.called(),
                        found.map_or_else(
                            || format!("{options:?}"),
                            |(label, _)| format!("{label:?}, which can be chosen")
                        )
                    ))
                    .into()),
                }
            }
            How::Field | How::Checkbox => Err(Failure::test(format!("{} has no options", self.field)).into()),
        }
    }

    /// None of these is on offer, whether shown or not, where the chosen one is.
    ///
    /// # Errors
    /// Class product: one is; or what is chosen is not among what is offered.
    pub async fn should_offer_none_of(&self, keys: &[&str]) -> anyhow::Result<()> {
        let chosen = self.read().await?.ok_or_else(|| {
            Failure::product(format!("{}: something should be chosen as {}", self.page.title(), self.called()))
        })?;
        let others = keys.iter().map(|key| self.word(key)).collect::<anyhow::Result<Vec<_>>>()?;
        let control = self.control();
        if self.choice.how == How::Select {
            let options = control.native_options().await?;
            let offered = |label: &str, word: &str| self.shown(word).admits(label);
            return match options.iter().find(|(label, on)| *on && others.iter().any(|word| offered(label, word))) {
                None => Ok(()),
                Some((label, _)) => Err(Failure::product(format!(
                    "{}: {label:?} should not be on offer as {}\n  saw      {}",
                    self.page.title(),
                    self.called(),
                    options.iter().map(|(label, _)| label.as_str()).collect::<Vec<_>>().join(", ")
                ))
                .into()),
            };
        }
        let option = |word: &str| self.option(word).map(|option| self.browsing.at(self.page, &option));
        let mut expected = vec![(option(&self.word(&chosen)?)?, Condition::Visible)];
        for word in &others {
            expected.push((option(word)?, Condition::Unoffered));
        }
        self.where_shown(async || Spot::each_should(&expected).await).await
    }

    /// The option whatever is added to its word, such as why it cannot be chosen.
    fn any_writing(&self, word: &str) -> anyhow::Result<Locator> {
        let mut option = self.option(word)?;
        let starts = || Some(Text::Like(Likeness::Starts(word.to_owned())));
        match (&option.name, &option.text) {
            (Some(_), _) => option.name = starts(),
            (None, Some(_)) => option.text = starts(),
            (None, None) => {}
        }
        Ok(option)
    }

    /// The value is the chosen one.
    ///
    /// # Errors
    /// Class product: it is not, in time.
    pub async fn should_be(&self, key: &str) -> anyhow::Result<()> {
        let word = self.word(key)?;
        let control = self.control();
        match self.choice.how {
            How::Options => self.browsing.at(self.page, &self.option(&word)?).should(Condition::Checked).await,
            How::Select | How::Menu | How::Field => control.should(Condition::Value(self.shown(&word))).await,
            How::Checkbox => control.should(if key == "on" { Condition::Checked } else { Condition::Unchecked }).await,
        }
    }

    /// The key of what is chosen now; `None` where the field is not on the page now, or says something that the profile
    /// has no word for.
    ///
    /// # Errors
    /// Class infrastructure: the browser is gone.
    pub async fn read(&self) -> anyhow::Result<Option<String>> {
        Ok(Self::read_each(std::slice::from_ref(self)).await?.remove(0))
    }

    /// The same of several fields of one page, at one moment.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub async fn read_each(fields: &[Self]) -> anyhow::Result<Vec<Option<String>>> {
        let Some(first) = fields.first() else { return Ok(Vec::new()) };
        let asked: Vec<Inquiry> = fields.iter().map(Self::inquiry).collect();
        let found = first.browsing.visit.read_each(first.page.title(), &asked).await?;
        Ok(fields.iter().zip(found).map(|(field, found)| field.key_of(found)).collect())
    }

    fn inquiry(&self) -> Inquiry {
        match (self.choice.how, &self.choice.option) {
            (How::Options, Some(option)) => Inquiry::Chosen(option.any("option").inside(&self.choice.control)),
            _ => Inquiry::Now(self.choice.control.clone()),
        }
    }

    fn key_of(&self, found: Found) -> Option<String> {
        let words = self.browsing.target.profile.words.get(self.field);
        match self.choice.how {
            How::Options => {
                let name = found.names.into_iter().next()?;
                match words {
                    Some(words) => words.key(&name, |word| Text::Is(word.to_owned())),
                    None => Some(name),
                }
            }
            How::Checkbox => Some(if found.reading?.checked { "on" } else { "off" }.to_owned()),
            How::Select | How::Menu | How::Field => {
                let shown = found.reading?.value;
                match words {
                    Some(words) => words.key(&shown, |word| self.shown(word)),
                    None => self.choice.shows.extract("option", &shown),
                }
            }
        }
    }

    fn control(&self) -> Spot<'_> {
        self.browsing.at(self.page, &self.choice.control).called(self.called())
    }

    /// Looks at options where they can be seen: in a menu once it is open, which is closed again.
    async fn where_shown(&self, look: impl AsyncFnOnce() -> anyhow::Result<()>) -> anyhow::Result<()> {
        if self.choice.how != How::Menu {
            return look().await;
        }
        self.control().click().await?;
        let looked = look().await;
        self.control().click_and_escape().await?;
        looked
    }

    fn called(&self) -> String {
        format!("{} ({})", self.field.replace('-', " "), self.choice.control)
    }
}
