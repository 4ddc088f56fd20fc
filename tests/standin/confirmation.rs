//! Confirming: exactly once, whatever happens (CONTRACT 3.4.3 to 3.4.9, I3, I6).

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::site::{Buyer, Page, TestSite, confirmation};

/// What the documented example costs.
pub const FEE: i64 = 101_520;

/// Charges, orders, instances and balance.
pub async fn books(buyer: &Buyer<'_>) -> (i64, usize, usize, i64) {
    let truth = buyer.truth().await;
    let count = |key: &str| truth[key].as_array().map_or(0, Vec::len);
    (
        truth["charges"]["count"].as_i64().unwrap_or(-1),
        count("orders"),
        count("instances"),
        truth["balance_fen"].as_i64().unwrap_or(-1),
    )
}

/// "Purchase Now" for the documented example: its check page.
pub async fn documented_example(buyer: &Buyer<'_>) -> Page {
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
    // It begins and breaks off: a browser would send the confirmation again, unseen, had it not begun.
    let lost = lost.expect("the beginning of a reply");
    assert!(lost.status() == 200 && lost.text().await.is_err(), "the reply came");
    assert_eq!(books(&buyer).await, (1, 1, 1, 10_000_000 - FEE));
    assert!(buyer.confirm(&check).await.url.contains("/dcdb/result/"));
    assert_eq!(books(&buyer).await, (1, 1, 1, 10_000_000 - FEE));
}

#[tokio::test]
async fn a_refused_confirmation_is_none_whose_reply_is_lost() {
    let site = TestSite::start().await;
    let buyer = site.buyer().await;
    let check = documented_example(&buyer).await;
    buyer.world(json!({ "lose_next_confirmation_reply": true, "price_percent": 110 })).await;
    let again = buyer.confirm(&check).await;
    assert_eq!(again.refusal(), "The price has changed. Confirm again.");
    let form = confirmation(&again);
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    let request = buyer.client.post(site.url("buy", "/dcdb/confirm"));
    let request = request.header("content-type", "application/x-www-form-urlencoded").body(body);
    let lost = request.send().await.expect("the beginning of a reply").text().await;
    assert!(lost.is_err(), "the reply came: {lost:?}");
    assert_eq!(books(&buyer).await, (1, 1, 1, 10_000_000 - 111_672));
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
