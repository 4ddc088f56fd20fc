// Waiting where the change happens: a condition is looked at whenever the page changes, until it holds or the time that
// the caller gave is up. Every answer says what was last seen.

// Resolves at the next change of the page, or after a tenth of a second: styles can change without any event.
function change(ms) {
  return new Promise((resolve) => {
    const events = ['transitionend', 'animationend', 'load', 'input', 'scroll', 'hashchange', 'popstate'];
    // A page whose own world this is may have taken it away.
    const observer = window.MutationObserver ? new MutationObserver(finish) : { observe() {}, disconnect() {} };
    const timer = setTimeout(finish, Math.max(1, Math.min(ms, 100)));
    function finish() {
      observer.disconnect();
      clearTimeout(timer);
      for (const event of events) window.removeEventListener(event, finish, true);
      resolve();
    }
    observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
    for (const event of events) window.addEventListener(event, finish, true);
  });
}
const HALF_A_FRAME = 8; // ms, at 60 frames a second
// Resolves once the page has been drawn as it is at a later moment, or where a second has brought no such one. A busy browser
// draws the same moment twice, and a tab in the background none.
async function drawn() {
  const since = document.timeline.currentTime;
  const end = performance.now() + (document.hidden ? 100 : 1000);
  do {
    await new Promise((resolve) => {
      const timer = setTimeout(resolve, end - performance.now());
      requestAnimationFrame(() => { clearTimeout(timer); resolve(); });
    });
  } while (document.timeline.currentTime - since < HALF_A_FRAME && performance.now() < end);
}

async function until(look, ms) {
  const end = performance.now() + ms;
  for (;;) {
    fresh();
    const answer = inTheWay() || beingLeft() || stillLoading() || await look();
    if (answer.state !== 'not yet' || performance.now() >= end) return answer;
    await change(end - performance.now());
  }
}
const met = (answer = null) => ({ state: 'ok', answer });
const notYet = (seen) => ({ state: 'not yet', seen: cut(seen) });

function stillLoading() {
  if (document.readyState === 'complete' || performance.now() > request.load_ms || lacksPicturesOnly()) return null;
  return notYet(`the page is still loading (${document.readyState})`);
}
// Nobody waits for a picture that does not come; but for styles and scripts, and as long as anything still comes.
const QUIET_FOR = 500; // ms
function lacksPicturesOnly() {
  const [came] = performance.getEntriesByType('navigation');
  if (document.readyState !== 'interactive' || !came || !came.domContentLoadedEventEnd) return false;
  const loaded = performance.getEntriesByType('resource');
  const last = Math.max(came.domContentLoadedEventEnd, ...loaded.map((one) => one.responseEnd));
  if (performance.now() - last < QUIET_FOR) return false;
  const names = new Set(loaded.map((one) => one.name));
  return [...document.scripts].every((script) => !script.src || names.has(script.src))
    && [...document.querySelectorAll('link[rel~=stylesheet]')].every((link) => link.sheet || link.disabled || names.has(link.href));
}
// Where a press leads that the page has let through, for a driver: it does not tell of navigations before the document that is
// about to go answers. A link may lead to a download, and the page stay; so the last look is at whatever there is.
const LED = Symbol.for('dcdb-e2e.led');
window.addEventListener('pageshow', (event) => { if (event.persisted) delete window[LED]; });
function beingLeft() {
  const led = window[LED];
  if (!request.by_driver || request.last || !led || led.event.defaultPrevented) return null;
  const where = leadsTo(led);
  return where ? notYet(`the page is being left for ${where}`) : null;
}
function leadsTo({ event, target }) {
  const through = event.type === 'submit' ? target : target.closest && target.closest('a[href]');
  if (!through || through.hasAttribute('download') || !['', '_self'].includes(through.target) || through.method === 'dialog') return null;
  const there = new URL(event.type === 'submit' ? through.action : through.href, location.href);
  const within = there.hash && there.href.split('#')[0] === location.href.split('#')[0];
  return /^https?:$/.test(there.protocol) && !within ? there.href : null;
}

// An overlay that the profile names is to be dismissed before anything else is done.
function inTheWay() {
  for (const [index, overlay] of (request.overlays || []).entries()) {
    if (findAll(overlay.shown).some(visible)) {
      const dismiss = findAll(overlay.dismiss).filter(visible);
      if (dismiss.length) return { state: 'overlay', overlay: index };
    }
  }
  return null;
}
