//! Secrets never leave: a run with canaries for password, cookie and API key, on a site that shows them on every page in every
//! encoding, made to fail at every page; then whatever it wrote and said is searched for them.

use std::fs;

use axum::{
    Router,
    extract::Request,
    http::Method,
    response::{Html, IntoResponse as _, Redirect, Response},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::run::Run;

const PASSWORD: &str = "canary <p>&\"ss\" 'wörd'/~0451";
const COOKIE: &str = "canary-cookie-8d1f0c2b7a";
const KEY: &str = "canary+key/9b2e=f7";

fn hex(secret: &str) -> String {
    secret.bytes().map(|byte| format!("{byte:02x}")).collect()
}

fn escaped(secret: &str) -> String {
    secret.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

fn encoded(secret: &str) -> String {
    url::form_urlencoded::byte_serialize(secret.as_bytes()).collect()
}

/// A page that knows no shame.
async fn page(request: Request) -> Response {
    let path = request.uri().path().to_owned();
    let known = request.headers().get("cookie").is_some_and(|cookie| cookie.as_bytes().starts_with(b"skey="));
    if path.starts_with("/buy") && !known {
        return Redirect::to("/login").into_response();
    }
    if request.method() == Method::POST {
        return ([("set-cookie", "skey=somebody; Path=/")], Redirect::to("/buy/dcdb")).into_response();
    }
    let leaks: String = [PASSWORD, COOKIE, KEY]
        .iter()
        .map(|secret| {
            let json = serde_json::Value::from(*secret).to_string();
            let forms = [
                (*secret).to_owned(),
                encoded(secret),
                json.clone(),
                STANDARD.encode(secret),
                STANDARD.encode(format!("Ana:{secret}")),
                hex(secret),
                escaped(secret),
            ];
            let shown: String = forms.iter().map(|form| format!("<p>{}</p>", escaped(form))).collect();
            let script = json.replace('<', "\\u003c");
            format!(
                "{shown}<button>{}</button><input aria-label=Leak value=\"{}\"><a href=\"/to?it={}\">{}</a><script>console.error('so it is', {script}); console.log(btoa(unescape(encodeURIComponent({script})))); fetch('/api?it=' + encodeURIComponent({script})); history.replaceState(null, '', location.pathname + '?it=' + encodeURIComponent({script}));</script>",
                escaped(secret),
                escaped(secret),
                encoded(secret),
                escaped(secret),
            )
        })
        .collect();
    Html(format!(
        "<!doctype html><title>Leaky</title><link rel=icon href=data:,><main><h1>{path}</h1><p class=fee>¥0.00</p><a href=/buy/dcdb/check>Go on</a><form method=post action=/login><input name=mail aria-label=E-mail><input type=password aria-label=Password value=\"{}\"><button>Log in</button></form>{leaks}</main>",
        escaped(PASSWORD)
    ))
    .into_response()
}

/// Every page is known by its path, and none is what the steps then expect.
const FEATURE: &str = "Feature: Leaks
  Scenario: Home
    Given a visitor on the home page
    Then the product page of the distributed database opens

  Scenario: Login
    Given the buyer is on the purchase page
    Then the buyer is on the check page

  Scenario Outline: <page>
    Given a visitor on the home page
    When the buyer opens the <page> by its address
    Then the buyer is on the <other>

    Examples:
      | page             | other            |
      | purchase page    | check page       |
      | console overview | result page      |
      | DCDB console     | order list       |
      | order list       | console overview |
";

#[test]
fn nothing_that_a_run_writes_or_says_holds_a_secret() {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).expect("a port");
    let site = format!("http://{}", listener.local_addr().expect("its address"));
    runtime.spawn(async move { axum::serve(listener, Router::new().fallback(page)).await });
    let run = Run::of(&["--pictures", "all", "--concurrency", "2"]).feature(FEATURE);
    let state =
        serde_json::json!([{ "name": "skey", "value": COOKIE, "domain": "127.0.0.1", "path": "/", "expires": -1 }]);
    run.file("bo.json", &state.to_string());
    let base = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/targets/base.yaml");
    let more = |page: &str| match page {
        "purchase" => ", total-fee: { css: .fee }, purchase-now: { role: link, name: Go on }",
        "check" => ", balance: { css: .fee }",
        _ => "",
    };
    let pages: String = ["home", "purchase", "check", "overview", "console", "orders"]
        .iter()
        .map(|page| format!("  {page}: {{ ready: {{ css: h1 }}{} }}\n", more(page)))
        .collect();
    let profile = format!(
        "extends: {base}\nname: leaky\nsites: {{ portal: \"{site}\", buy: \"{site}/buy\", console: \"{site}/console\" }}\nhosts: [127.0.0.1]\naccounts:\n  - {{ name: Ana, email: ana@leaky.example, password: \"${{CANARY}}\", api-key: {{ secret-id: \"${{KEY_ID}}\", secret-key: \"${{CANARY_KEY}}\" }}, balance: \"¥0.00\" }}\n  - {{ name: Bo, email: bo@leaky.example, session: {}, balance: \"¥0.00\" }}\napi: {{ dcdb: \"{site}\", billing: \"{site}\", regions: {{ guangzhou: ap-guangzhou }} }}\ndeadlines: {{ arrival: 2s, element: 2s, load: 1s }}\npages:\n{pages}",
        run.path("bo.json").display()
    );
    let run =
        run.profile(&profile).variable("CANARY", PASSWORD).variable("KEY_ID", "AKIDcanary").variable("CANARY_KEY", KEY);
    let ended = run.end();
    assert_eq!(ended.status, Some(1), "{}", ended.text);
    let failed = run.results()["scenarios"]
        .as_array()
        .expect("scenarios")
        .iter()
        .filter(|one| one["status"] == "failed")
        .count();
    assert_eq!(failed, 6, "not all of them failed: {}", ended.text);
    let mut searched = 0;
    let mut search = |name: &str, content: &[u8]| {
        searched += 1;
        for secret in [PASSWORD, COOKIE, KEY] {
            let json = serde_json::Value::from(secret).to_string();
            let base64 = STANDARD.encode(secret);
            let forms = [
                secret.to_owned(),
                encoded(secret),
                encoded(secret).replace('+', "%20"),
                json.trim_matches('"').to_owned(),
                base64.trim_end_matches('=').to_owned(),
                // Without what depends on its neighbours.
                STANDARD.encode(format!("Ana:{secret}"))[6..30].to_owned(),
                hex(secret),
                hex(secret).to_uppercase(),
                escaped(secret),
                escaped(&escaped(secret)),
            ];
            for form in forms {
                let found = content.windows(form.len()).any(|window| window == form.as_bytes());
                assert!(!found, "{name} holds {form:?}");
            }
        }
    };
    search("the terminal", ended.text.as_bytes());
    run.each_file(|file| search(&file.display().to_string(), &fs::read(file).expect("a file")));
    assert!(searched > 10, "only {searched} files were searched");
    let report = fs::read_to_string(run.out().join("report.html")).expect("a report");
    assert!(report.contains("‹secret›") && report.contains("so it is"), "the pages' leaks never came to the report");
}
