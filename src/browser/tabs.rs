//! A buyer's tabs: which of them is looked at, and what the driver is told to do in it.

use std::{
    cell::{Cell, RefCell},
    future::poll_fn,
    pin::Pin,
    rc::Rc,
    task::Poll,
    time::{Duration, Instant},
};

use fantoccini::{Client, error::CmdError, wd::WindowHandle};
use tokio::task::JoinHandle;

use super::{
    calls::Calls,
    channel::Channel,
    dialog::DialogKind,
    trouble::{GRACE, Trouble},
};

/// The tabs of one user context.
pub(super) struct Tabs {
    pub(super) client: Client,
    pub(super) channel: Rc<Channel>,
    pub(super) user_context: String,
    pub(super) calls: Calls,
    tab: RefCell<String>,
    /// The driver's turning to the tab, while it is on its way.
    turning: RefCell<Option<JoinHandle<Result<(), CmdError>>>>,
    /// Those that were there before the last press: what it opens is none of them.
    before: RefCell<Vec<String>>,
    /// When a page was opened by its address, until it is arrived at or left.
    opened: Cell<Option<Instant>>,
}

impl Tabs {
    pub(super) fn open(
        client: Client,
        channel: Rc<Channel>,
        user_context: String,
        tab: String,
    ) -> anyhow::Result<Self> {
        let tabs = Self {
            client,
            channel,
            user_context,
            calls: Calls::default(),
            tab: RefCell::new(tab.clone()),
            turning: RefCell::default(),
            before: RefCell::default(),
            opened: Cell::default(),
        };
        tabs.look_at(tab)?;
        Ok(tabs)
    }

    /// The tab that is looked at.
    pub(super) fn here(&self) -> String {
        self.tab.borrow().clone()
    }

    /// Turns to a tab. The driver needs a while for that, and gets it while the page loads: what is next asked of it waits.
    pub(super) fn look_at(&self, tab: String) -> anyhow::Result<()> {
        let handle = WindowHandle::try_from(tab.clone())?;
        let client = self.client.clone();
        let turning = tokio::task::spawn_local(async move { client.switch_to_window(handle).await });
        self.turning.replace(Some(turning));
        self.tab.replace(tab);
        Ok(())
    }

    /// Waits until the driver has turned to the tab. Where it could not, it is told to turn again: nothing is ever done in the
    /// tab that was left.
    async fn turned(&self) -> Result<(), Trouble> {
        let turned = poll_fn(|context| match self.turning.borrow_mut().as_mut() {
            Some(turning) => Pin::new(turning).poll(context),
            None => Poll::Ready(Ok(Ok(()))),
        });
        let turned = turned.await.map_err(|error| Trouble::Channel(error.into()));
        match turned.and_then(|turned| turned.map_err(Trouble::from)) {
            Ok(()) => {
                self.turning.take();
                Ok(())
            }
            Err(trouble) => {
                self.look_at(self.here()).map_err(Trouble::Channel)?;
                Err(self.named(trouble).await)
            }
        }
    }

    /// Has the driver do something, once it has turned to the tab that is looked at.
    pub(super) async fn call<T>(
        &self,
        doing: &'static str,
        about: impl Into<String>,
        within: Duration,
        command: impl Future<Output = Result<T, CmdError>>,
    ) -> Result<T, Trouble> {
        if self.turning.borrow().is_some() {
            self.calls.timed("turning to the tab", "", GRACE, self.turned()).await?;
        }
        let command = async {
            match command.await {
                Ok(done) => Ok(done),
                Err(error) => Err(self.named(error.into()).await),
            }
        };
        self.calls.timed(doing, about, within, command).await
    }

    /// What a driver does not say of a dialog, the browser does.
    async fn named(&self, trouble: Trouble) -> Trouble {
        match trouble {
            Trouble::Alert(dialog) if dialog.kind == DialogKind::Unknown => {
                Trouble::Alert(self.channel.dialog_soon(&self.user_context).await.unwrap_or(dialog))
            }
            trouble => trouble,
        }
    }

    /// The page that is looked at was opened by its address just now.
    pub(super) fn page_was_opened(&self) {
        self.opened.set(Some(Instant::now()));
    }

    /// When it was; forgets it, since it has been arrived at or left.
    pub(super) fn take_opened(&self) -> Option<Instant> {
        self.opened.take()
    }

    /// A press comes, which may open a tab.
    pub(super) fn press_comes(&self) {
        self.before.replace(self.channel.tabs(&self.user_context));
        self.opened.take();
    }

    /// Waits for a tab that the last press opened; `None` where none came in time.
    pub(super) async fn opened_by_press(&self, within: Duration) -> Option<String> {
        let known = self.before.borrow().clone();
        self.channel.opened_tab(&self.user_context, &self.here(), &known, within).await
    }
}
