//! What the runner asks of a scenario's world.

use std::{any::Any, path::Path};

use futures_util::future::LocalBoxFuture;

use super::{plan::Case, run::Run};
use crate::{domain::OrderNumber, guard::Receipt, levers::Grip, pages::Browsing, target::Account};

/// The world of a scenario, in which its steps are taken: its browser, and what may have been bought in it.
///
/// Steps know the world itself. The runner knows it by this alone, and is built without it.
pub trait Actor: Any {
    /// The world of a scenario that begins.
    fn begin(case: &Case, run: &Run, browsing: Browsing) -> Self
    where
        Self: Sized;

    /// The scenario's own browser.
    fn browsing(&self) -> &Browsing;

    /// Who buys, once somebody does.
    fn account(&self) -> Option<&Account>;

    /// What it pulls levers by.
    fn grip(&self) -> &Grip;

    /// A click that pays may have been made: the scenario is never repeated unasked.
    fn may_have_paid(&self) -> bool;

    /// Its last login failed, and can be made good.
    fn has_failed_login(&self) -> bool;

    /// What the guard set aside for its confirmations.
    fn receipts(&self) -> &[Receipt];

    /// The orders that its account had before it confirmed anything: none of them is its own.
    fn orders_before(&self) -> &[OrderNumber];

    /// Holds the invariants against what its purchases came to; `None` where it confirmed nothing.
    fn balance_books(&self) -> Option<LocalBoxFuture<'_, anyhow::Result<()>>>;

    /// The picture of the page when it was as reviewed, where it no longer is.
    fn reviewed(&self) -> Option<&Path>;

    /// The scenario is over: what is left of its world.
    fn end(self: Box<Self>) -> Ended;
}

/// What is left of a scenario's world.
pub struct Ended {
    /// Its browser, which is to be closed.
    pub browsing: Browsing,
    /// The page states that were compared, by name.
    pub states: Vec<String>,
}
