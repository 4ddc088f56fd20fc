//! The script that looks at pages, and the forms in which browsers take it.

/// An expression: the function that answers a request of the engine.
macro_rules! engine {
    () => {
        concat!(
            "(() => {\n",
            include_str!("aria.js"),
            include_str!("locate.js"),
            include_str!("table.js"),
            include_str!("wait.js"),
            include_str!("look.js"),
            include_str!("aim.js"),
            include_str!("reach.js"),
            include_str!("guard.js"),
            include_str!("select.js"),
            include_str!("marker.js"),
            include_str!("tree.js"),
            include_str!("witness.js"),
            include_str!("page.js"),
            include_str!("main.js"),
            "return answered;\n})()"
        )
    };
}

/// For a world of its own in each document, from the document's beginning: nothing that a page does to its own meets it.
pub(super) const OF_A_WORLD: &str = concat!("globalThis.answered = ", engine!(), ";\n");

/// For a driver's command to run a script in the page's own world. It stays in the document it was sent to, out of the page's
/// sight; a navigation forgets it.
pub(super) const OF_A_DRIVER: &str = concat!(
    "const [asked, done] = arguments;\nconst answered = ",
    engine!(),
    ";\nObject.defineProperty(window, Symbol.for('dcdb-e2e.answered'), { value: answered, configurable: true });\nanswered(asked).then(done);\n",
);

/// The same, where the document has it already.
pub(super) const OF_A_DRIVER_AGAIN: &str = "const [asked, done] = arguments;\nconst answered = window[Symbol.for('dcdb-e2e.answered')];\nif (answered) answered(asked).then(done); else done({ state: 'unknown' });\n";

/// The script that looks at pages, for whoever asks a driver directly: the body of an asynchronous script whose one
/// argument is a request such as `{"do": "outline", "ms": 0}`.
#[must_use]
pub const fn page_script() -> &'static str {
    OF_A_DRIVER
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use regex::Regex;

    use super::page_script;

    /// Of two functions of one name, the later one would be called everywhere, and nothing says so.
    #[test]
    fn no_name_is_given_twice_in_the_page_script() {
        let given = Regex::new(r"(?m)^(?:async )?(?:function\*?|const|let) (\w+)").expect("a pattern");
        let names: Vec<_> = given.captures_iter(page_script()).map(|given| given[1].to_owned()).collect();
        let mut seen = BTreeSet::new();
        let twice: Vec<_> = names.iter().filter(|name| !seen.insert(*name)).collect();
        // The way to the script, and what it is made of, are called the same.
        assert!(names.len() > 100 && twice.iter().all(|name| *name == "answered"), "{twice:?}");
    }
}
