//! A screen of a chosen width and colour scheme: what no buyer's browser offers, and so the engine does not either.

use std::{path::Path, time::Duration};

use dcdb_purchase_e2e::browser::launch::{self, Driver, LaunchSettings};
use serde_json::{Value, json};
use url::Url;

/// The texts that do not stand out enough from what is behind them (WCAG 2.2, 1.4.3), with their ratio.
pub const POOR_CONTRAST: &str = "
const channels = (colour) => { const [r, g, b, a = 1] = colour.match(/[\\d.]+/g).map(Number); return { rgb: [r, g, b], a }; };
const light = (rgb) => { const [r, g, b] = rgb.map((c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
const behind = (el) => { for (; el; el = el.parentElement) { const { rgb, a } = channels(getComputedStyle(el).backgroundColor); if (a > 0.99) return rgb; } return [255, 255, 255]; };
const poor = new Map();
for (const el of document.querySelectorAll('body *')) {
  if (![...el.childNodes].some((node) => node.nodeType === 3 && node.data.trim()) || !el.checkVisibility() || ['SCRIPT', 'OPTION'].includes(el.tagName)) continue;
  const [a, b] = [light(channels(getComputedStyle(el).color).rgb), light(behind(el))].sort((x, y) => y - x);
  const ratio = (a + 0.05) / (b + 0.05);
  if (ratio < 4.5) poor.set(el.tagName + '.' + el.className, ratio.toFixed(2));
}
return [...poor];";

/// A browser that shows the report.
pub struct Screen {
    http: reqwest::Client,
    session: String,
    driver: Driver,
}

impl Screen {
    /// Opens the report, so wide and in `light` or `dark`.
    pub async fn open(report: &Url, width: u32, scheme: &str) -> Self {
        let settings =
            LaunchSettings::from_variables(Path::new(env!("CARGO_BIN_EXE_dcdb-e2e")), |name| std::env::var_os(name))
                .expect("settings");
        let driver = launch::launch(&settings).await.expect("a driver");
        let mut wanted = driver.capabilities(&settings);
        wanted.insert("pageLoadStrategy".into(), "normal".into());
        let http = reqwest::Client::new();
        let made =
            http.post(format!("{}session", driver.url())).json(&json!({ "capabilities": { "alwaysMatch": wanted } }));
        let made: Value = made.send().await.expect("an answer").json().await.expect("JSON");
        let id = made["value"]["sessionId"].as_str().unwrap_or_else(|| panic!("{made}"));
        let session = format!("{}session/{id}", driver.url());
        let screen = Self { http, session, driver };
        let emulate = |cmd: &str, params: Value| json!({ "cmd": format!("Emulation.{cmd}"), "params": params });
        let scheme = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        screen.call("/goog/cdp/execute", emulate("setEmulatedMedia", scheme)).await;
        let size = json!({ "width": width, "height": 800, "deviceScaleFactor": 1, "mobile": false });
        screen.call("/goog/cdp/execute", emulate("setDeviceMetricsOverride", size)).await;
        screen.call("/url", json!({ "url": report })).await;
        screen
    }

    async fn call(&self, path: &str, body: Value) -> Value {
        let request = self.http.post(format!("{}{path}", self.session)).timeout(Duration::from_secs(60)).json(&body);
        let answer: Value = request.send().await.expect("an answer").json().await.expect("JSON");
        assert!(answer["value"]["error"].is_null(), "{path}: {answer}");
        answer["value"].clone()
    }

    /// What a script gives.
    pub async fn ask(&self, script: &str) -> Value {
        self.call("/execute/sync", json!({ "script": script, "args": [] })).await
    }

    /// Presses a key, wherever the focus is.
    pub async fn press(&self, key: &str) {
        let strokes = json!([{ "type": "keyDown", "value": key }, { "type": "keyUp", "value": key }]);
        self.call("/actions", json!({ "actions": [{ "type": "key", "id": "keys", "actions": strokes }] })).await;
    }

    /// Ends the browser.
    pub async fn close(self) {
        self.http.delete(&self.session).send().await.expect("closed");
        self.driver.end().await.expect("ended");
    }
}
