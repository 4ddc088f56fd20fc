//! What the API answers, as its documents write it and as the suite reads it.

use serde::{Deserialize, Deserializer};

use crate::domain::{InstanceId, OrderNumber, Status};

/// An instance, as the API tells of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instance {
    /// Its id.
    pub id: InstanceId,
    /// Its name.
    pub name: String,
    /// What state it is in; the vendor's number where the contract knows no word for it.
    pub status: Result<Status, i64>,
    /// Code of its region, such as `ap-guangzhou`.
    pub region: String,
    /// Code of its zone, such as `ap-guangzhou-3`.
    pub zone: String,
    /// How many shards.
    pub shards: u64,
    /// Nodes of each shard, the primary among them.
    pub nodes: u64,
    /// GB over all shards.
    pub memory: u64,
    /// GB over all shards.
    pub storage: u64,
    /// Id of its VPC; empty on the basic network.
    pub vpc: String,
    /// Id of its subnet; empty on the basic network.
    pub subnet: String,
    /// Whether it renews itself.
    pub renews: bool,
    /// When it was made, by China's clock.
    pub created: jiff::civil::DateTime,
    /// When what was paid for ends, by China's clock.
    pub ends: jiff::civil::DateTime,
}

/// An order, as the API tells of it. It knows of no amounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// Its number.
    pub number: OrderNumber,
    /// For how many instances.
    pub count: usize,
    /// Those that are delivered.
    pub instances: Vec<InstanceId>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct PriceAnswer {
    pub price: i64,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct BalanceAnswer {
    pub balance: i64,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct OrdersAnswer {
    pub deals: Vec<Deal>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Deal {
    deal_name: String,
    count: usize,
    /// `null` until they are delivered.
    instance_ids: Option<Vec<String>>,
}

impl From<Deal> for Order {
    fn from(deal: Deal) -> Self {
        Self {
            number: OrderNumber(deal.deal_name),
            count: deal.count,
            instances: deal.instance_ids.unwrap_or_default().into_iter().map(InstanceId).collect(),
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct IsolateAnswer {
    pub success_instance_ids: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct InstancesAnswer {
    pub total_count: usize,
    pub instances: Vec<Listed>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Listed {
    instance_id: String,
    instance_name: String,
    status: i64,
    region: String,
    zone: String,
    shard_count: u64,
    node_count: u64,
    memory: u64,
    storage: u64,
    unique_vpc_id: String,
    unique_subnet_id: String,
    auto_renew_flag: i64,
    #[serde(deserialize_with = "moment")]
    create_time: jiff::civil::DateTime,
    #[serde(deserialize_with = "moment")]
    period_end_time: jiff::civil::DateTime,
}

/// `2006-01-02 15:04:05`.
fn moment<'de, D: Deserializer<'de>>(deserializer: D) -> Result<jiff::civil::DateTime, D::Error> {
    let text = String::deserialize(deserializer)?;
    jiff::civil::DateTime::strptime("%Y-%m-%d %H:%M:%S", &text)
        .map_err(|error| serde::de::Error::custom(format!("{text:?} is no time: {error}")))
}

impl From<Listed> for Instance {
    fn from(one: Listed) -> Self {
        let status = match one.status {
            0 => Ok(Status::Creating),
            2 => Ok(Status::Running),
            3 => Ok(Status::Uninitialized),
            4 => Ok(Status::Initializing),
            -1 => Ok(Status::Isolated),
            other => Err(other),
        };
        Self {
            id: InstanceId(one.instance_id),
            name: one.instance_name,
            status,
            region: one.region,
            zone: one.zone,
            shards: one.shard_count,
            nodes: one.node_count,
            memory: one.memory,
            storage: one.storage,
            vpc: one.unique_vpc_id,
            subnet: one.unique_subnet_id,
            renews: one.auto_renew_flag == 1,
            created: one.create_time,
            ends: one.period_end_time,
        }
    }
}
