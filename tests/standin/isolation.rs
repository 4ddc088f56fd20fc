//! Nothing of one account is another's (I5).

use crate::{
    confirmation::{books, documented_example},
    site::{TestSite, confirmation},
};

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
    assert_eq!(other.get("console", &format!("/dcdb/return?instance={instance}")).await.status, 404);
    let pay = [("csrf", csrf.as_str()), ("order", &order)];
    assert_eq!(other.post("console", "/expense/deal/cancel", &pay).await.status, 404);
    assert_eq!(other.post("console", "/expense/deal/pay", &pay).await.status, 404);
    let page = other.at(&check.url).await;
    assert_eq!(
        (page.status, page.refusal()),
        (200, "This order is not the one that was chosen. Go back and choose again.")
    );
    assert_eq!(books(&other).await, (0, 0, 0, 10_000_000));
}
