//! Order management (CONTRACT 3.6.9, 3.6.10).

use futures_util::future::join_all;
use serde_json::json;

use crate::site::{Buyer, Page, TestSite};

/// What the documented example costs.
const FEE: i64 = 101_520;

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

/// A buyer who can pay their one unpaid order: money came back for an instance. The order's number and check page.
async fn payable(site: &TestSite) -> (Buyer<'_>, String, Page) {
    let buyer = site.buyer_with(json!({ "balance_fen": FEE + 7 })).await;
    buyer.buy(&[("disk", "500")]).await;
    let check = buyer.purchase_now(&[("disk", "500"), ("name", "second")]).await;
    buyer.confirm(&check).await;
    let truth = buyer.truth().await;
    let (order, instance) = (&truth["orders"][0], &truth["instances"][0]["id"]);
    assert_eq!((&order["status"], &truth["balance_fen"]), (&json!("unpaid"), &json!(7)));
    let csrf = buyer.get("buy", "/dcdb").await.field("csrf");
    let form = [("csrf", csrf.as_str()), ("instance", instance.as_str().expect("an id")), ("consent", "on")];
    assert_eq!(buyer.post("console", "/dcdb/return", &form).await.status, 200);
    let order = order["number"].as_str().expect("a number").to_owned();
    (buyer, order, check)
}

#[tokio::test]
async fn an_unpaid_order_is_paid_at_its_own_price_and_delivered() {
    let site = TestSite::start().await;
    let (buyer, order, check) = payable(&site).await;
    buyer.world(json!({ "price_percent": 50 })).await;
    assert_eq!(act(&buyer, "pay", &order).await, "");
    let truth = buyer.truth().await;
    assert_eq!(truth["charges"], json!({ "count": 2, "sum_fen": 2 * FEE }));
    assert_eq!(truth["balance_fen"], 7);
    assert_eq!(
        (&truth["orders"][0]["status"], &truth["orders"][1]["status"]),
        (&json!("successful"), &json!("refunded"))
    );
    assert_eq!(truth["instances"].as_array().map(Vec::len), Some(2));
    // What confirms the same intention sees the one result.
    for page in [buyer.confirm(&check).await, buyer.at(&check.url).await] {
        assert!(page.url.ends_with(&format!("/dcdb/result/{order}")), "{}", page.url);
    }
    assert_eq!(act(&buyer, "cancel", &order).await, "The order is Successful; it cannot be changed.");
    let list = buyer.get("console", "/expense/deal").await;
    for shown in ["Successful", "Refunded", "/dcdb?region=ap-guangzhou"] {
        assert!(list.text.contains(shown), "the list does not show {shown}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn paying_and_cancelling_at_once_do_one_of_both_once() {
    let site = TestSite::start().await;
    let (buyer, order, _) = payable(&site).await;
    let csrf = buyer.get("buy", "/dcdb").await.field("csrf");
    let form = [("csrf", csrf.as_str()), ("order", order.as_str())];
    join_all((0..20).map(|turn| {
        let path = if turn % 3 == 0 { "/expense/deal/cancel" } else { "/expense/deal/pay" };
        buyer.post("console", path, &form)
    }))
    .await;
    let truth = buyer.truth().await;
    let books = (&truth["orders"][0]["status"], &truth["charges"]["count"], &truth["balance_fen"]);
    assert!(
        books == (&json!("successful"), &json!(2), &json!(7))
            || books == (&json!("cancelled"), &json!(1), &json!(FEE + 7)),
        "{truth}"
    );
}

#[tokio::test]
async fn an_order_without_the_right_to_pay_is_left_to_the_main_account() {
    let site = TestSite::start().await;
    let buyer = site.buyer_with(json!({ "finance_right": false })).await;
    let check = buyer.purchase_now(&[]).await;
    buyer.confirm(&check).await;
    let order = buyer.truth().await["orders"][0]["number"].as_str().expect("an order").to_owned();
    assert_eq!(act(&buyer, "pay", &order).await, "Ask the main account to pay");
    assert_eq!(buyer.truth().await["orders"][0]["status"], "unpaid");
    assert_eq!(buyer.get("buy", &format!("/dcdb/result/{order}")).await.status, 404, "an unpaid order was successful");
}

#[tokio::test]
async fn an_order_is_processing_until_its_instances_are_delivered() {
    let site = TestSite::start().await;
    let buyer = site.buyer().await;
    assert!(buyer.get("console", "/expense/deal").await.text.contains("No orders"));
    buyer.world(json!({ "hold_status": "Creating" })).await;
    buyer.buy(&[]).await;
    assert!(buyer.get("console", "/expense/deal").await.text.contains(">Processing<"));
    buyer.world(json!({ "release": true })).await;
    assert!(buyer.get("console", "/expense/deal").await.text.contains(">Successful<"));
}

#[tokio::test]
async fn what_was_said_of_an_order_is_said_once() {
    let site = TestSite::start().await;
    let (buyer, order) = unpaid(&site).await;
    assert_ne!(act(&buyer, "pay", &order).await, "");
    assert_eq!(buyer.get("console", "/expense/deal").await.refusal(), "");
    for number in ["", "0", "99999999999999", "' or 1=1 --"] {
        let csrf = buyer.get("buy", "/dcdb").await.field("csrf");
        let form = [("csrf", csrf.as_str()), ("order", number)];
        assert_eq!(buyer.post("console", "/expense/deal/cancel", &form).await.status, 404, "{number:?}");
    }
    assert_eq!(buyer.truth().await["orders"][0]["status"], "unpaid");
}

#[tokio::test]
async fn paying_a_paid_order_is_refused_with_its_true_state() {
    let site = TestSite::start().await;
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

#[tokio::test]
async fn an_unpaid_order_is_not_paid_once_its_zone_has_sold_out() {
    let site = TestSite::start().await;
    let (buyer, order, _) = payable(&site).await;
    buyer.world(json!({ "sold_out": ["ap-guangzhou-3"] })).await;
    assert_eq!(act(&buyer, "pay", &order).await, "Sold out in this zone");
    let truth = buyer.truth().await;
    assert_eq!((&truth["orders"][0]["status"], &truth["charges"]["count"]), (&json!("unpaid"), &json!(1)));
    buyer.world(json!({ "sold_out": [] })).await;
    assert_eq!(act(&buyer, "pay", &order).await, "");
    assert_eq!(buyer.truth().await["charges"]["count"], 2);
}
