//! What a buyer asks for: read from forms and addresses, held against the rules of the purchase page.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;

use super::{
    catalogue,
    networks::vpcs,
    store::Account,
    today::{self, Choices},
};

/// A configuration whose every field is within the rules, unless [`check`](Configuration::check) says otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Configuration {
    /// Code of the region.
    pub region: String,
    /// Code of the zone.
    pub zone: String,
    /// `basic` or `vpc`.
    pub network: String,
    /// Id of the VPC; empty on the basic network.
    pub vpc: String,
    /// Id of the subnet; empty on the basic network.
    pub subnet: String,
    /// Replicas beside the primary: 1 or 2.
    pub replicas: i64,
    /// Memory a shard, GB.
    pub memory: i64,
    /// Shards.
    pub shards: i64,
    /// Disk a shard, GB.
    pub disk: i64,
    /// Instances.
    pub quantity: i64,
    /// Months.
    pub months: i64,
    /// Name; may be empty.
    pub name: String,
    /// Renews itself.
    pub renew: bool,
    /// What today's pages ask beside; `None` of the documented ones.
    pub today: Option<Choices>,
}

/// Why a field is refused: a key of the wording, and what is filled into it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The field, as in forms.
    pub field: &'static str,
    /// Key of the wording.
    pub message: &'static str,
    /// For `{0}`, `{1}` in it.
    pub values: Vec<String>,
}

impl Problem {
    fn new(field: &'static str, message: &'static str, values: &[i64]) -> Self {
        Self { field, message, values: values.iter().map(i64::to_string).collect() }
    }
}

/// The fields of a configuration, in the order of the page.
pub const FIELDS: [&str; 13] = [
    "region", "zone", "network", "vpc", "subnet", "replicas", "memory", "shards", "disk", "quantity", "months", "name",
    "renew",
];

impl Configuration {
    /// As the page opens for an account (CONTRACT 3.3.14).
    #[must_use]
    pub fn opened(account: &Account) -> Self {
        let region = &catalogue::REGIONS[0];
        Self {
            region: region.code.into(),
            zone: first_zone(region, account),
            network: "basic".into(),
            vpc: String::new(),
            subnet: String::new(),
            replicas: 1,
            memory: 2,
            shards: 2,
            disk: 100,
            quantity: 1,
            months: 1,
            name: String::new(),
            renew: false,
            today: None,
        }
    }

    /// Whether it is paid by the hour.
    #[must_use]
    pub fn is_hourly(&self) -> bool {
        self.today.as_ref().is_some_and(Choices::is_hourly)
    }

    /// Reads a form or query; a field that is missing is as the page opens.
    ///
    /// # Errors
    /// The fields that hold no number, or more than the page would take.
    pub fn read(form: &HashMap<String, String>, account: &Account) -> Result<Self, Vec<Problem>> {
        let opened = Self::opened(account);
        let mut problems = Vec::new();
        let text = |key: &str, otherwise: &str| {
            form.get(key).map_or_else(|| otherwise.to_owned(), |value| value.trim().to_owned())
        };
        let mut number = |key: &'static str, otherwise: i64| match form.get(key).map(|value| value.trim()) {
            None => otherwise,
            Some(value) => match value.parse::<i64>() {
                Ok(number) if value.len() <= 9 && !value.starts_with('+') => number,
                _ => {
                    problems.push(Problem::new(key, no_number(key), &[]));
                    otherwise
                }
            },
        };
        let (replicas, memory, shards) =
            (number("replicas", opened.replicas), number("memory", opened.memory), number("shards", opened.shards));
        let (disk, quantity, months) =
            (number("disk", opened.disk), number("quantity", opened.quantity), number("months", opened.months));
        let region = text("region", &opened.region);
        let zone = catalogue::region(&region).map_or(String::new(), |region| first_zone(region, account));
        let zone = text("zone", &zone);
        let today = Choices::read(form, &zone);
        // There is no other network any more, and one of them is chosen beforehand (CONTRACT T5).
        let network = if today.is_some() { "vpc".to_owned() } else { text("network", &opened.network) };
        let on_vpc = network == "vpc";
        let (vpc, subnet) = if today.is_some() { first_subnet(&region, account) } else { Default::default() };
        let read = Self {
            zone,
            vpc: if on_vpc { text("vpc", &vpc) } else { String::new() },
            subnet: if on_vpc { text("subnet", &subnet) } else { String::new() },
            network,
            today,
            region,
            replicas,
            memory,
            shards,
            disk,
            quantity,
            months,
            name: text("name", ""),
            renew: renews(form),
        };
        if problems.is_empty() { Ok(read) } else { Err(problems) }
    }

    /// The fields of a purchase that are in a form or query, as they stand there.
    #[must_use]
    pub fn of_form(form: &HashMap<String, String>) -> BTreeMap<&'static str, String> {
        let fields = FIELDS.into_iter().chain(today::FIELDS);
        fields.filter_map(|key| Some((key, form.get(key)?.clone()))).collect()
    }

    /// All fields as they were typed, within the rules or not; one that is missing is as [`read`](Self::read) takes it.
    #[must_use]
    pub fn typed(form: &HashMap<String, String>, account: &Account) -> BTreeMap<&'static str, String> {
        let read = Self::read(form, account).unwrap_or_else(|_| {
            // The place decides what its fields are when they are missing; no number does.
            let place = form.iter().filter(|(key, _)| ["region", "network", today::FIELDS[0]].contains(&key.as_str()));
            let place = place.map(|(key, value)| (key.clone(), value.clone())).collect();
            Self::read(&place, account).unwrap_or_else(|_| Self::opened(account))
        });
        let mut fields = read.fields();
        fields.extend(Self::of_form(form).into_iter().filter(|(key, _)| *key != "renew"));
        fields.insert("renew", if renews(form) { "on" } else { "off" }.into());
        fields
    }

    /// The rules of the purchase page (CONTRACT 3.3.1 to 3.3.11), for this account now.
    #[must_use]
    pub fn check(&self, account: &Account) -> Vec<Problem> {
        let mut problems = Vec::new();
        match catalogue::region(&self.region) {
            None => problems.push(Problem::new("region", "problem_region", &[])),
            Some(region) if region.finance && !account.finance_zones => {
                problems.push(Problem::new("region", "needs_approval", &[]))
            }
            Some(region) => self.check_place(region, account, &mut problems),
        }
        if !matches!(self.replicas, 1 | 2) {
            problems.push(Problem::new("replicas", "problem_version", &[]));
        }
        match catalogue::specification(self.memory) {
            None => problems.push(Problem::new("memory", "problem_specification", &[])),
            Some(specification) => {
                if self.disk % 10 != 0 || self.disk < 10 || self.disk > specification.max_disk {
                    problems.push(Problem::new("disk", "problem_disk", &[10, specification.max_disk, 10]));
                }
            }
        }
        if !(2..=8).contains(&self.shards) {
            problems.push(Problem::new("shards", "problem_range", &[2, 8]));
        }
        if !(1..=10).contains(&self.quantity) {
            problems.push(Problem::new("quantity", "problem_range", &[1, 10]));
        }
        if !catalogue::PERIODS.contains(&self.months) {
            problems.push(Problem::new("months", "problem_period", &[]));
        }
        if self.name.chars().count() > 60 || self.name.chars().any(char::is_control) {
            problems.push(Problem::new("name", "problem_name", &[60]));
        }
        if let Some(today) = &self.today {
            today.check(self, account, &mut problems);
        }
        problems
    }

    fn check_place(&self, region: &catalogue::Region, account: &Account, problems: &mut Vec<Problem>) {
        match region.zones.iter().find(|zone| zone.code == self.zone) {
            None => problems.push(Problem::new("zone", "problem_zone", &[])),
            Some(zone) if is_sold_out(zone, account) => problems.push(Problem::new("zone", "sold_out_in_zone", &[])),
            Some(_) => {}
        }
        match self.network.as_str() {
            "basic" => {}
            "vpc" if vpcs(region, account).is_empty() => problems.push(Problem::new("network", "no_vpc", &[])),
            "vpc" => match vpcs(region, account).into_iter().find(|vpc| vpc.id == self.vpc) {
                None => problems.push(Problem::new("vpc", "problem_vpc", &[])),
                Some(vpc) => match vpc.subnets.iter().find(|subnet| subnet.id == self.subnet) {
                    None => problems.push(Problem::new("subnet", "problem_subnet", &[])),
                    Some(subnet) if subnet.free == 0 => problems.push(Problem::new("subnet", "subnet_full", &[])),
                    Some(_) => {}
                },
            },
            _ => problems.push(Problem::new("network", "problem_network", &[])),
        }
    }

    /// As the query of an address, always in the same order: what an intention is bound to.
    #[must_use]
    pub fn query(&self) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (key, value) in self.fields() {
            query.append_pair(key, &value);
        }
        query.finish()
    }

    /// All fields, as forms hold them.
    #[must_use]
    pub fn fields(&self) -> BTreeMap<&'static str, String> {
        let values = [
            self.region.clone(),
            self.zone.clone(),
            self.network.clone(),
            self.vpc.clone(),
            self.subnet.clone(),
            self.replicas.to_string(),
            self.memory.to_string(),
            self.shards.to_string(),
            self.disk.to_string(),
            self.quantity.to_string(),
            self.months.to_string(),
            self.name.clone(),
            if self.renew { "on" } else { "off" }.to_owned(),
        ];
        let beside = self.today.iter().flat_map(Choices::fields);
        FIELDS.into_iter().zip(values).chain(beside).collect()
    }
}

/// Whether the checkbox was ticked.
fn renews(form: &HashMap<String, String>) -> bool {
    form.get("renew").is_some_and(|value| matches!(value.as_str(), "on" | "1" | "true"))
}

/// What is said where a number is none: of options, that one is to be chosen.
fn no_number(field: &str) -> &'static str {
    match field {
        "replicas" => "problem_version",
        "memory" => "problem_specification",
        "months" => "problem_period",
        _ => "problem_number",
    }
}

/// The first zone of a region that is on sale for an account; the first at all where none is.
fn first_zone(region: &catalogue::Region, account: &Account) -> String {
    region
        .zones
        .iter()
        .find(|zone| !is_sold_out(zone, account))
        .or(region.zones.first())
        .map_or(String::new(), |zone| zone.code.into())
}

/// The first subnet of a region with room in it, and its VPC; empty where there is none.
fn first_subnet(region: &str, account: &Account) -> (String, String) {
    let vpcs = catalogue::region(region).map_or_else(Vec::new, |region| vpcs(region, account));
    let subnet =
        |vpc: &super::networks::Vpc| vpc.subnets.iter().find(|subnet| subnet.free > 0).map(|one| one.id.clone());
    vpcs.iter().find_map(|vpc| Some((vpc.id.clone(), subnet(vpc)?))).unwrap_or_default()
}

/// Whether a zone is sold out for an account.
#[must_use]
pub fn is_sold_out(zone: &catalogue::Zone, account: &Account) -> bool {
    zone.sold_out || account.sold_out.iter().any(|code| code == zone.code)
}
