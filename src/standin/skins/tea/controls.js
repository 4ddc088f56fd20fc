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
