//! What must be done on the way through a target's pages, beside what buyers do everywhere: an agreement to tick, a second factor.

use std::fmt;

use schemars::JsonSchema;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

use super::{Likeness, Locator, Page, Pages, Text, profile::Objection};

/// Something that must be done at a page, once it has come, or before or after an act there.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Errand {
    /// The page.
    pub at: Page,
    /// Before this of its elements is pressed or filled in, by its key.
    pub before: Option<String>,
    /// After this one was: as soon as `when`, or what the first of the deeds is done to, is there. Nothing where that never comes,
    /// such as after a wrong password.
    pub after: Option<String>,
    /// Only where this is there.
    pub when: Option<Locator>,
    /// What is done, one after the other.
    #[serde(rename = "do")]
    pub deeds: Vec<Deed>,
}

/// One thing that is done on the way.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(try_from = "Written")]
pub enum Deed {
    /// Ticks a box or takes a radio, unless it is already.
    Tick(Locator),
    /// Chooses this option of a native select.
    Choose(Locator, Text),
    /// Fills in a field; `{code}` stands for the one-time code of the account that logs in.
    #[schemars(skip)]
    Fill(Locator, SecretString),
    /// Presses.
    Press(Locator),
    /// Waits until this is there.
    WaitFor(Locator),
    /// What only a person can do, such as a captcha, where it is there: done once it is gone, or the other is there.
    Person(Locator, Option<Box<Locator>>),
}

/// A deed as profiles write it: `{ tick: … }`, `{ choose: …, option: … }`, `{ fill: …, with: … }`, `{ press: … }`,
/// `{ wait-for: … }` or `{ person: …, until: … }`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Written {
    /// A box to tick, or a radio.
    tick: Option<Locator>,
    /// A native select.
    choose: Option<Locator>,
    /// The option to choose there.
    option: Option<Text>,
    /// A field.
    fill: Option<Locator>,
    /// What to fill in, from a variable where it is secret; `{code}` stands for the account's one-time code.
    #[schemars(with = "Option<String>")]
    with: Option<SecretString>,
    /// What to press, such as a button that leads on.
    press: Option<Locator>,
    /// What to wait for.
    wait_for: Option<Locator>,
    /// What only a person can do, such as a captcha: in a run with windows one is asked, once for each account; any other ends here.
    person: Option<Locator>,
    /// What shows that it is done; unless said, that it is gone.
    until: Option<Locator>,
}

impl TryFrom<Written> for Deed {
    type Error = String;

    fn try_from(w: Written) -> Result<Self, String> {
        match (w.tick, (w.choose, w.option), (w.fill, w.with), w.press, w.wait_for, (w.person, w.until)) {
            (Some(at), (None, None), (None, None), None, None, (None, None)) => Ok(Self::Tick(at)),
            (None, (Some(at), Some(option)), (None, None), None, None, (None, None)) => Ok(Self::Choose(at, option)),
            (None, (None, None), (Some(at), Some(text)), None, None, (None, None)) => Ok(Self::Fill(at, text)),
            (None, (None, None), (None, None), Some(at), None, (None, None)) => Ok(Self::Press(at)),
            (None, (None, None), (None, None), None, Some(at), (None, None)) => Ok(Self::WaitFor(at)),
            (None, (None, None), (None, None), None, None, (Some(at), until)) => Ok(Self::Person(at, until.map(Box::new))),
            _ => Err(
                "a deed is one of tick, press and wait-for, choose with option:, fill with with:, or person, with until: or not"
                    .into(),
            ),
        }
    }
}

impl Deed {
    /// What it is done to.
    #[must_use]
    pub const fn locator(&self) -> &Locator {
        match self {
            Self::Tick(at)
            | Self::Choose(at, _)
            | Self::Fill(at, _)
            | Self::Press(at)
            | Self::WaitFor(at)
            | Self::Person(at, _) => at,
        }
    }

    /// Whether it leaves all as it is.
    const fn only_looks(&self) -> bool {
        matches!(self, Self::WaitFor(_) | Self::Person(..))
    }
}

impl fmt::Display for Deed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tick(at) => write!(f, "tick {at}"),
            Self::Choose(at, option) => write!(f, "choose {option} in {at}"),
            Self::Fill(at, _) => write!(f, "fill in {at}"),
            Self::Press(at) => write!(f, "press {at}"),
            Self::WaitFor(at) => write!(f, "wait for {at}"),
            Self::Person(at, _) => write!(f, "have a person see to {at}"),
        }
    }
}

/// When an errand is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Moment {
    /// Once the page has come.
    Arrival,
    /// Before this is used.
    Before(Locator),
    /// After this was used.
    After(Locator),
}

impl fmt::Display for Errand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "on the way at the {}", self.at.title())?;
        match (&self.before, &self.after) {
            (Some(act), _) => write!(f, ", before {act}"),
            (_, Some(act)) => write!(f, ", after {act}"),
            _ => Ok(()),
        }
    }
}

impl Errand {
    /// When it is done.
    ///
    /// # Errors
    /// The page has no such act, in words, and how to mend it.
    pub fn moment(&self, pages: &Pages) -> Result<Moment, (String, String)> {
        let (act, moment): (_, fn(Locator) -> Moment) = match (&self.before, &self.after) {
            (None, None) => return Ok(Moment::Arrival),
            (Some(act), None) => (act, Moment::Before),
            (None, Some(act)) => (act, Moment::After),
            (Some(_), Some(_)) => {
                return Err(("before and after at once".into(), "write two of them, or leave one out".into()));
            }
        };
        let acts = pages.acts(self.at);
        let found = acts.iter().find(|(key, _)| key == act).map(|(_, locator)| moment((*locator).clone()));
        found.ok_or_else(|| {
            let known: Vec<&str> = acts.iter().map(|(key, _)| *key).collect();
            let known = if known.is_empty() { "nothing".to_owned() } else { known.join(", ") };
            // A price that was read must be the one that is paid, and what pays is pressed by nobody else.
            let mend = format!(
                "before or after at the {}: {known}; what is to be done before something pays, terminates or returns is done once its page has come (neither before nor after)",
                self.at.title()
            );
            (format!("{act} is nothing there that something can be done before or after"), mend)
        })
    }

    /// What shows that it is to be done; of what is in a frame, the page has the frame.
    #[must_use]
    pub fn sign(&self) -> Option<Locator> {
        let sign = self.when.as_ref().or_else(|| self.deeds.first().map(Deed::locator))?;
        Some(sign.frames().into_iter().next().unwrap_or_else(|| sign.clone()))
    }

    /// The page that it may be done on: what is due after an act is done where that leads.
    const fn falls_due_on(&self) -> Page {
        match (self.at, &self.after) {
            (Page::Product, Some(_)) => Page::Purchase,
            (Page::Purchase, Some(_)) => Page::Check,
            (Page::Overview, Some(_)) => Page::Console,
            (page, _) => page,
        }
    }

    /// What nobody may press on it, by their names: what looks as if it pays, buys, confirms, terminates or returns. `whole`: also
    /// what is no control to assistive technology.
    #[must_use]
    pub fn barred_names(&self, whole: bool) -> Vec<Locator> {
        let name = Text::Like(Likeness::Matches(barred_name(self.falls_due_on())));
        let roles = ["button", "link", "menuitem"].into_iter();
        let named =
            roles.map(|role| Locator { role: Some(role.into()), name: Some(name.clone()), ..Locator::default() });
        let shown = whole.then(|| Locator { text: Some(name.clone()), ..Locator::default() });
        named.chain(shown).collect()
    }

    pub(super) fn check(&self, pages: &Pages, has_codes: bool) -> Result<(), Objection> {
        let object = |what: String, mend: String| Err((vec!["on-the-way"], format!("{self}: {what}"), mend));
        if let Err((what, mend)) = self.moment(pages) {
            return object(what, mend);
        }
        if self.deeds.is_empty() {
            return object("nothing is done".into(), "say what: do: [{ tick: … }]".into());
        }
        let dialog_ok = ("pages: console: return-dialog: ok", pages.console.return_dialog.ok.clone());
        let irrevocable: Vec<_> = pages.irrevocable().into_iter().chain([dialog_ok]).collect();
        let barred = regex::Regex::new(&barred_name(self.falls_due_on())).ok();
        for deed in self.deeds.iter().filter(|deed| !deed.only_looks()) {
            let at = deed.locator();
            let mend =
                "say what else is done there; what pays, confirms, terminates or returns is pressed by scenarios alone";
            if let Some((keys, _)) = irrevocable.iter().find(|(_, pressed)| at.is_of(pressed)) {
                return object(format!("{at} pays, confirms, terminates or returns ({keys})"), mend.into());
            }
            let names = [&at.name, &at.text].into_iter().flatten();
            let said = names.filter_map(|name| if let Text::Is(name) = name { Some(name) } else { None });
            let is_barred = |name: &&String| barred.as_ref().is_some_and(|barred| barred.is_match(name));
            if matches!(deed, Deed::Press(_))
                && let Some(name) = said.into_iter().find(is_barred)
            {
                return object(format!("by its name, {name:?} pays, confirms, terminates or returns"), mend.into());
            }
            if let Deed::Fill(_, text) = deed {
                let text = text.expose_secret();
                // A driver takes these for keys: Enter would send a form off.
                if text.chars().any(|c| c.is_control() || ('\u{e000}'..='\u{f8ff}').contains(&c)) {
                    return object("what is filled in holds keys, not characters".into(), "leave them out".into());
                }
                if text.contains("{code}") && !has_codes {
                    let mend =
                        "give it: accounts: one-time-code: ${BUYER_CODE_SECRET}, or the code itself by a variable";
                    return object("no account has anything to make {code} of".into(), mend.into());
                }
            }
        }
        Ok(())
    }
}

/// The names of what nobody presses on the way, as a pattern for pages and for profiles. Where money is, a mere OK may confirm.
fn barred_name(page: Page) -> String {
    const PAYS: [&str; 17] = [
        "pay",
        "pays",
        "payment",
        "returns",
        "refunds",
        "buy",
        "purchase",
        "checkout",
        "subscribe",
        "recharge",
        "terminate",
        "return",
        "refund",
        "destroy",
        "delete",
        "release",
        "renew",
    ];
    const CONFIRMS: [&str; 4] = ["confirm", "submit", "place", "order"];
    const AGREES: [&str; 3] = ["ok", "yes", "proceed"];
    const IN_CHINESE: [&str; 18] = [
        "订购", "结算", "结账", "隔离", "支付", "付款", "购买", "开通", "充值", "退款", "退费", "退货", "退订", "退还",
        "销毁", "释放", "删除", "续费",
    ];
    let (confirms, agrees): (bool, bool) = match page {
        Page::Home | Page::Login | Page::Product | Page::Document => (false, false),
        Page::Purchase | Page::Overview => (true, false),
        Page::Check | Page::Payment | Page::Result | Page::Console | Page::Orders => (true, true),
    };
    let english = PAYS.iter().chain(CONFIRMS.iter().filter(|_| confirms));
    let words: Vec<String> = english.chain(AGREES.iter().filter(|_| agrees)).map(|word| any_case(word)).collect();
    let chinese = IN_CHINESE.iter().chain(["提交", "下单", "确认"].iter().filter(|_| confirms));
    let chinese: Vec<&str> = chinese.chain(["确定"].iter().filter(|_| agrees)).copied().collect();
    format!("\\b({})\\b|{}", words.join("|"), chinese.join("|"))
}

/// The word in any case: patterns of pages know no flag for it.
fn any_case(word: &str) -> String {
    word.chars().map(|c| format!("[{}{c}]", c.to_ascii_uppercase())).collect()
}
