//! Confirming: exactly once, whatever happens (CONTRACT 3.4.3 to 3.4.9, I3, I6).

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::site::{Buyer, Page, TestSite, confirmation};

const FEE: i64 = 101_520;

/// Charges, orders, instances and balance.
async fn books(buyer: &Buyer<'_>) -> (i64, usize, usize, i64) {
    let truth = buyer.truth().await;
    let count = |key: &str| truth[key].as_array().map_or(0, Vec::len);
    (
        truth["charges"]["count"].as_i64().unwrap_or(-1),
        count("orders"),
        count("instances"),
        truth["balance_fen"].as_i64().unwrap_or(-1),
    )
}

async fn documented_example(buyer: &Buyer<'_>) -> Page {
    buyer.purchase_now(&[("disk", "500")]).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_confirmations_at_once_are_one_order_and_one_charge() {
    let site = TestSite::start().await;
    let buyer = site.buyer().await;
    let check = documented_example(&buyer).await;
    let pages = join_all((0..50).map(|_| buyer.confirm(&check))).await;
    let first = &pages[0].url;
    assert!(first.contains("/dcdb/result/"), "{first}");
    assert!(pages.iter().all(|page| page.status == 200 && page.url == *first), "not all saw the same result");
    assert_eq!(books(&buyer).await, (1, 1, 1, 10_000_000 - FEE));
}

#[tokio::test]
async fn again_after_a_reload_or_in_a_second_tab_is_the_same_order() {
    let site = TestSite::start().await;
    let buyer = site.buyer().await;
    let check = documented_example(&buyer).await;
    let second_tab = buyer
        .client
        .get(&check.url)
        .send()
        .await
        .expect("the same address in another tab")
        .text()
        .await
        .expect("a page");
    assert!(second_tab.contains("Confirm Purchase"));
    let result = buyer.confirm(&check).await;
    for again in [buyer.confirm(&check).await, buyer.confirm(&check).await] {
        assert_eq!(again.url, result.url);
    }
    let reloaded = buyer.client.get(&check.url).send().await.expect("the check page again");
    assert_eq!(reloaded.url().as_str(), result.url, "a check page that is done leads to its result");
    assert_eq!(books(&buyer).await, (1, 1, 1, 10_000_000 - FEE));
}

#[tokio::test]
async fn a_reply_that_is_lost_behind_the_commit_is_not_paid_twice() {
    let site = TestSite::start().await;
    let buyer = site.buyer().await;
    let check = documented_example(&buyer).await;
    buyer.world(json!({ "lose_next_confirmation_reply": true })).await;
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(confirmation(&check)).finish();
    let lost = buyer
        .client
        .post(site.url("buy", "/dcdb/confirm"))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(body)
        .send()
        .await;
    assert!(lost.is_err(), "the reply came: {lost:?}");
    assert_eq!(books(&buyer).await, (1, 1, 1, 10_000_000 - FEE));
    assert!(buyer.confirm(&check).await.url.contains("/dcdb/result/"));
    assert_eq!(books(&buyer).await, (1, 1, 1, 10_000_000 - FEE));
}

#[tokio::test]
async fn purchase_now_again_is_a_new_intention() {
    let site = TestSite::start().await;
    let buyer = site.buyer().await;
    buyer.buy(&[("disk", "500")]).await;
    buyer.buy(&[("disk", "500")]).await;
    assert_eq!(books(&buyer).await, (2, 2, 2, 10_000_000 - 2 * FEE));
}

#[tokio::test]
async fn accounts_that_cannot_pay_get_an_unpaid_order_and_are_told_why() {
    let site = TestSite::start().await;
    let cases = [
        (json!({ "balance_fen": FEE - 1 }), "Insufficient balance. Top up and pay the order in order management."),
        (json!({ "finance_right": false }), "Ask the main account to pay"),
    ];
    for (wish, message) in cases {
        let buyer = site.buyer_with(wish.clone()).await;
        let before = books(&buyer).await.3;
        let check = documented_example(&buyer).await;
        for _ in 0..2 {
            let said = buyer.confirm(&check).await;
            assert_eq!(said.refusal(), message, "{wish}");
            assert_eq!(books(&buyer).await, (0, 1, 0, before), "{wish}");
        }
        assert_eq!(buyer.truth().await["orders"][0]["status"], "unpaid");
    }
}

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
async fn nothing_of_one_account_is_another_s() {
    let site = TestSite::start().await;
    let (buyer, other) = (site.buyer().await, site.buyer().await);
    let check = documented_example(&buyer).await;
    let mut form = confirmation(&check);
    form.insert("csrf".into(), other.get("buy", "/dcdb").await.field("csrf"));
    let form: Vec<(&str, &str)> = form.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    assert_eq!(other.post("buy", "/dcdb/confirm", &form).await.status, 400, "another's intention was confirmed");
    let result = buyer.confirm(&check).await;
    let order = result.url.rsplit('/').next().expect("a number").to_owned();
    assert_eq!(other.get("buy", &format!("/dcdb/result/{order}")).await.status, 404);
    let instance = buyer.truth().await["instances"][0]["id"].as_str().expect("an id").to_owned();
    for (site_name, path) in [("console", "/dcdb"), ("console", "/expense/deal")] {
        let page = other.get(site_name, path).await;
        assert!(!page.text.contains(&instance) && !page.text.contains(&order), "{path} shows another's");
    }
    let csrf = other.get("buy", "/dcdb").await.field("csrf");
    let form = [
        ("csrf", csrf.as_str()),
        ("instance", &instance),
        ("character_set", "utf8"),
        ("table_names", "0"),
        ("sync_mode", "0"),
        ("consent", "on"),
    ];
    assert_eq!(other.post("console", "/dcdb/initialise", &form).await.status, 404);
    assert_eq!(other.post("console", "/dcdb/return", &form).await.status, 404);
    let pay = [("csrf", csrf.as_str()), ("order", &order)];
    assert_eq!(other.post("console", "/expense/deal/cancel", &pay).await.status, 404);
    assert_eq!(books(&other).await, (0, 0, 0, 10_000_000));
}

#[tokio::test]
async fn several_instances_share_the_order_to_the_fen() {
    let site = TestSite::start().await;
    let buyer = site.buyer().await;
    buyer.world(json!({ "price_percent": 103 })).await;
    buyer.buy(&[("disk", "10"), ("quantity", "7"), ("name", "many")]).await;
    let truth = buyer.truth().await;
    let shares: Vec<i64> = truth["instances"]
        .as_array()
        .expect("instances")
        .iter()
        .map(|one| one["share_fen"].as_i64().expect("fen"))
        .collect();
    let amount = truth["orders"][0]["amount_fen"].as_i64().expect("fen");
    assert_eq!(shares.iter().sum::<i64>(), amount);
    assert_eq!(shares[0], amount / 7 + amount % 7);
    let names: Vec<&Value> = truth["instances"].as_array().expect("instances").iter().map(|one| &one["name"]).collect();
    assert_eq!(names, ["many-1", "many-2", "many-3", "many-4", "many-5", "many-6", "many-7"]);
}

#[tokio::test]
async fn two_browsers_of_one_account_confirm_one_order() {
    let site = TestSite::start().await;
    let buyer = site.buyer().await;
    let check = documented_example(&buyer).await;
    let other_browser = site.client();
    buyer.log_in(&other_browser).await;
    let text = other_browser.get(&check.url).send().await.expect("the same address").text().await.expect("a page");
    let theirs = Page { status: 200, url: check.url.clone(), text };
    let form = confirmation(&theirs);
    assert_ne!(form["csrf"], check.field("csrf"), "two sessions share a token");
    let form: Vec<(&str, &str)> = form.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    let (mine, theirs) =
        tokio::join!(buyer.confirm(&check), site.post_with(&other_browser, "buy", "/dcdb/confirm", &form));
    assert_eq!(mine.url, theirs.url);
    assert_eq!(books(&buyer).await, (1, 1, 1, 10_000_000 - FEE));
}

#[tokio::test]
async fn a_session_that_ended_leads_back_to_the_check_page_and_buys_once() {
    let site = TestSite::start().await;
    let buyer = site.buyer().await;
    let check = documented_example(&buyer).await;
    buyer.world(json!({ "end_sessions": true })).await;
    let login = buyer.confirm(&check).await;
    assert_eq!(login.field("s_url"), check.url, "the login does not lead back to the check page");
    let (email, password) = buyer.login();
    let form = [("email", email), ("password", password), ("s_url", check.url.as_str())];
    let again = buyer.post("portal", "/login", &form).await;
    assert_eq!((again.status, &again.url), (200, &check.url));
    assert_eq!(books(&buyer).await, (0, 0, 0, 10_000_000), "something was bought without a session");
    buyer.confirm(&again).await;
    assert_eq!(books(&buyer).await, (1, 1, 1, 10_000_000 - FEE));
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
    let args = dcdb_purchase_e2e::standin::ServeArgs { delays: 5.0, ..Default::default() };
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
    let args = dcdb_purchase_e2e::standin::ServeArgs { delays: 0.0, lang: "zh-CN".into(), ..Default::default() };
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
