//! Checks of one step that are all made, so that a failure tells everything that differs.

use super::{Class, Failure, class_of, failure::sought_of};

/// What the checks of a step have come to so far.
#[derive(Debug, Default)]
#[must_use = "findings without a verdict check nothing"]
pub struct Findings(Vec<String>, Vec<usize>);

impl Findings {
    /// Notes what a check came to. What says nothing about the pages ends them all; what was found by then is told with it.
    ///
    /// # Errors
    /// The check's own, where its class is not product; class product where something was found before.
    pub fn note(&mut self, checked: anyhow::Result<()>) -> anyhow::Result<()> {
        let Err(error) = checked else { return Ok(()) };
        match class_of(&error) {
            Class::Product => {
                self.0.push(format!("{error:#}"));
                self.1.extend_from_slice(sought_of(&error));
            }
            _ if self.0.is_empty() => return Err(error),
            _ => {
                let cut_short = format!("the rest was not looked at: {error:#}");
                self.0.push(cut_short);
                return std::mem::take(self).verdict();
            }
        }
        Ok(())
    }

    /// Whether all of them held.
    ///
    /// # Errors
    /// Class product: with all that was found, the first first.
    pub fn verdict(self) -> anyhow::Result<()> {
        if self.0.is_empty() {
            return Ok(());
        }
        Err(Failure { sought: self.1, ..Failure::product(self.0.join("\nand ")) }.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_differs_is_told_and_nothing_where_nothing_does() {
        let mut findings = Findings::default();
        findings.note(Ok(())).expect("no end");
        findings.note(Err(Failure::product("a should be 1\n  saw      2").into())).expect("no end");
        let sought = Failure { sought: vec![2], ..Failure::product("b should be 3\n  saw      4") };
        findings.note(Err(sought.into())).expect("no end");
        let error = findings.verdict().expect_err("two differ");
        assert_eq!((class_of(&error), sought_of(&error)), (Class::Product, &[2][..]));
        assert_eq!(error.to_string(), "a should be 1\n  saw      2\nand b should be 3\n  saw      4");
        Findings::default().verdict().expect("nothing differs");
    }

    #[test]
    fn what_says_nothing_about_the_pages_ends_them_and_hides_nothing() {
        let gone = || Err(Failure::infrastructure("the browser is gone").into());
        let error = Findings::default().note(gone()).expect_err("the end");
        assert_eq!(class_of(&error), Class::Infrastructure);
        let mut findings = Findings::default();
        findings.note(Err(Failure::product("a should be 1").into())).expect("no end");
        let error = findings.note(gone()).expect_err("the end");
        assert_eq!(class_of(&error), Class::Product);
        assert_eq!(error.to_string(), "a should be 1\nand the rest was not looked at: the browser is gone");
    }
}
