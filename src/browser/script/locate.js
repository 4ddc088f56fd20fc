// Finding elements as a user does. A locator says one of role (with name), label, text, beside, column, test_id, css;
// `within` narrows it to a part, `containing` to elements that show a text, `beside` to what stands next to a caption.

const matches = (wanted, shown) => holds(wanted, squeeze(shown));
const holds = (wanted, text) => wanted === undefined || wanted === null
  || (typeof wanted === 'string' ? squeeze(wanted) === text
    : wanted.contains !== undefined ? text.includes(squeeze(wanted.contains))
    : wanted.amount !== undefined ? text === wanted.amount || text === wanted.amount.replaceAll(',', '')
    : wanted.starts !== undefined ? text.startsWith(squeeze(wanted.starts))
    : new RegExp(wanted.matches, 'u').test(text));

function* elementsUnder(root) {
  // A page that rewrites itself has no root for a moment.
  if (!root) return;
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    yield node;
    if (node.shadowRoot) yield* elementsUnder(node.shadowRoot);
  }
}

// All perceivable matches, in document order.
const findAll = (locator, root) => [...new Set(spotsOf(locator, root).map(({ el }) => el))];
// The same, each with the child that what was asked for begins with (`from`), where it shares its element with its caption.
function spotsOf(locator, root = document.documentElement) {
  if (!root) return [];
  let roots = [root];
  if (locator.within) roots = findAll(locator.within, root).flatMap((el) => roleOf(el) === 'row' ? placesOf(el) : [el]);
  const hasOwn = locator.role || locator.label !== undefined || locator.text !== undefined || locator.test_id || locator.css || locator.column !== undefined;
  if (locator.beside !== undefined) {
    const beside = roots.flatMap((r) => valuesBeside(locator.beside, r));
    if (!hasOwn) return filtered(locator, beside.filter(({ el }) => boxed(el)));
    roots = beside.map(({ el }) => el);
  }
  const found = new Set();
  for (const r of roots) for (const el of candidates(locator, r)) found.add(el);
  return filtered(locator, [...found].map((el) => ({ el, from: null })));
}
function filtered(locator, spots) {
  if (locator.containing === undefined) return spots;
  const shown = ({ el, from }) => roleOf(el) === 'row' ? placesOf(el).map(textOf).join(' ') : textFrom(el, from);
  return spots.filter((spot) => shown(spot).includes(squeeze(locator.containing)));
}

const SELECTOR_OF_ROLE = { button: 'button,input,summary,[role]', link: 'a,area,[role]', heading: 'h1,h2,h3,h4,h5,h6,[role]', radio: 'input,[role]',
  checkbox: 'input,[role]', row: 'tr,[role]', table: 'table,[role]', option: 'option,[role]', combobox: 'select,input,[role]', dialog: 'dialog,[role]',
  textbox: 'input,textarea,[role]', spinbutton: 'input,[role]' };

function candidates(locator, root) {
  if (locator.role) {
    const pool = SELECTOR_OF_ROLE[locator.role] && !anyShadow()
      ? root.querySelectorAll(SELECTOR_OF_ROLE[locator.role]) : elementsUnder(root);
    const self = root !== document.documentElement && root.nodeType === 1 ? [root] : [];
    const role = SYNONYMS[locator.role] || locator.role;
    return [...self, ...pool].filter((el) => roleOf(el) === role && perceivable(el) && !(role === 'row' && mirrors(el))
      && (locator.name === undefined || matches(locator.name, nameOf(el))));
  }
  if (locator.label !== undefined) {
    const pool = anyShadow() ? elementsUnder(root) : root.querySelectorAll('input,textarea,select,[role]');
    return [...pool].filter((el) => LABELLED.has(roleOf(el)) || (el.localName === 'input' && el.type !== 'hidden'))
      .filter((el) => perceivable(el) && [nameOf(el), ...namesOfLabels(el)].some((label) => matches(locator.label, label) || isCaption(locator.label, label)));
  }
  if (locator.column !== undefined) return cellsOf(root, locator.column);
  if (locator.test_id) return [...root.querySelectorAll(`[data-testid="${CSS.escape(locator.test_id)}"]`)].filter(boxed);
  if (locator.css) return [...root.querySelectorAll(locator.css)].filter((el) => boxed(el) || (isField(el) && rendered(el.parentElement)));
  if (locator.text !== undefined) return byText(locator.text, root);
  return [];
}
const LABELLED = new Set(['checkbox', 'combobox', 'listbox', 'radio', 'searchbox', 'slider', 'spinbutton', 'switch', 'textbox', 'radiogroup']);

// A field with several labels is known by each.

// The innermost elements that show the text, and nothing but the text.
function byText(wanted, root) {
  const all = [...elementsUnder(root)].filter((el) => !['option', 'slot'].includes(el.localName) && (el.firstChild || el.shadowRoot || isField(el))
    && holds(wanted, textOf(el)) && perceivable(el));
  const outer = new Set();
  for (const el of all) for (let at = parentOf(el); at && !outer.has(at); at = parentOf(at)) outer.add(at);
  return all.filter((el) => !outer.has(el) && boxed(el));
}

// A caption without its colon, and without the mark of what has to be filled in.
const bareCaption = (text) => squeeze(text).replace(/\s*[:：*]$/, '').replace(/^\*\s*/, '');
const isCaption = (wanted, text) => matches(typeof wanted === 'string' ? bareCaption(wanted) : wanted, bareCaption(text));
// What stands beside a caption: the next element with content after it, climbing while the caption stands alone; or the element that
// holds both, where it is bare text.
const besides = (caption, root) => [...new Set(valuesBeside(caption, root).map(({ el }) => el))];
function valuesBeside(caption, root) {
  const found = [];
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const holder = node.nodeType === 3 ? node.parentElement : node;
    if (['option', 'script', 'style', 'button', 'a'].includes(holder.localName) || !perceivable(holder)) continue;
    // Whatever holds a control is more than its caption, also while the control is empty.
    const text = node.nodeType === 3 ? squeeze(node.data) : node.childElementCount && !node.querySelector('input,select,textarea,button') ? textOf(node) : '';
    if (!text || !isCaption(caption, text)) continue;
    if (node !== holder && ![...childrenOf(holder)].includes(node)) continue; // in a closed <details>
    const stop = roleOf(holder);
    if (stop === 'heading' || stop === 'definition') continue;
    const beside = neighbour(node, root);
    if (beside && !found.some(({ el, from }) => el === beside.el && from === beside.from)) found.push(beside);
  }
  return found.filter(({ el }) => !found.some((other) => other.el !== el && other.el.contains(el)));
}
function neighbour(node, root) {
  for (let at = node; at && at !== root && at !== document.documentElement; at = at.parentElement) {
    for (let next = at.nextSibling; next; next = next.nextSibling) {
      if (next.nodeType === 1 && explains(next)) continue;
      if (next.nodeType === 1 && perceivable(next) && (textOf(next) || next.matches('input,select,textarea,button') || next.querySelector('input,select,textarea,button'))) return holding(next);
      if (next.nodeType === 3 && squeeze(next.data).replace(/^[:：]$/, '')) return { el: at.parentElement, from: next };
    }
    // The last thing of a row is its value, even where it reads like a caption (network type: VPC).
    for (let last = at.previousSibling; last; last = last.previousSibling) {
      if (last.nodeType === 1 ? textOf(last) : last.nodeType === 3 && squeeze(last.data)) return null;
    }
  }
  return null;
}

// A sign with an explanation stands beside a caption, and is no value of it.
function explains(el) {
  const text = textOf(el);
  if (text) return /^[?？!！ⓘℹ❓❔]\ufe0f?$/u.test(text) && !isField(el);
  return roleOf(el) === 'button' && [...following(el)].some((next) => next.nodeType === 3 || textOf(next) || isField(next) || next.querySelector('input,select,textarea'));
}
function* following(el) {
  for (let next = el.nextSibling; next; next = next.nextSibling) {
    if (next.nodeType === 1 ? perceivable(next) : next.nodeType === 3 && squeeze(next.data)) yield next;
  }
}
// What is struck out no longer holds, as a price before its discount: what is written the same way beside it does. It is so where all
// that it shows is, in whatever part of it.
const struckOut = memo((el) => {
  if (roleOf(el) === 'deletion' || getComputedStyle(el).textDecorationLine.includes('line-through')) return true;
  const shown = [...childrenOf(el)].filter((node) => node.nodeType === 3 ? squeeze(node.data) : node.nodeType === 1 && textOf(node));
  return shown.length > 0 && shown.every((node) => node.nodeType === 1 && struckOut(node));
});
function holding(el) {
  const whole = { el, from: null };
  const shown = (node) => node.nodeType === 3 ? squeeze(node.data) : node.nodeType === 1 && perceivable(node) ? textOf(node) : '';
  const alike = (one, other) => shown(one).replace(/[\d.,]+/g, '0') === shown(other).replace(/[\d.,]+/g, '0');
  const holds = (node) => node.nodeType === 3 || !struckOut(node);
  const spot = (node) => node.nodeType === 3 ? { el: node.parentElement, from: node } : { el: node, from: null };
  if (struckOut(el)) {
    const next = [...following(el)].find((one) => holds(one) && alike(one, el));
    return next ? spot(next) : null;
  }
  const parts = [...el.childNodes].filter(shown);
  // In a wrapper stands what it wraps.
  if (parts.length === 1 && parts[0].nodeType === 1 && shown(parts[0]) === textOf(el)) {
    const held = holding(parts[0]);
    return held.el === parts[0] && !held.from ? whole : held;
  }
  const struck = parts.filter((part) => !holds(part));
  const held = parts.filter((part) => holds(part) && struck.some((one) => alike(part, one)));
  return held.length === 1 ? spot(held[0]) : whole;
}

// A text of a page of whatever length, for a message.
const MOST_SAID = 2000;
function cut(text) {
  return text.length > MOST_SAID ? `${text.slice(0, MOST_SAID)}… (cut: ${text.length} characters in all)` : text;
}
// Said where nothing was found: what is drawn, but kept from pointer or assistive technology, is not missing.
function outOfReach(locator) {
  const el = alsoKept(() => findAll(locator).find(visible));
  if (!el) return null;
  return `there, but ${isBehindDialog(el) ? 'behind an open dialog' : inert(el) ? 'inert' : 'aria-hidden'}: ${describe(el)}`;
}
// What is drawn behind an open dialog is there, though nobody can use it until that is closed.
const behindDialog = (locator) => dialogs().length ? alsoKept(() => findAll(locator)).filter((el) => visible(el) && isBehindDialog(el)) : [];
const dialogs = memo(() => roots().flatMap((root) => [...root.querySelectorAll('dialog,[role=dialog],[role=alertdialog]')]).filter((el) => perceivable(el) && visible(el)));
// Kept from people by one that is modal, or by what libraries say of all that stands beside one; and by nothing of its own.
function isBehindDialog(el) {
  const open = dialogs();
  if (!open.length || open.some((dialog) => within(el, dialog))) return false;
  for (let at = el; at; at = parentOf(at)) {
    const parent = parentOf(at);
    if (keptBack(at) && !(parent && open.some((dialog) => within(dialog, parent)))) return false;
  }
  return unspoken(el) || inert(el);
}

const FRAMES = new Set(['iframe', 'frame']);
// Said of a frame in messages.
function frameCalled(el) {
  const address = (el.getAttribute('src') || 'about:srcdoc').split(/[?#]/)[0];
  return `a frame (${squeeze(el.title || el.name || '') || cut(address)})`;
}
// The frames of the document that a person sees: what is in them belongs to documents of their own.
function unseenFrames() {
  return roots().flatMap((root) => [...root.querySelectorAll('iframe,frame')]).filter((el) => visible(el) && !clipped(el))
    .map((el) => `${frameCalled(el)} was not looked into`);
}
// Said of an element in messages.
function describe(el) {
  const role = roleOf(el) || el.localName;
  const name = squeeze(nameOf(el)) || textOf(el);
  const short = name.length > 60 ? `${[...name.slice(0, 120)].slice(0, 59).join('')}…` : name;
  return `${role} ${JSON.stringify(short)}${disabled(el) ? ' [disabled]' : ''}${visible(el) ? '' : ' [not visible]'}`;
}

// What else had that role, or a name like the wanted one: at most five, the likest first. A page too long to be searched
// while somebody waits for the failure is searched from its beginning as far as that goes.
const NEAR_MS = 500;
function nearMisses(locator) {
  const end = performance.now() + NEAR_MS;
  const flat = (wanted) => typeof wanted === 'string' ? wanted : wanted ? Object.values(wanted)[0] : '';
  const wanted = flat(locator.name ?? locator.label ?? locator.text ?? locator.beside ?? locator.column ?? '').toLowerCase();
  const bigrams = (text) => { const set = new Set(); for (let i = 0; i < text.length - 1; i += 1) set.add(text.slice(i, i + 2)); return set; };
  const target = bigrams(wanted);
  const likeness = (text) => {
    const own = bigrams(text.toLowerCase());
    let both = 0;
    for (const pair of own) if (target.has(pair)) both += 1;
    return own.size + target.size ? (2 * both) / (own.size + target.size) : 0;
  };
  const role = locator.role || (locator.label !== undefined ? null : undefined);
  const scored = [];
  for (const el of elementsUnder(document.documentElement)) {
    if (performance.now() > end) break;
    const own = roleOf(el);
    if (!own || ['list', 'listitem', 'rowgroup', 'paragraph', 'main', 'banner', 'navigation', 'contentinfo', 'table'].includes(own)) continue;
    if (!perceivable(el) && !(own === role)) continue;
    const name = squeeze(nameOf(el)) || (el.childElementCount ? '' : textOf(el));
    const score = likeness(name) + (own === role ? 0.3 : 0);
    if ((own === role || score > 0.35) && name) scored.push([score, describe(el)]);
  }
  scored.sort((a, b) => b[0] - a[0]);
  return [...[...new Set(scored.map(([, text]) => text))].slice(0, 5), ...unseenFrames().slice(0, 3)];
}
