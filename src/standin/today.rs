//! What today's purchase page asks beside what the documented one does (CONTRACT T4 to T7).

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;

use super::{
    catalogue,
    configuration::{Configuration, Problem, is_sold_out},
    store::Account,
};

/// The kernels on sale.
pub const KERNELS: &[&str] = &["8.0", "5.7", "10.1"];
/// The security groups of every account.
pub const GROUPS: &[&str] = &["none", "default"];
/// The projects of every account.
pub const PROJECTS: &[&str] = &["0", "1"];
/// Insensitive is 1, as the API has it.
pub const TABLE_NAMES: &[&str] = &["0", "1"];
/// Async, strong, strong and downgradable: as the API has it.
pub const SYNC_MODES: &[&str] = &["2", "0", "1"];

/// What is chosen there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Choices {
    /// `prepaid` or `postpaid`.
    pub billing: String,
    /// Code of the zone of the replicas.
    pub replica_zone: String,
    /// One of [`GROUPS`].
    pub security_group: String,
    /// One of [`KERNELS`].
    pub kernel: String,
    /// One of [`PROJECTS`].
    pub project: String,
    /// `key:value`; may be empty.
    pub tag: String,
    /// One of the character sets.
    pub character_set: String,
    /// One of [`TABLE_NAMES`].
    pub table_names: String,
    /// One of [`SYNC_MODES`].
    pub sync_mode: String,
}

/// The fields, in the order of the page. A form that has the first is one of today's.
pub const FIELDS: [&str; 9] = [
    "billing",
    "replica_zone",
    "security_group",
    "kernel",
    "project",
    "tag",
    "character_set",
    "table_names",
    "sync_mode",
];

impl Choices {
    /// Reads a form or query of today's pages, `None` of another; a field that is missing is as the page opens, in the zone that was
    /// chosen.
    pub fn read(form: &HashMap<String, String>, zone: &str) -> Option<Self> {
        let text = |key: &str, otherwise: &str| {
            form.get(key).map_or_else(|| otherwise.to_owned(), |value| value.trim().to_owned())
        };
        form.contains_key(FIELDS[0]).then(|| Self {
            billing: text("billing", "prepaid"),
            replica_zone: text("replica_zone", zone),
            security_group: text("security_group", GROUPS[0]),
            kernel: text("kernel", KERNELS[0]),
            project: text("project", PROJECTS[0]),
            tag: text("tag", ""),
            character_set: text("character_set", catalogue::CHARACTER_SETS[0]),
            table_names: text("table_names", TABLE_NAMES[0]),
            sync_mode: text("sync_mode", SYNC_MODES[0]),
        })
    }

    /// All fields, as forms hold them.
    pub fn fields(&self) -> BTreeMap<&'static str, String> {
        let values = [
            &self.billing,
            &self.replica_zone,
            &self.security_group,
            &self.kernel,
            &self.project,
            &self.tag,
            &self.character_set,
            &self.table_names,
            &self.sync_mode,
        ];
        FIELDS.into_iter().zip(values.map(Clone::clone)).collect()
    }

    /// Whether it is paid by the hour.
    pub fn is_hourly(&self) -> bool {
        self.billing == "postpaid"
    }

    /// What is wrong with them, in this configuration.
    pub fn check(&self, of: &Configuration, account: &Account, problems: &mut Vec<Problem>) {
        let mut one_of = |field: &'static str, value: &str, known: &[&str], message: &'static str| {
            if !known.contains(&value) {
                problems.push(Problem { field, message, values: Vec::new() });
            }
        };
        one_of("billing", &self.billing, &["prepaid", "postpaid"], "problem_option");
        one_of("security_group", &self.security_group, GROUPS, "problem_option");
        one_of("kernel", &self.kernel, KERNELS, "problem_option");
        one_of("project", &self.project, PROJECTS, "problem_option");
        one_of("character_set", &self.character_set, catalogue::CHARACTER_SETS, "choose_character_set");
        one_of("table_names", &self.table_names, TABLE_NAMES, "choose_table_names");
        let known = if of.replicas < 2 { &SYNC_MODES[..2] } else { SYNC_MODES };
        one_of("sync_mode", &self.sync_mode, known, "choose_sync_mode");
        if self.tag.chars().count() > 60 || self.tag.chars().any(char::is_control) {
            problems.push(Problem { field: "tag", message: "problem_name", values: vec!["60".into()] });
        }
        let zones = catalogue::region(&of.region).map_or(&[][..], |region| region.zones);
        let message = match zones.iter().find(|zone| zone.code == self.replica_zone) {
            None => "problem_zone",
            Some(zone) if is_sold_out(zone, account) => "sold_out_in_zone",
            Some(_) => return,
        };
        problems.push(Problem { field: "replica_zone", message, values: Vec::new() });
    }
}
