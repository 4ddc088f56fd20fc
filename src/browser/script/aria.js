// Roles, names and states as assistive technology is told them: WAI-ARIA 1.2, HTML-AAM 1.0, accname 1.2.

// Half a character, as pages can hold and cutting a text can leave, is not JSON: whoever reads an answer would refuse all of it.
const whole = (text) => text.toWellFormed ? text.toWellFormed() : text;
// What a text looks like: any white space is a space, and what has no width or no meaning but to an icon font is nothing.
const squeeze = (text) => whole(text.replace(/[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\ue000-\uf8ff]/g, '')
  .replace(/\s+/g, ' ').trim());
// As assistive technology is told a name: spaces that HTML does not collapse stay.
const collapse = (text) => whole(text.replace(/[\t\n\f\r ]+/g, ' ').replace(/^ | $/g, ''));

// What is asked of many elements, or of one many times, is found out once per look at the page: each starts without what
// earlier looks remembered. `meanwhile` is told to who asks while it is being found out: elements can be named by what is
// in them, and by themselves.
const remembered = [];
function memo(find, meanwhile) {
  let known = new Map();
  remembered.push(() => { known = new Map(); });
  return (key) => {
    let value = known.get(key);
    if (value === undefined) {
      if (meanwhile !== undefined) known.set(key, meanwhile);
      value = find(key);
      known.set(key, value);
    }
    return value;
  };
}
function fresh() {
  for (const forget of remembered) forget();
}

// The tree that is drawn (CSS Scoping, "flat tree"): shadow trees in their hosts, what was handed to a slot in it.
function parentOf(el) {
  if (el.assignedSlot) return el.assignedSlot;
  const root = el.parentElement ? null : el.getRootNode();
  return el.parentElement || (root instanceof ShadowRoot ? root.host : null);
}
const UNTOLD = new Set(['script', 'style', 'template', 'noscript', 'canvas', 'video', 'audio', 'object', 'iframe', 'datalist', 'title', 'head']);
function childrenOf(el) {
  if (UNTOLD.has(el.localName)) return [];
  if (el.shadowRoot) return el.shadowRoot.childNodes;
  if (el.localName === 'slot' && el.assignedNodes().length) return el.assignedNodes();
  if (el.localName === 'details' && !el.open) return [...el.children].filter((child) => child.localName === 'summary').slice(0, 1);
  return el.childNodes;
}
function within(el, whose) {
  for (let at = el; at; at = parentOf(at)) if (at === whose) return true;
  return false;
}
// The document and every open shadow tree in it.
const roots = memo(() => {
  const found = [document];
  for (const root of found) for (const el of root.querySelectorAll('*')) if (el.shadowRoot) found.push(el.shadowRoot);
  return found;
});
// Selectors do not reach into shadow trees; where there are none, they are the quicker way.
const anyShadow = () => roots().length > 1;

// Of an element's style, what is asked of every element: each question of a style costs.
const displayOf = memo((el) => getComputedStyle(el).display);
// Drawn: not display:none, nor in a closed <details> or another part whose drawing is put off for good. What is drawn only
// once somebody scrolls to it counts; display:contents has no box of its own and is not hidden by that.
const rendered = memo((el) => el.checkVisibility && el.checkVisibility({ visibilityProperty: true })
  || (displayed(el) && getComputedStyle(el).visibility === 'visible'));
const displayed = memo((el) => {
  if (!el.checkVisibility) return !!el.getClientRects().length;
  if (el.checkVisibility()) return true;
  const parent = parentOf(el);
  return displayOf(el) === 'contents' && !!parent && displayed(parent);
});

// Kept from assistive technology by aria-hidden.
const unspoken = memo((el) => {
  const parent = parentOf(el);
  return el.getAttribute('aria-hidden') === 'true' || (!!parent && unspoken(parent));
});
// Out of anybody's reach (HTML, "inert subtrees"). A modal dialog escapes what is inert round it, and all else is; popovers over
// it are seen and let be.
const inert = memo((el) => {
  if (el === modal() || (modal() && el.matches('[popover]'))) return false;
  if (el.hasAttribute('inert')) return true;
  const parent = parentOf(el);
  return parent ? inert(parent) : !!modal();
});
function perceivable(el) {
  // The options of a closed select have no box, and are told all the same.
  if ((el.localName === 'option' || el.localName === 'optgroup') && el.closest('select')) return perceivable(el.closest('select'));
  return rendered(el) && (keptToo || (!unspoken(el) && !inert(el)));
}
// Runs a look that finds what is drawn also where it is kept from people.
let keptToo = false;
function alsoKept(look) {
  keptToo = true;
  try { return look(); } finally { keptToo = false; }
}
// The top-most modal dialog.
const modal = memo(() => {
  const dialogs = roots().flatMap((root) => [...root.querySelectorAll('dialog:modal')]);
  return topmostOf(dialogs);
});
// Nothing says which was opened last; but a pointer can meet only that one, or the veil behind it, which is its own.
function topmostOf(dialogs) {
  if (dialogs.length < 2) return dialogs[0] || null;
  for (const [x, y] of [[0.5, 0.5], [0.5, 0.2], [0.05, 0.05], [0.95, 0.05], [0.05, 0.95], [0.95, 0.95]]) {
    for (let hit = topmost(Math.floor(innerWidth * x), Math.floor(innerHeight * y)); hit; hit = parentOf(hit)) if (dialogs.includes(hit)) return hit;
  }
  return dialogs[dialogs.length - 1];
}
// The parts round an element that cut off what stands out of them (CSS Overflow); the window is none.
function* clippersOf(el) {
  let { position } = getComputedStyle(el);
  for (let at = parentOf(el); at && at !== document.body && position !== 'fixed'; at = parentOf(at)) {
    const style = getComputedStyle(at);
    if (position === 'absolute' && style.position === 'static' && style.transform === 'none') continue;
    if (style.overflowX !== 'visible' && !IN_LINE.has(style.display)) yield at;
    position = style.position;
  }
}
// Drawn where a pointer could meet it: an element that has no area of its own, in what it holds.
const boxed = memo((el) => {
  if (!rendered(el)) return false;
  const { width, height } = el.getBoundingClientRect();
  if (width > 0 && height > 0) return true;
  const drawn = (node) => node.nodeType === 1 ? boxed(node) && !cutOff(node) : node.nodeType === 3 && squeeze(node.data) && edgeOf(node, 1);
  return !isField(el) && !cutsAll(el) && [...childrenOf(el)].some(drawn);
});
// The same, and a person sees it.
const visible = memo((el) => boxed(el) && !cutOff(el) && !seenThrough(el));
// In a part that cuts off what stands out of it, and has no room at all.
const cutOff = memo((el) => {
  const apart = ['absolute', 'fixed'].includes(getComputedStyle(el).position);
  const [round] = apart ? clippersOf(el) : [parentOf(el)];
  return !!round && round !== document.body && (cutsAll(round) || cutOff(round));
});
const cutsAll = memo((el) => {
  const { display, overflowX, overflowY } = getComputedStyle(el);
  return !IN_LINE.has(display) && ((overflowX !== 'visible' && !el.clientWidth) || (overflowY !== 'visible' && !el.clientHeight));
});
// A control that is so is shown by its label, or to whoever comes near.
const seenThrough = memo((el) => {
  const parent = parentOf(el);
  if (Number(getComputedStyle(el).opacity) > 0 && !(parent && seenThrough(parent))) return false;
  return !closestDrawn(el, CONTROL) || getComputedStyle(el).pointerEvents === 'none';
});

const SECTIONS = 'article,aside,main,nav,section,[role=article],[role=complementary],[role=main],[role=navigation],[role=region]';
const INPUT_ROLES = { button: 'button', submit: 'button', reset: 'button', image: 'button', checkbox: 'checkbox', radio: 'radio',
  number: 'spinbutton', range: 'slider', search: 'searchbox', hidden: null, file: 'button', color: 'button' };
const TAG_ROLES = { button: 'button', h1: 'heading', h2: 'heading', h3: 'heading', h4: 'heading', h5: 'heading', h6: 'heading',
  nav: 'navigation', main: 'main', article: 'article', ul: 'list', ol: 'list', menu: 'list', dir: 'list', table: 'table',
  dialog: 'dialog', fieldset: 'group', details: 'group', hgroup: 'group', option: 'option', optgroup: 'group', textarea: 'textbox', p: 'paragraph',
  hr: 'separator', progress: 'progressbar', meter: 'meter', output: 'status', figure: 'figure', dt: 'term', dd: 'definition',
  del: 'deletion', s: 'deletion', ins: 'insertion', em: 'emphasis', strong: 'strong', code: 'code', blockquote: 'blockquote',
  sub: 'subscript', sup: 'superscript', time: 'time', search: 'search', address: 'group', dfn: 'term', mark: 'mark' };
const TABLE_ROLES = { tbody: 'rowgroup', thead: 'rowgroup', tfoot: 'rowgroup', tr: 'row', caption: 'caption' };
const KNOWN_ROLES = new Set(('alert alertdialog application article banner blockquote button caption cell checkbox code columnheader combobox '
  + 'complementary contentinfo definition deletion dialog document emphasis feed figure form generic grid gridcell group heading image '
  + 'insertion link list listbox listitem log main marquee math menu menubar menuitem menuitemcheckbox menuitemradio meter navigation none '
  + 'note option paragraph progressbar radio radiogroup region row rowgroup rowheader scrollbar search searchbox sectionfooter sectionheader '
  + 'separator slider spinbutton status strong subscript suggestion superscript switch tab table tablist tabpanel term textbox time timer toolbar '
  + 'tooltip tree treegrid treeitem').split(' '));
const SYNONYMS = { img: 'image', presentation: 'none', directory: 'list' };

function implicitRole(el) {
  const tag = el.localName;
  switch (tag) {
    case 'a': case 'area': return el.hasAttribute('href') ? 'link' : null;
    case 'input': {
      const role = INPUT_ROLES[el.type];
      if (role !== undefined) return role;
      return el.hasAttribute('list') ? 'combobox' : 'textbox';
    }
    case 'select': return el.multiple || el.size > 1 ? 'listbox' : 'combobox';
    case 'header': return el.parentElement && el.parentElement.closest(SECTIONS) ? 'sectionheader' : 'banner';
    case 'footer': return el.parentElement && el.parentElement.closest(SECTIONS) ? 'sectionfooter' : 'contentinfo';
    case 'aside': return named(el) || !(el.parentElement && el.parentElement.closest('article,aside,nav,section')) ? 'complementary' : null;
    case 'section': return named(el) ? 'region' : null;
    case 'form': return named(el) ? 'form' : null;
    case 'img': return el.getAttribute('alt') === '' && !labelled(el) ? null : 'image';
    case 'svg': return named(el) || el.querySelector(':scope > title') ? 'image' : null;
    case 'li': return el.parentElement && ['ul', 'ol', 'menu', 'dir'].includes(el.parentElement.localName) && !emptied(el.parentElement) ? 'listitem' : null;
    case 'td': return !inTable(el) ? null : el.closest('[role=grid],[role=treegrid]') ? 'gridcell' : 'cell';
    case 'th': {
      if (!inTable(el)) return null;
      if (el.scope === 'row' || el.scope === 'rowgroup') return 'rowheader';
      if (el.scope === 'col' || el.scope === 'colgroup') return 'columnheader';
      const row = el.parentElement;
      return row && [...row.children].some((cell) => cell.localName === 'td') ? 'rowheader' : 'columnheader';
    }
    case 'summary': return null;
    default: return tag in TABLE_ROLES ? (inTable(el) ? TABLE_ROLES[tag] : null) : TAG_ROLES[tag] || null;
  }
}
// The parts of a table that is there for its layout only, or for another thing altogether, are none.
function inTable(el) {
  const table = el.closest('table');
  return !!table && ['table', 'grid', 'treegrid'].includes(roleOf(table));
}
const emptied = (list) => list.hasAttribute('role') && roleOf(list) === null;
// What an author says of an element's name, whatever its role.
const labelled = memo((el) => !!collapse(referenced(el, NOWHERE) || el.getAttribute('aria-label') || ''), false);
const named = (el) => labelled(el) || !!collapse(el.getAttribute('title') || '');

// Who says that an element means nothing is not heard where it can be focused or says something of itself (WAI-ARIA,
// "presentational roles conflict resolution").
const GLOBAL_STATES = ['atomic', 'busy', 'controls', 'current', 'describedby', 'details', 'dropeffect', 'flowto', 'grabbed', 'keyshortcuts', 'label',
  'labelledby', 'live', 'owns', 'relevant', 'roledescription'];
const speaks = (el) => el.tabIndex >= 0 || el.hasAttribute('tabindex') || GLOBAL_STATES.some((name) => el.getAttribute(`aria-${name}`));

// The role, or null for an element without one of its own (generic).
const roleOf = memo((el) => {
  for (const token of (el.getAttribute('role') || '').toLowerCase().split(/\s+/)) {
    const role = SYNONYMS[token] || token;
    if (!KNOWN_ROLES.has(role)) continue;
    if (role === 'none' && speaks(el)) return implicitRole(el);
    if (role === 'none' || role === 'generic') return null;
    // Landmarks of these kinds are such by their names.
    if ((role === 'region' || role === 'form') && !named(el)) continue;
    return role;
  }
  return implicitRole(el);
}, null);

const FROM_CONTENT = new Set(['button', 'caption', 'cell', 'checkbox', 'columnheader', 'gridcell', 'heading', 'link', 'menuitem', 'menuitemcheckbox',
  'menuitemradio', 'option', 'radio', 'row', 'rowheader', 'switch', 'tab', 'tooltip', 'treeitem']);
const VALUED = new Set(['textbox', 'searchbox', 'combobox', 'listbox', 'spinbutton', 'slider', 'scrollbar', 'progressbar', 'meter']);

// The name as assistive technology is told it.
const nameOf = memo((el) => collapse(nameOn(el, { ...NOWHERE, hidden: !rendered(el), without: OPENED[roleOf(el)] })));
// On the way to a name: whether an aria-labelledby was followed, whether what is hidden counts, whether this is a part of
// what names another element, which role is no part of it, and which elements' contents are being told already.
const NOWHERE = { followed: false, hidden: false, part: false, without: null, seen: new Set() };

function nameOn(el, way) {
  const by = way.followed ? '' : referenced(el, way);
  if (collapse(by)) return by;
  const role = roleOf(el);
  if (way.part && VALUED.has(role)) return valueTold(el, role);
  const label = el.localName === 'slot' ? '' : el.getAttribute('aria-label') || '';
  if (collapse(label)) return label;
  if (el.localName === 'img' && !role) return '';
  const native = nativeName(el, way);
  if (collapse(native)) return native;
  if (way.part || FROM_CONTENT.has(role) || el.localName === 'summary') {
    const content = contentName(el, way);
    if (collapse(content) || (way.part && !el.getAttribute('title'))) return content;
  }
  return el.getAttribute('title') || (TAKES_TEXT.has(el.localName) && el.getAttribute('placeholder')) || el.getAttribute('aria-placeholder') || '';
}
// The elements whose ids an attribute lists.
function pointedAt(el, attribute) {
  const ids = el.getAttribute(attribute);
  const root = ids && el.getRootNode();
  return root && root.getElementById ? ids.split(/\s+/).map((id) => id && root.getElementById(id)).filter(Boolean) : [];
}
// What aria-labelledby names: hidden things too, and then with all that is hidden in them.
function referenced(el, way) {
  return pointedAt(el, 'aria-labelledby').map((part) => nameOn(part, { followed: true, hidden: !rendered(part) || unspoken(part), part: true, seen: new Set(part === el ? [] : [...way.seen, el]) })).join(' ');
}
// A control that is part of a name says what it holds.
function valueTold(el, role) {
  switch (role) {
    case 'textbox': case 'searchbox': return el.matches(SECRET) ? '' : isField(el) ? el.value : el.textContent;
    case 'combobox': case 'listbox': {
      if (el.localName === 'select') return chosen(el);
      if (isField(el)) return el.value;
      const picked = [...el.querySelectorAll('[role=option][aria-selected=true]')];
      return picked.length ? picked.map((option) => nameOf(option)).join(' ') : role === 'combobox' ? el.textContent : '';
    }
    default: return el.getAttribute('aria-valuetext') || el.getAttribute('aria-valuenow') || (el.value === undefined ? '' : String(el.value));
  }
}

// What browsers write on buttons that say nothing.
const USUAL = { submit: 'Submit', reset: 'Reset' };
const TAKES_TEXT = new Set(['input', 'textarea']);
function nativeName(el, way) {
  const first = (tag) => { const part = el.querySelector(`:scope > ${tag}`); return part ? nameOn(part, { ...way, part: true, seen: new Set(way.seen).add(el) }) : ''; };
  switch (el.localName) {
    case 'input':
      switch (el.type) {
        case 'submit': case 'button': case 'reset': return labelName(el, way) || writtenOn(el);
        case 'image': return labelName(el, way) || el.alt || el.getAttribute('title') || 'Submit';
        default: return labelName(el, way);
      }
    case 'select': case 'textarea': case 'output': case 'meter': case 'progress': case 'button': return labelName(el, way);
    case 'fieldset': return first('legend');
    case 'table': return first('caption');
    case 'img': case 'area': return el.getAttribute('alt') || '';
    case 'svg': { const title = el.querySelector(':scope > title'); return title ? title.textContent : ''; }
    case 'optgroup': case 'option': return el.label;
    default: return '';
  }
}
const writtenOn = (el) => el.hasAttribute('value') ? el.value : USUAL[el.type] || '';
// The labels of every control. A control's own list of them is sought in the whole document each time.
const labels = memo(() => {
  const found = new Map();
  for (const root of roots()) for (const label of root.querySelectorAll('label')) if (label.control) found.set(label.control, [...(found.get(label.control) || []), label]);
  return found;
});
const namesOfLabels = (el, way = NOWHERE) => (labels().get(el) || []).filter((label) => way.hidden || (displayed(label) && !unspoken(label)))
  .map((label) => nameOn(label, { ...way, part: true, seen: new Set(way.seen).add(el) }));
const labelName = (el, way) => way.seen.has(el) ? '' : namesOfLabels(el, way).join(' ');

// Which elements aria-owns hands to which others: they are told there, and not where they stand.
const owners = memo(() => new Map(roots().flatMap((root) => [...root.querySelectorAll('[aria-owns]')])
  .filter((owner) => displayed(owner) && !unspoken(owner) && owner.localName !== 'input')
  .flatMap((owner) => ownedBy(owner).map((owned) => [owned, owner]))));
const ownedBy = (el) => pointedAt(el, 'aria-owns').filter((owned) => !within(el, owned));

const IN_LINE = new Set(['inline', 'contents', 'none']);
// What items and entries open is no part of their names.
const OPENED = { menuitem: 'menu', menuitemcheckbox: 'menu', menuitemradio: 'menu', treeitem: 'group' };

// Text of an element and what it contains, as accname gathers it.
function contentName(el, way) {
  if (way.seen.has(el)) return '';
  const inside = { ...way, part: true, seen: new Set(way.seen).add(el) };
  const told = way.hidden || rendered(el);
  let name = told ? generated(el, '::before') : '';
  const owned = ownedBy(el);
  for (const child of [...childrenOf(el), ...owned]) {
    if (child.nodeType === 3) { if (told) name += child.data; continue; }
    if (child.nodeType !== 1 || UNTOLD.has(child.localName) || inside.seen.has(child)) continue;
    if (owners().has(child) && owners().get(child) !== el) continue;
    if (!way.hidden && (child.getAttribute('aria-hidden') === 'true' || !displayed(child))) continue;
    const role = roleOf(child);
    if (way.without && role === way.without) continue;
    const part = nameOn(child, inside);
    const apart = child.localName === 'br' || owned.includes(child) || VALUED.has(role) || role === 'image' || !IN_LINE.has(displayOf(child));
    name += apart ? ` ${part} ` : part;
  }
  return name + (told ? generated(el, '::after') : '');
}

// What style sheets put before or after an element's own content (CSS Generated Content): by its alternative where it has one,
// or as it is drawn.
function generated(el, which, asDrawn) {
  const style = getComputedStyle(el, which);
  const { content } = style;
  if (!content || content === 'none' || content === 'normal' || style.display === 'none' || style.visibility === 'hidden') return '';
  const parts = content.match(/"(?:[^"\\]|\\.)*"|\/|[\w-]+\([^)]*\)|[\w-]+/g) || [];
  const alternative = parts.indexOf('/') + 1;
  const text = (asDrawn && alternative ? parts.slice(0, alternative - 1) : parts.slice(alternative)).map((part) => {
    if (part[0] === '"') return part.slice(1, -1).replace(/\\(?:([0-9a-f]{1,6}) ?|(.))/gi, (_, code, own) => code ? String.fromCodePoint(parseInt(code, 16)) : own);
    const counter = /^counters?\(\s*([\w-]+)/.exec(part);
    return counter ? counted(el, which, counter[1]) : '';
  }).join('');
  return !alternative && IN_LINE.has(style.display) ? text : ` ${text} `;
}

// What a counter stands at before or after an element (CSS Lists): pages number steps and rows with them.
const counts = memo(() => {
  const found = { '::before': new Map(), '::after': new Map() };
  const scopes = Object.create(null);
  const counting = (style, opened) => {
    const each = (list, act) => { for (const [, name, by] of (list || '').matchAll(/([\w-]+) (-?\d+)/g)) act(name, Number(by)); };
    const top = (name) => { if (!(scopes[name] ||= []).length) { scopes[name].push(0); opened.push(name); } return scopes[name]; };
    each(style.counterReset, (name, to) => { (scopes[name] ||= []).push(to); opened.push(name); });
    each(style.counterIncrement, (name, by) => { const stack = top(name); stack[stack.length - 1] += by; });
    each(style.counterSet, (name, to) => { const stack = top(name); stack[stack.length - 1] = to; });
  };
  const walk = (el, opened) => {
    if (!displayed(el)) return;
    counting(getComputedStyle(el), opened);
    const own = [];
    const beside = (which) => {
      const style = getComputedStyle(el, which);
      if (style.content === 'none' || style.display === 'none') return;
      counting(style, own);
      found[which].set(el, Object.fromEntries(Object.entries(scopes).map(([name, stack]) => [name, stack[stack.length - 1] ?? 0])));
    };
    beside('::before');
    for (const child of childrenOf(el)) if (child.nodeType === 1) walk(child, own);
    beside('::after');
    for (const name of own) scopes[name].pop();
  };
  walk(document.documentElement, []);
  return found;
});
const counted = (el, which, name) => String((counts()[which].get(el) || {})[name] ?? 0);

const chosen = (select) => [...select.selectedOptions].map((option) => squeeze(option.label)).join(', ');

// Text as a person sees it: rendered text only, blocks apart, controls by their value.
const textOf = memo((el) => squeeze(shownIn(rawText(el))));
const rawText = memo((el) => {
  if (UNTOLD.has(el.localName)) return '';
  const told = rendered(el);
  if (!told && !displayed(el)) return '';
  if (isField(el) && !told) return '';
  if (el.localName === 'select') return chosen(el);
  if (el.localName === 'textarea') return el.value;
  if (el.localName === 'input') return ['checkbox', 'radio', 'hidden', 'image'].includes(el.type) || el.matches(SECRET) ? '' : el.value || writtenOn(el);
  const text = flowOf(el, childrenOf(el), told);
  return told ? worded(el, '::before') + text + worded(el, '::after') : text;
});
// The text of these children of an element, its own text only where it is `told`.
function flowOf(el, nodes, told) {
  const items = laysOutItems(el);
  let text = '';
  let last = null;
  for (const node of nodes) {
    const way = wayOf(node, items);
    let piece;
    if (node.nodeType === 3) piece = !told ? '' : items ? node.data.trim() : node.data;
    else if (node.nodeType === 1 && !keptBack(node)) piece = node.localName === 'br' ? ' ' : rawText(node);
    else continue;
    if (way === 'block') text += ' ';
    if (!piece && way !== 'block') continue;
    if (last && (last.way === 'block' || ((way === 'item' || last.way === 'item') && !touching(last.node, node, el)))) text += ' ';
    text += piece;
    last = { node, way };
  }
  return last && last.way === 'block' ? `${text} ` : text;
}
// The text from one of its children on: to the end of the line, the next caption, or what is struck out. `null`: all of it.
function textFrom(el, from) {
  if (!from) return textOf(el);
  const [items, nodes] = [laysOutItems(el), [...childrenOf(el)]];
  const rest = nodes.slice(nodes.indexOf(from));
  const end = rest.findIndex((node) => node.nodeType === 1 && (node.localName === 'br' || wayOf(node, items) === 'block' || /[:：]$/.test(textOf(node)) || struckOut(node)));
  return squeeze(shownIn(flowOf(el, end < 0 ? rest : rest.slice(0, end), rendered(el)))).replace(/^[:：]\s*/, '');
}
// Of what style sheets add, units, amounts and words are read. Marks are not (a star, a colon or a line between things), but for the sign
// of a figure and the point in one, which is known once it is known what stands at it: until then they are held between two of these.
const HELD = '\ue000\uf8ff';
function worded(el, which) {
  const added = generated(el, which, true);
  if (/[\p{L}\p{N}\p{Sc}%]/u.test(added)) return added;
  return /^\s*[-−+.,<>≈~]\s?$/u.test(added) && abuts(el, which) ? `${HELD}${added.trim()}${HELD}` : '';
}
const shownIn = (raw) => raw.includes(HELD) ? raw.replace(SIGNS, '$1').replace(POINTS, '$1').replaceAll(MARKS, '') : raw;
const SIGNS = new RegExp(`${HELD}([-−+<>≈~])${HELD}(?=[\\p{N}\\p{Sc}])`, 'gu');
const POINTS = new RegExp(`(?<=\\p{N})${HELD}([.,])${HELD}(?=\\p{N})`, 'gu');
const MARKS = new RegExp(`${HELD}.${HELD}`, 'gu');
// Whether what follows an added mark stands at it, as behind a sign and not as behind a bullet.
function abuts(el, which) {
  const style = getComputedStyle(el, which);
  if (/\s"$/.test(style.content)) return false;
  const room = parseFloat(style.marginRight) + parseFloat(style.paddingRight) + (laysOutItems(el) ? parseFloat(getComputedStyle(el).columnGap) || 0 : 0);
  return (style.display.startsWith('inline') || laysOutItems(el)) && ['static', 'relative'].includes(style.position) && style.float === 'none'
    && room < 0.2 * parseFloat(style.fontSize);
}
// A part that neither pointer nor assistive technology is let to is not read with what is round it.
const keptBack = (el) => el.getAttribute('aria-hidden') === 'true' || el.hasAttribute('inert');
// Whether the children of an element are items of a flex box or grid, which have no lines that spaces would stand in.
function laysOutItems(el) {
  for (let at = el; at; at = parentOf(at)) if (displayOf(at) !== 'contents') return /flex|grid/.test(displayOf(at));
  return false;
}
// How a node stands to its neighbours: in the flow of a line, as an item whose place says whether it is apart, or as a block.
function wayOf(node, items) {
  if (items) return 'item';
  if (node.nodeType !== 1) return 'flow';
  const display = displayOf(node);
  return IN_LINE.has(display) ? 'flow' : display.startsWith('inline') ? 'item' : 'block';
}
// Whether two texts are read as one word: on one line, with less than a space between them.
function touching(before, after, parent) {
  const [a, b] = [edgeOf(before, -1), edgeOf(after, 1)];
  if (!a || !b) return true;
  const shared = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  const gap = Math.max(a.left, b.left) - Math.min(a.right, b.right);
  return shared >= Math.min(a.height, b.height) / 2 && gap < 0.2 * parseFloat(getComputedStyle(parent).fontSize);
}
// Where the first or the last text of a node stands.
function edgeOf(node, step) {
  if (node.nodeType === 3) {
    const range = document.createRange();
    range.selectNodeContents(node);
    const boxes = node.data.trim() ? range.getClientRects() : [];
    return boxes[step < 0 ? boxes.length - 1 : 0] || null;
  }
  if (node.nodeType !== 1 || !displayed(node)) return null;
  if (isField(node) || node.localName === 'img' || node.localName === 'svg') return node.getBoundingClientRect();
  const children = [...childrenOf(node)];
  for (const child of step < 0 ? children.reverse() : children) {
    const edge = edgeOf(child, step);
    if (edge) return edge;
  }
  return null;
}

const STILL = new Set(['heading', 'image', 'list', 'paragraph', 'table']);
// What takes a press of its own.
const CONTROL = ['a[href]', 'button', 'input:not([type=hidden])', 'select', 'textarea', 'summary', ...['button', 'link', 'checkbox', 'radio', 'switch', 'menuitem',
  'menuitemcheckbox', 'menuitemradio', 'option', 'tab', 'treeitem', 'combobox', 'textbox', 'searchbox', 'spinbutton', 'slider'].map((role) => `[role=${role}]`)].join();
function disabled(el) {
  // What is in a button cannot be used where the button cannot, nor a label where its control cannot.
  if (el.matches(':disabled') || closestDrawn(el, 'button:disabled,option:disabled')) return true;
  const control = controlLabelled(el);
  if (control && control.matches(':disabled')) return true;
  // A heading or a list is not used at all, whatever holds it.
  const still = STILL.has(roleOf(el)) && !closestDrawn(el, CONTROL);
  const held = still ? null : closestDrawn(el, '[aria-disabled]');
  if (held) return held.getAttribute('aria-disabled') === 'true';
  // What is neither a control nor told to be one (an entry of a list) can say it by a class only, as can what shows its text and no more.
  for (let at = el; at && at !== document.body; at = parentOf(at)) {
    if (classesSay(at, saysDisabled)) return true;
    const outer = parentOf(at);
    if (still || at.matches(CONTROL) || !outer || !textOf(el) || textOf(outer) !== textOf(el)) return false;
  }
  return false;
}
// The nearest of these that an element is or is drawn in.
function closestDrawn(el, selector) {
  if (!anyShadow()) return el.closest(selector);
  for (let at = el; at; at = parentOf(at)) if (at.matches(selector)) return at;
  return null;
}
// The control that a label stands for, and all in it that is no control itself.
function controlLabelled(el) {
  const at = closestDrawn(el, `label,${CONTROL}`);
  return at && at.localName === 'label' ? at.control : null;
}
function checked(el) {
  if (el.localName === 'input' && (el.type === 'checkbox' || el.type === 'radio')) return el.indeterminate ? 'mixed' : el.checked;
  if (el.localName === 'option') return el.selected;
  for (const attribute of ['aria-checked', 'aria-selected', 'aria-pressed']) {
    const value = el.getAttribute(attribute);
    if (value !== null) return value === 'mixed' ? 'mixed' : value === 'true';
  }
  if (el.getAttribute('aria-current')) return el.getAttribute('aria-current') !== 'false';
  const control = controlLabelled(el);
  if (control && control.matches(TICKED)) return checked(control);
  // A wrapper stands for the one control in it.
  const inner = el.querySelectorAll('input[type=radio],input[type=checkbox]');
  if (inner.length === 1) return inner[0].checked;
  if (classesSay(el, saysChosen)) return true;
  // What shows a text stands for whatever shows that and no more, as a tab does.
  const outer = el.parentElement;
  return !roleOf(el) && !!outer && outer !== document.body && !!textOf(el) && textOf(outer) === textOf(el) && checked(outer);
}
// A class that ends in a word for it, and does not deny it (not-selected).
const classesSay = (el, says) => (el.getAttribute('class') || '').split(/\s+/).some(says);
const saysChosen = (name) => endsIn(name, ['selected', 'checked', 'active', 'on'], DENIED);
const saysDisabled = (name) => endsIn(name, ['disabled'], OF_A_MANNER);
function endsIn(name, ends, unless) {
  const words = name.toLowerCase().split(/[_-]+/);
  return ends.includes(words.pop()) && !words.some((word) => unless.includes(word));
}
const DENIED = ['not', 'no', 'non', 'un', 'never'];
// What else pages switch off: how they look and move.
const OF_A_MANNER = [...DENIED, 'animate', 'animation', 'animations', 'transition', 'transitions', 'ripple', 'wave', 'hover', 'focus', 'scroll', 'drag', 'resize', 'autofill', 'js'];
const isField = (el) => ['input', 'textarea', 'select'].includes(el.localName);
const FIELDS = 'input:not([type=hidden]),textarea,select';
// What is round a field, and is never what was chosen in it.
const CAPTIONS = 'label,legend,p,dt,th,h1,h2,h3,h4,h5,h6,[role=heading]';
// What selects of component libraries show as chosen stands beside the field that takes the keys, which stays empty. Its name, and
// what it shows where nothing is chosen, are not that; nor does a field with suggestions of the browser's show anything but its own.
function shownFor(field) {
  if (roleOf(field) !== 'combobox' || field.hasAttribute('list') || field.closest('label')) return '';
  const told = [nameOf(field), ...namesOfLabels(field)];
  const others = [...told, field.getAttribute('placeholder'), field.getAttribute('aria-placeholder')].map((text) => bareCaption(text || ''));
  const named = labelled(field) || told.slice(1).some((name) => squeeze(name));
  for (let at = field.parentElement, up = 0; at && up < 3; at = at.parentElement, up += 1) {
    if (at.querySelectorAll(FIELDS).length > 1 || at.querySelector(CAPTIONS)) return '';
    const text = withoutPlaceholders(at, field);
    if (text && !others.includes(bareCaption(text))) return named || !mayBeCaption(text, at, field) || behindCaption(at) ? text : '';
  }
  return '';
}
// What a part that holds a field shows, but for what its classes say only holds the place of a choice.
function withoutPlaceholders(part, field) {
  const places = [...part.querySelectorAll('[class*=placeholder i]')].filter((el) => !el.contains(field) && holdsPlace(el));
  return squeeze(places.reduce((text, el) => text.replace(textOf(el), () => ' '), textOf(part)));
}
// By a class that ends in the word. One that is for what is selected as well (as in Element Plus) is told by being seen through.
function holdsPlace(el) {
  const names = (el.getAttribute('class') || '').toLowerCase().split(/\s+/);
  const words = (name) => name.split(/[_-]+/);
  return names.some((name) => name.endsWith('placeholder') && !words(name).some((word) => ['no', 'not', 'without'].includes(word)))
    && (names.some((name) => words(name).includes('transparent')) || !names.some((name) => words(name).includes('selected')));
}
// Whether a text of a part may be the caption of the field in it: the field, or what holds it, stands beside it.
const mayBeCaption = (text, part, field) => besides(text, part).some((el) => el.contains(field));
// Whether such a part has its caption in front of it, so that no text in it is that.
function behindCaption(part) {
  for (let at = part, up = 0; at && at !== document.body && up < 10; at = at.parentElement, up += 1) {
    const before = at.previousElementSibling;
    if (before && textOf(before) && roleOf(before) !== 'heading' && !before.querySelector(`${FIELDS},h1,h2,h3,h4,h5,h6`)) return true;
    if (at.parentElement && at.parentElement.querySelectorAll(FIELDS).length > 1) return false;
  }
  return false;
}
function valueOf(el) {
  if (el.localName === 'select') return chosen(el);
  if (isField(el)) return el.value || shownFor(el);
  if (el.isContentEditable) return textOf(el);
  // What a person sees holds what a person sees in it.
  const inner = [...el.querySelectorAll(FIELDS)].filter((field) => rendered(field) && !unspoken(field));
  return inner.length === 1 ? valueOf(inner[0]) : textOf(el);
}
