//! All wording of the site, one catalogue a language.

use std::collections::BTreeMap;

use super::{Generation, defects::Seams};

/// A language's catalogue.
#[derive(Debug, Clone)]
pub struct Wording {
    texts: BTreeMap<String, String>,
}

impl Wording {
    /// The catalogue of `en` or `zh-CN`, with what pages of that generation say otherwise.
    ///
    /// # Errors
    /// When there is none of that language, or a defect is one of another text.
    pub(super) fn of(language: &str, generation: Generation, seams: &Seams) -> anyhow::Result<Self> {
        let (yaml, today) = match language {
            "en" => (include_str!("wording/en.yaml"), include_str!("wording/today.en.yaml")),
            "zh-CN" => (include_str!("wording/zh-CN.yaml"), include_str!("wording/today.zh-CN.yaml")),
            _ => anyhow::bail!("no language is called {language:?}; there are en and zh-CN"),
        };
        let written = seams.written(&format!("wording/{language}.yaml"), yaml)?;
        let mut texts: BTreeMap<String, String> = serde_yaml::from_str(&written)?;
        if generation.is_today() {
            texts.extend(serde_yaml::from_str::<BTreeMap<String, String>>(today)?);
        }
        Ok(Self { texts })
    }

    /// The text of a key. One that is missing shows as its key, and a test proves that none is.
    #[must_use]
    pub fn say(&self, key: &str) -> String {
        self.texts.get(key).cloned().unwrap_or_else(|| format!("⟦{key}⟧"))
    }

    /// The same, with `{0}`, `{1}`, … filled in.
    #[must_use]
    pub fn fill(&self, key: &str, values: &[String]) -> String {
        values
            .iter()
            .enumerate()
            .fold(self.say(key), |text, (index, value)| text.replace(&format!("{{{index}}}"), value))
    }

    /// All texts, for templates.
    #[must_use]
    pub fn texts(&self) -> &BTreeMap<String, String> {
        &self.texts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_say_the_same_things() {
        let of = |language| Wording::of(language, Generation::Today, &Seams::default()).unwrap();
        let (english, chinese) = (of("en"), of("zh-CN"));
        let keys = |wording: &Wording| wording.texts.keys().cloned().collect::<Vec<_>>();
        assert_eq!(keys(&english), keys(&chinese));
        for (key, text) in &english.texts {
            for placeholder in ["{0}", "{1}", "{2}", "{3}"] {
                assert_eq!(
                    text.contains(placeholder),
                    chinese.texts[key].contains(placeholder),
                    "{placeholder} of {key}"
                );
            }
        }
    }
}
