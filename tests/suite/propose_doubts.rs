//! `doctor --propose` at a shop where much looks like what is looked for and is not it: one walk, and what it may say and do.

use std::{
    path::Path,
    process::Command,
    sync::{Arc, LazyLock, Mutex},
};

use axum::{
    Router,
    extract::Request,
    http::StatusCode,
    response::{Html, IntoResponse as _, Redirect, Response},
};
use serde_yaml::Value;

/// A walk at a shop that is served here.
struct Walked {
    status: Option<i32>,
    said: String,
    /// What was written, as text.
    written: String,
    /// `host/path?query` of all that was asked for.
    asked: Vec<String>,
}

/// Has the doctor propose at `www.`, `buy.` and `console.shop.localhost`, as `shop` serves them.
fn walked(shop: fn(&str, &Request) -> Response, more: &str) -> Walked {
    let serving =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
    let listener = serving.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).expect("a port");
    let port = listener.local_addr().expect("its address").port();
    let asked: Arc<Mutex<Vec<String>>> = Arc::default();
    let heard = Arc::clone(&asked);
    let answer = async move |request: Request| {
        let host = request.headers()["host"].to_str().expect("a host").to_owned();
        let name = host.split(':').next().unwrap_or_default();
        heard.lock().expect("all").push(format!("{name}{}", request.uri()));
        shop(&host, &request)
    };
    serving.spawn(async move { axum::serve(listener, Router::new().fallback(answer)).await });
    let folder = tempfile::tempdir().expect("a folder");
    let (given, out) = (folder.path().join("given.yaml"), folder.path().join("out.yaml"));
    let base = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/targets/base.yaml");
    let site =
        |name: &str| format!("{name}: 'http://{}.shop.localhost:{port}'", if name == "portal" { "www" } else { name });
    let text = format!(
        "extends: {}\nname: doubtful\nsites: {{ {}, {}, {} }}\nhosts: ['*.shop.localhost']\naccounts:\n  - {{ name: Ana R., email: ana@example.com, password: '${{SHOP_PASSWORD}}', balance: '¥1.00' }}\ndeadlines: {{ element: 2s, arrival: 5s }}\n{more}",
        base.display(),
        site("portal"),
        site("buy"),
        site("console")
    );
    std::fs::write(&given, text).expect("written");
    let mut doctor = Command::new(env!("CARGO_BIN_EXE_dcdb-e2e"));
    doctor.arg("doctor").arg("--target").arg(&given).arg("--propose").arg(&out).env("SHOP_PASSWORD", "open sesame");
    let output = doctor.env("XDG_STATE_HOME", folder.path().join("state")).output().expect("the doctor");
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    let written = std::fs::read_to_string(&out).unwrap_or_default();
    let asked = asked.lock().expect("all").clone();
    Walked { status: output.status.code(), said, written, asked }
}

impl Walked {
    /// What is proposed for sure at a place such as `pages/orders/path`.
    fn sure(&self, keys: &str) -> Value {
        let written: Value = serde_yaml::from_str(&self.written).unwrap_or_default();
        keys.split('/').fold(written, |at, key| at.get(key).cloned().unwrap_or_default())
    }
}

fn page(main: &str) -> Response {
    Html(format!("<!doctype html><title>Shop</title><link rel=icon href=data:,>{main}")).into_response()
}

/// A menu leads to what is sold beside DCDB, off the hosts and to nothing; the console is at its path under another heading, and
/// has links that end a session or an instance; a list is no list of orders.
fn treacherous(host: &str, request: &Request) -> Response {
    let (site, domain) = host.split_once('.').expect("a site");
    let field = |name: &str, options: &str| format!("<p><label>{name} <select>{options}</select></label></p>");
    match (site, request.uri().path(), request.method().as_str()) {
        ("www", "/login", "POST") => Redirect::to("/").into_response(),
        ("www", "/login", _) => page(
            "<h1>Welcome</h1><form method=post><label>E-mail <input name=m></label><label>Password <input type=password></label><button>Log in</button></form>",
        ),
        ("www", "/", _) => {
            let port = domain.rsplit(':').next().unwrap_or_default();
            page(&format!(
                "<header><a href='/login'>Log in</a><button onclick='p.hidden=false'>Products</button><div id=p hidden><button onclick='d.hidden=false'>Database</button><div id=d hidden><a href='/away'>Offers</a><a href='http://elsewhere.localhost:{port}/'>Partners</a><a href='http://gone.shop.localhost:1/'>Archive</a><a href='/servers'>Servers</a></div></div></header><h1>Home</h1><p>Ana R.</p>"
            ))
        }
        ("www", "/away", _) => {
            let port = domain.rsplit(':').next().unwrap_or_default();
            Redirect::to(&format!("http://elsewhere.localhost:{port}/")).into_response()
        }
        ("www", "/servers", _) => {
            page(&format!("<h1>Cloud Servers</h1><a href='http://buy.{domain}/server'>Get started</a>"))
        }
        ("buy", "/server", _) => {
            let fields = ["Zone", "Image", "Memory", "Period"].map(|name| field(name, "<option>one<option>two"));
            page(&format!(
                "<h1>New server</h1>{}<p><b>Total fee</b> <i>¥10.00</i></p><button type=button>Purchase Now</button>",
                fields.concat()
            ))
        }
        ("console", "/", _) => page("<h1>Overview</h1>"),
        ("console", "/dcdb", _) => page(
            "<header><a href='/logout'>Bye</a></header><h1>Instance list</h1><a href='/icon'></a><a href='/jump'>News</a><a href='/jump#again'>More news</a><button>New</button><table><tr><th>ID/Name</th><th>Status</th><th>Expires</th></tr><tr><td>sql-1</td><td>Running</td><td><a href='/terminate?id=sql-1'>Let go</a></td></tr></table><a href='/papers'>Papers</a>",
        ),
        ("console", "/jump", _) => {
            let port = domain.rsplit(':').next().unwrap_or_default();
            Redirect::to(&format!("http://elsewhere.localhost:{port}/")).into_response()
        }
        ("console", "/papers", _) => {
            page("<h1>Papers</h1><table><tr><th>Title</th><th>Author</th><th>Shelf</th></tr></table>")
        }
        _ => (StatusCode::NOT_FOUND, page("<h1>Page not found</h1><a href='/'>Back</a>")).into_response(),
    }
}

static TREACHEROUS: LazyLock<Walked> = LazyLock::new(|| walked(treacherous, ""));

#[test]
fn nothing_is_opened_that_may_end_a_session_or_an_instance() {
    let Walked { said, asked, .. } = &*TREACHEROUS;
    assert!(asked.iter().any(|one| one == "console.shop.localhost/papers"), "{asked:#?}\n{said}");
    for grave in ["logout", "terminate", "icon"] {
        assert!(!asked.iter().any(|one| one.contains(grave)), "{grave}: {asked:#?}\n{said}");
    }
    // It is tried out once, however many links lead there.
    let jumps = asked.iter().filter(|one| one.contains("jump")).count();
    assert!(jumps <= 2, "{asked:#?}");
}

/// Beside home and login there is nothing but what says so, be it with an error status or without. The login asks for a password only
/// where that is asked for, and the home page tells it.
fn bare(host: &str, request: &Request) -> Response {
    match (host.split('.').next(), request.uri().path(), request.method().as_str()) {
        (Some("www"), "/login", "POST") => Redirect::to("/").into_response(),
        (Some("www"), "/login", _) => page(
            "<h1>Welcome</h1><button onclick='f.hidden=false;this.hidden=true'>By password</button><form id=f hidden method=post><label>E-mail <input name=m></label><label>Password <input type=password></label><button>Log in</button></form>",
        ),
        (Some("www"), "/", _) => {
            page("<header><a href='/login'>Log in</a></header><h1>Home</h1><p>Ana R.</p><p>Products of open sesame</p>")
        }
        (Some("console"), ..) => page("<h1>Sorry, page does not exist</h1>"),
        _ => (StatusCode::NOT_FOUND, page("<h1>Nothing</h1><a href='/'>Back</a>")).into_response(),
    }
}

static BARE: LazyLock<Walked> = LazyLock::new(|| {
    walked(bare, "on-the-way: [{ at: login, do: [{ press: { role: button, name: By password } }] }]\n")
});

#[test]
fn what_must_be_done_on_the_way_is_done_once_its_page_has_come() {
    let said = &BARE.said;
    assert!(said.contains("✓ pages: login: password") && said.contains("✓ pages: home: account"), "{said}");
}

#[test]
fn what_a_page_tells_of_a_password_is_neither_said_nor_written() {
    let Walked { said, written, .. } = &*BARE;
    assert!(said.contains("Products of"), "{said}");
    assert!(!said.contains("open sesame") && !written.contains("open sesame"), "{said}\n{written}");
}

#[test]
fn where_an_error_page_answers_nothing_is_proposed_of_it_and_it_is_said() {
    let Walked { said, written, .. } = &*BARE;
    for heading in ["name: Nothing", "name: Sorry"] {
        assert!(!written.contains(heading), "{written}");
    }
    for wanted in [
        "the product page was not found: no menu leads there, and it is not at its path (product page: the page should be found, saw an answer 404): say its path in the profile (pages: product: path)",
        "the overview is not at its path (it says \"Sorry, page does not exist\")",
        "the order list was not found",
    ] {
        assert!(said.contains(wanted), "{wanted}\n{said}");
    }
}

#[test]
fn what_leads_off_the_hosts_or_nowhere_ends_no_search_and_what_was_found_is_written() {
    let walked = &*TREACHEROUS;
    let Walked { status, said, written, asked } = walked;
    assert_eq!(*status, Some(1), "{said}");
    assert!(asked.iter().any(|one| one.starts_with("www.shop.localhost/away")), "{asked:#?}");
    assert!(asked.iter().any(|one| one.starts_with("buy.shop.localhost/server")), "{asked:#?}\n{said}");
    assert_eq!(walked.sure("pages/overview/ready")["name"], "Overview", "{written}\n{said}");
}

#[test]
fn what_merely_sells_or_lists_is_no_page_for_sure() {
    let walked = &*TREACHEROUS;
    let Walked { said, written, .. } = walked;
    for keys in
        ["pages/product/path", "pages/product/ready", "pages/purchase/ready", "pages/orders/path", "pages/orders/ready"]
    {
        assert!(walked.sure(keys).is_null(), "{keys}: {written}\n{said}");
    }
    for unsure in ["path: /servers", "path: /papers"] {
        assert!(written.contains(&format!("# {unsure}")), "{unsure}: {written}\n{said}");
    }
}

#[test]
fn a_page_at_its_right_path_is_itself_whatever_its_sign() {
    let walked = &*TREACHEROUS;
    assert_eq!(walked.sure("pages/console/ready")["name"], "Instance list", "{}\n{}", walked.written, walked.said);
    assert!(!walked.said.contains("list of instances was not found"), "{}", walked.said);
}
