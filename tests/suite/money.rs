//! Money on targets that are not the run's own: what may be paid, what is written down, and that nothing is left behind.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use dcdb_purchase_e2e::guard::{Entry, Ledger, Stage};
use serde_json::{Value, json};

use crate::{
    elsewhere::Elsewhere,
    run::{Ended, Run},
};

const CAPS: &str = "per-order: { amount: \"¥2,000.00\", instances: 1 }, per-run: { amount: \"¥2,000.00\", instances: 1 }, per-day: { amount: \"¥2,500.00\", instances: 2 }";
const MARKED: &str = "marker: { meta: environment, is: stand-in }\n";
/// One purchase of ¥1,015.20.
pub const BUYS: [&str; 6] = ["--tags", "@smoke and @E1.1", "--retry", "2", "--concurrency", "1"];

pub fn buying(more: &str) -> String {
    format!("{MARKED}buying: {{ {CAPS}{more} }}\n")
}

/// A target, an account on it, and a folder for its ledger.
pub struct Shop {
    pub elsewhere: Elsewhere,
    pub account: Value,
    state: tempfile::TempDir,
}

impl Shop {
    pub fn open() -> Self {
        Self::on(Elsewhere::start())
    }

    pub fn on(elsewhere: Elsewhere) -> Self {
        let account = elsewhere.call("accounts", Some(json!({})));
        Self { elsewhere, account, state: tempfile::tempdir().expect("a folder") }
    }

    pub fn run(&self, arguments: &[&str], more: &str) -> Run {
        self.known(Run::of(arguments).profile(&self.elsewhere.profile(&self.account, more)))
    }

    pub fn known(&self, run: Run) -> Run {
        run.variable("BUYER_PASSWORD", self.account["password"].as_str().expect("a password"))
            .variable("XDG_STATE_HOME", &self.state.path().display().to_string())
    }

    /// `dcdb-e2e reconcile` or `sweep`, with the profile and the variables of a run.
    pub fn tool(&self, name: &str, run: &Run) -> Ended {
        self.tool_with(name, run, &[])
    }

    /// The same, with more to say.
    pub fn tool_with(&self, name: &str, run: &Run, more: &[&str]) -> Ended {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dcdb-e2e"));
        command.args([name, "--target"]).arg(run.path("profile.yaml")).args(more).envs(run.variables.iter().cloned());
        Ended::of(command.output().expect("the tool"))
    }

    /// Where its runs keep what they must remember.
    pub fn state_folder(&self) -> &Path {
        self.state.path()
    }

    /// Where its ledger is kept.
    pub fn ledger_file(&self) -> PathBuf {
        self.state.path().join("dcdb-purchase-e2e/elsewhere.sqlite")
    }

    pub fn ledger(&self) -> Vec<Entry> {
        let file = self.ledger_file();
        if !file.exists() {
            return Vec::new();
        }
        Ledger::open(&file).expect("the ledger").entries().expect("its rows")
    }

    pub fn stages(&self) -> Vec<Stage> {
        self.ledger().iter().map(|entry| entry.stage).collect()
    }

    /// The numbers of all orders that the site knows of.
    pub fn order_numbers(&self) -> Vec<String> {
        let truth = self.elsewhere.call(&format!("accounts/{}", self.account["id"].as_str().expect("an id")), None);
        let orders = truth["orders"].as_array().expect("orders").iter();
        orders.map(|order| order["number"].as_str().expect("a number").to_owned()).collect()
    }

    /// What the site knows: how many orders, how many instances are not isolated, and the balance in fen.
    pub fn truth(&self) -> (usize, usize, i64) {
        let truth = self.elsewhere.call(&format!("accounts/{}", self.account["id"].as_str().expect("an id")), None);
        let instances = truth["instances"].as_array().expect("instances").iter();
        let kept = instances.filter(|instance| instance["status"] != "isolated").count();
        (truth["orders"].as_array().map_or(0, Vec::len), kept, truth["balance_fen"].as_i64().expect("a balance"))
    }
}

/// Before anything was bought.
const UNTOUCHED: (usize, usize, i64) = (0, 0, 10_000_000);

#[test]
fn what_could_not_be_known_again_is_not_bought() {
    let shop = Shop::open();
    let unnamed = "Feature: Own\n  @pays\n  Scenario: As opened\n    Given the buyer came to the purchase page by entry 1\n    When the buyer presses \"Purchase Now\"\n    And the buyer confirms the purchase\n";
    let run = shop.run(&[], &buying("")).feature(unnamed);
    run.end().expect(6, &["class    guard", "would not carry this suite's name", "the buyer chooses"]);
    assert_eq!(shop.truth(), UNTOUCHED);
    assert_eq!(shop.stages(), [], "something was set aside");
}

#[test]
fn what_a_run_buys_is_written_down_and_returned() {
    let shop = Shop::open();
    let run = shop.run(&BUYS, &buying(""));
    let ended = run.end();
    ended.expect(0, &["1 passed, 0 failed"]);
    assert_eq!(shop.truth(), (1, 0, 10_000_000), "bought once, returned in full");
    let rows = shop.ledger();
    let [row] = rows.as_slice() else { panic!("{rows:?}") };
    assert_eq!((row.stage, row.spend.amount.as_fen()), (Stage::Returned, 101_520));
    assert!(row.order.is_some() && row.delivered.len() == 1 && row.spend.name.starts_with("dcdb-e2e-"), "{row:?}");
    let steps = run.results()["scenarios"][0]["steps"].to_string();
    assert!(steps.contains("what this scenario bought is returned"), "{steps}");
    // The day's cap counts what was bought, returned or not, and the next run's as well.
    run.again(&[]).expect(0, &["1 passed, 0 failed"]);
    let third = run.again(&[]);
    third.expect(
        6,
        &[
            "class    guard",
            "refused to pay: ¥1,015.20 for 1 instance would pass what 24 hours may cost",
            "cap      ¥2,500.00 and 2 instances",
            "spent    ¥2,030.40 and 2 instances",
            "mend     buying: per-day:",
        ],
    );
    assert_eq!(run.results()["scenarios"][0]["attempts"], 1, "a refusal was repeated");
    // Only an account's first return is paid back in full (CONTRACT 3.6.8).
    assert_eq!((shop.truth().0, shop.truth().1), (2, 0));
    assert_eq!(shop.stages(), [Stage::Returned, Stage::Returned]);
}

#[test]
fn whatever_is_not_allowed_in_so_many_words_is_refused_and_nothing_is_clicked() {
    let shop = Shop::open();
    let half = "per-order: { amount: \"¥2,000.00\", instances: 1 }";
    for (more, flags, said) in [
        (format!("buying: {{ {CAPS} }}\n"), vec![], "it cannot prove to be a test target"),
        (
            format!("marker: {{ meta: environment, is: staging }}\nbuying: {{ {CAPS} }}\n"),
            vec![],
            "before typing a password, elsewhere should prove to be a test target",
        ),
        (format!("{MARKED}buying: {{ {half} }}\n"), vec![], "would pass what a run may cost"),
        (
            buying("").replace("2,000.00\", instances: 1 }, per-run", "1,015.19\", instances: 1 }, per-run"),
            vec![],
            "would pass what an order may cost",
        ),
        (buying(""), vec!["--spend-up-to", "1015.19"], "would pass what a run may cost"),
        (
            format!("buying: {{ {CAPS}, production: true }}\n"),
            vec![],
            "it is a production target, and this run names no amount",
        ),
        (
            format!("buying: {{ {CAPS}, production: true }}\n"),
            vec!["--spend-up-to", "2000.01"],
            "the run may spend ¥2,000.01, its profile only ¥2,000.00",
        ),
        (buying(", ledger: target/e2e/ledger.sqlite"), vec![], "would go with the next `cargo clean`"),
        (buying(", ledger: \":memory:\""), vec![], "the ledger should be a file on a disk, and is \":memory:\""),
        (buying(", ledger: \"${NOT_SET_ANYWHERE:-}\""), vec![], "names no file; a variable in it may be unset"),
        (buying(", ledger: \"file:ledger?mode=memory\""), vec![], "is no path of a file"),
        (buying(", ledger: ."), vec![], "it is a folder; name a file in it"),
        (buying(", ledger: /dev/null"), vec![], "it is no file on a disk"),
        (buying(", ledger: empty.sqlite"), vec![], "the file is empty"),
        (buying(", ledger: foreign.sqlite"), vec![], "it is a database of something else"),
        (buying(", ledger: profile.yaml"), vec![], "file is not a database"),
    ] {
        let arguments: Vec<&str> = BUYS.iter().copied().chain(flags).collect();
        let run = shop.run(&arguments, &more);
        run.file("empty.sqlite", "");
        let foreign = rusqlite::Connection::open(run.path("foreign.sqlite")).expect("a database");
        foreign.execute_batch("CREATE TABLE purchases (id INTEGER); PRAGMA user_version = 1").expect("written");
        run.end().expect(6, &[said, "mend"]);
        assert_eq!(std::fs::read(run.path("empty.sqlite")).expect("the file"), b"", "it was made a ledger of");
        assert_eq!(shop.truth(), UNTOUCHED, "{said}");
    }
    assert_eq!(shop.stages(), []);
    let stopping = shop.run(&["--tags", "@smoke", "--spend-up-to", "500.00"], "");
    stopping.end().expect(2, &["--spend-up-to: the profile elsewhere does not say that anything may be bought"]);
}

#[test]
fn a_production_target_is_paid_at_where_profile_and_run_name_the_amount() {
    let shop = Shop::open();
    let arguments: Vec<&str> = BUYS.iter().copied().chain(["--spend-up-to", "2000.00"]).collect();
    let run = shop.run(&arguments, &format!("buying: {{ {CAPS}, production: true }}\n"));
    run.end().expect(0, &["1 passed, 0 failed"]);
    assert_eq!(shop.truth(), (1, 0, 10_000_000));
}

#[test]
fn what_cannot_be_returned_is_listed_and_a_later_sweep_returns_it_and_nothing_else() {
    let shop = Shop::open();
    let lost = "pages:\n  console:\n    return-dialog: { ok: { css: '#nowhere' } }\ndeadlines: { element: 2s }\n";
    let run = shop.run(&BUYS, &(buying("") + lost));
    run.end().expect(
        7,
        &[
            "left over on elsewhere, to be returned by `dcdb-e2e sweep` or by hand:",
            "could not be returned: DCDB console:",
            "1 passed, 0 failed",
        ],
    );
    let report = std::fs::read_to_string(run.out().join("report.html")).expect("a report");
    assert!(
        report.contains("The one scenario that ran passed, and something that was bought is left over"),
        "the report is silent of it"
    );
    assert!(report.contains("Left over on elsewhere, to be returned by"), "the report does not list it");
    assert_eq!(run.results()["run"]["leftovers"].as_array().map(Vec::len), Some(1));
    assert_eq!((shop.truth().0, shop.truth().1), (1, 1));
    assert_eq!(shop.stages(), [Stage::Instance]);
    // What somebody bought by hand, and what only looks like this suite's, stays.
    let own = "Feature: By hand\n  Scenario: Somebody buys\n    Given the buyer bought the documented example\n";
    let by_hand = shop.known(Run::of(&[]).feature(own).profile(&shop.elsewhere.profile(&shop.account, &buying(""))));
    by_hand.end().expect(6, &["none of its scenarios is tagged @pays"]);
    run.file("profile.yaml", &shop.elsewhere.profile(&shop.account, &buying("")));
    shop.tool("reconcile", &run).expect(0, &["bought      dcdb-e2e-", "1 rows completed, 0 left unexplained"]);
    assert_eq!(shop.truth().1, 1, "reconcile returned something");
    shop.tool("sweep", &run).expect(0, &["returned    instance ", "nothing of this suite is left on elsewhere"]);
    assert_eq!(shop.truth(), (1, 0, 10_000_000));
    assert_eq!(shop.stages(), [Stage::Returned]);
    shop.tool("sweep", &run).expect(0, &["nothing of this suite is left"]);
}
