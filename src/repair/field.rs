//! Controls in which something is chosen, and what speaks for one of them to be a field of the catalogue.

use std::sync::LazyLock;

use regex::Regex;

use super::{
    evidence::{called, is_role},
    trade,
};
use crate::{
    browser::{Offered, Surveyed, Thing},
    domain::{Field, Purchase},
    target::{How, Item, Kind, Locator},
};

/// A control in which something is chosen.
#[derive(Debug, Clone)]
pub(crate) struct Control {
    pub(crate) thing: Thing,
    pub(crate) how: How,
    pub(crate) offers: Vec<Offered>,
    /// Of a menu: where its list is.
    pub(crate) list: Option<Locator>,
}

static MONEY: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?<before>[^\d/]{0,6}?)(?<figures>-?\d[\d,]*\.\d{2})(?<after>[^\d/]{0,6})$").expect("a pattern")
});

/// How an amount is written, and its figures in hundredths; `None` of what is none, or is one for each of something (`元/月`).
pub(crate) fn money(text: &str) -> Option<(String, i64)> {
    let found = MONEY.captures(text)?;
    let figures = found["figures"].replace([',', '.'], "").parse().ok()?;
    Some((format!("{}{{amount}}{}", &found["before"], &found["after"]), figures))
}

const TYPED: [&str; 6] = ["text", "number", "tel", "search", "email", "url"];

/// Whether a press on what is called so may go on to an order, or pay: it is no menu, wherever it stands.
fn leads_on(text: &str) -> bool {
    let on = ["purchase.purchase-now", "product.purchase-now", "check.confirm"];
    trade::is_grave(text) || on.iter().any(|key| trade::known(key, text).is_some())
}

/// The controls of a page, in its order.
pub(crate) fn controls(seen: &Surveyed) -> Vec<Control> {
    let mut found: Vec<Control> = Vec::new();
    let heading = seen.things.iter().position(|thing| thing.level.is_some() && !thing.top && thing.dialog.is_none());
    for (at, thing) in seen.things.iter().enumerate().filter(|(_, thing)| !thing.top && thing.row.is_none()) {
        // What opens something before the page's heading leads to other pages, wherever it is said to stand.
        let is_opener = thing.opener && !thing.among && heading.is_none_or(|heading| at > heading);
        let is_input = thing.tag == "input" && TYPED.contains(&thing.kind.as_str());
        let is_typed = (is_input || thing.tag == "textarea") && !thing.readonly;
        let how = if thing.tag == "select" {
            How::Select
        } else if is_role(thing, &["checkbox", "switch"]) {
            How::Checkbox
        } else if is_typed && !is_role(thing, &["combobox"]) {
            How::Field
        } else if !thing.offers.is_empty() {
            How::Options
        } else if (is_opener || is_role(thing, &["combobox"]) || (is_input && thing.readonly))
            && !is_role(thing, &["link", "radio", "tab", "option"])
            && thing.holds == 0
            && !thing.caption.is_empty()
            && !called(thing).is_empty()
            && (is_role(thing, &["combobox"]) || !leads_on(called(thing)))
        {
            How::Menu
        } else {
            continue;
        };
        found.push(Control { thing: thing.clone(), how, offers: thing.offers.clone(), list: None });
    }
    // Of parts that hold the same options, one is the group; of parts of a group, none is one of its own.
    let ids = |control: &Control| control.offers.iter().map(|offer| offer.id).collect::<Vec<_>>();
    let rank = |control: &Control| {
        (is_role(&control.thing, &["group", "radiogroup"]) && !control.thing.name.is_empty(), control.thing.beside)
    };
    let groups: Vec<(Vec<usize>, (bool, bool), usize)> = found
        .iter()
        .filter(|control| control.how == How::Options)
        .map(|control| (ids(control), rank(control), control.thing.id))
        .collect();
    found.retain(|control| {
        let (own, own_rank) = (ids(control), rank(control));
        control.how != How::Options
            || !groups.iter().any(|(other, other_rank, id)| {
                let holds = own.iter().all(|id| other.contains(id));
                holds
                    && (other.len() > own.len()
                        || (*id != control.thing.id && (*other_rank, control.thing.id) > (own_rank, *id)))
            })
    });
    found
}

/// How a control is used, as profiles write it.
pub(crate) const fn word_of(how: How) -> &'static str {
    match how {
        How::Options => "options",
        How::Select => "select",
        How::Menu => "menu",
        How::Field => "field",
        How::Checkbox => "checkbox",
    }
}

/// The number that a text tells of a field: of a period, its months.
pub(crate) fn number(field: Field, text: &str) -> Option<i64> {
    let from = text.find(|c: char| c.is_ascii_digit())?;
    let digits = text[from..].find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len() - from);
    let number: i64 = text[from..from + digits].parse().ok()?;
    let unit = text[from + digits..].trim_start().to_lowercase();
    let is_in_years = field == Field::PERIOD && (unit.starts_with("year") || unit.starts_with('年'));
    Some(if is_in_years { number * 12 } else { number })
}

/// A text up to what is said beside: a count in brackets, a reason behind a dot.
pub(crate) fn stem(text: &str) -> &str {
    let ends = [" (", "（", " ·", " - ", " — ", ", ", "，"];
    let end = ends.iter().filter_map(|end| text.find(end)).min();
    text[..end.unwrap_or(text.len())].trim()
}

/// A field of the catalogue as the page should have it.
pub(crate) struct Wanted<'c> {
    pub(crate) field: Field,
    pub(crate) item: &'c Item,
    /// The values that are to be had as the page opens.
    pub(crate) values: Vec<(&'c str, bool)>,
    pub(crate) opens_with: Option<String>,
}

impl<'c> Wanted<'c> {
    /// A field as the page should have it where this is chosen as it opens.
    pub(crate) fn of(field: Field, item: &'c Item, opening: &Purchase) -> Self {
        let leader = item.follows.as_deref().and_then(|leader| opening.get(Field::of(leader)));
        let is_there = |of: &[String]| of.is_empty() || leader.is_none_or(|leader| of.iter().any(|one| one == leader));
        let values = item.values.iter().filter(|(_, value)| is_there(&value.of));
        let values = values.map(|(key, value)| (key.as_str(), value.unavailable.is_some())).collect();
        Self { field, item, values, opens_with: opening.get(field).map(str::to_owned) }
    }

    /// What speaks for a control to be it; `None` where it cannot be.
    pub(crate) fn evidence(&self, control: &Control, all: &[Control]) -> Option<(i32, Vec<String>)> {
        let is_fit = match self.item.kind {
            Kind::OneOf => matches!(control.how, How::Options | How::Select | How::Menu),
            Kind::Number => control.how != How::Checkbox,
            Kind::Text => control.how == How::Field,
            Kind::OnOff => control.how == How::Checkbox,
        };
        if !is_fit {
            return None;
        }
        let (mut points, mut why) = (0, Vec::new());
        let word = format!("field.{}", self.field.key());
        let texts = [control.thing.caption.as_str(), control.thing.name.as_str()];
        let known = texts.into_iter().filter_map(|text| Some((trade::known(&word, text)?, text)));
        if let Some((known, text)) = known.max_by_key(|(known, _)| *known) {
            points += known.points();
            why.push(format!("{text:?} is what the trade calls it"));
        }
        let numbers: Vec<i64> = control.offers.iter().filter_map(|offer| number(self.field, &offer.text)).collect();
        if !self.item.among.is_empty() && numbers == self.item.among {
            points += 4;
            why.push("it offers just what the catalogue has".into());
        }
        if self.values.len() > 1 && control.offers.len() == self.values.len() {
            points += 2;
            why.push(format!("it offers {}, as the catalogue has", self.values.len()));
            let off: Vec<bool> = control.offers.iter().map(|offer| offer.disabled).collect();
            let told: Vec<bool> = self.values.iter().map(|(_, off)| *off).collect();
            if off.contains(&true) && off == told {
                points += 2;
                why.push("what cannot be chosen stands where the catalogue has it".into());
            }
        }
        let shown = &control.thing.value;
        if let Some(opens) = self.opens_with.as_ref().and_then(|key| key.parse().ok())
            && number(self.field, shown) == Some(opens)
        {
            points += if control.how == How::Field { 2 } else { 1 };
            why.push(format!("it opens with {opens}"));
        }
        if !self.item.shown_with.is_empty() {
            points += 2;
            why.push("it came with the choice that it is shown with".into());
        }
        let alike = |is: &dyn Fn(&Control) -> bool| all.iter().filter(|other| is(other)).count() == 1;
        if self.item.kind == Kind::OnOff && alike(&|other| other.how == How::Checkbox) {
            points += 4;
            why.push("nothing else here is switched on or off".into());
        }
        if self.item.kind == Kind::Text && shown.is_empty() {
            let only = alike(&|other| other.how == How::Field && other.thing.value.is_empty());
            points += if only { 3 } else { 1 };
            why.push(if only { "the only field that opens empty" } else { "it opens empty" }.into());
        }
        Some((points, why))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_one_of_money_alone_and_a_year_is_twelve_months() {
        assert_eq!(money("¥1,015.20"), Some(("¥{amount}".into(), 101_520)));
        assert_eq!(money("12.00 元"), Some(("{amount} 元".into(), 1_200)));
        for none in ["¥12.00/month", "12.00元/月", "12"] {
            assert_eq!(money(none), None, "{none}");
        }
        let period = |text: &str| number(Field::PERIOD, text);
        assert_eq!((period("1 month"), period("1 year"), period("3年")), (Some(1), Some(12), Some(36)));
        assert_eq!((period("12 months, a year"), period("for long")), (Some(12), None));
        assert_eq!(number(Field::SHARDS, "2 a year"), Some(2));
    }
}
