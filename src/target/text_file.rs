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
            Err(error) => {
                let (good, bytes) = (error.utf8_error().valid_up_to(), error.as_bytes());
                let line = bytes[..good].iter().filter(|byte| **byte == b'\n').count() + 1;
                let encoding = if is_gb18030(bytes) { "it is in GB18030 (GBK, GB2312)" } else { "it is not in UTF-8" };
                refused(&format!("{encoding} from line {line} on"))
            }
        },
    }
}

/// Whether bytes are a text in the encoding that editors in China save by default (GB 18030-2022, its two- and four-byte forms).
fn is_gb18030(mut bytes: &[u8]) -> bool {
    // An accented letter before a plain one is such a pair too; a Chinese character is two bytes that are no ASCII.
    let mut is_chinese = false;
    loop {
        bytes = match bytes {
            [] => return is_chinese,
            [0..=0x7f, rest @ ..] => rest,
            [0xb0..=0xf7, 0xa1..=0xfe, rest @ ..] => {
                is_chinese = true;
                rest
            }
            [0x81..=0xfe, 0x40..=0x7e | 0x80..=0xfe, rest @ ..] => rest,
            [0x81..=0xfe, b'0'..=b'9', 0x81..=0xfe, b'0'..=b'9', rest @ ..] => rest,
            _ => return false,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_encoding_of_a_text_is_told_from_its_bytes() {
        // 登录 in GBK, and é in Latin-1 before a blank.
        assert!(is_gb18030(b"name: \xb5\xc7\xc2\xbc\n"));
        assert!(!is_gb18030(b"caf\xe9 \xff") && !is_gb18030(b"\xe9t\xe9\n"));
    }
}
