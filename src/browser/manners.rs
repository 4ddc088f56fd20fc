//! How pages of a target want to be treated, whatever is done on them.

use std::time::Duration;

use url::Url;

use crate::target::{DialogRule, Errand, Hosts, Locator, Moment};

/// How pages of a target want to be treated, whatever is done on them.
#[derive(Debug, Clone)]
pub struct Manners {
    /// What may lie over a page and is to be dismissed: how it is known, and what dismisses it.
    pub overlays: Vec<(Locator, Locator)>,
    /// What pays, terminates or returns, by its place in the profile: nothing that dismisses an overlay may be one of these.
    pub irrevocable: Vec<(String, Locator)>,
    /// What must be done on the way, each with when.
    pub errands: Vec<(Moment, Errand)>,
    /// How dialogs of the browser's own are answered.
    pub dialogs: Vec<DialogRule>,
    /// Where the browser may be.
    pub hosts: Hosts,
    /// The start pages of its sites: whether one answers tells a page that fails from a site that does.
    pub starts: Vec<Url>,
    /// Every tab is followed wherever it goes, also one that nobody looks at; else only what is looked at is held against the
    /// hosts. Over WebDriver BiDi that costs a fifth of a journey, so not where no other host can be meant.
    pub follows_tabs: bool,
    /// The headers of pages are listened to. Over WebDriver BiDi that costs a fifth of a journey, unless tabs are followed anyway.
    pub listens_to_headers: bool,
    /// How long an element may take to be as expected, unless the expectation says otherwise.
    pub element: Duration,
    /// How long a page may take to show itself.
    pub arrival: Duration,
    /// After this long a page that still loads is used as it is.
    pub load: Duration,
    /// Factor on all deadlines, for slow machines.
    pub time_scale: f64,
}

impl Manners {
    pub(super) fn scaled(&self, within: Duration) -> Duration {
        within.mul_f64(self.time_scale)
    }
}
