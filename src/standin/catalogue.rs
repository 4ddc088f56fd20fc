//! What is on sale: regions, zones, networks, specifications and monthly prices (CONTRACT 3.3).
//!
//! The site's own list. The suite never sees it, so that the two cannot agree on a mistake.

/// A region.
pub struct Region {
    /// Its code, as in addresses and forms.
    pub code: &'static str,
    /// The caption it stands under.
    pub area: &'static str,
    /// Only for accounts that were approved.
    pub finance: bool,
    /// Its zones.
    pub zones: &'static [Zone],
    /// Memory price, 1/1000 fen per GB, node and month.
    pub memory_price: i64,
    /// Disk price, 1/1000 fen per GB, node and month.
    pub disk_price: i64,
    /// Memory price by the hour, 1/1000 fen per GB and node: that of the first 96 hours.
    pub memory_hour: i64,
    /// Disk price by the hour, 1/1000 fen per GB and node.
    pub disk_hour: i64,
    /// Whether accounts have a VPC there.
    pub has_vpc: bool,
}

/// A zone of a region.
pub struct Zone {
    /// Its code.
    pub code: &'static str,
    /// Nobody can buy there.
    pub sold_out: bool,
}

const fn zone(code: &'static str) -> Zone {
    Zone { code, sold_out: false }
}

/// All regions, in the order of the page.
pub const REGIONS: &[Region] = &[
    Region {
        code: "ap-guangzhou",
        area: "south",
        finance: false,
        zones: &[zone("ap-guangzhou-3"), Zone { code: "ap-guangzhou-4", sold_out: true }, zone("ap-guangzhou-6")],
        memory_price: 4_590_000,
        disk_price: 32_400,
        memory_hour: 14_170,
        disk_hour: 50,
        has_vpc: true,
    },
    Region {
        code: "ap-shanghai",
        area: "east",
        finance: false,
        zones: &[zone("ap-shanghai-3"), zone("ap-shanghai-4")],
        memory_price: 4_590_000,
        disk_price: 32_400,
        memory_hour: 14_170,
        disk_hour: 50,
        has_vpc: true,
    },
    Region {
        code: "ap-shanghai-fsi",
        area: "east",
        finance: true,
        zones: &[zone("ap-shanghai-fsi-1")],
        memory_price: 11_360_000,
        disk_price: 64_000,
        memory_hour: 23_890,
        disk_hour: 80,
        has_vpc: false,
    },
    Region {
        code: "ap-beijing",
        area: "north",
        finance: false,
        zones: &[zone("ap-beijing-3"), zone("ap-beijing-5")],
        memory_price: 4_590_000,
        disk_price: 32_400,
        memory_hour: 14_170,
        disk_hour: 50,
        has_vpc: false,
    },
    Region {
        code: "ap-chengdu",
        area: "southwest",
        finance: false,
        zones: &[zone("ap-chengdu-1")],
        memory_price: 3_570_000,
        disk_price: 25_200,
        memory_hour: 9_860,
        disk_hour: 30,
        has_vpc: false,
    },
    Region {
        code: "ap-chongqing",
        area: "southwest",
        finance: false,
        zones: &[zone("ap-chongqing-1")],
        memory_price: 3_570_000,
        disk_price: 25_200,
        memory_hour: 9_860,
        disk_hour: 30,
        has_vpc: false,
    },
    Region {
        code: "ap-hongkong",
        area: "hongkong",
        finance: false,
        zones: &[zone("ap-hongkong-2")],
        memory_price: 6_885_000,
        disk_price: 54_000,
        memory_hour: 23_750,
        disk_hour: 80,
        has_vpc: false,
    },
];

/// The captions of the regions' areas, in the order of the page.
pub const AREAS: &[&str] = &["south", "east", "north", "southwest", "hongkong"];

/// A shard specification.
pub struct Specification {
    /// Memory, GB.
    pub memory: i64,
    /// Queries a second, as benchmarked.
    pub qps: &'static str,
    /// The largest disk, GB.
    pub max_disk: i64,
}

/// All shard specifications.
pub const SPECIFICATIONS: &[Specification] = &[
    Specification { memory: 2, qps: "1,880", max_disk: 500 },
    Specification { memory: 4, qps: "3,983", max_disk: 500 },
    Specification { memory: 8, qps: "6,151", max_disk: 1000 },
    Specification { memory: 16, qps: "10,098", max_disk: 2000 },
    Specification { memory: 32, qps: "20,125", max_disk: 3000 },
    Specification { memory: 64, qps: "37,956", max_disk: 6000 },
];

/// For how many months can be bought at once.
pub const PERIODS: &[i64] = &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 24, 36];

/// The character sets an instance can be initialised with.
pub const CHARACTER_SETS: &[&str] = &["utf8mb4", "utf8", "gbk", "latin1", "gb18030"];

/// The region of that code.
pub fn region(code: &str) -> Option<&'static Region> {
    REGIONS.iter().find(|region| region.code == code)
}

/// The specification of that memory.
pub fn specification(memory: i64) -> Option<&'static Specification> {
    SPECIFICATIONS.iter().find(|specification| specification.memory == memory)
}
