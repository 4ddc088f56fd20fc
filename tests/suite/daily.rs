//! What is reached for every day: all that differs, page states accepted, a failed scenario in the terminal, other windows.

use std::{fs, process::Command};

use tempfile::TempDir;

use crate::run::{Ended, Run};

const STANDIN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/targets/standin.yaml");

/// Two fields that open with something else than this profile says, and one that does not.
#[test]
fn a_step_that_holds_several_things_says_all_that_differ_and_a_terminal_shows_the_scenario() {
    let profile = format!(
        "extends: {STANDIN}\nname: own\ndeadlines: {{ element: 1s }}\ncatalogue:\n  fields:\n    shards: {{ opens-with: 4 }}\n    version: {{ opens-with: two-replicas }}\n"
    );
    let feature = "Feature: Own\n  Scenario: What is chosen\n    Given the buyer is on the purchase page\n    Then the purchase page has chosen\n      | region           | Guangzhou    |\n      | instance version | two replicas |\n      | shard quantity   | 4            |\n";
    let run = Run::of(&[]).profile(&profile).feature(feature);
    let ended = run.end();
    ended.expect(
        1,
        &[
            "group \"Instance version\" should be chosen",
            "\n  and purchase page: ",
            "\"Shard quantity\") should hold \"4\"",
            "0 passed, 1 failed, 0 skipped",
        ],
    );
    // A single scenario needs no table of what all of them cover.
    assert!(!ended.text.contains("Coverage of the documented flow"), "{}", ended.text);
    let show = |more: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dcdb-e2e"));
        Ended::of(command.arg("show").arg(run.out()).args(more).output().expect("dcdb-e2e"))
    };
    for more in [&[][..], &["what is"], &["own.feature:2"], &["features/own.feature:5"], &["own.feature"]] {
        show(more).expect(
            0,
            &[
                "Own › What is chosen",
                "failed, class product, attempt 1",
                "\n  ✓ ",
                "\n  ✗ ",
                "| shard quantity | 4 |",
                // The fee may be there before the step or come in it: the page after it, or what changed.
                " at http://buy.cloud.tencent.localhost:",
                "Asked of the browser in it",
                "Again     cargo test --test purchase -- ",
            ],
        );
    }
    show(&["What is chosn"]).expect(2, &["no scenario of this run is called", "did you mean What is chosen?"]);
    let nothing = Command::new(env!("CARGO_BIN_EXE_dcdb-e2e")).args(["show", "src"]).output().expect("dcdb-e2e");
    Ended::of(nothing).expect(2, &["src/results.json cannot be read", "mend: name the folder of a run"]);
}

#[test]
fn page_states_are_accepted_by_name_with_the_difference_shown_first() {
    let snapshots = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/snapshots");
    let folder = TempDir::with_prefix_in("accepting-", snapshots).expect("a folder");
    let name = folder.path().file_name().expect("a name").to_string_lossy().into_owned();
    let baseline = folder.path().join("home-page__for-a-visitor.snap");
    let reviewed =
        fs::read_to_string(format!("{snapshots}/standin/home-page__for-a-visitor.snap")).expect("a baseline");
    fs::write(&baseline, reviewed.replace("A cloud for your data", "A cloud of old")).expect("written");
    let pending = baseline.with_extension("snap.new");
    fs::write(&pending, "").expect("written");
    let feature = "Feature: States\n  Scenario: The home page\n    Given a visitor on the home page\n    Then the home page looks as reviewed for a visitor\n";
    let run = Run::of(&[]).feature(feature).profile(&format!("extends: {STANDIN}\nname: own\npage-states: {name}\n"));
    let again =
        |arguments: &[&str]| Ended::of(run.command().env("CI", "").args(arguments).output().expect("the suite"));
    let differs = "-   - heading \"A cloud of old\" [level=1]";
    again(&[])
        .expect(1, &["note: page states wait to be reviewed", differs, "--update-states=home-page__for-a-visitor"]);
    let other = again(&["--update-states=check-page"]);
    other.expect(1, &[differs, "no scenario that ran compared the page state check-page: nothing was accepted"]);
    again(&["--update-states=home-page__for-a-visitor"]).expect(
        0,
        &[
            "page state home-page__for-a-visitor, accepted",
            differs,
            "+   - heading \"A cloud for your data\"",
            "1 passed",
        ],
    );
    assert_eq!(fs::read_to_string(&baseline).expect("a baseline"), reviewed);
    assert!(!pending.exists(), "what was accepted waits no more");
    fs::remove_file(&baseline).expect("removed");
    again(&["--update-states"]).expect(0, &["accepted", "+ - main"]);
    let ended = again(&[]);
    ended.expect(0, &["1 passed"]);
    assert!(!ended.text.contains("note: page states"), "{}", ended.text);
    let in_ci = Ended::of(run.command().env("CI", "true").arg("--update-states").output().expect("the suite"));
    in_ci.expect(2, &["this is CI"]);
}

#[test]
fn the_documented_flow_is_green_in_narrow_and_wide_windows() {
    let feature = "Feature: Sizes\n  @pays\n  Scenario: All the way\n    Given the buyer came to the purchase page by entry 1\n    When the buyer buys the documented example\n    Then the payment is successful, for the fee that was shown\n";
    let profile = format!("extends: {STANDIN}\nname: wide\nwindow: 1920x1080\n");
    for (flags, profile, width) in [(&["--viewport", "1024x768"][..], None, 1024), (&[][..], Some(&profile), 1920)] {
        let run = Run::of(&[&["--pictures", "all"], flags].concat()).feature(feature);
        let run = match profile {
            Some(profile) => run.profile(profile),
            None => run,
        };
        run.end().expect(0, &["1 passed, 0 failed, 0 skipped"]);
        let picture = run.results()["scenarios"][0]["steps"][0]["picture"].as_str().expect("a picture").to_owned();
        assert_eq!(webp_width(&fs::read(run.out().join(picture)).expect("a picture")), width);
    }
    Run::of(&["--viewport", "wide"]).end().expect(2, &["write it as 1280x900"]);
}

/// The width of a picture (WebP container, RFC 9649: lossy, lossless or extended).
fn webp_width(file: &[u8]) -> u32 {
    let number =
        |at: usize, bytes: usize| file[at..at + bytes].iter().rev().fold(0, |sum, byte| sum << 8 | u32::from(*byte));
    match &file[12..16] {
        b"VP8 " => number(26, 2) & 0x3fff,
        b"VP8L" => (number(21, 2) & 0x3fff) + 1,
        b"VP8X" => number(24, 3) + 1,
        other => panic!("no WebP: {other:?}"),
    }
}

#[test]
fn sites_that_cannot_be_reached_are_no_matter_of_an_account_s_password() {
    let base = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/targets/base.yaml");
    let profile = format!(
        "extends: {base}\nname: gone\nsites: {{ portal: 'http://127.0.0.1:9', buy: 'http://127.0.0.1:9', console: 'http://127.0.0.1:9' }}\nhosts: [127.0.0.1]\naccounts:\n  - {{ name: Ana, email: ana@example.com, password: open sesame, balance: '¥500.00' }}\n"
    );
    let feature = "Feature: Own\n  Scenario: One\n    Given the buyer is on the purchase page\n";
    let ended = Run::of(&[]).profile(&profile).feature(feature).end();
    ended.expect(
        3,
        &["environment not ready", "the site cannot be reached", "doctor --target FILE says which of them answer"],
    );
    assert!(!ended.text.contains("password or session"), "{}", ended.text);
}
