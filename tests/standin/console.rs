//! Instances: their states, initialising and returning them (CONTRACT 3.6).

use dcdb_purchase_e2e::standin::ServeArgs;
use futures_util::future::join_all;
use serde_json::json;

use crate::site::{Buyer, TestSite, unescaped};

async fn instance(buyer: &Buyer<'_>) -> String {
    buyer.truth().await["instances"][0]["id"].as_str().expect("an instance").to_owned()
}

async fn status(buyer: &Buyer<'_>) -> String {
    buyer.truth().await["instances"][0]["status"].as_str().expect("a status").to_owned()
}

/// Status, whether it is done, and what is said.
async fn act(buyer: &Buyer<'_>, path: &str, fields: &[(&str, &str)]) -> (u16, bool, String) {
    let csrf = buyer.get("buy", "/dcdb").await.field("csrf");
    let id = instance(buyer).await;
    let mut form = vec![("csrf", csrf.as_str()), ("instance", id.as_str())];
    form.extend_from_slice(fields);
    let page = buyer.post("console", path, &form).await;
    let said: serde_json::Value = serde_json::from_str(&page.text).unwrap_or_default();
    (page.status, said["done"] == true, said["message"].as_str().unwrap_or_default().to_owned())
}

const GOOD: &[(&str, &str)] = &[("character_set", "utf8mb4"), ("table_names", "0"), ("sync_mode", "2")];

#[tokio::test]
async fn an_instance_passes_through_its_states_by_the_account_s_clock() {
    let site = TestSite::start().await;
    let buyer = site.buyer().await;
    buyer.world(json!({ "hold_status": "Creating" })).await;
    buyer.buy(&[]).await;
    assert_eq!(status(&buyer).await, "creating");
    assert_eq!(
        act(&buyer, "/dcdb/initialise", GOOD).await,
        (200, false, "The instance is Creating; this cannot be done now.".into())
    );
    buyer.world(json!({ "release": true })).await;
    assert_eq!(status(&buyer).await, "uninitialized");
    buyer.world(json!({ "hold_status": "Initializing" })).await;
    assert!(act(&buyer, "/dcdb/initialise", GOOD).await.1);
    assert_eq!(status(&buyer).await, "initializing");
    assert_eq!(
        act(&buyer, "/dcdb/initialise", GOOD).await,
        (200, false, "The instance is Initializing; this cannot be done now.".into())
    );
    buyer.world(json!({ "release": true })).await;
    assert_eq!(status(&buyer).await, "running");
    assert_eq!(
        act(&buyer, "/dcdb/initialise", GOOD).await,
        (200, false, "The instance is Running; this cannot be done now.".into())
    );
}

#[tokio::test]
async fn initialising_wants_every_field_and_a_mode_that_the_replicas_allow() {
    let site = TestSite::start().await;
    let buyer = site.buyer().await;
    buyer.buy(&[]).await;
    for (fields, message) in [
        (vec![("table_names", "0"), ("sync_mode", "2")], "Choose a character set."),
        (vec![("character_set", "ebcdic"), ("table_names", "0"), ("sync_mode", "2")], "Choose a character set."),
        (vec![("character_set", "utf8"), ("sync_mode", "2")], "Choose whether table names are case sensitive."),
        (vec![("character_set", "utf8"), ("table_names", "1")], "Choose a sync mode."),
        (vec![("character_set", "utf8"), ("table_names", "1"), ("sync_mode", "1")], "Choose a sync mode."),
    ] {
        assert_eq!(act(&buyer, "/dcdb/initialise", &fields).await, (200, false, message.to_owned()));
    }
    assert_eq!(status(&buyer).await, "uninitialized");
    let two = site.buyer().await;
    two.buy(&[("replicas", "2")]).await;
    assert!(
        act(&two, "/dcdb/initialise", &[("character_set", "utf8"), ("table_names", "1"), ("sync_mode", "1")]).await.1
    );
}

#[tokio::test]
async fn an_instance_is_listed_under_its_own_region_only() {
    let site = TestSite::start().await;
    let buyer = site.buyer().await;
    buyer.buy(&[("region", "ap-chengdu"), ("quantity", "2")]).await;
    let id = instance(&buyer).await;
    let opened = buyer.get("console", "/dcdb").await;
    assert!(opened.text.contains(&id), "the list does not open on the latest purchase");
    assert!(opened.text.contains("Chengdu (2)") && opened.text.contains("Guangzhou (0)"));
    let elsewhere = buyer.get("console", "/dcdb?region=ap-guangzhou").await;
    assert!(!elsewhere.text.contains(&id) && elsewhere.text.contains("No instances in this region"));
    assert_eq!(buyer.get("console", "/dcdb?region=atlantis").await.status, 400);
}

#[tokio::test]
async fn the_first_return_within_five_days_is_in_full_and_later_ones_by_days_left() {
    let site = TestSite::start().await;
    let buyer = site.buyer().await;
    buyer.buy(&[("disk", "500"), ("quantity", "3")]).await;
    let after_buying = buyer.truth().await["balance_fen"].as_i64().expect("fen");
    assert_eq!(act(&buyer, "/dcdb/return", &[]).await, (200, false, "Give your consent first.".into()));
    assert!(act(&buyer, "/dcdb/return", &[("consent", "on")]).await.1);
    assert_eq!(status(&buyer).await, "isolated");
    assert_eq!(buyer.truth().await["balance_fen"].as_i64(), Some(after_buying + 101_520));
    assert_eq!(
        act(&buyer, "/dcdb/return", &[("consent", "on")]).await,
        (200, false, "The instance is Isolated; this cannot be done now.".into())
    );

    let second = buyer.truth().await["instances"][1].clone();
    buyer.world(json!({ "advance_clock_s": 10 * 86_400 + 60 })).await;
    // The session has ended by then.
    buyer.log_in(&buyer.client).await;
    // Bought ten days and a bit before "now": of the days of the period eleven are not whole any more.
    let now = jiff::Timestamp::now().to_zoned_datetime(jiff::tz::TimeZone::fixed(jiff::tz::offset(8)));
    let expires: jiff::civil::Date = second["expires"].as_str().expect("a day").parse().expect("a day");
    let days = i64::from(now.date().until(expires).expect("a span").get_days());
    let share = 101_520 * (days - 11) / days;
    let id = second["id"].as_str().expect("an id");
    let said = buyer.get("console", &format!("/dcdb/return?instance={id}")).await;
    let amount: String = said.text.chars().filter(char::is_ascii_digit).collect();
    assert_eq!(amount, share.to_string(), "another amount is promised");
    let csrf = buyer.get("buy", "/dcdb").await.field("csrf");
    buyer.post("console", "/dcdb/return", &[("csrf", &csrf), ("instance", id), ("consent", "on")]).await;
    assert_eq!(buyer.truth().await["balance_fen"].as_i64(), Some(after_buying + 101_520 + share));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn returning_an_instance_many_times_at_once_brings_its_money_back_once() {
    let site = TestSite::start().await;
    let buyer = site.buyer().await;
    buyer.world(json!({ "price_percent": 103 })).await;
    buyer.buy(&[("disk", "10"), ("quantity", "7")]).await;
    let truth = buyer.truth().await;
    let (amount, balance) = (truth["orders"][0]["amount_fen"].as_i64(), truth["balance_fen"].as_i64());
    let (amount, balance) = (amount.expect("fen"), balance.expect("fen"));
    let csrf = buyer.get("buy", "/dcdb").await.field("csrf");
    let first = truth["instances"][0]["id"].as_str().expect("an id");
    let form = [("csrf", csrf.as_str()), ("instance", first), ("consent", "on")];
    let pages = join_all((0..20).map(|_| buyer.post("console", "/dcdb/return", &form))).await;
    assert_eq!(pages.iter().filter(|page| page.text.contains("\"done\":true")).count(), 1);
    // The first instance has the remainder of the division.
    let back = amount / 7 + amount % 7;
    assert_eq!(buyer.truth().await["balance_fen"].as_i64(), Some(balance + back));
    // The second return is no longer in full, on the very same day.
    let second = truth["instances"][1]["id"].as_str().expect("an id");
    let form = [("csrf", csrf.as_str()), ("instance", second), ("consent", "on")];
    buyer.post("console", "/dcdb/return", &form).await;
    let now = buyer.truth().await["balance_fen"].as_i64().expect("fen");
    assert!(now > balance + back && now < balance + back + amount / 7, "{now}");
}

#[tokio::test]
async fn five_days_are_in_full_and_more_are_not() {
    let site = TestSite::start().await;
    for (seconds, in_full) in [(5 * 86_400 - 60, true), (5 * 86_400 + 1, false), (400 * 86_400, false)] {
        let buyer = site.buyer().await;
        buyer.buy(&[("disk", "500")]).await;
        buyer.world(json!({ "advance_clock_s": seconds })).await;
        buyer.log_in(&buyer.client).await;
        assert!(act(&buyer, "/dcdb/return", &[("consent", "on")]).await.1);
        let back = buyer.truth().await["balance_fen"].as_i64().expect("fen") - (10_000_000 - 101_520);
        assert_eq!(back == 101_520, in_full, "{back} after {seconds} s");
        assert!(seconds < 86_400 * 366 || back == 0, "{back} came back for a period that is over");
    }
}

#[tokio::test]
async fn the_list_says_what_was_bought_in_both_languages() {
    for (lang, shown) in [
        (
            "en",
            [
                "Uninitialized",
                "2 shards × 2 GB / 500 GB, one replica",
                "Guangzhou Zone 3",
                "Basic network",
                "Initialize",
            ],
        ),
        ("zh-CN", ["未初始化", "2分片 × 2GB / 500GB，一主一从", "广州三区", "基础网络", "销毁/退货"]),
    ] {
        let args = ServeArgs { delays: 0.0, lang: lang.into(), ..ServeArgs::default() };
        let site = TestSite::start_with(args).await;
        let buyer = site.buyer().await;
        buyer.buy(&[("disk", "500")]).await;
        let list = buyer.get("console", "/dcdb").await;
        let read = unescaped(&list.text);
        for text in shown {
            assert!(read.contains(text), "{lang}: no {text}");
        }
        assert!(act(&buyer, "/dcdb/return", &[("consent", "on")]).await.1);
        let list = buyer.get("console", "/dcdb").await;
        assert!(!list.text.contains("data-open=\"return\">"), "an isolated instance can be returned");
    }
}

#[tokio::test]
async fn holding_a_state_turns_nothing_back_that_has_passed_it() {
    let site = TestSite::start().await;
    let buyer = site.buyer().await;
    buyer.buy(&[]).await;
    buyer.world(json!({ "hold_status": "Creating" })).await;
    assert_eq!(status(&buyer).await, "uninitialized");
    assert!(act(&buyer, "/dcdb/initialise", GOOD).await.1);
    assert_eq!(status(&buyer).await, "running");
    buyer.world(json!({ "hold_status": "Initializing" })).await;
    assert_eq!(status(&buyer).await, "running");
    buyer.buy(&[]).await;
    assert_eq!(status(&buyer).await, "uninitialized", "what is held in another state is not delivered");
    assert!(act(&buyer, "/dcdb/initialise", GOOD).await.1);
    assert_eq!(status(&buyer).await, "initializing");
}
