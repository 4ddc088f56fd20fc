//! Prices (CONTRACT 3.3.17 to 3.3.19).

use proptest::{prelude::*, test_runner::TestRunner};
use serde_json::json;

use crate::site::TestSite;

#[tokio::test]
async fn worked_examples_cost_what_is_documented() {
    let site = TestSite::start().await;
    let buyer = site.buyer_with(json!({ "finance_zones": true })).await;
    let examples = [
        (vec![("disk", "500")], "¥1,015.20"),
        (vec![("disk", "10")], "¥380.16"),
        (vec![("disk", "20")], "¥393.12"),
        (vec![("memory", "16"), ("disk", "200")], "¥3,196.80"),
        (vec![("region", "ap-chengdu"), ("disk", "20")], "¥305.76"),
        (vec![("region", "ap-chongqing"), ("disk", "20")], "¥305.76"),
        (vec![("region", "ap-hongkong"), ("disk", "20")], "¥594.00"),
        (vec![("region", "ap-shanghai-fsi"), ("disk", "20")], "¥960.00"),
        (vec![("replicas", "2"), ("disk", "10")], "¥570.24"),
    ];
    for (fields, fee) in examples {
        let price = buyer.price(&fields).await;
        assert_eq!(price["fee"], fee, "{fields:?}");
        assert_eq!(price["original"], json!(null), "{fields:?}");
    }
}

#[tokio::test]
async fn a_year_or_more_is_discounted_and_shows_what_it_would_have_cost() {
    let site = TestSite::start().await;
    let buyer = site.buyer().await;
    let year = buyer.price(&[("disk", "20"), ("months", "12"), ("quantity", "3")]).await;
    assert_eq!((year["fee"].as_str(), year["original"].as_str()), (Some("¥11,746.43"), Some("¥14,152.32")));
    let eleven = buyer.price(&[("disk", "20"), ("months", "11")]).await;
    assert_eq!((eleven["fee"].as_str(), eleven["original"].as_str()), (Some("¥4,324.32"), None));
}

#[tokio::test]
async fn half_a_fen_is_rounded_up() {
    let site = TestSite::start().await;
    let buyer = site.buyer().await;
    // 1,287.90 at 105 % is 1,352.295.
    let odd = [("region", "ap-hongkong"), ("replicas", "2"), ("shards", "3"), ("disk", "10")];
    assert_eq!(buyer.price(&odd).await["fee"], "¥1,287.90");
    buyer.world(json!({ "price_percent": 105 })).await;
    assert_eq!(buyer.price(&odd).await["fee"], "¥1,352.30");
}

#[tokio::test]
async fn the_price_that_is_shown_is_checked_ordered_and_charged() {
    let site = TestSite::start().await;
    let buyer = site.buyer().await;
    let fields = [("disk", "20"), ("months", "12"), ("quantity", "3")];
    assert_eq!(buyer.price(&fields).await["fee"], "¥11,746.43");
    let check = buyer.purchase_now(&fields).await;
    assert!(check.text.contains("¥11,746.43") && check.text.contains("¥14,152.32"));
    let result = buyer.confirm(&check).await;
    assert!(result.text.contains("¥11,746.43"));
    assert!(buyer.get("console", "/expense/deal").await.text.contains("¥11,746.43"));
    let truth = buyer.truth().await;
    assert_eq!(truth["charges"]["sum_fen"], 1_174_643);
    assert_eq!(truth["balance_fen"], 10_000_000 - 1_174_643);
}

#[test]
fn every_price_is_the_exact_one_rounded_half_up_once() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let site = runtime.block_on(TestSite::start());
    let buyer = runtime.block_on(site.buyer_with(json!({ "finance_zones": true })));
    // Monthly prices per GB and node in 1/1000 yuan, written out again from the contract.
    let regions = [
        ("ap-guangzhou", 45_900, 324),
        ("ap-chengdu", 35_700, 252),
        ("ap-hongkong", 68_850, 540),
        ("ap-shanghai-fsi", 113_600, 640),
    ];
    let any = (
        0..regions.len(),
        1..=2i64,
        0..6u32,
        2..=8i64,
        1..=50i64,
        1..=10i64,
        prop::sample::select(vec![1i64, 5, 11, 12, 24, 36]),
    );
    let checked = TestRunner::new(ProptestConfig::with_cases(100)).run(
        &any,
        |(region, replicas, power, shards, tens, quantity, months)| {
            let (code, memory_price, disk_price) = regions[region];
            let (memory, disk) = (2i64.pow(power + 1), tens * 10);
            let thousandths = (memory * memory_price + disk * disk_price) * (replicas + 1) * shards * months * quantity;
            let fen = if months >= 12 { (thousandths * 83 + 500) / 1000 } else { (thousandths + 5) / 10 };
            let text = |number: i64| number.to_string();
            let fields = [
                ("memory", text(memory)),
                ("disk", text(disk)),
                ("replicas", text(replicas)),
                ("shards", text(shards)),
                ("quantity", text(quantity)),
                ("months", text(months)),
                ("region", code.to_owned()),
            ];
            let fields: Vec<(&str, &str)> = fields.iter().map(|(key, value)| (*key, value.as_str())).collect();
            let price = runtime.block_on(buyer.price(&fields));
            let shown: String =
                price["fee"].as_str().unwrap_or_default().chars().filter(char::is_ascii_digit).collect();
            prop_assert_eq!(shown.parse::<i64>().ok(), Some(fen), "{:?}: {}", fields, price);
            Ok(())
        },
    );
    if let Err(error) = checked {
        panic!("{error}");
    }
}

#[tokio::test]
async fn a_changed_price_list_is_one_account_s_own() {
    let site = TestSite::start().await;
    let (buyer, other) = (site.buyer().await, site.buyer().await);
    buyer.world(json!({ "price_percent": 110 })).await;
    assert_eq!(buyer.price(&[("disk", "500")]).await["fee"], "¥1,116.72");
    assert_eq!(other.price(&[("disk", "500")]).await["fee"], "¥1,015.20");
}
