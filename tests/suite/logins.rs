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
