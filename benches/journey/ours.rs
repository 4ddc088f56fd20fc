//! Our side: the suite's own pages and journeys.

use std::{fs, path::Path, sync::Arc, thread, time::Instant};

use anyhow::{Context as _, anyhow};
use dcdb_purchase_e2e::{
    browser::{
        Session, Timings,
        launch::{self, Driver},
    },
    domain::{Bill, Field, Money, Status},
    evidence::Redaction,
    guard::{Guard, Means, Spend},
    journeys,
    levers::Hand,
    pages::{Browsing, CheckPage, ConsolePage, Press, PurchasePage},
    target::{Account, Paced, Target, Wish},
};
use tokio::{runtime, task::LocalSet};

use super::{Ground, tree};

/// A worker: one session, one context a journey.
pub struct Ours {
    driver: Driver,
    session: Session,
    target: Arc<Target>,
    levers: Hand,
    guard: Guard,
    timings: Timings,
    journeys: u32,
}

impl Ours {
    pub async fn start(ground: &Ground) -> anyhow::Result<Self> {
        let driver = launch::start(ground.found.clone(), &ground.settings).await?;
        let session = Session::start(driver.url(), driver.capabilities(&ground.settings)).await?;
        let guard = Guard::open(&ground.target.profile, &Means::default())?;
        let levers = Hand::new(&ground.target, None)?;
        Ok(Self {
            driver,
            session,
            target: Arc::clone(&ground.target),
            levers,
            guard,
            timings: Timings::new(),
            journeys: 0,
        })
    }

    /// One journey; its milliseconds. `keeps`: where the state of the page after each step of it is kept, as the suite keeps it
    /// of a scenario that passes.
    pub async fn journey(&mut self, keeps: Option<&Path>) -> anyhow::Result<f64> {
        let account = self.levers.account(&Wish::default(), &self.levers.grip("a journey")).await?;
        let started = Instant::now();
        let browsing = Browsing::begin(&self.session, Arc::clone(&self.target)).await?;
        let kept =
            Kept { browsing: &browsing, folder: keeps, redaction: Redaction::of_proofs(&self.target.world.proofs()) };
        let walked = walk(&browsing, &self.guard, &account, &kept).await;
        if keeps.is_none() {
            for (kind, (count, spent)) in browsing.visit.timings() {
                let all = self.timings.entry(kind).or_default();
                *all = (all.0 + count, all.1 + spent);
            }
            self.journeys += 1;
        }
        browsing.end().await?;
        walked?;
        Ok(started.elapsed().as_secs_f64() * 1000.0)
    }

    /// CPU seconds so far: this process, driver and browser.
    pub fn cpu(&self) -> f64 {
        // Driver and browser are below this process, by way of their supervisor; so is the peer, which is taken off.
        let driver = match &self.driver {
            Driver::Local(driver) => driver.tethered.supervisor_pid(),
            Driver::Remote { .. } => 0,
        };
        tree::cpu_seconds(&[driver]) + tree::own_cpu_seconds()
    }

    /// Where the time of a journey goes, a line for each kind of call.
    pub fn print_timings(&self) {
        let journeys = f64::from(self.journeys.max(1));
        for (kind, (count, spent)) in &self.timings {
            println!(
                "         {:>5.1} x {kind}: {:.0} ms a journey",
                f64::from(*count) / journeys,
                spent.as_secs_f64() * 1000.0 / journeys
            );
        }
    }

    pub async fn end(self) -> anyhow::Result<()> {
        self.session.close().await?;
        self.driver.end().await
    }
}

/// What is kept of a journey.
struct Kept<'a> {
    browsing: &'a Browsing,
    folder: Option<&'a Path>,
    redaction: Redaction,
}

impl Kept<'_> {
    async fn step(&self, name: &str) -> anyhow::Result<()> {
        let Some(folder) = self.folder else { return Ok(()) };
        let sight =
            self.browsing.visit.witness().await?.ok_or_else(|| anyhow!("the page after {name} was not seen"))?;
        fs::write(folder.join(name), self.redaction.text(&sight.tree)).context("keeping a page state")
    }
}

async fn walk(browsing: &Browsing, guard: &Guard, account: &Account, kept: &Kept<'_>) -> anyhow::Result<()> {
    let fee = Money::fen(101_520);
    journeys::log_in_on_home_page(browsing, account).await?;
    journeys::to_purchase_page(browsing).await?;
    kept.step("1-purchase-page").await?;
    let page = PurchasePage::of(browsing);
    page.field(Field::DISK)?.choose("500").await?;
    page.total_fee_should_be(fee).await?;
    kept.step("2-chosen").await?;
    page.purchase_now().await?;
    kept.step("3-check-page").await?;
    let turn = browsing.turn(Paced::Purchase).await;
    let bill = Bill::prepaid(CheckPage::of(browsing).total_fee().await?);
    let spend = Spend {
        scenario: "a journey".into(),
        account: account.name.clone(),
        name: String::new(),
        what: "the documented example".into(),
        region: None,
        amount: bill.at_most(),
        frozen: bill.frozen(),
        instances: 1,
        balance: None,
    };
    let permit = guard.permit(&browsing.visit, &browsing.target.profile, fee, bill, &spend, turn).await?;
    journeys::pay(browsing, permit, Press::Once, None).await?;
    journeys::paid(browsing).await?;
    kept.step("4-result-page").await?;
    journeys::to_console_from_result(browsing).await?;
    kept.step("5-console").await?;
    let console = ConsolePage::of(browsing);
    let rows = console.instances(1).await?;
    let row = rows.first().ok_or_else(|| anyhow!("no instance"))?;
    console.status_should_become(&row.id, Status::Uninitialized, browsing.target.profile.deadlines.delivery).await?;
    kept.step("6-delivered").await
}

/// Journeys a minute with two workers, their start included.
pub fn throughput(ground: &Ground, journeys: usize) -> anyhow::Result<f64> {
    let started = Instant::now();
    let left = std::sync::atomic::AtomicUsize::new(journeys);
    let work = || -> anyhow::Result<()> {
        let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
        LocalSet::new().block_on(&runtime, async {
            let mut worker = Ours::start(ground).await?;
            use std::sync::atomic::Ordering::Relaxed;
            while left.fetch_update(Relaxed, Relaxed, |left| left.checked_sub(1)).is_ok() {
                worker.journey(None).await?;
            }
            worker.end().await
        })
    };
    thread::scope(|scope| {
        let threads = [scope.spawn(work), scope.spawn(work)];
        threads.into_iter().try_for_each(|thread| thread.join().map_err(|_| anyhow!("a worker panicked"))?)
    })
    .context("two workers")?;
    Ok(journeys as f64 * 60.0 / started.elapsed().as_secs_f64())
}
