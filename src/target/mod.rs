//! The target of a run: a profile (YAML) turned into typed, immutable settings.
//!
//! Everything that differs between the stand-in, staging and the real site is said here: addresses, language, where
//! things are on the pages, how a choice is made, how long things may take, who may buy what. Reads no environment
//! itself: the mains pass it in.

mod accounts;
mod address;
mod api;
mod catalogue;
mod codes;
mod dialogs;
mod examples;
mod file;
mod hosts;
mod lease;
mod levers;
mod locator;
mod marker;
mod needs;
mod on_the_way;
mod pace;
mod pages;
mod places;
mod private;
mod profile;
mod requests;
mod roles;
mod run;
mod schema;
mod session_file;
mod text_file;
mod webdriver;
mod window;
mod wording;
mod world;

pub use accounts::{Accounts, Proof};
pub use address::{Addresses, Parameter, Spelled};
pub use api::Api;
pub use catalogue::{Catalogue, Choices, Item, Kind, Largest, Unavailable, Value};
pub use codes::Codes;
pub use dialogs::{DialogRule, Reply};
pub use examples::{Amount, Example, Prices};
pub use file::{Refusal, line_of, load, load_to_log_in};
pub use hosts::Hosts;
pub use levers::{Asked, Fillings, Lever, LeverName, Levers, Method, Request, Scope};
pub use locator::{Likeness, Locator, Text, fill, regex_escape};
pub use marker::Marker;
pub use needs::{ANOTHER, Missing, Reach, Trace, is_clause, misspelt, need_of};
pub use on_the_way::{Deed, Errand, Moment};
pub use pace::{Pace, Paced, Turn, Turns};
pub use pages::{
    Card, CheckPage, ConsolePage, DocumentPage, HomePage, InitialiseDialog, LoginPage, OrdersPage, OverviewPage, Page,
    Pages, PaymentPage, ProductPage, PurchasePage, ResultPage, ReturnDialog, Voucher,
};
pub use profile::{
    Accessibility, Buying, Cap, Contract, Deadlines, Delivered, KnownDefect, LogsIn, OpensBy, OpensIn, Overlay,
    Profile, Site, Sites, Skin, StandIn, message_key,
};
pub use requests::{RequestRule, Requests};
pub use run::{Person, Target};
pub use schema::schema;
pub use session_file::{Cookie, SavedLogin, Stored, StoredItem};
pub use text_file::read_text;
pub use webdriver::{RemoteEnd, WebDriver};
pub use window::Window;
pub use wording::{Choice, Fact, Formats, How, Vocabulary, Words};
pub use world::{Account, Lacking, Stated, Wish, World};
