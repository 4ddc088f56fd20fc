//! What is sold is data: a site with a region, a zone and a field that no Rust knows, and with prices of its own.

use axum::{Router, response::Html, routing};

use crate::run::Run;

/// One page for the purchase and one for the check, with no more than is looked at.
const PAGE: &str = r#"<!doctype html><meta charset=utf-8><title>Depot</title><main></main><script>
const zones = { Tokyo: ['T1 (gone)', 'T2'], Paris: ['P1'] }, main = document.querySelector('main')
const row = ([name, value]) => `<dt>${name}<dd>${value}`
const priced = () => `¥${region.value === 'Tokyo' ? 7 : 5}.00`
if (location.pathname === '/check') {
  const chosen = [...new URLSearchParams(location.search)]
  main.innerHTML = `<h1>Confirm order</h1><dl>${chosen.map(row).join('')}${row(['Account balance', '¥100.00'])}</dl>
    <button>Confirm Purchase</button><a href=/buy>Back</a>`
} else {
  main.innerHTML = `<h1>Purchase DCDB</h1><label>Place <select id=region><option>Paris<option>Tokyo</select></label>
    <label>Spot <select id=zone></select></label>
    <fieldset><legend>Engine</legend><label><input type=radio name=engine value=Rows checked>Rows</label>
    <label><input type=radio name=engine value=Columns>Columns</label></fieldset>
    <span>Total fee</span><span id=fee></span><button id=go>Purchase Now</button>`
  const renew = () => {
    zone.innerHTML = zones[region.value].map(z => `<option ${z.includes('gone') ? 'disabled' : ''}>${z}`).join('')
    zone.selectedIndex = zones[region.value].findIndex(z => !z.includes('gone'))
    fee.textContent = priced()
  }
  region.onchange = renew
  renew()
  go.onclick = () => location.assign('/check?' + new URLSearchParams({ Place: region.value, Spot: zone.value,
    Engine: document.querySelector('[name=engine]:checked').value, 'Total fee': fee.textContent }))
}
</script>"#;

const PROFILE: &str = r#"name: depot
sites: { portal: "http://127.0.0.1:PORT", buy: "http://127.0.0.1:PORT", console: "http://127.0.0.1:PORT" }
hosts: [127.0.0.1]
accounts: [{ name: Ana, email: ana@depot.example, session: SESSION, balance: "¥1.00" }]
lacks:
  network: one for all
  vpc: one for all
  subnet: one for all
  version: there is one
  shard-specification: there is one
  shards: not in pieces
  disk: as much as is needed
  quantity: one at a time
  period: until it is returned
  name: it has none
  auto-renewal: nothing ends
catalogue:
  fields:
    region: { opens-with: paris, values: { paris: { called: Paris }, tokyo: { called: Tokyo } } }
    zone:
      values:
        paris-1: { called: Paris Zone 1, of: [paris] }
        tokyo-1: { called: Tokyo Zone 1, of: [tokyo], unavailable: sold-out }
        tokyo-2: { called: Tokyo Zone 2, of: [tokyo] }
    engine: { kind: one-of, opens-with: rows, values: { rows: {}, columns: { called: by columns } } }
words:
  region: { paris: Paris, tokyo: Tokyo }
  zone: { paris-1: P1, tokyo-1: T1, tokyo-2: T2 }
  engine: { rows: Rows, columns: Columns }
pages:
  purchase:
    path: /buy
    choices:
      region: { how: select, control: { label: Place } }
      zone: { control: { label: Spot } }
      engine: { how: options, control: { role: group, name: Engine }, option: { role: radio, name: "{option}" } }
  check:
    path: /check
    facts: { region: { at: { beside: Place } }, zone: { at: { beside: Spot } }, engine: { at: { beside: Engine } } }
deadlines: { element: 2s, arrival: 5s, price: 2s }
"#;

const FEATURE: &str = r#"Feature: Own
  Scenario: Bought where and how no Rust knows
    Given the buyer is on the purchase page
    Then the purchase page has chosen
      | region | Paris |
    When the buyer chooses
      | engine | by columns   |
      | zone   | Tokyo Zone 2 |
      | region | Tokyo        |
    And the buyer chooses
      | region | Paris |
    Then the purchase page has chosen
      | zone | Paris Zone 1 |
    When the buyer chooses
      | region | Tokyo |
    Then the purchase page has chosen
      | zone   | Tokyo Zone 2 |
      | engine | by columns   |
    And "Tokyo Zone 1" cannot be chosen as "zone"
    And the total fee is ¥9.00
    When the buyer presses "Purchase Now"
    Then the check page repeats every choice and the total fee
"#;

/// The site, and runs of a feature of its own there.
struct Depot {
    _serving: tokio::runtime::Runtime,
    port: u16,
}

impl Depot {
    fn open() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.expect("a runtime");
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).expect("a port");
        let port = listener.local_addr().expect("its address").port();
        let page = || routing::get(|| async { Html(PAGE) });
        let site = Router::new().route("/buy", page()).route("/check", page());
        runtime.spawn(async move { axum::serve(listener, site).await });
        Self { _serving: runtime, port }
    }

    fn run(&self, feature: &str, more: &str) -> Run {
        let run = Run::of(&["--concurrency", "1"]).feature(feature);
        run.file("ana.json", r#"[{ "name": "s", "value": "1", "domain": "127.0.0.1", "expires": -1 }]"#);
        let base = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/targets/base.yaml");
        let session = run.path("ana.json").display().to_string();
        let profile = PROFILE.replace("PORT", &self.port.to_string()).replace("SESSION", &session);
        run.profile(&format!("extends: {base}\n{profile}{more}"))
    }
}

#[test]
fn a_region_a_field_and_a_price_of_a_site_are_its_profile_s() {
    let depot = Depot::open();
    let named = "✓ Own › Bought where and how no Rust knows";
    let run = depot.run(FEATURE, "examples: [{ choices: { region: Tokyo, engine: by columns }, total: \"¥7.00\" }]\n");
    run.end().expect(0, &[named, "1 passed, 0 failed"]);
    let report = std::fs::read_to_string(run.out().join("report.html")).expect("a report");
    assert!(report.contains("the total fee is ¥7.00 (¥9.00 in the feature)"), "the report does not say both");

    // Where the example is not what the page asks for, the failure says both.
    let wrong = "examples: [{ choices: { region: Tokyo, engine: by columns }, total: \"¥8.00\" }]\n";
    depot.run(FEATURE, wrong).end().expect(
        1,
        &[
            "class    product",
            "¥8.00",
            "saw      ",
            "¥7.00",
            "feature  says ¥9.00; ¥8.00 is the target's own price (examples:)",
        ],
    );
}

#[test]
fn what_a_site_does_not_sell_is_told_before_any_browser_starts() {
    let depot = Depot::open();
    let dry = |feature: &str, more: &str| depot.run(feature, more).again(&["--dry-run"]);
    let osaka = FEATURE.replace("| Tokyo ", "| Osaka ").replace("| by columns   |", "| by trees |");
    dry(&osaka, "").expect(
        2,
        &[
            "own.feature:9: Osaka is no region here; there are Guangzhou, ",
            ", Paris, Tokyo",
            "own.feature:7: by trees is no engine here; there are rows, by columns",
            "(catalogue: fields:)",
        ],
    );
    // Nothing that ran is no green, and each says why.
    let own = "prices: own\n";
    dry(FEATURE, own).expect(
        0,
        &[
            "not applicable: depot has prices of its own, and no example of ¥9.00 in the feature, with region Tokyo, zone Tokyo Zone 2, engine by columns (examples:)",
            "0 scenarios would run",
        ],
    );
    let run = depot.run(FEATURE, "");
    let text = std::fs::read_to_string(run.path("profile.yaml")).expect("the profile");
    run.file("profile.yaml", &text.replace("lacks:\n", "lacks:\n  region-tokyo: not this year\n"));
    run.again(&["--dry-run"]).expect(0, &["not applicable: depot lacks region-tokyo: not this year"]);
}
