//! Machines to look for browsers on, made of a temporary directory and small scripts.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use dcdb_purchase_e2e::browser::launch::{Found, Host, InstallPolicy, LaunchSettings, find, launch};

pub const SUPERVISOR: &str = env!("CARGO_BIN_EXE_dcdb-e2e");

/// A machine with nothing but the programs a test lays on its `PATH`.
pub struct Machine {
    directory: tempfile::TempDir,
    pub settings: LaunchSettings,
}

impl Machine {
    pub fn new() -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let bin = directory.path().join("bin");
        let temporary = directory.path().join("tmp");
        for new in [&bin, &temporary] {
            std::fs::create_dir(new).expect("making a directory");
        }
        let mut settings = LaunchSettings::new(Path::new(SUPERVISOR), bin.into(), temporary);
        settings.host = Host { families: vec!["debian".to_owned()], root: true };
        settings.install = InstallPolicy::Never;
        Self { directory, settings }
    }

    pub fn bin(&self) -> PathBuf {
        self.directory.path().join("bin")
    }

    pub fn with(self, name: &str, script: &str) -> Self {
        let path = self.bin().join(name);
        // By another process: a file that this one has open for writing, or any child it forks meanwhile, cannot be run.
        let install =
            Command::new("install").args(["-m", "755", "/dev/stdin"]).arg(&path).stdin(Stdio::piped()).spawn();
        let mut install = install.expect("writing a script");
        let mut stdin = install.stdin.take().expect("its standard input");
        stdin.write_all(format!("#!/bin/sh\n{script}\n").as_bytes()).expect("writing a script");
        drop(stdin);
        assert!(install.wait().expect("writing a script").success());
        self
    }

    pub fn with_driver(self, version: &str) -> Self {
        self.with("chromedriver", &format!("echo 'ChromeDriver {version} (0123abc-refs/branch-heads/1@{{#2}})'"))
    }

    pub fn with_browser(self, name: &str, version: &str) -> Self {
        self.with(name, &format!("echo 'Chromium {version} built on a test'"))
    }

    /// An apt-get that notes how it was called and then runs `script`, in which `$1` is `update` or `install`.
    pub fn with_apt(mut self, script: &str) -> Self {
        self.settings.install = InstallPolicy::WhereMissing;
        let note = self.directory.path().join("apt");
        let noting =
            format!("echo \"$DEBIAN_FRONTEND: $*\" >> {}\nshift 2\nBIN={}", note.display(), self.bin().display());
        self.with("apt-get", &format!("{noting}\n{script}"))
    }

    pub fn apt_calls(&self) -> Vec<String> {
        let calls = std::fs::read_to_string(self.directory.path().join("apt")).unwrap_or_default();
        calls.lines().map(str::to_owned).collect()
    }

    pub async fn found(&self) -> Found {
        find(&self.settings).await.expect("a driver and a browser")
    }

    pub async fn refusal(&self) -> String {
        format!("{:#}", launch(&self.settings).await.expect_err("nothing to test with"))
    }
}
