//! The ledger as a run keeps it: the file, and the run's own copy of what it wrote, which is what is left of it where the file
//! breaks while the run goes on.

use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

use super::{Caps, Entry, Ledger, Receipt, RunId, Spend, alive::Alive};
use crate::domain::Failure;

/// A ledger, and the run's own copy.
#[derive(Debug)]
pub(super) struct Kept {
    run: RunId,
    file: Ledger,
    copy: Ledger,
    /// Held while both are written: between the two, another worker would take the file for an older one.
    writing: Mutex<()>,
    /// Others see by it that the run is going on.
    _alive: Option<Alive>,
}

impl Kept {
    /// By this run.
    pub(super) fn by(run: &RunId, file: Ledger) -> anyhow::Result<Self> {
        let alive = file.alive(run)?;
        Ok(Self { run: run.clone(), file, copy: Ledger::in_memory()?, writing: Mutex::default(), _alive: alive })
    }

    /// A writer that panicked has told why; what it left half done shows.
    fn alone(&self) -> MutexGuard<'_, ()> {
        self.writing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The ledger; the copy, once the file broke.
    pub(super) fn ledger(&self) -> &Ledger {
        if self.file.broken().is_some() { &self.copy } else { &self.file }
    }

    /// How the file broke, if it has.
    pub(super) fn broken(&self) -> Option<&str> {
        self.file.broken()
    }

    /// Sets money aside.
    ///
    /// # Errors
    /// Class guard: a cap would be passed, or the file has broken.
    pub(super) fn reserve(&self, spend: &Spend, caps: &Caps) -> anyhow::Result<Receipt> {
        let (now, _alone) = (Timestamp::now(), self.alone());
        self.compare(None).map_err(|error| self.stopped(error))?;
        let entry = self.file.reserve(&self.run, spend, caps, now).map_err(|error| self.stopped(error))?;
        let copy = self.copy.reserve(&self.run, spend, &Caps::NONE, now)?;
        Ok(Receipt { entry, copy })
    }

    /// The file still holds what this run wrote: the copy is the witness. An older file that was put back over it would count
    /// less, and give the numbers of its rows to other purchases.
    fn compare(&self, receipt: Option<Receipt>) -> anyhow::Result<()> {
        let Receipt { entry, copy } = receipt.unwrap_or(Receipt { entry: 0, copy: 0 });
        let (there, count) = self.file.witness(&self.run, entry)?;
        let (known, least) = self.copy.witness(&self.run, copy)?;
        if count < least || there != known {
            self.file.give_up("it does not hold any more what this run wrote; an older file was put in its place");
            anyhow::bail!("the ledger {} is not the one that this run wrote into", self.file.place());
        }
        Ok(())
    }

    /// Writes something of a purchase down, in both.
    ///
    /// # Errors
    /// Class guard: the file has broken; the copy has it.
    pub(super) fn note<T>(
        &self,
        receipt: Receipt,
        act: impl Fn(&Ledger, i64) -> anyhow::Result<T>,
    ) -> anyhow::Result<(T, T)> {
        let _alone = self.alone();
        let copied = act(&self.copy, receipt.copy)?;
        let written = self.compare(Some(receipt)).and_then(|()| act(&self.file, receipt.entry));
        let written = written.map_err(|error| self.stopped(error))?;
        Ok((written, copied))
    }

    /// The rows of these receipts, from the file as long as it can be read.
    ///
    /// # Errors
    /// Class guard: the copy cannot be read either.
    pub(super) fn entries(&self, receipts: &[Receipt]) -> anyhow::Result<Vec<Entry>> {
        let of = |ledger: &Ledger, number: fn(&Receipt) -> i64| {
            let mut entries = ledger.entries()?;
            entries.retain(|entry| receipts.iter().any(|receipt| number(receipt) == entry.id));
            Ok(entries)
        };
        of(&self.file, |receipt| receipt.entry).or_else(|_: anyhow::Error| of(&self.copy, |receipt| receipt.copy))
    }

    /// What an error of the ledger means for the run.
    fn stopped(&self, error: anyhow::Error) -> anyhow::Error {
        let Some(broke) = self.broken() else { return error };
        Failure::guard(format!(
            "nothing is paid any more in this run, since its ledger broke\n  saw      {broke}\n  mend     put the file right, and let `dcdb-e2e reconcile` and `dcdb-e2e sweep` look after what this run bought, which is told of at its end"
        ))
        .into()
    }
}

#[cfg(test)]
mod tests {
    use std::{sync::Arc, thread};

    use super::*;
    use crate::domain::{Money, OrderNumber};

    #[test]
    fn many_workers_that_pay_at_once_are_not_taken_for_an_older_file() {
        let run = RunId::new(Timestamp::now()).expect("a run");
        let kept = Arc::new(Kept::by(&run, Ledger::in_memory().expect("a ledger")).expect("kept"));
        let paying = (0..8).map(|worker| {
            let kept = Arc::clone(&kept);
            thread::spawn(move || {
                for number in 0..40 {
                    let spend = Spend {
                        scenario: "s".into(),
                        account: format!("a{worker}"),
                        name: format!("n{worker}-{number}"),
                        what: "w".into(),
                        region: None,
                        amount: Money::fen(1),
                        frozen: None,
                        instances: 1,
                        balance: None,
                    };
                    let receipt = kept.reserve(&spend, &Caps::NONE).expect("set aside");
                    for order in [format!("{worker}{number}1"), format!("{worker}{number}2")] {
                        let order = OrderNumber(order);
                        kept.note(receipt, |ledger, entry| ledger.ordered(entry, &order)).expect("noted");
                    }
                }
            })
        });
        for worker in paying.collect::<Vec<_>>() {
            worker.join().expect("paid");
        }
        assert_eq!(kept.broken(), None);
    }
}
