// From the aim to the press something may slide under the pointer. What then would meet another element is kept from
// the page, keys that follow it too, and the next look says so. A pointer that only moves is let through: the next look
// says where it came to rest. What is typed goes to the field that was meant, and that is left only once it holds the text.
const GUARD = Symbol.for('dcdb-e2e.guard');
function guard({ locator, el, target, apart }, forPress, barred, typing) {
  disarm();
  const state = { missed: null, slipped: null, typing };
  const overlays = request.overlays || [];
  let meant = null;
  let clicked = false;
  let stood = false;
  const events = forPress ? ['pointerdown', 'mousedown', 'pointerup', 'mouseup', 'click', 'submit', 'keydown', 'keypress', 'beforeinput', 'change', 'blur'] : ['pointermove'];
  const listener = (event) => {
    if (!event.isTrusted) return;
    if (['change', 'blur'].includes(event.type)) {
      // The press has left another field, and of itself has not drawn anew what it began on.
      stood ||= meant && el.isConnected;
      return;
    }
    const hit = event.composedPath()[0];
    if (!forPress) {
      if (!belongs(hit, el)) state.missed = describe(hit);
      state.off();
      return;
    }
    if (meant === null && event.type.endsWith('down') && !event.type.startsWith('key')) {
      fresh();
      meant = belongs(hit, el, target, apart) && metBy([hit], barred) < 0;
      if (!meant) state.missed = describe(hit);
    }
    if (meant && typing) meant = takes(state, event, hit);
    if (meant === false) { event.preventDefault(); event.stopImmediatePropagation(); }
    if (meant && event.type === 'mouseup' && !clicked) state.slipped = el.isConnected ? slippedFrom(el, target, hit, event, overlays) : stood ? replacedBy(locator, hit) : null;
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
// A press becomes a click only where it begins and ends on the same thing: one that has moved away in between takes none, nor one
// that an overlay has come over. What else lies there may be what the press was to open.
function slippedFrom(el, target, hit, { clientX: x, clientY: y }, overlays) {
  fresh();
  if (belongs(hit, el, target)) return null;
  const isOf = (overlay) => findAll(overlay.shown).some((shown) => visible(shown) && (hit.contains(shown) || shown.contains(hit)));
  if (overlays.some(isOf)) return `${describe(hit)} came over ${describe(el)}`;
  const there = (box) => x >= box.left - 1 && x <= box.right + 1 && y >= box.top - 1 && y <= box.bottom + 1;
  return [...partsOf(target)].some(there) ? null : `${describe(el)} moved away under the pointer`;
}
// Whether what is met is to take what comes of a key.
function takes(state, event, hit) {
  if (!['keydown', 'beforeinput'].includes(event.type)) return true;
  fresh();
  const goes = goesOn(state.typing, event, hit);
  if (!goes && !state.typing.unlike) state.missed = `${describe(hit)}, which took the focus`;
  return goes;
}
// The same where leaving a field has put another in its place, on which the press then ends. What a press draws anew has had it.
function replacedBy(locator, hit) {
  fresh();
  const { el } = one(locator);
  return el && belongs(hit, el) ? `${describe(el)} was replaced under the pointer` : null;
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
