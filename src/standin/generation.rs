//! Which generation of the vendor's pages is served.

use clap::ValueEnum;

use super::visitor::Sites;

/// A generation of the pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Generation {
    /// Those of the vendor's how-to (CONTRACT 1 to 6).
    #[default]
    Documented,
    /// Those of today (CONTRACT 10), drawn in the vendor's component style.
    Today,
}

impl Generation {
    pub(super) const fn is_today(self) -> bool {
        matches!(self, Self::Today)
    }

    /// Where an instance is bought.
    pub(super) fn purchase(self, sites: &Sites) -> String {
        match self {
            Self::Documented => format!("{}/dcdb", sites.buy),
            Self::Today => format!("{}/tdsqld/tdmysql-buy", sites.console),
        }
    }

    /// Where the instances are listed.
    pub(super) fn list(self, sites: &Sites) -> String {
        match self {
            Self::Documented => format!("{}/dcdb", sites.console),
            Self::Today => format!("{}/tdsqld/instance-tdmysql", sites.console),
        }
    }
}
