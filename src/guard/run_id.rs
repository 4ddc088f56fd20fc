//! What a run is called, and what it calls the instances that it buys on other people's targets.

use std::fmt;

use jiff::Timestamp;

/// What the names of instances begin with that this suite bought.
pub const PREFIX: &str = "dcdb-e2e";

/// The name of one run of the suite: when it began, and a random part. `t2k9f1-x7qp`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RunId(String);

impl RunId {
    /// A new one.
    ///
    /// # Errors
    /// When the system gives no random bytes: two runs could then be taken for one.
    pub fn new(began: Timestamp) -> anyhow::Result<Self> {
        let mut random = [0u8; 4];
        getrandom::fill(&mut random).map_err(|error| anyhow::anyhow!("the system gives no random bytes: {error}"))?;
        let began = u64::try_from(began.as_second()).unwrap_or_default();
        Ok(Self(format!("{}-{}", base36(began, 6), base36(u64::from(u32::from_le_bytes(random)), 7))))
    }

    /// As it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What the names of this run's instances begin with.
    #[must_use]
    pub fn signature(&self) -> String {
        format!("{PREFIX}-{self}")
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The run whose signature a name carries; `None` where it carries none. Anything else of the same prefix is somebody's own.
#[must_use]
pub fn signed_by(name: &str) -> Option<RunId> {
    let rest = name.strip_prefix(PREFIX)?.strip_prefix('-')?;
    let mut parts = rest.splitn(3, '-');
    let (began, random, number) = (parts.next()?, parts.next()?, parts.next()?);
    let well_formed = |part: &str, length: usize| {
        part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_lowercase())
    };
    // Six digits are full on 24 December 2038.
    let signed = (well_formed(began, 6) || (well_formed(began, 7) && !began.starts_with('0')))
        && well_formed(random, 7)
        && number.bytes().take(4).filter(u8::is_ascii_digit).count() == 4;
    signed.then(|| RunId(format!("{began}-{random}")))
}

fn base36(mut number: u64, width: usize) -> String {
    let mut digits = Vec::new();
    while number > 0 || digits.len() < width {
        digits.push(char::from_digit((number % 36) as u32, 36).unwrap_or('0'));
        number /= 36;
    }
    digits.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_runs_go_on_after_2038() {
        for (began, digits) in [
            ("2026-11-26T00:00:00Z", 6),
            ("2038-12-24T03:45:00Z", 6),
            ("2038-12-25T00:00:00Z", 7),
            ("2100-01-01T00:00:00Z", 7),
        ] {
            let run = RunId::new(began.parse().unwrap()).unwrap();
            assert_eq!(run.as_str().find('-'), Some(digits), "{run}");
            assert_eq!(signed_by(&format!("{}-0012", run.signature())), Some(run));
        }
        assert_eq!(signed_by("dcdb-e2e-0t2k9f1-x7qp1ab-0001"), None);
    }

    #[test]
    fn a_signature_is_known_again_and_nothing_else_is() {
        let run = RunId::new(Timestamp::now()).unwrap();
        assert_eq!(signed_by(&format!("{}-0012", run.signature())), Some(run.clone()));
        assert_eq!(signed_by(&format!("{}-0012-2", run.signature())), Some(run.clone()), "one of several");
        assert_eq!(signed_by(&format!("{}-0012 <b>db</b>", run.signature())), Some(run.clone()), "a name after it");
        for name in [
            "dcdb-e2e",
            "dcdb-e2e-demo",
            "dcdb-e2e-production-master",
            "tdsql-1",
            &run.signature(),
            " dcdb-e2e-t2k9f1-x7qp1ab-1",
        ] {
            assert_eq!(signed_by(name), None, "{name}");
        }
    }
}
