//! The private networks of an account.

use serde::Serialize;

use super::{catalogue, store::Account};

/// A VPC of an account.
#[derive(Debug, Clone, Serialize)]
pub struct Vpc {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its subnets.
    pub subnets: Vec<Subnet>,
}

/// A subnet.
#[derive(Debug, Clone, Serialize)]
pub struct Subnet {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Free addresses.
    pub free: u32,
}

/// The VPCs of an account in a region (CONTRACT 4): one, with a subnet that has room and one that is full; on today's pages in every region (CONTRACT T5).
#[must_use]
pub fn vpcs(region: &catalogue::Region, account: &Account) -> Vec<Vpc> {
    if !(region.has_vpc || account.vpc_everywhere) {
        return Vec::new();
    }
    let short = region.code.trim_start_matches("ap-");
    let tail = format!("{:04x}", account.id & 0xffff);
    let subnet = |name: &str, free: u32| Subnet {
        id: format!("subnet-{}{}{tail}", &short[..2], &name[..2]),
        name: name.into(),
        free,
    };
    vec![Vpc {
        id: format!("vpc-{}{tail}", &short[..4]),
        name: format!("{short}-vpc"),
        subnets: vec![subnet("default", 250), subnet("full", 0)],
    }]
}
