//! Which clause of the contract which scenarios hold, and how those ended.

use std::fmt::Write as _;

use super::{Id, ScenarioRecord, Status};
use crate::target::is_clause;

/// A scenario of the features, whether it was selected or not.
#[derive(Debug, Clone)]
pub struct Traced {
    /// Feature and scenario, as people call it.
    pub title: String,
    /// File, from the root of the project.
    pub file: String,
    /// Line in it.
    pub line: usize,
    /// Its tags, without `@`.
    pub tags: Vec<String>,
}

/// The numbered rules of the contract, in its order: `3.4.6` and what it says.
#[must_use]
pub fn clauses_of_contract(contract: &str) -> Vec<Id> {
    contract
        .lines()
        .filter_map(|line| {
            // In a list a bar stands between the two languages, in a table between cells.
            let (id, says, bar) = match line.strip_prefix("- **") {
                Some(item) => item.split_once("**").map(|(id, says)| (id, says, " / "))?,
                None => line.strip_prefix("| ")?.split_once('|').map(|(id, says)| (id, says, ": "))?,
            };
            let says = says.trim().trim_end_matches('|').replace(" | ", bar).replace(['*', '`'], "");
            is_clause(id.trim()).then(|| Id { id: id.trim().to_owned(), says: says.trim().to_owned() })
        })
        .collect()
}

/// A table in Markdown: clause, what it says, its scenarios and how each ended in this run.
#[must_use]
pub fn traceability(clauses: &[Id], all: &[Traced], ran: &[ScenarioRecord]) -> String {
    let mut text = String::from(
        "# Clauses of features/CONTRACT.md and the scenarios that hold them\n\n| clause | says | scenario | where | ended |\n|---|---|---|---|---|\n",
    );
    let cell = |text: &str| text.replace('|', "\\|");
    for clause in clauses {
        let says: String = clause.says.chars().take(100).collect();
        let mut first = true;
        for scenario in all.iter().filter(|scenario| scenario.tags.contains(&clause.id)) {
            let records = ran.iter().filter(|one| one.line == scenario.line && one.file == scenario.file);
            let mut ended: Vec<&str> = records.map(|one| how(one.status)).collect();
            ended.sort_unstable();
            ended.dedup();
            let ended = if ended.is_empty() { "not selected".to_owned() } else { ended.join(", ") };
            let (id, says) = if first { (clause.id.as_str(), cell(&says)) } else { ("", String::new()) };
            first = false;
            // Writing to a `String` cannot fail.
            let _ = writeln!(
                text,
                "| {id} | {says} | {} | {}:{} | {ended} |",
                cell(&scenario.title),
                scenario.file,
                scenario.line
            );
        }
    }
    text
}

const fn how(status: Status) -> &'static str {
    match status {
        Status::Passed => "passed",
        Status::Failed => "failed",
        Status::Flaky => "flaky",
        Status::Skipped => "skipped",
        Status::NotApplicable => "not applicable",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clauses_are_read_from_lists_and_tables_alike() {
        let contract = "## 2. Hosts\n- **2** no\n### 3.1 Home\n- **3.1.1** Main menu.\n| 3.3.2 | zone | Zone | sold out |\n| clause | field |\n- **3.4.10** \"Back\" | 返回 (*chosen*): `?x`.\n";
        let found: Vec<(String, String)> =
            clauses_of_contract(contract).into_iter().map(|id| (id.id, id.says)).collect();
        let expected =
            [("3.1.1", "Main menu."), ("3.3.2", "zone: Zone: sold out"), ("3.4.10", "\"Back\" / 返回 (chosen): ?x.")];
        assert_eq!(found, expected.map(|(id, says)| (id.to_owned(), says.to_owned())));
    }
}
