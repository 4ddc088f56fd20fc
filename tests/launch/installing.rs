//! When something is installed, with which words to apt-get, and when not.

use dcdb_purchase_e2e::browser::launch::{Host, InstallPolicy, launch};

use crate::machine::Machine;

/// What an apt-get does that installs a driver and a headless shell.
const INSTALLS: &str = "[ $1 = update ] && exit
for it in 'chromedriver ChromeDriver' 'chromium-headless-shell Chromium'; do
  printf '#!/bin/sh\\necho %s 150.1.2.3\\n' \"${it#* }\" > $BIN/${it% *}; /bin/chmod +x $BIN/${it% *}
done";

#[tokio::test]
async fn who_is_not_root_on_another_system_or_without_apt_is_told_so() {
    let mut machine = Machine::new().with_apt("exit");
    machine.settings.host.root = false;
    let text = machine.refusal().await;
    assert!(text.contains("not done: only root may, and this process is not root"), "{text}");

    machine.settings.host = Host { families: vec!["fedora".to_owned()], root: true };
    let text = machine.refusal().await;
    assert!(text.contains("not done: it is known how only on Debian and its descendants"), "{text}");
    assert!(machine.apt_calls().is_empty());

    let mut machine = Machine::new();
    machine.settings.install = InstallPolicy::WhereMissing;
    let text = machine.refusal().await;
    assert!(text.contains("not done: there is no apt-get on the PATH"), "{text}");
}

#[tokio::test]
async fn what_is_missing_is_installed_and_found() {
    let starts = "if [ $1 = --version ]; then echo ChromeDriver 150.1.2.3; else
        echo ChromeDriver was started successfully on port 4321.; exec /bin/sleep 1000; fi";
    // The driver is there, so that it can be started; the browser comes with the installation.
    let machine =
        Machine::new().with("chromedriver", starts).with_apt(&INSTALLS.replace("'chromedriver ChromeDriver'", ""));
    let driver = launch(&machine.settings).await.expect("it is installed");
    assert_eq!(driver.url().as_str(), "http://127.0.0.1:4321/");
    let lock = "-o DPkg::Lock::Timeout=300";
    let install = "install -y --no-install-recommends chromium-driver chromium-headless-shell";
    assert_eq!(
        machine.apt_calls(),
        [format!("noninteractive: {lock} update"), format!("noninteractive: {lock} {install}")]
    );
    driver.end().await.expect("it ends");
}

#[tokio::test]
async fn apt_get_knows_no_variable_that_it_does_not_need() {
    let machine = Machine::new().with_apt(&format!("/usr/bin/env > $BIN/../environment\n{INSTALLS}"));
    let _refused_or_not = launch(&machine.settings).await;
    let environment = std::fs::read_to_string(machine.bin().join("../environment")).expect("apt-get ran");
    assert!(environment.contains("PATH=") && environment.contains("DEBIAN_FRONTEND="), "{environment}");
    // Cargo sets a dozen for every test.
    assert!(std::env::var_os("CARGO_PKG_NAME").is_some() && !environment.contains("CARGO_"), "{environment}");
}

#[tokio::test]
async fn a_release_without_a_headless_shell_gets_the_full_browser() {
    let unknown =
        "case \"$*\" in *headless-shell) echo E: Unable to locate package chromium-headless-shell; exit 100;; esac";
    let machine = Machine::new().with_apt(&format!("{unknown}\n{INSTALLS}"));
    let driver = launch(&machine.settings).await;
    // The installed driver is a script that starts nothing.
    assert!(format!("{:#}", driver.expect_err("no port")).contains("before it announced its port"));
    assert!(machine.apt_calls().last().expect("a call").ends_with(" chromium-driver chromium"));
}

#[tokio::test]
async fn a_failed_installation_shows_the_output_of_apt() {
    let machine = Machine::new().with_apt("echo E: Temporary failure resolving; exit 100");
    let text = machine.refusal().await;
    assert!(text.contains("not done: apt-get failed (exit status: 100)\n"), "{text}");
    assert!(text.contains("E: Temporary failure resolving"), "{text}");
    // Not a matter of which package: nothing else is tried.
    assert_eq!(machine.apt_calls().len(), 2);
}

#[tokio::test]
async fn packages_that_bring_nothing_are_explained() {
    let mut machine = Machine::new().with_apt("exit 0");
    machine.settings.host.families = vec!["ubuntu".to_owned(), "debian".to_owned()];
    let text = machine.refusal().await;
    assert!(text.contains("what it installed does not work (on Ubuntu the packages only point to a snap"), "{text}");
}

#[tokio::test]
async fn two_at_once_install_once() {
    // Slow enough that both would begin, if nothing held the second back.
    let machine = Machine::new().with_apt(&format!("/bin/sleep 0.2\n{INSTALLS}"));
    let (one, two) = tokio::join!(launch(&machine.settings), launch(&machine.settings));
    for outcome in [one, two] {
        assert!(
            format!("{:#}", outcome.expect_err("a script starts nothing")).contains("before it announced its port")
        );
    }
    assert_eq!(machine.apt_calls().len(), 2, "one update and one install: {:?}", machine.apt_calls());
}
