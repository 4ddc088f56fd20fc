//! The stand-in over HTTP: what its pages promise, without a browser.

mod accounts;
mod confirmation;
mod console;
mod malformed;
mod orders;
mod prices;
mod rules;
mod site;
