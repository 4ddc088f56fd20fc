//! Finding, installing and starting a driver: on machines made of small scripts, and with the real one of this machine.
#![cfg(target_os = "linux")]

mod finding;
mod installing;
mod machine;
#[path = "../processes/mod.rs"]
mod processes;
mod real;
