//! Where the target's API is, for a second opinion beside the pages.

use std::{collections::BTreeMap, time::Duration};

use anyhow::Context as _;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    Catalogue,
    profile::{Objection, base_url},
};
use crate::{
    cloud_api::Endpoints,
    domain::{Field, Region},
};

/// The longest that one question to the API may take, all that is asked again included.
const WITHIN: Duration = Duration::from_secs(30);

/// The API that is asked beside the pages, for accounts that have a key (`api-key:`).
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Api {
    /// Address of the product's API. `{port}` stands for the port of the run's own stand-in.
    pub dcdb: String,
    /// Address of the billing API; `{port}` as well.
    pub billing: String,
    /// The API's code of each region: `guangzhou: ap-guangzhou`.
    pub regions: BTreeMap<String, String>,
}

impl Api {
    pub(super) fn check(&self, remote: bool, catalogue: &Catalogue) -> Result<(), Objection> {
        for (key, text) in [("dcdb", &self.dcdb), ("billing", &self.billing)] {
            let mend = "write it as https://dcdb.tencentcloudapi.com";
            let url = base_url(text, 80).map_err(|what| (vec!["api", key], what, mend.into()))?;
            if url.path() != "/" {
                return Err((vec!["api", key], format!("{text} has a path, and the API is asked at /"), mend.into()));
            }
            if text.contains("{port}") == remote {
                let (what, mend) = if remote {
                    ("has a {port}, but the run starts no stand-in", "write the address out, or add standin:")
                } else {
                    ("is not the API of the stand-in that the run starts", "write its {port}, or remove standin:")
                };
                return Err((vec!["api", key], format!("{text} {what}"), mend.into()));
            }
        }
        let sold = |key: &String| catalogue.key_of(Field::REGION, key).is_ok_and(|known| known == *key);
        if let Some(unknown) = self.regions.keys().find(|key| !sold(key)) {
            let known = catalogue.fields.get(Field::REGION.key()).into_iter().flat_map(|item| item.values.keys());
            return Err((
                vec!["api", "regions"],
                format!("no region is called {unknown}"),
                format!("there are {}", known.map(String::as_str).collect::<Vec<_>>().join(", ")),
            ));
        }
        Ok(())
    }

    /// Where to ask, once the port of the run's own stand-in is known.
    ///
    /// # Errors
    /// When an address is malformed: never after the profile was checked.
    pub fn endpoints(&self, catalogue: &Catalogue, port: u16, time_scale: f64) -> anyhow::Result<Endpoints> {
        let at = |text: &str| base_url(text, port).map_err(anyhow::Error::msg).context("api: in the profile");
        let versions = catalogue.fields.get(Field::VERSION.key()).into_iter().flat_map(|item| &item.values);
        Ok(Endpoints {
            dcdb: at(&self.dcdb)?,
            billing: at(&self.billing)?,
            regions: self.regions.iter().map(|(key, code)| (Region::of(key), code.clone())).collect(),
            nodes: versions.filter_map(|(key, version)| Some((key.clone(), version.nodes?))).collect(),
            within: WITHIN.mul_f64(time_scale),
        })
    }
}
