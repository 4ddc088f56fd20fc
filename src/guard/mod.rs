//! The money guard: decides, right before a click that pays, whether it may be made.
//!
//! Paying takes a [`Permit`], which only [`Guard::permit`] makes. It is given where the target has just proved to be a test
//! target (or the profile and the run both name an amount for a production one), where the price on the check page is the
//! one that was chosen, and where no cap is passed by it; and only after the amount has been set aside in the [`Ledger`].

mod alive;
mod caps;
mod file;
mod handshake;
mod journal;
mod kept;
mod ledger;
mod run_id;

use std::{
    fs,
    io::ErrorKind,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use jiff::Timestamp;

pub use caps::Caps;
pub use handshake::handshake;
pub use journal::{Journal, Pulled};
use kept::Kept;
pub use ledger::{Entry, Ledger, Spend, Stage, runs_alive_at};
pub use run_id::{PREFIX, RunId, signed_by};

use crate::{
    browser::Visit,
    domain::{Bill, Failure, InstanceId, Money, OrderNumber},
    spoken::counted,
    target::{Buying, Cap, Profile, Turn},
};

/// How long what the page proved holds for the click.
const FRESH: Duration = Duration::from_secs(1);

/// Permission to pay once. Only the guard makes one, and what pays asks for one.
#[derive(Debug)]
pub struct Permit {
    kept: Arc<Kept>,
    receipt: Receipt,
    bill: Bill,
    /// Counts from the click on.
    _turn: Turn,
}

/// What was set aside in the ledger for a purchase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Receipt {
    /// Its row in the file.
    entry: i64,
    /// Its row in the run's own copy.
    copy: i64,
}

impl Permit {
    /// What was set aside for it.
    #[must_use]
    pub const fn receipt(&self) -> Receipt {
        self.receipt
    }

    /// The price at which it may be paid: whatever pays holds its own page against this, right before it does.
    #[must_use]
    pub const fn amount(&self) -> Money {
        self.bill.price()
    }

    /// What may be taken of the account.
    #[must_use]
    pub const fn bill(&self) -> Bill {
        self.bill
    }

    /// Uses the permit up: the click that pays comes next, and the ledger says so from now on.
    ///
    /// # Errors
    /// Class guard: the ledger cannot be written; nothing may be clicked then.
    pub fn clicking(self) -> anyhow::Result<()> {
        self.ordering()
    }

    /// A click comes next that makes the order which another one pays: what it is, is no more than what the profile says, so the
    /// ledger says from now on that it may have paid.
    ///
    /// # Errors
    /// As [`Self::clicking`].
    pub fn ordering(&self) -> anyhow::Result<()> {
        let now = Timestamp::now();
        self.kept.note(self.receipt, |ledger, entry| ledger.clicked(entry, now)).map(drop)
    }

    /// That click led on to a page which asks for the payment: the ledger takes it back.
    ///
    /// # Errors
    /// Class guard: the ledger cannot be written.
    pub fn led_on(&self) -> anyhow::Result<()> {
        self.kept.note(self.receipt, Ledger::led_on).map(drop)
    }
}

/// The guard of one run. Shared by its workers.
#[derive(Debug)]
pub struct Guard {
    run: RunId,
    /// How many names were given to purchases so far.
    named: AtomicU32,
    purse: Purse,
}

#[derive(Debug)]
enum Purse {
    /// Nothing may be bought, for this reason.
    Closed(String),
    Open {
        kept: Arc<Kept>,
        caps: Caps,
        /// What the profile lets a run spend, where it is about real money.
        allowed: Option<Cap>,
    },
}

/// What a run has bought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spent {
    /// For so much, what may still be charged among it.
    pub amount: Money,
    /// So many instances.
    pub instances: u32,
    /// What it could have spent at most; none: play money.
    pub cap: Option<Money>,
    /// What the profile lets a run spend.
    pub allowed: Option<Money>,
}

/// What a run says about money, beside its profile.
#[derive(Debug, Clone, Default)]
pub struct Means {
    /// What the run repeats (or lowers) of what the profile says that it may cost: `--spend-up-to`.
    pub spend_up_to: Option<Money>,
    /// Where ledgers are kept unless a profile says otherwise: see [`state_folder`].
    pub state_folder: Option<PathBuf>,
}

/// The user's folder for what programs must remember, from the variables that name it.
///
/// <https://specifications.freedesktop.org/basedir-spec/latest/>
#[must_use]
pub fn state_folder(variable: impl Fn(&str) -> Option<std::ffi::OsString>) -> Option<PathBuf> {
    let absolute = |name: &str| variable(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let base = absolute("XDG_STATE_HOME").or_else(|| absolute("HOME").map(|home| home.join(".local/state")))?;
    Some(base.join("dcdb-purchase-e2e"))
}

impl Guard {
    /// The guard of a run that sets out to pay on this target, before any browser is started for it.
    ///
    /// # Errors
    /// Class guard: the target could not prove to be a test target and nobody named an amount for a production one, or no
    /// ledger can be kept.
    pub fn open(profile: &Profile, means: &Means) -> anyhow::Result<Self> {
        let run = RunId::new(Timestamp::now())?;
        let purse = match (&profile.buying, profile.is_remote()) {
            (_, false) => {
                let amount = means.spend_up_to;
                let per_run = Cap { amount: amount.unwrap_or(Caps::NONE.per_run.amount), ..Caps::NONE.per_run };
                let kept = Arc::new(Kept::by(&run, Ledger::in_memory()?)?);
                Purse::Open { kept, caps: Caps { per_run, ..Caps::NONE }, allowed: None }
            }
            (None, true) => {
                Purse::Closed(format!("the profile {} does not say that anything may be bought", profile.name))
            }
            (Some(buying), true) => {
                may_prove(profile, buying, means)?;
                let mut per_run = buying.per_run;
                per_run.amount = means.spend_up_to.map_or(per_run.amount, |amount| amount.min(per_run.amount));
                let caps = Caps { per_order: buying.per_order, per_run, per_day: buying.per_day };
                let kept = Arc::new(Kept::by(&run, Ledger::open(&ledger_path(profile, means)?)?)?);
                Purse::Open { kept, caps, allowed: Some(buying.per_run) }
            }
        };
        Ok(Self { run, named: AtomicU32::new(0), purse })
    }

    /// The run is a shard of one that is called so: what all its shards that keep this ledger spend is held against what the profile
    /// lets a run spend.
    ///
    /// # Errors
    /// Class guard: the ledger cannot be written.
    pub fn is_shard_of(&self, whole: &str) -> anyhow::Result<()> {
        match &self.purse {
            Purse::Open { kept, allowed: Some(cap), .. } => kept.ledger().is_shard(&self.run, whole, *cap),
            _ => Ok(()),
        }
    }

    /// The guard of a run that does not set out to pay.
    ///
    /// # Errors
    /// When the system gives no random bytes.
    pub fn closed() -> anyhow::Result<Self> {
        let purse = Purse::Closed("the run did not set out to pay: none of its scenarios is tagged @pays".into());
        Ok(Self { run: RunId::new(Timestamp::now())?, named: AtomicU32::new(0), purse })
    }

    /// The run.
    #[must_use]
    pub const fn run(&self) -> &RunId {
        &self.run
    }

    /// A name for the instances of one purchase, which no other purchase of any run has: how they are known again.
    #[must_use]
    pub fn name_for_a_purchase(&self) -> String {
        format!("{}-{:04}", self.run.signature(), self.named.fetch_add(1, Ordering::Relaxed) + 1)
    }

    fn kept(&self) -> Option<&Kept> {
        match &self.purse {
            Purse::Closed(_) => None,
            Purse::Open { kept, .. } => Some(kept),
        }
    }

    /// The ledger, where one is kept; the run's own copy of it, once the file broke.
    #[must_use]
    pub fn ledger(&self) -> Option<&Ledger> {
        self.kept().map(Kept::ledger)
    }

    /// How the ledger broke while the run went on, if it has.
    #[must_use]
    pub fn broken(&self) -> Option<&str> {
        self.kept().and_then(Kept::broken)
    }

    /// The rows of this run of which it is not known what came of them, or whose instances are still there: from the ledger, or
    /// from the run's own copy where that cannot be read.
    ///
    /// # Errors
    /// Class guard: the copy cannot be read either.
    pub fn open_entries(&self) -> anyhow::Result<Vec<Entry>> {
        let Some(kept) = self.kept() else { return Ok(Vec::new()) };
        // Where the file turns out to be broken now, the copy is asked.
        let mut open = kept.ledger().open_entries().or_else(|_| kept.ledger().open_entries())?;
        open.retain(|entry| entry.run == self.run.as_str());
        Ok(open)
    }

    /// What this run has bought; `None` where it did not set out to.
    ///
    /// # Errors
    /// Class guard: neither the ledger nor the run's own copy can be read.
    pub fn spent(&self) -> anyhow::Result<Option<Spent>> {
        let Purse::Open { kept, caps, allowed } = &self.purse else { return Ok(None) };
        let rows = kept.ledger().entries().or_else(|_| kept.ledger().entries())?;
        let own = rows.iter().filter(|row| row.run == self.run.as_str() && row.stage != Stage::Void);
        let (mut fen, mut instances) = (0_i64, 0_u32);
        for row in own {
            fen = fen.saturating_add(row.spend.amount.as_fen());
            instances = instances.saturating_add(row.spend.instances);
        }
        let cap = Some(caps.per_run.amount).filter(|cap| *cap != Caps::NONE.per_run.amount);
        Ok(Some(Spent { amount: Money::fen(fen), instances, cap, allowed: allowed.map(|cap| cap.amount) }))
    }

    /// The rows of these receipts, as they are now.
    ///
    /// # Errors
    /// Class guard: neither the ledger nor the run's own copy can be read.
    pub fn entries(&self, receipts: &[Receipt]) -> anyhow::Result<Vec<Entry>> {
        self.kept().map_or_else(|| Ok(Vec::new()), |kept| kept.entries(receipts))
    }

    /// Asks whether the next click may pay this bill, whose price is the fee that the check page shows, where `chosen` is the one
    /// that the buyer saw when choosing, and whose turn it is. Sets `spend.amount` aside, all that may be charged for it.
    ///
    /// # Errors
    /// Class guard: what is bought on another's target would not carry this suite's name, the target did not prove itself, or a cap
    /// would be passed. Class product: the fee is not the one that was
    /// chosen (I1). Nothing was clicked.
    pub async fn permit(
        &self,
        visit: &Visit,
        profile: &Profile,
        chosen: Money,
        bill: Bill,
        spend: &Spend,
        turn: Turn,
    ) -> anyhow::Result<Permit> {
        let (kept, caps) = match &self.purse {
            Purse::Open { kept, caps, .. } => (kept, caps),
            Purse::Closed(why) => {
                return Err(Failure::guard(format!(
                    "refused to pay: {why}\n  mend     tag the scenario @pays; on other people's targets say in the profile what may be bought (buying:)"
                ))
                .into());
            }
        };
        if profile.is_remote() && signed_by(&spend.name).is_none() {
            let text = "refused to pay: what is bought would not carry this suite's name, and so be neither found again nor returned\n  mend     tag the scenario @pays, and let \"the buyer chooses\" or \"the buyer buys\" come before, which name it";
            return Err(Failure::guard(text).into());
        }
        let price = bill.price();
        if chosen != price {
            return Err(Failure::product(format!(
                "check page: the total fee should be the one that was chosen, {chosen} (I1)\n  saw      {price}\n  but      nothing was clicked"
            ))
            .into());
        }
        let frozen = bill.frozen().unwrap_or_default();
        if price < Money::default() || frozen < Money::default() || spend.instances == 0 {
            return Err(Failure::product(format!(
                "check page: what is bought should be of an amount and for instances\n  saw      {} for {}\n  but      nothing was clicked",
                price.min(frozen),
                counted(spend.instances, "instance")
            ))
            .into());
        }
        if spend.amount < bill.at_most() || spend.frozen != bill.frozen() {
            let text = format!("{} would be set aside where {} may be charged", spend.amount, bill.at_most());
            return Err(Failure::test(text).into());
        }
        handshake(visit, profile, "paying").await?;
        let asked = Instant::now();
        let receipt = kept.reserve(spend, caps)?;
        // Another run may have held the ledger meanwhile, for as long as a page takes to change.
        if asked.elapsed() > FRESH {
            handshake(visit, profile, "paying").await?;
        }
        Ok(Permit { kept: Arc::clone(kept), receipt, bill, _turn: turn })
    }

    /// A purchase came to this order. Gives what the order stands for: another receipt where the same purchase was confirmed before.
    ///
    /// # Errors
    /// Class guard: the ledger cannot be written.
    pub fn ordered(&self, receipt: Receipt, order: &OrderNumber) -> anyhow::Result<Receipt> {
        let Some(kept) = self.kept() else { return Ok(receipt) };
        let (entry, copy) = kept.note(receipt, |ledger, entry| ledger.ordered(entry, order))?;
        Ok(Receipt { entry, copy })
    }

    /// A purchase was delivered as these instances.
    ///
    /// # Errors
    /// Class guard: the ledger cannot be written.
    pub fn delivered(&self, receipt: Receipt, instances: &[InstanceId]) -> anyhow::Result<()> {
        self.note(receipt, |ledger, entry| ledger.delivered(entry, instances))
    }

    /// So much was charged for a purchase, as the target shows: what is more than was set aside counts from now on.
    ///
    /// # Errors
    /// Class guard: the ledger cannot be written.
    pub fn charged(&self, receipt: Receipt, amount: Money) -> anyhow::Result<()> {
        self.note(receipt, |ledger, entry| ledger.charged(entry, amount, 1))
    }

    /// The balance went down by so much more than anything explains, a purchase the last of it.
    ///
    /// # Errors
    /// Class guard: the ledger cannot be written.
    pub fn charged_beyond(&self, receipt: Receipt, excess: Money) -> anyhow::Result<()> {
        self.note(receipt, |ledger, entry| ledger.charged_beyond(entry, excess))
    }

    /// An instance has been returned, and is seen to be; `named`: what it is called.
    ///
    /// # Errors
    /// Class guard: the ledger cannot be written.
    pub fn returned(&self, account: &str, instance: &InstanceId, named: &str) -> anyhow::Result<()> {
        self.ledger().map_or(Ok(()), |ledger| ledger.returned(account, instance, named))
    }

    /// The page answered the click with a refusal or an unpaid order, in these words.
    ///
    /// # Errors
    /// Class guard: the ledger cannot be written.
    pub fn answered(&self, receipt: Receipt, answer: &str) -> anyhow::Result<()> {
        self.note(receipt, |ledger, entry| ledger.answered(entry, answer))
    }

    /// Balance and order list agree with all that is known of the scenario of this purchase: see [`Ledger::agreed`].
    ///
    /// # Errors
    /// Class guard: the ledger cannot be written.
    pub fn agreed(&self, receipt: Receipt, why: &str) -> anyhow::Result<()> {
        self.note(receipt, |ledger, entry| ledger.agreed(entry, why))
    }

    fn note(&self, receipt: Receipt, act: impl Fn(&Ledger, i64) -> anyhow::Result<()>) -> anyhow::Result<()> {
        self.kept().map_or(Ok(()), |kept| kept.note(receipt, act).map(drop))
    }
}

/// A target that is paid at can prove to be a test target, or both profile and run name an amount for a production one.
fn may_prove(profile: &Profile, buying: &Buying, means: &Means) -> Result<(), Failure> {
    let name = &profile.name;
    let limit = buying.per_run.amount;
    if profile.marker.is_some() {
        return Ok(());
    }
    if !buying.production {
        return Err(Failure::guard(format!(
            "refused to pay at {name}: it cannot prove to be a test target\n  expected a marker that every page of it shows and no production page does\n  mend     marker: in the profile (such as {{ meta: environment, is: staging }}); or, where real money is meant, buying: {{ production: true }} and --spend-up-to; or leave paying out: --tags 'not @pays'"
        )));
    }
    match means.spend_up_to {
        Some(amount) if amount <= limit => Ok(()),
        Some(amount) => Err(Failure::guard(format!(
            "refused to pay at {name}: the run may spend {amount}, its profile only {limit}\n  mend     --spend-up-to {limit}, or buying: per-run: in the profile"
        ))),
        None => Err(Failure::guard(format!(
            "refused to pay at {name}: it is a production target, and this run names no amount\n  mend     repeat the amount of the profile where real money is meant: --spend-up-to {limit}; or leave paying out: --tags 'not @pays'"
        ))),
    }
}

/// Where the ledger of a target is: a file on a disk, and never below a build folder, which people delete.
fn ledger_path(profile: &Profile, means: &Means) -> Result<PathBuf, Failure> {
    let named = profile.buying.as_ref().and_then(|buying| buying.ledger.clone());
    let file: String = profile
        .name
        .chars()
        .map(|letter| if letter.is_alphanumeric() || letter == '-' { letter } else { '_' })
        .collect();
    let path = match (named, &means.state_folder) {
        (Some(path), _) => path,
        (None, Some(folder)) => folder.join(format!("{file}.sqlite")),
        (None, None) => {
            return Err(Failure::guard(
                "refused to pay: there is nowhere to keep the ledger, since neither XDG_STATE_HOME nor HOME is set\n  mend     buying: ledger: in the profile, or set one of them",
            ));
        }
    };
    // What the database would take for something else than a path, and what an unset variable leaves.
    let text = path.to_string_lossy();
    let no_file = match text.as_ref() {
        "" => Some("names no file; a variable in it may be unset".to_owned()),
        text if text.starts_with(':') || text.to_ascii_lowercase().starts_with("file:") => {
            Some(format!("is {text:?}, which is no path of a file and would be forgotten with the run"))
        }
        text if text.contains("/~/") || text.starts_with('~') => {
            Some(format!("is {text:?}: what `~` stands for only shells know"))
        }
        text if text.ends_with('/') => Some(format!("is {text:?}, a folder")),
        _ => None,
    };
    if let Some(what) = no_file {
        return Err(Failure::guard(format!(
            "refused to pay: the ledger should be a file on a disk, and {what}\n  mend     buying: ledger: /var/lib/e2e/staging.sqlite in the profile; or leave the key out, and it is kept in the user's state folder"
        )));
    }
    if path.components().any(|part| part.as_os_str() == "target") {
        return Err(Failure::guard(format!(
            "refused to pay: the ledger {} would go with the next `cargo clean`\n  mend     buying: ledger: in the profile, outside any folder called target",
            path.display()
        )));
    }
    Ok(path)
}

/// The runs that are going on with a target's ledger at this moment, whether that can be opened or not.
#[must_use]
pub fn runs_alive(profile: &Profile, means: &Means) -> Vec<String> {
    // Where nothing can be told of, nothing was begun.
    ledger_path(profile, means).ok().and_then(|path| runs_alive_at(&path).ok()).unwrap_or_default()
}

/// Opens the ledger of a target for looking after what earlier runs left; `None` where there is none yet.
///
/// # Errors
/// Class guard: the ledger cannot be kept where the profile says, or cannot be opened.
pub fn ledger_of(profile: &Profile, means: &Means) -> anyhow::Result<Option<Ledger>> {
    let path = ledger_path(profile, means)?;
    // One that cannot be reached (a disk that is not mounted, a folder that is closed) is not one that was never made.
    match fs::symlink_metadata(&path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        _ => Ledger::open(&path).map(Some),
    }
}
