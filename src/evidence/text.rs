//! What a run prints.

use super::{RunRecord, ScenarioRecord, Status};
use crate::spoken::{counted, printable};

/// The line of a scenario that has ended.
#[must_use]
pub fn scenario_line(scenario: &ScenarioRecord) -> String {
    let mark = match scenario.status {
        Status::Passed => "✓",
        Status::Failed => "✗",
        Status::Flaky => "~",
        Status::Skipped | Status::NotApplicable => "-",
    };
    let seconds = f64::from(u32::try_from(scenario.duration_ms).unwrap_or(u32::MAX)) / 1000.0;
    let round = if scenario.round > 1 { format!(" (round {})", scenario.round) } else { String::new() };
    let after = match (scenario.status, &scenario.reason) {
        (Status::NotApplicable, Some(reason)) => format!("not applicable: {reason}"),
        (Status::Skipped, Some(reason)) => format!("skipped: {reason}"),
        (Status::Flaky, _) => format!("{seconds:.1} s, passed at attempt {}", scenario.attempts),
        _ => format!("{seconds:.1} s"),
    };
    printable(&format!("{mark} {} › {}{round}  {after}", scenario.feature, scenario.name))
}

/// What is said of a failure: where it is written, the step, what went wrong, what was kept, how to repeat it.
#[must_use]
pub fn failure_block(scenario: &ScenarioRecord, out: &std::path::Path, repeat: &str) -> String {
    let mut block =
        format!("✗ {} › {}\n  {}:{}\n", scenario.feature, scenario.name, scenario.file.display(), scenario.line);
    if let Some(step) = scenario.failed_step() {
        block.push_str(&format!("  step     {} {}\n", step.keyword.trim(), step.text));
    }
    if let Some(class) = scenario.class {
        block.push_str(&format!("  class    {class}\n"));
    }
    for line in scenario.reason.as_deref().unwrap_or("no reason given").lines() {
        block.push_str(&format!("  {line}\n"));
    }
    if let Some(folder) = scenario.evidence.first().and_then(|file| file.parent()) {
        block.push_str(&format!("  evidence {}/\n", out.join(folder).display()));
    }
    block.push_str(&format!("  repeat   {repeat}\n"));
    printable(&block)
}

/// The last lines: counts, and `N passed, N failed, N skipped` alone on a line.
#[must_use]
pub fn summary(record: &RunRecord) -> String {
    let count = |status: Status| record.scenarios.iter().filter(|scenario| scenario.status == status).count();
    let (flaky, not_applicable) = (count(Status::Flaky), count(Status::NotApplicable));
    let mut text = String::new();
    if flaky > 0 {
        text.push_str(&format!("{flaky} flaky: passed, but not at the first attempt\n"));
    }
    if not_applicable > 0 {
        text.push_str(&format!("{not_applicable} not applicable to {}, counted as skipped\n", record.target));
    }
    let seconds = f64::from(u32::try_from(record.run.duration_ms).unwrap_or(u32::MAX)) / 1000.0;
    text.push_str(&format!(
        "{} on {}, {}, seed {}, {seconds:.1} s\n",
        record.target,
        record.browser,
        counted(record.run.workers, "worker"),
        record.run.seed
    ));
    text.push_str(&format!(
        "{} passed, {} failed, {} skipped\n",
        count(Status::Passed) + flaky,
        count(Status::Failed),
        count(Status::Skipped) + not_applicable
    ));
    printable(&text)
}
