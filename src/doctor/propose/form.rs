//! The purchase page: which of its controls is which field of the catalogue, what they offer, and what the price follows.

use indexmap::{IndexMap, IndexSet};
use regex::Regex;
use serde_yaml::Value;

use super::way::{NOW, Way, first_line, is_same_page};
use crate::{
    browser::{Offered, Thing},
    domain::{Field, Purchase},
    pages::ChoiceField,
    repair::{
        book::{Known, Surety, text_value, value_of},
        evidence::{self, AHEAD, STANDS_OUT, called},
        field::{Control, Wanted, controls, money, number, stem, word_of},
        trade,
    },
    target::{How, Item, Kind, Likeness, Locator, OpensIn, Page, Text, regex_escape},
};

impl Way<'_> {
    /// The purchase page, which is open.
    pub(super) async fn purchase(&mut self) -> anyhow::Result<()> {
        self.head(Page::Purchase);
        self.sign().await?;
        self.place().await?;
        let opening = self.profile().catalogue.opening();
        let mut all = controls(&self.seen);
        self.open_menus(&mut all).await?;
        self.fields(&all, &opening, |item| item.shown_with.is_empty()).await?;
        self.fee().await?;
        self.note_of_regions().await?;
        self.hidden_fields().await?;
        self.original_fee().await?;
        let why = "needs a price that cannot be had";
        self.unseen("retry", why);
        Ok(())
    }

    /// What each menu offers: opened, read and closed again, and nothing chosen.
    async fn open_menus(&mut self, all: &mut [Control]) -> anyhow::Result<()> {
        for control in all.iter_mut().filter(|control| control.how == How::Menu) {
            let Some(way) = self.ways(control.thing.id, true).await?.into_iter().next() else { continue };
            let before: Vec<usize> = self.seen.things.iter().map(|thing| thing.id).collect();
            let (tab, here) = (self.browsing.visit.tab(), self.url().await?);
            if self.browsing.at(self.page, &way).within(NOW).click().await.is_err() {
                continue;
            }
            let opened = self.survey().await;
            if self.came_of(opened).is_err() || !is_same_page(&self.url().await?, &here) {
                // It is no menu: it leads elsewhere.
                self.back_to(&tab, &here).await?;
                continue;
            }
            let fresh = |thing: &&Thing| !before.contains(&thing.id) && thing.own && !called(thing).is_empty();
            let listed: Vec<Thing> = self.seen.things.iter().filter(fresh).cloned().collect();
            let ids: Vec<usize> = listed.iter().map(|thing| thing.id).collect();
            control.list = self.browsing.visit.holder(self.page.title(), &ids).await?;
            control.offers = listed
                .into_iter()
                .map(|thing| Offered {
                    id: thing.id,
                    text: called(&thing).to_owned(),
                    role: thing.role.clone(),
                    disabled: thing.disabled,
                    chosen: called(&thing) == control.thing.value,
                })
                .collect();
            let _closed = self.browsing.at(self.page, &way).within(NOW).click_and_escape().await;
            self.survey().await?;
        }
        Ok(())
    }

    /// Which control is which field, as far as the profile's own ways do not tell.
    async fn fields(
        &mut self,
        all: &[Control],
        opening: &Purchase,
        is_meant: impl Fn(&Item) -> bool,
    ) -> anyhow::Result<()> {
        let catalogue = self.profile().catalogue.clone();
        let mut wanted: Vec<Wanted<'_>> = Vec::new();
        for (field, item) in catalogue.in_order().into_iter().filter(|(_, item)| is_meant(item)) {
            if self.profile().lacks.contains_key(field.key()) {
                continue;
            }
            wanted.push(Wanted::of(field, item, opening));
        }
        let mut taken: Vec<usize> = Vec::new();
        let mut open: Vec<usize> = Vec::new();
        for (at, want) in wanted.iter().enumerate() {
            match self.given_control(want.field.key(), all).await? {
                Some(control) => {
                    taken.push(control);
                    self.field_of(want, &all[control], None).await?;
                }
                None => open.push(at),
            }
        }
        let free: Vec<usize> = (0..all.len()).filter(|at| !taken.contains(at)).collect();
        let mut pairs: Vec<(i32, usize, usize, Vec<String>)> = Vec::new();
        for &at in &open {
            for &control in &free {
                if let Some((points, why)) =
                    wanted[at].evidence(&all[control], all).filter(|(points, why)| *points > 0 && !why.is_empty())
                {
                    pairs.push((points, at, control, why));
                }
            }
        }
        pairs.sort_by_key(|(points, at, control, _)| (-points, *at, *control));
        let mut chosen: IndexMap<usize, (usize, i32, Vec<String>)> = IndexMap::new();
        for (points, at, control, why) in &pairs {
            if !chosen.contains_key(at) && !chosen.values().any(|(taken, ..)| taken == control) {
                chosen.insert(*at, (*control, *points, why.clone()));
            }
        }
        for &at in &open {
            let key = format!("choices/{}", wanted[at].field.key());
            let Some((control, points, why)) = chosen.get(&at).cloned() else {
                let near = self.near_of_choice(wanted[at].field.key());
                self.missing(&key, format!("no control here is like it{near}"));
                continue;
            };
            // Whoever has a better one of its own is no rival.
            let settled = |other: usize, of: usize| {
                chosen.iter().any(|(item, (control, better, _))| {
                    (*control == other || *item == of) && *item != at && *better > points
                })
            };
            let rival = pairs
                .iter()
                .filter(|(_, item, other, _)| (*item == at) != (*other == control) && !settled(*other, *item))
                .map(|(points, ..)| *points)
                .max()
                .unwrap_or(0);
            let surety = if points >= STANDS_OUT && points - rival >= AHEAD { Surety::Sure } else { Surety::Unsure };
            self.field_of(&wanted[at], &all[control], Some((surety, why))).await?;
        }
        Ok(())
    }

    fn near_of_choice(&self, key: &str) -> String {
        let choice = self.profile().pages.purchase.choices.get(key);
        choice.map_or_else(String::new, |choice| self.near(&choice.control))
    }

    /// The control that the profile's own way finds, where it is used as the profile says.
    async fn given_control(&self, key: &str, all: &[Control]) -> anyhow::Result<Option<usize>> {
        let Some(choice) = self.profile().pages.purchase.choices.get(key) else { return Ok(None) };
        let Some(id) = self.finds(&choice.control).await? else { return Ok(None) };
        let offers = self.thing(id).map(|thing| thing.offers.iter().map(|offer| offer.id).collect::<Vec<_>>());
        Ok(all.iter().position(|control| {
            let own: Vec<usize> = control.offers.iter().map(|offer| offer.id).collect();
            let same_group = control.how == How::Options && !own.is_empty() && offers.as_ref() == Some(&own);
            control.how == choice.how && (control.thing.id == id || same_group)
        }))
    }

    /// What the profile is to say of a field: `found` where it is another control than the profile's.
    async fn field_of(
        &mut self,
        want: &Wanted<'_>,
        control: &Control,
        found: Option<(Surety, Vec<String>)>,
    ) -> anyhow::Result<()> {
        let field = want.field.key();
        let given = self.profile().pages.purchase.choices.get(field).cloned();
        let base = format!("choices/{field}");
        if let Some((surety, why)) = &found {
            let Some(way) = self.ways(control.thing.id, true).await?.into_iter().next() else {
                self.missing(&base, format!("{:?} may be it, but nothing tells it from others", control.thing.caption));
                return Ok(());
            };
            if given.as_ref().is_none_or(|given| given.how != control.how) {
                let keys = self.keys(&format!("{base}/how"));
                self.propose(&keys, word_of(control.how).into(), *surety, vec!["so it is used".into()])?;
            }
            let keys = self.keys(&format!("{base}/control"));
            self.propose(&keys, value_of(&way), *surety, why.clone())?;
        } else {
            self.works(&format!("{base}/control"));
        }
        let surety = found.map_or(Surety::Sure, |(surety, _)| surety);
        self.words_of(want, control, surety).await?;
        self.option_of(&base, field, control, surety).await
    }

    /// How the target writes the values of a field, no surer than it is that this is its control.
    async fn words_of(&mut self, want: &Wanted<'_>, control: &Control, surety: Surety) -> anyhow::Result<()> {
        let field = want.field.key();
        if !matches!(control.how, How::Options | How::Select | How::Menu) {
            return Ok(());
        }
        let shown = match control.offers.iter().find(|offer| offer.chosen) {
            Some(offer) => offer.text.clone(),
            None => control.thing.value.clone(),
        };
        let choice = self.profile().pages.purchase.choices.get(field);
        let shows = choice.map_or_else(|| Text::from("{option}"), |choice| choice.shows.clone());
        let words = self.profile().words.get(field);
        let key_of = |text: &str| -> Option<String> {
            let Some(words) = words else {
                // Without words, values are written by their keys.
                return want.values.iter().map(|(key, _)| *key).find(|key| *key == stem(text)).map(str::to_owned);
            };
            let whole = |word: &str| Text::Is(word.to_owned());
            words
                .key(text, whole)
                .or_else(|| words.key(text, |word| shows.with("option", word)))
                .or_else(|| words.key(stem(text), whole))
        };
        let keys = format!("words/{field}");
        let texts = control.offers.iter().map(|offer| offer.text.as_str()).chain([shown.as_str()]);
        let texts: IndexSet<&str> = texts.filter(|text| !stem(text).is_empty()).collect();
        let known: Vec<String> = texts.iter().filter_map(|text| key_of(text)).collect();
        let unknown: Vec<&str> = texts.iter().filter(|text| key_of(text).is_none()).map(|text| stem(text)).collect();
        let shows_known = shown.is_empty() || key_of(&shown).is_some();
        if unknown.is_empty() {
            self.note(&keys, Known::Works);
            return Ok(());
        }
        if want.item.kind == Kind::Number {
            let mut told: IndexMap<i64, &str> = IndexMap::new();
            for text in texts.iter().map(|text| stem(text)) {
                if let Some(number) = number(want.field, text) {
                    told.entry(number).or_insert(text);
                }
            }
            let templates: IndexSet<String> =
                told.iter().map(|(n, text)| text.replacen(&n.to_string(), "{n}", 1)).collect();
            let (value, surety) = match (templates.len(), templates.first()) {
                (1, Some(template)) => (Value::from(template.as_str()), surety),
                _ => {
                    let each = told.iter().map(|(n, text)| (Value::from(n.to_string()), Value::from(*text)));
                    (Value::Mapping(each.collect()), Surety::Unsure)
                }
            };
            if !told.is_empty() {
                self.propose(&keys, value, surety, vec![format!("so it writes its numbers, as {shown:?}")])?;
            }
            return Ok(());
        }
        let open: Vec<&str> =
            want.values.iter().map(|(key, _)| *key).filter(|key| !known.iter().any(|known| known == key)).collect();
        if control.offers.len() == want.values.len() && open.len() == unknown.len() {
            for (key, text) in open.into_iter().zip(unknown) {
                let keys = format!("{keys}/{key}");
                let why = "by its place among what is offered, which is as many as the catalogue has";
                self.propose(&keys, text.into(), Surety::Unsure, vec![why.into()])?;
            }
        } else if let (false, Some(opens)) = (shows_known, &want.opens_with) {
            let keys = format!("{keys}/{opens}");
            let why = "the page opens with it, and the catalogue says that it opens with this";
            self.propose(&keys, stem(&shown).into(), Surety::Unsure, vec![why.into()])?;
        } else {
            self.note(&keys, Known::Works);
        }
        Ok(())
    }

    /// What an option looks like, and how the chosen one is shown.
    async fn option_of(&mut self, base: &str, field: &str, control: &Control, surety: Surety) -> anyhow::Result<()> {
        if !matches!(control.how, How::Options | How::Menu) || control.offers.is_empty() {
            return Ok(());
        }
        let given = self.profile().pages.purchase.choices.get(field).cloned();
        let word = |text: &str| {
            let Some(words) = self.profile().words.get(field) else { return Some(stem(text).to_owned()) };
            let key = words.key(stem(text), |word| Text::Is(word.to_owned())).or_else(|| {
                words.key(text, |word| {
                    given
                        .as_ref()
                        .map_or_else(|| Text::from("{option}"), |given| given.shows.clone())
                        .with("option", word)
                })
            })?;
            words.word(&key)
        };
        let told: Vec<(usize, String, String)> = control
            .offers
            .iter()
            .filter(|offer| !offer.disabled)
            .filter_map(|offer| Some((offer.id, offer.text.clone(), word(&offer.text)?)))
            .collect();
        let Some((id, text, word)) = told.first().cloned() else {
            self.unseen(&format!("{base}/option"), "no option is written as the profile's words say");
            return Ok(());
        };
        let reopened = match control.how {
            How::Menu => {
                let Some(choice) = &given else { return Ok(()) };
                self.browsing.at(self.page, &choice.control).within(NOW).click().await.is_ok()
            }
            _ => true,
        };
        if reopened && control.how == How::Menu {
            self.survey().await?;
        }
        let inside = |option: &Locator| match control.how {
            How::Options => given.as_ref().map_or_else(|| option.clone(), |given| option.inside(&given.control)),
            _ => option.clone(),
        };
        // A list is drawn anew each time that it opens.
        let is_it = |thing: Option<&Thing>, found: usize| match control.how {
            How::Menu => thing.is_some_and(|thing| called(thing) == text),
            _ => found == id,
        };
        let mut known = None;
        if let Some(option) = given.as_ref().and_then(|given| given.option.clone())
            && let Some(found) = self.finds(&inside(&option.with("option", &word))).await?
            && is_it(self.thing(found), found)
        {
            known = Some(None);
        }
        if known.is_none() {
            let pattern = match text == word {
                true => Text::from("{option}"),
                false => Text::Like(Likeness::Matches("^{option}([^0-9].*)?$".into())),
            };
            let role = control.offers[0].role.clone();
            let by_role = role.filter(|role| role != "listitem").map(|role| Locator {
                role: Some(role),
                name: Some(pattern.clone()),
                ..Locator::default()
            });
            let by_text = Locator { text: Some(pattern.clone()), ..Locator::default() };
            let within = control.list.clone().map(|list| Locator { within: Some(Box::new(list)), ..by_text.clone() });
            let ways =
                by_role.into_iter().chain([by_text].into_iter().filter(|_| control.list.is_none())).chain(within);
            for way in ways {
                if let Some(found) = self.finds(&inside(&way.with("option", &word))).await?
                    && is_it(self.thing(found), found)
                {
                    known = Some(Some((way, pattern.clone())));
                    break;
                }
            }
        }
        if control.how == How::Menu && reopened {
            if let Some(choice) = &given {
                let _closed = self.browsing.at(self.page, &choice.control).within(NOW).click_and_escape().await;
            }
            self.survey().await?;
        }
        match known {
            Some(None) => self.works(&format!("{base}/option")),
            Some(Some((way, pattern))) => {
                let keys = self.keys(&format!("{base}/option"));
                let why = format!("{text:?} is found so, alone");
                self.propose(&keys, value_of(&way), surety, vec![why.clone()])?;
                let differs = given.as_ref().is_none_or(|given| !given.shows.with("option", &word).admits(&text));
                if differs {
                    let keys = self.keys(&format!("{base}/shows"));
                    self.propose(&keys, text_value(&pattern), surety, vec![format!("it shows {text:?} of {word:?}")])?;
                }
            }
            None => self.missing(&format!("{base}/option"), format!("nothing tells {text:?} from others")),
        }
        Ok(())
    }

    /// The total fee: what doubles as the quantity does.
    async fn fee(&mut self) -> anyhow::Result<()> {
        let given = self.profile().pages.purchase.total_fee.clone();
        let before = self.settled_amounts().await?;
        let mut candidates = evidence::total_fee(&before);
        let quantity =
            self.profile().pages.purchase.choices.get(Field::QUANTITY.key()).map(|choice| choice.control.clone());
        if let Some(quantity) = quantity
            && self.finds(&quantity).await?.is_some()
            && self.browsing.at(self.page, &quantity).within(NOW).fill("2").await.is_ok()
        {
            for _ in 0..6 {
                self.survey().await?;
                let now = evidence::amounts(&self.seen);
                let mut has_changed = false;
                for candidate in &mut candidates {
                    let (Some((_, was)), Some(thing)) =
                        (money(&candidate.thing.text), now.iter().find(|thing| thing.id == candidate.thing.id))
                    else {
                        continue;
                    };
                    if money(&thing.text).is_some_and(|(_, is)| is == 2 * was) {
                        candidate.points += 5;
                        candidate.why.push("it doubles when the quantity does".into());
                        has_changed = true;
                    }
                }
                if has_changed || candidates.is_empty() {
                    break;
                }
            }
            let _reset = self.browsing.at(self.page, &quantity).within(NOW).fill("1").await;
            self.settled_amounts().await?;
        }
        // Of an amount and what it stands in, which read the same, the inner one is meant.
        candidates.sort_by_key(|candidate| (-candidate.points, !candidate.thing.beside));
        if let Some(first) = candidates.first().cloned() {
            candidates.retain(|other| {
                other.thing.id == first.thing.id || other.thing.text != first.thing.text || other.points < first.points
            });
        }
        let format = candidates.first().and_then(|best| money(&best.thing.text)).map(|(format, _)| format);
        let found = self.element("total-fee", &given, candidates, true).await?;
        match format {
            Some(format) if format != self.profile().formats.money => {
                let is_sure = matches!(
                    self.book.entries.get("pages/purchase/total-fee"),
                    Some(Known::Works | Known::Proposed { surety: Surety::Sure, .. })
                );
                let surety = if is_sure { Surety::Sure } else { Surety::Unsure };
                self.propose(
                    "formats/money",
                    format.as_str().into(),
                    surety,
                    vec!["so the total fee is written".into()],
                )?;
            }
            Some(_) if found.is_some() => self.note("formats/money", Known::Works),
            _ => {}
        }
        Ok(())
    }

    /// The amounts of the page, once it shows any.
    async fn settled_amounts(&mut self) -> anyhow::Result<Vec<Thing>> {
        for _ in 0..6 {
            self.survey().await?;
            let amounts = evidence::amounts(&self.seen);
            if !amounts.is_empty() {
                return Ok(amounts);
            }
        }
        Ok(Vec::new())
    }

    /// The undiscounted fee: what is struck out once a long period is chosen.
    async fn original_fee(&mut self) -> anyhow::Result<()> {
        let given = self.profile().pages.purchase.original_fee.clone();
        let periods =
            self.profile().catalogue.fields.get(Field::PERIOD.key()).map(|item| item.among.clone()).unwrap_or_default();
        let (Some(least), Some(most)) =
            (periods.first().copied(), periods.iter().copied().filter(|months| *months <= 12).max())
        else {
            return Ok(());
        };
        if let Err(error) = self.choose(Field::PERIOD, &most.to_string()).await {
            self.unseen("original-fee", format!("{most} months could not be chosen: {}", first_line(&error)));
            return Ok(());
        }
        let mut candidates = Vec::new();
        for _ in 0..6 {
            self.survey().await?;
            candidates = evidence::struck(&self.seen);
            if !candidates.is_empty() {
                break;
            }
        }
        if candidates.is_empty() {
            self.unseen("original-fee", "nothing was struck out when a year was chosen");
        } else {
            self.element("original-fee", &given, candidates, true).await?;
        }
        let _reset = self.choose(Field::PERIOD, &least.to_string()).await;
        self.settled_amounts().await.map(|_| ())
    }

    pub(super) async fn choose(&self, field: Field, key: &str) -> anyhow::Result<()> {
        let choices = &self.profile().pages.purchase.choices;
        ChoiceField::find(&self.browsing, Page::Purchase, choices, field.key())?.choose(key).await
    }

    /// The note that regions cannot communicate, and the links to documents.
    async fn note_of_regions(&mut self) -> anyhow::Result<()> {
        let elements = self.profile().pages.purchase.clone();
        let captions = |field: &str| -> Vec<String> {
            let choice = elements.choices.get(field);
            let said = choice.and_then(|choice| {
                choice.control.beside.clone().or(choice.control.label.clone()).or(choice.control.name.clone())
            });
            match said {
                Some(Text::Is(text)) => vec![text.to_lowercase()],
                _ => Vec::new(),
            }
        };
        let region = captions(Field::REGION.key());
        let candidates = evidence::region_note(&self.seen, &region);
        self.element("region-note", &elements.region_note, candidates, false).await?;
        for (key, given) in &elements.documents {
            let candidates = evidence::document(&self.seen, key);
            self.element(&format!("documents/{key}"), given, candidates, false).await?;
        }
        if let Some(link) = self
            .seen
            .things
            .iter()
            .find(|thing| thing.to.is_some() && trade::known("documents.product-price", called(thing)).is_some())
        {
            let opens = if link.blank { OpensIn::NewTab } else { OpensIn::SameTab };
            let (keys, blank) = (self.keys("documents-open-in"), link.blank);
            if opens != elements.documents_open_in {
                let how = if blank { "new-tab" } else { "same-tab" };
                self.propose(&keys, how.into(), Surety::Sure, vec!["so they open".into()])?;
            }
        }
        Ok(())
    }

    /// Fields that are there only once another choice is made.
    async fn hidden_fields(&mut self) -> anyhow::Result<()> {
        let catalogue = self.profile().catalogue.clone();
        let mut shown: Vec<Vec<(String, String)>> = Vec::new();
        for (_, item) in catalogue.in_order() {
            let with: Vec<(String, String)> =
                item.shown_with.iter().map(|(with, key)| (with.clone(), key.clone())).collect();
            if !with.is_empty() && !shown.contains(&with) {
                shown.push(with);
            }
        }
        for with in shown {
            let before: Vec<usize> = self.seen.things.iter().map(|thing| thing.id).collect();
            let mut why = None;
            for (field, key) in &with {
                if let Err(error) = self.choose(Field::of(field), key).await {
                    why = Some(format!("{field} {key} could not be chosen: {}", first_line(&error)));
                }
            }
            self.survey().await?;
            let is_meant = |item: &Item| {
                item.shown_with.iter().map(|(with, key)| (with.clone(), key.clone())).collect::<Vec<_>>() == with
            };
            if let Some(why) = why {
                for (field, _) in catalogue.in_order().into_iter().filter(|(_, item)| is_meant(item)) {
                    self.unseen(&format!("choices/{}", field.key()), why.clone());
                }
                continue;
            }
            let mut all: Vec<Control> = controls(&self.seen).into_iter().collect();
            // A page that is drawn anew has none of what was there.
            if all.iter().any(|control| before.contains(&control.thing.id)) {
                all.retain(|control| !before.contains(&control.thing.id));
            }
            let known = self.known_controls(&all).await?;
            all =
                all.into_iter().enumerate().filter(|(at, _)| !known.contains(at)).map(|(_, control)| control).collect();
            self.open_menus(&mut all).await?;
            let mut opening = self.profile().catalogue.opening();
            for (field, key) in &with {
                opening.set(Field::of(field), key.clone());
            }
            let opening = self.profile().catalogue.after(&opening, &opening);
            self.fields(&all, &opening, is_meant).await?;
        }
        Ok(())
    }

    /// Which of these are fields of the page that are known already.
    async fn known_controls(&self, all: &[Control]) -> anyhow::Result<Vec<usize>> {
        let mut known = Vec::new();
        for (field, item) in self.profile().catalogue.in_order() {
            if item.shown_with.is_empty() {
                known.extend(self.given_control(field.key(), all).await?);
            }
        }
        Ok(known)
    }

    /// A pattern for texts that begin with a word and may go on with a count.
    pub(super) fn counted(word: &str, text: &str) -> Option<Text> {
        if word == text {
            return Some(Text::from("{region}"));
        }
        let rest = text.strip_prefix(word)?;
        let digits = Regex::new("[0-9]+").ok()?;
        let pattern = digits.split(rest).map(regex_escape).collect::<Vec<_>>().join(r"\d+");
        Some(Text::Like(Likeness::Matches(format!("^{{region}}{pattern}$"))))
    }
}
