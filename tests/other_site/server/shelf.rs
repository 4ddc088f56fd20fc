//! What Nimbus sells: places with their data centers and networks, sizes, terms, and what all of it costs.
//!
//! The prices are the published ones (CONTRACT 3.3.17, 3.3.18), reckoned here by a way of its own.

use serde_json::{Value, json};

use super::people::Person;

pub struct Place {
    pub key: &'static str,
    pub name: &'static str,
    pub centers: &'static [Center],
    /// Its network and the segments of that, each with whether it is full; none for an empty name.
    pub net: &'static str,
    /// A gigabyte of memory and one of storage, a node and month, in tenths of a fen.
    rates: [i64; 2],
    /// Only for those who are approved.
    pub guarded: bool,
}

pub struct Center {
    pub key: &'static str,
    pub name: &'static str,
    pub empty: bool,
}

const fn center(key: &'static str, name: &'static str) -> Center {
    Center { key, name, empty: false }
}

const COAST: [i64; 2] = [45_900, 324];
const INLAND: [i64; 2] = [35_700, 252];

pub const PLACES: &[Place] = &[
    Place {
        key: "canton",
        name: "Canton",
        centers: &[
            center("canton-c", "Canton C"),
            Center { key: "canton-d", name: "Canton D", empty: true },
            center("canton-f", "Canton F"),
        ],
        net: "main",
        rates: COAST,
        guarded: false,
    },
    Place {
        key: "shanghai",
        name: "Shanghai",
        centers: &[center("shanghai-c", "Shanghai C"), center("shanghai-d", "Shanghai D")],
        net: "east",
        rates: COAST,
        guarded: false,
    },
    Place {
        key: "vault",
        name: "Shanghai Vault",
        centers: &[center("vault-a", "Vault A")],
        net: "",
        rates: [113_600, 640],
        guarded: true,
    },
    Place {
        key: "peking",
        name: "Peking",
        centers: &[center("peking-c", "Peking C"), center("peking-e", "Peking E")],
        net: "",
        rates: COAST,
        guarded: false,
    },
    Place {
        key: "chengtu",
        name: "Chengtu",
        centers: &[center("chengtu-a", "Chengtu A")],
        net: "",
        rates: INLAND,
        guarded: false,
    },
    Place {
        key: "chungking",
        name: "Chungking",
        centers: &[center("chungking-a", "Chungking A")],
        net: "",
        rates: INLAND,
        guarded: false,
    },
    Place {
        key: "harbour",
        name: "Fragrant Harbour",
        centers: &[center("harbour-b", "Harbour B")],
        net: "",
        rates: [68_850, 540],
        guarded: false,
    },
];

/// The segments of every network: name, and whether all of its addresses are taken.
pub const SEGMENTS: [(&str, bool); 2] = [("front", false), ("crowded", true)];

/// Gigabytes of memory, queries a second, gigabytes of storage at most.
pub const SIZES: [(i64, &str, i64); 6] = [
    (2, "1,880", 500),
    (4, "3,983", 500),
    (8, "6,151", 1000),
    (16, "10,098", 2000),
    (32, "20,125", 3000),
    (64, "37,956", 6000),
];

pub const TERMS: [i64; 14] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 24, 36];

pub fn place(key: &str) -> Option<&'static Place> {
    PLACES.iter().find(|place| place.key == key)
}

/// Everything that can be asked for, as it stands in addresses: `place=canton&center=canton-c&…`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    pub place: String,
    pub center: String,
    pub net: String,
    pub own: String,
    pub segment: String,
    pub edition: String,
    pub memory: i64,
    pub pieces: i64,
    pub storage: i64,
    pub count: i64,
    pub term: i64,
    pub alias: String,
    pub renew: bool,
}

/// What is wrong with a field: its key, and what is said to that.
pub type Wrong = (&'static str, String);

impl Order {
    /// Reads an address; what it leaves out is as the page opens.
    pub fn read(fields: &[(String, String)], who: &Person) -> Result<Self, Vec<Wrong>> {
        let text = |key: &str, otherwise: &str| {
            let found = fields.iter().find(|(name, _)| name == key);
            found.map_or(otherwise, |(_, value)| value.trim()).to_owned()
        };
        let mut wrong = Vec::new();
        let mut number = |key: &'static str, otherwise: i64| {
            text(key, &otherwise.to_string()).parse::<i64>().ok().filter(|n| n.abs() < 1_000_000).unwrap_or_else(|| {
                wrong.push((key, "Whole numbers only".to_owned()));
                otherwise
            })
        };
        let [memory, pieces, storage, count, term] =
            [("memory", 2), ("pieces", 2), ("storage", 100), ("count", 1), ("term", 1)]
                .map(|(key, otherwise)| number(key, otherwise));
        let order = Self {
            place: text("place", "canton"),
            center: text("center", "canton-c"),
            net: text("net", "shared"),
            own: text("own", ""),
            segment: text("segment", ""),
            edition: text("edition", "duo"),
            memory,
            pieces,
            storage,
            count,
            term,
            alias: text("alias", ""),
            renew: text("renew", "no") == "yes",
        };
        if wrong.is_empty() {
            wrong = order.wrong(who);
        }
        if wrong.is_empty() { Ok(order) } else { Err(wrong) }
    }

    /// What of it cannot be had by somebody.
    pub fn wrong(&self, who: &Person) -> Vec<Wrong> {
        let mut wrong = Vec::new();
        let mut says = |key: &'static str, said: &str| wrong.push((key, said.to_owned()));
        match place(&self.place) {
            None => says("place", "Pick a location"),
            Some(place) if place.guarded && !who.approved => says("place", "This location is by approval"),
            Some(place) => {
                match place.centers.iter().find(|center| center.key == self.center) {
                    None => says("center", "Pick a data center of this location"),
                    Some(center) if who.finds_empty(center) => says("center", "Nothing left in this data center"),
                    Some(_) => {}
                }
                let segment = SEGMENTS.iter().find(|(name, _)| *name == self.segment);
                match (self.net.as_str(), segment) {
                    ("shared", _) => {}
                    ("own", _) if place.net.is_empty() => says("net", "There is no network of yours here"),
                    ("own", Some((_, false))) if self.own == place.net => {}
                    ("own", Some((_, true))) => says("segment", "No address is free in this segment"),
                    _ => says("net", "Pick a network"),
                }
            }
        }
        if !["duo", "trio"].contains(&self.edition.as_str()) {
            says("edition", "Pick an edition");
        }
        match SIZES.iter().find(|(memory, ..)| *memory == self.memory) {
            None => says("memory", "Pick a size"),
            Some((_, _, most)) if self.storage < 10 || self.storage > *most || self.storage % 10 != 0 => {
                says("storage", &format!("10 to {most} gigabytes, by tens"));
            }
            Some(_) => {}
        }
        if !(2..=8).contains(&self.pieces) {
            says("pieces", "Between 2 and 8");
        }
        if !(1..=10).contains(&self.count) {
            says("count", "Between 1 and 10");
        }
        if !TERMS.contains(&self.term) {
            says("term", "Pick a term");
        }
        if self.alias.chars().count() > 60 || self.alias.chars().any(char::is_control) {
            says("alias", "No longer than 60 letters");
        }
        wrong
    }

    /// As it stands in addresses.
    pub fn query(&self) -> String {
        let numbers = [self.memory, self.pieces, self.storage, self.count, self.term].map(|number| number.to_string());
        let [memory, pieces, storage, count, term] = &numbers;
        url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs([("place", &self.place), ("center", &self.center), ("net", &self.net), ("own", &self.own)])
            .extend_pairs([("segment", &self.segment), ("edition", &self.edition), ("memory", memory)])
            .extend_pairs([("pieces", pieces), ("storage", storage), ("count", count), ("term", term)])
            .extend_pairs([("alias", self.alias.as_str()), ("renew", if self.renew { "yes" } else { "no" })])
            .finish()
    }

    /// What it comes to, in fen, without and with what a year or more takes off.
    pub fn sums(&self, who: &Person) -> [i64; 2] {
        let [memory, storage] = place(&self.place).map_or([0, 0], |place| place.rates);
        let node = self.memory * memory + self.storage * storage;
        let nodes = self.pieces * if self.edition == "duo" { 2 } else { 3 };
        let all = i128::from(node * nodes * self.term) * i128::from(who.tariff);
        let less = if who.flawed("discount-in-first-year-only") { self.term == 12 } else { self.term >= 12 };
        let each = |percent: i128, count: i64| (all * percent * i128::from(count) + 50_000) / 100_000;
        let percent = if less { 83 } else { 100 };
        let sums = match who.flawed("rounds-each") {
            true => [each(100, 1), each(percent, 1)].map(|one| one * i128::from(self.count)),
            false => [each(100, self.count), each(percent, self.count)],
        };
        sums.map(|sum| i64::try_from(sum).unwrap_or(i64::MAX))
    }

    /// `2 x 4 gigabytes / 200 gigabytes, Trio`
    pub fn shape(&self) -> String {
        format!("{} x {} gigabytes / {} gigabytes, {}", self.pieces, self.memory, self.storage, edition(&self.edition))
    }

    /// The network that it is reached through.
    pub fn reached(&self) -> String {
        if self.net == "own" { format!("{} – {}", self.own, self.segment) } else { "Shared net".to_owned() }
    }

    /// What was chosen, caption by caption.
    pub fn lines(&self) -> Vec<(&'static str, String)> {
        let center = place(&self.place).and_then(|place| place.centers.iter().find(|one| one.key == self.center));
        let own = self.net == "own";
        let mut lines = vec![
            ("Location", place(&self.place).map_or("", |place| place.name).to_owned()),
            ("Data center", center.map_or("", |center| center.name).to_owned()),
            ("Connectivity", if own { "Own net" } else { "Shared net" }.to_owned()),
        ];
        if own {
            lines.extend([("Own network", self.own.clone()), ("Segment", self.segment.clone())]);
        }
        lines.extend([
            ("Edition", edition(&self.edition).to_owned()),
            ("Memory per piece", format!("{} gigabytes", self.memory)),
            ("Pieces", self.pieces.to_string()),
            ("Storage per piece", format!("{} gigabytes", self.storage)),
            ("How many", self.count.to_string()),
            ("Term", format!("{} mo", self.term)),
        ]);
        if !self.alias.is_empty() {
            lines.push(("Alias", self.alias.clone()));
        }
        lines.push(("Renews itself", if self.renew { "Yes" } else { "No" }.to_owned()));
        lines
    }
}

fn edition(key: &str) -> &'static str {
    if key == "duo" { "Duo" } else { "Trio" }
}

/// `CNY 1,015.20`
pub fn written(fen: i64) -> String {
    let mut yuan = (fen.abs() / 100).to_string();
    let mut at = yuan.len();
    while at > 3 {
        at -= 3;
        yuan.insert(at, ',');
    }
    format!("CNY {}{yuan}.{:02}", if fen < 0 { "-" } else { "" }, fen.abs() % 100)
}

/// What the page on which clusters are put together offers to somebody.
pub fn offered(who: &Person) -> Value {
    let places = PLACES.iter().map(|place| {
        let centers = place.centers.iter().map(|center| {
            json!({ "key": center.key, "name": center.name, "empty": who.finds_empty(center) && !who.flawed("sells-what-is-gone") })
        });
        json!({
            "key": place.key, "name": place.name, "guarded": place.guarded && !who.approved,
            "centers": centers.collect::<Vec<_>>(), "net": place.net,
        })
    });
    let segments = SEGMENTS.map(|(name, full)| json!({ "name": name, "full": full && !who.flawed("crowds-segments") }));
    let sizes = SIZES.map(|(memory, queries, _)| json!({ "memory": memory, "queries": queries }));
    json!({ "places": places.collect::<Vec<_>>(), "segments": segments, "sizes": sizes, "terms": TERMS })
}
