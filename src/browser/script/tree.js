// A part of the page as an accessible tree in text, one node a line: `- button "Purchase Now" [disabled]`.

const QUIET = new Set(['paragraph', 'rowgroup', 'generic', 'emphasis', 'strong', 'sectionheader', 'sectionfooter', 'mark']);
const ATOMS = new Set(['button', 'link', 'heading', 'option', 'tab', 'menuitem', 'columnheader', 'checkbox', 'radio', 'image', 'textbox', 'searchbox', 'spinbutton',
  'combobox', 'listbox', 'slider', 'switch', 'progressbar']);

function treeOf(root) {
  const lines = [];
  grow(root, 0, lines);
  return lines.join('\n');
}
function quote(text) { return JSON.stringify(text); }

function statesOf(el, role) {
  const states = [];
  if (role === 'heading') states.push(`level=${el.getAttribute('aria-level') || (/^h([1-6])$/.exec(el.localName) || [0, 2])[1]}`);
  const on = ['checkbox', 'radio', 'switch', 'menuitemcheckbox', 'menuitemradio'].includes(role) ? checked(el) : null;
  if (on === true) states.push('checked');
  if (on === 'mixed') states.push('checked=mixed');
  if (['option', 'tab', 'row', 'gridcell', 'treeitem'].includes(role) && (el.localName === 'option' ? el.selected : el.getAttribute('aria-selected') === 'true')) states.push('selected');
  if (el.getAttribute('aria-pressed') === 'true') states.push('pressed');
  const current = el.getAttribute('aria-current');
  if (current && current !== 'false') states.push('current');
  const expanded = el.getAttribute('aria-expanded');
  if (expanded) states.push(expanded === 'true' ? 'expanded' : 'collapsed');
  if (['button', 'checkbox', 'radio', 'textbox', 'searchbox', 'spinbutton', 'combobox', 'listbox', 'option', 'tab', 'link', 'menuitem', 'slider', 'switch'].includes(role) && disabled(el)) states.push('disabled');
  if (el.matches('[required],[aria-required=true]') && isField(el)) states.push('required');
  if (el.getAttribute('aria-invalid') === 'true') states.push('invalid');
  return states.map((state) => ` [${state}]`).join('');
}

function grow(el, depth, lines, mute = false) {
  if (!perceivable(el)) return;
  const role = roleOf(el);
  let inner = depth;
  if (role && !QUIET.has(role)) {
    const container = !ATOMS.has(role);
    const name = container && !['row', 'cell', 'gridcell', 'rowheader', 'caption'].includes(role) ? nameOf(el, role) : ATOMS.has(role) ? nameOf(el, role) : '';
    let line = `${'  '.repeat(depth)}- ${role}${name ? ` ${quote(name)}` : ''}${statesOf(el, role)}`;
    if (['textbox', 'searchbox', 'spinbutton', 'combobox', 'slider'].includes(role) && valueOf(el)) {
      line += `: ${el.type === 'password' ? '"••••"' : quote(squeeze(valueOf(el)))}`;
    }
    lines.push(line);
    inner = depth + 1;
    if (role === 'combobox' && el.localName === 'select') {
      for (const option of el.options) lines.push(`${'  '.repeat(inner)}- option ${quote(squeeze(option.label))}${statesOf(option, 'option')}`);
      return;
    }
    if (ATOMS.has(role) && !el.querySelector('a[href],button,input,select,textarea,[role]')) return;
  }
  // What names a control is in the control's own line already.
  const silent = mute || el.localName === 'legend' || el.localName === 'caption' || (el.localName === 'label' && !!el.control);
  const before = lines.length;
  let run = '';
  const flush = () => {
    const text = silent ? '' : squeeze(run);
    if (text) lines.push(`${'  '.repeat(inner)}- text: ${quote(text)}`);
    run = '';
  };
  for (const child of el.shadowRoot ? el.shadowRoot.childNodes : el.childNodes) {
    if (child.nodeType === 3) { run += child.data; continue; }
    if (child.nodeType !== 1 || ['script', 'style', 'template', 'noscript'].includes(child.localName)) continue;
    if (child.localName === 'br') { run += ' '; continue; }
    if (!rendered(child)) continue;
    const inline = /^(inline|contents)/.test(getComputedStyle(child).display);
    if (!roleOf(child) && inline && !child.querySelector('a[href],button,input,select,textarea,img,[role]')) { run += rawText(child); continue; }
    flush();
    grow(child, inner, lines, silent);
  }
  flush();
  // A container whose only content is one text: on its own line.
  if (inner > depth && lines.length === before + 1 && lines[before].startsWith(`${'  '.repeat(inner)}- text: `)) {
    lines[before - 1] += `: ${lines.pop().slice((`${'  '.repeat(inner)}- text: `).length)}`;
  }
}
