// The controls that pages are made of. What is chosen is in a hidden field, and the form hears of it as of any other.
'use strict';

function take(input, value) {
  if (input.value === value) return;
  input.value = value;
  input.dispatchEvent(new Event('change', { bubbles: true }));
}

// A row of options: buttons, one of them chosen.
document.addEventListener('click', (event) => {
  const button = event.target.closest('[data-options] [role=radio]');
  if (!button) return;
  const row = button.closest('[data-options]');
  for (const one of row.querySelectorAll('[role=radio]')) {
    one.classList.toggle('is-selected', one === button);
    one.setAttribute('aria-checked', String(one === button));
  }
  take(row.querySelector('input'), button.dataset.value);
});

// What lies over the page hangs at the end of the body.
function overlays() {
  let root = document.getElementById('tea-overlay-root');
  if (!root) {
    root = document.createElement('div');
    root.id = 'tea-overlay-root';
    document.body.append(root);
  }
  return root;
}

// A select: its options wait in a template beside it, and are shown as a list in an overlay while it is open.
const select = {
  opened: null,
  options: (dropdown) => dropdown.querySelector('template').content.firstElementChild,
  show(dropdown) {
    const value = dropdown.querySelector('input').value;
    const chosen = [...select.options(dropdown).children].find((one) => one.dataset.value === value);
    const shown = dropdown.querySelector('.tea-dropdown__value');
    shown.textContent = chosen ? chosen.textContent : dropdown.dataset.empty;
    shown.classList.toggle('is-placeholder', !chosen);
  },
  // Another choice is offered; the first that can be had is made.
  offer(dropdown, options) {
    select.close();
    select.options(dropdown).replaceChildren(...options.map((one) => {
      const item = document.createElement('li');
      item.dataset.value = one.value;
      item.textContent = one.label;
      item.classList.toggle('is-disabled', one.disabled);
      return item;
    }));
    select.settle(dropdown, '');
  },
  // Keeps a value that is offered, else takes the first that can be had.
  settle(dropdown, value) {
    const items = [...select.options(dropdown).children];
    const kept = items.find((one) => one.dataset.value === value) || items.find((one) => !one.classList.contains('is-disabled'));
    dropdown.querySelector('input').value = kept ? kept.dataset.value : '';
    select.show(dropdown);
  },
  open(dropdown) {
    select.close();
    const box = document.createElement('div');
    box.className = 'tea-overlay tea-dropdown-box';
    box.append(select.options(dropdown).cloneNode(true));
    const value = dropdown.querySelector('input').value;
    for (const item of box.querySelectorAll('li')) {
      item.setAttribute('aria-selected', String(item.dataset.value === value));
      item.classList.toggle('is-selected', item.dataset.value === value);
    }
    overlays().append(box);
    dropdown.classList.add('is-expanded');
    select.opened = { dropdown, box };
    select.place();
    box.querySelector('.is-selected')?.scrollIntoView({ block: 'nearest' });
  },
  // Under its select, or above it where there is more room.
  place() {
    if (!select.opened) return;
    const { dropdown, box } = select.opened;
    const at = dropdown.getBoundingClientRect();
    const below = innerHeight - at.bottom - 8;
    const above = at.top - 8;
    const up = below < Math.min(box.scrollHeight, 280) && above > below;
    box.style.minWidth = `${at.width}px`;
    box.style.maxHeight = `${Math.min(280, up ? above : below)}px`;
    box.style.left = `${Math.max(8, Math.min(at.left, innerWidth - box.offsetWidth - 8))}px`;
    box.style.top = up ? `${at.top - box.offsetHeight - 2}px` : `${at.bottom + 2}px`;
  },
  choose(item) {
    if (item.classList.contains('is-disabled')) return;
    const { dropdown } = select.opened;
    select.close();
    take(dropdown.querySelector('input'), item.dataset.value);
    select.show(dropdown);
    dropdown.querySelector('.tea-dropdown__header').focus();
  },
  close() {
    if (!select.opened) return;
    select.opened.dropdown.classList.remove('is-expanded');
    select.opened.box.remove();
    select.opened = null;
  },
  // The keys that a native select knows.
  key(event, dropdown) {
    const opened = select.opened?.dropdown === dropdown;
    if (!opened) {
      if (!['Enter', ' ', 'ArrowDown', 'ArrowUp'].includes(event.key)) return;
      event.preventDefault();
      select.open(dropdown);
      return;
    }
    const items = [...select.opened.box.querySelectorAll('li:not(.is-disabled)')];
    const at = items.findIndex((one) => one.matches('.is-current')) + 1 || items.findIndex((one) => one.matches('.is-selected')) + 1;
    if (event.key === 'Tab' || event.key === 'Escape') { select.close(); event.stopPropagation(); return; }
    const step = { ArrowDown: 1, ArrowUp: -1, Enter: 0, ' ': 0 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const next = items[Math.max(0, Math.min(items.length - 1, at - 1 + step))];
    if (step === 0 && at > 0) { select.choose(next); return; }
    if (step === 0 || !next) { select.close(); return; }
    for (const one of items) one.classList.toggle('is-current', one === next);
    next.scrollIntoView({ block: 'nearest' });
  },
};
document.addEventListener('click', (event) => {
  const item = event.target.closest('.tea-dropdown-box li');
  if (item && select.opened) { select.choose(item); return; }
  const header = event.target.closest('.tea-dropdown__header');
  if (!header) return;
  if (select.opened?.dropdown === header.parentElement) select.close();
  else select.open(header.parentElement);
});
document.addEventListener('mousedown', (event) => {
  if (select.opened && !event.target.closest('.tea-dropdown-box') && !select.opened.dropdown.contains(event.target)) select.close();
});
document.addEventListener('keydown', (event) => {
  const header = event.target.closest?.('.tea-dropdown__header');
  if (header) select.key(event, header.parentElement);
}, true);
addEventListener('scroll', (event) => { if (!event.target.closest?.('.tea-dropdown-box')) select.place(); }, true);
addEventListener('resize', () => select.place());

// A stepper: its buttons act when the mouse goes down. What is typed counts once the field is left, or on Enter; what is
// out of range is left to be refused.
const steps = {
  of: (stepper) => ['min', 'max', 'step'].map((key) => stepper.dataset[key] === '' ? Infinity : Number(stepper.dataset[key])),
  mark(stepper) {
    const [min, max] = steps.of(stepper);
    const value = Number(stepper.querySelector('input').value);
    stepper.querySelector('.tea-inputnum__minus').classList.toggle('is-disabled', value <= min);
    stepper.querySelector('.tea-inputnum__plus').classList.toggle('is-disabled', value >= max);
  },
};
document.addEventListener('mousedown', (event) => {
  const button = event.target.closest('.tea-inputnum__minus, .tea-inputnum__plus');
  if (!button || event.button !== 0) return;
  event.preventDefault(); // the field keeps the focus, or gets it
  const stepper = button.parentElement;
  const input = stepper.querySelector('input');
  input.focus();
  if (button.classList.contains('is-disabled') || !/^\d+$/.test(input.value.trim())) return;
  const step = steps.of(stepper)[2];
  take(input, String(Number(input.value) + (button.matches('.tea-inputnum__plus') ? step : -step)));
});
document.addEventListener('change', (event) => {
  const stepper = event.target.closest('.tea-inputnum');
  if (stepper) steps.mark(stepper);
}, true);

// A dialog: made from its template at the end of the body, and gone when it is closed.
function openDialog(template, opener) {
  const parent = template.content.firstElementChild.cloneNode(true);
  const dialog = parent.querySelector('.tea-dialog');
  const focusable = () => [...dialog.querySelectorAll('a[href], button, input:not([type=hidden]), [tabindex="0"]')].filter((one) => !one.disabled && one.offsetParent);
  parent.close = () => {
    select.close();
    parent.remove();
    if (opener.isConnected) opener.focus();
  };
  parent.addEventListener('click', (event) => { if (event.target.closest('[data-close]')) parent.close(); });
  parent.addEventListener('keydown', (event) => {
    // One that asks for a consent is not dismissed by the way.
    if (event.key === 'Escape' && !('confirm' in template.dataset)) parent.close();
    if (event.key !== 'Tab') return;
    const all = focusable();
    const end = event.shiftKey ? all[0] : all[all.length - 1];
    if (document.activeElement !== end && dialog.contains(document.activeElement)) return;
    event.preventDefault();
    (event.shiftKey ? all[all.length - 1] : all[0]).focus();
  });
  overlays().append(parent);
  for (const dropdown of parent.querySelectorAll('.tea-dropdown')) select.show(dropdown);
  dialog.tabIndex = -1;
  dialog.focus();
  return parent;
}

for (const dropdown of document.querySelectorAll('.tea-dropdown')) select.show(dropdown);
for (const stepper of document.querySelectorAll('.tea-inputnum')) steps.mark(stepper);
