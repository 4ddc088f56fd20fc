//! The key that an account signs with.

use secrecy::SecretString;

/// An API key of an account. Its debug form shows neither half.
#[derive(Debug, Clone)]
pub struct Keys {
    /// Names the key: as good as a user name, and kept out of messages all the same.
    pub id: SecretString,
    /// What it signs with: as good as a password.
    pub secret: SecretString,
}

impl Keys {
    /// The key of this id and secret.
    #[must_use]
    pub fn new(id: impl Into<SecretString>, secret: impl Into<SecretString>) -> Self {
        Self { id: id.into(), secret: secret.into() }
    }
}
