//! Why there is nothing to test with, for people.

use std::fmt::Write;

use anyhow::{Error, anyhow};

use super::find::wanted;
use super::{BrowserKind, LaunchSettings};

/// Why nothing was found.
#[derive(Debug)]
pub(super) enum Missing {
    /// No driver and browser that fit each other; what is there would not do for these reasons.
    Programs { refused: Vec<String> },
}

impl Missing {
    /// In a few words, for the line that announces an installation.
    pub(super) fn in_short(&self) -> &'static str {
        match self {
            Self::Programs { refused } if refused.is_empty() => "no driver and no browser is on the PATH",
            Self::Programs { .. } => "no driver and browser of one version are on the PATH",
        }
    }

    /// The whole story, with `why_not_installed` as its last reason.
    pub(super) fn explain(&self, settings: &LaunchSettings, why_not_installed: &str) -> Error {
        let Self::Programs { refused } = self;
        let (drivers, browsers) = wanted(settings);
        let mut text = "no browser to test with".to_owned();
        // Writing to a `String` cannot fail.
        let matching = if settings.kind == BrowserKind::Chromium { " of the same major version" } else { "" };
        let _ = write!(text, "\n  wanted    {}, and{matching} one of {}", drivers.join(", "), browsers.join(", "));
        for reason in refused {
            let _ = write!(text, "\n  saw       {reason}");
        }
        if refused.is_empty() {
            text.push_str("\n  saw       none of them on the PATH");
        }
        let _ = write!(text, "\n  install   not done: {why_not_installed}");
        text.push_str(&mend(settings));
        anyhow!(text)
    }
}

fn mend(settings: &LaunchSettings) -> String {
    if settings.kind == BrowserKind::Firefox {
        return "\n  mend      Debian: sudo apt-get install firefox-esr; anywhere: cargo install geckodriver\
                \n            or set WEBDRIVER_URL to a WebDriver that has a Firefox, or leave out --browser firefox"
            .to_owned();
    }
    let [debian, fedora, mac] = match settings.headed {
        false => {
            ["chromium-driver chromium-headless-shell", "chromedriver chromium-headless", "chromedriver google-chrome"]
        }
        true => ["chromium-driver chromium", "chromedriver chromium", "chromedriver google-chrome"],
    };
    let ubuntu =
        "Google Chrome and the chromedriver of its version, from https://googlechromelabs.github.io/chrome-for-testing";
    format!(
        "\n  mend      Debian: sudo apt-get install {debian}\
         \n            Ubuntu, whose Chromium is a snap: {ubuntu}\
         \n            Fedora: sudo dnf install {fedora}\
         \n            macOS: brew install --cask {mac}\
         \n            or set WEBDRIVER_URL to a WebDriver that is running, such as http://127.0.0.1:4444"
    )
}
