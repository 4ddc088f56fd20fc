// What is on a page, for whoever has to find out what is what on it. Things keep their numbers as long as their document lasts.

const numbered = [];
const numbers = new WeakMap();
function numberOf(el) {
  if (!numbers.has(el)) { numbers.set(el, numbered.length); numbered.push(el); }
  return numbers.get(el);
}
const MOST_THINGS = 1500;
const LONGEST = 200; // characters that are told of one text
const short = (text) => text.length > LONGEST ? `${[...text.slice(0, LONGEST)].slice(0, LONGEST - 1).join('')}…` : text;

// All that a person may read or use (of the part of this number, where one is given), once the page has stayed the same for `rest` ms; one that never rests, as it is after `most` ms.
function surveyed(rest, most, part, steady) {
  const now = performance.now();
  const tree = document.body ? treeOf(document.body, true) : '';
  steady.first ??= now;
  if (steady.tree !== tree) { steady.tree = tree; steady.since = now; }
  if ((!tree || now - steady.since < rest) && now - steady.first < most) return notYet('the page is still changing');
  const captioned = captions();
  const things = [];
  let cut = false;
  for (const el of elementsUnder(part === null ? document.documentElement : numbered[part])) {
    if (!noted(el, captioned)) continue;
    if (things.length >= MOST_THINGS) { cut = true; break; }
    things.push(thing(el, captioned));
  }
  const frames = [...document.querySelectorAll('iframe,frame')].filter(visible).length;
  return met({ things, title: squeeze(document.title), said: saidNow(), frames, cut });
}
const seenBy = (el) => visible(el) || (isField(el) && el.parentElement && rendered(el.parentElement) && aimedAt(el) !== null);
function noted(el, captioned) {
  if (UNTOLD.has(el.localName) || el.localName === 'option' || !perceivable(el) || !seenBy(el)) return false;
  const role = roleOf(el);
  return (role && !DULL.has(role)) || isField(el) || captioned.has(el) || opener(el) || struckOut(el)
    || [...el.childNodes].some((node) => node.nodeType === 3 && squeeze(node.data));
}
const DULL = new Set(['list', 'listitem', 'rowgroup', 'paragraph', 'main', 'banner', 'navigation', 'contentinfo', 'complementary', 'region', 'form', 'article',
  'term', 'none', 'sectionheader', 'sectionfooter', 'separator', 'image']);
// What takes a press without being told to be a control.
const opener = memo((el) => !el.matches(CONTROL) && (el.hasAttribute('tabindex') || el.hasAttribute('aria-haspopup')
  || (getComputedStyle(el).cursor === 'pointer' && !(el.parentElement && getComputedStyle(el.parentElement).cursor === 'pointer') && !el.closest('label')
    && !el.querySelector(LEADS))));
// What merely wraps one of these is not what takes the press.
const LEADS = 'a[href],button,[role=button],[role=link],[role=tab],[role=option],[role=menuitem]';
// One of several alike, next to one another, as tabs are: not what opens a list of its own.
const alike = (el, other) => !!other && other.localName === el.localName && other.classList[0] === el.classList[0] && opener(other);
const amongAlike = (el) => opener(el) && (alike(el, el.previousElementSibling) || alike(el, el.nextElementSibling));

// What stands beside which caption, where one thing does.
function captions() {
  const texts = new Set();
  const walker = document.createTreeWalker(document.body || document.documentElement, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const text = bareCaption(node.data);
    if (text && text.length <= 60 && /\p{L}/u.test(text) && !/^(script|style|option|button|a)$/.test(node.parentElement.localName)) texts.add(text);
  }
  const found = new Map();
  for (const text of texts) {
    const beside = besides(text, document.documentElement).filter(visible);
    if (beside.length === 1 && !found.has(beside[0])) found.set(beside[0], text);
  }
  return found;
}
// The caption of a thing: of the nearest part round it that stands beside one and holds no other field; else its label.
function captionOf(el, captioned) {
  // Component libraries wrap their fields in part after part.
  const most = isField(el) ? 10 : 5;
  for (let at = el, up = 0; at && up < most; at = at.parentElement, up += 1) {
    if (at !== el && at.querySelectorAll('input:not([type=hidden]):not([type=radio]),select,textarea').length > 1) break;
    if (captioned.has(at)) return captioned.get(at);
  }
  return isField(el) || LABELLED.has(roleOf(el)) ? bareCaption(namesOfLabels(el)[0] || el.getAttribute('aria-label') || '') : '';
}
const CHOICES = 'input[type=radio],[role=radio],[role=tab],[role=option],button,[role=button]';
// The things of a group among which one is chosen.
function offersOf(el) {
  if (el.matches(CONTROL) || ['row', 'cell', 'dialog', 'table', 'heading'].includes(roleOf(el))) return [];
  if (el.querySelector('input:not([type=radio]):not([type=hidden]),select,textarea,table')) return [];
  const found = [...el.querySelectorAll(CHOICES)].filter((one) => perceivable(one) && seenBy(one));
  const told = found.filter((one) => roleOf(one) !== 'button');
  const all = told.length ? told : found;
  const roles = new Set(all.map(roleOf));
  // Where two of them are chosen, they are two groups.
  if (all.length < 2 || roles.size !== 1 || all.filter((one) => checked(one) === true).length > 1) return [];
  // Of buttons that do things, none says that it is chosen.
  return roles.has('button') && !all.some((one) => one.hasAttribute('aria-pressed') || one.hasAttribute('aria-checked') || classesSay(one, saysChosen)) ? [] : all;
}
const offerOf = (el) => ({ id: numberOf(el), text: short(squeeze(nameOf(el)) || textOf(el)), role: roleOf(el), disabled: disabled(el), chosen: checked(el) === true });

// The part that stays in its place over the page and that it is in, if it is no dialog and not the head of the page.
const floats = memo((el) => {
  if (!el || el === document.body || el.matches('dialog,[role=dialog],header,nav,[role=banner],[role=navigation]')) return null;
  const { position } = getComputedStyle(el);
  return position === 'fixed' ? el : el.parentElement ? floats(el.parentElement) : null;
});
const floating = (el) => { const part = floats(el); return part ? numberOf(part) : null; };

function thing(el, captioned) {
  const role = roleOf(el);
  const link = el.closest('a[href]');
  const of = (selector) => { const at = el.closest(selector); return at && at !== el ? numberOf(at) : null; };
  const offers = el.localName === 'select' ? offeredBy(el).map((one) => ({ id: numberOf(one), text: squeeze(one.label), role: 'option', disabled: disabled(one), chosen: one.selected }))
    : offersOf(el).map(offerOf);
  return {
    id: numberOf(el), role, name: short(squeeze(nameOf(el))), text: short(textOf(el)), value: short(squeeze(el.matches(SECRET) ? shownFor(el) : valueOf(el))),
    tag: el.localName, kind: ['input', 'button'].includes(el.localName) ? el.type : '', readonly: !!el.readOnly, caption: short(captionOf(el, captioned)), beside: captioned.has(el),
    to: link && /^https?:$/.test(link.protocol) && !(link.getAttribute('href') || '').startsWith('#') ? link.href : null, blank: !!link && link.target === '_blank',
    disabled: disabled(el), checked: checked(el) === true, struck: struckOut(el) || !!el.closest('s,del'), opener: opener(el) || el.hasAttribute('aria-haspopup'), among: amongAlike(el),
    level: role === 'heading' ? Number(levelOf(el)) : null, offers, row: of('tr,[role=row]'), dialog: of('dialog,[role=dialog],[role=alertdialog]'),
    over: floating(el), top: !!el.closest('header,nav,[role=banner],[role=navigation],[role=menubar]'), own: [...el.childNodes].some((node) => node.nodeType === 3 && squeeze(node.data)),
    holds: el.querySelectorAll('input:not([type=hidden]),select,textarea,button').length,
  };
}

// The ways to say which element it is, as a person would say it, the shortest first; each finds it alone. Of what shows a value, no
// way goes by what it shows just now. Of what is in a part that the profile knows (`inside`), a way leads from there.
function waysTo(of, changes, inside) {
  const el = numbered[of];
  if (!el || !el.isConnected) return [];
  const captioned = captions();
  const role = roleOf(el);
  const name = squeeze(nameOf(el));
  const text = textOf(el);
  const caption = captionOf(el, captioned);
  const label = isField(el) ? bareCaption(namesOfLabels(el)[0] || '') : '';
  const parts = [...new Set((el.getAttribute('class') || '').split(/\s+/))].filter((one) => /^[a-z][a-z_-]*[a-z]$/i.test(one) && !saysChosen(one));
  const ways = [];
  if (label) ways.push({ label });
  if (!(changes && FROM_CONTENT.has(role)) && role && name && name.length <= 80 && !isField(el)) ways.push({ role, name });
  if (isField(el) && name && LABELLED.has(role)) ways.push({ label: name }, { role, name });
  if (caption && caption !== text) {
    if (captioned.has(el)) ways.push({ beside: caption });
    if (role) ways.push({ role, beside: caption });
  }
  if (!changes && text && text.length <= 120) ways.push({ text });
  if (role && ['alert', 'status', 'deletion', 'dialog', 'table', 'checkbox', 'switch', 'searchbox', 'navigation'].includes(role)) ways.push({ role });
  const dialog = el.closest('dialog,[role=dialog]');
  if (dialog && dialog !== el) ways.push(...ways.filter((way) => !way.beside).map((way) => ({ ...way, within: { role: 'dialog' } })), ...(role ? [{ role, within: { role: 'dialog' } }] : []));
  if (el.dataset.testid) ways.push({ test_id: el.dataset.testid });
  if (el.id && !/\d{2}|[:.]/.test(el.id)) ways.push({ css: `#${CSS.escape(el.id)}` });
  if (el.getAttribute('name')) ways.push({ css: `${el.localName}[name=${JSON.stringify(el.getAttribute('name'))}]` });
  for (const one of parts) ways.push({ css: `.${one}` });
  if (caption) for (const one of parts) ways.push({ css: `.${one}`, beside: caption });
  if (caption) ways.push({ css: el.localName, beside: caption });
  if (['s', 'del'].includes(el.localName)) ways.push({ css: el.localName });
  const held = el.closest('[data-key],[data-item],[data-field],[data-name]');
  if (held) for (const key of ['key', 'item', 'field', 'name']) if (held.dataset[key]) ways.push({ css: `[data-${key}=${JSON.stringify(held.dataset[key])}] ${el.localName}` });
  for (let at = el.parentElement, up = 0; at && up < 3; at = at.parentElement, up += 1) {
    for (const one of (at.getAttribute('class') || '').split(/\s+/)) if (/^[a-z][a-z_-]*[a-z]$/i.test(one)) ways.push({ css: `.${one} ${el.localName}` });
  }
  if (inside) ways.push(...(role && role !== 'cell' ? [{ role }] : []), { css: el.localName });
  return ways.filter((way) => finds(inside && !way.within ? { ...way, within: inside } : way, el)).slice(0, 6).map(({ test_id, ...way }) => test_id ? { ...way, 'test-id': test_id } : way);
}
// Of what shows a text and nothing else, the text is found in its innermost part: whoever rests on that or presses it, does it to the whole.
function finds(way, el) {
  try {
    const { el: found } = one(way);
    return found === el || (!!found && way.text !== undefined && !isField(el) && el.contains(found) && textOf(el) === textOf(found));
  } catch { return false; }
}
// Which thing each of these finds, where it finds one.
const whose = (locators) => locators.map((locator) => {
  const { el } = one(locator);
  return el && (visible(el) || isField(el)) ? numberOf(el) : null;
});
// How a person would say in which part of the page these are, and nothing else is that was not there before them.
function partOf(ids) {
  const els = ids.map((id) => numbered[id]).filter((el) => el && el.isConnected);
  if (!els.length) return null;
  let at = els[0].parentElement;
  while (at && !els.every((el) => at.contains(el))) at = at.parentElement;
  for (let up = 0; at && at !== document.body && at !== document.documentElement && up < 4; at = at.parentElement, up += 1) {
    const role = roleOf(at);
    const ways = [...(role && !['list', 'generic', 'group'].includes(role) ? [{ role }] : []),
      ...(at.getAttribute('class') || '').split(/\s+/).filter((one) => /^[a-z][a-z_-]*[a-z]$/i.test(one) && !saysChosen(one)).map((one) => ({ css: `.${one}` }))];
    const way = ways.find((one) => finds(one, at));
    if (way) return way;
  }
  return null;
}
// Whether one next to it is of the same make, holds more than what can be pressed, and something that can: both are entries of a list.
const ANY_PRESS = 'button,a[href],[role=button]';
const classesOf = (el) => (el.getAttribute('class') || '').split(/\s+/).filter((one) => one && !saysChosen(one));
const ofOneMake = (el, other) => other.localName === el.localName
  && (el.localName === 'li' || classesOf(el).some((one) => other.classList.contains(one)) || (!classesOf(el).length && !classesOf(other).length));
function tellsMore(el) {
  if (el.matches(ANY_PRESS)) return false;
  return [...el.childNodes].some((node) => node.nodeType === 3 ? !!squeeze(node.data) : node.nodeType === 1 && !UNTOLD.has(node.localName) && tellsMore(node));
}
const isEntry = (el) => [...el.parentElement.children].some((other) => other !== el && ofOneMake(el, other)
  && [...other.querySelectorAll(ANY_PRESS)].some(perceivable) && tellsMore(other));
// The entry of a list that something is in: its row, or the smallest part round it in which something can be pressed as well; and how
// all entries of that list are told. Of a part that is given, the next round it; none is larger than an entry.
function entryOf(of) {
  const el = numbered[of];
  if (!el || !el.isConnected) return null;
  const row = el.closest('tr,[role=row]');
  if (row) return { id: numberOf(row), ways: [{ role: 'row', ...(row.closest('tbody') ? { within: { css: 'tbody' } } : {}) }] };
  for (let at = el, round = el.parentElement; round && round !== document.body && !round.matches('main,[role=main]'); at = round, round = round.parentElement) {
    // What merely shows the name is no entry, however alike the next cell is.
    if ((at !== el || el.localName === 'li' || el.querySelector(ANY_PRESS)) && isEntry(at)) return null;
    if (![...round.querySelectorAll(ANY_PRESS)].some((one) => perceivable(one) && !one.contains(el))) continue;
    const parts = (round.getAttribute('class') || '').split(/\s+/).filter((one) => /^[a-z][a-z_-]*[a-z]$/i.test(one) && !saysChosen(one));
    return { id: numberOf(round), ways: [...(roleOf(round) === 'listitem' ? [{ role: 'listitem' }] : []), ...parts.map((one) => ({ css: `.${one}` }))] };
  }
  return null;
}
