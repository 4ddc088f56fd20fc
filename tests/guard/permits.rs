//! What a run may pay: asked right before a click that pays, with the profile and the page as they are then.

use std::{collections::BTreeMap, fs, path::Path, sync::mpsc, thread, time::Duration};

use dcdb_purchase_e2e::{
    browser::Visit,
    domain::{Bill, Class, InstanceId, Money, OrderNumber, class_of},
    guard::{Guard, Means, Spend, Stage, ledger_of, runs_alive, signed_by, state_folder},
    target::{Pace, Paced, Profile, Turns, load},
};
use tempfile::TempDir;
use url::Url;

use crate::{caps, reading};

/// A profile of another's target, with more to say.
struct Profiles(TempDir);

impl Profiles {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        for name in ["base.yaml", "standin.yaml"] {
            let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/targets").join(name);
            fs::copy(from, folder.path().join(name)).expect("copied");
        }
        Self(folder)
    }

    fn load(&self, text: &str) -> Profile {
        let file = self.0.path().join("own.yaml");
        fs::write(&file, text).expect("written");
        load(&file, &|name| BTreeMap::from([("EMPTY", String::new())]).remove(name))
            .unwrap_or_else(|refusal| panic!("{refusal}"))
    }

    /// One that may buy, unless `more` says otherwise.
    fn remote(&self, more: &str) -> Profile {
        let sites = "{ portal: http://www.shop.test, buy: http://buy.shop.test, console: http://desk.shop.test }";
        self.load(&format!(
            "extends: base.yaml\nname: the shop\nsites: {sites}\nhosts: [\"*.shop.test\"]\naccounts: [{{ name: Ana, email: a@shop.test, password: x, balance: \"¥90.00\" }}]\n{more}"
        ))
    }

    fn means(&self) -> Means {
        Means { state_folder: Some(self.0.path().join("state")), spend_up_to: None }
    }

    fn up_to(&self, fen: i64) -> Means {
        Means { spend_up_to: Some(Money::fen(fen)), ..self.means() }
    }
}

const MARKED: &str = "marker: { meta: environment, is: staging }\n";
const BUYING: &str = "buying:\n  per-order: { amount: \"¥50.00\", instances: 2 }\n  per-run: { amount: \"¥80.00\", instances: 3 }\n  per-day: { amount: \"¥100.00\", instances: 4 }\n";

fn refusal<T: std::fmt::Debug>(of: anyhow::Result<T>) -> String {
    let error = of.expect_err("refused");
    assert_eq!(class_of(&error), Class::Guard, "{error:#}");
    format!("{error:#}")
}

#[test]
fn whether_a_run_may_pay_is_known_before_anything_is_started() {
    let profiles = Profiles::new();
    let production = format!("{BUYING}  production: true\n");
    for (more, means, said) in [
        (format!("{MARKED}{BUYING}"), profiles.means(), None),
        (production.clone(), profiles.up_to(8_000), None),
        (production.clone(), profiles.up_to(1), None),
        (BUYING.into(), profiles.up_to(8_000), Some("it cannot prove to be a test target")),
        (production.clone(), profiles.means(), Some("it is a production target, and this run names no amount")),
        (production, profiles.up_to(8_001), Some("the run may spend ¥80.01, its profile only ¥80.00")),
        (
            format!("{MARKED}{BUYING}"),
            Means::default(),
            Some("there is nowhere to keep the ledger, since neither XDG_STATE_HOME nor HOME is set"),
        ),
    ] {
        let opened = Guard::open(&profiles.remote(&more), &means);
        match said {
            None => drop(opened.unwrap_or_else(|error| panic!("{more}{error:#}"))),
            Some(said) => {
                let why = refusal(opened);
                assert!(why.contains(said), "{why}\nshould say\n{said}");
            }
        }
    }
    let silent = Guard::open(&profiles.remote(""), &profiles.means()).expect("a guard that lets nothing pass");
    assert!(silent.ledger().is_none() && silent.spent().expect("nothing").is_none());
    assert!(silent.open_entries().expect("none").is_empty() && silent.broken().is_none());
    assert_ne!(silent.name_for_a_purchase(), silent.name_for_a_purchase());
    assert_eq!(signed_by(&silent.name_for_a_purchase()).as_ref(), Some(silent.run()));
}

#[test]
fn a_ledger_is_a_file_that_outlives_the_run_and_the_build() {
    let profiles = Profiles::new();
    let with = |ledger: &str| profiles.remote(&format!("{MARKED}{BUYING}  ledger: {ledger:?}\n"));
    for (ledger, said) in [
        (":memory:", "is no path of a file and would be forgotten with the run"),
        ("file:x?mode=memory", "is no path of a file and would be forgotten with the run"),
        ("FILE:x", "is no path of a file and would be forgotten with the run"),
        ("~/ledger.sqlite", "what `~` stands for only shells know"),
        ("/var/~/ledger.sqlite", "what `~` stands for only shells know"),
        ("/var/lib/", "is \"/var/lib/\", a folder"),
        ("/var/lib/target/ledger.sqlite", "would go with the next `cargo clean`"),
        ("${EMPTY}", "names no file; a variable in it may be unset"),
    ] {
        let profile = with(ledger);
        let why = refusal(Guard::open(&profile, &profiles.means()));
        assert!(why.contains(said), "{ledger}: {why}");
        assert_eq!(refusal(ledger_of(&profile, &profiles.means())), why);
        assert_eq!(runs_alive(&profile, &profiles.means()), [""; 0]);
    }
    // One that cannot be looked for is not one that was never made.
    let no_folder = profiles.0.path().join("a-file");
    fs::write(&no_folder, "").expect("a file");
    let beyond = with(&no_folder.join("ledger.sqlite").display().to_string());
    assert!(refusal(ledger_of(&beyond, &profiles.means())).contains("cannot be kept"));
    // Where the profile names none, it is in the user's folder, under the target's name.
    let profile = profiles.remote(&format!("{MARKED}{BUYING}"));
    assert!(ledger_of(&profile, &profiles.means()).expect("none yet").is_none());
    let guard = Guard::open(&profile, &profiles.means()).expect("a guard");
    assert!(profiles.0.path().join("state/the_shop.sqlite").is_file());
    assert!(ledger_of(&profile, &profiles.means()).expect("opened").is_some());
    assert_eq!(runs_alive(&profile, &profiles.means()), [guard.run().as_str()]);
    let run = guard.run().clone();
    drop(guard);
    assert_eq!(runs_alive(&profile, &profiles.means()), [""; 0], "{run} is over");

    let home = |pairs: &'static [(&str, &str)]| {
        state_folder(|name| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| value.into()))
    };
    assert_eq!(home(&[("HOME", "/home/ana")]).expect("one"), Path::new("/home/ana/.local/state/dcdb-purchase-e2e"));
    assert_eq!(
        home(&[("HOME", "/home/ana"), ("XDG_STATE_HOME", "/s")]).expect("one"),
        Path::new("/s/dcdb-purchase-e2e")
    );
    // The specification ignores what is no absolute path.
    assert_eq!(
        home(&[("HOME", "/h"), ("XDG_STATE_HOME", "s")]).expect("one"),
        Path::new("/h/.local/state/dcdb-purchase-e2e")
    );
    assert_eq!(home(&[]), None);
}

/// What a page carries that proves to be of a test target.
const PROOF: &str = "<meta name=environment content=staging>";

/// Does something on a page with this in its head.
fn on_page(head: &str, try_it: impl AsyncFnOnce(&Visit) -> anyhow::Result<()>) {
    let folder = tempfile::tempdir().expect("a folder");
    let page = folder.path().join("page.html");
    fs::write(&page, format!("<!doctype html>{head}<title>Check</title><p>¥40.00")).expect("written");
    let _complaints = reading::open(&Url::from_file_path(page).expect("an address"), try_it);
}

fn spend_of(guard: &Guard, fen: i64, instances: u32) -> Spend {
    Spend { name: guard.name_for_a_purchase(), ..caps::spend(fen, instances) }
}

#[test]
fn a_permit_is_given_for_what_was_chosen_within_all_caps_and_is_in_the_ledger() {
    let profiles = Profiles::new();
    let profile = profiles.remote(&format!("{MARKED}{BUYING}"));
    let guard = Guard::open(&profile, &profiles.means()).expect("a guard");
    let turns = Turns::shared_by(Pace::default(), 1);
    on_page(PROOF, async |visit| {
        let ask = async |guard: &Guard, profile: &Profile, chosen: i64, spend: &Spend| {
            let turn = turns.take(Paced::Purchase).await;
            guard.permit(visit, profile, Money::fen(chosen), Bill::prepaid(spend.amount), spend, turn).await
        };
        let refused = async |guard: &Guard, chosen: i64, spend: &Spend, class: Class, said: &str| {
            let error = ask(guard, &profile, chosen, spend).await.expect_err(said);
            assert_eq!(class_of(&error), class, "{error:#}");
            assert!(format!("{error:#}").contains(said), "{error:#}\nshould say\n{said}");
        };
        let nameless = Spend { name: "mine".into(), ..caps::spend(4_000, 1) };
        refused(&guard, 4_000, &nameless, Class::Guard, "would not carry this suite's name").await;
        refused(
            &guard,
            4_001,
            &spend_of(&guard, 4_000, 1),
            Class::Product,
            "should be the one that was chosen, ¥40.01 (I1)",
        )
        .await;
        refused(&guard, -1, &spend_of(&guard, -1, 1), Class::Product, "of an amount and for instances").await;
        refused(&guard, 4_000, &spend_of(&guard, 4_000, 0), Class::Product, "of an amount and for instances").await;
        refused(&guard, 5_001, &spend_of(&guard, 5_001, 1), Class::Guard, "per-order").await;
        refused(
            &Guard::closed()?,
            4_000,
            &spend_of(&guard, 4_000, 1),
            Class::Guard,
            "none of its scenarios is tagged @pays",
        )
        .await;
        let may_not = Guard::open(&profiles.remote(""), &profiles.means())?;
        refused(&may_not, 4_000, &spend_of(&guard, 4_000, 1), Class::Guard, "does not say that anything may be bought")
            .await;
        assert!(guard.ledger().expect("a ledger").entries()?.is_empty(), "nothing was allowed");

        // What costs nothing is a purchase as well.
        let free = ask(&guard, &profile, 0, &spend_of(&guard, 0, 1)).await?;
        assert_eq!(free.amount(), Money::default());
        drop(free);
        let spend = spend_of(&guard, 4_000, 1);
        let permit = ask(&guard, &profile, 4_000, &spend).await?;
        let receipt = permit.receipt();
        assert_eq!(permit.amount(), Money::fen(4_000));
        let row = || anyhow::Ok(guard.entries(&[receipt])?.remove(0));
        assert_eq!((row()?.stage, row()?.spend), (Stage::Intent, spend.clone()));
        // The click that makes the order may pay as well, until the page of payment is seen to ask for it.
        permit.ordering()?;
        assert_eq!(row()?.stage, Stage::Clicked);
        permit.led_on()?;
        assert_eq!(row()?.stage, Stage::Intent);
        permit.clicking()?;
        assert_eq!(row()?.stage, Stage::Clicked);
        assert_eq!(guard.open_entries()?.len(), 2);
        guard.answered(receipt, "Ask the main account to pay")?;
        assert_eq!(row()?.answer.as_deref(), Some("Ask the main account to pay"));
        assert_eq!(guard.ordered(receipt, &OrderNumber("20260301000001".into()))?, receipt);
        assert_eq!(row()?.stage, Stage::Order);
        let instance = InstanceId("tdsqlshard-aaaaaaaa".into());
        guard.delivered(receipt, std::slice::from_ref(&instance))?;
        assert_eq!(row()?.stage, Stage::Instance);
        guard.charged(receipt, Money::fen(4_100))?;
        guard.charged_beyond(receipt, Money::fen(50))?;
        let spent = guard.spent()?.expect("it set out to pay");
        let (cap, allowed) = (Some(Money::fen(8_000)), Some(Money::fen(8_000)));
        assert_eq!((spent.amount, spent.instances, spent.cap, spent.allowed), (Money::fen(4_150), 2, cap, allowed));
        guard.returned("Ana", &instance, &spend.name)?;
        assert_eq!(row()?.stage, Stage::Returned);
        assert_eq!(guard.open_entries()?.len(), 1);
        // What was returned was spent: ¥41.50 and ¥40.00 are more than a run may.
        refused(&guard, 4_000, &spend_of(&guard, 4_000, 1), Class::Guard, "per-run").await;
        // Another run's rows are its own, and count for the day.
        let other = Guard::open(&profile, &profiles.up_to(4_500))?;
        assert!(other.open_entries()?.is_empty());
        assert_eq!(other.spent()?.expect("it may").cap, Some(Money::fen(4_500)));
        refused(&other, 4_600, &spend_of(&other, 4_600, 1), Class::Guard, "per-run").await;
        let third = ask(&other, &profile, 4_000, &spend_of(&other, 4_000, 1)).await?;
        let third = (third.receipt(), third.clicking()?).0;
        other.agreed(third, "balance and orders are as before")?;
        assert_eq!(other.entries(&[third])?[0].stage, Stage::Clicked, "the page has said nothing yet");
        other.answered(third, "Sold out in this zone")?;
        other.agreed(third, "balance and orders are as before")?;
        assert_eq!(other.entries(&[third])?[0].stage, Stage::Void);
        assert_eq!(other.spent()?.expect("it may").instances, 0, "nothing came of it");
        Ok(())
    });
}

#[test]
fn a_page_that_does_not_prove_to_be_a_test_target_is_paid_at_by_nobody() {
    let profiles = Profiles::new();
    let profile = profiles.remote(&format!("{MARKED}{BUYING}"));
    let guard = Guard::open(&profile, &profiles.means()).expect("a guard");
    on_page("", async |visit| {
        let turn = Turns::shared_by(Pace::default(), 1).take(Paced::Purchase).await;
        let (fee, spend) = (Money::fen(100), spend_of(&guard, 100, 1));
        let asked = guard.permit(visit, &profile, fee, Bill::prepaid(fee), &spend, turn).await;
        let why = refusal(asked);
        assert!(why.contains("before paying, the shop should prove to be a test target"), "{why}");
        Ok(())
    });
    assert!(guard.ledger().expect("a ledger").entries().expect("rows").is_empty());
}

#[test]
fn no_less_is_set_aside_than_may_be_charged() {
    let profiles = Profiles::new();
    let guard = Guard::open(&profiles.remote(&format!("{MARKED}{BUYING}")), &profiles.means()).expect("a guard");
    let profile = profiles.remote(&format!("{MARKED}{BUYING}"));
    let hourly = |price: i64, frozen: i64| Bill::Hourly { price: Money::fen(price), frozen: Money::fen(frozen) };
    let (short, other) = (Class::Test, "would be set aside where");
    on_page(PROOF, async |visit| {
        for (bill, amount, frozen, class, said) in [
            (
                Bill::prepaid(Money::fen(4_000)),
                3_999,
                None,
                short,
                "¥39.99 would be set aside where ¥40.00 may be charged",
            ),
            (hourly(100, 50), 2_449, Some(50), short, other),
            (hourly(100, 50), 2_450, None, short, other),
            (hourly(100, 50), 2_450, Some(49), short, other),
            (Bill::prepaid(Money::fen(4_000)), 4_000, Some(0), short, other),
            (
                hourly(100, -1),
                2_399,
                Some(-1),
                Class::Product,
                "of an amount and for instances\n  saw      -¥0.01 for 1 instance\n",
            ),
        ] {
            let spend = Spend { frozen: frozen.map(Money::fen), ..spend_of(&guard, amount, 1) };
            let turn = Turns::shared_by(Pace::default(), 1).take(Paced::Purchase).await;
            let error = guard.permit(visit, &profile, bill.price(), bill, &spend, turn).await.expect_err(said);
            assert_eq!(class_of(&error), class, "{error:#}");
            assert!(format!("{error:#}").contains(said), "{error:#}\nshould say\n{said}");
        }
        assert!(guard.ledger().expect("a ledger").entries()?.is_empty(), "nothing was allowed");
        let spend = Spend { frozen: Some(Money::fen(50)), ..spend_of(&guard, 2_450, 1) };
        let turn = Turns::shared_by(Pace::default(), 1).take(Paced::Purchase).await;
        let permit = guard.permit(visit, &profile, Money::fen(100), hourly(100, 50), &spend, turn).await?;
        assert_eq!(permit.bill(), hourly(100, 50));
        Ok(())
    });
}

#[test]
fn what_a_page_proved_before_others_held_the_ledger_is_proved_again() {
    let profiles = Profiles::new();
    let profile = profiles.remote(&format!("{MARKED}{BUYING}"));
    let guard = Guard::open(&profile, &profiles.means()).expect("a guard");
    // After two seconds it is another page, and after three another run lets go of the ledger.
    let changing =
        format!("{PROOF}<script>setTimeout(() => document.querySelector(\"meta[name]\").remove(), 2000)</script>");
    let file = profiles.0.path().join("state/the_shop.sqlite");
    on_page(&changing, async |visit| {
        let (fee, spend) = (Money::fen(100), spend_of(&guard, 100, 1));
        let turn = Turns::shared_by(Pace::default(), 1).take(Paced::Purchase).await;
        let (held, holds) = mpsc::channel();
        let other = thread::spawn(move || {
            let mut other = rusqlite::Connection::open(file).expect("the ledger");
            let held_by_other =
                other.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate).expect("held");
            held.send(()).expect("somebody waits");
            thread::park_timeout(Duration::from_secs(3));
            drop(held_by_other);
        });
        holds.recv()?;
        let why = refusal(guard.permit(visit, &profile, fee, Bill::prepaid(fee), &spend, turn).await);
        assert!(why.contains("before paying, the shop should prove to be a test target"), "{why}");
        other.join().expect("let go");
        Ok(())
    });
    let rows = guard.ledger().expect("a ledger").entries().expect("rows");
    assert!(rows.iter().all(|row| row.stage == Stage::Intent), "nothing was clicked: {rows:#?}");
}

#[test]
fn a_run_whose_ledger_breaks_says_so_and_still_knows_what_it_bought() {
    let profiles = Profiles::new();
    let profile = profiles.remote(&format!("{MARKED}{BUYING}"));
    let guard = Guard::open(&profile, &profiles.means()).expect("a guard");
    on_page(PROOF, async |visit| {
        let ask = async || {
            let (fee, spend) = (Money::fen(4_000), spend_of(&guard, 4_000, 1));
            let turn = Turns::shared_by(Pace::default(), 1).take(Paced::Purchase).await;
            guard.permit(visit, &profile, fee, Bill::prepaid(fee), &spend, turn).await
        };
        let permit = ask().await?;
        let receipt = permit.receipt();
        permit.clicking()?;
        assert_eq!(guard.broken(), None);
        fs::remove_file(profiles.0.path().join("state/the_shop.sqlite"))?;
        let why = refusal(ask().await);
        assert!(why.contains("nothing is paid any more in this run, since its ledger broke"), "{why}");
        assert!(guard.broken().is_some_and(|why| !why.is_empty()), "{:?}", guard.broken());
        assert_eq!(guard.spent()?.expect("it set out to pay").amount, Money::fen(4_000));
        assert_eq!(guard.open_entries()?.len(), 1);
        assert_eq!(guard.entries(&[receipt])?[0].stage, Stage::Clicked);
        Ok(())
    });
}

#[test]
fn shards_of_one_run_share_what_it_may_spend() {
    let profiles = Profiles::new();
    let profile = profiles.remote(&format!("{MARKED}{BUYING}"));
    let shards = [(); 2].map(|()| {
        let shard = Guard::open(&profile, &profiles.means()).expect("a guard");
        shard.is_shard_of("nightly 7").expect("noted");
        shard
    });
    let reserve = |shard: &Guard, fen: i64| {
        let caps = dcdb_purchase_e2e::guard::Caps::NONE;
        let ledger = shard.ledger().expect("a ledger");
        ledger.reserve(shard.run(), &spend_of(shard, fen, 1), &caps, jiff::Timestamp::now())
    };
    reserve(&shards[0], 5_000).expect("the first");
    let why = refusal(reserve(&shards[1], 3_001));
    assert!(why.contains("nightly 7") || why.contains("shards"), "{why}");
    reserve(&shards[1], 3_000).expect("what is left");
    Guard::closed().expect("a guard").is_shard_of("nightly 7").expect("nothing to note");
}

#[test]
fn on_the_own_stand_in_money_is_play_money_and_a_run_may_still_name_an_amount() {
    let profiles = Profiles::new();
    let profile = profiles.load("extends: standin.yaml\nname: play\n");
    let spent = |means| Guard::open(&profile, &means).expect("a guard").spent().expect("counted").expect("it may pay");
    assert_eq!((spent(Means::default()).cap, spent(Means::default()).allowed), (None, None));
    assert_eq!(spent(profiles.up_to(700)).cap, Some(Money::fen(700)));
    assert!(!profiles.0.path().join("state").exists(), "no file is kept of it");
}
