// A part of the page as an accessible tree in text, one node a line: `- button "Purchase Now" [disabled]`.

const QUIET = new Set(['paragraph', 'rowgroup', 'generic', 'emphasis', 'strong', 'sectionheader', 'sectionfooter', 'mark']);
const ATOMS = new Set(['button', 'link', 'heading', 'option', 'tab', 'menuitem', 'columnheader', 'checkbox', 'radio', 'image', 'textbox', 'searchbox', 'spinbutton',
  'combobox', 'listbox', 'slider', 'switch', 'progressbar']);
const HOLDERS = new Set(['row', 'cell', 'gridcell', 'rowheader', 'caption']);
const TELLING = 'a[href],button,input,select,textarea,summary,iframe,[role]';

// `leads`: also where links lead. Of a page with an open modal dialog, that dialog is all that anybody can use.
function treeOf(root, leads = false) {
  const lines = [];
  const how = { leads, mute: false };
  const over = modal() || claimed();
  const parts = !over || within(root, over) ? [root] : [over, ...besideOf(over)];
  for (const part of parts) if (displayed(part) && !unspoken(part) && !inert(part)) grow(part, 0, lines, how);
  return lines.join('\n');
}
// What libraries draw in a place of its own over a dialog: lists that it opens, and messages.
function besideOf(dialog) {
  const apart = roots().flatMap((root) => [...root.querySelectorAll('[role],[popover]')])
    .filter((el) => (el.hasAttribute('popover') || BESIDE.has(roleOf(el))) && perceivable(el) && visible(el) && !within(el, dialog));
  return apart.filter((el) => !apart.some((outer) => outer !== el && within(el, outer)));
}
const BESIDE = new Set(['listbox', 'menu', 'tree', 'grid', 'tooltip', 'alert', 'status', 'log']);
// The top-most of the dialogs that only say of themselves that nothing else can be used.
function claimed() {
  const dialogs = roots().flatMap((root) => [...root.querySelectorAll('[aria-modal=true]')])
    .filter((el) => ['dialog', 'alertdialog'].includes(roleOf(el)) && perceivable(el) && visible(el));
  return topmostOf(dialogs);
}
function quote(text) { return JSON.stringify(text); }

function statesOf(el, role, leads) {
  const states = [];
  if (role === 'heading') states.push(`level=${levelOf(el)}`);
  const on = ['checkbox', 'radio', 'switch', 'menuitemcheckbox', 'menuitemradio'].includes(role) ? checked(el) : null;
  if (on === true) states.push('checked');
  if (on === 'mixed') states.push('checked=mixed');
  if (['option', 'tab', 'row', 'gridcell', 'treeitem'].includes(role) && (el.localName === 'option' ? el.selected : el.getAttribute('aria-selected') === 'true')) states.push('selected');
  const pressed = el.getAttribute('aria-pressed');
  if (pressed === 'true') states.push('pressed');
  if (pressed === 'mixed') states.push('pressed=mixed');
  const current = el.getAttribute('aria-current');
  if (current && current !== 'false') states.push('current');
  const expanded = el.localName === 'details' ? String(el.open) : el.getAttribute('aria-expanded');
  if (expanded) states.push(expanded === 'true' ? 'expanded' : 'collapsed');
  if (['button', 'checkbox', 'radio', 'textbox', 'searchbox', 'spinbutton', 'combobox', 'listbox', 'option', 'tab', 'link', 'menuitem', 'slider', 'switch'].includes(role) && disabled(el)) states.push('disabled');
  if (el.matches('[required],[aria-required=true]') && isField(el)) states.push('required');
  if (el.getAttribute('aria-invalid') === 'true') states.push('invalid');
  if (leads && role === 'link') states.push(...leadOf(el.getAttribute('href')));
  return states.map((state) => ` [${state}]`).join('');
}
function levelOf(el) {
  const said = Number(el.getAttribute('aria-level'));
  return Number.isInteger(said) && said > 0 ? said : (/^h([1-6])$/.exec(el.localName) || [0, 2])[1];
}
// Where it leads, without what queries may hold: a path on the page's own site.
function leadOf(address) {
  const url = address && !address.startsWith('#') && URL.canParse(address, document.baseURI) ? new URL(address, document.baseURI) : null;
  if (!url || !/^https?:$/.test(url.protocol)) return [];
  return [`to=${url.origin === location.origin ? url.pathname : url.origin + url.pathname}`];
}

// Whether an element goes on in its line as mere text: it and all in it have no role, and stand in the line.
const flows = memo((el) => !roleOf(el) && /^(inline|contents)/.test(displayOf(el)) && !['summary', 'iframe'].includes(el.localName)
  && [...childrenOf(el)].every((child) => child.nodeType !== 1 || untold(child) || flows(child)));
const untold = (el) => keptBack(el) || !displayed(el);
// Text with what style sheets add to it.
function flowing(el) {
  const seen = rendered(el);
  const parts = [...childrenOf(el)].map((child) => child.nodeType === 3 ? (seen ? child.data : '')
    : child.nodeType !== 1 || untold(child) ? '' : child.localName === 'br' ? ' ' : flowing(child));
  return seen ? generated(el, '::before') + parts.join('') + generated(el, '::after') : parts.join('');
}
// Whether something in a node that its name tells of is more than text.
const telling = memo((el) => [...childrenOf(el)].some((child) => child.nodeType === 1 && !untold(child) && (child.matches(TELLING) || telling(child))));

function grow(el, depth, lines, how) {
  const seen = rendered(el);
  const role = seen ? roleOf(el) : null;
  const indent = (more) => '  '.repeat(depth + more);
  if (el.localName === 'iframe') {
    const name = squeeze(nameOf(el));
    if (visible(el)) lines.push(`${indent(0)}- iframe${name ? ` ${quote(name)}` : ''}${how.leads ? leadOf(el.src).map((lead) => ` [${lead}]`) : ''}`);
    return;
  }
  let inner = depth;
  if (role && !QUIET.has(role)) {
    const name = HOLDERS.has(role) ? '' : squeeze(nameOf(el));
    let line = `${indent(0)}- ${role}${name ? ` ${quote(name)}` : ''}${statesOf(el, role, how.leads)}`;
    if (['textbox', 'searchbox', 'spinbutton', 'combobox', 'slider'].includes(role) && valueOf(el)) {
      line += `: ${el.matches(SECRET) && el.value ? '"••••"' : quote(squeeze(valueOf(el)))}`;
    }
    lines.push(line);
    inner = depth + 1;
    if (el.localName === 'select') {
      for (const option of el.options) lines.push(`${indent(1)}- option ${quote(squeeze(option.label))}${statesOf(option, 'option')}`);
      return;
    }
    if (isField(el) || (ATOMS.has(role) && !telling(el))) return;
  }
  // What names a control is in the control's own line already.
  const mute = how.mute || el.localName === 'legend' || el.localName === 'caption' || (el.localName === 'label' && !!el.control);
  const before = lines.length;
  let run = seen ? generated(el, '::before') : '';
  const flush = () => {
    const text = mute ? '' : squeeze(run);
    if (text) lines.push(`${'  '.repeat(inner)}- text: ${quote(text)}`);
    run = '';
  };
  for (const child of childrenOf(el)) {
    if (child.nodeType === 3) { if (seen) run += child.data; continue; }
    if (child.nodeType !== 1 || untold(child)) continue;
    if (child.localName === 'br') { run += ' '; continue; }
    if (flows(child)) { run += flowing(child); continue; }
    flush();
    grow(child, inner, lines, { ...how, mute });
  }
  if (seen) run += generated(el, '::after');
  flush();
  // A container whose only content is one text: on its own line.
  if (inner > depth && lines.length === before + 1 && lines[before].startsWith(`${'  '.repeat(inner)}- text: `)) {
    lines[before - 1] += `: ${lines.pop().slice((`${'  '.repeat(inner)}- text: `).length)}`;
  }
}
