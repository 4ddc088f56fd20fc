//! The documented guide, made from runs that never were, in the real browser.

use std::{fs, path::PathBuf};

use dcdb_purchase_e2e::{
    browser::Condition,
    evidence::{
        Id, PressRecord, Status,
        guide::{Guide, Made as Outcome},
    },
};
use serde_json::json;
use url::Url;

use crate::{
    at,
    made::{MARKUP, Made},
    reading, screen,
};

const WORDS: &str = r#"
title: { en: Buying, zh-CN: 购买 }
sections:
  - heading: { en: The way in, zh-CN: 入口 }
    scenario: Scenario 0
    steps:
      - { ids: [E1.1], says: { en: Click here., zh-CN: 单击此处。 }, after: the buyer waits }
      - { ids: [P1, P2], says: { en: Click there., zh-CN: 单击那里。 }, after: all is well }
  - heading: { en: The rest, zh-CN: 其余 }
    note: { ids: [N1], says: { en: Mind the gap., zh-CN: 当心。 } }
    scenario: Scenario 1
    steps:
      - { ids: [P3], says: { en: Done., zh-CN: 完成。 }, after: the buyer waits }
"#;

/// The two halves of it, as a screen reader has them.
const ENGLISH: &str = r#"
- main
  - heading "Buying" [level=1]
  - text: "The pages of made on 2026-11-23, in none 1.0, suite at 0123456789"
  - heading "The way in" [level=2]
  - list
    - listitem
      - text: "Click here. E1.1"
      - image "Picture: Click here."
    - listitem
      - text: "Click there. P1 P2"
      - image "Picture: Click there."
  - heading "The rest" [level=2]
  - text: "Note Mind the gap. N1"
  - list
    - listitem
      - text: "Done. P3"
      - image "Picture: Done."
"#;
const CHINESE: &str = r#"
- main
  - heading "购买" [level=1]
  - text: "2026-11-23，made 的页面，none 1.0，测试套件版本 0123456789"
  - heading "入口" [level=2]
  - list
    - listitem
      - text: "单击此处。 E1.1"
      - image "图：单击此处。"
    - listitem
      - text: "单击那里。 P1 P2"
      - image "图：单击那里。"
  - heading "其余" [level=2]
  - text: "注意 当心。 N1"
  - list
    - listitem
      - text: "完成。 P3"
      - image "图：完成。"
"#;

fn flow() -> Vec<Id> {
    ["E1.1", "P1", "P2", "P3", "N1"].map(|id| Id { id: id.into(), says: "what the document says".into() }).into()
}

/// The steps of the scenarios that the words name.
fn steps_of(title: &str) -> Option<Vec<String>> {
    let steps = ["the buyer waits", "all is well"].map(str::to_owned);
    ["Scenario 0", "Scenario 1"].contains(&title).then(|| steps.into())
}

fn words() -> Guide {
    Guide::read(WORDS, &flow(), steps_of).expect("words that hold")
}

/// A run of the guide's scenarios with a picture of each step.
fn run(language: &str) -> Made {
    let mut made = Made::with(3);
    made.record.run.language = language.into();
    for scenario in made.record.scenarios.iter_mut().take(2) {
        scenario.tags.push("guide".into());
        for step in &mut scenario.steps {
            step.picture = Some("picture.png".into());
        }
    }
    made
}

/// The guide of a run in English and one in Chinese, into one folder.
fn both() -> (Made, PathBuf) {
    let (english, chinese) = (run("en"), run("zh-CN"));
    let out = english.folder.path();
    let file = out.join("guide.html");
    for record in [&english.record, &chinese.record] {
        assert_eq!(words().make(record, out).expect("made"), Outcome::Anew(file.clone()));
    }
    (english, file)
}

#[test]
fn it_is_numbered_as_the_document_with_a_picture_a_step_in_both_languages() {
    let (_folder, file) = both();
    let complaints = reading::open(&Url::from_file_path(file).expect("an address"), async |visit| {
        for (language, expected) in [("en", ENGLISH), ("zh-CN", CHINESE)] {
            let tree = visit.tree("guide", &at(&format!("{{ css: '#{language}' }}"))).await?;
            assert_eq!(tree.trim(), expected.trim());
        }
        visit.at("guide", &at("{ role: link, name: 中文 }")).click().await?;
        visit.at("guide", &at("{ text: { contains: 当心。 } }")).should(Condition::Visible).await
    });
    assert!(complaints.is_empty(), "{complaints:?}");
}

#[tokio::test]
async fn it_fits_a_phone_and_its_pictures_are_shown() {
    let (_folder, file) = both();
    let address = Url::from_file_path(file).expect("an address");
    for (width, scheme) in [(360, "light"), (1280, "dark")] {
        let screen = screen::Screen::open(&address, width, scheme).await;
        let pictures = "return Promise.all([...document.querySelectorAll('image')].map((picture) => { const image = new Image(); image.src = picture.href.baseVal; return image.decode().then(() => image.naturalWidth); }))";
        assert_eq!(screen.ask(pictures).await, json!([1, 1, 1, 1, 1, 1]));
        let drawn = "return [...document.querySelectorAll('.shot')].map((shot) => [...shot.querySelectorAll('svg')].filter((one) => one.getBoundingClientRect().width > 100).map((one) => one.className.baseVal).join())";
        let shown = if width < 560 { "part" } else { "whole" };
        assert_eq!(screen.ask(drawn).await, json!(vec![shown; 6]), "at {width}");
        let wide = screen.ask("return document.documentElement.scrollWidth - innerWidth").await;
        assert!(wide.as_i64().is_some_and(|wide| wide <= 0), "{wide} too wide at {width}");
        assert_eq!(screen.ask(screen::POOR_CONTRAST).await, json!([]), "hard to read in {scheme} at {width}");
        screen.close().await;
    }
}

#[test]
fn what_is_not_shown_as_documented_keeps_the_guide_there_was() {
    let (english, file) = both();
    let out = english.folder.path();
    let before = fs::read(&file).expect("a guide");
    let kept = |change: fn(&mut Made)| {
        let mut made = run("en");
        made.record.target = "another".into();
        change(&mut made);
        let outcome = words().make(&made.record, out).expect("an outcome");
        assert!(fs::read(&file).expect("a guide") == before, "written anew: {outcome:?}");
        outcome
    };
    assert_eq!(
        kept(|made| made.record.scenarios[1].status = Status::Failed),
        Outcome::Kept("\"Scenario 1\" ended as failed".into())
    );
    assert_eq!(
        kept(|made| drop(made.record.scenarios.remove(1))),
        Outcome::Kept("\"Scenario 1\" ended as not selected".into())
    );
    assert_eq!(
        kept(|made| made.record.scenarios[1].steps[1].picture = None),
        Outcome::Kept("no picture was taken after \"the buyer waits\"".into())
    );
    assert_eq!(
        kept(|made| made.record.run.language = "fr".into()),
        Outcome::Kept("guide.yaml has no words in fr".into())
    );
    assert_eq!(kept(|made| made.record.scenarios.truncate(0)), Outcome::NotAsked);
}

#[test]
fn what_a_run_is_called_is_text_in_it_and_nothing_else() {
    let mut made = run("en");
    made.record.target = MARKUP.into();
    let out = made.folder.path();
    words().make(&made.record, out).expect("made");
    let address = Url::from_file_path(out.join("guide.html")).expect("an address");
    let complaints = reading::open(&address, async |visit| {
        visit.at("guide", &at("{ css: 'img[src=x]' }")).should(Condition::Absent).await?;
        visit.at("guide", &at("{ css: .made }")).should(Condition::Visible).await
    });
    assert!(complaints.is_empty(), "{complaints:?}");
}

#[test]
fn words_that_do_not_fit_features_and_document_are_refused() {
    for (from, to, said) in [
        ("[P1, P2]", "[P1]", "guide.yaml: P2 of the documented flow should be there once, and is 0 times"),
        ("[P1, P2]", "[P1, P2, P3]", "guide.yaml: P3 of the documented flow should be there once, and is 2 times"),
        ("[P1, P2]", "[P1, P2, P9]", "guide.yaml: the documented flow has no P9"),
        ("ids: [E1.1]", "ids: []", "guide.yaml: a step has no id"),
        (", zh-CN: 完成。", "", "guide.yaml: what the title has in [\"en\", \"zh-CN\"] is here only in [\"en\"]"),
        ("Scenario 1", "Scenario 8", "guide.yaml: no scenario that is tagged @guide is called \"Scenario 8\""),
        ("after: all is well", "after: all ends", "guide.yaml: \"Scenario 0\" has no step \"all ends\""),
        ("title:", "titel:", "guide.yaml cannot be read: unknown field `titel`"),
    ] {
        let broken = WORDS.replacen(from, to, 1);
        assert_ne!(broken, WORDS, "{from:?} is not there");
        let error = Guide::read(&broken, &flow(), steps_of).expect_err(said);
        assert!(format!("{error:#}").starts_with(said), "{error:#}\nshould start with\n{said}");
    }
}

#[test]
fn boxes_in_place_of_characters_are_owned_up_to() {
    let mut made = run("zh-CN");
    for lacks_font in [true, false] {
        made.record.run.lacks_font = lacks_font;
        words().make(&made.record, made.folder.path()).expect("made");
        let guide = fs::read_to_string(made.folder.path().join("guide.html")).expect("a guide");
        assert_eq!(guide.contains("没有中文字体"), lacks_font, "{guide}");
    }
}

/// The head of a PNG file of this size, which is all that is read of it.
fn picture(width: u32, height: u32) -> Vec<u8> {
    let size = [width.to_be_bytes(), height.to_be_bytes()].concat();
    [b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR", &size[..], &[8, 6, 0, 0, 0, 0, 0, 0, 0]].concat()
}

#[test]
fn what_is_pressed_is_marked_and_what_shows_it_is_cut_out() {
    let mut made = run("en");
    let out = made.folder.path().to_owned();
    fs::write(out.join("page.png"), picture(1280, 2000)).expect("written");
    let press = |address: &str, left: f64, top: f64| PressRecord {
        address: address.into(),
        left,
        top,
        width: 100.0,
        height: 30.0,
    };
    let steps = &mut made.record.scenarios[0].steps;
    let at = steps.iter().position(|step| step.text == "the buyer waits").expect("that step");
    steps[at].picture = Some("page.png".into());
    steps[at].address = Some("https://site.test/buy?region=1".into());
    // Elsewhere; here, twice; and then, by the step after it, on the same page and on the one that comes.
    steps[at].pressed = vec![
        press("https://site.test/login", 700.0, 700.0),
        press("https://site.test/buy", 200.0, 300.0),
        press("https://site.test/buy#network", 210.0, 305.0),
    ];
    steps[at + 1].pressed =
        vec![press("https://site.test/buy?region=1", 1170.0, 1960.0), press("https://site.test/check", 5.0, 5.0)];
    words().make(&made.record, &out).expect("made");
    let guide = fs::read_to_string(out.join("guide.html")).expect("a guide");
    let first = guide.split("<li id").nth(1).expect("a step");
    let of = |mark: &str, name: &str| -> Vec<String> {
        let tags = first.split('<').filter(|tag| tag.contains(mark));
        let value = |tag: &str| {
            tag.split(&format!(" {name}=\"")).nth(1).and_then(|rest| rest.split('"').next()).map(str::to_owned)
        };
        tags.filter_map(value).collect()
    };
    assert_eq!(of("\"mark\"", "x"), ["195.0", "1165.0"], "{first}");
    assert_eq!(of("\"mark\"", "y"), ["295.0", "1955.0"], "{first}");
    // As wide and high as somebody needs it who knows nothing of the page, and not beyond its edges.
    assert_eq!(of("\"part\"", "viewBox"), ["10.0 165.0 480.0 300.0", "800.0 1700.0 480.0 300.0"], "{first}");
    let second = guide.split("<li id").nth(2).expect("a step");
    assert!(!second.contains("\"mark\"") && second.contains("viewBox=\"0.0 0.0 1.0 1.0\""), "{second}");
}
