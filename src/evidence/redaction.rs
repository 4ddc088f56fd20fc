//! Secrets taken out of whatever is kept or printed.

use base64::{Engine as _, engine::general_purpose::STANDARD};

/// Replaces secrets, also where they are encoded as addresses and headers do it.
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
        let mut forms = Vec::new();
        for secret in secrets.iter().filter(|secret| secret.len() >= SHORTEST) {
            let form_encoded: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
            forms.extend([
                (*secret).to_owned(),
                form_encoded.replace('+', "%20"),
                form_encoded,
                STANDARD.encode(secret),
                serde_json::Value::from(*secret).to_string().trim_matches('"').to_owned(),
            ]);
        }
        // The longest first, so that no form leaves a piece of another behind.
        forms.sort_by_key(|form| std::cmp::Reverse(form.len()));
        forms.dedup();
        Self { forms }
    }

    /// The text without them.
    #[must_use]
    pub fn text(&self, text: &str) -> String {
        self.forms.iter().fold(text.to_owned(), |text, form| text.replace(form, "‹secret›"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_found_in_every_encoding() {
        let redaction = Redaction::of(&["p&ss w\"rd", "abc"]);
        for form in ["p&ss w\"rd", "p%26ss+w%22rd", "p%26ss%20w%22rd", "cCZzcyB3InJk", "p&ss w\\\"rd"] {
            assert_eq!(redaction.text(&format!("at {form}, abc")), "at ‹secret›, abc", "{form}");
        }
    }
}
