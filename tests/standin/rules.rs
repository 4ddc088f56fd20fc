//! The rules of the purchase page, and that the check page holds them too (CONTRACT 3.3, 3.4.2).

use dcdb_purchase_e2e::standin::ServeArgs;
use serde_json::json;

use crate::site::{TestSite, confirmation};

/// Choices that are refused, the field that says so, and what it says in both languages.
type Refused = (&'static [(&'static str, &'static str)], &'static str, &'static str, &'static str);
const REFUSED: &[Refused] = &[
    (&[("shards", "1")], "shards", "Enter a number from 2 to 8.", "请输入 2 到 8 之间的整数。"),
    (&[("shards", "9")], "shards", "Enter a number from 2 to 8.", "请输入 2 到 8 之间的整数。"),
    (&[("shards", "two")], "shards", "Enter a whole number.", "请输入整数。"),
    (&[("shards", "")], "shards", "Enter a whole number.", "请输入整数。"),
    (&[("disk", "15")], "disk", "Enter 10 to 500 GB in steps of 10 GB.", "请输入 10 到 500 GB，步长为 10 GB。"),
    (&[("disk", "0")], "disk", "Enter 10 to 500 GB in steps of 10 GB.", "请输入 10 到 500 GB，步长为 10 GB。"),
    (&[("disk", "510")], "disk", "Enter 10 to 500 GB in steps of 10 GB.", "请输入 10 到 500 GB，步长为 10 GB。"),
    (&[("disk", "-10")], "disk", "Enter 10 to 500 GB in steps of 10 GB.", "请输入 10 到 500 GB，步长为 10 GB。"),
    (
        &[("memory", "64"), ("disk", "6010")],
        "disk",
        "Enter 10 to 6000 GB in steps of 10 GB.",
        "请输入 10 到 6000 GB，步长为 10 GB。",
    ),
    (&[("quantity", "0")], "quantity", "Enter a number from 1 to 10.", "请输入 1 到 10 之间的整数。"),
    (&[("quantity", "11")], "quantity", "Enter a number from 1 to 10.", "请输入 1 到 10 之间的整数。"),
    (&[("quantity", "99999999999999999999")], "quantity", "Enter a whole number.", "请输入整数。"),
    (&[("months", "13")], "months", "Choose a period.", "请选择购买时长。"),
    (&[("memory", "3")], "memory", "Choose a shard specification.", "请选择分片规格。"),
    (&[("months", "soon")], "months", "Choose a period.", "请选择购买时长。"),
    (&[("memory", "2GB")], "memory", "Choose a shard specification.", "请选择分片规格。"),
    (&[("replicas", "finance")], "replicas", "Choose an instance version.", "请选择实例版本。"),
    (&[("replicas", "0")], "replicas", "Choose an instance version.", "请选择实例版本。"),
    (&[("region", "")], "region", "Choose a region.", "请选择地域。"),
    (&[("replicas", "3")], "replicas", "Choose an instance version.", "请选择实例版本。"),
    (&[("region", "atlantis")], "region", "Choose a region.", "请选择地域。"),
    (&[("region", "ap-shanghai-fsi")], "region", "needs approval", "需申请"),
    (&[("zone", "ap-guangzhou-4")], "zone", "Sold out in this zone", "该可用区已售罄"),
    (&[("zone", "ap-beijing-3")], "zone", "Choose a zone of the region.", "请选择该地域的可用区。"),
    (&[("region", "ap-beijing"), ("network", "vpc")], "network", "No VPC in this region", "该地域暂无私有网络"),
    (&[("network", "vpc"), ("vpc", "vpc-other")], "vpc", "Choose a VPC of the region.", "请选择该地域的私有网络。"),
    (&[("network", "pigeon")], "network", "Choose a network type.", "请选择网络类型。"),
];

#[tokio::test]
async fn what_breaks_a_rule_is_refused_with_its_reason_and_never_bought() {
    for (language, chinese) in [("en", false), ("zh-CN", true)] {
        let site = TestSite::start_with(ServeArgs { delays: 0.0, lang: language.into(), ..ServeArgs::default() }).await;
        let buyer = site.buyer().await;
        for (fields, field, in_english, in_chinese) in REFUSED {
            let expected = if chinese { in_chinese } else { in_english };
            let price = buyer.price(fields).await;
            assert_eq!(price["problems"][field], *expected, "{fields:?}");
            assert_eq!(price["fee"], json!(null), "{fields:?}");
            let page = buyer.purchase_now(fields).await;
            assert!(page.url.ends_with("/dcdb"), "{fields:?} led to {}", page.url);
            assert!(page.text.contains(expected), "{fields:?}: the page does not say why");
            let query: Vec<String> = fields.iter().map(|(key, value)| format!("{key}={value}")).collect();
            let check = buyer.get("buy", &format!("/dcdb/check?intention=none&{}", query.join("&"))).await;
            assert_eq!((check.status, check.refusal()), (200, *expected), "{fields:?}");
            assert!(!check.text.contains("name=\"intention\""), "{fields:?}: could be confirmed");
            assert!(!check.text.contains("<dt>"), "{fields:?}: the check page shows choices that nobody made");
            assert!(!check.text.contains('⟦') && !page.text.contains('⟦'), "{fields:?}: a text is missing");
        }
        let truth = buyer.truth().await;
        assert_eq!(
            (truth["balance_fen"].as_i64(), truth["orders"].as_array().map(Vec::len)),
            (Some(10_000_000), Some(0))
        );
    }
}

#[tokio::test]
async fn a_full_subnet_is_refused_and_one_with_room_is_not() {
    let site = TestSite::start().await;
    let buyer = site.buyer().await;
    let page = buyer.get("buy", "/dcdb?region=ap-shanghai&network=vpc").await;
    let id = |prefix: &str| {
        let start = page.text.find(prefix).unwrap_or_else(|| panic!("no {prefix}"));
        page.text[start..].chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-').collect::<String>()
    };
    let (vpc, free, full) = (id("vpc-shan"), id("subnet-shde"), id("subnet-shfu"));
    let of = |subnet: &str| {
        vec![
            ("region", "ap-shanghai".to_owned()),
            ("network", "vpc".into()),
            ("vpc", vpc.clone()),
            ("subnet", subnet.to_owned()),
        ]
    };
    for (subnet, problem) in [(full, json!("This subnet has no free IP.")), (free, json!(null))] {
        let fields = of(&subnet);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(key, value)| (*key, value.as_str())).collect();
        assert_eq!(buyer.price(&fields).await["problems"]["subnet"], problem);
    }
}

#[tokio::test]
async fn numbers_of_shards_that_spread_data_unevenly_get_a_hint_only() {
    let site = TestSite::start().await;
    let buyer = site.buyer().await;
    for (shards, hinted) in [("2", false), ("3", true), ("4", false), ("7", true), ("8", false)] {
        let price = buyer.price(&[("shards", shards)]).await;
        assert_eq!(price["hint"] != "", hinted, "{shards}");
        assert!(price["fee"].is_string(), "{shards}");
    }
}

#[tokio::test]
async fn a_name_may_hold_markup_and_is_shown_as_text() {
    let site = TestSite::start().await;
    let buyer = site.buyer().await;
    let name = "<script>alert(1)</script>&\"'";
    let check = buyer.purchase_now(&[("name", name)]).await;
    let result = buyer.confirm(&check).await;
    assert_eq!(result.status, 200);
    let list = buyer.get("console", "/dcdb").await;
    for page in [&check, &list] {
        assert!(!page.text.contains("<script>alert"), "unescaped at {}", page.url);
        assert!(page.text.contains("&lt;script&gt;alert(1)"), "not shown at {}", page.url);
    }
    assert_eq!(buyer.truth().await["instances"][0]["name"], name);
    let long = "x".repeat(61);
    assert_eq!(
        buyer.price(&[("name", &long)]).await["problems"]["name"],
        "At most 60 characters, without control characters."
    );
}

#[tokio::test]
async fn an_address_whose_choices_are_not_its_intention_s_buys_nothing() {
    let site = TestSite::start().await;
    let buyer = site.buyer().await;
    let check = buyer.purchase_now(&[("disk", "500")]).await;
    let path = check
        .url
        .split(".localhost")
        .nth(1)
        .and_then(|rest| rest.find('/').map(|at| rest[at..].to_owned()))
        .expect("a path");
    let edited = buyer.get("buy", &path.replace("disk=500", "disk=10")).await;
    assert_eq!(
        (edited.status, edited.refusal()),
        (200, "This order is not the one that was chosen. Go back and choose again.")
    );
    let mut form = confirmation(&check);
    form.insert("disk".into(), "10".into());
    let form: Vec<(&str, &str)> = form.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    assert_eq!(buyer.post("buy", "/dcdb/confirm", &form).await.status, 400);
    assert_eq!(buyer.truth().await["charges"]["count"], 0);
}

#[tokio::test]
async fn a_number_is_digits() {
    let site = TestSite::start().await;
    let buyer = site.buyer().await;
    for odd in ["+3", "3.0", "0x3", "３", "1e1"] {
        assert_eq!(buyer.price(&[("shards", odd)]).await["problems"]["shards"], "Enter a whole number.", "{odd}");
    }
    assert_eq!(buyer.price(&[("shards", " 3 ")]).await["problems"], json!({}));
}

#[tokio::test]
async fn the_price_service_can_fail_for_one_account() {
    let site = TestSite::start().await;
    let buyer = site.buyer().await;
    buyer.world(json!({ "price_service": "failing" })).await;
    let check = buyer.purchase_now(&[]).await;
    assert_eq!(check.url, site.url("buy", "/dcdb"), "a purchase goes on without a price");
    assert_eq!(buyer.price(&[]).await, json!({ "failed": true }));
    buyer.world(json!({ "price_service": "ok" })).await;
    assert_eq!(buyer.price(&[]).await["fee"], "¥496.80");
    assert!(buyer.purchase_now(&[]).await.url.contains("/dcdb/check?"));
}

#[tokio::test]
async fn a_refused_address_leads_back_to_what_was_typed() {
    let site = TestSite::start().await;
    let buyer = site.buyer().await;
    let query = "region=ap-beijing&shards=two&disk=15&name=ledger&renew=on";
    let check = buyer.get("buy", &format!("/dcdb/check?intention=x&{query}")).await;
    assert_eq!(check.refusal(), "Enter a whole number.");
    let back = check.text.split("href=\"/dcdb?").nth(1).and_then(|rest| rest.split('"').next()).expect("a way back");
    let page = buyer.get("buy", &format!("/dcdb?{}", back.replace("&amp;", "&"))).await;
    for kept in [
        r#"name="region" value="ap-beijing" checked"#,
        r#"value="ap-beijing-3" selected"#,
        r#"name="shards" inputmode="numeric" size="6" value="two""#,
        r#"name="disk" inputmode="numeric" size="6" value="15""#,
        r#"value="ledger""#,
        r#"type="checkbox" checked"#,
    ] {
        assert!(page.text.contains(kept), "{kept} is not kept: {}", page.text);
    }
}

#[tokio::test]
async fn names_are_counted_in_characters_and_hold_no_control_characters() {
    let site = TestSite::start().await;
    let buyer = site.buyer().await;
    let problem = json!("At most 60 characters, without control characters.");
    for (name, expected) in [
        ("库".repeat(60), json!(null)),
        ("库".repeat(61), problem.clone()),
        ("🗄".repeat(60), json!(null)),
        ("tab\there".into(), problem.clone()),
        ("bell\u{7}".into(), problem.clone()),
        ("two\nlines".into(), problem.clone()),
        ("\u{85}".repeat(2) + "x\u{9f}y", problem),
        ("odd \u{fffd} but text".into(), json!(null)),
        ("  ".into(), json!(null)),
    ] {
        assert_eq!(buyer.price(&[("name", &name)]).await["problems"]["name"], expected, "{name:?}");
    }
    buyer.buy(&[("name", "   ")]).await;
    let instance = &buyer.truth().await["instances"][0];
    assert_eq!(instance["name"], instance["id"], "a name of spaces is no name");
}

#[tokio::test]
async fn what_is_bought_is_what_was_chosen() {
    let site = TestSite::start().await;
    let buyer = site.buyer_with(json!({ "finance_zones": true, "balance_fen": 1_000_000_000 })).await;
    let chosen = [
        ("region", "ap-shanghai-fsi"),
        ("zone", "ap-shanghai-fsi-1"),
        ("replicas", "2"),
        ("memory", "8"),
        ("shards", "5"),
        ("disk", "990"),
        ("quantity", "2"),
        ("months", "24"),
        ("name", "both"),
        ("renew", "on"),
    ];
    let check = buyer.purchase_now(&chosen).await;
    for shown in ["Shanghai Finance", "two replicas", "8 GB", ">5<", "990 GB", ">2<", "24 months", "both", ">On<"] {
        assert!(check.text.contains(shown), "the check page does not show {shown}");
    }
    buyer.confirm(&check).await;
    let truth = buyer.truth().await;
    for (position, name) in ["both-1", "both-2"].iter().enumerate() {
        let one = &truth["instances"][position];
        assert_eq!(
            (&one["name"], &one["zone"], &one["replicas"], &one["memory_gb"], &one["shards"], &one["disk_gb"]),
            (&json!(name), &json!("ap-shanghai-fsi-1"), &json!(2), &json!(8), &json!(5), &json!(990)),
        );
    }
    // 8 x 113.6 + 990 x 0.64 a node; 15 nodes, 24 months, 2 instances, 17 % off.
    assert_eq!(truth["orders"][0]["amount_fen"], json!(92_173_824));
}

#[tokio::test]
async fn every_region_sells_in_its_first_zone_on_sale() {
    let site = TestSite::start().await;
    let buyer = site.buyer_with(json!({ "finance_zones": true })).await;
    buyer.world(json!({ "sold_out": ["ap-shanghai-3"] })).await;
    for (region, zone) in [
        ("ap-guangzhou", "Guangzhou Zone 3"),
        ("ap-shanghai", "Shanghai Zone 4"),
        ("ap-shanghai-fsi", "Shanghai Finance Zone 1"),
        ("ap-beijing", "Beijing Zone 3"),
        ("ap-chengdu", "Chengdu Zone 1"),
        ("ap-chongqing", "Chongqing Zone 1"),
        ("ap-hongkong", "Hong Kong Zone 2"),
    ] {
        let check = buyer.purchase_now(&[("region", region)]).await;
        assert!(check.text.contains(&format!("<dd>{zone}</dd>")), "{region} does not sell in {zone}");
    }
}
