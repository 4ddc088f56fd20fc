//! The target proves to be the test target that it is taken for.

use crate::{browser::Visit, domain::Failure, target::Profile};

/// The page that is open carries the target's marker, where its profile names one. Asked before a login is typed and again
/// right before a click that pays, since the host alone does not tell staging from production.
///
/// # Errors
/// Class guard: it does not; nothing was typed or clicked.
pub async fn handshake(visit: &Visit, profile: &Profile, before: &str) -> anyhow::Result<()> {
    let Some(marker) = &profile.marker else { return Ok(()) };
    visit.should_carry(marker).await.map_err(|error| {
        Failure::guard(format!(
            "before {before}, {} should prove to be a test target: its page should carry {marker}\n  saw      {error:#}\n  mend     marker: in the profile, if this is the right target; nothing was typed or clicked",
            profile.name
        ))
        .into()
    })
}
