//! Whatever is a secret, and however it is encoded, it is not to be read afterwards; what is none stays as it is.

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use proptest::prelude::*;

use super::Redaction;

/// An encoding as others write it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Code {
    Form,
    Address,
    AddressInSmall,
    AllOfAddress,
    Json,
    AllByNumber,
    Page,
    Decimal,
    Hexadecimal,
    Mail,
    Base64,
    Base64OfAddresses,
    Hex,
}

const CODES: [Code; 13] = [
    Code::Form,
    Code::Address,
    Code::AddressInSmall,
    Code::AllOfAddress,
    Code::Json,
    Code::AllByNumber,
    Code::Page,
    Code::Decimal,
    Code::Hexadecimal,
    Code::Mail,
    Code::Base64,
    Code::Base64OfAddresses,
    Code::Hex,
];

impl Code {
    /// What it encodes is not a row of characters any more, each by itself.
    fn is_digits(self) -> bool {
        matches!(self, Self::Base64 | Self::Base64OfAddresses | Self::Hex)
    }

    fn encode(self, text: &str) -> String {
        let bytes = |encode: &dyn Fn(u8) -> String| text.bytes().map(encode).collect::<String>();
        let chars = |encode: &dyn Fn(char) -> String| text.chars().map(encode).collect::<String>();
        let left_alone = |byte: u8| byte.is_ascii_alphanumeric() || b";,/?:@&=+$-_.!~*'()#".contains(&byte);
        let one = |byte: u8| char::from(byte).to_string();
        match self {
            Self::Form => url::form_urlencoded::byte_serialize(text.as_bytes()).collect(),
            Self::Address => bytes(&|byte| if left_alone(byte) { one(byte) } else { format!("%{byte:02X}") }),
            Self::AddressInSmall => {
                bytes(&|byte| if byte.is_ascii_alphanumeric() { one(byte) } else { format!("%{byte:02x}") })
            }
            Self::AllOfAddress => bytes(&|byte| format!("%{byte:02X}")),
            Self::Json => {
                let quoted = serde_json::Value::from(text).to_string();
                quoted[1..quoted.len() - 1].to_owned()
            }
            Self::AllByNumber => text.encode_utf16().map(|half| format!("\\u{half:04x}")).collect(),
            Self::Page => text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;").replace('\'', "&#39;"),
            Self::Decimal => chars(&|c| format!("&#{:05};", u32::from(c))),
            Self::Hexadecimal => chars(&|c| format!("&#x{:X};", u32::from(c))),
            Self::Mail => {
                let mut column = 0;
                bytes(&|byte| match byte {
                    b'=' | 0..32 | 127.. => format!("={byte:02X}"),
                    byte => one(byte),
                })
                .chars()
                .fold(String::new(), |mut mail, c| {
                    column += 1;
                    if column % 7 == 0 {
                        mail.push_str("=\r\n");
                    }
                    mail.push(c);
                    mail
                })
            }
            Self::Base64 => STANDARD.encode(text),
            Self::Base64OfAddresses => URL_SAFE_NO_PAD.encode(text),
            Self::Hex => text.bytes().map(|byte| format!("{byte:02x}")).collect(),
        }
    }
}

fn code() -> impl Strategy<Value = Code> {
    prop::sample::select(CODES.as_slice())
}

/// What people take for a password, and what machines make.
fn secret() -> impl Strategy<Value = String> {
    prop_oneof!["[ -~]{8,24}", "[a-z0-9äß购买😀&%\"\\\\=+]{8,16}", "[A-Za-z0-9+/=]{12,40}"]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_secret_is_never_readable_in_any_encoding_of_any_encoding(secret in secret(), inner in code(), outer in code(), before in "[a-z:<>, ]{0,9}", after in "[a-z:<>, ]{0,9}") {
        let inside = inner.encode(&secret);
        let encoded = outer.encode(&inside);
        let (before, after) = (format!("{before}|"), format!("|{after}"));
        let clean = Redaction::of(&[&secret]).text(&format!("{before}{encoded}{after}"));
        let around = clean.strip_prefix(&before).and_then(|clean| clean.strip_suffix(&after));
        let Some(left) = around else { return Err(TestCaseError::fail(format!("{clean:?} is cut beyond {encoded:?}"))) };
        if inner.is_digits() || outer.is_digits() {
            // Of the digits at the ends, what also holds bits of their neighbours may stay.
            let (head, tail) = left.split_once("‹secret›").unwrap_or((left, ""));
            let most = if inner.is_digits() && outer.is_digits() { 8 } else { 4 } * if outer.is_digits() { 1 } else { 9 };
            prop_assert!(left.contains("‹secret›") && head.len() + tail.len() <= most, "{left:?} is left of {encoded:?}");
        } else {
            prop_assert_eq!(left, "‹secret›", "{:?}", encoded);
        }
    }

    #[test]
    fn a_text_without_the_secret_stays_as_it_is(secret in "[n-z]{4,12}", text in "([a-m0-9 %&=\\\\;#+/\"'\r\n购]|&amp;|&#x|%25|\\\\u00){0,200}") {
        prop_assert_eq!(Redaction::of(&[&secret]).text(&text), text);
    }
}
