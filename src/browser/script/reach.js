// Going to an element by the keyboard, one key at a time: which key is next, and what is wrong on the way.
const WAY = Symbol.for('dcdb-e2e.way');
// What has the focus, and the option that it says to be at.
function focused() {
  let el = document.activeElement;
  while (el && el.shadowRoot && el.shadowRoot.activeElement) el = el.shadowRoot.activeElement;
  if (!el || el === document.body || el === document.documentElement) return { el: null, at: null };
  const named = el.getAttribute('aria-activedescendant');
  return { el, at: (named && el.getRootNode().getElementById(named)) || el };
}
// What is focused where this is meant: a label stands for its control, and what is drawn round the only one for that.
function controlOf(el) {
  if (el.matches(CONTROL)) return el;
  const inner = el.control ? [el.control] : [...el.querySelectorAll(CONTROL)];
  return inner.length === 1 ? inner[0] : el.closest(CONTROL) || el;
}
// How an element looks, as far as that can show where the focus is; a box or radio of the page's own drawing is drawn beside it.
const SHOWING = ['boxShadow', 'borderTopColor', 'borderTopWidth', 'borderBottomColor', 'borderBottomWidth', 'borderLeftColor', 'borderLeftWidth', 'backgroundColor',
  'backgroundImage', 'color', 'textDecorationLine', 'opacity', 'transform', 'filter', 'visibility'];
function looksOf(el) {
  const beside = ['checkbox', 'radio'].includes(el.type) ? [el.previousElementSibling, el.nextElementSibling] : [];
  const parts = [el, ...(el.labels || []), el.parentElement, ...beside].filter(Boolean);
  const looks = (style) => {
    const outline = style.outlineStyle === 'none' || style.outlineWidth === '0px' ? '' : `${style.outlineStyle} ${style.outlineWidth} ${style.outlineColor}`;
    return [outline, ...SHOWING.map((name) => style[name])].join();
  };
  return parts.flatMap((part) => [null, '::before', '::after'].map((pseudo) => looks(getComputedStyle(part, pseudo)))).join('|');
}
// A field has its caret; what is not seen at all (the ends of a trap within a dialog), and what is another document's, shows nothing here;
// nor need what is no control and no stop of Tab, such as a dialog that takes the focus as it opens: no key does anything to it.
const showsFocus = (el) => !takesText(el) && !FRAMES.has(el.localName) && visible(el) && !clipped(el) && (el.tabIndex >= 0 || el.matches(CONTROL));
const unseen = ({ el, looks }) => el.isConnected && showsFocus(el) && looks === looksOf(el);
// Whether arrows lead from where the focus is: within a set of radios or the options of a list, which are one stop of Tab.
function arrowsLead(here, target) {
  if (here.type === 'radio' && target.type === 'radio') return here.name === target.name && here.form === target.form;
  const list = target.closest('[role=radiogroup],[role=listbox],[role=menu],[role=menubar],[role=tablist],[role=tree]');
  if (!list) return false;
  const owned = `${here.getAttribute('aria-controls') || ''} ${here.getAttribute('aria-owns') || ''}`.split(/\s+/);
  return here === list || (list.contains(here) && target.tabIndex < 0) || Boolean(list.id && owned.includes(list.id));
}
// The keys that use it, once it has the focus.
function keysOf(target, option) {
  if (target.localName === 'select') {
    // Arrows pass by hidden options; in a hidden group they do not.
    const free = [...target.options].filter((one) => one.selected || (displayOf(one) !== 'none' && !disabled(one)));
    const steps = free.findIndex((one) => option && matches(option, squeeze(one.label))) - free.findIndex((one) => one.selected);
    return Array(Math.abs(steps)).fill(steps > 0 ? 'ArrowDown' : 'ArrowUp');
  }
  const role = roleOf(target);
  if (role === 'radio') return checked(target) === true ? [] : [' '];
  return [['checkbox', 'switch', 'menuitemcheckbox'].includes(role) ? ' ' : 'Enter'];
}
const AT_FIRST = 'the beginning of the page';
const stopCalled = (el) => (el ? describe(el) : AT_FIRST);
// Between the look and the key another may take the focus, such as a dialog's button: a key that would go there is kept from the
// page, and the next look says so. What is typed goes where it is meant to go as after a press.
function keyGuard(here, typing) {
  disarm();
  const state = { missed: null, slipped: null, typing };
  const events = ['keydown', 'keypress', 'beforeinput', 'keyup', 'click', 'submit'];
  let meant = null;
  const listener = (event) => {
    if (!event.isTrusted) return;
    const hit = event.composedPath()[0];
    if (meant === null && event.type === 'keydown') {
      meant = hit === here;
      if (meant && !typing) state.off();
      if (!meant) state.missed = `${describe(hit)}, which took the focus`;
    }
    if (meant && typing) meant = takes(state, event, hit);
    if (meant === false) { event.preventDefault(); event.stopImmediatePropagation(); }
  };
  state.off = () => { for (const event of events) window.removeEventListener(event, listener, true); };
  for (const event of events) window.addEventListener(event, listener, true);
  window[GUARD] = state;
}
// Several stops of Tab, of which the document knows one: what is in a frame, and the parts of a date.
const inParts = (el) => FRAMES.has(el.localName) || ['date', 'time', 'month', 'week', 'datetime-local'].includes(el.type);
// `began`: the first time; every later one, a key was pressed before. What a pointer gave the focus need not show it.
async function reach(locator, typing, option, began, pointed) {
  const { el, why } = one(locator);
  if (!el) return notYet(why);
  const target = typing ? fieldOf(el) : controlOf(el);
  if (!target) return notYet(`it takes no text: ${describe(el)}`);
  if (!aimedAt(el)) return notYet(`there, but not visible: ${describe(el)}`);
  if (disabled(el)) return notYet(`there, but disabled: ${describe(el)}`);
  if (option) {
    if (target.localName !== 'select') return notYet(`not a native select: ${describe(target)}`);
    const offered = offeredBy(target).filter((one) => matches(option, squeeze(one.label)) && !disabled(one));
    if (offered.length !== 1) return notYet(`${offered.length} such options that can be chosen: ${describe(target)}`);
  }
  await drawn();
  const { el: here, at } = focused();
  const wrong = (what) => met({ wrong: what });
  let way = window[WAY];
  if (!way || began) way = window[WAY] = { stops: [], last: null, rest: here === target ? null : looksOf(target) };
  const { last } = way;
  // The focus is in the page that this is a frame of, where keys lead on unseen.
  if (!here && window !== top && !document.hasFocus()) {
    way.last = null;
    return met({ press: way.key = 'Tab' });
  }
  if (last && last.el && last.el !== here && unseen(last)) return wrong(`the focus was on ${describe(last.el)}, and nothing showed it`);
  if (here && (at === target || here === target)) {
    if (way.rest !== null && here === target && showsFocus(target) && way.rest === looksOf(target)) return wrong(`the focus is on ${describe(target)}, and nothing shows it`);
    keyGuard(here, typing && { ...typing, locator });
    return met({ there: typing ? [keysFor(target, typing.text)].filter(Boolean) : keysOf(target, option) });
  }
  const stays = last && last.at === at && here;
  if (stays && !inParts(here)) return wrong(`the focus stays on ${describe(at)}: ${way.key} does not lead on from there`);
  if (last && !stays && way.stops.includes(at)) return wrong(`the focus has come round without being on it; it was on ${way.stops.map(stopCalled).join(', ')}`);
  way.stops.push(at);
  way.last = { el: here, at, looks: here && !pointed ? looksOf(here) : null };
  way.key = here && arrowsLead(here, target) ? 'ArrowDown' : 'Tab';
  return met({ press: way.key });
}
