//! What a run leaves to read: its record, the files made from it, page states with what varies masked.

mod coverage;
mod junit;
mod page_state;
mod record;
mod text;
mod traceability;

pub use coverage::{Coverage, Id, ids_of_contract};
pub use junit::write_junit;
pub use page_state::{Masks, difference, mask};
pub use record::{Outcome, RunInfo, RunRecord, ScenarioRecord, Status, StepRecord, exit_status};
pub use text::{failure_block, scenario_line, summary};
pub use traceability::{Traced, clauses_of_contract, traceability};
