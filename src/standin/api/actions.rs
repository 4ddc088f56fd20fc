//! What can be asked of the API. Fields and codes are the vendor's; what a request leaves out is as its documents say.

use serde_json::{Value, json};

use super::{Refused, parameters::Parameters};
use crate::standin::{
    catalogue, clock,
    configuration::Configuration,
    site::Site,
    store::{Account, Instance, State},
};

/// An action of the API.
#[derive(Clone, Copy)]
pub(super) enum Action {
    Price,
    Instances,
    Orders,
    Isolate,
    Balance,
}

/// The action of that name.
pub(super) fn named(product: &str, name: &str, version: &str) -> Result<Action, Refused> {
    let (known, action) = match (product, name) {
        ("dcdb", "DescribeDCDBPrice") => ("2018-04-11", Action::Price),
        ("dcdb", "DescribeDCDBInstances") => ("2018-04-11", Action::Instances),
        ("dcdb", "DescribeOrders") => ("2018-04-11", Action::Orders),
        ("dcdb", "IsolateDCDBInstance") => ("2018-04-11", Action::Isolate),
        ("billing", "DescribeAccountBalance") => ("2018-07-09", Action::Balance),
        _ => {
            return Err(Refused::new("InvalidAction", format!("The request action `{name}` is invalid or not found.")));
        }
    };
    if version == known {
        Ok(action)
    } else {
        Err(Refused::new("NoSuchVersion", format!("The specified version `{version}` does not exist.")))
    }
}

impl Action {
    /// Money belongs to no region.
    pub(super) const fn needs_region(self) -> bool {
        !matches!(self, Self::Balance)
    }

    pub(super) fn act(
        self,
        site: &Site,
        account: &Account,
        region: &str,
        parameters: &Parameters,
    ) -> Result<Value, Refused> {
        if self.needs_region() && catalogue::region(region).is_none() {
            return Err(Refused::new("UnsupportedRegion", format!("The region `{region}` is not supported.")));
        }
        match self {
            Self::Price => priced(site, account, region, parameters),
            Self::Instances => instances(site, account, region, parameters),
            Self::Orders => orders(site, account, parameters),
            Self::Isolate => isolate(site, account, region, parameters),
            Self::Balance => {
                parameters.only(&[])?;
                let fen = account.balance;
                Ok(
                    json!({ "Uin": account.id, "Balance": fen, "RealBalance": fen, "CashAccountBalance": fen, "OweAmount": 0, "FreezeAmount": account.frozen }),
                )
            }
        }
    }
}

fn priced(site: &Site, account: &Account, region: &str, parameters: &Parameters) -> Result<Value, Refused> {
    parameters.only(&[
        "Zone",
        "Count",
        "Period",
        "ShardNodeCount",
        "ShardMemory",
        "ShardStorage",
        "ShardCount",
        "Paymode",
        "AmountUnit",
    ])?;
    for (name, served) in [("Paymode", "prepaid"), ("AmountUnit", "pent")] {
        if parameters.text(name)?.is_some_and(|value| value != served) {
            let message = format!("The value of parameter `{name}` is not served here, only `{served}`.");
            return Err(Refused::new("InvalidParameterValue", message));
        }
    }
    let configuration = Configuration {
        region: region.to_owned(),
        zone: parameters.needed_text("Zone")?.to_owned(),
        quantity: parameters.needed_number("Count")?,
        months: parameters.needed_number("Period")?,
        replicas: parameters.needed_number("ShardNodeCount")?.saturating_sub(1),
        memory: parameters.needed_number("ShardMemory")?,
        disk: parameters.needed_number("ShardStorage")?,
        shards: parameters.needed_number("ShardCount")?,
        network: "basic".into(),
        ..Configuration::opened(account)
    };
    // Where a zone is sold out, its price is known all the same.
    let problem =
        site.seams.check(&configuration, account).into_iter().find(|problem| problem.message != "sold_out_in_zone");
    if let Some(problem) = problem {
        let code = match problem.field {
            "region" | "zone" => "InvalidParameterValue.IllegalZone",
            "quantity" => "InvalidParameterValue.IllegalQuantity",
            "memory" | "disk" | "replicas" | "shards" => "InvalidParameter.SpecNotFound",
            _ => "InvalidParameter.CheckParamNotPass",
        };
        return Err(Refused::new(code, format!("The {} is not for sale.", problem.field)));
    }
    let price = site
        .seams
        .price(&configuration, account)
        .ok_or_else(|| Refused::new("InternalError", "The price cannot be computed."))?;
    Ok(json!({ "OriginalPrice": price.original, "Price": price.fee }))
}

fn instances(site: &Site, account: &Account, region: &str, parameters: &Parameters) -> Result<Value, Refused> {
    parameters.only(&["InstanceIds", "Offset", "Limit"])?;
    let ids = parameters.texts("InstanceIds")?;
    let (offset, limit) = (parameters.number("Offset")?.unwrap_or(0), parameters.number("Limit")?.unwrap_or(10));
    if offset < 0 || !(1..=100).contains(&limit) {
        return Err(Refused::new("InvalidParameterValue", "`Offset` is from 0, `Limit` from 1 to 100."));
    }
    let mut found = site.store.instances(account, site.lifetimes)?;
    found.retain(|one| one.region == region && ids.as_ref().is_none_or(|ids| ids.contains(&one.id.as_str())));
    let page =
        found.iter().skip(usize::try_from(offset).unwrap_or(usize::MAX)).take(usize::try_from(limit).unwrap_or(0));
    let listed: Vec<Value> = page.map(instance).collect();
    Ok(json!({ "TotalCount": found.len(), "Instances": listed }))
}

fn instance(one: &Instance) -> Value {
    let (status, described) = match one.state {
        State::Creating => (0, "创建中"),
        State::Uninitialized => (3, "实例未初始化"),
        State::Initializing => (4, "初始化中"),
        State::Running => (2, "运行中"),
        State::Isolated => (-1, "已隔离"),
    };
    json!({
        "InstanceId": one.id, "InstanceName": one.name, "Status": status, "StatusDesc": described,
        "Region": one.region, "Zone": one.zone, "UniqueVpcId": one.vpc, "UniqueSubnetId": one.subnet,
        "ShardCount": one.shards, "NodeCount": one.replicas + 1,
        // The sums over all shards.
        "Memory": one.memory * one.shards, "Storage": one.disk * one.shards,
        "Paymode": if one.hourly > 0 { "postpaid" } else { "prepaid" }, "AutoRenewFlag": i64::from(one.renew),
        "CreateTime": clock::moment(one.created), "PeriodEndTime": clock::moment(one.expires),
    })
}

fn orders(site: &Site, account: &Account, parameters: &Parameters) -> Result<Value, Refused> {
    parameters.only(&["DealNames"])?;
    let wanted = parameters.needed_texts("DealNames")?;
    let mut deals = Vec::new();
    for number in wanted {
        let Some(order) = site.store.order(account, number)? else { continue };
        let mut delivered = Vec::new();
        for id in &order.instances {
            let one = site.store.instance(account, id, site.lifetimes)?;
            delivered.extend(one.filter(|one| one.state != State::Creating).map(|one| one.id));
        }
        let ids = if delivered.is_empty() { Value::Null } else { json!(delivered) };
        let count = site.store.quantity(account, number)?;
        deals.push(json!({ "DealName": order.number, "OwnerUin": account.id.to_string(), "Count": count, "FlowId": 0, "InstanceIds": ids, "PayMode": 1 }));
    }
    Ok(json!({ "TotalCount": deals.len(), "Deals": deals }))
}

fn isolate(site: &Site, account: &Account, region: &str, parameters: &Parameters) -> Result<Value, Refused> {
    parameters.only(&["InstanceIds"])?;
    let (mut done, mut failed) = (Vec::new(), Vec::new());
    for id in parameters.needed_texts("InstanceIds")? {
        let known = site.store.instance(account, id, site.lifetimes)?.is_some_and(|one| one.region == region);
        if known && site.store.give_back(account, id, site.lifetimes)?.is_ok() {
            done.push(id);
        } else {
            failed.push(id);
        }
    }
    Ok(json!({ "SuccessInstanceIds": done, "FailedInstanceIds": failed }))
}
