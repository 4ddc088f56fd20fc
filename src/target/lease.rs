//! Listed accounts, leased to scenarios: each is used by one run at a time, and the one that has rested longest goes first.

use std::{
    cmp::Reverse,
    fs::{self, File, TryLockError},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime},
};

use tokio::sync::Notify;

use super::{Accounts, Wish, accounts::Listed};
use crate::{digest::digest, domain::Failure};

/// The longest wait for an account that another scenario or run holds.
const LEASE_WITHIN: Duration = Duration::from_secs(600);

/// How often it is looked whether another run has let go: the kernel tells nobody.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// The listed accounts of a run. Shared by its workers.
#[derive(Debug)]
pub(super) struct Pool {
    listed: Vec<Listed>,
    seats: Mutex<Seats>,
    freed: Notify,
}

#[derive(Debug)]
struct Seats {
    /// One for each listed account.
    all: Vec<Seat>,
    /// How many leases have ended: what rests is put in order by it.
    ended: u64,
    /// Where runs see which accounts others use, and the accounts there; `None` where there is no such folder, or for a tool
    /// that looks after what runs left.
    folder: Option<(PathBuf, String)>,
    /// The run has said which accounts it needs: it leases no others as long as these last.
    planned: bool,
}

#[derive(Debug, Default)]
struct Seat {
    taken: bool,
    /// It cannot be used any more in this run.
    given_up: bool,
    /// The run will lease it.
    chosen: bool,
    /// The count of leases that had ended when its last one did.
    rests_since: u64,
    /// No other run uses it as long as this is held.
    hold: Option<Hold>,
}

/// An account's file beside the ledgers: locked as long as a run uses the account, which the kernel sees to; changed when it was
/// last used.
#[derive(Debug)]
struct Hold(File);

impl Hold {
    /// `None` where another run holds it.
    fn take(path: &Path) -> Option<Option<Self>> {
        let open = || {
            fs::create_dir_all(path.parent().unwrap_or(Path::new(".")))?;
            File::options().create(true).truncate(false).write(true).open(path)
        };
        // Where nothing can be locked nothing can be told of others either.
        let Ok(file) = open() else { return Some(None) };
        match file.try_lock() {
            Ok(()) => Some(Some(Self(file))),
            Err(TryLockError::WouldBlock) => None,
            Err(TryLockError::Error(_)) => Some(None),
        }
    }

    fn used(&self) {
        // It only decides who goes first next time.
        let _noted = self.0.set_modified(SystemTime::now());
    }
}

/// An account that a scenario has, until this ends.
#[derive(Debug)]
pub(super) struct Lease {
    index: usize,
    pool: Arc<Pool>,
}

impl Lease {
    /// The account is leased no more in this run.
    pub(super) fn give_up(&self) {
        self.pool.seats().all[self.index].given_up = true;
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let mut seats = self.pool.seats();
        seats.ended += 1;
        let ended = seats.ended;
        let seat = &mut seats.all[self.index];
        (seat.taken, seat.rests_since) = (false, ended);
        seat.hold.iter().for_each(Hold::used);
        drop(seats);
        self.pool.freed.notify_waiters();
    }
}

impl Seats {
    /// Takes an account for this run; `false` where another run uses it.
    fn hold(&mut self, index: usize, listed: &[Listed]) -> bool {
        let Some((folder, target)) = &self.folder else { return true };
        if self.all[index].hold.is_some() {
            return true;
        }
        match Hold::take(&file_of(folder, target, &listed[index])) {
            Some(hold) => {
                self.all[index].hold = hold;
                true
            }
            None => false,
        }
    }

    /// The accounts that are like this, the one that has rested longest first, in this run or before it.
    fn rested(&self, listed: &[Listed], like: impl Fn(usize, &Seat) -> bool) -> Vec<usize> {
        let mut found: Vec<usize> = (0..listed.len()).filter(|index| like(*index, &self.all[*index])).collect();
        let used = |index: usize| {
            let (folder, target) = self.folder.as_ref()?;
            fs::metadata(file_of(folder, target, &listed[index])).and_then(|file| file.modified()).ok()
        };
        found.sort_by_cached_key(|index| (self.all[*index].rests_since, used(*index)));
        found
    }
}

/// By target and account, whatever the profile is called.
fn file_of(folder: &Path, target: &str, account: &Listed) -> PathBuf {
    let sum = digest(&format!("{target}\n{}", account.email));
    let plain: String = account.email.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    folder.join("accounts").join(format!("{plain}-{sum}"))
}

impl Pool {
    pub(super) fn of(accounts: &[Listed]) -> Arc<Self> {
        let seats =
            Seats { all: accounts.iter().map(|_| Seat::default()).collect(), ended: 0, folder: None, planned: false };
        Arc::new(Self { listed: accounts.to_vec(), seats: Mutex::new(seats), freed: Notify::new() })
    }

    pub(super) fn listed(&self) -> &[Listed] {
        &self.listed
    }

    /// A holder that panicked left nothing half done.
    fn seats(&self) -> MutexGuard<'_, Seats> {
        self.seats.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Chooses the accounts that a run will lease: for each wish so many, as far as they are listed and no other run uses them,
    /// at least one. `folder`: where runs remember things; `target`: what tells the accounts of one target from another's.
    ///
    /// # Errors
    /// Class infrastructure: other runs hold all that are as wished for too long.
    pub(super) async fn choose(
        &self,
        wishes: &[(Wish, usize)],
        folder: Option<&Path>,
        target: &str,
    ) -> anyhow::Result<()> {
        {
            let mut seats = self.seats();
            seats.folder = folder.map(|folder| (folder.to_owned(), target.to_owned()));
            seats.planned = true;
        }
        let mut wishes = wishes.to_vec();
        // What only some accounts can is served first, and by all runs in one order, so that none waits for one that waits for it.
        wishes.sort_by_cached_key(|(wish, _)| {
            let cannot = self.listed.iter().filter(|account| !account.grants(wish)).count();
            (Reverse(cannot), wish.to_string())
        });
        for (wish, count) in wishes {
            let fits = |account: &Listed| account.grants(&wish);
            if !self.listed.iter().any(fits) {
                continue;
            }
            let enough = self.until(|| {
                let mut seats = self.seats();
                let free = seats.rested(&self.listed, |index, seat| fits(&self.listed[index]) && !seat.chosen);
                let mut missing = count;
                for index in free {
                    if missing > 0 && seats.hold(index, &self.listed) {
                        seats.all[index].chosen = true;
                        missing -= 1;
                    }
                }
                seats.all.iter().zip(&self.listed).any(|(seat, account)| seat.chosen && fits(account)).then_some(())
            });
            enough.await.ok_or_else(|| {
                Failure::infrastructure(format!(
                    "environment not ready: no account {wish} came free within {LEASE_WITHIN:?}: other runs use them all\n  mend     let them end first, or list more accounts"
                ))
            })?;
        }
        Ok(())
    }

    /// The accounts that the run will lease.
    pub(super) fn chosen(&self) -> Vec<Listed> {
        let seats = self.seats();
        let all = self.listed.iter().zip(&seats.all);
        all.filter(|(_, seat)| seat.chosen).map(|(account, _)| account.clone()).collect()
    }

    /// Takes so many of the accounts that fit, at once, when they are free. `fits` is told of each whether it was given up.
    ///
    /// # Errors
    /// Class infrastructure: others hold them for too long.
    pub(super) async fn lease(
        self: &Arc<Self>,
        which: &str,
        count: usize,
        fits: impl Fn(&Listed, bool) -> bool,
    ) -> anyhow::Result<Vec<(Listed, Arc<Lease>)>> {
        let find = || {
            let mut seats = self.seats();
            let planned = seats.planned;
            let left = (0..self.listed.len()).filter(|index| fits(&self.listed[*index], seats.all[*index].given_up));
            if left.count() < count {
                return Some(None);
            }
            let usable = |index: usize, seat: &Seat| fits(&self.listed[index], seat.given_up);
            // As long as there are enough of those that were chosen, no other is touched.
            let mut chosen = seats.rested(&self.listed, |index, seat| usable(index, seat) && (seat.chosen || !planned));
            if planned && chosen.len() < count {
                let others = seats.rested(&self.listed, |index, seat| usable(index, seat) && !seat.chosen);
                for index in others {
                    if chosen.len() < count && seats.hold(index, &self.listed) {
                        seats.all[index].chosen = true;
                        chosen.push(index);
                    }
                }
            }
            chosen.retain(|index| !seats.all[*index].taken);
            chosen.truncate(count);
            (chosen.len() == count).then(|| {
                for index in &chosen {
                    seats.all[*index].taken = true;
                    seats.all[*index].hold.iter().for_each(Hold::used);
                }
                Some(chosen)
            })
        };
        let leased = self.until(find).await.ok_or_else(|| {
            Failure::infrastructure(format!(
                "no account {which} came free within {LEASE_WITHIN:?}: other scenarios or runs hold them all, or they cannot be used any more in this run"
            ))
        })?;
        let leased = leased.ok_or_else(|| {
            let like = self.listed.iter().filter(|account| fits(account, false)).map(|account| account.name.as_str());
            Failure::infrastructure(format!(
                "no account {which} is left in this run: scenarios have locked {}\n  mend     list more accounts, or take lock-account out of may:",
                like.collect::<Vec<_>>().join(", ")
            ))
        })?;
        let lease = |index: usize| Arc::new(Lease { index, pool: Arc::clone(self) });
        Ok(leased.into_iter().map(|index| (self.listed[index].clone(), lease(index))).collect())
    }

    /// Waits until this comes to something; `None` where it does not in time.
    async fn until<T>(&self, mut come: impl FnMut() -> Option<T>) -> Option<T> {
        let waited = tokio::time::timeout(LEASE_WITHIN, async {
            loop {
                let freed = self.freed.notified();
                tokio::pin!(freed);
                freed.as_mut().enable();
                if let Some(came) = come() {
                    return came;
                }
                let _freed_or_time_to_look = tokio::time::timeout(LOOK_EVERY, freed).await;
            }
        });
        waited.await.ok()
    }
}

impl Accounts {
    /// Whether a second account that may buy is listed beside a first.
    pub(super) fn has_another(&self) -> bool {
        match self {
            Self::OnDemand(_) => true,
            Self::Listed(listed) => listed.iter().filter(|account| account.grants(&Wish::default())).count() > 1,
        }
    }
}
