//! What steps have to show beside what they come to: kept with the step that showed it.

use std::{cell::RefCell, mem};

use serde_json::Value;

/// Something that a step shows.
#[derive(Debug, Clone, PartialEq)]
pub struct Attachment {
    /// What it is, in words.
    pub name: String,
    /// The thing itself.
    pub content: Content,
}

/// What can be shown.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// Text.
    Text(String),
    /// What programs read too.
    Json(Value),
    /// A picture, WebP. Whoever takes it sees to it that nothing secret is in it.
    Picture(Vec<u8>),
}

/// A step shows so many things at most: what is more would bury them.
const MOST: usize = 20;

/// What the step that is being taken has shown so far.
#[derive(Debug, Default)]
pub struct Attachments(RefCell<Vec<Attachment>>);

impl Attachments {
    /// Shows something.
    pub fn add(&self, name: impl Into<String>, content: Content) {
        let mut all = self.0.borrow_mut();
        if all.len() < MOST {
            all.push(Attachment { name: name.into(), content });
        }
    }

    /// All of it; what comes next is another step's.
    #[must_use]
    pub fn take(&self) -> Vec<Attachment> {
        mem::take(&mut *self.0.borrow_mut())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_has_its_own_and_no_more_than_somebody_looks_at() {
        let shown = Attachments::default();
        for number in 0..MOST + 5 {
            shown.add(format!("thing {number}"), Content::Text("text".into()));
        }
        let first = shown.take();
        assert_eq!((first.len(), first[0].name.as_str()), (MOST, "thing 0"));
        shown.add("another", Content::Picture(vec![1]));
        assert_eq!(shown.take(), [Attachment { name: "another".into(), content: Content::Picture(vec![1]) }]);
        assert_eq!(shown.take(), []);
    }
}
