//! Order management (CONTRACT 3.6.9, 3.6.10).

use serde_json::json;

use crate::site::{Buyer, TestSite};

/// A buyer with one unpaid order for lack of money, and its number.
async fn unpaid(site: &TestSite) -> (Buyer<'_>, String) {
    let buyer = site.buyer_with(json!({ "balance_fen": 0 })).await;
    let check = buyer.purchase_now(&[]).await;
    buyer.confirm(&check).await;
    let order = buyer.truth().await["orders"][0]["number"].as_str().expect("an order").to_owned();
    (buyer, order)
}

async fn act(buyer: &Buyer<'_>, act: &str, order: &str) -> String {
    let csrf = buyer.get("buy", "/dcdb").await.field("csrf");
    let page = buyer.post("console", &format!("/expense/deal/{act}"), &[("csrf", &csrf), ("order", order)]).await;
    page.refusal().to_owned()
}

#[tokio::test]
async fn order_numbers_have_fourteen_digits_and_are_all_different() {
    let site = TestSite::start().await;
    let buyer = site.buyer().await;
    for _ in 0..3 {
        buyer.buy(&[]).await;
    }
    let truth = buyer.truth().await;
    let mut numbers: Vec<&str> =
        truth["orders"].as_array().expect("orders").iter().filter_map(|order| order["number"].as_str()).collect();
    assert!(
        numbers.iter().all(|number| number.len() == 14 && number.bytes().all(|b| b.is_ascii_digit())),
        "{numbers:?}"
    );
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!(numbers.len(), 3);
}

#[tokio::test]
async fn an_unpaid_order_can_be_cancelled_once() {
    let site = TestSite::start().await;
    let (buyer, order) = unpaid(&site).await;
    assert_eq!(act(&buyer, "pay", &order).await, "Insufficient balance. Top up and pay the order in order management.");
    assert_eq!(act(&buyer, "cancel", &order).await, "");
    assert_eq!(act(&buyer, "cancel", &order).await, "The order is Cancelled; it cannot be changed.");
    assert_eq!(act(&buyer, "pay", &order).await, "The order is Cancelled; it cannot be changed.");
    assert_eq!(buyer.truth().await["charges"]["count"], 0);
}

#[tokio::test]
async fn an_unpaid_order_expires_after_half_an_hour() {
    let site = TestSite::start().await;
    let (buyer, order) = unpaid(&site).await;
    buyer.world(json!({ "advance_clock_s": 29 * 60 })).await;
    assert_eq!(buyer.truth().await["orders"][0]["status"], "unpaid");
    buyer.world(json!({ "advance_clock_s": 60 })).await;
    buyer.log_in(&buyer.client).await;
    assert_eq!(act(&buyer, "pay", &order).await, "The order is Expired; it cannot be changed.");
    let (told, order) = unpaid(&site).await;
    told.world(json!({ "expire_unpaid_orders": true })).await;
    assert_eq!(act(&told, "cancel", &order).await, "The order is Expired; it cannot be changed.");
}

#[tokio::test]
async fn paying_an_order_twice_charges_it_once() {
    let site = TestSite::start().await;
    // No right to pay while the order is made, and enough money all along.
    let buyer = site.buyer().await;
    let check = buyer.purchase_now(&[("disk", "500")]).await;
    buyer.confirm(&check).await;
    let order = buyer.truth().await["orders"][0]["number"].as_str().expect("an order").to_owned();
    assert_eq!(act(&buyer, "pay", &order).await, "The order is Successful; it cannot be changed.");
    let truth = buyer.truth().await;
    assert_eq!(
        (truth["charges"]["count"].as_i64(), truth["balance_fen"].as_i64()),
        (Some(1), Some(10_000_000 - 101_520))
    );
    let page = buyer.get("console", "/expense/deal").await;
    assert!(page.text.contains(&order) && page.text.contains("¥1,015.20") && page.text.contains("Successful"));
}
