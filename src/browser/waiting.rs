//! Waiting until a page answers as wanted: the one loop that waits.
//!
//! Whatever keeps the page from answering is dealt with meanwhile, as a person would: overlays are dismissed, dialogs answered as
//! the profile says, and what a hand did is done again where the page slid away under it.

use std::{
    cell::{OnceCell, RefCell},
    fmt,
    rc::{Rc, Weak},
    time::{Duration, Instant},
};

use anyhow::Context as _;
use futures_util::future::LocalBoxFuture;
use url::Url;

use super::{
    expectation::Expectation,
    fault::Blame,
    hand::{Gesture, Hand, Stroke},
    looking::{Look, Looking},
    manners::Manners,
    question::{
        Aim, Aimed, Answered, Dismiss, Dismissed, Landed, Overlay, Press, Question, Reach, Reached, Seen, Sought,
        Terms, Typing, Unmet,
    },
    replies::Replies,
    tabs::Tabs,
    time::Time,
    trouble::{GRACE, Trouble, astray, is_error_page},
};
use crate::{
    domain::Failure,
    target::{Errand, Locator, Moment, Text},
};

/// How long one look may last before it is asked again: an answer must come now and then, or the page hangs.
const LOOK: Duration = Duration::from_secs(4);
/// How long the next look waits after a navigation swept the last one away.
const AFTER_NAVIGATION: Duration = Duration::from_millis(2);
/// How long it is looked for what dismisses an overlay; gone again, or still sliding in, the next look finds it out.
const DISMISS: Duration = Duration::from_millis(500);

/// Nobody presses Tab more often than this for one element.
const MOST_STOPS: usize = 300;

/// Does what must be done on the way in the middle of a wait.
pub(super) trait OnTheWay {
    /// Does the errand of this number.
    fn run(&self, errand: usize) -> LocalBoxFuture<'_, anyhow::Result<()>>;
}

/// Waits for a page.
pub(super) struct Waiting {
    pub(super) manners: Rc<Manners>,
    tabs: Rc<Tabs>,
    looking: Rc<Looking>,
    replies: Rc<Replies>,
    hand: Rc<Hand>,
    blame: Rc<Blame>,
    pub(super) time: Time,
    /// What must be done on the way, each with when.
    pub(super) errands: RefCell<Vec<(Moment, Errand)>>,
    /// Those of them that are done as soon as their signs are there.
    pub(super) due: RefCell<Vec<usize>>,
    /// Who does them.
    pub(super) on_the_way: OnceCell<Weak<dyn OnTheWay>>,
    /// What may not be pressed now, beside what it is for: an errand is being done.
    pub(super) barred: RefCell<Vec<(String, Locator)>>,
    /// What was looked for in vain so far; failures name it by its number.
    pub(super) sought: RefCell<Vec<Sought>>,
}

impl Waiting {
    pub(super) fn new(
        manners: Rc<Manners>,
        tabs: Rc<Tabs>,
        looking: Rc<Looking>,
        replies: Rc<Replies>,
        hand: Rc<Hand>,
        blame: Rc<Blame>,
        time: Time,
    ) -> Self {
        let errands = RefCell::new(manners.errands.clone());
        Self {
            manners,
            tabs,
            looking,
            replies,
            hand,
            blame,
            time,
            errands,
            due: RefCell::default(),
            on_the_way: OnceCell::new(),
            barred: RefCell::default(),
            sought: RefCell::default(),
        }
    }

    /// Asks the page until it answers as wanted, as long as an element may take.
    pub(super) async fn ask<Q: Question>(
        &self,
        question: Q,
        expectation: &Expectation<'_>,
    ) -> anyhow::Result<Q::Answer> {
        self.ask_within(question, self.manners.element, expectation).await
    }

    /// The same for so long.
    pub(super) async fn ask_within<Q: Question>(
        &self,
        question: Q,
        within: Duration,
        expectation: &Expectation<'_>,
    ) -> anyhow::Result<Q::Answer> {
        // Whatever is done on a page holds this: boxed, it does not fill the stack.
        Box::pin(self.ask_since(Instant::now(), question, within, expectation)).await
    }

    /// The same, where the waiting has begun already. The one loop that waits.
    pub(super) async fn ask_since<Q: Question>(
        &self,
        mut started: Instant,
        question: Q,
        within: Duration,
        expectation: &Expectation<'_>,
    ) -> anyhow::Result<Q::Answer> {
        let within = self.manners.scaled(within);
        if let Some(whose) = self.time.is_up() {
            let text = format!("{expectation}\n  but      {whose} were up before it could be looked at");
            return Err(Failure::infrastructure(text).into());
        }
        let about = expectation.to_string();
        let frames = expectation.locator.frames();
        self.sure_of_press(&frames, expectation).await?;
        let mut last: Option<Seen> = None;
        loop {
            let left = within.saturating_sub(started.elapsed());
            let terms = Terms { last: left <= LOOK, ..self.terms() };
            let since = started;
            let is_in_time = || left > LOOK || since.elapsed() < within;
            let looking = self.looking.look_in(&frames, &question, &terms, &about, left.min(LOOK));
            let look = match Box::pin(looking).await {
                // A page that asks without end is not answered for ever.
                Err(_) if started.elapsed() < within + GRACE && self.replies.answer_by_profile().await? => continue,
                look => look?,
            };
            self.stay_home::<Q>(&look, expectation).await?;
            match look.map(|answered| answered.met) {
                Some(Ok(answer)) => return Ok(answer),
                Some(Err(Unmet::Overlay { overlay })) if overlay >= self.manners.overlays.len() => {
                    self.run_due(overlay - self.manners.overlays.len()).await?;
                    // What is waited for begins only now.
                    started = Instant::now();
                    continue;
                }
                Some(Err(Unmet::Overlay { overlay })) => {
                    self.dismiss(overlay).await?;
                    self.hover_again(expectation).await?;
                }
                Some(Err(Unmet::Missed(seen))) if is_in_time() => {
                    last = Some(seen);
                    self.do_again(expectation, None).await?;
                }
                Some(Err(Unmet::Slipped(seen))) if is_in_time() => {
                    self.do_again(expectation, Some(&seen.seen)).await?;
                    last = Some(seen);
                }
                Some(Err(Unmet::Broken(seen))) => {
                    let why = seen.seen;
                    let text = format!("{expectation}\n  but the page could not be asked: {why}");
                    return Err(Failure::test(text).into());
                }
                Some(Err(Unmet::NotYet(seen) | Unmet::Missed(seen) | Unmet::Slipped(seen) | Unmet::Silent(seen))) => {
                    if let Some(at) = seen.at.as_deref().filter(|at| is_error_page(at)) {
                        return Err(self.blame.error_page(&about, at).await.into());
                    }
                    last = Some(seen);
                }
                None if !left.is_zero() => {
                    if !self.tabs.channel.reaches_pages() {
                        // Only now is a new document being made; a look before it is there would be swept away as well.
                        tokio::time::sleep(AFTER_NAVIGATION.min(left)).await;
                    }
                    continue;
                }
                None => {}
            }
            if !is_in_time() {
                return Err(self.failure(expectation, last.as_ref(), started.elapsed()).await.into());
            }
        }
    }

    /// On which terms the page is asked, unless it is asked only as it is now.
    fn terms(&self) -> Terms {
        let overlays = self.manners.overlays.iter();
        let overlays = overlays.map(|(shown, dismiss)| Overlay { shown: shown.clone(), dismiss: dismiss.clone() });
        let (errands, due) = (self.errands.borrow(), self.due.borrow());
        let signs = due.iter().filter_map(|errand| errands.get(*errand)?.1.sign());
        let overlays = overlays.chain(signs.map(|sign| Overlay { shown: sign.clone(), dismiss: sign })).collect();
        let load_ms = u64::try_from(self.manners.load.as_millis()).unwrap_or(u64::MAX);
        Terms { overlays, load_ms, last: false }
    }

    /// It was not so in time.
    async fn failure(&self, expectation: &Expectation<'_>, last: Option<&Seen>, waited: Duration) -> Failure {
        let leaving = self.tabs.channel.leaving(&self.tabs.here());
        let failing = last.and_then(|seen| seen.document.as_ref()).filter(|document| document.status >= 500);
        let text = expectation.unmet(last, leaving.as_deref(), waited);
        // What comes of a navigation is only heard of: of a browser that has gone nothing would be, either.
        let was_silent = last.is_none() || leaving.is_some();
        if was_silent && !self.tabs.channel.nods(&self.tabs.here()).await {
            let what = "does not answer any more: it has gone, or the machine that it is on";
            return Failure::infrastructure(format!("{text}\n  browser  {what}"));
        }
        match leaving.as_ref().or(failing.map(|document| &document.address)) {
            Some(address) => self.blame.of_page_or_site(text, address).await,
            None => Failure { sought: self.sought_in_vain(expectation, last), ..Failure::product(text) },
        }
    }

    /// The number of what was looked for, where the page has none of it, or several.
    fn sought_in_vain(&self, expectation: &Expectation<'_>, last: Option<&Seen>) -> Vec<usize> {
        let refused = last.and_then(|seen| seen.document.as_ref()).is_some_and(|document| document.status >= 400);
        let found = last.and_then(|seen| seen.found).filter(|found| *found != 1 && !refused);
        let mut sought = self.sought.borrow_mut();
        let number = sought.len();
        sought.extend(found.map(|found| Sought {
            page: expectation.page.to_owned(),
            locator: expectation.locator.clone(),
            found,
        }));
        (number..sought.len()).collect()
    }

    /// The page that answered, and every tab of this buyer as far as the browser has told, is on a host of the target, and came
    /// there by none of another. A page can be there before the browser has told by which way it came; before anything is done
    /// on it, all is heard.
    pub(super) async fn stay_home<Q: Question>(
        &self,
        look: &Look<Q::Answer>,
        doing: impl fmt::Display,
    ) -> anyhow::Result<()> {
        let is_met = look.as_ref().is_some_and(|answered| answered.met.is_ok());
        if self.manners.follows_tabs && Q::HEARD_OUT && is_met {
            self.tabs.channel.catch_up(&self.tabs.here()).await.map_err(Trouble::Channel)?;
        }
        let here = look.as_ref().and_then(|answered| answered.at.clone());
        let went = here.into_iter().chain(self.tabs.channel.went(&self.tabs.user_context));
        let mut off = went.filter(|at| Url::parse(at).is_ok_and(|url| !self.manners.hosts.admit(&url)));
        off.next().map_or(Ok(()), |at| Err(astray(doing, &at).into()))
    }

    /// What was last done is not done again.
    pub(super) fn let_be(&self) {
        self.hand.let_be();
    }

    /// Does an errand whose sign is there, the one of this place among those that are due.
    async fn run_due(&self, place: usize) -> anyhow::Result<()> {
        let errand = self.due.borrow_mut().remove(place);
        self.let_be();
        let Some(on_the_way) = self.on_the_way.get().and_then(Weak::upgrade) else { return Ok(()) };
        on_the_way.run(errand).await
    }

    /// Dismisses what lies over the page; nothing is pressed that cannot be taken back.
    async fn dismiss(&self, index: usize) -> anyhow::Result<()> {
        let Some((_, dismiss)) = self.manners.overlays.get(index) else { return Ok(()) };
        let about = format!("{dismiss}, to dismiss what lies over the page");
        // Of what is in a frame, the page has the frame.
        let on_the_page = |locator: &Locator| locator.frames().into_iter().next().unwrap_or_else(|| locator.clone());
        let barred = self.manners.irrevocable.iter().map(|(_, locator)| on_the_page(locator)).collect();
        let question = Dismiss { locator: dismiss.clone(), barred };
        let look = self.looking.look(&question, &Terms::default(), &about, DISMISS).await?;
        self.stay_home::<Dismiss>(&look, &about).await?;
        let Some(Answered { met: Ok(dismissed), .. }) = look else { return Ok(()) };
        let point = match dismissed {
            Dismissed::At(point) => point,
            Dismissed::Barred { which, seen } => {
                let (keys, locator) =
                    self.manners.irrevocable.get(which).context("the page script named no locator")?;
                return Err(Failure::guard(format!(
                    "{about}\n  refused  it is {seen}, which pays, terminates or returns: {locator} ({keys}); nothing was pressed\n  mend     overlays: dismiss: in the profile: say what closes the overlay and nothing else"
                ))
                .into());
            }
        };
        // Where this press misses, the overlay is looked at again; what was done before is not to be done again for it.
        self.hand.let_be();
        self.replies.forget_press();
        self.hand.strike(&about, &point, &[]).await
    }

    /// A press in a frame that met another thing is made again before another document is asked what came of it.
    async fn sure_of_press(&self, frames: &[Locator], expectation: &Expectation<'_>) -> anyhow::Result<()> {
        let pressed_in = self.hand.take_unsure();
        if pressed_in.is_empty() || pressed_in == frames {
            return Ok(());
        }
        let (terms, about) = (Terms::default(), expectation.to_string());
        let looking = self.looking.look_in(&pressed_in, &Landed {}, &terms, &about, Duration::ZERO);
        match Box::pin(looking).await {
            Ok(Some(Answered { met: Err(Unmet::Missed(_)), .. })) => self.do_again(expectation, None).await,
            Ok(Some(Answered { met: Err(Unmet::Slipped(seen)), .. })) => {
                self.do_again(expectation, Some(&seen.seen)).await
            }
            // Whatever keeps it from answering, what is asked next meets too.
            _ => Ok(()),
        }
    }

    /// Does again what was last done, which missed what it was meant for: `slipped` where the page has met its beginning.
    pub(super) async fn do_again(&self, expectation: &Expectation<'_>, slipped: Option<&str>) -> anyhow::Result<()> {
        let Some(gesture) = self.hand.last() else { return Ok(()) };
        if let (Gesture::PressOnce(locator, _), Some(what)) = (&gesture, slipped) {
            self.hand.let_be();
            return Err(Failure::product(format!(
                "{expectation}\n  but      a press on {locator} became no click: {what}\n  left     as it is: what may have paid is not pressed again"
            ))
            .into());
        }
        let permitted = self.replies.permitted();
        let ready = || {
            self.replies.permit(permitted);
            Ok(())
        };
        match &gesture {
            // A menu has closed behind a pointer that missed one of its levels.
            Gesture::Hover(_) => {
                self.hand.let_be();
                self.hover_again(expectation).await?;
            }
            _ => Box::pin(self.perform(&gesture, expectation.page, Stroke::SelectAll, ready)).await?,
        }
        // An overlay that was dismissed on the way must not have made it be forgotten: it may have missed again.
        self.hand.did_again(gesture);
        Ok(())
    }

    /// Rests the pointer on one after the other of what it rested on since the last press: a menu of several levels has
    /// closed behind a pointer that had to leave it.
    async fn hover_again(&self, expectation: &Expectation<'_>) -> anyhow::Result<()> {
        for locator in self.hand.hovered() {
            let hover = Gesture::Hover(locator);
            Box::pin(self.perform(&hover, expectation.page, Stroke::SelectAll, || Ok(()))).await?;
        }
        Ok(())
    }

    /// Does something with an element once it can be done: in one call each for aiming and acting. `ready` is called in between;
    /// where it fails, nothing is done.
    pub(super) async fn perform(
        &self,
        gesture: &Gesture,
        page: &str,
        select: Stroke,
        ready: impl FnOnce() -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        // What is done on the way is refused by what lies where it would be pressed, which only a pointer knows.
        if self.hand.is_without_mouse() && self.barred.borrow().is_empty() {
            return Box::pin(self.perform_by_keys(gesture, page, select, ready)).await;
        }
        let aimed = self.aim(page, gesture).await?;
        let about = format!("{page}: {}", gesture.locator());
        if let Some((which, seen)) = aimed.barred {
            let barred = self.barred.borrow();
            let (keys, locator) = barred.get(which).context("the page script named no locator")?;
            return Err(Failure::guard(format!(
                "{about}\n  refused  it is {seen}, which pays, confirms, terminates or returns: {locator} ({keys}); nothing was pressed\n  mend     on-the-way: in the profile: say what else is done there"
            ))
            .into());
        }
        let then = match gesture {
            Gesture::Hover(_) => return self.hand.rest(&about, &aimed.point).await,
            Gesture::Press(_, then) | Gesture::PressOnce(_, then) => then.clone(),
            Gesture::Type(_, entry) => entry.strokes(select, aimed.keys),
        };
        // What came of typing is asked right after it.
        let is_unsure = !matches!(gesture, Gesture::Type(..));
        self.hand.presses_in(if is_unsure { gesture.locator().frames() } else { Vec::new() });
        self.replies.press_comes(page, aimed.grave);
        ready()?;
        self.tabs.press_comes();
        if then.is_empty() {
            self.looking.another_may_come();
        }
        self.hand.strike(&about, &aimed.point, &then).await?;
        self.hand.has_pressed(Press::new(&aimed.point, &aimed.around));
        Ok(())
    }

    /// The same with the keyboard alone: by Tab, and arrows where these lead on, and then with the key that uses the element.
    async fn perform_by_keys(
        &self,
        gesture: &Gesture,
        page: &str,
        select: Stroke,
        ready: impl FnOnce() -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        let typing = match gesture {
            Gesture::Type(_, entry) => Some(entry.told()),
            _ => None,
        };
        let keys = self.go_by_keys(page, gesture.locator(), typing, None).await?;
        let strokes = match gesture {
            // What opens under a pointer opens for what has the focus, or is no use to who has none.
            Gesture::Hover(_) => return Ok(()),
            Gesture::Press(_, then) | Gesture::PressOnce(_, then) => {
                let once_more = |stroke: &Stroke| match stroke {
                    Stroke::Again => keys.clone(),
                    stroke => vec![stroke.clone()],
                };
                keys.iter().cloned().chain(then.iter().flat_map(once_more)).collect()
            }
            Gesture::Type(_, entry) => {
                let told = |stroke| if let Stroke::Text(keys) = stroke { Some(keys) } else { None };
                entry.strokes(select, keys.into_iter().find_map(told))
            }
        };
        // Who has no pointer is asked back all the more; nothing is agreed to that might be grave.
        self.replies.press_comes(page, true);
        ready()?;
        self.tabs.press_comes();
        self.looking.another_may_come();
        self.hand.type_keys(&format!("{page}: {}", gesture.locator()), &strokes).await
    }

    /// Goes to an element with the keyboard alone; gives the strokes that use it, or the keys to type where these are not the text.
    ///
    /// # Errors
    /// Class product: it is not there or cannot be used; or it cannot be reached, another element keeps the focus, or nothing shows
    /// where it is.
    pub(super) async fn go_by_keys(
        &self,
        page: &str,
        locator: &Locator,
        typing: Option<Typing>,
        option: Option<&Text>,
    ) -> anyhow::Result<Vec<Stroke>> {
        let should = "be reached and used by keyboard".into();
        let expectation = Expectation { page, subject: locator.to_string(), should, locator };
        let about = expectation.to_string();
        for pressed in 0..MOST_STOPS {
            let (began, pointed) = (pressed == 0, self.hand.has_pointed());
            let question =
                Reach { locator: locator.clone(), typing: typing.clone(), option: option.cloned(), began, pointed };
            match self.ask(question, &expectation).await? {
                Reached::There(keys) => return Ok(keys.iter().map(|key| Stroke::of_key(key)).collect()),
                Reached::Press(key) => self.hand.type_keys(&about, &[Stroke::of_key(&key)]).await?,
                Reached::Wrong(what) => return Err(Failure::product(format!("{about}\n  but      {what}")).into()),
            }
        }
        Err(Failure::product(format!("{about}\n  but      {MOST_STOPS} keys did not lead there")).into())
    }

    /// Where the element is, and whether a press there would be one on what cannot be taken back, as far as that matters.
    async fn aim(&self, page: &str, gesture: &Gesture) -> anyhow::Result<Aimed> {
        let locator = gesture.locator();
        let (should, typing) = match gesture {
            Gesture::Hover(_) => ("be under the pointer", None),
            Gesture::Press(..) | Gesture::PressOnce(..) => ("take a click", None),
            Gesture::Type(_, entry) => ("take text", Some(entry.told())),
        };
        let expectation = Expectation { page, subject: locator.to_string(), should: should.into(), locator };
        let press = !matches!(gesture, Gesture::Hover(_));
        // Who asks costs a look for each.
        let matters = press && self.manners.dialogs.iter().any(|rule| rule.reply.accepts());
        let irrevocable = self.manners.irrevocable.iter().filter(|_| matters);
        let grave = irrevocable.map(|(_, locator)| locator.clone()).collect();
        let barred = self.barred.borrow().iter().filter(|_| press).map(|(_, locator)| locator.clone()).collect();
        self.ask(Aim { locator: locator.clone(), press, typing, grave, barred }, &expectation).await
    }
}
