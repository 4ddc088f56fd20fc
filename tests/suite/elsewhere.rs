//! A target that is not the run's own: a stand-in that nobody's run started.

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
};

use serde_json::Value;

/// A stand-in that nobody's run started.
pub struct Elsewhere {
    child: Child,
    pub port: u16,
}

impl Drop for Elsewhere {
    fn drop(&mut self) {
        self.end();
    }
}

impl Elsewhere {
    /// It is gone after this, as when a machine goes down.
    pub fn end(&mut self) {
        // It may have ended by itself.
        let _ended = self.child.kill();
        let _reaped = self.child.wait();
    }

    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// With further flags.
    pub fn start_with(flags: &[&str]) -> Self {
        Self::start_at(0, flags)
    }

    /// At this port; at a free one for 0.
    pub fn start_at(port: u16, flags: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_dcdb-e2e"))
            .args(["serve", "--port", &port.to_string(), "--delays", "0"])
            .args(flags)
            .stdout(Stdio::piped())
            .spawn()
            .expect("a stand-in");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("its output")).read_line(&mut line).expect("a line");
        let port = line
            .trim()
            .rsplit(':')
            .next()
            .and_then(|port| port.parse().ok())
            .unwrap_or_else(|| panic!("no port in {line:?}"));
        Self { child, port }
    }

    /// Ends it as a machine that goes down does.
    pub fn kill(&mut self) {
        self.child.kill().expect("a signal");
        self.child.wait().expect("ended");
    }

    pub fn call(&self, path: &str, body: Option<Value>) -> Value {
        let url = format!("http://127.0.0.1:{}/backdoor/{path}", self.port);
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        runtime.block_on(async {
            let client = reqwest::Client::new();
            let request = body.map_or_else(|| client.get(&url), |body| client.post(&url).json(&body));
            request.send().await.expect("an answer").json().await.expect("JSON")
        })
    }

    pub fn profile(&self, account: &Value, more: &str) -> String {
        let base = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/targets/base.yaml");
        let at = |name: &str| format!("http://{name}cloud.tencent.localhost:{}", self.port);
        format!(
            "extends: {base}\nname: elsewhere\nsites:\n  portal: {}\n  buy: {}\n  console: {}\nhosts: [\"*.tencent.localhost\"]\naccounts:\n  - name: {}\n    email: {}\n    password: ${{BUYER_PASSWORD}}\n    balance: ¥50,000.00\n{more}",
            at(""),
            at("buy."),
            at("console."),
            account["name"].as_str().expect("a name"),
            account["email"].as_str().expect("an e-mail"),
        )
    }
}
