//! The end-to-end suite for the pages where people buy a DCDB instance.
//!
//! A map of the house. A scenario's way is feature, step, journey, page, browser, site, and back as a typed reading or
//! an error; arrows point that way only.
//!
//! | room | what it is for |
//! |---|---|
//! | `features/` | what QA reads: business words, tagged with the ids of `features/CONTRACT.md` |
//! | `tests/purchase/` | the world of a scenario, what its purchases are held against, and the steps: one journey or page call each |
//! | `tests/targets/` | one profile (YAML) a target: everything that differs between sites |
//! | `tests/snapshots/` | reviewed page states, a folder a target |
//! | [`domain`] | what is bought and what it costs, as types that parse strictly; knows nobody |
//! | [`target`] | a profile as typed settings; who buys |
//! | [`browser`] | the wall round fantoccini: find and start a browser, look, wait, act |
//! | [`cloud_api`] | the second opinion: what the vendor's API says of price, orders, instances and balance |
//! | [`pages`] | one file a page: its elements and what they mean |
//! | [`journeys`] | what buyers do across pages, each ending by checking arrival |
//! | [`guard`] | whether a click that pays may be made, the ledger of those that were, and the journal of levers |
//! | [`levers`] | pulling and undoing what only the target's owner can make happen |
//! | [`cleanup`] | completing the ledger, and returning what runs bought on targets that are not their own |
//! | [`evidence`] | the record of a run, page states, reports |
//! | [`runner`] | reads and selects scenarios, runs them on workers, tells how they went; uses every room, and none knows it |
//! | [`standin`] | the site that stands in for the real one; shares nothing with the rest |
//! | [`notify`] | tells people of a run: what is new, still or no longer red |
//! | [`defects`] | what the suite catches of a site that makes one mistake at a time; runs the suite as a program |
//! | `repair` | what an element must be that is not where the profile says: the evidence, by rule, and what it is written as |
//! | [`doctor`] | what is missing on the machine, at a target and in its profile |
//! | [`login`] | a session made by a person, saved for runs where a login asks for what only a person can do |
//! | [`spoken`] | what is said at a terminal or in a build log: nothing of a page gets there raw, and nothing fails for want of a reader |
//! | [`tether`] | child processes that cannot outlive the run |
//!
//! Decisions, and why:
//! - **One session a worker, one user context a scenario.** As isolated as a new browser, at a tenth of its price.
//! - **Waiting happens in the page.** One script looks when the page changes, and answers when what was asked for is
//!   true; a deadline of ours ends it, and says what was seen last. Nothing polls from outside, nothing sleeps. A Chromium of
//!   this machine or of a grid runs it in a world of its own, where nothing that a page did to its own can mislead it.
//! - **Pointer and keys, never script clicks.** What a person could not press is not pressed: the element must be
//!   enabled, still and uncovered; and what slides under the pointer at the last moment is kept from the page.
//! - **A worker is a thread** with a runtime of its own: Cucumber's own runner interleaves all scenarios on one thread,
//!   repeats every failure, and hides classes and attempts. Its parser, expressions and step definitions are used.
//! - **Failures carry a class** ([`domain::Class`]) from where they arise; no text is searched for it.
//! - **The stand-in computes prices alone** and scenarios carry literal totals: one bug must not agree with itself.
//! - **Paying needs a permit** that only the guard makes. Whatever may have paid is never repeated, and counts as paid until the
//!   target has shown that nothing was charged.
//! - **Only the mains read the environment**; everything else is told.

#![warn(clippy::print_stdout, clippy::print_stderr)]

pub mod browser;
pub mod cleanup;
mod client;
pub mod cloud_api;
pub mod defects;
mod digest;
pub mod doctor;
pub mod domain;
pub mod evidence;
pub mod guard;
pub mod journeys;
pub mod levers;
pub mod login;
mod nearest;
pub mod notify;
pub mod pages;
pub(crate) mod repair;
pub mod runner;
pub mod spoken;
pub mod standin;
pub mod target;
pub mod tether;
