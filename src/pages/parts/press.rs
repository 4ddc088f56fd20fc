//! The press of a button that pays.

use crate::{
    browser::{More, Spot},
    guard::Permit,
};

/// How a button that pays is pressed. Whoever presses twice pays once, or so the contract has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Press {
    /// As most buyers do.
    Once,
    /// Twice, as an impatient buyer does.
    Twice,
    /// A click and Enter at once, as somebody does who does not trust the click.
    AndEnter,
}

impl Press {
    /// Presses what pays: this alone uses a permit up, on whichever page it is. One that could not be pressed has paid nothing, and
    /// the ledger says so.
    pub(in crate::pages) async fn pay(self, button: &Spot<'_>, permit: Permit) -> anyhow::Result<()> {
        button.click_once(self.more(), || permit.clicking()).await
    }

    /// What follows the click at once.
    pub(in crate::pages) const fn more(self) -> Option<More> {
        match self {
            Self::Once => None,
            Self::Twice => Some(More::Click),
            Self::AndEnter => Some(More::Enter),
        }
    }
}
