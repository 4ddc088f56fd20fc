//! Today's generation of the pages: chosen in the console, checked in a dialog, paid at a cashier on another site.

use std::collections::HashMap;

use dcdb_purchase_e2e::standin::{Generation, ServeArgs};
use reqwest::Client;
use serde_json::{Value, json};

use crate::site::{Buyer, TestSite, unescaped};

const BUY: &str = "/tdsqld/tdmysql-buy";

async fn start(lang: &str) -> TestSite {
    let generation = Generation::Today;
    TestSite::start_with(ServeArgs { delays: 0.0, generation, lang: lang.into(), ..ServeArgs::default() }).await
}

/// What a form of a page holds.
fn fields(html: &str) -> HashMap<String, String> {
    let html = unescaped(html);
    let attribute = |tag: &str, name: &str| {
        tag.split_once(&format!(" {name}=\"")).and_then(|(_, rest)| rest.split('"').next()).map(str::to_owned)
    };
    let inputs = html.split("<input").skip(1).filter_map(|rest| rest.split('>').next());
    inputs.filter_map(|tag| Some((attribute(tag, "name")?, attribute(tag, "value").unwrap_or_default()))).collect()
}

async fn post(client: &Client, url: &str, form: &HashMap<String, String>) -> Value {
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    let request = client.post(url).header("content-type", "application/x-www-form-urlencoded").body(body);
    request.send().await.expect("an answer").json().await.expect("JSON")
}

/// "Buy Now" with these choices; what is answered.
async fn buy_now(buyer: &Buyer<'_>, choices: &[(&str, &str)]) -> Value {
    let page = buyer.get("console", BUY).await;
    let mut form = fields(&page.text);
    form.retain(|name, _| name != "renew");
    form.extend(choices.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&form).finish();
    let price: Value =
        serde_json::from_str(&buyer.get("console", &format!("/dcdb/price?{query}")).await.text).expect("JSON");
    form.insert("fee".into(), price["fen"].to_string());
    post(&buyer.client, &buyer.site.url("console", BUY), &form).await
}

/// "Submit order" in that dialog; the address of the payment page.
async fn submit(buyer: &Buyer<'_>, answer: &Value) -> Value {
    let form = fields(answer["check"].as_str().expect("a dialog"));
    post(&buyer.client, &buyer.site.url("console", &format!("{BUY}/submit")), &form).await
}

/// The address of the cashier that a payment page has in its frame.
async fn cashier(buyer: &Buyer<'_>, submitted: &Value) -> String {
    let page = buyer.get("console", submitted["location"].as_str().expect("a payment page")).await;
    unescaped(&page.text)
        .split("src=\"")
        .find_map(|rest| Some(rest.strip_prefix("http://pay.")?.split('"').next()?.to_owned()))
        .map(|rest| format!("http://pay.{rest}"))
        .expect("a frame")
}

const EXAMPLE: (&str, &str) = ("disk", "500");

#[tokio::test]
async fn an_order_is_made_once_and_paid_once_however_often_it_is_submitted_and_paid() {
    let site = start("en").await;
    let buyer = site.buyer().await;
    let checked = buy_now(&buyer, &[EXAMPLE]).await;
    assert!(checked["check"].as_str().expect("a dialog").contains("¥1,015.20"), "{checked}");
    let submitted = submit(&buyer, &checked).await;
    assert_eq!(submit(&buyer, &checked).await, submitted);
    assert_eq!(buyer.truth().await["charges"]["count"], 0, "nothing is paid yet");
    let cashier = cashier(&buyer, &submitted).await;
    let stranger = site.client();
    for _ in 0..2 {
        assert_eq!(post(&stranger, &cashier, &HashMap::new()).await, json!({ "paid": true }));
    }
    let truth = buyer.truth().await;
    assert_eq!(
        (&truth["balance_fen"], &truth["charges"]["count"]),
        (&json!(10_000_000 - 101_520), &json!(1)),
        "{truth}"
    );
    assert_eq!(truth["instances"][0]["status"], "running", "{truth}");
}

#[tokio::test]
async fn a_voucher_covers_what_it_is_worth_once() {
    let site = start("en").await;
    let buyer = site.buyer_with(json!({ "voucher_fen": 10_000 })).await;
    let cashier = cashier(&buyer, &submit(&buyer, &buy_now(&buyer, &[EXAMPLE]).await).await).await;
    let due = |voucher: &str| site.client().get(format!("{cashier}/due?voucher={voucher}")).send();
    for (voucher, amount) in [("on", "¥915.20"), ("off", "¥1,015.20")] {
        assert!(due(voucher).await.expect("an answer").text().await.expect("text").contains(amount), "{voucher}");
    }
    let with = HashMap::from([("voucher".to_owned(), "on".to_owned())]);
    assert_eq!(post(&site.client(), &cashier, &with).await, json!({ "paid": true }));
    let truth = buyer.truth().await;
    assert_eq!(truth["balance_fen"], 10_000_000 - 91_520, "{truth}");
    assert_eq!((&truth["voucher_fen"], &truth["instances"][0]["share_fen"]), (&json!(0), &json!(91_520)), "{truth}");
}

#[tokio::test]
async fn by_the_hour_a_part_of_the_balance_is_frozen_and_each_whole_hour_is_charged_at_the_return() {
    let site = start("en").await;
    let buyer = site.buyer().await;
    let hourly = [EXAMPLE, ("billing", "postpaid")];
    let cashier = cashier(&buyer, &submit(&buyer, &buy_now(&buyer, &hourly).await).await).await;
    assert_eq!(post(&site.client(), &cashier, &HashMap::new()).await, json!({ "paid": true }));
    let bought = buyer.truth().await;
    assert_eq!(
        (&bought["balance_fen"], &bought["frozen_fen"], &bought["charges"]["sum_fen"]),
        (&json!(10_000_000 - 426), &json!(426), &json!(0)),
        "{bought}"
    );
    buyer.world(json!({ "advance_clock_s": 3 * 3_600 + 60 })).await;
    buyer.log_in(&buyer.client).await;
    let csrf = fields(&buyer.get("console", "/tdsqld/instance-tdmysql").await.text)["csrf"].clone();
    let instance = bought["instances"][0]["id"].as_str().expect("an id").to_owned();
    let form = HashMap::from([
        ("csrf".to_owned(), csrf),
        ("instance".to_owned(), instance),
        ("consent".to_owned(), "on".to_owned()),
    ]);
    assert_eq!(post(&buyer.client, &site.url("console", "/dcdb/return"), &form).await, json!({ "done": true }));
    let after = buyer.truth().await;
    assert_eq!((&after["balance_fen"], &after["frozen_fen"]), (&json!(10_000_000 - 3 * 213), &json!(0)), "{after}");
}

#[tokio::test]
async fn what_cannot_be_frozen_is_not_ordered() {
    let site = start("en").await;
    let buyer = site.buyer_with(json!({ "balance_fen": 425 })).await;
    let refused = submit(&buyer, &buy_now(&buyer, &[EXAMPLE, ("billing", "postpaid")]).await).await;
    assert!(refused["check"].as_str().expect("a dialog").contains("less than what would be frozen"), "{refused}");
    assert_eq!(buyer.truth().await["orders"], json!([]));
}

#[tokio::test]
async fn every_rule_of_what_is_asked_today_is_kept_by_the_server_too() {
    let site = start("en").await;
    let buyer = site.buyer().await;
    for (field, value) in [
        ("billing", "free"),
        ("replica_zone", "ap-guangzhou-4"),
        ("replica_zone", "ap-beijing-3"),
        ("security_group", "x"),
        ("kernel", "9"),
        ("project", "2"),
        ("tag", "a\u{7}"),
        ("character_set", "x"),
        ("table_names", "2"),
        ("sync_mode", "1"),
    ] {
        let refused = buy_now(&buyer, &[(field, value), ("fee", "1")]).await;
        assert!(refused["problems"][field].is_string(), "{field} {value}: {refused}");
    }
}

#[tokio::test]
async fn its_pages_come_in_both_languages_with_all_their_texts_and_only_the_console_frames_the_cashier() {
    for lang in ["en", "zh-CN"] {
        let site = start(lang).await;
        let buyer = site.buyer_with(json!({ "voucher_fen": 10_000 })).await;
        let checked = buy_now(&buyer, &[EXAMPLE]).await;
        let submitted = submit(&buyer, &checked).await;
        let mut texts = vec![checked["check"].as_str().expect("a dialog").to_owned()];
        for (host, path) in [
            ("portal", "/"),
            ("portal", "/product/dcdb"),
            ("console", "/"),
            ("console", BUY),
            ("console", "/tdsqld/instance-tdmysql"),
            ("console", "/expense/deal"),
            ("console", submitted["location"].as_str().expect("a page")),
        ] {
            let page = buyer.get(host, path).await;
            assert_eq!(page.status, 200, "{lang} {}", page.url);
            texts.push(page.text);
        }
        let cashier = cashier(&buyer, &submitted).await;
        let framed = site.client().get(&cashier).send().await.expect("an answer");
        let policy =
            framed.headers().get("content-security-policy").map(|policy| policy.to_str().expect("ASCII").to_owned());
        let console = site.url("console", "");
        assert_eq!(policy, Some(format!("frame-ancestors {console}")));
        assert!(framed.headers().get("x-frame-options").is_none());
        texts.push(framed.text().await.expect("text"));
        post(&site.client(), &cashier, &HashMap::new()).await;
        texts.push(
            buyer
                .get("console", &submitted["location"].as_str().expect("a page").replace("/pay/", "/result/"))
                .await
                .text,
        );
        for text in texts {
            assert!(!text.contains('⟦'), "{lang}: a text is missing in {text}");
        }
        for (host, path) in [("buy", "/dcdb"), ("console", "/dcdb")] {
            assert_eq!(buyer.get(host, path).await.status, 404, "a page of the documented generation");
        }
    }
}
