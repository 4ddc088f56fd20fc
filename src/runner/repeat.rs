//! The command that runs a scenario again.

use super::{args::Args, plan::Case};

/// A run's own command, without what it selected.
#[derive(Debug)]
pub struct Repeat(String);

impl Repeat {
    /// Of a run with these flags.
    pub fn of(args: &Args) -> Self {
        let target = args.target.as_ref().map(|target| format!(" --target {}", target.display())).unwrap_or_default();
        let of = |flag: &str, value: &Option<String>| {
            value.as_ref().map(|value| format!(" --{flag} {value}")).unwrap_or_default()
        };
        Self(format!(
            "cargo test --test purchase --{target}{}{}{}",
            of("skin", &args.skin),
            of("lang", &args.lang),
            of("defect", &args.defect)
        ))
    }

    /// The command that runs just this scenario.
    pub fn command(&self, case: &Case) -> String {
        format!("{} --name {}", self.0, quoted(&format!("^{}$", regex::escape(&case.unique_title()))))
    }
}

/// As one word of a shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}
