//! Runs features: reads and selects their scenarios, gives each to a worker with a browser of its own, and reports.
//!
//! Cucumber brings Gherkin, step definitions and parameters. Scheduling is ours: a worker is a thread with a browser of
//! its own, so that a scenario's deadline, attempt and class of failure are known, and no scenario stalls another.
//!
//! The steps and their world are a test target's. It hands them in as [`Glue`], and the runner knows the world as an
//! [`Actor`]: it is built without them, and they are without it.

mod actor;
mod aftercare;
mod album;
mod args;
mod dry_run;
mod ending;
mod glue;
mod keeper;
mod keys;
mod limits;
mod merge;
mod panics;
mod phrase;
mod place;
mod plan;
mod progress;
mod raised;
mod readiness;
mod repeat;
mod report;
mod run;
mod scenario;
mod selection;
mod shards;
mod snapshots;
mod steps;
mod suite;
mod surroundings;
mod terms;
mod watch;
mod worker;
mod written;

pub use actor::{Actor, Ended};
pub use album::Album;
pub use args::Args;
pub use glue::{Glue, Parameter};
pub use merge::{MergeArgs, merge};
pub use plan::Case;
pub use raised::{StepError, StepResult};
pub use run::Run;
pub use snapshots::Baselines;
pub use suite::{Project, contract, main, reach};
