//! Words of features that parse into types.

use std::{convert::Infallible, str::FromStr};

use cucumber::Parameter;
use dcdb_purchase_e2e::{
    domain::{self, Purchase},
    runner,
    target::Catalogue,
};

use cucumber::gherkin;

/// Words that parse as a type of the domain. The attributes are written out, as editors read them from the source.
macro_rules! parses {
    ($($name:ident),*) => {
        $(impl FromStr for $name {
            type Err = anyhow::Error;
            fn from_str(text: &str) -> anyhow::Result<Self> {
                Ok(Self(text.parse()?))
            }
        })*
    };
}

/// An amount: ¥1,015.20
#[derive(Debug, Clone, Parameter)]
#[param(name = "money", regex = "¥[0-9][0-9,]*[.][0-9]{2}")]
pub struct Money(pub domain::Money);

/// A region: Hong Kong (China). Which there are is the target's.
#[derive(Debug, Clone, Parameter)]
#[param(name = "region", regex = "[^\"]+")]
pub struct Region(pub String);

/// A zone: Guangzhou Zone 3. Which there are is the target's.
#[derive(Debug, Clone, Parameter)]
#[param(name = "zone", regex = "[^\"]+")]
pub struct Zone(pub String);

parses!(Money, Region, Zone);

/// A status of an instance: Running, or 运行中 in features in Chinese
#[derive(Debug, Clone, Parameter)]
#[param(
    name = "status",
    regex = "Creating|Uninitialized|Initializing|Running|Isolated|创建中|未初始化|初始化中|运行中|已隔离"
)]
pub struct Status(pub domain::Status);

impl FromStr for Status {
    type Err = anyhow::Error;
    fn from_str(text: &str) -> anyhow::Result<Self> {
        let english = match text {
            "创建中" => "Creating",
            "未初始化" => "Uninitialized",
            "初始化中" => "Initializing",
            "运行中" => "Running",
            "已隔离" => "Isolated",
            english => english,
        };
        english.parse().map(Self)
    }
}

/// One of the two documented ways in: entry 1 or entry 2; 入口一 or 入口二 in features in Chinese.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Parameter)]
#[param(name = "entry", regex = "entry [12]|入口[一二]")]
pub enum Entry {
    /// From the home page.
    Home,
    /// From the console.
    Console,
}

impl FromStr for Entry {
    type Err = Infallible;
    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(if text.ends_with(['1', '一']) { Self::Home } else { Self::Console })
    }
}

/// The types above, for those who write sentences.
pub fn all() -> Vec<runner::Parameter> {
    fn of<P: cucumber::codegen::Parameter>(says: &'static str) -> runner::Parameter {
        runner::Parameter { name: P::NAME, pattern: P::REGEX, says }
    }
    vec![
        of::<Money>("an amount: ¥1,015.20"),
        of::<Region>("a region that the target sells in"),
        of::<Status>("the status of an instance"),
        of::<Zone>("a zone that the target sells in"),
        of::<Entry>("a documented way in: entry 1, from the home page, or entry 2, from the console; 入口一, 入口二"),
    ]
}

/// The sentences whose steps read a table below them, all by [`pairs`]. Whoever writes another names it here: a table at any other
/// step is refused before a browser is started.
pub const TABLES: [&str; 7] = [
    "the buyer chooses",
    "the buyer buys",
    "the purchase page has chosen",
    "the purchase page still has chosen",
    "the buyer initialises every instance with",
    "the buyer asks to initialise it with",
    "the buyer meanwhile goes to the check page of another purchase in a second tab",
];

/// The rows of a step's table, two columns each.
///
/// # Errors
/// Class test: the step has no table, or a row has not two cells.
pub fn pairs(step: &gherkin::Step) -> anyhow::Result<Vec<(String, String)>> {
    let table = step.table.as_ref().ok_or_else(|| {
        domain::Failure::test(format!("the step {:?} needs a table below it, with two columns", step.value))
    })?;
    table
        .rows
        .iter()
        .map(|row| match row.as_slice() {
            [name, value] => Ok((name.clone(), value.clone())),
            other => Err(domain::Failure::test(format!(
                "the table of {:?} needs two columns, but a row has {}: {other:?}",
                step.value,
                other.len()
            ))
            .into()),
        })
        .collect()
}

/// The choices of a step's table: field and value.
///
/// # Errors
/// Class test: a field or value that is not sold here.
pub fn choices(step: &gherkin::Step, catalogue: &Catalogue) -> anyhow::Result<Purchase> {
    let pairs = pairs(step)?;
    Ok(catalogue.read(pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())))?)
}
