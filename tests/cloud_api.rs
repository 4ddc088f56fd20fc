//! The second opinion: the API's client against the vendor's example, the stand-in, and APIs that misbehave.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{Json, Router, http::StatusCode};
use dcdb_purchase_e2e::{
    cloud_api::{Client, Endpoints, Keys, sign},
    domain::{Class, Field, InstanceId, Money, OrderNumber, Purchase, Region, class_of},
    standin::{ServeArgs, Site, router},
};
use serde_json::{Value, json};

async fn serve(router: Router) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("its address");
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await });
    address
}

fn client(address: SocketAddr, keys: Keys, within: Duration) -> Client {
    let at =
        |name: &str| format!("http://{name}.tencentcloudapi.localhost:{}", address.port()).parse().expect("an address");
    let regions = BTreeMap::from([(Region::of("guangzhou"), "ap-guangzhou".to_owned())]);
    let nodes = BTreeMap::from([("one-replica".to_owned(), 2)]);
    Client::new(Endpoints { dcdb: at("dcdb"), billing: at("billing"), regions, nodes, within }, keys).expect("a client")
}

fn patient(address: SocketAddr, keys: Keys) -> Client {
    client(address, keys, Duration::from_secs(60))
}

fn own_keys() -> Keys {
    Keys::new("AKIDown", "a very secret key")
}

/// An API that gives these answers, one after the other and the last one again and again; counts how often it was asked.
async fn api(answers: Vec<(StatusCode, Value)>) -> (SocketAddr, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let answer = move || {
        let turn = count.fetch_add(1, Ordering::SeqCst).min(answers.len() - 1);
        let (status, response) = answers[turn].clone();
        async move { (status, Json(json!({ "Response": response }))) }
    };
    (serve(Router::new().fallback(answer)).await, asked)
}

fn refused(code: &str) -> (StatusCode, Value) {
    (StatusCode::OK, json!({ "Error": { "Code": code, "Message": "on purpose" }, "RequestId": "1" }))
}

fn purchase() -> Purchase {
    let mut purchase = Purchase::default();
    for (field, key) in [
        (Field::REGION, "guangzhou"),
        (Field::ZONE, "guangzhou-3"),
        (Field::VERSION, "one-replica"),
        (Field::SHARD_SPECIFICATION, "2"),
        (Field::SHARDS, "2"),
        (Field::DISK, "500"),
        (Field::QUANTITY, "1"),
        (Field::PERIOD, "1"),
    ] {
        purchase.set(field, key);
    }
    purchase
}

/// The example of the vendor's "Signature v3" document (DescribeInstances of CVM), whose masked key is 32 asterisks.
#[test]
fn the_vendors_example_is_signed_as_published() {
    let keys = Keys::new("AKID********************************", "*".repeat(32));
    let body = r#"{"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]}"#;
    let signed = sign(&keys, "cvm", "cvm.tencentcloudapi.com", "DescribeInstances", 1_551_113_065, body).unwrap();
    let hash = "7019a55be8395899b900fb5564e4200d984910f34794a27cb3fb7d10ff6a1e84";
    assert_eq!(signed.canonical_hash, hash);
    assert_eq!(signed.to_sign, format!("TC3-HMAC-SHA256\n1551113065\n2019-02-25/cvm/tc3_request\n{hash}"));
    assert_eq!(
        signed.authorization,
        "TC3-HMAC-SHA256 Credential=AKID********************************/2019-02-25/cvm/tc3_request, SignedHeaders=content-type;host;x-tc-action, Signature=10b1a37a7301a02ca19a647ad722d5e43b4b3cff309d421d85b46093f6ab6c4f"
    );
}

#[tokio::test]
async fn the_stand_in_answers_in_the_suites_own_words() {
    let address = serve(router(Site::open(&ServeArgs { delays: 0.0, ..ServeArgs::default() }).unwrap())).await;
    let made = reqwest::Client::new().post(format!("http://{address}/backdoor/accounts")).send().await.unwrap();
    let account: Value = made.json().await.unwrap();
    let word = |key: &str| account[key].as_str().unwrap().to_owned();
    let keys = Keys::new(word("secret_id"), word("secret_key"));
    let api = patient(address, keys);
    assert_eq!(api.balance().await.unwrap(), Money::fen(10_000_000));
    assert_eq!(api.price(&purchase()).await.unwrap(), "¥1,015.20".parse().unwrap());
    assert_eq!(api.instances(Region::of("guangzhou")).await.unwrap(), []);
    let number = OrderNumber("20181103110163".into());
    assert_eq!(api.orders(Region::of("guangzhou"), &[&number]).await.unwrap(), []);
    assert_eq!(api.isolate(Region::of("guangzhou"), &[InstanceId("tdsqlshard-1a2b3c4d".into())]).await.unwrap(), []);
    let wrong = patient(address, Keys::new(word("secret_id"), "another secret key"));
    let error = wrong.balance().await.expect_err("a wrong key");
    let text = format!("{error:#}");
    assert_eq!(class_of(&error), Class::Infrastructure, "{text}");
    for said in [
        "DescribeAccountBalance should be answered",
        "AuthFailure.SignatureFailure",
        "mend     correct the account's API key",
    ] {
        assert!(text.contains(said), "{said:?} is not in: {text}");
    }
}

#[tokio::test]
async fn more_instances_than_one_answer_holds_are_all_had() {
    let listed = |ids: &[&str]| -> (StatusCode, Value) {
        let one = |id: &&str| json!({ "InstanceId": id, "InstanceName": id, "Status": 7, "Region": "ap-guangzhou", "Zone": "ap-guangzhou-3", "ShardCount": 2, "NodeCount": 2, "Memory": 4, "Storage": 20, "UniqueVpcId": "", "UniqueSubnetId": "", "AutoRenewFlag": 0, "CreateTime": "2026-01-31 10:00:00", "PeriodEndTime": "2026-02-28 10:00:00" });
        (StatusCode::OK, json!({ "TotalCount": 3, "Instances": ids.iter().map(one).collect::<Vec<_>>() }))
    };
    let (address, asked) = api(vec![listed(&["a", "b"]), listed(&["c"])]).await;
    let all = patient(address, own_keys()).instances(Region::of("guangzhou")).await.unwrap();
    assert_eq!(all.iter().map(|one| one.id.0.as_str()).collect::<Vec<_>>(), ["a", "b", "c"]);
    assert_eq!(all[0].status, Err(7), "a state that the contract has no word for");
    assert_eq!(asked.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_limit_is_waited_out_and_nothing_else_is() {
    let balance = (StatusCode::OK, json!({ "Balance": 5 }));
    let limit = || refused("RequestLimitExceeded.UinLimitExceeded");
    let (address, asked) = api(vec![refused("RequestLimitExceeded"), limit(), balance.clone()]).await;
    assert_eq!(patient(address, own_keys()).balance().await.unwrap(), Money::fen(5));
    assert_eq!(asked.load(Ordering::SeqCst), 3);
    for (first, class, said) in [
        (refused("InternalError"), Class::Infrastructure, "InternalError: on purpose"),
        (refused("AuthFailure.SignatureExpire"), Class::Infrastructure, "set this machine's clock"),
        (refused("UnauthorizedOperation.CamNoAuth"), Class::Infrastructure, "allow it"),
        (refused("RequestLimitExceededly"), Class::Test, "RequestLimitExceededly"),
        (refused("InvalidParameter.SpecNotFound"), Class::Test, "correct what src/cloud_api/ asks"),
        ((StatusCode::BAD_GATEWAY, json!({})), Class::Infrastructure, "status 502"),
        ((StatusCode::OK, json!({ "Balance": "five" })), Class::Infrastructure, "the documented fields"),
    ] {
        let (address, asked) = api(vec![first, balance.clone()]).await;
        let error = patient(address, own_keys()).balance().await.expect_err(said);
        assert!(format!("{error:#}").contains(said), "{said:?} is not in: {error:#}");
        assert_eq!((class_of(&error), asked.load(Ordering::SeqCst)), (class, 1), "{said}");
    }
}

#[tokio::test]
async fn a_limit_that_stays_ends_with_the_deadline() {
    let (address, asked) = api(vec![refused("RequestLimitExceeded")]).await;
    let error = client(address, own_keys(), Duration::from_millis(400)).balance().await.expect_err("a limit");
    assert_eq!(class_of(&error), Class::Infrastructure);
    assert!(format!("{error:#}").contains("RequestLimitExceeded"), "{error:#}");
    // Pauses double: a client that did not pause would ask hundreds of times.
    assert!((1..=5).contains(&asked.load(Ordering::SeqCst)), "asked {} times", asked.load(Ordering::SeqCst));
}

#[tokio::test]
async fn a_return_whose_answer_is_lost_is_not_asked_for_again() {
    for lost in [(StatusCode::GATEWAY_TIMEOUT, json!({})), refused("InternalError")] {
        let (address, asked) = api(vec![lost]).await;
        let ids = [InstanceId("tdsqlshard-1a2b3c4d".into())];
        let error = patient(address, own_keys()).isolate(Region::of("guangzhou"), &ids).await.expect_err("no answer");
        assert_eq!((class_of(&error), asked.load(Ordering::SeqCst)), (Class::Infrastructure, 1), "{error:#}");
    }
}

#[tokio::test]
async fn keys_are_in_no_message() {
    let api = patient(SocketAddr::from(([127, 0, 0, 1], 9)), own_keys());
    let shown = format!("{api:?} {:?}", own_keys());
    let unreached = format!("{:#}", api.balance().await.expect_err("nobody listens"));
    assert!(unreached.contains("DescribeAccountBalance should be answered within"), "{unreached}");
    for text in [shown, unreached] {
        assert!(!text.contains("a very secret key") && !text.contains("AKIDown"), "{text}");
    }
}
