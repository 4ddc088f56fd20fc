//! The ledger against the world: what was really charged, and a file that breaks while a run goes on.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::mpsc,
    time::{Duration, Instant},
};

use dcdb_purchase_e2e::guard::Stage;
use rusqlite::Connection;

use crate::{
    bridge::{Bridge, Then, point},
    elsewhere::Elsewhere,
    money::{BUYS, Shop, buying},
    run::Run,
};

/// A site that charges ten times what it shows: on the balance alone, or in the order as well.
fn dear(folder: &Path, in_order: bool) -> Shop {
    let database = folder.join("site.sqlite");
    let shop = Shop::on(Elsewhere::start_with(&["--db", &database.display().to_string()]));
    let order =
        if in_order { "UPDATE orders SET amount = NEW.amount * 10 WHERE number = NEW.order_number;" } else { "" };
    let trigger = format!(
        "CREATE TRIGGER dear AFTER INSERT ON charges BEGIN
           UPDATE accounts SET balance = balance - NEW.amount * 9 WHERE id = NEW.account; {order} END"
    );
    let site = Connection::open(database).expect("the site's database");
    site.busy_timeout(Duration::from_secs(10)).expect("patience");
    site.execute_batch(&trigger).expect("a trigger");
    shop
}

#[test]
fn what_was_really_charged_is_in_the_ledger_and_in_the_caps() {
    for in_order in [false, true] {
        let folder = tempfile::tempdir().expect("a folder");
        let shop = dear(folder.path(), in_order);
        // The ledger lies beside the profile that names it so.
        let caps = buying(", ledger: own.sqlite").replace("2,500.00", "11,000.00").replace(
            "per-run: { amount: \"¥2,000.00\", instances: 1 }",
            "per-run: { amount: \"¥11,000.00\", instances: 2 }",
        );
        let run = shop.run(&BUYS, &caps);
        run.end().expect(1, &["class    product", "0 passed, 1 failed"]);
        let ledger = dcdb_purchase_e2e::guard::Ledger::open(&run.path("own.sqlite")).expect("the ledger");
        let rows = ledger.entries().expect("its rows");
        let [row] = rows.as_slice() else { panic!("{rows:?}") };
        assert_eq!(row.spend.amount.as_fen(), 1_015_200, "in the order: {in_order}: {row:?}");
        assert_eq!((row.stage, shop.truth().1), (Stage::Returned, 0));
        run.again(&[]).expect(6, &["would pass what 24 hours may cost", "spent    ¥10,152.00 and 1 instance"]);
    }
}

#[test]
fn what_was_charged_is_found_out_although_its_scenario_failed_long_after_the_delivery() {
    let folder = tempfile::tempdir().expect("a folder");
    let shop = dear(folder.path(), false);
    let lost = "pages:\n  console:\n    initialise-dialog: { ok: { css: '#nowhere' } }\ndeadlines: { element: 2s }\n";
    shop.run(&BUYS, &(buying("") + lost)).end().expect(1, &["class    product", "0 passed, 1 failed"]);
    let rows = shop.ledger();
    let [row] = rows.as_slice() else { panic!("{rows:?}") };
    assert_eq!((row.spend.amount.as_fen(), row.stage, row.settled), (1_015_200, Stage::Returned, true), "{row:?}");
}

/// Three scenarios that buy, one after the other, the account's ledger breaking once the first has paid.
const THREE: &str = "Feature: Own\n  @pays\n  Scenario: First\n    Given the buyer bought the documented example\n  @pays\n  Scenario: Second\n    Given the buyer bought the documented example\n  @pays\n  Scenario: Third\n    Given the buyer bought the documented example\n";

/// A ledger file and something that happens to it.
type Break = fn(&Path) -> Option<Connection>;

fn truncated(file: &Path) -> Option<Connection> {
    fs::OpenOptions::new().write(true).open(file).expect("the ledger").set_len(0).expect("truncated");
    None
}

fn overwritten(file: &Path) -> Option<Connection> {
    fs::write(file, vec![b'x'; 8192]).expect("written");
    None
}

fn replaced(file: &Path) -> Option<Connection> {
    let copy = file.with_extension("copy");
    fs::copy(file, &copy).expect("copied");
    fs::rename(copy, file).expect("renamed");
    None
}

/// An older one is put back over it, which nothing tells from it by its name or number.
fn put_back(file: &Path) -> Option<Connection> {
    let older = file.with_extension("older");
    drop(dcdb_purchase_e2e::guard::Ledger::open(&older).expect("a ledger"));
    fs::copy(&older, file).expect("put back");
    None
}

fn removed(file: &Path) -> Option<Connection> {
    fs::remove_file(file).expect("removed");
    None
}

fn locked(file: &Path) -> Option<Connection> {
    let connection = Connection::open(file).expect("the ledger");
    connection.execute_batch("BEGIN EXCLUSIVE").expect("locked");
    Some(connection)
}

/// The disk that it is on is full.
fn crowded(file: &Path) -> Option<Connection> {
    let mut filler = fs::File::create(file.with_extension("filler")).expect("a file");
    while std::io::Write::write_all(&mut filler, &[0; 512]).is_ok() {}
    None
}

fn breaks(name: &str, act: Break) {
    breaks_in(&Shop::open(), name, act);
}

fn breaks_in(shop: &Shop, name: &str, act: Break) {
    let bridge = Bridge::to(shop.elsewhere.port);
    let plenty =
        buying("").replace("2,000.00\", instances: 1", "9,000.00\", instances: 9").replace("2,500.00", "9,000.00");
    let profile = shop.elsewhere.profile(&shop.account, &plenty.replace("instances: 2 }", "instances: 9 }"));
    let run = Run::of(&["--concurrency", "1", "--seed", "1"]).feature(THREE);
    let run = shop.known(run.profile(&bridge.over(&profile, shop.elsewhere.port)));
    let file = shop.ledger_file();
    let (holding, held) = mpsc::channel();
    bridge.at(point("GET /dcdb/result/", "buy.", 1, true), move || {
        holding.send(act(&file)).expect("somebody holds it");
        Then::Pass
    });
    let ended = run.end();
    ended.expect(
        6,
        &[
            "nothing is paid any more in this run, since its ledger broke",
            "the ledger broke while the run went on, and does not hold all of it",
            "0 passed, 3 failed",
        ],
    );
    // Bought once, and returned by its name.
    assert_eq!((shop.truth().0, shop.truth().1), (1, 0), "{name}: {}", ended.text);
    let left = run.results()["run"]["leftovers"].to_string();
    assert!(left.contains("what this run bought of every account"), "{name}: {left}");
    assert!(run.out().join("report.html").exists() && run.out().join("junit.xml").exists(), "{name}");
    drop(held);
}

#[test]
fn a_ledger_that_is_truncated_in_mid_run_stops_paying_and_leaves_everything_else() {
    breaks("truncated", truncated);
}

#[test]
fn a_ledger_that_is_overwritten_in_mid_run_stops_paying_and_leaves_everything_else() {
    breaks("overwritten", overwritten);
}

#[test]
fn a_ledger_that_is_replaced_or_removed_in_mid_run_stops_paying_and_leaves_everything_else() {
    breaks("replaced", replaced);
    breaks("removed", removed);
}

#[test]
fn an_older_ledger_that_is_put_back_in_mid_run_stops_paying_and_leaves_everything_else() {
    breaks("put back", put_back);
}

#[test]
fn a_ledger_that_somebody_locks_in_mid_run_stops_paying_and_leaves_everything_else() {
    breaks("locked", locked);
}

/// A small disk of its own over a folder, for as long as it lives; `None` for who may not mount one.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn over(folder: &Path) -> Option<Self> {
        let mount = Command::new("mount").args(["-t", "tmpfs", "-o", "size=96k", "tmpfs"]).arg(folder).output();
        mount.is_ok_and(|mounted| mounted.status.success()).then(|| Self(folder.to_owned()))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let gone = Command::new("umount").arg("--lazy").arg(&self.0).status();
        assert!(gone.is_ok_and(|gone| gone.success()), "{} stays mounted", self.0.display());
    }
}

#[test]
fn a_disk_that_is_full_in_mid_run_stops_paying_and_leaves_everything_else() {
    let shop = Shop::open();
    let Some(_disk) = SmallDisk::over(shop.state_folder()) else {
        eprintln!("not looked at: nobody but root may mount a small disk");
        return;
    };
    breaks_in(&shop, "full disk", crowded);
}

#[test]
fn a_sweep_goes_by_names_where_the_ledger_is_broken() {
    let shop = Shop::open();
    let lost = "pages:\n  console:\n    return-dialog: { ok: { css: '#nowhere' } }\ndeadlines: { element: 2s }\n";
    shop.run(&BUYS, &(buying("") + lost)).end().expect(7, &["1 passed, 0 failed"]);
    overwritten(&shop.ledger_file());
    let run = shop.run(&[], &buying(""));
    let begun = Instant::now();
    shop.tool("reconcile", &run).expect(2, &["the ledger ", "file is not a database"]);
    assert!(begun.elapsed() < Duration::from_secs(20));
    shop.tool("sweep", &run).expect(
        0,
        &[
            "note: going by the names of instances alone, since the ledger",
            "returned    instance ",
            "nothing of this suite is left",
        ],
    );
    assert_eq!((shop.truth().0, shop.truth().1), (1, 0));
}

#[test]
fn a_ledger_that_cannot_be_reached_is_not_taken_for_one_that_was_never_made() {
    let shop = Shop::open();
    for name in ["profile.yaml/ledger.sqlite", "link.sqlite"] {
        let run = shop.run(&[], &buying(&format!(", ledger: {name}")));
        std::os::unix::fs::symlink("/nowhere/mounted/ledger.sqlite", run.path("link.sqlite")).expect("a link");
        shop.tool("reconcile", &run).expect(2, &["the ledger ", "cannot be kept", "mend"]);
    }
}
