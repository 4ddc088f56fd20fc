//! One journey (entry 1 to Uninitialized in the console) through this suite's own pages, against the same journey written
//! for Playwright, in turn on the same stand-in and browser binary; and through ours once more with evidence kept. The last line
//! holds the ratios.
//!
//! `cargo bench --bench journey [-- --rounds N]`. Without npm only our own figures are printed.

mod ours;
mod peer;
mod tree;

use std::path::Path;

use anyhow::{Context as _, ensure};
use dcdb_purchase_e2e::{
    browser::launch::{self, LaunchSettings},
    standin,
    target::{self, Target},
};
use tokio::{runtime, task::LocalSet};

/// What both sides need of the machine.
struct Ground {
    target: std::sync::Arc<Target>,
    settings: LaunchSettings,
    found: launch::Found,
}

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let rounds: usize = match arguments.as_slice() {
        [] => 15,
        [flag, number] if flag == "--rounds" => number.parse().context("--rounds takes a number")?,
        other => anyhow::bail!("{other:?} is not understood; there is --rounds N"),
    };
    ensure!(rounds >= 1, "--rounds takes a number from 1 on");
    let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
    LocalSet::new().block_on(&runtime, compare(rounds))
}

async fn compare(rounds: usize) -> anyhow::Result<()> {
    let supervisor = Path::new(env!("CARGO_BIN_EXE_dcdb-e2e"));
    let settings = LaunchSettings::from_variables(supervisor, |name| std::env::var_os(name))?;
    let found = launch::ensure(&settings).await?;
    let (standin, port) =
        standin::start(supervisor, &std::env::temp_dir(), ["--delays", "0"].map(str::to_owned)).await?;
    let profile = target::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/targets/standin.yaml"), &|name| {
        std::env::var(name).ok()
    })?;
    let ground = Ground { target: std::sync::Arc::new(Target::new(profile, port, 1.0)), settings, found };

    let mut ours = ours::Ours::start(&ground).await?;
    let mut peer = peer::Peer::start(&ground, port).await?;
    // Caches, just-in-time compilers and pools warm up unmeasured.
    for _ in 0..2 {
        ours.journey(None).await?;
        if let Some(peer) = &mut peer {
            peer.journey().await?;
        }
    }
    let kept = tempfile::tempdir().context("a folder for evidence")?;
    let (mut our_walls, mut kept_walls, mut peer_walls) = (Vec::new(), Vec::new(), Vec::new());
    let (mut our_cpu, mut peer_cpu) = (0.0, 0.0);
    for _ in 0..rounds {
        let before = ours.cpu();
        our_walls.push(ours.journey(None).await?);
        our_cpu += ours.cpu() - before;
        kept_walls.push(ours.journey(Some(kept.path())).await?);
        if let Some(peer) = &mut peer {
            let before = peer.cpu();
            peer_walls.push(peer.journey().await?);
            peer_cpu += peer.cpu() - before;
        }
    }
    let memory = tree::resident_mib(std::process::id());
    println!("chromium {}, {rounds} rounds in turn", ground.found.browser.version);
    report("ours", &our_walls, our_cpu);
    ours.print_timings();
    println!("         client {memory:.0} MiB");
    let evidence = median(&kept_walls) / median(&our_walls) - 1.0;
    println!("         {:.1} % more with the page state kept after each of six steps", evidence * 100.0);
    ours.end().await?;
    let Some(peer) = peer else {
        println!("the peer was skipped: npm is not on the PATH, or could not install playwright-core");
        return Ok(());
    };
    report("peer", &peer_walls, peer_cpu);
    peer.end().await;
    let journeys = rounds.max(10);
    let our_rate = ours::throughput(&ground, journeys)?;
    let peer_rate = peer::throughput(&ground, port, journeys).await?;
    println!(
        "two workers: ours {our_rate:.1}, Playwright Test {peer_rate:.1} journeys a minute, browsers' start included"
    );
    println!(
        "wall_ratio={:.2} cpu_ratio={:.2} throughput_ratio={:.2} client_mib={memory:.0} evidence_ratio={:.2}",
        median(&our_walls) / median(&peer_walls),
        our_cpu / peer_cpu,
        our_rate / peer_rate,
        1.0 + evidence
    );
    standin.end().await
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}

fn report(who: &str, walls: &[f64], cpu: f64) {
    let (low, high) = walls.iter().fold((f64::MAX, 0.0_f64), |(low, high), wall| (low.min(*wall), high.max(*wall)));
    println!(
        "{who:<8} median {:.0} ms ({low:.0} to {high:.0}), CPU {:.2} s a journey",
        median(walls),
        cpu / walls.len() as f64
    );
}
