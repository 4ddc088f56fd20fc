//! Verdicts: whose fault it is that something did not go as expected.

use std::{error::Error, fmt};

/// Whose fault a failure is. Decides exit status, colour and the type in JUnit; never guessed from a message's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Class {
    /// The pages broke their contract.
    Product,
    /// Browser, driver, network or the target's readiness: nothing was learned about the pages.
    Infrastructure,
    /// The suite itself is wrong: an undefined step, a page state without a baseline, a bug.
    Test,
    /// The money guard refused.
    Guard,
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Product => "product",
            Self::Infrastructure => "infrastructure",
            Self::Test => "test",
            Self::Guard => "guard",
        })
    }
}

/// A failure with its class. Its text is for a QA person: page, element and expectation first, then what was seen.
#[derive(Debug, Clone)]
pub struct Failure {
    /// Whose fault.
    pub class: Class,
    /// The whole text, its first line a sentence that stands alone.
    pub text: String,
    /// The elements that were looked for in vain, by their numbers in the browser that looked.
    pub sought: Vec<usize>,
}

impl Failure {
    /// The pages broke their contract.
    pub fn product(text: impl Into<String>) -> Self {
        Self { class: Class::Product, text: text.into(), sought: Vec::new() }
    }

    /// Nothing was learned about the pages.
    pub fn infrastructure(text: impl Into<String>) -> Self {
        Self { class: Class::Infrastructure, text: text.into(), sought: Vec::new() }
    }

    /// The suite itself is wrong.
    pub fn test(text: impl Into<String>) -> Self {
        Self { class: Class::Test, text: text.into(), sought: Vec::new() }
    }

    /// The money guard refused.
    pub fn guard(text: impl Into<String>) -> Self {
        Self { class: Class::Guard, text: text.into(), sought: Vec::new() }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Error for Failure {}

/// The class of an error: that of the first [`Failure`] in its chain. One that carries none is the suite's own bug.
#[must_use]
pub fn class_of(error: &anyhow::Error) -> Class {
    error.chain().find_map(|cause| cause.downcast_ref::<Failure>()).map_or(Class::Test, |failure| failure.class)
}

/// The elements that an error is for want of, by their numbers in the browser that looked for them.
#[must_use]
pub fn sought_of(error: &anyhow::Error) -> &[usize] {
    error.chain().find_map(|cause| cause.downcast_ref::<Failure>()).map_or(&[], |failure| &failure.sought)
}

/// Gives an error that has no class yet the class it has here.
pub trait InClass<T> {
    /// Keeps the whole chain as the text.
    ///
    /// # Errors
    /// The same error, as a [`Failure`] of this class unless it was one already.
    fn in_class(self, class: Class) -> anyhow::Result<T>;
}

impl<T, E: Into<anyhow::Error>> InClass<T> for Result<T, E> {
    fn in_class(self, class: Class) -> anyhow::Result<T> {
        self.map_err(|error| {
            let error = error.into();
            if error.chain().any(|cause| cause.is::<Failure>()) {
                error
            } else {
                Failure { class, text: format!("{error:#}"), sought: Vec::new() }.into()
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use anyhow::Context as _;

    use super::*;

    #[test]
    fn whose_fault_it_is_stays_known_whatever_is_said_round_it() {
        for (failure, class, name) in [
            (Failure::product("it broke"), Class::Product, "product"),
            (Failure::infrastructure("it broke"), Class::Infrastructure, "infrastructure"),
            (Failure::test("it broke"), Class::Test, "test"),
            (Failure::guard("it broke"), Class::Guard, "guard"),
        ] {
            assert_eq!((failure.to_string(), class.to_string()), ("it broke".into(), name.into()));
            let failed = Failure { sought: vec![3, 7], ..failure };
            let error = Err::<(), _>(failed).context("while it was used").in_class(Class::Test).expect_err("it failed");
            assert_eq!((class_of(&error), sought_of(&error)), (class, &[3, 7][..]));
            assert_eq!(format!("{error:#}"), "while it was used: it broke");
        }
        let nobodys = anyhow::anyhow!("something");
        assert_eq!((class_of(&nobodys), sought_of(&nobodys)), (Class::Test, &[][..]));
        let error = Err::<(), _>(nobodys).context("reading").in_class(Class::Infrastructure).expect_err("it failed");
        assert_eq!((class_of(&error), error.to_string()), (Class::Infrastructure, "reading: something".into()));
        assert_eq!(Ok::<_, anyhow::Error>(5).in_class(Class::Test).expect("nothing failed"), 5);
    }
}
