//! Pages made of component libraries, bundled as their makers would: nightly, since the libraries come from npm.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{Mutex, PoisonError},
};

/// One at a time: they share a folder.
static BUILDING: Mutex<()> = Mutex::new(());

/// Where the packages are kept between runs.
fn cache() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("libraries")
}

/// The packages of `tests/libraries`, fetched once; `None` where npm is missing or reaches nothing.
pub fn packages() -> Option<PathBuf> {
    let _building = BUILDING.lock().unwrap_or_else(PoisonError::into_inner);
    let (from, cache) = (Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/libraries"), cache());
    fs::create_dir_all(&cache).expect("a folder");
    for entry in fs::read_dir(&from).expect("tests/libraries") {
        let entry = entry.expect("an entry");
        fs::copy(entry.path(), cache.join(entry.file_name())).expect("copied");
    }
    let mut install = Command::new("npm");
    install.args(["install", "--no-audit", "--no-fund", "--legacy-peer-deps", "--loglevel=error"]);
    match install.current_dir(&cache).stdout(Stdio::null()).status() {
        Ok(status) if status.success() => Some(cache),
        Ok(status) => {
            println!("skipped: npm install ended with {status}");
            None
        }
        Err(error) => {
            println!("skipped: npm is needed to build the pages: {error}");
            None
        }
    }
}

/// A page as one script and one style: its library bundled into it.
pub fn bundled(packages: &Path, source: &str) -> (String, String) {
    let _building = BUILDING.lock().unwrap_or_else(PoisonError::into_inner);
    let out = packages.join("out").join(source);
    let loaders =
        ["svg", "png", "gif", "woff", "woff2", "ttf", "eot", "cur"].map(|kind| format!("--loader:.{kind}=dataurl"));
    let status = Command::new("npx")
        .args([
            "esbuild",
            source,
            "--bundle",
            "--minify",
            "--define:process.env.NODE_ENV=\"production\"",
            "--log-level=error",
        ])
        .arg(format!("--outfile={}", out.join("page.js").display()))
        .args(loaders)
        .current_dir(packages)
        .status()
        .expect("esbuild");
    assert!(status.success(), "{source} was not bundled");
    let script = fs::read_to_string(out.join("page.js")).expect("a script");
    (script, fs::read_to_string(out.join("page.css")).unwrap_or_default())
}
