//! Returning instances that carry this suite's signature, and no others.

use super::{Outcome, Whose, instance, kept, written};
use crate::{
    domain::Status,
    guard::Ledger,
    pages::{Browsing, ConsolePage, InstanceRow},
    target::Page,
};

/// Returns what is signed, of the account that is logged in. It goes by names alone: a ledger that cannot be written stops
/// nothing.
///
/// # Errors
/// The console cannot be looked at.
pub async fn give_back(
    browsing: &Browsing,
    account: &str,
    ledger: Option<&Ledger>,
    whose: Whose<'_>,
) -> anyhow::Result<Outcome> {
    let mut outcome = Outcome::default();
    let isolated = browsing.target.profile.word("status", Status::Isolated.key())?;
    browsing.open(Page::Console).await?;
    for region in browsing.target.profile.regions() {
        let signed = ConsolePage::of(browsing).all_of_region(region).await?;
        for row in signed.iter().filter(|row| whose.signed(&row.name)) {
            if row.status != isolated
                && let Err(error) = return_one(browsing, row).await
            {
                outcome.left.push(kept(account, &row.id, &row.name, &error));
                // A dialog may be left open.
                browsing.open(Page::Console).await?;
                ConsolePage::of(browsing).show_region(region).await?;
                continue;
            }
            written(ledger, account, &row.id, &row.name, &mut outcome);
            if row.status != isolated {
                outcome.done.push(format!("returned    {} of {account}", instance(&row.id, &row.name)));
            }
        }
    }
    Ok(outcome)
}

/// Returns an instance, once it has passed whatever state it is in, and sees it isolated.
async fn return_one(browsing: &Browsing, row: &InstanceRow) -> anyhow::Result<()> {
    let console = ConsolePage::of(browsing);
    let deadlines = &browsing.target.profile.deadlines;
    console.should_become_returnable(&row.id, deadlines.delivery.max(deadlines.initialisation)).await?;
    console.open_return(&row.id).await?;
    console.press_return(true).await?;
    console.status_should_become(&row.id, Status::Isolated, deadlines.element).await
}
