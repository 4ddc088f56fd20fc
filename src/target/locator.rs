//! Where an element is, said as a user would say it. What the words mean on a page is the browser room's business.

use std::{borrow::Cow, collections::BTreeMap, fmt};

use schemars::JsonSchema;
use scraper::{Selector, error::SelectorErrorKind};
use selectors::parser::SelectorParseErrorKind as Kind;
use serde::{Deserialize, Deserializer, Serialize, de};
use serde_untagged::UntaggedEnumVisitor;

use super::roles;

/// A text on a page, compared after white space is squeezed. Case counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Text {
    /// The whole text.
    Is(String),
    /// A part of it, its start, or all of it by pattern.
    Like(Likeness),
}

/// How a text may be known by less than the whole of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Likeness {
    /// It contains this.
    Contains(String),
    /// It starts with this.
    Starts(String),
    /// It matches this regular expression (JavaScript, flag `u`, unanchored).
    Matches(String),
    /// It is this amount, with or without its thousands separators. Not for profiles: their pages' amounts are read.
    #[serde(skip_deserializing)]
    Amount(String),
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        UntaggedEnumVisitor::new()
            .expecting("a text in quotes, or one of contains, starts and matches with a text")
            .string(|text| Ok(Self::Is(text.to_owned())))
            .map(|map| {
                let likeness = map.deserialize::<Likeness>()?;
                likeness.check().map_err(de::Error::custom)?;
                Ok(Self::Like(likeness))
            })
            .deserialize(deserializer)
    }
}

impl Likeness {
    /// A pattern must be one, whatever is filled in.
    fn check(&self) -> Result<(), String> {
        let Self::Matches(pattern) = self else { return Ok(()) };
        let filled = without_placeholders(pattern);
        js_regex(&filled).map(|_| ()).map_err(|error| {
            format!("{pattern:?} is no regular expression as pages know them (JavaScript, flag u): {error}")
        })
    }
}

impl Text {
    /// The same text with every `{key}` in it replaced; in a pattern, by the value taken literally.
    #[must_use]
    pub fn with(&self, key: &str, value: &str) -> Self {
        let placeholder = format!("{{{key}}}");
        match self {
            Self::Like(Likeness::Matches(_)) => {
                self.map(&|text: &str| text.replace(&placeholder, &regex_escape(value)))
            }
            _ => self.map(&|text: &str| text.replace(&placeholder, value)),
        }
    }

    /// The same text with anything at all in the place of `{key}`.
    fn open(&self, key: &str) -> Self {
        let placeholder = format!("{{{key}}}");
        let open = |text: &str| text.split(&placeholder).map(regex_escape).collect::<Vec<_>>().join(".*");
        match self {
            Self::Is(text) if text.contains(&placeholder) => Self::Like(Likeness::Matches(format!("^{}$", open(text)))),
            Self::Like(Likeness::Starts(text)) if text.contains(&placeholder) => {
                Self::Like(Likeness::Matches(format!("^{}", open(text))))
            }
            Self::Like(Likeness::Contains(text)) if text.contains(&placeholder) => {
                Self::Like(Likeness::Matches(open(text)))
            }
            Self::Like(Likeness::Matches(text)) => Self::Like(Likeness::Matches(text.replace(&placeholder, ".*"))),
            _ => self.clone(),
        }
    }

    /// What stands in the place of `{key}` in a text that was read; `None` where the text is another.
    #[must_use]
    pub fn extract(&self, key: &str, seen: &str) -> Option<String> {
        let placeholder = format!("{{{key}}}");
        let open = |text: &str| text.split(&placeholder).map(regex_escape).collect::<Vec<_>>().join("(?<value>.+?)");
        let pattern = match self {
            Self::Is(text) => format!("^{}$", open(text)),
            Self::Like(Likeness::Starts(text)) => format!("^{}", open(text)),
            Self::Like(Likeness::Contains(text)) => open(text),
            Self::Like(Likeness::Matches(text)) => text.replace(&placeholder, "(?<value>.+?)"),
            Self::Like(Likeness::Amount(_)) => return None,
        };
        let found = js_regex(&pattern).ok()?.find(seen)?;
        Some(seen.get(found.named_group("value")?)?.to_owned())
    }

    /// Whether a text that was read is this one.
    #[must_use]
    pub fn admits(&self, seen: &str) -> bool {
        let squeezed = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        match self {
            Self::Is(text) => squeezed(text) == seen,
            Self::Like(Likeness::Contains(text)) => seen.contains(&squeezed(text)),
            Self::Like(Likeness::Starts(text)) => seen.starts_with(&squeezed(text)),
            Self::Like(Likeness::Amount(amount)) => seen == amount || seen == amount.replace(',', ""),
            Self::Like(Likeness::Matches(pattern)) => {
                js_regex(pattern).is_ok_and(|pattern| pattern.find(seen).is_some())
            }
        }
    }

    fn map(&self, change: &impl Fn(&str) -> String) -> Self {
        match self {
            Self::Is(text) => Self::Is(change(text)),
            Self::Like(Likeness::Contains(text)) => Self::Like(Likeness::Contains(change(text))),
            Self::Like(Likeness::Starts(text)) => Self::Like(Likeness::Starts(change(text))),
            Self::Like(Likeness::Matches(text)) => Self::Like(Likeness::Matches(change(text))),
            Self::Like(Likeness::Amount(text)) => Self::Like(Likeness::Amount(change(text))),
        }
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self::Is(text.to_owned())
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Is(text) => write!(f, "{text:?}"),
            Self::Like(Likeness::Contains(text)) => write!(f, "with {text:?}"),
            Self::Like(Likeness::Starts(text)) => write!(f, "starting {text:?}"),
            Self::Like(Likeness::Matches(text)) => write!(f, "like /{text}/"),
            Self::Like(Likeness::Amount(text)) => write!(f, "{text}"),
        }
    }
}

/// How to find an element. Exactly one of `role`, `label`, `text`, `column`, `test-id` and `css` says what it is;
/// `beside` alone is what stands beside a caption, and with one of them narrows it to there. `frame` says in which frame of
/// the page all of it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "Written")]
pub struct Locator {
    /// WAI-ARIA role, such as `button`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// Accessible name; only with a role.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Text>,
    /// A form control by its label.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<Text>,
    /// The innermost element that shows this text and nothing else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<Text>,
    /// What stands beside this caption: the definition of a term, the cell after a row heading, the next element.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub beside: Option<Text>,
    /// The cell of a row under the column of this heading.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<Text>,
    /// The attribute `data-testid`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub test_id: Option<String>,
    /// A CSS selector, where nothing that a user perceives tells the element.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub css: Option<String>,
    /// Only in this part of the page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub within: Option<Box<Locator>>,
    /// Only where this text is shown in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub containing: Option<String>,
    /// In this frame (`iframe`) of the page, wherever its document comes from. No question to a document: each is asked for what
    /// is in it alone.
    #[serde(skip_serializing)]
    pub frame: Option<Box<Locator>>,
}

/// A locator as a profile writes it, before it is known to make sense.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Written {
    role: Option<String>,
    name: Option<Text>,
    label: Option<Text>,
    text: Option<Text>,
    beside: Option<Text>,
    column: Option<Text>,
    test_id: Option<String>,
    css: Option<String>,
    within: Option<Box<Locator>>,
    containing: Option<String>,
    frame: Option<Box<Locator>>,
}

impl TryFrom<Written> for Locator {
    type Error = String;

    fn try_from(w: Written) -> Result<Self, String> {
        let ways = [
            w.role.is_some(),
            w.label.is_some(),
            w.text.is_some(),
            w.column.is_some(),
            w.test_id.is_some(),
            w.css.is_some(),
        ];
        match ways.iter().filter(|said| **said).count() {
            0 if w.beside.is_none() => return Err("a locator needs one of role, label, text, beside, column, test-id or css".into()),
            0 | 1 => {}
            _ => return Err("a locator takes only one of role, label, text, column, test-id and css; narrow it with within, beside or containing".into()),
        }
        if let Some(why) = w.role.as_deref().and_then(roles::objection) {
            return Err(why);
        }
        if let Some(why) = w.css.as_deref().and_then(css_objection) {
            return Err(why);
        }
        if w.name.is_some() && w.role.is_none() {
            return Err(
                "a locator's name goes with a role; for a form control alone use label, for mere text use text".into(),
            );
        }
        let parted = w.within.as_ref().is_some_and(|within| !within.frames().is_empty());
        if w.frame.is_some() && parted {
            return Err(
                "a locator says once in which frame it is: a frame in a frame is written frame: { …, frame: … }".into(),
            );
        }
        Ok(Self {
            role: w.role,
            name: w.name,
            label: w.label,
            text: w.text,
            beside: w.beside,
            column: w.column,
            test_id: w.test_id,
            css: w.css,
            within: w.within,
            containing: w.containing,
            frame: w.frame,
        })
    }
}

impl Locator {
    /// The same locator with every `{key}` in it replaced.
    #[must_use]
    pub fn with(&self, key: &str, value: &str) -> Self {
        let placeholder = format!("{{{key}}}");
        let change = |text: &str| text.replace(&placeholder, value);
        let text = |text: &Option<Text>| text.as_ref().map(|text| text.with(key, value));
        Self {
            role: self.role.clone(),
            name: text(&self.name),
            label: text(&self.label),
            text: text(&self.text),
            beside: text(&self.beside),
            column: text(&self.column),
            test_id: self.test_id.as_deref().map(change),
            css: self.css.as_deref().map(|css| css.replace(&placeholder, &css_escape(value))),
            within: self.within.as_ref().map(|within| Box::new(within.with(key, value))),
            containing: self.containing.as_deref().map(change),
            frame: self.frame.as_ref().map(|frame| Box::new(frame.with(key, value))),
        }
    }

    /// The frames that it is in, from that of the page itself inwards.
    #[must_use]
    pub fn frames(&self) -> Vec<Self> {
        let innermost = match (&self.frame, &self.within) {
            (Some(frame), _) => frame,
            (None, Some(within)) => return within.frames(),
            (None, None) => return Vec::new(),
        };
        let mut frames = innermost.frames();
        frames.push(innermost.as_ref().clone());
        frames
    }

    /// The same locator for any value of `{key}`.
    #[must_use]
    pub fn any(&self, key: &str) -> Self {
        let text = |text: &Option<Text>| text.as_ref().map(|text| text.open(key));
        Self { name: text(&self.name), label: text(&self.label), text: text(&self.text), ..self.clone() }
    }

    /// Whether whatever this finds is, or is in, what `other` finds, as far as their words tell.
    #[must_use]
    pub fn is_of(&self, other: &Self) -> bool {
        self == other || self.within.as_ref().is_some_and(|within| within.is_of(other))
    }

    /// Whether it is this one of a profile, its placeholders filled in, perhaps only inside a part of the page.
    #[must_use]
    pub fn fills(&self, template: &Self) -> bool {
        let word = |own: &str, template: &str| pattern_of(template).is_some_and(|pattern| pattern.is_match(own));
        let text = |own: &Option<Text>, template: &Option<Text>| match (own, template) {
            (None, None) => true,
            (Some(own), Some(template)) => match (own, template) {
                (Text::Is(own), Text::Is(template))
                | (Text::Like(Likeness::Contains(own)), Text::Like(Likeness::Contains(template)))
                | (Text::Like(Likeness::Starts(own)), Text::Like(Likeness::Starts(template)))
                | (Text::Like(Likeness::Matches(own)), Text::Like(Likeness::Matches(template))) => word(own, template),
                _ => false,
            },
            _ => false,
        };
        let words = |own: &Option<String>, template: &Option<String>| match (own, template) {
            (None, None) => true,
            (Some(own), Some(template)) => word(own, template),
            _ => false,
        };
        let part = |own: &Option<Box<Self>>, template: &Option<Box<Self>>| match (own, template) {
            (_, None) => true,
            (Some(own), Some(template)) => own.fills(template),
            (None, Some(_)) => false,
        };
        self.role == template.role
            && text(&self.name, &template.name)
            && text(&self.label, &template.label)
            && text(&self.text, &template.text)
            && text(&self.beside, &template.beside)
            && text(&self.column, &template.column)
            && words(&self.test_id, &template.test_id)
            && words(&self.css, &template.css)
            && words(&self.containing, &template.containing)
            && part(&self.within, &template.within)
            && part(&self.frame, &template.frame)
    }

    /// This one, which was found in the place of a template that was filled in so, for all that may be filled in; `None` where it has
    /// nothing of that in its words.
    #[must_use]
    pub fn opened_as(&self, template: &Self, filled: &Self) -> Option<Self> {
        let texts = |of: &Self| [&of.name, &of.label, &of.text, &of.beside, &of.column].map(Clone::clone);
        let pairs = texts(template).into_iter().zip(texts(filled)).filter_map(|pair| match pair {
            (Some(template @ Text::Is(_)), Some(Text::Is(filled))) => Some((template, filled)),
            _ => None,
        });
        let (key, value) = pairs.into_iter().find_map(|(template, filled)| {
            let Text::Is(text) = &template else { return None };
            let key = placeholder()?.find(text)?.as_str().trim_matches(['{', '}']).to_owned();
            Some((key.clone(), template.extract(&key, &filled)?))
        })?;
        let open = |text: &Option<Text>| {
            text.as_ref().map(|text| text.map(&|text: &str| text.replace(&value, &format!("{{{key}}}"))))
        };
        let opened = Self {
            name: open(&self.name),
            label: open(&self.label),
            text: open(&self.text),
            beside: open(&self.beside),
            ..self.clone()
        };
        opened.is_template().then_some(opened)
    }

    /// Whether anything in it is still to be filled in.
    #[must_use]
    pub fn is_template(&self) -> bool {
        placeholder().is_some_and(|placeholder| placeholder.is_match(&self.to_string()))
    }

    /// The words by which a person knows it, if it is told by any.
    #[must_use]
    pub fn words(&self) -> Option<&str> {
        [&self.name, &self.label, &self.text, &self.beside, &self.column].into_iter().flatten().find_map(|text| {
            match text {
                Text::Is(text) | Text::Like(Likeness::Contains(text) | Likeness::Starts(text)) => Some(text.as_str()),
                Text::Like(_) => None,
            }
        })
    }

    /// The same locator, looked for only inside `part`, unless it says where to look itself.
    #[must_use]
    pub fn inside(&self, part: &Self) -> Self {
        let mut inner = self.clone();
        match (&inner.frame, &inner.within) {
            // What is in a frame is inside a part of the page where its frame is.
            (Some(frame), _) => inner.frame = Some(Box::new(frame.inside(part))),
            (None, None) => inner.within = Some(Box::new(part.clone())),
            (None, Some(_)) => {}
        }
        inner
    }
}

/// Every `{key}` replaced by its value.
#[must_use]
pub fn fill(template: &str, values: &BTreeMap<&str, String>) -> String {
    values.iter().fold(template.to_owned(), |text, (key, value)| text.replace(&format!("{{{key}}}"), value))
}

/// The text as a regular expression that matches just it, in JavaScript (flag `u`) and Rust alike.
#[must_use]
pub fn regex_escape(text: &str) -> String {
    text.chars().fold(String::new(), |mut out, c| {
        if r"\.+*?()|[]{}^$/".contains(c) {
            out.push('\\');
        }
        out.push(c);
        out
    })
}

/// A pattern as the page script reads it.
fn js_regex(pattern: &str) -> Result<regress::Regex, regress::Error> {
    regress::Regex::with_flags(pattern, "u")
}

fn without_placeholders(text: &str) -> Cow<'_, str> {
    placeholder().map_or(text.into(), |placeholder| placeholder.replace_all(text, "x"))
}

/// What is wrong with a CSS selector that no browser could read. What merely is not known here (pseudo-classes) is the browser's to say.
fn css_objection(css: &str) -> Option<String> {
    let filled = without_placeholders(css);
    let is_open = filled.trim().is_empty() || filled.trim_end().ends_with(['>', '+', '~', ',']);
    let why = match Selector::parse(&filled) {
        _ if is_open => "something is missing in it".to_owned(),
        Err(SelectorErrorKind::UnexpectedSelectorParseError(Kind::ClassNeedsIdent)) => {
            "a class is missing behind a dot".to_owned()
        }
        Err(SelectorErrorKind::UnexpectedSelectorParseError(
            Kind::NoQualifiedNameInAttributeSelector
            | Kind::UnexpectedTokenInAttributeSelector
            | Kind::InvalidQualNameInAttr
            | Kind::ExpectedBarInAttr
            | Kind::BadValueInAttr,
        )) => "an attribute is ill-written: [name] or [name='value']".to_owned(),
        Ok(_) | Err(SelectorErrorKind::UnexpectedSelectorParseError(_)) => return None,
        Err(error) => error.to_string(),
    };
    Some(format!("{css:?} is no CSS selector: {why}"))
}

fn placeholder() -> Option<regex::Regex> {
    regex::Regex::new(r"\{[a-z][a-z0-9-]*\}").ok()
}

/// What a text with placeholders may have become.
fn pattern_of(template: &str) -> Option<regex::Regex> {
    let parts: Vec<String> = placeholder()?.split(template).map(regex_escape).collect();
    regex::Regex::new(&format!("(?s)^{}$", parts.join(".*"))).ok()
}

fn css_escape(text: &str) -> String {
    text.chars().flat_map(|c| if c == '"' || c == '\\' { vec!['\\', c] } else { vec![c] }).collect()
}

impl fmt::Display for Locator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(role) = &self.role {
            write!(f, "{role}")?;
            if let Some(name) = &self.name {
                write!(f, " {name}")?;
            }
        } else if let Some(label) = &self.label {
            write!(f, "control labelled {label}")?;
        } else if let Some(text) = &self.text {
            write!(f, "text {text}")?;
        } else if let Some(column) = &self.column {
            write!(f, "cell of column {column}")?;
        } else if let Some(id) = &self.test_id {
            write!(f, "[data-testid={id:?}]")?;
        } else if let Some(css) = &self.css {
            write!(f, "CSS {css}")?;
        } else {
            write!(f, "value")?;
        }
        if let Some(beside) = &self.beside {
            write!(f, " beside {beside}")?;
        }
        if let Some(text) = &self.containing {
            write!(f, " containing {text:?}")?;
        }
        if let Some(within) = &self.within {
            write!(f, " in {within}")?;
        }
        if let Some(frame) = &self.frame {
            write!(f, " in the frame {frame}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_found_for_one_value_of_a_template_is_told_for_all() {
        let locator = |yaml: &str| -> Locator { serde_yaml::from_str(yaml).expect(yaml) };
        let template = locator("{ role: tab, name: '{region}' }");
        let filled = template.with("region", "Guangzhou");
        let found = locator("{ role: button, name: Guangzhou }");
        let opened = found.opened_as(&template, &filled);
        assert_eq!(opened, Some(locator("{ role: button, name: '{region}' }")));
        assert_eq!(locator("{ role: button, name: Elsewhere }").opened_as(&template, &filled), None);
    }
}
