//! Runs of the suite's own binary.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    sync::OnceLock,
};

use tempfile::TempDir;

/// The test binary of the main job. Cargo has built it for this run already; it is asked only for the path.
pub fn suite() -> &'static Path {
    static SUITE: OnceLock<PathBuf> = OnceLock::new();
    SUITE.get_or_init(|| {
        let built = Command::new(env!("CARGO"))
            .args(["test", "--no-run", "--test", "purchase", "--message-format=json"])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .stderr(Stdio::inherit())
            .output()
            .expect("cargo");
        let lines = String::from_utf8(built.stdout).expect("JSON");
        let messages = lines.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
        let executable = messages
            .filter(|message| message["target"]["name"] == "purchase")
            .find_map(|message| message["executable"].as_str().map(PathBuf::from));
        executable.expect("the path of the test binary")
    })
}

/// A run with an output folder and a temporary folder of its own.
pub struct Run {
    /// Everything it writes is below.
    pub folder: TempDir,
    arguments: Vec<String>,
    pub variables: Vec<(String, String)>,
}

/// How a run ended.
pub struct Ended {
    /// Its exit status.
    pub status: Option<i32>,
    /// Both streams.
    pub text: String,
}

impl Run {
    /// With these arguments.
    pub fn of(arguments: &[&str]) -> Self {
        let folder = tempfile::Builder::new().prefix("dcdb-suite-").tempdir().expect("a folder");
        fs::create_dir_all(folder.path().join("tmp")).expect("a folder");
        Self {
            folder,
            arguments: arguments.iter().map(|argument| (*argument).to_owned()).collect(),
            variables: Vec::new(),
        }
    }

    /// With a feature file of its own instead of the project's.
    pub fn feature(mut self, text: &str) -> Self {
        self.file("features/own.feature", text);
        self.arguments.extend(["--features".into(), self.path("features").display().to_string()]);
        self
    }

    /// With a profile of its own.
    pub fn profile(mut self, text: &str) -> Self {
        self.file("profile.yaml", text);
        self.arguments.extend(["--target".into(), self.path("profile.yaml").display().to_string()]);
        self
    }

    /// With further arguments.
    pub fn with(mut self, arguments: &[&str]) -> Self {
        self.arguments.extend(arguments.iter().map(|argument| (*argument).to_owned()));
        self
    }

    /// With a variable set.
    pub fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.into(), value.into()));
        self
    }

    /// Writes a file of the run.
    pub fn file(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("written");
    }

    /// A file of the run.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Where it writes its results.
    pub fn out(&self) -> PathBuf {
        self.path("out")
    }

    /// The command.
    pub fn command(&self) -> Command {
        let mut command = Command::new(suite());
        command.args(&self.arguments).arg("--out").arg(self.out()).current_dir(env!("CARGO_MANIFEST_DIR"));
        // Whatever it starts inherits this folder's name: that is how what it left behind is found.
        command
            .env("TMPDIR", self.path("tmp"))
            .env("INSTA_UPDATE", "no")
            // What fails here on purpose is no news for the build server that this test runs on.
            .env_remove("GITHUB_ACTIONS")
            .env_remove("GITHUB_STEP_SUMMARY")
            .envs(self.variables.iter().cloned())
            .stdin(Stdio::null());
        command
    }

    /// Runs it to its end.
    pub fn end(&self) -> Ended {
        Ended::of(self.command().output().expect("the suite"))
    }

    /// Runs it once more, with further arguments.
    pub fn again(&self, arguments: &[&str]) -> Ended {
        Ended::of(self.command().args(arguments).output().expect("the suite"))
    }

    /// Sees every file that it wrote.
    pub fn each_file(&self, mut see: impl FnMut(&Path)) {
        below(&self.out(), &mut see);
    }

    /// What it wrote of its scenarios.
    pub fn results(&self) -> serde_json::Value {
        let text = fs::read_to_string(self.out().join("results.json")).expect("results.json");
        serde_json::from_str(&text).expect("JSON")
    }
}

fn below(folder: &Path, see: &mut impl FnMut(&Path)) {
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        match entry.path() {
            path if path.is_dir() => below(&path, see),
            path => see(&path),
        }
    }
}

impl Ended {
    pub fn of(Output { status, stdout, stderr }: Output) -> Self {
        Self {
            status: status.code(),
            text: String::from_utf8_lossy(&stdout).into_owned() + &String::from_utf8_lossy(&stderr),
        }
    }

    /// It ended with this status and said all of this.
    pub fn expect(&self, status: i32, said: &[&str]) {
        assert_eq!(self.status, Some(status), "{}", self.text);
        for text in said {
            assert!(self.text.contains(text), "{text:?} was not said:\n{}", self.text);
        }
    }
}

/// A scenario that needs no login and takes a moment.
pub const QUICK: &str = "Feature: Quick\n  Scenario: A visitor comes\n    Given a visitor on the home page\n";
