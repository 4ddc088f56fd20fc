//! `dcdb-e2e serve`: its flags, what they do, and a database that outlives the process.

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use dcdb_purchase_e2e::standin::ServeArgs;
use serde_json::{Value, json};

use crate::site::TestSite;

fn refused(arguments: &[&str], named: &str) {
    let assert = assert_cmd::cargo::cargo_bin_cmd!("dcdb-e2e").arg("serve").args(arguments).assert().code(2);
    let output = assert.get_output();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains(named), "{arguments:?} said {said}");
    assert!(output.stdout.is_empty(), "{arguments:?} said that it listens");
}

#[test]
fn flags_that_cannot_be_are_refused_by_name() {
    for (arguments, named) in [
        (["--delays", "-1"], "--delays"),
        (["--delays", "NaN"], "--delays"),
        (["--delays", "1e9"], "--delays"),
        (["--error-rate", "1.1"], "--error-rate"),
        (["--error-rate", "NaN"], "--error-rate"),
        (["--latency", "60001"], "--latency"),
        (["--jitter", "60001"], "--jitter"),
        (["--latency", "-1"], "--latency"),
        (["--seed", "x"], "--seed"),
        (["--port", "65536"], "--port"),
        (["--bind", "localhost.example"], "--bind"),
        (["--names", "http://shop.example"], "--names"),
        (["--names", "Shop.example"], "--names"),
        (["--names", "shop..example"], "--names"),
        (["--lang", "tlh"], "zh-CN"),
        (["--skin", "bark"], "classic"),
        (["--defect", "gremlin"], "gremlin"),
    ] {
        // A single argument, since a value that begins with a minus would be taken for a flag.
        refused(&[&arguments.join("=")], named);
    }
    refused(&["--db", "/nowhere/at/all.sqlite"], "/nowhere/at/all.sqlite");
    let text = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(text.path(), "no database at all, but long enough to be looked at as one".repeat(40))
        .expect("written");
    refused(&["--db", &text.path().display().to_string()], "database");
}

#[test]
fn a_port_that_is_taken_is_named() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("its address").port().to_string();
    refused(&["--port", &port], &format!("127.0.0.1:{port}"));
}

/// The program, and its address once it listens. Ended without a warning when dropped, as by a power cut.
struct Served {
    child: Child,
    address: String,
}

impl Served {
    fn start(arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_dcdb-e2e"))
            .args(["serve", "--port", "0", "--delays", "0"])
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("its output")).read_line(&mut line).expect("a line");
        let named = arguments.iter().skip_while(|argument| **argument != "--names").nth(1).unwrap_or(&"localhost");
        let port = line.trim().strip_prefix(&format!("listening on http://cloud.tencent.{named}:"));
        let address = format!("127.0.0.1:{}", port.unwrap_or_else(|| panic!("it said {line:?}")));
        Self { child, address }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let (_gone, _waited) = (self.child.kill(), self.child.wait());
    }
}

#[tokio::test]
async fn a_database_file_survives_a_restart() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("standin.sqlite").display().to_string();
    let (id, before) = {
        let served = Served::start(&["--db", &file]);
        let site = TestSite::at(served.address.parse().expect("an address"));
        let buyer = site.buyer().await;
        buyer.buy(&[("quantity", "2"), ("name", "kept")]).await;
        (buyer.id().to_owned(), buyer.truth().await)
    };
    let served = Served::start(&["--db", &file]);
    let url = format!("http://{}/backdoor/accounts/{id}", served.address);
    let after: Value = reqwest::get(url).await.expect("an answer").json().await.expect("JSON");
    assert_eq!(after, before);
    assert_eq!((&after["charges"]["count"], &after["instances"][1]["name"]), (&json!(1), &json!("kept-2")));
}

#[tokio::test]
async fn latency_and_jitter_are_on_top_of_every_answer() {
    let site = TestSite::start_with(ServeArgs { delays: 0.0, latency: 40, jitter: 20, ..ServeArgs::default() }).await;
    let client = site.client();
    for _ in 0..3 {
        let began = Instant::now();
        assert_eq!(site.get_with(&client, "portal", "/").await.status, 200);
        assert!(began.elapsed() >= Duration::from_millis(40), "{:?}", began.elapsed());
    }
}

#[tokio::test]
async fn errors_come_at_their_rate_and_by_their_seed() {
    let row = async |seed: u64, rate: f64| {
        let args = ServeArgs { delays: 0.0, error_rate: rate, seed, ..ServeArgs::default() };
        let site = TestSite::start_with(args).await;
        let client = site.client();
        let mut statuses = Vec::new();
        for _ in 0..60 {
            let page = site.get_with(&client, "portal", "/").await;
            assert!(page.status == 200 || page.text.contains("The service is busy. Try again."), "{}", page.text);
            statuses.push(page.status);
        }
        statuses
    };
    let first = row(1, 0.5).await;
    assert_eq!(first, row(1, 0.5).await, "the same seed has other errors");
    assert_ne!(first, row(2, 0.5).await, "another seed has the same errors");
    let failed = first.iter().filter(|status| **status == 503).count();
    assert!((15..=45).contains(&failed), "{failed} of 60 failed at a rate of a half");
    assert!(row(1, 1.0).await.iter().all(|status| *status == 503));
    assert!(row(1, 0.0).await.iter().all(|status| *status == 200));
}

/// An address of this machine that is not loopback; none where it has no network.
fn own_address() -> Option<std::net::IpAddr> {
    let socket = std::net::UdpSocket::bind("0.0.0.0:0").ok()?;
    // Sends nothing: it only makes the system choose the address that it would send from.
    socket.connect("192.0.2.1:9").ok()?;
    Some(socket.local_addr().ok()?.ip()).filter(|address| !address.is_loopback() && !address.is_unspecified())
}

#[tokio::test]
async fn others_reach_it_only_where_asked_and_its_back_door_never() {
    let Some(own) = own_address() else {
        println!("skipped: this machine has no address but loopback");
        return;
    };
    let port = |served: &Served| served.address.rsplit(':').next().expect("a port").to_owned();
    let closed = Served::start(&[]);
    let refused = tokio::net::TcpStream::connect(format!("{own}:{}", port(&closed))).await;
    assert!(refused.is_err(), "it listens at {own} without being asked to");
    let open = Served::start(&["--bind", "0.0.0.0"]);
    let client = reqwest::Client::new();
    let at = |path: &str| format!("http://{own}:{}{path}", port(&open));
    let home = client.get(at("/")).header("host", "cloud.tencent.localhost").send().await.expect("an answer");
    assert_eq!(home.status(), 200);
    for host in ["127.0.0.1", "localhost", "[::1]", "cloud.tencent.localhost"] {
        let made = client.post(at("/backdoor/accounts")).header("host", host).send().await.expect("an answer");
        assert!(made.status().is_client_error(), "{host}: the back door answered {} at {own}", made.status());
    }
}

#[tokio::test]
async fn its_names_are_below_the_domain_that_was_asked_for() {
    let served = Served::start(&["--names", "shop.example"]);
    let port = served.address.rsplit(':').next().expect("a port").to_owned();
    let hosts = ["cloud.tencent.shop.example", "buy.cloud.tencent.shop.example", "cloud.tencent.localhost"];
    let client =
        hosts.iter().fold(reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()), |client, host| {
            client.resolve(host, served.address.parse().expect("an address"))
        });
    let client = client.build().expect("a client");
    let made = client.post(format!("http://{}/backdoor/accounts", served.address)).send().await.expect("an account");
    let account: Value = made.json().await.expect("JSON");
    let form = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("email", account["email"].as_str().expect("text"))
        .append_pair("password", account["password"].as_str().expect("text"))
        .finish();
    let login = client.post(format!("http://cloud.tencent.shop.example:{port}/login")).body(form);
    let answer = login.header("content-type", "application/x-www-form-urlencoded").send().await.expect("an answer");
    let cookie = answer.headers()["set-cookie"].to_str().expect("text");
    assert!(cookie.contains("Domain=cloud.tencent.shop.example;"), "{cookie}");
    let sent_on =
        client.get(format!("http://buy.cloud.tencent.shop.example:{port}/dcdb")).send().await.expect("an answer");
    let to = sent_on.headers()["location"].to_str().expect("text");
    assert!(to.starts_with(&format!("http://cloud.tencent.shop.example:{port}/login?")), "{to}");
    let home = client.get(format!("http://cloud.tencent.shop.example:{port}/")).send().await.expect("an answer");
    let home = home.text().await.expect("a page");
    assert!(home.contains("tencent.shop.example") && !home.contains("localhost"), "{home}");
    let other = client.get(format!("http://cloud.tencent.localhost:{port}/")).send().await.expect("an answer");
    assert_eq!(other.status(), 421);
}

#[tokio::test]
async fn passwords_are_kept_as_hashes_and_cookies_from_scripts_and_other_sites() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("standin.sqlite");
    let served = Served::start(&["--db", &file.display().to_string()]);
    let client = reqwest::Client::builder()
        .resolve("cloud.tencent.localhost", served.address.parse().expect("an address"))
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .expect("a client");
    let made = client.post(format!("http://{}/backdoor/accounts", served.address)).send().await.expect("an account");
    let account: Value = made.json().await.expect("JSON");
    let [email, password] = ["email", "password"].map(|key| account[key].as_str().expect("text"));
    let form = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("email", email)
        .append_pair("password", password)
        .finish();
    let port = served.address.rsplit(':').next().expect("a port");
    let login = client.post(format!("http://cloud.tencent.localhost:{port}/login")).body(form);
    let answer = login.header("content-type", "application/x-www-form-urlencoded").send().await.expect("an answer");
    let cookie = answer.headers()["set-cookie"].to_str().expect("text").to_lowercase();
    assert!(cookie.contains("httponly") && cookie.contains("samesite=lax"), "{cookie}");
    for kept in std::fs::read_dir(folder.path()).expect("its files").flatten() {
        let content = std::fs::read(kept.path()).expect("a file");
        let found = content.windows(password.len()).any(|window| window == password.as_bytes());
        assert!(!found, "{} holds a password", kept.path().display());
    }
}
