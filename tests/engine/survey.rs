//! What a page is told to hold for whoever has to find out what is what on it: the parts that component libraries make their controls of.

use dcdb_purchase_e2e::browser::Thing;

use crate::bench::{at, manners, with_page};

#[test]
fn parts_of_component_libraries_are_told_for_what_they_are() {
    let select = |value: &str, more: &str| {
        format!(
            "<div><div><div><div><div><div><input readonly value='{value}' {more}></div></div></div></div></div></div>"
        )
    };
    let html = format!(
        "<style>.tab,.item{{cursor:pointer}}</style><ul><li class=item><a href=/docs>Docs</a></ul><h1>Buy</h1>\
        <div class=row><label>Zone</label>{}</div><div class=row><label for=t>Term</label><div><div>1 month<input id=t role=combobox autocomplete=new-password readonly></div></div></div>\
        <div><div class=tab>North (1)</div><div class=tab>South (0)</div></div><div class=menu tabindex=0><span>Open</span></div><form><button type=button>Show</button><button>Go</button></form>",
        select("Zone 3", "")
    );
    with_page(html.leak(), manners(), async |bench| {
        let seen = bench.visit.survey("test page").await.expect("a survey");
        let all = |is: &dyn Fn(&&Thing) -> bool| seen.things.iter().filter(is).cloned().collect::<Vec<_>>();
        let one = |is: &dyn Fn(&&Thing) -> bool| match <[Thing; 1]>::try_from(all(is)) {
            Ok([thing]) => thing,
            Err(things) => panic!("{things:#?}"),
        };
        let zone = one(&|thing| thing.value == "Zone 3" && thing.tag == "input");
        assert!(zone.readonly && zone.caption == "Zone", "{zone:?}");
        // What is shown is no secret, whatever a browser is told not to fill in.
        assert_eq!(one(&|thing| thing.role.as_deref() == Some("combobox")).value, "1 month");
        let tabs = all(&|thing| thing.among);
        assert_eq!(tabs.iter().map(|tab| tab.text.as_str()).collect::<Vec<_>>(), ["North (1)", "South (0)"]);
        assert!(
            all(&|thing| thing.tag == "li").iter().all(|wraps| !wraps.opener),
            "a link is pressed, not what wraps it"
        );
        assert_eq!(one(&|thing| thing.kind == "submit").text, "Go");
        // A person would say what it shows, though that stands in a part of it.
        let menu = one(&|thing| thing.tag == "div" && thing.text == "Open");
        let ways = bench.visit.ways("test page", menu.id, false).await.expect("ways");
        assert!(menu.opener && ways.contains(&at("{ text: Open }")), "{ways:?}");
    });
}

#[test]
fn it_is_told_that_a_page_holds_frames_or_more_than_is_told() {
    let html = format!("<h1>Long</h1><iframe srcdoc=x></iframe>{}", "<p>one</p>".repeat(1600));
    with_page(html.leak(), manners(), async |bench| {
        let seen = bench.visit.survey("test page").await.expect("a survey");
        assert_eq!((seen.frames, seen.cut, seen.things.len()), (1, true, 1500));
    });
}
