//! `dcdb-e2e doctor --propose`: what a profile lacks, found out at the target by rule.
//!
//! A walk looks for every element of the profile as far as it may go. Where the given locator finds nothing, or several, it
//! gathers what speaks for each thing that is there: words of the trade, its place, what it does. What stands out and worked is
//! sure, all else is not. A second walk goes by what the first proposes: what does not work there is not proposed.

mod bought;
mod form;
mod stops;
mod way;

use std::{
    fs,
    io::{BufRead as _, IsTerminal as _, Write as _},
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context as _, ensure};

use self::way::Way;
use crate::{
    browser::{Session, Surveyed},
    cleanup::{Cleaner, Leftover, Outcome, Whose},
    domain::Money,
    evidence::Redaction,
    guard::{self, Entry, Guard, Ledger, Means, Spend, Stage},
    pages::Browsing,
    repair::book::{self, Book, Known, Surety},
    say,
    spoken::{counted, entry},
    target::{self, Account, Page, Profile, Target},
};

const HEAD: &str = "What `dcdb-e2e doctor --propose` found at the target, by rule: each with how sure it is, and why. All of it worked in a\nsecond walk.";

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
    let folder = std::env::temp_dir().join(format!("dcdb-e2e-propose-{}", std::process::id()));
    fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
    // Before anything is looked at: whoever may not buy is told at once.
    let guard = wanted.buy.then(|| guard_of(&target.profile)).transpose();
    let walked = async {
        let guard = guard?;
        let mut book = walk_twice(&given, &folder, session, target, account).await?;
        let left = match &guard {
            Some(guard) => buy(&mut book, guard, (&given, &folder), session, target, account).await,
            None => Vec::new(),
        };
        anyhow::Ok((book, left))
    };
    let walked = walked.await;
    if let Err(error) = fs::remove_dir_all(&folder) {
        say!("  ! {} could not be removed: {error}", folder.display());
    }
    let (book, left) = walked?;
    match written(wanted, &given, &book) {
        // Whatever came of it, what is left over at the target is what matters most.
        Err(error) if !left.is_empty() => {
            say!("  ! {}", entry(&format!("{error:#}")));
            Ok(7)
        }
        _ if !left.is_empty() => Ok(7),
        status => status,
    }
}

/// Tells what was found, asks, and writes the profile; gives the exit status as far as that says it.
fn written(wanted: &Wanted, given: &Path, book: &Book) -> anyhow::Result<u8> {
    tell(book);
    let taken = ask(book, wanted.yes);
    let extends = beside(given, &wanted.out);
    let text = book.written(HEAD, &extends, |keys, surety| taken(keys, surety));
    // Whoever has written it meanwhile keeps it.
    let file = fs::File::options().write(true).create_new(true).open(&wanted.out);
    let written = file.and_then(|mut file| file.write_all(text.as_bytes()));
    written.with_context(|| format!("writing {}", wanted.out.display()))?;
    target::load(&wanted.out, &|name| std::env::var(name).ok()).with_context(|| {
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

/// Who gives the permit for the purchase.
fn guard_of(profile: &Profile) -> anyhow::Result<Guard> {
    ensure!(
        profile.may_buy(),
        "--buy: the profile {} does not say that anything may be bought\n  mend     say so (buying:, and marker:), or leave the flag out",
        profile.name
    );
    let means = Means { spend_up_to: None, state_folder: guard::state_folder(|name| std::env::var_os(name)) };
    Guard::open(profile, &means)
}

/// Makes a purchase by what was found, adds what that shows, and returns it; gives what could not be returned. The profiles that it
/// goes by lie in the folder, beside that which was given. What goes wrong is one more thing told.
async fn buy(
    book: &mut Book,
    guard: &Guard,
    (given, folder): (&Path, &Path),
    session: &Session,
    target: &Arc<Target>,
    account: &Account,
) -> Vec<Leftover> {
    if let Some(why) = bought::objection(book) {
        say!("  ! {why}");
        book.stuck.push(why);
        return Vec::new();
    }
    say!("third walk: a purchase");
    let mut proofs = target.world.proofs();
    proofs.push(account.proof.clone());
    let secrets = Redaction::of_proofs(&proofs);
    let made = third_walk(book, guard, (given, folder), session, (target, account, &secrets)).await;
    let cost = made.unwrap_or_else(|error| {
        told(book, &secrets, "the purchase", &error);
        None
    });
    // Whatever came of it, what may have been paid is looked after as every run's is.
    let left = look_after(book, guard, (given, folder), session, (target, account, &secrets)).await;
    match guard.ledger().map_or_else(|| Ok(Vec::new()), Ledger::entries) {
        Ok(rows) => {
            let own = rows.iter().filter(|row| row.run == guard.run().as_str());
            own.for_each(|row| say!("{}", entry(&secrets.text(&came_of(row, cost)))));
        }
        Err(error) => told(book, &secrets, "what came of the purchase", &error),
    }
    left
}

/// The walk that buys; gives what that cost, where it was seen.
async fn third_walk(
    book: &mut Book,
    guard: &Guard,
    (given, folder): (&Path, &Path),
    session: &Session,
    (target, account, secrets): (&Arc<Target>, &Account, &Redaction),
) -> anyhow::Result<Option<Money>> {
    let variable = |name: &str| std::env::var(name).ok();
    let by = folder.join("found.yaml");
    let found = Book { entries: book.entries.clone(), stuck: Vec::new() };
    fs::write(&by, found.as_profile(given)?).with_context(|| format!("keeping {}", by.display()))?;
    let target = Arc::new(Target::new(target::load(&by, &variable)?, target.port, 1.0));
    let mut way = Way {
        browsing: Browsing::begin(session, target).await?,
        account,
        book: Book::default(),
        given: by,
        trial: folder.join("third.yaml"),
        variable: &variable,
        secrets,
        page: Page::Login,
        seen: Surveyed::default(),
        refused: Surveyed::default(),
        // What asks whether something is really to be bought is no notice.
        hands_off: true,
    };
    let made = way.buy_and_look(guard).await;
    let Way { browsing, book: third, .. } = way;
    if let Err(error) = browsing.end().await {
        told(book, secrets, "ending the third walk", &error);
    }
    for (keys, known) in third.entries {
        let is_news = !matches!(known, Known::Works | Known::Unseen(_))
            || matches!(book.entries.get(&keys), None | Some(Known::Unseen(_)));
        if is_news {
            book.note(&keys, known);
        }
    }
    book.stuck.extend(third.stuck);
    made
}

/// Returns what of the purchase is still open in the ledger; gives what could not be, or cannot be told.
async fn look_after(
    book: &mut Book,
    guard: &Guard,
    (given, folder): (&Path, &Path),
    session: &Session,
    (target, account, secrets): (&Arc<Target>, &Account, &Redaction),
) -> Vec<Leftover> {
    // What is bought of the suite's own stand-in goes with it; where the ledger cannot be read, all is looked after.
    if !target.profile.is_remote() || guard.open_entries().is_ok_and(|open| open.is_empty()) {
        return Vec::new();
    }
    let cleaned = async {
        let target = match by_what_is_sure(book, (given, folder), target.port) {
            Ok(target) => target,
            Err(error) => {
                told(book, secrets, "what is sure makes no profile, and it is looked after by the given one", &error);
                let variable = |name: &str| std::env::var(name).ok();
                Target::new(target::load(given, &variable)?, target.port, 1.0)
            }
        };
        let cleaner = Cleaner { session, target: Arc::new(target), ledger: guard.ledger() };
        cleaner.clean(Whose::Of(guard.run()), false).await
    };
    let cleaned = cleaned.await;
    let Outcome { done, notes, mut left } = cleaned.unwrap_or_else(|error| {
        told(book, secrets, "looking after what was bought", &error);
        Outcome::default()
    });
    notes.iter().chain(&done).for_each(|line| say!("{}", entry(&secrets.text(line))));
    // The ledger has the last word.
    if left.is_empty() {
        let leftover = |what: String, why: String| Leftover { account: account.name.clone(), what, why };
        match guard.open_entries() {
            Ok(open) => left.extend(
                open.iter().map(|row| leftover(row.to_string(), "the ledger does not say that it was returned".into())),
            ),
            Err(error) => {
                left.push(leftover("whatever was bought".into(), format!("the ledger cannot be read: {error:#}")));
            }
        }
    }
    left.iter().for_each(|left| say!("left over: {}", entry(&secrets.text(&left.to_string()))));
    left
}

/// The target by the given profile and what is sure of it: nothing else is pressed to return what was bought.
fn by_what_is_sure(book: &Book, (given, folder): (&Path, &Path), port: u16) -> anyhow::Result<Target> {
    let by = folder.join("sure.yaml");
    let is_sure = |known: &Known| matches!(known, Known::Proposed { surety: Surety::Sure, .. });
    let sure = book.entries.iter().filter(|(_, known)| is_sure(known));
    let sure = Book { entries: sure.map(|(keys, known)| (keys.clone(), known.clone())).collect(), stuck: Vec::new() };
    fs::write(&by, sure.as_profile(given)?).with_context(|| format!("keeping {}", by.display()))?;
    Ok(Target::new(target::load(&by, &|name| std::env::var(name).ok())?, port, 1.0))
}

/// One more thing that went wrong.
fn told(book: &mut Book, secrets: &Redaction, what: &str, error: &anyhow::Error) {
    let why = secrets.text(&format!("{what}: {error:#}"));
    say!("  ! {why}");
    book.stuck.push(why);
}

/// What came of a purchase, as far as the ledger bears it out; `cost`: by the balance, where that was looked at once it was returned.
fn came_of(row: &Entry, cost: Option<Money>) -> String {
    let Spend { name, account, amount, frozen, .. } = &row.spend;
    // What is paid by the hour is not all taken.
    let amount = if frozen.is_some() { format!("up to {amount}") } else { amount.to_string() };
    match (row.stage, cost) {
        (Stage::Returned, Some(cost)) => {
            let had = row.spend.balance.map_or_else(String::new, |balance| format!(" had {balance}, and"));
            format!("it cost {cost}: {account}{had} paid {amount} for {name}, which is returned")
        }
        (Stage::Returned, None) => {
            format!("{account} paid {amount} for {name}, which is returned; how much came back was not looked at")
        }
        (Stage::Void, _) => format!("nothing was charged to {account} for {name}"),
        (Stage::Order | Stage::Instance, _) => {
            format!("{account} paid {amount} for {name}, which is not seen to be returned")
        }
        (Stage::Clicked, _) => format!("{account} may have paid {amount} for {name}: that is not known"),
        (Stage::Intent, _) => format!("nothing was pressed that pays for {name}"),
    }
}

/// What the first walk found and the second went by. The profiles that they go by lie in `folder`.
async fn walk_twice(
    given: &Path,
    folder: &Path,
    session: &Session,
    target: &Arc<Target>,
    account: &Account,
) -> anyhow::Result<Book> {
    let mut proofs = target.world.proofs();
    proofs.push(account.proof.clone());
    let secrets = Redaction::of_proofs(&proofs);
    let variable = |name: &str| std::env::var(name).ok();
    let walk = async |by: &Path, trial: PathBuf, target: Arc<Target>| -> anyhow::Result<Book> {
        let browsing = Browsing::begin(session, target).await?;
        let (book, seen, refused) = (Book::default(), Surveyed::default(), Surveyed::default());
        let (given, page) = (by.to_owned(), Page::Home);
        let mut way = Way {
            browsing,
            account,
            book,
            given,
            trial,
            variable: &variable,
            secrets: &secrets,
            page,
            seen,
            refused,
            hands_off: false,
        };
        let walked = way.walk().await;
        let Way { browsing, book, .. } = way;
        browsing.end().await?;
        walked.map(|()| book)
    };
    say!("first walk: what is missing, and what it must be");
    let first_trial = folder.join("first.yaml");
    let mut book = walk(given, first_trial.clone(), Arc::clone(target)).await?;
    if book.count(|known| matches!(known, Known::Proposed { .. })) > 0 {
        say!("second walk: by what was found");
        let profile = target::load(&first_trial, &variable)?;
        let target = Arc::new(Target::new(profile, target.port, 1.0));
        let second = walk(&first_trial, folder.join("second.yaml"), target).await?;
        hold_against(&mut book, &second);
    }
    Ok(book)
}

/// What did not work in the second walk is not proposed.
fn hold_against(book: &mut Book, second: &Book) {
    for (keys, known) in &mut book.entries {
        if !matches!(known, Known::Proposed { .. }) {
            continue;
        }
        let name = keys.rsplit('/').next().unwrap_or_default();
        // What only says how something is used shows in what is used.
        let is_manner = ["how", "shows", "site"].contains(&name)
            || name.contains("open")
            || keys.starts_with("words/")
            || keys == "overlays";
        let came_of_it = match second.entries.get(keys.as_str()) {
            Some(Known::Works) => continue,
            None | Some(Known::Unseen(_)) if is_manner => continue,
            Some(Known::Proposed { why, .. }) => format!("something else stood out then: {}", why.join("; ")),
            Some(Known::Missing(why)) => why.clone(),
            Some(Known::Unseen(why)) => format!("it could not be looked for: {why}"),
            None => "it was not come to".to_owned(),
        };
        *known = Known::Missing(format!("what was found did not work in a second walk: {came_of_it}"));
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

    #[test]
    fn what_a_purchase_cost_is_said_only_as_far_as_the_ledger_bears_it_out() {
        let row = |stage| Entry {
            id: 1,
            run: "r".into(),
            spend: Spend {
                scenario: "doctor".into(),
                account: "Ana".into(),
                name: "dcdb-e2e-1".into(),
                what: String::new(),
                region: None,
                amount: Money::fen(101_520),
                frozen: None,
                instances: 1,
                balance: Some(Money::fen(200_000)),
            },
            stage,
            clicked: None,
            answer: None,
            settled: false,
            returned: None,
            order: None,
            delivered: Vec::new(),
        };
        for (stage, cost, said) in [
            (Stage::Returned, Some(Money::default()), "it cost ¥0.00: Ana had ¥2,000.00, and paid ¥1,015.20 for "),
            (Stage::Returned, None, "how much came back was not looked at"),
            (Stage::Instance, Some(Money::default()), "paid ¥1,015.20 for dcdb-e2e-1, which is not "),
            (Stage::Clicked, None, "may have paid"),
            (Stage::Void, None, "nothing was charged"),
            (Stage::Intent, None, "nothing was pressed that pays"),
        ] {
            let came = came_of(&row(stage), cost);
            assert!(came.contains(said), "{came}");
            assert_eq!(came.contains("it cost"), stage == Stage::Returned && cost.is_some(), "{came}");
        }
    }
}
