//! Instances: their states, initialising and returning them (CONTRACT 3.6).

use dcdb_purchase_e2e::standin::ServeArgs;
use serde_json::json;

use crate::site::{Buyer, TestSite};

async fn instance(buyer: &Buyer<'_>) -> String {
    buyer.truth().await["instances"][0]["id"].as_str().expect("an instance").to_owned()
}

async fn status(buyer: &Buyer<'_>) -> String {
    buyer.truth().await["instances"][0]["status"].as_str().expect("a status").to_owned()
}

async fn act(buyer: &Buyer<'_>, path: &str, fields: &[(&str, &str)]) -> (u16, String) {
    let csrf = buyer.get("buy", "/dcdb").await.field("csrf");
    let id = instance(buyer).await;
    let mut form = vec![("csrf", csrf.as_str()), ("instance", id.as_str())];
    form.extend_from_slice(fields);
    let page = buyer.post("console", path, &form).await;
    let said: serde_json::Value = serde_json::from_str(&page.text).unwrap_or_default();
    (page.status, said["message"].as_str().unwrap_or_default().to_owned())
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
        (409, "The instance is Creating; this cannot be done now.".into())
    );
    buyer.world(json!({ "release": true })).await;
    assert_eq!(status(&buyer).await, "uninitialized");
    buyer.world(json!({ "hold_status": "Initializing" })).await;
    assert_eq!(act(&buyer, "/dcdb/initialise", GOOD).await.0, 200);
    assert_eq!(status(&buyer).await, "initializing");
    assert_eq!(
        act(&buyer, "/dcdb/initialise", GOOD).await,
        (409, "The instance is Initializing; this cannot be done now.".into())
    );
    buyer.world(json!({ "release": true })).await;
    assert_eq!(status(&buyer).await, "running");
    assert_eq!(
        act(&buyer, "/dcdb/initialise", GOOD).await,
        (409, "The instance is Running; this cannot be done now.".into())
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
        assert_eq!(act(&buyer, "/dcdb/initialise", &fields).await, (422, message.to_owned()));
    }
    assert_eq!(status(&buyer).await, "uninitialized");
    let two = site.buyer().await;
    two.buy(&[("replicas", "2")]).await;
    assert_eq!(
        act(&two, "/dcdb/initialise", &[("character_set", "utf8"), ("table_names", "1"), ("sync_mode", "1")]).await.0,
        200
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
    assert_eq!(act(&buyer, "/dcdb/return", &[]).await, (422, "Give your consent first.".into()));
    assert_eq!(act(&buyer, "/dcdb/return", &[("consent", "on")]).await.0, 200);
    assert_eq!(status(&buyer).await, "isolated");
    assert_eq!(buyer.truth().await["balance_fen"].as_i64(), Some(after_buying + 101_520));
    assert_eq!(
        act(&buyer, "/dcdb/return", &[("consent", "on")]).await,
        (409, "The instance is Isolated; this cannot be done now.".into())
    );

    let second = buyer.truth().await["instances"][1]["id"].as_str().expect("an id").to_owned();
    buyer.world(json!({ "advance_clock_s": 10 * 86_400 })).await;
    // The session has ended by then.
    buyer.log_in(&buyer.client).await;
    let csrf = buyer.get("buy", "/dcdb").await.field("csrf");
    buyer.post("console", "/dcdb/return", &[("csrf", &csrf), ("instance", &second), ("consent", "on")]).await;
    let came_back = buyer.truth().await["balance_fen"].as_i64().expect("fen") - after_buying - 101_520;
    // A month has 28 to 31 days; what is left after ten of them is rounded down.
    let possible: Vec<i64> =
        (28..=31).flat_map(|days| [101_520 * (days - 10) / days, 101_520 * (days - 11) / days]).collect();
    assert!(possible.contains(&came_back), "{came_back} came back");
}

#[tokio::test]
async fn a_database_file_survives_a_restart() {
    let folder = tempfile::tempdir().expect("a folder");
    let args = ServeArgs { delays: 0.0, db: Some(folder.path().join("standin.sqlite")), ..ServeArgs::default() };
    let site = TestSite::start_with(args.clone()).await;
    let buyer = site.buyer().await;
    buyer.buy(&[]).await;
    let again = TestSite::start_with(args).await;
    let url = format!("http://{}/backdoor/accounts/{}", again.address(), buyer.id());
    let truth: serde_json::Value = reqwest::get(url).await.expect("an answer").json().await.expect("JSON");
    assert_eq!(truth["charges"]["count"], 1);
}
