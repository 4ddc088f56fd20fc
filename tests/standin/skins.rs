//! One site in two markups: the same handlers, forms and words behind either.

use dcdb_purchase_e2e::standin::{ServeArgs, Skin};

use crate::site::{Page, TestSite, confirmation, unescaped};

const SKINS: [Skin; 2] = [Skin::Classic, Skin::Tea];

async fn start(skin: Skin, lang: &str) -> TestSite {
    TestSite::start_with(ServeArgs { delays: 0.0, skin, lang: lang.into(), ..ServeArgs::default() }).await
}

/// Where a page's style and script are.
fn assets(page: &Page) -> [String; 2] {
    ["site.css", "site.js"].map(|name| {
        let text = unescaped(&page.text);
        let address = text.split('"').find(|part| part.ends_with(&format!("/{name}")));
        address.unwrap_or_else(|| panic!("no {name} at {}", page.url)).to_owned()
    })
}

#[tokio::test]
async fn every_page_comes_in_both_skins_and_languages_with_all_its_texts() {
    for (skin, lang) in SKINS.iter().flat_map(|skin| ["en", "zh-CN"].map(|lang| (*skin, lang))) {
        let site = start(skin, lang).await;
        let visitor = site.client();
        let buyer = site.buyer().await;
        let check = buyer.purchase_now(&[("region", "ap-shanghai"), ("network", "vpc")]).await;
        let result = buyer.buy(&[]).await;
        let mut pages = vec![check, result];
        for (host, path, status) in [
            ("portal", "/", 200),
            ("portal", "/product/dcdb", 200),
            ("portal", "/product/cvm", 200),
            ("portal", "/product/nothing", 404),
            ("portal", "/document/product/237/6918", 200),
            ("portal", "/nowhere", 404),
            ("buy", "/dcdb?shards=9", 200),
            ("buy", "/dcdb/check?intention=none", 200),
            ("console", "/", 200),
            ("console", "/dcdb", 200),
            ("console", "/dcdb?region=ap-beijing", 200),
            ("console", "/expense/deal", 200),
        ] {
            let page = buyer.get(host, path).await;
            assert_eq!(page.status, status, "{skin:?} {lang} {}", page.url);
            pages.push(page);
        }
        pages.push(site.get_with(&visitor, "portal", "/login").await);
        for page in pages {
            assert!(page.text.contains(&format!("<html lang=\"{lang}\">")), "{skin:?} {lang} {}", page.url);
            assert!(!page.text.contains('⟦'), "{skin:?} {lang} {}: a text is missing", page.url);
            assert_eq!(page.text.contains("tea-"), skin == Skin::Tea, "{skin:?} {}", page.url);
            for path in assets(&page) {
                assert_eq!(site.get_with(&visitor, "portal", &path).await.status, 200, "{path}");
            }
        }
    }
}

#[tokio::test]
async fn every_link_of_home_and_overview_leads_to_another_page() {
    for skin in SKINS {
        let site = start(skin, "en").await;
        let buyer = site.buyer().await;
        for host in ["portal", "console"] {
            let page = buyer.get(host, "/").await;
            let text = unescaped(&page.text);
            let links: Vec<&str> =
                text.split("<a ").skip(1).filter_map(|rest| rest.split("href=\"").nth(1)?.split('"').next()).collect();
            assert!(links.len() > 8, "{skin:?} {}: {links:?}", page.url);
            let back = links.iter().filter(|link| **link == page.url).count();
            assert!(back <= 1, "{skin:?} {}: more than the header leads back to it, {links:?}", page.url);
            for link in links {
                let there = buyer.client.get(link).send().await.expect("an answer");
                assert_eq!(there.status(), 200, "{skin:?} {}: {link}", page.url);
            }
        }
    }
}

#[tokio::test]
async fn the_address_of_script_and_style_is_the_skin_s_own() {
    let (classic, tea) = (start(Skin::Classic, "en").await, start(Skin::Tea, "en").await);
    let address = async |site: &TestSite| {
        let home = site.get_with(&site.client(), "portal", "/").await;
        assets(&home)[1].clone()
    };
    let (of_classic, of_tea) = (address(&classic).await, address(&tea).await);
    assert_ne!(of_classic, of_tea, "a browser that keeps one would use it for the other");
    assert_eq!(classic.get_with(&classic.client(), "portal", &of_tea).await.status, 404);
    assert_eq!(tea.get_with(&tea.client(), "portal", &of_classic).await.status, 404);
}

#[tokio::test]
async fn forms_carry_the_same_fields_in_both_skins() {
    let mut fields = Vec::new();
    for skin in SKINS {
        let site = start(skin, "en").await;
        let buyer = site.buyer().await;
        let names = |text: &str| {
            let mut names: Vec<String> = text
                .split(" name=\"")
                .skip(1)
                .filter_map(|rest| rest.split('"').next())
                .filter(|name| *name != "viewport")
                .map(str::to_owned)
                .collect();
            names.sort();
            names.dedup();
            names
        };
        buyer.buy(&[]).await;
        let check = buyer.purchase_now(&[]).await;
        fields.push([
            names(&buyer.get("buy", "/dcdb").await.text),
            confirmation(&check).into_keys().collect(),
            names(&buyer.get("console", "/dcdb").await.text),
        ]);
    }
    assert_eq!(fields[0], fields[1]);
}

#[tokio::test]
async fn a_name_with_markup_is_shown_as_text_in_the_vendor_s_component_style_too() {
    let site = start(Skin::Tea, "en").await;
    let buyer = site.buyer().await;
    let name = "\"><script>alert(1)</script>";
    let check = buyer.purchase_now(&[("name", name)]).await;
    buyer.confirm(&check).await;
    let form = buyer
        .get(
            "buy",
            &format!("/dcdb?name={}", url::form_urlencoded::byte_serialize(name.as_bytes()).collect::<String>()),
        )
        .await;
    for page in [&check, &form, &buyer.get("console", "/dcdb").await] {
        assert!(!page.text.contains("<script>alert"), "unescaped at {}", page.url);
        assert!(page.text.contains("&lt;script&gt;alert(1)"), "not shown at {}", page.url);
    }
}
