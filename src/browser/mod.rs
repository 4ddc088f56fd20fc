//! The wall round fantoccini: finding and starting a browser, looking at pages, acting on them.
//!
//! No other room names fantoccini or waits for a page. What is looked for, and what should hold, comes from the pages.
//!
//! The files from the top down. Each knows some of those below it and none above, and owns what it keeps: what another wants of
//! that, it asks for.
//!
//! | file | what it is for | what it keeps |
//! |---|---|---|
//! | `session` | a worker's browser | |
//! | `interference` | requests held or failed, a session ended, from within the buyer's browser | |
//! | `login` | a login as a browser holds it, given and taken | |
//! | `visit` | what a scenario sees of it: opening pages, tabs, and all the rest | the parts below |
//! | `marker` | whether a page carries the mark of a test target | |
//! | `axe` | what keeps people from using a page | |
//! | `spot` | an element of a page, and all that can be done with it | |
//! | `errands` | what must be done on the way, round an act and on arrival | who logs in |
//! | `inquiry` | several questions at one moment | |
//! | `acting` | pressing, filling, choosing, and that it came to what it should | |
//! | `waiting` | the one loop that waits; doing again what missed | the errands that are due, what is barred |
//! | `witness` | what a page is, for the record of a run | when it was last looked at |
//! | `fault` | whose fault it is that a page did not come | |
//! | `replies` | answering dialogs | the press they may be about, the answer expected |
//! | `hand` | pointer and keys | what they last did |
//! | `frames` | asking documents within frames | |
//! | `looking` | asking a document one question | whether it has the script, where the driver is |
//! | `tabs` | which tab is looked at; the driver's commands | that tab |
//! | `launch` | finding and starting browsers | |
//! | `channel` | the second way to a browser, and what it tells | what was told |
//! | `script` | the script that looks at pages | |
//! | `expectation` | what is expected, in words; failures | |
//! | `question` | what a document can be asked, and the types of the answers | |
//! | `calls` | calls with deadlines | the calls made |
//! | `time` | a scenario's time | when nothing new is begun, how long it was held up |
//! | `trouble` | why calls fail | |
//! | `dialog` | what lies over a page | |
//! | `condition` | what may be expected of an element | |
//! | `manners` | how pages of a target want to be treated | |

mod acting;
mod axe;
mod calls;
mod channel;
mod condition;
mod dialog;
mod errands;
mod expectation;
mod fault;
mod frames;
mod hand;
mod inquiry;
mod interference;
pub mod launch;
mod login;
mod looking;
mod manners;
mod marker;
mod question;
mod replies;
mod script;
mod session;
mod spot;
mod tabs;
mod time;
mod trouble;
mod visit;
mod waiting;
mod witness;

pub use calls::{Call, KEEPING_EVIDENCE, Timings};
pub use channel::{Complaint, Extent, Fate, Said};
pub use condition::Condition;
pub use manners::Manners;
pub use question::{Found, Inquiry, Kept, Listed, Offered, Reading, Request, Row, Sought, Surveyed, Thing};
pub use script::page_script;
pub use session::Session;
pub use spot::{More, Spot};
pub use time::Time;
pub use visit::{Place, TabHandle, Visit};
pub use witness::{Glance, Sight};

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    /// The files of the table above, from the top down.
    fn layers() -> Vec<&'static str> {
        let table = include_str!("mod.rs").lines().filter_map(|line| line.strip_prefix("//! | `"));
        table.filter_map(|line| line.split('`').next()).collect()
    }

    /// The files that a file takes something from: of `super::{a::A, b::{C, D}}` those are `a` and `b`.
    fn taken<'a>(text: &'a str, from: &str) -> Vec<&'a str> {
        text.split(from)
            .skip(1)
            .flat_map(|part| if part.starts_with('{') { firsts(part) } else { vec![word(part)] })
            .collect()
    }

    fn word(text: &str) -> &str {
        text.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default()
    }

    /// The first word of each part of a list in braces.
    fn firsts(list: &str) -> Vec<&str> {
        let (mut depth, mut words) = (0, Vec::new());
        for (at, c) in list.char_indices() {
            match c {
                '{' => depth += 1,
                '}' if depth == 1 => break,
                '}' => depth -= 1,
                _ => {}
            }
            if depth == 1 && (c == '{' || c == ',') {
                words.push(word(list[at + 1..].trim_start()));
            }
        }
        words.into_iter().filter(|word| !word.is_empty()).collect()
    }

    fn files(folder: &Path) -> Vec<std::path::PathBuf> {
        let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
        entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
    }

    #[test]
    fn each_file_knows_only_those_below_it() {
        let layers = layers();
        let room = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/browser");
        let rank = |name: &str| layers.iter().position(|layer| *layer == name);
        let mut wrong = Vec::new();
        for path in files(&room).into_iter().filter(|path| path.extension().is_some_and(|is| is == "rs")) {
            let inside = path.strip_prefix(&room).expect("inside").to_owned();
            let own = inside.iter().next().and_then(|name| name.to_str()).expect("a name").trim_end_matches(".rs");
            if own == "mod" {
                continue;
            }
            let here = rank(own).unwrap_or_else(|| panic!("{own} is missing in the table"));
            let text = fs::read_to_string(&path).expect("a file");
            // Tests look from outside.
            let text = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
            // In a folder, only its own `mod.rs` reaches the room by one step up.
            let is_direct = inside.iter().count() == 1 || inside.ends_with("mod.rs") && inside.iter().count() == 2;
            let by_step = if is_direct { taken(text, "super::") } else { Vec::new() };
            for name in by_step.into_iter().chain(taken(text, "browser::")) {
                match rank(name) {
                    Some(there) if there > here || name == own => {}
                    Some(_) => wrong.push(format!("{} knows {name}, which stands above it", inside.display())),
                    None if name == "super" || name == "self" => {}
                    None => wrong.push(format!("{} takes {name} by another way than from its file", inside.display())),
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}
