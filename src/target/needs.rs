//! Whether a scenario is applicable to a target: what its tags ask for (CONTRACT 9), held against what the profile says.

use std::{collections::BTreeMap, fmt};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Accounts, Contract, Lever, LeverName, Page, Profile, Requests, Wish, accounts::Listed, profile::Objection,
};

use crate::{
    domain::Field,
    nearest::{did_you_mean, nearest},
    spoken::counted,
};

/// A trace that scenarios may leave on a target, if its owner says so (`may:`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Trace {
    /// An account is locked for a while, after failed logins.
    LockAccount,
    /// An order is left unpaid until it is cancelled at the scenario's end.
    UnpaidOrder,
    /// An account's first return, the one that is paid back in full, is used up.
    FirstReturn,
}

impl Trace {
    const ALL: [Self; 3] = [Self::LockAccount, Self::UnpaidOrder, Self::FirstReturn];

    /// As tags and profiles write it.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::LockAccount => "lock-account",
            Self::UnpaidOrder => "unpaid-order",
            Self::FirstReturn => "first-return",
        }
    }
}

/// Why a scenario is not applicable to a target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// The reason, in words.
    pub why: String,
    /// The line of the profile that would add it; `None` where the target's owner has ruled it out.
    pub line: Option<String>,
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.why)
    }
}

impl Missing {
    fn ruled_out(why: String) -> Self {
        Self { why, line: None }
    }

    fn line(what: &str, line: impl Into<String>) -> Self {
        let line = line.into();
        Self { why: format!("{what} ({line})"), line: Some(line) }
    }
}

/// The tag of scenarios with two buyers.
pub const ANOTHER: &str = "buyer-another";

/// What a tag wishes of the buyer.
type Wishing = fn(&mut Wish);

/// The tags by which features wish for a buyer.
const WISHES: [(&str, Wishing); 5] = [
    ("buyer-unverified", |wish| wish.verified = false),
    ("buyer-without-finance-right", |wish| wish.finance_right = false),
    ("buyer-approved", |wish| wish.finance_zones = Some(true)),
    ("buyer-unapproved", |wish| wish.finance_zones = Some(false)),
    ("buyer-short-of-money", |wish| wish.short_of_money = true),
];

/// Of tags that begin so there are no others than [`known_tags`]; those with any other beginning are a team's own.
const BEGINNINGS: [&str; 5] = ["may-", "buyer-", "lever-", "request-", "contract-"];

fn known_tags() -> impl Iterator<Item = String> {
    let traces = Trace::ALL.iter().map(|trace| format!("may-{}", trace.key()));
    let buyers = WISHES.iter().map(|(tag, _)| *tag).chain([ANOTHER]).map(str::to_owned);
    let levers = LeverName::ALL.iter().map(|name| format!("lever-{}", name.key()));
    let requests = Requests::KEYS.iter().map(|key| format!("request-{key}"));
    let contracts = [Contract::Documented, Contract::Today].map(|contract| format!("contract-{}", contract.name()));
    traces.chain(buyers).chain(levers).chain(requests).chain(contracts)
}

/// The tags of one word by which scenarios say what they are.
const PLAIN: [&str; 4] = ["pays", "guide", "page-states", "address-check"];

/// What is asked for beside pages, fields and their values (`@needs-…`, `lacks:`).
const NEEDS: [&str; 3] = ["initialisation", "name", "page-states"];

/// What is wrong with a tag that is nearly one by which scenarios say what they need, and is none, in words: it would hold back
/// nothing, or everything. `None` where it is one, or a team's own.
#[must_use]
pub fn misspelt(tag: &str, profile: &Profile) -> Option<String> {
    if let Some(beginning) = BEGINNINGS.into_iter().find(|beginning| tag.starts_with(beginning)) {
        let known: Vec<String> =
            known_tags().filter(|known| known.starts_with(beginning)).map(|known| format!("@{known}")).collect();
        let tag = format!("@{tag}");
        return (!known.contains(&tag)).then(|| {
            let meant = did_you_mean(&tag, known.iter().map(String::as_str));
            format!("{tag} says nothing that scenarios can need{meant}\n  mend     write one of {}", known.join(", "))
        });
    }
    if let Some(need) = tag.strip_prefix("needs-") {
        // What else a target lacks is for its profile to say, and no other's.
        let known: Vec<String> = profile.needs_known().chain(profile.lacks.keys().cloned()).collect();
        let near = nearest(need, known.iter().map(String::as_str)).filter(|near| *near != need)?;
        return (!known.iter().any(|known| known == need)).then(|| {
            format!("@{tag} is nothing that a target is said to lack; did you mean @needs-{near}?\n  mend     write @needs-{near}, or lacks: {{ {need}: why }} in the profile of a target that has it not")
        });
    }
    // Another first letter is another word.
    let near = PLAIN.into_iter().filter(|known| known.get(..1) == tag.get(..1)).collect::<Vec<_>>();
    let near = nearest(tag, near).filter(|near| *near != tag)?;
    Some(format!(
        "@{tag} says nothing that scenarios can be; did you mean @{near}?\n  mend     @{near}, or another word for a tag of your own"
    ))
}

/// What a target is asked for that is to sell a value of a field, as `lacks:` has it: `region-hong-kong`.
#[must_use]
pub fn need_of(field: Field, key: &str) -> String {
    format!("{}-{key}", field.key())
}

/// Whether a tag is the number of a rule of the contract: `3.4.6`, `5.1`, or `T4` of today's.
#[must_use]
pub fn is_clause(tag: &str) -> bool {
    if is_of_today(tag) {
        return true;
    }
    let numbers = tag.split('.').count();
    (2..=3).contains(&numbers)
        && tag.split('.').all(|number| !number.is_empty() && number.chars().all(|c| c.is_ascii_digit()))
}

/// Whether a tag is the number of a rule of today's pages alone.
fn is_of_today(tag: &str) -> bool {
    tag.strip_prefix('T').is_some_and(|number| !number.is_empty() && number.chars().all(|c| c.is_ascii_digit()))
}

impl Profile {
    /// What the target has not of what a scenario with these tags (without `@`) asks for, its owner's own reasons first.
    /// Nothing: the scenario is applicable.
    #[must_use]
    pub fn missing(&self, tags: &[String]) -> Vec<Missing> {
        let mut missing: Vec<Missing> = tags.iter().filter_map(|tag| self.ruled_out(tag)).collect();
        let has = |tag: &str| tags.iter().any(|own| own == tag);
        if has("pays") {
            missing.extend(self.why_not_bought());
        }
        missing.extend(tags.iter().filter_map(|tag| self.unmeant(tag)));
        // The run's own stand-in makes the accounts that are wished for, and keeps no traces.
        if self.is_remote() {
            missing.extend(self.why_no_buyer(tags));
            missing.extend(tags.iter().filter_map(|tag| self.unsaid(tag)));
        }
        missing.extend(tags.iter().filter_map(|tag| self.without_lever(tag)));
        missing
    }

    /// What the suite, and this profile's catalogue, know that a target may lack.
    pub fn needs_known(&self) -> impl Iterator<Item = String> {
        let pages = Page::ALL.iter().map(|page| page.key());
        let fields = self.catalogue.fields.iter().flat_map(|(field, item)| {
            std::iter::once(field.clone()).chain(item.values.keys().map(move |value| format!("{field}-{value}")))
        });
        NEEDS.into_iter().chain(pages).map(str::to_owned).chain(fields)
    }

    /// Why the target has not what a scenario needs (`@needs-…`); `None` where it has.
    #[must_use]
    pub fn lack(&self, need: &str) -> Option<String> {
        if need == "initialisation" && self.delivered_as == super::Delivered::Running {
            return Some(format!("{} delivers instances running, nothing is initialised (delivered-as:)", self.name));
        }
        self.lacks.get(need).map(|why| format!("{} lacks {need}: {why}", self.name))
    }

    fn ruled_out(&self, tag: &str) -> Option<Missing> {
        // A rule of today's pages alone says whose contract it is.
        let contract = tag.strip_prefix("contract-").or(is_of_today(tag).then_some("today"));
        if let Some(contract) = contract.filter(|contract| *contract != self.contract.name()) {
            let (name, own) = (&self.name, self.contract.name());
            let why = format!("it is about the pages of {contract}, and those of {name} are {own} (contract:)");
            return Some(Missing::ruled_out(why));
        }
        if let Some(why) = self.differs.get(tag) {
            return Some(Missing::ruled_out(format!("{} differs in {tag}: {why}", self.name)));
        }
        // A target may be without reviewed page states too.
        let need = tag.strip_prefix("needs-").or((tag == "page-states").then_some(tag))?;
        self.lack(need).map(Missing::ruled_out)
    }

    fn why_not_bought(&self) -> Option<Missing> {
        if !self.may_buy() {
            let what = format!("the profile {} does not say that anything may be bought", self.name);
            return Some(Missing::line(&what, "buying:"));
        }
        let name = self.lacks.get("name").filter(|_| self.is_remote())?;
        Some(Missing::ruled_out(format!(
            "what is bought on {} could not carry the suite's name, by which it is known again: it lacks name: {name}",
            self.name
        )))
    }

    /// Which of the page's requests, or fields of an address, are meant.
    fn unmeant(&self, tag: &str) -> Option<Missing> {
        let (said, what, line) = match tag.strip_prefix("request-") {
            Some(request) => {
                let what = format!("which request is meant by the {request}");
                (self.requests.get(request).is_some(), what, format!("requests: {request}:"))
            }
            None if tag == "address-check" => {
                let what = "how the check page's address writes what was chosen".to_owned();
                (!self.address.check.is_empty(), what, "address: check:".to_owned())
            }
            None => return None,
        };
        (!said).then(|| Missing::line(&format!("the profile {} does not say {what}", self.name), line))
    }

    /// Why what the tag asks for cannot be made to happen.
    fn without_lever(&self, tag: &str) -> Option<Missing> {
        let lever = tag.strip_prefix("lever-")?;
        if LeverName::of(lever).is_some_and(|name| self.levers.get(name).is_some()) {
            return None;
        }
        let what = format!("the profile {} has no lever {lever}", self.name);
        Some(Missing::line(&what, format!("levers: {lever}:")))
    }

    /// Why there is no account as these tags wish it: none is listed, and none can be made.
    fn why_no_buyer(&self, tags: &[String]) -> Option<Missing> {
        let Accounts::Listed(listed) = &self.accounts else { return None };
        if tags.iter().any(|tag| tag == ANOTHER)
            && !self.accounts.has_another()
            && !self.makes_account(&Wish::default())
        {
            let what = format!("the profile {} lists no second account that may buy", self.name);
            return Some(Missing { why: what, line: Some("accounts: another one that may buy".into()) });
        }
        let wish = Wish::of(tags);
        if wish == Wish::default() || self.makes_account(&wish) || listed.iter().any(|account| account.grants(&wish)) {
            return None;
        }
        let what = format!("the profile {} lists no account {wish}", self.name);
        Some(Missing { why: what, line: Some(format!("accounts: one {wish}")) })
    }

    /// Whether an account as wished is made by the lever `account`, since none is listed.
    #[must_use]
    pub fn makes_account(&self, wish: &Wish) -> bool {
        let is_listed = matches!(&self.accounts, Accounts::Listed(all) if all.iter().any(|one| one.grants(wish)));
        !is_listed && self.levers.account.as_ref().is_some_and(|lever| lever.makes(wish))
    }

    fn unsaid(&self, tag: &str) -> Option<Missing> {
        let trace = Trace::ALL.into_iter().find(|trace| tag.strip_prefix("may-") == Some(trace.key()))?;
        let what = format!("the profile {} does not say that a scenario may leave this trace", self.name);
        (!self.may.contains(&trace)).then(|| Missing::line(&what, format!("may: [{}]", trace.key())))
    }

    /// What is documented, and what must never happen, holds everywhere or is a defect.
    pub(super) fn check_differs(&self) -> Result<(), Objection> {
        for (clause, why) in &self.differs {
            let what = match clause.chars().next() {
                Some('E' | 'N' | 'P') => {
                    format!("{clause} is what the vendor's document says; no target may differ in it")
                }
                Some('I') => format!("{clause} is what must never happen, on any target"),
                _ if !is_clause(clause) => format!("{clause:?} is no number of a rule"),
                _ if why.trim().is_empty() => format!("no reason is given why {clause} does not hold"),
                _ => continue,
            };
            let mend = "write the number of a rule of features/CONTRACT.md and the reason in words: \"3.2.3\": accounts are locked by hand here";
            return Err((vec!["differs"], what, mend.into()));
        }
        Ok(())
    }
}

impl Lever {
    /// Whether this lever, `account`, makes one as wished: it fills in whatever is not as usual.
    #[must_use]
    pub fn makes(&self, wish: &Wish) -> bool {
        let balance = ["balance", "balance.written", "balance.yuan"].iter().any(|name| self.fills_in(name));
        (balance || (wish.balance.is_none() && !wish.short_of_money))
            && (wish.verified || self.fills_in("verified"))
            && (wish.finance_right || self.fills_in("finance-right"))
            && (wish.finance_zones.is_none() || self.fills_in("finance-zones"))
            && (wish.voucher.is_none() || self.fills_in("voucher"))
    }
}

impl Wish {
    /// What the tags of a scenario wish of its account (`@buyer-…`).
    #[must_use]
    pub fn of(tags: &[String]) -> Self {
        let mut wish = Self::default();
        WISHES.iter().filter(|(tag, _)| tags.iter().any(|own| own == tag)).for_each(|(_, make)| make(&mut wish));
        wish
    }
}

impl Listed {
    /// Whether the account certainly is as wished, by what the profile says of it. An exact balance, or a voucher, nobody can state.
    pub(super) fn grants(&self, wish: &Wish) -> bool {
        self.verified == wish.verified
            && self.finance_right == wish.finance_right
            && self.short_of_money == wish.short_of_money
            && wish.finance_zones.is_none_or(|approved| self.finance_zones == approved)
            && wish.balance.is_none()
            && wish.voucher.is_none()
    }
}

/// What share of the contract a target is held to, and what one more line of its profile would add.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reach {
    /// How many scenarios are applicable.
    pub scenarios: usize,
    /// How many there are.
    pub of_scenarios: usize,
    /// How many rules and sentences of the contract at least one applicable scenario holds.
    pub rules: usize,
    /// How many it has.
    pub of_rules: usize,
    /// The rules that the target's owner has ruled out, with the reason.
    pub differs: BTreeMap<String, String>,
    /// Lines of profile, and how many scenarios each would add by itself.
    pub lines: BTreeMap<String, usize>,
}

impl Reach {
    /// Of a target, by the ids of the contract, and the tags of all scenarios with what the target has not of what each asks for.
    #[must_use]
    pub fn of(profile: &Profile, rules: &[&str], scenarios: &[(&[String], Vec<Missing>)]) -> Self {
        let applicable = || scenarios.iter().filter(|(_, missing)| missing.is_empty()).map(|(tags, _)| *tags);
        let mut lines = BTreeMap::new();
        for (_, missing) in scenarios {
            if let [Missing { line: Some(line), .. }] = missing.as_slice() {
                *lines.entry(line.clone()).or_insert(0) += 1;
            }
        }
        // Nobody is held to the rules of pages of another generation.
        let rules: Vec<&str> =
            rules.iter().copied().filter(|rule| profile.contract == Contract::Today || !is_of_today(rule)).collect();
        let held = |rule: &&&str| applicable().any(|tags| tags.iter().any(|tag| tag == *rule));
        Self {
            scenarios: applicable().count(),
            of_scenarios: scenarios.len(),
            rules: rules.iter().filter(held).count(),
            of_rules: rules.len(),
            differs: profile.differs.clone(),
            lines,
        }
    }
}

impl Reach {
    /// The lines, those that would add most first.
    #[must_use]
    pub fn by_gain(&self) -> Vec<(&str, usize)> {
        let mut lines: Vec<_> = self.lines.iter().map(|(line, count)| (line.as_str(), *count)).collect();
        lines.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        lines
    }
}

impl fmt::Display for Reach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { scenarios, of_scenarios, rules, of_rules, .. } = self;
        write!(
            f,
            "held to {rules} of {of_rules} rules and sentences of the contract, by {scenarios} of {of_scenarios} scenarios"
        )?;
        for (rule, why) in &self.differs {
            write!(f, "\n  differs  {rule}: {why}")?;
        }
        for (line, count) in self.by_gain() {
            write!(f, "\n  one line {line} would add {}", counted(count, "scenario"))?;
        }
        Ok(())
    }
}
