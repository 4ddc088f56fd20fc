//! What a buyer can choose, in the words of features. How a page writes a choice is the profile's.

use std::{fmt, str::FromStr};

use anyhow::bail;

/// A set of choices with one name each: the name in features, and (lower case, hyphens) the key in profiles.
macro_rules! choices {
    ($(#[$doc:meta])* $name:ident, $what:literal: $($(#[$vdoc:meta])* $variant:ident = $text:literal / $key:literal),+ $(,)?) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$vdoc])* $variant),+ }

        impl $name {
            /// Every choice, in the order of the contract.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The key of this choice in a profile.
            #[must_use]
            pub const fn key(self) -> &'static str {
                match self { $(Self::$variant => $key),+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self { $(Self::$variant => $text),+ })
            }
        }

        impl FromStr for $name {
            type Err = anyhow::Error;
            /// Reads the name in features, or the key in profiles.
            fn from_str(text: &str) -> anyhow::Result<Self> {
                match Self::ALL.iter().find(|choice| choice.key() == text || choice.to_string() == text) {
                    Some(choice) => Ok(*choice),
                    None => bail!("{text:?} is no {}; there are: {}", $what, [$($text),+].join(", ")),
                }
            }
        }
    };
}
pub(crate) use choices;

choices! {
    /// Where an instance lives (CONTRACT 3.3.1).
    Region, "region":
    /// South China.
    Guangzhou = "Guangzhou" / "guangzhou",
    /// East China.
    Shanghai = "Shanghai" / "shanghai",
    /// East China, for approved accounts only.
    ShanghaiFinance = "Shanghai Finance" / "shanghai-finance",
    /// North China.
    Beijing = "Beijing" / "beijing",
    /// Southwest China.
    Chengdu = "Chengdu" / "chengdu",
    /// Southwest China.
    Chongqing = "Chongqing" / "chongqing",
    /// Hong Kong/Macao/Taiwan.
    HongKong = "Hong Kong (China)" / "hong-kong",
}

choices! {
    /// How many copies of its data each shard keeps beside the primary.
    Replicas, "number of replicas":
    /// One primary, one replica.
    One = "one replica" / "one-replica",
    /// One primary, two replicas.
    Two = "two replicas" / "two-replicas",
}

choices! {
    /// The kind of network an instance is reached through.
    Network, "network type":
    /// The basic network.
    Basic = "basic network" / "basic",
    /// A virtual private cloud with one of its subnets.
    Vpc = "VPC" / "vpc",
}

choices! {
    /// The character set an instance is initialised with.
    CharacterSet, "character set":
    /// UTF-8, four bytes.
    Utf8mb4 = "utf8mb4" / "utf8mb4",
    /// UTF-8, three bytes.
    Utf8 = "utf8" / "utf8",
    /// Chinese, national standard of 1995.
    Gbk = "gbk" / "gbk",
    /// Western European.
    Latin1 = "latin1" / "latin1",
    /// Chinese, national standard of 2005.
    Gb18030 = "gb18030" / "gb18030",
}

choices! {
    /// Whether table names differ by case. Fixed once initialised.
    TableNames, "way of table names":
    /// Case sensitive.
    Sensitive = "case-sensitive" / "sensitive",
    /// Case insensitive.
    Insensitive = "case-insensitive" / "insensitive",
}

choices! {
    /// How writes reach the replicas.
    SyncMode, "sync mode":
    /// Strong sync that falls back to async when replicas lag.
    StrongDowngradable = "downgradable strong sync" / "strong-downgradable",
    /// Asynchronous.
    Async = "async" / "async",
    /// Strong sync that never falls back; needs two replicas.
    Strong = "strong sync" / "strong",
}

choices! {
    /// The fields of the purchase page in which something is chosen (CONTRACT 3.3.1 to 3.3.11).
    Field, "field of the purchase page":
    /// Where.
    Region = "region" / "region",
    /// Which zone of the region.
    Zone = "zone" / "zone",
    /// Basic network or VPC.
    Network = "network type" / "network",
    /// Which VPC of the region.
    Vpc = "VPC" / "vpc",
    /// Which subnet of the VPC.
    Subnet = "subnet" / "subnet",
    /// Edition, which says how many replicas.
    Version = "instance version" / "version",
    /// Memory of each shard, GB.
    ShardSpecification = "shard specification" / "shard-specification",
    /// How many shards.
    Shards = "shard quantity" / "shards",
    /// Disk of each shard, GB.
    Disk = "disk per shard" / "disk",
    /// How many instances.
    Quantity = "quantity" / "quantity",
    /// For how long, months.
    Period = "period" / "period",
    /// Free text.
    Name = "instance name" / "name",
    /// On or off.
    AutoRenewal = "auto-renewal" / "auto-renewal",
}

/// A zone of a region, by the number in its name: `Guangzhou Zone 3`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Zone {
    /// The region it belongs to.
    pub region: Region,
    /// Its number; zones of a region are not numbered without gaps.
    pub number: u8,
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} Zone {}", self.region, self.number)
    }
}

impl FromStr for Zone {
    type Err = anyhow::Error;
    fn from_str(text: &str) -> anyhow::Result<Self> {
        match text.rsplit_once(" Zone ").map(|(region, number)| (region.parse(), number.parse())) {
            Some((Ok(region), Ok(number))) => Ok(Self { region, number }),
            _ => bail!("{text:?} is no zone: write it as \"Guangzhou Zone 3\""),
        }
    }
}

/// How long is bought at once, in months.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    /// 1 to 12, 24 or 36 on a page that keeps the contract.
    pub months: u32,
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} month{}", self.months, if self.months == 1 { "" } else { "s" })
    }
}

impl FromStr for Period {
    type Err = anyhow::Error;
    fn from_str(text: &str) -> anyhow::Result<Self> {
        match text.split_once(' ').map(|(number, unit)| (number.parse(), unit)) {
            Some((Ok(months), "month" | "months")) => Ok(Self { months }),
            _ => bail!("{text:?} is no period: write it as \"1 month\" or \"12 months\""),
        }
    }
}
