//! What is wrong with the levers of a profile, beyond types.

use reqwest::header::{HeaderName, HeaderValue};
use secrecy::ExposeSecret as _;
use url::Url;

use super::{Lever, LeverName, Request, filling::named_in};
use crate::target::{Accounts, Profile, profile::Objection};

/// What is wrong, and how to mend it.
type Wrong = (String, String);

/// What the lever `account` reads to log in with, and what nobody else may fill in: it would be written down.
const SECRET: [&str; 3] = ["password", "secret-id", "secret-key"];

impl Profile {
    /// All levers can be pulled and undone as they are written.
    pub(in crate::target) fn check_levers(&self) -> Result<(), Objection> {
        if let Some((what, mend)) = self.lever_hosts.objection() {
            return Err((vec!["lever-hosts"], what, mend));
        }
        if matches!(self.accounts, Accounts::OnDemand(_)) && self.levers.account.is_none() {
            let mend = "say how one is made: levers: account:, or extend a profile that does";
            return Err((vec!["accounts"], "nothing makes accounts on demand".into(), mend.into()));
        }
        if self.is_remote() && self.marker.is_none() && self.levers.all().next().is_some() {
            let mend = "say what every page of the test target carries and no page of the real one does: marker:";
            let what = "levers are pulled only where a target has proved to be a test target, and this one cannot";
            return Err((vec!["levers"], what.into(), mend.into()));
        }
        self.levers.all().try_for_each(|(name, lever)| self.check_lever(name, lever))
    }

    fn check_lever(&self, name: LeverName, lever: &Lever) -> Result<(), Objection> {
        let at = |keys: &[&'static str]| [&["levers", name.key()], keys].concat();
        for (key, request) in lever.requests() {
            let own = if key == "undo" { Some(lever) } else { None };
            self.check_request(request).map_err(|(place, (what, mend))| {
                (at(&[key, place]), format!("levers: {name}: {key}: {place}: {what}"), mend)
            })?;
            for text in request.texts() {
                if let Some(unknown) = named_in(text).find(|filled| !self.is_filled_in(name, own, filled)) {
                    let what = format!("levers: {name}: {key}: nothing is filled in that is called {unknown}");
                    let known = self.filled_in(name, own).join(", ");
                    return Err((at(&[key]), what, format!("it can have {known}; other braces are left as they are")));
                }
            }
        }
        if let Some(unknown) = lever.values.keys().find(|filled| !name.fillings().contains(&filled.as_str())) {
            let what = format!("levers: {name}: values: nothing is filled in that is called {unknown}");
            return Err((at(&["values"]), what, format!("it can spell {}", name.fillings().join(", "))));
        }
        check_reads(name, lever).map_err(|(what, mend)| (at(&["reads"]), what, mend))?;
        self.check_undoing(name, lever).map_err(|(what, mend)| (at(&[]), format!("levers: {name}: {what}"), mend))
    }

    fn check_undoing(&self, name: LeverName, lever: &Lever) -> Result<(), Wrong> {
        let mend = "say the request that undoes it (undo:), or why nothing has to be undone (stays:)";
        let own = matches!(self.accounts, Accounts::OnDemand(_)) && lever.scope == super::Scope::Account;
        match (&lever.undo, &lever.stays) {
            (Some(_), Some(_)) => Err(("it is undone, and stays".into(), "take one of undo: and stays: away".into())),
            (None, Some(why)) if why.trim().is_empty() => {
                Err(("no reason is given why it stays".into(), "stays: the account's clock goes on from there".into()))
            }
            (None, _) if name == LeverName::Hold => {
                Err(("what holds instances has to let them go again".into(), "say the request: undo:".into()))
            }
            (None, None) if name != LeverName::Account && !own => Err(("it is not undone".into(), mend.into())),
            _ => Ok(()),
        }
    }

    /// The key of what is wrong with a request, and what it is.
    fn check_request(&self, request: &Request) -> Result<(), (&'static str, Wrong)> {
        self.check_address(&request.url).map_err(|wrong| ("url", wrong))?;
        for (header, value) in &request.headers {
            let value = value.expose_secret();
            if HeaderName::from_bytes(header.as_bytes()).is_err() || HeaderValue::from_str(value).is_err() {
                let mend = "write it as x-name: value, in one line of ASCII";
                return Err(("headers", (format!("{header} is no header, or its value can be none"), mend.into())));
            }
        }
        Ok(())
    }

    fn check_address(&self, text: &str) -> Result<(), Wrong> {
        let mend = "write it as https://ops.staging.example.com/prices";
        let has_port = text.contains("{port}");
        if self.is_remote() == has_port {
            return Err(match has_port {
                true => ("the run starts no stand-in that {port} could be of".into(), "write the address out".into()),
                false => (
                    "it is not at the stand-in that the run starts, the only target that needs no marker".into(),
                    "write its {port}: http://127.0.0.1:{port}/backdoor/…".into(),
                ),
            });
        }
        let text = text.replace("{port}", "80");
        let authority = text.split_once("://").map_or("", |(_, rest)| rest).split(['/', '?', '#']).next();
        if authority.unwrap_or_default().contains('{') {
            return Err(("where it goes is not known before it is filled in".into(), "write the host out".into()));
        }
        let filled = named_in(&text).fold(text.clone(), |text, name| text.replace(&format!("{{{name}}}"), "x"));
        let url = Url::parse(&filled).map_err(|error| (format!("it is no address: {error}"), mend.to_owned()))?;
        self.admit_lever_to(&url)
    }

    /// Levers may go to this address.
    pub(crate) fn admit_lever_to(&self, url: &Url) -> Result<(), Wrong> {
        let mend = "write it as https://ops.staging.example.com/prices";
        if !["http", "https"].contains(&url.scheme()) || !url.username().is_empty() || url.password().is_some() {
            return Err(("it is no address of http:// or https:// without a user".into(), mend.into()));
        }
        if !self.lever_hosts.admit(url) {
            let host = url.host_str().unwrap_or_default();
            let mend = format!("add it to lever-hosts: [{host}], if levers may go there; hosts: are for browsers");
            return Err((format!("lever-hosts does not list {host}"), mend));
        }
        Ok(())
    }

    fn is_filled_in(&self, lever: LeverName, undoing: Option<&Lever>, name: &str) -> bool {
        self.filled_in(lever, undoing).iter().any(|known| known == name)
    }

    /// What is filled into a request of a lever.
    fn filled_in(&self, lever: LeverName, undoing: Option<&Lever>) -> Vec<String> {
        // What is to be undone after a kill is written down, and a password is not.
        let own = lever.fillings().iter().filter(|name| undoing.is_none() || !SECRET.contains(name));
        let mut known: Vec<String> = own.map(|name| (*name).to_owned()).collect();
        known.push("unique".into());
        if !self.is_remote() {
            known.push("port".into());
        }
        let of_account = match (lever, undoing) {
            (LeverName::Account, None) => return known,
            // It is the account that this lever made, whoever is listed beside it.
            (LeverName::Account, Some(made)) => read_openly(made),
            (_, undoing) => {
                known.extend(undoing.iter().flat_map(|undone| undone.reads.keys().cloned()));
                self.known_of_accounts()
            }
        };
        known.extend(["account.name", "account.email"].map(str::to_owned));
        known.extend(of_account.into_iter().map(|name| format!("account.{name}")));
        known
    }

    /// What is known of each account that there can be, beside name and address.
    fn known_of_accounts(&self) -> Vec<String> {
        let read = self.levers.account.as_ref().map(read_openly);
        let listed = match &self.accounts {
            Accounts::OnDemand(_) => return read.unwrap_or_default(),
            Accounts::Listed(listed) => listed.iter().map(|account| account.fillings.keys().cloned().collect()),
        };
        let of_all =
            |one: Vec<String>, other: Vec<String>| one.into_iter().filter(|name| other.contains(name)).collect();
        listed.chain(read).reduce(of_all).unwrap_or_default()
    }
}

/// What a lever reads and may be written down.
fn read_openly(lever: &Lever) -> Vec<String> {
    lever.reads.keys().filter(|name| !SECRET.contains(&name.as_str())).cloned().collect()
}

fn check_reads(name: LeverName, lever: &Lever) -> Result<(), Wrong> {
    for (read, pointer) in &lever.reads {
        if !read.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
            || !read.starts_with(|first: char| first.is_ascii_lowercase())
        {
            let mend = "write it in small letters, with hyphens: order-id";
            return Err((format!("levers: {name}: reads: {read:?} is no name of a filling"), mend.into()));
        }
        if !pointer.starts_with('/') {
            let what = format!("levers: {name}: reads: {read}: it is no JSON pointer");
            return Err((what, "write where it is in the answer: /data/id, or /0/id".into()));
        }
        if name != LeverName::Account && (name.fillings().contains(&read.as_str()) || read == "unique") {
            let what = format!("levers: {name}: reads: {read} is filled in already");
            return Err((what, "give it another name".into()));
        }
    }
    if name != LeverName::Account {
        return Ok(());
    }
    let known = |need: &str| lever.reads.contains_key(need) || (need == "password" && lever.fills_in(need));
    let Some(missing) = ["name", "email", "password"].into_iter().find(|need| !known(need)) else { return Ok(()) };
    let mend =
        "reads: { name: /name, email: /email, password: /password }; a password may also be filled in: {password}";
    Err((format!("levers: account: reads: nobody could log in: it has no {missing}"), mend.into()))
}
