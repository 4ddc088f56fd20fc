//! The markups of the pages: the same pages, from the same values, drawn in another way.

use clap::ValueEnum;

/// The markup of the pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Skin {
    /// Semantic HTML.
    Classic,
    /// The vendor's component style.
    Tea,
}

/// Takes in a skin's templates and what else they need.
macro_rules! templates {
    ($skin:literal: $($name:literal)*) => {
        &[$(($name, include_str!(concat!("skins/", $skin, "/", $name)))),*]
    };
}

/// Where styles and scripts are. The version and the skin go into the address, so that they may be cached for good.
pub(super) const ASSETS: &str = concat!("/assets/", env!("CARGO_PKG_VERSION"), "/");

impl Skin {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Classic => "classic",
            Self::Tea => "tea",
        }
    }

    /// All templates, by name.
    pub(super) const fn templates(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Classic => {
                templates!("classic": "layout.html" "error.html" "home.html" "product.html" "document.html"
                "login.html" "purchase.html" "check.html" "result.html" "overview.html" "console.html" "rows.html"
                "orders.html")
            }
            Self::Tea => templates!("tea": "layout.html" "controls.html" "error.html" "home.html" "product.html"
                "document.html" "login.html" "purchase.html" "check.html" "result.html" "overview.html" "console.html"
                "rows.html" "orders.html" "today/purchase.html" "today/check.html" "today/payment.html"
                "today/cashier.html" "today/due.html" "parts/region.html" "parts/version.html" "parts/sizes.html"
                "parts/name.html" "parts/term.html" "parts/go.html"),
        }
    }

    /// The address of its style and script, without their names.
    pub(super) fn assets(self) -> String {
        format!("{ASSETS}{}", self.name())
    }

    /// Where one of its files is, from the folder of all skins.
    pub(super) fn file(self, name: &str) -> String {
        format!("{}/{name}", self.name())
    }

    /// Its style and script: name, content type and text.
    pub(super) const fn texts(self) -> [(&'static str, &'static str, &'static str); 2] {
        const STYLE: &str = "text/css; charset=utf-8";
        const SCRIPT: &str = "text/javascript; charset=utf-8";
        match self {
            Self::Classic => [
                ("site.css", STYLE, include_str!("skins/classic/site.css")),
                ("site.js", SCRIPT, concat!(include_str!("skins/classic/site.js"), include_str!("skins/renewed.js"))),
            ],
            Self::Tea => [
                (
                    "site.css",
                    STYLE,
                    concat!(
                        include_str!("skins/tea/controls.css"),
                        include_str!("skins/tea/site.css"),
                        include_str!("skins/tea/today.css")
                    ),
                ),
                (
                    "site.js",
                    SCRIPT,
                    concat!(
                        include_str!("skins/tea/controls.js"),
                        include_str!("skins/tea/select.js"),
                        include_str!("skins/tea/stepper.js"),
                        include_str!("skins/tea/dialog.js"),
                        include_str!("skins/tea/today.js"),
                        include_str!("skins/tea/purchase.js"),
                        include_str!("skins/tea/console.js"),
                        include_str!("skins/renewed.js"),
                    ),
                ),
            ],
        }
    }
}
