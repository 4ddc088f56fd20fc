//! A target as a run uses it: the profile, and what is known only once the run has begun.

use super::{Profile, World};

/// The target of a run. Shared by its workers.
#[derive(Debug)]
pub struct Target {
    /// What the profile says.
    pub profile: Profile,
    /// Where accounts come from.
    pub world: World,
    /// The port of the run's own stand-in; without meaning elsewhere.
    pub port: u16,
    /// Factor on all deadlines, for slow machines.
    pub time_scale: f64,
}

impl Target {
    /// The target, once the port of the run's own stand-in (0 for any other target) is known.
    #[must_use]
    pub fn new(profile: Profile, port: u16, time_scale: f64) -> Self {
        let world = World::new(&profile.accounts, port);
        Self { profile, world, port, time_scale }
    }
}
