//! What must be done on the way through a target's pages, and acts round which it is done.

use std::{
    cell::RefCell,
    rc::{Rc, Weak},
    time::Duration,
};

use anyhow::Context as _;
use futures_util::future::{FutureExt as _, LocalBoxFuture};
use secrecy::ExposeSecret as _;

use super::{
    acting::Acting,
    condition::Condition,
    expectation::Expectation,
    hand::{Entry, Stroke, TAB},
    inquiry::read_each,
    question::{Inquiry, Look},
    waiting::{OnTheWay, Waiting},
};
use crate::{
    domain::{Class, Failure, InClass as _},
    target::{Codes, Deed, Errand, Locator, Moment},
};

/// Does things with elements, and what must be done on the way before and after.
pub(super) struct Errands {
    pub(super) acting: Acting,
    /// Who logs in, and the one-time codes of that account.
    account: RefCell<(String, Option<Codes>)>,
}

/// How long a person may take.
const PATIENCE: Duration = Duration::from_secs(300);

impl Errands {
    pub(super) fn new(acting: Acting) -> Rc<Self> {
        let errands = Rc::new(Self { acting, account: RefCell::default() });
        let on_the_way: Rc<dyn OnTheWay> = Rc::clone(&errands) as _;
        // Nobody else tells it.
        let _first = errands.acting.waiting.on_the_way.set(Rc::downgrade(&on_the_way) as Weak<dyn OnTheWay>);
        errands
    }

    /// Who logs in from now on.
    pub(super) fn account_is(&self, name: &str, codes: Option<Codes>) {
        self.account.replace((name.to_owned(), codes));
    }

    /// Presses an element and keys.
    pub(super) async fn press(&self, page: &str, locator: &Locator, then: Vec<Stroke>) -> anyhow::Result<()> {
        self.before(page, locator).await?;
        self.acting.press(page, locator, then).await?;
        self.after(page, locator);
        Ok(())
    }

    /// Presses what may pay: nothing is done on the way any more, whatever was due. `ready` as of [`Acting::press_once`].
    pub(super) async fn press_once(
        &self,
        page: &str,
        locator: &Locator,
        then: Vec<Stroke>,
        ready: impl FnOnce() -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        self.forget();
        self.acting.press_once(page, locator, then, ready).await
    }

    /// Replaces what is in a field.
    pub(super) async fn replace(&self, page: &str, locator: &Locator, entry: Entry) -> anyhow::Result<()> {
        self.before(page, locator).await?;
        self.acting.replace(page, locator, entry).await?;
        self.after(page, locator);
        Ok(())
    }

    /// Another page is to be opened: what was to be done on the way from the last one is not any more.
    pub(super) fn forget(&self) {
        self.acting.waiting.due.borrow_mut().clear();
    }

    /// A page has come.
    pub(super) async fn arrived(&self, page: &str) -> anyhow::Result<()> {
        self.forget();
        self.run_all(page, &Moment::Arrival).await
    }

    async fn before(&self, page: &str, locator: &Locator) -> anyhow::Result<()> {
        if self.acting.waiting.errands.borrow().is_empty() {
            return Ok(());
        }
        self.run_all(page, &Moment::Before(locator.clone())).await
    }

    fn after(&self, page: &str, locator: &Locator) {
        let waiting = &self.acting.waiting;
        let now = self.at(page, &Moment::After(locator.clone()));
        let mut due = waiting.due.borrow_mut();
        due.retain(|errand| !now.contains(errand));
        due.extend(now);
    }

    /// The errands of this moment, by their numbers.
    fn at(&self, page: &str, moment: &Moment) -> Vec<usize> {
        let errands = self.acting.waiting.errands.borrow();
        errands
            .iter()
            .enumerate()
            .filter(|(_, (when, errand))| errand.at.title() == page && when == moment)
            .map(|(at, _)| at)
            .collect()
    }

    async fn run_all(&self, page: &str, moment: &Moment) -> anyhow::Result<()> {
        for errand in self.at(page, moment) {
            let when = self.acting.waiting.errands.borrow().get(errand).and_then(|(_, errand)| errand.when.clone());
            if let Some(when) = when
                && !self.is_there(page, &when).await?
            {
                continue;
            }
            self.run(errand).await?;
        }
        Ok(())
    }

    async fn deeds(&self, errand: &Errand) -> anyhow::Result<()> {
        let (acting, page) = (&self.acting, errand.at.title());
        let irrevocable = || {
            acting.waiting.manners.irrevocable.iter().flat_map(|(keys, locator)| {
                // Of what is in a frame, the page has the frame.
                let frame = locator.frames().into_iter().next();
                [Some(locator.clone()), frame].into_iter().flatten().map(move |locator| (keys.clone(), locator))
            })
        };
        for deed in &errand.deeds {
            let by_name = |whole| errand.barred_names(whole).into_iter().map(|name| ("by its name".to_owned(), name));
            let names: Vec<_> = match deed {
                Deed::Tick(_) => by_name(false).collect(),
                Deed::Press(_) => by_name(true).collect(),
                Deed::Choose(..) | Deed::Fill(..) | Deed::WaitFor(_) | Deed::Person(..) => Vec::new(),
            };
            acting.waiting.barred.replace(irrevocable().chain(names).collect());
            match deed {
                Deed::Tick(at) => {
                    if !self.look(page, at, Condition::Box).await? {
                        acting.press(page, at, Vec::new()).await?;
                        acting.landed(page).await?;
                        self.look(page, at, Condition::Ticked).await?;
                    }
                }
                Deed::Choose(at, option) => acting.choose_native(page, at, option).await?,
                Deed::Fill(at, text) => {
                    let text = self.filled(text.expose_secret())?;
                    acting.replace(page, at, Entry { text, shown: None, leave: Some(TAB) }).await?;
                }
                Deed::Press(at) => {
                    acting.press(page, at, Vec::new()).await?;
                    acting.landed(page).await?;
                }
                Deed::WaitFor(at) => {
                    self.look(page, at, Condition::Visible).await?;
                }
                Deed::Person(at, until) => {
                    if self.is_there(page, at).await? {
                        acting.waiting.manners.person.ask(&self.account.borrow().0, &format!("{page}: {at}"))?;
                        let (at, condition) =
                            until.as_deref().map_or((at, Condition::Absent), |at| (at, Condition::Visible));
                        let solved = self.look_within(page, at, condition, PATIENCE);
                        acting.waiting.time.outside(solved).await.in_class(Class::Infrastructure)?;
                    }
                }
            }
        }
        Ok(())
    }

    async fn is_there(&self, page: &str, locator: &Locator) -> anyhow::Result<bool> {
        let found = read_each(&self.acting.waiting, page, &[Inquiry::Now(locator.clone())]).await?;
        Ok(found.iter().any(|found| found.reading.is_some()))
    }

    /// Waits until this holds; gives whether the element is chosen then.
    async fn look(&self, page: &str, locator: &Locator, condition: Condition) -> anyhow::Result<bool> {
        self.look_within(page, locator, condition, self.acting.waiting.manners.element).await
    }

    async fn look_within(
        &self,
        page: &str,
        locator: &Locator,
        condition: Condition,
        within: Duration,
    ) -> anyhow::Result<bool> {
        let expectation = Expectation { page, subject: locator.to_string(), should: condition.words(), locator };
        let look = Look { locator: locator.clone(), condition, cells: None };
        let looked = self.acting.waiting.ask_within(look, within, &expectation).await?;
        Ok(looked.reading.is_some_and(|reading| reading.checked))
    }

    fn filled(&self, text: &str) -> anyhow::Result<String> {
        if !text.contains("{code}") {
            return Ok(text.to_owned());
        }
        let account = self.account.borrow();
        let codes = account.1.as_ref().ok_or_else(|| {
            Failure::infrastructure(
                "a one-time code is asked for of an account that has no secret to make one of\n  mend     accounts: one-time-code: in the profile",
            )
        })?;
        Ok(text.replace("{code}", &codes.now()))
    }
}

/// What was barred before an errand, and is again after it.
struct Bars<'a>(&'a Waiting, Vec<(String, Locator)>);

impl Drop for Bars<'_> {
    fn drop(&mut self) {
        self.0.barred.replace(std::mem::take(&mut self.1));
    }
}

impl OnTheWay for Errands {
    fn run(&self, errand: usize) -> LocalBoxFuture<'_, anyhow::Result<()>> {
        async move {
            let waiting = &self.acting.waiting;
            let Some((_, errand)) = waiting.errands.borrow().get(errand).cloned() else { return Ok(()) };
            // It may be given up at any moment, and another one may be going on.
            let _bars = Bars(waiting, waiting.barred.take());
            let others = waiting.due.take();
            let done = self.deeds(&errand).await;
            waiting.due.borrow_mut().extend(others);
            // A press on the way is not made again by what comes after it, which knows nothing of what is barred.
            waiting.let_be();
            done.with_context(|| errand.to_string())
        }
        .boxed_local()
    }
}
