//! The profile's own keys.

use std::{collections::BTreeMap, path::PathBuf, time::Duration};

use schemars::JsonSchema;
use secrecy::SecretString;
use serde::Deserialize;
use serde_untagged::UntaggedEnumVisitor;
use url::Url;

use super::{
    Accounts, Addresses, Api, Catalogue, Deed, DialogRule, Errand, Example, Formats, Hosts, Levers, Locator, Marker,
    Pace, Page, Pages, Prices, Requests, Text, Trace, Vocabulary, WebDriver, Window, Words,
    needs::need_of,
    wording::{duration, pattern, patterns},
};
use crate::{
    domain::{Failure, Field, Money, Region},
    nearest::did_you_mean,
};

/// A target of runs, as its profile describes it.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Profile {
    /// Its name: names the folder of its page states.
    pub name: String,
    /// The language of its pages, `en` or `zh-CN`. Wordings given in both are taken in this one.
    pub language: String,
    /// Where its page states are compared with the same pages of another profile, that profile's name.
    pub page_states: Option<String>,
    /// The run starts the built-in stand-in and uses it. A profile without this is remote.
    pub standin: Option<StandIn>,
    /// Where its sites are. `{port}` stands for the port of the run's own stand-in.
    pub sites: Sites,
    /// The hosts that browsers of a run may be on, redirects and new tabs included: those of the sites, and what they send
    /// buyers to. A page of any other ends the scenario before anything more is done in it (class guard).
    pub hosts: Hosts,
    /// What every page of this test target carries and no page of the real one does. Asked before each login and right before
    /// each click that pays. Without it the target cannot prove to be a test target, and nothing is paid unless `buying:` says
    /// `production: true`.
    pub marker: Option<Marker>,
    /// The driver or grid to run browsers on, instead of one on this machine: its address, or a mapping.
    pub webdriver: Option<WebDriver>,
    /// The size of the browser's window, such as `1280x900`, px.
    #[serde(default)]
    pub window: Window,
    /// Its pages and what is on them.
    pub pages: Pages,
    /// What it sells: the fields of a purchase and their values, by the names that features give them.
    pub catalogue: Catalogue,
    /// Whose prices it has: those of the contract, unless said.
    #[serde(default)]
    pub prices: Prices,
    /// What purchases cost, where that is not what features say; found by what a scenario chooses.
    #[serde(default)]
    pub examples: Vec<Example>,
    /// How it writes what can be chosen.
    pub words: Vocabulary,
    /// How it writes amounts and numbers.
    pub formats: Formats,
    /// What may lie over any page and is dismissed wherever it appears: tours, announcements, cookie notices.
    #[serde(default)]
    pub overlays: Vec<Overlay>,
    /// What must be done on the way through its pages beside what buyers do everywhere: agreements to tick, a second factor. Nothing of
    /// it pays, confirms, terminates or returns (class guard).
    #[serde(default)]
    pub on_the_way: Vec<Errand>,
    /// How dialogs of the browser's own (alert, confirm, prompt) are answered; the first that fits. All others fail what meets them.
    #[serde(default)]
    pub dialogs: Vec<DialogRule>,
    /// Which request of a page is meant where a scenario holds it or has it fail, in the buyer's browser. Scenarios of one that
    /// is not said are not applicable.
    #[serde(default)]
    pub requests: Requests,
    /// How addresses of pages write what was chosen. Without it, scenarios in which one is edited are not applicable.
    #[serde(default)]
    pub address: Addresses,
    /// How long things may take.
    pub deadlines: Deadlines,
    /// Who may buy.
    pub accounts: Accounts,
    /// How often a minute it may be logged in to and paid at.
    #[serde(default)]
    pub pace: Pace,
    /// How often accounts log in: `each-time`, unless said, or `once`: the login of each account is kept for the run and given to the
    /// browser of each later scenario, but of those that say something of logging in.
    #[serde(default)]
    pub login: LogsIn,
    /// The API to ask beside the pages. Without it, or for an account without a key, the pages alone are believed.
    pub api: Option<Api>,
    /// Which rules its pages keep: scenarios tagged with another's, `@contract-…`, are not applicable.
    #[serde(default)]
    pub contract: Contract,
    /// What an instance is once it is delivered.
    #[serde(default)]
    pub delivered_as: Delivered,
    /// What may be bought. Nothing, unless said.
    pub buying: Option<Buying>,
    /// What the target has not, by need, with the reason: scenarios tagged `@needs-…` with it are not applicable; those
    /// of the page states where it is `page-states`.
    #[serde(default)]
    pub lacks: BTreeMap<String, String>,
    /// The rules of the contract that do not hold on the target, by their numbers, with its owner's reason: scenarios that
    /// hold them are not applicable. Silence means that a rule holds. Nothing that is documented (E, N, P) and no invariant (I).
    #[serde(default)]
    pub differs: BTreeMap<String, String>,
    /// What only the target's owner can make happen. Another's target has to have a `marker:` for any.
    #[serde(default)]
    pub levers: Levers,
    /// The mistakes that the lever `defect` can switch on, by what it fills in: what `dcdb-e2e defects --target` looks for.
    #[serde(default)]
    pub defects: BTreeMap<String, KnownDefect>,
    /// The hosts that levers go to, and nothing else of a run.
    #[serde(default)]
    pub lever_hosts: Hosts,
    /// The traces that scenarios may leave on another's target.
    #[serde(default)]
    pub may: Vec<Trace>,
    /// Console errors and failed requests that are known and tolerated, as regular expressions over text and address. A
    /// request failed where no answer came; over a Chromium of this machine or a grid also where the answer is 5xx, or 4xx for a
    /// script, style sheet, picture, font or medium of the page; documents apart.
    #[serde(default, deserialize_with = "patterns")]
    pub tolerated_complaints: Vec<String>,
    /// What becomes of what keeps people with a screen reader or a keyboard from buying, as far as axe-core finds it: it is in the
    /// report; or it fails the scenario too, unless it is among `tolerated-complaints`.
    #[serde(default)]
    pub accessibility: Accessibility,
    /// What its author should be told, though it can be used.
    #[serde(skip)]
    pub warnings: Vec<String>,
    /// What variables gave to headers, bodies and paths of levers; never printed.
    #[serde(skip)]
    pub lever_secrets: Vec<SecretString>,
}

/// What becomes of what keeps people with a screen reader or a keyboard from buying.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Accessibility {
    /// It is in the report.
    #[default]
    Reported,
    /// It fails the scenario.
    Required,
}

/// A mistake that the target can be made to make.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct KnownDefect {
    /// The rules of the contract that it breaks, the one that it is about first: scenarios that hold them are run first.
    pub clauses: Vec<String>,
    /// What a buyer meets.
    pub does: String,
    /// What a failure that is about it says, as a regular expression.
    #[serde(deserialize_with = "pattern")]
    pub says: String,
}

/// How often accounts log in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LogsIn {
    /// In each scenario.
    #[default]
    EachTime,
    /// Once a run.
    Once,
}

/// How the run's own stand-in is started.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct StandIn {
    /// Its skin.
    pub skin: Skin,
    /// Which generation of the pages it serves.
    #[serde(default)]
    pub generation: Contract,
}

/// Which rules pages keep: a generation of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Contract {
    /// Those of the vendor's how-to (CONTRACT 1 to 6).
    #[default]
    Documented,
    /// Those of today (CONTRACT 10).
    Today,
}

impl Contract {
    /// As profiles, tags and the stand-in call it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Documented => "documented",
            Self::Today => "today",
        }
    }
}

/// A markup of the run's own stand-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Skin {
    /// Semantic HTML.
    Classic,
    /// The vendor's component style.
    Tea,
}

impl Skin {
    /// How the stand-in calls it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Classic => "classic",
            Self::Tea => "tea",
        }
    }
}

/// A site of the target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Site {
    /// Home, login, product pages, documentation.
    Portal,
    /// The purchase flow.
    Buy,
    /// The console.
    Console,
}

impl Site {
    /// All there are.
    pub const ALL: [Self; 3] = [Self::Portal, Self::Buy, Self::Console];
}

/// The base addresses of the sites.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Sites {
    /// Of the portal.
    pub portal: String,
    /// Of the purchase flow.
    pub buy: String,
    /// Of the console.
    pub console: String,
}

/// How a menu opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OpensBy {
    /// When the pointer rests on it, as documented.
    Hover,
    /// When it is clicked.
    Click,
}

/// Where a link opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OpensIn {
    /// In a tab of its own, as the contract has it.
    #[default]
    NewTab,
    /// In its own tab.
    SameTab,
}

/// Something that may lie over a page.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Overlay {
    /// How it is known.
    pub shown: Locator,
    /// What is clicked to dismiss it.
    pub dismiss: Locator,
}

/// What an instance is once it is delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Delivered {
    /// Uninitialized, as documented: it gets its parameters in the console.
    #[default]
    Uninitialized,
    /// Running: what it needs to run was chosen before it was bought, as on newer pages, and nothing is initialised.
    Running,
}

/// How long things may take. Real deliveries take minutes.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Deadlines {
    /// An element to be as expected.
    #[serde(deserialize_with = "duration")]
    #[schemars(with = "String")]
    pub element: Duration,
    /// A page to show itself.
    #[serde(deserialize_with = "duration")]
    #[schemars(with = "String")]
    pub arrival: Duration,
    /// A page to finish loading, before it is used as it is.
    #[serde(deserialize_with = "duration")]
    #[schemars(with = "String")]
    pub load: Duration,
    /// A price to be computed.
    #[serde(deserialize_with = "duration")]
    #[schemars(with = "String")]
    pub price: Duration,
    /// How long a price must stay the same to be believed; `0ms` where the page never shows a price that is not
    /// computed yet, as the contract has it.
    #[serde(deserialize_with = "duration")]
    #[schemars(with = "String")]
    pub price_settles: Duration,
    /// A payment to be confirmed.
    #[serde(deserialize_with = "duration")]
    #[schemars(with = "String")]
    pub payment: Duration,
    /// How long after a click that nothing answered a charge may still come. Until then it counts as paid.
    #[serde(deserialize_with = "duration", default = "ten_minutes")]
    #[schemars(with = "String", default)]
    pub late_charge: Duration,
    /// A lever to be answered.
    #[serde(deserialize_with = "duration", default = "half_a_minute")]
    #[schemars(with = "String", default)]
    pub lever: Duration,
    /// A paid instance to be delivered.
    #[serde(deserialize_with = "duration")]
    #[schemars(with = "String")]
    pub delivery: Duration,
    /// An instance to be initialised.
    #[serde(deserialize_with = "duration")]
    #[schemars(with = "String")]
    pub initialisation: Duration,
    /// A step. Nothing new is begun in it once its time is up; what it waits for then still gets its own time.
    #[serde(deserialize_with = "duration")]
    #[schemars(with = "String")]
    pub step: Duration,
    /// A scenario; as with a step.
    #[serde(deserialize_with = "duration")]
    #[schemars(with = "String")]
    pub scenario: Duration,
    /// A run: it stops after the present steps then.
    #[serde(deserialize_with = "duration")]
    #[schemars(with = "String")]
    pub run: Duration,
}

const fn half_a_minute() -> Duration {
    Duration::from_secs(30)
}

const fn ten_minutes() -> Duration {
    Duration::from_secs(10 * 60)
}

impl Deadlines {
    /// The longest that a single expectation may wait.
    #[must_use]
    pub fn longest(&self) -> Duration {
        let all = [self.element, self.arrival, self.load, self.price, self.payment, self.delivery, self.initialisation];
        all.into_iter().max().unwrap_or_default()
    }
}

/// What may be bought on the target. What is not said is zero.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Buying {
    /// At most so much an order.
    #[serde(default)]
    pub per_order: Cap,
    /// At most so much a run.
    #[serde(default)]
    pub per_run: Cap,
    /// At most so much in any 24 hours, over all runs that share the ledger.
    #[serde(default)]
    pub per_day: Cap,
    /// The file in which the ledger of orders is kept, instead of one in the user's state folder. From the folder of this profile.
    pub ledger: Option<PathBuf>,
    /// Real money is paid here. Each run must then repeat the amount that it may cost: `--spend-up-to`.
    #[serde(default)]
    pub production: bool,
}

/// How much may be bought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Cap {
    /// For how much money, such as `¥2,000.00`.
    #[serde(deserialize_with = "money", default)]
    #[schemars(with = "String")]
    pub amount: Money,
    /// How many instances.
    #[serde(default)]
    pub instances: u32,
}

fn money<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Money, D::Error> {
    UntaggedEnumVisitor::new()
        .expecting("an amount in quotes, such as \"¥2,000.00\"")
        .string(|text| text.parse().map_err(|error| serde::de::Error::custom(format!("{error:#}"))))
        .deserialize(deserializer)
}

/// What is wrong with a profile beyond types: the keys that say it, what it is, how to mend it.
pub(super) type Objection = (Vec<&'static str>, String, String);

/// The key of what a feature quotes, under `words: message:`: its words in lower case with hyphens between them.
#[must_use]
pub fn message_key(quoted: &str) -> String {
    let letters = quoted.to_lowercase().replace(|letter: char| !letter.is_alphanumeric() && letter != '-', " ");
    letters.split_whitespace().collect::<Vec<_>>().join("-")
}

impl Profile {
    /// Whether pages of another party are driven: anything but the stand-in that the run itself starts.
    #[must_use]
    pub fn is_remote(&self) -> bool {
        self.standin.is_none()
    }

    /// Whether this target may be bought on at all.
    #[must_use]
    pub fn may_buy(&self) -> bool {
        !self.is_remote() || self.buying.is_some()
    }

    /// What purchases are held against, as results and report say it.
    #[must_use]
    pub fn opinion(&self) -> &'static str {
        let asked = self.api.is_some() && (!self.is_remote() || self.accounts.have_keys());
        if asked { "pages and API" } else { "pages only" }
    }

    /// The base address of a site.
    ///
    /// # Errors
    /// When it is malformed: never after the profile was checked.
    pub fn site(&self, site: Site, port: u16) -> anyhow::Result<Url> {
        let text = match site {
            Site::Portal => &self.sites.portal,
            Site::Buy => &self.sites.buy,
            Site::Console => &self.sites.console,
        };
        base_url(text, port).map_err(anyhow::Error::msg)
    }

    /// How the target says what a feature quotes, such as `No VPC in this region`: its text under `words: message:`, by its
    /// [`message_key`].
    ///
    /// # Errors
    /// Class test: the profile has no such wording. The run has seen to it before it began.
    pub fn wording(&self, quoted: &str) -> Result<Text, Failure> {
        let key = message_key(quoted);
        let messages = self.words.get("message");
        messages.and_then(|words| words.text(&key)).ok_or_else(|| {
            let known: Vec<String> =
                messages.into_iter().flat_map(Words::keys).map(|key| format!("{:?}", key.replace('-', " "))).collect();
            let meant = did_you_mean(&format!("{:?}", key.replace('-', " ")), known.iter().map(String::as_str));
            Failure::test(format!(
                "the profile {} does not say how {quoted:?} is worded{meant}\n  known    {}\n  mend     write one of these, or add words: message: {key}: to it",
                self.name,
                known.join(", ")
            ))
        })
    }

    /// The word of a value, for messages that must not fail.
    ///
    /// # Errors
    /// When the profile has no word for it.
    pub fn word(&self, field: &str, key: &str) -> anyhow::Result<String> {
        let words: Option<&Words> = self.words.get(field);
        words.and_then(|words| words.word(key)).ok_or_else(|| {
            crate::domain::Failure::test(format!(
                "the profile {} has no word for {key} of {field}\n  mend: add it under words: {field}:",
                self.name
            ))
            .into()
        })
    }

    /// The regions that are sold here, in the order of the page, and that pages have a word for.
    #[must_use]
    pub fn regions(&self) -> Vec<Region> {
        let sold = self.catalogue.fields.get(Field::REGION.key()).into_iter().flat_map(|item| item.values.keys());
        let had =
            sold.filter(|key| self.lack(&need_of(Field::REGION, key)).is_none() && self.word("region", key).is_ok());
        had.map(|key| Region::of(key)).collect()
    }

    pub(super) fn check(&self) -> Result<(), Objection> {
        self.accounts.check_proofs().and_then(|()| self.check_but_for_proofs())
    }

    /// Whether an account logs in once a run: where the profile says so, or a person has to do something for it.
    #[must_use]
    pub fn logs_in_once(&self) -> bool {
        let by_person = |errand: &Errand| errand.deeds.iter().any(|deed| matches!(deed, Deed::Person(..)));
        self.login == LogsIn::Once || self.on_the_way.iter().any(by_person)
    }

    /// Nothing is ever there in no time.
    fn check_deadlines(&self) -> Result<(), Objection> {
        let Deadlines {
            element, arrival, price, payment, lever, delivery, initialisation, step, scenario, run, ..
        } = self.deadlines;
        let all = [
            ("element", element),
            ("arrival", arrival),
            ("price", price),
            ("payment", payment),
            ("lever", lever),
            ("delivery", delivery),
            ("initialisation", initialisation),
            ("step", step),
            ("scenario", scenario),
            ("run", run),
        ];
        match all.into_iter().find(|(_, within)| within.is_zero()) {
            Some((key, _)) => Err((
                vec!["deadlines", key],
                format!("deadlines: {key}: is no time at all: whatever is waited for so long is never there"),
                "give it some, such as 5s".into(),
            )),
            None => Ok(()),
        }
    }

    /// Pages are told apart by path and hash.
    fn check_paths(&self) -> Result<(), Objection> {
        for page in Page::ALL {
            let Some(card) = self.pages.card(page) else { continue };
            let bare = card.path.split('#').next().unwrap_or_default();
            let what = if card.path.contains("://") || card.path.starts_with("//") {
                "is a whole address"
            } else if bare.contains('?') {
                "has a query, by which pages are not told apart"
            } else {
                continue;
            };
            return Err((
                vec!["pages", page.key(), "path"],
                format!("the path {:?} {what}", card.path),
                "write what comes behind the address of its site (sites:), such as /dcdb or /#/dcdb".into(),
            ));
        }
        Ok(())
    }

    /// What it says can be, whether or not its accounts can prove who they are.
    pub(super) fn check_but_for_proofs(&self) -> Result<(), Objection> {
        if let Some((what, mend)) = self.hosts.objection() {
            return Err((vec!["hosts"], what, mend));
        }
        for (key, text) in [("portal", &self.sites.portal), ("buy", &self.sites.buy), ("console", &self.sites.console)]
        {
            base_url(text, 80)
                .map_err(|what| (vec!["sites", key], what, "write it as https://buy.example.com".into()))?;
            if let Ok(url) = base_url(text, 80)
                && !self.hosts.admit(&url)
            {
                return Err((
                    vec!["hosts"],
                    format!("hosts does not list {}, where sites: {key}: is", url.host_str().unwrap_or_default()),
                    "add it, if browsers of a run may go there".into(),
                ));
            }
            if !text.contains("{port}") && !self.is_remote() {
                return Err((
                    vec!["sites", key],
                    format!("{text} is not the stand-in that the run starts, and would be paid at as if it were"),
                    "write its {port}, or remove standin: and say what may be bought (buying:)".into(),
                ));
            }
            if text.contains("{port}") && self.is_remote() {
                return Err((
                    vec!["sites", key],
                    format!("{text} has a {{port}}, but the run starts no stand-in"),
                    "write the address out, or add standin:".into(),
                ));
            }
        }
        if let Some(driver) = &self.webdriver {
            driver.check()?;
        }
        for (key, pattern) in [
            ("order-number", &self.formats.order_number),
            ("instance-id", &self.formats.instance_id),
            ("date", &self.formats.date),
        ] {
            Formats::whole(pattern).map_err(|error| {
                (
                    vec!["formats", key],
                    format!("{error:#}"),
                    "correct the pattern; in YAML put it into single quotes".into(),
                )
            })?;
        }
        if !self.formats.money.contains("{amount}") {
            return Err((
                vec!["formats", "money"],
                format!("{:?} does not say where the figures stand", self.formats.money),
                "write it as ¥{amount}".into(),
            ));
        }
        self.check_deadlines()?;
        self.check_paths()?;
        self.catalogue.check()?;
        self.check_examples()?;
        let fields: Vec<Field> = self.catalogue.in_order().into_iter().map(|(field, _)| field).collect();
        for field in &fields {
            if !self.pages.purchase.choices.contains_key(field.key()) && !self.lacks.contains_key(field.key()) {
                return Err((
                    vec!["pages", "purchase", "choices"],
                    format!("the choice {} is missing", field.key()),
                    format!("say how it is made, or that the target lacks it: lacks: {{ {}: why }}", field.key()),
                ));
            }
        }
        if let Some(unknown) = self.pages.purchase.choices.keys().find(|key| !self.catalogue.fields.contains_key(*key))
        {
            return Err((
                vec!["pages", "purchase", "choices"],
                format!("no field is called {unknown}"),
                format!(
                    "there are {}; another is added under catalogue: fields:",
                    fields.iter().map(|field| field.key()).collect::<Vec<_>>().join(", ")
                ),
            ));
        }
        self.requests.check()?;
        self.address.check(&self.catalogue)?;
        for overlay in &self.overlays {
            if let Some(framed) = [&overlay.shown, &overlay.dismiss].into_iter().find(|it| !it.frames().is_empty()) {
                let mend = "say what is known of it and closes it on the page itself".to_owned();
                return Err((vec!["overlays"], format!("an overlay is not looked for in frames: {framed}"), mend));
            }
            let dismiss = &overlay.dismiss;
            let dialog_ok = ("pages: console: return-dialog: ok", self.pages.console.return_dialog.ok.clone());
            let mut irrevocable = self.pages.irrevocable().into_iter().chain([dialog_ok]);
            if let Some((keys, _)) = irrevocable.find(|(_, pressed)| dismiss.is_of(pressed)) {
                let what =
                    format!("an overlay would be dismissed by {dismiss}, which pays, terminates or returns ({keys})");
                let mend =
                    "say what closes the overlay and nothing else, such as { role: button, name: Close, within: … }";
                return Err((vec!["overlays"], what, mend.into()));
            }
        }
        self.on_the_way.iter().try_for_each(|errand| errand.check(&self.pages, self.accounts.have_codes()))?;
        if self.pages.card(Page::Payment).is_some_and(|card| card.path.is_empty()) {
            return Err((
                vec!["pages", "payment", "path"],
                "the payment page has no path".into(),
                "say where it is".into(),
            ));
        }
        if let Some(api) = &self.api {
            api.check(self.is_remote(), &self.catalogue)?;
        }
        self.check_differs()?;
        for (field, words) in self.words.iter().filter(|(field, _)| field.as_str() != "message") {
            if let Some(key) = words.partial() {
                let what = format!("the word for {key} of {field} is not given whole");
                return Err((
                    vec!["words"],
                    what,
                    "only what pages say (words: message:) may be known by a part".into(),
                ));
            }
        }
        self.accounts.check(self.is_remote())?;
        self.check_levers()?;
        if self.api.is_none() && self.accounts.have_keys() {
            let mend = "say where it is: api: { dcdb: …, billing: …, regions: … }, or take the key away";
            return Err((vec!["accounts"], "an account has a key for an API that is nowhere".into(), mend.into()));
        }
        Ok(())
    }
}

pub(super) fn base_url(text: &str, port: u16) -> Result<Url, String> {
    let url = Url::parse(&text.replace("{port}", &port.to_string()))
        .map_err(|error| format!("{text:?} is no address: {error}"))?;
    if !["http", "https"].contains(&url.scheme()) || url.host_str().is_none() {
        return Err(format!("{text:?} is no address of a site: it needs http:// or https:// and a host"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(format!("the address of {} carries a user or password", url.host_str().unwrap_or("a site")));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(format!("{text:?} is no base address: it has a query or a fragment"));
    }
    Ok(url)
}
