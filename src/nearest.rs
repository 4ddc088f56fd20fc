//! What somebody may have meant by a word that nobody knows.

/// How alike two words must be to be taken for one another, 0 to 1.
const ALIKE: f64 = 0.7;

/// How alike two words are, 0 to 1, whatever their case.
pub fn likeness(one: &str, other: &str) -> f64 {
    strsim::normalized_damerau_levenshtein(&one.to_lowercase(), &other.to_lowercase())
}

/// The known word that is most like this one, where any is like it at all.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let likenesses = known.into_iter().map(|known| (known, likeness(word, known)));
    let (known, likeness) = likenesses.max_by(|(_, one), (_, other)| one.total_cmp(other))?;
    (likeness >= ALIKE).then_some(known)
}

/// The same as words that end a sentence; empty where nothing is like it.
pub fn did_you_mean<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    nearest(word, known).map(|known| format!("; did you mean {known}?")).unwrap_or_default()
}

/// Whether two words differ in their numbers alone: those are two things, and no slip of the pen.
pub fn differ_by_number(one: &str, other: &str) -> bool {
    let letters = |word: &str| word.replace(|c: char| c.is_ascii_digit(), "").trim_matches('-').to_owned();
    one != other && letters(one) == letters(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_pen_is_recognised_and_another_word_is_not() {
        let known = ["accounts", "hosts", "page-states"];
        assert_eq!(nearest("acounts", known), Some("accounts"));
        assert_eq!(nearest("Page_States", known), Some("page-states"));
        assert_eq!(nearest("moon", known), None);
        assert_eq!(did_you_mean("hots", known), "; did you mean hosts?");
        assert_eq!(did_you_mean("moon", known), "");
        assert!(differ_by_number("E1.2", "E1.1") && differ_by_number("zone-2", "zone"));
        assert!(!differ_by_number("E1.1", "E1.1") && !differ_by_number("zonr", "zone"));
    }
}
