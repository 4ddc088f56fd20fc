//! `dcdb-e2e doctor`: what is missing is told with what comes near it and how to mend it, and nothing is bought.

use std::{
    fs,
    io::{Read as _, Write as _},
    net::TcpListener,
    process::Command,
};

/// Runs the doctor; gives its exit status and what it said.
fn doctor(profile: Option<&str>, variables: &[(&str, &str)]) -> (Option<i32>, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let mut command = Command::new(env!("CARGO_BIN_EXE_dcdb-e2e"));
    command.arg("doctor").envs(variables.iter().copied());
    if let Some(text) = profile {
        let path = folder.path().join("profile.yaml");
        fs::write(&path, text).expect("written");
        command.arg("--target").arg(path);
    }
    let output = command.output().expect("the doctor");
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    (output.status.code(), text)
}

fn expect((status, text): (Option<i32>, String), wanted: i32, said: &[&str]) {
    assert_eq!(status, Some(wanted), "{text}");
    for one in said {
        assert!(text.contains(one), "{one:?} was not said:\n{text}");
    }
}

const BASE: &str = concat!("extends: ", env!("CARGO_MANIFEST_DIR"), "/tests/targets/standin.yaml\nname: own\n");

#[test]
fn the_stand_in_is_as_its_profile_says_and_nothing_is_bought() {
    let said = [
        "✓ driver and browser",
        "✓ confirm  ",
        "✓ choices.vpc.control",
        " 0 missing or ambiguous, 6 not looked at",
        "this target is held to ",
    ];
    expect(doctor(None, &[]), 0, &said);
}

#[test]
fn so_it_is_in_the_vendor_s_component_style() {
    let tea = concat!("extends: ", env!("CARGO_MANIFEST_DIR"), "/tests/targets/standin-tea.yaml\nname: own\n");
    let on_the_way =
        "on-the-way:\n  - { at: login, before: password, do: [{ wait-for: { role: button, name: Log in } }] }\n";
    let said = "on the way at the login page, before password: wait for button \"Log in\"";
    let found = doctor(Some(&format!("{tea}{on_the_way}")), &[]);
    expect(found, 0, &[said, "✓ choices.zone.option", " 0 missing or ambiguous"]);
}

#[test]
fn what_is_missing_or_ambiguous_is_told_with_what_comes_near() {
    let pages = "pages:\n  home:\n    log-in: { role: link, name: Sign in }\n  product:\n    purchase-now: { role: link }\n  check:\n    balance: { beside: Balance }\nwords:\n  zone: { guangzhou-3: Canton III, guangzhou-4: Canton IV, guangzhou-6: Canton VI }\n";
    expect(
        doctor(Some(&format!("{BASE}{pages}")), &[]),
        1,
        &[
            "✗ log-in                             home page: link \"Sign in\" should be there",
            "near     link \"Log in\"",
            "✗ purchase-now                       product page: link should be there",
            " of them, where there should be one: link \"",
            "✗ balance ",
            "✗ words.zone                         zone shows \"Guangzhou Zone 3\", which is none of the profile's words for it",
            "4 missing or ambiguous",
            "mend      override them in ",
        ],
    );
}

/// Why nobody could log in, as whoever gives out accounts says it.
#[test]
fn without_an_account_it_is_told_why_there_is_none() {
    let site = TcpListener::bind("127.0.0.1:0").expect("a port");
    let at = site.local_addr().expect("an address");
    std::thread::spawn(move || {
        for asked in site.incoming() {
            let mut asked = asked.expect("asked");
            let _read = asked.read(&mut [0; 4096]);
            let _gone = asked.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        }
    });
    let bare = format!(
        "extends: {}/tests/targets/base.yaml\nname: bare\nsites: {{ portal: 'http://{at}', buy: 'http://{at}', console: 'http://{at}' }}\nhosts: [127.0.0.1]\nlacks: {{ home: none yet, login: none yet }}\naccounts:\n  - {{ name: Bo, email: bo@example.com, password: open sesame, balance: '¥0.00', verified: false }}\n",
        env!("CARGO_MANIFEST_DIR")
    );
    let said = ["- all other pages", "there is nobody to log in: the profile lists no account that may buy"];
    expect(doctor(Some(&bare), &[]), 0, &said);
}

#[test]
fn without_browser_or_target_no_page_is_looked_at() {
    let nowhere = [("PATH", "/nowhere"), ("DCDB_E2E_INSTALL", "never")];
    expect(doctor(None, &nowhere), 3, &["✗ driver and browser", "apt-get install", "mend the above first"]);
    let away = concat!(
        "extends: ",
        env!("CARGO_MANIFEST_DIR"),
        "/tests/targets/base.yaml\nname: away\nsites: { portal: 'http://127.0.0.1:9', buy: 'http://127.0.0.1:9', console: 'http://127.0.0.1:9' }\nhosts: [127.0.0.1]\naccounts: []\n"
    );
    expect(doctor(Some(away), &[]), 3, &["✗ portal", "http://127.0.0.1:9/ does not answer", "sites: in the profile"]);
    // A site that answers, and speaks no TLS.
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let plain = listener.local_addr().expect("its address");
    std::thread::spawn(move || {
        for mut asked in listener.incoming().map_while(Result::ok) {
            let _gone = asked.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
        }
    });
    let away = away
        .replace("buy: 'http://127.0.0.1:9'", "buy: 'http://nowhere.invalid'")
        .replace("console: 'http://127.0.0.1:9'", &format!("console: 'https://{plain}'"))
        .replace("[127.0.0.1]", "[127.0.0.1, nowhere.invalid]");
    let said = ["the connection was refused: ", "its name leads nowhere (DNS): ", "no safe connection (TLS): "];
    expect(doctor(Some(&away), &[]), 3, &said);
    expect(doctor(Some("name: odd\nextends: nowhere.yaml\n"), &[]), 2, &["nowhere.yaml"]);
}

/// Said before any page is looked at.
#[test]
fn a_proposal_is_written_over_nothing_and_what_cannot_be_meant_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("out.yaml");
    fs::write(&out, "mine: stays\n").expect("written");
    let nowhere = folder.path().join("nowhere/out.yaml");
    let target = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/targets/standin.yaml");
    let refused = |arguments: &[&str]| {
        let output =
            Command::new(env!("CARGO_BIN_EXE_dcdb-e2e")).arg("doctor").args(arguments).output().expect("the doctor");
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let (out_text, nowhere) = (out.display().to_string(), nowhere.display().to_string());
    expect(
        refused(&["--target", target, "--propose", &out_text]),
        2,
        &["it is there already, and is not written over"],
    );
    expect(refused(&["--target", target, "--propose", &nowhere]), 2, &["there is no folder"]);
    expect(refused(&["--propose", &nowhere]), 2, &["--target"]);
    expect(refused(&["--target", target, "--yes"]), 2, &["--propose"]);
    assert_eq!(fs::read_to_string(&out).expect("it"), "mine: stays\n");
}
