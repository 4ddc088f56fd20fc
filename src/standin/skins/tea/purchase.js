// The purchase page. Prices, rules and wording stay on the server.

function purchasePage(form) {
  const places = JSON.parse(document.getElementById('places').textContent);
  const [fee, original, retry, go, hint] = ['fee', 'original', 'retry', 'go', 'hint-shards'].map((id) => document.getElementById(id));
  let asked = 0;
  let priced = ''; // the choices whose answer stands on the page

  const item = (name) => form.querySelector(`[data-item=${name}]`);
  const dropdown = (name) => item(name).querySelector('.tea-dropdown');
  // No region is chosen where an address named one that there is not.
  const place = () => places[form.elements.region.value] || { zones: [], vpcs: [] };
  const subnets = () => place().vpcs.find((one) => one.value === form.elements.vpc.value)?.subnets || [];
  const networkRows = () => {
    const wanted = form.elements.network.value === 'vpc' && place().vpcs.length > 0;
    for (const name of ['vpc', 'subnet']) item(name).hidden = !wanted;
  };
  const choices = () => {
    const query = new URLSearchParams(new FormData(form));
    query.delete('csrf');
    query.delete('fee');
    return query;
  };

  function unknown() {
    priced = '';
    form.elements.fee.value = '';
    fee.textContent = form.dataset.calculating;
    original.hidden = true;
    retry.hidden = true;
    go.disabled = true;
  }
  function show(answer) {
    for (const line of form.querySelectorAll('[data-problem]')) {
      line.textContent = answer.problems[line.dataset.problem] || '';
      line.parentElement.classList.toggle('is-error', line.textContent !== '');
    }
    hint.textContent = answer.hint;
    fee.textContent = answer.fee || '--';
    form.elements.fee.value = answer.fen ?? '';
    original.hidden = !answer.original;
    original.textContent = answer.original || '';
    go.disabled = !answer.fee;
  }
  async function price() {
    const mine = ++asked;
    const query = choices();
    unknown();
    let answer = null;
    try {
      const response = await fetch(`/dcdb/price?${query}`);
      if (response.ok) answer = await response.json();
    } catch { /* said below, like any other failure */ }
    if (mine !== asked) return; // a newer question is under way, or answered
    // To the login and back, with what was chosen.
    if (answer?.login) { location.replace(`?${query}`); return; }
    if (!answer || answer.failed) {
      fee.textContent = form.dataset.unavailable;
      retry.hidden = false;
      return;
    }
    priced = query.toString();
    show(answer);
  }

  form.addEventListener('change', (event) => {
    if (event.target.name === 'region') {
      select.offer(dropdown('zone'), place().zones);
      select.offer(dropdown('vpc'), place().vpcs);
    }
    if (event.target.name === 'region' || event.target.name === 'vpc') select.offer(dropdown('subnet'), subnets());
    networkRows();
    // Leaving a field whose value Enter has committed already changes nothing: the button stays pressable for the
    // click that made it lose the focus.
    if (choices().toString() !== priced) price();
  });
  // Enter in a field commits it, as leaving it does; it does not press the button.
  form.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && event.target instanceof HTMLInputElement) {
      event.preventDefault();
      event.target.dispatchEvent(new Event('change', { bubbles: true }));
    }
  });
  retry.addEventListener('click', price);
  // A page that comes back from the browser's memory asks anew.
  addEventListener('pageshow', (event) => { if (event.persisted) price(); });

  // An address may name a zone or network that is not offered.
  select.settle(dropdown('zone'), form.elements.zone.value);
  select.settle(dropdown('vpc'), form.elements.vpc.value);
  const subnet = form.elements.subnet.value;
  select.offer(dropdown('subnet'), subnets());
  select.settle(dropdown('subnet'), subnet);
  networkRows();
  price();
}

const form = document.getElementById('purchase');
if (form) purchasePage(form);
