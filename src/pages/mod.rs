//! The documented pages: their named elements and what they mean. Where the elements are is the profile's; what should
//! be true of them is the features'.

mod browsing;
mod check;
mod console;
mod home;
mod login;
mod orders;
mod overview;
mod parts;
mod payment;
mod product;
mod purchase;
mod result;

pub use browsing::Browsing;
pub use check::{CheckPage, Led};
pub use console::{ConsolePage, InstanceRow, Operation};
pub use home::HomePage;
pub use login::LoginPage;
pub use orders::{OrderRow, OrdersPage};
pub use overview::OverviewPage;
pub use parts::{ChoiceField, Menu, Press};
pub use payment::PaymentPage;
pub use product::ProductPage;
pub use purchase::PurchasePage;
pub use result::ResultPage;
