//! Secrets taken out of whatever is kept or printed.

use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use secrecy::ExposeSecret as _;

use crate::target::Proof;

/// Replaces secrets, also as addresses, headers, pages and scripts encode them.
#[derive(Default)]
pub struct Redaction {
    forms: Vec<String>,
}

/// Shorter ones would take innocent words along; nobody's password is that short.
const SHORTEST: usize = 4;

impl Redaction {
    /// Of these secrets.
    #[must_use]
    pub fn of(secrets: &[&str]) -> Self {
        let mut forms: Vec<String> =
            secrets.iter().filter(|secret| secret.len() >= SHORTEST).flat_map(|secret| forms_of(secret)).collect();
        // The longest first, so that no form leaves a piece of another behind.
        forms.sort_by_key(|form| std::cmp::Reverse(form.len()));
        forms.dedup();
        Self { forms }
    }

    /// Of what accounts prove themselves with.
    #[must_use]
    pub fn of_proofs(proofs: &[Proof]) -> Self {
        let secrets = proofs.iter().flat_map(|proof| match proof {
            Proof::Password(password) => vec![password.expose_secret()],
            Proof::Keys(keys) => vec![keys.id.expose_secret(), keys.secret.expose_secret()],
            // Short values are settings, such as a language, and everywhere on the pages.
            Proof::Session(cookies) => {
                cookies.iter().map(|cookie| cookie.value.expose_secret()).filter(|value| value.len() >= 12).collect()
            }
        });
        Self::of(&secrets.collect::<Vec<_>>())
    }

    /// The text without them.
    #[must_use]
    pub fn text(&self, text: &str) -> String {
        self.forms.iter().fold(text.to_owned(), |text, form| text.replace(form, "‹secret›"))
    }
}

/// The ways in which a secret may be written.
fn forms_of(secret: &str) -> Vec<String> {
    let form_encoded: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    // As scripts encode the parts of addresses: these few letters stay as they are.
    let component = ["!", "'", "(", ")", "~"].iter().fold(form_encoded.replace('+', "%20"), |text, letter| {
        text.replace(&format!("%{:02X}", letter.as_bytes()[0]), letter)
    });
    let json = serde_json::Value::from(secret).to_string();
    let hex: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
    let mut forms = vec![
        secret.to_owned(),
        form_encoded.replace('+', "%20"),
        form_encoded,
        component,
        json[1..json.len() - 1].to_owned(),
        hex.to_uppercase(),
        hex,
    ];
    let marked = |quote: &str| {
        let escaped = secret.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        escaped.replace('\'', quote)
    };
    for quote in ["'", "&#39;", "&#x27;", "&apos;"] {
        forms.extend([marked(quote), marked(quote).replace('"', "&quot;"), marked(quote).replace('"', "&#34;")]);
    }
    // Wherever it stands in what is encoded: of its ends, what depends on its neighbours is left out.
    for before in 0..3 {
        let encoded = STANDARD_NO_PAD.encode([&vec![0u8; before], secret.as_bytes()].concat());
        let (from, to) = ((before * 8).div_ceil(6), (before + secret.len()) * 8 / 6);
        let own = encoded[from..to].to_owned();
        forms.push(own.replace('+', "-").replace('/', "_"));
        forms.push(own);
    }
    forms.retain(|form| form.len() >= SHORTEST);
    forms
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_found_in_every_encoding() {
        let redaction = Redaction::of(&["p&ss w\"rd", "abc"]);
        for form in [
            "p&ss w\"rd",
            "p%26ss+w%22rd",
            "p%26ss%20w%22rd",
            "cCZzcyB3InJk",
            "p&ss w\\\"rd",
            "p&amp;ss w\"rd",
            "p&amp;ss w&quot;rd",
            "p&amp;ss w&#34;rd",
            "702673732077227264",
        ] {
            assert_eq!(redaction.text(&format!("at {form}, abc")), "at ‹secret›, abc", "{form}");
        }
        // "Ana:p&ss w\"rd" and its like, as a header of basic authentication.
        for user in ["Ana:", "Bo:", "Carla:"] {
            let header = STANDARD_NO_PAD.encode(format!("{user}p&ss w\"rd"));
            assert!(redaction.text(&header).contains("‹secret›"), "{header}");
        }
    }
}
