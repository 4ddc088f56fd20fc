//! The stand-in site: the documented purchase pages over a real database, for runs that must not reach the real ones.
//!
//! Shares nothing with the rest of the suite: prices, wording, dates and the printing of money are its own, so that the
//! suite cannot agree with itself when wrong. `features/CONTRACT.md` is what both are held to.

mod api;
mod backdoor;
mod catalogue;
mod clock;
mod configuration;
pub mod defects;
mod generation;
mod hosts;
mod networks;
mod pages;
mod price;
mod serve;
mod site;
mod skins;
mod store;
mod today;
mod visitor;
mod wording;

use crate::say;
use std::{
    net::IpAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context as _, ensure};
use clap::Args;
use tokio::net::TcpListener;

use crate::tether::{Program, Tethered, new_scratch};

pub use generation::Generation;
pub use hosts::router;
pub use serve::serve_on;
pub use site::Site;
pub use skins::Skin;

/// Starts a stand-in as a process of its own, `dcdb-e2e serve --port 0` with these further flags, that ends with whoever
/// started it; gives its port.
///
/// # Errors
/// When it does not say in time where it listens; where it refuses its flags it has said why itself.
pub async fn start(
    supervisor: &Path,
    temporary: &Path,
    flags: impl IntoIterator<Item = String>,
) -> anyhow::Result<(Tethered, u16)> {
    // It writes nothing there: by this it is found again, should its supervisor be killed.
    let scratch = new_scratch(temporary);
    let program = Program::new(supervisor).args(["serve", "--port", "0"]).scratch(&scratch);
    let program = flags.into_iter().fold(program, |program, flag| program.arg(flag));
    let mut tethered = Tethered::start(supervisor, &program).await?;
    let port = tethered.announced("its address", Duration::from_secs(20), |line| {
        line.strip_prefix("listening on ")?.rsplit(':').next()?.parse().ok()
    });
    let port = port.await.context("starting the stand-in")?;
    Ok((tethered, port))
}

/// What `dcdb-e2e serve` takes.
#[derive(Debug, Clone, Args)]
pub struct ServeArgs {
    /// Port to listen on; 0 takes any that is free
    #[arg(long, default_value_t = 8080)]
    pub port: u16,
    /// Address to listen on
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1")]
    pub bind: IpAddr,
    /// Domain that its names are below, instead of localhost: one that browsers on other machines find it by
    #[arg(long, value_name = "DOMAIN", default_value = "localhost", value_parser = domain)]
    pub names: String,
    /// Markup of the pages
    #[arg(long, value_enum, default_value_t = Skin::Classic)]
    pub skin: Skin,
    /// Generation of the pages; today's are drawn in the component style, whatever --skin says
    #[arg(long, value_enum, default_value_t = Generation::Documented)]
    pub generation: Generation,
    /// Language of the pages
    #[arg(long, default_value = "en", value_parser = ["en", "zh-CN"])]
    pub lang: String,
    /// Database file; in memory unless given
    #[arg(long, value_name = "FILE")]
    pub db: Option<PathBuf>,
    /// Factor on the site's own delays; 0 is none
    #[arg(long, value_name = "F", default_value_t = 1.0)]
    pub delays: f64,
    /// Delay of each answer, ms
    #[arg(long, value_name = "MS", default_value_t = 0)]
    pub latency: u64,
    /// Random further delay of each answer, up to this, ms
    #[arg(long, value_name = "MS", default_value_t = 0)]
    pub jitter: u64,
    /// Share of answers that are a 503, 0 to 1
    #[arg(long, value_name = "P", default_value_t = 0.0)]
    pub error_rate: f64,
    /// Seed of jitter and errors
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// A mistake to make, by name (`dcdb-e2e defects` knows all)
    #[arg(long, value_name = "NAME")]
    pub defect: Option<String>,
}

impl Default for ServeArgs {
    fn default() -> Self {
        Self {
            port: 0,
            bind: IpAddr::from([127, 0, 0, 1]),
            names: "localhost".into(),
            skin: Skin::Classic,
            generation: Generation::Documented,
            lang: "en".into(),
            db: None,
            delays: 1.0,
            latency: 0,
            jitter: 0,
            error_rate: 0.0,
            seed: 1,
            defect: None,
        }
    }
}

/// The name of a domain as addresses and cookies write it.
fn domain(text: &str) -> Result<String, String> {
    let host =
        |text: &str| url::Url::parse(&format!("http://cloud.tencent.{text}/")).ok()?.host_str().map(str::to_owned);
    match host(text) {
        Some(written) if written == format!("cloud.tencent.{text}") && !text.split('.').any(str::is_empty) => {
            Ok(text.to_owned())
        }
        _ => Err("a domain in lower case, without http://, port or path, such as shop.example.com".into()),
    }
}

/// Whoever sends nothing for so long is not waited for any more; ample for a browser, and what hyper gives them unless told.
const PATIENCE: Duration = Duration::from_secs(30);

/// Serves the stand-in until the process is ended. Says `listening on http://cloud.tencent.localhost:PORT` when ready, with the domain
/// that was asked for.
///
/// # Errors
/// When a flag cannot be, the database cannot be opened, or the address cannot be had.
pub async fn serve(args: ServeArgs) -> anyhow::Result<()> {
    ensure!(
        args.delays.is_finite() && (0.0..=1000.0).contains(&args.delays),
        "--delays {} is no factor from 0 to 1000",
        args.delays
    );
    ensure!((0.0..=1.0).contains(&args.error_rate), "--error-rate {} is no share from 0 to 1", args.error_rate);
    ensure!(args.latency <= 60_000 && args.jitter <= 60_000, "--latency and --jitter are at most 60000 ms");
    let site = Site::open(&args)?;
    let domain = site.names.domain.clone();
    let listener = TcpListener::bind((args.bind, args.port)).await.with_context(|| {
        format!(
            "listening on {}:{} (another program may have the port: choose another with --port, or --port 0)",
            args.bind, args.port
        )
    })?;
    let port = listener.local_addr()?.port();
    say!("listening on http://{domain}:{port}");
    serve_on(listener, router(site), PATIENCE).await
}
