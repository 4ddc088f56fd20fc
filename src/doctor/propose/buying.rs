//! The third walk: one purchase, what that alone shows, and its return.

use std::sync::Arc;

use anyhow::ensure;

use super::{Walker, bought, way::Way};
use crate::{
    cleanup::{Cleaner, Leftover, Outcome, Whose},
    domain::Money,
    guard::{self, Entry, Guard, Ledger, Means, Spend, Stage},
    repair::book::{Book, Known, Surety},
    say,
    spoken::entry,
    target::{Page, Profile, Target},
};

/// Who gives the permit for the purchase.
pub(super) fn guard_of(profile: &Profile) -> anyhow::Result<Guard> {
    ensure!(
        profile.may_buy(),
        "--buy: the profile {} does not say that anything may be bought\n  mend     say so (buying:, and marker:), or leave the flag out",
        profile.name
    );
    let means = Means { spend_up_to: None, state_folder: guard::state_folder(|name| std::env::var_os(name)) };
    Guard::open(profile, &means)
}

/// Makes a purchase by what was found, adds what that shows, and returns it. What goes wrong is one more thing told.
pub(super) struct Buying<'a> {
    pub(super) walker: &'a Walker<'a>,
    pub(super) guard: &'a Guard,
}

impl Buying<'_> {
    /// Gives what could not be returned.
    pub(super) async fn buy(&self, book: &mut Book) -> Vec<Leftover> {
        if let Some(why) = bought::objection(book) {
            say!("  ! {why}");
            book.stuck.push(why);
            return Vec::new();
        }
        say!("third walk: a purchase");
        let cost = self.walk(book).await.unwrap_or_else(|error| {
            self.told(book, "the purchase", &error);
            None
        });
        // Whatever came of it, what may have been paid is looked after as every run's is.
        let left = self.look_after(book).await;
        match self.guard.ledger().map_or_else(|| Ok(Vec::new()), Ledger::entries) {
            Ok(rows) => {
                let own = rows.iter().filter(|row| row.run == self.guard.run().as_str());
                own.for_each(|row| say!("{}", entry(&self.walker.secrets.text(&came_of(row, cost)))));
            }
            Err(error) => self.told(book, "what came of the purchase", &error),
        }
        left
    }

    /// The walk that buys; gives what that cost, where it was seen.
    async fn walk(&self, book: &mut Book) -> anyhow::Result<Option<Money>> {
        let found = Book { entries: book.entries.clone(), stuck: Vec::new() };
        let by = self.walker.keep("found.yaml", &found)?;
        let mut way = self.walker.begin(self.walker.target_by(&by)?, by, "third.yaml", Page::Login).await?;
        // What asks whether something is really to be bought is no notice.
        way.hands_off = true;
        let made = way.buy_and_look(self.guard).await;
        let Way { browsing, book: third, .. } = way;
        if let Err(error) = browsing.end().await {
            self.told(book, "ending the third walk", &error);
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
    async fn look_after(&self, book: &mut Book) -> Vec<Leftover> {
        let Walker { target, account, secrets, .. } = self.walker;
        // What is bought of the suite's own stand-in goes with it; where the ledger cannot be read, all is looked after.
        if !target.profile.is_remote() || self.guard.open_entries().is_ok_and(|open| open.is_empty()) {
            return Vec::new();
        }
        let Outcome { done, notes, mut left } = self.clean(book).await.unwrap_or_else(|error| {
            self.told(book, "looking after what was bought", &error);
            Outcome::default()
        });
        notes.iter().chain(&done).for_each(|line| say!("{}", entry(&secrets.text(line))));
        // The ledger has the last word.
        if left.is_empty() {
            let leftover = |what: String, why: String| Leftover { account: account.name.clone(), what, why };
            match self.guard.open_entries() {
                Ok(open) => left.extend(
                    open.iter()
                        .map(|row| leftover(row.to_string(), "the ledger does not say that it was returned".into())),
                ),
                Err(error) => {
                    left.push(leftover("whatever was bought".into(), format!("the ledger cannot be read: {error:#}")));
                }
            }
        }
        left.iter().for_each(|left| say!("left over: {}", entry(&secrets.text(&left.to_string()))));
        left
    }

    async fn clean(&self, book: &mut Book) -> anyhow::Result<Outcome> {
        let target = match self.by_what_is_sure(book) {
            Ok(target) => target,
            Err(error) => {
                self.told(book, "what is sure makes no profile, and it is looked after by the given one", &error);
                self.walker.target_by(self.walker.given)?
            }
        };
        let cleaner = Cleaner { session: self.walker.session, target, ledger: self.guard.ledger() };
        cleaner.clean(Whose::Of(self.guard.run()), false).await
    }

    /// The target by the given profile and what is sure of it: nothing else is pressed to return what was bought.
    fn by_what_is_sure(&self, book: &Book) -> anyhow::Result<Arc<Target>> {
        let is_sure = |known: &Known| matches!(known, Known::Proposed { surety: Surety::Sure, .. });
        let sure = book.entries.iter().filter(|(_, known)| is_sure(known));
        let sure =
            Book { entries: sure.map(|(keys, known)| (keys.clone(), known.clone())).collect(), stuck: Vec::new() };
        self.walker.target_by(&self.walker.keep("sure.yaml", &sure)?)
    }

    /// One more thing that went wrong.
    fn told(&self, book: &mut Book, what: &str, error: &anyhow::Error) {
        let why = self.walker.secrets.text(&format!("{what}: {error:#}"));
        say!("  ! {why}");
        book.stuck.push(why);
    }
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
