//! People told of runs, at a receiver of the test's own.

use std::{
    collections::BTreeMap,
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpListener,
    path::Path,
    process::Command,
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

use assert_cmd::cargo::cargo_bin;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use dcdb_purchase_e2e::{
    domain::Class,
    evidence::{History, RunInfo, RunRecord, ScenarioRecord, Status},
    target::Reach,
};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::Value;
use tempfile::TempDir;

use crate::run::Ended;

/// What was asked of a receiver: path and query, headers in small letters, body.
type Asked = (String, BTreeMap<String, String>, Value);

/// Answers one after the other with these, the last one again and again.
struct Receiver {
    port: u16,
    heard: Arc<Mutex<Vec<Asked>>>,
}

impl Receiver {
    fn answering(answers: &[&str]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let (port, heard) = (listener.local_addr().expect("an address").port(), Arc::new(Mutex::new(Vec::new())));
        let (all, kept): (Vec<String>, _) = (answers.iter().map(|one| (*one).to_owned()).collect(), Arc::clone(&heard));
        thread::spawn(move || {
            for (count, stream) in listener.incoming().enumerate() {
                let mut reader = BufReader::new(stream.expect("a connection"));
                let mut line = String::new();
                reader.read_line(&mut line).expect("a request");
                let path = line.split(' ').nth(1).unwrap_or_default().to_owned();
                let mut headers = BTreeMap::new();
                loop {
                    let mut line = String::new();
                    reader.read_line(&mut line).expect("a header");
                    let Some((name, value)) = line.trim().split_once(':') else { break };
                    headers.insert(name.to_lowercase(), value.trim().to_owned());
                }
                let mut body = vec![0; headers["content-length"].parse().expect("a length")];
                reader.read_exact(&mut body).expect("a body");
                kept.lock().expect("no panic").push((path, headers, serde_json::from_slice(&body).expect("JSON")));
                let answer = &all[count.min(all.len() - 1)];
                reader.get_mut().write_all(answer.as_bytes()).expect("answered");
            }
        });
        Self { port, heard }
    }

    fn heard(&self) -> Vec<Asked> {
        std::mem::take(&mut self.heard.lock().expect("no panic"))
    }
}

fn answer(status: &str, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n{headers}\r\n{body}", body.len())
}

/// Runs of one target, a folder each, that share a history.
struct Nights(TempDir);

/// What a page says that would call people, or be taken for markup.
const PAGE: &str = "the page says @all <!channel> <@U0123> [here](https://evil.example)";

impl Nights {
    fn new() -> Self {
        Self(TempDir::with_prefix("dcdb-notify-").expect("a folder"))
    }

    /// A night in which these failed, of three; gives its folder's name.
    fn night(&self, day: usize, exit_status: u8, failed: &[&str]) -> String {
        let scenario = |name: &str| {
            let fails = failed.contains(&name);
            ScenarioRecord {
                name: name.into(),
                feature: "Own".into(),
                rule: None,
                keyword: "Scenario".into(),
                file: "features/own.feature".into(),
                line: 2,
                tags: vec![],
                status: if fails { Status::Failed } else { Status::Passed },
                class: fails.then_some(Class::Product),
                reason: fails.then(|| format!("{PAGE}\n  saw more")),
                attempts: 1,
                round: 1,
                worker: 1,
                started_ms: 0,
                duration_ms: 1,
                steps: vec![],
                console: vec![],
                evidence: vec![],
                earlier_attempts: vec![],
                repeat: String::new(),
            }
        };
        let record = RunRecord {
            run: RunInfo {
                started: format!("2026-11-{day:02}T02:17:00Z"),
                exit_status,
                leftovers: if exit_status == 7 { vec![format!("buyer: {PAGE}")] } else { vec![] },
                ..RunInfo::default()
            },
            target: "staging".into(),
            browser: "none".into(),
            features: vec![],
            coverage: vec![],
            clauses: vec![],
            reach: Reach::default(),
            scenarios: ["A", "B", "C"].map(scenario).into(),
        };
        let name = format!("night-{day}");
        self.file(&format!("{name}/results.json"), &serde_json::to_string(&record).expect("JSON"));
        self.history().append(&record).expect("remembered");
        name
    }

    fn history(&self) -> History {
        History::open(&self.0.path().join("history.sqlite")).expect("a history")
    }

    fn file(&self, name: &str, text: &str) {
        let path = self.0.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("written");
    }

    /// Tells of a night.
    fn tell(&self, night: &str, channel: &Path, address: &str, flags: &[&str]) -> Ended {
        let mut command = Command::new(cargo_bin!("dcdb-e2e"));
        command.arg("notify").arg(self.0.path().join(night)).arg("--channel").arg(channel);
        command.arg("--history").arg(self.0.path().join("history.sqlite")).args(flags);
        for name in ["SLACK_WEBHOOK_URL", "WECOM_ROBOT_URL", "DINGTALK_ROBOT_URL", "WEBHOOK_URL"] {
            command.env(name, address);
        }
        command.env("DINGTALK_ROBOT_SECRET", "SEC-of-the-robot").env("WEBHOOK_TOKEN", "token-of-the-hook");
        Ended::of(command.output().expect("dcdb-e2e"))
    }
}

fn shipped(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/channels").join(name)
}

#[test]
fn what_is_new_still_or_no_longer_red_is_told_after_two_red_nights_and_on_recovery() {
    let receiver = Receiver::answering(&[&answer("200 OK", "", "ok")]);
    let (nights, address) = (Nights::new(), format!("http://localhost:{}/services/T0/B0/secret-token", receiver.port));
    let link = ["--link", "https://ci.example.com/runs/1?a=1&b=2"];
    let told = |night: &str| {
        nights.tell(night, &shipped("slack.yaml"), &address, &link).expect(0, &["slack.yaml at localhost"]);
        receiver
            .heard()
            .iter()
            .map(|(_, _, body)| body["text"].as_str().expect("a text").to_owned())
            .collect::<Vec<_>>()
    };
    const WHY: &str =
        "product: the page says @\u{200b}all &lt;!channel&gt; &lt;@\u{200b}U0123&gt; [here](https://evil.example)";
    const LINK: &str = "https://ci.example.com/runs/1?a=1&amp;b=2";
    assert_eq!(told(&nights.night(1, 0, &[])), [""; 0]);
    assert_eq!(told(&nights.night(2, 1, &["A"])), [""; 0], "one red night");
    assert_eq!(told(&nights.night(3, 0, &[])), [""; 0], "nobody knew that it was red");
    assert_eq!(told(&nights.night(4, 1, &["A", "B"])), [""; 0]);
    let fifth = nights.night(5, 1, &["B", "C"]);
    assert_eq!(
        told(&fifth),
        [format!(
            "✗ staging: 2 of 3 scenarios failed (exit 1; 2 red runs in a row)\nnew: Own › C: {WHY}\nstill (2 runs): Own › B: {WHY}\nno longer red: Own › A\n{LINK}"
        )]
    );
    assert_eq!(
        told(&nights.night(6, 0, &[])),
        [format!(
            "✓ staging is green again, after 2 red runs: All 3 scenarios that ran passed\nno longer red (2 runs): Own › B\nno longer red: Own › C\n{LINK}"
        )]
    );
    assert_eq!(told(&nights.night(7, 0, &[])), [""; 0]);
    assert_eq!(told(&fifth).len(), 1, "an older night is told of as it was");
    let eighth = told(&nights.night(8, 7, &[]));
    assert!(
        eighth.len() == 1 && eighth[0].contains("\nleft over: buyer: the page says @\u{200b}all &lt;!channel"),
        "{eighth:?}"
    );
    // A run that left nothing is told of at once; a folder that is not there is a slip of the pen.
    nights.file("lost/junit.xml", "");
    assert!(told("lost")[0].starts_with("✗ the run left no results"));
    nights.tell("nowhere", &shipped("slack.yaml"), &address, &[]).expect(2, &["should be in"]);
}

#[test]
fn every_channel_that_is_shipped_is_told_in_its_own_way_and_calls_nobody() {
    let nights = Nights::new();
    nights.night(1, 1, &["A"]);
    let night = nights.night(2, 1, &["A"]);
    for (name, said, field) in [
        ("slack.yaml", "ok", "/text"),
        ("wecom.yaml", r#"{"errcode":0,"errmsg":"ok"}"#, "/text/content"),
        ("dingtalk.yaml", r#"{"errcode":0,"errmsg":"ok"}"#, "/text/content"),
        ("webhook.yaml", "{}", "/text"),
    ] {
        let receiver = Receiver::answering(&[&answer("200 OK", "", said)]);
        let address = format!("http://127.0.0.1:{}/send?key=secret-key", receiver.port);
        nights.tell(&night, &shipped(name), &address, &[]).expect(0, &["told: ✗ staging"]);
        let (path, headers, body) = receiver.heard().remove(0);
        let text = body.pointer(field).and_then(Value::as_str).expect("a text").to_owned();
        assert!(text.contains("still (2 runs): Own › A: product: the page says"), "{name}: {text}");
        for call in ["@all", "<!channel", "<@U", "<@"] {
            assert!(!body.to_string().contains(call), "{name} calls {call}: {body}");
        }
        let query: BTreeMap<String, String> =
            url::Url::parse(&format!("http://x{path}")).expect("a path").query_pairs().into_owned().collect();
        assert_eq!(query["key"], "secret-key");
        if name == "dingtalk.yaml" {
            let mut mac = Hmac::<sha2::Sha256>::new_from_slice(b"SEC-of-the-robot").expect("a key");
            mac.update(format!("{}\nSEC-of-the-robot", query["timestamp"]).as_bytes());
            assert_eq!(query["sign"], STANDARD.encode(mac.finalize().into_bytes()));
            assert_eq!(body["at"]["isAtAll"], false);
        } else {
            assert!(!query.contains_key("sign"));
        }
        assert_eq!(
            headers.get("authorization").map(String::as_str),
            (name == "webhook.yaml").then_some("Bearer token-of-the-hook")
        );
    }
}

#[test]
fn a_busy_receiver_is_asked_again_and_one_that_refuses_or_sends_elsewhere_is_not() {
    let nights = Nights::new();
    nights.night(1, 1, &["A"]);
    let night = nights.night(2, 1, &["A"]);
    let (ok, elsewhere) = (answer("200 OK", "", r#"{"errcode":0}"#), Receiver::answering(&["x"]));
    let away = format!("location: http://127.0.0.1:{}/other\r\n", elsewhere.port);
    for (answers, asked, status, said) in [
        (
            vec![answer("429 Too Many Requests", "retry-after: 1\r\n", ""), answer("503 Down", "", ""), ok.clone()],
            3,
            0,
            "told: ✗",
        ),
        (vec![answer("307 Elsewhere", &away, "")], 1, 3, "it sends elsewhere, which is not followed"),
        (vec![answer("403 No", "", "")], 1, 3, "status 403"),
        (
            vec![answer("200 OK", "", r#"{"errcode":310000,"errmsg":"sign not match for secret-key"}"#)],
            1,
            3,
            "errcode 310000, not 0 sign not match for …",
        ),
    ] {
        let answers: Vec<&str> = answers.iter().map(String::as_str).collect();
        let receiver = Receiver::answering(&answers);
        let began = Instant::now();
        let address = format!("http://127.0.0.1:{}/send?key=secret-key", receiver.port);
        let ended = nights.tell(&night, &shipped("wecom.yaml"), &address, &[]);
        ended.expect(status, &[said]);
        assert!(!ended.text.contains("secret-key"), "{}", ended.text);
        assert_eq!(receiver.heard().len(), asked, "{said}");
        assert!(asked == 1 || began.elapsed() >= Duration::from_secs(1), "the pause that was asked for was not kept");
    }
    assert!(elsewhere.heard().is_empty());
}

#[test]
fn addresses_and_secrets_come_from_variables_and_go_over_no_open_network() {
    let nights = Nights::new();
    nights.night(1, 1, &["A"]);
    let night = nights.night(2, 1, &["A"]);
    let of = |text: &str| {
        nights.file("channel.yaml", text);
        nights.0.path().join("channel.yaml")
    };
    let slack = "address: ${SLACK_WEBHOOK_URL}\nbody: { text: \"{{ message }}\" }\n";
    for (channel, address, said) in [
        (slack, "http://hooks.example.com/secret-token", "neither https nor on this machine"),
        (slack, "http://127.0.0.1.example.com/secret-token", "neither https nor on this machine"),
        (slack, "http://localhost@example.com/secret-token", "neither https nor on this machine"),
        (slack, "file:///etc/secret-token", "neither https nor on this machine"),
        (slack, "secret-token", "what ${SLACK_WEBHOOK_URL} holds is no address"),
        (slack, "", "the variable SLACK_WEBHOOK_URL is not set"),
        ("address: https://hooks.example.com/secret-token\nbody: {}\n", "", "must come from a variable"),
        (
            "address: ${SLACK_WEBHOOK_URL}\nsign: { dingtalk: SEC1 }\nbody: {}\n",
            "https://x.example",
            "sign: dingtalk: it is as good as a password",
        ),
        (
            "address: ${SLACK_WEBHOOK_URL}\nbody: { text: \"{{ secret }}\" }\n",
            "https://x.example",
            "body: it cannot be filled in",
        ),
        ("address: ${SLACK_WEBHOOK_URL}\nbodies: {}\n", "https://x.example", "unknown field"),
    ] {
        let ended = nights.tell(&night, &of(channel), address, &[]);
        ended.expect(2, &[said, "channel.yaml"]);
        assert!(!ended.text.contains("secret-token"), "{}", ended.text);
    }
    for link in ["javascript:alert(1)", "https://user:pass@ci.example.com/", "runs/1"] {
        nights.tell(&night, &of(slack), "https://x.example", &["--link", link]).expect(2, &["--link"]);
    }
}
