//! Where the run takes place: a terminal, a build server, a checkout.

use std::{ffi::OsString, io::IsTerminal as _, path::Path, path::PathBuf, process::Command};

use super::{args::Args, suite::Project};
use crate::tether::inherited;

/// Where the run takes place.
pub struct Surroundings {
    /// Output is watched by a person, and a line of it may be written over.
    pub live: bool,
    /// Output may be coloured.
    pub colours: bool,
    /// GitHub Actions reads the output.
    pub github: bool,
    /// The file that GitHub Actions shows as the job's summary.
    pub job_summary: Option<PathBuf>,
}

impl Surroundings {
    /// Of the process of a run.
    pub fn look(args: &Args, project: &Project<'_>) -> Self {
        Self::of(project.variable, args.color.as_deref(), args.pause_on_failure)
    }

    /// Of this process. `colour`: when to colour, where that was said; `still`: no line may be written over.
    pub fn of(variable: fn(&str) -> Option<OsString>, colour: Option<&str>, still: bool) -> Self {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        let terminal = std::io::stdout().is_terminal() && set("TERM").is_none_or(|term| term != "dumb");
        let github = set("GITHUB_ACTIONS").is_some_and(|value| value == "true");
        Self {
            live: terminal && !github && !still,
            // https://no-color.org: set and not empty, whatever it says; what the command line asks for goes before.
            colours: match colour {
                Some("always") => true,
                Some("never") => false,
                _ => terminal && set("NO_COLOR").is_none(),
            },
            github,
            job_summary: set("GITHUB_STEP_SUMMARY").filter(|_| github).map(PathBuf::from),
        }
    }

    /// The text as it is, or coloured: its first mark tells how.
    pub fn paint(&self, text: &str) -> String {
        let colour = match text.chars().next() {
            Some('✓') => "32",
            Some('✗') => "31",
            Some('~') => "33",
            Some('-') => "2",
            _ => return text.to_owned(),
        };
        if !self.colours {
            return text.to_owned();
        }
        let (mark, rest) = text.split_at(text.chars().next().map_or(0, char::len_utf8));
        match colour {
            "2" => format!("\x1b[2m{text}\x1b[0m"),
            _ => format!("\x1b[{colour}m{mark}\x1b[0m{rest}"),
        }
    }
}

/// Which of its own builds the build server runs this in; the same for all jobs of one, and for those that it runs again.
pub fn build(variable: fn(&str) -> Option<OsString>) -> Option<String> {
    let set = |name: &str| variable(name).and_then(|value| value.into_string().ok()).filter(|value| !value.is_empty());
    set("GITHUB_RUN_ID")
        .map(|run| format!("GitHub {run}"))
        .or_else(|| set("CI_PIPELINE_ID").map(|pipeline| format!("GitLab {pipeline}")))
}

/// The commit of the checkout, with `+` where files differ from it; `None` where there is no checkout.
pub fn commit(root: &Path) -> Option<String> {
    let git = |arguments: &[&str]| {
        let output =
            Command::new("git").arg("-C").arg(root).args(arguments).env_clear().envs(inherited()).output().ok()?;
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    };
    let commit = git(&["rev-parse", "--short=10", "HEAD"])?;
    let changed = git(&["status", "--porcelain", "--untracked-files=no"]).is_some_and(|changed| !changed.is_empty());
    Some(if changed { commit + "+" } else { commit })
}
