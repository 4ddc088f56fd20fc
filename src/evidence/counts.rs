//! How many scenarios ended how.

use serde::Serialize;

use super::{ScenarioRecord, Status};

/// How many scenarios ended how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// All of them.
    pub all: usize,
    /// At the first attempt.
    pub passed: usize,
    /// At the last attempt.
    pub failed: usize,
    /// Passed, but not at the first attempt.
    pub flaky: usize,
    /// The target lacks what they need.
    pub not_applicable: usize,
    /// Not run, as the run was stopped.
    pub skipped: usize,
}

impl Counts {
    /// Of these.
    #[must_use]
    pub fn of<'a>(scenarios: impl IntoIterator<Item = &'a ScenarioRecord>) -> Self {
        let mut counts = Self::default();
        for scenario in scenarios {
            counts.all += 1;
            match scenario.status {
                Status::Passed => counts.passed += 1,
                Status::Failed => counts.failed += 1,
                Status::Flaky => counts.flaky += 1,
                Status::NotApplicable => counts.not_applicable += 1,
                Status::Skipped => counts.skipped += 1,
            }
        }
        counts
    }

    /// The verdict, as one would say it.
    #[must_use]
    pub fn sentence(&self) -> String {
        let ran = self.passed + self.failed + self.flaky;
        let scenarios = |count: usize| if count == 1 { "scenario" } else { "scenarios" };
        match (self.failed, self.flaky) {
            _ if ran == 0 => "No scenario was run".into(),
            (0, 0) if ran == 1 => "The one scenario that ran passed".into(),
            (0, 0) => format!("All {ran} scenarios that ran passed"),
            (0, flaky) => format!("All {ran} {} passed, {flaky} of them only when tried again", scenarios(ran)),
            (failed, _) if failed == ran => format!("All {ran} {} that ran failed", scenarios(ran)),
            (failed, _) => format!("{failed} of {ran} {} failed", scenarios(ran)),
        }
    }
}
