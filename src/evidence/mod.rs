//! What a run leaves to read: its record, the files made from it, page states with what varies masked.

pub mod catalogue;
mod counts;
mod coverage;
mod folder;
pub mod github;
pub mod guide;
pub mod history;
pub mod joining;
mod junit;
mod messages;
pub mod overview;
pub mod page;
mod page_state;
mod passage;
mod picture;
mod record;
mod redaction;
pub mod report;
mod show;
pub mod standing;
mod step;
mod text;
mod traceability;
mod vocabulary;

pub use counts::Counts;
pub use coverage::{Coverage, Covered, Id, ids_of_contract, is_part_of_the_document};
pub use folder::{GENERATOR, OutputFolder, REPAIR, write_whole};
pub use history::History;
pub use junit::write_junit;
pub use messages::write_messages;
pub use page_state::{Masks, difference, mask};
pub use passage::Passage;
pub use record::{
    AttemptRecord, FeatureRecord, RuleRecord, RunInfo, RunRecord, ScenarioRecord, Shard, ShardRun, Spent, Status,
    exit_status, gravest,
};
pub use redaction::Redaction;
pub use show::show;
pub use step::{
    AttachmentRecord, CallRecord, ConsoleRecord, Outcome, PressRecord, RepairRecord, RequestRecord, StepRecord,
};
pub use text::{failure_block, scenario_line, summary};
pub use traceability::{Traced, clauses_of_contract, traceability};
pub use vocabulary::{Definition, duplicates, unused};
