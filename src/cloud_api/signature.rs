//! TC3-HMAC-SHA256, the vendor's signature of version 3.

use anyhow::Context as _;
use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::ExposeSecret as _;
use sha2::{Digest as _, Sha256};

use super::Keys;

/// The type that all bodies are sent and signed as.
pub(super) const CONTENT_TYPE: &str = "application/json; charset=utf-8";
const SIGNED_HEADERS: &str = "content-type;host;x-tc-action";

/// A signature, and the two texts it was made of, for holding them against the vendor's example.
#[derive(Debug, Clone)]
pub struct Signed {
    /// SHA-256 of the canonical request, hex.
    pub canonical_hash: String,
    /// What was signed.
    pub to_sign: String,
    /// The whole `Authorization` header; names the key's id.
    pub authorization: String,
}

/// Signs a POST of `body` to `/` at `host` (with its port, where the `Host` header has one). `timestamp`: seconds since 1970;
/// its date is the UTC one.
///
/// # Errors
/// When the timestamp is no time.
pub fn sign(
    keys: &Keys,
    service: &str,
    host: &str,
    action: &str,
    timestamp: i64,
    body: &str,
) -> anyhow::Result<Signed> {
    let date = jiff::Timestamp::from_second(timestamp).context("the time of a signature")?.strftime("%Y-%m-%d");
    let date = date.to_string();
    let canonical = [
        "POST",
        "/",
        "",
        &format!("content-type:{CONTENT_TYPE}\nhost:{host}\nx-tc-action:{}\n", action.to_ascii_lowercase()),
        SIGNED_HEADERS,
        &hex(&Sha256::digest(body)),
    ]
    .join("\n");
    let canonical_hash = hex(&Sha256::digest(canonical));
    let scope = format!("{date}/{service}/tc3_request");
    let to_sign = format!("TC3-HMAC-SHA256\n{timestamp}\n{scope}\n{canonical_hash}");
    let first = format!("TC3{}", keys.secret.expose_secret());
    let of_date = mac(first.as_bytes(), &date)?;
    let of_service = mac(&of_date, service)?;
    let signing = mac(&of_service, "tc3_request")?;
    let signature = hex(&mac(&signing, &to_sign)?);
    let id = keys.id.expose_secret();
    let authorization =
        format!("TC3-HMAC-SHA256 Credential={id}/{scope}, SignedHeaders={SIGNED_HEADERS}, Signature={signature}");
    Ok(Signed { canonical_hash, to_sign, authorization })
}

fn mac(key: &[u8], text: &str) -> anyhow::Result<Vec<u8>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).context("a key to sign with")?;
    mac.update(text.as_bytes());
    Ok(mac.finalize().into_bytes().to_vec())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
