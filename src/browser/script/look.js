// Whether what is there is as wanted, and what is there instead.

function one(locator) {
  const all = spotsOf(locator);
  const seen = all.filter(({ el }) => visible(el));
  const found = seen.length ? seen : all;
  if (found.length === 1) return found[0];
  if (!found.length) return { why: (request.last && outOfReach(locator)) || 'nothing like it is on the page' };
  return { why: `${found.length} of them, where there should be one: ${found.slice(0, 4).map(({ el }) => describe(el)).join('; ')}` };
}

function reading(el, from = null) {
  const text = textFrom(el, from);
  return { text, value: from ? text : valueOf(el), name: squeeze(nameOf(el)), checked: checked(el) === true, disabled: disabled(el) };
}

// The only box to tick, or radio, that an element is, holds or labels.
const TICKED = ['input[type=checkbox]', 'input[type=radio]', ...['checkbox', 'radio', 'switch', 'menuitemcheckbox', 'menuitemradio'].map((role) => `[role=${role}]`)].join();
function tickable(el) {
  if (el.matches(TICKED)) return el;
  const label = el.closest('label');
  if (label && label.control) return label.control.matches(TICKED) ? label.control : null;
  // Some libraries draw a box round the native one.
  const held = [...el.querySelectorAll(TICKED)].filter((box, _, all) => !all.some((one) => one !== box && one.contains(box)));
  return held.length === 1 ? held[0] : null;
}

// What of it a person still sees, in words; `null` where that is nothing.
function absent(locator) {
  const still = findAll(locator).filter(visible);
  const hidden = still.length ? [] : behindDialog(locator);
  const named = (all) => all.slice(0, 3).map(describe).join('; ');
  return still.length ? `still there: ${named(still)}` : hidden.length ? `behind an open dialog: ${named(hidden)}` : null;
}
// Whether what is there is as wanted. `steady` remembers since when a text has stayed the same.
function look(locator, condition, steady, cells) {
  if (condition.is === 'absent') {
    const still = absent(locator);
    return still ? notYet(still) : met({ reading: null });
  }
  if (condition.is === 'unoffered') {
    const usable = findAll(locator).filter((el) => visible(el) && !disabled(el) && !inert(el));
    return usable.length ? notYet(`on offer: ${usable.slice(0, 3).map(describe).join('; ')}`) : met({ reading: null });
  }
  if (condition.is === 'count') {
    const rows = entries(locator);
    const hidden = rows.length ? [] : behindDialog(locator).filter((el) => !isNotice(el));
    if (rows.length !== condition.of || hidden.length) return notYet(hidden.length ? `behind an open dialog: ${hidden.length} of them` : `${rows.length} of them`);
    return met({ reading: null, rows: cells ? rowsOf(rows, cells) : null });
  }
  if (condition.is === 'said') {
    const [said] = spotsOf(locator).filter(({ el }) => visible(el));
    if (!said) steady.since = undefined;
    else steady.since ??= performance.now();
    if (said && performance.now() - steady.since >= condition.of) return met({ reading: reading(said.el, said.from) });
    if (said) return notYet('there, but not for so long');
  }
  const { el, from, why } = one(locator);
  if (!el) return notYet(why);
  const seen = reading(el, from);
  const good = (ok, what) => ok ? met({ reading: seen }) : notYet(what);
  switch (condition.is) {
    case 'visible': case 'said': return good(visible(el), `there, but not visible: ${describe(el)}`);
    case 'enabled': return good(visible(el) && !seen.disabled && !inert(el) && !letsThrough(el), `${letsThrough(el) ? 'it lets pointers through: ' : ''}${describe(el)}`);
    case 'disabled': return good(seen.disabled, `enabled: ${describe(el)}`);
    case 'checked': return good(seen.checked, `not chosen: ${describe(el)}`);
    case 'unchecked': return good(!seen.checked, `chosen: ${describe(el)}`);
    case 'box': case 'ticked': {
      const box = tickable(el);
      if (!box) return notYet(`no such thing: ${describe(el)}`);
      return condition.is === 'box' || checked(box) === true ? met({ reading: reading(box) }) : notYet(`not ticked: ${describe(box)}`);
    }
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

// A row that says something of the list ("Loading…", "No data") is no entry of it.
const entries = (locator) => findAll(locator).filter((el) => boxed(el) && !cutOff(el) && !isNotice(el));

function listed(locator, cells) {
  const rows = entries(locator);
  const hidden = rows.length ? [] : behindDialog(locator).filter((el) => !isNotice(el));
  return hidden.length ? notYet(`behind an open dialog: ${hidden.length} of them`) : met(rowsOf(rows, cells));
}
const rowsOf = (rows, cells) => rows.map((row) => Object.fromEntries(Object.entries(cells).map(([name, cell]) => {
  const found = spotsOf(cell, row);
  return [name, found.length === 1 ? textFrom(found[0].el, found[0].from) : null];
})));
