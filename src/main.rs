//! `dcdb-e2e`: the stand-in site and the tools round the suite.

#![warn(clippy::print_stdout, clippy::print_stderr)]

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Context as _;
use clap::{Parser, Subcommand};
use dcdb_purchase_e2e::{
    browser, cleanup, defects, doctor, evidence, login, notify, runner, say, standin, tether, warn,
};

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
    /// Save a login that a person makes in a window, for accounts: session: in a profile; for logins that ask for a captcha or a QR code
    Login(login::LoginArgs),
    /// Complete the ledger of a target from what its pages show, and undo levers that killed runs left pulled
    Reconcile(cleanup::ReconcileArgs),
    /// Return what earlier runs left on a target: only instances that carry this suite's signature; and undo
    /// levers that killed runs left pulled
    Sweep(cleanup::CleanupArgs),
    /// Make one run out of its shards: results, reports, evidence and history; its exit status is the run's, or 3 where a
    /// shard is missing
    Merge(runner::MergeArgs),
    /// Tell people of a run: what is new, still or no longer red, after two red runs in a row and on recovery unless the
    /// channel says otherwise
    Notify(notify::NotifyArgs),
    /// End a browser session elsewhere with whoever holds this process's standard input
    #[command(hide = true)]
    Release,
    /// Say which steps features may be made of, and what is filled in in them
    Steps,
    /// Print what a run left of its failed scenarios, or of one: steps, what changed on the page, requests, console, calls
    Show {
        /// Its output folder
        #[arg(value_name = "DIR")]
        folder: PathBuf,
        /// Its title or a part of it, or its file and line
        scenario: Option<String>,
    },
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
        Command::Login(args) => with_supervisor(|supervisor| login::login(&args, supervisor)),
        Command::Reconcile(args) => with_supervisor(|supervisor| cleanup::reconcile(&args, supervisor)),
        Command::Sweep(args) => with_supervisor(|supervisor| cleanup::sweep(&args, supervisor)),
        Command::Merge(args) => {
            let root = Path::new(env!("CARGO_MANIFEST_DIR"));
            runner::merge(&args, root, |name| std::env::var_os(name)).map(ExitCode::from)
        }
        Command::Notify(args) => notify::notify(&args, &|name| std::env::var(name).ok()).map(ExitCode::from),
        Command::Release => browser::launch::release(),
        Command::Steps => steps(),
        Command::Show { folder, scenario } => evidence::show(&folder, scenario.as_deref()).map(|shown| {
            say!("{}", shown.trim_end());
            ExitCode::SUCCESS
        }),
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

/// The steps are those of the test target, which is asked for them.
fn steps() -> anyhow::Result<ExitCode> {
    let asked = std::process::Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["test", "--quiet", "--test", "purchase", "--", "--steps"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .status()
        .context("asking the main job for its steps, by cargo")?;
    Ok(asked.code().and_then(|status| u8::try_from(status).ok()).map_or(ExitCode::FAILURE, ExitCode::from))
}

fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread().enable_all().build()?)
}
