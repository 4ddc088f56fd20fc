//! Where the keys of a YAML text stand.

use std::collections::HashMap;

use saphyr_parser::{Event, Parser};

/// Deeper brackets are no profile's; parsers of YAML take a time for them that grows with their square.
pub(super) const DEEPEST: usize = 100;

/// The lines (from 1) of a text's keys, as far as it is YAML.
#[derive(Default)]
pub(super) struct Places {
    lines: HashMap<Vec<String>, usize>,
    /// What no text of one profile has.
    pub fault: Option<Fault>,
}

/// What cannot be said of the value that a text stands for, since there is none.
pub(super) enum Fault {
    /// A key stands twice in one mapping.
    Twice { key: String, first: usize, second: usize },
    /// Another document begins on this line.
    SecondDocument(usize),
}

/// A list or a mapping that is not yet at its end.
enum Open {
    /// By the number of its next item.
    List(usize),
    Mapping {
        at_key: bool,
    },
}

impl Places {
    /// Of the first document of a text, up to what is no YAML or too deep.
    pub fn of(text: &str) -> Self {
        let mut places = Self::default();
        let (mut path, mut open) = (Vec::new(), Vec::new());
        let mut documents = 0;
        for (event, span) in Parser::new_from_str(text).map_while(Result::ok) {
            let line = span.start.line();
            let (opens, scalar) = match event {
                Event::DocumentStart(_) => {
                    documents += 1;
                    if documents > 1 {
                        places.fault = Some(Fault::SecondDocument(line));
                        break;
                    }
                    continue;
                }
                Event::Scalar(text, ..) => (None, Some(text)),
                Event::Alias(..) => (None, None),
                Event::SequenceStart(..) => (Some(Open::List(0)), None),
                Event::MappingStart(..) => (Some(Open::Mapping { at_key: true }), None),
                Event::SequenceEnd | Event::MappingEnd => {
                    open.pop();
                    leave(&mut path, open.last_mut());
                    continue;
                }
                _ => continue,
            };
            match open.last_mut() {
                Some(Open::List(next)) => {
                    path.push(next.to_string());
                    *next += 1;
                    places.lines.insert(path.clone(), line);
                }
                Some(Open::Mapping { at_key: true }) => {
                    let is_text = scalar.is_some();
                    path.push(scalar.unwrap_or_default().into_owned());
                    if is_text && let Some(first) = places.lines.insert(path.clone(), line) {
                        let key = path.pop().unwrap_or_default();
                        places.fault = Some(Fault::Twice { key, first, second: line });
                        break;
                    }
                }
                Some(Open::Mapping { at_key: false }) | None => {}
            }
            match opens {
                Some(_) if open.len() == DEEPEST => break,
                Some(opens) => open.push(opens),
                None => leave(&mut path, open.last_mut()),
            }
        }
        places
    }

    /// The line of the key, or the item of a list, that has this path.
    pub fn line(&self, path: &[String]) -> Option<usize> {
        self.lines.get(path).copied()
    }
}

/// What follows a node that is at its end: behind a key its value, behind a value the next key.
fn leave(path: &mut Vec<String>, within: Option<&mut Open>) {
    match within {
        Some(Open::Mapping { at_key }) if *at_key => *at_key = false,
        Some(Open::Mapping { at_key }) => {
            *at_key = true;
            path.pop();
        }
        Some(Open::List(_)) => {
            path.pop();
        }
        None => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str, path: &[&str]) -> Option<usize> {
        Places::of(text).line(&path.iter().map(|key| (*key).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn a_key_is_found_however_it_is_laid_out() {
        let text = "name: x\n# note\npages:\n  home: { path: / }\n  login:\n    path: /login\n    email: { role: textbox,\n      name: E-mail }\noverlays:\n  -   shown: { css: a }\n  -\n    shown: |\n      path: b\n    'dis miss': { css: c }\n  - &x [a, b]\nlist:\n- *x\n- b: c\n";
        for (path, expected) in [
            (["name"].as_slice(), Some(1)),
            (&["pages", "login", "path"], Some(6)),
            (&["pages", "login", "email", "role"], Some(7)),
            (&["pages", "login", "email", "name"], Some(8)),
            (&["overlays", "0", "shown", "css"], Some(10)),
            (&["overlays", "1", "shown"], Some(12)),
            (&["overlays", "1", "dis miss", "css"], Some(14)),
            (&["overlays", "2", "1"], Some(15)),
            (&["list", "0"], Some(17)),
            (&["list", "1", "b"], Some(18)),
            (&["pages", "path"], None),
        ] {
            assert_eq!(line(text, path), expected, "{path:?}");
        }
    }

    #[test]
    fn what_stands_before_broken_syntax_is_found() {
        assert_eq!(line("a: 1\nb: [\n", &["a"]), Some(1));
    }
}
