//! Instances as the console shows them.

use std::fmt;

use super::states::states;

/// The id of an instance, such as `tdsqlshard-1a2b3c4d`. Its shape is checked where it is read.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
#[serde(transparent)]
pub struct InstanceId(pub String);

impl fmt::Display for InstanceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether an instance that is called `name` is of a purchase that was given the name `given`: one alone has that name, several
/// have `-1`, `-2`, … after it (CONTRACT 3.3.10).
#[must_use]
pub fn named_after(name: &str, given: &str) -> bool {
    name.strip_prefix(given).is_some_and(|rest| {
        let number = rest.strip_prefix('-');
        rest.is_empty() || number.is_some_and(|n| !n.is_empty() && n.bytes().all(|byte| byte.is_ascii_digit()))
    })
}

states! {
    /// The state of an instance in the console (CONTRACT 3.6.5).
    Status, "instance status":
    /// Being delivered.
    Creating = "Creating" / "creating",
    /// Delivered; needs its first parameters.
    Uninitialized = "Uninitialized" / "uninitialized",
    /// Taking its first parameters.
    Initializing = "Initializing" / "initializing",
    /// Ready for use.
    Running = "Running" / "running",
    /// Returned or overdue.
    Isolated = "Isolated" / "isolated",
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instances_are_known_by_the_name_that_was_given_and_a_number() {
        for name in ["mine", "mine-1", "mine-12"] {
            assert!(named_after(name, "mine"), "{name}");
        }
        for name in ["", "min", "mine-", "mine1", "mine-x", "mine-1x", "mine-1-2", "not mine", "minecraft"] {
            assert!(!named_after(name, "mine"), "{name}");
        }
        assert_eq!(InstanceId("tdsqlshard-1a2b3c4d".into()).to_string(), "tdsqlshard-1a2b3c4d");
        assert_eq!(Status::Uninitialized.to_string().parse::<Status>().expect("a state"), Status::Uninitialized);
    }
}
