//! One-time codes of an account, as authenticator apps make them (RFC 6238).

use std::{fmt, sync::Arc};

use secrecy::{ExposeSecret as _, SecretString};
use totp_rs::{Algorithm, Builder, Secret, Totp};

/// Makes the one-time codes of an account.
#[derive(Clone)]
pub struct Codes(Arc<Totp>);

impl fmt::Debug for Codes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Codes")
    }
}

impl Codes {
    /// Of this secret, in Base32; spaces and dashes in it are for the eye. Six digits, half a minute, SHA-1: what apps take for
    /// granted.
    ///
    /// # Errors
    /// In words, without the secret: it is none.
    pub fn of(secret: &SecretString) -> Result<Self, String> {
        let plain = |c: &char| !c.is_whitespace() && *c != '-' && *c != '=';
        let letters: String = secret.expose_secret().chars().filter(plain).map(|c| c.to_ascii_uppercase()).collect();
        if letters.is_empty() {
            return Err("it is empty".into());
        }
        let secret = Secret::try_from_base32(letters).map_err(|_| "it is not in Base32".to_owned())?;
        let codes =
            Builder::new().with_algorithm(Algorithm::SHA1).with_digits(6).with_step_duration(30).with_secret(secret);
        // Secrets of 80 bits are common, whatever the standard asks for.
        Ok(Self(Arc::new(codes.build_noncompliant())))
    }

    /// The code at this time, in seconds since 1970.
    #[must_use]
    pub fn at(&self, seconds: u64) -> String {
        self.0.generate(seconds).to_string()
    }

    /// The code now.
    #[must_use]
    pub fn now(&self) -> String {
        self.at(u64::try_from(jiff::Timestamp::now().as_second()).unwrap_or_default())
    }
}
