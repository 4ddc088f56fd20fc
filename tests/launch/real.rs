//! The real driver of this machine: what it starts is gone with whoever holds it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::machine::SUPERVISOR;
use crate::processes::{Process, below, eventually, gone};
use dcdb_purchase_e2e::browser::launch::{Driver, InstallPolicy, LaunchSettings, LocalDriver, find, launch};
use serde_json::{Value, json};

/// The settings of this machine with profiles below `temporary`; none, and a line that says so, where it has no driver.
async fn real(temporary: &Path) -> Option<LaunchSettings> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut settings = LaunchSettings::new(Path::new(SUPERVISOR), path, temporary.to_owned());
    settings.install = InstallPolicy::Never;
    match find(&settings).await {
        Ok(_) => Some(settings),
        Err(missing) => {
            eprintln!("skipped: {}", format!("{missing:#}").lines().next().unwrap_or_default());
            None
        }
    }
}

async fn local(settings: &LaunchSettings) -> Box<LocalDriver> {
    match launch(settings).await.expect("the driver starts") {
        Driver::Local(driver) => driver,
        Driver::Remote { .. } => unreachable!("no remote one was named"),
    }
}

async fn post(driver: &Driver, path: &str, body: Value) -> Value {
    answer(path, client().post(driver.url().join(path).expect("an address")).json(&body)).await
}

async fn delete(driver: &Driver, path: &str) -> Value {
    answer(path, client().delete(driver.url().join(path).expect("an address"))).await
}

async fn answer(path: &str, request: reqwest::RequestBuilder) -> Value {
    let answer = request.send().await.expect("the driver answers");
    let answer: Value = answer.json().await.expect("an answer in JSON");
    assert!(answer["value"].get("error").is_none(), "{path}: {answer:#}");
    answer["value"].clone()
}

fn client() -> reqwest::Client {
    reqwest::Client::builder().timeout(Duration::from_secs(60)).build().expect("a client")
}

/// Opens a session and returns it with everything that runs for it.
async fn session(driver: &Driver, settings: &LaunchSettings) -> (Value, Vec<Process>) {
    let asked = json!({ "capabilities": { "alwaysMatch": driver.capabilities(settings) } });
    let session = post(driver, "/session", asked).await;
    let Driver::Local(local) = driver else { unreachable!("it is local") };
    let family = below(local.tethered.supervisor_pid());
    let renderers = family.iter().filter(|process| process.command.contains("--type=renderer")).count();
    assert!(renderers >= 1, "no browser below the supervisor: {family:#?}");
    (session, family)
}

fn nothing_in(directory: &Path) -> bool {
    std::fs::read_dir(directory).expect("listing").next().is_none()
}

#[tokio::test]
async fn a_session_is_what_was_asked_for_and_nothing_of_it_is_left_after_the_end() {
    let temporary = tempfile::tempdir().expect("a directory");
    let Some(mut settings) = real(temporary.path()).await else { return };
    settings.language = "zh-CN".to_owned();
    for headed_binary in [false, true] {
        let mut driver = local(&settings).await;
        if headed_binary {
            // The full browser without a window, where it is installed beside the headless shell.
            let mut full = settings.clone();
            full.headed = true;
            let Ok(found) = find(&full).await else { continue };
            driver.found = found;
        }
        let driver = Driver::Local(driver);
        let (session, _) = session(&driver, &settings).await;
        assert_eq!(session["capabilities"]["pageLoadStrategy"], "none", "{session:#}");
        assert_eq!(session["capabilities"]["unhandledPromptBehavior"], "ignore", "{session:#}");
        // The channel to it is its own socket; another one, which the driver would have to translate for, is not asked for.
        let socket = session["capabilities"]["goog:chromeOptions"]["debuggerAddress"].as_str();
        assert!(socket.is_some_and(|address| address.starts_with("localhost:")), "{session:#}");
        assert_eq!(session["capabilities"]["webSocketUrl"], Value::Null, "{session:#}");

        let id = session["sessionId"].as_str().expect("an id");
        let page = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = format!("http://{}/", page.local_addr().expect("an address"));
        let request = std::thread::spawn(move || answer_once(&page));
        post(&driver, &format!("/session/{id}/url"), json!({ "url": address })).await;
        let request = request.join().expect("a request");
        assert!(request.to_lowercase().contains("accept-language: zh-cn"), "{request}");
        let script = json!({ "script": "return [navigator.language, outerWidth, outerHeight]", "args": [] });
        let seen = post(&driver, &format!("/session/{id}/execute/sync"), script).await;
        assert_eq!(seen, json!(["zh-CN", 1280, 900]));

        delete(&driver, &format!("/session/{id}")).await;
        let Driver::Local(held) = &driver else { unreachable!("it is local") };
        let only_the_driver = || below(held.tethered.supervisor_pid()).iter().filter(|its| its.runs()).count() == 1;
        eventually("a closed session leaves no browser", only_the_driver);

        let (_, family) = self::session(&driver, &settings).await;
        assert!(!nothing_in(temporary.path()));
        driver.end().await.expect("it ends");
        assert!(!family.iter().any(Process::runs), "left: {family:#?}");
        assert!(nothing_in(temporary.path()));
    }
}

/// Answers the first request with an empty page and returns its head.
fn answer_once(page: &TcpListener) -> String {
    let (mut stream, _) = page.accept().expect("a request");
    let mut head = [0; 4096];
    let read = stream.read(&mut head).expect("reading");
    stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").expect("answering");
    String::from_utf8_lossy(&head[..read]).into_owned()
}

#[tokio::test]
async fn a_dropped_driver_takes_its_browsers_and_profiles_along() {
    let temporary = tempfile::tempdir().expect("a directory");
    let Some(settings) = real(temporary.path()).await else { return };
    let driver = Driver::Local(local(&settings).await);
    let (_, family) = session(&driver, &settings).await;
    drop(driver);
    gone(&family);
    eventually("no profile is left", || nothing_in(temporary.path()));
}

#[tokio::test]
async fn a_killed_run_takes_its_browsers_and_profiles_along() {
    let temporary = tempfile::tempdir().expect("a directory");
    let Some(_) = real(temporary.path()).await else { return };
    let mut command = Command::new(std::env::current_exe().expect("the path of this test"));
    command.args(["--exact", "real::holds_a_session_for_another_test", "--ignored", "--nocapture"]);
    command.env("LAUNCH_HOLDER", temporary.path());
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut holder = command.spawn().expect("the holder starts");
    let stdout = BufReader::new(holder.stdout.take().expect("its standard output"));
    assert!(
        stdout.lines().map_while(Result::ok).any(|line| line.contains("session opened")),
        "the holder has no session"
    );
    let family = below(holder.id());
    assert!(family.iter().any(|process| process.command.contains("--type=renderer")), "{family:#?}");
    holder.kill().expect("it runs");
    holder.wait().expect("it has ended");
    gone(&family);
    eventually("no profile is left", || nothing_in(temporary.path()));
}

#[tokio::test]
#[ignore = "a helper process of the test above"]
async fn holds_a_session_for_another_test() {
    let Some(temporary) = std::env::var_os("LAUNCH_HOLDER") else { return };
    let settings = real(Path::new(&temporary)).await.expect("a driver, as the test above found one");
    let driver = Driver::Local(local(&settings).await);
    let _held = session(&driver, &settings).await;
    println!("session opened");
    let _ = std::io::read_to_string(std::io::stdin());
}
