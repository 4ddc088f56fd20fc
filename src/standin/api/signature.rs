//! Who signed a request: TC3-HMAC-SHA256, computed anew from what came over the wire. The suite signs with code of its own,
//! so that one mistake is not made on both sides.

use axum::http::HeaderMap;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};

use super::Refused;
use crate::standin::store::{Account, Store};

/// A signature is good for so long before and after its time, s.
const GOOD_FOR: i64 = 300;

/// The parts of an `Authorization` header.
struct Claim<'a> {
    secret_id: &'a str,
    scope: &'a str,
    signed_headers: &'a str,
    signature: &'a str,
}

impl<'a> Claim<'a> {
    fn read(header: &'a str) -> Option<Self> {
        let fields: Vec<&str> = header.strip_prefix("TC3-HMAC-SHA256 ")?.split(',').map(str::trim).collect();
        let field = |name: &str| fields.iter().find_map(|field| field.strip_prefix(name)?.strip_prefix('='));
        let (secret_id, scope) = field("Credential")?.split_once('/')?;
        Some(Self { secret_id, scope, signed_headers: field("SignedHeaders")?, signature: field("Signature")? })
    }
}

/// The account that signed this.
pub(super) fn signer(store: &Store, product: &str, headers: &HeaderMap, body: &[u8]) -> Result<Account, Refused> {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().trim();
    let malformed =
        || Refused::new("AuthFailure.InvalidAuthorization", "The `Authorization` header is missing or malformed.");
    let claim = Claim::read(header("authorization")).ok_or_else(malformed)?;
    let signed: Vec<&str> = claim.signed_headers.split(';').collect();
    if !["content-type", "host"].iter().all(|needed| signed.contains(needed)) {
        return Err(malformed());
    }
    let timestamp: i64 = header("x-tc-timestamp")
        .parse()
        .map_err(|_| Refused::new("MissingParameter", "The request is missing a required parameter `Timestamp`."))?;
    if (jiff::Timestamp::now().as_second() - timestamp).abs() > GOOD_FOR {
        return Err(Refused::new(
            "AuthFailure.SignatureExpire",
            "The signature has expired: the timestamp is more than five minutes from the server's time.",
        ));
    }
    let (account, secret_key) = store.account_of_key(claim.secret_id)?.ok_or_else(|| {
        Refused::new("AuthFailure.SecretIdNotFound", "The SecretId is not found, please ensure that it is correct.")
    })?;
    let date = jiff::Timestamp::from_second(timestamp).map_err(|_| malformed())?.strftime("%Y-%m-%d").to_string();
    let right = claim.scope == format!("{date}/{product}/tc3_request") && {
        // A POST has an empty query.
        let mut canonical = "POST\n/\n\n".to_owned();
        for name in &signed {
            canonical += &format!("{name}:{}\n", header(name).to_lowercase());
        }
        canonical += &format!("\n{}\n{}", claim.signed_headers, hex(&Sha256::digest(body)));
        let to_sign =
            format!("TC3-HMAC-SHA256\n{timestamp}\n{}\n{}", claim.scope, hex(&Sha256::digest(canonical.as_bytes())));
        let key = claim.scope.split('/').try_fold(format!("TC3{secret_key}").into_bytes(), |key, part| {
            Some(keyed(&key, part)?.finalize().into_bytes().to_vec())
        });
        let given = bytes(claim.signature);
        // In constant time, as every comparison of secrets.
        key.and_then(|key| keyed(&key, &to_sign))
            .zip(given)
            .is_some_and(|(expected, given)| expected.verify_slice(&given).is_ok())
    };
    if right {
        Ok(account)
    } else {
        Err(Refused::new(
            "AuthFailure.SignatureFailure",
            "The provided credentials could not be validated. Please check your signature is correct.",
        ))
    }
}

fn keyed(key: &[u8], message: &str) -> Option<Hmac<Sha256>> {
    Some(Hmac::<Sha256>::new_from_slice(key).ok()?.chain_update(message))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn bytes(hex: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u32>> = hex.chars().map(|digit| digit.to_digit(16)).collect();
    let pairs = digits?.chunks_exact(2).map(|pair| u8::try_from(pair[0] * 16 + pair[1])).collect::<Result<_, _>>();
    pairs.ok()
}
