//! `dcdb-e2e login`: a login that a person made, or an account of the profile, is saved as only its owner can read it, once it works
//! in another browser.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::Path,
    process::{Command, Stdio},
};

use axum::{Router, http::HeaderMap, response::Html, routing::get};
use dcdb_purchase_e2e::browser::launch::{self, LaunchSettings};
use serde_json::{Value, json};

use crate::{
    elsewhere::Elsewhere,
    run::{Ended, Run},
};

/// Runs it; `variables` beside its own.
fn login(folder: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Ended {
    let output = Command::new(env!("CARGO_BIN_EXE_dcdb-e2e"))
        .args(["login", "--target", "profile.yaml", "--save", "ana.json"])
        .args(arguments)
        .current_dir(folder)
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .envs(variables.iter().copied())
        .stdin(Stdio::null())
        .output();
    Ended::of(output.expect("the tool"))
}

fn saved_in(folder: &Path) -> Value {
    let file = folder.join("ana.json");
    let mode = fs::metadata(&file).expect("saved").permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "others may read it");
    serde_json::from_slice(&fs::read(file).expect("saved")).expect("JSON")
}

#[test]
fn a_login_that_was_saved_takes_the_place_of_a_password() {
    let elsewhere = Elsewhere::start();
    let account = elsewhere.call("accounts", Some(json!({})));
    let (name, password) = (account["name"].as_str().expect("a name"), account["password"].as_str().expect("one"));
    let run = Run::of(&["--name", "^\"New\" leads to the purchase page$"]);
    // Another account is still waiting for its login to be saved.
    let other = "  - { name: Bo, email: bo@example.com, session: not-there-yet.json, balance: ¥1.00 }\n";
    run.file("profile.yaml", &elsewhere.profile(&account, other));
    let folder = run.folder.path();
    let variables = [("BUYER_PASSWORD", password)];

    login(folder, &[], &variables).expect(3, &["a person needs a window", "--account NAME", "nothing is saved"]);
    login(folder, &["--account", "Nobody"], &variables).expect(2, &["lists no account \"Nobody\"", name]);
    login(folder, &["--account", name], &[("BUYER_PASSWORD", "wrong")]).expect(3, &["nothing is saved"]);
    assert!(!folder.join("ana.json").exists());
    // What is no saved login is written over by none.
    run.file("ana.json", "extends: base.yaml\n");
    login(folder, &["--account", name], &variables).expect(2, &["there is something else already"]);
    assert_eq!(fs::read_to_string(folder.join("ana.json")).expect("what was there"), "extends: base.yaml\n");
    fs::remove_file(folder.join("ana.json")).expect("removed");

    let git = Command::new("git").args(["init", "--quiet"]).current_dir(folder).status().expect("git");
    assert!(git.success());
    let said = login(folder, &["--account", name], &variables);
    said.expect(0, &["saved     ana.json: ", "accounts: session: ana.json", "git does not ignore ana.json"]);
    let value = saved_in(folder)["cookies"][0]["value"].as_str().expect("a cookie").to_owned();
    assert!(!said.text.contains(&value) && !said.text.contains(password), "{}", said.text);
    fs::write(folder.join(".gitignore"), "ana.json\n").expect("written");
    let said = login(folder, &["--account", name], &variables);
    assert!(said.status == Some(0) && !said.text.contains("git"), "{}", said.text);

    let session = format!("session: {}", folder.join("ana.json").display());
    let profile = elsewhere.profile(&account, "").replace("password: ${BUYER_PASSWORD}", &session);
    run.profile(&profile).end().expect(0, &["1 passed, 0 failed"]);
}

/// A console that knows people by a cookie and by what it has stored itself; somebody is at the login page, and takes a while.
async fn site() -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let at = format!("http://127.0.0.1:{}", listener.local_addr().expect("an address").port());
    let console = async |headers: HeaderMap| {
        let known = headers.get("cookie").is_some_and(|cookie| cookie.to_str().is_ok_and(|it| it.contains("sid=")));
        Html(match known {
            true => {
                "<!doctype html><body><script>if (localStorage.token === 'canary-of-the-store') document.body.innerHTML = '<h1>Console</h1>'; else location = '/login'</script>"
            }
            false => "<!doctype html><script>location = '/login'</script>",
        })
    };
    let login = "<!doctype html><h1>Log in</h1><script>setTimeout(() => {
        document.cookie = 'sid=canary-of-the-cookie; path=/'; localStorage.token = 'canary-of-the-store'; location = '/console' }, 1500)</script>";
    let router = Router::new()
        .route("/console", get(console))
        .route("/login", get(async move || Html(login)))
        .fallback(async || Html("<!doctype html><h1>Shop</h1>"));
    tokio::spawn(async move { axum::serve(listener, router).await });
    at
}

#[test]
fn the_login_of_a_person_is_saved_once_the_console_is_seen_and_works_in_another_browser() {
    let folder = tempfile::tempdir().expect("a folder");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let _in_it = runtime.enter();
    let at = runtime.block_on(site());
    let settings =
        LaunchSettings::from_variables(Path::new(env!("CARGO_BIN_EXE_dcdb-e2e")), |name| std::env::var_os(name));
    let settings = settings.expect("settings");
    // A driver elsewhere shows its windows where it likes: these on no screen.
    let driver = runtime.block_on(launch::launch(&settings)).expect("a driver");
    let found = runtime.block_on(launch::find(&settings)).expect("a browser");
    let base = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/targets/base.yaml");
    let profile = format!(
        "extends: {base}\nname: own\nsites: {{ portal: '{at}', buy: '{at}', console: '{at}' }}\nhosts: [127.0.0.1]\naccounts: []\ndeadlines: {{ arrival: 5s, element: 1s }}\nwebdriver:\n  url: {}\n  capabilities: {{ 'goog:chromeOptions': {{ binary: {}, args: [--headless=new, --no-sandbox] }} }}\npages:\n  console: {{ path: /console, ready: {{ role: heading, name: Console }} }}\n  home: {{ path: /, ready: {{ role: heading, name: Shop }} }}\n  purchase: {{ path: /buy, ready: {{ role: heading, name: Shop }} }}\n",
        driver.url(),
        found.browser.path.display()
    );
    fs::write(folder.path().join("profile.yaml"), profile).expect("written");
    let said = login(folder.path(), &[], &[]);
    said.expect(0, &["log in in the window that has opened", "1 cookie, and what 1 site stored"]);
    assert!(!said.text.contains("canary"), "{}", said.text);
    let saved = saved_in(folder.path());
    assert_eq!(saved["origins"][0]["localStorage"], json!([{ "name": "token", "value": "canary-of-the-store" }]));
    runtime.block_on(driver.end()).expect("ended");
}

#[test]
fn a_captcha_ends_a_run_that_nobody_sees_and_says_how_to_save_a_login() {
    let elsewhere = Elsewhere::start();
    let account = elsewhere.call("accounts", Some(json!({})));
    let captcha = "on-the-way:\n  - { at: login, before: log-in, do: [{ person: { css: form } }] }\n";
    let run =
        Run::of(&["--name", "^\"New\" leads to the purchase page$"]).profile(&elsewhere.profile(&account, captcha));
    let ended = run.variable("BUYER_PASSWORD", account["password"].as_str().expect("a password")).end();
    let said = "login page: CSS form: only a person can do that, and nobody sees this browser";
    ended.expect(
        3,
        &["environment not ready", said, "dcdb-e2e login --target F --save FILE", "accounts: session: FILE"],
    );
    assert_eq!(ended.text.matches("  mend  ").count(), 1, "{}", ended.text);
}

/// How often somebody has logged in, as the site knows it.
fn logins(db: &Path) -> i64 {
    let db = rusqlite::Connection::open(db).expect("the site's store");
    db.query_row("select coalesce(max(rowid), 0) from sessions", [], |row| row.get(0)).expect("a number")
}

#[test]
fn an_account_logs_in_once_a_run_but_where_the_login_is_what_a_scenario_is_about() {
    let folder = tempfile::tempdir().expect("a folder");
    let db = folder.path().join("site.db");
    let elsewhere = Elsewhere::start_with(&["--db", &db.display().to_string()]);
    let account = elsewhere.call("accounts", Some(json!({})));
    let with = |login: &str, selected: &[&str]| {
        let own = Run::of(&["--tags", "not @page-states and not @pays", "--concurrency", "1"]).with(selected);
        let profile = elsewhere.profile(&account, &format!("login: {login}\n"));
        own.profile(&profile).variable("BUYER_PASSWORD", account["password"].as_str().expect("a password"))
    };
    let run = |login: &str| with(login, &["features/entry_1.feature", "features/entry_2.feature"]);
    let each_time = run("each-time");
    each_time.end().expect(0, &["4 passed, 0 failed"]);
    let before = logins(&db);
    // Before the first scenario its account is looked at.
    assert_eq!(before, 5);
    let once = run("once");
    let ended = once.end();
    ended.expect(0, &["4 passed, 0 failed"]);
    assert!(!ended.text.contains("has ended"), "{}", ended.text);
    assert_eq!(logins(&db) - before, 2, "{}", ended.text);

    // Where the login is what a scenario is about, its buyer logs in there whatever is kept, and once more when it is asked for.
    let before = logins(&db);
    let of_login = with("once", &["--name", "^While choosing, the choices stay$"]);
    of_login.end().expect(0, &["1 passed, 0 failed"]);
    assert_eq!(logins(&db) - before, 3);

    // A site that ends a login with the next one of the same account.
    let before = logins(&db);
    let site = rusqlite::Connection::open(&db).expect("the site's store");
    let alone =
        "create trigger alone after insert on sessions begin delete from sessions where token <> new.token; end";
    site.execute_batch(alone).expect("a trigger");
    // In an order in which others come after those that are about the login.
    let ended = run("once").with(&["--repeat-each", "2", "--seed", "7"]).end();
    ended.expect(0, &["8 passed, 0 failed", "that was kept has ended, and it logs in anew"]);
    assert!(logins(&db) - before < 8, "{}", ended.text);
}
