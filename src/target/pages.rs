//! The documented pages and their named elements: where each is, on this target.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Choice, Fact, Locator, OpensBy, OpensIn, Site};

/// Declares the elements of a page beside where the page is.
macro_rules! page {
    ($(#[$doc:meta])* $name:ident { $($(#[$fdoc:meta])* $field:ident: $type:ty),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields, rename_all = "kebab-case")]
        pub struct $name {
            /// The site it belongs to.
            pub site: Site,
            /// Its path on that site, with `{order}` and the like for what varies. A `#` part tells pages apart where
            /// the site routes in the browser.
            pub path: String,
            /// What shows that it is this page.
            pub ready: Locator,
            /// The part whose state is kept as a snapshot.
            #[serde(default = "main_part")]
            pub state: Locator,
            $($(#[$fdoc])* pub $field: $type),*
        }

        impl $name {
            /// Where it is and how it is known.
            #[must_use]
            pub fn card(&self) -> Card<'_> {
                Card { site: self.site, path: &self.path, ready: &self.ready, state: &self.state }
            }

            /// Its elements by their keys in a profile, such as `choices/zone/control`; its sign first.
            fn elements(&self) -> Vec<(String, &Locator)> {
                let mut all = Vec::new();
                self.ready.tell("ready", &mut all);
                $(self.$field.tell(&stringify!($field).replace('_', "-"), &mut all);)*
                all
            }
        }
    };
}

/// What holds elements of a page.
trait Elements {
    /// Adds them, by their keys below these.
    fn tell<'a>(&'a self, keys: &str, all: &mut Vec<(String, &'a Locator)>);
}

impl Elements for Locator {
    fn tell<'a>(&'a self, keys: &str, all: &mut Vec<(String, &'a Locator)>) {
        all.push((keys.to_owned(), self));
    }
}

impl<T: Elements> Elements for BTreeMap<String, T> {
    fn tell<'a>(&'a self, keys: &str, all: &mut Vec<(String, &'a Locator)>) {
        self.iter().for_each(|(key, one)| one.tell(&format!("{keys}/{key}"), all));
    }
}

impl<T: Elements> Elements for Option<T> {
    fn tell<'a>(&'a self, keys: &str, all: &mut Vec<(String, &'a Locator)>) {
        self.iter().for_each(|one| one.tell(keys, all));
    }
}

impl Elements for Voucher {
    fn tell<'a>(&'a self, keys: &str, all: &mut Vec<(String, &'a Locator)>) {
        let parts = [("take", &self.take), ("covered", &self.covered), ("payable", &self.payable)];
        all.extend(parts.map(|(key, at)| (format!("{keys}/{key}"), at)));
    }
}

impl Elements for Choice {
    fn tell<'a>(&'a self, keys: &str, all: &mut Vec<(String, &'a Locator)>) {
        let parts =
            [("control", Some(&self.control)), ("option", self.option.as_ref()), ("message", self.message.as_ref())];
        all.extend(parts.into_iter().filter_map(|(key, at)| Some((format!("{keys}/{key}"), at?))));
    }
}

impl Elements for Fact {
    fn tell<'a>(&'a self, keys: &str, all: &mut Vec<(String, &'a Locator)>) {
        all.push((format!("{keys}/at"), &self.at));
    }
}

impl Elements for InitialiseDialog {
    fn tell<'a>(&'a self, keys: &str, all: &mut Vec<(String, &'a Locator)>) {
        self.choices.tell(&format!("{keys}/choices"), all);
        let parts = [("dialog", &self.dialog), ("ok", &self.ok), ("cancel", &self.cancel)];
        all.extend(parts.map(|(key, at)| (format!("{keys}/{key}"), at)));
    }
}

impl Elements for ReturnDialog {
    fn tell<'a>(&'a self, keys: &str, all: &mut Vec<(String, &'a Locator)>) {
        let parts = [("dialog", &self.dialog), ("consent", &self.consent), ("ok", &self.ok)];
        all.extend(parts.map(|(key, at)| (format!("{keys}/{key}"), at)));
    }
}

impl Elements for OpensBy {
    fn tell<'a>(&'a self, _: &str, _: &mut Vec<(String, &'a Locator)>) {}
}

impl Elements for OpensIn {
    fn tell<'a>(&'a self, _: &str, _: &mut Vec<(String, &'a Locator)>) {}
}

fn main_part() -> Locator {
    Locator { role: Some("main".into()), ..Locator::default() }
}

/// What all pages have: where one is and how it is known.
#[derive(Debug, Clone, Copy)]
pub struct Card<'a> {
    /// The site it belongs to.
    pub site: Site,
    /// Its path there.
    pub path: &'a str,
    /// What shows that it is this page.
    pub ready: &'a Locator,
    /// The part whose state is kept as a snapshot.
    pub state: &'a Locator,
}

page! {
    /// The portal's home page, with the menu of products.
    HomePage {
        /// How its menus open.
        menus_open_by: OpensBy,
        /// The menu "Products".
        products: Locator,
        /// In it, "Database".
        database: Locator,
        /// In that, "Distributed Database".
        distributed_database: Locator,
        /// The open menu, for its snapshot.
        menu: Locator,
        /// The link to the login page, where nobody is logged in.
        log_in: Locator,
        /// The name of the account that is logged in; `{account}` stands for it.
        account: Locator,
    }
}

page! {
    /// Where one logs in.
    LoginPage {
        /// The field for the e-mail address.
        email: Locator,
        /// The field for the password.
        password: Locator,
        /// The button.
        log_in: Locator,
        /// What is said of a login that failed.
        message: Locator,
    }
}

page! {
    /// The product page of DCDB.
    ProductPage {
        /// Leads to the purchase page.
        purchase_now: Locator,
        /// Whether it opens a new tab.
        #[serde(default)]
        purchase_opens_in: OpensIn,
    }
}

page! {
    /// Where an instance is chosen.
    PurchasePage {
        /// The fields, by their keys in the catalogue.
        choices: BTreeMap<String, Choice>,
        /// The total fee.
        total_fee: Locator,
        /// The undiscounted fee, struck through where it differs.
        original_fee: Locator,
        /// Asks again for a price that could not be had.
        retry: Locator,
        /// The note that regions cannot communicate (N1).
        region_note: Locator,
        /// The links of the note (N2).
        documents: BTreeMap<String, Locator>,
        /// Whether those open a new tab.
        #[serde(default)]
        documents_open_in: OpensIn,
        /// Leads to the check page.
        purchase_now: Locator,
    }
}

/// Where a voucher is taken for an order.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Voucher {
    /// The box that is ticked where it is taken; not there where the account has none.
    pub take: Locator,
    /// What it covers of the price; not there, or none, where it is not taken.
    pub covered: Locator,
    /// What is left to be paid.
    pub payable: Locator,
}

page! {
    /// Where the order is checked before it is paid.
    CheckPage {
        /// What was chosen, by the keys of the purchase page's fields.
        facts: BTreeMap<String, Fact>,
        /// The total fee.
        total_fee: Locator,
        /// The account's balance.
        balance: Locator,
        /// What will be frozen of it, where what is bought is paid by the hour.
        frozen: Option<Locator>,
        /// Where a voucher is taken, if it is here.
        voucher: Option<Voucher>,
        /// Pays.
        confirm: Locator,
        /// Back to the purchase page, choices kept.
        back: Locator,
        /// What is said of a purchase that was refused.
        message: Locator,
    }
}

page! {
    /// A page of its own on which the order is paid, where the target has one.
    PaymentPage {
        /// The price of the order.
        amount: Locator,
        /// What will be frozen of the balance, where what is bought is paid by the hour.
        frozen: Option<Locator>,
        /// Where a voucher is taken, if it is here.
        voucher: Option<Voucher>,
        /// Pays.
        pay: Locator,
        /// What is said of a payment that was refused; it stands on the page itself, unless said.
        message: Option<Locator>,
    }
}

page! {
    /// "Payment successful".
    ResultPage {
        /// The order number.
        order_number: Locator,
        /// What was paid.
        amount: Locator,
        /// What was frozen of the balance, where what was bought is paid by the hour.
        frozen: Option<Locator>,
        /// Leads to the console.
        go_to_console: Locator,
    }
}

page! {
    /// The console's overview, with the menu of cloud products.
    OverviewPage {
        /// How its menus open.
        menus_open_by: OpensBy,
        /// The menu "Cloud Products".
        cloud_products: Locator,
        /// In it, "Basic Products".
        basic_products: Locator,
        /// In that, "Database".
        database: Locator,
        /// In that, "Distributed Database".
        distributed_database: Locator,
        /// The open menu, for its snapshot.
        menu: Locator,
    }
}

page! {
    /// The DCDB console: the instances of a region.
    ConsolePage {
        /// Leads to the purchase page.
        new: Locator,
        /// Whether it opens a new tab.
        #[serde(default)]
        new_opens_in: OpensIn,
        /// The tab of a region; `{region}` stands for its word.
        region: Locator,
        /// Said where a region has no instance.
        empty: Locator,
        /// The row of each instance.
        row: Locator,
        /// The row of one instance; `{instance}` stands for its id.
        instance: Locator,
        /// Cells of a row: id, name, status, zone, configuration, network, expires.
        cells: BTreeMap<String, Locator>,
        /// In a row: opens the menu in which the operations are, wherever that lies on the page; in the row itself, unless said.
        more: Option<Locator>,
        /// In a row: opens the dialog to initialise.
        initialize: Locator,
        /// In a row: opens the dialog to return the instance.
        terminate: Locator,
        /// The dialog to initialise.
        initialise_dialog: InitialiseDialog,
        /// The dialog to return.
        return_dialog: ReturnDialog,
    }
}

/// The dialog in which an instance gets its first parameters.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct InitialiseDialog {
    /// The dialog itself.
    pub dialog: Locator,
    /// Its fields: character-set, table-names, sync-mode.
    pub choices: BTreeMap<String, Choice>,
    /// Starts the initialisation.
    pub ok: Locator,
    /// Closes the dialog.
    pub cancel: Locator,
}

/// The dialog in which an instance is returned.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ReturnDialog {
    /// The dialog itself.
    pub dialog: Locator,
    /// The consent that it asks for.
    pub consent: Locator,
    /// Returns the instance.
    pub ok: Locator,
}

page! {
    /// Order management.
    OrdersPage {
        /// The row of each order.
        row: Locator,
        /// Said where there is no order. Without it, that none is listed is believed only after as long as any element may take.
        #[serde(default)]
        empty: Option<Locator>,
        /// The row of one order; `{order}` stands for its number.
        order: Locator,
        /// Cells of a row: number, product, instances, amount, created, status; frozen, where what is frozen is listed.
        cells: BTreeMap<String, Locator>,
        /// In a row: pays an unpaid order.
        pay: Locator,
        /// In a row: cancels an unpaid order.
        cancel: Locator,
    }
}

page! {
    /// A page of the documentation; `{document}` stands for its number, such as `237/6918`.
    DocumentPage {}
}

/// All pages of a target.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Pages {
    /// Home.
    pub home: HomePage,
    /// Login.
    pub login: LoginPage,
    /// Product page.
    pub product: ProductPage,
    /// Purchase page.
    pub purchase: PurchasePage,
    /// Check page.
    pub check: CheckPage,
    /// A payment page between check and result, where there is one.
    pub payment: Option<PaymentPage>,
    /// Result page.
    pub result: ResultPage,
    /// Console overview.
    pub overview: OverviewPage,
    /// DCDB console.
    pub console: ConsolePage,
    /// Order management.
    pub orders: OrdersPage,
    /// Documentation.
    pub document: DocumentPage,
}

/// A page by its name in features and messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Page {
    /// The portal's home page.
    Home,
    /// The login page.
    Login,
    /// The product page.
    Product,
    /// The purchase page.
    Purchase,
    /// The check page.
    Check,
    /// The payment page, where the target has one.
    Payment,
    /// The result page.
    Result,
    /// The console overview.
    Overview,
    /// The DCDB console.
    Console,
    /// Order management.
    Orders,
    /// A page of the documentation.
    Document,
}

impl Page {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Home,
        Self::Login,
        Self::Product,
        Self::Purchase,
        Self::Check,
        Self::Payment,
        Self::Result,
        Self::Overview,
        Self::Console,
        Self::Orders,
        Self::Document,
    ];

    /// Its key in a profile.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Home => "home",
            Self::Login => "login",
            Self::Product => "product",
            Self::Purchase => "purchase",
            Self::Check => "check",
            Self::Payment => "payment",
            Self::Result => "result",
            Self::Overview => "overview",
            Self::Console => "console",
            Self::Orders => "orders",
            Self::Document => "document",
        }
    }

    /// How messages call it.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Home => "home page",
            Self::Login => "login page",
            Self::Product => "product page",
            Self::Purchase => "purchase page",
            Self::Check => "check page",
            Self::Payment => "payment page",
            Self::Result => "result page",
            Self::Overview => "console overview",
            Self::Console => "DCDB console",
            Self::Orders => "order list",
            Self::Document => "documentation page",
        }
    }
}

impl Pages {
    /// Where a page is and how it is known; `None` for a payment page that the target has not.
    #[must_use]
    pub fn card(&self, page: Page) -> Option<Card<'_>> {
        Some(match page {
            Page::Home => self.home.card(),
            Page::Login => self.login.card(),
            Page::Product => self.product.card(),
            Page::Purchase => self.purchase.card(),
            Page::Check => self.check.card(),
            Page::Payment => self.payment.as_ref()?.card(),
            Page::Result => self.result.card(),
            Page::Overview => self.overview.card(),
            Page::Console => self.console.card(),
            Page::Orders => self.orders.card(),
            Page::Document => self.document.card(),
        })
    }

    /// The elements of a page by their keys in a profile below that of the page, such as `choices/zone/control`; its sign first.
    #[must_use]
    pub fn elements(&self, page: Page) -> Vec<(String, &Locator)> {
        match page {
            Page::Home => self.home.elements(),
            Page::Login => self.login.elements(),
            Page::Product => self.product.elements(),
            Page::Purchase => self.purchase.elements(),
            Page::Check => self.check.elements(),
            Page::Payment => self.payment.as_ref().map_or_else(Vec::new, PaymentPage::elements),
            Page::Result => self.result.elements(),
            Page::Overview => self.overview.elements(),
            Page::Console => self.console.elements(),
            Page::Orders => self.orders.elements(),
            Page::Document => self.document.elements(),
        }
    }

    /// What of a page something can be done before or after, by its key. Nothing that pays, terminates or returns is among it.
    pub(super) fn acts(&self, page: Page) -> Vec<(&'static str, &Locator)> {
        match page {
            Page::Home => vec![("log-in", &self.home.log_in)],
            Page::Login => {
                vec![("email", &self.login.email), ("password", &self.login.password), ("log-in", &self.login.log_in)]
            }
            Page::Product => vec![("purchase-now", &self.product.purchase_now)],
            Page::Purchase => vec![("purchase-now", &self.purchase.purchase_now)],
            Page::Check => vec![("back", &self.check.back)],
            Page::Result => vec![("go-to-console", &self.result.go_to_console)],
            Page::Console => vec![("new", &self.console.new)],
            Page::Payment | Page::Overview | Page::Orders | Page::Document => Vec::new(),
        }
    }

    /// What cannot be taken back once it was pressed, by its keys: what pays, and what terminates or returns.
    #[must_use]
    pub fn irrevocable(&self) -> Vec<(&'static str, Locator)> {
        let dialog = &self.console.return_dialog;
        let pay = self.payment.iter().map(|payment| ("pages: payment: pay", payment.pay.clone()));
        let others = [
            ("pages: check: confirm", self.check.confirm.clone()),
            ("pages: orders: pay", self.orders.pay.clone()),
            ("pages: console: terminate", self.console.terminate.clone()),
            // Many dialogs have an "OK".
            ("pages: console: return-dialog: ok", dialog.ok.inside(&dialog.dialog)),
        ];
        others.into_iter().chain(pay).collect()
    }
}
