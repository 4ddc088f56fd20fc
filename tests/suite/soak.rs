//! A hundred kills of a paying run and of all that belongs to it, at random moments, with the truth read from the site afterwards.
//! Too long for every change: `.ci/nightly` runs it.

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use dcdb_purchase_e2e::guard::Stage;
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};

use crate::{
    elsewhere::Elsewhere,
    money::{BUYS, Shop, buying},
    run::{Run, suite},
};

/// Whom a kill hits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Victim {
    Suite,
    Parent,
    Driver,
    Browser,
    Site,
    Supervisor,
}

const VICTIMS: [Victim; 6] =
    [Victim::Suite, Victim::Parent, Victim::Driver, Victim::Browser, Victim::Site, Victim::Supervisor];

/// Whatever is killed, a run ends within this.
const ENDS_WITHIN: Duration = Duration::from_secs(180);

/// Numbers that look random and are the same for the same seed (SplitMix64).
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit
    }
}

/// A process.
#[derive(Debug)]
struct Process {
    pid: i32,
    command: String,
}

/// Every process whose command or environment names this: a folder that a run was given, which all that it starts inherits.
fn naming(text: &str) -> Vec<Process> {
    let pids = fs::read_dir("/proc").expect("listing processes").flatten();
    let pids = pids.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
    // One that has ended has neither any more.
    let read = |pid: i32, file: &str| fs::read(format!("/proc/{pid}/{file}")).unwrap_or_default();
    let names = |bytes: &[u8]| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    let named = pids.filter(|pid| ["cmdline", "environ"].into_iter().any(|file| names(&read(*pid, file))));
    named
        .map(|pid| Process { pid, command: String::from_utf8_lossy(&read(pid, "cmdline")).replace('\0', " ") })
        .collect()
}

/// A run below a shell that only waits for it.
struct Below {
    shell: Child,
    /// What the suite's own command names, and nothing else.
    out: String,
    /// Where all runs and what they start keep what is passing.
    scratch: String,
}

impl Below {
    fn start(run: &Run, scratch: &Path) -> Self {
        let command = run.command();
        let mut shell = Command::new("sh");
        shell.args(["-c", "\"$@\" & wait", "sh"]).arg(suite()).args(command.get_args());
        shell.current_dir(env!("CARGO_MANIFEST_DIR")).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => shell.env(name, value),
                None => shell.env_remove(name),
            };
        }
        shell.env("TMPDIR", scratch);
        let shell = shell.spawn().expect("a shell");
        Self { shell, out: run.out().display().to_string(), scratch: scratch.display().to_string() }
    }

    /// Everything of any run that is there.
    fn all(&self) -> Vec<Process> {
        naming(&self.scratch)
    }

    /// Kills one of them; gives whether there was one.
    fn kill(&mut self, victim: Victim, chance: &mut Chance) -> bool {
        if victim == Victim::Parent {
            self.shell.kill().expect("a signal");
            return true;
        }
        let is = |process: &&Process| {
            let command = &process.command;
            match victim {
                Victim::Suite => command.starts_with(&suite().display().to_string()),
                Victim::Driver => command.contains("chromedriver") && !command.contains(" supervise "),
                Victim::Browser => command.contains("--type=") || command.contains("--remote-debugging"),
                Victim::Supervisor => command.contains(" supervise "),
                Victim::Parent | Victim::Site => false,
            }
        };
        let all = self.all();
        let found: Vec<&Process> = all.iter().filter(is).collect();
        if found.is_empty() {
            return false;
        }
        let hit = found[usize::try_from(chance.below(found.len() as u64)).expect("an index")];
        // It may have ended in this very moment.
        kill(Pid::from_raw(hit.pid), Signal::SIGKILL).is_ok()
    }

    /// Waits until nothing runs any more; gives how long that took. What a killed supervisor can no longer end, the next run does.
    fn end(mut self, victim: Victim) -> Duration {
        let since = Instant::now();
        let still_there = || {
            let mut all = self.all();
            all.retain(|process| victim != Victim::Supervisor || process.command.contains(&self.out));
            all
        };
        while !still_there().is_empty() {
            assert!(since.elapsed() < ENDS_WITHIN, "{victim:?}: still there: {:#?}", still_there());
            thread::park_timeout(Duration::from_millis(100));
        }
        self.shell.wait().expect("ended");
        since.elapsed()
    }
}

/// What a run left to read is whole, each file of it.
fn whole(out: &Path) -> usize {
    let mut files = 0;
    let mut folders = vec![out.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
            let bytes = fs::read(&path).expect("a file");
            let text = String::from_utf8_lossy(&bytes);
            let good = match ending {
                "json" => serde_json::from_str::<serde_json::Value>(&text).is_ok(),
                "xml" => text.trim_end().ends_with("</testsuites>"),
                "html" => text.trim_end().ends_with("</html>"),
                "yaml" => !text.trim().is_empty() && text.ends_with('\n'),
                "webp" => {
                    let size = bytes.get(4..8).and_then(|size| Some(u32::from_le_bytes(size.try_into().ok()?)));
                    bytes.starts_with(b"RIFF") && size.is_some_and(|size| size as usize + 8 == bytes.len())
                }
                _ => true,
            };
            assert!(good, "{} is not whole", path.display());
            files += 1;
        }
    }
    files
}

fn number(variable: &str, otherwise: u64) -> u64 {
    std::env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

/// `DCDB_E2E_SOAK_KILLS` says how many, `DCDB_E2E_SOAK_SEED` which moments.
#[test]
#[ignore = "takes about twenty minutes: .ci/nightly runs it"]
fn a_hundred_kills_lose_nothing_count_nothing_twice_and_leave_nothing_running() {
    let kills = number("DCDB_E2E_SOAK_KILLS", 100);
    let seed = number("DCDB_E2E_SOAK_SEED", u64::from(std::process::id()));
    let mut chance = Chance(seed);
    println!("{kills} kills, seed {seed}");
    let folder = tempfile::tempdir().expect("a folder");
    let scratch = folder.path().join("scratch");
    fs::create_dir(&scratch).expect("a folder");
    let database = folder.path().join("site.sqlite").display().to_string();
    let mut shop = Shop::on(Elsewhere::start_with(&["--db", &database]));
    let caps = buying("")
        .replace("2,000.00\", instances: 1", "900,000.00\", instances: 900")
        .replace("¥2,500.00\", instances: 2", "¥900,000.00\", instances: 900");
    let quick = "deadlines: { element: 5s, arrival: 10s, payment: 5s, load: 3s, late-charge: 0ms }\n";
    let profile = shop.elsewhere.profile(&shop.account, &(caps + quick));
    // How long a run takes that nobody kills.
    let since = Instant::now();
    shop.known(Run::of(&BUYS).profile(&profile)).end().expect(0, &["1 passed, 0 failed"]);
    let usual = u64::try_from(since.elapsed().as_millis()).expect("a time");
    let (mut statuses, mut slowest, mut files, mut missed) = (BTreeMap::<String, u32>::new(), Duration::ZERO, 0, 0);
    let mut done = 0;
    while done < kills {
        let victim = VICTIMS[usize::try_from(done).expect("an index") % VICTIMS.len()];
        let run = shop.known(Run::of(&BUYS).profile(&profile));
        let mut below = Below::start(&run, &scratch);
        thread::park_timeout(Duration::from_millis(200 + chance.below(usual)));
        let hit = match victim {
            Victim::Site => {
                shop.elsewhere.kill();
                true
            }
            victim => below.kill(victim, &mut chance),
        };
        slowest = slowest.max(below.end(victim));
        if victim == Victim::Site {
            shop.elsewhere = Elsewhere::start_at(shop.elsewhere.port, &["--db", &database]);
        }
        files += whole(&run.out());
        let results = fs::read_to_string(run.out().join("results.json")).ok();
        let status = results
            .and_then(|text| serde_json::from_str::<serde_json::Value>(&text).ok())
            .map_or("no results".to_owned(), |results| format!("exit {}", results["run"]["exit_status"]));
        // Said at once: a soak that is cut off has told how far it came.
        println!(
            "{:>3} of {kills}: {victim:?} killed{}, {status}",
            done + u64::from(hit),
            if hit { "" } else { " (nobody was hit)" }
        );
        *statuses.entry(format!("{victim:?} killed, {status}")).or_default() += 1;
        // One that had not begun or was over is made up for.
        if hit {
            done += 1
        } else {
            missed += 1
        }
        assert!(missed <= kills, "kills keep missing");
    }
    // One more, that nobody kills: whatever was left behind is gone after it.
    Below::start(&shop.known(Run::of(&BUYS).profile(&profile)), &scratch).end(Victim::Parent);
    let left: Vec<_> = fs::read_dir(&scratch).expect("a folder").flatten().map(|entry| entry.path()).collect();
    assert!(left.is_empty(), "left behind: {left:?}");
    let tools = shop.known(Run::of(&[]).profile(&profile));
    let rows_before = shop.stages();
    shop.tool("reconcile", &tools).expect(0, &[" 0 left unexplained"]);
    let mut orders = shop.order_numbers();
    orders.sort_unstable();
    let rows = shop.ledger();
    let mut known: Vec<String> = rows.iter().filter_map(|row| row.order.clone()).map(|order| order.0).collect();
    known.sort_unstable();
    let lost: Vec<&String> = orders.iter().filter(|order| !known.contains(order)).collect();
    assert!(lost.is_empty(), "lost: {lost:?}\n{rows:#?}");
    // Killed between the page and the ledger, a row may know its instances and not its order; no order stands twice.
    assert_eq!(known, orders, "counted twice, or never made: {rows:#?}");
    let counted: i64 = rows.iter().filter(|row| row.stage != Stage::Void).map(|row| row.spend.amount.as_fen()).sum();
    let orders_cost = i64::try_from(orders.len()).expect("a number") * 101_520;
    assert_eq!(counted, orders_cost, "the ledger counts another amount than was charged: {rows:#?}");
    shop.tool("sweep", &tools).expect(0, &["nothing of this suite is left on elsewhere"]);
    assert_eq!((shop.truth().0, shop.truth().1), (orders.len(), 0));
    assert!(shop.ledger().iter().all(|row| row.is_over()), "{:#?}", shop.ledger());
    let whole: String = rusqlite::Connection::open(shop.ledger_file())
        .and_then(|ledger| ledger.query_row("PRAGMA integrity_check", [], |row| row.get(0)))
        .expect("the ledger");
    assert_eq!(whole, "ok");
    let tally = |stages: &[Stage]| {
        let mut count = BTreeMap::<&str, u32>::new();
        stages.iter().for_each(|stage| *count.entry(stage.name()).or_default() += 1);
        count
    };
    println!("{kills} kills, {missed} that hit nobody; usual length of a run {usual} ms, slowest end {slowest:?}");
    println!(
        "{} orders on the site, ¥{:.2}; rows before reconcile {:?}",
        orders.len(),
        orders_cost as f64 / 100.0,
        tally(&rows_before)
    );
    println!("rows at the end {:?}; {files} files left by runs, each whole", tally(&shop.stages()));
    statuses.iter().for_each(|(what, count)| println!("  {count:>3} {what}"));
}
