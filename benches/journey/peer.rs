//! The peer's side: Playwright, from npm, in a cache below `target/`.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, Instant},
};

use anyhow::{Context as _, anyhow, ensure};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines},
    process::{Child, ChildStdin, ChildStdout, Command},
};

use super::{Ground, tree};

/// The peer's versions: a comparison names its peer.
const PACKAGES: [&str; 2] = ["playwright-core@1.65.1", "@playwright/test@1.65.1"];
/// What our own driver adds for a root user; the rest of its flags changes nothing measurable.
const ARGUMENTS: &str = r#"["--no-sandbox","--disable-quic","--no-first-run","--disable-background-networking","--disable-component-update","--disable-sync"]"#;
const WITHIN: Duration = Duration::from_secs(120);

/// A Node process with one browser.
pub struct Peer {
    child: Child,
    input: ChildStdin,
    lines: Lines<BufReader<ChildStdout>>,
}

/// The folder with the peer's scripts and packages; `None` without npm.
async fn installed() -> anyhow::Result<Option<PathBuf>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/peer");
    std::fs::create_dir_all(&folder).context("making the peer's folder")?;
    for name in ["journey.mjs", "one.mjs", "journey.spec.mjs", "playwright.config.mjs"] {
        std::fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/journey/peer").join(name), folder.join(name))
            .with_context(|| format!("copying {name}"))?;
    }
    if folder.join("node_modules/@playwright/test").exists() {
        return Ok(Some(folder));
    }
    let install = Command::new("npm")
        .args(["install", "--no-audit", "--no-fund", "--ignore-scripts"])
        .args(PACKAGES)
        .current_dir(&folder)
        .output()
        .await;
    match install {
        Ok(output) if output.status.success() => Ok(Some(folder)),
        Ok(output) => {
            println!("npm: {}", String::from_utf8_lossy(&output.stderr).lines().last().unwrap_or_default());
            Ok(None)
        }
        Err(_) => Ok(None),
    }
}

fn browser(ground: &Ground) -> String {
    ground.found.browser.path.display().to_string()
}

impl Peer {
    pub async fn start(ground: &Ground, port: u16) -> anyhow::Result<Option<Self>> {
        let Some(folder) = installed().await? else { return Ok(None) };
        let mut command = Command::new("node");
        command
            .args(["one.mjs", &port.to_string(), &browser(ground), ARGUMENTS])
            .current_dir(folder)
            .kill_on_drop(true);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().context("starting node")?;
        let input = child.stdin.take().context("node has no input")?;
        let mut lines = BufReader::new(child.stdout.take().context("node has no output")?).lines();
        let ready = tokio::time::timeout(WITHIN, lines.next_line()).await.context("the peer does not start")??;
        ensure!(ready.as_deref() == Some("ready"), "the peer said {ready:?}");
        Ok(Some(Self { child, input, lines }))
    }

    /// One journey; its milliseconds, as the peer takes them.
    pub async fn journey(&mut self) -> anyhow::Result<f64> {
        self.input.write_all(b"go\n").await.context("asking the peer")?;
        let line = tokio::time::timeout(WITHIN, self.lines.next_line())
            .await
            .context("the peer's journey takes too long")??;
        line.ok_or_else(|| anyhow!("the peer has ended"))?.parse().context("the peer's figure")
    }

    /// CPU seconds so far: node and browser.
    pub fn cpu(&self) -> f64 {
        self.child.id().map_or(0.0, |pid| tree::cpu_seconds(&[pid]))
    }

    pub async fn end(mut self) {
        drop(self.input);
        // It closes its browser at the end of its input; what does not end is killed on drop.
        let _ended = tokio::time::timeout(Duration::from_secs(10), self.child.wait()).await;
    }
}

/// Journeys a minute under Playwright Test with two workers, their start included.
pub async fn throughput(ground: &Ground, port: u16, journeys: usize) -> anyhow::Result<f64> {
    let folder = installed().await?.context("the peer is gone")?;
    let started = Instant::now();
    let run = Command::new("node")
        .args(["node_modules/@playwright/test/cli.js", "test"])
        .current_dir(folder)
        .envs([
            ("PEER_SITE", port.to_string()),
            ("PEER_JOURNEYS", journeys.to_string()),
            ("PEER_BROWSER", browser(ground)),
            ("PEER_ARGS", ARGUMENTS.to_owned()),
        ])
        .output()
        .await
        .context("starting Playwright Test")?;
    let said = [run.stdout, run.stderr].concat();
    ensure!(run.status.success(), "Playwright Test failed:\n{}", String::from_utf8_lossy(&said));
    Ok(journeys as f64 * 60.0 / started.elapsed().as_secs_f64())
}
