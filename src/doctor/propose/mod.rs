//! `dcdb-e2e doctor --propose`: what a profile lacks, found out at the target by rule.
//!
//! A walk looks for every element of the profile as far as it may go. Where the given locator finds nothing, or several, it
//! gathers what speaks for each thing that is there: words of the trade, its place, what it does. What stands out and worked is
//! sure, all else is not. A second walk goes by what the first proposes: what does not work there is not proposed.

mod bought;
mod buying;
mod dialogs;
mod form;
mod returned;
mod stops;
mod way;

use std::{
    fs,
    io::{BufRead as _, IsTerminal as _, Write as _},
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context as _, ensure};

use self::{buying::Buying, way::Way};
use crate::{
    browser::{Session, Surveyed},
    evidence::Redaction,
    pages::Browsing,
    repair::book::{self, Book, Known, Surety},
    say,
    spoken::{counted, entry},
    target::{self, Account, Page, Target},
};

const HEAD: &str = "What `dcdb-e2e doctor --propose` found at the target, by rule: each with how sure it is, and why. What is sure worked in a\nsecond walk.";

/// Where a proposal is to be written, and what may be taken unasked.
pub(super) struct Wanted {
    pub(super) out: PathBuf,
    pub(super) yes: bool,
    /// A purchase is made as well.
    pub(super) buy: bool,
}

impl Wanted {
    /// Nothing that is there is written over.
    ///
    /// # Errors
    /// There is something already, or no folder to write to.
    pub(super) fn check(&self) -> anyhow::Result<()> {
        let out = self.out.display();
        ensure!(
            !self.out.exists(),
            "--propose {out}: it is there already, and is not written over; give another name, or remove it"
        );
        let folder = self.out.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        ensure!(
            folder.is_dir(),
            "--propose {out}: there is no folder {}; make it, or give another path",
            folder.display()
        );
        Ok(())
    }
}

/// Walks twice, asks, and writes the profile; gives the exit status: 0 all that was looked for works or is proposed for sure, 1 not.
pub(super) async fn propose(
    wanted: &Wanted,
    given: &Path,
    session: &Session,
    target: &Arc<Target>,
    account: &Account,
) -> anyhow::Result<u8> {
    let given = given.canonicalize().with_context(|| format!("finding {}", given.display()))?;
    // Nobody else's: what is found names accounts.
    let folder =
        tempfile::Builder::new().prefix("dcdb-e2e-propose-").tempdir().context("making a folder for drafts")?;
    // Before anything is looked at: whoever may not buy is told at once.
    let guard = wanted.buy.then(|| buying::guard_of(&target.profile)).transpose();
    let mut out = Out { path: &wanted.out, extends: beside(&given, &wanted.out), last: None };
    let walked = async {
        let guard = guard?;
        let mut proofs = target.world.proofs();
        proofs.push(account.proof.clone());
        let secrets = Redaction::of_proofs(&proofs);
        let walker = Walker { given: &given, folder: folder.path(), session, target, account, secrets: &secrets };
        let mut book = walker.walk_twice().await?;
        // Whatever becomes of what follows, what was found is kept.
        out.write(&book, is_sure)?;
        let left = match &guard {
            Some(guard) => Buying { walker: &walker, guard }.buy(&mut book).await,
            None => Vec::new(),
        };
        anyhow::Ok((book, left))
    };
    let walked = walked.await;
    if let Err(error) = folder.close() {
        say!("  ! the folder for drafts could not be removed: {error}");
    }
    let (book, left) = walked?;
    match written(wanted, out, &book) {
        // Whatever came of it, what is left over at the target is what matters most.
        Err(error) if !left.is_empty() => {
            say!("  ! {}", entry(&format!("{error:#}")));
            Ok(7)
        }
        _ if !left.is_empty() => Ok(7),
        status => status,
    }
}

/// Tells what was found, writes the profile, asks, and writes what was taken; gives the exit status as far as that says it.
fn written(wanted: &Wanted, mut out: Out<'_>, book: &Book) -> anyhow::Result<u8> {
    tell(book);
    // Whoever is asked may leave, or be called away.
    out.write(book, is_sure)?;
    let taken = ask(book, wanted.yes);
    out.write(book, taken)?;
    target::load(&wanted.out, &variable).with_context(|| {
        format!(
            "what was written to {} is no profile as it is: take over by hand what is right of it",
            wanted.out.display()
        )
    })?;
    let of = |wanted: Surety| book.count(|known| matches!(known, Known::Proposed { surety, .. } if *surety == wanted));
    let works = book.count(|known| matches!(known, Known::Works));
    let missing = book.count(|known| matches!(known, Known::Missing(_)));
    let unseen = book.count(|known| matches!(known, Known::Unseen(_)));
    say!(
        "{works} work as given, {} proposed for sure, {} unsure, {missing} missing, {unseen} not looked at; written to {}",
        of(Surety::Sure),
        of(Surety::Unsure),
        wanted.out.display()
    );
    Ok(u8::from(missing > 0 || of(Surety::Unsure) > 0 || !book.stuck.is_empty()))
}

const fn is_sure(_: &str, surety: Surety) -> bool {
    matches!(surety, Surety::Sure)
}

/// The profile that is written, anew whenever more is known.
struct Out<'a> {
    path: &'a Path,
    extends: PathBuf,
    /// What it held when it was written last.
    last: Option<String>,
}

impl Out<'_> {
    /// Writes it, with those proposals that are `taken`.
    ///
    /// # Errors
    /// There is another meanwhile, which stays; or it cannot be written.
    fn write(&mut self, book: &Book, taken: impl Fn(&str, Surety) -> bool) -> anyhow::Result<()> {
        let text = book.written(HEAD, &self.extends, taken);
        let written = match &self.last {
            None => fs::File::create_new(self.path).and_then(|mut file| file.write_all(text.as_bytes())),
            Some(last) => {
                let is_ours = fs::read_to_string(self.path).is_ok_and(|text| text == *last);
                ensure!(is_ours, "{} was edited or removed meanwhile, and is left so", self.path.display());
                fs::write(self.path, &text)
            }
        };
        written.with_context(|| format!("writing {}", self.path.display()))?;
        self.last = Some(text);
        Ok(())
    }
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Who walks: by which profile, in which browser, as whom.
struct Walker<'a> {
    /// The profile that was given, and where those lie that walks go by and keep.
    given: &'a Path,
    folder: &'a Path,
    session: &'a Session,
    target: &'a Arc<Target>,
    account: &'a Account,
    secrets: &'a Redaction,
}

impl<'a> Walker<'a> {
    /// A walk that begins at this page, by the profile at `by`, which is that of the target; its own is kept under the name of `trial`.
    async fn begin(&self, target: Arc<Target>, by: PathBuf, trial: &str, page: Page) -> anyhow::Result<Way<'a>> {
        Ok(Way {
            browsing: Browsing::begin(self.session, target).await?,
            account: self.account,
            book: Book::default(),
            given: by,
            trial: self.folder.join(trial),
            variable: &variable,
            secrets: self.secrets,
            page,
            seen: Surveyed::default(),
            refused: Surveyed::default(),
            amiss: None,
            arrived: None,
            doubt: None,
            led_off: false,
            hands_off: false,
        })
    }

    /// The target by another profile.
    fn target_by(&self, profile: &Path) -> anyhow::Result<Arc<Target>> {
        Ok(Arc::new(Target::new(target::load(profile, &variable)?, self.target.port, 1.0)))
    }

    /// The profile that extends the given one by what this book says, under this name.
    fn keep(&self, name: &str, book: &Book) -> anyhow::Result<PathBuf> {
        let by = self.folder.join(name);
        fs::write(&by, book.as_profile(self.given)?).with_context(|| format!("keeping {}", by.display()))?;
        Ok(by)
    }

    /// What the first walk found and the second went by.
    ///
    /// # Errors
    /// The first cannot begin. Whatever goes wrong later is one more thing told, beside what was found.
    async fn walk_twice(&self) -> anyhow::Result<Book> {
        say!("first walk: what is missing, and what it must be");
        let mut book = self.walk(Arc::clone(self.target), self.given.to_owned(), FIRST).await?;
        if book.count(|known| matches!(known, Known::Proposed { .. })) > 0 {
            say!("second walk: by what was found");
            let found = self.folder.join(FIRST);
            let second = match self.target_by(&found) {
                Ok(target) => self.walk(target, found, "second.yaml").await,
                Err(error) => Err(error),
            };
            let second = second.unwrap_or_else(|error| self.stuck(format!("the second walk: {error:#}")));
            hold_against(&mut book, second);
        }
        Ok(book)
    }

    async fn walk(&self, target: Arc<Target>, by: PathBuf, trial: &str) -> anyhow::Result<Book> {
        let mut way = self.begin(target, by, trial, Page::Home).await?;
        way.walk().await;
        let Way { browsing, mut book, .. } = way;
        if let Err(error) = browsing.end().await {
            book.stuck.extend(self.stuck(format!("ending the walk: {error:#}")).stuck);
        }
        Ok(book)
    }

    /// A walk that found nothing, and why.
    fn stuck(&self, why: String) -> Book {
        let why = self.secrets.text(&why);
        say!("  ! {why}");
        Book { stuck: vec![why], ..Book::default() }
    }
}

/// What the first walk keeps, and the second goes by.
const FIRST: &str = "first.yaml";

/// What did not work in the second walk is not proposed; what that could not come to, since it got stuck, is unsure.
fn hold_against(book: &mut Book, second: Book) {
    let stuck = second.stuck.first().map(|why| format!("not tried again: {why}"));
    for (keys, known) in &mut book.entries {
        let Known::Proposed { surety, why, .. } = known else { continue };
        let name = keys.rsplit('/').next().unwrap_or_default();
        // What only says how something is used shows in what is used.
        let is_manner = ["how", "shows", "site"].contains(&name)
            || name.contains("open")
            || keys.starts_with("words/")
            || keys == "overlays";
        let came_of_it = match second.entries.get(keys.as_str()) {
            Some(Known::Works) => continue,
            None | Some(Known::Unseen(_)) if is_manner => continue,
            None | Some(Known::Unseen(_)) if stuck.is_some() => {
                *surety = Surety::Unsure;
                why.extend(stuck.clone());
                continue;
            }
            Some(Known::Proposed { why, .. }) => format!("something else stood out then: {}", why.join("; ")),
            Some(Known::Missing(why)) => why.clone(),
            Some(Known::Unseen(why)) => format!("it could not be looked for: {why}"),
            None => "it was not come to".to_owned(),
        };
        *known = Known::Missing(format!("what was found did not work in a second walk: {came_of_it}"));
    }
    for why in second.stuck {
        if !book.stuck.contains(&why) {
            book.stuck.push(why);
        }
    }
}

fn tell(book: &Book) {
    for (keys, known) in &book.entries {
        let (mark, text) = match known {
            Known::Works => ('✓', String::new()),
            Known::Proposed { value, surety, why } => {
                let mark = if *surety == Surety::Sure { '+' } else { '?' };
                (mark, format!("{}  {}", book::flow(value), why.join("; ")))
            }
            Known::Missing(why) => ('✗', why.clone()),
            Known::Unseen(why) => ('-', why.clone()),
        };
        say!("  {mark} {:<48} {text}", keys.replace('/', ": "));
    }
}

/// Who is asked, if anybody is: at a terminal, whether the sure ones are to be taken, and of each that is not.
fn ask(book: &Book, yes: bool) -> impl Fn(&str, Surety) -> bool {
    let is_asked = !yes && std::io::stdin().is_terminal();
    let mut refused_sure = false;
    let mut taken: Vec<String> = Vec::new();
    if is_asked {
        let sure = book.count(|known| matches!(known, Known::Proposed { surety: Surety::Sure, .. }));
        refused_sure = sure > 0 && !answers_yes(&format!("take the {} (y/n)?", counted(sure, "sure proposal")));
        for (keys, known) in &book.entries {
            if let Known::Proposed { value, surety: Surety::Unsure, why } = known
                && answers_yes(&format!(
                    "{}: {}\n  unsure: {}\n  take it (y/n)?",
                    keys.replace('/', ": "),
                    book::flow(value),
                    why.join("; ")
                ))
            {
                taken.push(keys.clone());
            }
        }
    }
    move |keys, surety| match surety {
        Surety::Sure => !refused_sure,
        Surety::Unsure => taken.iter().any(|taken| taken == keys),
    }
}

fn answers_yes(question: &str) -> bool {
    say!("{question}");
    let mut answer = String::new();
    let read = std::io::stdin().lock().read_line(&mut answer);
    read.is_ok() && answer.trim().to_lowercase().starts_with('y')
}

/// The given profile, as a file that extends it writes it.
fn beside(given: &Path, out: &Path) -> PathBuf {
    let folder = out.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match (folder.canonicalize(), given.parent(), given.file_name()) {
        (Ok(folder), Some(own), Some(name)) if folder == own => PathBuf::from(name),
        _ => given.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn book(entries: &[(&str, Known)], stuck: &[&str]) -> Book {
        let entries = entries.iter().map(|(keys, known)| ((*keys).to_owned(), known.clone())).collect();
        Book { entries, stuck: stuck.iter().map(|why| (*why).to_owned()).collect() }
    }

    fn sure() -> Known {
        Known::Proposed { value: "x".into(), surety: Surety::Sure, why: Vec::new() }
    }

    #[test]
    fn what_the_second_walk_could_not_come_to_is_unsure_where_it_got_stuck_and_not_proposed_where_it_did_not() {
        let found = [("pages/check/confirm", sure()), ("pages/home/log-in", sure())];
        let works = ("pages/home/log-in", Known::Works);
        let mut held = book(&found, &[]);
        hold_against(&mut held, book(std::slice::from_ref(&works), &["the login did not lead on"]));
        let Known::Proposed { surety, why, .. } = &held.entries["pages/check/confirm"] else { panic!("{held:?}") };
        assert_eq!((*surety, why[0].as_str()), (Surety::Unsure, "not tried again: the login did not lead on"));
        assert!(matches!(held.entries["pages/home/log-in"], Known::Proposed { surety: Surety::Sure, .. }));
        assert_eq!(held.stuck, ["the login did not lead on"]);
        let mut held = book(&found, &[]);
        hold_against(&mut held, book(&[works], &[]));
        assert!(matches!(held.entries["pages/check/confirm"], Known::Missing(_)), "{held:?}");
    }

    #[test]
    fn a_proposal_is_written_anew_as_more_is_known_and_stays_as_somebody_edits_it_meanwhile() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("out.yaml");
        let mut out = Out { path: &path, extends: "given.yaml".into(), last: None };
        let read = || fs::read_to_string(&path).expect("what was written");
        out.write(&book(&[], &["so far"]), is_sure).expect("written");
        assert!(read().contains("so far"));
        out.write(&book(&[("name", sure())], &[]), is_sure).expect("written anew");
        assert!(read().contains("name: x"), "{}", read());
        fs::write(&path, "mine").expect("edited");
        out.write(&book(&[], &[]), is_sure).expect_err("it is somebody's");
        assert_eq!(read(), "mine");
        let other = Out { path: &path, extends: "given.yaml".into(), last: None }.write(&book(&[], &[]), is_sure);
        other.expect_err("it was there before");
    }
}
