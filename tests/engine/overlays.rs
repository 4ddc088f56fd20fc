//! What dismisses an overlay never pays, terminates or returns.

use dcdb_purchase_e2e::{
    browser::{Condition, Manners},
    domain::{Class, class_of},
};

use crate::bench::{at, manners, with_page_over_each_channel};

/// A notice, and a button that pays beside it, in whatever way they are one.
const NOTICES: &str = "<p id=notice>News</p><p id=log>-</p><div aria-hidden=true><form onsubmit=\"log.textContent='paid'; return false\">
    <button id=pay class=primary aria-label='Confirm Purchase'><span class=word>Confirm Purchase</span></button></form></div>
    <label class=caption for=pay>Close</label>
    <button class=turning onclick=\"log.textContent='paid'\">Close the news</button><button class=close onclick=\"notice.remove()\">Close</button>
    <script>const turning = document.querySelector('.turning');
    turning.onpointerenter = () => { turning.textContent = 'Confirm Purchase' }</script>";

#[test]
fn what_pays_is_not_pressed_to_dismiss_an_overlay_by_whatever_it_is_found() {
    for dismissed_by in ["{ css: .primary }", "{ css: .word }", "{ css: .caption }", "{ css: .turning }"] {
        let overlays = vec![(at("{ css: '#notice' }"), at(dismissed_by))];
        let irrevocable = vec![("pages: check: confirm".to_owned(), at("{ role: button, name: Confirm Purchase }"))];
        let manners = Manners { overlays, irrevocable, ..manners() };
        with_page_over_each_channel(NOTICES, manners, async |bench| {
            let log = at("{ css: '#log' }");
            let error = bench.visit.at("test page", &log).should(Condition::Visible).await.expect_err(dismissed_by);
            assert_eq!(class_of(&error), Class::Guard, "{dismissed_by}: {error:#}");
            let text = format!("{error:#}");
            assert!(text.contains("(pages: check: confirm); nothing was pressed"), "{dismissed_by}: {text}");
            assert!(text.contains("mend     overlays: dismiss:"), "{dismissed_by}: {text}");
            let tree = bench.visit.witness().await.expect("a page").expect("a page").tree;
            assert!(!tree.contains("paid"), "{dismissed_by}: {tree}");
        });
    }
}
