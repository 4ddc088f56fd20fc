//! The stand-in over HTTP: what its pages promise, without a browser.

mod accounts;
mod api;
mod changes;
mod confirmation;
mod console;
mod half_sent;
mod isolation;
mod malformed;
mod orders;
mod prices;
mod rules;
mod serving;
mod site;
mod skins;
mod today;
