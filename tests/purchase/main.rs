//! The main job: every scenario of `features/`, in a real browser, against the stand-in or a target of its own profile.

mod books;
mod history;
mod params;
mod second_opinion;
mod steps;
mod world;

use std::{env, path::Path, process::ExitCode};

use clap::Parser as _;
use dcdb_purchase_e2e::runner::{self, Args, Glue, Project};
use world::World;

fn main() -> ExitCode {
    let project = Project {
        root: Path::new(env!("CARGO_MANIFEST_DIR")),
        program: Path::new(env!("CARGO_BIN_EXE_dcdb-e2e")),
        variable: |name| env::var_os(name),
    };
    runner::main(
        &Args::parse(),
        &project,
        Glue::of::<World>().with_parameters(params::all()).with_tables(&params::TABLES),
    )
}
