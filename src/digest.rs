//! What stands for a text in the name of a file.

use sha2::{Digest as _, Sha256};

/// 16 hexadecimal digits that no other text can be expected to have.
pub fn digest(text: &str) -> String {
    Sha256::digest(text).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}
