//! Asking the API: signed, within one deadline, and again only where the vendor says that it did not look.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};
use url::Url;

use super::{
    Instance, Keys, Order,
    answers::{BalanceAnswer, InstancesAnswer, IsolateAnswer, OrdersAnswer, PriceAnswer},
    refusal::Refusal,
    signature::{CONTENT_TYPE, sign},
};
use crate::{
    client,
    domain::{Class, Failure, Field, InClass as _, InstanceId, Money, OrderNumber, Purchase, Region},
};

/// The longest list that the vendor gives at once.
const PAGE: usize = 100;
/// The first pause before asking again; each further one is twice as long, up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// Where the API is, and what it calls regions.
#[derive(Debug, Clone)]
pub struct Endpoints {
    /// Of the product.
    pub dcdb: Url,
    /// Of orders and balances.
    pub billing: Url,
    /// The vendor's code of each region.
    pub regions: BTreeMap<Region, String>,
    /// How many nodes a shard has, by the key of the version.
    pub nodes: BTreeMap<String, i64>,
    /// The longest that an answer may take, everything that is asked again included.
    pub within: Duration,
}

/// The API, for one account.
#[derive(Debug, Clone)]
pub struct Client {
    endpoints: Endpoints,
    keys: Keys,
    http: reqwest::Client,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Envelope {
    response: Value,
}

impl Client {
    /// For the account of these keys.
    ///
    /// # Errors
    /// Class infrastructure: this machine knows no certificates and the API is behind TLS.
    pub fn new(endpoints: Endpoints, keys: Keys) -> anyhow::Result<Self> {
        // A kept connection belongs to the runtime of the worker that opened it, and workers end.
        let builder = client::to([&endpoints.dcdb, &endpoints.billing]).pool_max_idle_per_host(0);
        let http = builder.build().context("preparing to ask the API").in_class(Class::Infrastructure)?;
        Ok(Self { endpoints, keys, http })
    }

    /// The fields that it must be told to say a price.
    pub const PRICED_BY: [Field; 7] = [
        Field::REGION,
        Field::ZONE,
        Field::VERSION,
        Field::SHARD_SPECIFICATION,
        Field::SHARDS,
        Field::DISK,
        Field::PERIOD,
    ];

    /// The regions that it can be asked about.
    pub fn regions(&self) -> impl Iterator<Item = Region> + '_ {
        self.endpoints.regions.keys().copied()
    }

    /// The vendor's code of a region.
    ///
    /// # Errors
    /// Class test: the profile gives none.
    pub fn region(&self, region: Region) -> anyhow::Result<&str> {
        self.endpoints.regions.get(&region).map(String::as_str).ok_or_else(|| {
            let key = region.key();
            Failure::test(format!(
                "the profile has no code of {region} for the API\n  mend     add it under api: regions: {key}:"
            ))
            .into()
        })
    }

    /// The vendor's code of a purchase's zone: `ap-guangzhou-3`.
    ///
    /// # Errors
    /// Class test: the purchase names no zone, or the profile no code of its region.
    pub fn zone(&self, purchase: &Purchase) -> anyhow::Result<String> {
        let number = purchase.get(Field::ZONE).and_then(|key| key.rsplit_once('-')).map(|(_, number)| number);
        Ok(format!("{}-{}", self.region(region_of(purchase)?)?, number.ok_or_else(|| unknown(Field::ZONE, purchase))?))
    }

    /// How many nodes each shard of a purchase has.
    ///
    /// # Errors
    /// Class test: the purchase names no version, or the profile does not say how many nodes it has.
    pub fn nodes(&self, purchase: &Purchase) -> anyhow::Result<i64> {
        let version = purchase.get(Field::VERSION).ok_or_else(|| unknown(Field::VERSION, purchase))?;
        self.endpoints.nodes.get(version).copied().ok_or_else(|| {
            Failure::test(format!(
                "the profile does not say how many nodes a shard of {version} has
  mend     add it: catalogue: fields: version: values: {version}: nodes:"
            ))
            .into()
        })
    }

    /// What a purchase costs.
    ///
    /// # Errors
    /// Class infrastructure: no answer can be had; class test: a choice is not known.
    pub async fn price(&self, purchase: &Purchase) -> anyhow::Result<Money> {
        let number = |field: Field| -> anyhow::Result<i64> {
            purchase.get(field).and_then(|text| text.parse().ok()).ok_or_else(|| unknown(field, purchase))
        };
        let body = json!({
            "Zone": self.zone(purchase)?, "Count": purchase.quantity(), "Period": number(Field::PERIOD)?,
            "ShardNodeCount": self.nodes(purchase)?, "ShardMemory": number(Field::SHARD_SPECIFICATION)?,
            "ShardStorage": number(Field::DISK)?, "ShardCount": number(Field::SHARDS)?,
            "Paymode": "prepaid", "AmountUnit": "pent",
        });
        let answer: PriceAnswer = self.dcdb("DescribeDCDBPrice", region_of(purchase)?, &body).await?;
        Ok(Money::fen(answer.price))
    }

    /// All instances of the account in a region.
    ///
    /// # Errors
    /// Class infrastructure: no answer can be had.
    pub async fn instances(&self, region: Region) -> anyhow::Result<Vec<Instance>> {
        let mut all: Vec<Instance> = Vec::new();
        loop {
            let body = json!({ "Offset": all.len(), "Limit": PAGE });
            let answer: InstancesAnswer = self.dcdb("DescribeDCDBInstances", region, &body).await?;
            let none = answer.instances.is_empty();
            all.extend(answer.instances.into_iter().map(Instance::from));
            if none || all.len() >= answer.total_count {
                return Ok(all);
            }
        }
    }

    /// The orders of these numbers, those that the account has.
    ///
    /// # Errors
    /// Class infrastructure: no answer can be had.
    pub async fn orders(&self, region: Region, numbers: &[&OrderNumber]) -> anyhow::Result<Vec<Order>> {
        let names: Vec<&str> = numbers.iter().map(|number| number.0.as_str()).collect();
        let answer: OrdersAnswer = self.dcdb("DescribeOrders", region, &json!({ "DealNames": names })).await?;
        Ok(answer.deals.into_iter().map(Order::from).collect())
    }

    /// Returns instances; gives those that were. Asked once: what may have acted is not asked again.
    ///
    /// # Errors
    /// Class infrastructure: no answer came, and it may have been done all the same; or it was refused.
    pub async fn isolate(&self, region: Region, ids: &[InstanceId]) -> anyhow::Result<Vec<InstanceId>> {
        let ids: Vec<&str> = ids.iter().map(|id| id.0.as_str()).collect();
        let answer: IsolateAnswer = self.dcdb("IsolateDCDBInstance", region, &json!({ "InstanceIds": ids })).await?;
        Ok(answer.success_instance_ids.unwrap_or_default().into_iter().map(InstanceId).collect())
    }

    /// What the account has.
    ///
    /// # Errors
    /// Class infrastructure: no answer can be had.
    pub async fn balance(&self) -> anyhow::Result<Money> {
        let url = &self.endpoints.billing;
        let answer: BalanceAnswer =
            self.ask(url, "billing", "DescribeAccountBalance", "2018-07-09", None, &json!({})).await?;
        Ok(Money::fen(answer.balance))
    }

    async fn dcdb<T: DeserializeOwned>(&self, action: &str, region: Region, body: &Value) -> anyhow::Result<T> {
        let code = self.region(region)?;
        self.ask(&self.endpoints.dcdb, "dcdb", action, "2018-04-11", Some(code), body).await
    }

    /// Asks until an answer comes that is no limit of the vendor's, or the time is up.
    async fn ask<T: DeserializeOwned>(
        &self,
        url: &Url,
        service: &str,
        action: &str,
        version: &str,
        region: Option<&str>,
        body: &Value,
    ) -> anyhow::Result<T> {
        let deadline = Instant::now() + self.endpoints.within;
        let body = body.to_string();
        let mut pause = FIRST_PAUSE;
        let response = loop {
            let response = self.once(url, service, (action, version), region, &body, deadline).await?;
            let Some(error) = response.get("Error") else { break response };
            let refusal: Refusal = serde_json::from_value(error.clone())
                .with_context(|| format!("API: reading the refusal of {action}"))
                .in_class(Class::Infrastructure)?;
            // A limit is said before anything is done, so this never does a thing twice.
            let wait = pause.mul_f64(jitter());
            if !refusal.is_limit() || Instant::now() + wait >= deadline {
                return Err(refusal.failure(action).into());
            }
            tokio::time::sleep(wait).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        };
        serde_json::from_value(response)
            .with_context(|| format!("API: the answer to {action} should have the documented fields"))
            .in_class(Class::Infrastructure)
    }

    /// Asks once; gives what is in `Response`.
    async fn once(
        &self,
        url: &Url,
        service: &str,
        (action, version): (&str, &str),
        region: Option<&str>,
        body: &str,
        deadline: Instant,
    ) -> anyhow::Result<Value> {
        let host = url.host_str().unwrap_or_default();
        let host = url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
        let timestamp = jiff::Timestamp::now().as_second();
        let mut authorization = reqwest::header::HeaderValue::from_str(
            &sign(&self.keys, service, &host, action, timestamp, body)?.authorization,
        )
        .map_err(|_| {
            Failure::infrastructure("the id of the account's API key has letters that no header may have\n  mend     correct it (api-key: in the profile)")
        })?;
        authorization.set_sensitive(true);
        let mut request = self
            .http
            .post(url.clone())
            .timeout(deadline.saturating_duration_since(Instant::now()))
            .header("content-type", CONTENT_TYPE)
            .header("authorization", authorization)
            .header("x-tc-action", action)
            .header("x-tc-version", version)
            .header("x-tc-timestamp", timestamp)
            .body(body.to_owned());
        if let Some(region) = region {
            request = request.header("x-tc-region", region);
        }
        let unanswered = |saw: String| {
            Failure::infrastructure(format!(
                "API: {action} should be answered within {:?}\n  saw      {saw}\n  at       {url}\n  mend     look at the network to it, or at api: in the profile",
                self.endpoints.within
            ))
        };
        let whole = |error: reqwest::Error| unanswered(format!("{:#}", anyhow::Error::from(error.without_url())));
        let answer = request.send().await.map_err(whole)?;
        let status = answer.status();
        if !status.is_success() {
            return Err(unanswered(format!("status {status}")).into());
        }
        let text = answer.text().await.map_err(whole)?;
        let envelope: Envelope =
            serde_json::from_str(&text).map_err(|_| unanswered("an answer that is not the vendor's JSON".into()))?;
        Ok(envelope.response)
    }
}

/// A factor from 0.5 to 1, so that workers who were refused together do not ask again together.
fn jitter() -> f64 {
    let mut bytes = [0u8; 1];
    // Without randomness they merely do.
    let _filled = getrandom::fill(&mut bytes);
    0.5 + f64::from(bytes[0]) / 510.0
}

fn region_of(purchase: &Purchase) -> anyhow::Result<Region> {
    purchase.region().ok_or_else(|| unknown(Field::REGION, purchase))
}

fn unknown(field: Field, purchase: &Purchase) -> anyhow::Error {
    Failure::test(format!(
        "nothing is known of the {field} of this purchase, which the API is to be asked about: {purchase}"
    ))
    .into()
}
