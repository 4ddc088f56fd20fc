//! Child processes that cannot outlive the run that started them.
//!
//! A driver and its browsers, or a stand-in, must be gone when a run is: also after Ctrl-C, a panic or `SIGKILL`, when
//! no code of the run can tidy up any more. So the run never starts them itself. It starts `dcdb-e2e supervise` and
//! holds that process's standard input; the kernel closes this pipe however the run ends, and the supervisor then ends
//! everything below it, whatever session or process group it moved to.
//!
//! A supervisor that is killed is cleared up after by its run, and where that is gone too, by the next one
//! ([`clear_left`]).
//!
//! What is kept out: what the programs are and what they say. This room knows processes, pipes and one scratch
//! directory, not drivers or browsers.

mod descendants;
mod environment;
mod left;
mod output;
mod program;
mod supervisor;
mod tethered;

pub use environment::inherited;
pub use left::{clear_left, new_scratch};
pub use program::Program;
pub use supervisor::{SuperviseArgs, supervise};
pub use tethered::Tethered;
