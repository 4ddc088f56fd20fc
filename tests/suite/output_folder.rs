//! The folder that a run writes into: looked at first, one run's at a time, and never cleared of what is somebody's own.

use std::{
    fs,
    os::unix::fs::{PermissionsExt as _, symlink},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use dcdb_purchase_e2e::evidence::{History, OutputFolder, write_whole};
use tempfile::TempDir;

use crate::{
    processes,
    run::{Ended, QUICK, Run},
};

/// A run that would find no browser, if it came so far.
fn without_browser(arguments: &[&str]) -> Run {
    Run::of(arguments).feature(QUICK).variable("DCDB_E2E_INSTALL", "never").variable("PATH", "/nowhere")
}

/// The command of a run, into another folder.
fn into(run: &Run, out: &Path) -> Ended {
    let mut command = run.command();
    let given: Vec<_> = command.get_args().map(ToOwned::to_owned).collect();
    let arguments = given.into_iter().map(|one| if one == run.out().as_os_str() { out.into() } else { one });
    let mut again = Command::new(command.get_program());
    again.args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).stdin(Stdio::null());
    for (name, value) in command.get_envs().filter_map(|(name, value)| Some((name, value?))) {
        again.env(name, value);
    }
    command = again;
    Ended::of(command.output().expect("the suite"))
}

fn folder() -> TempDir {
    TempDir::with_prefix("dcdb-out-").expect("a folder")
}

#[test]
fn a_folder_that_cannot_be_used_is_refused_before_anything_starts() {
    let place = folder();
    let at = |name: &str| place.path().join(name);
    fs::write(at("file"), "mine").expect("written");
    symlink(at("loop"), at("loop")).expect("a link");
    let mut cases: Vec<(PathBuf, &str)> = vec![
        (at("file"), "it is no folder"),
        (at("file/below"), "making it"),
        (at("loop"), "making it"),
        ("/proc/nobody/can".into(), "making it"),
        ("/proc".into(), "writ"),
        (at("x").join("y".repeat(300)), "making it"),
    ];
    if !nix::unistd::geteuid().is_root() {
        fs::create_dir(at("locked")).expect("a folder");
        fs::set_permissions(at("locked"), fs::Permissions::from_mode(0o500)).expect("permissions");
        cases.push((at("locked"), "writing to it"));
    }
    for (out, said) in cases {
        let run = without_browser(&[]);
        into(&run, &out).expect(2, &["(--out) cannot be used", said, "mend     "]);
    }
    assert_eq!(fs::read_to_string(at("file")).expect("kept"), "mine");
    for (history, said) in [("/tmp", "it is a folder"), ("/proc/nobody/can.sqlite", "making its folder")] {
        without_browser(&["--history", history]).end().expect(2, &["(--history) cannot be used", said]);
    }
}

#[test]
fn a_disk_without_room_is_refused() {
    let place = folder();
    let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=1m", "none"]).arg(place.path()).output();
    if !mounted.is_ok_and(|mounted| mounted.status.success()) {
        eprintln!("not looked at: this machine lets nobody mount a disk");
        return;
    }
    let ended = into(&without_browser(&[]), &place.path().join("out"));
    let freed = Command::new("umount").arg(place.path()).status().expect("umount");
    ended.expect(2, &["its disk has 1.0 MiB left, and a run asks for 16", "make room"]);
    assert!(freed.success());
}

#[test]
fn what_only_says_what_would_run_needs_no_folder() {
    for flag in ["--dry-run", "--list"] {
        let run = without_browser(&[flag]);
        run.end().expect(0, &[]);
        assert!(!run.out().exists(), "{flag} made the output folder");
    }
}

#[test]
fn what_is_somebody_s_own_stays_with_a_refusal_that_names_it() {
    for (name, text) in [
        ("evidence/notes.txt", "mine"),
        ("evidence/01/01.yaml/mine.doc", "mine"),
        ("results.json", "{\"tests\": 3}"),
        ("junit.xml", "<testsuites name=\"other\"/>"),
        ("report.html", "<!doctype html><title>Mine</title>"),
        ("guide/chapter.md", "mine"),
        ("evidence", "a file"),
    ] {
        let run = without_browser(&[]);
        run.file(&format!("out/{name}"), text);
        run.end().expect(2, &["removes nobody's files", &format!("out/{name}"), "mend     name another folder"]);
        assert_eq!(fs::read_to_string(run.out().join(name)).expect("kept"), text);
        assert!(!run.out().join(".dcdb-purchase-e2e.lock").exists(), "it was written to");
    }
}

#[test]
fn what_the_suite_wrote_goes_when_the_next_run_begins_also_what_an_earlier_release_wrote() {
    let place = folder();
    let write = |name: &str, text: &str| write_whole(&place.path().join(name), text.as_bytes()).expect("written");
    // As releases without marks left it, with a build server's own log, and what it keeps from run to run.
    write("results.json", "{\n  \"run\": {\n    \"started\": \"2026-01-01T00:00:00Z\"");
    write("report.html", "<!doctype html><title>All passed</title>");
    write("evidence/a-feature/a-scenario-4/1/01.yaml", "");
    write("evidence/a-feature/a-scenario-4/1/02-reviewed.webp", "");
    write("console.log", "");
    write("history.sqlite", "");
    write("guide.html", "<!doctype html><title>Guide</title>");
    write("guide/en.json", "{\"target\":\"standin\"");
    let names = || {
        let mut names: Vec<String> = fs::read_dir(place.path())
            .expect("the folder")
            .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
            .filter(|name| !name.starts_with('.'))
            .collect();
        names.sort();
        names
    };
    let claimed = OutputFolder::claim(place.path()).expect("claimed");
    assert_eq!(names().len(), 7, "claiming removes nothing");
    claimed.clear().expect("cleared");
    let kept = ["console.log", "evidence", "guide", "guide.html", "history.sqlite"];
    assert_eq!(names(), kept);
    write("evidence/anything", "");
    write("junit.xml", "");
    write(".dcdb-purchase-e2e-unfinished-x", "");
    drop(claimed);
    OutputFolder::claim(place.path()).expect("claimed").clear().expect("cleared");
    assert_eq!(names(), kept);
    assert!(!place.path().join(".dcdb-purchase-e2e-unfinished-x").exists());
}

#[test]
fn a_slip_on_the_command_line_costs_no_results_of_the_last_run() {
    let place = folder();
    let results = place.path().join("results.json");
    write_whole(&results, b"{\n  \"run\": {\n    \"started\": 1").expect("written");
    for (slip, status) in [
        (&["--tags", "E1.1"][..], 2),
        (&["--target", "/nowhere.yaml"], 2),
        (&["features/nope.feature"], 4),
        (&["--name", "no such title"], 4),
        // As whoever runs a test of another name says it.
        (&["no_such_test"], 0),
    ] {
        into(&without_browser(slip), place.path()).expect(status, &[]);
        assert!(results.is_file(), "{slip:?}");
    }
    // A run that began is another matter, whatever became of it.
    into(&without_browser(&[]), place.path()).expect(3, &[]);
    assert!(!fs::read_to_string(&results).is_ok_and(|text| text.contains("\"started\": 1")));
}

#[test]
fn a_file_is_written_whole_or_stays_as_it_was() {
    let place = folder();
    let file = place.path().join("results.json");
    write_whole(&file, b"first").expect("written");
    assert_eq!(fs::metadata(&file).expect("there").permissions().mode() & 0o600, 0o600);
    // In the way of the new one is a folder that is not empty.
    fs::create_dir_all(place.path().join("taken/by")).expect("a folder");
    write_whole(&place.path().join("taken"), b"second").expect_err("it cannot be written");
    let left = fs::read_dir(place.path()).expect("the folder").count();
    assert_eq!((fs::read(&file).expect("there"), left), (b"first".to_vec(), 2), "something unfinished stayed");
}

/// A scenario that is under way for as long as any test, and keeps evidence before.
fn endless() -> Run {
    let base = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/targets/standin.yaml");
    let feature = "Feature: Endless\n  Scenario: A page that never comes\n    Given a visitor on the home page\n    Then the product page of the distributed database opens\n";
    Run::of(&[]).profile(&format!("extends: {base}\nname: endless\ndeadlines: {{ arrival: 10m }}\n")).feature(feature)
}

fn under_way(run: &Run) -> Child {
    let child = run.command().stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the suite");
    processes::eventually("evidence is kept", || {
        run.out().join("evidence/endless").exists() || run.out().join("evidence/quick").exists()
    });
    child
}

#[test]
fn one_run_holds_the_folder_and_one_that_was_killed_leaves_no_older_result() {
    let run = endless();
    let results = ["results.json", "junit.xml", "report.html"];
    let there = || results.map(|name| run.out().join(name).exists());
    write_whole(&run.out().join("results.json"), b"{\n  \"run\": {\n    \"started\": 1").expect("written");
    write_whole(&run.out().join("junit.xml"), b"").expect("written");
    let mut child = under_way(&run);
    assert_eq!(there(), [false; 3]);
    let holder = format!("another run writes into it: process {}, since 2", child.id());
    into(&without_browser(&[]), &run.out()).expect(2, &[&holder, "a folder of its own"]);
    child.kill().expect("a signal");
    child.wait().expect("a status");
    assert_eq!(there(), [false; 3]);
    let next = Run::of(&[]).feature(QUICK);
    into(&next, &run.out()).expect(0, &["1 passed, 0 failed, 0 skipped"]);
    assert_eq!(there(), [true; 3]);
    assert!(!run.out().join("evidence/endless").exists());
}

/// Fifteen rounds, so that a good part of the run is still to come once the first has left something.
fn rounds() -> Run {
    Run::of(&["--repeat-each", "15", "--concurrency", "1", "--latency", "60"]).feature(QUICK)
}

#[test]
fn a_folder_that_is_removed_in_mid_run_costs_evidence_and_not_the_verdict() {
    let run = rounds();
    let child = run.command().stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the suite");
    processes::eventually("evidence is kept", || run.out().join("evidence/quick").exists());
    processes::eventually("the folder is removed", || fs::remove_dir_all(run.out()).is_ok());
    let ended = Ended::of(child.wait_with_output().expect("ended"));
    ended.expect(0, &["was removed while the run went on", "15 passed, 0 failed, 0 skipped"]);
    assert_eq!(run.results()["scenarios"].as_array().map(Vec::len), Some(15));
}

#[test]
fn a_disk_that_is_full_in_mid_run_is_told_of_and_costs_no_verdict() {
    let run = rounds();
    let child = run.command().stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the suite");
    processes::eventually("evidence is kept", || run.out().join("evidence/quick").exists());
    // Of the suite alone: its browser is not to be told.
    let limited = Command::new("prlimit").args(["--pid", &child.id().to_string(), "--fsize=0"]).status();
    if !limited.is_ok_and(|limited| limited.success()) {
        eprintln!("not looked at: this machine has no prlimit");
        child.wait_with_output().expect("ended");
        return;
    }
    let ended = Ended::of(child.wait_with_output().expect("ended"));
    ended.expect(
        3,
        &["evidence is missing from here on", "could not all be written: writing", "15 passed, 0 failed, 0 skipped"],
    );
    assert!(!run.out().join("results.json").exists());
}

#[test]
fn a_history_that_cannot_be_used_costs_no_verdict_and_stays_as_it_is() {
    let place = folder();
    let at = |name: &str| place.path().join(name);
    fs::write(at("broken"), "SQLite format 3\0 and then nothing of the kind").expect("written");
    rusqlite::Connection::open(at("foreign"))
        .and_then(|file| file.execute_batch("CREATE TABLE mine (a)"))
        .expect("made");
    History::open(&at("locked")).expect("a history");
    let held = rusqlite::Connection::open(at("locked")).expect("a database");
    held.execute_batch("BEGIN EXCLUSIVE").expect("locked");
    for (name, said) in [
        ("broken", "file is not a database"),
        ("foreign", "it is a database of somebody else"),
        ("locked", "database is locked"),
    ] {
        // Reading the locked one here would unlock it: its lock is this process's, and goes with any of its handles.
        let content = || (name != "locked").then(|| fs::read(at(name)).expect("the file"));
        let before = content();
        let history = at(name).display().to_string();
        let run = Run::of(&["--history", &history]).feature(QUICK);
        run.end().expect(0, &["note: this run is not remembered", &history, said, "1 passed, 0 failed, 0 skipped"]);
        assert_eq!(content(), before, "{name} was changed");
        assert!(run.out().join("report.html").exists());
    }
    without_browser(&["--last-failed", "--history", &at("broken").display().to_string()])
        .end()
        .expect(2, &["--last-failed cannot tell what failed", "mend"]);
}
