// Roles, names and states as assistive technology is told them: WAI-ARIA 1.2, HTML-AAM 1.0, accname 1.2.

// Half a character, as pages can hold and cutting a text can leave, is not JSON: whoever reads an answer would refuse all of it.
const whole = (text) => text.toWellFormed ? text.toWellFormed() : text;
const squeeze = (text) => whole(text.replace(/[\s\u200b\u00ad]+/g, ' ').trim());

// Rendered at all: not display:none, not visibility:hidden, not in a closed <details>. Computed styles are asked once
// per element and scan (see `fresh`).
let renderedMemo = new Map();
function rendered(el) {
  let known = renderedMemo.get(el);
  if (known === undefined) {
    known = el.checkVisibility ? el.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true })
      : !!el.getClientRects().length && getComputedStyle(el).visibility === 'visible';
    renderedMemo.set(el, known);
  }
  return known;
}
// Each look at the page starts without what earlier looks remembered.
function fresh() {
  renderedMemo = new Map();
  nameMemo = new Map();
  textMemo = new Map();
  rawMemo = new Map();
  shadowMemo = undefined;
  modalMemo = undefined;
}

// display:contents has no box of its own and is not hidden by that.
const contents = (el) => getComputedStyle(el).display === 'contents';
function perceivable(el) {
  // The options of a closed select have no box, and are told all the same.
  if ((el.localName === 'option' || el.localName === 'optgroup') && el.closest('select')) return perceivable(el.closest('select'));
  if (!rendered(el) && !contents(el)) return false;
  for (let e = el; e; e = e.parentElement || (e.getRootNode() instanceof ShadowRoot && e.getRootNode().host)) {
    if (e.getAttribute('aria-hidden') === 'true' || e.hasAttribute('inert')) return false;
  }
  return !modal() || modal().contains(el) || !!el.closest('[popover]');
}
// What lies outside an open modal dialog is inert (HTML, "inert subtrees").
let modalMemo;
function modal() {
  if (modalMemo === undefined) {
    const dialogs = document.querySelectorAll('dialog:modal');
    modalMemo = dialogs.length ? dialogs[dialogs.length - 1] : null;
  }
  return modalMemo;
}
// A box that a pointer could meet.
function visible(el) {
  if (!rendered(el)) return false;
  const box = el.getBoundingClientRect();
  return box.width > 0 && box.height > 0;
}

const SECTIONS = 'article,aside,main,nav,section,[role=article],[role=complementary],[role=main],[role=navigation],[role=region]';
const INPUT_ROLES = { button: 'button', submit: 'button', reset: 'button', image: 'button', checkbox: 'checkbox', radio: 'radio',
  number: 'spinbutton', range: 'slider', search: 'searchbox', hidden: null, file: 'button', color: 'button' };
const TAG_ROLES = { button: 'button', h1: 'heading', h2: 'heading', h3: 'heading', h4: 'heading', h5: 'heading', h6: 'heading',
  nav: 'navigation', main: 'main', aside: 'complementary', article: 'article', ul: 'list', ol: 'list', menu: 'list',
  table: 'table', tbody: 'rowgroup', thead: 'rowgroup', tfoot: 'rowgroup', tr: 'row', caption: 'caption',
  dialog: 'dialog', fieldset: 'group', details: 'group', option: 'option', optgroup: 'group', textarea: 'textbox', p: 'paragraph',
  hr: 'separator', progress: 'progressbar', meter: 'meter', output: 'status', figure: 'figure', dt: 'term', dd: 'definition',
  del: 'deletion', s: 'deletion', ins: 'insertion', em: 'emphasis', strong: 'strong', code: 'code', blockquote: 'blockquote',
  sub: 'subscript', sup: 'superscript', time: 'time', search: 'search', address: 'group', dfn: 'term' };
const KNOWN_ROLES = new Set(('alert alertdialog application article banner blockquote button caption cell checkbox code columnheader combobox '
  + 'complementary contentinfo definition deletion dialog document emphasis feed figure form generic grid gridcell group heading image img '
  + 'insertion link list listbox listitem log main marquee math menu menubar menuitem menuitemcheckbox menuitemradio meter navigation none '
  + 'note option paragraph presentation progressbar radio radiogroup region row rowgroup rowheader scrollbar search searchbox separator '
  + 'slider spinbutton status strong subscript superscript switch tab table tablist tabpanel term textbox time timer toolbar tooltip tree '
  + 'treegrid treeitem').split(' '));

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
    case 'header': return el.parentElement && el.parentElement.closest(SECTIONS) ? null : 'banner';
    case 'footer': return el.parentElement && el.parentElement.closest(SECTIONS) ? null : 'contentinfo';
    case 'section': return named(el) ? 'region' : null;
    case 'form': return named(el) ? 'form' : null;
    case 'img': return el.getAttribute('alt') === '' && !named(el) ? null : 'image';
    case 'svg': return named(el) || el.querySelector(':scope > title') ? 'image' : null;
    case 'li': return el.parentElement && ['ul', 'ol', 'menu'].includes(el.parentElement.localName) ? 'listitem' : null;
    case 'td': return inGrid(el) ? 'gridcell' : 'cell';
    case 'th': {
      if (el.scope === 'row' || el.scope === 'rowgroup') return 'rowheader';
      if (el.scope === 'col' || el.scope === 'colgroup') return 'columnheader';
      const row = el.parentElement;
      return row && [...row.children].some((cell) => cell.localName === 'td') ? 'rowheader' : 'columnheader';
    }
    case 'summary': return null;
    default: return TAG_ROLES[tag] || null;
  }
}
const inGrid = (el) => !!el.closest('[role=grid],[role=treegrid]');
const named = (el) => el.hasAttribute('aria-label') || el.hasAttribute('aria-labelledby') || el.hasAttribute('title');

// The role, or null for an element without one of its own (generic).
function roleOf(el) {
  for (const token of (el.getAttribute('role') || '').toLowerCase().split(/\s+/)) {
    if (!KNOWN_ROLES.has(token)) continue;
    if (token === 'none' || token === 'presentation' || token === 'generic') return null;
    return token === 'img' ? 'image' : token;
  }
  return implicitRole(el);
}

const FROM_CONTENT = new Set(['button', 'caption', 'cell', 'checkbox', 'columnheader', 'gridcell', 'heading', 'link', 'menuitem', 'menuitemcheckbox',
  'menuitemradio', 'option', 'radio', 'row', 'rowheader', 'switch', 'tab', 'tooltip', 'treeitem']);

let nameMemo = new Map();
function nameOf(el, role = roleOf(el)) {
  let name = nameMemo.get(el);
  if (name === undefined) { name = accessibleName(el, role); nameMemo.set(el, name); }
  return name;
}
function accessibleName(el, role) {
  const by = el.getAttribute('aria-labelledby');
  if (by) {
    const parts = by.split(/\s+/).map((id) => el.getRootNode().getElementById(id)).filter(Boolean);
    if (parts.length) return squeeze(parts.map((part) => contentName(part, true, new Set([el]))).join(' '));
  }
  const label = squeeze(el.getAttribute('aria-label') || '');
  if (label) return label;
  const native = nativeName(el);
  if (native) return squeeze(native);
  if (FROM_CONTENT.has(role)) {
    const content = squeeze(contentName(el, false, new Set()));
    if (content) return content;
  }
  return squeeze(el.getAttribute('title') || '') || squeeze(el.getAttribute('placeholder') || '');
}

function nativeName(el) {
  switch (el.localName) {
    case 'input':
      if (el.type === 'submit') return el.value || labelName(el) || 'Submit';
      if (el.type === 'button' || el.type === 'reset') return el.value || labelName(el);
      if (el.type === 'image') return el.alt || labelName(el);
      return labelName(el);
    case 'select': case 'textarea': case 'output': case 'meter': case 'progress': return labelName(el);
    case 'button': return el.labels && el.labels.length ? labelName(el) : '';
    case 'fieldset': { const legend = el.querySelector(':scope > legend'); return legend ? contentName(legend, true, new Set()) : ''; }
    case 'table': { const caption = el.querySelector(':scope > caption'); return caption ? contentName(caption, true, new Set()) : ''; }
    case 'figure': { const caption = el.querySelector(':scope > figcaption'); return caption ? contentName(caption, true, new Set()) : ''; }
    case 'img': case 'area': return el.getAttribute('alt') || '';
    case 'svg': { const title = el.querySelector(':scope > title'); return title ? title.textContent : ''; }
    case 'optgroup': return el.label;
    case 'option': return el.label;
    default: return '';
  }
}
const labelName = (el) => el.labels ? [...el.labels].map((label) => contentName(label, false, new Set([el]))).join(' ') : '';

// Text of an element and what it contains, as accname step 2F gathers it. `hidden`: count what is not rendered as well
// (a hidden element that something is labelled by still names it).
function contentName(el, hidden, seen) {
  if (seen.has(el)) return '';
  seen.add(el);
  let name = generated(el, '::before');
  const children = el.shadowRoot ? el.shadowRoot.childNodes : el.localName === 'slot' && el.assignedNodes().length ? el.assignedNodes() : el.childNodes;
  for (const child of children) {
    if (child.nodeType === 3) { name += child.data; continue; }
    if (child.nodeType !== 1 || ['script', 'style', 'template', 'noscript'].includes(child.localName)) continue;
    if (seen.has(child)) continue; // a control inside its own label does not name itself
    if (child.getAttribute('aria-hidden') === 'true' || (!hidden && !rendered(child) && !contents(child))) continue;
    const role = roleOf(child);
    let part;
    const label = squeeze(child.getAttribute('aria-label') || '');
    if (label) part = label;
    else if (role === 'textbox' || role === 'searchbox' || role === 'spinbutton') part = child.value ?? child.textContent;
    else if (role === 'combobox' && child.localName === 'select') part = chosen(child);
    else if (role === 'image') part = nameOf(child, role);
    else part = contentName(child, hidden, seen) || (child.getAttribute('title') || '');
    const { display, position } = getComputedStyle(child);
    const block = child.localName === 'br' || !/^(inline|contents|none)/.test(display) || position === 'absolute';
    name += block ? ` ${part} ` : part;
  }
  return name + generated(el, '::after');
}
function generated(el, which) {
  const content = getComputedStyle(el, which).content;
  if (!content || content === 'none' || content === 'normal' || content[0] !== '"') return '';
  const text = content.match(/^"((?:[^"\\]|\\.)*)"/);
  return text ? text[1].replace(/\\(.)/g, '$1') : '';
}
const chosen = (select) => [...select.selectedOptions].map((option) => squeeze(option.label)).join(', ');

// Text as a person sees it: rendered text only, blocks apart, controls by their value.
let textMemo = new Map();
function textOf(el) {
  let text = textMemo.get(el);
  if (text === undefined) { text = squeeze(rawText(el)); textMemo.set(el, text); }
  return text;
}
let rawMemo = new Map();
function rawText(el) {
  let text = rawMemo.get(el);
  if (text === undefined) { text = gatheredText(el); rawMemo.set(el, text); }
  return text;
}
function gatheredText(el) {
  if (!rendered(el) && !contents(el)) return '';
  if (el.localName === 'select') return chosen(el);
  if (el.localName === 'textarea') return el.value;
  if (el.localName === 'input') return ['checkbox', 'radio', 'hidden', 'password', 'image'].includes(el.type) ? '' : el.value;
  let text = '';
  const children = el.shadowRoot ? el.shadowRoot.childNodes : el.childNodes;
  for (const child of children) {
    if (child.nodeType === 3) text += child.data;
    else if (child.nodeType === 1 && !['script', 'style', 'template', 'noscript'].includes(child.localName)) {
      text += child.localName === 'br' || !/^(inline|contents)/.test(getComputedStyle(child).display) ? ` ${rawText(child)} ` : rawText(child);
    }
  }
  return text;
}

function disabled(el) {
  if (el.matches(':disabled')) return true;
  const held = el.closest('[aria-disabled]');
  if (held) return held.getAttribute('aria-disabled') === 'true';
  // What is neither a control nor told to be one (an entry of a list) can say it by the usual class only.
  return /(^|\s)is-disabled(\s|$)/.test(el.getAttribute('class') || '');
}
function checked(el) {
  if (el.localName === 'input' && (el.type === 'checkbox' || el.type === 'radio')) return el.indeterminate ? 'mixed' : el.checked;
  if (el.localName === 'option') return el.selected;
  for (const attribute of ['aria-checked', 'aria-selected', 'aria-pressed']) {
    const value = el.getAttribute(attribute);
    if (value !== null) return value === 'mixed' ? 'mixed' : value === 'true';
  }
  if (el.getAttribute('aria-current')) return el.getAttribute('aria-current') !== 'false';
  // A label or wrapper stands for the one control in it.
  const inner = el.querySelectorAll('input[type=radio],input[type=checkbox]');
  if (inner.length === 1) return inner[0].checked;
  return /(^|[\s_-])(is-)?(selected|checked|active|on)(\s|$)/.test(el.getAttribute('class') || '');
}
const isField = (el) => ['input', 'textarea', 'select'].includes(el.localName);
function valueOf(el) {
  if (el.localName === 'select') return chosen(el);
  if (isField(el)) return el.value;
  if (el.isContentEditable) return textOf(el);
  const inner = el.querySelectorAll('input,textarea,select');
  if (inner.length === 1) return valueOf(inner[0]);
  return textOf(el);
}
