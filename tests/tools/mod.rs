//! What npm brings to hold the suite against: the tools that others read its files with.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Output},
};

/// A folder with these packages and a script of `tests/tools`, fetched once; `None`, with a line that says so, where npm is missing or
/// reaches nothing.
pub fn npm(script: &str, packages: &[&str]) -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("npm").join(script);
    fs::create_dir_all(&folder).expect("a folder");
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tools").join(script);
    fs::copy(&from, folder.join(script)).expect("copied");
    let (fetched, wanted) = (folder.join("fetched"), packages.join(" "));
    if fs::read_to_string(&fetched).is_ok_and(|fetched| fetched == wanted) {
        return Some(folder);
    }
    fs::write(folder.join("package.json"), "{\"private\":true}").expect("written");
    // Nothing that a package brings is run while it is fetched.
    let mut install = Command::new("npm");
    install.args(["install", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]).args(packages);
    match install.current_dir(&folder).output() {
        Ok(ended) if ended.status.success() => {
            fs::write(fetched, wanted).expect("written");
            Some(folder)
        }
        Ok(ended) => {
            told(format_args!("skipped: npm install: {}", String::from_utf8_lossy(&ended.stderr).trim()));
            None
        }
        Err(error) => {
            told(format_args!("skipped: npm is needed to fetch {wanted}: {error}"));
            None
        }
    }
}

/// Says why a test was not made, where it is seen: what a test that passes prints is shown to nobody.
fn told(line: std::fmt::Arguments<'_>) {
    let _nobody_listens = writeln!(std::io::stderr(), "{line}");
}

/// Runs the script.
pub fn node(folder: &Path, script: &str, arguments: &[&Path]) -> Output {
    Command::new("node").arg(folder.join(script)).args(arguments).current_dir(folder).output().expect("node")
}
