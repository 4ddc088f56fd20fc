//! What changes between the check page and the confirmation, and what is refused then (CONTRACT 3.4.3 to 3.4.7, I1, I6).

use dcdb_purchase_e2e::standin::ServeArgs;
use serde_json::json;

use crate::{
    confirmation::{books, documented_example},
    site::{TestSite, confirmation},
};

#[tokio::test]
async fn refusals_leave_nothing_behind() {
    let site = TestSite::start().await;
    let unverified = site.buyer_with(json!({ "verified": false })).await;
    let check = documented_example(&unverified).await;
    assert_eq!(unverified.confirm(&check).await.refusal(), "Verify your identity before purchasing");
    assert_eq!(books(&unverified).await, (0, 0, 0, 10_000_000));

    let late = site.buyer().await;
    let check = documented_example(&late).await;
    late.world(json!({ "sold_out": ["ap-guangzhou-3"] })).await;
    assert_eq!(late.confirm(&check).await.refusal(), "Sold out in this zone");
    assert_eq!(books(&late).await, (0, 0, 0, 10_000_000));
}

#[tokio::test]
async fn a_changed_price_is_shown_and_must_be_confirmed_again() {
    let site = TestSite::start().await;
    let buyer = site.buyer().await;
    let check = documented_example(&buyer).await;
    buyer.world(json!({ "price_percent": 110 })).await;
    let again = buyer.confirm(&check).await;
    assert_eq!(again.refusal(), "The price has changed. Confirm again.");
    assert!(again.text.contains("¥1,116.72") && !again.text.contains("¥1,015.20"), "the new price is not shown alone");
    assert_eq!(books(&buyer).await, (0, 0, 0, 10_000_000));
    // A tab that still shows the old price cannot accept the new one.
    assert_eq!(buyer.confirm(&check).await.refusal(), "The price has changed. Confirm again.");
    assert!(buyer.confirm(&again).await.url.contains("/dcdb/result/"));
    assert_eq!(books(&buyer).await, (1, 1, 1, 10_000_000 - 111_672));
}

#[tokio::test]
async fn a_price_that_changed_behind_the_purchase_page_is_said_on_the_check_page() {
    let site = TestSite::start().await;
    let buyer = site.buyer().await;
    let page = buyer.get("buy", "/dcdb").await;
    let shown = buyer.price(&[("disk", "500")]).await["fen"].as_i64().expect("fen").to_string();
    buyer.world(json!({ "price_percent": 110 })).await;
    let form = [("csrf", page.field("csrf")), ("fee", shown), ("disk", "500".to_owned())];
    let form: Vec<(&str, &str)> = form.iter().map(|(key, value)| (*key, value.as_str())).collect();
    let check = buyer.post("buy", "/dcdb", &form).await;
    assert_eq!(check.refusal(), "The price has changed. Confirm again.");
    assert!(check.text.contains("¥1,116.72") && !check.text.contains("¥1,015.20"), "the new price is not shown alone");
    assert_eq!(books(&buyer).await, (0, 0, 0, 10_000_000));
    assert!(buyer.confirm(&check).await.url.contains("/dcdb/result/"));
    assert_eq!(books(&buyer).await, (1, 1, 1, 10_000_000 - 111_672));
    let odd = [("csrf", page.field("csrf")), ("fee", "cheap".to_owned())];
    let odd: Vec<(&str, &str)> = odd.iter().map(|(key, value)| (*key, value.as_str())).collect();
    assert_eq!(buyer.post("buy", "/dcdb", &odd).await.status, 400);
}

#[tokio::test]
async fn a_price_that_no_page_showed_is_not_accepted() {
    let site = TestSite::start().await;
    let buyer = site.buyer().await;
    let check = documented_example(&buyer).await;
    let mut form = confirmation(&check);
    form.insert("fee".into(), "1".into());
    let form: Vec<(&str, &str)> = form.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    buyer.post("buy", "/dcdb/confirm", &form).await;
    assert_eq!(books(&buyer).await, (0, 0, 0, 10_000_000));
}

#[tokio::test]
async fn a_changed_price_that_a_reload_showed_is_paid_when_confirmed() {
    let site = TestSite::start().await;
    let buyer = site.buyer().await;
    let check = documented_example(&buyer).await;
    buyer.world(json!({ "price_percent": 90 })).await;
    let reloaded = buyer.at(&check.url).await;
    assert_eq!(reloaded.refusal(), "The price has changed. Confirm again.");
    assert!(reloaded.text.contains("¥913.68"), "the new price is not shown");
    assert!(buyer.confirm(&reloaded).await.url.contains("/dcdb/result/"));
    assert_eq!(books(&buyer).await, (1, 1, 1, 10_000_000 - 91_368));
}

#[tokio::test]
async fn what_changes_while_a_confirmation_is_under_way_counts() {
    let args = ServeArgs { delays: 5.0, ..Default::default() };
    let site = TestSite::start_with(args).await;
    for (change, message) in [
        (json!({ "price_percent": 110 }), "The price has changed. Confirm again."),
        (json!({ "sold_out": ["ap-guangzhou-3"] }), "Sold out in this zone"),
    ] {
        let buyer = site.buyer().await;
        let check = documented_example(&buyer).await;
        let (page, ()) = tokio::join!(buyer.confirm(&check), buyer.world(change));
        assert_eq!(page.refusal(), message);
        assert_eq!(books(&buyer).await, (0, 0, 0, 10_000_000));
    }
}

#[tokio::test]
async fn an_unpaid_order_keeps_its_amount_and_its_reason_whatever_changes() {
    let site = TestSite::start().await;
    let buyer = site.buyer_with(json!({ "balance_fen": 5 })).await;
    let check = documented_example(&buyer).await;
    let unpaid = "Insufficient balance. Top up and pay the order in order management.";
    assert_eq!(buyer.confirm(&check).await.refusal(), unpaid);
    buyer.world(json!({ "price_percent": 200, "sold_out": ["ap-guangzhou-3"] })).await;
    for page in [buyer.at(&check.url).await, buyer.confirm(&check).await] {
        assert_eq!(page.refusal(), unpaid);
        assert!(page.text.contains("¥1,015.20") && page.text.contains("/expense/deal"), "{}", page.text);
        assert!(page.text.contains("Confirm Purchase"), "the message disables something");
    }
    assert_eq!(books(&buyer).await, (0, 1, 0, 5));
    buyer.world(json!({ "expire_unpaid_orders": true })).await;
    let over = buyer.confirm(&check).await;
    assert_eq!(over.refusal(), "The order is Expired; it cannot be changed.");
    assert!(!over.text.contains("Confirm Purchase"), "an order that is over can be confirmed");
    assert_eq!(books(&buyer).await, (0, 1, 0, 5));
}

#[tokio::test]
async fn a_refusal_is_not_said_again_once_its_reason_is_gone() {
    let site = TestSite::start().await;
    let buyer = site.buyer().await;
    let check = documented_example(&buyer).await;
    buyer.world(json!({ "sold_out": ["ap-guangzhou-3"] })).await;
    assert_eq!(buyer.confirm(&check).await.refusal(), "Sold out in this zone");
    buyer.world(json!({ "sold_out": [] })).await;
    assert_eq!(buyer.at(&check.url).await.refusal(), "");
    assert!(buyer.confirm(&check).await.url.contains("/dcdb/result/"));
}

#[tokio::test]
async fn confirmations_are_refused_in_chinese_too() {
    let args = ServeArgs { delays: 0.0, lang: "zh-CN".into(), ..Default::default() };
    let site = TestSite::start_with(args).await;
    for (wish, change, message) in [
        (json!({ "balance_fen": 0 }), json!({}), "余额不足，请充值后在订单管理中支付该订单。"),
        (json!({ "verified": false }), json!({}), "请先完成实名认证"),
        (json!({ "finance_right": false }), json!({}), "请主账号付款"),
        (json!({}), json!({ "price_percent": 101 }), "价格已变更，请再次确认。"),
        (json!({}), json!({ "sold_out": ["ap-guangzhou-3"] }), "该可用区已售罄"),
    ] {
        let buyer = site.buyer_with(wish).await;
        let check = documented_example(&buyer).await;
        buyer.world(change).await;
        assert_eq!(buyer.confirm(&check).await.refusal(), message);
    }
}
