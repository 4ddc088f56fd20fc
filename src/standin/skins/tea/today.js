// Today's pages: what is paid by the hour has no period, the order is checked in a dialog, paid in a frame, and what is done rarely
// to an instance is in a menu.

function hidePeriod(form) {
  const billing = form.elements.billing.value;
  for (const name of ['months', 'renew']) form.querySelector(`[data-item=${name}]`).hidden = billing === 'postpaid';
  const label = document.getElementById('fee-label');
  label.textContent = label.dataset[billing] ?? '';
}

// Sends a form and gives what is answered; `null` where nothing could be.
async function answered(form) {
  try {
    const response = await fetch(form.action, { method: 'POST', body: new URLSearchParams(new FormData(form)) });
    return response.ok ? await response.json() : null;
  } catch { return null; }
}

function checked(form, html) {
  const template = document.createElement('template');
  template.innerHTML = html.trim();
  const dialog = openDialog(template, document.getElementById('go'));
  const order = dialog.querySelector('form');
  const alert = order.querySelector('.tea-alert');
  const submit = order.querySelector('.tea-btn--pay');
  order.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (submit.disabled) return;
    submit.disabled = true;
    const answer = await answered(order);
    if (answer?.login) { toLogin(form); return; }
    if (answer?.location) { location.assign(answer.location); return; }
    if (answer?.check) { dialog.close(); checked(form, answer.check); return; }
    submit.disabled = false;
    alert.textContent = form.dataset.failed;
    alert.hidden = false;
  });
}

// To the login and back, with what was chosen.
function toLogin(form) {
  const query = new URLSearchParams(new FormData(form));
  query.delete('csrf');
  query.delete('fee');
  location.replace(`?${query}`);
}

function todaysPurchase(form) {
  const places = JSON.parse(document.getElementById('places').textContent);
  const agreement = document.getElementById('agreement');
  const problem = (name) => form.querySelector(`[data-problem=${name}]`);
  const replicas = form.querySelector('[data-item=replica_zone] .tea-dropdown');
  const zone = form.elements.replica_zone.value;
  select.settle(replicas, zone);
  hidePeriod(form);
  form.addEventListener('change', (event) => {
    if (event.target.name === 'region') select.offer(replicas, places[form.elements.region.value].zones);
    if (event.target.name === 'billing') hidePeriod(form);
    if (agreement.checked) problem('agreement').textContent = '';
  });
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const go = document.getElementById('go');
    if (go.disabled) return;
    problem('agreement').textContent = agreement.checked ? '' : form.dataset.disagreed;
    if (!agreement.checked) return;
    go.disabled = true;
    const answer = await answered(form);
    if (answer?.login) { toLogin(form); return; }
    go.disabled = false;
    if (answer?.check) checked(form, answer.check);
    else for (const [name, text] of Object.entries(answer?.problems || { agreement: form.dataset.failed })) problem(name).textContent = text;
  });
}

function cashier(form) {
  const alert = form.querySelector('.tea-alert');
  const pay = form.querySelector('.tea-btn--pay');
  const refuse = (message) => { alert.textContent = message || form.dataset.failed; alert.hidden = false; };
  form.addEventListener('change', async () => {
    const query = new URLSearchParams({ voucher: form.elements.voucher.checked ? 'on' : 'off' });
    try {
      document.getElementById('due').innerHTML = (await (await fetch(`${location.pathname}/due?${query}`)).json()).due;
    } catch { refuse(); }
  });
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (pay.disabled) return;
    pay.disabled = true;
    alert.hidden = true;
    const answer = await answered(form);
    if (answer?.paid) { parent.postMessage({ paid: true }, form.dataset.parent); return; }
    pay.disabled = false;
    refuse(answer?.message);
  });
}

const menu = {
  opened: null,
  close() {
    menu.opened?.box.remove();
    menu.opened = null;
  },
  open(button) {
    menu.close();
    const act = button.parentElement.querySelector('[data-open]');
    const box = document.createElement('div');
    box.className = 'tea-overlay tea-dropdown-box tea-more';
    const list = document.createElement('ul');
    list.className = 'tea-list tea-list--option';
    list.setAttribute('role', 'menu');
    const item = document.createElement('li');
    item.setAttribute('role', 'menuitem');
    item.setAttribute('aria-disabled', String(act.disabled));
    item.tabIndex = -1;
    item.textContent = act.textContent;
    item.addEventListener('click', () => {
      if (act.disabled) return;
      menu.close();
      act.click();
    });
    item.addEventListener('keydown', (event) => { if (event.key === 'Enter' || event.key === ' ') item.click(); });
    list.append(item);
    box.append(list);
    overlays().append(box);
    const at = button.getBoundingClientRect();
    box.style.left = `${Math.max(8, Math.min(at.left, innerWidth - box.offsetWidth - 8))}px`;
    box.style.top = `${at.bottom + box.offsetHeight + 2 > innerHeight ? at.top - box.offsetHeight - 2 : at.bottom + 2}px`;
    menu.opened = { button, box };
    item.focus();
  },
};
document.addEventListener('click', (event) => {
  const button = event.target.closest('[data-more]');
  if (button && menu.opened?.button !== button) menu.open(button);
  else if (!event.target.closest('.tea-more')) menu.close();
});
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape' || !menu.opened) return;
  const { button } = menu.opened;
  menu.close();
  button.focus();
});

const todays = document.querySelector('#purchase[data-today]');
if (todays) todaysPurchase(todays);
const paying = document.getElementById('cashier');
if (paying) cashier(paying);
const frame = document.querySelector('iframe[data-paid]');
if (frame) addEventListener('message', (event) => { if (event.source === frame.contentWindow && event.data?.paid) location.assign(frame.dataset.paid); });
