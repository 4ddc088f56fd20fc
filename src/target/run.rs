//! A target as a run uses it: the profile, and what is known only once the run has begun.

use super::{Account, Profile, Turns, World};
use crate::cloud_api::Client;

/// The target of a run. Shared by its workers.
#[derive(Debug)]
pub struct Target {
    /// What the profile says.
    pub profile: Profile,
    /// Who buys.
    pub world: World,
    /// The port of the run's own stand-in; without meaning elsewhere.
    pub port: u16,
    /// Factor on all deadlines, for slow machines.
    pub time_scale: f64,
    /// Who may log in and pay now.
    pub turns: Turns,
}

impl Target {
    /// The target, once the port of the run's own stand-in (0 for any other target) is known.
    #[must_use]
    pub fn new(profile: Profile, port: u16, time_scale: f64) -> Self {
        let world = World::new(&profile);
        let turns = Turns::shared_by(profile.pace, 1);
        Self { profile, world, port, time_scale, turns }
    }

    /// The target of a run that is one of so many shards, which go on at once.
    #[must_use]
    pub fn shared_by(self, shards: usize) -> Self {
        Self { turns: Turns::shared_by(self.profile.pace, shards), ..self }
    }

    /// The API, asked as this account; `None` where the target has none or the account no key.
    ///
    /// # Errors
    /// Class infrastructure: this machine cannot ask it.
    pub fn api(&self, account: &Account) -> anyhow::Result<Option<Client>> {
        let (Some(api), Some(keys)) = (&self.profile.api, &account.keys) else { return Ok(None) };
        Client::new(api.endpoints(&self.profile.catalogue, self.port, self.time_scale)?, keys.clone()).map(Some)
    }
}
