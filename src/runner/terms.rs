//! A scenario in its target's own terms: what its sentences name is held against the target's catalogue before anything is
//! started, and where the target has other values or prices than the feature, its steps hold those.

use std::{collections::BTreeMap, sync::LazyLock};

use anyhow::bail;
use cucumber::gherkin;
use regex::Regex;

use super::plan::Case;
use crate::{
    domain::{Field, Money, Purchase},
    evidence::StepRecord,
    target::{Amount, Kind, Missing, Profile, Unavailable, need_of},
};

/// What becomes of a scenario on a target, by what the target sells.
#[derive(Debug, Clone, Default)]
pub struct Terms {
    /// What it asks for and the target has not.
    pub missing: Vec<Missing>,
    /// What it names and the catalogue does not know, each with its place.
    unknown: Vec<String>,
    /// Steps that hold something else than the feature says, by their index.
    told: BTreeMap<usize, Told>,
}

/// A step that holds something else than the feature says.
#[derive(Debug, Clone)]
struct Told {
    /// Its text, with both.
    text: String,
    /// Its table, with both.
    table: Vec<Vec<String>>,
    /// What differs.
    notes: Vec<String>,
}

impl Terms {
    /// Has the record of a step say what the feature says, beside what it holds.
    pub fn tell(&self, step: usize, record: &mut StepRecord) {
        if let Some(told) = self.told.get(&step) {
            record.text.clone_from(&told.text);
            record.table.clone_from(&told.table);
        }
    }

    /// The same for a failure's text.
    #[must_use]
    pub fn told(&self, step: usize, text: String) -> String {
        let notes = self.told.get(&step).into_iter().flat_map(|told| &told.notes);
        notes.fold(text, |text, note| format!("{text}\n  feature  {note}"))
    }
}

/// Every field and value that a scenario which is applicable names is one that the target's catalogue knows.
///
/// # Errors
/// Usage: names each that it does not, where it is named, and what there is.
pub fn check(cases: &[Case], profile: &Profile) -> anyhow::Result<()> {
    let mut unknown: Vec<&str> = Vec::new();
    for case in cases.iter().filter(|case| case.missing(profile).is_empty()) {
        for said in &case.terms.unknown {
            if !unknown.contains(&said.as_str()) {
                unknown.push(said);
            }
        }
    }
    match unknown.is_empty() {
        true => Ok(()),
        false => bail!(
            "{}\n  mend: correct the feature, or add it to the profile {} (catalogue: fields:)",
            unknown.join("\n"),
            profile.name
        ),
    }
}

/// Holds what a scenario's sentences name against the catalogue, and puts the target's own values and prices into its steps.
pub fn apply(case: &mut Case, profile: &Profile) {
    let mut steps = std::mem::take(&mut case.steps);
    let mut reader = Reader {
        case,
        profile,
        intended: profile.catalogue.opening(),
        percent: 100,
        entered: None,
        edited: None,
        terms: Terms::default(),
    };
    steps.iter_mut().enumerate().for_each(|(index, step)| reader.read(index, step));
    let terms = reader.terms;
    (case.steps, case.terms) = (steps, terms);
}

/// The sentences of features that name something of a purchase (`tests/purchase/steps/` takes them).
struct Sentences {
    documented: Regex,
    anew: Regex,
    choices: Regex,
    aside: Regex,
    chosen: Regex,
    own_price: Regex,
    initialised: Regex,
    entered: Regex,
    held: Regex,
    refused: Regex,
    offered: Regex,
    asked: Regex,
    edited: Regex,
    region: Regex,
    zone: Regex,
    percent: Regex,
    goes_on: Regex,
    recommended: Regex,
    total: Regex,
    undiscounted: Regex,
    returned: Regex,
    amount: Regex,
}

static SENTENCES: LazyLock<Sentences> = LazyLock::new(|| {
    #[expect(clippy::expect_used, reason = "each is written here, and every run uses them all")]
    let sentence = |pattern: &str| Regex::new(pattern).expect("a regular expression");
    let amount = "(¥[0-9][0-9,]*\\.[0-9]{2})";
    Sentences {
        documented: sentence(
            "documented example$|示例配置$|^the buyer has an unpaid order|^the buyer buys the same once more$",
        ),
        anew: sentence("^the buyer is on the purchase page$|^the buyer came to the purchase page by |进入购买页$"),
        choices: sentence("^the buyer (?:chooses|buys)$"),
        aside: sentence("^the buyer meanwhile goes to the check page of another purchase in a second tab$"),
        chosen: sentence("^the purchase page (?:still )?has chosen$"),
        initialised: sentence("^the buyer (?:initialises every instance|asks to initialise it) with$"),
        entered: sentence("^the buyer enters \"([^\"]*)\" as \"([^\"]*)\"(?: and presses Enter)?$"),
        held: sentence("^the \"([^\"]*)\" still holds \"[^\"]*\"$"),
        refused: sentence("^\"([^\"]*)\" cannot be chosen as \"([^\"]*)\"$"),
        offered: sentence("^nothing that belongs to another choice is offered as \"([^\"]*)\"$"),
        asked: sentence("^the buyer chooses ([^ ]+) \"([^\"]*)\" and is asked to log in$"),
        own_price: sentence(&format!("^what can be confirmed there costs its own price, {amount} as it was edited$")),
        edited: sentence("^the buyer edits \"([^\"]*)\" to \"([^\"]*)\" in the check page's address$"),
        region: sentence("^the (?:tab of (.+) counts [0-9]+ more|region (.+) has none of them)$"),
        zone: sentence("^(.+) sells out$"),
        percent: sentence("^the price list rises to ([0-9]+) percent$"),
        goes_on: sentence("^the purchase (can go on|cannot go on|cannot be confirmed)$"),
        recommended: sentence("^the purchase page (says|does not say) \"[^\"]*recommended[^\"]*\"$"),
        total: sentence(&format!("^the (?:total fee(?: to be confirmed)?|fee that was shown) is {amount}$")),
        undiscounted: sentence(&format!("^the undiscounted fee {amount} is struck through$")),
        returned: sentence(&format!("^the buyer returns the (?:first|second) instance, for {amount}$")),
        amount: sentence(amount),
    }
});

struct Reader<'a> {
    case: &'a Case,
    profile: &'a Profile,
    /// What is chosen by now, by what the scenario has said and the catalogue.
    intended: Purchase,
    /// What the price list has risen to.
    percent: u32,
    /// The value that was typed last, and why it is to be refused.
    entered: Option<(Field, String, Option<String>)>,
    /// What was edited last in the check page's address.
    edited: Option<(Field, String)>,
    terms: Terms,
}

impl Reader<'_> {
    fn read(&mut self, index: usize, step: &mut gherkin::Step) {
        let said = &*SENTENCES;
        let place = self.case.place(step.position.line);
        let sentence = step.value.clone();
        let word = |pattern: &Regex| {
            let found = pattern.captures(&sentence)?;
            Some(found.iter().skip(1).flatten().map(|group| group.as_str().to_owned()).collect::<Vec<_>>())
        };
        if said.anew.is_match(&sentence) {
            self.intended = self.profile.catalogue.opening();
        } else if said.documented.is_match(&sentence) {
            // The profile has been checked: its catalogue knows all of it.
            let example = self.profile.documented_example().unwrap_or_default();
            self.intended = self.profile.catalogue.after(&self.profile.catalogue.opening(), &example);
            self.sold(&example);
        } else if said.choices.is_match(&sentence) {
            self.choose(index, step);
        } else if said.aside.is_match(&sentence) {
            let before = std::mem::replace(&mut self.intended, self.profile.catalogue.opening());
            self.choose(index, step);
            self.intended = before;
        } else if said.chosen.is_match(&sentence) {
            self.hold(index, step);
        } else if said.initialised.is_match(&sentence) {
            self.initialise(index, step);
        } else if let Some([text, field]) = word(&said.entered).as_deref() {
            self.enter(&place, field, text);
        } else if let Some([field, text]) = word(&said.asked).as_deref() {
            self.enter(&place, field, text);
        } else if let Some([field, value]) = word(&said.edited).as_deref() {
            self.edit(&place, field, value);
        } else if let Some([literal]) = word(&said.own_price).as_deref() {
            self.price_as_edited(index, step, literal);
        } else if let Some([field]) = word(&said.held).as_deref() {
            self.field(&place, field);
        } else if let Some([value, field]) = word(&said.refused).as_deref() {
            self.refuse(index, &place, step, field, value);
        } else if let Some([field]) = word(&said.offered).as_deref() {
            self.field(&place, field);
        } else if let Some([region]) = word(&said.region).as_deref() {
            self.value(&place, Field::REGION, region);
        } else if let Some([zone]) = word(&said.zone).as_deref() {
            self.sell_out(index, &place, step, zone);
        } else if let Some([percent]) = word(&said.percent).as_deref() {
            self.percent = percent.parse().unwrap_or(self.percent);
        } else if let Some([can]) = word(&said.goes_on).as_deref() {
            self.goes_on(can == "can go on");
        } else if let Some([says]) = word(&said.recommended).as_deref() {
            self.hint(says == "says");
        } else if let Some([literal]) = word(&said.total).as_deref() {
            self.price(index, step, literal, Some(Amount::Total));
        } else if let Some([literal]) = word(&said.undiscounted).as_deref() {
            self.price(index, step, literal, Some(Amount::Undiscounted));
        } else if let Some([literal]) = word(&said.returned).as_deref() {
            self.price(index, step, literal, Some(Amount::Returned));
        } else if let Some([literal]) = word(&said.amount).as_deref() {
            self.price(index, step, literal, None);
        }
    }

    fn lacks(&mut self, need: &str) -> bool {
        let why = self.profile.lack(need);
        self.terms.missing.extend(why.iter().map(|why| Missing { why: why.clone(), line: None }));
        why.is_some()
    }

    /// What the target does not sell, by its catalogue.
    fn not_sold(&mut self, field: Field, why: &str) {
        let why = format!("{}: {why} (catalogue: fields: {}:)", self.profile.name, field.key());
        self.terms.missing.push(Missing { why, line: None });
    }

    /// The field of that name, where the target has it.
    fn field(&mut self, place: &str, words: &str) -> Option<Field> {
        match self.profile.catalogue.field(words) {
            Ok(field) => Some(field).filter(|field| !self.lacks(field.key())),
            Err(unknown) => {
                self.terms.unknown.push(format!("{place}: {unknown}"));
                None
            }
        }
    }

    /// The key of the value of that name, where the target has it.
    fn value(&mut self, place: &str, field: Field, words: &str) -> Option<String> {
        match self.profile.catalogue.key_of(field, words) {
            Ok(key) => Some(key).filter(|key| !self.lacks(&need_of(field, key))),
            Err(unknown) => {
                self.terms.unknown.push(format!("{place}: {unknown}"));
                None
            }
        }
    }

    /// A table of choices that are made.
    fn choose(&mut self, index: usize, step: &gherkin::Step) {
        let rows = step.table.iter().flat_map(|table| &table.rows);
        let mut choices = Purchase::default();
        for (at, row) in rows.enumerate() {
            let place = self.case.place(self.case.line_of_row(index, at));
            if let [name, value] = row.as_slice()
                && let Some(field) = self.field(&place, name)
                && let Some(key) = self.value(&place, field, value)
            {
                choices.set(field, key);
            }
        }
        self.intended = self.profile.catalogue.after(&self.intended, &choices);
        self.sold(&choices);
        self.entered = None;
    }

    /// A table of what instances are initialised with.
    fn initialise(&mut self, index: usize, step: &gherkin::Step) {
        for (at, row) in step.table.iter().flat_map(|table| &table.rows).enumerate() {
            if let [name, value] = row.as_slice()
                && let Err(unknown) = self.profile.catalogue.parameter(name, value)
            {
                let place = self.case.place(self.case.line_of_row(index, at));
                self.terms.unknown.push(format!("{place}: {unknown}"));
            }
        }
    }

    /// What is chosen can be had here, together with all else that is.
    fn sold(&mut self, choices: &Purchase) {
        let catalogue = &self.profile.catalogue;
        for (field, key) in choices.choices() {
            if self.lacks(&need_of(field, key)) {
                continue;
            }
            if let Some(why) = catalogue.out_of_range(field, key, &self.intended) {
                self.not_sold(field, &why);
                continue;
            }
            let unavailable = catalogue.unavailable(field, key).filter(|why| *why != Unavailable::NeedsApproval);
            let why = unavailable.map(|why| why.to_string());
            let elsewhere = || self.elsewhere(field, key).map(str::to_owned);
            let Some(why) = why.or_else(elsewhere) else { continue };
            let (value, name) = (catalogue.written(field, key), catalogue.name_of(field));
            self.not_sold(field, &format!("{value} cannot be chosen as {name}: {why}"));
        }
    }

    /// Why a value is not on the page by now. Behind a word that nobody knows, what is chosen is not known either.
    fn elsewhere(&self, field: Field, key: &str) -> Option<&'static str> {
        self.profile.catalogue.elsewhere(field, key, &self.intended).filter(|_| self.terms.unknown.is_empty())
    }

    /// A zone that sells out: the one that is chosen, where that is another here.
    fn sell_out(&mut self, index: usize, place: &str, step: &mut gherkin::Step, zone: &str) {
        let Some(key) = self.value(place, Field::ZONE, zone) else { return };
        let catalogue = &self.profile.catalogue;
        let Some(own) = self.intended.get(Field::ZONE).filter(|own| *own != key) else { return };
        let (own, name) = (catalogue.written(Field::ZONE, own), catalogue.name_of(Field::ZONE));
        self.replace(index, step, zone, &own, &format!("{own} is the {name} by the target's catalogue"));
    }

    /// A table of what is chosen now: where the catalogue says otherwise, that is held.
    fn hold(&mut self, index: usize, step: &mut gherkin::Step) {
        let Some(table) = step.table.as_mut() else { return };
        let mut told = Told { text: step.value.clone(), table: table.rows.clone(), notes: Vec::new() };
        for (at, (row, said)) in table.rows.iter_mut().zip(&mut told.table).enumerate() {
            let place = self.case.place(self.case.line_of_row(index, at));
            let [name, value] = row.as_mut_slice() else { continue };
            let Some(field) = self.field(&place, name) else { continue };
            let Some(key) = self.value(&place, field, value) else { continue };
            let Some(own) = self.intended.get(field).filter(|own| *own != key) else { continue };
            let own = self.profile.catalogue.written(field, own);
            told.notes.push(format!("says {value}; {own} is the {name} by the target's catalogue"));
            said[1] = format!("{own} ({value} in the feature)");
            *value = own;
        }
        if !told.notes.is_empty() {
            self.terms.told.insert(index, told);
        }
    }

    fn enter(&mut self, place: &str, field: &str, text: &str) {
        let Some(field) = self.field(place, field) else { return };
        let catalogue = &self.profile.catalogue;
        if catalogue.fields.get(field.key()).is_none_or(|item| item.kind != Kind::Number) {
            return;
        }
        let refused = catalogue.out_of_range(field, text, &self.intended);
        if refused.is_none() {
            self.intended.set(field, text);
        }
        self.entered = Some((field, text.to_owned(), refused));
    }

    fn edit(&mut self, place: &str, field: &str, value: &str) {
        let Some(field) = self.field(place, field) else { return };
        let Some(key) = self.value(place, field, value) else { return };
        let refused = self.profile.catalogue.objection(field, &key, &self.intended);
        self.entered = Some((field, self.profile.catalogue.written(field, &key), refused));
        self.edited = Some((field, key));
    }

    /// Whether the value that was typed last is refused must be as the scenario has it.
    fn goes_on(&mut self, can: bool) {
        let Some((field, text, refused)) = self.entered.clone() else { return };
        match refused {
            Some(why) if can => self.not_sold(field, &why),
            None if !can => {
                let name = self.profile.catalogue.name_of(field);
                self.not_sold(
                    field,
                    &format!("{text} is a {name} that can be had here, and the scenario has it refused"),
                );
            }
            _ => {}
        }
    }

    /// Whether the number that was typed last is recommended must be as the scenario has it.
    fn hint(&mut self, hinted: bool) {
        let Some((field, text, _)) = self.entered.clone() else { return };
        if self.profile.catalogue.recommends(field, &text) == hinted {
            let is = if hinted { "is" } else { "is not" };
            let name = self.profile.catalogue.name_of(field);
            self.not_sold(field, &format!("{text} {is} recommended as {name} here"));
        }
    }

    /// A value that is shown and cannot be chosen: where it can be here, another that cannot.
    fn refuse(&mut self, index: usize, place: &str, step: &mut gherkin::Step, field: &str, value: &str) {
        let (name, words) = (field, value);
        let Some(field) = self.field(place, field) else { return };
        let Some(key) = self.value(place, field, value) else { return };
        let catalogue = &self.profile.catalogue;
        let elsewhere = self.elsewhere(field, &key).is_some();
        if catalogue.unavailable(field, &key).is_some() && !elsewhere {
            return;
        }
        let whys: &[Unavailable] = match self.case.has("buyer-unapproved") {
            true => &[Unavailable::NeedsApproval],
            false => &[Unavailable::SoldOut, Unavailable::Full, Unavailable::NotOffered],
        };
        let other = whys.iter().find_map(|why| catalogue.refused(field, *why, &self.intended).next());
        match other.map(|other| catalogue.written(field, other)) {
            Some(own) => self.replace(
                index,
                step,
                words,
                &own,
                &format!("{own} cannot be chosen as {name} by the target's catalogue"),
            ),
            None if elsewhere => {
                self.not_sold(field, &format!("{words} is of another choice, and all that is shown as {name} can be"));
            }
            None => self.not_sold(field, &format!("{words} can be chosen as {name} here, and so can all others")),
        }
    }

    /// What the purchase costs as its address was edited, where that could be had.
    fn price_as_edited(&mut self, index: usize, step: &mut gherkin::Step, literal: &str) {
        self.goes_on(true);
        let Some((field, key)) = self.edited.clone() else { return };
        let before = self.intended.clone();
        self.intended.set(field, key);
        self.price(index, step, literal, Some(Amount::Total));
        self.intended = before;
    }

    /// An amount that the feature names: where the profile has an example of the same choices, its amount is held.
    fn price(&mut self, index: usize, step: &mut gherkin::Step, literal: &str, amount: Option<Amount>) {
        let own: Option<Money> = amount.and_then(|amount| self.profile.example(&self.intended, self.percent, amount));
        match own.map(|own| own.to_string()) {
            Some(own) if own == literal => {}
            Some(own) => {
                self.replace(index, step, literal, &own, &format!("{own} is the target's own price (examples:)"))
            }
            None if self.profile.prices_are_own() => {
                let bought = self.in_words();
                self.terms.missing.push(Missing {
                    why: format!(
                        "{} has prices of its own, and no example of {literal} in the feature, with {bought} (examples:)",
                        self.profile.name
                    ),
                    line: Some(format!("examples: one with {bought}")),
                });
            }
            None => {}
        }
    }

    /// What is intended beside what the page opens with, in the words of features.
    fn in_words(&self) -> String {
        let (catalogue, opening) = (&self.profile.catalogue, self.profile.catalogue.opening());
        let own = self.intended.choices().filter(|(field, key)| opening.get(*field) != Some(key));
        let words: Vec<String> = own
            .map(|(field, key)| format!("{} {}", catalogue.name_of(field), catalogue.written(field, key)))
            .chain((self.percent != 100).then(|| format!("{} percent of the price list", self.percent)))
            .collect();
        if words.is_empty() { "what the page opens with".to_owned() } else { words.join(", ") }
    }

    /// Puts the target's own word into a step, and notes what the feature says.
    fn replace(&mut self, index: usize, step: &mut gherkin::Step, literal: &str, own: &str, note: &str) {
        let text = step.value.replacen(literal, &format!("{own} ({literal} in the feature)"), 1);
        step.value = step.value.replacen(literal, own, 1);
        let table = step.table.as_ref().map(|table| table.rows.clone()).unwrap_or_default();
        self.terms.told.insert(index, Told { text, table, notes: vec![format!("says {literal}; {note}")] });
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use super::*;
    use crate::target;

    const ROOT: &str = env!("CARGO_MANIFEST_DIR");

    /// The stand-in's profile with more of its own.
    fn profile(more: &str) -> Profile {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("own.yaml");
        fs::write(&file, format!("extends: {ROOT}/tests/targets/standin.yaml\nname: own\n{more}")).unwrap();
        target::load(&file, &|_| None).unwrap()
    }

    /// All scenarios of the project, on a target.
    fn all(profile: &Profile) -> Vec<Case> {
        let (mut cases, _) =
            super::super::plan::read(Path::new(ROOT), &Path::new(ROOT).join("features")).unwrap().whole().unwrap();
        cases.iter_mut().for_each(|case| apply(case, profile));
        cases
    }

    /// One scenario of these steps, on a target.
    fn one(profile: &Profile, tags: &str, steps: &str) -> Case {
        let folder = tempfile::tempdir().unwrap();
        let text = format!("Feature: Own\n  {tags}\n  Scenario: Own\n{steps}");
        fs::write(folder.path().join("own.feature"), text).unwrap();
        let (mut cases, _) = super::super::plan::read(folder.path(), folder.path()).unwrap().whole().unwrap();
        apply(&mut cases[0], profile);
        cases.remove(0)
    }

    fn whys(case: &Case) -> String {
        case.terms.missing.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn features_and_the_catalogue_of_their_pages_say_the_same() {
        let today = target::load(&Path::new(ROOT).join("tests/targets/standin-today.yaml"), &|_| None).unwrap();
        for (is_today, profile) in [(false, profile("")), (true, today)] {
            let of_these_pages = |case: &&Case| case.has("contract-today") == is_today;
            for case in all(&profile).iter().filter(of_these_pages) {
                let Terms { missing, unknown, told } = &case.terms;
                assert!(missing.is_empty() && unknown.is_empty() && told.is_empty(), "{}: {:?}", case.name, case.terms);
            }
        }
    }

    #[test]
    fn what_is_sold_nowhere_is_refused_with_what_is() {
        let own = profile("");
        let steps = "    When the buyer chooses\n      | region | Tokyo |\n      | colour | red |\n      | disk per shard | huge |\n    Then the tab of Osaka counts 2 more\n    And \"Mars Zone 1\" cannot be chosen as \"zone\"\n    And nothing that belongs to another choice is offered as \"zonee\"\n";
        let error = check(&[one(&own, "@P1", steps)], &own).unwrap_err().to_string();
        for said in [
            "own.feature:5: Tokyo is no region here; there are Guangzhou, Shanghai, Shanghai Finance,",
            "own.feature:6: colour is no field of the purchase page here; there are region, zone, network type, VPC,",
            "own.feature:7: \"huge\" is no value for disk per shard: write it as a number of GB",
            "own.feature:8: Osaka is no region here",
            "own.feature:9: Mars Zone 1 is no zone here",
            "own.feature:10: zonee is no field of the purchase page here",
            "add it to the profile own (catalogue: fields:)",
        ] {
            assert!(error.contains(said), "{said}\n{error}");
        }
        // What does not apply anyway refuses nothing.
        let differs = profile("differs: { \"3.3.1\": other regions }\n");
        check(&[one(&differs, "@3.3.1", steps)], &differs).unwrap();
    }

    #[test]
    fn what_a_target_lacks_or_does_not_sell_is_not_applicable_by_name() {
        let own = profile(
            "lacks: { region-hong-kong: not sold here, auto-renewal: nothing renews itself }\ncatalogue: { fields: { disk: { to: 400 }, shards: { to: 16, recommended: [3] } } }\n",
        );
        let choosing = |field: &str, value: &str| format!("    When the buyer chooses\n      | {field} | {value} |\n");
        let entering = |number: &str, then: &str| {
            format!("    When the buyer enters \"{number}\" as \"shard quantity\"\n    Then the purchase {then}\n")
        };
        for (steps, why) in [
            (choosing("region", "Hong Kong (China)"), "own lacks region-hong-kong: not sold here"),
            (choosing("auto-renewal", "on"), "own lacks auto-renewal: nothing renews itself"),
            (choosing("disk per shard", "500 GB"), "disk per shard is 10 to 400 GB in steps of 10 GB here, not 500"),
            (choosing("zone", "Guangzhou Zone 4"), "Guangzhou Zone 4 cannot be chosen as zone: it is sold out"),
            (entering("9", "cannot go on"), "9 is a shard quantity that can be had here"),
            (
                "    When the buyer edits \"zone\" to \"Guangzhou Zone 6\" in the check page's address\n    Then the purchase cannot be confirmed\n".into(),
                "Guangzhou Zone 6 is a zone that can be had here",
            ),
            (entering("17", "can go on"), "shard quantity is 2 to 16 here, not 17"),
            (
                entering("3", "page says \"2, 4 or 8 shards are recommended\""),
                "3 is recommended as shard quantity here",
            ),
        ] {
            let case = one(&own, "@P1", &steps);
            assert!(whys(&case).contains(why), "{why}\n{}", whys(&case));
            check(&[case], &own).unwrap();
        }
        for steps in [choosing("disk per shard", "400 GB"), entering("17", "cannot go on"), entering("9", "can go on")]
        {
            assert_eq!(whys(&one(&own, "@P1", &steps)), "", "{steps}");
        }
        // The documented example goes without the field that is lacked, where its disk can be had.
        let lacking = profile("lacks: { network: there is one }\n");
        let documented = lacking.documented_example().unwrap();
        assert!(documented.get(Field::NETWORK).is_none() && documented.get(Field::DISK) == Some("500"));
    }

    #[test]
    fn what_the_catalogue_says_otherwise_is_held_and_both_are_told() {
        let own = profile(
            "catalogue: { fields: { disk: { opens-with: 50 }, zone: { values: { guangzhou-4: { unavailable: null }, guangzhou-6: { unavailable: sold-out } } } } }\n",
        );
        let cases = all(&own);
        let case = |name: &str| cases.iter().find(|case| case.name == name).unwrap();
        let opened = case("The choices made beforehand");
        let table = opened.steps[1].table.as_ref().unwrap();
        assert!(table.rows.contains(&vec!["disk per shard".to_owned(), "50 GB".to_owned()]), "{table:?}");
        let mut record = StepRecord::default();
        opened.terms.tell(1, &mut record);
        assert!(record.table.iter().any(|row| row[1] == "50 GB (100 GB in the feature)"), "{record:?}");
        let failure = opened.terms.told(1, "it is not".into());
        assert_eq!(failure, "it is not\n  feature  says 100 GB; 50 GB is the disk per shard by the target's catalogue");
        let sold_out = case("A zone that is sold out");
        assert_eq!(sold_out.steps[1].value, "\"Guangzhou Zone 6\" cannot be chosen as \"zone\"");
        sold_out.terms.tell(1, &mut record);
        assert!(record.text.contains("\"Guangzhou Zone 6 (Guangzhou Zone 4 in the feature)\""), "{}", record.text);
    }

    #[test]
    fn the_documented_example_is_held_against_range_stock_and_lack_as_any_choice() {
        let steps = "    Given the buyer is on the check page of the documented example\n";
        for (more, why) in [
            (
                "catalogue: { fields: { disk: { to: 400 } } }",
                "disk per shard is 10 to 400 GB in steps of 10 GB here, not 500",
            ),
            // Of two limits the smaller holds.
            (
                "catalogue: { fields: { disk: { to: { shards: { \"2\": 300 } } } } }",
                "disk per shard is 10 to 300 GB in steps of 10 GB here, not 500",
            ),
            (
                "catalogue: { fields: { version: { values: { one-replica: { unavailable: not-offered } } } } }",
                "one replica cannot be chosen as instance version: nobody is offered it",
            ),
            ("lacks: { region-guangzhou: closed }", "own lacks region-guangzhou: closed"),
        ] {
            let own = profile(&format!("{more}\n"));
            let case = one(&own, "@P1", steps);
            assert_eq!(case.terms.missing.len(), 1, "{more}: {}", whys(&case));
            assert!(whys(&case).contains(why), "{why}\n{}", whys(&case));
        }
    }

    #[test]
    fn a_zone_that_sells_out_is_the_one_that_the_buyer_has() {
        let own = profile("catalogue: { fields: { zone: { values: { guangzhou-3: { unavailable: sold-out } } } } }\n");
        let cases = all(&own);
        let case = cases.iter().find(|case| case.name == "Sold out between check and confirmation").unwrap();
        let at = case.steps.iter().position(|step| step.value == "Guangzhou Zone 6 sells out");
        let at = at.unwrap_or_else(|| panic!("{:#?}", case.steps));
        let mut record = StepRecord::default();
        case.terms.tell(at, &mut record);
        assert_eq!(record.text, "Guangzhou Zone 6 (Guangzhou Zone 3 in the feature) sells out");
        let failure = case.terms.told(at, String::new());
        assert!(failure.contains("says Guangzhou Zone 3; Guangzhou Zone 6 is the zone by the"), "{failure}");
    }

    #[test]
    fn a_zone_of_another_region_is_not_on_the_page() {
        let own = |stock: &str| {
            profile(&format!(
                "catalogue: {{ fields: {{ region: {{ opens-with: shanghai }}, zone: {{ values: {{ shanghai-4: {{ {stock} }} }} }} }} }}\n"
            ))
        };
        let choosing = "    When the buyer chooses\n      | zone | Guangzhou Zone 3 |\n";
        let why = whys(&one(&own(""), "@P1", choosing));
        assert!(why.contains("Guangzhou Zone 3 cannot be chosen as zone: it is of another choice"), "{why}");
        // It is sold out, and not here.
        let refused = "    Then \"Guangzhou Zone 4\" cannot be chosen as \"zone\"\n";
        let case = one(&own("unavailable: sold-out"), "@P1", refused);
        assert_eq!(case.steps[0].value, "\"Shanghai Zone 4\" cannot be chosen as \"zone\"");
        let why = whys(&one(&own(""), "@P1", refused));
        assert!(why.contains("Guangzhou Zone 4 is of another choice, and all that is shown as zone can be"), "{why}");
    }

    #[test]
    fn where_no_number_is_said_to_be_recommended_all_are() {
        let own = profile("catalogue: { fields: { shards: { recommended: [] } } }\n");
        let entering = |says: &str| {
            let steps = format!(
                "    When the buyer enters \"3\" as \"shard quantity\"\n    Then the purchase page {says} \"2, 4 or 8 shards are recommended\"\n"
            );
            whys(&one(&own, "@P1", &steps))
        };
        let why = entering("says");
        assert!(why.contains("3 is recommended as shard quantity here"), "{why}");
        assert_eq!(entering("does not say"), "");
    }

    #[test]
    fn prices_are_found_by_what_is_chosen() {
        const OWN: &str = "examples:\n  - { choices: { disk: 500 }, total: \"¥900.00\", returned: \"¥899.00\" }\n  - { choices: { disk per shard: 500 GB }, percent: 110, total: \"¥990.00\" }\n  - { choices: { region: Chengdu }, total: \"¥386.40\" }\n";
        let own = profile(OWN);
        let cases = all(&own);
        let case = |name: &str| cases.iter().find(|case| case.name == name).unwrap();
        let says = |name: &str, sentence: &str| {
            let case = case(name);
            assert!(case.steps.iter().any(|step| step.value == sentence), "{sentence}: {:#?}", case.steps);
            case.clone()
        };
        let example = says(
            "The documented example costs ¥1,015.20 all the way to the balance",
            "the fee that was shown is ¥900.00",
        );
        let mut record = StepRecord::default();
        example.terms.tell(2, &mut record);
        assert_eq!(record.text, "the fee that was shown is ¥900.00 (¥1,015.20 in the feature)");
        let failure = example.terms.told(2, String::new());
        assert_eq!(failure, "\n  feature  says ¥1,015.20; ¥900.00 is the target's own price (examples:)");
        says("It changed before the check page", "the total fee to be confirmed is ¥990.00");
        says("The first time within five days in full", "the buyer returns the first instance, for ¥899.00");
        // Its own total is the feature's, and what has no example holds by the contract.
        assert!(says("Chengdu", "the total fee is ¥386.40").terms.told.is_empty());
        says("12 months at a discount", "the total fee is ¥4,948.13");
        assert!(cases.iter().all(|case| case.terms.missing.is_empty()));

        let all_own = profile(&format!("prices: own\n{OWN}"));
        let cases = all(&all_own);
        let why = |name: &str| whys(cases.iter().find(|case| case.name == name).unwrap());
        assert_eq!(why("It changed before the check page"), "");
        assert_eq!(why("Chengdu"), "");
        let unknown = why("12 months at a discount");
        assert!(
            unknown.contains(
                "own has prices of its own, and no example of ¥4,948.13 in the feature, with period 12 months"
            ),
            "{unknown}"
        );
        assert!(why("A balance of just the fee is enough").contains("no example of ¥1,015.20"));
    }
}
