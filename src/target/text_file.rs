//! Text files that people write, as their editors save them.

use std::{fs, io, path::Path};

/// The text of a file: UTF-8, with a byte order mark or without.
///
/// # Errors
/// The file cannot be read, or is in another encoding, which is named.
pub fn read_text(path: &Path) -> io::Result<String> {
    let bytes = fs::read(path)?;
    let refused = |what: &str| Err(io::Error::new(io::ErrorKind::InvalidData, format!("{what}; save it as UTF-8")));
    match bytes.as_slice() {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [0, _, ..] | [_, 0, ..] => refused("it is in UTF-16"),
        _ => match String::from_utf8(bytes) {
            Ok(text) => Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text)),
            Err(error) => refused(&format!("it is not in UTF-8 from byte {} on", error.utf8_error().valid_up_to() + 1)),
        },
    }
}
