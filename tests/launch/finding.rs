//! Which driver and browser are taken, and what is said where there are none.

use std::path::{Path, PathBuf};
use std::time::Duration;

use dcdb_purchase_e2e::browser::launch::{BrowserKind, Driver, launch};

use crate::machine::Machine;
use crate::processes::{below, eventually};

fn name(path: &Path) -> &str {
    path.file_name().and_then(|name| name.to_str()).expect("a name")
}

#[tokio::test]
async fn a_driver_that_is_named_is_taken_before_anything_is_looked_for() {
    let mut machine = Machine::new().with_driver("150.0.1.2").with_browser("chromium", "150.0.1.2");
    machine.settings.remote = Some("http://grid:4444/wd/hub".parse().expect("an address"));
    let driver = launch(&machine.settings).await.expect("it is taken at its word");
    assert!(matches!(driver, Driver::Remote { kind: BrowserKind::Chromium, .. }));
    // What is asked of it is below that.
    assert_eq!(driver.url().as_str(), "http://grid:4444/wd/hub/");
    let capabilities = driver.capabilities(&machine.settings);
    assert_eq!(capabilities["browserName"], "chrome");
    assert!(capabilities["goog:chromeOptions"].get("binary").is_none());
    // Its browser runs as another user elsewhere, whatever this process is.
    assert!(!capabilities["goog:chromeOptions"]["args"].to_string().contains("no-sandbox"));
}

#[tokio::test]
async fn headless_shells_come_first_and_only_in_headless_runs() {
    let machine = Machine::new().with_driver("150.0.1.2").with_browser("google-chrome", "150.0.1.2");
    let machine = machine.with_browser("chromium", "150.0.9.9").with_browser("chrome-headless-shell", "150.0.1.2");
    let found = machine.found().await;
    assert_eq!((name(&found.browser.path), found.headless_shell), ("chrome-headless-shell", true));
    assert_eq!(found.could_be_quicker(&machine.settings), None);

    let mut headed = machine;
    headed.settings.headed = true;
    let found = headed.found().await;
    assert_eq!((name(&found.browser.path), found.headless_shell), ("chromium", false));
    assert_eq!(found.browser.version.to_string(), "150.0.9.9");
}

#[tokio::test]
async fn a_wrapper_that_would_leave_its_browser_behind_is_seen_through() {
    let machine = Machine::new().with_driver("150.0.1.2").with_browser("the-browser-itself", "150.0.1.2");
    let itself = machine.bin().join("the-browser-itself");
    let machine = machine.with("chromium-headless-shell", &format!("{} \"$@\"", itself.display()));
    let found = machine.found().await;
    assert_eq!((found.browser.path, found.headless_shell), (itself.clone(), true));

    let machine = machine.with("chromium-headless-shell", &format!("exec {} \"$@\"", itself.display()));
    assert_eq!(name(&machine.found().await.browser.path), "chromium-headless-shell");
}

#[tokio::test]
async fn a_browser_of_another_major_version_is_passed_over_with_the_reason() {
    let machine = Machine::new().with_driver("150.0.1.2").with_browser("chromium-headless-shell", "149.0.9.9");
    let mut machine = machine.with_browser("chromium", "150.7.7.7");
    let found = machine.found().await;
    assert_eq!(name(&found.browser.path), "chromium");
    let [reason] = &found.passed_over[..] else { panic!("{:?}", found.passed_over) };
    assert!(reason.contains("chromium-headless-shell is version 149.0.9.9, but "), "{reason}");
    assert!(reason.ends_with("chromedriver is 150.0.1.2: both must be 149"), "{reason}");
    let quicker = found.could_be_quicker(&machine.settings).expect("a shell that fits is quicker");
    assert!(quicker.contains("a headless shell of version 150 ") && quicker.ends_with(reason), "{quicker}");
    machine.settings.headed = true;
    assert_eq!(found.could_be_quicker(&machine.settings), None);
}

#[tokio::test]
async fn a_driver_further_down_the_path_may_fit() {
    let mut machine = Machine::new().with_driver("149.0.0.1").with_browser("chromium", "150.0.1.2");
    let other = Machine::new().with_driver("150.0.0.1");
    let path = [PathBuf::from("bin"), machine.bin(), other.bin()];
    machine.settings.path = std::env::join_paths(path).expect("a path");
    assert!(machine.found().await.driver.path.starts_with(other.bin()));
}

#[tokio::test]
async fn versions_that_differ_are_both_named() {
    let machine = Machine::new().with_driver("150.0.1.2").with_browser("chromium", "149.0.9.9");
    let text = machine.refusal().await;
    assert!(text.contains("chromium is version 149.0.9.9, but ") && text.contains("is 150.0.1.2"), "{text}");
}

#[tokio::test]
async fn with_nothing_there_the_refusal_says_what_was_wanted_and_how_to_mend_it() {
    let text = Machine::new().refusal().await;
    let expected = "\
no browser to test with
  wanted    chromedriver, and of the same major version one of chromium-headless-shell, headless_shell, \
chrome-headless-shell, chromium, chromium-browser, google-chrome, google-chrome-stable, chrome
  saw       none of them on the PATH
  install   not done: DCDB_E2E_INSTALL=never forbids it
  mend      Debian: sudo apt-get install chromium-driver chromium-headless-shell
            Ubuntu, whose Chromium is a snap: Google Chrome and the chromedriver of its version, from \
https://googlechromelabs.github.io/chrome-for-testing
            Fedora: sudo dnf install chromedriver chromium-headless
            macOS: brew install --cask chromedriver google-chrome
            or set WEBDRIVER_URL to a WebDriver that is running, such as http://127.0.0.1:4444";
    assert_eq!(text, expected);
}

#[tokio::test]
async fn half_of_a_pair_is_named() {
    let text = Machine::new().with_driver("150.0.1.2").refusal().await;
    assert!(text.contains("chromedriver 150.0.1.2 has no browser to start"), "{text}");
    let text = Machine::new().with_browser("chromium", "150.0.1.2").refusal().await;
    assert!(text.contains("chromium is version 150.0.1.2, but there is no chromedriver for it"), "{text}");
}

#[tokio::test]
async fn a_stub_that_points_to_a_snap_is_quoted() {
    let stub = "echo \"Command '$0' requires the chromium snap to be installed.\" >&2; exit 1";
    let text = Machine::new().with_driver("150.0.1.2").with("chromium-browser", stub).refusal().await;
    assert!(text.contains("gave no version") && text.contains("requires the chromium snap"), "{text}");
}

#[tokio::test]
async fn a_browser_that_never_says_its_version_meets_the_deadline_and_is_ended() {
    let mut machine = Machine::new().with_driver("150.0.1.2").with("chromium", "/bin/sleep 1000");
    machine.settings.limits.version = Duration::from_millis(300);
    let text = machine.refusal().await;
    assert!(text.contains("chromium did not announce its version within 300ms"), "{text}");
    let hangs = format!("{}/chromium", machine.bin().display());
    let mine = || below(std::process::id()).iter().any(|process| process.command.contains(&hangs));
    eventually("the program that hung has ended", || !mine());
}

#[tokio::test]
async fn a_firefox_goes_with_any_geckodriver_and_is_never_installed() {
    let mut machine = Machine::new().with_apt("exit 1");
    machine.settings.kind = BrowserKind::Firefox;
    let text = machine.refusal().await;
    assert!(
        text.contains("geckodriver, and one of firefox-esr, firefox") && text.contains("cargo install geckodriver"),
        "{text}"
    );
    assert!(machine.apt_calls().is_empty(), "{:?}", machine.apt_calls());
    let machine = machine.with("geckodriver", "echo 'geckodriver 0.37.0 (1234 2026-01-01)'");
    let machine = machine.with("firefox-esr", "echo 'Mozilla Firefox 153.2.0esr'");
    let found = machine.found().await;
    assert!(found.driver.path.ends_with("geckodriver") && found.browser.path.ends_with("firefox-esr"), "{found:?}");
}

#[tokio::test]
async fn a_driver_that_does_not_start_is_quoted() {
    let fails = "[ \"$1\" = --version ] && echo ChromeDriver 150.0.1.2 && exit\necho 'cannot bind' >&2; exit 1";
    let machine = Machine::new().with("chromedriver", fails).with_browser("chromium", "150.0.1.2");
    let text = machine.refusal().await;
    assert!(text.contains("chromedriver 150.0.1.2: ") && text.contains("cannot bind"), "{text}");
}
