//! What the API refuses with, as the classes of failures.

use serde::Deserialize;

use crate::domain::Failure;

/// A code of the vendor's, and what it says with it.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Refusal {
    pub code: String,
    pub message: String,
}

impl Refusal {
    /// Whether the same request may be made again a little later: only where the vendor says that it was not looked at.
    pub(super) fn is_limit(&self) -> bool {
        self.code == "RequestLimitExceeded" || self.code.starts_with("RequestLimitExceeded.")
    }

    /// As a failure: keys, limits and the vendor's own trouble say nothing about the pages; a request that it does not
    /// understand is the suite's mistake.
    pub(super) fn failure(&self, asking: &str) -> Failure {
        let within = |family: &str| self.code == family || self.code.starts_with(&format!("{family}."));
        let (mend, make): (_, fn(String) -> Failure) = if within("AuthFailure") {
            let mend = match self.code.as_str() {
                "AuthFailure.SignatureExpire" => "set this machine's clock: a signature is good for five minutes",
                _ => "correct the account's API key (api-key: in the profile, and the variables that carry it)",
            };
            (mend, Failure::infrastructure)
        } else if within("UnauthorizedOperation") {
            (
                "let the key's owner allow it dcdb:Describe* and finance:Describe*, and dcdb:IsolateDCDBInstance for `sweep`",
                Failure::infrastructure,
            )
        } else if self.is_limit() {
            ("run fewer workers (--concurrency), or later", Failure::infrastructure)
        } else if ["InternalError", "ServiceUnavailable", "ResourceUnavailable"].into_iter().any(within) {
            ("ask again later", Failure::infrastructure)
        } else if within("UnsupportedRegion") {
            ("correct the region's code (api: regions: in the profile)", Failure::infrastructure)
        } else {
            ("correct what src/cloud_api/ asks, or api: in the profile", Failure::test)
        };
        make(format!("API: {asking} should be answered\n  saw      {}: {}\n  mend     {mend}", self.code, self.message))
    }
}
