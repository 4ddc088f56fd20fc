//! Roles and names as the engine computes them, held against the browser's own accessibility tree on every page of the
//! stand-in, in both languages and both skins, and kind by kind; and that nothing of these pages is cut off, on a phone neither.

mod kinds;

use std::{net::SocketAddr, path::Path, time::Duration};

use dcdb_purchase_e2e::{
    browser::{
        launch::{self, Driver, LaunchSettings},
        page_script,
    },
    standin::{ServeArgs, Site, Skin, router},
};
use serde_json::{Value, json};

/// Roles whose names locators rely on. Texts, paragraphs and boxes without a role are not among them: Chromium has nodes
/// for some that HTML-AAM calls generic.
const COMPARED: &[&str] = &[
    "alert",
    "banner",
    "button",
    "cell",
    "checkbox",
    "columnheader",
    "combobox",
    "definition",
    "dialog",
    "group",
    "heading",
    "link",
    "list",
    "listitem",
    "main",
    "navigation",
    "option",
    "radio",
    "region",
    "row",
    "tab",
    "table",
    "tablist",
    "term",
    "textbox",
];
/// Roles that hold so much that nobody looks for them by their whole content: compared without names.
const NAMELESS: &[&str] =
    &["cell", "row", "listitem", "list", "main", "banner", "term", "definition", "alert", "caption"];

/// Roles of mere text, which the browser's tree has and many pages are full of.
const UNTOLD: &[&str] = &["paragraph", "rowgroup"];

struct Browser {
    http: reqwest::Client,
    session: String,
}

impl Browser {
    async fn call(&self, path: &str, body: Value) -> Value {
        let response = self
            .http
            .post(format!("{}{path}", self.session))
            .timeout(Duration::from_secs(30))
            .json(&body)
            .send()
            .await
            .expect("an answer");
        let answer: Value = response.json().await.expect("JSON");
        assert!(answer["value"]["error"].is_null(), "{path}: {answer}");
        answer["value"].clone()
    }

    async fn open(&self, url: &str) {
        self.call("/url", json!({ "url": url })).await;
    }

    async fn run(&self, script: &str) -> Value {
        self.call("/execute/sync", json!({ "script": script, "args": [] })).await
    }

    /// Shows the page so wide, as a phone or a desk would.
    async fn widen(&self, width: u32) {
        let size = json!({ "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false });
        let params = json!({ "cmd": "Emulation.setDeviceMetricsOverride", "params": size });
        self.call("/goog/cdp/execute", params).await;
    }

    /// Runs an asynchronous script that calls back once the page is as wanted.
    async fn until(&self, condition: &str) {
        let script = format!(
            "const done = arguments[0]; (function look() {{ if ({condition}) done(true); else setTimeout(look, 20); }})();"
        );
        self.call("/execute/async", json!({ "script": script, "args": [] })).await;
    }

    async fn ours(&self) -> Vec<(String, String)> {
        kept(self.outline().await.into_iter())
    }

    async fn outline(&self) -> Vec<(String, String)> {
        let answer = self
            .call(
                "/execute/async",
                json!({ "script": page_script(), "args": [{ "do": "outline", "ms": 0, "load_ms": 0 }] }),
            )
            .await;
        let nodes = answer["answer"].as_array().unwrap_or_else(|| panic!("no outline: {answer}"));
        nodes.iter().map(|node| (text(&node[0]), text(&node[1]))).collect()
    }

    async fn the_browser_s(&self) -> Vec<(String, String)> {
        kept(self.tree().await.into_iter())
    }

    async fn tree(&self) -> Vec<(String, String)> {
        let answer =
            self.call("/goog/cdp/execute", json!({ "cmd": "Accessibility.getFullAXTree", "params": {} })).await;
        let nodes = answer["nodes"].as_array().expect("nodes");
        let mut found = Vec::new();
        let mut waiting = vec![text(&nodes[0]["nodeId"])];
        while let Some(id) = waiting.pop() {
            let Some(node) = nodes.iter().find(|node| node["nodeId"] == id.as_str()) else { continue };
            let children = node["childIds"].as_array().cloned().unwrap_or_default();
            waiting.extend(children.iter().rev().map(text));
            if node["ignored"] != true {
                found.push((text(&node["role"]["value"]), text(&node["name"]["value"])));
            }
        }
        found
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn kept(nodes: impl Iterator<Item = (String, String)>) -> Vec<(String, String)> {
    let squeezed = |name: String| name.split_whitespace().collect::<Vec<_>>().join(" ");
    let named = |role: &str, name: String| if NAMELESS.contains(&role) { String::new() } else { squeezed(name) };
    nodes
        .filter(|(role, _)| COMPARED.contains(&role.as_str()))
        .map(|(role, name)| (role.clone(), named(&role, name)))
        .collect()
}

async fn compare(browser: &Browser, what: &str) {
    let (ours, theirs) = (browser.ours().await, browser.the_browser_s().await);
    assert!(!theirs.is_empty(), "{what}: the browser's tree is empty");
    let differing = ours.iter().zip(&theirs).position(|(a, b)| a != b).unwrap_or_else(|| ours.len().min(theirs.len()));
    assert_eq!(
        ours,
        theirs,
        "{what}: from node {differing} on: ours {:?}, the browser's {:?}",
        ours.get(differing),
        theirs.get(differing)
    );
}

/// Pixels: a phone, and a desk.
const WIDTHS: [u32; 2] = [390, 1400];

/// Where texts of the page cannot be read as a whole.
async fn cut_off(browser: &Browser, what: &str) -> Vec<String> {
    let mut all = Vec::new();
    for width in WIDTHS {
        browser.widen(width).await;
        let told = browser.run(include_str!("cut_off.js")).await;
        let told = told.as_array().expect("a list").iter().map(text);
        all.extend(told.map(|told| format!("{what}, {width} px: {told}")));
    }
    browser.widen(1280).await;
    all
}

/// A browser without a page.
async fn open(http: reqwest::Client) -> (Driver, Browser) {
    let settings =
        LaunchSettings::from_variables(Path::new(env!("CARGO_BIN_EXE_dcdb-e2e")), |name| std::env::var_os(name))
            .expect("settings");
    let driver = launch::launch(&settings).await.expect("a driver");
    let mut wanted = driver.capabilities(&settings);
    wanted.insert("pageLoadStrategy".into(), "normal".into());
    let made: Value = http
        .post(format!("{}session", driver.url()))
        .json(&json!({ "capabilities": { "alwaysMatch": wanted } }))
        .send()
        .await
        .expect("an answer")
        .json()
        .await
        .expect("JSON");
    let session =
        format!("{}session/{}", driver.url(), made["value"]["sessionId"].as_str().unwrap_or_else(|| panic!("{made}")));
    (driver, Browser { http, session })
}

async fn walk(skin: Skin, language: &str) {
    let args = ServeArgs { delays: 0.0, skin, lang: language.into(), ..ServeArgs::default() };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let service = router(Site::open(&args).expect("a stand-in")).into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await });
    let http = reqwest::Client::new();
    let account: Value = http
        .post(format!("http://127.0.0.1:{port}/backdoor/accounts"))
        .json(&json!({ "balance_fen": 90_000 }))
        .send()
        .await
        .expect("an answer")
        .json()
        .await
        .expect("JSON");

    let (driver, browser) = open(http.clone()).await;
    let mut unread: Vec<String> = Vec::new();
    let mut stop = async |what: &str| {
        compare(&browser, what).await;
        unread.extend(cut_off(&browser, what).await);
    };
    let world = async |change: Value| {
        let url = format!("http://127.0.0.1:{port}/backdoor/accounts/{}/world", text(&account["id"]));
        http.post(url).json(&change).send().await.expect("an answer").error_for_status().expect("a change");
    };

    let at = |site: &str, path: &str| format!("http://{site}cloud.tencent.localhost:{port}{path}");
    let opened = async |levels: usize| {
        for level in 0..levels {
            browser.run(&format!("[...document.querySelectorAll('nav button')].filter((one) => one.checkVisibility()).at({}).focus();", if level == 0 { 0 } else { -1 })).await;
        }
    };
    browser.open(&at("", "/")).await;
    stop("home").await;
    opened(2).await;
    stop("home with its menu").await;
    browser.open(&at("buy.", "/dcdb")).await;
    stop("login").await;
    let fill = |field: &str, value: &Value| format!("document.querySelector('[name={field}]').value = {value};");
    let log_in = async |password: &Value| {
        let fields = fill("email", &account["email"]) + &fill("password", password);
        browser.run(&format!("{fields} document.querySelector('main form').submit();")).await;
    };
    log_in(&json!("wrong")).await;
    browser.until("document.querySelector('[role=alert]') && document.readyState === 'complete'").await;
    stop("login refused").await;
    log_in(&account["password"]).await;
    browser.until("document.getElementById('go') && !document.getElementById('go').disabled").await;
    stop("purchase").await;
    browser.run("for (const value of ['ap-shanghai', 'vpc']) document.querySelector(`[type=radio][value=${value}], [role=radio][data-value=${value}]`).click();").await;
    browser.until("!document.getElementById('go').disabled").await;
    stop("purchase with a VPC").await;
    if skin == Skin::Tea {
        browser.run("document.querySelector('.tea-dropdown__header').click();").await;
        stop("purchase with an open list").await;
    }
    let change = async |field: &str, value: Value| {
        browser.run(&format!("const s = document.querySelector('[name={field}]'); s.value = {value}; s.dispatchEvent(new Event('change', {{ bubbles: true }}));")).await;
    };
    change("name", json!("n".repeat(60))).await;
    change("shards", json!(9)).await;
    browser.until("document.getElementById('fee').textContent === '--'").await;
    stop("purchase refused").await;
    change("shards", json!(2)).await;
    browser.until("!document.getElementById('go').disabled").await;
    let check = async || {
        browser.run("document.getElementById('go').click();").await;
        browser.until("location.pathname === '/dcdb/check' && document.readyState === 'complete'").await;
    };
    let confirm = "document.querySelector('form[action=\"/dcdb/confirm\"] button').click();";
    check().await;
    stop("check").await;
    world(json!({ "hold_status": "Creating" })).await;
    browser.run(confirm).await;
    browser.until("location.pathname.startsWith('/dcdb/result') && document.readyState === 'complete'").await;
    stop("result").await;
    browser.open(&at("console.", "/dcdb")).await;
    stop("console with an instance that is creating").await;
    world(json!({ "release": true })).await;
    for (what, site, path) in [
        ("product", "", "/product/dcdb"),
        ("another product", "", "/product/cvm"),
        ("document", "", "/document/product/557/9347"),
        ("nothing", "", "/nowhere"),
        ("overview", "console.", "/"),
        ("orders", "console.", "/expense/deal"),
        ("console empty", "console.", "/dcdb?region=ap-beijing"),
        ("console", "console.", "/dcdb"),
    ] {
        browser.open(&at(site, path)).await;
        stop(what).await;
    }
    browser.open(&at("console.", "/")).await;
    opened(3).await;
    stop("overview with its menu").await;
    for (what, opener) in [("initialise dialog", "initialise"), ("return dialog", "return")] {
        browser.open(&at("console.", "/dcdb")).await;
        browser.run(&format!("document.querySelector('[data-open={opener}]').click();")).await;
        stop(what).await;
    }
    // What is left does not pay for another.
    browser.open(&at("buy.", "/dcdb")).await;
    browser.until("!document.getElementById('go').disabled").await;
    check().await;
    browser.run(confirm).await;
    browser.until("document.querySelector('[role=alert]') && document.readyState === 'complete'").await;
    stop("check refused").await;
    browser.open(&at("console.", "/expense/deal")).await;
    stop("orders with one that is not paid").await;
    assert!(unread.is_empty(), "cut off:\n{}", unread.join("\n"));
    browser.http.delete(&browser.session).send().await.expect("closed");
    driver.end().await.expect("ended");
}

#[tokio::test]
async fn roles_and_names_are_the_browser_s_own_in_english() {
    walk(Skin::Classic, "en").await;
}

#[tokio::test]
async fn roles_and_names_are_the_browser_s_own_in_chinese() {
    walk(Skin::Classic, "zh-CN").await;
}

#[tokio::test]
async fn roles_and_names_are_the_browser_s_own_in_the_vendor_s_component_style() {
    walk(Skin::Tea, "en").await;
}

#[tokio::test]
async fn roles_and_names_are_the_browser_s_own_in_the_vendor_s_component_style_in_chinese() {
    walk(Skin::Tea, "zh-CN").await;
}

#[tokio::test]
async fn roles_and_names_of_every_kind_are_as_told_and_the_browser_s_own() {
    let (driver, browser) = open(reqwest::Client::new()).await;
    let squeezed = |nodes: Vec<(String, String)>| -> Vec<(String, String)> {
        nodes.into_iter().map(|(role, name)| (role, name.split_whitespace().collect::<Vec<_>>().join(" "))).collect()
    };
    let nameless = |nodes: Vec<(String, String)>| -> Vec<(String, String)> {
        nodes
            .into_iter()
            .map(|(role, name)| if NAMELESS.contains(&role.as_str()) { (role, String::new()) } else { (role, name) })
            .collect()
    };
    let mut wrong = Vec::new();
    for kind in kinds::KINDS {
        let page = json!({ "script": "document.documentElement.setHTMLUnsafe(arguments[0])", "args": [format!("<body>{}", kind.html)] });
        browser.call("/execute/sync", page).await;
        let told: Vec<_> = kind.told.iter().map(|(role, name)| ((*role).to_owned(), (*name).to_owned())).collect();
        let ours = squeezed(browser.outline().await);
        let ours: Vec<_> = ours.into_iter().filter(|(role, _)| !UNTOLD.contains(&role.as_str())).collect();
        if ours != told {
            wrong.push(format!("{}: told {ours:?}, not {told:?}", kind.what));
        }
        // Boxes without a role have nodes of their own there, under many names.
        let theirs = squeezed(browser.tree().await);
        let theirs: Vec<_> =
            theirs.into_iter().filter(|(role, _)| kind.told.iter().any(|told| told.0 == role)).collect();
        if kind.by_the_browser && nameless(theirs.clone()) != nameless(told.clone()) {
            wrong.push(format!("{}: the browser tells {theirs:?}, we {told:?}", kind.what));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    browser.http.delete(&browser.session).send().await.expect("closed");
    driver.end().await.expect("ended");
}
