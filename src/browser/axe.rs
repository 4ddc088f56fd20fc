//! What keeps people with a screen reader or a keyboard from using a page, as axe-core finds it (`axe/`, whose licence is beside it).

use std::time::Duration;

use serde::Deserialize;

/// What a driver runs in the page: axe-core, out of the page's own sight, over the whole document but for its frames. By the rules
/// of WCAG 2.1, levels A and AA.
pub(super) const SCRIPT: &str = concat!(
    "const done = arguments[arguments.length - 1];\nconst before = Object.getOwnPropertyDescriptor(window, 'axe');\n",
    "(function (define, module, exports) {\n",
    include_str!("axe/axe.min.js"),
    "\n}).call(window);\nconst axe = window.axe;\nif (before) Object.defineProperty(window, 'axe', before); else delete window.axe;\n",
    "const part = (node) => `${[].concat(...node.target).join(' ')} ${node.html}`.slice(0, 200);\n",
    "const found = ({ id, help, nodes }) => ({ rule: id, help, count: nodes.length, first: part(nodes[0]) });\n",
    "const asked = { iframes: false, resultTypes: ['violations'], runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] };\n",
    "axe.run(document, asked).then(({ violations }) => done({ found: violations.map(found) }), (error) => done({ error: String(error) }));\n",
);

/// A page of thousands of elements takes seconds.
pub(super) const WITHIN: Duration = Duration::from_secs(30);

/// What the script answers.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Answer {
    Found(Vec<Barrier>),
    Error(String),
}

/// A rule that a page breaks.
#[derive(Debug, Deserialize)]
pub(super) struct Barrier {
    rule: String,
    help: String,
    count: usize,
    /// The first element that breaks it.
    first: String,
}

impl Barrier {
    /// As it is told, and held against what a profile tolerates.
    pub(super) fn words(&self, page: &str) -> String {
        let Self { rule, help, count, first } = self;
        format!("accessibility: {rule}: {page}: {help} ({count}, the first {first})")
    }
}
