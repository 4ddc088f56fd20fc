//! The API: the same data as the pages, for whoever signs with an account's own key (CONTRACT 8).

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::site::{Buyer, TestSite};

const V2018: &str = "2018-04-11";

/// A request before it is sent: each test spoils a part of its own.
struct Request {
    product: &'static str,
    action: String,
    version: String,
    region: String,
    secret_id: String,
    secret_key: String,
    timestamp: i64,
    body: Value,
}

impl Request {
    fn of(buyer: &Buyer<'_>, action: &str, body: Value) -> Self {
        let (secret_id, secret_key) = buyer.api_key();
        Self {
            product: "dcdb",
            action: action.into(),
            version: V2018.into(),
            region: "ap-guangzhou".into(),
            secret_id: secret_id.into(),
            secret_key: secret_key.into(),
            timestamp: jiff::Timestamp::now().as_second(),
            body,
        }
    }

    fn balance(buyer: &Buyer<'_>) -> Self {
        let request = Self::of(buyer, "DescribeAccountBalance", json!({}));
        Self { product: "billing", version: "2018-07-09".into(), ..request }
    }

    /// `Response` of the answer.
    async fn send(self, site: &TestSite) -> Value {
        let hash = |text: &str| Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        let mac = |key: &[u8], text: &str| {
            Hmac::<Sha256>::new_from_slice(key).expect("a key").chain_update(text).finalize().into_bytes().to_vec()
        };
        let host = format!("{}.tencentcloudapi.localhost", self.product);
        let at = format!("{host}:{}", site.address().port());
        let body = self.body.to_string();
        let canonical =
            format!("POST\n/\n\ncontent-type:application/json\nhost:{at}\n\ncontent-type;host\n{}", hash(&body));
        let date = jiff::Timestamp::from_second(self.timestamp).expect("a time").strftime("%Y-%m-%d").to_string();
        let scope = format!("{date}/{}/tc3_request", self.product);
        let to_sign = format!("TC3-HMAC-SHA256\n{}\n{scope}\n{}", self.timestamp, hash(&canonical));
        let key = mac(&mac(&mac(format!("TC3{}", self.secret_key).as_bytes(), &date), self.product), "tc3_request");
        let signature: String = mac(&key, &to_sign).iter().map(|byte| format!("{byte:02x}")).collect();
        let client = reqwest::Client::builder().resolve(&host, site.address()).build().expect("a client");
        let request = client
            .post(format!("http://{at}/"))
            .header("content-type", "application/json")
            .header(
                "authorization",
                format!(
                    "TC3-HMAC-SHA256 Credential={}/{scope}, SignedHeaders=content-type;host, Signature={signature}",
                    self.secret_id
                ),
            )
            .header("x-tc-action", self.action)
            .header("x-tc-version", self.version)
            .header("x-tc-timestamp", self.timestamp)
            .header("x-tc-region", self.region)
            .body(body);
        let answer = request.send().await.expect("an answer");
        // Refusals are answers like any other.
        assert_eq!(answer.status(), 200);
        let answer: Value = answer.json().await.expect("JSON");
        assert_eq!(answer["Response"]["RequestId"].as_str().map(str::len), Some(36), "{answer}");
        answer["Response"].clone()
    }

    async fn refusal(self, site: &TestSite) -> String {
        let said = self.send(site).await;
        said["Error"]["Code"].as_str().unwrap_or_else(|| panic!("not refused: {said}")).to_owned()
    }
}

fn priced(body: Value) -> Value {
    let mut whole = json!({ "Zone": "ap-guangzhou-3", "Count": 1, "Period": 1, "ShardNodeCount": 2, "ShardMemory": 2, "ShardStorage": 500, "ShardCount": 2 });
    for (key, value) in body.as_object().expect("an object") {
        whole[key] = value.clone();
    }
    whole
}

#[tokio::test]
async fn the_documented_example_costs_what_the_page_says() {
    let site = TestSite::start().await;
    let buyer = site.buyer().await;
    let said = Request::of(&buyer, "DescribeDCDBPrice", priced(json!({}))).send(&site).await;
    assert_eq!((&said["Price"], &said["OriginalPrice"]), (&json!(101_520), &json!(101_520)));
    let year = Request::of(&buyer, "DescribeDCDBPrice", priced(json!({ "Period": 12 }))).send(&site).await;
    assert_eq!((&year["Price"], &year["OriginalPrice"]), (&json!(1_011_139), &json!(1_218_240)));
    buyer.world(json!({ "price_percent": 200, "sold_out": ["ap-guangzhou-3"] })).await;
    let risen = Request::of(&buyer, "DescribeDCDBPrice", priced(json!({}))).send(&site).await;
    assert_eq!(risen["Price"], 203_040, "of this account's list, sold out or not");
}

#[tokio::test]
async fn what_was_bought_is_told_as_it_was_chosen() {
    let site = TestSite::start().await;
    let buyer = site.buyer().await;
    let choices = [
        ("region", "ap-beijing"),
        ("zone", "ap-beijing-5"),
        ("disk", "500"),
        ("shards", "4"),
        ("memory", "8"),
        ("replicas", "2"),
        ("quantity", "2"),
        ("months", "3"),
        ("name", "own"),
        ("renew", "on"),
    ];
    buyer.buy(&choices).await;
    let truth = buyer.truth().await;
    let balance = Request::balance(&buyer).send(&site).await;
    assert_eq!(balance["Balance"], truth["balance_fen"]);
    let list = |body| Request { region: "ap-beijing".into(), ..Request::of(&buyer, "DescribeDCDBInstances", body) };
    let said = list(json!({})).send(&site).await;
    assert_eq!(said["TotalCount"], 2, "{said}");
    let one = &said["Instances"][0];
    for (key, value) in [
        ("InstanceName", json!("own-1")),
        ("Status", json!(3)),
        ("StatusDesc", json!("实例未初始化")),
        ("Zone", json!("ap-beijing-5")),
        ("Region", json!("ap-beijing")),
        ("ShardCount", json!(4)),
        ("Memory", json!(32)),
        ("Storage", json!(2000)),
        ("NodeCount", json!(3)),
        ("UniqueVpcId", json!("")),
        ("AutoRenewFlag", json!(1)),
        ("Paymode", json!("prepaid")),
    ] {
        assert_eq!(one[key], value, "{key} of {one}");
    }
    let second = list(json!({ "Offset": 1, "Limit": 1 })).send(&site).await;
    assert_eq!((&second["TotalCount"], &second["Instances"][0]["InstanceName"]), (&json!(2), &json!("own-2")));
    let elsewhere = Request::of(&buyer, "DescribeDCDBInstances", json!({})).send(&site).await;
    assert_eq!(elsewhere["TotalCount"], 0, "another region has none of them");
    let number = &truth["orders"][0]["number"];
    let said = Request::of(&buyer, "DescribeOrders", json!({ "DealNames": [number] })).send(&site).await;
    let ids: Vec<&Value> = truth["orders"][0]["instances"].as_array().expect("ids").iter().collect();
    assert_eq!((&said["TotalCount"], &said["Deals"][0]["Count"]), (&json!(1), &json!(2)), "{said}");
    assert_eq!(said["Deals"][0]["InstanceIds"], json!(ids));
}

#[tokio::test]
async fn an_order_has_no_instances_until_they_are_delivered() {
    let site = TestSite::start().await;
    let buyer = site.buyer().await;
    buyer.world(json!({ "hold_status": "Creating" })).await;
    buyer.buy(&[]).await;
    let number = buyer.truth().await["orders"][0]["number"].clone();
    let said = Request::of(&buyer, "DescribeOrders", json!({ "DealNames": [number] })).send(&site).await;
    assert_eq!(said["Deals"][0]["InstanceIds"], Value::Null, "{said}");
}

#[tokio::test]
async fn isolating_returns_an_instance_once_and_only_ones_own() {
    let site = TestSite::start().await;
    let (buyer, other) = (site.buyer().await, site.buyer().await);
    buyer.buy(&[]).await;
    let id = buyer.truth().await["instances"][0]["id"].clone();
    let isolate = |who: &Buyer<'_>| Request::of(who, "IsolateDCDBInstance", json!({ "InstanceIds": [id] }));
    let refused = isolate(&other).send(&site).await;
    assert_eq!(refused["FailedInstanceIds"], json!([id]), "{refused}");
    assert_eq!(buyer.truth().await["instances"][0]["status"], "uninitialized");
    assert_eq!(isolate(&buyer).send(&site).await["SuccessInstanceIds"], json!([id]));
    let truth = buyer.truth().await;
    assert_eq!((&truth["instances"][0]["status"], &truth["balance_fen"]), (&json!("isolated"), &json!(10_000_000)));
    assert_eq!(isolate(&buyer).send(&site).await["FailedInstanceIds"], json!([id]), "it is returned already");
}

#[tokio::test]
async fn an_account_sees_only_its_own() {
    let site = TestSite::start().await;
    let (buyer, other) = (site.buyer().await, site.buyer().await);
    assert_ne!(buyer.api_key(), other.api_key());
    buyer.buy(&[]).await;
    let truth = buyer.truth().await;
    let (order, id) = (&truth["orders"][0]["number"], &truth["instances"][0]["id"]);
    for (action, body) in [
        ("DescribeDCDBInstances", json!({})),
        ("DescribeDCDBInstances", json!({ "InstanceIds": [id] })),
        ("DescribeOrders", json!({ "DealNames": [order] })),
    ] {
        let own = Request::of(&buyer, action, body.clone()).send(&site).await;
        let others = Request::of(&other, action, body).send(&site).await;
        assert_eq!((&own["TotalCount"], &others["TotalCount"]), (&json!(1), &json!(0)), "{action}: {others}");
    }
    assert_eq!(Request::balance(&other).send(&site).await["Balance"], 10_000_000);
}

#[tokio::test]
async fn whoever_signs_wrong_is_refused_by_the_vendors_codes() {
    let site = TestSite::start().await;
    let (buyer, other) = (site.buyer().await, site.buyer().await);
    let own = || Request::balance(&buyer);
    let now = jiff::Timestamp::now().as_second();
    let wrong_key = Request { secret_key: other.api_key().1.into(), ..own() };
    assert_eq!(wrong_key.refusal(&site).await, "AuthFailure.SignatureFailure");
    let unknown = Request { secret_id: "AKIDnobody".into(), ..own() };
    assert_eq!(unknown.refusal(&site).await, "AuthFailure.SecretIdNotFound");
    for aside in [-310, 310] {
        let old = Request { timestamp: now + aside, ..own() };
        assert_eq!(old.refusal(&site).await, "AuthFailure.SignatureExpire", "{aside} s");
    }
    assert_eq!(Request { timestamp: now - 240, ..own() }.send(&site).await["Balance"], 10_000_000);
    let client = reqwest::Client::new();
    let unsigned = client
        .post(format!("http://{}/", site.address()))
        .header("host", "billing.tencentcloudapi.localhost")
        .header("x-tc-action", "DescribeAccountBalance")
        .header("x-tc-version", "2018-07-09")
        .body("{}");
    let said = unsigned.send().await.expect("an answer").text().await.expect("a text");
    assert!(said.contains("AuthFailure.InvalidAuthorization"), "{said}");
}

#[tokio::test]
async fn what_is_asked_wrong_is_refused_by_the_vendors_codes() {
    let site = TestSite::start().await;
    let buyer = site.buyer().await;
    let price = |body| Request::of(&buyer, "DescribeDCDBPrice", priced(body));
    for (request, code) in [
        (Request { action: "DescribeNothing".into(), ..price(json!({})) }, "InvalidAction"),
        (Request { action: "DescribeAccountBalance".into(), ..price(json!({})) }, "InvalidAction"),
        (Request { action: String::new(), ..price(json!({})) }, "MissingParameter"),
        (Request { version: "2017-03-12".into(), ..price(json!({})) }, "NoSuchVersion"),
        (Request { region: String::new(), ..price(json!({})) }, "MissingParameter"),
        (Request { region: "ap-nowhere".into(), ..price(json!({})) }, "UnsupportedRegion"),
        (Request::of(&buyer, "DescribeOrders", json!({})), "MissingParameter"),
        (Request::of(&buyer, "DescribeDCDBPrice", json!({ "Zone": "ap-guangzhou-3" })), "MissingParameter"),
        (Request::of(&buyer, "DescribeOrders", json!({ "DealNames": "1" })), "InvalidParameter"),
        (Request::of(&buyer, "DescribeOrders", json!([])), "InvalidRequest"),
        (price(json!({ "Colour": "red" })), "UnknownParameter"),
        (price(json!({ "Count": "one" })), "InvalidParameter"),
        (price(json!({ "Count": 11 })), "InvalidParameterValue.IllegalQuantity"),
        (price(json!({ "Zone": "ap-beijing-3" })), "InvalidParameterValue.IllegalZone"),
        (price(json!({ "ShardMemory": 3 })), "InvalidParameter.SpecNotFound"),
        (price(json!({ "Period": 13 })), "InvalidParameter.CheckParamNotPass"),
        (price(json!({ "AmountUnit": "microPent" })), "InvalidParameterValue"),
        (Request::of(&buyer, "DescribeDCDBInstances", json!({ "Limit": 101 })), "InvalidParameterValue"),
    ] {
        let (action, body) = (request.action.clone(), request.body.clone());
        assert_eq!(request.refusal(&site).await, code, "{action} {body}");
    }
}
