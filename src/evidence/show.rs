//! A scenario of a run that is over, in a terminal: its steps, the page before and after the one that failed, and what it asked for.

use std::{fs, path::Path};

use anyhow::{Context as _, bail};

use super::{AttachmentRecord, Outcome, Passage, RunRecord, ScenarioRecord, Status, StepRecord, difference};
use crate::nearest::did_you_mean;

/// More of one thing that a step showed is looked at in its file.
const MOST_LINES: usize = 40;

/// What a run left of the scenarios that failed, or of those whose title, or file and line, is or contains `wanted`.
///
/// # Errors
/// The folder has no results, or nothing like it ran.
pub fn show(folder: &Path, wanted: Option<&str>) -> anyhow::Result<String> {
    let file = folder.join("results.json");
    let mend = "mend: name the folder of a run that is over (--out), such as target/e2e";
    let text = fs::read_to_string(&file).with_context(|| format!("{} cannot be read\n  {mend}", file.display()))?;
    let record: RunRecord = serde_json::from_str(&text)
        .with_context(|| format!("{} holds no results of this suite\n  {mend}", file.display()))?;
    let place = |scenario: &ScenarioRecord| format!("{}:{}", scenario.file.display(), scenario.line);
    let is_wanted = |scenario: &&ScenarioRecord| match wanted {
        None => scenario.status == Status::Failed,
        Some(wanted) => {
            let title = format!("{} › {}", scenario.feature, scenario.name).to_lowercase();
            title.contains(&wanted.to_lowercase()) || is_written_at(scenario, &Passage::of(wanted), &record.scenarios)
        }
    };
    let shown: Vec<&ScenarioRecord> = record.scenarios.iter().filter(is_wanted).collect();
    match (shown.as_slice(), wanted) {
        ([], None) => Ok(format!("no scenario of this run failed; {} ran\n", record.scenarios.len())),
        ([], Some(wanted)) => {
            let titles = record.scenarios.iter().map(|scenario| scenario.name.as_str());
            bail!("no scenario of this run is called {wanted:?} or written there{}", did_you_mean(wanted, titles))
        }
        (scenarios, _) => Ok(scenarios.iter().map(|scenario| one(scenario, folder, &place(scenario))).collect()),
    }
}

/// Whether a scenario is what is written there: of a line, it is the last one which begins there or above it.
fn is_written_at(scenario: &ScenarioRecord, place: &Passage, all: &[ScenarioRecord]) -> bool {
    let is_there = |one: &&ScenarioRecord| place.is_feature() && place.holds(&one.file);
    let begins = |line: usize| all.iter().filter(is_there).map(|one| one.line).filter(|begun| *begun <= line).max();
    let is_meant = |line: &usize| begins(*line) == Some(scenario.line);
    is_there(&scenario) && (place.lines.is_empty() || place.lines.iter().any(is_meant))
}

fn one(scenario: &ScenarioRecord, folder: &Path, place: &str) -> String {
    let mut text = format!("{} › {}\n  {place}\n  {}", scenario.feature, scenario.name, scenario.status.name());
    text.push_str(&scenario.class.map(|class| format!(", class {class}")).unwrap_or_default());
    text.push_str(&format!(", attempt {}, {:.1} s\n", scenario.attempts, seconds(scenario.duration_ms)));
    for line in scenario.reason.iter().flat_map(|reason| reason.lines()) {
        text.push_str(&format!("  {line}\n"));
    }
    text.push_str("\nSteps\n");
    for step in &scenario.steps {
        text.push_str(&format!(
            "  {} {:>5.1} s  {} {}\n",
            mark(step),
            seconds(step.duration_ms),
            step.keyword.trim(),
            step.text
        ));
        for row in &step.table {
            text.push_str(&format!("               | {} |\n", row.join(" | ")));
        }
    }
    let failed = scenario.steps.iter().position(|step| step.outcome == Outcome::Failed);
    // Of a scenario that came to its end, how it ended.
    let Some(at) = failed.or_else(|| scenario.steps.len().checked_sub(1)) else { return text + "\n" };
    let step = &scenario.steps[at];
    text.push_str(&pages(at.checked_sub(1).map(|before| &scenario.steps[before]), step, folder));
    list(&mut text, "Requests in it", &step.requests, |request| {
        let status = request.status.map_or_else(|| "?".to_owned(), |status| status.to_string());
        format!("{status:>4} {:>6} ms  {:<10} {}", request.duration_ms, request.kind, request.url)
    });
    list(&mut text, "Console of the scenario", &scenario.console, |line| {
        let at = if line.url.is_empty() { String::new() } else { format!("  {}", line.url) };
        format!("{:>6.1} s  {:<7} {}{at}", seconds(line.at_ms), line.kind, line.text)
    });
    list(&mut text, "Asked of the browser in it", &step.calls, |call| {
        let came = call.came.as_ref().map(|came| format!(": {came}")).unwrap_or_default();
        format!("{:>6} ms  {} {}{came}", call.duration_ms, call.doing, call.about)
    });
    if let Some(picture) = &step.picture {
        text.push_str(&format!("\nPicture   {}\n", folder.join(picture).display()));
    }
    for AttachmentRecord { name, media_type, file } in &step.attachments {
        text.push_str(&format!("\nAttached  {name}: {}\n", folder.join(file).display()));
        let words = (media_type != "image/webp").then(|| fs::read_to_string(folder.join(file)).ok()).flatten();
        words
            .iter()
            .flat_map(|words| words.lines().take(MOST_LINES))
            .for_each(|line| text.push_str(&format!("  {line}\n")));
    }
    if let Some(page) = &step.page {
        text.push_str(&format!("\nPage      {}\n", folder.join(page).display()));
    }
    if !scenario.repeat.is_empty() {
        text.push_str(&format!("\nAgain     {}\n", scenario.repeat));
    }
    text + "\n"
}

fn list<T>(text: &mut String, title: &str, items: &[T], line: impl Fn(&T) -> String) {
    if !items.is_empty() {
        text.push_str(&format!("\n{title}\n"));
        items.iter().for_each(|item| text.push_str(&format!("  {}\n", line(item))));
    }
}

/// The page after a step: what differs from before it, or all of it where it is another page or nothing does.
fn pages(before: Option<&StepRecord>, step: &StepRecord, folder: &Path) -> String {
    let state = |step: &StepRecord| fs::read_to_string(folder.join(step.state.as_ref()?)).ok();
    let Some(after) = state(step) else { return "\nThe page after it was not kept\n".to_owned() };
    let same_page = before.and_then(|before| before.address.as_ref()) == step.address.as_ref();
    let at = step.address.as_ref().map(|address| format!(" at {address}")).unwrap_or_default();
    let changed = before.filter(|_| same_page).and_then(state).and_then(|before| difference(&before, &after));
    let (title, page) = match changed {
        Some(changed) => ("What changed on the page in it (- before, + after)", changed),
        None => ("The page after it", after),
    };
    let page: String = page.lines().map(|line| format!("  {line}\n")).collect();
    format!("\n{title}{at}\n{page}")
}

fn mark(step: &StepRecord) -> char {
    match step.outcome {
        Outcome::Passed => '✓',
        Outcome::Failed => '✗',
        Outcome::Skipped => '-',
    }
}

fn seconds(ms: u64) -> f64 {
    std::time::Duration::from_millis(ms).as_secs_f64()
}
