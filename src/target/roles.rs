//! The roles that elements can have, as the browser room's script tells them (WAI-ARIA 1.2 and what has come since).

use crate::nearest::did_you_mean;

const ROLES: &str = "alert alertdialog application article banner blockquote button caption cell checkbox code columnheader combobox \
    complementary contentinfo definition deletion dialog document emphasis feed figure form grid gridcell group heading image \
    insertion link list listbox listitem log main marquee math menu menubar menuitem menuitemcheckbox menuitemradio meter navigation \
    note option paragraph progressbar radio radiogroup region row rowgroup rowheader scrollbar search searchbox sectionfooter sectionheader \
    separator slider spinbutton status strong subscript suggestion superscript switch tab table tablist tabpanel term textbox time timer toolbar \
    tooltip tree treegrid treeitem";

/// Why no element is ever found by this role; `None` where one may be.
pub fn objection(role: &str) -> Option<String> {
    let known = || ROLES.split_whitespace();
    if known().any(|known| known == role) {
        return None;
    }
    let meant = match role {
        "img" => "; it is told as image".to_owned(),
        "presentation" | "none" | "generic" => "; what has it has no role at all".to_owned(),
        _ => did_you_mean(role, known()),
    };
    Some(format!("{role:?} is no role of WAI-ARIA that an element is found by{meant}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_those_of_the_script() {
        let script = include_str!("../browser/script/aria.js");
        let list = script
            .split_once("const KNOWN_ROLES = new Set((")
            .and_then(|(_, rest)| rest.split_once(").split"))
            .expect("roles")
            .0;
        let words = list.split(|c: char| !c.is_ascii_lowercase()).filter(|word| !word.is_empty());
        let told: Vec<&str> = words.filter(|role| !["none", "generic"].contains(role)).collect();
        assert_eq!(ROLES.split_whitespace().collect::<Vec<_>>(), told);
    }

    #[test]
    fn one_that_nothing_has_is_refused_with_the_nearest() {
        assert_eq!(objection("button"), None);
        assert!(objection("buton").is_some_and(|why| why.ends_with("did you mean button?")));
        assert!(objection("img").is_some_and(|why| why.contains("image")));
    }
}
