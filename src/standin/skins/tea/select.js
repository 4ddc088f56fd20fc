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
for (const dropdown of document.querySelectorAll('.tea-dropdown')) select.show(dropdown);
