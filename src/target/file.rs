//! Reading profile files: what extends what, languages, variables; and refusals that name file, line and mend.

use std::{
    fmt,
    io::ErrorKind,
    path::{Path, PathBuf},
};

use serde_yaml::{Mapping, Value};

use super::{
    Profile,
    places::{DEEPEST, Fault, Places},
    private::Private,
    profile::Objection,
    read_text,
};
use crate::nearest::did_you_mean;

/// Why a profile was refused, for the person who wrote it.
#[derive(Debug)]
pub struct Refusal {
    file: PathBuf,
    line: Option<usize>,
    what: String,
    mend: String,
}

impl Refusal {
    pub(super) fn new(file: &Path, line: Option<usize>, what: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { file: file.to_owned(), line, what: what.into(), mend: mend.into() }
    }

    fn without(self, private: &Private) -> Self {
        Self { what: private.hidden(&self.what), mend: private.hidden(&self.mend), ..self }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file.display())?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        write!(f, ": {}\n  mend: {}", self.what, self.mend)
    }
}

impl std::error::Error for Refusal {}

/// A file of the chain from a profile to the base it extends.
struct Source {
    path: PathBuf,
    places: Places,
}

/// Loads a profile, with all it extends. `variable` looks up what `${NAME}` stands for.
///
/// # Errors
/// A [`Refusal`] where a file cannot be read, is no YAML, has an unknown or ill-typed key, names a variable that is
/// not set, or says something that cannot be.
pub fn load(path: &Path, variable: &dyn Fn(&str) -> Option<String>) -> Result<Profile, Refusal> {
    load_where(path, variable, Profile::check)
}

/// The same for somebody who is about to make a session file that it names: that may not be there yet.
///
/// # Errors
/// As [`load`].
pub fn load_to_log_in(path: &Path, variable: &dyn Fn(&str) -> Option<String>) -> Result<Profile, Refusal> {
    load_where(path, variable, Profile::check_but_for_proofs)
}

/// Where a profile, or what it extends, says what stands below these keys: file and line.
///
/// # Errors
/// As [`load`].
pub fn line_of(path: &Path, variable: &dyn Fn(&str) -> Option<String>, keys: &[&str]) -> Result<String, Refusal> {
    let (_, sources) = read_chain(path, variable)?;
    let keys: Vec<String> = keys.iter().map(|key| (*key).to_owned()).collect();
    let (file, line) = place_of(&sources, &keys, None);
    Ok(line.map_or_else(|| file.display().to_string(), |line| format!("{}:{line}", file.display())))
}

type Check = fn(&Profile) -> Result<(), Objection>;

fn load_where(path: &Path, variable: &dyn Fn(&str) -> Option<String>, check: Check) -> Result<Profile, Refusal> {
    let (mut merged, sources) = read_chain(path, variable)?;
    let mut private = Private::default();
    private.add_places(&merged);
    let warnings = literal_secrets(&merged, &sources);
    let mut profile =
        read(&mut merged, variable, &sources, &mut private, check).map_err(|refusal| refusal.without(&private))?;
    profile.warnings = warnings;
    profile.lever_secrets = private.of_levers();
    Ok(profile)
}

/// The profile of what its files say together; notes what must not be quoted of it.
fn read(
    merged: &mut Value,
    variable: &dyn Fn(&str) -> Option<String>,
    sources: &[Source],
    private: &mut Private,
    check: Check,
) -> Result<Profile, Refusal> {
    let language = merged.get("language").and_then(Value::as_str).unwrap_or("en").to_owned();
    if !LANGUAGES.contains(&language.as_str()) {
        let (file, line) = place_of(sources, &["language".to_owned()], None);
        return Err(Refusal::new(
            &file,
            line,
            format!("no language is called {language:?}"),
            format!("say {}", LANGUAGES.join(" or ")),
        ));
    }
    speak(merged, &mut Vec::new(), &language, sources)?;
    substitute(merged, &mut Vec::new(), variable, sources, private)?;
    let mut profile: Profile = serde_path_to_error::deserialize(std::mem::take(merged)).map_err(|error| {
        let keys = keys_of(error.path());
        let what = for_people(&error.inner().to_string());
        let unknown = what.strip_prefix("unknown field `").and_then(|rest| rest.split('`').next()).map(str::to_owned);
        let (file, line) = place_of(sources, &keys, unknown.as_deref());
        let at = if keys.is_empty() { String::new() } else { format!("{}: ", keys.join(".")) };
        // Between backquotes: what was unknown first, then what is known.
        let meant = unknown.map(|unknown| did_you_mean(&unknown, what.split('`').skip(3).step_by(2)));
        Refusal::new(&file, line, format!("{at}{what}{}", meant.unwrap_or_default()), mend_for(&what))
    })?;
    check(&profile).map_err(|(keys, what, mend)| {
        let keys: Vec<String> = keys.iter().map(|key| (*key).to_owned()).collect();
        let (file, line) = place_of(sources, &keys, None);
        Refusal::new(&file, line, what, mend)
    })?;
    if let Some(ledger) = profile.buying.as_mut().and_then(|buying| buying.ledger.as_mut()) {
        let (file, _) = place_of(sources, &["buying".to_owned(), "ledger".to_owned()], None);
        *ledger = beside(&file, ledger);
    }
    Ok(profile)
}

/// A path that a profile names: from the profile's own folder, wherever the run is started. What is no path is left as it is, for
/// whoever is to use it to refuse.
fn beside(profile: &Path, named: &Path) -> PathBuf {
    let text = named.to_string_lossy();
    if text.is_empty() || text.starts_with(':') || text.to_ascii_lowercase().starts_with("file:") {
        return named.to_owned();
    }
    let folder = profile.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    folder.join(named)
}

/// A warning for each secret that stands in a file instead of in a variable.
fn literal_secrets(merged: &Value, sources: &[Source]) -> Vec<String> {
    let accounts = merged.get("accounts").and_then(Value::as_sequence).into_iter().flatten().enumerate();
    let places = accounts.flat_map(|(index, account)| {
        let index = index.to_string();
        let password = (vec!["accounts".to_owned(), index.clone(), "password".to_owned()], account.get("password"));
        let key = account.get("api-key").and_then(|key| key.get("secret-key"));
        let path = ["accounts", &index, "api-key", "secret-key"].map(str::to_owned).to_vec();
        [password, (path, key)]
    });
    let levers = merged.get("levers").and_then(Value::as_mapping).into_iter().flatten();
    let headers = levers.flat_map(|(name, lever)| {
        ["pull", "undo"].into_iter().flat_map(move |request| {
            let headers = lever.get(request).and_then(|request| request.get("headers")).and_then(Value::as_mapping);
            headers.into_iter().flatten().filter_map(move |(header, value)| {
                let header = header.as_str().filter(|header| is_secret_header(header))?;
                let path = ["levers", name.as_str()?, request, "headers", header].map(str::to_owned).to_vec();
                Some((path, Some(value)))
            })
        })
    });
    let grid = merged.get("webdriver").and_then(|grid| grid.get("password"));
    let grid = [(vec!["webdriver".to_owned(), "password".to_owned()], grid)];
    let places = places.chain(headers).chain(grid);
    let literal = |value: &Value| match value {
        Value::String(text) => !text.is_empty() && !text.contains("${"),
        Value::Number(_) => true,
        _ => false,
    };
    places
        .filter(|(_, value)| value.is_some_and(literal))
        .map(|(keys, _)| {
            let (file, line) = place_of(sources, &keys, None);
            let what = format!("{} is written out, for everybody who reads this file", keys.join("."));
            Refusal::new(&file, line, what, "give it by a variable: ${BUYER_PASSWORD}").to_string()
        })
        .collect()
}

/// Whether a header of this name is there to prove something.
fn is_secret_header(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["authorization", "cookie", "token", "key", "secret", "password"].iter().any(|sign| name.contains(sign))
}

/// What the reader of types says, without the types' own names.
fn for_people(what: &str) -> String {
    let what = what.replace("invalid type: unit value", "invalid type: nothing");
    match what.split_once("expected struct ") {
        Some((before, _)) => format!("{before}expected a mapping of keys to values"),
        None => what,
    }
}

fn mend_for(what: &str) -> String {
    if what.contains("unknown field") {
        "correct the key's spelling, or remove it; the keys that are known here are listed above".into()
    } else if what.contains("missing field `hosts`") {
        "list the hosts that browsers of a run may be on: hosts: [www.example.com, \"*.console.example.com\"]".into()
    } else if what.contains("is no regular expression") {
        "correct the pattern; in YAML put it into single quotes".into()
    } else if what.starts_with("invalid type: nothing") {
        "say a value behind the key, or remove the key".into()
    } else if ["map,", "sequence,"]
        .iter()
        .any(|kind| what.starts_with(&format!("invalid type: {kind} expected a string")))
    {
        "say one text in its place, without keys or a list below it".into()
    } else if what.ends_with("expected a mapping of keys to values") {
        "say its keys below it, one a line; tests/targets/base.yaml says what each means".into()
    } else if what.starts_with("invalid type") && what.contains("expected a string") {
        "put the value into quotes".into()
    } else if what.contains("missing field") {
        "add the key, or extend a profile that has it (extends: base.yaml)".into()
    } else {
        "correct the value; tests/targets/base.yaml says what each key means".into()
    }
}

/// So many profiles may extend each other; nobody can tell what holds in a longer chain.
const LONGEST_CHAIN: usize = 32;

/// What a profile and all it extends say together, and their files, the uppermost first.
fn read_chain(path: &Path, variable: &dyn Fn(&str) -> Option<String>) -> Result<(Value, Vec<Source>), Refusal> {
    let mut sources: Vec<Source> = Vec::new();
    let mut said = Vec::new();
    let mut next = Some(path.to_owned());
    while let Some(path) = next {
        // The same file by another name, over a link, is the same file.
        let same = |source: &Source| source.path == path || source.path.canonicalize().ok() == path.canonicalize().ok();
        if path.exists() && sources.iter().any(same) {
            let what = "the profile extends itself, directly or through others";
            return Err(Refusal::new(&path, None, what, "remove one of the `extends`"));
        }
        if sources.len() == LONGEST_CHAIN {
            let what = format!("more than {LONGEST_CHAIN} profiles extend each other");
            return Err(Refusal::new(&path, None, what, "lay some of them together"));
        }
        let (value, places, base) = read_file(&path, variable)?;
        sources.push(Source { path, places });
        said.push(value);
        next = base;
    }
    let mut merged = said.pop().unwrap_or_default();
    said.into_iter().rev().for_each(|above| lay_over(&mut merged, above));
    Ok((merged, sources))
}

/// What a file says, where it says it, and the file that it extends.
fn read_file(
    path: &Path,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<(Value, Places, Option<PathBuf>), Refusal> {
    let text = read_text(path).map_err(|error| {
        Refusal::new(
            path,
            None,
            format!("the profile cannot be read: {error}"),
            match error.kind() {
                ErrorKind::InvalidData => "save it as UTF-8, which editors call its encoding",
                _ => "give the path of a YAML file, such as tests/targets/standin.yaml",
            },
        )
    })?;
    if let Some(line) = too_deep(&text) {
        let what = format!("brackets within brackets, more than {DEEPEST} deep");
        return Err(Refusal::new(path, Some(line), what, "close them; a profile needs a handful"));
    }
    let places = Places::of(&text);
    if let Some(fault) = &places.fault {
        return Err(refused_for(path, fault));
    }
    let parsed: Result<Value, _> = serde_yaml::from_str(&text);
    let mut value = parsed.map_err(|error| {
        Refusal::new(
            path,
            error.location().map(|at| at.line()),
            format!("not YAML: {error}"),
            "correct the syntax; texts with a colon or a leading special character need quotes",
        )
    })?;
    let Some(own) = value.as_mapping_mut() else {
        return Err(Refusal::new(
            path,
            Some(1),
            "a profile is a mapping of keys to values",
            "start from a copy of tests/targets/standin.yaml",
        ));
    };
    let Some(extends) = own.remove("extends") else { return Ok((value, places, None)) };
    let line = places.line(&["extends".to_owned()]);
    let Some(base) = extends.as_str() else {
        return Err(Refusal::new(
            path,
            line,
            "`extends` is not the path of a file",
            "give it relative to this file: extends: base.yaml",
        ));
    };
    let (base, _) = filled(base, variable).map_err(|name| unset(path, line, "extends", &name))?;
    let base_path = path.parent().unwrap_or(Path::new(".")).join(base);
    if !base_path.is_file() {
        return Err(Refusal::new(
            path,
            line,
            format!("it extends {}, which is not there", base_path.display()),
            "give the path relative to this file",
        ));
    }
    Ok((value, places, Some(base_path)))
}

fn refused_for(path: &Path, fault: &Fault) -> Refusal {
    let (line, what, mend) = match fault {
        Fault::Twice { key, first, second } if first == second => {
            (second, format!("{key} is said twice in this line"), "leave only one of them")
        }
        Fault::Twice { key, first, second } => {
            (second, format!("{key} is said twice, in line {first} already"), "leave only one of them")
        }
        Fault::SecondDocument(line) => {
            let mend = "a profile is one document: remove the line ---, or make what follows a file of its own";
            (line, "a second YAML document begins".into(), mend)
        }
    };
    Refusal::new(path, Some(*line), what, mend)
}

/// The line where brackets stand too deep within each other, whatever is quoted or a comment left aside.
fn too_deep(text: &str) -> Option<usize> {
    let (mut depth, mut line, mut quote, mut before) = (0usize, 1, None, '\n');
    let mut comment = false;
    for c in text.chars() {
        match (c, quote) {
            ('\n', _) => (line, comment) = (line + 1, false),
            _ if comment => {}
            (c, Some(open)) => quote = (c != open).then_some(open),
            ('#', None) if before.is_whitespace() => comment = true,
            ('"' | '\'', None) if before.is_whitespace() || "[{,:".contains(before) => quote = Some(c),
            ('[' | '{', None) => depth += 1,
            (']' | '}', None) => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > DEEPEST {
            return Some(line);
        }
        before = c;
    }
    None
}

/// Keys of the upper profile replace those below; mappings are merged key by key, except that a locator is one thing, and a text
/// known by less than the whole of it: a new one replaces the old one whole.
fn lay_over(below: &mut Value, above: Value) {
    match (below, above) {
        (Value::Mapping(below), Value::Mapping(above)) if !is_one_thing(&above) && !is_likeness(below) => {
            for (key, value) in above {
                match below.get_mut(&key) {
                    Some(known) => lay_over(known, value),
                    None => {
                        below.insert(key, value);
                    }
                }
            }
        }
        (below, above) => *below = above,
    }
}

/// What only locators have; `name` is also a field and a cell.
const LOCATOR_KEYS: [&str; 9] = ["role", "label", "text", "beside", "column", "test-id", "css", "within", "containing"];

fn is_one_thing(mapping: &Mapping) -> bool {
    LOCATOR_KEYS.iter().any(|key| mapping.contains_key(key)) || is_likeness(mapping)
}

/// A text that is known by less than the whole of it.
fn is_likeness(mapping: &Mapping) -> bool {
    mapping.len() == 1 && ["contains", "starts", "matches"].iter().any(|key| mapping.contains_key(key))
}

/// The languages that a wording may be given in.
const LANGUAGES: [&str; 2] = ["en", "zh-CN"];

/// A mapping whose keys are all languages is a wording: it becomes the text in the profile's language.
fn speak(value: &mut Value, keys: &mut Vec<String>, language: &str, sources: &[Source]) -> Result<(), Refusal> {
    match value {
        Value::Mapping(mapping)
            if !mapping.is_empty()
                && mapping.keys().all(|key| key.as_str().is_some_and(|key| LANGUAGES.contains(&key))) =>
        {
            let Some(said) = mapping.get(language).cloned() else {
                let (file, line) = place_of(sources, keys, None);
                return Err(Refusal::new(
                    &file,
                    line,
                    format!("{}: this wording is not given in {language}", keys.join(".")),
                    format!("add it: {language}: …"),
                ));
            };
            *value = said;
            speak(value, keys, language, sources)
        }
        Value::Mapping(mapping) => mapping.iter_mut().try_for_each(|(key, inner)| {
            keys.push(key.as_str().unwrap_or_default().to_owned());
            speak(inner, keys, language, sources)?;
            keys.pop();
            Ok(())
        }),
        Value::Sequence(items) => items.iter_mut().enumerate().try_for_each(|(index, item)| {
            keys.push(index.to_string());
            speak(item, keys, language, sources)?;
            keys.pop();
            Ok(())
        }),
        _ => Ok(()),
    }
}

/// A text with `${NAME}` and `${NAME:-otherwise}` replaced, and what stands for each name.
///
/// # Errors
/// The name of a variable that is not set.
fn filled(text: &str, variable: &dyn Fn(&str) -> Option<String>) -> Result<(String, Vec<(String, String)>), String> {
    let (mut out, mut known) = (String::new(), Vec::new());
    let mut rest = text;
    while let Some(start) = rest.find("${") {
        let Some(length) = rest[start..].find('}') else { break };
        let inside = &rest[start + 2..start + length];
        let (name, otherwise) =
            inside.split_once(":-").map_or((inside, None), |(name, otherwise)| (name, Some(otherwise)));
        let value = variable(name).or_else(|| otherwise.map(str::to_owned)).ok_or_else(|| name.to_owned())?;
        out.push_str(&rest[..start]);
        out.push_str(&value);
        known.push((name.to_owned(), value));
        rest = &rest[start + length + 1..];
    }
    out.push_str(rest);
    Ok((out, known))
}

fn unset(file: &Path, line: Option<usize>, key: &str, name: &str) -> Refusal {
    let mend = format!("set it: export {name}=…, or give a value to fall back on: ${{{name}:-…}}");
    Refusal::new(file, line, format!("{key}: the variable {name} is not set"), mend)
}

/// What follows the host in an address.
fn after_host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.find(['/', '?', '#']).map_or("", |at| &rest[at..])
}

/// Replaces variables in texts.
fn substitute(
    value: &mut Value,
    keys: &mut Vec<String>,
    variable: &dyn Fn(&str) -> Option<String>,
    sources: &[Source],
    private: &mut Private,
) -> Result<(), Refusal> {
    match value {
        Value::String(text) if text.contains("${") => {
            let (out, known) = filled(text, variable).map_err(|name| {
                let (file, line) = place_of(sources, keys, None);
                unset(&file, line, &keys.join("."), &name)
            })?;
            known.iter().for_each(|(name, value)| private.add(value, &format!("${{{name}}}")));
            // What a lever carries may be a secret; its host and its name are none.
            if keys.first().is_some_and(|key| key == "levers") {
                let carried =
                    if keys.last().is_some_and(|key| key == "url") { after_host(text) } else { text.as_str() };
                let carried =
                    |name: &str| carried.contains(&format!("${{{name}}}")) || carried.contains(&format!("${{{name}:-"));
                known.iter().filter(|(name, _)| carried(name)).for_each(|(_, value)| private.add_of_levers(value));
            }
            private.add(&out, text);
            *text = out;
        }
        Value::Mapping(mapping) => {
            for (key, inner) in mapping.iter_mut() {
                keys.push(key.as_str().unwrap_or_default().to_owned());
                substitute(inner, keys, variable, sources, private)?;
                keys.pop();
            }
        }
        Value::Sequence(items) => {
            for (index, item) in items.iter_mut().enumerate() {
                keys.push(index.to_string());
                substitute(item, keys, variable, sources, private)?;
                keys.pop();
            }
        }
        _ => {}
    }
    Ok(())
}

fn keys_of(path: &serde_path_to_error::Path) -> Vec<String> {
    // Items of a list by their number alone.
    let keys = path.iter().map(|key| key.to_string().trim_matches(['[', ']']).to_owned());
    keys.filter(|key| key != "?").collect()
}

/// The file and line that a key comes from: the uppermost profile of the chain that has the most of the path.
fn place_of(sources: &[Source], keys: &[String], unknown: Option<&str>) -> (PathBuf, Option<usize>) {
    let mut path = keys.to_vec();
    if let Some(unknown) = unknown
        && path.last().map(String::as_str) != Some(unknown)
    {
        path.push(unknown.to_owned());
    }
    while !path.is_empty() {
        if let Some((source, line)) =
            sources.iter().find_map(|source| source.places.line(&path).map(|line| (source, line)))
        {
            return (source.path.clone(), Some(line));
        }
        path.pop();
    }
    (sources[0].path.clone(), None)
}
