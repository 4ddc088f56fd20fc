// The few lines of script that the pages need. Prices, rules and wording stay on the server.
'use strict';

function purchasePage(form) {
  const places = JSON.parse(document.getElementById('places').textContent);
  const [fee, original, retry, go, hint] = ['fee', 'original', 'retry', 'go', 'hint-shards'].map((id) => document.getElementById(id));
  let asked = 0;
  let priced = ''; // the choices whose answer stands on the page

  const fill = (select, options) => {
    select.replaceChildren(...options.map((one) => {
      const option = new Option(one.label, one.value);
      option.disabled = one.disabled;
      return option;
    }));
    const first = options.find((one) => !one.disabled);
    if (first) select.value = first.value;
  };
  // No region is chosen where an address named one that there is not.
  const place = () => places[form.elements.region.value] || { zones: [], vpcs: [] };
  const subnets = () => {
    const vpc = place().vpcs.find((one) => one.value === form.elements.vpc.value);
    fill(form.elements.subnet, vpc ? vpc.subnets : []);
  };
  const networkRows = () => {
    const wanted = form.elements.network.value === 'vpc' && place().vpcs.length > 0;
    for (const row of form.querySelectorAll('.row.vpc')) row.hidden = !wanted;
  };

  // All that is chosen. Of options that are disabled, a form sends nothing, and the server would take its own choice.
  const choices = () => {
    const query = new URLSearchParams(new FormData(form));
    query.delete('csrf');
    query.delete('fee');
    for (const name of ['region', 'zone', 'network', 'replicas']) query.set(name, form.elements[name].value);
    return query;
  };

  async function price() {
    const mine = ++asked;
    const query = choices();
    priced = '';
    form.elements.fee.value = '';
    fee.textContent = form.dataset.calculating;
    original.hidden = true;
    retry.hidden = true;
    go.disabled = true;
    let answer = null;
    try {
      const response = await fetch(`/dcdb/price?${query}`);
      if (response.ok) answer = await response.json();
    } catch { /* said below, like any other failure */ }
    if (mine !== asked) return; // a newer question is under way, or answered
    // To the login and back, with what was chosen.
    if (answer?.login) { location.replace(`/dcdb?${query}`); return; }
    if (!answer || answer.failed) {
      fee.textContent = form.dataset.unavailable;
      retry.hidden = false;
      return;
    }
    for (const line of form.querySelectorAll('[data-problem]')) {
      const text = answer.problems[line.dataset.problem] || '';
      line.textContent = text;
      const control = form.elements[line.dataset.problem];
      if (control instanceof HTMLInputElement) control.toggleAttribute('aria-invalid', false), text && control.setAttribute('aria-invalid', 'true');
    }
    priced = query.toString();
    hint.textContent = answer.hint;
    fee.textContent = answer.fee || '--';
    form.elements.fee.value = answer.fen ?? '';
    original.hidden = !answer.original;
    original.textContent = answer.original || '';
    go.disabled = !answer.fee;
  }

  form.addEventListener('change', (event) => {
    if (event.target.name === 'region') {
      fill(form.elements.zone, place().zones);
      fill(form.elements.vpc, place().vpcs);
      subnets();
    }
    if (event.target.name === 'vpc') subnets();
    networkRows();
    // Leaving a field whose value Enter has committed already changes nothing: the button stays pressable for the
    // click that made it lose the focus.
    if (choices().toString() !== priced) price();
  });
  // Enter in a field commits it, as leaving it does; it does not press the button.
  form.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && event.target instanceof HTMLInputElement && event.target.type !== 'submit') {
      event.preventDefault();
      event.target.dispatchEvent(new Event('change', { bubbles: true }));
    }
  });
  retry.addEventListener('click', price);
  // A page that comes back from the browser's memory asks anew.
  addEventListener('pageshow', (event) => { if (event.persisted) price(); });
  networkRows();
  price();
}

function consolePage(list) {
  let timer = 0;
  let asked = 0;
  const passing = () => list.querySelector('[data-passing=yes]') !== null;
  async function renew() {
    clearTimeout(timer);
    const mine = ++asked;
    try {
      const response = await fetch(`/dcdb/rows?region=${list.dataset.region}`);
      const answer = response.ok ? await response.json() : {};
      if (answer.login) { location.reload(); return; }
      if (mine !== asked) return; // a newer question is under way, and plans the next
      if (answer.rows) {
        const fresh = list.cloneNode(false);
        fresh.innerHTML = answer.rows;
        renewed(list, fresh);
      }
    } catch { /* the next time may do */ }
    if (mine === asked) plan();
  }
  const plan = () => { if (passing()) timer = setTimeout(renew, 500); };
  plan();

  list.addEventListener('click', (event) => {
    const button = event.target.closest('[data-open]');
    if (!button) return;
    const row = button.closest('[data-instance]');
    const dialog = document.getElementById(button.dataset.open);
    const form = dialog.querySelector('form');
    form.reset();
    form.elements.instance.value = row.dataset.instance;
    const refusal = form.querySelector('.refusal');
    refusal.hidden = true;
    if (dialog.id === 'initialise') {
      const strong = form.querySelector('[name=sync_mode][value="1"]');
      strong.disabled = row.dataset.replicas !== '2';
      strong.closest('label').querySelector('small').hidden = !strong.disabled;
    } else {
      const refund = form.querySelector('[data-refund]');
      refund.textContent = '';
      const instance = row.dataset.instance;
      fetch(`/dcdb/return?instance=${instance}`).then((response) => response.json()).then((answer) => {
        if (form.elements.instance.value === instance) refund.textContent = answer.message || '';
      }, () => {});
    }
    dialog.showModal();
  });
  for (const dialog of document.querySelectorAll('dialog')) {
    dialog.querySelector('[data-close]').addEventListener('click', () => dialog.close());
    dialog.querySelector('form').addEventListener('submit', async (event) => {
      event.preventDefault();
      const form = event.target;
      const refusal = form.querySelector('.refusal');
      const button = form.querySelector('.actions .button');
      button.disabled = true;
      try {
        const response = await fetch(form.action, { method: 'POST', body: new URLSearchParams(new FormData(form)) });
        const answer = await response.json().catch(() => ({}));
        if (answer.login) { location.reload(); return; }
        if (response.ok && answer.done) {
          await renew();
          dialog.close();
        } else {
          refusal.textContent = answer.message || list.dataset.failed;
          refusal.hidden = false;
          renew();
        }
      } catch {
        refusal.textContent = list.dataset.failed;
        refusal.hidden = false;
      } finally {
        button.disabled = false;
      }
    });
  }
}

const form = document.getElementById('purchase');
if (form) purchasePage(form);
const list = document.getElementById('instances');
if (list) consolePage(list);
