//! `dcdb-e2e login`: a session made by a person in a window, saved as a storage state for `accounts: session:` in a profile. Nothing
//! is saved that does not work in another browser.

use std::{
    fs,
    io::{IsTerminal as _, Write as _},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::Arc,
    time::Duration,
};

use anyhow::{Context as _, anyhow, ensure};
use clap::Args;
use tokio::{sync::oneshot, task::LocalSet};

use crate::{
    browser::{
        Session,
        launch::{self, BrowserKind, LaunchSettings},
    },
    evidence::Redaction,
    journeys,
    pages::Browsing,
    say,
    spoken::counted,
    target::{self, Account, Hosts, Page, Profile, Proof, SavedLogin, Target},
    warn,
};

/// How long a person may take to log in.
const PATIENCE: Duration = Duration::from_secs(600);

/// What `dcdb-e2e login` takes.
#[derive(Debug, Clone, Args)]
pub struct LoginArgs {
    /// Profile of the target
    #[arg(long, value_name = "FILE")]
    pub target: PathBuf,
    /// Where to save the login: as good as a password, readable by nobody else
    #[arg(long, value_name = "FILE")]
    pub save: PathBuf,
    /// Log in as this account of the profile, by its password and what the profile says is to be done on the way; no window is
    /// opened, and nobody is waited for
    #[arg(long, value_name = "NAME")]
    pub account: Option<String>,
}

/// Has somebody log in, and saves the login once it is seen to work; gives the exit status: 0 it is saved, 3 it is not.
///
/// # Errors
/// A profile that cannot be read, an account that it does not list, a file that cannot be written (exit status 2).
pub fn login(args: &LoginArgs, supervisor: &Path) -> anyhow::Result<u8> {
    let profile = target::load_to_log_in(&args.target, &|name| std::env::var(name).ok())?;
    profile.warnings.iter().for_each(|warning| warn!("warning: {warning}"));
    ensure!(
        profile.is_remote(),
        "{} is the stand-in that each run starts for itself: no login outlives it\n  mend: name the profile of another target",
        profile.name
    );
    let folder = folder_of(&args.save);
    ensure!(folder.is_dir(), "{} cannot be written: there is no folder {}", args.save.display(), folder.display());
    may_write(&args.save)?;
    let mut settings = LaunchSettings::from_variables(supervisor, |name| std::env::var_os(name))?
        .on_behalf_of(profile.webdriver.as_ref(), &profile.language)?
        .with_browser(BrowserKind::Chromium)?;
    settings.headed = args.account.is_none();
    settings.window = (profile.window.width, profile.window.height);
    let target = Arc::new(Target::new(profile, 0, 1.0));
    if let Some(name) = &args.account {
        ensure!(
            target.world.names().contains(name),
            "the profile {} lists no account {name:?}; there are: {}",
            target.profile.name,
            target.world.names().join(", ")
        );
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let made = LocalSet::new().block_on(&runtime, made(args, &target, &settings));
    let saved = match made {
        Ok(saved) => saved,
        Err(error) => {
            let secrets = Redaction::of_proofs(&target.world.proofs());
            warn!("error: {}\n  left     nothing is saved", secrets.text(&format!("{error:#}")));
            return Ok(3);
        }
    };
    save(&args.save, &saved)?;
    let sites = saved.origins.iter().filter(|stored| !stored.local_storage.is_empty()).count();
    say!(
        "saved     {}: {}, and what {} stored; readable by you alone",
        args.save.display(),
        counted(saved.cookies.len(), "cookie"),
        counted(sites, "site")
    );
    say!("use it    accounts: session: {} in the profile, in place of password:", args.save.display());
    if is_in_git(&args.save) {
        warn!(
            "warning: git does not ignore {}: it stands for a password until the login ends\n  mend     add it to .gitignore, or save it outside the repository",
            args.save.display()
        );
    }
    Ok(0)
}

async fn made(args: &LoginArgs, target: &Arc<Target>, settings: &LaunchSettings) -> anyhow::Result<SavedLogin> {
    let driver = match launch::launch(settings).await {
        Err(error) if settings.headed && !settings.display => {
            return Err(error.context(
                "a person needs a window to log in; --account NAME logs in as one of the profile, without any",
            ));
        }
        driver => driver?,
    };
    let session = Session::open(&driver, settings, "dcdb-e2e login").await?;
    let made = async {
        let made = match &args.account {
            Some(name) => by_account(&session, target, name).await?,
            None => by_person(&session, target).await?,
        };
        let saved = made.of_hosts(&target.profile.hosts);
        works(&session, target, &saved).await.map(|()| saved)
    };
    let made = made.await;
    session.close().await?;
    driver.end().await?;
    made
}

/// An account of the profile logs in.
async fn by_account(session: &Session, target: &Arc<Target>, name: &str) -> anyhow::Result<SavedLogin> {
    let account = target.world.account_named(name).await?;
    ensure!(
        matches!(account.proof, Proof::Password(_)),
        "{name} has no password to log in with\n  mend     leave out --account and log in yourself, or give it a password"
    );
    let browsing = Browsing::begin(session, Arc::clone(target)).await?;
    let logged_in = async {
        journeys::log_in_at_console(&browsing, &account).await?;
        all_sites(&browsing).await
    };
    let saved = logged_in.await;
    browsing.end().await?;
    saved
}

/// A person does. Nothing is pressed or typed meanwhile, and so the browser may be anywhere: many logins lead to sites of others.
async fn by_person(session: &Session, target: &Arc<Target>) -> anyhow::Result<SavedLogin> {
    let profile =
        Profile { hosts: Hosts::anywhere(), overlays: Vec::new(), on_the_way: Vec::new(), ..target.profile.clone() };
    let browsing = Browsing::begin(session, Arc::new(Target::new(profile, target.port, 1.0))).await?;
    let console = browsing.place(Page::Console, &[])?;
    browsing.go(&console).await?;
    let at_terminal = std::io::stdin().is_terminal();
    say!(
        "log in in the window that has opened: the login is saved once the console is seen at {}{}, within {} minutes",
        console.url,
        if at_terminal { ", or with Enter here" } else { "" },
        PATIENCE.as_secs() / 60
    );
    let entered = async {
        match at_terminal {
            true => enter().await,
            false => std::future::pending().await,
        }
    };
    tokio::select! {
        seen = browsing.visit.arrive_within(&console, PATIENCE) => seen.context("nobody has logged in in time")?,
        () = entered => {}
    }
    let saved = all_sites(&browsing).await;
    browsing.end().await?;
    saved
}

/// Enter at the terminal. A thread of its own reads, since reading from a terminal cannot be called off.
async fn enter() {
    let (tell, told) = oneshot::channel();
    std::thread::spawn(move || {
        let _read = std::io::stdin().read_line(&mut String::new());
        // Nobody may wait any more.
        let _told = tell.send(());
    });
    let _entered = told.await;
}

/// What the browser holds, and what each site of the target has stored in it.
async fn all_sites(browsing: &Browsing) -> anyhow::Result<SavedLogin> {
    let mut saved = browsing.visit.login().await?;
    for page in [Page::Home, Page::Purchase] {
        // One that does not come stores nothing that a login needs; what is saved is tried out anyway.
        if browsing.open(page).await.is_ok() {
            saved = saved.and(browsing.visit.login().await?);
        }
    }
    Ok(saved)
}

/// Another browser that takes it over is logged in.
async fn works(session: &Session, target: &Arc<Target>, saved: &SavedLogin) -> anyhow::Result<()> {
    let proof = Proof::Session(saved.clone());
    let somebody = Account::made("somebody".into(), String::new(), proof, None, Default::default());
    let browsing = Browsing::begin(session, Arc::clone(target)).await?;
    let tried = journeys::log_in_at_console(&browsing, &somebody).await;
    browsing.end().await?;
    tried.map_err(|error| {
        let secrets = Redaction::of_proofs(&[Proof::Session(saved.clone())]);
        anyhow!(secrets.text(&format!("{error:#}")))
            .context("another browser that took the login over was not logged in")
    })
}

fn folder_of(file: &Path) -> &Path {
    file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Nothing is written over but a login that was saved earlier.
fn may_write(file: &Path) -> anyhow::Result<()> {
    let is_free = !file.exists() || fs::metadata(file).is_ok_and(|it| it.len() == 0) || SavedLogin::is_in(file);
    ensure!(
        is_free,
        "--save {}: there is something else already, which is not written over\n  mend     give another name, or remove it",
        file.display()
    );
    Ok(())
}

/// Whole or not at all, and from its first byte on readable by nobody else.
fn save(file: &Path, saved: &SavedLogin) -> anyhow::Result<()> {
    let written = || {
        let mut new = tempfile::NamedTempFile::new_in(folder_of(file))?;
        new.write_all(saved.to_json().as_bytes())?;
        new.persist(file).map(drop).map_err(std::io::Error::from)
    };
    written().with_context(|| format!("writing {}", file.display()))
}

/// Whether the file is in a git repository that does not ignore it.
fn is_in_git(file: &Path) -> bool {
    let Ok(file) = fs::canonicalize(file) else { return false };
    let asked = Command::new("git")
        .arg("-C")
        .arg(folder_of(&file))
        .args(["check-ignore", "--quiet", "--"])
        .arg(&file)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    // 128: in no repository.
    asked.is_ok_and(|status| status.code() == Some(1))
}
