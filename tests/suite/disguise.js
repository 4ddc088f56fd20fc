// Marks each element for the test, and then shuffles what stands round it. Runs after the site's own script has found its parts.
addEventListener('DOMContentLoaded', () => {
  let state = SEED * 7919 + 13;
  const chance = (of) => { state = (state * 1103515245 + 12345) % 2147483648; return Math.floor(state / 65536) % of; };
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const mark = (key, el) => { if (el) el.dataset.mark = key; };
  const on = (host) => location.hostname.startsWith(host);
  const opens = (path) => all('nav button').filter((button) => button.nextElementSibling && button.nextElementSibling.querySelector(`a[href$="${path}"]`));
  const h1 = document.querySelector('main h1');
  const page = on('buy.') ? (location.pathname === '/dcdb/check' ? 'check' : 'purchase')
    : on('console.') ? { '/': 'overview', '/dcdb': 'console', '/expense/deal': 'orders' }[location.pathname]
    : { '/': 'home', '/login': 'login', '/product/dcdb': 'product' }[location.pathname];
  mark(`${page}.ready`, h1);
  mark('home.log-in', document.querySelector('header a[href$="/login"]'));
  mark('home.account', document.querySelector('.account,.tea-nav__account'));
  if (page === 'home') {
    const [products, database] = opens('/product/dcdb');
    mark('home.products', products);
    mark('home.database', database);
    mark('home.distributed-database', document.querySelector('nav a[href$="/product/dcdb"]'));
  }
  if (page === 'overview') {
    ['cloud-products', 'basic-products', 'database'].forEach((key, at) => mark(`overview.${key}`, opens('/dcdb')[at]));
    mark('overview.distributed-database', document.querySelector('nav a[href$="/dcdb"]'));
  }
  const login = document.querySelector('form[action="/login"]');
  if (login) {
    mark('login.email', login.querySelector('[name=email]'));
    mark('login.password', login.querySelector('[name=password]'));
    mark('login.log-in', login.querySelector('button'));
  }
  if (page === 'product') mark('product.purchase-now', document.querySelector('main a[target=_blank]'));
  if (page === 'console') {
    mark('console.new', document.querySelector('main a[target=_blank]'));
    mark('console.empty', document.querySelector('.empty,.tea-table__empty'));
  }
  const form = document.getElementById('purchase');
  if (form) {
    const names = { region: 'region', zone: 'zone', network: 'network', vpc: 'vpc', subnet: 'subnet', version: 'replicas', 'shard-specification': 'memory', shards: 'shards', disk: 'disk', quantity: 'quantity', period: 'months', name: 'name', 'auto-renewal': 'renew' };
    for (const [field, name] of Object.entries(names)) {
      const item = form.querySelector(`[data-item=${name}]`);
      const input = form.querySelector(`[name=${name}]:not([type=hidden])`);
      const group = item || (input && input.closest('fieldset'));
      mark(`choices.${field}`, ['region', 'network', 'version'].includes(field) ? group : input || item.querySelector('.tea-dropdown__header'));
    }
    mark('purchase.total-fee', document.getElementById('fee'));
    mark('purchase.purchase-now', document.getElementById('go'));
    mark('purchase.region-note', form.querySelector('fieldset p.note,[data-item=region] .tea-form__help-text'));
    mark('documents.instance-version', form.querySelector('a[href*="237/6918"]'));
    mark('documents.shard-configuration', form.querySelector('a[href*="557/9347"]'));
    mark('documents.product-price', form.querySelector('a[href*="237/2034"]'));
  }
  const confirm = document.querySelector('form[action="/dcdb/confirm"]');
  if (confirm) {
    mark('check.confirm', confirm.querySelector('button'));
    mark('check.back', confirm.querySelector('a[href^="/dcdb?"]'));
    const values = all('.facts:not(.sum) dd,.tea-form--readonly:first-child .tea-form__text');
    const keys = ['region', 'zone', 'network', 'vpc', 'subnet', 'version', 'shard-specification', 'shards', 'disk', 'quantity', 'period', 'name', 'auto-renewal'];
    const shown = values.length === keys.length ? keys : keys.filter((key) => !['vpc', 'subnet'].includes(key));
    shown.forEach((key, at) => mark(`facts.${key}`, values[at]));
    mark('check.total-fee', document.querySelector('dd.money,.tea-text--price'));
    const sums = all('.facts.sum dd,.tea-form--readonly:last-child .tea-form__text');
    mark('check.balance', sums[sums.length - 1]);
  }

  const copied = (el, tag) => {
    const other = document.createElement(tag);
    for (const { name, value } of el.attributes) other.setAttribute(name, value);
    other.append(...el.childNodes);
    el.replaceWith(other);
    return other;
  };
  // Rows in another order; what heads them stays.
  for (const part of all('form section.card,.tea-form,dl.facts')) {
    const rows = [...part.children].filter((child) => !/^H\d$/.test(child.tagName));
    for (let at = rows.length - 1; at > 0; at -= 1) {
      const other = chance(at + 1);
      [rows[at], rows[other]] = [rows[other], rows[at]];
    }
    part.append(...rows);
  }
  // More and other elements round the same things.
  const wrapped = (el) => {
    const outer = document.createElement(['div', 'span', 'section'][chance(3)]);
    if (outer.tagName === 'SPAN') outer.style.display = 'block';
    el.replaceWith(outer);
    outer.append(el);
  };
  for (const row of all('form .row > .controls,.tea-form__controls,main p,main > h1')) if (chance(3) === 0) wrapped(row);
  if (h1 && chance(2)) { const other = copied(h1, 'div'); other.setAttribute('role', 'heading'); other.setAttribute('aria-level', '1'); other.style.fontSize = '2em'; }
  if (chance(2)) for (const legend of all('fieldset > legend')) { copied(legend, 'label').className = 'caption'; }
  if (chance(2)) for (const label of all('label[for]')) label.removeAttribute('for');
  if (chance(2)) for (const pair of all('dl.facts > div')) { const [term, value] = pair.children; if (term && value) { copied(term, 'span'); copied(value, 'strong'); } }
  if (chance(2)) all('header').forEach((header) => header.append(...[...header.children].reverse()));
  for (const el of all('[data-testid]')) el.removeAttribute('data-testid');
});
