//! `dcdb-e2e doctor`: says what is missing on the machine, at the target and in its profile, and how to mend it. Walks the
//! target's pages as far as it can without buying.

mod machine;
mod propose;
mod walk;

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use clap::Args;
use tokio::task::LocalSet;

use crate::{
    browser::{
        Session,
        launch::{self, BrowserKind, LaunchSettings},
    },
    guard,
    levers::Hand,
    pages::Browsing,
    runner, say,
    spoken::entry,
    standin,
    target::{self, Account, Profile, Site, Target, Wish},
    warn,
};

/// After so long it is said that this waits for others.
const SAY_AFTER: Duration = Duration::from_secs(2);

/// What `dcdb-e2e doctor` takes.
#[derive(Debug, Clone, Args)]
pub struct DoctorArgs {
    /// Profile of the target; without it, the stand-in, started for this
    #[arg(long, value_name = "FILE")]
    pub target: Option<PathBuf>,
    /// Finds out by rule what the profile lacks, and writes it there as a profile that extends it; asks at a terminal
    #[arg(long, value_name = "OUT", requires = "target")]
    pub propose: Option<PathBuf>,
    /// Takes what is sure unasked, and nothing else
    #[arg(long, requires = "propose")]
    pub yes: bool,
    /// Goes through a purchase too, where the profile lets runs buy
    #[arg(long, requires = "propose")]
    pub buy: bool,
}

/// What was found of one thing that a run needs.
struct Finding {
    /// What was looked at.
    what: String,
    verdict: Verdict,
}

enum Verdict {
    /// As it should be, with what is worth saying of it.
    Good(String),
    /// Not as it should be, with what was seen and how to mend it.
    Bad(String),
    /// Could not be looked at, for this reason.
    Unseen(String),
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (mark, text) = match &self.verdict {
            Verdict::Good(text) => ('✓', text),
            Verdict::Bad(text) => ('✗', text),
            Verdict::Unseen(text) => ('-', text),
        };
        let mut lines = text.lines();
        write!(f, "  {mark} {:<34} {}", self.what, lines.next().unwrap_or_default())?;
        lines.try_for_each(|line| write!(f, "\n      {}", line.trim_start()))
    }
}

/// Examines machine, profile and target, and prints what it finds; gives the exit status: 0 all is well, 1 an element of
/// the profile is missing or ambiguous, 3 there is no browser or the target cannot be reached.
///
/// # Errors
/// A profile that cannot be read (exit status 2); a stand-in that does not start.
pub fn examine(args: &DoctorArgs, supervisor: &Path) -> anyhow::Result<u8> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let wanted = args.propose.clone().map(|out| propose::Wanted { out, yes: args.yes, buy: args.buy });
    wanted.iter().try_for_each(propose::Wanted::check)?;
    let path = args.target.clone().unwrap_or_else(|| root.join("tests/targets/standin.yaml"));
    let profile = target::load(&path, &|name| std::env::var(name).ok())?;
    profile.warnings.iter().for_each(|warning| warn!("warning: {warning}"));
    let reach = runner::reach(root, &profile);
    let mut settings = LaunchSettings::from_variables(supervisor, |name| std::env::var_os(name))?
        .on_behalf_of(profile.webdriver.as_ref(), &profile.language)?
        .with_browser(BrowserKind::Chromium)?;
    settings.window = (profile.window.width, profile.window.height);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let status = LocalSet::new().block_on(&runtime, all(&path, profile, &settings, wanted.as_ref()));
    match reach {
        Ok(reach) => say!("this target is {}", entry(&reach.to_string())),
        // The program may have been taken elsewhere, away from its features.
        Err(error) => say!("what share of the contract it is held to is not known: {}", entry(&format!("{error:#}"))),
    }
    status
}

async fn all(
    path: &Path,
    profile: Profile,
    settings: &LaunchSettings,
    wanted: Option<&propose::Wanted>,
) -> anyhow::Result<u8> {
    say!("profile {} ({}), language {}", profile.name, path.display(), profile.language);
    for errand in &profile.on_the_way {
        let deeds: Vec<_> = errand.deeds.iter().map(ToString::to_string).collect();
        say!("{}", entry(&format!("{errand}: {}", deeds.join(", "))));
    }
    if profile.logs_in_once() {
        say!("accounts log in once a run (login: once)");
    }
    say!("machine");
    let machine = machine::examine(&profile, settings).await;
    machine.iter().for_each(|finding| say!("{finding}"));
    let bad = |findings: &[Finding]| findings.iter().any(|finding| matches!(finding.verdict, Verdict::Bad(_)));
    if bad(&machine) {
        say!("no page was looked at: mend the above first");
        return Ok(3);
    }
    let standin = match &profile.standin {
        Some(standin) => {
            let generation = standin.generation.name();
            let args = ["--skin", standin.skin.name(), "--generation", generation, "--lang", &profile.language];
            Some(standin::start(&settings.supervisor, &settings.temporary, args.map(str::to_owned)).await?)
        }
        None => None,
    };
    let port = standin.as_ref().map_or(0, |(_, port)| *port);
    let target = Arc::new(Target::new(profile, port, 1.0));
    let driver = launch::launch(settings).await?;
    let session = Session::open(&driver, settings, "dcdb-e2e doctor").await?;
    // What it starts itself makes the account that it looks with; of another's target no lever is pulled.
    let account = match target.profile.is_remote() {
        true => account_of(&target, wanted.is_some_and(|wanted| wanted.buy)).await,
        false => {
            let hand = Hand::new(&target, None)?;
            hand.account(&Wish::default(), &hand.grip("doctor")).await
        }
    };
    let status = match (wanted, &account) {
        (Some(wanted), Ok(account)) => propose::propose(wanted, path, &session, &target, account).await,
        (Some(_), Err(why)) => Err(anyhow::anyhow!("there is nobody to log in: {why:#}")),
        (None, _) => look(path, &session, &target, account.as_ref()).await,
    };
    let ended = async {
        session.close().await?;
        driver.end().await?;
        if let Some((standin, _)) = standin {
            standin.end().await?;
        }
        anyhow::Ok(())
    };
    match (status, ended.await) {
        // What is left over at the target matters more than a browser that did not end.
        (Ok(7), Err(error)) => {
            warn!("warning: {}", entry(&format!("{error:#}")));
            Ok(7)
        }
        (status, ended) => ended.and(status),
    }
}

/// Who looks at another's target; where something is to be bought, kept from runs until this ends, as runs keep theirs.
async fn account_of(target: &Target, buys: bool) -> anyhow::Result<Account> {
    let wish = Wish::default();
    if buys {
        let folder = guard::state_folder(|name| std::env::var_os(name));
        let portal = target.profile.site(Site::Portal, target.port)?;
        let wishes = [(wish, 1)];
        let choosing = target.world.choose(&wishes, folder.as_deref(), portal.as_str());
        tokio::pin!(choosing);
        match tokio::time::timeout(SAY_AFTER, &mut choosing).await {
            Ok(chosen) => chosen?,
            Err(_) => {
                say!("waiting for accounts that other runs use");
                choosing.await?;
            }
        }
    }
    target.world.account(&wish).await
}

/// Looks for every element of the profile; gives the exit status.
async fn look(
    path: &Path,
    session: &Session,
    target: &Arc<Target>,
    account: Result<&Account, &anyhow::Error>,
) -> anyhow::Result<u8> {
    let browsing = Browsing::begin(session, Arc::clone(target)).await?;
    let found = walk::walk(&browsing, account).await;
    browsing.end().await?;
    let missing = found.iter().filter(|finding| matches!(finding.verdict, Verdict::Bad(_))).count();
    let unseen = found.iter().filter(|finding| matches!(finding.verdict, Verdict::Unseen(_))).count();
    say!("{} found, {missing} missing or ambiguous, {unseen} not looked at", found.len() - missing - unseen);
    if missing > 0 {
        say!("mend      override them in {}; tests/targets/base.yaml says what each key means", path.display());
    }
    Ok(u8::from(missing > 0))
}
