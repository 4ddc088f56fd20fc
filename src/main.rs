//! `dcdb-e2e`: the stand-in site and the tools round the suite.

#![warn(clippy::print_stdout, clippy::print_stderr)]

use std::{path::Path, process::ExitCode};

use clap::{Parser, Subcommand};
use dcdb_purchase_e2e::{cleanup, defects, doctor, standin, tether, warn};

/// The stand-in site of the DCDB purchase pages, and the tools round the suite that tests them.
#[derive(Debug, Parser)]
#[command(name = "dcdb-e2e", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the stand-in alone, to click through
    Serve(standin::ServeArgs),
    /// Say what is missing on this machine, at a target and in its profile, and how to mend it; buys nothing
    Doctor(doctor::DoctorArgs),
    /// Run the suite against a site that makes one mistake at a time, and say which are caught
    Defects(defects::DefectsArgs),
    /// Complete the ledger of a target from what its pages show, and undo levers that killed runs left pulled
    Reconcile(cleanup::CleanupArgs),
    /// Return what earlier runs left on a target: only instances that carry this suite's signature; and undo
    /// levers that killed runs left pulled
    Sweep(cleanup::CleanupArgs),
    /// Run a program that ends with whoever holds this process's standard input
    #[command(hide = true)]
    Supervise(tether::SuperviseArgs),
}

fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Serve(args) => {
            runtime().and_then(|runtime| runtime.block_on(standin::serve(args))).map(|()| ExitCode::SUCCESS)
        }
        Command::Doctor(args) => with_supervisor(|supervisor| doctor::examine(&args, supervisor)),
        Command::Defects(args) => defects::measure(&args).map(ExitCode::from),
        Command::Reconcile(args) => with_supervisor(|supervisor| cleanup::reconcile(&args, supervisor)),
        Command::Sweep(args) => with_supervisor(|supervisor| cleanup::sweep(&args, supervisor)),
        Command::Supervise(args) => tether::supervise(args),
    };
    outcome.unwrap_or_else(|error| {
        warn!("error: {error:#}");
        ExitCode::from(2)
    })
}

/// What is started is started below this program; gives the exit status.
fn with_supervisor(act: impl FnOnce(&Path) -> anyhow::Result<u8>) -> anyhow::Result<ExitCode> {
    Ok(ExitCode::from(act(&std::env::current_exe()?)?))
}

fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread().enable_all().build()?)
}
