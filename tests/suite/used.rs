//! A target with accounts that were used before: the stand-in, served apart. They have instances and returned ones, orders paid,
//! refunded and left unpaid, and odd balances.

use std::{net::SocketAddr, path::Path};

use serde_json::{Value, json};

use crate::{
    elsewhere::Elsewhere,
    run::Run,
    standin_site::{Buyer, TestSite},
};

/// The target, its accounts, and a folder for what runs must remember.
pub struct Used {
    pub elsewhere: Elsewhere,
    /// Each with what the profile says of it beside name, e-mail and password.
    pub accounts: Vec<(Value, String)>,
    tea: bool,
    state: tempfile::TempDir,
}

/// What is paid at the target: much, since every rule is to be held.
const BUYING: &str = "marker: { meta: environment, is: stand-in }\nbuying: { per-order: { amount: \"¥30,000.00\", instances: 10 }, per-run: { amount: \"¥900,000.00\", instances: 900 }, per-day: { amount: \"¥900,000.00\", instances: 900 } }\n";

impl Used {
    /// With six accounts that have plenty, and one each that is short of money, unverified, without the right to pay, approved.
    pub fn ten(skin: &str) -> Self {
        let plenty = |number: i64| (json!({ "balance_fen": 30_000_000 + 12_347 * number }), "balance: \"¥50,000.00\"");
        let special = [
            (json!({ "balance_fen": 98_765 }), "balance: \"¥0.00\", short-of-money: true"),
            (json!({ "verified": false }), "balance: \"¥50,000.00\", verified: false"),
            (json!({ "finance_right": false }), "balance: \"¥50,000.00\", finance-right: false"),
            (
                json!({ "finance_zones": true, "balance_fen": 20_000_001 }),
                "balance: \"¥50,000.00\", finance-zones: true",
            ),
        ];
        Self::with((1..=6).map(plenty).chain(special), skin)
    }

    /// With these accounts: as made, and as the profile states them.
    pub fn with(wanted: impl IntoIterator<Item = (Value, &'static str)>, skin: &str) -> Self {
        let elsewhere = Elsewhere::start_with(&["--skin", skin]);
        let mut accounts = Vec::new();
        for (made, stated) in wanted {
            let account = elsewhere.call("accounts", Some(made));
            accounts.push((account, stated.to_owned()));
        }
        let used = Self { elsewhere, accounts, tea: skin == "tea", state: tempfile::tempdir().expect("a folder") };
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        runtime.block_on(used.use_them());
        used
    }

    /// Buys and returns with each as far as it may.
    async fn use_them(&self) {
        let site = TestSite::at(SocketAddr::from(([127, 0, 0, 1], self.elsewhere.port)));
        for (number, (account, stated)) in self.accounts.iter().enumerate() {
            let buyer = Buyer { site: &site, client: site.client(), account: account.clone() };
            buyer.log_in(&buyer.client).await;
            if stated.contains("verified: false") {
                continue;
            }
            if stated.contains("finance-right: false") {
                buyer.confirm(&buyer.purchase_now(&[]).await).await;
                continue;
            }
            buyer.buy(&[("disk", "10")]).await;
            if number % 2 == 0 {
                give_back(&buyer).await;
            }
            if stated.contains("short-of-money") {
                continue;
            }
            let region = ["ap-chengdu", "ap-shanghai", "ap-beijing"][number % 3];
            buyer.buy(&[("region", region), ("quantity", "2"), ("disk", "20")]).await;
            if number % 3 == 0 {
                give_back(&buyer).await;
            }
            buyer.buy(&[("name", "somebody's"), ("disk", "500")]).await;
        }
    }

    /// The password of an account, by the name of its variable.
    fn variables(&self) -> impl Iterator<Item = (String, &str)> {
        self.accounts.iter().enumerate().map(|(number, (account, _))| {
            (format!("PASSWORD_{number}"), account["password"].as_str().expect("a password"))
        })
    }

    /// Its profile, with further keys.
    pub fn profile(&self, more: &str) -> String {
        let targets = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/targets");
        let base = format!("extends: {targets}/base.yaml\nname: used\n");
        let pages = match self.tea {
            false => format!("{base}page-states: standin\n"),
            true => {
                let tea = std::fs::read_to_string(format!("{targets}/standin-tea.yaml")).expect("a profile");
                let own = |line: &&str| !["extends:", "name:", "standin:"].iter().any(|key| line.starts_with(key));
                let tea: Vec<&str> = tea.lines().filter(own).collect();
                format!("{base}page-states: standin-tea\n{}\n", tea.join("\n"))
            }
        };
        let port = self.elsewhere.port;
        let at = |name: &str| format!("http://{name}cloud.tencent.localhost:{port}");
        let word = |account: &Value, key: &str| account[key].as_str().expect("a text").to_owned();
        let accounts = self.accounts.iter().enumerate().map(|(number, (account, stated))| {
            let (name, email) = (word(account, "name"), word(account, "email"));
            let id = word(account, "id");
            format!("  - {{ name: {name}, email: {email}, password: \"${{PASSWORD_{number}}}\", fillings: {{ id: '{id}' }}, {stated} }}\n")
        });
        let accounts: String = accounts.collect();
        let (portal, buy, console) = (at(""), at("buy."), at("console."));
        format!(
            "{pages}sites: {{ portal: \"{portal}\", buy: \"{buy}\", console: \"{console}\" }}\nhosts: [\"*.tencent.localhost\"]\naccounts:\n{accounts}{BUYING}{more}"
        )
    }

    /// A run against it.
    pub fn run(&self, arguments: &[&str], more: &str) -> Run {
        let run = Run::of(arguments).profile(&self.profile(more));
        let state = self.state.path().display().to_string();
        let run = self.variables().fold(run, |run, (name, password)| run.variable(&name, password));
        run.variable("XDG_STATE_HOME", &state)
    }

    /// Where its runs keep what they must remember.
    pub fn state_folder(&self) -> &Path {
        self.state.path()
    }

    /// What the site knows of an account.
    pub fn truth(&self, number: usize) -> Value {
        self.elsewhere.call(&format!("accounts/{}", self.accounts[number].0["id"].as_str().expect("an id")), None)
    }
}

/// Returns the account's latest instance.
async fn give_back(buyer: &Buyer<'_>) {
    let truth = buyer.truth().await;
    let instance = truth["instances"][0]["id"].as_str().expect("an id");
    let csrf = buyer.get("buy", "/dcdb").await.field("csrf");
    let form = [("csrf", csrf.as_str()), ("instance", instance), ("consent", "on")];
    let said = buyer.post("console", "/dcdb/return", &form).await;
    assert!(said.text.contains("\"done\":true"), "{}", said.text);
}
