// Waiting where the change happens: a condition is looked at whenever the page changes, until it holds or the time that
// the caller gave is up. Every answer says what was last seen.

// Resolves at the next change of the page, or after a tenth of a second: styles can change without any event.
function change(ms) {
  return new Promise((resolve) => {
    const events = ['transitionend', 'animationend', 'load', 'input', 'scroll', 'hashchange', 'popstate'];
    const observer = new MutationObserver(finish);
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

function one(locator) {
  const all = findAll(locator);
  const seen = all.filter(visible);
  const found = seen.length ? seen : all;
  if (found.length === 1) return { el: found[0] };
  if (!found.length) return { why: (request.last && outOfReach(locator)) || 'nothing like it is on the page' };
  return { why: `${found.length} of them, where there should be one: ${found.slice(0, 4).map(describe).join('; ')}` };
}

const reading = (el) => ({ text: textOf(el), value: valueOf(el), name: squeeze(nameOf(el)), checked: checked(el) === true, disabled: disabled(el) });

// Whether what is there is as wanted. `steady` remembers since when a text has stayed the same.
function look(locator, condition, steady, cells) {
  if (condition.is === 'absent') {
    const still = findAll(locator).filter(visible);
    return still.length ? notYet(`still there: ${still.slice(0, 3).map(describe).join('; ')}`) : met({ reading: null });
  }
  if (condition.is === 'count') {
    const count = findAll(locator).filter(visible).length;
    if (count !== condition.of) return notYet(`${count} of them`);
    return met({ reading: null, rows: cells ? rowsOf(locator, cells) : null });
  }
  const { el, why } = one(locator);
  if (!el) return notYet(why);
  const seen = reading(el);
  const good = (ok, what) => ok ? met({ reading: seen }) : notYet(what);
  switch (condition.is) {
    case 'visible': return good(visible(el), `there, but not visible: ${describe(el)}`);
    case 'enabled': return good(visible(el) && !seen.disabled && !inert(el), `${describe(el)}`);
    case 'disabled': return good(seen.disabled, `enabled: ${describe(el)}`);
    case 'checked': return good(seen.checked, `not chosen: ${describe(el)}`);
    case 'unchecked': return good(!seen.checked, `chosen: ${describe(el)}`);
    case 'value': return good(matches(condition.of, squeeze(seen.value)), `${JSON.stringify(seen.value)}`);
    case 'shows': case 'settled': {
      const [text, settle] = condition.is === 'shows' ? [condition.of, 0] : condition.of;
      if (!visible(el)) return notYet(`there, but not visible: ${describe(el)}`);
      if (!matches(text, seen.text)) return notYet(JSON.stringify(seen.text));
      if (steady.text !== seen.text) { steady.text = seen.text; steady.since = performance.now(); }
      return good(performance.now() - steady.since >= settle, `${JSON.stringify(seen.text)}, still changing`);
    }
    default: throw new Error(`no condition is called ${condition.is}`);
  }
}

// The page that should have been reached: origin, address and its sign.
function arrived(origin, path, withHash, ready) {
  const at = location.pathname + (withHash ? location.hash : '');
  if (location.origin !== origin || !new RegExp(path, 'u').test(at)) return notYet(`at ${location.href}`);
  const { el, why } = one(ready);
  if (!el || !visible(el)) return notYet(`at ${location.href}, but its sign is missing: ${why || 'not visible'}`);
  return met();
}

// A point at which a pointer meets the element, once it is enabled, has stopped moving and nothing lies over it; gives the element,
// and what is met there.
async function meeting(locator, forPress, typing, then) {
  const { el, why } = one(locator);
  if (!el) return notYet(why);
  const target = aimedAt(el);
  if (!target) return notYet(`there, but not visible: ${describe(el)}`);
  if (forPress && disabled(el)) return notYet(`there, but disabled: ${describe(el)}`);
  if (typing) {
    const field = fieldOf(el);
    if (!field) return notYet(`it takes no text: ${describe(el)}`);
    if (field.readOnly || field.getAttribute('aria-readonly') === 'true') return notYet(`there, but read-only: ${describe(el)}`);
  }
  if (!(await still(target))) return notYet(`moving: ${describe(el)}`);
  const spot = reachable(target, el);
  return spot.point ? then({ el, target, point: spot.point, pressed: [el, topmost(spot.point.x, spot.point.y)] }) : notYet(spot.why);
}
// Such a point, and whether a press there would be one on something grave. `typing`: what is to be typed then; it must be a field
// that takes text.
const aim = (locator, forPress, { typing, grave }) => meeting(locator, forPress, typing, ({ el, target, point, pressed }) => {
  guard(el, target, forPress, [], typing && { ...typing, locator });
  return met({ point, grave: metBy(pressed, grave) >= 0, keys: typing && keysFor(fieldOf(el), typing.text) });
});
// The same for what dismisses an overlay, unless a press there would be one on something barred.
const dismissal = (locator, barred) => meeting(locator, true, null, ({ el, target, point, pressed }) => {
  const which = metBy(pressed, barred);
  if (which >= 0) return met({ barred: { which, seen: describe(el) } });
  guard(el, target, true, barred, null);
  return met({ point });
});
// A frame of the page, to be handed back.
function frameOf(locator) {
  const { el, why } = one(locator);
  if (!el) return notYet(`of its frame: ${why}`);
  if (!FRAMES.has(el.localName)) return notYet(`in place of its frame: ${describe(el)}`);
  return visible(el) ? met(el) : notYet(`its frame is there, but not visible: ${frameCalled(el)}`);
}
// Where on this page a point in the document of a frame is, once a pointer gets to the frame there.
function through(locator, point, forPress) {
  const { el, why } = one(locator);
  if (!el) return notYet(`of its frame: ${why}`);
  const here = () => {
    const box = el.getBoundingClientRect();
    const style = getComputedStyle(el);
    return { x: Math.round(box.x + el.clientLeft + parseFloat(style.paddingLeft) + point.x), y: Math.round(box.y + el.clientTop + parseFloat(style.paddingTop) + point.y) };
  };
  const outside = ({ x, y }) => x < 0 || y < 0 || x >= innerWidth || y >= innerHeight;
  if (topmost(here().x, here().y) !== el) el.scrollIntoView({ block: 'center', inline: 'center', behavior: 'instant' });
  if (outside(here())) window.scrollBy({ left: here().x - innerWidth / 2, top: here().y - innerHeight / 2, behavior: 'instant' });
  const at = here();
  const hit = topmost(at.x, at.y);
  if (hit !== el) return notYet(outside(at) ? `outside the window: ${frameCalled(el)}` : `covered by ${hit ? describe(hit) : 'nothing that can be clicked'}: ${frameCalled(el)}`);
  guard(el, el, forPress, [], null);
  return met(at);
}
// A date is typed part by part, from the first on, in the order of the reader's language; a year may have six figures.
const LEFT = '\ue012';
function keysFor(field, text) {
  const told = field.type === 'date' ? /^(?<year>\d{4})-(?<month>\d\d)-(?<day>\d\d)$/.exec(text) : null;
  if (!told) return null;
  const order = new Intl.DateTimeFormat(navigator.language).formatToParts(0).map((part) => part.type).filter((type) => told.groups[type]);
  return LEFT.repeat(order.length) + order.map((type) => type === 'year' ? `00${told.groups.year}` : told.groups[type]).join('');
}
// The field that takes what is typed into an element: itself, or the only one in it.
const TYPED = new Set(['text', 'search', 'url', 'tel', 'email', 'password', 'number', 'date', 'time', 'month', 'week', 'datetime-local']);
const takesText = (el) => el.localName === 'textarea' || (el.localName === 'input' && TYPED.has(el.type)) || el.isContentEditable;
function fieldOf(el) {
  if (takesText(el) || isField(el)) return takesText(el) ? el : null;
  const inner = [...el.querySelectorAll('input,textarea,select,[contenteditable]')].filter((one) => one.type !== 'hidden');
  return inner.length === 1 && takesText(inner[0]) ? inner[0] : null;
}
// Which of these locators finds an element that a press on one of these would reach, hidden from assistive technology or not.
function metBy(pressed, locators) {
  return locators.findIndex((locator) => alsoKept(() => findAll(locator)).some((meant) => pressed.some((hit) => hit && belongs(hit, meant))));
}
// Whether it stays where it is. Without a running animation it need not be watched over two moments: the guard holds the
// pointer itself to its element.
async function still(target) {
  const animated = document.getAnimations().some((one) => one.playState === 'running' && one.effect && one.effect.target && one.effect.target.contains(target));
  if (!animated) return true;
  // The look itself may fall between two frames of an animation.
  await drawn();
  const before = target.getBoundingClientRect();
  await drawn();
  const after = target.getBoundingClientRect();
  return target.isConnected && ['x', 'y', 'width', 'height'].every((side) => Math.abs(before[side] - after[side]) <= 0.5);
}
// A control that its own label hides or replaces is met through the label.
function aimedAt(el) {
  if (visible(el) && Number(getComputedStyle(el).opacity) > 0 && !clipped(el)) return el;
  return [...(el.labels || [])].find(visible) || (visible(el) ? el : null);
}
const clipped = (el) => { const box = el.getBoundingClientRect(); return box.width <= 1 || box.height <= 1; };

// Where an element is drawn, and then where its parts are: not all of it is its own.
function* partsOf(target) {
  const drawn = [...target.getClientRects()].filter((box) => box.width > 0 && box.height > 0);
  yield* drawn.length || displayOf(target) === 'contents' ? drawn : [target.getBoundingClientRect()];
  for (const part of target.childNodes) {
    const range = document.createRange();
    range.selectNode(part);
    yield* [...range.getClientRects()].filter((box) => box.width > 0 && box.height > 0);
  }
}
const WITHIN = [[0.5, 0.5], [0.25, 0.5], [0.75, 0.5], [0.1, 0.5], [0.9, 0.5]];
function freeSpot(target, el) {
  let over = null;
  for (const box of partsOf(target)) {
    for (const [fx, fy] of WITHIN) {
      const x = pixelIn(box.left, box.right, fx);
      const y = pixelIn(box.top, box.bottom, fy);
      if (x < 0 || y < 0 || x >= innerWidth || y >= innerHeight) { over = over || `outside the window: ${describe(el)}`; continue; }
      const hit = topmost(x, y);
      if (hit && belongs(hit, el, target)) return { point: { x, y } };
      over = over || `covered by ${hit ? describe(hit) : 'nothing that can be clicked'}: ${describe(el)}`;
    }
  }
  return { why: over || `there, but not visible: ${describe(el)}` };
}
// A whole pixel of a box, if it has one there.
function pixelIn(from, to, share) {
  const at = from + (to - from) * share;
  return [Math.round(at), Math.floor(at)].find((pixel) => pixel >= from && pixel < to) ?? at;
}
// The same, scrolled to where nothing lies over it: what stays in its place covers some part of the window only.
function reachable(target, el) {
  let spot = freeSpot(target, el);
  for (const block of ['center', 'end', 'start']) {
    if (spot.point) return spot;
    target.scrollIntoView({ block, inline: 'center', behavior: 'instant' });
    spot = freeSpot(target, el);
  }
  return spot;
}
function topmost(x, y) {
  let hit = document.elementFromPoint(x, y);
  while (hit && hit.shadowRoot) {
    const inner = hit.shadowRoot.elementFromPoint(x, y);
    if (!inner || inner === hit) break;
    hit = inner;
  }
  return hit;
}
// Whether a press that meets `hit` is one on the element. In a label, and in what is a control itself, other controls take their own
// presses; a label's box or radio is not one of these, however it is drawn.
function belongs(hit, el, target = el) {
  const label = hit.closest && hit.closest('label');
  const whole = target !== el && target.contains(hit) ? target : label && label.control === el ? label : null;
  const apart = whole || CHOSEN.has(roleOf(el)) || el.closest('label');
  for (let at = hit; at; at = parentOf(at)) {
    if (at === el || at === whole) return true;
    if (apart && at.matches(CONTROL) && !standsFor(at, el)) break;
  }
  return passes(el, hit);
}
const CHOSEN = new Set(['checkbox', 'radio', 'switch', 'option', 'menuitem', 'menuitemcheckbox', 'menuitemradio', 'tab', 'treeitem', 'button', 'link']);
const standsFor = (inner, el) => (el.closest('label') || {}).control === inner
  || (['checkbox', 'radio'].includes(inner.type) && el.querySelectorAll('input').length === 1);
// What lets pointers through is pressed with the control that it is drawn in.
function passes(el, hit) {
  if (!hit.contains(el) || getComputedStyle(el).pointerEvents !== 'none') return false;
  for (let at = el; at !== hit; at = at.parentElement) if (!at || getComputedStyle(at).pointerEvents !== 'none') return false;
  return (hit.matches(CONTROL) || textOf(hit) === textOf(el)) && !disabled(hit);
}

// From the aim to the press something may slide under the pointer. What then would meet another element is kept from
// the page, keys that follow it too, and the next look says so. A pointer that only moves is let through: the next look
// says where it came to rest. What is typed goes to the field that was meant, and that is left only once it holds the text.
const GUARD = Symbol.for('dcdb-e2e.guard');
function guard(el, target, forPress, barred, typing) {
  disarm();
  const state = { missed: null, slipped: null, typing };
  let meant = null;
  let clicked = false;
  const events = forPress ? ['pointerdown', 'mousedown', 'pointerup', 'mouseup', 'click', 'submit', 'keydown', 'keypress', 'beforeinput'] : ['pointermove'];
  const listener = (event) => {
    if (!event.isTrusted) return;
    const hit = event.composedPath()[0];
    if (!forPress) {
      if (!belongs(hit, el)) state.missed = describe(hit);
      state.off();
      return;
    }
    if (meant === null && event.type.endsWith('down') && !event.type.startsWith('key')) {
      fresh();
      meant = belongs(hit, el, target) && metBy([hit], barred) < 0;
      if (!meant) state.missed = describe(hit);
    }
    if (meant && typing && ['keydown', 'beforeinput'].includes(event.type)) {
      fresh();
      meant = goesOn(typing, event, hit);
      if (!meant && !typing.unlike) state.missed = `${describe(hit)}, which took the focus`;
    }
    if (meant === false) { event.preventDefault(); event.stopImmediatePropagation(); }
    if (meant && event.type === 'mouseup' && !clicked) state.slipped = slippedFrom(el, target, hit, event);
    if (meant && !state.slipped && ['click', 'submit'].includes(event.type)) {
      clicked = true;
      window[LED] = { event, target: hit };
    }
    if (meant && event.type === 'click' && !typing) setTimeout(state.off);
  };
  state.off = () => { for (const event of events) window.removeEventListener(event, listener, true); };
  for (const event of events) window.addEventListener(event, listener, true);
  window[GUARD] = state;
}
// A press becomes a click only where it begins and ends on the same thing: one that has moved away in between takes none.
function slippedFrom(el, target, hit, { clientX: x, clientY: y }) {
  fresh();
  const there = (box) => x >= box.left - 1 && x <= box.right + 1 && y >= box.top - 1 && y <= box.bottom + 1;
  return el.isConnected && !belongs(hit, el, target) && ![...partsOf(target)].some(there) ? describe(el) : null;
}
// Whether a key goes to the field that was meant, also where the page has put another in its place; the one that leaves it, only
// once the text is in it.
function goesOn(typing, event, focused) {
  if (typing.left) return true;
  if (focused !== typing.field) {
    const { el } = one(typing.locator);
    const field = el && fieldOf(el);
    if (!field || (field !== focused && !(field.isContentEditable && focused.contains(field)))) return false;
    typing.field = focused;
  }
  if (event.type !== 'keydown' || event.key !== typing.leave) return true;
  typing.unlike = unlike(typing, focused);
  typing.left = !typing.unlike;
  return typing.left;
}
// What a field holds, in words, where that is not what was typed, nor how the profile says that it is shown.
function unlike({ text, shown }, field) {
  const held = valueOf(field);
  if (squeeze(held) === squeeze(text) || (shown && matches(shown, held))) return null;
  if (field.matches(SECRET)) return `${describe(field)} does not hold what was typed`;
  return `${describe(field)} holds ${JSON.stringify(cut(held))}, not ${JSON.stringify(text)}`;
}
// What came of typing: what the field holds, where that is another thing. The document in which somebody typed is gone only where
// its field was left as it should be.
function typed(done) {
  if (!done || !done.typing || done.typing.left) return met();
  const { typing } = done;
  const { el } = typing.field && typing.field.isConnected ? { el: typing.field } : one(typing.locator);
  return met(typing.unlike || (typing.field ? (el && unlike(typing, fieldOf(el) || el)) || null : 'no key has reached it'));
}
function disarm() {
  const state = window[GUARD];
  if (!state) return null;
  state.off();
  delete window[GUARD];
  return state;
}
