//! A site that the suite was not written for, reached by writing a profile and nothing else.

use crate::run::Run;

/// Serves the site of `tests/other_site` for as long as it lives; gives its address.
fn serve() -> (tokio::runtime::Runtime, String) {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).expect("a port");
    let address = format!("http://{}", listener.local_addr().expect("its address"));
    let page = axum::routing::get(|| async { axum::response::Html(include_str!("../other_site/app.html")) });
    runtime.spawn(async move { axum::serve(listener, axum::Router::new().route("/", page)).await });
    (runtime, address)
}

#[test]
fn everything_but_buying_holds_on_a_site_that_a_profile_describes() {
    let (_serving, address) = serve();
    let profile = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/other_site/profile.yaml");
    let run =
        Run::of(&["--target", profile]).variable("NIMBUS_URL", &address).variable("NIMBUS_PASSWORD", "open sesame");
    let ended = run.end();
    ended.expect(
        0,
        &[
            "✓ Entry 1: from the home page › The product page leads to the purchase page",
            "✓ Entry 2: from the DCDB console › \"New\" leads to the purchase page",
            "✓ Choosing, checking and paying › A VPC in another region, up to the check page",
            "✓ Choosing, checking and paying › Several instances at once, up to the check page",
            "✓ The note on the purchase page › The note links to the Product Price document",
            "not applicable: the profile nimbus does not say that anything may be bought",
            "0 failed",
        ],
    );
}

#[test]
fn the_doctor_finds_every_element_there() {
    let (_serving, address) = serve();
    let profile = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/other_site/profile.yaml");
    let doctor = std::process::Command::new(env!("CARGO_BIN_EXE_dcdb-e2e"))
        .args(["doctor", "--target", profile])
        .envs([("NIMBUS_URL", address.as_str()), ("NIMBUS_PASSWORD", "open sesame")])
        .output()
        .expect("the doctor");
    let said = String::from_utf8_lossy(&doctor.stdout);
    assert!(doctor.status.success() && said.contains(" 0 missing or ambiguous"), "{said}");
    assert!(said.contains("it has no order list"), "{said}");
}
