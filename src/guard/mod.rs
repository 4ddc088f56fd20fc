//! The money guard: decides, right before a click that pays, whether it may be made.

use crate::{domain::Failure, target::Profile};

/// Permission to pay once. Only the guard makes one, and what pays asks for one.
#[derive(Debug)]
pub struct Permit {
    _made_here: (),
}

/// Asks whether the next click may pay.
///
/// Only the stand-in that the run itself started may be paid at: there is no ledger yet that could hold a spending cap
/// on any other target, and without a cap nothing is bought.
///
/// # Errors
/// Class guard: the target is another one. Nothing was clicked.
pub fn permit_payment(profile: &Profile) -> anyhow::Result<Permit> {
    if profile.is_remote() {
        return Err(Failure::guard(format!(
            "refused to confirm the purchase: {} is not the stand-in that this run started\n  saw      a remote target; spending caps cannot be held there yet\n  mend     leave `buying` out of the profile, so that paying scenarios are not applicable and runs stop at the check page",
            profile.name
        ))
        .into());
    }
    Ok(Permit { _made_here: () })
}
