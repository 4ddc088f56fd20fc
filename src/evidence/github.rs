//! What a run says where GitHub Actions can show it: annotations at the lines of the features, and the job's summary.
//!
//! <https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands>

use super::{RunRecord, ScenarioRecord, Status, counts::Counts};
use crate::spoken::printable;

/// A line that shows at the scenario's line in the feature; `None` where there is nothing to say.
#[must_use]
pub fn annotation(scenario: &ScenarioRecord) -> Option<String> {
    let (level, text) = match scenario.status {
        Status::Failed => ("error", scenario.reason.clone().unwrap_or_else(|| "no reason given".into())),
        Status::Flaky => {
            let first = scenario.earlier_attempts.first().map(|attempt| attempt.reason.as_str()).unwrap_or_default();
            ("warning", format!("passed at attempt {}; before: {first}", scenario.attempts))
        }
        _ => return None,
    };
    let class = scenario.class.map(|class| format!("{class}: ")).unwrap_or_default();
    Some(format!(
        "::{level} file={},line={},title={}::{}",
        property(&scenario.file.display().to_string()),
        scenario.line,
        property(&format!("{class}{}", scenario.name)),
        data(&text)
    ))
}

/// The text of a command: also what would end the line or start an escape.
fn data(text: &str) -> String {
    printable(text).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A property of a command: also what would end the property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// The job's summary, Markdown.
#[must_use]
pub fn job_summary(record: &RunRecord) -> String {
    let counts = Counts::of(&record.scenarios);
    let mark = if counts.failed > 0 || !record.run.leftovers.is_empty() { "❌" } else { "✅" };
    let mut text = format!("### {mark} {}\n\n", counts.sentence());
    let seconds = record.run.duration_ms as f64 / 1000.0;
    text.push_str(&format!(
        "{} on {} ({}), seed {}, {seconds:.1} s{}\n\n",
        cell(&record.target),
        cell(&record.browser),
        cell(&record.run.language),
        record.run.seed,
        record.run.commit.as_ref().map(|commit| format!(", commit {}", cell(commit))).unwrap_or_default()
    ));
    for left in &record.run.leftovers {
        text.push_str(&format!("- left over, to be returned by `dcdb-e2e sweep` or by hand: {}\n", cell(left)));
    }
    if !record.run.leftovers.is_empty() {
        text.push('\n');
    }
    let told: Vec<&ScenarioRecord> = record
        .scenarios
        .iter()
        .filter(|scenario| matches!(scenario.status, Status::Failed | Status::Flaky))
        .take(MOST_ROWS)
        .collect();
    if !told.is_empty() {
        text.push_str("| | scenario | whose fault | what went wrong |\n|---|---|---|---|\n");
    }
    for scenario in &told {
        let earlier = scenario.earlier_attempts.first();
        let (mark, class, why) = match (scenario.status, earlier) {
            (Status::Flaky, Some(earlier)) => ("flaky", earlier.class, earlier.reason.lines().next().unwrap_or("")),
            _ => ("failed", scenario.class, scenario.headline()),
        };
        text.push_str(&format!(
            "| {mark} | {} › **{}**<br>{}:{} | {} | {} |\n",
            cell(&scenario.feature),
            cell(&scenario.name),
            cell(&scenario.file.display().to_string()),
            scenario.line,
            class.map(|class| class.to_string()).unwrap_or_default(),
            cell(why)
        ));
    }
    for scenario in told.iter().filter(|scenario| scenario.status == Status::Failed) {
        let reason = printable(scenario.reason.as_deref().unwrap_or("no reason given"));
        let fence = fence_round(&reason);
        text.push_str(&format!(
            "\n<details><summary>{}</summary>\n\n{fence}text\n{reason}\n\n{}\n{fence}\n\n</details>\n",
            html(&scenario.name),
            printable(&scenario.repeat)
        ));
    }
    text
}

/// GitHub refuses a summary beyond 1 MiB; what is more is in the report.
const MOST_ROWS: usize = 50;

fn html(text: &str) -> String {
    printable(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// A text within a table: no markup, no end of the cell or the row.
fn cell(text: &str) -> String {
    let mut shown = String::new();
    for c in html(text).chars() {
        match c {
            '\n' => shown.push(' '),
            '|' | '*' | '_' | '`' | '[' | ']' | '\\' | '~' | '@' | '#' => shown.extend(['\\', c]),
            c => shown.push(c),
        }
    }
    shown
}

/// A fence that the text does not have.
fn fence_round(text: &str) -> String {
    let mut fence = String::from("```");
    while text.contains(&fence) {
        fence.push('`');
    }
    fence
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_end_a_command_or_a_cell_is_escaped() {
        assert_eq!(property("a:b,c%\n"), "a%3Ab%2Cc%25%0A");
        assert_eq!(data("a:b,c%\r\n\u{1b}"), "a:b,c%25%0A\\u{1b}");
        assert_eq!(cell("<b> | *x*\n@me"), "&lt;b&gt; \\| \\*x\\* \\@me");
        assert_eq!(fence_round("a ``` b ````"), "`````");
    }
}
