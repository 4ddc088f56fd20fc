//! The engine against pages of the test's own: waiting, acting, finding, and the exact texts of failures.

mod acting;
mod behaviours;
mod bench;
#[path = "../libraries/bundle.rs"]
mod bundle;
mod columns;
mod dialogs;
mod errands;
mod fault;
mod finding;
mod frames;
mod hostile;
mod hosts;
mod interference;
mod keyboard;
mod libraries;
mod linear;
mod logins;
mod marker;
mod messages;
mod overlays;
mod presses;
mod seen;
mod survey;
mod survival;
mod trees;
mod typing;
mod witness;
