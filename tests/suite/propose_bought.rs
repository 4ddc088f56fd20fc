//! `doctor --propose --buy` on a target that is not its own: it buys where it may, writes that down first, and leaves nothing behind.

use std::process::{Command, Stdio};

use dcdb_purchase_e2e::guard::Stage;
use nix::{
    sys::signal::{self, Signal},
    unistd::Pid,
};
use serde_json::json;

use crate::{
    bridge::{Bridge, Then, point},
    money::{Shop, buying},
    run::{Ended, Run},
};

/// The doctor with the profile and the variables of a run.
fn doctor(run: &Run) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dcdb-e2e"));
    command.args(["doctor", "--yes", "--buy", "--target"]).arg(run.path("profile.yaml"));
    command.arg("--propose").arg(run.path("out.yaml")).envs(run.variables.iter().cloned());
    command
}

#[test]
fn nothing_is_bought_for_a_proposal_where_the_profile_does_not_say_that_anything_may_be() {
    let shop = Shop::open();
    let ended = Ended::of(doctor(&shop.run(&[], "")).output().expect("the doctor"));
    ended.expect(
        2,
        &["--buy: the profile elsewhere does not say that anything may be bought", "mend     say so (buying:"],
    );
    assert_eq!((shop.truth().0, shop.ledger()), (0, Vec::new()));
}

#[test]
fn what_was_bought_for_a_proposal_that_was_killed_is_in_the_ledger_and_a_sweep_returns_it() {
    let shop = Shop::open();
    let bridge = Bridge::to(shop.elsewhere.port);
    let profile = shop.elsewhere.profile(&shop.account, &buying(""));
    let run = shop.known(Run::of(&[]).profile(&bridge.over(&profile, shop.elsewhere.port)));
    let mut killed = doctor(&run).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the doctor");
    let victim = Pid::from_raw(i32::try_from(killed.id()).expect("a process"));
    bridge.at(point("POST /dcdb/confirm", "buy.", 1, true), move || {
        signal::kill(victim, Signal::SIGKILL).expect("killed");
        Then::Close
    });
    killed.wait().expect("ended");
    assert!(bridge.acted(), "it never came to confirm anything");
    assert_eq!((shop.truth().0, shop.truth().1, shop.stages()), (1, 1, vec![Stage::Clicked]));
    let run = shop.known(Run::of(&[]).profile(&profile));
    shop.tool("sweep", &run).expect(0, &["returned    instance ", "nothing of this suite is left on elsewhere"]);
    assert_eq!((shop.truth(), shop.stages()), ((1, 0, 10_000_000), vec![Stage::Returned]));
}

#[test]
#[ignore = "takes a minute: .ci/nightly runs it"]
fn an_account_that_cannot_pay_buys_nothing_for_a_proposal_and_one_that_can_is_told_what_it_cost() {
    let mut shop = Shop::open();
    shop.account = shop.elsewhere.call("accounts", Some(json!({ "balance_fen": 100 })));
    let ended = Ended::of(doctor(&shop.run(&[], &buying(""))).output().expect("the doctor"));
    ended.expect(1, &[" cannot pay: it has ¥1.00, and this costs "]);
    assert_eq!((shop.truth(), shop.ledger()), ((0, 0, 100), Vec::new()));
    shop.account = shop.elsewhere.call("accounts", Some(json!({})));
    let ended = Ended::of(doctor(&shop.run(&[], &buying(""))).output().expect("the doctor"));
    ended.expect(0, &["buying dcdb-e2e-", "returned tdsqlshard-", "it cost ¥0.00", " 0 missing"]);
    assert_eq!((shop.truth(), shop.stages()), ((1, 0, 10_000_000), vec![Stage::Returned]));
}
