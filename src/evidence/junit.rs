//! `junit.xml`, for build servers.

use std::{path::Path, time::Duration};

use anyhow::Context as _;
use quick_junit::{NonSuccessKind, Property, Report, TestCase, TestCaseStatus, TestRerun, TestSuite};

use super::{RunRecord, ScenarioRecord, Status, write_whole};
use crate::spoken::printable;

/// Writes one test case a scenario; earlier attempts of one that passed in the end stand as flaky, not as failed.
///
/// # Errors
/// When the file cannot be written.
pub fn write_junit(record: &RunRecord, path: &Path) -> anyhow::Result<()> {
    let mut report = Report::new("dcdb-purchase-e2e");
    report.set_time(Duration::from_millis(record.run.duration_ms));
    let mut features: Vec<&str> = record.scenarios.iter().map(|scenario| scenario.feature.as_str()).collect();
    features.sort_unstable();
    features.dedup();
    for feature in features {
        let mut suite = TestSuite::new(printable(feature));
        let about = [
            ("target", Some(record.target.clone())),
            ("browser", Some(record.browser.clone())),
            ("language", Some(record.run.language.clone())),
            ("seed", Some(record.run.seed.to_string())),
            ("commit", record.run.commit.clone()),
        ];
        suite.add_properties(
            about.into_iter().filter_map(|(name, value)| Some(Property::new(name, printable(&value?)))),
        );
        suite.add_test_cases(record.scenarios.iter().filter(|scenario| scenario.feature == feature).map(case));
        report.add_test_suite(suite);
    }
    let xml = report.to_string().with_context(|| format!("writing {}", path.display()))?;
    write_whole(path, xml.as_bytes())
}

fn case(scenario: &ScenarioRecord) -> TestCase {
    // What XML cannot hold would be dropped, or make the file none.
    let reason = printable(scenario.reason.as_deref().unwrap_or_default());
    let class = scenario.class.map_or_else(|| "failure".to_owned(), |class| class.to_string());
    let mut status = match scenario.status {
        Status::Passed | Status::Flaky => TestCaseStatus::success(),
        Status::Failed => TestCaseStatus::non_success(NonSuccessKind::Failure),
        Status::Skipped | Status::NotApplicable => TestCaseStatus::skipped(),
    };
    if scenario.status != Status::Passed {
        status.set_message(reason.lines().next().unwrap_or_default().to_owned());
    }
    match scenario.status {
        Status::Failed => {
            status.set_type(class).set_description(reason);
        }
        // What a scenario paid before it was cut off stands below the first line.
        Status::Skipped if reason.contains('\n') => {
            status.set_description(reason);
        }
        _ => {}
    }
    for earlier in &scenario.earlier_attempts {
        let mut rerun = TestRerun::new(NonSuccessKind::Failure);
        rerun.set_type(earlier.class.map_or_else(|| "failure".to_owned(), |class| class.to_string()));
        let reason = printable(&earlier.reason);
        rerun.set_message(reason.lines().next().unwrap_or_default().to_owned()).set_description(reason);
        rerun.set_time(Duration::from_millis(earlier.duration_ms));
        status.add_rerun(rerun);
    }
    let name = if scenario.round > 1 {
        format!("{} (round {})", scenario.name, scenario.round)
    } else {
        scenario.name.clone()
    };
    let mut case = TestCase::new(printable(&name), status);
    if scenario.status == Status::Failed {
        let evidence: String = scenario.evidence.iter().map(|file| format!("evidence {}\n", file.display())).collect();
        case.set_system_out(printable(&format!("{evidence}repeat   {}\n", scenario.repeat)));
    }
    case.set_classname(printable(&scenario.feature)).set_time(Duration::from_millis(scenario.duration_ms));
    case
}
