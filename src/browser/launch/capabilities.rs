//! What a new session is asked for.

use serde_json::{Map, Value, json};

use super::{BrowserKind, LaunchSettings, LocalDriver};

/// The capabilities of a new session, to be sent as `alwaysMatch`. `local` is the driver of this machine, if it is one.
pub(super) fn capabilities(
    kind: BrowserKind,
    settings: &LaunchSettings,
    local: Option<&LocalDriver>,
) -> Map<String, Value> {
    let mut all = Map::new();
    // The socket that pushes what would else be polled, and the only way to separate scenarios in one session. A Chromium of
    // this machine has a socket of its own, which needs no asking.
    if kind != BrowserKind::Chromium || local.is_none() {
        all.insert("webSocketUrl".to_owned(), json!(true));
    }
    // We wait for what we need, not for the last picture.
    all.insert("pageLoadStrategy".to_owned(), json!("none"));
    // A dialog nobody expected must be seen, not be answered by the driver.
    all.insert("unhandledPromptBehavior".to_owned(), json!("ignore"));
    match kind {
        BrowserKind::Chromium => {
            if local.is_none() {
                all.insert("browserName".to_owned(), json!("chrome"));
            }
            all.insert("goog:chromeOptions".to_owned(), chrome_options(settings, local));
        }
        BrowserKind::Firefox => {
            all.insert("browserName".to_owned(), json!("firefox"));
            all.insert("moz:firefoxOptions".to_owned(), firefox_options(settings, local));
        }
    }
    all
}

fn chrome_options(settings: &LaunchSettings, local: Option<&LocalDriver>) -> Value {
    let (language, (width, height)) = (&settings.language, settings.window);
    let mut args = vec![
        format!("--window-size={width},{height}"),
        // The first is what pages are asked for in, and what their scripts see; the second is the browser's own
        // words, as far as it was installed with that language. The headless shell knows no preference for either.
        format!("--accept-lang={language}"),
        format!("--lang={language}"),
        // Pictures of one page are the same on every screen.
        "--force-color-profile=srgb".to_owned(),
        // Nothing but the pages under test uses the network, the processor or the user's attention.
        "--no-first-run".to_owned(),
        "--disable-background-networking".to_owned(),
        "--disable-component-update".to_owned(),
        "--disable-sync".to_owned(),
        // Over a proxy or a tunnel UDP gets lost silently, and a page load with it.
        "--disable-quic".to_owned(),
        // A new tab of the same site need not wait for a process of its own. Scenarios share none: each is in a user context.
        "--process-per-site".to_owned(),
        // Two pages of the address bar's own for each window that nobody types into: two fifths of the processor's work.
        "--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup".to_owned(),
        // Containers give 64 MiB there, and a tab that meets the end of it crashes.
        "--disable-dev-shm-usage".to_owned(),
    ];
    if !settings.headed && !local.is_some_and(|driver| driver.found.headless_shell) {
        args.push("--headless=new".to_owned());
    }
    if local.is_some() && settings.host.root {
        // Chromium refuses to start as root with its sandbox.
        args.push("--no-sandbox".to_owned());
    }
    let mut options = json!({
        "args": args,
        "prefs": {
            // No bubble over the page after signing in.
            "credentials_enable_service": false,
            "profile.password_manager_enabled": false,
            "profile.password_manager_leak_detection": false,
        },
    });
    if let Some(driver) = local {
        options["binary"] = json!(driver.found.browser.path);
    }
    options
}

fn firefox_options(settings: &LaunchSettings, local: Option<&LocalDriver>) -> Value {
    let (width, height) = settings.window;
    let mut args = vec![format!("--width={width}"), format!("--height={height}")];
    if !settings.headed {
        args.push("-headless".to_owned());
    }
    let mut options = json!({
        "args": args,
        "prefs": { "intl.accept_languages": settings.language, "signon.rememberSignons": false },
    });
    if let Some(driver) = local {
        options["binary"] = json!(driver.found.browser.path);
    }
    options
}
